//! The protocol's methods: each turns its message into one event, and waits for nothing before that.
//!
//! The library runs handlers concurrently, and only their first steps are in the order of the messages: a handler that
//! waited before it sent its event would let a later edit overtake an earlier one. No state lives here.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use serde_json::Value;
use tokio::sync::oneshot;
use tower_lsp::LanguageServer;

use crate::client::ClientInfo;
use crate::event::{Answer, Event};
use crate::flow::Flow;
use crate::jsonrpc::{Error, ErrorCode, Result};
use crate::lsp_types::*;

/// "The text changed while this was computed": ask again.
const CONTENT_MODIFIED: ErrorCode = ErrorCode::ServerError(-32801);

/// Sends events to the main loop.
pub struct Backend {
    events: Sender<Event>,
    flow: Arc<Flow>,
}

impl Backend {
    /// A backend for this queue.
    pub fn new(events: Sender<Event>, flow: Arc<Flow>) -> Backend {
        Backend { events, flow }
    }

    /// `window/workDoneProgress/cancel`, which the library does not know.
    pub async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        self.send(Event::CancelProgress(params.token));
    }

    /// The main loop counts the event as done when it has said all that follows from it.
    fn send(&self, event: Event) {
        self.flow.begin();
        if self.events.send(event).is_err() {
            self.flow.end();
            tracing::error!("the main loop is gone");
        }
    }

    async fn ask<T>(&self, event: impl FnOnce(Answer<T>) -> Event) -> Result<T> {
        let (answer, reply) = oneshot::channel();
        self.send(event(answer));
        let modified = || Error { code: CONTENT_MODIFIED, message: "content modified".into(), data: None };
        reply.await.unwrap_or_else(|_| Err(modified()))
    }
}

#[tower_lsp::async_trait]
impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let capabilities = ClientInfo::new(&params).offer();
        self.send(Event::Initialize(Box::new(params)));
        let server_info =
            ServerInfo { name: "undebug".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
        Ok(InitializeResult { capabilities, server_info: Some(server_info) })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.send(Event::Initialized);
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.send(Event::Open(params.text_document));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.send(Event::Change(params));
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.send(Event::Save(params.text_document.uri));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.send(Event::Close(params.text_document.uri));
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.send(Event::Configuration(params.settings));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.send(Event::Watched(params.changes));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.send(Event::Folders(params.event));
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        self.ask(|answer| Event::Actions(Box::new(params), answer)).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        self.ask(|answer| Event::Hover(params, answer)).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        self.ask(|answer| Event::Hints(params, answer)).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        self.ask(|answer| Event::Command(params, answer)).await
    }
}
