//! INI files that start processes: supervisor's programs, uWSGI's own file, the scripts of `setup.cfg`.
//!
//! Includes, `%(...)s` and other INI files are no business of this module.

use super::conditions;
use super::scope::Scope;
use super::source::{self, Source, outside_quotes};
use super::words::{RawWord, Token, is_name, tokens};
use super::{dotenv, entry_points, relative_folder, shell};
use crate::language::Language;
use crate::view::{EnvVar, Links, Purpose, Service};

/// One service for each program of supervisor, or for uWSGI's section.
pub(crate) fn services(text: &str, purpose: Purpose) -> Vec<Service> {
    let sections = sections(text);
    let shared = sections.iter().filter(|section| section.name == "supervisord");
    let shared: Vec<EnvVar> = shared.flat_map(environment).collect();
    let mut services = Vec::new();
    for section in sections.iter().take(super::MAX_SERVICES) {
        services.extend(match section.name.split_once(':') {
            Some(("program" | "fcgi-program", name)) => Some(program(name, section, &shared, purpose)),
            None if section.name == "uwsgi" => Some(uwsgi(section, purpose)),
            _ => None,
        });
    }
    services.extend(entry_points::services(entry_points::entry_points(Language::Ini, text), purpose));
    services
}

/// The values of some options of a section, with all their lines.
pub(crate) fn options(text: &str, section: &str, keys: &[&str]) -> Vec<Source> {
    let sections = sections(text).into_iter().filter(|one| one.name == section);
    let options = sections.flat_map(|one| one.options).filter(|(key, _)| keys.contains(&key.as_str()));
    options.map(|(_, value)| value).collect()
}

/// A section with its options; a value of several lines has them all.
struct Section {
    name: String,
    options: Vec<(String, Source)>,
}

impl Section {
    fn all(&self, key: &str) -> impl Iterator<Item = &Source> {
        self.options.iter().filter(move |(name, _)| name == key).map(|(_, value)| value)
    }
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in source::lines(text) {
        let raw = &text[line.range.clone()];
        let body = raw.trim();
        if body.is_empty() || body.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = body.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            sections.push(Section { name: name.trim().to_owned(), options: Vec::new() });
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        let from = |part: &str| line.range.end - raw[raw.len() - part.len()..].len();
        if raw.starts_with([' ', '\t'])
            && let Some((_, value)) = section.options.last_mut()
        {
            let start = line.range.end - raw.trim_start().len();
            value.push_as("\n", start..start);
            value.push(content(&text[start..line.range.end]), start);
            continue;
        }
        let Some((key, rest)) = raw.split_once('=') else { continue };
        let rest = rest.trim_start();
        let mut value = Source::at(from(rest));
        value.push(content(rest), from(rest));
        section.options.push((key.trim().to_ascii_lowercase(), value));
    }
    sections
}

/// A value without the comment behind it.
fn content(text: &str) -> &str {
    text.find(" ;").map_or(text, |at| &text[..at]).trim_end()
}

fn program(name: &str, section: &Section, shared: &[EnvVar], purpose: Purpose) -> Service {
    let development = conditions::is_development(name) && purpose == Purpose::Deployment;
    let mut env = shared.to_vec();
    env.extend(environment(section));
    let commands =
        section.all("command").flat_map(|command| shell::exec_form(&words(command), &Scope::new()).commands());
    Service {
        name: Some(name.to_owned()),
        purpose: if development { Purpose::Development } else { purpose },
        env,
        env_files: Vec::new(),
        commands: commands.collect(),
        folder: section.all("directory").next().and_then(|folder| relative_folder(folder.text().trim())),
        links: Links::default(),
    }
}

/// `environment=A="b",C='d'`: pairs behind commas, with quotes as a shell has them.
fn environment(section: &Section) -> Vec<EnvVar> {
    let pairs = section.all("environment").flat_map(|value| {
        outside_quotes(value.text(), &['"', '\''], &[',']).into_iter().filter_map(|range| {
            let text = &value.text()[range.clone()];
            let start = range.start + text.len() - text.trim_start().len();
            let end = start + text.trim().len();
            let name_end = start + value.text()[start..end].find('=')?;
            if !is_name(value.text()[start..name_end].trim()) {
                return None;
            }
            let raw = value.text()[name_end + 1..end].trim();
            let quoted = ['"', '\''].iter().find_map(|quote| raw.strip_prefix(*quote)?.strip_suffix(*quote));
            let plain = quoted.unwrap_or(raw);
            let value_start = end - raw.len();
            let whole = value.range(start..end);
            let value_range = if raw.is_empty() { whole.end..whole.end } else { value.range(value_start..end) };
            Some(EnvVar {
                name: value.text()[start..name_end].trim().to_owned(),
                value: (!plain.contains("%(")).then(|| plain.to_owned()),
                range: whole,
                value_range,
            })
        })
    });
    pairs.take(super::MAX_VARIABLES).collect()
}

fn words(value: &Source) -> Vec<RawWord> {
    let words = tokens(value).into_iter().filter_map(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    });
    words.collect()
}

/// uWSGI's section: its options are those of its command line.
fn uwsgi(section: &Section, purpose: Purpose) -> Service {
    let mut line: Vec<RawWord> = Vec::new();
    for (key, value) in section.options.iter().filter(|(key, _)| key != "env") {
        let anchor = value.whole().start;
        let mut flag = Source::at(anchor);
        flag.push_as(&format!("--{key}"), anchor..anchor);
        line.push(RawWord::literal(flag, anchor..anchor));
        line.push(RawWord::literal(value.clone(), value.whole()));
    }
    let anchor = line.first().map_or(0, |word| word.range.start);
    let mut name = Source::at(anchor);
    name.push_as("uwsgi", anchor..anchor);
    line.insert(0, RawWord::literal(name, anchor..anchor));
    Service {
        name: None,
        purpose,
        env: section.all("env").filter_map(dotenv::setting).collect(),
        env_files: Vec::new(),
        commands: shell::exec_form(&line, &Scope::new()).commands(),
        folder: section.all("chdir").next().and_then(|folder| relative_folder(folder.text().trim())),
        links: Links::default(),
    }
}
