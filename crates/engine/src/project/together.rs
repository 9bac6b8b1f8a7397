//! The preferred fixes of many findings as one edit.
//!
//! Each fix holds by itself; here it is decided which of them go together. What is left out is for the next round, after
//! these edits and a new check.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Project;
use crate::finding::Finding;
use crate::fix::{Edit, Fix, combine, parse_no_worse_together};

impl Project {
    /// The edits of as many preferred fixes of these findings as go together, by path and sorted: of two that overlap the
    /// earlier one, and none with which a text would parse worse than it does. Where there is a preferred fix, there is an
    /// edit.
    pub fn preferred_edits(&self, findings: &[Finding]) -> BTreeMap<Arc<str>, Vec<Edit>> {
        let preferred = |fixes: Vec<Fix>| fixes.into_iter().find(|fix| fix.preferred);
        let fixes: Vec<Fix> = self.fixes_of(findings).into_iter().filter_map(preferred).collect();
        let mut taken = Vec::new();
        self.take(&mut taken, &fixes.iter().collect::<Vec<_>>());
        combine(taken)
    }

    /// Takes as many of these as go with those that are taken. In a text with syntax errors fixes that are right by
    /// themselves can be wrong together; the bad ones are found by halving.
    fn take<'a>(&self, taken: &mut Vec<&'a Fix>, more: &[&'a Fix]) {
        let before = taken.len();
        taken.extend(more);
        if taken.len() <= 1 || self.go_together(taken) {
            return;
        }
        taken.truncate(before);
        if more.len() > 1 {
            let (first, last) = more.split_at(more.len() / 2);
            self.take(taken, first);
            self.take(taken, last);
        }
    }

    fn go_together(&self, fixes: &[&Fix]) -> bool {
        combine(fixes.iter().copied()).iter().all(|(path, edits)| {
            let Some(document) = self.document(path) else { return true };
            document.tree().is_none_or(|tree| parse_no_worse_together(&document.whole(), tree, edits))
        })
    }
}
