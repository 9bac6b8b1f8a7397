//! Reading: bytes become text, whatever their encoding; nothing is lost because a file is not UTF-8.
//!
//! It does not decide which files are read.

use std::io::{ErrorKind, Read};
use std::path::Path;

use encoding_rs::{Encoding as Charset, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::Problem;
use crate::nearby::Nearby;

/// Files longer than this are not source that a person wrote; they are skipped with a word.
const MAX_BYTES: u64 = 5 * 1024 * 1024;

/// How much of a file is looked at to tell whether it is binary.
const SNIFFED: usize = 8 * 1024;

/// How many bytes are asked for at first: more than most files have.
const ROOM: usize = 128 * 1024;

/// How a file's bytes stand for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    charset: &'static Charset,
    /// Whether the file says so itself (UTF-8, a byte order mark, a coding line), or it was guessed.
    pub declared: bool,
    utf16_mark: bool,
}

/// A file's text, with what is needed to write it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text; a UTF-8 byte order mark stays in it.
    pub text: String,
    /// How it was encoded.
    pub encoding: Encoding,
    /// The bytes that were read, where they are not those of the text.
    other: Option<Vec<u8>>,
}

impl Text {
    /// The bytes that were read.
    pub fn bytes(&self) -> &[u8] {
        self.other.as_deref().unwrap_or(self.text.as_bytes())
    }
}

impl Encoding {
    /// The name of the character set.
    pub fn name(self) -> &'static str {
        self.charset.name()
    }

    /// The bytes of a text in this encoding; `None` when a character has none in it.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        if self.charset == UTF_16LE || self.charset == UTF_16BE {
            let little = self.charset == UTF_16LE;
            let unit = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
            let mark = self.utf16_mark.then_some(0xfeff_u16);
            return Some(mark.into_iter().chain(text.encode_utf16()).flat_map(unit).collect());
        }
        let (bytes, _, lossy) = self.charset.encode(text);
        (!lossy).then(|| bytes.into_owned())
    }
}

/// The text of a file; an error says why there is none, in one line.
pub fn read_text(path: &Path) -> Result<Text, Problem> {
    let problem = |message: String| Problem::of(path, message);
    // Before it is opened: that alone would wait for ever where a pipe has a module's name.
    let data = std::fs::metadata(path).map_err(|error| problem(reason(&error)))?;
    if !data.is_file() {
        return Err(problem(if data.is_dir() { "is a folder" } else { "is no regular file" }.to_owned()));
    }
    let mut file = std::fs::File::open(path).map_err(|error| problem(reason(&error)))?;
    if data.len() > MAX_BYTES {
        return Err(problem(format!("skipped: larger than {} MiB", MAX_BYTES / (1024 * 1024))));
    }
    let mut bytes = Vec::with_capacity(data.len() as usize);
    file.by_ref().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| problem(reason(&error)))?;
    decode(bytes).ok_or_else(|| problem("skipped: a binary file".to_owned()))
}

/// Reads one file after another into the same room.
#[derive(Default)]
pub struct FileReader {
    nearby: Nearby,
    /// It only grows: most files take one read and a second one that finds their end.
    buffer: Vec<u8>,
}

impl FileReader {
    /// The bytes of a regular file, when they are UTF-8 or ASCII text and not too many; else [`read_text`] says more. The
    /// path must not be that of a pipe.
    pub fn read_plain(&mut self, path: &Path) -> Option<&[u8]> {
        let mut file = self.nearby.open(path).ok()?;
        let buffer = &mut self.buffer;
        let mut length = 0;
        loop {
            if length == buffer.len() {
                buffer.resize((buffer.len() * 2).max(ROOM), 0);
            }
            match file.read(&mut buffer[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
            if length as u64 > MAX_BYTES {
                return None;
            }
        }
        let bytes = &buffer[..length];
        let is_text = memchr::memchr(0, &bytes[..length.min(SNIFFED)]).is_none() && std::str::from_utf8(bytes).is_ok();
        is_text.then_some(bytes)
    }
}

/// What an error of the operating system says, without its number.
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// The text of these bytes; `None` when they are no text at all.
pub fn decode(bytes: Vec<u8>) -> Option<Text> {
    let done = |text: String, charset, declared, utf16_mark, other| {
        Some(Text { text, encoding: Encoding { charset, declared, utf16_mark }, other })
    };
    if let Some((charset @ (UTF_16LE_ | UTF_16BE_), _)) = Charset::for_bom(&bytes).map(|(c, n)| (kind(c), n)) {
        let charset = if charset == UTF_16LE_ { UTF_16LE } else { UTF_16BE };
        let text = charset.decode_with_bom_removal(&bytes).0.into_owned();
        return done(text, charset, true, true, Some(bytes));
    }
    if bytes[..bytes.len().min(SNIFFED)].contains(&0) {
        return None;
    }
    match String::from_utf8(bytes) {
        // A coding line that says otherwise is right only where the bytes are not UTF-8 anyway.
        Ok(text) => done(text, UTF_8, true, false, None),
        Err(error) => {
            let bytes = error.into_bytes();
            let coding = coding_line(&bytes).and_then(|label| charset(&label));
            let charset = coding.filter(|charset| *charset != UTF_8).unwrap_or(WINDOWS_1252);
            let text = charset.decode_without_bom_handling(&bytes).0.into_owned();
            done(text, charset, coding.is_some_and(|coding| coding == charset), false, Some(bytes))
        }
    }
}

const UTF_16LE_: u8 = 1;
const UTF_16BE_: u8 = 2;

fn kind(charset: &'static Charset) -> u8 {
    match charset {
        charset if charset == UTF_16LE => UTF_16LE_,
        charset if charset == UTF_16BE => UTF_16BE_,
        _ => 0,
    }
}

/// The character set of a name as Python spells it: `latin-1`, `iso_8859_15`, `cp1252`.
fn charset(label: &str) -> Option<&'static Charset> {
    let label = label.to_ascii_lowercase().replace('_', "-");
    match label.as_str() {
        "latin-1" | "iso-latin-1" | "l1" => Some(WINDOWS_1252),
        _ => Charset::for_label(label.as_bytes()),
    }
}

/// The encoding that a Python file names in one of its first two lines (PEP 263).
fn coding_line(bytes: &[u8]) -> Option<String> {
    let lines = bytes.split(|byte| *byte == b'\n' || *byte == b'\r').filter(|line| !line.is_empty()).take(2);
    for line in lines {
        let line = String::from_utf8_lossy(line);
        let Some(comment) = line.find('#').map(|at| &line[at..]) else { continue };
        let Some(at) = comment.find("coding").map(|at| at + "coding".len()) else { continue };
        let Some(rest) = comment[at..].strip_prefix([':', '=']) else { continue };
        let label: String =
            rest.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
        if !label.is_empty() {
            return Some(label);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_bytes_keep_the_text_and_are_written_back() {
        let bytes = b"# caf\xe9\napp.run(debug=True)\n".to_vec();
        let text = decode(bytes.clone()).expect("text");
        assert!(text.text.contains("caf\u{e9}"));
        assert!(!text.encoding.declared);
        assert_eq!(text.encoding.encode(&text.text), Some(bytes));
    }

    #[test]
    fn a_coding_line_is_obeyed() {
        let bytes = b"# -*- coding: koi8-r -*-\nname = '\xc4'\n".to_vec();
        let text = decode(bytes.clone()).expect("text");
        assert!(text.text.contains('\u{434}'));
        assert!(text.encoding.declared);
        assert_eq!(text.encoding.encode(&text.text), Some(bytes));
    }

    #[test]
    fn names_of_encodings_are_those_of_python() {
        for label in ["latin-1", "latin_1", "iso-8859-1", "cp1252", "ISO_8859_15", "utf-8"] {
            assert!(charset(label).is_some(), "{label}");
        }
        assert_eq!(charset("no-such-encoding"), None);
    }

    #[test]
    fn utf_16_is_read_and_written_back_with_its_mark() {
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend("x = 1\n".encode_utf16().flat_map(u16::to_le_bytes));
        let text = decode(bytes.clone()).expect("text");
        assert_eq!(text.text, "x = 1\n");
        assert_eq!(text.encoding.encode(&text.text), Some(bytes));
    }

    #[test]
    fn binary_files_are_no_text_and_marks_stay() {
        assert_eq!(decode(b"\x7fELF\0\0".to_vec()), None);
        assert_eq!(decode(b"\xef\xbb\xbfx = 1\n".to_vec()).expect("text").text, "\u{feff}x = 1\n");
    }

    #[test]
    fn a_character_without_bytes_in_the_encoding_is_refused() {
        let text = decode(b"caf\xe9".to_vec()).expect("text");
        assert_eq!(text.encoding.encode("\u{1f600}"), None);
    }
}
