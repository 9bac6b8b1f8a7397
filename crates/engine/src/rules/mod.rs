//! The rules, one file each, and their list.

mod app_run_debug;

use crate::rule::Rule;

/// Every rule, in the order in which they are listed for people.
pub static RULES: &[&Rule] = &[&app_run_debug::APP_RUN_DEBUG];
