//! Command lines, and what real Flask made of them.

use super::*;

/// A variable's name and value.
type Setting = (&'static str, &'static str);
/// Debug and debugger; `None` where Flask refuses to start.
type Outcome = Option<(bool, bool)>;

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
    let table: &[(&str, &[Setting], Outcome)] = &[
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
        Launch::PythonCode { code, args, .. } => format!("code {code} {}", args.len()),
        Launch::Wsgi { server, target } => format!("{server} {}", target.unwrap_or_default()),
        Launch::Other => "other".to_owned(),
    };
    #[rustfmt::skip]
    let table = [
        ("python app.py", "script app.py 0"),
        ("python3.12 -u -W ignore -X dev ./src/app.py --debug", "script ./src/app.py 1"),
        ("/usr/bin/python3 -Bu app.py", "script app.py 0"),
        ("python -c print(1)", "code print(1) 0"),
        ("python -ucprint(1) --debug", "code print(1) 1"),
        ("python -c", "other"),
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
