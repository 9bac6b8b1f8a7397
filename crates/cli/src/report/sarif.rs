//! SARIF 2.1.0, for code scanning services.
//!
//! Columns are in characters (`unicodeCodePoints`). Fingerprints hold no line numbers: they survive moved lines.

use serde_json::{Value, json};
use undebug_engine::{RULES, Severity};

use super::{Entry, Report, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The home of the project, which the report names.
const HOME: &str = "https://undebug.dev";

/// The report.
pub(crate) fn render(report: &Report<'_>) -> String {
    let results: Vec<Value> = report.entries.iter().enumerate().map(|(at, entry)| result(report, at, entry)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "undebug",
                "informationUri": HOME,
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules(report),
            } },
            "columnKind": "unicodeCodePoints",
            "automationDetails": { "id": "undebug/" },
            "invocations": [{ "executionSuccessful": true }],
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn rules(report: &Report<'_>) -> Vec<Value> {
    RULES
        .iter()
        .map(|rule| {
            // A rule's score is that of its worst finding here; without one, that of the guarded loopback case.
            let own = report.entries.iter().filter(|entry| entry.finding.rule == *rule);
            let score = own.map(|entry| entry.finding.cvss.score).fold(0.0_f32, f32::max);
            let score = if score == 0.0 { 5.4 } else { score };
            json!({
                "id": rule.name,
                "name": rule.name,
                "shortDescription": { "text": rule.summary() },
                "fullDescription": { "text": rule.summary() },
                "help": { "text": rule.doc, "markdown": rule.doc },
                "helpUri": format!("{HOME}/rules/{}", rule.name),
                "defaultConfiguration": { "level": level(rule.severity) },
                "properties": {
                    "tags": ["security", "external/cwe/cwe-489"],
                    "precision": "high",
                    "security-severity": format!("{score:.1}"),
                },
            })
        })
        .collect()
}

fn result(report: &Report<'_>, at: usize, entry: &Entry<'_>) -> Value {
    let finding = &entry.finding;
    let index = RULES.iter().position(|rule| *rule == finding.rule).unwrap_or(0);
    let related: Vec<Value> = finding
        .related
        .iter()
        .enumerate()
        .map(|(id, related)| {
            let mut place = location(&entry.span(&related.place));
            place["id"] = json!(id + 1);
            place["message"] = json!({ "text": related.message });
            place
        })
        .collect();
    let print = fingerprint(report, at);
    json!({
        "ruleId": finding.rule.name,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": { "text": finding.message },
        "locations": [location(&entry.span(&finding.place))],
        "relatedLocations": related,
        "fixes": fixes(entry),
        "partialFingerprints": { "primaryLocationLineHash": print, "undebug/v1": print },
    })
}

fn fixes(entry: &Entry<'_>) -> Vec<Value> {
    let one = |fix: &undebug_engine::Fix| {
        let mut files: Vec<(String, Vec<Value>)> = Vec::new();
        for edit in &fix.edits {
            let span = entry.span_of(&edit.path, edit.range.clone());
            let replacement = json!({ "deletedRegion": region(&span), "insertedContent": { "text": edit.text } });
            match files.iter_mut().find(|(path, _)| *path == span.path) {
                Some((_, replacements)) => replacements.push(replacement),
                None => files.push((span.path, vec![replacement])),
            }
        }
        let changes: Vec<Value> = files
            .into_iter()
            .map(|(path, replacements)| json!({ "artifactLocation": artifact(&path), "replacements": replacements }))
            .collect();
        json!({ "description": { "text": fix.title }, "artifactChanges": changes })
    };
    entry.fixes.iter().map(one).collect()
}

fn location(span: &Span) -> Value {
    json!({ "physicalLocation": { "artifactLocation": artifact(&span.path), "region": region(span) } })
}

/// A relative path is below the root of the repository.
fn artifact(path: &str) -> Value {
    let escaped: String = path
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    if path.starts_with('/') {
        json!({ "uri": format!("file://{escaped}") })
    } else {
        json!({ "uri": escaped, "uriBaseId": "%SRCROOT%" })
    }
}

fn region(span: &Span) -> Value {
    json!({
        "startLine": span.start.0, "startColumn": span.start.1,
        "endLine": span.end.0, "endColumn": span.end.1,
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "note",
    }
}

/// What tells a finding from others when lines move: the rule, the path, the text, and which of its kind it is.
pub(crate) fn fingerprint(report: &Report<'_>, at: usize) -> String {
    let text = |entry: &Entry<'_>| {
        let place = &entry.finding.place;
        let source = entry.text(&place.path);
        let text = source.get(place.range.clone()).unwrap_or_default();
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{}\0{}\0{text}", entry.finding.rule.name, entry.span(place).path)
    };
    let own = text(&report.entries[at]);
    let count = report.entries[..at].iter().filter(|entry| text(entry) == own).count();
    // FNV-1a, 64 bits: short, stable between versions of the standard library, and not meant to keep secrets.
    let hash = format!("{own}\0{count}")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}
