//! Workflows of GitHub and GitLab: what they set and run is for building and testing, but for what deploys.
//!
//! The goal: tests stay silent, and what reaches users is told. Two kinds of commands reach them. What a command sets or
//! starts on another machine (`heroku config:set A=b`, `ssh host ...`) does, unless its job or step is a test by name.
//! What a runner starts itself does where the job or the step says that it deploys, by its name, its stage, or an
//! `environment`. A variable of the workflow counts for such a command, and for nothing else.

use super::conditions;
use std::rc::Rc;

use super::data::{self, Data, Entry, Kind};
use super::dotenv;
use super::scope::Scope;
use super::shell::{self, Shell};
use super::source::Source;
use crate::view::{Command, EnvVar, Links, Purpose, Service};

/// Top-level keys of a GitLab file that are no jobs.
const GITLAB_KEYS: &[&str] = &["variables", "default", "stages", "include", "workflow", "image", "services", "cache"];

/// How many variables of a workflow are told with a command, how many commands of a job deploy, and how many jobs.
const MAX_CARRIED: usize = 100;
const MAX_DEPLOYING: usize = 100;
const MAX_JOBS: usize = 200;

/// One service for each job of a GitHub workflow, or for the steps of an action.
pub(crate) fn github(document: &Rc<Data>) -> Vec<Service> {
    let outer = env_of(document, "env");
    if let Some(runs) = document.get("runs") {
        return service(None, outer, steps(&runs)).into_iter().collect();
    }
    let jobs = document.get("jobs").map(|jobs| jobs.entries()).unwrap_or_default();
    let jobs = jobs.iter().take(MAX_JOBS);
    let mut services: Vec<Service> = jobs.flat_map(|job| github_job(job, &outer)).collect();
    if services.is_empty() {
        services.extend(service(None, outer, Vec::new()));
    }
    services
}

fn github_job(job: &Entry, outer: &[EnvVar]) -> Vec<Service> {
    let mut env = outer.to_vec();
    env.extend(env_of(&job.value, "env"));
    env.extend(job.value.get("container").map(|container| env_of(&container, "env")).unwrap_or_default());
    let name = job.key.text().unwrap_or("");
    let title = job.value.get("name").and_then(|title| title.text().map(str::to_owned)).unwrap_or_default();
    let role = Role::of(&[name, &title]).with_environment(&job.value);
    let mut deploying = Vec::new();
    for step in job.value.get("steps").iter().flat_map(|steps| steps.items()) {
        let title = step.get("name").and_then(|title| title.text().map(str::to_owned)).unwrap_or_default();
        let role = role.within(&title);
        if deploying.len() >= MAX_DEPLOYING {
            break;
        }
        deploying.extend(step_commands(step).into_iter().filter_map(|command| role.deploys(command, &env)));
        deploying.extend(by_action(step).into_iter().filter_map(|command| role.deploys(command, &[])));
    }
    let built = service(job.key.text(), env, steps(&job.value));
    built.into_iter().chain(deployment(name, &role, deploying)).collect()
}

/// The commands of `steps`, each with the variables of its step.
fn steps(job: &Data) -> Vec<Command> {
    let steps = job.get("steps");
    steps.iter().flat_map(|steps| steps.items()).flat_map(|step| step_commands(step)).collect()
}

fn step_commands(step: &Data) -> Vec<Command> {
    let mut shell = Shell::with_exports(env_of(step, "env"));
    if let Some(run) = step.get("run")
        && let Some(scalar) = run.scalar()
    {
        shell.script(&scalar.source);
    }
    shell.commands()
}

/// What a step's action does elsewhere: the script that it runs over `ssh`, and the variables that it deploys with.
fn by_action(step: &Data) -> Vec<Command> {
    let Some(uses) = step.get("uses").and_then(|uses| uses.text().map(str::to_owned)) else { return Vec::new() };
    let Some(with) = step.get("with") else { return Vec::new() };
    let mut commands = Vec::new();
    if uses.contains("ssh") {
        for key in ["script", "command", "run"] {
            let Some(given) = with.get(key) else { continue };
            let mut shell = Shell::default();
            given.scalar().iter().for_each(|scalar| shell.script(&scalar.source));
            commands.extend(shell.commands());
        }
    }
    if uses.contains("deploy") {
        for key in ["env_vars", "environment_variables", "env", "envs"] {
            let Some(given) = with.get(key) else { continue };
            let Some(scalar) = given.scalar() else { continue };
            let env: Vec<EnvVar> =
                pairs(&scalar.source).into_iter().filter_map(|pair| dotenv::setting(&pair)).collect();
            if !env.is_empty() {
                commands.push(Command { words: Vec::new(), env, range: given.range.clone(), is_elsewhere: true });
            }
        }
    }
    commands.iter_mut().for_each(|command| command.is_elsewhere = true);
    commands
}

/// `A=b,C=d`, or a line for each.
fn pairs(source: &Source) -> Vec<Source> {
    let text = source.text();
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive([',', '\n']) {
        let trimmed = piece.trim_end_matches([',', '\n', '\r', ' ']);
        let start = at + trimmed.len() - trimmed.trim_start().len();
        let mut pair = Source::at(source.range(start..start).start);
        pair.push_from(source, start..at + trimmed.len());
        found.push(pair);
        at += piece.len();
    }
    found
}

/// What names say of a job or a step.
#[derive(Debug, Clone, Copy, Default)]
struct Role {
    deploys: bool,
    tests: bool,
    develops: bool,
}

impl Role {
    fn of(names: &[&str]) -> Role {
        // What a variable is called says nothing of what it stands for.
        let names: Vec<&str> = names.iter().map(|name| name.split('$').next().unwrap_or(name)).collect();
        let has = |words: &[&str]| {
            let mut parts = names.iter().flat_map(|name| name.split(|char: char| !char.is_ascii_alphanumeric()));
            parts.any(|part| words.contains(&part.to_ascii_lowercase().as_str()))
        };
        Role {
            deploys: has(&[
                "deploy",
                "deploys",
                "deployment",
                "deploying",
                "release",
                "rollout",
                "production",
                "prod",
                "live",
                "staging",
                "serve",
            ]),
            tests: has(&[
                "test",
                "tests",
                "testing",
                "lint",
                "check",
                "checks",
                "e2e",
                "integration",
                "unit",
                "smoke",
                "ci",
                "qa",
            ]),
            develops: names.iter().any(|name| conditions::is_development(name)),
        }
    }

    /// A job with an `environment` deploys to it, unless that is for tests by name.
    fn with_environment(self, job: &Data) -> Role {
        let Some(environment) = job.get("environment") else { return self };
        let name = environment.get("name").unwrap_or(environment);
        let own = Role::of(&[name.text().unwrap_or("")]);
        let develops = self.develops || own.develops;
        Role { deploys: self.deploys || !own.tests, tests: self.tests || own.tests, develops }
    }

    /// The role of a step of this job.
    fn within(self, name: &str) -> Role {
        let own = Role::of(&[name]);
        // What a step says counts more than what its job says.
        match (own.deploys, own.tests) {
            (true, false) => Role { deploys: true, tests: false, ..self },
            (false, true) => Role { deploys: false, tests: true, ..self },
            _ => self,
        }
    }

    /// A command with the variables that it gets, where it reaches users.
    fn deploys(self, command: Command, env: &[EnvVar]) -> Option<Command> {
        if command.is_elsewhere {
            return (self.deploys || !self.tests).then_some(command);
        }
        if !self.deploys || self.tests {
            return None;
        }
        let own = env[env.len().saturating_sub(MAX_CARRIED)..].iter();
        Some(Command { env: own.chain(&command.env).cloned().collect(), ..command })
    }
}

fn deployment(name: &str, role: &Role, mut commands: Vec<Command>) -> Option<Service> {
    commands.truncate(MAX_DEPLOYING);
    let purpose = if role.develops { Purpose::Development } else { Purpose::Deployment };
    Some(Service { purpose, ..service(Some(name), Vec::new(), commands)? })
}

/// What the steps of any other build service do elsewhere.
pub(crate) fn other(document: &Rc<Data>) -> Vec<Service> {
    let mut commands = Vec::new();
    data::walk(document, |node, _| {
        for key in ["run", "script", "bash", "command", "commands", "inlineScript", "pwsh"] {
            let Some(given) = node.get(key) else { continue };
            let mut shell = Shell::default();
            data::words(&given, false).iter().for_each(|line| shell.script(&line.source));
            commands.extend(shell.commands());
        }
        // A step of Cloud Build: the program, or the image that is named after it, with its arguments.
        let program = node.get("entrypoint").or_else(|| node.get("name")).and_then(|name| data::word(&name, false));
        if let (Some(program), Some(arguments)) = (program, node.get("args")) {
            let words: Vec<_> = std::iter::once(program).chain(data::words(&arguments, false)).collect();
            commands.extend(shell::exec_form(&words, &Scope::new()).commands());
        }
    });
    commands.retain(|command| command.is_elsewhere);
    deployment("", &Role::default(), commands).map(|found| Service { name: None, ..found }).into_iter().collect()
}

/// One service for each job of a GitLab file.
pub(crate) fn gitlab(document: &Rc<Data>) -> Vec<Service> {
    let outer = env_of(document, "variables");
    let mut services = Vec::new();
    for job in document.entries().into_iter().take(MAX_JOBS) {
        let name = job.key.text().unwrap_or("");
        if GITLAB_KEYS.contains(&name) || !matches!(job.value.kind, Kind::Map(_)) {
            continue;
        }
        let mut env = outer.clone();
        env.extend(env_of(&job.value, "variables"));
        let stage = job.value.get("stage").and_then(|stage| stage.text().map(str::to_owned)).unwrap_or_default();
        let role = Role::of(&[name, &stage]).with_environment(&job.value);
        let mut shell = Shell::default();
        for key in ["before_script", "script", "after_script"] {
            let Some(lines) = job.value.get(key) else { continue };
            for line in data::words(&lines, false) {
                shell.script(&line.source);
            }
        }
        let commands = shell.commands();
        let deploying = commands.iter().cloned().filter_map(|command| role.deploys(command, &env)).collect();
        services.extend(service(Some(name), env, commands));
        services.extend(deployment(name, &role, deploying));
    }
    if services.is_empty() {
        services.extend(service(None, outer, Vec::new()));
    }
    services
}

fn env_of(node: &Data, key: &str) -> Vec<EnvVar> {
    node.get(key).map(|env| data::variables(&env)).unwrap_or_default()
}

fn service(name: Option<&str>, env: Vec<EnvVar>, commands: Vec<Command>) -> Option<Service> {
    // A step's variables reach nobody but its commands; where it has none, they are not told.
    let empty = env.is_empty() && commands.is_empty();
    let name = name.map(str::to_owned);
    let env_files = Vec::new();
    (!empty).then_some(Service {
        name,
        purpose: Purpose::Build,
        env,
        env_files,
        commands,
        folder: None,
        links: Links::default(),
    })
}
