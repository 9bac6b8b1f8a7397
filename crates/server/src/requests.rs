//! The answers to the client's requests, computed on the current text, and the server's own standing requests.
//!
//! It changes nothing in the session.

use serde_json::{Value, json};

use crate::actions;
use crate::client::FIX_WORKSPACE;
use crate::event::Question;
use crate::hints;
use crate::hover;
use crate::jsonrpc::{Error, Result};
use crate::lsp_types::{
    CodeActionOrCommand, CodeActionParams, ConfigurationItem, DocumentChanges, ExecuteCommandParams, Hover,
    HoverParams, InlayHint, InlayHintParams, Registration, WorkspaceEdit,
};
use crate::session::Session;
use crate::settings::SECTION;
use crate::uri;

/// What can be done about a range.
pub fn code_actions(session: &Session, params: &CodeActionParams) -> Option<Vec<CodeActionOrCommand>> {
    let (view, path) = session.view(&params.text_document.uri)?;
    Some(actions::actions(view, &path, &params.range, &params.context))
}

/// What is said about a position.
pub fn hover(session: &Session, params: &HoverParams) -> Option<Hover> {
    let place = &params.text_document_position_params;
    let (view, path) = session.view(&place.text_document.uri)?;
    hover::hover(view, &path, place.position)
}

/// What is shown behind the starts in a range.
pub fn inlay_hints(session: &Session, params: &InlayHintParams) -> Option<Vec<InlayHint>> {
    let (view, path) = session.view(&params.text_document.uri)?;
    Some(hints::hints(view, &path, &params.range))
}

/// Carries out a command. The edit travels in a request of its own, whose fate is not waited for.
pub fn command(session: &Session, params: &ExecuteCommandParams) -> Result<Option<Value>> {
    if params.command != FIX_WORKSPACE {
        return Err(Error::invalid_params(format!("unknown command `{}`", params.command)));
    }
    if !session.client.apply_edit {
        return Err(Error::invalid_params("the client does not apply edits"));
    }
    let mut whole: Option<WorkspaceEdit> = None;
    for folder in 0..session.folders.len() {
        let view = session.view_of(folder);
        let findings = view.folder.project.all_findings();
        let edit = actions::preferred(view, &findings, Some("Turn debug mode off in the whole workspace"));
        if let Some(edit) = edit {
            whole = Some(match whole {
                Some(first) => join(first, edit),
                None => edit,
            });
        }
    }
    if let Some(edit) = whole {
        session.outbox.ask(Question::Apply(Box::new(edit)));
    }
    Ok(None)
}

/// Asks the client to tell about files and settings, as far as it can.
pub fn register(session: &Session) {
    let mut registrations = Vec::new();
    if session.client.watch_files {
        let globs = [
            "**/*.{py,pyw,env,yml,yaml,service,sh,bash,zsh,mk,make,json,toml,ini,cfg,dockerfile,containerfile}",
            "**/*.{just,tf,hcl,bat,cmd,ps1}",
            "**/{.env,.flaskenv,Dockerfile,Containerfile,Procfile}*",
            "**/{dockerfile,containerfile,procfile,Makefile,makefile,GNUmakefile,Justfile,justfile,.justfile}",
            "**/{ecosystem,pm2}.config.{js,cjs,mjs}",
        ];
        let watchers: Vec<Value> = globs.iter().map(|glob| json!({ "globPattern": glob })).collect();
        registrations.push(Registration {
            id: "undebug/files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: Some(json!({ "watchers": watchers })),
        });
    }
    if session.client.watch_configuration {
        registrations.push(Registration {
            id: "undebug/settings".to_owned(),
            method: "workspace/didChangeConfiguration".to_owned(),
            register_options: Some(json!({ "section": SECTION })),
        });
    }
    if !registrations.is_empty() {
        session.outbox.ask(Question::Register(registrations));
    }
}

/// Asks the client for its settings: once for each workspace folder, or once where there is none. False when it cannot
/// be asked.
pub fn ask_settings(session: &Session) -> bool {
    if !session.client.configuration {
        return false;
    }
    let section = Some(SECTION.to_owned());
    let mut roots = Vec::new();
    let mut items = Vec::new();
    for folder in session.folders.iter().filter(|folder| folder.declared) {
        roots.push(folder.root.clone());
        items.push(ConfigurationItem { scope_uri: uri::uri_of(&folder.root), section: section.clone() });
    }
    if items.is_empty() {
        roots.push("".into());
        items.push(ConfigurationItem { scope_uri: None, section });
    }
    session.outbox.ask(Question::Configuration(roots, items));
    true
}

fn join(mut first: WorkspaceEdit, second: WorkspaceEdit) -> WorkspaceEdit {
    if let (Some(changes), Some(more)) = (&mut first.changes, second.changes) {
        changes.extend(more);
    }
    if let (Some(DocumentChanges::Edits(edits)), Some(DocumentChanges::Edits(more))) =
        (&mut first.document_changes, second.document_changes)
    {
        edits.extend(more);
    }
    first
}
