//! What expressions evaluate to, and when a value is true.
//!
//! Evaluation is Python's, over what is known; it never guesses a value. The one guess is about conditions
//! ([`Machine::truth_at`]): something that is not known is taken not to be the one word that a program asks for.

use std::rc::Rc;
use std::sync::Arc;

use super::call::TRUTH;
use super::catalogue::Kind;
use super::environ::is_environ;
use super::generators::GENERATOR;
use super::ir::*;
use super::library::modules::MODULES;
use super::library::texts::decoded;
use super::machine::{Eval, Frame, Machine, Stop, is_setting};
use super::value::*;

/// How many bytes a text has at most that is followed, and how many items a sequence.
const MAX_TEXT: usize = 64 * 1024;
pub(crate) const MAX_ITEMS: usize = 20_000;

impl Machine<'_> {
    /// Evaluates an expression.
    pub fn eval(&mut self, expr: &Expr) -> Eval<Value> {
        let value = self.nested(|machine| machine.eval_kind(expr))?;
        Ok(self.bounded(value))
    }

    /// A value that is no longer than what is followed: one that doubles itself on every line is soon not known any more.
    fn bounded(&mut self, value: Value) -> Value {
        let is_long = match &value.data {
            Data::Str(text) | Data::Bytes(text) => text.len() > MAX_TEXT,
            Data::Tuple(items) => items.len() > MAX_ITEMS,
            Data::List(id) => {
                let id = *id;
                if self.list(id).is_some_and(|list| list.items.len() > MAX_ITEMS)
                    && let Some(Object::List(list)) = self.object_mut(id)
                {
                    list.items.truncate(MAX_ITEMS);
                    list.open = true;
                }
                false
            }
            _ => false,
        };
        if is_long { Value::derived(Data::Unknown, &[&value]) } else { value }
    }

    fn eval_kind(&mut self, expr: &Expr) -> Eval<Value> {
        Ok(match &expr.kind {
            ExprKind::None => Value::of(Data::None),
            ExprKind::Ellipsis => Value::library(ELLIPSIS),
            ExprKind::Bool(value) => Value::of(Data::Bool(*value)),
            ExprKind::Int(value) => Value::of(Data::Int(*value)),
            ExprKind::Float(value) => Value::of(Data::Float(*value)),
            ExprKind::Str(text) => Value::of(Data::Str(text.clone())),
            ExprKind::Bytes(text) => Value::of(Data::Bytes(text.clone())),
            ExprKind::Format(parts, unknown) => self.format(parts, *unknown)?,
            ExprKind::Name(name) => {
                let value = self.load_name(name)?;
                self.behind(value)?
            }
            ExprKind::Attribute(object, name) => {
                let object = self.eval(object)?;
                let value = self.attribute(&object, name)?;
                let value = self.relocate_lookup(value, expr.site);
                self.behind(value)?
            }
            ExprKind::Subscript(object, index) => {
                let object = self.eval(object)?;
                if let ExprKind::Slice(bounds) = &index.kind {
                    return self.sliced(&object, bounds);
                }
                let index = self.eval(index)?;
                let value = match self.item(&object, &index) {
                    // What was left out of a module may have put it there: classes that register themselves.
                    Err(Stop::Raise(error)) if matches!(object.data, Data::Dict(_)) && self.run_rest()? => {
                        self.item(&object, &index).map_err(|_| Stop::Raise(error))?
                    }
                    found => found?,
                };
                self.relocate_lookup(value, expr.site)
            }
            ExprKind::Slice(_) => Value::UNKNOWN,
            ExprKind::Call(call) => return self.eval_call(call, expr.site),
            ExprKind::Not(operand) => {
                let value = self.eval(operand)?;
                let data = self.truth(&value).map_or(Data::Unknown, |truth| Data::Bool(!truth));
                self.truth_of(data, &[&value])
            }
            ExprKind::And(left, right) => {
                let a = self.eval(left)?;
                match self.truth(&a) {
                    Some(false) => a,
                    Some(true) => {
                        let b = self.eval(right)?;
                        chosen(b, &a)
                    }
                    None => {
                        let b = self.eval(right)?;
                        if self.truth(&b) == Some(false) { b } else { Value::derived(Data::Unknown, &[&a, &b]) }
                    }
                }
            }
            ExprKind::Or(left, right) => {
                let a = self.eval(left)?;
                match self.truth(&a) {
                    Some(true) => a,
                    Some(false) => {
                        let b = self.eval(right)?;
                        chosen(b, &a)
                    }
                    None => {
                        let b = self.eval(right)?;
                        if self.truth(&b) == Some(true) { b } else { Value::derived(Data::Unknown, &[&a, &b]) }
                    }
                }
            }
            ExprKind::Compare(first, rest) => self.compare_chain(first, rest)?,
            ExprKind::Binary(op, left, right) => {
                let a = self.eval(left)?;
                let b = self.eval(right)?;
                if let Some(error) = arithmetic_error(*op, &a.data, &b.data) {
                    self.raise_awaited(error)?;
                }
                match self.own_operator(*op, &a, &b)? {
                    Some(own) => own,
                    None => self.binary(*op, &a, &b),
                }
            }
            ExprKind::Negate(operand) => {
                let value = self.eval(operand)?;
                let data = match &value.data {
                    Data::Float(number) => Data::Float(-number),
                    other => integer(other).and_then(i64::checked_neg).map_or(Data::Unknown, Data::Int),
                };
                Value::derived(data, &[&value])
            }
            ExprKind::Conditional(test, then, orelse) => {
                let value = self.eval(test)?;
                match self.truth(&value) {
                    Some(truth) => {
                        let result = self.eval(if truth { then } else { orelse })?;
                        let text = value.as_str().is_some();
                        let result = chosen(result, &value);
                        if text && !value_env(&value).is_empty() { result.truth_tested() } else { result }
                    }
                    None => {
                        let a = self.eval(then)?;
                        let b = self.eval(orelse)?;
                        let joined = Value::join(&a, &b);
                        Value { data: joined.data, from: None }
                    }
                }
            }
            ExprKind::Named(name, value) => {
                let spot = self.spot(expr.site);
                let value = self.eval(value)?;
                let value = if is_setting(&value) { value.at(spot) } else { value };
                self.store_name(name, value.clone());
                value
            }
            ExprKind::Lambda(function) => {
                let closure = self.closure(function)?;
                Value::of(Data::Function(Rc::new(closure)))
            }
            ExprKind::Tuple(parts) => match self.elements(parts)? {
                Some(items) => Value::of(Data::Tuple(Rc::new(items))),
                None => Value::UNKNOWN,
            },
            ExprKind::List(parts) | ExprKind::Set(parts) => {
                let items = self.elements(parts)?;
                let open = items.is_none();
                let id = self.alloc(Object::List(List { items: items.unwrap_or_default(), open }));
                Value::of(Data::List(id))
            }
            ExprKind::Dict(items) => self.dict_display(items)?,
            ExprKind::Starred(inner) | ExprKind::Await(inner) => self.eval(inner)?,
            ExprKind::Comprehension(parts) => self.comprehension(parts)?,
            ExprKind::Yield(value, from) => {
                let value = match value {
                    // What has no name keeps its place.
                    Some(expr) => {
                        let spot = self.spot(expr.site);
                        let value = self.eval(expr)?;
                        if is_setting(&value) && value.origin().is_none() { value.literal_at(spot) } else { value }
                    }
                    None => Value::of(Data::None),
                };
                return self.yielded(value, *from);
            }
            ExprKind::Opaque(parts) => {
                for part in parts {
                    self.eval(part)?;
                }
                Value::UNKNOWN
            }
        })
    }

    /// `object[start:stop]` of a sequence or a string.
    fn sliced(&mut self, object: &Value, bounds: &[Option<Expr>; 3]) -> Eval<Value> {
        let mut at = [None; 3];
        for (bound, at) in bounds.iter().zip(&mut at) {
            let Some(bound) = bound else { continue };
            match self.eval(bound)?.data {
                Data::Int(number) => *at = Some(number),
                Data::None => {}
                _ => return Ok(Value::derived(Data::Unknown, &[object])),
            }
        }
        let text = object.as_str().map(|text| text.chars().map(|c| Value::text(&c.to_string())).collect());
        let Some(mut items) = text.or_else(|| self.sequence(object)) else {
            return Ok(Value::derived(Data::Unknown, &[object]));
        };
        let count = items.len() as i64;
        let place = |at: i64| (if at < 0 { at + count } else { at }).clamp(0, count) as usize;
        match at {
            [None, None, Some(-1)] => items.reverse(),
            [start, stop, None | Some(1)] => {
                let (start, stop) = (place(start.unwrap_or(0)), place(stop.unwrap_or(count)));
                items = items.get(start..stop).unwrap_or_default().to_vec();
            }
            _ => return Ok(Value::derived(Data::Unknown, &[object])),
        }
        Ok(match object.data {
            Data::Str(_) => {
                let text: String = items.iter().filter_map(Value::as_str).collect();
                Value::derived(Data::Str(Arc::from(text)), &[object])
            }
            Data::Tuple(_) => Value::of(Data::Tuple(Rc::new(items))),
            _ => Value::of(Data::List(self.alloc(Object::List(List { items, open: false })))),
        })
    }

    /// An environment lookup by subscript or attribute is at that expression.
    fn relocate_lookup(&self, value: Value, site: Site) -> Value {
        let spot = self.spot(site);
        let open = |lookup: &Lookup| !lookup.set && lookup.spot.site == 0 && lookup.spot.unit < RAW;
        let Some(from) = value.from.as_ref().filter(|from| from.env.iter().any(open)) else { return value };
        let mut from = (**from).clone();
        for lookup in &mut from.env {
            if open(lookup) {
                lookup.spot = spot;
            }
        }
        Value { data: value.data, from: Some(Rc::new(from)) }
    }

    /// A boolean made from the truth of values: where one of them is a string, its truth was taken.
    pub fn truth_of(&self, data: Data, sources: &[&Value]) -> Value {
        let value = Value::derived(data, sources);
        let text = sources.iter().any(|source| source.as_str().is_some() && !value_env(source).is_empty());
        if text { value.truth_tested() } else { value }
    }

    fn elements(&mut self, parts: &[Expr]) -> Eval<Option<Vec<Value>>> {
        let mut items = Vec::with_capacity(parts.len());
        let mut known = true;
        for part in parts {
            let value = self.eval(part)?;
            // An option of a command line keeps its place: it is what a `sys.argv` is made of.
            let value = match value.as_str() {
                Some(text) if text.starts_with("--") => {
                    let spot = self.spot(part.site);
                    value.at(spot)
                }
                // So does whatever may be a switch and has no name to change.
                _ if !matches!(part.kind, ExprKind::Name(_) | ExprKind::Starred(_))
                    && is_setting(&value)
                    && value.origin().is_none() =>
                {
                    let spot = self.spot(part.site);
                    value.literal_at(spot)
                }
                _ => value,
            };
            if let ExprKind::Starred(_) = part.kind {
                let value = self.exhausted(value)?;
                match self.items(&value) {
                    Some(more) => items.extend(more),
                    None => known = false,
                }
            } else {
                items.push(value);
            }
        }
        Ok(known.then_some(items))
    }

    fn dict_display(&mut self, items: &[DictItem]) -> Eval<Value> {
        let id = self.alloc(Object::Dict(Dict::default()));
        for item in items {
            match item {
                DictItem::Pair(key, value, site) => {
                    let spot = self.spot(*site);
                    let key = self.eval(key)?;
                    let key = if key.as_str().is_some() { key.at(spot) } else { key };
                    let value = self.eval(value)?;
                    // Whatever it holds, a pair named debug is a switch.
                    let named = key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("debug"));
                    let value = if named || is_setting(&value) { value.at(spot) } else { value };
                    self.put(id, key, value, spot);
                }
                DictItem::Splat(inner) => {
                    let spot = self.spot(inner.site);
                    let inner = self.eval(inner)?;
                    self.update_dict(id, &inner, spot);
                }
            }
        }
        Ok(Value::of(Data::Dict(id)))
    }

    fn comprehension(&mut self, parts: &Comprehension) -> Eval<Value> {
        let Some(frame) = self.frames.last() else { return Ok(Value::UNKNOWN) };
        let (file, unit, parent) = (frame.file, frame.unit, frame.scope);
        let function = frame.function.clone();
        let scope = self.alloc(Object::Scope(Scope { parent: Some(parent), ..Scope::default() }));
        // The first iterable is evaluated outside, where a class body's names are seen.
        let Some(clause) = parts.clauses.first() else { return Ok(Value::UNKNOWN) };
        let first = self.eval(&clause.iterable)?;
        let first = self.exhausted(first)?;
        let first = self.iterated(first);
        let mut frame = Frame::new(file, unit, scope);
        frame.function = function;
        self.frames.push(frame);
        let mut found = Some(Vec::new());
        let result = self.comprehend(parts, 0, Some(first), &mut found);
        self.frames.pop();
        result?;
        let Some(found) = found else { return Ok(Value::UNKNOWN) };
        if !parts.dict {
            let items = found.into_iter().map(|(_, element, _)| element).collect();
            return Ok(Value::of(Data::List(self.alloc(Object::List(List { items, open: false })))));
        }
        let into = self.alloc(Object::Dict(Dict::default()));
        for (key, element, spot) in found {
            self.put(into, key.unwrap_or(Value::UNKNOWN), element, spot);
        }
        Ok(Value::of(Data::Dict(into)))
    }

    /// Runs the clauses of a comprehension from one on; `found` is nothing as soon as something is not known.
    fn comprehend(
        &mut self,
        parts: &Comprehension,
        at: usize,
        iterable: Option<Value>,
        found: &mut Option<Vec<(Option<Value>, Value, Spot)>>,
    ) -> Eval<()> {
        let Some(clause) = parts.clauses.get(at) else {
            let spot = parts.clauses.first().map_or_else(|| self.spot(0), |clause| self.spot(clause.iterable.site));
            let key = match &parts.key {
                Some(key) => Some(self.eval(key)?),
                None => None,
            };
            let element = self.eval(&parts.element)?;
            if let Some(found) = found {
                found.push((key, element, spot));
            }
            return Ok(());
        };
        let spot = self.spot(clause.iterable.site);
        let iterable = match iterable {
            Some(iterable) => iterable,
            None => {
                let iterable = self.eval(&clause.iterable)?;
                self.exhausted(iterable)?
            }
        };
        let Some(items) = self.items(&iterable).filter(|items| items.len() <= 64) else {
            *found = None;
            return Ok(());
        };
        'items: for item in items {
            if found.is_none() {
                return Ok(());
            }
            self.assign(&clause.target, item, spot)?;
            for condition in &clause.conditions {
                let value = self.eval(condition)?;
                match self.truth(&value) {
                    Some(true) => {}
                    Some(false) => continue 'items,
                    None => {
                        *found = None;
                        return Ok(());
                    }
                }
            }
            self.comprehend(parts, at + 1, None, found)?;
        }
        Ok(())
    }

    fn format(&mut self, parts: &[Expr], unknown: bool) -> Eval<Value> {
        let mut text = String::new();
        let mut known = !unknown;
        let mut values = Vec::new();
        for part in parts {
            let value = self.eval(part)?;
            let value = self.converted("str", value)?;
            match display(&value).filter(|_| text.len() <= MAX_TEXT) {
                Some(piece) => text.push_str(&piece),
                None => {
                    text.push(UNKNOWN_PIECE);
                    known = false;
                }
            }
            values.push(value);
        }
        let sources: Vec<&Value> = values.iter().collect();
        // A piece of fixed text makes the whole true, whatever the rest is.
        let fixed = parts.iter().any(|part| matches!(&part.kind, ExprKind::Str(piece) if !piece.is_empty()));
        let data = match (known, fixed && !unknown) {
            (true, _) | (false, true) => Data::Str(Arc::from(text)),
            _ if fixed => Data::Str(Arc::from(UNKNOWN_PIECE.to_string())),
            (false, false) => Data::Unknown,
        };
        Ok(Value::derived(data, &sources))
    }

    /// The arguments of a call.
    pub fn arguments(&mut self, args: &[Arg]) -> Eval<Args> {
        let mut result = Args::default();
        for arg in args {
            let spot = self.spot(arg.site);
            let value = self.eval(&arg.value)?;
            match &arg.kind {
                ArgKind::Positional => result.positional.push((value, spot)),
                ArgKind::Keyword(name) => result.keywords.push((name.clone(), value, spot)),
                ArgKind::Star => match self.exhausted(value).map(|value| self.items(&value))? {
                    Some(items) => result.positional.extend(items.into_iter().map(|item| (item.handed_at(spot), spot))),
                    None => result.open = true,
                },
                ArgKind::DoubleStar => match self.entries_of(&value) {
                    Some(id) => {
                        let Some(dict) = self.dict(id) else { continue };
                        result.open |= dict.open;
                        for (key, value) in dict.entries.clone() {
                            if let Some(key) = key.as_str() {
                                result.keywords.push(spread(key, value, spot));
                            }
                        }
                    }
                    None => match self.ini_options(&value).and_then(|id| self.dict(id)) {
                        Some(dict) => {
                            for (key, value) in dict.entries.clone() {
                                result.keywords.extend(key.as_str().map(|key| spread(key, value, spot)));
                            }
                        }
                        None => result.open = true,
                    },
                },
            }
        }
        Ok(result)
    }

    fn eval_call(&mut self, call: &Call, site: Site) -> Eval<Value> {
        let spot = self.spot(site);
        if let ExprKind::Attribute(object, method) = &call.function.kind {
            let receiver = self.eval(object)?;
            // What is cut out of a text that has no name stands in that text.
            let receiver = match object.kind {
                ExprKind::Str(_) | ExprKind::Bytes(_) => receiver.in_text(self.spot(object.site)),
                _ => receiver,
            };
            let function = self.attribute(&receiver, method)?;
            let args = self.arguments(&call.args)?;
            if method == "run" && matches!(function.data, Data::Unknown | Data::Library(_)) {
                self.untyped_run(object, &receiver, &args, spot);
            }
            return self.call(&function, args, spot);
        }
        if let ExprKind::Name(name) = &call.function.kind
            && name == "super"
            && call.args.is_empty()
        {
            return Ok(self.super_object());
        }
        let function = self.eval(&call.function)?;
        let args = self.arguments(&call.args)?;
        self.call(&function, args, spot)
    }

    fn super_object(&self) -> Value {
        let found = self.frames.iter().rev().find_map(|frame| {
            let closure = frame.function.as_ref()?;
            let class = closure.class?;
            let name = closure.function.params.first()?;
            let this = self.scope(frame.scope)?.vars.get(&name.name)?;
            match this.data {
                Data::Instance(id) | Data::Class(id) => Some(Data::Super(id, class)),
                _ => None,
            }
        });
        Value::of(found.unwrap_or(Data::Unknown))
    }

    fn compare_chain(&mut self, first: &Expr, rest: &[(CompareOp, Expr)]) -> Eval<Value> {
        let mut left = self.eval(first)?;
        let mut seen = vec![left.clone()];
        let mut verdict = Some(true);
        for (op, right) in rest {
            let right = self.eval(right)?;
            let right = if matches!(op, CompareOp::In | CompareOp::NotIn) { self.exhausted(right)? } else { right };
            seen.push(right.clone());
            if let (CompareOp::In | CompareOp::NotIn, true, Some(name)) =
                (op, right.as_library().is_some_and(is_environ), decoded(left.clone()).as_str())
            {
                let spot = self.spot(first.site);
                seen.push(self.environ(name, spot));
            }
            let own = self.own_comparison(*op, &left, &right)?;
            match own.or_else(|| self.compare(*op, &left, &right)) {
                Some(true) => {}
                Some(false) => {
                    verdict = Some(false);
                    break;
                }
                None => verdict = None,
            }
            left = right;
        }
        let sources: Vec<&Value> = seen.iter().collect();
        // A comparison parses the text: its truth is not taken.
        let value = Value::derived(verdict.map_or(Data::Unknown, Data::Bool), &sources);
        // Except where it asks only whether there is any: `text != ""`.
        let value = match (rest, sources.as_slice()) {
            ([(CompareOp::NotEq, _)], [a, b]) if asks_for_any(a, b) || asks_for_any(b, a) => value.truth_tested(),
            _ => value,
        };
        let place = said_in_file(&seen[0]).or_else(|| {
            // `"--debug" in sys.argv`
            let items = if matches!(rest, [(CompareOp::In, _)]) { self.items(&seen[1]) } else { None };
            let mut items = items.into_iter().flatten().filter(|item| item.data == seen[0].data);
            items.find_map(|item| item.outside())
        });
        Ok(match (rest, place) {
            ([(CompareOp::Eq | CompareOp::In, _)], Some(place)) if verdict == Some(true) => value.at(place),
            _ => value,
        })
    }

    /// Whether a dict is that of a module's variables and no other statement of it has this name.
    fn is_never_bound(&self, dict: Id, name: &Value) -> bool {
        let scope = self.dict(dict).and_then(|dict| dict.mirror);
        let (Some(scope), Some(frame), Some(name)) = (scope, self.frames.last(), name.as_str()) else { return false };
        self.state.modules.get(&frame.file) == Some(&scope)
            && self.scope(scope).is_some_and(|scope| !scope.open)
            && self.files.module(frame.file, |module, _| module.mentions(name, frame.unit)) == Some(false)
    }

    fn compare(&mut self, op: CompareOp, a: &Value, b: &Value) -> Option<bool> {
        match op {
            CompareOp::Eq => self.equal(a, b),
            CompareOp::NotEq => self.equal(a, b).map(|equal| !equal),
            CompareOp::Is => self.identical(a, b),
            CompareOp::IsNot => self.identical(a, b).map(|same| !same),
            CompareOp::In => self.contains(b, a),
            CompareOp::NotIn => self.contains(b, a).map(|inside| !inside),
            CompareOp::Less => self.order(a, b).map(std::cmp::Ordering::is_lt),
            CompareOp::LessEq => self.order(a, b).map(std::cmp::Ordering::is_le),
            CompareOp::Greater => self.order(a, b).map(std::cmp::Ordering::is_gt),
            CompareOp::GreaterEq => self.order(a, b).map(std::cmp::Ordering::is_ge),
        }
    }

    fn order(&self, a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
        order(a, b).or_else(|| self.order_of_times(a, b))
    }

    /// `a == b`
    pub fn equal(&self, a: &Value, b: &Value) -> Option<bool> {
        match (&a.data, &b.data) {
            (Data::Unknown | Data::Attribute(_), _) | (_, Data::Unknown | Data::Attribute(_)) => None,
            (Data::Bool(a), Data::Int(b)) | (Data::Int(b), Data::Bool(a)) => Some(i64::from(*a) == *b),
            (Data::Instance(x), Data::Instance(y)) => {
                let (x, y) = (self.instance(*x)?, self.instance(*y)?);
                if self.is_enum(&x.class) && self.is_enum(&y.class) {
                    let same = x.class.data == y.class.data
                        && x.attrs.get("name").map(|v| &v.data) == y.attrs.get("name").map(|v| &v.data);
                    return Some(same);
                }
                (a.data == b.data).then_some(true)
            }
            // A `str` enumeration's member equals its value.
            (Data::Instance(id), Data::Str(text)) | (Data::Str(text), Data::Instance(id)) => {
                let member = self.instance(*id)?;
                let value = member.attrs.get("value").filter(|_| self.is_enum(&member.class))?;
                let is_text = self
                    .ancestors(&member.class)
                    .iter()
                    .any(|class| matches!(class.as_library(), Some("builtins.str" | "enum.StrEnum")));
                Some(is_text && value.as_str() == Some(text))
            }
            (Data::Library(_), Data::Str(_)) => {
                self.note_words(a, std::iter::once(b));
                None
            }
            (Data::Str(_), Data::Library(_)) => {
                self.note_words(b, std::iter::once(a));
                None
            }
            (Data::Library(a), Data::Library(b)) => (a == b).then_some(true),
            (Data::Library(path), other) | (other, Data::Library(path)) if path == ELLIPSIS && is_constant(other) => {
                Some(false)
            }
            (Data::Library(_), _) | (_, Data::Library(_)) | (Data::Instance(_), _) | (_, Data::Instance(_)) => None,
            (Data::List(_) | Data::Dict(_), _) | (_, Data::List(_) | Data::Dict(_)) => {
                let (x, y) = (self.items(a)?, self.items(b)?);
                if x.len() != y.len() {
                    return Some(false);
                }
                x.iter().zip(&y).map(|(x, y)| self.equal(x, y)).try_fold(true, |all, one| Some(all && one?))
            }
            (Data::Tuple(x), Data::Tuple(y)) => {
                if Rc::ptr_eq(x, y) {
                    return Some(true);
                }
                if x.len() != y.len() {
                    return Some(false);
                }
                x.iter().zip(y.iter()).map(|(x, y)| self.equal(x, y)).try_fold(true, |all, one| Some(all && one?))
            }
            (a, b) => Some(a == b),
        }
    }

    fn identical(&self, a: &Value, b: &Value) -> Option<bool> {
        match (&a.data, &b.data) {
            (Data::Bool(_), Data::Int(_)) | (Data::Int(_), Data::Bool(_)) => Some(false),
            (Data::None, Data::Unknown) | (Data::Unknown, Data::None) => None,
            (Data::None, Data::None) => Some(true),
            (Data::None, Data::Library(path)) | (Data::Library(path), Data::None) if path.starts_with("builtins.") => {
                Some(false)
            }
            // What exists outside the project, or is an object, is not None.
            (Data::None, other) | (other, Data::None) => {
                if matches!(other, Data::Library(_) | Data::Attribute(_)) {
                    None
                } else {
                    Some(false)
                }
            }
            (Data::Instance(_), other) | (other, Data::Instance(_)) if is_constant(other) => Some(false),
            _ => self.equal(a, b),
        }
    }

    /// Whether the items of a container, the keys of a dict or the pieces of a text have this one.
    pub fn contains(&mut self, container: &Value, item: &Value) -> Option<bool> {
        let entries = self.entries_of(container).filter(|_| !matches!(container.data, Data::Dict(_)));
        if let Some(id) = entries {
            return self.contains(&Value::of(Data::Dict(id)), item);
        }
        match &container.data {
            Data::Str(text) => item.as_str().map(|item| text.contains(item)),
            Data::Bytes(text) => match &item.data {
                Data::Bytes(item) => Some(text.contains(&**item)),
                _ => None,
            },
            Data::Library(path) if is_environ(path) => {
                let spot = self.spot(0);
                let found = self.environ(decoded(item.clone()).as_str()?, spot);
                Some(found.data != Data::None)
            }
            Data::Library(path) if path == "sys.argv" => {
                let argv = self.argv();
                self.contains(&argv, item)
            }
            Data::Library(path) if path == MODULES => self.is_imported(item.as_str()?),
            Data::Dict(id) => {
                let dict = self.dict(*id)?;
                if dict.entries.iter().any(|(key, _)| key.data == item.data) {
                    return Some(true);
                }
                self.note_words(item, dict.entries.iter().map(|(key, _)| key));
                let is_closed = !dict.open && !dict.config && item.data != Data::Unknown;
                (is_closed || self.is_never_bound(*id, item)).then_some(false)
            }
            Data::Instance(_) if self.has_flags(container, item).is_some() => self.has_flags(container, item),
            Data::Instance(id) if self.ini_contains(*id, item.as_str().unwrap_or_default()).is_some() => {
                self.ini_contains(*id, item.as_str()?)
            }
            _ => {
                let items = self.items(container)?;
                let mut unknown = false;
                for other in &items {
                    match self.equal(other, item) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => unknown = true,
                    }
                }
                (!unknown).then_some(false)
            }
        }
    }

    /// `{...} | {...}`, where each is a dict or the environment: a new dict.
    fn mapping_union(&mut self, a: &Value, b: &Value) -> Option<Value> {
        let is_mapping =
            |value: &Value| matches!(value.data, Data::Dict(_)) || value.as_library() == Some("os.environ");
        if !is_mapping(a) || !is_mapping(b) {
            return None;
        }
        let spot = self.spot(0);
        let copy = match a.data {
            Data::Dict(left) => {
                self.dict(left).map(|dict| Dict { config: false, mirror: None, ..dict.clone() }).unwrap_or_default()
            }
            _ => Dict::default(),
        };
        let id = self.alloc(Object::Dict(copy));
        if !matches!(a.data, Data::Dict(_)) {
            self.update_dict(id, a, spot);
        }
        self.update_dict(id, b, spot);
        Some(Value::of(Data::Dict(id)))
    }

    /// Arithmetic, as far as programs use it for settings.
    pub fn binary(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Value {
        let value = self.operated(op, a, b);
        self.bounded(value)
    }

    fn operated(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Value {
        if let Some(flags) = self.combined_flags(op, a, b) {
            return flags;
        }
        if op == BinaryOp::BitOr
            && let Some(union) = self.mapping_union(a, b)
        {
            return union;
        }
        let operation = match op {
            BinaryOp::Sub => "difference",
            BinaryOp::BitAnd => "intersection",
            BinaryOp::BitOr => "union",
            BinaryOp::BitXor => "symmetric_difference",
            _ => "",
        };
        if let (false, Data::List(_), Data::List(_)) = (operation.is_empty(), &a.data, &b.data) {
            return self.set_operation(operation, a, b).unwrap_or(Value::UNKNOWN);
        }
        if let (BinaryOp::Div, Data::Instance(left)) = (op, &a.data) {
            return self.path_below(*left, b);
        }
        if let (BinaryOp::Add, Some(mut x), Some(y)) = (op, self.sequence(a), self.sequence(b)) {
            x.extend(y);
            return match a.data {
                Data::Tuple(_) => Value::of(Data::Tuple(Rc::new(x))),
                _ => {
                    let id = self.alloc(Object::List(List { items: x, open: false }));
                    Value::of(Data::List(id))
                }
            };
        }
        let data = match (op, &a.data, &b.data) {
            (BinaryOp::Add, Data::Str(x), Data::Str(y)) => Data::Str(Arc::from(format!("{x}{y}"))),
            (BinaryOp::Mod, Data::Str(x), _) => match self.percent(x, b) {
                Some(text) => Data::Str(Arc::from(text)),
                None => Data::Unknown,
            },
            (BinaryOp::BitOr, Data::Bool(x), Data::Bool(y)) => Data::Bool(x | y),
            (BinaryOp::BitAnd, Data::Bool(x), Data::Bool(y)) => Data::Bool(x & y),
            (BinaryOp::BitXor, Data::Bool(x), Data::Bool(y)) => Data::Bool(x ^ y),
            _ => match (integer(&a.data), integer(&b.data)) {
                (Some(x), Some(y)) => arithmetic(op, x, y).map_or(Data::Unknown, Data::Int),
                _ => Data::Unknown,
            },
        };
        Value::derived(data, &[a, b])
    }

    /// `text % value`, for fields of `%s`, `%d` and `%(name)s`.
    fn percent(&self, text: &str, value: &Value) -> Option<String> {
        let mut given = match &value.data {
            Data::Tuple(items) => items.to_vec(),
            _ => vec![value.clone()],
        }
        .into_iter();
        let mut pieces = text.split('%');
        let mut out = pieces.next()?.to_owned();
        while let Some(piece) = pieces.next() {
            if piece.is_empty() {
                out.push('%');
                out.push_str(pieces.next()?);
                continue;
            }
            let (value, rest) = match piece.strip_prefix('(') {
                Some(named) => {
                    let (name, rest) = named.split_once(')')?;
                    let dict = self.dict(self.entries_of(value)?)?;
                    let found = dict.entries.iter().find(|(key, _)| key.as_str() == Some(name));
                    (found?.1.clone(), rest)
                }
                None => (given.next()?, piece),
            };
            out.push_str(&display(&value)?);
            out.push_str(rest.strip_prefix(['s', 'd'])?);
        }
        Some(out)
    }

    fn sequence(&self, value: &Value) -> Option<Vec<Value>> {
        matches!(value.data, Data::Tuple(_) | Data::List(_)).then(|| self.items(value)).flatten()
    }

    /// Whether a value is true, where that is known.
    pub fn truth(&self, value: &Value) -> Option<bool> {
        match &value.data {
            Data::Unknown | Data::Attribute(_) => None,
            Data::None => Some(false),
            Data::Bool(truth) => Some(*truth),
            Data::Int(number) => Some(*number != 0),
            Data::Float(number) => Some(*number != 0.0),
            Data::Str(text) | Data::Bytes(text) => Some(!text.is_empty()),
            Data::Tuple(items) => Some(!items.is_empty()),
            Data::List(id) => self
                .list(*id)
                .and_then(|list| if list.items.is_empty() && list.open { None } else { Some(!list.items.is_empty()) }),
            Data::Dict(id) => self.dict(*id).and_then(|dict| {
                if dict.entries.is_empty() && dict.open { None } else { Some(!dict.entries.is_empty()) }
            }),
            Data::Instance(id) => {
                let instance = self.instance(*id)?;
                if self.is_value_enum(&instance.class) && self.is_enum(&instance.class) {
                    return self.truth(instance.attrs.get("value")?);
                }
                let is_object = matches!(instance.class.as_library(), Some("builtins.object" | GENERATOR))
                    || self.is_mock(instance);
                if is_object || self.is_enum(&instance.class) || self.kind_of_class(&instance.class).is_some() {
                    return Some(true);
                }
                if let Some(answer) = instance.attrs.get(&TRUTH) {
                    return self.truth(answer);
                }
                let has = |name| self.class_attribute(&instance.class, name, None).is_some();
                match instance.class.data {
                    Data::Class(_) if !has("__bool__") && !has("__len__") => Some(true),
                    _ => None,
                }
            }
            Data::Library(path) => (!path.contains("argv")).then_some(true).filter(|_| path.starts_with("builtins.")),
            Data::Module(_)
            | Data::Class(_)
            | Data::Function(_)
            | Data::Method(_)
            | Data::Super(..)
            | Data::Partial(_)
            | Data::Property(_) => Some(true),
        }
    }

    /// Whether a condition holds. A comparison of something that is not known with a constant asks for one special
    /// case (`hostname == "my-laptop"`): it is taken not to hold, and its negation to hold.
    pub fn truth_at(&self, value: &Value, test: &Expr) -> Option<bool> {
        self.truth(value).or_else(|| guess(test))
    }

    /// `object.name`
    pub fn attribute(&mut self, object: &Value, name: &str) -> Eval<Value> {
        let object = &*object.used();
        if name == "__dict__" {
            self.complete(object)?;
            return Ok(self.variables(object));
        }
        if object.data == Data::None && !name.starts_with("__") {
            self.raise_awaited("AttributeError")?;
        }
        Ok(match &object.data {
            Data::Module(file) => self.module_attribute(*file, name)?,
            Data::Library(path) => self.library_attribute(path, name)?,
            Data::Class(id) => self.attribute_of_class(object, *id, name)?,
            Data::Instance(id) => return self.attribute_of_instance(object, *id, name),
            Data::Super(id, class) => {
                let (this, start) = match self.instance(*id) {
                    Some(instance) => (Value::of(Data::Instance(*id)), instance.class.clone()),
                    None => (Value::of(Data::Class(*id)), Value::of(Data::Class(*id))),
                };
                match self.class_attribute(&start, name, Some(*class)) {
                    Some(Value { data: Data::Function(closure), .. }) if closure.is_static || name == "__new__" => {
                        Value::of(Data::Function(closure))
                    }
                    Some(Value { data: Data::Function(closure), .. }) => {
                        let this = if closure.is_class_method { start } else { this };
                        Value::of(Data::Method(Rc::new((this, closure))))
                    }
                    Some(Value { data: Data::Property(closure), .. }) => {
                        let spot = self.spot(0);
                        return self.call_function(&closure, Some(this), Args::default(), spot);
                    }
                    Some(value) => value,
                    None => Value::of(Data::Attribute(Rc::new((object.clone(), Name::from(name))))),
                }
            }
            Data::Str(_)
            | Data::Bytes(_)
            | Data::Dict(_)
            | Data::List(_)
            | Data::Tuple(_)
            | Data::Attribute(_)
            | Data::Int(_) => {
                Value { data: Data::Attribute(Rc::new((object.clone(), Name::from(name)))), from: object.from.clone() }
            }
            Data::Function(closure) if matches!(name, "callback" | "main") => {
                Value::of(Data::Function(closure.clone()))
            }
            Data::Property(property) => self.accessor(property, name).unwrap_or(Value::UNKNOWN),
            _ => Value::derived(Data::Unknown, &[object]),
        })
    }

    fn attribute_of_class(&mut self, object: &Value, id: Id, name: &str) -> Eval<Value> {
        if let Some(value) = self.class_attribute(object, name, None) {
            if self.is_enum(object) && !matches!(value.data, Data::Function(_) | Data::Property(_)) {
                return Ok(self.enum_member(object, name, value));
            }
            if let Data::Function(closure) = &value.data
                && closure.is_class_method
            {
                return Ok(Value::of(Data::Method(Rc::new((object.clone(), closure.clone())))));
            }
            return self.described(value, None, object);
        }
        if name == "__name__" {
            return Ok(self.class(id).map_or(Value::UNKNOWN, |class| Value::text(&class.name)));
        }
        let validates = self.is_model(object) && (name.starts_with("model_") || name.starts_with("parse_"));
        if validates || matches!(name, "__subclasses__" | "mro") {
            return Ok(Value::of(Data::Attribute(Rc::new((object.clone(), Name::from(name))))));
        }
        if name == "__mro__" {
            return Ok(Value::of(Data::Tuple(Rc::new(self.ancestors(object)))));
        }
        let library = self.ancestors(object).iter().find_map(|class| class.as_library().map(str::to_owned));
        if library.is_none() && self.lacks(object, name)? {
            return self.attribute_of_class(object, id, name);
        }
        Ok(match library {
            Some(path) if path != "builtins.object" => Value::library(&format!("{path}.{name}")),
            _ => Value::UNKNOWN,
        })
    }

    /// What reading an attribute raises that a class of the project has not, where somebody is ready for that.
    /// Whether to look again.
    fn lacks(&mut self, class: &Value, name: &str) -> Eval<bool> {
        let own = |class: &Value| matches!(class.data, Data::Class(_)) || class.as_library() == Some("builtins.object");
        let is_known = !name.starts_with("__") && self.ancestors(class).iter().all(own);
        if is_known { self.raise_absent("AttributeError") } else { Ok(false) }
    }

    /// The member of an enumeration.
    pub fn enum_member(&mut self, class: &Value, name: &str, value: Value) -> Value {
        let known = match class.data {
            Data::Class(id) if !name.is_empty() => Some((id, Name::from(name))),
            _ => None,
        };
        if let Some(id) = known.as_ref().and_then(|key| self.state.members.get(key)) {
            return Value::of(Data::Instance(*id));
        }
        let (data, origin) = (value.data.clone(), value.origin());
        let mut attrs = std::collections::BTreeMap::new();
        attrs.insert(Name::new_static("name"), Value::text(name));
        attrs.insert(Name::new_static("value"), Value { data: value.data, from: None });
        let id = self.alloc(Object::Instance(Instance { class: class.clone(), attrs }));
        if let Some(key) = known {
            self.state.members.insert(key, id);
        }
        // What a member has besides its value, its class makes of that.
        if let Some(Value { data: Data::Function(init), .. }) = self.class_attribute(class, "__init__", None) {
            let at = origin.unwrap_or_else(|| self.spot(0));
            let parts = if let Data::Tuple(parts) = &data { parts.to_vec() } else { vec![Value { data, from: None }] };
            let positional =
                parts.into_iter().map(|part| (if is_setting(&part) { part.at(at) } else { part }, at)).collect();
            let _ = self.call_function(
                &init,
                Some(Value::of(Data::Instance(id))),
                Args { positional, ..Args::default() },
                at,
            );
        }
        Value::of(Data::Instance(id))
    }

    fn attribute_of_instance(&mut self, object: &Value, id: Id, name: &str) -> Eval<Value> {
        let Some(instance) = self.instance(id) else { return Ok(Value::UNKNOWN) };
        let class = instance.class.clone();
        if name == "debug" && matches!(self.kind_of_class(&class), Some(Kind::Flask | Kind::Quart)) {
            return Ok(self.debug_state(id));
        }
        if let Some(value) = self.instance(id).and_then(|instance| instance.attrs.get(name)) {
            return Ok(value.clone());
        }
        if name == "testing"
            && self.kind_of_class(&class) == Some(Kind::Flask)
            && let Some(Data::Dict(config)) =
                self.instance(id).and_then(|app| app.attrs.get("config")).map(|it| it.data.clone())
            && let Some(dict) = self.dict(config)
        {
            let set = dict.entries.iter().rev().find(|(key, _)| key.as_str() == Some("TESTING"));
            let unset = if dict.open { Value::UNKNOWN } else { Value::of(Data::Bool(false)) };
            return Ok(set.map_or(unset, |(_, value)| value.clone()));
        }
        if name == "__class__" {
            return Ok(class);
        }
        if let Some(value) = self.class_attribute(&class, name, None) {
            return match value.data {
                Data::Function(closure) if closure.is_static => Ok(Value::of(Data::Function(closure))),
                Data::Function(closure) if closure.is_class_method => {
                    Ok(Value::of(Data::Method(Rc::new((class, closure)))))
                }
                Data::Function(closure) => Ok(Value::of(Data::Method(Rc::new((object.clone(), closure))))),
                Data::Property(closure) => {
                    let spot = self.spot(0);
                    let value = self.call_function(&closure, Some(object.clone()), Args::default(), spot)?;
                    // What is made there is made once.
                    if matches!(value.data, Data::Instance(_)) && closure.function.decorators.iter().any(is_cached) {
                        self.set_plain_slot(id, name, value.clone());
                    }
                    Ok(value)
                }
                _ => {
                    let spot = self.spot(0);
                    match self.bound_partial(&value, object, spot) {
                        Some(bound) => Ok(bound),
                        None => self.described(value, Some(object), &class),
                    }
                }
            };
        }
        if let Some(value) = self.entry_attribute(object, &class, name) {
            return Ok(value);
        }
        let spot = self.spot(0);
        let args = || Args { positional: vec![(Value::text(name), spot)], ..Args::default() };
        match self.class_attribute(&class, "__getattr__", None).map(|value| value.data) {
            Some(Data::Function(closure)) => {
                return self.call_function(&closure, Some(object.clone()), args(), spot);
            }
            // `__getattr__ = dict.get`
            Some(Data::Library(path)) if self.entries_of(object).is_some() => {
                let method = path.rsplit('.').next().unwrap_or_default().to_owned();
                return self.call_attribute(object, &method, args(), spot);
            }
            _ => {}
        }
        if self.lacks(&class, name)? {
            return self.attribute_of_instance(object, id, name);
        }
        Ok(self
            .mock_attribute(id, &class, name)
            .or_else(|| self.app_name(id, name))
            .or_else(|| self.own_level(id, name))
            .or_else(|| self.model_attribute(&class, name))
            .unwrap_or_else(|| Value::of(Data::Attribute(Rc::new((object.clone(), Name::from(name)))))))
    }

    fn set_plain_slot(&mut self, id: Id, name: &str, value: Value) {
        if let Some(Object::Instance(instance)) = self.object_mut(id) {
            instance.attrs.insert(Name::from(name), value);
        }
    }

    /// `object.name = value`
    pub fn set_attribute(&mut self, object: &Value, name: &str, value: Value, spot: Spot) -> Eval<()> {
        let value = if is_setting(&value) { value.at(spot) } else { value };
        match &object.data {
            Data::Instance(id) => self.set_instance_attribute(*id, name, value, spot),
            Data::Super(id, _) => self.set_instance_attribute(*id, name, value, spot),
            Data::Class(id) => {
                if let Some(Object::Class(class)) = self.object_mut(*id) {
                    class.attrs.insert(Name::from(name), value);
                }
            }
            Data::Module(file) => {
                if let Some(scope) = self.state.modules.get(file).copied() {
                    self.bind(scope, name, value);
                }
            }
            Data::Library(path) if path == "flask.current_app" => {
                if let Some(id) = self.state.apps.last().copied() {
                    self.set_instance_attribute(id, name, value, spot);
                }
            }
            Data::Library(path) if path == "sys" && name == "argv" => self.state.argv = Some(value.at(spot)),
            Data::Library(path) => {
                let key = Name::from(format!("{path}.{name}"));
                self.state.patches.insert(key, value.via(Means::Attribute, spot));
            }
            _ => {}
        }
        Ok(())
    }

    fn set_instance_attribute(&mut self, id: Id, name: &str, value: Value, spot: Spot) {
        let Some(class) = self.instance(id).map(|instance| instance.class.clone()) else { return };
        // Its own `__setattr__` decides, and writes by that of its base class.
        if let Some(Value { data: Data::Function(closure), .. }) = self.class_attribute(&class, "__setattr__", None)
            && !self
                .frames
                .iter()
                .any(|frame| frame.function.as_ref().is_some_and(|own| own.function == closure.function))
        {
            let args = [Value::text(name), value].map(|value| (value, spot)).to_vec();
            let this = Some(Value::of(Data::Instance(id)));
            let _ = self.call_function(&closure, this, Args { positional: args, ..Args::default() }, spot);
            return;
        }
        self.set_plain_attribute(id, name, value, spot);
    }

    /// `object.__setattr__(instance, name, value)`, whatever the class makes of it.
    pub fn set_plain_attribute(&mut self, id: Id, name: &str, value: Value, spot: Spot) {
        let Some(class) = self.instance(id).map(|instance| instance.class.clone()) else { return };
        if name == "debug" && matches!(self.kind_of_class(&class), Some(Kind::Flask | Kind::Quart)) {
            return self.set_debug_state(id, value.via(Means::Attribute, spot));
        }
        if name == "debug" {
            self.tell_framework(id, &class, &value, spot);
        }
        if let Some(Value { data: Data::Property(_), .. }) = self.class_attribute(&class, name, None) {
            let setter = self.class_attribute(&class, &super::store::setter_of(name), None);
            if let Some(Value { data: Data::Function(closure), .. }) = setter {
                // An error in it is its own affair, as with `__setitem__`.
                let this = Value::of(Data::Instance(id));
                let args = Args { positional: vec![(value, spot)], ..Args::default() };
                let _ = self.call_function(&closure, Some(this), args, spot);
            }
            return;
        }
        if let Some(descriptor) = self.class_attribute(&class, name, None)
            && let Some(setter) = self.setter(&descriptor)
        {
            let args = vec![(Value::of(Data::Instance(id)), spot), (value, spot)];
            let _ = self.call_function(&setter, Some(descriptor), Args { positional: args, ..Args::default() }, spot);
            return;
        }
        if let Some(Object::Instance(instance)) = self.object_mut(id) {
            instance.attrs.insert(Name::from(name), value);
        }
    }

    /// Raises what reading something absent raises.
    pub fn missing(class: &'static str) -> Stop {
        Stop::Raise(Name::new_static(class))
    }
}

/// An argument that `**` hands on: where its value stands, as the call shows neither its name nor what it is.
pub(crate) fn spread(name: &str, value: Value, spot: Spot) -> (Name, Value, Spot) {
    let value = value.handed_in_text();
    let own = value.from.as_ref().filter(|from| !from.is_in_text).and_then(|from| from.origin);
    (Name::from(name), value, own.unwrap_or(spot))
}

/// The environment lookups of a value.
pub(crate) fn value_env(value: &Value) -> &[Lookup] {
    value.from.as_ref().map_or(&[], |from| &from.env)
}

/// Whether a text of the environment is compared with the empty one.
fn asks_for_any(text: &Value, empty: &Value) -> bool {
    empty.as_str() == Some("") && value_env(empty).is_empty() && text.as_str().is_some() && !value_env(text).is_empty()
}

/// Where a file says a word that means on, which a program only has to recognise.
fn said_in_file(value: &Value) -> Option<Spot> {
    let word = value.as_str()?.trim().to_lowercase();
    let on = matches!(word.as_str(), "1" | "true" | "yes" | "on" | "y" | "t" | "enabled");
    value.outside().filter(|_| on)
}

/// The value that an operator chose because of another one. It keeps its own place, and depends on what chose it.
pub(crate) fn chosen(value: Value, by: &Value) -> Value {
    let env = value_env(by);
    if env.is_empty() {
        return value;
    }
    let mut from = value.from.as_deref().cloned().unwrap_or_default();
    for lookup in env {
        if !from.env.contains(lookup) {
            from.env.push(lookup.clone());
        }
    }
    Value { data: value.data, from: Some(Rc::new(from)) }
}

fn guess(test: &Expr) -> Option<bool> {
    let constant = |expr: &Expr| {
        matches!(
            expr.kind,
            ExprKind::Str(_) | ExprKind::Int(_) | ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Set(_)
        )
    };
    match &test.kind {
        ExprKind::Not(inner) => guess(inner).map(|truth| !truth),
        ExprKind::And(left, right) => match (guess(left), guess(right)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            _ => None,
        },
        ExprKind::Or(left, right) => match (guess(left), guess(right)) {
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        ExprKind::Compare(first, rest) => match rest.as_slice() {
            [(op, second)] if constant(first) || constant(second) => match op {
                CompareOp::Eq | CompareOp::In => Some(false),
                CompareOp::NotEq | CompareOp::NotIn => Some(true),
                _ => None,
            },
            _ => None,
        },
        // `name.startswith("dev")`, `host.endswith(".local")`
        ExprKind::Call(call) => match &call.function.kind {
            ExprKind::Attribute(_, name)
                if matches!(name.as_str(), "startswith" | "endswith")
                    && call.args.first().is_some_and(|arg| constant(&arg.value)) =>
            {
                Some(false)
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether a decorator keeps what a property gives.
fn is_cached(decorator: &Expr) -> bool {
    matches!(&decorator.kind, ExprKind::Name(name) | ExprKind::Attribute(_, name) if name == "cached_property")
}

/// Whether something is a number, a text or the like, which is itself and no object.
fn is_constant(data: &Data) -> bool {
    matches!(
        data,
        Data::None | Data::Bool(_) | Data::Int(_) | Data::Float(_) | Data::Str(_) | Data::Bytes(_) | Data::Tuple(_)
    )
}

fn integer(data: &Data) -> Option<i64> {
    match data {
        Data::Int(number) => Some(*number),
        Data::Bool(truth) => Some(i64::from(*truth)),
        _ => None,
    }
}

/// The error that an operator raises for two values that it cannot be used for.
fn arithmetic_error(op: BinaryOp, a: &Data, b: &Data) -> Option<&'static str> {
    let is_number = |data: &Data| integer(data).is_some() || matches!(data, Data::Float(_));
    let is_zero = integer(b) == Some(0) || matches!(b, Data::Float(number) if *number == 0.0);
    let divides = matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod);
    if divides && is_number(a) && is_zero {
        return Some("ZeroDivisionError");
    }
    let is_none = |data: &Data| *data == Data::None;
    let fails = is_none(a) && is_constant(b)
        || is_none(b) && is_number(a)
        || op == BinaryOp::Add
            && (matches!(a, Data::Str(_)) && is_number(b) || is_number(a) && matches!(b, Data::Str(_)));
    fails.then_some("TypeError")
}

fn arithmetic(op: BinaryOp, x: i64, y: i64) -> Option<i64> {
    match op {
        BinaryOp::Add => x.checked_add(y),
        BinaryOp::Sub => x.checked_sub(y),
        BinaryOp::Mul => x.checked_mul(y),
        BinaryOp::Mod => x.checked_rem_euclid(y),
        BinaryOp::BitOr => Some(x | y),
        BinaryOp::BitAnd => Some(x & y),
        BinaryOp::BitXor => Some(x ^ y),
        BinaryOp::FloorDiv if y != 0 => {
            let (quotient, rest) = (x.checked_div(y)?, x.checked_rem(y)?);
            // Python rounds down, and not towards zero.
            Some(if rest != 0 && (rest < 0) != (y < 0) { quotient - 1 } else { quotient })
        }
        BinaryOp::Power => x.checked_pow(u32::try_from(y).ok()?),
        BinaryOp::ShiftLeft => x.checked_mul(1_i64.checked_shl(u32::try_from(y).ok()?)?),
        BinaryOp::ShiftRight => x.checked_shr(u32::try_from(y).ok()?),
        BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Other => None,
    }
}

/// Which of two values comes first.
pub(crate) fn order(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (&a.data, &b.data) {
        (Data::Str(x), Data::Str(y)) | (Data::Bytes(x), Data::Bytes(y)) => Some(x.cmp(y)),
        (Data::Float(x), Data::Float(y)) => x.partial_cmp(y),
        (Data::Float(x), other) => x.partial_cmp(&(integer(other)? as f64)),
        (other, Data::Float(y)) => (integer(other)? as f64).partial_cmp(y),
        (Data::Tuple(x), Data::Tuple(y)) => {
            for (x, y) in x.iter().zip(y.iter()) {
                match order(x, y)? {
                    std::cmp::Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Some(x.len().cmp(&y.len()))
        }
        _ => Some(integer(&a.data)?.cmp(&integer(&b.data)?)),
    }
}

/// What `str(value)` gives.
pub(crate) fn display(value: &Value) -> Option<String> {
    Some(match &value.data {
        Data::Str(text) => text.to_string(),
        Data::Bytes(text) => format!("b'{text}'"),
        Data::Int(number) => number.to_string(),
        Data::Bool(true) => "True".to_owned(),
        Data::Bool(false) => "False".to_owned(),
        Data::None => "None".to_owned(),
        _ => return None,
    })
}
