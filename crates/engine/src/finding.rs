//! What a rule reports: where, why, how bad. Plain data; nothing here decides anything but the CVSS score.

use std::ops::Range;
use std::sync::Arc;

use crate::rule::Rule;

/// Bytes of one file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file's path, as it was handed to the project.
    pub path: Arc<str>,
    /// The bytes in its text.
    pub range: Range<usize>,
}

/// A second place that says why a finding is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What happens there: lower case, no full stop.
    pub message: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A development file: said, never silent.
    Information,
    /// Debug mode on, on a host that only the machine itself reaches as far as is known.
    Warning,
    /// A console that the network can reach, or a debugger without a PIN.
    Error,
}

/// How sure the engine is that what it reports happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The receiver only looks like an application.
    Low,
    /// It happens on a path whose condition is not known.
    Medium,
    /// It happens.
    High,
}

/// When debug is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// Whatever the environment says.
    Always,
    /// Unless the environment turns it off.
    ByDefault,
    /// Off when the variable is unset, but on for values that mean off (`0`).
    WhenSet,
}

/// A CVSS 4.0 vector with its score.
#[derive(Debug, Clone, PartialEq)]
pub struct Cvss {
    /// The vector, beginning with `CVSS:4.0/`.
    pub vector: String,
    /// The base score, 0.0 to 10.0.
    pub score: f32,
}

/// Debug mode left on at one place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// Where: the origin of the value.
    pub place: Place,
    /// What, why and what to do, in one line: lower case, no full stop, code in backticks.
    pub message: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// When debug is on.
    pub when: When,
    /// Whether Werkzeug's interactive console is reachable.
    pub console: bool,
    /// Whether the host is visible on the network; `None` when it is not known.
    pub network: Option<bool>,
    /// Where else to look, in order of use.
    pub related: Vec<Related>,
    /// CWE numbers, the primary one first.
    pub cwe: &'static [u16],
    /// The CVSS 4.0 vector and score of this evidence.
    pub cvss: Cvss,
    /// The environment variable that a fix reads (`FLASK_DEBUG`, `DASH_DEBUG`, `QUART_DEBUG`).
    pub variable: &'static str,
}
