//! Reviews: only what a change adds, also through another file. The state before the change is taken out of git,
//! checked like the one on disk, and what it had is taken away.
//!
//! It changes nothing in the repository: the old files go to a folder of their own, by an index of their own.

mod before;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use undebug_disk::{real_path, repository_of, slashed};
use undebug_engine::Severity;

use crate::args::Selection;
use crate::git::git;
use crate::report::Report;
use crate::report::identity::{below, text};
use crate::scan::Scan;
use before::Before;

/// What a finding was known by before the change: path, rule and text.
type Key = (String, &'static str, String);

/// By the top of each repository: the files in it that were looked at.
type Repositories = BTreeMap<PathBuf, Vec<PathBuf>>;

/// Takes out of a report what was there before the change since a revision.
pub(crate) fn apply(base: &str, selection: &Selection, now: &Scan, report: &mut Report<'_>) -> Result<(), String> {
    for (top, repositories) in outermost(now)? {
        let before = Before::new(&top, base, &repositories)?;
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
            let path = below(&top, &entry.finding.place.path);
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

/// The repositories that a scan looked at. The submodules of one belong to it: which revision of a submodule was there
/// before is what the repository around it says.
fn outermost(now: &Scan) -> Result<BTreeMap<PathBuf, Repositories>, String> {
    let mut all: BTreeMap<PathBuf, Repositories> = BTreeMap::new();
    let mut known: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    for checked in &now.projects {
        // The way up, not the path: git would resolve links in it.
        let up = git(&checked.root, &["rev-parse", "--show-cdup"], b"")?;
        let up = checked.root.join(real_path(up.trim_end_matches(['\r', '\n'])));
        let top = real_path(&slashed(&up)).into_owned();
        let outer = match known.get(&top) {
            Some(outer) => outer.clone(),
            None => around(&top)?,
        };
        known.insert(top.clone(), outer.clone());
        let files = checked.files.iter().cloned();
        all.entry(outer).or_default().entry(top).or_default().extend(files);
    }
    Ok(all)
}

/// The repository whose history is asked: that around a submodule, unless the person who asks stands in the submodule.
fn around(top: &Path) -> Result<PathBuf, String> {
    let here = std::env::current_dir().unwrap_or_default();
    let mut top = top.to_path_buf();
    while !here.starts_with(&top)
        && !git(&top, &["rev-parse", "--show-superproject-working-tree"], b"")?.trim().is_empty()
    {
        let Some(folder) = top.parent() else { break };
        top = repository_of(folder);
    }
    Ok(top)
}

/// What git lists, each ended by a zero byte.
fn listed(output: &str) -> impl Iterator<Item = &str> {
    output.split_terminator('\0')
}
