//! The machine: runs a program over abstract values, the way Python would, and writes down each launch.
//!
//! Goals, in this order: never say that debug is on where real Flask has it off; follow order and precedence exactly
//! (last write wins, arguments beat attributes, what comes after a launch is too late); stay silent on what is not
//! known; take bounded time and stack whatever the text. It reads no files (`Files` answers) and judges nothing
//! (`launch` writes down what happened, rules judge).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::arguments::Words;
use super::context::Inner;
use super::files::Files;
use super::generators::Yields;
use super::ir::*;
use super::launch::{Launch, Plan};
use super::lower::Lowered;
use super::slice::Slice;
use super::value::*;

/// How many steps one run may take: expressions and statements evaluated. Ordinary programs take a few thousand.
const MAX_STEPS: u32 = 150_000;

/// How many of them one top-level statement may take, and how many once half of all are used up.
const UNIT_STEPS: u32 = 25_000;
const LATE_STEPS: u32 = 1_000;

/// How deep calls are followed.
const MAX_CALLS: usize = 16;

/// How many modules one run may load. A web application of its own has a few dozen.
const MAX_MODULES: usize = 150;

/// In a program of so many modules all of them may be run in full when a key is missed.
const MAX_REST: usize = 20;

/// How deep programs that start others are followed.
const MAX_PROCESSES: u32 = 2;

/// How deep evaluation nests over all calls, which bounds the stack.
const MAX_NESTING: u32 = 420;

/// How often a loop's body is run when its condition stays known.
const MAX_ROUNDS: usize = 40;

/// Why evaluation ended early.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stop {
    /// An exception of this class name; empty when the class is not known.
    Raise(Name),
    /// The process ended.
    Exit,
    /// The bounds were reached: what would have happened is not known.
    Limit,
    /// A generator gave a value, and waits.
    Pause,
}

/// How a statement ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Flow {
    Next,
    Return(Value),
    Break,
    Continue,
}

/// The result of evaluating something.
pub(crate) type Eval<T> = Result<T, Stop>;

/// Everything that a running program can change.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// Persistent: a copy costs nothing, so that paths can be forked.
    heap: rpds::Vector<Option<Rc<Object>>>,
    /// The scope of each module that was imported.
    pub modules: BTreeMap<FileId, Id>,
    /// What of each module ran late, because a name of it was asked for.
    late: BTreeMap<FileId, Arc<Slice>>,
    /// Environment variables that the program or its plan set.
    pub env: BTreeMap<Name, Value>,
    /// Attributes set on things outside the project: `flask.Flask.debug`.
    pub patches: BTreeMap<Name, Value>,
    /// Members of enumerations that were asked for: there is one object of each.
    pub members: BTreeMap<(Id, Name), Id>,
    /// Named signals: there is one of each name.
    pub signals: BTreeMap<Name, Id>,
    /// Applications in the order of their creation.
    pub apps: Vec<Id>,
    /// Configurations with the modules that they were loaded from: what of these did not run yet may be asked for.
    pub sources: Vec<(Id, FileId)>,
    /// `sys.argv` as the program sees it.
    pub argv: Option<Value>,
}

/// A running function, class body or module.
pub(crate) struct Frame {
    pub file: FileId,
    pub unit: UnitId,
    pub scope: Id,
    pub function: Option<Rc<Closure>>,
    /// The class whose body this is.
    pub class: Option<Id>,
    pub globals: BTreeSet<Name>,
    pub nonlocals: BTreeSet<Name>,
    /// The one place of all that is written in a text which `exec` or `eval` runs.
    pub fixed: Option<Spot>,
    /// What a generator has given so far; `None` where the function is none.
    pub yields: Option<Yields>,
    /// The body of the `with` statement that entered this context manager, until its `yield` ran it.
    pub inner: Option<Rc<Inner>>,
    /// How that body ended.
    pub outcome: Option<Flow>,
    /// Paths that returned under a condition that is not known.
    pending: Vec<(State, Value, usize)>,
}

/// A run of a program.
pub(crate) struct Machine<'a> {
    pub files: &'a Files,
    pub plan: &'a Plan,
    pub state: State,
    pub frames: Vec<Frame>,
    pub launches: Vec<Launch>,
    /// Environment variables that were looked up.
    pub lookups: BTreeSet<Name>,
    /// Variables that name a settings file, and are set nowhere.
    pub selectors: BTreeSet<Name>,
    /// Modules that were loaded or asked for.
    pub loaded: BTreeSet<FileId>,
    /// Functions that were entered.
    pub entered: BTreeSet<Spot>,
    /// The call that is a statement of its own, whose result nobody keeps.
    pub dropped: Option<Spot>,
    /// What runs when the program ends, in the order of its registration.
    pub at_exit: Vec<(Value, Args, Spot)>,
    /// How many `try` statements that are ready for a missing module stand around here.
    pub guarded: u32,
    /// The classes of exceptions that the `try` statements around here are ready for, outermost first.
    pub awaited: Vec<Vec<Name>>,
    /// How many modules there were when what they left out was run for something that was not there.
    pub rested: usize,
    /// The exception that was raised last, where it is known.
    pub raised: Option<Value>,
    /// The exceptions that handlers handle now: their classes, and they themselves where they are known.
    pub handling: Vec<(Name, Option<Value>)>,
    /// Where each application was made.
    pub made: BTreeMap<Id, Spot>,
    /// How many conditions that are not known stand between the start and here.
    pub maybe: u32,
    /// Classes that their metaclasses make now.
    pub making: Vec<Id>,
    /// Whether the words of the command line were asked for, and what they were compared with.
    pub asks_words: bool,
    pub words: Words,
    /// Objects that were changed on paths that may not happen, in order.
    written: Vec<Id>,
    /// How many programs stand around this one, each of which started the next.
    parents: u32,
    steps: u32,
    /// How many steps may be taken before the statement that runs is given up.
    budget: u32,
    nesting: u32,
}

impl<'a> Machine<'a> {
    /// A machine before its first step.
    pub fn new(files: &'a Files, plan: &'a Plan) -> Machine<'a> {
        let mut state = State::default();
        for variable in &plan.env {
            state.env.insert(variable.name.clone(), variable.value.clone());
        }
        Machine {
            files,
            plan,
            state,
            frames: Vec::new(),
            launches: Vec::new(),
            lookups: BTreeSet::new(),
            selectors: BTreeSet::new(),
            loaded: BTreeSet::new(),
            entered: BTreeSet::new(),
            dropped: None,
            at_exit: Vec::new(),
            guarded: 0,
            awaited: Vec::new(),
            rested: 0,
            raised: None,
            handling: Vec::new(),
            made: BTreeMap::new(),
            maybe: 0,
            making: Vec::new(),
            asks_words: false,
            words: Words::default(),
            written: Vec::new(),
            parents: 0,
            steps: 0,
            budget: MAX_STEPS,
            nesting: 0,
        }
    }

    /// Another machine at the same place of the same run, between two modules or functions: what one does from here on
    /// the other does not see.
    pub fn twin(&self) -> Machine<'a> {
        Machine {
            state: self.state.clone(),
            launches: self.launches.clone(),
            lookups: self.lookups.clone(),
            selectors: self.selectors.clone(),
            loaded: self.loaded.clone(),
            entered: self.entered.clone(),
            at_exit: self.at_exit.clone(),
            rested: self.rested,
            raised: self.raised.clone(),
            made: self.made.clone(),
            written: self.written.clone(),
            parents: self.parents,
            steps: self.steps,
            budget: self.budget,
            ..Machine::new(self.files, self.plan)
        }
    }

    /// Whether a program that this one starts is followed.
    pub fn may_start(&self) -> bool {
        self.parents < MAX_PROCESSES
    }

    /// A machine for a program that this one starts here: it shares nothing with this one but its bounds.
    pub fn process<'b>(&self, plan: &'b Plan) -> Machine<'b>
    where
        'a: 'b,
    {
        Machine {
            maybe: self.maybe,
            parents: self.parents + 1,
            steps: self.steps,
            budget: self.budget,
            nesting: self.nesting,
            ..Machine::new(self.files, plan)
        }
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Counts the steps of a program that this one started.
    pub fn spend(&mut self, steps: u32) {
        self.steps = self.steps.max(steps);
    }

    /// Runs a file from top to bottom, as `python file.py` does (`main`) or as an import does. Returns its scope.
    pub fn run_module(&mut self, file: FileId, main: bool) -> Eval<Id> {
        if let Some(scope) = self.state.modules.get(&file) {
            return Ok(*scope);
        }
        // `python -m package` imports the package first.
        if main && self.files.path(file).ends_with("/__main__.py") {
            for package in self.files.packages(file, 1) {
                self.run_module(package, false)?;
            }
        }
        self.loaded.insert(file);
        let scope = self.alloc(Object::Scope(Scope::default()));
        self.state.modules.insert(file, scope);
        let name = if main { "__main__".to_owned() } else { self.files.module_name(file) };
        self.bind(scope, "__name__", Value::text(&name));
        self.bind(scope, "__file__", Value::text(&self.files.path(file)));
        self.bind_package(file, scope, main);
        if self.frames.len() > MAX_CALLS || self.loaded.len() > MAX_MODULES {
            return Ok(scope);
        }
        let order = self.files.run_order(file);
        self.run_units(file, scope, &order).map(|()| scope)
    }

    /// Binds what a module knows of the package that it is in: a script is in none, unless it is the one of a package
    /// that is started as such.
    fn bind_package(&mut self, file: FileId, scope: Id, main: bool) {
        let path = self.files.path(file);
        let name = self.files.module_name(file);
        let is_started = main && path.ends_with("/__main__.py");
        let package = match main {
            // Of what is above it only the program's own folder is known.
            true => path.trim_end_matches("/__main__.py").rsplit('/').next().unwrap_or_default(),
            false if path.ends_with("__init__.py") => name.as_str(),
            false => name.rsplit_once('.').map_or("", |(folder, _)| folder),
        };
        let package = if main && !is_started { Value::of(Data::None) } else { Value::text(package) };
        let spec = match package.data {
            Data::None => Value::of(Data::None),
            _ => Value::of(Data::Instance(self.new_instance(Value::library("builtins.object")))),
        };
        self.bind(scope, "__package__", package);
        self.bind(scope, "__spec__", spec);
    }

    fn run_units(&mut self, file: FileId, scope: Id, order: &[(UnitId, Arc<Lowered>)]) -> Eval<()> {
        self.frames.push(Frame::new(file, 0, scope));
        let mut ended = Ok(Flow::Next);
        for (unit, lowered) in order {
            if let Some(frame) = self.frames.last_mut() {
                frame.unit = *unit;
            }
            let outer = self.budget;
            let share = if self.steps < MAX_STEPS / 2 { UNIT_STEPS } else { LATE_STEPS };
            self.budget = self.steps.saturating_add(share).min(outer.max(self.steps + LATE_STEPS));
            let depth = self.frames.len();
            ended = self.block(&lowered.stmts);
            self.budget = outer;
            if ended == Err(Stop::Limit) && self.nesting < MAX_NESTING / 2 {
                // One statement too large to run does not hide the others.
                self.frames.truncate(depth);
                ended = Ok(Flow::Next);
            }
            if ended.is_err() {
                break;
            }
        }
        self.frames.pop();
        ended.map(drop)
    }

    /// Runs a module again, in the scope that it has (`importlib.reload`).
    pub fn rerun(&mut self, file: FileId) -> Eval<()> {
        let Some(scope) = self.state.modules.get(&file).copied() else { return Ok(()) };
        if self.frames.len() > MAX_CALLS {
            return Ok(());
        }
        self.state.late.remove(&file);
        let order = self.files.run_order(file);
        self.run_units(file, scope, &order)
    }

    /// Runs what a module left out, because nothing in it had a part in debug mode, now that a name of it (`None`: any)
    /// is asked for. Whether there was something.
    pub fn run_late(&mut self, file: FileId, name: Option<&str>) -> Eval<bool> {
        let Some(scope) = self.state.modules.get(&file).copied() else { return Ok(false) };
        if self.frames.len() > MAX_CALLS {
            return Ok(false);
        }
        let mut late = self.state.late.remove(&file).unwrap_or_default();
        let order = self.files.run_late(file, name, &mut late);
        self.state.late.insert(file, late);
        self.run_units(file, scope, &order)?;
        Ok(!order.is_empty())
    }

    /// Runs what the modules left out, in a large program those on the stack; whether there was something.
    pub fn run_rest(&mut self) -> Eval<bool> {
        let files: BTreeSet<FileId> = match self.state.modules.len() {
            0..=MAX_REST => self.state.modules.keys().copied().collect(),
            _ => self.frames.iter().map(|frame| frame.file).collect(),
        };
        let mut some = false;
        for file in files {
            some |= self.run_late(file, None)?;
        }
        Ok(some)
    }

    /// The heap object of an id.
    pub fn object(&self, id: Id) -> Option<&Object> {
        self.state.heap.get(id).and_then(|slot| slot.as_deref())
    }

    /// The heap object of an id, to change it.
    pub fn object_mut(&mut self, id: Id) -> Option<&mut Object> {
        if self.maybe > 0 {
            self.written.push(id);
        }
        self.state.heap.get_mut(id).and_then(|slot| slot.as_mut()).map(Rc::make_mut)
    }

    /// Puts an object on the heap.
    pub fn alloc(&mut self, object: Object) -> Id {
        self.state.heap.push_back_mut(Some(Rc::new(object)));
        self.state.heap.len() - 1
    }

    /// The scope of an id; an id of another object has none.
    pub fn scope(&self, id: Id) -> Option<&Scope> {
        match self.object(id) {
            Some(Object::Scope(scope)) => Some(scope),
            _ => None,
        }
    }

    /// The dict of an id.
    pub fn dict(&self, id: Id) -> Option<&Dict> {
        match self.object(id) {
            Some(Object::Dict(dict)) => Some(dict),
            _ => None,
        }
    }

    /// The dict of an id, to change it.
    pub fn dict_mut(&mut self, id: Id) -> Option<&mut Dict> {
        match self.object_mut(id) {
            Some(Object::Dict(dict)) => Some(dict),
            _ => None,
        }
    }

    /// The list of an id.
    pub fn list(&self, id: Id) -> Option<&List> {
        match self.object(id) {
            Some(Object::List(list)) => Some(list),
            _ => None,
        }
    }

    /// The class of an id.
    pub fn class(&self, id: Id) -> Option<&Class> {
        match self.object(id) {
            Some(Object::Class(class)) => Some(class),
            _ => None,
        }
    }

    /// The class of the project that was defined last under a name.
    pub fn class_named(&self, name: &str) -> Option<&Class> {
        let count = self.state.heap.len();
        (0..count).rev().find_map(|id| self.class(id).filter(|class| class.name == name))
    }

    /// The classes that name this one as a base, in the order of their definition.
    pub fn subclasses(&self, base: Id) -> Vec<Id> {
        let named = |class: &Class| class.bases.iter().any(|value| value.data == Data::Class(base));
        let objects = self.state.heap.iter().enumerate();
        objects
            .filter(|(_, slot)| matches!(slot.as_deref(), Some(Object::Class(class)) if named(class)))
            .map(|(id, _)| id)
            .collect()
    }

    /// The instance of an id.
    pub fn instance(&self, id: Id) -> Option<&Instance> {
        match self.object(id) {
            Some(Object::Instance(instance)) => Some(instance),
            _ => None,
        }
    }

    /// The node `site` of the statement that runs now.
    pub fn spot(&self, site: Site) -> Spot {
        let Some(frame) = self.frames.last() else { return Spot { file: 0, unit: 0, site } };
        // A place of another file than one of Python is one as a whole.
        let site = if frame.unit >= RAW { 0 } else { site };
        frame.fixed.unwrap_or(Spot { file: frame.file, unit: frame.unit, site })
    }

    /// Counts a step; an error when the bounds are reached.
    pub fn step(&mut self) -> Eval<()> {
        self.steps += 1;
        if self.steps > self.budget || self.nesting > MAX_NESTING { Err(Stop::Limit) } else { Ok(()) }
    }

    /// Allows another statement's worth of steps from here.
    pub fn refill(&mut self) {
        self.steps = 0;
        self.budget = UNIT_STEPS;
    }

    /// Runs something one level deeper.
    pub fn nested<T>(&mut self, run: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        self.nesting += 1;
        let result = self.step().and_then(|()| run(self));
        self.nesting -= 1;
        result
    }

    /// Sets a variable of a scope.
    pub fn bind(&mut self, scope: Id, name: &str, value: Value) {
        match self.object_mut(scope) {
            Some(Object::Scope(scope)) => drop(scope.vars.insert(Name::from(name), value)),
            Some(Object::Class(class)) => drop(class.attrs.insert(Name::from(name), value)),
            _ => {}
        }
    }

    /// Runs statements in order.
    pub fn block(&mut self, stmts: &[Stmt]) -> Eval<Flow> {
        for stmt in stmts {
            let flow = self.nested(|machine| machine.stmt(stmt))?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn stmt(&mut self, stmt: &Stmt) -> Eval<Flow> {
        match stmt {
            Stmt::Expr(expr) => {
                // What a call gives that nobody keeps.
                let spot = matches!(expr.kind, ExprKind::Call(_)).then(|| self.spot(expr.site));
                let outer = std::mem::replace(&mut self.dropped, spot);
                let result = self.eval(expr);
                self.dropped = outer;
                result?;
            }
            Stmt::Assign(targets, value) => {
                let value = self.eval(value)?;
                for (target, site) in targets {
                    let spot = self.spot(*site);
                    self.assign(target, value.clone(), spot)?;
                }
            }
            Stmt::AugAssign(target, op, value, site) => self.aug_assign(target, *op, value, *site)?,
            Stmt::Annotated(target, annotation, value, site) => self.annotated(target, annotation, value, *site)?,
            Stmt::Function(function) => self.define_function(function)?,
            Stmt::Class(class) => self.define_class(class)?,
            Stmt::Return(value, site) => {
                let spot = self.spot(*site);
                let value = match value {
                    Some(value) => self.eval(value)?,
                    None => Value::of(Data::None),
                };
                // A lambda's value stays at its use: it has no statement of its own to point at.
                let lambda = self.frames.last().and_then(|frame| frame.function.as_ref());
                let lambda = lambda.is_some_and(|closure| closure.function.name == "<lambda>");
                let passes_on = lambda || !is_setting(&value) || self.only_converts(&value);
                let value = if passes_on { value } else { value.at(spot) };
                return Ok(Flow::Return(value));
            }
            Stmt::If(branches, orelse) => return self.if_chain(branches, orelse),
            Stmt::While(test, body, orelse) => return self.while_loop(test, body, orelse),
            Stmt::For(target, iterable, body, orelse) => return self.for_loop(target, iterable, body, orelse),
            Stmt::Try(parts) => return self.try_stmt(parts),
            Stmt::With(items, body) => return self.with_block(items, body),
            Stmt::Import(names) => self.import(names)?,
            Stmt::ImportFrom(import) => self.import_from(import)?,
            Stmt::Global(names) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.globals.extend(names.iter().cloned());
                }
            }
            Stmt::Nonlocal(names) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.nonlocals.extend(names.iter().cloned());
                }
            }
            Stmt::Delete(targets) => {
                for target in targets {
                    self.delete(target)?;
                }
            }
            Stmt::Raise(value) => return Err(self.raise(value.as_ref())?),
            Stmt::Assert(test) => {
                let value = self.eval(test)?;
                if self.truth(&value) == Some(false) {
                    return Err(Stop::Raise(Name::new_static("AssertionError")));
                }
            }
            Stmt::Match(subject, cases) => return self.match_stmt(subject, cases),
            Stmt::Break => return Ok(Flow::Break),
            Stmt::Continue => return Ok(Flow::Continue),
            Stmt::Pass => {}
        }
        Ok(Flow::Next)
    }

    fn if_chain(&mut self, branches: &[(Expr, Vec<Stmt>)], orelse: &[Stmt]) -> Eval<Flow> {
        let Some(((test, body), rest)) = branches.split_first() else { return self.block(orelse) };
        let value = self.eval(test)?;
        match self.truth_at(&value, test) {
            Some(true) => self.tainted_block(&value, body),
            Some(false) => {
                if rest.is_empty() {
                    self.tainted_block(&value, orelse)
                } else {
                    self.if_chain(rest, orelse)
                }
            }
            None if rest.is_empty() && orelse.is_empty() && self.calls_optional(test, body)? => self.block(body),
            None => self.fork(|machine| machine.block(body), |machine| machine.nested(|m| m.if_chain(rest, orelse))),
        }
    }

    /// Whether a block calls nothing but the library of which the test asks whether it is installed: it is, as those are that
    /// a program uses.
    fn calls_optional(&mut self, test: &Expr, body: &[Stmt]) -> Eval<bool> {
        let tested = match &test.kind {
            ExprKind::Compare(first, rest) => match rest.as_slice() {
                [(CompareOp::IsNot | CompareOp::NotEq, none)] if none.kind == ExprKind::None => first,
                _ => return Ok(false),
            },
            _ => test,
        };
        let ExprKind::Name(name) = &tested.kind else { return Ok(false) };
        let value = self.load_name(name)?;
        let Some(package) = value.may_miss() else { return Ok(false) };
        for stmt in body {
            let (Stmt::Expr(value) | Stmt::Assign(_, value)) = stmt else { return Ok(false) };
            let Some(name) = called_by(value) else { return Ok(false) };
            if self.load_name(name)?.used().as_library().and_then(package_of) != Some(package) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Runs a block that was chosen by a value: what it decides depends on the same environment.
    fn tainted_block(&mut self, value: &Value, body: &[Stmt]) -> Eval<Flow> {
        let Some(from) = value.from.as_ref().filter(|from| !from.env.is_empty()) else { return self.block(body) };
        let before = self.launches.len();
        let text = value.as_str().is_some() || from.text;
        let flow = self.block(body)?;
        for launch in &mut self.launches[before..] {
            launch.depends_on(&from.env, text);
        }
        if let Flow::Return(result) = flow {
            let mut joined = Value::derived(result.data.clone(), &[&result, value]);
            if let (Some(old), Some(new)) = (&result.from, &mut joined.from) {
                let new = Rc::make_mut(new);
                let within = old.origin.is_some_and(|origin| self.is_within_function(origin));
                new.origin = old.origin.filter(|_| !within || !self.only_converts(value));
                new.via = old.via;
            }
            return Ok(Flow::Return(joined));
        }
        Ok(flow)
    }

    /// Whether a place is in the body of the function that runs.
    fn is_within_function(&self, spot: Spot) -> bool {
        let function = self.frames.last().and_then(|frame| frame.function.as_ref());
        function.is_some_and(|closure| {
            (closure.file, closure.unit) == (spot.file, spot.unit) && closure.function.inner.contains(&spot.site)
        })
    }

    /// Whether the function that runs only converts this value (`str2bool`): what it depends on was looked up elsewhere,
    /// or for its caller. Then the place to change is there and not in the function.
    fn only_converts(&self, value: &Value) -> bool {
        let inside = self.frames.last().is_some_and(|frame| frame.function.is_some());
        let env = value.from.as_ref().map_or(&[][..], |from| &from.env);
        inside && !env.is_empty() && !env.iter().any(|lookup| self.is_within_function(lookup.spot))
    }

    /// Whether a value was given to the function that runs, and where.
    pub fn given(&self, value: &Value) -> Option<Spot> {
        let frame = self.frames.last()?;
        let (origin, scope) = (value.origin()?, self.scope(frame.scope)?);
        let params = &frame.function.as_ref()?.function.params;
        let given = params.iter().filter_map(|param| scope.vars.get(&param.name)?.origin());
        given.into_iter().any(|spot| spot == origin).then_some(origin)
    }

    /// Runs two continuations of which one happens, and joins what they leave.
    pub fn fork(
        &mut self,
        first: impl FnOnce(&mut Self) -> Eval<Flow>,
        second: impl FnOnce(&mut Self) -> Eval<Flow>,
    ) -> Eval<Flow> {
        let mut saved = self.state.clone();
        let mark = self.written.len();
        self.maybe += 1;
        let a = first(self);
        // Objects made on the two paths must not share a number.
        while saved.heap.len() < self.state.heap.len() {
            saved.heap.push_back_mut(None);
        }
        let shared = saved.heap.len();
        let left = std::mem::replace(&mut self.state, saved);
        let b = second(self);
        self.maybe -= 1;
        match (a, b) {
            (Err(stop), Err(_)) => Err(stop),
            (Err(_), Ok(flow)) => Ok(flow),
            (Ok(flow), Err(_)) => {
                self.state = left;
                Ok(flow)
            }
            (Ok(Flow::Return(a)), Ok(Flow::Return(b))) => {
                self.join_with(left, mark, shared);
                Ok(Flow::Return(Value::join(&a, &b)))
            }
            (Ok(Flow::Return(value)), Ok(flow)) => {
                self.keep(left, value, mark);
                Ok(flow)
            }
            (Ok(flow), Ok(Flow::Return(value))) => {
                let right = std::mem::replace(&mut self.state, left);
                while self.state.heap.len() < right.heap.len() {
                    self.state.heap.push_back_mut(None);
                }
                self.keep(right, value, mark);
                Ok(flow)
            }
            (Ok(a), Ok(b)) => {
                self.join_with(left, mark, shared);
                Ok(if a == b { a } else { Flow::Next })
            }
        }
    }

    /// Joins another path into this one: of the objects that were there before the paths parted only those that one of
    /// them wrote can differ, and those made since are on one path only.
    fn join_with(&mut self, other: State, mark: usize, shared: usize) {
        let mut ids: Vec<Id> = self.written[mark..].iter().copied().filter(|id| *id < shared).collect();
        ids.sort_unstable();
        ids.dedup();
        let state = std::mem::take(&mut self.state);
        self.state = State::join(state, other, &ids);
    }

    fn keep(&mut self, state: State, value: Value, mark: usize) {
        if let Some(frame) = self.frames.last_mut()
            && frame.pending.len() < 8
        {
            frame.pending.push((state, value, mark));
        }
    }

    /// Joins the paths of a finished frame that returned earlier with the one that came to the end.
    pub fn settle_returns(&mut self, frame: Frame, value: Value) -> Value {
        let mut value = value;
        for (state, returned, mark) in frame.pending {
            value = Value::join(&value, &returned);
            let shared = state.heap.len();
            self.join_with(state, mark, shared);
        }
        value
    }

    /// What a function gives that ends with an exception unless it returned before: then it returned.
    pub fn settle_raise(&mut self, mut frame: Frame, stop: Stop) -> Eval<Value> {
        if stop == Stop::Limit || frame.pending.is_empty() {
            return Err(stop);
        }
        let (mut state, value, _) = frame.pending.remove(0);
        // Objects made since must not be taken for those that are made from here on.
        while state.heap.len() < self.state.heap.len() {
            state.heap.push_back_mut(None);
        }
        self.state = state;
        Ok(self.settle_returns(frame, value))
    }

    fn while_loop(&mut self, test: &Expr, body: &[Stmt], orelse: &[Stmt]) -> Eval<Flow> {
        for _ in 0..MAX_ROUNDS {
            let value = self.eval(test)?;
            match self.truth_at(&value, test) {
                Some(true) => match self.block(body)? {
                    Flow::Break => return Ok(Flow::Next),
                    flow @ Flow::Return(_) => return Ok(flow),
                    Flow::Next | Flow::Continue => {}
                },
                Some(false) => return self.block(orelse),
                None => {
                    let flow = self.fork(|machine| machine.block(body), |_| Ok(Flow::Next))?;
                    return Ok(if let Flow::Return(_) = flow { flow } else { Flow::Next });
                }
            }
        }
        Ok(Flow::Next)
    }

    fn for_loop(&mut self, target: &Target, iterable: &Expr, body: &[Stmt], orelse: &[Stmt]) -> Eval<Flow> {
        let spot = self.spot(iterable.site);
        let value = self.eval(iterable)?;
        if let Some(generator) = self.as_generator(&value) {
            return self.generator_loop(target, generator, spot, body, orelse);
        }
        let value = self.exhausted(value)?;
        let value = self.iterated(value);
        let Some(items) = self.items(&value).filter(|items| items.len() <= MAX_ROUNDS) else {
            let flow = self.fork(
                |machine| {
                    machine.assign(target, Value::UNKNOWN, spot)?;
                    machine.block(body)
                },
                |_| Ok(Flow::Next),
            )?;
            return Ok(if let Flow::Return(_) = flow { flow } else { Flow::Next });
        };
        for item in items {
            let spot = item.literal_or(spot);
            self.assign(target, item, spot)?;
            match self.block(body)? {
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
                Flow::Next | Flow::Continue => {}
            }
        }
        self.block(orelse)
    }

    /// A loop over a generator, which runs between the rounds.
    fn generator_loop(
        &mut self,
        target: &Target,
        generator: Id,
        spot: Spot,
        body: &[Stmt],
        orelse: &[Stmt],
    ) -> Eval<Flow> {
        for _ in 0..MAX_ROUNDS {
            let Some(item) = self.advance(generator, Value::of(Data::None))? else { return self.block(orelse) };
            let spot = item.literal_or(spot);
            self.assign(target, item, spot)?;
            match self.block(body)? {
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
                Flow::Next | Flow::Continue => {}
            }
        }
        Ok(Flow::Next)
    }

    fn match_stmt(&mut self, subject: &Expr, cases: &[Case]) -> Eval<Flow> {
        let value = self.eval(subject)?;
        self.match_cases(&value, cases)
    }

    fn match_cases(&mut self, value: &Value, cases: &[Case]) -> Eval<Flow> {
        let Some((case, rest)) = cases.split_first() else { return Ok(Flow::Next) };
        let mut verdict = self.matches(&case.pattern, value)?;
        if verdict != Some(false)
            && let Some(guard) = &case.guard
        {
            let guard = self.eval(guard)?;
            verdict = match (verdict, self.truth(&guard)) {
                (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        match verdict {
            Some(true) => self.tainted_block(value, &case.body),
            Some(false) => self.match_cases(value, rest),
            None => self.fork(|machine| machine.block(&case.body), |m| m.nested(|m| m.match_cases(value, rest))),
        }
    }

    fn matches(&mut self, pattern: &Pattern, value: &Value) -> Eval<Option<bool>> {
        Ok(match pattern {
            Pattern::Wildcard => Some(true),
            Pattern::Capture(name) => {
                let spot = self.spot(0);
                self.assign(&Target::Name(name.clone()), value.clone(), spot)?;
                Some(true)
            }
            Pattern::Value(expr) => {
                let expected = self.eval(expr)?;
                // A subject that is not known is taken not to be the one word that is asked for.
                Some(self.equal(value, &expected).unwrap_or(false))
            }
            Pattern::Any(patterns) => {
                for pattern in patterns {
                    if self.matches(pattern, value)? == Some(true) {
                        return Ok(Some(true));
                    }
                }
                Some(false)
            }
            Pattern::As(inner, name) => {
                let verdict = self.matches(inner, value)?;
                let spot = self.spot(0);
                self.assign(&Target::Name(name.clone()), value.clone(), spot)?;
                verdict
            }
            Pattern::Sequence(patterns) => {
                if value.as_str().is_some() || self.entries_of(value).is_some() {
                    return Ok(Some(false));
                }
                let Some(mut items) = self.items(value) else { return Ok(None) };
                let rest = patterns.iter().position(|pattern| matches!(pattern, Pattern::Rest(_)));
                let fits = match rest {
                    Some(_) => items.len() + 1 >= patterns.len(),
                    None => items.len() == patterns.len(),
                };
                if !fits {
                    return Ok(Some(false));
                }
                if let Some(at) = rest {
                    // The rest is one item of its own, a list.
                    let end = at + items.len() + 1 - patterns.len();
                    let inner = items.splice(at..end, [Value::UNKNOWN]).collect();
                    items[at] = Value::of(Data::List(self.alloc(Object::List(List { items: inner, open: false }))));
                }
                let mut verdict = Some(true);
                for (pattern, item) in patterns.iter().zip(&items) {
                    match self.matches(pattern, item)? {
                        Some(true) => {}
                        Some(false) => return Ok(Some(false)),
                        None => verdict = None,
                    }
                }
                verdict
            }
            Pattern::Mapping(pairs, rest) => return self.matches_mapping(pairs, rest.as_ref(), value),
            Pattern::Rest(name) => {
                if let Some(name) = name {
                    let spot = self.spot(0);
                    self.assign(&Target::Name(name.clone()), value.clone(), spot)?;
                }
                Some(true)
            }
            Pattern::Unknown => None,
        })
    }

    fn matches_mapping(&mut self, pairs: &[(Expr, Pattern)], rest: Option<&Name>, value: &Value) -> Eval<Option<bool>> {
        let Some(id) = self.entries_of(value) else {
            return Ok(if value.data == Data::Unknown { None } else { Some(false) });
        };
        let Some(mut left) = self.dict(id).map(|dict| Dict { config: false, mirror: None, ..dict.clone() }) else {
            return Ok(None);
        };
        let mut verdict = Some(true);
        for (key, pattern) in pairs {
            let key = self.eval(key)?;
            let Some(at) = left.entries.iter().position(|(known, _)| known.data == key.data) else {
                return Ok(if left.open { None } else { Some(false) });
            };
            let item = left.entries.remove(at).1;
            match self.matches(pattern, &item)? {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => verdict = None,
            }
        }
        if let Some(name) = rest {
            let spot = self.spot(0);
            let rest = Value::of(Data::Dict(self.alloc(Object::Dict(left))));
            self.assign(&Target::Name(name.clone()), rest, spot)?;
        }
        Ok(verdict)
    }
}

impl Frame {
    /// A frame of a module, class body or function.
    pub fn new(file: FileId, unit: UnitId, scope: Id) -> Frame {
        Frame {
            file,
            unit,
            scope,
            function: None,
            class: None,
            globals: BTreeSet::new(),
            nonlocals: BTreeSet::new(),
            fixed: None,
            yields: None,
            inner: None,
            outcome: None,
            pending: Vec::new(),
        }
    }
}

impl State {
    /// What two paths have in common; `ids` are the objects that may differ.
    fn join(mut a: State, b: State, ids: &[Id]) -> State {
        while a.heap.len() < b.heap.len() {
            a.heap.push_back_mut(None);
        }
        for id in ids {
            let (Some(Some(right)), Some(slot)) = (b.heap.get(*id), a.heap.get_mut(*id)) else { continue };
            match slot {
                Some(left) if !Rc::ptr_eq(left, right) && *left != *right => join_objects(Rc::make_mut(left), right),
                Some(_) => {}
                None => *slot = Some(right.clone()),
            }
        }
        // What only one path made: the other has holes there.
        for id in (0..b.heap.len()).rev() {
            match (b.heap.get(id), a.heap.get(id)) {
                (Some(Some(right)), Some(None)) => drop(a.heap.set_mut(id, Some(right.clone()))),
                (Some(None), _) => {}
                _ => break,
            }
        }
        for (file, scope) in b.modules {
            a.modules.entry(file).or_insert(scope);
        }
        for (file, late) in b.late {
            let mine = a.late.entry(file).or_default();
            if !Arc::ptr_eq(mine, &late) {
                Arc::make_mut(mine).add(&late);
            }
        }
        for (member, id) in b.members {
            a.members.entry(member).or_insert(id);
        }
        for (signal, id) in b.signals {
            a.signals.entry(signal).or_insert(id);
        }
        join_maps(&mut a.env, &b.env);
        join_maps(&mut a.patches, &b.patches);
        for app in b.apps {
            if !a.apps.contains(&app) {
                a.apps.push(app);
            }
        }
        a
    }
}

/// The name whose function, or whose part, an expression calls.
fn called_by(expr: &Expr) -> Option<&Name> {
    let ExprKind::Call(call) = &expr.kind else { return None };
    let mut object = &call.function;
    while let ExprKind::Attribute(inner, _) = &object.kind {
        object = inner;
    }
    if let ExprKind::Name(name) = &object.kind { Some(name) } else { None }
}

fn join_maps(a: &mut BTreeMap<Name, Value>, b: &BTreeMap<Name, Value>) {
    for (name, value) in a.iter_mut() {
        *value = b.get(name).map_or_else(|| Value::derived(Data::Unknown, &[value]), |other| Value::join(value, other));
    }
    for (name, value) in b {
        a.entry(name.clone()).or_insert_with(|| Value::derived(Data::Unknown, &[value]));
    }
}

fn join_objects(a: &mut Object, b: &Object) {
    match (a, b) {
        (Object::Scope(a), Object::Scope(b)) => {
            // A name that only one path bound is there afterwards, or the next use of it raises.
            for (name, value) in &b.vars {
                match a.vars.get_mut(name) {
                    Some(mine) => *mine = Value::join(mine, value),
                    None => drop(a.vars.insert(name.clone(), value.clone())),
                }
            }
            a.open |= b.open;
        }
        (Object::List(a), Object::List(b)) => {
            a.open = true;
            a.items.truncate(a.items.iter().zip(&b.items).take_while(|(x, y)| x.data == y.data).count());
        }
        (Object::Dict(a), Object::Dict(b)) => {
            for (key, value) in &mut a.entries {
                let other = b.entries.iter().find(|(other, _)| other.data == key.data);
                *value = other.map_or(Value::UNKNOWN, |(_, other)| Value::join(value, other));
            }
            for (key, value) in &b.entries {
                if !a.entries.iter().any(|(mine, _)| mine.data == key.data) {
                    a.entries.push((key.clone(), Value::derived(Data::Unknown, &[value])));
                }
            }
            a.open |= b.open;
        }
        (Object::Class(a), Object::Class(b)) => join_maps(&mut a.attrs, &b.attrs),
        (Object::Instance(a), Object::Instance(b)) => join_maps(&mut a.attrs, &b.attrs),
        _ => {}
    }
}

/// Whether a value is one that a setting can have: a plain constant, or something from the environment.
pub(crate) fn is_setting(value: &Value) -> bool {
    matches!(value.data, Data::None | Data::Bool(_) | Data::Int(_) | Data::Float(_) | Data::Str(_) | Data::Bytes(_))
        || value.is_ellipsis()
        || value.from.as_ref().is_some_and(|from| !from.env.is_empty())
}

/// Whether a module is in Python's standard library, as far as programs that start web servers use it.
pub(crate) fn is_standard(module: &str) -> bool {
    const NAMES: &[&str] = &[
        "__future__",
        "abc",
        "argparse",
        "ast",
        "asyncio",
        "atexit",
        "base64",
        "builtins",
        "calendar",
        "collections",
        "concurrent",
        "configparser",
        "contextlib",
        "copy",
        "csv",
        "ctypes",
        "dataclasses",
        "datetime",
        "decimal",
        "distutils",
        "email",
        "enum",
        "errno",
        "functools",
        "getpass",
        "glob",
        "hashlib",
        "hmac",
        "html",
        "http",
        "importlib",
        "inspect",
        "io",
        "ipaddress",
        "itertools",
        "json",
        "logging",
        "math",
        "mimetypes",
        "multiprocessing",
        "operator",
        "optparse",
        "os",
        "pathlib",
        "pickle",
        "platform",
        "pprint",
        "queue",
        "random",
        "re",
        "secrets",
        "shutil",
        "signal",
        "socket",
        "socketserver",
        "sqlite3",
        "ssl",
        "string",
        "struct",
        "subprocess",
        "sys",
        "tempfile",
        "textwrap",
        "threading",
        "time",
        "tomllib",
        "traceback",
        "types",
        "typing",
        "unittest",
        "urllib",
        "uuid",
        "warnings",
        "weakref",
        "webbrowser",
        "wsgiref",
        "xml",
        "zipfile",
        "zoneinfo",
    ];
    let top = module.split('.').next().unwrap_or(module);
    NAMES.binary_search(&top).is_ok()
}
