//! Procfiles: `name: command`, one process each.

use super::conditions;
use super::scope::Scope;
use super::shell;
use super::source::{self, Source};
use crate::view::{Links, Purpose, Service};

/// One service for each process type.
pub(crate) fn services(text: &str, purpose: Purpose) -> Vec<Service> {
    source::lines(text).into_iter().filter_map(|line| service(text, line.range, purpose)).collect()
}

fn service(text: &str, line: std::ops::Range<usize>, purpose: Purpose) -> Option<Service> {
    let raw = &text[line.clone()];
    let (name, command) = raw.split_once(':')?;
    let name = name.trim();
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let source = Source::copy(text, line.end - command.len()..line.end);
    let purpose = match name {
        "release" => Purpose::Build,
        _ if purpose == Purpose::Deployment && conditions::is_development(name) => Purpose::Development,
        _ => purpose,
    };
    let run = shell::shell_form(&source, &Scope::new());
    let (folder, env_files) = (run.folder.clone(), run.env_files.clone());
    Some(Service {
        name: Some(name.to_owned()),
        purpose,
        env: Vec::new(),
        env_files,
        commands: run.commands(),
        folder,
        links: Links::default(),
    })
}
