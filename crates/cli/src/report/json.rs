//! JSON for programs. The shape is a contract: keys are added, never changed.

use serde_json::{Value, json};
use undebug_engine::{Confidence, Finding, When};

use super::{Entry, Report, Span};
use crate::explain::severity;

/// The version of the shape.
const VERSION: u32 = 1;

/// One document.
pub(crate) fn render(report: &Report<'_>) -> String {
    let findings: Vec<Value> = report.entries.iter().map(finding).collect();
    let document = json!({ "version": VERSION, "files_checked": report.files, "findings": findings });
    format!("{document:#}\n")
}

/// One document a line.
pub(crate) fn render_lines(report: &Report<'_>) -> String {
    report.entries.iter().map(|entry| format!("{}\n", finding(entry))).collect()
}

fn finding(entry: &Entry<'_>) -> Value {
    let finding = &entry.finding;
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|related| {
            let span = entry.span(&related.place);
            json!({ "path": span.path, "start": at(span.start), "end": at(span.end), "message": related.message })
        })
        .collect();
    let fixes: Vec<Value> = entry
        .fixes
        .iter()
        .map(|fix| {
            let edits: Vec<Value> = fix
                .edits
                .iter()
                .map(|edit| {
                    let span: Span = entry.span_of(&edit.path, edit.range.clone());
                    json!({ "path": span.path, "start": at(span.start), "end": at(span.end), "text": edit.text })
                })
                .collect();
            json!({ "title": fix.title, "preferred": fix.preferred, "edits": edits })
        })
        .collect();
    let span = entry.span(&finding.place);
    json!({
        "path": span.path,
        "rule": finding.rule.name,
        "severity": severity(finding.severity),
        "confidence": confidence(finding.confidence),
        "when": when(finding.when),
        "console": finding.console,
        "message": finding.message,
        "start": at(span.start),
        "end": at(span.end),
        "related": related,
        "fixes": fixes,
        "cwe": finding.cwe,
        "cvss": { "vector": finding.cvss.vector, "score": score(finding) },
    })
}

fn at((line, column): (u32, u32)) -> Value {
    json!({ "line": line, "column": column })
}

/// A finding's score. It has one decimal; as a 32-bit number it would print with more.
pub(crate) fn score(finding: &Finding) -> f64 {
    (f64::from(finding.cvss.score) * 10.0).round() / 10.0
}

/// The word of a confidence.
pub(crate) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

/// The word of when debug is on.
pub(crate) fn when(when: When) -> &'static str {
    match when {
        When::Always => "always",
        When::ByDefault => "by-default",
        When::WhenSet => "when-set",
    }
}
