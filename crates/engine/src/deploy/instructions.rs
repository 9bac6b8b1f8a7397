//! The instructions of a Dockerfile: continuation lines joined, comments left out, here-documents apart.
//!
//! What an instruction means is `dockerfile`'s question.

use std::ops::Range;

use super::source::{self, Source};

/// An instruction with its continuation lines joined.
pub(crate) struct Instruction {
    /// The instruction's name in upper case.
    pub(crate) name: String,
    /// What follows the name.
    pub(crate) body: Source,
    /// The bytes from the name to the end of the last line, without the line end.
    pub(crate) range: Range<usize>,
    /// The bodies of its here-documents.
    pub(crate) heredocs: Vec<Source>,
}

/// The instructions of a text, comments left out, continuation lines joined.
pub(crate) fn instructions(text: &str) -> Vec<Instruction> {
    let lines = source::lines(text);
    let escape = escape_directive(text, &lines);
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = &text[lines[at].range.clone()];
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            at += 1;
            continue;
        }
        let start = lines[at].range.end - trimmed.len();
        let (body, next, end) = joined(text, &lines, at, start, escape);
        at = next;
        let name_end = body.text().find(|char: char| char.is_whitespace()).unwrap_or(body.text().len());
        let name = body.text()[..name_end].to_ascii_uppercase();
        let blanks = body.text()[name_end..].len() - body.text()[name_end..].trim_start().len();
        let mut rest = Source::at(end);
        rest.push_from(&body, name_end + blanks..body.text().trim_end().len().max(name_end + blanks));
        let mut heredocs = Vec::new();
        if matches!(name.as_str(), "RUN" | "COPY" | "ADD") {
            (heredocs, at) = here_documents(text, &lines, at, rest.text());
        }
        // `ONBUILD ENV ...` is for images that build on this one.
        found.push(Instruction { name, body: rest, range: start..end, heredocs });
    }
    found
}

fn escape_directive(text: &str, lines: &[source::Line]) -> char {
    for line in lines {
        let Some(comment) = text[line.range.clone()].trim().strip_prefix('#') else { break };
        let Some((name, value)) = comment.split_once('=') else { break };
        if name.trim().eq_ignore_ascii_case("escape") && value.trim() == "`" {
            return '`';
        }
    }
    '\\'
}

/// An instruction over its continuation lines: the text, the index of the next line, and where it ends.
fn joined(text: &str, lines: &[source::Line], first: usize, start: usize, escape: char) -> (Source, usize, usize) {
    let mut source = Source::at(start);
    let mut at = first;
    let mut end = start;
    while let Some(line) = lines.get(at) {
        let begin = if at == first { start } else { line.range.start };
        let content = text.get(begin..line.range.end).unwrap_or("");
        let trimmed = content.trim();
        at += 1;
        if at > first + 1 && (trimmed.is_empty() || trimmed.starts_with('#')) {
            // Comments and blank lines between continuation lines do not end the instruction.
            continue;
        }
        let body = content.trim_end();
        let Some(kept) = body.strip_suffix(escape) else {
            source.push(body, begin);
            return (source, at, begin + body.len());
        };
        source.push(kept, begin);
        source.push_as(" ", begin + kept.len()..line.next);
        end = begin + body.len();
    }
    (source, at, end)
}

/// The bodies of `<<EOF` in an instruction, and the index of the line behind them.
fn here_documents(text: &str, lines: &[source::Line], mut at: usize, body: &str) -> (Vec<Source>, usize) {
    let mut documents = Vec::new();
    let mut rest = body;
    while let Some(found) = rest.find("<<") {
        rest = &rest[found + 2..];
        let word = rest.strip_prefix('-').unwrap_or(rest);
        let quote = word.starts_with(['"', '\'']);
        let word = word.trim_start_matches(['"', '\'']);
        let end = word.find(|char: char| char.is_whitespace() || "\"'<>|&;()".contains(char)).unwrap_or(word.len());
        let delimiter = &word[..end];
        if delimiter.is_empty() || (!quote && delimiter.starts_with(|char: char| char.is_ascii_digit())) {
            continue;
        }
        let mut document = Source::at(lines.get(at).map_or(text.len(), |line| line.range.start));
        while let Some(line) = lines.get(at) {
            at += 1;
            let content = &text[line.range.clone()];
            if content.trim_matches('\t') == delimiter {
                break;
            }
            document.push(&text[line.range.start..line.next], line.range.start);
        }
        documents.push(document);
    }
    (documents, at)
}
