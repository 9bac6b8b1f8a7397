//! What a look at the text of a file tells of all that is in it.

use memchr::memmem;

use super::super::look::Look;
use super::super::value::FileId;
use super::Origins;
use super::flows::NAMING;

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
#[derive(Clone, Copy)]
pub(super) struct Hints {
    /// Something surely starts a server.
    pub is_sure: bool,
    /// It gets at a framework.
    pub has_framework: bool,
    /// The name of a method that starts something, as a text, or what hands on any name.
    names_start: bool,
    /// A word `debug` that is no name of a logger's method, or what reads values from outside.
    names_debug: bool,
}

impl Hints {
    /// Whether a statement of the file may start something, or tell it to be in debug mode.
    pub fn is_start(self, text: &str) -> bool {
        let look = Look::of_code(text.as_bytes());
        let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
        look.start
            || look.setter
            || ["\"run\"", "'run'", "run_task", "erver("].into_iter().any(has)
            || self.names_start && NAMING.into_iter().any(has)
    }
}

impl Origins<'_> {
    /// What the text of a file has.
    pub(super) fn hints(&mut self, file: FileId) -> Hints {
        if let Some(known) = self.hints.get(&file) {
            return *known;
        }
        let path = self.files.path(file);
        let text = self.files.text(&path).unwrap_or_default();
        let look = Look::at(&path, text.as_bytes());
        let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
        let names_start = NAMES.into_iter().any(has);
        let names_debug = names_debug(&text) || LOADS.into_iter().any(has);
        let has_framework = look.framework || look.maker;
        let hints = Hints { is_sure: look.sure, has_framework, names_start, names_debug };
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

/// Whether a call in a text hands on a mapping as its keywords.
pub(super) fn hands_on(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"**").any(|at| text[..at].trim_end().ends_with(['(', ',']))
}

/// Whether a text has a word `debug` that may be a key or a keyword: no method of a logger and no level in a list.
fn names_debug(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"debug").any(|at| {
        let after = text[at + "debug".len()..].trim_start_matches(['"', '\'']).trim_start();
        after.starts_with(['=', ':', ']', ')'])
            || after.starts_with(',') && !after.trim_start_matches([',', ' ', '"', '\'']).starts_with("info")
    })
}
