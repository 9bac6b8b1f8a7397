//! Takes an argument, a pair, an element or a statement out of Python text, so that what is left looks as if it had
//! never been there; and finds where a comment for a statement goes.
//!
//! It does not know why. Lines are never joined across a comment: it would swallow what follows.

use std::ops::Range;

use tree_sitter::Node;

use super::lines::{
    begins_line, ends_line, indentation, line_break, line_next, line_start, line_stop, skip_blanks, skip_gap,
    spans_lines,
};
use super::site::{Source, Unit, is_kind, is_trivia, solid_children};

/// The indentation where a text shows no other.
const INDENT: &str = "    ";

/// Bytes and the text that replaces them.
pub(super) type Patch = (Range<usize>, String);

fn cut(range: Range<usize>) -> Patch {
    (range, String::new())
}

/// What stands around an item between brackets.
struct Item<'a> {
    /// The brackets and everything between them.
    list: Node<'a>,
    node: Node<'a>,
    /// The comma before, if another item stands before.
    comma_before: Option<Node<'a>>,
    /// The comma after, if there is one.
    comma_after: Option<Node<'a>>,
    /// The next item, if there is one.
    next: Option<Node<'a>>,
}

/// Removes one item between brackets with the comma that belongs to it.
pub(super) fn remove_item(source: Source, node: Node) -> Option<Vec<Patch>> {
    let item = item(node)?;
    if item.comma_before.is_none() && item.next.is_none() {
        return remove_sole(source, &item);
    }
    if let Some(lines) = own_lines(source, &item) {
        // Where no comma ended the list before, none does after.
        let comma = item.comma_before.filter(|_| item.comma_after.is_none());
        return Some(comma.map(|comma| comma.byte_range()).into_iter().chain([lines]).map(cut).collect());
    }
    if let Some(lines) = comma_first_lines(source, &item) {
        return Some(vec![cut(lines)]);
    }
    match item.next {
        Some(next) => remove_before(source, &item, next),
        None => remove_last(source, &item),
    }
}

fn item(node: Node) -> Option<Item> {
    let comma = |sibling: Option<Node<'_>>| is_kind(sibling, ",");
    let before = solid_sibling(node, |node| node.prev_sibling());
    let after = solid_sibling(node, |node| node.next_sibling());
    let comma_before = before.filter(|_| comma(before));
    let comma_after = after.filter(|_| comma(after));
    let next = comma_after.and_then(|comma| solid_sibling(comma, |node| node.next_sibling()));
    Some(Item { list: node.parent()?, node, comma_before, comma_after, next: next.filter(|next| next.is_named()) })
}

fn solid_sibling<'a>(node: Node<'a>, step: impl Fn(Node<'a>) -> Option<Node<'a>>) -> Option<Node<'a>> {
    std::iter::successors(step(node), |sibling| step(*sibling)).find(|sibling| !is_trivia(*sibling))
}

/// The end of the item with its comma, when no comment stands between the two.
fn end_with_comma(source: Source, item: &Item) -> Option<usize> {
    let Some(comma) = item.comma_after else { return Some(item.node.end_byte()) };
    (skip_gap(source.text, item.node.end_byte()) == comma.start_byte()).then(|| comma.end_byte())
}

/// The lines of an item that has them for itself, with the comment behind it.
fn own_lines(source: Source, item: &Item) -> Option<Range<usize>> {
    let text = source.text;
    let end = end_with_comma(source, item)?;
    let mut after = skip_blanks(text, end);
    // A backslash that joins the next line goes with the item.
    if text.as_bytes().get(after) == Some(&b'\\') {
        after += 1;
    }
    let own = begins_line(text, item.node.start_byte()) && ends_line(text, after);
    own.then(|| line_start(text, item.node.start_byte())..line_next(text, after))
}

/// The lines of an item that shares them with the comma before it alone, with the comment behind it.
fn comma_first_lines(source: Source, item: &Item) -> Option<Range<usize>> {
    let text = source.text;
    let comma = item.comma_before?;
    let own = begins_line(text, comma.start_byte())
        && skip_blanks(text, comma.end_byte()) == item.node.start_byte()
        && ends_line(text, item.node.end_byte());
    own.then(|| line_start(text, comma.start_byte())..line_next(text, item.node.end_byte()))
}

fn remove_sole(source: Source, item: &Item) -> Option<Vec<Patch>> {
    let lines = own_lines(source, item);
    let kept = |comment: &Node| lines.as_ref().is_none_or(|lines| !lines.contains(&comment.start_byte()));
    let comments = item.list.children(&mut item.list.walk()).any(|child| child.kind() == "comment" && kept(&child));
    if !comments {
        let inside = item.list.start_byte() + 1..item.list.end_byte().checked_sub(1)?;
        return Some(vec![cut(inside)]);
    }
    match lines {
        Some(lines) => Some(vec![cut(lines)]),
        None => Some(remove_tokens(item)),
    }
}

/// The item and its comma, and nothing around them.
fn remove_tokens(item: &Item) -> Vec<Patch> {
    [Some(item.node), item.comma_after].into_iter().flatten().map(|node| cut(node.byte_range())).collect()
}

fn remove_last(source: Source, item: &Item) -> Option<Vec<Patch>> {
    let comma = item.comma_before?;
    if skip_gap(source.text, comma.end_byte()) == item.node.start_byte() {
        return Some(vec![cut(comma.start_byte()..item.node.end_byte())]);
    }
    match item.comma_after {
        Some(_) => Some(remove_tokens(item)),
        None => Some(vec![cut(comma.byte_range()), cut(item.node.byte_range())]),
    }
}

fn remove_before(source: Source, item: &Item, next: Node) -> Option<Vec<Patch>> {
    let text = source.text;
    let Some(end) = end_with_comma(source, item) else { return Some(remove_tokens(item)) };
    let start = item.node.start_byte();
    let joins = skip_gap(text, end) == next.start_byte();
    let gap = text.get(end..next.start_byte())?;
    let comma_on_line = item.comma_before.filter(|comma| {
        text.get(comma.end_byte()..start).is_some_and(|blanks| blanks.trim_matches([' ', '\t']).is_empty())
    });
    match comma_on_line {
        // The rest of the list begins on the next line and stays there.
        Some(comma) if spans_lines(gap) => Some(vec![cut(comma.end_byte()..end)]),
        _ if joins => Some(vec![cut(start..next.start_byte())]),
        _ => Some(vec![cut(start..end)]),
    }
}

/// Removes a statement with its line; writes `pass` where a block would be left without any. `None` where a class body
/// would.
pub(crate) fn remove_statement(source: Source, statement: Node) -> Option<Vec<Patch>> {
    let text = source.text;
    let block = statement.parent()?;
    if block.kind() != "module" && solid_children(block).len() == 1 {
        let replaced = (statement.byte_range(), "pass".to_owned());
        return (!is_kind(block.parent(), "class_definition")).then(|| vec![replaced]);
    }
    let after = statement.next_sibling().filter(|node| node.kind() == ";");
    let end = after.map_or(statement.end_byte(), |semicolon| semicolon.end_byte());
    if after.is_some() && !ends_line(text, end) {
        return Some(vec![cut(statement.start_byte()..skip_gap(text, end))]);
    }
    if !begins_line(text, statement.start_byte()) {
        let before = statement.prev_sibling().filter(|node| node.kind() == ";")?;
        return Some(vec![cut(before.start_byte()..end)]);
    }
    if !ends_line(text, end) {
        return None;
    }
    // What stands before the indentation is a form feed, and stays.
    let start = statement.start_byte() - indentation(text, statement.start_byte()).len();
    Some(vec![cut(start..line_next(text, end))])
}

/// Puts a comment behind a statement, or above it where no comment can stand behind.
pub(super) fn add_comment(source: Source, unit: &Unit, comment: &str) -> Option<Patch> {
    let text = source.text;
    let stop = line_stop(text, unit.range.end);
    let end = text[..stop].trim_end_matches([' ', '\t']).len();
    let joined = text[..end].ends_with('\\') && !is_kind(node_before(source, end), "comment");
    if !joined && !in_string(source, stop) {
        return Some((end..stop, format!("  {comment}")));
    }
    let line = line_start(text, unit.range.start);
    let joined = text[..line].trim_end_matches(['\r', '\n']).ends_with('\\');
    let indentation = indentation(text, line);
    let start = skip_blanks(text, line) - indentation.len();
    let above = format!("{indentation}{comment}{}", line_break(text, line));
    (!joined && !in_string(source, line)).then_some((start..start, above))
}

fn node_before(source: Source, at: usize) -> Option<Node> {
    source.root.named_descendant_for_byte_range(at.checked_sub(1)?, at)
}

/// True for a byte between the quotes of a string.
pub(crate) fn in_string(source: Source, at: usize) -> bool {
    let node = source.root.descendant_for_byte_range(at, at);
    std::iter::successors(node, Node::parent)
        .any(|node| node.kind() == "string" && node.start_byte() < at && at < node.end_byte())
}

/// One level of indentation: what the block around a node adds, else what the first indented line has.
pub(crate) fn indent_step(source: Source, node: Node) -> String {
    let text = source.text;
    let block = std::iter::successors(node.parent(), Node::parent).find(|ancestor| ancestor.kind() == "block");
    let added = block.and_then(|block| {
        let outside = indentation(text, block.parent()?.start_byte());
        indentation(text, block.start_byte()).strip_prefix(outside).filter(|added| !added.is_empty())
    });
    let found = added.or_else(|| first_indentation(text)).unwrap_or(INDENT);
    found.to_owned()
}

fn first_indentation(text: &str) -> Option<&str> {
    let mut line = 0;
    while line < text.len() {
        let opens = text[line..line_stop(text, line)].trim_end().ends_with(':');
        line = line_next(text, line);
        let blanks = indentation(text, line);
        if opens && !blanks.is_empty() {
            return Some(blanks);
        }
    }
    None
}
