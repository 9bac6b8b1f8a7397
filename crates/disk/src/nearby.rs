//! Opens the files of a folder from the folder: the kernel then need not go through the whole path for each of them.
//!
//! It reads nothing.

use std::fs::File;
use std::io;
use std::path::Path;

/// The folder whose file was opened last: files come folder by folder.
#[derive(Debug, Default)]
pub(crate) struct Nearby {
    #[cfg(target_os = "linux")]
    last: Option<(std::ffi::OsString, std::os::fd::OwnedFd)>,
}

impl Nearby {
    /// Opens a file to be read.
    #[cfg(target_os = "linux")]
    pub fn open(&mut self, path: &Path) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags, open, openat};
        use rustix::io::retry_on_intr;
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return File::open(path) };
        if self.last.as_ref().is_none_or(|(last, _)| last != folder.as_os_str()) {
            // What a folder is opened for needs no right to list it, as the path of a file does not.
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let opened = retry_on_intr(|| open(folder, flags, Mode::empty()));
            self.last = opened.ok().map(|opened| (folder.as_os_str().to_owned(), opened));
        }
        let Some((_, folder)) = &self.last else { return File::open(path) };
        Ok(retry_on_intr(|| openat(folder, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()))?.into())
    }

    /// Opens a file to be read.
    #[cfg(not(target_os = "linux"))]
    pub fn open(&mut self, path: &Path) -> io::Result<File> {
        File::open(path)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn files_are_those_that_their_paths_lead_to() {
        let folder = tempfile::tempdir().expect("folder");
        let top = folder.path();
        for name in ["a.py", "in/a.py", "in/inner/a.py", "in/b.py", "c.py"] {
            let path = top.join(name);
            std::fs::create_dir_all(path.parent().expect("folder")).expect("folder");
            std::fs::write(path, name).expect("file");
        }
        let mut nearby = Nearby::default();
        let mut read = |path: &Path| {
            let mut text = String::new();
            nearby.open(path).and_then(|mut file| file.read_to_string(&mut text)).map(|_| text)
        };
        for name in ["a.py", "in/a.py", "in/inner/a.py", "in/b.py", "c.py", "in/../a.py"] {
            assert!(name.ends_with(&read(&top.join(name)).expect(name)), "{name}");
        }
        for name in ["none.py", "none/a.py", "a.py/b.py", ""] {
            let error = std::fs::read(top.join(name)).expect_err(name);
            assert_eq!(read(&top.join(name)).expect_err(name).kind(), error.kind(), "{name}");
        }
        assert_eq!(read(&top.join("a.py")).expect("text"), "a.py");
        assert!(read(Path::new("/")).is_err() && read(Path::new("")).is_err());
        assert!(read(Path::new("Cargo.toml")).expect("text").contains("undebug-disk"));
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_followed_and_a_name_may_be_no_text() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().expect("folder");
        let odd = folder.path().join(std::ffi::OsStr::from_bytes(b"a\xff.py"));
        // Not every file system takes such a name.
        if std::fs::write(&odd, "odd").is_ok() {
            let link = folder.path().join("link.py");
            std::os::unix::fs::symlink(&odd, &link).expect("link");
            let mut nearby = Nearby::default();
            for path in [odd, link] {
                let mut text = String::new();
                nearby.open(&path).expect("file").read_to_string(&mut text).expect("text");
                assert_eq!(text, "odd");
            }
        }
    }
}
