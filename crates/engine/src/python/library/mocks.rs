//! `unittest.mock`: stand-ins that do nothing, and patches that put something in the place of another for a while.
//!
//! A mock answers with what it was told to answer with; what it was asked is nobody's matter here.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::catalogue::Kind;
use super::super::environ::is_environ;
use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;
use super::protocols::placed;

/// The class of all mocks, that of all patches, and the function that runs another one within a patch.
const MOCK: &str = "unittest.mock.Mock";
const PATCH: &str = "unittest.mock.patch";
const PATCHED: &str = "unittest.mock.patched";

/// What a mock answers with, what it asks for an answer, and what it only watches.
const RETURN_VALUE: &str = "return_value";
const SIDE_EFFECT: &str = "side_effect";
const WRAPS: &str = "wraps";

/// What a patch changes: the object, or the dotted name that it has; the attribute, or the entries of a dict.
const HOLDER: Name = Name::new_static("__holder__");
const ATTRIBUTE: Name = Name::new_static("__attribute__");
const ENTRIES: Name = Name::new_static("__entries__");
const CLEARS: Name = Name::new_static("__clears__");
/// What it puts there, where that was written, and what was there before.
const NEW: Name = Name::new_static("__new__");
const WRITTEN: Name = Name::new_static("__written__");
const OLD: Name = Name::new_static("__old__");
/// The patches that a `patch.multiple` is made of.
const PARTS: Name = Name::new_static("__parts__");

/// What was there where nothing was.
const ABSENT: &str = "unittest.mock.absent";

/// Keywords of a patch that say nothing of the mock that it makes.
const OWN_KEYWORDS: [&str; 8] =
    ["new", "spec", "spec_set", "create", "autospec", "new_callable", "target", "attribute"];

/// The name of something in the library, which is also installed by itself.
fn mock_name(path: &str) -> Option<&str> {
    path.strip_prefix("unittest.mock.").or_else(|| path.strip_prefix("mock."))
}

impl Machine<'_> {
    /// A call of something in the library; `None` for any other path.
    pub(super) fn call_mock(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        let find = |position: usize, name: &str| {
            let (value, at) = args.find(Some(position), name)?;
            Some(if name == "new" { placed(value, at) } else { value.clone() })
        };
        Some(Ok(match mock_name(path)? {
            "patch" => {
                let target = find(0, "target")?;
                let (holder, name) = target.as_str()?.rsplit_once('.')?;
                self.attribute_patch(Value::text(holder), name, find(1, "new"), args, spot)
            }
            "patch.object" => {
                let name = find(1, "attribute")?;
                self.attribute_patch(find(0, "target")?, name.as_str()?, find(2, "new"), args, spot)
            }
            "patch.multiple" => {
                let holder = find(0, "target")?;
                let changed = args.keywords.iter().filter(|(name, _, _)| !OWN_KEYWORDS.contains(&name.as_str()));
                let mut parts = Vec::new();
                for (name, value, at) in changed {
                    let new = Some(placed(value, *at)).filter(|value| value.as_library().and_then(mock_name).is_none());
                    parts.push(self.attribute_patch(holder.clone(), name, new, &Args::default(), *at));
                }
                self.keeping(PATCH, [(PARTS, Value::of(Data::Tuple(Rc::new(parts))))])
            }
            "patch.dict" => {
                let own = args
                    .keywords
                    .iter()
                    .filter(|(name, _, _)| !matches!(name.as_str(), "in_dict" | "values" | "clear"));
                let given = Args {
                    positional: find(1, "values").into_iter().map(|values| (values, spot)).collect(),
                    keywords: own.cloned().collect(),
                    open: args.open,
                };
                let entries = match self.call_builtin("dict", &given, spot) {
                    Ok(entries) => entries,
                    Err(stop) => return Some(Err(stop)),
                };
                let clears = find(2, "clear").is_some_and(|clear| self.truth(&clear) == Some(true));
                let clears = Value::of(Data::Bool(clears));
                self.keeping(PATCH, [(HOLDER, find(0, "in_dict")?), (ENTRIES, entries), (CLEARS, clears)])
            }
            "patched" => return Some(self.call_patched(args, spot)),
            "Mock"
            | "MagicMock"
            | "AsyncMock"
            | "NonCallableMock"
            | "NonCallableMagicMock"
            | "PropertyMock"
            | "create_autospec" => self.mock(args),
            _ => return None,
        }))
    }

    /// A mock with the attributes that it is told to have.
    fn mock(&mut self, args: &Args) -> Value {
        let told = args.keywords.iter().filter(|(name, _, _)| !OWN_KEYWORDS.contains(&name.as_str()));
        let attrs = told.map(|(name, value, at)| (name.clone(), placed(value, *at)));
        self.keeping(MOCK, attrs.collect::<Vec<_>>())
    }

    /// A patch of one attribute; what nobody gives is a mock that does as the keywords say.
    fn attribute_patch(&mut self, holder: Value, name: &str, new: Option<Value>, args: &Args, spot: Spot) -> Value {
        let is_made = new.is_none();
        let new = new.unwrap_or_else(|| self.mock(args));
        let patch = self.keeping(PATCH, [(HOLDER, holder), (ATTRIBUTE, Value::text(name)), (NEW, new)]);
        if let Data::Instance(id) = patch.data
            && let Some(Object::Instance(patch)) = self.object_mut(id)
        {
            let written = Value::of(Data::Bool(!is_made)).at(spot);
            patch.attrs.insert(WRITTEN, written);
        }
        patch
    }

    /// An attribute of a mock that nobody gave it: another mock.
    pub fn mock_attribute(&mut self, id: Id, class: &Value, name: &str) -> Option<Value> {
        let is_own = name.starts_with("__");
        if is_own || class.as_library() != Some(MOCK) {
            return None;
        }
        let child = self.keeping(MOCK, []);
        if let Some(Object::Instance(mock)) = self.object_mut(id) {
            mock.attrs.insert(Name::from(name), child.clone());
        }
        Some(child)
    }

    /// Whether something is a mock, which is always true.
    pub fn is_mock(&self, instance: &Instance) -> bool {
        instance.class.as_library() == Some(MOCK)
    }

    /// A method of a mock or a patch; `None` for any other class.
    pub(super) fn call_mock_method(
        &mut self,
        class: &str,
        id: Id,
        name: &str,
        args: &Args,
        spot: Spot,
    ) -> Option<Eval<Value>> {
        let kept = |machine: &Self, name: &str| machine.instance(id)?.attrs.get(name).cloned();
        match (class, name) {
            (MOCK, "__call__") => {
                let function = kept(self, SIDE_EFFECT).or_else(|| kept(self, WRAPS));
                match function.filter(|function| !matches!(function.data, Data::None | Data::Tuple(_) | Data::List(_)))
                {
                    Some(function) => Some(self.call(&function, args.clone(), spot)),
                    None => kept(self, RETURN_VALUE)
                        .or_else(|| self.mock_attribute(id, &Value::library(MOCK), RETURN_VALUE))
                        .map(Ok),
                }
            }
            (PATCH, "start" | "__enter__") => Some(self.enter_patch(id)),
            (PATCH, "stop" | "__exit__") => Some(self.leave_patch(id).map(|()| Value::of(Data::None))),
            _ => None,
        }
    }

    /// The number of a patch, where a value is one.
    pub fn as_patch(&self, value: &Value) -> Option<Id> {
        match value.data {
            Data::Instance(id) => self.instance(id).filter(|it| it.class.as_library() == Some(PATCH)).map(|_| id),
            _ => None,
        }
    }

    /// A function under a decorator that is a patch: whoever calls it runs it within that.
    pub fn patched(&mut self, decorator: &Expr, function: &Value) -> Eval<Option<Value>> {
        let named = match &decorator.kind {
            ExprKind::Call(call) => &call.function,
            _ => decorator,
        };
        if !matches!(named.kind, ExprKind::Name(_) | ExprKind::Attribute(..)) {
            return Ok(None);
        }
        let known = self.eval(named)?;
        let is_patch = known.as_library().and_then(mock_name).is_some_and(|name| name.starts_with("patch"));
        if !is_patch && self.as_patch(&known).is_none() {
            return Ok(None);
        }
        let patch = self.eval(decorator)?;
        let spot = self.spot(decorator.site);
        let args = Args { positional: vec![(patch, spot), (function.clone(), spot)], ..Args::default() };
        Ok(Some(Value::of(Data::Partial(Rc::new((Value::library(PATCHED), args))))))
    }

    /// A function under a patch as a method of an instance: that comes before the arguments.
    pub fn bound_patched(partial: &(Value, Args), instance: &Value, spot: Spot) -> Option<Value> {
        if partial.0.as_library() != Some(PATCHED) {
            return None;
        }
        let mut args = partial.1.clone();
        args.positional.push((instance.clone(), spot));
        Some(Value::of(Data::Partial(Rc::new((partial.0.clone(), args)))))
    }

    /// Calls a function within a patch, with the mock that this made as one more argument.
    fn call_patched(&mut self, args: &Args, spot: Spot) -> Eval<Value> {
        let [(patch, _), (function, _), rest @ ..] = args.positional.as_slice() else { return Ok(Value::UNKNOWN) };
        let Some(id) = self.as_patch(patch) else { return Ok(Value::UNKNOWN) };
        let new = self.enter_patch(id)?;
        let mut call = Args { positional: rest.to_vec(), ..args.clone() };
        let written = self.instance(id).and_then(|patch| patch.attrs.get(&WRITTEN)).cloned();
        if written.is_some_and(|written| written.data == Data::Bool(false)) {
            call.positional.push((new, spot));
        }
        let result = self.call(function, call, spot);
        self.leave_patch(id)?;
        result
    }

    /// Puts what a patch puts; what its `with` binds.
    pub fn enter_patch(&mut self, id: Id) -> Eval<Value> {
        let Some(attrs) = self.instance(id).map(|patch| patch.attrs.clone()) else { return Ok(Value::UNKNOWN) };
        for part in attrs.get(&PARTS).and_then(|parts| self.items(parts)).unwrap_or_default() {
            if let Some(part) = self.as_patch(&part) {
                self.enter_patch(part)?;
            }
        }
        let Some(holder) = attrs.get(&HOLDER).cloned() else { return Ok(Value::UNKNOWN) };
        let holder = match holder.as_str().map(str::to_owned) {
            Some(name) => self.patch_target(&name)?,
            None => holder,
        };
        let (old, result) = match (attrs.get(&ATTRIBUTE).and_then(Value::as_str), attrs.get(&NEW)) {
            (Some(name), Some(new)) => {
                let spot = attrs.get(&WRITTEN).and_then(Value::origin).unwrap_or_else(|| self.spot(0));
                let old = self.slot(&holder, name).unwrap_or(Value::library(ABSENT));
                self.set_attribute(&holder, name, new.clone(), spot)?;
                (old, new.clone())
            }
            _ => (self.enter_dict_patch(&holder, &attrs), holder.clone()),
        };
        if let Some(Object::Instance(patch)) = self.object_mut(id) {
            patch.attrs.extend([(OLD, old), (HOLDER, holder)]);
        }
        Ok(result)
    }

    /// Puts the entries of a `patch.dict`; what was there before, as a dict.
    fn enter_dict_patch(&mut self, holder: &Value, attrs: &BTreeMap<Name, Value>) -> Value {
        let entries = attrs.get(&ENTRIES).and_then(|entries| self.entries_of(entries));
        let entries = entries.and_then(|id| self.dict(id)).map(|dict| dict.entries.clone()).unwrap_or_default();
        let mut old = Dict::default();
        if attrs.get(&CLEARS).is_some_and(|clears| clears.data == Data::Bool(true)) {
            for name in self.keys_of(holder) {
                old.entries.extend(self.slot(holder, &name).map(|value| (Value::text(&name), value)));
                self.remove_item(holder, &Value::text(&name));
            }
        }
        for (key, value) in entries {
            let Some(name) = key.as_str() else { continue };
            if !old.entries.iter().any(|(known, _)| known.data == key.data) {
                let before = self.slot(holder, name).unwrap_or(Value::library(ABSENT));
                old.entries.push((key.clone(), before));
            }
            let spot = value.origin().unwrap_or_else(|| self.spot(0));
            self.set_item(holder, key, value, spot);
        }
        Value::of(Data::Dict(self.alloc(Object::Dict(old))))
    }

    /// Puts back what was there before a patch.
    pub fn leave_patch(&mut self, id: Id) -> Eval<()> {
        let Some(attrs) = self.instance(id).map(|patch| patch.attrs.clone()) else { return Ok(()) };
        for part in attrs.get(&PARTS).and_then(|parts| self.items(parts)).unwrap_or_default() {
            if let Some(part) = self.as_patch(&part) {
                self.leave_patch(part)?;
            }
        }
        let (Some(holder), Some(old)) = (attrs.get(&HOLDER), attrs.get(&OLD)) else { return Ok(()) };
        match (attrs.get(&ATTRIBUTE).and_then(Value::as_str), &old.data) {
            (Some(name), _) => self.restore(holder, name, old.clone()),
            (None, Data::Dict(entries)) => {
                let entries = self.dict(*entries).map(|dict| dict.entries.clone()).unwrap_or_default();
                for (key, value) in entries {
                    self.restore(holder, key.as_str().unwrap_or_default(), value);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What a dotted name of a patch stands for: something in the project, or a library's.
    fn patch_target(&mut self, name: &str) -> Eval<Value> {
        let own = self.import_string(name)?;
        Ok(if own.data == Data::Unknown { Value::library(name) } else { own })
    }

    /// The names of what a dict or the environment holds.
    fn keys_of(&self, holder: &Value) -> Vec<Name> {
        match &holder.data {
            Data::Dict(id) => {
                let entries = self.dict(*id).map(|dict| dict.entries.as_slice()).unwrap_or_default();
                entries.iter().filter_map(|(key, _)| key.as_str().map(Name::from)).collect()
            }
            _ => self.state.env.keys().cloned().collect(),
        }
    }
}

impl Machine<'_> {
    /// What a name of an object, or a key of a dict or of the environment, holds by itself.
    fn slot(&mut self, holder: &Value, name: &str) -> Option<Value> {
        match &holder.data {
            Data::Instance(id) if self.has_debug_state(holder, name) => Some(self.debug_state(*id)),
            Data::Instance(id) => self.instance(*id)?.attrs.get(name).cloned(),
            Data::Class(id) => self.class(*id)?.attrs.get(name).cloned(),
            Data::Module(file) => self.module_scope(*file)?.vars.get(name).cloned(),
            Data::Dict(id) => {
                let entries = &self.dict(*id)?.entries;
                entries.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value.clone())
            }
            Data::Library(path) if is_environ(path) => self.state.env.get(name).cloned(),
            Data::Library(path) => self.state.patches.get(format!("{path}.{name}").as_str()).cloned(),
            _ => None,
        }
    }

    /// Puts back what [`Machine::slot`] gave, or nothing where it gave nothing.
    fn restore(&mut self, holder: &Value, name: &str, old: Value) {
        let old = Some(old).filter(|old| old.as_library() != Some(ABSENT));
        let key = Name::from(name);
        match (&holder.data, old) {
            (Data::Instance(id), Some(old)) if self.has_debug_state(holder, name) => self.set_debug_state(*id, old),
            (Data::Dict(id), old) => {
                let Some(dict) = self.dict_mut(*id) else { return };
                dict.entries.retain(|(key, _)| key.as_str() != Some(name));
                dict.entries.extend(old.map(|old| (Value::text(name), old)));
            }
            (Data::Library(path), old) => {
                let is_environ = is_environ(path);
                let key = if is_environ { key } else { Name::from(format!("{path}.{name}")) };
                let map = if is_environ { &mut self.state.env } else { &mut self.state.patches };
                put_back(map, key, old);
            }
            (Data::Instance(id) | Data::Class(id), old) => match self.object_mut(*id) {
                Some(Object::Instance(instance)) => put_back(&mut instance.attrs, key, old),
                Some(Object::Class(class)) => put_back(&mut class.attrs, key, old),
                _ => {}
            },
            (Data::Module(file), old) => {
                let scope = self.state.modules.get(file).copied();
                if let Some(Object::Scope(scope)) = scope.and_then(|scope| self.object_mut(scope)) {
                    put_back(&mut scope.vars, key, old);
                }
            }
            _ => {}
        }
    }

    /// Whether an attribute is the debug state of an application, which is kept in its configuration.
    fn has_debug_state(&self, holder: &Value, name: &str) -> bool {
        name == "debug" && matches!(self.kind(holder), Some(Kind::Flask | Kind::Quart))
    }

    fn module_scope(&self, file: FileId) -> Option<&Scope> {
        self.scope(*self.state.modules.get(&file)?)
    }
}

fn put_back(map: &mut BTreeMap<Name, Value>, key: Name, old: Option<Value>) {
    match old {
        Some(old) => drop(map.insert(key, old)),
        None => drop(map.remove(&key)),
    }
}
