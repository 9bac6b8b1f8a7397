//! Fixes hold: each applies, parses no worse, takes its finding away and brings no more than it hid; taken together they come to an end.
//!
//! Whether the program does the same otherwise is for the tests with a real Flask.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use tree_sitter::{Node, Parser};
use undebug_engine::{Edit, Finding, Fix, Project};
use undebug_fuzz::{edited, files, project_of};

/// In so many rounds all preferred fixes are made: each round makes all that go together.
const ROUNDS: usize = 12;

type Files = BTreeMap<&'static str, String>;

fuzz_target!(|input: &[u8]| {
    let files = files(input);
    let project = project_of(&files);
    let findings = project.all_findings();
    let broken = errors(&files);
    for finding in findings.iter().take(8) {
        for fix in project.fixes(finding) {
            one(&files, &findings, finding, &fix, broken);
        }
    }
    together(files, project);
});

/// One fix by itself.
fn one(files: &Files, findings: &[Finding], finding: &Finding, fix: &Fix, broken: usize) {
    let after = edited(files, &fix.edits);
    let context = || format!("{:?} {:?}\n{fix:?}\nbefore {files:?}\nafter {after:?}", finding.rule.name, finding.place);
    assert_ne!(files, &after, "a fix that changes nothing: {}", context());
    // How a parser recovers from an error can hang on a comment; no comment makes one.
    let is_comment = finding.rule.name == "unused-suppression";
    assert!(errors(&after) <= broken || (broken > 0 && is_comment), "parses worse: {}", context());
    // A text with errors is read as far as it can be: an edit may give a meaning to what had none.
    if broken > 0 {
        return;
    }
    let left = project_of(&after).all_findings();
    let is_left = |known: &Finding| {
        let start = moved(&fix.edits, &known.place.path, known.place.range.start);
        let is_it = |other: &&Finding| {
            other.rule.name == known.rule.name
                && other.place.path == known.place.path
                && start.contains(&other.place.range.start)
                // A fix may take the console alone away: the finding stays and says less.
                && (other.console || !known.console)
        };
        left.iter().any(|other| is_it(&other))
    };
    // Where fewer are left, another finding took the place of the one that is gone.
    assert!(!is_left(finding) || left.len() < findings.len(), "the finding is still there: {}", context());
    // The finding stood where debug mode was decided: without it, what it stood over may decide. An import that a fix
    // adds gives a meaning to other lines that lacked it.
    let adds_import = fix.edits.len() > 1;
    assert!(
        left.len() <= findings.len() || adds_import,
        "{} findings became {}: {}",
        findings.len(),
        left.len(),
        context()
    );
}

/// Where a byte is after edits: anywhere in what replaced it.
fn moved(edits: &[Edit], path: &str, byte: usize) -> std::ops::RangeInclusive<usize> {
    let (mut low, mut high) = (byte as isize, byte as isize);
    for edit in edits.iter().filter(|edit| &*edit.path == path) {
        let grown = edit.text.len() as isize - edit.range.len() as isize;
        if edit.range.end <= byte {
            low += grown;
            high += grown;
        } else if edit.range.start <= byte {
            low -= byte as isize - edit.range.start as isize;
            high += edit.text.len() as isize - (byte as isize - edit.range.start as isize);
        }
    }
    low.max(0) as usize..=high.max(0) as usize
}

/// All preferred fixes, round after round as `undebug fix` makes them, until there is none.
fn together(mut files: Files, mut project: Project) {
    for _ in 0..ROUNDS {
        let findings = project.all_findings();
        let edits: Vec<Edit> = project.preferred_edits(&findings).into_values().flatten().collect();
        if edits.is_empty() {
            return;
        }
        let after = edited(&files, &edits);
        let comments = findings.iter().any(|finding| finding.rule.name == "unused-suppression");
        let broken = errors(&files);
        assert!(
            errors(&after) <= broken || (broken > 0 && comments),
            "together they parse worse:\n{edits:?}\n{files:?}\n{after:?}"
        );
        files = after;
        project = project_of(&files);
    }
    panic!("fixes without end: {files:?}");
}

/// How many nodes of the Python files are errors or missing.
fn errors(files: &Files) -> usize {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).expect("the grammar fits");
    let mut count = 0;
    for (path, text) in files {
        if !path.ends_with(".py") && !path.ends_with(".cfg") {
            continue;
        }
        // The grammar knows no lone `\r`.
        let text = text.replace("\r\n", " \n").replace('\r', "\n");
        count += parser.parse(text, None).map_or(0, |tree| errors_below(tree.root_node()));
    }
    count
}

fn errors_below(root: Node) -> usize {
    let mut count = 0;
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        if node.has_error() {
            count += usize::from(node.is_error() || node.is_missing());
            pending.extend(node.children(&mut node.walk()));
        }
    }
    count
}
