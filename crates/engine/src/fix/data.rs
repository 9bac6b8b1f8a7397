//! Fixes for settings in data files: JSON, TOML, YAML, INI that a program loads.
//!
//! Such a file cannot read the environment: off is all it can say, or nothing.

use std::ops::Range;
use std::sync::Arc;

use super::{Edit, Fix, FixKind};
use crate::document::Document;
use crate::language::Language;
use crate::python::value::Means;
use crate::view::{Exposure, Nature};

/// How a program uses the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// As the `debug` argument of a launch, which takes `None` for "as the environment says".
    Argument,
    /// Its truth as a string: only an empty one is off where the format has nothing but strings.
    Text,
    /// In any other way.
    Other,
}

impl Use {
    /// What an exposure says of it.
    pub fn of(exposure: &Exposure) -> Use {
        match (exposure.nature, exposure.means) {
            (Nature::Text, _) => Use::Text,
            (_, Means::Argument) if !exposure.is_typed => Use::Argument,
            _ => Use::Other,
        }
    }
}

/// The ways out of a finding at a `key: value` pair of a data file.
pub(crate) fn data_fixes(
    language: Language,
    path: &Arc<str>,
    document: &Document,
    range: Range<usize>,
    used: Use,
    variable: &str,
    wanted: FixKind,
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
    let place = start..range.end;
    let edit = |text: &str| vec![Edit { path: path.clone(), range: place.clone(), text: text.to_owned() }];
    let empty = used == Use::Text && matches!(language, Language::Ini | Language::Python);
    // Where all is text, the reader may be one that knows Python's words alone.
    let is_word = matches!(language, Language::Ini) && document.text(place.clone()) == "True";
    let (off, title) = match (empty, is_word) {
        (true, _) => ("", "Leave the value empty"),
        (false, true) => ("False", "Write `False`"),
        (false, false) => ("false", "Write `false`"),
    };
    let mut fixes = Vec::new();
    if used == Use::Argument && matches!(language, Language::Json | Language::Yaml) {
        let title = format!("Write `null`, so that {variable} decides");
        fixes.push(Fix { title, kind: FixKind::Environment, preferred: wanted != FixKind::Off, edits: edit("null") });
    }
    let preferred = fixes.iter().all(|fix: &Fix| !fix.preferred);
    fixes.push(Fix { title: title.to_owned(), kind: FixKind::Off, preferred, edits: edit(off) });
    fixes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::apply;

    fn fixed(language: Language, text: &str, pair: &str) -> String {
        let at = text.find(pair).expect("the pair");
        let document = Document::new(language, text);
        let fixes = data_fixes(
            language,
            &Arc::from("x"),
            &document,
            at..at + pair.len(),
            Use::Other,
            "FLASK_DEBUG",
            FixKind::Environment,
        );
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
