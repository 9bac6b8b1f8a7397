//! What the command line does with files as they are on disk: encodings, ignored files, links, files that cannot be
//! read.
//!
//! Writing them is `cli_fix`'s matter.

use undebug_tests::cli::{APP, QUIET, Tree, forbid, reads_everything};

#[test]
fn other_encodings_lose_no_findings() {
    let tree = Tree::new(&[]);
    let body = APP.as_bytes();
    tree.write("declared.py", [b"# -*- coding: latin-1 -*-\n# caf\xe9\n".as_slice(), body].concat());
    tree.write("guessed.py", [b"# caf\xe9\n".as_slice(), body].concat());
    tree.write("marked.py", [b"\xef\xbb\xbf".as_slice(), body].concat());
    tree.write("wide.py", [vec![0xff, 0xfe], APP.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat());
    let ran = tree.run(&["check", "--output-format", "json"]);
    let found: Vec<String> =
        ran.json()["findings"].as_array().into_iter().flatten().map(undebug_tests::cli::brief).collect();
    let wanted = [
        "declared.py:8 app-run-debug",
        "guessed.py:7 app-run-debug",
        "marked.py:6 app-run-debug",
        "wide.py:6 app-run-debug",
    ];
    assert_eq!(found, wanted);
    // A file that does not say its encoding is named, one that does is not.
    assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
    assert!(ran.stderr.contains("guessed.py: not UTF-8, read as"), "{ran:?}");
}

#[test]
fn what_cannot_be_read_is_named_and_the_walk_goes_on() {
    let tree = Tree::new(&[("app.py", APP), ("zoo/app.py", APP)]);
    tree.write("binary.py", b"\x00\x01\x02");
    tree.write("large.py", vec![b'#'; 6 * 1024 * 1024]);
    let ran = tree.run(&["check", "--output-format", "concise"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("app.py:6:13") && ran.stdout.contains("zoo/app.py:6:13"), "{ran:?}");
    for told in ["binary.py: skipped: a binary file", "large.py: skipped: larger than 5 MiB"] {
        assert_eq!(ran.stderr.matches(told).count(), 1, "{told}: {ran:?}");
    }
    assert_eq!(ran.stderr.lines().count(), 2, "{ran:?}");
}

#[test]
fn a_forbidden_file_or_folder_is_named_and_the_walk_goes_on() {
    let tree = Tree::new(&[("app.py", APP), ("closed.py", APP), ("closed/app.py", APP)]);
    if reads_everything(&tree.root()) {
        return;
    }
    forbid(&tree.path("closed.py"));
    forbid(&tree.path("closed"));
    let ran = tree.run(&["check", "--output-format", "concise"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("app.py:6:13"), "{ran:?}");
    assert!(ran.stderr.contains("closed.py: permission denied"), "{ran:?}");
    assert_eq!(ran.stderr.lines().count(), 2, "{ran:?}");
}

#[test]
fn ignored_files_are_left_out_unless_they_are_named() {
    let tree = Tree::new(&[
        (".gitignore", "build/\n*.gen.py\n"),
        (".ignore", "later/\n"),
        ("app.py", APP),
        ("x.gen.py", APP),
        ("build/app.py", APP),
        ("later/app.py", APP),
        ("inner/.gitignore", "app.py\n"),
        ("inner/app.py", APP),
        ("inner/kept.py", APP),
        (".venv/lib/app.py", APP),
        ("env/pyvenv.cfg", "home = /usr\n"),
        ("env/app.py", APP),
        ("node_modules/app.py", APP),
        (".hidden/app.py", APP),
    ]);
    let walked = [".hidden/app.py:6 app-run-debug", "app.py:6 app-run-debug", "inner/kept.py:6 app-run-debug"];
    assert_eq!(tree.brief(&[]), walked);
    assert_eq!(tree.brief(&["build/app.py"]), ["build/app.py:6 app-run-debug"]);
    assert_eq!(tree.brief(&["build"]), ["build/app.py:6 app-run-debug"]);
    // Twice the same file is one file.
    assert_eq!(tree.brief(&[".", "app.py", "./inner/../app.py"]), walked);
}

#[test]
#[cfg(unix)]
fn links_in_circles_end_and_files_are_not_told_twice() {
    let tree = Tree::new(&[("app.py", APP), ("a/b/quiet.py", QUIET)]);
    std::os::unix::fs::symlink(tree.root(), tree.path("a/b/top")).expect("a link");
    std::os::unix::fs::symlink(tree.path("a"), tree.path("a/self")).expect("a link");
    std::os::unix::fs::symlink(tree.path("loop.py"), tree.path("loop.py")).expect("a link");
    assert_eq!(tree.brief(&[]), ["app.py:6 app-run-debug"]);
    // A link that is named is looked at; one that leads to itself is an error.
    std::os::unix::fs::symlink(tree.path("app.py"), tree.path("link.py")).expect("a link");
    assert_eq!(tree.brief(&["link.py"]), ["link.py:6 app-run-debug"]);
    let ran = tree.run(&["check", "loop.py"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
}

#[test]
fn the_order_of_files_and_the_folder_it_runs_in_change_nothing_but_the_paths() {
    let tree = Tree::new(&[("b.py", APP), ("a.py", APP), ("c/d.py", APP)]);
    let found = ["a.py:6 app-run-debug", "b.py:6 app-run-debug", "c/d.py:6 app-run-debug"];
    assert_eq!(tree.brief(&["c", "b.py", "a.py"]), found);
    let output = tree.command(&["check", "--output-format", "concise"]).current_dir(tree.path("c")).output();
    let ran = undebug_tests::cli::ran(&output.expect("the built binary"));
    assert!(ran.stdout.starts_with("d.py:6:13"), "{ran:?}");
    let root = tree.root();
    let elsewhere = Tree::new(&[]);
    let ran = elsewhere.run(&["check", "--output-format", "concise", &root.to_string_lossy()]);
    assert!(ran.stdout.starts_with(&*root.join("a.py").to_string_lossy()), "{ran:?}");
}

#[test]
fn names_with_blanks_and_wide_characters_are_kept() {
    let tree = Tree::new(&[("mein büro/größe 1.py", APP), ("😀.py", APP)]);
    let found = ["mein büro/größe 1.py:6 app-run-debug", "😀.py:6 app-run-debug"];
    assert_eq!(tree.brief(&[]), found);
}

#[test]
fn an_empty_folder_and_a_file_of_another_kind_are_clean() {
    let tree = Tree::new(&[("notes.txt", "debug=True\n"), ("empty/.keep", "")]);
    let ran = tree.run(&["check", "empty"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "No debug mode found in 0 files\n"), "{ran:?}");
    let ran = tree.run(&["check", "notes.txt"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// Each line makes a value twice as long: what follows it to the end needs more memory than there is.
#[test]
fn values_that_double_themselves_are_given_up() {
    let times = |line: &str| line.repeat(50);
    let program = |first: &str, line: &str| {
        format!("from flask import Flask\na = {first}\n{}app = Flask(__name__)\napp.run(debug=a)\n", times(line))
    };
    let tree = Tree::new(&[
        ("run.sh", &format!("A=x\n{}flask run $A\n", times("A=\"$A $A\"\n"))),
        ("list.sh", &format!("A=(x)\n{}flask run \"${{A[@]}}\"\n", times("A+=(\"${A[@]}\")\n"))),
        ("Makefile", &format!("A = x\n{}run:\n\tflask run $(A)\n", times("A += $(A)\n"))),
        ("Dockerfile", &format!("FROM x\nENV A=x\n{}CMD flask run $A\n", times("ENV A=\"$A $A\"\n"))),
        ("web.env", &format!("A=x\n{}", times("A=${A}${A}\n"))),
        ("texts.py", &program("'x'", "a = a + a\n")),
        ("formats.py", &program("'x'", "a = f'{a}{a}'\n")),
        ("joined.py", &program("'x'", "a = ''.join([a, a])\n")),
        ("lists.py", &program("['x']", "a = a + a\n")),
        ("extended.py", &program("['x']", "a.extend(a)\n")),
        ("tuples.py", &program("('x',)", "a = (*a, *a)\n")),
        ("nested.py", &program("('x',)", "a = (a, a)\n")),
        ("app.py", APP),
    ]);
    let ran = tree.run(&["check", "--output-format", "json"]);
    let found: Vec<String> =
        ran.json()["findings"].as_array().into_iter().flatten().map(undebug_tests::cli::brief).collect();
    assert!(found.contains(&"app.py:6 app-run-debug".to_owned()), "{ran:?}");
}
