//! `undebug check --watch`: checks again whenever a file below the paths changes, until it is interrupted.
//!
//! Each check is a whole one; what it reports is `check`'s part.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::event::{CreateKind, RemoveKind};
use notify::{Event, EventKind, RecursiveMode, Watcher};
use undebug_disk::{is_settings, slashed};
use undebug_engine::Language;

use crate::{FAILED, complain};

/// Editors write a file in several steps, and several files at once: so long it must be quiet before the next check.
const QUIET: Duration = Duration::from_millis(150);

/// Folders whose files change by themselves.
const NOISY: [&str; 3] = [".git", "__pycache__", "node_modules"];

/// Files beside those that the engine reads that decide what is looked at.
const OTHERS: [&str; 4] = [".gitignore", ".ignore", "setup.cfg", "requirements.txt"];

/// Checks, and again after each change. Comes back only when it cannot watch. What the check itself writes, `written`, is
/// no change.
pub(crate) fn run(paths: &[PathBuf], written: Option<&Path>, check: impl Fn()) -> u8 {
    let (sender, changes) = channel();
    let written = written.map(slashed);
    let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let matters = event.as_ref().map_or(true, |event| is_change(event, written.as_deref()));
        if matters {
            // Nobody listens any more only at the very end.
            let _ = sender.send(());
        }
    });
    let mut watcher = match watcher {
        Ok(watcher) => watcher,
        Err(error) => {
            complain(format!("cannot watch: {error}"));
            return FAILED;
        }
    };
    let here = [PathBuf::from(".")];
    for path in if paths.is_empty() { &here[..] } else { paths } {
        // Of a file its folder is watched: editors put a new file in its place.
        let (place, mode) = match path.is_dir() {
            true => (path.as_path(), RecursiveMode::Recursive),
            false => (folder_of(path), RecursiveMode::NonRecursive),
        };
        if let Err(error) = watcher.watch(place, mode) {
            complain(format!("{}: cannot watch: {error}", path.display()));
            return FAILED;
        }
    }
    loop {
        check();
        anstream::eprintln!("Watching for changes");
        if wait(&changes).is_none() {
            return FAILED;
        }
    }
}

/// Waits for a change, and until it is quiet after it.
fn wait(changes: &Receiver<()>) -> Option<()> {
    changes.recv().ok()?;
    while changes.recv_timeout(QUIET).is_ok() {}
    Some(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a check can say something else after this.
fn is_change(event: &Event, written: Option<&str>) -> bool {
    let is_noisy = |path: &Path| path.components().any(|part| NOISY.iter().any(|name| part.as_os_str() == *name));
    let is_folder = match event.kind {
        EventKind::Access(_) => return false,
        EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder) => true,
        _ => false,
    };
    let matters = |path: &Path| {
        let full = slashed(path);
        let name = full.rsplit('/').next().unwrap_or_default();
        // A folder that was moved away is known by nothing but a name without an end.
        let may_be_folder = is_folder || path.is_dir() || !name.contains('.');
        let is_read = Language::of_path(&full).is_some() || is_settings(&full) || OTHERS.contains(&name);
        (is_read || may_be_folder) && !is_noisy(path) && written != Some(full.as_str())
    };
    event.need_rescan() || event.paths.iter().any(|path| matters(path))
}

#[cfg(test)]
mod tests {
    use notify::event::{DataChange, ModifyKind};

    use super::*;

    #[test]
    fn only_what_can_matter_is_a_change() {
        let modified = EventKind::Modify(ModifyKind::Data(DataChange::Content));
        let is = |path: &str| is_change(&Event::new(modified).add_path(PathBuf::from(path)), Some("/w/out.json"));
        for path in ["/w/app.py", "/w/.env", "/w/undebug.toml", "/w/.gitignore", "/w/shop", "/w/other.json"] {
            assert!(is(path), "{path}");
        }
        for path in ["/w/out.json", "/w/.git/index", "/w/a.o", "/w/node_modules/a.json", "/w/notes.txt", "/w/x.py~"] {
            assert!(!is(path), "{path}");
        }
    }
}
