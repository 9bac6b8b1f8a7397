//! `undebug check`: reports what it finds.
//!
//! It writes no file.

use std::io::Read;

use undebug_disk::write_file;
use undebug_engine::Language;

use crate::args::{CheckOptions, Format};
use crate::report::{self, Report};
use crate::scan::{Given, Request, Scan, scan};
use crate::{CLEAN, FAILED, FOUND, baseline, complain, review, watch};

/// Checks, prints, and says what to exit with.
pub(crate) fn run(options: &CheckOptions) -> u8 {
    if options.watch {
        return watch::run(&options.selection.paths, options.output_file.as_deref(), || {
            if let Err(message) = look(options).and_then(|scan| tell(options, &scan)) {
                complain(message);
            }
        });
    }
    let told = look(options).and_then(|scan| {
        let told = tell(options, &scan);
        // The process ends here: to take a large project apart piece by piece would be for nobody.
        std::mem::forget(scan);
        told
    });
    told.unwrap_or_else(|message| {
        complain(message);
        FAILED
    })
}

/// Checks once. An error says why that was not possible.
fn look(options: &CheckOptions) -> Result<Scan, String> {
    let given = standard_input(options)?;
    let request =
        Request { selection: &options.selection, given: &given, kind: None, is_loud: true, is_picture: false };
    scan(&request)
}

/// Prints what a scan found. An error says why that was not possible.
fn tell(options: &CheckOptions, scan: &Scan) -> Result<u8, String> {
    let mut report = Report::new(scan);
    if let Some(base) = &options.diff_base {
        review::apply(base, &options.selection, scan, &mut report)?;
    }
    if let Some(file) = &options.baseline {
        let is_asked = |rule: &str| options.selection.asks_for(rule);
        baseline::apply(file, scan, &mut report, &is_asked)?;
    }
    let text = render(options, &report);
    match &options.output_file {
        // Nothing in a file is coloured.
        Some(file) => write_file(file, anstream::adapter::strip_str(&text).to_string().as_bytes())
            .map_err(|problem| problem.to_string())?,
        None => report::print(&text),
    }
    Ok(match (scan.missing, report.entries.is_empty() || options.exit_zero) {
        (true, _) => FAILED,
        (false, true) => CLEAN,
        (false, false) => FOUND,
    })
}

fn render(options: &CheckOptions, report: &Report<'_>) -> String {
    if options.statistics {
        return report::statistics(report);
    }
    match options.output_format {
        Format::Full => report::full::render(report),
        Format::Concise => report::concise::render(report),
        Format::Json => report::json::render(report),
        Format::Jsonl => report::json::render_lines(report),
        Format::Sarif => report::sarif::render(report),
        Format::Github => report::ci::github(report),
        Format::Gitlab => report::ci::gitlab(report),
        Format::Junit => report::ci::junit(report),
    }
}

fn standard_input(options: &CheckOptions) -> Result<Given, String> {
    let Some(path) = &options.stdin_filename else { return Ok(None) };
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|error| format!("stdin: {error}"))?;
    if Language::of_path(&undebug_disk::slashed(path)).is_none() {
        complain(format!("{}: skipped: no kind of file that is read", path.display()));
    }
    let text = undebug_disk::decode(bytes).ok_or_else(|| "stdin: not text".to_owned())?;
    Ok(Some((path.clone(), text.text)))
}
