//! Terraform and its kin (`.tf`, `.hcl`): the variables and commands of what a resource runs.
//!
//! It knows no provider: a key in capitals is a variable, and so is a `name` in capitals with its `value`; a map with an
//! image or a command is a container. Variables of Terraform itself are not followed, nor are modules.

use super::conditions;
use std::rc::Rc;

use super::braces;
use super::data::{self, Data, Entry, Kind};
use super::scope::Scope;
use super::shell::{self, Shell};
use super::words::{RawWord, is_name};
use crate::view::{EnvVar, Purpose, Service};

/// How deep a resource is followed.
const MAX_DEPTH: usize = 60;
/// How a container's command is called, in the order in which the words of one come.
const COMMANDS: [&[&str]; 2] = [&["entry_point", "entryPoint", "entrypoint"], &["command", "cmd"]];

/// One service for each container, and one for what else a resource sets.
pub(crate) fn services(text: &str, purpose: Purpose) -> Vec<Service> {
    let root = braces::document(text);
    let mut services = Vec::new();
    for entry in root.entries() {
        let Kind::Map(_) = entry.value.kind else { continue };
        let (name, body) = inner(&entry);
        let develops = name.as_deref().is_some_and(conditions::is_development) && purpose == Purpose::Deployment;
        let purpose = if develops { Purpose::Development } else { purpose };
        let mut own = Service::blank(name, purpose);
        let mut containers = Vec::new();
        visit(&body, &mut own, &mut containers, 0);
        // What stands beside the only container is for it.
        if let [only] = containers.as_mut_slice() {
            only.env.splice(0..0, own.env.drain(..));
        }
        services.push(own);
        services.append(&mut containers);
        if services.len() >= super::MAX_SERVICES {
            break;
        }
    }
    services.retain(|service| !(service.env.is_empty() && service.commands.is_empty()));
    services
}

/// The last label of a block, and its body: `resource "aws_lambda_function" "web" { ... }`.
fn inner(entry: &Entry) -> (Option<String>, Rc<Data>) {
    let (mut name, mut body) = (entry.key.text().map(str::to_owned), entry.value.clone());
    for _ in 0..3 {
        let Kind::Map(entries) = &body.kind else { break };
        let [only] = entries.as_slice() else { break };
        // A label's map is as long as the body that it leads to.
        if !matches!(only.value.kind, Kind::Map(_)) || only.value.range != body.range {
            break;
        }
        (name, body) = (only.key.text().map(str::to_owned), only.value.clone());
    }
    (name, body)
}

fn visit(node: &Rc<Data>, own: &mut Service, services: &mut Vec<Service>, depth: usize) {
    if depth > MAX_DEPTH || services.len() >= super::MAX_SERVICES {
        return;
    }
    let entries = match &node.kind {
        Kind::Seq(items) => return items.iter().for_each(|item| visit(item, own, services, depth + 1)),
        Kind::Map(entries) => entries,
        _ => return,
    };
    if COMMANDS.iter().flat_map(|keys| keys.iter()).any(|key| node.get(key).is_some()) || node.get("image").is_some() {
        let name = node.get("name").and_then(|name| name.text().map(str::to_owned)).or_else(|| own.name.clone());
        let mut container = Service::blank(name, own.purpose);
        container.commands = commands(node);
        each(entries, node, &mut container, services, depth);
        services.push(container);
        return;
    }
    each(entries, node, own, services, depth);
}

fn each(entries: &[Entry], node: &Data, own: &mut Service, services: &mut Vec<Service>, depth: usize) {
    if own.env.len() < super::MAX_VARIABLES {
        own.env.extend(setting(node));
    }
    for entry in entries {
        let key = entry.key.text().unwrap_or("");
        match &entry.value.kind {
            Kind::Scalar(scalar) if is_script(scalar.source.text()) => {
                let mut shell = Shell::default();
                shell.script(&scalar.source);
                own.env.append(&mut shell.exports);
                own.commands.extend(shell.commands());
            }
            // `provisioner "remote-exec"`.
            Kind::Seq(_) if key == "inline" => {
                let mut shell = Shell::default();
                data::words(&entry.value, false).iter().for_each(|line| shell.script(&line.source));
                own.commands.extend(shell.commands());
            }
            Kind::Scalar(_) | Kind::Null if is_variable(key) && own.env.len() < super::MAX_VARIABLES => {
                let map =
                    Data { kind: Kind::Map(vec![entry.clone()]), range: entry.key.range.start..entry.value.range.end };
                own.env.extend(data::variables(&map));
            }
            _ => visit(&entry.value, own, services, depth + 1),
        }
    }
}

/// `{ name = "FLASK_DEBUG", value = "1" }`, as a list of them would be read.
fn setting(node: &Data) -> Option<EnvVar> {
    let is_named = node.get("name").is_some_and(|name| name.text().is_some_and(is_variable));
    let (Some(_), true) = (node.get("value"), is_named) else { return None };
    let list = Data { kind: Kind::Seq(vec![Rc::new(node.clone())]), range: node.range.clone() };
    data::variables(&list).pop()
}

/// Keys in capitals are variables; Terraform's own are not.
fn is_variable(text: &str) -> bool {
    is_name(text) && text.contains(|c: char| c.is_ascii_uppercase()) && !text.contains(|c: char| c.is_ascii_lowercase())
}

fn is_script(text: &str) -> bool {
    text.trim_start()
        .strip_prefix("#!")
        .is_some_and(|line| line.lines().next().is_some_and(|first| first.contains("sh")))
}

fn commands(node: &Data) -> Vec<crate::view::Command> {
    let given = |keys: &[&str]| -> Option<Rc<Data>> { keys.iter().find_map(|key| node.get(key)) };
    let [entry, command] = COMMANDS.map(given);
    let arguments = node.get("args");
    if let (None, Some(line), None) = (&entry, command.as_deref().and_then(Data::scalar), &arguments) {
        return shell::shell_form(&line.source, &Scope::new()).commands();
    }
    let words = |node: Option<&Rc<Data>>| node.map(|node| data::words(node, false)).unwrap_or_default();
    let all: Vec<RawWord> = [entry, command, arguments].iter().flat_map(|part| words(part.as_ref())).collect();
    shell::exec_form(&all, &Scope::new()).commands()
}
