//! From a rope to a syntax tree: what the parser is fed, when it gives up, and whether two trees are the same.
//!
//! It keeps nothing: trees are the document's.

use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::{ControlFlow, Range};

use memchr::memchr_iter;
use ropey::Rope;
use tree_sitter::{ParseOptions, ParseState, Parser, Point, Tree};

/// A parse is given up when it has asked for this many times the bytes of the text ...
const READ_FACTOR: usize = 64;

/// ... and this many more, so that no short text is ever given up. Ordinary source is read about twice. What is read a
/// thousand times are rows of `\` at the ends of lines, on which the grammar's scanner is quadratic.
const READ_BYTES: usize = 1024 * 1024;

thread_local! {
    /// A parser for the next piece: many are short, and a new parser takes as long as one of them.
    static IDLE: Cell<Option<Parser>> = const { Cell::new(None) };
}

/// A parser for Python; `None` when the grammar does not fit the library, which a build that passes its tests rules out.
pub(super) fn parser() -> Option<Parser> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
    Some(parser)
}

/// Parses a whole text.
pub(super) fn whole(rope: &Rope) -> Option<Tree> {
    piece(rope, 0..rope.len_bytes(), None)
}

/// Parses a piece of a text as if it were all of it, with the help of an earlier tree that was told of all edits since.
/// `None` when the text takes time out of all proportion to its length. There is no clock here: the bytes read are counted.
pub(super) fn piece(rope: &Rope, range: Range<usize>, earlier: Option<&Tree>) -> Option<Tree> {
    let mut parser = IDLE.take().or_else(parser)?;
    let left = Cell::new(range.len().saturating_mul(READ_FACTOR).saturating_add(READ_BYTES));
    let mut read = |byte: usize, _: Point| {
        let bytes = if left.get() == 0 { &[] } else { feed(rope, range.start + byte, range.end) };
        left.set(left.get().saturating_sub(bytes.len()));
        bytes
    };
    let mut progress =
        |_: &ParseState| if left.get() == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut read, earlier, Some(options)).filter(|_| left.get() > 0);
    // Else the next parse would go on with one that was given up.
    parser.reset();
    IDLE.set(Some(parser));
    tree
}

/// A number that two trees share when they have the same nodes: kinds, fields, bytes. (Of two trees that differ, one pair
/// in 2^64 shares it.) A number and not the tree itself, so that a tree can be let go before the next one is made.
pub(super) fn digest(tree: &Tree) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let field = cursor.field_id().map_or(0, u16::from);
        (node.kind_id(), node.start_byte(), node.end_byte(), node.is_missing(), field).hash(&mut hasher);
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            // Where children end is part of the shape: empty nodes lie in one place with their siblings.
            hasher.write_u8(0);
            if !cursor.goto_parent() {
                return hasher.finish();
            }
        }
    }
}

/// The bytes from `byte` on, as many as lie together, up to `end`. The parser knows only `\n` as a line end, and Python also a lone
/// `\r`: it is handed over as `\n`, which is as long.
fn feed(rope: &Rope, byte: usize, end: usize) -> &[u8] {
    if byte >= end {
        return &[];
    }
    let (chunk, start, _, _) = rope.chunk_at_byte(byte);
    let bytes = &chunk.as_bytes()[byte - start..chunk.len().min(end - start)];
    for at in memchr_iter(b'\r', bytes) {
        // A rope does not break a chunk inside `\r\n`, but asking costs nothing where the chunk does not end.
        let next = bytes.get(at + 1).copied().or_else(|| rope.get_byte(byte + at + 1));
        if next != Some(b'\n') {
            return if at == 0 { b"\n" } else { &bytes[..at] };
        }
    }
    bytes
}
