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
    out.push_str("</header>\n");
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
    out.push_str("</div>\n");
}

fn section(out: &mut String, app: &App) {
    let _ = writeln!(out, "<section class=\"app\">\n<h2>{}</h2>", text(&app.name()));
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
    format!("<span class=\"where\">{}</span> {} <code>{}</code>", text(&place.at()), prose(message), text(&place.text))
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
