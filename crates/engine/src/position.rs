//! Positions as clients count them: a line and a column in utf-8, utf-16 or utf-32 units.
//!
//! Lines end at `\n`, `\r\n` and a lone `\r`, as the Language Server Protocol has it. Nothing here knows a syntax tree:
//! tree-sitter counts rows by `\n` alone, and its rows never leave `document`.

use std::ops::Range;

use ropey::Rope;

/// The unit that columns are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Columns count bytes.
    Utf8,
    /// Columns count utf-16 code units, the protocol's default.
    #[default]
    Utf16,
    /// Columns count characters (Unicode scalar values).
    Utf32,
}

/// A place in a text: line and column, both 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// The line, 0-based.
    pub line: u32,
    /// The column, 0-based, in the units of an [`Encoding`].
    pub column: u32,
}

/// The position of a byte. A byte past the end stands for the end, one inside a character for that character's start,
/// and one between the `\r` and the `\n` of a line end for the end of the line: no position points into a terminator.
pub(crate) fn of_byte(rope: &Rope, byte: usize, encoding: Encoding) -> Position {
    let byte = snap(rope, byte);
    let line = rope.byte_to_line(byte);
    let start = rope.line_to_byte(line);
    // Only the second byte of `\r\n` lies past the end of its line and is not at the next one's start.
    let byte = byte.min(line_range(rope, line).end);
    let column = match encoding {
        Encoding::Utf8 => byte - start,
        Encoding::Utf16 => utf16_before(rope, byte) - utf16_before(rope, start),
        Encoding::Utf32 => rope.byte_to_char(byte) - rope.byte_to_char(start),
    };
    Position { line: line as u32, column: column as u32 }
}

/// The byte of a position: the line clamped to the last one, the column to the end of its line without the terminator,
/// and what points inside a character or a surrogate pair snapped down to its start.
pub(crate) fn to_byte(rope: &Rope, position: Position, encoding: Encoding) -> usize {
    let line = (position.line as usize).min(rope.len_lines() - 1);
    let Range { start, end } = line_range(rope, line);
    let column = position.column as usize;
    match encoding {
        Encoding::Utf8 => snap(rope, start.saturating_add(column).min(end)),
        Encoding::Utf16 => {
            let unit = utf16_before(rope, start).saturating_add(column).min(utf16_before(rope, end));
            rope.char_to_byte(rope.utf16_cu_to_char(unit))
        }
        Encoding::Utf32 => {
            let char = rope.byte_to_char(start).saturating_add(column).min(rope.byte_to_char(end));
            rope.char_to_byte(char)
        }
    }
}

/// The bytes of a line without its terminator; past the last line, the last line's.
pub(crate) fn line_range(rope: &Rope, line: usize) -> Range<usize> {
    let line = line.min(rope.len_lines() - 1);
    let start = rope.line_to_byte(line);
    let mut end = rope.line_to_byte(line + 1);
    if end > start && rope.byte(end - 1) == b'\n' {
        end -= 1;
    }
    // Reached for `\r\n` and for a lone `\r`: inside a line there is none.
    if end > start && rope.byte(end - 1) == b'\r' {
        end -= 1;
    }
    start..end
}

/// The start of the character that a byte belongs to; the end of the text for a byte past it.
pub(crate) fn snap(rope: &Rope, byte: usize) -> usize {
    let byte = byte.min(rope.len_bytes());
    // No character lies in two chunks; by way of the number of the character this would be ten times the work.
    let (chunk, start, _, _) = rope.chunk_at_byte(byte);
    (start..=byte).rev().find(|at| chunk.is_char_boundary(at - start)).unwrap_or(start)
}

fn utf16_before(rope: &Rope, byte: usize) -> usize {
    rope.char_to_utf16_cu(rope.byte_to_char(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    #[test]
    fn a_wide_character_counts_in_the_unit_asked_for() {
        let rope = Rope::from_str("é😀x\n");
        assert_eq!(of_byte(&rope, 6, Encoding::Utf8), at(0, 6));
        assert_eq!(of_byte(&rope, 6, Encoding::Utf16), at(0, 3));
        assert_eq!(of_byte(&rope, 6, Encoding::Utf32), at(0, 2));
    }

    #[test]
    fn the_middle_of_a_surrogate_pair_snaps_down() {
        let rope = Rope::from_str("é😀x\n");
        assert_eq!(to_byte(&rope, at(0, 2), Encoding::Utf16), 2);
        assert_eq!(to_byte(&rope, at(0, 4), Encoding::Utf8), 2);
        assert_eq!(of_byte(&rope, 4, Encoding::Utf16), at(0, 1));
    }

    #[test]
    fn lines_end_at_all_three_terminators_and_at_nothing_else() {
        let rope = Rope::from_str("a\rb\r\nc\u{2028}\u{85}\u{b}\u{c}d\ne");
        assert_eq!(rope.len_lines(), 4);
        assert_eq!(line_range(&rope, 0), 0..1);
        assert_eq!(line_range(&rope, 1), 2..3);
        assert_eq!(line_range(&rope, 3), rope.len_bytes() - 1..rope.len_bytes());
        // Between `\r` and `\n`.
        assert_eq!(of_byte(&rope, 4, Encoding::Utf8), at(1, 1));
    }

    #[test]
    fn what_lies_outside_is_clamped() {
        let rope = Rope::from_str("ab\r\ncd");
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            assert_eq!(to_byte(&rope, at(0, u32::MAX), encoding), 2);
            assert_eq!(to_byte(&rope, at(u32::MAX, 1), encoding), 5);
            assert_eq!(of_byte(&rope, usize::MAX, encoding), at(1, 2));
            assert_eq!(to_byte(&Rope::new(), at(3, 3), encoding), 0);
        }
    }

    #[test]
    fn a_byte_order_mark_is_counted() {
        let rope = Rope::from_str("\u{feff}x");
        assert_eq!(of_byte(&rope, 3, Encoding::Utf16), at(0, 1));
        assert_eq!(of_byte(&rope, 3, Encoding::Utf8), at(0, 3));
    }
}
