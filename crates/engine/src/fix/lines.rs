//! Lines of a Python text: where they begin and end, what indents them, what may stand between tokens.
//!
//! It knows bytes alone and no syntax. A line ends with `\n`, `\r\n` or a lone `\r`, as Python has it; a byte order
//! mark belongs to no line.

const BYTE_ORDER_MARK: &str = "\u{feff}";

fn is_break(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// The byte at which the line of `at` begins.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    let first = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let before = &text.as_bytes()[..at.min(text.len())];
    before.iter().rposition(|&byte| is_break(byte)).map_or(0, |position| position + 1).max(first)
}

/// The byte at which the line of `at` ends, before its line end.
pub(crate) fn line_stop(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    text.as_bytes()[at..].iter().position(|&byte| is_break(byte)).map_or(text.len(), |position| at + position)
}

/// The byte at which the line after that of `at` begins; the end of the text when there is none.
pub(crate) fn line_next(text: &str, at: usize) -> usize {
    let stop = line_stop(text, at);
    stop + break_at(text, stop).len()
}

/// The line end that stands at `at`; empty when none does.
fn break_at(text: &str, at: usize) -> &'static str {
    match text.as_bytes().get(at..).unwrap_or_default() {
        [b'\r', b'\n', ..] => "\r\n",
        [b'\r', ..] => "\r",
        [b'\n', ..] => "\n",
        _ => "",
    }
}

/// The line end to write near `at`: that of its line, else the first of the text, else `\n`.
pub(crate) fn line_break(text: &str, at: usize) -> &'static str {
    let near = break_at(text, line_stop(text, at));
    let found = if near.is_empty() { break_at(text, line_stop(text, 0)) } else { near };
    if found.is_empty() { "\n" } else { found }
}

/// The blanks that begin the line of `at`, from its last form feed on: Python counts columns anew there.
pub(crate) fn indentation(text: &str, at: usize) -> &str {
    let start = line_start(text, at);
    let blanks = &text[start..skip_blanks(text, start)];
    blanks.rfind('\x0c').map_or(blanks, |feed| &blanks[feed + 1..])
}

/// True when only blanks stand before `at` on its line.
pub(crate) fn begins_line(text: &str, at: usize) -> bool {
    skip_blanks(text, line_start(text, at)) >= at
}

/// True when nothing but blanks and a comment follows `at` on its line.
pub(crate) fn ends_line(text: &str, at: usize) -> bool {
    let next = skip_blanks(text, at);
    next == line_stop(text, at) || text.as_bytes().get(next) == Some(&b'#')
}

/// The first byte from `at` on that is neither space, tab nor form feed.
pub(super) fn skip_blanks(text: &str, at: usize) -> usize {
    skip(text, at, |byte| matches!(byte, b' ' | b'\t' | b'\x0c'))
}

/// The first byte from `at` on that is no blank, no line end and no backslash that joins lines.
pub(super) fn skip_gap(text: &str, at: usize) -> usize {
    skip(text, at, |byte| matches!(byte, b' ' | b'\t' | b'\x0c' | b'\\') || is_break(byte))
}

fn skip(text: &str, at: usize, blank: impl Fn(u8) -> bool) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().take_while(|&&byte| blank(byte)).count()
}

/// True when the text of a range spans a line end.
pub(super) fn spans_lines(text: &str) -> bool {
    text.bytes().any(is_break)
}

/// True when `byte` can be part of a name.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}
