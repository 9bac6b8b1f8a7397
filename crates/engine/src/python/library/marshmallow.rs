//! Schemas of marshmallow: what `load` takes out of a mapping, and the defaults of what the mapping lacks.

use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;
use crate::deploy::Format;

/// The base class of schemas, by the paths under which it is imported.
const SCHEMA: [&str; 2] = ["marshmallow.Schema", "marshmallow.schema.Schema"];

/// Where the classes of fields are, and the names that a truth has among them.
const FIELDS: &str = "marshmallow.fields.";
const TRUTHS: [&str; 2] = ["Bool", "Boolean"];

const DEFAULT: Name = Name::new_static("load_default");
const KEY: Name = Name::new_static("data_key");

/// The schema of a field that is a mapping itself, and whether there are several of it.
const NESTED: Name = Name::new_static("nested");
const MANY: Name = Name::new_static("many");

/// How deep schemas in schemas are followed.
const MAX_NESTED: u32 = 6;

impl Machine<'_> {
    /// What a field keeps of its constructor's arguments; nothing for other classes. The default was called `missing`
    /// before marshmallow 3.13.
    pub(super) fn init_schema_field(&mut self, path: &str, id: Id, args: &Args) {
        if !path.starts_with(FIELDS) {
            return;
        }
        let default = args.keyword(&DEFAULT).or_else(|| args.keyword("missing"));
        let default = default.map(|(value, at)| (DEFAULT, value.clone().at(at)));
        let key = args.keyword(&KEY).map(|(value, _)| (KEY, value.clone()));
        let nested = args.find(Some(0), &NESTED).filter(|_| path.ends_with(".Nested"));
        let inner = nested.map(|(value, _)| (NESTED, value.clone()));
        let many = args.keyword(&MANY).map(|(value, _)| (MANY, value.clone()));
        if let Some(Object::Instance(field)) = self.object_mut(id) {
            field.attrs.extend(default.into_iter().chain(key).chain(inner).chain(many));
        }
    }

    /// A method of a schema; `None` for anything else.
    pub(super) fn call_schema(
        &mut self,
        receiver: &Value,
        path: &str,
        name: &str,
        args: &Args,
        spot: Spot,
    ) -> Option<Eval<Value>> {
        let (given, _) = args.positional.first().filter(|_| SCHEMA.contains(&path))?;
        let given = match name {
            "load" => Ok(given.clone()),
            "loads" => self.read_from(Format::Json, given, spot),
            _ => return None,
        };
        let Data::Instance(id) = receiver.data else { return None };
        let class = self.instance(id)?.class.clone();
        Some(given.and_then(|given| self.loaded(&class, &given, MAX_NESTED, spot)))
    }

    /// What a schema makes of a mapping, and the schemas in it of those in that.
    fn loaded(&mut self, class: &Value, given: &Value, depth: u32, spot: Spot) -> Eval<Value> {
        let (Data::Dict(id), Data::Class(_)) = (&given.data, &class.data) else { return Ok(Value::UNKNOWN) };
        let Some(dict) = self.dict(*id).cloned() else { return Ok(Value::UNKNOWN) };
        let Some(fields) = self.schema_fields(class) else { return Ok(Value::UNKNOWN) };
        let mut entries = Vec::new();
        for (name, field) in fields {
            let key = field.attrs.get(&KEY).and_then(Value::as_str).unwrap_or(&name);
            let found = dict.entries.iter().rev().find(|(known, _)| known.as_str() == Some(key));
            let value = match (found, field.attrs.get(&DEFAULT)) {
                (Some((_, value)), _) => match self.schema_of(&field) {
                    Some(inner) if depth > 0 => self.loaded(&inner, value, depth - 1, spot)?,
                    Some(_) => Value::UNKNOWN,
                    None => self.taken(&field, value.clone()),
                },
                (None, _) if dict.open => Value::UNKNOWN,
                (None, Some(made)) if matches!(made.data, Data::Function(_)) => {
                    self.call(&made.clone(), Args::default(), spot)?
                }
                (None, Some(default)) => default.clone(),
                (None, None) => continue,
            };
            entries.push((Value::text(&name), value));
        }
        let loaded = Dict { entries, open: dict.open, ..Dict::default() };
        Ok(Value::of(Data::Dict(self.alloc(Object::Dict(loaded)))))
    }

    /// The class of the schema that a field is made of: it is given as such, as an instance, or by what gives one of these.
    fn schema_of(&mut self, field: &Instance) -> Option<Value> {
        let mut inner = field.attrs.get(&NESTED)?.clone();
        if field.attrs.get(&MANY).is_some_and(|many| self.truth(many) != Some(false)) {
            return Some(Value::UNKNOWN);
        }
        if let Data::Function(_) = inner.data {
            let spot = self.spot(0);
            inner = self.call(&inner, Args::default(), spot).unwrap_or(Value::UNKNOWN);
        }
        Some(match inner.data {
            Data::Class(_) => inner,
            Data::Instance(id) => self.instance(id)?.class.clone(),
            _ => Value::UNKNOWN,
        })
    }

    /// A value as a field takes it.
    fn taken(&self, field: &Instance, value: Value) -> Value {
        let kind = field.class.as_library().and_then(|path| path.strip_prefix(FIELDS)).unwrap_or_default();
        if TRUTHS.contains(&kind) { self.as_boolean(value) } else { value }
    }

    /// The fields of a schema by their names; `None` where it has methods of its own that may change what is loaded.
    fn schema_fields(&self, class: &Value) -> Option<Vec<(Name, Instance)>> {
        let mut fields: Vec<(Name, Instance)> = Vec::new();
        for ancestor in self.ancestors(class) {
            let Data::Class(id) = ancestor.data else { continue };
            for (name, value) in &self.class(id)?.attrs {
                match &value.data {
                    Data::Function(closure) if !closure.function.decorators.is_empty() => return None,
                    Data::Instance(field) if fields.iter().all(|(known, _)| known != name) => {
                        let field = self.instance(*field)?;
                        if field.class.as_library().is_some_and(|path| path.starts_with(FIELDS)) {
                            fields.push((name.clone(), field.clone()));
                        }
                    }
                    _ => {}
                }
            }
        }
        Some(fields)
    }
}
