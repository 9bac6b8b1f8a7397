//! Comments that silence nothing.

use crate::rule::rule;
use crate::view::Exposure;

rule! {
    /// An `undebug: allow` comment silences nothing.
    ///
    /// ## What it finds
    /// A comment `# undebug: allow RULE`, or `allow-file`, where no finding of that rule stands (any more), or whose rule
    /// there is not. Comments of other tools (`# noqa`, `# nosec`) are left to these tools. It is looked for only where
    /// the whole project is looked at, and not for rules that are off.
    ///
    /// ## Why it matters
    /// The comment outlives its reason: it says that debug mode is on where it is not, and it would silence the next
    /// finding in its place, which nobody decided about.
    ///
    /// ## Example
    /// ```python
    /// app.run()  # undebug: allow app-run-debug
    /// ```
    ///
    /// ## What to do
    /// Remove the comment, or the name from its list: `undebug fix` does.
    pub static UNUSED_SUPPRESSION = "unused-suppression", Information;
}

/// It is about comments, not about what turns debug mode on: `unused` looks for it.
fn check(_: &Exposure) -> Option<String> {
    None
}
