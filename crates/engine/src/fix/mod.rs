//! Edits that turn debug mode off, and how they are applied.
//!
//! It proposes text; it writes nothing, and it decides nothing about what is a finding.

mod check;
mod command;
pub(crate) mod data;
pub(crate) mod deploy;
mod halves;
pub(crate) mod imports;
pub(crate) mod layout;
pub(crate) mod lines;
mod names;
pub(crate) mod python;
pub(crate) mod site;
#[cfg(test)]
mod tests;
mod value;
mod wrapper;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

pub(crate) use check::parse_no_worse_together;

/// What a fix does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixKind {
    /// Reads the environment instead of a constant.
    Environment,
    /// Removes the argument or the statement, so that Flask reads `FLASK_DEBUG` itself.
    Remove,
    /// Writes the off value.
    Off,
    /// Adds a suppression comment.
    Suppress,
}

/// One way out of a finding. The fixes of one finding exclude each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// A verb phrase: "Read FLASK_DEBUG from the environment".
    pub title: String,
    /// What it does.
    pub kind: FixKind,
    /// Whether it is the one to apply unasked; at most one of a finding's fixes is.
    pub preferred: bool,
    /// The edits; they do not overlap, and are sorted by path and range.
    pub edits: Vec<Edit>,
}

/// Bytes of a file and the text that replaces them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file's path, as it was handed to the project.
    pub path: Arc<str>,
    /// The bytes to replace.
    pub range: Range<usize>,
    /// What to put there.
    pub text: String,
}

/// The text after these edits of one file, in any order; of two edits at one byte an insertion comes first. `None` when
/// one overlaps another, lies outside the text or begins or ends inside a character.
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut out = text.to_owned();
    let mut limit = text.len();
    for edit in sorted.iter().rev() {
        let Range { start, end } = edit.range.clone();
        if start > end || end > limit || !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            return None;
        }
        out.replace_range(start..end, &edit.text);
        limit = start;
    }
    Some(out)
}

/// The edits of as many fixes as go together, by path and sorted: a fix is taken whole or not at all, the earlier one
/// of two that overlap or touch. An edit that several fixes share (an `import os`) is taken once. The fixes left out
/// are for the next round, after these edits and a new check.
pub fn combine<'a>(fixes: impl IntoIterator<Item = &'a Fix>) -> BTreeMap<Arc<str>, Vec<Edit>> {
    let mut taken: BTreeMap<Arc<str>, Taken> = BTreeMap::new();
    for fix in fixes {
        let fits = |edit: &Edit| taken.get(&edit.path).is_none_or(|taken| taken.fits(edit));
        if !fix.edits.iter().all(fits) {
            continue;
        }
        // All of a fix was looked at before any of it is taken: its own edits may touch each other.
        for edit in &fix.edits {
            taken.entry(edit.path.clone()).or_default().take(edit);
        }
    }
    taken.into_iter().map(|(path, taken)| (path, taken.edits())).collect()
}

/// Edits of one file that go together, by where they begin. At one byte an insertion and a replacement can stand.
#[derive(Default)]
struct Taken<'a>(BTreeMap<(usize, usize), &'a Edit>);

impl<'a> Taken<'a> {
    /// True for an edit that is taken already, and for one that touches none.
    fn fits(&self, edit: &Edit) -> bool {
        let Range { start, end } = edit.range;
        if self.0.get(&(start, end)).is_some_and(|same| *same == edit) {
            return true;
        }
        // What is taken does not overlap, so that only the nearest on either side can touch.
        let before = self.0.range(..=(end, usize::MAX)).next_back();
        before.is_none_or(|(&(_, last), _)| last < start)
    }

    fn take(&mut self, edit: &'a Edit) {
        self.0.insert((edit.range.start, edit.range.end), edit);
    }

    fn edits(self) -> Vec<Edit> {
        self.0.into_values().cloned().collect()
    }
}
