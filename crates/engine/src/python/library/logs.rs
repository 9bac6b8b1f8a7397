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

impl Machine<'_> {
    /// A function of `logging`; `None` for any other path.
    pub(super) fn call_log(&mut self, path: &str, args: &Args, _spot: Spot) -> Option<Eval<Value>> {
        let name = path.strip_prefix("logging.")?;
        match name {
            "getLogger" => {
                let name = args.find(Some(0), "name").map(|(name, _)| name.clone());
                let name = name.filter(|name| name.data != Data::None && name.as_str() != Some("root"));
                return Some(Ok(self.keeping(LOGGER, [(NAME, name.unwrap_or(Value::text("")))])));
            }
            "basicConfig" => self.basic_config(args),
            "config.dictConfig" | "config.fileConfig" => {
                self.state.patches.insert(Name::new_static(LOST), Value::of(Data::None));
            }
            _ => return None,
        }
        Some(Ok(Value::of(Data::None)))
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
        if is_lost { Some(Value::UNKNOWN) } else { self.state.patches.get(&level_of(logger)).cloned() }
    }
}

/// Where the level of a logger is kept.
fn level_of(logger: &str) -> Name {
    Name::from(format!("level of {logger}"))
}

/// A level by its number or name.
fn number(level: &Value) -> Data {
    let number = match level.as_str() {
        Some("NOTSET") => 0,
        Some("DEBUG") => 10,
        Some("INFO") => 20,
        Some("WARNING" | "WARN") => 30,
        Some("ERROR") => 40,
        Some("CRITICAL" | "FATAL") => 50,
        Some(_) => return Data::Unknown,
        None => return level.data.clone(),
    };
    Data::Int(number)
}
