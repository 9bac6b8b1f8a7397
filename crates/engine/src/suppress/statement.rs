//! Which lines the statement around a place takes up, as far as a reader would look for its comment.
//!
//! Of a statement with a body that is the head alone: a comment at the end of a function is not about its decorator.

use std::ops::{Range, RangeInclusive};

use tree_sitter::Node;

use crate::document::{Document, Syntax};
use crate::language::Language;

/// The first and last line, 0-based, of the statement that holds the range.
pub(super) fn lines(document: &Document, range: &Range<usize>) -> RangeInclusive<usize> {
    let bytes = match document.language() {
        Language::Python => match document.syntax_around(range) {
            Some(Syntax { base, tree }) => {
                let inner = around(tree.root_node(), &(range.start - base..range.end - base));
                base + inner.start..base + inner.end
            }
            None => range.clone(),
        },
        Language::Dockerfile | Language::Shell | Language::Makefile | Language::Justfile | Language::Systemd => {
            return continued(document, range);
        }
        _ => range.clone(),
    };
    let start = bytes.start.min(range.start);
    let last = bytes.end.max(range.end).saturating_sub(1).max(start);
    document.line_of(start)..=document.line_of(last)
}

/// The bytes of the innermost statement or clause around the range, without its body. Goes down from the root, since a
/// way up costs a way down at each step.
fn around(root: Node<'_>, range: &Range<usize>) -> Range<usize> {
    let mut found = range.clone();
    let mut cursor = root.walk();
    loop {
        let parent = cursor.node().kind();
        if cursor.goto_first_child_for_byte(range.start).is_none() {
            return found;
        }
        let node = cursor.node();
        if node.start_byte() > range.start || node.end_byte() < range.end {
            return found;
        }
        let statement = matches!(parent, "module" | "block");
        if statement || has_own_head(node.kind()) {
            // The decorators belong to the head that they stand above.
            let start = if parent == "decorated_definition" && node.kind() != "decorator" {
                found.start
            } else {
                node.start_byte()
            };
            found = start..head_end(node);
        }
    }
}

/// Parts of a statement that a reader takes for statements of their own.
fn has_own_head(kind: &str) -> bool {
    matches!(
        kind,
        "decorator"
            | "function_definition"
            | "class_definition"
            | "elif_clause"
            | "else_clause"
            | "except_clause"
            | "except_group_clause"
            | "finally_clause"
            | "case_clause"
    )
}

/// Where the node ends, or its head, when it has a body: behind the `:`.
fn head_end(node: Node<'_>) -> usize {
    let mut cursor = node.walk();
    let mut end = node.end_byte();
    let mut more = cursor.goto_first_child();
    while more {
        let child = cursor.node();
        match child.kind() {
            "block" => return end,
            // An extra: it may stand on a line below the head.
            "comment" => {}
            _ => end = child.end_byte(),
        }
        more = cursor.goto_next_sibling();
    }
    node.end_byte()
}

/// The lines of the range with those that a `\` at the end of a line joins to them. In a Dockerfile comments and empty
/// lines between them belong to neither, and end nothing.
fn continued(document: &Document, range: &Range<usize>) -> RangeInclusive<usize> {
    let text = |line: usize| document.text(document.line_range(line));
    let goes_on = |line: usize| text(line).trim_end().ends_with('\\');
    let is_between = |line: usize| {
        let is_comment = |line: &str| line.is_empty() || line.starts_with('#');
        document.language() == Language::Dockerfile && is_comment(text(line).trim())
    };
    let mut first = document.line_of(range.start);
    while let Some(above) = (0..first).rev().find(|line| !is_between(*line)).filter(|line| goes_on(*line)) {
        first = above;
    }
    let mut last = document.line_of(range.end.saturating_sub(1).max(range.start));
    let end = document.line_of(document.len());
    let mut is_open = goes_on(last);
    for line in last + 1..=end {
        if !is_open {
            break;
        }
        if !is_between(line) {
            (last, is_open) = (line, goes_on(line));
        }
    }
    first..=last
}
