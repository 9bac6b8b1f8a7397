//! Puts a statement that starts the server under `if __name__ == "__main__":`, so that an import starts nothing.
//!
//! Only a statement of the module itself that has its lines for itself is moved; what a function does is left alone.

use std::ops::Range;

use tree_sitter::Node;

use crate::fix::layout::{in_string, indent_step};
use crate::fix::lines::{begins_line, ends_line, line_break, line_next, line_start};
use crate::fix::site::Source;

/// How a call that starts the server stands in its module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// An import does not reach it.
    Guarded,
    /// An import starts the server; these edits keep it from that.
    Open(Vec<(Range<usize>, String)>),
    /// An import starts the server, and no simple edit helps.
    Stuck,
}

/// How the call at these bytes stands.
pub(crate) fn standing(source: Source, call: &Range<usize>) -> Standing {
    let Some(node) = source.root.descendant_for_byte_range(call.start, call.end) else { return Standing::Stuck };
    let mut statement = node;
    while let Some(parent) = statement.parent().filter(|parent| parent.kind() != "module") {
        // A function is called from somewhere else, most often from below a guard of its own.
        let guard = parent.kind() == "if_statement"
            && parent.child_by_field_name("condition").is_some_and(|test| source.of(test).contains("__name__"));
        if guard || parent.kind() == "function_definition" {
            return Standing::Guarded;
        }
        statement = parent;
    }
    if statement.kind() != "expression_statement" {
        return Standing::Stuck;
    }
    wrapped(source, statement).map_or(Standing::Stuck, Standing::Open)
}

/// The edits that put a statement under the guard.
fn wrapped(source: Source, statement: Node) -> Option<Vec<(Range<usize>, String)>> {
    let text = source.text;
    let (start, end) = (statement.start_byte(), statement.end_byte());
    if !begins_line(text, start) || !ends_line(text, end) || line_start(text, start) != start {
        return None;
    }
    let step = indent_step(source, statement);
    let guard = format!("if __name__ == \"__main__\":{}{step}", line_break(text, start));
    let mut edits = vec![(start..start, guard)];
    let mut line = line_next(text, start);
    while line < end {
        let blank = text[line..].starts_with(['\n', '\r']);
        if !blank && !in_string(source, line) {
            edits.push((line..line, step.clone()));
        }
        line = line_next(text, line);
    }
    Some(edits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::fix::{Edit, apply};
    use crate::language::Language;

    fn moved(text: &str, call: &str) -> Option<String> {
        let document = Document::new(Language::Python, text);
        let source = Source { text, root: document.tree()?.root_node() };
        let at = text.find(call)?;
        let Standing::Open(edits) = standing(source, &(at..at + call.len())) else { return None };
        let edit = |(range, text): (Range<usize>, String)| Edit { path: "a.py".into(), range, text };
        apply(text, &edits.into_iter().map(edit).collect::<Vec<_>>())
    }

    #[test]
    fn a_statement_is_put_under_the_guard_with_its_lines() {
        let text = "app = 1\r\napp.run(\r\n    debug=True,\r\n    x='''a\r\nb''',\r\n)  # here\r\nafter()\r\n";
        let call = "app.run(\r\n    debug=True,\r\n    x='''a\r\nb''',\r\n)";
        assert_eq!(
            moved(text, call).as_deref(),
            Some(
                "app = 1\r\nif __name__ == \"__main__\":\r\n    app.run(\r\n        debug=True,\r\n        x='''a\r\nb''',\r\n    )  # here\r\nafter()\r\n"
            )
        );
    }

    #[test]
    fn tabs_stay_tabs_and_what_shares_its_line_stays() {
        assert_eq!(
            moved("def f():\n\tpass\napp.run()\n", "app.run()").as_deref(),
            Some("def f():\n\tpass\nif __name__ == \"__main__\":\n\tapp.run()\n")
        );
        assert_eq!(moved("x = 1; app.run()\n", "app.run()"), None);
        assert_eq!(moved("if __name__ == '__main__':\n    app.run()\n", "app.run()"), None);
        assert_eq!(moved("with x:\n    app.run()\n", "app.run()"), None);
    }
}
