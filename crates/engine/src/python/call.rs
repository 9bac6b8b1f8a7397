//! Calls: functions and classes of the project are entered, everything else is looked up in `library`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::generators::Yields;
use super::ir::*;
use super::machine::{Eval, Flow, Frame, Machine, Stop, is_setting};
use super::objects::Made;
use super::value::*;

/// How deep calls are followed.
pub(crate) const MAX_CALLS: usize = 16;

/// How often one function is entered within itself.
const MAX_RECURSION: usize = 3;

/// Where an instance keeps what its `__bool__` said.
pub(crate) const TRUTH: Name = Name::new_static("__truth__");

/// What the fields of a class are, in their order.
#[derive(Default)]
struct Fields {
    names: Vec<Name>,
    booleans: Vec<Name>,
    models: BTreeMap<Name, Value>,
    /// What the variables begin with that they are read from, where they are.
    prefix: Option<String>,
}

impl Machine<'_> {
    /// Calls a value.
    pub fn call(&mut self, function: &Value, args: Args, spot: Spot) -> Eval<Value> {
        let value = self.dispatch(&function.used(), args, spot)?;
        if let Data::Instance(id) = value.data
            && !self.made.contains_key(&id)
            && self.kind(&value).is_some()
        {
            self.made.insert(id, spot);
        }
        Ok(value)
    }

    fn dispatch(&mut self, function: &Value, args: Args, spot: Spot) -> Eval<Value> {
        self.nested(|machine| match &function.data {
            Data::Function(closure) => {
                let mapped = machine.called_with_settings(closure, &args);
                machine.call_function(mapped.as_ref().unwrap_or(closure), None, args, spot)
            }
            Data::Method(method) => machine.call_function(&method.1, Some(method.0.clone()), args, spot),
            Data::Class(id) => machine.instantiate(function, *id, args, spot),
            Data::Library(path) => {
                let path = path.clone();
                machine.call_library(&path, args, spot)
            }
            Data::Attribute(attribute) => {
                let (receiver, name) = (**attribute).clone();
                machine.call_attribute(&receiver, &name, args, spot)
            }
            Data::Partial(partial) => {
                let (inner, mut all) = (**partial).clone();
                all.positional.extend(args.positional);
                all.keywords.extend(args.keywords);
                all.open |= args.open;
                machine.call(&inner, all, spot)
            }
            Data::Instance(_) => {
                let method = machine.attribute(function, "__call__")?;
                match method.data {
                    Data::Method(_) => machine.call(&method, args, spot),
                    Data::Attribute(_) => machine.call_attribute(function, "__call__", args, spot),
                    _ => Ok(Value::UNKNOWN),
                }
            }
            _ => {
                machine.exhausted_args(args)?;
                Ok(Value::derived(Data::Unknown, &[function]))
            }
        })
    }

    /// Enters a function of the project; `this` is its first argument where it is a method.
    pub fn call_function(&mut self, closure: &Rc<Closure>, this: Option<Value>, args: Args, spot: Spot) -> Eval<Value> {
        let function = &closure.function;
        let inside = self.frames.iter().filter(|frame| frame.function.as_ref().is_some_and(|f| Rc::ptr_eq(f, closure)));
        if self.frames.len() >= MAX_CALLS || inside.count() >= MAX_RECURSION {
            return Ok(Value::UNKNOWN);
        }
        self.entered.insert(Spot { file: closure.file, unit: closure.unit, site: function.site });
        // A generator or a coroutine that nobody keeps never runs.
        let waits = (function.generator || function.coroutine) && function.decorators.is_empty();
        if waits && self.dropped == Some(spot) {
            return Ok(Value::UNKNOWN);
        }
        if closure.context {
            return Ok(self.context(closure, this, args));
        }
        let scope = self.alloc(Object::Scope(Scope { parent: Some(closure.scope), ..Scope::default() }));
        let mut frame = Frame::new(closure.file, closure.unit, scope);
        // What is defined in a text that runs has no place of its own.
        frame.fixed = self.frames.last().and_then(|caller| caller.fixed).filter(|_| closure.unit == RAW - 1);
        frame.function = Some(closure.clone());
        // What a decorator makes of a generator runs it.
        frame.yields = function.generator.then(Yields::at_once);
        if waits && function.generator {
            self.frames.push(frame);
            self.bind_parameters(closure, scope, this, args, spot);
            self.frames.pop();
            return Ok(self.generator(closure, scope));
        }
        self.frames.push(frame);
        self.bind_parameters(closure, scope, this, args, spot);
        let result = self.block(&function.body);
        let Some(frame) = self.frames.pop() else { return Ok(Value::UNKNOWN) };
        if let Some(yields) = frame.yields {
            let list = List { items: yields.values, open: result.is_err() };
            let items = Value::of(Data::List(self.alloc(Object::List(list))));
            return if result == Err(Stop::Exit) { Err(Stop::Exit) } else { Ok(items) };
        }
        let value = match result {
            Ok(Flow::Return(value)) => value,
            Ok(_) => Value::of(Data::None),
            Err(stop) => return self.settle_raise(frame, stop),
        };
        Ok(self.settle_returns(frame, value))
    }

    pub fn bind_parameters(&mut self, closure: &Rc<Closure>, scope: Id, this: Option<Value>, args: Args, spot: Spot) {
        let mut positional = Vec::new();
        positional.extend(this.filter(|_| !closure.is_static).map(|this| (this, spot)));
        positional.extend(args.positional);
        let mut positional = positional.into_iter();
        let mut keywords = args.keywords;
        for (at, param) in closure.function.params.iter().enumerate() {
            let value = match param.kind {
                ParamKind::Star => {
                    let rest: Vec<Value> = positional.by_ref().map(|(value, _)| value).collect();
                    if args.open { Value::UNKNOWN } else { Value::of(Data::Tuple(Rc::new(rest))) }
                }
                ParamKind::DoubleStar => {
                    let mut dict = Dict { open: args.open, ..Dict::default() };
                    for (name, value, at) in keywords.drain(..) {
                        let value = if is_setting(&value) { value.at(at) } else { value };
                        dict.entries.push((Value::text(&name), value));
                    }
                    // What decorators pass for no parameter of its own.
                    let named = |name: &Name| closure.function.params.iter().any(|param| param.name == *name);
                    for (name, value) in closure.options.iter().filter(|(name, _)| !named(name)) {
                        if dict.entries.iter().all(|(key, _)| key.as_str() != Some(name)) {
                            dict.entries.push((Value::text(name), value.clone()));
                        }
                    }
                    Value::of(Data::Dict(self.alloc(Object::Dict(dict))))
                }
                ParamKind::Normal | ParamKind::KeywordOnly => {
                    let given = if param.kind == ParamKind::Normal { positional.next() } else { None };
                    let given = given.or_else(|| {
                        let at = keywords.iter().position(|(name, _, _)| *name == param.name)?;
                        let (_, value, spot) = keywords.remove(at);
                        Some((value, spot))
                    });
                    match given {
                        Some((value, at)) if is_setting(&value) => value.at(at),
                        Some((value, _)) => value,
                        None if args.open => Value::UNKNOWN,
                        None => self.missing_argument(closure, at, param),
                    }
                }
            };
            self.bind(scope, &param.name, value);
        }
    }

    fn missing_argument(&mut self, closure: &Rc<Closure>, at: usize, param: &Param) -> Value {
        if let Some(value) = closure.options.get(&param.name) {
            return value.clone();
        }
        if let Some(Some(default)) = closure.defaults.get(at) {
            return default.clone();
        }
        let Some(annotation) = &param.annotation else { return Value::UNKNOWN };
        let annotation = self.eval(annotation).unwrap_or(Value::UNKNOWN);
        self.typed_instance(&annotation).unwrap_or(Value::UNKNOWN)
    }

    /// Makes an instance of a class of the project.
    fn instantiate(&mut self, class: &Value, id: Id, args: Args, spot: Spot) -> Eval<Value> {
        if self.is_enum(class) {
            return Ok(self.enum_by_value(class, id, &args));
        }
        let value = match self.make(class, &args, spot)? {
            Made::Fresh(value) => value,
            Made::Other(value) => return Ok(value),
        };
        let Data::Instance(instance) = value.data else { return Ok(value) };
        self.own_config(class, instance, spot)?;
        if let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(class, "__init__", None) {
            self.call_function(&closure, Some(value.clone()), args, spot)?;
        } else {
            self.init_fields(class, instance, &args)?;
            self.init_library(class, instance, &args, spot)?;
            for hook in ["__post_init__", "__attrs_post_init__"] {
                self.hook(class, &value, hook, spot)?;
            }
        }
        self.settle_truth(class, instance, &value)?;
        Ok(value)
    }

    /// Asks an instance's own `__bool__` or `__len__` for its truth. It is asked once: settings do not change their mind.
    fn settle_truth(&mut self, class: &Value, id: Id, instance: &Value) -> Eval<()> {
        for name in ["__bool__", "__len__"] {
            if self.class_attribute(class, name, None).is_none() {
                continue;
            }
            let method = self.attribute(instance, name)?;
            let spot = self.spot(0);
            let answer = self.call(&method, Args::default(), spot)?;
            let data = self.truth(&answer).map_or(Data::Unknown, Data::Bool);
            if let Some(Object::Instance(instance)) = self.object_mut(id) {
                instance.attrs.insert(TRUTH, Value::derived(data, &[&answer]));
            }
            break;
        }
        Ok(())
    }

    fn enum_by_value(&mut self, class: &Value, id: Id, args: &Args) -> Value {
        let Some((wanted, _)) = args.positional.first() else { return Value::UNKNOWN };
        let members = self.class(id).map(|class| class.attrs.clone()).unwrap_or_default();
        for (name, value) in members {
            if self.equal(&value, wanted) == Some(true) {
                return self.enum_member(class, &name, value);
            }
        }
        Value::UNKNOWN
    }

    /// The fields of a class and of those above it; `None` for a class that has none of its own making.
    fn field_list(&mut self, class: &Value) -> Option<Fields> {
        let mut found = Fields::default();
        let mut plain = false;
        for ancestor in self.ancestors(class).iter().rev() {
            match &ancestor.data {
                Data::Class(id) => {
                    let Some(class) = self.class(*id) else { continue };
                    plain |= class.dataclass;
                    found.booleans.extend(class.booleans.iter().cloned());
                    found.models.extend(class.models.iter().cloned());
                    for field in &class.fields {
                        if !found.names.contains(field) {
                            found.names.push(field.clone());
                        }
                    }
                }
                Data::Library(path) if path.ends_with("BaseSettings") => found.prefix = Some(self.env_prefix(class)),
                Data::Library(path) => plain |= path.ends_with("NamedTuple") || path.ends_with("BaseModel"),
                _ => {}
            }
        }
        (plain || found.prefix.is_some()).then_some(found)
    }

    /// Dataclasses, named tuples and settings classes: fields from arguments, the environment, and defaults.
    fn init_fields(&mut self, class: &Value, instance: Id, args: &Args) -> Eval<()> {
        let Some(Fields { names: fields, booleans, models, prefix: settings }) = self.field_list(class) else {
            return Ok(());
        };
        let is_model = self.is_model(class);
        let file = settings.is_some().then(|| self.model_setting(class, "env_file")).flatten();
        for (at, field) in fields.iter().enumerate() {
            let position = settings.is_none().then_some(at);
            let default = self.class_attribute(class, field, None).unwrap_or(Value::UNKNOWN);
            let (default, names) = self.renamed(&default).map_or((default, None), |(own, names)| (own, Some(names)));
            // `field: bool = ...` says that the field must be given.
            let default = if default.is_ellipsis() { Value::UNKNOWN } else { default };
            let own = args.find(position, field);
            let given = match &names {
                None => own,
                Some(names) => self.given_by(names, args).or_else(|| own.filter(|_| self.goes_by_name(class))),
            };
            let value = match (given, &settings) {
                (Some((value, at)), _) if is_setting(value) => value.clone().at(at),
                (Some((value, _)), _) => value.clone(),
                (None, Some(prefix)) => {
                    let own = || vec![Name::from(format!("{prefix}{field}"))];
                    self.settings_from_env(&names.unwrap_or_else(own), &default, file.as_deref())
                }
                (None, None) => default.clone(),
            };
            let value = match self.as_field(&default) {
                Some(id) => {
                    let given = given.is_some().then_some(value);
                    self.field_value(id, given, &Value::of(Data::Instance(instance)), self.spot(0))?
                }
                None => value,
            };
            let value = if is_model && booleans.contains(field) { self.as_boolean(value) } else { value };
            let value = match models.get(field) {
                Some(model) => self.as_model(model, value)?,
                None => value,
            };
            if let Some(Object::Instance(instance)) = self.object_mut(instance) {
                instance.attrs.insert(field.clone(), value);
            }
        }
        Ok(())
    }

    /// The `env_prefix` of a pydantic settings class.
    fn env_prefix(&mut self, class: &Value) -> String {
        self.model_setting(class, "env_prefix").unwrap_or_default()
    }

    /// A setting of a pydantic class itself, in `model_config` or a class `Config`.
    fn model_setting(&mut self, class: &Value, name: &str) -> Option<String> {
        let config = self.class_attribute(class, "model_config", None).or_else(|| {
            let config = self.class_attribute(class, "Config", None)?;
            self.class_attribute(&config, name, None)
        })?;
        match config.data {
            Data::Str(text) => Some(text.to_string()),
            Data::Dict(id) => {
                let dict = self.dict(id)?;
                let found = dict.entries.iter().find(|(key, _)| key.as_str() == Some(name));
                found.and_then(|(_, value)| self.path_of(value))
            }
            Data::Instance(id) => self.instance(id)?.attrs.get(name).and_then(|value| self.path_of(value)),
            _ => None,
        }
    }

    /// A field that pydantic reads from the first of these variables that is set.
    fn settings_from_env(&mut self, names: &[Name], default: &Value, file: Option<&str>) -> Value {
        let mut value = default.clone();
        for name in names.iter().rev() {
            value = self.setting_from_env(name, value, file);
        }
        value
    }

    /// A field that pydantic reads from the environment: its words for true are on, its words for false off.
    fn setting_from_env(&mut self, name: &str, default: Value, file: Option<&str>) -> Value {
        let spot = default.origin().unwrap_or_else(|| self.spot(0));
        let mut found = self.environ(&name.to_uppercase(), spot);
        // Their names are compared without regard to case.
        for name in [name.to_uppercase(), name.to_lowercase()] {
            if found.data == Data::None
                && let Some(set) = file.and_then(|file| self.file_setting(file, &name))
            {
                found = set;
            }
        }
        let Some(text) = found.as_str() else {
            // The place to change is the default's; it is still the environment that decides.
            let mut value = Value::derived(default.data.clone(), &[&default, &found]);
            if let Some(origin) = default.origin() {
                value = value.at(origin);
            }
            return value;
        };
        let data = match text.to_lowercase().as_str() {
            "1" | "true" | "t" | "yes" | "y" | "on" => Data::Bool(true),
            "0" | "false" | "f" | "no" | "n" | "off" => Data::Bool(false),
            _ => Data::Unknown,
        };
        Value::derived(data, &[&found])
    }
}

impl Machine<'_> {
    /// Enters a function of a module whose caller is out of sight: parameters have their defaults, or are not known. A
    /// method gets an instance whose constructor was called in the same way.
    pub fn run_open(&mut self, file: FileId, unit: UnitId, scope: Id, class: Option<&Name>, name: &str) -> Eval<()> {
        self.frames.push(Frame::new(file, unit, scope));
        let result = self.enter_open(scope, class, name);
        self.frames.pop();
        result
    }

    fn enter_open(&mut self, scope: Id, class: Option<&Name>, name: &str) -> Eval<()> {
        let spot = self.spot(0);
        let bound = class.map_or(name, |class| class.as_str());
        let Some(value) = self.scope(scope).and_then(|scope| scope.vars.get(bound)).cloned() else { return Ok(()) };
        let args = Args { open: false, ..Args::default() };
        let function = match class {
            None => value,
            Some(_) if name == "__init__" => return self.call(&value, args, spot).map(drop),
            Some(_) => {
                let instance = self.call(&value, Args::default(), spot)?;
                self.attribute(&instance, name)?
            }
        };
        self.run_groups(&function, spot)?;
        // Whoever calls a generator goes through it.
        let result = self.call(&function, args, spot)?;
        self.exhausted(result).map(drop)
    }
}
