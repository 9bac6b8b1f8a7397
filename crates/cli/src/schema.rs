//! `undebug schema`: the JSON schema of settings files, made from the one table of keys.
//!
//! It reads no settings.

use serde_json::{Map, Value, json};
use undebug_disk::{FIXES, KEYS, Key, Kind, LEVELS, OVERRIDE_KEYS};
use undebug_engine::RULES;

use crate::CLEAN;
use crate::report::print;

/// Prints the schema.
pub(crate) fn run() -> u8 {
    print(&format!("{:#}\n", schema()));
    CLEAN
}

fn schema() -> Value {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Undebug",
        "description": "Settings of Undebug: undebug.toml, or the table tool.undebug of pyproject.toml.",
        "type": "object",
        "additionalProperties": false,
    });
    schema["properties"] = properties(KEYS);
    schema
}

fn properties(keys: &[Key]) -> Value {
    keys.iter().map(|key| (key.name.to_owned(), property(key))).collect::<Map<_, _>>().into()
}

fn property(key: &Key) -> Value {
    let mut property = match key.kind {
        Kind::Rules => {
            let rule = |rule: &&undebug_engine::Rule| {
                (rule.name.to_owned(), json!({ "description": rule.summary(), "enum": LEVELS }))
            };
            let rules: Map<String, Value> = RULES.iter().map(rule).collect();
            json!({ "type": "object", "additionalProperties": false, "properties": rules })
        }
        Kind::Fix => json!({ "enum": FIXES }),
        Kind::Variable => json!({ "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" }),
        Kind::Globs => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::File => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Overrides => json!({
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["files"],
                "properties": properties(OVERRIDE_KEYS),
            },
        }),
    };
    property["description"] = json!(key.doc);
    property
}
