//! What each service of a deployment file starts, with the debug state of each start.
//!
//! The same commands that findings are looked for in, told whether something is found or not.

use std::collections::BTreeSet;

use super::{Job, below, jobs};
use crate::deploy::flask_cli::{DecidedBy, FlaskRun, Launch, flask_flag, flask_run_debug, launch};
use crate::launches::{Server, Starter};
use crate::python::analysis::{Start, analyse};
use crate::python::files::{Files, folder_of};
use crate::python::ir::Name;
use crate::python::launch::How;
use crate::python::starts::{Entry, Started, Switch, starts};
use crate::python::value::{FileId, Spot};
use crate::view::{Command, Purpose, Word};

/// The variables that are worth telling where the command is not known.
const SWITCHES: &[&str] = &["FLASK_DEBUG", "FLASK_RUN_DEBUG", "QUART_DEBUG", "DASH_DEBUG"];

/// A start by a deployment file.
#[derive(Debug, Clone)]
pub(crate) struct Deployed {
    /// The command, or the first setting where there is none.
    pub spot: Spot,
    pub starter: Starter,
    pub service: Option<String>,
    pub purpose: Purpose,
    pub server: Server,
    pub started: Started,
}

/// Everything that a deployment file starts.
pub(crate) fn deployed(files: &Files, id: FileId) -> Vec<Deployed> {
    let mut found = Vec::new();
    jobs(files, id, &mut BTreeSet::new(), |job| found.extend(job.deployed()));
    found
}

impl Job<'_> {
    fn deployed(&mut self) -> Vec<Deployed> {
        let before = self.env.len();
        let mut found = Vec::new();
        for command in &self.service.commands {
            self.env.truncate(before);
            let own = self.settings(&command.env);
            self.env.extend(own);
            let spot = self.spot(command.range.clone());
            let started = self.starts_of(command);
            found.extend(
                started.into_iter().map(|(server, started)| self.told(spot, Starter::Command, server, started)),
            );
        }
        self.env.truncate(before);
        if found.is_empty() {
            found.extend(self.with_image());
        }
        if found.is_empty() {
            found.extend(self.settings_alone());
        }
        found
    }

    /// What the image's own commands start in this environment.
    fn with_image(&mut self) -> Vec<Deployed> {
        let Some(spot) = self.first_setting() else { return Vec::new() };
        let commands = self.borrowed();
        let started: Vec<(Server, Started)> = commands.iter().flat_map(|command| self.starts_of(command)).collect();
        started.into_iter().map(|(server, started)| self.told(spot, Starter::Settings, server, started)).collect()
    }

    fn told(&self, spot: Spot, starter: Starter, server: Server, started: Started) -> Deployed {
        let service = self.service.name.clone();
        Deployed { spot, starter, service, purpose: self.service.purpose, server, started }
    }

    /// What a command starts; nothing where that is not known.
    fn starts_of(&mut self, command: &Command) -> Vec<(Server, Started)> {
        match launch(&command.words) {
            Launch::FlaskRun(run) => vec![(Server::FlaskRun, self.flask_started(command, &run))],
            Launch::PythonScript { path, args } => {
                let file = self.script(&path);
                file.map(|file| entered(self, file, &Entry::Script, &args)).unwrap_or_default()
            }
            Launch::PythonModule { module, args } => {
                let file = self.started_module(&module);
                file.map(|file| entered(self, file, &Entry::Script, &args)).unwrap_or_default()
            }
            Launch::Wsgi { server, target } => {
                vec![(Server::Wsgi(server), self.served(command, target.as_deref()))]
            }
            // Each place in it is the whole word: what it starts is not told apart.
            Launch::PythonCode { .. } => Vec::new(),
            Launch::Other => match self.entry(command) {
                Some((file, function)) => entered(self, file, &Entry::Function(function), &command.words[1..]),
                None => Vec::new(),
            },
        }
    }

    /// Whether a command starts the development server.
    pub(super) fn serves_developers(&self, command: &Command) -> bool {
        let develops = |file: FileId, entry: &Entry, words: &[Word]| {
            let started = entered(self, file, entry, words);
            match (started.is_empty(), entry) {
                // A script that starts nothing that is known is still how the program is started.
                (true, Entry::Script) => analyse(self.files, file, &Start::default()).launches,
                _ => started.iter().any(|(server, _)| server.is_for_development()),
            }
        };
        match launch(&command.words) {
            Launch::FlaskRun(_) => true,
            Launch::PythonScript { path, args } => {
                self.script(&path).is_some_and(|file| develops(file, &Entry::Script, &args))
            }
            Launch::Other if !self.names_itself(command) => self
                .entry(command)
                .is_some_and(|(file, function)| develops(file, &Entry::Function(function), &command.words[1..])),
            _ => false,
        }
    }

    /// `flask run`: its flags and variables decide, unless the program itself sets them.
    fn flask_started(&self, command: &Command, run: &FlaskRun) -> Started {
        let lookup = |name: &str| self.flask_value(name);
        let mut started = self.blank(command);
        started.how = How::Outside;
        started.host = run.host.clone().or_else(|| lookup("FLASK_RUN_HOST"));
        let port = run.port.clone().or_else(|| lookup("FLASK_RUN_PORT"));
        started.port = port.and_then(|port| port.parse().ok());
        let target = run.app.as_ref().map(|word| word.text.clone()).or_else(|| lookup("FLASK_APP"));
        let inside = self.application(target.as_deref(), Entry::Command);
        started.app = inside.as_ref().and_then(|inside| inside.app);
        let Some(result) = flask_run_debug(lookup, run) else {
            started.debug = Switch::Unknown;
            started.trail = self.trail_of("FLASK_DEBUG", "`flask` refuses to start with this value");
            return started;
        };
        started.debugger = result.debugger;
        started.console = result.debugger;
        started.pin_off = lookup("WERKZEUG_DEBUG_PIN").as_deref() == Some("off");
        let passed = self.variable("FLASK_DEBUG").is_some_and(|setting| setting.value.as_str().is_none());
        (started.debug, started.trail) = match (result.debug, &result.debug_by) {
            (true, DecidedBy::Variable(by)) => {
                let name = if self.deciding(by).is_some_and(|own| own.name == "FLASK_ENV") { "FLASK_ENV" } else { by };
                (Switch::On, self.trail_of(by, &format!("`{name}` is set here")))
            }
            (false, DecidedBy::Variable(name)) => (Switch::Off, self.trail_of(name, &format!("`{name}` is set here"))),
            (on, DecidedBy::Flag(range)) => {
                let trail = vec![(self.spot(range.clone()), "the command's flag is here".to_owned())];
                (if on { Switch::On } else { Switch::Off }, trail)
            }
            (_, DecidedBy::Default) if passed => {
                (Switch::Unknown, self.trail_of("FLASK_DEBUG", "`FLASK_DEBUG` comes from outside this file"))
            }
            (_, DecidedBy::Default) => match inside {
                Some(inside) if matches!(inside.debug, Switch::On | Switch::Unless(_)) => {
                    (started.debugger, started.console) = (inside.debugger, inside.console);
                    (inside.debug, inside.trail)
                }
                _ => (Switch::WhenAsked(Name::new_static("FLASK_DEBUG")), Vec::new()),
            },
        };
        if let (DecidedBy::Flag(range), false) = (&result.debugger_by, result.debug) {
            started.trail.push((self.spot(range.clone()), "the debugger is put on here".to_owned()));
        }
        started
    }

    /// A WSGI server imports the application and starts no debugger of its own.
    fn served(&self, command: &Command, target: Option<&str>) -> Started {
        let blank = self.blank(command);
        if let Some(started) = self.application(target, Entry::Server) {
            return Started { spot: blank.spot, ..started };
        }
        let Some(setting) = self.env.iter().rev().find(|setting| setting.name == "FLASK_DEBUG") else { return blank };
        let debug = match setting.value.as_str() {
            Some(text) if flask_flag(text) => Switch::On,
            Some(_) => Switch::Off,
            None => Switch::Unknown,
        };
        Started { debug, trail: self.trail_of("FLASK_DEBUG", "`FLASK_DEBUG` is set here"), ..blank }
    }

    /// The application of a target such as `shop.web:create_app()`, run in this environment.
    fn application(&self, target: Option<&str>, entry: fn(Option<String>) -> Entry) -> Option<Started> {
        let (module, name) = match target {
            Some(target) => target.split_once(':').map_or((target, None), |(module, name)| (module, Some(name))),
            None => ("", None),
        };
        let candidates = if module.is_empty() { vec!["wsgi", "app"] } else { vec![module] };
        let file = candidates.into_iter().find_map(|module| self.module_or_file(module))?;
        let started = starts(self.files, file, &entry(name.map(str::to_owned)), &self.env, &[]);
        started.into_iter().next()
    }

    fn module_or_file(&self, module: &str) -> Option<FileId> {
        if module.ends_with(".py") || module.contains('/') {
            return self.script(module);
        }
        self.module(module)
    }

    /// Variables without a command that is known, where they are switches.
    fn settings_alone(&self) -> Option<Deployed> {
        let setting = SWITCHES.iter().find_map(|name| self.env.iter().rev().find(|setting| setting.name == *name))?;
        let spot = setting.value.origin()?;
        let name = setting.name.clone();
        let debug = match setting.value.as_str() {
            Some(text) if flask_flag(text) => Switch::On,
            Some(_) => Switch::Off,
            None => Switch::Unknown,
        };
        let on = debug == Switch::On;
        let trail = vec![(spot, format!("`{name}` is set here"))];
        let started = Started { debug, debugger: on, console: on, certain: false, trail, ..blank(spot) };
        Some(self.told(spot, Starter::Settings, Server::Unknown, started))
    }

    fn trail_of(&self, name: &str, message: &str) -> Vec<(Spot, String)> {
        let origin = self.deciding(name).and_then(|setting| setting.value.origin());
        origin.map(|spot| (spot, message.to_owned())).into_iter().collect()
    }

    fn blank(&self, command: &Command) -> Started {
        blank(self.spot(command.range.clone()))
    }

    /// The file of a script, also one that a container has elsewhere.
    pub(super) fn script(&self, path: &str) -> Option<FileId> {
        let file = self.files.load(&below(&self.folder, path), None);
        file.or_else(|| self.by_name(path)).or_else(|| self.above(path))
    }

    /// Manifests often lie in a folder of their own, below that of the program.
    fn above(&self, path: &str) -> Option<FileId> {
        let mut folder = self.folder.as_str();
        while !self.files.inner(folder).is_empty() && folder.contains('/') {
            folder = folder_of(folder);
            let candidates = [below(folder, path), below(folder, path.rsplit('/').next().unwrap_or(path))];
            if let Some(file) = candidates.iter().find_map(|candidate| self.files.load(candidate, None)) {
                return Some(file);
            }
        }
        None
    }

    /// The file that `python -m` starts: of a package it is its `__main__`.
    pub(super) fn started_module(&self, module: &str) -> Option<FileId> {
        let file = self.module(module)?;
        let package = self.files.path(file).ends_with("/__init__.py");
        if package { self.module(&format!("{module}.__main__")) } else { Some(file) }
    }

    /// The file of a module.
    pub(super) fn module(&self, module: &str) -> Option<FileId> {
        self.files.enter(&self.folder);
        self.files.resolve(self.id, 0, module)
    }
}

/// What a program starts that is entered in this way, with these words behind it.
pub(super) fn entered(job: &Job<'_>, file: FileId, entry: &Entry, words: &[Word]) -> Vec<(Server, Started)> {
    let started = starts(job.files, file, entry, &job.env, &job.argv(words));
    started.into_iter().map(|started| (server_of(started.how), with_call(started))).collect()
}

/// A start of which nothing is known yet.
fn blank(spot: Spot) -> Started {
    Started {
        spot,
        how: How::Server,
        debug: Switch::WhenAsked(Name::new_static("FLASK_DEBUG")),
        debugger: false,
        console: false,
        pin_off: false,
        host: None,
        port: None,
        certain: true,
        app: None,
        trail: Vec::new(),
    }
}

/// The start of a program, with the call that does it at the end of its trail.
fn with_call(started: Started) -> Started {
    let mut trail = started.trail;
    trail.retain(|(spot, _)| *spot != started.spot);
    trail.push((started.spot, "the program starts the server here".to_owned()));
    Started { trail, ..started }
}

/// What a program's own call starts.
pub(crate) fn server_of(how: How) -> Server {
    match how {
        How::Run(name) | How::Framework(name) => Server::Run(name),
        How::RunSimple => Server::Run("run_simple"),
        How::Server => Server::Other,
        How::Outside => Server::Unknown,
    }
}
