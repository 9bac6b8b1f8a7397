//! What CI services read: GitHub annotations, GitLab code quality, JUnit. Services want paths from the repository.
//!
//! Code scanning is `sarif`'s part.

use serde_json::json;
use undebug_disk::shown;
use undebug_engine::Severity;

use super::{Entry, Report};

/// GitHub Actions workflow commands.
pub(crate) fn github(report: &Report<'_>) -> String {
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let line = |entry: &Entry<'_>| {
        let finding = &entry.finding;
        let span = entry.span(&finding.place);
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "notice",
        };
        format!(
            "::{level} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
            property(&shown(&entry.inner_path(&span.full))),
            span.start.0,
            span.start.1,
            span.end.0,
            span.end.1,
            property(&format!("undebug ({})", finding.rule.name)),
            data(&finding.message)
        )
    };
    report.entries.iter().map(line).collect()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A GitLab code quality report.
pub(crate) fn gitlab(report: &Report<'_>) -> String {
    let rows: Vec<serde_json::Value> = report
        .entries
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            let finding = &entry.finding;
            let span = entry.span(&finding.place);
            json!({
                "description": finding.message,
                "check_name": finding.rule.name,
                "fingerprint": report.fingerprint(at),
                "severity": match finding.severity {
                    Severity::Error => "critical",
                    Severity::Warning => "major",
                    Severity::Information => "info",
                },
                "location": { "path": shown(&entry.inner_path(&span.full)), "lines": { "begin": span.start.0, "end": span.end.0 } },
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(rows))
}

/// A JUnit report with a failed test for each finding, or one that passed.
pub(crate) fn junit(report: &Report<'_>) -> String {
    let count = report.entries.len();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"undebug\" tests=\"{}\" failures=\"{count}\">\n\
         <testsuite name=\"undebug\" tests=\"{}\" failures=\"{count}\">\n",
        count.max(1),
        count.max(1)
    );
    if count == 0 {
        out.push_str("<testcase classname=\"undebug\" name=\"no debug mode\"/>\n");
    }
    for entry in &report.entries {
        let finding = &entry.finding;
        let span = entry.span(&finding.place);
        let (line, column) = span.start;
        out.push_str(&format!(
            "<testcase classname=\"{path}\" name=\"{rule} ({line}:{column})\"><failure message=\"{message}\" \
             type=\"{rule}\">{path}:{line}:{column}: {message}</failure></testcase>\n",
            path = xml(&span.path),
            rule = finding.rule.name,
            message = xml(&finding.message)
        ));
    }
    out + "</testsuite>\n</testsuites>\n"
}

fn xml(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    escaped.chars().filter(|c| !c.is_control()).collect()
}
