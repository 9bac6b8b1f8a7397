//! What calls outside the project do, as far as debug mode can depend on it: builtins, the standard library, and the
//! libraries that read settings. One match a table: a path, a meaning.
//!
//! A path that is not here is not known, which is a legal answer.

mod builtins;
mod clicks;
mod collections;
mod dotenv;
pub(crate) mod extensions;
mod fields;
mod frameworks;
mod ini;
mod instances;
mod logs;
mod marshmallow;
pub(crate) mod mocks;
pub(crate) mod modules;
mod omegaconf;
mod options;
mod patterns;
mod processes;
mod protocols;
mod proxies;
pub(crate) mod settings;
mod standard;
pub(crate) mod texts;
mod times;

use std::rc::Rc;

use super::catalogue::{SERVERS, kind_of_path};
use super::data::format_of_reader;
use super::environ::{Words, parse_bool, set_place};
use super::errors::is_exception;
use super::eval::display;
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
            "sys.argv" => self.argv(),
            // Only a frozen program, an old virtual environment or an interactive interpreter has these.
            "sys.frozen" | "sys._MEIPASS" | "sys.ps1" | "sys.real_prefix" => {
                return Err(Machine::missing("AttributeError"));
            }
            "logging.root" => self.root_logger(),
            "environs.env" => self.environs_reader(&full),
            _ => standard::constant(&full).unwrap_or_else(|| Value::library(&full)),
        })
    }

    /// A call of something outside the project.
    pub fn call_library(&mut self, path: &str, args: Args, spot: Spot) -> Eval<Value> {
        let args = if leaves_alone(path) { args } else { self.exhausted_args(args)? };
        if let Some(row) = SERVERS.iter().find(|(server, _, _)| *server == path) {
            if let Some((app, _)) = args.find(Some(row.1), row.2) {
                let app = app.clone();
                self.serve(&app, spot);
            }
            return Ok(Value::UNKNOWN);
        }
        if let Some(object) = self.switched(path, &args, spot) {
            return Ok(object);
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
        if let Some(result) = self.call_on_class(path, &args, spot) {
            return result;
        }
        if let Some(name) = path.strip_prefix("builtins.") {
            return self.call_builtin(name, &args, spot);
        }
        let first = args.positional.first().map(|(value, _)| value.clone());
        if let Some(format) = format_of_reader(path) {
            let at = args.positional.first().map_or(spot, |(_, at)| *at);
            let read = self.read_from(format, &first.unwrap_or(Value::UNKNOWN), at)?;
            return match args.keyword("object_hook").map(|(hook, _)| hook.clone()) {
                Some(hook) if hook.data != Data::None => self.hooked(read, &hook, spot, settings::MAX_HOOKED),
                _ => Ok(read),
            };
        }
        if let Some(value) = self.call_pattern(path, &args) {
            return Ok(value);
        }
        if let Some(result) = self.call_text(path, &args, spot) {
            return result;
        }
        if let Some(result) = self.call_standard(path, &args, spot) {
            return result;
        }
        let known = [
            Self::call_settings,
            Self::call_dotenv,
            Self::call_module,
            Self::call_proxy,
            Self::call_mock,
            Self::call_click,
            Self::call_process,
            Self::call_signal,
            Self::call_field,
            Self::call_log,
            Self::call_time,
        ];
        for call in known {
            if let Some(result) = call(self, path, &args, spot) {
                return result;
            }
        }
        Ok(match path {
            "os.getenv" | "os.environ.get" => self.getenv(&args, spot),
            "os.environ.setdefault" => {
                let found = self.getenv(&args, spot);
                if let [(key, _), (value, _), ..] = args.positional.as_slice()
                    && let Some(name) = key.as_str().map(Name::from)
                    && self.state.env.get(&name).is_none_or(|set| set.data == Data::None)
                {
                    self.set_environ(&name, value.clone(), set_place(key, value, spot));
                }
                found
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
                if let [(key, _), (value, _), ..] = args.positional.as_slice()
                    && let Some(name) = key.as_str()
                {
                    self.set_environ(&Name::from(name), value.clone(), set_place(key, value, spot));
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
            "os.environ.copy" => {
                let id = self.alloc(Object::Dict(Dict::default()));
                self.update_dict(id, &Value::library("os.environ"), spot);
                Value::of(Data::Dict(id))
            }
            "flask.helpers.get_debug_flag" | "flask.get_debug_flag" => self.flag_of("FLASK_DEBUG"),
            "distutils.util.strtobool" | "setuptools._distutils.util.strtobool" | "str2bool.str2bool" => {
                let value = first.unwrap_or(Value::UNKNOWN);
                if value.as_str() == Some("") {
                    return Err(Machine::missing("ValueError"));
                }
                parse_bool(&value, Words::Decouple)?
            }
            "ast.literal_eval" => {
                let value = first.unwrap_or(Value::UNKNOWN);
                match value.as_str().map(str::to_owned) {
                    Some(text) => {
                        let read = self.eval_text(&text, &value, spot)?;
                        let at = args.positional.first().map_or(spot, |(_, at)| *at);
                        match read.data {
                            Data::Dict(_) | Data::List(_) => {
                                self.read_out(read, value.text_place().unwrap_or(at), Some(spot))
                            }
                            _ => value.outside().into_iter().fold(read, Value::at),
                        }
                    }
                    None => Value::UNKNOWN,
                }
            }
            "decouple.config" => self.lookup_with_cast(&args, spot, "", Words::Decouple, Some(".env"))?,
            // What it is applied to comes first when an instance asks for it.
            "functools.partialmethod" => match args.positional.split_first() {
                Some(((function, _), rest)) => {
                    let marker = (Value::library(path), spot);
                    let positional = std::iter::once(marker).chain(rest.iter().cloned()).collect();
                    Value::of(Data::Partial(Rc::new((function.clone(), Args { positional, ..args.clone() }))))
                }
                None => Value::UNKNOWN,
            },
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
            "dataclasses.field" => match (args.keyword("default"), args.keyword("default_factory")) {
                (Some((value, at)), _) => value.clone().at(at),
                (None, Some((factory, _))) => {
                    let factory = factory.clone();
                    self.call(&factory, Args::default(), spot)?
                }
                _ => Value::UNKNOWN,
            },
            "pydantic.Field" | "pydantic.fields.Field" => self.model_field(&args),
            "pydantic.AliasChoices" => {
                Value::of(Data::Tuple(Rc::new(args.positional.into_iter().map(|(name, _)| name).collect())))
            }
            "sys.exit" | "os._exit" | "os.abort" => return Err(Stop::Exit),
            "platform.system" => Value::text("Linux"),
            // Whatever machine or user that is, it is not the one that a program names.
            "socket.gethostname" | "socket.getfqdn" | "platform.node" | "getpass.getuser" | "os.getlogin" => {
                Value::text(&UNKNOWN_PIECE.to_string())
            }
            "copy.copy" | "copy.deepcopy" => {
                let depth = if path == "copy.copy" { 1 } else { 4 };
                self.copied(&first.unwrap_or(Value::UNKNOWN), depth)
            }
            "typing.cast" => args.positional.last().map_or(Value::UNKNOWN, |(v, _)| v.clone()),
            "enum.auto" => self.next_number(),
            "os.path.exists" | "os.path.isfile" | "os.path.isdir" => self.exists(first.as_ref()),
            "werkzeug.serving.run_simple" | "werkzeug.run_simple" => {
                self.run_simple(&args, spot);
                Value::of(Data::None)
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
        if self.is_dict_class(class) {
            let entries = self.call_builtin("dict", args, spot)?;
            self.init_entries(id, entries);
        }
        let path = self.ancestors(class).iter().find_map(|class| class.as_library().map(str::to_owned));
        let Some(path) = path else { return Ok(()) };
        if class.as_library().is_none() {
            self.switched_below(&path, id, args, spot);
        }
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
                // A `partial` of it says so where it is made, not where it is called.
                let told =
                    args.keyword("evalex").map(|(_, at)| at).filter(|at| (at.file, at.unit) != (spot.file, spot.unit));
                let marker = Value::of(Data::Bool(true)).via(Means::Wrapper, told.unwrap_or(spot));
                keep("__debugged__", Some(marker));
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
            "string.Template" => keep("template", find(Some(0), "template")),
            "io.StringIO" => keep(dotenv::TEXT, find(Some(0), "initial_value")),
            "contextvars.ContextVar" => {
                keep("default", args.keyword("default").map(|(value, at)| value.clone().at(at)));
            }
            _ if path.strip_prefix("builtins.").is_some_and(is_exception) => {
                let items = args.positional.iter().map(|(value, _)| value.clone()).collect();
                keep("args", Some(Value::of(Data::Tuple(Rc::new(items)))));
            }
            "environs.Env" => keep("prefix", find(None, "prefix")),
            "starlette.config.Config" => keep("env_file", find(Some(0), "env_file")),
            "decouple.RepositoryEnv" | "decouple.RepositoryIni" => keep("path", find(Some(0), "source")),
            "decouple.Config" => keep("path", find(Some(0), "repository")),
            "types.SimpleNamespace" | "argparse.Namespace" => {
                for (name, value, at) in &args.keywords {
                    let value = if is_setting(value) { value.clone().at(*at) } else { value.clone() };
                    if let Some(Object::Instance(instance)) = self.object_mut(id) {
                        instance.attrs.insert(name.clone(), value);
                    }
                }
            }
            "pathlib.Path" | "pathlib.PurePath" if args.positional.len() > 1 => {
                let parts: Vec<String> = args.positional.iter().filter_map(|(value, _)| display(value)).collect();
                let known = parts.len() == args.positional.len();
                keep("path", known.then(|| Value::text(&parts.join("/"))));
            }
            "io.File" | "pathlib.Path" | "pathlib.PurePath" => keep("path", find(Some(0), "path")),
            // A layer around a WSGI application: `ProxyFix(app.wsgi_app)`.
            _ if path.contains("middleware") || path.ends_with("Middleware") || path.ends_with("Fix") => {
                keep("app", find(Some(0), "app"));
            }
            "flask.cli.FlaskGroup" => {
                keep("create_app", find(None, "create_app"));
                keep("set_debug_flag", find(None, "set_debug_flag"));
            }
            _ => self.init_extension(&path, id, args),
        }
        Ok(())
    }

    /// A method of something whose behaviour is modelled.
    pub fn call_attribute(&mut self, receiver: &Value, name: &str, args: Args, spot: Spot) -> Eval<Value> {
        // What only keeps a generator does not go through it.
        let keeps = matches!(name, "append" | "insert" | "add" | "put" | "setdefault" | "__setitem__");
        let args = if keeps { args } else { self.exhausted_args(args)? };
        if let Some(result) = self.call_protocol(receiver, name, &args, spot) {
            return result;
        }
        match &receiver.data {
            Data::Instance(id) => self.call_instance(receiver, *id, name, args, spot),
            Data::Super(id, _) => {
                let id = *id;
                if self.class(id).is_some() {
                    return Ok(self.call_class(id, name, &args));
                }
                if name == "__setattr__"
                    && let [(name, _), (value, _), ..] = args.positional.as_slice()
                    && let Some(name) = name.as_str().map(str::to_owned)
                {
                    self.set_attribute(&Value::of(Data::Instance(id)), &name, value.clone(), spot)?;
                    return Ok(Value::of(Data::None));
                }
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
            Data::Class(id) => match self.validated(receiver, name, &args, spot) {
                Some(result) => result,
                None => Ok(self.call_class(*id, name, &args)),
            },
            Data::List(id) => self.call_list(*id, name, &args, spot),
            Data::Str(_) if name == "encode" => Ok(texts::encoded(receiver.clone())),
            Data::Str(text) => Ok(collections::string_method(receiver, text, name, &args, self)),
            Data::Bytes(_) => Ok(self.call_bytes(receiver, name, &args)),
            _ => Ok(Value::derived(Data::Unknown, &[receiver])),
        }
    }
}

/// Whether a function does not go through what it is given.
fn leaves_alone(path: &str) -> bool {
    let inner = path.strip_prefix("builtins.").unwrap_or_default();
    matches!(inner, "next" | "iter" | "print" | "type" | "isinstance" | "callable" | "bool" | "id" | "repr" | "str")
        || matches!(inner, "getattr" | "setattr" | "hasattr" | "list.append")
        || matches!(path, "contextlib.closing" | "functools.partial" | "unittest.mock.patched")
}
