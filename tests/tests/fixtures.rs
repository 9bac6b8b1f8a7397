//! Every fixture, in every way that a user meets it: read, typed, with other line ends, by the built `check` and `fix`,
//! and in a real session over stdio.
//!
//! What is not marked must stay silent. `BLESS=1` writes the `.fixed` twins that exist anew: read the diff.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use undebug_engine::{Language, Project};
use undebug_tests::engine::{found, path_of, project, shown, type_behind, with_line_ends};
use undebug_tests::fixture::{Case, Kind, Mark, cases};
use undebug_tests::stdio::{Client, undebug, uri};

/// How many prefixes of a file are compared with a fresh check of the same text.
const COMPARED_PREFIXES: usize = 40;
/// How many threads type.
const TYPISTS: usize = 2;
/// How long a silent file is listened to before silence is believed.
const SILENCE: Duration = Duration::from_millis(100);
/// After so many failed sessions the rest is not tried: each one waits for what does not come.
const SESSIONS_GIVEN_UP_AFTER: usize = 4;
/// The ways of fixing that have twins: the preferred one, and two that are asked for by name.
const FIXES: [&str; 3] = ["", "remove", "off"];

#[test]
fn a_fresh_check_finds_what_is_marked() {
    let mut report = Report::new("read");
    for case in cases() {
        report.compare(&case.name, &case.expected(), &found(&project(&case.files), &case.files));
    }
    report.end();
}

#[test]
fn line_ends_change_nothing() {
    let mut report = Report::new("line ends");
    for case in cases() {
        for (end, name) in [("\r\n", "CRLF"), ("\r", "lone CR")] {
            let files = with_line_ends(&case.files, end);
            report.compare(&format!("{} ({name})", case.name), &case.expected(), &found(&project(&files), &files));
        }
    }
    report.end();
}

#[test]
fn typing_ends_where_reading_ends() {
    // Typing every deployment file takes minutes: those that several files depend on are typed.
    const TYPED: [&str; 9] = [
        "dotenv",
        "interpolated",
        "env_file",
        "compose_joined",
        "compose_include",
        "build_args",
        "kustomize",
        "setup_cfg",
        "pm2",
    ];
    let type_case = |case: &Case, report: &mut Report| {
        let all = TYPED.iter().any(|word| case.name.contains(word));
        let is_typed = |name: &&String| name.ends_with(".py") || (all && Language::of_path(name).is_some());
        for name in case.files.keys().filter(is_typed) {
            type_file(case, name, report);
        }
    };
    // This takes longer than all other tests together: each thread takes the next case that nobody has.
    let (cases, next) = (cases(), AtomicUsize::new(0));
    let take = || {
        let mut report = Report::new("typed");
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            type_case(case, &mut report);
        }
        report
    };
    let reports: Vec<Report> = thread::scope(|scope| {
        let threads: Vec<_> = (0..TYPISTS).map(|_| scope.spawn(take)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it reports what fails")).collect()
    });
    let mut report = Report::new("typed");
    for part in reports {
        report.checked += part.checked;
        report.failures.extend(part.failures);
    }
    report.end();
}

/// Types a file character by character. Every prefix is checked; some are compared with a fresh check of that prefix.
fn type_file(case: &Case, name: &str, report: &mut Report) {
    let text = &case.files[name];
    let every = (text.chars().count() / COMPARED_PREFIXES).max(1);
    let mut files = case.files.clone();
    files.insert(name.to_owned(), String::new());
    let mut typed = project(&files);
    for (count, (byte, character)) in text.char_indices().enumerate() {
        type_behind(&mut typed, &path_of(name), byte, character);
        typed.check();
        let end = byte + character.len_utf8();
        if count % every == 0 || end == text.len() {
            files.insert(name.to_owned(), text[..end].to_owned());
            compare_typed(&mut typed, &project(&files), &format!("{}: {name} typed to byte {end}", case.name), report);
        }
    }
}

fn compare_typed(typed: &mut Project, fresh: &Project, what: &str, report: &mut Report) {
    typed.settle();
    typed.check();
    let (typed, fresh) = (shown(typed), shown(fresh));
    report.checked += 1;
    if typed != fresh {
        report.fail(format!("{what}\n    typed: {typed:#?}\n    fresh: {fresh:#?}"));
    }
}

#[test]
fn the_built_check_finds_what_is_marked() {
    let mut report = Report::new("built check");
    for case in cases() {
        let folder = tempfile::tempdir().expect("scratch folder");
        case.write_to(folder.path());
        match check(folder.path()) {
            Ok(found) => report.compare(&case.name, &case.expected(), &found),
            Err(error) => report.fail(format!("{}: {error}", case.name)),
        }
    }
    report.end();
}

/// What `undebug check` says of a folder, as marks.
fn check(folder: &Path) -> Result<Vec<Mark>, String> {
    let output = Command::new(undebug()).args(["check", "--output-format", "json", "."]).current_dir(folder).output();
    let output = output.map_err(|error| error.to_string())?;
    let said: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("no JSON ({error}): {}", String::from_utf8_lossy(&output.stderr)))?;
    let findings = said["findings"].as_array().ok_or("no `findings`")?;
    let wanted = i32::from(!findings.is_empty());
    if output.status.code() != Some(wanted) {
        return Err(format!("{} with {} findings", output.status, findings.len()));
    }
    let mut marks: Vec<Mark> = findings.iter().map(json_mark).collect();
    marks.sort();
    Ok(marks)
}

fn json_mark(finding: &Value) -> Mark {
    let place = |end: &str| {
        let number = |key: &str| finding[end][key].as_u64().unwrap_or_default() as usize;
        (number("line"), number("column"))
    };
    let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    Mark {
        path: text("path").trim_start_matches("./").to_owned(),
        start: place("start"),
        end: place("end"),
        rule: text("rule"),
        confidence: text("confidence"),
        kind: Kind::Expected,
    }
}

#[test]
fn the_built_fix_writes_the_twins() {
    let mut report = Report::new("built fix");
    for case in cases() {
        for fix in FIXES.iter().filter(|fix| fix.is_empty() || case.has_twin(fix)) {
            report.checked += 1;
            if let Err(error) = fix_case(&case, fix) {
                report.fail(format!("{} {fix}: {error}", case.name));
            }
        }
    }
    report.end();
}

/// Fixes a copy of a case. The first run must give the twins, the second must change nothing, and where there is a twin
/// nothing may be left to find.
fn fix_case(case: &Case, fix: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("scratch folder");
    case.write_to(folder.path());
    let after = run_fix(folder.path(), case, fix)?;
    for (name, text) in &after {
        let twin = case.twin(name, fix);
        let has_marks = case.marks().iter().any(|mark| mark.path == *name && mark.kind == Kind::Expected);
        if std::env::var_os("BLESS").is_some() && has_marks && case.has_twin(fix) {
            fs::write(&twin, text).map_err(|error| error.to_string())?;
        }
        let wanted = match fs::read_to_string(&twin) {
            Ok(wanted) => wanted,
            Err(_) if case.has_twin(fix) || !has_marks => case.files[name].clone(),
            Err(_) => continue,
        };
        if *text != wanted {
            return Err(format!("{name} differs from {}:\n{}", twin.display(), differing(&wanted, text)));
        }
    }
    if run_fix(folder.path(), case, fix)? != after {
        return Err("a second run changes the text again".to_owned());
    }
    let left = check(folder.path())?;
    if case.has_twin(fix) && !left.is_empty() {
        return Err(format!("still found after the fix: {left:?}"));
    }
    Ok(())
}

fn run_fix(folder: &Path, case: &Case, fix: &str) -> Result<BTreeMap<String, String>, String> {
    let mut command = Command::new(undebug());
    command.arg("fix").current_dir(folder);
    if !fix.is_empty() {
        command.args(["--fix", fix]);
    }
    let output = command.arg(".").output().map_err(|error| error.to_string())?;
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    let read = |name: &String| fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    case.files.keys().map(|name| Ok((name.clone(), read(name)?))).collect()
}

fn differing(wanted: &str, got: &str) -> String {
    let mut lines = Vec::new();
    let (wanted, got): (Vec<&str>, Vec<&str>) = (wanted.lines().collect(), got.lines().collect());
    for index in 0..wanted.len().max(got.len()) {
        let (wanted, got) = (wanted.get(index), got.get(index));
        if wanted != got {
            lines.push(format!("    line {}: wanted {wanted:?}\n    line {}: got    {got:?}", index + 1, index + 1));
        }
    }
    lines.join("\n")
}

#[test]
fn a_session_shows_what_is_marked() {
    let mut report = Report::new("session");
    for case in cases() {
        for encoding in ["utf-8", "utf-16"] {
            if report.failures.len() >= SESSIONS_GIVEN_UP_AFTER {
                report.fail("the other sessions were not tried".to_owned());
                return report.end();
            }
            let folder = tempfile::tempdir().expect("scratch folder");
            case.write_to(folder.path());
            session(&case, folder.path(), encoding, &mut report);
        }
    }
    report.end();
}

fn session(case: &Case, folder: &Path, encoding: &str, report: &mut Report) {
    let mut client = Client::start(folder, encoding);
    let agreed = client.capabilities["capabilities"]["positionEncoding"].as_str().unwrap_or("utf-16");
    if agreed != encoding {
        return report.fail(format!("{}: asked for {encoding}, got {agreed}", case.name));
    }
    for (name, text) in &case.files {
        client.open(&uri(&folder.join(name)), language_id(name), text);
    }
    let expected = case.expected();
    let wanted = ranges_of_marks(case, &expected, encoding);
    let complete = client.wait_until(|client| shown_ranges(client, case, folder) == wanted || wanted.is_empty());
    if wanted.is_empty() {
        // A reply shows that the documents were taken in; what is published comes at once or not at all.
        let name = case.files.keys().next().expect("a case has a file");
        client.request("textDocument/hover", hover_at_start(&uri(&folder.join(name))));
        client.listen(SILENCE);
    }
    let shown = shown_ranges(&client, case, folder);
    report.checked += 1;
    if !complete || shown != wanted {
        report.fail(format!("{} ({encoding})\n    marked: {wanted:?}\n    shown:  {shown:?}", case.name));
    }
    if !client.end() {
        report.fail(format!("{} ({encoding}): the server did not end well", case.name));
    }
}

fn hover_at_start(uri: &str) -> Value {
    serde_json::json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}})
}

/// File, rule, and start and end as line and column, 0-based, in the units of the session.
type Shown = (String, String, (u64, u64), (u64, u64));

fn ranges_of_marks(case: &Case, marks: &[Mark], encoding: &str) -> Vec<Shown> {
    let convert = |mark: &Mark, (line, column): (usize, usize)| {
        let source = case.files[&mark.path].lines().nth(line - 1).unwrap_or_default();
        let before = source.chars().take(column - 1);
        let units: usize = match encoding {
            "utf-8" => before.map(char::len_utf8).sum(),
            _ => before.map(char::len_utf16).sum(),
        };
        (line as u64 - 1, units as u64)
    };
    let mut ranges: Vec<Shown> = marks
        .iter()
        .map(|mark| (mark.path.clone(), mark.rule.clone(), convert(mark, mark.start), convert(mark, mark.end)))
        .collect();
    ranges.sort();
    ranges
}

fn shown_ranges(client: &Client, case: &Case, folder: &Path) -> Vec<Shown> {
    let mut ranges = Vec::new();
    for name in case.files.keys() {
        for diagnostic in client.diagnostics(&uri(&folder.join(name))) {
            let place = |end: &str| {
                let place = &diagnostic["range"][end];
                (place["line"].as_u64().unwrap_or_default(), place["character"].as_u64().unwrap_or_default())
            };
            let rule = diagnostic["code"].as_str().unwrap_or_default().to_owned();
            ranges.push((name.clone(), rule, place("start"), place("end")));
        }
    }
    ranges.sort();
    ranges
}

fn language_id(name: &str) -> &'static str {
    let base = name.rsplit('/').next().unwrap_or(name);
    match base.rsplit_once('.').map(|(_, extension)| extension) {
        Some("py") => "python",
        Some("yml" | "yaml") => "yaml",
        Some("json") => "json",
        Some("toml") => "toml",
        Some("sh") => "shellscript",
        _ if base.contains("ockerfile") => "dockerfile",
        _ if base.contains("akefile") => "makefile",
        _ => "plaintext",
    }
}

/// What went wrong in one way of looking at all cases.
struct Report {
    way: &'static str,
    checked: usize,
    failures: Vec<String>,
}

impl Report {
    fn new(way: &'static str) -> Report {
        Report { way, checked: 0, failures: Vec::new() }
    }

    fn fail(&mut self, failure: String) {
        self.failures.push(failure);
    }

    fn compare(&mut self, name: &str, marked: &[Mark], found: &[Mark]) {
        self.checked += 1;
        let lost: Vec<&Mark> = marked.iter().filter(|mark| !found.contains(mark)).collect();
        let extra: Vec<&Mark> = found.iter().filter(|mark| !marked.contains(mark)).collect();
        if marked != found {
            self.fail(format!("{name}{}{}", lines("marked, not found", &lost), lines("found, not marked", &extra)));
        }
    }

    fn end(self) {
        eprintln!("{}: {} checked, {} failed", self.way, self.checked, self.failures.len());
        assert!(self.checked > 0, "{}: nothing was checked", self.way);
        assert!(self.failures.is_empty(), "{}:\n{}", self.way, self.failures.join("\n"));
    }
}

fn lines(title: &str, marks: &[&Mark]) -> String {
    let line = |mark: &&Mark| {
        let Mark { path, start, end, rule, confidence, .. } = mark;
        format!("\n    {title}: {path}:{}:{}-{}:{} {rule} ({confidence})", start.0, start.1, end.0, end.1)
    };
    marks.iter().map(line).collect()
}
