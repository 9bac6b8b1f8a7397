//! Methods that Python's own syntax calls, called by their names: `app.__setattr__("debug", True)`,
//! `Flask.debug.fset(app, True)`, `dict.update(app.config, ...)`, `app.run.__func__(app)`.
//!
//! They do what the syntax does, which is elsewhere; those that a class of the project defines are its own.

use std::rc::Rc;

use super::super::ir::*;
use super::super::machine::{Eval, Machine, is_setting};
use super::super::value::*;

/// Classes whose methods are called with an instance as the first argument.
const CALLED_ON_CLASS: [&str; 8] = [
    "builtins.dict",
    "builtins.list",
    "builtins.str",
    "builtins.set",
    "collections.OrderedDict",
    "collections.UserDict",
    "flask.Config",
    "flask.config.Config",
];

impl Machine<'_> {
    /// A function of a library's class, or an accessor of one of its properties, called with an instance; `None` for any
    /// other path.
    pub(super) fn call_on_class(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        let (class, method) = path.rsplit_once('.')?;
        let ((this, _), rest) = args.positional.split_first()?;
        if CALLED_ON_CLASS.contains(&class) {
            let is_dict = matches!(this.data, Data::Dict(_) | Data::List(_) | Data::Str(_));
            if !is_dict || method == "fromkeys" {
                return None;
            }
            let rest = Args { positional: rest.to_vec(), ..args.clone() };
            return Some(self.call_attribute(this, method, rest, spot));
        }
        let (_, name) = class.rsplit_once('.')?;
        match method {
            "fset" | "__set__" => {
                let (value, at) = rest.first()?;
                let value = placed(value, *at);
                Some(self.set_attribute(this, name, value, spot).map(|()| Value::of(Data::None)))
            }
            "fget" | "__get__" => Some(self.attribute(this, name)),
            _ => None,
        }
    }

    /// A method that any object has; `None` for any other name.
    pub(super) fn call_protocol(
        &mut self,
        receiver: &Value,
        name: &str,
        args: &Args,
        spot: Spot,
    ) -> Option<Eval<Value>> {
        let first = args.positional.first().map(|(value, _)| value.clone());
        match (&receiver.data, name) {
            // Of a proxy, which was looked through already.
            (_, "_get_current_object") => Some(Ok(receiver.clone())),
            (Data::Instance(_), "__setattr__") => {
                let (value, at) = args.positional.get(1)?;
                let value = placed(value, *at);
                Some(self.set_attribute(receiver, first?.as_str()?, value, spot).map(|()| Value::of(Data::None)))
            }
            (Data::Instance(_), "__getattribute__") => Some(self.attribute(receiver, first?.as_str()?)),
            (Data::Attribute(_), "__call__") => Some(self.call(receiver, args.clone(), spot)),
            (Data::Attribute(method), "__func__") => {
                let ((this, _), rest) = args.positional.split_first()?;
                let rest = Args { positional: rest.to_vec(), ..args.clone() };
                Some(self.call_attribute(this, &method.1, rest, spot))
            }
            (Data::Dict(id), "__ior__") => {
                self.update_dict(*id, &first?, spot);
                Some(Ok(receiver.clone()))
            }
            (Data::Dict(_), "__or__") => Some(Ok(self.binary(BinaryOp::BitOr, receiver, &first?))),
            _ => None,
        }
    }

    /// An accessor of a property of the project.
    pub fn accessor(&self, property: &Rc<Closure>, name: &str) -> Option<Value> {
        match name {
            "fget" | "__get__" => Some(Value::of(Data::Function(property.clone()))),
            "fset" | "__set__" => {
                let class = Value::of(Data::Class(property.class?));
                self.class_attribute(&class, &super::super::store::setter_of(&property.function.name), None)
            }
            _ => None,
        }
    }
}

/// A value as it is given at a place.
pub(super) fn placed(value: &Value, at: Spot) -> Value {
    if is_setting(value) { value.clone().at(at) } else { value.clone() }
}
