//! What a user can choose. Plain data: reading it from files is `disk`'s part, from an editor `server`'s.

use std::collections::BTreeMap;

use crate::finding::Severity;
use crate::fix::FixKind;
use crate::globs::Globs;

/// What to do with a rule's findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Say nothing.
    Off,
    /// Report with this severity instead of the one the evidence gives.
    Fixed(Severity),
}

/// A project's choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// By rule name: off, or another severity.
    pub rules: BTreeMap<String, Level>,
    /// Which fix is the preferred one, where a finding has it.
    pub preferred_fix: FixKind,
    /// The variable that the environment fix reads for Flask.
    pub variable: String,
    /// Other choices for some files; a later one wins over an earlier one.
    pub overrides: Vec<Override>,
}

/// Choices for the files that match, over those of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Which files.
    pub files: Globs,
    /// By rule name: off, or another severity.
    pub rules: BTreeMap<String, Level>,
    /// The preferred fix, where it is another one.
    pub preferred_fix: Option<FixKind>,
    /// The variable, where it is another one.
    pub variable: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            rules: BTreeMap::new(),
            preferred_fix: FixKind::Environment,
            variable: "FLASK_DEBUG".to_owned(),
            overrides: Vec::new(),
        }
    }
}

impl Settings {
    /// What to do with a rule's findings in a file; `None` where nothing was chosen.
    pub fn level(&self, rule: &str, path: &str) -> Option<Level> {
        self.over(path).find_map(|choice| choice.rules.get(rule)).or_else(|| self.rules.get(rule)).copied()
    }

    /// The preferred fix in a file.
    pub fn preferred_fix(&self, path: &str) -> FixKind {
        self.over(path).find_map(|choice| choice.preferred_fix).unwrap_or(self.preferred_fix)
    }

    /// The variable that the environment fix reads in a file.
    pub fn variable(&self, path: &str) -> &str {
        self.over(path).find_map(|choice| choice.variable.as_deref()).unwrap_or(&self.variable)
    }

    /// The overrides that are for a file, the winning one first.
    fn over(&self, path: &str) -> impl Iterator<Item = &Override> {
        self.overrides.iter().rev().filter(move |choice| choice.files.matches(path))
    }
}
