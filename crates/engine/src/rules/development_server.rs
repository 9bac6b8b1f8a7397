//! Deployment files that start the development server.

use crate::rule::rule;
use crate::view::{Exposure, Subject};

rule! {
    /// A deployment file starts Flask's development server instead of a WSGI server. Off unless it is asked for.
    ///
    /// ## What it finds
    /// `flask run`, or `python app.py` of a program that calls `app.run()`, in a Dockerfile, a compose file, a Procfile, a
    /// systemd unit or the like, also where debug mode is off.
    ///
    /// ## Why it matters
    /// The development server is not made for users: it is not designed to be secure, stable or efficient, and it is one
    /// flag or variable away from debug mode (CWE-489).
    ///
    /// ## Example
    /// ```dockerfile
    /// CMD ["flask", "run", "--host", "0.0.0.0"]
    /// ```
    ///
    /// ## What to do
    /// Start a WSGI server: `gunicorn app:app`, or `waitress-serve app:app`.
    ///
    /// ## When not
    /// It is not debug mode, so that it is off by default; `development-server = "warning"` under `rules` turns it on.
    pub static DEVELOPMENT_SERVER = "development-server", Warning, off;
}

fn check(exposure: &Exposure) -> Option<String> {
    (exposure.subject == Subject::Server)
        .then(|| "the development server is started where users are; start a WSGI server such as gunicorn".to_owned())
}
