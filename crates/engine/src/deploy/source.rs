//! Decoded text that remembers where in the file each of its bytes came from: a YAML scalar without its escapes, a
//! Dockerfile instruction without its continuations, the script inside `sh -c '...'`.
//!
//! It decodes nothing itself: each language pushes what it has decoded.

use std::ops::Range;

/// A run of decoded bytes. Where both lengths are equal it is a copy, and inner offsets map one to one; otherwise
/// (an escape) the run stands for its source as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    at: usize,
    len: usize,
    source: Range<usize>,
}

/// Text with the place of each byte in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Source {
    text: String,
    pieces: Vec<Piece>,
    /// Where an empty text, or the end of one, stands in the file.
    anchor: usize,
}

impl Source {
    /// An empty text that stands at this byte.
    pub(crate) fn at(anchor: usize) -> Source {
        Source { text: String::new(), pieces: Vec::new(), anchor }
    }

    /// The bytes of a file as they are.
    pub(crate) fn copy(file: &str, range: Range<usize>) -> Source {
        let mut source = Source::at(range.start);
        source.push(file.get(range.clone()).unwrap_or(""), range.start);
        source
    }

    /// The decoded text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Appends text that stands in the file as it is, from byte `start`.
    pub(crate) fn push(&mut self, text: &str, start: usize) {
        if text.is_empty() {
            return;
        }
        self.append(text, start..start + text.len());
    }

    /// Appends text that the file spells as the bytes of `source`: an escape.
    pub(crate) fn push_as(&mut self, text: &str, source: Range<usize>) {
        if text.is_empty() {
            return;
        }
        self.append(text, source);
    }

    /// Appends a part of another decoded text, with its places.
    pub(crate) fn push_from(&mut self, other: &Source, range: Range<usize>) {
        let end = range.end.min(other.text.len());
        let mut at = range.start;
        let mut index = other.piece_at(at);
        while at < end {
            let Some(piece) = other.pieces.get(index) else { return };
            let stop = end.min(piece.at + piece.len);
            let Some(text) = other.text.get(at..stop) else { return };
            let whole = at == piece.at && stop == piece.at + piece.len;
            let source = if whole { piece.source.clone() } else { other.range(at..stop) };
            self.append(text, source);
            at = stop;
            index += 1;
        }
    }

    /// The bytes of the file that a part of the decoded text came from. An empty part stands where its byte does.
    pub(crate) fn range(&self, range: Range<usize>) -> Range<usize> {
        let end = range.end.min(self.text.len());
        if range.start >= end {
            let at = self.start_of(range.start);
            return at..at;
        }
        let start = self.start_of(range.start);
        let last = &self.pieces[self.piece_at(end - 1)];
        let stop = if last.len == last.source.len() { last.source.start + (end - last.at) } else { last.source.end };
        start..stop.max(start)
    }

    /// The bytes of the file from the first to the last byte of the text.
    pub(crate) fn whole(&self) -> Range<usize> {
        self.range(0..self.text.len())
    }

    /// The bytes of the file that the text came from, where nothing else stands between them.
    pub(crate) fn contiguous(&self) -> Option<Range<usize>> {
        let is_one = self.pieces.windows(2).all(|pair| pair[0].source.end == pair[1].source.start);
        is_one.then(|| self.whole())
    }

    fn start_of(&self, at: usize) -> usize {
        let Some(piece) = self.pieces.get(self.piece_at(at)) else {
            return self.pieces.last().map_or(self.anchor, |last| last.source.end);
        };
        if piece.len == piece.source.len() { piece.source.start + (at - piece.at) } else { piece.source.start }
    }

    /// The index of the piece that holds this byte; the number of pieces past the end.
    fn piece_at(&self, at: usize) -> usize {
        self.pieces.partition_point(|piece| piece.at + piece.len <= at)
    }

    fn append(&mut self, text: &str, source: Range<usize>) {
        let copy = text.len() == source.len();
        if let Some(last) = self.pieces.last_mut()
            && copy
            && last.len == last.source.len()
            && last.source.end == source.start
        {
            last.len += text.len();
            last.source.end = source.end;
        } else {
            self.pieces.push(Piece { at: self.text.len(), len: text.len(), source });
        }
        self.text.push_str(text);
    }
}

/// A line of a file without its end (`\n`, `\r\n` or a lone `\r`), and where the next one starts.
pub(crate) struct Line {
    /// The bytes of the line without its end.
    pub(crate) range: Range<usize>,
    /// The first byte of the next line.
    pub(crate) next: usize,
}

/// The lines of a file, a byte order mark at the start left out.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while start < bytes.len() {
        let end = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |found| start + found);
        let next = match bytes.get(end) {
            None => end,
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => end + 2,
            Some(_) => end + 1,
        };
        lines.push(Line { range: start..end, next });
        start = next;
    }
    lines
}

/// The parts of a text between separators that stand outside of quotes; those with nothing in them are left out.
pub(crate) fn outside_quotes(text: &str, quotes: &[char], separators: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut start = 0;
    for (at, char) in text.char_indices() {
        match quote {
            Some(mark) if mark == char => quote = None,
            None if quotes.contains(&char) => quote = Some(char),
            None if separators.contains(&char) => {
                found.push(start..at);
                start = at + char.len_utf8();
            }
            _ => {}
        }
    }
    found.push(start..text.len());
    found.retain(|range| !text[range.clone()].trim().is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_copies_and_escapes() {
        let file = r#""a\n\u00e9b""#;
        let mut source = Source::at(1);
        source.push("a", 1);
        source.push_as("\n", 2..4);
        source.push_as("é", 4..10);
        source.push("b", 10);
        assert_eq!(source.text(), "a\néb");
        assert_eq!(source.whole(), 1..11);
        assert_eq!(&file[source.range(1..2)], r"\n");
        assert_eq!(&file[source.range(2..4)], r"\u00e9");
        assert_eq!(source.range(5..5), 11..11);
        let mut inner = Source::at(0);
        inner.push_from(&source, 1..5);
        assert_eq!(inner.text(), "\néb");
        assert_eq!(inner.whole(), 2..11);
    }

    #[test]
    fn lines_know_all_ends() {
        let found: Vec<_> = lines("\u{feff}a\r\nb\rc\n\nd").into_iter().map(|line| line.range).collect();
        assert_eq!(found, [3..4, 6..7, 8..9, 10..10, 11..12]);
    }
}
