//! A configuration for development and one for production, chosen by a variable, with production where it is unset.
//!
//! It looks at one text at a time; where the files are is decided elsewhere.

use std::ops::Range;

use tree_sitter::Node;

use super::target::{assigned_name, statement_at};
use crate::fix::imports::insertion;
use crate::fix::lines::{ends_line, indentation, line_break, line_next, line_stop};
use crate::fix::site::{Source, solid_children};

/// The variable that chooses.
const VARIABLE: &str = "APP_CONFIG";
/// The function that a program loads its configuration with.
const FUNCTION: &str = "current_config";

type Patch = (Range<usize>, String);

/// The text of a new `config.py`.
pub(crate) fn fresh() -> String {
    let classes = "class Base:\n    DEBUG = False\n    TESTING = False\n";
    format!(
        "\"\"\"The configuration for each environment: production, unless {VARIABLE} names another one.\"\"\"\nimport os\n\n\n\
         {classes}{}{}{}",
        class("Development", "Base", true),
        class("Production", "Base", false),
        chooser("Development", "Production")
    )
}

fn class(name: &str, base: &str, debug: bool) -> String {
    let debug = if debug { "True" } else { "False" };
    format!("\n\nclass {name}({base}):\n    DEBUG = {debug}\n")
}

fn chooser(development: &str, production: &str) -> String {
    format!(
        "\n\ndef {FUNCTION}():\n    \"\"\"The class that {VARIABLE} names; production when it is unset or not known.\"\"\"\n    \
         classes = {{\"development\": {development}, \"production\": {production}}}\n    \
         return classes.get(os.environ.get(\"{VARIABLE}\", \"\").lower(), {production})\n"
    )
}

/// The edits that complete a `config.py` that has classes; `None` where it has none to begin with, or is complete.
pub(crate) fn completed(source: Source) -> Option<Vec<Patch>> {
    if source.text.contains(FUNCTION) || source.root.has_error() {
        return None;
    }
    let root = source.root;
    let classes: Vec<(String, Node)> = solid_children(root)
        .into_iter()
        .filter(|node| node.kind() == "class_definition")
        .filter_map(|node| Some((source.of(node.child_by_field_name("name")?).to_owned(), node)))
        .collect();
    let having = |part: &str| classes.iter().find(|(name, _)| name.to_lowercase().contains(part));
    let (development, production) = (having("dev"), having("prod"));
    let special = |name: &str| ["dev", "prod", "test", "stag"].iter().any(|part| name.to_lowercase().contains(part));
    let base = classes.iter().find(|(name, _)| !special(name));
    let suffix = if base.or(development).is_some_and(|(name, _)| name.ends_with("Config")) { "Config" } else { "" };
    let named = |known: Option<&(String, Node)>, word: &str| {
        known.map_or_else(|| format!("{word}{suffix}"), |(name, _)| name.clone())
    };
    let (dev_name, prod_name) = (named(development, "Development"), named(production, "Production"));
    let mut added = String::new();
    for (known, name, debug) in [(development, &dev_name, true), (production, &prod_name, false)] {
        if known.is_none() {
            added.push_str(&class(name, &base?.0, debug));
        }
    }
    added.push_str(&chooser(&dev_name, &prod_name));
    let end = line_break(source.text, 0);
    let lead = if source.text.ends_with(['\n', '\r']) { "" } else { end };
    let mut edits: Vec<Patch> = Vec::new();
    // Two blank lines stand before a class.
    let lonely = !solid_children(root).iter().any(|node| node.kind().starts_with("import_"));
    let gap = if lonely { line_break(source.text, 0) } else { "" };
    edits.extend(import(source, "import os", None).map(|(range, text)| (range, text + gap)));
    edits.extend(base.into_iter().chain(production).filter_map(|(_, class)| debug_off(source, *class)));
    let at = source.text.len();
    edits.push((at..at, format!("{lead}{}", added.replace('\n', end))));
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    Some(edits)
}

/// `DEBUG = True` in a class becomes `DEBUG = False`.
fn debug_off(source: Source, class: Node) -> Option<Patch> {
    let body = class.child_by_field_name("body")?;
    solid_children(body).into_iter().find_map(|statement| {
        let assigned = assigned_name(source, statement).filter(|name| name == "DEBUG");
        let value = solid_children(statement).into_iter().next()?.child_by_field_name("right")?;
        (assigned.is_some() && source.of(value) == "True").then(|| (value.byte_range(), "False".to_owned()))
    })
}

/// The edits that load the configuration into the application that is made at a byte. `module` is how the module imports
/// `config.py`.
pub(crate) fn loaded(source: Source, made: usize, module: &str) -> Option<Vec<Patch>> {
    if source.text.contains(FUNCTION) || source.root.has_error() {
        return None;
    }
    let text = source.text;
    let statement = statement_at(source, made)?;
    let name = assigned_name(source, statement)?;
    let mut edits: Vec<Patch> = vec![import(source, &format!("from {module} import {FUNCTION}"), Some(made))?];
    match loaders(source, &name).as_slice() {
        [] => {
            let stop = line_stop(text, statement.end_byte());
            if !ends_line(text, statement.end_byte()) {
                return None;
            }
            let (indent, end) = (indentation(text, statement.start_byte()), line_break(text, statement.start_byte()));
            edits.push((stop..stop, format!("{end}{indent}{name}.config.from_object({FUNCTION}())")));
        }
        [arguments] => {
            let given = solid_children(*arguments);
            let [given] = given[..] else { return None };
            // What a caller hands in is for the caller to choose.
            if given.kind() == "identifier" && is_parameter(source, given) {
                return None;
            }
            // A class that was imported for this alone is imported no more.
            if let Some(name) = imported_for(source, module, given) {
                edits = vec![(name, FUNCTION.to_owned())];
            }
            edits.push((given.byte_range(), format!("{FUNCTION}()")));
        }
        _ => return None,
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    Some(edits)
}

/// Where the one name stands that `from module import name` gives, when `given` is its only use.
fn imported_for(source: Source, module: &str, given: Node) -> Option<Range<usize>> {
    let name = source.of(given);
    let word = |char: char| char.is_alphanumeric() || char == '_';
    if given.kind() != "identifier" || source.text.split(|char| !word(char)).filter(|part| *part == name).count() != 2 {
        return None;
    }
    let line = format!("from {module} import {name}");
    let statement = solid_children(source.root).into_iter().find(|node| source.of(*node) == line)?;
    Some(statement.end_byte() - name.len()..statement.end_byte())
}

/// The arguments of each `name.config.from_object(...)`.
fn loaders<'a>(source: Source<'a>, name: &str) -> Vec<Node<'a>> {
    let wanted = format!("{name}.config.from_object");
    let mut found = Vec::new();
    let mut work = vec![source.root];
    while let Some(node) = work.pop() {
        let function = node.child_by_field_name("function").filter(|_| node.kind() == "call");
        if function.is_some_and(|function| source.of(function) == wanted) {
            found.extend(node.child_by_field_name("arguments"));
        }
        work.extend(solid_children(node));
    }
    found
}

fn is_parameter(source: Source, name: Node) -> bool {
    let function = std::iter::successors(name.parent(), Node::parent).find(|it| it.kind() == "function_definition");
    let parameters = function.and_then(|function| function.child_by_field_name("parameters"));
    parameters.is_some_and(|parameters| {
        solid_children(parameters).into_iter().any(|parameter| {
            let bound = parameter.child_by_field_name("name").unwrap_or(parameter);
            source.of(bound).split(':').next().map(str::trim) == Some(source.of(name))
        })
    })
}

/// An import behind the last one that runs before a byte, or before all others; nothing where it is there already.
fn import(source: Source, statement: &str, before: Option<usize>) -> Option<Patch> {
    let text = source.text;
    if text.lines().any(|line| line.trim_end() == statement) {
        return None;
    }
    let is_import =
        |node: &Node| matches!(node.kind(), "import_statement" | "import_from_statement" | "future_import_statement");
    let runs_before = |node: &Node| before.is_some_and(|before| node.end_byte() <= before);
    let last = solid_children(source.root).into_iter().rfind(|node| is_import(node) && runs_before(node));
    match last {
        Some(last) if ends_line(text, last.end_byte()) => {
            let stop = line_stop(text, last.end_byte());
            let at = line_next(text, last.end_byte());
            let end = line_break(text, last.start_byte());
            // A file that ends without a line end has its last import there.
            let (at, new) = if at == text.len() && stop == at {
                (at, format!("{end}{statement}"))
            } else {
                (at, format!("{statement}{end}"))
            };
            Some((at..at, new))
        }
        _ => insertion(source, before.unwrap_or(text.len()), statement),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::fix::{Edit, apply};
    use crate::language::Language;

    fn after(text: &str, edits: impl Fn(Source) -> Option<Vec<Patch>>) -> Option<String> {
        let document = Document::new(Language::Python, text);
        let edits = edits(Source { text, root: document.tree()?.root_node() })?;
        let edit = |(range, text): Patch| Edit { path: "a.py".into(), range, text };
        apply(text, &edits.into_iter().map(edit).collect::<Vec<_>>())
    }

    #[test]
    fn a_configuration_is_loaded_behind_the_application() {
        let text = "from flask import Flask\n\napp = Flask(__name__)\n";
        let loaded = after(text, |source| loaded(source, text.find("Flask(").expect("call"), "config"));
        assert_eq!(
            loaded.as_deref(),
            Some(
                "from flask import Flask\nfrom config import current_config\n\napp = Flask(__name__)\n\
                 app.config.from_object(current_config())\n"
            )
        );
    }

    #[test]
    fn a_loader_loads_the_chosen_class() {
        let text = "from flask import Flask\ndef make():\n    app = Flask(__name__)\n    app.config.from_object('config.Dev')\n    return app\n";
        let loaded = after(text, |source| loaded(source, text.find("Flask(").expect("call"), ".config"));
        assert!(loaded.is_some_and(|text| text.contains("    app.config.from_object(current_config())\n")));
        let given = "from flask import Flask\ndef make(kind=None):\n    app = Flask(__name__)\n    app.config.from_object(kind)\n";
        assert_eq!(after(given, |source| loaded_at(source, given)), None);
    }

    #[test]
    fn an_import_runs_before_its_use_and_takes_the_place_of_one_that_is_gone() {
        let text = "from flask import Flask\nfrom .config import Dev\napp = Flask(__name__)\n\
                    app.config.from_object(Dev)\nfrom . import views\n";
        let done = after(text, |source| loaded(source, text.find("Flask(").expect("call"), ".config"));
        let wanted = text.replace("import Dev", "import current_config").replace("(Dev)", "(current_config())");
        assert_eq!(done, Some(wanted));
        let kept = text.replace("from . import views", "from . import views\nprint(Dev)");
        let done = after(&kept, |source| loaded(source, kept.find("Flask(").expect("call"), ".config"));
        let line = "from .config import Dev\nfrom .config import current_config\napp = Flask(__name__)\n";
        assert!(done.is_some_and(|text| text.contains(line)));
    }

    fn loaded_at(source: Source, text: &str) -> Option<Vec<Patch>> {
        loaded(source, text.find("Flask(").expect("call"), "config")
    }

    #[test]
    fn classes_are_completed() {
        let text = "class Config:\n    SECRET = 1\n    DEBUG = True\n\n\nclass DevConfig(Config):\n    DEBUG = True\n";
        let done = after(text, completed).expect("completed");
        assert!(done.starts_with("import os\n\n\nclass Config:\n    SECRET = 1\n    DEBUG = False\n"), "{done}");
        assert!(done.contains("class DevConfig(Config):\n    DEBUG = True\n"), "{done}");
        assert!(done.contains("\n\n\nclass ProductionConfig(Config):\n    DEBUG = False\n"), "{done}");
        assert!(done.contains("{\"development\": DevConfig, \"production\": ProductionConfig}"), "{done}");
        assert_eq!(after(&done, completed), None);
        assert_eq!(after("DEBUG = True\n", completed), None);
    }
}
