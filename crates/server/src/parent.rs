//! Whether the client's process is still there.
//!
//! The end of stdin usually says it first; this is for a client whose pipes somebody else keeps open.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::flow::Flow;

/// How often to look: the server is gone within a second of its client.
const EVERY: Duration = Duration::from_millis(300);

/// Ends the server when the process is gone. A process that cannot be seen now (of another container, say) is not
/// watched.
pub fn watch(pid: i32, flow: Arc<Flow>) {
    if !is_alive(pid) {
        tracing::debug!(pid, "the client's process is not visible");
        return;
    }
    let watch = move || {
        while is_alive(pid) {
            thread::sleep(EVERY);
        }
        tracing::info!(pid, "the client's process is gone");
        flow.abandon()
    };
    if let Err(error) = thread::Builder::new().name("parent".to_owned()).spawn(watch) {
        tracing::warn!(%error, "the client's process is not watched");
    }
}

#[cfg(unix)]
fn is_alive(pid: i32) -> bool {
    let Some(process) = rustix::process::Pid::from_raw(pid) else { return false };
    match rustix::process::test_kill_process(process) {
        Ok(()) => !is_zombie(pid),
        Err(error) => error == rustix::io::Errno::PERM,
    }
}

/// Elsewhere the end of stdin must do.
#[cfg(not(unix))]
fn is_alive(_: i32) -> bool {
    false
}

/// A process that has ended and waits for its parent to notice. Where there is no /proc, it counts as alive.
#[cfg(unix)]
fn is_zombie(pid: i32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    stat.rsplit_once(')').is_some_and(|(_, rest)| matches!(rest.trim_start().chars().next(), Some('Z' | 'X')))
}
