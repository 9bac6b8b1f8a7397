//! The server as a process: code actions, commands and hover.

use serde_json::{Value, json};
use undebug_tests::lsp::{APP, Server, apply, capabilities, change, did_change, span};

const URI: &str = "file:///undebug-test/app.py";

/// The edits of an action for the document, in either form.
fn edits(action: &Value) -> Vec<Value> {
    document_edits(&action["edit"], URI)
}

fn document_edits(edit: &Value, uri: &str) -> Vec<Value> {
    if let Some(changes) = edit["documentChanges"].as_array() {
        let change = changes.iter().find(|change| change["textDocument"]["uri"] == uri).expect("the file is edited");
        return change["edits"].as_array().expect("edits are a list").clone();
    }
    edit["changes"][uri].as_array().expect("the file is edited").clone()
}

fn quick_fixes(actions: &[Value]) -> Vec<&Value> {
    actions.iter().filter(|action| action["kind"] == "quickfix").collect()
}

#[test]
fn quick_fixes_without_the_clients_help() {
    let mut server = Server::ready(capabilities());
    server.open(URI, APP);
    let actions = server.actions(URI, [4, 10, 4, 10], json!({ "diagnostics": [] }));
    let fixes = quick_fixes(&actions);
    assert!(fixes.len() >= 3, "{actions:?}");
    let preferred: Vec<usize> = (0..fixes.len()).filter(|index| fixes[*index]["isPreferred"] == json!(true)).collect();
    assert_eq!(preferred, [0], "the first one, and only that");
    assert!(fixes.last().unwrap().to_string().contains("undebug: allow"), "suppression comes last");
    for (fix, version) in fixes.iter().zip(2..) {
        assert_eq!(fix["diagnostics"][0]["code"], "app-run-debug");
        assert_eq!(fix["edit"]["documentChanges"][0]["textDocument"]["version"], 1, "{fix}");
        let fixed = apply(APP, &edits(fix));
        assert_ne!(fixed, APP);
        if !fixed.contains("undebug: allow") {
            let uri = format!("file:///undebug-test/fixed{version}.py");
            assert_eq!(server.open(&uri, &fixed), Vec::<Value>::new(), "{fixed}");
        }
    }
    let elsewhere = server.actions(URI, [0, 0, 0, 0], json!({ "diagnostics": [], "only": ["quickfix"] }));
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn a_stub_is_never_run() {
    let mut server = Server::ready(capabilities());
    assert_eq!(server.open("file:///undebug-test/app.pyi", APP), Vec::<Value>::new());
    assert_eq!(server.open(URI, APP).len(), 1);
}

#[test]
fn quick_fixes_follow_the_text() {
    let mut server = Server::ready(capabilities());
    let old = server.open(URI, APP);
    server.send(&did_change(URI, 2, json!([change([0, 0, 0, 0], "# 😀\n\n")])));
    // The client still shows the old place, and asks in the same breath as it edits.
    let actions = server.actions(URI, [6, 0, 6, 20], json!({ "diagnostics": old }));
    let fixes = quick_fixes(&actions);
    assert_eq!(fixes[0]["diagnostics"][0]["range"], span([6, 8, 6, 18]));
    let fixed = apply(&format!("# 😀\n\n{APP}"), &edits(fixes[0]));
    assert!(!fixed.contains("debug=True") && fixed.contains("# 😀\n"), "{fixed}");
}

#[test]
fn a_diagnostic_of_the_line_is_enough() {
    let mut server = Server::ready(capabilities());
    let diagnostics = server.open(URI, APP);
    let actions = server.actions(URI, [4, 0, 4, 0], json!({ "diagnostics": diagnostics }));
    assert!(!quick_fixes(&actions).is_empty(), "{actions:?}");
}

#[test]
fn only_the_kinds_that_were_asked_for() {
    let mut server = Server::ready(capabilities());
    server.open(URI, APP);
    let mut kinds = |only: Value| -> Vec<String> {
        let actions = server.actions(URI, [4, 8, 4, 18], json!({ "diagnostics": [], "only": only }));
        let mut kinds: Vec<String> = actions.iter().map(|action| action["kind"].as_str().unwrap().to_owned()).collect();
        kinds.dedup();
        kinds
    };
    let none: [&str; 0] = [];
    assert_eq!(kinds(json!(["quickfix"])), ["quickfix"]);
    assert_eq!(kinds(json!(["source"])), ["source.fixAll.undebug"]);
    assert_eq!(kinds(json!(["source.fixAll"])), ["source.fixAll.undebug"]);
    assert_eq!(kinds(json!(["source.fixAll.undebug"])), ["source.fixAll.undebug"]);
    assert_eq!(kinds(json!(["source.fixAll.ruff"])), none);
    assert_eq!(kinds(json!(["source.fix"])), none, "half a word is no prefix");
    assert_eq!(kinds(json!(["refactor"])), ["refactor.rewrite.undebug.guard"]);
    assert_eq!(kinds(json!([])), none);
    assert_eq!(kinds(json!([""])), ["quickfix", "refactor.rewrite.undebug.guard", "source.fixAll.undebug"]);
    assert_eq!(kinds(Value::Null), ["quickfix", "refactor.rewrite.undebug.guard", "source.fixAll.undebug"]);
}

#[test]
fn a_lightbulb_is_not_asked_to_fix_the_whole_file() {
    let mut server = Server::ready(capabilities());
    server.open(URI, APP);
    let actions = server.actions(URI, [4, 8, 4, 18], json!({ "diagnostics": [], "triggerKind": 2 }));
    assert!(!actions.is_empty());
    assert_eq!(actions.len(), quick_fixes(&actions).len(), "{actions:?}");
}

#[test]
fn fix_all_turns_everything_off_at_once() {
    let mut server = Server::ready(capabilities());
    let runs = "if input():\n    app.run(debug=True)\nelse:\n    app.run(port=1, debug=True)\n";
    let text = APP.replace("app.run(debug=True)\n", runs);
    assert_eq!(server.open(URI, &text).len(), 2);
    let context = json!({ "diagnostics": [], "only": ["source.fixAll"] });
    let actions = server.actions(URI, [0, 0, 0, 0], context.clone());
    assert_eq!(actions.len(), 1);
    let fixed = apply(&text, &edits(&actions[0]));
    assert_eq!(fixed.matches("import os").count(), 1, "{fixed}");
    server.send(&did_change(URI, 2, json!([{ "text": fixed }])));
    assert_eq!(server.diagnostics(URI, Some(2)), Vec::<Value>::new(), "{fixed}");
    assert!(server.actions(URI, [0, 0, 0, 0], context).is_empty());
}

#[test]
fn plain_changes_for_clients_without_versions() {
    let mut server = Server::ready(json!({}));
    server.open(URI, APP);
    let actions = server.actions(URI, [4, 10, 4, 10], json!({ "diagnostics": [] }));
    let fix = quick_fixes(&actions)[0];
    assert_eq!(fix["edit"].get("documentChanges"), None);
    assert!(!apply(APP, &edits(fix)).contains("debug=True"));
}

#[test]
fn the_workspace_is_fixed_by_an_edit_that_the_client_applies() {
    let mut capabilities = capabilities();
    capabilities["workspace"]["workspaceEdit"]["changeAnnotationSupport"] = json!({});
    let mut server = Server::ready(capabilities);
    let other = "file:///undebug-test-2/other.py";
    server.open(URI, APP);
    server.open(other, APP);
    let params = json!({ "command": "undebug.fixWorkspace", "arguments": [] });
    assert_eq!(server.request("workspace/executeCommand", params), Ok(Value::Null));
    let asked = match server.asked.iter().find(|message| message["method"] == "workspace/applyEdit") {
        Some(asked) => asked.clone(),
        None => server.wait("an edit", |message| message["method"] == "workspace/applyEdit"),
    };
    let edit = &asked["params"]["edit"];
    for uri in [URI, other] {
        let edits = document_edits(edit, uri);
        assert!(!apply(APP, &edits).contains("debug=True"));
        let annotation = edits[0]["annotationId"].as_str().expect("the client can ask first");
        assert_eq!(edit["changeAnnotations"][annotation]["needsConfirmation"], true);
    }
}

#[test]
fn commands_that_cannot_be_carried_out_are_errors() {
    let mut server = Server::ready(capabilities());
    let error = server.request("workspace/executeCommand", json!({ "command": "x", "arguments": [] })).unwrap_err();
    assert_eq!(error["code"], -32602);
    let mut server = Server::ready(json!({}));
    let params = json!({ "command": "undebug.fixWorkspace", "arguments": [] });
    let error = server.request("workspace/executeCommand", params).unwrap_err();
    assert_eq!(error["code"], -32602);
}

#[test]
fn hover_says_what_it_means() {
    let hover = |capabilities: Value| {
        let mut server = Server::ready(capabilities);
        server.open(URI, APP);
        let mut at = |line: u32, character: u32| {
            let position = json!({ "line": line, "character": character });
            let params = json!({ "textDocument": { "uri": URI }, "position": position });
            server.request("textDocument/hover", params).unwrap()
        };
        assert_eq!(at(0, 0), Value::Null);
        let hover = at(4, 10);
        assert_eq!(hover["range"], span([4, 8, 4, 18]));
        hover["contents"].clone()
    };
    let markdown = hover(capabilities());
    assert_eq!(markdown["kind"], "markdown");
    let plain = hover(json!({ "textDocument": { "hover": { "contentFormat": ["plaintext"] } } }));
    assert_eq!(plain["kind"], "plaintext");
    for contents in [&markdown, &plain] {
        let value = contents["value"].as_str().unwrap();
        for part in ["app-run-debug", "CWE-489", "CVSS:4.0/", "attacker", "https://"] {
            assert!(value.contains(part), "{part} in {value}");
        }
    }
    assert!(!plain["value"].as_str().unwrap().contains("**"));
}

#[test]
fn nothing_is_known_of_unknown_documents() {
    let mut server = Server::ready(capabilities());
    let uri = "file:///nowhere/x.py";
    let place = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 0 } });
    assert_eq!(server.request("textDocument/hover", place), Ok(Value::Null));
    assert!(server.actions(uri, [0, 0, 9, 9], json!({ "diagnostics": [] })).is_empty());
}
