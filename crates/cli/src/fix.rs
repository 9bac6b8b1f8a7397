//! `undebug fix`: applies the preferred fixes until nothing changes, and writes whole files or nothing.
//!
//! With `--diff` it writes nothing at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use similar::TextDiff;
use undebug_disk::{Text, read_text, write_atomic};
use undebug_engine::{Edit, Fix, FixKind, Language, Project, apply, combine};

use crate::args::{FixOptions, Kind};
use crate::report::{display_path, print};
use crate::scan::{Checked, scan};
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
    let mut scan = match scan(&options.selection, &None, kind) {
        Ok(scan) => scan,
        Err(message) => {
            complain(message);
            return FAILED;
        }
    };
    let mut changed: BTreeMap<String, Changed> = BTreeMap::new();
    let mut fixed = 0;
    let mut left = 0;
    for checked in &mut scan.projects {
        let before = checked.project.all_findings().len();
        for _ in 0..MAX_ROUNDS {
            if !round(checked, &mut changed) {
                break;
            }
        }
        let after = checked.project.all_findings().len();
        fixed += before.saturating_sub(after);
        left += after;
    }
    changed.retain(|_, change| change.before.text != change.after);
    if options.diff {
        print(&diff(&changed));
        return if scan.missing {
            FAILED
        } else if changed.is_empty() {
            CLEAN
        } else {
            FOUND
        };
    }
    let mut failed = scan.missing;
    for (path, change) in &changed {
        if let Err(problem) = write(Path::new(path), change) {
            complain(problem);
            failed = true;
        }
    }
    summary(fixed, left, changed.len());
    match (failed, left) {
        (true, _) => FAILED,
        (false, 0) => CLEAN,
        (false, _) => FOUND,
    }
}

/// Applies one round of fixes to a project's texts in memory; whether something changed.
fn round(checked: &mut Checked, changed: &mut BTreeMap<String, Changed>) -> bool {
    let project = &checked.project;
    let fixes: Vec<Fix> =
        project.all_findings().iter().filter_map(|f| project.fixes(f).into_iter().find(|fix| fix.preferred)).collect();
    let mut any = false;
    for (path, edits) in combine(&fixes) {
        any |= change(&mut checked.project, &checked.root, &path, &edits, changed);
    }
    if any {
        checked.project.check();
    }
    any
}

fn change(
    project: &mut Project,
    root: &Path,
    path: &str,
    edits: &[Edit],
    changed: &mut BTreeMap<String, Changed>,
) -> bool {
    let Some(text) = project.document(path).map(|document| document.whole()) else { return false };
    let Some(after) = apply(&text, edits).filter(|after| *after != text) else { return false };
    if !changed.contains_key(path) {
        match read_text(Path::new(path)) {
            Ok(before) => {
                let root = root.to_path_buf();
                changed.insert(path.to_owned(), Changed { before, after: String::new(), root });
            }
            Err(problem) => {
                complain(problem);
                return false;
            }
        }
    }
    let language = project.document(path).map_or(Language::Python, |document| document.language());
    project.open(path, language, &after);
    if let Some(change) = changed.get_mut(path) {
        change.after = after;
    }
    true
}

fn write(path: &Path, change: &Changed) -> Result<(), String> {
    let encoding = change.before.encoding;
    let bytes = encoding.encode(&change.after).ok_or_else(|| {
        format!("{}: not written: a character has no {} bytes", path.to_string_lossy(), encoding.name())
    })?;
    write_atomic(path, &bytes, &change.before.bytes, &change.root).map_err(|problem| problem.to_string())
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
