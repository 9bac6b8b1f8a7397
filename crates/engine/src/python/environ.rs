//! The process's environment and its words for on and off, as the libraries that read it parse them.

use std::sync::Arc;

use super::ir::*;
use super::library::texts::ENVIRONB;
use super::machine::{Eval, Machine, Stop};
use super::value::*;
use crate::deploy::Format;

impl Machine<'_> {
    /// The value of an environment variable: a string or `None`, noting the lookup unless the project itself set it.
    pub fn environ(&mut self, name: &str, spot: Spot) -> Value {
        // Which variable it is, nobody can say who knows only a part of its name.
        let name = if name.contains(UNKNOWN_PIECE) { Name::from(UNKNOWN_PIECE.to_string()) } else { Name::from(name) };
        self.lookups.insert(name.clone());
        let set = self.state.env.get(&name).cloned();
        if let Some(value) = &set
            && let Some(origin) = value.origin()
        {
            let mut from = value.from.as_deref().cloned().unwrap_or_default();
            from.env.push(Lookup { name, spot: origin, set: true });
            return Value { data: value.data.clone(), from: Some(std::rc::Rc::new(from)) };
        }
        let data = set.map_or(Data::None, |value| value.data);
        let from = From { env: vec![Lookup { name, spot, set: false }], ..From::default() };
        Value { data, from: Some(std::rc::Rc::new(from)) }
    }

    /// `os.environ[name] = value`
    pub fn set_environ(&mut self, name: &Name, value: Value, spot: Spot) {
        let value = match value.data {
            Data::Str(_) | Data::Unknown => value,
            // `os.environ` takes strings only: anything else raises.
            _ => return,
        };
        // The place to change is where the variable is set, wherever its text was written.
        let mut from = value.from.as_deref().cloned().unwrap_or_default();
        let place = value_origin(&from).unwrap_or(spot);
        from.origin = Some(place);
        from.via = Some((Means::Variable, place));
        self.state.env.insert(name.clone(), Value { data: value.data, from: Some(std::rc::Rc::new(from)) });
    }

    /// `os.environ.update(...)`
    pub fn update_environ(&mut self, mapping: &Value, spot: Spot) {
        let Data::Dict(id) = mapping.data else { return };
        for (key, value) in self.dict(id).map(|dict| dict.entries.clone()).unwrap_or_default() {
            if let Some(name) = key.as_str() {
                let at = value.origin().unwrap_or(spot);
                self.set_environ(&Name::from(name), value, at);
            }
        }
    }

    /// A lookup with a default: `os.getenv(name, default)`.
    pub fn getenv(&mut self, args: &Args, spot: Spot) -> Value {
        let name = args.find(Some(0), "key").and_then(|(value, _)| value.as_str().map(str::to_owned));
        let Some(name) = name else { return Value::UNKNOWN };
        // A function that looks up what its caller names: the caller's is the place.
        let spot = args.find(Some(0), "key").and_then(|(value, _)| self.given(value)).unwrap_or(spot);
        let found = self.environ(&name, spot);
        if found.data != Data::None {
            return found;
        }
        match args.find(Some(1), "default") {
            Some((default, at)) => defaulted(default, at, &found),
            None => found,
        }
    }

    /// A lookup by a settings library: name, default and a cast; raises where it is unset and has no default. `file` is
    /// the env file that the library looks into when the environment has no such variable.
    pub fn lookup_with_cast(
        &mut self,
        args: &Args,
        spot: Spot,
        prefix: &str,
        words: Words,
        file: Option<&str>,
    ) -> Eval<Value> {
        let name = args.positional.first().and_then(|(value, _)| value.as_str().map(str::to_owned));
        let Some(name) = name else { return Ok(Value::UNKNOWN) };
        let cast = args.keyword("cast").map(|(value, _)| value.clone());
        let name = format!("{prefix}{name}");
        let mut found = self.environ(&name, spot);
        if found.data == Data::None
            && let Some(set) = file.and_then(|file| match file.rsplit('.').next() {
                Some("ini" | "cfg") if words == Words::Decouple => self.ini_setting(file, &name),
                _ => self.file_setting(file, &name),
            })
        {
            found = set;
        }
        if found.data == Data::None
            && words == Words::Decouple
            && let Some(set) = self.ini_setting("settings.ini", &name)
        {
            found = set;
        }
        let value = if found.data == Data::None {
            let position = if words == Words::Environs { Some(1) } else { None };
            let Some((default, at)) = args.find(position, "default") else { return Err(Machine::missing("KeyError")) };
            let default = default.clone();
            let value = defaulted(&default, at, &found);
            // environs and starlette give a default as it is; decouple casts it.
            if words != Words::Decouple && default.as_str().is_none() {
                return Ok(value);
            }
            value
        } else {
            found
        };
        match cast {
            None => Ok(value),
            Some(cast) if cast.as_library() == Some("builtins.bool") => parse_bool(&value, words),
            Some(cast) => {
                let args = Args { positional: vec![(value, spot)], ..Args::default() };
                self.call(&cast, args, spot)
            }
        }
    }

    /// What an INI file says, `settings.ini` most often, which python-decouple reads where the environment says nothing.
    fn ini_setting(&mut self, file: &str, name: &str) -> Option<Value> {
        let Data::Dict(sections) = self.read_data(file, Some(Format::Ini)).data else { return None };
        let section = Value::text("settings");
        let Data::Dict(options) = self.dict(sections)?.entries.iter().find(|(key, _)| key.data == section.data)?.1.data
        else {
            return None;
        };
        let same = |key: &Value| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name));
        self.dict(options)?.entries.iter().find(|(key, _)| same(key)).map(|(_, value)| value.clone())
    }

    /// `sys.argv`: the script with the words of the command that starts it, unless the program wrote it.
    pub fn argv(&mut self) -> Value {
        if let Some(argv) = &self.state.argv {
            return argv.clone();
        }
        self.asks_words = true;
        let script = self.frames.first().map(|frame| self.files.path(frame.file));
        let script = script.as_deref().and_then(|path| path.rsplit('/').next()).unwrap_or("app.py");
        let items = std::iter::once(Value::text(script)).chain(self.plan.argv.iter().cloned()).collect();
        let id = self.alloc(Object::List(List { items, open: false }));
        let value = Value::of(Data::List(id));
        self.state.argv = Some(value.clone());
        value
    }
}

/// Where a variable is set: at the statement that does it, or, where that does it for any name, where the value stands
/// that goes with this one.
pub(crate) fn set_place(name: &Value, value: &Value, spot: Spot) -> Spot {
    name.origin().and_then(|_| value.origin()).unwrap_or(spot)
}

/// The default of a lookup that found nothing. What is read out of a text stands in that text.
fn defaulted(default: &Value, at: Spot, found: &Value) -> Value {
    let value = Value::derived(default.data.clone(), &[default, found]);
    if matches!(default.data, Data::Str(_) | Data::Bytes(_)) { value.in_text(at) } else { value }
}

/// Whether a path is that of the process's environment, of texts or of bytes.
pub(crate) fn is_environ(path: &str) -> bool {
    path == "os.environ" || path == ENVIRONB
}

/// Where a file of the project says what a variable is set to.
fn value_origin(from: &From) -> Option<Spot> {
    from.origin.filter(|place| place.unit >= RAW)
}

/// Whose words for on and off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// `distutils.util.strtobool` and python-decouple.
    Decouple,
    /// environs (marshmallow).
    Environs,
    /// `starlette.config`.
    Starlette,
}

/// A word parsed to a boolean; what is no word of theirs raises.
pub(crate) fn parse_bool(value: &Value, words: Words) -> Eval<Value> {
    let Some(text) = value.as_str() else {
        let data = match &value.data {
            Data::Bool(truth) => Data::Bool(*truth),
            Data::Int(number) => Data::Bool(*number != 0),
            Data::None => Data::Bool(false),
            _ => Data::Unknown,
        };
        return Ok(Value::derived(data, &[value]));
    };
    let lower = text.to_lowercase();
    let known = match words {
        Words::Starlette => match lower.as_str() {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        },
        Words::Decouple if lower.is_empty() => Some(false),
        Words::Decouple | Words::Environs => match lower.as_str() {
            "1" | "true" | "t" | "yes" | "y" | "on" => Some(true),
            "0" | "false" | "f" | "no" | "n" | "off" => Some(false),
            _ => None,
        },
    };
    match known {
        Some(truth) => {
            let parsed = Value::derived(Data::Bool(truth), &[value]);
            Ok(value_origin(value.from.as_deref().unwrap_or(&From::default())).into_iter().fold(parsed, Value::at))
        }
        None => Err(Stop::Raise(Name::new_static("ValueError"))),
    }
}

/// A Python or JSON literal in a string.
pub(crate) fn parse_literal(text: &str, json: bool) -> Option<Data> {
    let text = text.trim();
    Some(match text {
        "true" if json => Data::Bool(true),
        "false" if json => Data::Bool(false),
        "null" if json => Data::None,
        "True" if !json => Data::Bool(true),
        "False" if !json => Data::Bool(false),
        "None" if !json => Data::None,
        _ => {
            if let Ok(number) = text.parse::<i64>() {
                return Some(Data::Int(number));
            }
            if let Ok(number) = text.parse::<f64>() {
                return Some(Data::Float(number));
            }
            let quote = if json { &['"'][..] } else { &['"', '\''][..] };
            let inner = quote.iter().find_map(|q| text.strip_prefix(*q)?.strip_suffix(*q))?;
            if inner.contains(['\\', '"', '\'']) {
                return None;
            }
            Data::Str(Arc::from(inner))
        }
    })
}
