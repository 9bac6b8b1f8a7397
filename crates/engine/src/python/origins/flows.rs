//! How values flow through the statements of a file: from where each name, attribute and parameter gets its own.
//!
//! It knows no order and no condition, and takes a value for an application only where a framework is named.

mod body;
mod calls;
mod expressions;
mod imports;
mod scopes;

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashMap;

pub(super) use self::body::{Body, Numbered};
use self::calls::position;
pub(super) use self::calls::{NAMING, SERVERS, STARTS, is_keeping};
use self::scopes::{Scope, local_names};
use super::super::ir::*;
use super::super::value::FileId;
use super::{Origins, Place};

/// The statements of a file, on their way into [`Origins`].
pub(super) struct Flow<'o, 'a> {
    origins: &'o mut Origins<'a>,
    file: FileId,
    /// The number of the statement, which tells its functions from those of others.
    unit: u32,
    class: Option<Name>,
    scopes: Vec<Scope>,
    /// What calls give that were met, by where they lie in memory.
    calls: FxHashMap<usize, Vec<Place>>,
    /// The function whose first line comes next; its lines come when somebody asks for them.
    opens: Option<Rc<Body>>,
}

impl<'o, 'a> Flow<'o, 'a> {
    pub fn new(origins: &'o mut Origins<'a>, file: FileId, unit: u32) -> Flow<'o, 'a> {
        Flow { origins, file, unit, class: None, scopes: Vec::new(), calls: FxHashMap::default(), opens: None }
    }

    /// The first line of a function that is lowered in parts.
    pub fn head(mut self, body: &Rc<Body>, stmts: &[Stmt]) {
        self.opens = Some(body.clone());
        self.block(stmts);
    }

    /// Some lines of a function whose first one was read.
    pub fn lines(origins: &mut Origins<'a>, file: FileId, body: &Rc<Body>, (unit, stmts): &Numbered) {
        let Some((scope, class)) = body.scope() else { return };
        let mut flow = Flow { class, ..Flow::new(origins, file, *unit) };
        flow.scopes.push(scope);
        flow.block(stmts);
    }

    pub fn block(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            // Documentation starts nothing.
            Stmt::Expr(Expr { kind: ExprKind::Str(_), .. }) => {}
            Stmt::Expr(value) | Stmt::Assert(value) | Stmt::Raise(Some(value)) => drop(self.expr(value)),
            Stmt::Assign(targets, value) => {
                let from = self.expr(value);
                for (target, _) in targets {
                    if let (Target::Name(name), ExprKind::Lambda(function)) = (target, &value.kind) {
                        let lambda = self.arguments(&self.lambda(function));
                        self.origins.add(lambda, Place::Arguments(self.file, name.clone()));
                    }
                    self.bind(target, &from);
                }
            }
            Stmt::AugAssign(target, _, value, _) => {
                let from = self.expr(value);
                self.bind(target, &from);
            }
            Stmt::Annotated(target, annotation, value, _) => {
                let mut from = self.annotation(annotation);
                from.extend(value.iter().flat_map(|value| self.expr(value)).collect::<Vec<_>>());
                self.bind(target, &from);
            }
            Stmt::Function(function) => self.function(function),
            Stmt::Class(class) => self.class(class),
            Stmt::Return(Some(value), _) => {
                let from = self.expr(value);
                self.give(&from);
            }
            Stmt::If(branches, rest) => {
                for (condition, block) in branches {
                    self.expr(condition);
                    self.block(block);
                }
                self.block(rest);
            }
            Stmt::While(condition, block, rest) => {
                self.expr(condition);
                self.block(block);
                self.block(rest);
            }
            Stmt::For(target, iterable, block, rest) => {
                let from = self.expr(iterable);
                self.bind(target, &from);
                self.block(block);
                self.block(rest);
            }
            Stmt::Try(parts) => {
                self.block(&parts.body);
                for handler in &parts.handlers {
                    self.block(&handler.body);
                }
                self.block(&parts.orelse);
                self.block(&parts.finally);
            }
            Stmt::With(items, block) => {
                for (value, target) in items {
                    let mut from = self.expr(value);
                    let entered = Name::new_static("__enter__");
                    from.extend(from.iter().flat_map(|place| place.part(&entered)).collect::<Vec<_>>());
                    target.iter().for_each(|target| self.bind(target, &from));
                }
                self.block(block);
            }
            Stmt::Match(subject, cases) => {
                let from = self.expr(subject);
                for case in cases {
                    self.capture(&case.pattern, &from);
                    case.guard.iter().for_each(|guard| drop(self.expr(guard)));
                    self.block(&case.body);
                }
            }
            Stmt::Import(names) => self.import(names),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Return(None, _)
            | Stmt::Raise(None)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Delete(_)
            | Stmt::Break
            | Stmt::Continue
            | Stmt::Pass => {}
        }
    }

    fn name(&self, name: &Name) -> Place {
        match self.scopes.iter().rev().find(|scope| scope.has(name)) {
            Some(scope) => Place::Local(self.file, scope.number, name.clone()),
            None => Place::Name(self.file, name.clone()),
        }
    }

    fn number(&self, site: Site) -> u64 {
        u64::from(self.unit) << 32 | u64::from(site)
    }

    fn lambda(&self, function: &Function) -> Name {
        Name::from(format!("lambda {}", self.number(function.site)))
    }

    /// Where an attribute of an object is kept.
    fn member(&mut self, object: &Expr, name: &Name) -> Vec<Place> {
        if let ExprKind::Name(object) = &object.kind {
            let this = self.scopes.iter().rev().find_map(|scope| scope.this.as_ref()).filter(|(own, _)| own == object);
            if let Some((_, class)) = this {
                return vec![Place::Attribute(self.file, class.clone(), name.clone())];
            }
        }
        let mut places: Vec<Place> = self.expr(object).iter().flat_map(|place| place.part(name)).collect();
        places.push(Place::Attribute(self.file, Name::default(), name.clone()));
        places
    }

    /// Whether a class body runs here, and no function in it.
    fn in_class(&self) -> bool {
        self.class.is_some() && self.scopes.is_empty()
    }

    fn arguments(&self, name: &Name) -> Place {
        Place::Arguments(self.file, name.clone())
    }

    fn runs(&mut self, from: &[Place]) {
        self.origins.add_all(&Place::Runs(self.file), from);
    }

    /// Notes that objects are told to be in debug mode where a value says so.
    fn tells(&mut self, objects: &[Place], values: Vec<Place>) {
        self.origins.add_all(&Place::Tells(self.file), objects);
        self.origins.note_told(self.file, objects, values);
    }

    /// What a function gives back.
    fn give(&mut self, from: &[Place]) {
        let function = self.scopes.iter().rev().find(|scope| scope.is_function);
        for place in function.map(|scope| scope.results.clone()).unwrap_or_default() {
            self.origins.add_all(&place, from);
        }
    }

    fn bind(&mut self, target: &Target, from: &[Place]) {
        match target {
            Target::Name(name) => {
                self.origins.add_all(&self.name(name), from);
                if let Some(class) = self.class.clone().filter(|_| self.in_class()) {
                    self.origins.add_all(&Place::Attribute(self.file, class, name.clone()), from);
                }
            }
            Target::Attribute(object, name) => {
                let objects = self.expr(object);
                if name == "debug" {
                    self.tells(&objects, from.to_vec());
                }
                for place in self.member(object, name) {
                    self.origins.add_all(&place, from);
                }
            }
            Target::Subscript(object, index) => {
                self.expr(index);
                self.expr(object);
                self.keep(object, from);
            }
            Target::Unpack(targets) => targets.iter().for_each(|target| self.bind(target, from)),
            Target::Starred(inner) => self.bind(inner, from),
            Target::Unknown => {}
        }
    }

    /// What is put into something may come out of it again.
    fn keep(&mut self, object: &Expr, from: &[Place]) {
        match &object.kind {
            ExprKind::Name(name) => self.origins.add_all(&self.name(name), from),
            ExprKind::Attribute(object, name) => {
                for place in self.member(object, name) {
                    self.origins.add_all(&place, from);
                }
            }
            ExprKind::Subscript(object, _) => self.keep(object, from),
            _ => {}
        }
    }

    fn capture(&mut self, pattern: &Pattern, from: &[Place]) {
        match pattern {
            Pattern::Value(value) => drop(self.expr(value)),
            Pattern::Capture(name) | Pattern::Rest(Some(name)) => self.origins.add_all(&self.name(name), from),
            Pattern::As(inner, name) => {
                self.origins.add_all(&self.name(name), from);
                self.capture(inner, from);
            }
            Pattern::Any(inner) | Pattern::Sequence(inner) => {
                inner.iter().for_each(|pattern| self.capture(pattern, from));
            }
            Pattern::Mapping(pairs, rest) => {
                pairs.iter().for_each(|(_, pattern)| self.capture(pattern, from));
                rest.iter().for_each(|name| self.origins.add_all(&self.name(name), from));
            }
            Pattern::Wildcard | Pattern::Rest(None) | Pattern::Unknown => {}
        }
    }

    fn function(&mut self, function: &Function) {
        // What makes a view of a function gives the function back.
        let made_by = |decorator: &&Expr| matches!(decorator.kind, ExprKind::Name(_));
        let decorators: Vec<Place> = function.decorators.iter().filter(made_by).flat_map(|by| self.expr(by)).collect();
        let class = self.class.clone().filter(|_| self.in_class());
        let own = match &class {
            Some(class) => Place::Attribute(self.file, class.clone(), function.name.clone()),
            None => self.name(&function.name),
        };
        self.origins.add_all(&own, &decorators);
        match self.class.is_none() && self.scopes.is_empty() {
            true => self.origins.note_function(self.file, &function.name),
            false => self.origins.note_inner_function(self.file, &function.name),
        }
        self.enter(function, &function.name, class, vec![own]);
        match self.opens.take() {
            Some(body) => self.scopes.pop().into_iter().for_each(|scope| body.open(scope, self.class.clone())),
            None => {
                self.block(&function.body);
                self.scopes.pop();
            }
        }
    }

    /// Goes into a function, with its parameters; its defaults and annotations belong to where it stands.
    fn enter(&mut self, function: &Function, name: &Name, class: Option<Name>, results: Vec<Place>) {
        let mut params = Vec::new();
        let called = if let (Some(class), "__init__") = (&class, name.as_str()) { class } else { name };
        for (at, param) in function.params.iter().enumerate() {
            let mut from: Vec<Place> = param.annotation.iter().flat_map(|of| self.annotation(of)).collect();
            from.extend(param.default.iter().flat_map(|value| self.expr(value)).collect::<Vec<_>>());
            match &class {
                Some(class) if at == 0 => from.push(Place::This(self.file, class.clone())),
                _ => {
                    from.push(self.arguments(called));
                    from.extend(self.given(called, param, at, class.is_some()));
                }
            }
            // What a decorator makes of it calls it, with whatever.
            if !function.decorators.iter().all(is_plain_decorator) {
                from.push(Place::On);
            }
            params.push((param.name.clone(), from));
        }
        let mut names: BTreeSet<Name> = params.iter().map(|(name, _)| name.clone()).collect();
        let mut outer = BTreeSet::new();
        local_names(&function.body, &mut names, &mut outer);
        names.retain(|name| !outer.contains(name));
        let this = class.zip(function.params.first()).map(|(class, param)| (param.name.clone(), class));
        let rest = function.params.iter().find(|param| param.kind == ParamKind::DoubleStar);
        let rest = rest.map(|param| param.name.clone());
        self.scopes.push(Scope {
            number: self.number(function.site),
            names,
            results,
            this,
            is_function: true,
            rest,
            body: None,
        });
        for (name, from) in params {
            self.origins.add_all(&self.name(&name), &from);
        }
    }

    /// The ways in which calls give a value to a parameter.
    fn given(&self, called: &Name, param: &Param, at: usize, is_method: bool) -> Vec<Place> {
        let mut ways = vec![param.name.clone(), Name::new_static("*")];
        if param.kind != ParamKind::KeywordOnly {
            ways.push(position(at));
            ways.extend((is_method && at > 0).then(|| position(at - 1)));
        }
        ways.into_iter().map(|way| Place::Given(self.file, called.clone(), way)).collect()
    }

    fn class(&mut self, class: &ClassDef) {
        let mut from: Vec<Place> = class.decorators.iter().flat_map(|decorator| self.expr(decorator)).collect();
        for base in &class.bases {
            from.extend(self.expr(&base.value));
            if let ExprKind::Name(name) = &base.value.kind {
                self.origins.add(Place::This(self.file, name.clone()), Place::This(self.file, class.name.clone()));
            }
        }
        self.origins.note_class(self.file, &class.name);
        // One that a function makes is known by its name everywhere.
        let (own, global) = (self.name(&class.name), Place::Name(self.file, class.name.clone()));
        self.origins.add_all(&global, &from);
        self.origins.add(own, global);
        let outer = (self.class.replace(class.name.clone()), std::mem::take(&mut self.scopes));
        self.block(&class.body);
        (self.class, self.scopes) = outer;
    }

    /// What an annotation says a value is.
    fn annotation(&mut self, annotation: &Expr) -> Vec<Place> {
        match &annotation.kind {
            ExprKind::Str(text) => {
                let names = ["Flask", "Quart", "Dash", "SocketIO"];
                names.iter().filter(|name| text.contains(**name)).map(|_| Place::App).take(1).collect()
            }
            _ => self.expr(annotation).into_iter().map(|place| Place::Typed(Rc::new(place))).collect(),
        }
    }
}

/// Whether a decorator only says what kind of method it is.
fn is_plain_decorator(decorator: &Expr) -> bool {
    const PLAIN: [&str; 7] =
        ["staticmethod", "classmethod", "property", "abstractmethod", "override", "overload", "cached_property"];
    matches!(&decorator.kind, ExprKind::Name(name) | ExprKind::Attribute(_, name) if PLAIN.contains(&name.as_str()))
}
