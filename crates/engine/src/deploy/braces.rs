//! Literals in braces as HCL and JavaScript write them, to a tree of [`Data`]: objects, lists, strings, HCL's blocks and
//! here-documents.
//!
//! The goal: one reader that takes what it can of a text at any moment of its being typed. A parser of the whole language
//! gives nothing of a broken text, and these files are read for their literals alone: what is computed (a variable, a
//! condition, a call) stands as a value that is not known. It knows no dialect.

use std::ops::Range;
use std::rc::Rc;

use super::data::{Data, Entry, Kind, Scalar};
use super::source::Source;
use super::yaml::double_quoted;

/// How deep a tree is followed.
const MAX_DEPTH: usize = 60;
/// Functions that give back what they are given, put together or encoded.
const TRANSPARENT: &[&str] =
    &["jsonencode", "merge", "concat", "tomap", "tolist", "toset", "yamlencode", "defineConfig"];

/// The tree of a text: its attributes and blocks.
pub(crate) fn document(text: &str) -> Rc<Data> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { text, at: start, end: text.len() };
    let entries = reader.body(0, None);
    Rc::new(Data { kind: Kind::Map(entries), range: 0..text.len() })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Where reading ends: a here-document is read as a text of its own.
    end: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..self.end]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn step(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// Skips blanks and comments, and line ends where they end nothing.
    fn skip(&mut self, lines: bool) {
        loop {
            let rest = self.rest();
            let length = match rest.chars().next() {
                Some('\n' | '\r') if !lines => return,
                Some(char) if char.is_whitespace() => char.len_utf8(),
                Some('#') => rest.find(['\n', '\r']).unwrap_or(rest.len()),
                Some('/') if rest.starts_with("//") => rest.find(['\n', '\r']).unwrap_or(rest.len()),
                Some('/') if rest.starts_with("/*") => rest[2..].find("*/").map_or(rest.len(), |found| found + 4),
                _ => return,
            };
            self.at += length;
        }
    }

    /// The entries up to the bracket that closes them.
    fn body(&mut self, depth: usize, close: Option<char>) -> Vec<Entry> {
        let mut entries = Vec::new();
        loop {
            self.skip(true);
            let Some(char) = self.peek() else { return entries };
            if Some(char) == close {
                self.step();
                return entries;
            }
            let before = self.at;
            match self.key() {
                Some(key) if depth < MAX_DEPTH => entries.extend(self.entry(key, depth)),
                _ if matches!(char, '{' | '[' | '(') => drop(self.value(depth + 1)),
                _ => self.step(),
            }
            if self.at == before {
                self.step();
            }
        }
    }

    /// A name or a string that can begin an entry.
    fn key(&mut self) -> Option<Rc<Data>> {
        match self.peek()? {
            '"' | '\'' => Some(self.string()),
            char if is_word(char) => Some(self.word()),
            _ => None,
        }
    }

    /// What follows a key: `= value`, `: value`, or the labels and the body of a block.
    fn entry(&mut self, key: Rc<Data>, depth: usize) -> Option<Entry> {
        let mut path = vec![key];
        loop {
            self.skip(false);
            let rest = self.rest();
            let char = rest.chars().next()?;
            let value = match char {
                '=' | ':' if !rest.starts_with("==") && !rest.starts_with("=>") => {
                    self.step();
                    // `const apps = [...]`: the last word is what is set.
                    path.drain(..path.len() - 1);
                    self.skip(true);
                    self.value(depth + 1)
                }
                '{' => self.value(depth + 1),
                '"' | '\'' => {
                    path.push(self.string());
                    continue;
                }
                char if is_word(char) => {
                    path.push(self.word());
                    continue;
                }
                _ => return None,
            };
            let range = value.range.clone();
            let mut entry = Entry { key: path.pop()?, value };
            while let Some(outer) = path.pop() {
                let map = Data { kind: Kind::Map(vec![entry]), range: range.clone() };
                entry = Entry { key: outer, value: Rc::new(map) };
            }
            return Some(entry);
        }
    }

    /// A value, up to where the next one can begin.
    fn value(&mut self, depth: usize) -> Rc<Data> {
        let start = self.at;
        let first = self.primary(depth);
        self.skip(false);
        // What is computed from it is not known.
        let over = |char: Option<char>| matches!(char, None | Some(',' | '\n' | '\r' | '}' | ']' | ')' | ';'));
        if over(self.peek()) {
            return first;
        }
        let mut last = self.at;
        while !over(self.peek()) {
            let before = self.at;
            self.primary(depth);
            last = self.at.max(before);
            if self.at == before {
                self.step();
                last = self.at;
            }
            self.skip(false);
        }
        self.unknown(start..last)
    }

    fn primary(&mut self, depth: usize) -> Rc<Data> {
        let start = self.at;
        let Some(char) = self.peek() else { return Data::null(start) };
        if depth > MAX_DEPTH {
            self.step();
            return Data::null(start);
        }
        let kind = match char {
            '{' => {
                self.step();
                Kind::Map(self.body(depth, Some('}')))
            }
            '[' => {
                self.step();
                Kind::Seq(self.items(depth, ']'))
            }
            '"' | '\'' | '`' => return self.string(),
            '<' if self.rest().starts_with("<<") => return self.heredoc(depth),
            char if is_word(char) => return self.named(depth),
            _ => return Data::null(start),
        };
        Rc::new(Data { kind, range: start..self.at })
    }

    fn items(&mut self, depth: usize, close: char) -> Vec<Rc<Data>> {
        let mut items = Vec::new();
        loop {
            self.skip(true);
            let Some(char) = self.peek() else { return items };
            if char == close {
                self.step();
                return items;
            }
            // A bracket of another kind: the list lacks its end.
            if matches!(char, '}' | ']' | ')') {
                return items;
            }
            let before = self.at;
            let item = self.value(depth + 1);
            if self.at == before {
                self.step();
            } else {
                items.push(item);
            }
        }
    }

    /// A number, a name, or a call.
    fn named(&mut self, depth: usize) -> Rc<Data> {
        let word = self.word();
        let text = word.text().unwrap_or("").to_owned();
        if self.peek() == Some('(') {
            self.step();
            let given = self.items(depth + 1, ')');
            let range = word.range.start..self.at;
            return if TRANSPARENT.contains(&text.as_str()) { together(&given, range) } else { self.unknown(range) };
        }
        let plain = text.starts_with(|char: char| char.is_ascii_digit() || char == '-');
        match text.as_str() {
            "null" | "undefined" => Data::null(word.range.start),
            "true" | "false" => word,
            _ if plain => word,
            _ => self.unknown(word.range.clone()),
        }
    }

    fn word(&mut self) -> Rc<Data> {
        let rest = self.rest();
        let length = rest.find(|char: char| !is_word(char)).unwrap_or(rest.len());
        let range = self.at..self.at + length;
        self.at = range.end;
        scalar(Source::copy(self.text, range.clone()), true, range)
    }

    fn string(&mut self) -> Rc<Data> {
        let start = self.at;
        let quote = self.peek().unwrap_or('"');
        self.step();
        let mut depth = 0_usize;
        while let Some(char) = self.peek() {
            match char {
                '\\' => self.step(),
                '$' if self.rest().starts_with("${") => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                // A string that is not closed ends with its line.
                '\n' | '\r' if quote != '`' => break,
                char if char == quote && depth == 0 => {
                    self.step();
                    break;
                }
                _ => {}
            }
            self.step();
        }
        let range = start..self.at;
        let raw = &self.text[range.clone()];
        let known = !raw.contains("${") && !raw.contains("%{");
        let source = match quote {
            '"' => double_quoted(self.text, range.clone()),
            _ => {
                let closed = raw.len() > 1 && raw.ends_with(quote);
                Source::copy(self.text, start + 1..range.end - usize::from(closed))
            }
        };
        scalar(source, known, range)
    }

    /// `<<EOF`, `<<-EOF`: JSON in it is read, a script is a text.
    fn heredoc(&mut self, depth: usize) -> Rc<Data> {
        let start = self.at;
        self.at += "<<".len();
        if self.peek() == Some('-') {
            self.step();
        }
        let rest = self.rest();
        let length = rest.find(|char: char| !is_word(char)).unwrap_or(rest.len());
        let delimiter = rest[..length].to_owned();
        if delimiter.is_empty() {
            return Data::null(start);
        }
        self.at += self.rest().find(['\n', '\r']).unwrap_or(self.rest().len());
        let body = self.at;
        let (stop, next) = self.closing(body, &delimiter);
        self.at = next;
        let content = &self.text[body..stop];
        if content.trim_start().starts_with(['{', '[']) && depth < MAX_DEPTH {
            let mut inner = Reader { text: self.text, at: body, end: stop };
            inner.skip(true);
            return inner.value(depth + 1);
        }
        let first = body + content.len() - content.trim_start_matches(['\n', '\r']).len();
        scalar(Source::copy(self.text, first..stop), true, start..next)
    }

    /// Where the line of a here-document's delimiter begins and ends.
    fn closing(&self, body: usize, delimiter: &str) -> (usize, usize) {
        let mut at = body;
        while at < self.end {
            let rest = &self.text[at..self.end];
            let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
            if rest[..length].trim() == delimiter {
                return (at, at + length);
            }
            at += length + 1;
        }
        (self.end, self.end)
    }

    fn unknown(&self, range: Range<usize>) -> Rc<Data> {
        scalar(Source::copy(self.text, range.clone()), false, range)
    }
}

/// What a function gives back of what it is given: one value as it is, maps and lists put together.
fn together(given: &[Rc<Data>], range: Range<usize>) -> Rc<Data> {
    if let [only] = given {
        return only.clone();
    }
    let entries: Vec<Entry> = given.iter().flat_map(|one| one.entries()).collect();
    let items: Vec<Rc<Data>> = given.iter().flat_map(|one| one.items().to_vec()).collect();
    let kind = if items.is_empty() { Kind::Map(entries) } else { Kind::Seq(items) };
    Rc::new(Data { kind, range })
}

fn scalar(source: Source, known: bool, range: Range<usize>) -> Rc<Data> {
    Rc::new(Data { kind: Kind::Scalar(Scalar { source, known }), range })
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | '$')
}
