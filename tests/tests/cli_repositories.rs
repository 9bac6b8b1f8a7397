//! Reviews and reports in repositories as they are found: submodules, shallow clones, hooks, names that are no text,
//! disks that are full, settings written on Windows.
//!
//! Each test makes a small repository of its own.

use undebug_tests::cli::{APP, QUIET, Tree, ran};

/// Makes a tree with a submodule `lib`, whose own repository is beside it, in `library`.
fn with_submodule() -> Tree {
    let tree = Tree::new(&[("library/lib.py", QUIET), ("top/app.py", APP)]);
    let git = |folder: &str, arguments: &[&str]| {
        let all = [&["-C", folder, "-c", "protocol.file.allow=always"], arguments].concat();
        tree.git(&all)
    };
    for folder in ["library", "top"] {
        tree.git(&["init", "--quiet", "--initial-branch=main", folder]);
        git(folder, &["add", "--all"]);
        git(folder, &["commit", "--quiet", "--message", "files"]);
    }
    git("top", &["submodule", "--quiet", "add", "../library", "lib"]);
    git("top", &["commit", "--quiet", "--message", "library"]);
    tree
}

fn check(tree: &Tree, folder: &str, arguments: &[&str]) -> undebug_tests::cli::Ran {
    let all = [&["check", "--output-format", "concise"], arguments].concat();
    ran(&tree.command(&all).current_dir(tree.path(folder)).output().expect("the built binary"))
}

fn places(tree: &Tree, folder: &str, arguments: &[&str]) -> Vec<String> {
    let ran = check(tree, folder, arguments);
    assert!(ran.code < 2, "{ran:?}");
    let lines = ran.stdout.lines().filter(|line| line.contains('['));
    lines.filter_map(|line| Some(line.split_once(": ")?.0.to_owned())).collect()
}

#[test]
fn a_submodule_is_reviewed_from_the_revision_that_the_repository_names() {
    let tree = with_submodule();
    assert_eq!(places(&tree, "top", &["--diff-base", "HEAD"]), [""; 0]);
    // A change in the submodule, not committed, committed there, and taken up by the repository around it.
    tree.write("top/lib/lib.py", APP);
    assert_eq!(places(&tree, "top", &["--diff-base", "HEAD"]), ["lib/lib.py:6:13"]);
    tree.git(&["-C", "top/lib", "commit", "--quiet", "--all", "--message", "debug"]);
    assert_eq!(places(&tree, "top", &["--diff-base", "HEAD"]), ["lib/lib.py:6:13"]);
    tree.git(&["-C", "top", "commit", "--quiet", "--all", "--message", "newer library"]);
    assert_eq!(places(&tree, "top", &["--diff-base", "HEAD"]), [""; 0]);
    assert_eq!(places(&tree, "top", &["--diff-base", "HEAD~1"]), ["lib/lib.py:6:13"]);
    assert_eq!(places(&tree, "top", &["--diff-base", "HEAD~1", "lib"]), ["lib/lib.py:6:13"]);
    // Before it was there at all; and seen from inside, where its own history counts.
    assert_eq!(places(&tree, "top", &["--diff-base", "HEAD~2"]), ["lib/lib.py:6:13"]);
    assert_eq!(places(&tree, "top/lib", &["--diff-base", "HEAD"]), [""; 0]);
    assert_eq!(places(&tree, "top/lib", &["--diff-base", "HEAD~1"]), ["lib.py:6:13"]);
}

#[test]
fn a_hook_is_told_of_one_repository_and_asks_another() {
    let tree = with_submodule();
    tree.write("top/lib/lib.py", APP);
    let git_dir = tree.path("top/.git");
    let mut command = tree.command(&["check", "--output-format", "concise", "--diff-base", "HEAD"]);
    command.current_dir(tree.path("top")).env("GIT_DIR", &git_dir).env("GIT_INDEX_FILE", git_dir.join("index"));
    let ran = ran(&command.output().expect("the built binary"));
    assert!(ran.code == 1 && ran.stdout.starts_with("lib/lib.py:6:13"), "{ran:?}");
}

#[test]
fn a_shallow_clone_says_that_it_is_one() {
    let tree = Tree::new(&[("full/app.py", APP)]);
    tree.git(&["init", "--quiet", "--initial-branch=main", "full"]);
    for message in ["one", "two"] {
        tree.write("full/other.py", format!("# {message}\n"));
        tree.git(&["-C", "full", "add", "--all"]);
        tree.git(&["-C", "full", "commit", "--quiet", "--message", message]);
    }
    let source = format!("file://{}", tree.path("full").display());
    tree.git(&["clone", "--quiet", "--depth", "1", &source, "shallow"]);
    let ran = check(&tree, "shallow", &["--diff-base", "HEAD~1"]);
    assert!(ran.code == 2 && ran.stderr.contains("the clone is shallow: fetch more of its history"), "{ran:?}");
    // The tip is there.
    assert_eq!(places(&tree, "shallow", &["--diff-base", "origin/main"]), [""; 0]);
    // A head that is on no branch is a head.
    tree.git(&["-C", "full", "checkout", "--quiet", "--detach"]);
    tree.write("full/new.py", APP);
    assert_eq!(places(&tree, "full", &["--diff-base", "main~1"]), ["new.py:6:13"]);
}

#[test]
#[cfg(target_os = "linux")]
fn files_whose_names_are_no_text_are_checked_compared_and_fixed() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let tree = Tree::new(&[("line\nbreak.py", APP)]);
    let path = |name: &[u8]| tree.root().join(OsStr::from_bytes(name));
    for name in [&b"a\xff.py"[..], b"a\xfe.py"] {
        std::fs::write(path(name), APP).expect("a file");
    }
    let wanted = ["a\\xfe.py:6 app-run-debug", "a\\xff.py:6 app-run-debug", "line\nbreak.py:6 app-run-debug"];
    assert_eq!(tree.brief(&[]), wanted);
    tree.commit("before");
    assert_eq!(tree.brief(&["--diff-base", "HEAD"]), [""; 0]);
    std::fs::rename(path(b"a\xff.py"), path(b"b\xff.py")).expect("renamed");
    tree.git(&["add", "--all"]);
    assert_eq!(tree.brief(&["--diff-base", "HEAD"]), [""; 0]);
    tree.run(&["baseline", "--output", "known.json"]);
    assert_eq!(tree.brief(&["--baseline", "known.json"]), [""; 0]);
    let sarif = tree.run(&["check", "--output-format", "sarif"]);
    assert!(sarif.stdout.contains("\"uri\": \"b%FF.py\""), "{sarif:?}");
    assert_eq!(tree.run(&["fix"]).code, 0);
    assert!(std::fs::read_to_string(path(b"b\xff.py")).is_ok_and(|text| text.contains("FLASK_DEBUG")));
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_that_cannot_be_written_is_no_clean_run() {
    let tree = Tree::new(&[("app.py", QUIET)]);
    for command in [&["check"][..], &["rules"], &["check", "--output-format", "sarif"]] {
        let full = std::fs::File::create("/dev/full").expect("a device");
        let output = tree.command(command).stdout(full).output().expect("the built binary");
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said, "undebug: stdout: no space left on device\n", "{command:?}");
    }
}

#[test]
fn settings_from_windows_mean_the_same() {
    let tree = Tree::new(&[
        ("undebug.toml", "extend = \"shared\\\\base.toml\"\n"),
        ("shared/base.toml", "[rules]\nconfig-debug = \"off\"\n"),
        ("one/deep/app.py", APP),
        ("two/deep/app.py", APP),
    ]);
    assert_eq!(tree.run(&["check"]).stderr, "");
    tree.write("undebug.toml", "exclude = [\"one\\\\deep\"]\n");
    assert_eq!(tree.brief(&[]), ["two/deep/app.py:6 app-run-debug"]);
    tree.write("undebug.toml", "[[overrides]]\nfiles = ['.\\one\\**']\nrules = { app-run-debug = \"off\" }\n");
    assert_eq!(tree.brief(&[]), ["two/deep/app.py:6 app-run-debug"]);
}

#[test]
fn what_is_not_read_is_told() {
    let tree = Tree::new(&[("notes.txt", "debug\n"), ("app.py", QUIET)]);
    let ran = tree.run(&["check", "notes.txt", "app.py"]);
    assert!(ran.code == 0 && ran.stderr.ends_with("notes.txt: skipped: no kind of file that is read\n"), "{ran:?}");
    let ran = tree.run_with_input(&["check", "--stdin-filename", "x.txt"], APP.as_bytes());
    assert!(ran.code == 0 && ran.stderr.contains("x.txt: skipped: no kind of file that is read"), "{ran:?}");
    // Nobody runs a stub.
    tree.write("web.pyi", APP);
    assert!(tree.brief(&[]).is_empty());
    assert!(tree.run(&["check", "web.pyi"]).stderr.contains("web.pyi: skipped"));
}
