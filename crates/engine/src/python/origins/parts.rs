//! Long classes and functions, of which only the members and lines are lowered that somebody asks for.
//!
//! What passes a name, an attribute or a parameter is written where its name stands: a part that has none of the names
//! that are asked for has no say. Without this most of the time goes into methods and lines that nobody asks for.

use std::rc::Rc;

use super::super::ir::Name;
use super::super::module::may_bind_out_of_sight;
use super::super::value::FileId;
use super::super::words;
use super::changes::{may_bind, may_change, may_set};
use super::flows::{Body, Flow, Numbered};
use super::hints::{Hints, hands_on};
use super::{LONGEST, Origins};
use crate::document::{Document, Statement};
use crate::python::lower::lower_part;

/// A class that is longer, in bytes, is lowered in parts.
const LONG: usize = 2_000;

/// What is lowered apart has numbers of its own, above those of statements.
const FIRST_PART: u32 = 1 << 30;

/// What is asked of the parts of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    /// No more than what a name is bound to.
    Binding,
    /// What has this word, in whatever way.
    Word(Name),
    /// What may bind an attribute of this name.
    Attribute(Name),
    /// What may change what this name stands for.
    Change(Name),
    /// What binds this name in the body of a class itself.
    Own(Name),
    /// What may start something, or tell it to be in debug mode.
    Start(Hints),
    /// What hands on a mapping as keywords.
    HandsOn,
    /// What may bind any name of the module.
    Hidden,
}

impl Asked {
    /// The word that all have which are asked for.
    pub fn word(&self) -> Option<&Name> {
        match self {
            Asked::Word(name) | Asked::Attribute(name) | Asked::Change(name) | Asked::Own(name) => Some(name),
            Asked::Binding | Asked::Start(_) | Asked::HandsOn | Asked::Hidden => None,
        }
    }

    /// Whether it is asked for this text; `has` says which words are in it.
    pub fn is_of(&self, text: &str, has: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Asked::Binding => false,
            Asked::Word(name) => has(name),
            Asked::Attribute(name) => has(name) && may_set(text, name),
            Asked::Change(name) => has(name) && may_change(text, name),
            Asked::Own(name) => has(name) && !is_definition(text) && may_bind(text, name),
            Asked::Start(hints) => hints.is_start(text),
            Asked::HandsOn => hands_on(text),
            Asked::Hidden => may_bind_out_of_sight(has),
        }
    }
}

/// Whether the statement of a class is a function or another class.
fn is_definition(text: &str) -> bool {
    ["def ", "async ", "class ", "@"].into_iter().any(|word| text.trim_start().starts_with(word))
}

/// A statement of the body of a class, until it is lowered.
pub(super) struct Member {
    pub text: String,
    /// The hashes of all words in it, sorted.
    words: Vec<u32>,
}

impl Member {
    fn new(text: String) -> Member {
        let mut words = words::all(&text);
        words.sort_unstable();
        words.dedup();
        Member { text, words }
    }

    fn is_asked(&self, asked: &Asked) -> bool {
        asked.is_of(&self.text, &|word| self.words.binary_search(&words::hash(word.as_bytes())).is_ok())
    }
}

/// A statement that is lowered in parts.
pub(super) enum Parts {
    Class(Class),
    Function(Rc<Body>),
}

/// A class that is lowered in parts.
pub(super) struct Class {
    name: String,
    /// What was not asked for yet.
    rest: Vec<Member>,
    /// Long methods that were.
    bodies: Vec<Rc<Body>>,
}

impl Class {
    /// The class that a statement is, where it is long, and its decorators and first line.
    fn new(document: &Document, statement: &Statement) -> Option<(Class, String)> {
        if statement.range.len() < LONG {
            return None;
        }
        let name = document.text(statement.name()?).into_owned();
        let members = document.members(statement)?;
        let rest = members.body.into_iter().map(|range| Member::new(document.text(range).into_owned())).collect();
        let head = document.text(members.head).into_owned();
        Some((Class { name, rest, bodies: Vec::new() }, head))
    }

    fn take(&mut self, asked: &Asked) -> Vec<Member> {
        let (taken, rest) = std::mem::take(&mut self.rest).into_iter().partition(|member| member.is_asked(asked));
        self.rest = rest;
        taken
    }
}

impl Origins<'_> {
    /// Lowers what is asked for of a statement, where it is a long class or function. Whether it is.
    pub(super) fn absorb_parts(&mut self, file: FileId, at: usize, asked: &Asked) -> bool {
        let key = (file, at);
        if !self.in_parts.contains_key(&key) {
            if self.absorbed.contains(&key) || !self.open(file, at) {
                return false;
            }
            for before in self.asked.get(&file).cloned().unwrap_or_default() {
                self.absorb_asked(file, at, &before);
            }
        }
        self.absorb_asked(file, at, asked);
        true
    }

    /// Takes a statement in parts, and lowers its first lines. Whether it is one of these.
    fn open(&mut self, file: FileId, at: usize) -> bool {
        let class = self.files.module(file, |_, document| Class::new(document, document.statements().get(at)?));
        if let Some((class, head)) = class.flatten() {
            class.rest.iter().for_each(|member| self.note_functions(file, &member.text));
            self.in_parts.insert((file, at), Parts::Class(class));
            self.absorb_text(file, &format!("{head}\n    pass\n"));
            return true;
        }
        let text = self.files.module(file, |_, document| {
            let statement = document.statements().get(at)?;
            (statement.name().is_some() && statement.range.len() <= LONGEST)
                .then(|| document.text(statement.range.clone()).into_owned())
        });
        let Some(body) = text.flatten().and_then(|text| self.open_body(file, None, &text)) else { return false };
        self.in_parts.insert((file, at), Parts::Function(body));
        true
    }

    /// Takes a function in parts, where it is long, and lowers its first line and what it gives back.
    fn open_body(&mut self, file: FileId, class: Option<&str>, text: &str) -> Option<Rc<Body>> {
        let body = Rc::new(Body::of(text, FIRST_PART + self.numbered + 1)?);
        self.numbered += body.numbers() + 1;
        let head = match class {
            Some(class) => format!("class {class}:\n{}", body.head()),
            None => body.head(),
        };
        let own = FIRST_PART + self.numbered;
        Flow::new(self, file, own).head(&body, &lower_part(&head));
        self.bodies.insert((file, body.number()?), body.clone());
        self.note_functions(file, text);
        self.absorb_lines(file, &body, &body.results());
        Some(body)
    }

    /// Lowers those parts of the statements that were met which are asked for now.
    pub(super) fn ask(&mut self, file: FileId, asked: Asked) {
        let known = self.asked.entry(file).or_default();
        if !known.insert(asked.clone()) {
            return;
        }
        let mut met: Vec<usize> = self.in_parts.keys().filter(|(of, _)| *of == file).map(|(_, at)| *at).collect();
        met.sort_unstable();
        for at in met {
            self.absorb_asked(file, at, &asked);
        }
    }

    fn absorb_asked(&mut self, file: FileId, at: usize, asked: &Asked) {
        let (bodies, members) = match self.in_parts.get_mut(&(file, at)) {
            Some(Parts::Function(body)) => (vec![body.clone()], None),
            Some(Parts::Class(class)) => (class.bodies.clone(), Some((class.name.clone(), class.take(asked)))),
            None => return,
        };
        for body in bodies {
            self.absorb_lines(file, &body, &body.asked(asked));
        }
        let Some((name, members)) = members else { return };
        for member in members {
            self.absorb_member(file, at, &name, &member.text, asked);
        }
    }

    fn absorb_member(&mut self, file: FileId, at: usize, class: &str, text: &str, asked: &Asked) {
        let Some(body) = self.open_body(file, Some(class), text) else {
            return self.absorb_text(file, &format!("class {class}:\n{text}\n"));
        };
        if let Some(Parts::Class(class)) = self.in_parts.get_mut(&(file, at)) {
            class.bodies.push(body.clone());
        }
        for asked in self.asked.get(&file).cloned().unwrap_or_default().iter().chain([asked]) {
            self.absorb_lines(file, &body, &body.asked(asked));
        }
    }

    /// Lowers what may put something into a name of a function that is lowered in parts.
    pub(super) fn absorb_local(&mut self, file: FileId, number: u64, name: &Name) {
        if let Some(body) = self.bodies.get(&(file, number)).cloned() {
            self.absorb_lines(file, &body, &body.naming_own(name));
        }
    }

    fn absorb_lines(&mut self, file: FileId, body: &Rc<Body>, lines: &[Numbered]) {
        for lines in lines {
            Flow::lines(self, file, body, lines);
        }
    }

    fn absorb_text(&mut self, file: FileId, text: &str) {
        self.numbered += 1;
        Flow::new(self, file, FIRST_PART + self.numbered).block(&lower_part(&words::code(text)));
    }
}
