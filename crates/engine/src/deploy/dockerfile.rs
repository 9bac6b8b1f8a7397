//! Dockerfiles: the final stage, with what it inherits, is what is deployed.
//!
//! Base images are not looked into, and neither are the scripts that a command starts.

use super::conditions;
use super::expansion::Spent;
use super::forms::{Form, exec_words, form, without_flags};
use super::instructions::{Instruction, instructions};
use super::scope::Scope;
use super::shell;
use super::shell::Shell;
use super::source::Source;
use super::words::{RawWord, Token, is_name, tokens};
use crate::view::{Command, EnvVar, Links, Purpose, Service};

/// How many stages are read.
const MAX_STAGES: usize = 200;

/// A build stage.
#[derive(Clone, Default)]
struct Stage {
    name: Option<String>,
    base: Option<usize>,
    env: Vec<EnvVar>,
    /// What an instruction can expand: ARG and ENV.
    scope: Scope,
    spent: Spent,
    entrypoint: Option<Form>,
    cmd: Option<Form>,
    runs: Vec<Command>,
    workdir: String,
    copies: Vec<(String, String, bool)>,
    /// Scripts that are written out in the file itself.
    scripts: Vec<Source>,
}

/// The services of a Dockerfile: one for each stage, and one for the build commands of each.
pub(crate) fn services(text: &str, purpose: Purpose) -> Vec<Service> {
    let stages = stages(text);
    let Some(last) = stages.len().checked_sub(1) else { return Vec::new() };
    let mut services = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        let derived = inherits(&stages, last, index);
        let named = |about: fn(&str) -> bool| stage.name.as_deref().is_some_and(about);
        let role = match () {
            () if named(conditions::is_development) => Purpose::Development,
            // A stage for production is built with `--target`, wherever it stands.
            () if derived || named(conditions::is_production) => purpose,
            () => Purpose::Build,
        };
        // What a stage inherits is told by the stage that says it, except for the last one, which is what runs.
        let env = if index == last { inherited_env(&stages, index) } else { stage.env.clone() };
        let commands = commands(&stages, index, index == last);
        if !stage.runs.is_empty() {
            services.push(service(stage, Purpose::Build, Vec::new(), stage.runs.clone()));
        }
        for script in &stage.scripts {
            let mut shell = Shell::with_scope(&Scope::new());
            shell.script(script);
            let env = std::mem::take(&mut shell.exports);
            services.push(service(stage, role, env, shell.commands()));
        }
        let told_by_last = derived && index != last && !named(conditions::is_production);
        if !told_by_last && (!env.is_empty() || !commands.is_empty()) {
            services.push(service(stage, role, env, commands));
        }
    }
    services
}

/// The names of the stages that start nothing and that the last one does not derive from: who builds one of them says
/// what it runs.
pub(crate) fn bare_stages(text: &str) -> Vec<String> {
    let stages = stages(text);
    let Some(last) = stages.len().checked_sub(1) else { return Vec::new() };
    let is_bare = |index: &usize| !inherits(&stages, last, *index) && commands(&stages, *index, true).is_empty();
    (0..last).filter(is_bare).filter_map(|index| stages[index].name.clone()).collect()
}

/// What an image of one stage starts.
pub(crate) fn commands_of(text: &str, target: &str) -> Option<Vec<Command>> {
    let stages = stages(text);
    let is = |stage: &Stage| stage.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(target));
    let index = stages.iter().position(is)?;
    Some(commands(&stages, index, true))
}

/// The variables of the image of a stage, or of the last one, that have another value where `name` is built with
/// `value` than without: it is its `ARG`s that fill them.
pub(crate) fn built_with(text: &str, target: Option<&str>, name: &str, value: &str) -> Vec<(String, Option<String>)> {
    let args = Scope::from_iter([(name.to_owned(), Some(value.to_owned()))]);
    let env = |args: &Scope| {
        let stages = stages_with(text, args);
        let is = |stage: &Stage| {
            let named = stage.name.as_deref().zip(target);
            named.is_some_and(|(name, target)| name.eq_ignore_ascii_case(target))
        };
        let last = stages.len().saturating_sub(1);
        let index = stages.iter().position(is).unwrap_or(last);
        if stages.is_empty() { Vec::new() } else { inherited_env(&stages, index) }
    };
    let (plain, other) = (env(&Scope::new()), env(&args));
    let changed = plain.iter().zip(other).filter(|(before, after)| before.value != after.value);
    changed.map(|(_, after)| (after.name, after.value)).collect()
}

fn service(stage: &Stage, purpose: Purpose, env: Vec<EnvVar>, commands: Vec<Command>) -> Service {
    let folder = folder(stage);
    Service { name: stage.name.clone(), purpose, env, env_files: Vec::new(), commands, folder, links: Links::default() }
}

/// Whether the stage `from` is `index` or derives from it.
fn inherits(stages: &[Stage], from: usize, index: usize) -> bool {
    let mut at = Some(from);
    while let Some(current) = at {
        if current == index {
            return true;
        }
        at = stages[current].base.filter(|base| *base < current);
    }
    false
}

fn inherited_env(stages: &[Stage], index: usize) -> Vec<EnvVar> {
    let mut chain = vec![index];
    while let Some(base) = chain.last().and_then(|at| stages[*at].base.filter(|base| base < at)) {
        chain.push(base);
    }
    chain.iter().rev().flat_map(|at| stages[*at].env.iter().cloned()).collect()
}

/// What the container starts: ENTRYPOINT with CMD as its arguments.
fn commands(stages: &[Stage], index: usize, inherit: bool) -> Vec<Command> {
    let stage = &stages[index];
    let inherited = |pick: fn(&Stage) -> &Option<Form>| {
        let mut at = index;
        loop {
            if let Some(form) = pick(&stages[at]) {
                return Some(form.clone());
            }
            at = stages[at].base.filter(|base| inherit && *base < at)?;
        }
    };
    let entrypoint = inherited(|stage| &stage.entrypoint);
    // An ENTRYPOINT of a stage resets the CMD that it inherited.
    let cmd = if stage.entrypoint.is_some() { stage.cmd.clone() } else { inherited(|stage| &stage.cmd) };
    let start = match (entrypoint, cmd) {
        (Some(Form::Exec(words)), Some(Form::Exec(arguments))) => return start(&words, &arguments, &stage.scope),
        (Some(Form::Exec(words)), Some(Form::Shell(script))) => {
            let mut all = super::start(&words, &[], &stage.scope);
            all.extend(shell::shell_form(&script, &stage.scope).commands());
            return all;
        }
        (Some(form), _) | (None, Some(form)) => form,
        (None, None) => return Vec::new(),
    };
    match start {
        Form::Exec(words) => shell::exec_form(&words, &stage.scope).commands(),
        Form::Shell(script) => shell::shell_form(&script, &stage.scope).commands(),
    }
}

fn start(words: &[RawWord], arguments: &[RawWord], scope: &Scope) -> Vec<Command> {
    super::start(words, arguments, scope)
}

/// The project's folder that WORKDIR is a copy of.
fn folder(stage: &Stage) -> Option<String> {
    let inside = |target: &str| {
        let rest = stage.workdir.strip_prefix(target.trim_end_matches('/'))?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_matches('/').to_owned())
    };
    let copied = |files: bool| {
        stage.copies.iter().rev().filter(|(_, _, file)| *file == files).find_map(|(from, to, _)| {
            let rest = inside(to)?;
            super::relative_folder(&format!("{from}/{rest}"))
        })
    };
    copied(false).or_else(|| copied(true))
}

fn stages(text: &str) -> Vec<Stage> {
    stages_with(text, &Scope::new())
}

/// The stages of a text that is built with arguments.
fn stages_with(text: &str, args: &Scope) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut global = Scope::new();
    let mut spent = Spent::default();
    for instruction in instructions(text) {
        if instruction.name == "FROM" {
            if stages.len() == MAX_STAGES {
                break;
            }
            stages.push(from(&stages, &instruction.body, &global));
            continue;
        }
        let Some(stage) = stages.last_mut() else {
            if instruction.name == "ARG" {
                argument(&instruction.body, &mut global, &mut spent, &Scope::new(), args);
            } else if matches!(instruction.name.as_str(), "ENV" | "CMD" | "ENTRYPOINT") {
                // A text without FROM is being written: take it as a stage.
                stages.push(Stage { workdir: "/".to_owned(), ..Stage::default() });
                apply(&mut stages[0], &instruction, &global, args);
            }
            continue;
        };
        apply(stage, &instruction, &global, args);
    }
    stages
}

fn from(stages: &[Stage], body: &Source, global: &Scope) -> Stage {
    let words: Vec<RawWord> = instruction_words(body);
    let words: Vec<String> = words.iter().map(|word| word.resolve(global).0).collect();
    let words: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
    let name = words.iter().position(|word| word.eq_ignore_ascii_case("as")).and_then(|at| words.get(at + 1));
    let same = |stage: &Stage| {
        let image = words.first().map_or("", |word| word.as_str());
        stage.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(image))
    };
    let base = stages.iter().rposition(same);
    let parent = base.map(|base| &stages[base]);
    Stage {
        name: name.map(|name| (*name).clone()),
        base,
        scope: parent.map(|parent| parent.scope.clone()).unwrap_or_default(),
        workdir: parent.map_or_else(|| "/".to_owned(), |parent| parent.workdir.clone()),
        copies: parent.map(|parent| parent.copies.clone()).unwrap_or_default(),
        ..Stage::default()
    }
}

fn apply(stage: &mut Stage, instruction: &Instruction, global: &Scope, args: &Scope) {
    let body = &instruction.body;
    match instruction.name.as_str() {
        "ENV" => {
            for (setting, value) in env(body, &stage.scope, &mut stage.spent) {
                stage.scope.hold(&setting.name, setting.value.clone(), value);
                stage.env.push(setting);
            }
        }
        "ARG" => argument(body, &mut stage.scope, &mut stage.spent, global, args),
        "CMD" => stage.cmd = Some(form(body)),
        "ENTRYPOINT" => {
            stage.entrypoint = Some(form(body));
            stage.cmd = None;
        }
        "RUN" => {
            let shell = match form(&without_flags(body)) {
                Form::Exec(words) => shell::exec_form(&words, &stage.scope),
                Form::Shell(script) => shell::shell_form(&script, &stage.scope),
            };
            stage.runs.extend(shell.commands());
            for script in &instruction.heredocs {
                stage.runs.extend(shell::shell_form(script, &stage.scope).commands());
            }
        }
        "WORKDIR" => {
            let path = words_text(body, &stage.scope).concat();
            stage.workdir = absolute(&stage.workdir, &path);
        }
        "COPY" | "ADD" => {
            let named = body.text().trim_end().ends_with(".sh");
            let is_script = |text: &&Source| {
                let first = text.text().lines().next().unwrap_or("");
                first.strip_prefix("#!").map_or(named, |program| program.contains("sh"))
            };
            stage.scripts.extend(instruction.heredocs.iter().filter(is_script).cloned());
            copy(stage, body);
        }
        _ => {}
    }
}

fn copy(stage: &mut Stage, body: &Source) {
    let exec = exec_words(body);
    let words = exec.map_or_else(
        || words_text(body, &stage.scope),
        |words| words.iter().map(|word| word.source.text().to_owned()).collect(),
    );
    if words.iter().any(|word| word.starts_with("--from")) {
        return;
    }
    let words: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
    let Some((target, sources)) = words.split_last() else { return };
    let target = absolute(&stage.workdir, target);
    for from in sources {
        let trimmed = from.trim_start_matches('/').trim_end_matches('/');
        let (parent, last) = trimmed.rsplit_once('/').unwrap_or((".", trimmed));
        let file = last.contains('.') && last != "." && last != ".." || last.contains('*');
        let folder = if file { parent } else { trimmed };
        stage.copies.push((if folder.is_empty() { "." } else { folder }.to_owned(), target.clone(), file));
    }
}

fn absolute(base: &str, path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let path = if path == "." { "" } else { path };
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", base.trim_end_matches('/')) };
    let trimmed = joined.trim_end_matches('/');
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() }
}

fn words_text(body: &Source, scope: &Scope) -> Vec<String> {
    instruction_words(body).iter().map(|word| word.resolve(scope).0).collect()
}

/// The words of an instruction: quotes and escapes as in a shell, without its operators.
fn instruction_words(body: &Source) -> Vec<RawWord> {
    let words = tokens(body).into_iter().filter_map(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    });
    words.collect()
}

/// `ARG NAME=default`: known inside the build.
fn argument(body: &Source, scope: &mut Scope, spent: &mut Spent, global: &Scope, args: &Scope) {
    for word in instruction_words(body) {
        let name = word.source.text().split('=').next().unwrap_or("");
        if let Some(value) = args.get(name) {
            scope.insert(name.to_owned(), value.clone());
            continue;
        }
        match word.assignment() {
            Some(at) => {
                let name = word.source.text()[..at].to_owned();
                let (text, value) = written(&word, at + 1, scope, spent);
                scope.hold(&name, text, value);
            }
            None => {
                let name = word.source.text().to_owned();
                let value = global.get(&name).cloned().flatten();
                scope.hold(&name, value, global.value(&name).cloned());
            }
        }
    }
}

/// `ENV NAME=value ...` and `ENV NAME value`.
fn env(body: &Source, scope: &Scope, spent: &mut Spent) -> Vec<(EnvVar, Option<RawWord>)> {
    let words = instruction_words(body);
    let Some(first) = words.first() else { return Vec::new() };
    if first.assignment().is_none() && !first.source.text().contains('=') {
        return spaced(body, &words, scope, spent).into_iter().collect();
    }
    let pairs = words.iter().filter_map(|word| {
        let at = word.assignment()?;
        let (text, value) = written(word, at + 1, scope, spent);
        let behind = word.source.range(at..at + 1).end;
        let start = word.source.range(0..1).start;
        let end = word.range.end.max(behind);
        let name = word.source.text()[..at].to_owned();
        Some((EnvVar { name, value: text, range: start..end, value_range: behind..end }, value))
    });
    pairs.collect()
}

/// The value of a setting from a byte on: the whole of it, where that is known, and as it is written.
fn written(word: &RawWord, from: usize, scope: &Scope, spent: &mut Spent) -> (Option<String>, Option<RawWord>) {
    match word.value(from, scope, spent) {
        Some((value, known)) => (known.then(|| value.source.text().to_owned()), Some(value)),
        None => (None, None),
    }
}

/// `ENV NAME value`.
fn spaced(body: &Source, words: &[RawWord], scope: &Scope, spent: &mut Spent) -> Option<(EnvVar, Option<RawWord>)> {
    let (name, values) = words.split_first()?;
    if !is_name(name.source.text()) {
        return None;
    }
    let (first, last) = (values.first()?, values.last()?);
    let value_range = first.range.start..last.range.end.max(first.range.start);
    let mut text = Some(String::new());
    let mut value: Option<RawWord> = None;
    for word in values {
        let (part, written) = written(word, 0, scope, spent);
        text = text.zip(part).map(|(text, part)| if text.is_empty() { part } else { text + " " + &part });
        value = match value {
            Some(before) => written.and_then(|written| written.behind(Some(&before.spaced(word.range.start)))),
            None => written,
        };
    }
    let start = name.range.start.max(body.whole().start);
    let name = name.source.text().to_owned();
    Some((EnvVar { name, value: text, range: start..value_range.end, value_range }, value))
}
