//! Named objects that services take variables from: ConfigMaps, in the same file, beside it, or in another layer of
//! Kustomize.
//!
//! It runs nothing.

use std::collections::BTreeSet;

use super::environment::{MAX_BASES, services_of};
use crate::deploy::flask_cli::{Launch, launch};
use crate::language::Language;
use crate::python::files::{Files, folder_of, setting};
use crate::python::ir::Name;
use crate::python::launch::Setting;
use crate::python::value::FileId;
use crate::view::{EnvVar, Service, Taken};

/// How many files of a folder are looked through for an object.
const MAX_NEIGHBOURS: usize = 60;

/// The container in another folder that takes its variables from an object: the layers of Kustomize.
pub(super) fn taker(
    files: &Files,
    id: FileId,
    service: &Service,
    services: &[Service],
    loaded: &mut BTreeSet<FileId>,
) -> Option<(FileId, Service)> {
    let object = service.links.object.as_ref()?;
    let takes = |one: &Service| one.links.taken.iter().any(|taken| taken.object == *object);
    if around(files, id, services, loaded, takes).is_some() {
        return None;
    }
    let path = files.path(id);
    let root = layers_of(files, folder_of(&path));
    let mut found = Vec::new();
    for path in files.below_in(&root, &[".yaml", ".yml"]).into_iter().take(MAX_NEIGHBOURS) {
        let Some(file) = files.load(&path, Some(Language::Yaml)).filter(|file| *file != id) else { continue };
        // One that takes nothing now can be written on.
        loaded.insert(file);
        let text = files.with(file, |file| file.document.whole()).unwrap_or_default();
        if !text.contains(object.as_str()) || !text.contains("containers") {
            continue;
        }
        found.extend(services_of(files, file).into_iter().filter(takes).map(|one| (file, one)));
        if found.len() >= MAX_BASES {
            break;
        }
    }
    // One with a command that is known says more.
    let known = |one: &Service| one.commands.iter().any(|command| launch(&command.words) != Launch::Other);
    let at = found.iter().position(|(_, one)| known(one)).unwrap_or(0);
    found.into_iter().nth(at)
}

/// The folder that holds the layers which a manifest is one of: `k8s` of `k8s/overlays/production`.
fn layers_of(files: &Files, folder: &str) -> String {
    let mut root = folder.to_owned();
    for _ in 0..2 {
        if !files.inner(folder_of(&root)).is_empty() {
            root = folder_of(&root).to_owned();
        }
    }
    root
}

/// What a container calls the variables of an object.
pub(super) fn renamed(env: &[Setting], taken: &Taken) -> Vec<Setting> {
    let name = |setting: &Setting| match &taken.key {
        None => Some(format!("{}{}", taken.prefix, setting.name)),
        Some((key, name)) => (setting.name == key.as_str()).then(|| name.clone()),
    };
    let renamed =
        env.iter().filter_map(|setting| Some(Setting { name: Name::from(name(setting)?.as_str()), ..setting.clone() }));
    renamed.collect()
}

/// The variables that a service takes from named objects, in its own file or one beside it.
pub(super) fn taken(
    files: &Files,
    id: FileId,
    service: &Service,
    services: &[Service],
    loaded: &mut BTreeSet<FileId>,
) -> Vec<Setting> {
    let mut env = Vec::new();
    for Taken { object, prefix, key } in &service.links.taken {
        let holds = |one: &Service| one.links.object.as_ref() == Some(object);
        let Some((file, held)) = around(files, id, services, loaded, holds) else { continue };
        for variable in &held.env {
            let name = match key {
                None => format!("{prefix}{}", variable.name),
                Some((key, name)) if *key == variable.name => name.clone(),
                Some(_) => continue,
            };
            let spot = files.raw_spot(file, variable.range.clone());
            env.push(setting(&EnvVar { name, ..variable.clone() }, spot));
        }
    }
    env
}

/// Whether a service with a command that is known takes variables from an object.
pub(super) fn is_taken(
    files: &Files,
    id: FileId,
    object: &str,
    services: &[Service],
    loaded: &mut BTreeSet<FileId>,
) -> bool {
    let takes = |one: &Service| {
        one.links.taken.iter().any(|taken| taken.object == object)
            && one.commands.iter().any(|command| launch(&command.words) != Launch::Other)
    };
    around(files, id, services, loaded, takes).is_some()
}

/// The first service with a property, in this file or in a YAML file beside it.
pub(super) fn around(
    files: &Files,
    id: FileId,
    services: &[Service],
    loaded: &mut BTreeSet<FileId>,
    is: impl Fn(&Service) -> bool,
) -> Option<(FileId, Service)> {
    if let Some(found) = services.iter().find(|one| is(one)) {
        return Some((id, found.clone()));
    }
    let folder = folder_of(&files.path(id)).to_owned();
    for path in files.beside_in(&folder, &[".yaml", ".yml"]).into_iter().take(MAX_NEIGHBOURS) {
        let Some(file) = files.load(&path, Some(Language::Yaml)).filter(|file| *file != id) else { continue };
        loaded.insert(file);
        if let Some(found) = services_of(files, file).into_iter().find(|one| is(one)) {
            return Some((file, found));
        }
    }
    None
}
