//! The language server: editor messages to engine calls and back.
//!
//! The street, in order: `guard` reads stdin and lets only well-formed frames through, `front` counts them and holds
//! the gate behind `initialize`, `backend` turns each message into one event, `main_loop` owns the engine and answers,
//! `outbox` carries what it has to say to the client. It names no rule, sees no syntax tree and parses no arguments.

mod actions;
mod backend;
mod client;
mod convert;
mod event;
mod files;
mod flow;
mod folder;
mod frame;
mod front;
mod guard;
mod hints;
mod hover;
mod main_loop;
mod outbox;
mod parent;
mod refactor;
mod requests;
mod scan;
mod session;
mod settings;
mod uri;

use std::process::ExitCode;
use std::sync::{Arc, mpsc};

pub(crate) use tower_lsp::{Client, jsonrpc, lsp_types};
use tower_lsp::{LspService, Server};

use crate::backend::Backend;
use crate::flow::Flow;
use crate::front::{Front, Stdout};
use crate::outbox::Outbox;

/// How many messages may be under way at once. Handlers only wait for the main loop, so this costs nothing, and a
/// cancel is never stuck behind the requests that it cancels.
const CONCURRENCY: usize = 1024;

/// How many bytes may lie between the guard and the protocol before the guard stops reading stdin.
const PIPE: usize = 1 << 20;

/// Serves one client on stdin and stdout. It does not return while the client is there: the process ends on `exit`,
/// at the end of the input, when the output breaks and when the client's process is gone. Logs go to `tracing`.
pub fn serve() -> ExitCode {
    log_panics();
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        tracing::error!("no runtime");
        return ExitCode::FAILURE;
    };
    let flow = Arc::new(Flow::default());
    let (events, queue) = mpsc::channel();
    let (pipe, input) = tokio::io::duplex(PIPE);
    let outbox = Arc::new(Outbox::new(flow.clone()));

    if let Err(error) = main_loop::spawn(queue, events.clone(), outbox.clone(), flow.clone()) {
        tracing::error!(%error, "no main loop");
        return ExitCode::FAILURE;
    }
    if let Err(error) = guard::spawn(runtime.handle().clone(), pipe, flow.clone()) {
        tracing::error!(%error, "no input");
        return ExitCode::FAILURE;
    }
    runtime.block_on(async {
        let (service, socket) = LspService::build(|client| {
            tokio::spawn(outbox::deliver(outbox.clone(), client.clone(), events.clone(), flow.clone()));
            Backend::new(events.clone(), flow.clone())
        })
        .custom_method("window/workDoneProgress/cancel", Backend::cancel_progress)
        .finish();
        let server = Server::new(input, Stdout::new(flow.clone()), socket).concurrency_level(CONCURRENCY);
        server.serve(Front::new(service, flow.clone())).await;
    });
    flow.leave()
}

/// A panic's message may quote the text that it stumbled over, and texts stay out of the logs: only its place is told.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
