//! From a finding's byte range to what a fix works on: the value, what holds it, the statement around it.
//!
//! It reads the tree around one place only; it writes nothing.

use std::ops::Range;

use tree_sitter::Node;

use super::python::Sink;

/// A Python text and the root of its tree.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub text: &'a str,
    pub root: Node<'a>,
}

impl<'a> Source<'a> {
    /// The text of a node.
    pub fn of(&self, node: Node) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }
}

/// What holds the value, and thereby what can be taken away.
#[derive(Clone, Copy)]
pub(super) enum Holder<'a> {
    /// One of several between brackets: an argument, a pair, an element of a list.
    Item(Node<'a>),
    /// A target with its value, alone or as a part of a chain.
    Assignment(Node<'a>),
    /// A call for its effect, as a statement of its own.
    Call(Node<'a>),
    /// `**mapping` of a call, the mapping.
    Spread(Node<'a>),
    /// Something that cannot go away without more ado.
    Fixed,
}

/// The statement around a place, or the header of the compound statement that the place is part of.
pub(super) struct Unit<'a> {
    /// The statement or decorator; a child of a block or of the module, or a decorator.
    pub node: Node<'a>,
    /// Its bytes; for a compound statement those from the clause's keyword to the colon.
    pub range: Range<usize>,
}

/// What a fix works on.
pub(super) struct Site<'a> {
    /// The smallest node that covers the finding.
    pub node: Node<'a>,
    /// The expression that turns debug on, without parentheses around it; `None` where no single one does.
    pub value: Option<Node<'a>>,
    pub holder: Holder<'a>,
    pub unit: Unit<'a>,
}

/// The site of a finding; `None` when nothing may be edited there: in broken text, or in no statement.
pub(super) fn find<'a>(source: Source<'a>, range: Range<usize>, sink: Sink) -> Option<Site<'a>> {
    if range.end > source.text.len() || range.start >= range.end {
        return None;
    }
    let node = source.root.named_descendant_for_byte_range(range.start, range.end)?;
    // What has a body says nothing by itself.
    let whole = matches!(node.kind(), "module" | "block" | "decorated_definition") || block_after(node, 0).is_some();
    if is_trivia(node) || whole {
        return None;
    }
    let unit = unit(node)?;
    let (holder, value) = held(source, node, sink);
    Some(Site { node, value: value.map(inner), holder, unit })
}

/// The statement or header around a node; `None` when it is broken.
fn unit(node: Node) -> Option<Unit> {
    let mut owner: Option<Node> = None;
    let mut child = node;
    let statement = loop {
        let parent = child.parent()?;
        if owner.is_none() && block_after(child, node.end_byte()).is_some() {
            owner = Some(child);
        }
        if matches!(parent.kind(), "module" | "block") || child.kind() == "decorator" {
            break child;
        }
        child = parent;
    };
    if std::iter::successors(Some(statement), Node::parent).any(|ancestor| ancestor.is_error()) || torn(statement) {
        return None;
    }
    let Some(owner) = owner else {
        return (!statement.has_error()).then(|| Unit { node: statement, range: statement.byte_range() });
    };
    let block = block_after(owner, node.end_byte())?;
    let header: Vec<Node> =
        owner.children(&mut owner.walk()).take_while(|part| part.start_byte() < block.start_byte()).collect();
    let colon = header.iter().rfind(|part| part.kind() == ":")?;
    let broken = header.iter().any(|part| part.has_error());
    (!broken).then(|| Unit { node: statement, range: owner.start_byte()..colon.end_byte() })
}

/// True for what is left of a statement or block whose beginning, or end on the same line, the parser gave up on: it
/// looks whole and is not.
fn torn(statement: Node) -> bool {
    let row = statement.end_position().row;
    let before = std::iter::successors(statement.prev_sibling(), Node::prev_sibling).find(|node| !is_trivia(*node));
    let after = statement.next_sibling().filter(|next| next.start_position().row == row);
    let owner = statement.parent().filter(|block| block.kind() == "block").and_then(|block| block.parent());
    let header = owner.is_some_and(|owner| owner.children(&mut owner.walk()).any(|part| part.is_error()));
    header || before.is_some_and(ends_in_error) || after.is_some_and(|node| node.is_error())
}

/// True when the parser gave up at the end of a node.
fn ends_in_error(node: Node) -> bool {
    let mut pending = Some(node);
    while let Some(node) = pending.filter(|node| node.has_error()) {
        if node.is_error() {
            return true;
        }
        pending =
            node.children(&mut node.walk()).filter(|child| !is_trivia(*child) && !child.byte_range().is_empty()).last();
    }
    false
}

/// The first block of a node that begins at `from` or later.
fn block_after(node: Node, from: usize) -> Option<Node> {
    if !node.kind().ends_with("_statement")
        && !node.kind().ends_with("_clause")
        && !node.kind().ends_with("_definition")
    {
        return None;
    }
    node.children(&mut node.walk()).find(|part| part.kind() == "block" && part.start_byte() >= from)
}

fn held<'a>(source: Source<'a>, node: Node<'a>, sink: Sink) -> (Holder<'a>, Option<Node<'a>>) {
    let value = node.child_by_field_name("value");
    match node.kind() {
        "keyword_argument" => (Holder::Item(node), value),
        "pair" if is_kind(node.parent(), "dictionary") => (Holder::Item(node), value),
        "pair" | "named_expression" | "default_parameter" | "typed_default_parameter" => (Holder::Fixed, value),
        "assignment" | "augmented_assignment" => (Holder::Assignment(node), assigned(node)),
        "return_statement" => (Holder::Fixed, solid_children(node).into_iter().next()),
        "dictionary_splat"
            if matches!(sink, Sink::Debug | Sink::Debugger) && is_kind(node.parent(), "argument_list") =>
        {
            match solid_children(node).first() {
                Some(mapping) => (Holder::Spread(*mapping), Some(*mapping)),
                None => (Holder::Fixed, None),
            }
        }
        "expression_statement" | "list_splat" | "dictionary_splat" => (Holder::Fixed, None),
        "call" => held_call(source, node, sink),
        _ => held_by_parent(source, node, sink),
    }
}

/// A call that sets debug by its arguments, or that is for effect only; else a value like any other.
fn held_call<'a>(source: Source<'a>, node: Node<'a>, sink: Sink) -> (Holder<'a>, Option<Node<'a>>) {
    let whole = is_kind(outer(node).parent(), "expression_statement");
    let called = node.child_by_field_name("function").map_or("", |function| source.of(function));
    if matches!(called, "exec" | "eval" | "ast.literal_eval" | "literal_eval" | "dict") {
        // What is in its text cannot be changed from outside, nor one entry by writing something for all of them.
        return (Holder::Fixed, None);
    }
    let sets = called == "setattr";
    if !whole && !sets && sink != Sink::EnvWrite {
        return held_by_parent(source, node, sink);
    }
    let arguments: Vec<Node> = node
        .child_by_field_name("arguments")
        .filter(|list| list.kind() == "argument_list")
        .map(solid_children)
        .unwrap_or_default();
    let value = match sink {
        _ if sets => arguments.get(2).copied(),
        Sink::EnvWrite => arguments.get(1).copied(),
        _ => None,
    };
    let value = value.filter(|value| !matches!(value.kind(), "keyword_argument" | "list_splat" | "dictionary_splat"));
    (if whole { Holder::Call(node) } else { Holder::Fixed }, value)
}

/// A bare expression: what it is to its parent says what holds it.
fn held_by_parent<'a>(source: Source<'a>, node: Node<'a>, sink: Sink) -> (Holder<'a>, Option<Node<'a>>) {
    let outer = outer(node);
    let Some(parent) = outer.parent() else { return (Holder::Fixed, None) };
    let is_field = |name: &str| parent.child_by_field_name(name).is_some_and(|field| field.id() == outer.id());
    match parent.kind() {
        // A word like `server.debug=true` says more than whether.
        "list" if sink != Sink::EnvWrite && node.kind() == "string" && source.of(node).contains('=') => {
            (Holder::Fixed, None)
        }
        "argument_list" | "list" => (Holder::Item(outer), Some(node)),
        "keyword_argument" | "pair" | "named_expression" | "default_parameter" | "typed_default_parameter"
            if is_field("value") =>
        {
            held(source, parent, sink)
        }
        "assignment" | "augmented_assignment" if is_field("right") || is_field("left") => {
            (Holder::Assignment(parent), assigned(parent))
        }
        "return_statement" | "yield" | "boolean_operator" | "conditional_expression" | "not_operator" => {
            (Holder::Fixed, Some(node))
        }
        "tuple" | "set" | "expression_list" if !is_pattern(parent) => (Holder::Fixed, Some(node)),
        "comparison_operator" => (Holder::Fixed, Some(node)),
        "lambda" if is_field("body") => (Holder::Fixed, Some(node)),
        "pattern_list" | "tuple_pattern" => (Holder::Fixed, unpacked(parent, outer)),
        _ => (Holder::Fixed, None),
    }
}

/// The value that the last `=` of a chain assigns.
fn assigned(assignment: Node) -> Option<Node> {
    std::iter::successors(assignment.child_by_field_name("right"), |right| match right.kind() {
        "assignment" | "augmented_assignment" => right.child_by_field_name("right"),
        _ => None,
    })
    .last()
}

/// True for what names places to store to or to delete, not values.
fn is_pattern(list: Node) -> bool {
    std::iter::successors(list.parent(), Node::parent)
        .take_while(|ancestor| ancestor.kind() != "block")
        .any(|ancestor| matches!(ancestor.kind(), "delete_statement" | "as_pattern_target" | "pattern_list"))
}

/// The value for one target of `a, b = 1, 2`; `None` when the sides do not match one to one.
fn unpacked<'a>(targets: Node<'a>, target: Node<'a>) -> Option<Node<'a>> {
    let assignment = targets.parent().filter(|parent| parent.kind() == "assignment")?;
    let right = assignment.child_by_field_name("right")?;
    let (targets, values) = (solid_children(targets), solid_children(right));
    let index = targets.iter().position(|other| other.id() == target.id())?;
    let plain = |nodes: &[Node]| nodes.iter().all(|node| !node.kind().starts_with("list_splat"));
    let matched = matches!(right.kind(), "expression_list" | "tuple")
        && targets.len() == values.len()
        && plain(&targets)
        && plain(&values);
    matched.then(|| values[index])
}

/// The node with the parentheses around it.
pub(super) fn outer(node: Node) -> Node {
    std::iter::successors(Some(node), |inside| {
        inside.parent().filter(|parent| parent.kind() == "parenthesized_expression")
    })
    .last()
    .unwrap_or(node)
}

/// The node without the parentheses around it.
pub(super) fn inner(node: Node) -> Node {
    std::iter::successors(Some(node), |outside| {
        let parenthesized = outside.kind() == "parenthesized_expression";
        parenthesized.then(|| solid_children(*outside).into_iter().next()).flatten()
    })
    .last()
    .unwrap_or(node)
}

/// Named children without comments and joined lines.
pub(crate) fn solid_children(node: Node) -> Vec<Node> {
    node.named_children(&mut node.walk()).filter(|child| !is_trivia(*child)).collect()
}

/// Comments and backslashes that join lines: they can stand between any two tokens.
pub(super) fn is_trivia(node: Node) -> bool {
    matches!(node.kind(), "comment" | "line_continuation")
}

pub(super) fn is_kind(node: Option<Node>, kind: &str) -> bool {
    node.is_some_and(|node| node.kind() == kind)
}
