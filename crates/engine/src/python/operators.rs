//! Operators and conversions that a class of the project defines: `__eq__`, `__contains__`, `__or__`, `__int__`, `__str__`.
//!
//! What they do with values that are known by themselves is in `eval`.

use std::rc::Rc;

use super::ir::*;
use super::machine::{Eval, Machine};
use super::value::*;

/// What runs a function that keeps what it gave (`functools.cache`).
pub(crate) const ONCE: &str = "functools.cache of";

impl Machine<'_> {
    /// What a method of the project gives that an operator or a conversion stands for; `None` where there is none.
    pub fn own_method(&mut self, object: &Value, name: &str, args: &[&Value]) -> Eval<Option<Value>> {
        let Data::Instance(id) = object.data else { return Ok(None) };
        let class = self.instance(id).map_or(Value::UNKNOWN, |instance| instance.class.clone());
        let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(&class, name, None) else {
            return Ok(None);
        };
        let spot = self.spot(0);
        let positional = args.iter().map(|value| ((*value).clone(), spot)).collect();
        self.call_function(&closure, Some(object.clone()), Args { positional, ..Args::default() }, spot).map(Some)
    }

    /// `left op right`, where one of them says what that is.
    pub fn own_comparison(&mut self, op: CompareOp, left: &Value, right: &Value) -> Eval<Option<bool>> {
        let (object, name, other, is_negated) = match op {
            CompareOp::Eq => (left, "__eq__", right, false),
            CompareOp::NotEq => (left, "__eq__", right, true),
            CompareOp::In => (right, "__contains__", left, false),
            CompareOp::NotIn => (right, "__contains__", left, true),
            CompareOp::Less => (left, "__lt__", right, false),
            CompareOp::LessEq => (left, "__le__", right, false),
            CompareOp::Greater => (left, "__gt__", right, false),
            CompareOp::GreaterEq => (left, "__ge__", right, false),
            CompareOp::Is | CompareOp::IsNot => return Ok(None),
        };
        if op == CompareOp::NotEq
            && let Some(answer) = self.own_method(object, "__ne__", &[other])?
        {
            return Ok(self.truth(&answer));
        }
        let answer = self.own_method(object, name, &[other])?;
        Ok(answer.and_then(|answer| self.truth(&answer)).map(|truth| truth != is_negated))
    }

    /// `left op right` of two values, where the first says what that is.
    pub fn own_operator(&mut self, op: BinaryOp, left: &Value, right: &Value) -> Eval<Option<Value>> {
        let name = match op {
            BinaryOp::Add => "__add__",
            BinaryOp::Sub => "__sub__",
            BinaryOp::Mul => "__mul__",
            BinaryOp::Mod => "__mod__",
            BinaryOp::Div => "__truediv__",
            BinaryOp::BitOr => "__or__",
            BinaryOp::BitAnd => "__and__",
            BinaryOp::BitXor => "__xor__",
            _ => return Ok(None),
        };
        self.own_method(left, name, &[right])
    }

    /// A function without parameters that is run once and then gives what it gave.
    pub fn made_once(&mut self, function: Value) -> Value {
        let spot = self.spot(0);
        let kept = Value::of(Data::List(self.alloc(Object::List(List::default()))));
        let args = Args { positional: vec![(function, spot), (kept, spot)], ..Args::default() };
        Value::of(Data::Partial(Rc::new((Value::library(ONCE), args))))
    }

    /// A call of such a function.
    pub fn call_once(&mut self, args: &Args, spot: Spot) -> Eval<Value> {
        let [(function, _), (kept, _), ..] = args.positional.as_slice() else { return Ok(Value::UNKNOWN) };
        let Data::List(id) = kept.data else { return Ok(Value::UNKNOWN) };
        if let Some(value) = self.list(id).and_then(|list| list.items.first()) {
            return Ok(value.clone());
        }
        let value = self.call(function, Args::default(), spot)?;
        if let Some(Object::List(list)) = self.object_mut(id) {
            list.items.push(value.clone());
        }
        Ok(value)
    }

    /// What a builtin class makes of an instance that says so itself; any other value as it is.
    pub fn converted(&mut self, builtin: &str, value: Value) -> Eval<Value> {
        let names: &[&str] = match builtin {
            "int" => &["__int__", "__index__"],
            "float" => &["__float__"],
            "str" => &["__str__", "__repr__"],
            "repr" => &["__repr__"],
            "len" => &["__len__"],
            _ => &[],
        };
        for name in names {
            if let Some(converted) = self.own_method(&value, name, &[])? {
                return Ok(converted);
            }
        }
        Ok(value)
    }
}
