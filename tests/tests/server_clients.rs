//! The server as a process, seen by clients that announce what real editors announce.
//!
//! The editors themselves are driven elsewhere; this holds their differences in one table.

use std::time::Duration;

use serde_json::{Value, json};
use undebug_tests::lsp::{APP, PATIENCE, Server, apply, did_change, notification, uri};

/// How a client leaves.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Politely,
    ExitOnly,
    ClosesThePipe,
}

/// What one editor announces and does.
struct Client {
    name: &'static str,
    encodings: Value,
    has_folders: bool,
    watches: bool,
    document_changes: bool,
    formats: Value,
    keeps_data: bool,
    end: End,
}

fn clients() -> Vec<Client> {
    let markdown = || json!(["markdown", "plaintext"]);
    let client = |name, encodings, watches, document_changes, formats, end| Client {
        name,
        encodings,
        has_folders: true,
        watches,
        document_changes,
        formats,
        keeps_data: true,
        end,
    };
    vec![
        client("VS Code", json!(["utf-16"]), true, true, markdown(), End::ClosesThePipe),
        client("Neovim 0.11", json!(["utf-8", "utf-16", "utf-32"]), false, false, markdown(), End::Politely),
        client("Neovim 0.7", Value::Null, false, false, markdown(), End::Politely),
        client("Helix", json!(["utf-8", "utf-32", "utf-16"]), true, true, markdown(), End::Politely),
        client("eglot", Value::Null, true, true, json!(["plaintext"]), End::Politely),
        client("kak-lsp", json!(["utf-8", "utf-16"]), false, true, markdown(), End::ExitOnly),
        Client {
            has_folders: false,
            keeps_data: false,
            ..client("ALE", Value::Null, false, false, json!(["plaintext"]), End::ClosesThePipe)
        },
    ]
}

fn capabilities(client: &Client) -> Value {
    let mut workspace = json!({ "applyEdit": true, "workspaceFolders": client.has_folders });
    if client.document_changes {
        workspace["workspaceEdit"] = json!({ "documentChanges": true });
    }
    if client.watches {
        workspace["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    }
    let mut capabilities = json!({
        "workspace": workspace,
        "textDocument": {
            "hover": { "contentFormat": client.formats },
            "codeAction": { "dataSupport": client.keeps_data, "resolveSupport": { "properties": ["edit"] } },
            // Announced by most; diagnostics are pushed nevertheless, and only pushed.
            "diagnostic": { "dynamicRegistration": true },
        },
    });
    if !client.encodings.is_null() {
        capabilities["general"] = json!({ "positionEncodings": client.encodings });
    }
    capabilities
}

#[test]
fn each_client_sees_fixes_and_leaves() {
    for client in clients() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.py");
        std::fs::write(&path, APP).unwrap();
        let (root, uri) = (uri(folder.path()), uri(&path));
        let mut server = Server::start();
        let mut params = json!({
            "processId": std::process::id(),
            "clientInfo": { "name": client.name },
            "rootUri": root,
            "capabilities": capabilities(&client),
        });
        if client.has_folders {
            params["workspaceFolders"] = json!([{ "uri": root, "name": "test" }]);
        }
        server.initialize(params);

        let diagnostics = server.open(&uri, APP);
        assert_eq!(diagnostics.len(), 1, "{}", client.name);
        let shown: Vec<Value> = if client.keeps_data { diagnostics } else { Vec::new() };
        let actions = server.actions(&uri, [4, 8, 4, 18], json!({ "diagnostics": shown }));
        let fix = actions.iter().find(|action| action["isPreferred"] == json!(true)).expect(client.name);
        let edits = if client.document_changes {
            &fix["edit"]["documentChanges"][0]["edits"]
        } else {
            &fix["edit"]["changes"][&uri]
        };
        let fixed = apply(APP, edits.as_array().expect(client.name));
        let hover = json!({ "textDocument": { "uri": uri }, "position": { "line": 4, "character": 9 } });
        let hover = server.request("textDocument/hover", hover).unwrap();
        assert_eq!(hover["contents"]["kind"], client.formats[0], "{}", client.name);

        server.send(&did_change(&uri, 2, json!([{ "text": fixed }])));
        assert_eq!(server.diagnostics(&uri, Some(2)), Vec::<Value>::new(), "{}", client.name);
        std::fs::write(&path, &fixed).unwrap();
        server.send(&notification("textDocument/didSave", json!({ "textDocument": { "uri": uri } })));
        server.send(&notification("textDocument/didClose", json!({ "textDocument": { "uri": uri } })));
        let rest = server.rest(Duration::from_millis(150));
        let found = rest.iter().find(|message| message["params"]["diagnostics"][0].is_object());
        assert!(found.is_none(), "{}: {found:?}", client.name);
        assert_eq!(leave(&mut server, client.end), Some(i32::from(client.end != End::Politely)), "{}", client.name);
    }
}

fn leave(server: &mut Server, end: End) -> Option<i32> {
    match end {
        End::Politely => return server.shut_down(),
        End::ExitOnly => server.notify("exit", Value::Null),
        End::ClosesThePipe => server.close_input(),
    }
    server.end(PATIENCE)?.code()
}

#[test]
fn the_text_of_documents_stays_out_of_the_logs() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    use undebug_tests::lsp::{binary, change, did_open, frame};

    let mut child = Command::new(binary())
        .arg("server")
        .env("RUST_LOG", "trace")
        .env("UNDEBUG_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let uri = "file:///undebug-test/app.py";
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } });
    let mut script = frame(&initialize);
    script.extend(frame(&did_open(uri, 1, &format!("password = 'correct horse'\n{APP}"))));
    script.extend(frame(&did_change(uri, 2, json!([change([0, 12, 0, 12], "battery staple")]))));
    script.extend(b"Content-Length: 30\r\n\r\n{\"text\": \"correct horse batter");
    script.extend(frame(&notification("exit", Value::Null)));
    child.stdin.take().unwrap().write_all(&script).unwrap();
    let output = child.wait_with_output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    for secret in ["correct horse", "battery staple"] {
        assert!(!log.contains(secret), "{log}");
    }
}
