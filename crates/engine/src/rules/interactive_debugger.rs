//! Werkzeug's debugger, put on by itself.

use crate::python::value::Means;
use crate::rule::rule;
use crate::view::{Exposure, Subject};

rule! {
    /// Werkzeug's interactive debugger is put on without debug mode.
    ///
    /// ## What it finds
    /// `app.run(use_debugger=True)`, `run_simple(..., use_debugger=True)` and an application inside
    /// `DebuggedApplication`, also in front of a production server.
    ///
    /// ## Why it matters
    /// Turning debug mode off does not help: `/console` still answers, and runs code in the server for whoever has the
    /// PIN (CWE-489).
    ///
    /// ## Example
    /// ```python
    /// app.wsgi_app = DebuggedApplication(app.wsgi_app, evalex=True)
    /// ```
    ///
    /// ## What to do
    /// Leave it out: the debugger follows debug mode by itself. A wrapper belongs under `if app.debug:`.
    pub static INTERACTIVE_DEBUGGER = "interactive-debugger", Warning;
}

fn check(exposure: &Exposure) -> Option<String> {
    let ours = exposure.subject == Subject::Debugger && exposure.means != Means::Flag;
    ours.then(|| {
        let advice = exposure.advice("let it follow debug mode");
        format!("{}: {}; {advice}", exposure.what(""), exposure.consequence())
    })
}
