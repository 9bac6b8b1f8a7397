//! Debug switches of other frameworks.

use crate::python::launch::How;
use crate::python::value::Means;
use crate::rule::rule;
use crate::view::{Exposure, Nature, Subject};

rule! {
    /// Another framework's debug switch is on.
    ///
    /// ## What it finds
    /// `FastAPI(debug=True)`, `Starlette(debug=True)`, `Litestar(debug=True)`, Tornado's `Application(debug=True)`,
    /// `bottle.run(debug=True)`, `Sanic.run(debug=True)`.
    ///
    /// ## Why it matters
    /// There is no console, but an error page shows the traceback with paths, source and values to whoever asked
    /// (CWE-489, CWE-209).
    ///
    /// ## Example
    /// ```python
    /// app = FastAPI(debug=True)
    /// ```
    ///
    /// ## What to do
    /// Leave the argument or the assignment out, or read it from the environment.
    pub static FRAMEWORK_DEBUG = "framework-debug", Warning;
}

fn check(exposure: &Exposure) -> Option<String> {
    let How::Framework(framework) = exposure.how else { return None };
    let ours = exposure.subject == Subject::Debug
        && matches!(exposure.means, Means::Argument | Means::Attribute)
        && matches!(exposure.nature, Nature::Constant | Nature::Text);
    ours.then(|| {
        let advice = exposure.advice("read the environment instead");
        format!("{framework}'s debug switch is on: {}; {advice}", exposure.consequence())
    })
}
