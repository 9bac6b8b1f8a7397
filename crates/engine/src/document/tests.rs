//! What callers inside the crate rely on: statements and their trees, what becomes of them, lines, search.

use aho_corasick::AhoCorasick;
use proptest::prelude::*;
use tree_sitter::{Range as NodeRange, Tree};

use super::*;

mod borders;

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

fn fresh(document: &Document) -> Document {
    Document::new(Language::Python, &document.whole())
}

/// Kinds and places of nodes in the text, but for the roots and for what may stand between statements: comments, and line
/// breaks behind a `\`.
type Shape = Vec<(u16, usize, usize, bool)>;

fn shape(tree: &Tree, base: usize) -> Shape {
    let between = ["comment", "line_continuation"].map(|kind| tree.language().id_for_node_kind(kind, true));
    let places = nodes(tree).into_iter().skip(1).filter(|(kind, _, _)| !between.contains(kind));
    places.map(|(kind, at, missing)| (kind, base + at.start_byte, base + at.end_byte, missing)).collect()
}

/// A statement's place, the place of its name, and its nodes.
type Seen = (Range<usize>, Option<Range<usize>>, Option<Shape>);

fn seen(document: &Document) -> Vec<Seen> {
    let shapes = document.statements().iter().map(|statement| {
        let tree = document.syntax(statement).map(|syntax| shape(syntax.tree, syntax.base));
        (statement.range.clone(), statement.name(), tree)
    });
    shapes.collect()
}

fn is_valid(document: &Document) -> bool {
    document.tree().is_some_and(|tree| !tree.root_node().has_error())
}

/// Where nodes begin, and for those without children also where they end: a comment or a `\` behind the last line of a
/// block is a part of the block or not, and means nothing.
fn skeleton(tree: &Tree, base: usize, found: &mut Shape) {
    let between = ["comment", "line_continuation"].map(|kind| tree.language().id_for_node_kind(kind, true));
    let mut pending: Vec<tree_sitter::Node<'_>> = tree.root_node().children(&mut tree.walk()).collect();
    while let Some(node) = pending.pop() {
        if !between.contains(&node.kind_id()) {
            let end = if node.child_count() > 0 { 0 } else { base + node.end_byte() };
            found.push((node.kind_id(), base + node.start_byte(), end, node.is_missing()));
            pending.extend(node.children(&mut node.walk()));
        }
    }
}

/// What the statements say together, and what the whole tree says, in one order.
fn together_and_whole(document: &Document) -> (Shape, Shape) {
    let (mut together, mut whole) = (Shape::new(), Shape::new());
    for syntax in document.statements().iter().filter_map(|statement| document.syntax(statement)) {
        skeleton(syntax.tree, syntax.base, &mut together);
    }
    skeleton(document.tree().expect("a tree"), 0, &mut whole);
    together.sort_unstable();
    whole.sort_unstable();
    (together, whole)
}

fn assert_like_the_whole(document: &Document) {
    let (together, whole) = together_and_whole(document);
    assert_eq!(together, whole, "{:?}", document.whole());
}

/// Whether a line ends where no value can end, as in `x = ` or `async`, outside of brackets. To the grammar the rest may
/// stand in the next line, which Python does not allow. The text has no quotes.
fn is_torn(document: &Document) -> bool {
    const BLOCKS: &[&str] = &[
        "if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class", "async", "match",
        "case", "@",
    ];
    document.statements().iter().any(|it| {
        let text = document.text(it.range.clone());
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        let code: String = lines.collect::<Vec<_>>().join("\n");
        let count = |brackets: &[char]| code.matches(brackets).count();
        let is_open = count(&['(', '[', '{']) != count(&[')', ']', '}']) || code.trim_end_matches('\n').ends_with('\\');
        let begins_block = BLOCKS.iter().any(|word| code.trim_start().starts_with(word));
        let is_headless = begins_block && code.trim_end().ends_with(':');
        let is_broken = document.syntax(it).is_some_and(|syntax| syntax.tree.root_node().has_error());
        is_broken && !is_open && !is_headless
    })
}

#[test]
fn a_statement_ends_with_its_line() {
    // To Python these are two statements, the first of them broken; to the grammar they are one.
    for text in ["x:\ny", "e\u{301}else:\n\u{e9}", "x =\ny", "x + # y\nz"] {
        let document = Document::new(Language::Python, text);
        assert_eq!(document.statements().len(), 2, "{text:?}");
        assert!(is_valid(&document) && is_torn(&document), "{text:?}");
    }
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
    fn the_statements_depend_on_the_text_alone(start in start(), script in script()) {
        let mut document = Document::new(Language::Python, &start);
        for changes in &script {
            document.edit(changes);
            let expected = fresh(&document);
            let places = |document: &Document| {
                document.statements().iter().map(|it| (it.range.clone(), it.name())).collect::<Vec<_>>()
            };
            prop_assert_eq!(places(&document), places(&expected), "{:?}", document.whole());
            // Looking at trees, and settling, only now and then lets others be edited further.
            match changes.len() {
                1 => {
                    let before = seen(&document);
                    let changed = document.settle();
                    let after = seen(&document);
                    prop_assert_eq!(&after, &seen(&expected), "after settling: {:?}", document.whole());
                    prop_assert!(changed || before == after, "said to be the same");
                    prop_assert!(!document.settle(), "settled already");
                }
                2 => drop(seen(&document)),
                _ => {}
            }
        }
    }

    #[test]
    fn on_valid_text_the_statements_are_those_of_the_grammar(text in text(0..14)) {
        let document = Document::new(Language::Python, &text);
        // To the grammar, a string in single quotes may go on in the next line, which Python does not allow.
        let plain = text.replace("f\"{x!r:>{w}}\"", "");
        // Python takes the byte order mark at the beginning only; to the grammar it is a blank everywhere.
        // No text of Python's has a NUL.
        let is_marked = text.chars().skip(1).any(|char| char == '\u{feff}') || text.contains('\0');
        // A line of nothing but `\\` is a blank to Python; what the grammar makes of the indentation behind it depends on
        // what it parsed before.
        let is_blank = text.lines().any(|line| line.trim() == "\\");
        if !is_marked && !is_blank && !plain.contains(['\'', '"']) && !is_torn(&document) && is_valid(&document) {
            assert_like_the_whole(&document);
        }
    }

    #[test]
    fn splices_lead_from_statements_to_statements(start in start(), script in script()) {
        let mut document = Document::new(Language::Python, &start);
        let texts = |document: &Document| -> Vec<String> {
            document.statements().iter().map(|it| document.text(it.range.clone()).into_owned()).collect()
        };
        for changes in &script {
            let before = texts(&document);
            document.edit(changes);
            let after = texts(&document);
            let all = document.take_splices().expect("it was followed").into_iter().reduce(Splice::then);
            let Splice { old, new } = all.unwrap_or(Splice { old: 0..0, new: 0 });
            prop_assert_eq!(&before[..old.start], &after[..old.start]);
            prop_assert_eq!(&before[old.end..], &after[old.start + new..]);
        }
    }
}

#[test]
fn an_edit_leaves_the_trees_of_other_statements_alone() {
    let text: String = (0..100).map(|n| format!("x{n} = ({n},)\n")).collect();
    let mut document = Document::new(Language::Python, &text);
    assert_eq!(seen(&document).len(), 100);
    let ids = |document: &Document| -> Vec<usize> {
        let trees = document.statements().iter().filter_map(|it| document.syntax(it));
        trees.map(|syntax| syntax.tree.root_node().child(0).expect("a statement").id()).collect()
    };
    let before = ids(&document);
    let at = text.find("x50").expect("it is there");
    document.edit(&[Change { range: Some(at + 7..at + 9), text: "'new'".to_owned() }]);
    let splices = document.take_splices().expect("it was followed");
    assert!(splices.iter().all(|splice| splice.new <= 2 && splice.old.len() <= 2), "{splices:?}");
    let kept = ids(&document).iter().zip(&before).filter(|(a, b)| a == b).count();
    assert!(kept >= 98, "{kept}");
}

#[test]
fn a_lone_carriage_return_ends_a_statement() {
    for text in ["x = 1\ry = 2\r\nz = 3\n", "x = 1\r\ry = 2\r\r\nz = 3\r"] {
        let document = Document::new(Language::Python, text);
        assert!(is_valid(&document), "{text:?}");
        assert_eq!(document.statements().len(), 3, "{text:?}");
        assert_like_the_whole(&document);
    }
}

#[test]
fn a_carriage_return_changes_with_what_follows_it() {
    // The `\r` itself is not edited, but is read in another way after each of these.
    let mut document = Document::new(Language::Python, "x = 'a\r\nb'\n");
    for (range, text) in [(7..8, ""), (7..7, "\n"), (7..7, "y"), (6..8, "\r\n"), (7..8, "\r")] {
        document.edit(&[Change { range: Some(range), text: text.to_owned() }]);
        document.settle();
        assert_eq!(seen(&document), seen(&fresh(&document)), "{:?}", document.whole());
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
        assert!(is_valid(&document));
        assert_eq!(document.statements().len(), 4000);
        assert_like_the_whole(&document);
        let bytes = |tree: &Tree| nodes(tree).into_iter().map(|node| (node.0, node.1.start_byte)).collect::<Vec<_>>();
        assert!(bytes(tree) == bytes(&plain.expect("a tree")), "{end:?}");
    }
}

#[test]
fn a_text_too_long_has_no_statements_until_it_shrinks() {
    let mut document = Document::new(Language::Python, "x = 1\n");
    document.edit(&[Change { range: Some(6..6), text: "#".repeat(MAX_PARSED_BYTES) }]);
    assert!(document.tree().is_none() && document.statements().is_empty());
    assert!(!document.settle());
    document.edit(&[Change { range: Some(7..100), text: String::new() }]);
    assert!(document.take_splices().is_none(), "it was made anew");
    assert_eq!(seen(&document), seen(&fresh(&document)));
    assert_eq!(document.statements().len(), 1);
    assert!(Document::new(Language::Python, &"#".repeat(MAX_PARSED_BYTES + 1)).tree().is_none());
}

#[test]
fn settling_finds_that_a_statement_is_valid_again() {
    let broken =
        "class Config:\n  é\n    '''\n    DEBUG = True\n  def f(a):\n\tif a:\n\t\treturn (a +\n\t\t1)\n  f()  # 😀\n";
    let mut document = Document::new(Language::Python, broken);
    seen(&document);
    document.edit(&[Change { range: Some(broken.len() - 1..broken.len() - 1), text: "'''".to_owned() }]);
    seen(&document);
    document.settle();
    assert_eq!(seen(&document), seen(&fresh(&document)));
}

#[test]
fn deep_nesting_ends_well() {
    for open in ["(", "[", "-", "not ", "f("] {
        let mut document = Document::new(Language::Python, &open.repeat(20_000));
        seen(&document);
        document.edit(&[Change { range: Some(0..0), text: "x = ".to_owned() }]);
        document.settle();
        assert_eq!(seen(&document), seen(&fresh(&document)));
    }
    let fields = "f'{".repeat(20_000);
    assert_eq!(Document::new(Language::Python, &fields).statements().len(), 1);
}

#[test]
fn a_text_that_takes_too_long_has_no_tree_until_it_no_longer_does() {
    // The grammar's scanner reads all of the rest at each of these.
    let mut document = Document::new(Language::Python, "x = 1\n");
    document.edit(&[Change { range: Some(5..6), text: format!(" + {}1\n", "\\\n".repeat(100_000)) }]);
    assert!(document.tree().is_none());
    assert!(document.statements().iter().all(|statement| document.syntax(statement).is_none()));
    document.edit(&[Change { range: Some(8..document.len()), text: "1\ny = 1\n".to_owned() }]);
    assert_eq!(seen(&document), seen(&fresh(&document)));
    assert!(document.tree().is_some());
}

#[test]
fn other_languages_have_no_tree() {
    let mut document = Document::new(Language::Yaml, "a: 1\n");
    document.edit(&[Change { range: Some(0..1), text: "b".to_owned() }]);
    assert!(document.tree().is_none() && document.statements().is_empty() && !document.settle());
    assert!(document.take_edited() && !document.take_edited());
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
