//! The ways out of a project's findings, and the findings about comments that silence nothing.
//!
//! How a fix is written is `fix`'s part; here it is only asked for.

use std::ops::Range;

use super::Project;
use crate::claim::{claimed, sink};
use crate::finding::Finding;
use crate::fix::data::{Use, data_fixes};
use crate::fix::deploy::deploy_fixes;
use crate::fix::python::{Sink, Target, python_fixes};
use crate::fix::{Fix, FixKind};
use crate::language::Language;
use crate::python::analysis::Reason;
use crate::python::launch::How;
use crate::python::value::{FileId, Means, Spot};
use crate::rule::Rule;
use crate::rules::unused_suppression::UNUSED_SUPPRESSION;
use crate::unused::{self, unused};
use crate::view::{Exposure, Subject};

impl Project {
    /// The ways out of a finding, the preferred one first, suppression last, computed on the current text.
    pub fn fixes(&self, finding: &Finding) -> Vec<Fix> {
        let Some(id) = self.files.id(&finding.place.path) else { return Vec::new() };
        let Some(document) = self.files.document(id) else { return Vec::new() };
        if *finding.rule == UNUSED_SUPPRESSION {
            return unused::fixes(&document, &finding.place.path, &finding.place.range);
        }
        let reason =
            self.roots.values().flat_map(|root| root.outcome.reasons.iter().chain(&root.open)).find(|reason| {
                reason.spot.file == id
                    && self.place(reason.spot).as_ref() == Some(&finding.place)
                    && claimed(&reason.exposure).is_some_and(|(rule, _)| rule == finding.rule)
            });
        let Some(reason) = reason else { return Vec::new() };
        if document.language() != Language::Python || reason.spot.unit >= crate::python::value::RAW {
            let (language, range) = (document.language(), finding.place.range.clone());
            let path = &finding.place.path;
            let preferred = self.settings.preferred_fix(path);
            let fixes = deploy_fixes(language, path, &document, range.clone(), finding.rule.name, preferred);
            let mut all = if reason.exposure.means == Means::Variable || reason.exposure.means == Means::Flag {
                Vec::new()
            } else {
                let used = Use::of(&reason.exposure);
                data_fixes(language, path, &document, range, used, reason.exposure.variable, preferred)
            };
            all.extend(fixes);
            return all;
        }
        let mut fixes = self.python_fixes(reason, finding, reason.spot);
        if reason.is_in_text {
            fixes.retain(|fix| fix.kind == FixKind::Suppress);
        }
        let good = |fixes: &[Fix]| fixes.iter().any(|fix| fix.kind == FixKind::Environment);
        let Some(remedy) = reason.remedy.filter(|_| !good(&fixes)) else { return fixes };
        let mut better = self.python_fixes(reason, finding, remedy);
        if !good(&better) && !reason.is_in_text {
            return fixes;
        }
        better.retain(|fix| matches!(fix.kind, FixKind::Environment | FixKind::Off));
        better.extend(fixes.into_iter().filter(|fix| fix.kind == FixKind::Suppress));
        better
    }

    /// The fixes that change what stands at a spot of a Python file.
    fn python_fixes(&self, reason: &Reason, finding: &Finding, spot: Spot) -> Vec<Fix> {
        let Some(place) = self.place(spot) else { return Vec::new() };
        let Some(document) = self.files.document(spot.file) else { return Vec::new() };
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
        let target = Target {
            path: &place.path,
            document: &document,
            range: place.range.clone(),
            sink,
            variable,
            rule: finding.rule.name,
            removable: exposure.removable && spot == reason.spot,
            key: key_of(exposure),
            is_fallback: exposure.is_fallback,
        };
        python_fixes(&target, self.settings.preferred_fix(&finding.place.path))
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
