//! The `DEBUG` key of an application's configuration.

use crate::python::value::Means;
use crate::rule::rule;
use crate::view::{Exposure, Nature, Subject};

rule! {
    /// The `DEBUG` key of an application's configuration is on.
    ///
    /// ## What it finds
    /// `app.config["DEBUG"] = True`, `config.update(...)`, `|=`, `from_mapping`, `from_object` (a class, an instance, a
    /// module, a dotted string), `from_pyfile` and `from_file`, where a server is started with that configuration. The
    /// finding stands where the value is written: in the class or the settings file. A configuration that nobody loads,
    /// a lower-case key, `setdefault` and `app.config.DEBUG` do nothing in Flask, and are silent here.
    ///
    /// ## Why it matters
    /// `config["DEBUG"]` is `app.debug`: `app.run()` starts Werkzeug's debugger with it (CWE-489).
    ///
    /// ## Example
    /// ```python
    /// class Config:
    ///     DEBUG = True
    ///
    /// app.config.from_object(Config)
    /// ```
    ///
    /// ## What to do
    /// Keep development and production apart, and let the environment decide with production as the default:
    /// ```python
    /// class Config:
    ///     DEBUG = os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on")
    /// ```
    pub static CONFIG_DEBUG = "config-debug", Warning;
}

fn check(exposure: &Exposure) -> Option<String> {
    let ours =
        exposure.subject == Subject::Debug && exposure.means == Means::Config && exposure.nature == Nature::Constant;
    ours.then(|| {
        let advice = exposure.advice(&format!("read `{}` instead", exposure.variable));
        format!("{}: {}; {advice}", exposure.what(" by configuration"), exposure.consequence())
    })
}
