//! Whether a text has a part in how a program is started, before anything is parsed.
//!
//! Data of all kinds is written in YAML and JSON, and most of it is no deployment. What is one keeps commands,
//! environments and containers under keys that are few. The look may see more than is there, never less.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::{memchr2, memmem, memrchr2};

use crate::language::Language;
use crate::python::words;

/// Texts of other languages that have a part in a start: a framework, a server, or what runs a program.
const DEPLOYMENTS: [&str; 12] = [
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

static DEPLOYED: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(DEPLOYMENTS).ok());
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
fn is_anywhere_else(text: &[u8]) -> bool {
    let alias = |at: usize| {
        at > 0 && b":-,[".contains(&text[at - 1]) && text.get(at + 2).is_some_and(|byte| byte.is_ascii_alphanumeric())
    };
    // What begins with a brace and does not end in its line.
    let end = |byte: &&u8| matches!(byte, b'}' | b']' | b'\n' | b'\r');
    let open = |at: usize| !matches!(text[at + 2..].iter().find(end), Some(b'}' | b']'));
    let has_open = |word: &&[u8]| memmem::find_iter(text, word).any(open);
    memmem::find_iter(text, b" *").any(alias)
        || [b": {".as_slice(), b": [", b"- {", b"- [", b"\n{", b"\n["].iter().any(has_open)
}

fn has_word(text: &[u8]) -> bool {
    let has = |word: &[u8]| memmem::find(text, word).is_some();
    DEPLOYED.as_ref().is_none_or(|words| words.is_match(text)) || has(b"python") && (has(b".py") || has(b"-m"))
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
        let indent = text[at..].iter().take_while(|byte| **byte == b' ').count();
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
        ] {
            assert!(may_start(text), "{text}");
        }
        for text in [
            "env:\n  A: 1\nflask:\n  label: a flask\n",
            "image:\n  label: python\nvalue: 1\n",
            "description: flask\nchanges:\n  - args: x\n  - text: python\n",
        ] {
            assert!(!may_start(text), "{text}");
        }
    }
}
