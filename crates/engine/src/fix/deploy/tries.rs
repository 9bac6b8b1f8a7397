//! Tries fixes before they are offered: many at once, since each trial reads the whole text.
//!
//! What holds together holds: each fix changes what the file says at its own place, and a trial compares all that it
//! says. Where a group does not do what it is to do, its halves are tried, down to each fix by itself.

use std::collections::BTreeSet;

use super::File;
use super::trial::{Change, Changes, said};
use crate::fix::{Edit, Fix, FixKind, apply, halves};

/// A fix to try, and what to try where it does not hold.
pub(super) struct Idea {
    pub fix: Fix,
    pub change: Change,
    /// The variables whose values change with it.
    pub holders: BTreeSet<String>,
    pub otherwise: Option<Box<Idea>>,
}

/// The fixes that hold, of each list of ideas.
pub(super) fn attempt(file: &File<'_>, lists: Vec<Vec<Idea>>) -> Vec<Vec<Fix>> {
    let mut slots: Vec<Vec<Option<Idea>>> =
        lists.into_iter().map(|list| list.into_iter().map(Some).collect()).collect();
    let mut good: Vec<Vec<Option<Fix>>> = slots.iter().map(|list| list.iter().map(|_| None).collect()).collect();
    while slots.iter().flatten().any(Option::is_some) {
        // The kinds exclude each other at one place.
        for kind in [FixKind::Off, FixKind::Remove, FixKind::Suppress, FixKind::Environment] {
            let mut next: Vec<((usize, usize), &Idea)> = Vec::new();
            for (list, ideas) in slots.iter().enumerate() {
                let ideas = ideas.iter().enumerate();
                let own = ideas.filter_map(|(at, idea)| Some(((list, at), idea.as_ref()?)));
                next.extend(own.filter(|(_, idea)| idea.fix.kind == kind));
            }
            for (list, at) in held(file, next) {
                good[list][at] = slots[list][at].take().map(|idea| idea.fix);
            }
        }
        for slot in slots.iter_mut().flatten() {
            *slot = slot.take().and_then(|idea| idea.otherwise).map(|idea| *idea);
        }
    }
    good.into_iter().map(|list| list.into_iter().flatten().collect()).collect()
}

type Place = (usize, usize);

/// The places of the ideas that hold.
fn held(file: &File<'_>, ideas: Vec<(Place, &Idea)>) -> Vec<Place> {
    // What a variable brings in hides the variable from the comparison: not from that of others.
    let (together, alone): (Vec<_>, Vec<_>) = ideas.into_iter().partition(|(_, idea)| idea.holders.is_empty());
    let mut good = halves::held(together, |ideas| holds(file, ideas));
    good.extend(alone.into_iter().filter(|(_, idea)| holds(file, &[*idea])).map(|(place, _)| place));
    good
}

/// Whether the text says after these what it is to say, and nothing else.
fn holds(file: &File<'_>, ideas: &[&Idea]) -> bool {
    let edits: Vec<Edit> = ideas.iter().flat_map(|idea| idea.fix.edits.iter().cloned()).collect();
    let holders: BTreeSet<String> = ideas.iter().flat_map(|idea| idea.holders.iter().cloned()).collect();
    let changes = Changes::of(ideas.iter().map(|idea| &idea.change));
    let (Some(after), Some(changes)) = (apply(file.text, &edits), changes) else { return false };
    let wanted = said(file.services, file.text, &changes, &holders);
    let services = (file.read)(file.language, file.path, &after);
    wanted == said(&services, &after, &Changes::default(), &holders)
}
