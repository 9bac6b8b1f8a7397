//! Compose files: one service for each of `services`.
//!
//! What a service extends, the files that are included, and the Dockerfile that a service is built from with its
//! arguments, are named here and joined elsewhere.

use super::conditions;
use super::data::{self, Data, Kind};
use super::scope::Scope;
use super::shell;
use super::words::RawWord;
use crate::view::{Command, Extends, Links, Purpose, Service, Word};

/// The services of a document.
pub(crate) fn services(document: &Data, purpose: Purpose) -> Vec<Service> {
    let Some(services) = document.get("services") else {
        // The first version of the format had the services at the top.
        return each(document, purpose, |node| node.get("image").is_some() || node.get("build").is_some());
    };
    each(&services, purpose, |_| true)
}

fn each(services: &Data, purpose: Purpose, accept: impl Fn(&Data) -> bool) -> Vec<Service> {
    let entries = services.entries();
    let entries = entries.iter().filter(|entry| matches!(entry.value.kind, Kind::Map(_)) && accept(&entry.value));
    entries
        .take(super::MAX_SERVICES)
        .map(|entry| service(entry.key.text().unwrap_or(""), &entry.value, purpose))
        .collect()
}

fn service(name: &str, node: &Data, purpose: Purpose) -> Service {
    let profiles = node.get("profiles").map(|profiles| data::words(&profiles, false)).unwrap_or_default();
    let development = conditions::is_development(name)
        || (!profiles.is_empty() && profiles.iter().all(|profile| conditions::is_development(profile.source.text())));
    let purpose = if development && purpose == Purpose::Deployment { Purpose::Development } else { purpose };
    Service {
        name: Some(name.to_owned()),
        purpose,
        env: node.get("environment").map(|env| data::variables(&env)).unwrap_or_default(),
        env_files: node.get("env_file").map(|files| env_files(&files)).unwrap_or_default(),
        commands: commands(node),
        folder: folder(node),
        links: links(node),
    }
}

fn links(node: &Data) -> Links {
    let text = |node: &Data, key: &str| node.get(key).and_then(|value| value.text().map(str::to_owned));
    let extends = node.get("extends").and_then(|extends| match extends.text() {
        Some(service) => Some(Extends { file: None, service: service.to_owned() }),
        None => Some(Extends { file: text(&extends, "file"), service: text(&extends, "service")? }),
    });
    let build = node.get("build");
    let built = |key: &str| build.as_deref().and_then(|build| text(build, key));
    let args = build.as_deref().and_then(|build| build.get("args")).map(|args| data::variables(&args));
    let (dockerfile, target) = (built("dockerfile"), built("target"));
    Links { extends, dockerfile, target, args: args.unwrap_or_default(), ..Links::default() }
}

/// Files that a compose file includes as one: each is laid over the one before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Included {
    /// Relative to the file that includes them.
    pub(crate) paths: Vec<String>,
    /// The env files that their variables are filled from, where it says so.
    pub(crate) env_files: Vec<String>,
}

/// What a compose file includes.
pub(crate) fn included(text: &str) -> Vec<Included> {
    // Few files do, and all are asked.
    if !text.contains("include") {
        return Vec::new();
    }
    let documents = super::yaml::documents(text);
    let list = documents.first().and_then(|document| document.get("include"));
    let texts = |node: &Data| -> Vec<String> {
        data::words(node, false).iter().map(|word| word.source.text().to_owned()).collect()
    };
    let item = |node: &std::rc::Rc<Data>| match node.get("path") {
        Some(path) => Included {
            paths: texts(&path),
            env_files: node.get("env_file").map(|files| texts(&files)).unwrap_or_default(),
        },
        None => Included { paths: texts(node), env_files: Vec::new() },
    };
    list.iter().flat_map(|list| list.items()).map(item).collect()
}

fn env_files(node: &Data) -> Vec<Word> {
    let items: Vec<&Data> = match &node.kind {
        Kind::Seq(items) => items.iter().map(|item| &**item).collect(),
        _ => vec![node],
    };
    let words = items.into_iter().filter_map(|item| {
        let path = item.get("path");
        let node = path.as_deref().unwrap_or(item);
        Some(Word { text: node.text()?.to_owned(), range: node.range.clone() })
    });
    words.collect()
}

fn folder(node: &Data) -> Option<String> {
    let build = node.get("build")?;
    let context = build.get("context");
    super::relative_folder(context.as_deref().unwrap_or(&build).text()?)
}

/// `entrypoint` with `command` as its arguments; as strings they are split into words the way a shell does.
fn commands(node: &Data) -> Vec<Command> {
    let entrypoint = node.get("entrypoint");
    let command = node.get("command");
    let scope = Scope::new();
    match (entrypoint.as_deref(), command.as_deref()) {
        (Some(entrypoint), Some(command)) => super::start(&words(entrypoint), &words(command), &scope),
        (Some(only), None) | (None, Some(only)) => one(only, &scope),
        (None, None) => Vec::new(),
    }
}

fn one(node: &Data, scope: &Scope) -> Vec<Command> {
    match node.scalar() {
        Some(scalar) => shell::shell_form(&scalar.source, scope).commands(),
        None => shell::exec_form(&words(node), scope).commands(),
    }
}

fn words(node: &Data) -> Vec<RawWord> {
    match node.scalar() {
        Some(scalar) => {
            let tokens = super::words::tokens(&scalar.source).into_iter();
            let words = tokens.filter_map(|token| match token {
                super::words::Token::Word(word) => Some(word),
                _ => None,
            });
            words.collect()
        }
        None => data::words(node, true),
    }
}
