//! Whether a text may put something into what a name stands for, or bind an attribute, told without parsing it.
//!
//! It may see more than is there, never less: `apps.append(app)`, `apps["web"] = app`, `apps.web = app`.

use std::cell::LazyCell;

use memchr::{memchr2_iter, memmem};

use super::super::words::is_word;
use super::flows::is_keeping;

/// So many bytes around a name are looked at: what is written farther away counts as anything.
const FAR: usize = 1_000;

/// So many attributes and keys behind a name are looked at.
const MAX_CHAIN: usize = 16;

/// Words that a parenthesis follows which is none of a call.
const NO_CALLS: [&[u8]; 6] = [b"for", b"as", b"with", b"in", b"async", b"await"];

/// Whether a part of a program may put something into what `name` stands for, or bind it from inside a function.
pub(super) fn may_change(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    let unpacks = LazyCell::new(|| unpacks(bytes));
    let puts = |at: usize| {
        let (before, after) = (&bytes[..at], &bytes[at + name.len()..]);
        before.ends_with(b"setattr(") || changes(before, after, &|| *unpacks)
    };
    places(bytes, name).any(puts) || is_global(bytes, name) || binds_by_walrus(bytes, name)
}

/// Whether a part of a class may bind the attribute `name` of something, or put something into it.
pub(super) fn may_set(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    let start = bytes.trim_ascii_start();
    let is_import = start.starts_with(b"from ") || start.starts_with(b"import ");
    let unpacks = LazyCell::new(|| unpacks(bytes));
    let names = LazyCell::new(|| memmem::find(bytes, b"setattr").is_some());
    places(bytes, name).any(|at| {
        let (before, after) = (&bytes[..at], &bytes[at + name.len()..]);
        let is_text = matches!(before.last(), Some(b'"' | b'\''));
        is_import || is_text && *names || is_bound(before, after, &|| *unpacks) || changes(before, after, &|| *unpacks)
    })
}

/// Whether a part of a program may bind a name in its own scope, or put something into what it stands for.
pub(super) fn may_bind(text: &str, name: &str) -> bool {
    // Names may follow an import over many lines, and be anywhere in what a `case` captures.
    let has = |word: &str| places(text.as_bytes(), word).next().is_some();
    may_set(text, name) || may_change(text, name) || has("import") || has("case")
}

/// Whether a text binds a name inside of an expression: `(app := make())`.
fn binds_by_walrus(bytes: &[u8], name: &str) -> bool {
    places(bytes, name).any(|at| skip_blanks(&bytes[at + name.len()..]).starts_with(b":="))
}

/// Where a name stands as a whole word.
fn places<'a>(bytes: &'a [u8], name: &'a str) -> impl Iterator<Item = usize> + 'a {
    memmem::find_iter(bytes, name.as_bytes()).filter(move |at| {
        let after = bytes.get(at + name.len());
        !bytes[..*at].last().is_some_and(|byte| is_word(*byte)) && !after.is_some_and(|byte| is_word(*byte))
    })
}

/// Whether a `global` statement names this.
fn is_global(bytes: &[u8], name: &str) -> bool {
    places(bytes, "global")
        .any(|at| line(&bytes[at..]).is_none_or(|line| line.ends_with(b"\\") || places(line, name).next().is_some()))
}

/// Whether a name between these is bound: defined, imported, or assigned to, also as one of several targets.
fn is_bound(before: &[u8], after: &[u8], unpacks: &dyn Fn() -> bool) -> bool {
    const WORDS: [&[u8]; 5] = [b"def", b"class", b"import", b"as", b"for"];
    let Some(said) = before_chain(before) else { return true };
    let after = skip_blanks(after);
    if WORDS.iter().any(|word| said.ends_with(word)) || is_last_of_for(said, after) {
        return true;
    }
    let is_target = match after {
        [b'=', next, ..] => *next != b'=',
        [b':', ..] => true,
        [_, b'=', ..] => after[0] != b'!',
        [b'*' | b'/' | b'<' | b'>', _, b'=', ..] => true,
        _ => return is_one_of_several(before, after, unpacks),
    };
    // A keyword or a parameter is none.
    is_target && !is_within_call(before)
}

/// Whether a target between these is the last one of `for a, b in`.
fn is_last_of_for(said: &[u8], after: &[u8]) -> bool {
    let said = said.strip_suffix(b"*").map_or(said, <[u8]>::trim_ascii_end);
    said.ends_with(b",") && matches!(after, [b'i', b'n', next, ..] if !is_word(*next))
}

/// Whether a target between these is followed by others, or closes them.
fn is_one_of_several(before: &[u8], after: &[u8], unpacks: &dyn Fn() -> bool) -> bool {
    if !matches!(after.first(), Some(b',' | b')' | b']')) {
        return false;
    }
    let Some(line) = line(after) else { return true };
    let code = line.split(|byte| *byte == b'#').next().unwrap_or(line).trim_ascii_end();
    let has = |word: &[u8]| memmem::find(line, word).is_some();
    // What looks like a comment may stand in a text.
    let is_here = line.contains(&b'=') || has(b" in ") || has(b" as ") || code.ends_with(b"\\");
    let goes_on = matches!(code.last(), Some(b',' | b'(' | b'[')) || code.contains(&b':');
    (is_here || goes_on && unpacks()) && !is_within_call(before)
}

/// Whether a text has several targets in brackets, which may stand in lines of their own.
fn unpacks(bytes: &[u8]) -> bool {
    let is_closed = |at: usize| {
        let rest = skip_blanks(&bytes[at + 1..]);
        rest.first() == Some(&b'=') && rest.get(1) != Some(&b'=')
    };
    let opens = |word: &str| {
        places(bytes, word).any(|at| {
            let behind = &bytes[at + word.len()..];
            matches!(skip_blanks(behind).first(), Some(b'(' | b'['))
                || line(behind).is_none_or(|line| matches!(line.trim_ascii_end().last(), Some(b'(' | b'[' | b',')))
        })
    };
    memchr2_iter(b')', b']', bytes).any(is_closed) || opens("as") || opens("for")
}

/// Whether what follows stands in the parentheses of a call or of a function's parameters.
fn is_within_call(before: &[u8]) -> bool {
    let before = tail(before);
    let mut depth = 0;
    for (at, byte) in before.iter().enumerate().rev() {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'(' => {
                let name = &before[..at];
                let start = name.iter().rposition(|byte| !is_word(*byte)).map_or(0, |end| end + 1);
                let line = name.rsplit(|byte| is_newline(*byte)).next().unwrap_or(name);
                return start < at && !NO_CALLS.contains(&&name[start..]) && !line.contains(&b'#');
            }
            // What is in a text, or in a comment, is no bracket.
            b'[' | b'{' | b'"' | b'\'' | b'#' => return false,
            _ => {}
        }
    }
    false
}

/// What stands before a name and the objects that it is an attribute of; `None` where these have no end.
fn before_chain(before: &[u8]) -> Option<&[u8]> {
    let before = tail(before);
    let is_part = |byte: &u8| is_word(*byte) || *byte == b'.';
    match before.iter().rposition(|byte| !is_part(byte)) {
        Some(end) => {
            let mut said = before[..=end].trim_ascii_end();
            while let Some(line) = said.strip_suffix(b"\\") {
                said = line.trim_ascii_end();
            }
            Some(said)
        }
        None => (before.len() < FAR).then_some(b""),
    }
}

/// Whether what follows a name puts something into it.
fn changes(before: &[u8], after: &[u8], unpacks: &dyn Fn() -> bool) -> bool {
    let mut rest = skip_blanks(after);
    // `(apps).append(app)`
    while let Some(behind) = rest.strip_prefix(b")") {
        rest = skip_blanks(behind);
    }
    if !matches!(rest.first(), Some(b'[' | b'.')) {
        return false;
    }
    let Some(said) = before_chain(before) else { return true };
    let is_target = said.ends_with(b"for") || said.ends_with(b"as");
    for _ in 0..MAX_CHAIN {
        let attribute = match rest {
            [b'[', ..] => {
                let Some(end) = bracket_end(rest) else { return true };
                rest = &rest[end..];
                &[]
            }
            [b'.', ..] => {
                rest = skip_blanks(&rest[1..]);
                let (attribute, behind) =
                    rest.split_at(rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len()));
                rest = behind;
                attribute
            }
            _ => return is_target || is_last_of_for(said, rest) || is_one_of_several(before, rest, unpacks),
        };
        rest = skip_blanks(rest);
        let is_set = match rest {
            [b'=', next, ..] => *next != b'=',
            [_, b'=', ..] => !matches!(rest[0], b'=' | b'!' | b'<' | b'>'),
            // An annotation.
            [b':', ..] => line(rest).is_none_or(|line| {
                line.contains(&b'=') || matches!(line.trim_ascii_end().last(), Some(b'[' | b'(' | b',' | b'\\'))
            }),
            [b'*' | b'/' | b'<' | b'>', _, b'=', ..] => true,
            _ => false,
        };
        let is_kept = rest.first() == Some(&b'(') && str::from_utf8(attribute).is_ok_and(is_keeping);
        if is_set || is_kept {
            return true;
        }
    }
    true
}

/// Where the bracket that begins here is closed, not far from here; nothing where texts and comments may hide that.
fn bracket_end(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, byte) in text.iter().enumerate().take(FAR) {
        match (byte, quote) {
            (b'\\' | b'#', _) => return None,
            (_, Some(open)) if *byte == open => quote = None,
            (b'"' | b'\'', None) if text[at..].starts_with(&[*byte; 3]) => return None,
            (b'"' | b'\'', None) => quote = Some(*byte),
            (b'[' | b'(' | b'{', None) => depth += 1,
            (b']' | b')' | b'}', None) => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The line that begins here; `None` where it is too long to look at.
fn line(text: &[u8]) -> Option<&[u8]> {
    let near = &text[..text.len().min(FAR)];
    match near.iter().position(|byte| is_newline(*byte)) {
        Some(end) => Some(&near[..end]),
        None => (near.len() == text.len()).then_some(near),
    }
}

/// The last bytes of a text.
fn tail(text: &[u8]) -> &[u8] {
    &text[text.len().saturating_sub(FAR)..]
}

/// Goes over blanks, line breaks and comments.
fn skip_blanks(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\\' | b'\r' | b'\n' | b'\x0c');
        rest = &rest[rest.iter().position(|byte| !is_blank(byte)).unwrap_or(rest.len())..];
        match rest.first() {
            Some(b'#') => rest = &rest[rest.iter().position(|byte| is_newline(*byte)).unwrap_or(rest.len())..],
            _ => return rest,
        }
    }
}

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::{may_change, may_set};

    #[test]
    fn an_attribute_is_set_or_only_read() {
        for text in [
            "self.apps = x",
            "self.apps: Flask = x",
            "self.a, self.apps = x, y",
            "(self.apps, self.a) = x",
            "[self.a, self.apps] = x",
            "self.apps += x",
            "self.apps //= x",
            "for self.apps in x: pass",
            "with x as self.apps: pass",
            "self.apps.append(x)",
            "self.apps[1] = x",
            "self.apps.web = x",
            "def apps(self): pass",
            "class apps: pass",
            "from x import apps",
            "setattr(self, 'apps', x)",
            "apps = x",
            "self . apps \\\n = x",
            "self.all = self.apps = x",
            "*self.apps, y = x",
            "(\n    self.a,\n    self.apps,\n) = x",
            "with x as self.apps, y as z: pass",
            "with x as (self.a, self.apps): pass",
            "for self.apps, self.a in x: pass",
            "for (self.a, self.apps) in x: pass",
            "self.a, self.apps, *self.b = x",
            "for self.a, self.apps in x: pass",
            "for (\n    self.apps,\n    self.a,\n) in x: pass",
            "with x as (self.apps, self.a): pass",
            "(\n    self.apps,  # noqa\n    self.a,\n) = x",
            "(self.a, self.apps,\n self.b) = x",
            "self.apps, \\\n    self.a = x",
            "self.a, self.apps, \\\n    self.b = x",
            "(\n    self.apps,\n    self.a,\n)  \\\n = x",
            "self.apps\x0c= x",
            "(port, apps) = x",
            "(\n    port,\n    apps\n) = x",
            "x[str(1)], apps = y",
            "for apps, port in x: pass",
            "for (port, apps) in x: pass",
            "with x as (port, apps): pass",
            "with (x as self.apps, y): pass",
            "from x import y, apps, z",
            "# as in go(x\n    self.apps = x",
            "def go(self):\n    \"\"\"As in go(x\"\"\"\n    self.apps = x",
        ] {
            assert!(may_set(text, "apps"), "{text}");
        }
        for text in [
            "self.apps.get(x)",
            "go(self.apps)",
            "self.apps == x",
            "self.apps != x",
            "return self.apps\n",
            "self.wapps = 1",
            "go(apps=1)",
            "go(\n    x,\n    apps=x,\n)",
            "def go(\n    self,\n    apps: str = x,\n): pass",
            "go(x, apps=x)",
            "x = {'apps': 1}",
        ] {
            assert!(!may_set(text, "apps"), "{text}");
        }
    }

    #[test]
    fn what_a_name_stands_for_is_changed_or_only_used() {
        for text in [
            "apps['web'] = x",
            "apps['a'][']'] = x",
            "apps[0].web = x",
            "apps[f(1)].append(x)",
            "apps[1], y = x",
            "apps['",
            "apps['it\\'s'] = x; print('a]b')",
            "apps[  # any ] here\n    'web'\n] = x",
            "apps[\n    'web'  # :)\n] = x",
            "apps['''a'b'''] = x; y = ']'",
            "(x, apps['web']) = 1, y",
            "[x, apps['web']] = y",
            "(\n    apps['web'],\n    x,\n) = y",
            "(apps['web'], y,\n x) = z",
            "for apps['web'] in x: pass",
            "for x, apps['web'] in y: pass",
            "with x as apps['web']: pass",
            "apps['web']: dict[\n    str, x] = y",
            "(apps  # here\n    .append(x))",
            "apps.append(x)",
            "apps . web = x",
            "apps.web: Flask = x",
            "apps.a, apps.b = x, y",
            "apps.all.extend([x])",
            "apps.count |= x",
            "def go():\n    global apps\n    apps = [x]",
            "setattr(apps, 'web', x)",
            "x = (\n    apps\n    .add(x)\n)",
            "def go():\n    global x, apps",
            "def go():\n    global x, \\\n    apps",
        ] {
            assert!(may_change(text, "apps"), "{text}");
        }
        assert!(!may_change("def go():\n    return apps.global_x", "apps"));
        for text in [
            "apps.get(x)",
            "apps['a'].web",
            "x: apps[str] | None = y",
            "go(apps, x)",
            "apps == x",
            "apps.web == x",
            "wapps.add(x)",
            "for a in apps: go(a)",
        ] {
            assert!(!may_change(text, "apps"), "{text}");
        }
    }
}
