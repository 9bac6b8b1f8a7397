//! The last look at a fix before it is offered: does it change the text, and does the text still parse as well?
//!
//! It knows nothing of what the fix is for.

use tree_sitter::{InputEdit, Node, Parser, Point, Tree};

use super::{Edit, apply};

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
