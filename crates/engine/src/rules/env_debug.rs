//! Variables that turn debug mode on, set in a file of the project.

use crate::python::value::Means;
use crate::rule::rule;
use crate::view::{Exposure, Nature, Subject};

rule! {
    /// An environment variable that turns debug mode on is set in the project.
    ///
    /// ## What it finds
    /// `FLASK_DEBUG=1` and its kin (`FLASK_RUN_DEBUG`, `QUART_DEBUG`, `DASH_DEBUG`) in `.env`, `.flaskenv`, Dockerfiles,
    /// compose files and other deployment files, and `os.environ["FLASK_DEBUG"] = "1"` in code, where the program that is
    /// started obeys it. `app.run(debug=False)` does not, so that it is silent there.
    ///
    /// ## Why it matters
    /// What is set in a file is shipped with it: the container or the server then runs in debug mode without anybody
    /// asking for it (CWE-489).
    ///
    /// ## Example
    /// ```dockerfile
    /// ENV FLASK_DEBUG=1
    /// CMD ["flask", "run", "--host=0.0.0.0"]
    /// ```
    ///
    /// ## What to do
    /// Remove the variable, or write `FLASK_DEBUG=0`. Developers set it in their own shell.
    pub static ENV_DEBUG = "env-debug", Warning;
}

fn check(exposure: &Exposure) -> Option<String> {
    let ours =
        exposure.subject == Subject::Debug && exposure.means == Means::Variable && exposure.nature != Nature::OffWord;
    if ours && exposure.lookup.as_deref() == Some("FLASK_ENV") {
        let consequence = exposure.consequence();
        return Some(format!(
            "the pinned Flask takes `FLASK_ENV=development` for debug mode: {consequence}; set it to `production`"
        ));
    }
    ours.then(|| format!("this variable turns debug mode on: {}; set it to `0`", exposure.consequence()))
}
