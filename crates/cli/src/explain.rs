//! `undebug explain` and `undebug rules`: what the rules say of themselves.

use undebug_engine::{RULES, Rule, Severity};

use crate::args::RulesFormat;
use crate::report::print;
use crate::{CLEAN, FAILED, complain};

/// Prints a rule's documentation.
pub(crate) fn explain(name: &str) -> u8 {
    let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
        complain(unknown_rule(name));
        return FAILED;
    };
    let body: Vec<&str> = rule.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    print(&format!("# {}\n\n{}\n", rule.name, body.join("\n").trim()));
    CLEAN
}

/// Prints the list of rules.
pub(crate) fn rules(format: RulesFormat) -> u8 {
    let text = match format {
        RulesFormat::Text => {
            let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
            let line = |rule: &&Rule| format!("{:width$}  {}\n", rule.name, rule.summary());
            RULES.iter().map(line).collect()
        }
        RulesFormat::Json => {
            let rows: Vec<serde_json::Value> = RULES
                .iter()
                .map(|rule| {
                    serde_json::json!({
                        "name": rule.name,
                        "summary": rule.summary(),
                        "severity": severity(rule.severity),
                        "on": rule.on,
                        "doc": rule.doc,
                    })
                })
                .collect();
            format!("{:#}\n", serde_json::Value::from(rows))
        }
        RulesFormat::Markdown => {
            let head = "| rule | what it finds | severity |\n| --- | --- | --- |\n".to_owned();
            let line =
                |rule: &&Rule| format!("| `{}` | {} | {} |\n", rule.name, rule.summary(), severity(rule.severity));
            head + &RULES.iter().map(line).collect::<String>()
        }
    };
    print(&text);
    CLEAN
}

/// The word of a severity.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Information => "information",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// What to say of a rule's name that is none, with the nearest one.
pub(crate) fn unknown_rule(name: &str) -> String {
    let near = RULES.iter().map(|rule| (strsim::damerau_levenshtein(name, rule.name), rule.name)).min();
    match near {
        Some((distance, near)) if distance <= 1 + name.len() / 3 => {
            format!("unknown rule `{name}`; did you mean `{near}`?")
        }
        _ => format!("unknown rule `{name}`; `undebug rules` lists them"),
    }
}
