//! Shell text and its words.

use super::super::scope::Scope;
use super::*;

fn words(text: &str) -> Vec<String> {
    let tokens = tokens(&Source::copy(text, 0..text.len()));
    tokens
        .into_iter()
        .map(|token| match token {
            Token::Word(word) => {
                format!("{}@{}", word.resolve(&Scope::new()).0, &text[word.range])
            }
            Token::Document(document) => format!("<<{}", document.text().escape_debug()),
            Token::Operator(operator) => format!("<{}>", operator.escape_debug()),
        })
        .collect()
}

#[test]
fn quotes_and_escapes_resolve_and_ranges_keep_them() {
    assert_eq!(words(r#"a"b c"'d'\ e f"#), [r#"ab cd e@a"b c"'d'\ e"#, "f@f"]);
    assert_eq!(words("a \\\n b # no\nc"), ["a@a", "b@b", "<\\n>", "c@c"]);
    assert_eq!(words(r#""a\"b\c" '' "#), [r#"a"b\c@"a\"b\c""#, "@''"]);
    assert_eq!(words("é=ü"), ["é=ü@é=ü"]);
}

#[test]
fn operators_and_redirections_are_no_words() {
    assert_eq!(words("a&&b||c;d|e&"), ["a@a", "<&&>", "b@b", "<||>", "c@c", "<;>", "d@d", "<|>", "e@e", "<&>"]);
    assert_eq!(words("a 2>&1 >out <in b &>all c"), ["a@a", "b@b", "c@c"]);
    assert_eq!(words("cat <<'X' >f\nno words\nX\nb"), ["cat@cat", "<<no words\\n", "<\\n>", "b@b"]);
    assert_eq!(words("a#b #c"), ["a#b@a#b"]);
}

#[test]
fn expansions_take_known_values_and_defaults() {
    assert_eq!(
        words("${A:-1} $(x \")\") `y` $B \"$?\""),
        ["1@${A:-1}", "$(x \")\")@$(x \")\")", "`y`@`y`", "$B@$B", "$?@\"$?\""]
    );
    let source = Source::copy("x$A${B}", 0..7);
    let Some(Token::Word(word)) = tokens(&source).pop() else { panic!("no word") };
    let scope = Scope::from_iter([("A".to_owned(), Some("1".to_owned())), ("B".to_owned(), None)]);
    assert_eq!(word.resolve(&scope), ("x1${B}".to_owned(), false));
}
