//! Which folders are there: most of the files that an import can mean would be in one that is not.
//!
//! It reads no file.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

/// The folders that were asked for, each once: what comes and goes meanwhile is not noticed.
#[derive(Debug, Default)]
pub struct Presence {
    known: FxHashMap<PathBuf, bool>,
}

impl Presence {
    /// Whether the folder that a file would be in is there.
    pub fn may_have(&mut self, file: &Path) -> bool {
        file.parent().is_none_or(|folder| self.has_folder(folder))
    }

    fn has_folder(&mut self, folder: &Path) -> bool {
        if let Some(known) = self.known.get(folder) {
            return *known;
        }
        // One in a folder that is not there need not be asked for.
        let is_there = self.may_have(folder) && folder.is_dir();
        self.known.insert(folder.to_path_buf(), is_there);
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_or_it_is_not() {
        let folder = tempfile::tempdir().expect("folder");
        let top = folder.path();
        std::fs::write(top.join("a.py"), "").expect("file");
        let mut presence = Presence::default();
        assert!(presence.may_have(&top.join("a.py")) && presence.may_have(&top.join("none.py")));
        assert!(presence.may_have(Path::new("/")) && presence.may_have(Path::new("/a.py")));
        // A file is no folder, and a folder is what a link leads to.
        assert!(!presence.may_have(&top.join("a.py/b.py")) && !presence.may_have(&top.join("c/d/e.py")));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(top, top.join("link")).expect("link");
            assert!(presence.may_have(&top.join("link/a.py")));
        }
    }
}
