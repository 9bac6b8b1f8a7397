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
    /// What the constructs around it say.
    around: Around,
}

/// What constructs say that lie in each other. Only the innermost changes, and a script can be inside of very many.
#[derive(Debug, Default, Clone, Copy)]
struct Around {
    is_dead: bool,
    /// Whether one of them is for development.
    development: bool,
    /// Whether one of them is a function.
    is_function: bool,
    /// How many there are up to the innermost that may not run.
    doubtful: Option<usize>,
    count: usize,
}

impl Around {
    /// The same with what another one inside of them says.
    fn and(self, frame: &Frame) -> Around {
        let may = matches!(frame.kind, FrameKind::Branch | FrameKind::Arm | FrameKind::Function);
        let count = self.count + 1;
        Around {
            is_dead: self.is_dead || frame.is_dead,
            development: self.development || frame.development && frame.kind != FrameKind::Condition,
            is_function: self.is_function || frame.kind == FrameKind::Function,
            doubtful: if may && frame.truth != Some(true) { Some(count) } else { self.doubtful },
            count,
        }
    }

    fn all(frames: &[Frame]) -> Around {
        frames.last().map(|frame| frame.around.and(frame)).unwrap_or_default()
    }
}

impl Frame {
    pub(crate) fn new(kind: FrameKind, development: bool) -> Frame {
        Frame {
            kind,
            development,
            otherwise: false,
            is_dead: false,
            truth: None,
            is_taken: false,
            subject: None,
            around: Around::default(),
        }
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
    Around::all(frames).is_dead
}

/// Whether what stands here is for development.
pub(crate) fn is_for_development(frames: &[Frame]) -> bool {
    Around::all(frames).development
}

/// Whether what stands here stands in a function.
pub(crate) fn is_in_function(frames: &[Frame]) -> bool {
    Around::all(frames).is_function
}

/// How many constructs are open in the innermost that may not run.
pub(crate) fn doubtful(frames: &[Frame]) -> Option<usize> {
    Around::all(frames).doubtful
}

/// Goes into a construct.
pub(crate) fn enter(frames: &mut Vec<Frame>, frame: Frame) {
    let around = Around::all(frames);
    frames.push(Frame { around, ..frame });
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
            enter(frames, frame.next(kind));
        }
    };
    match (text, kind) {
        ("esac", Some(FrameKind::Pattern | FrameKind::Arm))
        | ("}", Some(FrameKind::Group | FrameKind::Function))
        | ("fi", Some(FrameKind::Condition | FrameKind::Branch)) => {
            frames.pop();
        }
        (_, Some(FrameKind::Pattern)) => return false,
        ("if", _) => enter(frames, Frame::new(FrameKind::Condition, false)),
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
        ("{", _) => enter(frames, Frame::new(FrameKind::Group, false)),
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
        enter(frames, Frame { subject, truth: Some(false), ..Frame::new(FrameKind::Pattern, false) });
        current.clear();
    } else if current.len() == 3 && bare(first, "function") && bare(last, "{") {
        let development = is_development(current[1].source.text());
        enter(frames, Frame::new(FrameKind::Function, development));
        current.clear();
    }
}

/// Takes an operator between commands.
pub(crate) fn separator(frames: &mut [Frame], operator: &str) {
    let Some(frame) = frames.last_mut() else { return };
    if operator == ";;" && frame.kind == FrameKind::Arm {
        let is_taken = frame.is_taken || frame.truth == Some(true);
        let (subject, around) = (frame.subject.take(), frame.around);
        *frame = Frame { subject, around, is_taken, truth: Some(false), ..Frame::new(FrameKind::Pattern, false) };
    }
}
