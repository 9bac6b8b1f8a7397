//! The ways out of a finding in Python text: read the environment, remove, write the off value, say that it is meant.
//!
//! It gets a place and finds the syntax there itself; it does not judge whether the place is a finding.

use std::ops::Range;
use std::sync::Arc;

use tree_sitter::Node;

use super::check::those_that_parse;
use super::layout::{Patch, add_comment, remove_item, remove_statement};
use super::site::{Holder, Site, Source, find, is_kind, solid_children};
use super::value::{Expression, quote, replace, split_chain};
use super::{Edit, Fix, FixKind, command, imports, wrapper};
use crate::document::Document;

/// What the value at a place switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sink {
    /// Debug mode.
    Debug,
    /// Werkzeug's debugger, without debug mode.
    Debugger,
    /// A variable in the process's environment, or an option in its arguments.
    EnvWrite,
    /// `DebuggedApplication` around an application.
    Wrapper,
    /// The debugger's PIN, off; or another safeguard.
    PinOff,
}

/// A finding's place and what fixes must know of it.
pub(crate) struct Target<'a> {
    /// The file's path, as edits name it.
    pub path: &'a Arc<str>,
    /// The bytes of the finding.
    pub range: Range<usize>,
    /// What the value there switches.
    pub sink: Sink,
    /// The environment variable that a fix reads (`FLASK_DEBUG`).
    pub variable: &'a str,
    /// The name of the rule that a suppression allows.
    pub rule: &'a str,
    /// Whether the framework reads the variable by itself when the place is gone.
    pub removable: bool,
    /// What it is called in a mapping that is handed on whole.
    pub key: Option<&'a str>,
    /// Whether what stands there is only taken where the variable is unset.
    pub is_fallback: bool,
}

/// Words that turn debug on in the lookups that fixes write: never one that Flask takes for off.
const ON_WORDS: [&str; 4] = ["1", "true", "yes", "on"];

/// The fixes for each of these findings of one file, the preferred one first; none where the text is broken.
pub(crate) fn python_fixes(document: &Document, targets: &[Target], preferred: FixKind) -> Vec<Vec<Fix>> {
    let Some(tree) = document.tree() else { return targets.iter().map(|_| Vec::new()).collect() };
    let text = document.text(0..document.len());
    let source = Source { text: &text, root: tree.root_node() };
    let proposed = targets.iter().map(|target| proposals(source, target)).collect();
    let mut all = those_that_parse(&text, tree, proposed);
    for fixes in &mut all {
        fixes.sort_by_key(|fix| fix.kind != preferred);
        if let Some(first) = fixes.first_mut() {
            first.preferred = first.kind != FixKind::Suppress || preferred == FixKind::Suppress;
        }
    }
    all
}

/// The fixes that come to mind for a finding.
fn proposals(source: Source, target: &Target) -> Vec<Fix> {
    let Some(site) = find(source, target.range.clone(), target.sink) else { return Vec::new() };
    let job = Job { target, source, site };
    let kinds = [FixKind::Environment, FixKind::Remove, FixKind::Off, FixKind::Suppress];
    kinds.into_iter().filter_map(|kind| job.propose(kind)).collect()
}

/// One finding with the syntax around it.
struct Job<'a> {
    target: &'a Target<'a>,
    source: Source<'a>,
    site: Site<'a>,
}

impl Job<'_> {
    fn propose(&self, kind: FixKind) -> Option<Fix> {
        let (title, mut patches) = match kind {
            FixKind::Environment => self.environment()?,
            FixKind::Remove => self.remove()?,
            FixKind::Off => self.off()?,
            FixKind::Suppress => self.suppress()?,
        };
        patches.sort_by_key(|(range, _)| (range.start, range.end));
        let path = self.target.path;
        let edits = patches.into_iter().map(|(range, text)| Edit { path: path.clone(), range, text }).collect();
        Some(Fix { title, kind, preferred: false, edits })
    }

    fn environment(&self) -> Option<(String, Vec<Patch>)> {
        match self.target.sink {
            Sink::EnvWrite | Sink::PinOff => return None,
            Sink::Wrapper => {
                let guard = wrapper::guard(self.source, &self.site);
                let choice = guard.or_else(|| wrapper::conditional(self.source, &self.site));
                return choice.or_else(|| self.wrapped_on_request());
            }
            // Without the argument the debugger follows debug mode, which is more than a lookup can say.
            Sink::Debugger if self.is_in_run() => return None,
            Sink::Debugger | Sink::Debug => {}
        }
        if self.is_default() {
            let title = "Be off where the variable is unset".to_owned();
            return Some((title, vec![self.write(&plain("False"))?]));
        }
        let (text, import) = self.lookup(self.site.value?)?;
        let patch = self.write(&Expression { text, compares: true })?;
        let patches = import.into_iter().chain([patch]).collect();
        Some((format!("Read {} from the environment", self.target.variable), patches))
    }

    /// True for a literal that a function is given, has or gives for where the variable is unset: the program reads that
    /// itself.
    fn is_default(&self) -> bool {
        let is_literal = self.site.value.is_some_and(|value| matches!(value.kind(), "true" | "integer"));
        let is_held = match self.site.holder {
            Holder::Item(item) => item.parent().is_some_and(|list| list.kind() == "argument_list"),
            Holder::Fixed => true,
            _ => false,
        };
        self.target.is_fallback && is_literal && is_held && !self.target.removable
    }

    /// What reads the variable in the place of a value, and the import that it needs.
    fn lookup(&self, value: Node) -> Option<(String, Option<Patch>)> {
        let quote = quote(self.source, value)?;
        let access = imports::access(self.source, value)?;
        let variable = self.target.variable;
        let words = ON_WORDS.map(|word| format!("{quote}{word}{quote}")).join(", ");
        let function = &access.function;
        Some((format!("{function}({quote}{variable}{quote}, {quote}{quote}).lower() in ({words})"), access.import))
    }

    /// Wraps what is no application itself only where the environment asks for it.
    fn wrapped_on_request(&self) -> Option<(String, Vec<Patch>)> {
        let (lookup, import) = self.lookup(self.site.node)?;
        let patches = wrapper::partial(self.source, &self.site, &lookup);
        let patches = patches.or_else(|| wrapper::opted_in(self.source, &self.site, &lookup))?;
        let title = format!("Wrap it only when {} asks for it", self.target.variable);
        Some((title, patches.into_iter().chain(import).collect()))
    }

    /// Writes a value in the place of the one that turns debug on.
    fn write(&self, new: &Expression) -> Option<Patch> {
        match self.site.holder {
            Holder::Item(item) if self.is_action(item) => {
                Some((item.end_byte()..item.end_byte(), format!(", default={}", new.text)))
            }
            Holder::Spread(mapping) => {
                let key = self.target.key?;
                let quote = quote(self.source, mapping)?;
                let rest = self.source.of(mapping);
                let text = format!("{{**{rest}, {quote}{key}{quote}: {}}}", new.text);
                Some((mapping.byte_range(), text))
            }
            Holder::Assignment(link) if chain_of(link).is_some() => {
                split_chain(self.source, chain_of(link)?, link, new)
            }
            _ => replace(self.source, self.site.value?, new),
        }
    }

    fn remove(&self) -> Option<(String, Vec<Patch>)> {
        if self.target.sink == Sink::EnvWrite && command::is_command(self.source, &self.site) {
            return command::quieted(self.source, &self.site);
        }
        let variable = self.target.variable;
        if self.target.sink == Sink::EnvWrite && self.is_counted_on() {
            return None;
        }
        let reason = match self.target.sink {
            // A server that was let run without a terminal does not start without that.
            Sink::PinOff if !self.target.removable => return None,
            Sink::Debug if self.target.removable => format!(" and let {variable} decide"),
            Sink::Debugger if self.is_in_run() => " and let debug mode decide".to_owned(),
            Sink::Debugger | Sink::EnvWrite | Sink::PinOff => String::new(),
            Sink::Wrapper if self.target.removable && wrapper::wraps_itself(self.source, &self.site) => String::new(),
            Sink::Wrapper => {
                return Some(("Take the wrapper off".to_owned(), wrapper::unwrapped(self.source, &self.site)?));
            }
            Sink::Debug => return None,
        };
        let (what, patches) = match self.site.holder {
            Holder::Item(item) => self.remove_held(item)?,
            Holder::Assignment(link) => ("the assignment", self.remove_assignment(link)?),
            // Without what its base class does an object is half made.
            Holder::Call(call) if self.source.of(call).split('(').any(|part| part.ends_with(".__init__")) => {
                return None;
            }
            Holder::Call(call) => ("the call", remove_statement(self.source, self.statement_of(call)?)?),
            Holder::Fixed | Holder::Spread(_) => return None,
        };
        Some((format!("Remove {what}{reason}"), patches))
    }

    /// True where a variable is set that the program may count on being there: a switch of its own, or one that it asks
    /// for or takes away somewhere else without a word for where it is not.
    fn is_counted_on(&self) -> bool {
        let text = self.source.of(self.site.unit.node);
        let known = ["FLASK_", "QUART_", "DASH_", "WERKZEUG_"];
        let is_own = text.contains("DEBUG") && !known.iter().any(|prefix| text.contains(prefix));
        let (before, after) =
            (&self.source.text[..self.site.unit.range.start], &self.source.text[self.site.unit.range.end..]);
        is_own || [before, after].iter().any(|text| asks_for(text, self.target.variable))
    }

    /// True for `action="store_false"` of an option: what it is when nobody gives it is the default that it has of itself.
    fn is_action(&self, item: Node) -> bool {
        item.kind() == "keyword_argument"
            && item.child_by_field_name("name").is_some_and(|name| self.source.of(name) == "action")
    }

    fn remove_held(&self, item: Node) -> Option<(&'static str, Vec<Patch>)> {
        if self.is_action(item) {
            return None;
        }
        let list = item.parent()?;
        match (list.kind(), item.kind()) {
            ("argument_list", "keyword_argument") => Some(("the argument", remove_item(self.source, item)?)),
            // `os.execlp("flask", "flask", "run", "--debug")`: one word of several.
            ("argument_list", _) if self.target.sink == Sink::EnvWrite && solid_children(list).len() > 2 => {
                Some(("the option", remove_item(self.source, item)?))
            }
            ("argument_list", _) if self.target.sink == Sink::EnvWrite => {
                // `sys.argv.append("--debug")` means nothing without its argument.
                let call = list.parent()?;
                let statement = self.statement_of(call)?;
                Some(("the call", remove_statement(self.source, statement)?))
            }
            ("argument_list", _) if is_followed(item) => {
                Some(("the argument", vec![replace(self.source, self.site.value?, &plain("None"))?]))
            }
            ("argument_list", _) => Some(("the argument", remove_item(self.source, item)?)),
            ("dictionary", _) => {
                // `**{...}` without a pair says nothing.
                let splat = list.parent().filter(|parent| parent.kind() == "dictionary_splat");
                let whole = splat.filter(|_| solid_children(list).len() == 1);
                Some(("the entry", remove_item(self.source, whole.unwrap_or(item))?))
            }
            ("list", _) if self.target.sink == Sink::EnvWrite => Some(("the option", remove_item(self.source, item)?)),
            _ => None,
        }
    }

    fn remove_assignment(&self, link: Node) -> Option<Vec<Patch>> {
        if chain_of(link).is_some() {
            let target = link.child_by_field_name("left")?;
            let right = link.child_by_field_name("right")?;
            return Some(vec![(target.start_byte()..right.start_byte(), String::new())]);
        }
        remove_statement(self.source, self.statement_of(link)?)
    }

    /// The expression statement that is this node and nothing more.
    fn statement_of<'a>(&'a self, node: Node<'a>) -> Option<Node<'a>> {
        let unit = self.site.unit.node;
        (unit.kind() == "expression_statement" && unit.byte_range() == super::site::outer(node).byte_range())
            .then_some(unit)
    }

    fn off(&self) -> Option<(String, Vec<Patch>)> {
        // The same is offered by another name.
        if self.is_default() {
            return None;
        }
        if self.target.sink == Sink::EnvWrite && command::is_command(self.source, &self.site) {
            return None;
        }
        let text = match self.target.sink {
            Sink::Debug | Sink::Debugger => "False".to_owned(),
            Sink::Wrapper => {
                let patch = replace(self.source, wrapper::console(self.source, &self.site)?, &plain("False"))?;
                return Some(("Turn the console off".to_owned(), vec![patch]));
            }
            Sink::PinOff if !self.target.removable => return None,
            Sink::PinOff if matches!(self.site.holder, Holder::Item(item) if item.kind() == "keyword_argument") => {
                let name = self.site.value?.parent().and_then(|parent| parent.child_by_field_name("name"))?;
                if self.source.of(name).starts_with(|char: char| char.is_ascii_uppercase()) {
                    return None;
                }
                "False".to_owned()
            }
            Sink::PinOff => return None,
            Sink::EnvWrite => self.zero()?,
        };
        let patch = self.write(&plain(&text))?;
        Some((format!("Write `{text}`"), vec![patch]))
    }

    /// The string `0` in the quotes of the value; `None` for an option among arguments.
    fn zero(&self) -> Option<String> {
        if let Holder::Item(item) = self.site.holder
            && matches!(item.kind(), "string" | "concatenated_string" | "parenthesized_expression")
        {
            return None;
        }
        let value = self.source.of(self.site.value?);
        let written = value.chars().find(|char| matches!(char, '"' | '\''));
        let quote = match written {
            Some(written) => written,
            None => quote(self.source, self.site.value?)?,
        };
        Some(format!("{quote}0{quote}"))
    }

    fn suppress(&self) -> Option<(String, Vec<Patch>)> {
        let rule = self.target.rule;
        let patch = add_comment(self.source, &self.site.unit, &format!("# undebug: allow {rule}"))?;
        Some((format!("Allow {rule} here"), vec![patch]))
    }

    /// True for an argument of a method `run`, which hands what it does not know to Werkzeug.
    fn is_in_run(&self) -> bool {
        let call = std::iter::successors(self.site.node.parent(), Node::parent)
            .take_while(|ancestor| !matches!(ancestor.kind(), "block" | "module"))
            .find(|ancestor| ancestor.kind() == "call");
        let function = call.and_then(|call| call.child_by_field_name("function"));
        function
            .filter(|function| function.kind() == "attribute")
            .and_then(|function| function.child_by_field_name("attribute"))
            .is_some_and(|name| self.source.of(name) == "run")
    }
}

/// Whether a text reads or deletes `environ["NAME"]`, or pops it.
fn asks_for(text: &str, variable: &str) -> bool {
    text.match_indices(variable).any(|(at, name)| {
        let before = text[..at].trim_end_matches(['"', '\'']);
        let after = text[at + name.len()..].trim_start_matches(['"', '\'']);
        let is_read = |rest: &str| !rest.trim_start().starts_with('=') || rest.trim_start().starts_with("==");
        match before.as_bytes() {
            [.., b'['] => after.strip_prefix(']').is_some_and(is_read),
            [.., b'p', b'o', b'p', b'('] => after.starts_with(')'),
            _ => false,
        }
    })
}

fn plain(text: &str) -> Expression {
    Expression { text: text.to_owned(), compares: false }
}

/// The whole chain `a = b = value` that an assignment is a link of; `None` for one that stands alone.
fn chain_of(link: Node) -> Option<Node> {
    let chain = std::iter::successors(Some(link), |link| link.parent().filter(|parent| parent.kind() == "assignment"))
        .last()?;
    let linked = chain.id() != link.id() || is_kind(link.child_by_field_name("right"), "assignment");
    linked.then_some(chain)
}

/// True for a positional argument that others follow by position.
fn is_followed(item: Node) -> bool {
    std::iter::successors(item.next_named_sibling(), Node::next_named_sibling)
        .any(|next| !matches!(next.kind(), "comment" | "line_continuation" | "keyword_argument" | "dictionary_splat"))
}
