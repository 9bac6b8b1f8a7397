//! The levels of loggers, as far as the program sets them: `basicConfig`, `setLevel`, and what asks for them.
//!
//! A level that nobody sets here is not known: another part of the program, or of its surroundings, may set it.

use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;

/// The class of loggers, and where one keeps its name; that of the root is empty.
const LOGGER: &str = "logging.Logger";
const NAME: Name = Name::new_static("name");

/// What is kept once logging was set up, and once it was in a way that is not followed.
const READY: &str = "logging is ready";
const LOST: &str = "logging is lost";

/// What the name begins with under which the level of a logger is kept.
const LEVEL_OF: &str = "level of ";

/// The levels by their names.
const LEVELS: [(&str, i64); 8] = [
    ("NOTSET", 0),
    ("DEBUG", 10),
    ("INFO", 20),
    ("WARNING", 30),
    ("ERROR", 40),
    ("CRITICAL", 50),
    ("WARN", 30),
    ("FATAL", 50),
];

impl Machine<'_> {
    /// A function of `logging`; `None` for any other path.
    pub(super) fn call_log(&mut self, path: &str, args: &Args, _spot: Spot) -> Option<Eval<Value>> {
        let name = path.strip_prefix("logging.")?;
        match name {
            "getLogger" => {
                let name = args.find(Some(0), "name").map(|(name, _)| name.clone());
                let name = name.filter(|name| name.data != Data::None && name.as_str() != Some("root"));
                return Some(Ok(self.logger(name.unwrap_or(Value::text("")))));
            }
            "getLevelName" => {
                let level = args.find(Some(0), "level")?.0.clone();
                let found = LEVELS.iter().find(|(_, number)| level.data == Data::Int(*number));
                return Some(Ok(Value::derived(found.map_or(Data::Unknown, |it| Value::text(it.0).data), &[&level])));
            }
            "basicConfig" => self.basic_config(args),
            "config.dictConfig" | "config.fileConfig" => {
                let config = args.find(Some(0), "config").map_or(Value::UNKNOWN, |(config, _)| config.clone());
                self.configure(&config);
            }
            _ => return None,
        }
        Some(Ok(Value::of(Data::None)))
    }

    fn logger(&mut self, name: Value) -> Value {
        self.keeping(LOGGER, [(NAME, name)])
    }

    /// `logging.root`
    pub fn root_logger(&mut self) -> Value {
        self.logger(Value::text(""))
    }

    /// `logging.config.dictConfig({...})`: what it says counts. It may put off the loggers of which it says nothing.
    fn configure(&mut self, config: &Value) {
        self.state.patches.retain(|name, _| !name.starts_with(LEVEL_OF));
        self.state.patches.insert(Name::new_static(LOST), Value::of(Data::None));
        let root = self.entry(config, "root").map(|root| (Value::text(""), root));
        let loggers = self.entry(config, "loggers").and_then(|loggers| self.entries_of(&loggers));
        let named = loggers.and_then(|id| self.dict(id)).map(|dict| dict.entries.clone()).unwrap_or_default();
        for (name, said) in root.into_iter().chain(named) {
            if let (Some(name), Some(level)) = (name.as_str(), self.entry(&said, "level")) {
                self.set_level(name, &level);
            }
        }
    }

    /// `logging.basicConfig(level=...)`: only the first one counts, unless it is told to.
    fn basic_config(&mut self, args: &Args) {
        let is_forced = args.keyword("force").is_some_and(|(force, _)| self.truth(force) != Some(false));
        let before = self.state.patches.insert(Name::new_static(READY), Value::of(Data::None));
        if before.is_some() && !is_forced {
            return;
        }
        match args.keyword("level") {
            Some((level, _)) => self.set_level("", &level.clone()),
            None if args.open => self.set_level("", &Value::UNKNOWN),
            None => {}
        }
    }

    fn set_level(&mut self, logger: &str, level: &Value) {
        self.state.patches.insert(level_of(logger), Value::derived(number(level), &[level]));
    }

    /// A method of a logger; `None` for any other class.
    pub(super) fn call_logger(&mut self, class: &str, id: Id, method: &str, args: &Args) -> Option<Eval<Value>> {
        if class != LOGGER {
            return None;
        }
        let name = self.instance(id)?.attrs.get(&NAME)?.as_str()?.to_owned();
        Some(Ok(match method {
            "setLevel" => {
                self.set_level(&name, &args.find(Some(0), "level")?.0.clone());
                Value::of(Data::None)
            }
            "getEffectiveLevel" => self.effective_level(&name),
            "isEnabledFor" => {
                let asked = args.find(Some(0), "level")?.0.clone();
                let level = self.effective_level(&name);
                let data = match (&level.data, number(&asked)) {
                    (Data::Int(level), Data::Int(asked)) => Data::Bool(*level <= asked),
                    _ => Data::Unknown,
                };
                Value::derived(data, &[&level, &asked])
            }
            "getChild" => {
                let suffix = args.find(Some(0), "suffix")?.0.as_str()?;
                let child = if name.is_empty() { suffix.to_owned() } else { format!("{name}.{suffix}") };
                self.keeping(LOGGER, [(NAME, Value::text(&child))])
            }
            _ => return None,
        }))
    }

    /// `logger.level`; `None` for anything else.
    pub fn own_level(&self, id: Id, attribute: &str) -> Option<Value> {
        let logger = self.instance(id).filter(|it| attribute == "level" && it.class.as_library() == Some(LOGGER))?;
        let name = logger.attrs.get(&NAME)?.as_str()?;
        self.level(name).or(Some(Value::UNKNOWN))
    }

    /// The level of a logger, or of the nearest one above it that has one.
    fn effective_level(&self, logger: &str) -> Value {
        let named = std::iter::successors(Some(logger), |name| Some(name.rsplit_once('.')?.0)).chain([""]);
        named.filter_map(|name| self.level(name)).find(|level| level.data != Data::Int(0)).unwrap_or(Value::UNKNOWN)
    }

    fn level(&self, logger: &str) -> Option<Value> {
        let is_lost = self.state.patches.contains_key(LOST);
        let known = self.state.patches.get(&level_of(logger)).cloned();
        known.or(is_lost.then_some(Value::UNKNOWN))
    }
}

/// Where the level of a logger is kept.
fn level_of(logger: &str) -> Name {
    Name::from(format!("{LEVEL_OF}{logger}"))
}

/// A level by its number or name.
fn number(level: &Value) -> Data {
    let Some(name) = level.as_str() else { return level.data.clone() };
    LEVELS.iter().find(|(known, _)| *known == name).map_or(Data::Unknown, |(_, number)| Data::Int(*number))
}
