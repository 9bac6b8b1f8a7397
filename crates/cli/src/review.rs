//! Reviews: only what a change adds, also through another file. The state before the change is taken out of git,
//! checked like the one on disk, and what it had is taken away.
//!
//! It changes nothing in the repository: the old files go to a folder of their own, by an index of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use undebug_disk::{copy_file, create_folder, slashed};
use undebug_engine::{Language, Severity};

use crate::args::Selection;
use crate::git::{git, git_with_index};
use crate::report::Report;
use crate::report::identity::{below, text};
use crate::scan::{Request, Scan, scan};

/// Files beside those that the engine reads that decide what is looked at.
const OTHERS: [&str; 4] = [".gitignore", ".ignore", "setup.cfg", "requirements.txt"];

/// What a finding was known by before the change: path, rule and text.
type Key = (String, &'static str, String);

/// Takes out of a report what was there before the change since a revision.
pub(crate) fn apply(base: &str, selection: &Selection, now: &Scan, report: &mut Report<'_>) -> Result<(), String> {
    let mut repositories: BTreeMap<PathBuf, Vec<&Path>> = BTreeMap::new();
    for checked in &now.projects {
        // The way up, not the path: git would resolve links in it.
        let up = git(&checked.root, &["rev-parse", "--show-cdup"], b"")?;
        let top = PathBuf::from(slashed(&checked.root.join(up.trim_end_matches(['\r', '\n']))));
        let files = checked.files.iter().map(PathBuf::as_path);
        repositories.entry(top).or_default().extend(files);
    }
    for (top, files) in &repositories {
        let before = Before::new(top, base, files)?;
        let old = before.scan(selection)?;
        let mut known: BTreeMap<Key, Vec<Severity>> = BTreeMap::new();
        let old_report = Report::new(&old);
        for entry in &old_report.entries {
            let path = below(before.tree.path(), &entry.finding.place.path);
            known.entry((path, entry.finding.rule.name, text(entry))).or_default().push(entry.finding.severity);
        }
        // The worst are matched first, so that what became worse is left over.
        known.values_mut().for_each(|severities| severities.sort_unstable());
        report.retain(|entry| {
            let path = below(top, &entry.finding.place.path);
            if *path == *entry.finding.place.path {
                return true;
            }
            let path = before.renamed.get(&path).cloned().unwrap_or(path);
            let key = (path, entry.finding.rule.name, text(entry));
            let Some(severities) = known.get_mut(&key) else { return true };
            match severities.iter().position(|severity| *severity >= entry.finding.severity) {
                Some(at) => {
                    severities.remove(at);
                    false
                }
                None => true,
            }
        });
    }
    Ok(())
}

/// A repository as it was.
struct Before {
    tree: tempfile::TempDir,
    top: PathBuf,
    /// By today's path: the one that the file had.
    renamed: BTreeMap<String, String>,
}

impl Before {
    /// Writes the files of the revision that a change started from.
    fn new(top: &Path, base: &str, now: &[&Path]) -> Result<Before, String> {
        let commit = start_of_change(top, base)?;
        let tree = tempfile::Builder::new().prefix("undebug-").tempdir().map_err(|error| error.to_string())?;
        let index = tempfile::Builder::new().prefix("undebug-").tempdir().map_err(|error| error.to_string())?;
        let listed = git(top, &["ls-tree", "-r", "-z", "--name-only", &commit], b"")?;
        let wanted: Vec<&str> = listed.split_terminator('\0').filter(|path| is_wanted(path)).collect();
        let prefix = format!("--prefix={}/", slashed(tree.path()));
        let own = index.path().join("index");
        git_with_index(top, &own, &["read-tree", &commit], b"")?;
        let names = wanted.join("\0");
        git_with_index(
            top,
            &own,
            &["checkout-index", "--quiet", "--force", "-z", "--stdin", &prefix],
            names.as_bytes(),
        )?;
        // The top of a repository is where a project begins.
        create_folder(&tree.path().join(".git")).map_err(|problem| problem.to_string())?;
        let before = Before { renamed: renamed(top, &commit)?, tree, top: top.to_path_buf() };
        before.copy_ignored(now)?;
        Ok(before)
    }

    /// What git ignores is in no revision: it did not change.
    fn copy_ignored(&self, now: &[&Path]) -> Result<(), String> {
        let names: Vec<String> = now.iter().map(|path| below(&self.top, &slashed(path))).collect();
        let ignored =
            git(&self.top, &["check-ignore", "-z", "--stdin"], names.join("\0").as_bytes()).unwrap_or_default();
        for name in ignored.split_terminator('\0') {
            copy_file(&self.top.join(name), &self.tree.path().join(name)).map_err(|problem| problem.to_string())?;
        }
        Ok(())
    }

    /// Checks the same paths as they were.
    fn scan(&self, selection: &Selection) -> Result<Scan, String> {
        let asked: Vec<PathBuf> =
            if selection.paths.is_empty() { vec![PathBuf::from(".")] } else { selection.paths.clone() };
        let old = |path: &Path| {
            // The repository may be below the path that was named.
            let inner = below(&self.top, &slashed(path));
            let is_above = self.top.starts_with(slashed(path));
            if is_above { self.tree.path().to_path_buf() } else { self.tree.path().join(inner) }
        };
        let mut paths: BTreeSet<PathBuf> = asked.iter().map(|path| old(path)).collect();
        paths.extend(asked.iter().filter_map(|path| {
            let before = self.renamed.get(&below(&self.top, &slashed(path)))?;
            Some(self.tree.path().join(before))
        }));
        let paths = paths.into_iter().filter(|path| path.starts_with(self.tree.path()) && path.exists()).collect();
        let selection = Selection { paths, ..selection.clone() };
        if selection.paths.is_empty() {
            return Ok(Scan::default());
        }
        scan(&Request { selection: &selection, given: &None, kind: None, is_loud: false })
    }
}

fn is_wanted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    Language::of_path(path).is_some() || OTHERS.contains(&name)
}

/// Where the change began: the revision that it shares with the base, or the base itself.
fn start_of_change(top: &Path, base: &str) -> Result<String, String> {
    let commit =
        git(top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{base}^{{commit}}")], b"")
            .map_err(|_| format!("`{base}` is no revision of {}", top.display()))?;
    let commit = commit.trim().to_owned();
    Ok(git(top, &["merge-base", &commit, "HEAD"], b"").map_or(commit, |shared| shared.trim().to_owned()))
}

/// The files that have another path since.
fn renamed(top: &Path, commit: &str) -> Result<BTreeMap<String, String>, String> {
    let listed = git(top, &["diff", "--name-status", "-z", "--find-renames", "--diff-filter=R", commit], b"")?;
    let mut fields = listed.split_terminator('\0');
    let mut renamed = BTreeMap::new();
    while let (Some(_), Some(old), Some(new)) = (fields.next(), fields.next(), fields.next()) {
        renamed.insert(new.to_owned(), old.to_owned());
    }
    Ok(renamed)
}
