//! How a place reads an environment variable: by what is imported already, or by an `import os` put where it belongs.
//!
//! It does not decide whether a lookup is wanted.

use std::ops::Range;

use tree_sitter::Node;

use super::lines::{begins_line, indentation, line_break, line_next, line_start, line_stop, skip_blanks};
use super::names::{Part, free_name, usable};
use super::site::{Source, inner, solid_children};

/// The function that reads a variable, and the import that it needs.
pub(super) struct Access {
    /// `os.environ.get`, `environ.get`, `getenv`.
    pub function: String,
    /// Where to put which text; `None` when all is there already.
    pub import: Option<(Range<usize>, String)>,
}

/// How `place` reads the environment; `None` when no import can be put before it.
pub(super) fn access(source: Source, place: Node) -> Option<Access> {
    if let Some((part, name)) = usable(source, place) {
        let function = match part {
            Part::Module => format!("{name}.environ.get"),
            Part::Environ => format!("{name}.get"),
            Part::Getenv => name,
        };
        return Some(Access { function, import: None });
    }
    let name = free_name(source, place);
    let statement = if name == "os" { "import os".to_owned() } else { format!("import os as {name}") };
    let import = Some(insertion(source, place.start_byte(), &statement)?);
    Some(Access { function: format!("{name}.environ.get"), import })
}

/// The statements of a module that decide where an import goes.
struct Top<'a> {
    /// The last of the docstring and the `from __future__` imports.
    header: Option<Node<'a>>,
    /// The first statement after these.
    first: Node<'a>,
    /// The first import after these that runs before the place does.
    import: Option<Node<'a>>,
}

/// Where an import statement goes so that it runs before the byte `before`, and the text to put there.
pub(crate) fn insertion(source: Source, before: usize, statement: &str) -> Option<(Range<usize>, String)> {
    let text = source.text;
    let top = top(source, before)?;
    let target = line_leader(top.import.unwrap_or(top.first));
    if top.header.is_some_and(|header| target.start_byte() <= header.start_byte()) {
        let at = top.first.start_byte();
        return Some((at..at, format!("{statement}; ")));
    }
    let end = line_break(text, target.start_byte());
    if !begins_line(text, target.start_byte()) {
        return None;
    }
    if top.import.is_some() {
        let at = target.start_byte();
        return Some((at..at, format!("{statement}{end}{}", indentation(text, at))));
    }
    if let Some(header) = top.header {
        return Some(after_header(text, header, statement, end));
    }
    let at = above_comment(text, target.start_byte());
    Some((at..at, format!("{statement}{end}{end}")))
}

fn top<'a>(source: Source<'a>, before: usize) -> Option<Top<'a>> {
    let (mut header, mut first) = (None, None);
    for child in source.root.children(&mut source.root.walk()) {
        if child.start_byte() > before {
            break;
        }
        if !child.is_named() || child.is_extra() {
            continue;
        }
        let documents = header.is_none() && is_docstring(source, child);
        if first.is_none() && (documents || child.kind() == "future_import_statement") {
            header = Some(child);
            continue;
        }
        first = first.or(Some(child));
        if matches!(child.kind(), "import_statement" | "import_from_statement") {
            return Some(Top { header, first: first?, import: Some(child) });
        }
    }
    Some(Top { header, first: first?, import: None })
}

/// True for a statement that is nothing but a string which can be a docstring.
fn is_docstring(source: Source, statement: Node) -> bool {
    let parts = solid_children(statement);
    let [whole] = parts[..] else { return false };
    let string = inner(whole);
    let prefix = source.of(string).split(['"', '\'']).next().unwrap_or_default();
    statement.kind() == "expression_statement"
        && matches!(string.kind(), "string" | "concatenated_string")
        && !prefix.contains(['f', 'F', 'b', 'B', 't', 'T'])
}

/// The first statement on the logical line of a statement.
fn line_leader(statement: Node) -> Node {
    let mut leader = statement;
    while let Some(earlier) =
        leader.prev_sibling().filter(|sibling| sibling.kind() == ";").and_then(|it| it.prev_sibling())
    {
        // A semicolon can also end the line before.
        if earlier.end_position().row != leader.start_position().row {
            break;
        }
        leader = earlier;
    }
    leader
}

/// After the line of the docstring or future import, with a blank line on either side.
fn after_header(text: &str, header: Node, statement: &str, end: &str) -> (Range<usize>, String) {
    let is_blank = |at: usize| skip_blanks(text, at) == line_stop(text, at);
    let next = line_next(text, header.end_byte());
    let blank = is_blank(next) && next < text.len();
    let at = if blank { line_next(text, next) } else { next };
    let above = if blank { "" } else { end };
    let below = if is_blank(at) { "" } else { end };
    (at..at, format!("{above}{statement}{end}{below}"))
}

/// The line of a statement; when a comment stands on it without a blank line, the line of that comment, unless
/// it begins the file: there it speaks of the file (an interpreter, an encoding, a licence).
fn above_comment(text: &str, statement: usize) -> usize {
    let own = line_start(text, statement);
    let mut at = own;
    while let Some(above) = line_above(text, at) {
        if text.as_bytes().get(skip_blanks(text, above)) != Some(&b'#') {
            return at;
        }
        at = above;
    }
    own
}

/// Where the line above begins; `None` on the first line.
fn line_above(text: &str, start: usize) -> Option<usize> {
    if line_start(text, 0) >= start {
        return None;
    }
    let end = if text[..start].ends_with("\r\n") { start - 2 } else { start - 1 };
    Some(line_start(text, end))
}
