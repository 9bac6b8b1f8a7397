//! A look at a text, before anything is parsed: what it has that a finding needs.
//!
//! To have debug mode on, a program must get at a framework, start something, and be told so. Each of the three is a
//! word in the text of the program or of one that it imports. All words are looked for in one pass at the speed of
//! memory, and each is then judged where it stands: `logger.debug(` tells nobody to be in debug mode, and
//! `subprocess.run(` starts no server. The look may see more than is there, never less.
//!
//! It follows no import: [`super::prefilter`] does.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind as Kind};
use memchr::memmem;

use super::words::is_word;
use crate::language::Language;

/// What a text has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// It gets at a framework or a server.
    pub(crate) framework: bool,
    /// It makes an application that is told only when it is made, and has no word there that could tell it.
    pub(crate) maker: bool,
    /// It sets the attribute `debug` of something.
    pub(crate) setter: bool,
    /// It starts a server, or sets up the environment or the debugger of one.
    pub(crate) start: bool,
    /// It sets something of the name `debug`: a keyword, an attribute, or another name.
    pub(crate) told: bool,
    /// Nobody needs to ask what it is that is started.
    pub(crate) sure: bool,
    /// It tells a program to be in debug mode, or to load what may tell it.
    pub(crate) switch: bool,
    /// It has a comment of ours, which may silence nothing.
    pub(crate) comment: bool,
    /// It is no Python, and has a part in how programs are started.
    pub(crate) deployment: bool,
}

/// What is looked for. None is the beginning of another, and none begins within another, so that none hides one.
const SEEDS: [&str; 37] = [
    "import",
    "debug",
    "DEBUG",
    "Debug",
    ".run",
    "run_simple",
    "\"run\"",
    "'run'",
    "serve",
    "WSGIServer",
    "flask",
    "FLASK",
    "DASH_DEBUG",
    "QUART_",
    "WERKZEUG",
    "werkzeug",
    "quart",
    "evalex",
    "bjoern",
    "Starlette(",
    "wsgi_app",
    "from_object",
    "from_pyfile",
    "from_envvar",
    "from_file",
    "from_json",
    "from_mapping",
    "from_prefixed_env",
    "dotenv",
    "runpy",
    "exec(",
    "eval(",
    "dev=",
    "dev =",
    "create_server",
    "open(",
    "read_text",
];

/// Frameworks and servers of the catalogue, as imports begin to name them, each with the words one of which is in the
/// text that makes an application or a server of it. Without words the import alone counts: few programs import these
/// for anything else.
const FRAMEWORKS: [(&str, &[&str]); 14] = [
    ("flask", &[]),
    ("Flask", &[]),
    ("dash", &[]),
    ("quart", &[]),
    ("werkzeug", &[]),
    ("socketio", &[]),
    ("connexion", &[]),
    ("bottle", &[]),
    ("waitress", &[]),
    ("cheroot", &[]),
    ("bjoern", &[]),
    ("sanic", &["Sanic"]),
    ("eve", &["Eve(", "import Eve"]),
    ("gevent", &["WSGIServer", "pywsgi"]),
];

/// Frameworks whose applications are in debug mode only by an argument of these classes, or by an attribute later.
const MAKERS: [(&str, &str); 4] =
    [("tornado", "Application"), ("starlette", "Starlette"), ("fastapi", "FastAPI"), ("litestar", "Litestar")];

/// Modules of the standard library and its like whose `run` starts no server, as programs call them.
const RUNNERS: [&str; 8] = ["subprocess", "asyncio", "anyio", "trio", "curio", "uvloop", "unittest", "cProfile"];

/// What takes the name of a method as a text, and what runs a framework's command.
const NAMING: [&[u8]; 6] = [b"getattr", b"methodcaller", b"attrgetter", b"__getattribute__", b"flask", b"quart"];

/// What goes on with an expression behind a name.
const CONTINUED: [&[u8]; 6] = [b"if ", b"else ", b"or ", b"and ", b"for ", b"as "];

/// What stands before a name in an annotation.
const ANNOTATED: [&[u8]; 4] = [b": ", b"-> ", b"[", b"| "];

static SEARCHER: LazyLock<Option<Searcher>> =
    LazyLock::new(|| Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(SEEDS).build());
static SLOW: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(Kind::LeftmostFirst).build(SEEDS).ok());

/// The names of `FRAMEWORKS` and then of `MAKERS`.
static NAMES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let names = FRAMEWORKS.iter().map(|(name, _)| name).chain(MAKERS.iter().map(|(name, _)| name));
    AhoCorasick::builder().match_kind(Kind::LeftmostLongest).kind(Some(AhoCorasickKind::DFA)).build(names).ok()
});

impl Look {
    /// Whether the text of a file need not be read before a program asks for it: data by a name that no tool starts
    /// anything from. There may be very much of it.
    pub fn can_wait(path: &str) -> bool {
        Language::of_path(path) == Some(Language::Json) && !crate::deploy::is_json_read(path)
    }

    /// The look at the text of a file, in whatever encoding that has the letters of ASCII where ASCII has them.
    pub fn at(path: &str, text: &[u8]) -> Look {
        let mut look = Look::of_code(text);
        let language = Language::of_path(path);
        if language != Some(Language::Python) {
            look.deployment = !Look::can_wait(path) && crate::deploy::concern::may_start(language, text);
            (look.framework, look.start, look.told, look.sure) = (false, false, false, false);
        }
        look
    }

    /// The look at Python, or at a part of it.
    pub(super) fn of_code(text: &[u8]) -> Look {
        let mut look = Look::default();
        look.search(text);
        if !look.sure && look.framework && Look::starts_command(text) {
            look.start_surely();
        }
        look
    }

    fn search(&mut self, text: &[u8]) {
        if let Some(searcher) = SEARCHER.as_ref().filter(|searcher| text.len() >= searcher.minimum_len()) {
            for found in searcher.find_iter(text) {
                self.judge(text, SEEDS[found.pattern().as_usize()], found.start(), found.end());
            }
        } else if let Some(searcher) = SLOW.as_ref() {
            for found in searcher.find_iter(text) {
                self.judge(text, SEEDS[found.pattern().as_usize()], found.start(), found.end());
            }
        }
    }

    /// `flask run` started from Python needs two words that stand apart.
    fn starts_command(text: &[u8]) -> bool {
        let has = |word: &[u8]| memmem::find(text, word).is_some();
        has(b"flask") && (has(b"--debug") || has(b"FlaskGroup"))
    }

    fn start_surely(&mut self) {
        (self.start, self.sure) = (true, true);
    }

    fn judge(&mut self, text: &[u8], seed: &str, start: usize, end: usize) {
        let (before, after) = (&text[..start], &text[end..]);
        let is_attribute = before.last() == Some(&b'.');
        match seed {
            "import" => self.import(text, start, end),
            "debug" | "DEBUG" | "Debug" => self.debug(text, start, end),
            ".run" => self.run(before, after),
            "run_simple" | "evalex" => {
                self.start_surely();
                self.switch = true;
            }
            // `getattr` and its kin name it in a text, and so does a command.
            "\"run\"" | "'run'" => self.start |= NAMING.iter().any(|word| memmem::find(text, word).is_some()),
            "serve" => self.serve(text, start, end),
            "create_server" | "Starlette(" | "WSGIServer" => self.start = true,
            "bjoern" | "wsgi_app" => self.start_surely(),
            "flask" => {
                // A command or the name of a program; an import is seen by itself.
                self.framework |= matches!(before.last(), Some(b'"' | b'\''))
                    || before.ends_with(b"-m ")
                    || after.starts_with(b" run");
                if after.starts_with(b".cli") {
                    self.start_surely();
                }
            }
            "FLASK" => {
                self.framework = true;
                if before.last().is_none_or(|byte| !is_word(*byte)) && is_own_variable(after) {
                    self.start_surely();
                }
                self.switch |= after.starts_with(b"_ENV");
            }
            "DASH_DEBUG" | "QUART_" => {
                *self = Look { framework: true, start: true, sure: true, switch: true, ..*self };
            }
            "WERKZEUG" => self.framework = true,
            "werkzeug" | "quart" => {
                let is_text = matches!(before.last(), Some(b'"' | b'\''));
                let is_command = || memmem::find(text, b"run").is_some() && before.last() == after.first();
                self.framework |= is_text && (seed == "werkzeug" || is_command());
                self.switch |= before.ends_with(b"allow_unsafe_");
            }
            "exec(" | "eval(" => self.switch |= !is_attribute || before.ends_with(b"builtins."),
            _ => self.switch = true,
        }
    }

    /// A name in an import counts when no letter follows it: `eve`, not `events`.
    fn import(&mut self, text: &[u8], start: usize, end: usize) {
        if text[..start].ends_with(b"__") || text[end..].starts_with(b"_module") || text[end..].starts_with(b"_string")
        {
            self.switch = true;
        }
        if self.framework && self.start {
            return;
        }
        let line = line_of(text, start, end);
        for found in NAMES.iter().flat_map(|names| names.find_iter(line)) {
            self.named(text, line, found.start()..found.end(), found.pattern().as_usize());
        }
        let names = |name: &[u8]| {
            text[end..].strip_prefix(name).is_some_and(|after| after.first().is_none_or(|byte| !is_word(*byte)))
        };
        self.start |= names(b" serve");
        if names(b" debug") {
            self.start_surely();
        }
    }

    /// A name of `FRAMEWORKS` or, after those, of `MAKERS` in the line of an import.
    fn named(&mut self, text: &[u8], line: &[u8], name: Range<usize>, which: usize) {
        // Kin of Flask have its name somewhere in theirs.
        let is_inner =
            name.start > 0 && line[name.start - 1].is_ascii_alphabetic() && !line[name.clone()].ends_with(b"lask");
        if is_inner || line.get(name.end).is_some_and(u8::is_ascii_alphanumeric) {
            return;
        }
        let makes = |word: &str| memmem::find(text, word.as_bytes()).is_some();
        if let Some((_, words)) = FRAMEWORKS.get(which) {
            self.framework = self.framework || words.is_empty() || words.iter().any(|word| makes(word));
        } else if MAKERS.get(which - FRAMEWORKS.len()).is_some_and(|(_, class)| makes(class)) {
            self.maker = true;
            self.framework = self.framework || MAKERS.iter().any(|(_, class)| is_told(text, class.as_bytes()));
        }
    }

    fn debug(&mut self, text: &[u8], start: usize, end: usize) {
        let first = text[..start].iter().rposition(|byte| !is_word(*byte)).map_or(0, |at| at + 1);
        let last = text[end..].iter().position(|byte| !is_word(*byte)).map_or(text.len(), |at| end + at);
        let (before, word, after) = (&text[..first], &text[first..last], &text[last..]);
        let called = after.first() == Some(&b'(');
        let is_attribute = before.last() == Some(&b'.');
        let is_bottle = before.ends_with(b"bottle.");
        let is_ours = word.strip_suffix(b"undebug").is_some_and(|before| !before.ends_with(b"_"));
        self.comment |= is_ours && after.starts_with(b":");
        if is_bottle && called || word == b"DebuggedApplication" {
            self.start_surely();
        }
        let sign = after.trim_ascii_start();
        let is_set = word == b"debug" && sign.starts_with(b"=") && !sign.starts_with(b"==");
        self.told |= is_set;
        // `setattr` names it in a text.
        let is_text = matches!(before.last(), Some(b'"' | b'\'')) && word == b"debug";
        self.setter |= is_set && is_attribute && !before.ends_with(b"self.") || is_text;
        // A logger's method and level, and prose.
        let is_logged = is_attribute && called && !is_bottle || word == b"DEBUG" && before.ends_with(b"logging.");
        let is_prose = matches!(word, b"debugging" | b"Debugging" | b"undebug");
        self.switch |= !is_logged && !is_prose;
    }

    fn run(&mut self, before: &[u8], after: &[u8]) {
        if after.starts_with(b"_simple") || after.starts_with(b"_server") || after.starts_with(b"py") {
            self.start |= !after.starts_with(b"py");
            self.sure |= after.starts_with(b"_simple");
            self.switch = true;
        }
        if !ends_a_name(after) || is_documented(before) {
            return;
        }
        let name = before.iter().rposition(|byte| !is_word(*byte)).map_or(0, |at| at + 1);
        // What is bound by another word than its import has another name.
        let runs_other = RUNNERS.iter().any(|runner| runner.as_bytes() == &before[name..])
            && before[..name].last().is_none_or(|byte| *byte != b'.');
        if runs_other {
            return;
        }
        self.start = true;
        self.switch |= match after.trim_ascii_start().first() {
            // The third positional argument needs no word.
            Some(b'(') => {
                let arguments = parenthesized(after);
                arguments.contains(&b'*') || memchr::memchr_iter(b',', arguments).count() >= 2
            }
            // It is handed on.
            _ => true,
        };
    }

    fn serve(&mut self, text: &[u8], start: usize, end: usize) {
        let (before, after) = (&text[..start], &text[end..]);
        if before.ends_with(b"def ") {
            return;
        }
        if after.starts_with(b"_traceback") {
            self.switch = true;
        } else if after.starts_with(b"_forever") {
            self.start = true;
        } else if after.starts_with(b"r") && before.ends_with(b"make_") {
            (self.start, self.framework) = (true, true);
        } else if before.last().is_none_or(|byte| !is_word(*byte)) && ends_a_name(after) {
            self.start |= after.trim_ascii_start().starts_with(b"(") || is_handed_on(before);
        }
    }
}

/// Whether what follows `FLASK` makes it a variable that has a say in a start, or the beginning of any.
fn is_own_variable(after: &[u8]) -> bool {
    const NAMES: [&[u8]; 5] = [b"DEBUG", b"ENV", b"APP", b"RUN_", b"SKIP_"];
    after.strip_prefix(b"_").is_some_and(|rest| {
        rest.first().is_none_or(|byte| !is_word(*byte)) || NAMES.iter().any(|name| rest.starts_with(name))
    })
}

/// Whether a class is called with what could tell it, or is handed on to where it may be, or inherited from.
fn is_told(text: &[u8], class: &[u8]) -> bool {
    memmem::find_iter(text, class).any(|at| {
        let after = &text[at + class.len()..];
        let first = after.first().copied().unwrap_or(b'\n');
        let line = line_of(text, at, at + class.len()).trim_ascii_start();
        let is_import = line.starts_with(b"from ") || line.starts_with(b"import ");
        match first {
            b'(' => {
                let arguments = parenthesized(after);
                memmem::find(arguments, b"debug").is_some() || memmem::find(arguments, b"**").is_some()
            }
            // Under another name it is called somewhere else.
            _ if is_import => after.starts_with(b" as "),
            // What only an annotation says is never called.
            _ => !ANNOTATED.iter().any(|word| text[..at].ends_with(word)),
        }
    })
}

/// Whether what follows a name can follow that of a function which is called or handed on. Prose goes on in other ways.
fn ends_a_name(after: &[u8]) -> bool {
    let next = after.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\\')).unwrap_or(after.len());
    match after.get(next) {
        None | Some(b'(' | b')' | b',' | b';' | b'\n' | b'\r' | b']' | b'}' | b':' | b'#') => true,
        Some(_) => next > 0 && CONTINUED.iter().any(|word| after[next..].starts_with(word)),
    }
}

/// What stands before a name that is handed on, not called: a sign or a word that an expression follows. In prose it is a
/// letter.
fn is_handed_on(before: &[u8]) -> bool {
    const WORDS: [&[u8]; 10] = [b"return", b"else", b"if", b"or", b"and", b"in", b"lambda", b"yield", b"import", b"as"];
    let before = before.trim_ascii_end();
    match before.last() {
        None => false,
        Some(last) if is_word(*last) => {
            let first = before.iter().rposition(|byte| !is_word(*byte)).map_or(0, |at| at + 1);
            WORDS.contains(&&before[first..])
        }
        Some(b',' | b'.' | b'=' | b'(' | b'[' | b'{' | b':' | b'|' | b'\\') => true,
        Some(_) => false,
    }
}

/// Whether what follows stands in a comment, in an example of a documentation, or between backticks.
fn is_documented(before: &[u8]) -> bool {
    let first = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |at| at + 1);
    let line = before[first..].trim_ascii_start();
    line.starts_with(b"#") || line.starts_with(b">>> ") || line.contains(&b'`')
}

/// The line around a place.
fn line_of(text: &[u8], start: usize, end: usize) -> &[u8] {
    let first = memchr::memrchr2(b'\n', b'\r', &text[..start]).map_or(0, |at| at + 1);
    let last = memchr::memchr2(b'\n', b'\r', &text[end..]).map_or(text.len(), |at| end + at);
    &text[first..last]
}

/// The text up to the parenthesis that closes the first one.
fn parenthesized(text: &[u8]) -> &[u8] {
    let mut depth = 0_usize;
    let end = memchr::memchr2_iter(b'(', b')', text).find(|&at| {
        depth = if text[at] == b'(' { depth + 1 } else { depth.saturating_sub(1) };
        depth == 0
    });
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(text: &str) -> Look {
        Look::at("app.py", text.as_bytes())
    }

    #[test]
    fn a_start_is_told_from_other_runs() {
        for text in
            ["app.run()", "go = app.run", "go = app.run if x else None", "app.run (debug=1)", "t(target=app.run, n=1)"]
        {
            assert!(look(text).start, "{text}");
        }
        for text in
            ["# see app.run()", "    >>> page.run()", "call ``page.run()``", "('run', 1)", "from x import server_info"]
        {
            assert!(!look(text).start, "{text}");
        }
        for text in ["getattr(app, 'run')()", "['flask', 'run']", "def f(x):  # then\n    x.run()"] {
            assert!(look(text).start, "{text}");
        }
        for text in ["subprocess.run(x)", "# to .run tests", "app.runner()", "asyncio.run(main())", "x.server_side = 1"]
        {
            assert!(!look(text).start, "{text}");
        }
        assert!(look("mine.subprocess.run()").start);
        for text in ["in order to serve as context", "requested to\n    serve\n", "a server that can serve, too"] {
            assert!(!look(text).start, "{text}");
        }
        for text in ["Thread(target=serve)", "go = [\n    serve,\n]", "return serve", "waitress.serve\n"] {
            assert!(look(text).start, "{text}");
        }
        for text in
            ["serve(app)", "from waitress import serve", "make_server('', 1, app)", "werkzeug.serving.run_simple()"]
        {
            assert!(look(text).start, "{text}");
        }
    }

    #[test]
    fn a_switch_is_told_from_logging_and_prose() {
        for text in [
            "debug=True",
            "config[\"DEBUG\"]",
            "FLASK_DEBUG",
            "app.run(h, p, True)",
            "app.run(**o)",
            "DEBUG = 1",
            "eval(x)",
        ] {
            assert!(look(text).switch, "{text}");
        }
        for text in ["log.debug(x)", "logging.DEBUG", "for debugging", "app.run(h, p)", "model.eval()"] {
            assert!(!look(text).switch, "{text}");
        }
        assert!(look("bottle.debug(True)").switch);
    }

    #[test]
    fn a_framework_is_an_import_not_a_part_of_a_word() {
        for text in
            ["from flask import Flask", "import flask_admin", "from apiflask import APIFlask", "from eve import Eve"]
        {
            assert!(look(text).framework, "{text}");
        }
        for text in ["from shop import retrieve", "from x import dashboard", "# 'quart', a measure", "import gevent"] {
            assert!(!look(text).framework, "{text}");
        }
        // These are told where they are made, or by their attribute.
        for (text, told) in [
            ("from fastapi import FastAPI\napp = FastAPI()", false),
            ("from fastapi import FastAPI\napp = FastAPI(debug=1)", true),
            ("from fastapi import FastAPI\napp = FastAPI(**options)", true),
            ("from fastapi import FastAPI as F\napp = F(debug=1)", true),
            ("from fastapi import FastAPI\nmake = FastAPI\nmake(debug=1)", true),
            ("from fastapi import FastAPI\ndef add(app: FastAPI): ...", false),
        ] {
            let look = look(text);
            assert!(look.maker && look.framework == told, "{text}");
        }
    }

    #[test]
    fn other_languages_have_a_part_in_starts() {
        let deployment = |path: &str, text: &str| Look::at(path, text.as_bytes()).deployment;
        assert!(deployment("compose.yml", "services:\n  web:\n    build: .\n    environment:\n      DEBUG: 1\n"));
        assert!(deployment("Dockerfile", "CMD python app.py"));
        assert!(!deployment("api.yaml", "summary: python_callable debug\n"));
    }

    #[test]
    fn our_comments_are_told_from_names() {
        for text in ["# undebug: allow", "#undebug: allow", "#\u{a0}undebug: allow"] {
            assert!(look(text).comment, "{text}");
        }
        assert!(!look("class PipelineRunDebug: pass").comment);
    }
}
