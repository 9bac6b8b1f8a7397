//! Commands that are scripts of the project itself: what an installation made of `shop = "shop.cli:main"`.
//!
//! It runs nothing; which files name scripts is `deploy`'s part.

use super::Job;
use crate::deploy::entry_points::{EntryPoint, entry_points};
use crate::language::Language;
use crate::python::files::{folder_of, join};
use crate::python::value::FileId;
use crate::view::Command;

/// The files that name scripts, in the order in which they are asked.
const FILES: [(&str, Language); 2] = [("pyproject.toml", Language::Toml), ("setup.cfg", Language::Ini)];

impl Job<'_> {
    /// The function that a command calls, where its program is a script of the project.
    pub(super) fn entry(&self, command: &Command) -> Option<(FileId, String)> {
        let program = command.words.first()?.text.rsplit(['/', '\\']).next()?;
        let program = program.strip_suffix(".exe").unwrap_or(program);
        // A name with an ending is a file's.
        if program.is_empty() || program.contains(|char: char| char.is_whitespace() || char == '$' || char == '.') {
            return None;
        }
        let mut folder = self.folder.clone();
        loop {
            for (name, language) in FILES {
                let found = self.named_in(&join(&folder, name), language, program);
                if let Some(EntryPoint { module, function, .. }) = found {
                    self.files.enter(&folder);
                    return Some((self.files.resolve(self.id, 0, &module)?, function));
                }
            }
            if self.files.inner(&folder).is_empty() || !folder.contains('/') {
                return None;
            }
            folder = folder_of(&folder).to_owned();
        }
    }

    /// Whether a command stands where its script is named: what an installation offers, and nobody started yet.
    pub(super) fn names_itself(&self, command: &Command) -> bool {
        let here = self.files.with(self.id, |file| (file.document.language(), file.document.whole()));
        here.is_some_and(|(language, text)| {
            entry_points(language, &text).iter().any(|entry| entry.range == command.range)
        })
    }

    fn named_in(&self, path: &str, language: Language, program: &str) -> Option<EntryPoint> {
        let file = self.files.load(path, Some(language))?;
        let text = self.files.with(file, |file| file.document.whole())?;
        // Most such files have other things in them.
        if !text.contains(program) {
            return None;
        }
        entry_points(language, &text).into_iter().find(|entry| entry.name == program)
    }
}
