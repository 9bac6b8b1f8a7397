//! What imports bind: modules of the project, what these have, and names of frameworks.

use super::super::super::ir::*;
use super::super::Place;
use super::super::frameworks::is_framework;
use super::Flow;

impl Flow<'_, '_> {
    pub(super) fn import(&mut self, names: &[(Name, Option<Name>)]) {
        for (path, alias) in names {
            let top = Name::from(path.split('.').next().unwrap_or(path));
            let (bound, meant) = match alias {
                Some(alias) => (alias, path),
                None => (&top, &top),
            };
            let place = self.name(bound);
            if matches!(place, Place::Name(..)) {
                self.origins.note_import(self.file, bound);
            }
            match self.origins.files.resolve(self.file, 0, meant) {
                Some(module) => self.origins.add(place, Place::Module(module)),
                None if is_framework(meant) => self.origins.add(place, Place::Library(meant.clone())),
                None => {}
            }
        }
    }

    pub(super) fn import_from(&mut self, import: &ImportFrom) {
        let module = self.origins.files.resolve(self.file, import.level, &import.module);
        if import.star {
            match module {
                Some(module) => self.origins.note_star(self.file, Place::Module(module)),
                None if is_framework(&import.module) => self.origins.note_star(self.file, Place::App),
                None => {}
            }
        }
        for (name, alias) in &import.names {
            let bound = self.name(alias.as_ref().unwrap_or(name));
            match module {
                Some(module) => self.origins.add(bound, Place::Export(module, name.clone())),
                None if import.level > 0 => {
                    if let Some(module) = self.origins.files.resolve(self.file, import.level, name) {
                        self.origins.add(bound, Place::Module(module));
                    }
                }
                None if is_framework(&import.module) => {
                    let path = Name::from(format!("{}.{name}", import.module));
                    self.origins.add(bound, Place::Library(path));
                }
                None if matches!(bound, Place::Name(..)) => {
                    self.origins.note_foreign(self.file, alias.as_ref().unwrap_or(name));
                }
                None => {}
            }
        }
    }
}
