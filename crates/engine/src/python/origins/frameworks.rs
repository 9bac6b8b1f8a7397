//! Which names of libraries are applications, or make or start them, by their dotted paths alone.
//!
//! It is wide where `catalogue` is exact: what is left out here is never run.

use super::super::ir::Name;
use super::Place;

/// Libraries whose applications are told when they are made, and are started by something else, each with their class.
const MAKERS: [(&str, &str); 4] =
    [("tornado", "Application"), ("starlette", "Starlette"), ("fastapi", "FastAPI"), ("litestar", "Litestar")];

/// What such a class has itself, and no application: what else its objects have, a class of the project says.
const PARTS: &[&str] = &[
    "add_api_route",
    "add_event_handler",
    "add_exception_handler",
    "add_middleware",
    "add_route",
    "api_route",
    "debug",
    "delete",
    "dependency_overrides",
    "exception_handler",
    "exception_handlers",
    "extra",
    "get",
    "head",
    "host",
    "include_router",
    "max_body_size",
    "middleware",
    "middleware_stack",
    "mount",
    "on_event",
    "openapi",
    "options",
    "patch",
    "post",
    "put",
    "route",
    "router",
    "routes",
    "state",
    "trace",
    "url_path_for",
    "user_middleware",
    "websocket",
];

/// Libraries that have applications, or servers that add a debugger; with the modules and names that are none of these
/// (`-`), or that alone are (`+`). Servers that add none matter by what they are handed.
const LIBRARIES: [(&str, char, &[&str]); 10] = [
    ("flask", '-', PLAIN),
    ("quart", '-', PLAIN),
    ("apiflask", '-', PLAIN),
    ("dash", '+', &["Dash", "dash", "jupyter"]),
    ("werkzeug", '+', &["serving", "debug", "middleware", "run_simple", "DebuggedApplication"]),
    ("connexion", '-', &["request", "NoContent", "ProblemException", "exceptions"]),
    ("bottle", '-', &["request", "response", "static_file", "template", "HTTPError", "abort", "redirect"]),
    ("sanic", '-', &["response", "request", "exceptions", "log"]),
    ("eve", '-', &[]),
    ("runpy", '-', &[]),
];

/// Names of Flask and Quart that views use.
const PLAIN: &[&str] = &[
    "Blueprint",
    "Markup",
    "Request",
    "Response",
    "abort",
    "after_this_request",
    "copy_current_request_context",
    "escape",
    "flash",
    "g",
    "get_flashed_messages",
    "has_app_context",
    "has_request_context",
    "json",
    "jsonify",
    "make_response",
    "redirect",
    "render_template",
    "render_template_string",
    "request",
    "send_file",
    "send_from_directory",
    "session",
    "signals",
    "stream_with_context",
    "typing",
    "url_for",
    "views",
    "websocket",
    "wrappers",
];

/// Whether a name belongs to a library that matters here at all.
pub(super) fn is_framework(path: &str) -> bool {
    let first = first(path);
    MAKERS.iter().any(|(name, _)| *name == first)
        || is_kin(first)
        || LIBRARIES.iter().any(|(name, _, _)| *name == first)
}

/// Extensions have the name of what they extend in theirs.
fn is_kin(first: &str) -> bool {
    let lower = first.to_ascii_lowercase();
    ["flask", "dash_", "quart", "socketio", "cherrypy"].iter().any(|name| lower.contains(name))
}

/// What a name of a library is; `None` for what nobody starts.
pub(super) fn meant(path: &Name) -> Option<Place> {
    let (first, second) = (first(path), path.split('.').nth(1));
    if let Some((_, class)) = MAKERS.iter().find(|(name, _)| *name == first) {
        // The library itself may be asked for a name that is worked out.
        let mut rest = path.split('.').skip_while(|part| part != class).skip(1);
        let is_known = path.split('.').any(|part| part == *class);
        let is_maker = if is_known { rest.next().is_none_or(|part| !PARTS.contains(&part)) } else { second.is_none() };
        return is_maker.then_some(Place::Maker);
    }
    let listed = LIBRARIES.iter().find(|(name, _, _)| *name == first);
    let is_app = match (listed, second) {
        // The library itself is handed on.
        (_, None) => false,
        (Some((_, '+', names)), Some(second)) => names.contains(&second),
        (Some((_, _, names)), Some(second)) => !names.contains(&second),
        (None, Some(_)) => is_kin(first),
    };
    is_app.then_some(Place::App)
}

fn first(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}
