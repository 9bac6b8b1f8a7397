//! A small language client on the built server's stdin and stdout, for protocol tests.
//!
//! It is strict about what the server writes (frames and nothing else) and can write anything itself. It does not
//! apply edits to files, and knows no editor's habits.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Long enough for a loaded machine; a test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A program with debug mode on, in its last line.
pub const APP: &str = "from flask import Flask\n\napp = Flask(__name__)\n\napp.run(debug=True)\n";

/// The built binary: `UNDEBUG_BIN`, else the one beside the test.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("UNDEBUG_BIN") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("a test has a path");
    let folder = test.ancestors().nth(2).expect("tests lie in deps/");
    folder.join(format!("undebug{}", std::env::consts::EXE_SUFFIX))
}

/// A message in its frame.
pub fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A notification.
pub fn notification(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

/// The URI of a path that needs no escapes.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// A `didOpen` of a Python document.
pub fn did_open(uri: &str, version: i32, text: &str) -> Value {
    let document = json!({ "uri": uri, "languageId": "python", "version": version, "text": text });
    notification("textDocument/didOpen", json!({ "textDocument": document }))
}

/// A `didChange` with these content changes.
pub fn did_change(uri: &str, version: i32, changes: Value) -> Value {
    let document = json!({ "uri": uri, "version": version });
    notification("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }))
}

/// A content change: the range from line and column to line and column becomes the text.
pub fn change(range: [u32; 4], text: &str) -> Value {
    json!({ "range": span(range), "text": text })
}

/// A range of the protocol.
pub fn span([line, column, end_line, end_column]: [u32; 4]) -> Value {
    json!({
        "start": { "line": line, "character": column },
        "end": { "line": end_line, "character": end_column },
    })
}

/// What a modern client can do.
pub fn capabilities() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "textDocument": {
            "publishDiagnostics": { "relatedInformation": true, "versionSupport": true },
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "codeAction": { "isPreferredSupport": true },
        },
        "workspace": { "applyEdit": true, "workspaceEdit": { "documentChanges": true } },
    })
}

/// A running server and the client's end of it.
pub struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    incoming: Receiver<Value>,
    last_id: i64,
    stop: Arc<AtomicBool>,
    /// What the client answers when it is asked for its settings; `None` for a client that never answers.
    pub settings: Option<Value>,
    /// The server's requests so far.
    pub asked: Vec<Value>,
    /// The server's notifications that nobody waited for.
    pub passed: Vec<Value>,
}

impl Server {
    /// Starts the server.
    pub fn start() -> Server {
        Server::start_with(Command::new(binary()).arg("server"))
    }

    /// Starts a server by this command.
    pub fn start_with(command: &mut Command) -> Server {
        Server::logging(command, Stdio::null())
    }

    /// Starts a server by this command, with its log there.
    pub fn logging(command: &mut Command, log: Stdio) -> Server {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the server starts: build it with `cargo build -p undebug`");
        let stdout = child.stdout.take().expect("stdout is piped");
        let (sender, incoming) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            while let Some(message) = read_frame(&mut reader) {
                if sender.send(message).is_err() || stopped.load(Ordering::SeqCst) {
                    return;
                }
            }
        });
        let stdin = child.stdin.take();
        let settings = Some(Value::Null);
        Server { child, stdin, incoming, last_id: 0, stop, settings, asked: Vec::new(), passed: Vec::new() }
    }

    /// A server for a client with these capabilities, with `initialize` and `initialized` done.
    pub fn ready(capabilities: Value) -> Server {
        let mut server = Server::start();
        server.initialize(json!({ "capabilities": capabilities }));
        server
    }

    /// Does `initialize` with these parameters, then `initialized`; the result.
    pub fn initialize(&mut self, params: Value) -> Value {
        let result = self.request("initialize", params).expect("initialize succeeds");
        self.notify("initialized", json!({}));
        result
    }

    /// The server's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Writes bytes as they are. A server that is gone is not an error here.
    pub fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        let _ = stdin.write_all(bytes).and_then(|()| stdin.flush());
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) {
        self.write(&frame(message));
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&notification(method, params));
    }

    /// Sends a request and returns its number.
    pub fn send_request(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// Sends a request and waits for the answer: its result or its error.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.send_request(method, params);
        self.answer(&json!(id))
    }

    /// Waits for the answer to a request.
    pub fn answer(&mut self, id: &Value) -> Result<Value, Value> {
        let answer = self.wait("an answer", |message| message.get("method").is_none() && message["id"] == *id);
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// Waits for a message; others are kept in [`Server::passed`], the server's requests are answered.
    pub fn wait(&mut self, what: &str, mut is_it: impl FnMut(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = self.next(deadline).unwrap_or_else(|| panic!("{what} never came; so far {:?}", self.passed));
            if is_it(&message) {
                return message;
            }
            self.passed.push(message);
        }
    }

    /// The next message until the deadline.
    pub fn next(&mut self, deadline: Instant) -> Option<Value> {
        match self.incoming.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(message) => {
                self.reply(&message);
                Some(message)
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Waits for a publication for this document, of this version if one is named; its diagnostics.
    pub fn diagnostics(&mut self, uri: &str, version: Option<i32>) -> Vec<Value> {
        let message = self.wait(&format!("version {version:?} of {uri}"), |message| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && version.is_none_or(|version| params["version"] == version)
        });
        message["params"]["diagnostics"].as_array().expect("diagnostics are a list").clone()
    }

    /// Opens a document and waits for its diagnostics.
    pub fn open(&mut self, uri: &str, text: &str) -> Vec<Value> {
        self.send(&did_open(uri, 1, text));
        self.diagnostics(uri, Some(1))
    }

    /// Asks for the code actions of a range.
    pub fn actions(&mut self, uri: &str, range: [u32; 4], context: Value) -> Vec<Value> {
        let params = json!({ "textDocument": { "uri": uri }, "range": span(range), "context": context });
        let result = self.request("textDocument/codeAction", params).expect("code actions succeed");
        result.as_array().cloned().unwrap_or_default()
    }

    /// Whatever comes until nothing has come for this long.
    pub fn rest(&mut self, quiet: Duration) -> Vec<Value> {
        let mut messages = Vec::new();
        while let Some(message) = self.next(Instant::now() + quiet) {
            messages.push(message);
        }
        messages
    }

    /// Closes the reading end as soon as one more message has come.
    pub fn stop_reading(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Closes stdin.
    pub fn close_input(&mut self) {
        self.stdin = None;
    }

    /// Waits for the end of the process, at most so long.
    pub fn end(&mut self, within: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + within;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
        None
    }

    /// Ends by the protocol's way; the exit code.
    pub fn shut_down(&mut self) -> Option<i32> {
        self.request("shutdown", Value::Null).expect("shutdown succeeds");
        self.notify("exit", Value::Null);
        self.end(PATIENCE).and_then(|status| status.code())
    }

    fn reply(&mut self, message: &Value) {
        let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) else { return };
        self.asked.push(message.clone());
        let result = match method {
            "workspace/configuration" => {
                let Some(settings) = self.settings.clone() else { return };
                let items = message["params"]["items"].as_array().map_or(0, Vec::len);
                json!(vec![settings; items])
            }
            "workspace/applyEdit" => json!({ "applied": true }),
            _ => Value::Null,
        };
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a frame. Anything else on the server's stdout fails the test that waits for it: the reader stops here.
pub fn read_frame(reader: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.strip_suffix("\r\n")? {
            "" => break,
            header => length = Some(header.strip_prefix("Content-Length: ")?.parse::<usize>().ok()?),
        }
    }
    let mut body = vec![0; length?];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The text after the edits of one document, whose positions count utf-16 units.
pub fn apply(text: &str, edits: &[Value]) -> String {
    let mut edits: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            let at = |end: &str| offset(text, &edit["range"][end]);
            (at("start"), at("end"), edit["newText"].as_str().expect("an edit has a text"))
        })
        .collect();
    edits.sort_by_key(|edit| (edit.0, edit.1));
    let mut out = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        out.replace_range(start..end, new);
    }
    out
}

/// The byte of a position that counts utf-16 units, in a text whose lines end with `\n`.
pub fn offset(text: &str, position: &Value) -> usize {
    let number = |key: &str| position[key].as_u64().expect("a position holds numbers") as usize;
    let start: usize = text.split_inclusive('\n').take(number("line")).map(str::len).sum();
    let mut units = number("character");
    for (index, character) in text[start..].char_indices() {
        if units == 0 {
            return start + index;
        }
        units -= character.len_utf16().min(units);
    }
    text.len()
}

/// The text that a diagnostic underlines.
pub fn underlined(text: &str, diagnostic: &Value) -> String {
    let range = &diagnostic["range"];
    text[offset(text, &range["start"])..offset(text, &range["end"])].to_owned()
}
