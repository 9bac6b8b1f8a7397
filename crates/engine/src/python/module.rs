//! A file as the machine sees it: its top-level statements, each lowered when it is asked for.
//!
//! Goals: an edit costs what it changed, and a large file what of it can matter. Statements keep their number while
//! others change; those before and after an edit are kept as they are. Only statements that can have a part in debug
//! mode run: those that mention it or start something, and, by their names, those that these depend on.

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::lower::{Lowered, lower};
use super::slice::{Index, Slice};
use super::value::UnitId;
use super::words::{Words, hash, words};
use crate::document::{Document, Splice, Statement, Syntax};

/// A top-level statement, what of it matters here; the document has its place and its tree.
#[derive(Debug)]
pub(crate) struct Unit {
    pub id: UnitId,
    /// The name that a function or class binds.
    pub def: Option<u32>,
    pub words: Words,
    lowered: OnceLock<Arc<Lowered>>,
}

/// A file's statements: as many units as the document has statements, in their order.
#[derive(Debug, Default)]
pub(crate) struct Module {
    units: Vec<Unit>,
    next: UnitId,
    /// Who binds and uses which name, once somebody wanted to know.
    index: OnceLock<Index>,
    /// The statements that each run of the module begins with; they depend on the text alone.
    base: OnceLock<Arc<Slice>>,
    /// What any run so far had a use for: an edit elsewhere changes nothing.
    used: Mutex<Slice>,
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
        self.index = OnceLock::new();
        if self.compare(document, old, new) == Updated::Changed {
            updated = Updated::Changed;
        }
        updated
    }

    /// Whether new units run as the old ones did; they take over the numbers of those that they replace.
    fn compare(&mut self, document: &Document, old: Vec<Unit>, new: Range<usize>) -> Updated {
        if self.base.get().is_none() {
            return Updated::Changed;
        }
        let slice = std::mem::take(self.used.get_mut().unwrap_or_else(PoisonError::into_inner));
        let mut before = old.into_iter().peekable();
        let mut same = true;
        for at in new {
            let Some(prior) = before.next() else {
                same &= !slice.touches(&self.units[at]) && !slice.looks_for(&self.units[at]);
                continue;
            };
            self.units[at].id = prior.id;
            let unit = &self.units[at];
            same &= slice.mentioned.iter().all(|name| unit.words.has(*name) == prior.words.has(*name));
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
        same &= before.all(|unit| !slice.units.contains(&unit.id) && !slice.looks_for(&unit));
        if same {
            self.used = Mutex::new(slice);
            return Updated::Same;
        }
        self.base = OnceLock::new();
        Updated::Changed
    }

    /// The program of a unit, by its position.
    pub(super) fn lowered(&self, document: &Document, at: usize) -> Option<Arc<Lowered>> {
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

    /// The positions of the statements whose text is one of these, among those that can have a part in debug mode, or
    /// among all.
    pub(super) fn being(&self, document: &Document, all: bool, is: impl Fn(&str) -> bool) -> Vec<usize> {
        self.texts(document, |unit| all || unit.words.trigger, is)
    }

    /// The positions of the statements that may bind a name of the module without writing it as one.
    pub(super) fn binding_any(&self) -> Vec<usize> {
        self.positions(|unit| unit.words.star || binds_out_of_sight(unit))
    }

    /// The positions of the statements that can bind a name: functions and classes, and what else has it as far as its
    /// text is one of these.
    pub(super) fn binding(&self, document: &Document, name: &str, is: impl Fn(&str) -> bool) -> Vec<usize> {
        let mut units = self.index.get_or_init(|| Index::new(&self.units)).binding(hash(name.as_bytes()));
        units.retain(|at| self.units[*at].def.is_some() || is_text(document, *at, &is));
        units
    }

    /// Whether a function or class has this name.
    pub(super) fn defines(&self, name: &str) -> bool {
        let name = hash(name.as_bytes());
        self.units.iter().any(|unit| unit.def == Some(name))
    }

    /// The positions, of those that are wanted, of the statements that have a name, as far as their text is one of these.
    pub(super) fn naming(
        &self,
        document: &Document,
        name: &str,
        wanted: impl Fn(usize) -> bool,
        is: impl Fn(&str) -> bool,
    ) -> Vec<usize> {
        let name = hash(name.as_bytes());
        let mut units = self.positions(|unit| unit.words.has(name));
        units.retain(|at| wanted(*at) && is_text(document, *at, &is));
        units
    }

    fn texts(&self, document: &Document, of: impl Fn(&Unit) -> bool, is: impl Fn(&str) -> bool) -> Vec<usize> {
        self.positions(of).into_iter().filter(|at| is_text(document, *at, &is)).collect()
    }

    fn positions(&self, is: impl Fn(&Unit) -> bool) -> Vec<usize> {
        self.units.iter().enumerate().filter(|(_, unit)| is(unit)).map(|(at, _)| at).collect()
    }

    /// The programs of the units that are wanted, in order.
    fn all_lowered(&self, document: &Document, wanted: impl Fn(UnitId) -> bool) -> Vec<(UnitId, Arc<Lowered>)> {
        let units = self.units.iter().enumerate().filter(|(_, unit)| wanted(unit.id));
        units.filter_map(|(at, unit)| Some((unit.id, self.lowered(document, at)?))).collect()
    }

    /// The statements that can have a part in debug mode, in the order in which they run.
    pub fn run_order(&self, document: &Document) -> Vec<(UnitId, Arc<Lowered>)> {
        let base = self.base();
        self.all_lowered(document, |id| base.units.contains(&id))
    }

    /// The statements that bind a name, with those that they depend on, where the run did not have a use for these yet;
    /// `late` is what it had beyond those that it began with. `None` stands for every name.
    pub fn run_late(
        &self,
        document: &Document,
        name: Option<&str>,
        late: &mut Arc<Slice>,
    ) -> Vec<(UnitId, Arc<Lowered>)> {
        let base = self.base();
        let asked = name.map(|name| hash(name.as_bytes()));
        let is_known = |slice: &Slice| asked.map_or(slice.all, |asked| slice.names.contains(&asked));
        if late.all || is_known(base) || is_known(late) {
            return Vec::new();
        }
        let index = self.index.get_or_init(|| Index::new(&self.units));
        let seeds = asked.map_or_else(|| (0..self.units.len()).collect(), |asked| index.binding(asked));
        let old = late.clone();
        let slice = Arc::make_mut(late);
        slice.all |= name.is_none();
        slice.names.extend(asked);
        index.close(&self.units, base, slice, seeds);
        self.used.lock().unwrap_or_else(PoisonError::into_inner).add(slice);
        self.all_lowered(document, |id| slice.units.contains(&id) && !old.units.contains(&id))
    }

    fn base(&self) -> &Arc<Slice> {
        self.base.get_or_init(|| {
            let seeds =
                self.units.iter().enumerate().filter(|(_, unit)| unit.words.trigger).map(|(at, _)| at).collect();
            let mut slice = Slice::default();
            let index = self.index.get_or_init(|| Index::new(&self.units));
            index.close(&self.units, &Slice::default(), &mut slice, seeds);
            self.used.lock().unwrap_or_else(PoisonError::into_inner).add(&slice);
            Arc::new(slice)
        })
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

    /// Whether something in it can tell being started from being imported.
    pub fn asks_for_itself(&self) -> bool {
        let names: [&[u8]; 2] = [b"__package__", b"__spec__"];
        let names = names.map(hash);
        self.units.iter().any(|unit| unit.words.main || names.iter().any(|name| unit.words.has(*name)))
    }

    /// Whether a statement may bind a name of the module that is not written in it as a name.
    pub fn binds_out_of_sight(&self) -> bool {
        self.units.iter().any(binds_out_of_sight)
    }

    /// Whether a statement names Flask.
    pub fn mentions_flask(&self) -> bool {
        self.units.iter().any(|unit| unit.words.flask)
    }

    /// Whether another statement than `own` names this.
    pub fn mentions(&self, name: &str, own: UnitId) -> bool {
        let name = hash(name.as_bytes());
        self.used.lock().unwrap_or_else(PoisonError::into_inner).mentioned.insert(name);
        self.units.iter().any(|unit| unit.id != own && unit.words.has(name))
    }
}

fn is_text(document: &Document, at: usize, is: impl Fn(&str) -> bool) -> bool {
    document.statements().get(at).is_some_and(|statement| is(&document.text(statement.range.clone())))
}

fn binds_out_of_sight(unit: &Unit) -> bool {
    may_bind_out_of_sight(|name| unit.words.has(hash(name.as_bytes())))
}

/// Whether what has names may bind one of the module that is not written in it as a name.
pub(super) fn may_bind_out_of_sight(has: impl Fn(&str) -> bool) -> bool {
    // `sys.modules[__name__].__dict__`
    ["globals", "locals", "vars", "exec", "eval", "setattr"].into_iter().any(&has)
        || ["sys", "__name__"].into_iter().all(&has)
}
