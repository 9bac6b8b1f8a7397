//! Words that mean off and do not turn debug mode off.

use crate::rule::rule;
use crate::view::{Exposure, Nature, Subject};

rule! {
    /// A word that means off turns debug mode on.
    ///
    /// ## What it finds
    /// `FLASK_DEBUG=off`, `n`, `f`, `disabled` and the like, where the program is started as `python app.py`: only `0`,
    /// `false`, `no` and the empty string are off for Flask. Under `flask run` the command's own parser takes `off`, `n`
    /// and `f` for off, and nothing is reported.
    ///
    /// ## Why it matters
    /// Whoever wrote the line believes that debug mode is off (CWE-489).
    ///
    /// ## Example
    /// ```sh
    /// FLASK_DEBUG=off
    /// ```
    ///
    /// ## What to do
    /// Write `FLASK_DEBUG=0`, or remove the line.
    pub static DEBUG_OFF_WORD = "debug-off-word", Warning;
}

fn check(exposure: &Exposure) -> Option<String> {
    let ours = exposure.subject == Subject::Debug && exposure.nature == Nature::OffWord;
    ours.then(|| "this word turns debug mode on: only `0`, `false`, `no` and nothing are off; write `0`".to_owned())
}
