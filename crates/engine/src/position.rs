//! Positions as clients count them: a line and a column in utf-8, utf-16 or utf-32 units.
//!
//! Lines end at `\n`, `\r\n` and a lone `\r`, as the Language Server Protocol has it. Nothing here knows a syntax tree:
//! tree-sitter counts rows by `\n` alone, and its rows never leave `document`.

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
