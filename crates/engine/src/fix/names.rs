//! Which names a Python text binds to `os`, `os.environ` and `os.getenv`, and whether a place can use them.
//!
//! It looks at the places where a name is written, not at the whole tree. It decides on the safe side: a name that
//! something else may rebind is not usable.

use memchr::memmem;
use tree_sitter::Node;

use super::lines::{is_word, line_start};
use super::site::Source;

/// What of the `os` module a name stands for, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Module,
    Environ,
    Getenv,
}

/// What an occurrence of a name does.
enum Role<'a> {
    /// Reads it, or is no variable at all.
    Reads,
    /// Binds it to a part of `os`, by this import statement.
    Imports(Part, Node<'a>),
    /// Binds it to something else, or takes it from another scope.
    Rebinds,
}

/// The best name that stands for a part of `os` when `place` is evaluated.
pub(super) fn usable(source: Source, place: Node) -> Option<(Part, String)> {
    let mut found: Vec<(Part, usize, &str)> = occurrences(source, "os")
        .filter_map(import_around)
        .flat_map(bound_by)
        .filter_map(|name| match role(source, name) {
            Role::Imports(part, import) if reaches(import, place) => Some((part, import.start_byte(), source.of(name))),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .find(|(part, _, name)| !is_taken(source, name, *part, place))
        .map(|(part, _, name)| (part, name.to_owned()))
}

/// A name for `import os` at the top of the module that `place` then sees: `os`, or an alias nobody uses.
pub(super) fn free_name(source: Source, place: Node) -> String {
    if !is_taken(source, "os", Part::Module, place) {
        return "os".to_owned();
    }
    let mut name = "_os".to_owned();
    while occurrences(source, &name).next().is_some() {
        name.push('_');
    }
    name
}

/// True when `name` may be something else than this part of `os` at `place`, although an import at module level or
/// before the place binds it so.
fn is_taken(source: Source, name: &str, part: Part, place: Node) -> bool {
    occurrences(source, name).any(|occurrence| {
        let role = role(source, occurrence);
        if matches!(role, Role::Reads) {
            return false;
        }
        let scope = scope(occurrence);
        let around = scope.is_some_and(|scope| contains(scope, place));
        match role {
            Role::Reads => false,
            Role::Rebinds => around || scope.is_none() || declares(occurrence),
            Role::Imports(other, _) if other != part => around || scope.is_none(),
            Role::Imports(_, import) => around && !reaches(import, place),
        }
    })
}

/// Every identifier spelled like this.
fn occurrences<'a>(source: Source<'a>, name: &str) -> impl Iterator<Item = Node<'a>> {
    let bytes = source.text.as_bytes();
    let name = name.to_owned();
    // A byte order mark looks like a letter, and stands before the first line.
    let begins_line = move |start: usize| line_start(source.text, start) == start;
    let starts: Vec<usize> = memmem::find_iter(bytes, name.as_bytes()).collect();
    starts.into_iter().filter_map(move |start| {
        let end = start + name.len();
        if bytes.get(end).is_some_and(|&after| is_word(after)) {
            return None;
        }
        if start > 0 && is_word(bytes[start - 1]) && !begins_line(start) {
            return None;
        }
        let node = source.root.named_descendant_for_byte_range(start, end)?;
        (node.kind() == "identifier" && node.byte_range() == (start..end)).then_some(node)
    })
}

fn import_around(node: Node) -> Option<Node> {
    std::iter::successors(node.parent(), Node::parent)
        .take(3)
        .find(|ancestor| matches!(ancestor.kind(), "import_statement" | "import_from_statement"))
}

/// The identifiers that an import statement binds.
fn bound_by(import: Node) -> Vec<Node> {
    import
        .children_by_field_name("name", &mut import.walk())
        .filter_map(|name| name.child_by_field_name("alias").or_else(|| name.named_child(0)))
        .collect()
}

fn role<'a>(source: Source<'a>, name: Node<'a>) -> Role<'a> {
    let Some(parent) = name.parent() else { return Role::Reads };
    let Some(import) = import_around(name) else {
        return if binds(name, parent) { Role::Rebinds } else { Role::Reads };
    };
    let aliased = parent.kind() == "aliased_import";
    let dotted = if aliased { parent.child_by_field_name("name") } else { Some(parent) };
    let dotted = dotted.map(|dotted| source.of(dotted)).unwrap_or_default();
    if !bound_by(import).iter().any(|bound| bound.id() == name.id()) {
        return Role::Reads;
    }
    let from = import.child_by_field_name("module_name").map(|module| source.of(module));
    match (from, dotted) {
        (None, "os") => Role::Imports(Part::Module, import),
        (None, dotted) if !aliased && dotted.starts_with("os.") => Role::Imports(Part::Module, import),
        (Some("os"), "environ") => Role::Imports(Part::Environ, import),
        (Some("os"), "getenv") => Role::Imports(Part::Getenv, import),
        _ => Role::Rebinds,
    }
}

/// True when an identifier outside imports is bound where it stands.
fn binds(name: Node, parent: Node) -> bool {
    let (mut child, mut parent) = (name, Some(parent));
    while let Some(holder) = parent {
        let is_field = |field: &str| holder.child_by_field_name(field).is_some_and(|node| node.id() == child.id());
        match holder.kind() {
            "pattern_list"
            | "tuple_pattern"
            | "list_pattern"
            | "list_splat_pattern"
            | "dictionary_splat_pattern"
            | "tuple"
            | "list"
            | "list_splat"
            | "expression_list"
            | "parenthesized_expression" => {}
            "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause" | "type_alias_statement" => {
                return is_field("left");
            }
            "named_expression"
            | "default_parameter"
            | "typed_default_parameter"
            | "function_definition"
            | "class_definition" => return is_field("name"),
            "typed_parameter" => return !is_field("type"),
            "except_clause" => return is_field("alias"),
            "as_pattern" => return child.kind() == "identifier" && !is_first(holder, child),
            "parameters" | "lambda_parameters" | "global_statement" | "nonlocal_statement" | "delete_statement"
            | "as_pattern_target" | "splat_pattern" | "case_pattern" | "keyword_pattern" | "type_parameter" => {
                return true;
            }
            "dotted_name" if holder.named_child_count() == 1 => {}
            _ => return false,
        }
        (child, parent) = (holder, holder.parent());
    }
    false
}

fn is_first(holder: Node, child: Node) -> bool {
    holder.named_child(0).is_some_and(|first| first.id() == child.id())
}

/// True for a name in `global` or `nonlocal`: what happens to it there happens elsewhere.
fn declares(name: Node) -> bool {
    name.parent().is_some_and(|parent| matches!(parent.kind(), "global_statement" | "nonlocal_statement"))
}

/// The scope that a name is bound or read in; `None` for the module.
fn scope(name: Node) -> Option<Node> {
    let (mut child, mut parent) = (name, name.parent());
    while let Some(holder) = parent {
        let is_field = |field: &str| holder.child_by_field_name(field).is_some_and(|node| node.id() == child.id());
        let scope = match holder.kind() {
            "function_definition" => is_field("body") || is_field("parameters"),
            "class_definition" => is_field("body"),
            "lambda"
            | "list_comprehension"
            | "dictionary_comprehension"
            | "set_comprehension"
            | "generator_expression" => true,
            _ => false,
        };
        if scope {
            return Some(holder);
        }
        (child, parent) = (holder, holder.parent());
    }
    None
}

/// True when an import has always run before `place` is evaluated, and is seen there: it stands earlier in a block
/// around the place, and a class body only serves itself.
fn reaches(import: Node, place: Node) -> bool {
    let Some(block) = import.parent() else { return false };
    let before = matches!(block.kind(), "module" | "block")
        && contains(block, place)
        && import.end_byte() <= place.start_byte()
        && !import.has_error();
    let Some(class) = scope(import).filter(|scope| scope.kind() == "class_definition") else { return before };
    before && scope(place).is_some_and(|scope| scope.id() == class.id())
}

fn contains(outside: Node, inside: Node) -> bool {
    outside.start_byte() <= inside.start_byte() && inside.end_byte() <= outside.end_byte()
}
