//! Deployment files: env files, containers, process managers, CI. Each language is one module that turns text into
//! [`Service`]s with exact byte ranges.
//!
//! It does not judge: which value turns debug on is decided where the services are run (`project`) and by rules.

use crate::language::Language;
use crate::view::Service;

/// The processes that a file starts, with their environments. Broken text is ordinary input: what can be read is.
/// `path` tells the dialect (compose, Kubernetes, CI) and whether it is a development file.
pub fn services(language: Language, path: &str, text: &str) -> Vec<Service> {
    let _ = (language, path, text);
    Vec::new()
}
