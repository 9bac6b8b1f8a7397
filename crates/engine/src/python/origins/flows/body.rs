//! A long function, of which only the lines are lowered that somebody asks for.
//!
//! What passes one of its names is written in a line that has the name; what a function gives back, in one that says so.
//! Without this most of the time goes into lines that nobody asks for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::super::changes::{binds_by_walrus, may_set};
use super::super::members::Asked;
use super::scopes::{Scope, local_names};
use crate::document::{Form, Line, Lines};
use crate::python::ir::{Name, Stmt};
use crate::python::lower::lower_part;
use crate::python::words;

/// A function that is longer, in bytes, is lowered in parts.
const LONG: usize = 1_200;

/// The function, and what became of its lines.
pub(in super::super) struct Body {
    /// Its text without comments.
    code: String,
    lines: Lines,
    /// The hashes of all words in it, each with the line that has it, sorted.
    words: Vec<(u32, u32)>,
    /// What is lowered apart has a number of its own: this one and as many more as there are lines.
    first: u32,
    state: RefCell<State>,
}

struct State {
    lines: Vec<Lowered>,
    /// The names of its own that are known, and those that somebody asked for.
    names: BTreeSet<Name>,
    asked: FxHashSet<Name>,
    /// Its scope and its class, once its first line was read.
    scope: Option<(Scope, Option<Name>)>,
}

/// What became of a line.
#[derive(Clone)]
enum Lowered {
    /// It is still a text.
    Not,
    /// Somebody asked what it binds.
    Asked(Rc<Vec<Stmt>>),
    /// Its values flow.
    Flows,
}

/// Statements, with the number that tells their functions from those of others.
pub(in super::super) type Numbered = (u32, Rc<Vec<Stmt>>);

impl Body {
    /// The function that a text is, where it is long; nothing where its lines cannot be told apart. `first` is the first
    /// of as many numbers as it has lines.
    pub fn of(text: &str, first: u32) -> Option<Body> {
        if text.len() < LONG {
            return None;
        }
        let code = words::code(text);
        let lines = Lines::of(&code)?;
        let mut pairs = Vec::new();
        for (at, line) in (0..).zip(&lines.body) {
            pairs.extend(words::all(&code[line.range.clone()]).into_iter().map(|word| (word, at)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let state =
            State { lines: Vec::new(), names: BTreeSet::new(), asked: FxHashSet::default(), scope: None };
        let state = State { lines: vec![Lowered::Not; lines.body.len()], ..state };
        let body = Body { code, lines, words: pairs, first, state: RefCell::new(state) };
        // Elsewhere such a function binds names that are none of its own.
        (!body.has("global")).then_some(body)
    }

    fn has(&self, word: &str) -> bool {
        !self.naming(word).is_empty()
    }

    /// How many numbers it takes.
    pub fn numbers(&self) -> u32 {
        self.lines.body.len() as u32
    }

    /// Its decorators and its first line, with nothing behind it.
    pub fn head(&self) -> String {
        format!("{} pass\n", &self.code[self.lines.head.clone()])
    }

    /// The lines that begin functions and classes, each with its body.
    pub fn definitions(&self) -> impl Iterator<Item = &str> {
        let lines = self.lines.body.iter().filter(|line| matches!(line.form, Form::Definition(_)));
        lines.map(|line| &self.code[line.range.clone()])
    }

    /// Keeps what the first line says; its number.
    pub(super) fn open(&self, scope: Scope, class: Option<Name>) {
        self.state.borrow_mut().scope = Some((scope, class));
    }

    /// Its scope and its class.
    pub(super) fn scope(self: &Rc<Body>) -> Option<(Scope, Option<Name>)> {
        let (mut scope, class) = self.state.borrow().scope.clone()?;
        scope.body = Some(self.clone());
        Some((scope, class))
    }

    /// The number by which its names are told from those of other functions.
    pub fn number(&self) -> Option<u64> {
        self.state.borrow().scope.as_ref().map(|(scope, _)| scope.number)
    }

    /// The lines that say what it gives back, or what the class above it is made of.
    pub fn results(&self) -> Vec<Numbered> {
        let is_result = |at: &u32| !matches!(self.lines.body[*at as usize].form, Form::Definition(_));
        let lines = ["return", "yield", "super"].into_iter().flat_map(|word| self.naming(word)).filter(is_result);
        self.take(lines.collect())
    }

    /// The lines that are asked for, as far as nobody asked for them before.
    pub fn asked(&self, asked: &Asked) -> Vec<Numbered> {
        let all = || (0..self.numbers()).collect();
        let lines: Vec<u32> = match asked {
            Asked::Binding => return Vec::new(),
            // One line may name a module, or an attribute, and another bind it.
            Asked::Hidden if asked.is_of(&self.code, &|word| self.has(word)) => return self.take(all()),
            Asked::Hidden => return Vec::new(),
            _ => asked.word().map_or_else(all, |word| self.naming(word)),
        };
        let sets_debug = matches!(asked, Asked::Start(_)) && self.has("setattr") && self.has("debug");
        let is_asked = |at: &u32| {
            let has = |word: &str| self.words.binary_search(&(words::hash(word.as_bytes()), *at)).is_ok();
            asked.is_of(&self.code[self.lines.body[*at as usize].range.clone()], &has) || sets_debug && has("setattr")
        };
        self.take(lines.into_iter().filter(is_asked).collect())
    }

    /// The lines that may put something into one of its names, as far as nobody asked for them before.
    pub fn naming_own(&self, name: &Name) -> Vec<Numbered> {
        let is_asked = |at: &u32| {
            let text = &self.code[self.lines.body[*at as usize].range.clone()];
            self.may_bind(*at, name) || Asked::Change(name.clone()).is_of(text, &|_| true)
        };
        self.take(self.naming(name).into_iter().filter(is_asked).collect())
    }

    /// Whether a name is its own.
    pub fn binds(&self, name: &Name) -> bool {
        let mut state = self.state.borrow_mut();
        if state.names.contains(name) {
            return true;
        }
        if !state.asked.insert(name.clone()) {
            return false;
        }
        for at in self.naming(name) {
            let line = &self.lines.body[at as usize];
            let text = &self.code[line.range.clone()];
            if binds_surely(&self.code, line, name) || binds_by_walrus(text, name) {
                state.names.insert(name.clone());
                return true;
            }
        }
        for at in self.naming(name) {
            // A function binds its own name alone.
            let is_definition = matches!(self.lines.body[at as usize].form, Form::Definition(_));
            if !is_definition && matches!(state.lines[at as usize], Lowered::Not) && self.may_bind(at, name) {
                let stmts = self.lower(&[at], &mut state);
                state.lines[at as usize] = Lowered::Asked(stmts);
            }
        }
        state.names.contains(name)
    }

    /// Whether a line that has a name may bind it.
    fn may_bind(&self, at: u32, name: &str) -> bool {
        let line = &self.lines.body[at as usize];
        let text = &self.code[line.range.clone()];
        line.form == Form::Match
            || may_set(text, name)
            || binds_by_walrus(text, name)
            || self.words.binary_search(&(words::hash(b"import"), at)).is_ok()
    }

    /// The lines that have a word.
    fn naming(&self, word: &str) -> Vec<u32> {
        let word = words::hash(word.as_bytes());
        let first = self.words.partition_point(|(known, _)| *known < word);
        self.words[first..].iter().take_while(|(known, _)| *known == word).map(|(_, at)| *at).collect()
    }

    /// The statements of lines, of those alone that nobody took before.
    fn take(&self, mut lines: Vec<u32>) -> Vec<Numbered> {
        let mut state = self.state.borrow_mut();
        lines.sort_unstable();
        lines.dedup();
        let (mut taken, mut texts) = (Vec::new(), Vec::new());
        for at in lines {
            match std::mem::replace(&mut state.lines[at as usize], Lowered::Flows) {
                Lowered::Not => texts.push(at),
                Lowered::Asked(stmts) => taken.push((self.first + at, stmts)),
                Lowered::Flows => {}
            }
        }
        if let Some(at) = texts.first() {
            taken.push((self.first + at, self.lower(&texts, &mut state)));
        }
        taken
    }

    fn lower(&self, lines: &[u32], state: &mut State) -> Rc<Vec<Stmt>> {
        let mut text = String::new();
        lines.iter().for_each(|at| self.lines.body[*at as usize].write(&self.code, &mut text));
        let stmts = lower_part(&text);
        // Which names are none of its own is said in a line that such a function does not have.
        local_names(&stmts, &mut state.names, &mut BTreeSet::new());
        Rc::new(stmts)
    }
}

/// Whether a line is a function or class of this name, or begins with an assignment to it.
fn binds_surely(code: &str, line: &Line, name: &str) -> bool {
    match &line.form {
        Form::Definition(own) => &code[own.clone()] == name,
        Form::Plain => {
            let text = code[line.range.clone()].trim_start();
            let sign = text.strip_prefix(name).map(str::trim_start);
            sign.is_some_and(|sign| sign.starts_with('=') && !sign.starts_with("=="))
        }
        _ => false,
    }
}
