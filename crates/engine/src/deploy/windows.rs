//! Scripts of Windows: batch files (`.bat`, `.cmd`) and PowerShell (`.ps1`), what they set and start.
//!
//! They run line by line here: conditions, loops and functions are not followed, and what `%NAME%` or `$name` stands for
//! is not known.

use std::ops::Range;

use super::scope::Scope;
use super::shell;
use super::source::{self, Source, outside_quotes};
use super::words::{RawWord, is_name};
use crate::view::{Command, EnvVar, Links, Purpose, Service};

/// How many of the last variables are told with a command.
const MAX_CARRIED: usize = 100;

/// What stands between the commands of a line (`&`, `&&`, `||`, `|`, `;`), and what keeps it from doing so.
const SEPARATORS: &[char] = &['&', '|', ';'];
const QUOTES: &[char] = &['"'];

/// What a script did so far.
#[derive(Default)]
struct Script {
    env: Vec<EnvVar>,
    commands: Vec<Command>,
    folder: Option<String>,
}

/// One service for a batch file.
pub(crate) fn batch(text: &str, purpose: Purpose) -> Vec<Service> {
    let mut script = Script::default();
    for line in logical(text, '^') {
        for part in outside_quotes(line.text(), QUOTES, SEPARATORS) {
            let body = line.text()[part.clone()].trim_start_matches(['@', '(', ' ', '\t']);
            let start = part.end - body.len();
            let body = body.trim_end();
            let lower = body.to_ascii_lowercase();
            if lower.starts_with("rem ") || lower == "rem" || body.starts_with(':') {
                break;
            }
            let range = start..start + body.len();
            match lower.strip_prefix("set ") {
                Some(_) => script.set(&line, body, start),
                None => script.run(&line, range),
            }
        }
    }
    script.service(purpose)
}

/// One service for a PowerShell script.
pub(crate) fn powershell(text: &str, purpose: Purpose) -> Vec<Service> {
    let mut script = Script::default();
    for line in logical(text, '`') {
        let whole = line.text();
        for part in outside_quotes(&whole[..comment(whole)], QUOTES, SEPARATORS) {
            let body = whole[part.clone()].trim_start_matches(['&', '{', ' ', '\t']);
            let start = part.end - body.len();
            let range = start..start + body.trim_end().len();
            let lower = body.to_ascii_lowercase();
            match lower.strip_prefix("$env:") {
                Some(_) => script.set_env(&line, &whole[range.clone()], start),
                None => script.run(&line, range),
            }
        }
    }
    script.service(purpose)
}

impl Script {
    /// `set NAME=value`, `set "NAME=value"`.
    fn set(&mut self, line: &Source, body: &str, at: usize) {
        let rest = body["set ".len()..].trim_start();
        let start = at + body.len() - rest.len();
        let quoted = rest.strip_prefix('"').map(|inner| inner.split('"').next().unwrap_or(inner));
        let (inner, start) = quoted.map_or((rest, start), |inner| (inner, start + 1));
        let Some((name, value)) = inner.split_once('=') else { return };
        if !is_name(name.trim()) {
            return;
        }
        let from = start + name.len() + 1;
        self.put(line, (name.trim(), start), value, from..from + value.len());
    }

    /// `$env:NAME = "value"`.
    fn set_env(&mut self, line: &Source, body: &str, start: usize) {
        let inner = &body["$env:".len()..];
        let Some((name, after)) = inner.split_once('=') else { return };
        if !is_name(name.trim()) || after.starts_with('=') {
            return;
        }
        let value = after.trim();
        let from = start + body.len() - after.trim_start().len();
        let plain = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
        let is_known = plain.is_some() || !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let shown = if is_known { plain.unwrap_or(value) } else { "$" };
        self.put(line, (name.trim(), start), shown, from..from + value.len());
    }

    fn put(&mut self, line: &Source, (name, start): (&str, usize), value: &str, range: Range<usize>) {
        let known = !value.contains(['%', '$', '!']);
        let end = line.range(start..range.end.max(start + 1)).end;
        let value_range = if range.is_empty() { end..end } else { line.range(range) };
        let whole = line.range(start..start + 1).start..end;
        self.env.retain(|setting| setting.name != name);
        if self.env.len() < super::MAX_VARIABLES {
            let value = known.then(|| value.to_owned());
            self.env.push(EnvVar { name: name.to_owned(), value, range: whole, value_range });
        }
    }

    fn run(&mut self, line: &Source, range: Range<usize>) {
        let mut words = words(line, range);
        let is = |word: Option<&RawWord>, names: &[&str]| {
            word.is_some_and(|word| names.iter().any(|name| word.source.text().eq_ignore_ascii_case(name)))
        };
        if is(words.first(), &["cd", "chdir", "pushd", "set-location"]) {
            let folder = words.last().map(|word| word.source.text().replace('\\', "/"));
            if self.folder.is_none() && self.commands.is_empty() {
                self.folder = folder.and_then(|folder| super::relative_folder(&folder));
            }
            return;
        }
        // `start "title" /b program`, `call program`, `start /b program`.
        let is_quoted = |word: Option<&RawWord>| word.is_some_and(|word| word.range.len() > word.source.text().len());
        if is(words.first(), &["start"]) && is_quoted(words.get(1)) {
            words.remove(1);
        }
        while is(words.first(), &["call", "start", "cmd", "start-process"])
            || words.first().is_some_and(|word| word.source.text().starts_with('/') || word.source.text().is_empty())
        {
            words.remove(0);
        }
        if words.is_empty()
            || is(words.first(), &["echo", "if", "for", "goto", "exit", "setlocal", "endlocal", "title"])
        {
            return;
        }
        if self.commands.len() < super::MAX_SERVICES {
            for mut command in shell::exec_form(&words, &Scope::new()).commands() {
                let carried = self.env.len().saturating_sub(MAX_CARRIED);
                command.env.splice(0..0, self.env[carried..].iter().cloned());
                self.commands.push(command);
            }
        }
    }

    fn service(self, purpose: Purpose) -> Vec<Service> {
        let Script { env, commands, folder } = self;
        if env.is_empty() && commands.is_empty() {
            return Vec::new();
        }
        let env_files = Vec::new();
        vec![Service { name: None, purpose, env, env_files, commands, folder, links: Links::default() }]
    }
}

/// The lines of a text, those joined that a mark continues.
fn logical(text: &str, mark: char) -> Vec<Source> {
    let mut lines = Vec::new();
    let mut current: Option<Source> = None;
    for line in source::lines(text) {
        let raw = &text[line.range.clone()];
        let mut joined = current.take().unwrap_or_else(|| Source::at(line.range.start));
        match raw.strip_suffix(mark) {
            Some(kept) => {
                joined.push(kept, line.range.start);
                joined.push_as(" ", line.range.start + kept.len()..line.next);
                current = Some(joined);
            }
            None => {
                joined.push(raw, line.range.start);
                lines.push(joined);
            }
        }
    }
    lines.extend(current);
    lines
}

/// Where the comment of a PowerShell line begins.
fn comment(text: &str) -> usize {
    let mut quote = None;
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (Some(mark), _) if mark == char => quote = None,
            (None, '"' | '\'') => quote = Some(char),
            (None, '#') if at == 0 || text[..at].ends_with([' ', '\t']) => return at,
            _ => {}
        }
    }
    text.len()
}

/// The words of a command, quotes taken off; a redirection ends them.
fn words(line: &Source, range: Range<usize>) -> Vec<RawWord> {
    let text = line.text();
    let mut found: Vec<RawWord> = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let rest = &text[at..range.end];
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
            continue;
        }
        if rest.starts_with('>') {
            break;
        }
        let quote = rest.chars().next().filter(|char| matches!(char, '"' | '\''));
        let (inner, end) = match quote {
            Some(quote) => {
                let closing = rest[1..].find(quote).map_or(rest.len(), |found| found + 1);
                (at + 1..at + closing, at + (closing + 1).min(rest.len()))
            }
            None => {
                let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (at..at + length, at + length)
            }
        };
        let mut source = Source::at(line.range(at..at).start);
        source.push_from(line, inner);
        found.push(RawWord::literal(source, line.range(at..end)));
        at = end;
    }
    found
}
