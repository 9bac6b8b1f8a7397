//! A look at a text, before anything is parsed: what it has that a finding needs.
//!
//! To have debug mode on, a program must get at a framework, start something, and be told so. Each of the three is a
//! word in the text of the program or of one that it imports. All words are looked for in one pass at the speed of
//! memory, and each is then judged where it stands: `logger.debug(` tells nobody to be in debug mode, and
//! `subprocess.run(` starts no server. The look may see more than is there, never less.
//!
//! It follows no import: [`super::prefilter`] does.

mod seeds;
mod told;

use std::ops::Range;

use memchr::memmem;

use self::told::{is_told, is_told_by_place};
use super::words::{code, is_word};
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
    ("gevent", &["WSGIServer", "pywsgi"]),
    ("eve", &["Eve(", "import Eve"]),
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

/// The last of `FRAMEWORKS` has too short a name to be looked for: its words are.
const EVE: usize = FRAMEWORKS.len() - 1;

/// No word that means anything is longer, in bytes.
const LONGEST: usize = 100;

/// How far around a name its line is looked for: one that is longer may be an import.
const FAR: usize = 4096;

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

    /// About how much work the files of a project make, for who shares work out; one that is only looked at is 1. Where
    /// frameworks are, starts are followed.
    pub fn effort<'a>(looks: impl Iterator<Item = &'a Option<Look>> + Clone) -> usize {
        const FOLLOWED: usize = 3_000;
        let has_framework = looks.clone().flatten().any(|look| look.framework || look.maker);
        let is_followed = |look: &Look| look.deployment || has_framework && (look.start || look.told);
        looks.map(|look| if look.as_ref().is_some_and(is_followed) { FOLLOWED } else { 1 }).sum()
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
        let mut named = 0_u32;
        seeds::find(text, |word, start, end| {
            let framework = FRAMEWORKS.iter().position(|(name, _)| *name == word);
            let maker = || MAKERS.iter().position(|(name, _)| *name == word).map(|at| FRAMEWORKS.len() + at);
            if let Some(which) = framework.or_else(maker) {
                named |= u32::from(is_imported(text, start..end)) << which;
            } else if FRAMEWORKS[EVE].1.contains(&word) {
                named |= 1 << EVE;
            }
            self.judge(text, word, start, end);
        });
        if named != 0 {
            self.named(text, named);
        }
    }

    /// `flask run` started from Python needs two words that stand apart.
    fn starts_command(text: &[u8]) -> bool {
        let has = |word: &[u8]| memmem::find(text, word).is_some();
        has(b"flask") && (has(b"--debug") || has(b"FlaskGroup"))
    }

    /// A variable that only a framework reads, to be in debug mode.
    fn be_own_variable(&mut self) {
        *self = Look { framework: true, start: true, sure: true, switch: true, ..*self };
    }

    fn start_surely(&mut self) {
        (self.start, self.sure) = (true, true);
    }

    fn judge(&mut self, text: &[u8], word: &str, start: usize, end: usize) {
        let (before, after) = (&text[..start], &text[end..]);
        let is_attribute = before.last() == Some(&b'.');
        match word {
            "debug" | "DEBUG" | "Debug" => self.debug(text, start, end),
            ".run" => self.run(before, after),
            "run_simple" | "evalex" => {
                self.start_surely();
                self.switch = true;
            }
            // `getattr` and its kin name it in a text, and so does a command.
            "\"run\"" | "'run'" => self.start |= NAMING.iter().any(|word| memmem::find(text, word).is_some()),
            "serve" => self.serve(text, start, end),
            "Starlette" => self.start |= matches!(after.first(), Some(b'(' | b')')),
            "Serve" => self.start |= before.ends_with(b"WSGI") && after.starts_with(b"r"),
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
            "QUART_" => self.be_own_variable(),
            "WERKZEUG" => self.framework = true,
            "werkzeug" | "quart" => {
                let is_text = matches!(before.last(), Some(b'"' | b'\''));
                let is_command = || memmem::find(text, b"run").is_some() && before.last() == after.first();
                self.framework |= is_text && (word == "werkzeug" || is_command());
                self.switch |= before.ends_with(b"allow_unsafe_");
            }
            "exec(" | "eval(" => self.switch |= !is_attribute || before.ends_with(b"builtins."),
            "dotenv" | "runpy" | "dev=" | "dev =" | "open(" | "read_text" => self.switch = true,
            "from_object" | "from_pyfile" | "from_envvar" | "from_file" | "from_json" | "from_mapping" => {
                self.switch = true;
            }
            "from_prefixed_env" | "__import" | "import_module" | "import_string" => self.switch = true,
            // The name of a framework counts where an import has it.
            _ => {}
        }
    }

    /// What the names mean that imports have, a bit for each of `FRAMEWORKS` and then of `MAKERS`.
    fn named(&mut self, text: &[u8], named: u32) {
        let has = |word: &str| memmem::find(text, word.as_bytes()).is_some();
        let is_named = |which: usize| named >> which & 1 != 0;
        let imports = |name: &str| memmem::find_iter(text, name).any(|at| is_imported(text, at..at + name.len()));
        for (which, (name, words)) in FRAMEWORKS.iter().enumerate().filter(|(which, _)| is_named(*which)) {
            self.framework = self.framework
                || (words.is_empty() || words.iter().any(|word| has(word))) && (which != EVE || imports(name));
        }
        let mut makers = MAKERS.iter().enumerate().filter(|(which, _)| is_named(FRAMEWORKS.len() + which));
        if makers.any(|(_, (_, class))| has(class)) {
            self.maker = true;
            // Documentation and comments are full of it.
            let code = str::from_utf8(text).map(code);
            let code = code.as_ref().map_or(text, String::as_bytes);
            self.framework = self.framework || MAKERS.iter().any(|(_, class)| is_told(code, class.as_bytes()));
            if is_told_by_place(code) {
                *self = Look { framework: true, start: true, switch: true, ..*self };
            }
        }
    }

    fn debug(&mut self, text: &[u8], start: usize, end: usize) {
        // The word that it is a part of; one that is longer than all of meaning need not be whole.
        let (low, high) = (start.saturating_sub(LONGEST), text.len().min(end + LONGEST));
        let first = text[low..start].iter().rposition(|byte| !is_word(*byte)).map_or(low, |at| low + at + 1);
        let last = text[end..high].iter().position(|byte| !is_word(*byte)).map_or(high, |at| end + at);
        let (before, word, after) = (&text[..first], &text[first..last], &text[last..]);
        let called = after.first() == Some(&b'(');
        let is_attribute = before.last() == Some(&b'.');
        let is_bottle = before.ends_with(b"bottle.");
        let is_ours = word.strip_suffix(b"undebug").is_some_and(|before| !before.ends_with(b"_"));
        self.comment |= is_ours && after.starts_with(b":");
        // `from bottle import debug`.
        let is_import = before.ends_with(b"import ") && word == b"debug";
        if is_bottle && called || is_import || word == b"DebuggedApplication" {
            self.start_surely();
        }
        if memmem::find(word, b"DASH_DEBUG").is_some() {
            self.be_own_variable();
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
        } else if after.starts_with(b"r") && before.ends_with(b"create_")
            || before.ends_with(b"import ") && after.first().is_none_or(|byte| !is_word(*byte))
        {
            self.start = true;
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

/// Whether a name stands in the line of an import, and by itself: `eve`, not `events`. Kin of Flask have its name
/// somewhere in theirs.
fn is_imported(text: &[u8], name: Range<usize>) -> bool {
    let is_inner = text[..name.start].last().is_some_and(u8::is_ascii_alphabetic);
    if is_inner && !text[name.clone()].ends_with(b"lask") || text.get(name.end).is_some_and(u8::is_ascii_alphanumeric) {
        return false;
    }
    let (low, high) = (name.start.saturating_sub(FAR), text.len().min(name.end + FAR));
    let first = memchr::memrchr2(b'\n', b'\r', &text[low..name.start]).map(|at| low + at + 1);
    let last = memchr::memchr2(b'\n', b'\r', &text[name.end..high]).map(|at| name.end + at);
    let (first, last) = (first.or((low == 0).then_some(0)), last.or((high == text.len()).then_some(high)));
    first.zip(last).is_none_or(|(first, last)| memmem::find(&text[first..last], b"import").is_some())
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
