//! Libraries that read settings: environs, python-decouple, starlette, pydantic, dynaconf, OmegaConf, and classes whose
//! entries are attributes (Box, Munch). What the environment says comes first in all of them, then their files.
//!
//! How their words for on and off are read is in `environ`.

use std::rc::Rc;

use super::super::environ::{Words, parse_bool, parse_literal};
use super::super::ir::*;
use super::super::machine::{Eval, Machine, is_setting};
use super::super::value::*;
use crate::deploy::Format;

/// Classes whose entries are attributes, and whether case counts.
const ATTRIBUTE_DICTS: &[(&str, bool)] = &[
    ("box.Box", true),
    ("addict.Dict", true),
    ("munch.Munch", true),
    ("easydict.EasyDict", true),
    ("attrdict.AttrDict", true),
    ("dotmap.DotMap", true),
    ("omegaconf.DictConfig", true),
    ("dynaconf.Dynaconf", false),
    ("dynaconf.LazySettings", false),
];

/// The files that dynaconf reads when none is named.
const DYNACONF_FILES: [&str; 6] =
    ["settings.toml", "settings.yaml", "settings.yml", "settings.json", ".secrets.toml", ".secrets.yaml"];

/// How deep an `object_hook` is followed.
pub(super) const MAX_HOOKED: u32 = 8;

/// How deep models in models are dumped.
const MAX_DUMPED: u32 = 8;

/// What a dump is to include and to exclude.
type Limits = (Option<Value>, Option<Value>);

/// How much of a field one of these means.
enum Limit {
    None,
    Whole,
    /// These of its own fields.
    Inner(Value),
}

impl Limit {
    fn inner(self) -> Option<Value> {
        match self {
            Limit::Inner(names) => Some(names),
            _ => None,
        }
    }
}

impl Machine<'_> {
    /// The reader that `environs` has ready; one for the whole program.
    pub(super) fn environs_reader(&mut self, path: &str) -> Value {
        let id = self.new_instance(Value::library("environs.Env"));
        let value = Value::of(Data::Instance(id));
        self.state.patches.insert(Name::from(path), value.clone());
        value
    }

    /// A variable that an env file sets, as a library reads it that leaves the environment as it is.
    pub fn file_setting(&mut self, file: &str, name: &str) -> Option<Value> {
        let setting = self.files.dotenv(file).into_iter().rev().find(|setting| setting.name == name)?;
        let origin = setting.value.origin()?;
        self.loaded.insert(origin.file);
        let mut from = setting.value.from.as_deref().cloned().unwrap_or_default();
        from.env.push(Lookup { name: setting.name, spot: origin, set: true });
        Some(Value { data: setting.value.data, from: Some(Rc::new(from)) })
    }

    /// A call of one of these libraries; `None` for any other path.
    pub(super) fn call_settings(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        let first = args.positional.first().map(|(value, _)| value.clone());
        Some(Ok(match path {
            _ if path.starts_with("omegaconf.OmegaConf.") => self.call_omegaconf(path, first, args, spot)?,
            "munch.munchify" | "munch.Munch.fromDict" => self.attribute_dict("munch.Munch", first?),
            "box.Box.from_yaml" | "box.Box.from_json" | "box.Box.from_toml" => {
                let format = match path.rsplit('_').next() {
                    Some("yaml") => Format::Yaml,
                    Some("toml") => Format::Toml,
                    _ => Format::Json,
                };
                let file = args.keyword("filename").and_then(|(value, _)| self.path_of(value));
                let data = match (file, first.as_ref().and_then(Value::as_str)) {
                    (Some(file), _) => self.read_data(&file, Some(format)),
                    (None, Some(text)) => self.parse_data(format, text),
                    _ => return None,
                };
                self.attribute_dict("box.Box", data)
            }
            "dynaconf.Dynaconf" | "dynaconf.LazySettings" => {
                let data = self.dynaconf_settings(args, false);
                self.attribute_dict("dynaconf.Dynaconf", data)
            }
            "dynaconf.FlaskDynaconf" => {
                let data = self.dynaconf_settings(args, true);
                let app = args.find(Some(0), "app").map(|(app, _)| app.clone())?;
                let config = match self.attribute(&app, "config") {
                    Ok(Value { data: Data::Dict(config), .. }) => config,
                    _ => return None,
                };
                self.update_dict(config, &data, spot);
                Value::UNKNOWN
            }
            _ if path.starts_with("pydantic") && path.ends_with("ConfigDict") => {
                return Some(self.call_builtin("dict", args, spot));
            }
            _ if ATTRIBUTE_DICTS.iter().any(|(known, _)| *known == path) => {
                let data = self.call_builtin("dict", args, spot);
                match data {
                    Ok(data) => self.attribute_dict(path, data),
                    Err(stop) => return Some(Err(stop)),
                }
            }
            _ => return None,
        }))
    }

    /// An instance of a class whose entries are attributes.
    pub(super) fn attribute_dict(&mut self, path: &str, data: Value) -> Value {
        let Some(entries) = self.entries_of(&data) else { return Value::UNKNOWN };
        let id = self.new_instance(Value::library(path));
        self.init_entries(id, Value::of(Data::Dict(entries)));
        Value::of(Data::Instance(id))
    }

    /// An attribute of such an instance.
    pub fn entry_attribute(&mut self, object: &Value, class: &Value, name: &str) -> Option<Value> {
        let path = self.ancestors(class).iter().find_map(|class| class.as_library().map(str::to_owned))?;
        let (path, exact) = ATTRIBUTE_DICTS.iter().find(|(known, _)| *known == path)?;
        let dict = self.dict(self.entries_of(object)?)?;
        let same = |key: &str| key == name || (!exact && key.eq_ignore_ascii_case(name));
        let found = dict.entries.iter().rev().find(|(key, _)| key.as_str().is_some_and(same));
        let value = found.map(|(_, value)| value.clone())?;
        Some(if let Data::Dict(_) = value.data { self.attribute_dict(path, value) } else { value })
    }

    /// What the settings files of dynaconf say, by upper-case keys.
    fn dynaconf_settings(&mut self, args: &Args, layered: bool) -> Value {
        let listed = ["settings_files", "settings_file", "SETTINGS_FILES", "includes"];
        let listed = listed.iter().find_map(|name| args.keyword(name).map(|(value, _)| value.clone()));
        let files: Vec<String> = match &listed {
            Some(value) => match value.as_str() {
                Some(text) => text.split([',', ';']).map(|name| name.trim().to_owned()).collect(),
                None => {
                    let items = self.items(value).unwrap_or_default();
                    items.iter().filter_map(|item| self.path_of(item)).collect()
                }
            },
            None => DYNACONF_FILES.map(str::to_owned).to_vec(),
        };
        let layered =
            layered || args.keyword("environments").is_some_and(|(on, _)| self.truth(&on.clone()) == Some(true));
        let named = args.keyword("env").and_then(|(env, _)| env.as_str().map(str::to_owned));
        let into = self.alloc(Object::Dict(Dict::default()));
        // What the call says itself stands until a file says otherwise.
        for (name, value, at) in &args.keywords {
            let value = if is_setting(value) { value.clone().at(*at) } else { value.clone() };
            self.put(into, Value::text(&name.to_uppercase()), value, *at);
        }
        for file in files {
            let data = self.read_data(&file, None);
            if !layered {
                self.add_upper(into, &data);
                continue;
            }
            // `[development]` is what a program that says nothing gets, over `[default]`.
            for layer in ["default", named.as_deref().unwrap_or("development"), "global"] {
                if let Data::Dict(id) = data.data {
                    let found = self.dict(id).and_then(|dict| {
                        let same = |key: &Value| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(layer));
                        dict.entries.iter().find(|(key, _)| same(key)).map(|(_, value)| value.clone())
                    });
                    self.add_upper(into, &found.unwrap_or(Value::UNKNOWN));
                }
            }
        }
        Value::of(Data::Dict(into))
    }

    fn add_upper(&mut self, into: Id, data: &Value) {
        let Some(id) = self.entries_of(data) else { return };
        let spot = self.spot(0);
        for (key, value) in self.dict(id).map(|dict| dict.entries.clone()).unwrap_or_default() {
            if let Some(key) = key.as_str() {
                let key = Value::text(&key.to_uppercase());
                let at = value.origin().unwrap_or(spot);
                self.put(into, key, value, at);
            }
        }
    }

    /// What a reader of a data format makes of a file or a text.
    pub(super) fn read_from(&mut self, format: Format, source: &Value, at: Spot) -> Eval<Value> {
        let source = &super::texts::decoded(source.clone());
        let Some(text) = source.as_str().map(str::to_owned) else {
            return Ok(match self.path_of(source) {
                Some(path) => self.read_data(&path, Some(format)),
                None => Value::derived(Data::Unknown, &[source]),
            });
        };
        // A JSON text that is one bare word is how switches are read from the environment.
        let value = match parse_literal(&text, true) {
            Some(data) if format != Format::Toml => Value::of(data),
            _ if text.contains(['{', '[', '=', ':', '\n']) || format == Format::Yaml => self.parse_data(format, &text),
            _ => return Err(Machine::missing("ValueError")),
        };
        let place = source.text_place().or(Some(at)).filter(|_| source.outside().is_none());
        let value = place.into_iter().fold(value, |value, place| self.read_out(value, place, None));
        Ok(Value::derived(value.data, &[source]))
    }

    /// What a reader gives that hands each mapping to a function, the inner ones first.
    pub(super) fn hooked(&mut self, value: Value, hook: &Value, spot: Spot, depth: u32) -> Eval<Value> {
        let Some(inner) = depth.checked_sub(1) else { return Ok(Value::UNKNOWN) };
        match value.data {
            Data::Dict(id) => {
                for (key, item) in self.dict(id).map(|dict| dict.entries.clone()).unwrap_or_default() {
                    if matches!(item.data, Data::Dict(_) | Data::List(_)) {
                        let item = self.hooked(item, hook, spot, inner)?;
                        self.put(id, key, item, spot);
                    }
                }
                self.call(hook, Args { positional: vec![(value, spot)], ..Args::default() }, spot)
            }
            Data::List(_) => {
                let mut items = Vec::new();
                for item in self.items(&value).unwrap_or_default() {
                    items.push(self.hooked(item, hook, spot, inner)?);
                }
                Ok(self.new_list(items))
            }
            _ => Ok(value),
        }
    }

    /// A field of a pydantic model that says `bool`: words become truths.
    pub fn as_boolean(&self, value: Value) -> Value {
        if value.as_str().is_none() {
            return value.typed();
        }
        let origin = value.origin();
        match parse_bool(&value, Words::Environs) {
            Ok(parsed) => origin.into_iter().fold(parsed, Value::at).typed(),
            Err(_) => Value::UNKNOWN,
        }
    }

    /// Notes the class of a field of a pydantic model that is a model itself: `server: Server`, `server: Server | None`.
    pub fn note_model(&mut self, target: &Target, annotation: &Expr) -> Eval<()> {
        let (Some(class), Target::Name(name)) = (self.frames.last().and_then(|frame| frame.class), target) else {
            return Ok(());
        };
        if !self.is_model(&Value::of(Data::Class(class))) {
            return Ok(());
        }
        for named in alternatives(annotation) {
            let value = self.load_name(named)?;
            if matches!(value.data, Data::Class(_))
                && self.is_model(&value)
                && let Some(Object::Class(class)) = self.object_mut(class)
            {
                class.models.push((name.clone(), value));
            }
        }
        Ok(())
    }

    /// A field of a pydantic model that says another model: a mapping becomes one.
    pub fn as_model(&mut self, model: &Value, value: Value) -> Eval<Value> {
        if !matches!(value.data, Data::Dict(_)) {
            return Ok(value);
        }
        let spot = value.origin().unwrap_or_else(|| self.spot(0));
        let call = self.unpacked(None, Some(&value), spot);
        self.call(model, call, spot)
    }

    /// Methods of a pydantic model; `None` for others.
    pub(super) fn call_model(&mut self, receiver: &Value, name: &str, args: &Args) -> Option<Value> {
        match name {
            "model_dump" | "dict" => {
                let given = |name: &str| args.keyword(name).filter(|(value, _)| value.data != Data::None);
                let find = |name: &str| given(name).map(|(value, _)| value.clone());
                let limits = (find("include"), find("exclude"));
                self.dumped(receiver, limits, args, MAX_DUMPED)
            }
            "model_copy" | "copy" => {
                let update = args.keyword("update").map(|(value, _)| value.clone());
                let keywords = self.unpacked(None, update.as_ref(), self.spot(0)).keywords;
                Some(self.replaced(receiver, &Args { keywords, ..Args::default() }))
            }
            _ => None,
        }
    }

    /// The fields of a model as a dict, and those of models in it: of the names to include, without those to exclude, and
    /// without what the switches of the call leave out.
    fn dumped(&mut self, model: &Value, limits: Limits, args: &Args, depth: u32) -> Option<Value> {
        let Data::Instance(id) = model.data else { return None };
        let Instance { class, attrs } = self.instance(id)?.clone();
        let (include, exclude) = limits;
        let mut entries = Vec::new();
        for (name, value) in attrs {
            let included = include.as_ref().map_or(Some(Limit::Whole), |names| self.limit(names, &name));
            let excluded = exclude.as_ref().map_or(Some(Limit::None), |names| self.limit(names, &name));
            let (Some(included), Some(excluded)) = (included, excluded) else { return Some(Value::UNKNOWN) };
            let is_out = matches!(included, Limit::None) || matches!(excluded, Limit::Whole);
            if is_out || self.is_left_out(&class, &name, &value, args) {
                continue;
            }
            let limits = (included.inner(), excluded.inner());
            let inner = depth.checked_sub(1).filter(|_| self.is_model_instance(&value));
            let value = inner.and_then(|depth| self.dumped(&value, limits, args, depth)).unwrap_or(value);
            entries.push((Value::text(&name), value));
        }
        Some(Value::of(Data::Dict(self.alloc(Object::Dict(Dict { entries, ..Dict::default() })))))
    }

    /// What a set or a mapping of names says of one; `None` where that is not known.
    fn limit(&self, names: &Value, name: &str) -> Option<Limit> {
        if let Some(at) = self.entries_of(names) {
            let dict = self.dict(at).filter(|dict| !dict.open)?;
            let found = dict.entries.iter().find(|(key, _)| key.as_str() == Some(name));
            return Some(match found.map(|(_, value)| value) {
                None => Limit::None,
                Some(value) if value.is_ellipsis() || value.data == Data::Bool(true) => Limit::Whole,
                Some(value) => Limit::Inner(value.clone()),
            });
        }
        let names = self.items(names)?;
        let is_named = names.iter().any(|known| known.as_str() == Some(name));
        Some(if is_named { Limit::Whole } else { Limit::None })
    }

    /// Whether a dump leaves out a field because of its value: its default, a default that nobody wrote over, or nothing.
    fn is_left_out(&self, class: &Value, name: &str, value: &Value, args: &Args) -> bool {
        let asked = |switch: &str| args.keyword(switch).is_some_and(|(on, _)| self.truth(on) == Some(true));
        let default = self.class_attribute(class, name, None);
        let is = |same: &dyn Fn(&Value) -> bool| default.as_ref().is_some_and(same);
        asked("exclude_none") && value.data == Data::None
            || asked("exclude_defaults") && is(&|default| default.data == value.data)
            || asked("exclude_unset") && is(&|default| default.data == value.data && default.origin() == value.origin())
    }

    fn is_model_instance(&self, value: &Value) -> bool {
        let Data::Instance(id) = value.data else { return false };
        self.instance(id).is_some_and(|instance| self.is_model(&instance.class))
    }

    /// Whether a class is a pydantic model.
    pub fn is_model(&self, class: &Value) -> bool {
        let is = |path: &str| path.ends_with("BaseModel") || path.ends_with("BaseSettings");
        self.ancestors(class).iter().any(|class| class.as_library().is_some_and(is))
    }

    /// `Model.model_validate({...})`: the model, made from a dict.
    pub(super) fn validated(&mut self, class: &Value, name: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        if !self.is_model(class) {
            return None;
        }
        let given = args.positional.first().map(|(value, _)| value.clone())?;
        let given = match name {
            "model_validate" | "parse_obj" => given,
            "model_validate_json" | "parse_raw" => match self.read_from(Format::Json, &given, spot) {
                Ok(read) => read,
                Err(stop) => return Some(Err(stop)),
            },
            "model_construct" | "construct" => return Some(self.call(class, args.clone(), spot)),
            _ => return None,
        };
        let call = self.unpacked(None, Some(&given), spot);
        Some(self.call(class, call, spot))
    }
}

/// A name of a field.
pub(crate) fn is_bool(annotation: &Expr) -> bool {
    matches!(&annotation.kind, ExprKind::Name(name) if name == "bool")
}

/// The names that an annotation says, where it says one of several: `Server | None`, `Optional[Server]`.
fn alternatives(annotation: &Expr) -> Vec<&Name> {
    match &annotation.kind {
        ExprKind::Name(name) => vec![name],
        ExprKind::Binary(BinaryOp::BitOr, left, right) => [alternatives(left), alternatives(right)].concat(),
        ExprKind::Subscript(object, index) if matches!(&object.kind, ExprKind::Name(name) if name == "Optional") => {
            alternatives(index)
        }
        _ => Vec::new(),
    }
}
