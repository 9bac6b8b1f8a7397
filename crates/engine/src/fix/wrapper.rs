//! What to do about `DebuggedApplication` around an application: build it in debug mode only, or without a console.
//!
//! Where the wrapper is harmless by itself, nothing is offered.

use std::ops::Range;

use tree_sitter::Node;

use super::layout::{Patch, in_string, indent_step};
use super::lines::{begins_line, ends_line, indentation, line_break, line_next, line_stop, skip_blanks};
use super::site::{Holder, Site, Source, inner, solid_children};
use crate::python::catalogue::looks_like_app;

/// Puts `app.wsgi_app = DebuggedApplication(...)` under `if app.debug:`; `None` for any other form.
pub(super) fn guard(source: Source, site: &Site) -> Option<(String, Vec<Patch>)> {
    let text = source.text;
    let Holder::Assignment(assignment) = site.holder else { return None };
    let app = wrapped_app(source, assignment)?;
    let statement = site.unit.node;
    let Range { start, end } = statement.byte_range();
    if statement.byte_range() != assignment.byte_range() || !begins_line(text, start) || !ends_line(text, end) {
        return None;
    }
    let outside = indentation(text, start);
    let step = indent_step(source, statement);
    let head = format!("if {app}.debug:{}{outside}{step}", line_break(text, start));
    let mut patches = vec![(start..start, head)];
    let mut line = line_next(text, start);
    while line < end {
        // Inside a string a blank would be part of the value.
        if !in_string(source, line) && skip_blanks(text, line) != line_stop(text, line) {
            patches.push((line..line, step.clone()));
        }
        line = line_next(text, line);
    }
    Some((format!("Wrap it only when `{app}.debug` is on"), patches))
}

/// Makes a wrapper around an application by its name a choice: `DebuggedApplication(app) if app.debug else app`.
pub(super) fn conditional(source: Source, site: &Site) -> Option<(String, Vec<Patch>)> {
    // What a constructor hands on to its base class is no application yet.
    let call = wrapping_call(site).filter(|call| !source.of(*call).contains(".__init__("))?;
    let inner = source.of(*arguments(call).first()?);
    let app = inner.strip_suffix(".wsgi_app").unwrap_or(inner);
    let name = app.rsplit('.').next().unwrap_or(app);
    if !looks_like_app(name) || !app.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '.')) {
        return None;
    }
    let Range { start, end } = call.byte_range();
    let patches = vec![(start..start, "(".to_owned()), (end..end, format!(" if {app}.debug else {inner})"))];
    Some((format!("Wrap it only when `{app}.debug` is on"), patches))
}

/// The application of `app.wsgi_app = call(...)`, when it is a name or an attribute of one.
fn wrapped_app<'a>(source: Source<'a>, assignment: Node<'a>) -> Option<&'a str> {
    let left = assignment.child_by_field_name("left").filter(|left| left.kind() == "attribute")?;
    let name = left.child_by_field_name("attribute").filter(|name| source.of(*name) == "wsgi_app");
    let app = name.and_then(|_| left.child_by_field_name("object"))?;
    let right = assignment.child_by_field_name("right").map(inner)?;
    let app = source.of(app);
    let simple = app.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '.'));
    (simple && right.kind() == "call").then_some(app)
}

/// True for `x = DebuggedApplication(x, ...)`: without the statement the application is still there.
pub(super) fn wraps_itself(source: Source, site: &Site) -> bool {
    let Holder::Assignment(assignment) = site.holder else { return false };
    let left = assignment.child_by_field_name("left");
    let first = wrapping_call(site).and_then(|call| arguments(call).first().copied());
    left.zip(first).is_some_and(|(left, first)| source.of(left) == source.of(first))
}

/// The value that turns the console on: `evalex=True`, or the second argument.
pub(super) fn console<'a>(source: Source, site: &Site<'a>) -> Option<Node<'a>> {
    let arguments = arguments(wrapping_call(site)?);
    let named = arguments
        .iter()
        .find(|argument| argument.child_by_field_name("name").is_some_and(|name| source.of(name) == "evalex"));
    if let Some(named) = named {
        return named.child_by_field_name("value").map(inner);
    }
    let positional = |node: &&Node| !matches!(node.kind(), "keyword_argument" | "list_splat" | "dictionary_splat");
    arguments.get(..2)?.iter().all(|node| positional(&node)).then(|| inner(arguments[1]))
}

fn wrapping_call<'a>(site: &Site<'a>) -> Option<Node<'a>> {
    let from = match site.holder {
        Holder::Assignment(_) => site.value?,
        _ => site.node,
    };
    let call = inner(from);
    if call.kind() == "call" {
        return Some(call);
    }
    std::iter::successors(from.parent(), Node::parent)
        .take_while(|ancestor| !matches!(ancestor.kind(), "block" | "module"))
        .find(|ancestor| ancestor.kind() == "call")
}

fn arguments(call: Node) -> Vec<Node> {
    call.child_by_field_name("arguments")
        .filter(|list| list.kind() == "argument_list")
        .map(solid_children)
        .unwrap_or_default()
}
