//! Ways out of findings in `python -c "code"`: the argument of the start goes.
//!
//! The code is a word of a command, with the quotes of its file around it: nothing is written into it.

use std::ops::Range;

use super::trial::Change;
use super::{File, FixKind, Idea};
use crate::deploy::flask_cli::{Launch, launch};
use crate::view::Word;

impl File<'_> {
    /// Removes `debug=True` from the code that stands at this place, where that is all it says of debug mode.
    pub(super) fn code_fixes(&self, words: &[Word], range: &Range<usize>) -> Vec<Idea> {
        let Some(word) = words.iter().find(|word| word.range == *range) else { return Vec::new() };
        let is_code = matches!(launch(words), Launch::PythonCode { range: code, .. } if code == *range);
        let (Some(gone), Some(inner)) = (argument(&word.text), self.text.get(range.clone()).and_then(argument)) else {
            return Vec::new();
        };
        let without = |text: &str, gone: &Range<usize>| format!("{}{}", &text[..gone.start], &text[gone.end..]);
        let new = without(&word.text, &gone);
        if !is_code {
            return Vec::new();
        }
        let title = "Remove the argument `debug`".to_owned();
        let place = range.start + inner.start..range.start + inner.end;
        vec![self.idea(title, FixKind::Remove, place, String::new(), Change::Says(range.clone(), new))]
    }
}

/// Where `debug=True` stands in a call, with the comma that goes with it; `None` where the text says more of it.
fn argument(text: &str) -> Option<Range<usize>> {
    let at = text.find("debug")?;
    if text.to_ascii_lowercase().matches("debug").count() > 1 {
        return None;
    }
    let value = text[at + "debug".len()..].trim_start().strip_prefix('=')?.trim_start();
    let value = ["True", "1"].iter().find_map(|on| value.strip_prefix(on))?.trim_start();
    let end = text.len() - value.len();
    let before = text[..at].trim_end();
    if let Some(rest) = value.strip_prefix(',').filter(|_| before.ends_with('(')) {
        return Some(at..text.len() - rest.trim_start().len());
    }
    let is_last = value.starts_with([',', ')']);
    let start = before.strip_suffix(',').map(str::len).or_else(|| before.ends_with('(').then_some(at))?;
    is_last.then_some(start..end)
}
