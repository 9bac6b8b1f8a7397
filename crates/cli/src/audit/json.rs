//! The audit as JSON for programs. The shape is a contract: keys are added, never changed.

use serde_json::{Value, json};

use super::model::{App, Audit, Problem, Quote, Start};
use crate::explain::severity;

/// The version of the shape.
const VERSION: u32 = 1;

/// One document.
pub(crate) fn render(audit: &Audit) -> String {
    let (starts, on, exposed) = audit.counts();
    let document = json!({
        "version": VERSION,
        "files_checked": audit.files,
        "counts": { "starts": starts, "on": on, "exposed": exposed, "findings": audit.findings },
        "apps": audit.apps.iter().map(app).collect::<Vec<_>>(),
        "elsewhere": audit.elsewhere.iter().map(problem).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn app(app: &App) -> Value {
    json!({
        "place": app.place.as_ref().map(place),
        "level": app.level().word(),
        "starts": app.starts.iter().map(start).collect::<Vec<_>>(),
    })
}

fn start(start: &Start) -> Value {
    let why = start.why.iter().map(|(at, message)| json!({ "place": place(at), "message": message }));
    json!({
        "place": place(&start.place),
        "service": start.service,
        "server": start.server,
        "starter": start.starter,
        "purpose": start.purpose,
        "level": start.level.word(),
        "debug": start.debug,
        "variable": start.variable,
        "console": start.console,
        "network": start.network,
        "state": start.state,
        "evidence": why.collect::<Vec<_>>(),
        "findings": start.problems.iter().map(problem).collect::<Vec<_>>(),
        "advice": start.advice,
    })
}

fn problem(problem: &Problem) -> Value {
    json!({
        "rule": problem.rule,
        "severity": severity(problem.severity),
        "message": problem.message,
        "place": place(&problem.place),
        "fix": problem.fix,
    })
}

fn place(quote: &Quote) -> Value {
    json!({ "path": quote.path, "line": quote.line, "column": quote.column, "text": quote.text })
}
