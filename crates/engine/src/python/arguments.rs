//! Programs that start nothing before they are told what to do: `python manage.py runserver`.
//!
//! The goal: what such a program does when it is told to serve is found, although no file says how it is called. The
//! words come from the program itself, from what it compares its own with. It judges nothing.

use std::collections::BTreeSet;

use super::analysis::{Run, Start, run_once};
use super::files::Files;
use super::ir::Name;
use super::machine::Machine;
use super::value::*;
use crate::deploy::conditions::role_of_task;

/// A word of the command line of which only is known that it is there.
pub(crate) const WORD: &str = "sys.argv word";

/// How many words a program is given.
const MAX_COUNT: usize = 2;

/// How many of the words that it compares are tried.
const MAX_WORDS: usize = 6;

/// The command lines with which a file starts something, each with the run that showed it. Those are left out that are
/// for development or tests by their word: who writes them asks for what follows.
pub(super) fn command_lines(files: &Files, file: FileId) -> Vec<(Start, Run)> {
    let run = |argv: Vec<Value>| {
        let start = Start { argv, ..Start::default() };
        let run = run_once(files, file, &start, &[]);
        (start, run)
    };
    for count in 1..=MAX_COUNT {
        let words = vec![Value::library(WORD); count];
        let (start, told) = run(words.clone());
        if told.launched {
            return vec![(start, told)];
        }
        let tried = told.words.iter().filter(|word| role_of_task(word).is_none()).take(MAX_WORDS);
        let tried = tried.map(|word| run([&[Value::text(word)], &words[1..]].concat()));
        let chosen: Vec<(Start, Run)> = tried.filter(|(_, run)| run.launched).collect();
        if !chosen.is_empty() {
            return chosen;
        }
    }
    Vec::new()
}

impl Machine<'_> {
    /// Notes that a value was compared with another: where one is a word of the command line, the other is what it may be.
    pub(super) fn note_words<'v>(&self, word: &Value, others: impl Iterator<Item = &'v Value>) {
        if word.as_library() == Some(WORD) {
            let mut words = self.words.borrow_mut();
            words.extend(others.filter_map(Value::as_str).map(Name::from));
        }
    }
}

/// The words that a run compared with those of its command line.
pub(crate) type Words = std::cell::RefCell<BTreeSet<Name>>;
