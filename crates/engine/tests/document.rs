//! `Document` from outside: the text and positions against plain models of both. What the tree is, only the crate sees.

use std::ops::Range;

use proptest::prelude::*;
use undebug_engine::{Change, Document, Encoding, Language, Position};

const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

/// What lines are made of, and what is easily taken for the end of one or for one character.
const PIECES: &[&str] = &[
    "x",
    "y = 1",
    "\n",
    "\r\n",
    "\r",
    "\n\r",
    "\t",
    "é",
    "😀",
    "e\u{301}",
    "👩\u{200d}💻",
    "漢字",
    "\"\"\"",
    "\u{feff}",
    "\u{c}",
    "\u{b}",
    "\u{85}",
    "\u{2028}",
    "\0",
    "",
    "if x:\n  y\n",
];

fn text(pieces: Range<usize>) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        9 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, pieces).prop_map(|pieces| pieces.concat())
}

/// Mostly in a text of a hundred bytes, sometimes far outside.
fn byte() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 0usize..80, 1 => any::<usize>()]
}

fn change() -> impl Strategy<Value = Change> {
    let range = prop_oneof![
        6 => (byte(), byte()).prop_map(|(start, end)| Some(Range { start, end })),
        6 => (0usize..80, 0usize..4).prop_map(|(at, len)| Some(at..at + len)),
        1 => Just(None),
    ];
    (range, text(0..4)).prop_map(|(range, text)| Change { range, text })
}

fn language() -> impl Strategy<Value = Language> {
    prop_oneof![3 => Just(Language::Python), 1 => Just(Language::Yaml)]
}

/// The start of the character that a byte is in.
fn snapped(text: &str, byte: usize) -> usize {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

fn edited(text: &str, change: &Change) -> String {
    let Some(range) = &change.range else { return change.text.clone() };
    let (a, b) = (snapped(text, range.start), snapped(text, range.end));
    format!("{}{}{}", &text[..a.min(b)], change.text, &text[a.max(b)..])
}

/// The lines without their terminators.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, char) in text.char_indices() {
        let ends = char == '\n' || char == '\r' && !text[at..].starts_with("\r\n");
        if ends {
            let end = if text[start..=at].ends_with("\r\n") { at - 1 } else { at };
            lines.push(start..end);
            start = at + 1;
        }
    }
    lines.push(start..text.len());
    lines
}

fn units(text: &str, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => text.len(),
        Encoding::Utf16 => text.encode_utf16().count(),
        Encoding::Utf32 => text.chars().count(),
    }
}

fn naive_position(text: &str, byte: usize, encoding: Encoding) -> Position {
    let byte = snapped(text, byte);
    let lines = lines(text);
    let line = lines.iter().rposition(|line| line.start <= byte).unwrap_or(0);
    let column = units(&text[lines[line].start..byte.min(lines[line].end)], encoding);
    Position { line: line as u32, column: column as u32 }
}

fn naive_offset(text: &str, position: Position, encoding: Encoding) -> usize {
    let lines = lines(text);
    let line = &lines[(position.line as usize).min(lines.len() - 1)];
    let content = &text[line.clone()];
    // The last boundary that does not lie beyond the column.
    let boundaries = content.char_indices().map(|(at, _)| at).chain([content.len()]);
    let at = boundaries.filter(|at| units(&content[..*at], encoding) <= position.column as usize).max();
    line.start + at.unwrap_or(0)
}

proptest! {
    #[test]
    fn the_text_is_that_of_a_plain_string(
        language in language(),
        start in text(0..20),
        script in proptest::collection::vec(proptest::collection::vec(change(), 0..5), 0..10),
    ) {
        let mut document = Document::new(language, &start);
        let mut oracle = start;
        for (step, changes) in script.iter().enumerate() {
            document.edit(changes);
            oracle = changes.iter().fold(oracle, |text, change| edited(&text, change));
            prop_assert_eq!(&document.whole(), &oracle);
            prop_assert_eq!(document.len(), oracle.len());
            prop_assert_eq!(document.is_empty(), oracle.is_empty());
            if step % 3 == 0 {
                document.settle();
            }
        }
        prop_assert_eq!(document.whole(), oracle);
    }

    #[test]
    fn positions_are_those_of_a_plain_count(text in text(0..16)) {
        let document = Document::new(Language::Yaml, &text);
        for encoding in ENCODINGS {
            for byte in (0..text.len() + 3).chain([usize::MAX]) {
                let position = document.position(byte, encoding);
                prop_assert_eq!(position, naive_position(&text, byte, encoding), "{} {:?}", byte, encoding);
                let back = document.offset(position, encoding);
                prop_assert!(back <= byte && document.position(back, encoding) == position);
                // Anywhere but inside a character or inside `\r\n` the way there and back ends where it began.
                let between = byte > 0 && byte < text.len() && &text.as_bytes()[byte - 1..=byte] == b"\r\n";
                if text.is_char_boundary(byte) && !between {
                    prop_assert_eq!(back, byte);
                }
            }
        }
    }

    #[test]
    fn offsets_are_those_of_a_plain_count(text in text(0..16)) {
        let document = Document::new(Language::Yaml, &text);
        for encoding in ENCODINGS {
            for line in (0..lines(&text).len() as u32 + 2).chain([u32::MAX]) {
                for column in (0..24).chain([u32::MAX]) {
                    let position = Position { line, column };
                    let byte = document.offset(position, encoding);
                    prop_assert_eq!(byte, naive_offset(&text, position, encoding), "{:?} {:?}", position, encoding);
                }
            }
        }
    }

    #[test]
    fn any_slice_can_be_asked_for(text in text(0..10), start in byte(), end in byte()) {
        let document = Document::new(Language::Yaml, &text);
        let (a, b) = (snapped(&text, start), snapped(&text, end));
        prop_assert_eq!(document.text(Range { start, end }), &text[a.min(b)..a.max(b)]);
    }

    #[test]
    fn nothing_makes_it_panic(
        text in any::<String>(),
        ranges in proptest::collection::vec((byte(), byte(), any::<String>()), 0..4),
        line in any::<u32>(),
        column in any::<u32>(),
    ) {
        let mut document = Document::new(Language::Python, &text);
        let change = |(start, end, text)| Change { range: Some(Range { start, end }), text };
        document.edit(&ranges.into_iter().map(change).collect::<Vec<_>>());
        document.settle();
        for encoding in ENCODINGS {
            let byte = document.offset(Position { line, column }, encoding);
            prop_assert!(byte <= document.len());
            document.position(column as usize, encoding);
        }
    }
}

/// Texts of several chunks: property tests are too short to have one.
#[test]
fn long_texts_are_counted_alike() {
    let text: String = (0..900).map(|n| format!("é{}😀{}", "x".repeat(n % 19), ["\n", "\r\n", "\r"][n % 3])).collect();
    let document = Document::new(Language::Python, &text);
    for encoding in ENCODINGS {
        for byte in (0..text.len()).step_by(37) {
            let position = naive_position(&text, byte, encoding);
            assert_eq!(document.position(byte, encoding), position, "{byte} {encoding:?}");
            assert_eq!(document.offset(position, encoding), naive_offset(&text, position, encoding), "{position:?}");
        }
    }
}
