//! The two forms of a Dockerfile's commands: a list of words, or a line for a shell.
//!
//! What a command starts is `dockerfile`'s question.

use super::json;
use super::source::Source;
use super::words::RawWord;

/// A command in one of the two forms.
#[derive(Clone)]
pub(crate) enum Form {
    Exec(Vec<RawWord>),
    Shell(Source),
}

/// Leaves out `--mount=...` and other flags in front of a command.
pub(crate) fn without_flags(body: &Source) -> Source {
    let text = body.text();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        if !text[at..].starts_with("--") {
            break;
        }
        at += text[at..].find(char::is_whitespace).unwrap_or(text.len() - at);
    }
    let mut rest = Source::at(body.whole().end);
    rest.push_from(body, at..text.len());
    rest
}

pub(crate) fn form(body: &Source) -> Form {
    let body = without_flags(body);
    exec_words(&body).map_or(Form::Shell(body), Form::Exec)
}

/// The words of `["a", "b"]`; a list that lacks its end is one too.
pub(crate) fn exec_words(body: &Source) -> Option<Vec<RawWord>> {
    let text = body.text();
    let trimmed = text.trim_start();
    if !trimmed.starts_with('[') || trimmed.starts_with("[ ") && !trimmed.contains('"') || trimmed.starts_with("[[") {
        return None;
    }
    let list = json::document(text)?;
    let words = list.items().iter().filter_map(|item| {
        let scalar = item.scalar()?;
        let decoded = &scalar.source;
        let range = body.range(item.range.clone());
        // The list was read from the joined text: take its places back to the file.
        let mut source = Source::at(range.start);
        for (at, char) in decoded.text().char_indices() {
            let joined = decoded.range(at..at + char.len_utf8());
            source.push_as(char.encode_utf8(&mut [0; 4]), body.range(joined));
        }
        Some(RawWord::literal(source, range))
    });
    Some(words.collect())
}
