//! JSON text, with comments and trailing commas as editors allow them, to a tree of [`Data`].
//!
//! It knows no file: what `launch.json` means is `editor`'s question.

use std::rc::Rc;

use tree_sitter::{Node, Parser};

use super::data::{Data, Entry, Kind, Scalar};
use super::source::Source;
use super::yaml::double_quoted;

/// How deep a tree is followed.
const MAX_DEPTH: usize = 80;

/// The value of a text.
pub(crate) fn document(text: &str) -> Option<Rc<Data>> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_json::LANGUAGE.into()).ok()?;
    let tree = parser.parse(text, None)?;
    let mut cursor = tree.walk();
    let root = tree.root_node().named_children(&mut cursor).find(|node| node.kind() != "comment")?;
    Some(node(text, root, 0))
}

fn node(text: &str, from: Node<'_>, depth: usize) -> Rc<Data> {
    if depth > MAX_DEPTH {
        return Data::null(from.start_byte());
    }
    let range = from.byte_range();
    let kind = match from.kind() {
        "object" => Kind::Map(pairs(text, from, depth)),
        "array" => {
            let mut cursor = from.walk();
            let items = from.named_children(&mut cursor).filter(|child| !matches!(child.kind(), "comment" | "ERROR"));
            Kind::Seq(items.map(|child| node(text, child, depth + 1)).collect())
        }
        "string" => Kind::Scalar(Scalar { source: double_quoted(text, range.clone()), known: true }),
        "number" | "true" | "false" => Kind::Scalar(Scalar { source: Source::copy(text, range.clone()), known: true }),
        // What a broken text left over: its pairs, or the strings of a list that lacks its end.
        "ERROR" => match pairs(text, from, depth) {
            pairs if pairs.is_empty() => {
                let mut cursor = from.walk();
                let strings = from.named_children(&mut cursor).filter(|child| child.kind() == "string");
                Kind::Seq(strings.map(|child| node(text, child, depth + 1)).collect())
            }
            pairs => Kind::Map(pairs),
        },
        _ => Kind::Null,
    };
    Rc::new(Data { kind, range })
}

fn pairs(text: &str, from: Node<'_>, depth: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut cursor = from.walk();
    for child in from.named_children(&mut cursor) {
        match child.kind() {
            "pair" => {
                let (Some(key), Some(value)) = (child.child_by_field_name("key"), child.child_by_field_name("value"))
                else {
                    continue;
                };
                entries.push(Entry { key: node(text, key, depth + 1), value: node(text, value, depth + 1) });
            }
            "ERROR" | "object" if depth < MAX_DEPTH => entries.extend(pairs(text, child, depth + 1)),
            _ => {}
        }
    }
    entries
}
