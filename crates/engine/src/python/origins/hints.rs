//! What a look at the text of a file tells of all that is in it.

use memchr::memmem;

use super::super::look::Look;
use super::super::value::FileId;
use super::super::words;
use super::Origins;
use super::flows::{NAMING, SERVERS, STARTS};

/// What a text has in which the name of a method is worked out that starts something.
const NAMES: [&str; 6] = ["\"run\"", "'run'", "run_server", "run_task", "serve_forever", "def __getattr"];

/// What reads mappings from outside of a program.
const LOADS: [&str; 13] = [
    "load(",
    "loads(",
    "environ.",
    "environ[",
    "environ)",
    "getenv",
    "parse_args",
    "vars(",
    "read(",
    "read_text",
    "asdict",
    "model_dump",
    ".dict(",
];

/// What the text of a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Hints {
    /// Something surely starts a server.
    pub is_sure: bool,
    /// It gets at a framework.
    pub has_framework: bool,
    /// The name of a method that starts something, as a text, or what hands on any name.
    names_start: bool,
    /// The class whose first argument says `debug`, which one below it hands on without a keyword.
    names_starlette: bool,
    /// A word `debug` that is no name of a logger's method, or what reads values from outside.
    names_debug: bool,
}

impl Hints {
    fn of(path: &str, text: &str) -> Hints {
        let look = Look::at(path, text.as_bytes());
        let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
        Hints {
            is_sure: look.sure,
            has_framework: look.framework || look.maker,
            names_starlette: has("Starlette"),
            names_start: NAMES.into_iter().any(has),
            names_debug: names_debug(text) || LOADS.into_iter().any(has),
        }
    }

    /// Whether a statement of the file may start something, or tell it to be in debug mode.
    pub fn is_start(self, text: &str) -> bool {
        let code = words::code(text);
        let look = Look::of_code(code.as_bytes());
        let has = |word: &str| memmem::find(code.as_bytes(), word.as_bytes()).is_some();
        look.start
            || look.told && tells(&code)
            || look.setter && has("setattr")
            || ["\"run\"", "'run'", "run_task"].into_iter().any(has)
            || calls_server(&code)
            || self.names_starlette && has("super")
            || self.names_start && NAMING.into_iter().any(has)
    }
}

/// Whether the code of a file has something that starts a server or tells what it makes: its documentation is full of it.
pub(in super::super) fn may_start(path: &str, text: &str) -> bool {
    let hints = Hints::of(path, text);
    hints.is_sure || hints.is_start(text) || hints.has_framework && hands_on(text)
}

impl Origins<'_> {
    /// What the text of a file has.
    pub(super) fn hints(&mut self, file: FileId) -> Hints {
        if let Some(known) = self.hints.get(&file) {
            return *known;
        }
        let path = self.files.path(file);
        let text = self.files.text(&path).unwrap_or_default();
        let hints = Hints::of(&path, &text);
        self.hints.insert(file, hints);
        hints
    }

    /// Whether a text of a file may be a key, or the beginning of a keyword, that says `debug`.
    pub fn names_debug(&mut self, file: FileId) -> bool {
        self.hints(file).names_debug
    }

    /// Whether a file gets at a framework by its text.
    pub fn has_framework(&mut self, file: FileId) -> bool {
        self.hints(file).has_framework
    }

    /// Whether a text of a file can be the name of a method that starts something.
    pub fn names_start(&mut self, file: FileId) -> bool {
        self.hints(file).names_start
    }
}

/// Whether code without comments tells something `debug`, by a keyword or an attribute: a variable of that name and a
/// parameter that has it are told themselves.
fn tells(code: &str) -> bool {
    let bytes = code.as_bytes();
    memmem::find_iter(bytes, b"debug").any(|at| {
        let sign = bytes[at + "debug".len()..].trim_ascii_start();
        let is_set = sign.first() == Some(&b'=') && sign.get(1) != Some(&b'=');
        is_set
            && match bytes[..at].trim_ascii_end() {
                [.., b'.' | b'*'] => true,
                before @ [.., b'(' | b','] => !is_parameter(before),
                before => before.ends_with(b"\\"),
            }
    })
}

/// How far back a parameter is looked for the beginning of its function.
const FAR: usize = 4_000;

/// Whether what follows is a parameter of a function: nothing but names and brackets stand between it and `def name(`.
fn is_parameter(before: &[u8]) -> bool {
    let mut depth = 0;
    for (at, byte) in before.iter().enumerate().rev().take(FAR) {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'(' => {
                let name = before[..at].iter().rposition(|byte| !words::is_word(*byte)).map_or(0, |end| end + 1);
                let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
                let said = &before[..before[..name].iter().rposition(|byte| !blank(byte)).map_or(0, |end| end + 1)];
                let Some(other) = said.strip_suffix(b"def").filter(|_| said.len() < name) else { return false };
                return other.last().is_none_or(|byte| !words::is_word(*byte));
            }
            // A bracket in a text would count.
            b'[' | b'{' | b'"' | b'\'' => return false,
            _ => {}
        }
    }
    false
}

/// Whether a text calls what starts a server by its name.
fn calls_server(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"erver(").any(|at| {
        let name = &text[..at + "erver".len()];
        let name = name.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(name);
        SERVERS.contains(&name) || STARTS.contains(&name)
    })
}

/// Whether a call in a text hands on a mapping as its keywords.
pub(super) fn hands_on(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"**")
        .any(|at| text[..at].trim_end_matches(|sign: char| sign.is_whitespace() || sign == '\\').ends_with(['(', ',']))
}

/// Whether a text has a word `debug` that may be a key or a keyword: no method of a logger and no level in a list.
fn names_debug(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"debug").any(|at| {
        let after = text[at + "debug".len()..].trim_start_matches(['"', '\'']).trim_start();
        after.starts_with(['=', ':', ']', ')'])
            || after.starts_with(',') && !after.trim_start_matches([',', ' ', '"', '\'']).starts_with("info")
    })
}

#[cfg(test)]
mod tests {
    use super::{calls_server, tells};

    #[test]
    fn a_keyword_and_an_attribute_tell_but_no_variable_and_no_parameter() {
        for text in [
            "go(debug=True)",
            "go(\n    x,\n    debug = x,\n)",
            "app.debug = x",
            "typedef\nFastAPI(x, debug=True)",
            "undef(x, debug=True)",
            "def f(x='(', debug=True): pass",
            "def f(x): return g(x, debug=1)",
            "x.\\\n    debug = 1",
        ] {
            assert!(tells(text), "{text}");
        }
        for text in [
            "debug = True",
            "def f(debug=True): pass",
            "def f(\n    x: list[int] = (1, 2),\n    debug=True,\n): pass",
            "go(debug == 1)",
            "use_debug = 1",
        ] {
            assert!(!tells(text), "{text}");
        }
    }

    #[test]
    fn servers_are_called_by_their_whole_names() {
        for (text, calls) in [("Server(app)", true), ("x.make_server(app)", true), ("HTTPServer(app)", false)] {
            assert_eq!(calls_server(text), calls, "{text}");
        }
    }
}
