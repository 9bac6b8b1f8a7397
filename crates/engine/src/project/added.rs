//! Files that are added: those that were not read yet, or only looked at.
//!
//! It reads none; [`Project::check`] does.

use std::sync::Arc;

use super::Project;
use crate::python::look::Look;

impl Project {
    /// Runs every file that is added, also one whose text says that it can have no part in a finding: to see whether that
    /// is right.
    pub fn set_thorough(&mut self) {
        self.is_thorough = true;
    }

    /// Runs every file that gets at a framework: what [`Project::launches`] tells is then the whole picture, also of
    /// applications that can have no part in a finding.
    pub fn set_picture(&mut self) {
        self.is_picture = true;
    }

    /// Makes a file that is not open due for a check: its text is asked of the reader when it is needed.
    pub fn add(&mut self, path: &str) {
        self.add_all([(Arc::from(path), None)].into_iter());
    }

    /// The same for many files at once, and with the looks at their texts where somebody looked already. Paths that are
    /// sorted take least.
    pub fn add_all(&mut self, files: impl Iterator<Item = (Arc<str>, Option<Look>)> + Clone) {
        self.files.list_all(files.clone().map(|(path, _)| path));
        let is_due = |path: &str| self.files.id(path).is_none_or(|id| !self.roots.contains_key(&id));
        let due = files.filter(|(path, _)| is_due(path));
        // To put many into an empty map takes no search for each; to append to a full one would build it anew.
        match self.pending.is_empty() {
            true => self.pending = due.collect(),
            false => self.pending.extend(due),
        }
    }

    /// Says that the files are an installed package, whose modules nobody starts but those that start a server themselves.
    pub fn set_package(&mut self) {
        self.is_package = true;
    }
}
