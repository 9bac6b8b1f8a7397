//! What callers inside the crate rely on: the tree, the record of edits, lines, search.

use aho_corasick::AhoCorasick;
use proptest::prelude::*;
use tree_sitter::{Range as NodeRange, Tree};

use super::*;

/// Every node with its place, rows and columns too.
fn nodes(tree: &Tree) -> Vec<(u16, NodeRange, bool)> {
    let mut cursor = tree.walk();
    let mut nodes = Vec::new();
    loop {
        let node = cursor.node();
        nodes.push((node.kind_id(), node.range(), node.is_missing()));
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return nodes;
            }
        }
    }
}

fn fresh(document: &Document) -> Tree {
    Document::new(Language::Python, &document.whole()).tree.expect("a tree")
}

fn has_error(tree: &Tree) -> bool {
    tree.root_node().has_error()
}

/// Pieces that Python text is made of, and those that come out wrong most easily. No `*`: the grammar takes `*a.b` alone
/// for `(*a).b` or for `*(a.b)`, and which it is depends on what was parsed before (Python allows it among several values only).
const PIECES: &[&str] = &[
    "app.run(debug=True)",
    "if x:\n    y = 1\n",
    "def f(a, b=2):\n\treturn a\n",
    "class A:\r\n    DEBUG = True\r\n",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "    ",
    " ",
    "\"\"\"",
    "'''",
    "'",
    "\"",
    "f\"{x!r:>{w}}\"",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    ",",
    "\\",
    "\\\n",
    "\\\r",
    "# é\n",
    "# x\r",
    "é",
    "😀",
    "e\u{301}",
    "x = 1\n",
    "x",
    "=",
    "1",
    "else:\n",
    "try:\n  a\n",
    "lambda: 0",
    "\u{feff}",
    "\u{c}",
    "\0",
    "@d\n",
    "async ",
    "match x:\n  case 1:\n    pass\n",
    ";",
    "\u{2028}",
];

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|char| String::from(char).replace('*', "+")),
        1 => Just(String::new()),
    ]
}

fn text(pieces: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), pieces).prop_map(|pieces| pieces.concat())
}

/// A valid program, so that scripts also go through valid states.
const PROGRAM: &str = "import os\r\n\r\nclass Config:\r\n    '''é\r\n    '''\r\n    DEBUG = True\r\n\r\n@app.route('/')\r\ndef \
                       f(a):\r\n\tif a:\r\n\t\treturn f'{a}'\r\n\treturn (a +\r\n\t\t1)\r\n\r\napp.run(debug=True)  # \
                       😀\r\n";

fn start() -> impl Strategy<Value = String> {
    prop_oneof![
        text(0..12),
        Just(PROGRAM.to_owned()),
        Just(PROGRAM.replace("\r\n", "\n")),
        Just(PROGRAM.replace("\r\n", "\r"))
    ]
}

/// A change whose range mostly lies in a text of a few hundred bytes, and is mostly short.
fn change() -> impl Strategy<Value = Change> {
    let range = prop_oneof![
        12 => (0usize..300, 0usize..6).prop_map(|(at, len)| Some(at..at + len)),
        3 => (0usize..400, 0usize..400).prop_map(|(start, end)| Some(Range { start, end })),
        1 => Just(None),
    ];
    (range, text(0..3)).prop_map(|(range, text)| Change { range, text })
}

fn script() -> impl Strategy<Value = Vec<Vec<Change>>> {
    proptest::collection::vec(proptest::collection::vec(change(), 1..4), 1..12)
}

proptest! {
    #[test]
    fn the_tree_depends_on_the_text_alone(start in start(), script in script()) {
        let mut document = Document::new(Language::Python, &start);
        let mut was_valid = !has_error(document.tree().expect("a tree"));
        for changes in &script {
            document.edit(changes);
            let expected = fresh(&document);
            let tree = document.tree().expect("a tree");
            let before = nodes(tree);
            // From one valid text to another, and wherever it shows no error, the tree is right at once. After a broken
            // text it can keep an error that the text no longer has: that is what settling is for.
            let valid = !has_error(&expected);
            if !has_error(tree) || was_valid && valid {
                prop_assert_eq!(&before, &nodes(&expected), "without settling: {:?}", document.whole());
            }
            was_valid = valid && !has_error(tree);
            // Settling only now and then lets broken trees be edited further.
            if changes.len() == 1 {
                let changed = document.settle();
                let after = nodes(document.tree().expect("a tree"));
                prop_assert_eq!(&after, &nodes(&expected), "after settling: {:?}", document.whole());
                if !changed {
                    let places = |nodes: &[(u16, NodeRange, bool)]| {
                        nodes.iter().map(|(kind, at, _)| (*kind, at.start_byte, at.end_byte)).collect::<Vec<_>>()
                    };
                    prop_assert_eq!(places(&before), places(&after), "said to be the same");
                }
                prop_assert!(!document.settle(), "settled already");
            }
        }
    }

    #[test]
    fn the_record_of_edits_leads_from_text_to_text(start in start(), script in script()) {
        let mut document = Document::new(Language::Python, &start);
        document.edit(&script.concat());
        let after = document.whole();
        // Backwards from the new text: what no edit covers has to be where the record says it is.
        let edits = document.take_edits();
        prop_assert!(document.take_edits().is_empty());
        let Some(all) = edits.into_iter().reduce(Replaced::then) else {
            prop_assert_eq!(&start, &after);
            return Ok(());
        };
        prop_assert_eq!(&start[..all.start], &after[..all.start]);
        prop_assert_eq!(&start[all.old_end..], &after[all.new_end..]);
    }
}

#[test]
fn each_edit_is_recorded_as_small_as_it_is() {
    let mut document = Document::new(Language::Python, "x = 1\ny = 2\n");
    document.edit(&[
        Change { range: Some(4..5), text: "1".to_owned() },
        Change { range: Some(0..5), text: "x = 15".to_owned() },
        Change { range: None, text: "x = 15\ny = 3\n".to_owned() },
    ]);
    assert_eq!(
        document.take_edits(),
        [Replaced { start: 5, old_end: 5, new_end: 6 }, Replaced { start: 11, old_end: 12, new_end: 12 }]
    );
}

#[test]
fn the_record_of_edits_is_bounded() {
    let mut document = Document::new(Language::Dotenv, "");
    let changes: Vec<Change> = (0..1000).map(|at| Change { range: Some(at..at), text: "x".to_owned() }).collect();
    document.edit(&changes);
    let edits = document.take_edits();
    assert!(edits.len() <= MAX_REMEMBERED_EDITS, "{}", edits.len());
    assert_eq!(edits.into_iter().reduce(Replaced::then), Some(Replaced { start: 0, old_end: 0, new_end: 1000 }));
}

#[test]
fn a_lone_carriage_return_ends_a_statement() {
    for text in ["x = 1\ry = 2\r\nz = 3\n", "x = 1\r\ry = 2\r\r\nz = 3\r"] {
        let document = Document::new(Language::Python, text);
        let root = document.tree().expect("a tree").root_node();
        assert!(!root.has_error(), "{text:?}");
        assert_eq!(root.named_child_count(), 3, "{text:?}");
    }
}

#[test]
fn a_carriage_return_changes_with_what_follows_it() {
    // The `\r` itself is not edited, but is read in another way after each of these.
    let mut document = Document::new(Language::Python, "x = 'a\r\nb'\n");
    for (range, text) in [(7..8, ""), (7..7, "\n"), (7..7, "y"), (6..8, "\r\n"), (7..8, "\r")] {
        document.edit(&[Change { range: Some(range), text: text.to_owned() }]);
        document.settle();
        assert_eq!(nodes(document.tree().expect("a tree")), nodes(&fresh(&document)), "{:?}", document.whole());
    }
}

#[test]
fn a_chunk_border_changes_nothing() {
    // Long enough for hundreds of chunks, with line ends and wide characters at every offset from their borders.
    for end in ["\r\n", "\r", "\n"] {
        let text: String = (0..4000).map(|n| format!("x{n} = '{}é😀'{end}", "-".repeat(n % 23))).collect();
        let document = Document::new(Language::Python, &text);
        let tree = document.tree().expect("a tree");
        let plain =
            parse::parser().and_then(|mut parser| parser.parse(text.replace("\r\n", " \n").replace('\r', "\n"), None));
        assert!(!has_error(tree));
        assert_eq!(tree.root_node().named_child_count(), 4000);
        let bytes = |tree: &Tree| nodes(tree).into_iter().map(|node| (node.0, node.1.start_byte)).collect::<Vec<_>>();
        assert!(bytes(tree) == bytes(&plain.expect("a tree")), "{end:?}");
    }
}

#[test]
fn a_text_too_long_has_no_tree_until_it_shrinks() {
    let mut document = Document::new(Language::Python, "x = 1\n");
    document.edit(&[Change { range: Some(6..6), text: "#".repeat(MAX_PARSED_BYTES) }]);
    assert!(document.tree().is_none());
    assert!(!document.settle());
    document.edit(&[Change { range: Some(7..100), text: String::new() }]);
    assert_eq!(nodes(document.tree().expect("a tree")), nodes(&fresh(&document)));
    assert!(Document::new(Language::Python, &"#".repeat(MAX_PARSED_BYTES + 1)).tree().is_none());
}

#[test]
fn settling_finds_that_a_text_is_valid_again() {
    let broken = "class Config:\n  é\n    '''\n    DEBUG = True\n\n@app.route('/')\ndef f(a):\n\tif a:\n\t\treturn \
                  f'{a}'\n\treturn (a +\n\t\t1)\n\napp.run(debug=True)  # 😀\n";
    let mut document = Document::new(Language::Python, broken);
    document.edit(&[Change { range: Some(broken.len() - 1..broken.len() - 1), text: "'''".to_owned() }]);
    // Should this fail one day, the parser has learned to see it at once, and the test may go.
    assert!(has_error(document.tree().expect("a tree")));
    assert!(document.settle());
    assert_eq!(nodes(document.tree().expect("a tree")), nodes(&fresh(&document)));
    assert!(!has_error(document.tree().expect("a tree")));
}

#[test]
fn deep_nesting_ends_well() {
    for open in ["(", "[", "-", "not ", "f("] {
        let mut document = Document::new(Language::Python, &open.repeat(20_000));
        document.edit(&[Change { range: Some(0..0), text: "x = ".to_owned() }]);
        document.settle();
        assert_eq!(nodes(document.tree().expect("a tree")), nodes(&fresh(&document)));
    }
}

#[test]
fn a_text_that_takes_too_long_has_no_tree_until_it_no_longer_does() {
    // The grammar's scanner reads all of the rest at each of these.
    let mut document = Document::new(Language::Python, "x = 1\n");
    document.edit(&[Change { range: Some(6..6), text: "\\\n".repeat(100_000) }]);
    assert!(document.tree().is_none());
    document.edit(&[Change { range: Some(10..document.len()), text: "\ny = 1\n".to_owned() }]);
    assert_eq!(nodes(document.tree().expect("a tree")), nodes(&fresh(&document)));
}

#[test]
fn other_languages_have_no_tree() {
    let mut document = Document::new(Language::Yaml, "a: 1\n");
    document.edit(&[Change { range: Some(0..1), text: "b".to_owned() }]);
    assert!(document.tree().is_none() && !document.settle());
    assert_eq!(document.whole(), "b: 1\n");
}

#[test]
fn lines_are_found_by_byte_and_by_number() {
    let document = Document::new(Language::Dotenv, "a\rb\r\nc\n");
    assert_eq!([0, 1, 2, 4, 5, 6, 7, 99].map(|byte| document.line_of(byte)), [0, 0, 1, 1, 2, 2, 3, 3]);
    assert_eq!([0, 1, 2, 3, 99].map(|line| document.line_range(line)), [0..1, 2..3, 5..6, 7..7, 7..7]);
}

#[test]
fn words_are_found_wherever_they_lie() {
    let needles = AhoCorasick::new(["debug", "DEBUG"]).expect("needles");
    let text: String = (0..30_000).map(|n| format!("{}debug DEBUG\r\n", "é".repeat(n % 7))).collect();
    let expected: Vec<usize> = needles.find_iter(&text).map(|hit| hit.start()).collect();
    assert!(Document::new(Language::Python, &text).find_all(&needles) == expected);
}
