//! A folder of files that belong together, with the engine's project for them.
//!
//! A workspace folder is declared by the client; for a file outside of all of them its own folder stands in. Which
//! folder a file belongs to is decided in `session`.

use std::collections::BTreeSet;
use std::sync::Arc;

use undebug_disk::Choices;
use undebug_engine::{Project, Settings};

use crate::files::{self, ReadLog};

/// How far the listing of a folder's files is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    /// It is not wanted, or was not begun.
    Never,
    /// It is under way.
    Running,
    /// It is under way, and the disk changed since: once more, then.
    Again,
    /// The files are known.
    Done,
}

/// A folder and its project.
pub struct Folder {
    /// The folder's path; empty for documents that are no files.
    pub root: Arc<str>,
    /// Whether the client named it as a workspace folder.
    pub declared: bool,
    /// The engine's side.
    pub project: Project,
    /// What the engine read from disk.
    pub reads: ReadLog,
    /// Files that are checked although they are not open.
    pub known: BTreeSet<String>,
    /// Files that were saved and are none that the folder's list holds.
    pub declined: BTreeSet<String>,
    /// How far the listing of its files is.
    pub walk: Walk,
    /// What settings files choose.
    pub from_files: Choices,
    /// What the editor chose for this folder when it was asked.
    pub from_editor: Choices,
    /// What the project was given.
    settings: Settings,
}

impl Folder {
    /// A folder with an empty project, and what is wrong with its settings files.
    pub fn new(root: &str, declared: bool, base: &Choices) -> (Folder, Vec<String>) {
        let (from_files, problems) = files::load_settings(root);
        let reads = ReadLog::default();
        let mut choices = from_files.clone();
        choices.overlay(&base.below(root));
        let project = Project::new(root, choices.settings(), reads.reader());
        let folder = Folder {
            root: Arc::from(root),
            declared,
            project,
            reads,
            known: BTreeSet::new(),
            declined: BTreeSet::new(),
            walk: Walk::Never,
            settings: choices.settings(),
            from_files,
            from_editor: Choices::default(),
        };
        (folder, problems)
    }

    /// All choices for this folder: files first, then the editor's for all folders, then the editor's for this one.
    pub fn choices(&self, base: &Choices) -> Choices {
        let mut choices = self.from_files.clone();
        choices.overlay(&base.below(&self.root));
        choices.overlay(&self.from_editor.below(&self.root));
        choices
    }

    /// Whether files that are not open are checked.
    pub fn is_scanned(&self, base: &Choices) -> bool {
        self.declared && self.choices(base).workspace.unwrap_or(true)
    }

    /// Hands the settings to the project, where they changed; else everything would be checked again for nothing.
    pub fn apply(&mut self, base: &Choices) {
        let settings = self.choices(base).settings();
        if settings != self.settings {
            self.settings = settings.clone();
            self.project.set_settings(settings);
        }
    }

    /// Replaces the project by a new one that knows nothing but the files that are not open.
    pub fn restart(&mut self) {
        self.reads = ReadLog::default();
        self.project = Project::new(&self.root, self.settings.clone(), self.reads.reader());
        for path in &self.known {
            self.project.add(path);
        }
    }
}
