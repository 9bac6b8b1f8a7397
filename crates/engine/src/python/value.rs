//! What an expression is known to be, and where that came from.
//!
//! Values are concrete: the machine runs the program once for each environment that matters (variable unset, `0`,
//! `1`), so "from the environment" is not a value of its own but a note on one ([`From::env`]). What is not known is
//! [`Data::Unknown`], a legal answer that means silence.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::ir::{Function, Name, Site};

/// An object's index in the machine's heap.
pub(crate) type Id = usize;

/// A file's number in the project.
pub(crate) type FileId = u32;

/// A statement's number in its file, stable while other statements change.
pub(crate) type UnitId = u32;

/// A node of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Spot {
    pub file: FileId,
    pub unit: UnitId,
    pub site: Site,
}

/// The dotted path of `...`, which is true.
pub(crate) const ELLIPSIS: &str = "builtins.Ellipsis";

/// What stands in a text for a piece of it that is not known.
pub(crate) const UNKNOWN_PIECE: char = '\u{fffd}';

/// Units from here on are byte ranges of a file that is not Python: `RAW + index` into the file's table of places.
pub(crate) const RAW: UnitId = 1 << 31;

/// How debug was switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Means {
    /// The `debug` argument of a launch.
    Argument,
    /// The `debug` attribute of an application or its class.
    Attribute,
    /// The `DEBUG` key of a configuration.
    Config,
    /// An environment variable that is set in a file of the project.
    Variable,
    /// A flag on a command line.
    Flag,
    /// The Werkzeug debugger, put on by itself.
    Debugger,
    /// The same, by what is put around an application.
    Wrapper,
}

/// A lookup of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lookup {
    pub name: Name,
    pub spot: Spot,
    /// Whether a file of the project set the variable; the spot is then that place.
    pub set: bool,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct From {
    /// The named place that the value was written at: the statement, pair, argument or parameter to change.
    pub origin: Option<Spot>,
    /// The literal that it was written as where it has no name: an element of a tuple, a default of an option.
    pub literal: Option<Spot>,
    /// The `*arguments` of a call that handed the literal on: what a reader of the call sees.
    pub handed: Option<Spot>,
    /// Whether the literal is the default of an option: what counts is where the option is used.
    pub is_option: bool,
    /// The text of the program that it was read out of: it is written there, but cannot be changed alone.
    pub text_at: Option<Spot>,
    /// Whether that text is what `origin` is.
    pub is_in_text: bool,
    /// Through what it became an application's debug state.
    pub via: Option<(Means, Spot)>,
    /// The environment lookups that it depends on.
    pub env: Vec<Lookup>,
    /// Whether a string's truth was taken on the way.
    pub text: bool,
    /// Whether it is a path that begins at a folder which is named in full.
    pub is_anchored: bool,
    /// Whether a word that means off turned it on (`FLASK_DEBUG=off`).
    pub off_word: bool,
    /// Whether a field took it that has a type: `None` is refused there.
    pub is_typed: bool,
    /// What outside the project it is if it is not `None`: a library that may be missing.
    pub optional: Option<Name>,
    /// The module outside the project of which it says whether it is installed.
    pub flag_of: Option<Name>,
}

/// A value with its provenance.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub data: Data,
    pub from: Option<Rc<From>>,
}

/// What is known of a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    Unknown,
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Arc<str>),
    /// Bytes, as the text that they encode.
    Bytes(Arc<str>),
    Tuple(Rc<Vec<Value>>),
    List(Id),
    Dict(Id),
    /// A module of the project.
    Module(FileId),
    /// Something outside the project, by its dotted path: `flask.Flask`, `os.environ`.
    Library(Name),
    Class(Id),
    Instance(Id),
    Function(Rc<Closure>),
    /// A function bound to its first argument.
    Method(Rc<(Value, Rc<Closure>)>),
    /// A method of something whose behaviour is modelled: `app.run`, `"x".lower`, `options.get`.
    Attribute(Rc<(Value, Name)>),
    /// `super()` of an instance or a class, looking above a class.
    Super(Id, Id),
    /// `functools.partial(function, ...)`.
    Partial(Rc<(Value, Args)>),
    /// `property`-like: the getter to call with the instance.
    Property(Rc<Closure>),
}

/// A function with the scope that it was defined in.
#[derive(Debug, Clone)]
pub(crate) struct Closure {
    pub function: Arc<Function>,
    pub file: FileId,
    pub unit: UnitId,
    pub scope: Id,
    pub defaults: Vec<Option<Value>>,
    /// Values that decorators such as `click.option` pass for parameters.
    pub options: BTreeMap<Name, Value>,
    /// The class whose body it was defined in.
    pub class: Option<Id>,
    pub is_static: bool,
    pub is_class_method: bool,
    /// Whether it is a `@contextmanager`: its body runs around that of a `with`.
    pub context: bool,
    /// For a command of click: what its `default_map` says, or `None`.
    pub command: Option<Value>,
    /// For a command of click: the group that runs before it does, and its name there.
    pub group: Option<(Value, Name)>,
    /// What the variables begin with that the options of the command are read from.
    pub prefix: Option<Name>,
}

impl PartialEq for Closure {
    fn eq(&self, other: &Closure) -> bool {
        let place = |it: &Closure| (it.file, it.unit, it.scope, it.class, it.is_static, it.is_class_method, it.context);
        // Bodies are large, and nearly always one and the same.
        let same = Arc::ptr_eq(&self.function, &other.function) || self.function == other.function;
        let same = same && place(self) == place(other) && self.command == other.command && self.group == other.group;
        same && self.defaults == other.defaults && self.options == other.options
    }
}

/// The arguments of a call.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Args {
    pub positional: Vec<(Value, Spot)>,
    pub keywords: Vec<(Name, Value, Spot)>,
    /// Whether `*` or `**` of something unknown may add more.
    pub open: bool,
}

impl Args {
    /// The keyword argument of this name.
    pub fn keyword(&self, name: &str) -> Option<(&Value, Spot)> {
        self.keywords.iter().rev().find(|(key, _, _)| key == name).map(|(_, value, spot)| (value, *spot))
    }

    /// The argument given at a position or by name.
    pub fn find(&self, position: Option<usize>, name: &str) -> Option<(&Value, Spot)> {
        let by_position = position.and_then(|at| self.positional.get(at)).map(|(value, spot)| (value, *spot));
        by_position.or_else(|| self.keyword(name))
    }
}

/// An object of the heap.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Object {
    Scope(Scope),
    List(List),
    Dict(Dict),
    Class(Class),
    Instance(Instance),
}

/// The variables of a module, a function call or a class body.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Scope {
    pub vars: BTreeMap<Name, Value>,
    pub parent: Option<Id>,
    /// A star import of something unknown may have bound any name.
    pub open: bool,
}

/// A list or set.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct List {
    pub items: Vec<Value>,
    /// Whether there may be more than is known.
    pub open: bool,
}

/// A dict, in insertion order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Dict {
    pub entries: Vec<(Value, Value)>,
    /// Whether there may be more than is known.
    pub open: bool,
    /// Whether it is the configuration of an application.
    pub config: bool,
    /// The scope, class or instance whose variables these are.
    pub mirror: Option<Id>,
    /// Whether it holds a copy of the environment: what it lacks is a variable that is not set.
    pub environ: bool,
    /// What is called for the value of a key that is not there (`defaultdict`).
    pub factory: Option<Value>,
}

/// A class of the project.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Class {
    pub name: Name,
    pub bases: Vec<Value>,
    pub attrs: BTreeMap<Name, Value>,
    pub file: FileId,
    /// Names annotated in the body, in order, for dataclasses.
    pub fields: Vec<Name>,
    /// Those of them that are annotated as `bool`.
    pub booleans: Vec<Name>,
    /// Those of a pydantic model that are models themselves, each with its class.
    pub models: Vec<(Name, Value)>,
    pub dataclass: bool,
}

/// An instance of a class of the project or of a library.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Instance {
    /// `Data::Class` or `Data::Library`.
    pub class: Value,
    pub attrs: BTreeMap<Name, Value>,
}

impl From {
    /// Where the value was written: a literal is one before it gets a name.
    pub fn written(&self) -> Option<Spot> {
        if self.is_option { self.origin } else { self.handed.or(self.literal).or(self.origin) }
    }

    /// Where a fix can change it as well: the other end of the way from the literal to `via`, where it became debug state.
    pub fn remedy(&self, via: Spot) -> Option<Spot> {
        match self.is_option {
            _ if self.is_in_text => Some(via),
            true => self.literal.filter(|_| self.origin.is_none()),
            false => self.literal.map(|literal| self.handed.map_or(self.origin.unwrap_or(via), |_| literal)),
        }
    }
}

impl Value {
    /// A value of which nothing is known.
    pub const UNKNOWN: Value = Value { data: Data::Unknown, from: None };

    /// A value without provenance.
    pub fn of(data: Data) -> Value {
        Value { data, from: None }
    }

    /// A string.
    pub fn text(text: &str) -> Value {
        Value::of(Data::Str(Arc::from(text)))
    }

    /// Something outside the project.
    pub fn library(path: &str) -> Value {
        Value::of(Data::Library(Name::from(path)))
    }

    /// The string, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The dotted path, where it is outside the project.
    pub fn as_library(&self) -> Option<&str> {
        match &self.data {
            Data::Library(path) => Some(path),
            _ => None,
        }
    }

    /// Whether it is `...`.
    pub fn is_ellipsis(&self) -> bool {
        self.as_library() == Some(ELLIPSIS)
    }

    /// Where the value was written, if that is a named place.
    pub fn origin(&self) -> Option<Spot> {
        self.from.as_ref().and_then(|from| from.origin)
    }

    /// Where a file that is not Python says it: a setting, or a word of the command that starts the program.
    pub fn outside(&self) -> Option<Spot> {
        self.origin().filter(|place| place.unit >= RAW)
    }

    /// The same value, said to be written at `spot` unless it already has an origin.
    pub fn at(mut self, spot: Spot) -> Value {
        if self.origin().is_none() {
            let mut from = self.from.as_deref().cloned().unwrap_or_default();
            from.origin = Some(spot);
            self.from = Some(Rc::new(from));
        }
        self
    }

    /// The same value, said to be written as the literal at `spot`.
    pub fn literal_at(mut self, spot: Spot) -> Value {
        let mut from = self.from.as_deref().cloned().unwrap_or_default();
        from.literal = Some(spot);
        self.from = Some(Rc::new(from));
        self
    }

    /// The same value, said to be the default of an option at `spot`, unless it was written elsewhere.
    pub fn option_at(self, spot: Spot) -> Value {
        if self.origin().is_some() {
            return self;
        }
        let mut value = self.literal_at(spot);
        if let Some(from) = value.from.as_mut() {
            Rc::make_mut(from).is_option = true;
        }
        value
    }

    /// The same value, said to be handed on with others by the `*arguments` at `spot`, where it is a literal.
    pub fn handed_at(mut self, spot: Spot) -> Value {
        if let Some(from) = self.from.as_mut().filter(|from| from.literal.is_some() && from.origin.is_none()) {
            Rc::make_mut(from).handed = Some(spot);
        }
        self
    }

    /// The literal that the value was written as, or `otherwise`.
    pub fn literal_or(&self, otherwise: Spot) -> Spot {
        self.from.as_ref().and_then(|from| from.literal).unwrap_or(otherwise)
    }

    /// The same value, said to have become debug state in this way.
    pub fn via(mut self, means: Means, spot: Spot) -> Value {
        let mut from = self.from.as_deref().cloned().unwrap_or_default();
        from.via = Some((means, spot));
        self.from = Some(Rc::new(from));
        self
    }

    /// The text of the program that the value is, or was read out of.
    pub fn text_place(&self) -> Option<Spot> {
        let from = self.from.as_deref()?;
        let is_text = matches!(self.data, Data::Str(_) | Data::Bytes(_));
        let own = from.literal.filter(|_| !from.is_option).or(from.origin).filter(|_| is_text);
        from.text_at.or(own.filter(|place| place.unit < RAW))
    }

    /// The same value, said to be read out of the text at `spot`, unless that is known to be another one.
    pub fn in_text(mut self, spot: Spot) -> Value {
        Rc::make_mut(self.from.get_or_insert_default()).text_at.get_or_insert(spot);
        self
    }

    /// The same value, handed on by a whole mapping, which shows neither its name nor what it is: it stands in the text
    /// that it was read out of, where it has no other place.
    pub fn handed_in_text(mut self) -> Value {
        if let Some(from) = self.from.as_mut()
            && from.literal.or(from.origin).is_none()
            && from.text_at.is_some()
        {
            let from = Rc::make_mut(from);
            (from.origin, from.is_in_text) = (from.text_at, true);
        }
        self
    }

    /// Another value that was computed from these: it depends on the same environment, and has no origin of its own.
    pub fn derived(data: Data, sources: &[&Value]) -> Value {
        let text_at = sources.iter().find_map(|value| value.text_place());
        let mut env: Vec<Lookup> = Vec::new();
        let mut text = false;
        for from in sources.iter().filter_map(|value| value.from.as_ref()) {
            text |= from.text;
            for lookup in &from.env {
                if !env.contains(lookup) {
                    env.push(lookup.clone());
                }
            }
        }
        if env.is_empty() && !text && text_at.is_none() {
            return Value::of(data);
        }
        Value { data, from: Some(Rc::new(From { env, text, text_at, ..From::default() })) }
    }

    /// The same value, noting that a string's truth was taken.
    pub fn truth_tested(mut self) -> Value {
        let mut from = self.from.as_deref().cloned().unwrap_or_default();
        from.text = true;
        self.from = Some(Rc::new(from));
        self
    }

    /// The same value, taken by a field that has a type.
    pub fn typed(mut self) -> Value {
        Rc::make_mut(self.from.get_or_insert_default()).is_typed = true;
        self
    }

    /// The same value, said to be a path that begins at a folder which is named in full.
    pub fn anchored(mut self) -> Value {
        Rc::make_mut(self.from.get_or_insert_default()).is_anchored = true;
        self
    }

    /// Whether it is such a path.
    pub fn is_anchored(&self) -> bool {
        self.from.as_ref().is_some_and(|from| from.is_anchored)
    }

    /// The same value, said to tell whether a module is installed.
    pub fn flag_of(mut self, module: Name) -> Value {
        Rc::make_mut(self.from.get_or_insert_default()).flag_of = Some(module);
        self
    }

    /// The package that may be missing which it is a part of, or of which it says whether it is installed.
    pub fn may_miss(&self) -> Option<&str> {
        let from = self.from.as_ref().filter(|_| self.data == Data::Unknown)?;
        package_of(from.flag_of.as_ref().or(from.optional.as_ref())?)
    }

    /// What it is where somebody calls it or asks it for an attribute: then it is not `None`.
    pub fn used(&self) -> Cow<'_, Value> {
        match (&self.data, self.from.as_ref().and_then(|from| from.optional.as_ref())) {
            (Data::Unknown, Some(path)) => Cow::Owned(Value::of(Data::Library(path.clone()))),
            _ => Cow::Borrowed(self),
        }
    }

    /// What two paths have in common.
    pub fn join(a: &Value, b: &Value) -> Value {
        if a.data == b.data {
            return if a.from.is_some() { a.clone() } else { b.clone() };
        }
        let mut joined = Value::derived(Data::Unknown, &[a, b]);
        let optional = match (&a.used().data, &b.used().data) {
            (Data::Library(path), Data::None) | (Data::None, Data::Library(path)) => Some(path.clone()),
            (Data::Library(path), Data::Library(other)) if path == other => Some(path.clone()),
            _ => None,
        };
        if optional.is_some() {
            Rc::make_mut(joined.from.get_or_insert_default()).optional = optional;
        }
        joined
    }
}

/// The package that a dotted path is in.
pub(crate) fn package_of(path: &str) -> Option<&str> {
    path.split('.').next()
}
