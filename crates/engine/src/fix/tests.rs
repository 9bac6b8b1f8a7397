//! Fixes of Python text, before and after: tables of pairs, and every node of a few programs.
//!
//! A table is text: `## KIND SINK: what it shows`, the program with the finding between `«` and `»`, `-->` and the
//! program after the fix, or `--> none` where that kind must not be offered.

mod arguments;
mod combined;
mod environment;
mod everywhere;
mod statements;
mod suppressions;
mod together;
mod wrappers;

use std::ops::Range;
use std::sync::Arc;

use super::python::{Sink, Target, python_fixes};
use super::{Fix, FixKind, apply, check};
use crate::document::Document;
use crate::language::Language;

struct Case {
    title: String,
    kind: FixKind,
    sink: Sink,
    removable: bool,
    before: String,
    after: Option<String>,
}

/// Checks each case of a table as it stands, with other line ends, with tabs and behind a byte order mark.
fn check_table(table: &str, least: usize) {
    let cases = read(table);
    assert!(cases.len() >= least, "the table lost cases: {}", cases.len());
    let mut wrong = Vec::new();
    let returns = reads_lone_returns();
    for case in &cases {
        wrong.extend(check_case(case, "as it stands", &str::to_owned));
        wrong.extend(check_case(case, "CRLF", &|text| text.replace('\n', "\r\n")));
        wrong.extend(check_case(case, "byte order mark", &|text| format!("\u{feff}{text}")));
        wrong.extend(check_case(case, "tabs", &tabbed));
        if returns {
            wrong.extend(check_case(case, "CR", &|text| text.replace('\n', "\r")));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether the parser is told that a lone `\r` ends a line.
fn reads_lone_returns() -> bool {
    errors("if a:\r    b()\rc()\r") == 0
}

/// Every four spaces that begin a line as a tab.
fn tabbed(text: &str) -> String {
    let line = |line: &str| {
        let rest = line.trim_start_matches(' ');
        let spaces = line.len() - rest.len();
        "\t".repeat(spaces / 4) + &" ".repeat(spaces % 4) + rest
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn check_case(case: &Case, variant: &str, vary: &dyn Fn(&str) -> String) -> Option<String> {
    let (text, range) = marked(&vary(&case.before));
    let fixes = fixes(&text, range, case.sink, case.removable, FixKind::Environment);
    let found = fixes.iter().find(|fix| fix.kind == case.kind);
    let after = found.map(|fix| apply(&text, &fix.edits).expect("edits that apply"));
    let expected = case.after.as_deref().map(vary);
    (after != expected).then(|| format!("{} ({variant})\n   found {after:?}\nexpected {expected:?}", case.title))
}

/// The fixes for a range, each checked for what holds of all: it applies, changes the text and breaks nothing.
fn fixes(text: &str, range: Range<usize>, sink: Sink, removable: bool, preferred: FixKind) -> Vec<Fix> {
    let document = Document::new(Language::Python, text);
    let path = Arc::from("app.py");
    let (variable, rule) = ("FLASK_DEBUG", "app-run-debug");
    let target = Target {
        is_fallback: false,
        path: &path,
        range: range.clone(),
        sink,
        variable,
        rule,
        removable,
        key: Some("debug"),
    };
    let fixes = python_fixes(&document, &[target], preferred).pop().unwrap_or_default();
    let before = errors(text);
    for fix in &fixes {
        let after = apply(text, &fix.edits).unwrap_or_else(|| panic!("overlapping edits {:?} in {text:?}", fix.edits));
        assert_ne!(after, text, "{}", fix.title);
        assert!(fix.edits.is_sorted_by_key(|edit| edit.range.start), "{:?}", fix.edits);
        assert!(errors(&after) <= before, "{} at {range:?} breaks\n{text}\ninto\n{after}", fix.title);
    }
    fixes
}

fn errors(text: &str) -> usize {
    Document::new(Language::Python, text).tree().map_or(0, |tree| check::errors(tree.root_node()))
}

/// The text without its marks, and the range between them.
fn marked(text: &str) -> (String, Range<usize>) {
    let start = text.find('«').expect("a mark");
    let end = text.find('»').expect("a second mark") - '«'.len_utf8();
    (text.replace(['«', '»'], ""), start..end)
}

fn read(table: &str) -> Vec<Case> {
    table.split("\n## ").skip(1).map(read_case).collect()
}

fn read_case(text: &str) -> Case {
    let (title, rest) = text.split_once('\n').expect("a title and a program");
    let (kind, sink) = title.split_once(':').and_then(|(head, _)| head.split_once(' ')).expect("a kind and a sink");
    let (before, after) = rest.split_once("-->").expect("an arrow");
    let after = match after.strip_prefix(" none\n") {
        Some(_) => None,
        None => Some(after.strip_prefix('\n').expect("a line of its own")),
    };
    Case {
        title: title.to_owned(),
        kind: match kind {
            "environment" => FixKind::Environment,
            "remove" => FixKind::Remove,
            "off" => FixKind::Off,
            _ => FixKind::Suppress,
        },
        sink: match sink.split(' ').next() {
            Some("debugger") => Sink::Debugger,
            Some("env") => Sink::EnvWrite,
            Some("wrapper") => Sink::Wrapper,
            Some("pin") => Sink::PinOff,
            _ => Sink::Debug,
        },
        removable: !sink.ends_with("kept"),
        before: before.to_owned(),
        after: after.map(|after| format!("{}\n", after.trim_end_matches('\n'))),
    }
}
