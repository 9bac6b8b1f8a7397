//! Deployment files: env files, containers, process managers, CI. Each language is one module that turns text into
//! [`Service`]s with exact byte ranges.
//!
//! It does not judge: which value turns debug on is decided where the services are run (`project`) and by rules.
//!
//! One setting can stand in several services (a merged YAML map, a workflow's `env`), and an `export` of a script in
//! the service and in the commands behind it: who reports settings counts each range once.

mod app_engine;
mod braces;
mod builtins;
mod ci;
pub(crate) mod compose;
pub(crate) mod concern;
pub(crate) mod conditions;
pub(crate) mod data;
pub(crate) mod dockerfile;
mod dotenv;
mod editor;
mod elsewhere;
pub(crate) mod entry_points;
mod expansion;
pub(crate) mod flask_cli;
mod forms;
mod frames;
mod ini;
mod instructions;
mod json;
mod justfile;
mod kubernetes;
mod makefile;
mod pm2;
mod process_ini;
mod procfile;
mod project_toml;
mod scope;
pub(crate) mod script;
mod shell;
mod source;
mod systemd;
mod terraform;
mod windows;
mod words;
mod wrappers;
mod yaml;
mod yaml_dialect;

#[cfg(test)]
pub(crate) mod tests;

use std::borrow::Cow;
use std::ops::Range;

use scope::Scope;
use words::RawWord;

use crate::language::Language;
use crate::view::{Command, Purpose, Service};

/// The longest text that is read: what people deploy with is small, and a generated file is not worth the time.
const MAX_TEXT: usize = 512 * 1024;
/// How many services a file has at most. With the limits below it keeps a hostile file from multiplying: a map of
/// variables that is merged into every one of many services is counted for each.
const MAX_SERVICES: usize = 1000;
/// How many variables one service or one command has at most.
const MAX_VARIABLES: usize = 500;

/// The processes that a file starts, with their environments. Broken text is ordinary input: what can be read is.
/// `path` tells the dialect (compose, Kubernetes, CI) and whether it is a development file.
pub fn services(language: Language, path: &str, text: &str) -> Vec<Service> {
    if text.len() > MAX_TEXT {
        return Vec::new();
    }
    let purpose = purpose(path);
    match language {
        Language::Python => Vec::new(),
        Language::Ini => process_ini::services(text, purpose),
        Language::Dotenv => dotenv::services(text, purpose),
        Language::Dockerfile => dockerfile::services(text, purpose),
        Language::Yaml => yaml_dialect::services(path, text, purpose),
        Language::Procfile => procfile::services(text, purpose),
        Language::Systemd => systemd::services(text, purpose),
        Language::Shell => script::services(text, purpose, &[]),
        Language::Makefile => makefile::services(text, purpose),
        Language::Justfile => justfile::services(text, purpose),
        Language::Hcl => terraform::services(text, purpose),
        Language::JavaScript => pm2::services(&braces::document(text), purpose),
        Language::Batch => windows::batch(text, purpose),
        Language::PowerShell => windows::powershell(text, purpose),
        Language::Json => editor::services(path, &with_line_feeds(text)),
        Language::Toml => project_toml::services(path, &with_line_feeds(text), purpose),
    }
}

/// The same, with what the defaults of a script keep from running: another file may set what it has defaults for.
pub fn services_with_all_branches(language: Language, path: &str, text: &str) -> Vec<Service> {
    match language {
        Language::Shell if text.len() <= MAX_TEXT => script::services(text, purpose(path), &script::defaulted(text)),
        _ => services(language, path, text),
    }
}

/// How a data text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Toml,
    Yaml,
    Ini,
}

/// The tree of a data text; `None` when it is too long or holds nothing.
pub(crate) fn tree(format: Format, text: &str) -> Option<std::rc::Rc<data::Data>> {
    if text.len() > MAX_TEXT {
        return None;
    }
    match format {
        Format::Json => json::document(text),
        Format::Toml => project_toml::tree(text),
        Format::Yaml => yaml::documents(text).into_iter().next(),
        Format::Ini => Some(ini::document(text)),
    }
}

/// The text with each carriage return that ends a line by itself as a line feed: the parsers know no other end. Places
/// stay the same.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if !text.replace("\r\n", "").contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\0\0").replace('\r', "\n").replace("\0\0", "\r\n"))
}

/// The default of a value that is one `${NAME:-default}` (or `${NAME-default}`): what the process sees unless something
/// outside the file says otherwise. `text` is the file's text at an [`crate::view::EnvVar::value_range`].
pub(crate) fn fallback(text: &str) -> Option<String> {
    let quote = |char: char| char == '"' || char == '\'';
    let inner = text.trim().trim_matches(quote);
    let body = inner.strip_prefix("${")?.strip_suffix('}')?;
    let at = body.find(|char: char| char != '_' && !char.is_ascii_alphanumeric())?;
    let (name, operator) = body.split_at(at);
    let default = [":-", "-", ":=", "="].iter().find_map(|mark| operator.strip_prefix(mark))?;
    (words::is_name(name) && !default.contains(['$', '{', '}'])).then(|| default.trim_matches(quote).to_owned())
}

/// The variable outside the file that a value is: `$NAME`, `${NAME}`, `${NAME:-default}`.
pub(crate) fn outer(text: &str) -> Option<String> {
    let inner = text.trim().trim_matches(['"', '\'']).strip_prefix('$')?;
    let body = inner.strip_prefix('{').map_or(Some(inner), |body| body.strip_suffix('}'))?;
    let end = body.find(|char: char| char != '_' && !char.is_ascii_alphanumeric()).unwrap_or(body.len());
    words::is_name(&body[..end]).then(|| body[..end].to_owned())
}

/// Whether a JSON file of this path can start something.
pub(crate) fn is_json_read(path: &str) -> bool {
    editor::is_read(path)
}

/// Whether a file of this name is one of compose.
pub(crate) fn is_compose(name: &str) -> bool {
    yaml_dialect::is_compose(&name.to_ascii_lowercase())
}

/// What a file is for, as far as its name and its folder's name say.
pub(crate) fn purpose(path: &str) -> Purpose {
    let mut components = path.rsplit(['/', '\\']);
    let name = components.next().unwrap_or(path).to_ascii_lowercase();
    let folder = components.next().unwrap_or("").to_ascii_lowercase();
    if name.starts_with(".flaskenv") || matches!(folder.as_str(), ".devcontainer" | ".vscode" | ".idea") {
        return Purpose::Development;
    }
    let part = |text: &str| match text {
        "dev" | "devel" | "develop" | "development" | "local" | "localhost" | "example" | "examples" | "sample"
        | "samples" | "template" | "dist" | "override" | "debug" | "defaults" => Some(Purpose::Development),
        "test" | "tests" | "testing" | "ci" => Some(Purpose::Build),
        _ => None,
    };
    let of_name = name.split(['.', '-', '_']).find_map(part);
    // A folder `templates` or `dist` says nothing: the first is Helm's, the second what is deployed.
    let of_folder = match folder.as_str() {
        "dev" | "development" | "example" | "examples" | "sample" | "samples" => Some(Purpose::Development),
        "test" | "tests" => Some(Purpose::Build),
        _ => None,
    };
    of_name.or(of_folder).unwrap_or(Purpose::Deployment)
}

/// A folder relative to the file's own, without `./` and a slash at the end (`.` is the folder itself); `None` for an
/// absolute or computed one.
pub(crate) fn relative_folder(text: &str) -> Option<String> {
    if text.starts_with(['/', '~', '-']) || text.contains(['$', ':', '*', '\\']) {
        return None;
    }
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

/// What an entry point with arguments starts. A script as entry point is taken to start its arguments at last, as the
/// scripts of official images do.
pub(crate) fn start(entrypoint: &[RawWord], arguments: &[RawWord], scope: &Scope) -> Vec<Command> {
    let script = entrypoint.last().is_some_and(|word| {
        let name = wrappers::base(word);
        name.ends_with(".sh") || name.contains("entrypoint")
    });
    if script && !arguments.is_empty() {
        let mut commands = shell::exec_form(entrypoint, scope).commands();
        commands.extend(shell::exec_form(arguments, scope).commands());
        return commands;
    }
    let words: Vec<RawWord> = entrypoint.iter().chain(arguments).cloned().collect();
    shell::exec_form(&words, scope).commands()
}

/// The name and the bytes of the Dockerfile instruction that a byte stands in.
pub(crate) fn instruction_at(text: &str, at: usize) -> Option<(String, Range<usize>)> {
    let found = instructions::instructions(text).into_iter().find(|one| one.range.contains(&at))?;
    Some((found.name, found.range))
}

/// The line that a byte stands in: its content without the line end.
pub(crate) fn line_of(text: &str, at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let bytes = text.as_bytes();
    let start = memchr::memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |found| found + 1);
    let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(text.len(), |found| at + found);
    start..end
}
