//! `configparser`: sections of options, all of them text.
//!
//! A parser keeps its sections as a dict of dicts. What a file holds that the project does not have is not there: a
//! fallback counts.

use super::super::eval::display;
use super::super::ir::*;
use super::super::machine::{Eval, Machine, Stop};
use super::super::value::*;
use crate::deploy::Format;

/// Where a parser or a section of it keeps the sections.
const DATA: Name = Name::new_static("__data__");
/// Where a section keeps its name.
const SECTION: Name = Name::new_static("name");

/// The classes that read INI texts.
pub(super) fn is_parser(path: &str) -> bool {
    matches!(
        path,
        "configparser.ConfigParser"
            | "configparser.RawConfigParser"
            | "configparser.SafeConfigParser"
            | "ConfigParser.ConfigParser"
    )
}

impl Machine<'_> {
    /// A method of a parser.
    pub(super) fn call_ini_parser(&mut self, id: Id, name: &str, args: &Args, spot: Spot) -> Eval<Value> {
        let first = args.positional.first().map(|(value, _)| value.clone()).unwrap_or(Value::UNKNOWN);
        let second = args.positional.get(1).map(|(value, _)| value.clone()).unwrap_or(Value::UNKNOWN);
        let data = self.ini_data(id);
        Ok(match name {
            "read" => {
                let paths = match &first.data {
                    Data::List(_) | Data::Tuple(_) => self.items(&first).unwrap_or_default(),
                    _ => vec![first],
                };
                for path in paths {
                    if let Some(path) = self.path_of(&path) {
                        let read = self.read_data(&path, Some(Format::Ini));
                        self.ini_merge(data, &read, spot);
                    }
                }
                Value::UNKNOWN
            }
            "read_file" | "readfp" => {
                if let Some(path) = self.path_of(&first) {
                    let read = self.read_data(&path, Some(Format::Ini));
                    self.ini_merge(data, &read, spot);
                }
                Value::of(Data::None)
            }
            "read_string" => {
                if let Some(text) = first.as_str().map(str::to_owned) {
                    let read = self.parse_data(Format::Ini, &text);
                    let at = args.positional.first().map_or(spot, |(_, at)| *at);
                    let read = self.read_out(read, first.text_place().unwrap_or(at), None);
                    self.ini_merge(data, &read, spot);
                }
                Value::of(Data::None)
            }
            "read_dict" => {
                self.ini_merge(data, &first, spot);
                Value::of(Data::None)
            }
            "add_section" | "__setitem__" | "set" => {
                self.ini_write(data, name, args, spot);
                Value::of(Data::None)
            }
            "__getitem__" => match first.as_str() {
                Some(section) if self.ini_section(data, section).is_none() => return Err(Machine::missing("KeyError")),
                Some(_) => self.ini_proxy(data, first),
                None => Value::UNKNOWN,
            },
            "has_section" => match first.as_str() {
                Some(section) => Value::of(Data::Bool(self.ini_section(data, section).is_some())),
                None => Value::UNKNOWN,
            },
            "has_option" => match (first.as_str(), second.as_str()) {
                (Some(section), Some(option)) => {
                    Value::of(Data::Bool(self.ini_option(data, section, option).is_some()))
                }
                _ => Value::UNKNOWN,
            },
            "items" if args.positional.is_empty() => Value::UNKNOWN,
            "items" => match first.as_str().and_then(|section| self.ini_section(data, section)) {
                Some(section) => {
                    self.call_attribute(&Value::of(Data::Dict(section)), "items", Args::default(), spot)?
                }
                None => return Err(Machine::missing("NoSectionError")),
            },
            _ => match (first.as_str(), second.as_str()) {
                (Some(section), Some(option)) => {
                    let found = self.ini_option(data, section, option);
                    let fallback = args.keyword("fallback").map(|(value, _)| value.clone());
                    return typed(name, found, fallback, true);
                }
                _ => Value::UNKNOWN,
            },
        })
    }

    /// A method of a section.
    pub(super) fn call_ini_section(&mut self, id: Id, name: &str, args: &Args, spot: Spot) -> Eval<Value> {
        let data = self.ini_data(id);
        let section = self.instance(id).and_then(|section| section.attrs.get(&SECTION)).cloned();
        let Some(section) = section.as_ref().and_then(Value::as_str).map(str::to_owned) else {
            return Ok(Value::UNKNOWN);
        };
        let options = self.ini_section(data, &section);
        if matches!(name, "items" | "keys" | "values" | "copy" | "update" | "setdefault") {
            let Some(options) = options else { return Ok(Value::UNKNOWN) };
            return self.call_attribute(&Value::of(Data::Dict(options)), name, args.clone(), spot);
        }
        let Some(option) = args.positional.first().and_then(|(value, _)| value.as_str()) else {
            return Ok(Value::UNKNOWN);
        };
        if name == "__setitem__" {
            if let (Some(options), Some((value, _))) = (options, args.positional.get(1)) {
                self.set_item(
                    &Value::of(Data::Dict(options)),
                    Value::text(&option.to_lowercase()),
                    value.clone(),
                    spot,
                );
            }
            return Ok(Value::of(Data::None));
        }
        let found = self.ini_option(data, &section, option);
        let fallback = args.find(Some(1), "fallback").map(|(value, _)| value.clone());
        typed(name, found, fallback, name == "__getitem__")
    }

    /// Whether a parser has a section, or a section an option.
    pub fn ini_contains(&self, id: Id, key: &str) -> Option<bool> {
        let instance = self.instance(id)?;
        let Data::Dict(data) = instance.attrs.get(&DATA)?.data else { return None };
        Some(match instance.attrs.get(&SECTION).and_then(Value::as_str) {
            Some(section) => self.ini_option(data, section, key).is_some(),
            None => self.ini_section(data, key).is_some(),
        })
    }

    /// The options of a section, for `dict(section)` and `**section`.
    pub fn ini_options(&self, value: &Value) -> Option<Id> {
        let Data::Instance(id) = value.data else { return None };
        let instance = self.instance(id)?;
        let Data::Dict(data) = instance.attrs.get(&DATA)?.data else { return None };
        self.ini_section(data, instance.attrs.get(&SECTION)?.as_str()?)
    }

    fn ini_data(&mut self, id: Id) -> Id {
        if let Some(Value { data: Data::Dict(data), .. }) = self.instance(id).and_then(|parser| parser.attrs.get(&DATA))
        {
            return *data;
        }
        let data = self.alloc(Object::Dict(Dict::default()));
        if let Some(Object::Instance(parser)) = self.object_mut(id) {
            parser.attrs.insert(DATA, Value::of(Data::Dict(data)));
        }
        data
    }

    fn ini_proxy(&mut self, data: Id, section: Value) -> Value {
        let id = self.new_instance(Value::library("configparser.SectionProxy"));
        if let Some(Object::Instance(proxy)) = self.object_mut(id) {
            proxy.attrs.insert(DATA, Value::of(Data::Dict(data)));
            proxy.attrs.insert(SECTION, section);
        }
        Value::of(Data::Instance(id))
    }

    fn ini_section(&self, data: Id, section: &str) -> Option<Id> {
        let (_, found) = self.dict(data)?.entries.iter().find(|(key, _)| key.as_str() == Some(section))?;
        match found.data {
            Data::Dict(id) => Some(id),
            _ => None,
        }
    }

    fn ini_option(&self, data: Id, section: &str, option: &str) -> Option<Value> {
        let option = option.to_lowercase();
        [section, "DEFAULT"].into_iter().find_map(|section| {
            let options = self.dict(self.ini_section(data, section)?)?;
            options.entries.iter().find(|(key, _)| key.as_str() == Some(&option)).map(|(_, value)| value.clone())
        })
    }

    /// `parser.set("web", "debug", "on")`, `parser["web"] = {...}`
    fn ini_write(&mut self, data: Id, name: &str, args: &Args, spot: Spot) {
        let Some((section, _)) = args.positional.first().cloned() else { return };
        let Some(title) = section.as_str().map(str::to_owned) else { return };
        if self.ini_section(data, &title).is_none() {
            let options = self.alloc(Object::Dict(Dict::default()));
            self.put(data, section, Value::of(Data::Dict(options)), spot);
        }
        let Some(options) = self.ini_section(data, &title) else { return };
        match (name, args.positional.get(1), args.positional.get(2)) {
            ("__setitem__", Some((mapping, _)), _) => self.ini_options_from(options, mapping, spot),
            ("set", Some((option, _)), Some((value, at))) => {
                if let Some(option) = option.as_str() {
                    let key = Value::text(&option.to_lowercase());
                    self.put(options, key, value.clone().at(*at), spot);
                }
            }
            _ => {}
        }
    }

    fn ini_merge(&mut self, data: Id, read: &Value, spot: Spot) {
        let Data::Dict(read) = read.data else { return };
        for (section, options) in self.dict(read).map(|dict| dict.entries.clone()).unwrap_or_default() {
            let Some(title) = section.as_str().map(str::to_owned) else { continue };
            if self.ini_section(data, &title).is_none() {
                let empty = self.alloc(Object::Dict(Dict::default()));
                self.put(data, section, Value::of(Data::Dict(empty)), spot);
            }
            if let Some(into) = self.ini_section(data, &title) {
                self.ini_options_from(into, &options, spot);
            }
        }
    }

    /// Every value becomes text.
    fn ini_options_from(&mut self, into: Id, mapping: &Value, spot: Spot) {
        let Data::Dict(mapping) = mapping.data else { return };
        for (key, value) in self.dict(mapping).map(|dict| dict.entries.clone()).unwrap_or_default() {
            let Some(key) = key.as_str().map(str::to_lowercase) else { continue };
            let text = match display(&value) {
                Some(text) if value.as_str().is_none() => Value { from: value.from, ..Value::text(&text) },
                _ => value,
            };
            let at = text.origin().unwrap_or(spot);
            self.put(into, Value::text(&key), text, at);
        }
    }
}

/// What `get`, `getboolean`, `getint` give for an option; `strict` where an absent one raises.
fn typed(name: &str, found: Option<Value>, fallback: Option<Value>, strict: bool) -> Eval<Value> {
    let Some(found) = found else {
        return match fallback {
            Some(fallback) => Ok(fallback),
            None if strict => Err(Machine::missing("NoOptionError")),
            None => Ok(Value::of(Data::None)),
        };
    };
    let Some(text) = found.as_str() else { return Ok(Value::derived(Data::Unknown, &[&found])) };
    let data = match name {
        "getboolean" => match text.to_lowercase().as_str() {
            "1" | "yes" | "true" | "on" => Data::Bool(true),
            "0" | "no" | "false" | "off" => Data::Bool(false),
            _ => return Err(Stop::Raise(Name::new_static("ValueError"))),
        },
        "getint" => match text.trim().parse() {
            Ok(number) => Data::Int(number),
            Err(_) => return Err(Stop::Raise(Name::new_static("ValueError"))),
        },
        "get" | "__getitem__" => return Ok(found),
        _ => Data::Unknown,
    };
    let value = Value::derived(data, &[&found]);
    Ok(match found.origin() {
        Some(origin) => value.at(origin),
        None => value,
    })
}
