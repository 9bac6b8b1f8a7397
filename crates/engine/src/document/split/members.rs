//! The statements in the body of a class, for who looks at some of them alone.

use std::ops::Range;

use memchr::memchr2_iter;
use ropey::Rope;

use super::head::WORD;
use super::{Head, Splitter, is_newline};

/// The parts of a class: its decorators and first line, and the statements of its body, each with its indentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Members {
    pub head: Range<usize>,
    pub body: Vec<Range<usize>>,
}

/// The parts of the class that a top-level statement is; `None` for another one, or one in a line.
pub(in super::super) fn members(rope: &Rope, statement: Range<usize>) -> Option<Members> {
    let mut splitter = Splitter::new(rope, statement.start);
    while splitter.head() == Head::Decorator {
        splitter.logical_line();
        splitter.skip_blank()?;
    }
    if !splitter.is_class() {
        return None;
    }
    splitter.logical_line();
    let mut members = Members { head: statement.start..splitter.end, body: Vec::new() };
    let (mut body, mut last) = (None, Head::Plain);
    while splitter.at < statement.end && splitter.skip_blank() == Some(true) {
        let column = splitter.column();
        let goes_on = match last {
            Head::Decorator => true,
            Head::Compound => splitter.is_clause(),
            _ => false,
        };
        let start = splitter.at - column;
        let is_inner = column > *body.get_or_insert(column);
        if !is_inner {
            last = splitter.head();
        }
        splitter.logical_line();
        match members.body.last_mut() {
            Some(member) if is_inner || goes_on => member.end = splitter.end,
            _ => members.body.push(start..splitter.end),
        }
    }
    (!members.body.is_empty()).then_some(members)
}

impl Splitter<'_> {
    /// How many bytes stand before this one in its line.
    fn column(&self) -> usize {
        // The line begins in the same piece of text, most often.
        let near = self.at.checked_sub(self.base).and_then(|at| self.chunk.get(..at)).unwrap_or_default();
        if let Some(end) = memchr2_iter(b'\r', b'\n', near).next_back() {
            return near.len() - end - 1;
        }
        let before = (0..self.at).rev().map_while(|at| self.rope.get_byte(at));
        before.take_while(|byte| !is_newline(*byte)).count()
    }

    /// Whether a class begins here.
    fn is_class(&mut self) -> bool {
        let mut buffer = [0; WORD];
        let length = self.word(0, &mut buffer);
        &buffer[..length] == b"class"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_its_members() {
        let text = "@a(\n  1)\nclass C(B,\n  D):  # why\n    \"\"\"One\n: two.\n    \"\"\"\n\n    x = [\n1]\n    @p\n    # so\n    def f(self):\n        if x:\n            pass\n        else:\n            pass\n    if y:\n        z = 1\n    else:\n        z = 2\n";
        let rope = Rope::from_str(text);
        let members = members(&rope, 0..text.trim_end().len()).expect("a class");
        assert_eq!(&text[members.head], "@a(\n  1)\nclass C(B,\n  D):");
        let body: Vec<&str> = members.body.into_iter().map(|range| &text[range]).collect();
        assert_eq!(
            body,
            [
                "    \"\"\"One\n: two.\n    \"\"\"",
                "    x = [\n1]",
                "    @p\n    # so\n    def f(self):\n        if x:\n            pass\n        else:\n            pass",
                "    if y:\n        z = 1\n    else:\n        z = 2",
            ]
        );
        for text in ["class C: pass", "def f():\n    x = 1", "class C(", ""] {
            assert_eq!(super::members(&Rope::from_str(text), 0..text.len()), None, "{text}");
        }
    }
}
