//! The server as a process: the larger changes as code actions, with files that clients create.
//!
//! What the changed programs do is tried by `tests/migrate/run.py`.

use serde_json::{Value, json};
use undebug_tests::lsp::{Server, apply, capabilities, did_open, uri};

const URI: &str = "file:///undebug-test/app.py";
const APP: &str = "from flask import Flask\n\napp = Flask(__name__)\napp.run(port=8000, debug=True)\n";
const CALL: [u32; 4] = [3, 4, 3, 4];

fn creating() -> Value {
    let mut capabilities = capabilities();
    capabilities["workspace"]["workspaceEdit"] =
        json!({ "documentChanges": true, "resourceOperations": ["create", "rename", "delete"] });
    capabilities
}

fn asked(capabilities: Value, only: Value) -> Vec<Value> {
    let mut server = Server::ready(capabilities);
    server.open(URI, APP);
    server.actions(URI, CALL, json!({ "diagnostics": [], "only": only, "triggerKind": 1 }))
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().filter_map(|action| action["title"].as_str()).collect()
}

#[test]
fn changes_that_create_files_go_to_clients_that_can() {
    let actions = asked(creating(), json!(["refactor"]));
    assert_eq!(
        titles(&actions),
        [
            "Start the server under `if __name__ == \"__main__\"`",
            "Serve with gunicorn",
            "Serve with waitress",
            "Separate development and production configuration"
        ]
    );
    let changes = actions[1]["edit"]["documentChanges"].as_array().expect("changes");
    assert_eq!(changes[0]["kind"], "create");
    assert_eq!(changes[0]["uri"], "file:///undebug-test/wsgi.py");
    assert_eq!(changes[0]["options"]["overwrite"], false);
    assert_eq!(changes[1]["textDocument"]["uri"], changes[0]["uri"]);
    let made = apply("", changes[1]["edits"].as_array().expect("edits"));
    assert!(made.ends_with("from app import app\n\n__all__ = [\"app\"]\n"), "{made}");
    assert_eq!(changes[2]["textDocument"], json!({ "uri": URI, "version": 1 }));
    let moved = apply(APP, changes[2]["edits"].as_array().expect("edits"));
    assert!(moved.ends_with("if __name__ == \"__main__\":\n    app.run(port=8000, debug=True)\n"), "{moved}");
}

#[test]
fn other_clients_get_only_what_needs_no_file() {
    let actions = asked(capabilities(), json!(["refactor.rewrite"]));
    assert_eq!(titles(&actions), ["Start the server under `if __name__ == \"__main__\"`"]);
}

#[test]
fn nobody_gets_them_unasked() {
    assert_eq!(titles(&asked(creating(), json!(["source.fixAll"]))), ["Turn debug mode off in the whole file"]);
    let mut server = Server::ready(creating());
    server.open(URI, APP);
    let actions = server.actions(URI, CALL, json!({ "diagnostics": [], "triggerKind": 2 }));
    assert!(actions.iter().all(|action| action["kind"] == "quickfix"), "{actions:?}");
}

#[test]
fn a_program_that_nobody_read_is_read_while_the_list_is_made() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("image")).unwrap();
    let image = "FROM python:3.13-slim\nENV FLASK_APP=app\nCMD [\"flask\", \"--debug\", \"run\"]\n";
    let docker = folder.path().join("image/Dockerfile");
    std::fs::write(&docker, image).unwrap();
    // Nothing in it speaks of debug mode: only the command of the image leads here.
    std::fs::write(folder.path().join("app.py"), "from flask import Flask\n\napp = Flask(__name__)\n").unwrap();
    let mut server = Server::start();
    let folders = json!([{ "uri": uri(folder.path()), "name": "test" }]);
    server.initialize(json!({ "capabilities": capabilities(), "workspaceFolders": folders }));
    server.send(&did_open(&uri(&docker), 1, image));
    let actions = server.actions(&uri(&docker), [2, 15, 2, 15], json!({ "diagnostics": [], "triggerKind": 1 }));
    assert!(titles(&actions).contains(&"Remove `--debug`"), "{actions:?}");
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let asked = json!({ "textDocument": { "uri": uri(&docker) }, "range": range });
    let hints = server.request("textDocument/inlayHint", asked).expect("hints");
    assert_eq!(hints[0]["label"], "debug on", "{hints}");
}
