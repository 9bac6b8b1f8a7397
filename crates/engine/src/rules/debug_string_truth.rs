//! Strings tested for truth.

use crate::finding::When;
use crate::python::launch::How;
use crate::rule::rule;
use crate::view::{Exposure, Nature, Subject};

rule! {
    /// A string is tested for truth to decide about debug mode.
    ///
    /// ## What it finds
    /// `debug="False"`, `debug=os.environ.get("FLASK_DEBUG")`, `bool(os.getenv("FLASK_DEBUG"))`,
    /// `"FLASK_DEBUG" in os.environ`, `add_argument("--debug", type=bool)`, a default of `"False"`: every string but the
    /// empty one is true, so that `FLASK_DEBUG=0` turns debug mode on.
    ///
    /// ## Why it matters
    /// The switch looks right and cannot be turned off by the word that says so (CWE-489).
    ///
    /// ## Example
    /// ```python
    /// app.run(debug=os.environ.get("FLASK_DEBUG", False))
    /// ```
    ///
    /// ## What to do
    /// Compare with the words that mean on:
    /// ```python
    /// app.run(debug=os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on"))
    /// ```
    pub static DEBUG_STRING_TRUTH = "debug-string-truth", Warning;
}

fn check(exposure: &Exposure) -> Option<String> {
    let framework = matches!(exposure.how, How::Framework(_));
    let ours = exposure.subject == Subject::Debug && exposure.nature == Nature::Text && !framework;
    ours.then(|| match (exposure.when, &exposure.lookup) {
        (When::WhenSet, _) => {
            format!("a string is tested for truth: {}; compare it with the words that mean on", exposure.what(""))
        }
        _ => format!("every string but the empty one is true: {}; {}", exposure.what(""), exposure.consequence()),
    })
}
