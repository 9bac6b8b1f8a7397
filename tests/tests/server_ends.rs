//! The server as a process: what it survives, and how it ends.
//!
//! Each case that is survived ends with a correct diagnostic.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use undebug_tests::lsp::{
    APP, PATIENCE, Server, binary, capabilities, change, did_change, did_open, frame, notification,
};

const URI: &str = "file:///undebug-test/app.py";

/// The server still finds what is there.
fn assert_alive(server: &mut Server) {
    assert_eq!(server.open("file:///undebug-test/alive.py", APP).len(), 1);
}

/// Waits for an error answer to a message that had no number.
fn wait_for_error(server: &mut Server, code: i64) {
    server.wait(&format!("error {code}"), |message| message["id"].is_null() && message["error"]["code"] == code);
}

#[test]
fn bodies_that_are_no_messages_are_answered_and_skipped() {
    let mut server = Server::ready(capabilities());
    let bodies: [(&[u8], i64); 8] = [
        (b"{", -32700),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"textDocument/hover\"", -32700),
        (b"\xff\xfe{}", -32700),
        (b"{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":[\"\\ud83d\"]}", -32700),
        (b"{}", -32600),
        (b"[]", -32600),
        (b"7", -32600),
        (b"{\"jsonrpc\":\"1.0\",\"method\":\"initialized\"}", -32600),
    ];
    for (body, code) in bodies {
        server.write(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        server.write(body);
        wait_for_error(&mut server, code);
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = format!(r#"{{"jsonrpc":"2.0","method":"x","params":{deep}}}"#);
    server.write(format!("Content-Length: {}\r\n\r\n{deep}", deep.len()).as_bytes());
    wait_for_error(&mut server, -32700);
    assert_alive(&mut server);
}

#[test]
fn headers_that_are_wrong_are_answered_and_skipped() {
    for header in [
        "Content-Length: x",
        "Content-Length: -1",
        "Content-Length: 99999999999999999999999999",
        "Content-Length: 99999999999",
        "Content-Length:",
        "Length: 2",
        "nonsense",
    ] {
        let mut server = Server::ready(capabilities());
        server.write(format!("{header}\r\n\r\n{{}}").as_bytes());
        // What follows directly behind the garbage is read.
        server.send(&did_open(URI, 1, APP));
        assert_eq!(server.diagnostics(URI, Some(1)).len(), 1, "{header}");
        if !server.passed.iter().any(|message| message["error"]["code"] == -32700) {
            wait_for_error(&mut server, -32700);
        }
    }
}

#[test]
fn headers_in_any_case_and_of_any_content_type() {
    let mut server = Server::ready(capabilities());
    let body = did_open(URI, 1, APP).to_string();
    server.write(format!("content-length:{}\r\n\r\n{body}", body.len()).as_bytes());
    assert_eq!(server.diagnostics(URI, Some(1)).len(), 1);
    for (content_type, version) in
        ["application/vscode-jsonrpc", "application/vscode-jsonrpc; charset=utf8", "text/plain; charset=latin-1", ";"]
            .into_iter()
            .zip(2..)
    {
        let body = did_change(URI, version, json!([change([0, 0, 0, 0], "\n")])).to_string();
        let headers = format!("Content-Type: {content_type}\r\nX-Other: 1\r\nCONTENT-LENGTH: {}\r\n\r\n", body.len());
        server.write(format!("{headers}{body}").as_bytes());
        assert_eq!(server.diagnostics(URI, Some(version)).len(), 1, "{content_type}");
    }
}

#[test]
fn a_length_that_swallows_the_next_message_gives_it_back() {
    let mut server = Server::ready(capabilities());
    let next = frame(&did_open(URI, 1, APP));
    let mut bytes = format!("Content-Length: {}\r\n\r\n{{}}", next.len()).into_bytes();
    bytes.extend(&next);
    bytes.extend(b"  ");
    server.write(&bytes);
    assert_eq!(server.diagnostics(URI, Some(1)).len(), 1);
}

#[test]
fn a_message_in_small_pieces() {
    let mut server = Server::ready(capabilities());
    for piece in frame(&did_open(URI, 1, APP)).chunks(3) {
        server.write(piece);
    }
    assert_eq!(server.diagnostics(URI, Some(1)).len(), 1);
}

#[test]
fn half_a_message_then_silence_then_the_rest() {
    let mut server = Server::ready(capabilities());
    let message = frame(&did_open(URI, 1, APP));
    let (first, second) = message.split_at(message.len() / 2);
    server.write(first);
    assert!(server.rest(Duration::from_millis(300)).is_empty());
    server.write(second);
    assert_eq!(server.diagnostics(URI, Some(1)).len(), 1);
}

#[test]
fn a_body_that_is_too_large_is_skipped() {
    let mut server = Server::ready(capabilities());
    let length = (64 << 20) + 1;
    server.write(format!("Content-Length: {length}\r\n\r\n").as_bytes());
    server.write(&vec![b' '; length]);
    assert_alive(&mut server);
}

#[test]
fn unknown_methods() {
    let mut server = Server::ready(capabilities());
    assert_eq!(server.request("undebug/nothing", json!({})).unwrap_err()["code"], -32601);
    server.notify("undebug/nothing", json!({}));
    server.notify("$/setTrace", json!({ "value": "off" }));
    assert_eq!(server.request("textDocument/hover", json!({ "textDocument": 7 })).unwrap_err()["code"], -32602);
    server.notify("textDocument/didOpen", json!([]));
    server.notify("textDocument/didOpen", json!({ "textDocument": { "uri": "no uri" } }));
    // Answers that nobody asked for.
    server.send(&json!({ "jsonrpc": "2.0", "id": 12345, "result": null }));
    server.send(&json!({ "jsonrpc": "2.0", "id": null, "error": { "code": 1, "message": "x" } }));
    assert_alive(&mut server);
}

#[test]
fn cancelled_requests() {
    let mut server = Server::ready(capabilities());
    server.open(URI, APP);
    let place = json!({ "textDocument": { "uri": URI }, "position": { "line": 4, "character": 10 } });
    for _ in 0..50 {
        let id = server.send_request("textDocument/hover", place.clone());
        server.notify("$/cancelRequest", json!({ "id": id }));
        match server.answer(&json!(id)) {
            Ok(hover) => assert_eq!(hover["contents"]["kind"], "markdown"),
            Err(error) => assert_eq!(error["code"], -32800),
        }
    }
    assert_alive(&mut server);
}

#[test]
fn requests_before_initialize_and_after_shutdown() {
    let mut server = Server::start();
    assert_eq!(server.request("textDocument/hover", json!({})).unwrap_err()["code"], -32002);
    server.initialize(json!({ "capabilities": {} }));
    assert_alive(&mut server);
    assert_eq!(server.request("initialize", json!({ "capabilities": {} })).unwrap_err()["code"], -32600);
    assert_eq!(server.request("shutdown", Value::Null), Ok(Value::Null));
    assert_eq!(server.request("textDocument/hover", json!({})).unwrap_err()["code"], -32600);
    server.notify("exit", Value::Null);
    assert_eq!(server.end(PATIENCE).unwrap().code(), Some(0));
}

#[test]
fn an_initialize_that_cannot_be_read_is_an_error_and_the_next_one_works() {
    let mut server = Server::start();
    assert_eq!(server.request("initialize", json!({ "capabilities": 7 })).unwrap_err()["code"], -32602);
    server.initialize(json!({ "capabilities": {} }));
    assert_alive(&mut server);
}

#[test]
fn exit_ends_the_server_while_stdin_stays_open() {
    let mut server = Server::ready(capabilities());
    let start = Instant::now();
    assert_eq!(server.shut_down(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());

    let mut server = Server::ready(capabilities());
    server.notify("exit", Value::Null);
    assert_eq!(server.end(PATIENCE).unwrap().code(), Some(1), "nobody asked for the shutdown");
}

#[test]
fn the_end_of_the_input_ends_the_server() {
    let mut server = Server::ready(capabilities());
    server.open(URI, APP);
    server.close_input();
    assert_eq!(server.end(Duration::from_secs(2)).expect("the server ends").code(), Some(1));

    let mut server = Server::ready(capabilities());
    assert_eq!(server.request("shutdown", Value::Null), Ok(Value::Null));
    server.close_input();
    assert_eq!(server.end(Duration::from_secs(2)).expect("the server ends").code(), Some(0));

    let mut server = Server::start();
    server.write(b"Content-Length: 500\r\n\r\n{\"half a message");
    server.close_input();
    assert_eq!(server.end(Duration::from_secs(2)).expect("the server ends").code(), Some(1));
}

#[test]
fn a_session_in_one_write_is_answered_in_full() {
    for _ in 0..5 {
        let mut server = Server::start();
        let request = |id: i64, method: &str, params: Value| {
            frame(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
        };
        let place = json!({ "textDocument": { "uri": URI }, "position": { "line": 5, "character": 10 } });
        let mut script = request(1, "initialize", json!({ "capabilities": {} }));
        script.extend(frame(&notification("initialized", json!({}))));
        script.extend(frame(&did_open(URI, 1, APP)));
        script.extend(frame(&did_change(URI, 2, json!([change([0, 0, 0, 0], "\n")]))));
        script.extend(request(2, "textDocument/hover", place));
        script.extend(request(3, "shutdown", Value::Null));
        script.extend(frame(&notification("exit", Value::Null)));
        server.write(&script);
        server.close_input();
        assert_eq!(server.end(PATIENCE).unwrap().code(), Some(0));
        let messages = server.rest(Duration::from_secs(1));
        let answer = |id: i64| messages.iter().find(|message| message["id"] == id).expect("every request is answered");
        assert_eq!(answer(1)["result"]["serverInfo"]["name"], "undebug");
        assert!(answer(2)["result"]["contents"].is_object(), "{messages:?}");
        assert!(answer(3).get("error").is_none());
        let last = messages.iter().rfind(|message| message["method"] == "textDocument/publishDiagnostics").unwrap();
        assert_eq!(last["params"]["version"], 2);
        assert_eq!(last["params"]["diagnostics"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_script_without_exit_gets_its_diagnostics() {
    let mut child = Command::new(binary()).arg("server").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut script =
        frame(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }));
    script.extend(frame(&did_open(URI, 1, APP)));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&script).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("app-run-debug"), "{output:?}");
}

#[test]
fn a_client_that_closes_its_end_for_reading() {
    let mut server = Server::ready(capabilities());
    // The test's reader ends, and with it the pipe, at the first message: the second one breaks it.
    server.stop_reading();
    let start = Instant::now();
    for version in 1.. {
        server.send(&did_open(&format!("file:///undebug-test/{version}.py"), version, APP));
        if server.end(Duration::from_millis(20)).is_some() {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "the server lives on without a reader");
    }
}

#[test]
fn a_client_that_never_reads_is_served_until_it_leaves() {
    let mut child = Command::new(binary()).arg("server").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } });
    stdin.write_all(&frame(&initialize)).unwrap();
    stdin.write_all(&frame(&did_open(URI, 1, APP))).unwrap();
    // Many times more diagnostics than a pipe holds; none of these writes may block for good.
    for version in 2..3000 {
        stdin.write_all(&frame(&did_change(URI, version, json!([change([0, 0, 0, 0], "\n")])))).unwrap();
    }
    stdin.write_all(&frame(&notification("exit", Value::Null))).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "the server does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stdin);
}

#[cfg(unix)]
mod unix {
    use super::*;

    fn kill(signal: &str, pid: u32) {
        let status = Command::new("kill").args([signal, &pid.to_string()]).status().unwrap();
        assert!(status.success());
    }

    #[test]
    fn sigterm_ends_the_server() {
        let mut server = Server::ready(capabilities());
        server.open(URI, APP);
        kill("-TERM", server.pid());
        assert!(server.end(Duration::from_secs(1)).is_some());
    }

    #[test]
    fn a_killed_client_takes_the_server_with_it() {
        // The client of this server is a process of its own; the pipes are held open by this test.
        let mut client = Command::new("sleep").arg("1000").spawn().unwrap();
        let mut server = Server::start();
        server.initialize(json!({ "processId": client.id(), "capabilities": {} }));
        server.open(URI, APP);
        assert!(server.end(Duration::from_millis(700)).is_none(), "the client is there");
        client.kill().unwrap();
        let killed = Instant::now();
        // Nobody has noticed its end yet: it is a zombie now.
        assert!(server.end(PATIENCE).is_some());
        assert!(killed.elapsed() < Duration::from_millis(1500), "{:?}", killed.elapsed());
        client.wait().unwrap();
    }

    #[test]
    fn a_client_that_cannot_be_seen_is_not_missed() {
        let mut server = Server::start();
        server.initialize(json!({ "processId": 0x3fff_ffff, "capabilities": {} }));
        assert!(server.end(Duration::from_millis(900)).is_none());
        assert_alive(&mut server);
    }
}
