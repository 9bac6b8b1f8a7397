//! Functions of the standard library that build values or call what they are given: `namedtuple`, `ChainMap`,
//! `operator`, executors, `atexit`.

use std::rc::Rc;

use std::collections::BTreeMap;

use super::super::context::SUPPRESS;
use super::super::eval::{spread, value_env};
use super::super::ir::*;
use super::super::machine::{Eval, Frame, Machine, is_setting};
use super::super::operators::ONCE;
use super::super::value::*;

/// What a name of the standard library is wherever programs are deployed.
pub(super) fn constant(path: &str) -> Option<Value> {
    Some(match path {
        "typing.TYPE_CHECKING" | "typing_extensions.TYPE_CHECKING" => Value::of(Data::Bool(false)),
        // Servers run Linux: what is done elsewhere is not what is deployed.
        "os.name" => Value::text("posix"),
        "sys.platform" => Value::text("linux"),
        "sys.executable" => Value::text("python"),
        "sys.version_info" => version_info(),
        "logging.NOTSET" => Value::of(Data::Int(0)),
        "logging.DEBUG" => Value::of(Data::Int(10)),
        "logging.INFO" => Value::of(Data::Int(20)),
        "logging.WARNING" | "logging.WARN" => Value::of(Data::Int(30)),
        "logging.ERROR" => Value::of(Data::Int(40)),
        "logging.CRITICAL" | "logging.FATAL" => Value::of(Data::Int(50)),
        // Python runs without `-O` and the like, as far as a program can tell from itself.
        _ if path.starts_with("sys.flags.") => Value::of(Data::Int(0)),
        _ => return None,
    })
}

/// `sys.version_info`, of a Python that is neither old nor the newest.
fn version_info() -> Value {
    let parts = [3, 12, 0].map(|part| Value::of(Data::Int(part)));
    Value::of(Data::Tuple(Rc::new(parts.to_vec())))
}

impl Machine<'_> {
    /// A call of one of these functions; `None` for any other path.
    pub(super) fn call_standard(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        let first = args.positional.first().map(|(value, _)| value.clone());
        let first = first.unwrap_or(Value::UNKNOWN);
        Some(Ok(match path {
            "collections.namedtuple" | "typing.NamedTuple" => self.named_tuple(args),
            "collections.ChainMap" => {
                let id = self.alloc(Object::Dict(Dict::default()));
                for (mapping, _) in args.positional.iter().rev() {
                    self.update_dict(id, mapping, spot);
                }
                Value::of(Data::Dict(id))
            }
            "collections.OrderedDict"
            | "collections.UserDict"
            | "weakref.WeakValueDictionary"
            | "weakref.WeakKeyDictionary" => return Some(self.call_builtin("dict", args, spot)),
            "collections.defaultdict" => {
                let rest = Args { positional: args.positional.iter().skip(1).cloned().collect(), ..args.clone() };
                let dict = match self.call_builtin("dict", &rest, spot) {
                    Ok(dict) => dict,
                    Err(stop) => return Some(Err(stop)),
                };
                if let Data::Dict(id) = dict.data
                    && let Some(dict) = self.dict_mut(id)
                {
                    dict.open = true;
                    dict.factory = Some(first);
                }
                dict
            }
            "weakref.WeakSet" => return Some(self.call_builtin("set", args, spot)),
            "collections.Counter" if self.items(&first).is_some() => {
                let mut entries: Vec<(Value, Value)> = Vec::new();
                for item in self.items(&first).unwrap_or_default() {
                    match entries.iter_mut().find(|(key, _)| key.data == item.data) {
                        Some((_, Value { data: Data::Int(count), .. })) => *count += 1,
                        _ => entries.push((item, Value::of(Data::Int(1)))),
                    }
                }
                let open = true;
                Value::of(Data::Dict(self.alloc(Object::Dict(Dict { entries, open, ..Dict::default() }))))
            }
            "dataclasses.fields" | "attr.fields" | "attrs.fields" => {
                let class = match first.data {
                    Data::Instance(id) => self.instance(id).map_or(Value::UNKNOWN, |instance| instance.class.clone()),
                    _ => first,
                };
                let mut names: Vec<Name> = Vec::new();
                for ancestor in self.ancestors(&class).iter().rev() {
                    let Data::Class(id) = ancestor.data else { continue };
                    names.extend(self.class(id).into_iter().flat_map(|class| class.fields.iter().cloned()));
                }
                let mut fields = Vec::with_capacity(names.len());
                for name in names {
                    let id = self.new_instance(Value::library("dataclasses.Field"));
                    if let Some(Object::Instance(field)) = self.object_mut(id) {
                        field.attrs.insert(Name::new_static("name"), Value::text(&name));
                    }
                    fields.push(Value::of(Data::Instance(id)));
                }
                Value::of(Data::Tuple(std::rc::Rc::new(fields)))
            }
            "types.MappingProxyType" => first,
            ONCE => return Some(self.call_once(args, spot)),
            SUPPRESS | "pytest.raises" => self.exception(SUPPRESS, args),
            "operator.setitem" | "operator.__setitem__" => {
                if let [(object, _), (key, _), (value, at), ..] = args.positional.as_slice() {
                    let value = if is_setting(value) { value.clone().at(*at) } else { value.clone() };
                    self.set_item(object, key.clone(), value, spot);
                }
                Value::of(Data::None)
            }
            "operator.truth" => return Some(self.call_builtin("bool", args, spot)),
            "operator.not_" => {
                let data = self.truth(&first).map_or(Data::Unknown, |truth| Data::Bool(!truth));
                self.truth_of(data, &[&first])
            }
            // What these make is a call that waits for its object, which comes last.
            "operator.methodcaller" | "operator.attrgetter" | "operator.itemgetter" => {
                let inner = Value::library(&format!("{path} of"));
                Value::of(Data::Partial(std::rc::Rc::new((inner, args.clone()))))
            }
            "operator.methodcaller of" => {
                let (Some((object, _)), Some(name)) = (args.positional.last().cloned(), first.as_str()) else {
                    return Some(Ok(Value::UNKNOWN));
                };
                let name = name.to_owned();
                let inner = args.positional.len() - 1;
                let rest = Args { positional: args.positional[1..inner.max(1)].to_vec(), ..args.clone() };
                let method = self.attribute(&object, &name);
                return Some(method.and_then(|method| self.call(&method, rest, spot)));
            }
            "operator.attrgetter of" | "operator.itemgetter of" => {
                let [(key, _), (object, _)] = args.positional.as_slice() else { return Some(Ok(Value::UNKNOWN)) };
                if path.starts_with("operator.item") {
                    return Some(self.item(object, key));
                }
                let mut object = object.clone();
                for name in key.as_str().unwrap_or_default().split('.') {
                    object = match self.attribute(&object, name) {
                        Ok(value) => value,
                        Err(stop) => return Some(Err(stop)),
                    };
                }
                object
            }
            "operator.getitem" => {
                let key = args.positional.get(1).map(|(value, _)| value.clone()).unwrap_or(Value::UNKNOWN);
                return Some(self.item(&first, &key));
            }
            "itertools.chain.from_iterable" => match self.items(&first) {
                Some(parts) => {
                    let positional = parts.into_iter().map(|part| (part, spot)).collect();
                    let args = Args { positional, ..Args::default() };
                    return self.call_standard("itertools.chain", &args, spot);
                }
                None => Value::UNKNOWN,
            },
            "collections.deque" => return Some(self.call_builtin("list", args, spot)),
            "operator.or_" | "operator.and_" | "operator.xor" | "operator.add" => {
                let [(a, _), (b, _)] = args.positional.as_slice() else { return Some(Ok(Value::UNKNOWN)) };
                let op = match path.rsplit('.').next() {
                    Some("or_") => BinaryOp::BitOr,
                    Some("and_") => BinaryOp::BitAnd,
                    Some("xor") => BinaryOp::BitXor,
                    _ => BinaryOp::Add,
                };
                self.binary(op, a, b)
            }
            "asyncio.gather" => {
                let items = args.positional.iter().map(|(value, _)| value.clone()).collect();
                self.new_list(items)
            }
            "itertools.chain" => {
                let all: Option<Vec<Vec<Value>>> = args.positional.iter().map(|(part, _)| self.items(part)).collect();
                match all {
                    Some(all) => self.new_list(all.concat()),
                    None => Value::UNKNOWN,
                }
            }
            "functools.reduce" => return Some(self.reduce(args, spot)),
            "dataclasses.asdict" | "attr.asdict" | "attrs.asdict" => {
                return Some(self.call_builtin("vars", args, spot));
            }
            "dataclasses.replace" | "attr.evolve" | "attrs.evolve" => self.replaced(&first, args),
            "asyncio.get_event_loop" | "asyncio.new_event_loop" | "asyncio.get_running_loop" => {
                let id = self.new_instance(Value::library("asyncio.Loop"));
                Value::of(Data::Instance(id))
            }
            "asyncio.to_thread"
            | "gevent.spawn"
            | "eventlet.spawn"
            | "eventlet.spawn_n"
            | "trio.run"
            | "contextvars.copy_context" => return Some(self.call_first(args, 0, spot)),
            "_thread.start_new_thread" => return Some(self.call_packed(args, 0, ["args", "kwargs"], spot)),
            "atexit.register" => {
                if let Some(((function, _), rest)) = args.positional.split_first() {
                    let rest = Args { positional: rest.to_vec(), ..args.clone() };
                    self.at_exit.push((function.clone(), rest, spot));
                }
                first
            }
            _ => return None,
        }))
    }

    /// `executor.submit(function, ...)`: calls the argument at `position` with those behind it.
    pub(super) fn call_first(&mut self, args: &Args, position: usize, spot: Spot) -> Eval<Value> {
        let Some((function, _)) = args.positional.get(position).cloned() else { return Ok(Value::UNKNOWN) };
        let rest = Args { positional: args.positional[position + 1..].to_vec(), ..args.clone() };
        // Another thread: what it raises does not end the program.
        Ok(self.call(&function, rest, spot).unwrap_or(Value::UNKNOWN))
    }

    /// `pool.apply(function, args, kwargs)`: calls the argument at `position` with a packed tuple and dict.
    pub(super) fn call_packed(&mut self, args: &Args, position: usize, names: [&str; 2], spot: Spot) -> Eval<Value> {
        let Some((function, _)) = args.positional.get(position).cloned() else { return Ok(Value::UNKNOWN) };
        let packed = args.find(Some(position + 1), names[0]).map(|(value, _)| value.clone());
        let keywords = args.find(Some(position + 2), names[1]).map(|(value, _)| value.clone());
        let call = self.unpacked(packed.as_ref(), keywords.as_ref(), spot);
        Ok(self.call(&function, call, spot).unwrap_or(Value::UNKNOWN))
    }

    /// The arguments that a tuple and a dict stand for.
    pub(super) fn unpacked(&self, positional: Option<&Value>, keywords: Option<&Value>, spot: Spot) -> Args {
        let mut call = Args::default();
        if let Some(items) = positional.and_then(|value| self.items(value)) {
            call.positional = items.into_iter().map(|item| (item.clone(), item.literal_or(spot))).collect();
        }
        if let Some(Value { data: Data::Dict(id), .. }) = keywords {
            for (key, value) in self.dict(*id).map(|dict| dict.entries.clone()).unwrap_or_default() {
                if let Some(key) = key.as_str() {
                    call.keywords.push(spread(key, value, spot));
                }
            }
        }
        call
    }

    /// What the program does when it ends.
    pub fn run_at_exit(&mut self) {
        for (function, args, spot) in std::mem::take(&mut self.at_exit).into_iter().rev() {
            let _ = self.call(&function, args, spot);
        }
    }

    /// A list.
    pub(super) fn new_list(&mut self, items: Vec<Value>) -> Value {
        Value::of(Data::List(self.alloc(Object::List(List { items, open: false }))))
    }

    /// `namedtuple("Options", "host debug", defaults=[True])` makes a class with fields.
    fn named_tuple(&mut self, args: &Args) -> Value {
        let name = args.positional.first().and_then(|(value, _)| value.as_str()).unwrap_or_default().to_owned();
        let Some((listed, _)) = args.positional.get(1).cloned() else { return Value::UNKNOWN };
        let fields: Vec<Name> = match listed.as_str() {
            Some(text) => text.split([',', ' ']).filter(|word| !word.is_empty()).map(Name::from).collect(),
            None => {
                let items = self.items(&listed).unwrap_or_default();
                let named = items.iter().filter_map(|item| {
                    item.as_str().map(Name::from).or_else(|| self.items(item)?.first()?.as_str().map(Name::from))
                });
                named.collect()
            }
        };
        let defaults = args.keyword("defaults").and_then(|(value, _)| self.items(value)).unwrap_or_default();
        let defaulted = fields.len().saturating_sub(defaults.len());
        let attrs: BTreeMap<Name, Value> = fields.iter().skip(defaulted).cloned().zip(defaults).collect();
        let bases = vec![Value::library("typing.NamedTuple")];
        let file = self.frames.last().map_or(0, |frame| frame.file);
        let class = Class {
            name: Name::from(name),
            bases,
            attrs,
            file,
            fields,
            booleans: Vec::new(),
            models: Vec::new(),
            dataclass: true,
        };
        Value::of(Data::Class(self.alloc(Object::Class(class))))
    }

    /// The fields of a named tuple's instance, in order.
    pub fn tuple_fields(&self, value: &Value) -> Option<Vec<(Name, Value)>> {
        let Data::Instance(id) = value.data else { return None };
        let instance = self.instance(id)?;
        let classes = self.ancestors(&instance.class);
        classes.iter().find(|class| class.as_library() == Some("typing.NamedTuple"))?;
        let fields = classes.iter().find_map(|class| match class.data {
            Data::Class(id) => self.class(id).map(|class| class.fields.clone()).filter(|fields| !fields.is_empty()),
            _ => None,
        })?;
        let value = |field: &Name| instance.attrs.get(field).cloned().unwrap_or(Value::UNKNOWN);
        Some(fields.into_iter().map(|field| (field.clone(), value(&field))).collect())
    }

    /// A copy of an instance with some attributes changed.
    pub(super) fn replaced(&mut self, object: &Value, args: &Args) -> Value {
        let Data::Instance(id) = object.data else { return Value::UNKNOWN };
        let Some(mut copy) = self.instance(id).cloned() else { return Value::UNKNOWN };
        for (name, value, at) in &args.keywords {
            let value = if is_setting(value) { value.clone().at(*at) } else { value.clone() };
            copy.attrs.insert(name.clone(), value);
        }
        Value::of(Data::Instance(self.alloc(Object::Instance(copy))))
    }

    fn reduce(&mut self, args: &Args, spot: Spot) -> Eval<Value> {
        let [(function, _), (list, _), rest @ ..] = args.positional.as_slice() else { return Ok(Value::UNKNOWN) };
        let Some(items) = self.items(list).filter(|items| items.len() <= 64) else { return Ok(Value::UNKNOWN) };
        let mut items = rest.first().map(|(start, _)| start.clone()).into_iter().chain(items);
        let Some(mut result) = items.next() else { return Ok(Value::UNKNOWN) };
        for item in items {
            let pair = Args { positional: vec![(result, spot), (item, spot)], ..Args::default() };
            result = self.call(function, pair, spot)?;
        }
        Ok(result)
    }

    /// Runs a program that stands in a word of a file which is not Python: every place in it is that word.
    pub fn run_text(&mut self, file: FileId, text: &str, spot: Spot) -> Eval<Value> {
        let scope = self.alloc(Object::Scope(Scope::default()));
        self.bind(scope, "__name__", Value::text("__main__"));
        self.frames.push(Frame::new(file, 0, scope));
        let result = self.eval_text(text, &Value::text(text), spot);
        self.frames.pop();
        result
    }

    /// What a text of Python evaluates to here (`eval`), or what it does (`exec`): every place in it is the call's.
    pub(super) fn eval_text(&mut self, text: &str, source: &Value, spot: Spot) -> Eval<Value> {
        let statements = super::super::lower::lower_text(text);
        let Some(frame) = self.frames.last_mut() else { return Ok(Value::UNKNOWN) };
        // A function of a text that stands in another file than one of Python knows its place by that.
        let unit = if spot.unit >= RAW { spot.unit } else { RAW - 1 };
        let outer = (frame.fixed.replace(spot), std::mem::replace(&mut frame.unit, unit));
        let depth = self.frames.len();
        let mut result = Ok(Value::of(Data::None));
        for statement in &statements {
            result = match statement {
                Stmt::Expr(expr) => self.eval(expr),
                other => self.block(std::slice::from_ref(other)).map(|_| Value::of(Data::None)),
            };
            if result.is_err() {
                break;
            }
        }
        self.frames.truncate(depth);
        if let Some(frame) = self.frames.last_mut() {
            (frame.fixed, frame.unit) = outer;
        }
        let result = result?;
        if statements.is_empty() {
            return Err(Machine::missing("SyntaxError"));
        }
        if value_env(source).is_empty() {
            Ok(result)
        } else {
            Ok(Value::derived(result.data.clone(), &[&result, source]))
        }
    }
}
