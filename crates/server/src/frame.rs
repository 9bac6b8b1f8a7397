//! Message frames out of a byte stream that may hold anything.
//!
//! It finds frames, and finds the next one after garbage; it does not look into their bodies.

use std::io::{self, Read};

/// A longer body is not read into memory.
const MAX_BODY: u64 = 64 << 20;

/// A body that claims more than this is taken for a wrong header: skipping it would swallow all that follows.
const MAX_SKIP: u64 = 1 << 30;

/// A line among the headers that grows longer than this is cut in front.
const MAX_LINE: usize = 8 << 10;

/// What remains of a line that was cut: enough for a header glued to garbage.
const TAIL: usize = 256;

/// How much is read at once.
const CHUNK: usize = 64 << 10;

const LENGTH: &[u8] = b"content-length";

/// What the stream held next.
#[derive(Debug, PartialEq, Eq)]
pub enum Item {
    /// The body of a frame.
    Body(Vec<u8>),
    /// Something that is no frame; it was skipped, or will be.
    Garbage,
    /// The stream is over.
    End,
}

/// Reads frames.
pub struct Frames<R> {
    input: R,
    buffer: Vec<u8>,
    at: usize,
    chunk: Box<[u8]>,
    /// Garbage was reported, and no frame came since: the rest of it is not reported again.
    lost: bool,
}

/// The headers of one frame, as far as they were understood.
#[derive(Default)]
struct Headers {
    length: Option<u64>,
    garbage: bool,
}

impl<R: Read> Frames<R> {
    /// Frames of this stream.
    pub fn new(input: R) -> Frames<R> {
        Frames { input, buffer: Vec::new(), at: 0, chunk: vec![0; CHUNK].into(), lost: false }
    }

    /// The next frame, or what is there instead. Blocks.
    pub fn next(&mut self) -> io::Result<Item> {
        loop {
            let Some(headers) = self.headers()? else { return Ok(Item::End) };
            let body = match headers.length {
                Some(length) if length <= MAX_BODY => match self.take(length as usize)? {
                    Some(body) => Some(body),
                    None => return Ok(Item::End),
                },
                Some(length) if length <= MAX_SKIP => {
                    self.skip(length)?;
                    None
                }
                _ => None,
            };
            match body {
                Some(body) if !headers.garbage || self.lost => {
                    self.lost = false;
                    return Ok(Item::Body(body));
                }
                // The garbage is reported first, the body that follows it in the next round.
                Some(body) => {
                    self.lost = true;
                    let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
                    frame.extend(body);
                    self.push_back(&frame);
                    return Ok(Item::Garbage);
                }
                None if self.lost => {}
                None => {
                    self.lost = true;
                    return Ok(Item::Garbage);
                }
            }
        }
    }

    /// The caller found the last body to be no message. Its length may have been wrong: a header inside it is where
    /// reading goes on, and the rest of it behind it is skipped without another report.
    pub fn distrust(&mut self, body: &[u8]) {
        self.lost = true;
        if let Some(start) = find_last_length(body) {
            let tail = body[start..].to_vec();
            self.push_back(&tail);
        }
    }

    /// The headers up to their empty line; `None` at the end of the stream.
    fn headers(&mut self) -> io::Result<Option<Headers>> {
        let mut headers = Headers::default();
        loop {
            let Some(line) = self.line()? else { return Ok(None) };
            if line.is_empty() {
                if headers.length.is_some() || headers.garbage {
                    return Ok(Some(headers));
                }
                continue;
            }
            match find_last_length(&line) {
                Some(start) => {
                    headers.garbage |= start > 0;
                    headers.length = length_of(&line[start + LENGTH.len()..]);
                    headers.garbage |= headers.length.is_none();
                }
                None => headers.garbage |= !is_header(&line),
            }
        }
    }

    /// A line without its end, cut in front where it is too long.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut scanned = self.at;
        loop {
            if let Some(end) = self.buffer[scanned..].iter().position(|byte| *byte == b'\n') {
                let line = self.buffer[self.at..scanned + end].to_vec();
                self.at = scanned + end + 1;
                return Ok(Some(line.strip_suffix(b"\r").map(<[u8]>::to_vec).unwrap_or(line)));
            }
            if self.buffer.len() - self.at > MAX_LINE {
                self.at = self.buffer.len() - TAIL;
            }
            self.compact();
            scanned = self.buffer.len();
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    fn take(&mut self, length: usize) -> io::Result<Option<Vec<u8>>> {
        self.compact();
        while self.buffer.len() < length {
            if !self.fill()? {
                return Ok(None);
            }
        }
        self.at = length;
        Ok(Some(self.buffer[..length].to_vec()))
    }

    fn skip(&mut self, length: u64) -> io::Result<()> {
        let mut left = length;
        loop {
            let there = (self.buffer.len() - self.at) as u64;
            self.at += there.min(left) as usize;
            left -= there.min(left);
            self.compact();
            if left == 0 || !self.fill()? {
                return Ok(());
            }
        }
    }

    fn push_back(&mut self, bytes: &[u8]) {
        self.compact();
        self.buffer.splice(0..0, bytes.iter().copied());
    }

    fn compact(&mut self) {
        self.buffer.drain(..self.at);
        self.at = 0;
        if self.buffer.is_empty() && self.buffer.capacity() > 16 * CHUNK {
            self.buffer = Vec::new();
        }
    }

    /// Reads what is there; false at the end of the stream.
    fn fill(&mut self) -> io::Result<bool> {
        loop {
            match self.input.read(&mut self.chunk) {
                Ok(read) => {
                    self.buffer.extend_from_slice(&self.chunk[..read]);
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Where the name of the length header begins for the last time: behind garbage, the header next to the body counts.
fn find_last_length(line: &[u8]) -> Option<usize> {
    (0..(line.len() + 1).saturating_sub(LENGTH.len()))
        .rev()
        .find(|start| line[*start..*start + LENGTH.len()].eq_ignore_ascii_case(LENGTH))
}

/// The number behind a header's name; `None` when it is none, negative or too large to be written.
fn length_of(rest: &[u8]) -> Option<u64> {
    let value = std::str::from_utf8(rest).ok()?.trim_start().strip_prefix(':')?.trim();
    value.bytes().all(|byte| byte.is_ascii_digit()).then(|| value.parse().ok()).flatten()
}

/// Whether the line has the form of a header: a name of letters, digits and dashes, then a colon.
fn is_header(line: &[u8]) -> bool {
    let name: Vec<u8> = line.iter().copied().take_while(|byte| *byte != b':').collect();
    name.len() < line.len() && !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that hands out one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            out[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn items(bytes: &[u8]) -> Vec<Item> {
        let all = read_all(Frames::new(bytes));
        assert_eq!(all, read_all(Frames::new(Slow(bytes))), "the same however it arrives");
        all
    }

    fn read_all(mut frames: Frames<impl Read>) -> Vec<Item> {
        let mut items = Vec::new();
        loop {
            match frames.next().unwrap() {
                Item::End => return items,
                item => items.push(item),
            }
        }
    }

    fn body(text: &str) -> Item {
        Item::Body(text.as_bytes().to_vec())
    }

    #[test]
    fn headers_of_any_case_and_kind() {
        let bytes =
            b"content-length: 2\r\n\r\n{}Content-Type: application/vscode-jsonrpc\r\nCONTENT-LENGTH:3\r\n\r\n[1]";
        assert_eq!(items(bytes), [body("{}"), body("[1]")]);
        assert_eq!(items(b"Content-Length: 2\nX-Other: 1\n\n{}"), [body("{}")]);
    }

    #[test]
    fn garbage_is_told_once_and_the_next_frame_found() {
        assert_eq!(items(b"hello\r\n\r\nworld\r\n\r\nContent-Length: 2\r\n\r\n{}"), [Item::Garbage, body("{}")]);
        assert_eq!(items(b"{}Content-Length: 2\r\n\r\n{}"), [Item::Garbage, body("{}")]);
        assert_eq!(
            items(b"Content-Length: x\r\n\r\n{\"a\":1}Content-Length: 2\r\n\r\n{}Content-Length: 2\r\n\r\n[]"),
            [Item::Garbage, body("{}"), body("[]")]
        );
        assert_eq!(items(b"Content-Length: -5\r\n\r\n{}Content-Length: 2\r\n\r\n{}"), [Item::Garbage, body("{}")]);
    }

    #[test]
    fn lengths_out_of_reason() {
        assert_eq!(
            items(b"Content-Length: 99999999999\r\n\r\n{}Content-Length: 2\r\n\r\n{}"),
            [Item::Garbage, body("{}")]
        );
        assert_eq!(
            items(b"Content-Length: 99999999999999999999999\r\n\r\n{}\nContent-Length: 2\r\n\r\n{}"),
            [Item::Garbage, body("{}")]
        );
        assert_eq!(items(b"Content-Length: 5\r\n\r\n{}"), []);
    }

    #[test]
    fn a_body_too_large_is_skipped_to_its_end() {
        let length = MAX_BODY as usize + 1;
        let mut bytes = format!("Content-Length: {length}\r\n\r\n").into_bytes();
        bytes.resize(bytes.len() + length, b'x');
        bytes.extend(b"Content-Length: 2\r\n\r\n{}");
        assert_eq!(read_all(Frames::new(&bytes[..])), [Item::Garbage, body("{}")]);
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let mut bytes = vec![b'x'; 10 * MAX_LINE];
        bytes.extend(b"Content-Length: 2\r\n\r\n{}");
        assert_eq!(items(&bytes), [Item::Garbage, body("{}")]);
    }

    #[test]
    fn a_body_that_swallowed_the_next_frame_gives_it_back() {
        let bytes: &[u8] = b"Content-Length: 30\r\n\r\n{\"a\":1}Content-Length: 2\r\n\r\n{}";
        let mut frames = Frames::new(bytes);
        let Item::Body(wrong) = frames.next().unwrap() else { panic!("no body") };
        frames.distrust(&wrong);
        assert_eq!(frames.next().unwrap(), body("{}"));
    }

    #[test]
    fn the_same_items_however_the_bytes_arrive() {
        let pieces: [&[u8]; 14] = [
            b"Content-Length: ",
            b"content-length:",
            b"Content-Type: x",
            b"2",
            b"7",
            b"99999999999",
            b"\r\n",
            b"\n",
            b"\r\n\r\n",
            b"{}",
            b"\"x\"",
            b"\xff",
            b":",
            b"Content-Length: 2\r\n\r\n{}",
        ];
        let mut seed: u32 = 1;
        let mut frames = 0;
        for _ in 0..3000 {
            let mut bytes = Vec::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                bytes.extend(pieces[(seed >> 16) as usize % pieces.len()]);
            }
            frames += items(&bytes).iter().filter(|item| matches!(item, Item::Body(_))).count();
        }
        assert!(frames > 1000, "the pieces make frames too: {frames}");
    }
}
