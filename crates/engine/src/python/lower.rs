//! From the syntax tree to the program that the machine runs.
//!
//! It evaluates nothing and resolves no name. Broken text is ordinary input: what the parser could not read becomes an
//! opaque expression or no statement. Depth is bounded: what nests deeper than [`MAX_DEPTH`] is opaque.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;
use tree_sitter::{Language, Node, Parser};

use super::ir::*;
use crate::document::parsed;

/// How deep expressions and blocks are followed. Real programs stay below 40; the bound keeps the stack small.
const MAX_DEPTH: u32 = 90;

/// How many entries of a collection display are kept: settings are short, data tables are not settings.
const MAX_ENTRIES: usize = 512;

/// How long a text may be that a program evaluates: one line, a few at most.
const MAX_INNER: usize = 4_096;

/// One lowered statement with the bytes of its sites, relative to the statement's first byte.
#[derive(Debug, PartialEq)]
pub(crate) struct Lowered {
    pub stmts: Vec<Stmt>,
    pub sites: Vec<Range<u32>>,
}

/// Lowers the statements of a text, given its root node.
pub(crate) fn lower(root: Node<'_>, text: &dyn Fn(Range<usize>) -> String) -> Lowered {
    let mut lowering = Lowering { text, sites: Vec::new(), yields: false };
    let stmts = lowering.block(Some(root), 0);
    Lowered { stmts, sites: lowering.sites }
}

/// Lowers a part of a program, broken or not; nothing where it takes too long to parse.
pub(crate) fn lower_part(text: &str) -> Vec<Stmt> {
    let Some(tree) = parsed(text) else { return Vec::new() };
    lower(tree.root_node(), &|range| text.get(range).unwrap_or_default().to_owned()).stmts
}

/// Lowers a text that a program holds in a string; nothing where it does not parse.
pub(crate) fn lower_text(text: &str) -> Vec<Stmt> {
    let mut parser = Parser::new();
    if text.len() > MAX_INNER || parser.set_language(&tree_sitter_python::LANGUAGE.into()).is_err() {
        return Vec::new();
    }
    let Some(tree) = parser.parse(text, None).filter(|tree| !tree.root_node().has_error()) else { return Vec::new() };
    lower(tree.root_node(), &|range| text.get(range).unwrap_or_default().to_owned()).stmts
}

struct Lowering<'a> {
    text: &'a dyn Fn(Range<usize>) -> String,
    sites: Vec<Range<u32>>,
    /// Whether a `yield` was seen in the function being lowered.
    yields: bool,
}

impl Lowering<'_> {
    fn text(&self, node: Node<'_>) -> String {
        (self.text)(node.byte_range())
    }

    fn name(&self, node: Node<'_>) -> Name {
        Name::from(self.text(node))
    }

    fn site(&mut self, range: Range<usize>) -> Site {
        let at = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        self.sites.push(at(range.start)..at(range.end));
        (self.sites.len() - 1) as Site
    }

    fn block(&mut self, node: Option<Node<'_>>, depth: u32) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        let Some(node) = node else { return stmts };
        if depth > MAX_DEPTH {
            return stmts;
        }
        for child in named(node) {
            self.stmt(child, depth + 1, &mut stmts);
        }
        stmts
    }

    fn stmt(&mut self, node: Node<'_>, depth: u32, out: &mut Vec<Stmt>) {
        if depth > MAX_DEPTH {
            return;
        }
        let next = depth + 1;
        match kind_of(node) {
            "expression_statement" => self.expression_statement(node, next, out),
            "function_definition" => {
                let function = self.function(node, Vec::new(), next);
                out.push(Stmt::Function(Arc::new(function)));
            }
            "class_definition" => {
                let class = self.class(node, Vec::new(), next);
                out.push(Stmt::Class(Arc::new(class)));
            }
            "decorated_definition" => self.decorated(node, next, out),
            "return_statement" => {
                let site = self.site(node.byte_range());
                let value = node.named_child(0).map(|value| self.expr_or_tuple(value, next));
                out.push(Stmt::Return(value, site));
            }
            "if_statement" => self.if_statement(node, next, out),
            "while_statement" => {
                let test = self.field(node, "condition", next);
                let body = self.block(field_of(node, "body"), next);
                let orelse = self.else_of(node, next);
                out.push(Stmt::While(test, body, orelse));
            }
            "for_statement" => {
                let target = field_of(node, "left").map_or(Target::Unknown, |left| self.target(left, next));
                let iterable = self.field(node, "right", next);
                let body = self.block(field_of(node, "body"), next);
                let orelse = self.else_of(node, next);
                out.push(Stmt::For(target, iterable, body, orelse));
            }
            "try_statement" => self.try_statement(node, next, out),
            "with_statement" => self.with_statement(node, next, out),
            "match_statement" => self.match_statement(node, next, out),
            "import_statement" => {
                let names = named(node).into_iter().map(|name| self.import_name(name)).collect();
                out.push(Stmt::Import(names));
            }
            "import_from_statement" => self.import_from(node, out),
            "global_statement" => out.push(Stmt::Global(named(node).into_iter().map(|n| self.name(n)).collect())),
            "nonlocal_statement" => out.push(Stmt::Nonlocal(named(node).into_iter().map(|n| self.name(n)).collect())),
            "delete_statement" => {
                let mut targets = Vec::new();
                for child in named(node) {
                    match self.target(child, next) {
                        Target::Unpack(inner) => targets.extend(inner),
                        target => targets.push(target),
                    }
                }
                out.push(Stmt::Delete(targets));
            }
            "raise_statement" => {
                let value = node.named_child(0).map(|value| self.expr(value, next));
                out.push(Stmt::Raise(value));
            }
            "assert_statement" => {
                if let Some(test) = node.named_child(0) {
                    let test = self.expr(test, next);
                    out.push(Stmt::Assert(test));
                }
            }
            "break_statement" => out.push(Stmt::Break),
            "continue_statement" => out.push(Stmt::Continue),
            "pass_statement" => out.push(Stmt::Pass),
            // What stands inside an ERROR is not known to be a statement: nothing there is certain.
            _ => {}
        }
    }

    fn expression_statement(&mut self, node: Node<'_>, depth: u32, out: &mut Vec<Stmt>) {
        let children = named(node);
        let Some(first) = children.first() else { return };
        match kind_of(*first) {
            "assignment" => self.assignment(*first, depth, out),
            "augmented_assignment" => {
                let site = self.site(first.byte_range());
                let target = field_of(*first, "left").map_or(Target::Unknown, |left| self.target(left, depth));
                let op = field_of(*first, "operator").map_or(BinaryOp::Other, |op| binary(kind_of(op)));
                let Some(right) = field_of(*first, "right") else { return };
                let value = self.expr_or_tuple(right, depth);
                out.push(Stmt::AugAssign(target, op, value, site));
            }
            _ => {
                for child in children {
                    let value = self.expr(child, depth);
                    out.push(Stmt::Expr(value));
                }
            }
        }
    }

    fn assignment(&mut self, node: Node<'_>, depth: u32, out: &mut Vec<Stmt>) {
        if let Some(annotation) = field_of(node, "type") {
            let site = self.site(node.byte_range());
            let target = field_of(node, "left").map_or(Target::Unknown, |left| self.target(left, depth));
            let annotation = self.annotation(annotation, depth);
            let value = field_of(node, "right").map(|right| self.expr_or_tuple(right, depth));
            out.push(Stmt::Annotated(target, annotation, value, site));
            return;
        }
        let mut targets = Vec::new();
        let mut current = node;
        let end = node.end_byte();
        loop {
            let Some(left) = field_of(current, "left") else { return };
            let Some(right) = field_of(current, "right") else { return };
            let site = self.site(left.start_byte()..end);
            targets.push((self.target(left, depth), site));
            if kind_of(right) != "assignment" {
                let value = self.expr_or_tuple(right, depth);
                out.push(Stmt::Assign(targets, value));
                return;
            }
            current = right;
        }
    }

    fn annotation(&mut self, node: Node<'_>, depth: u32) -> Expr {
        match node.named_child(0) {
            Some(inner) if kind_of(node) == "type" => self.expr(inner, depth),
            _ => self.expr(node, depth),
        }
    }

    fn target(&mut self, node: Node<'_>, depth: u32) -> Target {
        if depth > MAX_DEPTH {
            return Target::Unknown;
        }
        match kind_of(node) {
            "identifier" => Target::Name(self.name(node)),
            "attribute" => {
                let object = self.field(node, "object", depth + 1);
                let Some(attribute) = field_of(node, "attribute") else { return Target::Unknown };
                Target::Attribute(object, self.name(attribute))
            }
            "subscript" => {
                let object = self.field(node, "value", depth + 1);
                let index = self.field(node, "subscript", depth + 1);
                Target::Subscript(object, index)
            }
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list" => {
                Target::Unpack(named(node).into_iter().map(|child| self.target(child, depth + 1)).collect())
            }
            "list_splat_pattern" | "list_splat" => {
                let inner = node.named_child(0).map_or(Target::Unknown, |inner| self.target(inner, depth + 1));
                Target::Starred(Box::new(inner))
            }
            "parenthesized_expression" | "as_pattern_target" => {
                node.named_child(0).map_or(Target::Unknown, |inner| self.target(inner, depth + 1))
            }
            _ => Target::Unknown,
        }
    }

    fn decorated(&mut self, node: Node<'_>, depth: u32, out: &mut Vec<Stmt>) {
        let mut decorators = Vec::new();
        for child in named(node) {
            if kind_of(child) == "decorator"
                && let Some(value) = child.named_child(0)
            {
                decorators.push(self.expr(value, depth));
            }
        }
        let Some(definition) = field_of(node, "definition") else { return };
        if kind_of(definition) == "class_definition" {
            let class = self.class(definition, decorators, depth);
            out.push(Stmt::Class(Arc::new(class)));
        } else {
            let function = self.function(definition, decorators, depth);
            out.push(Stmt::Function(Arc::new(function)));
        }
    }

    fn function(&mut self, node: Node<'_>, decorators: Vec<Expr>, depth: u32) -> Function {
        let site = self.site(node.byte_range());
        let name = field_of(node, "name").map_or_else(Name::default, |name| self.name(name));
        let params = self.params(field_of(node, "parameters"), depth);
        let outer = std::mem::replace(&mut self.yields, false);
        let start = self.sites.len() as Site;
        let body = self.block(field_of(node, "body"), depth);
        let inner = start..self.sites.len() as Site;
        let generator = std::mem::replace(&mut self.yields, outer);
        let coroutine = node.child(0).is_some_and(|word| kind_of(word) == "async");
        Function { name, params, decorators, body, generator, coroutine, site, inner }
    }

    fn lambda(&mut self, node: Node<'_>, depth: u32) -> Function {
        let site = self.site(node.byte_range());
        let params = self.params(field_of(node, "parameters"), depth);
        let start = self.sites.len() as Site;
        let value = self.field(node, "body", depth);
        let inner = start..self.sites.len() as Site;
        let returned = value.site;
        Function {
            name: Name::new_static("<lambda>"),
            params,
            decorators: Vec::new(),
            body: vec![Stmt::Return(Some(value), returned)],
            generator: false,
            coroutine: false,
            site,
            inner,
        }
    }

    fn params(&mut self, node: Option<Node<'_>>, depth: u32) -> Vec<Param> {
        let mut params = Vec::new();
        let Some(node) = node else { return params };
        let mut keyword_only = false;
        for child in named(node) {
            let kind = if keyword_only { ParamKind::KeywordOnly } else { ParamKind::Normal };
            match kind_of(child) {
                "keyword_separator" => keyword_only = true,
                "identifier" => params.push(self.param(child, child, kind, None, None, depth)),
                "list_splat_pattern" | "dictionary_splat_pattern" | "typed_parameter" => {
                    let annotation = field_of(child, "type");
                    let inner = if kind_of(child) == "typed_parameter" { child.named_child(0) } else { Some(child) };
                    let Some(inner) = inner else { continue };
                    let (kind, name) = match kind_of(inner) {
                        "list_splat_pattern" => (ParamKind::Star, inner.named_child(0)),
                        "dictionary_splat_pattern" => (ParamKind::DoubleStar, inner.named_child(0)),
                        _ => (kind, Some(inner)),
                    };
                    keyword_only |= kind == ParamKind::Star;
                    let Some(name) = name else { continue };
                    params.push(self.param(child, name, kind, annotation, None, depth));
                }
                "default_parameter" | "typed_default_parameter" => {
                    let Some(name) = field_of(child, "name") else { continue };
                    let annotation = field_of(child, "type");
                    let default = field_of(child, "value");
                    params.push(self.param(child, name, kind, annotation, default, depth));
                }
                _ => {}
            }
        }
        params
    }

    fn param(
        &mut self,
        whole: Node<'_>,
        name: Node<'_>,
        kind: ParamKind,
        annotation: Option<Node<'_>>,
        default: Option<Node<'_>>,
        depth: u32,
    ) -> Param {
        let site = self.site(whole.byte_range());
        let annotation = annotation.map(|annotation| self.annotation(annotation, depth));
        let default = default.map(|default| self.expr(default, depth));
        Param { name: self.name(name), kind, annotation, default, site }
    }

    fn class(&mut self, node: Node<'_>, decorators: Vec<Expr>, depth: u32) -> ClassDef {
        let site = self.site(node.byte_range());
        let name = field_of(node, "name").map_or_else(Name::default, |name| self.name(name));
        let bases = field_of(node, "superclasses").map_or_else(Vec::new, |args| self.args(args, depth));
        let body = self.block(field_of(node, "body"), depth);
        ClassDef { name, bases, decorators, body, site }
    }

    fn if_statement(&mut self, node: Node<'_>, depth: u32, out: &mut Vec<Stmt>) {
        let test = self.field(node, "condition", depth);
        let body = self.block(field_of(node, "consequence"), depth);
        let mut branches = vec![(test, body)];
        let mut orelse = Vec::new();
        let mut cursor = node.walk();
        let alternatives: Vec<Node<'_>> = node.children_by_field_name("alternative", &mut cursor).collect();
        for alternative in alternatives {
            if kind_of(alternative) == "elif_clause" {
                let test = self.field(alternative, "condition", depth);
                let body = self.block(field_of(alternative, "consequence"), depth);
                branches.push((test, body));
            } else {
                orelse = self.block(field_of(alternative, "body"), depth);
            }
        }
        out.push(Stmt::If(branches, orelse));
    }

    fn else_of(&mut self, node: Node<'_>, depth: u32) -> Vec<Stmt> {
        let body = field_of(node, "alternative").and_then(|clause| field_of(clause, "body"));
        self.block(body, depth)
    }

    fn try_statement(&mut self, node: Node<'_>, depth: u32, out: &mut Vec<Stmt>) {
        let mut result = Try {
            body: self.block(field_of(node, "body"), depth),
            handlers: Vec::new(),
            orelse: Vec::new(),
            finally: Vec::new(),
        };
        for child in named(node) {
            let block = named(child).into_iter().rfind(|inner| kind_of(*inner) == "block");
            match kind_of(child) {
                "except_clause" | "except_group_clause" => {
                    let mut catches = None;
                    let mut name = None;
                    if let Some(value) = named(child).into_iter().find(|inner| kind_of(*inner) != "block") {
                        if kind_of(value) == "as_pattern" {
                            catches = value.named_child(0).map(|inner| self.expr(inner, depth));
                            name = field_of(value, "alias").map(|alias| self.name(alias));
                        } else {
                            catches = Some(self.expr(value, depth));
                        }
                    }
                    let body = self.block(block, depth);
                    result.handlers.push(Handler { catches, name, body });
                }
                "else_clause" => result.orelse = self.block(block, depth),
                "finally_clause" => result.finally = self.block(block, depth),
                _ => {}
            }
        }
        out.push(Stmt::Try(Box::new(result)));
    }

    fn with_statement(&mut self, node: Node<'_>, depth: u32, out: &mut Vec<Stmt>) {
        let mut items = Vec::new();
        for clause in named(node).into_iter().filter(|child| kind_of(*child) == "with_clause") {
            for item in named(clause).into_iter().filter(|child| kind_of(*child) == "with_item") {
                let Some(value) = field_of(item, "value") else { continue };
                if kind_of(value) == "as_pattern" {
                    let Some(inner) = value.named_child(0) else { continue };
                    let inner = self.expr(inner, depth);
                    let target = field_of(value, "alias").map(|alias| self.target(alias, depth));
                    items.push((inner, target));
                } else {
                    items.push((self.expr(value, depth), None));
                }
            }
        }
        let body = self.block(field_of(node, "body"), depth);
        out.push(Stmt::With(items, body));
    }

    fn match_statement(&mut self, node: Node<'_>, depth: u32, out: &mut Vec<Stmt>) {
        let mut cursor = node.walk();
        let subjects: Vec<Node<'_>> = node.children_by_field_name("subject", &mut cursor).collect();
        let subject = match subjects.as_slice() {
            [] | [_] => self.field(node, "subject", depth),
            several => {
                let items = several.iter().map(|item| self.expr(*item, depth)).collect();
                Expr { kind: ExprKind::Tuple(items), site: self.site(node.byte_range()) }
            }
        };
        let mut cases = Vec::new();
        let body = field_of(node, "body").unwrap_or(node);
        for case in named(body).into_iter().filter(|child| kind_of(*child) == "case_clause") {
            let patterns: Vec<Node<'_>> =
                named(case).into_iter().filter(|child| kind_of(*child) == "case_pattern").collect();
            let pattern = match patterns.as_slice() {
                [one] => self.pattern(*one, depth),
                several => self.sequence_pattern(several, depth),
            };
            let guard = field_of(case, "guard").and_then(|g| g.named_child(0)).map(|test| self.expr(test, depth));
            let body = self.block(field_of(case, "consequence"), depth);
            cases.push(Case { pattern, guard, body });
        }
        out.push(Stmt::Match(subject, cases));
    }

    fn pattern(&mut self, node: Node<'_>, depth: u32) -> Pattern {
        if depth > MAX_DEPTH {
            return Pattern::Unknown;
        }
        match kind_of(node) {
            "case_pattern" => match node.named_child(0) {
                Some(inner) => self.pattern(inner, depth + 1),
                None if self.text(node).trim() == "_" => Pattern::Wildcard,
                None => Pattern::Unknown,
            },
            "union_pattern" => {
                Pattern::Any(named(node).into_iter().map(|child| self.pattern(child, depth + 1)).collect())
            }
            "as_pattern" => match named(node).as_slice() {
                [inner, name] => {
                    let inner = self.pattern(*inner, depth + 1);
                    Pattern::As(Box::new(inner), self.name(*name))
                }
                _ => Pattern::Unknown,
            },
            "tuple_pattern" | "list_pattern" => {
                let parts = named(node);
                // `(pattern)` without a comma is the pattern.
                match parts.as_slice() {
                    [one] if kind_of(node) == "tuple_pattern" && !self.text(node).contains(',') => {
                        self.pattern(*one, depth + 1)
                    }
                    parts => self.sequence_pattern(parts, depth + 1),
                }
            }
            // `*rest`, which only a sequence can have.
            "splat_pattern" => {
                let name = named(node).first().map(|name| self.name(*name)).filter(|name| *name != "_");
                Pattern::Rest(name)
            }
            "dict_pattern" => self.mapping_pattern(node, depth + 1),
            "dotted_name" if node.named_child_count() == 1 => {
                let name = self.name(node);
                if name == "_" { Pattern::Wildcard } else { Pattern::Capture(name) }
            }
            "dotted_name" => Pattern::Value(self.dotted_value(node)),
            "string" | "concatenated_string" | "integer" | "true" | "false" | "none" => {
                Pattern::Value(self.expr(node, depth + 1))
            }
            _ => Pattern::Unknown,
        }
    }

    fn sequence_pattern(&mut self, parts: &[Node<'_>], depth: u32) -> Pattern {
        if depth > MAX_DEPTH {
            return Pattern::Unknown;
        }
        Pattern::Sequence(parts.iter().map(|part| self.pattern(*part, depth)).collect())
    }

    fn mapping_pattern(&mut self, node: Node<'_>, depth: u32) -> Pattern {
        let mut cursor = node.walk();
        let keys: Vec<Node<'_>> = node.children_by_field_name("key", &mut cursor).filter(Node::is_named).collect();
        let mut cursor = node.walk();
        let values: Vec<Node<'_>> = node.children_by_field_name("value", &mut cursor).filter(Node::is_named).collect();
        if keys.len() != values.len() || depth > MAX_DEPTH {
            return Pattern::Unknown;
        }
        let rest = named(node).into_iter().find(|child| kind_of(*child) == "splat_pattern");
        let rest = rest.and_then(|rest| rest.named_child(0)).map(|name| self.name(name));
        let pairs = keys.into_iter().zip(values).map(|(key, value)| {
            let key = self.expr(key, depth);
            (key, self.pattern(value, depth))
        });
        Pattern::Mapping(pairs.collect(), rest)
    }

    /// `Stage.DEV` in a pattern.
    fn dotted_value(&mut self, node: Node<'_>) -> Expr {
        let site = self.site(node.byte_range());
        let mut parts = named(node).into_iter().map(|part| self.name(part)).collect::<Vec<_>>().into_iter();
        let first = Expr { kind: ExprKind::Name(parts.next().unwrap_or_default()), site };
        parts.fold(first, |object, name| Expr { kind: ExprKind::Attribute(Box::new(object), name), site })
    }

    fn import_name(&mut self, node: Node<'_>) -> (Name, Option<Name>) {
        if kind_of(node) == "aliased_import" {
            let name = field_of(node, "name").map_or_else(Name::default, |name| self.dotted(name));
            let alias = field_of(node, "alias").map(|alias| self.name(alias));
            return (name, alias);
        }
        (self.dotted(node), None)
    }

    fn dotted(&self, node: Node<'_>) -> Name {
        Name::from(self.text(node).split_whitespace().collect::<String>())
    }

    fn import_from(&mut self, node: Node<'_>, out: &mut Vec<Stmt>) {
        let Some(module) = field_of(node, "module_name") else { return };
        let mut level = 0;
        let mut path = Name::default();
        if kind_of(module) == "relative_import" {
            for child in named(module) {
                if kind_of(child) == "import_prefix" {
                    level = self.text(child).matches('.').count() as u32;
                } else {
                    path = self.dotted(child);
                }
            }
        } else {
            path = self.dotted(module);
        }
        let mut cursor = node.walk();
        let nodes: Vec<Node<'_>> = node.children_by_field_name("name", &mut cursor).collect();
        let names = nodes.into_iter().map(|name| self.import_name(name)).collect();
        let star = named(node).into_iter().any(|child| kind_of(child) == "wildcard_import");
        out.push(Stmt::ImportFrom(Box::new(ImportFrom { level, module: path, names, star })));
    }

    fn field(&mut self, node: Node<'_>, field: &str, depth: u32) -> Expr {
        match field_of(node, field) {
            Some(child) => self.expr(child, depth),
            None => Expr { kind: ExprKind::Opaque(Vec::new()), site: self.site(node.byte_range()) },
        }
    }

    fn expr_or_tuple(&mut self, node: Node<'_>, depth: u32) -> Expr {
        if kind_of(node) == "expression_list" {
            let site = self.site(node.byte_range());
            let parts = named(node).into_iter().map(|child| self.expr(child, depth + 1)).collect();
            return Expr { kind: ExprKind::Tuple(parts), site };
        }
        self.expr(node, depth)
    }

    fn expr(&mut self, node: Node<'_>, depth: u32) -> Expr {
        let site = self.site(node.byte_range());
        if depth > MAX_DEPTH {
            return Expr { kind: ExprKind::Opaque(Vec::new()), site };
        }
        let next = depth + 1;
        let kind = match kind_of(node) {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "none" => ExprKind::None,
            "integer" => integer(&self.text(node)),
            "float" => self.text(node).replace('_', "").parse().map_or(ExprKind::Opaque(Vec::new()), ExprKind::Float),
            "string" => self.string(node, next),
            "concatenated_string" => self.concatenated(node, next),
            "ellipsis" => ExprKind::Ellipsis,
            "identifier" => ExprKind::Name(self.name(node)),
            "attribute" => {
                let object = self.field(node, "object", next);
                let name = field_of(node, "attribute").map_or_else(Name::default, |name| self.name(name));
                ExprKind::Attribute(Box::new(object), name)
            }
            "subscript" => {
                let object = self.field(node, "value", next);
                let index = self.field(node, "subscript", next);
                ExprKind::Subscript(Box::new(object), Box::new(index))
            }
            "slice" => self.slice(node, next),
            "call" => self.call(node, next),
            "not_operator" => ExprKind::Not(Box::new(self.field(node, "argument", next))),
            "boolean_operator" => {
                let left = Box::new(self.field(node, "left", next));
                let right = Box::new(self.field(node, "right", next));
                let and = field_of(node, "operator").is_some_and(|op| kind_of(op) == "and");
                if and { ExprKind::And(left, right) } else { ExprKind::Or(left, right) }
            }
            "comparison_operator" => self.comparison(node, next),
            "binary_operator" => {
                let op = field_of(node, "operator").map_or(BinaryOp::Other, |op| binary(kind_of(op)));
                let left = Box::new(self.field(node, "left", next));
                let right = Box::new(self.field(node, "right", next));
                ExprKind::Binary(op, left, right)
            }
            "unary_operator" => {
                let argument = self.field(node, "argument", next);
                let negated = ExprKind::Negate(Box::new(argument));
                let inner = |kind: ExprKind| Box::new(Expr { kind, site });
                match field_of(node, "operator").map(|op| kind_of(op)) {
                    Some("-") => negated,
                    // `~x` is `-x - 1`, and `+x` is `-(-x)`.
                    Some("~") => ExprKind::Binary(BinaryOp::Sub, inner(negated), inner(ExprKind::Int(1))),
                    _ => ExprKind::Negate(inner(negated)),
                }
            }
            "conditional_expression" => {
                let parts: Vec<Expr> = named(node).into_iter().map(|child| self.expr(child, next)).collect();
                match <[Expr; 3]>::try_from(parts) {
                    Ok([then, test, orelse]) => ExprKind::Conditional(Box::new(test), Box::new(then), Box::new(orelse)),
                    Err(parts) => ExprKind::Opaque(parts),
                }
            }
            "named_expression" => {
                let name = field_of(node, "name").map_or_else(Name::default, |name| self.name(name));
                ExprKind::Named(name, Box::new(self.field(node, "value", next)))
            }
            "lambda" => ExprKind::Lambda(Arc::new(self.lambda(node, next))),
            "tuple" | "expression_list" => ExprKind::Tuple(self.exprs(node, next)),
            "list" => ExprKind::List(self.exprs(node, next)),
            "set" => ExprKind::Set(self.exprs(node, next)),
            "dictionary" => self.dictionary(node, next),
            "parenthesized_expression" => match named(node).first() {
                Some(inner) => return self.expr(*inner, next),
                None => ExprKind::Opaque(Vec::new()),
            },
            "list_splat" | "parenthesized_list_splat" => match node.named_child(0) {
                Some(inner) => ExprKind::Starred(Box::new(self.expr(inner, next))),
                None => ExprKind::Opaque(Vec::new()),
            },
            "await" => match node.named_child(0) {
                Some(inner) => ExprKind::Await(Box::new(self.expr(inner, next))),
                None => ExprKind::Opaque(Vec::new()),
            },
            "yield" => {
                self.yields = true;
                let from = (0..node.child_count()).any(|at| node.child(at).is_some_and(|c| kind_of(c) == "from"));
                match (from, self.exprs(node, next).pop()) {
                    (_, None) => ExprKind::Yield(None, false),
                    (from, Some(value)) => ExprKind::Yield(Some(Box::new(value)), from),
                }
            }
            "list_comprehension" | "set_comprehension" | "generator_expression" | "dictionary_comprehension" => {
                self.comprehension(node, next)
            }
            _ => ExprKind::Opaque(Vec::new()),
        };
        Expr { kind, site }
    }

    fn slice(&mut self, node: Node<'_>, depth: u32) -> ExprKind {
        let mut bounds = [None, None, None];
        let mut at = 0;
        for index in 0..node.child_count() {
            let Some(child) = node.child(index) else { continue };
            match kind_of(child) {
                ":" => at += 1,
                _ if child.is_named() && !child.is_extra() && at < 3 => bounds[at] = Some(self.expr(child, depth)),
                _ => {}
            }
        }
        ExprKind::Slice(Box::new(bounds))
    }

    fn exprs(&mut self, node: Node<'_>, depth: u32) -> Vec<Expr> {
        named(node).into_iter().take(MAX_ENTRIES).map(|child| self.expr(child, depth)).collect()
    }

    fn comprehension(&mut self, node: Node<'_>, depth: u32) -> ExprKind {
        let children = named(node);
        let Some(body) = field_of(node, "body") else { return ExprKind::Opaque(Vec::new()) };
        let dict = kind_of(body) == "pair";
        let (key, element) = if dict {
            (Some(self.field(body, "key", depth)), self.field(body, "value", depth))
        } else {
            (None, self.expr(body, depth))
        };
        let mut clauses: Vec<Clause> = Vec::new();
        for child in children {
            match (kind_of(child), clauses.last_mut()) {
                ("for_in_clause", _) => {
                    let left = field_of(child, "left");
                    let target = left.map_or(Target::Unknown, |left| self.target(left, depth));
                    let iterable = self.field(child, "right", depth);
                    clauses.push(Clause { target, iterable, conditions: Vec::new() });
                }
                ("if_clause", Some(clause)) => {
                    let test = child.named_child(0).map(|test| self.expr(test, depth));
                    clause.conditions.extend(test);
                }
                _ => {}
            }
        }
        ExprKind::Comprehension(Box::new(Comprehension { dict, key, element, clauses }))
    }

    fn call(&mut self, node: Node<'_>, depth: u32) -> ExprKind {
        let function = self.field(node, "function", depth);
        let Some(arguments) = field_of(node, "arguments") else { return ExprKind::Opaque(vec![function]) };
        let args = if kind_of(arguments) == "argument_list" {
            self.args(arguments, depth)
        } else {
            let value = self.expr(arguments, depth);
            let site = value.site;
            vec![Arg { kind: ArgKind::Positional, value, site }]
        };
        ExprKind::Call(Box::new(Call { function, args }))
    }

    fn args(&mut self, node: Node<'_>, depth: u32) -> Vec<Arg> {
        let mut args = Vec::new();
        for child in named(node).into_iter().take(MAX_ENTRIES) {
            let site = self.site(child.byte_range());
            let (kind, value) = match kind_of(child) {
                "keyword_argument" => {
                    let name = field_of(child, "name").map_or_else(Name::default, |name| self.name(name));
                    let Some(value) = field_of(child, "value") else { continue };
                    (ArgKind::Keyword(name), value)
                }
                "list_splat" | "parenthesized_list_splat" => {
                    let Some(inner) = child.named_child(0) else { continue };
                    (ArgKind::Star, inner)
                }
                "dictionary_splat" => {
                    let Some(inner) = child.named_child(0) else { continue };
                    (ArgKind::DoubleStar, inner)
                }
                "ERROR" => continue,
                _ => (ArgKind::Positional, child),
            };
            let value = self.expr(value, depth);
            args.push(Arg { kind, value, site });
        }
        args
    }

    fn dictionary(&mut self, node: Node<'_>, depth: u32) -> ExprKind {
        let mut items = Vec::new();
        for child in named(node).into_iter().take(MAX_ENTRIES) {
            match kind_of(child) {
                "pair" => {
                    let site = self.site(child.byte_range());
                    let key = self.field(child, "key", depth);
                    let value = self.field(child, "value", depth);
                    items.push(DictItem::Pair(key, value, site));
                }
                "dictionary_splat" => {
                    if let Some(inner) = child.named_child(0) {
                        items.push(DictItem::Splat(self.expr(inner, depth)));
                    }
                }
                _ => {}
            }
        }
        ExprKind::Dict(items)
    }

    fn comparison(&mut self, node: Node<'_>, depth: u32) -> ExprKind {
        let operands = self.exprs(node, depth);
        let mut cursor = node.walk();
        let operators: Vec<Option<CompareOp>> =
            node.children_by_field_name("operators", &mut cursor).map(|op| compare(kind_of(op))).collect();
        let mut operands = operands.into_iter();
        let Some(first) = operands.next() else { return ExprKind::Opaque(Vec::new()) };
        let rest: Vec<Expr> = operands.collect();
        if rest.len() != operators.len() || operators.iter().any(Option::is_none) {
            return ExprKind::Opaque(Vec::new());
        }
        ExprKind::Compare(Box::new(first), operators.into_iter().flatten().zip(rest).collect())
    }

    /// `{value!r:>8}` of an f-string as calls of `repr` and `format`, and whether that is all that it says.
    fn interpolated(&mut self, node: Node<'_>, depth: u32) -> (Expr, bool) {
        let mut value = self.field(node, "expression", depth);
        let site = value.site;
        let called = |name: &'static str, value: Expr, more: Option<Expr>| {
            let function = Expr { kind: ExprKind::Name(Name::new_static(name)), site };
            let args = std::iter::once(value).chain(more);
            let args = args.map(|value| Arg { kind: ArgKind::Positional, value, site }).collect();
            Expr { kind: ExprKind::Call(Box::new(Call { function, args })), site }
        };
        match field_of(node, "type_conversion").map(|conversion| self.text(conversion)).as_deref() {
            Some("!r") => value = called("repr", value, None),
            Some("!a") => value = called("ascii", value, None),
            _ => {}
        }
        let mut known = true;
        if let Some(specifier) = field_of(node, "format_specifier") {
            // A width that is computed says nothing here.
            known = specifier.named_child_count() == 0;
            let text = self.text(specifier);
            let text = Expr { kind: ExprKind::Str(Arc::from(text.trim_start_matches(':'))), site };
            value = called("format", value, Some(text));
        }
        // `{value=}` says the expression, too.
        let mut cursor = node.walk();
        let told = node.children(&mut cursor).any(|child| kind_of(child) == "=");
        (value, known && !told)
    }

    fn concatenated(&mut self, node: Node<'_>, depth: u32) -> ExprKind {
        let parts: Vec<Expr> = named(node).into_iter().map(|child| self.expr(child, depth)).collect();
        let mut text = String::new();
        for part in &parts {
            let ExprKind::Str(piece) = &part.kind else { return ExprKind::Format(parts, false) };
            text.push_str(piece);
        }
        ExprKind::Str(Arc::from(text))
    }

    fn string(&mut self, node: Node<'_>, depth: u32) -> ExprKind {
        let start = node.child(0).map_or_else(String::new, |start| self.text(start).to_ascii_lowercase());
        let raw = start.contains('r');
        let mut text = String::new();
        let mut parts: Vec<Expr> = Vec::new();
        let mut unknown = false;
        for child in named(node) {
            match kind_of(child) {
                "string_content" => {
                    let content = self.text(child);
                    let content = if raw { content } else { unescape(&content) };
                    if start.contains('f') {
                        let site = self.site(child.byte_range());
                        let content = content.replace("{{", "{").replace("}}", "}");
                        parts.push(Expr { kind: ExprKind::Str(Arc::from(content)), site });
                    } else {
                        text.push_str(&content);
                    }
                }
                "interpolation" => {
                    let (part, known) = self.interpolated(child, depth);
                    unknown |= !known;
                    parts.push(part);
                }
                _ => {}
            }
        }
        if start.contains('b') {
            return ExprKind::Bytes(Arc::from(text));
        }
        if parts.is_empty() { ExprKind::Str(Arc::from(text)) } else { ExprKind::Format(parts, unknown) }
    }
}

/// What the grammar calls its nodes and fields, by number and by name: the library asks C for each, and looks through all
/// fields for one.
struct Grammar {
    kinds: Vec<String>,
    fields: FxHashMap<String, u16>,
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let language = Language::from(tree_sitter_python::LANGUAGE);
    let up_to = |count: usize| 0..=u16::try_from(count).unwrap_or(u16::MAX);
    let kind = |id| language.node_kind_for_id(id).unwrap_or_default().to_owned();
    let field = |id| Some((language.field_name_for_id(id)?.to_owned(), id));
    Grammar {
        kinds: up_to(language.node_kind_count()).map(kind).collect(),
        fields: up_to(language.field_count()).filter_map(field).collect(),
    }
});

/// What a node is.
fn kind_of(node: Node<'_>) -> &'static str {
    // The number of an error is beyond all others.
    GRAMMAR.kinds.get(usize::from(node.kind_id())).map_or("ERROR", String::as_str)
}

/// The child of a node that has a field.
fn field_of<'t>(node: Node<'t>, field: &str) -> Option<Node<'t>> {
    node.child_by_field_id(*GRAMMAR.fields.get(field)?)
}

/// The named children, comments left out.
fn named(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra() && kind_of(*child) != "comment").collect()
}

fn integer(text: &str) -> ExprKind {
    let text = text.replace('_', "").to_ascii_lowercase();
    let parsed = match text.get(..2) {
        Some("0x") => i64::from_str_radix(&text[2..], 16),
        Some("0o") => i64::from_str_radix(&text[2..], 8),
        Some("0b") => i64::from_str_radix(&text[2..], 2),
        _ => text.parse(),
    };
    parsed.map_or(ExprKind::Opaque(Vec::new()), ExprKind::Int)
}

/// The escapes that can occur in a word that decides about debug mode; others stay as they are.
fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('\n') => {}
            Some(c @ ('\\' | '\'' | '"')) => out.push(c),
            Some('x') => {
                let digits: String = chars.by_ref().take(2).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                out.push(code.unwrap_or('\u{fffd}'));
            }
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out
}

fn binary(op: &str) -> BinaryOp {
    match op.trim_end_matches('=') {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "%" => BinaryOp::Mod,
        "|" => BinaryOp::BitOr,
        "&" => BinaryOp::BitAnd,
        "^" => BinaryOp::BitXor,
        "/" => BinaryOp::Div,
        "//" => BinaryOp::FloorDiv,
        "**" => BinaryOp::Power,
        "<<" => BinaryOp::ShiftLeft,
        ">>" => BinaryOp::ShiftRight,
        _ => BinaryOp::Other,
    }
}

fn compare(op: &str) -> Option<CompareOp> {
    Some(match op {
        "==" => CompareOp::Eq,
        "!=" | "<>" => CompareOp::NotEq,
        "<" => CompareOp::Less,
        "<=" => CompareOp::LessEq,
        ">" => CompareOp::Greater,
        ">=" => CompareOp::GreaterEq,
        "in" => CompareOp::In,
        "not in" => CompareOp::NotIn,
        "is" => CompareOp::Is,
        "is not" => CompareOp::IsNot,
        _ => return None,
    })
}
