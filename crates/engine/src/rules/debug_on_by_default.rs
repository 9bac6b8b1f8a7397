//! Environment lookups that are on when the variable is unset.

use crate::rule::rule;
use crate::view::{Exposure, Nature, Subject};

rule! {
    /// Debug mode is on when an environment variable is unset.
    ///
    /// ## What it finds
    /// `os.getenv("FLASK_DEBUG", "1") == "1"`, `os.environ.get("ENV") != "production"`, `"PRODUCTION" not in os.environ`,
    /// `not os.getenv("PROD")` and the like, in every spelling that Python has.
    ///
    /// ## Why it matters
    /// A server where nobody set the variable runs in debug mode (CWE-489). The safe state must be the one that needs
    /// nothing.
    ///
    /// ## Example
    /// ```python
    /// DEBUG = os.environ.get("FLASK_DEBUG", "true").lower() == "true"
    /// ```
    ///
    /// ## What to do
    /// Be off unless asked:
    /// ```python
    /// DEBUG = os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on")
    /// ```
    pub static DEBUG_ON_BY_DEFAULT = "debug-on-by-default", Warning;
}

fn check(exposure: &Exposure) -> Option<String> {
    let ours = exposure.subject == Subject::Debug && exposure.nature == Nature::Default;
    ours.then(|| {
        let name = exposure.lookup.as_deref().unwrap_or("the variable");
        format!("debug mode is on when `{name}` is unset: {}; be off unless asked", exposure.consequence())
    })
}
