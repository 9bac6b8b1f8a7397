//! What the client can do, read once from `initialize`, and what the server offers in return.
//!
//! It holds no state of documents.

use undebug_engine::Encoding;

use crate::lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, ExecuteCommandOptions, HoverProviderCapability,
    InitializeParams, MarkupKind, OneOf, PositionEncodingKind, ResourceOperationKind, SaveOptions, ServerCapabilities,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};
use crate::refactor::MIGRATE;

/// The command that applies the preferred fix of every finding of the workspace.
pub const FIX_WORKSPACE: &str = "undebug.fixWorkspace";

/// The kind of the action that applies the preferred fix of every finding of a file.
pub const FIX_ALL: &str = "source.fixAll.undebug";

/// What the client can do. The default is a client that said nothing.
#[derive(Debug, Clone, Default)]
pub struct ClientInfo {
    /// The unit of columns that was agreed on.
    pub encoding: Encoding,
    /// Diagnostics may have related places.
    pub related: bool,
    /// Workspace edits may name versions.
    pub document_changes: bool,
    /// Edits may ask for a confirmation.
    pub annotations: bool,
    /// Workspace edits may create files.
    pub create_files: bool,
    /// The server may ask for edits to be applied.
    pub apply_edit: bool,
    /// Hovers may be Markdown.
    pub markdown: bool,
    /// The server may ask for settings.
    pub configuration: bool,
    /// The client can be asked to tell about changed settings.
    pub watch_configuration: bool,
    /// The client can be asked to tell about changed files.
    pub watch_files: bool,
    /// The server may show progress.
    pub progress: bool,
    /// The server may say that inlay hints are out of date.
    pub refresh_hints: bool,
}

impl ClientInfo {
    /// Reads what the client announced.
    pub fn new(params: &InitializeParams) -> ClientInfo {
        let capabilities = &params.capabilities;
        let workspace = capabilities.workspace.as_ref();
        let document = capabilities.text_document.as_ref();
        let edit = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let formats = document.and_then(|document| document.hover.as_ref()?.content_format.as_ref());
        ClientInfo {
            encoding: encoding(params),
            related: document
                .and_then(|document| document.publish_diagnostics.as_ref()?.related_information)
                .unwrap_or(false),
            document_changes: edit.and_then(|edit| edit.document_changes).unwrap_or(false),
            annotations: edit.is_some_and(|edit| edit.change_annotation_support.is_some()),
            create_files: edit.is_some_and(|edit| {
                let operations = edit.resource_operations.as_deref().unwrap_or_default();
                edit.document_changes == Some(true) && operations.contains(&ResourceOperationKind::Create)
            }),
            apply_edit: workspace.and_then(|workspace| workspace.apply_edit).unwrap_or(false),
            markdown: formats.is_some_and(|formats| formats.contains(&MarkupKind::Markdown)),
            configuration: workspace.and_then(|workspace| workspace.configuration).unwrap_or(false),
            watch_configuration: workspace
                .and_then(|workspace| workspace.did_change_configuration.as_ref()?.dynamic_registration)
                .unwrap_or(false),
            watch_files: workspace
                .and_then(|workspace| workspace.did_change_watched_files.as_ref()?.dynamic_registration)
                .unwrap_or(false),
            progress: capabilities.window.as_ref().and_then(|window| window.work_done_progress).unwrap_or(false),
            refresh_hints: workspace
                .and_then(|workspace| workspace.inlay_hint.as_ref()?.refresh_support)
                .unwrap_or(false),
        }
    }

    /// What the server offers this client. Diagnostics are pushed to every client: a client that gets both kinds shows
    /// each finding twice.
    pub fn offer(&self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(match self.encoding {
                Encoding::Utf8 => PositionEncodingKind::UTF8,
                Encoding::Utf16 => PositionEncodingKind::UTF16,
                Encoding::Utf32 => PositionEncodingKind::UTF32,
            }),
            text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
                ..TextDocumentSyncOptions::default()
            })),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![
                    CodeActionKind::QUICKFIX,
                    CodeActionKind::new(FIX_ALL),
                    CodeActionKind::new(MIGRATE),
                ]),
                ..CodeActionOptions::default()
            })),
            inlay_hint_provider: Some(OneOf::Left(true)),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            execute_command_provider: Some(ExecuteCommandOptions {
                commands: vec![FIX_WORKSPACE.to_owned()],
                ..ExecuteCommandOptions::default()
            }),
            workspace: Some(WorkspaceServerCapabilities {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(OneOf::Left(true)),
                }),
                file_operations: None,
            }),
            ..ServerCapabilities::default()
        }
    }
}

/// Bytes where the client can, because the engine counts in them; else the client's first choice.
fn encoding(params: &InitializeParams) -> Encoding {
    let offered = params.capabilities.general.as_ref().and_then(|general| general.position_encodings.as_ref());
    let known: Vec<Encoding> = offered.into_iter().flatten().filter_map(known_encoding).collect();
    if known.contains(&Encoding::Utf8) {
        return Encoding::Utf8;
    }
    known.first().copied().unwrap_or_default()
}

fn known_encoding(kind: &PositionEncodingKind) -> Option<Encoding> {
    match kind.as_str() {
        "utf-8" => Some(Encoding::Utf8),
        "utf-16" => Some(Encoding::Utf16),
        "utf-32" => Some(Encoding::Utf32),
        _ => None,
    }
}
