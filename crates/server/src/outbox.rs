//! What the main loop has to say to the client, in order, without ever waiting for it.
//!
//! The loop puts messages in, a task of the runtime takes them out. It remembers what was published last, so that the
//! client hears only news; it computes nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;

use crate::Client;
use crate::event::{Event, Question, Reply};
use crate::flow::Flow;
use crate::lsp_types::notification::Progress;
use crate::lsp_types::request::WorkDoneProgressCreate;
use crate::lsp_types::{
    Diagnostic, MessageType, ProgressParams, ProgressParamsValue, ProgressToken, Url, WorkDoneProgress,
    WorkDoneProgressCreateParams,
};

/// How long files that are not open wait for the client's settings.
const SETTINGS_PATIENCE: Duration = Duration::from_secs(2);

/// Messages for the client.
pub struct Outbox {
    state: Mutex<State>,
    news: Notify,
    flow: Arc<Flow>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Outgoing>,
    /// Publications that wait in the queue; a newer one takes the place of an older one, so a client that does not
    /// read costs no more than one for each file.
    waiting: BTreeMap<Url, Published>,
    last: BTreeMap<Url, Published>,
}

#[derive(Clone, PartialEq)]
struct Published {
    diagnostics: Vec<Diagnostic>,
    version: Option<i32>,
}

enum Outgoing {
    Publish(Url),
    Log(MessageType, String),
    Progress(ProgressToken, WorkDoneProgress),
    Ask(Question),
}

impl Outbox {
    /// An empty outbox.
    pub fn new(flow: Arc<Flow>) -> Outbox {
        Outbox { state: Mutex::default(), news: Notify::new(), flow }
    }

    /// Publishes a document's diagnostics, unless the client knows them. A new version is news as long as there are
    /// diagnostics: the client may have moved or lost the ones it shows while the text changed.
    pub fn publish(&self, uri: &Url, diagnostics: Vec<Diagnostic>, version: Option<i32>) {
        let new = Published { diagnostics, version };
        let mut state = self.lock();
        let is_known = match state.last.get(uri) {
            Some(last) => *last == new || (last.diagnostics.is_empty() && new.diagnostics.is_empty()),
            None => version.is_none() && new.diagnostics.is_empty(),
        };
        if is_known {
            return;
        }
        if version.is_none() && new.diagnostics.is_empty() {
            state.last.remove(uri);
        } else {
            state.last.insert(uri.clone(), new.clone());
        }
        if state.waiting.insert(uri.clone(), new).is_none() {
            self.push(&mut state, Outgoing::Publish(uri.clone()));
        }
    }

    /// Forgets what the client knows about a document: the next publication is news.
    pub fn forget(&self, uri: &Url) {
        self.lock().last.remove(uri);
    }

    /// The documents for which the client has diagnostics now.
    pub fn published(&self) -> Vec<Url> {
        let state = self.lock();
        state.last.iter().filter(|(_, last)| !last.diagnostics.is_empty()).map(|(uri, _)| uri.clone()).collect()
    }

    /// Writes to the client's log.
    pub fn log(&self, kind: MessageType, message: String) {
        self.push(&mut self.lock(), Outgoing::Log(kind, message));
    }

    /// Reports progress.
    pub fn progress(&self, token: ProgressToken, progress: WorkDoneProgress) {
        self.push(&mut self.lock(), Outgoing::Progress(token, progress));
    }

    /// Asks the client; what it replies becomes an event.
    pub fn ask(&self, question: Question) {
        self.push(&mut self.lock(), Outgoing::Ask(question));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, state: &mut State, outgoing: Outgoing) {
        self.flow.begin();
        state.queue.push_back(outgoing);
        self.news.notify_one();
    }
}

/// Sends what the outbox holds, one message after the other, for as long as the runtime lives.
pub async fn deliver(outbox: Arc<Outbox>, client: Client, events: Sender<Event>, flow: Arc<Flow>) {
    loop {
        outbox.news.notified().await;
        loop {
            let next = outbox.lock().queue.pop_front();
            let Some(outgoing) = next else { break };
            let ticket = flow.ticket();
            send(&outbox, &client, &events, &flow, outgoing).await;
            drop(ticket);
        }
    }
}

async fn send(outbox: &Outbox, client: &Client, events: &Sender<Event>, flow: &Arc<Flow>, outgoing: Outgoing) {
    match outgoing {
        Outgoing::Publish(uri) => {
            let waiting = outbox.lock().waiting.remove(&uri);
            let Some(Published { diagnostics, version }) = waiting else { return };
            client.publish_diagnostics(uri, diagnostics, version).await;
        }
        Outgoing::Log(kind, message) => client.log_message(kind, message).await,
        Outgoing::Progress(token, progress) => {
            let value = ProgressParamsValue::WorkDone(progress);
            client.send_notification::<Progress>(ProgressParams { token, value }).await;
        }
        // A client may take its time to reply, or never do it: that is a task of its own, and no work to wait for.
        Outgoing::Ask(question) => {
            let (client, events, flow) = (client.clone(), events.clone(), flow.clone());
            let reply = move |reply| {
                flow.begin();
                if events.send(Event::Reply(reply)).is_err() {
                    flow.end();
                }
            };
            if let Question::Configuration(roots, _) = &question {
                tokio::spawn(do_without(roots.clone(), reply.clone()));
            }
            tokio::spawn(async move {
                if let Some(answer) = ask(&client, question).await {
                    reply(answer);
                }
            });
        }
    }
}

/// A client may announce settings and never answer for them. Some time after the question it counts as answered with
/// nothing, which changes nothing where a real answer came first.
async fn do_without(roots: Vec<Arc<str>>, reply: impl FnOnce(Reply)) {
    tokio::time::sleep(SETTINGS_PATIENCE).await;
    reply(Reply::Configuration(roots.into_iter().map(|root| (root, Value::Null)).collect()));
}

async fn ask(client: &Client, question: Question) -> Option<Reply> {
    let failed = match question {
        Question::Register(registrations) => client.register_capability(registrations).await.err(),
        Question::Configuration(roots, items) => match client.configuration(items).await {
            Ok(values) => {
                let values = values.into_iter().chain(std::iter::repeat(Value::Null));
                return Some(Reply::Configuration(roots.into_iter().zip(values).collect()));
            }
            Err(error) => Some(error),
        },
        Question::Progress(token) => {
            let params = WorkDoneProgressCreateParams { token: token.clone() };
            match client.send_request::<WorkDoneProgressCreate>(params).await {
                Ok(()) => return Some(Reply::Progress(token)),
                Err(error) => Some(error),
            }
        }
        Question::RefreshHints => client.inlay_hint_refresh().await.err(),
        Question::Apply(edit) => match client.apply_edit(*edit).await {
            Ok(response) => {
                if !response.applied {
                    tracing::warn!(reason = response.failure_reason, "the client did not apply the edit");
                }
                None
            }
            Err(error) => Some(error),
        },
    };
    if let Some(error) = failed {
        tracing::warn!(%error, "the client refused");
    }
    None
}
