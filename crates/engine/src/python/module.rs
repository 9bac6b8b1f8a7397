//! A file as the machine sees it: its top-level statements, each lowered when it is asked for.
//!
//! Goals: an edit costs what it changed, and a large file what of it can matter. Statements keep their number while
//! others change; those before and after an edit are kept as they are. Only statements that can have a part in debug
//! mode run: those that mention it or start something, and, by their names, those that these depend on.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tree_sitter::{Node, Tree};

use super::lower::{Lowered, lower};
use super::value::UnitId;
use super::words::{Words, hash, words};
use crate::document::{Document, Replaced};

/// A top-level statement.
#[derive(Debug)]
pub(crate) struct Unit {
    pub id: UnitId,
    pub range: Range<usize>,
    /// The name that a function or class binds.
    def: Option<u32>,
    words: Words,
    lowered: OnceLock<Arc<Lowered>>,
}

/// A file's statements.
#[derive(Debug, Default)]
pub(crate) struct Module {
    units: Vec<Unit>,
    next: UnitId,
    broken: bool,
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
        let Some(tree) = document.tree() else { return module };
        let root = tree.root_node();
        module.broken = root.has_error();
        let mut cursor = root.walk();
        let nodes: Vec<Node<'_>> = root.named_children(&mut cursor).filter(|node| is_statement(*node)).collect();
        for node in nodes {
            let unit = module.unit(document, node);
            module.units.push(unit);
        }
        module
    }

    fn unit(&mut self, document: &Document, node: Node<'_>) -> Unit {
        self.next += 1;
        let mut words = words(&document.text(node.byte_range()));
        // What comes behind it does not run.
        words.trigger |= node.kind() == "raise_statement";
        Unit { id: self.next, range: node.byte_range(), def: defined(document, node), words, lowered: OnceLock::new() }
    }

    /// Follows the edits that a document took since the last time.
    pub fn update(&mut self, document: &Document, edits: &[Replaced]) -> Updated {
        let Some(tree) = document.tree() else {
            let had = !self.units.is_empty();
            *self = Module { next: self.next, ..Module::default() };
            return if had { Updated::Changed } else { Updated::Same };
        };
        let Some(edit) = folded(edits) else { return Updated::Same };
        let broken = tree.root_node().has_error();
        // In broken text a tree may differ far from the edit: every statement is looked at.
        let whole = broken || std::mem::replace(&mut self.broken, broken);
        self.broken = broken;
        let (from, to) = self.replace_units(document, tree, edit, whole);
        self.compare(document, from, to)
    }

    /// Replaces the units that an edit touched. Returns the old units and where the new ones are.
    fn replace_units(
        &mut self,
        document: &Document,
        tree: &Tree,
        edit: Replaced,
        whole: bool,
    ) -> (Vec<Unit>, Range<usize>) {
        let first = self.units.partition_point(|unit| unit.range.end < edit.start).saturating_sub(1);
        let first = if whole { 0 } else { first };
        let mut last = first + self.units[first..].partition_point(|unit| unit.range.start <= edit.old_end);
        for unit in &mut self.units[last..] {
            unit.range.start = unit.range.start - edit.old_end + edit.new_end;
            unit.range.end = unit.range.end - edit.old_end + edit.new_end;
        }
        let start = self.units.get(first).map_or(0, |unit| unit.range.start.min(edit.start));
        let start = if first == 0 { 0 } else { start };
        let mut fresh: Vec<Unit> = Vec::new();
        let mut cursor = tree.root_node().walk();
        let mut more = cursor.goto_first_child_for_byte(start).is_some();
        while more {
            let node = cursor.node();
            more = cursor.goto_next_sibling();
            if !is_statement(node) || node.start_byte() < start {
                continue;
            }
            while self.units.get(last).is_some_and(|unit| unit.range.start < node.start_byte()) {
                last += 1;
            }
            let known = self.units.get(last).is_some_and(|unit| unit.range == node.byte_range());
            if known && !whole && node.start_byte() > edit.new_end {
                let count = fresh.len();
                return (self.units.splice(first..last, fresh).collect(), first..first + count);
            }
            fresh.push(self.unit(document, node));
        }
        let count = fresh.len();
        (self.units.splice(first.., fresh).collect(), first..first + count)
    }

    /// Whether new units run as the old ones did; they take over the numbers of those that they replace.
    fn compare(&mut self, document: &Document, old: Vec<Unit>, new: Range<usize>) -> Updated {
        let slice = self.slice.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(slice) = slice else { return Updated::Changed };
        let mut before = old.into_iter().peekable();
        let mut same = true;
        for at in new {
            let unit = &mut self.units[at];
            let Some(prior) = before.next() else {
                same &= !slice.touches(unit);
                continue;
            };
            unit.id = prior.id;
            let wanted = slice.units.contains(&prior.id);
            if !wanted {
                same &= !slice.touches(unit);
                continue;
            }
            same &= unit.def == prior.def && unit.words == prior.words;
            if same && let Some(lowered) = prior.lowered.get() {
                let now = unit_lowered(unit, document);
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

    /// The statements that can have a part in debug mode, in the order in which they run.
    pub fn run_order(&self, document: &Document) -> Vec<(UnitId, Arc<Lowered>)> {
        let slice = self.slice();
        let wanted = self.units.iter().filter(|unit| slice.units.contains(&unit.id));
        wanted.filter_map(|unit| Some((unit.id, unit_lowered(unit, document)?))).collect()
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
        let late = self.units.iter().filter(|unit| slice.units.contains(&unit.id) && !old.units.contains(&unit.id));
        let late = late.filter_map(|unit| Some((unit.id, unit_lowered(unit, document)?))).collect();
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
    pub fn bytes(&self, unit: UnitId, site: u32) -> Option<Range<usize>> {
        let unit = self.units.iter().find(|candidate| candidate.id == unit)?;
        let range = unit.lowered.get()?.sites.get(site as usize)?;
        Some(unit.range.start + range.start as usize..unit.range.start + range.end as usize)
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

fn unit_lowered(unit: &Unit, document: &Document) -> Option<Arc<Lowered>> {
    if let Some(lowered) = unit.lowered.get() {
        return Some(lowered.clone());
    }
    let root = document.tree()?.root_node();
    let mut cursor = root.walk();
    cursor.goto_first_child_for_byte(unit.range.start)?;
    while cursor.node().byte_range() != unit.range {
        if cursor.node().start_byte() > unit.range.start || !cursor.goto_next_sibling() {
            return None;
        }
    }
    let text = |range: Range<usize>| document.text(range).into_owned();
    Some(unit.lowered.get_or_init(|| Arc::new(lower(cursor.node(), &text))).clone())
}

fn is_statement(node: Node<'_>) -> bool {
    node.is_named() && !node.is_extra() && node.kind() != "comment"
}

/// The name that a function or class statement binds.
fn defined(document: &Document, node: Node<'_>) -> Option<u32> {
    let node = match node.kind() {
        "decorated_definition" => node.child_by_field_name("definition")?,
        _ => node,
    };
    if !matches!(node.kind(), "function_definition" | "class_definition") {
        return None;
    }
    let name = node.child_by_field_name("name")?;
    Some(hash(document.text(name.byte_range()).as_bytes()))
}

/// Edits in order as one that covers them all.
fn folded(edits: &[Replaced]) -> Option<Replaced> {
    let mut edits = edits.iter();
    let mut all = *edits.next()?;
    for next in edits {
        all = all.then(*next);
    }
    Some(all)
}
