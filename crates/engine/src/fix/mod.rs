//! Edits that turn debug mode off, and how they are applied.
//!
//! It proposes text; it writes nothing, and it decides nothing about what is a finding.

mod deploy;

use std::ops::Range;
use std::sync::Arc;

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

/// The text after these edits of one file. Edits are applied from the last to the first; `None` when one
/// overlaps another, lies outside the text or begins or ends inside a character.
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
