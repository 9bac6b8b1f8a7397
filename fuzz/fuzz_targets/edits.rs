//! Any script of edits: the state that follows it is the state from scratch, findings and fixes word for word.
//!
//! It does not look at whether the findings are right.

#![no_main]

use libfuzzer_sys::fuzz_target;
use undebug_engine::{Change, Encoding, Language, Project, Settings};
use undebug_fuzz::{SEPARATOR, project};

/// Two programs that begin with a text, and two deployment files that begin empty.
const PATHS: [&str; 4] = ["/p/app.py", "/p/config.py", "/p/.flaskenv", "/p/Dockerfile"];

/// Texts do not grow beyond this.
const LONGEST: usize = 8_000;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.split(|byte| *byte == SEPARATOR);
    let mut text = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let mut texts = [text(), text(), String::new(), String::new()];
    let mut undo: Vec<(usize, String)> = Vec::new();
    let mut live = Project::new("/p", Settings::default(), Box::new(|_| None));
    live.set_whole(true);
    for (path, text) in PATHS.iter().zip(&texts) {
        live.open(path, language(path), text);
    }
    live.check();
    let mut message: Vec<Change> = Vec::new();
    let mut last = 0;
    for part in parts.take(48) {
        let Some((&op, rest)) = part.split_first() else { continue };
        let which = match op >> 6 {
            1 => 2,
            2 => 3,
            _ => usize::from(op >> 4) & 1,
        };
        if which != last || op & 0x20 == 0 {
            live.edit(PATHS[last], &std::mem::take(&mut message));
        }
        last = which;
        match op & 0x0f {
            0 => drop(live.check()),
            1 => drop(live.settle()),
            2 => {
                // The client sends the whole text.
                let text = String::from_utf8_lossy(rest).into_owned();
                undo.push((which, std::mem::replace(&mut texts[which], text.clone())));
                message.push(Change { range: None, text });
            }
            3 => {
                if let Some((which, text)) = undo.pop() {
                    live.edit(PATHS[last], &std::mem::take(&mut message));
                    live.edit(PATHS[which], &[Change { range: None, text: text.clone() }]);
                    texts[which] = text;
                }
            }
            4 => {
                live.edit(PATHS[last], &std::mem::take(&mut message));
                live.close(PATHS[which]);
                if !rest.is_empty() {
                    live.check();
                }
                live.open(PATHS[which], language(PATHS[which]), &texts[which]);
            }
            _ => {
                let change = change(&texts[which], rest);
                let range = change.range.clone().expect("it is a part");
                if texts[which].len() + change.text.len() < LONGEST {
                    undo.push((which, texts[which].clone()));
                    texts[which].replace_range(range, &change.text);
                    message.push(change);
                }
            }
        }
    }
    live.edit(PATHS[last], &message);
    live.check();
    live.settle();
    let scratch = project(PATHS.iter().zip(&texts).map(|(path, text)| (*path, text.as_str())));
    for (path, text) in PATHS.iter().zip(&texts) {
        assert_eq!(live.document(path).expect("it is open").whole(), *text);
        positions(&live, path, text);
    }
    assert_eq!(told(&live), told(&scratch), "texts {texts:?}");
});

fn language(path: &str) -> Language {
    Language::of_path(path).expect("every path has a language")
}

/// A replacement: two bytes for where, one for how much, then the new text.
fn change(text: &str, rest: &[u8]) -> Change {
    let byte = |at: usize| usize::from(rest.get(at).copied().unwrap_or_default());
    let mut start = ((byte(0) & 0x7f) << 7 | (byte(1) & 0x7f)) % (text.len() + 1);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (start + (byte(2) & 0x7f)).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    Change { range: Some(start..end), text: String::from_utf8_lossy(rest.get(3..).unwrap_or_default()).into_owned() }
}

/// A byte becomes a position and comes back, in every encoding, wherever it is no part of a line's end or of a character.
fn positions(project: &Project, path: &str, text: &str) {
    let document = project.document(path).expect("it is open");
    for (at, char) in text.char_indices().step_by(7) {
        if char == '\n' {
            continue;
        }
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            assert_eq!(document.offset(document.position(at, encoding), encoding), at, "{encoding:?} {text:?}");
        }
    }
}

/// Everything that a finding says with every fix of it, every start of a server, every larger change.
fn told(project: &Project) -> Vec<String> {
    let findings = project.all_findings();
    let mut told: Vec<String> =
        findings.iter().map(|finding| format!("{finding:?} {:?}", project.fixes(finding))).collect();
    told.extend(project.launches().iter().map(|launch| format!("{launch:?}")));
    told.extend(project.migrations().iter().map(|migration| format!("{migration:?}")));
    told
}
