//! What a command line starts, and what `flask run` makes of its flags and variables.
//!
//! Pure functions over words, measured against Flask 3.1 with click 8; nothing here looks at a file.

use std::ops::Range;

use crate::view::Word;

/// What a command starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Launch {
    /// `flask run`, `python -m flask run`.
    FlaskRun(FlaskRun),
    /// `python app.py`.
    PythonScript {
        /// The script, as written.
        path: String,
        /// What follows it.
        args: Vec<Word>,
    },
    /// `python -m package.module`.
    PythonModule {
        /// The module.
        module: String,
        /// What follows it.
        args: Vec<Word>,
    },
    /// `python -c code`.
    PythonCode {
        /// The code.
        code: String,
        /// The bytes of its word.
        range: Range<usize>,
        /// What follows it.
        args: Vec<Word>,
    },
    /// A WSGI (or ASGI) server.
    Wsgi {
        /// Its name: `gunicorn`.
        server: &'static str,
        /// `module:app`, as written.
        target: Option<String>,
    },
    /// Anything else.
    Other,
}

/// The parts of a `flask run` that matter. Of a flag that is given twice the last one counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FlaskRun {
    /// `--app`, `-A`.
    pub(crate) app: Option<Word>,
    /// `--env-file`, `-e`: loaded before the variables are read; the environment wins over it.
    pub(crate) env_file: Option<Word>,
    /// `--debug` or `--no-debug` before `run`.
    pub(crate) group_debug: Option<Flag>,
    /// `--debug` or `--no-debug` behind `run`.
    pub(crate) debug: Option<Flag>,
    /// `--debugger` or `--no-debugger`.
    pub(crate) debugger: Option<Flag>,
    /// `--host`, `-h`; without it `FLASK_RUN_HOST` counts.
    pub(crate) host: Option<String>,
    /// `--port`, `-p`; without it `FLASK_RUN_PORT` counts.
    pub(crate) port: Option<String>,
}

/// A flag that turns something on or off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flag {
    /// Whether it turns it on.
    pub(crate) on: bool,
    /// The bytes of its word.
    pub(crate) range: Range<usize>,
}

/// What decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DecidedBy {
    /// A flag of the command line, with the bytes of its word.
    Flag(Range<usize>),
    /// A variable.
    Variable(&'static str),
    /// Nothing: it is off, or for the debugger, it follows debug.
    Default,
}

/// What `flask run` starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunDebug {
    /// `app.debug`, as far as the command line decides it.
    pub(crate) debug: bool,
    /// Whether Werkzeug's debugger is on.
    pub(crate) debugger: bool,
    /// What decided about debug.
    pub(crate) debug_by: DecidedBy,
    /// What decided about the debugger.
    pub(crate) debugger_by: DecidedBy,
}

/// What these words start; program first, wrappers taken off.
pub(crate) fn launch(words: &[Word]) -> Launch {
    let Some((program, rest)) = words.split_first() else { return Launch::Other };
    let name = program.text.rsplit(['/', '\\']).next().unwrap_or("");
    let name = name.strip_suffix(".exe").unwrap_or(name);
    if is_python(name) {
        return python(rest);
    }
    named(name, rest).unwrap_or_else(|| match name {
        // `./app.py` runs by its first line.
        _ if name.ends_with(".py") => Launch::PythonScript { path: program.text.clone(), args: rest.to_vec() },
        "coverage" => coverage(rest),
        _ => Launch::Other,
    })
}

/// Whether a command is known to serve nobody: a worker, a task of the `flask` command other than `run`.
pub(crate) fn serves_nobody(words: &[Word]) -> bool {
    let Some((program, rest)) = words.split_first() else { return false };
    let name = |word: &Word| word.text.rsplit('/').next().unwrap_or("").to_owned();
    let mut first = name(program);
    if is_python(&first)
        && let [flag, module, ..] = rest
        && flag.text == "-m"
    {
        // `python -m rq.cli worker`
        first = name(module).split('.').next().unwrap_or_default().to_owned();
    }
    match first.as_str() {
        "flask" => launch(words) == Launch::Other && rest.iter().any(|word| !word.text.starts_with('-')),
        other => WORKERS.contains(&other),
    }
}

/// Programs that work off queues, change databases or test. An application that they import is in debug mode too where
/// `FLASK_DEBUG` says so, but it answers no request, so that nobody sees a traceback or a console. A program that is not
/// known may well serve, and no word of its command line tells that it does not: that is why these are named.
const WORKERS: &[&str] =
    &["celery", "rq", "rqworker", "dramatiq", "huey_consumer", "huey_consumer.py", "alembic", "pytest"];

/// Whether a command starts a container with what its image starts.
pub(crate) fn starts_image(words: &[Word]) -> bool {
    let text = |at: usize| words.get(at).map(|word: &Word| word.text.as_str());
    let runs = |words: &[Word]| words.iter().any(|word| word.text == "run");
    match (text(0), text(1)) {
        (Some("docker-compose" | "podman-compose"), _) => runs(words),
        (Some("docker" | "podman" | "nerdctl"), Some("compose")) => runs(words),
        (Some("docker" | "podman" | "nerdctl"), second) => matches!(second, Some("run" | "create")),
        _ => false,
    }
}

/// A boolean as click reads it: its words in any case, blanks around them ignored. The empty word is off. `None` is a
/// usage error: the program does not start.
pub(crate) fn click_bool(value: &str) -> Option<bool> {
    match value.trim().to_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "on" => Some(true),
        "" | "0" | "false" | "f" | "no" | "n" | "off" => Some(false),
        _ => None,
    }
}

/// `FLASK_DEBUG` as Flask itself reads it (`get_debug_flag`), outside the `flask` command: on, but for nothing, `0`,
/// `false` and `no`.
pub(crate) fn flask_flag(value: &str) -> bool {
    !value.is_empty() && !matches!(value.to_lowercase().as_str(), "0" | "false" | "no")
}

/// What `flask run` does with these variables; `None` when it refuses to start. `env` answers with a variable's value,
/// `None` where it is unset.
pub(crate) fn flask_run_debug(env: impl Fn(&str) -> Option<String>, run: &FlaskRun) -> Option<RunDebug> {
    let (group, group_by) =
        switch(run.group_debug.as_ref(), "FLASK_DEBUG", &env)?.unwrap_or((false, DecidedBy::Default));
    let (debug, debug_by) = switch(run.debug.as_ref(), "FLASK_RUN_DEBUG", &env)?.unwrap_or((group, group_by));
    let debugger = switch(run.debugger.as_ref(), "FLASK_RUN_DEBUGGER", &env)?;
    let (debugger, debugger_by) = debugger.unwrap_or((debug, DecidedBy::Default));
    Some(RunDebug { debug, debugger, debug_by, debugger_by })
}

/// An option of click with its automatic variable: the flag, or else the variable, which counts as unset when empty.
/// The outer `None` is a usage error; the inner one means that neither is given.
fn switch(
    flag: Option<&Flag>,
    variable: &'static str,
    env: &impl Fn(&str) -> Option<String>,
) -> Option<Option<(bool, DecidedBy)>> {
    if let Some(flag) = flag {
        return Some(Some((flag.on, DecidedBy::Flag(flag.range.clone()))));
    }
    let Some(value) = env(variable).filter(|value| !value.is_empty()) else { return Some(None) };
    Some(Some((click_bool(&value)?, DecidedBy::Variable(variable))))
}

fn is_python(name: &str) -> bool {
    let rest = ["python", "pypy"].iter().find_map(|prefix| name.strip_prefix(prefix));
    name == "py" || rest.is_some_and(|rest| rest.chars().all(|char| char.is_ascii_digit() || char == '.'))
}

/// A program, or a module of the same name that is started with `python -m`.
fn named(name: &str, rest: &[Word]) -> Option<Launch> {
    Some(match name {
        "flask" => flask(rest),
        "gunicorn" => Launch::Wsgi { server: "gunicorn", target: positional(rest, GUNICORN_FLAGS) },
        "uvicorn" => Launch::Wsgi { server: "uvicorn", target: positional(rest, UVICORN_FLAGS) },
        "hypercorn" => Launch::Wsgi { server: "hypercorn", target: positional(rest, HYPERCORN_FLAGS) },
        "granian" => Launch::Wsgi { server: "granian", target: positional(rest, UVICORN_FLAGS) },
        "daphne" => Launch::Wsgi { server: "daphne", target: positional(rest, &[]) },
        "waitress-serve" | "waitress" => Launch::Wsgi { server: "waitress", target: positional(rest, WAITRESS_FLAGS) },
        "uwsgi" | "pyuwsgi" => Launch::Wsgi { server: "uwsgi", target: uwsgi(rest) },
        "mod_wsgi-express" => Launch::Wsgi { server: "mod_wsgi-express", target: mod_wsgi(rest) },
        _ => return None,
    })
}

/// The options of python itself, then a script, `-m module` or `-c code`.
fn python(words: &[Word]) -> Launch {
    let mut rest = words;
    while let Some((first, tail)) = rest.split_first() {
        let text = first.text.as_str();
        if !text.starts_with('-') || text == "-" {
            return match (first.text.rsplit('/').next(), text) {
                // `python /tmp/debugpy --listen ... -m flask run`, `python bin/flask run`.
                (Some("debugpy"), _) => debugpy(tail),
                (_, "-") => Launch::Other,
                (Some(name), _) => named(name, tail).unwrap_or_else(|| script(first, tail)),
                (None, _) => script(first, tail),
            };
        }
        let letters = text.trim_start_matches('-');
        if !text.starts_with("--")
            && let Some(at) = letters.find(['m', 'c', 'W', 'X'])
        {
            let attached = &letters[at + 1..];
            let (value, word, behind) = match (attached, tail.split_first()) {
                ("", Some((next, behind))) => (next.text.as_str(), next, behind),
                ("", None) => return Launch::Other,
                _ => (attached, first, tail),
            };
            match letters.as_bytes()[at] {
                b'm' => return module(value, behind),
                b'c' => return code(value, word, behind),
                _ => rest = behind,
            }
            continue;
        }
        rest = tail;
    }
    Launch::Other
}

/// Where `-c` would stand for a python that reads its program from its standard input, `python3 -u`, `python - shop`;
/// `None` for any other command.
pub(crate) fn reads_program(words: &[Word]) -> Option<usize> {
    let (first, rest) = words.split_first()?;
    if !is_python(first.text.rsplit('/').next()?) {
        return None;
    }
    let is_option =
        |word: &Word| word.text.starts_with('-') && word.text != "-" && !word.text.contains(['m', 'c', 'W', 'X']);
    let at = rest.iter().position(|word| !is_option(word)).unwrap_or(rest.len());
    rest.get(at).is_none_or(|word| word.text == "-").then_some(at + 1)
}

fn script(word: &Word, args: &[Word]) -> Launch {
    Launch::PythonScript { path: word.text.clone(), args: args.to_vec() }
}

fn code(text: &str, word: &Word, args: &[Word]) -> Launch {
    Launch::PythonCode { code: text.to_owned(), range: word.range.clone(), args: args.to_vec() }
}

fn module(name: &str, rest: &[Word]) -> Launch {
    match name {
        "debugpy" | "ptvsd" => debugpy(rest),
        "coverage" => coverage(rest),
        "pdb" => python(rest),
        _ => named(name, rest).unwrap_or_else(|| Launch::PythonModule { module: name.to_owned(), args: rest.to_vec() }),
    }
}

/// `debugpy --listen 0.0.0.0:5678 -m flask run`.
fn debugpy(words: &[Word]) -> Launch {
    let mut rest = words;
    while let Some((first, tail)) = rest.split_first() {
        match first.text.as_str() {
            "--listen" | "--connect" | "--log-to" | "--configure-subProcess" | "--host" | "--port" => {
                rest = tail.get(1..).unwrap_or(&[]);
            }
            text if text.starts_with("--") => rest = tail,
            _ => break,
        }
    }
    python(rest)
}

/// `coverage run --source=app -m flask run`.
fn coverage(words: &[Word]) -> Launch {
    let Some((_, mut rest)) = words.split_first().filter(|(first, _)| first.text == "run") else {
        return Launch::Other;
    };
    while let Some((first, tail)) = rest.split_first().filter(|(first, _)| first.text.starts_with("--")) {
        let _ = first;
        rest = tail;
    }
    python(rest)
}

/// The options of the `flask` group, the command, and the options of `run`.
fn flask(words: &[Word]) -> Launch {
    let mut run = FlaskRun::default();
    let mut rest = words;
    let mut inside = false;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        let text = first.text.as_str();
        if !text.starts_with('-') || text == "-" {
            if inside {
                continue;
            }
            if text != "run" {
                return Launch::Other;
            }
            inside = true;
            continue;
        }
        if text == "--" {
            break;
        }
        let flag = |on| Some(Flag { on, range: first.range.clone() });
        match (text, inside) {
            ("--debug", false) => run.group_debug = flag(true),
            ("--no-debug", false) => run.group_debug = flag(false),
            ("--debug", true) => run.debug = flag(true),
            ("--no-debug", true) => run.debug = flag(false),
            ("--debugger", true) => run.debugger = flag(true),
            ("--no-debugger", true) => run.debugger = flag(false),
            _ => rest = valued(&mut run, first, tail, inside),
        }
    }
    if inside { Launch::FlaskRun(run) } else { Launch::Other }
}

/// Options with a value: `--host=X`, `--host X`, `-hX`, `-h X`. Returns the words behind it.
fn valued<'a>(run: &mut FlaskRun, option: &Word, tail: &'a [Word], inside: bool) -> &'a [Word] {
    const GROUP: &[(&str, &str)] = &[("-A", "--app"), ("-e", "--env-file")];
    const RUN: &[(&str, &str)] = &[
        ("-h", "--host"),
        ("-p", "--port"),
        ("", "--cert"),
        ("", "--key"),
        ("", "--extra-files"),
        ("", "--exclude-patterns"),
    ];
    let text = option.text.as_str();
    let found = (if inside { RUN } else { GROUP }).iter().find_map(|(short, long)| {
        let attached = match text.strip_prefix(long) {
            Some("") => None,
            Some(rest) => Some(rest.strip_prefix('=')?),
            None if !short.is_empty() && !text.starts_with("--") => match text.strip_prefix(short)? {
                "" => None,
                rest => Some(rest),
            },
            None => return None,
        };
        Some((*long, attached))
    });
    let Some((long, attached)) = found else { return tail };
    let (value, behind) = match (attached, tail.split_first()) {
        (Some(value), _) => (Word { text: value.to_owned(), range: option.range.clone() }, tail),
        (None, Some((next, behind))) => (next.clone(), behind),
        (None, None) => return tail,
    };
    match long {
        "--app" => run.app = Some(value),
        "--env-file" => run.env_file = Some(value),
        "--host" => run.host = Some(value.text),
        "--port" => run.port = Some(value.text),
        _ => {}
    }
    behind
}

/// Options of the servers that take no value; every other one takes the next word.
const GUNICORN_FLAGS: &[&str] = &[
    "--reload",
    "--daemon",
    "-D",
    "--preload",
    "--check-config",
    "--print-config",
    "--capture-output",
    "--spew",
    "-R",
    "--enable-stdio-inheritance",
    "--no-sendfile",
    "--log-syslog",
    "--proxy-protocol",
    "--reuse-port",
    "--initgroups",
    "--disable-redirect-access-to-syslog",
    "--do-handshake-on-connect",
    "--suppress-ragged-eofs",
    "--strip-header-spaces",
    "--permit-unconventional-http-method",
    "--casefold-http-method",
    "-v",
    "--version",
];
const UVICORN_FLAGS: &[&str] = &[
    "--reload",
    "--proxy-headers",
    "--no-proxy-headers",
    "--access-log",
    "--no-access-log",
    "--use-colors",
    "--no-use-colors",
    "--server-header",
    "--no-server-header",
    "--date-header",
    "--no-date-header",
    "--factory",
];
const HYPERCORN_FLAGS: &[&str] = &["--debug", "--reload"];
const WAITRESS_FLAGS: &[&str] = &[
    "--call",
    "--expose-tracebacks",
    "--no-expose-tracebacks",
    "--ipv4",
    "--no-ipv4",
    "--ipv6",
    "--no-ipv6",
    "--log-socket-errors",
    "--no-log-socket-errors",
    "--log-untrusted-proxy-headers",
    "--clear-untrusted-proxy-headers",
    "--no-clear-untrusted-proxy-headers",
];

/// The first word that is neither an option nor the value of one.
fn positional(words: &[Word], flags: &[&str]) -> Option<String> {
    let mut rest = words;
    while let Some((first, tail)) = rest.split_first() {
        let text = first.text.as_str();
        if !text.starts_with('-') {
            return Some(text.to_owned());
        }
        let attached = text.contains('=') || (!text.starts_with("--") && text.len() > 2);
        // `--call=module:factory`, `--call module:factory` and a bare target are all the same to waitress.
        if let Some(target) = text.strip_prefix("--call=") {
            return Some(target.to_owned());
        }
        rest = if attached || flags.contains(&text) { tail } else { tail.get(1..).unwrap_or(&[]) };
    }
    None
}

fn uwsgi(words: &[Word]) -> Option<String> {
    let value = |names: &[&str]| {
        words.iter().enumerate().find_map(|(at, word)| {
            let (name, attached) = word.text.split_once('=').map_or((word.text.as_str(), None), |(n, v)| (n, Some(v)));
            names
                .contains(&name)
                .then(|| attached.map(str::to_owned).or_else(|| Some(words.get(at + 1)?.text.clone())))?
        })
    };
    let callable = value(&["--callable"]);
    let module =
        value(&["--module", "-w", "--wsgi"]).or_else(|| value(&["--mount"])?.split_once('=').map(|m| m.1.to_owned()));
    let file = || Some(value(&["--wsgi-file", "--file"])?.trim_end_matches(".py").replace('/', "."));
    let module = module.or_else(file)?;
    Some(match callable {
        Some(callable) if !module.contains(':') => format!("{module}:{callable}"),
        _ => module,
    })
}

fn mod_wsgi(words: &[Word]) -> Option<String> {
    let rest = words.split_first().filter(|(first, _)| first.text == "start-server").map(|(_, rest)| rest)?;
    positional(rest, &["--reload-on-changes", "--log-to-terminal", "--debug-mode", "--enable-debugger"])
}

#[cfg(test)]
#[path = "flask_cli_tests.rs"]
mod tests;
