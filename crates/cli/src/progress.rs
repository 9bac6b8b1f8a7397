//! A progress bar on stderr for scans that take long, where a person sees it.
//!
//! It knows nothing but how many files there are and that one more was read.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the bar is drawn, in a second.
const DRAWN: u8 = 10;

/// A scan of fewer files is over before anybody could look.
const WORTH_A_BAR: usize = 1_000;

/// A bar, or nothing where nobody sees it.
#[derive(Clone)]
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// A bar that is not shown yet.
    pub fn new(is_wanted: bool) -> Progress {
        let is_seen = is_wanted && std::io::stderr().is_terminal();
        Progress(is_seen.then(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())))
    }

    /// The files are known: the bar is shown if there are many.
    pub fn start(&self, files: usize) {
        let Some(bar) = self.0.as_ref().filter(|_| files >= WORTH_A_BAR) else { return };
        bar.set_length(files as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files read, {elapsed}") {
            bar.set_style(style);
        }
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWN));
        bar.enable_steady_tick(Duration::from_secs(1));
    }

    /// One more file was read.
    pub fn step(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }

    /// The bar goes away.
    pub fn end(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
