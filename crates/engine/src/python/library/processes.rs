//! Commands that a Python program starts: `subprocess`, `os.system`, `os.exec...`, and Flask's own command called from
//! Python.
//!
//! `flask run` is followed with its flags and the environment that it gets. A script that is started is a program of its
//! own, and is run as one; here it is run only for what it does in an environment that the program gives it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::files::{folder_of, join};
use super::super::ir::*;
use super::super::launch::{How, Launch, Plan, Setting};
use super::super::machine::{Eval, Machine, Stop};
use super::super::value::*;
use crate::deploy;
use crate::deploy::flask_cli::{self, DecidedBy, FlaskRun, flask_run_debug, launch};
use crate::language::Language;
use crate::view::Word;

/// Functions that start a process of a list of words, or of a text where `shell=True`.
const SPAWNERS: &[&str] =
    &["subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen"];

/// Functions that hand a text to the shell.
const SHELLS: &[&str] =
    &["os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell"];

/// Functions that become another program or start one: the position of its arguments, whether they follow one by one,
/// the position of the environment, and whether the caller ends.
const PROGRAMS: &[(&str, usize, bool, Option<usize>, bool)] = &[
    ("os.execv", 1, false, None, true),
    ("os.execvp", 1, false, None, true),
    ("os.execve", 1, false, Some(2), true),
    ("os.execvpe", 1, false, Some(2), true),
    ("os.execl", 1, true, None, true),
    ("os.execlp", 1, true, None, true),
    ("os.spawnv", 2, false, None, false),
    ("os.spawnvp", 2, false, None, false),
    ("os.spawnve", 2, false, Some(3), false),
    ("os.spawnvpe", 2, false, Some(3), false),
    ("os.spawnl", 2, true, None, false),
    ("os.spawnlp", 2, true, None, false),
    ("asyncio.create_subprocess_exec", 0, true, None, false),
];

/// The group of Flask's commands, and one of them.
const GROUP: &[&str] = &["flask.cli.main", "flask.cli.cli", "flask.cli.cli.main"];
const RUN: &[&str] = &["flask.cli.run_command", "flask.cli.run_command.main"];

/// An environment that a process is given.
type Variables = BTreeMap<Name, Value>;

impl Machine<'_> {
    /// A call of a function that starts a command; `None` for any other.
    pub(super) fn call_process(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        let first = args.find(Some(0), "args").map(|(value, _)| value.clone());
        let at = args.find(Some(0), "args").map_or(spot, |(value, at)| value.origin().unwrap_or(at));
        if path == "shlex.split" {
            let words =
                first.as_ref()?.as_str()?.split_whitespace().map(|word| word.trim_matches(['"', '\'']).to_owned());
            let words = words.map(|word| Value::text(&word).at(at)).collect::<Vec<Value>>();
            return Some(Ok(self.new_list(words)));
        }
        if GROUP.contains(&path) {
            let words = self.command_words("flask", first.as_ref());
            return Some(self.start_words(&words, None, None, spot));
        }
        if RUN.contains(&path) {
            let mut words = self.command_words("flask", first.as_ref());
            words.insert(1, Value::text("run"));
            return Some(self.start_words(&words, None, None, spot));
        }
        if path == "runpy.run_module" && first.as_ref().and_then(Value::as_str) == Some("flask") {
            let words = self.command_words("flask", None);
            return Some(self.start_words(&words, None, None, spot));
        }
        if SPAWNERS.contains(&path) || SHELLS.contains(&path) {
            let command = first.or_else(|| args.positional.first().map(|(value, _)| value.clone()))?;
            let env = self.process_env(args.keyword("env").map(|(value, _)| value));
            let in_shell = SHELLS.contains(&path)
                || args.keyword("shell").is_some_and(|(value, _)| self.truth(&value.clone()) == Some(true));
            let folder = args.keyword("cwd").and_then(|(folder, _)| self.path_of(folder));
            return Some(self.started_in(folder.as_deref(), |machine| match command.as_str().map(str::to_owned) {
                Some(text) if in_shell => machine.start_text(&text, at, env, spot),
                Some(_) => Ok(Value::UNKNOWN),
                None => {
                    let words = machine.items(&command).unwrap_or_default();
                    let words = machine.words_in(folder.as_deref(), words);
                    machine.start_words(&words, env, None, spot)
                }
            }));
        }
        let row = PROGRAMS.iter().find(|row| row.0 == path)?;
        let words: Vec<Value> = if row.2 {
            args.positional
                .iter()
                .skip(row.1)
                .map(|(value, at)| value.clone().at(value.origin().unwrap_or(*at)))
                .collect()
        } else {
            args.positional.get(row.1).and_then(|(value, _)| self.items(value)).unwrap_or_default()
        };
        let env = row
            .3
            .and_then(|at| args.positional.get(at))
            .map(|(value, _)| value)
            .or(args.keyword("env").map(|pair| pair.0));
        let env = self.process_env(env);
        let result = self.start_words(&words, env, None, spot);
        Some(if row.4 && result.is_ok() { Err(Stop::Exit) } else { result })
    }

    /// Starts a command in a folder: what it asks for by a path, and its env files, are there.
    fn started_in(&mut self, folder: Option<&str>, start: impl FnOnce(&mut Self) -> Eval<Value>) -> Eval<Value> {
        let Some(folder) = folder else { return start(self) };
        let before = self.files.enter("");
        let is_whole = folder.starts_with('/') || !before.is_empty() && folder.starts_with(&before);
        let inner = folder.trim_start_matches("./");
        self.files.enter(&if is_whole { folder.to_owned() } else { join(&before, inner) });
        let result = start(self);
        self.files.enter(&before);
        result
    }

    /// The words of a command that is started in a folder: a script among them is one of that folder, if it has it.
    fn words_in(&self, folder: Option<&str>, words: Vec<Value>) -> Vec<Value> {
        let inner = |word: &Value| {
            let path = self.path_of(word).filter(|path| path.ends_with(".py") && !path.starts_with('/'))?;
            let path = join(folder?, &path);
            self.settings_module(&path).map(|_| Value { from: word.from.clone(), ..Value::text(&path) })
        };
        words.into_iter().map(|word| inner(&word).unwrap_or(word)).collect()
    }

    /// `CliRunner().invoke(command, words)`
    pub(super) fn invoke(&mut self, command: &Value, words: Option<Value>, spot: Spot) -> Eval<Value> {
        let list = self.new_list(Vec::new());
        let given = words.unwrap_or(list);
        match &command.data {
            Data::Library(path) if GROUP.contains(&path.as_ref()) => {
                let words = self.command_words("flask", Some(&given));
                self.start_words(&words, None, None, spot)
            }
            Data::Instance(id) if self.is_flask_group(command) => {
                let id = *id;
                self.flask_group(id, &Args { positional: vec![(given, spot)], ..Args::default() }, spot)
            }
            _ => Ok(Value::UNKNOWN),
        }
    }

    /// Whether commands of this group run as `flask` runs its own.
    pub fn is_flask_group(&self, value: &Value) -> bool {
        let Data::Instance(id) = value.data else { return false };
        let class = self.instance(id).and_then(|group| group.class.as_library());
        matches!(class, Some("flask.cli.FlaskGroup" | "flask.cli.AppGroup"))
    }

    /// A `FlaskGroup` is called: a command line that nobody knows is most often `run`.
    pub(super) fn flask_group(&mut self, group: Id, args: &Args, spot: Spot) -> Eval<Value> {
        let first = args.find(Some(0), "args").map(|(value, _)| value.clone());
        let mut words = self.command_words("flask", first.as_ref());
        if first.is_none() && words.len() == 1 {
            words.push(Value::text("run"));
        }
        let attr =
            |machine: &Self, name: &str| machine.instance(group).and_then(|group| group.attrs.get(name)).cloned();
        let (factory, set) = (attr(self, "create_app"), attr(self, "set_debug_flag"));
        let app = match factory {
            Some(factory) => self.call(&factory, Args::default(), spot)?,
            None => Value::UNKNOWN,
        };
        let kept = set.is_some_and(|set| self.truth(&set) == Some(false));
        self.start_words(&words, None, Some((app, kept)), spot)
    }

    /// The words of a command called from Python: those given, or what `sys.argv` has behind the program.
    fn command_words(&mut self, program: &str, given: Option<&Value>) -> Vec<Value> {
        let rest = match given.filter(|given| given.data != Data::None) {
            Some(given) => self.items(given).unwrap_or_default(),
            None => {
                let argv = self.argv();
                let origin = argv.origin();
                let words = self.items(&argv).unwrap_or_default().into_iter().skip(1);
                words
                    .map(|word| match (word.origin(), origin) {
                        (None, Some(origin)) => word.at(origin),
                        _ => word,
                    })
                    .collect()
            }
        };
        std::iter::once(Value::text(program)).chain(rest).collect()
    }

    /// The environment that is given to a process; `None` when it inherits that of the program.
    fn process_env(&self, env: Option<&Value>) -> Option<Variables> {
        let env = env.filter(|env| env.data != Data::None && env.as_library() != Some("os.environ"))?;
        // Of one that nobody knows nothing counts.
        let Data::Dict(id) = env.data else { return Some(Variables::new()) };
        let entries = self.dict(id).map(|dict| dict.entries.as_slice()).unwrap_or_default();
        Some(entries.iter().filter_map(|(name, value)| Some((Name::from(name.as_str()?), value.clone()))).collect())
    }

    /// A text in the shell.
    fn start_text(&mut self, text: &str, at: Spot, env: Option<Variables>, spot: Spot) -> Eval<Value> {
        for service in deploy::services(Language::Shell, "command.sh", text) {
            for command in &service.commands {
                let mut own = env.clone();
                for variable in service.env.iter().chain(&command.env) {
                    let value = variable.value.as_deref().map_or(Value::UNKNOWN, Value::text).at(at);
                    own.get_or_insert_with(|| self.state.env.clone()).insert(Name::from(variable.name.as_str()), value);
                }
                let words: Vec<Value> = command.words.iter().map(|word| Value::text(&word.text).at(at)).collect();
                self.start_words(&words, own, None, spot)?;
            }
        }
        Ok(Value::UNKNOWN)
    }

    /// A command of these words. An application that is known comes with whether its own debug state stays.
    fn start_words(
        &mut self,
        words: &[Value],
        env: Option<Variables>,
        app: Option<(Value, bool)>,
        spot: Spot,
    ) -> Eval<Value> {
        // What a word is that nobody knows does not matter, unless it is the command's own.
        let text = |value: &Value| value.as_str().unwrap_or("\u{fffd}").to_owned();
        let plain: Vec<Word> =
            words.iter().enumerate().map(|(at, word)| Word { text: text(word), range: at..at + 1 }).collect();
        let run = match launch(&plain) {
            flask_cli::Launch::FlaskRun(run) => run,
            flask_cli::Launch::PythonScript { args, .. } => {
                let at = plain.len() - args.len();
                let script = at.checked_sub(1).and_then(|at| self.path_of(&words[at]));
                if let Some(file) = script.and_then(|path| self.settings_module(&path)) {
                    self.start_program(file, &words[at..], env);
                }
                return Ok(Value::UNKNOWN);
            }
            flask_cli::Launch::PythonModule { module, args } => {
                if let Some(file) = self.program_module(&module) {
                    self.start_program(file, &words[plain.len() - args.len()..], env);
                }
                return Ok(Value::UNKNOWN);
            }
            _ => return Ok(Value::UNKNOWN),
        };
        let before = self.state.env.clone();
        if let Some(env) = env {
            self.state.env = env;
        }
        if self.loads_dotenv(true) {
            self.load_dotenv(&[".env", ".flaskenv"]);
        }
        self.start_flask(&run, words, app, spot);
        self.state.env = before;
        Ok(Value::UNKNOWN)
    }

    /// Another program of the project. What it does by itself is found where it is run by itself: here counts what the
    /// variables do that this program, or a file that it read, has set.
    fn start_program(&mut self, file: FileId, argv: &[Value], env: Option<Variables>) {
        let env = env.unwrap_or_else(|| self.state.env.clone());
        let places: BTreeSet<Spot> = env.values().filter_map(Value::origin).collect();
        if places.is_empty() || !self.may_start() {
            return;
        }
        let handed = |(name, value): (Name, Value)| {
            let value = value.origin().into_iter().fold(value, |value, place| value.via(Means::Variable, place));
            Setting { name, value }
        };
        let env = env.into_iter().map(handed).collect();
        let plan = Plan { env, argv: argv.to_vec(), from_cli: self.plan.from_cli };
        let before = self.files.enter(folder_of(&self.files.path(file)));
        let mut process = self.process(&plan);
        let _ = process.run_module(file, true);
        process.run_at_exit();
        self.files.enter(&before);
        let (launches, loaded) = (std::mem::take(&mut process.launches), std::mem::take(&mut process.loaded));
        self.lookups.append(&mut process.lookups);
        let steps = process.steps();
        self.spend(steps);
        self.loaded.extend(loaded);
        self.launches.extend(launches.into_iter().filter(|launch| is_decided_at(launch, &places)));
    }

    /// `flask run` in the environment as it is.
    fn start_flask(&mut self, run: &FlaskRun, words: &[Value], app: Option<(Value, bool)>, spot: Spot) {
        let lookup = |name: &str| self.state.env.get(name).and_then(Value::as_str).map(str::to_owned);
        let Some(found) = flask_run_debug(lookup, run) else { return };
        let mut debug = self.decided(&found.debug_by, found.debug, words, spot);
        let debugger = self.decided(&found.debugger_by, found.debugger, words, spot);
        let id = app.as_ref().and_then(|(app, _)| match app.data {
            Data::Instance(id) => Some(id),
            _ => None,
        });
        if let (Some(id), Some((_, true))) = (id, &app) {
            let own = self.debug_state(id);
            if self.truth(&own) == Some(true) {
                debug = own;
            }
        }
        let on = self.truth(&debug);
        let mut launch = self.launch(spot, How::Outside, debug, on);
        launch.debugger = found.debugger;
        launch.console = found.debugger;
        launch.debugger_cause = (found.debugger && found.debugger_by != DecidedBy::Default).then_some(debugger);
        launch.host = run.host.as_deref().map(std::sync::Arc::from);
        if let Some(id) = id {
            self.wrapped(id, &mut launch);
        }
        self.launches.push(launch);
    }

    /// What decided, as a value that knows its place.
    fn decided(&self, by: &DecidedBy, on: bool, words: &[Value], spot: Spot) -> Value {
        let value = Value::of(Data::Bool(on));
        match by {
            DecidedBy::Flag(range) => {
                let at = words.get(range.start).and_then(Value::origin).unwrap_or(spot);
                value.at(at).via(Means::Flag, at)
            }
            DecidedBy::Variable(name) => {
                let from = self.state.env.get(*name).and_then(|setting| setting.from.clone());
                let value = Value { from, ..value };
                match value.origin() {
                    Some(origin) => value.via(Means::Variable, origin),
                    None => value,
                }
            }
            DecidedBy::Default => value,
        }
    }
}

/// Whether a value that was written at one of these places decides about a launch.
fn is_decided_at(launch: &Launch, places: &BTreeSet<Spot>) -> bool {
    let values = [Some(&launch.debug), launch.debugger_cause.as_ref()];
    let froms = || values.into_iter().flatten().filter_map(|value| value.from.as_deref());
    let mut lookups = froms().flat_map(|from| &from.env).chain(&launch.env).filter(|lookup| lookup.set);
    froms().filter_map(|from| from.origin).any(|place| places.contains(&place))
        || lookups.any(|lookup| places.contains(&lookup.spot))
}
