//! Files that are added: those that were not read yet, or only looked at.
//!
//! It reads none; [`Project::check`] does.

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
        self.put(path, None);
    }

    /// The same for a file whose text was looked at already.
    pub fn add_seen(&mut self, path: &str, look: Look) {
        self.put(path, Some(look));
    }

    fn put(&mut self, path: &str, look: Option<Look>) {
        self.files.list(path);
        if self.files.id(path).is_none_or(|id| !self.roots.contains_key(&id)) {
            self.pending.insert(path.to_owned(), look);
        }
    }

    /// Says that the files are an installed package, whose modules nobody starts but those that start a server themselves.
    pub fn set_package(&mut self) {
        self.is_package = true;
    }
}
