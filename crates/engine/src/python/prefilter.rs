//! Which files are worth running as programs of their own, by their texts.
//!
//! The goal: a file is parsed only if it can have a part in a finding. What the texts have, [`Look`] says; here it is
//! followed through imports: a program has what the files have that it imports. The look errs on the side of running:
//! words of comments count, and an import means every file that it could mean. Of many files those that are left are
//! asked, too, where the things come from that they run ([`Origins`]).
//!
//! It runs nothing and keeps no text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::files::{Files, folder_of, is_elsewhere, join};
use super::imports::{imported, named};
use super::look::Look;
use super::origins::Origins;
use super::words::hash;
use crate::language::Language;

/// From so many files on only those that are listed are followed, and a file that has no word of a start itself is not
/// run as a program of its own: it would only call something that has. Nor is one that runs no application.
const MANY_FILES: usize = 300;

/// In a large project so many more files are followed, at first, to see whether a program has all that it takes.
const FEW_FILES: usize = 20;

/// Where the environment of a program can stand beside it.
const ENV_FILES: [&str; 2] = [".env", ".flaskenv"];

/// What a program has by itself or by what it imports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Traits {
    framework: bool,
    maker: bool,
    setter: bool,
    told: bool,
    start: bool,
    sure: bool,
    switch: bool,
}

impl Traits {
    fn and(self, other: Traits) -> Traits {
        Traits {
            framework: self.framework || other.framework,
            maker: self.maker || other.maker,
            setter: self.setter || other.setter,
            told: self.told || other.told,
            start: self.start || other.start,
            sure: self.sure || other.sure,
            switch: self.switch || other.switch,
        }
    }

    fn is_full(self) -> bool {
        (self.framework || self.maker && (self.setter || self.told)) && self.start && self.switch
    }
}

struct Node {
    path: Arc<str>,
    own: Traits,
    /// Whether somebody asked for it.
    is_asked: bool,
    /// The files that its imports can mean, once somebody wanted to know.
    imports: Option<Vec<Import>>,
    /// Another file whose module's name ends alike.
    twin: Option<usize>,
    /// What all that it imports has, once that was followed to the end, for the programs of a folder.
    reached: Option<(String, Traits)>,
}

impl Node {
    /// In a small project every application counts that may be told, whatever starts it.
    fn new(path: Arc<str>, look: Look, is_asked: bool, is_small: bool) -> Node {
        let own = Traits {
            framework: look.framework,
            maker: look.maker,
            setter: look.setter,
            told: look.told,
            start: look.start || look.told || is_small && look.maker && look.framework,
            sure: look.sure,
            switch: look.switch,
        };
        Node { path, own, is_asked, imports: None, twin: None, reached: None }
    }
}

/// A file that an import can mean.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Import {
    file: usize,
    /// The folder whose programs alone can mean it.
    only_from: Option<String>,
}

/// The files among these that are worth a look, in order. What is known of their texts comes along; `is_package` says
/// that they are an installed package, which counts as many files. For the picture of all applications, `is_picture`, a
/// file that gets at a framework is worth it, also one that nothing starts.
pub(crate) fn worth_running(
    files: &Files,
    asked: BTreeMap<Arc<str>, Option<Look>>,
    is_package: bool,
    is_picture: bool,
) -> Vec<Arc<str>> {
    let is_many = is_package || asked.len() > MANY_FILES;
    let mut chosen = Vec::new();
    let (by_path, by_name) = (FxHashMap::default(), FxHashMap::default());
    let mut graph = Graph { files, is_small: !is_many, nodes: Vec::new(), by_path, by_name };
    let mut outside = Outside::default();
    for (path, look) in asked {
        if files.is_loaded(&path) {
            chosen.push(path);
            continue;
        }
        if look.is_none() && Look::can_wait(&path) {
            outside.data.push(path);
            continue;
        }
        let Some(look) = look.or_else(|| Some(Look::at(&path, files.text(&path)?.as_bytes()))) else { continue };
        if look.comment {
            chosen.push(path.clone());
        }
        if Language::of_path(&path) == Some(Language::Python) {
            if is_picture && (look.framework || look.maker) {
                chosen.push(path.clone());
            }
            graph.nodes.push(Node::new(path, look, true, graph.is_small));
        } else {
            outside.is_switched = outside.is_switched.or(look.switch.then_some(true));
            if look.deployment && chosen.last() != Some(&path) {
                chosen.push(path);
            }
        }
    }
    // Without a framework in any text there is nothing to follow, unless files that were not listed are imported.
    if graph.is_small || graph.nodes.iter().any(|node| node.own.framework || node.own.maker) {
        (0..graph.nodes.len()).for_each(|at| graph.index(at));
        let mut origins = Origins::new(files);
        for at in 0..graph.nodes.len() {
            let own = graph.nodes[at].own;
            if graph.nodes[at].is_asked
                && (graph.is_small || own.sure || own.start && graph.may_start(at, &mut origins))
                && graph.is_worth(at, &mut outside)
            {
                chosen.push(graph.nodes[at].path.clone());
            }
        }
    }
    chosen.sort();
    chosen.dedup();
    chosen
}

/// What may tell programs from outside to be in debug mode. Most projects never need to know.
#[derive(Default)]
struct Outside {
    /// Whether something does, as far as that was asked.
    is_switched: Option<bool>,
    /// The files whose text has not been looked at.
    data: Vec<Arc<str>>,
}

impl Outside {
    fn is_switched(&mut self, graph: &Graph<'_>) -> bool {
        let has_switch = |path: &str| graph.files.text(path).is_some_and(|text| Look::at(path, text.as_bytes()).switch);
        *self.is_switched.get_or_insert_with(|| {
            graph.env_files().any(|path| has_switch(&path)) || self.data.drain(..).any(|path| has_switch(&path))
        })
    }
}

struct Graph<'a> {
    files: &'a Files,
    /// Whether files that nobody listed are read, too.
    is_small: bool,
    nodes: Vec<Node>,
    by_path: FxHashMap<Arc<str>, usize>,
    /// The last file of those whose module's name ends so, by a hash of that; each has the one before.
    by_name: FxHashMap<u32, usize>,
}

impl Graph<'_> {
    /// Makes a file known by its names.
    fn index(&mut self, at: usize) {
        let path = self.nodes[at].path.clone();
        self.nodes[at].twin = self.by_name.insert(hash(last_name(&path).as_bytes()), at);
        self.by_path.insert(path, at);
    }

    /// The files beside programs, or above them in the project, that may set their environment.
    fn env_files(&self) -> impl Iterator<Item = String> {
        let mut folders: BTreeSet<&str> = BTreeSet::new();
        for node in &self.nodes {
            let mut folder = folder_of(&node.path);
            while folders.insert(folder) && folder.len() > self.files.root().len() {
                folder = folder_of(folder);
            }
        }
        folders.into_iter().flat_map(|folder| ENV_FILES.iter().map(move |name| join(folder, name)))
    }

    /// Whether what a program starts may be an application. Where few files show that it has none, nothing is parsed.
    fn may_start(&mut self, program: usize, origins: &mut Origins<'_>) -> bool {
        if !origins.has_start(&self.nodes[program].path) {
            return false;
        }
        let given = Traits { switch: true, ..Traits::default() };
        self.reaches_within(FEW_FILES, program, given) != Some(false) && origins.may_start(&self.nodes[program].path)
    }

    /// Whether a program, what it imports and what is outside have all that it takes.
    fn is_worth(&mut self, program: usize, outside: &mut Outside) -> bool {
        let is_alone = outside.is_switched == Some(false);
        let may = is_alone || self.reaches_all(program, Traits { switch: true, ..Traits::default() });
        may && (!is_alone && outside.is_switched(self) || self.reaches_all(program, Traits::default()))
    }

    /// Whether a program and what it imports have all that it takes beside what is given.
    fn reaches_all(&mut self, program: usize, given: Traits) -> bool {
        self.reaches_within(usize::MAX, program, given) == Some(true)
    }

    /// The same, as far as so many files tell that nobody has followed yet; `None` where they do not.
    fn reaches_within(&mut self, mut limit: usize, program: usize, given: Traits) -> Option<bool> {
        let folder = folder_of(&self.nodes[program].path).to_owned();
        let mut seen: BTreeSet<usize> = BTreeSet::from([program]);
        let mut work = vec![program];
        let mut has = Traits::default();
        while let Some(at) = work.pop() {
            if let Some((_, reached)) = self.nodes[at].reached.as_ref().filter(|(from, _)| *from == folder) {
                has = has.and(*reached);
            } else {
                has = has.and(self.nodes[at].own);
                if has.and(given).is_full() {
                    return Some(true);
                }
                if self.nodes[at].imports.is_none() {
                    limit = limit.checked_sub(1)?;
                }
                self.follow(at);
                let imports = self.nodes[at].imports.iter().flatten();
                let meant = imports.filter(|import| import.only_from.as_ref().is_none_or(|only| *only == folder));
                work.extend(meant.map(|import| import.file).filter(|next| seen.insert(*next)));
            }
            if has.and(given).is_full() {
                return Some(true);
            }
        }
        self.nodes[program].reached = Some((folder, has));
        Some(false)
    }

    /// Looks up what a file imports, once. Files that come in on the way are looked at in turn.
    fn follow(&mut self, at: usize) {
        if self.nodes[at].imports.is_some() {
            return;
        }
        let path = self.nodes[at].path.clone();
        let text = self.files.text(&path).unwrap_or_default();
        let mut imports = imported(&text);
        if path.ends_with("/__main__.py") {
            imports.push((1, String::new()));
        }
        let mut targets = Vec::new();
        // A module that is loaded by its name may be any of those that are listed, or be named in full.
        for (module, is_given) in named(&text) {
            targets.extend(self.ending(&module).map(|(file, _)| Import { file, only_from: None }));
            if is_given {
                // It can also be the name of something in a module.
                imports.extend(module.rsplit_once('.').map(|(above, _)| (0, above.to_owned())));
                imports.push((0, module));
            }
        }
        imports.sort_unstable();
        imports.dedup();
        for (level, module) in &imports {
            match self.is_small {
                true => self.look_up(&path, *level, module, &mut targets),
                false => self.named(&path, *level, module, &mut targets),
            }
        }
        targets.sort_unstable();
        targets.dedup();
        self.nodes[at].imports = Some(targets);
    }

    /// Every file that an import can mean, listed or not.
    fn look_up(&mut self, from: &str, level: u32, module: &str, targets: &mut Vec<Import>) {
        self.named(from, level, module, targets);
        self.files.enter(folder_of(from));
        for path in self.files.candidates(from, level, module) {
            if let Some(&known) = self.by_path.get(&*path) {
                targets.push(Import { file: known, only_from: None });
            } else if let Some(text) = self.files.text(&path) {
                let look = Look::at(&path, text.as_bytes());
                let file = self.nodes.len();
                self.nodes.push(Node::new(path.into(), look, false, self.is_small));
                self.index(file);
                targets.push(Import { file, only_from: None });
            }
        }
    }

    /// The listed files that an import can mean: those that [`Files::resolve`] would find, for any program.
    fn named(&self, from: &str, level: u32, module: &str, targets: &mut Vec<Import>) {
        if level > 0 {
            self.files.enter(folder_of(from));
            let paths = self.files.candidates(from, level, module);
            targets.extend(
                paths.iter().filter_map(|path| self.by_path.get(&**path)).map(|&file| Import { file, only_from: None }),
            );
            return;
        }
        if is_elsewhere(module, from) {
            return;
        }
        for (file, base) in self.ending(module) {
            // From where the file stands upwards it is found whatever is started; elsewhere only by a program beside it.
            let is_above = base.is_empty() || from.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
            let always = is_above || base == join(self.files.root(), "src");
            targets.push(Import { file, only_from: (!always).then(|| base.to_owned()) });
        }
    }

    /// The listed files whose path ends as an absolute import does, each with what stands before that.
    fn ending(&self, module: &str) -> impl Iterator<Item = (usize, &str)> {
        let last = module.rsplit('.').next().unwrap_or(module);
        let first = self.by_name.get(&hash(last.as_bytes())).copied();
        std::iter::successors(first, |file| self.nodes[*file].twin)
            .filter_map(move |file| Some((file, base_of(&self.nodes[file].path, module)?)))
    }
}

/// What stands before the name of a module in a path that ends with it.
fn base_of<'p>(path: &'p str, module: &str) -> Option<&'p str> {
    let named = |stem: &'p str| {
        let mut parts = module.rsplit('.');
        let first = stem.strip_suffix(parts.next()?)?;
        let base = parts.try_fold(first, |rest, part| rest.strip_suffix('/')?.strip_suffix(part))?;
        base.strip_suffix('/').or_else(|| base.is_empty().then_some(""))
    };
    path.strip_suffix(".py").and_then(named).or_else(|| path.strip_suffix("/__init__.py").and_then(named))
}

/// The last part of a file's module name: a package's own file has that of its folder.
fn last_name(path: &str) -> &str {
    let stem = path.strip_suffix("/__init__.py").unwrap_or(path);
    let name = stem.rsplit('/').next().unwrap_or(stem);
    name.rsplit_once('.').map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{base_of, worth_running};
    use crate::python::files::Files;

    /// Whether the first of these files, each a path and a text, is worth running.
    fn is_worth(files: &[(&str, &str)]) -> bool {
        let texts: BTreeMap<String, String> =
            files.iter().map(|(path, text)| (format!("/p/{path}"), (*text).to_owned())).collect();
        let asked = texts.keys().map(|path| (path.as_str().into(), None)).collect();
        let files_of = Files::new("/p", Box::new(move |path: &str| texts.get(path).cloned()));
        let first = format!("/p/{}", files[0].0);
        worth_running(&files_of, asked, false, false).iter().any(|path| **path == *first)
    }

    #[test]
    fn an_application_is_told_in_many_ways() {
        let tornado = "import tornado.web\nsettings = {'debug': True}\napp = tornado.web.Application([], **settings)\n";
        assert!(is_worth(&[("main.py", &format!("{tornado}app.listen(80)\n"))]));
        let starlette = "from starlette.applications import Starlette\napp = Starlette";
        assert!(is_worth(&[("main.py", &format!("{starlette}(True)"))]));
        assert!(!is_worth(&[("main.py", &format!("{starlette}()"))]));
        let main = ("main.py", "from compat import FastAPI\napp = FastAPI(debug=True)\n");
        assert!(is_worth(&[main, ("compat.py", "from fastapi import FastAPI\n")]));
        assert!(!is_worth(&[main, ("compat.py", "from slowapi import FastAPI\n")]));
    }

    #[test]
    fn a_module_stands_at_the_end_of_its_path() {
        for (path, module, base) in [
            ("/p/a/b.py", "b", Some("/p/a")),
            ("/p/a/b.py", "a.b", Some("/p")),
            ("/p/a/b/__init__.py", "a.b", Some("/p")),
            ("/p/a/__init__.py", "a.__init__", Some("/p")),
            ("a/b.py", "a.b", Some("")),
            ("/p/ba/b.py", "a.b", None),
            ("/p/a/cb.py", "b", None),
            ("/p/a/b.pyi", "b", None),
            ("/p/b/a.py", "b", None),
        ] {
            assert_eq!(base_of(path, module), base, "{path} {module}");
        }
    }
}
