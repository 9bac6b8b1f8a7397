//! Annotated sources: which cases there are, and what their marks say.
//!
//! A mark is a comment below the line that it is about, with carets under the range and the rule behind them:
//!
//! ```text
//! app.run(port=80, debug=True)
//! #                ^^^^^^^^^^ app-run-debug
//! ```
//!
//! Columns are counted in characters. A `#` that touches the first caret counts as a caret, so that a range in the
//! first column can be marked. A range that ends on a later line says where: `^^^ to +2:5 app-run-debug` ends two lines
//! further down before column 5 (1-based). Several rules are separated by commas; `(medium)` and `(low)` say another
//! confidence than high. `missing: rule` marks a finding that would be right and is not made, `false: rule` one that is
//! made and is wrong: both are known limits, counted and listed. A file that can hold no comments has its marks in
//! `NAME.marks`, one `LINE:COLUMN-LINE:COLUMN rule` a line. What is not marked must stay silent.
//!
//! This module reads marks; it compares nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The suffixes of files that stand beside a source and are no source themselves.
const SIDECARS: [&str; 2] = [".fixed", ".marks"];

/// Whether a mark is held to, or names a known limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The finding must be made.
    Expected,
    /// The finding would be right, and is known not to be made.
    Missing,
    /// The finding is wrong, and is known to be made.
    False,
}

/// One mark. Lines and columns are 1-based, columns in characters, the end exclusive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The file's path inside its case.
    pub path: String,
    /// Line and column of the first character.
    pub start: (usize, usize),
    /// Line and column behind the last character.
    pub end: (usize, usize),
    /// The rule's name.
    pub rule: String,
    /// `high`, `medium` or `low`.
    pub confidence: String,
    /// Whether it is a known limit.
    pub kind: Kind,
}

/// One project of its own: a single file, or a folder of files.
#[derive(Debug, Clone)]
pub struct Case {
    /// The folder of `fixtures` that it stands in: the rule that it is about.
    pub rule: String,
    /// Its path below `fixtures`.
    pub name: String,
    /// Where its files stand on disk.
    pub base: PathBuf,
    /// Its sources, by path inside the case.
    pub files: BTreeMap<String, String>,
}

/// The folder with all fixtures.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Every case, sorted by name; with `CASES=wide,kwargs` in the environment only those whose names have one of the words.
pub fn cases() -> Vec<Case> {
    let wanted = std::env::var("CASES").unwrap_or_default();
    let mut cases = all_cases();
    cases.retain(|case| wanted.is_empty() || wanted.split(',').any(|word| case.name.contains(word)));
    assert!(!cases.is_empty(), "no case with `{wanted}` in its name");
    cases
}

fn all_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in entries(&root()).into_iter().filter(|path| path.is_dir()) {
        for entry in entries(&folder).into_iter().filter(|path| !is_sidecar(path)) {
            let mut files = BTreeMap::new();
            let base = if entry.is_dir() { entry.clone() } else { folder.clone() };
            collect(&entry, &base, &mut files);
            cases.push(Case { rule: name_of(&folder), name: relative(&entry, &root()), base, files });
        }
    }
    cases
}

impl Case {
    /// Whether this case must stay silent altogether.
    pub fn is_near_miss(&self) -> bool {
        self.name.split('/').nth(1).is_some_and(|name| name.starts_with("near_misses"))
    }

    /// The marks of all files, sorted.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (path, text) in &self.files {
            let sidecar = self.base.join(format!("{path}.marks"));
            match fs::read_to_string(sidecar) {
                Ok(listed) => marks.extend(listed.lines().filter_map(|line| listed_mark(path, line))),
                Err(_) => marks.extend(marks_in(path, text)),
            }
        }
        marks.sort();
        marks
    }

    /// What must be found, sorted: the marks that are held to and the false findings that are known.
    pub fn expected(&self) -> Vec<Mark> {
        let found = self.marks().into_iter().filter(|mark| mark.kind != Kind::Missing);
        found.map(|mark| Mark { kind: Kind::Expected, ..mark }).collect()
    }

    /// The twin of a file after `undebug fix` (`""`), `--fix remove` or `--fix off`; the path also where there is none.
    pub fn twin(&self, path: &str, fix: &str) -> PathBuf {
        let name = match (fix, path.rsplit_once('.')) {
            ("", _) => format!("{path}.fixed"),
            (fix, None) => format!("{path}.{fix}.fixed"),
            (fix, Some((stem, _))) => format!("{stem}.{fix}.fixed"),
        };
        self.base.join(name)
    }

    /// Whether any file has a twin for this fix.
    pub fn has_twin(&self, fix: &str) -> bool {
        self.files.keys().any(|path| self.twin(path, fix).exists())
    }

    /// Writes the sources below a folder, with a marker that makes it a project of its own.
    pub fn write_to(&self, folder: &Path) {
        fs::write(folder.join("pyproject.toml"), "[project]\nname = \"case\"\nversion = \"0\"\n")
            .expect("scratch folder");
        for (path, text) in &self.files {
            let target = folder.join(path);
            fs::create_dir_all(target.parent().expect("inside the folder")).expect("scratch folder");
            fs::write(target, text).expect("scratch folder");
        }
    }
}

/// The marks in a text, in order.
pub fn marks_in(path: &str, text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut line = 0;
    for (index, source) in text.lines().enumerate() {
        match caret_line(source) {
            Some((column, length, rest)) => {
                let (end, rules) = range_end((line, column + length), rest);
                marks.extend(rules.split(',').map(|rule| mark(path, (line, column), end, rule)));
            }
            None => line = index + 1,
        }
    }
    marks
}

/// The 1-based column of the first caret, how many there are, and what stands behind them.
fn caret_line(source: &str) -> Option<(usize, usize, &str)> {
    let body = source.trim_start();
    let indent = source.chars().count() - body.chars().count();
    let carets = body.strip_prefix('#')?;
    let blank = carets.chars().take_while(|c| *c == ' ').count();
    let count = carets[blank..].chars().take_while(|c| *c == '^').count();
    let rest = carets[blank + count..].trim();
    if count == 0 || rest.is_empty() {
        return None;
    }
    match blank {
        0 => Some((indent + 1, count + 1, rest)),
        _ => Some((indent + 2 + blank, count, rest)),
    }
}

/// The end of a range, which `to +LINES:COLUMN` moves to a later line, and the rules behind it.
fn range_end(same_line: (usize, usize), rest: &str) -> ((usize, usize), &str) {
    let Some(to) = rest.strip_prefix("to +") else { return (same_line, rest) };
    let (place, rules) = to.split_once(' ').expect("a rule behind `to +LINES:COLUMN`");
    let (lines, column) = place.split_once(':').expect("`to +LINES:COLUMN`");
    ((same_line.0 + number(lines), number(column)), rules)
}

/// A line of a `.marks` file; `None` for a comment or an empty line.
fn listed_mark(path: &str, line: &str) -> Option<Mark> {
    let (range, rule) = line.trim().split_once(' ').filter(|_| !line.starts_with('#'))?;
    let (start, end) = range.split_once('-').expect("`LINE:COLUMN-LINE:COLUMN rule`");
    let place = |text: &str| text.split_once(':').map(|(line, column)| (number(line), number(column))).expect("place");
    Some(mark(path, place(start), place(end), rule))
}

fn mark(path: &str, start: (usize, usize), end: (usize, usize), rule: &str) -> Mark {
    let rule = rule.trim();
    let (kind, rule) = match rule.split_once(": ") {
        Some(("missing", rule)) => (Kind::Missing, rule),
        Some(("false", rule)) => (Kind::False, rule),
        _ => (Kind::Expected, rule),
    };
    let (rule, confidence) = match rule.split_once(" (") {
        Some((rule, rest)) => (rule, rest.trim_end_matches(')')),
        None => (rule, "high"),
    };
    Mark { path: path.to_owned(), start, end, rule: rule.to_owned(), confidence: confidence.to_owned(), kind }
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or_else(|_| panic!("`{text}` in a mark is no number"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.expect("readable folder").path()).collect();
    paths.retain(|path| name_of(path) != "__pycache__");
    paths.sort();
    paths
}

fn collect(path: &Path, base: &Path, files: &mut BTreeMap<String, String>) {
    if path.is_dir() {
        entries(path).iter().for_each(|entry| collect(entry, base, files));
    } else if !is_sidecar(path) {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        files.insert(relative(path, base), text);
    }
}

fn is_sidecar(path: &Path) -> bool {
    SIDECARS.iter().any(|suffix| name_of(path).ends_with(suffix))
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn relative(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).expect("below the base").to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_give_ranges_in_characters() {
        let text = "é = run(a=1)\n#       ^^^ one (medium), missing: two\nx = 1\n#^^^^ three\nf(\n# ^ to +2:3 four\n";
        let marks = marks_in("a.py", text);
        let brief: Vec<_> =
            marks.iter().map(|m| (m.start, m.end, m.rule.as_str(), m.confidence.as_str(), m.kind)).collect();
        assert_eq!(
            brief,
            [
                ((1, 9), (1, 12), "one", "medium", Kind::Expected),
                ((1, 9), (1, 12), "two", "high", Kind::Missing),
                ((3, 1), (3, 6), "three", "high", Kind::Expected),
                ((5, 3), (7, 3), "four", "high", Kind::Expected),
            ]
        );
    }

    #[test]
    fn comments_without_carets_and_rule_are_no_marks() {
        assert_eq!(marks_in("a.py", "x = 1\n# a comment\n# ^^^\n#\n"), []);
    }
}
