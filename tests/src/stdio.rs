//! A small language client over the stdio of the built binary, and where that binary is.
//!
//! Not a general client: no progress, no dynamic registration; requests of the server are answered with `null`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long a reply may take before the test fails. Generous: the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The built binary: `UNDEBUG` if it is set, else what cargo builds beside these tests, built now so that it is fresh.
pub fn undebug() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(path) = std::env::var_os("UNDEBUG") {
            return PathBuf::from(path);
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned();
        let build =
            Command::new(env!("CARGO")).args(["build", "--quiet", "--package", "undebug"]).current_dir(&root).status();
        assert!(build.is_ok_and(|status| status.success()), "`cargo build --package undebug` failed");
        let tests = std::env::current_exe().expect("the path of this test");
        let built = tests.parent().and_then(Path::parent).expect("target/debug").join("undebug");
        built.with_extension(std::env::consts::EXE_EXTENSION)
    })
}

/// A running server and what it has said so far.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    next_id: i64,
    /// Every `publishDiagnostics` so far, in order.
    pub published: Vec<Value>,
    /// The server's answer to `initialize`.
    pub capabilities: Value,
}

impl Client {
    /// Starts `undebug server` for a folder and goes through the handshake, offering one position encoding.
    pub fn start(folder: &Path, encoding: &str) -> Client {
        let mut child = Command::new(undebug())
            .arg("server")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the built binary");
        let input = child.stdin.take();
        let stdout = child.stdout.take().expect("piped");
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            while let Some(message) = read_message(&mut reader) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut client = Client { child, input, output, next_id: 0, published: Vec::new(), capabilities: Value::Null };
        let uri = uri(folder);
        client.capabilities = client.request(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": "case"}],
                "capabilities": {
                    "general": {"positionEncodings": [encoding]},
                    "textDocument": {
                        "publishDiagnostics": {"relatedInformation": true, "versionSupport": true},
                        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source.fixAll"]}}},
                    },
                },
            }),
        );
        client.notify("initialized", json!({}));
        client
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request and waits for its result; an error is returned as `{"error": ...}`.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = self.next(deadline).unwrap_or_else(|| panic!("no reply to `{method}` within {PATIENCE:?}"));
            if message["id"] == id && message.get("method").is_none() {
                return message.get("result").cloned().unwrap_or_else(|| json!({"error": message["error"]}));
            }
        }
    }

    /// Opens a document.
    pub fn open(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// The last published diagnostics of a document; empty when there were none.
    pub fn diagnostics(&self, uri: &str) -> Vec<Value> {
        let last = self.published.iter().rev().find(|params| params["uri"] == uri);
        last.and_then(|params| params["diagnostics"].as_array().cloned()).unwrap_or_default()
    }

    /// Waits until what was published satisfies `done`; false when it does not in time.
    pub fn wait_until(&mut self, done: impl Fn(&Client) -> bool) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while !done(self) {
            if self.next(deadline).is_none() {
                return false;
            }
        }
        true
    }

    /// Takes in what arrives during this time.
    pub fn listen(&mut self, time: Duration) {
        let deadline = Instant::now() + time;
        while self.next(deadline).is_some() {}
    }

    /// Ends the session the polite way; true when the server then ended with status 0.
    pub fn end(mut self) -> bool {
        let _ = self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.input = None;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let input = self.input.as_mut().expect("the session is not over");
        let sent = write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).and_then(|()| input.flush());
        sent.expect("the server reads");
    }

    /// The next message, after taking note of diagnostics and answering requests; `None` at the deadline or the end.
    fn next(&mut self, deadline: Instant) -> Option<Value> {
        let left = deadline.checked_duration_since(Instant::now())?;
        let message = match self.output.recv_timeout(left) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        };
        if message["method"] == "textDocument/publishDiagnostics" {
            self.published.push(message["params"].clone());
        } else if message.get("method").is_some() && message.get("id").is_some() {
            let result = match message["params"]["items"].as_array() {
                Some(items) => Value::Array(vec![Value::Null; items.len()]),
                None => Value::Null,
            };
            self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": result}));
        }
        Some(message)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The `file:` address of a path.
pub fn uri(path: &Path) -> String {
    let mut uri = String::from("file://");
    for byte in path.to_string_lossy().replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(byte as char),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

fn read_message(reader: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            header => length = header.strip_prefix("Content-Length: ").and_then(|value| value.parse().ok()).or(length),
        }
    }
    let mut body = vec![0; length?];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
