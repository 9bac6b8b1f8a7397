//! How values flow through the statements of a file: from where each name, attribute and parameter gets its own.
//!
//! It knows no order and no condition, and takes a value for an application only where a framework is named.

use std::collections::BTreeSet;

use super::catalogue::looks_like_app;
use super::frameworks::is_framework;
use super::ir::*;
use super::origins::{Origins, Place};
use super::value::FileId;

/// Methods and functions that start a server, by their last name.
const STARTS: [&str; 4] = ["run", "run_server", "run_task", "serve_forever"];

/// Functions and classes that start a server of what they are handed.
const SERVERS: [&str; 6] = ["serve", "create_server", "make_server", "server", "Server", "WSGIServer"];

/// What takes a name as a text.
const NAMING: [&str; 4] = ["getattr", "methodcaller", "attrgetter", "__getattribute__"];

/// What gives anything: a module by its name, a namespace, the value of a text.
const ANYTHING: [&str; 7] = [
    "import_string",
    "resolve_name",
    "locate",
    "run_path",
    "run_module",
    "module_from_spec",
    "load_module",
];

/// What gives the names of a module, or the attributes of an object.
const NAMESPACES: [&str; 3] = ["globals", "locals", "vars"];

/// Methods that keep what they are handed.
const KEEPING: [&str; 17] = [
    "append", "appendleft", "add", "insert", "extend", "update", "setdefault", "put", "put_nowait", "push", "register",
    "attach", "mount", "init_app", "use", "send", "set",
];

/// Functions and methods whose results are nothing of what they are handed.
const PLAIN: [&str; 24] = [
    "str", "int", "float", "bool", "len", "repr", "isinstance", "issubclass", "hasattr", "print", "id", "hash", "format",
    "join", "split", "strip", "startswith", "endswith", "replace", "encode", "decode", "exists", "dumps", "any",
];

/// The statements of a file, on their way into [`Origins`].
pub(super) struct Flow<'o, 'a> {
    origins: &'o mut Origins<'a>,
    file: FileId,
    /// The number of the statement, which tells its functions from those of others.
    unit: usize,
    class: Option<Name>,
    scopes: Vec<Scope>,
}

/// A function, lambda or comprehension.
struct Scope {
    number: u64,
    names: BTreeSet<Name>,
    /// The places that get what it gives back.
    results: Vec<Place>,
    /// The class of the parameter that is the object.
    this: Option<(Name, Name)>,
    is_function: bool,
}

impl<'o, 'a> Flow<'o, 'a> {
    pub fn new(origins: &'o mut Origins<'a>, file: FileId, unit: usize) -> Flow<'o, 'a> {
        Flow { origins, file, unit, class: None, scopes: Vec::new() }
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
        match self.scopes.iter().rev().find(|scope| scope.names.contains(name)) {
            Some(scope) => Place::Local(self.file, scope.number, name.clone()),
            None => Place::Name(self.file, name.clone()),
        }
    }

    fn number(&self, site: Site) -> u64 {
        (self.unit as u64) << 32 | u64::from(site)
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

    fn tells(&mut self, from: &[Place]) {
        self.origins.add_all(&Place::Tells(self.file), from);
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
                    self.tells(&objects);
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
        self.origins.note_function(self.file, &function.name);
        self.enter(function, &function.name, class, vec![own]);
        self.block(&function.body);
        self.scopes.pop();
    }

    /// Goes into a function, with its parameters; its defaults and annotations belong to where it stands.
    fn enter(&mut self, function: &Function, name: &Name, class: Option<Name>, results: Vec<Place>) {
        let mut params = Vec::new();
        for (at, param) in function.params.iter().enumerate() {
            let mut from: Vec<Place> = param.annotation.iter().flat_map(|of| self.annotation(of)).collect();
            from.extend(param.default.iter().flat_map(|value| self.expr(value)).collect::<Vec<_>>());
            match &class {
                Some(class) if at == 0 => from.push(Place::This(self.file, class.clone())),
                Some(class) if name == "__init__" => from.push(self.arguments(class)),
                _ => from.push(self.arguments(name)),
            }
            params.push((param.name.clone(), from));
        }
        let mut names: BTreeSet<Name> = params.iter().map(|(name, _)| name.clone()).collect();
        let mut outer = BTreeSet::new();
        local_names(&function.body, &mut names, &mut outer);
        names.retain(|name| !outer.contains(name));
        let this = class.zip(function.params.first()).map(|(class, param)| (param.name.clone(), class));
        self.scopes.push(Scope { number: self.number(function.site), names, results, this, is_function: true });
        for (name, from) in params {
            self.origins.add_all(&self.name(&name), &from);
        }
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

    fn import(&mut self, names: &[(Name, Option<Name>)]) {
        for (path, alias) in names {
            let top = Name::from(path.split('.').next().unwrap_or(path));
            let (bound, meant) = match alias {
                Some(alias) => (alias, path),
                None => (&top, &top),
            };
            let place = self.name(bound);
            if matches!(place, Place::Name(..)) {
                self.origins.note_import(self.file, bound);
            }
            match self.origins.files.resolve(self.file, 0, meant) {
                Some(module) => self.origins.add(place, Place::Module(module)),
                None if is_framework(meant) => self.origins.add(place, Place::Library(meant.clone())),
                None => {}
            }
        }
    }

    fn import_from(&mut self, import: &ImportFrom) {
        let module = self.origins.files.resolve(self.file, import.level, &import.module);
        if import.star {
            match module {
                Some(module) => self.origins.note_star(self.file, Place::Module(module)),
                None if is_framework(&import.module) => self.origins.note_star(self.file, Place::App),
                None => {}
            }
        }
        for (name, alias) in &import.names {
            let bound = self.name(alias.as_ref().unwrap_or(name));
            match module {
                Some(module) => self.origins.add(bound, Place::Export(module, name.clone())),
                None if import.level > 0 => {
                    if let Some(module) = self.origins.files.resolve(self.file, import.level, name) {
                        self.origins.add(bound, Place::Module(module));
                    }
                }
                None if is_framework(&import.module) => {
                    let path = Name::from(format!("{}.{name}", import.module));
                    self.origins.add(bound, Place::Library(path));
                }
                None => {}
            }
        }
    }

    /// What an annotation says a value is.
    fn annotation(&mut self, annotation: &Expr) -> Vec<Place> {
        match &annotation.kind {
            ExprKind::Str(text) => {
                let names = ["Flask", "Quart", "Dash", "SocketIO"];
                names.iter().filter(|name| text.contains(**name)).map(|_| Place::App).take(1).collect()
            }
            _ => self.expr(annotation),
        }
    }

    /// From where the value of an expression comes.
    fn expr(&mut self, expr: &Expr) -> Vec<Place> {
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
            ExprKind::Call(call) => self.call(call),
            ExprKind::And(left, right) | ExprKind::Or(left, right) | ExprKind::Binary(_, left, right) => {
                [self.expr(left), self.expr(right)].concat()
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
                items.iter().flat_map(|item| self.expr(item)).collect()
            }
            ExprKind::Opaque(items) | ExprKind::Format(items, _) => {
                items.iter().flat_map(|item| self.expr(item)).collect()
            }
            ExprKind::Dict(items) => items
                .iter()
                .flat_map(|item| match item {
                    DictItem::Pair(key, value, _) => {
                        self.expr(key);
                        self.expr(value)
                    }
                    DictItem::Splat(value) => self.expr(value),
                })
                .collect(),
            ExprKind::Starred(inner) | ExprKind::Await(inner) => self.expr(inner),
            ExprKind::Not(inner) | ExprKind::Negate(inner) => {
                self.expr(inner);
                Vec::new()
            }
            ExprKind::Compare(first, rest) => {
                self.expr(first);
                rest.iter().for_each(|(_, right)| drop(self.expr(right)));
                Vec::new()
            }
            ExprKind::Comprehension(parts) => self.comprehension(parts, expr.site),
            ExprKind::Yield(value, _) => {
                let from: Vec<Place> = value.iter().flat_map(|value| self.expr(value)).collect();
                self.give(&from);
                Vec::new()
            }
            ExprKind::Slice(bounds) => {
                bounds.iter().flatten().for_each(|bound| drop(self.expr(bound)));
                Vec::new()
            }
            ExprKind::None
            | ExprKind::Ellipsis
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bytes(_) => Vec::new(),
            ExprKind::Str(text) => {
                // A program in a text, which `exec` runs.
                let runs = |name: &&str| text.contains(&format!(".{name}(")) || text.contains("run_simple(");
                if STARTS.iter().any(|name| runs(&name)) && self.names(&["exec(", "eval("]) {
                    self.runs(&[Place::App]);
                }
                Vec::new()
            }
        }
    }

    fn comprehension(&mut self, parts: &Comprehension, site: Site) -> Vec<Place> {
        let mut names = BTreeSet::new();
        parts.clauses.iter().for_each(|clause| target_names(&clause.target, &mut names));
        let number = self.number(site) | 1 << 63;
        let scope = Scope { number, names, results: Vec::new(), this: None, is_function: false };
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

    fn call(&mut self, call: &Call) -> Vec<Place> {
        let name = last_name(&call.function).cloned().unwrap_or_default();
        let callee = self.expr(&call.function);
        let args: Vec<Place> = call.args.iter().flat_map(|arg| self.expr(&arg.value)).collect();
        let all: Vec<Place> = callee.iter().chain(&args).cloned().collect();
        self.hand_on(call, &name, &all, &args);
        self.start_by(call, &name, &callee, &all);
        if NAMING.contains(&name.as_str()) || name == "get" {
            return [self.named(call, &all), all].concat();
        }
        if name == "import_module" || name == "__import__" {
            return self.loaded(call);
        }
        if ANYTHING.contains(&name.as_str()) {
            return vec![Place::App];
        }
        if NAMESPACES.contains(&name.as_str()) {
            return if args.is_empty() { vec![Place::Module(self.file)] } else { args };
        }
        // What functions of this file make of their parameters is seen there.
        let is_own = matches!(&call.function.kind, ExprKind::Name(name) if self.defines(name));
        if is_own || PLAIN.contains(&name.as_str()) { callee } else { all }
    }

    fn is_function(&self, name: &Name) -> bool {
        self.origins.is_function(self.file, name) || self.defines(name)
    }

    fn defines(&self, name: &str) -> bool {
        self.origins.files.module(self.file, |module, _| module.defines(name)) == Some(true)
    }

    /// `getattr(app, "server")`: what has that name, and what it is a part of.
    fn named(&mut self, call: &Call, args: &[Place]) -> Vec<Place> {
        if last_name(&call.function).is_some_and(|name| NAMING.contains(&name.as_str())) {
            self.start_by_name(call, args);
        }
        let texts = call.args.iter().filter_map(|arg| match &arg.value.kind {
            ExprKind::Str(text) => Some(Name::from(&**text)),
            _ => None,
        });
        texts.flat_map(|text| args.iter().flat_map(move |place| place.part(&text))).collect()
    }

    /// `import_module("shop.web")`
    fn loaded(&mut self, call: &Call) -> Vec<Place> {
        let Some(ExprKind::Str(text)) = call.args.first().map(|arg| &arg.value.kind) else { return Vec::new() };
        let package = call.args.iter().skip(1).find_map(|arg| match &arg.value.kind {
            ExprKind::Str(package) => Some(&**package),
            _ => None,
        });
        match package.filter(|_| text.starts_with('.')) {
            Some(package) => self.module(0, &format!("{package}{text}")),
            None => {
                let path = text.trim_start_matches('.');
                self.module((text.len() - path.len()) as u32, path)
            }
        }
    }

    fn module(&self, level: u32, path: &str) -> Vec<Place> {
        match self.origins.files.resolve(self.file, level, path) {
            Some(module) => vec![Place::Module(module)],
            None if is_framework(path) => vec![Place::Library(Name::from(path))],
            None => Vec::new(),
        }
    }

    /// Arguments become parameters; those of a method may be kept by its object.
    fn hand_on(&mut self, call: &Call, name: &Name, all: &[Place], args: &[Place]) {
        if !name.is_empty() {
            self.origins.add_all(&self.arguments(name), args);
        }
        for arg in &call.args {
            match &arg.value.kind {
                ExprKind::Lambda(function) => {
                    let lambda = self.arguments(&self.lambda(function));
                    self.origins.add_all(&lambda, all);
                }
                // A function that is handed on is called with what comes along.
                ExprKind::Name(function) | ExprKind::Attribute(_, function)
                    if call.args.len() > 1 && self.is_function(function) =>
                {
                    self.origins.add_all(&self.arguments(function), all);
                }
                _ => {}
            }
        }
        if let ExprKind::Attribute(object, method) = &call.function.kind
            && (KEEPING.contains(&method.as_str()) || method.starts_with("add_") || method.starts_with("set_"))
        {
            self.keep(object, args);
        }
        if let ("setattr", [object, attribute, value]) = (name.as_str(), &call.args[..]) {
            let from = self.expr(&value.value);
            self.keep(&object.value, &from);
            if let ExprKind::Str(attribute) = &attribute.value.kind {
                if &**attribute == "debug" {
                    let objects = self.expr(&object.value);
                    self.tells(&objects);
                }
                for place in self.member(&object.value, &Name::from(&**attribute)) {
                    self.origins.add_all(&place, &from);
                }
            }
        }
    }

    /// What a call starts, or tells to be in debug mode.
    fn start_by(&mut self, call: &Call, name: &Name, callee: &[Place], all: &[Place]) {
        let is_splat = call.args.iter().any(|arg| arg.kind == ArgKind::DoubleStar);
        let is_told = call.args.iter().any(|arg| matches!(&arg.kind, ArgKind::Keyword(name) if name == "debug"));
        if is_told || is_splat || name == "Starlette" && call.args.iter().any(|arg| arg.kind == ArgKind::Positional) {
            self.tells(if name == "partial" { all } else { callee });
        }
        if SERVERS.contains(&name.as_str()) {
            self.runs(all);
        }
        if let ExprKind::Attribute(object, method) = &call.function.kind
            && STARTS.contains(&method.as_str())
            && (is_told || is_splat)
            && last_name(object).is_some_and(|name| looks_like_app(name))
        {
            self.runs(&[Place::App]);
        }
        self.command_of(&call.args);
    }

    /// `getattr(app, "run")()`
    fn start_by_name(&mut self, call: &Call, args: &[Place]) {
        let texts = call.args.iter().filter_map(|arg| match &arg.value.kind {
            ExprKind::Str(text) => Some(&**text),
            _ => None,
        });
        let texts: Vec<&str> = texts.collect();
        if texts.is_empty() || texts.iter().any(|text| STARTS.contains(text)) {
            // Without an object it is that of a later call.
            self.runs(if args.is_empty() { &[Place::App] } else { args });
        }
    }

    fn command_of(&mut self, args: &[Arg]) {
        let items: Vec<&Expr> = args.iter().map(|arg| &arg.value).collect();
        self.command_in(&items);
    }

    fn command(&mut self, items: &[Expr]) {
        let items: Vec<&Expr> = items.iter().collect();
        self.command_in(&items);
    }

    /// `["flask", "run"]`, also where only a part of it is written out.
    fn command_in(&mut self, items: &[&Expr]) {
        let text = |item: &&Expr| match &item.kind {
            ExprKind::Str(text) => Some(text.clone()),
            _ => None,
        };
        if !items.iter().filter_map(text).any(|text| &*text == "run") {
            return;
        }
        let is_framework = |text: &str| text.contains("flask") || text.contains("quart");
        let is_open = items.iter().any(|item| text(item).is_none()) || items.len() == 1;
        if items.iter().filter_map(text).any(|text| is_framework(&text)) || is_open && self.names(&["flask", "quart"]) {
            self.runs(&[Place::App]);
        }
    }

    /// Whether one of these words is anywhere in the file.
    fn names(&self, words: &[&str]) -> bool {
        let files = self.origins.files;
        files.text(&files.path(self.file)).is_none_or(|text| words.iter().any(|word| text.contains(word)))
    }
}

/// The last part of the name of what is called.
fn last_name(expr: &Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Attribute(_, name) => Some(name),
        ExprKind::Call(call) => last_name(&call.function),
        _ => None,
    }
}

/// The names that statements bind in their own scope, and those that they declare to be of another.
fn local_names(stmts: &[Stmt], names: &mut BTreeSet<Name>, outer: &mut BTreeSet<Name>) {
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
            Stmt::Match(_, cases) => cases.iter().for_each(|case| local_names(&case.body, names, outer)),
            _ => {}
        }
    }
}

fn target_names(target: &Target, names: &mut BTreeSet<Name>) {
    match target {
        Target::Name(name) => drop(names.insert(name.clone())),
        Target::Unpack(targets) => targets.iter().for_each(|target| target_names(target, names)),
        Target::Starred(inner) => target_names(inner, names),
        Target::Attribute(..) | Target::Subscript(..) | Target::Unknown => {}
    }
}
