//! From paths to findings: walks, loads settings, and runs one engine project for each project root.
//!
//! It prints nothing but problems.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use undebug_disk::{load_settings, project_root, read_text, slashed, walk};
use undebug_engine::{FixKind, Level, Project, RULES, Settings};

use crate::args::Selection;
use crate::complain;

/// How much stack an analysis may use: what it nests is bounded, but generously.
const STACK: usize = 256 * 1024 * 1024;

/// From so many files on a project is checked in shares.
const MANY: usize = 3_000;

/// The projects among the paths, checked, and how many files were looked at.
pub(crate) struct Scan {
    pub projects: Vec<Checked>,
    pub files: usize,
    /// Whether a path that was named is not there.
    pub missing: bool,
}

/// A project whose files were checked.
pub(crate) struct Checked {
    pub project: Project,
    pub root: PathBuf,
}

/// A file whose text comes from elsewhere than the disk.
pub(crate) type Given = Option<(PathBuf, String)>;

/// Checks the files of a selection. An error is a rule that is not known.
pub(crate) fn scan(selection: &Selection, given: &Given, kind: Option<FixKind>) -> Result<Scan, String> {
    check_names(selection)?;
    let current = std::env::current_dir().unwrap_or_default();
    let mut walked = walk(&selection.paths, &|_| false);
    for problem in &walked.problems {
        complain(problem);
    }
    if let Some((path, _)) = given {
        walked.files.push(PathBuf::from(slashed(path)));
        walked.files.sort();
        walked.files.dedup();
    }
    let mut roots: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    let tops: Vec<PathBuf> = selection.paths.iter().map(|path| PathBuf::from(slashed(path))).collect();
    let mut known: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    for file in walked.files {
        let folder = file.parent().unwrap_or(Path::new("/")).to_path_buf();
        let root = known.entry(folder.clone()).or_insert_with(|| {
            let top = tops.iter().find(|top| folder.starts_with(top)).cloned();
            let top = top.or_else(|| folder.starts_with(&current).then(|| current.clone())).unwrap_or(folder);
            project_root(&file, &top)
        });
        roots.entry(root.clone()).or_default().push(file);
    }
    let files = roots.values().map(Vec::len).sum();
    let work: Vec<(PathBuf, Vec<PathBuf>)> = roots.into_iter().flat_map(|(root, files)| shares(&root, files)).collect();
    let projects = in_parallel(work, |(root, files)| check_project(&root, &files, selection, given, kind));
    Ok(Scan { projects, files, missing: walked.missing })
}

/// A root with very many files is no one program: it is shared by the folders directly below it, which run side by side.
fn shares(root: &Path, files: Vec<PathBuf>) -> Vec<(PathBuf, Vec<PathBuf>)> {
    if files.len() < MANY {
        return vec![(root.to_path_buf(), files)];
    }
    let mut shares: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        let inner = file.strip_prefix(root).unwrap_or(&file);
        let top = inner.components().next().map(|part| root.join(part)).unwrap_or_default();
        shares.entry(top).or_default().push(file);
    }
    shares.into_values().map(|files| (root.to_path_buf(), files)).collect()
}

/// Does the work on as many threads as there are cores, each with a large stack; results in the order of the work.
fn in_parallel<T: Send, R: Send>(work: Vec<T>, run: impl Fn(T) -> R + Sync) -> Vec<R> {
    let count = work.len();
    let queue = Mutex::new(work.into_iter().enumerate().collect::<Vec<_>>());
    let done = Mutex::new(Vec::with_capacity(count));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count.max(1));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let worker = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || {
                while let Some((at, item)) = queue.lock().ok().and_then(|mut queue| queue.pop()) {
                    let result = run(item);
                    if let Ok(mut done) = done.lock() {
                        done.push((at, result));
                    }
                }
            });
            if let Err(error) = worker {
                complain(format!("no thread: {error}"));
            }
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn check_project(
    root: &Path,
    files: &[PathBuf],
    selection: &Selection,
    given: &Given,
    kind: Option<FixKind>,
) -> Checked {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let loaded = load_settings(root, &names);
    for problem in &loaded.problems {
        complain(problem);
    }
    let mut settings: Settings = loaded.settings;
    settings.preferred_fix = kind.unwrap_or(settings.preferred_fix);
    for rule in RULES {
        let chosen = selection.select.is_empty() || selection.select.iter().any(|name| name == rule.name);
        if !chosen || selection.ignore.iter().any(|name| name == rule.name) {
            settings.rules.insert(rule.name.to_owned(), Level::Off);
        } else if !rule.on && !selection.select.is_empty() {
            settings.rules.entry(rule.name.to_owned()).or_insert(Level::Fixed(rule.severity));
        }
    }
    let given = given.as_ref().map(|(path, text)| (slashed(path), text.clone()));
    // What is wrong with a file is told once, and only for files that somebody asked for.
    let named: BTreeSet<String> = files.iter().map(|file| slashed(file)).collect();
    let told: RefCell<BTreeSet<String>> = RefCell::default();
    let reader = move |path: &str| {
        if let Some((_, text)) = given.as_ref().filter(|(own, _)| own == path) {
            return Some(text.clone());
        }
        match read_text(Path::new(path)) {
            Ok(text) => {
                if !text.encoding.declared && told.borrow_mut().insert(path.to_owned()) {
                    complain(format!("{path}: not UTF-8, read as {}", text.encoding.name()));
                }
                Some(text.text)
            }
            Err(problem) => {
                if named.contains(path) && told.borrow_mut().insert(path.to_owned()) {
                    complain(problem);
                }
                None
            }
        }
    };
    let mut project = Project::new(&slashed(root), settings, Box::new(reader));
    for file in files {
        project.add(&slashed(file));
    }
    project.check();
    Checked { project, root: root.to_path_buf() }
}

fn check_names(selection: &Selection) -> Result<(), String> {
    for name in selection.select.iter().chain(&selection.ignore) {
        if !RULES.iter().any(|rule| rule.name == name) {
            return Err(crate::explain::unknown_rule(name));
        }
    }
    Ok(())
}
