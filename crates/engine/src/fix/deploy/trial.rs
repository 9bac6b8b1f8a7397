//! What a deployment file says, to compare before and after a fix.

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
/// written: it may change with them.
pub(super) fn said(services: &[Service], text: &str, change: &Change<'_>) -> Said {
    let expanded = |range: &Range<usize>| text.get(range.clone()).filter(|raw| raw.contains('$'));
    let env = |settings: &[EnvVar]| -> Vec<(String, Option<String>)> {
        let kept = settings.iter().filter(|one| !matches!(change, Change::Gone(range) if one.range == **range));
        kept.map(|one| {
            let value = match change {
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
