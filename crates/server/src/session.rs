//! The client's documents and folders as the engine sees them: which file a URI is, which text counts, which folder a
//! file belongs to, and what is due to be published.
//!
//! It reads no messages and waits for nothing; `main_loop` tells it what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use undebug_disk::Choices;
use undebug_engine::{Change, Language};

use crate::client::ClientInfo;
use crate::convert::{self, View};
use crate::folder::{Folder, Walk};
use crate::lsp_types::{Diagnostic, MessageType, TextDocumentContentChangeEvent, TextDocumentItem, Url};
use crate::outbox::Outbox;
use crate::uri;

/// An open document. Its text is in the engine.
pub struct Open {
    /// As the client spells it.
    pub uri: Url,
    /// The version of the last edit.
    pub version: i32,
    /// `None` when the engine does not read it.
    pub language: Option<Language>,
    /// The root of the folder whose project holds the text.
    pub root: Arc<str>,
}

/// The open documents by the engine's name for them.
#[derive(Default)]
pub struct Documents(BTreeMap<Arc<str>, Open>);

impl Documents {
    /// An open document.
    pub fn get(&self, path: &str) -> Option<&Open> {
        self.0.get(path)
    }

    /// The URI of any file: the client's own spelling where it is open.
    pub fn uri(&self, path: &str) -> Option<Url> {
        self.get(path).map(|open| open.uri.clone()).or_else(|| uri::uri_of(path))
    }
}

/// All that the main loop knows.
pub struct Session {
    /// What the client can do.
    pub client: ClientInfo,
    /// To the client.
    pub outbox: Arc<Outbox>,
    /// Folders, the client's own and those that stand in.
    pub folders: Vec<Folder>,
    /// Open documents.
    pub documents: Documents,
    /// What the editor chose for all folders.
    pub choices: Choices,
    /// Files whose diagnostics must be looked at, although the engine may not name them.
    due: BTreeSet<Arc<str>>,
    /// Whether anything changed since the last check, and since the last second look.
    is_stale: bool,
    is_unsettled: bool,
    /// Whether a folder may be of no use any more.
    has_idle_folders: bool,
}

impl Session {
    /// A session without documents.
    pub fn new(outbox: Arc<Outbox>) -> Session {
        Session {
            client: ClientInfo::default(),
            outbox,
            folders: Vec::new(),
            documents: Documents::default(),
            choices: Choices::default(),
            due: BTreeSet::new(),
            is_stale: false,
            is_unsettled: false,
            has_idle_folders: false,
        }
    }

    /// Takes the client's text for a file. A document that is opened twice is replaced.
    pub fn open(&mut self, item: TextDocumentItem) {
        let path: Arc<str> = Arc::from(uri::path_of(&item.uri));
        let language = Language::of_path(&path).filter(|_| uri::is_file(&path)).or_else(|| convert::language_of(&item));
        let folder = self.folder_for(&path);
        let root = self.folders[folder].root.clone();
        if let Some(language) = language {
            self.folders[folder].project.open(&path, language, &item.text);
        }
        self.outbox.forget(&item.uri);
        self.documents.0.insert(path.clone(), Open { uri: item.uri, version: item.version, language, root });
        self.touch(path);
    }

    /// Applies edits in order. An edit of a document that is not open, or of a version that is not newer, is refused.
    pub fn edit(&mut self, uri: &Url, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let path: Arc<str> = Arc::from(uri::path_of(uri));
        let Some(open) = self.documents.0.get_mut(&path) else {
            tracing::warn!(%uri, "edit of a document that is not open");
            return;
        };
        if version <= open.version {
            tracing::warn!(%uri, version, last = open.version, "edit of an older version");
            return;
        }
        open.version = version;
        let (is_read, root) = (open.language.is_some(), open.root.clone());
        let Some(folder) = self.folders.iter_mut().find(|folder| folder.root == root).filter(|_| is_read) else {
            return;
        };
        for change in changes {
            let Some(document) = folder.project.document(&path) else { break };
            let range = change.range.map(|range| convert::bytes(&document, &range, self.client.encoding));
            drop(document);
            folder.project.edit(&path, &[Change { range, text: change.text }]);
        }
        self.touch(path);
    }

    /// The disk's text counts again, for a file that is checked although it is not open; any other is forgotten.
    pub fn close(&mut self, uri: &Url) {
        let path: Arc<str> = Arc::from(uri::path_of(uri));
        let Some(open) = self.documents.0.remove(&path) else { return };
        if let Some(folder) = self.folders.iter_mut().find(|folder| folder.root == open.root) {
            folder.project.close(&path);
            if folder.known.contains(&*path) {
                folder.project.add(&path);
            } else {
                folder.project.remove(&path);
            }
        }
        self.has_idle_folders = true;
        self.touch(path);
    }

    /// A file changed, appeared or vanished on disk.
    pub fn changed_on_disk(&mut self, path: &str) {
        if self.documents.get(path).is_some() {
            return;
        }
        for folder in &mut self.folders {
            folder.project.close(path);
        }
        self.touch(Arc::from(path));
    }

    /// A file, or a folder of files, is no longer on disk.
    pub fn removed_from_disk(&mut self, path: &str) {
        let mut gone = vec![path.to_owned()];
        for folder in &mut self.folders {
            gone.extend(folder.known.iter().filter(|known| uri::is_within(known, path)).cloned());
        }
        for path in gone {
            for folder in &mut self.folders {
                if folder.known.remove(&path) && self.documents.get(&path).is_none() {
                    folder.project.remove(&path);
                }
            }
            self.changed_on_disk(&path);
        }
    }

    /// Looks again at what was read from disk, for a client that does not tell.
    pub fn reread(&mut self) {
        if self.client.watch_files {
            return;
        }
        let changed: Vec<String> = self.folders.iter().flat_map(|folder| folder.reads.take_changed()).collect();
        for path in changed {
            self.changed_on_disk(&path);
        }
    }

    /// Makes a file that is not open due for a check.
    pub fn add(&mut self, folder: usize, path: String) {
        self.folders[folder].project.add(&path);
        self.folders[folder].known.insert(path);
        self.is_stale = true;
    }

    /// Tells the projects whose folders were listed and looked at that they know every file.
    pub fn set_whole(&mut self) {
        for folder in &mut self.folders {
            folder.project.set_whole(folder.declared && folder.walk == Walk::Done);
        }
        self.is_stale = true;
    }

    /// Hands the settings to all projects, and publishes what changes by that.
    pub fn apply_settings(&mut self) {
        for folder in &mut self.folders {
            folder.apply(&self.choices);
            if !folder.is_scanned(&self.choices) {
                folder.walk = Walk::Never;
                for path in std::mem::take(&mut folder.known) {
                    if self.documents.get(&path).is_none() {
                        folder.project.remove(&path);
                    }
                }
            }
        }
        let all = self.documents.0.keys().cloned().chain(self.published());
        self.due = all.chain(std::mem::take(&mut self.due)).collect();
        self.is_stale = true;
    }

    /// The folder that a file belongs to: the innermost workspace folder, else one that stands in.
    pub fn owner(&self, path: &str) -> Option<usize> {
        let declared = |folder: &Folder| folder.declared && uri::is_within(path, &folder.root);
        let innermost = (0..self.folders.len())
            .filter(|index| declared(&self.folders[*index]))
            .max_by_key(|index| self.folders[*index].root.len());
        innermost.or_else(|| {
            let own = uri::folder_of(path);
            self.folders.iter().position(|folder| !folder.declared && &*folder.root == own)
        })
    }

    /// The folder whose project knows of findings in a file: its owner, or for a file outside of all folders whichever
    /// imports it.
    pub fn holder(&self, path: &str) -> Option<usize> {
        self.owner(path).or_else(|| self.folders.iter().position(|folder| !folder.project.findings(path).is_empty()))
    }

    /// The folders changed: every open document moves to where it belongs now.
    pub fn change_folders(&mut self, added: &[String], removed: &[String]) {
        let mut texts = Vec::new();
        for (path, open) in &self.documents.0 {
            let project = self.folders.iter().find(|folder| folder.root == open.root).map(|folder| &folder.project);
            let text = project.and_then(|project| project.document(path)).map(|document| document.whole());
            texts.push((path.clone(), open.language, open.root.clone(), text));
        }
        self.folders.retain(|folder| !folder.declared || !removed.iter().any(|root| **root == *folder.root));
        for root in added {
            if !self.folders.iter().any(|folder| folder.declared && *folder.root == **root) {
                self.folders.retain(|folder| *folder.root != **root);
                self.push_folder(root, true);
            }
        }
        for (path, language, old, text) in texts {
            let folder = self.folder_for(&path);
            let root = self.folders[folder].root.clone();
            if let (Some(language), Some(text)) = (language, text) {
                for folder in self.folders.iter_mut().filter(|folder| folder.root == old && folder.root != root) {
                    folder.project.remove(&path);
                }
                self.folders[folder].project.open(&path, language, &text);
            }
            if let Some(open) = self.documents.0.get_mut(&path) {
                open.root = root;
            }
            self.touch(path);
        }
        self.due.extend(self.published());
        self.has_idle_folders = true;
        self.is_stale = true;
    }

    /// Checks what is stale and publishes what that changed.
    pub fn check(&mut self) {
        if !self.is_stale {
            return;
        }
        self.is_stale = false;
        // What a panic is logged with, besides its place in the sources.
        let _span = tracing::info_span!("check", files = ?self.due).entered();
        let mut changed = Vec::new();
        for folder in &mut self.folders {
            changed.extend(folder.project.check());
        }
        self.publish_all(changed);
        self.drop_idle_folders();
    }

    /// The second look of the engine, for when there is time.
    pub fn settle(&mut self) {
        self.is_unsettled = false;
        let mut changed = Vec::new();
        for folder in &mut self.folders {
            changed.extend(folder.project.settle());
        }
        self.publish_all(changed);
    }

    /// How many files were checked so far, each time counted.
    pub fn checks(&self) -> u64 {
        self.folders.iter().map(|folder| folder.project.runs()).sum()
    }

    /// Whether a second look is due.
    pub fn is_unsettled(&self) -> bool {
        self.is_unsettled
    }

    /// After a panic nothing in a project can be trusted but the texts: new projects are made of these.
    pub fn rebuild(&mut self) {
        for folder in &mut self.folders {
            let mut texts = Vec::new();
            for (path, open) in self.documents.0.iter().filter(|(_, open)| open.root == folder.root) {
                let text = folder.project.document(path).map(|document| document.whole());
                if let (Some(language), Some(text)) = (open.language, text) {
                    texts.push((path.clone(), language, text));
                }
            }
            folder.restart();
            for (path, language, text) in texts {
                folder.project.open(&path, language, &text);
                self.due.insert(path);
            }
        }
        self.is_stale = true;
    }

    /// A view of the folder that holds this file, and the engine's name for it.
    pub fn view(&self, uri: &Url) -> Option<(View<'_>, String)> {
        let path = uri::path_of(uri);
        Some((self.view_of(self.holder(&path)?), path))
    }

    /// A view of a folder.
    pub fn view_of(&self, folder: usize) -> View<'_> {
        View { folder: &self.folders[folder], documents: &self.documents, client: &self.client }
    }

    /// Writes problems of settings to the client's log, as one message.
    pub fn warn(&self, problems: &[String]) {
        if !problems.is_empty() {
            self.outbox.log(MessageType::WARNING, format!("undebug: {}", problems.join("; ")));
        }
    }

    fn touch(&mut self, path: Arc<str>) {
        self.due.insert(path);
        self.is_stale = true;
        self.is_unsettled = true;
    }

    fn folder_for(&mut self, path: &str) -> usize {
        match self.owner(path) {
            Some(folder) => folder,
            None => {
                self.push_folder(uri::folder_of(path), false);
                self.folders.len() - 1
            }
        }
    }

    fn push_folder(&mut self, root: &str, declared: bool) {
        let (folder, problems) = Folder::new(root, declared, &self.choices);
        self.warn(&problems);
        self.folders.push(folder);
    }

    /// Folders that stood in for a file that is closed now go.
    fn drop_idle_folders(&mut self) {
        if !std::mem::take(&mut self.has_idle_folders) {
            return;
        }
        let open: BTreeSet<Arc<str>> = self.documents.0.values().map(|open| open.root.clone()).collect();
        self.folders.retain(|folder| folder.declared || open.contains(&folder.root));
        for path in self.published() {
            if self.holder(&path).is_none()
                && let Some(uri) = self.documents.uri(&path)
            {
                self.outbox.publish(&uri, Vec::new(), None);
            }
        }
    }

    fn published(&self) -> Vec<Arc<str>> {
        self.outbox.published().iter().map(|uri| Arc::from(uri::path_of(uri))).collect()
    }

    fn publish_all(&mut self, changed: Vec<Arc<str>>) {
        let mut due = std::mem::take(&mut self.due);
        due.extend(changed);
        for path in due {
            let Some(uri) = self.documents.uri(&path) else { continue };
            let version = self.documents.get(&path).map(|open| open.version);
            let diagnostics = self.holder(&path).map(|folder| self.diagnostics(folder, &path)).unwrap_or_default();
            self.outbox.publish(&uri, diagnostics, version);
        }
    }

    fn diagnostics(&self, folder: usize, path: &str) -> Vec<Diagnostic> {
        let view = self.view_of(folder);
        let findings = view.folder.project.findings(path);
        if findings.is_empty() {
            return Vec::new();
        }
        let Some(text) = view.text(path) else { return Vec::new() };
        findings.iter().map(|finding| view.diagnostic(finding, &text)).collect()
    }
}
