//! Generators: a call runs nothing, each value that is asked for runs the body up to the next `yield`.
//!
//! A generator keeps the scope of its function and the statement of the body that is next. Within a statement with a body
//! of its own (a loop, a `with`) it is run again from that statement's beginning, past the values that it gave before.

use std::rc::Rc;

use super::call::MAX_CALLS;
use super::ir::*;
use super::machine::{Eval, Flow, Frame, Machine, Stop};
use super::value::*;

/// The class of generators.
pub(crate) const GENERATOR: &str = "builtins.generator";

/// Where one keeps its function, the scope of that, the statement that is next, and how many values this gave.
const FUNCTION: Name = Name::new_static("__function__");
const SCOPE: Name = Name::new_static("__scope__");
const NEXT: Name = Name::new_static("__next_statement__");
const GIVEN: Name = Name::new_static("__given__");

/// How many values of a generator are kept.
const MAX_YIELDS: usize = 64;

/// How many values of an object are asked for that gives them one by one.
const MAX_ROUNDS: usize = 40;

/// The builtin functions that go through what they are given.
const ITERATING: [&str; 14] =
    ["all", "any", "dict", "enumerate", "filter", "list", "map", "max", "min", "set", "sorted", "sum", "tuple", "zip"];

/// What a generator gives in one go.
#[derive(Debug, Default)]
pub(crate) struct Yields {
    /// The values, in order.
    pub values: Vec<Value>,
    /// How many were given before, and are only passed by.
    skipped: usize,
    /// Whether the next value ends the run.
    pauses: bool,
}

impl Machine<'_> {
    /// What calling a generator function gives, whose parameters are bound in this scope.
    pub fn generator(&mut self, closure: &Rc<Closure>, scope: Id) -> Value {
        let number = |number: usize| Value::of(Data::Int(i64::try_from(number).unwrap_or(i64::MAX)));
        let function = Value::of(Data::Function(closure.clone()));
        let attrs = [(FUNCTION, function), (SCOPE, number(scope)), (NEXT, number(0)), (GIVEN, number(0))];
        let id = self.new_instance(Value::library(GENERATOR));
        if let Some(Object::Instance(generator)) = self.object_mut(id) {
            generator.attrs.extend(attrs);
        }
        Value::of(Data::Instance(id))
    }

    /// The number of a generator, where a value is one.
    pub fn as_generator(&self, value: &Value) -> Option<Id> {
        match value.data {
            Data::Instance(id) => self.instance(id).filter(|it| it.class.as_library() == Some(GENERATOR)).map(|_| id),
            _ => None,
        }
    }

    /// The next value of a generator; `None` at its end. What is sent is what its `yield` gives.
    pub fn advance(&mut self, id: Id, sent: Value) -> Eval<Option<Value>> {
        let (yields, result) = self.resume(id, sent, true);
        match result {
            Err(Stop::Pause) => Ok(yields.into_iter().next_back()),
            result => result.map(|()| None),
        }
    }

    /// What a loop or a function gets that goes through all of something: of a generator the rest of its values.
    pub fn exhausted(&mut self, value: Value) -> Eval<Value> {
        let Some(id) = self.as_generator(&value) else { return self.asked_for_items(value) };
        let (items, result) = self.resume(id, Value::of(Data::None), false);
        let open = result.is_err();
        if result == Err(Stop::Exit) {
            return Err(Stop::Exit);
        }
        Ok(Value::of(Data::List(self.alloc(Object::List(List { items, open })))))
    }

    /// What an instance of the project gives that has an `__iter__` of its own; any other value as it is.
    fn asked_for_items(&mut self, value: Value) -> Eval<Value> {
        let Data::Instance(id) = value.data else { return Ok(value) };
        let class = self.instance(id).map_or(Value::UNKNOWN, |instance| instance.class.clone());
        let is_own = |machine: &Self, name: &str| {
            matches!(machine.class_attribute(&class, name, None), Some(Value { data: Data::Function(_), .. }))
        };
        if !is_own(self, "__iter__") {
            return Ok(value);
        }
        let spot = self.spot(0);
        let iter = self.attribute(&value, "__iter__")?;
        let iterator = self.call(&iter, Args::default(), spot)?;
        if iterator.data != value.data {
            return self.nested(|machine| machine.exhausted(iterator));
        }
        let next = self.attribute(&value, "__next__")?;
        let mut items = Vec::new();
        let stop = Name::new_static("StopIteration");
        while items.len() < MAX_ROUNDS {
            match self.awaiting(vec![stop.clone()], |machine| machine.call(&next, Args::default(), spot)) {
                Ok(item) => items.push(item),
                Err(Stop::Raise(class)) if class == stop => break,
                Err(stop) => return Err(stop),
            }
        }
        let open = items.len() == MAX_ROUNDS;
        Ok(Value::of(Data::List(self.alloc(Object::List(List { items, open })))))
    }

    /// The arguments of a builtin function that goes through its first ones.
    pub fn iterated_args(&mut self, name: &str, args: &Args) -> Eval<Args> {
        let mut args = args.clone();
        if ITERATING.contains(&name) {
            for (value, _) in &mut args.positional {
                *value = self.exhausted(value.clone())?;
            }
        }
        Ok(args)
    }

    /// The arguments of a call that goes through all of what it is given.
    pub fn exhausted_args(&mut self, args: Args) -> Eval<Args> {
        if !args.positional.iter().any(|(value, _)| self.as_generator(value).is_some()) {
            return Ok(args);
        }
        let mut args = args;
        for (value, _) in &mut args.positional {
            *value = self.exhausted(value.clone())?;
        }
        Ok(args)
    }

    /// Runs a generator from where it is to its next value, or to its end.
    fn resume(&mut self, id: Id, sent: Value, pauses: bool) -> (Vec<Value>, Eval<()>) {
        let kept = |machine: &Self, name: &Name| match machine.instance(id)?.attrs.get(name)?.data {
            Data::Int(number) => usize::try_from(number).ok(),
            _ => None,
        };
        let function = self.instance(id).and_then(|generator| generator.attrs.get(&FUNCTION)).cloned();
        let (Some(Value { data: Data::Function(closure), .. }), Some(scope), Some(mut next), Some(mut given)) =
            (function, kept(self, &SCOPE), kept(self, &NEXT), kept(self, &GIVEN))
        else {
            return (Vec::new(), Ok(()));
        };
        if self.frames.len() >= MAX_CALLS {
            return (Vec::new(), Err(Stop::Limit));
        }
        let body = &closure.function.body;
        let mut frame = Frame::new(closure.file, closure.unit, scope);
        frame.function = Some(closure.clone());
        frame.yields = Some(Yields { values: Vec::new(), skipped: given, pauses });
        self.frames.push(frame);
        let mut result = match next.checked_sub(1).and_then(|last| body.get(last)) {
            Some(last) if given == 0 => self.receive(last, sent),
            _ => Ok(()),
        };
        if result.is_ok() {
            result = self.run_on(body, &mut next, &mut given);
        }
        let frame = self.frames.pop();
        if let Some(Object::Instance(generator)) = self.object_mut(id) {
            let number = |number: usize| Value::of(Data::Int(i64::try_from(number).unwrap_or(i64::MAX)));
            generator.attrs.extend([(NEXT, number(next)), (GIVEN, number(given))]);
        }
        (frame.and_then(|frame| frame.yields).unwrap_or_default().values, result)
    }

    /// Runs the statements of a generator's body from the next one to a `yield`, or to the end.
    fn run_on(&mut self, body: &[Stmt], next: &mut usize, given: &mut usize) -> Eval<()> {
        while let Some(stmt) = body.get(*next) {
            match self.block(std::slice::from_ref(stmt)) {
                Ok(Flow::Next) => (*next, *given) = (*next + 1, 0),
                Ok(_) => *next = body.len(),
                Err(Stop::Pause) => {
                    (*next, *given) = if is_plain(stmt) { (*next + 1, 0) } else { (*next, *given + 1) };
                    return Err(Stop::Pause);
                }
                Err(stop) => {
                    *next = body.len();
                    return Err(stop);
                }
            }
            if let Some(yields) = self.frames.last_mut().and_then(|frame| frame.yields.as_mut()) {
                yields.skipped = 0;
            }
        }
        Ok(())
    }

    /// Gives what was sent to the `yield` that a generator stopped at.
    fn receive(&mut self, stmt: &Stmt, sent: Value) -> Eval<()> {
        let Stmt::Assign(targets, _) = stmt else { return Ok(()) };
        for (target, site) in targets {
            let spot = self.spot(*site);
            self.assign(target, sent.clone(), spot)?;
        }
        Ok(())
    }

    /// `yield value` in a generator.
    pub fn give(&mut self, value: Value, from: bool) -> Eval<Value> {
        let value = if from { self.exhausted(value)? } else { value };
        let more = if from { self.items(&value).unwrap_or_default() } else { vec![value] };
        let Some(yields) = self.frames.last_mut().and_then(|frame| frame.yields.as_mut()) else {
            return Ok(Value::UNKNOWN);
        };
        for value in more {
            if yields.skipped > 0 {
                yields.skipped -= 1;
                continue;
            }
            if yields.values.len() < MAX_YIELDS {
                yields.values.push(value);
            }
            if yields.pauses {
                return Err(Stop::Pause);
            }
        }
        Ok(Value::UNKNOWN)
    }

    /// A method of a generator; `None` for any other class.
    pub fn call_generator(&mut self, id: Id, name: &str, args: &Args) -> Option<Eval<Value>> {
        self.as_generator(&Value::of(Data::Instance(id)))?;
        let sent = match name {
            "send" => args.positional.first().map_or(Value::UNKNOWN, |(value, at)| value.clone().at(*at)),
            "__next__" => Value::of(Data::None),
            // What stands behind the `yield` never happens; a `finally` around it is not looked at.
            "close" => {
                let end = Value::of(Data::Int(i64::MAX));
                if let Some(Object::Instance(generator)) = self.object_mut(id) {
                    generator.attrs.insert(NEXT, end);
                }
                return Some(Ok(Value::of(Data::None)));
            }
            _ => return None,
        };
        Some(self.next_of(id, sent, None))
    }

    /// `next(generator, default)`
    pub fn next_of(&mut self, id: Id, sent: Value, default: Option<Value>) -> Eval<Value> {
        match (self.advance(id, sent)?, default) {
            (Some(value), _) | (None, Some(value)) => Ok(value),
            (None, None) => self.raise_awaited("StopIteration").map(|()| Value::UNKNOWN),
        }
    }
}

impl Yields {
    /// What a function gives that runs at once.
    pub fn at_once() -> Yields {
        Yields::default()
    }
}

/// Whether a statement is a `yield` and nothing more, after which the next statement runs.
fn is_plain(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Expr(expr) => matches!(expr.kind, ExprKind::Yield(_, false)),
        Stmt::Assign(_, value) => matches!(value.kind, ExprKind::Yield(_, false)),
        _ => false,
    }
}
