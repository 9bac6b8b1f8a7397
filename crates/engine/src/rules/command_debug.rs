//! Flags of the `flask` command that turn debug mode on.

use crate::python::value::Means;
use crate::rule::rule;
use crate::view::{Exposure, Subject};

rule! {
    /// A command starts Flask in debug mode.
    ///
    /// ## What it finds
    /// `flask run --debug`, `flask --debug run` and `flask run --debugger` in Dockerfiles, compose files, Procfiles,
    /// scripts, systemd units and CI files, and the same command line started from Python. And flags of a program's own
    /// that turn it on: `python serve.py --debug`, where `serve.py` reads the flag by argparse, click or from `sys.argv`.
    ///
    /// ## Why it matters
    /// The flag beats every variable: the server that this file starts is in debug mode (CWE-489).
    ///
    /// ## Example
    /// ```dockerfile
    /// CMD ["flask", "run", "--host", "0.0.0.0", "--debug"]
    /// ```
    ///
    /// ## What to do
    /// Drop the flag, and serve users with a WSGI server such as gunicorn.
    pub static COMMAND_DEBUG = "command-debug", Warning;
}

fn check(exposure: &Exposure) -> Option<String> {
    let ours = matches!(exposure.subject, Subject::Debug | Subject::Debugger) && exposure.means == Means::Flag;
    ours.then(|| format!("{}: {}; drop the flag", exposure.what(" by this command"), exposure.consequence()))
}
