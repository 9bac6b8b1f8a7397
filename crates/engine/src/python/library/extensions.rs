//! What is given an application or waits for one: extensions of Flask, applications that are built on another one, signals
//! of blinker, and stacks of context managers.
//!
//! What an extension does with the application is not known; that it keeps it is.

use std::rc::Rc;

use super::super::catalogue::Kind;
use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;

/// The class of signals, and where one keeps who listens, each with the sender that it listens to.
const SIGNAL: &str = "blinker.Signal";
const RECEIVERS: Name = Name::new_static("__receivers__");

const APP: Name = Name::new_static("app");
const SERVER: Name = Name::new_static("server");

impl Machine<'_> {
    fn keep_attr(&mut self, id: Id, name: Name, value: Value) {
        if let Some(Object::Instance(instance)) = self.object_mut(id) {
            instance.attrs.insert(name, value);
        }
    }

    /// What an application or an extension keeps of its constructor's arguments.
    pub(super) fn init_extension(&mut self, path: &str, id: Id, args: &Args) {
        let find = |position: Option<usize>, name: &str| args.find(position, name).map(|(value, _)| value.clone());
        self.init_schema_field(path, id, args);
        let class = self.instance(id).map_or(Value::UNKNOWN, |instance| instance.class.clone());
        let mut kept: Vec<(Name, Option<Value>)> = Vec::new();
        match self.kind_of_class(&class) {
            Some(Kind::Flask) => {
                for name in ["instance_relative_config", "instance_path"] {
                    kept.push((Name::new_static(name), find(None, name)));
                }
                kept.push((Name::new_static("import_name"), find(Some(0), "import_name")));
            }
            // `server=True`, which is the default, makes one; `False` waits for `init_app`.
            Some(Kind::Dash) => kept.push((SERVER, find(Some(1), "server").filter(|server| self.is_flask(server)))),
            Some(Kind::SocketIo) => {
                kept.push((APP, find(Some(0), "app")));
                kept.push((Name::new_static("async_mode"), find(None, "async_mode")));
            }
            None if path.starts_with("flask_") => {
                kept.push((APP, find(Some(0), "app").filter(|app| self.is_flask(app))));
            }
            _ => {}
        }
        for (name, value) in kept {
            if let Some(value) = value {
                self.keep_attr(id, name, value);
            }
        }
    }

    fn is_flask(&self, value: &Value) -> bool {
        self.kind(value) == Some(Kind::Flask)
    }

    /// What an application makes that leads back to it: a context by its `app`, a test client by its `application`.
    pub(super) fn aware_of(&mut self, app: &Value, method: &str) -> Option<Value> {
        let kind = self.kind(app)?;
        let (class, name) = match (kind, method) {
            (Kind::Flask | Kind::Quart, "app_context") => ("flask.ctx.AppContext", APP),
            (Kind::Flask | Kind::Quart, "request_context" | "test_request_context") => {
                ("flask.ctx.RequestContext", APP)
            }
            (Kind::Quart, "test_client") => ("quart.testing.QuartClient", APP),
            (Kind::Flask, "test_client") => ("flask.testing.FlaskClient", Name::new_static("application")),
            _ => return None,
        };
        Some(self.keeping(class, [(name, app.clone())]))
    }

    /// The name of an application: that of its module, or of the file that is started.
    pub fn app_name(&self, id: Id, attribute: &str) -> Option<Value> {
        if attribute != "name" || !self.is_flask(&Value::of(Data::Instance(id))) {
            return None;
        }
        let own = self.instance(id).and_then(|app| app.attrs.get("import_name")).and_then(Value::as_str);
        Some(match own {
            Some("__main__") => {
                let path = self.frames.first().map(|frame| self.files.path(frame.file)).unwrap_or_default();
                let name = path.rsplit('/').next().unwrap_or_default();
                Value::text(name.strip_suffix(".py").unwrap_or(name))
            }
            Some(name) => Value::text(name),
            None => Value::UNKNOWN,
        })
    }

    /// A method of an extension, a signal or a stack of context managers; `None` for anything else.
    pub(super) fn call_extension(
        &mut self,
        receiver: &Value,
        path: &str,
        name: &str,
        args: &Args,
        spot: Spot,
    ) -> Option<Eval<Value>> {
        let Data::Instance(id) = receiver.data else { return None };
        match (path, name) {
            ("contextlib.ExitStack" | "contextlib.AsyncExitStack", _) => {
                self.call_stack(receiver, id, name, args, spot)
            }
            ("blinker.Namespace", "signal") => {
                let key = Name::from(format!("signal {}", text_of(args).unwrap_or_default()));
                let known = self.instance(id).and_then(|namespace| namespace.attrs.get(&key)).cloned();
                Some(Ok(known.unwrap_or_else(|| {
                    let signal = self.new_signal();
                    self.keep_attr(id, key, signal.clone());
                    signal
                })))
            }
            (SIGNAL | "blinker.NamedSignal" | "blinker.base.Signal" | "blinker.base.NamedSignal", _) => {
                self.call_signal_method(id, name, args, spot)
            }
            (_, "init_app") => {
                let app = args.find(Some(0), "app").map(|(app, _)| app.clone())?;
                let name = if self.kind(receiver) == Some(Kind::Dash) { SERVER } else { APP };
                if path.starts_with("flask_") || name == SERVER {
                    self.keep_attr(id, name, app);
                }
                Some(Ok(Value::of(Data::None)))
            }
            _ => None,
        }
    }

    fn new_signal(&mut self) -> Value {
        Value::of(Data::Instance(self.new_instance(Value::library(SIGNAL))))
    }

    /// `blinker.signal(name)`: the one of this name.
    pub(super) fn call_signal(&mut self, path: &str, args: &Args, _spot: Spot) -> Option<Eval<Value>> {
        if !matches!(path, "blinker.signal" | "blinker.base.signal") {
            return None;
        }
        let Some(name) = text_of(args).map(Name::from) else { return Some(Ok(self.new_signal())) };
        if let Some(known) = self.state.signals.get(&name) {
            return Some(Ok(Value::of(Data::Instance(*known))));
        }
        let signal = self.new_signal();
        if let Data::Instance(id) = signal.data {
            self.state.signals.insert(name, id);
        }
        Some(Ok(signal))
    }

    fn call_signal_method(&mut self, id: Id, name: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        let known = self.instance(id).and_then(|signal| signal.attrs.get(&RECEIVERS)).cloned();
        let mut known = known.and_then(|known| self.items(&known)).unwrap_or_default();
        let first = args.positional.first().map(|(value, _)| value.clone());
        match name {
            "connect" | "connect_via" => {
                let (receiver, sender) = match name {
                    "connect" => (first?, args.find(Some(1), "sender").map(|(sender, _)| sender.clone())),
                    // As a decorator: the function comes last.
                    _ if args.positional.len() > 1 => (args.positional.last()?.0.clone(), first),
                    _ => return None,
                };
                let sender = sender.unwrap_or(Value::library("blinker.ANY"));
                known.push(Value::of(Data::Tuple(Rc::new(vec![receiver.clone(), sender]))));
                self.keep_attr(id, RECEIVERS, Value::of(Data::Tuple(Rc::new(known))));
                Some(Ok(receiver))
            }
            "disconnect" => {
                let gone = first?;
                known.retain(|pair| self.items(pair).is_none_or(|pair| pair[0].data != gone.data));
                self.keep_attr(id, RECEIVERS, Value::of(Data::Tuple(Rc::new(known))));
                Some(Ok(Value::of(Data::None)))
            }
            "send" | "send_async" => {
                let sender = first.unwrap_or(Value::of(Data::None));
                let mut args = args.clone();
                if args.positional.is_empty() {
                    args.positional.push((sender.clone(), spot));
                }
                for pair in known {
                    let Some([receiver, awaited]) =
                        self.items(&pair).as_deref().and_then(|it| it.first_chunk().cloned())
                    else {
                        continue;
                    };
                    let is_any = awaited.as_library() == Some("blinker.ANY");
                    if !is_any && awaited.data != Data::Unknown && awaited.data != sender.data {
                        continue;
                    }
                    if let Err(stop) = self.call(&receiver, args.clone(), spot) {
                        return Some(Err(stop));
                    }
                }
                Some(Ok(Value::UNKNOWN))
            }
            _ => None,
        }
    }

    /// A method of `contextlib.ExitStack`.
    fn call_stack(&mut self, stack: &Value, id: Id, name: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        let (first, rest) = match args.positional.split_first() {
            Some(((first, _), rest)) => (Some(first.clone()), rest.to_vec()),
            None => (None, Vec::new()),
        };
        Some(match name {
            "callback" => {
                let call = (first?, Args { positional: rest, ..args.clone() });
                self.keep_callback(id, Value::of(Data::Partial(Rc::new(call))));
                Ok(Value::UNKNOWN)
            }
            "enter_context" | "enter_async_context" => self.enter_in(id, &first?, spot),
            "close" | "aclose" => self.run_callbacks(stack, spot).map(|()| Value::of(Data::None)),
            _ => return None,
        })
    }

    /// Enters a context manager, whose end is that of the stack.
    fn enter_in(&mut self, stack: Id, manager: &Value, spot: Spot) -> Eval<Value> {
        if let Some(generator) = self.generator_of(manager)? {
            let call = Value::library("builtins.next");
            let nothing = Value::of(Data::None);
            let args = Args { positional: vec![(generator, spot), (nothing, spot)], ..Args::default() };
            let entered = self.call(&call, args.clone(), spot)?;
            self.keep_callback(stack, Value::of(Data::Partial(Rc::new((call, args)))));
            return Ok(entered);
        }
        let is_own = matches!(manager.data, Data::Instance(_));
        if !is_own {
            return Ok(Value::UNKNOWN);
        }
        let is_patch = self.as_patch(manager).is_some();
        let enter = self.attribute(manager, "__enter__")?;
        if !is_patch && !matches!(enter.data, Data::Method(_)) {
            return Ok(manager.clone());
        }
        let entered = self.call(&enter, Args::default(), spot)?;
        let exit = self.attribute(manager, "__exit__")?;
        let nothing = Args { positional: vec![(Value::of(Data::None), spot); 3], ..Args::default() };
        self.keep_callback(stack, Value::of(Data::Partial(Rc::new((exit, nothing)))));
        Ok(entered)
    }
}

fn text_of(args: &Args) -> Option<&str> {
    args.positional.first().and_then(|(value, _)| value.as_str())
}
