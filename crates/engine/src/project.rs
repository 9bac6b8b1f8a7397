//! All documents, their facts, who imports whom; the engine's front door.
//!
//! It reads no files: texts come by [`Project::open`] or from the reader closure that it was made with.

mod added;
mod joined;
mod launches;
mod migrations;
mod open;
mod together;
mod ways;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::claim::{claimed, narrowed};
use crate::deploy;
use crate::deployment::analyse_services;
use crate::document::{Change, Document};
use crate::evidence;
use crate::finding::{Finding, Place, Related, Severity};
use crate::language::Language;
use crate::python::analysis::{Outcome, Reason, analyse_program};
use crate::python::files::Files;
use crate::python::look::Look;
use crate::python::open::{Open, Outlook};
use crate::python::prefilter::worth_running;
use crate::python::value::{FileId, Spot};
use crate::rule::Rule;
use crate::settings::{Level, Settings};
use crate::suppress;
use crate::view::{Exposure, Purpose};

/// Answers "what does the file at this path say": its text, or `None` when there is no such readable file.
pub type Reader = Box<dyn Fn(&str) -> Option<String> + Send>;

/// All documents that analysis has seen, and what was found in them.
///
/// Paths are strings with `/` between components, absolute or relative, always spelled the same way for one file.
pub struct Project {
    settings: Settings,
    files: Files,
    /// The files that are checked for themselves.
    roots: BTreeMap<FileId, Root>,
    /// Files that are added, but not yet read.
    pending: BTreeMap<Arc<str>, Option<Look>>,
    /// Paths that had findings at the end of the last check, and those touched since.
    touched: BTreeSet<Arc<str>>,
    /// Files whose text was edited since the last check.
    edited: BTreeSet<FileId>,
    uses_flask: bool,
    /// Whether every file of the project is here.
    is_whole: bool,
    /// Whether files are run although their texts say that they can have no part in a finding.
    is_thorough: bool,
    /// Whether each application is looked at, also one that nothing starts.
    is_picture: bool,
    /// Whether the files are an installed package.
    is_package: bool,
    /// Whether a file was taken out since the last check.
    is_removed: bool,
    /// How many files were checked.
    runs: u64,
}

/// A file that is checked for itself, as a program of its own.
#[derive(Default)]
struct Root {
    outcome: Outcome,
    open: Vec<Reason>,
    /// The files that were asked for on the way, also those that had nothing to say: an edit may change that.
    asked: BTreeSet<FileId>,
    /// What the other programs make of it, as of the last look at what is open.
    outlook: Outlook,
    /// What it leaves open as far as it knows itself, for the next look at what is open.
    seen: Option<Open>,
    due: bool,
}

impl Project {
    /// An empty project. `root` is the folder that the files belong to (imports are also looked up there), `read`
    /// answers for files that are not open.
    pub fn new(root: &str, settings: Settings, read: Reader) -> Project {
        Project {
            settings,
            files: Files::new(root, read),
            roots: BTreeMap::new(),
            pending: BTreeMap::new(),
            touched: BTreeSet::new(),
            edited: BTreeSet::new(),
            uses_flask: false,
            is_whole: false,
            is_thorough: false,
            is_picture: false,
            is_package: false,
            is_removed: false,
            runs: 0,
        }
    }

    /// How many files were checked so far, each time counted: by how much this grows is what an edit costs.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Says whether every file of the project was added, so that what nothing needs is of no use at all.
    pub fn set_whole(&mut self, is_whole: bool) {
        if std::mem::replace(&mut self.is_whole, is_whole) != is_whole {
            let paths: Vec<Arc<str>> = self.roots.keys().map(|id| self.files.path(*id)).collect();
            self.touched.extend(paths);
        }
    }

    /// Replaces the settings.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
        let paths: Vec<Arc<str>> = self.roots.keys().map(|id| self.files.path(*id)).collect();
        self.touched.extend(paths);
    }

    /// Takes this text for the file, over what the reader says, and makes the file due for a check.
    pub fn open(&mut self, path: &str, language: Language, text: &str) {
        self.pending.remove(path);
        if self.files.is_missed(path) {
            self.all_due();
        }
        if language != Language::Python && self.files.id(path).is_none() {
            self.scripts_due();
        }
        let id = self.files.open(path, language, text);
        self.roots.entry(id).or_default();
        self.changed(id);
    }

    /// Applies changes, in order, to an open file. A file that is not open is left alone.
    pub fn edit(&mut self, path: &str, changes: &[Change]) {
        let Some(id) = self.files.id(path) else { return };
        if self.files.edit(id, changes) {
            self.edited.insert(id);
        }
    }

    /// Forgets the text taken for a file: from now on the reader answers for it. Also the call to make when a file
    /// changed, appeared or vanished on disk. The file stays due for checks if it was added.
    pub fn close(&mut self, path: &str) {
        let known = self.files.id(path);
        // A file that appeared can change what every import means.
        if known.is_none() || self.files.is_missed(path) {
            self.all_due();
        }
        self.files.forget(path);
        if let Some(id) = known {
            self.changed(id);
        }
    }

    /// What a script starts depends on who sets its variables, which a file that comes in may do.
    fn scripts_due(&mut self) {
        for (id, root) in &mut self.roots {
            let language = self.files.with(*id, |file| file.document.language());
            root.due |= language == Some(Language::Shell);
        }
    }

    fn all_due(&mut self) {
        self.roots.values_mut().for_each(|root| root.due = true);
    }

    /// Takes a file out: it is no longer checked for itself.
    pub fn remove(&mut self, path: &str) {
        self.pending.remove(path);
        if let Some(id) = self.files.id(path) {
            self.changed(id);
            self.roots.remove(&id);
            self.is_removed = true;
            self.touched.insert(Arc::from(path));
        }
        self.files.forget(path);
    }

    fn changed(&mut self, id: FileId) {
        self.touched.insert(self.files.path(id));
        for (root, state) in &mut self.roots {
            state.due |= *root == id || state.asked.contains(&id) || state.outcome.loaded.contains(&id);
        }
    }

    /// Does what is due, and returns the paths whose findings may have changed, sorted.
    pub fn check(&mut self) -> Vec<Arc<str>> {
        for id in std::mem::take(&mut self.edited) {
            if self.files.refresh(id) {
                self.changed(id);
            } else {
                // What was found stands; its places may have moved.
                self.touched.insert(self.files.path(id));
            }
        }
        let pending = std::mem::take(&mut self.pending);
        let worth = match self.is_thorough {
            true => pending.into_keys().collect(),
            false => worth_running(&self.files, pending, self.is_package, self.is_picture),
        };
        for path in worth {
            if let Some(id) = self.files.load(&path, None) {
                self.roots.entry(id).or_default().due = true;
            }
        }
        self.check_dependence();
        let due: Vec<FileId> = self.roots.iter().filter(|(_, root)| root.due).map(|(id, _)| *id).collect();
        self.runs += due.len() as u64;
        for id in &due {
            self.touch_findings(*id);
            self.files.take_asked();
            let (outcome, seen) = self.run(*id);
            if let Some(root) = self.roots.get_mut(id) {
                root.outcome = outcome;
                root.seen = seen;
                root.asked = self.files.take_asked();
                root.due = false;
            }
        }
        // Whether an env file is anybody's is decided by the others.
        let is_env = |id: &FileId| self.files.with(*id, |file| file.document.language()) == Some(Language::Dotenv);
        let env: Vec<FileId> = self.roots.keys().copied().filter(|id| !due.is_empty() && is_env(id)).collect();
        self.check_open(due.into_iter().chain(env).collect());
        std::mem::take(&mut self.touched).into_iter().filter(|path| !path.is_empty()).collect()
    }

    /// Whether a name that looks like an application is taken for one depends on whether the project uses Flask.
    fn check_dependence(&mut self) {
        let now = self.files.depends_on_flask();
        if std::mem::replace(&mut self.uses_flask, now) != now {
            self.all_due();
        }
    }

    fn run(&self, id: FileId) -> (Outcome, Option<Open>) {
        // A file that is gone has nothing to say.
        let path = self.files.path(id);
        let language = self.files.with(id, |file| file.document.language());
        if language.is_none() && (path.is_empty() || self.files.load(&path, None).is_none()) {
            return (Outcome::default(), None);
        }
        match self.files.with(id, |file| file.document.language()) {
            Some(Language::Python) => analyse_program(&self.files, id),
            _ => (analyse_services(&self.files, id), None),
        }
    }

    fn touch_findings(&mut self, id: FileId) {
        let Some(root) = self.roots.get(&id) else { return };
        let reasons = root.outcome.reasons.iter().chain(&root.open);
        let files = reasons.map(|reason| reason.spot.file).chain(joined::files(&root.outcome.seen));
        let paths: Vec<Arc<str>> = files.map(|file| self.files.path(file)).collect();
        self.touched.extend(paths);
    }

    /// Second look, for when there is time: files whose text is broken are parsed in full, so that findings depend on
    /// the text alone and not on the way to it. Returns the paths whose findings may have changed.
    pub fn settle(&mut self) -> Vec<Arc<str>> {
        let ids: Vec<FileId> = self.roots.keys().copied().collect();
        let mut moved = false;
        for id in ids {
            if self.files.settle(id) {
                self.changed(id);
                moved = true;
            }
        }
        if moved { self.check() } else { Vec::new() }
    }

    /// The findings that stand in a file, sorted by place, as of the last check. Places are those of the current text.
    pub fn findings(&self, path: &str) -> Vec<Finding> {
        let Some(id) = self.files.id(path) else { return Vec::new() };
        let mut found: Vec<(&'static Rule, &Reason)> = Vec::new();
        let mut findings = Vec::new();
        let all = self.roots.values().flat_map(|root| root.outcome.reasons.iter().chain(&root.open));
        let mut reasons: Vec<&Reason> = all.filter(|reason| reason.spot.file == id).collect();
        // Of several files that say something about a place the one counts that concerns users, and that knows most.
        reasons.sort_by_key(|reason| (reason.exposure.purpose, Reverse(reason.exposure.confidence)));
        for reason in reasons {
            let Some((rule, message)) = claimed(&reason.exposure) else { continue };
            if found.iter().any(|(known, other)| *known == rule && other.spot == reason.spot) {
                continue;
            }
            if let Some(finding) = self.finding(rule, message, reason) {
                found.push((rule, reason));
                findings.push(finding);
            }
        }
        if self.is_whole && self.roots.contains_key(&id) {
            findings.extend(self.unused(id));
        }
        findings.sort_by(|a, b| {
            let key = |f: &Finding| (f.place.range.start, f.place.range.end, f.rule.name);
            key(a).cmp(&key(b))
        });
        findings
    }

    fn finding(&self, rule: &'static Rule, message: String, reason: &Reason) -> Option<Finding> {
        let place = self.place(reason.spot)?;
        let document = self.files.document(reason.spot.file)?;
        if suppress::allowed(&document, rule.name, place.range.clone()) {
            return None;
        }
        let purpose = self.purpose_of(reason.exposure.purpose, &place.path);
        let joined = self.joined(reason);
        let host = joined.host.clone().or_else(|| reason.exposure.host.clone());
        let exposure = Exposure { purpose, host, ..reason.exposure.clone() };
        let exposure = &exposure;
        let mut severity = evidence::severity(exposure, rule.severity);
        if joined.is_out_of_reach {
            severity = Severity::Information;
        }
        match self.settings.level(rule.name, &place.path) {
            Some(Level::Off) => return None,
            Some(Level::Fixed(fixed)) => severity = fixed,
            None if !rule.on => return None,
            None => {}
        }
        let related =
            reason.related.iter().chain(&joined.related).filter_map(|(spot, message)| {
                Some(Related { place: self.place(*spot)?, message: (*message).to_owned() })
            });
        Some(Finding {
            rule,
            place,
            message: joined.told(message),
            severity,
            confidence: exposure.confidence,
            when: exposure.when,
            console: exposure.console,
            network: exposure.network(),
            related: related.collect(),
            cwe: evidence::cwe(exposure),
            cvss: evidence::cvss(exposure),
            variable: exposure.variable,
        })
    }

    /// What a finding's file is for: tests and examples serve nobody, nor does what only a developer loads.
    fn purpose_of(&self, stated: Purpose, path: &str) -> Purpose {
        const FOLDERS: &[&str] = &["test", "tests", "testing", "example", "examples", "docs", "doc", "samples"];
        let inner = self.files.inner(path);
        let mut folders = inner.split('/').rev().skip(1);
        let own = deploy::purpose(inner);
        if own == Purpose::Development || folders.any(|folder| FOLDERS.contains(&folder)) {
            return Purpose::Development;
        }
        stated
    }

    fn place(&self, spot: Spot) -> Option<Place> {
        let mut range = self.files.bytes(spot)?;
        let document = self.files.document(spot.file)?;
        if document.language() == Language::Python {
            range = narrowed(&document, range);
        }
        Some(Place { path: self.files.path(spot.file), range })
    }

    /// All findings of all files, sorted by path and place.
    pub fn all_findings(&self) -> Vec<Finding> {
        let reasons = self.roots.values().flat_map(|root| root.outcome.reasons.iter().chain(&root.open));
        let mut paths: BTreeSet<Arc<str>> = reasons.map(|reason| self.files.path(reason.spot.file)).collect();
        if self.is_whole {
            paths.extend(self.roots.keys().map(|id| self.files.path(*id)));
        }
        paths.iter().flat_map(|path| self.findings(path)).collect()
    }

    /// Looks at the document of a path that the project has seen.
    pub fn document(&self, path: &str) -> Option<std::cell::Ref<'_, Document>> {
        self.files.document(self.files.id(path)?)
    }
}
