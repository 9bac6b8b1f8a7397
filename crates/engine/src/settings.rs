//! What a user can choose. Plain data: reading it from files is `disk`'s part, from an editor `server`'s.

use std::collections::BTreeMap;

use crate::finding::Severity;
use crate::fix::FixKind;

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
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { rules: BTreeMap::new(), preferred_fix: FixKind::Environment, variable: "FLASK_DEBUG".to_owned() }
    }
}
