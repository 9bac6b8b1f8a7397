//! The server as a process: files that are not open, folders, the disk, settings.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use undebug_tests::lsp::{APP, Server, apply, capabilities, change, did_change, notification, span, uri};

/// A client that shows progress, watches files and answers for its settings.
fn rich() -> Value {
    let mut capabilities = capabilities();
    capabilities["window"] = json!({ "workDoneProgress": true });
    capabilities["workspace"]["configuration"] = json!(true);
    capabilities["workspace"]["workspaceFolders"] = json!(true);
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    capabilities["workspace"]["didChangeConfiguration"] = json!({ "dynamicRegistration": true });
    capabilities
}

fn folder(path: &Path) -> Value {
    json!({ "uri": uri(path), "name": "test" })
}

fn start(capabilities: Value, folders: &[&Path]) -> Server {
    let mut server = Server::start();
    let folders: Vec<Value> = folders.iter().map(|path| folder(path)).collect();
    server.initialize(json!({ "capabilities": capabilities, "workspaceFolders": folders }));
    server
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn did_close(uri: &str) -> Value {
    notification("textDocument/didClose", json!({ "textDocument": { "uri": uri } }))
}

fn did_save(uri: &str) -> Value {
    notification("textDocument/didSave", json!({ "textDocument": { "uri": uri } }))
}

/// 1 is created, 2 changed, 3 deleted.
fn watched(uri: &str, kind: u8) -> Value {
    notification("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": kind }] }))
}

fn configured(settings: Value) -> Value {
    notification("workspace/didChangeConfiguration", json!({ "settings": settings }))
}

#[test]
fn files_that_are_not_open_are_checked_with_progress() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..40 {
        write(&folder.path().join(format!("package/module{number}.py")), "x = 1\n");
    }
    let app = folder.path().join("deep/er/app.py");
    write(&app, APP);
    let mut server = start(rich(), &[folder.path()]);
    let diagnostics = server.diagnostics(&uri(&app), None);
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0]["range"], span([4, 8, 4, 18]));
    server.wait("the end of the progress", |message| message["params"]["value"]["kind"] == "end");
    let begun = server.passed.iter().any(|message| message["params"]["value"]["kind"] == "begin");
    assert!(begun, "{:?}", server.passed);
    let published: Vec<&Value> =
        server.passed.iter().filter(|message| message["method"] == "textDocument/publishDiagnostics").collect();
    assert!(published.is_empty(), "files without findings are silent: {published:?}");
}

#[test]
fn nothing_is_asked_of_a_client_that_announced_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app.py");
    write(&app, APP);
    let mut server = start(json!({}), &[folder.path()]);
    assert_eq!(server.diagnostics(&uri(&app), None).len(), 1);
    server.rest(Duration::from_millis(200));
    assert!(server.asked.is_empty(), "{:?}", server.asked);
    assert!(server.passed.iter().all(|message| message["method"] != "$/progress"), "{:?}", server.passed);
}

#[test]
fn older_clients_name_their_folder_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app.py");
    write(&app, APP);
    for root in [json!({ "rootUri": uri(folder.path()) }), json!({ "rootPath": folder.path() })] {
        let mut server = Server::start();
        let mut params = root;
        params["capabilities"] = json!({});
        server.initialize(params);
        assert_eq!(server.diagnostics(&uri(&app), None).len(), 1);
    }
}

#[test]
fn files_that_are_not_open_are_left_alone_where_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app.py");
    write(&app, APP);
    let mut server = Server::start();
    server.settings = Some(json!({ "workspace": false }));
    server.initialize(json!({ "capabilities": rich(), "workspaceFolders": [self::folder(folder.path())] }));
    let other = folder.path().join("other.py");
    assert_eq!(server.open(&uri(&other), APP).len(), 1);
    let rest = server.rest(Duration::from_millis(300));
    let all: Vec<&Value> = server.passed.iter().chain(&rest).collect();
    assert!(all.iter().all(|message| message["params"]["uri"] != uri(&app)), "{all:?}");
}

#[test]
fn the_clients_text_counts_until_the_document_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.py");
    write(&path, APP);
    let uri = uri(&path);
    let mut server = start(rich(), &[folder.path()]);
    assert_eq!(server.diagnostics(&uri, None).len(), 1);
    assert_eq!(server.open(&uri, "x = 1\n"), Vec::<Value>::new());
    // The disk changes while the document is open: that is not what the client shows.
    write(&path, &format!("\n{APP}"));
    server.send(&watched(&uri, 2));
    server.send(&did_change(&uri, 2, json!([{ "text": APP }])));
    assert_eq!(server.diagnostics(&uri, Some(2))[0]["range"], span([4, 8, 4, 18]));
    server.send(&did_close(&uri));
    let message = server.wait("the disk's text", |message| message["params"]["uri"] == *uri);
    assert_eq!(message["params"]["diagnostics"][0]["range"], span([5, 8, 5, 18]));
    assert_eq!(message["params"].get("version"), None);
}

#[test]
fn a_closed_document_outside_of_all_folders_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.py");
    write(&path, APP);
    let mut server = start(capabilities(), &[]);
    for uri in [uri(&path), "untitled:Untitled-1".to_owned()] {
        assert_eq!(server.open(&uri, APP).len(), 1);
        server.send(&did_close(&uri));
        assert_eq!(server.diagnostics(&uri, None), Vec::<Value>::new());
        assert_eq!(server.open(&uri, APP).len(), 1);
    }
}

#[test]
fn files_change_appear_and_vanish_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first.py");
    let second = folder.path().join("sub/second.py");
    write(&first, APP);
    let mut server = start(rich(), &[folder.path()]);
    assert_eq!(server.diagnostics(&uri(&first), None).len(), 1);
    let registered = server.asked.iter().any(|message| {
        message["method"] == "client/registerCapability"
            && message.to_string().contains("workspace/didChangeWatchedFiles")
    });
    assert!(registered, "{:?}", server.asked);

    write(&first, &format!("\n{APP}"));
    server.send(&watched(&uri(&first), 2));
    assert_eq!(server.diagnostics(&uri(&first), None)[0]["range"], span([5, 8, 5, 18]));

    write(&second, APP);
    server.send(&watched(&uri(&second), 1));
    assert_eq!(server.diagnostics(&uri(&second), None).len(), 1);

    fs::remove_file(&first).unwrap();
    server.send(&watched(&uri(&first), 3));
    assert_eq!(server.diagnostics(&uri(&first), None), Vec::<Value>::new());

    // A folder that vanishes is told as one change.
    fs::remove_dir_all(folder.path().join("sub")).unwrap();
    server.send(&watched(&uri(&folder.path().join("sub")), 3));
    assert_eq!(server.diagnostics(&uri(&second), None), Vec::<Value>::new());
}

#[test]
fn a_client_that_does_not_watch_gets_the_disk_at_the_next_save() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.py");
    write(&other, APP);
    let mut server = start(capabilities(), &[folder.path()]);
    assert_eq!(server.diagnostics(&uri(&other), None).len(), 1);
    let open = folder.path().join("open.py");
    write(&open, "x = 1\n");
    server.open(&uri(&open), "x = 1\n");
    write(&other, "import this_file_is_longer_now\n");
    server.send(&did_save(&uri(&open)));
    assert_eq!(server.diagnostics(&uri(&other), None), Vec::<Value>::new());
}

#[test]
fn folders_come_and_go() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (a, b) = (first.path().join("a.py"), second.path().join("b.py"));
    write(&a, APP);
    write(&b, APP);
    let mut server = start(rich(), &[first.path()]);
    assert_eq!(server.diagnostics(&uri(&a), None).len(), 1);
    // Open while its folder is none of the workspace, it moves along when the folder comes.
    let open = second.path().join("open.py");
    assert_eq!(server.open(&uri(&open), APP).len(), 1);
    let event = |added: &[&Path], removed: &[&Path]| {
        let folders = |paths: &[&Path]| paths.iter().map(|path| folder(path)).collect::<Vec<Value>>();
        let event = json!({ "added": folders(added), "removed": folders(removed) });
        notification("workspace/didChangeWorkspaceFolders", json!({ "event": event }))
    };
    server.send(&event(&[second.path()], &[first.path()]));
    let (mut gone, mut come) = (false, false);
    while !(gone && come) {
        let message = server.wait("both folders", |message| message["method"] == "textDocument/publishDiagnostics");
        let count = message["params"]["diagnostics"].as_array().unwrap().len();
        gone |= message["params"]["uri"] == uri(&a) && count == 0;
        come |= message["params"]["uri"] == uri(&b) && count == 1;
    }
    server.send(&did_change(&uri(&open), 2, json!([change([0, 0, 0, 0], "\n")])));
    assert_eq!(server.diagnostics(&uri(&open), Some(2))[0]["range"], span([5, 8, 5, 18]));
}

#[test]
fn the_workspace_is_fixed_where_files_are_not_open_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("with space & ü.py");
    write(&path, APP);
    let mut server = start(rich(), &[folder.path()]);
    let message = server.wait("diagnostics", |message| message["method"] == "textDocument/publishDiagnostics");
    let uri = message["params"]["uri"].clone();
    assert!(uri.as_str().unwrap().ends_with("/with%20space%20&%20%C3%BC.py"), "{uri}");
    let params = json!({ "command": "undebug.fixWorkspace", "arguments": [] });
    server.request("workspace/executeCommand", params).unwrap();
    if !server.asked.iter().any(|message| message["method"] == "workspace/applyEdit") {
        server.wait("an edit", |message| message["method"] == "workspace/applyEdit");
    }
    let asked = server.asked.iter().find(|message| message["method"] == "workspace/applyEdit").unwrap();
    let change = &asked["params"]["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({ "uri": uri, "version": null }));
    assert!(!apply(APP, change["edits"].as_array().unwrap()).contains("debug=True"));
}

#[test]
fn settings_in_each_way_that_clients_have() {
    let off = json!({ "rules": { "app-run-debug": "off" } });
    let error = json!({ "undebug": { "rules": { "app-run-debug": "error" } } });
    let uri = "file:///undebug-test/app.py";

    // In `initialize`, flat or nested.
    for options in [off.clone(), json!({ "undebug": off }), json!({ "settings": off })] {
        let mut server = Server::start();
        server.initialize(json!({ "capabilities": {}, "initializationOptions": options }));
        assert_eq!(server.open(uri, APP), Vec::<Value>::new(), "{options}");
        // Pushed, while the document is open.
        server.send(&configured(error.clone()));
        let diagnostics = server.diagnostics(uri, None);
        assert_eq!(diagnostics.len(), 1, "{options}");
        assert_eq!(diagnostics[0]["severity"], 1);
        server.send(&configured(json!({ "rules": { "app-run-debug": "information" } })));
        assert_eq!(server.diagnostics(uri, None)[0]["severity"], 3);
        server.send(&configured(json!({ "undebug": off })));
        assert_eq!(server.diagnostics(uri, None), Vec::<Value>::new());
    }

    // Asked for, at the start and when the client says that something changed.
    let mut server = Server::start();
    server.settings = Some(error["undebug"].clone());
    server.initialize(json!({ "capabilities": rich() }));
    server.send(&undebug_tests::lsp::did_open(uri, 1, APP));
    server.wait("the severity of the settings", |message| {
        message["params"]["diagnostics"][0]["severity"] == 1 && message["params"]["uri"] == uri
    });
    server.settings = Some(off);
    server.send(&configured(Value::Null));
    server.wait("silence", |message| message["params"]["diagnostics"] == json!([]));
}

#[test]
fn settings_choose_the_fix_and_its_variable() {
    let uri = "file:///undebug-test/app.py";
    let mut server = Server::start();
    let options = json!({ "preferredFix": "off", "variable": "SHOP_DEBUG" });
    server.initialize(json!({ "capabilities": {}, "initializationOptions": options }));
    server.open(uri, APP);
    let actions = server.actions(uri, [4, 10, 4, 10], json!({ "diagnostics": [] }));
    let preferred: Vec<&Value> = actions.iter().filter(|action| action["isPreferred"] == json!(true)).collect();
    assert_eq!(preferred.len(), 1);
    assert!(apply(APP, preferred[0]["edit"]["changes"][uri].as_array().unwrap()).contains("debug=False"));
    assert!(actions.iter().any(|action| action.to_string().contains("SHOP_DEBUG")), "{actions:?}");
}

#[test]
fn settings_that_are_not_understood_are_told_once() {
    let mut server = Server::start();
    let options = json!({ "colour": 1, "variable": 7, "rules": { "app-run-debg": "off" }, "path": "/usr/bin/undebug" });
    server.initialize(json!({ "capabilities": {}, "initializationOptions": options }));
    server.open("file:///undebug-test/app.py", APP);
    let logs: Vec<&Value> = server.passed.iter().filter(|message| message["method"] == "window/logMessage").collect();
    assert_eq!(logs.len(), 1, "{logs:?}");
    assert_eq!(logs[0]["params"]["type"], 2);
    let message = logs[0]["params"]["message"].as_str().unwrap();
    for part in ["`colour`", "`variable`", "`app-run-debg`"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(!message.contains("path"), "{message}");
}

#[test]
fn a_client_that_never_answers_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app.py");
    write(&app, APP);
    let mut server = Server::start();
    server.settings = None;
    server.initialize(json!({ "capabilities": rich(), "workspaceFolders": [self::folder(folder.path())] }));
    assert_eq!(server.diagnostics(&uri(&app), None).len(), 1);
}

#[test]
fn a_cancelled_look_at_the_workspace_stops_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..3000 {
        write(&folder.path().join(format!("package{}/app{number}.py", number % 30)), APP);
    }
    let mut server = start(rich(), &[folder.path()]);
    let begin = server
        .wait("progress", |message| message["method"] == "$/progress" && message["params"]["value"]["kind"] == "begin");
    assert_eq!(begin["params"]["value"]["cancellable"], true);
    let token = begin["params"]["token"].clone();
    server.notify("window/workDoneProgress/cancel", json!({ "token": token }));
    server.wait("the end of the progress", |message| {
        message["params"]["token"] == token && message["params"]["value"]["kind"] == "end"
    });
    let seen = server.passed.iter().filter(|message| message["method"] == "textDocument/publishDiagnostics").count();
    let rest = server.rest(Duration::from_millis(300));
    let late = rest.iter().filter(|message| message["method"] == "textDocument/publishDiagnostics").count();
    assert!(seen + late < 3000, "{seen} and {late} files were checked after all");
    // What is open is checked all the same.
    assert_eq!(server.open("file:///undebug-test/app.py", APP).len(), 1);
}

#[test]
fn each_root_has_its_own_settings() {
    let (strict, lax, nested) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(&strict.path().join("undebug.toml"), "[rules]\napp-run-debug = \"error\"\n");
    write(&lax.path().join("pyproject.toml"), "[tool.undebug.rules]\napp-run-debug = \"off\"\n");
    write(&nested.path().join("inner/undebug.toml"), "[rules]\napp-run-debug = \"information\"\n");
    let inner = nested.path().join("inner");
    let mut server = start(rich(), &[strict.path(), lax.path(), nested.path(), &inner]);
    let mut severity = |path: &Path| {
        let diagnostics = server.open(&uri(&path.join("app.py")), APP);
        diagnostics.first().map(|diagnostic| diagnostic["severity"].as_i64().unwrap())
    };
    assert_eq!(severity(strict.path()), Some(1));
    assert_eq!(severity(nested.path()), Some(2), "the rule's own");
    assert_eq!(severity(&inner), Some(3), "the innermost root counts");
    server.send(&undebug_tests::lsp::did_open(&uri(&lax.path().join("app.py")), 1, APP));
    let id = server.send_request(
        "textDocument/hover",
        json!({
            "textDocument": { "uri": uri(&lax.path().join("app.py")) }, "position": { "line": 4, "character": 10 },
        }),
    );
    assert_eq!(server.answer(&json!(id)), Ok(Value::Null), "off in this root");
}
