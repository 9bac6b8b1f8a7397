//! TOML files that start something: scripts and task runners in `pyproject.toml`, `fly.toml`, `Pipfile`-like scripts.
//!
//! A text that is not valid TOML says nothing: the parser gives no half of one.

use std::ops::Range;
use std::rc::Rc;

use toml_edit::{Document, Item, TableLike, Value};

use super::data::{self, Data, Entry, Kind, Scalar};
use super::scope::Scope;
use super::source::Source;
use super::yaml::double_quoted;
use super::{entry_points, shell};
use crate::language::Language;
use crate::view::{Links, Purpose, Service, Word};

/// How deep a table is followed.
const MAX_DEPTH: usize = 40;

/// Where task runners keep their tasks.
const TASKS: &[&[&str]] = &[
    &["tool", "poe", "tasks"],
    &["tool", "pdm", "scripts"],
    &["tool", "rye", "scripts"],
    &["tool", "taskipy", "tasks"],
    &["tool", "hatch", "envs", "default", "scripts"],
    &["tool", "pixi", "tasks"],
    &["tool", "pipenv", "scripts"],
    &["scripts"],
];

/// One service for each task or process.
pub(crate) fn services(path: &str, text: &str, purpose: Purpose) -> Vec<Service> {
    let path = path.replace('\\', "/");
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    if !matches!(name.as_str(), "pyproject.toml" | "pipfile" | "pixi.toml") && !name.starts_with("fly") {
        return Vec::new();
    }
    let Some(root) = tree(text) else { return Vec::new() };
    if name.starts_with("fly") {
        return fly(&root, purpose);
    }
    let tasks = TASKS.iter().filter_map(|keys| root.path(keys)).flat_map(|tasks| tasks.entries());
    let tasks = tasks.take(super::MAX_SERVICES).filter_map(|entry| task(&entry));
    tasks.chain(entry_points::services(entry_points::entry_points(Language::Toml, text), purpose)).collect()
}

/// The tree of a text; `None` when it is not valid TOML.
pub(crate) fn tree(text: &str) -> Option<Rc<Data>> {
    // The parser skips a byte order mark, and its places do not count it.
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = Document::parse(body).ok()?;
    let reader = Reader { text, shift: text.len() - body.len() };
    Some(reader.table(document.as_table(), 0..text.len(), 0))
}

/// A task: a command, or a table with `cmd`, `shell` or `sequence` and `env`.
fn task(entry: &Entry) -> Option<Service> {
    let node = &entry.value;
    let env = node.get("env").map(|env| data::variables(&env)).unwrap_or_default();
    let env_files = node.get("env_file").or_else(|| node.get("envfile")).map(|files| data::words(&files, false));
    let env_files = env_files.unwrap_or_default().into_iter();
    let env_files = env_files.map(|word| Word { text: word.source.text().to_owned(), range: word.range }).collect();
    let body = ["cmd", "shell", "script", "sequence"].iter().find_map(|key| node.get(key));
    let body = body.unwrap_or_else(|| node.clone());
    let scope = Scope::new();
    let commands = match &body.kind {
        Kind::Scalar(scalar) => shell::shell_form(&scalar.source, &scope).commands(),
        Kind::Seq(items) if items.iter().all(|item| item.text().is_some_and(|text| text.contains(' '))) => {
            let scalars = items.iter().filter_map(|item| item.scalar());
            scalars.flat_map(|scalar| shell::shell_form(&scalar.source, &scope).commands()).collect()
        }
        Kind::Seq(_) => shell::exec_form(&data::words(&body, false), &scope).commands(),
        _ => Vec::new(),
    };
    let name = entry.key.text().map(str::to_owned);
    let empty = commands.is_empty() && env.is_empty();
    // Tasks are what a developer types.
    let purpose = Purpose::Development;
    (!empty).then_some(Service { name, purpose, env, env_files, commands, folder: None, links: Links::default() })
}

fn fly(root: &Data, purpose: Purpose) -> Vec<Service> {
    let env = root.get("env").map(|env| data::variables(&env)).unwrap_or_default();
    let mut services = Vec::new();
    for entry in root
        .get("processes")
        .map(|processes| processes.entries())
        .unwrap_or_default()
        .into_iter()
        .take(super::MAX_SERVICES)
    {
        let Some(scalar) = entry.value.scalar() else { continue };
        let commands = shell::shell_form(&scalar.source, &Scope::new()).commands();
        let name = entry.key.text().map(str::to_owned);
        services.push(Service {
            name,
            purpose,
            env: env.clone(),
            env_files: Vec::new(),
            commands,
            folder: None,
            links: Links::default(),
        });
    }
    if services.is_empty() && !env.is_empty() {
        services.push(Service {
            name: None,
            purpose,
            env,
            env_files: Vec::new(),
            commands: Vec::new(),
            folder: None,
            links: Links::default(),
        });
    }
    services
}

struct Reader<'a> {
    text: &'a str,
    /// The bytes in front of what the parser saw.
    shift: usize,
}

impl Reader<'_> {
    fn place(&self, span: Option<Range<usize>>) -> Option<Range<usize>> {
        let span = span?;
        let range = span.start + self.shift..span.end + self.shift;
        self.text.get(range.clone()).map(|_| range)
    }

    fn table(&self, table: &dyn TableLike, range: Range<usize>, depth: usize) -> Rc<Data> {
        let mut entries = Vec::new();
        for (name, item) in table.iter().filter(|_| depth < MAX_DEPTH) {
            let Some(value) = self.item(item, depth + 1) else { continue };
            let written = table.get_key_value(name).and_then(|(key, _)| self.place(key.span()));
            let at = written.unwrap_or(value.range.start..value.range.start);
            let mut source = Source::at(at.start);
            source.push_as(name, at.clone());
            let key = Rc::new(Data { kind: Kind::Scalar(Scalar { source, known: true }), range: at });
            entries.push(Entry { key, value });
        }
        Rc::new(Data { kind: Kind::Map(entries), range })
    }

    fn item(&self, item: &Item, depth: usize) -> Option<Rc<Data>> {
        let range = self.place(item.span());
        match item {
            Item::Value(value) => self.value(value, depth),
            Item::Table(table) => Some(self.table(table, range.unwrap_or(0..0), depth)),
            Item::ArrayOfTables(_) | Item::None => None,
        }
    }

    fn value(&self, value: &Value, depth: usize) -> Option<Rc<Data>> {
        let range = self.place(value.span());
        let kind = match value {
            Value::InlineTable(table) => return Some(self.table(table, range.unwrap_or(0..0), depth)),
            Value::Array(array) if depth < MAX_DEPTH => {
                Kind::Seq(array.iter().filter_map(|item| self.value(item, depth + 1)).collect())
            }
            Value::Array(_) => return None,
            _ => Kind::Scalar(Scalar { source: self.scalar(range.clone()?), known: true }),
        };
        Some(Rc::new(Data { kind, range: range? }))
    }

    fn scalar(&self, range: Range<usize>) -> Source {
        let raw = &self.text[range.clone()];
        for quote in ["\"\"\"", "'''"] {
            if raw.len() >= 6 && raw.starts_with(quote) && raw.ends_with(quote) {
                return Source::copy(self.text, range.start + 3..range.end - 3);
            }
        }
        if raw.starts_with('"') {
            return double_quoted(self.text, range);
        }
        let quoted = raw.len() >= 2 && raw.starts_with('\'') && raw.ends_with('\'');
        let cut = usize::from(quoted);
        Source::copy(self.text, range.start + cut..range.end - cut)
    }
}
