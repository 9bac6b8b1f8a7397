//! Which names of libraries are applications, or make or start them, by their dotted paths alone.
//!
//! It is wide where `catalogue` is exact: what is left out here is never run.

use super::super::ir::Name;
use super::Place;

/// Libraries whose applications are told when they are made, and are started by something else, each with their class.
const MAKERS: [(&str, &str); 4] =
    [("tornado", "Application"), ("starlette", "Starlette"), ("fastapi", "FastAPI"), ("litestar", "Litestar")];

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
        let (_, rest) = path.split_once(class)?;
        // What such an application has is none, but for what makes and calls it.
        return (rest.is_empty() || rest.starts_with(".__")).then_some(Place::Maker);
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
