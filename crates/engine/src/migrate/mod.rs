//! Larger changes that take a project from development to production: a WSGI server, a configuration for each
//! environment, the `__main__` guard.
//!
//! Nobody gets them unasked: `undebug fix` never applies them. Nothing here writes a file.

pub(crate) mod commands;
pub(crate) mod config;
pub(crate) mod guard;
pub(crate) mod requirements;
pub(crate) mod target;

use std::sync::Arc;

use crate::finding::Place;
use crate::fix::Edit;

/// Which change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MigrationKind {
    /// Serve with gunicorn.
    Gunicorn,
    /// Serve with waitress.
    Waitress,
    /// Separate development and production configuration.
    Config,
    /// Start the server under the `__main__` guard.
    Guard,
}

/// A file that a change creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path, in the form of the paths that were handed to the project.
    pub path: Arc<str>,
    /// Its text.
    pub text: String,
}

/// A change that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Which one.
    pub kind: MigrationKind,
    /// A verb phrase: "Serve with gunicorn".
    pub title: String,
    /// Where it is offered: the calls and commands that it is about.
    pub places: Vec<Place>,
    /// Files to create first; they are not there yet.
    pub creates: Vec<NewFile>,
    /// Edits of files that are there; they do not overlap, and are sorted by path and range.
    pub edits: Vec<Edit>,
}

impl MigrationKind {
    /// What it does, as a verb phrase.
    pub(crate) fn title(self) -> &'static str {
        match self {
            MigrationKind::Gunicorn => "Serve with gunicorn",
            MigrationKind::Waitress => "Serve with waitress",
            MigrationKind::Config => "Separate development and production configuration",
            MigrationKind::Guard => "Start the server under `if __name__ == \"__main__\"`",
        }
    }
}
