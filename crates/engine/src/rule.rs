//! What a rule is: a name, its documentation, and a check over views. One file of `rules/` each.

use crate::finding::Severity;
use crate::view::Exposure;

/// A rule, as a `static` of its own file.
pub struct Rule {
    /// The kebab-case name that reads after "allow".
    pub name: &'static str,
    /// The documentation in Markdown: a title line, what it does, why it is bad, an example, what to do instead.
    pub doc: &'static str,
    /// The severity when the evidence says nothing else.
    pub severity: Severity,
    /// Whether it reports without being asked for.
    pub on: bool,
    /// The message for an exposure that this rule is about: lower case, no full stop, code in backticks.
    pub(crate) check: fn(&Exposure) -> Option<String>,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Rule {
    /// The first paragraph of the documentation, on one line.
    pub fn summary(&self) -> String {
        let lines = self.doc.lines().map(str::trim);
        let paragraph: Vec<&str> =
            lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty()).collect();
        paragraph.join(" ")
    }
}

/// Whether a rule's declaration ends in `off`.
pub(crate) const fn is_off(words: &[&str]) -> bool {
    !words.is_empty()
}

/// Declares a rule: the doc comment is its documentation, everywhere that documentation is shown. The check is the
/// file's function `check`.
macro_rules! rule {
    // A trailing `off` makes a rule that reports only when it is asked for.
    ($(#[doc = $doc:literal])* $vis:vis static $ident:ident = $name:literal, $severity:ident $(, $off:ident)?;) => {
        $(#[doc = $doc])*
        $vis static $ident: $crate::rule::Rule = $crate::rule::Rule {
            name: $name,
            doc: concat!($($doc, "\n"),*),
            severity: $crate::finding::Severity::$severity,
            on: !$crate::rule::is_off(&[$(stringify!($off))?]),
            check,
        };
    };
}
pub(crate) use rule;
