//! From where the values of expressions come.

use std::collections::BTreeSet;

use super::super::super::ir::*;
use super::super::Place;
use super::Flow;
use super::calls::STARTS;
use super::scopes::{Scope, target_names};

/// From so many places an expression has its value at most: a sum of a thousand names is no application.
const MAX_FROM: usize = 100;

impl Flow<'_, '_> {
    /// From where the value of an expression comes.
    pub(super) fn expr(&mut self, expr: &Expr) -> Vec<Place> {
        match &expr.kind {
            ExprKind::Name(name) => vec![self.name(name)],
            ExprKind::Attribute(object, name) => self.attribute_of(object, name),
            ExprKind::Subscript(object, index) => {
                self.expr(index);
                let objects = self.expr(object);
                // `globals()["app"]`
                let key = match &index.kind {
                    ExprKind::Str(text) => Some(Name::from(&**text)),
                    _ => None,
                };
                if let (ExprKind::Attribute(_, modules), Some(path)) = (&object.kind, &key)
                    && modules == "modules"
                {
                    return self.module(0, path);
                }
                let inner = key.iter().flat_map(|key| objects.iter().flat_map(|place| place.part(key)));
                inner.chain(objects.iter().cloned()).collect()
            }
            ExprKind::Call(call) => self.call_once(call),
            ExprKind::And(left, right) | ExprKind::Or(left, right) | ExprKind::Binary(_, left, right) => {
                few([self.expr(left), self.expr(right)].concat())
            }
            ExprKind::Conditional(condition, then, other) => {
                self.expr(condition);
                [self.expr(then), self.expr(other)].concat()
            }
            ExprKind::Named(name, value) => {
                let from = self.expr(value);
                self.origins.add_all(&self.name(name), &from);
                from
            }
            ExprKind::Lambda(function) => {
                self.enter(function, &self.lambda(function), None, Vec::new());
                let results = function.body.iter().filter_map(|stmt| match stmt {
                    Stmt::Return(value, _) => value.as_ref(),
                    Stmt::Expr(value) => Some(value),
                    _ => None,
                });
                let from = results.flat_map(|value| self.expr(value)).collect();
                self.scopes.pop();
                from
            }
            ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => {
                self.command(items);
                unlike(items.iter().flat_map(|item| self.expr(item)).collect())
            }
            ExprKind::Opaque(items) | ExprKind::Format(items, _) => {
                let from: Vec<Place> = items.iter().flat_map(|item| self.expr(item)).collect();
                unlike([from, vec![Place::On]].concat())
            }
            ExprKind::Dict(items) => {
                let from = items.iter().flat_map(|item| match item {
                    DictItem::Pair(key, value, _) => {
                        self.expr(key);
                        self.expr(value)
                    }
                    DictItem::Splat(value) => self.expr(value),
                });
                unlike(from.collect())
            }
            ExprKind::Starred(inner) | ExprKind::Await(inner) => self.expr(inner),
            ExprKind::Not(inner) | ExprKind::Negate(inner) => {
                self.expr(inner);
                vec![Place::On]
            }
            ExprKind::Compare(first, rest) => {
                self.expr(first);
                rest.iter().for_each(|(_, right)| drop(self.expr(right)));
                vec![Place::On]
            }
            ExprKind::Comprehension(parts) => self.comprehension(parts, expr.site),
            ExprKind::Yield(value, _) => {
                let from: Vec<Place> = value.iter().flat_map(|value| self.expr(value)).collect();
                self.give(&from);
                vec![Place::On]
            }
            ExprKind::Slice(bounds) => {
                bounds.iter().flatten().for_each(|bound| drop(self.expr(bound)));
                Vec::new()
            }
            ExprKind::None | ExprKind::Ellipsis | ExprKind::Bool(false) | ExprKind::Int(0) => Vec::new(),
            ExprKind::Bool(true) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bytes(_) => vec![Place::On],
            ExprKind::Str(text) => {
                // A program in a text, which `exec` runs.
                let runs = |name: &str| text.contains(&format!(".{name}(")) || text.contains("run_simple(");
                if STARTS.iter().any(|name| runs(name)) && self.names(&["exec(", "eval("]) {
                    self.runs(&[Place::App]);
                }
                if text.is_empty() { Vec::new() } else { vec![Place::On] }
            }
        }
    }

    /// What a call gives; one that stands in the object of another is asked for more than once.
    fn call_once(&mut self, call: &Call) -> Vec<Place> {
        let key = std::ptr::from_ref(call).addr();
        if let Some(known) = self.calls.get(&key) {
            return known.clone();
        }
        let from = few(self.call(call));
        self.calls.insert(key, from.clone());
        from
    }

    fn comprehension(&mut self, parts: &Comprehension, site: Site) -> Vec<Place> {
        let mut names = BTreeSet::new();
        parts.clauses.iter().for_each(|clause| target_names(&clause.target, &mut names));
        let number = self.number(site) | 1 << 63;
        let scope = Scope { number, names, ..Scope::default() };
        // The first iterable belongs to where it stands; that its names are looked up inside changes little.
        self.scopes.push(scope);
        for clause in &parts.clauses {
            let from = self.expr(&clause.iterable);
            self.bind(&clause.target, &from);
            clause.conditions.iter().for_each(|condition| drop(self.expr(condition)));
        }
        parts.key.iter().for_each(|key| drop(self.expr(key)));
        let from = self.expr(&parts.element);
        self.scopes.pop();
        from
    }

    fn attribute_of(&mut self, object: &Expr, name: &Name) -> Vec<Place> {
        let objects = self.expr(object);
        if STARTS.contains(&name.as_str()) {
            self.runs(&objects);
        }
        if name == "__dict__" {
            return objects;
        }
        objects.iter().flat_map(|place| place.part(name)).collect()
    }
}

/// The places without those that say the same as the one before.
fn unlike(mut places: Vec<Place>) -> Vec<Place> {
    places.dedup();
    places
}

/// Not more places than somebody can follow.
fn few(mut places: Vec<Place>) -> Vec<Place> {
    places.truncate(MAX_FROM);
    places
}
