//! What calls hand on, start and tell: `app.run(debug=True)`, `serve(app)`, `start(target=app.run)`.

use super::super::super::catalogue::looks_like_app;
use super::super::super::ir::*;
use super::super::Place;
use super::super::frameworks::is_framework;
use super::Flow;

/// Methods and functions that start a server, by their last name.
pub(in super::super) const STARTS: [&str; 4] = ["run", "run_server", "run_task", "serve_forever"];

/// Functions and classes that start a server of what they are handed.
pub(in super::super) const SERVERS: [&str; 6] =
    ["serve", "create_server", "make_server", "server", "Server", "WSGIServer"];

/// What takes a name as a text.
pub(in super::super) const NAMING: [&str; 4] = ["getattr", "methodcaller", "attrgetter", "__getattribute__"];

/// What gives anything: a module by its name, a namespace, the value of a text.
const ANYTHING: [&str; 7] =
    ["import_string", "resolve_name", "locate", "run_path", "run_module", "module_from_spec", "load_module"];

/// What gives the names of a module, or the attributes of an object.
const NAMESPACES: [&str; 3] = ["globals", "locals", "vars"];

/// Methods that keep what they are handed.
const KEEPING: [&str; 17] = [
    "append",
    "appendleft",
    "add",
    "insert",
    "extend",
    "update",
    "setdefault",
    "put",
    "put_nowait",
    "push",
    "register",
    "attach",
    "mount",
    "init_app",
    "use",
    "send",
    "set",
];

/// Functions and methods whose results are nothing of what they are handed.
const PLAIN: [&str; 24] = [
    "str",
    "int",
    "float",
    "bool",
    "len",
    "repr",
    "isinstance",
    "issubclass",
    "hasattr",
    "print",
    "id",
    "hash",
    "format",
    "join",
    "split",
    "strip",
    "startswith",
    "endswith",
    "replace",
    "encode",
    "decode",
    "exists",
    "dumps",
    "any",
];

impl Flow<'_, '_> {
    pub(super) fn call(&mut self, call: &Call) -> Vec<Place> {
        let name = last_name(&call.function).cloned().unwrap_or_default();
        let callee = self.expr(&call.function);
        let mut args: Vec<Place> = call.args.iter().flat_map(|arg| self.expr(&arg.value)).collect();
        // Which of them a value comes from is told apart (`Given`); what is true starts nothing.
        args.retain(|place| *place != Place::On);
        let all: Vec<Place> = callee.iter().chain(&args).cloned().collect();
        self.hand_on(call, &name, &all, &args);
        self.start_by(call, &name, &callee, &all);
        if NAMING.contains(&name.as_str()) || name == "get" {
            return [self.named(call, &all), all, vec![Place::On]].concat();
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
        match is_own {
            true => callee,
            false if PLAIN.contains(&name.as_str()) => [callee, vec![Place::On]].concat(),
            false => [all, vec![Place::On]].concat(),
        }
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

    pub(super) fn module(&self, level: u32, path: &str) -> Vec<Place> {
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
            for (at, arg) in call.args.iter().enumerate() {
                let from = self.expr(&arg.value);
                let way = match &arg.kind {
                    ArgKind::Positional => position(at),
                    ArgKind::Keyword(keyword) => keyword.clone(),
                    ArgKind::Star | ArgKind::DoubleStar => Name::new_static("*"),
                };
                self.origins.add_all(&Place::Given(self.file, name.clone(), way), &from);
            }
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
                    self.origins.add(Place::Given(self.file, function.clone(), Name::new_static("*")), Place::On);
                }
                _ => {}
            }
        }
        if let ExprKind::Attribute(object, method) = &call.function.kind
            && is_keeping(method)
        {
            self.keep(object, args);
        }
        if let ("setattr", [object, attribute, value]) = (name.as_str(), &call.args[..]) {
            let from = self.expr(&value.value);
            self.keep(&object.value, &from);
            if let ExprKind::Str(attribute) = &attribute.value.kind {
                if &**attribute == "debug" {
                    let objects = self.expr(&object.value);
                    self.tells(&objects, from.clone());
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
        let told = call.args.iter().find(|arg| matches!(&arg.kind, ArgKind::Keyword(name) if name == "debug"));
        let is_told = told.is_some();
        let base = self.base_made(&call.function);
        let takes_place = name == "Starlette" || base.is_some() && self.names(&["Starlette"]);
        let first = call.args.first().filter(|arg| takes_place && arg.kind == ArgKind::Positional);
        let mut values: Vec<Place> = told.iter().chain(&first).flat_map(|arg| self.expr(&arg.value)).collect();
        // Much is handed on as `**kwargs`: where no framework is in sight, to other things.
        let may_tell = is_splat && self.origins.has_framework(self.file);
        // No keyword is given twice.
        if may_tell
            && !is_told
            && call.args.iter().any(|arg| arg.kind == ArgKind::DoubleStar && self.may_have_debug(&arg.value))
        {
            values.push(Place::On);
        }
        if is_told || may_tell || first.is_some() {
            let told = base.filter(|_| is_told || first.is_some()).into_iter().flatten();
            let objects: Vec<Place> =
                if name == "partial" { all } else { callee }.iter().cloned().chain(told).collect();
            self.tells(&objects, values);
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

    /// `super().__init__`: what makes an object of the class above.
    fn base_made(&self, function: &Expr) -> Option<Vec<Place>> {
        let ExprKind::Attribute(object, name) = &function.kind else { return None };
        let ExprKind::Call(call) = &object.kind else { return None };
        let is_super = matches!(&call.function.kind, ExprKind::Name(name) if name == "super");
        let (_, class) = self.scopes.iter().rev().find_map(|scope| scope.this.as_ref())?;
        (is_super && name == "__init__").then(|| Place::This(self.file, class.clone()).part(name))
    }

    /// Whether a mapping that is handed on may have the key: what a function itself got that way has it only where
    /// somebody says so, and so has what the file makes of nothing but its own text.
    fn may_have_debug(&mut self, mapping: &Expr) -> bool {
        let ExprKind::Name(name) = &mapping.kind else { return true };
        let is_rest = self.scopes.iter().rev().any(|scope| scope.rest.as_ref() == Some(name));
        let is_local = self.scopes.iter().any(|scope| scope.has(name));
        self.origins.names_debug(self.file) || !is_rest && !is_local
    }

    /// `getattr(app, "run")()`
    fn start_by_name(&mut self, call: &Call, args: &[Place]) {
        let texts = call.args.iter().filter_map(|arg| match &arg.value.kind {
            ExprKind::Str(text) => Some(&**text),
            _ => None,
        });
        let texts: Vec<&str> = texts.collect();
        let is_open = texts.is_empty() && self.origins.names_start(self.file);
        if is_open || texts.iter().any(|text| STARTS.contains(text)) {
            // Without an object it is that of a later call.
            self.runs(if args.is_empty() { &[Place::App] } else { args });
        }
    }

    fn command_of(&mut self, args: &[Arg]) {
        let items: Vec<&Expr> = args.iter().map(|arg| &arg.value).collect();
        self.command_in(&items);
    }

    pub(super) fn command(&mut self, items: &[Expr]) {
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
    pub(super) fn names(&self, words: &[&str]) -> bool {
        let files = self.origins.files;
        files.text(&files.path(self.file)).is_none_or(|text| words.iter().any(|word| text.contains(word)))
    }
}

/// How an argument at a position is known.
pub(super) fn position(at: usize) -> Name {
    Name::from(format!("#{at}"))
}

/// Whether a method keeps what it is handed.
pub(in super::super) fn is_keeping(method: &str) -> bool {
    KEEPING.contains(&method) || method.starts_with("add_") || method.starts_with("set_")
}

/// The last part of the name of what is called.
fn last_name(expr: &Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Attribute(_, name) => Some(name),
        ExprKind::Call(call) => last_name(&call.function),
        _ => None,
    }
}
