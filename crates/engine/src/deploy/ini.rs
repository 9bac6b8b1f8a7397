//! INI text as Python's `configparser` reads it, to a tree of sections and options.
//!
//! Values are text; names are as they are written: what becomes of their case is the reader's to say. It resolves no
//! interpolation, and joins no continuation lines: a value of several lines is not known.

use std::ops::Range;
use std::rc::Rc;

use super::data::{Data, Entry, Kind, Scalar};
use super::source::Source;

/// The sections of a text; broken lines are skipped.
pub(crate) fn document(text: &str) -> Rc<Data> {
    let mut sections: Vec<(Rc<Data>, Vec<Entry>)> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let begin = start;
        start += line.len();
        let body = line.trim();
        let indented = line.starts_with([' ', '\t']);
        if body.is_empty() || body.starts_with(['#', ';']) {
            continue;
        }
        let at = begin + line.len() - line.trim_start().len();
        if let Some(name) = body.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            let key = scalar(text, at + 1..at + 1 + name.len(), name.to_owned(), true);
            sections.push((key, Vec::new()));
            continue;
        }
        let Some((_, entries)) = sections.last_mut() else { continue };
        if indented && let Some(last) = entries.last_mut() {
            last.value = scalar(text, last.value.range.clone(), String::new(), false);
            continue;
        }
        entries.push(option(text, body, at));
    }
    let entries = sections.into_iter().map(|(key, entries)| {
        let end = entries.last().map_or(key.range.end, |entry| entry.value.range.end);
        let value = Rc::new(Data { kind: Kind::Map(entries), range: key.range.end..end });
        Entry { key, value }
    });
    Rc::new(Data { kind: Kind::Map(entries.collect()), range: 0..text.len() })
}

/// `name = value`, `name: value` or `name`; `at` is the byte of `body`.
fn option(text: &str, body: &str, at: usize) -> Entry {
    let separator = body.find(['=', ':']);
    let name = body[..separator.unwrap_or(body.len())].trim_end();
    let key = scalar(text, at..at + name.len(), name.to_owned(), true);
    let value = match separator {
        Some(separator) => {
            let rest = &body[separator + 1..];
            let inner = rest.trim_start();
            let from = at + separator + 1 + rest.len() - inner.len();
            scalar(text, from..from + inner.len(), inner.to_owned(), !inner.contains("%("))
        }
        None => Data::null(at + name.len()),
    };
    Entry { key, value }
}

fn scalar(text: &str, range: Range<usize>, value: String, known: bool) -> Rc<Data> {
    let mut source = Source::at(range.start);
    if text.get(range.clone()) == Some(value.as_str()) {
        source.push(&value, range.start);
    } else {
        source.push_as(&value, range.clone());
    }
    Rc::new(Data { kind: Kind::Scalar(Scalar { source, known }), range })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_their_names_and_exact_places() {
        let text = "; a comment\r\n[web]\r\nDebug : on\r\nname=x = y\r\nlong = a\r\n  b\r\n";
        let root = document(text);
        let debug = root.path(&["web", "Debug"]).expect("the option");
        assert_eq!(debug.text(), Some("on"));
        assert_eq!(&text[debug.range.clone()], "on");
        assert_eq!(root.path(&["web", "name"]).expect("the option").text(), Some("x = y"));
        assert!(!root.path(&["web", "long"]).expect("the option").scalar().expect("a scalar").known);
    }
}
