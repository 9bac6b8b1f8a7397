//! `undebug check`: reports what it finds.
//!
//! It writes no file.

use std::io::Read;

use crate::args::{CheckOptions, Format};
use crate::report::{self, Report};
use crate::scan::{Given, Request, scan};
use crate::{CLEAN, FAILED, FOUND, complain};

/// Checks, prints, and says what to exit with.
pub(crate) fn run(options: &CheckOptions) -> u8 {
    let given = match standard_input(options) {
        Ok(given) => given,
        Err(message) => {
            complain(message);
            return FAILED;
        }
    };
    let request = Request { selection: &options.selection, given: &given, kind: None, is_loud: true };
    let scan = match scan(&request) {
        Ok(scan) => scan,
        Err(message) => {
            complain(message);
            return FAILED;
        }
    };
    let report = Report::new(&scan);
    let text = if options.statistics {
        report::statistics(&report)
    } else {
        match options.output_format {
            Format::Full => report::full::render(&report),
            Format::Concise => report::concise::render(&report),
            Format::Json => report::json::render(&report),
            Format::Jsonl => report::json::render_lines(&report),
            Format::Sarif => report::sarif::render(&report),
            Format::Github => report::ci::github(&report),
            Format::Gitlab => report::ci::gitlab(&report),
            Format::Junit => report::ci::junit(&report),
        }
    };
    report::print(&text);
    match (scan.missing, report.entries.is_empty() || options.exit_zero) {
        (true, _) => FAILED,
        (false, true) => CLEAN,
        (false, false) => FOUND,
    }
}

fn standard_input(options: &CheckOptions) -> Result<Given, String> {
    let Some(path) = &options.stdin_filename else { return Ok(None) };
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|error| format!("stdin: {error}"))?;
    let text = undebug_disk::decode(bytes).ok_or_else(|| "stdin: not text".to_owned())?;
    Ok(Some((path.clone(), text.text)))
}
