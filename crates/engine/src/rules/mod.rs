//! The rules, one file each, and their list.
//!
//! A new rule is a file here, a line in [`RULES`] and a folder of fixtures. An exposure belongs to the first rule of the
//! list that has a message for it.

mod app_debug_set;
mod app_run_debug;
mod command_debug;
mod config_debug;
mod debug_off_word;
mod debug_on_by_default;
mod debug_string_truth;
mod debugger_pin_off;
mod development_server;
mod env_debug;
mod framework_debug;
mod interactive_debugger;
pub(crate) mod unused_suppression;

use crate::rule::Rule;

/// Every rule, in the order in which they are listed for people.
pub static RULES: &[&Rule] = &[
    &app_run_debug::APP_RUN_DEBUG,
    &app_debug_set::APP_DEBUG_SET,
    &config_debug::CONFIG_DEBUG,
    &env_debug::ENV_DEBUG,
    &command_debug::COMMAND_DEBUG,
    &interactive_debugger::INTERACTIVE_DEBUGGER,
    &debugger_pin_off::DEBUGGER_PIN_OFF,
    &debug_string_truth::DEBUG_STRING_TRUTH,
    &debug_on_by_default::DEBUG_ON_BY_DEFAULT,
    &debug_off_word::DEBUG_OFF_WORD,
    &framework_debug::FRAMEWORK_DEBUG,
    &development_server::DEVELOPMENT_SERVER,
    &unused_suppression::UNUSED_SUPPRESSION,
];
