//! Commands that are scripts of the project itself: what an installation made of `shop = "shop.cli:main"`.
//!
//! It runs nothing; which files name scripts is `deploy`'s part.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use super::Job;
use crate::deploy::entry_points::{EntryPoint, entry_points};
use crate::language::Language;
use crate::python::files::{folder_of, join};
use crate::python::value::FileId;
use crate::view::Command;

/// The files that name scripts, in the order in which they are asked.
const FILES: [(&str, Language); 2] = [("pyproject.toml", Language::Toml), ("setup.cfg", Language::Ini)];

/// What the files above a program name, as far as the commands of one deployment file asked for it.
#[derive(Default)]
pub(super) struct Scripts {
    /// By the folder that a program is in.
    above: RefCell<BTreeMap<String, Rc<[Named]>>>,
    /// Where the deployment file itself names scripts.
    own: OnceCell<Vec<Range<usize>>>,
}

/// A file that may name scripts.
struct Named {
    folder: String,
    language: Language,
    text: String,
    points: OnceCell<Vec<EntryPoint>>,
}

impl Named {
    fn find(&self, program: &str) -> Option<&EntryPoint> {
        // Most such files have other things in them.
        if !self.text.contains(program) {
            return None;
        }
        let points = self.points.get_or_init(|| entry_points(self.language, &self.text));
        points.iter().find(|entry| entry.name == program)
    }
}

impl Job<'_> {
    /// The function that a command calls, where its program is a script of the project.
    pub(super) fn entry(&self, command: &Command) -> Option<(FileId, String)> {
        let program = command.words.first()?.text.rsplit(['/', '\\']).next()?;
        let program = program.strip_suffix(".exe").unwrap_or(program);
        // A name with an ending is a file's.
        if program.is_empty() || program.contains(|char: char| char.is_whitespace() || char == '$' || char == '.') {
            return None;
        }
        let above = self.named_above();
        let (named, found) = above.iter().find_map(|named| Some((named, named.find(program)?)))?;
        self.files.enter(&named.folder);
        Some((self.files.resolve(self.id, 0, &found.module)?, found.function.clone()))
    }

    /// Whether a command stands where its script is named: what an installation offers, and nobody started yet.
    pub(super) fn names_itself(&self, command: &Command) -> bool {
        let own = self.scripts.own.get_or_init(|| {
            let language = self.files.with(self.id, |file| file.document.language());
            let names = language.filter(|own| FILES.iter().any(|(_, language)| language == own));
            let Some(language) = names else { return Vec::new() };
            let text = self.files.with(self.id, |file| file.document.whole()).unwrap_or_default();
            entry_points(language, &text).into_iter().map(|entry| entry.range).collect()
        });
        own.contains(&command.range)
    }

    /// The files that may name scripts in the folder of the program and above, nearest first.
    fn named_above(&self) -> Rc<[Named]> {
        if let Some(known) = self.scripts.above.borrow().get(&self.folder) {
            return known.clone();
        }
        let mut found = Vec::new();
        let mut folder = self.folder.clone();
        loop {
            found.extend(FILES.iter().filter_map(|(name, language)| self.named_in(&folder, name, *language)));
            if self.files.inner(&folder).is_empty() || !folder.contains('/') {
                break;
            }
            folder = folder_of(&folder).to_owned();
        }
        let found: Rc<[Named]> = found.into();
        self.scripts.above.borrow_mut().insert(self.folder.clone(), found.clone());
        found
    }

    fn named_in(&self, folder: &str, name: &str, language: Language) -> Option<Named> {
        let file = self.files.load(&join(folder, name), Some(language))?;
        let text = self.files.with(file, |file| file.document.whole())?;
        Some(Named { folder: folder.to_owned(), language, text, points: OnceCell::new() })
    }
}
