//! Searching and comparing text that lies in pieces, as if it lay in one.
//!
//! What is searched for, and what a hit means, is the caller's.

use aho_corasick::{AhoCorasick, Input};
use ropey::{Rope, RopeSlice};

/// The text is searched in pieces of this many bytes: large enough that their overlap does not count, small enough to
/// stay in the processor's cache.
const WINDOW: usize = 64 * 1024;

/// Where any of the needles begins, in order, none inside another: what `needles.find_iter` finds on the whole text.
pub(super) fn find_all(rope: &Rope, needles: &AhoCorasick) -> Vec<usize> {
    find_in_windows(rope, needles, WINDOW)
}

/// The lengths of what the two texts have in common at their beginnings and at their ends, in bytes, on character
/// boundaries; together no longer than the shorter text.
pub(super) fn common_ends(old: RopeSlice<'_>, new: &str) -> (usize, usize) {
    let mut prefix = 0;
    for chunk in old.chunks() {
        let same = same_start(chunk.as_bytes(), &new.as_bytes()[prefix..]);
        prefix += same;
        if same < chunk.len() {
            break;
        }
    }
    // The bytes before are the same, so a boundary in one text is one in the other.
    while !new.is_char_boundary(prefix) {
        prefix -= 1;
    }
    let limit = old.len_bytes().min(new.len()) - prefix;
    let mut suffix = 0;
    let mut chunks = old.chunks_at_byte(old.len_bytes()).0;
    while let Some(chunk) = chunks.prev() {
        let same = same_end(chunk.as_bytes(), &new.as_bytes()[..new.len() - suffix]);
        suffix += same;
        if same < chunk.len() || suffix >= limit {
            break;
        }
    }
    suffix = suffix.min(limit);
    while !new.is_char_boundary(new.len() - suffix) {
        suffix -= 1;
    }
    (prefix, suffix)
}

fn same_start(left: &[u8], right: &[u8]) -> usize {
    let len = left.len().min(right.len());
    // Comparing at once is many times faster than byte by byte, and nearly every piece is the same.
    if left[..len] == right[..len] {
        return len;
    }
    left.iter().zip(right).take_while(|(a, b)| a == b).count()
}

fn same_end(left: &[u8], right: &[u8]) -> usize {
    let len = left.len().min(right.len());
    if left[left.len() - len..] == right[right.len() - len..] {
        return len;
    }
    left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count()
}

fn find_in_windows(rope: &Rope, needles: &AhoCorasick, size: usize) -> Vec<usize> {
    let overlap = needles.max_pattern_len().saturating_sub(1);
    let mut found = Vec::new();
    let mut window: Vec<u8> = Vec::new();
    // The byte of the text that the window begins at, and the byte that the next hit may begin at.
    let (mut base, mut from) = (0, 0);
    let mut chunks = rope.chunks().peekable();
    while let Some(chunk) = chunks.next() {
        window.extend_from_slice(chunk.as_bytes());
        let last = chunks.peek().is_none();
        if window.len() < size.max(overlap + 1) && !last {
            continue;
        }
        // A hit that begins in the overlap may be cut off, or be the shorter one of two: the next window has it whole.
        let settled = if last { window.len() } else { window.len() - overlap };
        while from - base <= window.len() {
            let Some(hit) = needles.find(Input::new(&window).range(from - base..)) else { break };
            if hit.start() >= settled && !last {
                break;
            }
            found.push(base + hit.start());
            // An empty hit would be found again for ever.
            from = base + hit.end().max(hit.start() + 1);
        }
        window.drain(..settled);
        base += settled;
        from = from.max(base);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_found_across_pieces() {
        let needles = AhoCorasick::new(["debug", "bug_", "run(", "é😀"]).unwrap();
        let text = "x.debug_run(debug=é😀)\n".repeat(400);
        let expected: Vec<usize> = needles.find_iter(&text).map(|hit| hit.start()).collect();
        for size in [1, 7, 100, 1000, 5000, WINDOW] {
            assert_eq!(find_in_windows(&Rope::from_str(&text), &needles, size), expected, "windows of {size}");
        }
    }

    #[test]
    fn what_is_common_ends_on_character_boundaries() {
        // The first bytes of é and è are the same, the last ones of é and 驩 too.
        assert_eq!(common_ends(Rope::from_str("aé").slice(..), "aè"), (1, 0));
        assert_eq!(common_ends(Rope::from_str("éb").slice(..), "驩b"), (0, 1));
        assert_eq!(common_ends(Rope::from_str("aaa").slice(..), "aa"), (2, 0));
        assert_eq!(common_ends(Rope::from_str("").slice(..), ""), (0, 0));
        let long = "0123456789é".repeat(500);
        let changed = format!("{}X{}", &long[..2400], &long[2400..]);
        assert_eq!(common_ends(Rope::from_str(&long).slice(..), &changed), (2400, long.len() - 2400));
    }
}
