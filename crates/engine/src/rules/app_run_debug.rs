//! `run(debug=...)` of Flask and its kin.

use crate::python::launch::How;
use crate::python::value::Means;
use crate::rule::rule;
use crate::view::{Exposure, Nature, Subject};

rule! {
    /// A server is started with its `debug` argument on.
    ///
    /// ## What it finds
    /// `app.run(debug=True)` and everything that comes to the same: the third positional argument, `**kwargs`, a
    /// constant, a parameter or a class attribute that is on, any true value (`1`, `not False`), and the same argument
    /// of Flask's kin: Flask-SocketIO, Dash, APIFlask. The argument beats `FLASK_DEBUG`: nobody can turn it off from
    /// outside.
    ///
    /// ## Why it matters
    /// In debug mode every unhandled error shows source code, file paths and local values to whoever asked for the page,
    /// and Werkzeug's console runs Python code in the server for whoever has, guesses or computes its PIN (CWE-489).
    ///
    /// ## Example
    /// ```python
    /// if __name__ == "__main__":
    ///     app.run(debug=True)
    /// ```
    ///
    /// ## What to do
    /// Read the environment, so that debug mode is off unless someone asks for it:
    /// ```python
    /// if __name__ == "__main__":
    ///     app.run(debug=os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on"))
    /// ```
    /// or leave the argument out: `app.run()` reads `FLASK_DEBUG` itself, also from `.flaskenv`. Serve users with a WSGI
    /// server such as gunicorn or waitress.
    pub static APP_RUN_DEBUG = "app-run-debug", Warning;
}

fn check(exposure: &Exposure) -> Option<String> {
    let own = matches!(exposure.how, How::Framework(_));
    let ours = exposure.subject == Subject::Debug
        && exposure.means == Means::Argument
        && exposure.nature == Nature::Constant
        && !own;
    ours.then(|| {
        let advice = exposure.advice(&format!("read `{}` instead", exposure.variable));
        format!("{}: {}; {advice}", exposure.what(""), exposure.consequence())
    })
}
