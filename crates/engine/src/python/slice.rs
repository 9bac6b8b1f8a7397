//! Which statements of a file can have a part in debug mode: those that mention it or start something, and, by their
//! names, those that these depend on.
//!
//! It knows statements by their words alone, and runs nothing.

use rustc_hash::FxHashSet;

use super::module::Unit;
use super::value::UnitId;
use super::words::hash;

/// Statements that a run has a use for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slice {
    pub units: FxHashSet<UnitId>,
    /// The names that they use or bind, and those that other files asked for, there or not.
    pub names: FxHashSet<u32>,
    /// The names of which somebody asked whether any statement mentions them.
    pub mentioned: FxHashSet<u32>,
    /// Whether another file asked for every name.
    pub all: bool,
}

/// Who binds and who uses which name: pairs of a name and a statement's position, sorted.
#[derive(Debug)]
pub(super) struct Index {
    /// Functions and classes, by their own names.
    definitions: Vec<(u32, u32)>,
    /// Other statements, by all names in them.
    others: Vec<(u32, u32)>,
    /// Functions that bind names of the module, by all names in them.
    globals: Vec<(u32, u32)>,
}

impl Slice {
    /// Whether a statement that was not part of it would be now.
    pub fn touches(&self, unit: &Unit) -> bool {
        self.all
            || unit.words.trigger
            || match unit.def {
                Some(def) if !unit.words.has(hash(b"global")) => self.names.contains(&def),
                _ => unit.words.names().iter().any(|name| self.names.contains(name)),
            }
    }

    /// Whether a statement mentions a name of which somebody asked that.
    pub fn looks_for(&self, unit: &Unit) -> bool {
        self.mentioned.iter().any(|name| unit.words.has(*name))
    }

    /// Takes in what another one has.
    pub fn add(&mut self, other: &Slice) {
        self.units.extend(&other.units);
        self.names.extend(&other.names);
        self.mentioned.extend(&other.mentioned);
        self.all |= other.all;
    }
}

impl Index {
    /// The index of a file's statements.
    pub fn new(units: &[Unit]) -> Index {
        let (mut definitions, mut others, mut globals) = (Vec::new(), Vec::new(), Vec::new());
        for (at, unit) in (0..).zip(units) {
            let pairs = unit.words.names().iter().map(|name| (*name, at));
            match unit.def {
                None => others.extend(pairs),
                Some(def) => {
                    definitions.push((def, at));
                    if unit.words.has(hash(b"global")) {
                        globals.extend(pairs);
                    }
                }
            }
        }
        definitions.sort_unstable();
        others.sort_unstable();
        globals.sort_unstable();
        Index { definitions, others, globals }
    }

    /// The statements that can bind a name.
    pub fn binding(&self, name: u32) -> Vec<usize> {
        of(&self.definitions, name).chain(of(&self.others, name)).collect()
    }

    /// Adds statements to a slice, by their positions, and all that they depend on by name; what `base` has is left out.
    pub fn close(&self, units: &[Unit], base: &Slice, slice: &mut Slice, mut work: Vec<usize>) {
        while let Some(at) = work.pop() {
            let unit = &units[at];
            if base.units.contains(&unit.id) || !slice.units.insert(unit.id) {
                continue;
            }
            for name in unit.words.names().iter().chain(&unit.def) {
                if base.names.contains(name) || !slice.names.insert(*name) {
                    continue;
                }
                let before = work.len();
                work.extend(of(&self.definitions, *name).chain(of(&self.others, *name)));
                if work.len() > before {
                    work.extend(of(&self.globals, *name));
                }
            }
        }
    }
}

/// The positions that go with a name.
fn of(pairs: &[(u32, u32)], name: u32) -> impl Iterator<Item = usize> + '_ {
    let first = pairs.partition_point(|(other, _)| *other < name);
    pairs[first..].iter().take_while(move |(other, _)| *other == name).map(|(_, at)| *at as usize)
}
