//! Goes through a folder and all below it, on all processors: each folder is listed once.
//!
//! It reads no file but those that say what to leave out.

use std::cell::OnceCell;
use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::{Scope, ThreadPoolBuilder};
use undebug_engine::Language;

use crate::ignored::{Ignored, Patterns, patterns_of};
use crate::landmarks::Landmarks;
use crate::read::reason;
use crate::{Problem, SettingsFiles};

/// Folders that hold other people's code or a tool's data; they are walked only when they are named.
const SKIPPED: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    ".venv",
    "venv",
    "__pycache__",
    "site-packages",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
];

/// Env files are taken even where `.gitignore` names them: they are ignored because they hold secrets, and they are
/// what a deployment really runs with.
const SECRET_FILES: [&str; 2] = [".env", ".flaskenv"];

/// What a walk came upon.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The files that are read, sorted by the components of their paths.
    pub files: Vec<PathBuf>,
    /// The folders that were walked, and what they are.
    pub folders: Vec<(OsString, Landmarks)>,
    /// Folders that could not be read.
    pub problems: Vec<Problem>,
    /// Whether nothing could be walked at all.
    pub is_broken: bool,
}

/// What one thread of a walk came upon.
#[derive(Default)]
struct Part {
    /// What was taken of a folder, by the folder's number.
    taken: Vec<(usize, Vec<Taken>)>,
    folders: Vec<(OsString, Landmarks)>,
    problems: Vec<Problem>,
}

/// What was taken of a folder: in the order of the names all are sorted, and no whole path is ever compared.
enum Taken {
    File(PathBuf),
    /// The number of a folder.
    Folder(usize),
}

/// A folder to visit.
struct Folder {
    path: PathBuf,
    number: usize,
    /// What the ignore files above it say.
    outer: Patterns,
}

/// A walk of one folder.
struct Walk<'a> {
    settings: &'a SettingsFiles<'a>,
    ignored: Ignored,
    /// One for each thread, so that none waits for another.
    parts: Vec<Mutex<Part>>,
    /// How many folders have a number.
    numbered: AtomicUsize,
}

/// What is below a folder, which is walked itself whatever is said of it.
pub(crate) fn walk_folder(top: &Path, settings: &SettingsFiles<'_>) -> Found {
    // Its threads end with it: others may need them where threads are few.
    let pool = match ThreadPoolBuilder::new().build() {
        Ok(pool) => pool,
        Err(error) => {
            let problem = Problem::of(top, format!("cannot be walked: {error}"));
            return Found { problems: vec![problem], is_broken: true, ..Found::default() };
        }
    };
    let (ignored, wrong) = Ignored::new(top);
    let mut parts = Vec::new();
    parts.resize_with(pool.current_num_threads(), Mutex::default);
    let walk = Walk { settings, ignored, parts, numbered: AtomicUsize::new(1) };
    let first = Folder { path: top.to_path_buf(), number: 0, outer: walk.ignored.above() };
    pool.scope(|scope| walk.visit(first, scope));
    let mut taken = Vec::new();
    taken.resize_with(walk.numbered.into_inner(), Vec::new);
    let mut found = Found::default();
    found.problems.extend(wrong.iter().map(|line| problem_of_line(line, top)));
    for part in walk.parts {
        let part = part.into_inner().unwrap_or_else(PoisonError::into_inner);
        part.taken.into_iter().for_each(|(number, entries)| taken[number] = entries);
        found.folders.extend(part.folders);
        found.problems.extend(part.problems);
    }
    found.files = in_order(taken);
    found
}

/// The files of all folders, the first of which has all others below it.
fn in_order(mut taken: Vec<Vec<Taken>>) -> Vec<PathBuf> {
    let mut files = Vec::with_capacity(taken.iter().map(Vec::len).sum());
    let mut open: Vec<_> = taken.first_mut().map(std::mem::take).into_iter().map(Vec::into_iter).collect();
    while let Some(folder) = open.last_mut() {
        match folder.next() {
            Some(Taken::File(path)) => files.push(path),
            Some(Taken::Folder(number)) => open.push(std::mem::take(&mut taken[number]).into_iter()),
            None => drop(open.pop()),
        }
    }
    files
}

impl Walk<'_> {
    /// Takes what is in a folder and has those below it visited.
    fn visit<'s>(&'s self, folder: Folder, scope: &Scope<'s>) {
        let at = rayon::current_thread_index().unwrap_or_default() % self.parts.len();
        let part = &mut *self.parts[at].lock().unwrap_or_else(PoisonError::into_inner);
        let Folder { path, number, outer } = folder;
        let listed = list(&path, &mut part.problems);
        let landmarks = listed.as_ref().map_or_else(|_| Landmarks::asked(&path), |(_, landmarks)| *landmarks);
        // A virtual environment is other people's code, if nobody named it.
        if number != 0 && landmarks.has_environment() && path.join("pyvenv.cfg").is_file() {
            return;
        }
        if !landmarks.has_settings() {
            self.settings.has_none(&path);
        }
        let taken = match listed {
            Ok((listing, _)) => self.take(&path, listing, &patterns_of(&path, landmarks, &outer), scope),
            Err(error) => {
                part.problems.push(Problem::of(&path, reason(&error)));
                self.secret_files(&path)
            }
        };
        part.taken.push((number, taken));
        part.folders.push((path.into_os_string(), landmarks));
    }

    /// What counts of a listing. Settings are asked last, and once: nothing that is ignored should have them read.
    fn take<'s>(&'s self, folder: &Path, listing: Listing, patterns: &Patterns, scope: &Scope<'s>) -> Vec<Taken> {
        let settings = OnceCell::new();
        let is_excluded = |path: &Path| settings.get_or_init(|| self.settings.nearest(folder)).excludes(path);
        let mut taken = Vec::with_capacity(listing.len());
        let text = folder.to_string_lossy();
        for (name, kind) in listing {
            if kind.is_dir() && !SKIPPED.iter().any(|skipped| name == *skipped) {
                let path = inside(folder, &name);
                if !self.ignored.leaves_out(&path, true, patterns) && !is_excluded(&path) {
                    let number = self.numbered.fetch_add(1, Ordering::Relaxed);
                    taken.push(Taken::Folder(number));
                    let inner = Folder { path, number, outer: patterns.clone() };
                    scope.spawn(move |scope| self.visit(inner, scope));
                }
            } else if kind.is_file() && Language::in_folder(&text, &name.to_string_lossy()).is_some() {
                let path = inside(folder, &name);
                let is_ignored = || !is_secret(&name) && self.ignored.leaves_out(&path, false, patterns);
                if !is_ignored() && !is_excluded(&path) {
                    taken.push(Taken::File(path));
                }
            }
        }
        taken
    }

    /// What is taken of a folder that may not be listed but can be entered.
    fn secret_files(&self, folder: &Path) -> Vec<Taken> {
        let paths = SECRET_FILES.iter().map(|name| folder.join(name));
        let is_file = |path: &PathBuf| path.symlink_metadata().is_ok_and(|data| data.is_file());
        paths.filter(is_file).filter(|path| !self.settings.excludes(path)).map(Taken::File).collect()
    }
}

/// The path of a name in a folder, in one allocation.
fn inside(folder: &Path, name: &OsStr) -> PathBuf {
    let mut path = PathBuf::with_capacity(folder.as_os_str().len() + 1 + name.len());
    path.push(folder);
    path.push(name);
    path
}

/// The names in a folder, sorted.
type Listing = Vec<(OsString, FileType)>;

/// What is in a folder, and what that says of it. Entries that cannot be read are told.
fn list(folder: &Path, problems: &mut Vec<Problem>) -> std::io::Result<(Listing, Landmarks)> {
    let mut listing = Vec::new();
    let mut landmarks = Landmarks::default();
    for entry in std::fs::read_dir(folder)? {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                problems.push(Problem::of(folder, reason(&error)));
                continue;
            }
        };
        let name = entry.file_name();
        landmarks.add(&name);
        match entry.file_type() {
            Ok(kind) => listing.push((name, kind)),
            Err(error) => problems.push(Problem::of(&entry.path(), reason(&error))),
        }
    }
    listing.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    Ok((listing, landmarks))
}

fn is_secret(name: &OsStr) -> bool {
    SECRET_FILES.iter().any(|secret| name == *secret)
}

/// A line of an ignore file that is no pattern.
fn problem_of_line(line: &str, top: &Path) -> Problem {
    match line.split_once(": ") {
        Some((file, what)) => Problem::of(Path::new(file), what.to_lowercase()),
        None => Problem::of(top, line.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_listed_is_told() {
        // A file is none for everyone, also for who may read all.
        let file = tempfile::NamedTempFile::new().expect("file");
        let found = walk_folder(file.path(), &SettingsFiles::new(&[]));
        let error = std::fs::read_dir(file.path()).expect_err("listed");
        assert_eq!(found.problems, [Problem::of(file.path(), reason(&error))]);
        assert!(found.files.is_empty());
    }

    /// A path can be too long to be followed, but not to be made.
    #[test]
    #[cfg(target_os = "linux")]
    fn the_walk_goes_on_beside_a_folder_that_cannot_be_listed() {
        let folder = tempfile::tempdir().expect("folder");
        let deep = |name: &str| {
            let top = folder.path().join(name);
            let inner = (0..12).fold(top, |path, _| path.join("x".repeat(200)));
            std::fs::create_dir_all(&inner).expect("folder");
            inner
        };
        deep("low");
        std::fs::rename(folder.path().join("low"), deep("high").join("low")).expect("moved");
        std::fs::write(folder.path().join("a.py"), "").expect("file");
        let found = walk_folder(folder.path(), &SettingsFiles::new(&[]));
        assert_eq!(found.files, [folder.path().join("a.py")]);
        let [problem] = found.problems.as_slice() else { panic!("{:?}", found.problems) };
        assert_eq!(problem.message, "file name too long");
        assert!(problem.path.len() > 4_000 && problem.path.ends_with("xxx"), "{}", problem.path);
    }

    #[test]
    fn patterns_that_are_none_are_told_where_they_are_above() {
        let folder = tempfile::tempdir().expect("folder");
        let top = folder.path().canonicalize().expect("folder").join("a");
        std::fs::create_dir_all(&top).expect("folder");
        std::fs::write(top.join("../.gitignore"), "b.py\n{c\nd{\n").expect("file");
        std::fs::write(top.join(".gitignore"), "{c\n").expect("file");
        std::fs::write(top.join("b.py"), "").expect("file");
        let found = walk_folder(&top, &SettingsFiles::new(&[]));
        assert!(found.files.is_empty());
        let lines: Vec<&str> = found.problems.iter().map(|problem| &problem.message[..27]).collect();
        assert_eq!(lines, ["line 2: error parsing glob ", "line 3: error parsing glob "]);
        assert!(found.problems.iter().all(|problem| problem.path.ends_with(".gitignore")));
    }
}
