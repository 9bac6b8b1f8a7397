//! The server's only door to the disk.
//!
//! What is read, walked and loaded, and how, is the `disk` crate's part; here it is only called.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use undebug_disk::{Choices, SettingsFiles};
use undebug_engine::{RULES, Reader};

use crate::uri;

/// What a file looked like when it was read: time and size; `None` when it was not there.
type Stamp = Option<(SystemTime, u64)>;

/// Which files were read, and what they looked like then.
#[derive(Clone, Default)]
pub struct ReadLog(Arc<Mutex<HashMap<String, Stamp>>>);

impl ReadLog {
    /// A reader for the engine that remembers what it read.
    pub fn reader(&self) -> Reader {
        let log = self.clone();
        Box::new(move |path| {
            if !uri::is_file(path) {
                return None;
            }
            log.0.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), stamp(path));
            read_text(path)
        })
    }

    /// The files that look different now, and forgets them.
    pub fn take_changed(&self) -> Vec<String> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let changed: Vec<String> =
            log.iter().filter(|(path, old)| stamp(path) != **old).map(|(path, _)| path.clone()).collect();
        for path in &changed {
            log.remove(path);
        }
        changed
    }
}

/// The text of a file; `None` when there is none that can be read. Why not is said in the log, but for files that are
/// not there: the engine asks for many of those.
pub fn read_text(path: &str) -> Option<String> {
    let path = &*undebug_disk::real_path(path);
    match undebug_disk::read_text(path) {
        Ok(text) => Some(text.text),
        Err(problem) => {
            if path.is_file() {
                tracing::warn!(%problem, "not read");
            }
            None
        }
    }
}

/// Whether a folder is there.
pub fn is_folder(path: &str) -> bool {
    uri::is_file(path) && fs::metadata(path).is_ok_and(|data| data.is_dir())
}

/// The files of a folder that are worth a look and that no settings file leaves out, sorted.
pub fn walk(root: &str) -> Vec<String> {
    let names = rule_names();
    let settings = SettingsFiles::new(&names);
    let walked = undebug_disk::walk(&[PathBuf::from(if root.is_empty() { "/" } else { root })], &settings);
    for problem in &walked.problems {
        tracing::warn!(%problem, "not walked");
    }
    walked.files.iter().map(|path| undebug_disk::slashed(path)).collect()
}

/// The settings that files of the folder hold, and what is wrong with them.
pub fn load_settings(root: &str) -> (Choices, Vec<String>) {
    if !uri::is_file(root) {
        return (Choices::default(), Vec::new());
    }
    let loaded = undebug_disk::load_settings(Path::new(root), &rule_names());
    (loaded.choices, loaded.problems.iter().map(ToString::to_string).collect())
}

fn rule_names() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.name).collect()
}

/// Whether a file of this path holds settings.
pub fn is_settings(path: &str) -> bool {
    undebug_disk::is_settings(path)
}

fn stamp(path: &str) -> Stamp {
    let data = fs::metadata(path).ok()?;
    Some((data.modified().ok()?, data.len()))
}
