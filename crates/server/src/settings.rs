//! Settings as an editor sends them: a JSON object, flat or under `undebug`.
//!
//! Reading them from files is the `disk` crate's part; what they mean is the engine's.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use undebug_engine::{FixKind, Level, RULES, Settings, Severity};

/// The section of an editor's settings that is ours.
pub const SECTION: &str = "undebug";

/// Keys of the same section that belong to an editor's extension.
const OTHERS: &[&str] = &["path", "trace"];

/// What somebody chose; what they left out is `None` or absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choices {
    /// By rule name.
    pub rules: BTreeMap<String, Level>,
    /// The preferred fix.
    pub preferred_fix: Option<FixKind>,
    /// The variable that fixes read.
    pub variable: Option<String>,
    /// Whether files that are not open are checked.
    pub workspace: Option<bool>,
}

impl Choices {
    /// Lays `over` on top: what it chose wins.
    pub fn overlay(&mut self, over: &Choices) {
        self.rules.extend(over.rules.iter().map(|(name, level)| (name.clone(), *level)));
        self.preferred_fix = over.preferred_fix.or(self.preferred_fix);
        self.variable = over.variable.clone().or(self.variable.take());
        self.workspace = over.workspace.or(self.workspace);
    }

    /// The engine's settings.
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            rules: self.rules.clone(),
            preferred_fix: self.preferred_fix.unwrap_or(default.preferred_fix),
            variable: self.variable.clone().unwrap_or(default.variable),
        }
    }
}

/// Reads what an editor sent, and says what it did not understand. `None` when nothing there is for us.
pub fn parse(value: &Value) -> Option<(Choices, Vec<String>)> {
    let object = value.as_object()?;
    let nested = object.get(SECTION).or_else(|| object.get("settings")).and_then(Value::as_object);
    match nested {
        Some(nested) if nested.contains_key(SECTION) => parse(&Value::Object(nested.clone())),
        Some(nested) => Some(parse_flat(nested, true)),
        None if object.is_empty() => None,
        None => {
            let known = |(choices, problems): &(Choices, Vec<String>)| {
                *choices != Choices::default() || !problems.is_empty() || object.contains_key("rules")
            };
            Some(parse_flat(object, false)).filter(known)
        }
    }
}

/// `ours` when the object is surely our section; else objects under unknown keys are other servers' sections.
fn parse_flat(object: &Map<String, Value>, ours: bool) -> (Choices, Vec<String>) {
    let mut choices = Choices::default();
    let mut problems = Vec::new();
    for (key, value) in object {
        let name = key.strip_prefix("undebug.").unwrap_or(key);
        let understood = match name {
            _ if value.is_null() => true,
            "rules" => parse_rules(value, &mut choices, &mut problems),
            "preferredFix" => {
                choices.preferred_fix = value.as_str().and_then(fix_kind);
                choices.preferred_fix.is_some()
            }
            "variable" => {
                choices.variable = value.as_str().filter(|name| is_variable(name)).map(str::to_owned);
                choices.variable.is_some()
            }
            "workspace" => {
                choices.workspace = value.as_bool();
                choices.workspace.is_some()
            }
            _ if OTHERS.contains(&name.split('.').next().unwrap_or(name)) => true,
            _ if !ours && value.is_object() => true,
            _ => {
                problems.push(format!("unknown setting `{key}`"));
                true
            }
        };
        if !understood {
            problems.push(format!("setting `{key}` cannot be {value}"));
        }
    }
    (choices, problems)
}

fn parse_rules(value: &Value, choices: &mut Choices, problems: &mut Vec<String>) -> bool {
    let Some(rules) = value.as_object() else { return false };
    for (name, level) in rules {
        if !RULES.iter().any(|rule| rule.name == name) {
            problems.push(format!("unknown rule `{name}`"));
            continue;
        }
        match level.as_str().and_then(parse_level) {
            Some(level) => drop(choices.rules.insert(name.clone(), level)),
            None => problems.push(format!("rule `{name}` cannot be {level}")),
        }
    }
    true
}

fn parse_level(text: &str) -> Option<Level> {
    Some(match text {
        "off" => Level::Off,
        "information" => Level::Fixed(Severity::Information),
        "warning" => Level::Fixed(Severity::Warning),
        "error" => Level::Fixed(Severity::Error),
        _ => return None,
    })
}

fn fix_kind(text: &str) -> Option<FixKind> {
    Some(match text {
        "environment" => FixKind::Environment,
        "remove" => FixKind::Remove,
        "off" => FixKind::Off,
        _ => return None,
    })
}

/// A name that a fix can write into a program.
fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn flat_nested_and_dotted() {
        for value in [
            json!({"variable": "APP_DEBUG", "preferredFix": "remove", "workspace": false}),
            json!({"undebug": {"variable": "APP_DEBUG", "preferredFix": "remove", "workspace": false}}),
            json!({"settings": {"undebug": {"variable": "APP_DEBUG", "preferredFix": "remove", "workspace": false}}}),
            json!({"undebug.variable": "APP_DEBUG", "undebug.preferredFix": "remove", "undebug.workspace": false}),
        ] {
            let (choices, problems) = parse(&value).unwrap();
            assert_eq!(choices.variable.as_deref(), Some("APP_DEBUG"), "{value}");
            assert_eq!(choices.preferred_fix, Some(FixKind::Remove));
            assert_eq!(choices.workspace, Some(false));
            assert!(problems.is_empty(), "{problems:?}");
        }
    }

    #[test]
    fn rules_by_name() {
        let name = RULES[0].name;
        let (choices, problems) = parse(&json!({"rules": {name: "off", "no-such-rule": "off"}})).unwrap();
        assert_eq!(choices.rules.get(name), Some(&Level::Off));
        assert_eq!(problems, ["unknown rule `no-such-rule`"]);
        let (_, problems) = parse(&json!({"rules": {name: "loud"}})).unwrap();
        assert_eq!(problems, [format!("rule `{name}` cannot be \"loud\"")]);
    }

    #[test]
    fn problems_are_told() {
        let (_, problems) = parse(&json!({"undebug": {"colour": 1, "variable": "1x", "path": "/x"}})).unwrap();
        assert_eq!(problems, ["unknown setting `colour`", "setting `variable` cannot be \"1x\""]);
    }

    #[test]
    fn other_servers_sections_are_not_ours() {
        assert_eq!(parse(&json!({"python": {"analysis": {}}})), None);
        assert_eq!(parse(&json!({})), None);
        assert_eq!(parse(&Value::Null), None);
    }

    #[test]
    fn later_choices_win_key_by_key() {
        let mut choices = parse(&json!({"variable": "A", "workspace": false})).unwrap().0;
        choices.overlay(&parse(&json!({"variable": "B"})).unwrap().0);
        assert_eq!(choices.variable.as_deref(), Some("B"));
        assert_eq!(choices.workspace, Some(false));
    }
}
