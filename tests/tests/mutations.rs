//! Texts that nobody would write: analysis survives them, and fixes of what it finds there hold.
//!
//! The corpus is every fixture and sample project; a mutation cuts, doubles, splices and garbles it without looking at
//! what it covers. A few hundred texts in every run; `UNDEBUG_FUZZ_INPUTS` makes it any number, `UNDEBUG_FUZZ_SEED`
//! another walk. What garbled frames do to the server is shown by a process of its own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use undebug_engine::{Language, Project, Settings, apply};
use undebug_tests::lsp::{APP, Server, binary, capabilities, did_open, frame, notification};

const INPUTS: u64 = 300;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// Every text of the fixtures and sample projects that the engine reads, with its file name.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in ["fixtures", "projects"] {
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    files.sort();
    let named = |path: &PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Language::of_path(&name)?;
        Some((name, fs::read(path).ok()?))
    };
    let corpus: Vec<_> = files.iter().filter_map(named).filter(|(_, bytes)| bytes.len() < 20_000).collect();
    assert!(corpus.len() > 100, "{} texts", corpus.len());
    corpus
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the corpus").flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut fastrand::Rng) {
    for _ in 0..random.usize(1..8) {
        let at = random.usize(..=bytes.len());
        let end = (at + random.usize(..40)).min(bytes.len());
        match random.u8(..8) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let copy = bytes[at..end].to_vec();
                let to = random.usize(..=bytes.len());
                bytes.splice(to..to, copy);
            }
            2 => {
                let from = random.usize(..=other.len());
                let upto = (from + random.usize(..200)).min(other.len());
                bytes.splice(at..at, other[from..upto].iter().copied());
            }
            3 => bytes.insert(at, random.u8(..)),
            4 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
            5 => {
                const HARD: &[&str] =
                    &["(", ")", "\"\"\"", "\r", "\n", "\\\n", "{", "&a", "*a", "<<:", "$(", "'", "\0", "😀", "|-\n"];
                bytes.splice(at..at, HARD[random.usize(..HARD.len())].bytes());
            }
            6 => {
                let deep = ["(", "[", "{", "not ", "- ", "if x:\n "][random.usize(..6)].repeat(random.usize(1..300));
                bytes.splice(at..at, deep.into_bytes());
            }
            _ => bytes.truncate(end.max(at)),
        }
    }
}

#[test]
fn garbled_texts_are_survived_and_their_fixes_hold() {
    let corpus = corpus();
    let mut random = fastrand::Rng::with_seed(number("UNDEBUG_FUZZ_SEED", 1));
    let inputs = number("UNDEBUG_FUZZ_INPUTS", INPUTS);
    let (mut found, mut fixed, mut slowest) = (0_u64, 0_u64, Duration::ZERO);
    for input in 0..inputs {
        let (name, bytes) = &corpus[random.usize(..corpus.len())];
        let mut bytes = bytes.clone();
        mutate(&mut bytes, &corpus[random.usize(..corpus.len())].1, &mut random);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (path, language) = (format!("/p/{name}"), Language::of_path(name).expect("the corpus has languages"));
        let started = Instant::now();
        let findings = std::panic::catch_unwind(|| analysed(&path, language, &text))
            .unwrap_or_else(|_| panic!("input {input}, {name}: {text:?}"));
        slowest = slowest.max(started.elapsed());
        found += findings.0;
        fixed += findings.1;
    }
    eprintln!("{inputs} inputs, {found} findings, {fixed} fixes tried, slowest {slowest:?}");
    assert!(found > inputs / 20, "{found} findings: the mutations leave nothing to find");
    assert!(slowest < Duration::from_secs(30), "{slowest:?}");
}

/// Finds, and applies the preferred fix of each finding by itself: afterwards there are no more findings of its rule. The numbers of
/// both.
fn analysed(path: &str, language: Language, text: &str) -> (u64, u64) {
    let project = opened(path, language, text);
    project.launches();
    let findings = project.all_findings();
    let each: Vec<_> = findings.iter().map(|finding| project.fixes(finding)).collect();
    // Fixes are tried in groups: whether one holds does not hang on the others.
    assert_eq!(project.fixes_of(&findings), each, "{path}: {text:?}");
    let mut tried = 0;
    for (finding, fixes) in findings.iter().zip(each) {
        for fix in fixes.into_iter().filter(|fix| fix.preferred) {
            if fix.edits.iter().any(|edit| &*edit.path != path) {
                continue;
            }
            tried += 1;
            let fixed = apply(text, &fix.edits).expect("the edits of a fix do not overlap");
            let after = opened(path, language, &fixed);
            let same = |other: &&undebug_engine::Finding| other.rule.name == finding.rule.name;
            let (before, left) =
                (findings.iter().filter(same).count(), after.all_findings().iter().filter(same).count());
            // An import that a fix adds gives a meaning to other lines of a garbled text, too.
            let adds_import = fix.edits.len() > 1;
            assert!(
                left <= before || adds_import,
                "{} grew from {before} to {left} by {fix:?} in {text:?}",
                finding.rule.name
            );
        }
    }
    (findings.len() as u64, tried)
}

fn opened(path: &str, language: Language, text: &str) -> Project {
    let mut project = Project::new("/p", Settings::default(), Box::new(|_| None));
    project.open(path, language, text);
    project.check();
    project.settle();
    project
}

/// Frames with bytes changed, cut and doubled: the server lives, and finds what is there in a session that follows.
#[test]
fn garbled_frames_are_survived() {
    let mut random = fastrand::Rng::with_seed(number("UNDEBUG_FUZZ_SEED", 1));
    for round in 0..number("UNDEBUG_FUZZ_SESSIONS", 12) {
        let mut server = Server::ready(capabilities());
        for version in 1..20 {
            let uri = format!("file:///undebug-test/{version}.py");
            let mut bytes = frame(&did_open(&uri, version, APP));
            for _ in 0..random.usize(..4) {
                let at = random.usize(..bytes.len());
                match random.u8(..4) {
                    0 => bytes[at] = random.u8(..),
                    1 => drop(bytes.remove(at)),
                    2 => bytes.insert(at, random.u8(..)),
                    _ => bytes.truncate(at.max(1)),
                }
            }
            server.write(&bytes);
        }
        // A header may have promised at most this much more; what follows is read again where it was no message.
        let end = Instant::now() + Duration::from_secs(20);
        let alive = "file:///undebug-test/alive.py";
        let mut version = 0;
        let is_alive = |message: &serde_json::Value| message["params"]["uri"] == alive;
        'alive: loop {
            version += 1;
            server.send(&did_open(alive, version, APP));
            let pause = Instant::now() + Duration::from_millis(100);
            while let Some(message) = server.next(pause) {
                if is_alive(&message) {
                    assert_eq!(message["params"]["diagnostics"].as_array().map(Vec::len), Some(1), "{message}");
                    break 'alive;
                }
            }
            assert!(Instant::now() < end, "round {round}: the server hears nothing any more");
        }
    }
}

/// Bytes that are no protocol at all.
#[test]
fn noise_ends_with_the_input() {
    let mut random = fastrand::Rng::with_seed(number("UNDEBUG_FUZZ_SEED", 1));
    for _ in 0..5 {
        let mut child = Command::new(binary())
            .arg("server")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let noise: Vec<u8> = (0..50_000).map(|_| random.u8(..)).collect();
        let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } });
        let script =
            [noise, b"\r\n\r\n".to_vec(), frame(&initialize), frame(&notification("exit", json!(null)))].concat();
        stdin.write_all(&script).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("\"serverInfo\""),
            "the request behind the noise is heard"
        );
    }
}
