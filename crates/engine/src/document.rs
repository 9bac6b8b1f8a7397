//! One text with its language and syntax tree, kept up to date edit by edit.
//!
//! It knows nothing of rules, of other files, or of how positions travel to a client.

mod parse;
mod search;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use ropey::Rope;
use tree_sitter::{InputEdit, Parser, Point, Tree};

use crate::language::Language;
use crate::position::{self, Encoding, Position};
use crate::suppress;

/// A text longer than this gets no syntax tree, until it shrinks. Files this long are data or were generated, and the
/// worst of them cost seconds to parse.
pub(crate) const MAX_PARSED_BYTES: usize = 5 * 1024 * 1024;

/// So many edits are remembered one by one; then they are folded into one that covers them all.
const MAX_REMEMBERED_EDITS: usize = 64;

/// One replacement in a text: the bytes of `range` become `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The bytes to replace; clamped to the text and snapped down to character boundaries, the ends swapped when they
    /// are the wrong way round. `None` replaces everything.
    pub range: Option<Range<usize>>,
    /// What to put there.
    pub text: String,
}

/// Bytes that an edit replaced: `start..old_end` of the text before it are `start..new_end` of the text after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Replaced {
    /// The first byte that differs.
    pub start: usize,
    /// Where the replaced bytes ended.
    pub old_end: usize,
    /// Where the new bytes end.
    pub new_end: usize,
}

/// One text with its language and, for Python, its syntax tree.
///
/// The tree follows edits incrementally. It equals that of a full parse unless it has errors: while the text is broken,
/// and at first when it no longer is, it may differ until [`Document::settle`].
pub struct Document {
    language: Language,
    rope: Rope,
    tree: Option<Tree>,
    /// Made at the first edit and kept: most documents of a project are read once and never edited.
    parser: Option<Parser>,
    /// Whether the tree came about by edits, so that it may differ from a full parse.
    drifted: bool,
    /// Whether the text was edited since the tree was parsed.
    stale: bool,
    /// Whether some comment may silence findings in the whole file; empty when nobody asked since it may have changed.
    silencing: OnceLock<bool>,
    edits: Vec<Replaced>,
}

impl Document {
    /// A document with this text, parsed.
    pub fn new(language: Language, text: &str) -> Document {
        let mut document = Document {
            language,
            rope: Rope::from_str(text),
            tree: None,
            parser: None,
            drifted: false,
            stale: false,
            silencing: OnceLock::new(),
            edits: Vec::new(),
        };
        if document.wants_tree() {
            document.tree = parse::parser().and_then(|mut parser| parse::full(&mut parser, &document.rope));
        }
        document
    }

    /// The language of the text.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Applies changes in order; the tree follows incrementally, with one parse for all of them.
    pub fn edit(&mut self, changes: &[Change]) {
        self.edit_text(changes);
        self.refresh();
    }

    /// Applies changes in order to the text alone: the tree is not for use until [`Document::refresh`]. Many edits in
    /// a row cost one parse.
    pub(crate) fn edit_text(&mut self, changes: &[Change]) {
        for change in changes {
            self.stale |= self.replace(change);
        }
    }

    /// Brings the tree up to date with the text.
    pub(crate) fn refresh(&mut self) {
        if std::mem::take(&mut self.stale) {
            self.reparse();
        }
    }

    /// Parses in full where the incremental tree has errors; true when that changed the tree. A second call without an
    /// edit between does nothing.
    pub fn settle(&mut self) -> bool {
        let Some(tree) = self.tree.take_if(|tree| self.drifted && tree.root_node().has_error()) else { return false };
        self.drifted = false;
        let before = parse::digest(&tree);
        // Two trees at once would be most of the memory that a large file takes.
        drop(tree);
        self.tree = parse::kept(&mut self.parser).and_then(|parser| parse::full(parser, &self.rope));
        self.tree.as_ref().map(parse::digest) != Some(before)
    }

    /// The length of the text in bytes.
    pub fn len(&self) -> usize {
        self.rope.len_bytes()
    }

    /// True when the text is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a byte range, clamped to the text and snapped down to character boundaries.
    pub fn text(&self, range: Range<usize>) -> Cow<'_, str> {
        let Range { start, end } = self.within(&range);
        // Nearly always it lies in one chunk. A slice of the rope would count characters to get there.
        let (chunk, at, _, _) = self.rope.chunk_at_byte(start);
        if end - at <= chunk.len() {
            return Cow::Borrowed(&chunk[start - at..end - at]);
        }
        let mut text = String::with_capacity(end - start);
        let mut from = start;
        while from < end {
            let (chunk, at, _, _) = self.rope.chunk_at_byte(from);
            let upto = (end - at).min(chunk.len());
            text.push_str(&chunk[from - at..upto]);
            from = at + upto;
        }
        Cow::Owned(text)
    }

    /// The whole text.
    pub fn whole(&self) -> String {
        self.rope.to_string()
    }

    /// The position of a byte, counted in `encoding`; a byte past the end stands for the end, one inside a character
    /// for its start, one inside a line's terminator for the end of the line.
    pub fn position(&self, byte: usize, encoding: Encoding) -> Position {
        position::of_byte(&self.rope, byte, encoding)
    }

    /// The byte of a position, clamped to its line without the terminator and to the text, snapped down to a character
    /// boundary.
    pub fn offset(&self, position: Position, encoding: Encoding) -> usize {
        position::to_byte(&self.rope, position, encoding)
    }

    /// The syntax tree; `None` for a language without one, or a text too large to parse. Its rows and columns are not
    /// for use: only its bytes are.
    pub(crate) fn tree(&self) -> Option<&Tree> {
        self.tree.as_ref()
    }

    /// What was replaced since this was last asked for, in order, each in terms of the text as the ones before it left
    /// it. Long lists are folded into one covering edit.
    pub(crate) fn take_edits(&mut self) -> Vec<Replaced> {
        std::mem::take(&mut self.edits)
    }

    /// The line, 0-based, that a byte lies on; the last line for a byte past the end.
    pub(crate) fn line_of(&self, byte: usize) -> usize {
        self.rope.byte_to_line(byte.min(self.len()))
    }

    /// The bytes of a line without its terminator; past the last line, the last line's.
    pub(crate) fn line_range(&self, line: usize) -> Range<usize> {
        position::line_range(&self.rope, line)
    }

    /// Where any of the needles begins, in order: what `needles.find_iter` finds on the whole text.
    pub(crate) fn find_all(&self, needles: &AhoCorasick) -> Vec<usize> {
        search::find_all(&self.rope, needles)
    }

    fn wants_tree(&self) -> bool {
        self.language == Language::Python && self.len() <= MAX_PARSED_BYTES
    }

    /// The range with its ends in order, inside the text, on character boundaries.
    fn within(&self, range: &Range<usize>) -> Range<usize> {
        let (start, end) = (range.start.min(range.end), range.start.max(range.end));
        position::snap(&self.rope, start)..position::snap(&self.rope, end)
    }

    /// Carries one change out on the text and marks it in the tree; false when it changes nothing.
    fn replace(&mut self, change: &Change) -> bool {
        let range = change.range.as_ref().map_or(0..self.len(), |range| self.within(range));
        // What stays the same is not touched, so that the tree is reused although a client sends whole texts.
        let (prefix, suffix) = search::common_ends(self.rope.byte_slice(range.clone()), &change.text);
        let (start, old_end) = (range.start + prefix, range.end - suffix);
        let text = &change.text[prefix..change.text.len() - suffix];
        if start == old_end && text.is_empty() {
            return false;
        }
        let replaced = Replaced { start, old_end, new_end: start + text.len() };
        // The parser reads a lone `\r` as `\n`, so what follows a `\r` decides how the `\r` itself is read, and on
        // which row the edit begins.
        let tree_start = if start > 0 && self.rope.byte(start - 1) == b'\r' { start - 1 } else { start };
        let (start_position, old_end_position) = (self.point(tree_start), self.point(old_end));

        let char = self.rope.byte_to_char(start);
        self.rope.remove(char..self.rope.byte_to_char(old_end));
        self.rope.insert(char, text);

        let new_end_position = self.point(replaced.new_end);
        if let Some(tree) = &mut self.tree {
            tree.edit(&InputEdit {
                start_byte: tree_start,
                old_end_byte: old_end,
                new_end_byte: replaced.new_end,
                start_position,
                old_end_position,
                new_end_position,
            });
        }
        self.remember(replaced);
        self.forget_silencing(replaced);
        true
    }

    /// What was known of comments for the whole file stays known unless the edited lines have to do with it.
    fn forget_silencing(&mut self, replaced: Replaced) {
        let lines =
            self.line_range(self.line_of(replaced.start)).start..self.line_range(self.line_of(replaced.new_end)).end;
        let quiet = lines.len() < 4096 && !suppress::has_file_words(&self.text(lines));
        if self.silencing.get() != Some(&false) || !quiet {
            self.silencing.take();
        }
    }

    /// Whether some comment may silence findings in the whole file.
    pub(crate) fn may_silence(&self, search: impl FnOnce() -> bool) -> bool {
        *self.silencing.get_or_init(search)
    }

    fn reparse(&mut self) {
        let old = self.tree.take();
        if !self.wants_tree() {
            return;
        }
        self.drifted = old.is_some();
        if let Some(parser) = parse::kept(&mut self.parser) {
            self.tree = parse::incremental(parser, &self.rope, old.as_ref());
        }
    }

    /// The place of a byte as the parser counts: by `\n`, after each lone `\r` was made one. That is ropey's count too.
    fn point(&self, byte: usize) -> Point {
        let row = self.rope.byte_to_line(byte);
        Point { row, column: byte - self.rope.line_to_byte(row) }
    }

    fn remember(&mut self, replaced: Replaced) {
        if self.edits.len() == MAX_REMEMBERED_EDITS
            && let Some(all) = self.edits.drain(..).reduce(Replaced::then)
        {
            self.edits.push(all);
        }
        self.edits.push(replaced);
    }
}

impl Replaced {
    /// One edit that covers this one and then `next`, which is in terms of the text after this one.
    pub(crate) fn then(self, next: Replaced) -> Replaced {
        let middle = self.new_end.max(next.old_end);
        Replaced {
            start: self.start.min(next.start),
            old_end: self.old_end + (middle - self.new_end),
            new_end: next.new_end + (middle - next.old_end),
        }
    }
}
