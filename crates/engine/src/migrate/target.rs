//! How a WSGI server names an application: the module that has it, and the name of the application or of its factory.
//!
//! Told by syntax alone: where the application is made decides.

use tree_sitter::Node;

use crate::fix::site::{Source, solid_children};
use crate::python::files::folder_of;

/// What another module imports to have the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The dotted module, as seen from the program's folder.
    pub module: String,
    /// The name to import.
    pub name: String,
    /// Whether that is a factory to call.
    pub factory: bool,
}

/// The name under which a module has the application that is made at a byte; `None` where it has none.
pub(crate) fn name_of(source: Source, made: usize) -> Option<(String, bool)> {
    let statement = statement_at(source, made)?;
    let assigned = assigned_name(source, statement);
    match statement.parent()?.kind() {
        "module" => Some((assigned?, false)),
        "block" => {
            let function = statement.parent()?.parent().filter(|parent| parent.kind() == "function_definition")?;
            if function.parent()?.kind() != "module" || !callable_bare(source, function) {
                return None;
            }
            let returned = returned(source, function.child_by_field_name("body")?);
            let gives = statement.kind() == "return_statement" || assigned.is_some_and(|name| returned.contains(&name));
            let name = source.of(function.child_by_field_name("name")?).to_owned();
            gives.then_some((name, true))
        }
        _ => None,
    }
}

/// The dotted name of a file as a program in `folder` imports it.
pub(crate) fn module_of(path: &str, folder: &str) -> Option<String> {
    let inner = if folder.is_empty() { path } else { path.strip_prefix(folder)?.strip_prefix('/')? };
    let stem = inner.strip_suffix(".py")?;
    let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
    let name = |part: &str| {
        let mut chars = part.chars();
        chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
            && chars.all(|char| char.is_alphanumeric() || char == '_')
    };
    stem.split('/').all(name).then(|| stem.replace('/', "."))
}

/// The package that a module belongs to is imported with dots.
pub(crate) fn is_in_package(path: &str, exists: impl Fn(&str) -> bool) -> bool {
    path.ends_with("/__init__.py") || exists(&format!("{}/__init__.py", folder_of(path)))
}

/// The simple statement that a byte stands in.
pub(crate) fn statement_at(source: Source<'_>, at: usize) -> Option<Node<'_>> {
    let mut node = source.root.descendant_for_byte_range(at, at + 1)?;
    while !matches!(node.kind(), "expression_statement" | "return_statement") {
        node = node.parent()?;
    }
    Some(node)
}

/// `name` of `name = ...`.
pub(crate) fn assigned_name(source: Source, statement: Node) -> Option<String> {
    let assignment = solid_children(statement).into_iter().next().filter(|node| node.kind() == "assignment")?;
    let left = assignment.child_by_field_name("left").filter(|left| left.kind() == "identifier")?;
    Some(source.of(left).to_owned())
}

/// Whether a function can be called without arguments.
fn callable_bare(source: Source, function: Node) -> bool {
    let Some(parameters) = function.child_by_field_name("parameters") else { return false };
    let open = |node: Node| {
        matches!(
            node.kind(),
            "default_parameter" | "typed_default_parameter" | "list_splat_pattern" | "dictionary_splat_pattern"
        ) || source.of(node).starts_with('*')
    };
    solid_children(parameters).into_iter().all(open)
}

/// The names that a body returns.
fn returned(source: Source, body: Node) -> Vec<String> {
    let mut names = Vec::new();
    let mut work = vec![body];
    while let Some(node) = work.pop() {
        if node.kind() == "return_statement" {
            names.extend(solid_children(node).into_iter().map(|value| source.of(value).to_owned()));
        } else if !matches!(node.kind(), "function_definition" | "class_definition" | "lambda") {
            work.extend(solid_children(node));
        }
    }
    names
}
