//! Walks, reads, writes, loads settings: the only crate that touches files.
//!
//! It knows no rule by name, no editor protocol, and prints nothing: what went wrong is a [`Problem`] for its callers.

mod folders;
mod ignored;
mod landmarks;
mod names;
mod nearby;
mod presence;
mod read;
mod settings;
mod walk;
mod write;

pub use names::{bytes_of, name_of, real_path, shown};
pub use presence::Presence;
pub use read::{Encoding, FileReader, Text, decode, read_text, reason};
pub use settings::choices::{Choices, FIXES, Item, KEYS, Key, Kind, LEVELS, OVERRIDE_KEYS, Value, read_choices};
pub use settings::{Loaded, SettingsFiles, is_settings, load_settings};
pub use walk::{Roots, Walked, has_installed_packages, repository_of, shared, slashed, walk};
pub use write::{copy_file, create_file, create_folder, write_atomic, write_file};

/// Something about a file that a person should know; the work goes on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file or folder, as it was reached.
    pub path: String,
    /// The line, 1-based, where there is one.
    pub line: Option<usize>,
    /// The column, 1-based and in characters, where there is one.
    pub column: Option<usize>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
}

impl Problem {
    /// A problem of a whole file.
    pub(crate) fn of(path: &std::path::Path, message: String) -> Problem {
        Problem { path: path.to_string_lossy().into_owned(), line: None, column: None, message }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "{}:{line}:{column}: {}", self.path, self.message),
            (Some(line), None) => write!(f, "{}:{line}: {}", self.path, self.message),
            (None, _) => write!(f, "{}: {}", self.path, self.message),
        }
    }
}
