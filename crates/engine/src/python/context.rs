//! `with` statements and context managers.
//!
//! A `@contextmanager` function runs as Python runs it: up to its `yield`, then the body of the `with`, then the rest.

use std::rc::Rc;
use std::sync::Arc;

use super::call::MAX_CALLS;
use super::errors::ARGS;
use super::ir::*;
use super::machine::{Eval, Flow, Frame, Machine, Stop};
use super::value::*;

/// The class of what a `@contextmanager` function gives, and where that keeps the call.
const CONTEXT: &str = "contextlib.Context";
/// The class of what `contextlib.suppress` gives.
pub(crate) const SUPPRESS: &str = "contextlib.suppress";
const CALL: Name = Name::new_static("__call__");

/// The rest of a `with` statement, for the `yield` of its context manager.
pub(crate) struct Inner {
    target: Option<Target>,
    rest: Vec<(Expr, Option<Target>)>,
    body: Vec<Stmt>,
    spot: Spot,
}

impl Machine<'_> {
    /// What a `@contextmanager` function gives: the body runs when a `with` enters it.
    pub fn context(&mut self, closure: &Rc<Closure>, this: Option<Value>, args: Args) -> Value {
        let spot = self.spot(0);
        let mut args = args;
        args.positional.splice(0..0, this.map(|this| (this, spot)));
        let call = Value::of(Data::Partial(Rc::new((Value::of(Data::Function(closure.clone())), args))));
        let id = self.new_instance(Value::library(CONTEXT));
        if let Some(Object::Instance(context)) = self.object_mut(id) {
            context.attrs.insert(CALL, call);
        }
        Value::of(Data::Instance(id))
    }

    /// `with a as b, c as d: body`
    pub fn with_block(&mut self, items: &[(Expr, Option<Target>)], body: &[Stmt]) -> Eval<Flow> {
        let Some(((manager, target), rest)) = items.split_first() else { return self.block(body) };
        let spot = self.spot(manager.site);
        let manager = self.eval(manager)?;
        let class = match manager.data {
            Data::Instance(id) => self.instance(id).map(|instance| instance.class.clone()),
            _ => None,
        };
        if class.as_ref().and_then(Value::as_library) == Some(CONTEXT) {
            let inner = Inner { target: target.clone(), rest: rest.to_vec(), body: body.to_vec(), spot };
            return self.with_generator(&manager, inner);
        }
        if let Some(patch) = self.as_patch(&manager) {
            let entered = self.enter_patch(patch)?;
            if let Some(target) = target {
                self.assign(target, entered, spot)?;
            }
            let flow = self.nested(|machine| machine.with_block(rest, body));
            self.leave_patch(patch)?;
            return flow;
        }
        if let Some(caught) = self.suppressed(&manager) {
            let awaited = caught.iter().filter_map(|class| self.class_of_exception(class)).collect();
            let flow = self.awaiting(awaited, |machine| machine.nested(|m| m.with_block(rest, body)));
            let is_caught = |class: &str| caught.iter().any(|value| self.caught_by(value, class));
            return match flow {
                Err(Stop::Raise(class)) if is_caught(&class) => Ok(Flow::Next),
                flow => flow,
            };
        }
        let own = class.filter(|class| self.class_attribute(class, "__enter__", None).is_some());
        let entered = match own {
            Some(_) => {
                let enter = self.attribute(&manager, "__enter__")?;
                self.call(&enter, Args::default(), spot)?
            }
            None => manager.clone(),
        };
        if let Some(target) = target {
            self.assign(target, entered, spot)?;
        }
        let flow = self.nested(|machine| machine.with_block(rest, body));
        if flow == Err(Stop::Pause) {
            return flow;
        }
        self.run_callbacks(&manager, spot)?;
        // `with env.prefixed("APP_"):`
        if let Data::Instance(id) = manager.data
            && let Some(Object::Instance(instance)) = self.object_mut(id)
            && instance.class.as_library() == Some("environs.Env")
        {
            instance.attrs.remove("prefix");
        }
        if own.is_some() {
            let exit = self.attribute(&manager, "__exit__")?;
            // What was raised, if anything was; what the manager makes of its details is not known.
            let details = match &flow {
                Err(Stop::Raise(class)) => {
                    let raised = self.raised.clone().unwrap_or(Value::UNKNOWN);
                    [Value::library(&format!("builtins.{class}")), raised, Value::UNKNOWN]
                }
                _ => [Value::of(Data::None), Value::of(Data::None), Value::of(Data::None)],
            };
            let args = Args { positional: details.map(|detail| (detail, spot)).to_vec(), ..Args::default() };
            let answer = self.call(&exit, args, spot)?;
            if matches!(flow, Err(Stop::Raise(_))) && self.truth(&answer) == Some(true) {
                return Ok(Flow::Next);
            }
        }
        flow
    }

    /// The classes of exceptions that end a `with` and nothing more, where the manager is there for that.
    fn suppressed(&self, manager: &Value) -> Option<Vec<Value>> {
        let Data::Instance(id) = manager.data else { return None };
        let instance = self.instance(id).filter(|it| it.class.as_library() == Some(SUPPRESS))?;
        self.items(instance.attrs.get(&ARGS)?)
    }

    /// What a `@contextmanager` function gives, as the generator that it is: it runs up to its `yield` and then to its end,
    /// with whatever is between.
    pub fn generator_of(&mut self, manager: &Value) -> Eval<Option<Value>> {
        let Data::Instance(id) = manager.data else { return Ok(None) };
        let instance = self.instance(id).filter(|it| it.class.as_library() == Some(CONTEXT));
        let call = instance.and_then(|context| context.attrs.get(&CALL)).cloned();
        let Some(Value { data: Data::Partial(call), .. }) = call else { return Ok(None) };
        let Data::Function(closure) = &call.0.data else { return Ok(None) };
        // What a decorator makes of a generator runs it in one go.
        let function = Arc::new(Function { decorators: Vec::new(), ..(*closure.function).clone() });
        let plain = Closure { context: false, function, ..(**closure).clone() };
        // Somebody keeps it, also where the statement that enters it drops what it gives.
        let spot = self.spot(0);
        self.call(&Value::of(Data::Function(Rc::new(plain))), call.1.clone(), spot).map(Some)
    }

    /// Runs a `@contextmanager` function; its `yield` runs the body of the `with`.
    fn with_generator(&mut self, manager: &Value, inner: Inner) -> Eval<Flow> {
        let Data::Instance(id) = manager.data else { return Ok(Flow::Next) };
        let call = self.instance(id).and_then(|context| context.attrs.get(&CALL)).cloned();
        let Some(Value { data: Data::Partial(call), .. }) = call else { return Ok(Flow::Next) };
        let (Data::Function(closure), args) = (&call.0.data, call.1.clone()) else { return Ok(Flow::Next) };
        if self.frames.len() >= MAX_CALLS {
            return self.with_block(&inner.rest, &inner.body);
        }
        let scope = self.alloc(Object::Scope(Scope { parent: Some(closure.scope), ..Scope::default() }));
        let mut frame = Frame::new(closure.file, closure.unit, scope);
        frame.function = Some(closure.clone());
        let spot = inner.spot;
        frame.inner = Some(Rc::new(inner));
        self.frames.push(frame);
        self.bind_parameters(closure, scope, None, args, spot);
        let result = self.block(&closure.function.body);
        let frame = self.frames.pop();
        result?;
        Ok(frame.and_then(|frame| frame.outcome).unwrap_or(Flow::Next))
    }

    /// `yield value`
    pub fn yielded(&mut self, value: Value, from: bool) -> Eval<Value> {
        let Some(frame) = self.frames.last_mut() else { return Ok(Value::UNKNOWN) };
        if let Some(inner) = frame.inner.take() {
            let generator = self.frames.pop();
            let result = match &inner.target {
                Some(target) => self.assign(target, value, inner.spot),
                None => Ok(()),
            };
            let result = result.and_then(|()| self.with_block(&inner.rest, &inner.body));
            self.frames.extend(generator);
            let outcome = result?;
            if let Some(frame) = self.frames.last_mut() {
                frame.outcome = Some(outcome);
            }
            return Ok(Value::of(Data::None));
        }
        self.give(value, from)
    }
}
