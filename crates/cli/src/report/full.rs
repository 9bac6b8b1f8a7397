//! For people: the message, the source with carets, why it is so, and what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use undebug_engine::Severity;

use super::{Entry, Report, display_path, summary};

/// The report, coloured: what prints it takes the colours off where they are not wanted.
pub(crate) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for entry in &report.entries {
        out.push_str(&one(entry));
        out.push_str("\n\n");
    }
    out + &summary(report)
}

fn one(entry: &Entry<'_>) -> String {
    let finding = &entry.finding;
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Information => Level::INFO.with_name("information"),
    };
    let path = display_path(&finding.place.path);
    let text = entry.text(&finding.place.path);
    let mut snippet =
        Snippet::source(&text).path(&path).annotation(AnnotationKind::Primary.span(finding.place.range.clone()));
    let mut others = Vec::new();
    for related in &finding.related {
        if related.place.path == finding.place.path {
            snippet =
                snippet.annotation(AnnotationKind::Context.span(related.place.range.clone()).label(&related.message));
        } else {
            others.push((entry.text(&related.place.path), display_path(&related.place.path), related));
        }
    }
    let mut first = Group::with_title(level.primary_title(&finding.message).id(finding.rule.name)).element(snippet);
    for (text, path, related) in &others {
        let annotation = AnnotationKind::Context.span(related.place.range.clone()).label(&related.message);
        first = first.element(Snippet::source(text.as_str()).path(path.as_str()).annotation(annotation));
    }
    let score = finding.cwe.first().map(|cwe| format!("CWE-{cwe}, CVSS 4.0 {:.1}", finding.cvss.score));
    if let Some(score) = &score {
        first = first.element(Level::NOTE.message(score));
    }
    let help = match entry.preferred() {
        Some(fix) => format!("{}: `undebug fix`; `undebug explain {}` says more", fix.title, finding.rule.name),
        None => format!("`undebug explain {}` says more", finding.rule.name),
    };
    first = first.element(Level::HELP.message(&help));
    Renderer::styled().render(&[first])
}
