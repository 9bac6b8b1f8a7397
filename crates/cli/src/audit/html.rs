//! The audit as one HTML page that needs nothing else: no script, no font, no network.

use std::fmt::Write;

use super::model::{App, Audit, Level, Problem, Quote, Start};

const STYLE: &str = include_str!("page.css");

/// The page.
pub(crate) fn render(audit: &Audit) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    let _ = write!(out, "<title>Debug mode audit</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n");
    header(&mut out, audit);
    for app in &audit.apps {
        section(&mut out, app);
    }
    if !audit.elsewhere.is_empty() {
        out.push_str("<section class=\"app\">\n<h2>Findings that belong to no start</h2>\n<ul class=\"loose\">\n");
        for problem in &audit.elsewhere {
            let _ = writeln!(out, "<li>{}</li>", finding(problem));
        }
        out.push_str("</ul>\n</section>\n");
    }
    let _ = writeln!(out, "<footer>undebug {} · {}</footer>", env!("CARGO_PKG_VERSION"), text(&audit.summary()));
    out + "</main>\n</body>\n</html>\n"
}

fn header(out: &mut String, audit: &Audit) {
    let (starts, on, exposed) = audit.counts();
    let worst = audit.apps.iter().map(App::level).max().unwrap_or(Level::Fine);
    let verdict = match worst {
        Level::Danger => "Debug mode is on where the network reaches it",
        Level::Warning => "Debug mode is on",
        Level::Note => "Debug mode is on where nobody is served",
        Level::Unknown => "Not every start is known",
        Level::Fine if starts == 0 => "Nothing here starts a server",
        Level::Fine => "Debug mode is off",
    };
    let _ = writeln!(
        out,
        "<header class=\"{}\">\n<p class=\"name\">Debug mode audit</p>\n<h1>{verdict}</h1>",
        worst.word()
    );
    out.push_str("<dl>\n");
    let apps = audit.apps.iter().filter(|app| app.place.is_some()).count();
    let facts = [
        ("application", "applications", apps),
        ("start", "starts", starts),
        ("with debug mode on", "with debug mode on", on),
        ("exposed", "exposed", exposed),
        ("finding", "findings", audit.findings),
    ];
    for (one, many, count) in facts {
        let label = if count == 1 { one } else { many };
        let _ = writeln!(out, "<div><dt>{label}</dt><dd>{count}</dd></div>");
    }
    out.push_str("</dl>\n");
    bar(out, audit);
    first_step(out, audit);
    out.push_str("</header>\n");
}

/// What to do about the worst start, before anything else is read.
fn first_step(out: &mut String, audit: &Audit) {
    let starts = audit.apps.iter().flat_map(|app| &app.starts).filter(|start| start.level >= Level::Warning);
    // Of equally bad ones the first, as the page has them.
    let worst = starts.fold(None::<&Start>, |worst, start| match worst {
        Some(worst) if worst.level >= start.level => Some(worst),
        _ => Some(start),
    });
    let Some((start, advice)) = worst.and_then(|start| Some((start, start.advice.first()?))) else { return };
    let _ = writeln!(
        out,
        "<div class=\"first {}\"><p class=\"name\">Do this first</p>\n<p>{}</p>\n\
         <p class=\"because\">because of <span class=\"where\">{}</span>: {}</p></div>",
        start.level.word(),
        prose(advice),
        text(&start.place.at()),
        prose(&start.state)
    );
}

/// What the words of the badges mean.
fn meaning(level: Level) -> &'static str {
    match level {
        Level::Danger => "debug mode where the network reaches it",
        Level::Warning => "debug mode, as far as is known not reached by the network",
        Level::Note => "debug mode for developers, or without a debugger",
        Level::Unknown => "depends on what no file says",
        Level::Fine => "off until somebody asks for it, or for good",
    }
}

/// All starts in one bar, worst first.
fn bar(out: &mut String, audit: &Audit) {
    let levels = [Level::Danger, Level::Warning, Level::Note, Level::Unknown, Level::Fine];
    out.push_str("<div class=\"bar\" role=\"img\" aria-label=\"starts by level\">");
    for level in levels {
        let count = audit.apps.iter().flat_map(|app| &app.starts).filter(|start| start.level == level).count();
        if count > 0 {
            let _ = write!(out, "<span class=\"{0}\" style=\"flex-grow:{count}\">{count} {0}</span>", level.word());
        }
    }
    out.push_str("</div>\n<p class=\"legend\">");
    for level in levels {
        if audit.apps.iter().flat_map(|app| &app.starts).any(|start| start.level == level) {
            let _ = write!(out, "<span class=\"{0}\"><b>{0}</b> {1}</span> ", level.word(), meaning(level));
        }
    }
    out.push_str("</p>\n");
}

fn section(out: &mut String, app: &App) {
    let level = app.level();
    let alike = app.starts.iter().filter(|start| start.level == level).count();
    let told = match app.starts.len() {
        1 => String::new(),
        all => format!(" in {alike} of {all} starts"),
    };
    let _ = writeln!(
        out,
        "<section class=\"app {0}\">\n<div class=\"title\"><h2>{1}</h2><span class=\"badge\">{0}{told}</span></div>",
        level.word(),
        text(&app.name())
    );
    if let Some(place) = &app.place {
        let _ = writeln!(out, "<p class=\"made\">made at line {} <code>{}</code></p>", place.line, text(&place.text));
    }
    for start in &app.starts {
        start_card(out, start);
    }
    out.push_str("</section>\n");
}

fn start_card(out: &mut String, start: &Start) {
    let open = if start.level >= Level::Warning { " open" } else { "" };
    let service = start.service.as_ref().map(|name| format!(" <span class=\"tag\">{}</span>", text(name)));
    let purpose = if start.purpose == "deployment" {
        String::new()
    } else {
        format!(" <span class=\"tag quiet\">{}</span>", start.purpose)
    };
    let _ = writeln!(
        out,
        "<details class=\"start {level}\"{open}>\n<summary><span class=\"badge\">{level}</span><span class=\"head\">\
         <span class=\"where\">{at}</span>{service}{purpose}<span class=\"server\">{server}</span></span>\
         <span class=\"state\">{state}</span></summary>",
        level = start.level.word(),
        at = text(&start.place.at()),
        service = service.unwrap_or_default(),
        server = text(start.server),
        state = prose(&start.state),
    );
    let _ = writeln!(out, "<pre>{}</pre>", text(&start.place.text));
    if !start.why.is_empty() {
        out.push_str("<h3>Why</h3>\n<ol class=\"why\">\n");
        for (place, message) in &start.why {
            let _ = writeln!(out, "<li>{}</li>", evidence(place, message));
        }
        out.push_str("</ol>\n");
    }
    if !start.problems.is_empty() {
        out.push_str("<h3>Findings</h3>\n<ul>\n");
        for problem in &start.problems {
            let _ = writeln!(out, "<li>{}</li>", finding(problem));
        }
        out.push_str("</ul>\n");
    }
    if !start.advice.is_empty() {
        out.push_str("<h3>What to do</h3>\n<ul class=\"todo\">\n");
        for advice in &start.advice {
            let _ = writeln!(out, "<li>{}</li>", prose(advice));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</details>\n");
}

fn evidence(place: &Quote, message: &str) -> String {
    format!("<span class=\"where\">{}</span> {}<code>{}</code>", text(&place.at()), prose(message), text(&place.text))
}

fn finding(problem: &Problem) -> String {
    let at = text(&problem.place.at());
    format!(
        "<span class=\"where\">{at}</span> <span class=\"rule\">{}</span> {}",
        problem.rule,
        prose(&problem.message)
    )
}

/// Text of a page: whatever stands in a file stays text.
fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A sentence with code in backticks.
fn prose(sentence: &str) -> String {
    let mut out = String::new();
    for (at, part) in sentence.split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(out, "<code>{}</code>", text(part));
        } else {
            out.push_str(&text(part));
        }
    }
    out
}
