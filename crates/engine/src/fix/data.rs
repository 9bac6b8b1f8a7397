//! Fixes for settings in data files: JSON, TOML, YAML, INI that a program loads.
//!
//! Such a file cannot read the environment: off is all it can say.

use std::ops::Range;
use std::sync::Arc;

use super::{Edit, Fix, FixKind};
use crate::document::Document;
use crate::language::Language;

/// The way out of a finding at a `key: value` pair of a data file. `tested`: the program takes the truth of a string, so
/// that only an empty one is off where the format has nothing but strings.
pub(crate) fn data_fixes(
    language: Language,
    path: &Arc<str>,
    document: &Document,
    range: Range<usize>,
    tested: bool,
) -> Vec<Fix> {
    let separator: &[char] = match language {
        Language::Json | Language::Yaml => &[':'],
        Language::Toml => &['='],
        // A `.cfg` file is taken for Python until a program reads it as INI.
        Language::Ini | Language::Python => &['=', ':'],
        _ => return Vec::new(),
    };
    let text = document.text(range.clone());
    // A key in quotes may hold a separator of its own.
    let from = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].find(quote).map_or(0, |at| at + 2),
        _ => 0,
    };
    let Some(at) = text[from..].find(separator) else { return Vec::new() };
    let after = from + at + 1;
    let start = range.start + after + (text[after..].len() - text[after..].trim_start().len());
    let empty = tested && matches!(language, Language::Ini | Language::Python);
    let (off, title) = if empty { ("", "Leave the value empty") } else { ("false", "Write `false`") };
    let edit = Edit { path: path.clone(), range: start..range.end, text: off.to_owned() };
    vec![Fix { title: title.to_owned(), kind: FixKind::Off, preferred: true, edits: vec![edit] }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::apply;

    fn fixed(language: Language, text: &str, pair: &str) -> String {
        let at = text.find(pair).expect("the pair");
        let document = Document::new(language, text);
        let fixes = data_fixes(language, &Arc::from("x"), &document, at..at + pair.len(), false);
        apply(text, &fixes[0].edits).expect("edits fit")
    }

    #[test]
    fn the_value_alone_is_replaced() {
        assert_eq!(
            fixed(Language::Json, "{\"DEBUG\":  true, \"x\": 1}", "\"DEBUG\":  true"),
            "{\"DEBUG\":  false, \"x\": 1}"
        );
        assert_eq!(fixed(Language::Json, "{\"a:b\": \"false\"}", "\"a:b\": \"false\""), "{\"a:b\": false}");
        assert_eq!(fixed(Language::Toml, "DEBUG = true # on\r\n", "DEBUG = true"), "DEBUG = false # on\r\n");
        assert_eq!(fixed(Language::Yaml, "DEBUG: yes\n", "DEBUG: yes"), "DEBUG: false\n");
        assert_eq!(fixed(Language::Ini, "[web]\ndebug: on\n", "debug: on"), "[web]\ndebug: false\n");
    }
}
