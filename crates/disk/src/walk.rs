//! Which files there are below the paths that a person names.
//!
//! It reads no file.

use std::cmp::Ordering;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use undebug_engine::Language;

use crate::folders::{Found, walk_folder};
use crate::landmarks::Landmarks;
use crate::{Problem, SettingsFiles};

/// By folder. Its text is the key: a path would be taken apart each time.
pub(crate) type Folders<T> = FxHashMap<OsString, T>;

/// The files that were found, and what could not be looked at.
#[derive(Debug, Default)]
pub struct Walked {
    /// Absolute paths, sorted, each once.
    pub files: Vec<PathBuf>,
    /// The folders that were walked, and what they are.
    folders: Folders<Landmarks>,
    /// Folders that could not be read, and paths that are not there.
    pub problems: Vec<Problem>,
    /// Whether one of the paths that were named is not there, or could not be walked.
    pub missing: bool,
}

impl Walked {
    fn extend(&mut self, found: Found) {
        self.files.extend(found.files);
        self.folders.extend(found.folders);
        self.problems.extend(found.problems);
        self.missing |= found.is_broken;
    }
}

/// The files below these paths that the engine reads, without those that settings leave out. A file that is named is
/// always taken.
pub fn walk(paths: &[PathBuf], settings: &SettingsFiles<'_>) -> Walked {
    let mut walked = Walked::default();
    for path in paths {
        let path = absolute(path);
        match std::fs::metadata(&path) {
            Ok(data) if data.is_dir() => walked.extend(walk_folder(&path, settings)),
            Ok(data) if !data.is_file() => walked.problems.push(Problem::of(&path, "is no regular file".to_owned())),
            Ok(_) if Language::of_path(&path.to_string_lossy()).is_some() => walked.files.push(path),
            Ok(_) => walked.problems.push(Problem::of(&path, "skipped: no kind of file that is read".to_owned())),
            Err(error) => {
                walked.missing = true;
                walked.problems.push(Problem::of(&path, crate::read::reason(&error)));
            }
        }
    }
    // What comes of one path is in order.
    if paths.len() > 1 {
        walked.files.sort_by(|one, other| order(one, other));
        walked.files.dedup_by(|one, other| one.as_os_str() == other.as_os_str());
    }
    walked.problems.sort();
    walked.problems.dedup();
    walked
}

/// Whether packages were installed into a folder: what pip writes beside them says so.
pub fn has_installed_packages(folder: &Path) -> bool {
    Landmarks::of(folder).has_packages()
}

/// How many bytes of two paths are compared at once: most have much in common.
const STRIDE: usize = 16;

/// How paths are sorted that have nothing to clean: by their components, as [`Path`] does, at the speed of memory.
fn order(one: &Path, other: &Path) -> Ordering {
    let (one, other) = (one.as_os_str().as_encoded_bytes(), other.as_os_str().as_encoded_bytes());
    // What a component ends with comes before all that it can go on with.
    let rank = |byte: u8| if std::path::is_separator(byte.into()) { 0 } else { u16::from(byte) + 1 };
    let strides = one.chunks_exact(STRIDE).zip(other.chunks_exact(STRIDE));
    let same = strides.take_while(|(one, other)| one == other).count() * STRIDE;
    match one[same..].iter().zip(&other[same..]).find(|(one, other)| one != other) {
        Some((one, other)) => rank(*one).cmp(&rank(*other)),
        None => one.len().cmp(&other.len()),
    }
}

/// The project folders of a walk. Each folder is asked for its markers once.
#[derive(Debug, Default)]
pub struct Roots<'w> {
    /// What the walk came upon.
    walked: Option<&'w Folders<Landmarks>>,
    /// The nearest folder with a marker, at or above a folder and not above a top.
    known: Folders<Option<Arc<Path>>>,
    /// Whether packages were installed into a folder.
    installed: Folders<bool>,
}

impl<'w> Roots<'w> {
    /// Those of a walk.
    pub fn new(walked: &'w Walked) -> Roots<'w> {
        Roots { walked: Some(&walked.folders), ..Roots::default() }
    }

    fn landmarks(&self, folder: &Path) -> Landmarks {
        let walked = self.walked.and_then(|walked| walked.get(folder.as_os_str()));
        walked.copied().unwrap_or_else(|| Landmarks::of(folder))
    }

    /// The folder of the project that the files of a folder belong to: the nearest one with a project file, up to `top`,
    /// or `top`.
    pub fn of(&mut self, folder: &Path, top: &Path) -> Arc<Path> {
        self.nearest(folder, top).unwrap_or_else(|| Arc::from(top))
    }

    fn nearest(&mut self, folder: &Path, top: &Path) -> Option<Arc<Path>> {
        if let Some(known) = self.known.get(folder.as_os_str()) {
            return known.clone();
        }
        let root = if self.landmarks(folder).is_project() {
            Some(Arc::from(folder))
        } else if folder.as_os_str() == top.as_os_str() || cfg!(windows) && folder == top {
            None
        } else {
            folder.parent().and_then(|above| self.nearest(above, top))
        };
        self.known.insert(folder.as_os_str().to_owned(), root.clone());
        root
    }

    /// Whether a project folder is a part of an installed package: below `top` packages were installed above it.
    pub fn is_installed(&mut self, root: &Path, top: &Path) -> bool {
        let above = root.ancestors().skip(1).take_while(|above| above.starts_with(top));
        above.into_iter().any(|above| match self.installed.get(above.as_os_str()) {
            Some(is_installed) => *is_installed,
            None => {
                let is_installed = self.landmarks(above).has_packages();
                *self.installed.entry(above.as_os_str().to_owned()).or_insert(is_installed)
            }
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
    if is_clean_absolute(path) {
        return crate::names::text_of(path).into_owned();
    }
    let text = crate::names::text_of(&absolute(path)).into_owned();
    if cfg!(windows) { text.replace('\\', "/") } else { text }
}

/// The absolute path without `.` and `..` components; links stay as they are.
fn absolute(path: &Path) -> PathBuf {
    if is_clean_absolute(path) {
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

/// The same as [`slashed`], to be kept in more than one place.
pub fn shared(path: &Path) -> Arc<str> {
    if is_clean_absolute(path) { Arc::from(&*crate::names::text_of(path)) } else { Arc::from(slashed(path)) }
}

/// Whether a path is known to be absolute and clean. Most come from a walk and are: taking them apart is slow.
fn is_clean_absolute(path: &Path) -> bool {
    cfg!(unix) && is_clean(path.as_os_str().as_encoded_bytes())
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
        let walked = walk(&[root.to_path_buf()], &SettingsFiles::new(&[]));
        assert_eq!(names(&walked, root), [".env", "app.py"]);
        // What is named is taken.
        let walked = walk(&[root.join("build/x.py"), root.join("gone.py")], &SettingsFiles::new(&[]));
        assert_eq!(names(&walked, root), ["build/x.py"]);
        assert!(walked.missing);
    }

    #[test]
    #[cfg(unix)]
    fn links_in_circles_end() {
        let folder = tempfile::tempdir().expect("folder");
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).expect("link");
        std::fs::write(folder.path().join("a.py"), "").expect("file");
        assert_eq!(names(&walk(&[folder.path().to_path_buf()], &SettingsFiles::new(&[])), folder.path()), ["a.py"]);
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
    fn paths_are_sorted_as_by_their_components() {
        let mut names: Vec<String> = Vec::new();
        for (one, other) in ["a", "a-b", "a.py", "a b", "b", "a/b", "\u{e9}", "a\u{1}"]
            .iter()
            .flat_map(|one| ["x", "-", "x/y", ".env", "x.py"].iter().map(move |other| (one, other)))
        {
            names.extend([format!("/{one}/{other}"), format!("/{one}"), format!("/{other}/{one}")]);
        }
        let mut sorted: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
        let mut expected = sorted.clone();
        sorted.sort_by(|one, other| order(one, other));
        expected.sort();
        assert_eq!(sorted, expected);
    }

    #[test]
    fn the_nearest_project_file_marks_the_root() {
        let folder = tempfile::tempdir().expect("folder");
        let inner = folder.path().join("a/b");
        std::fs::create_dir_all(&inner).expect("folder");
        std::fs::write(folder.path().join("a/pyproject.toml"), "").expect("file");
        let mut roots = Roots::default();
        assert_eq!(*roots.of(&inner, folder.path()), folder.path().join("a"));
        assert_eq!(*roots.of(folder.path(), folder.path()), *folder.path());
        assert!(!roots.is_installed(&folder.path().join("a"), folder.path()));
        std::fs::create_dir(folder.path().join("a-1.0.dist-info")).expect("folder");
        assert!(Roots::default().is_installed(&folder.path().join("a"), folder.path()));
    }
}
