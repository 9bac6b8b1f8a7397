//! Command lines that a program reads: argparse and optparse. What counts is what an option is when nobody gives it.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::arguments::WORD;
use super::super::ir::*;
use super::super::machine::Machine;
use super::super::value::*;

/// The older parser, whose `parse_args` gives a pair.
pub(super) const OPTPARSE: &str = "optparse.OptionParser";

/// Where a parser keeps its commands, each a parser of its own.
const COMMANDS: Name = Name::new_static("__commands__");

/// Where it keeps the arguments that have their place instead of a name, in order.
const POSITIONALS: Name = Name::new_static("__positionals__");

/// How deep commands of commands are followed.
const MAX_PARSERS: u32 = 4;

impl Machine<'_> {
    /// What the command that starts the program gives for an option of click, of these spellings.
    pub(in crate::python) fn given_option(&self, spellings: &[&str], is_flag: bool) -> Option<Value> {
        let mut words = self.plan.argv.iter();
        while let Some(word) = words.next() {
            let (Some(text), Some(place)) = (word.as_str(), word.outside()) else { continue };
            let (flag, inner) = text.split_once('=').map_or((text, None), |(flag, inner)| (flag, Some(inner)));
            for spelling in spellings {
                // `--debug/--no-debug`
                let (on, off) = spelling.split_once('/').unwrap_or((spelling, ""));
                match (is_flag, inner) {
                    (true, None) if flag == on => return Some(Value::of(Data::Bool(true)).at(place)),
                    (true, None) if flag == off => return Some(Value::of(Data::Bool(false)).at(place)),
                    (false, Some(inner)) if flag == on => return Some(Value::text(inner).at(place)),
                    (false, None) if flag == on => return words.next().cloned(),
                    _ => {}
                }
            }
        }
        None
    }

    pub(super) fn argparse(&mut self, id: Id, name: &str, args: &Args) -> Value {
        match name {
            "add_argument" | "add_option" => {
                let (dest, value) = self.argparse_option(args);
                self.keep_flags(id, &dest, args);
                self.keep_positional(id, &dest, args);
                if let Some(Object::Instance(parser)) = self.object_mut(id) {
                    parser.attrs.insert(Name::from(format!("--{dest}")), value);
                }
                Value::UNKNOWN
            }
            "set_defaults" => {
                for (name, value, at) in &args.keywords {
                    if let Some(Object::Instance(parser)) = self.object_mut(id) {
                        let value = value.clone().option_at(*at);
                        parser.attrs.insert(Name::from(format!("--{name}")), value);
                    }
                }
                Value::UNKNOWN
            }
            "add_subparsers" => {
                let group = self.new_instance(Value::library("argparse.Subparsers"));
                let dest = args.keyword("dest").map(|(value, _)| value.clone());
                if let (Some(dest), Some(Object::Instance(instance))) = (dest, self.object_mut(group)) {
                    instance.attrs.insert(Name::new_static("dest"), dest);
                }
                if let Some(Object::Instance(parser)) = self.object_mut(id) {
                    parser.attrs.insert(COMMANDS, Value::of(Data::Instance(group)));
                }
                Value::of(Data::Instance(group))
            }
            "add_parser" => {
                let inner = self.new_instance(Value::library("argparse.ArgumentParser"));
                let inner = Value::of(Data::Instance(inner));
                let name = args.positional.first().and_then(|(value, _)| value.as_str().map(str::to_owned));
                if let (Some(name), Some(Object::Instance(group))) = (name, self.object_mut(id)) {
                    group.attrs.insert(Name::from(format!(" {name}")), inner.clone());
                }
                inner
            }
            "add_argument_group" | "add_mutually_exclusive_group" | "add_option_group" => {
                let group = self.new_instance(Value::library("argparse.Group"));
                if let Some(Object::Instance(instance)) = self.object_mut(group) {
                    instance.attrs.insert(Name::new_static("parser"), Value::of(Data::Instance(id)));
                }
                Value::of(Data::Instance(group))
            }
            "parse_args" | "parse_known_args" => {
                let options = self.instance(id).map(|parser| parser.attrs.clone()).unwrap_or_default();
                let given = match args.find(Some(1), "namespace").map(|(space, _)| &space.data) {
                    Some(Data::Instance(given)) => Some(*given),
                    _ => None,
                };
                let own = given.and_then(|given| self.instance(given)).map(|given| given.class.clone());
                let mut kept: BTreeSet<Name> = BTreeSet::new();
                for class in own.iter().flat_map(|class| self.ancestors(class)) {
                    if let Data::Class(id) = class.data {
                        kept.extend(self.class(id).into_iter().flat_map(|class| class.attrs.keys().cloned()));
                    }
                }
                let space = given.unwrap_or_else(|| self.new_instance(Value::library("argparse.Namespace")));
                if let Some(Object::Instance(instance)) = self.object_mut(space) {
                    for (name, value) in options {
                        // What the given namespace has itself stays.
                        if let Some(dest) = name.strip_prefix("--").filter(|dest| !kept.contains(*dest)) {
                            instance.attrs.insert(Name::from(dest), value);
                        }
                    }
                }
                let words = match args.find(Some(0), "args") {
                    Some((words, _)) if words.data != Data::None => self.items(words),
                    _ => {
                        let argv = self.argv();
                        self.items(&argv).map(|words| words.into_iter().skip(1).collect())
                    }
                };
                self.parse_words(id, space, words.unwrap_or_default(), MAX_PARSERS);
                let space = Value::of(Data::Instance(space));
                let optparse = self.instance(id).and_then(|parser| parser.class.as_library()) == Some(OPTPARSE);
                if name == "parse_args" && !optparse {
                    return space;
                }
                Value::of(Data::Tuple(Rc::new(vec![space, Value::UNKNOWN])))
            }
            _ => Value::UNKNOWN,
        }
    }

    /// Notes what each spelling of an option does: its destination, and the value that it gives by itself.
    fn keep_flags(&mut self, id: Id, dest: &str, args: &Args) {
        let text = |name: &str| args.keyword(name).and_then(|(value, _)| value.as_str());
        let action = args.keyword("action").and_then(|(action, _)| action.as_library());
        // It makes `--no-debug` of `--debug`, too.
        let is_both = action == Some("argparse.BooleanOptionalAction");
        let given = match text("action") {
            Some("store_true") => Value::of(Data::Bool(true)),
            Some("store_false") => Value::of(Data::Bool(false)),
            Some("store_const") => args.keyword("const").map_or(Value::UNKNOWN, |(value, _)| value.clone()),
            Some(_) => Value::UNKNOWN,
            None if is_both => Value::of(Data::Bool(true)),
            None => Value::library("argparse.value"),
        };
        let flags = args.positional.iter().filter_map(|(value, _)| value.as_str());
        let mut effects: Vec<(Name, Value)> =
            flags.clone().map(|flag| (Name::from(format!("@{flag}")), given.clone())).collect();
        if is_both {
            let refused = flags.filter_map(|flag| Some(Name::from(format!("@--no-{}", flag.strip_prefix("--")?))));
            effects.extend(refused.map(|flag| (flag, Value::of(Data::Bool(false)))));
        }
        let effect = |given: Value| Value::of(Data::Tuple(Rc::new(vec![Value::text(dest), given])));
        if let Some(Object::Instance(parser)) = self.object_mut(id) {
            parser.attrs.extend(effects.into_iter().map(|(flag, given)| (flag, effect(given))));
        }
    }

    /// Notes an argument that has its place instead of a name: where it goes, whether it is converted, and what it may be.
    fn keep_positional(&mut self, id: Id, dest: &str, args: &Args) {
        let first = args.positional.first().and_then(|(value, _)| value.as_str());
        if first.is_none_or(|first| first.starts_with('-')) {
            return;
        }
        let is_typed = args.keyword("type").is_some_and(|(value, _)| value.as_library() != Some("builtins.str"));
        let choices = args.keyword("choices").map_or(Value::UNKNOWN, |(value, _)| value.clone());
        let noted = vec![Value::text(dest), Value::of(Data::Bool(is_typed)), choices];
        let Some(Object::Instance(parser)) = self.object_mut(id) else { return };
        let known = match parser.attrs.get(&POSITIONALS).map(|known| &known.data) {
            Some(Data::Tuple(known)) => known.to_vec(),
            _ => Vec::new(),
        };
        let all = known.into_iter().chain([Value::of(Data::Tuple(Rc::new(noted)))]).collect();
        parser.attrs.insert(POSITIONALS, Value::of(Data::Tuple(Rc::new(all))));
    }

    /// Takes a word for an argument that has its place.
    fn take_positional(&mut self, space: Id, argument: &Value, word: &Value) {
        let Some([dest, is_typed, choices]) = self.items(argument).and_then(|parts| <[Value; 3]>::try_from(parts).ok())
        else {
            return;
        };
        let choices = self.items(&choices).unwrap_or_default();
        self.note_words(word, choices.iter());
        let value = if self.truth(&is_typed) == Some(true) { Value::UNKNOWN } else { word.clone() };
        self.keep_option(space, dest.as_str(), value);
    }

    /// Reads the words of a command line that is known into a namespace.
    fn parse_words(&mut self, parser: Id, space: Id, words: Vec<Value>, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let Some(attrs) = self.instance(parser).map(|parser| parser.attrs.clone()) else { return };
        let positionals = attrs.get(&POSITIONALS).and_then(|known| self.items(known)).unwrap_or_default();
        let mut positionals = positionals.iter();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let is_any = word.as_library() == Some(WORD);
            let Some(text) = word.as_str().map(str::to_owned).or_else(|| is_any.then(String::new)) else { return };
            let (flag, inner) = text.split_once('=').map_or((text.as_str(), None), |(flag, inner)| (flag, Some(inner)));
            let effect = attrs.get(format!("@{flag}").as_str()).and_then(|effect| self.items(effect));
            if let Some([dest, given]) = effect.as_deref() {
                let takes = given.as_library() == Some("argparse.value");
                let (value, told) = match (takes, inner) {
                    (true, Some(inner)) => (Value::text(inner), word),
                    (true, None) => words.next().map_or((Value::UNKNOWN, word), |value| (value.clone(), value)),
                    (false, _) => (given.clone(), word),
                };
                // A word of a program is no place for a value: that is where the option is used. One of a command is.
                let value = Value::derived(value.data.clone(), &[&value]);
                let value = match told.outside() {
                    Some(place) => value.at(place),
                    None => value,
                };
                self.keep_option(space, dest.as_str(), value);
                continue;
            }
            if let Some(argument) = positionals.next() {
                self.take_positional(space, argument, &word);
                continue;
            }
            let Some(Value { data: Data::Instance(group), .. }) = attrs.get(&COMMANDS) else { continue };
            let Some(group) = self.instance(*group).cloned() else { continue };
            let names = group.attrs.keys().filter_map(|name| name.strip_prefix(' ')).map(Value::text);
            self.note_words(&word, names.collect::<Vec<_>>().iter());
            if let Some(Value { data: Data::Instance(inner), .. }) = group.attrs.get(format!(" {text}").as_str()) {
                self.keep_option(space, group.attrs.get("dest").and_then(Value::as_str), word);
                let defaults = self.instance(*inner).map(|inner| inner.attrs.clone()).unwrap_or_default();
                for (name, value) in defaults {
                    self.keep_option(space, name.strip_prefix("--"), value);
                }
                return self.parse_words(*inner, space, words.collect(), depth);
            }
        }
    }

    fn keep_option(&mut self, space: Id, dest: Option<&str>, value: Value) {
        if let (Some(dest), Some(Object::Instance(space))) = (dest, self.object_mut(space)) {
            space.attrs.insert(Name::from(dest), value);
        }
    }

    /// An option's destination, and its value when it is not given on the command line.
    fn argparse_option(&self, args: &Args) -> (String, Value) {
        let flags: Vec<&str> = args.positional.iter().filter_map(|(value, _)| value.as_str()).collect();
        let long = flags.iter().find(|flag| flag.starts_with("--")).or_else(|| flags.first()).copied();
        let dest = args.keyword("dest").and_then(|(value, _)| value.as_str());
        let dest = dest.unwrap_or_else(|| long.unwrap_or_default().trim_start_matches('-')).replace('-', "_");
        let action = args.keyword("action").map(|(value, _)| value.clone());
        // `type=bool` takes the truth of a string: `--debug False` is on, and that is so where the value is used.
        let typed = args.keyword("type").is_some_and(|(value, _)| value.as_library() == Some("builtins.bool"));
        let default = match (args.keyword("default"), action.as_ref().and_then(Value::as_str)) {
            (Some((value, at)), _) if self.truth(value) == Some(true) || !typed => value.clone().option_at(at),
            (Some((value, _)), _) => Value::derived(value.data.clone(), &[value]),
            (None, Some("store_false")) => {
                let value = Value::of(Data::Bool(true));
                // What is to be written there is the default that the action has of itself.
                args.keyword("action").map_or(value.clone(), |(_, at)| value.option_at(at))
            }
            (None, Some("store_true")) => Value::of(Data::Bool(false)),
            (None, _) => Value::of(Data::None),
        };
        (dest, if typed { default.truth_tested() } else { default })
    }
}
