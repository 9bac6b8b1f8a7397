//! An application's configuration and its writers, as `flask.config.Config` has them.

use std::sync::Arc;

use super::catalogue::{Kind, kind_of_path};
use super::data::format_of_reader;
use super::environ::parse_literal;
use super::ir::*;
use super::machine::{Eval, Machine};
use super::value::*;
use crate::deploy::Format;

impl Machine<'_> {
    /// The configuration of a class of the project that makes its own (`make_config`).
    pub fn own_config(&mut self, class: &Value, app: Id, spot: Spot) -> Eval<()> {
        if self.kind_of_class(class) != Some(Kind::Flask) {
            return Ok(());
        }
        let this = Value::of(Data::Instance(app));
        if let Some(own) = self.class_attribute(class, "config_class", None) {
            self.config_of_class(&own, app, spot)?;
        }
        if let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(class, "make_config", None) {
            self.call_function(&closure, Some(this), Args::default(), spot)?;
        }
        Ok(())
    }

    /// The configuration of an application is of a class of the project.
    fn config_of_class(&mut self, own: &Value, app: Id, spot: Spot) -> Eval<()> {
        let writers = ["__setitem__", "update", "setdefault"];
        let is_own = writers.iter().any(|name| self.class_attribute(own, name, None).is_some());
        let Some(Object::Instance(instance)) = self.object_mut(app) else { return Ok(()) };
        if is_own {
            // What such a configuration keeps is its own affair.
            instance.attrs.insert(Name::new_static("config"), Value::UNKNOWN);
            return Ok(());
        }
        let entries = instance.attrs.get("config").cloned().unwrap_or(Value::UNKNOWN);
        if let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(own, "__init__", None) {
            let config = self.new_instance(own.clone());
            self.init_entries(config, entries.clone());
            let positional = vec![(Value::UNKNOWN, spot), (entries, spot)];
            let this = Value::of(Data::Instance(config));
            self.call_function(&closure, Some(this), Args { positional, ..Args::default() }, spot)?;
        }
        Ok(())
    }

    /// A method of a configuration; `None` when it is one that any dict has.
    pub fn call_config(&mut self, id: Id, name: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        let first = args.positional.first().map(|(value, _)| value.clone());
        let yes = Value::of(Data::Bool(true));
        Some(match name {
            "from_object" => {
                let object = first.or_else(|| args.keyword("obj").map(|(value, _)| value.clone()));
                self.load_object(id, &object.unwrap_or(Value::UNKNOWN), spot).map(|()| Value::of(Data::None))
            }
            "from_mapping" => {
                if let Some(mapping) = first {
                    self.load_mapping(id, &mapping, spot);
                }
                for (name, value, at) in &args.keywords {
                    self.put_upper(id, name, value.clone(), *at);
                }
                Ok(yes)
            }
            "from_pyfile" => {
                let path = first.as_ref().and_then(|path| self.path_of(path));
                let path = path.map(|path| self.placed(id, first.as_ref(), path));
                let silent = self.is_silent(args);
                self.load_pyfile(id, path.as_deref(), silent, spot)
            }
            "from_envvar" => {
                let name = first.as_ref().and_then(Value::as_str).map(str::to_owned);
                let Some(name) = name else { return Some(Ok(Value::UNKNOWN)) };
                let path = self.environ(&name, spot);
                let silent = self.is_silent(args);
                if path.data == Data::None {
                    if !silent && let Err(stop) = self.raise_awaited("RuntimeError") {
                        return Some(Err(stop));
                    }
                    // A program that can do without the file is not one that only starts with it.
                    if !silent {
                        self.selectors.insert(Name::from(name));
                    }
                    return Some(Ok(Value::derived(Data::Bool(false), &[&path])));
                }
                let path = path.as_str().map(str::to_owned);
                self.load_pyfile(id, path.as_deref(), silent, spot)
            }
            "from_file" | "from_json" => {
                let Some(path) = first.as_ref().and_then(|path| self.path_of(path)) else {
                    return Some(Ok(Value::UNKNOWN));
                };
                let path = self.placed(id, first.as_ref(), path);
                let load = args.find(Some(1), "load").map(|(load, _)| load.clone());
                let data = match load {
                    Some(load) if matches!(load.data, Data::Function(_) | Data::Method(_) | Data::Partial(_)) => {
                        let file = self.opened(Value::text(&path));
                        let args = Args { positional: vec![(file, spot)], ..Args::default() };
                        match self.call(&load, args, spot) {
                            Ok(data) => data,
                            Err(stop) => return Some(Err(stop)),
                        }
                    }
                    load => {
                        let format = load.and_then(|load| self.format_of_loader(&load));
                        self.read_data(&path, format)
                    }
                };
                self.load_mapping(id, &data, spot);
                match self.is_absent(&path) {
                    true => self.not_found(self.is_silent(args)),
                    false => Ok(yes),
                }
            }
            "from_prefixed_env" => {
                let prefix = args.find(Some(0), "prefix").and_then(|(value, _)| value.as_str());
                let name = format!("{}_DEBUG", prefix.unwrap_or("FLASK"));
                self.load_prefixed_env(id, &name, spot);
                Ok(yes)
            }
            "get_namespace" => {
                let prefix = first.as_ref().and_then(Value::as_str)?.to_owned();
                let on = |name: &str, machine: &Self| {
                    args.keyword(name).is_none_or(|(value, _)| machine.truth(&value.clone()) != Some(false))
                };
                let (lower, trim) = (on("lowercase", self), on("trim_namespace", self));
                let dict = self.dict(id)?;
                let entries = dict.entries.iter().filter_map(|(key, value)| {
                    let inner = key.as_str()?.strip_prefix(prefix.as_str())?;
                    let name = if trim { inner } else { key.as_str()? };
                    Some((Value::text(&if lower { name.to_lowercase() } else { name.to_owned() }), value.clone()))
                });
                let (entries, open) = (entries.collect(), dict.open);
                Ok(Value::of(Data::Dict(self.alloc(Object::Dict(Dict { entries, open, ..Dict::default() })))))
            }
            // The key is always there: a default for it does nothing.
            "setdefault"
                if first.as_ref().and_then(Value::as_str) == Some("DEBUG")
                    && self
                        .dict(id)
                        .is_some_and(|dict| dict.entries.iter().any(|(key, _)| key.as_str() == Some("DEBUG"))) =>
            {
                Ok(Value::UNKNOWN)
            }
            _ => return None,
        })
    }

    fn put_upper(&mut self, id: Id, name: &str, value: Value, spot: Spot) {
        if name.chars().any(|c| c.is_lowercase()) {
            return;
        }
        let value = if super::machine::is_setting(&value) { value.at(spot) } else { value };
        self.put(id, Value::text(name), value, spot);
    }

    fn load_mapping(&mut self, id: Id, mapping: &Value, spot: Spot) {
        let pairs: Vec<(Value, Value)> = match &mapping.data {
            Data::Dict(other) => self.dict(*other).map(|dict| dict.entries.clone()).unwrap_or_default(),
            _ => {
                let pairs = self.items(mapping).unwrap_or_default();
                let split = pairs.iter().filter_map(|pair| match self.items(pair).as_deref() {
                    Some([key, value]) => Some((key.clone(), value.clone())),
                    _ => None,
                });
                split.collect()
            }
        };
        for (key, value) in pairs {
            if let Some(name) = key.as_str() {
                let at = value.origin().unwrap_or(spot);
                self.put_upper(id, name, value, at);
            }
        }
    }

    /// `from_object`: upper-case attributes of a class, an instance or a module, or of what a dotted string names.
    fn load_object(&mut self, id: Id, object: &Value, spot: Spot) -> Eval<()> {
        let object = match object.as_str() {
            Some(name) => {
                let name = name.to_owned();
                let found = self.import_string(&name)?;
                if found.data == Data::Unknown {
                    self.raise_awaited("ImportStringError")?;
                }
                found
            }
            None => object.clone(),
        };
        match &object.data {
            Data::Class(_) => {
                let mut names: Vec<Name> = Vec::new();
                for class in self.ancestors(&object) {
                    if let Data::Class(class) = class.data
                        && let Some(class) = self.class(class)
                    {
                        names.extend(class.attrs.keys().filter(|name| is_upper(name)).cloned());
                    }
                }
                // The fields of a pydantic model are no attributes of its class.
                if self.is_model(&object) {
                    return Ok(());
                }
                for name in names {
                    // A property of a class is an object, and true, whatever it would return.
                    let value = self.class_attribute(&object, &name, None).unwrap_or(Value::UNKNOWN);
                    let made = matches!(value.data, Data::Instance(_)).then(|| value.origin()).flatten();
                    let value = self.described(value, None, &object)?;
                    let value = made.into_iter().fold(value, Value::at);
                    self.put_upper(id, &name, value, spot);
                }
            }
            Data::Instance(instance) => {
                let names = match self.own_method(&object, "__dir__", &[])? {
                    Some(listed) => self.items(&listed),
                    None => Some(self.names_of(*instance)),
                };
                let Some(names) = names else {
                    self.put(id, Value::text("DEBUG"), Value::derived(Data::Unknown, &[&object]), spot);
                    return Ok(());
                };
                for name in names.iter().filter_map(Value::as_str).filter(|name| is_upper(name)) {
                    let value = self.attribute(&object, name)?;
                    self.put_upper(id, name, value, spot);
                }
            }
            Data::Module(file) => {
                self.state.sources.push((id, *file));
                self.module_attribute(*file, "DEBUG")?;
                let scope = self.state.modules.get(file).copied();
                let vars = scope.and_then(|scope| self.scope(scope)).map(|scope| scope.vars.clone());
                for (name, value) in vars.unwrap_or_default() {
                    if is_upper(&name) {
                        self.put_upper(id, &name, value, spot);
                    }
                }
            }
            Data::Dict(_) | Data::None => {}
            // What it says about debug is not known.
            _ => {
                let value = Value::derived(Data::Unknown, &[&object]);
                self.put(id, Value::text("DEBUG"), value, spot);
            }
        }
        Ok(())
    }

    /// The names that an instance and its classes have.
    fn names_of(&self, instance: Id) -> Vec<Value> {
        let Some(instance) = self.instance(instance) else { return Vec::new() };
        let mut names: Vec<Value> = instance.attrs.keys().map(|name| Value::text(name)).collect();
        for class in self.ancestors(&instance.class) {
            if let Data::Class(class) = class.data
                && let Some(class) = self.class(class)
            {
                names.extend(class.attrs.keys().map(|name| Value::text(name)));
            }
        }
        names
    }

    /// A key of a configuration that was left out of a settings module, because it has no part in debug mode by its name.
    pub fn late_setting(&mut self, id: Id, name: &str) -> Eval<Option<Value>> {
        let files: Vec<FileId> =
            self.state.sources.iter().rev().filter(|(config, _)| *config == id).map(|(_, file)| *file).collect();
        for file in files {
            if self.run_late(file, Some(name))?
                && let Some(scope) = self.state.modules.get(&file).copied()
                && let Some(value) = self.scope(scope).and_then(|scope| scope.vars.get(name)).cloned()
            {
                self.put(id, Value::text(name), value.clone(), value.origin().unwrap_or_else(|| self.spot(0)));
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// `werkzeug.utils.import_string`: a module, or something in one.
    pub fn import_string(&mut self, name: &str) -> Eval<Value> {
        let name = name.replace(':', ".");
        let from = self.frames.last().map_or(0, |frame| frame.file);
        let dots = name.rmatch_indices('.').map(|(at, _)| at);
        for end in std::iter::once(name.len()).chain(dots) {
            let (module, inner) = name.split_at(end);
            let running = self.running_module(module).map(|(file, _)| file);
            let Some(file) = running.or_else(|| self.files.resolve(from, 0, module)) else { continue };
            self.run_packages(file, module)?;
            self.run_module(file, false)?;
            let mut value = Value::of(Data::Module(file));
            for attribute in inner.split('.').filter(|attribute| !attribute.is_empty()) {
                value = self.attribute(&value, attribute)?;
            }
            return Ok(value);
        }
        Ok(if kind_of_path(&name).is_some() { Value::library(&name) } else { Value::UNKNOWN })
    }

    /// A module that runs now, by its `__name__`.
    pub fn running_module(&self, name: &str) -> Option<(FileId, Id)> {
        self.state.modules.iter().map(|(file, scope)| (*file, *scope)).find(|(_, scope)| {
            let found = self.scope(*scope).and_then(|scope| scope.vars.get("__name__"));
            found.and_then(Value::as_str) == Some(name)
        })
    }

    fn is_silent(&self, args: &Args) -> bool {
        args.find(Some(1), "silent").is_some_and(|(value, _)| self.truth(value) == Some(true))
    }

    /// What loading a file gives that is not there.
    fn not_found(&mut self, is_silent: bool) -> Eval<Value> {
        if !is_silent {
            self.raise_awaited("FileNotFoundError")?;
        }
        Ok(Value::of(Data::Bool(false)))
    }

    /// The application that has this configuration.
    fn app_of(&self, id: Id) -> Option<&Instance> {
        self.state.apps.iter().find_map(|app| {
            let app = self.instance(*app)?;
            (app.attrs.get("config")?.data == Data::Dict(id)).then_some(app)
        })
    }

    /// A path that a loader is given, from the instance folder where a relative one means that for certain.
    fn placed(&self, id: Id, given: Option<&Value>, path: String) -> String {
        let plain = given.filter(|given| !given.is_anchored()).and_then(Value::as_str);
        let is_relative = plain.is_some_and(|given| given == path && !given.starts_with('/'));
        let Some(app) = self.app_of(id).filter(|_| is_relative) else { return path };
        let by_instance = app.attrs.get("instance_relative_config");
        if by_instance.is_none_or(|value| self.truth(value) != Some(true)) {
            return path;
        }
        match app.attrs.get("instance_path") {
            None => format!("instance/{path}"),
            Some(folder) => match self.path_of(folder) {
                Some(folder) => format!("{}/{path}", folder.trim_end_matches('/')),
                None => path,
            },
        }
    }

    /// `from_pyfile`: whether there was such a file.
    fn load_pyfile(&mut self, id: Id, path: Option<&str>, is_silent: bool, spot: Spot) -> Eval<Value> {
        let Some(path) = path else { return Ok(Value::UNKNOWN) };
        let from = self.frames.last().map_or(0, |frame| frame.file);
        let Some(file) = self.files.settings_file(from, path) else {
            return if self.is_absent(path) { self.not_found(is_silent) } else { Ok(Value::UNKNOWN) };
        };
        // The instance folder counts for an application that says so.
        let relative = self.app_of(id).is_none_or(|app| {
            app.attrs.get("instance_relative_config").is_some_and(|value| self.truth(value) != Some(false))
        });
        if !relative && !path.contains("instance") && format!("/{}", self.files.path(file)).contains("/instance/") {
            return self.not_found(is_silent);
        }
        let scope = self.run_module(file, false)?;
        self.state.sources.push((id, file));
        for (name, value) in self.scope(scope).map(|scope| scope.vars.clone()).unwrap_or_default() {
            if is_upper(&name) {
                self.put_upper(id, &name, value, spot);
            }
        }
        Ok(Value::of(Data::Bool(true)))
    }

    fn load_prefixed_env(&mut self, id: Id, name: &str, spot: Spot) {
        let found = self.environ(name, spot);
        let Some(text) = found.as_str() else { return };
        // What is not JSON stays a string, and a string is true.
        let data = parse_literal(text, true).unwrap_or_else(|| Data::Str(Arc::from(text)));
        let is_text = matches!(data, Data::Str(_));
        let mut value = Value::derived(data, &[&found]);
        if let Some(origin) = found.origin() {
            value = value.at(origin);
        }
        if is_text {
            value = value.truth_tested();
        }
        self.put(id, Value::text("DEBUG"), value, spot);
    }

    /// The format that a `load=` function expects.
    fn format_of_loader(&self, load: &Value) -> Option<Format> {
        format_of_reader(load.as_library()?)
    }
}

fn is_upper(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}
