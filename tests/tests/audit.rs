//! The built `undebug audit`: how it exits, and that its forms say the same.
//!
//! The page is opened in a browser by `tests/audit/run.py`; which starts there are is the engine's to test.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use undebug_tests::stdio::undebug;

fn audit(project: &str, arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("projects").join(project);
    Command::new(undebug()).arg("audit").args(arguments).current_dir(folder).output().expect("the built binary")
}

fn printed(project: &str, form: &str) -> String {
    let output = audit(project, &["--output-format", form]);
    String::from_utf8(output.stdout).expect("utf-8")
}

#[test]
fn it_exits_as_check_does() {
    assert_eq!(audit("hello", &[]).status.code(), Some(1));
    assert_eq!(audit("hello", &["--exit-zero"]).status.code(), Some(0));
    assert_eq!(audit("hello", &["pyproject.toml"]).status.code(), Some(0));
    let gone = audit("hello", &["gone.py"]);
    assert_eq!(gone.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&gone.stderr).contains("gone.py"), "{gone:?}");
}

#[test]
fn a_start_has_its_state_and_its_evidence() {
    let told: Value = serde_json::from_str(&printed("rollout", "json")).expect("JSON");
    let shop = &told["apps"][0];
    assert_eq!(shop["place"]["path"], "shop/__init__.py");
    let start = &shop["starts"][0];
    assert_eq!(start["place"]["text"], "python run.py");
    assert_eq!((start["level"].as_str(), start["service"].as_str()), (Some("exposed"), Some("preview")));
    let places: Vec<String> = start["evidence"]
        .as_array()
        .expect("evidence")
        .iter()
        .map(|step| format!("{}:{}", step["place"]["path"].as_str().unwrap_or_default(), step["place"]["line"]))
        .collect();
    assert_eq!(places, ["deploy/preview.env:2", "shop/__init__.py:11", "run.py:7"]);
    assert_eq!(start["findings"][0]["rule"], "env-debug");
}

#[test]
fn all_forms_tell_the_same_starts() {
    for project in ["rollout", "compose", "factory", "hello"] {
        let told: Value = serde_json::from_str(&printed(project, "json")).expect("JSON");
        let apps = told["apps"].as_array().expect("apps");
        let starts: Vec<&Value> = apps.iter().flat_map(|app| app["starts"].as_array().expect("starts")).collect();
        assert!(!starts.is_empty());
        for form in ["tree", "markdown", "html"] {
            let text = printed(project, form);
            for start in &starts {
                let place = format!("{}:{}", start["place"]["path"].as_str().expect("path"), start["place"]["line"]);
                assert!(text.contains(&place), "{project} as {form} does not tell {place}");
            }
        }
        let cards = printed(project, "html").matches("<details").count();
        assert_eq!(cards, starts.len());
    }
}

#[test]
fn an_application_that_nothing_starts_is_told() {
    let folder = tempfile::tempdir().expect("scratch folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("inside")).expect("scratch folder");
        std::fs::write(path, text).expect("scratch folder");
    };
    write("pyproject.toml", "[project]\nname = \"case\"\nversion = \"0\"\n");
    write("plain.py", "from flask import Flask\n\napp = Flask(__name__)\n");
    write("other.py", "import flask\n\nshop = flask.Flask(__name__)\nshop.debug = True\n");
    write("made/__init__.py", "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n");
    write("none.py", "import logging\n\nlogging.debug(\"no application\")\n");
    let told = |form: &str| {
        let mut command = Command::new(undebug());
        command.args(["audit", "--exit-zero", "--output-format", form]).current_dir(folder.path());
        String::from_utf8(command.output().expect("the built binary").stdout).expect("utf-8")
    };
    let json: Value = serde_json::from_str(&told("json")).expect("JSON");
    let mut starts: Vec<String> = Vec::new();
    for start in json["apps"].as_array().expect("apps").iter().flat_map(|app| app["starts"].as_array().expect("starts"))
    {
        let place = &start["place"];
        starts.push(format!("{}:{} {} {}", place["path"], place["line"], start["starter"], start["debug"]));
    }
    starts.sort();
    assert_eq!(
        starts,
        [
            "\"made/__init__.py\":5 \"nothing\" \"when-asked\"",
            "\"other.py\":3 \"nothing\" \"when-asked\"",
            "\"plain.py\":3 \"nothing\" \"when-asked\"",
        ]
    );
    for form in ["tree", "markdown", "html"] {
        let text = told(form);
        for place in ["made/__init__.py:5", "other.py:3", "plain.py:3"] {
            assert!(text.contains(place), "{form} does not tell {place}:\n{text}");
        }
        assert_eq!(text.matches("nothing here starts it").count(), 3, "{form}:\n{text}");
    }
}
