//! From an exposure to a rule, a place and a kind of fix: small decisions between analysis and findings.
//!
//! It looks at one exposure at a time, and at no file but the one that it stands in.

use std::ops::Range;

use crate::document::{Document, Syntax};
use crate::fix::python::Sink;
use crate::python::value::Means;
use crate::rule::Rule;
use crate::rules::RULES;
use crate::view::{Exposure, Subject};

/// The rule that an exposure belongs to, with its message.
pub(crate) fn claimed(exposure: &Exposure) -> Option<(&'static Rule, String)> {
    RULES.iter().find_map(|rule| (rule.check)(exposure).map(|message| (*rule, message)))
}

/// An argument or pair that spans lines is reported at its value: that is what is on.
pub(crate) fn narrowed(document: &Document, range: Range<usize>) -> Range<usize> {
    let text = document.text(range.clone());
    if !text.contains(['\n', '\r']) {
        return range;
    }
    let Some(Syntax { base, tree }) = document.syntax_around(&range) else { return range };
    let inner = range.start - base..range.end - base;
    let node = tree.root_node().descendant_for_byte_range(inner.start, inner.end);
    let Some(node) = node.filter(|node| node.byte_range() == inner) else { return range };
    match node.kind() {
        "keyword_argument" | "pair" => {
            node.child_by_field_name("value").map_or(range, |value| base + value.start_byte()..base + value.end_byte())
        }
        _ => range,
    }
}

/// What the value at a finding's place switches.
pub(crate) fn sink(exposure: &Exposure) -> Sink {
    match (exposure.subject, exposure.means) {
        (Subject::Pin, _) => Sink::PinOff,
        (Subject::Debugger, Means::Wrapper) => Sink::Wrapper,
        (Subject::Debugger, _) => Sink::Debugger,
        (_, Means::Variable | Means::Flag) => Sink::EnvWrite,
        _ => Sink::Debug,
    }
}
