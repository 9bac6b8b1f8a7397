//! The last look at a fix before it is offered: does it change the text, and does the text still parse as well?
//!
//! It knows nothing of what the fix is for.

use tree_sitter::{InputEdit, Node, Parser, Point, Tree};

use super::halves::held;
use super::{Edit, Fix, FixKind, apply};

/// Those of each list of fixes that leave no more syntax errors than there were. What parses together parses: a text
/// without errors is parsed once for many fixes, and where that shows one, once for each half of them.
pub(super) fn those_that_parse(text: &str, tree: &Tree, lists: Vec<Vec<Fix>>) -> Vec<Vec<Fix>> {
    let is_broken = tree.root_node().has_error();
    let holds = |fixes: &[&Fix]| match fixes {
        [fix] => parses_no_worse(text, tree, &fix.edits),
        _ if is_broken => false,
        _ => parse_together(text, fixes),
    };
    let mut good = std::collections::BTreeSet::new();
    // The kinds exclude each other at one place.
    for kind in [FixKind::Environment, FixKind::Remove, FixKind::Off, FixKind::Suppress] {
        let lists = lists.iter().enumerate();
        let all = lists.flat_map(|(list, fixes)| fixes.iter().enumerate().map(move |(at, fix)| ((list, at), fix)));
        good.extend(held(all.filter(|(_, fix)| fix.kind == kind).collect(), holds));
    }
    let kept = lists.into_iter().enumerate().map(|(list, fixes)| {
        let fixes = fixes.into_iter().enumerate().filter(|(at, _)| good.contains(&(list, *at)));
        fixes.map(|(_, fix)| fix).collect()
    });
    kept.collect()
}

/// Whether all edits of these fit together, change something and leave no syntax error.
fn parse_together(text: &str, fixes: &[&Fix]) -> bool {
    let mut edits: Vec<Edit> = Vec::new();
    for edit in fixes.iter().flat_map(|fix| &fix.edits) {
        // An `import os` is shared.
        if !edits.contains(edit) {
            edits.push(edit.clone());
        }
    }
    let Some(edited) = apply(text, &edits).filter(|edited| edited != text) else { return false };
    let after = parser().and_then(|mut parser| parser.parse(for_parser(&edited), None));
    after.is_some_and(|after| !after.root_node().has_error())
}

/// True when the edits apply, change something and leave no more syntax errors than there were.
pub(super) fn parses_no_worse(text: &str, tree: &Tree, edits: &[Edit]) -> bool {
    let Some(edited) = apply(text, edits).filter(|edited| edited != text) else { return false };
    let Some(after) = reparse(text, tree, edits, &edited) else { return false };
    !after.root_node().has_error() || errors(after.root_node()) <= errors(tree.root_node())
}

/// The same for the edits of several fixes. A text with errors is parsed anew before and after: how the parser recovers
/// hangs on what of the old tree it keeps, and many edits leave little of it.
pub(crate) fn parse_no_worse_together(text: &str, tree: &Tree, edits: &[Edit]) -> bool {
    if !tree.root_node().has_error() {
        return parses_no_worse(text, tree, edits);
    }
    let Some(edited) = apply(text, edits).filter(|edited| edited != text) else { return false };
    let errors_of = |text| Some(errors(parser()?.parse(for_parser(text), None)?.root_node()));
    errors_of(&edited) <= errors_of(text)
}

fn parser() -> Option<Parser> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
    Some(parser)
}

fn reparse(text: &str, tree: &Tree, edits: &[Edit], edited: &str) -> Option<Tree> {
    let mut tree = tree.clone();
    for edit in edits.iter().rev() {
        let start_position = point(text, edit.range.start, Point::new(0, 0));
        tree.edit(&InputEdit {
            start_byte: edit.range.start,
            old_end_byte: edit.range.end,
            new_end_byte: edit.range.start + edit.text.len(),
            start_position,
            old_end_position: point(&text[edit.range.start..], edit.range.len(), start_position),
            new_end_position: point(&edit.text, edit.text.len(), start_position),
        });
    }
    parser()?.parse(for_parser(edited), Some(&tree))
}

/// The text with lone `\r` as `\n`: the grammar knows no other line end.
fn for_parser(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    (0..bytes.len()).map(|at| if ends_row(bytes, at) { b'\n' } else { bytes[at] }).collect()
}

fn ends_row(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
}

/// The row and column of a byte of `text`, which begins at `origin`.
fn point(text: &str, at: usize, origin: Point) -> Point {
    let bytes = text.as_bytes();
    let rows = (0..at.min(bytes.len())).filter(|&byte| ends_row(bytes, byte));
    match rows.clone().next_back() {
        Some(last) => Point::new(origin.row + rows.count(), at - last - 1),
        None => Point::new(origin.row, origin.column + at),
    }
}

/// How many nodes are errors or missing.
pub(super) fn errors(root: Node) -> usize {
    let mut count = 0;
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        if !node.has_error() {
            continue;
        }
        count += usize::from(node.is_error() || node.is_missing());
        pending.extend(node.children(&mut node.walk()));
    }
    count
}
