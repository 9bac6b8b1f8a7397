//! What a folder is, by a few names in it: each folder of a walk is listed once, instead of asked for each of them.
//!
//! It reads no file.

use std::path::Path;

/// Names that say something about the folder that they are in.
const NAMES: [&str; 9] = [
    "undebug.toml",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    ".git",
    "pyvenv.cfg",
    ".env",
    ".flaskenv",
];

/// So many of the first names are settings files, and so many mark the folder of a project.
const SETTINGS: usize = 2;
const MARKERS: usize = 6;

/// What pip writes beside a package that it installs ends so.
const INSTALLED: &str = ".dist-info";

/// Which names with a meaning a folder has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Landmarks {
    bits: u16,
}

impl Landmarks {
    /// What a folder has; one that cannot be listed is asked for each name.
    pub fn of(folder: &Path) -> Landmarks {
        let Ok(entries) = std::fs::read_dir(folder) else {
            let has = |name: &&str| folder.join(name).symlink_metadata().is_ok();
            return Landmarks { bits: NAMES.iter().enumerate().map(|(at, name)| u16::from(has(name)) << at).sum() };
        };
        let mut bits = 0;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.as_encoded_bytes();
            if let Some(at) = NAMES.iter().position(|known| known.as_bytes() == name) {
                bits |= 1 << at;
            } else if name.ends_with(INSTALLED.as_bytes()) {
                bits |= 1 << NAMES.len();
            }
        }
        Landmarks { bits }
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
        self.has_one(MARKERS, 1)
    }

    /// Whether an env file may be there.
    pub fn has_env_file(self) -> bool {
        self.has_one(MARKERS + 1, 2)
    }

    /// Whether packages were installed into it.
    pub fn has_packages(self) -> bool {
        self.has_one(NAMES.len(), 1)
    }
}
