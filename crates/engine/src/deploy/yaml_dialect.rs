//! Which dialect a YAML file is written in, told by its name and by what it holds, and the services of it.

use std::collections::HashSet;
use std::rc::Rc;

use super::data::{self, Data, Kind};
use super::{app_engine, ci, compose, kubernetes, yaml};
use crate::view::{EnvVar, Links, Purpose, Service};

/// Keys under which files of other tools (Helm values, Ansible, serverless) keep an environment.
const ENVIRONMENTS: &[&str] =
    &["env", "environment", "environments", "envVars", "extraEnv", "extraEnvVars", "env_variables", "env_vars"];

/// Parts of the paths of other build services' files.
const BUILDERS: &[&str] = &[
    "azure-pipelines",
    "bitbucket-pipelines",
    ".circleci/",
    ".travis",
    "appveyor",
    "cloudbuild",
    ".drone",
    ".woodpecker",
    "buildspec",
];

/// The services of every document of a file.
pub(crate) fn services(path: &str, text: &str, purpose: Purpose) -> Vec<Service> {
    let path = path.replace('\\', "/");
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    let documents = yaml::documents(text);
    let mut services = Vec::new();
    for document in &documents {
        services.extend(dialect(&path, &name, document, purpose));
    }
    services.extend(by_line(text, &services, purpose));
    services
}

fn dialect(path: &str, name: &str, document: &Rc<Data>, purpose: Purpose) -> Vec<Service> {
    let has = |key: &str| document.get(key).is_some();
    if is_compose(name) {
        return compose::services(document, purpose);
    }
    if name.ends_with("gitlab-ci.yml") || name.ends_with("gitlab-ci.yaml") {
        return ci::gitlab(document);
    }
    if path.contains(".github/")
        || (has("jobs") && (has("on") || has("true")))
        || document.path(&["runs", "steps"]).is_some()
    {
        return ci::github(document);
    }
    if (has("apiVersion") && has("kind")) || name.starts_with("kustomization") {
        return kubernetes::services(document, purpose);
    }
    if super::pm2::is_named(name) && has("apps") {
        return super::pm2::services(document, purpose);
    }
    if has("runtime") || (has("env_variables") && name.starts_with("app")) {
        return app_engine::services(document, purpose);
    }
    match document.get("services").map(|services| services.kind.clone()) {
        Some(Kind::Map(entries)) if entries.iter().any(|entry| is_container(&entry.value)) => {
            return compose::services(document, purpose);
        }
        Some(Kind::Seq(_)) => {
            let found = app_engine::render(document, purpose);
            if !found.is_empty() {
                return found;
            }
        }
        _ => {}
    }
    let builder = BUILDERS.iter().any(|part| path.contains(part));
    let purpose = if builder { Purpose::Build } else { purpose };
    let mut found = kubernetes::containers(document, purpose);
    if found.is_empty() {
        found = environments(document, purpose);
    }
    if builder {
        found.extend(ci::other(document));
    }
    found
}

/// Whether a file of this name is one of compose.
pub(crate) fn is_compose(name: &str) -> bool {
    let stem = name.strip_prefix("docker-").unwrap_or(name);
    let stem = stem.strip_prefix("podman-").unwrap_or(stem);
    stem.starts_with("compose") || name.contains("docker-compose")
}

fn is_container(node: &Data) -> bool {
    ["image", "build", "environment", "command", "env_file"].iter().any(|key| node.get(key).is_some())
}

/// The environments of a file whose dialect is not known.
fn environments(document: &Rc<Data>, purpose: Purpose) -> Vec<Service> {
    let mut env: Vec<EnvVar> = Vec::new();
    data::walk(document, |node, _| {
        for key in ENVIRONMENTS {
            if let Some(value) = node.get(key) {
                env.extend(data::variables(&value));
            }
        }
    });
    env.sort_by_key(|setting| (setting.range.start, setting.range.end));
    env.dedup();
    service(env, purpose)
}

fn service(env: Vec<EnvVar>, purpose: Purpose) -> Vec<Service> {
    if env.is_empty() {
        return Vec::new();
    }
    vec![Service {
        name: None,
        purpose,
        env,
        env_files: Vec::new(),
        commands: Vec::new(),
        folder: None,
        links: Links::default(),
    }]
}

/// What a template or a broken text keeps from being read as a tree: plain `- name: X` lines with a `value:` line
/// behind them that no service has.
fn by_line(text: &str, services: &[Service], purpose: Purpose) -> Vec<Service> {
    let lines = super::source::lines(text);
    let mut env: Vec<EnvVar> = Vec::new();
    for (line, next) in lines.iter().zip(lines.iter().skip(1)) {
        let raw = &text[line.range.clone()];
        let Some(name) = raw.trim().strip_prefix("- name:").map(str::trim) else { continue };
        let name = name.trim_matches(['"', '\'']);
        let Some(value) = text[next.range.clone()].trim_start().strip_prefix("value:") else { continue };
        let trimmed = value.trim();
        if !super::words::is_name(name) || trimmed.is_empty() {
            continue;
        }
        let start = line.range.start + raw.find("name:").unwrap_or(0);
        let value_start = next.range.end - value.trim_start().len();
        let value_range = value_start..value_start + trimmed.len();
        let quoted = trimmed.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let quoted = quoted.or_else(|| trimmed.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')));
        let known = !trimmed.contains(['{', '$', '\\', '#', '*', '&']);
        let value = known.then(|| quoted.unwrap_or(trimmed).to_owned());
        env.push(EnvVar { name: name.to_owned(), value, range: start..value_range.end, value_range });
    }
    let of_service = services.iter().flat_map(|service| &service.env);
    let of_command = services.iter().flat_map(|service| &service.commands).flat_map(|command| &command.env);
    let told: HashSet<usize> = of_service.chain(of_command).map(|setting| setting.value_range.start).collect();
    env.retain(|setting| !told.contains(&setting.value_range.start));
    service(env, purpose)
}
