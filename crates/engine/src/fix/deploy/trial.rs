//! What a deployment file says, to compare before and after a fix.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::view::{EnvVar, Service, Word};

/// What a fix is to have changed, for the trial.
pub(super) enum Change {
    Nothing,
    /// The setting has this value.
    Value(Range<usize>, String),
    /// The setting or the word is gone.
    Gone(Range<usize>),
    /// The word says this.
    Says(Range<usize>, String),
}

/// The changes of fixes that are tried together, by place.
#[derive(Default)]
pub(super) struct Changes<'a>(BTreeMap<(usize, usize), &'a Change>);

impl<'a> Changes<'a> {
    /// `None` where two want the same place.
    pub fn of(changes: impl IntoIterator<Item = &'a Change>) -> Option<Changes<'a>> {
        let mut all = BTreeMap::new();
        for change in changes {
            let range = match change {
                Change::Nothing => continue,
                Change::Value(range, _) | Change::Gone(range) | Change::Says(range, _) => range,
            };
            if all.insert((range.start, range.end), change).is_some() {
                return None;
            }
        }
        Some(Changes(all))
    }

    fn at(&self, range: &Range<usize>) -> Option<&'a Change> {
        self.0.get(&(range.start, range.end)).copied()
    }

    fn is_gone(&self, range: &Range<usize>) -> bool {
        matches!(self.at(range), Some(Change::Gone(_)))
    }
}

/// What a file says, without places.
pub(super) type Said = Vec<(Option<String>, Vec<(String, Option<String>)>, Vec<String>, Vec<Started>)>;
type Started = (Vec<String>, Vec<(String, Option<String>)>);

/// What the services say after changes, empty ones left out. What other settings are expanded in stands as it is
/// written: it may change with them. What the `holders` say is left out: a word of a command that comes from the value of
/// a variable changes that, too.
pub(super) fn said(services: &[Service], text: &str, changes: &Changes<'_>, holders: &BTreeSet<String>) -> Said {
    let expanded = |range: &Range<usize>| text.get(range.clone()).filter(|raw| raw.contains('$'));
    let env = |settings: &[EnvVar]| -> Vec<(String, Option<String>)> {
        let kept = settings.iter().filter(|one| !changes.is_gone(&one.range));
        kept.map(|one| {
            let value = match changes.at(&one.range) {
                _ if holders.contains(&one.name) => None,
                Some(Change::Value(_, value)) => Some(value.clone()),
                _ => expanded(&one.value_range).map(str::to_owned).or_else(|| one.value.clone()),
            };
            (one.name.clone(), value)
        })
        .collect()
    };
    let words = |words: &[Word]| -> Vec<String> {
        let kept = words.iter().filter(|one| !changes.is_gone(&one.range));
        kept.map(|one| match changes.at(&one.range) {
            Some(Change::Says(_, text)) => text.clone(),
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
