//! The frameworks that are known: which classes are applications, which calls start a server, and which parameter
//! switches debug. A new framework is a row here and a fixture.
//!
//! Facts only, each read in the library's source or observed by running it; nothing here evaluates a call.

/// What an application class is, as far as debug mode goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Flask and its subclasses: `debug` is `config["DEBUG"]`, `run` reads `FLASK_DEBUG`.
    Flask,
    /// Quart: as Flask's configuration, but `QUART_DEBUG`, a traceback page and no console.
    Quart,
    /// Dash: its own switch, `DASH_DEBUG`; `server` is a Flask application.
    Dash,
    /// Flask-SocketIO: runs a Flask application.
    SocketIo,
    /// Connexion: `app` is a Flask application; `run` of version 3 knows no debug.
    Connexion,
    /// A framework with a traceback page that is switched where it is constructed or run.
    Other,
}

/// Classes by dotted path. Subclasses in the project inherit the kind.
pub(crate) const CLASSES: &[(&str, Kind)] = &[
    ("flask.Flask", Kind::Flask),
    ("flask.app.Flask", Kind::Flask),
    ("flask.sansio.app.App", Kind::Flask),
    ("apiflask.APIFlask", Kind::Flask),
    ("apiflask.app.APIFlask", Kind::Flask),
    ("flask_openapi3.OpenAPI", Kind::Flask),
    ("flask_api.FlaskAPI", Kind::Flask),
    ("flask_api.app.FlaskAPI", Kind::Flask),
    ("flask_lambda.FlaskLambda", Kind::Flask),
    ("eve.Eve", Kind::Flask),
    ("quart.Quart", Kind::Quart),
    ("quart.app.Quart", Kind::Quart),
    ("quart_trio.QuartTrio", Kind::Quart),
    ("dash.Dash", Kind::Dash),
    ("dash.dash.Dash", Kind::Dash),
    ("jupyter_dash.JupyterDash", Kind::Dash),
    ("dash_extensions.enrich.DashProxy", Kind::Dash),
    ("flask_socketio.SocketIO", Kind::SocketIo),
    ("connexion.App", Kind::Connexion),
    ("connexion.FlaskApp", Kind::Connexion),
    ("connexion.apps.flask.FlaskApp", Kind::Connexion),
    ("connexion.apps.flask_app.FlaskApp", Kind::Connexion),
    ("sanic.Sanic", Kind::Other),
    ("sanic.app.Sanic", Kind::Other),
    ("bottle.Bottle", Kind::Other),
];

/// A method that starts a server, by the kind of its application.
pub(crate) struct LaunchRow {
    pub kind: Kind,
    pub method: &'static str,
    /// The position of `debug` among the positional arguments, the application not counted; `None` when it is
    /// keyword-only.
    pub debug: Option<usize>,
    /// The position of `host`.
    pub host: Option<usize>,
    /// The position of `load_dotenv`, for Flask.
    pub load_dotenv: Option<usize>,
}

/// The methods that start a server.
///
/// Flask: `run(host, port, debug, load_dotenv, **options)`. Quart: `run(host, port, debug, use_reloader, ...)`.
/// Dash: `run(host, port, proxy, debug, ...)`. Flask-SocketIO: `run(app, host, port, **kwargs)`.
pub(crate) const LAUNCHES: &[LaunchRow] = &[
    LaunchRow { kind: Kind::Flask, method: "run", debug: Some(2), host: Some(0), load_dotenv: Some(3) },
    LaunchRow { kind: Kind::Quart, method: "run", debug: Some(2), host: Some(0), load_dotenv: None },
    LaunchRow { kind: Kind::Quart, method: "run_task", debug: Some(2), host: Some(0), load_dotenv: None },
    LaunchRow { kind: Kind::Dash, method: "run", debug: Some(3), host: Some(0), load_dotenv: None },
    LaunchRow { kind: Kind::SocketIo, method: "run", debug: None, host: Some(1), load_dotenv: None },
    LaunchRow { kind: Kind::Other, method: "run", debug: None, host: Some(0), load_dotenv: None },
];

/// A parameter of another framework that switches its traceback page.
pub(crate) struct SwitchRow {
    pub path: &'static str,
    pub parameter: &'static str,
    pub position: Option<usize>,
    pub framework: &'static str,
}

/// Constructors and functions of other frameworks whose argument turns a traceback page on.
pub(crate) const SWITCHES: &[SwitchRow] = &[
    SwitchRow { path: "fastapi.FastAPI", parameter: "debug", position: None, framework: "FastAPI" },
    SwitchRow { path: "fastapi.applications.FastAPI", parameter: "debug", position: None, framework: "FastAPI" },
    SwitchRow {
        path: "starlette.applications.Starlette",
        parameter: "debug",
        position: Some(0),
        framework: "Starlette",
    },
    SwitchRow { path: "litestar.Litestar", parameter: "debug", position: None, framework: "Litestar" },
    SwitchRow { path: "litestar.app.Litestar", parameter: "debug", position: None, framework: "Litestar" },
    SwitchRow { path: "bottle.run", parameter: "debug", position: None, framework: "Bottle" },
    SwitchRow { path: "bottle.debug", parameter: "mode", position: Some(0), framework: "Bottle" },
    SwitchRow { path: "tornado.web.Application", parameter: "debug", position: None, framework: "Tornado" },
    SwitchRow { path: "tornado.web.Application", parameter: "serve_traceback", position: None, framework: "Tornado" },
];

/// Classes whose objects are told by their attribute `debug`, too, which they read when an error is to be shown.
pub(crate) const SWITCHED: &[(&str, &str)] = &[
    ("fastapi.FastAPI", "FastAPI"),
    ("fastapi.applications.FastAPI", "FastAPI"),
    ("starlette.applications.Starlette", "Starlette"),
    ("litestar.Litestar", "Litestar"),
    ("litestar.app.Litestar", "Litestar"),
];

/// Servers that take an application and start no debugger of their own: the path, the position and name of the
/// application.
pub(crate) const SERVERS: &[(&str, usize, &str)] = &[
    ("werkzeug.serving.make_server", 2, "app"),
    ("wsgiref.simple_server.make_server", 2, "app"),
    ("waitress.serve", 0, "app"),
    ("waitress.create_server", 0, "application"),
    ("gevent.pywsgi.WSGIServer", 1, "application"),
    ("gevent.wsgi.WSGIServer", 1, "application"),
    ("eventlet.wsgi.server", 1, "site"),
    ("cheroot.wsgi.Server", 1, "wsgi_app"),
    ("bjoern.run", 0, "wsgi_app"),
    ("paste.httpserver.serve", 0, "application"),
    ("cherrypy.wsgiserver.CherryPyWSGIServer", 1, "wsgi_app"),
];

/// The kind of a class outside the project.
pub(crate) fn kind_of_path(path: &str) -> Option<Kind> {
    CLASSES.iter().find(|(name, _)| *name == path).map(|(_, kind)| *kind)
}

/// The environment variable that an application's own debug switch reads.
pub(crate) fn variable(kind: Kind) -> &'static str {
    match kind {
        Kind::Quart => "QUART_DEBUG",
        Kind::Dash => "DASH_DEBUG",
        _ => "FLASK_DEBUG",
    }
}

/// Whether a name is one that people give to an application.
pub(crate) fn looks_like_app(name: &str) -> bool {
    matches!(name, "app" | "application" | "server" | "webapp" | "flask_app" | "web_app" | "create_app" | "make_app")
}
