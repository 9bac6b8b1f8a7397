//! Writes another value over an expression, in the quotes and the layout of its text.
//!
//! What the value is, others decide.

use memchr::memchr2_iter;
use tree_sitter::Node;

use super::layout::{Patch, indent_step};
use super::lines::{begins_line, ends_line, indentation, is_word, line_break};
use super::site::Source;

/// So many strings tell which quotes a file prefers.
const STRINGS_ASKED: usize = 200;

/// Replaces the expression `value` by `new`; comments inside it are kept. `None` where the text would stay.
pub(super) fn replace(source: Source, value: Node, new: &Expression) -> Option<Patch> {
    if source.of(value) == new.text {
        return None;
    }
    let comments = comments(source, value);
    if !comments.is_empty() {
        let end = line_break(source.text, value.start_byte());
        let outside = indentation(source.text, value.start_byte());
        let inside = format!("{end}{outside}{}", indent_step(source, value));
        let comments = comments.join(&inside);
        return Some((value.byte_range(), format!("({inside}{comments}{inside}{}{end}{outside})", new.text)));
    }
    let text = if new.compares && binds_tighter(value) { format!("({})", new.text) } else { new.text.clone() };
    let touches = |at: Option<usize>, byte: Option<u8>| {
        byte.is_some_and(is_word) && at.and_then(|at| source.text.as_bytes().get(at)).copied().is_some_and(is_word)
    };
    let bytes = text.as_bytes();
    let before = if touches(value.start_byte().checked_sub(1), bytes.first().copied()) { " " } else { "" };
    let after = if touches(Some(value.end_byte()), bytes.last().copied()) { " " } else { "" };
    Some((value.byte_range(), format!("{before}{text}{after}")))
}

/// An expression to write.
pub(super) struct Expression {
    pub text: String,
    /// Whether it is a comparison, which some neighbours would tear apart.
    pub compares: bool,
}

/// True when a comparison in the place of `value` would be read as something else, or is hard to read.
fn binds_tighter(value: Node) -> bool {
    value.parent().is_some_and(|parent| {
        matches!(
            parent.kind(),
            "comparison_operator"
                | "not_operator"
                | "binary_operator"
                | "unary_operator"
                | "attribute"
                | "subscript"
                | "call"
                | "await"
                | "list_splat"
                | "dictionary_splat"
        )
    })
}

fn comments<'a>(source: Source<'a>, value: Node<'a>) -> Vec<&'a str> {
    let mut found = Vec::new();
    if !source.of(value).contains('#') {
        return found;
    }
    let mut pending = vec![value];
    while let Some(node) = pending.pop() {
        if node.kind() == "comment" {
            found.push(source.of(node).trim_end());
        }
        pending.extend(node.children(&mut node.walk()).collect::<Vec<_>>().into_iter().rev());
    }
    found
}

/// Gives one target of `a = b = value` a value of its own: `a = value` and `b = new`, on lines of their own where the
/// statement has one.
pub(super) fn split_chain(source: Source, chain: Node, link: Node, new: &Expression) -> Option<Patch> {
    let text = source.text;
    let target = link.child_by_field_name("left")?;
    let right = link.child_by_field_name("right")?;
    let rest = text.get(chain.start_byte()..target.start_byte())?.to_owned()
        + text.get(right.start_byte()..chain.end_byte())?;
    let own = begins_line(text, chain.start_byte()) && ends_line(text, chain.end_byte());
    let separator = match own {
        true => line_break(text, chain.start_byte()).to_owned() + indentation(text, chain.start_byte()),
        false => "; ".to_owned(),
    };
    Some((chain.byte_range(), format!("{rest}{separator}{} = {}", source.of(target), new.text)))
}

/// The quote to write at a place: the one that the file prefers, unless a string around the place uses it. `None` when
/// strings around it use both.
pub(super) fn quote(source: Source, place: Node) -> Option<char> {
    let around: Vec<char> = std::iter::successors(place.parent(), Node::parent)
        .filter(|ancestor| ancestor.kind() == "string")
        .filter_map(|string| source.of(string).chars().find(|char| matches!(char, '"' | '\'')))
        .collect();
    let preferred = preferred_quote(source);
    let other = if preferred == '"' { '\'' } else { '"' };
    [preferred, other].into_iter().find(|quote| !around.contains(quote))
}

/// The quote of most strings on one line; `"` when there are as many of either.
fn preferred_quote(source: Source) -> char {
    let (mut double, mut single, mut passed) = (0, 0, 0);
    for at in memchr2_iter(b'"', b'\'', source.text.as_bytes()) {
        if at < passed {
            continue;
        }
        if double + single == STRINGS_ASKED {
            break;
        }
        let Some(node) = source.root.descendant_for_byte_range(at, at + 1) else { continue };
        let Some(string) = node.parent().filter(|_| node.kind() == "string_start") else {
            passed = if node.kind() == "comment" { node.end_byte() } else { passed };
            continue;
        };
        passed = string.end_byte();
        let start = source.of(node);
        double += usize::from(start.ends_with('"') && !start.ends_with("\"\"\""));
        single += usize::from(start.ends_with('\'') && !start.ends_with("'''"));
    }
    if single > double { '\'' } else { '"' }
}
