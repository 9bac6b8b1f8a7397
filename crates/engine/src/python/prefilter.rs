//! Which files are worth running as programs of their own, by texts alone.
//!
//! The goal: a file is parsed only if it can have a part in a finding. To have debug mode on, a program must get at a
//! framework, start something, and be told so somewhere: each of the three is a word in the text of the program or of
//! one that it imports. The look errs on the side of running: words of comments count, and an import means every file
//! that it could mean.
//!
//! It runs nothing and keeps no text.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::files::{Files, folder_of, join};
use super::words;
use crate::language::Language;
use crate::suppress;

/// From so many files on only those that are listed are followed, and a file that has no word of a start itself is not
/// run as a program of its own: it would only call something that has.
const MANY_FILES: usize = 300;

/// Where the environment of a program can stand beside it.
const ENV_FILES: [&str; 2] = [".env", ".flaskenv"];

/// What a text has, or what it imports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Traits {
    framework: bool,
    start: bool,
    switch: bool,
}

struct Node {
    path: String,
    own: Traits,
    reached: Traits,
    /// Whether somebody asked for it.
    is_asked: bool,
    imports: Vec<(u32, String)>,
    imported_by: Vec<usize>,
}

/// The files among these that are worth a look, in order.
pub(crate) fn worth_running(files: &Files, asked: BTreeSet<String>) -> Vec<String> {
    let is_many = asked.len() > MANY_FILES;
    let mut chosen = Vec::new();
    let mut graph =
        Graph { files, is_small: !is_many, nodes: Vec::new(), by_path: BTreeMap::new(), by_name: BTreeMap::new() };
    let mut is_switched_outside = false;
    for path in asked {
        if files.is_loaded(&path) {
            chosen.push(path);
            continue;
        }
        let Some(text) = files.text(&path) else { continue };
        if suppress::has_own_words(&text) {
            chosen.push(path.clone());
        }
        if Language::of_path(&path) == Some(Language::Python) {
            graph.add(path, &text, true);
        } else {
            is_switched_outside |= words::has_switch(text.as_bytes());
            if words::concerns_deployment(text.as_bytes()) && chosen.last() != Some(&path) {
                chosen.push(path);
            }
        }
    }
    // Without a framework in any text there is nothing to follow, unless files that were not listed are imported.
    if graph.is_small || graph.nodes.iter().any(|node| node.own.framework) {
        is_switched_outside = is_switched_outside || graph.has_env_files();
        graph.link();
        graph.spread();
        for node in &graph.nodes {
            let Traits { framework, start, switch } = node.reached;
            let own_start = node.own.start || !is_many;
            if node.is_asked && framework && start && own_start && (switch || is_switched_outside) {
                chosen.push(node.path.clone());
            }
        }
    }
    chosen.sort();
    chosen.dedup();
    chosen
}

struct Graph<'a> {
    files: &'a Files,
    /// Whether files that nobody listed are read, too.
    is_small: bool,
    nodes: Vec<Node>,
    by_path: BTreeMap<String, usize>,
    /// By the last part of their module's name.
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Graph<'_> {
    fn add(&mut self, path: String, text: &str, is_asked: bool) -> usize {
        let bytes = text.as_bytes();
        let own = Traits {
            framework: words::imports_framework(bytes),
            start: words::could_launch(bytes) || starts_command(bytes),
            switch: words::has_switch(bytes),
        };
        let at = self.nodes.len();
        self.by_name.entry(last_name(&path).to_owned()).or_default().push(at);
        self.by_path.insert(path.clone(), at);
        let imports = words::imported(text);
        self.nodes.push(Node { path, own, reached: own, is_asked, imports, imported_by: Vec::new() });
        at
    }

    /// Whether a file beside a program, or above it in the project, sets a switch in its environment.
    fn has_env_files(&self) -> bool {
        let mut folders: BTreeSet<&str> = BTreeSet::new();
        for node in &self.nodes {
            let mut folder = folder_of(&node.path);
            while folders.insert(folder) && folder.len() > self.files.root().len() {
                folder = folder_of(folder);
            }
        }
        let switched = |path: String| self.files.text(&path).is_some_and(|text| words::has_switch(text.as_bytes()));
        folders.iter().any(|folder| ENV_FILES.iter().any(|name| switched(join(folder, name))))
    }

    /// Finds out who imports whom. Files that come in on the way are looked at in turn.
    fn link(&mut self) {
        let mut at = 0;
        while at < self.nodes.len() {
            let imports = std::mem::take(&mut self.nodes[at].imports);
            let path = self.nodes[at].path.clone();
            let mut targets: BTreeSet<usize> = BTreeSet::new();
            for (level, module) in &imports {
                targets.extend(self.targets(&path, *level, module));
            }
            for target in targets {
                self.nodes[target].imported_by.push(at);
            }
            at += 1;
        }
    }

    /// Every file that an import can mean.
    fn targets(&mut self, from: &str, level: u32, module: &str) -> Vec<usize> {
        let mut targets = Vec::new();
        // The name of a module can also be that of something in the one above it.
        for module in [Some(module), module.rsplit_once('.').map(|(above, _)| above)].into_iter().flatten() {
            if level == 0 {
                targets.extend(self.named(module));
            }
            if !self.is_small && level == 0 {
                continue;
            }
            self.files.enter(folder_of(from));
            for path in self.files.candidates(from, level, module) {
                if let Some(&known) = self.by_path.get(&path) {
                    targets.push(known);
                } else if self.is_small
                    && let Some(text) = self.files.text(&path)
                {
                    targets.push(self.add(path, &text, false));
                }
            }
        }
        targets
    }

    /// The files whose path ends as an absolute import does: where a program is started decides which one it means.
    fn named(&self, module: &str) -> Vec<usize> {
        let inner = module.replace('.', "/");
        let ends = [format!("/{inner}.py"), format!("/{inner}/__init__.py")];
        let last = module.rsplit('.').next().unwrap_or(module);
        let known = self.by_name.get(last).into_iter().flatten();
        known.copied().filter(|&at| ends.iter().any(|end| self.nodes[at].path.ends_with(end))).collect()
    }

    /// What a file has, all have that import it.
    fn spread(&mut self) {
        let mut work: VecDeque<usize> =
            (0..self.nodes.len()).filter(|&at| self.nodes[at].own != Traits::default()).collect();
        while let Some(at) = work.pop_front() {
            let from = self.nodes[at].reached;
            for by in self.nodes[at].imported_by.clone() {
                let to = &mut self.nodes[by].reached;
                let now = Traits {
                    framework: to.framework || from.framework,
                    start: to.start || from.start,
                    switch: to.switch || from.switch,
                };
                if std::mem::replace(to, now) != now {
                    work.push_back(by);
                }
            }
        }
    }
}

/// Whether a text may start Flask's own command: as a process, or as the group of commands of a program.
fn starts_command(text: &[u8]) -> bool {
    let has = |word: &[u8]| memchr::memmem::find(text, word).is_some();
    has(b"flask") && (has(b"--debug") || has(b"FlaskGroup"))
}

/// The last part of a file's module name: a package's own file has that of its folder.
fn last_name(path: &str) -> &str {
    let stem = path.strip_suffix("/__init__.py").unwrap_or(path);
    let name = stem.rsplit('/').next().unwrap_or(stem);
    name.rsplit_once('.').map_or(name, |(name, _)| name)
}
