//! Methods of strings, lists and dicts.
//!
//! A configuration is a dict too, but its own methods are in `config`.

use std::rc::Rc;
use std::sync::Arc;

use super::super::eval::MAX_ITEMS;
use super::super::eval::display;
use super::super::machine::{Eval, Machine, is_setting};
use super::super::value::*;

impl Machine<'_> {
    /// Whether a copy of the environment has no such variable.
    fn lacks_variable(&self, id: Id, key: &Value) -> bool {
        self.dict(id).is_some_and(|dict| dict.environ && dict.entries.iter().all(|(name, _)| name.data != key.data))
    }

    pub(super) fn call_dict(&mut self, receiver: &Value, id: Id, name: &str, args: Args, spot: Spot) -> Eval<Value> {
        if self.dict(id).is_some_and(|dict| dict.config)
            && let Some(result) = self.call_config(id, name, &args, spot)
        {
            return result;
        }
        let key = args.positional.first().map(|(value, _)| value.clone()).unwrap_or(Value::UNKNOWN);
        Ok(match name {
            // What a copy of the environment lacks, the environment lacked.
            "get" if self.lacks_variable(id, &key) => self.getenv(&args, spot),
            "get" => match self.item(receiver, &key) {
                Ok(value) => value,
                // What a copy of the environment lacks is not set.
                Err(_) if self.dict(id).is_some_and(|dict| dict.environ) => return Ok(self.getenv(&args, spot)),
                Err(_) => match args.find(Some(1), "default") {
                    Some((value, _)) => Value::derived(value.data.clone(), &[value, &key]),
                    None => Value::of(Data::None),
                },
            },
            "__getitem__" => return self.item(receiver, &key),
            "__setitem__" => {
                if let Some((value, _)) = args.positional.get(1) {
                    self.set_item(receiver, key, value.clone(), spot);
                }
                Value::of(Data::None)
            }
            "setdefault" => match self.item(receiver, &key) {
                Ok(value) if value.data != Data::Unknown => value,
                _ => {
                    let value = match args.positional.get(1) {
                        Some((value, at)) if is_setting(value) => value.clone().at(*at),
                        Some((value, _)) => value.clone(),
                        None => Value::of(Data::None),
                    };
                    self.set_item(receiver, key, value.clone(), spot);
                    value
                }
            },
            "update" => {
                if let Some((other, _)) = args.positional.first() {
                    self.update_dict(id, other, spot);
                }
                for (name, value, at) in args.keywords {
                    let value = if is_setting(&value) { value.at(at) } else { value };
                    self.put(id, Value::text(&name), value, at);
                }
                if args.open
                    && let Some(dict) = self.dict_mut(id)
                {
                    dict.open = true;
                }
                Value::of(Data::None)
            }
            "pop" => match self.remove_item(receiver, &key) {
                Some(value) => value,
                None => args.positional.get(1).map_or(Value::UNKNOWN, |(value, _)| value.clone()),
            },
            "copy" => {
                let copy =
                    self.dict(id).map(|dict| Dict { config: false, mirror: None, ..dict.clone() }).unwrap_or_default();
                Value::of(Data::Dict(self.alloc(Object::Dict(copy))))
            }
            "items" | "values" | "keys" => {
                let Some(dict) = self.dict(id).filter(|dict| !dict.open) else { return Ok(Value::UNKNOWN) };
                let items = dict.entries.clone().into_iter().map(|(key, value)| match name {
                    "items" => Value::of(Data::Tuple(Rc::new(vec![key, value]))),
                    "values" => value,
                    _ => key,
                });
                let items = items.collect();
                Value::of(Data::List(self.alloc(Object::List(List { items, open: false }))))
            }
            "clear" => {
                if let Some(dict) = self.dict_mut(id) {
                    dict.entries.clear();
                }
                Value::of(Data::None)
            }
            _ => Value::UNKNOWN,
        })
    }
}

impl Machine<'_> {
    /// A method of a list or set, which are kept alike.
    pub(super) fn call_list(&mut self, id: Id, name: &str, args: &Args, spot: Spot) -> Eval<Value> {
        let Some(list) = self.list(id).cloned() else { return Ok(Value::UNKNOWN) };
        let first = args.positional.first().map(|(value, _)| value.clone());
        let place = |machine: &Self| {
            let wanted = first.as_ref()?;
            let same: Option<Vec<bool>> = list.items.iter().map(|item| machine.equal(item, wanted)).collect();
            same.map(|same| same.iter().position(|same| *same))
        };
        let mut items = list.items.clone();
        let mut result = Value::of(Data::None);
        let known = match (name, &first) {
            ("append", Some(value)) => {
                items.push(value.clone());
                true
            }
            ("add", Some(value)) => match place(self) {
                Some(Some(_)) => true,
                found => {
                    items.push(value.clone());
                    found.is_some()
                }
            },
            ("extend" | "update", _) => {
                let more: Option<Vec<Vec<Value>>> = args.positional.iter().map(|(more, _)| self.items(more)).collect();
                let has_room =
                    |more: &Vec<Vec<Value>>| items.len() + more.iter().map(Vec::len).sum::<usize>() <= MAX_ITEMS;
                more.filter(has_room).map(|more| items.extend(more.concat())).is_some()
            }
            ("insert", Some(Value { data: Data::Int(at), .. })) => {
                let count = items.len() as i64;
                let at = (if *at < 0 { *at + count } else { *at }).clamp(0, count) as usize;
                args.positional.get(1).map(|(value, _)| items.insert(at, value.clone())).is_some()
            }
            ("remove" | "discard", Some(_)) => match place(self) {
                Some(Some(at)) => {
                    items.remove(at);
                    true
                }
                Some(None) if name == "remove" && !list.open => return Err(Machine::missing("ValueError")),
                Some(None) => true,
                None => false,
            },
            ("pop", None) if !items.is_empty() => {
                result = items.pop().unwrap_or(Value::UNKNOWN);
                true
            }
            ("pop", Some(Value { data: Data::Int(at), .. })) => {
                let at = if *at < 0 { *at + items.len() as i64 } else { *at };
                match usize::try_from(at).ok().filter(|at| *at < items.len()) {
                    Some(at) => {
                        result = items.remove(at);
                        true
                    }
                    None => return Err(Machine::missing("IndexError")),
                }
            }
            ("clear", _) => {
                items.clear();
                true
            }
            ("reverse", _) => {
                items.reverse();
                true
            }
            ("sort", _) => {
                let sorted = self.call_builtin(
                    "sorted",
                    &Args { positional: vec![(Value::of(Data::List(id)), spot)], ..args.clone() },
                    spot,
                )?;
                let sorted = self.items(&sorted);
                sorted.map(|sorted| items = sorted).is_some()
            }
            ("copy", _) => return Ok(Value::of(Data::List(self.alloc(Object::List(list))))),
            ("index", Some(_)) => {
                return match place(self) {
                    Some(Some(at)) => Ok(Value::of(Data::Int(at as i64))),
                    Some(None) if !list.open => Err(Machine::missing("ValueError")),
                    _ => Ok(Value::UNKNOWN),
                };
            }
            ("count", Some(wanted)) if !list.open => {
                let same: Option<Vec<bool>> = items.iter().map(|item| self.equal(item, wanted)).collect();
                let count = same.map(|same| same.iter().filter(|same| **same).count() as i64);
                return Ok(count.map_or(Value::UNKNOWN, |count| Value::of(Data::Int(count))));
            }
            ("union" | "intersection" | "difference" | "symmetric_difference", Some(other)) => {
                return Ok(self.set_operation(name, &Value::of(Data::List(id)), other).unwrap_or(Value::UNKNOWN));
            }
            ("issubset" | "issuperset" | "isdisjoint", Some(other)) => {
                let (own, other) = (Value::of(Data::List(id)), other.clone());
                let (part, whole) = if name == "issuperset" { (&other, &own) } else { (&own, &other) };
                let operation = if name == "isdisjoint" { "intersection" } else { "difference" };
                let rest = self.set_operation(operation, part, whole).and_then(|rest| self.items(&rest));
                return Ok(rest.map_or(Value::UNKNOWN, |rest| Value::of(Data::Bool(rest.is_empty()))));
            }
            ("__contains__", Some(item)) => {
                let inside = self.contains(&Value::of(Data::List(id)), item);
                return Ok(inside.map_or(Value::UNKNOWN, |inside| Value::of(Data::Bool(inside))));
            }
            _ => return Ok(Value::UNKNOWN),
        };
        if let Some(Object::List(list)) = self.object_mut(id) {
            list.items = items;
            list.open |= !known;
        }
        Ok(if known { result } else { Value::UNKNOWN })
    }

    /// What two sets make, where it is known which of their elements are equal.
    pub fn set_operation(&mut self, name: &str, a: &Value, b: &Value) -> Option<Value> {
        let (x, y) = (self.items(a)?, self.items(b)?);
        let inside = |machine: &Self, item: &Value, items: &[Value]| {
            let same: Option<Vec<bool>> = items.iter().map(|other| machine.equal(other, item)).collect();
            same.map(|same| same.contains(&true))
        };
        let mut items = Vec::new();
        for item in &x {
            let both = inside(self, item, &y)?;
            if name == "union" || both == (name == "intersection") {
                items.push(item.clone());
            }
        }
        for item in y.iter().filter(|_| matches!(name, "union" | "symmetric_difference")) {
            if !inside(self, item, &x)? {
                items.push(item.clone());
            }
        }
        Some(self.new_list(items))
    }
}

pub(super) fn string_method(receiver: &Value, text: &str, name: &str, args: &Args, machine: &mut Machine<'_>) -> Value {
    let argument = args.positional.first().map(|(value, _)| value.clone());
    let argument_text = argument.as_ref().and_then(Value::as_str);
    let data = match (name, argument_text) {
        ("lower" | "casefold", _) => Data::Str(Arc::from(text.to_lowercase())),
        ("upper", _) => Data::Str(Arc::from(text.to_uppercase())),
        ("title" | "capitalize", _) => {
            let mut chars = text.chars();
            let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
            Data::Str(Arc::from(format!("{first}{}", chars.as_str().to_lowercase())))
        }
        ("strip", None) => Data::Str(Arc::from(text.trim())),
        ("strip", Some(set)) => Data::Str(Arc::from(text.trim_matches(|c| set.contains(c)))),
        ("lstrip", None) => Data::Str(Arc::from(text.trim_start())),
        ("rstrip", None) => Data::Str(Arc::from(text.trim_end())),
        ("startswith", Some(prefix)) => Data::Bool(text.starts_with(prefix)),
        ("startswith" | "endswith", None) => {
            let items = argument.as_ref().and_then(|value| machine.items(value));
            match items {
                Some(items) => Data::Bool(
                    items
                        .iter()
                        .filter_map(Value::as_str)
                        .any(|word| if name == "startswith" { text.starts_with(word) } else { text.ends_with(word) }),
                ),
                None => Data::Unknown,
            }
        }
        ("endswith", Some(suffix)) => Data::Bool(text.ends_with(suffix)),
        ("isdigit" | "isnumeric" | "isdecimal", _) => {
            Data::Bool(!text.is_empty() && text.chars().all(|c| c.is_ascii_digit()))
        }
        ("isupper", _) => Data::Bool(text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)),
        ("islower", _) => Data::Bool(text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)),
        ("isalnum", _) => Data::Bool(!text.is_empty() && text.chars().all(char::is_alphanumeric)),
        ("isspace", _) => Data::Bool(!text.is_empty() && text.chars().all(char::is_whitespace)),
        ("isidentifier", _) => {
            let mut chars = text.chars();
            let first = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
            Data::Bool(first && chars.all(|c| c.is_alphanumeric() || c == '_'))
        }
        ("isalpha", _) => Data::Bool(!text.is_empty() && text.chars().all(char::is_alphabetic)),
        ("replace", Some(from)) => match args.positional.get(1).and_then(|(value, _)| value.as_str()) {
            Some(to) => Data::Str(Arc::from(text.replace(from, to))),
            None => Data::Unknown,
        },
        ("removeprefix", Some(prefix)) => Data::Str(Arc::from(text.strip_prefix(prefix).unwrap_or(text))),
        ("removesuffix", Some(suffix)) => Data::Str(Arc::from(text.strip_suffix(suffix).unwrap_or(text))),
        ("lstrip", Some(set)) => Data::Str(Arc::from(text.trim_start_matches(|c| set.contains(c)))),
        ("rstrip", Some(set)) => Data::Str(Arc::from(text.trim_end_matches(|c| set.contains(c)))),
        ("swapcase", _) => {
            let swap = |c: char| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            Data::Str(Arc::from(text.chars().map(swap).collect::<String>()))
        }
        ("find" | "index", Some(part)) => match text.find(part) {
            Some(at) => Data::Int(at as i64),
            None if name == "find" => Data::Int(-1),
            None => Data::Unknown,
        },
        ("count", Some(part)) if !part.is_empty() => Data::Int(text.matches(part).count() as i64),
        ("partition" | "rpartition", Some(separator)) => {
            let found = if name == "partition" { text.split_once(separator) } else { text.rsplit_once(separator) };
            let parts = match found {
                Some((before, after)) => [before, separator, after],
                None if name == "partition" => [text, "", ""],
                None => ["", "", text],
            };
            Data::Tuple(Rc::new(parts.map(Value::text).to_vec()))
        }
        ("splitlines", _) => {
            let lines = text.lines().map(Value::text).collect();
            Data::List(machine.alloc(Object::List(List { items: lines, open: false })))
        }
        ("split" | "rsplit", separator) => {
            let most = args.find(Some(1), "maxsplit").map(|(most, _)| most.data.clone());
            let most = match most {
                Some(Data::Int(most)) => usize::try_from(most).map_or(usize::MAX, |most| most.saturating_add(1)),
                _ => usize::MAX,
            };
            let words: Vec<Value> = match separator {
                Some(separator) if !separator.is_empty() && name == "split" => {
                    text.splitn(most, separator).map(Value::text).collect()
                }
                Some(separator) if !separator.is_empty() => {
                    let mut words: Vec<Value> = text.rsplitn(most, separator).map(Value::text).collect();
                    words.reverse();
                    words
                }
                _ => text.split_whitespace().map(Value::text).collect(),
            };
            Data::List(machine.alloc(Object::List(List { items: words, open: false })))
        }
        ("format", _) => {
            let sources: Vec<&Value> = args
                .positional
                .iter()
                .map(|(value, _)| value)
                .chain(args.keywords.iter().map(|(_, value, _)| value))
                .collect();
            let data = formatted(text, args).map_or(Data::Unknown, |text| Data::Str(Arc::from(text)));
            return Value::derived(data, &[vec![receiver], sources].concat());
        }
        ("join", _) => match argument.as_ref().and_then(|value| machine.items(value)) {
            Some(items) => {
                let words: Option<Vec<String>> = items.iter().map(display).collect();
                words.map_or(Data::Unknown, |words| Data::Str(Arc::from(words.join(text))))
            }
            None => Data::Unknown,
        },
        _ => Data::Unknown,
    };
    // What is cut out of a line of a file still stands in that line, and of a text of the program in that text.
    let raw = receiver.origin().filter(|origin| origin.unit >= RAW);
    let text_at = receiver.text_place();
    let cut = |item: Value| {
        let item = raw.into_iter().fold(item, Value::at);
        text_at.into_iter().fold(item, Value::in_text)
    };
    if let (true, Data::Tuple(items)) = (raw.or(text_at).is_some(), &data) {
        return Value::of(Data::Tuple(Rc::new(items.iter().cloned().map(cut).collect())));
    }
    if let (true, Data::List(id)) = (raw.or(text_at).is_some(), &data)
        && let Some(Object::List(list)) = machine.object_mut(*id)
    {
        list.items = std::mem::take(&mut list.items).into_iter().map(cut).collect();
    }
    let text = matches!(data, Data::Str(_));
    let value = match &argument {
        Some(argument) => Value::derived(data, &[receiver, argument]),
        None => Value::derived(data, &[receiver]),
    };
    raw.filter(|_| text).into_iter().fold(value, Value::at)
}

/// `text.format(...)`, where its fields are plain: `{}`, `{0}`, `{name}`.
fn formatted(text: &str, args: &Args) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut next = 0;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let doubled = rest[at..].starts_with("{{") || rest[at..].starts_with("}}");
        if doubled {
            out.push_str(&rest[at..=at]);
            rest = &rest[at + 2..];
            continue;
        }
        let (field, after) = rest[at..].strip_prefix('{')?.split_once('}')?;
        let field = field.strip_suffix("!s").unwrap_or(field);
        let value = match field.parse::<usize>() {
            Ok(position) => &args.positional.get(position)?.0,
            Err(_) if field.is_empty() => {
                next += 1;
                &args.positional.get(next - 1)?.0
            }
            Err(_) => args.keyword(field)?.0,
        };
        out.push_str(&display(value)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
