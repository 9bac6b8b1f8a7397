//! Walks, reads, writes, loads settings: the only crate that touches files.
//!
//! It knows no rule by name, no editor protocol, and prints nothing: what went wrong is a [`Problem`] for its callers.

mod read;
mod settings;
mod walk;
mod write;

pub use read::{Encoding, Text, decode, read_text};
pub use settings::{Loaded, is_settings, load_settings};
pub use walk::{Walked, project_root, slashed, walk};
pub use write::write_atomic;

/// Something about a file that a person should know; the work goes on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file or folder, as it was reached.
    pub path: String,
    /// The line, 1-based, where there is one.
    pub line: Option<usize>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}
