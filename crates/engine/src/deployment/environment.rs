//! The whole environment of a service: its env files, what it extends or overrides, the objects that it takes variables
//! from, the `.env` that compose fills its variables from.
//!
//! It runs nothing; charts of Helm are not followed.

use std::collections::BTreeSet;

use super::below;
use super::objects::{is_taken, renamed, taken, taker};
use crate::deploy;
use crate::deploy::compose::{Included, included};
use crate::language::Language;
use crate::python::files::{Files, folder_of, setting};
use crate::python::launch::Setting;
use crate::python::value::{FileId, Spot};
use crate::view::{Command, EnvVar, Extends, Service};

/// How far `extends` is followed.
pub(super) const MAX_BASES: usize = 4;
/// The files that compose reads by itself, and that every other one is laid over.
const COMPOSE: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// A service with what stands elsewhere.
pub(super) struct Whole {
    pub env: Vec<Setting>,
    /// The folder that its commands start in.
    pub folder: String,
    /// The commands of the service that it starts from, where it has none of its own, without their flags: what these do
    /// is told where they stand.
    pub borrowed: Vec<Command>,
    /// The Dockerfile, relative to the folder, and the stage, where the image is built from the project.
    pub image: Option<(String, Option<String>)>,
    /// Settings of a file that this one is laid over: they are judged there.
    pub foreign: BTreeSet<Spot>,
    /// Whether a service that is known takes its variables from this object.
    pub taken: bool,
}

/// Joins a service with what stands elsewhere. `services` are all of its file.
pub(super) fn whole(
    files: &Files,
    id: FileId,
    service: &Service,
    services: &[Service],
    loaded: &mut BTreeSet<FileId>,
) -> Whole {
    let (bases, overlay) = bases(files, id, service, services, loaded);
    let taker = taker(files, id, service, services, loaded);
    let mut env = Vec::new();
    for (file, base) in bases.iter().rev() {
        env.extend(own(files, *file, base, loaded));
    }
    let settings = env.iter().filter(|_| overlay);
    let foreign = settings.filter_map(|setting: &Setting| setting.value.origin()).collect();
    env.extend(taken(files, id, service, services, loaded));
    env.extend(own(files, id, service, loaded));
    let chain: Vec<(FileId, &Service)> =
        std::iter::once((id, service)).chain(bases.iter().map(|(file, base)| (*file, base))).collect();
    let built = chain.iter().find(|(_, one)| one.folder.is_some());
    let folder = built.map(|(file, one)| below(folder_of(&files.path(*file)), one.folder.as_deref().unwrap_or(".")));
    let first = |pick: fn(&Service) -> Option<String>| chain.iter().find_map(|(_, one)| pick(one));
    let dockerfile = first(|one| one.links.dockerfile.clone()).unwrap_or_else(|| "Dockerfile".to_owned());
    let image = folder.is_some().then(|| (dockerfile, first(|one| one.links.target.clone())));
    if let Some(((dockerfile, target), folder)) = image.as_ref().zip(folder.as_ref()) {
        let path = below(folder, dockerfile);
        let args = chain.iter().flat_map(|(file, one)| one.links.args.iter().map(|arg| (*file, arg)));
        let built = args.flat_map(|(file, arg)| built_with(files, (&path, target.as_deref()), file, arg, loaded));
        env = built.chain(env).collect();
    }
    let from_base = bases.iter().find(|(_, base)| !base.commands.is_empty()).filter(|_| service.commands.is_empty());
    let mut foreign: BTreeSet<Spot> = foreign;
    let mut borrowed = from_base.map(|(_, base)| without_flags(base.commands.clone())).unwrap_or_default();
    if let Some((file, taker)) = taker {
        // What a container sets itself beats what it takes, and is judged where it stands.
        let set = own(files, file, &taker, loaded);
        foreign.extend(set.iter().filter_map(|setting| setting.value.origin()));
        let taken = taker.links.taken.iter().filter(|taken| Some(&taken.object) == service.links.object.as_ref());
        env = taken.flat_map(|taken| renamed(&env, taken)).chain(set).collect();
        borrowed = without_flags(taker.commands);
    }
    let taken = service.links.object.as_deref().is_some_and(|object| is_taken(files, id, object, services, loaded));
    Whole {
        env,
        folder: folder.unwrap_or_else(|| folder_of(&files.path(id)).to_owned()),
        borrowed,
        image,
        foreign,
        taken,
    }
}

/// Commands without the flags that decide about debug mode.
pub(super) fn without_flags(mut commands: Vec<Command>) -> Vec<Command> {
    for command in &mut commands {
        command
            .words
            .retain(|word| !matches!(word.text.as_str(), "--debug" | "--no-debug" | "--debugger" | "--no-debugger"));
    }
    commands
}

/// The services that this one starts from, nearest first, and whether it is laid over the last of them instead of
/// extending it.
fn bases(
    files: &Files,
    id: FileId,
    service: &Service,
    services: &[Service],
    loaded: &mut BTreeSet<FileId>,
) -> (Vec<(FileId, Service)>, bool) {
    let mut found: Vec<(FileId, Service)> = Vec::new();
    let mut next = service.links.extends.clone().map(|extends| (id, extends));
    while let Some((from, Extends { file, service: name })) = next.take().filter(|_| found.len() < MAX_BASES) {
        let file = match file {
            Some(file) => files.load(&below(folder_of(&files.path(from)), &file), Some(Language::Yaml)),
            None => Some(from),
        };
        let Some(file) = file else { break };
        loaded.insert(file);
        let Some(base) = named(files, file, &name, if file == id { services } else { &[] }) else { break };
        next = base.links.extends.clone().map(|extends| (file, extends));
        found.push((file, base));
    }
    if !found.is_empty() {
        return (found, false);
    }
    let name = service.name.as_deref();
    let below = name.and_then(|name| included_over(files, id, name, loaded));
    let overlaid = below.or_else(|| name.and_then(|name| overlaid(files, id, name, loaded)));
    (overlaid.into_iter().collect(), true)
}

/// The folder of the compose file that includes a file, with what it says of that.
fn including(files: &Files, id: FileId, loaded: &mut BTreeSet<FileId>) -> Option<(String, Included)> {
    let path = files.path(id);
    let mut folder = folder_of(&path).to_owned();
    loop {
        for name in COMPOSE {
            let Some(file) = files.load(&below(&folder, name), Some(Language::Yaml)).filter(|file| *file != id) else {
                continue;
            };
            loaded.insert(file);
            let text = files.with(file, |file| file.document.whole()).unwrap_or_default();
            let found = included(&text);
            let here = |one: &Included| one.paths.iter().any(|inner| below(&folder, inner) == *path);
            if let Some(found) = found.into_iter().find(here) {
                return Some((folder, found));
            }
        }
        if files.inner(&folder).is_empty() || !folder.contains('/') {
            return None;
        }
        folder = folder_of(&folder).to_owned();
    }
}

/// The service of the same name in the file that an included one is laid over.
fn included_over(files: &Files, id: FileId, name: &str, loaded: &mut BTreeSet<FileId>) -> Option<(FileId, Service)> {
    let path = files.path(id);
    let language = files.with(id, |file| file.document.language());
    if language != Some(Language::Yaml) {
        return None;
    }
    let (folder, found) = including(files, id, loaded)?;
    let at = found.paths.iter().position(|inner| below(&folder, inner) == *path)?;
    found.paths[..at].iter().rev().find_map(|inner| {
        let base = files.load(&below(&folder, inner), Some(Language::Yaml))?;
        loaded.insert(base);
        Some((base, named(files, base, name, &[])?))
    })
}

/// The service of the same name in the file that a compose file is laid over.
fn overlaid(files: &Files, id: FileId, name: &str, loaded: &mut BTreeSet<FileId>) -> Option<(FileId, Service)> {
    let path = files.path(id);
    let own = path.rsplit('/').next().unwrap_or(&path);
    if !deploy::is_compose(own) || COMPOSE.contains(&own) {
        return None;
    }
    let folder = folder_of(&path);
    let base = COMPOSE.iter().find_map(|name| files.load(&below(folder, name), Some(Language::Yaml)))?;
    loaded.insert(base);
    Some((base, named(files, base, name, &[])?))
}

/// A service of a file by its name.
fn named(files: &Files, file: FileId, name: &str, known: &[Service]) -> Option<Service> {
    let is = |service: &&Service| service.name.as_deref() == Some(name);
    if let Some(found) = known.iter().find(is) {
        return Some(found.clone());
    }
    services_of(files, file).iter().find(is).cloned()
}

pub(super) fn services_of(files: &Files, file: FileId) -> Vec<Service> {
    let path = files.path(file);
    let Some((language, text)) = files.with(file, |file| (file.document.language(), file.document.whole())) else {
        return Vec::new();
    };
    deploy::services(language, files.inner(&path), &text)
}

/// What a service sets itself: its env files, then its variables.
fn own(files: &Files, id: FileId, service: &Service, loaded: &mut BTreeSet<FileId>) -> Vec<Setting> {
    let path = files.path(id);
    let folder = folder_of(&path);
    let mut env: Vec<Setting> = Vec::new();
    for word in &service.env_files {
        let Some((file, path)) = env_file(files, folder, &word.text) else { continue };
        loaded.insert(file);
        env.extend(files.settings_of(file, &path));
    }
    env.extend(service.env.iter().map(|variable| filled(files, id, variable, loaded)));
    env
}

/// An env file by its path, or, where that is a path of the machine that it is deployed to, by its name.
fn env_file(files: &Files, folder: &str, path: &str) -> Option<(FileId, String)> {
    let name = path.rsplit('/').next().filter(|_| path.starts_with('/'));
    let mut candidates = vec![below(folder, path)];
    candidates.extend(name.into_iter().flat_map(|name| [below(folder, name), below(folder_of(folder), name)]));
    candidates.into_iter().find_map(|path| Some((files.load(&path, Some(Language::Dotenv))?, path)))
}

/// A variable with its value. One that the file leaves open takes what the `.env` beside a compose file says, or else its
/// default.
pub(super) fn filled(files: &Files, id: FileId, variable: &EnvVar, loaded: &mut BTreeSet<FileId>) -> Setting {
    let own = setting(variable, files.raw_spot(id, variable.range.clone()));
    if variable.value.is_some() {
        return own;
    }
    let path = files.path(id);
    let raw = files.with(id, |file| file.document.text(variable.value_range.clone()).into_owned()).unwrap_or_default();
    let outer = deploy::outer(&raw).unwrap_or_else(|| variable.name.clone());
    let matters = outer.contains("DEBUG") || outer.starts_with("FLASK_");
    if matters && (raw.is_empty() || raw.contains('$')) {
        for env in fillers(files, id, &path, loaded) {
            let Some(file) = files.load(&env, Some(Language::Dotenv)) else { continue };
            // One that says nothing about it now can be written in later.
            loaded.insert(file);
            let settings = files.settings_of(file, &env);
            if let Some(found) = settings.into_iter().rev().find(|setting| setting.name == outer.as_str()) {
                return Setting { name: own.name, ..found };
            }
        }
    }
    let Some(default) = deploy::fallback(&raw) else { return own };
    setting(&EnvVar { value: Some(default), ..variable.clone() }, files.raw_spot(id, variable.range.clone()))
}

/// The env files that compose fills a file's variables from, the first of which wins: those of the file that includes it
/// come first.
fn fillers(files: &Files, id: FileId, path: &str, loaded: &mut BTreeSet<FileId>) -> Vec<String> {
    let folder = folder_of(path);
    let own = below(folder, ".env");
    let is_compose = deploy::is_compose(path.rsplit('/').next().unwrap_or(path));
    let is_yaml = files.with(id, |file| file.document.language()) == Some(Language::Yaml);
    if !is_yaml {
        return Vec::new();
    }
    match including(files, id, loaded) {
        Some((outer, found)) if found.env_files.is_empty() => vec![below(&outer, ".env"), own],
        Some((outer, found)) => {
            let named = found.env_files.iter().rev().map(|file| below(&outer, file));
            std::iter::once(below(&outer, ".env")).chain(named).collect()
        }
        None if is_compose => vec![own],
        None => Vec::new(),
    }
}

/// The variables of an image that an argument of its build fills.
fn built_with(
    files: &Files,
    (dockerfile, target): (&str, Option<&str>),
    id: FileId,
    arg: &EnvVar,
    loaded: &mut BTreeSet<FileId>,
) -> Vec<Setting> {
    let Some(file) = files.load(dockerfile, Some(Language::Dockerfile)) else { return Vec::new() };
    loaded.insert(file);
    let arg = filled(files, id, arg, loaded);
    let Some(value) = arg.value.as_str() else { return Vec::new() };
    let text = files.with(file, |file| file.document.whole()).unwrap_or_default();
    let spot = arg.value.origin();
    let changed = deploy::dockerfile::built_with(&text, target, &arg.name, value);
    let settings = changed.into_iter().filter_map(|(name, value)| {
        let variable = EnvVar { name, value, range: 0..0, value_range: 0..0 };
        Some(setting(&variable, spot?))
    });
    settings.collect()
}
