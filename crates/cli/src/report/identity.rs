//! What tells a finding from others when lines move: its rule, its path and its text, never its line.
//!
//! It compares nothing: reports, baselines and reviews do.

use std::path::Path;

use undebug_disk::slashed;

use super::Entry;

/// What a finding is recognized by, below a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity {
    /// The path from the folder.
    pub path: String,
    /// The rule's name.
    pub rule: String,
    /// A hash of both and of the text.
    pub print: String,
}

/// The identity of a finding; findings with equal texts in one file share theirs.
pub(crate) fn identity(entry: &Entry<'_>, folder: &Path) -> Identity {
    let path = below(folder, &entry.finding.place.path);
    let rule = entry.finding.rule.name.to_owned();
    let print = hash(&format!("{rule}\0{path}\0{}", text(entry)));
    Identity { path, rule, print }
}

/// The text that a finding is about, however it is laid out.
pub(crate) fn text(entry: &Entry<'_>) -> String {
    let place = &entry.finding.place;
    let source = entry.text(&place.path);
    source.get(place.range.clone()).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A path from a folder, with `/` between components; as it is where it is not below.
pub(crate) fn below(folder: &Path, path: &str) -> String {
    let folder = slashed(folder);
    let inner = path.strip_prefix(folder.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
    inner.unwrap_or(path).to_owned()
}

/// FNV-1a, 64 bits: short, stable between versions of the standard library, and not meant to keep secrets.
pub(crate) fn hash(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}
