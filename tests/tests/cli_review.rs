//! Reviews on the command line: baselines, what a change adds, and watching.
//!
//! Each test makes a small repository of its own.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use undebug_tests::cli::{APP, QUIET, Tree};

/// How long a check may take before a test of `--watch` fails.
const PATIENCE: Duration = Duration::from_secs(20);

const FACTORY: &str =
    "from flask import Flask\nimport settings\n\napp = Flask(__name__)\napp.config.from_object(settings)\napp.run()\n";

#[test]
fn a_baseline_hides_what_it_knows_and_survives_moved_lines() {
    let tree = Tree::new(&[("app.py", APP), ("old.py", APP)]);
    let ran = tree.run(&["baseline"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "Wrote 2 findings to undebug-baseline.json\n"), "{ran:?}");
    let ran = tree.run(&["check", "--baseline", "undebug-baseline.json"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "No new debug mode found in 3 files, 2 findings known before\n"),
        "{ran:?}"
    );
    // Lines above, another layout, the same again.
    tree.write("app.py", format!("# a line\n\n\n{}", APP.replace("debug=True", "debug = True")));
    tree.write("old.py", APP.replace("    app.run(debug=True)\n", "    app.run(\n        debug=True,\n    )\n"));
    let known = ["--baseline", "undebug-baseline.json"];
    // `debug = True` is another text than `debug=True`: only blanks between words and lines are left out.
    assert_eq!(tree.brief(&known), ["app.py:9 app-run-debug"]);
    tree.write("app.py", format!("# a line\n{APP}    app.run(debug=True)\n"));
    assert_eq!(tree.brief(&known), ["app.py:8 app-run-debug"]);
}

#[test]
fn entries_that_match_nothing_are_told_and_fail_nothing() {
    let tree = Tree::new(&[("app.py", APP), ("old.py", APP), ("gone.py", APP)]);
    tree.run(&["baseline", "--output", "known.json"]);
    tree.write("old.py", QUIET);
    std::fs::remove_file(tree.path("gone.py")).expect("the file");
    let ran = tree.run(&["check", "--baseline", "known.json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let told: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(
        told,
        [
            "undebug: known.json: gone.py: `app-run-debug` is no longer found",
            "undebug: known.json: old.py: `app-run-debug` is no longer found",
            "undebug: known.json: `undebug baseline` writes it anew",
        ]
    );
    // What was not looked at is not missed: other files, other rules.
    assert_eq!(tree.run(&["check", "--baseline", "known.json", "app.py"]).stderr, "");
    assert_eq!(tree.run(&["check", "--baseline", "known.json", "--select", "config-debug"]).stderr, "");
    // From another folder the paths are still those below the baseline's.
    tree.write("inner/app.py", APP);
    let output = tree.command(&["check", "--baseline", "../known.json", ".."]).current_dir(tree.path("inner")).output();
    let ran = undebug_tests::cli::ran(&output.expect("the built binary"));
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("Found 1 finding in 4 files, 1 finding known before"), "{ran:?}");
}

#[test]
fn what_is_no_baseline_is_an_error() {
    let tree = Tree::new(&[("app.py", APP), ("a.json", "[]\n"), ("b.json", "{\"version\": 7, \"findings\": []}\n")]);
    for (file, said) in [("a.json", "no baseline"), ("b.json", "version 7"), ("gone.json", "no such file")] {
        let ran = tree.run(&["check", "--baseline", file]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(said), "{ran:?}");
    }
}

#[test]
fn a_review_reports_only_what_the_change_adds() {
    let tree =
        Tree::new(&[("app.py", APP), ("other.py", QUIET), (".gitignore", ".env\n"), (".env", "FLASK_DEBUG=1\n")]);
    tree.commit("before");
    let review = ["--diff-base", "main"];
    assert_eq!(tree.brief(&review), [""; 0]);
    tree.git(&["switch", "--quiet", "--create", "change"]);
    tree.write("other.py", APP);
    tree.write("app.py", format!("# moved\n\n{APP}"));
    tree.write("new.py", APP);
    let added = ["new.py:6 app-run-debug", "other.py:6 app-run-debug"];
    assert_eq!(tree.brief(&review), added);
    tree.commit("change");
    assert_eq!(tree.brief(&review), added);
    assert_eq!(tree.brief(&["--diff-base", "HEAD"]), [""; 0]);
    assert_eq!(tree.brief(&["--diff-base", "HEAD~1", "new.py"]), added[..1]);
    // From a folder inside, and what happened on the other branch meanwhile is not ours.
    tree.git(&["switch", "--quiet", "main"]);
    tree.write("app.py", QUIET);
    tree.commit("elsewhere");
    tree.git(&["switch", "--quiet", "change"]);
    assert_eq!(tree.brief(&review), added);
}

#[test]
fn a_change_that_turns_on_what_another_file_says_is_found() {
    let quiet = FACTORY.replace("app.config.from_object(settings)\n", "");
    let tree = Tree::new(&[("app.py", &quiet), ("settings.py", "DEBUG = True\n")]);
    tree.commit("before");
    assert_eq!(tree.brief(&[]), [""; 0]);
    tree.write("app.py", FACTORY);
    assert_eq!(tree.brief(&["--diff-base", "HEAD"]), ["settings.py:1 config-debug"]);
}

#[test]
fn a_finding_that_becomes_worse_is_new_and_a_renamed_file_is_not() {
    let tree = Tree::new(&[("app.py", APP), ("old_name.py", &APP.replace("app = ", "\n\napp = "))]);
    tree.commit("before");
    tree.git(&["mv", "old_name.py", "new_name.py"]);
    assert_eq!(tree.brief(&["--diff-base", "HEAD"]), [""; 0]);
    tree.write("app.py", APP.replace("debug=True", "debug=True, host=\"0.0.0.0\""));
    let found = tree.findings(&["--diff-base", "HEAD"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["path"], &found[0]["severity"]), (&"app.py".into(), &"error".into()));
}

#[test]
fn a_review_leaves_the_repository_as_it_was_and_says_what_it_cannot_do() {
    let tree = Tree::new(&[("app.py", APP)]);
    let ran = tree.run(&["check", "--diff-base", "HEAD"]);
    assert_eq!(ran.code, 2, "outside of a repository: {ran:?}");
    assert!(ran.stderr.contains("not a git repository"), "{ran:?}");
    tree.commit("before");
    tree.write("staged.py", APP);
    tree.git(&["add", "staged.py"]);
    tree.write("app.py", QUIET);
    let before = tree.git(&["status", "--porcelain"]);
    assert_eq!(tree.brief(&["--diff-base", "HEAD"]), ["staged.py:6 app-run-debug"]);
    assert_eq!(tree.git(&["status", "--porcelain"]), before);
    let ran = tree.run(&["check", "--diff-base", "no-such-branch"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
    assert!(ran.stderr.contains("`no-such-branch` is no revision of"), "{ran:?}");
    assert_eq!(tree.run(&["check", "--diff-base", "--output=x"]).code, 2);
}

#[test]
fn statistics_and_the_summary_count_by_rule() {
    let tree = Tree::new(&[("a.py", APP), ("b.py", APP), ("app.py", FACTORY), ("settings.py", "DEBUG = True\n")]);
    let ran = tree.run(&["check", "--statistics"]);
    let wanted =
        "     2  app-run-debug\n     1  config-debug\nFound 3 findings in 4 files; 3 can be fixed with `undebug fix`\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (1, wanted), "{ran:?}");
    let ran = tree.run(&["check"]);
    assert!(ran.stdout.ends_with("By rule: 2 app-run-debug, 1 config-debug\n"), "{ran:?}");
}

#[test]
fn watching_checks_again_when_a_file_changes() {
    let tree = Tree::new(&[("app.py", QUIET)]);
    let mut command = tree.command(&["check", "--watch", "--output-format", "concise"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the built binary");
    let stdout = child.stdout.take().expect("piped");
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    let wait_for = |wanted: &str, change: &dyn Fn()| {
        let deadline = Instant::now() + PATIENCE;
        let mut written = Instant::now() - PATIENCE;
        while Instant::now() < deadline {
            // The first check may be over before the change, or not: the change is made until it is seen.
            if written.elapsed() > Duration::from_secs(2) {
                change();
                written = Instant::now();
            }
            match lines.recv_timeout(Duration::from_millis(100)) {
                Ok(line) if line.starts_with(wanted) => return true,
                _ => {}
            }
        }
        false
    };
    let seen = [
        wait_for("No debug mode found in 1 file", &|| {}),
        wait_for("app.py:6:13", &|| tree.write("app.py", APP)),
        wait_for("No debug mode found in 1 file", &|| tree.write("app.py", QUIET)),
    ];
    let is_running = child.try_wait().is_ok_and(|status| status.is_none());
    child.kill().expect("it can be ended");
    child.wait().expect("it ends");
    assert_eq!(seen, [true, true, true]);
    assert!(is_running, "it ended by itself");
}
