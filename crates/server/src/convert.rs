//! Between the client's positions and the engine's bytes, and from findings to diagnostics.
//!
//! It decides nothing: what is a finding, and how bad, was decided in the engine.

use std::cell::Ref;
use std::collections::HashMap;
use std::ops::{Deref, Range};
use std::sync::Arc;

use undebug_engine::{Document, Edit, Encoding, Finding, Language, Place, Position, Severity};

use crate::client::ClientInfo;
use crate::files;
use crate::folder::Folder;
use crate::lsp_types::{
    self as lsp, AnnotatedTextEdit, ChangeAnnotation, CodeDescription, Diagnostic, DiagnosticRelatedInformation,
    DiagnosticSeverity, DocumentChanges, Location, NumberOrString, OneOf, OptionalVersionedTextDocumentIdentifier,
    TextDocumentEdit, TextDocumentItem, TextEdit, Url, WorkspaceEdit,
};
use crate::session::Documents;

/// Where a rule is documented: this and the rule's name.
pub const RULE_BASE: &str = "https://undebug.dev/rules/";

/// The name under which an edit asks for a confirmation.
const ANNOTATION: &str = "undebug";

/// What is needed to speak of one folder's files in the client's terms.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The folder.
    pub folder: &'a Folder,
    /// The open documents.
    pub documents: &'a Documents,
    /// The client.
    pub client: &'a ClientInfo,
}

/// A document of the project, or one that was read for the moment.
pub enum Text<'a> {
    /// The project's.
    Kept(Ref<'a, Document>),
    /// Of the disk.
    Read(Box<Document>),
}

impl Deref for Text<'_> {
    type Target = Document;

    fn deref(&self) -> &Document {
        match self {
            Text::Kept(document) => document,
            Text::Read(document) => document,
        }
    }
}

impl<'a> View<'a> {
    /// The text that the engine's bytes of this file refer to.
    pub fn text(self, path: &str) -> Option<Text<'a>> {
        if let Some(document) = self.folder.project.document(path) {
            return Some(Text::Kept(document));
        }
        let text = files::read_text(path)?;
        let language = Language::of_path(path).unwrap_or(Language::Dotenv);
        Some(Text::Read(Box::new(Document::new(language, &text))))
    }

    /// A finding as a diagnostic of its own file.
    pub fn diagnostic(self, finding: &Finding, text: &Document) -> Diagnostic {
        let related = finding.related.iter().filter(|_| self.client.related);
        let related: Vec<DiagnosticRelatedInformation> = related
            .filter_map(|related| {
                let location = self.location(&related.place)?;
                Some(DiagnosticRelatedInformation { location, message: related.message.clone() })
            })
            .collect();
        Diagnostic {
            range: range(text, &finding.place.range, self.client.encoding),
            severity: Some(severity(finding.severity)),
            code: Some(NumberOrString::String(finding.rule.name.to_owned())),
            code_description: rule_url(finding.rule.name).map(|href| CodeDescription { href }),
            source: Some("undebug".to_owned()),
            message: finding.message.clone(),
            related_information: (!related.is_empty()).then_some(related),
            tags: None,
            data: None,
        }
    }

    /// Edits in the form that the client understands; `None` when a file cannot be read or named. With
    /// `confirm` a client that can asks before it applies them.
    pub fn workspace_edit(self, edits: &[Edit], confirm: Option<&str>) -> Option<WorkspaceEdit> {
        let mut files: Vec<(Arc<str>, Vec<TextEdit>)> = Vec::new();
        for edit in edits {
            let text = self.text(&edit.path)?;
            let range = range(&text, &edit.range, self.client.encoding);
            let converted = TextEdit { range, new_text: edit.text.clone() };
            match files.iter_mut().find(|(path, _)| *path == edit.path) {
                Some((_, edits)) => edits.push(converted),
                None => files.push((edit.path.clone(), vec![converted])),
            }
        }
        if !self.client.document_changes {
            let changes: Option<HashMap<Url, Vec<TextEdit>>> =
                files.into_iter().map(|(path, edits)| Some((self.documents.uri(&path)?, edits))).collect();
            return Some(WorkspaceEdit { changes: Some(changes?), ..WorkspaceEdit::default() });
        }
        let confirm = confirm.filter(|_| self.client.annotations);
        let changes: Option<Vec<TextDocumentEdit>> = files
            .into_iter()
            .map(|(path, edits)| {
                let version = self.documents.get(&path).map(|open| open.version);
                let text_document =
                    OptionalVersionedTextDocumentIdentifier { uri: self.documents.uri(&path)?, version };
                let edits = edits.into_iter().map(|edit| annotate(edit, confirm.is_some())).collect();
                Some(TextDocumentEdit { text_document, edits })
            })
            .collect();
        let annotations = confirm.map(|label| {
            let annotation =
                ChangeAnnotation { label: label.to_owned(), needs_confirmation: Some(true), description: None };
            HashMap::from([(ANNOTATION.to_owned(), annotation)])
        });
        Some(WorkspaceEdit {
            changes: None,
            document_changes: Some(DocumentChanges::Edits(changes?)),
            change_annotations: annotations,
        })
    }

    fn location(self, place: &Place) -> Option<Location> {
        let text = self.text(&place.path)?;
        let range = range(&text, &place.range, self.client.encoding);
        Some(Location { uri: self.documents.uri(&place.path)?, range })
    }
}

/// The client's range of these bytes.
pub fn range(text: &Document, bytes: &Range<usize>, encoding: Encoding) -> lsp::Range {
    let position = |byte| {
        let Position { line, column } = text.position(byte, encoding);
        lsp::Position { line, character: column }
    };
    lsp::Range { start: position(bytes.start), end: position(bytes.end) }
}

/// The bytes of a client's range; a range that ends before it begins is read the other way round.
pub fn bytes(text: &Document, range: &lsp::Range, encoding: Encoding) -> Range<usize> {
    let offset =
        |position: lsp::Position| text.offset(Position { line: position.line, column: position.character }, encoding);
    let (start, end) = (offset(range.start), offset(range.end));
    start.min(end)..start.max(end)
}

/// Where a rule is documented.
pub fn rule_url(name: &str) -> Option<Url> {
    Url::parse(&format!("{RULE_BASE}{name}")).ok()
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Information => DiagnosticSeverity::INFORMATION,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Error => DiagnosticSeverity::ERROR,
    }
}

fn annotate(text_edit: TextEdit, confirm: bool) -> OneOf<TextEdit, AnnotatedTextEdit> {
    if confirm {
        OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id: ANNOTATION.to_owned() })
    } else {
        OneOf::Left(text_edit)
    }
}

/// The language that the editor names, for a document whose name says nothing.
pub fn language_of(item: &TextDocumentItem) -> Option<Language> {
    Some(match item.language_id.to_ascii_lowercase().as_str() {
        // A stub is Python that nobody runs.
        "python" if !item.uri.path().ends_with(".pyi") => Language::Python,
        "dotenv" | "env" => Language::Dotenv,
        "dockerfile" => Language::Dockerfile,
        "yaml" | "dockercompose" | "github-actions-workflow" => Language::Yaml,
        "procfile" => Language::Procfile,
        "systemd" | "systemd-unit-file" => Language::Systemd,
        "shellscript" | "sh" | "bash" | "zsh" | "shell" => Language::Shell,
        "makefile" | "make" => Language::Makefile,
        "json" | "jsonc" => Language::Json,
        "toml" => Language::Toml,
        "just" => Language::Justfile,
        "terraform" | "hcl" => Language::Hcl,
        "bat" | "dosbatch" => Language::Batch,
        "powershell" | "ps1" => Language::PowerShell,
        _ => return None,
    })
}
