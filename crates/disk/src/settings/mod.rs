//! Settings files: `undebug.toml`, or `[tool.undebug]` in `pyproject.toml`; the nearest one counts.
//!
//! It says what is wrong with them and where; it does not know which rules there are.

pub(crate) mod choices;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use toml_edit::{Document, TableLike};

use crate::Problem;
use crate::walk::{Folders, slashed};
use choices::{Choices, Item, Value, read_choices};

/// The names of settings files, the one that wins first.
const NAMES: [&str; 2] = ["undebug.toml", "pyproject.toml"];

/// How many files may extend one another.
const MAX_EXTENDS: usize = 8;

/// What the settings files of a folder say.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The choices.
    pub choices: Choices,
    /// Unknown keys and values, with their places.
    pub problems: Vec<Problem>,
    /// The file that they come from.
    pub file: Option<PathBuf>,
}

impl Loaded {
    /// Whether these settings leave out a path that they count for.
    pub(crate) fn excludes(&self, path: &Path) -> bool {
        self.choices.exclude.as_ref().is_some_and(|globs| globs.matches(&slashed(path)))
    }
}

/// Settings files that were read before, by folder.
pub struct SettingsFiles<'a> {
    rules: &'a [&'a str],
    folders: RwLock<Folders<Arc<Loaded>>>,
}

impl<'a> SettingsFiles<'a> {
    /// Nothing was read yet; `rules` are the names that are known.
    pub fn new(rules: &'a [&'a str]) -> SettingsFiles<'a> {
        SettingsFiles { rules, folders: RwLock::default() }
    }

    /// The settings of the nearest file at or above a folder.
    pub fn nearest(&self, folder: &Path) -> Arc<Loaded> {
        if let Some(loaded) = self.folders.read().unwrap_or_else(PoisonError::into_inner).get(folder.as_os_str()) {
            return loaded.clone();
        }
        let loaded = match (own(folder, self.rules), folder.parent()) {
            (Some(loaded), _) => Arc::new(loaded),
            (None, Some(parent)) => self.nearest(parent),
            (None, None) => Arc::default(),
        };
        let mut folders = self.folders.write().unwrap_or_else(PoisonError::into_inner);
        folders.entry(folder.as_os_str().to_owned()).or_insert(loaded).clone()
    }

    /// Tells that a folder has no settings file, so that it is not asked for one.
    pub(crate) fn has_none(&self, folder: &Path) {
        let Some(above) = folder.parent() else { return };
        let loaded = self.nearest(above);
        let mut folders = self.folders.write().unwrap_or_else(PoisonError::into_inner);
        folders.entry(folder.as_os_str().to_owned()).or_insert(loaded);
    }

    /// What is wrong with the files that were read, sorted.
    pub fn problems(&self) -> Vec<Problem> {
        let folders = self.folders.read().unwrap_or_else(PoisonError::into_inner);
        let mut problems: Vec<Problem> = folders.values().flat_map(|loaded| loaded.problems.clone()).collect();
        problems.sort();
        problems.dedup();
        problems
    }

    /// Whether the settings that count for a path leave it out.
    pub fn excludes(&self, path: &Path) -> bool {
        self.nearest(path.parent().unwrap_or(path)).excludes(path)
    }
}

/// Whether a file of this path holds settings.
pub fn is_settings(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| NAMES.contains(&name))
}

/// The settings of the nearest file at or above a folder; `rules` are the names that are known.
pub fn load_settings(folder: &Path, rules: &[&str]) -> Loaded {
    folder.ancestors().find_map(|folder| own(folder, rules)).unwrap_or_default()
}

/// The settings of a folder's own file.
fn own(folder: &Path, rules: &[&str]) -> Option<Loaded> {
    NAMES.iter().find_map(|name| {
        let path = folder.join(name);
        let mut problems = Vec::new();
        let choices = read_file(&path, rules, &mut problems, 0)?;
        Some(Loaded { choices, problems, file: Some(path) })
    })
}

/// What one file and those that it extends choose; `None` when it holds no settings.
fn read_file(path: &Path, rules: &[&str], problems: &mut Vec<Problem>, depth: usize) -> Option<Choices> {
    let text = std::fs::read_to_string(path).ok()?;
    let is_own = path.file_name().is_some_and(|name| name != "pyproject.toml");
    if !is_own && !text.contains("undebug") {
        return None;
    }
    let name = path.to_string_lossy().into_owned();
    let problem = |at: Option<usize>, message: String| {
        let (line, column) = at.map(|at| place(&text, at)).unzip();
        Problem { path: name.clone(), line, column, message }
    };
    let document = match Document::parse(text.as_str()) {
        Ok(document) => document,
        Err(error) => {
            let message = error.message().lines().next().unwrap_or("not TOML").to_lowercase();
            problems.push(problem(error.span().map(|span| span.start), message));
            return Some(Choices::default());
        }
    };
    let table: &dyn TableLike = if is_own {
        document.as_table()
    } else {
        document.get("tool")?.as_table_like()?.get("undebug")?.as_table_like()?
    };
    let base = path.parent().unwrap_or(Path::new("."));
    let rows = rows(table);
    let (choices, complaints) = read_choices(&rows, &slashed(base), rules);
    problems.extend(complaints.into_iter().map(|complaint| problem(complaint.at, complaint.message)));
    let Some(extend) = &choices.extend else { return Some(choices) };
    let at = rows.iter().find(|(key, _)| key == "extend").and_then(|(_, item)| item.at);
    if depth == MAX_EXTENDS {
        problems.push(problem(at, format!("`extend` leads through more than {MAX_EXTENDS} files")));
        return Some(choices);
    }
    // The same file is meant on every system.
    match read_file(&base.join(extend.replace('\\', "/")), rules, problems, depth + 1) {
        Some(mut all) => {
            all.overlay(&choices);
            Some(all)
        }
        None => {
            problems.push(problem(at, format!("`extend` names `{extend}`, which holds no settings")));
            Some(choices)
        }
    }
}

/// The rows of a TOML table, each with the place of its key.
fn rows(table: &dyn TableLike) -> Vec<(String, Item)> {
    let row = |(key, item): (&str, &toml_edit::Item)| {
        let at = table.get_key_value(key).and_then(|(key, _)| key.span()).or_else(|| item.span());
        (key.to_owned(), Item { at: at.map(|span| span.start), value: value(item) })
    };
    table.iter().map(row).collect()
}

fn value(item: &toml_edit::Item) -> Value {
    if let Some(table) = item.as_table_like() {
        return Value::Table(rows(table));
    }
    if let Some(tables) = item.as_array_of_tables() {
        let item = |table: &toml_edit::Table| Item {
            at: table.span().map(|span| span.start),
            value: Value::Table(rows(table)),
        };
        return Value::List(tables.iter().map(item).collect());
    }
    item.as_value().map_or(Value::Other, plain)
}

fn plain(value: &toml_edit::Value) -> Value {
    match value {
        toml_edit::Value::String(text) => Value::Text(text.value().clone()),
        toml_edit::Value::Boolean(flag) => Value::Flag(*flag.value()),
        toml_edit::Value::InlineTable(table) => Value::Table(rows(table)),
        toml_edit::Value::Array(list) => {
            let item = |value: &toml_edit::Value| Item { at: value.span().map(|span| span.start), value: plain(value) };
            Value::List(list.iter().map(item).collect())
        }
        _ => Value::Other,
    }
}

/// The 1-based line and column, in characters, of a byte.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte.min(text.len())];
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests;
