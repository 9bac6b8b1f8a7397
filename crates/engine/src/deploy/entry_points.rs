//! Scripts that an installation makes of functions: `shop = "shop.cli:main"` in `pyproject.toml` and `setup.cfg`.
//!
//! What the function does is found out where commands are run; `setup.py` is a program and not read here.

use std::ops::Range;

use super::data::{Data, Kind};
use super::source::{self, Source};
use super::words::is_name;
use super::{process_ini, project_toml, scope, shell, words};
use crate::language::Language;
use crate::view::{Links, Purpose, Service};

/// Where `pyproject.toml` keeps them.
const TABLES: &[&[&str]] = &[
    &["project", "scripts"],
    &["project", "gui-scripts"],
    &["tool", "poetry", "scripts"],
    &["tool", "flit", "scripts"],
];

/// Where `setup.cfg` does.
const OPTIONS: &[&str] = &["console_scripts", "gui_scripts"];

/// A script and the function that it calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryPoint {
    /// What people type.
    pub(crate) name: String,
    pub(crate) module: String,
    /// The function, as written behind the colon.
    pub(crate) function: String,
    /// The bytes of `module:function` in the file.
    pub(crate) range: Range<usize>,
}

/// The scripts of a file.
pub(crate) fn entry_points(language: Language, text: &str) -> Vec<EntryPoint> {
    let mut found = match language {
        Language::Toml => {
            project_toml::tree(&super::with_line_feeds(text)).map(|root| of_tables(&root)).unwrap_or_default()
        }
        Language::Ini => of_options(text),
        _ => Vec::new(),
    };
    found.truncate(super::MAX_SERVICES);
    found
}

/// One service for each script: its command is the script's name.
pub(crate) fn services(found: Vec<EntryPoint>, purpose: Purpose) -> Vec<Service> {
    let service = |entry: EntryPoint| {
        let mut name = Source::at(entry.range.start);
        name.push_as(&entry.name, entry.range.clone());
        let word = words::RawWord::literal(name, entry.range);
        Service {
            name: Some(entry.name),
            purpose,
            env: Vec::new(),
            env_files: Vec::new(),
            commands: shell::exec_form(&[word], &scope::Scope::new()).commands(),
            folder: None,
            links: Links::default(),
        }
    };
    found.into_iter().map(service).collect()
}

/// `module:function`, with the extras behind it left out.
pub(crate) fn target(text: &str) -> Option<(&str, &str)> {
    let plain = text.split('[').next().unwrap_or(text).trim();
    let plain = plain.strip_suffix("()").unwrap_or(plain);
    let (module, function) = plain.split_once(':')?;
    let (module, function) = (module.trim(), function.trim());
    let dotted = |path: &str| path.split('.').all(is_name);
    (dotted(module) && dotted(function)).then_some((module, function))
}

fn of_tables(root: &Data) -> Vec<EntryPoint> {
    let tables = TABLES.iter().filter_map(|keys| root.path(keys));
    let entries = tables.flat_map(|table| table.entries());
    let found = entries.filter_map(|entry| {
        let node = match &entry.value.kind {
            // Poetry: `{ callable = "shop.cli:main" }`, and `reference` since 1.2.
            Kind::Map(_) => entry.value.get("callable").or_else(|| entry.value.get("reference"))?,
            _ => entry.value.clone(),
        };
        let (module, function) = target(node.text()?)?;
        let name = entry.key.text()?.to_owned();
        Some(EntryPoint { name, module: module.to_owned(), function: function.to_owned(), range: node.range.clone() })
    });
    found.collect()
}

fn of_options(text: &str) -> Vec<EntryPoint> {
    let mut found = Vec::new();
    for value in process_ini::options(text, "options.entry_points", OPTIONS) {
        for line in source::lines(value.text()) {
            let body = value.text()[line.range.clone()].trim();
            let Some((name, called)) = body.split_once('=') else { continue };
            let Some((module, function)) = target(called) else { continue };
            let name = name.trim().to_owned();
            let end = line.range.start + value.text()[line.range.clone()].trim_end().len();
            let start = end - called.trim().len();
            let range = value.range(start..end);
            found.push(EntryPoint { name, module: module.to_owned(), function: function.to_owned(), range });
        }
    }
    found
}
