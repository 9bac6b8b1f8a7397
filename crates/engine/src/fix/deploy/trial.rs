//! What a deployment file says, to compare before and after a fix.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::view::{EnvVar, Service, Word};

/// What a fix is to have changed, for the trial.
pub(super) enum Change<'a> {
    Nothing,
    /// The setting has this value.
    Value(&'a Range<usize>, &'a str),
    /// The setting or the word is gone.
    Gone(&'a Range<usize>),
    /// The word says this.
    Says(&'a Range<usize>, &'a str),
}

/// What a file says, without places.
pub(super) type Said = Vec<(Option<String>, Vec<(String, Option<String>)>, Vec<String>, Vec<Started>)>;
type Started = (Vec<String>, Vec<(String, Option<String>)>);

/// What the services say after a change, empty ones left out. What other settings are expanded in stands as it is
/// written: it may change with them. What the `holders` say is left out: a word of a command that comes from the value of
/// a variable changes that, too.
pub(super) fn said(services: &[Service], text: &str, change: &Change<'_>, holders: &BTreeSet<String>) -> Said {
    let expanded = |range: &Range<usize>| text.get(range.clone()).filter(|raw| raw.contains('$'));
    let env = |settings: &[EnvVar]| -> Vec<(String, Option<String>)> {
        let kept = settings.iter().filter(|one| !matches!(change, Change::Gone(range) if one.range == **range));
        kept.map(|one| {
            let value = match change {
                _ if holders.contains(&one.name) => None,
                Change::Value(range, value) if one.range == **range => Some((*value).to_owned()),
                _ => expanded(&one.value_range).map(str::to_owned).or_else(|| one.value.clone()),
            };
            (one.name.clone(), value)
        })
        .collect()
    };
    let words = |words: &[Word]| -> Vec<String> {
        let kept = words.iter().filter(|one| !matches!(change, Change::Gone(range) if one.range == **range));
        kept.map(|one| match change {
            Change::Says(range, text) if one.range == **range => (*text).to_owned(),
            _ => expanded(&one.range).map_or_else(|| one.text.clone(), str::to_owned),
        })
        .collect()
    };
    let each = services.iter().map(|service| {
        let commands = service.commands.iter().map(|one| (words(&one.words), env(&one.env))).collect();
        let settings = [env(&service.env), env(&service.links.args)].concat();
        (service.name.clone(), settings, words(&service.env_files), commands)
    });
    let mut all: Said = each.collect();
    all.retain(|(_, env, files, commands)| !(env.is_empty() && files.is_empty() && commands.is_empty()));
    all
}

/// The variables in whose values a range stands that is none of theirs.
pub(super) fn holders(services: &[Service], range: &Range<usize>) -> BTreeSet<String> {
    let commands = services.iter().flat_map(|service| &service.commands).flat_map(|command| &command.env);
    let all = services.iter().flat_map(|service| &service.env).chain(commands);
    let holds = |one: &&EnvVar| one.value_range.start <= range.start && range.end <= one.value_range.end;
    all.filter(holds).map(|one| one.name.clone()).collect()
}
