//! Whether a text has a part in how a program is started, before anything is parsed.
//!
//! Data of all kinds is written in YAML and JSON, and most of it is no deployment. What is one keeps commands,
//! environments and containers under keys that are few. The look may see more than is there, never less.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::{memchr2, memchr2_iter, memmem, memrchr2};

use crate::language::Language;
use crate::python::words;
use crate::search::Search;

/// Texts of other languages that have a part in a start: a framework, a server, or what runs a program.
const DEPLOYMENTS: &[&str] = &[
    "flask", "FLASK", "quart", "QUART", "DASH_", "WERKZEUG", "werkzeug", "wsgi", "gunicorn", "waitress", "_DEBUG",
    "debugpy",
];

/// How the keys end under which data of all kinds keeps an environment, a command, or what has one.
const KEYS: [&str; 32] = [
    "env",
    "Env",
    "env_file",
    "envs",
    "environment",
    "environments",
    "vars",
    "Vars",
    "variables",
    "literals",
    "data",
    "Data",
    "value",
    "command",
    "Command",
    "commands",
    "cmd",
    "args",
    "script",
    "Script",
    "scripts",
    "run",
    "runs",
    "entrypoint",
    "exec",
    "shell",
    "bash",
    "pwsh",
    "program",
    "module",
    "services",
    "apps",
];

/// How the keys end that name what a container is made of.
const IMAGES: [&str; 2] = ["build", "image"];

static DEPLOYED: LazyLock<Search> = LazyLock::new(|| Search::new(DEPLOYMENTS));
static KEY_ENDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(KEYS.iter().chain(&IMAGES)).ok()
});

/// Whether a text of another language than Python can have a part in how a program is started.
pub(crate) fn may_start(language: Option<Language>, text: &[u8]) -> bool {
    if !words::concerns_deployment(language, text) {
        return false;
    }
    match language {
        Some(Language::Yaml) => may_keep(text, is_anywhere_else(text)),
        Some(Language::Json) => may_keep(text, true),
        _ => true,
    }
}

/// Whether data has a key of a container, or a word of a start under a key that keeps commands or environments;
/// `anywhere` where what is under a key cannot be told by lines.
fn may_keep(text: &[u8], anywhere: bool) -> bool {
    let Some(ends) = KEY_ENDS.as_ref() else { return true };
    let has_word_anywhere = has_word(text);
    if !has_word_anywhere && !has_image(text) {
        return false;
    }
    // Where the last block ends in which there was no word.
    let mut searched = 0;
    for found in ends.find_iter(text) {
        let after = &text[found.end()..];
        let after = after.strip_prefix(b"\"").or_else(|| after.strip_prefix(b"'")).unwrap_or(after);
        if after.trim_ascii_start().first() != Some(&b':') {
            continue;
        }
        if found.pattern().as_usize() >= KEYS.len() {
            if anywhere || is_inner_key(text, found.start()) {
                return true;
            }
        } else if anywhere && has_word_anywhere {
            return true;
        } else if !anywhere && found.start() >= searched {
            searched = block_end(text, found.start());
            // The name of a variable stands in the line before its value.
            if has_word(&text[line_before(text, found.start())..searched]) {
                return true;
            }
        }
    }
    false
}

/// Whether YAML has what puts the contents of a key somewhere else than below it: aliases, and braces over several lines.
/// What stands in a text of several lines (`key: |`) is neither.
fn is_anywhere_else(text: &[u8]) -> bool {
    // Most files have no sign of either.
    if !has_elsewhere(text) {
        return false;
    }
    let mut inside = Inside::Nothing;
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        let line = text[at..end].trim_ascii_end();
        at = end;
        if line.is_empty() {
            continue;
        }
        let indent = indent_of(line);
        inside = match inside {
            Inside::Key(column) if indent > column => Inside::Text(indent),
            Inside::Text(least) if indent >= least => continue,
            Inside::Quotes(column) if indent > column => Inside::Quotes(column),
            _ => Inside::Nothing,
        };
        if matches!(inside, Inside::Text(_)) {
            continue;
        }
        if has_elsewhere(line) || opens_template(line) {
            return true;
        }
        if matches!(inside, Inside::Nothing) {
            inside = match text_column(line) {
                _ if may_open_quotes(line) => Inside::Quotes(indent),
                Some(column) => Inside::Key(column),
                None => Inside::Nothing,
            };
        }
    }
    false
}

/// What a line of YAML stands in.
enum Inside {
    Nothing,
    /// It is the first behind a key in this column whose value is a text of several lines.
    Key(usize),
    /// Such a text, which is indented so deep.
    Text(usize),
    /// It may be in quotes that a line with this indent opens: what looks like a key may be none.
    Quotes(usize),
}

/// Whether something in quotes may go on in the next line.
fn may_open_quotes(line: &[u8]) -> bool {
    let has = |quote: u8| line.contains(&quote);
    let is_odd = |quote: u8| line.iter().filter(|byte| **byte == quote).count() % 2 == 1;
    is_odd(b'"') || is_odd(b'\'') || has(b'"') && (has(b'\\') || has(b'\''))
}

/// Whether a template goes on in the next line, where anything can end it.
fn opens_template(line: &[u8]) -> bool {
    [b"{{", b"{%"].iter().any(|mark| memmem::rfind(line, *mark).is_some_and(|at| stays_open(&line[at..])))
}

/// Whether lines of YAML have an alias, or a brace that stays open.
fn has_elsewhere(text: &[u8]) -> bool {
    let is_alias = |at: usize| {
        at > 0 && b":-,[".contains(&text[at - 1]) && text.get(at + 2).is_some_and(|byte| byte.is_ascii_alphanumeric())
    };
    memmem::find_iter(text, b" *").any(is_alias) || has_open(text)
}

/// Whether a brace that begins a value is not closed in its line. Each line is read once.
fn has_open(text: &[u8]) -> bool {
    let mut read = 0;
    for at in memchr2_iter(b'{', b'[', text) {
        let begins = match text[..at] {
            [] => true,
            [.., mark, b' '] => matches!(mark, b':' | b'-'),
            [.., last] => matches!(last, b'\n' | b'\r'),
        };
        if !begins || at < read {
            continue;
        }
        let end = text[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(text.len(), |end| at + end);
        if stays_open(&text[at..end]) {
            return true;
        }
        read = end;
    }
    false
}

/// Whether a brace of a line that begins a value is open at its end.
fn stays_open(line: &[u8]) -> bool {
    let step = |byte: &u8| match byte {
        b'{' | b'[' => 1,
        b'}' | b']' => -1,
        _ => 0,
    };
    let mut left: i64 = line.iter().map(step).sum();
    line.iter().enumerate().any(|(at, byte)| {
        let begins = step(byte) == 1 && (at == 0 || line[..at].ends_with(b": ") || line[..at].ends_with(b"- "));
        let is_open = begins && left > 0;
        left -= step(byte);
        is_open
    })
}

/// The column that a line's key begins in, where a text of several lines follows that is indented deeper: `key: |`. A
/// dash is no key: what it begins counts.
fn text_column(line: &[u8]) -> Option<usize> {
    let mark = line.iter().rposition(|byte| !matches!(byte, b'+' | b'-' | b'0'..=b'9'))?;
    let before = line[..mark].trim_ascii_end();
    let is_mark = matches!(line[mark], b'|' | b'>') && line.len() - mark <= 3 && before.len() < mark;
    let column = line.iter().take_while(|byte| matches!(byte, b' ' | b'-')).count();
    // A quote may hold the mark, and a comment may.
    let key = line.get(column..before.len())?.strip_suffix(b":")?;
    let is_plain = !key.is_empty() && key.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(byte));
    (is_mark && is_plain).then_some(column)
}

fn indent_of(line: &[u8]) -> usize {
    line.iter().take_while(|byte| **byte == b' ').count()
}

fn has_word(text: &[u8]) -> bool {
    let has = |word: &[u8]| memmem::find(text, word).is_some();
    DEPLOYED.is_in(text) || has(b"python") && (has(b".py") || has(b"-m"))
}

fn has_image(text: &[u8]) -> bool {
    IMAGES.iter().any(|image| memmem::find(text, image.as_bytes()).is_some())
}

/// Whether a key that begins here is a whole one, and stands below another.
fn is_inner_key(text: &[u8], start: usize) -> bool {
    let line = &text[line_start(text, start)..start];
    let is_mark = |byte: &u8| matches!(byte, b' ' | b'-' | b'"' | b'\'');
    match line.iter().rposition(|byte| !is_mark(byte)) {
        // In braces it is always below another.
        Some(last) => matches!(line[last], b'{' | b','),
        None => !line.is_empty(),
    }
}

/// Where what is under a key ends: before the next line that is indented no deeper and is no item of a list.
fn block_end(text: &[u8], key: usize) -> usize {
    let start = line_start(text, key);
    // The key of an item counts from behind its dash.
    let column = text[start..key].iter().take_while(|byte| matches!(byte, b' ' | b'-')).count();
    let mut at = line_end(text, key);
    while at < text.len() {
        let indent = indent_of(&text[at..]);
        let first = text.get(at + indent).copied();
        let is_item = first == Some(b'-') && indent >= column;
        let is_nothing = matches!(first, None | Some(b'\n' | b'\r' | b'#' | b'{' | b'<'));
        if !(is_nothing || is_item || indent > column) {
            return at;
        }
        at = line_end(text, at + indent);
    }
    text.len()
}

fn line_start(text: &[u8], at: usize) -> usize {
    memrchr2(b'\n', b'\r', &text[..at]).map_or(0, |newline| newline + 1)
}

fn line_before(text: &[u8], at: usize) -> usize {
    let before = &text[..line_start(text, at)];
    let before = before.strip_suffix(b"\n").unwrap_or(before);
    let before = before.strip_suffix(b"\r").unwrap_or(before);
    line_start(text, before.len())
}

/// Where the next line begins.
fn line_end(text: &[u8], at: usize) -> usize {
    memchr2(b'\n', b'\r', &text[at..]).map_or(text.len(), |newline| at + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_below_a_key_that_keeps_such_things() {
        let may_start = |text: &str| may_start(Some(Language::Yaml), text.as_bytes());
        for text in [
            "web:\n  env:\n    FLASK_DEBUG: 1\n",
            "web:\n- env:\n  - name: FLASK_DEBUG\n    value: '1'\n",
            "web:\n  env:\n  - FLASK_DEBUG=1\n",
            "a:\n  command:\n\n# why\n{{ if x }}\n    - flask run\n",
            "x: &common\n  FLASK_DEBUG: 1\nweb:\n  environment: *common\n",
            "web: {env: {FLASK_DEBUG: 1}}\n",
            "services:\r\n  web:\r\n    run: python app.py\r\n",
            "services:\n  web:\n    build: .\n    environment:\n      DEBUG: 1\n",
            "- name: FLASK_DEBUG\n  value: 1\n",
            "- name: FLASK_DEBUG\r\n  value: 1\r\n",
            "services:\n  web: {build: ., environment: {DEBUG: '1'}}\n",
            "services:\n  web: {ports: [1], 'image': x, environment: {DEBUG: '1'}}\n",
            "env:\n<% if x %>\n  FLASK_DEBUG: 1\n",
            // Braces that are open at the end of a line.
            "web: {env:\nx, FLASK_DEBUG: 1}\n",
            "web: {ports: [1], env:\nx, FLASK_DEBUG: 1}\n",
            "{\nenv: x,\nFLASK_DEBUG: 1}\n",
            "note: |\n  {\nweb: {\n  env:\n  x, FLASK_DEBUG: 1}\n",
            "note: |\r\n  {\r\n\r\nweb: {\r\n  env:\r\n  x, FLASK_DEBUG: 1}\r\n",
            "- note: >-\n    a: {\n  web: {\n  env:\n  x, FLASK_DEBUG: 1}\n",
            "a:\n  note: |\n      a: {\n   web: {\n  env:\n  x, FLASK_DEBUG: 1}\n",
            // What only looks like a text of several lines.
            "a:\n  'note: |'\n    web: {\n  env:\n  x, FLASK_DEBUG: 1}\n",
            "a:\n# note: |\n  web: {\n  env:\n  x, FLASK_DEBUG: 1}\n",
            "a: x # note: |\n  web: {\n  env:\n  x, FLASK_DEBUG: 1}\n",
            "a: \"\n note: |\n   x\"\n   web: {\n  env:\n  x, FLASK_DEBUG: 1}\n",
            "a: 1 {{/*\nnote: |\n*/}}\n   web: {\n  env:\n  x, FLASK_DEBUG: 1}\n",
            // A text of several lines is under its key.
            "web:\n  command: |\n    flask run --debug\n",
            "data:\n  app.env: |\n    FLASK_DEBUG=1\n    {\n",
        ] {
            assert!(may_start(text), "{text}");
        }
        for text in [
            "env:\n  A: 1\nflask:\n  label: a flask\n",
            "image:\n  label: python\nvalue: 1\n",
            "description: flask\nchanges:\n  - args: x\n  - text: python\n",
            "about: flask\nexample: |\n  {\n    \"env\": {\n  }}\n",
            "about: flask\r\n- example: >\r\n    {\r\n\r\n    * value: {\r\n",
            "about: flask\nquoted: \"a\n  b\"\nexample: |2-\n    args: {\n",
        ] {
            assert!(!may_start(text), "{text}");
        }
    }
}
