//! `run(debug=...)` of Flask and its kin.

use crate::rule::rule;

rule! {
    /// `run(debug=True)` starts the development server in debug mode.
    pub static APP_RUN_DEBUG = "app-run-debug", Warning;
}
