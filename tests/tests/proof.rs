//! What the fixtures themselves must show: a proof for every rule, and no more known limits than are accepted.
//!
//! Whether the product agrees with them is tested elsewhere.

use std::process::Command;

use serde_json::Value;
use undebug_tests::fixture::{Case, Kind, Mark, cases, root};
use undebug_tests::stdio::undebug;

/// How many `missing:` and `false:` marks are accepted at present: an env file and a unit that a shell script writes by a
/// here-document are not read as what they become.
const KNOWN_LIMITS: usize = 2;

#[test]
fn every_rule_is_proven() {
    let output = Command::new(undebug()).args(["rules", "--output-format", "json"]).output().expect("the built binary");
    let rules: Value =
        serde_json::from_slice(&output.stdout).expect("`undebug rules --output-format json` prints JSON");
    let rules = rules.as_array().or_else(|| rules["rules"].as_array()).expect("a list of rules").clone();
    assert!(!rules.is_empty(), "no rules");
    let all = cases();
    let missing: Vec<String> = rules
        .iter()
        // A rule that is off unless asked for is proven where it is asked for, through the command line.
        .filter(|rule| rule["on"] != Value::Bool(false))
        .map(|rule| rule["name"].as_str().expect("a rule has a name"))
        .flat_map(|rule| unproven(rule, &all).into_iter().map(move |what| format!("{rule}: {what}")))
        .collect();
    assert!(missing.is_empty(), "rules without proof in {}:\n{}", root().display(), missing.join("\n"));
}

/// What a rule's fixtures do not show.
fn unproven(rule: &str, all: &[Case]) -> Vec<&'static str> {
    let own: Vec<&Case> = all.iter().filter(|case| case.rule == rule).collect();
    let marks = |case: &Case| -> Vec<Mark> {
        case.marks().into_iter().filter(|mark| mark.rule == rule && mark.kind == Kind::Expected).collect()
    };
    let wide = |case: &&&Case| marks(case).iter().any(|mark| stands_behind_a_wide_character(case, mark));
    let demands = [
        (own.iter().any(|case| !marks(case).is_empty()), "no case with a mark"),
        (own.iter().any(|case| case.is_near_miss()), "no `near_misses`"),
        (own.iter().any(|case| !marks(case).is_empty() && case.has_twin("")), "no `.fixed` twin"),
        (own.iter().find(wide).is_some(), "no wide character before a finding, on its line"),
    ];
    demands.into_iter().filter(|(shown, _)| !shown).map(|(_, what)| what).collect()
}

fn stands_behind_a_wide_character(case: &Case, mark: &Mark) -> bool {
    let source = case.files[&mark.path].lines().nth(mark.start.0 - 1).unwrap_or_default();
    source.chars().take(mark.start.1 - 1).any(|character| character.len_utf16() > 1)
}

#[test]
fn near_misses_have_no_marks_and_other_cases_have_some() {
    let wrong: Vec<String> = cases()
        .into_iter()
        .filter(|case| case.is_near_miss() != case.marks().is_empty())
        .map(|case| case.name)
        .collect();
    assert!(wrong.is_empty(), "a near miss with a mark, or a case without one: {wrong:?}");
}

#[test]
fn known_limits_are_listed() {
    let limits: Vec<Mark> = cases().iter().flat_map(Case::marks).filter(|mark| mark.kind != Kind::Expected).collect();
    for mark in &limits {
        eprintln!("known limit: {:?} {} at {}:{}", mark.kind, mark.rule, mark.path, mark.start.0);
    }
    // A limit that went away fails the comparison of its case; a new one is to be noticed.
    assert_eq!(limits.len(), KNOWN_LIMITS, "the known limits changed: say so in KNOWN_LIMITS");
}
