//! The lines of a function, for who looks at some of them alone.

use std::ops::Range;

use ropey::Rope;

use super::Splitter;

/// The parts of a function: its decorators and first line, and the lines of its body, those of blocks in it, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lines {
    pub head: Range<usize>,
    pub body: Vec<Line>,
}

/// A logical line of the body of a function, with its indentation; a definition or a `match` is one with all of its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub range: Range<usize>,
    pub form: Form,
    /// Where its first word begins.
    start: usize,
    /// Whether a block follows, whose lines are lines of their own.
    opens: bool,
}

/// What a line is, as far as it cannot stand alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// A statement, or the first line of one.
    Plain,
    /// A function or class of this name, with its body.
    Definition(Range<usize>),
    Match,
    Elif,
    /// `else`, `try` or `finally`, of so many letters.
    Clause(usize),
    Except,
}

/// A logical line as it stands.
struct Raw {
    /// The beginning of its first line, its first word, and its end.
    line: usize,
    start: usize,
    end: usize,
}

impl Raw {
    fn column(&self) -> usize {
        self.start - self.line
    }
}

impl Lines {
    /// The lines of the function that a text without comments is; `None` for another text, for a function in one line,
    /// and for one whose indentation has more than one kind of blanks.
    pub fn of(text: &str) -> Option<Lines> {
        let raw = raw_lines(text)?;
        let def = raw.iter().position(|line| !text[line.start..].starts_with('@'))?;
        if !is_function(&text[raw[def].start..]) || !opens(text, &raw, def) {
            return None;
        }
        let (head, outer) = (raw[0].line..raw[def].end, raw[def].column());
        let mut body = Vec::new();
        let mut at = def + 1;
        while let Some(line) = raw.get(at) {
            if line.column() <= outer {
                return None;
            }
            let form = form(text, &raw, at);
            let last = match form {
                Form::Definition(_) | Form::Match => last_of_block(&raw, last_decorator(text, &raw, at)),
                _ => at,
            };
            let opens = last == at && opens(text, &raw, at);
            // What only begins a block says nothing.
            if !(opens && matches!(form, Form::Clause(_) | Form::Except)) {
                body.push(Line { range: line.line..raw[last].end, form, start: line.start, opens });
            }
            at = last + 1;
        }
        Some(Lines { head, body })
    }
}

impl Line {
    /// Writes the line as a statement of its own.
    pub fn write(&self, text: &str, out: &mut String) {
        let (indent, line) = (&text[self.range.start..self.start], &text[self.start..self.range.end]);
        out.push_str("if 1:\n");
        out.push_str(indent);
        match self.form {
            Form::Plain | Form::Definition(_) | Form::Match => out.push_str(line),
            Form::Elif => out.push_str(&line["el".len()..]),
            Form::Clause(length) => {
                out.push_str("if 1");
                out.push_str(&line[length..]);
            }
            Form::Except => {
                out.push_str("try: pass\n");
                out.push_str(indent);
                out.push_str(line);
            }
        }
        out.push_str(if self.opens { " pass\n" } else { "\n" });
    }
}

/// All logical lines; `None` where not all indentation is of the same kind of blanks.
fn raw_lines(text: &str) -> Option<Vec<Raw>> {
    let rope = Rope::from_str(text);
    let mut splitter = Splitter::new(&rope, 0);
    let mut lines = Vec::new();
    let mut blank = None;
    while splitter.skip_blank().is_some() {
        let start = splitter.at;
        let line = memchr::memrchr2(b'\n', b'\r', &text.as_bytes()[..start]).map_or(0, |at| at + 1);
        for byte in text[line..start].bytes() {
            if !matches!(byte, b' ' | b'\t') || *blank.get_or_insert(byte) != byte {
                return None;
            }
        }
        splitter.logical_line();
        lines.push(Raw { line, start, end: splitter.end });
    }
    Some(lines)
}

/// Whether a line ends with a colon and deeper ones follow.
fn opens(text: &str, raw: &[Raw], at: usize) -> bool {
    let is_deeper = raw.get(at + 1).is_some_and(|next| next.column() > raw[at].column());
    is_deeper && text[..raw[at].end].ends_with(':')
}

/// The line behind the decorators that begin with a line; the line itself where it is none.
fn last_decorator(text: &str, raw: &[Raw], first: usize) -> usize {
    let is_decorator = |line: &&Raw| text[line.start..].starts_with('@');
    (first + raw[first..].iter().take_while(is_decorator).count()).min(raw.len() - 1)
}

/// The last line of the block that a line begins.
fn last_of_block(raw: &[Raw], first: usize) -> usize {
    first + raw[first + 1..].iter().take_while(|line| line.column() > raw[first].column()).count()
}

fn form(text: &str, raw: &[Raw], at: usize) -> Form {
    let line = &text[raw[at].start..];
    match word(line) {
        "match" if opens(text, raw, at) => Form::Match,
        "elif" => Form::Elif,
        word @ ("else" | "try" | "finally") => Form::Clause(word.len()),
        "except" => Form::Except,
        "class" => definition(text, raw[at].start),
        _ if is_function(line) => definition(text, raw[at].start),
        _ if line.starts_with('@') => definition(text, raw[last_decorator(text, raw, at)].start),
        _ => Form::Plain,
    }
}

/// The definition that begins here, behind its decorators.
fn definition(text: &str, start: usize) -> Form {
    let mut rest = &text[start..];
    for keyword in ["async", "def", "class"] {
        if word(rest) == keyword {
            rest = rest[keyword.len()..].trim_start();
        }
    }
    let name = text.len() - rest.len();
    Form::Definition(name..name + word(rest).len())
}

fn is_function(line: &str) -> bool {
    let first = word(line);
    first == "def" || first == "async" && word(line[first.len()..].trim_start()) == "def"
}

/// The word that a line begins with.
fn word(line: &str) -> &str {
    &line[..line.bytes().position(|byte| !super::is_word(byte)).unwrap_or(line.len())]
}

#[cfg(test)]
mod tests {
    use super::Lines;

    fn written(text: &str) -> Option<Vec<String>> {
        let lines = Lines::of(text)?;
        let written = lines.body.iter().map(|line| {
            let mut out = String::new();
            line.write(text, &mut out);
            out.strip_prefix("if 1:\n").unwrap_or(&out).trim_end_matches('\n').to_owned()
        });
        Some(std::iter::once(text[lines.head.clone()].to_owned()).chain(written).collect())
    }

    #[test]
    fn a_function_has_its_lines() {
        let text = "  @a(\n1)\n  async def f(\n    x,\n  ) -> y:\n    if a:\n        b = (\n1)\n    elif c: pass\n    elif (d\n    ):\n      try:\n        e()\n      except E as e:\n        g()\n      else: h()\n      finally:\n        i = '''\nj: '''\n    @k\n    @l\n    def m():\n      n\n\n      o\n    match p:\n      case q:\n        r\n    match.s = 1\n    async with t as u:\n      return\n    for v in w: x; y\n    else:\n      z\n";
        assert_eq!(
            written(text).expect("a function"),
            [
                "  @a(\n1)\n  async def f(\n    x,\n  ) -> y:",
                "    if a: pass",
                "        b = (\n1)",
                "    if c: pass",
                "    if (d\n    ): pass",
                "        e()",
                "        g()",
                "      if 1: h()",
                "        i = '''\nj: '''",
                "    @k\n    @l\n    def m():\n      n\n\n      o",
                "    match p:\n      case q:\n        r",
                "    match.s = 1",
                "    async with t as u: pass",
                "      return",
                "    for v in w: x; y",
                "      z",
            ]
        );
        let inline = "def f():\n  try: a\n  except B: c\n  finally: d";
        let expected = ["def f():", "  if 1: a", "  try: pass\n  except B: c", "  if 1: d"];
        assert_eq!(written(inline).expect("a function"), expected);
    }

    #[test]
    fn what_is_no_function_of_several_lines_has_none() {
        for text in [
            "",
            "x = 1",
            "class C:\n  x = 1",
            "def f(): return 1",
            "@a",
            "def f():\n  x = 1\n\ty = 2",
            "def f():\n  x = 1\ny = 2",
            "async for x in y:\n  z",
            "definitely:\n  x",
        ] {
            assert_eq!(written(text), None, "{text}");
        }
    }
}
