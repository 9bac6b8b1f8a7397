//! Whether a text may put something into what a name stands for, or bind an attribute, told without parsing it.
//!
//! It may see more than is there, never less: `apps.append(app)`, `apps["web"] = app`, `apps.web = app`.

use std::cell::LazyCell;

use memchr::memmem;

use super::super::words::is_word;
use super::flows::is_keeping;

/// Whether a part of a program may put something into what `name` stands for, or bind it from inside a function.
pub(super) fn may_change(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    let puts = |at: usize| bytes[..at].ends_with(b"setattr(") || changes(&bytes[at + name.len()..]);
    places(bytes, name).any(puts) || is_global(bytes, name)
}

/// Whether a part of a class may bind the attribute `name` of something, or put something into it.
pub(super) fn may_set(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |word: &&[u8]| memmem::find(bytes, word).is_some();
    // Imports, and targets over several lines or behind `as`, say in their first or last line what they are.
    let start = bytes.trim_ascii_start();
    let is_import = start.starts_with(b"from ") || start.starts_with(b"import ");
    let unpacks = LazyCell::new(|| UNPACKING.iter().any(has));
    let names = LazyCell::new(|| has(&b"setattr".as_slice()));
    places(bytes, name).any(|at| {
        let (before, after) = (&bytes[..at], &bytes[at + name.len()..]);
        let is_one_of_several = matches!(skip_blanks(after).first(), Some(b',' | b')' | b']'));
        let is_text = matches!(before.last(), Some(b'"' | b'\''));
        is_import
            || is_text && *names
            || is_bound(before, after)
            || changes(after)
            || is_one_of_several && before.last() == Some(&b'.') && *unpacks
    })
}

/// What is in a text that has several targets, which may stand in lines of their own.
const UNPACKING: [&[u8]; 6] = [b") =", b")=", b"] =", b"]=", b" as (", b" as ["];

/// So many bytes around a name are looked at: what is written farther away counts as anything.
const FAR: usize = 4_000;

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
fn is_bound(before: &[u8], after: &[u8]) -> bool {
    let is_part = |byte: &u8| is_word(*byte) || *byte == b'.';
    let before = tail(before);
    let chain = before.iter().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1);
    let said = before[..chain].trim_ascii_end();
    let after = skip_blanks(after);
    if [b"def".as_slice(), b"class", b"import", b"as"].iter().any(|word| said.ends_with(word)) {
        return true;
    }
    // A keyword or a parameter.
    if chain == before.len() && is_within(said, &before[said.len()..]) {
        return false;
    }
    match after {
        [b'=', next, ..] => *next != b'=',
        // An annotation, the end of a `with`, or of a `for`.
        [b':', ..] => true,
        [b'i', b'n', next, ..] => !is_word(*next),
        // One of several targets, also of a `for`.
        [b',' | b')' | b']' | b'*' | b'/' | b'<' | b'>', ..] => {
            line(after).is_none_or(|line| line.contains(&b'=') || memmem::find(line, b" in ").is_some())
        }
        [_, b'=', ..] => after[0] != b'!',
        _ => false,
    }
}

/// Whether what follows this and blanks stands in the parentheses of a call or a function.
fn is_within(said: &[u8], blanks: &[u8]) -> bool {
    match said.last() {
        Some(b'(') => said.len() > 1 && is_word(said[said.len() - 2]),
        Some(b',') => {
            let line = said.rsplit(|byte| is_newline(*byte)).next().unwrap_or(said);
            blanks.iter().any(|byte| is_newline(*byte)) || line.contains(&b'(')
        }
        _ => false,
    }
}

/// Whether what follows a name puts something into it.
fn changes(after: &[u8]) -> bool {
    let mut rest = skip_blanks(after);
    loop {
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
            _ => return false,
        };
        rest = skip_blanks(rest);
        let is_set = match rest {
            [b'=', next, ..] => *next != b'=',
            [_, b'=', ..] => !matches!(rest[0], b'=' | b'!' | b'<' | b'>'),
            // An annotation, or one of several targets.
            [b':' | b',', ..] => line(rest).is_none_or(|line| line.contains(&b'=')),
            [b'*' | b'/' | b'<' | b'>', _, b'=', ..] => true,
            _ => false,
        };
        let is_kept = rest.first() == Some(&b'(') && str::from_utf8(attribute).is_ok_and(is_keeping);
        if is_set || is_kept {
            return true;
        }
    }
}

/// Where the bracket that begins here is closed, not far from here.
fn bracket_end(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, byte) in text.iter().enumerate().take(FAR) {
        match (byte, quote) {
            (_, Some(open)) if *byte == open => quote = None,
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

fn skip_blanks(text: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\\' | b'\r' | b'\n');
    &text[text.iter().position(|byte| !is_blank(byte)).unwrap_or(text.len())..]
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
            "from x import y, apps, z",
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
