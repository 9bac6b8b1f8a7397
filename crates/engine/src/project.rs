//! All documents, their facts, who imports whom; the engine's front door.
//!
//! It reads no files: texts come by [`Project::open`] or from the reader closure that it was made with.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::{Change, Document};
use crate::finding::Finding;
use crate::fix::Fix;
use crate::language::Language;
use crate::settings::Settings;

/// Answers "what does the file at this path say": its text, or `None` when there is no such readable file.
pub type Reader = Box<dyn Fn(&str) -> Option<String> + Send>;

/// All documents that analysis has seen, and what was found in them.
///
/// Paths are strings with `/` between components, absolute or relative, always spelled the same way for one file.
pub struct Project {
    settings: Settings,
    #[allow(dead_code)]
    read: Reader,
    documents: BTreeMap<Arc<str>, Document>,
}

impl Project {
    /// An empty project. `root` is the folder that the files belong to (imports are also looked up there), `read`
    /// answers for files that are not open.
    pub fn new(root: &str, settings: Settings, read: Reader) -> Project {
        let _ = root;
        Project { settings, read, documents: BTreeMap::new() }
    }

    /// Replaces the settings; everything is due for a check.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Takes this text for the file, over what the reader says, and makes the file due for a check.
    pub fn open(&mut self, path: &str, language: Language, text: &str) {
        self.documents.insert(Arc::from(path), Document::new(language, text));
    }

    /// Applies changes, in order, to an open file. A file that is not open is left alone.
    pub fn edit(&mut self, path: &str, changes: &[Change]) {
        if let Some(document) = self.documents.get_mut(path) {
            document.edit(changes);
        }
    }

    /// Forgets the text taken for a file: from now on the reader answers for it. Also the call to make when a file
    /// changed, appeared or vanished on disk. The file stays due for checks if it was added.
    pub fn close(&mut self, path: &str) {
        self.documents.remove(path);
    }

    /// Makes a file that is not open due for a check: its text is asked of the reader when it is needed.
    pub fn add(&mut self, path: &str) {
        let _ = path;
    }

    /// Takes a file out: it is no longer checked for itself.
    pub fn remove(&mut self, path: &str) {
        self.documents.remove(path);
    }

    /// Does what is due, and returns the paths whose findings may have changed, sorted.
    pub fn check(&mut self) -> Vec<Arc<str>> {
        self.documents.keys().cloned().collect()
    }

    /// Second look, for when there is time: files whose text is broken are parsed in full, so that findings depend on
    /// the text alone and not on the way to it. Returns the paths whose findings may have changed.
    pub fn settle(&mut self) -> Vec<Arc<str>> {
        Vec::new()
    }

    /// The findings that stand in a file, sorted by place, as of the last check. Places are those of the current text.
    pub fn findings(&self, path: &str) -> Vec<Finding> {
        let _ = path;
        Vec::new()
    }

    /// All findings of all files, sorted by path and place.
    pub fn all_findings(&self) -> Vec<Finding> {
        self.documents.keys().flat_map(|path| self.findings(path)).collect()
    }

    /// The ways out of a finding, the preferred one first, suppression last, computed on the current text.
    pub fn fixes(&self, finding: &Finding) -> Vec<Fix> {
        let _ = finding;
        Vec::new()
    }

    /// The document of a path that the project has seen.
    pub fn document(&self, path: &str) -> Option<&Document> {
        self.documents.get(path)
    }
}
