//! Data files and data texts that a program reads: JSON, TOML, YAML and INI, as values with their places.
//!
//! The trees come from `deploy`'s readers. What a key means is the program's affair.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::environ::parse_literal;
use super::machine::Machine;
use super::value::*;
use crate::deploy::data::{Data as Node, Entry, Kind};
use crate::deploy::{Format, tree};
use crate::language::Language;

/// How many values of one text are kept: settings are short, data is not settings.
const MAX_VALUES: usize = 2_000;

/// How long a text may be that a program reads line by line: settings are short.
const MAX_TEXT: usize = 8_000;

/// The format that a reading function expects, by its dotted path.
pub(crate) fn format_of_reader(path: &str) -> Option<Format> {
    let (module, function) = path.rsplit_once('.')?;
    if !matches!(function, "load" | "loads" | "safe_load" | "full_load" | "unsafe_load" | "safe_loads") {
        return None;
    }
    Some(match module {
        "json" | "simplejson" | "ujson" | "orjson" | "rapidjson" | "json5" | "hjson" | "flask.json" => Format::Json,
        "toml" | "tomllib" | "tomli" | "rtoml" | "tomlkit" | "pytoml" | "qtoml" => Format::Toml,
        "yaml" | "ruamel.yaml" | "oyaml" => Format::Yaml,
        _ => return None,
    })
}

/// The format that a file's name promises.
pub(crate) fn format_of_language(language: Language) -> Option<Format> {
    match language {
        Language::Json => Some(Format::Json),
        Language::Toml => Some(Format::Toml),
        Language::Yaml => Some(Format::Yaml),
        Language::Ini => Some(Format::Ini),
        _ => None,
    }
}

/// Where the places of a text are: in a file of the project, or all at one spot of the program that holds the text.
#[derive(Clone, Copy)]
enum Origin {
    File(FileId),
    Text,
}

impl Machine<'_> {
    /// What a data file holds, read as `format` (`None`: as its name says).
    pub fn read_data(&mut self, path: &str, format: Option<Format>) -> Value {
        let from = self.frames.last().map_or(0, |frame| frame.file);
        let Some((file, language, text)) = self.files.data(from, path, format) else { return Value::UNKNOWN };
        self.loaded.insert(file);
        let Some(format) = format.or_else(|| format_of_language(language)) else { return Value::UNKNOWN };
        self.plant(format, &text, Origin::File(file))
    }

    /// What a text holds that the program has in a string.
    pub fn parse_data(&mut self, format: Format, text: &str) -> Value {
        self.plant(format, text, Origin::Text)
    }

    /// Says of the settings that were read out of a text of the program where that text stands. They have no place of
    /// their own, except `old`, which all of them have that the reader made.
    pub fn read_out(&mut self, value: Value, place: Spot, old: Option<Spot>) -> Value {
        match &value.data {
            Data::Dict(id) => {
                let id = *id;
                let Some(dict) = self.dict_mut(id) else { return value };
                let entries = std::mem::take(&mut dict.entries);
                let entries = entries.into_iter().map(|(key, inner)| (key, self.read_out(inner, place, old))).collect();
                if let Some(dict) = self.dict_mut(id) {
                    dict.entries = entries;
                }
                value
            }
            Data::List(id) => {
                let id = *id;
                let items = self.list(id).map(|list| list.items.clone()).unwrap_or_default();
                let items = items.into_iter().map(|inner| self.read_out(inner, place, old)).collect();
                if let Some(Object::List(list)) = self.object_mut(id) {
                    list.items = items;
                }
                value
            }
            _ if super::machine::is_setting(&value) => {
                let mut from = value.from.as_deref().cloned().unwrap_or_default();
                from.origin = from.origin.filter(|origin| Some(*origin) != old);
                from.literal = from.literal.filter(|literal| Some(*literal) != old);
                from.text_at = Some(place);
                Value { data: value.data, from: Some(Rc::new(from)) }
            }
            _ => value,
        }
    }

    /// The path of a file object or a path object. Of a folder that is not known what is below it is most often the
    /// project's own.
    pub fn path_of(&self, value: &Value) -> Option<String> {
        let mut value = value.clone();
        for _ in 0..4 {
            match &value.data {
                Data::Str(path) => {
                    return Some(match path.rsplit_once(UNKNOWN_PIECE) {
                        Some((_, below)) => below.strip_prefix('/')?.to_owned(),
                        None => path.to_string(),
                    });
                }
                Data::Instance(id) => value = self.instance(*id)?.attrs.get("path")?.clone(),
                _ => return None,
            }
        }
        None
    }

    /// Whether an instance is a `pathlib.Path`.
    pub fn is_path(&self, id: Id) -> bool {
        self.instance(id).is_some_and(|path| path.class.as_library() == Some("pathlib.Path"))
    }

    /// `str(path)`: it names the same file.
    pub fn path_text(&self, id: Id) -> Value {
        self.path_of(&Value::of(Data::Instance(id))).map_or(Value::UNKNOWN, |path| Value::text(&path).anchored())
    }

    /// Whether a path is one of the project's and no file is there.
    pub fn is_absent(&self, path: &str) -> bool {
        let from = self.frames.last().map_or(0, |frame| frame.file);
        !path.is_empty()
            && !path.starts_with(['/', '~'])
            && self.files.is_complete(from)
            && !self.files.is_there(from, path)
    }

    /// The text of a file that a program opened, and where it begins to be one line and no more.
    pub fn text_of(&mut self, file: &Value) -> Option<Value> {
        let (id, text) = self.opened_text(file)?;
        let inner = text.trim();
        let value = Value::text(&text);
        if inner.is_empty() || inner.contains('\n') {
            return Some(value);
        }
        let start = text.len() - text.trim_start().len();
        Some(value.at(self.files.raw_spot(id, start..start + inner.len())))
    }

    /// The lines of a file that a program opened, each written where it stands.
    pub fn lines_of(&mut self, file: &Value, end: &str) -> Option<Value> {
        let (id, text) = self.opened_text(file)?;
        let mut items = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let inner = line.trim();
            let at = start + line.len() - line.trim_start().len();
            let value = Value::text(&format!("{}{end}", line.trim_end_matches(['\n', '\r'])));
            items.push(value.at(self.files.raw_spot(id, at..at + inner.len())));
            start += line.len();
        }
        Some(Value::of(Data::List(self.alloc(Object::List(List { items, open: false })))))
    }

    /// What a loop goes through: of a file its lines.
    pub fn iterated(&mut self, value: Value) -> Value {
        let Data::Instance(id) = value.data else { return value };
        if self.instance(id).and_then(|file| file.class.as_library()) != Some("io.File") {
            return value;
        }
        self.lines_of(&value, "\n").unwrap_or(value)
    }

    fn opened_text(&mut self, file: &Value) -> Option<(FileId, String)> {
        let Data::Instance(_) = file.data else { return None };
        let path = self.path_of(file)?;
        let from = self.frames.last().map_or(0, |frame| frame.file);
        let (id, _, text) = self.files.data(from, &path, Some(Format::Ini))?;
        self.loaded.insert(id);
        (text.len() <= MAX_TEXT).then_some((id, text))
    }

    fn plant(&mut self, format: Format, text: &str, origin: Origin) -> Value {
        let Some(root) = tree(format, text) else { return Value::UNKNOWN };
        let mut planting = Planting { format, text, origin, left: MAX_VALUES };
        planting.node(self, &root)
    }
}

struct Planting<'a> {
    format: Format,
    text: &'a str,
    origin: Origin,
    left: usize,
}

impl Planting<'_> {
    fn node(&mut self, machine: &mut Machine<'_>, node: &Rc<Node>) -> Value {
        let Some(left) = self.left.checked_sub(1) else { return Value::UNKNOWN };
        self.left = left;
        match &node.kind {
            Kind::Null => Value::of(Data::None),
            Kind::Scalar(scalar) if !scalar.known => Value::UNKNOWN,
            Kind::Scalar(scalar) => Value::of(self.scalar(scalar.source.text(), &node.range)),
            Kind::Seq(items) => {
                let items = items.iter().map(|item| self.node(machine, item)).collect();
                Value::of(Data::List(machine.alloc(Object::List(List { items, open: false }))))
            }
            Kind::Map(_) => {
                let mut dict = Dict::default();
                for entry in node.entries() {
                    if self.left == 0 {
                        dict.open = true;
                        break;
                    }
                    let Some(key) = entry.key.text() else { continue };
                    let value = self.node(machine, &entry.value);
                    let value = self.placed(machine, value, &entry);
                    dict.entries.push((Value::text(key), value));
                }
                Value::of(Data::Dict(machine.alloc(Object::Dict(dict))))
            }
        }
    }

    /// A setting is written where its key and value stand.
    fn placed(&self, machine: &Machine<'_>, value: Value, entry: &Entry) -> Value {
        match self.origin {
            Origin::File(file) if super::machine::is_setting(&value) => {
                let range = entry.key.range.start..entry.value.range.end.max(entry.key.range.end);
                value.at(machine.files.raw_spot(file, range))
            }
            _ => value,
        }
    }

    /// A scalar as its format types it.
    fn scalar(&self, text: &str, range: &Range<usize>) -> Data {
        let quoted = self.text.get(range.clone()).is_some_and(|raw| raw.starts_with(['"', '\'', '|', '>']));
        let string = || Data::Str(Arc::from(text));
        if quoted || self.format == Format::Ini {
            return string();
        }
        if self.format != Format::Yaml {
            return parse_literal(text, true).unwrap_or_else(string);
        }
        // YAML 1.1, which PyYAML reads.
        match text {
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Data::Bool(true),
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Data::Bool(false),
            "" | "~" | "null" | "Null" | "NULL" => Data::None,
            _ => parse_literal(text, true).unwrap_or_else(string),
        }
    }
}
