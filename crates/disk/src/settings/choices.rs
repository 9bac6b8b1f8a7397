//! What somebody chose, in whatever notation: the keys, their values, and what is wrong with them.
//!
//! It parses no notation: TOML and JSON both arrive as an [`Item`].

use std::collections::BTreeMap;

use undebug_engine::{FixKind, Globs, Level, Override, Settings, Severity};

/// A value with the byte where it begins, or its key does; `None` where the notation has no places.
#[derive(Debug, Clone)]
pub struct Item {
    /// Where.
    pub at: Option<usize>,
    /// What.
    pub value: Value,
}

/// A value of a notation.
#[derive(Debug, Clone)]
pub enum Value {
    /// A string.
    Text(String),
    /// True or false.
    Flag(bool),
    /// A list.
    List(Vec<Item>),
    /// Keys and values, in order.
    Table(Vec<(String, Item)>),
    /// Anything else, none of which a setting can be.
    Other,
}

/// What a key's value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A table of rule names, each with a word of [`LEVELS`].
    Rules,
    /// A word of [`FIXES`].
    Fix,
    /// The name of an environment variable.
    Variable,
    /// A list of globs.
    Globs,
    /// A path of another settings file.
    File,
    /// True or false.
    Flag,
    /// A list of tables with [`OVERRIDE_KEYS`].
    Overrides,
}

/// A key that settings may have.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name, in kebab-case.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// What it is for, in Markdown.
    pub doc: &'static str,
}

const RULES: Key = Key {
    name: "rules",
    kind: Kind::Rules,
    doc: "What to do with each rule's findings: turn the rule off, or report it with this severity instead of the one that \
          the evidence gives.",
};
const FIX: Key = Key {
    name: "preferred-fix",
    kind: Kind::Fix,
    doc: "The fix that is applied unasked, where a finding has it: read the environment, remove the argument, or write \
          the off value. `environment` unless it is set.",
};
const VARIABLE: Key = Key {
    name: "variable",
    kind: Kind::Variable,
    doc: "The environment variable that the environment fix reads for Flask. `FLASK_DEBUG` unless it is set.",
};

/// The keys of settings, in the order in which they are listed for people.
pub const KEYS: &[Key] = &[
    RULES,
    FIX,
    VARIABLE,
    Key {
        name: "exclude",
        kind: Kind::Globs,
        doc: "Files and folders that are left out unless they are named, as globs relative to this file's folder. A glob \
              without a `/` matches a name at any depth.",
    },
    Key {
        name: "overrides",
        kind: Kind::Overrides,
        doc: "Other choices for some files. A later override wins over an earlier one, and any over the rest.",
    },
    Key {
        name: "extend",
        kind: Kind::File,
        doc: "Another settings file, relative to this file's folder, whose settings hold where this one has none.",
    },
    Key {
        name: "workspace",
        kind: Kind::Flag,
        doc: "Whether an editor also shows findings of files that are not open. `true` unless it is set.",
    },
];

/// The keys of an override.
pub const OVERRIDE_KEYS: &[Key] = &[
    Key {
        name: "files",
        kind: Kind::Globs,
        doc: "The files that it is for, as globs relative to this file's folder. A glob without a `/` matches a name at \
              any depth.",
    },
    RULES,
    FIX,
    VARIABLE,
];

/// What a rule can be set to.
pub const LEVELS: &[&str] = &["off", "information", "warning", "error"];

/// The kinds of fixes that can be preferred.
pub const FIXES: &[&str] = &["environment", "remove", "off"];

/// What somebody chose; what they left out is `None` or absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choices {
    /// By rule name.
    pub rules: BTreeMap<String, Level>,
    /// The preferred fix.
    pub preferred_fix: Option<FixKind>,
    /// The variable that fixes read.
    pub variable: Option<String>,
    /// Which files are left out.
    pub exclude: Option<Globs>,
    /// Other choices for some files.
    pub overrides: Vec<Override>,
    /// Another file's settings, which hold where there is none here.
    pub extend: Option<String>,
    /// Whether files that are not open are checked.
    pub workspace: Option<bool>,
}

/// What is wrong with settings, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The byte of the key or value.
    pub at: Option<usize>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
}

impl Choices {
    /// Lays `over` on top: what it chose wins.
    pub fn overlay(&mut self, over: &Choices) {
        self.rules.extend(over.rules.iter().map(|(name, level)| (name.clone(), *level)));
        self.preferred_fix = over.preferred_fix.or(self.preferred_fix);
        self.variable = over.variable.clone().or(self.variable.take());
        self.exclude = over.exclude.clone().or(self.exclude.take());
        self.overrides.extend(over.overrides.iter().cloned());
        self.workspace = over.workspace.or(self.workspace);
    }

    /// The same choices, with globs below this folder.
    pub fn below(&self, base: &str) -> Choices {
        let mut choices = self.clone();
        choices.exclude = choices.exclude.map(|globs| globs.below(base));
        for choice in &mut choices.overrides {
            choice.files = choice.files.below(base);
        }
        choices
    }

    /// The engine's settings.
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            rules: self.rules.clone(),
            preferred_fix: self.preferred_fix.unwrap_or(default.preferred_fix),
            variable: self.variable.clone().unwrap_or(default.variable),
            overrides: self.overrides.clone(),
        }
    }
}

/// Reads a table of settings. Globs are below `base`; `rules` are the names that are known.
pub fn read_choices(table: &[(String, Item)], base: &str, rules: &[&str]) -> (Choices, Vec<Complaint>) {
    let mut reader = Reader { base, rules, complaints: Vec::new() };
    let mut choices = Choices::default();
    for (name, item) in table {
        let Some(key) = reader.known(name, item, KEYS) else { continue };
        match key.kind {
            Kind::Rules => choices.rules = reader.rules(item),
            Kind::Fix => choices.preferred_fix = reader.fix(item),
            Kind::Variable => choices.variable = reader.variable(item),
            Kind::Globs => choices.exclude = reader.globs(key, item),
            Kind::File => choices.extend = reader.text(key, item, "the path of a settings file"),
            Kind::Flag => choices.workspace = reader.flag(key, item),
            Kind::Overrides => choices.overrides = reader.overrides(item),
        }
    }
    (choices, reader.complaints)
}

struct Reader<'a> {
    base: &'a str,
    rules: &'a [&'a str],
    complaints: Vec<Complaint>,
}

impl Reader<'_> {
    fn complain(&mut self, at: Option<usize>, message: String) {
        self.complaints.push(Complaint { at, message });
    }

    fn known<'k>(&mut self, name: &str, item: &Item, keys: &'k [Key]) -> Option<&'k Key> {
        let key = keys.iter().find(|key| key.name == name);
        if key.is_none() {
            let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
            self.complain(item.at, format!("unknown key `{name}`{}", suggestion(name, &names)));
        }
        key
    }

    fn rules(&mut self, item: &Item) -> BTreeMap<String, Level> {
        let mut levels = BTreeMap::new();
        let Value::Table(rows) = &item.value else {
            self.complain(item.at, "`rules` must be a table of rule names".to_owned());
            return levels;
        };
        for (name, item) in rows {
            if !self.rules.contains(&name.as_str()) {
                self.complain(item.at, format!("unknown rule `{name}`{}", suggestion(name, self.rules)));
                continue;
            }
            let level = match &item.value {
                Value::Text(word) => level_of(word),
                _ => None,
            };
            match level {
                Some(level) => drop(levels.insert(name.clone(), level)),
                None => self.complain(item.at, format!("rule `{name}` must be {}", one_of(LEVELS))),
            }
        }
        levels
    }

    fn fix(&mut self, item: &Item) -> Option<FixKind> {
        let fix = match &item.value {
            Value::Text(word) => fix_of(word),
            _ => None,
        };
        if fix.is_none() {
            self.complain(item.at, format!("`preferred-fix` must be {}", one_of(FIXES)));
        }
        fix
    }

    fn variable(&mut self, item: &Item) -> Option<String> {
        match &item.value {
            Value::Text(name) if is_variable(name) => Some(name.clone()),
            _ => {
                self.complain(item.at, "`variable` must be the name of an environment variable".to_owned());
                None
            }
        }
    }

    fn text(&mut self, key: &Key, item: &Item, what: &str) -> Option<String> {
        match &item.value {
            Value::Text(text) => Some(text.clone()),
            _ => {
                self.complain(item.at, format!("`{}` must be {what}", key.name));
                None
            }
        }
    }

    fn flag(&mut self, key: &Key, item: &Item) -> Option<bool> {
        match item.value {
            Value::Flag(flag) => Some(flag),
            _ => {
                self.complain(item.at, format!("`{}` must be true or false", key.name));
                None
            }
        }
    }

    fn globs(&mut self, key: &Key, item: &Item) -> Option<Globs> {
        let patterns = match &item.value {
            Value::List(items) => items.iter().map(|item| match &item.value {
                Value::Text(pattern) => Some(pattern.clone()),
                _ => None,
            }),
            _ => {
                self.complain(item.at, format!("`{}` must be a list of globs", key.name));
                return None;
            }
        };
        let Some(patterns) = patterns.collect::<Option<Vec<String>>>() else {
            self.complain(item.at, format!("`{}` must be a list of globs", key.name));
            return None;
        };
        let (globs, problems) = Globs::new(self.base, &patterns);
        for problem in problems {
            self.complain(item.at, problem);
        }
        Some(globs)
    }

    fn overrides(&mut self, item: &Item) -> Vec<Override> {
        let Value::List(items) = &item.value else {
            self.complain(item.at, "`overrides` must be a list of tables".to_owned());
            return Vec::new();
        };
        items.iter().filter_map(|item| self.one_override(item)).collect()
    }

    fn one_override(&mut self, item: &Item) -> Option<Override> {
        let Value::Table(rows) = &item.value else {
            self.complain(item.at, "`overrides` must be a list of tables".to_owned());
            return None;
        };
        let mut files = None;
        let mut choice =
            Override { files: Globs::default(), rules: BTreeMap::new(), preferred_fix: None, variable: None };
        for (name, item) in rows {
            let Some(key) = self.known(name, item, OVERRIDE_KEYS) else { continue };
            match key.kind {
                Kind::Globs => files = self.globs(key, item),
                Kind::Rules => choice.rules = self.rules(item),
                Kind::Fix => choice.preferred_fix = self.fix(item),
                Kind::Variable => choice.variable = self.variable(item),
                Kind::File | Kind::Flag | Kind::Overrides => {}
            }
        }
        if !rows.iter().any(|(name, _)| name == "files") {
            self.complain(item.at, "an override must name its `files`".to_owned());
        }
        choice.files = files?;
        Some(choice)
    }
}

/// The level of a word of [`LEVELS`].
fn level_of(word: &str) -> Option<Level> {
    Some(match word {
        "off" => Level::Off,
        "information" => Level::Fixed(Severity::Information),
        "warning" => Level::Fixed(Severity::Warning),
        "error" => Level::Fixed(Severity::Error),
        _ => return None,
    })
}

/// The fix of a word of [`FIXES`].
fn fix_of(word: &str) -> Option<FixKind> {
    Some(match word {
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

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The known name that is nearest to one that is not known, as the end of a sentence.
fn suggestion(name: &str, known: &[&str]) -> String {
    let near = known.iter().map(|known| (strsim::damerau_levenshtein(name, known), known)).min();
    match near {
        Some((distance, known)) if distance <= 1 + name.len() / 3 => format!("; did you mean `{known}`?"),
        _ => String::new(),
    }
}
