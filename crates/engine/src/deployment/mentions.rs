//! What a file leaves open that another file of the project may say: the variables that a script has defaults for, the
//! stages of a Dockerfile that somebody may build.

use crate::deploy;
use crate::language::Language;
use crate::python::files::Files;
use crate::view::Service;

/// In so many other files a variable of a script is looked for; where there are more, any of them may set it.
const MAX_OTHERS: usize = 300;

/// The services of a shell script. What it starts by its defaults alone counts, unless another file of the project may set
/// what it has a default for: `ENV MODE=development` in the Dockerfile of a script that asks for `${MODE:-production}`.
pub(super) fn script_services(files: &Files, path: &str, text: &str) -> Vec<Service> {
    let purpose = deploy::purpose(files.inner(path));
    let (services, is_by_default) = deploy::script::read(text, purpose, &[]);
    if !is_by_default {
        return services;
    }
    let mut names = deploy::script::defaulted(text);
    if names.is_empty() || deploy::script::services(text, purpose, &names) == services {
        return services;
    }
    retain_mentioned(files, path, &mut names);
    deploy::script::services(text, purpose, &names)
}

/// The services of a Dockerfile. A stage without a command that is not what runs at the end is somebody's only where
/// another file of the project names it: `target: dev`.
pub(super) fn image_services(files: &Files, path: &str, text: &str) -> Vec<Service> {
    let mut services = deploy::services(Language::Dockerfile, files.inner(path), text);
    let mut bare = deploy::dockerfile::bare_stages(text);
    let all = bare.clone();
    if !bare.is_empty() {
        retain_mentioned(files, path, &mut bare);
    }
    let is_nobodys = |name: &String| all.contains(name) && !bare.contains(name);
    services.retain(|service| !service.commands.is_empty() || !service.name.as_ref().is_some_and(is_nobodys));
    services
}

/// Keeps the names that are words of other deployment files of the project; all of them where there are very many files.
fn retain_mentioned(files: &Files, path: &str, names: &mut Vec<impl AsRef<str>>) {
    let others = files.deployments();
    if others.len() > MAX_OTHERS {
        return;
    }
    let others = others.iter().filter(|other| *other != path).filter_map(|other| files.load(other, None));
    let texts: Vec<String> = others.filter_map(|other| files.with(other, |file| file.document.whole())).collect();
    names.retain(|name| texts.iter().any(|text| has_word(text, name.as_ref())));
}

/// Whether a name stands in a text, and is no part of a longer one.
fn has_word(text: &str, name: &str) -> bool {
    let goes_on = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric() || char == '_');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !goes_on(before.chars().next_back()) && !goes_on(after.chars().next())
    })
}
