//! A command that stands in a string of a Python program: `os.system("flask run --debug")`.
//!
//! The string keeps its quotes and its words; what turns debug mode on is taken out, or set to `0`.

use tree_sitter::Node;

use super::layout::Patch;
use super::site::{Holder, Site, Source};

/// Variables whose value `0` means off.
const VARIABLES: &[&str] = &["FLASK_DEBUG=", "FLASK_RUN_DEBUG=", "FLASK_RUN_DEBUGGER="];
const FLAGS: &[&str] = &["--debug", "--debugger"];

/// Whether the value is a whole command line and not one of its words.
pub(super) fn is_command(source: Source, site: &Site) -> bool {
    line(source, site).is_some()
}

/// The command line without what turns debug on.
pub(super) fn quieted(source: Source, site: &Site) -> Option<(String, Vec<Patch>)> {
    let node = line(source, site)?;
    let text = source.of(node);
    let mut patches = Vec::new();
    let mut at = 0;
    for word in text.split(' ') {
        let end = at + word.len();
        let bare = word.trim_end_matches(['"', '\'']);
        if FLAGS.contains(&bare) && at > 0 {
            let start = node.start_byte() + at;
            // The blank before it goes with it.
            patches.push((start - 1..start + bare.len(), String::new()));
        } else if let Some(variable) = VARIABLES.iter().find(|variable| word.contains(*variable)) {
            let start = at + word.find(variable)? + variable.len();
            let value = text[start..end].trim_end_matches(['"', '\'']);
            let start = node.start_byte() + start;
            patches.push((start..start + value.len(), "0".to_owned()));
        }
        at = end + 1;
    }
    (!patches.is_empty()).then(|| ("Take debug mode out of the command".to_owned(), patches))
}

/// The string of more than one word that has a flag or a variable of the command.
fn line<'a>(source: Source<'a>, site: &Site<'a>) -> Option<Node<'a>> {
    let (Holder::Item(_) | Holder::Assignment(_)) = site.holder else { return None };
    let value = site.value.filter(|value| value.kind() == "string")?;
    let text = source.of(value);
    let says = FLAGS.iter().chain(VARIABLES).any(|word| text.contains(word));
    (says && text.contains(' ')).then_some(value)
}
