//! Shell text to words and operators, with the place of each in the file. Quotes, escapes, expansions, comments,
//! redirections and here-documents are read the way a POSIX shell does.
//!
//! It runs nothing: what a word does (assign, export, start a program) is `shell`'s question.

use std::ops::Range;

use super::source::Source;

/// A word as it is written.
#[derive(Debug, Clone)]
pub(crate) struct RawWord {
    /// The word without its quotes and escapes; expansions stand as they are written.
    pub(crate) source: Source,
    /// Its bytes in the file, quotes included.
    pub(crate) range: Range<usize>,
    /// How many bytes at the start of `source` are neither quoted nor escaped nor expanded.
    pub(crate) bare: usize,
    /// Where in `source` something is expanded, in order.
    pub(super) expansions: Vec<Expansion>,
}

/// A place of a word where something else is put in.
#[derive(Debug, Clone)]
pub(super) struct Expansion {
    pub(super) at: Range<usize>,
    pub(super) what: Expanded,
    /// Whether quotes keep it from becoming several words.
    pub(super) is_quoted: bool,
}

/// What is expanded.
#[derive(Debug, Clone, Default)]
pub(super) struct Expanded {
    /// The variable, where it is a plain one or a list.
    pub(super) name: Option<String>,
    /// Whether it is all of a list: `$@`, `${NAME[@]}`. The arguments of the script are the list `@`.
    pub(super) is_list: bool,
    /// Where the default of `${NAME:-this}` stands in the text, without its quotes.
    pub(super) default: Option<Range<usize>>,
}

/// A piece of shell text.
#[derive(Debug, Clone)]
pub(crate) enum Token {
    Word(RawWord),
    /// `;`, `;;`, `&&`, `||`, `|`, `&`, `(`, `)` or a line end (`\n`).
    Operator(&'static str),
    /// The text of a here-document, in front of the line end that it follows.
    Document(Source),
}

impl RawWord {
    /// A word that no shell reads: an element of an exec form.
    pub(crate) fn literal(source: Source, range: Range<usize>) -> RawWord {
        RawWord { source, range, bare: 0, expansions: Vec::new() }
    }

    /// An element of a list in which something else than a shell expands `$NAME` (compose).
    pub(crate) fn interpolated(source: Source, range: Range<usize>) -> RawWord {
        let expansions = expansions(source.text());
        RawWord { source, range, bare: 0, expansions }
    }

    /// Where the `=` of `NAME=value` stands in `source`, whether quoted or not.
    pub(crate) fn assignment(&self) -> Option<usize> {
        let text = self.source.text();
        let at = text.find('=')?;
        is_name(&text[..at]).then_some(at)
    }

    /// The same for `NAME=value` and `NAME+=value` that a shell takes for an assignment, with the name.
    pub(crate) fn assigned(&self) -> Option<(&str, usize)> {
        let text = self.source.text();
        let at = text.find('=').filter(|at| *at < self.bare)?;
        let name = text[..at].strip_suffix('+').unwrap_or(&text[..at]);
        is_name(name).then_some((name, at))
    }
}

/// Whether a shell takes this for the name of a variable.
pub(crate) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first == b'_' || first.is_ascii_alphabetic())
        && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

/// The words and operators of a script, in order. Redirections and comments are left out.
pub(crate) fn tokens(source: &Source) -> Vec<Token> {
    let mut lexer =
        Lexer { source, text: source.text(), at: 0, tokens: Vec::new(), word: None, skip: false, heredocs: Vec::new() };
    while lexer.at < lexer.text.len() {
        lexer.step();
    }
    lexer.end_word();
    lexer.tokens
}

/// Where text that is not quoted at all has `$NAME`, `${NAME}` or `$(...)`.
fn expansions(text: &str) -> Vec<Expansion> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text.get(at..).and_then(|rest| rest.find('$')) {
        let start = at + offset;
        let (end, what) = expansion(text, start);
        if end > start + 1 {
            // Whatever expands it does not make words of it.
            found.push(Expansion { at: start..end, what, is_quoted: true });
        }
        at = end;
    }
    found
}

/// The end of the expansion whose `$` stands at `start`, and what it is. A `$` that begins none ends after itself.
fn expansion(text: &str, start: usize) -> (usize, Expanded) {
    let rest = &text[start + 1..];
    let Some(first) = rest.chars().next() else { return (start + 1, Expanded::default()) };
    let named = |name: &str| Expanded { name: Some(name.to_owned()), ..Expanded::default() };
    match first {
        '{' => {
            let end = closing(text, start + 1, '{', '}');
            let body = text[start + 2..end].strip_suffix('}').unwrap_or(&text[start + 2..end]);
            (end, braced(body, start + 2))
        }
        '(' => {
            let end = closing(text, start + 1, '(', ')');
            // `$(NAME)` is a variable in a Makefile and in Kubernetes; a shell's scope has no such name.
            let name = text.get(start + 2..end - 1).filter(|name| is_name(name));
            (end, name.map(named).unwrap_or_default())
        }
        _ if first == '_' || first.is_ascii_alphabetic() => {
            let length = rest.find(|char: char| char != '_' && !char.is_ascii_alphanumeric()).unwrap_or(rest.len());
            (start + 1 + length, named(&rest[..length]))
        }
        '@' | '*' => (start + 2, Expanded { is_list: true, ..named("@") }),
        '#' | '?' | '$' | '!' | '-' | '0'..='9' => (start + 1 + first.len_utf8(), Expanded::default()),
        _ => (start + 1, Expanded::default()),
    }
}

/// What stands between `${` and `}`, `start` its first byte.
fn braced(body: &str, start: usize) -> Expanded {
    if let "@" | "*" = body {
        return Expanded { name: Some("@".to_owned()), is_list: true, default: None };
    }
    let stop = body.find(|char: char| char != '_' && !char.is_ascii_alphanumeric()).unwrap_or(body.len());
    let (name, operator) = body.split_at(stop);
    let is_list = matches!(operator, "[@]" | "[*]");
    let default = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-'));
    let plain = is_name(name) && (operator.is_empty() || default.is_some() || is_list);
    let default = default.filter(|text| !text.contains('$')).map(|text| {
        let inner = unquoted(text);
        let from = start + body.len() - text.len() + (text.len() - inner.len()) / 2;
        from..from + inner.len()
    });
    Expanded { name: plain.then(|| name.to_owned()), is_list, default }
}

/// A text without the quotes around it.
pub(super) fn unquoted(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// The byte behind the bracket that closes the one at `open`, or the end of the text.
fn closing(text: &str, open: usize, left: char, right: char) -> usize {
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (offset, char) in text[open..].char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match (quote, char) {
            (Some('\''), '\'') => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => escaped = true,
            (Some(mark), _) if mark == char => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(char),
            (None, _) if char == left => depth += 1,
            (None, _) if char == right => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return open + offset + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// A word in the making.
struct Partial {
    source: Source,
    start: usize,
    bare: usize,
    plain: bool,
    expansions: Vec<Expansion>,
}

struct Heredoc {
    delimiter: String,
    tabs: bool,
}

struct Lexer<'a> {
    source: &'a Source,
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    word: Option<Partial>,
    /// The next word is the target of a redirection.
    skip: bool,
    heredocs: Vec<Heredoc>,
}

impl Lexer<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        let Some(char) = rest.chars().next() else { return };
        match char {
            ' ' | '\t' => {
                self.end_word();
                self.at += 1;
            }
            '\n' | '\r' => self.line_end(rest),
            '#' if self.word.is_none() => {
                self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            }
            '\\' => self.escape(rest),
            '\'' => self.single_quoted(),
            '"' => self.double_quoted(),
            '$' => self.dollar(),
            '`' => {
                let end = rest[1..].find('`').map_or(rest.len(), |found| found + 2);
                self.expand(self.at..self.at + end, Expanded::default(), true);
            }
            '<' | '>' => self.redirection(),
            '&' if rest.starts_with("&>") => {
                self.end_word();
                self.at += 1;
                self.redirection();
            }
            ';' | '&' | '|' | '(' | ')' => self.operator(rest),
            _ => {
                // A `#` within a word begins no comment.
                let special = |byte: &u8| b" \t\n\r\\'\"$`<>&;|()".contains(byte);
                let length = rest.bytes().position(|byte| special(&byte)).unwrap_or(rest.len());
                let end = self.at + length;
                self.take(self.at..end, true);
                self.at = end;
            }
        }
    }

    /// Appends bytes of the text to the word as they are.
    fn take(&mut self, range: Range<usize>, plain: bool) {
        let source = self.source;
        let word = self.begin();
        word.source.push_from(source, range);
        if plain && word.plain {
            word.bare = word.source.text().len();
        }
        word.plain &= plain;
    }

    fn begin(&mut self) -> &mut Partial {
        let start = self.at;
        let anchor = self.source.range(start..start).start;
        self.word.get_or_insert_with(|| Partial {
            source: Source::at(anchor),
            start,
            bare: 0,
            plain: true,
            expansions: Vec::new(),
        })
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if std::mem::take(&mut self.skip) {
            return;
        }
        let range = self.source.range(word.start..self.at);
        self.tokens.push(Token::Word(RawWord {
            source: word.source,
            range,
            bare: word.bare,
            expansions: word.expansions,
        }));
    }

    fn expand(&mut self, range: Range<usize>, what: Expanded, is_quoted: bool) {
        let from = self.word.as_ref().map_or(0, |word| word.source.text().len());
        self.take(range.clone(), false);
        if let Some(word) = &mut self.word {
            let own = |at: usize| from + at - range.start;
            let default = what.default.map(|default| own(default.start)..own(default.end));
            let at = from..word.source.text().len();
            word.expansions.push(Expansion { at, what: Expanded { default, ..what }, is_quoted });
        }
        self.at = range.end;
    }

    fn dollar(&mut self) {
        let (end, what) = expansion(self.text, self.at);
        if end > self.at + 1 {
            return self.expand(self.at..end, what, false);
        }
        // `$"..."` and `$'...'` are quotes; a lone `$` stands for itself.
        if !self.text[end..].starts_with(['"', '\'']) {
            self.take(self.at..end, false);
        } else {
            self.begin().plain = false;
        }
        self.at = end;
    }

    fn escape(&mut self, rest: &str) {
        let length = if rest.starts_with("\\\r\n") { 3 } else { 1 };
        if length == 3 || rest[1..].starts_with(['\n', '\r']) {
            self.at += length.max(2);
            return;
        }
        let next = rest[1..].chars().next();
        self.begin();
        self.at += 1;
        if let Some(char) = next {
            self.take(self.at..self.at + char.len_utf8(), false);
            self.at += char.len_utf8();
        }
    }

    fn single_quoted(&mut self) {
        self.begin().plain = false;
        let body = self.at + 1;
        let end = self.text[body..].find('\'').map(|found| body + found);
        self.take(body..end.unwrap_or(self.text.len()), false);
        self.at = end.map_or(self.text.len(), |end| end + 1);
    }

    fn double_quoted(&mut self) {
        self.begin().plain = false;
        self.at += 1;
        while let Some(char) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            match char {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' if rest[1..].starts_with(['"', '\\', '$', '`']) => {
                    self.take(self.at + 1..self.at + 2, false);
                    self.at += 2;
                }
                '\\' if rest[1..].starts_with('\n') => self.at += 2,
                '$' => {
                    let (end, what) = expansion(self.text, self.at);
                    if end > self.at + 1 {
                        self.expand(self.at..end, what, true);
                    } else {
                        self.take(self.at..end, false);
                        self.at = end;
                    }
                }
                _ => {
                    let tail = &rest[char.len_utf8()..];
                    let more = tail.bytes().position(|byte| b"\"\\$".contains(&byte)).unwrap_or(tail.len());
                    let end = self.at + char.len_utf8() + more;
                    self.take(self.at..end, false);
                    self.at = end;
                }
            }
        }
    }

    fn redirection(&mut self) {
        // The digits of `2>` name a descriptor and are no word.
        if self.word.as_ref().is_some_and(|word| word.plain && word.source.text().bytes().all(|b| b.is_ascii_digit())) {
            self.word = None;
        }
        self.end_word();
        let rest = &self.text[self.at..];
        if rest.starts_with("<(") || rest.starts_with(">(") {
            let end = closing(self.text, self.at + 1, '(', ')');
            return self.expand(self.at..end, Expanded::default(), true);
        }
        if rest.starts_with("<<") && !rest.starts_with("<<<") {
            return self.heredoc(rest);
        }
        let length = ["<<<", ">>", ">&", "<&", "<>", ">|"].iter().find(|text| rest.starts_with(**text));
        self.at += length.map_or(1, |text| text.len());
        self.skip = true;
    }

    fn heredoc(&mut self, rest: &str) {
        let tabs = rest.starts_with("<<-");
        self.at += if tabs { 3 } else { 2 };
        let tail = &self.text[self.at..];
        let blanks = tail.len() - tail.trim_start_matches([' ', '\t']).len();
        let word = &tail[blanks..];
        let end = word.find([' ', '\t', '\n', '\r', ';', '&', '|', '>', '<', ')']).unwrap_or(word.len());
        let delimiter: String = word[..end].chars().filter(|char| !matches!(char, '\'' | '"' | '\\')).collect();
        self.at += blanks + end;
        if !delimiter.is_empty() {
            self.heredocs.push(Heredoc { delimiter, tabs });
        }
    }

    fn line_end(&mut self, rest: &str) {
        self.end_word();
        self.skip = false;
        self.at += if rest.starts_with("\r\n") { 2 } else { 1 };
        for heredoc in std::mem::take(&mut self.heredocs) {
            let mut document = Source::at(self.source.range(self.at..self.at).start);
            while self.at < self.text.len() {
                let tail = &self.text[self.at..];
                let end = tail
                    .find(['\n', '\r'])
                    .map_or(tail.len(), |found| found + if tail[found..].starts_with("\r\n") { 2 } else { 1 });
                let start = self.at;
                self.at += end;
                let line = tail[..end].trim_end_matches(['\n', '\r']);
                let line = if heredoc.tabs { line.trim_start_matches('\t') } else { line };
                if line == heredoc.delimiter {
                    break;
                }
                document.push_from(self.source, start..self.at);
            }
            self.tokens.push(Token::Document(document));
        }
        self.tokens.push(Token::Operator("\n"));
    }

    fn operator(&mut self, rest: &str) {
        self.end_word();
        self.skip = false;
        let operator = ["&&", "||", ";;", ";", "&", "|", "(", ")"].into_iter().find(|text| rest.starts_with(*text));
        let operator = operator.unwrap_or(";");
        self.at += operator.len();
        self.tokens.push(Token::Operator(operator));
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
