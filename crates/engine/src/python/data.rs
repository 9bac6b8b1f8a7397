//! Settings at the top level of JSON, TOML and YAML files, with their bytes.
//!
//! Flask's `from_file` takes only the top level, and only upper-case keys of it; nested tables are not read.

use std::ops::Range;
use std::sync::Arc;

use super::value::{Data, Spot};
use crate::language::Language;

/// A setting of a data file.
pub(crate) struct Entry {
    pub key: String,
    pub value: Data,
    pub spot: Spot,
}

/// Key, value and bytes of each setting whose value is a plain word, number or string.
pub(crate) fn read_entries(language: Language, text: &str) -> Vec<(String, Data, Range<usize>)> {
    match language {
        Language::Json => json(text),
        Language::Toml => lines(text, '=', true),
        Language::Yaml => lines(text, ':', false),
        _ => Vec::new(),
    }
}

/// The pairs of the outermost object. Strings are skipped with their escapes, so that braces inside do not count.
fn json(text: &str) -> Vec<(String, Data, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = string_end(bytes, at);
                let key = at;
                at = end;
                let colon = skip_space(bytes, end);
                if depth == 1 && bytes.get(colon) == Some(&b':') {
                    let start = skip_space(bytes, colon + 1);
                    let stop = match bytes.get(start) {
                        Some(b'"') => string_end(bytes, start),
                        _ => text[start..].find([',', '}', ']', '\n', '{', '[']).map_or(text.len(), |n| start + n),
                    };
                    let value = text[start..stop].trim_end();
                    if let Some(data) = super::environ::parse_literal(value, true) {
                        let name = text[key..end].trim_matches('"').to_owned();
                        found.push((name, data, key..start + value.len()));
                        at = start + value.len();
                    }
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// `KEY = value` or `KEY: value` at the beginning of a line, before the first table.
fn lines(text: &str, separator: char, toml: bool) -> Vec<(String, Data, Range<usize>)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let begin = start;
        start += line.len();
        if toml && line.trim_start().starts_with('[') {
            break;
        }
        let Some((key, value)) = line.split_once(separator) else { continue };
        let name = key.trim();
        if name.is_empty() || line.starts_with([' ', '\t', '#', '-']) {
            continue;
        }
        let value = strip_comment(value).trim();
        let data = match (toml, value.to_ascii_lowercase().as_str()) {
            (true, _) => super::environ::parse_literal(value, true),
            (false, "true" | "yes" | "on") => Some(Data::Bool(true)),
            (false, "false" | "no" | "off") => Some(Data::Bool(false)),
            (false, "" | "null" | "~") => Some(Data::None),
            (false, _) => super::environ::parse_literal(value, false).or_else(|| Some(Data::Str(Arc::from(value)))),
        };
        let Some(data) = data else { continue };
        let end = begin + key.len() + 1 + line[key.len() + 1..].find(value).unwrap_or(0) + value.len();
        found.push((name.trim_matches(['"', '\'']).to_owned(), data, begin..end));
    }
    found
}

fn strip_comment(value: &str) -> &str {
    match value.find('#') {
        Some(at) if !value[..at].contains(['"', '\'']) => &value[..at],
        _ => value,
    }
}
