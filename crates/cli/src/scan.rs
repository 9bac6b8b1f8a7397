//! From paths to findings: walks, loads settings, and runs one engine project for each project root.
//!
//! It prints nothing but problems.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use undebug_disk::{
    Roots, SettingsFiles, Walked, has_installed_packages, read_plain, read_text, real_path, shown, slashed, walk,
};
use undebug_engine::{FixKind, Level, Look, Project, RULES, Rule, Settings};

use crate::args::Selection;
use crate::complain;
use crate::progress::Progress;

/// How much stack an analysis may use: what it nests is bounded, but generously.
const STACK: usize = 256 * 1024 * 1024;

/// From so many files on a project is checked in shares.
const MANY: usize = 3_000;

/// The projects among the paths, checked, and how many files were looked at.
#[derive(Default)]
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
    pub files: Vec<PathBuf>,
    /// Whether every file of the project was looked at, if only in shares.
    pub is_covered: bool,
}

/// A file whose text comes from elsewhere than the disk.
pub(crate) type Given = Option<(PathBuf, String)>;

/// What to look at, and how.
pub(crate) struct Request<'a> {
    pub selection: &'a Selection,
    pub given: &'a Given,
    /// The fix to prefer over what the settings say.
    pub kind: Option<FixKind>,
    /// Whether problems with files are told.
    pub is_loud: bool,
    /// Whether applications that nothing starts are looked at, too.
    pub is_picture: bool,
}

/// Files of one project, or a share of them.
struct Work {
    root: PathBuf,
    folders: Vec<Folder>,
    /// Whether these are all files of the project, and whether all are looked at in some share.
    is_whole: bool,
    is_covered: bool,
    /// The one installed package that these files are: the others beside it are read no more than anybody else's.
    package: Option<PathBuf>,
}

/// A file, and what a look at its text showed; nothing where it needs a closer one.
type Seen = (PathBuf, Option<Look>);

/// Files of one folder that come one after another.
type Folder = Vec<Seen>;

impl Selection {
    /// The files and folders that are meant.
    fn tops(&self, given: &Given) -> Vec<PathBuf> {
        match (self.paths.is_empty(), given) {
            (true, None) => vec![PathBuf::from(".")],
            // Text from stdin alone is a file that was named.
            (true, Some(_)) => Vec::new(),
            (false, _) => self.paths.clone(),
        }
    }

    /// Whether findings of a rule are asked for.
    pub fn asks_for(&self, rule: &str) -> bool {
        let has = |names: &[String]| names.iter().any(|name| name == rule);
        (self.select.is_empty() || has(&self.select)) && !has(&self.ignore)
    }
}

/// Checks the files of a selection. An error is a rule that is not known.
pub(crate) fn scan(request: &Request<'_>) -> Result<Scan, String> {
    check_names(request.selection)?;
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let settings = SettingsFiles::new(&names);
    let tops = request.selection.tops(request.given);
    let progress = Progress::new(request.is_loud);
    let mut walked = walk(&tops, &settings);
    if request.is_loud {
        walked.problems.iter().for_each(complain);
    }
    if request.selection.force_exclude {
        walked.files.retain(|path| !settings.excludes(path));
    }
    if let Some((path, _)) = request.given {
        walked.files.push(PathBuf::from(slashed(path)));
        walked.files.sort();
        walked.files.dedup();
    }
    let count = walked.files.len();
    progress.start(count);
    let files = std::mem::take(&mut walked.files);
    let is_seen = !request.selection.thorough;
    let seen = if is_seen { look_at(files, request.given, &progress) } else { unseen(files) };
    let projects = in_parallel(
        split(seen, &tops, &walked),
        |work| files_of(&work.folders),
        |work| check_project(work, request, &settings),
    );
    progress.end();
    if request.is_loud {
        settings.problems().iter().for_each(complain);
    }
    Ok(Scan { projects, files: count, missing: walked.missing })
}

fn unseen(files: Vec<PathBuf>) -> Vec<Seen> {
    files.into_iter().map(|path| (path, None)).collect()
}

thread_local! {
    /// Where a thread reads one file after another.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// How many files a thread takes at once.
const HANDFUL: usize = 64;

/// Looks at all texts, on all processors: most files are read once, and never parsed.
fn look_at(files: Vec<PathBuf>, given: &Given, progress: &Progress) -> Vec<Seen> {
    let given = given.as_ref().map(|(path, _)| PathBuf::from(slashed(path)));
    let mut seen = unseen(files);
    in_parallel(
        seen.chunks_mut(HANDFUL).collect(),
        |files| files.len(),
        |files| {
            for (path, look) in files.iter_mut().filter(|(path, _)| given.as_ref() != Some(path)) {
                progress.step();
                let name = path.to_string_lossy();
                if !Look::can_wait(&name) {
                    let look_at = |buffer: &mut Vec<u8>| read_plain(path, buffer).map(|text| Look::at(&name, text));
                    *look = BUFFER.with_borrow_mut(look_at);
                }
            }
        },
    );
    seen
}

/// The files by project root; roots with very many of them in shares.
fn split(files: Vec<Seen>, tops: &[PathBuf], walked: &Walked) -> Vec<Work> {
    let current = std::env::current_dir().unwrap_or_default();
    let tops: Vec<PathBuf> = tops.iter().map(|path| PathBuf::from(slashed(path))).collect();
    let mut known = Roots::new(walked);
    let mut roots = Rows::default();
    for files in by_folder(files) {
        let folder = folder_of(&files[0]);
        let top = tops.iter().map(PathBuf::as_path).chain([current.as_path()]).find(|top| is_in(folder, top));
        roots.put(&known.of(folder, top.unwrap_or(folder)), files);
    }
    let mut work = Vec::new();
    for (root, folders) in roots.in_order() {
        let top = tops.iter().find(|top| root.starts_with(top) && top.is_dir());
        let is_installed = top.is_some_and(|top| known.is_installed(&root, top));
        work.extend(shares(top.is_some(), is_installed, root, folders));
    }
    work
}

fn files_of(folders: &[Folder]) -> usize {
    folders.iter().map(Vec::len).sum()
}

/// Folders by a path that they belong to, which is mostly that of the one before.
#[derive(Default)]
struct Rows(Vec<(PathBuf, Vec<Folder>)>);

impl Rows {
    fn last(&self) -> Option<&Path> {
        self.0.last().map(|(path, _)| path.as_path())
    }

    fn put(&mut self, path: &Path, files: Folder) {
        match self.0.last_mut().filter(|(last, _)| last.as_os_str() == path.as_os_str()) {
            Some((_, folders)) => folders.push(files),
            None => self.0.push((path.to_path_buf(), vec![files])),
        }
    }

    fn in_order(self) -> BTreeMap<PathBuf, Vec<Folder>> {
        let mut rows: BTreeMap<PathBuf, Vec<Folder>> = BTreeMap::new();
        self.0.into_iter().for_each(|(path, folders)| rows.entry(path).or_default().extend(folders));
        rows
    }
}

/// Whether a folder is another or below it, both clean and absolute: no path is taken apart.
fn is_in(folder: &Path, top: &Path) -> bool {
    let (folder, top) = (folder.as_os_str().as_encoded_bytes(), top.as_os_str().as_encoded_bytes());
    let is_end = |byte: Option<&u8>| byte.is_none_or(|byte| std::path::is_separator((*byte).into()));
    folder.strip_prefix(top).is_some_and(|inner| is_end(inner.first()) || is_end(top.last()))
}

fn folder_of(seen: &Seen) -> &Path {
    seen.0.parent().unwrap_or(Path::new("/"))
}

/// The files, those of a folder that come one after another together.
fn by_folder(mut files: Vec<Seen>) -> Vec<Folder> {
    let is_separator = |byte: &u8| std::path::is_separator((*byte).into());
    let mut lengths: Vec<usize> = Vec::new();
    // What the paths of a folder begin with: no path is taken apart that begins with it and has no separator behind.
    let mut begin: &[u8] = &[];
    for (path, _) in &files {
        let path = path.as_os_str().as_encoded_bytes();
        let inner = path.strip_prefix(begin).filter(|inner| !inner.iter().any(is_separator));
        match lengths.last_mut().filter(|_| inner.is_some()) {
            Some(length) => *length += 1,
            None => {
                begin = &path[..path.iter().rposition(is_separator).map_or(0, |at| at + 1)];
                lengths.push(1);
            }
        }
    }
    let mut rest = files.drain(..);
    lengths.into_iter().map(|length| rest.by_ref().take(length).collect()).collect()
}

/// A root with very many files is no one program: it is shared by the folders directly below it, which run side by side.
fn shares(is_covered: bool, is_installed: bool, root: PathBuf, folders: Vec<Folder>) -> Vec<Work> {
    if files_of(&folders) < MANY {
        let package = is_installed.then(|| root.clone());
        return vec![Work { root, folders, is_whole: is_covered, is_covered, package }];
    }
    let mut shares = Rows::default();
    for files in folders {
        let folder = folder_of(&files[0]);
        if folder == root {
            // What lies in the root itself is a share of its own.
            files.into_iter().for_each(|seen| shares.put(&seen.0.clone(), vec![seen]));
        } else if let Some(top) = shares.last().filter(|top| is_in(folder, top)).map(Path::to_path_buf) {
            shares.put(&top, files);
        } else {
            let inner = folder.strip_prefix(&root).unwrap_or(folder);
            shares.put(&inner.components().next().map(|part| root.join(part)).unwrap_or_default(), files);
        }
    }
    // In a folder of installed packages each would run all that it depends on, again and again.
    let is_installed = is_installed || has_installed_packages(&root);
    let share = |(top, folders): (PathBuf, Vec<Folder>)| Work {
        root: root.clone(),
        folders,
        is_whole: false,
        is_covered,
        package: is_installed.then_some(top),
    };
    shares.in_order().into_iter().map(share).collect()
}

/// Does the work on as many threads as there are cores, each with a large stack, what is largest first: nobody then waits
/// for the last piece. The results are in the order of the work.
fn in_parallel<T: Send, R: Send>(work: Vec<T>, size: impl Fn(&T) -> usize, run: impl Fn(T) -> R + Sync) -> Vec<R> {
    let count = work.len();
    let mut queue: Vec<(usize, T)> = work.into_iter().enumerate().collect();
    queue.sort_by_key(|(_, item)| size(item));
    let queue = Mutex::new(queue);
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

fn check_project(work: Work, request: &Request<'_>, settings: &SettingsFiles<'_>) -> Checked {
    let Work { root, folders, is_whole, is_covered, package } = work;
    let mut chosen = settings.nearest(&root).choices.settings();
    chosen.preferred_fix = request.kind.unwrap_or(chosen.preferred_fix);
    if request.kind.is_some() {
        chosen.overrides.iter_mut().for_each(|choice| choice.preferred_fix = None);
    }
    select(&mut chosen, request.selection);
    // What is wrong with a file is told once, and only for files that somebody asked for.
    let given = request.given.as_ref().map(|(path, text)| (slashed(path), text.clone()));
    let (files, looks): (Vec<PathBuf>, Vec<Option<Look>>) = folders.into_iter().flatten().unzip();
    let names: Vec<String> = files.iter().map(|file| slashed(file)).collect();
    let names = Arc::new(names);
    let named = names.clone();
    let told: RefCell<BTreeSet<String>> = RefCell::default();
    let is_loud = request.is_loud;
    let package = package.map(|package| slashed(&package));
    let is_package = package.is_some();
    let reader = move |path: &str| {
        if package.as_ref().is_some_and(|package| !path.starts_with(package.as_str())) {
            return None;
        }
        if let Some((_, text)) = given.as_ref().filter(|(own, _)| own == path) {
            return Some(text.clone());
        }
        let tell = |message: String| {
            if is_loud && named.iter().any(|name| name == path) && told.borrow_mut().insert(path.to_owned()) {
                complain(message);
            }
        };
        match read_text(&real_path(path)) {
            Ok(text) => {
                if !text.encoding.declared {
                    tell(format!("{}: not UTF-8, read as {}", shown(path), text.encoding.name()));
                }
                Some(text.text)
            }
            Err(problem) => {
                tell(problem.to_string());
                None
            }
        }
    };
    let mut project = Project::new(&slashed(&root), chosen, Box::new(reader));
    project.add_all(names.iter().map(String::as_str).zip(looks));
    if is_package {
        project.set_package();
    }
    project.set_whole(is_whole);
    if request.selection.thorough {
        project.set_thorough();
    }
    if request.is_picture {
        project.set_picture();
    }
    project.check();
    Checked { project, root, files, is_covered }
}

/// Turns off what is not selected, and on what is.
fn select(settings: &mut Settings, selection: &Selection) {
    for rule in RULES {
        if !selection.asks_for(rule.name) {
            settings.rules.insert(rule.name.to_owned(), Level::Off);
            for choice in &mut settings.overrides {
                choice.rules.remove(rule.name);
            }
        } else if !selection.select.is_empty() && settings.rules.get(rule.name).is_none_or(|level| *level == Level::Off)
        {
            select_one(settings, rule);
        }
    }
}

/// Turns a rule on that is off by itself or by the settings.
fn select_one(settings: &mut Settings, rule: &Rule) {
    settings.rules.remove(rule.name);
    if !rule.on {
        settings.rules.insert(rule.name.to_owned(), Level::Fixed(rule.severity));
    }
}

fn check_names(selection: &Selection) -> Result<(), String> {
    for name in selection.select.iter().chain(&selection.ignore) {
        if !RULES.iter().any(|rule| rule.name == name) {
            return Err(crate::explain::unknown_rule(name));
        }
    }
    Ok(())
}
