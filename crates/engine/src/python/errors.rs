//! Exceptions: which class is a kind of which, what `try` and `with` do with one, and what a handler binds.
//!
//! Most errors that a program could make are taken not to happen: it is there because it works. One that a handler is
//! ready for is part of how it works, and is raised where what is known says so ([`Machine::raise_awaited`]).

use std::rc::Rc;

use super::ir::*;
use super::machine::{Eval, Flow, Machine, Stop, is_standard};
use super::value::*;

/// The builtin exceptions below others than `Exception`, and those of libraries that are kinds of builtin ones.
const BASES: &[(&str, &str)] = &[
    ("BlockingIOError", "OSError"),
    ("BrokenPipeError", "ConnectionError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionError", "OSError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("Exception", "BaseException"),
    ("FileExistsError", "OSError"),
    ("FileNotFoundError", "OSError"),
    ("FloatingPointError", "ArithmeticError"),
    ("GeneratorExit", "BaseException"),
    ("ImportStringError", "ImportError"),
    ("IndentationError", "SyntaxError"),
    ("IndexError", "LookupError"),
    ("IsADirectoryError", "OSError"),
    ("JSONDecodeError", "ValueError"),
    ("KeyError", "LookupError"),
    ("KeyboardInterrupt", "BaseException"),
    ("ModuleNotFoundError", "ImportError"),
    ("NotADirectoryError", "OSError"),
    ("NotImplementedError", "RuntimeError"),
    ("OverflowError", "ArithmeticError"),
    ("PermissionError", "OSError"),
    ("RecursionError", "RuntimeError"),
    ("SystemExit", "BaseException"),
    ("TOMLDecodeError", "ValueError"),
    ("TimeoutError", "OSError"),
    ("UnboundLocalError", "NameError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("UnicodeError", "ValueError"),
    ("ZeroDivisionError", "ArithmeticError"),
];

/// How far up classes are followed.
const MAX_BASES: usize = 16;

/// What ends a process unless somebody catches it.
const EXIT: &str = "SystemExit";

/// Where an exception keeps what it was made with.
pub(crate) const ARGS: Name = Name::new_static("args");

impl Machine<'_> {
    /// `try`
    pub fn try_stmt(&mut self, parts: &Try) -> Eval<Flow> {
        let outside = self.imports_unknown(&parts.body);
        let ready = is_ready(&parts.handlers, "ImportError");
        self.guarded += u32::from(ready);
        let awaited = parts.handlers.iter().flat_map(|handler| match &handler.catches {
            Some(catches) => names_of(catches),
            None => vec![Name::new_static("BaseException")],
        });
        let result = self.awaiting(awaited.collect(), |machine| machine.block(&parts.body));
        self.guarded -= u32::from(ready);
        if result == Err(Stop::Pause) {
            return result;
        }
        let raised = result.is_err();
        let result = match result {
            Ok(Flow::Next) => self.block(&parts.orelse),
            Err(Stop::Raise(class)) => self.handled(&parts.handlers, &class).unwrap_or(Err(Stop::Raise(class))),
            Err(Stop::Exit) => self.handled(&parts.handlers, EXIT).unwrap_or(Err(Stop::Exit)),
            other => other,
        };
        // A library that is not part of the project may be missing where the program runs.
        if outside
            && ready
            && !raised
            && result.is_ok()
            && let Some(handler) = self.handler(&parts.handlers, "ImportError")
        {
            let done = result.clone();
            let body = handler.body.clone();
            let flow = self.fork(|_| done, |machine| machine.block(&body))?;
            self.note_flags(&parts.body, &body)?;
            self.block(&parts.finally)?;
            return Ok(flow);
        }
        if result == Err(Stop::Pause) {
            return result;
        }
        match self.block(&parts.finally)? {
            Flow::Next => result,
            flow => Ok(flow),
        }
    }

    /// Runs the handler that catches an exception of this class; `None` where none does.
    fn handled(&mut self, handlers: &[Handler], class: &str) -> Option<Eval<Flow>> {
        let handler = self.handler(handlers, class)?;
        let exception = self.raised.take().filter(|raised| self.class_of_exception(raised).as_deref() == Some(class));
        if let Some(name) = &handler.name {
            let spot = self.spot(0);
            let value = exception.clone().unwrap_or(Value::UNKNOWN);
            if let Err(stop) = self.assign(&Target::Name(name.clone()), value, spot) {
                return Some(Err(stop));
            }
        }
        self.handling.push((Name::from(class), exception));
        let result = self.block(&handler.body);
        self.handling.pop();
        Some(result)
    }

    /// Runs something that errors of these classes do not surprise.
    pub fn awaiting<T>(&mut self, classes: Vec<Name>, run: impl FnOnce(&mut Self) -> T) -> T {
        self.awaited.push(classes);
        let result = run(self);
        self.awaited.pop();
        result
    }

    /// Raises an error for something that is not there, if somebody around is ready for that; whether to look again,
    /// because what was left out of a module may have put it there.
    pub fn raise_absent(&mut self, class: &'static str) -> Eval<bool> {
        if !self.awaits(class) {
            return Ok(false);
        }
        // Once is enough, as long as no more modules come in.
        let modules = self.state.modules.len();
        if std::mem::replace(&mut self.rested, modules) != modules && self.run_rest()? {
            return Ok(true);
        }
        self.raise_awaited(class).map(|()| false)
    }

    /// The same for a name that nothing binds. What mentions a name runs before what uses it: only another module, or what
    /// binds names that are not written there, can have been left out.
    pub fn raise_unbound(&mut self) -> Eval<bool> {
        let is_alone = self.state.modules.len() == 1;
        let binds = |file: FileId| self.files.module(file, |module, _| module.binds_out_of_sight()) != Some(false);
        if is_alone && !self.state.modules.keys().any(|file| binds(*file)) {
            return self.raise_awaited("NameError").map(|()| false);
        }
        self.raise_absent("NameError")
    }

    fn awaits(&self, class: &str) -> bool {
        self.awaited.iter().flatten().any(|caught| is_below(class, caught))
    }

    /// Raises an error that somebody around is ready for; any other is taken not to happen.
    pub fn raise_awaited(&mut self, class: &'static str) -> Eval<()> {
        if !self.awaits(class) {
            return Ok(());
        }
        self.raised = None;
        Err(Stop::Raise(Name::new_static(class)))
    }

    /// `raise`
    pub fn raise(&mut self, value: Option<&Expr>) -> Eval<Stop> {
        let (class, raised) = match value {
            Some(expr) => {
                let value = self.eval(expr)?;
                match self.class_of_exception(&value) {
                    Some(class) => (class, Some(value)),
                    None => (self.called_name(expr)?, None),
                }
            }
            None => self.handling.last().cloned().unwrap_or_default(),
        };
        self.raised = raised;
        Ok(if class == EXIT { Stop::Exit } else { Stop::Raise(class) })
    }

    /// The name of the class that a `raise` calls, where the call itself gives nothing that is known.
    fn called_name(&mut self, expr: &Expr) -> Eval<Name> {
        let ExprKind::Call(call) = &expr.kind else { return Ok(Name::default()) };
        let function = self.eval(&call.function)?;
        Ok(self.class_of_exception(&function).unwrap_or_default())
    }

    /// The name of the class of an exception, given it or its class.
    pub fn class_of_exception(&self, value: &Value) -> Option<Name> {
        match &value.data {
            Data::Instance(id) => self.class_of_exception(&self.instance(*id)?.class.clone()),
            Data::Class(id) => self.class(*id).map(|class| class.name.clone()),
            Data::Library(path) => Some(Name::from(path.rsplit('.').next().unwrap_or_default())),
            _ => None,
        }
    }

    fn handler<'t>(&mut self, handlers: &'t [Handler], class: &str) -> Option<&'t Handler> {
        handlers.iter().find(|handler| match &handler.catches {
            None => true,
            Some(catches) => self.catches(catches, class),
        })
    }

    fn catches(&mut self, expr: &Expr, class: &str) -> bool {
        if let ExprKind::Tuple(parts) = &expr.kind {
            return parts.iter().any(|part| self.catches(part, class));
        }
        match self.eval(expr) {
            Ok(caught) if caught.data != Data::Unknown => self.caught_by(&caught, class),
            _ => match names_of(expr).as_slice() {
                [] => true,
                names => names.iter().any(|name| self.is_kind_of(class, name)),
            },
        }
    }

    /// Whether an exception of a class is caught by a class, or by one of several.
    pub fn caught_by(&self, caught: &Value, class: &str) -> bool {
        match self.items(caught) {
            Some(parts) => parts.iter().any(|part| self.caught_by(part, class)),
            None => self.class_of_exception(caught).is_none_or(|name| self.is_kind_of(class, &name)),
        }
    }

    /// Whether a class of exceptions, by its name, is another one or below it.
    fn is_kind_of(&self, class: &str, caught: &str) -> bool {
        let caught = canonical(caught);
        let mut pending = vec![Name::from(canonical(class))];
        let mut seen = 0;
        while let Some(class) = pending.pop().filter(|_| seen < MAX_BASES) {
            seen += 1;
            // Of one that is not known anything is caught.
            if class.is_empty() || class == caught {
                return true;
            }
            let own = self.class_named(&class).map(|class| class.bases.clone()).unwrap_or_default();
            let before = pending.len();
            pending.extend(own.iter().filter_map(|base| self.class_of_exception(base)));
            if pending.len() == before && class != "BaseException" {
                pending.push(Name::new_static(base_of(&class)));
            }
        }
        false
    }

    /// Whether one of the statements imports something that is neither in the project nor in the standard library.
    /// What is `False` where an import fails says whether what is imported is installed.
    fn note_flags(&mut self, importing: &[Stmt], missing: &[Stmt]) -> Eval<()> {
        let module = importing.iter().find_map(|stmt| match stmt {
            Stmt::ImportFrom(import) => Some(import.module.clone()),
            Stmt::Import(names) => names.first().map(|(name, _)| name.clone()),
            _ => None,
        });
        let Some(module) = module else { return Ok(()) };
        for stmt in missing {
            if let Stmt::Assign(targets, value) = stmt
                && value.kind == ExprKind::Bool(false)
                && let [(Target::Name(name), _)] = targets.as_slice()
            {
                let value = self.load_name(name)?;
                if value.data == Data::Unknown {
                    self.store_name(name, value.flag_of(module.clone()));
                }
            }
        }
        Ok(())
    }

    fn imports_unknown(&mut self, stmts: &[Stmt]) -> bool {
        let Some(file) = self.frames.last().map(|frame| frame.file) else { return false };
        stmts.iter().any(|stmt| match stmt {
            Stmt::ImportFrom(import) => {
                import.level == 0
                    && !is_standard(&import.module)
                    && self.files.resolve(file, 0, &import.module).is_none()
            }
            Stmt::Import(names) => {
                names.iter().any(|(name, _)| !is_standard(name) && self.files.resolve(file, 0, name).is_none())
            }
            _ => false,
        })
    }

    /// An exception of the standard library, with what it is made with.
    pub fn exception(&mut self, path: &str, args: &Args) -> Value {
        let items = args.positional.iter().map(|(value, _)| value.clone()).collect();
        let id = self.new_instance(Value::library(path));
        if let Some(Object::Instance(exception)) = self.object_mut(id) {
            exception.attrs.insert(ARGS, Value::of(Data::Tuple(Rc::new(items))));
        }
        Value::of(Data::Instance(id))
    }

    /// What `str(exception)` gives, where it was made with one argument or none.
    pub fn message(&self, value: &Value) -> Option<Value> {
        let Data::Instance(id) = value.data else { return None };
        let exception = self.instance(id)?;
        match &exception.attrs.get(&ARGS)?.data {
            Data::Tuple(args) if args.len() <= 1 => Some(args.first().cloned().unwrap_or(Value::text(""))),
            _ => None,
        }
    }
}

/// Whether a builtin exception is another one or below it.
fn is_below(class: &str, caught: &str) -> bool {
    let (mut class, caught) = (class, canonical(caught));
    for _ in 0..MAX_BASES {
        if class == caught {
            return true;
        }
        if class == "BaseException" {
            return false;
        }
        class = base_of(class);
    }
    false
}

fn base_of(class: &str) -> &'static str {
    BASES.binary_search_by_key(&class, |row| row.0).map_or("Exception", |at| BASES[at].1)
}

/// Whether the first handler for a builtin exception names what it catches.
fn is_ready(handlers: &[Handler], class: &str) -> bool {
    let names = |catches: &Expr| names_of(catches).iter().any(|name| is_below(class, name));
    let mut fitting = handlers.iter().filter(|handler| handler.catches.as_ref().is_none_or(names));
    fitting.next().is_some_and(|handler| handler.catches.is_some())
}

/// Whether a name is that of a builtin exception.
pub(crate) fn is_exception(name: &str) -> bool {
    name.ends_with("Error") || matches!(name, "Exception" | "StopIteration" | "Warning") || is_below_all(name)
}

fn is_below_all(name: &str) -> bool {
    matches!(name, "BaseException" | "SystemExit" | "KeyboardInterrupt" | "GeneratorExit")
}

/// The name under which a builtin exception with several is known.
fn canonical(name: &str) -> &str {
    if matches!(name, "IOError" | "EnvironmentError" | "WindowsError") { "OSError" } else { name }
}

/// The names that an `except` clause says.
fn names_of(expr: &Expr) -> Vec<Name> {
    match &expr.kind {
        ExprKind::Tuple(parts) => parts.iter().flat_map(names_of).collect(),
        ExprKind::Name(name) | ExprKind::Attribute(_, name) => vec![name.clone()],
        _ => Vec::new(),
    }
}
