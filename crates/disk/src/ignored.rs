//! What ignore files leave out: `.ignore`, `.gitignore`, git's own lists in `.git/info/exclude` and of the user.
//!
//! The library reads and matches their patterns; here is which of them count for a path.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::landmarks::Landmarks;

/// What all folders of a walk have in common.
pub(crate) struct Ignored {
    top: PathBuf,
    /// The top without links, where that is another path: folders above it are reached this way.
    real: Option<PathBuf>,
    /// What the files above the top say.
    above: Patterns,
    /// The file that git's `core.excludesFile` names.
    global: Gitignore,
}

/// What the ignore files of a folder and of those above it say. A folder without such files shares what its parent has.
pub(crate) type Patterns = Option<Arc<Node>>;

/// The ignore files of one folder.
pub(crate) struct Node {
    /// The first kind that says something of a path counts, before the nearest folder does.
    kinds: [Gitignore; 3],
    /// Whether the folder is above the top.
    is_above: bool,
    outer: Patterns,
}

impl Ignored {
    /// What counts below a folder, and a line for each pattern above it that is none.
    pub fn new(top: &Path) -> (Ignored, Vec<String>) {
        let (global, _) = Gitignore::global();
        let mut ignored = Ignored { top: top.to_path_buf(), real: None, above: None, global };
        let mut wrong = Vec::new();
        let Ok(real) = top.canonicalize() else { return (ignored, wrong) };
        let above: Vec<&Path> = real.ancestors().skip(1).collect();
        for folder in above.into_iter().rev() {
            let [ignore, git] = [".ignore", ".gitignore"].map(|name| patterns(folder, &folder.join(name)));
            let exclude = exclude_file(folder).map(|file| patterns(folder, &file)).unwrap_or_default();
            wrong.extend([&ignore, &git, &exclude].into_iter().flat_map(|read| read.wrong.clone()));
            ignored.above = node([ignore, git, exclude], true, &ignored.above);
        }
        ignored.real = Some(real).filter(|real| real.as_os_str() != top.as_os_str() && ignored.above.is_some());
        (ignored, wrong)
    }

    /// What counts in the top, without its own files.
    pub fn above(&self) -> Patterns {
        self.above.clone()
    }

    /// Whether a path is left out by the patterns of its folder.
    pub fn leaves_out(&self, path: &Path, is_folder: bool, patterns: &Patterns) -> bool {
        if patterns.is_none() && self.global.is_empty() {
            return false;
        }
        let real = match &self.real {
            Some(real) => Cow::Owned(real.join(path.strip_prefix(&self.top).unwrap_or(path))),
            None => Cow::Borrowed(path),
        };
        let nodes = || std::iter::successors(patterns.as_deref(), |node| node.outer.as_deref());
        let said = (0..3).flat_map(|kind| nodes().map(move |node| (node.is_above, &node.kinds[kind])));
        let mut said = said.map(|(is_above, kind)| kind.matched(if is_above { &real } else { path }, is_folder));
        let said = said.find(|said| !said.is_none()).unwrap_or_else(|| self.global.matched(path, is_folder));
        said.is_ignore()
    }
}

/// What counts in a folder that was listed.
pub(crate) fn patterns_of(folder: &Path, landmarks: Landmarks, outer: &Patterns) -> Patterns {
    if !landmarks.has_ignore_files() {
        return outer.clone();
    }
    let read = |has: bool, name: &str| if has { patterns(folder, &folder.join(name)) } else { Read::default() };
    let ignore = read(landmarks.has_ignore(), ".ignore");
    let git = read(landmarks.has_gitignore(), ".gitignore");
    let exclude = Some(folder).filter(|_| landmarks.has_git()).and_then(exclude_file);
    let exclude = exclude.map(|file| patterns(folder, &file)).unwrap_or_default();
    node([ignore, git, exclude], false, outer)
}

fn node(kinds: [Read; 3], is_above: bool, outer: &Patterns) -> Patterns {
    if kinds.iter().all(|kind| kind.patterns.is_empty()) {
        return outer.clone();
    }
    let kinds = kinds.map(|kind| kind.patterns);
    Some(Arc::new(Node { kinds, is_above, outer: outer.clone() }))
}

/// One ignore file.
struct Read {
    patterns: Gitignore,
    /// The lines that are no patterns.
    wrong: Vec<String>,
}

impl Default for Read {
    fn default() -> Read {
        Read { patterns: Gitignore::empty(), wrong: Vec::new() }
    }
}

/// The patterns of a file for the paths below a folder. A file that cannot be read says nothing.
fn patterns(folder: &Path, file: &Path) -> Read {
    let mut builder = GitignoreBuilder::new(folder);
    let read = builder.add(file).filter(|error| !error.is_io());
    let (patterns, built) = match builder.build() {
        Ok(patterns) => (patterns, None),
        Err(error) => (Gitignore::empty(), Some(error)),
    };
    let wrong = [read, built].into_iter().flatten().map(|error| error.to_string());
    Read { patterns, wrong: wrong.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect() }
}

/// Where git's list of a repository is. In a worktree `.git` is a file that names the folder which knows it.
fn exclude_file(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if !git.is_file() {
        return Some(git.join("info/exclude"));
    }
    let own = PathBuf::from(first_line(&git)?.strip_prefix("gitdir: ")?);
    let common = first_line(&own.join("commondir"))?;
    let common = if common.starts_with('.') { own.join(common) } else { PathBuf::from(common) };
    Some(common.join("info/exclude"))
}

fn first_line(file: &Path) -> Option<String> {
    BufReader::new(File::open(file).ok()?).lines().next()?.ok()
}
