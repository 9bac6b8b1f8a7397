//! What the threads of the server know of each other: how much work is under way, whether the client may go on after
//! `initialize`, and the one way out.
//!
//! It carries no messages.

use std::process;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long the end waits for work under way. A client that is gone must not keep the server for a second.
const DRAIN: Duration = Duration::from_millis(900);

/// How often the end looks whether the server is calm, and how many looks in a row must find it so.
const SAMPLE: Duration = Duration::from_millis(10);
const CALM: u32 = 3;

/// How long messages are held behind an `initialize` that nobody answers.
const GATE: Duration = Duration::from_secs(10);

/// Shared by all threads.
#[derive(Default)]
pub struct Flow {
    work: AtomicUsize,
    written: AtomicU64,
    shutdown: AtomicBool,
    answered: Mutex<bool>,
    gate: Condvar,
}

/// One piece of work; it is done when this is dropped.
pub struct Ticket(Arc<Flow>);

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Flow {
    /// Counts a piece of work; [`Flow::end`] or [`Flow::ticket`] must follow.
    pub fn begin(&self) {
        self.work.fetch_add(1, Ordering::SeqCst);
    }

    /// A piece of work is done.
    pub fn end(&self) {
        self.work.fetch_sub(1, Ordering::SeqCst);
    }

    /// Takes over work that [`Flow::begin`] counted.
    pub fn ticket(self: &Arc<Flow>) -> Ticket {
        Ticket(self.clone())
    }

    /// Bytes went out.
    pub fn wrote(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Ordering::SeqCst);
    }

    /// The client asked for the shutdown: `exit` is expected.
    pub fn shut_down(&self) {
        self.shutdown.store(true, Ordering::SeqCst);
    }

    /// `initialize` was answered: later messages may pass.
    pub fn open_gate(&self) {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.gate.notify_all();
    }

    /// Waits until `initialize` was answered. Without this, what a script pipes behind `initialize` would be refused.
    pub fn wait_at_gate(&self) {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.gate.wait_timeout_while(answered, GATE, |answered| !*answered));
    }

    /// The one way out: work under way gets a moment, then the process ends, with 0 if the shutdown was asked for.
    /// The runtime is not asked, so it cannot keep the process.
    pub fn leave(&self) -> ! {
        let deadline = Instant::now() + DRAIN;
        let mut calm = 0;
        let mut written = self.written.load(Ordering::SeqCst);
        while calm < CALM && Instant::now() < deadline {
            thread::sleep(SAMPLE);
            let now = self.written.load(Ordering::SeqCst);
            let is_calm = self.work.load(Ordering::SeqCst) == 0 && now == written;
            calm = if is_calm { calm + 1 } else { 0 };
            written = now;
        }
        process::exit(if self.shutdown.load(Ordering::SeqCst) { 0 } else { 1 })
    }

    /// Ends at once: nobody is there to read.
    pub fn abandon(&self) -> ! {
        process::exit(if self.shutdown.load(Ordering::SeqCst) { 0 } else { 1 })
    }
}
