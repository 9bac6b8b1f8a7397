//! What an editor starts for its developer: `launch.json`, `tasks.json`, `devcontainer.json`, an editor's settings.
//!
//! Other JSON files are settings of programs and no business of this module.

use std::rc::Rc;

use super::data::{self, Data, Kind};
use super::scope::Scope;
use super::words::RawWord;
use super::{json, pm2, relative_folder, shell, wrappers};
use crate::view::{Purpose, Service, Word};

/// Whether a JSON file of this path is one that starts something: any other is data of a program.
pub(crate) fn is_read(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or("").to_ascii_lowercase();
    const NAMES: [&str; 5] = ["launch.json", "tasks.json", "devcontainer.json", ".devcontainer.json", "app.json"];
    NAMES.contains(&name.as_str()) || pm2::is_named(&name)
}

/// One service for each configuration or task.
pub(crate) fn services(path: &str, text: &str) -> Vec<Service> {
    let path = path.replace('\\', "/");
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    let document = is_read(&path).then(|| json::document(text)).flatten();
    let Some(document) = document else { return Vec::new() };
    let mut services = Vec::new();
    match name.as_str() {
        "launch.json" | "tasks.json" => {
            data::walk(&document, |node, key| {
                if matches!(key, "configurations" | "tasks") {
                    services.extend(configuration(node));
                }
            });
        }
        "devcontainer.json" | ".devcontainer.json" => {
            for key in ["containerEnv", "remoteEnv"] {
                let env = document.get(key).map(|env| data::variables(&env)).unwrap_or_default();
                services.push(Service { env, ..Service::blank(None, Purpose::Development) });
            }
            for key in ["postStartCommand", "postCreateCommand", "postAttachCommand"] {
                if let Some(value) = document.get(key) {
                    let commands = commands(&value);
                    services.push(Service { commands, ..Service::blank(None, Purpose::Development) });
                }
            }
        }
        // Heroku's app.json keeps its variables under `env`, plain or as `{"value": ...}`.
        "app.json" => services.push(Service {
            env: heroku(&document),
            purpose: Purpose::Deployment,
            ..Service::blank(None, Purpose::Development)
        }),
        name if pm2::is_named(name) => services.extend(pm2::services(&document, super::purpose(&path))),
        _ => {}
    }
    services.retain(|service| !(service.env.is_empty() && service.commands.is_empty() && service.env_files.is_empty()));
    services
}

fn heroku(document: &Data) -> Vec<crate::view::EnvVar> {
    let Some(env) = document.get("env") else { return Vec::new() };
    let mut flat = Vec::new();
    for entry in env.entries() {
        let value = entry.value.get("value").unwrap_or_else(|| entry.value.clone());
        flat.push(data::Entry { key: entry.key.clone(), value });
    }
    let mut found = data::variables(&Data { kind: Kind::Map(flat), range: env.range.clone() });
    for setting in &mut found {
        let whole = env.entries().into_iter().find(|entry| entry.key.range.start == setting.range.start);
        setting.range.end = whole.map_or(setting.range.end, |entry| entry.value.range.end.max(setting.range.end));
    }
    found
}

fn commands(value: &Data) -> Vec<crate::view::Command> {
    match value.scalar() {
        Some(scalar) => shell::shell_form(&scalar.source, &Scope::new()).commands(),
        None => shell::exec_form(&data::words(value, false), &Scope::new()).commands(),
    }
}

fn configuration(node: &Rc<Data>) -> Option<Service> {
    let name = ["name", "label", "taskName"].iter().find_map(|key| node.get(key)?.text().map(str::to_owned));
    let mut env = Vec::new();
    for holder in [node.get("env"), node.path(&["options", "env"])].into_iter().flatten() {
        env.extend(data::variables(&holder));
    }
    let file = node.get("envFile");
    let env_files = file.iter().filter_map(|file| {
        let text = file.text()?;
        // The file lies in a folder of the workspace's own.
        let inner = text.strip_prefix("${workspaceFolder}/").map(|inner| format!("../{inner}"));
        Some(Word { text: inner.unwrap_or_else(|| text.to_owned()), range: file.range.clone() })
    });
    let folder = node.get("cwd").or_else(|| node.path(&["options", "cwd"]));
    let folder = folder.and_then(|folder| relative_folder(folder.text()?));
    let service = Service {
        name,
        env,
        env_files: env_files.collect(),
        commands: started(node),
        folder,
        ..Service::blank(None, Purpose::Development)
    };
    let nothing = service.env.is_empty() && service.commands.is_empty() && service.env_files.is_empty();
    (!nothing).then_some(service)
}

/// The command line of a configuration: `module` or `program` with `args`, or a task's `command`.
fn started(node: &Data) -> Vec<crate::view::Command> {
    let arguments = node.get("args").map(|args| data::words(&args, false)).unwrap_or_default();
    let leading = ["module", "program", "command"].iter().find_map(|key| Some((*key, node.get(key)?)));
    let Some((key, leading)) = leading else { return Vec::new() };
    let Some(word) = data::word(&leading, false) else { return Vec::new() };
    if key == "command" && arguments.is_empty() {
        return commands(&leading);
    }
    let word = match word.source.text().strip_prefix("${workspaceFolder}/") {
        Some(rest) => {
            let from = word.source.text().len() - rest.len();
            let mut source = super::source::Source::at(word.range.end);
            source.push_from(&word.source, from..word.source.text().len());
            RawWord::literal(source, word.range.clone())
        }
        None => word,
    };
    let mut words: Vec<RawWord> = Vec::new();
    // The interpreter that the configuration does not name stands where the module or the program is named.
    let python = |text: &str| {
        let mut source = super::source::Source::at(word.range.start);
        source.push_as(text, word.range.start..word.range.start);
        RawWord::literal(source, word.range.start..word.range.start)
    };
    match key {
        "module" if wrappers::base(&word) != "flask" => words.extend([python("python"), python("-m")]),
        "program" => words.push(python("python")),
        _ => {}
    }
    words.push(word);
    words.extend(arguments);
    shell::exec_form(&words, &Scope::new()).commands()
}
