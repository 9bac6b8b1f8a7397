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
            let (value, behind) = match (attached, tail.split_first()) {
                ("", Some((next, behind))) => (next.text.as_str(), behind),
                ("", None) => return Launch::Other,
                _ => (attached, tail),
            };
            match letters.as_bytes()[at] {
                b'm' => return module(value, behind),
                b'c' => return Launch::Other,
                _ => rest = behind,
            }
            continue;
        }
        rest = tail;
    }
    Launch::Other
}

fn script(word: &Word, args: &[Word]) -> Launch {
    Launch::PythonScript { path: word.text.clone(), args: args.to_vec() }
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
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<Word> {
        let mut at = 0;
        let word = |text: &str| {
            let start = at + line[at..].find(text).unwrap_or(0);
            at = start + text.len();
            Word { text: text.to_owned(), range: start..at }
        };
        line.split(' ').map(word).collect()
    }

    fn run(line: &str) -> FlaskRun {
        match launch(&words(line)) {
            Launch::FlaskRun(run) => run,
            other => panic!("{line}: {other:?}"),
        }
    }

    /// What real Flask 3.1.3 with click 8 handed to Werkzeug's `run_simple`, or that it refused to start.
    #[test]
    fn flask_run_agrees_with_flask() {
        let on = Some((true, true));
        let off = Some((false, false));
        #[rustfmt::skip]
        let table: &[(&str, &[(&str, &str)], Option<(bool, bool)>)] = &[
            ("flask run", &[], off),
            ("flask run --debug", &[], on),
            ("flask --debug run", &[], on),
            ("flask --no-debug run", &[("FLASK_DEBUG", "1")], off),
            ("flask --debug run --no-debug", &[], off),
            ("flask --no-debug run --debug", &[], on),
            ("flask --debug run", &[("FLASK_RUN_DEBUG", "0")], off),
            ("flask run --no-debug", &[("FLASK_RUN_DEBUG", "1")], off),
            ("flask run", &[("FLASK_RUN_DEBUG", "1"), ("FLASK_DEBUG", "0")], on),
            ("flask run", &[("FLASK_RUN_DEBUG", "0"), ("FLASK_DEBUG", "1")], off),
            ("flask --debug run", &[("FLASK_RUN_DEBUG", "")], on),
            ("flask run", &[("FLASK_RUN_DEBUG", ""), ("FLASK_DEBUG", "1")], on),
            ("flask run", &[("FLASK_RUN_DEBUG", " "), ("FLASK_DEBUG", "1")], off),
            ("flask run --debug", &[("FLASK_DEBUG", "0")], on),
            ("flask run --debug", &[("FLASK_RUN_DEBUG", "0")], on),
            ("flask --debug run", &[("FLASK_DEBUG", "0"), ("FLASK_RUN_DEBUG", "0")], off),
            ("flask run --debug --no-debug", &[], off),
            ("flask run --no-debug --debug", &[], on),
            ("flask run --debugger", &[], Some((false, true))),
            ("flask run --no-debugger --debug", &[], Some((true, false))),
            ("flask run", &[("FLASK_RUN_DEBUGGER", "1")], Some((false, true))),
            ("flask run --debug", &[("FLASK_RUN_DEBUGGER", "0")], Some((true, false))),
            ("flask run --debug", &[("FLASK_RUN_DEBUGGER", "")], on),
            ("flask run --no-debugger", &[("FLASK_RUN_DEBUGGER", "1")], off),
            ("flask run --no-debug", &[("FLASK_RUN_DEBUGGER", "1")], Some((false, true))),
            ("flask run", &[("FLASK_DEBUG", "1"), ("FLASK_RUN_DEBUGGER", "0")], Some((true, false))),
            ("flask run", &[("FLASK_DEBUG", "off")], off),
            ("flask run", &[("FLASK_DEBUG", " 1 ")], on),
            ("flask run", &[("FLASK_DEBUG", "T")], on),
            ("flask run", &[("FLASK_DEBUG", " ")], off),
            ("flask run", &[("FLASK_DEBUG", "2")], None),
            ("flask run", &[("FLASK_RUN_DEBUG", "2")], None),
            ("flask run", &[("FLASK_RUN_DEBUGGER", "2")], None),
            ("flask run --debug", &[("FLASK_DEBUG", "2")], None),
            ("flask --debug run", &[("FLASK_DEBUG", "2")], on),
            ("flask run --reload", &[], off),
        ];
        for (line, env, expected) in table {
            let lookup = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            let found = flask_run_debug(lookup, &run(line)).map(|run| (run.debug, run.debugger));
            assert_eq!(found, *expected, "{line} {env:?}");
        }
    }

    #[test]
    fn what_decided_is_told() {
        let line = "flask --debug run --no-debugger";
        let found = flask_run_debug(|_| None, &run(line)).map(|run| (run.debug_by, run.debugger_by));
        assert_eq!(found, Some((DecidedBy::Flag(6..13), DecidedBy::Flag(18..31))));
        let env = |name: &str| (name == "FLASK_DEBUG").then(|| "1".to_owned());
        let found = flask_run_debug(env, &run("flask run")).map(|run| (run.debug_by, run.debugger_by));
        assert_eq!(found, Some((DecidedBy::Variable("FLASK_DEBUG"), DecidedBy::Default)));
    }

    #[test]
    fn two_parsers_read_the_variable() {
        #[rustfmt::skip]
        let table: &[(&str, bool, Option<bool>)] = &[
            ("0", false, Some(false)), ("1", true, Some(true)), ("true", true, Some(true)), ("True", true, Some(true)),
            ("false", false, Some(false)), ("no", false, Some(false)), ("off", true, Some(false)),
            ("Off", true, Some(false)), ("n", true, Some(false)), ("f", true, Some(false)), ("on", true, Some(true)),
            ("yes", true, Some(true)), ("t", true, Some(true)), ("y", true, Some(true)), ("", false, Some(false)),
            (" 0", true, Some(false)), ("2", true, None), ("disabled", true, None), ("NO", false, Some(false)),
        ];
        for (value, flask, click) in table {
            assert_eq!(flask_flag(value), *flask, "{value:?}");
            assert_eq!(click_bool(value), *click, "{value:?}");
        }
    }

    #[test]
    fn options_of_flask_run() {
        let found = run("flask -Aapp --env-file=x.env run -h0.0.0.0 --port 80 --cert adhoc --with-threads");
        assert_eq!(found.app.map(|word| word.text).as_deref(), Some("app"));
        assert_eq!(found.env_file.map(|word| word.text).as_deref(), Some("x.env"));
        assert_eq!((found.host.as_deref(), found.port.as_deref()), (Some("0.0.0.0"), Some("80")));
        let found = run("python3 -um flask --app pkg:create_app() run --host=0.0.0.0 -p 8000");
        assert_eq!(found.app.map(|word| word.text).as_deref(), Some("pkg:create_app()"));
        assert_eq!((found.host.as_deref(), found.port.as_deref()), (Some("0.0.0.0"), Some("8000")));
        assert_eq!(run("flask run -- --debug").debug, None);
        assert!(run("python -m debugpy --listen 0.0.0.0:5678 -m flask run --debug").debug.is_some());
        assert!(run(".venv/bin/flask --debug run").group_debug.is_some());
    }

    #[test]
    fn other_commands() {
        let kind = |line: &str| match launch(&words(line)) {
            Launch::FlaskRun(_) => "flask run".to_owned(),
            Launch::PythonScript { path, args } => format!("script {path} {}", args.len()),
            Launch::PythonModule { module, args } => format!("module {module} {}", args.len()),
            Launch::Wsgi { server, target } => format!("{server} {}", target.unwrap_or_default()),
            Launch::Other => "other".to_owned(),
        };
        #[rustfmt::skip]
        let table = [
            ("python app.py", "script app.py 0"),
            ("python3.12 -u -W ignore -X dev ./src/app.py --debug", "script ./src/app.py 1"),
            ("/usr/bin/python3 -Bu app.py", "script app.py 0"),
            ("python -c print(1)", "other"),
            ("python", "other"),
            ("python -m", "other"),
            ("python -m pkg.web --port 1", "module pkg.web 2"),
            ("python -m gunicorn app:app", "gunicorn app:app"),
            ("./app.py x", "script ./app.py 1"),
            ("coverage run --branch -m flask run", "flask run"),
            ("flask", "other"),
            ("flask --debug", "other"),
            ("flask db upgrade", "other"),
            ("flask --app app shell", "other"),
            ("gunicorn -w 4 -b :8000 --reload app:app", "gunicorn app:app"),
            ("gunicorn -w4 --bind=:80 pkg:create_app()", "gunicorn pkg:create_app()"),
            ("gunicorn -c conf.py", "gunicorn "),
            ("uwsgi --http :80 --wsgi-file app.py --callable app", "uwsgi app:app"),
            ("uwsgi --http=:80 --module=wsgi:app", "uwsgi wsgi:app"),
            ("uwsgi --ini uwsgi.ini", "uwsgi "),
            ("waitress-serve --port=80 --call app:create_app", "waitress app:create_app"),
            ("waitress-serve --call=app:create_app", "waitress app:create_app"),
            ("waitress-serve --listen *:80 app:app", "waitress app:app"),
            ("uvicorn --reload --host 0.0.0.0 app:app", "uvicorn app:app"),
            ("hypercorn --debug app:app", "hypercorn app:app"),
            ("mod_wsgi-express start-server --port 80 wsgi.py", "mod_wsgi-express wsgi.py"),
            ("pythonic app.py", "other"),
            ("npm run dev", "other"),
        ];
        for (line, expected) in table {
            assert_eq!(kind(line), expected, "{line}");
        }
        assert_eq!(launch(&[]), Launch::Other);
    }
}
