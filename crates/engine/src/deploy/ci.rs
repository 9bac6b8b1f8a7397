//! Workflows of GitHub and GitLab: what they set and run is for building and testing.

use std::rc::Rc;

use super::data::{self, Data, Entry, Kind};
use super::shell::Shell;
use crate::view::{Command, EnvVar, Links, Purpose, Service};

/// Top-level keys of a GitLab file that are no jobs.
const GITLAB_KEYS: &[&str] = &["variables", "default", "stages", "include", "workflow", "image", "services", "cache"];

/// One service for each job of a GitHub workflow, or for the steps of an action.
pub(crate) fn github(document: &Rc<Data>) -> Vec<Service> {
    let outer = env_of(document, "env");
    if let Some(runs) = document.get("runs") {
        return service(None, outer, steps(&runs)).into_iter().collect();
    }
    let jobs = document.get("jobs").map(|jobs| jobs.entries()).unwrap_or_default();
    let mut services: Vec<Service> =
        jobs.iter().take(super::MAX_SERVICES).filter_map(|job| github_job(job, &outer)).collect();
    if services.is_empty() {
        services.extend(service(None, outer, Vec::new()));
    }
    services
}

fn github_job(job: &Entry, outer: &[EnvVar]) -> Option<Service> {
    let mut env = outer.to_vec();
    env.extend(env_of(&job.value, "env"));
    env.extend(job.value.get("container").map(|container| env_of(&container, "env")).unwrap_or_default());
    service(job.key.text(), env, steps(&job.value))
}

/// The commands of `steps`, each with the variables of its step.
fn steps(job: &Data) -> Vec<Command> {
    let Some(steps) = job.get("steps") else { return Vec::new() };
    let mut commands = Vec::new();
    for step in steps.items() {
        let mut shell = Shell::with_exports(env_of(step, "env"));
        if let Some(run) = step.get("run")
            && let Some(scalar) = run.scalar()
        {
            shell.script(&scalar.source);
        }
        commands.extend(shell.commands());
    }
    commands
}

/// One service for each job of a GitLab file.
pub(crate) fn gitlab(document: &Rc<Data>) -> Vec<Service> {
    let outer = env_of(document, "variables");
    let mut services = Vec::new();
    for job in document.entries().into_iter().take(super::MAX_SERVICES) {
        let name = job.key.text().unwrap_or("");
        if GITLAB_KEYS.contains(&name) || !matches!(job.value.kind, Kind::Map(_)) {
            continue;
        }
        let mut env = outer.clone();
        env.extend(env_of(&job.value, "variables"));
        let mut shell = Shell::default();
        for key in ["before_script", "script", "after_script"] {
            let Some(lines) = job.value.get(key) else { continue };
            for line in data::words(&lines, false) {
                shell.script(&line.source);
            }
        }
        services.extend(service(Some(name), env, shell.commands()));
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
