//! Settings as an editor sends them: a JSON object, flat or under `undebug`.
//!
//! Reading them from files is the `disk` crate's part; what they mean is the engine's.

use serde_json::{Map, Value};
use undebug_disk::{self as disk, Choices, Item, KEYS, read_choices};
use undebug_engine::RULES;

/// The section of an editor's settings that is ours.
pub const SECTION: &str = "undebug";

/// Keys of the same section that belong to an editor's extension.
const OTHERS: &[&str] = &["path", "trace"];

/// Reads what an editor sent, and says what it did not understand. Globs are relative: to which folder,
/// the caller says by [`Choices::below`]. `None` when nothing there is for us.
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
    let mut rows = Vec::new();
    for (key, value) in object {
        let name = kebab(key.strip_prefix("undebug.").unwrap_or(key));
        let is_known = KEYS.iter().any(|known| known.name == name);
        let is_others = OTHERS.contains(&name.split('.').next().unwrap_or(&name)) || (!ours && value.is_object());
        if !value.is_null() && (is_known || !is_others) {
            rows.push((name, item(value)));
        }
    }
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let (choices, complaints) = read_choices(&rows, "", &names);
    (choices, complaints.into_iter().map(|complaint| complaint.message).collect())
}

/// JSON's own spelling of a key, `preferredFix`, as the one key that there is.
fn kebab(key: &str) -> String {
    let dashed = |c: char| if c.is_ascii_uppercase() { format!("-{}", c.to_ascii_lowercase()) } else { c.to_string() };
    key.chars().map(dashed).collect()
}

fn item(value: &Value) -> Item {
    let value = match value {
        Value::String(text) => disk::Value::Text(text.clone()),
        Value::Bool(flag) => disk::Value::Flag(*flag),
        Value::Array(items) => disk::Value::List(items.iter().map(item).collect()),
        Value::Object(rows) => disk::Value::Table(rows.iter().map(|(key, value)| (kebab(key), item(value))).collect()),
        Value::Null | Value::Number(_) => disk::Value::Other,
    };
    Item { at: None, value }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use undebug_engine::{FixKind, Level};

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
        let (_, problems) = parse(&json!({"rules": {"app-run-debg": "off"}})).unwrap();
        assert_eq!(problems, ["unknown rule `app-run-debg`; did you mean `app-run-debug`?"]);
        let (_, problems) = parse(&json!({"rules": {name: "loud"}})).unwrap();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with(&format!("rule `{name}` must be ")), "{problems:?}");
    }

    #[test]
    fn problems_are_told() {
        let (_, problems) = parse(&json!({"undebug": {"colour": 1, "variable": "1x", "path": "/x"}})).unwrap();
        assert_eq!(problems, ["unknown key `colour`", "`variable` must be the name of an environment variable"]);
    }

    #[test]
    fn every_key_of_settings_files_is_read_in_both_spellings() {
        let value = json!({"undebug": {
            "preferred-fix": "off",
            "exclude": ["old"],
            "overrides": [{"files": ["tests"], "preferredFix": "remove", "rules": {"config-debug": "off"}}],
        }});
        let (choices, problems) = parse(&value).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(choices.preferred_fix, Some(FixKind::Off));
        assert!(choices.below("/w").exclude.is_some_and(|globs| globs.matches("/w/old/a.py")));
        assert_eq!(choices.overrides[0].preferred_fix, Some(FixKind::Remove));
        assert_eq!(choices.overrides[0].rules.get("config-debug"), Some(&Level::Off));
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
