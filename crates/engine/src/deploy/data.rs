//! A tree of maps, lists and scalars with the place of each in the file: what YAML, JSON and TOML have in common.
//!
//! It knows no dialect: what a key means is the question of `compose`, `kubernetes` and the others.

use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use super::MAX_VARIABLES;
use super::scope::Scope;
use super::source::Source;
use super::words::RawWord;
use crate::view::EnvVar;

/// How many nodes a walk over a tree visits at most: aliases can make a small file a huge tree.
const MAX_VISITS: usize = 200_000;
/// How deep `<<` merges are followed.
const MAX_MERGES: usize = 4;

/// A node of the tree.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    pub(crate) kind: Kind,
    /// The bytes of the node, quotes and brackets included.
    pub(crate) range: Range<usize>,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Nothing: `~`, `null`, or no value at all.
    Null,
    /// A string, number or boolean, as text.
    Scalar(Scalar),
    /// Keys and values in file order.
    Map(Vec<Entry>),
    /// A list.
    Seq(Vec<Rc<Data>>),
}

/// A scalar.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    /// Its text, escapes resolved.
    pub(crate) source: Source,
    /// False when a template writes a part of it, so that the text is not what the program sees.
    pub(crate) known: bool,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: Rc<Data>,
    pub(crate) value: Rc<Data>,
}

impl Data {
    /// A node without a value that stands at this byte.
    pub(crate) fn null(at: usize) -> Rc<Data> {
        Rc::new(Data { kind: Kind::Null, range: at..at })
    }

    /// The scalar's text.
    pub(crate) fn text(&self) -> Option<&str> {
        self.scalar().map(|scalar| scalar.source.text())
    }

    /// The scalar.
    pub(crate) fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The elements of a list; nothing for other nodes.
    pub(crate) fn items(&self) -> &[Rc<Data>] {
        match &self.kind {
            Kind::Seq(items) => items,
            _ => &[],
        }
    }

    /// The entries of a map, `<<` merges resolved: what is merged stands first, and what the map itself says replaces
    /// it.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.merged(MAX_MERGES)
    }

    fn merged(&self, depth: usize) -> Vec<Entry> {
        let Kind::Map(own) = &self.kind else { return Vec::new() };
        if !own.iter().any(|entry| entry.key.text() == Some("<<")) {
            return own.clone();
        }
        let mut all: Vec<Entry> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        if depth > 0 {
            for entry in own.iter().filter(|entry| entry.key.text() == Some("<<")) {
                // The first of several merged maps wins.
                let sources = match &entry.value.kind {
                    Kind::Seq(items) => items.iter().take(MAX_MERGES).collect(),
                    _ => vec![&entry.value],
                };
                for merged in sources.into_iter().flat_map(|other| other.merged(depth - 1)).take(MAX_VARIABLES) {
                    if seen.insert(merged.key.text().unwrap_or("").to_owned()) {
                        all.push(merged);
                    }
                }
            }
        }
        for entry in own.iter().filter(|entry| entry.key.text() != Some("<<")) {
            all.retain(|known| known.key.text() != entry.key.text());
            all.push(entry.clone());
        }
        all
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<Rc<Data>> {
        let Kind::Map(own) = &self.kind else { return None };
        let direct = own.iter().rev().find(|entry| entry.key.text() == Some(key));
        if let Some(entry) = direct {
            return Some(entry.value.clone());
        }
        own.iter()
            .any(|entry| entry.key.text() == Some("<<"))
            .then(|| self.entries().into_iter().find(|entry| entry.key.text() == Some(key)).map(|entry| entry.value))?
    }

    /// The value behind several keys.
    pub(crate) fn path(&self, keys: &[&str]) -> Option<Rc<Data>> {
        let (first, rest) = keys.split_first()?;
        let mut node = self.get(first)?;
        for key in rest {
            node = node.get(key)?;
        }
        Some(node)
    }
}

/// Calls `visit` for every map of a tree, outer before inner, with the key that each stands under.
pub(crate) fn walk(root: &Rc<Data>, mut visit: impl FnMut(&Rc<Data>, &str)) {
    let mut stack: Vec<(Rc<Data>, String)> = vec![(root.clone(), String::new())];
    let mut visits = 0;
    while let Some((node, key)) = stack.pop() {
        visits += 1;
        if visits > MAX_VISITS {
            return;
        }
        match &node.kind {
            Kind::Map(entries) => {
                visit(&node, &key);
                for entry in entries.iter().rev() {
                    stack.push((entry.value.clone(), entry.key.text().unwrap_or("").to_owned()));
                }
            }
            Kind::Seq(items) => stack.extend(items.iter().rev().map(|item| (item.clone(), key.clone()))),
            _ => {}
        }
    }
}

/// A scalar as a word of an exec form; `interpolated` where `$NAME` is expanded by whoever reads the file.
pub(crate) fn word(node: &Data, interpolated: bool) -> Option<RawWord> {
    let scalar = node.scalar()?;
    let source = scalar.source.clone();
    let range = node.range.clone();
    Some(if interpolated { RawWord::interpolated(source, range) } else { RawWord::literal(source, range) })
}

/// A scalar, or the scalars of a list, as words.
pub(crate) fn words(node: &Data, interpolated: bool) -> Vec<RawWord> {
    match &node.kind {
        Kind::Scalar(_) => word(node, interpolated).into_iter().collect(),
        Kind::Seq(items) => items.iter().filter_map(|item| word(item, interpolated)).collect(),
        _ => Vec::new(),
    }
}

/// The variables of a map (`NAME: value`), of a list of `NAME=value`, or of a list of `name`/`value` maps. `$NAME` in
/// a value is what the reader of the file would expand, so such a value is unknown.
pub(crate) fn variables(node: &Data) -> Vec<EnvVar> {
    match &node.kind {
        Kind::Map(_) => node.entries().iter().take(MAX_VARIABLES).filter_map(map_variable).collect(),
        Kind::Seq(items) => items.iter().take(MAX_VARIABLES).filter_map(|item| item_variable(item)).collect(),
        _ => Vec::new(),
    }
}

/// `NAME: value`.
fn map_variable(entry: &Entry) -> Option<EnvVar> {
    pair_variable(&entry.key, &entry.value, entry.key.range.start)
}

fn item_variable(item: &Data) -> Option<EnvVar> {
    match &item.kind {
        Kind::Scalar(scalar) => assignment(scalar),
        Kind::Map(entries) => {
            let name = item.get("name").or_else(|| item.get("key"))?;
            let value = item.get("value")?;
            let start = entries.iter().map(|entry| entry.key.range.start).min()?;
            pair_variable(&name, &value, start)
        }
        _ => None,
    }
}

fn pair_variable(name: &Data, value: &Data, start: usize) -> Option<EnvVar> {
    let name_range = name.range.clone();
    // A name that a template writes is not known.
    let name = name.scalar().filter(|name| name.known)?.source.text().to_owned();
    let text = match &value.kind {
        Kind::Scalar(scalar) => known_text(scalar),
        // `FLASK_DEBUG:` in compose passes the outer variable through.
        Kind::Null => None,
        _ => return None,
    };
    let end = value.range.end.max(name_range.end);
    Some(EnvVar { name, value: text, range: start.min(name_range.start)..end, value_range: value.range.clone() })
}

/// `NAME=value` in one scalar.
pub(crate) fn assignment(scalar: &Scalar) -> Option<EnvVar> {
    let source = &scalar.source;
    let (name, value) = source.text().split_once('=')?;
    let name = name.trim();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    let whole = source.whole();
    let from = source.text().len() - value.len();
    let text = scalar.known.then(|| interpolate(value)).flatten();
    let value_range = if value.is_empty() { whole.end..whole.end } else { source.range(from..source.text().len()) };
    Some(EnvVar { name: name.to_owned(), value: text, range: whole, value_range })
}

fn known_text(scalar: &Scalar) -> Option<String> {
    scalar.known.then(|| interpolate(scalar.source.text())).flatten()
}

/// The text when nothing in it is expanded.
fn interpolate(text: &str) -> Option<String> {
    let (resolved, known) = RawWord::interpolated(text_only(text), 0..0).resolve(&Scope::new());
    known.then_some(resolved)
}

fn text_only(text: &str) -> Source {
    let mut source = Source::at(0);
    source.push(text, 0);
    source
}
