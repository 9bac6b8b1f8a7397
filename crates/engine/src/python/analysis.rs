//! From a program to the reasons why it runs in debug mode: runs it in the environments that matter, and compares.
//!
//! The first run has no variable set. Where something is on, another run with the variable at `0` tells whether that
//! turns it off; where nothing is, another run tells whether `0` turns it on. It decides no severity and no message.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arguments::command_lines;
use super::eval::value_env;
use super::files::{Files, folder_of};
use super::ir::Name;
use super::launch::{How, Launch, Plan, Setting, means_off};
use super::machine::Machine;
use super::open::{Open, Outlook, Plans};
use super::places::note_places;
use super::value::*;
use crate::deployment::joined::Seen;
use crate::finding::{Confidence, When};
use crate::view::{Exposure, Nature, Purpose, Subject};

/// How many variables are tried.
const MAX_VARIABLES: usize = 6;

/// An exposure with its places in the program.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reason {
    pub exposure: Exposure,
    pub spot: Spot,
    /// Where a fix can change what the place of the finding only passes on.
    pub remedy: Option<Spot>,
    /// Whether it stands in a text that says more than that, and is nowhere changed there.
    pub is_in_text: bool,
    pub related: Vec<(Spot, &'static str)>,
}

/// What running a file told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    pub reasons: Vec<Reason>,
    /// Files that had a part in it.
    pub loaded: BTreeSet<FileId>,
    /// Functions that were entered.
    pub entered: BTreeSet<Spot>,
    /// Whether the program starts a server itself, or is a script that would.
    pub launches: bool,
    /// What a deployment file does with the programs of the project.
    pub seen: Vec<Seen>,
}

impl Outcome {
    /// Takes in what another run of the same file told.
    fn join(&mut self, other: Outcome) {
        for reason in other.reasons {
            if !self.reasons.iter().any(|old| key(old) == key(&reason)) {
                self.reasons.push(reason);
            }
        }
        self.loaded.extend(other.loaded);
        self.entered.extend(other.entered);
        self.launches |= other.launches;
    }
}

/// How a program is started.
#[derive(Debug, Clone, Default)]
pub(crate) struct Start {
    /// Variables that are set in files.
    pub env: Vec<Setting>,
    /// The words behind the program in the command that starts it.
    pub argv: Vec<Value>,
    /// Whether it is imported by something that serves it, and not run itself.
    pub imported: bool,
    pub from_cli: bool,
    pub served: bool,
    /// The function that an installed script calls.
    pub call: Option<String>,
    /// The program itself, where a command has it in one of its words.
    pub code: Option<Code>,
    pub purpose: Option<Purpose>,
}

/// A program in a word of a command: `python -c "..."`.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub text: String,
    /// The word.
    pub spot: Spot,
    /// The folder that it is started in.
    pub folder: String,
}

/// Runs a file in the environments that matter.
pub(crate) fn analyse(files: &Files, file: FileId, start: &Start) -> Outcome {
    match &start.code {
        Some(code) => files.enter(&code.folder),
        None => files.enter(folder_of(&files.path(file))),
    };
    let base = run_once(files, file, start, &[]);
    compare(files, file, start, base)
}

/// Runs a file as a program of its own, and looks at what it leaves open where one run shows both: a file that does not
/// ask whether it is started does the same when it is imported.
pub(crate) fn analyse_program(files: &Files, file: FileId) -> (Outcome, Option<Open>) {
    files.enter(folder_of(&files.path(file)));
    let plans = Plans::default();
    let mut machine = Machine::new(files, &plans.plain);
    // A package's own program is never imported.
    let asks = files.path(file).ends_with("/__main__.py")
        || files.module(file, |module, _| module.asks_for_itself()) != Some(false);
    let scope = machine.run_module(file, asks).ok();
    let imported = (!asks).then(|| machine.twin());
    machine.run_at_exit();
    let base = Run::of(machine);
    let is_waiting = !base.launched && base.asks_words;
    let mut outcome = compare(files, file, &Start::default(), base);
    if is_waiting {
        for (start, run) in command_lines(files, file) {
            outcome.join(compare(files, file, &start, run));
        }
    }
    let open = imported.map(|machine| Open::of(machine, &plans, file, scope, Outlook::alone(&outcome, file)));
    (outcome, open)
}

/// From a run in which no variable is set to the reasons, by runs in which some are.
pub(super) fn compare(files: &Files, file: FileId, start: &Start, base: Run) -> Outcome {
    let run = |set: &[(&str, &str)], start: &Start| run_once(files, file, start, set);
    // A script that starts nothing is still how the program is started.
    let is_file = start.call.is_none() && start.code.is_none();
    let script = !start.imported && is_file && files.module(file, |module, _| module.is_script()) == Some(true);
    let mut outcome = Outcome { launches: base.launched || script, ..Outcome::default() };
    let mut reasons = collect(&base.launches, start);
    // Which of these does the environment turn off?
    let mut off: BTreeMap<Name, BTreeSet<Key>> = BTreeMap::new();
    for reason in &mut reasons {
        // Where the project sets a variable, only setting it elsewhere can beat that.
        let mut names = vec![Name::new_static(reason.exposure.variable)];
        names.extend(reason.exposure.lookup.iter().map(|name| Name::from(&**name)));
        for name in names {
            let there = off.entry(name.clone()).or_insert_with(|| {
                let other = run(&[(&name, "0")], start);
                collect(&other.launches, start).iter().map(key).collect()
            });
            if !there.contains(&key(reason)) {
                reason.exposure.when = When::ByDefault;
            }
        }
    }
    // Which settings files, named by a variable that nobody sets here, turn something on?
    for name in &base.selectors {
        for path in files.settings_candidates() {
            let other = run(&[(name, &path)], start);
            for mut reason in collect(&other.launches, start) {
                if reasons.iter().any(|old| old.spot == reason.spot) {
                    continue;
                }
                outcome.loaded.extend(&other.loaded);
                reason.exposure.when = When::WhenSet;
                reason.exposure.nature = Nature::Constant;
                reason.exposure.lookup = Some(Arc::from(name.as_str()));
                reasons.push(reason);
            }
        }
    }
    // Which variables turn something on when they say off?
    let known: BTreeSet<Key> = reasons.iter().map(key).collect();
    let decisive = base.launches.iter().flat_map(|launch| value_env(&launch.debug)).map(|lookup| &lookup.name);
    let decisive: BTreeSet<&Name> = decisive.collect();
    let traps = base.lookups.iter().filter(|name| is_switch(name) || decisive.contains(name)).take(MAX_VARIABLES);
    for name in traps {
        let other = run(&[(name, "0")], start);
        for mut reason in collect(&other.launches, start) {
            if known.contains(&key(&reason)) || reasons.iter().any(|old| old.spot == reason.spot) {
                continue;
            }
            // Whatever its name says, it is the text's truth that counts.
            if !is_switch(name) && reason.exposure.nature != Nature::Text {
                continue;
            }
            // What the framework itself makes of its variable is no matter of the program.
            let own = |launch: &Launch| launch.spot == reason.spot && launch.debug.from.is_none();
            if reason.exposure.subject == Subject::Debug && other.launches.iter().any(own) {
                continue;
            }
            reason.exposure.when = When::WhenSet;
            reason.exposure.nature = Nature::Text;
            reason.exposure.lookup = Some(Arc::from(name.as_str()));
            reasons.push(reason);
        }
    }
    note_places(&mut reasons, files, start, &base.lookups, |set| run(set, start));
    outcome.reasons = reasons;
    outcome.loaded.extend(base.loaded);
    outcome.entered = base.entered;
    outcome
}

/// What one run left.
#[derive(Default)]
pub(super) struct Run {
    pub launches: Vec<Launch>,
    lookups: BTreeSet<Name>,
    selectors: BTreeSet<Name>,
    loaded: BTreeSet<FileId>,
    entered: BTreeSet<Spot>,
    /// Whether it starts a server itself.
    pub launched: bool,
    /// Whether it asks for the words of its command line.
    asks_words: bool,
    /// What it compares them with.
    pub words: BTreeSet<Name>,
}

impl Run {
    pub fn of(machine: Machine<'_>) -> Run {
        let launched = machine.launches.iter().any(|launch| launch.how != How::Outside);
        Run {
            launches: machine.launches,
            lookups: machine.lookups,
            selectors: machine.selectors,
            loaded: machine.loaded,
            entered: machine.entered,
            launched,
            asks_words: machine.asks_words,
            words: machine.words.into_inner(),
        }
    }
}

pub(super) fn run_once(files: &Files, file: FileId, start: &Start, set: &[(&str, &str)]) -> Run {
    let mut env: Vec<Setting> = Vec::new();
    for (name, value) in set {
        env.push(Setting { name: Name::from(*name), value: Value::text(value) });
    }
    // What is set from outside beats what a file of the project sets.
    env.extend(start.env.iter().filter(|setting| set.iter().all(|(name, _)| *name != setting.name)).cloned());
    let plan = Plan { env, argv: start.argv.clone(), from_cli: start.from_cli };
    let mut machine = Machine::new(files, &plan);
    let _ = match &start.code {
        Some(code) => machine.run_text(file, &code.text, code.spot).map(drop),
        None => machine.run_module(file, !start.imported && start.call.is_none()).map(drop),
    };
    if let Some(name) = &start.call {
        machine.call_entry(file, name);
    }
    machine.run_at_exit();
    if start.served {
        machine.serve_from_outside(file);
    }
    Run::of(machine)
}

/// What tells one reason from another.
pub(super) type Key = (Spot, Subject);

pub(super) fn key(reason: &Reason) -> Key {
    (reason.spot, reason.exposure.subject)
}

/// The names of variables that are switches for development: others are selectors and addresses.
pub(super) fn is_switch(name: &str) -> bool {
    let upper = name.to_uppercase();
    upper.contains("DEBUG") || upper.split('_').any(|part| part == "DEV" || part == "DEVELOPMENT")
}

/// The reasons that the launches of a run give.
pub(super) fn collect(launches: &[Launch], start: &Start) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    let mut add = |reason: Reason| {
        if !reasons.iter().any(|old| key(old) == key(&reason)) {
            reasons.push(reason);
        }
    };
    for launch in launches {
        if launch.on == Some(true) {
            add(debug_reason(launch, start));
        }
        if let Some(cause) = &launch.debugger_cause {
            add(debugger_reason(launch, cause, start));
        }
        let from = launch.debug.from.as_deref();
        if launch.on == Some(false) && from.is_some_and(|from| from.text && from.env.is_empty()) {
            let mut reason = debug_reason(launch, start);
            reason.exposure.when = When::WhenSet;
            reason.exposure.nature = Nature::Text;
            add(reason);
        }
        if let Some(pin) = launch.pin_off.filter(|_| launch.debugger) {
            let exposure = Exposure { subject: Subject::Pin, removable: true, ..exposure(launch, start) };
            add(Reason {
                exposure,
                spot: pin,
                remedy: None,
                is_in_text: false,
                related: vec![(launch.spot, "the debugger is started here")],
            });
        }
        // Without this Flask-SocketIO starts no server where nobody sits at a terminal, so it stays.
        if let Some(at) = launch.unguarded.filter(|_| launch.debugger) {
            let exposure = Exposure { subject: Subject::Pin, removable: false, ..exposure(launch, start) };
            let related = vec![(launch.spot, "the debugger is started here")];
            add(Reason { exposure, spot: at, remedy: None, is_in_text: false, related });
        }
    }
    reasons
}

fn exposure(launch: &Launch, start: &Start) -> Exposure {
    let framework = matches!(launch.how, How::Framework(_));
    Exposure {
        subject: Subject::Debug,
        means: Means::Argument,
        nature: Nature::Constant,
        how: launch.how,
        when: When::Always,
        console: launch.console,
        // Quart has a traceback page of its own, and no debugger.
        traceback: framework || launch.how == How::Run("quart") || (launch.debugger && launch.on == Some(true)),
        pin_off: launch.pin_off.is_some(),
        host: launch.host.clone(),
        variable: launch.variable,
        lookup: None,
        confidence: match (launch.typed, launch.certain) {
            (false, _) => Confidence::Low,
            (true, false) => Confidence::Medium,
            (true, true) => Confidence::High,
        },
        purpose: start.purpose.unwrap_or(Purpose::Deployment),
        removable: false,
        is_typed: false,
        is_fallback: false,
        is_in_data: false,
    }
}

fn debug_reason(launch: &Launch, start: &Start) -> Reason {
    let from = launch.debug.from.as_deref().cloned().unwrap_or_default();
    let (mut means, via) = from.via.unwrap_or((Means::Config, launch.spot));
    let mut spot = from.written().unwrap_or(via);
    // A variable that the project itself sets: that is the place to change, whatever reads it.
    if let Some(set) = from.env.iter().chain(&launch.env).find(|lookup| lookup.set) {
        (means, spot) = (Means::Variable, set.spot);
    }
    let decisive = from.env.iter().chain(&launch.env).find(|lookup| is_switch(&lookup.name));
    let lookup = decisive.or_else(|| from.env.first()).or_else(|| launch.env.first());
    let text = launch.debug.as_str().is_some() || from.text || launch.text;
    // A default that means on is one, although it is a string; one that means off is on because it is a string.
    let default_word = launch.debug.as_str().is_some_and(|word| !means_off(word)) && lookup.is_some();
    let text = text && !default_word;
    let nature = match (from.off_word, text, &lookup) {
        (true, _, _) => Nature::OffWord,
        (_, true, _) if means != Means::Variable => Nature::Text,
        (_, false, Some(_)) if means != Means::Variable => Nature::Default,
        _ => Nature::Constant,
    };
    let mut related = Vec::new();
    if via != spot {
        related.push((via, "it becomes debug mode here"));
    }
    if launch.spot != spot && launch.spot != via && launch.how != How::Outside {
        related.push((launch.spot, "the server is started here"));
    }
    let exposure = Exposure {
        means,
        nature,
        is_typed: from.is_typed,
        lookup: lookup.map(|lookup| Arc::from(lookup.name.as_str())),
        removable: from.written().is_none_or(|origin| origin == via) && !matches!(launch.how, How::Framework(_)),
        ..exposure(launch, start)
    };
    reason(exposure, spot, &from, via, related)
}

fn debugger_reason(launch: &Launch, cause: &Value, start: &Start) -> Reason {
    let from = cause.from.as_deref().cloned().unwrap_or_default();
    let (means, via) = from.via.unwrap_or((Means::Debugger, launch.spot));
    let spot = from.written().unwrap_or(via);
    let mut related = Vec::new();
    if launch.spot != spot && launch.how != How::Outside {
        related.push((launch.spot, "the server is started here"));
    }
    let exposure = Exposure {
        subject: Subject::Debugger,
        means,
        lookup: from.env.first().map(|lookup| Arc::from(lookup.name.as_str())),
        removable: from.written().is_none_or(|origin| origin == via),
        ..exposure(launch, start)
    };
    reason(exposure, spot, &from, via, related)
}

/// A reason whose value came from somewhere and became what it is at `via`.
fn reason(exposure: Exposure, spot: Spot, from: &From, via: Spot, related: Vec<(Spot, &'static str)>) -> Reason {
    let is_in_text = from.is_in_text && from.origin == Some(spot);
    Reason { exposure, spot, remedy: from.remedy(via), is_in_text, related }
}
