//! A file as the machine sees it: its top-level statements, each lowered when it is asked for.
//!
//! Goals: an edit costs what it changed, and a large file what of it can matter. Statements keep their number while
//! others change; those before and after an edit are kept as they are. Only statements that can have a part in debug
//! mode run: those that mention it or start something, and, by their names, those that these depend on.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::lower::{Lowered, lower};
use super::value::UnitId;
use super::words::{Words, hash, words};
use crate::document::{Document, Splice, Statement, Syntax};

/// A top-level statement, what of it matters here; the document has its place and its tree.
#[derive(Debug)]
pub(crate) struct Unit {
    pub id: UnitId,
    /// The name that a function or class binds.
    def: Option<u32>,
    words: Words,
    lowered: OnceLock<Arc<Lowered>>,
}

/// A file's statements: as many units as the document has statements, in their order.
#[derive(Debug, Default)]
pub(crate) struct Module {
    units: Vec<Unit>,
    next: UnitId,
    slice: Mutex<Option<Arc<Slice>>>,
}

/// The statements that can have a part in debug mode.
#[derive(Debug, Default)]
struct Slice {
    units: HashSet<UnitId>,
    /// The names that they use or bind, and those that other files asked for, there or not.
    names: HashSet<u32>,
    /// Whether another file asked for every name.
    all: bool,
}

/// What an update did to the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Updated {
    /// It runs as before: what was concluded holds.
    Same,
    /// It may run differently.
    Changed,
}

impl Module {
    /// The module of a Python document.
    pub fn new(document: &Document) -> Module {
        let mut module = Module::default();
        for statement in document.statements() {
            let unit = module.unit(document, statement);
            module.units.push(unit);
        }
        module
    }

    fn unit(&mut self, document: &Document, statement: &Statement) -> Unit {
        self.next += 1;
        let text = document.text(statement.range.clone());
        let mut words = words(&text);
        let def = statement.name().map(|name| hash(document.text(name).as_bytes()));
        // What comes behind it does not run.
        words.trigger |=
            text.starts_with("raise") || (def.is_none() && text.contains(';') && words.has(hash(b"raise")));
        Unit { id: self.next, def, words, lowered: OnceLock::new() }
    }

    /// Follows what became of a document's statements since the last time; `None` when they were all read anew.
    pub fn update(&mut self, document: &Document, splices: Option<Vec<Splice>>) -> Updated {
        let all = || vec![Splice { old: 0..self.units.len(), new: document.statements().len() }];
        let splices = splices.unwrap_or_else(all);
        let mut updated = Updated::Same;
        // Several splices are one to the eye: the statements are those of the text as it is now.
        let Some(splice) = splices.into_iter().reduce(Splice::then) else { return updated };
        let new = splice.old.start..splice.old.start + splice.new;
        let Some(statements) = document.statements().get(new.clone()) else { return Updated::Changed };
        let fresh: Vec<Unit> = statements.iter().map(|statement| self.unit(document, statement)).collect();
        let old: Vec<Unit> = self.units.splice(splice.old, fresh).collect();
        if self.compare(document, old, new) == Updated::Changed {
            updated = Updated::Changed;
        }
        updated
    }

    /// Whether new units run as the old ones did; they take over the numbers of those that they replace.
    fn compare(&mut self, document: &Document, old: Vec<Unit>, new: Range<usize>) -> Updated {
        let slice = self.slice.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(slice) = slice else { return Updated::Changed };
        let mut before = old.into_iter().peekable();
        let mut same = true;
        for at in new {
            let Some(prior) = before.next() else {
                same &= !slice.touches(&self.units[at]);
                continue;
            };
            self.units[at].id = prior.id;
            let unit = &self.units[at];
            if !slice.units.contains(&prior.id) {
                same &= !slice.touches(unit);
                continue;
            }
            same &= unit.def == prior.def && unit.words == prior.words;
            if same && let Some(lowered) = prior.lowered.get() {
                let now = self.lowered(document, at);
                same &= now.is_some_and(|now| now.stmts == lowered.stmts);
            }
        }
        same &= before.all(|unit| !slice.units.contains(&unit.id));
        if same {
            return Updated::Same;
        }
        *self.slice.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Updated::Changed
    }

    /// The program of a unit, by its position.
    fn lowered(&self, document: &Document, at: usize) -> Option<Arc<Lowered>> {
        let unit = self.units.get(at)?;
        if let Some(lowered) = unit.lowered.get() {
            return Some(lowered.clone());
        }
        let lowered = document.look(document.statements().get(at)?, |Syntax { base, tree }| {
            let text = |range: Range<usize>| document.text(base + range.start..base + range.end).into_owned();
            Arc::new(lower(tree.root_node(), &text))
        })?;
        Some(unit.lowered.get_or_init(|| lowered).clone())
    }

    /// The programs of the units that are wanted, in order.
    fn all_lowered(&self, document: &Document, wanted: impl Fn(UnitId) -> bool) -> Vec<(UnitId, Arc<Lowered>)> {
        let units = self.units.iter().enumerate().filter(|(_, unit)| wanted(unit.id));
        units.filter_map(|(at, unit)| Some((unit.id, self.lowered(document, at)?))).collect()
    }

    /// The statements that can have a part in debug mode, in the order in which they run.
    pub fn run_order(&self, document: &Document) -> Vec<(UnitId, Arc<Lowered>)> {
        let slice = self.slice();
        self.all_lowered(document, |id| slice.units.contains(&id))
    }

    /// The statements that bind a name, with those that they depend on, where these are not part of the slice; from then
    /// on they are. `None` stands for every name.
    pub fn run_late(&self, document: &Document, name: Option<&str>) -> Vec<(UnitId, Arc<Lowered>)> {
        let old = self.slice();
        let seeds: BTreeSet<usize> = match name {
            None => (0..self.units.len()).collect(),
            Some(name) => {
                let wanted = hash(name.as_bytes());
                let binds = |unit: &Unit| match unit.def {
                    Some(def) => def == wanted,
                    None => unit.words.has(wanted),
                };
                let found = self.units.iter().enumerate().filter(|(_, unit)| binds(unit)).map(|(at, _)| at);
                found.collect()
            }
        };
        let asked = name.map(|name| hash(name.as_bytes()));
        let known = asked.map_or(old.all, |asked| old.names.contains(&asked));
        if known && seeds.iter().all(|at| old.units.contains(&self.units[*at].id)) {
            return Vec::new();
        }
        let mut slice = Slice { units: old.units.clone(), names: old.names.clone(), all: old.all || name.is_none() };
        slice.names.extend(asked);
        self.close(&mut slice, seeds.into_iter().collect());
        let late = self.all_lowered(document, |id| slice.units.contains(&id) && !old.units.contains(&id));
        *self.slice.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(slice));
        late
    }

    fn slice(&self) -> Arc<Slice> {
        let mut slot = self.slice.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slice) = slot.as_ref() {
            return slice.clone();
        }
        let seeds = self.units.iter().enumerate().filter(|(_, unit)| unit.words.trigger).map(|(at, _)| at).collect();
        let mut slice = Slice::default();
        self.close(&mut slice, seeds);
        let slice = Arc::new(slice);
        *slot = Some(slice.clone());
        slice
    }

    /// Adds units to a slice, and all that they depend on by name.
    fn close(&self, slice: &mut Slice, mut work: Vec<usize>) {
        let mut defs: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut users: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut bound: HashSet<u32> = HashSet::new();
        for (at, unit) in self.units.iter().enumerate() {
            match unit.def {
                Some(def) => {
                    defs.entry(def).or_default().push(at);
                    bound.insert(def);
                    if unit.words.has(hash(b"global")) {
                        for name in unit.words.names() {
                            users.entry(*name).or_default().push(at);
                        }
                    }
                }
                None => {
                    for name in unit.words.names() {
                        users.entry(*name).or_default().push(at);
                    }
                    bound.extend(unit.words.names());
                }
            }
        }
        while let Some(at) = work.pop() {
            let unit = &self.units[at];
            if !slice.units.insert(unit.id) {
                continue;
            }
            for name in unit.words.names().iter().chain(&unit.def) {
                if slice.names.insert(*name) && bound.contains(name) {
                    work.extend(defs.get(name).into_iter().chain(users.get(name)).flatten());
                }
            }
        }
    }

    /// The bytes of a node.
    pub fn bytes(&self, document: &Document, unit: UnitId, site: u32) -> Option<Range<usize>> {
        let at = self.units.iter().position(|candidate| candidate.id == unit)?;
        let start = document.statements().get(at)?.range.start;
        let range = self.units[at].lowered.get()?.sites.get(site as usize)?;
        Some(start + range.start as usize..start + range.end as usize)
    }

    /// Whether a statement has a word that can turn debug mode on.
    pub fn mentions_debug(&self, unit: UnitId) -> bool {
        self.units.iter().any(|candidate| candidate.id == unit && candidate.words.trigger)
    }

    /// Whether the file is there to be started.
    pub fn is_script(&self) -> bool {
        self.units.iter().any(|unit| unit.def.is_none() && unit.words.main)
    }

    /// Whether a statement names Flask.
    pub fn mentions_flask(&self) -> bool {
        self.units.iter().any(|unit| unit.words.flask)
    }

    /// Whether another statement than `own` names this.
    pub fn mentions(&self, name: &str, own: UnitId) -> bool {
        let name = hash(name.as_bytes());
        self.units.iter().any(|unit| unit.id != own && unit.words.has(name))
    }
}

impl Slice {
    /// Whether a statement that was not part of it would be now.
    fn touches(&self, unit: &Unit) -> bool {
        self.all
            || unit.words.trigger
            || match unit.def {
                Some(def) if !unit.words.has(hash(b"global")) => self.names.contains(&def),
                _ => unit.words.names().iter().any(|name| self.names.contains(name)),
            }
    }
}
