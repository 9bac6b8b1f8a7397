//! From a rope to a syntax tree: what the parser is fed, when it gives up, and whether two trees are the same.
//!
//! It keeps nothing: the parser and the tree are the document's.

use std::ops::ControlFlow;

use memchr::memchr_iter;
use ropey::Rope;
use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

/// A parse is given up after this many progress reports (one is 100 parser operations) for each byte of text ...
const REPORTS_PER_BYTE: usize = 1;

/// ... and this many for any text.
const REPORTS: usize = 100_000;

/// A parser for Python; `None` when the grammar does not fit the library, which a build that passes its tests rules out.
pub(super) fn parser() -> Option<Parser> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
    Some(parser)
}

/// The parser in `slot`, made when it is first needed.
pub(super) fn kept(slot: &mut Option<Parser>) -> Option<&mut Parser> {
    if slot.is_none() {
        *slot = parser();
    }
    slot.as_mut()
}

/// Parses without help from an earlier tree.
pub(super) fn full(parser: &mut Parser, rope: &Rope) -> Option<Tree> {
    incremental(parser, rope, None)
}

/// Parses with the help of an earlier tree that was told of all edits since. `None` when the text takes out of all
/// proportion long.
pub(super) fn incremental(parser: &mut Parser, rope: &Rope, old: Option<&Tree>) -> Option<Tree> {
    let mut reports = REPORTS.saturating_add(REPORTS_PER_BYTE.saturating_mul(rope.len_bytes()));
    let mut progress = |_: &ParseState| {
        reports -= 1;
        if reports == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut |byte, _| feed(rope, byte), old, Some(options));
    if tree.is_none() {
        // Otherwise the next parse would take up where this one stopped, in another text.
        parser.reset();
    }
    tree
}

/// True when the trees have the same nodes: kinds, fields, bytes. Walks both in step, without recursion.
pub(super) fn same_tree(left: &Tree, right: &Tree) -> bool {
    let (mut left, mut right) = (left.walk(), right.walk());
    loop {
        let (a, b) = (left.node(), right.node());
        let same = a.kind_id() == b.kind_id()
            && a.byte_range() == b.byte_range()
            && a.is_missing() == b.is_missing()
            && left.field_id() == right.field_id();
        if !same {
            return false;
        }
        match (left.goto_first_child(), right.goto_first_child()) {
            (true, true) => continue,
            (false, false) => {}
            _ => return false,
        }
        loop {
            match (left.goto_next_sibling(), right.goto_next_sibling()) {
                (true, true) => break,
                (false, false) => {}
                _ => return false,
            }
            // The depths are equal, so both arrive at the root together.
            if !left.goto_parent() || !right.goto_parent() {
                return true;
            }
        }
    }
}

/// The bytes from `byte` on, as many as lie together. The parser knows only `\n` as a line end, and Python also a lone
/// `\r`: it is handed over as `\n`, which is as long.
fn feed(rope: &Rope, byte: usize) -> &[u8] {
    if byte >= rope.len_bytes() {
        return &[];
    }
    let (chunk, start, _, _) = rope.chunk_at_byte(byte);
    let bytes = &chunk.as_bytes()[byte - start..];
    for at in memchr_iter(b'\r', bytes) {
        // A rope does not break a chunk inside `\r\n`, but asking costs nothing where the chunk does not end.
        let next = bytes.get(at + 1).copied().or_else(|| rope.get_byte(byte + at + 1));
        if next != Some(b'\n') {
            return if at == 0 { b"\n" } else { &bytes[..at] };
        }
    }
    bytes
}
