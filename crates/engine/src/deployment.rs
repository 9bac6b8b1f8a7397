//! What deployment files do with the programs of the project: which command runs in which environment, and whether that
//! turns debug mode on.
//!
//! It reads no syntax (`deploy` does) and judges no severity; a program that a file starts is run by `python`.

mod code;
mod entries;
mod environment;
pub(crate) mod joined;
pub(crate) mod launches;
mod mentions;
mod objects;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::entries::Scripts;
use self::environment::Whole;
use self::mentions::{image_services, script_services};
use crate::deploy;
use crate::deploy::flask_cli::{
    DecidedBy, FlaskRun, Launch, flask_flag, flask_run_debug, launch, serves_nobody, starts_image,
};
use crate::finding::{Confidence, When};
use crate::language::Language;
use crate::python::analysis::{Outcome, Reason, Start, analyse};
use crate::python::files::{Files, folder_of, join};
use crate::python::launch::{How, Setting};
use crate::python::pins::obeys_flask_env;
use crate::python::value::{FileId, Means, Spot, Value};
use crate::python::words::concerns_deployment;
use crate::view::{Command, EnvVar, Exposure, Links, Nature, Purpose, Service, Subject, Word};

/// A folder that a file names relative to its own; `.` is its own.
fn below(folder: &str, inner: &str) -> String {
    let mut path = folder.to_owned();
    for part in inner.split('/') {
        match part {
            "" | "." => {}
            ".." => path = folder_of(&path).to_owned(),
            part => path = join(&path, part),
        }
    }
    path
}

/// Runs what a deployment file starts.
pub(crate) fn analyse_services(files: &Files, id: FileId) -> Outcome {
    let mut outcome = Outcome::default();
    outcome.loaded.insert(id);
    let mut loaded = BTreeSet::new();
    jobs(files, id, &mut loaded, |job| {
        job.run();
        let found = std::mem::take(&mut job.outcome);
        for reason in found.reasons.into_iter().filter(|reason| !job.foreign.contains(&reason.spot)) {
            match outcome.reasons.iter_mut().find(|old| same(old, &reason)) {
                // What is known of one service counts more than what is thought of another.
                Some(old) if old.exposure.confidence < reason.exposure.confidence => *old = reason,
                Some(_) => {}
                None => outcome.reasons.push(reason),
            }
        }
        outcome.loaded.extend(found.loaded);
        outcome.seen.extend(found.seen);
    });
    outcome.loaded.extend(loaded);
    outcome
}

/// Does something with each service that serves somebody.
fn jobs(files: &Files, id: FileId, loaded: &mut BTreeSet<FileId>, mut run: impl FnMut(&mut Job<'_>)) {
    let path = files.path(id);
    let Some((language, text)) = files.with(id, |file| (file.document.language(), file.document.whole())) else {
        return;
    };
    if matches!(language, Language::Python | Language::Dotenv) || !concerns_deployment(Some(language), text.as_bytes())
    {
        return;
    }
    let services = match language {
        Language::Shell => script_services(files, &path, &text),
        Language::Dockerfile => image_services(files, &path, &text),
        _ => deploy::services(language, files.inner(&path), &text),
    };
    let scripts = Scripts::default();
    for service in services.iter().filter(|service| service.purpose != Purpose::Build) {
        let Whole { env, folder, borrowed, image, foreign, taken } =
            environment::whole(files, id, service, &services, loaded);
        let outcome = Outcome::default();
        let scripts = &scripts;
        run(&mut Job { files, id, folder, service, env, borrowed, image, foreign, taken, scripts, outcome });
    }
}

fn same(a: &Reason, b: &Reason) -> bool {
    a.spot == b.spot && a.exposure.subject == b.exposure.subject
}

/// What `flask run` makes of the env files of a folder, where no program of the project starts a server itself.
pub(crate) fn analyse_dotenv(files: &Files, id: FileId) -> Vec<Reason> {
    let path = files.path(id);
    if is_example(&path) {
        return Vec::new();
    }
    let folder = folder_of(&path).to_owned();
    let Some(text) = files.with(id, |file| file.document.whole()) else { return Vec::new() };
    let purpose = deploy::services(Language::Dotenv, files.inner(&path), &text).first().map(|service| service.purpose);
    let service = Service {
        name: None,
        purpose: purpose.unwrap_or(Purpose::Deployment),
        env: Vec::new(),
        env_files: Vec::new(),
        commands: Vec::new(),
        folder: None,
        links: Links::default(),
    };
    let name = path.rsplit('/').next().unwrap_or(&path);
    let loaded_by_flask = matches!(name, ".env" | ".flaskenv");
    let env = if loaded_by_flask { Vec::new() } else { files.settings_of(id, &path) };
    let mut job = Job {
        files,
        id,
        folder,
        service: &service,
        env,
        borrowed: Vec::new(),
        image: None,
        foreign: BTreeSet::new(),
        taken: false,
        scripts: &Scripts::default(),
        outcome: Outcome::default(),
    };
    job.flask_run(&FlaskRun::default());
    job.outcome.reasons
}

/// Whether an env file is there to be copied under another name: nothing reads it as it is.
fn is_example(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split(['.', '-', '_']).any(|part| matches!(part, "example" | "sample" | "template" | "dist"))
}

struct Job<'a> {
    files: &'a Files,
    id: FileId,
    folder: String,
    service: &'a Service,
    env: Vec<Setting>,
    /// See [`Whole`].
    borrowed: Vec<Command>,
    image: Option<(String, Option<String>)>,
    foreign: BTreeSet<Spot>,
    taken: bool,
    scripts: &'a Scripts,
    outcome: Outcome,
}

impl Job<'_> {
    fn run(&mut self) {
        let before = self.env.len();
        let mut known = false;
        for command in &self.service.commands {
            self.env.truncate(before);
            if self.does_nothing(command) {
                continue;
            }
            let own: Vec<Setting> = self.settings(&command.env);
            self.env.extend(own);
            known |= self.command(command);
            if self.serves_developers(command) {
                let exposure =
                    Exposure { subject: Subject::Server, means: Means::Flag, removable: false, ..self.base() };
                self.add(self.spot(command.range.clone()), exposure);
            }
        }
        self.env.truncate(before);
        let idle = |command: &Command| serves_nobody(&command.words);
        let nobody = !self.service.commands.is_empty() && self.service.commands.iter().all(idle);
        if !known && !nobody && !self.run_borrowed() && !self.taken {
            self.anything();
        }
    }

    /// Whether a command starts nothing that is known, here or elsewhere. What it sets is then of no use, but in YAML it may
    /// still ask for an env file.
    fn does_nothing(&self, command: &Command) -> bool {
        let starts = |words: &[Word]| launch(words) != Launch::Other || starts_image(words);
        !command.is_elsewhere
            && !starts(&command.words)
            && self.files.with(self.id, |file| file.document.language()) != Some(Language::Yaml)
            && self.entry(command).is_none()
    }

    fn settings(&mut self, variables: &[EnvVar]) -> Vec<Setting> {
        let loaded = &mut self.outcome.loaded;
        variables.iter().map(|variable| environment::filled(self.files, self.id, variable, loaded)).collect()
    }

    fn spot(&self, range: std::ops::Range<usize>) -> Spot {
        self.files.raw_spot(self.id, range)
    }

    /// Runs a command; whether it is one that starts a program that is known.
    fn command(&mut self, command: &Command) -> bool {
        let spot = self.spot(command.range.clone());
        match launch(&command.words) {
            Launch::FlaskRun(run) => self.flask_run(&run),
            Launch::PythonScript { path, args } => {
                let Some(file) = self.script(&path) else { return false };
                self.called(file, None, self.argv(&args), spot);
            }
            Launch::PythonModule { module, args } => {
                let Some(file) = self.started_module(&module) else { return false };
                self.called(file, None, self.argv(&args), spot);
            }
            Launch::PythonCode { code, range, args } => return self.code(code, self.spot(range), self.argv(&args)),
            Launch::Wsgi { target, .. } => self.wsgi(target.as_deref(), spot),
            Launch::Other if starts_image(&command.words) => self.anything(),
            // Whatever is there gets what this sets.
            Launch::Other if command.is_elsewhere && !serves_nobody(&command.words) => self.anything(),
            Launch::Other => {
                let Some((file, function)) = self.entry(command) else { return false };
                self.called(file, Some(function), self.argv(&command.words[1..]), spot);
            }
        }
        true
    }

    /// A script by its file name alone, for a container that copies the project elsewhere.
    fn by_name(&self, path: &str) -> Option<FileId> {
        let name = path.rsplit('/').next()?;
        self.files.load(&join(&self.folder, name), None)
    }

    /// The variable as the process sees it: what the file sets, then what env files beside the program do.
    fn variable(&self, name: &str) -> Option<Setting> {
        if let Some(found) = self.env.iter().rev().find(|setting| setting.name == name) {
            return Some(found.clone());
        }
        self.files.enter(&self.folder);
        [".env", ".flaskenv"]
            .iter()
            .find_map(|file| self.files.dotenv(file).into_iter().rev().find(|setting| setting.name == name))
    }

    /// What the `flask` command takes for a variable: up to 2.2 `FLASK_ENV` stands in for `FLASK_DEBUG`.
    fn flask_value(&self, name: &str) -> Option<String> {
        let setting = self.deciding(name)?;
        if setting.name == "FLASK_ENV" { Some("1".to_owned()) } else { setting.value.as_str().map(str::to_owned) }
    }

    /// The setting that decides what a variable is taken for.
    fn deciding(&self, name: &str) -> Option<Setting> {
        let own = self.variable(name);
        if name != "FLASK_DEBUG" || own.as_ref().is_some_and(|setting| setting.value.as_str() != Some("")) {
            return own;
        }
        let stated = self.variable("FLASK_ENV").filter(|setting| setting.value.as_str() == Some("development"));
        stated.filter(|_| obeys_flask_env(self.files, &self.folder)).or(own)
    }

    fn flask_run(&mut self, run: &FlaskRun) {
        let lookup = |name: &str| self.flask_value(name);
        let Some(result) = flask_run_debug(lookup, run) else { return };
        let host = run.host.clone().or_else(|| lookup("FLASK_RUN_HOST"));
        let host: Option<Arc<str>> = host.map(Arc::from);
        let base =
            Exposure { console: result.debugger, traceback: result.debug && result.debugger, host, ..self.base() };
        if result.debug {
            self.decided(&result.debug_by, base.clone());
        }
        if result.debugger && result.debugger_by != DecidedBy::Default {
            self.decided(&result.debugger_by, Exposure { subject: Subject::Debugger, ..base.clone() });
        }
        if result.debugger {
            self.pin(&base);
        }
    }

    fn decided(&mut self, by: &DecidedBy, exposure: Exposure) {
        let spot = match by {
            DecidedBy::Flag(range) => self.spot(range.clone()),
            DecidedBy::Variable(name) => {
                let Some(setting) = self.deciding(name) else { return };
                let Some(origin) = setting.value.origin() else { return };
                let own = (setting.name == "FLASK_ENV").then(|| Arc::from("FLASK_ENV"));
                let exposure = Exposure { lookup: own, ..exposure };
                let when = if *name == "FLASK_DEBUG" { When::ByDefault } else { When::Always };
                return self.add(origin, Exposure { means: Means::Variable, when, ..exposure });
            }
            DecidedBy::Default => return,
        };
        self.add(spot, Exposure { means: Means::Flag, when: When::Always, ..exposure });
    }

    /// The PIN, where this environment turns it off for a debugger that runs.
    fn pin(&mut self, base: &Exposure) {
        let Some(setting) = self.variable("WERKZEUG_DEBUG_PIN") else { return };
        if let (Some("off"), Some(origin)) = (setting.value.as_str(), setting.value.origin()) {
            let exposure = Exposure { subject: Subject::Pin, means: Means::Variable, pin_off: true, ..base.clone() };
            self.add(origin, exposure);
        }
    }

    /// The words of a command as the program gets them.
    fn argv(&self, words: &[Word]) -> Vec<Value> {
        words.iter().map(|word| Value::text(&word.text).at(self.spot(word.range.clone()))).collect()
    }

    /// Runs a program in this environment, or calls a function of it as an installed script does. What the program does
    /// by itself is reported where it is checked for itself.
    fn called(&mut self, file: FileId, call: Option<String>, argv: Vec<Value>, command: Spot) {
        let words: BTreeSet<Spot> = argv.iter().filter_map(Value::origin).collect();
        let start =
            Start { env: self.env.clone(), argv, call, purpose: Some(self.service.purpose), ..Start::default() };
        let mut result = analyse(self.files, file, &start);
        self.outcome.loaded.extend(result.loaded);
        for reason in result.reasons.iter_mut().filter(|reason| words.contains(&reason.spot)) {
            reason.exposure.means = Means::Flag;
        }
        let settings = self.env.iter().filter_map(|setting| setting.value.origin());
        let ours: BTreeSet<Spot> = settings.chain(words).collect();
        let (mut own, mut other): (Vec<Reason>, Vec<Reason>) =
            result.reasons.into_iter().partition(|reason| ours.contains(&reason.spot));
        // Settings that this environment chooses are those that only this environment turns on: a file or a class.
        if !other.is_empty() && !self.env.is_empty() {
            let bare = analyse(self.files, file, &Start { env: Vec::new(), ..start });
            let (known, chosen) =
                other.into_iter().partition(|reason| bare.reasons.iter().any(|old| same(old, reason)));
            own.extend(chosen);
            other = known;
        }
        self.outcome.reasons.extend(own);
        self.see_script(command, file, other);
    }

    /// Under a WSGI server the variable sets `app.debug`, and starts no debugger.
    fn wsgi(&mut self, target: Option<&str>, command: Spot) {
        self.imported(command, target);
        let Some(setting) = self.env.iter().rev().find(|setting| setting.name == "FLASK_DEBUG") else { return };
        let on = setting.value.as_str().is_some_and(flask_flag);
        if let (true, Some(origin)) = (on, setting.value.origin()) {
            let exposure = Exposure { how: How::Server, means: Means::Variable, when: When::ByDefault, ..self.base() };
            self.add(origin, exposure);
        }
    }

    /// A program that is not known gets the environment: what it makes of it is likely what Flask does.
    fn anything(&mut self) {
        let confidence = Confidence::Medium;
        for name in ["FLASK_DEBUG", "FLASK_RUN_DEBUG"] {
            let Some(setting) = self.env.iter().rev().find(|setting| setting.name == name) else { continue };
            let on = setting
                .value
                .as_str()
                .is_some_and(|text| flask_flag(text) && deploy::flask_cli::click_bool(text) != Some(false));
            if let (true, Some(origin)) = (on, setting.value.origin()) {
                let base = Exposure { console: true, traceback: true, confidence, ..self.base() };
                self.add(origin, Exposure { means: Means::Variable, when: When::ByDefault, ..base.clone() });
                self.pin(&base);
                return;
            }
        }
    }

    fn base(&self) -> Exposure {
        Exposure {
            subject: Subject::Debug,
            means: Means::Variable,
            nature: Nature::Constant,
            is_typed: false,
            is_fallback: false,
            is_in_data: false,
            how: How::Outside,
            when: When::Always,
            console: false,
            traceback: false,
            pin_off: self.variable("WERKZEUG_DEBUG_PIN").is_some_and(|setting| setting.value.as_str() == Some("off")),
            host: None,
            variable: "FLASK_DEBUG",
            lookup: None,
            confidence: Confidence::High,
            purpose: self.service.purpose,
            removable: true,
        }
    }

    fn add(&mut self, spot: Spot, exposure: Exposure) {
        let reason = Reason { exposure, spot, remedy: None, is_in_text: false, related: Vec::new() };
        if !self.outcome.reasons.iter().any(|old| same(old, &reason)) {
            self.outcome.reasons.push(reason);
        }
    }
}
