//! The ways out of a project's findings, and the findings about comments that silence nothing.
//!
//! How a fix is written is `fix`'s part; here it is only asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Project;
use crate::claim::{claimed, sink};
use crate::document::Document;
use crate::finding::{Finding, Place};
use crate::fix::data::{Use, data_fixes};
use crate::fix::deploy::{Asked, deploy_fixes};
use crate::fix::python::{Sink, Target, python_fixes};
use crate::fix::{Fix, FixKind};
use crate::language::Language;
use crate::python::analysis::Reason;
use crate::python::launch::How;
use crate::python::value::{FileId, Means, RAW, Spot};
use crate::rule::Rule;
use crate::rules::unused_suppression::UNUSED_SUPPRESSION;
use crate::unused::{self, unused};
use crate::view::{Exposure, Subject};

impl Project {
    /// The ways out of a finding, the preferred one first, suppression last, computed on the current text.
    pub fn fixes(&self, finding: &Finding) -> Vec<Fix> {
        self.fixes_of(std::slice::from_ref(finding)).pop().unwrap_or_default()
    }

    /// The ways out of each of these findings. Those of one file are tried together: for many findings that takes
    /// much less time than asking for each.
    pub fn fixes_of(&self, findings: &[Finding]) -> Vec<Vec<Fix>> {
        let mut files: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, finding) in findings.iter().enumerate() {
            files.entry(&finding.place.path).or_default().push(at);
        }
        let mut all: Vec<Vec<Fix>> = findings.iter().map(|_| Vec::new()).collect();
        for (path, places) in files {
            let own: Vec<&Finding> = places.iter().map(|at| &findings[*at]).collect();
            for (at, fixes) in places.iter().zip(self.fixes_in(path, &own)) {
                all[*at] = fixes;
            }
        }
        all
    }

    /// The ways out of each of these findings of one file.
    fn fixes_in(&self, path: &str, findings: &[&Finding]) -> Vec<Vec<Fix>> {
        let none = || findings.iter().map(|_| Vec::new()).collect();
        let Some(id) = self.files.id(path) else { return none() };
        let Some(document) = self.files.document(id) else { return none() };
        let reasons = self.reasons_in(id);
        let is_python = |reason: &Reason| document.language() == Language::Python && reason.spot.unit < RAW;
        let others = findings.iter().filter(|finding| reasons.of(finding).is_some_and(|reason| !is_python(reason)));
        let mut others = self.deploy_fixes(&document, others.copied()).into_iter();
        let programs = findings.iter().filter_map(|finding| Some((reasons.of(finding)?, *finding)));
        let mut programs = self.program_fixes(programs.filter(|(reason, _)| is_python(reason)).collect()).into_iter();
        let ways = findings.iter().map(|finding| {
            if *finding.rule == UNUSED_SUPPRESSION {
                return unused::fixes(&document, &finding.place.path, &finding.place.range);
            }
            let Some(reason) = reasons.of(finding) else { return Vec::new() };
            if is_python(reason) {
                return programs.next().unwrap_or_default();
            }
            let mut fixes = self.data_fixes(&document, reason, finding);
            fixes.extend(others.next().unwrap_or_default());
            fixes
        });
        ways.collect()
    }

    /// Why there are these findings of a file.
    fn reasons_in(&self, id: FileId) -> Reasons<'_> {
        let all = self.roots.values().flat_map(|root| root.outcome.reasons.iter().chain(&root.open));
        let mut reasons = BTreeMap::new();
        for reason in all.filter(|reason| reason.spot.file == id) {
            let (Some(place), Some((rule, _))) = (self.place(reason.spot), claimed(&reason.exposure)) else { continue };
            reasons.entry((place.range.start, place.range.end, rule.name)).or_insert(reason);
        }
        Reasons(reasons)
    }

    /// What turns a finding off in a deployment file.
    fn deploy_fixes<'a>(&self, document: &Document, findings: impl Iterator<Item = &'a Finding>) -> Vec<Vec<Fix>> {
        let findings: Vec<&Finding> = findings.collect();
        let Some(first) = findings.first() else { return Vec::new() };
        let path = &first.place.path;
        let preferred = self.settings.preferred_fix(path);
        let asked = findings.iter().map(|one| Asked { range: one.place.range.clone(), rule: one.rule.name, preferred });
        deploy_fixes(document.language(), path, document, &asked.collect::<Vec<_>>())
    }

    /// What a data file can say instead, where a program reads the value from it.
    fn data_fixes(&self, document: &Document, reason: &Reason, finding: &Finding) -> Vec<Fix> {
        let exposure = &reason.exposure;
        if matches!(exposure.means, Means::Variable | Means::Flag) {
            return Vec::new();
        }
        let path = &finding.place.path;
        let (used, range) = (Use::of(exposure), finding.place.range.clone());
        let preferred = self.settings.preferred_fix(path);
        data_fixes(document.language(), path, document, range, used, exposure.variable, preferred)
    }

    /// The ways out of findings in a Python program, each at its place or where better can be done.
    fn program_fixes(&self, findings: Vec<(&Reason, &Finding)>) -> Vec<Vec<Fix>> {
        let good = |fixes: &[Fix]| fixes.iter().any(|fix| fix.kind == FixKind::Environment);
        let own = findings.iter().map(|(reason, finding)| (*reason, *finding, reason.spot)).collect();
        let mut all = self.python_fixes(own);
        let mut better: Vec<usize> = Vec::new();
        for (at, (reason, _)) in findings.iter().enumerate() {
            if reason.is_in_text {
                all[at].retain(|fix| fix.kind == FixKind::Suppress);
            }
            if reason.remedy.is_some() && !good(&all[at]) {
                better.push(at);
            }
        }
        let elsewhere =
            better.iter().filter_map(|at| Some((findings[*at].0, findings[*at].1, findings[*at].0.remedy?)));
        for (at, mut better) in better.iter().zip(self.python_fixes(elsewhere.collect())) {
            if good(&better) || findings[*at].0.is_in_text {
                better.retain(|fix| matches!(fix.kind, FixKind::Environment | FixKind::Off));
                better.extend(std::mem::take(&mut all[*at]).into_iter().filter(|fix| fix.kind == FixKind::Suppress));
                all[*at] = better;
            }
        }
        all
    }

    /// The fixes that change what stands at spots of Python files, those of each file tried together.
    fn python_fixes(&self, wanted: Vec<(&Reason, &Finding, Spot)>) -> Vec<Vec<Fix>> {
        let mut all: Vec<Vec<Fix>> = wanted.iter().map(|_| Vec::new()).collect();
        let files: BTreeSet<FileId> = wanted.iter().map(|(.., spot)| spot.file).collect();
        for file in files {
            let Some(document) = self.files.document(file) else { continue };
            let own = wanted.iter().enumerate().filter(|(_, (.., spot))| spot.file == file);
            let places =
                own.filter_map(|(at, (reason, finding, spot))| Some((at, reason, finding, self.place(*spot)?)));
            let places: Vec<_> = places.collect();
            let Some((_, _, first, _)) = places.first() else { continue };
            let preferred = self.settings.preferred_fix(&first.place.path);
            let targets =
                places.iter().map(|(at, reason, finding, place)| self.aim(reason, finding, wanted[*at].2, place));
            let fixes = python_fixes(&document, &targets.collect::<Vec<_>>(), preferred);
            for ((at, ..), fixes) in places.iter().zip(fixes) {
                all[*at] = fixes;
            }
        }
        all
    }

    /// What stands at a place of a Python file, for its fixes.
    fn aim<'a>(&'a self, reason: &'a Reason, finding: &'a Finding, spot: Spot, place: &'a Place) -> Target<'a> {
        let exposure = &reason.exposure;
        // A program that has a switch of its own keeps it.
        let own = exposure.lookup.as_deref().filter(|name| name.to_uppercase().contains("DEBUG"));
        let variable = own.unwrap_or(match exposure.variable {
            "FLASK_DEBUG" => self.settings.variable(&finding.place.path),
            other => other,
        });
        // A flag or a variable that starts the debugger alone is changed as one that turns debug mode on.
        let outside = exposure.subject == Subject::Debugger && matches!(exposure.means, Means::Flag | Means::Variable);
        let sink = match outside {
            true => Sink::EnvWrite,
            false => sink(exposure),
        };
        Target {
            path: &place.path,
            range: place.range.clone(),
            sink,
            variable,
            rule: finding.rule.name,
            removable: exposure.removable && spot == reason.spot,
            key: key_of(exposure),
            is_fallback: exposure.is_fallback,
        }
    }

    /// What is to say of the comments that silence nothing.
    pub(super) fn unused(&self, id: FileId) -> Vec<Finding> {
        let Some(document) = self.files.document(id) else { return Vec::new() };
        let reasons = self.roots.values().flat_map(|root| root.outcome.reasons.iter().chain(&root.open));
        let found: Vec<(&'static Rule, Range<usize>)> = reasons
            .filter(|reason| reason.spot.file == id)
            .filter_map(|reason| Some((claimed(&reason.exposure)?.0, self.place(reason.spot)?.range)))
            .collect();
        unused(&document, &self.files.path(id), &self.settings, &found)
    }
}

/// Why there are findings, by their bytes and their rules.
struct Reasons<'a>(BTreeMap<(usize, usize, &'static str), &'a Reason>);

impl<'a> Reasons<'a> {
    fn of(&self, finding: &Finding) -> Option<&'a Reason> {
        self.0.get(&key(finding)).copied()
    }
}

fn key(finding: &Finding) -> (usize, usize, &'static str) {
    (finding.place.range.start, finding.place.range.end, finding.rule.name)
}

/// The key that beats what a whole mapping says: of the arguments of a start, of a configuration, of the debugger alone.
fn key_of(exposure: &Exposure) -> Option<&'static str> {
    match (exposure.subject, exposure.means) {
        _ if matches!(exposure.how, How::Framework(_)) => None,
        (Subject::Debugger, _) => Some("use_debugger"),
        (Subject::Debug, Means::Argument) => Some("debug"),
        (Subject::Debug, Means::Config) => Some("DEBUG"),
        _ => None,
    }
}
