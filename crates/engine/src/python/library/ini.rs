//! `configparser`: sections of options, all of them text.
//!
//! A parser keeps its sections as a dict of dicts. What a file holds that the project does not have is not there: a
//! fallback counts.

use super::super::eval::display;
use super::super::ir::*;
use super::super::launch::means_off;
use super::super::machine::{Eval, Machine, Stop};
use super::super::value::*;
use crate::deploy::Format;

/// Where a parser or a section of it keeps the sections.
const DATA: Name = Name::new_static("__data__");
/// Where a section keeps its name, and its parser.
const SECTION: Name = Name::new_static("name");
const PARSER: Name = Name::new_static("parser");

/// What a parser makes of the names of options.
const FORM: &str = "optionxform";

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
                        self.ini_merge(id, &read, spot)?;
                    }
                }
                Value::UNKNOWN
            }
            "read_file" | "readfp" => {
                if let Some(path) = self.path_of(&first) {
                    let read = self.read_data(&path, Some(Format::Ini));
                    self.ini_merge(id, &read, spot)?;
                }
                Value::of(Data::None)
            }
            "read_string" => {
                if let Some(text) = first.as_str().map(str::to_owned) {
                    let read = self.parse_data(Format::Ini, &text);
                    let at = args.positional.first().map_or(spot, |(_, at)| *at);
                    let read = self.read_out(read, first.text_place().unwrap_or(at), None);
                    self.ini_merge(id, &read, spot)?;
                }
                Value::of(Data::None)
            }
            "read_dict" => {
                self.ini_merge(id, &first, spot)?;
                Value::of(Data::None)
            }
            "add_section" | "__setitem__" | "set" => {
                self.ini_write(id, name, args, spot)?;
                Value::of(Data::None)
            }
            "__getitem__" => match first.as_str() {
                Some(section) if self.ini_section(data, section).is_none() => return Err(Machine::missing("KeyError")),
                Some(_) => self.ini_proxy(id, first),
                None => Value::UNKNOWN,
            },
            "has_section" => match first.as_str() {
                Some(section) => Value::of(Data::Bool(self.ini_section(data, section).is_some())),
                None => Value::UNKNOWN,
            },
            "has_option" => match (first.as_str(), second.as_str()) {
                (Some(section), Some(option)) => {
                    let option = self.ini_key(id, option)?;
                    Value::of(Data::Bool(self.ini_option(data, section, &option).is_some()))
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
            FORM => Value::text(&self.ini_key(id, first.as_str().unwrap_or_default())?),
            _ => match (first.as_str(), second.as_str()) {
                (Some(section), Some(option)) => {
                    let option = self.ini_key(id, option)?;
                    let found = self.ini_option(data, section, &option);
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
        let option = self.ini_key(id, option)?;
        if name == "__setitem__" {
            if let (Some(options), Some((value, _))) = (options, args.positional.get(1)) {
                self.set_item(&Value::of(Data::Dict(options)), Value::text(&option), value.clone(), spot);
            }
            return Ok(Value::of(Data::None));
        }
        let found = self.ini_option(data, &section, &option);
        let fallback = args.find(Some(1), "fallback").map(|(value, _)| value.clone());
        typed(name, found, fallback, name == "__getitem__")
    }

    /// Whether a parser has a section, or a section an option.
    pub fn ini_contains(&mut self, id: Id, key: &str) -> Option<bool> {
        let instance = self.instance(id)?;
        let Data::Dict(data) = instance.attrs.get(&DATA)?.data else { return None };
        let Some(section) = instance.attrs.get(&SECTION).cloned() else {
            return Some(self.ini_section(data, key).is_some());
        };
        let key = self.ini_key(id, key).ok()?;
        Some(self.ini_option(data, section.as_str()?, &key).is_some())
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

    /// The name that a parser, or that of a section, makes of an option's: in lower case, unless it says otherwise.
    fn ini_key(&mut self, id: Id, option: &str) -> Eval<String> {
        let parser = match self.instance(id).and_then(|section| section.attrs.get(&PARSER)).map(|parser| &parser.data) {
            Some(Data::Instance(parser)) => *parser,
            _ => id,
        };
        let own = self.instance(parser).map(|parser| (parser.attrs.get(FORM).cloned(), parser.class.clone()));
        let Some((own, class)) = own else { return Ok(option.to_lowercase()) };
        let spot = self.spot(0);
        let mut positional = vec![(Value::text(option), spot)];
        let form = match own {
            Some(form) => form,
            None => match self.class_attribute(&class, FORM, None) {
                Some(method) => {
                    // A function of the class gets the parser, what else is called there does not.
                    if matches!(&method.data, Data::Function(closure) if !closure.is_static) {
                        positional.insert(0, (Value::of(Data::Instance(parser)), spot));
                    }
                    method
                }
                None => return Ok(option.to_lowercase()),
            },
        };
        let name = self.call(&form, Args { positional, ..Args::default() }, spot)?;
        Ok(name.as_str().map_or_else(|| option.to_lowercase(), str::to_owned))
    }

    fn ini_proxy(&mut self, parser: Id, section: Value) -> Value {
        let data = self.ini_data(parser);
        let id = self.new_instance(Value::library("configparser.SectionProxy"));
        if let Some(Object::Instance(proxy)) = self.object_mut(id) {
            proxy.attrs.insert(DATA, Value::of(Data::Dict(data)));
            proxy.attrs.insert(SECTION, section);
            proxy.attrs.insert(PARSER, Value::of(Data::Instance(parser)));
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
        [section, "DEFAULT"].into_iter().find_map(|section| {
            let options = self.dict(self.ini_section(data, section)?)?;
            options.entries.iter().find(|(key, _)| key.as_str() == Some(option)).map(|(_, value)| value.clone())
        })
    }

    /// `parser.set("web", "debug", "on")`, `parser["web"] = {...}`
    fn ini_write(&mut self, id: Id, name: &str, args: &Args, spot: Spot) -> Eval<()> {
        let data = self.ini_data(id);
        let Some((section, _)) = args.positional.first().cloned() else { return Ok(()) };
        let Some(title) = section.as_str().map(str::to_owned) else { return Ok(()) };
        if self.ini_section(data, &title).is_none() {
            let options = self.alloc(Object::Dict(Dict::default()));
            self.put(data, section, Value::of(Data::Dict(options)), spot);
        }
        let Some(options) = self.ini_section(data, &title) else { return Ok(()) };
        match (name, args.positional.get(1), args.positional.get(2)) {
            ("__setitem__", Some((mapping, _)), _) => self.ini_options_from(id, options, mapping, spot)?,
            ("set", Some((option, _)), Some((value, at))) => {
                if let Some(option) = option.as_str() {
                    let key = Value::text(&self.ini_key(id, option)?);
                    self.put(options, key, value.clone().at(*at), spot);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn ini_merge(&mut self, id: Id, read: &Value, spot: Spot) -> Eval<()> {
        let data = self.ini_data(id);
        let Data::Dict(read) = read.data else { return Ok(()) };
        for (section, options) in self.dict(read).map(|dict| dict.entries.clone()).unwrap_or_default() {
            let Some(title) = section.as_str().map(str::to_owned) else { continue };
            if self.ini_section(data, &title).is_none() {
                let empty = self.alloc(Object::Dict(Dict::default()));
                self.put(data, section, Value::of(Data::Dict(empty)), spot);
            }
            if let Some(into) = self.ini_section(data, &title) {
                self.ini_options_from(id, into, &options, spot)?;
            }
        }
        Ok(())
    }

    /// Every value becomes text.
    fn ini_options_from(&mut self, id: Id, into: Id, mapping: &Value, spot: Spot) -> Eval<()> {
        let Data::Dict(mapping) = mapping.data else { return Ok(()) };
        for (key, value) in self.dict(mapping).map(|dict| dict.entries.clone()).unwrap_or_default() {
            let Some(key) = key.as_str() else { continue };
            let key = self.ini_key(id, key)?;
            let text = match display(&value) {
                Some(text) if value.as_str().is_none() => Value { from: value.from, ..Value::text(&text) },
                _ => value,
            };
            let at = text.origin().unwrap_or(spot);
            self.put(into, Value::text(&key), text, at);
        }
        Ok(())
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
        // The file says off, and who takes the truth of its text is wrong.
        "get" | "__getitem__" if means_off(text) => return Ok(Value::derived(found.data.clone(), &[&found])),
        "get" | "__getitem__" => return Ok(found),
        _ => Data::Unknown,
    };
    let value = Value::derived(data, &[&found]);
    Ok(match found.origin() {
        Some(origin) => value.at(origin),
        None => value,
    })
}
