//! justfiles: exported variables, and the recipes, one service for each.
//!
//! Imports, modules, conditions and expressions are not evaluated; `{{name}}` is what the file says that it is.

use std::collections::BTreeMap;
use std::ops::Range;

use super::conditions;
use super::scope::Scope;
use super::shell::Shell;
use super::source::{self, Source};
use super::words::is_name;
use crate::view::{EnvVar, Purpose, Service, Word};

/// A recipe with its body.
struct Recipe {
    name: String,
    body: Source,
    /// The indent of its first line, which the others have, too.
    indent: Option<usize>,
    /// Its parameters, with their defaults.
    params: Texts,
}

/// Where the text stands that a name is, without its quotes; nothing where that is not known.
type Texts = BTreeMap<String, Option<Range<usize>>>;

/// One service for each recipe that starts or sets something, and one for exported variables where there is none.
pub(crate) fn services(text: &str, purpose: Purpose) -> Vec<Service> {
    let mut exports: Vec<EnvVar> = Vec::new();
    let mut scope = Scope::new();
    let mut env_files: Vec<Word> = Vec::new();
    let mut export_all = false;
    let mut recipes: Vec<Recipe> = Vec::new();
    let texts = texts(text);
    for line in source::lines(text) {
        let raw = &text[line.range.clone()];
        let trimmed = raw.trim();
        if raw.starts_with([' ', '\t']) {
            if let Some(recipe) = recipes.last_mut() {
                add_line(recipe, text, &texts, line.range, line.next);
            }
            continue;
        }
        if trimmed.is_empty() || trimmed.starts_with(['#', '[']) {
            continue;
        }
        let (exported, body) = match trimmed.strip_prefix("export ") {
            Some(rest) => (true, rest.trim_start()),
            None => (export_all, trimmed),
        };
        let at = line.range.start + raw.trim_end().len() - body.len();
        if let Some(setting) = body.strip_prefix("set ") {
            let (name, value) = setting.split_once(":=").unwrap_or((setting, "true"));
            let is_on = value.trim() != "false";
            match name.trim() {
                "export" => export_all = is_on,
                "dotenv-load" if is_on => env_files.push(Word { text: ".env".to_owned(), range: at..at + body.len() }),
                _ => {}
            }
        } else if let Some(variable) = variable(body, at) {
            scope.insert(variable.name.clone(), variable.value.clone());
            exports.extend(Some(variable).filter(|_| exported));
        } else if recipes.len() < super::MAX_SERVICES {
            recipes.extend(head(body, at));
        }
    }
    exports.truncate(super::MAX_VARIABLES);
    let of_recipe = |recipe| service(recipe, &exports, &env_files, purpose);
    let mut services: Vec<Service> = recipes.into_iter().filter_map(of_recipe).collect();
    if services.is_empty() && !exports.is_empty() {
        services.push(Service { env: exports, env_files, ..Service::blank(None, purpose) });
    }
    services
}

/// `name parameters: dependencies`.
fn head(line: &str, at: usize) -> Option<Recipe> {
    let (names, rest) = line.split_once(':')?;
    let name = names.split_whitespace().next()?.trim_start_matches('@');
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
    if rest.starts_with('=') || name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let params = params(names, at);
    Some(Recipe { name: name.to_owned(), body: Source::at(at + line.len()), indent: None, params })
}

/// The parameters behind the name of a recipe: `port='80' *flags`.
fn params(names: &str, at: usize) -> Texts {
    let parts = source::outside_quotes(names, &['"', '\''], &[' ', '\t']).into_iter().skip(1);
    let param = |part: Range<usize>| {
        let text = &names[part.clone()];
        let (name, default) = text.split_once('=').unwrap_or((text, ""));
        let start = at + part.end - default.len();
        (
            name.trim_start_matches(['*', '+', '$']).to_owned(),
            inner(default).map(|inner| start + 1..start + 1 + inner.len()),
        )
    };
    parts.map(param).collect()
}

/// What stands between the quotes of a text that is nothing more.
fn inner(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|char| matches!(char, '"' | '\''))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains([quote, '\\', '\n'])).then_some(inner)
}

/// The texts that the file's variables are, also those that stand behind their uses.
fn texts(text: &str) -> Texts {
    let mut found = Texts::new();
    for line in source::lines(text) {
        let raw = text[line.range.clone()].trim_end();
        let body = raw.strip_prefix("export ").unwrap_or(raw);
        if let Some(variable) = variable(body, line.range.start + raw.len() - body.len()) {
            let value = text.get(variable.value_range.clone()).and_then(inner);
            let rest = text[variable.value_range.end..line.range.end].trim_start();
            let is_whole = rest.is_empty() || rest.starts_with('#');
            let start = variable.value_range.start + 1;
            found.insert(variable.name, value.filter(|_| is_whole).map(|inner| start..start + inner.len()));
        }
    }
    found
}

/// `NAME := "value"`.
fn variable(line: &str, at: usize) -> Option<EnvVar> {
    let (name, after) = line.split_once(":=")?;
    if !is_name(name.trim()) {
        return None;
    }
    let value = after.trim();
    let start = at + line.len() - after.trim_start().len();
    let inner = ['"', '\''].iter().find_map(|quote| {
        let inner = value.strip_prefix(*quote)?;
        inner.find(*quote).map(|end| (&inner[..end], end + 2))
    });
    let (value, length) = match inner {
        Some((inner, length)) => (Some(inner.to_owned()), length),
        None => (None, value.split(" #").next().unwrap_or(value).trim_end().len()),
    };
    let value_range = start..start + length;
    Some(EnvVar { name: name.trim().to_owned(), value, range: at..value_range.end, value_range })
}

/// Adds a line of a body: `@` and `-` in front of it are just's.
fn add_line(recipe: &mut Recipe, text: &str, texts: &Texts, range: Range<usize>, next: usize) {
    let raw = &text[range.clone()];
    let own = raw.len() - raw.trim_start_matches([' ', '\t']).len();
    if raw.trim().is_empty() {
        return;
    }
    let indent = *recipe.indent.get_or_insert(own);
    let body = &raw[own.min(indent)..];
    let body = body.trim_start_matches(['@', '-']);
    recipe.fill(text, texts, range.end - body.len()..range.end);
    recipe.body.push_as("\n", range.end..next);
}

impl Recipe {
    /// Adds a part of the file to the body, with what its `{{name}}` say.
    fn fill(&mut self, text: &str, texts: &Texts, range: Range<usize>) {
        let mut at = range.start;
        while let Some(open) = text[at..range.end].find("{{").map(|open| at + open) {
            let Some(close) = text[open..range.end].find("}}").map(|close| open + close + 2) else { break };
            self.body.push(&text[at..open], at);
            let name = text[open + 2..close - 2].trim();
            match self.params.get(name).or_else(|| texts.get(name)) {
                Some(Some(said)) => self.body.push(&text[said.clone()], said.start),
                _ => self.body.push(&text[open..close], open),
            }
            at = close;
        }
        self.body.push(&text[at..range.end], at);
    }
}

fn service(recipe: Recipe, exports: &[EnvVar], env_files: &[Word], purpose: Purpose) -> Option<Service> {
    let mut shell = Shell::default();
    shell.script(&recipe.body);
    let mut env = exports.to_vec();
    env.append(&mut shell.exports);
    let own = conditions::role_of_task(&recipe.name);
    let purpose = own.filter(|_| purpose == Purpose::Deployment).unwrap_or(purpose);
    let folder = shell.folder.clone();
    let mut files = env_files.to_vec();
    files.append(&mut shell.env_files);
    let commands = shell.commands();
    let empty = commands.is_empty() && env.is_empty();
    (!empty).then(|| Service { commands, folder, env, env_files: files, ..Service::blank(Some(recipe.name), purpose) })
}
