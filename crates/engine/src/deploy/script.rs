//! Shell scripts: what they export and start, branches for development apart from the rest.

use super::shell::Shell;
use super::source::Source;
use crate::view::{Command, Links, Purpose, Service};

/// One service for the script, and one for its branches that are for development, if it has such.
pub(crate) fn services(text: &str, purpose: Purpose) -> Vec<Service> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut shell = Shell::default();
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
    services
}
