//! The repository's own rules: who may depend on whom, what every module opens with, what may not be committed.
//!
//! It looks at files and at `cargo metadata`, never at behaviour. A rule that has exceptions lists them with reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use undebug_tests::stdio::undebug;

/// Which packages of the workspace a package may use.
const EDGES: [(&str, &[&str]); 5] = [
    ("undebug-engine", &[]),
    ("undebug-disk", &["undebug-engine"]),
    ("undebug-server", &["undebug-engine", "undebug-disk"]),
    ("undebug", &["undebug-engine", "undebug-disk", "undebug-server"]),
    ("undebug-tests", &["undebug-engine"]),
];

/// What a package must not know, by the packages that it would learn it from.
const BARS: [(&str, &[&str]); 5] = [
    ("undebug-engine", &["tower-lsp", "tokio", "serde_json", "tracing", "clap", "ignore", "rayon", "anstream"]),
    ("undebug-disk", &["tower-lsp", "tokio", "clap", "anstream", "annotate-snippets"]),
    ("undebug-server", &["tree-sitter", "tree-sitter-python", "clap"]),
    ("undebug", &["tree-sitter", "tree-sitter-python", "tower-lsp"]),
    ("undebug-tests", &["tree-sitter", "tree-sitter-python", "tower-lsp"]),
];

/// In how many files of the server the protocol library may be named, so that it can be replaced.
const FILES_WITH_TOWER_LSP: usize = 3;

/// Longer files ask to be split.
const LINES: usize = 400;

/// Files that are longer, with the reason why they are not split.
const LONG: [(&str, &str); 15] = [
    ("crates/engine/src/deploy/flask_cli.rs", "one command line and the table that it was measured against"),
    ("crates/engine/src/deploy/words.rs", "one scanner for shell words, a function a state"),
    ("crates/engine/src/deploy/yaml.rs", "one tree with its anchors and merges"),
    ("crates/engine/src/fix/deploy.rs", "one fix a syntax, side by side"),
    ("crates/engine/src/fix/tests/arguments.rs", "a table of programs before and after"),
    ("crates/engine/src/fix/tests/environment.rs", "a table of programs before and after"),
    ("crates/engine/src/python/eval.rs", "one match over the kinds of expressions, and reading and writing attributes"),
    ("crates/engine/src/python/files.rs", "the one door between the machine and the project's texts"),
    (
        "crates/engine/src/python/launch.rs",
        "one model a server, side by side, each a few lines of its library's source",
    ),
    ("crates/engine/src/python/library/builtins.rs", "one match over the builtin functions"),
    ("crates/engine/src/python/look.rs", "the judgement of each word that is looked for, where it stands"),
    ("crates/engine/src/python/lower.rs", "one match over the grammar's statements and one over its expressions"),
    ("crates/engine/src/python/machine.rs", "one match over the kinds of statements, and forking and joining paths"),
    ("crates/engine/src/python/store.rs", "names, subscripts, imports and definitions: one memory"),
    ("crates/engine/src/python/value.rs", "what is known of a value, and the ways in which its place is handed on"),
];

/// Folders with sources that are there to be read by the product: they keep none of these rules.
const DATA: [&str; 4] = ["tests/fixtures/", "tests/oracle/cases/", "tests/projects/", "tests/corpus/"];

/// The text around the generated table of rules.
const RULES: (&str, &str) = ("<!-- rules -->\n", "<!-- /rules -->");

#[test]
fn packages_use_only_what_they_may() {
    let allowed: BTreeMap<_, _> = EDGES.into_iter().collect();
    let bars: BTreeMap<_, _> = BARS.into_iter().collect();
    let mut wrong = Vec::new();
    let packages = packages();
    for (name, dependencies) in &packages {
        let Some(edges) = allowed.get(name.as_str()) else {
            wrong.push(format!("{name} is not in the table of edges"));
            continue;
        };
        for dependency in dependencies {
            if packages.contains_key(dependency) && !edges.contains(&dependency.as_str()) {
                wrong.push(format!("{name} must not use {dependency}"));
            }
            if bars[name.as_str()].contains(&dependency.as_str()) {
                wrong.push(format!("{name} must not know {dependency}"));
            }
        }
    }
    assert_eq!(packages.len(), EDGES.len(), "the table of edges lists packages that are gone");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The packages of the workspace, each with what it uses outside its own tests.
fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("`cargo metadata` prints JSON");
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let uses = |package: &Value| {
        let all = package["dependencies"].as_array().cloned().unwrap_or_default();
        all.iter().filter(|dependency| dependency["kind"] != "dev").map(name).collect()
    };
    let all = metadata["packages"].as_array().expect("packages");
    all.iter().map(|package| (name(package), uses(package))).collect()
}

#[test]
fn the_protocol_library_is_named_in_few_files() {
    let named: Vec<String> = sources("rs")
        .into_iter()
        .filter(|path| path.starts_with("crates/") && read(path).contains(concat!("tower", "_lsp")))
        .collect();
    assert!(named.iter().all(|path| path.starts_with("crates/server/")), "outside the server: {named:?}");
    assert!(named.len() <= FILES_WITH_TOWER_LSP, "{named:?}");
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<String> = sources("rs").into_iter().filter(|path| !read(path).starts_with("//! ")).collect();
    assert!(silent.is_empty(), "modules that do not open with `//!`: {silent:?}");
}

#[test]
fn names_are_reexported_at_the_front_door_only() {
    let other: Vec<String> = sources("rs")
        .into_iter()
        .filter(|path| !path.ends_with("/lib.rs"))
        .filter(|path| read(path).lines().any(|line| line.starts_with(concat!("pub ", "use "))))
        .collect();
    assert!(other.is_empty(), "outside `lib.rs`: {other:?}");
}

#[test]
fn no_test_is_ignored() {
    let marker = concat!("#[", "ignore");
    let ignored: Vec<String> = sources("rs").into_iter().filter(|path| read(path).contains(marker)).collect();
    assert!(ignored.is_empty(), "{ignored:?}");
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    let forbidden = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("py", "pi.org"),
        concat!("pythonho", "sted.org"),
        concat!("registry.npm", "js"),
        concat!("npm", "js.com"),
        concat!("crates", ".io"),
        concat!("shared/", "oracle"),
        concat!("shared/", "design"),
        concat!("issues", " show"),
    ];
    let mut wrong = Vec::new();
    // A lock file names the registry by itself, in a form of cargo's own.
    for path in files().into_iter().filter(|path| !path.ends_with("Cargo.lock")) {
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        for word in forbidden.iter().filter(|word| text.contains(**word)) {
            wrong.push(format!("{path}: {word}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short_or_say_why_not() {
    let excused: BTreeMap<&str, &str> = LONG.into_iter().collect();
    let mut wrong = Vec::new();
    for path in ["rs", "py", "js", "ts", "lua"].into_iter().flat_map(sources) {
        let lines = read(&path).lines().count();
        match excused.contains_key(path.as_str()) {
            false if lines > LINES => wrong.push(format!("{path} has {lines} lines, over {LINES}")),
            true if lines <= LINES => wrong.push(format!("{path} has {lines} lines and needs no excuse")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_of_rules_is_fresh() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let table = readme.split_once(RULES.0).and_then(|(_, rest)| rest.split_once(RULES.1)).map(|(table, _)| table);
    let output =
        Command::new(undebug()).args(["rules", "--output-format", "markdown"]).output().expect("the built binary");
    let fresh = String::from_utf8(output.stdout).expect("utf-8");
    assert!(!fresh.trim().is_empty(), "`undebug rules --output-format markdown` prints nothing");
    let table = table.unwrap_or_else(|| panic!("README.md has no {:?} ... {:?}", RULES.0, RULES.1));
    assert_eq!(table.trim(), fresh.trim(), "`undebug rules --output-format markdown` prints another table");
}

/// The committed sources with this extension, without those that are data.
fn sources(extension: &str) -> Vec<String> {
    let mut paths = files();
    paths.retain(|path| Path::new(path).extension().is_some_and(|found| found == extension));
    paths.retain(|path| !DATA.iter().any(|folder| path.starts_with(folder)));
    paths
}

/// Every file that is committed or about to be, relative to the root, sorted.
fn files() -> Vec<String> {
    let arguments = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let output = Command::new("git").args(arguments).current_dir(root()).output().expect("git");
    let listed = String::from_utf8(output.stdout).expect("utf-8 paths");
    let mut paths: Vec<String> = listed.split_terminator('\0').map(str::to_owned).collect();
    // What was deleted but not yet committed is still listed.
    paths.retain(|path| root().join(path).is_file());
    paths.sort();
    paths.dedup();
    assert!(!paths.is_empty(), "git lists no files");
    paths
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}
