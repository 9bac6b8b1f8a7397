//! `undebug fix`: applies the preferred fixes until nothing changes, and writes whole files or nothing.
//!
//! With `--diff` it writes nothing at all.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use similar::TextDiff;
use undebug_disk::{Text, read_text, real_path, write_atomic};
use undebug_engine::{Edit, FixKind, Language, Project, apply};

use crate::args::{FixOptions, Kind};
use crate::report::{display_path, print};
use crate::scan::{Checked, Request, scan};
use crate::{CLEAN, FAILED, FOUND, complain};

/// Overlapping fixes wait for the next round; more rounds than this have never been needed.
const MAX_ROUNDS: usize = 10;

/// A file's texts before and after.
struct Changed {
    before: Text,
    after: String,
    root: PathBuf,
}

/// Fixes, and says what to exit with: 1 where something is left, or with `--diff` where something would change.
pub(crate) fn run(options: &FixOptions) -> u8 {
    let kind = options.kind.map(|kind| match kind {
        Kind::Environment => FixKind::Environment,
        Kind::Remove => FixKind::Remove,
        Kind::Off => FixKind::Off,
    });
    let request = Request { selection: &options.selection, given: &None, kind, is_loud: true, is_picture: false };
    let mut scan = match scan(&request) {
        Ok(scan) => scan,
        Err(message) => {
            complain(message);
            return FAILED;
        }
    };
    let mut done = Done { failed: scan.missing, ..Done::default() };
    let mut changes: BTreeMap<String, Changed> = BTreeMap::new();
    for checked in &mut scan.projects {
        changes.extend(fix_project(checked, options.diff, &mut done));
    }
    if options.diff {
        print(&diff(&changes));
        return if done.failed {
            FAILED
        } else if changes.is_empty() {
            CLEAN
        } else {
            FOUND
        };
    }
    summary(done.fixed, done.left, changes.len());
    match (done.failed, done.left) {
        (true, _) => FAILED,
        (false, 0) => CLEAN,
        (false, _) => FOUND,
    }
}

/// What came of it.
#[derive(Default)]
struct Done {
    fixed: usize,
    left: usize,
    failed: bool,
}

/// Fixes a project and writes its files, unless only the difference is wanted; what changed.
fn fix_project(checked: &mut Checked, is_dry: bool, done: &mut Done) -> BTreeMap<String, Changed> {
    let before = checked.findings.len();
    let mut changed: BTreeMap<String, Changed> = BTreeMap::new();
    for _ in 0..MAX_ROUNDS {
        if !round(checked, &mut changed, done) {
            break;
        }
    }
    changed.retain(|_, change| change.before.text != change.after);
    if !is_dry {
        changed.retain(|path, change| {
            let Err(problem) = write(&real_path(path), change) else { return true };
            complain(problem);
            done.failed = true;
            // What was not written is not fixed.
            let language = checked.project.document(path).map_or(Language::Python, |document| document.language());
            checked.project.open(path, language, &change.before.text);
            false
        });
        checked.project.check();
    }
    let after = checked.project.all_findings().len();
    done.fixed += before.saturating_sub(after);
    done.left += after;
    changed
}

/// Applies one round of fixes to a project's texts in memory; whether something changed.
fn round(checked: &mut Checked, changed: &mut BTreeMap<String, Changed>, done: &mut Done) -> bool {
    let project = &checked.project;
    let mut any = false;
    for (path, edits) in project.preferred_edits(&project.all_findings()) {
        match change(&mut checked.project, &checked.root, &path, &edits, changed) {
            Ok(is_changed) => any |= is_changed,
            Err(problem) => {
                complain(problem);
                done.failed = true;
            }
        }
    }
    if any {
        checked.project.check();
    }
    any
}

/// Applies edits to a text in memory; whether that changed it. An error says why the file must be left alone.
fn change(
    project: &mut Project,
    root: &Path,
    path: &str,
    edits: &[Edit],
    changed: &mut BTreeMap<String, Changed>,
) -> Result<bool, String> {
    let Some(text) = project.document(path).map(|document| document.whole()) else { return Ok(false) };
    let Some(after) = apply(&text, edits).filter(|after| *after != text) else { return Ok(false) };
    let change = match changed.entry(path.to_owned()) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => {
            let before = read_text(&real_path(path)).map_err(|problem| problem.to_string())?;
            // The edits are for the text that was checked.
            if before.text != text {
                return Err(format!("{path}: not written: the file changed since it was read"));
            }
            entry.insert(Changed { before, after: String::new(), root: root.to_path_buf() })
        }
    };
    change.after.clone_from(&after);
    let language = project.document(path).map_or(Language::Python, |document| document.language());
    project.open(path, language, &after);
    Ok(true)
}

fn write(path: &Path, change: &Changed) -> Result<(), String> {
    let encoding = change.before.encoding;
    let bytes = encoding.encode(&change.after).ok_or_else(|| {
        format!("{}: not written: a character has no {} bytes", path.to_string_lossy(), encoding.name())
    })?;
    write_atomic(path, &bytes, change.before.bytes(), &change.root).map_err(|problem| problem.to_string())
}

fn diff(changed: &BTreeMap<String, Changed>) -> String {
    let mut out = String::new();
    for (path, change) in changed {
        let name = display_path(path);
        let diff = TextDiff::from_lines(&change.before.text, &change.after);
        out.push_str(&diff.unified_diff().context_radius(3).header(&name, &name).to_string());
    }
    out
}

fn summary(fixed: usize, left: usize, files: usize) {
    let count = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    if fixed == 0 && left == 0 {
        anstream::eprintln!("No debug mode found");
    } else {
        let rest =
            if left == 0 { String::new() } else { format!("; {} left, see `undebug check`", count(left, "finding")) };
        anstream::eprintln!("Fixed {} in {}{rest}", count(fixed, "finding"), count(files, "file"));
    }
}

#[cfg(test)]
mod tests {
    use undebug_engine::Settings;

    use super::*;

    #[test]
    fn a_file_that_changed_after_it_was_checked_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("app.py");
        let checked = "from flask import Flask\nFlask(__name__).run(debug=True)\n";
        let theirs = checked.replace("True", "True)  # theirs");
        std::fs::write(&path, &theirs).expect("a file");
        let name = undebug_disk::slashed(&path);
        let root = undebug_disk::slashed(folder.path());
        let own = name.clone();
        let read = move |path: &str| (path == own).then(|| checked.to_owned());
        let mut project = Project::new(&root, Settings::default(), Box::new(read));
        project.add(&name);
        project.check();
        let mut done = Done::default();
        let mut checked = Checked::new(project, folder.path().to_path_buf(), vec![path.clone()], true);
        let changed = fix_project(&mut checked, false, &mut done);
        assert!(changed.is_empty() && done.failed);
        assert_eq!((done.fixed, done.left), (0, 1));
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), theirs);
    }
}
