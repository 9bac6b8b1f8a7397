//! The rules of a SARIF run, and the weaknesses of the CWE list that they are about.
//!
//! It looks at findings for their scores alone.

use serde_json::{Value, json};
use undebug_engine::{RULES, Rule, Severity};

use super::{Entry, HOME, level};

/// The name of the list of weaknesses.
pub(super) const TAXONOMY: &str = "CWE";

/// The version of the list that the names are from.
const VERSION: &str = "4.16";

/// The score of a rule without findings in the run: that of debug mode on loopback, as the evidence rates it.
const LOOPBACK: f32 = 5.4;

/// The weaknesses that findings name.
const WEAKNESSES: [(u16, &str); 3] = [
    (489, "Active Debug Code"),
    (215, "Insertion of Sensitive Information Into Debugging Code"),
    (209, "Generation of Error Message Containing Sensitive Information"),
];

/// The rules with their documentation, each with the score of its worst finding.
pub(super) fn rules(entries: &[&Entry<'_>]) -> Vec<Value> {
    RULES.iter().map(|rule| describe(rule, entries)).collect()
}

/// The part of the list of weaknesses that is used.
pub(super) fn taxonomy() -> Value {
    let taxon = |(number, name): &(u16, &str)| {
        json!({
            "id": number.to_string(),
            "name": name,
            "shortDescription": { "text": name },
            "helpUri": format!("https://cwe.mitre.org/data/definitions/{number}.html"),
        })
    };
    let taxa: Vec<Value> = WEAKNESSES.iter().map(taxon).collect();
    json!({
        "name": TAXONOMY,
        "version": VERSION,
        "organization": "MITRE",
        "shortDescription": { "text": "The MITRE Common Weakness Enumeration" },
        "informationUri": "https://cwe.mitre.org/",
        "isComprehensive": false,
        "taxa": taxa,
    })
}

/// A reference to a weakness.
pub(super) fn reference(number: u16) -> Value {
    let index = WEAKNESSES.iter().position(|(known, _)| *known == number);
    let mut reference = json!({ "id": number.to_string(), "toolComponent": { "name": TAXONOMY, "index": 0 } });
    if let Some(index) = index {
        reference["index"] = json!(index);
    }
    reference
}

fn describe(rule: &Rule, entries: &[&Entry<'_>]) -> Value {
    let mut described = json!({
        "id": rule.name,
        "name": pascal(rule.name),
        "shortDescription": { "text": rule.summary() },
        "fullDescription": { "text": rule.summary() },
        "help": { "text": rule.doc, "markdown": rule.doc },
        "helpUri": format!("{HOME}/rules/{}", rule.name),
        "defaultConfiguration": { "level": level(rule.severity), "enabled": rule.on },
    });
    // A rule that only informs is about the code's tidiness: it has no weakness and no score.
    if rule.severity == Severity::Information {
        described["properties"] = json!({ "tags": ["maintainability"], "precision": "high" });
        return described;
    }
    let own = entries.iter().filter(|entry| entry.finding.rule == rule);
    let worst = own.map(|entry| entry.finding.cvss.score).fold(0.0_f32, f32::max);
    let score = if worst == 0.0 { LOOPBACK } else { worst };
    described["relationships"] = json!([{ "target": reference(WEAKNESSES[0].0), "kinds": ["superset"] }]);
    described["properties"] = json!({
        "tags": ["security", "external/cwe/cwe-489"],
        "precision": "high",
        "problem.severity": level(rule.severity).replace("note", "recommendation"),
        "security-severity": format!("{score:.1}"),
    });
    described
}

/// `app-run-debug` as `AppRunDebug`: what viewers show for a name.
fn pascal(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    name.split('-').map(word).collect()
}
