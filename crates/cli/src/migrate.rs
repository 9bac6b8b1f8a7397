//! `undebug migrate`: larger changes on the way to production, only when they are asked for by name.
//!
//! Which changes are possible is the engine's part. With `--diff` it writes nothing at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use similar::TextDiff;
use undebug_disk::{Text, create_file, read_text, real_path, write_atomic};
use undebug_engine::{Edit, Language, Migration, MigrationKind, Project, apply};

use crate::args::{MigrateOptions, Step, WsgiServer};
use crate::report::{display_path, print};
use crate::scan::{Checked, Request, scan};
use crate::{CLEAN, FAILED, FOUND, complain};

/// Each application has its own change; more in one project than this have never been needed.
const MAX_CHANGES: usize = 40;

/// A file's texts before and after; one that is created has none before.
struct Changed {
    before: Option<Text>,
    after: String,
    root: PathBuf,
}

/// Migrates, and says what to exit with: 0, or with `--diff` 1 where something would change.
pub(crate) fn run(options: &MigrateOptions) -> u8 {
    let request = Request { selection: &options.selection, given: &None, kind: None, is_loud: true, is_picture: false };
    let mut scan = match scan(&request) {
        Ok(scan) => scan,
        Err(message) => {
            complain(message);
            return FAILED;
        }
    };
    let kind = match (options.step, options.server) {
        (Step::Wsgi, WsgiServer::Gunicorn) => MigrationKind::Gunicorn,
        (Step::Wsgi, WsgiServer::Waitress) => MigrationKind::Waitress,
        (Step::Config, _) => MigrationKind::Config,
        (Step::Guard, _) => MigrationKind::Guard,
    };
    let mut failed = scan.missing;
    let mut changes: BTreeMap<String, Changed> = BTreeMap::new();
    for checked in &mut scan.projects {
        match migrate(checked, kind) {
            Ok(changed) => changes.extend(changed),
            Err(problem) => {
                complain(problem);
                failed = true;
            }
        }
    }
    if options.diff {
        print(&diff(&changes));
        return match (failed, changes.is_empty()) {
            (true, _) => FAILED,
            (false, true) => CLEAN,
            (false, false) => FOUND,
        };
    }
    for (path, change) in &changes {
        match write(&real_path(path), change) {
            Ok(()) => anstream::eprintln!("{} {}", change.verb(), display_path(path)),
            Err(problem) => {
                complain(problem);
                failed = true;
            }
        }
    }
    if changes.is_empty() && !failed {
        anstream::eprintln!("Nothing to migrate");
    }
    if failed { FAILED } else { CLEAN }
}

impl Changed {
    fn verb(&self) -> &'static str {
        if self.before.is_some() { "Changed" } else { "Created" }
    }
}

/// Applies one change after the other to the texts in memory: each is computed on what the ones before it left.
fn migrate(checked: &mut Checked, kind: MigrationKind) -> Result<BTreeMap<String, Changed>, String> {
    let mut changed = BTreeMap::new();
    for _ in 0..MAX_CHANGES {
        let Some(next) = checked.project.migrations().into_iter().find(|one| one.kind == kind) else { break };
        take(&mut checked.project, &checked.root, &next, &mut changed)?;
        checked.project.check();
    }
    Ok(changed)
}

fn take(
    project: &mut Project,
    root: &Path,
    migration: &Migration,
    changed: &mut BTreeMap<String, Changed>,
) -> Result<(), String> {
    let mut edits: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
    for edit in &migration.edits {
        edits.entry(&edit.path).or_default().push(edit.clone());
    }
    for (path, edits) in edits {
        let document = project.document(path).map(|document| (document.language(), document.whole()));
        let (language, text) = document.ok_or_else(|| format!("{path}: not read"))?;
        let after = apply(&text, &edits).ok_or_else(|| format!("{path}: the changes do not fit together"))?;
        let before = match changed.remove(path) {
            Some(earlier) => earlier.before,
            None => Some(read_text(&real_path(path)).map_err(|problem| problem.to_string())?),
        };
        project.open(path, language, &after);
        changed.insert(path.to_owned(), Changed { before, after, root: root.to_path_buf() });
    }
    for file in &migration.creates {
        let language = Language::of_path(&file.path).unwrap_or(Language::Python);
        project.open(&file.path, language, &file.text);
        let created = Changed { before: None, after: file.text.clone(), root: root.to_path_buf() };
        changed.insert(file.path.to_string(), created);
    }
    Ok(())
}

fn write(path: &Path, change: &Changed) -> Result<(), String> {
    let Some(before) = &change.before else {
        return create_file(path, change.after.as_bytes()).map_err(|problem| problem.to_string());
    };
    let bytes = before.encoding.encode(&change.after).ok_or_else(|| {
        format!("{}: not written: a character has no {} bytes", path.to_string_lossy(), before.encoding.name())
    })?;
    write_atomic(path, &bytes, before.bytes(), &change.root).map_err(|problem| problem.to_string())
}

fn diff(changes: &BTreeMap<String, Changed>) -> String {
    let mut out = String::new();
    for (path, change) in changes {
        let name = display_path(path);
        let old = change.before.as_ref().map_or("", |text| text.text.as_str());
        let from = if change.before.is_some() { name.as_str() } else { "/dev/null" };
        let diff = TextDiff::from_lines(old, change.after.as_str());
        out.push_str(&diff.unified_diff().context_radius(3).header(from, &name).to_string());
    }
    out
}
