//! Where statements begin and end, in programs that make it hard to see.

use super::*;

/// Programs in which the borders are easily mistaken.
const VALID: &[&str] = &[
    "if a:\n    b\nelif c:\n    d\nelse:\n    e\nf\n",
    "try:\n    a\nexcept (A, B) as e:\n    b\nelse:\n    c\nfinally:\n    d\ne\n",
    "for a in b:\n    c\n# between\nelse:\n    d\n",
    "@a\n@b.c(\n    d\n)\n\n# between\nasync def f():\n    pass\nx = 1\n",
    "@a\nclass C:\n    '''\nx = 1\n'''\n    y = 2\n\n\n\n    z = 3\nw = 4\n",
    "def f():\n    a\n# at the margin\n    b\n\n# outside\nc\n",
    "x = (\n1,\n2,\n)\ny = [\na\nfor a in b\nif a\n]\nz = {\n'a': 1,\n}\n",
    "x = 1; y = 2\nz = 3;\n",
    "x = 'a\\\nb'\ny = \\\n    1\nz = 3\n",
    "x = f'{a!r:>{w}}'\ny = f\"{d['k']}\"\nz = f'''{\n a\n}'''\nw = 1\n",
    "x = f\"{d[\"(\"]}\"\ny = f'{{(}}'\nz = rf'\\{a}('\nw = 1\n",
    "x = f'{a:(}'\ny = f'{(lambda q: 1)(2)}'\nz = f\"{x:'>10}\"\nw = 1\n",
    "x = \"#\"\ny = '\"'\nz = r'\\''\nw = b'('\n",
    "if a: b\nelse: c\nwith d as e, \\\n     f as g:\n    h\ni\n",
    "\u{feff}import os\nx = 1\n",
    "\u{c}def f():\n    pass\n\u{c}\nx = 1\n",
    "match a:\n    case 1:\n        b\n    case _:\n        c\nd\n",
    "class A: pass\nx: int = 1\ndel x\nassert x, y\nglobal z\n",
    "x = '''a''' '''b\n'''\ny = ''\nz = \"\"\nw = ''''a'''\n",
    "def é():\n    pass\nasync with a:\n    b\n",
];

#[test]
fn the_borders_of_statements_are_those_of_the_grammar() {
    for program in VALID {
        for ending in ["\n", "\r\n", "\r"] {
            for ends in ["", "\n"] {
                let text = format!("{}{ends}", program.trim_end()).replace('\n', ending);
                let document = Document::new(Language::Python, &text);
                assert!(is_valid(&document), "{text:?}");
                assert_like_the_whole(&document);
            }
        }
    }
}

/// The texts of the statements.
fn split(text: &str) -> Vec<String> {
    let document = Document::new(Language::Python, text);
    document.statements().iter().map(|it| document.text(it.range.clone()).into_owned()).collect()
}

#[test]
fn what_is_broken_in_one_statement_leaves_the_others_alone() {
    assert_eq!(split("x = (1,\ndef f():\n    pass\ny = 2\n"), ["x = (1,", "def f():\n    pass", "y = 2"]);
    assert_eq!(split("x = foo(\nfrom a import b\n"), ["x = foo(", "from a import b"]);
    assert_eq!(split("x = [\nif __name__ == 'a':  # c\n    y\n"), ["x = [", "if __name__ == 'a':  # c\n    y"]);
    assert_eq!(split("x = 'a\ny = 2\n"), ["x = 'a", "y = 2"]);
    assert_eq!(split("x = f'{a\ny = 2\n"), ["x = f'{a", "y = 2"]);
    assert_eq!(split("x = f\"{a['\ny = 2\n"), ["x = f\"{a['", "y = 2"]);
    assert_eq!(split("x = 1)\ny = 2\n"), ["x = 1)", "y = 2"]);
    assert_eq!(split("@a\nx = 1\nelse:\n    y\n"), ["@a", "x = 1", "else:\n    y"]);
    assert_eq!(split("  x = 1\n  y = 2\nz\n"), ["x = 1\n  y = 2", "z"]);
    assert_eq!(split("# only a comment\n\n"), [""; 0]);
}
