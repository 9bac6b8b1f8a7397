//! The engine on a fixture: a project of its files, and what it finds there in the terms of marks.
//!
//! Only the engine's public face is used.

use std::collections::BTreeMap;

use undebug_engine::{Change, Confidence, Finding, Language, Level, Project, Settings, Severity};

use crate::fixture::{Kind, Mark};

/// Where the files of a case seem to stand.
const FOLDER: &str = "/case";

/// The path under which the engine knows a file of a case.
pub fn path_of(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

/// A project that can read these files and has all of them open that it knows a language for; checked once.
pub fn project(files: &BTreeMap<String, String>) -> Project {
    let texts: BTreeMap<String, String> = files.iter().map(|(name, text)| (path_of(name), text.clone())).collect();
    let read = texts.clone();
    let mut project = Project::new(FOLDER, settings(files), Box::new(move |path| read.get(path).cloned()));
    for (path, text) in &texts {
        if let Some(language) = Language::of_path(path) {
            project.open(path, language, text);
        }
    }
    project.set_whole(true);
    project.check();
    project.settle();
    project.check();
    project
}

/// What the `[rules]` of a case's own `undebug.toml` ask for: `rule = "warning"` lines and no more.
fn settings(files: &BTreeMap<String, String>) -> Settings {
    let mut settings = Settings::default();
    for line in files.get("undebug.toml").map_or("", String::as_str).split(['\n', '\r']) {
        let Some((rule, level)) = line.split_once('=') else { continue };
        assert_eq!(level.trim(), "\"warning\"", "a case asks for a rule with this level");
        settings.rules.insert(rule.trim().to_owned(), Level::Fixed(Severity::Warning));
    }
    settings
}

/// What a project finds in these files, as marks, sorted.
pub fn found(project: &Project, files: &BTreeMap<String, String>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for (name, text) in files {
        marks.extend(project.findings(&path_of(name)).iter().map(|finding| as_mark(finding, name, text)));
    }
    marks.sort();
    marks
}

/// Everything about a project's findings that a user can see, for comparing two ways to the same text.
pub fn shown(project: &Project) -> Vec<String> {
    project.all_findings().iter().map(|finding| format!("{:?} {finding:?}", project.fixes(finding))).collect()
}

/// Types a character behind what stands there already.
pub fn type_behind(project: &mut Project, path: &str, length: usize, character: char) {
    project.edit(path, &[Change { range: Some(length..length), text: character.to_string() }]);
}

fn as_mark(finding: &Finding, name: &str, text: &str) -> Mark {
    assert_eq!(&*finding.place.path, path_of(name), "a finding is listed under a file that it does not stand in");
    let confidence = match finding.confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    };
    Mark {
        path: name.to_owned(),
        start: place(text, finding.place.range.start),
        end: place(text, finding.place.range.end),
        rule: finding.rule.name.to_owned(),
        confidence: confidence.to_owned(),
        kind: Kind::Expected,
    }
}

/// The 1-based line and column, in characters, of a byte; lines end at `\n`, `\r\n` and a lone `\r`.
pub fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or_else(|| panic!("byte {byte} lies inside a character or behind the end"));
    let (mut line, mut column) = (1, 1);
    let mut characters = before.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
    }
    (line, column)
}

/// The same files with other line ends.
pub fn with_line_ends(files: &BTreeMap<String, String>, end: &str) -> BTreeMap<String, String> {
    files.iter().map(|(name, text)| (name.clone(), text.replace('\n', end))).collect()
}
