//! The machine's memory: names, attributes, subscripts, imports and definitions.
//!
//! What reading and writing means is here; what is read and written by libraries is in `library`.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::catalogue::{Kind, kind_of_path};
use super::environ::{is_environ, set_place};
use super::errors::is_exception;
use super::imports::above;
use super::ir::*;
use super::library::modules::MODULES;
use super::library::texts::{ENVIRONB, decoded, encoded};
use super::machine::{Eval, Frame, Machine, Stop, is_setting, is_standard};
use super::value::*;

/// Where a class keeps its metaclass, for the classes below it.
const META: &str = "class.meta";

impl Machine<'_> {
    /// Stores a value; `spot` is where that is written.
    pub fn assign(&mut self, target: &Target, value: Value, spot: Spot) -> Eval<()> {
        match target {
            Target::Name(name) => {
                let value = self.switch(self.named(value, spot), name, spot);
                self.store_name(name, value);
            }
            Target::Attribute(object, name) => {
                let object = self.eval(object)?;
                self.set_attribute(&object, name, value, spot)?;
            }
            Target::Subscript(object, index) => {
                let object = self.eval(object)?;
                if let ExprKind::Slice(bounds) = &index.kind {
                    return self.set_slice(&object, bounds, &value);
                }
                let index = self.eval(index)?;
                self.set_item(&object, index, value, spot);
            }
            Target::Unpack(targets) => {
                let value = self.exhausted(value)?;
                let items = self.items(&value);
                let star = targets.iter().position(|target| matches!(target, Target::Starred(_)));
                let behind = star.map_or(0, |star| targets.len() - star - 1);
                let count = items.as_ref().map_or(0, Vec::len);
                let fits = if star.is_some() { count + 1 >= targets.len() } else { count == targets.len() };
                if items.is_some() && !fits {
                    return Err(Stop::Raise(Name::new_static("ValueError")));
                }
                for (at, target) in targets.iter().enumerate() {
                    if let (Target::Starred(inner), Some(items)) = (target, &items) {
                        let rest = items.get(at..count.saturating_sub(behind)).unwrap_or_default().to_vec();
                        let rest = Value::of(Data::List(self.alloc(Object::List(List { items: rest, open: false }))));
                        self.assign(inner, rest, spot)?;
                        continue;
                    }
                    let at = if star.is_some_and(|star| at > star) {
                        (at + count).saturating_sub(targets.len())
                    } else {
                        at
                    };
                    let item = items.as_ref().and_then(|items| items.get(at)).cloned().unwrap_or(Value::UNKNOWN);
                    // Several targets share one statement: the place to change is the literal, if there is one.
                    let literal = item.from.as_ref().and_then(|from| from.literal);
                    match (literal, target) {
                        (None, Target::Name(name)) => self.store_name(name, item),
                        _ => self.assign(target, item, literal.unwrap_or(spot))?,
                    }
                }
            }
            Target::Starred(inner) => self.assign(inner, Value::UNKNOWN, spot)?,
            Target::Unknown => {}
        }
        Ok(())
    }

    /// `object[start:] = value` of a list; of any other slice it is unknown what the list has then.
    fn set_slice(&mut self, object: &Value, bounds: &[Option<Expr>; 3], value: &Value) -> Eval<()> {
        let start = match &bounds[0] {
            Some(bound) => self.eval(bound)?.data,
            None => Data::Int(0),
        };
        let rest = self.items(value).filter(|_| bounds[1].is_none() && bounds[2].is_none());
        let object = if object.as_library() == Some("sys.argv") { self.argv() } else { object.clone() };
        let Data::List(id) = object.data else { return Ok(()) };
        let Some(Object::List(list)) = self.object_mut(id) else { return Ok(()) };
        match (start, rest) {
            (Data::Int(start @ 0..), Some(rest)) => {
                list.items.truncate(start as usize);
                list.items.extend(rest);
            }
            _ => list.open = true,
        }
        Ok(())
    }

    /// A value that gets a name here: a setting is said to be written here, unless it already was elsewhere.
    fn named(&self, value: Value, spot: Spot) -> Value {
        let in_enum = self
            .frames
            .last()
            .and_then(|frame| frame.class)
            .is_some_and(|class| self.is_enum(&Value::of(Data::Class(class))));
        if is_setting(&value) && !in_enum { value.at(spot) } else { value }
    }

    /// A value that gets the name of a switch: whatever it is, its truth counts (`DEBUG = False,`).
    fn switch(&self, value: Value, name: &str, spot: Spot) -> Value {
        let is = match value.data {
            Data::Tuple(_) | Data::List(_) | Data::Dict(_) => name.eq_ignore_ascii_case("debug"),
            // The name stands for a member of an enumeration.
            Data::Instance(id) => self.instance(id).is_some_and(|instance| self.is_enum(&instance.class)),
            _ => false,
        };
        if is { value.at(spot) } else { value }
    }

    /// Binds a name in the scope that Python would.
    pub fn store_name(&mut self, name: &str, value: Value) {
        let Some(frame) = self.frames.last() else { return };
        if frame.globals.contains(name) {
            let module = self.state.modules.get(&frame.file).copied();
            if let Some(module) = module {
                self.bind(module, name, value);
            }
            return;
        }
        if frame.nonlocals.contains(name) {
            let mut at = self.scope(frame.scope).and_then(|scope| scope.parent);
            while let Some(id) = at {
                let Some(scope) = self.scope(id) else { break };
                if scope.vars.contains_key(name) {
                    return self.bind(id, name, value);
                }
                at = scope.parent;
            }
            return;
        }
        let id = frame.class.unwrap_or(frame.scope);
        self.bind(id, name, value);
    }

    /// The value of a name.
    pub fn load_name(&mut self, name: &str) -> Eval<Value> {
        let Some(frame) = self.frames.last() else { return Ok(Value::UNKNOWN) };
        if let Some(class) = frame.class
            && let Some(value) = self.class(class).and_then(|class| class.attrs.get(name))
        {
            return Ok(value.clone());
        }
        let mut at = Some(frame.scope);
        let mut open = false;
        while let Some(id) = at {
            let Some(scope) = self.scope(id) else { break };
            if let Some(value) = scope.vars.get(name) {
                return Ok(value.clone());
            }
            open |= scope.open;
            at = scope.parent;
        }
        if open {
            return Ok(Value::UNKNOWN);
        }
        if !self.state.patches.is_empty()
            && let Some(value) = self.state.patches.get(format!("builtins.{name}").as_str())
        {
            return Ok(value.clone());
        }
        match builtin(name) {
            Some(value) => Ok(value),
            None if self.raise_unbound()? => self.load_name(name),
            None => Ok(Value::UNKNOWN),
        }
    }

    /// `target op= value`
    pub fn aug_assign(&mut self, target: &Target, op: BinaryOp, value: &Expr, site: Site) -> Eval<()> {
        let spot = self.spot(site);
        let right = self.eval(value)?;
        let old = match target {
            Target::Name(name) => self.load_name(name)?,
            Target::Attribute(object, name) => {
                let object = self.eval(object)?;
                self.attribute(&object, name)?
            }
            Target::Subscript(object, index) => {
                let object = self.eval(object)?;
                let index = self.eval(index)?;
                self.item(&object, &index)?
            }
            _ => Value::UNKNOWN,
        };
        if let (BinaryOp::BitOr, Data::Dict(into)) = (op, &old.data) {
            self.update_dict(*into, &right, spot);
            return Ok(());
        }
        if op == BinaryOp::BitOr && old.as_library() == Some("os.environ") {
            self.update_environ(&right, spot);
            return Ok(());
        }
        if let (BinaryOp::Add, Data::List(into)) = (op, &old.data) {
            let more = self.items(&right);
            if let Some(Object::List(list)) = self.object_mut(*into) {
                match more {
                    Some(items) => list.items.extend(items),
                    None => list.open = true,
                }
            }
            return Ok(());
        }
        let result = self.binary(op, &old, &right);
        self.assign(target, result, spot)
    }

    /// `target: annotation = value`
    pub fn annotated(&mut self, target: &Target, annotation: &Expr, value: &Option<Expr>, site: Site) -> Eval<()> {
        let spot = self.spot(site);
        if let (Some(class), Target::Name(name)) = (self.frames.last().and_then(|frame| frame.class), target)
            && let Some(Object::Class(class)) = self.object_mut(class)
        {
            class.fields.push(name.clone());
            if super::library::settings::is_bool(annotation) {
                class.booleans.push(name.clone());
            }
        }
        self.note_model(target, annotation)?;
        let value = match value {
            Some(value) => self.eval(value)?,
            None => {
                // Only an annotation: outside of a class it tells what an application is, if nothing else does.
                let bound = matches!(target, Target::Name(name) if self.load_name(name)?.data != Data::Unknown);
                let in_class = self.frames.last().is_some_and(|frame| frame.class.is_some());
                if bound || in_class {
                    return Ok(());
                }
                let annotation = self.eval(annotation)?;
                match self.typed_instance(&annotation) {
                    Some(instance) => instance,
                    None => return Ok(()),
                }
            }
        };
        self.assign(target, value, spot)
    }

    /// An application that is only known by its annotated class.
    pub fn typed_instance(&mut self, annotation: &Value) -> Option<Value> {
        let annotation = match &annotation.data {
            // Quoted annotations: `app: "Flask"`.
            Data::Str(text) if text.rsplit('.').next() == Some("Flask") => Value::library("flask.Flask"),
            _ => annotation.clone(),
        };
        self.kind_of_class(&annotation)?;
        let id = self.new_instance(annotation);
        Some(Value::of(Data::Instance(id)))
    }

    /// `del target`
    pub fn delete(&mut self, target: &Target) -> Eval<()> {
        match target {
            Target::Name(name) => {
                let scope = self.frames.last().map(|frame| frame.scope);
                if let Some(Object::Scope(scope)) = scope.and_then(|scope| self.object_mut(scope)) {
                    scope.vars.remove(name);
                }
            }
            Target::Subscript(object, index) => {
                let object = self.eval(object)?;
                let index = self.eval(index)?;
                self.remove_item(&object, &index);
            }
            _ => {}
        }
        Ok(())
    }

    /// Removes a key of a dict or of the environment; what was there.
    pub fn remove_item(&mut self, object: &Value, index: &Value) -> Option<Value> {
        if object.as_library().is_some_and(is_environ) {
            let name = Name::from(decoded(index.clone()).as_str()?);
            let old = self.state.env.insert(name, Value::of(Data::None));
            return old;
        }
        let Data::Dict(id) = object.data else { return None };
        let dict = self.dict_mut(id)?;
        let at = dict.entries.iter().position(|(key, _)| key.data == index.data)?;
        Some(dict.entries.remove(at).1)
    }

    /// `import a.b as c, d`
    pub fn import(&mut self, names: &[(Name, Option<Name>)]) -> Eval<()> {
        for (name, alias) in names {
            let Some(from) = self.frames.last().map(|frame| frame.file) else { return Ok(()) };
            let bound = match alias {
                Some(alias) => {
                    let value = self.module_value(from, name)?;
                    (alias.clone(), value)
                }
                None => {
                    let top = Name::from(name.split('.').next().unwrap_or(name));
                    if top != *name {
                        self.module_value(from, name)?;
                    }
                    let value = self.module_value(from, &top)?;
                    (top, value)
                }
            };
            self.store_name(&bound.0, bound.1);
        }
        Ok(())
    }

    /// The module of a dotted name: of the project, which runs now, or a library's.
    pub fn module_value(&mut self, from: FileId, name: &str) -> Eval<Value> {
        match self.files.resolve(from, 0, name) {
            Some(file) => {
                self.run_packages(file, name)?;
                self.run_module(file, false)?;
                Ok(Value::of(Data::Module(file)))
            }
            None if self.absent_settings(name) => Err(Stop::Raise(Name::new_static("ModuleNotFoundError"))),
            None => Ok(Value::library(name)),
        }
    }

    /// Runs the packages that a module is in by the dotted name which it is imported by, outermost first.
    pub fn run_packages(&mut self, file: FileId, name: &str) -> Eval<()> {
        let packages = self.files.packages(file, above(name).count());
        packages.into_iter().rev().try_for_each(|package| self.run_module(package, false).map(drop))
    }

    /// Whether a module that the project does not have is one of its own that is not always there: settings that a
    /// program is ready to do without.
    fn absent_settings(&self, module: &str) -> bool {
        let last = module.rsplit('.').next().unwrap_or(module).to_ascii_lowercase();
        let words = ["settings", "config", "conf", "secrets", "local", "prod", "production", "dev"];
        self.guarded > 0 && !is_standard(module) && last.split('_').any(|part| words.contains(&part))
    }

    /// `from module import name as alias`
    pub fn import_from(&mut self, import: &ImportFrom) -> Eval<()> {
        let Some(from) = self.frames.last().map(|frame| frame.file) else { return Ok(()) };
        let file = self.files.resolve(from, import.level, &import.module);
        let Some(file) = file else {
            if self.absent_settings(&import.module) {
                return Err(Stop::Raise(Name::new_static("ModuleNotFoundError")));
            }
            if import.level > 0 && !import.module.is_empty() && self.files.is_complete(from) {
                return Err(Stop::Raise(Name::new_static("ModuleNotFoundError")));
            }
            if import.star {
                let scope = self.frames.last().map(|frame| frame.scope);
                if let Some(Object::Scope(scope)) = scope.and_then(|scope| self.object_mut(scope)) {
                    scope.open |= !is_flask_star(&import.module);
                }
                if is_flask_star(&import.module) {
                    self.store_name("Flask", Value::library("flask.Flask"));
                    self.store_name("current_app", Value::library("flask.current_app"));
                }
                return Ok(());
            }
            for (name, alias) in &import.names {
                // A relative import without a module names siblings.
                let sibling = if import.level > 0 { self.files.resolve(from, import.level, name) } else { None };
                let value = match sibling {
                    Some(file) => {
                        self.run_module(file, false)?;
                        Value::of(Data::Module(file))
                    }
                    None => self.library_attribute(&import.module, name)?,
                };
                self.store_name(alias.as_ref().unwrap_or(name), value);
            }
            return Ok(());
        };
        self.run_packages(file, &import.module)?;
        let scope = self.run_module(file, false)?;
        if import.star {
            self.run_late(file, None)?;
            let vars = self.scope(scope).map(|scope| scope.vars.clone()).unwrap_or_default();
            let listed = vars.get("__all__").and_then(|all| self.items(all));
            for (name, value) in vars {
                let wanted = match &listed {
                    Some(all) => all.iter().any(|item| item.as_str() == Some(&name)),
                    None => !name.starts_with('_'),
                };
                if wanted {
                    self.store_name(&name, value);
                }
            }
            return Ok(());
        }
        for (name, alias) in &import.names {
            let value = match self.module_attribute(file, name) {
                Err(Stop::Raise(error)) if error == "AttributeError" => {
                    self.raise_awaited("ImportError").map(|()| Value::UNKNOWN)
                }
                found => found,
            }?;
            self.store_name(alias.as_ref().unwrap_or(name), value);
        }
        Ok(())
    }

    /// A module's attribute: a variable of it, or a submodule.
    pub fn module_attribute(&mut self, file: FileId, name: &str) -> Eval<Value> {
        let scope = self.state.modules.get(&file).copied();
        if let Some(value) = scope.and_then(|scope| self.scope(scope)).and_then(|scope| scope.vars.get(name)) {
            return Ok(value.clone());
        }
        if self.run_late(file, Some(name))?
            && let Some(value) = scope.and_then(|scope| self.scope(scope)).and_then(|scope| scope.vars.get(name))
        {
            return Ok(value.clone());
        }
        if let Some(submodule) = self.files.submodule(file, name) {
            self.run_module(submodule, false)?;
            return Ok(Value::of(Data::Module(submodule)));
        }
        if name.starts_with("__") {
            return Ok(Value::UNKNOWN);
        }
        // A star import of it may bring the name, or it answers for names that it does not have.
        self.run_late(file, None)?;
        let var = |machine: &Self, name: &str| {
            scope.and_then(|scope| machine.scope(scope)).and_then(|scope| scope.vars.get(name)).cloned()
        };
        if let Some(value) = var(self, name) {
            return Ok(value);
        }
        if let Some(Value { data: Data::Function(closure), .. }) = var(self, "__getattr__") {
            let spot = self.spot(0);
            let args = Args { positional: vec![(Value::text(name), spot)], ..Args::default() };
            return self.call_function(&closure, None, args, spot);
        }
        // What a star import of something unknown brings has any name.
        if scope.and_then(|scope| self.scope(scope)).is_some_and(|scope| !scope.open) {
            self.raise_awaited("AttributeError")?;
        }
        Ok(Value::UNKNOWN)
    }

    /// `def`
    pub fn define_function(&mut self, function: &Arc<Function>) -> Eval<()> {
        let closure = self.closure(function)?;
        let mut value = Value::of(Data::Function(Rc::new(closure)));
        for decorator in function.decorators.iter().rev() {
            value = self.decorate(decorator, value)?;
        }
        self.store_name(&function.name, value);
        Ok(())
    }

    /// A function value made here and now: its defaults are evaluated.
    pub fn closure(&mut self, function: &Arc<Function>) -> Eval<Closure> {
        let mut defaults = Vec::with_capacity(function.params.len());
        for param in &function.params {
            let default = match &param.default {
                Some(default) => {
                    let spot = self.spot(param.site);
                    let value = self.eval(default)?;
                    Some(if is_setting(&value) { value.at(spot) } else { value })
                }
                None => None,
            };
            defaults.push(default);
        }
        let frame = self.frames.last();
        let (file, unit, scope) = frame.map_or((0, 0, 0), |frame| (frame.file, frame.unit, frame.scope));
        Ok(Closure {
            function: function.clone(),
            file,
            unit,
            scope,
            defaults,
            options: BTreeMap::new(),
            class: frame.and_then(|frame| frame.class),
            is_static: false,
            is_class_method: false,
            context: false,
            command: None,
            group: None,
            prefix: None,
        })
    }

    fn decorate(&mut self, decorator: &Expr, value: Value) -> Eval<Value> {
        if let Some(patched) = self.patched(decorator, &value)? {
            return Ok(patched);
        }
        let Data::Function(closure) = &value.data else {
            return Ok(if let Data::Property(_) = value.data { value } else { Value::UNKNOWN });
        };
        let named = match &decorator.kind {
            ExprKind::Call(call) => &call.function,
            _ => decorator,
        };
        if let ExprKind::Attribute(_, name) = &named.kind
            && matches!(name.as_str(), "setter" | "deleter" | "getter")
        {
            // The property stays; what its setter does is asked for at each assignment.
            let property = self.load_name(&closure.function.name)?;
            if name == "setter"
                && let Some(class) = self.frames.last().and_then(|frame| frame.class)
            {
                self.bind(class, &setter_of(&closure.function.name), value.clone());
            }
            return Ok(if let Data::Property(_) = property.data { property } else { value });
        }
        if let ExprKind::Attribute(object, method) = &named.kind
            && matches!(method.as_str(), "default" | "validator")
        {
            let object = self.eval(object)?;
            if let Some(field) = self.as_field(&object) {
                if method == "default" {
                    self.set_field_default(field, value.clone());
                }
                return Ok(value);
            }
        }
        if let Some(command) = self.click_subcommand(decorator, named, closure)? {
            return Ok(command);
        }
        let function = self.eval(named)?;
        let path = match &function.data {
            Data::Library(path) => path.clone(),
            // `@signal.connect_via(sender)`
            Data::Attribute(attribute) if attribute.1 == "connect_via" => {
                let spot = self.spot(decorator.site);
                let ExprKind::Call(call) = &decorator.kind else { return Ok(value) };
                let mut args = self.arguments(&call.args)?;
                args.positional.push((value.clone(), spot));
                self.call(&function, args, spot)?;
                return Ok(value);
            }
            // `@blueprint.record`
            Data::Attribute(attribute) if matches!(attribute.1.as_str(), "record" | "record_once" | "connect") => {
                let spot = self.spot(decorator.site);
                let args = Args { positional: vec![(value.clone(), spot)], ..Args::default() };
                self.call(&function, args, spot)?;
                return Ok(value);
            }
            Data::Instance(id) => {
                let class = self.instance(*id).map(|instance| instance.class.clone()).unwrap_or(Value::UNKNOWN);
                if self.class_attribute(&class, "__call__", None).is_none() {
                    return Ok(value);
                }
                let spot = self.spot(decorator.site);
                let decorator = self.eval(decorator)?;
                let args = Args { positional: vec![(value.clone(), spot)], ..Args::default() };
                let result = self.call(&decorator, args, spot)?;
                return Ok(if result.data == Data::Unknown { value } else { result });
            }
            // A decorator of the project: what it returns when called with the function.
            Data::Function(_) | Data::Method(_) | Data::Class(_) | Data::Partial(_) => {
                let spot = self.spot(decorator.site);
                let decorator = self.eval(decorator)?;
                let args = Args { positional: vec![(value.clone(), spot)], ..Args::default() };
                let result = self.call(&decorator, args, spot)?;
                return Ok(if result.data == Data::Unknown { value } else { result });
            }
            _ => return Ok(value),
        };
        if let Some(passed) = self.passed_by_click(&path, closure) {
            return Ok(passed);
        }
        let mut changed = (**closure).clone();
        match path.as_str() {
            "builtins.property" | "functools.cached_property" | "werkzeug.utils.cached_property" => {
                // Read from the class and not from an instance it is itself the value, written where it is defined.
                let at = Spot { file: closure.file, unit: closure.unit, site: closure.function.site };
                return Ok(Value::of(Data::Property(closure.clone())).at(at));
            }
            "builtins.staticmethod" => changed.is_static = true,
            "builtins.classmethod" => changed.is_class_method = true,
            "functools.lru_cache" | "functools.cache"
                if self.frames.last().is_some_and(|frame| frame.class.is_none())
                    && closure.function.params.is_empty()
                    && !closure.function.generator =>
            {
                return Ok(self.made_once(value));
            }
            "contextlib.contextmanager" => changed.context = closure.function.generator,
            // `@click.group(cls=FlaskGroup, create_app=...)`: a group like one that is constructed.
            "click.group" | "click.command" => {
                if let ExprKind::Call(call) = &decorator.kind {
                    let args = self.arguments(&call.args)?;
                    let class = args.keyword("cls").map(|(class, _)| class.clone());
                    if let Some(class) = class.filter(|class| class.as_library() == Some("flask.cli.FlaskGroup")) {
                        let spot = self.spot(decorator.site);
                        return self.call(&class, args, spot);
                    }
                    let map = self.default_map(&args);
                    self.make_command(&mut changed, map);
                    if let Some(prefix) = self.variable_prefix(&args) {
                        self.read_prefixed(&mut changed, prefix);
                    }
                }
            }
            "click.option" | "typer.option" => {
                if let ExprKind::Call(call) = &decorator.kind {
                    let args = self.arguments(&call.args)?;
                    let (name, default) = self.click_option(&args);
                    // Of several options for one parameter, that counts which is on by default.
                    let own = args.keyword("flag_value").is_none_or(|_| default.data != Data::None);
                    if own || !changed.options.contains_key(&name) {
                        changed.options.insert(name, default);
                    }
                }
            }
            _ => return Ok(value),
        }
        Ok(Value::of(Data::Function(Rc::new(changed))))
    }

    /// The parameter that a `click.option` fills, and its value: what the command gives that starts the program, or else
    /// the default.
    fn click_option(&mut self, args: &Args) -> (Name, Value) {
        let words: Vec<&str> = args.positional.iter().filter_map(|(value, _)| value.as_str()).collect();
        let plain = words.iter().find(|word| !word.starts_with('-'));
        let long = words.iter().find(|word| word.starts_with("--")).or_else(|| words.first());
        let chosen = plain.or(long).copied().unwrap_or_default();
        let chosen = chosen.split('/').next().unwrap_or_default();
        let name = Name::from(chosen.trim_start_matches('-').replace('-', "_").to_lowercase());
        let flag = args.keyword("is_flag").is_some_and(|(value, _)| value.data == Data::Bool(true))
            || words.iter().any(|word| word.contains('/'));
        let flag_value = args.keyword("flag_value").map(|(value, _)| value.data.clone());
        let given = if flag_value.is_none() { self.given_option(&words, flag) } else { None };
        if let Some(given) = given {
            return (name, given);
        }
        let default = match args.keyword("default") {
            Some((value, _)) if flag_value.is_some() && value.data == Data::Bool(true) => {
                Value::of(flag_value.unwrap_or(Data::Unknown))
            }
            Some((value, at)) => value.clone().at(at),
            None if flag => Value::of(Data::Bool(false)),
            None => Value::of(Data::None),
        };
        let variable = args.keyword("envvar").and_then(|(name, at)| Some((name.as_str()?.to_owned(), at)));
        match variable {
            Some((variable, at)) => (name, self.read_option(&variable, &default, at)),
            None => (name, default),
        }
    }

    /// `class`
    pub fn define_class(&mut self, def: &Arc<ClassDef>) -> Eval<()> {
        let args = self.arguments(&def.bases)?;
        let bases = args.positional.iter().map(|(value, _)| value.used().into_owned()).collect();
        let mut dataclass = false;
        let mut decorators = Vec::new();
        for decorator in &def.decorators {
            let value = match &decorator.kind {
                ExprKind::Call(call) => self.eval(&call.function)?,
                _ => self.eval(decorator)?,
            };
            dataclass |= value.as_library().is_some_and(|path| path.ends_with("dataclass") || path.starts_with("attr"));
            if value.as_library().is_none() {
                decorators.push(decorator);
            }
        }
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let (file, unit, scope) = (frame.file, frame.unit, frame.scope);
        let class = Class {
            name: def.name.clone(),
            bases,
            attrs: BTreeMap::new(),
            file,
            fields: Vec::new(),
            booleans: Vec::new(),
            models: Vec::new(),
            dataclass,
        };
        let id = self.alloc(Object::Class(class));
        let mut body = Frame::new(file, unit, scope);
        body.class = Some(id);
        self.frames.push(body);
        let result = self.block(&def.body);
        self.frames.pop();
        result?;
        let mut value = Value::of(Data::Class(id));
        self.list_fields(id);
        self.name_descriptors(&value, id)?;
        self.announce_class(id, args)?;
        for decorator in decorators.into_iter().rev() {
            let spot = self.spot(decorator.site);
            let function = self.eval(decorator)?;
            let args = Args { positional: vec![(value.clone(), spot)], ..Args::default() };
            let result = self.call(&function, args, spot)?;
            value = if result.data == Data::Unknown { value } else { result };
        }
        self.store_name(&def.name, value);
        Ok(())
    }

    /// The fields of attrs that stand in a class without annotations, in their order.
    fn list_fields(&mut self, id: Id) {
        let Some(class) = self.class(id).filter(|class| class.dataclass) else { return };
        let fields =
            class.attrs.iter().filter(|(name, value)| self.as_field(value).is_some() && !class.fields.contains(name));
        let mut fields: Vec<(Option<Spot>, Name)> =
            fields.map(|(name, value)| (value.origin(), name.clone())).collect();
        fields.sort();
        if let Some(Object::Class(class)) = self.object_mut(id) {
            class.fields.extend(fields.into_iter().map(|(_, name)| name));
        }
    }

    /// Lets a metaclass and the base classes see a new class: `__new__` and `__init__` of the one, `__init_subclass__` of
    /// the others.
    fn announce_class(&mut self, id: Id, mut args: Args) -> Eval<()> {
        let class = Value::of(Data::Class(id));
        let spot = self.spot(0);
        let at = args.keywords.iter().position(|(name, _, _)| name == "metaclass");
        let given = at.map(|at| args.keywords.remove(at).1);
        let metaclass = given.or_else(|| self.class_attribute(&class, META, None));
        let Some(object) = self.class(id) else { return Ok(()) };
        let (name, bases) = (Value::text(&object.name), object.bases.clone());
        for base in &bases {
            if let Some(Value { data: Data::Function(closure), .. }) =
                self.class_attribute(base, "__init_subclass__", None)
            {
                let keywords = std::mem::take(&mut args.keywords);
                let args = Args { keywords, ..Args::default() };
                self.call_function(&closure, Some(class.clone()), args, spot)?;
                break;
            }
        }
        let Some(metaclass) = metaclass.filter(|metaclass| matches!(metaclass.data, Data::Class(_))) else {
            return Ok(());
        };
        self.bind(id, META, metaclass.clone());
        let bases = Value::of(Data::Tuple(Rc::new(bases)));
        for method in ["__new__", "__init__"] {
            let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(&metaclass, method, None)
            else {
                continue;
            };
            let first = if method == "__new__" { metaclass.clone() } else { class.clone() };
            let namespace = self.variables(&class);
            let given = [name.clone(), bases.clone(), namespace].map(|value| (value, spot));
            self.making.push(id);
            let made =
                self.call_function(&closure, Some(first), Args { positional: given.to_vec(), ..Args::default() }, spot);
            self.making.pop();
            made?;
        }
        Ok(())
    }

    /// A new instance of a class, without running its constructor.
    pub fn new_instance(&mut self, class: Value) -> Id {
        let kind = self.kind_of_class(&class);
        let id = self.alloc(Object::Instance(Instance { class, attrs: BTreeMap::new() }));
        if let Some(kind) = kind {
            self.construct_app(id, kind);
        }
        id
    }

    /// What an application class is, looking through its bases.
    pub fn kind_of_class(&self, class: &Value) -> Option<Kind> {
        self.ancestors(class).iter().find_map(|class| class.as_library().and_then(kind_of_path))
    }

    /// What application an instance is.
    pub fn kind(&self, value: &Value) -> Option<Kind> {
        match value.data {
            Data::Instance(id) => self.kind_of_class(&self.instance(id)?.class),
            _ => None,
        }
    }

    /// A class and its bases, nearest first.
    pub fn ancestors(&self, class: &Value) -> Vec<Value> {
        let mut order = vec![class.clone()];
        let mut at = 0;
        while at < order.len() && order.len() < 32 {
            if let Data::Class(id) = order[at].data
                && let Some(class) = self.class(id)
            {
                order.extend(class.bases.iter().filter(|base| base.data != Data::Class(id)).cloned());
            }
            at += 1;
        }
        order
    }

    /// Whether a class is an enumeration.
    pub fn is_enum(&self, class: &Value) -> bool {
        let base = |path: &str| path.starts_with("enum.") && (path.ends_with("Enum") || path.ends_with("Flag"));
        self.ancestors(class).iter().any(|class| class.as_library().is_some_and(base))
    }

    /// Whether members of an enumeration are as true as their values: `IntEnum`, `class X(str, Enum)`.
    pub fn is_value_enum(&self, class: &Value) -> bool {
        let base = |path: &str| {
            matches!(path, "enum.IntEnum" | "enum.StrEnum" | "enum.IntFlag" | "enum.Flag")
                || matches!(path, "builtins.int" | "builtins.str")
        };
        self.ancestors(class).iter().any(|class| class.as_library().is_some_and(base))
    }

    /// An attribute found on a class or its bases, above `after` if that is given.
    pub fn class_attribute(&self, class: &Value, name: &str, after: Option<Id>) -> Option<Value> {
        let mut ready = after.is_none();
        for ancestor in self.ancestors(class) {
            if let Data::Library(path) = &ancestor.data
                && ready
                && !self.state.patches.is_empty()
                && name != "debug"
                && let Some(value) = self.state.patches.get(format!("{path}.{name}").as_str())
            {
                return Some(value.clone());
            }
            let Data::Class(id) = ancestor.data else { continue };
            if ready && let Some(value) = self.class(id).and_then(|class| class.attrs.get(name)) {
                return Some(value.clone());
            }
            ready |= after == Some(id);
        }
        None
    }

    /// `object[index]`
    pub fn item(&mut self, object: &Value, index: &Value) -> Eval<Value> {
        match &object.data {
            Data::Dict(id) => {
                if let Some(value) = self.mirrored(*id, index) {
                    return Ok(value);
                }
                let Some(dict) = self.dict(*id) else { return Ok(Value::UNKNOWN) };
                self.note_words(index, dict.entries.iter().map(|(key, _)| key));
                if let Some((_, value)) = dict.entries.iter().rev().find(|(key, _)| key.data == index.data) {
                    return Ok(tainted(value, index));
                }
                let (open, config) = (dict.open, dict.config);
                if let Some(factory) = dict.factory.clone().filter(|_| self.is_known_key(index)) {
                    let (id, spot) = (*id, self.spot(0));
                    let value = self.call(&factory, Args::default(), spot)?;
                    self.put(id, index.clone(), value.clone(), spot);
                    return Ok(value);
                }
                if dict.environ
                    && let Some(name) = index.as_str().map(str::to_owned)
                {
                    let spot = self.spot(0);
                    self.environ(&name, spot);
                    return Err(Stop::Raise(Name::new_static("KeyError")));
                }
                if config
                    && let Some(name) = index.as_str().map(str::to_owned)
                    && let Some(value) = self.late_setting(*id, &name)?
                {
                    return Ok(value);
                }
                if open || config || !self.is_known_key(index) {
                    return Ok(Value::derived(Data::Unknown, &[index]));
                }
                Err(Stop::Raise(Name::new_static("KeyError")))
            }
            Data::Tuple(_) | Data::List(_) => {
                let (Some(items), Data::Int(at)) = (self.items(object), &index.data) else { return Ok(Value::UNKNOWN) };
                let at = if *at < 0 { *at + items.len() as i64 } else { *at };
                match usize::try_from(at).ok().and_then(|at| items.get(at)) {
                    Some(value) => Ok(value.clone()),
                    None if matches!(object.data, Data::List(id) if self.list(id).is_some_and(|list| list.open)) => {
                        Ok(Value::UNKNOWN)
                    }
                    None => Err(Stop::Raise(Name::new_static("IndexError"))),
                }
            }
            Data::Library(path) if path == ENVIRONB => {
                let found = self.item(&Value::library("os.environ"), &decoded(index.clone()))?;
                Ok(encoded(found))
            }
            Data::Library(path) if path == "os.environ" => {
                let Some(name) = index.as_str() else { return Ok(Value::UNKNOWN) };
                let spot = self.spot(0);
                let found = self.environ(name, spot);
                if found.data == Data::None {
                    return Err(Stop::Raise(Name::new_static("KeyError")));
                }
                Ok(found)
            }
            Data::Library(path) if path == "sys.argv" => {
                let argv = self.argv();
                self.item(&argv, index)
            }
            Data::Library(path) if path == MODULES => {
                let Some(name) = index.as_str() else { return Ok(Value::UNKNOWN) };
                if let Some((file, _)) = self.running_module(name) {
                    return Ok(Value::of(Data::Module(file)));
                }
                match self.is_imported(name) {
                    Some(true) => Ok(Value::library(name)),
                    Some(false) => Err(Stop::Raise(Name::new_static("KeyError"))),
                    None => Ok(Value::UNKNOWN),
                }
            }
            Data::Class(_) if self.is_enum(object) => match index.as_str() {
                Some(name) => self.attribute(object, name),
                None => Ok(Value::UNKNOWN),
            },
            Data::Str(text) => Ok(match &index.data {
                Data::Int(at) => {
                    let count = text.chars().count() as i64;
                    let at = if *at < 0 { *at + count } else { *at };
                    let c = usize::try_from(at).ok().and_then(|at| text.chars().nth(at));
                    c.map_or(Value::UNKNOWN, |c| Value::derived(Data::Str(Arc::from(c.to_string())), &[object]))
                }
                _ => Value::derived(Data::Unknown, &[object]),
            }),
            Data::Instance(id) => {
                if let (Some(fields), Data::Int(at)) = (self.tuple_fields(object), &index.data) {
                    let field = usize::try_from(*at).ok().and_then(|at| fields.into_iter().nth(at));
                    return Ok(field.map_or(Value::UNKNOWN, |(_, value)| value));
                }
                let class = self.instance(*id).map(|instance| instance.class.clone()).unwrap_or(Value::UNKNOWN);
                let own = self.class_attribute(&class, "__getitem__", None).is_some();
                if let Some(entries) = self.entries_of(object).filter(|_| !own) {
                    return self.item(&Value::of(Data::Dict(entries)), index);
                }
                let method = self.attribute(object, "__getitem__")?;
                let spot = self.spot(0);
                let args = Args { positional: vec![(index.clone(), spot)], ..Args::default() };
                self.call(&method, args, spot)
            }
            // Generic classes: `list[int]`.
            Data::Library(_) => Ok(object.clone()),
            _ => Ok(Value::derived(Data::Unknown, &[object, index])),
        }
    }

    /// `object[index] = value`
    pub fn set_item(&mut self, object: &Value, index: Value, value: Value, spot: Spot) {
        match &object.data {
            Data::Dict(id) => {
                let value = if is_setting(&value) { value.at(spot) } else { value };
                self.put(*id, index, value, spot);
            }
            Data::List(id) => {
                if let (Some(Object::List(list)), Data::Int(at)) = (self.object_mut(*id), &index.data)
                    && let Some(slot) = usize::try_from(*at).ok().and_then(|at| list.items.get_mut(at))
                {
                    *slot = value;
                }
            }
            Data::Instance(id) => {
                let class = self.instance(*id).map(|instance| instance.class.clone()).unwrap_or(Value::UNKNOWN);
                let own = self.class_attribute(&class, "__setitem__", None).is_some();
                if let Some(entries) = self.entries_of(object).filter(|_| !own) {
                    return self.set_item(&Value::of(Data::Dict(entries)), index, value, spot);
                }
                // What it does with the value is its own affair; an error in it ends the statement.
                let method = self.attribute(object, "__setitem__").unwrap_or(Value::UNKNOWN);
                let args = Args { positional: vec![(index, spot), (value, spot)], ..Args::default() };
                let _ = self.call(&method, args, spot);
            }
            Data::Library(path) if is_environ(path) => {
                let spot = set_place(&index, &value, spot);
                if let Some(name) = decoded(index).as_str() {
                    self.set_environ(&Name::from(name), decoded(value), spot);
                }
            }
            _ => {}
        }
    }

    /// Puts an entry into a dict; a configuration's `DEBUG` becomes debug state.
    pub fn put(&mut self, id: Id, key: Value, value: Value, spot: Spot) {
        self.write_through(id, &key, &value);
        let is_known = self.is_known_key(&key);
        let Some(dict) = self.dict_mut(id) else { return };
        let value = if dict.config && key.as_str() == Some("DEBUG") { value.via(Means::Config, spot) } else { value };
        match dict.entries.iter_mut().find(|(known, _)| known.data == key.data) {
            Some((_, slot)) => *slot = value,
            None if is_known => dict.entries.push((key, value)),
            None => dict.open = true,
        }
    }

    /// Whether a key equals another one exactly when it is the same value: constants, classes, members of enumerations.
    fn is_known_key(&self, key: &Value) -> bool {
        match &key.data {
            Data::None | Data::Bool(_) | Data::Int(_) | Data::Str(_) | Data::Tuple(_) | Data::Class(_) => true,
            Data::Instance(id) => self.instance(*id).is_some_and(|instance| self.is_enum(&instance.class)),
            _ => false,
        }
    }

    /// `dict.update(other)`
    pub fn update_dict(&mut self, into: Id, other: &Value, spot: Spot) {
        if other.as_library() == Some("os.environ") {
            return self.add_environ(into, spot);
        }
        // A configuration that is loaded can be changed where that is done.
        let is_config = self.dict(into).is_some_and(|dict| dict.config);
        let handed = |value: Value| if is_config { value } else { value.handed_in_text() };
        match self.entries_of(other) {
            Some(id) => {
                let Some(other) = self.dict(id) else { return };
                let (entries, open, environ) = (other.entries.clone(), other.open, other.environ);
                for (key, value) in entries {
                    let origin = value.origin().unwrap_or(spot);
                    let value = if is_setting(&value) { handed(value).at(origin) } else { value };
                    self.put(into, key, value, origin);
                }
                if let Some(dict) = self.dict_mut(into) {
                    dict.open |= open;
                    dict.environ |= environ;
                }
            }
            None => {
                let Some(pairs) = self.items(other) else {
                    if let Some(dict) = self.dict_mut(into) {
                        dict.open = true;
                    }
                    return;
                };
                for pair in pairs {
                    if let Some([key, value]) = self.items(&pair).as_deref() {
                        let literal = value.from.as_ref().is_some_and(|from| from.literal.is_some());
                        let value = value.clone();
                        let value = if is_setting(&value) && !literal { handed(value).at(spot) } else { value };
                        self.put(into, key.clone(), value, spot);
                    }
                }
            }
        }
    }

    /// The elements of something iterable, where they are known.
    pub fn items(&self, value: &Value) -> Option<Vec<Value>> {
        match &value.data {
            Data::Tuple(items) => Some(items.to_vec()),
            Data::List(id) => self.list(*id).filter(|list| !list.open).map(|list| list.items.clone()),
            Data::Dict(id) => self
                .dict(*id)
                .filter(|dict| !dict.open)
                .map(|dict| dict.entries.iter().map(|(key, _)| key.clone()).collect()),
            Data::Instance(_) => {
                self.tuple_fields(value).map(|fields| fields.into_iter().map(|(_, value)| value).collect())
            }
            Data::Str(text) if text.len() <= 64 => Some(text.chars().map(|c| Value::text(&c.to_string())).collect()),
            _ => None,
        }
    }
}

/// A value that was chosen by another one: it depends on the same environment.
fn tainted(value: &Value, by: &Value) -> Value {
    let Some(from) = by.from.as_ref().filter(|from| !from.env.is_empty()) else { return value.clone() };
    // What was written down keeps its origin: that is the place to change.
    let mut result = Value::derived(value.data.clone(), &[value, by]);
    if let Some(new) = &mut result.from {
        let new = Rc::make_mut(new);
        new.origin = value.origin();
        new.text = value.from.as_ref().is_some_and(|from| from.text) || (new.text && from.text);
    }
    result
}

/// Where a class keeps the setter of a property.
pub(crate) fn setter_of(name: &str) -> String {
    format!("{name}.setter")
}

fn is_flask_star(module: &str) -> bool {
    module == "flask"
}

/// A builtin name.
fn builtin(name: &str) -> Option<Value> {
    if name == "__debug__" {
        return Some(Value::of(Data::Bool(true)));
    }
    is_builtin(name).then(|| Value::library(&format!("builtins.{name}")))
}

/// Whether a name is one of `builtins`.
pub(super) fn is_builtin(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "abs",
        "all",
        "any",
        "bool",
        "classmethod",
        "bytes",
        "ascii",
        "chr",
        "dict",
        "dir",
        "divmod",
        "enumerate",
        "eval",
        "exec",
        "exit",
        "filter",
        "format",
        "float",
        "frozenset",
        "getattr",
        "hasattr",
        "input",
        "int",
        "isinstance",
        "len",
        "list",
        "map",
        "max",
        "min",
        "object",
        "open",
        "ord",
        "pow",
        "print",
        "property",
        "quit",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "setattr",
        "sorted",
        "staticmethod",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "vars",
        "zip",
        "globals",
        "locals",
        "callable",
        "next",
        "iter",
        "delattr",
        "__import__",
        "Ellipsis",
        "NotImplemented",
        "bin",
        "breakpoint",
        "bytearray",
        "compile",
        "complex",
        "hash",
        "help",
        "hex",
        "id",
        "issubclass",
        "memoryview",
        "oct",
        "slice",
        "__build_class__",
        "__loader__",
    ];
    is_exception(name) || name.ends_with("Warning") || NAMES.contains(&name)
}
