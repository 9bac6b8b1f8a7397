//! From paths to findings: walks, loads settings, and runs one engine project for each project root.
//!
//! It prints nothing but problems.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use undebug_disk::{FileReader, Presence, SettingsFiles, read_text, real_path, reason, shared, shown, slashed, walk};
use undebug_engine::{Finding, Fix, FixKind, Level, Look, Project, RULES, Reader, Rule, Settings};

use crate::args::Selection;
use crate::complain;
use crate::progress::Progress;
use crate::shares::{Seen, Work, split};

/// How much stack an analysis may use: what it nests is bounded, but generously.
const STACK: usize = 256 * 1024 * 1024;

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
    /// What was found, and the fixes of each.
    pub findings: Vec<(Finding, Vec<Fix>)>,
    pub root: PathBuf,
    pub files: Vec<PathBuf>,
    /// Whether every file of the project was looked at, if only in shares.
    pub is_covered: bool,
}

impl Checked {
    /// What these files of a project came to.
    pub fn new(project: Project, root: PathBuf, files: Vec<PathBuf>, is_covered: bool) -> Checked {
        let findings = project.all_findings();
        let fixes = project.fixes_of(&findings);
        Checked { findings: findings.into_iter().zip(fixes).collect(), project, root, files, is_covered }
    }
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
    let seen = if is_seen { look_at(files, request.given, &progress)? } else { unseen(files) };
    let projects =
        in_parallel(split(seen, &tops, &walked), Work::size, |work| check_project(work, request, &settings))?;
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
    /// What a thread reads one file after another with.
    static READER: RefCell<FileReader> = RefCell::default();
}

/// How many files a thread takes at once.
const HANDFUL: usize = 64;

/// Looks at all texts, on all processors: most files are read once, and never parsed.
fn look_at(files: Vec<PathBuf>, given: &Given, progress: &Progress) -> Result<Vec<Seen>, String> {
    let given = given.as_ref().map(|(path, _)| PathBuf::from(slashed(path)));
    let mut seen = unseen(files);
    in_parallel(
        seen.chunks_mut(HANDFUL).collect(),
        |files| files.len(),
        |files| {
            for (path, look) in files.iter_mut().filter(|(path, _)| given.as_ref() != Some(path)) {
                progress.step();
                let name = path.to_str().map_or_else(|| path.to_string_lossy(), Cow::Borrowed);
                if !Look::can_wait(&name) {
                    let look_at = |reader: &mut FileReader| reader.read_plain(path).map(|text| Look::at(&name, text));
                    *look = READER.with_borrow_mut(look_at);
                }
            }
        },
    )?;
    Ok(seen)
}

/// Does the work on as many threads as there are cores, each with a large stack, what is largest first: nobody then waits
/// for the last piece. The results are in the order of the work. An error says why there was no thread to do it.
fn in_parallel<T: Send, R: Send>(
    work: Vec<T>,
    size: impl Fn(&T) -> usize,
    run: impl Fn(T) -> R + Sync,
) -> Result<Vec<R>, String> {
    let count = work.len();
    let mut queue: Vec<(usize, T)> = work.into_iter().enumerate().collect();
    queue.sort_by_cached_key(|(_, item)| size(item));
    let queue = Mutex::new(queue);
    let done = Mutex::new(Vec::with_capacity(count));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count.max(1));
    let mut failure = None;
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
            failure = worker.err().or(failure.take());
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    // One thread is enough.
    if let Some(error) = failure.filter(|_| done.len() < count) {
        return Err(format!("no thread: {}", reason(&error)));
    }
    done.sort_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

/// How the engine asks for a file: what is wrong with one is told once, and only of files that somebody asked for. Of an
/// installed package no file beside it is read.
fn reader(request: &Request<'_>, names: Arc<[Arc<str>]>, package: Option<String>) -> Reader {
    let given = request.given.as_ref().map(|(path, text)| (slashed(path), text.clone()));
    let is_loud = request.is_loud;
    let is_named: OnceCell<HashSet<Arc<str>>> = OnceCell::new();
    let told: RefCell<BTreeSet<String>> = RefCell::default();
    let presence: RefCell<Presence> = RefCell::default();
    Box::new(move |path| {
        if package.as_ref().is_some_and(|package| !path.starts_with(package.as_str())) {
            return None;
        }
        if let Some((_, text)) = given.as_ref().filter(|(own, _)| own == path) {
            return Some(text.clone());
        }
        let real = real_path(path);
        if !presence.borrow_mut().may_have(&real) {
            return None;
        }
        let tell = |message: String| {
            let is_named = || is_named.get_or_init(|| names.iter().cloned().collect()).contains(path);
            if is_loud && is_named() && told.borrow_mut().insert(path.to_owned()) {
                complain(message);
            }
        };
        match read_text(&real) {
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
    })
}

fn check_project(work: Work, request: &Request<'_>, settings: &SettingsFiles<'_>) -> Checked {
    let Work { root, folders, is_whole, is_covered, package } = work;
    let mut chosen = settings.nearest(&root).choices.settings();
    chosen.preferred_fix = request.kind.unwrap_or(chosen.preferred_fix);
    if request.kind.is_some() {
        chosen.overrides.iter_mut().for_each(|choice| choice.preferred_fix = None);
    }
    select(&mut chosen, request.selection);
    let (files, looks): (Vec<PathBuf>, Vec<Option<Look>>) = folders.into_iter().flatten().unzip();
    let names: Arc<[Arc<str>]> = files.iter().map(|file| shared(file)).collect();
    let package = package.map(|package| slashed(&package));
    let is_package = package.is_some();
    let reader = reader(request, names.clone(), package);
    let mut project = Project::new(&slashed(&root), chosen, reader);
    project.add_all(names.iter().cloned().zip(looks.iter().copied()));
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
    Checked::new(project, root, files, is_covered)
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
