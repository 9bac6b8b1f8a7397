//! The background look at files that are not open: a few at a time, whenever nothing else is to do.
//!
//! Folders are listed on a thread of their own; everything else happens in the main loop, between two events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use crate::event::{Event, Question};
use crate::files;
use crate::flow::Flow;
use crate::folder::Walk;
use crate::lsp_types::{
    NumberOrString, ProgressToken, WorkDoneProgress, WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport,
};
use crate::session::Session;

/// How long a batch of files may keep the loop from the next event.
const BATCH: Duration = Duration::from_millis(20);

/// A batch is never smaller: each ends with a check, and what that costs besides the batch must not set the pace.
const SMALLEST_BATCH: usize = 8;

/// More files in a folder than this are left out: such a folder is somebody's whole disk.
const MAX_FILES: usize = 100_000;

/// How often progress is reported.
const REPORT: Duration = Duration::from_millis(100);

/// Numbers progress tokens.
static TOKENS: AtomicUsize = AtomicUsize::new(1);

/// What is left to look at.
pub struct Scan {
    events: Sender<Event>,
    flow: Arc<Flow>,
    files: VecDeque<(Arc<str>, String)>,
    walking: usize,
    total: usize,
    batch: usize,
    progress: Option<Shown>,
}

/// Progress that the client shows, or was asked to.
struct Shown {
    token: ProgressToken,
    is_begun: bool,
    reported: Instant,
}

impl Scan {
    /// Nothing to do.
    pub fn new(events: Sender<Event>, flow: Arc<Flow>) -> Scan {
        Scan { events, flow, files: VecDeque::new(), walking: 0, total: 0, batch: SMALLEST_BATCH, progress: None }
    }

    /// Lists the folders' files; they arrive as an event each.
    pub fn walk(&mut self, session: &mut Session, roots: Vec<Arc<str>>) {
        let roots: Vec<Arc<str>> = roots
            .into_iter()
            .filter(|root| {
                let folder = session.folders.iter_mut().find(|folder| folder.declared && folder.root == *root);
                let folder = folder.filter(|folder| folder.is_scanned(&session.choices));
                folder.is_some_and(|folder| {
                    let is_new = matches!(folder.walk, Walk::Never | Walk::Done);
                    folder.walk = if is_new { Walk::Running } else { Walk::Again };
                    is_new
                })
            })
            .collect();
        if roots.is_empty() {
            return;
        }
        self.show(session);
        self.walking += roots.len();
        let (events, flow) = (self.events.clone(), self.flow.clone());
        let walk = move || {
            for root in roots {
                let files = files::walk(&root);
                flow.begin();
                if events.send(Event::Walked { root, files }).is_err() {
                    flow.end();
                }
            }
        };
        if let Err(error) = thread::Builder::new().name("walk".to_owned()).spawn(walk) {
            tracing::warn!(%error, "folders are not listed");
        }
    }

    /// A folder was listed: its new files are to be looked at, and those that are gone are forgotten.
    pub fn walked(&mut self, session: &mut Session, root: &Arc<str>, mut files: Vec<String>) {
        self.walking = self.walking.saturating_sub(1);
        let folder = session.folders.iter_mut().find(|folder| folder.declared && folder.root == *root);
        let Some(folder) = folder else { return };
        match std::mem::replace(&mut folder.walk, Walk::Done) {
            Walk::Never => {
                folder.walk = Walk::Never;
                return;
            }
            Walk::Again => return self.walk(session, vec![root.clone()]),
            Walk::Running | Walk::Done => {}
        }
        if let Some(exclude) = folder.choices(&session.choices).exclude {
            files.retain(|path| !exclude.matches(path));
        }
        if files.len() > MAX_FILES {
            tracing::warn!(%root, files = files.len(), "too many files: only the first are checked");
            files.truncate(MAX_FILES);
        }
        let gone: Vec<String> =
            folder.known.iter().filter(|known| files.binary_search(known).is_err()).cloned().collect();
        let new: Vec<String> = files.into_iter().filter(|path| !folder.known.contains(path)).collect();
        tracing::info!(%root, new = new.len(), gone = gone.len(), "listed");
        for path in gone {
            session.removed_from_disk(&path);
        }
        self.total += new.len();
        self.files.extend(new.into_iter().map(|path| (root.clone(), path)));
        self.complete(session);
    }

    /// Whether there is something to do now.
    pub fn is_due(&self) -> bool {
        !self.files.is_empty()
    }

    /// Looks at a few files. A batch that took too long makes the next one smaller.
    pub fn step(&mut self, session: &mut Session) {
        let start = Instant::now();
        for _ in 0..self.batch {
            let Some((root, path)) = self.files.pop_front() else { break };
            let owner = session.owner(&path);
            if let Some(folder) = owner.filter(|folder| session.folders[*folder].root == root) {
                session.add(folder, path);
            }
        }
        self.complete(session);
        session.check();
        let took = start.elapsed();
        if took > BATCH {
            self.batch = (self.batch / 2).max(SMALLEST_BATCH);
        } else if took < BATCH / 2 {
            self.batch = (self.batch * 2).min(1024);
        }
        self.report(session);
        self.finish(session);
    }

    /// Every file of the folders is known now, if nothing is left to be listed or looked at.
    fn complete(&self, session: &mut Session) {
        if self.walking == 0 && self.files.is_empty() {
            session.set_whole();
        }
    }

    /// Drops what is left, if this is our progress: the user wants no more of it.
    pub fn cancel(&mut self, session: &Session, token: &ProgressToken) {
        if self.progress.as_ref().is_some_and(|shown| shown.token == *token) {
            self.files.clear();
            self.walking = 0;
            self.finish(session);
        }
    }

    /// The client shows progress under this token.
    pub fn begin(&mut self, session: &Session, token: &ProgressToken) {
        let Some(shown) = self.progress.as_mut().filter(|shown| shown.token == *token) else { return };
        shown.is_begun = true;
        let begin = WorkDoneProgressBegin {
            title: "Undebug: checking the workspace".to_owned(),
            cancellable: Some(true),
            message: None,
            percentage: Some(0),
        };
        session.outbox.progress(token.clone(), WorkDoneProgress::Begin(begin));
        self.finish(session);
    }

    /// Ends the progress when there is nothing left.
    pub fn finish(&mut self, session: &Session) {
        if self.walking > 0 || !self.files.is_empty() {
            return;
        }
        self.total = 0;
        if self.progress.as_ref().is_some_and(|shown| shown.is_begun)
            && let Some(shown) = self.progress.take()
        {
            session.outbox.progress(shown.token, WorkDoneProgress::End(WorkDoneProgressEnd { message: None }));
        }
    }

    fn show(&mut self, session: &Session) {
        if !session.client.progress || self.progress.is_some() {
            return;
        }
        let token = NumberOrString::String(format!("undebug/scan/{}", TOKENS.fetch_add(1, Ordering::Relaxed)));
        session.outbox.ask(Question::Progress(token.clone()));
        self.progress = Some(Shown { token, is_begun: false, reported: Instant::now() });
    }

    fn report(&mut self, session: &Session) {
        let Some(shown) = self.progress.as_mut().filter(|shown| shown.is_begun) else { return };
        if shown.reported.elapsed() < REPORT {
            return;
        }
        shown.reported = Instant::now();
        let done = self.total.saturating_sub(self.files.len());
        let report = WorkDoneProgressReport {
            cancellable: Some(true),
            message: Some(format!("{done}/{} files", self.total)),
            percentage: u32::try_from(done * 100 / self.total.max(1)).ok(),
        };
        session.outbox.progress(shown.token.clone(), WorkDoneProgress::Report(report));
    }
}
