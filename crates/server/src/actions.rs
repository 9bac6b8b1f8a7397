//! Code actions: the ways out of the findings at a place, and all preferred ones at once.
//!
//! Everything is computed from the current text; what a client kept from an earlier diagnostic only helps to find the
//! place.

use undebug_engine::{Edit, Finding, FixKind};

use crate::client::FIX_ALL;
use crate::convert::{self, View};
use crate::lsp_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionOrCommand, CodeActionTriggerKind, Diagnostic,
    NumberOrString, Range, WorkspaceEdit,
};
use crate::refactor::{self, MIGRATE};

/// What can be done about a range of a file.
pub fn actions(view: View<'_>, path: &str, range: &Range, context: &CodeActionContext) -> Vec<CodeActionOrCommand> {
    let findings = view.folder.project.findings(path);
    let Some(text) = view.text(path) else { return Vec::new() };
    let bytes = convert::bytes(&text, range, view.client.encoding);
    let mut actions = Vec::new();
    if is_wanted(context, CodeActionKind::QUICKFIX.as_str()) {
        for finding in &findings {
            let diagnostic = view.diagnostic(finding, &text);
            let touches = finding.place.range.start <= bytes.end && bytes.start <= finding.place.range.end;
            if touches || context.diagnostics.iter().any(|known| is_same(known, &diagnostic)) {
                actions.extend(quick_fixes(view, finding, &diagnostic));
            }
        }
        actions.sort_by_key(|(kind, _)| *kind == FixKind::Suppress);
    }
    // Looking for starts may read more files, for which no text may be held.
    drop(text);
    let mut actions: Vec<CodeAction> = actions.into_iter().map(|(_, action)| action).collect();
    let is_unasked = context.only.is_none() && context.trigger_kind == Some(CodeActionTriggerKind::AUTOMATIC);
    if is_wanted(context, MIGRATE) && !is_unasked {
        actions.extend(refactor::actions(view, path, &bytes));
    }
    if is_wanted(context, FIX_ALL) && !is_unasked {
        actions.extend(fix_all(view, &findings));
    }
    actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
}

/// The preferred fixes of these findings as one edit; `None` when there is nothing to fix.
pub fn preferred(view: View<'_>, findings: &[Finding], confirm: Option<&str>) -> Option<WorkspaceEdit> {
    let edits: Vec<Edit> = view.folder.project.preferred_edits(findings).into_values().flatten().collect();
    if edits.is_empty() {
        return None;
    }
    view.workspace_edit(&edits, confirm)
}

fn quick_fixes(view: View<'_>, finding: &Finding, diagnostic: &Diagnostic) -> Vec<(FixKind, CodeAction)> {
    let fixes = view.folder.project.fixes(finding).into_iter();
    fixes
        .filter_map(|fix| {
            let edit = view.workspace_edit(&fix.edits, None)?;
            let action = CodeAction {
                title: fix.title,
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic.clone()]),
                edit: Some(edit),
                is_preferred: fix.preferred.then_some(true),
                ..CodeAction::default()
            };
            Some((fix.kind, action))
        })
        .collect()
}

fn fix_all(view: View<'_>, findings: &[Finding]) -> Option<CodeAction> {
    let edit = preferred(view, findings, None)?;
    Some(CodeAction {
        title: "Turn debug mode off in the whole file".to_owned(),
        kind: Some(CodeActionKind::new(FIX_ALL)),
        edit: Some(edit),
        ..CodeAction::default()
    })
}

/// A client that names kinds wants these and what is below them: `source` stands for `source.fixAll.undebug`.
fn is_wanted(context: &CodeActionContext, kind: &str) -> bool {
    let Some(only) = &context.only else { return true };
    only.iter().any(|wanted| {
        let rest = kind.strip_prefix(wanted.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || wanted.as_str().is_empty())
    })
}

fn is_same(known: &Diagnostic, ours: &Diagnostic) -> bool {
    let code = |diagnostic: &Diagnostic| match &diagnostic.code {
        Some(NumberOrString::String(code)) => Some(code.clone()),
        _ => None,
    };
    known.range == ours.range && code(known) == code(ours)
}
