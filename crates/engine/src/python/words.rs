//! The words of a statement: which names it uses, and whether one of them can have a part in debug mode.
//!
//! A quick look at the text, without the tree. It may see more than is there (words of comments are triggers too),
//! never less.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// The names in a statement, and whether it has a word that can have a part in debug mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    names: Box<[u32]>,
    pub trigger: bool,
    /// Whether it names Flask.
    pub flask: bool,
    /// Whether it asks for `__main__`: the file is there to be started.
    pub main: bool,
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

/// Words that start a server, load a configuration, or decide whether something runs.
const TRIGGERS: &[&str] = &[
    "run",
    "run_simple",
    "run_server",
    "serve",
    "serve_forever",
    "make_server",
    "create_server",
    "from_object",
    "from_pyfile",
    "from_envvar",
    "from_file",
    "from_json",
    "from_mapping",
    "from_prefixed_env",
    "FLASK_ENV",
    "__main__",
    "load_dotenv",
    "evalex",
    "WSGIServer",
    "serve_traceback",
    "start",
];

/// FNV-1a, 32 bits: equal names are equal numbers, and a rare collision only makes a statement run that need not.
pub(crate) fn hash(word: &[u8]) -> u32 {
    word.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// The words of a statement's text.
pub(crate) fn words(text: &str) -> Words {
    let bytes = text.as_bytes();
    let mut names = Vec::new();
    let mut trigger = false;
    let mut at = 0;
    // The end of the string that the scan is in, and whether its words are code (an f-string).
    while at < bytes.len() {
        match bytes[at] {
            b'#' => {
                let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |n| at + n);
                trigger |= is_trigger_text(&bytes[at..end]);
                at = end;
            }
            quote @ (b'"' | b'\'') => {
                let end = string_end(bytes, at, quote);
                trigger |= is_trigger_text(&bytes[at..end]);
                if at > 0 && is_format_prefix(bytes, at) {
                    collect(&bytes[at..end], &mut names);
                }
                at = end;
            }
            byte if is_word(byte) => {
                let end = at + bytes[at..].iter().position(|byte| !is_word(*byte)).unwrap_or(bytes.len() - at);
                let word = &bytes[at..end];
                trigger |= is_trigger(word);
                let attribute = at > 0 && bytes[at - 1] == b'.';
                if !byte.is_ascii_digit() && !attribute {
                    names.push(hash(word));
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    names.sort_unstable();
    names.dedup();
    let flask = contains(bytes, b"flask");
    Words {
        names: names.into_boxed_slice(),
        trigger: trigger || flask,
        flask,
        main: memchr::memmem::find(bytes, b"__main__").is_some(),
    }
}

fn collect(text: &[u8], names: &mut Vec<u32>) {
    for word in text.split(|byte| !is_word(*byte)).filter(|word| !word.is_empty()) {
        names.push(hash(word));
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn is_trigger(word: &[u8]) -> bool {
    TRIGGERS.iter().any(|trigger| trigger.as_bytes() == word) || has_debug(word)
}

fn is_trigger_text(text: &[u8]) -> bool {
    text.split(|byte| !is_word(*byte)).any(is_trigger)
}

fn has_debug(word: &[u8]) -> bool {
    contains(word, b"debug")
}

fn contains(text: &[u8], word: &[u8; 5]) -> bool {
    text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
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
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == quote && triple && bytes[at..].starts_with(&[quote; 3]) => {
                return at + 3;
            }
            byte if byte == quote && !triple => return at + 1,
            // A string that is not closed ends with its line.
            b'\n' | b'\r' if !triple => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// What a text must contain to start a server, or to set up the environment or the debugger of one.
static LAUNCHES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::new([
        ".run(",
        ".run)",
        ".run,",
        ".run\n",
        "run_simple",
        " serve",
        ".serve",
        "serve_forever",
        "make_server",
        "create_server",
        "WSGIServer",
        "DebuggedApplication",
        "FLASK_",
        "_DEBUG",
        "evalex",
        "debug=",
        "debug =",
        "flask.cli",
        "bjoern",
        "debug(",
        "Starlette(",
        "wsgi_app",
    ])
    .ok()
});

/// What a text must contain to have to do with one of the frameworks and servers of the catalogue at all.
static FRAMEWORKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::new([
        "flask",
        "Flask",
        "FLASK",
        "import dash",
        "from dash",
        "jupyter_dash",
        "DASH_",
        "import quart",
        "from quart",
        "QUART_",
        "werkzeug",
        "WERKZEUG",
        "socketio",
        "connexion",
        "sanic",
        "import bottle",
        "from bottle",
        "tornado",
        "starlette",
        "fastapi",
        "litestar",
        "waitress",
        "import eve",
        "from eve",
        "cheroot",
        "make_server",
        "gevent",
        "bjoern",
    ])
    .ok()
});

/// Whether a program can start a server or set something up for one, by its text alone: never false where it can.
pub(crate) fn could_launch(text: &[u8]) -> bool {
    LAUNCHES.as_ref().is_none_or(|words| words.is_match(text))
}

/// Whether a text names a framework or a server, anywhere.
pub(crate) fn names_framework(text: &[u8]) -> bool {
    FRAMEWORKS.as_ref().is_none_or(|words| words.is_match(text))
}

/// The modules that a text imports, as far as lines that begin with `import` or `from` say: the leading dots, then the
/// dotted path.
pub(crate) fn imported(text: &str) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.trim_start();
        if let Some(rest) = line.strip_prefix("from ") {
            let rest = rest.trim_start();
            let level = rest.len() - rest.trim_start_matches('.').len();
            let path: String = rest[level..].chars().take_while(|c| c.is_alphanumeric() || "_.".contains(*c)).collect();
            // `from . import name` names a module beside this one.
            if path.is_empty() || level > 0 {
                let names = line.split_once(" import ").map_or("", |(_, names)| names);
                for name in names.split(',').filter_map(|name| name.split_whitespace().next()) {
                    let dotted = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                    found.push((level as u32, dotted.trim_matches(['(', ')']).to_owned()));
                }
            }
            found.push((level as u32, path));
        } else if let Some(rest) = line.strip_prefix("import ") {
            for name in rest.split(',').filter_map(|name| name.split_whitespace().next()) {
                found.push((0, name.to_owned()));
            }
        }
    }
    found
}
