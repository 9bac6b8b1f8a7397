//! Objects that stand for another one: `LocalProxy` of Werkzeug and its kin, the namespaces and stacks that it looks into,
//! and weak references.
//!
//! A proxy is looked through where its name is read, and not before: what it stands for may be made later.

use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;
use super::clicks::CONTEXT;

/// The class of all proxies here, and where one keeps what it asks and the attribute that it then takes.
const PROXY: &str = "werkzeug.local.LocalProxy";
const ASKED: Name = Name::new_static("__asked__");
const TAKEN: Name = Name::new_static("__taken__");

/// A namespace whose attributes can be stood for, and a stack whose top can.
const LOCAL: &str = "werkzeug.local.Local";
const STACK: &str = "werkzeug.local.LocalStack";
const ITEMS: Name = Name::new_static("__pushed__");
const TOP: Name = Name::new_static("top");

/// Where a weak reference keeps its object.
const REFERENCE: &str = "weakref.ref";
const REFERENT: Name = Name::new_static("__referent__");

impl Machine<'_> {
    /// A call that makes one of these; `None` for any other path.
    pub(super) fn call_proxy(&mut self, path: &str, args: &Args, _spot: Spot) -> Option<Eval<Value>> {
        let first = || args.positional.first().map(|(value, _)| value.clone());
        Some(Ok(match path {
            PROXY => {
                let asked = args.find(Some(0), "local").map(|(value, _)| value.clone())?;
                let taken = args.find(Some(1), "name").map(|(value, _)| value.clone());
                self.proxy(asked, taken)
            }
            "lazy_object_proxy.Proxy" | "wrapt.LazyObjectProxy" => self.proxy(first()?, None),
            "wrapt.ObjectProxy" | "weakref.proxy" => first()?,
            REFERENCE => self.keeping(REFERENCE, [(REFERENT, first()?)]),
            _ => return None,
        }))
    }

    /// A method of one of these; `None` for any other class.
    pub(super) fn call_stand_in(&mut self, class: &str, id: Id, name: &str, args: &Args) -> Option<Eval<Value>> {
        let own = Value::of(Data::Instance(id));
        let first = args.positional.first().map(|(value, _)| value.clone());
        let kept = |machine: &Self, name: &Name| machine.instance(id)?.attrs.get(name).cloned();
        Some(Ok(match (class, name) {
            (LOCAL | STACK, "__call__") => self.proxy(own, first),
            (STACK, "push" | "pop") => {
                let mut items = kept(self, &ITEMS).and_then(|items| self.items(&items)).unwrap_or_default();
                let gone = if name == "pop" { items.pop() } else { None };
                items.extend(first.filter(|_| name == "push"));
                let top = items.last().cloned().unwrap_or(Value::of(Data::None));
                let items = Value::of(Data::Tuple(std::rc::Rc::new(items)));
                if let Some(Object::Instance(stack)) = self.object_mut(id) {
                    stack.attrs.extend([(ITEMS, items), (TOP, top)]);
                }
                gone.unwrap_or(Value::UNKNOWN)
            }
            (REFERENCE, "__call__") => kept(self, &REFERENT)?,
            _ => return None,
        }))
    }

    /// A proxy of what it asks, or of an attribute of that.
    pub(super) fn proxy(&mut self, asked: Value, taken: Option<Value>) -> Value {
        let taken = taken.filter(|taken| taken.data != Data::None);
        self.keeping(PROXY, std::iter::once((ASKED, asked)).chain(taken.map(|taken| (TAKEN, taken))))
    }

    /// An instance of a library's class that keeps these.
    pub(super) fn keeping(&mut self, class: &str, attrs: impl IntoIterator<Item = (Name, Value)>) -> Value {
        let id = self.new_instance(Value::library(class));
        if let Some(Object::Instance(instance)) = self.object_mut(id) {
            instance.attrs.extend(attrs);
        }
        Value::of(Data::Instance(id))
    }

    /// What a value stands for now: itself, unless it is a proxy.
    pub fn behind(&mut self, value: Value) -> Eval<Value> {
        let Data::Instance(id) = value.data else { return Ok(value) };
        let Some(proxy) = self.instance(id).filter(|it| it.class.as_library() == Some(PROXY)) else { return Ok(value) };
        let (asked, taken) = (proxy.attrs.get(&ASKED).cloned(), proxy.attrs.get(&TAKEN).cloned());
        let asked = asked.unwrap_or(Value::UNKNOWN);
        let taken = taken.as_ref().and_then(Value::as_str);
        self.nested(|machine| {
            let (object, taken) = machine.asked(&asked, taken)?;
            let object = machine.behind(object)?;
            match taken {
                Some(name) => machine.attribute(&object, name),
                None => Ok(object),
            }
        })
    }

    /// What a proxy gets from whom it asks, and the attribute that it still has to take.
    fn asked<'n>(&mut self, asked: &Value, taken: Option<&'n str>) -> Eval<(Value, Option<&'n str>)> {
        let class = match asked.data {
            Data::Instance(id) => self.instance(id).and_then(|it| it.class.as_library().map(str::to_owned)),
            _ => None,
        };
        let attribute = match class.as_deref() {
            Some(LOCAL | CONTEXT) => return Ok((self.attribute(asked, taken.unwrap_or_default())?, None)),
            Some(STACK) => return Ok((self.attribute(asked, &TOP)?, taken)),
            Some("contextvars.ContextVar") => Some("get"),
            _ => None,
        };
        let function = match attribute {
            Some(name) => self.attribute(asked, name)?,
            None => asked.clone(),
        };
        let spot = self.spot(0);
        Ok((self.call(&function, Args::default(), spot)?, taken))
    }
}
