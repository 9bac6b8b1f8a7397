//! Which files there are below the paths that a person names.
//!
//! It reads no file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};
use undebug_engine::Language;

use crate::Problem;

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

/// The files that were found, and what could not be looked at.
#[derive(Debug, Default)]
pub struct Walked {
    /// Absolute paths, sorted, each once.
    pub files: Vec<PathBuf>,
    /// Folders that could not be read, and paths that are not there.
    pub problems: Vec<Problem>,
    /// Whether one of the paths that were named is not there.
    pub missing: bool,
}

/// The files below these paths that the engine reads, without those that are excluded. A file that is named is always
/// taken.
pub fn walk(paths: &[PathBuf], exclude: &(dyn Fn(&Path) -> bool + Sync)) -> Walked {
    let mut walked = Walked::default();
    for path in paths {
        let path = absolute(path);
        match std::fs::metadata(&path) {
            Ok(data) if data.is_dir() => walk_folder(&path, exclude, &mut walked),
            Ok(data) if !data.is_file() => walked.problems.push(Problem::of(&path, "is no regular file".to_owned())),
            Ok(_) if Language::of_path(&path.to_string_lossy()).is_some() => walked.files.push(path),
            Ok(_) => walked.problems.push(Problem::of(&path, "skipped: no kind of file that is read".to_owned())),
            Err(error) => {
                walked.missing = true;
                walked.problems.push(Problem::of(&path, crate::read::reason(&error)));
            }
        }
    }
    walked.files.sort();
    walked.files.dedup();
    walked.problems.sort();
    walked.problems.dedup();
    walked
}

/// What one thread of a walk came upon.
#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    problems: Vec<Problem>,
}

/// Hands over what a thread found when the thread is done.
struct Finder<'a> {
    found: Found,
    all: &'a Mutex<Vec<Found>>,
}

impl Drop for Finder<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.found));
    }
}

fn walk_folder(top: &Path, exclude: &(dyn Fn(&Path) -> bool + Sync), walked: &mut Walked) {
    let all: Mutex<Vec<Found>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let walker =
        WalkBuilder::new(top).hidden(false).require_git(false).follow_links(false).threads(threads).build_parallel();
    walker.run(|| {
        let mut finder = Finder { found: Found::default(), all: &all };
        Box::new(move |entry| visit(entry, top, exclude, &mut finder.found))
    });
    for found in all.into_inner().unwrap_or_else(PoisonError::into_inner) {
        walked.files.extend(found.files);
        walked.problems.extend(found.problems);
    }
}

fn visit(
    entry: Result<DirEntry, ignore::Error>,
    top: &Path,
    exclude: &dyn Fn(&Path) -> bool,
    found: &mut Found,
) -> WalkState {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => {
            found.problems.push(problem(&error, top));
            return WalkState::Continue;
        }
    };
    let path = entry.path();
    let Some(kind) = entry.file_type() else { return WalkState::Continue };
    if kind.is_dir() {
        if path != top {
            let name = entry.file_name().to_string_lossy();
            if SKIPPED.contains(&name.as_ref()) || is_environment(path) || exclude(path) {
                return WalkState::Skip;
            }
        }
        secret_files(path, exclude, &mut found.files);
    } else if kind.is_file() && Language::of_path(&path.to_string_lossy()).is_some() && !exclude(path) {
        found.files.push(path.to_path_buf());
    }
    WalkState::Continue
}

/// What the walker says of a folder that it could not read.
fn problem(error: &ignore::Error, top: &Path) -> Problem {
    let message = error.to_string();
    let (path, message) = match message.split_once(": ") {
        Some((at, what)) if at.starts_with('/') => (PathBuf::from(at), what.to_owned()),
        _ => (top.to_path_buf(), message),
    };
    Problem::of(&path, message.split(" (os error").next().unwrap_or_default().to_lowercase())
}

/// Env files are taken even where `.gitignore` names them: they are ignored because they hold secrets, and they are
/// what a deployment really runs with.
fn secret_files(folder: &Path, exclude: &dyn Fn(&Path) -> bool, files: &mut Vec<PathBuf>) {
    for name in [".env", ".flaskenv"] {
        let path = folder.join(name);
        if std::fs::symlink_metadata(&path).is_ok_and(|data| data.is_file()) && !exclude(&path) {
            files.push(path);
        }
    }
}

/// Whether packages were installed into a folder: what pip writes beside them says so.
pub fn has_installed_packages(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.path().extension().is_some_and(|end| end == "dist-info"))
}

/// Whether a folder is a virtual environment.
fn is_environment(path: &Path) -> bool {
    path.join("pyvenv.cfg").is_file()
}

/// What marks the folder of a project.
const MARKERS: [&str; 6] = ["undebug.toml", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", ".git"];

/// The project folders of a walk. Each folder is asked for its markers once.
#[derive(Debug, Default)]
pub struct Roots {
    /// The nearest folder with a marker, at or above a folder and not above a top.
    known: HashMap<PathBuf, Option<PathBuf>>,
    /// Whether packages were installed into a folder.
    installed: HashMap<PathBuf, bool>,
}

impl Roots {
    /// The folder of the project that the files of a folder belong to: the nearest one with a project file, up to `top`,
    /// or `top`.
    pub fn of(&mut self, folder: &Path, top: &Path) -> PathBuf {
        self.nearest(folder, top).unwrap_or_else(|| top.to_path_buf())
    }

    fn nearest(&mut self, folder: &Path, top: &Path) -> Option<PathBuf> {
        if let Some(known) = self.known.get(folder) {
            return known.clone();
        }
        let root = if MARKERS.iter().any(|marker| folder.join(marker).exists()) {
            Some(folder.to_path_buf())
        } else if folder == top {
            None
        } else {
            folder.parent().and_then(|above| self.nearest(above, top))
        };
        self.known.insert(folder.to_path_buf(), root.clone());
        root
    }

    /// Whether a project folder is a part of an installed package: below `top` packages were installed above it.
    pub fn is_installed(&mut self, root: &Path, top: &Path) -> bool {
        let above = root.ancestors().skip(1).take_while(|above| above.starts_with(top));
        above.into_iter().any(|above| match self.installed.get(above) {
            Some(is_installed) => *is_installed,
            None => *self.installed.entry(above.to_path_buf()).or_insert(has_installed_packages(above)),
        })
    }
}

/// The folder of the git repository that a folder belongs to, or the folder itself.
pub fn repository_of(folder: &Path) -> PathBuf {
    let mut above = folder.ancestors();
    above.find(|path| path.join(".git").exists()).unwrap_or(folder).to_path_buf()
}

/// A path as the engine spells it: absolute, with `/` between components.
pub fn slashed(path: &Path) -> String {
    let text = crate::names::text_of(&absolute(path));
    if cfg!(windows) { text.replace('\\', "/") } else { text }
}

/// The absolute path without `.` and `..` components; links stay as they are.
fn absolute(path: &Path) -> PathBuf {
    // Most paths come from a walk and are clean: taking them apart is slow.
    if cfg!(unix) && is_clean(path.as_os_str().as_encoded_bytes()) {
        return path.to_path_buf();
    }
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(clean.pop()),
            std::path::Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean
}

/// Whether a path is absolute and has neither a component that stands for another nor an empty one.
fn is_clean(path: &[u8]) -> bool {
    let inner = path.strip_prefix(b"/").unwrap_or_default();
    !inner.is_empty() && inner.split(|byte| *byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(walked: &Walked, root: &Path) -> Vec<String> {
        let relative = walked.files.iter().map(|path| path.strip_prefix(root).unwrap_or(path));
        relative.map(|path| path.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn ignored_files_are_left_out_but_env_files_are_not() {
        let folder = tempfile::tempdir().expect("folder");
        let root = folder.path();
        for (name, text) in [
            (".gitignore", "build/\n.env\n"),
            ("app.py", ""),
            ("build/x.py", ""),
            (".env", ""),
            ("node_modules/y.py", ""),
            ("env/pyvenv.cfg", ""),
            ("env/z.py", ""),
            ("notes.txt", ""),
        ] {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            std::fs::write(path, text).expect("file");
        }
        let walked = walk(&[root.to_path_buf()], &|_| false);
        assert_eq!(names(&walked, root), [".env", "app.py"]);
        // What is named is taken.
        let walked = walk(&[root.join("build/x.py"), root.join("gone.py")], &|_| false);
        assert_eq!(names(&walked, root), ["build/x.py"]);
        assert!(walked.missing);
    }

    #[test]
    #[cfg(unix)]
    fn links_in_circles_end() {
        let folder = tempfile::tempdir().expect("folder");
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).expect("link");
        std::fs::write(folder.path().join("a.py"), "").expect("file");
        assert_eq!(names(&walk(&[folder.path().to_path_buf()], &|_| false), folder.path()), ["a.py"]);
    }

    #[test]
    fn paths_are_cleaned() {
        for (path, clean) in
            [("/a/b.py", "/a/b.py"), ("/a/./b", "/a/b"), ("/a//b", "/a/b"), ("/a/../b/", "/b"), ("/", "/")]
        {
            assert_eq!(absolute(Path::new(path)), Path::new(clean), "{path}");
        }
    }

    #[test]
    fn the_nearest_project_file_marks_the_root() {
        let folder = tempfile::tempdir().expect("folder");
        let inner = folder.path().join("a/b");
        std::fs::create_dir_all(&inner).expect("folder");
        std::fs::write(folder.path().join("a/pyproject.toml"), "").expect("file");
        let mut roots = Roots::default();
        assert_eq!(roots.of(&inner, folder.path()), folder.path().join("a"));
        assert_eq!(roots.of(folder.path(), folder.path()), folder.path());
        assert!(!roots.is_installed(&folder.path().join("a"), folder.path()));
        std::fs::create_dir(folder.path().join("a-1.0.dist-info")).expect("folder");
        assert!(Roots::default().is_installed(&folder.path().join("a"), folder.path()));
    }
}
