//! Each start of a server by a program, with what debug mode is then and the trail of the value that decides it.
//!
//! It tells what is, on or off alike, for people who want the whole picture; what is worth a finding is `analysis`'s part.

use std::collections::BTreeSet;

use super::files::{Files, folder_of};
use super::ir::Name;
use super::launch::{How, Launch, Plan, Setting};
use super::machine::{Eval, Machine};
use super::value::*;

/// The names under which Flask's own command looks for an application, in its order, and then for a factory.
const APPS: &[&str] = &["app", "application"];
const FACTORIES: &[&str] = &["create_app", "make_app"];

/// How a program is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// `python app.py`.
    Script,
    /// `flask run`, with the name behind the colon of its `--app` (`app`, `create_app()`).
    Command(Option<String>),
    /// A WSGI server, with the name behind the colon of its target.
    Server(Option<String>),
    /// A function that an installed script calls: `shop.cli:main`.
    Function(String),
    /// Nothing yet: the applications that a file makes wait for somebody.
    Waiting,
}

/// What decides about debug mode when nobody sets a variable, and what a variable can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Switch {
    Off,
    /// Off, and on where this variable says so.
    WhenAsked(Name),
    /// On, and off where this variable says so.
    Unless(Name),
    On,
    Unknown,
}

/// A start of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Started {
    /// The call; for a program that is served from outside, where its application was made.
    pub spot: Spot,
    pub how: How,
    pub debug: Switch,
    pub debugger: bool,
    pub console: bool,
    pub pin_off: bool,
    pub host: Option<String>,
    pub port: Option<u16>,
    /// Whether it happens for certain.
    pub certain: bool,
    /// Where the application was made.
    pub app: Option<Spot>,
    /// Where the deciding value comes from, first to last, and what happens to it there.
    pub trail: Vec<(Spot, String)>,
}

/// Runs a file with the words of its command line and tells each start of a server.
pub(crate) fn starts(files: &Files, file: FileId, entry: &Entry, env: &[Setting], argv: &[Value]) -> Vec<Started> {
    files.enter(folder_of(&files.path(file)));
    let run = |set: &[(&Name, &str)]| {
        // What is set from outside beats what a file of the project sets.
        let outside = set.iter().map(|(name, value)| Setting { name: (*name).clone(), value: Value::text(value) });
        let inside = env.iter().filter(|setting| set.iter().all(|(name, _)| **name != setting.name)).cloned();
        let from_cli = matches!(entry, Entry::Command(_) | Entry::Waiting);
        run(files, file, entry, &Plan { env: outside.chain(inside).collect(), argv: argv.to_vec(), from_cli })
    };
    let base = run(&[]);
    let names: BTreeSet<Name> = base.iter().flat_map(switches).collect();
    let others: Vec<(Name, Vec<Launch>, Vec<Launch>)> =
        names.into_iter().map(|name| (name.clone(), run(&[(&name, "0")]), run(&[(&name, "1")]))).collect();
    let mut found: Vec<Started> = Vec::new();
    for (at, launch) in base.iter().enumerate() {
        // The same call can be met on several paths: of those that are on and off, the one that is on counts.
        let started = started(launch, switch(launch, at, &base, &others));
        match found.iter_mut().find(|known| known.spot == started.spot && known.how == started.how) {
            Some(known) if rank(&started.debug) > rank(&known.debug) => *known = started,
            Some(_) => {}
            None => found.push(started),
        }
    }
    found
}

fn rank(switch: &Switch) -> u8 {
    match switch {
        Switch::Off => 0,
        Switch::WhenAsked(_) => 1,
        Switch::Unknown => 2,
        Switch::Unless(_) => 3,
        Switch::On => 4,
    }
}

fn run(files: &Files, file: FileId, entry: &Entry, plan: &Plan) -> Vec<Launch> {
    let mut machine = Machine::new(files, plan);
    let script = *entry == Entry::Script;
    let _ = machine.run_module(file, script);
    if script {
        machine.run_at_exit();
        return machine.launches;
    }
    if let Entry::Function(name) = entry {
        machine.call_entry(file, name);
        machine.run_at_exit();
        return machine.launches;
    }
    machine.launches.clear();
    if *entry == Entry::Waiting {
        machine.wait(file);
        return machine.launches;
    }
    let (Entry::Command(target) | Entry::Server(target)) = entry else { return Vec::new() };
    let Some(app) = machine.target(file, target.as_deref()) else { return Vec::new() };
    let made = match app.data {
        Data::Instance(id) => machine.made.get(&id).copied(),
        _ => None,
    };
    let spot = made.unwrap_or(Spot { file, unit: 0, site: 0 });
    match (entry, &app.data) {
        (Entry::Command(_), Data::Instance(id)) => machine.serve_one(*id, spot),
        _ => machine.serve(&app, spot),
    }
    machine.launches
}

impl Machine<'_> {
    /// What a target such as `app` or `create_app("prod")` of a module is; without one, what Flask's command takes.
    fn target(&mut self, file: FileId, target: Option<&str>) -> Option<Value> {
        let Some(target) = target else {
            let plain = APPS.iter().find_map(|name| self.exported(file, name).filter(|value| self.is_app(value)));
            return plain.or_else(|| FACTORIES.iter().find_map(|name| self.made_by(file, name)));
        };
        let name = target.split(['(', '.']).next().unwrap_or(target).trim();
        let value = self.exported(file, name)?;
        match &value.data {
            Data::Function(_) | Data::Class(_) | Data::Method(_) | Data::Partial(_) => self.made_by(file, name),
            _ => Some(value),
        }
    }

    fn is_app(&self, value: &Value) -> bool {
        matches!(value.data, Data::Instance(_))
    }

    fn exported(&mut self, file: FileId, name: &str) -> Option<Value> {
        let value: Eval<Value> = self.module_attribute(file, name);
        value.ok().filter(|value| value.data != Data::Unknown)
    }

    /// Calls the function that an installed script names.
    pub(super) fn call_entry(&mut self, file: FileId, name: &str) {
        let Some(function) = self.exported(file, name) else { return };
        self.refill();
        let spot = Spot { file, unit: 0, site: 0 };
        let _ = self.call(&function, Args::default(), spot);
    }

    /// Serves each application that an import of a file makes, or else the one of its factory, as `flask run` would.
    fn wait(&mut self, file: FileId) {
        if self.state.apps.is_empty() {
            self.call_factory(file);
        }
        for id in self.state.apps.clone() {
            if let Some(spot) = self.made.get(&id).copied().filter(|spot| spot.file == file) {
                self.serve_one(id, spot);
            }
        }
    }

    /// Calls the factory that the `flask` command would call, for the application that it makes.
    pub(super) fn call_factory(&mut self, file: FileId) {
        let _ = FACTORIES.iter().find_map(|name| self.made_by(file, name));
    }

    fn made_by(&mut self, file: FileId, name: &str) -> Option<Value> {
        let factory = self.exported(file, name)?;
        self.refill();
        let spot = Spot { file, unit: 0, site: 0 };
        self.call(&factory, Args::default(), spot).ok().filter(|value| self.is_app(value))
    }
}

/// The variables that may have a say in a launch and are not set by the project.
fn switches(launch: &Launch) -> Vec<Name> {
    let from = launch.debug.from.as_deref();
    let lookups = from.iter().flat_map(|from| &from.env).chain(&launch.env);
    let mut names: Vec<Name> = lookups.clone().filter(|lookup| !lookup.set).map(|lookup| lookup.name.clone()).collect();
    let set = lookups.clone().any(|lookup| lookup.set) || from.is_some_and(set_by_project);
    if !set {
        names.push(Name::new_static(launch.variable));
    }
    names
}

/// Whether a variable that a file of the project sets decides.
fn set_by_project(from: &From) -> bool {
    matches!(from.via, Some((Means::Variable, _)))
}

fn switch(launch: &Launch, at: usize, base: &[Launch], others: &[(Name, Vec<Launch>, Vec<Launch>)]) -> Switch {
    let Some(on) = launch.on else { return Switch::Unknown };
    // The same launch of another run: by its call, and among several of the same call by its turn.
    let same = |other: &Launch| other.spot == launch.spot && other.how == launch.how;
    let turn = base[..at].iter().filter(|other| same(other)).count();
    let own = switches(launch);
    for (name, zero, one) in others.iter().filter(|(name, _, _)| own.contains(name)) {
        let state =
            |run: &[Launch]| run.iter().filter(|other| same(other)).nth(turn).map(|other| other.on == Some(true));
        match on {
            true if state(zero) != Some(true) => return Switch::Unless(name.clone()),
            false if state(one) == Some(true) => return Switch::WhenAsked(name.clone()),
            _ => {}
        }
    }
    if on { Switch::On } else { Switch::Off }
}

fn started(launch: &Launch, debug: Switch) -> Started {
    Started {
        spot: launch.spot,
        how: launch.how,
        debug,
        debugger: launch.debugger,
        console: launch.console,
        pin_off: launch.pin_off.is_some(),
        host: launch.host.as_deref().map(str::to_owned),
        port: launch.port,
        certain: launch.certain && launch.typed,
        app: launch.app,
        trail: trail(launch),
    }
}

fn trail(launch: &Launch) -> Vec<(Spot, String)> {
    let mut trail: Vec<(Spot, String)> = Vec::new();
    let mut add = |spot: Spot, message: String| {
        // What is said of a place first is where the value comes from; that it is also used there goes without saying.
        if spot.unit != 0 && !trail.iter().any(|(known, _)| *known == spot) {
            trail.push((spot, message));
        }
    };
    let causes = [Some(&launch.debug), launch.debugger_cause.as_ref()];
    let froms = causes.into_iter().flatten().filter_map(|value| value.from.as_deref());
    for from in froms {
        for lookup in from.env.iter().chain(&launch.env) {
            let what = if lookup.set { "is set here" } else { "is read here, and set nowhere" };
            add(lookup.spot, format!("`{}` {what}", lookup.name));
        }
        let via = from.via.map(|(means, spot)| (spot, became(means, launch.variable)));
        if let Some(origin) = from.origin.filter(|origin| via.as_ref().is_none_or(|(spot, _)| spot != origin)) {
            add(origin, "the value is written here".to_owned());
        }
        if let Some((spot, message)) = via {
            add(spot, message);
        }
    }
    if let Some(pin) = launch.pin_off {
        add(pin, "the debugger's PIN is turned off here".to_owned());
    }
    trail
}

fn became(means: Means, variable: &str) -> String {
    match means {
        Means::Argument => "it is the `debug` argument here".to_owned(),
        Means::Attribute => "it becomes `app.debug` here".to_owned(),
        Means::Config => "it becomes the `DEBUG` key here".to_owned(),
        Means::Variable => format!("`{variable}` is set here"),
        Means::Flag => "the command's flag is here".to_owned(),
        Means::Debugger | Means::Wrapper => "the debugger is put on here".to_owned(),
    }
}
