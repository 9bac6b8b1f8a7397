//! Shell scripts: what they export and start, branches for development apart from the rest.

use super::scope::Scope;
use super::shell::Shell;
use super::source::Source;
use super::words::is_name;
use crate::view::{Command, Links, Purpose, Service};

/// The variables that a script has defaults for: `${NAME:-this}`.
pub(crate) fn defaulted(text: &str) -> Vec<&str> {
    let names = text.split("${").skip(1).filter_map(|rest| {
        let (name, sign) = rest.split_at_checked(rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?)?;
        (is_name(name) && sign.starts_with([':', '-', '='])).then_some(name)
    });
    names.collect()
}

/// One service for the script, and one for its branches that are for development, if it has such. The defaults of
/// variables of `outside` do not count: something else may set them.
pub(crate) fn services(text: &str, purpose: Purpose, outside: &[&str]) -> Vec<Service> {
    read(text, purpose, outside).0
}

/// The same, and whether a default of another variable decided about any of it.
pub(crate) fn read(text: &str, purpose: Purpose, outside: &[&str]) -> (Vec<Service>, bool) {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let outside: Scope = outside.iter().map(|name| ((*name).to_owned(), None)).collect();
    let mut shell = Shell::with_scope(&outside);
    shell.script(&Source::copy(text, start..text.len()));
    let (development, rest): (Vec<_>, Vec<_>) = shell.runs.into_iter().partition(|run| run.development);
    let commands = |runs: Vec<super::shell::Run>| runs.into_iter().map(|run| run.command).collect::<Vec<Command>>();
    let make = |purpose, env, env_files, commands| Service {
        name: None,
        purpose,
        env,
        env_files,
        commands,
        folder: shell.folder.clone(),
        links: Links::default(),
    };
    let mut services = vec![make(purpose, shell.exports, shell.env_files, commands(rest))];
    let inner = if purpose == Purpose::Deployment { Purpose::Development } else { purpose };
    services.push(make(inner, shell.development_exports, Vec::new(), commands(development)));
    services.retain(|service: &Service| {
        !(service.env.is_empty() && service.env_files.is_empty() && service.commands.is_empty())
    });
    (services, shell.conditions.are_by_default())
}
