//! The audit as a tree for a terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::model::{App, Audit, Level, Start};

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// The tree, coloured: what prints it takes the colours off where they are not wanted.
pub(crate) fn render(audit: &Audit) -> String {
    let mut out = String::new();
    for app in &audit.apps {
        app_tree(&mut out, app);
        out.push('\n');
    }
    if !audit.elsewhere.is_empty() {
        let _ = writeln!(out, "{BOLD}Findings that belong to no start{BOLD:#}");
        for problem in &audit.elsewhere {
            let _ = writeln!(out, "├─ {} {}: {}", problem.place.at(), problem.rule, problem.message);
        }
        out.push('\n');
    }
    out + &audit.summary() + "\n"
}

fn app_tree(out: &mut String, app: &App) {
    let made = app.place.as_ref().map(|place| format!("  {DIM}line {}: {}{DIM:#}", place.line, place.text));
    let _ = writeln!(out, "{BOLD}{}{BOLD:#}{}", app.name(), made.unwrap_or_default());
    for (at, start) in app.starts.iter().enumerate() {
        let last = at + 1 == app.starts.len();
        start_tree(out, start, if last { ("└─", "   ") } else { ("├─", "│  ") });
    }
}

fn start_tree(out: &mut String, start: &Start, (branch, rest): (&str, &str)) {
    let style = style(start.level);
    let service = start.service.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let purpose = if start.purpose == "deployment" { String::new() } else { format!(" [{}]", start.purpose) };
    let _ = writeln!(
        out,
        "{branch} {style}{} {}{style:#} {}{service}{purpose}  {DIM}{}{DIM:#}",
        mark(start.level),
        start.server,
        start.place.at(),
        start.place.text
    );
    let _ = writeln!(out, "{rest}  {style}{}{style:#}", start.state);
    for (place, message) in &start.why {
        let _ = writeln!(out, "{rest}  · {} {message}  {DIM}{}{DIM:#}", place.at(), place.text);
    }
    for advice in &start.advice {
        let _ = writeln!(out, "{rest}  → {advice}");
    }
}

/// A mark that can be told without colours.
fn mark(level: Level) -> &'static str {
    match level {
        Level::Fine => "✓",
        Level::Unknown => "?",
        Level::Note => "i",
        Level::Warning => "!",
        Level::Danger => "✗",
    }
}

fn style(level: Level) -> Style {
    let color = match level {
        Level::Fine => AnsiColor::Green,
        Level::Unknown => AnsiColor::BrightBlack,
        Level::Note => AnsiColor::Blue,
        Level::Warning => AnsiColor::Yellow,
        Level::Danger => AnsiColor::Red,
    };
    color.on_default()
}
