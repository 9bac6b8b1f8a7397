//! What the names of a file are, as far as a statement of it was lowered that says so.

use memchr::memmem;

use super::super::ir::Name;
use super::super::value::FileId;
use super::super::words::is_word;
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

    /// Notes a method, or a function of another one: what has its name in the module is something else.
    pub fn note_inner_function(&mut self, file: FileId, name: &Name) {
        self.inner.insert((file, name.clone()));
    }

    /// Notes the functions of a text before it is lowered: who hands one on may come first.
    pub(super) fn note_functions(&mut self, file: FileId, text: &str) {
        for at in memmem::find_iter(text.as_bytes(), b"def") {
            let (before, behind) = (&text[..at], &text[at + "def".len()..]);
            let name = behind.trim_start();
            let end = name.bytes().position(|byte| !is_word(byte)).unwrap_or(name.len());
            if !before.bytes().next_back().is_some_and(is_word) && name.len() < behind.len() && end > 0 {
                self.note_inner_function(file, &Name::from(&name[..end]));
            }
        }
    }

    pub fn is_function(&self, file: FileId, name: &Name) -> bool {
        let key = (file, name.clone());
        self.functions.contains(&key) || self.inner.contains(&key)
    }

    pub(super) fn is_defined(&self, file: FileId, name: &Name) -> bool {
        let key = (file, name.clone());
        self.functions.contains(&key) || self.classes.contains(&key)
    }

    pub fn note_star(&mut self, file: FileId, of: Place) {
        self.stars.entry(file).or_default().push(of);
    }
}
