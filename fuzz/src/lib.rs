//! What the fuzz targets share: bytes read as the files of a small project, and that project from scratch.
//!
//! It decides nothing about what is right; each target holds its own property.

use std::collections::BTreeMap;
use std::sync::Arc;

use undebug_engine::{Edit, Language, Project, Settings, apply};

/// The files that a byte in front of a text can choose: Python in several places, and each deployment language.
pub const PATHS: [&str; 24] = [
    "/p/app.py",
    "/p/config.py",
    "/p/wsgi.py",
    "/p/pkg/__init__.py",
    "/p/pkg/views.py",
    "/p/settings.cfg",
    "/p/tests/conftest.py",
    "/p/.env",
    "/p/.flaskenv",
    "/p/Dockerfile",
    "/p/docker-compose.yml",
    "/p/k8s/deployment.yaml",
    "/p/.github/workflows/ci.yml",
    "/p/app.yaml",
    "/p/Procfile",
    "/p/web.service",
    "/p/run.sh",
    "/p/Makefile",
    "/p/config.json",
    "/p/.vscode/launch.json",
    "/p/pyproject.toml",
    "/p/config.toml",
    "/p/supervisord.ini",
    "/p/uwsgi.ini",
];

/// What separates the parts of an input: a byte that no UTF-8 text has.
pub const SEPARATOR: u8 = 0xff;

/// The files of an input: a part each, its first byte chooses the path. The first part of a path counts.
pub fn files(input: &[u8]) -> BTreeMap<&'static str, String> {
    let mut files = BTreeMap::new();
    for part in input.split(|byte| *byte == SEPARATOR).take(6) {
        let Some((path, text)) = part.split_first() else { continue };
        let path = PATHS[usize::from(*path) % PATHS.len()];
        files.entry(path).or_insert_with(|| String::from_utf8_lossy(text).into_owned());
    }
    files
}

/// A project of these files, checked, with all of it known.
pub fn project<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Project {
    let mut project = Project::new("/p", Settings::default(), Box::new(|_| None));
    for (path, text) in files {
        let language = Language::of_path(path).expect("every path has a language");
        project.open(path, language, text);
    }
    project.set_whole(true);
    project.check();
    project.settle();
    project
}

/// A project of these files.
pub fn project_of(files: &BTreeMap<&'static str, String>) -> Project {
    project(files.iter().map(|(path, text)| (*path, text.as_str())))
}

/// The files after these edits. They must apply: what the engine proposes never overlaps and cuts no character.
pub fn edited(files: &BTreeMap<&'static str, String>, edits: &[Edit]) -> BTreeMap<&'static str, String> {
    let mut by_path: BTreeMap<Arc<str>, Vec<Edit>> = BTreeMap::new();
    for edit in edits {
        by_path.entry(edit.path.clone()).or_default().push(edit.clone());
    }
    let mut after = files.clone();
    for (path, edits) in by_path {
        let text = after.get_mut(&*path).expect("edits are of files that are there");
        *text = apply(text, &edits).unwrap_or_else(|| panic!("edits that do not apply: {edits:?}"));
    }
    after
}
