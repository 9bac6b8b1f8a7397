//! What a shell script makes of its own variables: assignments, exports, arrays, the builtins that change the shell.
//!
//! Which commands run, and where, is `shell`'s question.

use super::expansion::expanded;
use super::shell::Shell;
use super::words::{RawWord, is_name};
use crate::view::EnvVar;

/// How many words an array has at most.
const MAX_LIST: usize = 256;

/// A variable that is set, and its value as it is written, where that is known.
pub(super) struct Setting {
    pub(super) variable: EnvVar,
    value: Option<RawWord>,
}

impl Shell {
    /// The variable that `NAME=value` sets.
    pub(super) fn setting(&mut self, word: &RawWord) -> Option<Setting> {
        let text = word.source.text();
        let (name, at) = word.assigned().or_else(|| word.assignment().map(|at| (&text[..at], at)))?;
        let is_more = text[..at].ends_with('+');
        let (mut value, mut known) = match word.value(at + 1, &self.scope, &mut self.spent) {
            Some((value, known)) => (Some(value), known),
            None => (None, false),
        };
        if is_more {
            let before = word.before(name, &self.scope);
            known &= before.as_ref().is_some_and(|before| before.expansions.is_empty());
            value = value.and_then(|value| value.behind(before.as_ref()));
        }
        let first = word.source.range(0..1).start;
        let behind = word.source.range(at..at + 1).end;
        // With a bare name the quotes, if any, belong to the value; otherwise they are around the setting.
        let end = if at < word.bare { word.range.end } else { word.source.whole().end };
        let end = end.max(behind);
        let told = value.as_ref().filter(|_| known).map(|value| value.source.text().to_owned());
        let variable = EnvVar { name: name.to_owned(), value: told, range: first..end, value_range: behind..end };
        Some(Setting { variable, value })
    }

    /// Notes what a variable is now, for the conditions that ask for it.
    pub(super) fn note(&mut self, word: &RawWord) {
        let Some((name, at)) = word.assigned() else { return };
        let is_more = word.source.text()[..at].ends_with('+');
        let value = self.conditions.text(word, at + 1, &self.scope).filter(|_| !is_more);
        self.conditions.set(name, value, self.certain && !is_more);
    }

    pub(super) fn assign(&mut self, settings: Vec<Setting>) {
        for setting in settings {
            let name = &setting.variable.name;
            if self.export_all || self.exports.iter().any(|other| other.name == *name) {
                self.export(setting);
                continue;
            }
            self.hold(&setting);
            self.plain.insert_mut(name.clone(), setting.variable);
        }
    }

    fn export(&mut self, setting: Setting) {
        self.hold(&setting);
        let exports = if self.development { &mut self.development_exports } else { &mut self.exports };
        exports.push(setting.variable);
    }

    fn hold(&mut self, setting: &Setting) {
        let EnvVar { name, value, .. } = &setting.variable;
        self.scope.hold(name, value.clone(), setting.value.clone());
        self.doubt(name);
    }

    /// Notes that a variable was set where that may not run.
    fn doubt(&mut self, name: &str) {
        if let Some(level) = self.doubtful {
            self.open.push((level, name.to_owned()));
        }
    }

    /// Ends the constructs from this level on: what they may have made of a variable is not known behind them.
    pub(super) fn leave(&mut self, level: usize) {
        while let Some((_, name)) = self.open.pop_if(|(inside, _)| *inside >= level) {
            self.scope.insert(name, None);
        }
    }

    /// Sets the array of `NAME=(...)`, or adds to it.
    pub(super) fn set_array(&mut self, (name, is_more): (String, bool), words: &[RawWord]) {
        let mut all = expanded(words, &self.scope, &mut self.spent).into_owned();
        if is_more {
            let Some(before) = self.scope.list(&name) else { return };
            all = before.iter().cloned().chain(all).take(MAX_LIST).collect();
        }
        self.scope.set_list(&name, all);
        self.doubt(&name);
    }

    /// `set -- a b`, `set -- "$@" a`.
    fn set_arguments(&mut self, words: &[RawWord]) {
        self.scope.set_list("@", words.to_vec());
        self.doubt("@");
    }

    /// Takes words off the arguments.
    fn shift(&mut self, arguments: &[RawWord]) {
        let count = arguments.first().map_or(Some(1), |word| word.source.text().parse::<usize>().ok());
        let Some(list) = self.scope.list("@") else { return };
        let known = count.filter(|_| self.certain).and_then(|count| {
            let (gone, rest) = list.split_at_checked(count)?;
            gone.iter().all(|word| word.expansions.is_empty()).then(|| rest.to_vec())
        });
        match known {
            Some(rest) => self.scope.set_list("@", rest),
            None => self.scope.remove("@"),
        }
    }

    /// Runs a builtin that changes the shell itself; false for any other program.
    pub(super) fn builtin(&mut self, program: &RawWord, arguments: &[RawWord]) -> bool {
        match program.source.text() {
            "export" => self.declare(arguments, true),
            "declare" | "typeset" | "local" | "readonly" => {
                let exported = arguments
                    .iter()
                    .any(|word| word.source.text().starts_with('-') && word.source.text().contains('x'));
                self.declare(arguments, exported);
            }
            "unset" => {
                for name in arguments.iter().map(|word| word.source.text()) {
                    self.scope.remove(name);
                    self.conditions.set(name, None, false);
                    self.exports.retain(|setting| setting.name != name);
                    self.plain.remove_mut(name);
                }
            }
            "set" => {
                let text: Vec<&str> = arguments.iter().map(|word| word.source.text()).collect();
                let has = |sign: &str| {
                    text.iter().any(|word| {
                        word.strip_prefix(sign).is_some_and(|flags| flags.contains('a') && !flags.starts_with('-'))
                    }) || text.windows(2).any(|pair| pair[0] == format!("{sign}o") && pair[1] == "allexport")
                };
                self.export_all = has("-") || (self.export_all && !has("+"));
                if let Some(at) = text.iter().position(|word| *word == "--") {
                    self.set_arguments(&arguments[at + 1..]);
                }
            }
            "read" | "mapfile" | "getopts" | "eval" => {
                self.conditions.forget();
                return false;
            }
            "source" | "." => {
                self.conditions.forget();
                if let Some(file) = arguments.first().filter(|word| is_env_file(word.source.text())) {
                    self.env_files.push(self.word(file));
                }
            }
            "cd" => {
                let folder = arguments.iter().map(|word| word.resolve(&self.scope).0).find(|text| text != "--");
                if self.folder.is_none() && self.runs.is_empty() {
                    self.folder = folder.and_then(|text| super::relative_folder(&text));
                }
            }
            // `: "${NAME:=default}"` sets it.
            ":" => {
                let set: Vec<EnvVar> = arguments.iter().filter_map(RawWord::defaulted).collect();
                for (word, setting) in arguments.iter().zip(&set) {
                    let known = self.scope.contains_key(&setting.name);
                    let value = word.default_set().filter(|_| !known);
                    self.conditions.set_default(&setting.name, value, self.certain);
                }
                self.assign(set.into_iter().map(|variable| Setting { variable, value: None }).collect());
            }
            "shift" => self.shift(arguments),
            "true" | "false" | "[" | "[[" | "test" | "echo" | "printf" | "trap" | "return" | "exit" | "umask"
            | "ulimit" | "wait" | "pushd" | "popd" => {}
            _ => return false,
        }
        true
    }

    fn declare(&mut self, arguments: &[RawWord], exported: bool) {
        for word in arguments {
            let text = word.source.text();
            self.note(word);
            match self.setting(word) {
                Some(setting) if exported => self.export(setting),
                Some(setting) => self.assign(vec![setting]),
                None if exported && is_name(text) => {
                    let Some(variable) = self.plain.get(text).cloned() else { continue };
                    self.plain.remove_mut(text);
                    let value = self.scope.value(text).cloned();
                    self.export(Setting { variable, value });
                }
                None => {}
            }
        }
    }
}

/// The array that `NAME=(` or `NAME+=(` begins, and whether it adds to it.
pub(super) fn array_name(current: &[RawWord]) -> Option<(String, bool)> {
    let last = current.last()?;
    let (name, at) = last.assigned()?;
    let text = last.source.text();
    (at + 1 == text.len()).then(|| (name.to_owned(), text[..at].ends_with('+')))
}

fn is_env_file(text: &str) -> bool {
    let name = text.rsplit('/').next().unwrap_or(text);
    name.ends_with("env") || name.starts_with(".env") || name.starts_with(".flaskenv")
}
