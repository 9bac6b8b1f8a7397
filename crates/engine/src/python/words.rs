//! The words of a statement: which names it uses, and whether one of them can have a part in debug mode.
//!
//! A quick look at the text, without the tree. It may see more than is there (words of texts are triggers too), never less;
//! what is said in comments and documentation, or to a logger, has no part.

use std::sync::LazyLock;

use crate::language::Language;
use crate::search::Search;

/// The names in a statement, and whether it has a word that can have a part in debug mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    names: Box<[u32]>,
    pub trigger: bool,
    /// Whether it names Flask.
    pub flask: bool,
    /// Whether it asks for `__main__`: the file is there to be started.
    pub main: bool,
    /// Whether it imports every name of another module.
    pub star: bool,
}

impl Words {
    /// The hashes of the names, sorted.
    pub fn names(&self) -> &[u32] {
        &self.names
    }

    /// Whether a name is there.
    pub fn has(&self, name: u32) -> bool {
        self.names.binary_search(&name).is_ok()
    }
}

/// FNV-1a, 32 bits: equal names are equal numbers, and a rare collision only makes a statement run that need not.
pub(crate) fn hash(word: &[u8]) -> u32 {
    word.iter().fold(EMPTY, |hash, byte| longer(hash, *byte))
}

/// The hash of no letters.
const EMPTY: u32 = 0x811c_9dc5;

/// The hash of one more letter.
fn longer(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// The word that begins here, and its hash.
fn word_at(bytes: &[u8], start: usize) -> (&[u8], u32) {
    let (mut end, mut hash) = (start, EMPTY);
    while let Some(byte) = bytes.get(end).filter(|byte| is_word(**byte)) {
        hash = longer(hash, *byte);
        end += 1;
    }
    (&bytes[start..end], hash)
}

/// The words of a statement's text.
pub(crate) fn words(text: &str) -> Words {
    let bytes = text.as_bytes();
    let mut names = Vec::new();
    let mut trigger = false;
    let (mut imports, mut star) = (false, false);
    let mut at = 0;
    // The end of the string that the scan is in, and whether its words are code (an f-string).
    while at < bytes.len() {
        match bytes[at] {
            b'#' => {
                at = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |n| at + n);
            }
            quote @ (b'"' | b'\'') => {
                let end = string_end(bytes, at, quote);
                let text = &bytes[at..end];
                trigger |= if text.starts_with(&[quote; 3]) { is_trigger_prose(text) } else { is_trigger_text(text) };
                if at > 0 && is_format_prefix(bytes, at) {
                    collect(&bytes[at..end], &mut names);
                }
                at = end;
            }
            byte if is_word(byte) => {
                let (word, number) = word_at(bytes, at);
                let end = at + word.len();
                let attribute = at > 0 && bytes[at - 1] == b'.';
                let is_logged = attribute
                    && word == b"debug"
                    && bytes.get(end) == Some(&b'(')
                    && !bytes[..at].ends_with(b"bottle.");
                trigger |=
                    is_trigger(word) && !is_logged || (word == b"environ" && writes_computed_name(&bytes[end..]));
                imports = word == b"import";
                if !byte.is_ascii_digit() && !attribute {
                    names.push(number);
                }
                at = end;
            }
            byte => {
                // What a star import brings has no word here.
                star |= imports && byte == b'*';
                at += 1;
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    let flask = contains(bytes, b"flask");
    Words {
        names: names.into_boxed_slice(),
        trigger: trigger || flask || star,
        flask,
        main: memchr::memmem::find(bytes, b"__main__").is_some(),
        star,
    }
}

/// Whether what follows `os.environ` may set a variable whose name is not written there.
fn writes_computed_name(rest: &[u8]) -> bool {
    let named = |prefix: &[u8]| rest.strip_prefix(prefix).map(|rest| !matches!(rest.first(), Some(b'"' | b'\'')));
    rest.starts_with(b".update(") || named(b"[").or_else(|| named(b".setdefault(")).unwrap_or(false)
}

/// The hashes of all words of a text, names of attributes and words of strings, too; not those of comments and of strings
/// over several lines, most of which are documentation.
pub(crate) fn all(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut words = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(next) = memchr::memchr3(b'#', b'"', b'\'', &bytes[at..]).map(|next| at + next) {
        let (end, is_skipped) = match bytes[next] {
            b'#' => (memchr::memchr2(b'\n', b'\r', &bytes[next..]).map_or(bytes.len(), |end| next + end), true),
            quote => {
                let end = string_end(bytes, next, quote);
                let is_long = bytes[next..].starts_with(&[quote; 3]);
                let nests = !is_long && is_format_prefix(bytes, next) && bytes[next..end].contains(&b'{');
                // Its own quotes may stand in its braces.
                (if nests { line_end(bytes, end) } else { end }, is_long)
            }
        };
        if is_skipped {
            collect(&bytes[from..next], &mut words);
            from = end;
        }
        at = end;
    }
    collect(&bytes[from..], &mut words);
    words
}

/// The text without its comments and documentation, for who looks at what it does: `"""texts"""` that begin a body alone.
pub(crate) fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = String::with_capacity(text.len());
    let (mut from, mut at) = (0, 0);
    while let Some(next) = memchr::memchr3(b'#', b'"', b'\'', &bytes[at..]).map(|next| at + next) {
        let (end, is_skipped) = match bytes[next] {
            b'#' => (memchr::memchr2(b'\n', b'\r', &bytes[next..]).map_or(bytes.len(), |end| next + end), true),
            quote => {
                let end = string_end(bytes, next, quote);
                let text = &bytes[next..end];
                // One that is not closed is being typed.
                let is_long = text.starts_with(&[quote; 3]) && text.len() >= 6 && text.ends_with(&[quote; 3]);
                if !is_long && is_format_prefix(bytes, next) && text.contains(&b'{') {
                    // Its own quotes may stand in its braces.
                    (line_end(bytes, end), false)
                } else {
                    (end, is_long && ends_alone(&bytes[end..]))
                }
            }
        };
        if is_skipped {
            let before = &text[from..next];
            if bytes[next] == b'#' {
                code.push_str(before);
                from = end;
            } else if begins_alone(&code, before) {
                code.push_str(before);
                code.push('0');
                from = end;
            }
        }
        at = end;
    }
    code.push_str(&text[from..]);
    code
}

/// The end of the line, unless a text over several lines may begin before that: then the place itself.
fn line_end(bytes: &[u8], at: usize) -> usize {
    let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end);
    let has = |quotes: &[u8]| memchr::memmem::find(&bytes[at..end], quotes).is_some();
    if has(b"\"\"\"") || has(b"'''") { at } else { end }
}

/// Whether a text that follows this is a statement of its own: the first of a body, or of all.
fn begins_alone(code: &str, before: &str) -> bool {
    let before = before.trim_end_matches(['r', 'R', 'u', 'U']);
    let line = before.rsplit(['\n', '\r']).next().unwrap_or(before);
    let last = before.trim_end().chars().next_back().or_else(|| code.trim_end().chars().next_back());
    line.trim().is_empty() && (line.len() < before.len() || code.is_empty()) && last.is_none_or(|last| last == ':')
}

/// What goes on with an expression. An `if` or `for` may begin a statement, too, whose documentation then counts.
const GOING_ON: [&[u8]; 8] = [b"if", b"or", b"and", b"in", b"is", b"not", b"for", b"else"];

/// Whether the next thing behind a text is another statement: in brackets it would be a sign, most often.
fn ends_alone(after: &[u8]) -> bool {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut rest = &after[after.iter().position(|byte| !blank(byte)).unwrap_or(after.len())..];
    if !matches!(rest.first(), None | Some(b'\n' | b'\r' | b'#')) {
        return false;
    }
    loop {
        rest = rest.trim_ascii_start();
        match rest.first() {
            Some(b'#') => rest = &rest[memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())..],
            next => {
                let is_statement = next.is_none_or(|byte| is_word(*byte) || *byte == b'@');
                let word = rest.split(|byte| !is_word(*byte)).next().unwrap_or_default();
                return is_statement && !GOING_ON.contains(&word);
            }
        }
    }
}

fn collect(text: &[u8], names: &mut Vec<u32>) {
    let mut at = 0;
    while at < text.len() {
        let (word, number) = word_at(text, at);
        at += word.len().max(1);
        if !word.is_empty() {
            names.push(number);
        }
    }
}

/// What names are made of.
static IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte == b'_' as usize || byte >= 0x80;
        byte += 1;
    }
    table
};

pub(super) fn is_word(byte: u8) -> bool {
    IS_WORD[usize::from(byte)]
}

/// Whether a word starts a server, loads a configuration, or decides whether something runs.
fn is_trigger(word: &[u8]) -> bool {
    let is_one = matches!(
        word,
        b"run"
            | b"run_simple"
            | b"run_server"
            | b"serve"
            | b"serve_forever"
            | b"serve_traceback"
            | b"make_server"
            | b"create_server"
            | b"start"
            | b"from_object"
            | b"from_pyfile"
            | b"from_envvar"
            | b"from_file"
            | b"from_json"
            | b"from_mapping"
            | b"from_prefixed_env"
            | b"load_dotenv"
            | b"evalex"
            | b"FLASK_ENV"
            | b"WSGIServer"
            | b"Starlette"
            | b"__main__"
    );
    is_one || has_debug(word)
}

fn is_trigger_text(text: &[u8]) -> bool {
    text.split(|byte| !is_word(*byte)).any(is_trigger)
}

/// Text of several lines is documentation, most often.
fn is_trigger_prose(text: &[u8]) -> bool {
    let has = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    has("DEBUG") || has("FLASK") || has("debug=") || has("debug =") || has(".run(")
}

fn has_debug(word: &[u8]) -> bool {
    word.len() >= 5 && contains(word, b"debug")
}

/// Whether a word is in a text, whatever the case of its letters.
fn contains(text: &[u8], word: &[u8; 5]) -> bool {
    let last = word[word.len() - 1];
    let ends = memchr::memchr2_iter(last, last.to_ascii_uppercase(), text);
    ends.into_iter().any(|end| end + 1 >= word.len() && text[end + 1 - word.len()..=end].eq_ignore_ascii_case(word))
}

/// Whether the letters before a quote make it an f-string.
fn is_format_prefix(bytes: &[u8], quote: usize) -> bool {
    let start = quote.saturating_sub(3);
    let letters = bytes[start..quote].iter().rev().take_while(|byte| byte.is_ascii_alphabetic());
    letters.into_iter().any(|byte| byte.eq_ignore_ascii_case(&b'f') || byte.eq_ignore_ascii_case(&b't'))
}

fn string_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let triple = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if triple { 3 } else { 1 };
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let next = match triple {
            true => memchr::memchr2(quote, b'\\', rest),
            false => rest.iter().position(|byte| *byte == quote || matches!(byte, b'\\' | b'\n' | b'\r')),
        };
        let Some(next) = next else { return bytes.len() };
        at += next;
        match bytes[at] {
            b'\\' if bytes[at + 1..].starts_with(b"\r\n") => at += 3,
            b'\\' => at += 2,
            _ if triple && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ if triple => at += 1,
            byte if byte == quote => return at + 1,
            // A string that is not closed ends with its line.
            _ => return at,
        }
    }
}

/// What a deployment file must contain to have a part in debug mode, in whatever case.
static DEPLOYMENT: LazyLock<Search> = LazyLock::new(|| {
    Search::new(&["debug", "flask", "python", "_env", "env_file", "environmentfile", "wsgi", "gunicorn", "waitress"])
});

/// Whether a deployment file can have a part in debug mode. What starts programs and nothing else can start one by the
/// name of a script that the project installs, which has no such word.
pub(crate) fn concerns_deployment(language: Option<Language>, text: &[u8]) -> bool {
    matches!(language, Some(Language::Procfile | Language::Systemd | Language::Dockerfile))
        || DEPLOYMENT.is_in(&text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{all, code, hash};

    #[test]
    fn words_are_those_of_code_and_of_short_texts() {
        let text = "def f(a): # no\n    \"\"\"nor\n    this '\"\"\"\n    return a.b['c d'] + '''neither''' # '";
        let words = ["def", "f", "a", "return", "a", "b", "c", "d"].map(|word| hash(word.as_bytes()));
        assert_eq!(all(text), words);
        let nested = "print(f\"{\"#\" * 10}\"); site = make()";
        assert!(all(nested).contains(&hash(b"site")));
        for text in ["'", "\"\"\"", "a = '#", "# \"\"\"\nx"] {
            all(text);
        }
    }

    #[test]
    fn code_is_what_is_no_comment_and_no_documentation() {
        for (text, expected) in [
            ("\"\"\"app.run()\"\"\"\nx = 1  # app.run()\n", "0\nx = 1  \n"),
            (
                "def f(\n    a,\n):  # y\n    r\'\'\'a\n  b\'\'\'\n    # z\n    g()",
                "def f(\n    a,\n):  \n    r0\n    \n    g()",
            ),
            ("class C:\r\n    \'\'\'a\'\'\'", "class C:\r\n    0"),
        ] {
            assert_eq!(code(text), expected);
        }
        // Texts that something is done with.
        for text in [
            "exec(\"\"\"\napp.run()\"\"\")",
            "{1:\n\"\"\"a\"\"\"\n}",
            "{1:\n\"\"\"a\"\"\",\n2: 3}",
            "{1:\n\"\"\"a\"\"\"\n.format()}",
            "x = \"\"\"a\"\"\"\ny = 1",
            "if x:\n    \"\"\"a\"\"\".run()",
            "def f():\n    \"a # b\"\n    f\"\"\"a\"\"\"\n",
            "x = (\n    \"\"\"a\"\"\"\n)",
            "x: \"\"\"a\"\"\"\ny",
            "{1:\n\"\"\"a\"\"\"\nif x else y}",
            "if x:\n    '''\n    app.run()",
            "x = f\"{D[\"#a\"]}\"; app.run()",
            "x = 'a\\\r\nb#c'; app.run()",
        ] {
            assert_eq!(code(text), text);
        }
    }
}
