//! Opens files of one folder after another without going through the whole path each time.
//!
//! It reads nothing.

use std::fs::File;
use std::io;
use std::path::Path;

/// The folder whose file was opened last: the files of a folder mostly come together.
#[derive(Default)]
pub(crate) struct Nearby {
    #[cfg(target_os = "linux")]
    last: Option<(std::path::PathBuf, std::os::fd::OwnedFd)>,
}

impl Nearby {
    /// Opens a file to be read.
    #[cfg(target_os = "linux")]
    pub fn open(&mut self, path: &Path) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags, open, openat};
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return File::open(path) };
        if self.last.as_ref().is_none_or(|(last, _)| last.as_os_str() != folder.as_os_str()) {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            self.last = open(folder, flags, Mode::empty()).ok().map(|opened| (folder.to_path_buf(), opened));
        }
        let Some((_, opened)) = &self.last else { return File::open(path) };
        Ok(openat(opened, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?.into())
    }

    /// Opens a file to be read.
    #[cfg(not(target_os = "linux"))]
    pub fn open(&mut self, path: &Path) -> io::Result<File> {
        File::open(path)
    }
}
