//! The server as a process: diagnostics, positions and versions, from the client's side of the pipe.

use serde_json::{Value, json};
use undebug_tests::lsp::{
    APP, Server, capabilities, change, did_change, did_open, frame, notification, span, underlined,
};

const URI: &str = "file:///undebug-test/app.py";

#[test]
fn a_finding_is_published_with_everything_an_editor_shows() {
    let mut server = Server::ready(capabilities());
    let diagnostics = server.open(URI, APP);
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    let diagnostic = &diagnostics[0];
    assert_eq!(underlined(APP, diagnostic), "debug=True");
    assert_eq!(diagnostic["source"], "undebug");
    assert_eq!(diagnostic["code"], "app-run-debug");
    let href = diagnostic["codeDescription"]["href"].as_str().unwrap();
    assert!(href.starts_with("https://") && href.ends_with("/app-run-debug"), "{href}");
    assert!((1..=3).contains(&diagnostic["severity"].as_i64().unwrap()), "{diagnostic}");
    assert!(!diagnostic["message"].as_str().unwrap().is_empty());
}

#[test]
fn related_places_only_for_clients_that_show_them() {
    let mut server = Server::ready(json!({}));
    let diagnostics = server.open(URI, APP);
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].get("relatedInformation"), None);
}

#[test]
fn what_the_server_offers() {
    let mut server = Server::start();
    let result = server.initialize(json!({ "capabilities": capabilities() }));
    assert_eq!(result["serverInfo"]["name"], "undebug");
    let offered = &result["capabilities"];
    assert_eq!(offered["textDocumentSync"]["change"], 2);
    assert_eq!(
        offered["codeActionProvider"]["codeActionKinds"],
        json!(["quickfix", "source.fixAll.undebug", "refactor.rewrite.undebug"])
    );
    assert_eq!(offered["executeCommandProvider"]["commands"], json!(["undebug.fixWorkspace"]));
    assert_eq!(offered.get("diagnosticProvider"), None, "push only: never both kinds");
    assert_eq!(server.shut_down(), Some(0));
}

#[test]
fn columns_in_the_unit_that_was_agreed_on() {
    let text = "from flask import Flask\napp = Flask(__name__)\nx = '😀é'; app.run(debug=True)\n";
    let before = "x = '😀é'; app.run(";
    let agree = |offered: Value| {
        let mut server = Server::start();
        let capabilities = json!({ "general": { "positionEncodings": offered } });
        let result = server.initialize(json!({ "capabilities": capabilities }));
        let diagnostics = server.open(URI, text);
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        assert_eq!(diagnostics[0]["range"]["start"]["line"], 2);
        // Edits are counted in the same unit: this takes the finding away and brings it back.
        let column = diagnostics[0]["range"]["start"]["character"].as_u64().unwrap() as u32;
        server.send(&did_change(URI, 2, json!([change([2, column, 2, column + 10], "")])));
        assert_eq!(server.diagnostics(URI, Some(2)), Vec::<Value>::new());
        server.send(&did_change(URI, 3, json!([change([2, column, 2, column], "debug=True")])));
        assert_eq!(server.diagnostics(URI, Some(3)), diagnostics);
        (result["capabilities"]["positionEncoding"].as_str().unwrap().to_owned(), column as usize)
    };
    let utf16 = ("utf-16".to_owned(), before.encode_utf16().count());
    assert_eq!(agree(json!(["utf-16"])), utf16);
    assert_eq!(agree(json!(["utf-16", "utf-32", "utf-8"])), ("utf-8".to_owned(), before.len()));
    assert_eq!(agree(json!(["utf-32", "utf-16"])), ("utf-32".to_owned(), before.chars().count()));
    assert_eq!(agree(json!(["utf-7"])), utf16);
    assert_eq!(agree(Value::Null), utf16);
}

#[test]
fn lines_end_in_three_ways() {
    let mut server = Server::ready(capabilities());
    for (number, end) in ["\n", "\r\n", "\r"].into_iter().enumerate() {
        let uri = format!("file:///undebug-test/lines{number}.py");
        let diagnostics = server.open(&uri, &APP.replace('\n', end));
        assert_eq!(diagnostics.len(), 1, "{end:?}");
        assert_eq!(diagnostics[0]["range"], span([4, 8, 4, 18]), "{end:?}");
        // An edit on a line behind them meets the same place.
        server.send(&did_change(&uri, 2, json!([change([4, 8, 4, 18], "")])));
        assert_eq!(server.diagnostics(&uri, Some(2)), Vec::<Value>::new(), "{end:?}");
    }
}

#[test]
fn a_burst_ends_like_its_final_text() {
    let mut server = Server::ready(capabilities());
    server.open(URI, APP);
    // Types comments with wide characters in front of the program, one character at a time, in one write.
    let typed = "# 😀 typed é by hand 日本\n".repeat(14);
    let mut burst = Vec::new();
    let (mut row, mut column) = (0, 0);
    let mut version = 1;
    for character in typed.chars().take(300) {
        version += 1;
        let change = change([row, column, row, column], &character.to_string());
        burst.extend(frame(&did_change(URI, version, json!([change]))));
        column += character.len_utf16() as u32;
        if character == '\n' {
            (row, column) = (row + 1, 0);
        }
    }
    assert_eq!(version, 300 + 1);
    server.write(&burst);
    let last = server.diagnostics(URI, Some(version));
    let text: String = typed.chars().take(300).chain(APP.chars()).collect();
    let fresh = server.open("file:///undebug-test/fresh.py", &text);
    assert_eq!(last.len(), 1);
    assert_eq!(last[0]["range"], fresh[0]["range"]);
    assert_eq!(underlined(&text, &last[0]), "debug=True");
    let versions: Vec<i64> = server
        .passed
        .iter()
        .filter(|message| message["params"]["uri"] == URI)
        .filter_map(|message| message["params"]["version"].as_i64())
        .collect();
    assert!(versions.is_sorted(), "{versions:?}");
}

#[test]
fn ten_changes_in_one_message_apply_in_order() {
    let mut server = Server::ready(capabilities());
    server.open(URI, "");
    let mut changes: Vec<Value> =
        APP.lines().zip(0..).map(|(line, row)| change([row, 0, row, 0], &format!("{line}\n"))).collect();
    changes.push(change([4, 8, 4, 18], "debug=False"));
    changes.push(change([4, 14, 4, 19], "Tru"));
    changes.push(change([4, 17, 4, 17], "e"));
    changes.push(change([0, 0, 0, 0], "# 😀\r\n"));
    changes.push(change([0, 2, 0, 4], "x"));
    assert_eq!(changes.len(), 10);
    server.send(&did_change(URI, 2, json!(changes)));
    let diagnostics = server.diagnostics(URI, Some(2));
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0]["range"], span([5, 8, 5, 18]));
}

#[test]
fn a_change_without_a_range_replaces_the_text() {
    let mut server = Server::ready(capabilities());
    server.open(URI, "x = 1\n");
    server.send(&did_change(URI, 2, json!([{ "text": APP }])));
    assert_eq!(server.diagnostics(URI, Some(2)).len(), 1);
}

#[test]
fn versions_that_go_back_are_refused() {
    let mut server = Server::ready(capabilities());
    server.open(URI, APP);
    server.send(&did_change(URI, 5, json!([change([0, 0, 0, 0], "\n")])));
    assert_eq!(server.diagnostics(URI, Some(5))[0]["range"], span([5, 8, 5, 18]));
    server.send(&did_change(URI, 4, json!([{ "text": "" }])));
    server.send(&did_change(URI, 5, json!([{ "text": "" }])));
    server.send(&did_change(URI, 6, json!([change([0, 0, 0, 0], "\n")])));
    assert_eq!(server.diagnostics(URI, Some(6))[0]["range"], span([6, 8, 6, 18]));
}

#[test]
fn positions_out_of_the_text_are_drawn_in() {
    let mut server = Server::ready(capabilities());
    server.open(URI, APP);
    let max = u32::MAX;
    let cases = [
        ([99, 0, 99, 9], "", [4, 8, 4, 18]),
        ([0, 999, 0, 9999], "", [4, 8, 4, 18]),
        ([max, max, max, max], "", [4, 8, 4, 18]),
        // The wrong way round: `debug` becomes `debu` and back.
        ([4, 13, 4, 12], "g", [4, 8, 4, 18]),
        // Behind the end of line 0 is its end, before the line's terminator.
        ([0, 999, 0, 999], "\n", [5, 8, 5, 18]),
    ];
    for ((range, text, expected), version) in cases.into_iter().zip(2..) {
        server.send(&did_change(URI, version, json!([change(range, text)])));
        let diagnostics = server.diagnostics(URI, Some(version));
        assert_eq!(diagnostics.len(), 1, "{range:?}");
        assert_eq!(diagnostics[0]["range"], span(expected), "{range:?}");
    }
}

#[test]
fn half_a_surrogate_pair_is_no_place() {
    let mut server = Server::ready(capabilities());
    let text = format!("# 😀\n{APP}");
    server.open(URI, &text);
    // A range that begins in the middle of the pair begins before it.
    server.send(&did_change(URI, 2, json!([change([0, 3, 0, 4], "x")])));
    assert_eq!(server.diagnostics(URI, Some(2))[0]["range"], span([5, 8, 5, 18]));
    server.send(&did_change(URI, 3, json!([change([0, 3, 0, 3], "\n")])));
    assert_eq!(server.diagnostics(URI, Some(3))[0]["range"], span([6, 8, 6, 18]));
}

#[test]
fn changes_of_documents_that_are_not_open_do_nothing() {
    let mut server = Server::ready(capabilities());
    server.send(&did_change(URI, 2, json!([{ "text": APP }])));
    server.send(&notification("textDocument/didClose", json!({ "textDocument": { "uri": URI } })));
    server.send(&notification("textDocument/didSave", json!({ "textDocument": { "uri": URI } })));
    assert_eq!(server.open("file:///undebug-test/other.py", APP).len(), 1);
    assert!(server.passed.iter().all(|message| message["params"]["uri"] != URI), "{:?}", server.passed);
    assert_eq!(server.open(URI, APP).len(), 1);
}

#[test]
fn documents_that_are_no_files_and_paths_with_odd_letters() {
    let mut server = Server::ready(capabilities());
    for uri in [
        "untitled:Untitled-1",
        "vscode-notebook-cell:/x/app.ipynb#W0sZmlsZQ%3D%3D",
        "git:/x/app.py?%7B%22ref%22%3A%22~%22%7D",
        "file:///undebug-test/with%20space/100%25/app.py",
        "file:///undebug-test/%C3%BCn%C3%AF/%F0%9F%98%80.py",
        "file:///c%3A/Users/me/app.py",
        "file://server/share/app.py",
    ] {
        let diagnostics = server.open(uri, APP);
        assert_eq!(diagnostics.len(), 1, "{uri}");
        server.send(&did_change(uri, 2, json!([change([4, 8, 4, 18], "")])));
        assert_eq!(server.diagnostics(uri, Some(2)), Vec::<Value>::new(), "{uri}");
    }
}

#[test]
fn one_file_however_its_drive_is_spelled() {
    let mut server = Server::ready(capabilities());
    server.open("file:///c%3A/Users/me/app.py", APP);
    let uri = "file:///C:/Users/me/app.py";
    server.send(&did_change(uri, 2, json!([change([0, 0, 0, 0], "\n")])));
    let message = server.wait("version 2", |message| message["params"]["version"] == 2);
    assert_eq!(message["params"]["uri"], "file:///c%3A/Users/me/app.py", "the spelling of didOpen");
}

#[test]
fn the_same_diagnostics_are_not_published_twice() {
    let mut server = Server::ready(capabilities());
    server.open(URI, "x = 1\n");
    for version in 2..20 {
        server.send(&did_change(URI, version, json!([change([0, 0, 0, 0], "\n")])));
    }
    server.send(&did_change(URI, 20, json!([{ "text": APP }])));
    server.diagnostics(URI, Some(20));
    let published = server.passed.iter().filter(|message| message["params"]["uri"] == URI).count();
    assert_eq!(published, 0, "{:?}", server.passed);
}

#[test]
fn a_document_opened_twice_is_replaced() {
    let mut server = Server::ready(capabilities());
    assert_eq!(server.open(URI, APP).len(), 1);
    server.send(&did_open(URI, 7, "x = 1\n"));
    assert_eq!(server.diagnostics(URI, Some(7)), Vec::<Value>::new());
    server.send(&did_change(URI, 8, json!([{ "text": APP }])));
    assert_eq!(server.diagnostics(URI, Some(8)).len(), 1);
}

#[test]
fn text_that_is_broken_on_the_way_ends_right() {
    let mut server = Server::ready(capabilities());
    server.open(URI, APP);
    // Opens a triple quote over the program, types in it, and closes it.
    server.send(&did_change(URI, 2, json!([change([2, 0, 2, 0], "\"\"\"")])));
    server.send(&did_change(URI, 3, json!([change([2, 3, 2, 3], "x")])));
    server.send(&did_change(URI, 4, json!([change([2, 4, 2, 4], "\"\"\"; ")])));
    let diagnostics = server.diagnostics(URI, Some(4));
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0]["range"], span([4, 8, 4, 18]));
}
