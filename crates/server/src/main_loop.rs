//! The main loop: one thread that owns the engine and takes one event after the other.
//!
//! It takes all events that are there before it checks once, so a burst of edits costs one check, without a timer. It
//! never waits for the client: a reply is an event like any other. A panic in the engine ends neither the loop nor the
//! process.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use undebug_engine::Language;

use crate::client::ClientInfo;
use crate::event::{Event, Question, Reply};
use crate::files;
use crate::flow::Flow;
use crate::folder::Walk;
use crate::lsp_types::{FileChangeType, FileEvent, InitializeParams, MessageType, Url, WorkspaceFoldersChangeEvent};
use crate::outbox::Outbox;
use crate::requests;
use crate::scan::Scan;
use crate::session::Session;
use crate::settings;
use crate::uri;

/// The engine does not recurse on its input; the parser's C code may.
const STACK: usize = 32 << 20;

/// How long nothing must happen before texts that are broken get a second look: longer than between two keystrokes,
/// because that look is a full parse.
const SETTLE_AFTER: Duration = Duration::from_millis(100);

/// Starts the loop on a thread of its own.
pub fn spawn(queue: Receiver<Event>, events: Sender<Event>, outbox: Arc<Outbox>, flow: Arc<Flow>) -> io::Result<()> {
    let main_loop = move || {
        let mut main_loop = MainLoop::new(Session::new(outbox), Scan::new(events, flow.clone()));
        main_loop.run(&queue, &flow);
    };
    thread::Builder::new().name("main loop".to_owned()).stack_size(STACK).spawn(main_loop).map(drop)
}

struct MainLoop {
    session: Session,
    scan: Scan,
    has_told_panic: bool,
    /// How many checks there had been when inlay hints were asked for; `None` for a client that shows none.
    hinted: Option<u64>,
}

impl MainLoop {
    fn new(session: Session, scan: Scan) -> MainLoop {
        MainLoop { session, scan, has_told_panic: false, hinted: None }
    }

    fn run(&mut self, queue: &Receiver<Event>, flow: &Flow) {
        while let Ok(first) = self.next(queue) {
            let mut taken = 0;
            for event in first.into_iter().chain(queue.try_iter()) {
                taken += 1;
                self.guarded(|this| this.handle(event));
            }
            self.guarded(|this| this.session.check());
            // Only now: whoever waits for calm waits for the diagnostics too.
            (0..taken).for_each(|_| flow.end());
        }
    }

    /// The next event; `None` after something was done in the background instead.
    fn next(&mut self, queue: &Receiver<Event>) -> Result<Option<Event>, RecvTimeoutError> {
        if self.session.is_unsettled() {
            match queue.recv_timeout(SETTLE_AFTER) {
                Err(RecvTimeoutError::Timeout) => self.guarded(MainLoop::settle),
                event => return event.map(Some),
            }
            return Ok(None);
        }
        if self.scan.is_due() {
            if let Ok(event) = queue.try_recv() {
                return Ok(Some(event));
            }
            self.guarded(|this| this.scan.step(&mut this.session));
            return Ok(None);
        }
        queue.recv().map(Some).map_err(|_| RecvTimeoutError::Disconnected)
    }

    /// What is done when nothing happened for a while.
    fn settle(&mut self) {
        self.session.settle();
        // What a start will do can depend on any file, and clients ask again only when the file itself changes.
        let checks = self.session.checks();
        if self.session.client.refresh_hints && self.hinted.is_some_and(|hinted| hinted != checks) {
            self.hinted = Some(checks);
            self.session.outbox.ask(Question::RefreshHints);
        }
    }

    /// The one place where a panic is caught. The projects are rebuilt from the texts and looked at once more; when
    /// that fails too, the next edit is the next chance.
    fn guarded(&mut self, work: impl FnOnce(&mut MainLoop)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_ok() {
            return;
        }
        let again = catch_unwind(AssertUnwindSafe(|| {
            self.session.rebuild();
            self.session.check();
        }));
        tracing::error!(recovered = again.is_ok(), "a check failed");
        if !self.has_told_panic {
            self.has_told_panic = true;
            let message = "undebug: a check failed, and was left out; the log of the server has the place";
            self.session.outbox.log(MessageType::ERROR, message.to_owned());
        }
    }

    fn handle(&mut self, event: Event) {
        let session = &mut self.session;
        match event {
            Event::Initialize(params) => {
                let _span = tracing::info_span!("initialize").entered();
                initialize(session, &params);
            }
            Event::Initialized => {
                let _span = tracing::info_span!("initialized").entered();
                requests::register(session);
                // Whether files that are not open are wanted is known when the settings are.
                if !requests::ask_settings(session) {
                    self.walk_unlisted();
                }
            }
            Event::Open(item) => {
                let _span = tracing::info_span!("open", uri = %item.uri, version = item.version).entered();
                session.open(item);
                session.reread();
            }
            Event::Change(params) => {
                let document = &params.text_document;
                let _span = tracing::info_span!("change", uri = %document.uri, version = document.version).entered();
                session.edit(&document.uri, document.version, params.content_changes);
            }
            Event::Save(uri) => {
                let _span = tracing::info_span!("save", %uri).entered();
                self.save(&uri);
            }
            Event::Close(uri) => {
                let _span = tracing::info_span!("close", %uri).entered();
                session.close(&uri);
            }
            Event::Watched(changes) => {
                let _span = tracing::info_span!("watched", files = changes.len()).entered();
                self.watched(&changes);
            }
            Event::Folders(change) => {
                let _span = tracing::info_span!("folders").entered();
                self.change_folders(&change);
            }
            Event::Configuration(value) => {
                let _span = tracing::info_span!("configuration").entered();
                self.configure(&value);
            }
            Event::Walked { root, files } => {
                let _span = tracing::info_span!("walked", %root).entered();
                self.scan.walked(session, &root, files);
                self.scan.finish(session);
            }
            Event::CancelProgress(token) => self.scan.cancel(session, &token),
            Event::Reply(reply) => self.reply(reply),
            request => self.answer(request),
        }
    }

    /// Answers a request on the text as it is after all earlier edits. Whoever asked may be gone: that is no error.
    fn answer(&mut self, request: Event) {
        let session = &mut self.session;
        session.check();
        match request {
            Event::Actions(params, answer) if !answer.is_closed() => {
                let _span = tracing::info_span!("code actions", uri = %params.text_document.uri).entered();
                drop(answer.send(Ok(requests::code_actions(session, &params))));
            }
            Event::Hover(params, answer) if !answer.is_closed() => {
                let _span = tracing::info_span!("hover").entered();
                drop(answer.send(Ok(requests::hover(session, &params))));
            }
            Event::Hints(params, answer) if !answer.is_closed() => {
                let _span = tracing::info_span!("inlay hints", uri = %params.text_document.uri).entered();
                drop(answer.send(Ok(requests::inlay_hints(session, &params))));
                self.hinted = Some(self.session.checks());
            }
            Event::Command(params, answer) if !answer.is_closed() => {
                let _span = tracing::info_span!("command", name = params.command).entered();
                drop(answer.send(requests::command(session, &params)));
            }
            _ => {}
        }
    }

    fn reply(&mut self, reply: Reply) {
        match reply {
            Reply::Progress(token) => self.scan.begin(&self.session, &token),
            Reply::Configuration(values) => {
                let _span = tracing::info_span!("settings").entered();
                self.take_settings(&values);
            }
        }
    }

    /// A file that nobody knows yet may belong to the workspace now.
    fn save(&mut self, uri: &Url) {
        self.session.reread();
        let path = uri::path_of(uri);
        if files::is_settings(&path) {
            self.reload_settings(&path);
        }
        let Some(owner) = self.session.owner(&path) else { return };
        let folder = &mut self.session.folders[owner];
        if folder.known.contains(&path) || Language::of_path(&path).is_none() || !folder.declined.insert(path) {
            return;
        }
        let root = folder.root.clone();
        self.scan.walk(&mut self.session, vec![root]);
    }

    fn watched(&mut self, changes: &[FileEvent]) {
        let mut stale = Vec::new();
        for change in changes {
            let path = uri::path_of(&change.uri);
            if files::is_settings(&path) {
                self.reload_settings(&path);
            }
            if change.typ == FileChangeType::DELETED {
                self.session.removed_from_disk(&path);
                continue;
            }
            self.session.changed_on_disk(&path);
            // Whether a new file counts is for the walk to say, which knows what is ignored.
            let owner = self.session.owner(&path).map(|folder| &self.session.folders[folder]);
            if let Some(folder) = owner.filter(|folder| !folder.known.contains(&path))
                && change.typ == FileChangeType::CREATED
                && (Language::of_path(&path).is_some() || files::is_folder(&path))
                && !stale.contains(&folder.root)
            {
                stale.push(folder.root.clone());
            }
        }
        self.scan.walk(&mut self.session, stale);
    }

    fn change_folders(&mut self, change: &WorkspaceFoldersChangeEvent) {
        let roots = |folders: &[crate::lsp_types::WorkspaceFolder]| -> Vec<String> {
            folders.iter().map(|folder| root_of(&folder.uri)).collect()
        };
        let added = roots(&change.added);
        self.session.change_folders(&added, &roots(&change.removed));
        if !requests::ask_settings(&self.session) {
            self.walk_unlisted();
        }
    }

    /// Settings that were pushed are taken; a client that can be asked is asked, because some push nothing but the
    /// news.
    fn configure(&mut self, value: &Value) {
        if let Some((choices, problems)) = settings::parse(value) {
            self.session.warn(&problems);
            self.session.choices.overlay(&choices);
            self.session.apply_settings();
            self.walk_unlisted();
        }
        requests::ask_settings(&self.session);
    }

    fn take_settings(&mut self, values: &[(Arc<str>, Value)]) {
        let mut all = Vec::new();
        for (root, value) in values {
            // This is our section already; wrapped, its unknown keys are told.
            let wrapped = serde_json::json!({ (settings::SECTION): value });
            let parsed = value.as_object().and_then(|_| settings::parse(&wrapped));
            let Some((choices, problems)) = parsed else { continue };
            all.extend(problems.into_iter().filter(|problem| !all.contains(problem)).collect::<Vec<_>>());
            match self.session.folders.iter_mut().find(|folder| folder.declared && folder.root == *root) {
                Some(folder) => folder.from_editor = choices,
                None => self.session.choices.overlay(&choices),
            }
        }
        self.session.warn(&all);
        self.session.apply_settings();
        self.walk_unlisted();
    }

    /// Lists the folders that were not listed yet, or whose list was dropped.
    fn walk_unlisted(&mut self) {
        let folders = self.session.folders.iter().filter(|folder| folder.declared && folder.walk == Walk::Never);
        let roots = folders.map(|folder| folder.root.clone()).collect();
        self.scan.walk(&mut self.session, roots);
    }

    fn reload_settings(&mut self, path: &str) {
        let mut all = Vec::new();
        for folder in self.session.folders.iter_mut().filter(|folder| uri::is_within(path, &folder.root)) {
            let (choices, problems) = files::load_settings(&folder.root);
            folder.from_files = choices;
            all.extend(problems);
        }
        self.session.warn(&all);
        self.session.apply_settings();
        self.walk_unlisted();
    }
}

/// Reads what the client says of itself. The folders come from the newest of the three fields that it filled.
fn initialize(session: &mut Session, params: &InitializeParams) {
    session.client = ClientInfo::new(params);
    if let Some((choices, problems)) = params.initialization_options.as_ref().and_then(settings::parse) {
        session.warn(&problems);
        session.choices = choices;
    }
    #[allow(deprecated, reason = "some clients send nothing newer")]
    let roots = match (&params.workspace_folders, &params.root_uri, &params.root_path) {
        (Some(folders), _, _) => folders.iter().map(|folder| root_of(&folder.uri)).collect(),
        (None, Some(root), _) => vec![root_of(root)],
        (None, None, Some(path)) => vec![trim(path.clone())],
        (None, None, None) => Vec::new(),
    };
    session.change_folders(&roots, &[]);
}

fn root_of(uri: &Url) -> String {
    trim(uri::path_of(uri))
}

fn trim(path: String) -> String {
    match path.trim_end_matches('/') {
        "" => path,
        trimmed => trimmed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use crate::lsp_types::{
        DidChangeTextDocumentParams, Position, Range, TextDocumentContentChangeEvent, TextDocumentItem,
        VersionedTextDocumentIdentifier,
    };

    use super::*;

    fn main_loop() -> MainLoop {
        let flow = Arc::new(Flow::default());
        let outbox = Arc::new(Outbox::new(flow.clone()));
        let (events, _) = mpsc::channel();
        MainLoop::new(Session::new(outbox), Scan::new(events, flow))
    }

    fn text(main_loop: &MainLoop, uri: &Url) -> String {
        let (view, path) = main_loop.session.view(uri).unwrap();
        view.text(&path).unwrap().whole()
    }

    #[test]
    fn a_panic_costs_no_text_and_the_next_edit_works() {
        let mut main_loop = main_loop();
        let uri = Url::parse("untitled:app").unwrap();
        let item = TextDocumentItem::new(uri.clone(), "python".to_owned(), 1, "x = 1\n".to_owned());
        main_loop.handle(Event::Open(item));
        let folders = main_loop.session.folders.len();
        main_loop.guarded(|_| panic!("on purpose"));
        assert!(main_loop.has_told_panic);
        assert_eq!(main_loop.session.folders.len(), folders);
        assert_eq!(text(&main_loop, &uri), "x = 1\n");

        let start = Position::new(0, 0);
        let change = TextDocumentContentChangeEvent {
            range: Some(Range::new(start, start)),
            range_length: None,
            text: "y = 2\n".to_owned(),
        };
        let params = DidChangeTextDocumentParams {
            text_document: VersionedTextDocumentIdentifier::new(uri.clone(), 2),
            content_changes: vec![change],
        };
        main_loop.guarded(|this| this.handle(Event::Change(params)));
        assert_eq!(text(&main_loop, &uri), "y = 2\nx = 1\n");
    }
}
