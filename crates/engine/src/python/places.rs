//! What is to know of the place of a reason before it is changed: whether it is only what a program takes where a variable
//! is unset, and whether it stands in a file of data.
//!
//! It finds no reasons; that is the part of `analysis`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::analysis::{Reason, Run, Start, collect, is_switch, key};
use super::files::Files;
use super::ir::Name;
use super::value::{Means, RAW};
use crate::finding::When;
use crate::language::Language;
use crate::view::{Nature, Subject};

/// How many variables are tried that may decide without a trace.
const MAX_SWITCHES: usize = 2;

/// Notes of each reason what its place is; `run` runs the program with these variables set, of which it asked for some.
pub(super) fn note_places(
    reasons: &mut [Reason],
    files: &Files,
    start: &Start,
    asked_for: &BTreeSet<Name>,
    run: impl Fn(&[(&str, &str)]) -> Run,
) {
    // A program may have many reasons, and asks for few variables.
    let mut ran: BTreeMap<Arc<str>, Vec<Reason>> = BTreeMap::new();
    for reason in reasons {
        reason.exposure.is_in_data = is_in_data(reason, files, start);
        if reason.exposure.subject != Subject::Debug {
            continue;
        }
        let names: Vec<Arc<str>> = match (reason.exposure.nature, &reason.exposure.lookup) {
            (Nature::Default, Some(name)) => vec![name.clone()],
            // An error may say that a variable is unset, and its handler what is taken then.
            (Nature::Constant, None) => asked_for
                .iter()
                .filter(|name| is_switch(name))
                .map(|name| Arc::from(name.as_str()))
                .take(MAX_SWITCHES)
                .collect(),
            _ => continue,
        };
        let mut is_unset = |name: &Arc<str>| {
            let asked = || collect(&run(&[(name, "1")]).launches, start);
            is_fallback(reason, name, ran.entry(name.clone()).or_insert_with(asked))
        };
        if let Some(name) = names.into_iter().find(&mut is_unset) {
            let exposure = &mut reason.exposure;
            (exposure.is_fallback, exposure.nature, exposure.lookup) = (true, Nature::Default, Some(name));
            exposure.when = When::ByDefault;
        }
    }
}

/// Whether a variable turns debug mode on by another way, which the place has no part in, when it says so: what stands
/// there is taken where the variable is unset, and can say off.
fn is_fallback(reason: &Reason, name: &Arc<str>, asked: &[Reason]) -> bool {
    let is_other = |other: &Reason| {
        other.exposure.lookup.as_ref() == Some(name)
            && other.exposure.how == reason.exposure.how
            && other.exposure.subject == reason.exposure.subject
    };
    asked.iter().all(|other| key(other) != key(reason)) && asked.iter().any(is_other)
}

/// Whether it stands in a file that holds data and runs nothing: it cannot ask for a variable there.
fn is_in_data(reason: &Reason, files: &Files, start: &Start) -> bool {
    let is_set = matches!(reason.exposure.means, Means::Variable | Means::Flag);
    let is_code = start.code.as_ref().is_some_and(|code| code.spot == reason.spot);
    let is_word = start.argv.iter().any(|word| word.origin() == Some(reason.spot));
    if reason.spot.unit < RAW || is_set || is_code || is_word {
        return false;
    }
    let language = files.with(reason.spot.file, |file| file.document.language());
    matches!(language, Some(Language::Json | Language::Toml | Language::Yaml | Language::Ini))
}
