//! systemd units: `Environment=`, `EnvironmentFile=`, `ExecStart=`.
//!
//! Drop-ins and template instances are not joined with their unit.

use super::scope::Scope;
use super::source::{self, Source};
use super::words::{RawWord, Token, tokens};
use super::{dotenv, relative_folder, shell};
use crate::view::{Command, EnvVar, Links, Purpose, Service, Word};

/// One service: the unit.
pub(crate) fn services(text: &str, purpose: Purpose) -> Vec<Service> {
    let mut env: Vec<EnvVar> = Vec::new();
    let mut env_files: Vec<Word> = Vec::new();
    let mut commands: Vec<Command> = Vec::new();
    let mut folder = None;
    let mut section = String::new();
    for (key, value) in settings(text) {
        if key.starts_with('[') {
            section = key;
            continue;
        }
        if !(section.is_empty() || section == "[Service]") {
            continue;
        }
        match key.as_str() {
            "Environment" if value.text().trim().is_empty() => env.clear(),
            "Environment" => env.extend(words(&value).iter().filter_map(|word| dotenv::setting(&word.source))),
            "EnvironmentFile" => {
                let file = words(&value).into_iter().next();
                env_files.extend(file.map(|word| Word {
                    text: word.source.text().trim_start_matches('-').to_owned(),
                    range: word.range,
                }));
            }
            "ExecStart" | "ExecStartPre" | "ExecStartPost" => commands.extend(started(&value)),
            "WorkingDirectory" => folder = relative_folder(value.text().trim().trim_start_matches('-')),
            _ => {}
        }
    }
    if env.is_empty() && env_files.is_empty() && commands.is_empty() {
        return Vec::new();
    }
    vec![Service { name: None, purpose, env, env_files, commands, folder, links: Links::default() }]
}

fn words(value: &Source) -> Vec<RawWord> {
    let words = tokens(value).into_iter().filter_map(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    });
    words.collect()
}

/// The commands of an `ExecStart`: no shell reads it, so operators are words; `@-:+!` in front are flags.
fn started(value: &Source) -> Vec<Command> {
    let text = value.text();
    let skipped = text.len() - text.trim_start_matches([' ', '\t', '@', '-', ':', '+', '!']).len();
    let mut rest = Source::at(value.whole().end);
    rest.push_from(value, skipped..text.len());
    shell::exec_form(&words(&rest), &Scope::new()).commands()
}

/// The section heads (key with its brackets) and the keys with their values, continuation lines joined.
fn settings(text: &str) -> Vec<(String, Source)> {
    let mut found = Vec::new();
    let mut open: Option<(String, Source)> = None;
    for line in source::lines(text) {
        let raw = &text[line.range.clone()];
        let trimmed = raw.trim();
        if trimmed.starts_with(['#', ';']) || (trimmed.is_empty() && open.is_none()) {
            continue;
        }
        let start = line.range.start;
        let (key, mut source, at) = match open.take() {
            Some((key, source)) => (key, source, start),
            None if trimmed.starts_with('[') => {
                found.push((trimmed.to_owned(), Source::at(start)));
                continue;
            }
            None => {
                let Some((key, value)) = raw.split_once('=') else { continue };
                let at = line.range.end - value.len();
                (key.trim().to_owned(), Source::at(at), at)
            }
        };
        let content = &text[at..line.range.end];
        match content.trim_end().strip_suffix('\\') {
            Some(kept) => {
                source.push(kept, at);
                source.push_as(" ", at + kept.len()..line.next);
                open = Some((key, source));
            }
            None => {
                source.push(content, at);
                found.push((key, source));
            }
        }
    }
    found.extend(open);
    found
}
