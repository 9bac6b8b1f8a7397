//! What the tests of a script come to, where the script itself says what its variables are: by setting them, or by the
//! default of one that is not set (`${NAME:-production}`); and what they, and names, say of development and production.
//!
//! It runs nothing. A variable that is set in more ways than one, or only sometimes, is not known.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::scope::Scope;
use super::words::RawWord;
use crate::view::Purpose;

/// How long a value is at most that a test may ask for: one that doubles itself on every line is soon not known any more.
const MAX_VALUE: usize = 4096;

/// What is known of the script's own variables and of the command before.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    /// Each variable that the script sets; `None` where that depends on more.
    own: BTreeMap<String, Own>,
    /// The variables that got a value since everything was last left open.
    told: Vec<String>,
    /// Whether another script may have set anything.
    is_open: bool,
    /// How many loops and subshells are open.
    depth: usize,
    /// How the command before ended, as far as that is known.
    status: Option<bool>,
    /// The operator behind it.
    operator: &'static str,
    /// Whether `!` stands before the command.
    negated: bool,
    /// Whether the last text that was asked for has the default of a variable that something else may set.
    has_default: Cell<bool>,
    /// Whether such a text decided about a test.
    by_default: Cell<bool>,
}

/// What a variable of the script is.
#[derive(Debug, Default)]
struct Own {
    value: Option<String>,
    /// Whether it is, or was, made of the default of a variable that something else may set.
    has_default: bool,
}

impl Conditions {
    /// Takes a reserved word or a bracket.
    pub(crate) fn mark(&mut self, text: &str) {
        match text {
            "!" => self.negated = !self.negated,
            "do" | "(" => self.depth += 1,
            "done" | ")" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// Takes an assignment. One that runs only sometimes leaves the variable open from then on.
    pub(crate) fn set(&mut self, name: &str, value: Option<String>, is_certain: bool) {
        let has_default = self.has_default.take();
        let value = value.filter(|value| is_certain && value.len() <= MAX_VALUE);
        let Some(own) = self.own.get_mut(name) else {
            self.told.extend(value.is_some().then(|| name.to_owned()));
            self.own.insert(name.to_owned(), Own { value, has_default });
            return;
        };
        own.has_default |= has_default;
        own.value = value.filter(|_| own.value.is_some());
    }

    /// Leaves every variable open: another script sets what it likes.
    pub(crate) fn forget(&mut self) {
        for name in self.told.drain(..) {
            self.own.insert(name, Own::default());
        }
        self.is_open = true;
    }

    /// The text of a word from a byte on, where it is known. `outer` are the variables that come from elsewhere: a default
    /// does not count for them.
    pub(crate) fn text(&self, word: &RawWord, from: usize, outer: &Scope) -> Option<String> {
        self.has_default.set(false);
        word.resolve_by(from, |name, default| match self.own.get(name) {
            Some(own) => {
                self.has_default.set(self.has_default.get() || own.has_default);
                own.value.clone()
            }
            None if self.is_open || outer.contains_key(name) => None,
            None => {
                self.has_default.set(true);
                default.map(str::to_owned)
            }
        })
    }

    /// The same for a word that decides what runs.
    pub(crate) fn subject(&self, word: &RawWord, outer: &Scope) -> Option<String> {
        let text = self.text(word, 0, outer)?;
        self.by_default.set(self.by_default.get() || self.has_default.get());
        Some(text)
    }

    /// Sets a variable that is unset to its default.
    pub(crate) fn set_default(&mut self, name: &str, value: Option<String>, is_certain: bool) {
        self.has_default.set(true);
        self.set(name, value, is_certain);
    }

    /// Whether the default of a variable decided what runs.
    pub(crate) fn are_by_default(&self) -> bool {
        self.by_default.get()
    }

    /// Whether the operator before a command keeps it from running.
    pub(crate) fn skips(&self) -> bool {
        matches!((self.operator, self.status), ("&&", Some(false)) | ("||", Some(true)))
    }

    /// Whether the operator before a command lets it run only sometimes.
    pub(crate) fn is_listed(&self) -> bool {
        let runs = matches!((self.operator, self.status), ("&&", Some(true)) | ("||", Some(false)));
        matches!(self.operator, "&&" | "||") && !runs
    }

    /// Whether a command runs for certain as far as the operator before it goes.
    pub(crate) fn is_plain(&self) -> bool {
        self.depth == 0 && !matches!(self.operator, "&&" | "||" | "|")
    }

    /// Takes a command and the operator behind it; how the whole list ended up to here, as far as that is known.
    pub(crate) fn take(&mut self, words: &[RawWord], operator: &'static str, outer: &Scope) -> Option<bool> {
        let negated = std::mem::take(&mut self.negated);
        let own = self.holds(words, outer).map(|holds| holds != negated);
        self.status = match (self.operator, self.status) {
            ("&&", Some(false)) => Some(false),
            ("||", Some(true)) => Some(true),
            ("&&", None) => own.filter(|holds| !holds),
            ("||", None) => own.filter(|holds| *holds),
            ("|", _) => None,
            _ => own,
        };
        self.operator = operator;
        if operator == "|" { None } else { self.status }
    }

    /// What a test comes to: `[ a = b ]`, `[[ a != b ]]`, `test -n a`.
    fn holds(&self, words: &[RawWord], outer: &Scope) -> Option<bool> {
        let (first, rest) = words.split_first()?;
        let inner = match (first.source.text(), rest.split_last()) {
            ("[", Some((last, inner))) if last.source.text() == "]" => inner,
            ("[[", Some((last, inner))) if last.source.text() == "]]" => inner,
            ("test", _) => rest,
            ("true" | ":", None) => return Some(true),
            ("false", None) => return Some(false),
            _ => return None,
        };
        let text = |word: &RawWord| self.subject(word, outer);
        match inner {
            [left, sign, right] => {
                // The right side of `[[ a == b* ]]` is a pattern.
                let (left, right) = (text(left)?, text(right).filter(|text| !text.contains(['*', '?', '[']))?);
                match sign.source.text() {
                    "=" | "==" | "-eq" => Some(left == right),
                    "!=" | "-ne" => Some(left != right),
                    _ => None,
                }
            }
            [sign, word] => match sign.source.text() {
                "-n" => Some(!text(word)?.is_empty()),
                "-z" => Some(text(word)?.is_empty()),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether a name or a condition says that what follows is for development.
pub(crate) fn is_development(text: &str) -> bool {
    text.split(|char: char| !char.is_ascii_alphanumeric()).any(|part| {
        matches!(part.to_ascii_lowercase().as_str(), "dev" | "devel" | "develop" | "development" | "debug" | "local")
    })
}

/// What a task is for by its name, where that says something: `run-dev`, `test`.
pub(crate) fn role_of_task(name: &str) -> Option<Purpose> {
    if is_development(name) {
        return Some(Purpose::Development);
    }
    let builds = |part: &str| matches!(part, "test" | "tests" | "check" | "lint" | "build");
    name.split(['-', '_', '.']).any(builds).then_some(Purpose::Build)
}

/// Whether a name or a condition says that what follows is for production.
pub(crate) fn is_production(text: &str) -> bool {
    text.split(|char: char| !char.is_ascii_alphanumeric())
        .any(|part| matches!(part.to_ascii_lowercase().as_str(), "prod" | "production" | "live"))
}

/// Whether `[ "$X" = "development" ]` or the like is tested (or, for `positive` false, its opposite).
pub(crate) fn tested(words: &[RawWord], about: fn(&str) -> bool, positive: bool) -> bool {
    let negated = words.iter().any(|word| matches!(word.source.text(), "!=" | "!" | "-z" | "-ne"));
    negated != positive && words.iter().any(|word| about(word.source.text()))
}

/// Whether a command tests for development, and the operator behind it lets the next one run only then.
pub(crate) fn guards(words: &[RawWord], operator: &str) -> bool {
    let is_test = words.first().is_some_and(|word| matches!(word.source.text(), "[" | "[[" | "test"));
    let positive = match operator {
        "&&" => true,
        "||" => false,
        _ => return false,
    };
    is_test && tested(words, is_development, positive)
}
