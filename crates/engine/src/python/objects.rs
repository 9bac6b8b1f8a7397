//! Python's protocols for classes and instances of the project: `__new__`, `__post_init__`, descriptors, classes that
//! are dicts, `__subclasses__`, and the dicts of variables that write through (`vars(object)`, `globals()`).
//!
//! Names and attributes are read and written in `store` and `eval`; what libraries' classes do is in `library`.

use std::rc::Rc;

use super::eval::value_env;
use super::ir::*;
use super::machine::{Eval, Machine};
use super::value::*;

/// Where an instance of a class that is a dict keeps its entries.
const ITEMS: Name = Name::new_static("__items__");

/// Where an `ExitStack` keeps what it calls at its end.
const CALLBACKS: Name = Name::new_static("__callbacks__");

/// What an instance is before its `__init__` runs: made, or made elsewhere and only handed out.
pub(crate) enum Made {
    /// A new instance, to be initialised.
    Fresh(Value),
    /// What `__new__` gave that is no instance of the class.
    Other(Value),
}

impl Machine<'_> {
    /// Makes an instance: by the class's own `__new__`, if it has one.
    pub fn make(&mut self, class: &Value, args: &Args, spot: Spot) -> Eval<Made> {
        let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(class, "__new__", None) else {
            let id = self.new_instance(class.clone());
            return Ok(Made::Fresh(Value::of(Data::Instance(id))));
        };
        let made = self.call_function(&closure, Some(class.clone()), args.clone(), spot)?;
        let own = match made.data {
            Data::Instance(id) => self.instance(id).is_some_and(|instance| instance.class.data == class.data),
            _ => false,
        };
        Ok(if own { Made::Fresh(made) } else { Made::Other(made) })
    }

    /// Calls a method of an instance without arguments, if its class has it: `__post_init__`.
    pub fn hook(&mut self, class: &Value, instance: &Value, name: &str, spot: Spot) -> Eval<()> {
        if let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(class, name, None) {
            self.call_function(&closure, Some(instance.clone()), Args::default(), spot)?;
        }
        Ok(())
    }

    /// What reading a class attribute gives where its value is a descriptor of the project. The place to change stays
    /// where the descriptor was made.
    pub fn described(&mut self, value: Value, instance: Option<&Value>, class: &Value) -> Eval<Value> {
        let Data::Instance(id) = value.data else { return Ok(value) };
        let Some(own) = self.instance(id).map(|instance| instance.class.clone()) else { return Ok(value) };
        let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(&own, "__get__", None) else {
            return Ok(value);
        };
        let spot = self.spot(0);
        let this = instance.cloned().unwrap_or(Value::of(Data::None));
        let args = Args { positional: vec![(this, spot), (class.clone(), spot)], ..Args::default() };
        self.call_function(&closure, Some(value), args, spot)
    }

    /// What a descriptor of the project does when its attribute is set.
    pub fn setter(&self, descriptor: &Value) -> Option<Rc<Closure>> {
        let Data::Instance(id) = descriptor.data else { return None };
        match self.class_attribute(&self.instance(id)?.class, "__set__", None)?.data {
            Data::Function(closure) => Some(closure),
            _ => None,
        }
    }

    /// Tells the descriptors of a new class their names.
    pub fn name_descriptors(&mut self, class: &Value, id: Id) -> Eval<()> {
        let attrs: Vec<(Name, Value)> = match self.class(id) {
            Some(class) => class.attrs.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            None => return Ok(()),
        };
        let spot = self.spot(0);
        for (name, value) in attrs {
            let Data::Instance(descriptor) = value.data else { continue };
            let Some(own) = self.instance(descriptor).map(|instance| instance.class.clone()) else { continue };
            if let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(&own, "__set_name__", None)
            {
                let args = [class.clone(), Value::text(&name)].map(|value| (value, spot)).to_vec();
                self.call_function(&closure, Some(value), Args { positional: args, ..Args::default() }, spot)?;
            }
        }
        Ok(())
    }

    /// The entries of a value that is a dict: one itself, or an instance of a class that is one.
    pub fn entries_of(&self, value: &Value) -> Option<Id> {
        match value.data {
            Data::Dict(id) => Some(id),
            Data::Instance(id) => match self.instance(id)?.attrs.get(&ITEMS)?.data {
                Data::Dict(id) => Some(id),
                _ => None,
            },
            _ => None,
        }
    }

    /// Gives an instance of a class that is a dict its entries.
    pub fn init_entries(&mut self, id: Id, entries: Value) {
        if let Some(Object::Instance(instance)) = self.object_mut(id) {
            instance.attrs.insert(ITEMS, entries);
        }
    }

    /// Whether a class is a dict.
    pub fn is_dict_class(&self, class: &Value) -> bool {
        let paths = [
            "builtins.dict",
            "collections.OrderedDict",
            "collections.UserDict",
            "collections.defaultdict",
            "typing.TypedDict",
            "typing_extensions.TypedDict",
        ];
        self.ancestors(class).iter().any(|class| class.as_library().is_some_and(|path| paths.contains(&path)))
    }

    /// The dict of the variables of a scope, class or instance; what is written into it is written there.
    pub fn mirror(&mut self, id: Id, open: bool) -> Value {
        let attrs = match self.object(id) {
            Some(Object::Scope(scope)) => scope.vars.clone(),
            Some(Object::Class(class)) => class.attrs.clone(),
            Some(Object::Instance(instance)) => instance.attrs.clone(),
            _ => return Value::UNKNOWN,
        };
        let entries = attrs.into_iter().map(|(name, value)| (Value::text(&name), value)).collect();
        Value::of(Data::Dict(self.alloc(Object::Dict(Dict { entries, open, mirror: Some(id), ..Dict::default() }))))
    }

    /// Writes what was put into a dict of variables to where they are.
    pub fn write_through(&mut self, dict: Id, key: &Value, value: &Value) {
        let Some(target) = self.dict(dict).and_then(|dict| dict.mirror) else { return };
        let Some(name) = key.as_str().map(Name::from) else { return };
        match self.object_mut(target) {
            Some(Object::Scope(scope)) => drop(scope.vars.insert(name, value.clone())),
            Some(Object::Class(class)) => drop(class.attrs.insert(name, value.clone())),
            Some(Object::Instance(instance)) => drop(instance.attrs.insert(name, value.clone())),
            _ => {}
        }
    }

    /// A variable as a dict of variables shows it now.
    pub fn mirrored(&self, dict: Id, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        match self.object(self.dict(dict)?.mirror?)? {
            Object::Scope(scope) => scope.vars.get(name).cloned(),
            Object::Class(class) => class.attrs.get(name).cloned(),
            Object::Instance(instance) => instance.attrs.get(name).cloned(),
            _ => None,
        }
    }

    /// A method that every class has.
    pub fn call_class(&mut self, id: Id, name: &str, args: &Args) -> Value {
        match name {
            "__subclasses__" => {
                let found = self.subclasses(id).into_iter().map(|id| Value::of(Data::Class(id))).collect();
                Value::of(Data::List(self.alloc(Object::List(List { items: found, open: false }))))
            }
            "mro" => {
                let found = self.ancestors(&Value::of(Data::Class(id)));
                Value::of(Data::List(self.alloc(Object::List(List { items: found, open: false }))))
            }
            "__new__" => match args.positional.first() {
                Some((class, _)) if self.is_metaclass(class) => self.class_being_made(args),
                Some((class, _)) => Value::of(Data::Instance(self.new_instance(class.clone()))),
                None => Value::UNKNOWN,
            },
            _ => Value::UNKNOWN,
        }
    }

    fn is_metaclass(&self, class: &Value) -> bool {
        self.ancestors(class).iter().any(|class| class.as_library() == Some("builtins.type"))
    }

    /// What `type.__new__(metaclass, name, bases, namespace)` gives where a metaclass calls it: the class, with the
    /// attributes that the namespace says.
    pub fn class_being_made(&mut self, args: &Args) -> Value {
        let Some(id) = self.making.last().copied() else { return Value::UNKNOWN };
        if let Some((Value { data: Data::Dict(namespace), .. }, _)) = args.positional.get(3) {
            for (key, value) in self.dict(*namespace).map(|dict| dict.entries.clone()).unwrap_or_default() {
                if let Some(key) = key.as_str() {
                    self.bind(id, key, value);
                }
            }
        }
        Value::of(Data::Class(id))
    }

    /// Puts the variables that are set into a dict; what it lacks from then on is not set.
    pub fn add_environ(&mut self, into: Id, spot: Spot) {
        self.note_defaults(into);
        let names: Vec<Name> = self.state.env.keys().cloned().collect();
        for name in names {
            let value = self.environ(&name, spot);
            if value.data != Data::None {
                self.put(into, Value::text(&name), value, spot);
            }
        }
        if let Some(dict) = self.dict_mut(into) {
            dict.environ = true;
        }
    }

    /// Notes that the texts of a mapping which the environment is put over are what variables are that nobody sets: they
    /// are set there, as far as the program sets them.
    fn note_defaults(&mut self, into: Id) {
        let Some(dict) = self.dict_mut(into).filter(|dict| !dict.config) else { return };
        let mut names = Vec::new();
        for (key, value) in &mut dict.entries {
            let (Some(name), Some(spot)) = (key.as_str().map(Name::from), key.origin()) else { continue };
            if value.as_str().is_none() || !value_env(value).is_empty() {
                continue;
            }
            names.push(name.clone());
            Rc::make_mut(value.from.get_or_insert_default()).env.push(Lookup { name, spot, set: true });
        }
        self.lookups.extend(names);
    }

    /// A copy of an object; of what it holds too, so many levels deep.
    pub fn copied(&mut self, value: &Value, depth: u32) -> Value {
        if depth == 0 {
            return value.clone();
        }
        let id = match value.data {
            Data::Dict(id) | Data::List(id) | Data::Instance(id) => id,
            _ => return value.clone(),
        };
        let inner = depth - 1;
        let object = match self.object(id).cloned() {
            Some(Object::Dict(dict)) => {
                let copy = |(key, value): (Value, Value)| (key, self.copied(&value, inner));
                let entries = dict.entries.into_iter().map(copy).collect();
                Object::Dict(Dict { entries, config: false, mirror: None, ..dict })
            }
            Some(Object::List(list)) => {
                let items = list.items.into_iter().map(|item| self.copied(&item, inner)).collect();
                Object::List(List { items, ..list })
            }
            Some(Object::Instance(instance)) if self.kind(value).is_none() => {
                let copy = |(name, value): (Name, Value)| (name, self.copied(&value, inner));
                let attrs = instance.attrs.into_iter().map(copy).collect();
                Object::Instance(Instance { attrs, ..instance })
            }
            _ => return value.clone(),
        };
        let id = self.alloc(object);
        let data = match value.data {
            Data::Dict(_) => Data::Dict(id),
            Data::List(_) => Data::List(id),
            _ => Data::Instance(id),
        };
        Value { data, from: value.from.clone() }
    }

    /// Keeps a call for the end of the `with` that an `ExitStack` stands in.
    pub fn keep_callback(&mut self, stack: Id, call: Value) {
        let known = self.instance(stack).and_then(|stack| stack.attrs.get(&CALLBACKS)).cloned();
        let mut items = known.and_then(|known| self.items(&known)).unwrap_or_default();
        items.push(call);
        if let Some(Object::Instance(stack)) = self.object_mut(stack) {
            stack.attrs.insert(CALLBACKS, Value::of(Data::Tuple(Rc::new(items))));
        }
    }

    /// Makes the calls that an `ExitStack` kept, the last one first.
    pub fn run_callbacks(&mut self, manager: &Value, spot: Spot) -> Eval<()> {
        let Data::Instance(id) = manager.data else { return Ok(()) };
        let kept = match self.object_mut(id) {
            Some(Object::Instance(stack)) => stack.attrs.remove(&CALLBACKS),
            _ => None,
        };
        for call in kept.and_then(|kept| self.items(&kept)).unwrap_or_default().into_iter().rev() {
            self.call(&call, Args::default(), spot)?;
        }
        Ok(())
    }

    /// A member of a flag enumeration that an operator made of two.
    pub fn combined_flags(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Option<Value> {
        let member = |value: &Value| match value.data {
            Data::Instance(id) => self.instance(id).filter(|member| self.is_enum(&member.class)),
            _ => None,
        };
        let (x, y) = (member(a)?, member(b)?);
        let number = |member: &Instance| match member.attrs.get("value")?.data {
            Data::Int(number) => Some(number),
            _ => None,
        };
        let (class, x, y) = (x.class.clone(), number(x)?, number(y)?);
        let value = match op {
            BinaryOp::BitOr => x | y,
            BinaryOp::BitAnd => x & y,
            BinaryOp::BitXor => x ^ y,
            _ => return None,
        };
        Some(self.enum_member(&class, "", Value::of(Data::Int(value))))
    }

    /// Whether a flag has all that another one has: `Feature.DEBUG in features`; `None` for anything else.
    pub fn has_flags(&self, flags: &Value, other: &Value) -> Option<bool> {
        let (Data::Instance(flags), Data::Instance(other)) = (&flags.data, &other.data) else { return None };
        let (flags, other) = (self.instance(*flags)?, self.instance(*other)?);
        let number = |member: &Instance| match member.attrs.get("value").map(|value| &value.data) {
            Some(Data::Int(number)) => Some(*number),
            _ => None,
        };
        let (all, some) = (number(flags)?, number(other)?);
        (self.is_enum(&flags.class) && self.is_enum(&other.class)).then_some(all & some == some)
    }

    /// `enum.auto()` in the body of a class: the next number.
    pub fn next_number(&self) -> Value {
        let class = self.frames.last().and_then(|frame| frame.class);
        let Some(class) = class.and_then(|class| self.class(class)) else { return Value::UNKNOWN };
        let count = class.attrs.values().filter(|value| matches!(value.data, Data::Int(_))).count() as u32;
        let base =
            |name: &str| class.bases.iter().any(|base| base.as_library().is_some_and(|path| path.ends_with(name)));
        if base("StrEnum") {
            return Value::UNKNOWN;
        }
        Value::of(Data::Int(if base("Flag") { 1 << count.min(60) } else { i64::from(count) + 1 }))
    }

    /// An instance's own application of a class attribute that is a `partialmethod`.
    pub fn bound_partial(&self, value: &Value, instance: &Value, spot: Spot) -> Option<Value> {
        let Data::Partial(partial) = &value.data else { return None };
        if let Some(bound) = Self::bound_patched(partial, instance, spot) {
            return Some(bound);
        }
        let Data::Library(marker) = &partial.1.positional.first()?.0.data else { return None };
        if marker != "functools.partialmethod" {
            return None;
        }
        let mut args = partial.1.clone();
        args.positional[0] = (instance.clone(), spot);
        Some(Value::of(Data::Partial(Rc::new((partial.0.clone(), args)))))
    }
}
