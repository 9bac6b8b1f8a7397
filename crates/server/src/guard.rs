//! The guard before the protocol: reads stdin on a thread of its own and lets through only what the protocol library
//! survives, in the form that it expects.
//!
//! It answers nothing itself (two writers would mix their bytes): garbage becomes a message of its own that `front`
//! answers. It knows of methods only `initialize`, `shutdown` and `exit`.

use std::io;
use std::str::FromStr;
use std::sync::Arc;
use std::thread;

use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::runtime::Handle;

use crate::flow::Flow;
use crate::frame::{Frames, Item};
use crate::front::{INVALID, MALFORMED};
use crate::jsonrpc::{Request, Response};
use crate::parent;

/// What a body is.
enum Body {
    Request(Request),
    Response,
    /// Valid JSON that is no message.
    Invalid,
    /// No JSON.
    Malformed,
    /// Nothing at all.
    Empty,
}

/// Starts reading stdin into the pipe.
pub fn spawn(runtime: Handle, pipe: DuplexStream, flow: Arc<Flow>) -> io::Result<()> {
    let guard = Guard { runtime, pipe, flow };
    thread::Builder::new().name("guard".to_owned()).spawn(move || guard.run()).map(drop)
}

struct Guard {
    runtime: Handle,
    pipe: DuplexStream,
    flow: Arc<Flow>,
}

impl Guard {
    fn run(mut self) -> ! {
        let mut frames = Frames::new(io::stdin().lock());
        loop {
            match frames.next() {
                Ok(Item::Body(body)) => {
                    if !self.pass(&body) {
                        frames.distrust(&body);
                    }
                }
                Ok(Item::Garbage) => self.complain(MALFORMED),
                Ok(Item::End) => {
                    tracing::info!("the input ended");
                    self.flow.leave()
                }
                Err(error) => {
                    tracing::warn!(%error, "the input broke");
                    self.flow.leave()
                }
            }
        }
    }

    /// Hands a body on; false when it is no message.
    fn pass(&mut self, body: &[u8]) -> bool {
        match classify(body) {
            Body::Request(request) => {
                self.pass_request(&request, body);
                true
            }
            Body::Response => {
                self.write(body);
                true
            }
            Body::Empty => true,
            Body::Invalid => {
                self.complain(INVALID);
                true
            }
            Body::Malformed => {
                self.complain(MALFORMED);
                false
            }
        }
    }

    fn pass_request(&mut self, request: &Request, body: &[u8]) {
        match request.method() {
            // The library would drop all diagnostics under way, so this one stays here.
            "exit" => self.flow.leave(),
            "shutdown" => {
                self.flow.shut_down();
                self.forward(body);
            }
            "initialize" => {
                let process = request.params().and_then(|params| params.get("processId")?.as_i64());
                if let Some(pid) = process.and_then(|pid| i32::try_from(pid).ok()) {
                    parent::watch(pid, self.flow.clone());
                }
                self.forward(body);
                self.flow.wait_at_gate();
            }
            _ => self.forward(body),
        }
    }

    fn complain(&mut self, method: &'static str) {
        tracing::warn!(method, "the input holds no message here");
        let body = format!(r#"{{"jsonrpc":"2.0","method":"{method}","id":null}}"#);
        self.forward(body.as_bytes());
    }

    /// Writes a request or notification; `front` ends the work that begins here.
    fn forward(&mut self, body: &[u8]) {
        self.flow.begin();
        self.write(body);
    }

    fn write(&mut self, body: &[u8]) {
        let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        frame.extend(body);
        if self.runtime.block_on(self.pipe.write_all(&frame)).is_err() {
            self.flow.leave();
        }
    }
}

/// Reads a body exactly as the protocol library will: what it cannot read makes it deaf for good.
fn classify(body: &[u8]) -> Body {
    let Ok(text) = std::str::from_utf8(body) else { return Body::Malformed };
    if text.is_empty() {
        return Body::Empty;
    }
    match Request::from_str(text) {
        Ok(request) if !request.method().is_empty() => return Body::Request(request),
        Ok(_) => {}
        Err(error) if error.is_data() => {}
        Err(_) => return Body::Malformed,
    }
    if serde_json::from_str::<Response>(text).is_ok() {
        return Body::Response;
    }
    Body::Invalid
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> &'static str {
        match classify(text.as_bytes()) {
            Body::Request(_) => "request",
            Body::Response => "response",
            Body::Invalid => "invalid",
            Body::Malformed => "malformed",
            Body::Empty => "empty",
        }
    }

    #[test]
    fn bodies() {
        assert_eq!(kind(r#"{"jsonrpc":"2.0","id":1,"method":"x"}"#), "request");
        assert_eq!(kind(r#"{"jsonrpc":"2.0","method":"x","params":[]}"#), "request");
        assert_eq!(kind(r#"{"jsonrpc":"2.0","id":1,"result":null}"#), "response");
        assert_eq!(kind(r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}"#), "response");
        for text in ["{}", "[]", "1", r#"{"method":"x"}"#, r#"{"jsonrpc":"1.0","method":"x"}"#, r#"{"jsonrpc":"2.0"}"#] {
            assert_eq!(kind(text), "invalid", "{text}");
        }
        assert_eq!(kind(r#"[{"jsonrpc":"2.0","method":"x"}]"#), "invalid");
        assert_eq!(kind(r#"{"jsonrpc":"2.0","method":"x","method":"y"}"#), "invalid");
        assert_eq!(kind(r#"{"jsonrpc":"2.0","method":"x","id":1.5}"#), "invalid");
        for text in ["{", "{]", "\u{feff}{}", r#"{"jsonrpc":"2.0","method":"x","params":["\ud83d"]}"#] {
            assert_eq!(kind(text), "malformed", "{text}");
        }
        let deep = format!(r#"{{"jsonrpc":"2.0","method":"x","params":{}{}}}"#, "[".repeat(500), "]".repeat(500));
        assert_eq!(kind(&deep), "malformed");
        assert_eq!(kind(""), "empty");
        assert!(matches!(classify(b"\"\xff\""), Body::Malformed));
    }
}
