//! The constructs that a shell script is inside of: conditions, branches, cases, functions, loops.
//!
//! It runs nothing; which of them are for development is told by their words.

use super::conditions::is_development;
use super::words::RawWord;

/// A construct that the script is inside of.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: FrameKind,
    pub(crate) development: bool,
    /// What follows `else` is for development: the condition asks for production.
    pub(crate) otherwise: bool,
    /// Whether what is inside never runs, by what the script itself says.
    pub(crate) is_dead: bool,
    /// Whether the condition holds, as far as it is known.
    pub(crate) truth: Option<bool>,
    /// Whether an earlier branch or arm is certain to run instead of the others.
    is_taken: bool,
    /// What `case` compares, where that is known.
    subject: Option<String>,
}

impl Frame {
    pub(crate) fn new(kind: FrameKind, development: bool) -> Frame {
        Frame { kind, development, otherwise: false, is_dead: false, truth: None, is_taken: false, subject: None }
    }

    /// The part of an `if` that follows this one.
    fn next(&self, kind: FrameKind) -> Frame {
        let is_taken = self.is_taken || (self.truth == Some(true) && !self.is_dead);
        let otherwise = self.otherwise && kind == FrameKind::Branch;
        Frame { is_taken, is_dead: is_taken && kind == FrameKind::Branch, ..Frame::new(kind, otherwise) }
    }

    /// Takes one pattern of an arm: `truth` tells whether one of those before it matches.
    fn alternative(&mut self, word: &RawWord) {
        let Some(subject) = &self.subject else { return };
        let pattern = word.source.text();
        let is_match = match pattern {
            "*" => Some(true),
            _ if pattern.contains(['*', '?', '[', '$', '`']) => None,
            _ => Some(pattern == subject),
        };
        self.truth = match (self.truth, is_match) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        };
    }
}

/// Whether what stands here never runs.
pub(crate) fn is_dead(frames: &[Frame]) -> bool {
    frames.iter().any(|frame| frame.is_dead)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// Between `if` or `elif` and `then`.
    Condition,
    /// Between `then` or `else` and `fi`.
    Branch,
    /// Before the `)` of a pattern.
    Pattern,
    /// Between that and `;;`.
    Arm,
    /// A function's body.
    Function,
    /// `{`, a loop, a subshell.
    Group,
}

/// Whether the words are the name of a function whose `(` follows.
pub(crate) fn function_name(current: &[RawWord]) -> bool {
    let [words @ .., last] = current else { return false };
    let named = last.bare == last.source.text().len() && !last.source.text().contains('=');
    named && (words.is_empty() || (words.len() == 1 && words[0].source.text() == "function"))
}

/// Whether a pattern of `case` is being read.
pub(crate) fn in_pattern(frames: &[Frame]) -> bool {
    frames.last().is_some_and(|frame| frame.kind == FrameKind::Pattern)
}

/// Takes the words of a `case` pattern, which ends at `)` and has others behind it at `|`; true when they were one.
pub(crate) fn pattern_word(frames: &mut [Frame], current: &[RawWord], operator: &str) -> bool {
    let Some(frame) = frames.last_mut().filter(|frame| frame.kind == FrameKind::Pattern) else { return false };
    current.iter().for_each(|word| frame.alternative(word));
    if operator == ")" {
        frame.development |= current.iter().any(|word| is_development(word.source.text()));
        frame.is_dead = frame.subject.is_some() && (frame.is_taken || frame.truth == Some(false));
        frame.kind = FrameKind::Arm;
    }
    true
}

/// Takes a reserved word that stands where a command begins; true when it was one.
pub(crate) fn keyword(frames: &mut Vec<Frame>, word: &RawWord) -> bool {
    let text = word.source.text();
    if word.bare != text.len() {
        return false;
    }
    let kind = frames.last().map(|frame| frame.kind);
    let mut replace = |kind| {
        if let Some(frame) = frames.pop() {
            frames.push(frame.next(kind));
        }
    };
    match (text, kind) {
        ("esac", Some(FrameKind::Pattern | FrameKind::Arm))
        | ("}", Some(FrameKind::Group | FrameKind::Function))
        | ("fi", Some(FrameKind::Condition | FrameKind::Branch)) => {
            frames.pop();
        }
        (_, Some(FrameKind::Pattern)) => return false,
        ("if", _) => frames.push(Frame::new(FrameKind::Condition, false)),
        ("then", Some(FrameKind::Condition)) => {
            // What the condition says holds for the branch.
            if let Some(frame) = frames.last_mut() {
                frame.kind = FrameKind::Branch;
                frame.is_dead = frame.is_taken || frame.truth == Some(false);
            }
        }
        ("elif", Some(_)) => replace(FrameKind::Condition),
        ("else", Some(_)) => replace(FrameKind::Branch),
        // The brace of `name() {` opens the function that is waiting for it.
        ("{", Some(FrameKind::Function)) => {}
        ("{", _) => frames.push(Frame::new(FrameKind::Group, false)),
        ("while" | "until" | "do" | "done" | "then" | "!" | "time" | "}" | "fi" | "elif" | "else" | "esac", _) => {}
        _ => return false,
    }
    true
}

/// Drops the heads of `for x in a b` and `case x in`, which are no commands.
pub(crate) fn head(frames: &mut Vec<Frame>, current: &mut Vec<RawWord>, known: impl Fn(&RawWord) -> Option<String>) {
    let bare = |word: &RawWord, text: &str| word.bare == text.len() && word.source.text() == text;
    let [first, .., last] = current.as_slice() else { return };
    if current.len() == 3 && bare(first, "case") && bare(last, "in") {
        let subject = known(&current[1]);
        frames.push(Frame { subject, truth: Some(false), ..Frame::new(FrameKind::Pattern, false) });
        current.clear();
    } else if current.len() == 3 && bare(first, "function") && bare(last, "{") {
        let development = is_development(current[1].source.text());
        frames.push(Frame::new(FrameKind::Function, development));
        current.clear();
    }
}

/// Takes an operator between commands.
pub(crate) fn separator(frames: &mut [Frame], operator: &str) {
    let Some(frame) = frames.last_mut() else { return };
    if operator == ";;" && frame.kind == FrameKind::Arm {
        let is_taken = frame.is_taken || frame.truth == Some(true);
        let subject = frame.subject.take();
        *frame = Frame { subject, is_taken, truth: Some(false), ..Frame::new(FrameKind::Pattern, false) };
    }
}
