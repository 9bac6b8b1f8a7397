//! Small YAML files of hosting services: App Engine's `app.yaml`, Render's `render.yaml`.

use super::conditions;
use super::data::{self, Data};
use super::scope::Scope;
use super::shell;
use crate::view::{Purpose, Service};

/// The one service of an `app.yaml`.
pub(crate) fn services(document: &Data, purpose: Purpose) -> Vec<Service> {
    let text = |key: &str| document.get(key).and_then(|value| value.text().map(str::to_owned));
    let name = text("service");
    let development = name.as_deref().is_some_and(conditions::is_development) && purpose == Purpose::Deployment;
    let purpose = if development { Purpose::Development } else { purpose };
    let env = document.get("env_variables").map(|env| data::variables(&env)).unwrap_or_default();
    one(document, "entrypoint", Service { name, purpose, env, ..Service::blank(None, purpose) })
}

/// The services of a `render.yaml`.
pub(crate) fn render(document: &Data, purpose: Purpose) -> Vec<Service> {
    let Some(services) = document.get("services") else { return Vec::new() };
    let each = services.items().iter().flat_map(|node| {
        let name = node.get("name").and_then(|name| name.text().map(str::to_owned));
        let env = node.get("envVars").map(|env| data::variables(&env)).unwrap_or_default();
        one(node, "startCommand", Service { name, env, ..Service::blank(None, purpose) })
    });
    each.collect()
}

fn one(node: &Data, command: &str, mut service: Service) -> Vec<Service> {
    if let Some(value) = node.get(command)
        && let Some(scalar) = value.scalar()
    {
        service.commands = shell::shell_form(&scalar.source, &Scope::new()).commands();
    }
    if service.env.is_empty() && service.commands.is_empty() { Vec::new() } else { vec![service] }
}
