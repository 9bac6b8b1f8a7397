//! A file as the machine sees it: its top-level statements, each lowered when it is asked for.
//!
//! Statements keep their number while others change, so what was concluded about one stays attached to it.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use tree_sitter::Node;

use super::ir::Name;
use super::lower::{Lowered, lower};
use super::value::UnitId;
use crate::document::Document;

/// A top-level statement.
#[derive(Debug)]
pub(crate) struct Unit {
    pub id: UnitId,
    pub range: Range<usize>,
    /// The identifiers in its text, sorted.
    words: Vec<Name>,
    lowered: OnceLock<Arc<Lowered>>,
}

/// A file's statements.
#[derive(Debug, Default)]
pub(crate) struct Module {
    units: Vec<Unit>,
}

impl Module {
    /// The module of a Python document.
    pub fn new(document: &Document) -> Module {
        let mut module = Module::default();
        let Some(tree) = document.tree() else { return module };
        let root = tree.root_node();
        let mut cursor = root.walk();
        let text = |range: Range<usize>| document.text(range).into_owned();
        for (at, node) in statements(root, &mut cursor).into_iter().enumerate() {
            let lowered = OnceLock::from(Arc::new(lower(node, &text)));
            let words = words(&document.text(node.byte_range()));
            module.units.push(Unit { id: at as UnitId, range: node.byte_range(), words, lowered });
        }
        module
    }

    /// The statements in the order in which they run.
    pub fn run_order(&self) -> Vec<(UnitId, Arc<Lowered>)> {
        self.units.iter().filter_map(|unit| Some((unit.id, unit.lowered.get()?.clone()))).collect()
    }

    /// The bytes of a node.
    pub fn bytes(&self, unit: UnitId, site: u32) -> Option<Range<usize>> {
        let unit = self.units.iter().find(|candidate| candidate.id == unit)?;
        let range = unit.lowered.get()?.sites.get(site as usize)?;
        Some(unit.range.start + range.start as usize..unit.range.start + range.end as usize)
    }

    /// Whether a statement has a word that can turn debug mode on.
    pub fn mentions_debug(&self, unit: UnitId) -> bool {
        let unit = self.units.iter().find(|candidate| candidate.id == unit);
        unit.is_some_and(|unit| {
            unit.words.iter().any(|word| {
                let lower = word.to_ascii_lowercase();
                lower.contains("debug") || lower.starts_with("from_")
            })
        })
    }

    /// Whether another statement than `own` names this.
    pub fn mentions(&self, name: &str, own: UnitId) -> bool {
        let others = self.units.iter().filter(|unit| unit.id != own);
        others.into_iter().any(|unit| unit.words.binary_search_by(|word| word.as_str().cmp(name)).is_ok())
    }

    /// Whether both modules run the same program, wherever its text stands.
    pub fn same_program(&self, other: &Module) -> bool {
        self.units.len() == other.units.len()
            && self.units.iter().zip(&other.units).all(|(a, b)| {
                a.id == b.id && a.lowered.get().map(|l| &l.stmts) == b.lowered.get().map(|l| &l.stmts)
            })
    }
}

/// The identifiers in a text; words in strings and comments count too.
fn words(text: &str) -> Vec<Name> {
    let mut words: Vec<Name> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .map(Name::from)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn statements<'t>(root: Node<'t>, cursor: &mut tree_sitter::TreeCursor<'t>) -> Vec<Node<'t>> {
    root.named_children(cursor).filter(|node| node.kind() != "comment").collect()
}
