//! From the files of a walk to projects: which root each belongs to, and how large roots are shared.
//!
//! It reads no file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use undebug_disk::{Roots, Walked, has_installed_packages, slashed};
use undebug_engine::Look;

/// From so many files on a project is checked in shares.
const MANY: usize = 3_000;

/// Files of one project, or a share of them.
pub(crate) struct Work {
    pub root: PathBuf,
    pub folders: Vec<Folder>,
    /// Whether these are all files of the project, and whether all are looked at in some share.
    pub is_whole: bool,
    pub is_covered: bool,
    /// The one installed package that these files are: the others beside it are read no more than anybody else's.
    pub package: Option<PathBuf>,
}

/// A file, and what a look at its text showed; nothing where it needs a closer one.
pub(crate) type Seen = (PathBuf, Option<Look>);

/// Files of one folder that come one after another.
pub(crate) type Folder = Vec<Seen>;

impl Work {
    /// About how much work it is.
    pub fn size(&self) -> usize {
        Look::effort(self.folders.iter().flatten().map(|(_, look)| look))
    }
}

/// The files by project root; roots with very many of them in shares.
pub(crate) fn split(files: Vec<Seen>, tops: &[PathBuf], walked: &Walked) -> Vec<Work> {
    let current = std::env::current_dir().unwrap_or_default();
    let tops: Vec<PathBuf> = tops.iter().map(|path| PathBuf::from(slashed(path))).collect();
    let mut known = Roots::new(walked);
    let mut roots = Rows::default();
    for files in by_folder(files) {
        let folder = folder_of(&files[0]);
        let top = tops.iter().map(PathBuf::as_path).chain([current.as_path()]).find(|top| is_in(folder, top));
        roots.put(&known.of(folder, top.unwrap_or(folder)), files);
    }
    let mut work = Vec::new();
    for (root, folders) in roots.in_order() {
        let top = tops.iter().find(|top| root.starts_with(top) && top.is_dir());
        let is_installed = top.is_some_and(|top| known.is_installed(&root, top));
        work.extend(shares(top.is_some(), is_installed, root, folders));
    }
    work
}

fn files_of(folders: &[Folder]) -> usize {
    folders.iter().map(Vec::len).sum()
}

/// Folders by a path that they belong to, which is mostly that of the one before.
#[derive(Default)]
struct Rows(Vec<(PathBuf, Vec<Folder>)>);

impl Rows {
    fn last(&self) -> Option<&Path> {
        self.0.last().map(|(path, _)| path.as_path())
    }

    fn put(&mut self, path: &Path, files: Folder) {
        match self.0.last_mut().filter(|(last, _)| last.as_os_str() == path.as_os_str()) {
            Some((_, folders)) => folders.push(files),
            None => self.0.push((path.to_path_buf(), vec![files])),
        }
    }

    fn in_order(self) -> BTreeMap<PathBuf, Vec<Folder>> {
        let mut rows: BTreeMap<PathBuf, Vec<Folder>> = BTreeMap::new();
        self.0.into_iter().for_each(|(path, folders)| rows.entry(path).or_default().extend(folders));
        rows
    }
}

/// Whether a folder is another or below it, both clean and absolute. No path is taken apart where one spelling is all that
/// there is.
fn is_in(folder: &Path, top: &Path) -> bool {
    if cfg!(windows) {
        return folder.starts_with(top);
    }
    let (folder, top) = (folder.as_os_str().as_encoded_bytes(), top.as_os_str().as_encoded_bytes());
    let is_end = |byte: Option<&u8>| byte.is_none_or(|byte| std::path::is_separator((*byte).into()));
    folder.strip_prefix(top).is_some_and(|inner| is_end(inner.first()) || is_end(top.last()))
}

fn folder_of(seen: &Seen) -> &Path {
    seen.0.parent().unwrap_or(Path::new("/"))
}

/// The files, those of a folder that come one after another together.
fn by_folder(mut files: Vec<Seen>) -> Vec<Folder> {
    let is_separator = |byte: &u8| std::path::is_separator((*byte).into());
    let mut lengths: Vec<usize> = Vec::new();
    // What the paths of a folder begin with: no path is taken apart that begins with it and has no separator behind.
    let mut begin: &[u8] = &[];
    for (path, _) in &files {
        let path = path.as_os_str().as_encoded_bytes();
        let is_name = |inner: &&[u8]| !(inner.contains(&b'/') || cfg!(windows) && inner.contains(&b'\\'));
        let inner = path.strip_prefix(begin).filter(is_name);
        match lengths.last_mut().filter(|_| inner.is_some()) {
            Some(length) => *length += 1,
            None => {
                begin = &path[..path.iter().rposition(is_separator).map_or(0, |at| at + 1)];
                lengths.push(1);
            }
        }
    }
    let mut rest = files.drain(..);
    lengths.into_iter().map(|length| rest.by_ref().take(length).collect()).collect()
}

/// A root with very many files is no one program: it is shared by the folders directly below it, which run side by side.
fn shares(is_covered: bool, is_installed: bool, root: PathBuf, folders: Vec<Folder>) -> Vec<Work> {
    if files_of(&folders) < MANY {
        let package = is_installed.then(|| root.clone());
        return vec![Work { root, folders, is_whole: is_covered, is_covered, package }];
    }
    let mut shares = Rows::default();
    for files in folders {
        let folder = folder_of(&files[0]);
        if folder == root {
            // What lies in the root itself is a share of its own.
            files.into_iter().for_each(|seen| shares.put(&seen.0.clone(), vec![seen]));
        } else if let Some(top) = shares.last().filter(|top| is_in(folder, top)).map(Path::to_path_buf) {
            shares.put(&top, files);
        } else {
            let inner = folder.strip_prefix(&root).unwrap_or(folder);
            shares.put(&inner.components().next().map(|part| root.join(part)).unwrap_or_default(), files);
        }
    }
    // In a folder of installed packages each would run all that it depends on, again and again.
    let is_installed = is_installed || has_installed_packages(&root);
    let share = |(top, folders): (PathBuf, Vec<Folder>)| Work {
        root: root.clone(),
        folders,
        is_whole: false,
        is_covered,
        package: is_installed.then_some(top),
    };
    shares.in_order().into_iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_folder_stay_together() {
        let names = ["/a/b/x.py", "/a/b/y.py", "/a/b/c/z.py", "/a/b/w.py", "/a/bc/v.py"];
        let folders = by_folder(names.iter().map(|name| (PathBuf::from(name), None)).collect());
        assert_eq!(folders.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 1, 1]);
        assert_eq!(files_of(&folders), names.len());
    }

    #[test]
    fn a_folder_is_in_another_by_whole_names() {
        for (folder, top, is) in [
            ("/a/b", "/a/b", true),
            ("/a/b/c", "/a/b", true),
            ("/a/bc", "/a/b", false),
            ("/a", "/a/b", false),
            ("/a", "/", true),
            ("/", "/", true),
        ] {
            assert_eq!(is_in(Path::new(folder), Path::new(top)), is, "{folder} {top}");
        }
    }

    #[test]
    fn what_belongs_to_a_path_is_put_together_again() {
        let mut rows = Rows::default();
        for (path, name) in [("/b", "/b/1"), ("/b", "/b/2"), ("/a", "/a/1"), ("/b", "/b/3")] {
            rows.put(Path::new(path), vec![(PathBuf::from(name), None)]);
        }
        let counts: Vec<(PathBuf, usize)> =
            rows.in_order().into_iter().map(|(path, folders)| (path, files_of(&folders))).collect();
        assert_eq!(counts, [("/a".into(), 1), ("/b".into(), 3)]);
    }
}
