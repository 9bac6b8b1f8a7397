//! Writing: whole files, at once, or not at all.
//!
//! It does not decide what is written.

use std::io::Write;
use std::path::Path;

use crate::Problem;

/// Replaces a file's bytes by way of a temporary file beside it. Nothing is written when the file no longer holds
/// `expected`, when it is read-only, or when a link leads to it out of `root`.
pub fn write_atomic(path: &Path, bytes: &[u8], expected: &[u8], root: &Path) -> Result<(), Problem> {
    let problem = |message: String| Problem::of(path, message);
    let io = |error: std::io::Error| problem(format!("not written: {}", crate::read::reason(&error)));
    let target = path.canonicalize().map_err(io)?;
    let inside = root.canonicalize().is_ok_and(|root| target.starts_with(root));
    if !inside {
        return Err(problem("not written: a link that leads out of the project".to_owned()));
    }
    let data = std::fs::metadata(&target).map_err(io)?;
    if data.permissions().readonly() {
        return Err(problem("not written: the file is read-only".to_owned()));
    }
    if std::fs::read(&target).map_err(io)? != expected {
        return Err(problem("not written: the file changed since it was read".to_owned()));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".undebug-").tempfile_in(folder).map_err(io)?;
    file.write_all(bytes).map_err(io)?;
    file.as_file().set_permissions(data.permissions()).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    file.persist(&target).map_err(|error| io(error.error))?;
    Ok(())
}

/// Writes a new file; an error where there is one.
pub fn create_file(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let io = |error: std::io::Error| Problem::of(path, format!("not written: {}", crate::read::reason(&error)));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(io)?;
    file.write_all(bytes).map_err(io)
}

/// Writes a file of our own, over what is there.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    std::fs::write(path, bytes)
        .map_err(|error| Problem::of(path, format!("not written: {}", crate::read::reason(&error))))
}

/// Makes a folder, and those above it.
pub fn create_folder(path: &Path) -> Result<(), Problem> {
    std::fs::create_dir_all(path)
        .map_err(|error| Problem::of(path, format!("not made: {}", crate::read::reason(&error))))
}

/// Copies a file to where there is none, with the folders above it.
pub fn copy_file(from: &Path, to: &Path) -> Result<(), Problem> {
    create_folder(to.parent().unwrap_or(to))?;
    let copied = std::fs::copy(from, to);
    copied.map(drop).map_err(|error| Problem::of(from, format!("not copied: {}", crate::read::reason(&error))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_stay_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("run.sh");
        std::fs::write(&path, "old").expect("file");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("mode");
        }
        write_atomic(&path, b"new", b"old", folder.path()).expect("written");
        assert_eq!(std::fs::read(&path).expect("file"), b"new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).expect("data").permissions().mode() & 0o777, 0o755);
        }
        assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 1);
    }

    #[test]
    fn a_file_that_changed_or_is_read_only_is_left_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.py");
        std::fs::write(&path, "theirs").expect("file");
        assert!(write_atomic(&path, b"new", b"old", folder.path()).is_err());
        let mut mode = std::fs::metadata(&path).expect("data").permissions();
        mode.set_readonly(true);
        std::fs::set_permissions(&path, mode).expect("mode");
        let error = write_atomic(&path, b"new", b"theirs", folder.path()).expect_err("read-only");
        assert!(error.message.contains("read-only"), "{error}");
        assert_eq!(std::fs::read(&path).expect("file"), b"theirs");
    }

    #[test]
    #[cfg(unix)]
    fn a_link_out_of_the_project_is_not_followed() {
        let folder = tempfile::tempdir().expect("folder");
        let outside = tempfile::tempdir().expect("folder");
        let target = outside.path().join("b.py");
        std::fs::write(&target, "old").expect("file");
        let link = folder.path().join("b.py");
        std::os::unix::fs::symlink(&target, &link).expect("link");
        assert!(write_atomic(&link, b"new", b"old", folder.path()).is_err());
        assert_eq!(std::fs::read(&target).expect("file"), b"old");
    }
}
