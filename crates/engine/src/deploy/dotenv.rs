//! Environment files, as python-dotenv reads them.
//!
//! Other readers (docker's `--env-file`, systemd) differ in quotes and comments; for the values that matter they agree.

use std::ops::Range;

use super::scope::Scope;
use super::source::{self, Source};
use crate::view::{EnvVar, Links, Purpose, Service};

/// One service without commands: the variables of the file.
pub(crate) fn services(text: &str, purpose: Purpose) -> Vec<Service> {
    let env = variables(text);
    if env.is_empty() {
        return Vec::new();
    }
    let service = Service {
        name: None,
        purpose,
        env,
        env_files: Vec::new(),
        commands: Vec::new(),
        folder: None,
        links: Links::default(),
    };
    vec![service]
}

fn variables(text: &str) -> Vec<EnvVar> {
    let mut env = Vec::new();
    let mut scope = Scope::new();
    let mut done = 0;
    for line in source::lines(text) {
        if line.range.start < done {
            continue;
        }
        let Some((setting, end)) = variable(text, line.range, &scope) else { continue };
        done = end;
        scope.insert(setting.name.clone(), setting.value.clone());
        env.push(setting);
    }
    env
}

/// The setting that begins in this line, and where it ends: quoted values can go over several lines.
fn variable(text: &str, line: Range<usize>, scope: &Scope) -> Option<(EnvVar, usize)> {
    let raw = &text[line.clone()];
    let mut body = raw.trim_start();
    if let Some(rest) = body.strip_prefix("export")
        && rest.starts_with([' ', '\t'])
    {
        body = rest.trim_start();
    }
    let start = line.end - body.len();
    let equals = body.find('=')?;
    let key = body[..equals].trim_end();
    let name = key.strip_prefix('\'').and_then(|key| key.strip_suffix('\'')).unwrap_or(key);
    if name.is_empty() || key.starts_with('#') || name.contains(|char: char| char.is_whitespace() || char == '#') {
        return None;
    }
    let after = &body[equals + 1..];
    let value_start = line.end - after.trim_start().len();
    let first = text[value_start..line.end].chars().next();
    let (value, value_range) = match first {
        Some(quote @ ('"' | '\'')) => quoted(text, value_start, quote)?,
        _ => plain(text, line.end - after.len()..line.end),
    };
    let (value, known) = interpolated(&value.replace("\r\n", "\n"), scope);
    // Empty values stand behind the `=`.
    let value_range = if value_range.is_empty() { line.end - after.len()..line.end - after.len() } else { value_range };
    let range = start..value_range.end.max(start + equals + 1);
    let end = range.end;
    Some((EnvVar { name: name.to_owned(), value: known.then_some(value), range, value_range }, end))
}

/// An unquoted value: to the end of the line, or to a `#` behind a blank.
fn plain(text: &str, range: Range<usize>) -> (String, Range<usize>) {
    let raw = &text[range.clone()];
    let comment = raw.char_indices().find(|(at, char)| *char == '#' && raw[..*at].ends_with([' ', '\t']));
    let body = &raw[..comment.map_or(raw.len(), |(at, _)| at)];
    let trimmed = body.trim();
    let start = range.start + (body.len() - body.trim_start().len());
    (trimmed.to_owned(), start..start + trimmed.len())
}

/// A quoted value; `None` when the quote is not closed or something else follows it: the reader skips such lines.
fn quoted(text: &str, start: usize, quote: char) -> Option<(String, Range<usize>)> {
    let mut value = String::new();
    let mut chars = text[start + 1..].char_indices();
    let end = loop {
        let (at, char) = chars.next()?;
        if char == quote {
            break start + 1 + at + 1;
        }
        if char != '\\' {
            value.push(char);
            continue;
        }
        let (_, next) = chars.next()?;
        match (quote, next) {
            (_, '\\' | '\'') => value.push(next),
            ('"', '"') => value.push('"'),
            ('"', 'n') => value.push('\n'),
            ('"', 'r') => value.push('\r'),
            ('"', 't') => value.push('\t'),
            _ => value.extend(['\\', next]),
        }
    };
    let line_end = text[end..].find(['\n', '\r']).map_or(text.len(), |found| end + found);
    let rest = text[end..line_end].trim_start();
    (rest.is_empty() || rest.starts_with('#')).then_some((value, start..end))
}

/// How long a value is at most with what is put into it.
const MAX_VALUE: usize = 64 * 1024;

/// `${NAME}` and `${NAME:-default}` with what is known. `$NAME` stands for itself.
fn interpolated(value: &str, scope: &Scope) -> (String, bool) {
    let mut out = String::new();
    let mut known = true;
    let mut rest = value;
    while let Some(at) = rest.find("${") {
        let Some(end) = rest[at..].find('}') else { break };
        let body = &rest[at + 2..at + end];
        let (name, _) = body.split_once(":-").unwrap_or((body, ""));
        out.push_str(&rest[..at]);
        match scope.get(name).and_then(Option::as_ref) {
            Some(value) if out.len() <= MAX_VALUE => out.push_str(value),
            _ => known = false,
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    (out, known)
}

/// A text that is read as one line of an environment file elsewhere: `NAME=value` in a systemd unit's list.
pub(crate) fn setting(source: &Source) -> Option<EnvVar> {
    let (name, value) = source.text().split_once('=')?;
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    let from = name.len() + 1;
    let range = source.whole();
    let value_range = source.range(from..source.text().len());
    let value_range = if value.is_empty() { range.end..range.end } else { value_range };
    Some(EnvVar { name: name.to_owned(), value: Some(value.to_owned()), range, value_range })
}
