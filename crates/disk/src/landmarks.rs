//! What a folder is, by a few names in it: who lists a folder need not ask for each of them.
//!
//! It reads no file.

use std::ffi::OsStr;
use std::path::Path;

/// Names that say something about the folder that they are in.
const NAMES: [&str; 9] = [
    "undebug.toml",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    ".git",
    ".ignore",
    ".gitignore",
    "pyvenv.cfg",
];

/// So many of the first names are settings files, and so many mark the folder of a project.
const SETTINGS: usize = 2;
const MARKERS: usize = 6;

/// Where others begin: those about what git and its kin leave out, and a virtual environment's.
const GIT: usize = 5;
const IGNORE: usize = 6;
const GITIGNORE: usize = 7;
const ENVIRONMENT: usize = 8;

/// What pip writes beside a package that it installs ends so.
const INSTALLED: &str = ".dist-info";

/// Which names with a meaning a folder has.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Landmarks {
    bits: u16,
}

impl Landmarks {
    /// What a folder has that no walk came upon.
    pub fn of(folder: &Path) -> Landmarks {
        let Ok(entries) = std::fs::read_dir(folder) else { return Landmarks::asked(folder) };
        let mut landmarks = Landmarks::default();
        entries.flatten().for_each(|entry| landmarks.add(&entry.file_name()));
        landmarks
    }

    /// What a folder has that cannot be listed: it is asked for each name.
    pub fn asked(folder: &Path) -> Landmarks {
        let has = |name: &&str| folder.join(name).symlink_metadata().is_ok();
        Landmarks { bits: NAMES.iter().enumerate().map(|(at, name)| u16::from(has(name)) << at).sum() }
    }

    /// One more name is in the folder.
    pub fn add(&mut self, name: &OsStr) {
        let name = name.as_encoded_bytes();
        if let Some(at) = NAMES.iter().position(|known| known.as_bytes() == name) {
            self.bits |= 1 << at;
        } else if name.ends_with(INSTALLED.as_bytes()) {
            self.bits |= 1 << NAMES.len();
        }
    }

    fn has_one(self, first: usize, count: usize) -> bool {
        self.bits >> first & ((1 << count) - 1) != 0
    }

    /// Whether a settings file may be there.
    pub fn has_settings(self) -> bool {
        self.has_one(0, SETTINGS)
    }

    /// Whether a project begins there.
    pub fn is_project(self) -> bool {
        self.has_one(0, MARKERS)
    }

    /// Whether it may be a virtual environment.
    pub fn has_environment(self) -> bool {
        self.has_one(ENVIRONMENT, 1)
    }

    /// Whether packages were installed into it.
    pub fn has_packages(self) -> bool {
        self.has_one(NAMES.len(), 1)
    }

    /// Whether it has files that say what is left out, or is a repository's.
    pub fn has_ignore_files(self) -> bool {
        self.has_one(GIT, ENVIRONMENT - GIT)
    }

    /// Whether it has a `.git`.
    pub fn has_git(self) -> bool {
        self.has_one(GIT, 1)
    }

    /// Whether it has a `.ignore`.
    pub fn has_ignore(self) -> bool {
        self.has_one(IGNORE, 1)
    }

    /// Whether it has a `.gitignore`.
    pub fn has_gitignore(self) -> bool {
        self.has_one(GITIGNORE, 1)
    }
}
