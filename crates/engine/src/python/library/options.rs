//! Command lines that a program reads: argparse and optparse. What counts is what an option is when nobody gives it.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::ir::*;
use super::super::machine::Machine;
use super::super::value::*;

/// The older parser, whose `parse_args` gives a pair.
pub(super) const OPTPARSE: &str = "optparse.OptionParser";

impl Machine<'_> {
    pub(super) fn argparse(&mut self, id: Id, name: &str, args: &Args) -> Value {
        match name {
            "add_argument" | "add_option" => {
                let (dest, value) = self.argparse_option(args);
                if let Some(Object::Instance(parser)) = self.object_mut(id) {
                    parser.attrs.insert(Name::from(format!("--{dest}")), value);
                }
                Value::UNKNOWN
            }
            "set_defaults" => {
                for (name, value, at) in &args.keywords {
                    if let Some(Object::Instance(parser)) = self.object_mut(id) {
                        let value = value.clone().at(*at);
                        parser.attrs.insert(Name::from(format!("--{name}")), value);
                    }
                }
                Value::UNKNOWN
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
            (Some((value, at)), _) if self.truth(value) == Some(true) || !typed => value.clone().at(at),
            (Some((value, _)), _) => Value::derived(value.data.clone(), &[value]),
            (None, Some("store_false")) => {
                let value = Value::of(Data::Bool(true));
                // What is to be written there is the default that the action has of itself.
                args.keyword("action").map_or(value.clone(), |(_, at)| value.at(at))
            }
            (None, Some("store_true")) => Value::of(Data::Bool(false)),
            (None, _) => Value::of(Data::None),
        };
        (dest, if typed { default.truth_tested() } else { default })
    }
}
