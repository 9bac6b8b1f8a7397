//! Fixes of many findings at once.

use std::ops::Range;
use std::sync::Arc;

use super::super::{Edit, Fix, FixKind, apply, combine};

fn fix(edits: &[(&str, Range<usize>, &str)]) -> Fix {
    let edit = |(path, range, text): &(&str, Range<usize>, &str)| Edit {
        path: Arc::from(*path),
        range: range.clone(),
        text: (*text).to_owned(),
    };
    let edits = edits.iter().map(edit).collect();
    Fix { title: "Do it".to_owned(), kind: FixKind::Off, preferred: true, edits }
}

fn combined(fixes: &[Fix]) -> Vec<(String, Range<usize>, String)> {
    let flat = combine(fixes).into_iter().flat_map(|(path, edits)| {
        edits.into_iter().map(move |edit| {
            assert_eq!(edit.path, path);
            (edit.path.to_string(), edit.range, edit.text)
        })
    });
    flat.collect()
}

fn owned(edits: &[(&str, Range<usize>, &str)]) -> Vec<(String, Range<usize>, String)> {
    edits.iter().map(|(path, range, text)| ((*path).to_owned(), range.clone(), (*text).to_owned())).collect()
}

#[test]
fn edits_are_grouped_and_sorted() {
    let fixes = [fix(&[("b", 9..10, "x")]), fix(&[("b", 1..2, "y"), ("a", 5..6, "z")])];
    assert_eq!(combined(&fixes), owned(&[("a", 5..6, "z"), ("b", 1..2, "y"), ("b", 9..10, "x")]));
}

#[test]
fn a_shared_edit_is_taken_once() {
    let import = ("a", 0..0, "import os\n");
    let fixes = [fix(&[import.clone(), ("a", 10..14, "x")]), fix(&[import.clone(), ("a", 30..34, "x")])];
    assert_eq!(combined(&fixes), owned(&[import, ("a", 10..14, "x"), ("a", 30..34, "x")]));
}

#[test]
fn a_fix_is_taken_whole_or_not_at_all() {
    let fixes = [fix(&[("a", 10..14, "x")]), fix(&[("a", 0..0, "i"), ("a", 12..16, "y")]), fix(&[("a", 20..21, "z")])];
    assert_eq!(combined(&fixes), owned(&[("a", 10..14, "x"), ("a", 20..21, "z")]));
}

#[test]
fn edits_that_touch_wait() {
    let first = ("a", 10..14, "x");
    for second in [(14..16), (8..10), (14..14), (10..10), (12..12), (10..14), (9..20)] {
        let fixes = [fix(std::slice::from_ref(&first)), fix(&[("a", second.clone(), "y")])];
        assert_eq!(combined(&fixes), owned(std::slice::from_ref(&first)), "{second:?}");
    }
    let insertions = [fix(&[("a", 3..3, "x")]), fix(&[("a", 3..3, "y")])];
    assert_eq!(combined(&insertions), owned(&[("a", 3..3, "x")]));
}

#[test]
fn edits_of_one_fix_may_touch() {
    let edits = [("a", 0..0, "import os\n"), ("a", 0..4, "x"), ("a", 4..6, "y")];
    let found = combine(&[fix(&edits)]);
    let edits = &found["a"];
    assert_eq!(apply("abcdefg", edits).as_deref(), Some("import os\nxyg"));
}

#[test]
fn edits_that_overlap_or_split_a_character_do_not_apply() {
    let edits = |ranges: &[Range<usize>]| -> Vec<Edit> {
        ranges.iter().flat_map(|range| fix(&[("a", range.clone(), "x")]).edits).collect()
    };
    assert_eq!(apply("aäb", &edits(&[0..1, 3..4])).as_deref(), Some("xäx"));
    assert_eq!(apply("aäb", &edits(&[3..4, 0..1])).as_deref(), Some("xäx"));
    assert_eq!(apply("abc", &edits(&[0..2, 1..3])), None);
    assert_eq!(apply("aäb", &edits(&[0..2, 3..4])), None);
    assert_eq!(apply("abc", &edits(std::slice::from_ref(&(2..4)))), None);
}
