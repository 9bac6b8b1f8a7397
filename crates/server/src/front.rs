//! What stands around the protocol library: a service before it that counts messages, opens the gate behind
//! `initialize` and answers for garbage, and an output behind it that ends the process when nobody can read.
//!
//! It handles no method of the protocol.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;
use tower_service::Service;

use crate::flow::Flow;
use crate::jsonrpc::{Error, Id, Request, Response};

/// The method by which the guard says that a body was no JSON. A slash at its end keeps it apart from real ones.
pub const MALFORMED: &str = "undebug/malformed/";

/// The method by which the guard says that a body was JSON but no message.
pub const INVALID: &str = "undebug/invalid/";

/// The service before the protocol library.
pub struct Front<S> {
    inner: S,
    flow: Arc<Flow>,
}

impl<S> Front<S> {
    /// Stands before this service.
    pub fn new(inner: S, flow: Arc<Flow>) -> Front<S> {
        Front { inner, flow }
    }
}

impl<S> Service<Request> for Front<S>
where
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Option<Response>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Option<Response>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let ticket = self.flow.ticket();
        let garbage = match request.method() {
            MALFORMED => Some(Error::parse_error()),
            INVALID => Some(Error::invalid_request()),
            _ => None,
        };
        if let Some(error) = garbage {
            return Box::pin(async move {
                drop(ticket);
                Ok(Some(Response::from_error(Id::Null, error)))
            });
        }
        let is_initialize = request.method() == "initialize";
        let answer = self.inner.call(request);
        let flow = self.flow.clone();
        Box::pin(async move {
            let answer = answer.await;
            if is_initialize {
                flow.open_gate();
            }
            drop(ticket);
            answer
        })
    }
}

/// Standard output, where an error is the end of the server.
pub struct Stdout {
    inner: tokio::io::Stdout,
    flow: Arc<Flow>,
}

impl Stdout {
    /// Standard output.
    pub fn new(flow: Arc<Flow>) -> Stdout {
        Stdout { inner: tokio::io::stdout(), flow }
    }

    fn judge<T>(&self, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if let Poll::Ready(Err(error)) = &result {
            tracing::info!(%error, "the output broke");
            self.flow.abandon();
        }
        result
    }
}

impl AsyncWrite for Stdout {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(context, bytes);
        if let Poll::Ready(Ok(written)) = &result {
            self.flow.wrote(*written);
        }
        self.judge(result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(context);
        self.judge(result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_shutdown(context);
        self.judge(result)
    }
}
