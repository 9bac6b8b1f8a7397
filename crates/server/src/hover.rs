//! What is said about a finding when the pointer rests on it: why it is one, what it gives an attacker, how bad that
//! is, and what to do.
//!
//! The words of a rule are the rule's own; here they are only put in order.

use std::fmt::Write;

use undebug_engine::{Finding, When};

use crate::convert::{self, View};
use crate::lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position, Range};

/// The hover at a position; `None` where nothing was found.
pub fn hover(view: View<'_>, path: &str, position: Position) -> Option<Hover> {
    let text = view.text(path)?;
    let at = convert::bytes(&text, &Range { start: position, end: position }, view.client.encoding).start;
    let findings = view.folder.project.findings(path);
    let here: Vec<&Finding> =
        findings.iter().filter(|finding| finding.place.range.start <= at && at <= finding.place.range.end).collect();
    let first = here.first()?;
    let parts: Vec<String> = here.iter().map(|finding| describe(view, finding)).collect();
    let markdown = parts.join("\n\n---\n\n");
    let (kind, value) =
        if view.client.markdown { (MarkupKind::Markdown, markdown) } else { (MarkupKind::PlainText, plain(&markdown)) };
    let range = convert::range(&text, &first.place.range, view.client.encoding);
    Some(Hover { contents: HoverContents::Markup(MarkupContent { kind, value }), range: Some(range) })
}

fn describe(view: View<'_>, finding: &Finding) -> String {
    let mut out = format!("**{}**: {}\n\n", finding.rule.name, finding.message);
    let summary = finding.rule.summary();
    if !summary.is_empty() {
        let when = if finding.cwe.is_empty() { "" } else { when(finding.when) };
        let _ = write!(out, "**Why.** {summary} {when}\n\n");
    }
    // A finding without a weakness harms nobody.
    if !finding.cwe.is_empty() {
        let _ = write!(out, "**What an attacker gets.** {}\n\n", attack(finding));
        let cwe: Vec<String> = finding.cwe.iter().map(|number| format!("CWE-{number}")).collect();
        let (score, vector) = (finding.cvss.score, &finding.cvss.vector);
        let _ = write!(out, "**How bad.** CVSS {score:.1} (`{vector}`), {}\n\n", cwe.join(", "));
    }
    if let Some(fix) = view.folder.project.fixes(finding).first() {
        let _ = write!(out, "**What to do.** {}.\n\n", fix.title);
    }
    let _ = write!(out, "[{}]({}{})", finding.rule.name, convert::RULE_BASE, finding.rule.name);
    out
}

fn when(when: When) -> &'static str {
    match when {
        When::Always => "Here it is on whatever the environment says.",
        When::ByDefault => "Here it is on unless the environment turns it off.",
        When::WhenSet => "Here it is on for values of the environment that should turn it off.",
    }
}

/// The two facts apart: a console runs code, debug mode alone tells secrets.
fn attack(finding: &Finding) -> &'static str {
    match (finding.console, finding.network) {
        (true, Some(true)) => {
            "A console in the browser that runs any Python code as the user of this process, \
             from anywhere on the network that reaches the port; only its PIN stands before it."
        }
        (true, _) => {
            "A console in the browser that runs any Python code as the user of this process, \
             for whoever reaches the port; only its PIN stands before it."
        }
        (false, _) => "Tracebacks with source code, paths and values of the program on every error page.",
    }
}

/// The same without Markdown: links become their addresses, marks of emphasis go.
fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for line in markdown.lines() {
        let line = match line.strip_prefix('[').and_then(|rest| rest.split_once("](")) {
            Some((_, address)) => address.trim_end_matches(')'),
            None => line,
        };
        out.push_str(&line.replace("**", "").replace('`', ""));
        out.push('\n');
    }
    out.trim_end().to_owned()
}
