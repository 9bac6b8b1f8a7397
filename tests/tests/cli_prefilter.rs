//! The look at texts that decides which files are run: it must change nothing but the time.
//!
//! Every program that the other tests know is checked with it and without it.

use std::fs;
use std::path::Path;

use serde_json::Value;
use undebug_tests::cli::Tree;
use undebug_tests::fixture::cases;

/// So many quiet modules make a project large enough for the stricter look.
const LARGE: usize = 320;

fn findings(tree: &Tree, further: &[&str]) -> Value {
    let arguments = [&["check", "--select", "development-server", "--output-format", "json"], further].concat();
    let all: Vec<&str> =
        arguments.iter().filter(|word| !["--select", "development-server"].contains(word)).copied().collect();
    let with = tree.run(&all).json()["findings"].clone();
    let off_by_default = tree.run(&arguments).json()["findings"].clone();
    Value::from(vec![with, off_by_default])
}

fn compare(tree: &Tree, what: &str) -> usize {
    let (quick, thorough) = (findings(tree, &[]), findings(tree, &["--thorough"]));
    let lines = |findings: &Value| -> Vec<String> {
        let all =
            findings.as_array().into_iter().flatten().flat_map(|list| list.as_array().cloned().unwrap_or_default());
        all.map(|finding| undebug_tests::cli::brief(&finding)).collect()
    };
    assert_eq!(lines(&quick), lines(&thorough), "{what}: found with the look at texts, and without it");
    assert_eq!(quick, thorough, "{what}");
    lines(&quick).len()
}

#[test]
fn the_fixtures_are_found_with_it_and_without_it() {
    let tree = Tree::new(&[]);
    for case in cases() {
        let folder = tree.path(&case.name.replace(['/', '.'], "_"));
        fs::create_dir_all(&folder).expect("a folder");
        case.write_to(&folder);
    }
    let found = compare(&tree, "fixtures");
    assert!(found > 100, "only {found} findings");
}

#[test]
fn the_judged_programs_are_found_with_it_and_without_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["oracle/cases", "projects"] {
        let tree = Tree::new(&[("pyproject.toml", "[project]\nname = \"cases\"\n")]);
        copy(&root.join(folder), &tree.path("copied"));
        assert!(compare(&tree, folder) > 0, "{folder}: nothing found");
    }
}

#[test]
fn a_large_project_loses_no_program_that_starts_a_server() {
    let tree = Tree::new(&[
        ("pyproject.toml", "[project]\nname = \"large\"\n"),
        (
            "shop/__init__.py",
            "from flask import Flask\n\nfrom shop.settings import Settings\n\n\ndef create():\n    app = Flask(__name__)\n    app.config.from_object(Settings)\n    return app\n",
        ),
        ("shop/settings.py", "class Settings:\n    DEBUG = True\n"),
        ("run.py", "from shop import create\n\ncreate().run()\n"),
        ("tools/positional.py", "from flask import Flask\n\nFlask(__name__).run(\"0.0.0.0\", 80, True)\n"),
    ]);
    for number in 0..LARGE {
        tree.write(&format!("quiet/module_{number}.py"), format!("import os\n\nVALUE = {number}\n"));
    }
    let wanted = ["shop/settings.py:2 config-debug", "tools/positional.py:3 app-run-debug"];
    assert_eq!(tree.brief(&[]), wanted);
    compare(&tree, "large");
}

/// Programs of ours that a large project hides: the start is in a file that only calls another, or
/// its application comes through a registry that a third file fills.
const HIDDEN: [&str; 3] =
    ["apps/config_manager", "factories/parameter_literal_across_modules", "factories/registry_picks_admin"];

#[test]
fn a_large_project_hides_only_what_is_known() {
    let tree = Tree::new(&[("pyproject.toml", "[project]\nname = \"large\"\n")]);
    let count = write_own_programs(&tree, 3);
    assert!(count > LARGE, "only {count} files");
    let (quick, thorough) = (tree.brief(&[]), tree.brief(&["--thorough"]));
    let gained: Vec<&String> = quick.iter().filter(|line| !thorough.contains(line)).collect();
    assert!(gained.is_empty(), "found by the look at texts alone: {gained:?}");
    let lost: Vec<&String> = thorough.iter().filter(|line| !quick.contains(line)).collect();
    let is_known = |line: &str| HIDDEN.iter().any(|name| line.starts_with(&format!("{name}/")));
    let unknown: Vec<&&String> = lost.iter().filter(|line| !is_known(line)).collect();
    assert!(unknown.is_empty(), "hidden by the look at texts: {unknown:?}");
    let stale: Vec<&&str> =
        HIDDEN.iter().filter(|name| !lost.iter().any(|line| line.starts_with(&format!("{name}/")))).collect();
    assert!(stale.is_empty(), "not hidden any more: {stale:?}");
    assert!(thorough.len() > 300, "only {} findings", thorough.len());
}

/// Writes every so many of our own programs, and those that are hidden, each into a folder of its own; how many files.
fn write_own_programs(tree: &Tree, share: usize) -> usize {
    let mut count = 0;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle/own");
    for entry in fs::read_dir(folder).expect("the programs are there") {
        let path = entry.expect("a readable folder").path();
        let subject = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let text = fs::read_to_string(&path).expect("a readable file");
        for (at, block) in text.split("\n#### ").enumerate() {
            let (head, body) = block.trim_start_matches("#### ").split_once('\n').expect("a program");
            let name = format!("{subject}/{}", head.split('|').next().unwrap_or(head).trim());
            if at % share != 0 && !HIDDEN.contains(&name.as_str()) {
                continue;
            }
            for part in format!("\n{body}").split("\n#: ") {
                let (file, text) = match part.strip_prefix('\n') {
                    Some(first) => ("app.py", first),
                    None => part.split_once('\n').unwrap_or((part, "")),
                };
                if !file.is_empty() && (!text.trim().is_empty() || file != "app.py") {
                    tree.write(&format!("{name}/{}", file.trim()), format!("{text}\n"));
                    count += 1;
                }
            }
        }
    }
    count
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        let target = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).expect("a file")),
        }
    }
}
