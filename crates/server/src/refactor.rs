//! Code actions for larger changes: a WSGI server, a configuration for each environment, the `__main__` guard.
//!
//! They create files, so that they are offered only to clients whose workspace edits can. What they change is the engine's
//! part, and nothing is applied unless a person chooses it.

use undebug_engine::{Migration, MigrationKind, Place};

use crate::convert::View;
use crate::lsp_types::{
    CodeAction, CodeActionKind, CreateFile, CreateFileOptions, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, Range, ResourceOp, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

/// The kind of these actions: clients that ask for `refactor` get them too.
pub const MIGRATE: &str = "refactor.rewrite.undebug";

/// The larger changes that are about these bytes of a file.
pub fn actions(view: View<'_>, path: &str, bytes: &std::ops::Range<usize>) -> Vec<CodeAction> {
    let touches =
        |place: &Place| &*place.path == path && place.range.start <= bytes.end && bytes.start <= place.range.end;
    // A look at this file costs little; the whole project is run only where something starts here.
    let project = &view.folder.project;
    let starts = project.launches_in(path);
    if !starts.iter().any(|launch| touches(&launch.place) || launch.app.as_ref().is_some_and(touches)) {
        return Vec::new();
    }
    let migrations = project.migrations().into_iter();
    migrations
        .filter(|migration| migration.places.iter().any(touches))
        .filter_map(|migration| action(view, migration))
        .collect()
}

fn action(view: View<'_>, migration: Migration) -> Option<CodeAction> {
    if !migration.creates.is_empty() && !view.client.create_files {
        return None;
    }
    let edit = edit(view, &migration)?;
    let kind = if migration.kind == MigrationKind::Guard { "guard" } else { "production" };
    Some(CodeAction {
        title: migration.title,
        kind: Some(CodeActionKind::from(format!("{MIGRATE}.{kind}"))),
        edit: Some(edit),
        ..CodeAction::default()
    })
}

/// The edits of a change, behind the files that it creates.
fn edit(view: View<'_>, migration: &Migration) -> Option<WorkspaceEdit> {
    let edits = view.workspace_edit(&migration.edits, None)?;
    if migration.creates.is_empty() {
        return Some(edits);
    }
    let mut operations = Vec::new();
    for file in &migration.creates {
        let uri = view.documents.uri(&file.path)?;
        let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(false) };
        operations.push(DocumentChangeOperation::Op(ResourceOp::Create(CreateFile {
            uri: uri.clone(),
            options: Some(options),
            annotation_id: None,
        })));
        let text_document = OptionalVersionedTextDocumentIdentifier { uri, version: None };
        let start = Position { line: 0, character: 0 };
        let text = TextEdit { range: Range { start, end: start }, new_text: file.text.clone() };
        let edits = vec![OneOf::Left(text)];
        operations.push(DocumentChangeOperation::Edit(TextDocumentEdit { text_document, edits }));
    }
    if let Some(DocumentChanges::Edits(edits)) = edits.document_changes {
        operations.extend(edits.into_iter().map(DocumentChangeOperation::Edit));
    }
    Some(WorkspaceEdit { document_changes: Some(DocumentChanges::Operations(operations)), ..WorkspaceEdit::default() })
}
