//! What the names of a file are, as far as a statement of it was lowered that says so.

use super::super::ir::Name;
use super::super::value::FileId;
use super::{Origins, Place};

impl Origins<'_> {
    pub fn note_import(&mut self, file: FileId, name: &Name) {
        self.imports.insert((file, name.clone()));
    }

    pub fn note_foreign(&mut self, file: FileId, name: &Name) {
        self.foreign.insert((file, name.clone()));
    }

    pub fn note_class(&mut self, file: FileId, name: &Name) {
        self.classes.insert((file, name.clone()));
    }

    pub fn note_function(&mut self, file: FileId, name: &Name) {
        self.functions.insert((file, name.clone()));
    }

    pub fn is_function(&self, file: FileId, name: &Name) -> bool {
        self.functions.contains(&(file, name.clone()))
    }

    pub(super) fn is_defined(&self, file: FileId, name: &Name) -> bool {
        let key = (file, name.clone());
        self.functions.contains(&key) || self.classes.contains(&key)
    }

    pub fn note_star(&mut self, file: FileId, of: Place) {
        self.stars.entry(file).or_default().push(of);
    }
}
