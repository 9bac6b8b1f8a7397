//! Methods of instances of library classes: servers, threads, readers of settings.

use super::super::environ::Words;
use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;
use super::dotenv::ENV_FILE;
use super::options::OPTPARSE;

impl Machine<'_> {
    pub(super) fn call_instance(
        &mut self,
        receiver: &Value,
        id: Id,
        name: &str,
        args: Args,
        spot: Spot,
    ) -> Eval<Value> {
        if let Some(kind) = self.kind(receiver)
            && let Some(result) = self.launch_method(id, kind, name, &args, spot)
        {
            return result;
        }
        if let Some(aware) = self.aware_of(receiver, name) {
            return Ok(aware);
        }
        if let Some(entries) = self.entries_of(receiver) {
            return self.call_dict(&Value::of(Data::Dict(entries)), entries, name, args, spot);
        }
        let class = self.instance(id).map(|instance| instance.class.clone()).unwrap_or(Value::UNKNOWN);
        let path = self.ancestors(&class).iter().find_map(|class| class.as_library().map(str::to_owned));
        let attr =
            |machine: &Self, name: &str| machine.instance(id).and_then(|instance| instance.attrs.get(name).cloned());
        let path = path.unwrap_or_default();
        Ok(match (path.as_str(), name) {
            ("flask.cli.FlaskGroup", "__call__" | "main") => self.flask_group(id, &args, spot)?,
            ("click.testing.CliRunner" | "flask.testing.FlaskCliRunner", "invoke") => {
                let command = args.find(Some(0), "cli").map_or(Value::UNKNOWN, |(value, _)| value.clone());
                let words = args.find(Some(1), "args").map(|(value, _)| value.clone());
                self.invoke(&command, words, spot)?
            }
            (
                "argparse.ArgumentParser" | "configargparse.ArgParser" | "configargparse.ArgumentParser" | OPTPARSE,
                _,
            ) => self.argparse(id, name, &args),
            ("argparse.Subparsers", "add_parser") => self.argparse(id, name, &args),
            ("argparse.Group", "add_argument" | "add_option") => {
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
                let (positional, keywords) = (attr(self, "args"), attr(self, "kwargs"));
                let call = self.unpacked(positional.as_ref(), keywords.as_ref(), spot);
                // Another thread: what it raises does not end the program.
                self.call(&target, call, spot).unwrap_or(Value::UNKNOWN)
            }
            ("environs.Env", "bool" | "__call__" | "str" | "int" | "list") => {
                let mut args = args;
                let cast = match name {
                    "bool" => Some("builtins.bool"),
                    "list" => Some("decouple.Csv.cast"),
                    _ => None,
                };
                args.keywords.extend(cast.map(|cast| (Name::new_static("cast"), Value::library(cast), spot)));
                let prefix =
                    attr(self, "prefix").and_then(|prefix| prefix.as_str().map(str::to_owned)).unwrap_or_default();
                self.lookup_with_cast(&args, spot, &prefix, Words::Environs, None)?
            }
            ("environs.Env", "read_env") => {
                let file = args.find(Some(0), "path").and_then(|(path, _)| self.path_of(path));
                self.load_dotenv(&[file.as_deref().unwrap_or(".env").trim_start_matches("./")]);
                Value::of(Data::None)
            }
            // Until the `with` ends that it stands in.
            ("environs.Env", "prefixed") => {
                let prefix = args.positional.first().map(|(prefix, _)| prefix.clone());
                if let (Some(prefix), Some(Object::Instance(env))) = (prefix, self.object_mut(id)) {
                    env.attrs.insert(Name::new_static("prefix"), prefix);
                }
                receiver.clone()
            }
            ("starlette.config.Config", "__call__" | "get") => {
                let file = attr(self, "env_file").and_then(|file| self.path_of(&file));
                self.lookup_with_cast(&args, spot, "", Words::Starlette, file.as_deref())?
            }
            ("decouple.Config" | "decouple.AutoConfig", "__call__" | "get") => {
                let file = self.path_of(receiver);
                self.lookup_with_cast(&args, spot, "", Words::Decouple, file.as_deref().or(Some(ENV_FILE)))?
            }
            _ if self.is_model(&class) && self.call_model(receiver, name, &args).is_some() => {
                self.call_model(receiver, name, &args).unwrap_or(Value::UNKNOWN)
            }
            ("io.File" | "pathlib.Path", "read" | "read_text" | "open") => {
                let is_read = path != "io.File" && args.positional.is_empty();
                if is_read && self.path_of(receiver).is_some_and(|path| self.is_absent(&path)) {
                    self.raise_awaited("FileNotFoundError")?;
                }
                // What is read is text, which has methods that a path has not.
                match attr(self, "path").filter(|_| is_read) {
                    Some(inner) => self.opened(inner),
                    None => receiver.clone(),
                }
            }
            ("pathlib.Path", "exists" | "is_file") => {
                let path = attr(self, "path");
                self.exists(path.as_ref())
            }
            ("pathlib.Path", "resolve" | "absolute" | "expanduser") => receiver.clone(),
            ("pathlib.Path", "as_posix" | "__str__" | "__fspath__") => self.path_text(id),
            ("pathlib.Path", "joinpath" | "with_name") => match args.positional.last().cloned() {
                Some((last, _)) => self.path_below(id, &last),
                None => receiver.clone(),
            },
            ("re.Pattern" | "re.Match", _) => self.call_matcher(id, name, &args),
            ("io.File" | "pathlib.Path", "readlines") => self.lines_of(receiver, "\n").unwrap_or(Value::UNKNOWN),
            ("io.File" | "pathlib.Path", "splitlines") => self.lines_of(receiver, "").unwrap_or(Value::UNKNOWN),
            ("io.File", _) => match self.text_of(receiver) {
                Some(text) => {
                    let method = self.attribute(&text, name)?;
                    self.call(&method, args, spot)?
                }
                None => Value::UNKNOWN,
            },
            (parser, _) if super::ini::is_parser(parser) => return self.call_ini_parser(id, name, &args, spot),
            ("configparser.SectionProxy", _) => return self.call_ini_section(id, name, &args, spot),
            (_, "_asdict") if self.tuple_fields(receiver).is_some() => {
                let entries = self.tuple_fields(receiver).unwrap_or_default();
                let entries = entries.into_iter().map(|(name, value)| (Value::text(&name), value)).collect();
                Value::of(Data::Dict(self.alloc(Object::Dict(Dict { entries, ..Dict::default() }))))
            }
            (_, "_replace") if self.tuple_fields(receiver).is_some() => self.replaced(receiver, &args),
            ("asyncio.Loop", "run_until_complete" | "create_task") => {
                args.positional.first().map_or(Value::UNKNOWN, |(value, _)| value.clone())
            }
            ("asyncio.Loop", "run_in_executor") => self.call_first(&args, 1, spot)?,
            ("asyncio.Loop", "call_soon" | "call_soon_threadsafe") => self.call_first(&args, 0, spot)?,
            ("asyncio.Loop", "call_later" | "call_at") => self.call_first(&args, 1, spot)?,
            (path, "map") if path.ends_with("Executor") => return self.call_builtin("map", &args, spot),
            ("contextvars.ContextVar", "get") => {
                let value = attr(self, "value").or_else(|| attr(self, "default"));
                value.or_else(|| args.positional.first().map(|(value, _)| value.clone())).unwrap_or(Value::UNKNOWN)
            }
            ("contextvars.ContextVar", "set") => {
                let value = args.positional.first().map(|(value, at)| value.clone().at(*at));
                let before = attr(self, "value");
                if let (Some(value), Some(Object::Instance(var))) = (value, self.object_mut(id)) {
                    var.attrs.insert(Name::new_static("value"), value);
                }
                let token = self.new_instance(Value::library("contextvars.Token"));
                if let (Some(before), Some(Object::Instance(token))) = (before, self.object_mut(token)) {
                    token.attrs.insert(Name::new_static("old_value"), before);
                }
                Value::of(Data::Instance(token))
            }
            ("contextvars.ContextVar", "reset") => {
                let token = args.positional.first().map(|(token, _)| token.data.clone());
                let before = match token {
                    Some(Data::Instance(token)) => self.instance(token).and_then(|token| token.attrs.get("old_value")),
                    _ => return Ok(Value::UNKNOWN),
                };
                let before = before.cloned();
                if let Some(Object::Instance(var)) = self.object_mut(id) {
                    match before {
                        Some(before) => drop(var.attrs.insert(Name::new_static("value"), before)),
                        None => drop(var.attrs.remove("value")),
                    }
                }
                Value::of(Data::None)
            }
            ("click.Context", "ensure_object") => {
                let made = self.call_first(&args, 0, spot)?;
                if let Some(Object::Instance(context)) = self.object_mut(id)
                    && context.attrs.get("obj").is_none_or(|obj| obj.data == Data::None)
                {
                    context.attrs.insert(Name::new_static("obj"), made);
                }
                attr(self, "obj").unwrap_or(Value::UNKNOWN)
            }
            ("click.Context", "invoke") => self.call_first(&args, 0, spot)?,
            ("click.Context", "forward") => self.click_forward(&args, spot)?,
            ("string.Template", "substitute" | "safe_substitute") => self.substituted(id, &args, spot)?,
            (path, "submit") if path.ends_with("Executor") => self.call_first(&args, 0, spot)?,
            ("multiprocessing.Pool" | "multiprocessing.pool.ThreadPool" | "multiprocessing.pool.Pool", _) => match name
            {
                "apply" | "apply_async" => self.call_packed(&args, 0, ["args", "kwds"], spot)?,
                _ => Value::UNKNOWN,
            },
            ("gevent.Greenlet", "start") => Value::UNKNOWN,
            ("flask.Blueprint" | "flask.blueprints.Blueprint" | "apiflask.APIBlueprint", "record" | "record_once") => {
                let deferred = attr(self, "__deferred__").and_then(|list| self.items(&list)).unwrap_or_default();
                let more = args.positional.first().map(|(function, _)| function.clone());
                let list = self.new_list(deferred.into_iter().chain(more).collect());
                if let Some(Object::Instance(blueprint)) = self.object_mut(id) {
                    blueprint.attrs.insert(Name::new_static("__deferred__"), list);
                }
                Value::of(Data::None)
            }
            ("flask.Flask", "register_blueprint") => return self.register_blueprint(receiver, &args, spot),
            // The class's own `register`, called by one that overrides it.
            ("flask.Blueprint" | "flask.blueprints.Blueprint" | "apiflask.APIBlueprint", "register") => {
                let app = args.positional.first().map_or(Value::UNKNOWN, |(app, _)| app.clone());
                let options = args.find(Some(1), "options").map_or(Value::UNKNOWN, |(options, _)| options.clone());
                self.run_deferred(receiver, &app, &options, spot)?;
                Value::of(Data::None)
            }
            ("flask.Flask", "make_config") => attr(self, "config").unwrap_or(Value::UNKNOWN),
            ("gevent.pywsgi.WSGIServer", _) => Value::UNKNOWN,
            (path, _) => {
                let stand_in = self.call_generator(id, name, &args);
                let stand_in = stand_in.or_else(|| self.call_stand_in(path, id, name, &args));
                let result = stand_in.or_else(|| self.call_loader(path, id, name));
                return result
                    .or_else(|| self.call_mock_method(path, id, name, &args, spot))
                    .or_else(|| self.call_extension(receiver, path, name, &args, spot))
                    .or_else(|| self.call_schema(receiver, path, name, &args, spot))
                    .or_else(|| self.call_logger(path, id, name, &args))
                    .or_else(|| self.call_moment(path, receiver, name))
                    .unwrap_or(Ok(Value::UNKNOWN));
            }
        })
    }

    /// `app.register_blueprint(blueprint)`: what the blueprint recorded runs now, by its own `register` if it has one.
    fn register_blueprint(&mut self, app: &Value, args: &Args, spot: Spot) -> Eval<Value> {
        let blueprint = args.find(Some(0), "blueprint").map_or(Value::UNKNOWN, |(value, _)| value.clone());
        let Data::Instance(id) = blueprint.data else { return Ok(Value::UNKNOWN) };
        let class = self.instance(id).map(|instance| instance.class.clone()).unwrap_or(Value::UNKNOWN);
        if let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(&class, "register", None) {
            let options = self.blueprint_options(args, spot)?;
            let args = Args { positional: vec![(app.clone(), spot), (options, spot)], ..Args::default() };
            self.call_function(&closure, Some(blueprint), args, spot)?;
        } else {
            let options = self.blueprint_options(args, spot)?;
            self.run_deferred(&blueprint, app, &options, spot)?;
        }
        Ok(Value::of(Data::None))
    }

    /// What a blueprint is registered with, as a dict.
    fn blueprint_options(&mut self, args: &Args, spot: Spot) -> Eval<Value> {
        let own = args.keywords.iter().filter(|(name, _, _)| name != "blueprint").cloned();
        self.call_builtin("dict", &Args { keywords: own.collect(), ..Args::default() }, spot)
    }

    fn run_deferred(&mut self, blueprint: &Value, app: &Value, options: &Value, spot: Spot) -> Eval<()> {
        let Data::Instance(id) = blueprint.data else { return Ok(()) };
        let deferred = self.instance(id).and_then(|blueprint| blueprint.attrs.get("__deferred__")).cloned();
        for function in deferred.and_then(|list| self.items(&list)).unwrap_or_default() {
            let state = self.new_instance(Value::library("flask.blueprints.BlueprintSetupState"));
            if let Some(Object::Instance(instance)) = self.object_mut(state) {
                instance.attrs.insert(Name::new_static("app"), app.clone());
                instance.attrs.insert(Name::new_static("options"), options.clone());
            }
            let args = Args { positional: vec![(Value::of(Data::Instance(state)), spot)], ..Args::default() };
            self.call(&function, args, spot)?;
        }
        Ok(())
    }

    /// Attributes that instances of library classes have of themselves.
    pub fn model_attribute(&mut self, class: &Value, name: &str) -> Option<Value> {
        let path = self.ancestors(class).iter().find_map(|class| class.as_library().map(str::to_owned))?;
        match (path.as_str(), name) {
            ("argparse.Namespace", _) => Some(Value::UNKNOWN),
            ("click.Context", "params") => Some(self.click_params()),
            ("pathlib.Path" | "pathlib.PurePath", "parent" | "parents") => {
                // The folder of a script, most often: what is below it is found by its name.
                let id = self.new_instance(Value::library("pathlib.Path"));
                Some(Value::of(Data::Instance(id)))
            }
            ("flask_socketio.SocketIO", "server") => Some(Value::UNKNOWN),
            ("flask.Flask", "testing" | "root_path" | "logger" | "instance_path") => Some(Value::UNKNOWN),
            _ => None,
        }
    }

    /// Whether a value is an instance of a class or of one of several.
    pub(super) fn is_instance(&self, value: &Value, class: &Value) -> Option<bool> {
        if let Some(classes) = self.items(class) {
            let verdicts: Vec<Option<bool>> = classes.iter().map(|class| self.is_instance(value, class)).collect();
            let all = verdicts.iter().all(Option::is_some);
            return verdicts.contains(&Some(true)).then_some(true).or(all.then_some(false));
        }
        if let Data::Instance(id) = value.data {
            let ancestors = self.ancestors(&self.instance(id)?.class);
            let found = ancestors.iter().any(|ancestor| ancestor.data == class.data);
            return found.then_some(true).or(matches!(class.data, Data::Class(_)).then_some(false));
        }
        let own: &[&str] = match value.data {
            Data::Bool(_) => &["bool", "int"],
            Data::Int(_) => &["int"],
            Data::Float(_) => &["float"],
            Data::Str(_) => &["str"],
            Data::Bytes(_) => &["bytes"],
            Data::Dict(_) => &["dict"],
            Data::Tuple(_) => &["tuple"],
            Data::None | Data::List(_) => &[],
            _ => return None,
        };
        let named = class.as_library().map(|path| path.rsplit('.').next().unwrap_or(path));
        match named {
            // Lists and sets are kept alike.
            Some("list" | "set" | "frozenset") if matches!(value.data, Data::List(_)) => None,
            // An abstract class says what something can do, not what it is.
            Some("Mapping" | "MutableMapping") => Some(matches!(value.data, Data::Dict(_))),
            Some(name) if class.as_library().is_some_and(|path| path.starts_with("builtins.")) => {
                Some(own.contains(&name) || name == "object")
            }
            None if matches!(class.data, Data::Class(_)) => Some(false),
            _ => None,
        }
    }

    /// A path below another one; of the upper part only the name of the lower is known to matter.
    pub fn path_below(&mut self, upper: Id, lower: &Value) -> Value {
        let Some(class) = self.instance(upper).map(|instance| instance.class.clone()) else { return Value::UNKNOWN };
        if !class.as_library().is_some_and(|path| path.starts_with("pathlib.")) {
            return Value::UNKNOWN;
        }
        let before = self.instance(upper).and_then(|path| path.attrs.get("path")).and_then(Value::as_str);
        let path = match (before, lower.as_str()) {
            (Some(before), Some(lower)) if !before.ends_with(".py") => Value::text(&format!("{before}/{lower}")),
            _ => lower.clone(),
        };
        let id = self.new_instance(class);
        if let Some(Object::Instance(instance)) = self.object_mut(id) {
            instance.attrs.insert(Name::new_static("path"), path);
        }
        Value::of(Data::Instance(id))
    }
}
