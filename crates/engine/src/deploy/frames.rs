//! The constructs that a shell script is inside of: conditions, branches, cases, functions, loops.
//!
//! It runs nothing; which of them are for development is told by their words.

use super::shell::is_development;
use super::words::RawWord;

/// A construct that the script is inside of.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: FrameKind,
    pub(crate) development: bool,
    /// What follows `else` is for development: the condition asks for production.
    pub(crate) otherwise: bool,
}

impl Frame {
    pub(crate) fn new(kind: FrameKind, development: bool) -> Frame {
        Frame { kind, development, otherwise: false }
    }
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

/// Takes the words of a `case` pattern; true when they were one.
pub(crate) fn pattern_word(frames: &mut [Frame], current: &[RawWord]) -> bool {
    let Some(frame) = frames.last_mut().filter(|frame| frame.kind == FrameKind::Pattern) else { return false };
    frame.development |= current.iter().any(|word| is_development(word.source.text()));
    frame.kind = FrameKind::Arm;
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
        let otherwise = frames.pop().is_some_and(|frame| frame.otherwise) && kind == FrameKind::Branch;
        frames.push(Frame::new(kind, otherwise));
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
pub(crate) fn head(frames: &mut Vec<Frame>, current: &mut Vec<RawWord>) {
    let bare = |word: &RawWord, text: &str| word.bare == text.len() && word.source.text() == text;
    let [first, .., last] = current.as_slice() else { return };
    if current.len() == 3 && bare(first, "case") && bare(last, "in") {
        frames.push(Frame::new(FrameKind::Pattern, false));
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
        *frame = Frame::new(FrameKind::Pattern, false);
    }
}
