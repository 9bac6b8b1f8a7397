//! A running debugger without its PIN.

use crate::rule::rule;
use crate::view::{Exposure, Subject};

rule! {
    /// The debugger runs without its PIN, or its safeguard is taken off.
    ///
    /// ## What it finds
    /// `WERKZEUG_DEBUG_PIN=off` in code or in a deployment file, and `allow_unsafe_werkzeug=True`, where the debugger is
    /// on.
    ///
    /// ## Why it matters
    /// Without the PIN the console runs code for anyone who opens it, at once (CWE-489).
    ///
    /// ## Example
    /// ```yaml
    /// environment:
    ///   WERKZEUG_DEBUG_PIN: "off"
    /// ```
    ///
    /// ## What to do
    /// Remove it.
    pub static DEBUGGER_PIN_OFF = "debugger-pin-off", Error;
}

fn check(exposure: &Exposure) -> Option<String> {
    (exposure.subject == Subject::Pin)
        .then(|| "the debugger runs without its safeguard: whoever reaches it runs code; remove this".to_owned())
}
