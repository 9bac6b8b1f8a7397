//! What the engine reads the editors tell the server of: no deployment file is left out by a list that fell behind.

use std::fs;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use undebug_engine::Language;

/// One name or more of each kind of file that the engine reads.
const NAMES: &[&str] = &[
    "app.py",
    "gui.pyw",
    "settings.cfg",
    ".env",
    ".env.production",
    ".flaskenv",
    "web.env",
    "Dockerfile",
    "Dockerfile.dev",
    "web.dockerfile",
    "Containerfile",
    "compose.yml",
    "chart.yaml",
    "Procfile",
    "Procfile.dev",
    "web.service",
    "entrypoint.sh",
    "run.bash",
    "run.zsh",
    "Makefile",
    "rules.mk",
    "justfile",
    ".justfile",
    "tasks.just",
    "main.tf",
    "service.hcl",
    "ecosystem.config.js",
    "pm2.config.cjs",
    "serve.bat",
    "serve.cmd",
    "serve.ps1",
    "launch.json",
    "pyproject.toml",
    "supervisord.ini",
];

/// The globs that stand in a source file.
fn globs(path: &str) -> GlobSet {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).expect("a source file");
    let mut set = GlobSetBuilder::new();
    for glob in text.split('"').filter(|part| part.starts_with("**/")) {
        // An editor's glob may have an empty alternative.
        set.add(GlobBuilder::new(glob).empty_alternates(true).build().expect(glob));
    }
    let set = set.build().expect("a set of globs");
    assert!(!set.is_empty(), "{path} has no globs");
    set
}

#[test]
fn every_file_that_is_read_is_followed() {
    let watched = globs("crates/server/src/requests.rs");
    let told = globs("editors/vscode/src/client.ts");
    for name in NAMES {
        assert!(Language::of_path(name).is_some(), "{name} is not read");
        assert!(watched.is_match(format!("shop/{name}")), "{name} is not watched by the server");
        assert!(told.is_match(format!("shop/{name}")), "{name} is not told of by VS Code");
    }
    assert!(!told.is_match("shop/readme.md"));
}
