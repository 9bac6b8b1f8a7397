//! The fields of attrs' classes: `attrs.field(default=..., converter=...)`, `attr.ib(...)`; and those of pydantic's models
//! that go by another name: `Field(alias="debugMode")`.
//!
//! Dataclasses, and the other fields of pydantic's models, say their defaults where they stand, and are read without this.

use std::rc::Rc;

use super::super::environ::{Words, parse_bool};
use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;

/// The class of what stands for a field until the class makes an instance, and what one keeps.
const FIELD: &str = "attrs.Field";
const DEFAULT: Name = Name::new_static("default");
const FACTORY: Name = Name::new_static("factory");
const CONVERTER: Name = Name::new_static("converter");

/// The class of what stands for a field of a model that has other names, and where one keeps these.
const RENAMED: &str = "pydantic.fields.Renamed";
const NAMES: Name = Name::new_static("names");

/// The settings of a model that let its fields be given by their own names, too.
const BY_NAME: [&str; 3] = ["populate_by_name", "validate_by_name", "allow_population_by_field_name"];

impl Machine<'_> {
    /// What `pydantic.Field` gives: the default, unless the field has other names.
    pub(super) fn model_field(&mut self, args: &Args) -> Value {
        let default = args.find(Some(0), "default").map_or(Value::UNKNOWN, |(value, at)| value.clone().at(at));
        let alias = args.keyword("validation_alias").or_else(|| args.keyword("alias"));
        match alias.filter(|(alias, _)| alias.data != Data::None) {
            Some((alias, _)) => {
                let names = if alias.as_str().is_some() {
                    Value::of(Data::Tuple(Rc::new(vec![alias.clone()])))
                } else {
                    alias.clone()
                };
                self.keeping(RENAMED, [(DEFAULT, default), (NAMES, names)])
            }
            None => default,
        }
    }

    /// The default of a field of a model that has other names, and these; `None` for any other field.
    pub fn renamed(&self, default: &Value) -> Option<(Value, Vec<Name>)> {
        let Data::Instance(id) = default.data else { return None };
        let field = self.instance(id).filter(|field| field.class.as_library() == Some(RENAMED))?;
        let names = field.attrs.get(&NAMES).and_then(|names| self.items(names)).unwrap_or_default();
        Some((
            field.attrs.get(&DEFAULT)?.clone(),
            names.iter().filter_map(|name| name.as_str().map(Name::from)).collect(),
        ))
    }

    /// What is given for a field by one of its other names.
    pub fn given_by<'a>(&self, names: &[Name], args: &'a Args) -> Option<(&'a Value, Spot)> {
        names.iter().find_map(|name| args.keyword(name))
    }

    /// Whether the fields of a model that have other names may be given by their own: its settings may say so.
    pub fn goes_by_name(&self, class: &Value) -> bool {
        let config = self.class_attribute(class, "model_config", None);
        let config = config.or_else(|| self.class_attribute(class, "Config", None));
        let said = |name: &str| match &config {
            Some(config @ Value { data: Data::Dict(_), .. }) => self.entry(config, name),
            Some(config) => self.class_attribute(config, name, None),
            None => None,
        };
        BY_NAME.iter().filter_map(|name| said(name)).any(|value| self.truth(&value) != Some(false))
    }

    /// A function of attrs; `None` for any other path.
    pub(super) fn call_field(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        let rest = path.strip_prefix("attrs.").or_else(|| path.strip_prefix("attr."))?;
        Some(match rest {
            "field" | "ib" | "attrib" => {
                let default = args.keyword("default").map(|(value, at)| (DEFAULT, value.clone().at(at)));
                let made = |(factory, _): (&Value, Spot)| (FACTORY, factory.clone());
                let factory = args.keyword("factory").map(made);
                let converter = args.keyword("converter").map(|(value, _)| (CONVERTER, value.clone()));
                let kept: Vec<(Name, Value)> = default.into_iter().chain(factory).chain(converter).collect();
                // Fields without annotations are in the order in which they stand.
                Ok(self.keeping(FIELD, kept).at(spot))
            }
            "converters.to_bool" => parse_bool(&args.positional.first()?.0, Words::Environs),
            _ => return None,
        })
    }

    /// The number of a field of attrs, where a value is one.
    pub fn as_field(&self, value: &Value) -> Option<Id> {
        match value.data {
            Data::Instance(id) => self.instance(id).filter(|it| it.class.as_library() == Some(FIELD)).map(|_| id),
            _ => None,
        }
    }

    /// `@field.default`: the method makes the default.
    pub fn set_field_default(&mut self, field: Id, method: Value) {
        if let Some(Object::Instance(field)) = self.object_mut(field) {
            field.attrs.insert(FACTORY, method);
        }
    }

    /// What an instance has for a field: what it was given, or else the default, as the converter makes it. The place to
    /// change stays where that was written.
    pub fn field_value(&mut self, field: Id, given: Option<Value>, this: &Value, spot: Spot) -> Eval<Value> {
        let kept = |machine: &Self, name: &Name| machine.instance(field)?.attrs.get(name).cloned();
        let value = match (given, kept(self, &DEFAULT), kept(self, &FACTORY)) {
            (Some(value), _, _) | (None, Some(value), _) => value,
            (None, None, Some(factory)) => {
                // A method of the class gets the instance.
                let own = match &factory.data {
                    Data::Function(closure) if closure.class.is_some() => vec![(this.clone(), spot)],
                    _ => Vec::new(),
                };
                self.call(&factory, Args { positional: own, ..Args::default() }, spot)?
            }
            _ => Value::UNKNOWN,
        };
        let Some(converter) = kept(self, &CONVERTER).filter(|converter| converter.data != Data::None) else {
            return Ok(value);
        };
        let origin = value.origin();
        let args = Args { positional: vec![(value, spot)], ..Args::default() };
        let mut converted = self.call(&converter, args, spot)?;
        if origin.is_some() {
            let mut from = converted.from.as_deref().cloned().unwrap_or_default();
            from.origin = origin;
            converted.from = Some(Rc::new(from));
        }
        Ok(converted)
    }
}
