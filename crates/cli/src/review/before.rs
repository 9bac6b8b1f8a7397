//! A repository as it was, in a folder of its own, with its submodules as they were.
//!
//! It compares nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use undebug_disk::{bytes_of, copy_file, create_folder, real_path, slashed};
use undebug_engine::Language;

use super::{Repositories, listed};
use crate::args::Selection;
use crate::git::{git, git_with_index};
use crate::report::identity::below;
use crate::scan::{Request, Scan, scan};

/// Files beside those that the engine reads that decide what is looked at.
const OTHERS: [&str; 4] = [".gitignore", ".ignore", "setup.cfg", "requirements.txt"];

/// How `git ls-tree` begins the row of a submodule.
const SUBMODULE: &str = "160000 commit ";

/// A repository as it was.
pub(super) struct Before {
    pub tree: tempfile::TempDir,
    top: PathBuf,
    /// By today's path: the one that the file had.
    pub renamed: BTreeMap<String, String>,
}

impl Before {
    /// Writes the files of the revision that a change started from.
    pub fn new(top: &Path, base: &str, now: &Repositories) -> Result<Before, String> {
        let tree = folder()?;
        let mut before = Before { tree, top: top.to_path_buf(), renamed: BTreeMap::new() };
        before.take(top, &start_of_change(top, base)?)?;
        for (top, files) in now {
            before.copy_ignored(top, files)?;
        }
        Ok(before)
    }

    /// Writes the files of a repository, and those of its submodules at the revisions that it names.
    fn take(&mut self, top: &Path, commit: &str) -> Result<(), String> {
        let target = self.old(top);
        let index = folder()?;
        let own = index.path().join("index");
        let rows = git(top, &["ls-tree", "-r", "-z", "--full-tree", commit], b"")?;
        let mut wanted: Vec<&str> = Vec::new();
        let mut submodules: Vec<(&str, &str)> = Vec::new();
        for row in listed(&rows) {
            let Some((kind, path)) = row.split_once('\t') else { continue };
            match kind.strip_prefix(SUBMODULE) {
                Some(commit) => submodules.push((path, commit)),
                None if is_wanted(path) => wanted.push(path),
                None => {}
            }
        }
        let prefix = format!("--prefix={}/", slashed(&target));
        git_with_index(top, &own, &["read-tree", commit], b"")?;
        let names = wanted.join("\0");
        let names = bytes_of(&names);
        git_with_index(top, &own, &["checkout-index", "--quiet", "--force", "-z", "--stdin", &prefix], &names)?;
        // The top of a repository is where a project begins.
        create_folder(&target.join(".git")).map_err(|problem| problem.to_string())?;
        self.find_renamed(top, commit)?;
        for (path, commit) in submodules {
            let inner = top.join(real_path(path));
            // One that is not checked out is not looked at today either.
            if inner.join(".git").exists() {
                if git(&inner, &["cat-file", "-e", &format!("{commit}^{{commit}}")], b"").is_err() {
                    return Err(format!("{}: the revision {commit} of this submodule is not here", inner.display()));
                }
                self.take(&inner, commit)?;
            }
        }
        Ok(())
    }

    /// Where a folder or file of today was.
    fn old(&self, path: &Path) -> PathBuf {
        let root = slashed(&self.top);
        let path = slashed(path);
        if path == root {
            self.tree.path().to_path_buf()
        } else {
            self.tree.path().join(real_path(&below(&self.top, &path)))
        }
    }

    /// The files that have another path since.
    fn find_renamed(&mut self, top: &Path, commit: &str) -> Result<(), String> {
        let rows = git(top, &["diff", "--name-status", "-z", "--find-renames", "--diff-filter=R", commit], b"")?;
        let mut fields = listed(&rows);
        let full = |path: &str| below(&self.top, &slashed(&top.join(real_path(path))));
        while let (Some(_), Some(old), Some(new)) = (fields.next(), fields.next(), fields.next()) {
            self.renamed.insert(full(new), full(old));
        }
        Ok(())
    }

    /// What git ignores is in no revision: it did not change.
    fn copy_ignored(&self, top: &Path, files: &[PathBuf]) -> Result<(), String> {
        let names: Vec<String> = files.iter().map(|path| below(top, &slashed(path))).collect();
        // It ends with 1 where nothing is ignored.
        let rows = git(top, &["check-ignore", "-z", "--stdin"], &bytes_of(&names.join("\0"))).unwrap_or_default();
        for name in listed(&rows) {
            let path = top.join(real_path(name));
            copy_file(&path, &self.old(&path)).map_err(|problem| problem.to_string())?;
        }
        Ok(())
    }

    /// Checks the same paths as they were.
    pub fn scan(&self, selection: &Selection) -> Result<Scan, String> {
        let asked: Vec<PathBuf> =
            if selection.paths.is_empty() { vec![PathBuf::from(".")] } else { selection.paths.clone() };
        let old = |path: &Path| {
            // The repository may be below the path that was named.
            let is_above = self.top.starts_with(&*real_path(&slashed(path)));
            if is_above { self.tree.path().to_path_buf() } else { self.old(path) }
        };
        let mut paths: BTreeSet<PathBuf> = asked.iter().map(|path| old(path)).collect();
        paths.extend(asked.iter().filter_map(|path| {
            let before = self.renamed.get(&below(&self.top, &slashed(path)))?;
            Some(self.tree.path().join(real_path(before)))
        }));
        let paths = paths.into_iter().filter(|path| path.starts_with(self.tree.path()) && path.exists()).collect();
        let selection = Selection { paths, ..selection.clone() };
        if selection.paths.is_empty() {
            return Ok(Scan::default());
        }
        scan(&Request { selection: &selection, given: &None, kind: None, is_loud: false, is_picture: false })
    }
}

fn folder() -> Result<tempfile::TempDir, String> {
    tempfile::Builder::new().prefix("undebug-").tempdir().map_err(|error| error.to_string())
}

fn is_wanted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    Language::of_path(path).is_some() || OTHERS.contains(&name)
}

/// Where the change began: the revision that it shares with the base, or the base itself.
fn start_of_change(top: &Path, base: &str) -> Result<String, String> {
    let commit =
        git(top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{base}^{{commit}}")], b"")
            .map_err(|_| {
                let is_shallow =
                    git(top, &["rev-parse", "--is-shallow-repository"], b"").is_ok_and(|said| said.trim() == "true");
                let why = if is_shallow { "; the clone is shallow: fetch more of its history" } else { "" };
                format!("`{base}` is no revision of {}{why}", top.display())
            })?;
    let commit = commit.trim().to_owned();
    Ok(git(top, &["merge-base", &commit, "HEAD"], b"").map_or(commit, |shared| shared.trim().to_owned()))
}
