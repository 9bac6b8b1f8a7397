//! The files of a project: their texts, their modules, and which file an import means.
//!
//! It reads no disk itself: the project's reader answers for files that are not open.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::ir::Name;
use super::launch::Setting;
use super::lower::Lowered;
use super::module::{Module, Updated};
use super::slice::Slice;
use super::value::*;
use crate::deploy::{self, Format};
use crate::document::{Change, Document};
use crate::language::Language;
use crate::project::Reader;

/// A file that was opened, added or asked for.
pub(crate) struct File {
    pub document: Document,
    module: OnceLock<Module>,
    /// Places in a file that is not Python, by number.
    raw: RefCell<Vec<Range<usize>>>,
}

/// The files of a project.
pub(crate) struct Files {
    root: String,
    read: Reader,
    files: RefCell<Vec<Option<File>>>,
    paths: RefCell<BTreeMap<Arc<str>, FileId>>,
    /// The path of each number; it outlives the text.
    names: RefCell<Vec<Arc<str>>>,
    /// Paths that were asked for in vain, each with the age in which it was.
    absent: RefCell<BTreeMap<String, u32>>,
    /// Counts the times that something changed on disk: what was absent before may be there now.
    age: Cell<u32>,
    /// The files that were asked for since somebody looked.
    asked: RefCell<BTreeSet<FileId>>,
    /// Paths that are known to be there, read or not.
    listed: RefCell<BTreeSet<Arc<str>>>,
    /// The folder of the program that runs: Python's first import path and the working directory.
    folder: RefCell<String>,
    flask: Cell<Option<bool>>,
}

impl Files {
    /// No files yet.
    pub fn new(root: &str, read: Reader) -> Files {
        Files {
            root: root.trim_end_matches('/').to_owned(),
            read,
            files: RefCell::default(),
            paths: RefCell::default(),
            names: RefCell::default(),
            absent: RefCell::default(),
            age: Cell::new(0),
            asked: RefCell::default(),
            listed: RefCell::default(),
            folder: RefCell::default(),
            flask: Cell::new(None),
        }
    }

    /// A path from the project's folder: where the project itself lies says nothing about its files.
    pub fn inner<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(&self.root).map_or(path, |inner| inner.trim_start_matches('/'))
    }

    /// Takes a text for a path, over what the reader says.
    pub fn open(&self, path: &str, language: Language, text: &str) -> FileId {
        self.put(path, Document::new(language, text))
    }

    fn put(&self, path: &str, document: Document) -> FileId {
        self.flask.set(None);
        self.absent.borrow_mut().remove(path);
        let path: Arc<str> = Arc::from(path);
        let mut files = self.files.borrow_mut();
        let mut paths = self.paths.borrow_mut();
        let id = *paths.entry(path.clone()).or_insert(files.len() as FileId);
        if id as usize == files.len() {
            self.names.borrow_mut().push(path);
        }
        let file = File { document, module: OnceLock::new(), raw: RefCell::default() };
        match files.get_mut(id as usize) {
            Some(slot) => *slot = Some(file),
            None => files.push(Some(file)),
        }
        id
    }

    /// The known paths of a folder with one of these endings, read or not, sorted.
    pub fn beside_in(&self, folder: &str, ends: &[&str]) -> Vec<String> {
        self.known(|path| folder_of(path) == folder && ends.iter().any(|end| path.ends_with(end)))
    }

    /// The known paths in a folder or anywhere below it with one of these endings, read or not, sorted.
    pub fn below_in(&self, folder: &str, ends: &[&str]) -> Vec<String> {
        let inner = |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.known(|path| inner(path) && ends.iter().any(|end| path.ends_with(end)))
    }

    /// The known paths of files that are not Python, sorted.
    pub fn deployments(&self) -> Vec<String> {
        self.known(|path| Language::of_path(path).is_some_and(|language| language != Language::Python))
    }

    fn known(&self, is: impl Fn(&str) -> bool) -> Vec<String> {
        let listed = self.listed.borrow();
        let paths = self.paths.borrow();
        let all: BTreeSet<&str> = listed.iter().chain(paths.keys()).map(|path| &**path).collect();
        all.into_iter().filter(|path| is(path)).map(str::to_owned).collect()
    }

    /// Notes that paths are there, without reading them.
    pub fn list_all(&self, paths: impl Iterator<Item = Arc<str>>) {
        let mut listed = self.listed.borrow_mut();
        match listed.is_empty() {
            true => *listed = paths.collect(),
            false => listed.extend(paths),
        }
    }

    /// Forgets what is known of a path; the reader is asked again.
    pub fn forget(&self, path: &str) -> Option<FileId> {
        self.flask.set(None);
        self.age.set(self.age.get().wrapping_add(1));
        let id = self.id(path)?;
        if let Some(slot) = self.files.borrow_mut().get_mut(id as usize) {
            *slot = None;
        }
        Some(id)
    }

    /// The number of a path that was seen before.
    pub fn id(&self, path: &str) -> Option<FileId> {
        self.paths.borrow().get(path).copied()
    }

    /// The file at a path, read if need be.
    pub fn load(&self, path: &str, language: Option<Language>) -> Option<FileId> {
        if let Some(id) = self.id(path)
            && self.files.borrow().get(id as usize).is_some_and(Option::is_some)
        {
            self.asked.borrow_mut().insert(id);
            return Some(id);
        }
        let text = self.read(path)?;
        let language = language.or_else(|| Language::of_path(path))?;
        let id = self.put(path, Document::new(language, &text));
        self.asked.borrow_mut().insert(id);
        Some(id)
    }

    /// What the reader says of a path; it is not asked twice in vain.
    fn read(&self, path: &str) -> Option<String> {
        if self.absent.borrow().get(path) == Some(&self.age.get()) {
            return None;
        }
        let text = (self.read)(path);
        if text.is_none() {
            self.absent.borrow_mut().insert(path.to_owned(), self.age.get());
        }
        text
    }

    /// Whether this path was asked for in vain, and nothing was there since.
    pub fn is_missed(&self, path: &str) -> bool {
        self.absent.borrow().contains_key(path)
    }

    /// The files that were asked for since this was last asked: what an analysis that ran meanwhile depends on.
    pub fn take_asked(&self) -> BTreeSet<FileId> {
        self.asked.take()
    }

    /// The project's folder.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Whether a text of this path is there already.
    pub fn is_loaded(&self, path: &str) -> bool {
        self.id(path).is_some_and(|id| self.files.borrow().get(id as usize).is_some_and(Option::is_some))
    }

    /// The text of a path, open or not, without keeping it.
    pub fn text(&self, path: &str) -> Option<String> {
        if let Some(id) = self.id(path)
            && let Some(text) = self.with(id, |file| file.document.whole())
        {
            return Some(text);
        }
        self.read(path)
    }

    /// Looks at a file.
    pub fn with<T>(&self, id: FileId, look: impl FnOnce(&File) -> T) -> Option<T> {
        self.files.borrow().get(id as usize)?.as_ref().map(look)
    }

    /// Changes a file's text; whether there is such a file. Its statements follow at [`Files::refresh`].
    pub fn edit(&self, id: FileId, changes: &[Change]) -> bool {
        let mut files = self.files.borrow_mut();
        let Some(Some(file)) = files.get_mut(id as usize) else { return false };
        file.document.edit_text(changes);
        true
    }

    /// Follows the edits of a file; whether the program may run differently now.
    pub fn refresh(&self, id: FileId) -> bool {
        let mut files = self.files.borrow_mut();
        let Some(Some(file)) = files.get_mut(id as usize) else { return true };
        file.document.refresh();
        self.flask.set(None);
        let edited = file.document.take_edited();
        if file.document.language() != Language::Python {
            // Findings stay as they are where an edit left the text as it was, and so do their places.
            if edited {
                file.raw.get_mut().clear();
            }
            return edited;
        }
        let splices = file.document.take_splices();
        // A file whose program nobody asked for yet has no conclusions to lose.
        let Some(module) = file.module.get_mut() else { return true };
        module.update(&file.document, splices) == Updated::Changed
    }

    /// Parses statements in full where their trees have errors; whether that changed anything.
    pub fn settle(&self, id: FileId) -> bool {
        let mut files = self.files.borrow_mut();
        let Some(Some(file)) = files.get_mut(id as usize) else { return false };
        let changed = file.document.settle();
        if changed {
            file.module = OnceLock::new();
        }
        changed
    }

    /// The document of a file, for reading.
    pub fn document(&self, id: FileId) -> Option<std::cell::Ref<'_, Document>> {
        std::cell::Ref::filter_map(self.files.borrow(), |files| {
            files.get(id as usize)?.as_ref().map(|file| &file.document)
        })
        .ok()
    }

    /// Looks at the module of a Python file.
    pub fn module<T>(&self, id: FileId, look: impl FnOnce(&Module, &Document) -> T) -> Option<T> {
        let files = self.files.borrow();
        let file = files.get(id as usize)?.as_ref()?;
        let module = file.module.get_or_init(|| Module::new(&file.document));
        Some(look(module, &file.document))
    }

    /// The statements of a file that run when it is started or imported.
    pub fn run_order(&self, id: FileId) -> Vec<(UnitId, Arc<Lowered>)> {
        self.module(id, |module, document| module.run_order(document)).unwrap_or_default()
    }

    /// The statements that have to run for a name to be there (`None`: every name), where they did not run before: `late`
    /// are those that did beyond [`Files::run_order`].
    pub fn run_late(&self, id: FileId, name: Option<&str>, late: &mut Arc<Slice>) -> Vec<(UnitId, Arc<Lowered>)> {
        self.module(id, |module, document| module.run_late(document, name, late)).unwrap_or_default()
    }

    /// The path of a file.
    pub fn path(&self, id: FileId) -> Arc<str> {
        self.names.borrow().get(id as usize).cloned().unwrap_or_else(|| Arc::from(""))
    }

    /// The bytes that a spot stands for.
    pub fn bytes(&self, spot: Spot) -> Option<Range<usize>> {
        if spot.unit >= RAW {
            let files = self.files.borrow();
            return files.get(spot.file as usize)?.as_ref()?.raw.borrow().get((spot.unit - RAW) as usize).cloned();
        }
        self.module(spot.file, |module, document| module.bytes(document, spot.unit, spot.site))?
    }

    /// A spot for bytes of a file that is not Python.
    pub fn raw_spot(&self, id: FileId, range: Range<usize>) -> Spot {
        let at = self.with(id, |file| {
            let mut raw = file.raw.borrow_mut();
            let at = raw.iter().position(|known| *known == range).unwrap_or(raw.len());
            if at == raw.len() {
                raw.push(range);
            }
            at as u32
        });
        let unit = RAW + at.unwrap_or(0);
        Spot { file: id, unit, site: 0 }
    }

    /// Sets the folder of the program that runs now, and gives the one before.
    pub fn enter(&self, folder: &str) -> String {
        self.folder.replace(folder.to_owned())
    }

    /// The `__name__` of a module that is imported.
    pub fn module_name(&self, id: FileId) -> String {
        let path = self.path(id);
        let folder = self.folder.borrow();
        let inner = path.strip_prefix(&format!("{folder}/")).or_else(|| path.strip_prefix(&format!("{}/", self.root)));
        let inner = inner.unwrap_or(&path).trim_end_matches(".py").trim_end_matches("/__init__");
        inner.replace('/', ".")
    }

    /// Which file an import means: `level` leading dots, then a dotted path.
    pub fn resolve(&self, from: FileId, level: u32, module: &str) -> Option<FileId> {
        let own = self.path(from);
        self.candidates(&own, level, module).iter().find_map(|path| self.load(path, Some(Language::Python)))
    }

    /// The paths that an import can mean, in the order in which they are tried.
    pub fn candidates(&self, from: &str, level: u32, module: &str) -> Vec<String> {
        if level == 0 && is_elsewhere(module, from) {
            return Vec::new();
        }
        let inner = module.replace('.', "/");
        let mut bases: Vec<String> = Vec::new();
        let own = folder_of(from).to_owned();
        if level > 0 {
            let mut base = own.as_str();
            for _ in 1..level {
                base = folder_of(base);
            }
            bases.push(base.to_owned());
        } else {
            bases.push(self.folder.borrow().clone());
            // From the file's own folder up to the root: where a program may have been started.
            let mut base = own.as_str();
            while base.len() >= self.root.len() {
                bases.push(base.to_owned());
                if base.is_empty() || base == self.root {
                    break;
                }
                base = folder_of(base);
            }
            bases.push(self.root.clone());
            bases.push(join(&self.root, "src"));
        }
        bases.dedup();
        let mut paths = Vec::with_capacity(bases.len() * 2);
        for base in bases {
            if inner.is_empty() {
                paths.push(join(&base, "__init__.py"));
            } else {
                paths.push(join(&base, &format!("{inner}.py")));
                paths.push(join(&base, &format!("{inner}/__init__.py")));
            }
        }
        paths
    }

    /// The packages that a module is in, so many levels up, nearest first.
    pub fn packages(&self, module: FileId, levels: usize) -> Vec<FileId> {
        let path = self.path(module);
        let own = path.strip_suffix("/__init__.py").unwrap_or(&path);
        let folders = std::iter::successors(Some(folder_of(own)), |folder| Some(folder_of(folder)));
        let inside = folders.take(levels).map(|folder| join(folder, "__init__.py"));
        inside.filter_map(|package| self.load(&package, Some(Language::Python))).collect()
    }

    /// A module below a package.
    pub fn submodule(&self, package: FileId, name: &str) -> Option<FileId> {
        let path = self.path(package);
        let folder = path.strip_suffix("/__init__.py").or_else(|| (&*path == "__init__.py").then_some(""))?;
        [format!("{name}.py"), format!("{name}/__init__.py")]
            .iter()
            .find_map(|candidate| self.load(&join(folder, candidate), Some(Language::Python)))
    }

    /// A Python settings file named in a program: beside it, in its instance folder, or at the root.
    pub fn settings_file(&self, from: FileId, path: &str) -> Option<FileId> {
        self.beside(from, path, Some(Language::Python))
    }

    fn beside(&self, from: FileId, path: &str, language: Option<Language>) -> Option<FileId> {
        self.places(from, path).iter().find_map(|candidate| self.load(candidate, language))
    }

    /// Whether there is a file that a program means by a path, whatever its language is.
    pub fn is_there(&self, from: FileId, path: &str) -> bool {
        self.places(from, path).iter().any(|place| self.is_loaded(place) || self.read(place).is_some())
    }

    /// Where a file can be that a program means by a path.
    fn places(&self, from: FileId, path: &str) -> Vec<String> {
        let own = folder_of(&self.path(from)).to_owned();
        let folder = self.folder.borrow().clone();
        let clean = path.trim_start_matches("./");
        let instance = format!("instance/{clean}");
        let candidates = [
            join(&own, clean),
            join(&folder, clean),
            join(&own, &instance),
            join(&folder, &instance),
            join(folder_of(&own), &instance),
            join(folder_of(&own), clean),
        ];
        let absolute = path.starts_with('/').then(|| path.to_owned());
        absolute.iter().chain(&candidates).map(|candidate| normal(candidate)).collect()
    }

    /// The settings files of the program's folder that are known, by name: what a variable may name.
    pub fn settings_candidates(&self) -> Vec<String> {
        let folder = self.folder.borrow().clone();
        let listed = self.listed.borrow();
        let own = listed.iter().filter(|path| path.ends_with(".cfg") && folder_of(path) == folder);
        own.filter_map(|path| path.rsplit('/').next()).take(4).map(str::to_owned).collect()
    }

    /// A data file that a program reads, with its text. A name that promises no language is read in the format that the
    /// program expects.
    pub fn data(&self, from: FileId, path: &str, format: Option<Format>) -> Option<(FileId, Language, String)> {
        let language = match (Language::of_path(path), format) {
            (Some(_), _) => None,
            (None, Some(Format::Json)) => Some(Language::Json),
            (None, Some(Format::Toml)) => Some(Language::Toml),
            (None, Some(Format::Yaml)) => Some(Language::Yaml),
            (None, Some(Format::Ini)) => Some(Language::Ini),
            (None, None) => return None,
        };
        let id = self.beside(from, path, language)?;
        self.with(id, |file| (id, file.document.language(), file.document.whole()))
    }

    /// Whether a file that a program asks for is there.
    pub fn exists(&self, path: &str) -> bool {
        let folder = self.folder.borrow().clone();
        let path = if path.starts_with('/') { path.to_owned() } else { join(&folder, path.trim_start_matches("./")) };
        self.is_loaded(&path) || self.read(&path).is_some()
    }

    /// Whether files beside this one can be asked for.
    pub fn is_complete(&self, from: FileId) -> bool {
        !self.path(from).starts_with("untitled:")
    }

    /// The variables of an env file, found from the program's folder upwards.
    pub fn dotenv(&self, name: &str) -> Vec<Setting> {
        self.dotenv_file(name).map(|id| self.settings_of(id, &self.path(id))).unwrap_or_default()
    }

    /// The env file of this name, found from the program's folder upwards.
    pub fn dotenv_file(&self, name: &str) -> Option<FileId> {
        if name.starts_with('/') {
            return self.load(&normal(name), Some(Language::Dotenv));
        }
        let mut folder = self.folder.borrow().clone();
        loop {
            let path = normal(&join(&folder, name));
            if let Some(id) = self.load(&path, Some(Language::Dotenv)) {
                return Some(id);
            }
            if folder.is_empty() || folder == self.root || !folder.contains('/') {
                return None;
            }
            folder = folder_of(&folder).to_owned();
        }
    }

    /// The variables that an env file sets.
    pub fn settings_of(&self, id: FileId, path: &str) -> Vec<Setting> {
        let Some(text) = self.with(id, |file| file.document.whole()) else { return Vec::new() };
        let mut settings = Vec::new();
        for service in deploy::services(Language::Dotenv, path, &text) {
            for variable in service.env {
                let spot = self.raw_spot(id, variable.range.clone());
                settings.push(setting(&variable, spot));
            }
        }
        settings
    }

    fn is_python(&self, id: FileId) -> bool {
        self.with(id, |file| file.document.language()) == Some(Language::Python)
    }

    /// Whether the project uses Flask at all, as far as its files that were read say.
    pub fn depends_on_flask(&self) -> bool {
        if let Some(known) = self.flask.get() {
            return known;
        }
        let names = |text: &str| text.to_ascii_lowercase().contains("flask");
        let listed = ["requirements.txt", "pyproject.toml", "setup.py", "Pipfile"];
        let count = self.files.borrow().len() as FileId;
        let known = (0..count)
            .any(|id| self.is_python(id) && self.module(id, |module, _| module.mentions_flask()) == Some(true))
            || listed.iter().any(|name| (self.read)(&join(&self.root, name)).is_some_and(|text| names(&text)));
        self.flask.set(Some(known));
        known
    }
}

/// A variable that a file sets, as a plan has it: its origin is that place.
pub(crate) fn setting(variable: &crate::view::EnvVar, spot: Spot) -> Setting {
    let value = match &variable.value {
        Some(text) => Value::text(text),
        None => Value::UNKNOWN,
    };
    Setting { name: Name::from(variable.name.as_str()), value: value.at(spot).via(Means::Variable, spot) }
}

/// Whether an absolute import means no file of the project, whatever its files are called.
pub(crate) fn is_elsewhere(module: &str, from: &str) -> bool {
    super::machine::is_standard(module) || is_known_library(module, from)
}

/// Whether an import from outside means a library whose behaviour is in the catalogue, also where its source lies in the
/// project (a folder of installed packages): running that source would take long and find less. No program calls a
/// module of its own by one of these names.
fn is_known_library(module: &str, from: &str) -> bool {
    const NAMES: [&str; 7] = ["flask", "werkzeug", "quart", "starlette", "fastapi", "tornado", "sanic"];
    let first = module.split('.').next().unwrap_or(module);
    NAMES.contains(&first) && !from.contains(&format!("/{first}/"))
}

/// The folder of a path, without a slash at the end.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A folder and what is in it.
pub(crate) fn join(folder: &str, inner: &str) -> String {
    if folder.is_empty() { inner.to_owned() } else { format!("{folder}/{inner}") }
}

/// A path without `.` and `..` components.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
