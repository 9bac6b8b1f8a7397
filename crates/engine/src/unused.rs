//! Findings about our own suppression comments: those that silence nothing, and how to take them away.
//!
//! What a comment silences is `suppress`'s part; which findings there are is known to the caller.

use std::ops::Range;
use std::sync::Arc;

use crate::document::Document;
use crate::finding::{Confidence, Cvss, Finding, Place, When};
use crate::fix::{Edit, Fix, FixKind};
use crate::rule::Rule;
use crate::rules::RULES;
use crate::rules::unused_suppression::UNUSED_SUPPRESSION;
use crate::settings::{Level, Settings};
use crate::suppress::{self, Directive};

/// The vector of something that harms nobody.
const HARMLESS: &str = "CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N";

/// A part of a comment that is of no use: all of it, or one name of its list.
struct Useless {
    directive: Directive,
    /// The position in the list of names; `None` for the whole.
    name: Option<usize>,
    message: String,
}

/// The findings about a file's comments. `found` has what was found there, silenced or not.
pub(crate) fn unused(
    document: &Document,
    path: &Arc<str>,
    settings: &Settings,
    found: &[(&'static Rule, Range<usize>)],
) -> Vec<Finding> {
    let severity = match settings.level(UNUSED_SUPPRESSION.name, path) {
        Some(Level::Off) => return Vec::new(),
        Some(Level::Fixed(severity)) => severity,
        None => UNUSED_SUPPRESSION.severity,
    };
    let useless = useless(document, path, settings, found);
    let finding = |useless: Useless| Finding {
        rule: &UNUSED_SUPPRESSION,
        place: Place { path: path.clone(), range: useless.range() },
        message: useless.message,
        severity,
        confidence: Confidence::High,
        when: When::Always,
        console: false,
        network: None,
        related: Vec::new(),
        cwe: &[],
        cvss: Cvss { vector: HARMLESS.to_owned(), score: 0.0 },
        variable: "FLASK_DEBUG",
    };
    useless.into_iter().map(finding).collect()
}

/// The fix of a finding about a comment.
pub(crate) fn fixes(document: &Document, path: &Arc<str>, range: &Range<usize>) -> Vec<Fix> {
    let Some((directive, name)) = suppress::directives(document).into_iter().find_map(|directive| {
        let name = directive.names.iter().position(|(_, place)| place == range);
        (directive.range == *range || name.is_some()).then_some((directive, name))
    }) else {
        return Vec::new();
    };
    let (title, gone) = match name {
        Some(at) => (format!("Remove `{}` from the comment", directive.names[at].0), listed(&directive, at)),
        None => ("Remove the comment".to_owned(), suppress::extent(document, &directive)),
    };
    let edit = Edit { path: path.clone(), range: gone, text: String::new() };
    vec![Fix { title, kind: FixKind::Remove, preferred: true, edits: vec![edit] }]
}

impl Useless {
    fn range(&self) -> Range<usize> {
        match self.name {
            Some(at) => self.directive.names[at].1.clone(),
            None => self.directive.range.clone(),
        }
    }
}

fn useless(
    document: &Document,
    path: &str,
    settings: &Settings,
    found: &[(&'static Rule, Range<usize>)],
) -> Vec<Useless> {
    let mut all = Vec::new();
    for directive in suppress::directives(document) {
        if suppress::allowed(document, UNUSED_SUPPRESSION.name, directive.range.clone()) {
            continue;
        }
        let verdicts: Vec<Option<String>> = directive
            .names
            .iter()
            .map(|(name, _)| verdict(document, path, settings, &directive, name, found))
            .collect();
        if verdicts.is_empty() {
            let message = "the comment silences nothing: it needs the names of rules, with commas between them";
            all.push(Useless { directive, name: None, message: message.to_owned() });
        } else if verdicts.iter().all(Option::is_some) {
            let message = verdicts.into_iter().flatten().next().unwrap_or_default();
            all.push(Useless { directive, name: None, message });
        } else {
            let some = verdicts.into_iter().enumerate().filter_map(|(at, message)| Some((at, message?)));
            all.extend(some.map(|(at, message)| Useless { directive: directive.clone(), name: Some(at), message }));
        }
    }
    all
}

/// Why a name of a comment is of no use; `None` when it is, or when that is not known.
fn verdict(
    document: &Document,
    path: &str,
    settings: &Settings,
    directive: &Directive,
    name: &str,
    found: &[(&'static Rule, Range<usize>)],
) -> Option<String> {
    let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
        return Some(format!("the comment silences nothing: there is no rule `{name}`"));
    };
    let is_off = match settings.level(name, path) {
        Some(level) => level == Level::Off,
        None => !rule.on,
    };
    if is_off || **rule == UNUSED_SUPPRESSION {
        return None;
    }
    let is_used =
        found.iter().any(|(own, range)| *own == *rule && suppress::reaches(document, directive, range.clone()));
    let place = if directive.is_for_file { "in this file" } else { "here" };
    (!is_used).then(|| format!("the comment silences nothing: there is no finding of `{name}` {place}"))
}

/// The bytes of a name in a list, with one comma.
fn listed(directive: &Directive, at: usize) -> Range<usize> {
    let own = &directive.names[at].1;
    match (at.checked_sub(1).map(|before| &directive.names[before].1), directive.names.get(at + 1)) {
        (Some(before), _) => before.end..own.end,
        (None, Some((_, next))) => own.start..next.start,
        (None, None) => own.clone(),
    }
}
