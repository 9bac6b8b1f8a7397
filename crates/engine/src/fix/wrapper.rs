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
    let (call, inner) = wrapped(source, site)?;
    let inner = source.of(inner);
    let app = inner.strip_suffix(".wsgi_app").unwrap_or(inner);
    let name = app.rsplit('.').next().unwrap_or(app);
    if !looks_like_app(name) || !is_path(app) || is_middleware(source, app) {
        return None;
    }
    Some((format!("Wrap it only when `{app}.debug` is on"), choice(call, &format!("{app}.debug"), inner)))
}

/// The same for what has a name and no debug mode of its own: the environment decides by `lookup`.
pub(super) fn opted_in(source: Source, site: &Site, lookup: &str) -> Option<Vec<Patch>> {
    let (call, inner) = wrapped(source, site)?;
    is_path(source.of(inner)).then(|| choice(call, lookup, source.of(inner)))
}

/// Leaves what is wrapped, and takes the wrapper off: what has no name cannot be written twice.
pub(super) fn unwrapped(source: Source, site: &Site) -> Option<Vec<Patch>> {
    let (call, inner) = wrapped(source, site).filter(|(_, inner)| !is_path(source.of(*inner)))?;
    Some(vec![(call.byte_range(), source.of(inner).to_owned())])
}

/// Makes a `partial` of the wrapper a choice: where the environment says nothing, an application stays what it is.
pub(super) fn partial(source: Source, site: &Site, lookup: &str) -> Option<Vec<Patch>> {
    let call = wrapping_call(site)?;
    let function = source.of(call.child_by_field_name("function")?);
    let of_wrapper = arguments(call).first().is_some_and(|first| source.of(*first).ends_with("DebuggedApplication"));
    (function.ends_with("partial") && of_wrapper).then(|| choice(call, lookup, "(lambda app: app)"))
}

fn choice(call: Node, test: &str, otherwise: &str) -> Vec<Patch> {
    let Range { start, end } = call.byte_range();
    vec![(start..start, "(".to_owned()), (end..end, format!(" if {test} else {otherwise})"))]
}

/// The call that wraps, and what it is around.
fn wrapped<'a>(source: Source<'a>, site: &Site<'a>) -> Option<(Node<'a>, Node<'a>)> {
    // What a constructor hands on to its base class is no application yet.
    let call = wrapping_call(site).filter(|call| !source.of(*call).contains(".__init__("))?;
    let function = call.child_by_field_name("function").map(|function| source.of(function));
    if function.is_some_and(|function| function.ends_with("partial")) {
        return None;
    }
    let is_named = function.is_some_and(is_path);
    let first = *arguments(call).first()?;
    let first = match first.kind() {
        // `DebuggedApplication(app=site)`
        "keyword_argument" => {
            let name = first.child_by_field_name("name").map(|name| source.of(name));
            first.child_by_field_name("value").filter(|_| name == Some("app"))?
        }
        "list_splat" | "dictionary_splat" => return None,
        _ => first,
    };
    is_named.then_some((call, first))
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '.'))
}

/// Whether the text says that a name is something around applications: a class of middleware has that in its name.
fn is_middleware(source: Source, name: &str) -> bool {
    source.text.match_indices(name).any(|(at, _)| {
        let value = source.text[at + name.len()..].trim_start_matches(' ').strip_prefix('=');
        let value = value.map(|value| value.trim_start_matches([' ', '(']));
        let called = value.and_then(|value| value.split_once('(')).map(|(called, _)| called);
        called.is_some_and(|called| is_path(called) && called.ends_with("Middleware"))
    })
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
