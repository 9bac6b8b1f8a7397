//! SARIF 2.1.0, for code scanning services: one run for each repository.
//!
//! Columns are in characters (`unicodeCodePoints`), paths are relative to the repository. Fingerprints hold no line
//! numbers: they survive moved lines.

mod rules;

use std::path::Path;

use serde_json::{Value, json};
use undebug_engine::{RULES, Severity};

use super::{Entry, Report, Span, display_path, json as contract};
use crate::git;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The home of the project, which the report names.
const HOME: &str = "https://undebug.dev";

/// The name under which paths are relative to the repository.
const BASE: &str = "%SRCROOT%";

/// The report.
pub(crate) fn render(report: &Report<'_>) -> String {
    let is_many = report.repositories.len() > 1;
    let runs: Vec<Value> = report.repositories.iter().map(|repository| run(report, repository, is_many)).collect();
    let document = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": runs });
    format!("{document:#}\n")
}

fn run(report: &Report<'_>, repository: &Path, is_many: bool) -> Value {
    let own: Vec<usize> = (0..report.entries.len()).filter(|at| report.entries[*at].repository == repository).collect();
    let entries: Vec<&Entry<'_>> = own.iter().map(|at| &report.entries[*at]).collect();
    let results: Vec<Value> = own.iter().map(|at| result(report, *at)).collect();
    // What tells the runs apart also where they are told apart later, by a service.
    let name = display_path(&undebug_disk::slashed(repository));
    let category = if is_many { format!("undebug/{}/", name.trim_matches('/')) } else { "undebug/".to_owned() };
    let mut run = json!({
        "tool": { "driver": {
            "name": "undebug",
            "informationUri": HOME,
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "supportedTaxonomies": [{ "name": rules::TAXONOMY, "index": 0 }],
            "rules": rules::rules(&entries),
        } },
        "taxonomies": [rules::taxonomy()],
        "columnKind": "unicodeCodePoints",
        "automationDetails": { "id": category },
        "originalUriBaseIds": { BASE: { "uri": format!("{}/", file_uri(&undebug_disk::slashed(repository))) } },
        "invocations": [{ "executionSuccessful": report.is_complete }],
        "results": results,
    });
    if let Some(address) = git::origin(repository) {
        let mut provenance = json!({ "repositoryUri": address, "mappedTo": { "uriBaseId": BASE } });
        if let Some(commit) = git::commit(repository) {
            provenance["revisionId"] = json!(commit);
        }
        run["versionControlProvenance"] = json!([provenance]);
    }
    run
}

fn result(report: &Report<'_>, at: usize) -> Value {
    let entry = &report.entries[at];
    let finding = &entry.finding;
    let index = RULES.iter().position(|rule| *rule == finding.rule).unwrap_or(0);
    let related: Vec<Value> = finding
        .related
        .iter()
        .enumerate()
        .map(|(id, related)| {
            let mut place = location(entry, &entry.span(&related.place));
            place["id"] = json!(id + 1);
            place["message"] = json!({ "text": related.message });
            place
        })
        .collect();
    let print = report.fingerprint(at);
    let taxa: Vec<Value> = finding.cwe.iter().map(|number| rules::reference(*number)).collect();
    json!({
        "ruleId": finding.rule.name,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": { "text": finding.message },
        "locations": [location(entry, &entry.span(&finding.place))],
        "relatedLocations": related,
        "taxa": taxa,
        "fixes": fixes(entry),
        "partialFingerprints": { "primaryLocationLineHash": print, "undebug/v1": print },
        "properties": {
            "confidence": contract::confidence(finding.confidence),
            "when": contract::when(finding.when),
            "console": finding.console,
            "cvss": { "vector": finding.cvss.vector, "score": contract::score(finding) },
        },
    })
}

fn fixes(entry: &Entry<'_>) -> Vec<Value> {
    let one = |fix: &undebug_engine::Fix| {
        let mut files: Vec<(String, Vec<Value>)> = Vec::new();
        for edit in &fix.edits {
            let span = entry.span_of(&edit.path, edit.range.clone());
            let replacement = json!({ "deletedRegion": region(&span), "insertedContent": { "text": edit.text } });
            match files.iter_mut().find(|(path, _)| **path == *edit.path) {
                Some((_, replacements)) => replacements.push(replacement),
                None => files.push((edit.path.to_string(), vec![replacement])),
            }
        }
        let change = |(path, replacements): (String, Vec<Value>)| json!({ "artifactLocation": artifact(&entry.inner_path(&path)), "replacements": replacements });
        let changes: Vec<Value> = files.into_iter().map(change).collect();
        json!({ "description": { "text": fix.title }, "artifactChanges": changes })
    };
    entry.fixes.iter().map(one).collect()
}

fn location(entry: &Entry<'_>, span: &Span) -> Value {
    let path = entry.inner_path(&span.full);
    json!({ "physicalLocation": { "artifactLocation": artifact(&path), "region": region(span) } })
}

/// A relative path is below the root of the repository.
fn artifact(path: &str) -> Value {
    match path.starts_with('/') {
        true => json!({ "uri": file_uri(path) }),
        false => json!({ "uri": escaped(path), "uriBaseId": BASE }),
    }
}

fn file_uri(path: &str) -> String {
    let path = escaped(path.trim_end_matches('/'));
    if path.starts_with('/') { format!("file://{path}") } else { format!("file:///{path}") }
}

fn escaped(path: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    undebug_disk::bytes_of(path).iter().map(|byte| one(*byte)).collect()
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
