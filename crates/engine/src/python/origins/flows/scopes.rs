//! Which names belong to which function.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::super::ir::*;
use super::super::Place;
use super::Body;

/// A function, lambda or comprehension.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub number: u64,
    pub names: BTreeSet<Name>,
    /// The places that get what it gives back.
    pub results: Vec<Place>,
    /// The class of the parameter that is the object.
    pub this: Option<(Name, Name)>,
    pub is_function: bool,
    /// The parameter that takes the keywords which no other takes.
    pub rest: Option<Name>,
    /// What else binds names in it, where it is lowered in parts.
    pub body: Option<Rc<Body>>,
}

impl Scope {
    /// Whether a name is its own.
    pub fn has(&self, name: &Name) -> bool {
        self.names.contains(name) || self.body.as_ref().is_some_and(|body| body.binds(name))
    }
}

/// The names that statements bind in their own scope, and those that they declare to be of another.
pub(super) fn local_names(stmts: &[Stmt], names: &mut BTreeSet<Name>, outer: &mut BTreeSet<Name>) {
    for stmt in stmts {
        match stmt {
            Stmt::Assign(targets, _) => targets.iter().for_each(|(target, _)| target_names(target, names)),
            Stmt::AugAssign(target, ..) | Stmt::Annotated(target, ..) => target_names(target, names),
            Stmt::Function(function) => drop(names.insert(function.name.clone())),
            Stmt::Class(class) => drop(names.insert(class.name.clone())),
            Stmt::Import(imports) => names.extend(imports.iter().map(|(path, alias)| {
                alias.clone().unwrap_or_else(|| Name::from(path.split('.').next().unwrap_or(path)))
            })),
            Stmt::ImportFrom(import) => {
                names.extend(import.names.iter().map(|(name, alias)| alias.as_ref().unwrap_or(name).clone()));
            }
            Stmt::Global(listed) | Stmt::Nonlocal(listed) => outer.extend(listed.iter().cloned()),
            Stmt::If(branches, rest) => {
                branches.iter().for_each(|(_, block)| local_names(block, names, outer));
                local_names(rest, names, outer);
            }
            Stmt::While(_, block, rest) => [block, rest].into_iter().for_each(|block| local_names(block, names, outer)),
            Stmt::For(target, _, block, rest) => {
                target_names(target, names);
                [block, rest].into_iter().for_each(|block| local_names(block, names, outer));
            }
            Stmt::Try(parts) => {
                let handlers = parts.handlers.iter().map(|handler| &handler.body);
                let blocks = [&parts.body, &parts.orelse, &parts.finally].into_iter().chain(handlers);
                blocks.for_each(|block| local_names(block, names, outer));
            }
            Stmt::With(items, block) => {
                items.iter().filter_map(|(_, target)| target.as_ref()).for_each(|target| target_names(target, names));
                local_names(block, names, outer);
            }
            Stmt::Match(_, cases) => {
                for case in cases {
                    captured_names(&case.pattern, names);
                    local_names(&case.body, names, outer);
                }
            }
            _ => {}
        }
    }
}

pub(super) fn target_names(target: &Target, names: &mut BTreeSet<Name>) {
    match target {
        Target::Name(name) => drop(names.insert(name.clone())),
        Target::Unpack(targets) => targets.iter().for_each(|target| target_names(target, names)),
        Target::Starred(inner) => target_names(inner, names),
        Target::Attribute(..) | Target::Subscript(..) | Target::Unknown => {}
    }
}

fn captured_names(pattern: &Pattern, names: &mut BTreeSet<Name>) {
    match pattern {
        Pattern::Capture(name) | Pattern::Rest(Some(name)) => drop(names.insert(name.clone())),
        Pattern::As(inner, name) => {
            names.insert(name.clone());
            captured_names(inner, names);
        }
        Pattern::Any(inner) | Pattern::Sequence(inner) => {
            inner.iter().for_each(|pattern| captured_names(pattern, names));
        }
        Pattern::Mapping(pairs, rest) => {
            pairs.iter().for_each(|(_, pattern)| captured_names(pattern, names));
            names.extend(rest.clone());
        }
        Pattern::Value(_) | Pattern::Wildcard | Pattern::Rest(None) | Pattern::Unknown => {}
    }
}
