//! Settings files as they act on the command line, and their schema.
//!
//! How they are read is tested beside the reader.

use std::fs;
use std::path::Path;

use serde_json::Value;
use undebug_tests::cli::{APP, Tree};

#[test]
fn the_nearest_settings_file_wins() {
    let tree = Tree::new(&[
        ("undebug.toml", "[rules]\napp-run-debug = \"off\"\n"),
        ("app.py", APP),
        ("shop/app.py", APP),
        ("shop/pyproject.toml", "[tool.undebug.rules]\napp-run-debug = \"error\"\n"),
        ("shop/inner/app.py", APP),
        ("plain/pyproject.toml", "[project]\nname = \"plain\"\n"),
        ("plain/app.py", APP),
    ]);
    let found = tree.findings(&[]);
    let brief: Vec<String> = found.iter().map(undebug_tests::cli::brief).collect();
    assert_eq!(brief, ["shop/app.py:6 app-run-debug", "shop/inner/app.py:6 app-run-debug"]);
    assert!(found.iter().all(|finding| finding["severity"] == "error"), "{found:?}");
    // The same from inside, and for a file that is named.
    let output = tree.command(&["check", "app.py"]).current_dir(tree.path("plain")).output().expect("the built binary");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn excluded_files_are_left_out_unless_they_are_named() {
    let tree = Tree::new(&[
        ("undebug.toml", "exclude = [\"old\", \"gen/*.py\", \"/top.py\"]\n"),
        ("app.py", APP),
        ("top.py", APP),
        ("old/app.py", APP),
        ("inner/old/app.py", APP),
        ("inner/top.py", APP),
        ("gen/a.py", APP),
        ("gen/deep/a.py", APP),
    ]);
    let walked = ["app.py:6 app-run-debug", "gen/deep/a.py:6 app-run-debug", "inner/top.py:6 app-run-debug"];
    assert_eq!(tree.brief(&[]), walked);
    assert_eq!(tree.brief(&["old/app.py"]), ["old/app.py:6 app-run-debug"]);
    assert_eq!(tree.brief(&["--force-exclude", "old/app.py", "app.py"]), walked[..1]);
    assert_eq!(tree.run(&["fix"]).code, 0);
    assert_eq!(tree.read("old/app.py"), APP);
}

#[test]
fn overrides_choose_for_some_files() {
    let settings = "variable = \"SHOP_DEBUG\"\n\n[[overrides]]\nfiles = [\"tests\"]\nrules = { app-run-debug = \"off\" }\n\n\
                    [[overrides]]\nfiles = [\"tools/*.py\"]\npreferred-fix = \"off\"\nrules = { app-run-debug = \"error\" }\n";
    let tree = Tree::new(&[("undebug.toml", settings), ("app.py", APP), ("tests/app.py", APP), ("tools/app.py", APP)]);
    let found = tree.findings(&[]);
    let brief: Vec<String> = found.iter().map(undebug_tests::cli::brief).collect();
    assert_eq!(brief, ["app.py:6 app-run-debug", "tools/app.py:6 app-run-debug"]);
    assert_eq!((&found[0]["severity"], &found[1]["severity"]), (&Value::from("warning"), &Value::from("error")));
    // What is not selected stays off, whatever an override says.
    assert_eq!(tree.brief(&["--ignore", "app-run-debug"]), [""; 0]);
    assert_eq!(tree.run(&["fix"]).code, 0);
    assert!(tree.read("app.py").contains("os.environ.get(\"SHOP_DEBUG\""), "{}", tree.read("app.py"));
    assert!(tree.read("tools/app.py").contains("debug=False"), "{}", tree.read("tools/app.py"));
    assert_eq!(tree.read("tests/app.py"), APP);
}

#[test]
fn mistakes_are_told_once_with_their_place_and_the_check_goes_on() {
    let tree = Tree::new(&[
        ("undebug.toml", "[rules]\napp-run-debg = \"off\"\n"),
        ("app.py", APP),
        ("a/app.py", APP),
        ("b/setup.py", ""),
        ("b/app.py", APP),
    ]);
    let ran = tree.run(&["check", "--output-format", "concise"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let wanted = format!(
        "undebug: {}:2:1: unknown rule `app-run-debg`; did you mean `app-run-debug`?\n",
        tree.path("undebug.toml").display()
    );
    assert_eq!(ran.stderr, wanted);
    tree.write("undebug.toml", "rules = [\n");
    let ran = tree.run(&["check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("undebug.toml:"), "{ran:?}");
}

#[test]
fn the_committed_schema_is_current() {
    let ran = Tree::new(&[]).run(&["schema"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/undebug.schema.json");
    let committed = fs::read_to_string(path).expect("the committed schema");
    assert_eq!(committed, ran.stdout, "`undebug schema > schema/undebug.schema.json` writes it anew");
}
