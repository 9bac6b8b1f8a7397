//! Writing: whole files, at once, or not at all.
//!
//! It does not decide what is written.

use std::io::Write;
use std::path::Path;

use crate::Problem;

/// How the names of temporary files begin.
const OURS: &str = ".undebug-";

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
    let mut file = tempfile::Builder::new().prefix(OURS).tempfile_in(folder).map_err(io)?;
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

/// Writes a file of our own, over what is there: whole, so that who reads it meanwhile sees the old one or the new one.
/// What is no regular file (`/dev/stdout`), and a file in a folder where there can be no other, is written in place.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    // A link stays one: what it leads to is written.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let is_ours = std::fs::metadata(&target).map_or(true, |data| data.is_file() && !data.permissions().readonly());
    if is_ours && replace(&target, bytes).is_ok() {
        return Ok(());
    }
    std::fs::write(&target, bytes)
        .map_err(|error| Problem::of(path, format!("not written: {}", crate::read::reason(&error))))
}

/// Puts a new file in a file's place, with its permissions, or those that a new file gets.
fn replace(target: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(OURS);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What is denied by default is taken off by the system.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Ok(data) = std::fs::metadata(target) {
        file.as_file().set_permissions(data.permissions())?;
    }
    file.persist(target)?;
    Ok(())
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
    fn a_file_of_our_own_is_replaced_whole() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("known.json");
        write_file(&path, b"old").expect("written");
        let reader = std::fs::File::open(&path).expect("file");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("mode");
            let link = folder.path().join("link.json");
            std::os::unix::fs::symlink("known.json", &link).expect("link");
            write_file(&link, b"new").expect("written");
            assert!(std::fs::symlink_metadata(&link).expect("data").is_symlink());
            assert_eq!(std::fs::metadata(&path).expect("data").permissions().mode() & 0o777, 0o640);
            std::fs::remove_file(link).expect("removed");
        }
        write_file(&path, b"new").expect("written");
        // Who had it open still reads all of the old one.
        assert_eq!(std::io::read_to_string(reader).expect("text"), "old");
        assert_eq!(std::fs::read(&path).expect("file"), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 1);
        assert!(write_file(folder.path(), b"x").is_err());
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
