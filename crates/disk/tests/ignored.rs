//! Walks random trees and compares what is found with the walker of the library that reads the ignore files.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use fastrand::Rng;
use ignore::{DirEntry, WalkBuilder, WalkState};
use undebug_disk::{SettingsFiles, walk};
use undebug_engine::Language;

const FOLDERS: [&[u8]; 7] = [b"a", b"b", b"build", b"x y", b".hidden", b"!c", b"\xff"];
const FILES: [&[u8]; 12] = [
    b"a.py",
    b"b.py",
    b"c.yml",
    b"x y.py",
    b"#d.py",
    b"!e.py",
    b"f\\.py",
    b".env",
    b".hidden.py",
    b"build",
    b"notes.txt",
    b"\xff.py",
];

/// What patterns are made of, between slashes.
const WORDS: [&str; 19] = [
    "a", "b", "build", "x y", "x\\ y", ".hidden", "*", "**", "?", "a.py", "b.py", "*.py", "[ab].py", "c.*", ".env",
    "\\#d.py", "*e.py", "{a,b}", "\\!*",
];

/// Lines that are no patterns, or odd ones.
const LINES: [&[u8]; 11] = [b"", b"# a.py", b"#d.py", b"   ", b"!", b"/", b"!/", b"a.py   ", b"x\\ ", b"[", b"\\!e.py"];

/// A broken pattern, and a text that is not UTF-8 before one that would count.
const BROKEN: [&[u8]; 2] = [b"{a\nb.py", b"\xff\n*.py"];

fn os(name: &[u8]) -> OsString {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        OsString::from_vec(name.to_vec())
    }
    #[cfg(not(unix))]
    OsString::from(String::from_utf8_lossy(name).into_owned())
}

fn pattern(random: &mut Rng) -> Vec<u8> {
    if random.u8(..8) == 0 {
        return LINES[random.usize(..LINES.len())].to_vec();
    }
    let mut line = String::new();
    line.push_str(if random.u8(..3) == 0 { "!" } else { "" });
    line.push_str(if random.u8(..3) == 0 { "/" } else { "" });
    let words: Vec<&str> =
        (0..[1, 1, 2, 2, 3][random.usize(..5)]).map(|_| WORDS[random.usize(..WORDS.len())]).collect();
    line.push_str(&words.join("/"));
    line.push_str(if random.u8(..4) == 0 { "/" } else { "" });
    line.into_bytes()
}

fn patterns(random: &mut Rng) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = (0..=random.usize(..4)).map(|_| pattern(random)).collect();
    if random.u8(..30) == 0 {
        lines.insert(0, BROKEN[random.usize(..BROKEN.len())].to_vec());
    }
    let start: &[u8] = if random.u8(..20) == 0 { "\u{feff}".as_bytes() } else { b"" };
    [start, &lines.join(&b'\n')].concat()
}

/// Writes what can be written: a system may have no such name, and another folder may be there.
fn write(path: &Path, text: &[u8]) {
    make(path.parent().expect("parent"));
    let _ = std::fs::write(path, text);
}

/// Puts a file without text somewhere. That it is always the same one costs less than many.
fn put(path: &Path, base: &Path) {
    let _ = std::fs::hard_link(base.join("empty"), path);
}

fn make(folder: &Path) {
    let _ = std::fs::create_dir_all(folder);
}

/// What says which files of a folder are ignored.
fn ignore_files(folder: &Path, random: &mut Rng, base: &Path) {
    if random.u8(..3) == 0 {
        write(&folder.join(".gitignore"), &patterns(random));
    }
    if random.u8(..8) == 0 {
        write(&folder.join(".ignore"), &patterns(random));
    }
    match random.u8(..12) {
        0 => write(&folder.join(".git/info/exclude"), &patterns(random)),
        1 => worktree(folder, random, base),
        2 => make(&folder.join(".git")),
        3 => make(&folder.join(".gitignore/info")),
        _ => {}
    }
}

/// Makes a folder a worktree of a repository; some lack a part.
fn worktree(folder: &Path, random: &mut Rng, base: &Path) {
    let common = base.join(format!("repository-{}", random.u32(..)));
    let own = common.join("worktrees/one");
    write(&common.join("info/exclude"), &patterns(random));
    let [relative, absolute] = ["../..".to_owned(), common.display().to_string()];
    match random.u8(..4) {
        0 => make(&own),
        1 => write(&own.join("commondir"), absolute.as_bytes()),
        _ => write(&own.join("commondir"), format!("{relative}\n").as_bytes()),
    }
    let word = if random.u8(..6) == 0 { "elsewhere: " } else { "gitdir: " };
    write(&folder.join(".git"), format!("{word}{}\n", own.display()).as_bytes());
}

/// Fills a folder, and tells all folders that can be walked.
fn fill(folder: &Path, depth: usize, random: &mut Rng, base: &Path, tops: &mut Vec<PathBuf>) {
    make(folder);
    if !folder.is_dir() {
        return;
    }
    tops.push(folder.to_path_buf());
    ignore_files(folder, random, base);
    for _ in 0..random.usize(1..7) {
        put(&folder.join(os(FILES[random.usize(..FILES.len())])), base);
    }
    if depth > 1 && random.u8(..15) == 0 {
        put(&folder.join("pyvenv.cfg"), base);
    }
    for _ in 0..if depth > 3 { 0 } else { random.usize(1..4) } {
        let inner = folder.join(os(FOLDERS[random.usize(..FOLDERS.len())]));
        fill(&inner, depth + 1, random, base, tops);
    }
    #[cfg(unix)]
    if random.u8(..4) == 0 {
        let link = folder.join(if random.bool() { "link" } else { "link.py" });
        let to = if random.bool() { tops[random.usize(..tops.len())].clone() } else { folder.join("a.py") };
        if std::os::unix::fs::symlink(to, &link).is_ok() && link.is_dir() {
            tops.push(link);
        }
    }
}

/// Whether the walker goes into a folder or takes a file.
fn is_taken(entry: &DirEntry) -> bool {
    let is_top = entry.depth() == 0;
    match entry.file_type() {
        Some(kind) if kind.is_dir() => {
            is_top || entry.file_name() != ".git" && !entry.path().join("pyvenv.cfg").is_file()
        }
        Some(kind) => kind.is_file() && Language::of_path(&entry.path().to_string_lossy()).is_some(),
        None => false,
    }
}

/// What the library finds, with the env files of each folder that it walks, and whether it complains.
fn expected(top: &Path) -> (BTreeSet<PathBuf>, bool) {
    let found: Mutex<(BTreeSet<PathBuf>, bool)> = Mutex::default();
    let walker = WalkBuilder::new(top).hidden(false).require_git(false).follow_links(false).threads(2).build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            match entry {
                Err(_) => found.1 = true,
                Ok(entry) if !is_taken(&entry) => return WalkState::Skip,
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {
                    let path = entry.path().join(".env");
                    found.0.extend(path.symlink_metadata().is_ok_and(|data| data.is_file()).then_some(path));
                }
                Ok(entry) => drop(found.0.insert(entry.into_path())),
            }
            WalkState::Continue
        })
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn compare(seeds: Range<u64>) {
    let (mut files, mut ignored) = (0u64, 0u64);
    let enough = 20 * (seeds.end - seeds.start);
    // All are removed at the end: a file system may take long to make files where others just were.
    let folder = tempfile::tempdir().expect("folder");
    for seed in seeds {
        let base = folder.path().canonicalize().expect("folder").join(seed.to_string());
        let mut random = Rng::with_seed(seed);
        let mut tops = Vec::new();
        write(&base.join("empty"), b"");
        fill(&base.join("tree"), 0, &mut random, &base, &mut tops);
        random.shuffle(&mut tops);
        // Links first: only there what is above a top has another path.
        tops.sort_by_key(|top| !top.is_symlink());
        for top in tops.iter().take(4).chain([&base.join("tree")]) {
            let (expected, is_wrong) = expected(top);
            let walked = walk(std::slice::from_ref(top), &SettingsFiles::new(&[]));
            assert!(walked.files.is_sorted(), "{seed}: {top:?}");
            assert_eq!(walked.files.len(), walked.files.iter().collect::<BTreeSet<_>>().len(), "{seed}: {top:?}");
            assert_eq!(walked.files.iter().cloned().collect::<BTreeSet<_>>(), expected, "{seed}: {top:?}");
            assert_eq!(!walked.problems.is_empty(), is_wrong, "{seed}: {top:?} {:?}", walked.problems);
            files += expected.len() as u64;
            let all = WalkBuilder::new(top).standard_filters(false).build();
            ignored += all.flatten().filter(is_taken).filter(|entry| !expected.contains(entry.path())).count() as u64;
        }
    }
    assert!(files > enough && ignored > enough, "{files} files, {ignored} ignored: the trees say little");
}

#[test]
fn random_trees_are_walked_as_by_the_library() {
    compare(0..150);
}

#[test]
fn some_more_are() {
    compare(150..170);
}

/// The user's list is found by the environment, which a test cannot change for itself.
#[test]
fn the_list_of_the_user_counts() {
    let folder = tempfile::tempdir().expect("folder");
    let (settings, list) = (folder.path().join("config"), folder.path().join("list"));
    write(&list, b"b.py\nbuild/\n!a/c.yml\n");
    write(&settings, format!("[core]\n\texcludesFile = {}\n", list.display()).as_bytes());
    let mut again = Command::new(std::env::current_exe().expect("program"));
    let again = again.args(["--exact", "some_more_are"]);
    let output = again.env("GIT_CONFIG_GLOBAL", settings).output().expect("started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}
