//! Settings files: `undebug.toml`, or `[tool.undebug]` in `pyproject.toml`; the nearest one counts.
//!
//! It says what is wrong with them and where; it does not know which rules there are.

use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, Table, TableLike};
use undebug_engine::{FixKind, Level, Settings, Severity};

use crate::Problem;

/// The keys that a settings file may have.
const KEYS: &[&str] = &["rules", "preferred-fix", "variable", "exclude", "extend"];

/// How many files may extend one another.
const MAX_EXTENDS: usize = 8;

/// What the settings files of a folder say.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The choices.
    pub settings: Settings,
    /// Globs of files that are left out, relative to the file's folder.
    pub exclude: Vec<String>,
    /// Unknown keys and values, with their places.
    pub problems: Vec<Problem>,
    /// The file that they come from.
    pub file: Option<PathBuf>,
}

/// Whether a file of this path holds settings.
pub fn is_settings(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("pyproject.toml" | "undebug.toml"))
}

/// The settings of the nearest file at or above a folder; `rules` are the names that are known.
pub fn load_settings(folder: &Path, rules: &[&str]) -> Loaded {
    let mut loaded = Loaded::default();
    let mut at = Some(folder);
    while let Some(folder) = at {
        for name in ["undebug.toml", "pyproject.toml"] {
            let path = folder.join(name);
            if path.is_file() && read_into(&path, rules, &mut loaded, 0) {
                loaded.file = Some(path);
                return loaded;
            }
        }
        at = folder.parent();
    }
    loaded
}

/// Reads one file over what is there; whether it has settings at all.
fn read_into(path: &Path, rules: &[&str], loaded: &mut Loaded, depth: usize) -> bool {
    let Ok(text) = std::fs::read_to_string(path) else { return false };
    let own = path.file_name().is_some_and(|name| name == "undebug.toml");
    if !own && !text.contains("tool.undebug") {
        return false;
    }
    let name = path.to_string_lossy().into_owned();
    let document = match Document::parse(text.clone()) {
        Ok(document) => document,
        Err(error) => {
            let line = error.span().map(|span| line_of(&text, span.start));
            let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
            loaded.problems.push(Problem { path: name, line, message });
            return true;
        }
    };
    let root: &Table = document.as_table();
    let table: Option<&dyn TableLike> = if own {
        Some(root)
    } else {
        root.get("tool")
            .and_then(Item::as_table_like)
            .and_then(|tool| tool.get("undebug"))
            .and_then(Item::as_table_like)
    };
    let Some(table) = table else { return false };
    if let Some(base) = table.get("extend").and_then(Item::as_str)
        && depth < MAX_EXTENDS
    {
        let base = path.parent().unwrap_or(Path::new(".")).join(base);
        if !read_into(&base, rules, loaded, depth + 1) {
            let message = "`extend` names a file without settings".to_owned();
            loaded.problems.push(Problem { path: name.clone(), line: None, message });
        }
    }
    let mut source = Source { name, text: &text, rules, loaded };
    source.table(table);
    true
}

struct Source<'a> {
    name: String,
    text: &'a str,
    rules: &'a [&'a str],
    loaded: &'a mut Loaded,
}

impl Source<'_> {
    fn table(&mut self, table: &dyn TableLike) {
        for (key, item) in table.iter() {
            let span = table.get_key_value(key).and_then(|(key, _)| key.span()).or_else(|| item.span());
            let at = span.map(|span| span.start);
            match (key, item.as_str()) {
                ("extend", Some(_)) => {}
                ("rules", _) => match item.as_table_like() {
                    Some(rules) => self.rules(rules),
                    None => self.warn(at, "`rules` must be a table of rule names"),
                },
                ("preferred-fix", Some("environment")) => self.loaded.settings.preferred_fix = FixKind::Environment,
                ("preferred-fix", Some("remove")) => self.loaded.settings.preferred_fix = FixKind::Remove,
                ("preferred-fix", Some("off")) => self.loaded.settings.preferred_fix = FixKind::Off,
                ("preferred-fix", _) => {
                    self.warn(at, "`preferred-fix` must be \"environment\", \"remove\" or \"off\"");
                }
                ("variable", Some(name)) if is_variable(name) => name.clone_into(&mut self.loaded.settings.variable),
                ("variable", _) => self.warn(at, "`variable` must be the name of an environment variable"),
                ("exclude", _) => match item.as_array() {
                    Some(globs) => {
                        self.loaded.exclude =
                            globs.iter().filter_map(|glob| glob.as_str().map(str::to_owned)).collect();
                    }
                    None => self.warn(at, "`exclude` must be a list of globs"),
                },
                (unknown, _) => {
                    let message = format!("unknown key `{unknown}`{}", suggestion(unknown, KEYS));
                    self.warn(at, &message);
                }
            }
        }
    }

    fn rules(&mut self, table: &dyn TableLike) {
        for (name, item) in table.iter() {
            let at = table.get_key_value(name).and_then(|(key, _)| key.span()).map(|span| span.start);
            if !self.rules.contains(&name) {
                let message = format!("unknown rule `{name}`{}", suggestion(name, self.rules));
                self.warn(at, &message);
                continue;
            }
            let level = match item.as_str() {
                Some("off") => Level::Off,
                Some("information") => Level::Fixed(Severity::Information),
                Some("warning") => Level::Fixed(Severity::Warning),
                Some("error") => Level::Fixed(Severity::Error),
                _ => {
                    self.warn(at, "a rule must be \"off\", \"information\", \"warning\" or \"error\"");
                    continue;
                }
            };
            self.loaded.settings.rules.insert(name.to_owned(), level);
        }
    }

    fn warn(&mut self, at: Option<usize>, message: &str) {
        let line = at.map(|at| line_of(self.text, at));
        self.loaded.problems.push(Problem { path: self.name.clone(), line, message: message.to_owned() });
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn line_of(text: &str, byte: usize) -> usize {
    text[..byte.min(text.len())].matches('\n').count() + 1
}

/// `; did you mean ...`, where a known name is near.
fn suggestion(name: &str, known: &[&str]) -> String {
    let near = known.iter().map(|known| (strsim::damerau_levenshtein(name, known), known)).min();
    match near {
        Some((distance, known)) if distance <= 1 + name.len() / 3 => format!("; did you mean `{known}`?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(name: &str, text: &str) -> Loaded {
        let folder = tempfile::tempdir().expect("folder");
        std::fs::write(folder.path().join(name), text).expect("file");
        load_settings(folder.path(), &["app-run-debug", "config-debug"])
    }

    #[test]
    fn settings_are_read_from_both_files() {
        let own = load("undebug.toml", "variable = \"APP_DEBUG\"\n[rules]\nconfig-debug = \"off\"\n");
        assert_eq!(own.settings.variable, "APP_DEBUG");
        assert_eq!(own.settings.rules.get("config-debug"), Some(&Level::Off));
        assert_eq!(own.problems, []);
        let tool = load("pyproject.toml", "[project]\nname = \"x\"\n[tool.undebug]\npreferred-fix = \"off\"\n");
        assert_eq!(tool.settings.preferred_fix, FixKind::Off);
    }

    #[test]
    fn unknown_names_are_told_with_line_and_neighbour() {
        let loaded =
            load("undebug.toml", "prefered-fix = \"off\"\n\n[rules]\napp-run-debg = \"off\"\nconfig-debug = 3\n");
        let told: Vec<String> =
            loaded.problems.iter().map(|p| format!("{}: {}", p.line.unwrap_or(0), p.message)).collect();
        assert_eq!(
            told,
            [
                "1: unknown key `prefered-fix`; did you mean `preferred-fix`?",
                "4: unknown rule `app-run-debg`; did you mean `app-run-debug`?",
                "5: a rule must be \"off\", \"information\", \"warning\" or \"error\"",
            ]
        );
    }

    #[test]
    fn broken_settings_are_told_and_not_lost_silently() {
        let loaded = load("undebug.toml", "rules = [\n");
        assert_eq!(loaded.problems.len(), 1);
    }
}
