//! `undebug check --watch`: checks again whenever a file below the paths changes, until it is interrupted.
//!
//! Each check is a whole one; what it reports is `check`'s part.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, EventKind, RecursiveMode, Watcher};

use crate::{FAILED, complain};

/// Editors write a file in several steps, and several files at once: so long it must be quiet before the next check.
const QUIET: Duration = Duration::from_millis(150);

/// Folders whose files change by themselves.
const NOISY: [&str; 3] = [".git", "__pycache__", "node_modules"];

/// Checks, and again after each change. Comes back only when it cannot watch.
pub(crate) fn run(paths: &[PathBuf], check: impl Fn()) -> u8 {
    let (sender, changes) = channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let matters = event.as_ref().map_or(true, is_change);
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
        if let Err(error) = watcher.watch(path, RecursiveMode::Recursive) {
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

fn is_change(event: &Event) -> bool {
    let noisy = |path: &Path| path.components().any(|part| NOISY.iter().any(|name| part.as_os_str() == *name));
    !matches!(event.kind, EventKind::Access(_)) && !event.paths.iter().all(|path| noisy(path))
}
