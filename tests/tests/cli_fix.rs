//! `undebug fix` on real files: what it writes, what it must never write, and what it says.
//!
//! Whether a fix is right is the fixtures' matter.

use std::fs;

use undebug_tests::cli::{APP, QUIET, Tree};

/// What the environment fix writes.
const READS: &str = "debug=os.environ.get(\"FLASK_DEBUG\", \"\").lower() in (\"1\", \"true\", \"yes\", \"on\")";

#[test]
fn it_fixes_and_says_so_and_a_second_run_changes_nothing() {
    let tree = Tree::new(&[("app.py", APP), ("quiet.py", QUIET)]);
    let ran = tree.run(&["fix"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "Fixed 1 finding in 1 file\n"), "{ran:?}");
    let fixed = tree.read("app.py");
    assert!(fixed.starts_with("import os\n") || fixed.contains("\nimport os\n"), "{fixed}");
    assert!(fixed.contains(READS), "{fixed}");
    assert_eq!(tree.read("quiet.py"), QUIET);
    let ran = tree.run(&["fix"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "No debug mode found\n"), "{ran:?}");
    assert_eq!(tree.read("app.py"), fixed);
}

#[test]
fn a_diff_writes_nothing_and_can_be_applied() {
    let tree = Tree::new(&[("app.py", APP), ("shop/main.py", APP)]);
    let ran = tree.run(&["fix", "--diff"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!((tree.read("app.py"), tree.read("shop/main.py")), (APP.to_owned(), APP.to_owned()));
    tree.commit("before");
    tree.write("change.patch", &ran.stdout);
    tree.git(&["apply", "-p0", "change.patch"]);
    assert!(tree.read("app.py").contains(READS) && tree.read("shop/main.py").contains(READS));
    let ran = tree.run(&["fix", "--diff"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
}

#[test]
fn each_kind_of_fix_can_be_chosen() {
    for (kind, written) in [("environment", READS), ("remove", "app.run()"), ("off", "app.run(debug=False)")] {
        let tree = Tree::new(&[("app.py", APP)]);
        let ran = tree.run(&["fix", "--fix", kind]);
        assert_eq!(ran.code, 0, "{kind}: {ran:?}");
        assert!(tree.read("app.py").contains(written), "{kind}: {}", tree.read("app.py"));
    }
}

#[test]
fn line_ends_marks_encodings_and_permissions_are_kept() {
    let tree = Tree::new(&[]);
    let crlf = APP.replace('\n', "\r\n");
    tree.write("crlf.py", &crlf);
    tree.write("marked.py", ["\u{feff}", APP].concat());
    tree.write("latin.py", [b"# -*- coding: latin-1 -*-\n# caf\xe9\n".as_slice(), APP.as_bytes()].concat());
    tree.write("endless.py", APP.trim_end());
    assert_eq!(tree.run(&["fix"]).code, 0);
    let text = tree.read("crlf.py");
    assert!(text.contains(READS) && text.matches('\n').count() == text.matches("\r\n").count(), "{text:?}");
    assert!(tree.read("marked.py").starts_with('\u{feff}') && tree.read("marked.py").contains(READS));
    let bytes = tree.bytes("latin.py");
    assert!(bytes.starts_with(b"# -*- coding: latin-1 -*-\n# caf\xe9\n"), "{bytes:?}");
    assert!(String::from_utf8_lossy(&bytes).contains(READS));
    assert!(tree.read("endless.py").contains(READS) && !tree.read("endless.py").ends_with('\n'));
}

#[test]
fn a_read_only_file_is_said_in_one_line_and_the_others_are_written() {
    let tree = Tree::new(&[("closed.py", APP), ("open.py", APP)]);
    let mut permissions = fs::metadata(tree.path("closed.py")).expect("a file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(tree.path("closed.py"), permissions).expect("permissions");
    let ran = tree.run(&["fix"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let complaints: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("undebug:")).collect();
    assert_eq!(complaints.len(), 1, "{ran:?}");
    assert!(complaints[0].contains("closed.py: not written: the file is read-only"), "{ran:?}");
    // It does not count as fixed.
    assert!(ran.stderr.contains("Fixed 1 finding in 1 file; 1 finding left"), "{ran:?}");
    assert_eq!(tree.read("closed.py"), APP);
    assert!(tree.read("open.py").contains(READS));
    assert_eq!(fs::read_dir(tree.root()).expect("the folder").count(), 2, "something was left behind");
}

#[test]
#[cfg(unix)]
fn links_out_of_the_tree_are_never_written() {
    let outside = Tree::new(&[("real.py", APP), ("pack/inner.py", APP)]);
    let tree = Tree::new(&[("app.py", APP), ("pyproject.toml", "[project]\nname = \"x\"\n")]);
    std::os::unix::fs::symlink(outside.path("real.py"), tree.path("link.py")).expect("a link");
    std::os::unix::fs::symlink(outside.path("pack"), tree.path("pack")).expect("a link");
    let ran = tree.run(&["fix", ".", "link.py", "pack/inner.py"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("link.py: not written: a link that leads out of the project"), "{ran:?}");
    assert_eq!((outside.read("real.py"), outside.read("pack/inner.py")), (APP.to_owned(), APP.to_owned()));
    assert!(tree.read("app.py").contains(READS));
    // A link inside the tree keeps being one.
    let tree = Tree::new(&[("app.py", APP)]);
    std::os::unix::fs::symlink("app.py", tree.path("link.py")).expect("a link");
    assert_eq!(tree.run(&["fix", "link.py"]).code, 0);
    assert!(fs::symlink_metadata(tree.path("link.py")).expect("a link").is_symlink());
    assert!(tree.read("app.py").contains(READS));
}

#[test]
fn what_has_no_fix_is_left_and_said() {
    let text = "from flask import Flask\napp = Flask(__name__)\nexec(\"app.run(debug=True)\")\n";
    let tree = Tree::new(&[("app.py", text)]);
    let ran = tree.run(&["fix"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("1 finding left, see `undebug check`"), "{ran:?}");
    assert_eq!(tree.read("app.py"), text);
}

#[test]
fn only_the_findings_of_the_selected_rules_are_fixed() {
    let tree = Tree::new(&[("app.py", APP)]);
    assert_eq!(tree.run(&["fix", "--ignore", "app-run-debug"]).code, 0);
    assert_eq!(tree.run(&["fix", "--select", "config-debug"]).code, 0);
    assert_eq!(tree.read("app.py"), APP);
}

#[test]
fn an_origin_in_another_file_is_fixed_there_and_files_that_were_not_named_are_not_written() {
    let main = "from flask import Flask\nfrom settings import DEBUG\napp = Flask(__name__)\napp.run(debug=DEBUG)\n";
    let tree = Tree::new(&[("app.py", main), ("settings.py", "DEBUG = True\n")]);
    assert_eq!(tree.run(&["fix"]).code, 0);
    assert_eq!(tree.read("app.py"), main);
    assert!(tree.read("settings.py").contains("os.environ.get(\"FLASK_DEBUG\""), "{}", tree.read("settings.py"));
}
