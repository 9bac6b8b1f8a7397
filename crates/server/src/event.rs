//! What can happen to the main loop: one event for each message of the client, each reply of the client, and each
//! result of the server's own background work, in one queue.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::jsonrpc;
use crate::lsp_types::{
    CodeActionOrCommand, CodeActionParams, ConfigurationItem, DidChangeTextDocumentParams, ExecuteCommandParams,
    FileEvent, Hover, HoverParams, InitializeParams, InlayHint, InlayHintParams, ProgressToken, Registration,
    TextDocumentItem, Url, WorkspaceEdit, WorkspaceFoldersChangeEvent,
};

/// Where the answer to a request goes. Dropped without an answer, the client is told to ask again.
pub type Answer<T> = oneshot::Sender<jsonrpc::Result<T>>;

/// One thing that happened.
pub enum Event {
    /// The client said who it is.
    Initialize(Box<InitializeParams>),
    /// The client is ready for requests of the server.
    Initialized,
    /// A document was opened.
    Open(TextDocumentItem),
    /// A document was edited.
    Change(DidChangeTextDocumentParams),
    /// A document was saved.
    Save(Url),
    /// A document was closed.
    Close(Url),
    /// The client pushed settings, or says that they changed.
    Configuration(Value),
    /// Files changed on disk.
    Watched(Vec<FileEvent>),
    /// Workspace folders came or went.
    Folders(WorkspaceFoldersChangeEvent),
    /// What can be done here?
    Actions(Box<CodeActionParams>, Answer<Option<Vec<CodeActionOrCommand>>>),
    /// What is this?
    Hover(HoverParams, Answer<Option<Hover>>),
    /// What will debug mode be at the starts in this range?
    Hints(InlayHintParams, Answer<Option<Vec<InlayHint>>>),
    /// A command of ours.
    Command(ExecuteCommandParams, Answer<Option<Value>>),
    /// The user wants no more of this.
    CancelProgress(ProgressToken),
    /// The client replied to a question of ours.
    Reply(Reply),
    /// A folder's files were listed, in the background.
    Walked {
        /// The folder's root.
        root: Arc<str>,
        /// Paths of the files that are worth a look, in order.
        files: Vec<String>,
    },
}

/// What the server asks of the client.
pub enum Question {
    /// To tell about files, settings.
    Register(Vec<Registration>),
    /// The settings of these folders.
    Configuration(Vec<Arc<str>>, Vec<ConfigurationItem>),
    /// To show progress under this token.
    Progress(ProgressToken),
    /// To apply an edit.
    Apply(Box<WorkspaceEdit>),
    /// To ask for inlay hints again.
    RefreshHints,
}

/// What the client replied.
pub enum Reply {
    /// The settings of these folders; null where the client has none.
    Configuration(Vec<(Arc<str>, Value)>),
    /// Progress may be reported under this token.
    Progress(ProgressToken),
}
