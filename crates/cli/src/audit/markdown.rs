//! The audit as Markdown, for a wiki or a merge request.

use std::fmt::Write;

use super::model::{App, Audit, Problem, Quote, Start};

/// The document.
pub(crate) fn render(audit: &Audit) -> String {
    let mut out = format!("# Debug mode audit\n\n{}.\n", audit.summary());
    for app in &audit.apps {
        app_section(&mut out, app);
    }
    if !audit.elsewhere.is_empty() {
        out.push_str("\n## Findings that belong to no start\n\n");
        for problem in &audit.elsewhere {
            let _ = writeln!(out, "- {}", finding(problem));
        }
    }
    out
}

fn app_section(out: &mut String, app: &App) {
    let _ = writeln!(out, "\n## {}\n", code(&app.name()));
    if let Some(place) = &app.place {
        let _ = writeln!(out, "Made at {}: {}\n", place.at(), code(&place.text));
    }
    out.push_str("| start | by | debug mode | purpose |\n| --- | --- | --- | --- |\n");
    for start in &app.starts {
        let _ = writeln!(
            out,
            "| {} | {} | **{}**: {} | {} |",
            cell(&name(start)),
            start.server,
            start.level.word(),
            cell(&start.state),
            start.purpose
        );
    }
    for start in app.starts.iter().filter(|start| !start.why.is_empty() || !start.advice.is_empty()) {
        let _ = writeln!(out, "\n### {}\n\n{}\n", name(start), code(&start.place.text));
        for (place, message) in &start.why {
            let _ = writeln!(out, "1. {}", told(place, message));
        }
        if !start.advice.is_empty() {
            out.push_str("\nWhat to do:\n\n");
        }
        for advice in &start.advice {
            let _ = writeln!(out, "- {advice}");
        }
    }
}

fn name(start: &Start) -> String {
    match &start.service {
        Some(service) => format!("{} ({service})", start.place.at()),
        None => start.place.at(),
    }
}

fn told(place: &Quote, message: &str) -> String {
    format!("{}: {message}: {}", place.at(), code(&place.text))
}

fn finding(problem: &Problem) -> String {
    format!("{} {}: {}", problem.place.at(), code(problem.rule), problem.message)
}

/// Text as code, whatever backticks it has itself.
fn code(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for char in text.chars() {
        run = if char == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
