//! What calls outside the project do, as far as debug mode can depend on it: builtins, the standard library, and the
//! libraries that read settings. One match a table: a path, a meaning.
//!
//! A path that is not here is not known, which is a legal answer.

use std::rc::Rc;
use std::sync::Arc;

use super::catalogue::{SERVERS, SWITCHES, kind_of_path};
use super::environ::{Words, parse_bool, parse_literal};
use super::eval::{display, value_env};
use super::ir::*;
use super::machine::{Eval, Machine, Stop, is_setting};
use super::value::*;

impl Machine<'_> {
    /// An attribute of something outside the project.
    pub fn library_attribute(&mut self, path: &str, name: &str) -> Eval<Value> {
        if path == "flask.current_app" {
            return match self.state.apps.last().copied() {
                Some(app) => self.attribute(&Value::of(Data::Instance(app)), name),
                None => Ok(Value::UNKNOWN),
            };
        }
        let full = format!("{path}.{name}");
        if let Some(value) = self.state.patches.get(full.as_str()) {
            return Ok(value.clone());
        }
        Ok(match full.as_str() {
            "typing.TYPE_CHECKING" | "typing_extensions.TYPE_CHECKING" => Value::of(Data::Bool(false)),
            // Servers run Linux: what is done elsewhere is not what is deployed.
            "os.name" => Value::text("posix"),
            "sys.platform" => Value::text("linux"),
            "sys.argv" => self.argv(),
            "sys.version_info" => {
                let parts = [3, 12, 0].map(|part| Value::of(Data::Int(part)));
                Value::of(Data::Tuple(Rc::new(parts.to_vec())))
            }
            _ => Value::library(&full),
        })
    }

    /// A call of something outside the project.
    pub fn call_library(&mut self, path: &str, args: Args, spot: Spot) -> Eval<Value> {
        if let Some(row) = SERVERS.iter().find(|(server, _, _)| *server == path) {
            if let Some((app, _)) = args.find(Some(row.1), row.2) {
                let app = app.clone();
                self.serve(&app, spot);
            }
            return Ok(Value::UNKNOWN);
        }
        for row in SWITCHES.iter().filter(|row| row.path == path) {
            if let Some((value, at)) = args.find(row.position, row.parameter) {
                let value = value.clone();
                self.framework_switch(row.framework, &value, at, spot);
            }
        }
        if kind_of_path(path).is_some() {
            return self.construct_library(path, &args, spot);
        }
        // A method called on its class: `Flask.run(app, debug=True)`.
        if let Some((class, method)) = path.rsplit_once('.')
            && kind_of_path(class).is_some()
            && let Some(((this, _), rest)) = args.positional.split_first()
        {
            let rest = Args { positional: rest.to_vec(), ..args.clone() };
            return self.call_attribute(this, method, rest, spot);
        }
        if let Some(name) = path.strip_prefix("builtins.") {
            return self.call_builtin(name, &args, spot);
        }
        let first = args.positional.first().map(|(value, _)| value.clone());
        Ok(match path {
            "os.getenv" | "os.environ.get" => self.getenv(&args, spot),
            "os.environ.setdefault" => {
                let found = self.getenv(&args, spot);
                let name = args.positional.first().and_then(|(value, _)| value.as_str().map(Name::from));
                if let (Some(name), Some((value, _))) = (name, args.positional.get(1))
                    && self.state.env.get(&name).is_none_or(|set| set.data == Data::None)
                {
                    self.set_environ(&name, value.clone(), spot);
                }
                Value { data: found.data, from: None }
            }
            "os.environ.update" => {
                if let Some(mapping) = &first {
                    self.update_environ(mapping, spot);
                }
                for (name, value, at) in args.keywords {
                    self.set_environ(&name, value, at);
                }
                Value::of(Data::None)
            }
            "os.environ.__setitem__" => {
                if let [(name, _), (value, _), ..] = args.positional.as_slice()
                    && let Some(name) = name.as_str()
                {
                    self.set_environ(&Name::from(name), value.clone(), spot);
                }
                Value::of(Data::None)
            }
            "os.environ.__getitem__" => {
                let key = first.unwrap_or(Value::UNKNOWN);
                return self.item(&Value::library("os.environ"), &key);
            }
            "os.environ.pop" | "os.unsetenv" => {
                let found = self.getenv(&args, spot);
                if let Some(key) = &first {
                    self.remove_item(&Value::library("os.environ"), key);
                }
                found
            }
            "os.environ.copy" => Value::library("os.environ"),
            "flask.helpers.get_debug_flag" | "flask.get_debug_flag" => self.flag_of("FLASK_DEBUG"),
            "dotenv.load_dotenv" | "dotenv.main.load_dotenv" => {
                if args.positional.is_empty() {
                    self.load_dotenv(&[".env"]);
                } else if let Some(name) = first.as_ref().and_then(Value::as_str) {
                    let name = name.trim_start_matches("./").to_owned();
                    self.load_dotenv(&[&name]);
                }
                Value::of(Data::Bool(true))
            }
            "distutils.util.strtobool" | "setuptools._distutils.util.strtobool" | "str2bool.str2bool" => {
                let value = first.unwrap_or(Value::UNKNOWN);
                if value.as_str() == Some("") {
                    return Err(Machine::missing("ValueError"));
                }
                parse_bool(&value, Words::Decouple)?
            }
            "json.loads" | "ast.literal_eval" | "yaml.safe_load" | "simplejson.loads" => {
                let value = first.unwrap_or(Value::UNKNOWN);
                match value.as_str() {
                    Some(text) => match parse_literal(text, path != "ast.literal_eval") {
                        Some(data) => Value::derived(data, &[&value]),
                        None if path == "yaml.safe_load" || text.contains(['{', '[', '(']) => {
                            Value::derived(Data::Unknown, &[&value])
                        }
                        None => return Err(Machine::missing("ValueError")),
                    },
                    None => self.load_data(&value),
                }
            }
            "json.load" | "tomllib.load" | "toml.load" | "tomli.load" | "yaml.load" | "yaml.full_load" => {
                let value = first.unwrap_or(Value::UNKNOWN);
                self.load_data(&value)
            }
            "decouple.config" => self.lookup_with_cast(&args, spot, "", Words::Decouple)?,
            "functools.partial" => match args.positional.split_first() {
                Some(((function, _), rest)) => {
                    let rest = Args { positional: rest.to_vec(), ..args.clone() };
                    Value::of(Data::Partial(Rc::new((function.clone(), rest))))
                }
                None => Value::UNKNOWN,
            },
            "asyncio.run" | "asyncio.ensure_future" | "asyncio.create_task" | "anyio.run" => {
                let value = first.unwrap_or(Value::UNKNOWN);
                if path == "anyio.run" { self.call(&value, Args::default(), spot)? } else { value }
            }
            "typer.run" | "fire.Fire" | "click.invoke" => match first {
                Some(function) => self.call(&function, Args::default(), spot)?,
                None => Value::UNKNOWN,
            },
            "typer.Option" | "typer.Argument" => match first {
                Some(value) => Value { data: value.data, from: None },
                None => Value::UNKNOWN,
            },
            "dataclasses.field" => match (args.keyword("default"), args.keyword("default_factory")) {
                (Some((value, at)), _) => value.clone().at(at),
                (None, Some((factory, _))) => {
                    let factory = factory.clone();
                    self.call(&factory, Args::default(), spot)?
                }
                _ => Value::UNKNOWN,
            },
            "pydantic.Field" | "pydantic.fields.Field" => match args.find(Some(0), "default") {
                Some((value, at)) => value.clone().at(at),
                None => Value::UNKNOWN,
            },
            "sys.exit" | "os._exit" | "os.abort" => return Err(Stop::Exit),
            "platform.system" => Value::text("Linux"),
            "copy.copy" | "copy.deepcopy" | "typing.cast" => {
                args.positional.last().map_or(Value::UNKNOWN, |(v, _)| v.clone())
            }
            "enum.auto" => Value::UNKNOWN,
            "os.path.exists" | "os.path.isfile" | "os.path.isdir" => self.exists(first.as_ref()),
            "os.path.join" => {
                let parts: Option<Vec<String>> = args.positional.iter().map(|(value, _)| display(value)).collect();
                match parts {
                    Some(parts) => Value::text(&parts.join("/")),
                    None => args.positional.last().map_or(Value::UNKNOWN, |(value, _)| value.clone()),
                }
            }
            "importlib.import_module" => {
                let from = self.frames.last().map_or(0, |frame| frame.file);
                match first.as_ref().and_then(Value::as_str).and_then(|name| self.files.resolve(from, 0, name)) {
                    Some(file) => {
                        self.run_module(file, false)?;
                        Value::of(Data::Module(file))
                    }
                    None => Value::UNKNOWN,
                }
            }
            "werkzeug.serving.run_simple" | "werkzeug.run_simple" => {
                self.run_simple(&args, spot);
                Value::of(Data::None)
            }
            "flask.cli.main" | "flask.cli.cli" | "flask.cli.cli.main" => self.flask_command(spot),
            "werkzeug.utils.import_string" => {
                let name = first.as_ref().and_then(Value::as_str).map(str::to_owned);
                match name {
                    Some(name) => self.import_string(&name)?,
                    None => Value::UNKNOWN,
                }
            }
            _ => return self.construct_library(path, &args, spot),
        })
    }

    /// A call of a name outside the project that is written like a class makes an instance of it.
    fn construct_library(&mut self, path: &str, args: &Args, spot: Spot) -> Eval<Value> {
        let name = path.rsplit('.').next().unwrap_or(path);
        if !name.starts_with(|c: char| c.is_ascii_uppercase()) && path != "types.SimpleNamespace" {
            return Ok(Value::UNKNOWN);
        }
        let class = Value::library(path);
        let id = self.new_instance(class.clone());
        self.init_library(&class, id, args, spot)?;
        Ok(Value::of(Data::Instance(id)))
    }

    /// What the constructor of a library's class keeps of its arguments.
    pub fn init_library(&mut self, class: &Value, id: Id, args: &Args, spot: Spot) -> Eval<()> {
        let path = self.ancestors(class).iter().find_map(|class| class.as_library().map(str::to_owned));
        let Some(path) = path else { return Ok(()) };
        let mut keep = |name: &'static str, value: Option<Value>| {
            if let (Some(value), Some(Object::Instance(instance))) = (value, self.object_mut(id)) {
                instance.attrs.insert(Name::new_static(name), value);
            }
        };
        let find = |position: Option<usize>, name: &str| args.find(position, name).map(|(value, _)| value.clone());
        match path.as_str() {
            "werkzeug.debug.DebuggedApplication" | "werkzeug.debug.__init__.DebuggedApplication" => {
                keep("app", find(Some(0), "app"));
                keep("evalex", find(Some(1), "evalex").or(Some(Value::of(Data::Bool(false)))));
                let marker = Value::of(Data::Bool(true)).via(Means::Debugger, spot);
                keep("__debugged__", Some(marker));
            }
            "flask_socketio.SocketIO" => {
                keep("app", find(Some(0), "app"));
                keep("async_mode", find(None, "async_mode"));
            }
            "threading.Thread" | "multiprocessing.Process" | "multiprocessing.context.Process" => {
                keep("target", find(Some(1), "target"));
                keep("args", find(Some(3), "args"));
                keep("kwargs", find(Some(4), "kwargs"));
            }
            "threading.Timer" => {
                keep("target", find(Some(1), "function"));
                keep("args", find(Some(2), "args"));
                keep("kwargs", find(Some(3), "kwargs"));
            }
            "flask.config.Config" | "flask.Config" => {}
            "types.SimpleNamespace" => {
                for (name, value, at) in &args.keywords {
                    let value = if is_setting(value) { value.clone().at(*at) } else { value.clone() };
                    if let Some(Object::Instance(instance)) = self.object_mut(id) {
                        instance.attrs.insert(name.clone(), value);
                    }
                }
            }
            "io.File" | "pathlib.Path" | "pathlib.PurePath" => keep("path", find(Some(0), "path")),
            // A layer around a WSGI application: `ProxyFix(app.wsgi_app)`.
            _ if path.contains("middleware") || path.ends_with("Middleware") || path.ends_with("Fix") => {
                keep("app", find(Some(0), "app"));
            }
            "flask.Flask" => keep("instance_relative_config", find(None, "instance_relative_config")),
            _ => {}
        }
        Ok(())
    }

    /// Attributes that instances of library classes have of themselves.
    pub fn model_attribute(&mut self, id: Id, class: &Value, name: &str) -> Option<Value> {
        let path = self.ancestors(class).iter().find_map(|class| class.as_library().map(str::to_owned))?;
        match (path.as_str(), name) {
            ("argparse.Namespace", _) => Some(Value::UNKNOWN),
            ("flask_socketio.SocketIO", "server") => Some(Value::UNKNOWN),
            ("flask.Flask", "testing" | "root_path" | "logger" | "name" | "instance_path") => Some(Value::UNKNOWN),
            _ => {
                let _ = id;
                None
            }
        }
    }

    /// A method of something whose behaviour is modelled.
    pub fn call_attribute(&mut self, receiver: &Value, name: &str, args: Args, spot: Spot) -> Eval<Value> {
        match &receiver.data {
            Data::Instance(id) => self.call_instance(receiver, *id, name, args, spot),
            Data::Super(id, _) => {
                let id = *id;
                let this = Value::of(Data::Instance(id));
                if name == "__init__"
                    && let Some(class) = self.instance(id).map(|instance| instance.class.clone())
                {
                    self.init_library(&class, id, &args, spot)?;
                    return Ok(Value::of(Data::None));
                }
                self.call_instance(&this, id, name, args, spot)
            }
            Data::Dict(id) => self.call_dict(receiver, *id, name, args, spot),
            Data::List(id) => {
                let id = *id;
                match name {
                    "append" | "extend" | "insert" => {
                        let more = match name {
                            "extend" => args.positional.first().and_then(|(value, _)| self.items(value)),
                            _ => args.positional.last().map(|(value, _)| vec![value.clone()]),
                        };
                        if let Some(Object::List(list)) = self.object_mut(id) {
                            match more {
                                Some(more) => list.items.extend(more),
                                None => list.open = true,
                            }
                        }
                        Ok(Value::of(Data::None))
                    }
                    "pop" | "remove" | "clear" | "sort" | "reverse" => {
                        if let Some(Object::List(list)) = self.object_mut(id) {
                            list.open = true;
                        }
                        Ok(Value::UNKNOWN)
                    }
                    _ => Ok(Value::UNKNOWN),
                }
            }
            Data::Str(text) => Ok(string_method(receiver, text, name, &args, self)),
            _ => Ok(Value::derived(Data::Unknown, &[receiver])),
        }
    }

    fn call_dict(&mut self, receiver: &Value, id: Id, name: &str, args: Args, spot: Spot) -> Eval<Value> {
        if self.dict(id).is_some_and(|dict| dict.config)
            && let Some(result) = self.call_config(id, name, &args, spot)
        {
            return result;
        }
        let key = args.positional.first().map(|(value, _)| value.clone()).unwrap_or(Value::UNKNOWN);
        Ok(match name {
            "get" => match self.item(receiver, &key) {
                Ok(value) => value,
                Err(_) => match args.find(Some(1), "default") {
                    Some((value, _)) => Value::derived(value.data.clone(), &[value, &key]),
                    None => Value::of(Data::None),
                },
            },
            "__getitem__" => return self.item(receiver, &key),
            "__setitem__" => {
                if let Some((value, _)) = args.positional.get(1) {
                    self.set_item(receiver, key, value.clone(), spot);
                }
                Value::of(Data::None)
            }
            "setdefault" => match self.item(receiver, &key) {
                Ok(value) if value.data != Data::Unknown => value,
                _ => {
                    let value = args.positional.get(1).map_or(Value::of(Data::None), |(value, _)| value.clone());
                    self.set_item(receiver, key, value.clone(), spot);
                    value
                }
            },
            "update" => {
                if let Some((other, _)) = args.positional.first() {
                    self.update_dict(id, other, spot);
                }
                for (name, value, at) in args.keywords {
                    let value = if is_setting(&value) { value.at(at) } else { value };
                    self.put(id, Value::text(&name), value, at);
                }
                if args.open
                    && let Some(dict) = self.dict_mut(id)
                {
                    dict.open = true;
                }
                Value::of(Data::None)
            }
            "pop" => match self.remove_item(receiver, &key) {
                Some(value) => value,
                None => args.positional.get(1).map_or(Value::UNKNOWN, |(value, _)| value.clone()),
            },
            "copy" => {
                let copy = self.dict(id).map(|dict| Dict { config: false, ..dict.clone() }).unwrap_or_default();
                Value::of(Data::Dict(self.alloc(Object::Dict(copy))))
            }
            "items" | "values" | "keys" => {
                let Some(dict) = self.dict(id).filter(|dict| !dict.open) else { return Ok(Value::UNKNOWN) };
                let items = dict.entries.clone().into_iter().map(|(key, value)| match name {
                    "items" => Value::of(Data::Tuple(Rc::new(vec![key, value]))),
                    "values" => value,
                    _ => key,
                });
                let items = items.collect();
                Value::of(Data::List(self.alloc(Object::List(List { items, open: false }))))
            }
            "clear" => {
                if let Some(dict) = self.dict_mut(id) {
                    dict.entries.clear();
                }
                Value::of(Data::None)
            }
            _ => Value::UNKNOWN,
        })
    }

    fn call_instance(&mut self, receiver: &Value, id: Id, name: &str, args: Args, spot: Spot) -> Eval<Value> {
        if let Some(kind) = self.kind(receiver)
            && let Some(result) = self.launch_method(id, kind, name, &args, spot)
        {
            return result;
        }
        let class = self.instance(id).map(|instance| instance.class.clone()).unwrap_or(Value::UNKNOWN);
        let path = self.ancestors(&class).iter().find_map(|class| class.as_library().map(str::to_owned));
        let attr =
            |machine: &Self, name: &str| machine.instance(id).and_then(|instance| instance.attrs.get(name).cloned());
        let path = path.unwrap_or_default();
        Ok(match (path.as_str(), name) {
            ("flask_socketio.SocketIO", "init_app") => {
                if let (Some((app, _)), Some(Object::Instance(instance))) =
                    (args.positional.first().cloned(), self.object_mut(id))
                {
                    instance.attrs.insert(Name::new_static("app"), app);
                }
                Value::of(Data::None)
            }
            ("argparse.ArgumentParser", _) => self.argparse(id, name, &args),
            ("argparse.Group", "add_argument") => {
                let parser = attr(self, "parser");
                if let Some(Value { data: Data::Instance(parser), .. }) = parser {
                    self.argparse(parser, name, &args);
                }
                Value::UNKNOWN
            }
            ("threading.Thread" | "multiprocessing.Process" | "threading.Timer", "start" | "run") => {
                let own = self.class_attribute(&class, "run", None);
                if let Some(Value { data: Data::Function(closure), .. }) = own {
                    return self.call_function(&closure, Some(receiver.clone()), Args::default(), spot);
                }
                let Some(target) = attr(self, "target") else { return Ok(Value::UNKNOWN) };
                let mut call = Args::default();
                if let Some(items) = attr(self, "args").and_then(|args| self.items(&args)) {
                    call.positional = items.into_iter().map(|item| (item, spot)).collect();
                }
                if let Some(Value { data: Data::Dict(kwargs), .. }) = attr(self, "kwargs") {
                    for (key, value) in self.dict(kwargs).map(|dict| dict.entries.clone()).unwrap_or_default() {
                        if let Some(key) = key.as_str() {
                            let at = value.origin().unwrap_or(spot);
                            call.keywords.push((Name::from(key), value, at));
                        }
                    }
                }
                // Another thread: what it raises does not end the program.
                self.call(&target, call, spot).unwrap_or(Value::UNKNOWN)
            }
            ("environs.Env", "bool" | "__call__" | "str" | "int") => {
                let mut args = args;
                let bool_cast = ("cast", Value::library("builtins.bool"));
                if name == "bool" {
                    args.keywords.push((Name::from(bool_cast.0), bool_cast.1, spot));
                }
                self.lookup_with_cast(&args, spot, "", Words::Environs)?
            }
            ("starlette.config.Config", "__call__" | "get") => {
                self.lookup_with_cast(&args, spot, "", Words::Starlette)?
            }
            ("decouple.Config" | "decouple.AutoConfig", "__call__" | "get") => {
                self.lookup_with_cast(&args, spot, "", Words::Decouple)?
            }
            ("io.File" | "pathlib.Path", "read" | "read_text" | "open") => receiver.clone(),
            ("pathlib.Path", "exists" | "is_file") => {
                let path = attr(self, "path");
                self.exists(path.as_ref())
            }
            ("asyncio.Loop", "run_until_complete") => Value::UNKNOWN,
            ("flask.Flask", "app_context" | "test_request_context") => Value::UNKNOWN,
            ("gevent.pywsgi.WSGIServer", _) => Value::UNKNOWN,
            _ => Value::UNKNOWN,
        })
    }

    fn argparse(&mut self, id: Id, name: &str, args: &Args) -> Value {
        match name {
            "add_argument" => {
                let (dest, value) = self.argparse_option(args);
                if let Some(Object::Instance(parser)) = self.object_mut(id) {
                    parser.attrs.insert(Name::from(format!("--{dest}")), value);
                }
                Value::UNKNOWN
            }
            "set_defaults" => {
                for (name, value, _) in &args.keywords {
                    if let Some(Object::Instance(parser)) = self.object_mut(id) {
                        parser
                            .attrs
                            .insert(Name::from(format!("--{name}")), Value { data: value.data.clone(), from: None });
                    }
                }
                Value::UNKNOWN
            }
            "add_argument_group" | "add_mutually_exclusive_group" => {
                let group = self.new_instance(Value::library("argparse.Group"));
                if let Some(Object::Instance(instance)) = self.object_mut(group) {
                    instance.attrs.insert(Name::new_static("parser"), Value::of(Data::Instance(id)));
                }
                Value::of(Data::Instance(group))
            }
            "parse_args" | "parse_known_args" => {
                let options = self.instance(id).map(|parser| parser.attrs.clone()).unwrap_or_default();
                let space = self.new_instance(Value::library("argparse.Namespace"));
                if let Some(Object::Instance(instance)) = self.object_mut(space) {
                    for (name, value) in options {
                        if let Some(dest) = name.strip_prefix("--") {
                            instance.attrs.insert(Name::from(dest), value);
                        }
                    }
                }
                let space = Value::of(Data::Instance(space));
                if name == "parse_args" {
                    return space;
                }
                Value::of(Data::Tuple(Rc::new(vec![space, Value::UNKNOWN])))
            }
            _ => Value::UNKNOWN,
        }
    }

    /// An option's destination, and its value when it is not given on the command line.
    fn argparse_option(&self, args: &Args) -> (String, Value) {
        let flags: Vec<&str> = args.positional.iter().filter_map(|(value, _)| value.as_str()).collect();
        let long = flags.iter().find(|flag| flag.starts_with("--")).or_else(|| flags.first()).copied();
        let dest = args.keyword("dest").and_then(|(value, _)| value.as_str());
        let dest = dest.unwrap_or_else(|| long.unwrap_or_default().trim_start_matches('-')).replace('-', "_");
        let action = args.keyword("action").map(|(value, _)| value.clone());
        let default = match (args.keyword("default"), action.as_ref().and_then(Value::as_str)) {
            // The place to change is where the value is used: the option stays as it is.
            (Some((value, _)), _) => {
                let env = Value::derived(value.data.clone(), &[value]);
                Value { data: env.data, from: env.from }
            }
            (None, Some("store_false")) => Value::of(Data::Bool(true)),
            (None, Some("store_true")) => Value::of(Data::Bool(false)),
            (None, _) => Value::of(Data::None),
        };
        // `type=bool` takes the truth of a string: `--debug False` is on.
        let typed = args.keyword("type").is_some_and(|(value, _)| value.as_library() == Some("builtins.bool"));
        (dest, if typed { default.truth_tested() } else { default })
    }

    /// `flask ...` started from Python: the command line is `sys.argv`.
    fn flask_command(&mut self, spot: Spot) -> Value {
        let argv = self.argv();
        let words = self.items(&argv).unwrap_or_default();
        let has = |word: &str| words.iter().any(|value| value.as_str() == Some(word));
        if has("run") && has("--debug") {
            let flag = words.iter().find(|value| value.as_str() == Some("--debug")).and_then(Value::origin);
            let at = flag.or(argv.origin()).unwrap_or(spot);
            let value = Value::of(Data::Bool(true)).at(at).via(Means::Flag, at);
            self.launch_command(value, spot);
        }
        Value::of(Data::None)
    }

    fn exists(&mut self, path: Option<&Value>) -> Value {
        match path.and_then(Value::as_str) {
            Some(path) => Value::of(Data::Bool(self.files.exists(path))),
            None => Value::UNKNOWN,
        }
    }

    fn call_builtin(&mut self, name: &str, args: &Args, spot: Spot) -> Eval<Value> {
        let first = args.positional.first().map(|(value, _)| value.clone());
        let second = args.positional.get(1).map(|(value, _)| value.clone());
        Ok(match (name, first) {
            ("bool", None) => Value::of(Data::Bool(false)),
            ("bool", Some(value)) => {
                let data = self.truth(&value).map_or(Data::Unknown, Data::Bool);
                let result = self.truth_of(data, &[&value]);
                let text = value.as_str().is_some();
                let result = if text { result.truth_tested() } else { result };
                match value.origin() {
                    Some(origin) if value_env(&value).is_empty() => result.at(origin),
                    _ => result,
                }
            }
            ("int" | "float", Some(value)) => match &value.data {
                Data::Str(text) => match text.trim().parse::<i64>() {
                    Ok(number) => Value::derived(Data::Int(number), &[&value]),
                    Err(_) if name == "int" => return Err(Machine::missing("ValueError")),
                    Err(_) => Value::derived(Data::Unknown, &[&value]),
                },
                Data::Bool(truth) => Value::derived(Data::Int(i64::from(*truth)), &[&value]),
                Data::Int(_) => value,
                Data::None => return Err(Machine::missing("TypeError")),
                _ => Value::derived(Data::Unknown, &[&value]),
            },
            ("str", Some(value)) => match display(&value) {
                Some(text) => Value::derived(Data::Str(Arc::from(text)), &[&value]),
                None => Value::derived(Data::Unknown, &[&value]),
            },
            ("len", Some(value)) => match self.items(&value) {
                Some(items) => Value::of(Data::Int(items.len() as i64)),
                None => Value::UNKNOWN,
            },
            ("any" | "all", Some(value)) => {
                let Some(items) = self.items(&value) else { return Ok(Value::UNKNOWN) };
                let truths: Vec<Option<bool>> = items.iter().map(|item| self.truth(item)).collect();
                let decisive = name == "any";
                let verdict = if truths.contains(&Some(decisive)) {
                    Data::Bool(decisive)
                } else if truths.iter().all(Option::is_some) {
                    Data::Bool(!decisive)
                } else {
                    Data::Unknown
                };
                let sources: Vec<&Value> = items.iter().collect();
                self.truth_of(verdict, &sources)
            }
            ("dict", first) => {
                let id = self.alloc(Object::Dict(Dict { open: args.open, ..Dict::default() }));
                if let Some(other) = first {
                    self.update_dict(id, &other, spot);
                }
                for (name, value, at) in &args.keywords {
                    let value = if is_setting(value) { value.clone().at(*at) } else { value.clone() };
                    self.put(id, Value::text(name), value, *at);
                }
                Value::of(Data::Dict(id))
            }
            ("list" | "set" | "frozenset" | "sorted" | "reversed" | "tuple", first) => {
                let items = match &first {
                    Some(value) => self.items(value),
                    None => Some(Vec::new()),
                };
                match items {
                    Some(items) if name == "tuple" => Value::of(Data::Tuple(Rc::new(items))),
                    Some(mut items) => {
                        if name == "reversed" {
                            items.reverse();
                        }
                        Value::of(Data::List(self.alloc(Object::List(List { items, open: false }))))
                    }
                    None => Value::UNKNOWN,
                }
            }
            ("range", Some(value)) => match (&value.data, second) {
                (Data::Int(count), None) if (0..=64).contains(count) => {
                    let items = (0..*count).map(|at| Value::of(Data::Int(at))).collect();
                    Value::of(Data::Tuple(Rc::new(items)))
                }
                _ => Value::UNKNOWN,
            },
            ("getattr", Some(object)) => {
                let Some(name) = second.as_ref().and_then(Value::as_str).map(str::to_owned) else {
                    return Ok(Value::UNKNOWN);
                };
                let found = self.attribute(&object, &name).unwrap_or(Value::UNKNOWN);
                let absent = match &object.data {
                    Data::Module(_) | Data::Class(_) => found.data == Data::Unknown,
                    Data::Instance(_) => matches!(&found.data, Data::Attribute(_)) && self.kind(&object).is_none(),
                    _ => false,
                };
                match args.positional.get(2) {
                    Some((default, _)) if absent => default.clone(),
                    _ => found,
                }
            }
            ("setattr", Some(object)) => {
                if let (Some(name), Some((value, _))) =
                    (second.as_ref().and_then(Value::as_str), args.positional.get(2))
                {
                    let name = name.to_owned();
                    self.set_attribute(&object, &name, value.clone(), spot)?;
                }
                Value::of(Data::None)
            }
            ("vars", Some(object)) => match object.data {
                Data::Instance(id) if self.kind(&object).is_none() => {
                    let attrs = self.instance(id).map(|instance| instance.attrs.clone()).unwrap_or_default();
                    let entries = attrs.into_iter().map(|(name, value)| (Value::text(&name), value)).collect();
                    Value::of(Data::Dict(self.alloc(Object::Dict(Dict { entries, ..Dict::default() }))))
                }
                _ => Value::UNKNOWN,
            },
            ("globals", None) => Value::UNKNOWN,
            ("print", _) => Value::of(Data::None),
            ("open", Some(path)) => {
                let id = self.new_instance(Value::library("io.File"));
                if let Some(Object::Instance(file)) = self.object_mut(id) {
                    file.attrs.insert(Name::new_static("path"), path);
                }
                Value::of(Data::Instance(id))
            }
            ("exit" | "quit", _) => return Err(Stop::Exit),
            ("max" | "min", Some(value)) if args.positional.len() > 1 => Value::derived(Data::Unknown, &[&value]),
            ("next", Some(value)) => match self.items(&value).as_deref() {
                Some([first, ..]) => first.clone(),
                _ => Value::UNKNOWN,
            },
            ("super", Some(_)) => match second.map(|this| this.data) {
                Some(Data::Instance(id)) => match args.positional[0].0.data {
                    Data::Class(class) => Value::of(Data::Super(id, class)),
                    _ => Value::UNKNOWN,
                },
                _ => Value::UNKNOWN,
            },
            ("isinstance", Some(value)) => match second.as_ref().and_then(Value::as_library) {
                Some("builtins.str") if value.data != Data::Unknown => Value::of(Data::Bool(value.as_str().is_some())),
                Some("builtins.bool") if value.data != Data::Unknown => {
                    Value::of(Data::Bool(matches!(value.data, Data::Bool(_))))
                }
                _ => Value::UNKNOWN,
            },
            ("callable", Some(value)) => match value.data {
                Data::Function(_) | Data::Class(_) | Data::Method(_) => Value::of(Data::Bool(true)),
                _ => Value::UNKNOWN,
            },
            (name, Some(value)) if name.ends_with("Error") => Value::derived(Data::Unknown, &[&value]),
            _ => Value::UNKNOWN,
        })
    }
}

fn string_method(receiver: &Value, text: &str, name: &str, args: &Args, machine: &mut Machine<'_>) -> Value {
    let argument = args.positional.first().map(|(value, _)| value.clone());
    let argument_text = argument.as_ref().and_then(Value::as_str);
    let data = match (name, argument_text) {
        ("lower" | "casefold", _) => Data::Str(Arc::from(text.to_lowercase())),
        ("upper", _) => Data::Str(Arc::from(text.to_uppercase())),
        ("title" | "capitalize", _) => {
            let mut chars = text.chars();
            let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
            Data::Str(Arc::from(format!("{first}{}", chars.as_str().to_lowercase())))
        }
        ("strip", None) => Data::Str(Arc::from(text.trim())),
        ("strip", Some(set)) => Data::Str(Arc::from(text.trim_matches(|c| set.contains(c)))),
        ("lstrip", None) => Data::Str(Arc::from(text.trim_start())),
        ("rstrip", None) => Data::Str(Arc::from(text.trim_end())),
        ("startswith", Some(prefix)) => Data::Bool(text.starts_with(prefix)),
        ("startswith" | "endswith", None) => {
            let items = argument.as_ref().and_then(|value| machine.items(value));
            match items {
                Some(items) => Data::Bool(
                    items
                        .iter()
                        .filter_map(Value::as_str)
                        .any(|word| if name == "startswith" { text.starts_with(word) } else { text.ends_with(word) }),
                ),
                None => Data::Unknown,
            }
        }
        ("endswith", Some(suffix)) => Data::Bool(text.ends_with(suffix)),
        ("isdigit" | "isnumeric" | "isdecimal", _) => {
            Data::Bool(!text.is_empty() && text.chars().all(|c| c.is_ascii_digit()))
        }
        ("isalpha", _) => Data::Bool(!text.is_empty() && text.chars().all(char::is_alphabetic)),
        ("replace", Some(from)) => match args.positional.get(1).and_then(|(value, _)| value.as_str()) {
            Some(to) => Data::Str(Arc::from(text.replace(from, to))),
            None => Data::Unknown,
        },
        ("split", separator) => {
            let words: Vec<Value> = match separator {
                Some(separator) if !separator.is_empty() => text.split(separator).map(Value::text).collect(),
                _ => text.split_whitespace().map(Value::text).collect(),
            };
            Data::List(machine.alloc(Object::List(List { items: words, open: false })))
        }
        ("format", _) if args.positional.len() == 1 => match argument.as_ref().and_then(display) {
            Some(piece) => Data::Str(Arc::from(text.replacen("{}", &piece, 1))),
            None => Data::Unknown,
        },
        ("join", _) => match argument.as_ref().and_then(|value| machine.items(value)) {
            Some(items) => {
                let words: Option<Vec<String>> = items.iter().map(display).collect();
                words.map_or(Data::Unknown, |words| Data::Str(Arc::from(words.join(text))))
            }
            None => Data::Unknown,
        },
        _ => Data::Unknown,
    };
    match &argument {
        Some(argument) => Value::derived(data, &[receiver, argument]),
        None => Value::derived(data, &[receiver]),
    }
}
