//! Commands that set variables of what is deployed elsewhere: `heroku config:set A=b`, `fly secrets set A=b`,
//! `gcloud run deploy --set-env-vars A=b,C=d`, `kubectl set env deployment/web A=b`.
//!
//! The goal: such a command is told by how it is written, not by a list of platforms. Some word of it says that it sets
//! or deploys, and behind that word stands `NAME=value`, alone, in a list, or as an option's value. It runs nothing.

use std::ops::Range;

use super::source::Source;
use super::words::{RawWord, is_name};
use super::wrappers::base;

/// Parts of the words that say so: `config:set`, `--update-env-vars`, `setenv`.
const VERBS: &[&str] =
    &["set", "setenv", "env", "deploy", "secrets", "variables", "environment", "settings", "create", "update"];

/// Programs that have such words, too, and set what they set here, for whoever calls them.
const HERE: &[&str] =
    &["make", "conda", "mamba", "micromamba", "git", "npm", "yarn", "pnpm", "poetry", "pip", "launchctl"];

/// The settings that a command hands on, each a word `NAME=value`.
pub(crate) fn settings(words: &[RawWord]) -> Vec<RawWord> {
    let Some((program, rest)) = words.split_first() else { return Vec::new() };
    let is_here = HERE.contains(&base(program)) || base(program).starts_with("pip");
    let verb = rest.iter().position(|word| is_verb(word.source.text()));
    let Some(verb) = verb.filter(|_| !is_here) else { return Vec::new() };
    let mut found = Vec::new();
    // The option that says so can have the settings in itself.
    for (at, word) in rest.iter().enumerate().skip(verb) {
        let inner = word.source.text();
        found.extend(parts(inner).into_iter().map(|range| part(word, range)));
        // `cf set-env shop FLASK_DEBUG 1`.
        if at > verb
            && says_environment(rest[verb].source.text())
            && is_variable(inner)
            && let Some(value) = rest.get(at + 1).filter(|value| !value.source.text().contains('='))
        {
            found.push(pair(word, value));
            break;
        }
    }
    found
}

fn is_verb(text: &str) -> bool {
    let name = text.split('=').next().unwrap_or(text);
    !is_variable(name) && parts_of(name).any(|part| VERBS.contains(&part))
}

fn says_environment(text: &str) -> bool {
    parts_of(text).any(|part| matches!(part, "env" | "setenv"))
}

fn parts_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_ascii_alphanumeric())
}

/// Whether a text is the name of a variable by the looks of it: options and keys of other things are not in upper case.
fn is_variable(text: &str) -> bool {
    is_name(text)
        && text.contains(|char: char| char.is_ascii_uppercase())
        && !text.contains(|c: char| c.is_ascii_lowercase())
}

/// Where a word has settings: `A=b`, `A=b,C=d`, `--option=A=b`, `web.env.A=b`, `Variables={A=b,C=d}`.
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('=') {
        let name = text[..at].trim_end_matches(|char: char| char == '_' || char.is_ascii_alphanumeric()).len();
        let before = text[..name].chars().next_back();
        let begins = match before {
            None | Some('=' | '{' | ',') => true,
            // `env.A=b` of a chart's values.
            Some('.') => !text[start..name].contains('='),
            _ => false,
        };
        if name < start || !begins || !is_variable(&text[name..at]) {
            continue;
        }
        // A value is over where the next setting begins.
        if let Some(last) = found.last_mut()
            && before == Some(',')
        {
            last.end = last.end.min(name - 1);
        } else if !found.is_empty() {
            continue;
        }
        found.push(name..text.len());
        start = at + 1;
    }
    if let Some(last) = found.last_mut()
        && text[..last.start].contains('{')
        && text.ends_with('}')
    {
        last.end -= 1;
    }
    found
}

fn part(word: &RawWord, range: Range<usize>) -> RawWord {
    if range == (0..word.source.text().len()) {
        return word.clone();
    }
    let mut source = Source::at(word.range.end);
    source.push_from(&word.source, range);
    let range = source.whole();
    RawWord::interpolated(source, range)
}

/// `NAME value` as one setting.
fn pair(name: &RawWord, value: &RawWord) -> RawWord {
    let mut source = Source::at(name.range.start);
    source.push_from(&name.source, 0..name.source.text().len());
    let between = name.range.end..value.range.start.max(name.range.end);
    source.push_as("=", between);
    source.push_from(&value.source, 0..value.source.text().len());
    let range = source.whole();
    RawWord::interpolated(source, range)
}
