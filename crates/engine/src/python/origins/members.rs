//! Large classes, of which only the members are lowered that somebody asks for.
//!
//! What passes a name, an attribute or a parameter is written where its name stands: a member that has none of the names
//! that are asked for has no say. Without this most of the time goes into methods that nobody asks for.

use super::super::ir::Name;
use super::super::value::FileId;
use super::super::words;
use super::Origins;
use super::changes::{may_change, may_set};
use super::flows::Flow;
use crate::document::{Document, Statement};
use crate::python::lower::lower_part;

/// A class that is longer, in bytes, is lowered in parts.
const LONG: usize = 2_000;

/// What is lowered apart has numbers of its own, above those of statements.
const FIRST_MEMBER: u32 = 1 << 30;

/// What is asked of members.
pub(super) type Wanted<'w> = dyn Fn(&Member) -> bool + 'w;

/// What is asked of all members of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    /// What has this word, in whatever way.
    Word(Name),
    /// What may bind an attribute of this name.
    Attribute(Name),
    /// What may change what this name stands for.
    Change(Name),
}

impl Asked {
    fn is_of(&self, member: &Member) -> bool {
        match self {
            Asked::Word(name) => member.has(name),
            Asked::Attribute(name) => member.has(name) && may_set(&member.text, name),
            Asked::Change(name) => member.has(name) && may_change(&member.text, name),
        }
    }
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

    /// Whether a word is in it.
    pub fn has(&self, name: &str) -> bool {
        self.words.binary_search(&words::hash(name.as_bytes())).is_ok()
    }
}

/// A class that is lowered in parts.
pub(super) struct Class {
    name: String,
    /// What was not asked for yet.
    rest: Vec<Member>,
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
        Some((Class { name, rest }, head))
    }

    fn take(&mut self, wanted: &Wanted<'_>) -> Vec<Member> {
        let (taken, rest) = std::mem::take(&mut self.rest).into_iter().partition(|member| wanted(member));
        self.rest = rest;
        taken
    }
}

impl Origins<'_> {
    /// Lowers what is wanted of a statement, where it is a long class. Whether it is.
    pub(super) fn absorb_members(&mut self, file: FileId, at: usize, wanted: &Wanted<'_>) -> bool {
        let key = (file, at);
        if !self.in_parts.contains_key(&key) {
            if self.absorbed.contains(&key) {
                return false;
            }
            let class = self.files.module(file, |_, document| Class::new(document, document.statements().get(at)?));
            let Some((class, head)) = class.flatten() else { return false };
            class.rest.iter().for_each(|member| self.note_method(file, &member.text));
            self.in_parts.insert(key, class);
            self.absorb_text(file, &format!("{head}\n    pass\n"));
            let asked = self.asked.get(&file).cloned().unwrap_or_default();
            self.absorb_wanted(file, at, &|member| asked.iter().any(|asked| asked.is_of(member)));
        }
        self.absorb_wanted(file, at, wanted);
        true
    }

    /// Lowers those members of the classes that were met which are asked for now.
    pub(super) fn ask(&mut self, file: FileId, asked: Asked) {
        let known = self.asked.entry(file).or_default();
        if !known.insert(asked.clone()) {
            return;
        }
        let classes: Vec<usize> = self.in_parts.keys().filter(|(of, _)| *of == file).map(|(_, at)| *at).collect();
        for at in classes {
            self.absorb_wanted(file, at, &|member| asked.is_of(member));
        }
    }

    fn absorb_wanted(&mut self, file: FileId, at: usize, wanted: &Wanted<'_>) {
        let Some(class) = self.in_parts.get_mut(&(file, at)) else { return };
        let name = class.name.clone();
        for member in class.take(wanted) {
            self.absorb_text(file, &format!("class {name}:\n{}\n", member.text));
        }
    }

    fn absorb_text(&mut self, file: FileId, text: &str) {
        self.members += 1;
        Flow::new(self, file, FIRST_MEMBER + self.members).block(&lower_part(&words::code(text)));
    }

    fn note_method(&mut self, file: FileId, text: &str) {
        let method = text.lines().find_map(|line| {
            let line = line.trim_start();
            line.strip_prefix("async ").unwrap_or(line).trim_start().strip_prefix("def ")
        });
        if let Some(name) = method.and_then(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()) {
            self.note_function(file, &name.into());
        }
    }
}
