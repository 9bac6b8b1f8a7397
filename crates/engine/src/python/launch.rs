//! Launches: what debug is when a server starts, and why.
//!
//! Each model here follows the library's source (`flask/app.py`, `werkzeug/serving.py`, `dash/dash.py`,
//! `quart/app.py`, `flask_socketio`) as observed by running it. Nothing here decides what is worth reporting.

use std::rc::Rc;
use std::sync::Arc;

use super::catalogue::{Kind, LAUNCHES, LaunchRow, variable};
use super::files::folder_of;
use super::ir::*;
use super::machine::{Eval, Machine};
use super::pins::obeys_flask_env;
use super::value::*;

/// What a run is about: which environment, and how the program is started.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// Variables that are set when the process starts.
    pub env: Vec<Setting>,
    /// The words behind the program in its command line, each with its place.
    pub argv: Vec<Value>,
    /// Whether the program is imported by the `flask` command, under which `app.run` does nothing.
    pub from_cli: bool,
}

/// A variable of a plan. A value with an origin was set in a file of the project.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub name: Name,
    pub value: Value,
}

/// How a server was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum How {
    /// `app.run()` of this kind.
    Run(&'static str),
    /// `werkzeug.run_simple`.
    RunSimple,
    /// A server without a debugger of its own.
    Server,
    /// Nothing in the program: `flask run` or a WSGI server from outside.
    Outside,
    /// A framework that has only a traceback page.
    Framework(&'static str),
}

/// A start of a server, with what debug was then.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    /// The call.
    pub spot: Spot,
    pub how: How,
    /// The value that decided debug, with its provenance.
    pub debug: Value,
    /// Whether that is true.
    pub on: Option<bool>,
    /// Whether Werkzeug's debugger runs.
    pub debugger: bool,
    /// What put the debugger on, where that is not debug itself.
    pub debugger_cause: Option<Value>,
    /// Whether the debugger has its console.
    pub console: bool,
    pub host: Option<Arc<str>>,
    pub port: Option<u16>,
    /// Whether it happens for certain.
    pub certain: bool,
    /// Whether the receiver is known to be an application.
    pub typed: bool,
    /// Where the application was made.
    pub app: Option<Spot>,
    /// Where the PIN was turned off.
    pub pin_off: Option<Spot>,
    /// Where Werkzeug's server was let run without a terminal, which Flask-SocketIO refuses by itself.
    pub unguarded: Option<Spot>,
    pub variable: &'static str,
    /// Lookups that decided whether this launch happens.
    pub env: Vec<Lookup>,
    /// Whether a string's truth decided that.
    pub text: bool,
}

impl Launch {
    /// Notes that the launch happens because of these lookups.
    pub fn depends_on(&mut self, env: &[Lookup], text: bool) {
        for lookup in env {
            if !self.env.contains(lookup) {
                self.env.push(lookup.clone());
            }
        }
        self.text |= text;
    }
}

/// What `run_simple` takes besides what `Flask.run` passes itself (Werkzeug 3.1).
const RUN_SIMPLE_OPTIONS: &[&str] = &[
    "use_reloader",
    "use_debugger",
    "use_evalex",
    "extra_files",
    "exclude_patterns",
    "reloader_interval",
    "reloader_type",
    "threaded",
    "processes",
    "request_handler",
    "static_files",
    "passthrough_errors",
    "ssl_context",
    "fd",
    "use_threads",
    "bind_addr",
];

/// Whether a word reads like off, whatever Flask makes of it.
pub(crate) fn means_off(value: &str) -> bool {
    matches!(
        value.trim().to_lowercase().as_str(),
        "0" | "off" | "n" | "f" | "false" | "no" | "none" | "null" | "nil" | "disabled" | "disable" | "never" | "-1"
    )
}

/// Whether a value of `FLASK_DEBUG` is on (`flask.helpers.get_debug_flag`).
pub(crate) fn flask_flag(value: &str) -> bool {
    !value.is_empty() && !matches!(value.to_lowercase().as_str(), "0" | "false" | "no")
}

impl Machine<'_> {
    /// Gives a new application its state.
    pub fn construct_app(&mut self, id: Id, kind: Kind) {
        if let Kind::Flask | Kind::Quart = kind {
            let name = if kind == Kind::Quart { "QUART_DEBUG" } else { "FLASK_DEBUG" };
            let flag = self.flag_of(name);
            let entries = vec![(Value::text("DEBUG"), flag)];
            let config = self.alloc(Object::Dict(Dict { entries, config: true, ..Dict::default() }));
            self.set_raw(id, "config", Value::of(Data::Dict(config)));
            self.state.apps.push(id);
        }
        let inner = match kind {
            Kind::Dash => "server",
            Kind::Connexion => "app",
            _ => return,
        };
        let app = self.new_instance(Value::library("flask.Flask"));
        self.set_raw(id, inner, Value::of(Data::Instance(app)));
    }

    fn set_raw(&mut self, id: Id, name: &'static str, value: Value) {
        if let Some(Object::Instance(instance)) = self.object_mut(id) {
            instance.attrs.insert(Name::new_static(name), value);
        }
    }

    /// `get_debug_flag()` now: off when the variable is unset.
    pub fn flag_of(&mut self, name: &str) -> Value {
        let own = self.state.env.get(name).filter(|value| value.data != Data::None && value.as_str() != Some(""));
        if own.is_none()
            && name == "FLASK_DEBUG"
            && let Some(stated) = self.flask_env()
        {
            return stated;
        }
        let Some(value) = self.state.env.get(name).cloned() else { return Value::of(Data::Bool(false)) };
        let data = match &value.data {
            Data::Str(text) => Data::Bool(flask_flag(text)),
            Data::None => Data::Bool(false),
            _ => Data::Unknown,
        };
        let off_word = matches!(&value.data, Data::Str(text) if flask_flag(text) && means_off(text));
        let mut value = Value { data, from: value.from };
        if off_word {
            let mut from = value.from.as_deref().cloned().unwrap_or_default();
            from.off_word = true;
            value.from = Some(std::rc::Rc::new(from));
        }
        value
    }

    /// `FLASK_ENV=development`, where the Flask that the project pins obeys it.
    fn flask_env(&self) -> Option<Value> {
        let value = self.state.env.get("FLASK_ENV").filter(|value| value.as_str() == Some("development"))?;
        let file = self.frames.first().map(|frame| frame.file)?;
        if !obeys_flask_env(self.files, folder_of(&self.files.path(file))) {
            return None;
        }
        let mut from = value.from.as_deref().cloned().unwrap_or_default();
        if let Some(spot) = from.origin {
            from.env.push(Lookup { name: Name::new_static("FLASK_ENV"), spot, set: true });
        }
        Some(Value { data: Data::Bool(true), from: Some(std::rc::Rc::new(from)) })
    }

    /// What `app.debug` is.
    pub fn debug_state(&mut self, id: Id) -> Value {
        let Some(instance) = self.instance(id) else { return Value::UNKNOWN };
        if let Some(value) = instance.attrs.get("debug") {
            return value.clone();
        }
        let class = instance.class.clone();
        let config = instance.attrs.get("config").cloned();
        if let Some(Value { data: Data::Property(getter), .. }) = self.class_attribute(&class, "debug", None) {
            let spot = self.spot(0);
            let this = Some(Value::of(Data::Instance(id)));
            return self.call_function(&getter, this, Args::default(), spot).unwrap_or(Value::UNKNOWN);
        }
        if let Some(value) = self.class_attribute(&class, "debug", None)
            && !matches!(value.data, Data::Property(_) | Data::Function(_))
        {
            let spot = value.origin().unwrap_or_else(|| self.spot(0));
            return value.via(Means::Attribute, spot);
        }
        for ancestor in self.ancestors(&class) {
            let Some(path) = ancestor.as_library() else { continue };
            if let Some(value) = self.state.patches.get(format!("{path}.debug").as_str()) {
                return value.clone();
            }
        }
        let Some(Value { data: Data::Dict(config), .. }) = config else { return Value::UNKNOWN };
        let key = Value::text("DEBUG");
        let found = self.dict(config).and_then(|dict| dict.entries.iter().find(|(name, _)| name.data == key.data));
        match found {
            Some((_, value)) => value.clone(),
            None if self.dict(config).is_some_and(|dict| dict.open) => Value::UNKNOWN,
            None => Value::of(Data::Bool(false)),
        }
    }

    /// `app.debug = value`
    pub fn set_debug_state(&mut self, id: Id, value: Value) {
        let Some(instance) = self.instance(id) else { return };
        let class = instance.class.clone();
        if let Some(Value { data: Data::Property(_), .. }) = self.class_attribute(&class, "debug", None) {
            let setter = self.class_attribute(&class, &super::store::setter_of("debug"), None);
            if let Some(Value { data: Data::Function(closure), .. }) = setter {
                let spot = value.origin().unwrap_or_else(|| self.spot(0));
                let args = Args { positional: vec![(value, spot)], ..Args::default() };
                let _ = self.call_function(&closure, Some(Value::of(Data::Instance(id))), args, spot);
            }
            return;
        }
        let config = instance.attrs.get("config").cloned();
        let patched = self.ancestors(&class).iter().any(|ancestor| {
            ancestor.as_library().is_some_and(|path| self.state.patches.contains_key(format!("{path}.debug").as_str()))
        });
        let hidden = patched
            || self
                .class_attribute(&class, "debug", None)
                .is_some_and(|value| !matches!(value.data, Data::Property(_) | Data::Function(_)));
        if hidden {
            return self.set_raw(id, "debug", value);
        }
        let Some(Value { data: Data::Dict(config), .. }) = config else { return };
        let Some(dict) = self.dict_mut(config) else { return };
        match dict.entries.iter_mut().find(|(key, _)| key.as_str() == Some("DEBUG")) {
            Some((_, slot)) => *slot = value,
            None => dict.entries.push((Value::text("DEBUG"), value)),
        }
    }

    /// A method of an application that starts a server; `None` when the method is none.
    pub fn launch_method(&mut self, id: Id, kind: Kind, name: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        if kind == Kind::Dash && name == "enable_dev_tools" {
            self.dash_dev_tools(id, args, spot);
            return Some(Ok(Value::of(Data::None)));
        }
        let row = LAUNCHES.iter().find(|row| row.kind == kind && row.method == name)?;
        Some(match kind {
            Kind::Flask => self.run_flask(id, row, args, spot),
            Kind::SocketIo => self.run_socketio(id, row, args, spot),
            Kind::Quart | Kind::Dash | Kind::Other => self.run_other(id, kind, row, args, spot),
            Kind::Connexion => return None,
        })
    }

    fn run_flask(&mut self, id: Id, row: &LaunchRow, args: &Args, spot: Spot) -> Eval<Value> {
        if self.plan.from_cli {
            return Ok(Value::of(Data::None));
        }
        let known = ["host", "port", "debug", "load_dotenv"];
        let strange = args
            .keywords
            .iter()
            .any(|(name, _, _)| !known.contains(&name.as_str()) && !RUN_SIMPLE_OPTIONS.contains(&name.as_str()));
        if strange || args.positional.len() > known.len() {
            return Err(Machine::missing("TypeError"));
        }
        let load = args.find(row.load_dotenv, "load_dotenv").map(|(value, _)| value.clone());
        let load = load.is_none_or(|value| self.truth(&value) != Some(false));
        if self.loads_dotenv(load) {
            self.load_dotenv(&[".env", ".flaskenv"]);
            let set = self.state.env.get("FLASK_DEBUG").is_some_and(|set| set.data != Data::None);
            if set || self.flask_env().is_some() {
                let flag = self.flag_of("FLASK_DEBUG");
                self.set_debug_state(id, flag);
            }
        }
        if let Some((value, at)) = args.find(row.debug, "debug")
            && value.data != Data::None
        {
            let value = as_argument(value, at);
            self.set_debug_state(id, value);
        }
        // A program that puts something in the place of the server that this calls starts none.
        if self.state.patches.contains_key("werkzeug.serving.run_simple") {
            return Ok(Value::of(Data::None));
        }
        self.record_served(id, row, args, spot, How::Run("flask"));
        Ok(Value::of(Data::None))
    }

    /// Records a launch by Werkzeug's server, whose debugger follows debug unless it is given.
    fn record_served(&mut self, id: Id, row: &LaunchRow, args: &Args, spot: Spot, how: How) {
        let debug = self.debug_state(id);
        let on = self.truth(&debug);
        let mut launch = self.launch(spot, how, debug, on);
        launch.debugger = on == Some(true);
        self.explicit_debugger(args, &mut launch);
        launch.host = args.find(row.host, "host").and_then(|(value, _)| host_of(value));
        launch.port = args.find(row.host.map(|at| at + 1), "port").and_then(|(value, _)| port_of(value));
        self.wrapped(id, &mut launch);
        self.launches.push(launch);
    }

    /// What `use_debugger` and `use_evalex`, handed on to Werkzeug, make of a launch.
    fn explicit_debugger(&mut self, args: &Args, launch: &mut Launch) {
        if let Some((value, at)) = args.keyword("use_debugger") {
            let value = as_debugger(value, at);
            launch.debugger = self.truth(&value) == Some(true);
            launch.debugger_cause = launch.debugger.then_some(value);
        }
        let evalex = args.keyword("use_evalex").is_none_or(|(value, _)| self.truth(&value.clone()) != Some(false));
        launch.console = launch.debugger && evalex;
    }

    fn run_socketio(&mut self, id: Id, row: &LaunchRow, args: &Args, spot: Spot) -> Eval<Value> {
        if args.positional.len() > 3 {
            return Err(Machine::missing("TypeError"));
        }
        let own = self.instance(id).and_then(|instance| instance.attrs.get("app")).cloned();
        let app = args.find(Some(0), "app").map(|(value, _)| value.clone()).or(own);
        let app = app.and_then(|app| match app.data {
            Data::Instance(app) if self.kind(&Value::of(Data::Instance(app))) == Some(Kind::Flask) => Some(app),
            _ => None,
        });
        let given = args.keyword("debug").map(|(value, at)| as_argument(value, at));
        let debug = match (&given, app) {
            (Some(value), _) if value.data != Data::None => value.clone(),
            (_, Some(app)) => self.debug_state(app),
            _ => Value::UNKNOWN,
        };
        // In threading mode Flask-SocketIO sets `app.debug` and calls `app.run()`, which reads FLASK_DEBUG again.
        let mode = self.instance(id).and_then(|instance| instance.attrs.get("async_mode")).cloned();
        let threading = mode.is_some_and(|mode| mode.as_str() == Some("threading"));
        let mut debug = debug;
        if threading && self.loads_dotenv(true) {
            self.load_dotenv(&[".env", ".flaskenv"]);
            if self.state.env.get("FLASK_DEBUG").is_some_and(|value| value.data != Data::None) {
                debug = self.flag_of("FLASK_DEBUG");
            }
        }
        if let Some(app) = app {
            self.set_debug_state(app, debug.clone());
        }
        let on = self.truth(&debug);
        let mut launch = self.launch(spot, How::Run("socketio"), debug, on);
        launch.debugger = on == Some(true);
        launch.console = launch.debugger;
        if threading {
            self.explicit_debugger(args, &mut launch);
        }
        launch.host = args.find(row.host, "host").and_then(|(value, _)| host_of(value));
        launch.port = args.find(row.host.map(|at| at + 1), "port").and_then(|(value, _)| port_of(value));
        if let Some(app) = app {
            self.wrapped(app, &mut launch);
        }
        if let Some((value, at)) = args.keyword("allow_unsafe_werkzeug")
            && self.truth(&value.clone()) == Some(true)
        {
            launch.unguarded = Some(at);
        }
        self.launches.push(launch);
        Ok(Value::of(Data::None))
    }

    fn run_other(&mut self, id: Id, kind: Kind, row: &LaunchRow, args: &Args, spot: Spot) -> Eval<Value> {
        let given = args.find(row.debug, "debug").map(|(value, at)| as_argument(value, at));
        let given = given.filter(|value| value.data != Data::None);
        let debug = match (given, kind) {
            (Some(value), _) => {
                if kind == Kind::Quart {
                    self.set_debug_state(id, value.clone());
                }
                value
            }
            (None, Kind::Quart) => self.debug_state(id),
            (None, Kind::Dash) => self.dash_flag(),
            (None, _) => Value::of(Data::Bool(false)),
        };
        let on = self.truth(&debug);
        let how = match kind {
            Kind::Quart => How::Run("quart"),
            Kind::Dash => How::Run("dash"),
            _ => How::Framework("Sanic"),
        };
        let mut launch = self.launch(spot, how, debug, on);
        launch.variable = variable(kind);
        launch.app = self.made.get(&id).copied();
        launch.debugger = kind == Kind::Dash && on == Some(true);
        launch.console = launch.debugger;
        launch.host = args.find(row.host, "host").and_then(|(value, _)| host_of(value));
        launch.port = args.find(row.host.map(|at| at + 1), "port").and_then(|(value, _)| port_of(value));
        self.launches.push(launch);
        Ok(Value::of(Data::None))
    }

    /// Dash parses only `true` and `false`; any other word is a true string.
    fn dash_flag(&mut self) -> Value {
        let Some(value) = self.state.env.get("DASH_DEBUG").cloned() else { return Value::of(Data::Bool(false)) };
        let data = match &value.data {
            Data::Str(text) => Data::Bool(!text.is_empty() && text.to_lowercase() != "false"),
            Data::None => Data::Bool(false),
            _ => Data::Unknown,
        };
        Value { data, from: value.from }
    }

    fn dash_dev_tools(&mut self, _id: Id, args: &Args, spot: Spot) {
        let debug = args.find(Some(0), "debug").map(|(value, at)| as_argument(value, at));
        let debug = debug.unwrap_or_else(|| self.dash_flag());
        let on = self.truth(&debug);
        let mut launch = self.launch(spot, How::Framework("Dash"), debug, on);
        launch.variable = variable(Kind::Dash);
        self.launches.push(launch);
    }

    /// `werkzeug.serving.run_simple(hostname, port, application, use_reloader, use_debugger, use_evalex, ...)`
    pub fn run_simple(&mut self, args: &Args, spot: Spot) {
        let app = args.find(Some(2), "application").map(|(value, _)| value.clone()).unwrap_or(Value::UNKNOWN);
        let (inner, mut launch) = self.launch_of_app(&app, How::RunSimple, spot);
        if let Some((value, at)) = args.find(Some(4), "use_debugger") {
            let value = as_debugger(value, at);
            if self.truth(&value) == Some(true) {
                let evalex = args.find(Some(5), "use_evalex");
                launch.debugger = true;
                launch.console = evalex.is_none_or(|(value, _)| self.truth(&value.clone()) != Some(false));
                launch.debugger_cause = Some(value);
            }
        }
        launch.host = args.find(Some(0), "hostname").and_then(|(value, _)| host_of(value));
        let _ = inner;
        self.launches.push(launch);
    }

    /// A server that has no debugger of its own.
    pub fn serve(&mut self, app: &Value, spot: Spot) {
        let (_, launch) = self.launch_of_app(app, How::Server, spot);
        self.launches.push(launch);
    }

    fn launch_of_app(&mut self, app: &Value, how: How, spot: Spot) -> (Option<Id>, Launch) {
        let mut app = app.clone();
        let mut wrapper = None;
        for _ in 0..8 {
            let Data::Instance(id) = app.data else { break };
            let Some(instance) = self.instance(id) else { break };
            if self.kind(&app).is_some() {
                break;
            }
            if let Some(debugged) = instance.attrs.get("__debugged__") {
                wrapper = Some((debugged.clone(), instance.attrs.get("evalex").cloned()));
            }
            let Some(inner) = instance.attrs.get("app") else { break };
            app = inner.clone();
        }
        // `app.wsgi_app` and `dash_app.server` stand for the application.
        if let Data::Attribute(attribute) = &app.data
            && attribute.1 == "wsgi_app"
        {
            app = attribute.0.clone();
        }
        let id = match app.data {
            Data::Instance(id) if self.kind(&app) == Some(Kind::Flask) => Some(id),
            _ => None,
        };
        let debug = id.map_or(Value::UNKNOWN, |id| self.debug_state(id));
        let on = self.truth(&debug);
        let mut launch = self.launch(spot, how, debug, on);
        if let Some(id) = id {
            self.wrapped(id, &mut launch);
        }
        if let Some((cause, evalex)) = wrapper {
            launch.debugger = true;
            launch.console = evalex.is_some_and(|value| self.truth(&value) == Some(true));
            launch.debugger_cause = Some(cause);
        }
        (id, launch)
    }

    /// Adds the debugger that the program wrapped around `app.wsgi_app`.
    pub fn wrapped(&mut self, id: Id, launch: &mut Launch) {
        launch.app = self.made.get(&id).copied();
        let mut layer = self.instance(id).and_then(|instance| instance.attrs.get("wsgi_app")).cloned();
        for _ in 0..8 {
            let Some(Value { data: Data::Instance(inner), .. }) = layer else { return };
            let Some(instance) = self.instance(inner) else { return };
            if let Some(cause) = instance.attrs.get("__debugged__").cloned() {
                let evalex = instance.attrs.get("evalex").cloned();
                launch.debugger = true;
                launch.console |= evalex.is_some_and(|value| self.truth(&value) == Some(true));
                if launch.debugger_cause.is_none() {
                    launch.debugger_cause = Some(cause);
                }
                return;
            }
            layer = instance.attrs.get("app").cloned();
        }
    }

    /// `run(debug=...)` of something that only looks like an application.
    pub fn untyped_run(&mut self, object: &Expr, receiver: &Value, args: &Args, spot: Spot) {
        let name = match &object.kind {
            ExprKind::Name(name) | ExprKind::Attribute(_, name) => name,
            ExprKind::Call(call) => match &call.function.kind {
                ExprKind::Name(name) | ExprKind::Attribute(_, name) => name,
                _ => return,
            },
            _ => return,
        };
        let outside = receiver.as_library().is_none_or(|path| !super::machine::is_standard(path));
        if !super::catalogue::looks_like_app(name) || !outside || !self.files.depends_on_flask() {
            return;
        }
        let Some((value, at)) = args.keyword("debug") else { return };
        let value = as_argument(value, at);
        let on = self.truth(&value);
        let mut launch = self.launch(spot, How::Run("flask"), value, on);
        launch.typed = false;
        launch.debugger = on == Some(true);
        launch.console = launch.debugger;
        launch.host = args.keyword("host").and_then(|(value, _)| host_of(value));
        self.launches.push(launch);
    }

    /// At the end of a program that launches nothing itself: what `flask run` or a WSGI server makes of it. Debug
    /// state that the program wrote is wiped out by the first, and harmless in the second; the environment that it
    /// wrote is not, and neither is a debugger around an application.
    pub fn serve_from_outside(&mut self, file: FileId) {
        if self.state.apps.is_empty() && self.launches.is_empty() {
            self.call_factory(file);
        }
        let apps = self.state.apps.clone();
        if apps.is_empty() || !self.launches.is_empty() {
            return;
        }
        for id in apps {
            let spot = self.spot(0);
            self.serve_one(id, spot);
        }
    }

    /// What `flask run` makes of one application.
    pub fn serve_one(&mut self, id: Id, spot: Spot) {
        let flag = self.flag_of("FLASK_DEBUG");
        let on = self.truth(&flag);
        let mut launch = self.launch(spot, How::Outside, flag, on);
        launch.debugger = on == Some(true);
        launch.console = launch.debugger;
        self.wrapped(id, &mut launch);
        self.launches.push(launch);
    }

    pub fn launch(&mut self, spot: Spot, how: How, debug: Value, on: Option<bool>) -> Launch {
        let pin_off = self.state.env.get("WERKZEUG_DEBUG_PIN").filter(|value| value.as_str() == Some("off"));
        let pin_off = pin_off.and_then(Value::origin);
        Launch {
            spot,
            how,
            debug,
            on,
            debugger: false,
            debugger_cause: None,
            console: false,
            host: None,
            port: None,
            certain: self.maybe == 0,
            typed: true,
            app: None,
            pin_off,
            unguarded: None,
            variable: "FLASK_DEBUG",
            env: Vec::new(),
            text: false,
        }
    }

    /// `flask.helpers.get_load_dotenv(default)`
    pub fn loads_dotenv(&mut self, default: bool) -> bool {
        match self.state.env.get("FLASK_SKIP_DOTENV").and_then(Value::as_str) {
            Some(text) if !text.is_empty() => matches!(text.to_lowercase().as_str(), "0" | "false" | "no"),
            _ => default,
        }
    }

    /// The variables of an env file as a dict: the environment stays as it is.
    pub fn dotenv_values(&mut self, name: &str) -> Value {
        // An empty one is looked at too: it can be written in later.
        self.loaded.extend(self.files.dotenv_file(name));
        let settings = self.files.dotenv(name);
        let mut dict = Dict::default();
        for setting in settings {
            self.loaded.extend(setting.value.origin().map(|origin| origin.file));
            let mut value = setting.value;
            if let Some(origin) = value.origin() {
                let mut from = value.from.as_deref().cloned().unwrap_or_default();
                from.env.push(Lookup { name: setting.name.clone(), spot: origin, set: true });
                value.from = Some(Rc::new(from));
            }
            dict.entries.push((Value::text(&setting.name), value));
        }
        Value::of(Data::Dict(self.alloc(Object::Dict(dict))))
    }

    /// Loads an env file over what is set (`load_dotenv(override=True)`).
    pub fn override_dotenv(&mut self, name: &str) {
        for setting in self.files.dotenv(name) {
            self.state.env.insert(setting.name, setting.value);
        }
    }

    /// Loads env files that stand beside the program; what is set already stays.
    pub fn load_dotenv(&mut self, names: &[&str]) {
        for name in names {
            // An empty one is looked at too: it can be written in later.
            self.loaded.extend(self.files.dotenv_file(name));
            let settings = self.files.dotenv(name);
            self.loaded.extend(settings.iter().filter_map(|setting| setting.value.origin()).map(|origin| origin.file));
            // Of a name that a file sets twice, the last one counts.
            for setting in settings.into_iter().rev() {
                self.state.env.entry(setting.name).or_insert(setting.value);
            }
        }
    }
}

/// A value given as `debug=...`: it is switched by that argument, unless it became debug state before.
pub(crate) fn as_argument(value: &Value, at: Spot) -> Value {
    if value.from.as_ref().is_some_and(|from| from.via.is_some()) {
        return value.clone();
    }
    value.clone().via(Means::Argument, at)
}

fn as_debugger(value: &Value, at: Spot) -> Value {
    if value.from.as_ref().is_some_and(|from| from.via.is_some()) {
        return value.clone();
    }
    value.clone().via(Means::Debugger, at)
}

fn host_of(value: &Value) -> Option<Arc<str>> {
    value.as_str().map(Arc::from)
}

fn port_of(value: &Value) -> Option<u16> {
    match &value.data {
        Data::Int(port) => u16::try_from(*port).ok(),
        Data::Str(port) => port.parse().ok(),
        _ => None,
    }
}
