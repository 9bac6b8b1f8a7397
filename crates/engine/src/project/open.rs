//! What is open: the functions that no program enters, the applications that no program serves, the env files that nobody
//! reads.
//!
//! It asks what all programs made of a file; what each of them does by itself is the check's part.

use std::collections::BTreeSet;

use super::Project;
use crate::deployment::analyse_dotenv;
use crate::language::Language;
use crate::python::open::{Open, Outlook, analyse_open, entered_in};
use crate::python::value::{FileId, Spot};

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
        let outlook =
            |file: FileId| Outlook { launched: launched.contains(&file), entered: entered_in(&entered, file) };
        let mut again: Vec<(FileId, Outlook)> = self.roots.keys().map(|id| (*id, outlook(*id))).collect();
        again.retain(|(id, outlook)| due.contains(id) || self.roots[id].outlook != *outlook);
        for (id, outlook) in again {
            self.touch_findings(id);
            self.files.take_asked();
            let seen = self.roots.get_mut(&id).and_then(|root| root.seen.take());
            let open = if self.files.with(id, |file| file.document.language()) == Some(Language::Dotenv) {
                let alone = launched.is_empty() && !consumed.contains(&id);
                let reasons = if alone { analyse_dotenv(&self.files, id) } else { Vec::new() };
                Open { outlook, reasons }
            } else {
                seen.filter(|seen| seen.outlook == outlook).unwrap_or_else(|| analyse_open(&self.files, id, outlook))
            };
            if let Some(root) = self.roots.get_mut(&id) {
                root.open = open.reasons;
                root.asked.extend(self.files.take_asked());
                root.outlook = open.outlook;
            }
            self.touch_findings(id);
        }
    }
}
