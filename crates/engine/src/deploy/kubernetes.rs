//! Kubernetes manifests: one service for each container, one for each ConfigMap.
//!
//! Which ConfigMap a container takes is told here; its variables are joined elsewhere, because it can stand in another file.

use super::conditions;
use std::rc::Rc;

use super::data::{self, Data};
use super::scope::Scope;
use super::shell;
use super::words::RawWord;
use crate::view::{Links, Purpose, Service, Taken};

/// The services of a document.
pub(crate) fn services(document: &Rc<Data>, purpose: Purpose) -> Vec<Service> {
    let mut services = containers(document, purpose);
    data::walk(document, |node, key| {
        let kind = node.get("kind");
        if matches!(kind.as_deref().and_then(Data::text), Some("ConfigMap" | "Secret")) {
            services.extend(config(node, purpose_of(node, purpose)));
        }
        if matches!(key, "configMapGenerator" | "secretGenerator") {
            services.extend(generator(node, purpose));
        }
    });
    services
}

/// The containers of a document, wherever they stand.
pub(crate) fn containers(document: &Rc<Data>, purpose: Purpose) -> Vec<Service> {
    let purpose = purpose_of(document, purpose);
    let mut services = Vec::new();
    data::walk(document, |node, key| match key {
        _ if services.len() == super::MAX_SERVICES => {}
        "containers" => services.extend(container(node, purpose)),
        "initContainers" => services.extend(container(node, Purpose::Build)),
        _ => {}
    });
    services
}

fn purpose_of(document: &Data, purpose: Purpose) -> Purpose {
    let namespace = document.path(&["metadata", "namespace"]);
    let development = namespace.as_deref().and_then(Data::text).is_some_and(conditions::is_development);
    if development && purpose == Purpose::Deployment { Purpose::Development } else { purpose }
}

fn container(node: &Data, purpose: Purpose) -> Option<Service> {
    let words = |key: &str| node.get(key).map(|value| data::words(&value, false)).unwrap_or_default();
    let all: Vec<RawWord> = words("command").into_iter().chain(words("args")).collect();
    let name = node.get("name").and_then(|name| name.text().map(str::to_owned));
    let env = node.get("env").map(|env| data::variables(&env)).unwrap_or_default();
    let commands = shell::exec_form(&all, &Scope::new()).commands();
    let links = Links { taken: taken(node), ..Links::default() };
    let empty = env.is_empty() && commands.is_empty() && links.taken.is_empty();
    (!empty).then_some(Service { name, purpose, env, env_files: Vec::new(), commands, folder: None, links })
}

/// `envFrom` and `valueFrom` of a container.
fn taken(node: &Data) -> Vec<Taken> {
    let text = |node: &Data, keys: &[&str]| node.path(keys).and_then(|value| value.text().map(str::to_owned));
    let items = |key: &str| node.get(key).map(|list| list.items().to_vec()).unwrap_or_default();
    let whole = |item: &Rc<Data>| {
        let object = ["configMapRef", "secretRef"].iter().find_map(|kind| text(item, &[kind, "name"]))?;
        Some(Taken { object, prefix: text(item, &["prefix"]).unwrap_or_default(), key: None })
    };
    let single = |item: &Rc<Data>| {
        let from = ["configMapKeyRef", "secretKeyRef"].iter().find_map(|kind| item.path(&["valueFrom", kind]))?;
        let key = Some((text(&from, &["key"])?, text(item, &["name"])?));
        Some(Taken { object: text(&from, &["name"])?, prefix: String::new(), key })
    };
    let all =
        items("envFrom").iter().filter_map(whole).chain(items("env").iter().filter_map(single)).collect::<Vec<_>>();
    all.into_iter().take(super::MAX_VARIABLES).collect()
}

fn config(node: &Data, purpose: Purpose) -> Option<Service> {
    let mut env = Vec::new();
    // `data` of a Secret is base64.
    let secret = node.get("kind").is_some_and(|kind| kind.text() == Some("Secret"));
    for key in if secret { ["stringData"].iter() } else { ["data"].iter() } {
        env.extend(node.get(key).map(|data| data::variables(&data)).unwrap_or_default());
    }
    let name = node.path(&["metadata", "name"]).and_then(|name| name.text().map(str::to_owned));
    let empty = env.is_empty();
    let links = Links { object: name.clone(), ..Links::default() };
    (!empty).then_some(Service { name, purpose, env, env_files: Vec::new(), commands: Vec::new(), folder: None, links })
}

fn generator(node: &Data, purpose: Purpose) -> Option<Service> {
    let env = node.get("literals").map(|literals| data::variables(&literals)).unwrap_or_default();
    let files = node.get("envs").map(|envs| data::words(&envs, false)).unwrap_or_default();
    let env_files: Vec<_> = files
        .into_iter()
        .map(|word| crate::view::Word { text: word.source.text().to_owned(), range: word.range })
        .collect();
    let name = node.get("name").and_then(|name| name.text().map(str::to_owned));
    let empty = env.is_empty() && env_files.is_empty();
    (!empty).then_some(Service {
        name: name.clone(),
        purpose,
        env,
        env_files,
        commands: Vec::new(),
        folder: None,
        links: Links { object: name, ..Links::default() },
    })
}
