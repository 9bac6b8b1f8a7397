//! YAML text to trees of [`Data`], one for each document. Templates (`{{ ... }}`) and broken lines are blanked out,
//! byte for byte, until the rest can be read.
//!
//! It knows no dialect.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;

use tree_sitter::{Node, Parser};

use super::data::{Data, Entry, Kind, Scalar};
use super::source::{self, Source};

/// How deep a tree is followed; real files have a dozen levels.
const MAX_DEPTH: usize = 80;
/// How many broken lines are blanked out before what there is has to do.
const MAX_REPAIRS: usize = 12;
/// How many open blocks are let to the grammar's scanner, which has room for 253.
const MAX_BLOCKS: usize = 230;
/// The longest text that is parsed again after a repair.
const MAX_REPAIRED: usize = 256 * 1024;
/// How many aliases are followed in a document: a chain of them is as deep as it is long.
const MAX_ALIASES: usize = 1000;

/// The documents of a text.
pub(crate) fn documents(text: &str) -> Vec<Rc<Data>> {
    let (mut masked, templates) = mask(text);
    if too_deep(&masked) {
        return Vec::new();
    }
    let mut parser = Parser::new();
    if parser.set_language(&tree_sitter_yaml::LANGUAGE.into()).is_err() {
        return Vec::new();
    }
    let mut tree = parser.parse(&masked, None);
    for _ in 0..MAX_REPAIRS {
        let Some(broken) = tree.as_ref().and_then(|tree| first_error(tree.root_node())) else { break };
        if masked.len() > MAX_REPAIRED || !blank_line(&mut masked, broken) {
            break;
        }
        tree = parser.parse(&masked, None);
    }
    let Some(tree) = tree else { return Vec::new() };
    let mut reader = Reader { text, masked: &masked, templates, anchors: HashMap::new(), aliases: 0 };
    let mut documents = Vec::new();
    let mut cursor = tree.walk();
    let roots: Vec<Node<'_>> = tree.root_node().children(&mut cursor).collect();
    for root in roots {
        reader.anchors.clear();
        let node = reader.node(root, 0);
        if !matches!(node.kind, Kind::Null) {
            documents.push(node);
        }
    }
    documents
}

/// Whether the grammar's scanner could keep more open blocks than it has room for: it ends the process then. A block
/// is open for each column that one begins in, a list and a map can share it, and what stands within a line begins a
/// block only in broken text.
fn too_deep(text: &str) -> bool {
    let mut columns: BTreeSet<usize> = BTreeSet::new();
    let mut most_inside = 0;
    for line in source::lines(text) {
        let mut rest = &text[line.range.clone()];
        let mut column = rest.len() - rest.trim_start().len();
        rest = rest.trim_start();
        if rest.is_empty() {
            continue;
        }
        columns.insert(column);
        while let Some(tail) = rest.strip_prefix(['-', '?', ':']).filter(|tail| tail.starts_with([' ', '\t'])) {
            column += 1 + tail.len() - tail.trim_start().len();
            rest = tail.trim_start();
            columns.insert(column);
            if columns.len() > MAX_BLOCKS {
                return true;
            }
        }
        let bytes = rest.as_bytes();
        let inside = bytes.windows(2).filter(|pair| matches!(pair, [b'-' | b'?' | b':', b' ' | b'\t'])).count();
        most_inside = most_inside.max(inside);
    }
    2 * columns.len() + most_inside > MAX_BLOCKS
}

/// The text with templates and control characters replaced by filler of the same length, and where templates stood.
fn mask(text: &str) -> (String, Vec<Range<usize>>) {
    let mut bytes = text.as_bytes().to_vec();
    let mut templates = Vec::new();
    for (open, close) in [("{{", "}}"), ("{%", "%}")] {
        let mut at = 0;
        while let Some(start) = text.get(at..).and_then(|rest| rest.find(open)).map(|found| at + found) {
            let Some(end) = text[start..].find(close).map(|found| start + found + close.len()) else { break };
            // A GitHub expression `${{ ... }}` is part of the scalar that it stands in.
            let start = if text[..start].ends_with('$') { start - 1 } else { start };
            templates.push(start..end);
            at = end;
        }
    }
    templates.sort_by_key(|template| (template.start, template.end));
    for template in &templates {
        let line_start = text[..template.start].rfind(['\n', '\r']).map_or(0, |found| found + 1);
        let line_end = text[template.end..].find(['\n', '\r']).map_or(text.len(), |found| template.end + found);
        let before = text[line_start..template.start].trim();
        let alone = before.is_empty() && text[template.end..line_end].trim().is_empty();
        let quoted_key = text[template.end..line_end].starts_with(':');
        let filler = if alone && !quoted_key { b' ' } else { b'x' };
        for byte in &mut bytes[template.clone()] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = filler;
            }
        }
    }
    // A lone carriage return ends a line in YAML, but not for the grammar.
    for at in 0..bytes.len() {
        if bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
            bytes[at] = b'\n';
        }
    }
    (String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned()), templates)
}

/// The start of the first thing that the grammar could not read.
fn first_error(root: Node<'_>) -> Option<usize> {
    if !root.has_error() {
        return None;
    }
    let mut node = root;
    'descend: loop {
        if node.is_error() && node.child_count() == 0 || node.is_missing() {
            return Some(node.start_byte());
        }
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        for child in &children {
            if child.has_error() || child.is_missing() {
                node = *child;
                continue 'descend;
            }
        }
        // The error is here: what follows the last child that was read is what could not be.
        return Some(children.last().map_or(node.start_byte(), |last| last.end_byte().min(node.end_byte())));
    }
}

/// Blanks out the line of a byte, or the last one before it that holds anything; false when there is none.
fn blank_line(text: &mut String, at: usize) -> bool {
    let lines = source::lines(text);
    let upto = lines.partition_point(|line| line.range.start <= at);
    let found = lines[..upto].iter().rev().find(|line| !text[line.range.clone()].trim().is_empty());
    let Some(range) = found.map(|line| line.range.clone()) else { return false };
    let blanks = " ".repeat(range.len());
    text.replace_range(range, &blanks);
    true
}

struct Reader<'a> {
    text: &'a str,
    masked: &'a str,
    templates: Vec<Range<usize>>,
    anchors: HashMap<String, Rc<Data>>,
    aliases: usize,
}

impl Reader<'_> {
    fn node(&mut self, node: Node<'_>, depth: usize) -> Rc<Data> {
        if depth > MAX_DEPTH {
            return Data::null(node.start_byte());
        }
        let range = node.byte_range();
        let kind = match node.kind() {
            "document" | "block_node" | "flow_node" | "stream" => return self.wrapper(node, depth),
            "block_mapping" | "flow_mapping" => Kind::Map(self.pairs(node, depth)),
            // What a broken text left over: its pairs, if it has any.
            "ERROR" => match self.pairs(node, depth) {
                pairs if pairs.is_empty() => return self.wrapper(node, depth),
                pairs => Kind::Map(pairs),
            },
            "block_sequence" | "flow_sequence" => Kind::Seq(self.items(node, depth)),
            "block_mapping_pair" | "flow_pair" => Kind::Map(self.pair(node, depth).into_iter().collect()),
            "plain_scalar" => self.plain(range.clone()),
            "double_quote_scalar" => self.scalar(double_quoted(self.text, range.clone()), &range),
            "single_quote_scalar" => self.scalar(single_quoted(self.text, range.clone()), &range),
            "block_scalar" => return self.block_scalar(range),
            "alias" => {
                self.aliases += 1;
                if self.aliases > MAX_ALIASES {
                    return Data::null(range.start);
                }
                let name = self.text.get(range.start + 1..range.end).unwrap_or("");
                return self.anchors.get(name).cloned().unwrap_or_else(|| Data::null(range.start));
            }
            _ => Kind::Null,
        };
        Rc::new(Data { kind, range })
    }

    /// A node around another one, with its anchor and tag.
    fn wrapper(&mut self, node: Node<'_>, depth: usize) -> Rc<Data> {
        let mut anchor = None;
        let mut found: Option<Rc<Data>> = None;
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "anchor" => anchor = self.text.get(child.start_byte() + 1..child.end_byte()),
                "tag" | "comment" => {}
                _ => {
                    let data = self.node(child, depth + 1);
                    if found.as_ref().is_none_or(|found| matches!(found.kind, Kind::Null)) {
                        found = Some(data);
                    }
                }
            }
        }
        let data = found.unwrap_or_else(|| Data::null(node.end_byte()));
        if let Some(name) = anchor {
            self.anchors.insert(name.to_owned(), data.clone());
        }
        data
    }

    fn pairs(&mut self, node: Node<'_>, depth: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "block_mapping_pair" | "flow_pair" => entries.extend(self.pair(child, depth)),
                "ERROR" | "block_mapping" if depth < MAX_DEPTH => entries.extend(self.pairs(child, depth + 1)),
                _ => {}
            }
        }
        entries
    }

    fn pair(&mut self, node: Node<'_>, depth: usize) -> Option<Entry> {
        let key = self.node(node.child_by_field_name("key")?, depth + 1);
        let value = match node.child_by_field_name("value") {
            Some(value) => self.node(value, depth + 1),
            None => Data::null(node.end_byte()),
        };
        Some(Entry { key, value })
    }

    fn items(&mut self, node: Node<'_>, depth: usize) -> Vec<Rc<Data>> {
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
        let mut items = Vec::new();
        for child in children {
            match child.kind() {
                "comment" => {}
                "block_sequence_item" => items.push(self.wrapper(child, depth + 1)),
                _ => items.push(self.node(child, depth + 1)),
            }
        }
        items
    }

    fn known(&self, range: &Range<usize>) -> bool {
        // Templates of the two kinds can overlap, but one that begins before the scalar and reaches into it is rare
        // enough to be looked for among its nearest neighbours.
        let from = self.templates.partition_point(|template| template.start < range.start);
        let before = self.templates[from.saturating_sub(2)..from].iter().any(|template| range.start < template.end);
        !before && self.templates.get(from).is_none_or(|template| range.end <= template.start)
    }

    fn scalar(&self, source: Source, range: &Range<usize>) -> Kind {
        Kind::Scalar(Scalar { source, known: self.known(range) })
    }

    fn plain(&self, range: Range<usize>) -> Kind {
        let raw = self.text.get(range.clone()).unwrap_or("");
        if matches!(raw, "~" | "null" | "Null" | "NULL") {
            return Kind::Null;
        }
        self.scalar(folded(self.text, range.clone()), &range)
    }

    /// `|` and `>` scalars: the lines without their indentation.
    fn block_scalar(&self, range: Range<usize>) -> Rc<Data> {
        let raw = self.masked.get(range.clone()).unwrap_or("");
        let fold = raw.starts_with('>');
        let lines: Vec<_> = source::lines(raw).into_iter().skip(1).collect();
        let indent_of = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let filled = lines.iter().map(|line| &raw[line.range.clone()]).filter(|line| !line.trim().is_empty());
        let indent = filled.map(indent_of).min().unwrap_or(0);
        let mut source = Source::at(range.end);
        let mut last = range.start;
        for line in &lines {
            let content = &raw[line.range.clone()];
            let cut = indent.min(indent_of(content));
            let start = range.start + line.range.start + cut;
            let end = range.start + line.range.end;
            source.push(self.text.get(start..end).unwrap_or(""), start);
            source.push_as(if fold { " " } else { "\n" }, end..range.start + line.next);
            if !content.trim().is_empty() {
                last = end;
            }
        }
        let range = range.start..last.max(range.start);
        Rc::new(Data { kind: self.scalar(source, &range), range })
    }
}

/// A scalar over one or more lines: line ends with their indentation are one blank.
fn folded(text: &str, range: Range<usize>) -> Source {
    let mut source = Source::at(range.start);
    let raw = text.get(range.clone()).unwrap_or("");
    let lines = source::lines(raw);
    for (index, line) in lines.iter().enumerate() {
        let content = &raw[line.range.clone()];
        let trimmed = if index == 0 { content } else { content.trim_start() };
        let start = range.start + line.range.end - trimmed.len();
        let trimmed = trimmed.trim_end();
        source.push(trimmed, start);
        if index + 1 < lines.len() {
            source.push_as(" ", start + trimmed.len()..range.start + line.next);
        }
    }
    source
}

/// `'it''s'`.
fn single_quoted(text: &str, range: Range<usize>) -> Source {
    let inner = inside(text, &range, '\'');
    let mut source = Source::at(inner.start);
    let folded = folded(text, inner);
    let mut at = 0;
    while let Some(found) = folded.text()[at..].find("''").map(|found| at + found) {
        source.push_from(&folded, at..found + 1);
        at = found + 2;
    }
    source.push_from(&folded, at..folded.text().len());
    source
}

/// The range without its quotes; a missing end quote is no loss.
fn inside(text: &str, range: &Range<usize>, quote: char) -> Range<usize> {
    let raw = text.get(range.clone()).unwrap_or("");
    let start = range.start + usize::from(raw.starts_with(quote));
    let end = range.end - usize::from(raw.len() > 1 && raw.ends_with(quote));
    start..end.max(start)
}

/// A double-quoted scalar of YAML, JSON or TOML: they share their escapes.
pub(crate) fn double_quoted(text: &str, range: Range<usize>) -> Source {
    let inner = inside(text, &range, '"');
    let mut source = Source::at(inner.start);
    let mut at = inner.start;
    while let Some(char) = text.get(at..inner.end).and_then(|rest| rest.chars().next()) {
        let rest = &text[at..inner.end];
        let length = match char {
            '\\' => escape(rest, at, &mut source),
            '\n' | '\r' => {
                let length = rest.len() - rest.trim_start().len();
                source.push_as(" ", at..at + length);
                length
            }
            _ => {
                source.push(&rest[..char.len_utf8()], at);
                char.len_utf8()
            }
        };
        at += length;
    }
    source
}

/// Appends what an escape stands for; returns its length.
fn escape(rest: &str, at: usize, source: &mut Source) -> usize {
    let Some(char) = rest[1..].chars().next() else { return 1 };
    let short = 1 + char.len_utf8();
    let digits = match char {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let text = match char {
        'n' => "\n",
        't' | '\t' => "\t",
        'r' => "\r",
        '0' => "\0",
        'a' => "\u{7}",
        'b' => "\u{8}",
        'e' => "\u{1b}",
        'f' => "\u{c}",
        'v' => "\u{b}",
        'N' => "\u{85}",
        '_' => "\u{a0}",
        '\n' | '\r' => {
            // An escaped line end joins the lines.
            return rest.len() - rest[1..].trim_start().len();
        }
        _ if digits > 0 => {
            let code = rest.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
            let decoded = code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
            let length = if code.is_some() { 2 + digits } else { 2 };
            source.push_as(decoded.encode_utf8(&mut [0; 4]), at..at + length);
            return length;
        }
        _ => &rest[1..short],
    };
    source.push_as(text, at..at + short);
    short
}
