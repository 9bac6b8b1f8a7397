//! Makefiles: exported variables, and the recipes, one service for each target.
//!
//! Includes, conditionals and functions are not evaluated.

use super::conditions;
use super::expansion::Spent;
use super::scope::Scope;
use super::shell::Shell;
use super::source::{self, Source};
use super::words::{RawWord, is_name};
use crate::view::{EnvVar, Links, Purpose, Service};

/// A rule with its recipe.
struct Rule {
    name: String,
    recipe: Source,
    /// Variables that are exported for this target alone.
    env: Vec<EnvVar>,
}

/// One service for each target with a recipe, and one for exported variables where no target takes them.
pub(crate) fn services(text: &str, purpose: Purpose) -> Vec<Service> {
    let mut exports: Vec<EnvVar> = Vec::new();
    let mut plain: Vec<EnvVar> = Vec::new();
    let mut export_all = false;
    let mut rules: Vec<Rule> = Vec::new();
    let mut continued = false;
    for line in source::lines(text) {
        let raw = &text[line.range.clone()];
        let goes_on = raw.ends_with('\\');
        let was_continued = std::mem::replace(&mut continued, goes_on);
        if let Some(recipe) = raw.strip_prefix('\t') {
            if let Some(rule) = rules.last_mut() {
                add_line(
                    &mut rule.recipe,
                    text,
                    line.range.end - recipe.len()..line.range.end,
                    line.next,
                    was_continued,
                );
            }
            continue;
        }
        let trimmed = raw.trim();
        let at = line.range.end - raw.trim_start().len();
        if trimmed.is_empty() || trimmed.starts_with('#') || was_continued {
            continue;
        }
        if trimmed == "export" || trimmed == ".EXPORT_ALL_VARIABLES:" {
            export_all = true;
        } else if let Some(rest) = trimmed.strip_prefix("export ") {
            let rest_at = at + (trimmed.len() - rest.len());
            match variable(rest, rest_at) {
                Some(setting) => exports.push(setting),
                None => rest.split_whitespace().for_each(|name| {
                    exports.extend(plain.iter().rfind(|setting| setting.name == name).cloned());
                }),
            }
        } else if let Some(setting) = variable(trimmed, at) {
            plain.push(setting);
        } else if rules.len() < super::MAX_SERVICES {
            target(trimmed, at, &mut rules);
        }
    }
    if export_all {
        exports.extend(plain.iter().cloned());
    }
    exports.truncate(super::MAX_VARIABLES);
    let mut settings: Vec<&EnvVar> = plain.iter().chain(&exports).collect();
    settings.sort_by_key(|setting| setting.range.start);
    settings.dedup_by_key(|setting| setting.range.start);
    let scope = scope(text, &settings);
    let of_rule = |rule| service(rule, &exports, &scope, purpose);
    let mut services: Vec<Service> = rules.into_iter().filter_map(of_rule).collect();
    if services.is_empty() && !exports.is_empty() {
        let (commands, env_files) = (Vec::new(), Vec::new());
        services.push(Service {
            name: None,
            purpose,
            env: exports,
            env_files,
            commands,
            folder: None,
            links: Links::default(),
        });
    }
    services
}

/// What the variables of the file come to: `?=` sets only what is not set, `+=` adds to it.
fn scope(text: &str, settings: &[&EnvVar]) -> Scope {
    let mut scope = Scope::new();
    let mut spent = Spent::default();
    for setting in settings {
        let name = &setting.name;
        let operator = text.get(setting.range.start..setting.value_range.start).unwrap_or("");
        let operator = operator.trim_end().strip_suffix('=').and_then(|before| before.chars().next_back());
        if operator == Some('?') && scope.contains_key(name) {
            continue;
        }
        let word = RawWord::interpolated(Source::copy(text, setting.value_range.clone()), setting.value_range.clone());
        let Some((mut value, mut known)) = word.value(0, &scope, &mut spent) else {
            scope.hold(name, None, None);
            continue;
        };
        if let Some(before) = word.before(name, &scope).filter(|_| operator == Some('+')) {
            known &= before.is_known();
            let Some(joined) = value.behind(Some(&before.spaced(before.range.end))) else { continue };
            value = joined;
        }
        let text = known.then(|| value.source.text().to_owned());
        // With quotes in it, it is the shell that tells its words.
        if value.source.text().contains(['"', '\'', '\\']) {
            value = value.closed();
        }
        scope.hold(name, text, Some(value));
    }
    scope
}

/// `name: prerequisites`, `name: export NAME = value`.
fn target(line: &str, at: usize, rules: &mut Vec<Rule>) {
    let Some((names, rest)) = line.split_once(':') else { return };
    let Some(name) = names.split_whitespace().next().filter(|name| !name.starts_with('.')) else { return };
    if rest.starts_with('=') || names.contains(['$', '=']) {
        return;
    }
    let rest = rest.trim_start_matches(':');
    let body = rest.trim_start();
    let body_at = at + line.len() - body.len();
    if let Some(setting) = body.strip_prefix("export ") {
        let env = variable(setting.trim_start(), body_at + body.len() - setting.trim_start().len());
        match rules.iter_mut().find(|rule| rule.name == name) {
            Some(rule) => rule.env.extend(env),
            None => rules.push(Rule {
                name: name.to_owned(),
                recipe: Source::at(at + line.len()),
                env: env.into_iter().collect(),
            }),
        }
        return;
    }
    // A target can have been named before, for its variables.
    if let Some(known) = rules.iter().position(|rule| rule.name == name && rule.recipe.text().is_empty()) {
        let rule = rules.remove(known);
        rules.push(rule);
    } else {
        rules.push(Rule { name: name.to_owned(), recipe: Source::at(at + line.len()), env: Vec::new() });
    }
}

/// `NAME = value`, with any of make's assignments.
fn variable(line: &str, at: usize) -> Option<EnvVar> {
    let equals = line.find('=')?;
    let name = line[..equals].trim_end_matches([':', '?', '+', '!']).trim();
    if !is_name(name) {
        return None;
    }
    let after = &line[equals + 1..];
    let comment = after.find('#').unwrap_or(after.len());
    let value = after[..comment].trim();
    let start = at + line.len() - after.trim_start().len();
    let start = if value.is_empty() { at + equals + 1 } else { start };
    let value_range = start..start + value.len();
    let known = !value.contains('$');
    let range = at..value_range.end;
    Some(EnvVar { name: name.to_owned(), value: known.then(|| value.to_owned()), range, value_range })
}

/// Adds a line of a recipe: `@-+` in front are make's, `$$` is the shell's `$`, `$(NAME)` is make's variable.
fn add_line(recipe: &mut Source, text: &str, range: std::ops::Range<usize>, next: usize, continued: bool) {
    let raw = &text[range.clone()];
    let body = if continued { raw } else { raw.trim_start_matches([' ', '\t', '@', '-', '+']) };
    let mut at = range.end - body.len();
    while let Some(found) = text[at..range.end].find("$$").map(|found| at + found) {
        recipe.push(&text[at..found], at);
        recipe.push_as("$", found..found + 2);
        at = found + 2;
    }
    recipe.push(&text[at..range.end], at);
    recipe.push_as("\n", range.end..next);
}

fn service(rule: Rule, exports: &[EnvVar], scope: &Scope, purpose: Purpose) -> Option<Service> {
    let mut shell = Shell::with_scope(scope);
    shell.script(&rule.recipe);
    let mut env = exports.to_vec();
    env.extend(rule.env);
    env.append(&mut shell.exports);
    let own = conditions::role_of_task(&rule.name);
    let purpose = own.filter(|_| purpose == Purpose::Deployment).unwrap_or(purpose);
    let (folder, env_files) = (shell.folder.clone(), std::mem::take(&mut shell.env_files));
    let commands = shell.commands();
    let name = Some(rule.name);
    let empty = commands.is_empty() && env.is_empty();
    (!empty).then_some(Service { name, purpose, env, env_files, commands, folder, links: Links::default() })
}
