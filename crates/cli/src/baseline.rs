//! Baselines: the findings that a team knows of and does not want to hear about again.
//!
//! An entry names a path, a rule and a hash of the text, no line: it survives moved lines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use undebug_disk::{read_text, slashed, write_file};

use crate::args::BaselineOptions;
use crate::report::identity::{Identity, identity};
use crate::report::{Report, count};
use crate::scan::{Request, Scan, scan};
use crate::{CLEAN, FAILED, complain};

/// The version of the file's shape.
const VERSION: u32 = 1;

/// A baseline file.
#[derive(Debug, Serialize, Deserialize)]
struct Baseline {
    version: u32,
    findings: Vec<Known>,
}

/// A finding that is known; the message is there for people alone.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    path: String,
    rule: String,
    fingerprint: String,
    #[serde(default)]
    message: String,
}

impl Known {
    fn identity(&self) -> Identity {
        Identity { path: self.path.clone(), rule: self.rule.clone(), print: self.fingerprint.clone() }
    }
}

/// Writes a baseline of what is found now.
pub(crate) fn run(options: &BaselineOptions) -> u8 {
    let request = Request { selection: &options.selection, given: &None, kind: None, is_loud: true, is_picture: false };
    let scan = match scan(&request) {
        Ok(scan) => scan,
        Err(message) => {
            complain(message);
            return FAILED;
        }
    };
    let report = Report::new(&scan);
    let folder = folder_of(&options.output);
    let known = |entry| {
        let Identity { path, rule, print } = identity(entry, &folder);
        Known { path, rule, fingerprint: print, message: entry.finding.message.clone() }
    };
    let baseline = Baseline { version: VERSION, findings: report.entries.iter().map(known).collect() };
    let text = match serde_json::to_string_pretty(&baseline) {
        Ok(text) => text + "\n",
        Err(error) => {
            complain(error);
            return FAILED;
        }
    };
    if let Err(problem) = write_file(&options.output, text.as_bytes()) {
        complain(problem);
        return FAILED;
    }
    anstream::eprintln!("Wrote {} to {}", count(baseline.findings.len(), "finding"), options.output.display());
    if scan.missing { FAILED } else { CLEAN }
}

/// Takes what a baseline knows out of a report, and tells which of its entries match nothing any more. An error says
/// why the file cannot be used.
pub(crate) fn apply(
    file: &Path,
    scan: &Scan,
    report: &mut Report<'_>,
    is_asked: &dyn Fn(&str) -> bool,
) -> Result<(), String> {
    let text = read_text(file).map_err(|problem| problem.to_string())?;
    let baseline: Baseline =
        serde_json::from_str(&text.text).map_err(|error| format!("{}: no baseline: {error}", file.display()))?;
    if baseline.version != VERSION {
        return Err(format!("{}: a baseline of version {}, not {VERSION}", file.display(), baseline.version));
    }
    let folder = folder_of(file);
    let mut left: BTreeMap<Identity, usize> = BTreeMap::new();
    for known in &baseline.findings {
        *left.entry(known.identity()).or_default() += 1;
    }
    report.retain(|entry| match left.get_mut(&identity(entry, &folder)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    left.retain(|known, count| *count > 0 && is_asked(&known.rule) && is_covered(scan, &folder.join(&known.path)));
    for (known, count) in &left {
        let times = if *count == 1 { String::new() } else { format!(" ({count} times)") };
        complain(format!("{}: {}: `{}` is no longer found{times}", file.display(), known.path, known.rule));
    }
    if !left.is_empty() {
        complain(format!("{}: `undebug baseline` writes it anew", file.display()));
    }
    Ok(())
}

/// Whether a file belongs to a project all of whose files were looked at.
fn is_covered(scan: &Scan, path: &Path) -> bool {
    scan.projects.iter().any(|checked| checked.is_covered && path.starts_with(&checked.root))
}

fn folder_of(file: &Path) -> PathBuf {
    let path = PathBuf::from(slashed(file));
    path.parent().map_or_else(PathBuf::new, Path::to_path_buf)
}
