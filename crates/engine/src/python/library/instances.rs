//! Methods of instances of library classes: servers, threads, readers of settings.

use super::super::environ::Words;
use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;
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
            ("flask.Blueprint" | "flask.blueprints.Blueprint" | "apiflask.APIBlueprint", "record" | "record_once") => {
                let function = args.positional.first().map_or(Value::UNKNOWN, |(value, _)| value.clone());
                self.defer(id, function);
                Value::of(Data::None)
            }
            ("flask.cli.FlaskGroup", "__call__" | "main") => self.flask_group(id, &args, spot)?,
            ("click.testing.CliRunner" | "flask.testing.FlaskCliRunner", "invoke") => {
                let command = args.find(Some(0), "cli").map_or(Value::UNKNOWN, |(value, _)| value.clone());
                let words = args.find(Some(1), "args").map(|(value, _)| value.clone());
                self.invoke(&command, words, spot)?
            }
            ("flask.Flask", "register_blueprint") => {
                if let Some((Value { data: Data::Instance(blueprint), .. }, _)) = args.find(Some(0), "blueprint") {
                    let blueprint = *blueprint;
                    self.register_blueprint(receiver, blueprint, spot)?;
                }
                Value::of(Data::None)
            }
            (
                "argparse.ArgumentParser" | "configargparse.ArgParser" | "configargparse.ArgumentParser" | OPTPARSE,
                _,
            ) => self.argparse(id, name, &args),
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
            ("pathlib.Path", "resolve" | "absolute" | "expanduser") => receiver.clone(),
            ("pathlib.Path", "joinpath" | "with_name") => match args.positional.last().cloned() {
                Some((last, _)) => self.path_below(id, &last),
                None => receiver.clone(),
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
            (path, "submit") if path.ends_with("Executor") => self.call_first(&args, 0, spot)?,
            ("multiprocessing.Pool" | "multiprocessing.pool.ThreadPool" | "multiprocessing.pool.Pool", _) => match name
            {
                "apply" | "apply_async" => self.call_packed(&args, 0, ["args", "kwds"], spot)?,
                _ => Value::UNKNOWN,
            },
            ("gevent.Greenlet", "start") => Value::UNKNOWN,
            ("flask.Flask", "app_context" | "test_request_context") => Value::UNKNOWN,
            ("gevent.pywsgi.WSGIServer", _) => Value::UNKNOWN,
            _ => Value::UNKNOWN,
        })
    }

    /// `blueprint.record(function)`: it is called when the blueprint is registered.
    fn defer(&mut self, blueprint: Id, function: Value) {
        let known = self.instance(blueprint).and_then(|instance| instance.attrs.get("deferred_functions")).cloned();
        let list = match known {
            Some(Value { data: Data::List(list), .. }) => list,
            _ => {
                let list = self.alloc(Object::List(List { items: Vec::new(), open: false }));
                if let Some(Object::Instance(instance)) = self.object_mut(blueprint) {
                    let value = Value::of(Data::List(list));
                    instance.attrs.insert(Name::new_static("deferred_functions"), value);
                }
                list
            }
        };
        if let Some(Object::List(list)) = self.object_mut(list) {
            list.items.push(function);
        }
    }

    /// `app.register_blueprint(blueprint)`: what the blueprint recorded sees the application as `state.app`.
    fn register_blueprint(&mut self, app: &Value, blueprint: Id, spot: Spot) -> Eval<()> {
        let deferred = self.instance(blueprint).and_then(|instance| instance.attrs.get("deferred_functions")).cloned();
        let Some(deferred) = deferred else { return Ok(()) };
        let state = self.new_instance(Value::library("flask.blueprints.BlueprintSetupState"));
        if let Some(Object::Instance(instance)) = self.object_mut(state) {
            instance.attrs.insert(Name::new_static("app"), app.clone());
        }
        for function in self.items(&deferred).unwrap_or_default() {
            let args = Args { positional: vec![(Value::of(Data::Instance(state)), spot)], ..Args::default() };
            self.call(&function, args, spot)?;
        }
        Ok(())
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
