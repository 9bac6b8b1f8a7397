//! Builtin functions.

use std::rc::Rc;
use std::sync::Arc;

use super::super::errors::is_exception;
use super::super::eval::{display, order, value_env};
use super::super::ir::*;
use super::super::machine::{Eval, Machine, Stop, is_setting};
use super::super::value::*;
use super::texts;

impl Machine<'_> {
    pub(super) fn call_builtin(&mut self, name: &str, args: &Args, spot: Spot) -> Eval<Value> {
        let args = &self.iterated_args(name, args)?;
        let first = args.positional.first().map(|(value, _)| value.clone());
        let first =
            first.map(|value| if matches!(name, "list" | "tuple" | "sorted") { self.iterated(value) } else { value });
        let first = match first {
            Some(value) => Some(self.converted(name, value)?),
            None => None,
        };
        let second = args.positional.get(1).map(|(value, _)| value.clone());
        Ok(match (name, first) {
            ("bool", None) => Value::of(Data::Bool(false)),
            ("object", None) => self.keeping("builtins.object", []),
            ("bool", Some(value)) => {
                let data = self.truth(&value).map_or(Data::Unknown, Data::Bool);
                let result = self.truth_of(data, &[&value]);
                let text = value.as_str().is_some();
                let result = if text { result.truth_tested() } else { result };
                // A piece of a text has the place that a loop gave it, and stands in the text.
                let is_piece = value.from.as_ref().is_some_and(|from| from.text_at.is_some());
                match value.origin() {
                    Some(origin) if value_env(&value).is_empty() && !is_piece => result.at(origin),
                    _ => result,
                }
            }
            ("int", Some(value)) if second.is_some() => {
                let base = second.map(|base| base.data);
                let text = value.as_str().map(|text| text.trim().to_lowercase());
                let number = match (base, text) {
                    (Some(Data::Int(base @ 2..=36)), Some(text)) => {
                        let plain = ["0x", "0b", "0o"].iter().find_map(|prefix| text.strip_prefix(prefix));
                        i64::from_str_radix(plain.unwrap_or(&text), base as u32).ok()
                    }
                    _ => None,
                };
                Value::derived(number.map_or(Data::Unknown, Data::Int), &[&value])
            }
            ("round", Some(value)) if second.is_none() => match value.data {
                // Halves go to the even number.
                Data::Float(number) => Value::derived(Data::Int(number.round_ties_even() as i64), &[&value]),
                Data::Int(_) => value,
                _ => Value::derived(Data::Unknown, &[&value]),
            },
            ("int" | "float", Some(value)) => match &value.data {
                Data::Str(text) | Data::Bytes(text) => match text.trim().parse::<i64>() {
                    Ok(number) => Value::derived(Data::Int(number), &[&value]),
                    Err(_) if name == "int" => return Err(Machine::missing("ValueError")),
                    Err(_) => match text.trim().parse::<f64>() {
                        Ok(number) => Value::derived(Data::Float(number), &[&value]),
                        Err(_) => return Err(Machine::missing("ValueError")),
                    },
                },
                Data::Bool(truth) => Value::derived(Data::Int(i64::from(*truth)), &[&value]),
                Data::Int(_) => value,
                Data::None => return Err(Machine::missing("TypeError")),
                _ => Value::derived(Data::Unknown, &[&value]),
            },
            ("str", Some(value)) if second.is_some() => texts::decoded(value),
            ("str", Some(Value { data: Data::Instance(path), .. })) if self.is_path(path) => self.path_text(path),
            ("str", Some(value)) => match display(&self.message(&value).unwrap_or_else(|| value.clone())) {
                Some(text) => Value::derived(Data::Str(Arc::from(text)), &[&value]),
                None => Value::derived(Data::Unknown, &[&value]),
            },
            // How long a text is says whether there is any.
            ("len", Some(Value { data: Data::Str(text) | Data::Bytes(text), from })) => {
                let length = Data::Int(text.chars().count() as i64);
                let value = Value { data: Data::Str(text), from };
                self.truth_of(length, &[&value])
            }
            // What its own `__len__` said.
            ("len", Some(value)) if matches!(value.data, Data::Int(_)) => value,
            ("len", Some(value)) => match self.items(&value) {
                Some(items) => Value::of(Data::Int(items.len() as i64)),
                None => Value::UNKNOWN,
            },
            ("any" | "all", Some(value)) => {
                let Some(items) = self.items(&value) else { return Ok(Value::UNKNOWN) };
                let truths: Vec<Option<bool>> = items.iter().map(|item| self.truth(item)).collect();
                let decisive = name == "any";
                let verdict = if truths.contains(&Some(decisive)) {
                    Data::Bool(decisive)
                } else if truths.iter().all(Option::is_some) {
                    Data::Bool(!decisive)
                } else {
                    Data::Unknown
                };
                let sources: Vec<&Value> = items.iter().collect();
                self.truth_of(verdict, &sources)
            }
            ("dict", first) => {
                let id = self.alloc(Object::Dict(Dict { open: args.open, ..Dict::default() }));
                if let Some(other) = first {
                    let other = self.ini_options(&other).map_or(other, |options| Value::of(Data::Dict(options)));
                    self.update_dict(id, &other, spot);
                }
                for (name, value, at) in &args.keywords {
                    let value = if is_setting(value) { value.clone().at(*at) } else { value.clone() };
                    self.put(id, Value::text(name), value, *at);
                }
                Value::of(Data::Dict(id))
            }
            ("list" | "set" | "frozenset" | "sorted" | "reversed" | "tuple", first) => {
                let items = match &first {
                    Some(value) => self.items(value),
                    None => Some(Vec::new()),
                };
                let items = match (items, name) {
                    (Some(items), "sorted") => self.sorted(items, args, spot)?,
                    (items, _) => items,
                };
                match items {
                    Some(items) if name == "tuple" => Value::of(Data::Tuple(Rc::new(items))),
                    Some(mut items) => {
                        if name == "reversed" {
                            items.reverse();
                        }
                        Value::of(Data::List(self.alloc(Object::List(List { items, open: false }))))
                    }
                    None => Value::UNKNOWN,
                }
            }
            ("range", Some(value)) => {
                let step = args.positional.get(2).map(|(value, _)| value.data.clone());
                let (start, end) = match (&value.data, second.map(|end| end.data)) {
                    (Data::Int(count), None) => (0, *count),
                    (Data::Int(start), Some(Data::Int(end))) => (*start, end),
                    _ => return Ok(Value::UNKNOWN),
                };
                let step = match step {
                    None => 1,
                    Some(Data::Int(step)) if step != 0 => step,
                    _ => return Ok(Value::UNKNOWN),
                };
                let numbers = std::iter::successors(Some(start), |at| at.checked_add(step));
                let inside = |at: &i64| if step > 0 { *at < end } else { *at > end };
                let items: Vec<Value> =
                    numbers.take_while(inside).take(65).map(|at| Value::of(Data::Int(at))).collect();
                if items.len() > 64 { Value::UNKNOWN } else { Value::of(Data::Tuple(Rc::new(items))) }
            }
            ("getattr", Some(object)) => {
                let Some(name) = second.as_ref().and_then(Value::as_str).map(str::to_owned) else {
                    return Ok(Value::UNKNOWN);
                };
                let default = args.positional.get(2).map(|(default, _)| default.clone());
                let found = match (self.attribute(&object, &name), default) {
                    (Err(Stop::Raise(error)), Some(default)) if error == "AttributeError" => return Ok(default),
                    (Err(Stop::Raise(error)), None) => return Err(Stop::Raise(error)),
                    (found, _) => found.unwrap_or(Value::UNKNOWN),
                };
                let absent = match &object.data {
                    Data::Module(_) | Data::Class(_) => found.data == Data::Unknown,
                    Data::Instance(_) => matches!(&found.data, Data::Attribute(_)) && self.kind(&object).is_none(),
                    _ => false,
                };
                match args.positional.get(2) {
                    Some((default, _)) if absent => default.clone(),
                    _ => found,
                }
            }
            ("setattr", Some(object)) => {
                if let (Some(name), Some((value, _))) =
                    (second.as_ref().and_then(Value::as_str), args.positional.get(2))
                {
                    let name = name.to_owned();
                    self.set_attribute(&object, &name, value.clone(), spot)?;
                }
                Value::of(Data::None)
            }
            ("vars", Some(object)) => {
                self.complete(&object)?;
                self.variables(&object)
            }
            ("dir", Some(object)) => {
                if let Some(names) = self.own_method(&object, "__dir__", &[])? {
                    return self.call_builtin(
                        "sorted",
                        &Args { positional: vec![(names, spot)], ..Args::default() },
                        spot,
                    );
                }
                self.complete(&object)?;
                let names = self.variables(&object);
                let ancestors = match object.data {
                    Data::Class(_) => self.ancestors(&object),
                    Data::Instance(id) => {
                        let class = self.instance(id).map(|instance| instance.class.clone());
                        class.map_or(Vec::new(), |class| self.ancestors(&class))
                    }
                    _ => Vec::new(),
                };
                let Data::Dict(all) = names.data else { return Ok(Value::UNKNOWN) };
                for class in ancestors {
                    let Data::Class(class) = class.data else { continue };
                    let more = self.mirror(class, false);
                    self.update_dict(all, &more, spot);
                }
                return self.call_builtin("sorted", &Args { positional: vec![(names, spot)], ..Args::default() }, spot);
            }
            ("globals" | "locals" | "vars" | "dir", None) => {
                let Some(frame) = self.frames.last() else { return Ok(Value::UNKNOWN) };
                let module = self.state.modules.get(&frame.file).copied();
                let scope = if name == "globals" { module } else { frame.class.or(Some(frame.scope)) };
                scope.map_or(Value::UNKNOWN, |scope| self.mirror(scope, true))
            }
            ("zip", _) => {
                let all: Option<Vec<Vec<Value>>> = args.positional.iter().map(|(part, _)| self.items(part)).collect();
                let Some(all) = all else { return Ok(Value::UNKNOWN) };
                let count = all.iter().map(Vec::len).min().unwrap_or(0);
                let row = |at: usize| all.iter().map(|items| items[at].clone()).collect::<Vec<_>>();
                let rows = (0..count).map(|at| Value::of(Data::Tuple(Rc::new(row(at))))).collect();
                self.new_list(rows)
            }
            ("enumerate", Some(value)) => match self.items(&value) {
                Some(items) => {
                    let pair = |(at, item)| Value::of(Data::Tuple(Rc::new(vec![Value::of(Data::Int(at)), item])));
                    self.new_list((0..).zip(items).map(pair).collect())
                }
                None => Value::UNKNOWN,
            },
            ("map" | "filter", Some(function)) => return self.apply_each(name, &function, args, spot),
            ("iter", Some(value)) => value,
            ("hasattr", Some(object)) => {
                let Some(name) = second.as_ref().and_then(Value::as_str).map(str::to_owned) else {
                    return Ok(Value::UNKNOWN);
                };
                let own = matches!(object.data, Data::Module(_) | Data::Class(_))
                    || matches!(object.data, Data::Instance(_)) && self.kind(&object).is_none();
                match self.attribute(&object, &name).map(|found| found.data) {
                    Err(Stop::Raise(error)) if error == "AttributeError" => Value::of(Data::Bool(false)),
                    Ok(Data::Unknown | Data::Attribute(_)) if own => Value::of(Data::Bool(false)),
                    Ok(Data::Unknown | Data::Attribute(_) | Data::Library(_)) | Err(_) => Value::UNKNOWN,
                    Ok(_) => Value::of(Data::Bool(true)),
                }
            }
            ("eval" | "exec", Some(text)) => match text.as_str().map(str::to_owned) {
                Some(source) => self.eval_text(&source, &text, spot)?,
                None => Value::derived(Data::Unknown, &[&text]),
            },
            ("type", Some(value)) if args.positional.len() == 3 => self.made_class(&value, args),
            ("type", Some(value)) => match value.data {
                Data::Instance(id) => self.instance(id).map_or(Value::UNKNOWN, |instance| instance.class.clone()),
                _ => Value::UNKNOWN,
            },
            ("sum", Some(value)) => {
                let numbers = self.items(&value).unwrap_or_default();
                let numbers: Option<Vec<i64>> = numbers
                    .iter()
                    .map(|item| match item.data {
                        Data::Int(number) => Some(number),
                        Data::Bool(truth) => Some(i64::from(truth)),
                        _ => None,
                    })
                    .collect();
                let known = self.items(&value).is_some();
                match numbers.filter(|_| known) {
                    Some(numbers) => Value::of(Data::Int(numbers.iter().fold(0, |sum, n| sum.saturating_add(*n)))),
                    None => Value::UNKNOWN,
                }
            }
            ("print", _) => Value::of(Data::None),
            ("abs", Some(value)) => match value.data {
                Data::Int(number) => Value::derived(number.checked_abs().map_or(Data::Unknown, Data::Int), &[&value]),
                _ => Value::derived(Data::Unknown, &[&value]),
            },
            ("open", Some(path)) => {
                let mode = args.find(Some(1), "mode").and_then(|(mode, _)| mode.as_str()).unwrap_or("r");
                if mode.starts_with('r') && self.path_of(&path).is_some_and(|path| self.is_absent(&path)) {
                    self.raise_awaited("FileNotFoundError")?;
                }
                self.opened(path)
            }
            ("exit" | "quit", _) => return Err(Stop::Exit),
            ("max" | "min", Some(value)) => {
                let given = args.positional.iter().map(|(value, _)| value.clone()).collect();
                let items = if args.positional.len() > 1 { Some(given) } else { self.items(&value) };
                extreme(&items.unwrap_or_default(), name == "max")
            }
            ("dict.fromkeys", Some(keys)) => {
                let Some(keys) = self.items(&keys) else { return Ok(Value::UNKNOWN) };
                let value = match args.positional.get(1) {
                    Some((value, at)) if is_setting(value) => value.clone().at(*at),
                    Some((value, _)) => value.clone(),
                    None => Value::of(Data::None),
                };
                let entries = keys.into_iter().map(|key| (key, value.clone())).collect();
                Value::of(Data::Dict(self.alloc(Object::Dict(Dict { entries, ..Dict::default() }))))
            }
            ("__import__", Some(module)) => {
                let Some(module) = module.as_str().map(str::to_owned) else { return Ok(Value::UNKNOWN) };
                // Without names to import it gives the package at the top.
                let listed =
                    args.find(Some(3), "fromlist").is_some_and(|(list, _)| self.truth(&list.clone()) == Some(true));
                let whole = self.import_string(&module)?;
                match module.split_once('.') {
                    Some((top, _)) if !listed => self.import_string(top)?,
                    _ => whole,
                }
            }
            ("next", Some(value)) if self.as_generator(&value).is_some() => {
                let default = args.positional.get(1).map(|(default, _)| default.clone());
                let Some(generator) = self.as_generator(&value) else { return Ok(Value::UNKNOWN) };
                self.next_of(generator, Value::of(Data::None), default)?
            }
            ("next", Some(value)) => match self.items(&value).as_deref() {
                Some([first, ..]) => first.clone(),
                _ => Value::UNKNOWN,
            },
            ("super", Some(_)) => match second.map(|this| this.data) {
                Some(Data::Instance(id)) => match args.positional[0].0.data {
                    Data::Class(class) => Value::of(Data::Super(id, class)),
                    _ => Value::UNKNOWN,
                },
                _ => Value::UNKNOWN,
            },
            ("isinstance", Some(value)) => {
                let verdict = second.and_then(|class| self.is_instance(&value, &class));
                Value::derived(verdict.map_or(Data::Unknown, Data::Bool), &[&value])
            }
            ("object.__setattr__" | "type.__setattr__", Some(object)) => {
                let (name, value) = (args.positional.get(1), args.positional.get(2));
                if let (Some(name), Some((value, _))) = (name.and_then(|(name, _)| name.as_str()), value) {
                    let name = name.to_owned();
                    match object.data {
                        Data::Instance(id) => {
                            let value = if is_setting(value) { value.clone().at(spot) } else { value.clone() };
                            self.set_plain_attribute(id, &name, value, spot);
                        }
                        _ => self.set_attribute(&object, &name, value.clone(), spot)?,
                    }
                }
                Value::of(Data::None)
            }
            ("type.__new__", Some(_)) => self.class_being_made(args),
            ("issubclass", Some(class)) => {
                let others = second.map(|second| self.items(&second).unwrap_or(vec![second])).unwrap_or_default();
                let ancestors = self.ancestors(&class);
                let is_below = ancestors.iter().any(|ancestor| others.iter().any(|other| other.data == ancestor.data));
                let is_known = ancestors.iter().chain(&others).all(|class| matches!(class.data, Data::Class(_)));
                if is_below || is_known { Value::of(Data::Bool(is_below)) } else { Value::UNKNOWN }
            }
            ("callable", Some(value)) => match value.data {
                Data::Function(_) | Data::Class(_) | Data::Method(_) => Value::of(Data::Bool(true)),
                _ => Value::UNKNOWN,
            },
            ("repr" | "ascii" | "format" | "bytes" | "chr" | "ord", Some(_)) => {
                self.call_text_builtin(name, args).unwrap_or(Value::UNKNOWN)
            }
            (name, _) if is_exception(name) => self.exception(&format!("builtins.{name}"), args),
            _ => Value::UNKNOWN,
        })
    }

    /// The file object of a path.
    pub fn opened(&mut self, path: Value) -> Value {
        let id = self.new_instance(Value::library("io.File"));
        if let Some(Object::Instance(file)) = self.object_mut(id) {
            file.attrs.insert(Name::new_static("path"), path);
        }
        Value::of(Data::Instance(id))
    }

    /// Runs what a module left out, before all of its names are asked for.
    pub fn complete(&mut self, object: &Value) -> Eval<()> {
        if let Data::Module(file) = object.data {
            self.run_late(file, None)?;
        }
        Ok(())
    }

    /// `vars(object)`, `object.__dict__`: its own attributes.
    pub fn variables(&mut self, object: &Value) -> Value {
        match &object.data {
            Data::Instance(id) if self.kind(object).is_none() => self.mirror(*id, false),
            Data::Class(id) => self.mirror(*id, false),
            Data::Module(file) => {
                let scope = self.state.modules.get(file).copied();
                scope.map_or(Value::UNKNOWN, |scope| {
                    let open = self.scope(scope).is_none_or(|scope| scope.open);
                    self.mirror(scope, open)
                })
            }
            _ => Value::UNKNOWN,
        }
    }

    /// Items in order, by their keys if `key` is given; nothing where the order is not known.
    fn sorted(&mut self, items: Vec<Value>, args: &Args, spot: Spot) -> Eval<Option<Vec<Value>>> {
        let by = args.keyword("key").map(|(key, _)| key.clone()).filter(|key| key.data != Data::None);
        let mut keyed = Vec::with_capacity(items.len());
        for item in items.into_iter().take(64) {
            let key = match &by {
                Some(by) => {
                    let args = Args { positional: vec![(item.clone(), spot)], ..Args::default() };
                    self.call(by, args, spot)?
                }
                None => item.clone(),
            };
            keyed.push((key, item));
        }
        if keyed.windows(2).any(|pair| order(&pair[0].0, &pair[1].0).is_none()) {
            return Ok(None);
        }
        let backwards = args.keyword("reverse").is_some_and(|(on, _)| self.truth(&on.clone()) == Some(true));
        keyed.sort_by(|(a, _), (b, _)| {
            let found = order(a, b).unwrap_or(std::cmp::Ordering::Equal);
            if backwards { found.reverse() } else { found }
        });
        Ok(Some(keyed.into_iter().map(|(_, item)| item).collect()))
    }

    fn apply_each(&mut self, name: &str, function: &Value, args: &Args, spot: Spot) -> Eval<Value> {
        let Some((list, at)) = args.positional.get(1) else { return Ok(Value::UNKNOWN) };
        let Some(items) = self.items(list).filter(|items| items.len() <= 64) else { return Ok(Value::UNKNOWN) };
        let mut result = Vec::with_capacity(items.len());
        for item in items {
            if function.data == Data::None {
                match self.truth(&item) {
                    Some(true) => result.push(item),
                    Some(false) => {}
                    None => return Ok(Value::UNKNOWN),
                }
                continue;
            }
            let at = item.literal_or(*at);
            let args = Args { positional: vec![(item.clone(), at)], ..Args::default() };
            let mapped = self.call(function, args, spot)?;
            match (name, self.truth(&mapped)) {
                ("map", _) => result.push(mapped),
                (_, Some(true)) => result.push(item),
                (_, Some(false)) => {}
                (_, None) => return Ok(Value::UNKNOWN),
            }
        }
        Ok(self.new_list(result))
    }

    /// `type("Name", (Base,), {"attribute": value})`
    fn made_class(&mut self, name: &Value, args: &Args) -> Value {
        let bases = args.positional.get(1).and_then(|(bases, _)| self.items(bases)).unwrap_or_default();
        let dict = match args.positional.get(2).map(|(dict, _)| &dict.data) {
            Some(Data::Dict(id)) => self.dict(*id).cloned().unwrap_or_default(),
            _ => return Value::UNKNOWN,
        };
        let attrs = dict.entries.into_iter().filter_map(|(key, value)| Some((Name::from(key.as_str()?), value)));
        let file = self.frames.last().map_or(0, |frame| frame.file);
        let name = Name::from(name.as_str().unwrap_or_default());
        let class = Class {
            name,
            bases,
            attrs: attrs.collect(),
            file,
            fields: Vec::new(),
            booleans: Vec::new(),
            models: Vec::new(),
            dataclass: false,
        };
        Value::of(Data::Class(self.alloc(Object::Class(class))))
    }

    pub(super) fn exists(&mut self, path: Option<&Value>) -> Value {
        match path.and_then(Value::as_str) {
            Some(path) => Value::of(Data::Bool(self.files.exists(path))),
            None => Value::UNKNOWN,
        }
    }
}

/// The greatest or the smallest of numbers; unknown as soon as one of them is something else.
fn extreme(items: &[Value], greatest: bool) -> Value {
    let number = |value: &Value| match value.data {
        Data::Int(number) => Some(number),
        Data::Bool(truth) => Some(i64::from(truth)),
        _ => None,
    };
    let sources: Vec<&Value> = items.iter().collect();
    let numbered: Option<Vec<(i64, &Value)>> = items.iter().map(|item| Some((number(item)?, item))).collect();
    let numbered = numbered.unwrap_or_default();
    let found = if greatest {
        // Of equals Python takes the first.
        numbered.iter().rev().max_by_key(|(number, _)| *number)
    } else {
        numbered.iter().min_by_key(|(number, _)| *number)
    };
    found.map_or_else(|| Value::derived(Data::Unknown, &sources), |(_, value)| (*value).clone())
}
