//! One line a finding: `path:line:column: severity[rule] message`.

use super::{Report, summary};
use crate::explain::severity;

/// The report.
pub(crate) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for entry in &report.entries {
        let finding = &entry.finding;
        let span = entry.span(&finding.place);
        let (line, column) = span.start;
        let (severity, rule) = (severity(finding.severity), finding.rule.name);
        out.push_str(&format!("{}:{line}:{column}: {severity}[{rule}] {}\n", span.path, finding.message));
    }
    out + &summary(report)
}
