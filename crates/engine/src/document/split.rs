//! Where the top-level statements of a Python text begin and end, found without parsing.
//!
//! Goals: on valid text the borders are those of the grammar; on broken text they depend on the text alone, and what is
//! wrong in one statement spoils as little of the others as can be; one pass at the speed of memory; from the beginning of
//! any statement the same is found as in a pass over the whole text. It knows strings, brackets, comments and lines, and
//! the words that a statement begins with; what is inside of a statement is the parser's.

mod head;
mod lines;
mod members;

use std::ops::Range;

use memchr::{memchr2, memchr3};
use ropey::Rope;

pub(crate) use self::lines::{Form, Line, Lines};
pub(crate) use self::members::Members;
pub(super) use self::members::members;

/// What a statement is, as far as its first words tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Head {
    /// A function or a class, with the bytes of its name; decorators stand before it.
    Definition(Range<usize>),
    /// A statement that `else`, `except` and their like can belong to.
    Compound,
    /// A decorator that no definition has followed yet.
    Decorator,
    /// Anything else.
    Plain,
}

/// A top-level statement: from its first byte to behind the last one that is neither blank nor comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub range: Range<usize>,
    pub head: Head,
}

/// What the scan is inside of, within brackets and strings.
#[derive(Debug, Clone, Copy)]
enum Inside {
    /// A string; one with replacement fields when `format`.
    Text { quote: u8, triple: bool, format: bool },
    /// A replacement field, so many brackets deep; in the part that says how to format it when `spec`.
    Field { depth: usize, spec: bool },
}

/// Goes from statement to statement.
pub(super) struct Splitter<'a> {
    rope: &'a Rope,
    /// The piece of text that is looked at, and where it begins.
    chunk: &'a [u8],
    base: usize,
    /// The next byte to look at.
    at: usize,
    /// Behind the last byte that was neither blank nor comment.
    end: usize,
    depth: usize,
    inside: Vec<Inside>,
}

impl<'a> Splitter<'a> {
    /// From the beginning of the text, or of a statement.
    pub fn new(rope: &'a Rope, from: usize) -> Splitter<'a> {
        let mut splitter = Splitter { rope, chunk: &[], base: 0, at: from, end: from, depth: 0, inside: Vec::new() };
        if from == 0 && [0, 1, 2].map(|at| splitter.peek(at)) == [Some(0xef), Some(0xbb), Some(0xbf)] {
            splitter.at = 3;
        }
        splitter
    }

    /// The byte so far ahead; `None` behind the end.
    fn peek(&mut self, ahead: usize) -> Option<u8> {
        let at = self.at + ahead;
        if at < self.base || at >= self.base + self.chunk.len() {
            if at >= self.rope.len_bytes() {
                return None;
            }
            let (chunk, base, _, _) = self.rope.chunk_at_byte(at);
            if ahead > 0 {
                // The scan itself stays where it is.
                return Some(chunk.as_bytes()[at - base]);
            }
            (self.chunk, self.base) = (chunk.as_bytes(), base);
        }
        Some(self.chunk[at - self.base])
    }

    /// Skips bytes up to the first one that is wanted, which this finds.
    fn skip_until(&mut self, find: impl Fn(&[u8]) -> Option<usize>) {
        while self.peek(0).is_some() {
            match find(&self.chunk[self.at - self.base..]) {
                Some(at) => {
                    self.at += at;
                    return;
                }
                None => self.at = self.base + self.chunk.len(),
            }
        }
    }

    /// Skips a line end, if there is one here.
    fn skip_newline(&mut self) -> bool {
        match self.peek(0) {
            Some(b'\r') if self.peek(1) == Some(b'\n') => self.at += 2,
            Some(b'\r' | b'\n') => self.at += 1,
            _ => return false,
        }
        true
    }

    /// Goes to the next line with something on it, from the beginning of one. Whether it is indented; `None` at the end.
    fn skip_blank(&mut self) -> Option<bool> {
        let mut indented = false;
        loop {
            match self.peek(0)? {
                b' ' | b'\t' => {
                    indented = true;
                    self.at += 1;
                }
                // Python counts the columns anew from here.
                b'\x0c' => {
                    indented = false;
                    self.at += 1;
                }
                b'#' => self.skip_until(|text| memchr2(b'\r', b'\n', text)),
                b'\r' | b'\n' => {
                    self.skip_newline();
                    indented = false;
                }
                b'\\' if matches!(self.peek(1), Some(b'\r' | b'\n')) => {
                    // The indentation is that of the line that goes on.
                    self.at += 1;
                    self.skip_newline();
                    while matches!(self.peek(0), Some(b' ' | b'\t')) {
                        self.at += 1;
                    }
                }
                _ => return Some(indented),
            }
        }
    }

    /// Goes to the end of the logical line, and of its line break.
    fn logical_line(&mut self) {
        self.depth = 0;
        self.inside.clear();
        while let Some(byte) = self.peek(0) {
            let done = match self.inside.last().copied() {
                None => self.code(byte, None),
                Some(Inside::Field { depth, spec: false }) => self.code(byte, Some(depth)),
                Some(Inside::Field { spec: true, .. }) => self.spec(byte),
                Some(Inside::Text { quote, triple, format }) => self.text(byte, quote, triple, format),
            };
            if done {
                return;
            }
        }
    }

    /// One step through code, in a replacement field of so many brackets or in none. Whether the logical line is over.
    fn code(&mut self, byte: u8, field: Option<usize>) -> bool {
        match byte {
            b'\r' | b'\n' => return self.newline(),
            b'#' => self.skip_until(|text| memchr2(b'\r', b'\n', text)),
            b'"' | b'\'' => self.open_text(byte),
            b'\\' if matches!(self.peek(1), Some(b'\r' | b'\n')) => {
                self.at += 1;
                self.skip_newline();
            }
            b'(' | b'[' | b'{' => {
                *self.level() += 1;
                self.take(1);
            }
            b'}' if field == Some(0) => {
                self.inside.pop();
                self.take(1);
            }
            b')' | b']' | b'}' => {
                let level = self.level();
                *level = level.saturating_sub(1);
                self.take(1);
            }
            b':' if field == Some(0) => {
                if let Some(Inside::Field { spec, .. }) = self.inside.last_mut() {
                    *spec = true;
                }
                self.take(1);
            }
            _ => self.plain(),
        }
        false
    }

    /// Goes over what means nothing here.
    fn plain(&mut self) {
        let rest = &self.chunk[self.at - self.base..];
        // One byte at least: a `\` or a `:` comes here too.
        let length = 1 + rest[1..].iter().position(|byte| IS_SPECIAL[usize::from(*byte)]).unwrap_or(rest.len() - 1);
        if let Some(last) = rest[..length].iter().rposition(|byte| !is_blank(*byte)) {
            self.end = self.at + last + 1;
        }
        self.at += length;
    }

    fn take(&mut self, bytes: usize) {
        self.at += bytes;
        self.end = self.at;
    }

    /// How many brackets are open here.
    fn level(&mut self) -> &mut usize {
        match self.inside.last_mut() {
            Some(Inside::Field { depth, .. }) => depth,
            _ => &mut self.depth,
        }
    }

    fn open_text(&mut self, quote: u8) {
        let format = self.is_format();
        let twice = self.peek(1) == Some(quote);
        let triple = twice && self.peek(2) == Some(quote);
        self.take(if triple { 3 } else { 1 + usize::from(twice) });
        if triple || !twice {
            self.inside.push(Inside::Text { quote, triple, format });
        }
    }

    /// Whether the letters before the quote here make it a string with replacement fields.
    fn is_format(&self) -> bool {
        let before = |back: usize| {
            let at = self.at.checked_sub(back)?;
            // Most of what is near is in the same piece of text.
            let near = at.checked_sub(self.base).and_then(|at| self.chunk.get(at)).copied();
            near.or_else(|| self.rope.get_byte(at))
        };
        let letter = |back: usize| before(back).filter(|byte| is_word(*byte)).map(|byte| byte.to_ascii_lowercase());
        match (letter(1), letter(2), letter(3)) {
            (Some(b'f' | b't'), None, _) => true,
            (Some(a), Some(b), None) => matches!((a, b), (b'r', b'f' | b't') | (b'f' | b't', b'r')),
            _ => false,
        }
    }

    /// One step through a string.
    fn text(&mut self, byte: u8, quote: u8, triple: bool, format: bool) -> bool {
        match byte {
            b'\r' | b'\n' if !triple => return self.newline(),
            b'\\' => {
                self.take(1);
                if self.peek(0) == Some(b'{') && format {
                    return false;
                }
                if !self.skip_newline() && self.peek(0).is_some() {
                    self.at += 1;
                }
                self.end = self.at;
            }
            b'{' if format => {
                if self.peek(1) == Some(b'{') {
                    self.take(2);
                } else {
                    self.inside.push(Inside::Field { depth: 0, spec: false });
                    self.take(1);
                }
            }
            byte if byte == quote => self.close_text(quote, triple),
            _ => {
                let ends = |byte: &u8| *byte == quote || matches!(byte, b'\\' | b'{' | b'\r' | b'\n');
                match triple {
                    true => self.skip_until(|text| memchr3(quote, b'\\', b'{', text)),
                    false => self.skip_until(|text| text.iter().position(ends)),
                }
                // What does not end the string is taken one by one.
                if self.peek(0) == Some(b'{') && !format {
                    self.at += 1;
                }
                self.end = self.at;
            }
        }
        false
    }

    fn close_text(&mut self, quote: u8, triple: bool) {
        if !triple {
            self.take(1);
        } else if self.peek(1) == Some(quote) && self.peek(2) == Some(quote) {
            self.take(3);
        } else {
            return self.take(1);
        }
        // The fields inside of it are over as well.
        while let Some(inside) = self.inside.pop() {
            if matches!(inside, Inside::Text { .. }) {
                break;
            }
        }
    }

    /// One step through the part of a replacement field that says how to format it.
    fn spec(&mut self, byte: u8) -> bool {
        let around = self.inside.iter().rev().find_map(|inside| match inside {
            Inside::Text { quote, triple, .. } => Some((*quote, *triple)),
            Inside::Field { .. } => None,
        });
        match byte {
            b'\r' | b'\n' => return self.newline(),
            b'{' => {
                self.inside.push(Inside::Field { depth: 0, spec: false });
                self.take(1);
            }
            b'}' => {
                self.inside.pop();
                self.take(1);
            }
            _ => match around {
                Some((quote, triple)) if quote == byte => self.close_text(quote, triple),
                _ => self.take(1),
            },
        }
        false
    }

    /// A line ends: whether the logical line does.
    fn newline(&mut self) -> bool {
        self.skip_newline();
        // A string in single quotes ends with its line, whatever is open inside of it.
        let single = |inside: &Inside| matches!(inside, Inside::Text { triple: false, .. });
        if let Some(at) = self.inside.iter().position(single) {
            self.inside.truncate(at);
        }
        if !self.inside.is_empty() {
            return false;
        }
        self.depth == 0 || (self.peek(0).is_some_and(|byte| byte.is_ascii_lowercase()) && self.must_begin())
    }
}

impl Iterator for Splitter<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        self.skip_blank()?;
        let start = self.at;
        let mut head = self.head();
        loop {
            self.logical_line();
            let end = self.end;
            let Some(indented) = self.skip_blank() else { return Some(Piece { range: start..end, head }) };
            if indented {
                continue;
            }
            if head == Head::Decorator {
                let next = self.head();
                if matches!(next, Head::Decorator | Head::Definition(_)) {
                    head = next;
                    continue;
                }
            } else if head == Head::Compound && self.is_clause() {
                continue;
            }
            return Some(Piece { range: start..end, head });
        }
    }
}

/// What means something in code.
static IS_SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let special = b"\r\n#\"'\\()[]{}:";
    let mut at = 0;
    while at < special.len() {
        table[special[at] as usize] = true;
        at += 1;
    }
    table
};

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0c')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
