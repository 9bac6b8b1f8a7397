//! What pm2 keeps alive: the `apps` of `ecosystem.config.js`, `.json` or `.yml`.
//!
//! How the file is written is not its question; it gets a tree.

use super::conditions;
use std::rc::Rc;

use super::data::{self, Data, Kind};
use super::scope::Scope;
use super::words::{RawWord, Token, tokens};
use super::{relative_folder, shell, source};
use crate::view::{Command, EnvVar, Links, Purpose, Service};

/// How many keys of an application are read.
const MAX_KEYS: usize = 60;

/// Whether a file of this name is pm2's.
pub(crate) fn is_named(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    matches!(stem, "ecosystem" | "pm2") || matches!(name, "process.json" | "processes.json")
}

/// One service for each application, and one more for each environment that it has by name.
pub(crate) fn services(root: &Rc<Data>, purpose: Purpose) -> Vec<Service> {
    let mut services = Vec::new();
    data::walk(root, |node, key| {
        if services.len() < super::MAX_SERVICES && key == "apps" && node.get("script").is_some() {
            services.extend(app(node, purpose));
        }
    });
    services
}

fn app(node: &Data, purpose: Purpose) -> Vec<Service> {
    let name = node.get("name").and_then(|name| name.text().map(str::to_owned));
    let develops = |name: &str| conditions::is_development(name) && purpose == Purpose::Deployment;
    let purpose = if name.as_deref().is_some_and(develops) { Purpose::Development } else { purpose };
    let commands = commands(node);
    let plain = node.get("env").map(|env| data::variables(&env)).unwrap_or_default();
    let folder = node.get("cwd").and_then(|folder| relative_folder(folder.text()?));
    let service = |env: Vec<EnvVar>, purpose| Service {
        name: name.clone(),
        purpose,
        env,
        env_files: Vec::new(),
        commands: commands.clone(),
        folder: folder.clone(),
        links: Links::default(),
    };
    let mut services = vec![service(plain.clone(), purpose)];
    for entry in node.entries().into_iter().take(MAX_KEYS) {
        let Some(which) = entry.key.text().and_then(|key| key.strip_prefix("env_")) else { continue };
        let env = plain.iter().cloned().chain(data::variables(&entry.value)).collect();
        services.push(service(env, if develops(which) { Purpose::Development } else { purpose }));
    }
    services
}

/// The interpreter, the script and its arguments. pm2 takes the interpreter from the script's ending.
fn commands(node: &Data) -> Vec<Command> {
    let Some(script) = node.get("script") else { return Vec::new() };
    let Some(scalar) = script.scalar() else { return Vec::new() };
    let interpreter = node.get("interpreter").or_else(|| node.get("exec_interpreter"));
    let named = interpreter.as_deref().and_then(Data::text).filter(|name| !matches!(*name, "none" | ""));
    let mut words: Vec<RawWord> = Vec::new();
    let is_python = scalar.source.text().ends_with(".py");
    if let Some(program) = named.or(is_python.then_some("python")) {
        let at = script.range.start;
        let mut source = source::Source::at(at);
        source.push_as(program, at..at);
        words.push(RawWord::literal(source, at..at));
    }
    words.extend(split(&script));
    for key in ["args", "argv"] {
        let Some(given) = node.get(key) else { continue };
        match &given.kind {
            Kind::Scalar(_) => words.extend(split(&given)),
            _ => words.extend(data::words(&given, false)),
        }
    }
    shell::exec_form(&words, &Scope::new()).commands()
}

/// The words of one string.
fn split(node: &Data) -> Vec<RawWord> {
    let Some(scalar) = node.scalar() else { return Vec::new() };
    let words = tokens(&scalar.source).into_iter().filter_map(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    });
    let mut words: Vec<RawWord> = words.collect();
    if let [only] = words.as_mut_slice() {
        // Its quotes are those of the language.
        only.range = node.range.clone();
    }
    words
}
