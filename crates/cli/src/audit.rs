//! `undebug audit`: the whole picture for a person: each application, how it is started in each file, what debug mode is
//! then and why, and what to do.
//!
//! It writes no file but the one that it is asked for. What is known is gathered in `model`; each form of output is a
//! module.

mod html;
mod json;
mod markdown;
mod model;
mod tree;

use std::path::Path;

use crate::args::{AuditFormat, AuditOptions};
use crate::report::print;
use crate::scan::{Request, scan};
use crate::{CLEAN, FAILED, FOUND, complain};

use model::Audit;

/// Audits, prints, and says what to exit with: as `check` does.
pub(crate) fn run(options: &AuditOptions) -> u8 {
    let request = Request { selection: &options.selection, given: &None, kind: None, is_loud: true, is_picture: true };
    let scan = match scan(&request) {
        Ok(scan) => scan,
        Err(message) => {
            complain(message);
            return FAILED;
        }
    };
    let audit = Audit::new(&scan);
    let text = match options.output_format {
        AuditFormat::Tree => tree::render(&audit),
        AuditFormat::Markdown => markdown::render(&audit),
        AuditFormat::Json => json::render(&audit),
        AuditFormat::Html => html::render(&audit),
    };
    match &options.output {
        Some(path) => {
            if let Err(message) = write(path, &text) {
                complain(message);
                return FAILED;
            }
        }
        None => print(&text),
    }
    match (scan.missing, audit.findings == 0 || options.exit_zero) {
        (true, _) => FAILED,
        (false, true) => CLEAN,
        (false, false) => FOUND,
    }
}

/// Writes a report, without the colours that a terminal would get.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let plain = anstream::adapter::strip_str(text).to_string();
    std::fs::write(path, plain).map_err(|error| format!("{}: {error}", path.display()))
}
