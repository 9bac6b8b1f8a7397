//! The server as a process: what is shown behind the starts of servers.

use serde_json::{Value, json};
use undebug_tests::lsp::{Server, capabilities, change, did_change, span, uri};

/// The labels of a file's hints with their lines, and their tooltips.
fn hints(server: &mut Server, uri: &str, range: [u32; 4]) -> Vec<(u64, String, String)> {
    let params = json!({ "textDocument": { "uri": uri }, "range": span(range) });
    let result = server.request("textDocument/inlayHint", params).expect("inlay hints");
    let text = |hint: &Value, key: &str| hint[key].as_str().unwrap_or_default().to_owned();
    let hints = result.as_array().cloned().unwrap_or_default();
    hints
        .iter()
        .map(|hint| (hint["position"]["line"].as_u64().unwrap(), text(hint, "label"), text(hint, "tooltip")))
        .collect()
}

#[test]
fn each_start_says_what_debug_will_be() {
    let mut server = Server::ready(capabilities());
    let uri = "file:///undebug-test/app.py";
    for (run, label) in [
        ("app.run(debug=True)", "debug on"),
        ("app.run(debug=False)", "debug off"),
        ("app.run()", "debug off unless FLASK_DEBUG"),
        ("ünï = '😀'; app.run(debug=True)", "debug on"),
    ] {
        let text = format!("from flask import Flask\n\napp = Flask(__name__)\n\n{run}\n");
        server.send(&undebug_tests::lsp::did_open(uri, 1, &text));
        let hints = hints(&mut server, uri, [0, 0, 99, 0]);
        assert_eq!(hints.len(), 1, "{run}: {hints:?}");
        assert_eq!((hints[0].0, hints[0].1.as_str()), (4, label), "{run}");
    }
    assert!(hints(&mut server, uri, [0, 0, 2, 0]).is_empty(), "only the range that was asked for");
    assert!(hints(&mut server, "file:///undebug-test/other.py", [0, 0, 9, 0]).is_empty());
}

#[test]
fn the_origin_is_named_and_a_change_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (app, config) = (folder.path().join("app.py"), folder.path().join("config.py"));
    let text = "from flask import Flask\nimport config\n\napp = Flask(__name__)\napp.run(debug=config.ON)\n";
    std::fs::write(&app, text).unwrap();
    std::fs::write(&config, "\nON = True\n").unwrap();
    let mut capabilities = capabilities();
    capabilities["workspace"]["inlayHint"] = json!({ "refreshSupport": true });
    let mut server = Server::start();
    let folders = json!([{ "uri": uri(folder.path()), "name": "test" }]);
    server.initialize(json!({ "capabilities": capabilities, "workspaceFolders": folders }));
    server.send(&undebug_tests::lsp::did_open(&uri(&app), 1, text));
    server.open(&uri(&config), "\nON = True\n");
    let (line, label, tooltip) = hints(&mut server, &uri(&app), [0, 0, 9, 0]).remove(0);
    assert_eq!((line, label.as_str()), (4, "debug on: from config.py line 2"));
    assert!(tooltip.starts_with("config.py line 2: "), "{tooltip}");

    server.send(&did_change(&uri(&config), 2, json!([change([1, 5, 1, 9], "False")])));
    server.wait("a word that hints are out of date", |message| message["method"] == "workspace/inlayHint/refresh");
    assert_eq!(hints(&mut server, &uri(&app), [0, 0, 9, 0])[0].1, "debug off");
    let refreshes = server.asked.iter().filter(|asked| asked["method"] == "workspace/inlayHint/refresh").count();
    assert_eq!(refreshes, 1, "{:?}", server.asked);
}
