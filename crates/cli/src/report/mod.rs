//! Reports: what was found, in the forms that people and tools read.
//!
//! Each form is a function from a [`Report`] to text; nothing here checks anything.

pub(crate) mod ci;
pub(crate) mod concise;
pub(crate) mod full;
pub(crate) mod identity;
pub(crate) mod json;
pub(crate) mod sarif;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use undebug_disk::{repository_of, shown};
use undebug_engine::{Encoding, Finding, Fix, Place, Position};

use crate::scan::{Checked, Scan};
use crate::{FAILED, complain};

/// What a scan found, sorted by path and place.
pub(crate) struct Report<'a> {
    pub files: usize,
    pub entries: Vec<Entry<'a>>,
    /// How many findings are known, and not listed.
    pub known: usize,
    /// The repositories that were looked at, sorted; a folder outside of any stands for itself.
    pub repositories: Vec<PathBuf>,
    /// Whether everything that was named was there.
    pub is_complete: bool,
}

/// A finding with its fixes and the project that it belongs to.
pub(crate) struct Entry<'a> {
    pub finding: &'a Finding,
    pub fixes: &'a [Fix],
    /// The repository that the finding's project belongs to.
    pub repository: PathBuf,
    checked: &'a Checked,
}

/// A place as reports give it: 1-based lines and columns, columns in characters, the end exclusive.
pub(crate) struct Span {
    pub path: String,
    /// The path as the engine spells it.
    pub full: String,
    pub start: (u32, u32),
    pub end: (u32, u32),
}

impl<'a> Report<'a> {
    /// The report of a scan.
    pub fn new(scan: &'a Scan) -> Report<'a> {
        let mut entries: Vec<Entry<'a>> = Vec::new();
        let mut repositories: Vec<PathBuf> = Vec::new();
        // Shares of a project lie in one place.
        let mut known: BTreeMap<&Path, PathBuf> = BTreeMap::new();
        for checked in &scan.projects {
            let repository = known.entry(&checked.root).or_insert_with(|| repository_of(&checked.root));
            if !repositories.contains(repository) {
                repositories.push(repository.clone());
            }
            for (finding, fixes) in &checked.findings {
                entries.push(Entry { finding, fixes, repository: repository.clone(), checked });
            }
        }
        entries.sort_by(|a, b| {
            let key = |entry: &Entry<'_>| {
                let place = &entry.finding.place;
                (place.path.clone(), place.range.start, place.range.end, entry.finding.rule.name)
            };
            key(a).cmp(&key(b))
        });
        // Two shares of a large project may both come upon a file.
        entries.dedup_by(|a, b| a.finding.place == b.finding.place && a.finding.rule == b.finding.rule);
        if repositories.is_empty() {
            repositories.push(std::env::current_dir().unwrap_or_default());
        }
        repositories.sort();
        Report { files: scan.files, entries, known: 0, repositories, is_complete: !scan.missing }
    }

    /// What a finding is known by to services: findings with equal texts are told apart by their order.
    pub fn fingerprint(&self, at: usize) -> String {
        let identity = |entry: &Entry<'_>| identity::identity(entry, &entry.repository).print;
        let own = &self.entries[at];
        let print = identity(own);
        let twins = self.entries[..at]
            .iter()
            .filter(|entry| entry.finding.place.path == own.finding.place.path && identity(entry) == print);
        match twins.count() {
            0 => print,
            count => identity::hash(&format!("{print}\0{count}")),
        }
    }

    /// Keeps the findings that are wanted; the others count as known.
    pub fn retain(&mut self, is_wanted: impl FnMut(&Entry<'a>) -> bool) {
        let before = self.entries.len();
        self.entries.retain(is_wanted);
        self.known += before - self.entries.len();
    }
}

impl Entry<'_> {
    /// Where a place of this finding's project is.
    pub fn span(&self, place: &Place) -> Span {
        self.span_of(&place.path, place.range.clone())
    }

    /// Where bytes of a file of this finding's project are.
    pub fn span_of(&self, path: &str, range: std::ops::Range<usize>) -> Span {
        span(self.checked, path, range)
    }

    /// A path from the repository; absolute where it is not below.
    pub fn inner_path(&self, path: &str) -> String {
        identity::below(&self.repository, path)
    }

    /// The text of a file of this finding's project.
    pub fn text(&self, path: &str) -> String {
        self.checked.project.document(path).map_or_else(String::new, |document| document.whole())
    }

    /// The fix to apply unasked.
    pub fn preferred(&self) -> Option<&Fix> {
        self.fixes.iter().find(|fix| fix.preferred)
    }
}

/// Where bytes of a project's file are.
pub(crate) fn span(checked: &Checked, path: &str, range: std::ops::Range<usize>) -> Span {
    let one_based = |position: Position| (position.line + 1, position.column + 1);
    let document = checked.project.document(path);
    let at = |byte| document.as_ref().map_or((1, 1), |text| one_based(text.position(byte, Encoding::Utf32)));
    Span { path: display_path(path), full: path.to_owned(), start: at(range.start), end: at(range.end) }
}

/// A path relative to the current folder where it is below it, with `/` between components.
pub(crate) fn display_path(path: &str) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    let inner = identity::below(&current, path);
    shown(&inner).into_owned()
}

/// Prints to stdout; a reader that went away is not an error. Anything else ends the program: what it would say by its
/// code is about a report that nobody has.
pub(crate) fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) else { return };
    if error.kind() != std::io::ErrorKind::BrokenPipe {
        complain(format!("stdout: {}", undebug_disk::reason(&error)));
        std::process::exit(i32::from(FAILED));
    }
}

/// Counts by rule.
pub(crate) fn statistics(report: &Report<'_>) -> String {
    let lines = counts(report).into_iter().map(|(name, count)| format!("{count:>6}  {name}\n"));
    lines.collect::<String>() + summary(report).lines().next().unwrap_or_default() + "\n"
}

/// How many findings each rule has, most first.
fn counts(report: &Report<'_>) -> Vec<(&'static str, usize)> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for entry in &report.entries {
        *counts.entry(entry.finding.rule.name).or_default() += 1;
    }
    let mut rows: Vec<(&str, usize)> = counts.into_iter().collect();
    rows.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    rows
}

/// The last lines of a report for people: how many findings there are, of which rules, and how many are not listed.
pub(crate) fn summary(report: &Report<'_>) -> String {
    let known = match report.known {
        0 => String::new(),
        known => format!(", {} known before", count(known, "finding")),
    };
    let files = count(report.files, "file");
    if report.entries.is_empty() {
        let new = if report.known == 0 { "" } else { "new " };
        return format!("No {new}debug mode found in {files}{known}\n");
    }
    let fixable = report.entries.iter().filter(|entry| entry.preferred().is_some()).count();
    let found = count(report.entries.len(), "finding");
    let hint = if fixable == 0 { String::new() } else { format!("; {fixable} can be fixed with `undebug fix`") };
    format!("Found {found} in {files}{known}{hint}\n{}", by_rule(report))
}

/// How many findings each rule has, where there are several rules.
fn by_rule(report: &Report<'_>) -> String {
    let rows = counts(report);
    if rows.len() < 2 {
        return String::new();
    }
    let words: Vec<String> = rows.iter().map(|(name, count)| format!("{count} {name}")).collect();
    format!("By rule: {}\n", words.join(", "))
}

/// So many of something.
pub(crate) fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
