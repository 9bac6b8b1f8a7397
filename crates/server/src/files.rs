//! The server's only door to the disk.
//!
//! What is read, walked and loaded, and how, is the `disk` crate's part; here it is only called.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use undebug_engine::{Language, Reader};

use crate::settings::Choices;
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

/// The text of a file; `None` when there is none that can be read.
pub fn read_text(path: &str) -> Option<String> {
    fs::read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The files of a folder that are worth a look, sorted.
pub fn walk(root: &str) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![root.trim_end_matches('/').to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(if folder.is_empty() { "/" } else { &folder }) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{folder}/{name}");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !name.starts_with('.') && name != "node_modules" => folders.push(path),
                Ok(kind) if kind.is_file() && Language::of_path(&path).is_some() => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// The settings that files of the folder hold, and what is wrong with them.
pub fn load_settings(_root: &str) -> (Choices, Vec<String>) {
    (Choices::default(), Vec::new())
}

/// Whether a file of this path holds settings.
pub fn is_settings(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("pyproject.toml" | "undebug.toml"))
}

fn stamp(path: &str) -> Stamp {
    let data = fs::metadata(path).ok()?;
    Some((data.modified().ok()?, data.len()))
}
