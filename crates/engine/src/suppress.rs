//! Comments that silence a finding: our own (`# undebug: allow app-run-debug`) and the peers' (`# noqa: S201`,
//! `# nosec B201`, `# nosemgrep`, `# NOSONAR`).
//!
//! It reads comments where a finding is; it knows rules by name only, and does not know what they find.

mod directive;
mod statement;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::document::{Document, Syntax};
use crate::language::Language;
use directive::Scope;

/// What a comment for a whole file contains; anything else is looked for near the finding alone.
static FILE_WORDS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(["allow-file", "ruff:", "flake8:"]).ok());

/// What every comment of ours contains.
static OWN_WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(["undebug:"]).ok());

/// True when a comment silences findings of this rule at these bytes.
///
/// A comment counts at the end of a line that the range touches, at the end of the first or the last line of the
/// statement around it, alone on the line directly above either, and, when it is for the whole file, alone on any line.
pub(crate) fn allowed(document: &Document, rule: &str, range: Range<usize>) -> bool {
    if !document.language().has_comments() {
        return false;
    }
    let range = range.start.min(document.len())..range.end.min(document.len());
    let (beside, above) = near(document, &range);
    beside.into_iter().any(|line| silences(document, line, rule, Scope::Beside))
        || above.into_iter().any(|line| silences(document, line, rule, Scope::Above))
        || file_lines(document).into_iter().any(|line| silences(document, line, rule, Scope::File))
}

/// The lines beside a range, and those above it, whose comments count for it.
fn near(document: &Document, range: &Range<usize>) -> (Vec<usize>, Vec<usize>) {
    let touched = document.line_of(range.start)..=document.line_of(range.end.saturating_sub(1).max(range.start));
    let statement = statement::lines(document, range);
    let beside = touched.clone().chain([*statement.start(), *statement.end()]);
    let above = [*touched.start(), *statement.start()].into_iter().filter_map(|line| line.checked_sub(1));
    (beside.collect(), above.collect())
}

/// One of our own comments.
#[derive(Debug, Clone)]
pub(crate) struct Directive {
    /// Its bytes, from the `#`.
    pub range: Range<usize>,
    /// The rules that it names, with their bytes; empty when it cannot be read, and then silences nothing.
    pub names: Vec<(String, Range<usize>)>,
    /// Whether it is for the whole file.
    pub is_for_file: bool,
    line: usize,
    /// Whether nothing but blanks stands before the comment.
    is_alone: bool,
}

/// Our own comments of a text, in order.
pub(crate) fn directives(document: &Document) -> Vec<Directive> {
    let Some(words) = OWN_WORDS.as_ref().filter(|_| document.language().has_comments()) else { return Vec::new() };
    let mut lines: Vec<usize> = document.find_all(words).into_iter().map(|byte| document.line_of(byte)).collect();
    lines.dedup();
    let mut all = Vec::new();
    for line in lines {
        let Some(comment) = comment_on(document, line) else { continue };
        for own in directive::own_parts(&comment.text) {
            let shift = |range: Range<usize>| comment.start + range.start..comment.start + range.end;
            all.push(Directive {
                range: shift(own.range),
                names: own.names.into_iter().map(|(name, range)| (name, shift(range))).collect(),
                is_for_file: own.is_for_file,
                line,
                is_alone: comment.alone,
            });
        }
    }
    all
}

/// Whether a comment of ours counts for findings at these bytes.
pub(crate) fn reaches(document: &Document, directive: &Directive, range: Range<usize>) -> bool {
    if directive.is_for_file {
        return directive.is_alone;
    }
    let (beside, above) = near(document, &range);
    beside.contains(&directive.line) || (directive.is_alone && above.contains(&directive.line))
}

/// The bytes to take away so that a comment of ours is gone: its line, where nothing else stands on it, or the blanks
/// around it.
pub(crate) fn extent(document: &Document, directive: &Directive) -> Range<usize> {
    let line = document.line_range(directive.line);
    let before = document.text(line.start..directive.range.start);
    let after = document.text(directive.range.end..line.end);
    let kept = before.trim_end_matches([' ', '\t']).len();
    if !after.trim().is_empty() {
        // What follows takes its place.
        return directive.range.start..directive.range.end + after.len() - after.trim_start_matches([' ', '\t']).len();
    }
    let next = document.line_range(directive.line + 1).start;
    if before.trim().is_empty() && next > line.start {
        return line.start..next;
    }
    line.start + kept..line.end
}

/// Whether a text has a word of a comment for the whole file.
pub(crate) fn has_file_words(text: &str) -> bool {
    FILE_WORDS.as_ref().is_none_or(|words| words.is_match(text))
}

/// The lines that may hold a comment for the whole file.
fn file_lines(document: &Document) -> Vec<usize> {
    let Some(words) = &*FILE_WORDS else { return Vec::new() };
    if !document.may_silence(|| !document.find_all(words).is_empty()) {
        return Vec::new();
    }
    let mut lines: Vec<usize> = document.find_all(words).into_iter().map(|byte| document.line_of(byte)).collect();
    lines.dedup();
    lines
}

fn silences(document: &Document, line: usize, rule: &str, scope: Scope) -> bool {
    let Some(comment) = comment_on(document, line) else { return false };
    // Above a finding and for a file only a comment alone on its line counts: any other belongs to its own statement.
    (comment.alone || scope == Scope::Beside)
        && directive::silences(&comment.text, document.language() == Language::Python, rule, scope)
}

/// The comment of a line, from its `#` to the end of the line.
struct Comment {
    text: String,
    /// The byte of its `#`.
    start: usize,
    /// Whether nothing but blanks stands before it.
    alone: bool,
}

fn comment_on(document: &Document, line: usize) -> Option<Comment> {
    let range = document.line_range(line);
    let text = document.text(range.clone());
    let at = if document.language() == Language::Python {
        text.match_indices('#').map(|(at, _)| at).find(|at| is_comment(document, range.start + at))?
    } else {
        hash_outside_quotes(&text)?
    };
    let alone = text[..at].trim_start_matches('\u{feff}').trim().is_empty();
    Some(Comment { text: text[at..].trim_end_matches(['\r', '\n']).to_owned(), start: range.start + at, alone })
}

/// Whether the `#` at a byte of a Python text begins a comment: between two statements each does.
fn is_comment(document: &Document, byte: usize) -> bool {
    let Some(Syntax { base, tree }) = document.syntax_around(&(byte..byte + 1)) else { return true };
    let node = tree.root_node().descendant_for_byte_range(byte - base, byte + 1 - base);
    node.is_some_and(|node| node.kind() == "comment" && node.start_byte() == byte - base)
}

/// Where the comment of a line of configuration begins: at a `#` that begins a word and does not stand between two
/// quotes of one kind. A quote without its partner is an apostrophe.
fn hash_outside_quotes(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() || line[..at].ends_with('\u{feff}') => {
                return Some(at);
            }
            b'\\' => at += 1,
            b'"' | b'\'' => at += closing_quote(&bytes[at..]).unwrap_or(0),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the string ends that these bytes begin with, counted from its opening quote.
fn closing_quote(bytes: &[u8]) -> Option<usize> {
    let quote = *bytes.first()?;
    let mut at = 1;
    loop {
        match *bytes.get(at)? {
            byte if byte == quote => return Some(at),
            // Single quotes know no escapes in any of these languages.
            b'\\' if quote == b'"' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests;
