//! `undebug check` as a person or a script runs it: what it looks at, what it says, what it exits with.
//!
//! What is a finding is the fixtures' matter; how reports look is `cli_reports`'.

use undebug_tests::cli::{APP, QUIET, Tree};

#[test]
fn exit_codes_tell_clean_found_and_failed() {
    let tree = Tree::new(&[("app.py", APP), ("quiet.py", QUIET)]);
    assert_eq!(tree.run(&["check", "quiet.py"]).code, 0);
    assert_eq!(tree.run(&["check"]).code, 1);
    assert_eq!(tree.run(&["check", "--exit-zero"]).code, 0);
    for arguments in [
        &["check", "gone.py"][..],
        &["check", "--select", "app-run-debg"],
        &["check", "--ignore", "nothing"],
        &["check", "--output-format", "smoke-signals"],
        &["check", "--no-such-option"],
        &["explain", "app-run-debg"],
        &["no-such-command"],
    ] {
        let ran = tree.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(ran.stdout.is_empty() || arguments == ["check", "gone.py"], "{arguments:?}: {ran:?}");
        assert!(!ran.stderr.is_empty(), "{arguments:?} says nothing");
    }
}

#[test]
fn a_missing_path_is_named_in_one_line_and_the_others_are_checked() {
    let tree = Tree::new(&[("app.py", APP)]);
    let ran = tree.run(&["check", "--output-format", "concise", "gone.py", "app.py"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
    assert!(ran.stderr.contains("gone.py: no such file"), "{ran:?}");
    assert!(ran.stdout.contains("app.py:6:13: warning[app-run-debug]"), "{ran:?}");
    // Even with --exit-zero: it could not do what it was asked to.
    assert_eq!(tree.run(&["check", "--exit-zero", "gone.py"]).code, 2);
}

#[test]
fn rules_are_selected_and_ignored_by_name() {
    let config = "from flask import Flask\napp = Flask(__name__)\napp.config[\"DEBUG\"] = True\napp.run()\n";
    let tree = Tree::new(&[("app.py", APP), ("other.py", config)]);
    let both = ["app.py:6 app-run-debug", "other.py:3 config-debug"];
    assert_eq!(tree.brief(&[]), both);
    assert_eq!(tree.brief(&["--select", "config-debug"]), both[1..]);
    assert_eq!(tree.brief(&["--select", "config-debug,app-run-debug"]), both);
    assert_eq!(tree.brief(&["--select", "config-debug", "--select", "app-run-debug"]), both);
    assert_eq!(tree.brief(&["--ignore", "config-debug"]), both[..1]);
    assert_eq!(tree.brief(&["--select", "config-debug", "--ignore", "config-debug"]), [""; 0]);
    let ran = tree.run(&["check", "--select", "confg-debug"]);
    assert!(ran.stderr.contains("did you mean `config-debug`?"), "{ran:?}");
}

#[test]
fn a_rule_that_is_off_by_default_reports_when_it_is_selected() {
    let dockerfile = "FROM python:3.12\nCOPY . /app\nCMD [\"flask\", \"run\", \"--host\", \"0.0.0.0\"]\n";
    let tree = Tree::new(&[("Dockerfile", dockerfile)]);
    assert_eq!(tree.brief(&[]), [""; 0]);
    assert_eq!(tree.brief(&["--select", "development-server"]), ["Dockerfile:3 development-server"]);
    tree.write("undebug.toml", "[rules]\ndevelopment-server = \"warning\"\n");
    assert_eq!(tree.brief(&[]), ["Dockerfile:3 development-server"]);
}

#[test]
fn settings_turn_rules_off_and_selecting_them_turns_them_on() {
    let tree = Tree::new(&[("app.py", APP), ("undebug.toml", "[rules]\napp-run-debug = \"off\"\n")]);
    assert_eq!(tree.brief(&[]), [""; 0]);
    assert_eq!(tree.brief(&["--select", "app-run-debug"]), ["app.py:6 app-run-debug"]);
}

#[test]
fn text_from_stdin_stands_in_for_the_file() {
    let tree = Tree::new(&[("app.py", QUIET), ("shop/config.py", "DEBUG = False\n")]);
    let ran = tree
        .run_with_input(&["check", "--output-format", "json", "--stdin-filename", "app.py", "app.py"], APP.as_bytes());
    assert_eq!((ran.code, ran.json()["findings"].as_array().map(Vec::len)), (1, Some(1)), "{ran:?}");
    assert_eq!(ran.json()["findings"][0]["path"], "app.py");
    assert_eq!(tree.read("app.py"), QUIET);
    // Without a path only that text is reported, also where the file is not there or is no Python by its name.
    let ran = tree.run_with_input(&["check", "--output-format", "json", "--stdin-filename", "new.py"], APP.as_bytes());
    assert_eq!(ran.json()["findings"].as_array().map(Vec::len), Some(1), "{ran:?}");
    assert_eq!(ran.json()["files_checked"], 1);
    let ran = tree.run_with_input(&["check", "--stdin-filename", "new.py"], QUIET.as_bytes());
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = tree.run_with_input(&["check", "--stdin-filename", "new.py"], b"\x00\x01\x02");
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn an_imported_file_on_disk_counts_for_text_from_stdin() {
    let tree = Tree::new(&[("settings.py", "DEBUG = True\n")]);
    let main = "from flask import Flask\nfrom settings import DEBUG\napp = Flask(__name__)\napp.run(debug=DEBUG)\n";
    let ran = tree.run_with_input(&["check", "--output-format", "json", "--stdin-filename", "app.py"], main.as_bytes());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.json()["findings"][0]["path"], "settings.py");
}

#[test]
fn explain_and_rules_and_completions_print_what_they_promise() {
    let tree = Tree::new(&[]);
    let rules = tree.run(&["rules", "--output-format", "json"]).json();
    let rules = rules.as_array().expect("a list");
    assert!(rules.len() >= 12, "{}", rules.len());
    for rule in rules {
        let name = rule["name"].as_str().expect("a name");
        let ran = tree.run(&["explain", name]);
        assert_eq!(ran.code, 0);
        assert!(ran.stdout.starts_with(&format!("# {name}\n")), "{ran:?}");
        for part in ["## What it finds", "## Why it matters", "## Example", "## What to do"] {
            assert!(ran.stdout.contains(part), "{name} has no `{part}`");
        }
        assert!(tree.run(&["rules"]).stdout.lines().any(|line| line.starts_with(name)));
    }
    let ran = tree.run(&["explain", "app-run-debg"]);
    assert!(ran.stderr.contains("did you mean `app-run-debug`?"), "{ran:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = tree.run(&["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.stdout.contains("undebug") && ran.stdout.contains("output-format"), "{shell}");
    }
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let tree = Tree::new(&[("app.py", APP)]);
    let ran = tree.run(&["check"]);
    assert!(!ran.stdout.contains('\u{1b}'), "colours in a pipe: {ran:?}");
    let forced = tree.command(&["check"]).env("CLICOLOR_FORCE", "1").output().expect("the built binary");
    assert!(forced.stdout.contains(&0x1b), "no colours where they are forced");
    // `script` gives it a terminal.
    let Ok(output) = std::process::Command::new("script")
        .args(["-qec", &format!("'{}' check", undebug_tests::stdio::undebug().display()), "/dev/null"])
        .current_dir(tree.root())
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .stdin(std::process::Stdio::null())
        .output()
    else {
        return;
    };
    assert!(output.stdout.contains(&0x1b), "no colours on a terminal: {}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_is_no_error() {
    let tree = Tree::new(&[("app.py", &APP.replace("debug=True", "debug=True  # é"))]);
    let binary = undebug_tests::stdio::undebug().display().to_string();
    for command in ["check", "rules", "completions bash"] {
        let script = format!("set -o pipefail; '{binary}' {command} | true; echo \"${{PIPESTATUS[0]}}\"");
        let output = std::process::Command::new("bash").args(["-c", &script]).current_dir(tree.root()).output();
        let output = output.expect("bash");
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!stderr.contains("panicked"), "{command}: {stderr}");
        assert!(["0", "1", "141"].contains(&stdout.trim()), "{command}: {stdout} {stderr}");
    }
}

#[test]
fn where_a_project_lies_says_nothing_about_its_findings() {
    let tree = Tree::new(&[
        ("examples/tests/shop/.git/HEAD", ""),
        ("examples/tests/shop/app.py", APP),
        ("examples/tests/shop/sample/app.py", APP),
    ]);
    let found = tree.findings(&["examples/tests/shop"]);
    let severities: Vec<&str> = found.iter().filter_map(|finding| finding["severity"].as_str()).collect();
    assert_eq!(severities, ["warning", "information"]);
}
