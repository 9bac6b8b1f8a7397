//! Modules that a program names in a text: `import_module`, `import_string`, `runpy`, and loaders of single files.
//!
//! What running a module means is in `machine`; which file a name stands for, `Files` knows.

use super::super::ir::*;
use super::super::machine::{Eval, Machine, is_standard};
use super::super::value::*;

/// Where Python keeps the modules that were imported.
pub(crate) const MODULES: &str = "sys.modules";

/// What is imported by whoever tests, documents or debugs a program, and by no program that serves.
const TOOLS: &[&str] = &[
    "IPython",
    "_pytest",
    "coverage",
    "debugpy",
    "doctest",
    "google.colab",
    "ipykernel",
    "nose",
    "nose2",
    "pdb",
    "pydevd",
    "pytest",
    "sphinx",
    "unittest",
];

/// What is imported by servers that import the program, and not where it is started itself.
const HOSTS: &[&str] = &["gunicorn", "hypercorn", "mod_wsgi", "uvicorn", "uwsgi", "uwsgidecorators"];

/// The classes of what knows where a module is, and of what runs it.
const SPEC: &str = "importlib.machinery.ModuleSpec";
const LOADER: &str = "importlib.machinery.SourceFileLoader";

/// Where these keep the module.
const MODULE: Name = Name::new_static("__module__");

impl Machine<'_> {
    /// A call of a function that gets at a module by its name; `None` for any other path.
    pub(super) fn call_module(&mut self, path: &str, args: &Args, _spot: Spot) -> Option<Eval<Value>> {
        let text = |position: usize, name: &str| args.find(Some(position), name).map(|(value, _)| value.clone());
        let named = |position: usize, name: &str| text(position, name)?.as_str().map(str::to_owned);
        Some(match path {
            "importlib.import_module" => {
                let package = named(1, "package").unwrap_or_default();
                self.named_module(&named(0, "name")?, &package)
            }
            "werkzeug.utils.import_string" | "pkgutil.resolve_name" | "pydoc.locate" => {
                self.import_string(args.positional.first()?.0.as_str()?.to_owned().as_str())
            }
            "importlib.reload" => match args.positional.first()?.0 {
                Value { data: Data::Module(file), .. } => self.rerun(file).map(|()| Value::of(Data::Module(file))),
                _ => return None,
            },
            "runpy.run_path" => {
                let path = text(0, "path_name").and_then(|path| self.path_of(&path))?;
                let file = self.settings_module(&path)?;
                self.run_as(file, named(2, "run_name").as_deref())
            }
            "runpy.run_module" => {
                let file = self.program_module(&named(0, "mod_name")?)?;
                self.run_as(file, named(2, "run_name").as_deref())
            }
            "importlib.util.find_spec" => {
                let from = self.frames.last().map_or(0, |frame| frame.file);
                let file = self.files.resolve(from, 0, &named(0, "name")?)?;
                Ok(self.loader(SPEC, file))
            }
            "importlib.util.spec_from_file_location" | LOADER | "imp.load_source" => {
                let location = text(1, "location").or_else(|| text(1, "path")).and_then(|path| self.path_of(&path))?;
                let file = self.settings_module(&location)?;
                match path {
                    "imp.load_source" => self.run_module(file, false).map(|_| Value::of(Data::Module(file))),
                    LOADER => Ok(self.loader(LOADER, file)),
                    _ => Ok(self.loader(SPEC, file)),
                }
            }
            "importlib.util.module_from_spec" => match args.positional.first()?.0.data {
                Data::Instance(spec) => Ok(self.instance(spec)?.attrs.get(&MODULE)?.clone()),
                _ => return None,
            },
            "sys.modules.keys" => Ok(Value::library(MODULES)),
            "sys.modules.get" => {
                let name = named(0, "key")?;
                match self.is_imported(&name)? {
                    true => self.item(&Value::library(MODULES), &Value::text(&name)),
                    false => Ok(text(1, "default").unwrap_or(Value::of(Data::None))),
                }
            }
            _ => return None,
        })
    }

    /// Whether a module is among those that were imported, where that is known: by the program, which says so, or by
    /// what tests or serves it, which does not run here.
    pub fn is_imported(&mut self, name: &str) -> Option<bool> {
        if self.running_module(name).is_some() {
            return Some(true);
        }
        let top = name.split('.').next().unwrap_or(name);
        let files: Vec<FileId> = self.loaded.iter().copied().collect();
        // A number that no statement has: whichever one names it counts.
        let names = |file: &FileId| self.files.module(*file, |module, _| module.mentions(top, RAW)) != Some(false);
        let naming: Vec<FileId> = files.into_iter().filter(names).collect();
        if naming.is_empty() {
            let is_one = |known: &&str| top == *known || name == *known;
            let is_absent = TOOLS.iter().any(is_one) || HOSTS.contains(&top) && self.is_started();
            return is_absent.then_some(false);
        }
        let is_there = |module: Eval<Value>| module.is_ok_and(|module| module.as_library() == Some(name));
        let is_sure = is_standard(name) && naming.into_iter().any(|file| is_there(self.module_attribute(file, name)));
        is_sure.then_some(true)
    }

    /// Whether the program is started itself, and not imported by what serves it.
    fn is_started(&self) -> bool {
        let outermost = self.frames.first().and_then(|frame| self.scope(frame.scope));
        outermost.and_then(|scope| scope.vars.get("__name__")).and_then(Value::as_str) == Some("__main__")
    }

    /// A method of what runs a module; `None` for any other class.
    pub(super) fn call_loader(&mut self, class: &str, id: Id, name: &str) -> Option<Eval<Value>> {
        let module = self.instance(id).filter(|_| class == LOADER)?.attrs.get(&MODULE)?.clone();
        let Data::Module(file) = module.data else { return None };
        Some(match name {
            "exec_module" | "load_module" => self.run_module(file, false).map(|_| module),
            _ => Ok(module),
        })
    }

    /// A module by its name, which begins with dots where it is relative to a package.
    fn named_module(&mut self, name: &str, package: &str) -> Eval<Value> {
        let inner = name.trim_start_matches('.');
        let level = name.len() - inner.len();
        let mut base: Vec<&str> = package.split('.').filter(|part| level > 0 && !part.is_empty()).collect();
        base.truncate((base.len() + 1).saturating_sub(level));
        base.push(inner);
        let from = self.frames.last().map_or(0, |frame| frame.file);
        self.module_value(from, &base.join("."))
    }

    /// The file that `python -m name` runs.
    pub(super) fn program_module(&self, name: &str) -> Option<FileId> {
        let from = self.frames.last().map_or(0, |frame| frame.file);
        let inner = format!("{name}.__main__");
        self.files.resolve(from, 0, &inner).or_else(|| self.files.resolve(from, 0, name))
    }

    /// The file of a path that a program runs as Python.
    pub(super) fn settings_module(&self, path: &str) -> Option<FileId> {
        let from = self.frames.last().map_or(0, |frame| frame.file);
        self.files.settings_file(from, path)
    }

    /// Runs a file under a name and gives its variables.
    fn run_as(&mut self, file: FileId, name: Option<&str>) -> Eval<Value> {
        self.run_module(file, name == Some("__main__"))?;
        let module = Value::of(Data::Module(file));
        self.complete(&module)?;
        Ok(self.variables(&module))
    }

    fn loader(&mut self, class: &str, file: FileId) -> Value {
        let loader = (class == SPEC).then(|| self.loader(LOADER, file));
        let id = self.new_instance(Value::library(class));
        if let Some(Object::Instance(instance)) = self.object_mut(id) {
            instance.attrs.insert(MODULE, Value::of(Data::Module(file)));
            instance.attrs.extend(loader.map(|loader| (Name::new_static("loader"), loader)));
        }
        Value::of(Data::Instance(id))
    }
}
