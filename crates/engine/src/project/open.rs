//! What is open: the functions that no program enters, the applications that no program serves, the env files that nobody
//! reads.
//!
//! It asks what all programs made of a file; what each of them does by itself is the check's part.

use std::collections::BTreeSet;

use super::Project;
use crate::deployment::analyse_dotenv;
use crate::language::Language;
use crate::python::analysis::{Start, analyse, analyse_open};
use crate::python::value::{FileId, Spot};

/// What the programs of the project make of one file.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Outlook {
    /// Whether a program that starts a server has loaded it.
    launched: bool,
    /// Its functions that some program enters.
    entered: Vec<Spot>,
}

impl Project {
    /// Looks again at what is open in the files that are due, and in those that other programs see differently now.
    pub(super) fn check_open(&mut self, due: BTreeSet<FileId>) {
        if !std::mem::take(&mut self.is_removed) && due.is_empty() {
            return;
        }
        let mut entered: BTreeSet<Spot> = BTreeSet::new();
        let mut launched: BTreeSet<FileId> = BTreeSet::new();
        for root in self.roots.values() {
            entered.extend(&root.outcome.entered);
            if root.outcome.launches {
                launched.extend(&root.outcome.loaded);
            }
        }
        let consumed: BTreeSet<FileId> = self
            .roots
            .iter()
            .flat_map(|(id, root)| root.outcome.loaded.iter().filter(move |file| *file != id))
            .copied()
            .collect();
        let outlook = |file: FileId| {
            let spots = Spot { file, unit: 0, site: 0 }..=Spot { file, unit: u32::MAX, site: u32::MAX };
            Outlook { launched: launched.contains(&file), entered: entered.range(spots).copied().collect() }
        };
        let mut again: Vec<(FileId, Outlook)> = self.roots.keys().map(|id| (*id, outlook(*id))).collect();
        again.retain(|(id, outlook)| due.contains(id) || self.roots[id].outlook != *outlook);
        for (id, outlook) in again {
            self.touch_findings(id);
            self.files.take_asked();
            let reasons = if self.files.with(id, |file| file.document.language()) == Some(Language::Dotenv) {
                let alone = launched.is_empty() && !consumed.contains(&id);
                if alone { analyse_dotenv(&self.files, id) } else { Vec::new() }
            } else {
                let mut reasons = analyse_open(&self.files, id, &entered, outlook.launched);
                if !outlook.launched && reasons.is_empty() {
                    let start = Start { served: true, imported: true, ..Start::default() };
                    reasons = analyse(&self.files, id, &start).reasons;
                }
                reasons
            };
            if let Some(root) = self.roots.get_mut(&id) {
                root.open = reasons;
                root.asked.extend(self.files.take_asked());
                root.outlook = outlook;
            }
            self.touch_findings(id);
        }
    }
}
