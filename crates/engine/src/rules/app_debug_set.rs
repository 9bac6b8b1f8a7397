//! `app.debug = True` and its other spellings.

use crate::python::launch::How;
use crate::python::value::Means;
use crate::rule::rule;
use crate::view::{Exposure, Nature, Subject};

rule! {
    /// An application's `debug` attribute is set on.
    ///
    /// ## What it finds
    /// `app.debug = True`, `setattr(app, "debug", True)`, `Flask.debug = True` and a `debug` attribute in a subclass of
    /// `Flask`, where a server is started with that state afterwards. What comes later wins: a following
    /// `app.debug = False`, `app.run(debug=False)` or a config that says otherwise makes it silent, and so does a program
    /// that starts no server (`flask run` wipes the attribute out).
    ///
    /// ## Why it matters
    /// `app.run()` starts Werkzeug's debugger when the attribute is on: errors show source and paths, and the console
    /// runs code in the server (CWE-489). Under another WSGI server there is no debugger, but errors are still handled as
    /// in development.
    ///
    /// ## Example
    /// ```python
    /// app = Flask(__name__)
    /// app.debug = True
    /// ```
    ///
    /// ## What to do
    /// Remove the line: `app.run()` and `flask run` read `FLASK_DEBUG` themselves. Or say it explicitly:
    /// ```python
    /// app.debug = os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on")
    /// ```
    pub static APP_DEBUG_SET = "app-debug-set", Warning;
}

fn check(exposure: &Exposure) -> Option<String> {
    let ours = exposure.subject == Subject::Debug
        && exposure.means == Means::Attribute
        && exposure.nature == Nature::Constant
        && !matches!(exposure.how, How::Framework(_));
    ours.then(|| {
        let advice = exposure.advice(&format!("remove this, or read `{}`", exposure.variable));
        format!("{}: {}; {advice}", exposure.what(""), exposure.consequence())
    })
}
