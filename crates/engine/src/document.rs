//! One text with its language and syntax tree, kept up to date edit by edit.
//!
//! It knows nothing of rules, of other files, or of how positions travel to a client.

mod parse;
mod search;
mod split;
mod statements;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use ropey::Rope;
use tree_sitter::Tree;

use crate::language::Language;
use crate::position::{self, Encoding, Position};
use crate::suppress;
pub(crate) use split::{Form, Line, Lines, Members};
use statements::{Edited, Statements, position};
pub(crate) use statements::{Splice, Statement};

/// A text longer than this gets no syntax tree, until it shrinks. Files this long are data or were generated, and the
/// worst of them cost seconds to parse.
pub(crate) const MAX_PARSED_BYTES: usize = 5 * 1024 * 1024;

/// The tree of a part of a Python text, as if it were all of it; `None` where it takes too long to parse.
pub(crate) fn parsed(text: &str) -> Option<Tree> {
    parse::whole(&Rope::from_str(text))
}

/// One replacement in a text: the bytes of `range` become `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The bytes to replace; clamped to the text and snapped down to character boundaries, the ends swapped when they
    /// are the wrong way round. `None` replaces everything.
    pub range: Option<Range<usize>>,
    /// What to put there.
    pub text: String,
}

/// One text with its language and, for Python, its top-level statements, each parsed when it is asked for.
///
/// Statements follow edits incrementally, and so do their trees. A tree equals that of a full parse unless it has errors:
/// while the text is broken, and at first when it no longer is, it may differ until [`Document::settle`].
pub struct Document {
    language: Language,
    rope: Rope,
    statements: Statements,
    /// The tree of the whole text, made when it is asked for and forgotten at the next edit.
    tree: OnceLock<Option<Tree>>,
    /// Whether the text was edited since it was last asked for.
    edited: bool,
    /// Whether some comment may silence findings in the whole file; empty when nobody asked since it may have changed.
    silencing: OnceLock<bool>,
}

/// The tree of a statement, and the byte of the text that its bytes count from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Syntax<'a> {
    pub base: usize,
    pub tree: &'a Tree,
}

impl Document {
    /// A document with this text.
    pub fn new(language: Language, text: &str) -> Document {
        let mut document = Document {
            language,
            rope: Rope::from_str(text),
            statements: Statements::default(),
            tree: OnceLock::new(),
            edited: false,
            silencing: OnceLock::new(),
        };
        if document.has_statements() {
            document.statements = Statements::new(&document.rope);
            // Nobody knew another list before: the first edit is followed like any other.
            document.statements.take_splices();
        }
        document
    }

    /// The language of the text.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Applies changes in order; the statements follow.
    pub fn edit(&mut self, changes: &[Change]) {
        self.edit_text(changes);
        self.refresh();
    }

    /// Applies changes in order to the text alone: the statements are not for use until [`Document::refresh`]. Many edits
    /// in a row cost one look at the statements.
    pub(crate) fn edit_text(&mut self, changes: &[Change]) {
        for change in changes {
            self.replace(change);
        }
    }

    /// Brings the statements up to date with the text.
    pub(crate) fn refresh(&mut self) {
        if !self.has_statements() {
            self.statements.clear();
        } else if self.statements.is_cleared() {
            self.statements = Statements::new(&self.rope);
        } else {
            self.statements.refresh(&self.rope);
        }
    }

    /// Parses in full the statements whose incremental trees have errors; true when that changed one. A second call
    /// without an edit between does nothing.
    pub fn settle(&mut self) -> bool {
        self.statements.settle(&self.rope)
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
        String::from(&self.rope)
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

    /// The syntax tree of the whole text, parsed when it is first asked for after an edit: for what people ask for, not
    /// for what every edit costs. `None` for a language without one, or a text too large to parse. Its rows and columns are
    /// not for use: only its bytes are.
    pub(crate) fn tree(&self) -> Option<&Tree> {
        self.tree.get_or_init(|| if self.has_statements() { parse::whole(&self.rope) } else { None }).as_ref()
    }

    /// The top-level statements of a Python text, in order; none where it is too large.
    pub(crate) fn statements(&self) -> &[Statement] {
        self.statements.list()
    }

    /// The tree of a statement of this document.
    pub(crate) fn syntax<'a>(&'a self, statement: &'a Statement) -> Option<Syntax<'a>> {
        Some(Syntax { base: statement.range.start, tree: statement.tree(&self.rope)? })
    }

    /// Looks at the tree of a statement of this document, without keeping it where nobody edits the statement.
    pub(crate) fn look<T>(&self, statement: &Statement, look: impl FnOnce(Syntax<'_>) -> T) -> Option<T> {
        statement.look(&self.rope, |tree| look(Syntax { base: statement.range.start, tree }))
    }

    /// The parts of a class, for who looks at some of them alone.
    pub(crate) fn members(&self, statement: &Statement) -> Option<Members> {
        split::members(&self.rope, statement.range.clone())
    }

    /// The tree of the top-level statement that these bytes lie in.
    pub(crate) fn syntax_around(&self, range: &Range<usize>) -> Option<Syntax<'_>> {
        let statement = self.statements.around(range.start)?;
        let is_within = range.start <= range.end && range.end <= statement.range.end;
        is_within.then(|| self.syntax(statement)).flatten()
    }

    /// What became of the statements since this was last asked for, in order; `None` when they were all read anew.
    pub(crate) fn take_splices(&mut self) -> Option<Vec<Splice>> {
        self.statements.take_splices()
    }

    /// Whether the text was edited since this was last asked for.
    pub(crate) fn take_edited(&mut self) -> bool {
        std::mem::take(&mut self.edited)
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

    fn has_statements(&self) -> bool {
        self.language == Language::Python && self.len() <= MAX_PARSED_BYTES
    }

    /// The range with its ends in order, inside the text, on character boundaries.
    fn within(&self, range: &Range<usize>) -> Range<usize> {
        let (start, end) = (range.start.min(range.end), range.start.max(range.end));
        position::snap(&self.rope, start)..position::snap(&self.rope, end)
    }

    /// Carries one change out on the text and tells the statements.
    fn replace(&mut self, change: &Change) {
        let range = change.range.as_ref().map_or(0..self.len(), |range| self.within(range));
        // What stays the same is not touched, so that trees are reused although a client sends whole texts.
        let (prefix, suffix) = search::common_ends(self.rope.byte_slice(range.clone()), &change.text);
        let (start, old_end) = (range.start + prefix, range.end - suffix);
        let text = &change.text[prefix..change.text.len() - suffix];
        if start == old_end && text.is_empty() {
            return;
        }
        let new_end = start + text.len();
        // The parser reads a lone `\r` as `\n`, so what follows a `\r` decides how the `\r` itself is read, and on
        // which row the edit begins.
        let seen_start = if start > 0 && self.rope.byte(start - 1) == b'\r' { start - 1 } else { start };
        let (start_position, old_end_position) = (position(&self.rope, seen_start), position(&self.rope, old_end));
        let char = self.rope.byte_to_char(start);
        self.rope.remove(char..self.rope.byte_to_char(old_end));
        self.rope.insert(char, text);
        if self.language == Language::Python {
            let edit = Edited {
                start: seen_start,
                old_end,
                new_end,
                start_position,
                old_end_position,
                new_end_position: position(&self.rope, new_end),
            };
            self.statements.follow(&edit, &self.rope);
        }
        self.tree.take();
        self.edited = true;
        self.forget_silencing(start..new_end);
    }

    /// What was known of comments for the whole file stays known unless the edited lines have to do with it.
    fn forget_silencing(&mut self, edited: Range<usize>) {
        let lines = self.line_range(self.line_of(edited.start)).start..self.line_range(self.line_of(edited.end)).end;
        let quiet = lines.len() < 4096 && !suppress::has_file_words(&self.text(lines));
        if self.silencing.get() != Some(&false) || !quiet {
            self.silencing.take();
        }
    }

    /// Whether some comment may silence findings in the whole file.
    pub(crate) fn may_silence(&self, search: impl FnOnce() -> bool) -> bool {
        *self.silencing.get_or_init(search)
    }
}
