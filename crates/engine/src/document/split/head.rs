//! What a statement is by its first words, and which lines can begin one.
//!
//! It looks ahead and never moves.

use std::ops::Range;

use super::{Head, Splitter, is_newline, is_word};

/// Words that can stand only at the beginning of a statement: inside of brackets they show that one was never closed.
const HARD: &[&[u8]] = &[
    b"assert",
    b"break",
    b"class",
    b"continue",
    b"def",
    b"del",
    b"except",
    b"finally",
    b"global",
    b"import",
    b"nonlocal",
    b"pass",
    b"raise",
    b"return",
    b"try",
    b"while",
    b"with",
];

/// The longest word that means something here, and one more.
pub(super) const WORD: usize = 9;

impl Splitter<'_> {
    /// The letters that begin here, as many as can be a word that means something.
    pub(super) fn word(&mut self, from: usize, buffer: &mut [u8; WORD]) -> usize {
        let mut length = 0;
        while length < WORD {
            match self.peek(from + length) {
                Some(byte) if is_word(byte) => buffer[length] = byte,
                _ => break,
            }
            length += 1;
        }
        length
    }

    pub(super) fn head(&mut self) -> Head {
        if self.peek(0) == Some(b'@') {
            return Head::Decorator;
        }
        let mut buffer = [0; WORD];
        let length = self.word(0, &mut buffer);
        match &buffer[..length] {
            b"def" | b"class" => self.name_behind(length).map_or(Head::Plain, Head::Definition),
            b"async" => {
                let from = length + self.blanks(length);
                let next = self.word(from, &mut buffer);
                match &buffer[..next] {
                    b"def" => self.name_behind(from + next).map_or(Head::Plain, Head::Definition),
                    _ => Head::Compound,
                }
            }
            b"if" | b"for" | b"while" | b"try" | b"with" => Head::Compound,
            _ => Head::Plain,
        }
    }

    fn blanks(&mut self, from: usize) -> usize {
        let mut length = 0;
        while matches!(self.peek(from + length), Some(b' ' | b'\t')) {
            length += 1;
        }
        length
    }

    /// The name that follows, in bytes of the text.
    fn name_behind(&mut self, from: usize) -> Option<Range<usize>> {
        let start = from + self.blanks(from);
        let mut end = start;
        while self.peek(end).is_some_and(is_word) {
            end += 1;
        }
        (end > start).then_some(self.at + start..self.at + end)
    }

    /// Whether the line that begins here can only be the beginning of a statement, although a bracket is open.
    pub(super) fn must_begin(&mut self) -> bool {
        let mut buffer = [0; WORD];
        let length = self.word(0, &mut buffer);
        match &buffer[..length] {
            b"async" => {
                let from = length + self.blanks(length);
                let next = self.word(from, &mut buffer);
                matches!(&buffer[..next], b"def" | b"with")
            }
            // `yield from` may be broken in two before the `from`, but nothing is imported there.
            b"from" => self.line_has(|line| memchr::memmem::find(line, b" import ").is_some()),
            b"if" | b"for" | b"elif" | b"else" => self.line_has(|line| {
                line.split(|byte| *byte == b'#').next().unwrap_or(line).trim_ascii_end().ends_with(b":")
            }),
            word => HARD.binary_search(&word).is_ok(),
        }
    }

    fn line_has(&mut self, has: impl FnOnce(&[u8]) -> bool) -> bool {
        let mut line = Vec::new();
        while let Some(byte) = self.peek(line.len()).filter(|byte| !is_newline(*byte)) {
            line.push(byte);
        }
        has(&line)
    }

    /// Whether the line here belongs to the compound statement above.
    pub(super) fn is_clause(&mut self) -> bool {
        let mut buffer = [0; WORD];
        let length = self.word(0, &mut buffer);
        matches!(&buffer[..length], b"elif" | b"else" | b"except" | b"finally")
    }
}
