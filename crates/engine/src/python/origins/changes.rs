//! Whether a text may put something into what a name stands for, told without parsing it.
//!
//! It may see more than is there, never less: `apps.append(app)`, `apps["web"] = app`, `apps.web = app`.

use memchr::memmem;

use super::super::words::is_word;
use super::flows::is_keeping;

/// Whether a part of a program may put something into what `name` stands for, or bind it from inside a function.
pub(super) fn may_change(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    let mut is_named = false;
    for at in memmem::find_iter(bytes, name.as_bytes()) {
        let (before, after) = (&bytes[..at], &bytes[at + name.len()..]);
        if before.last().is_some_and(|byte| is_word(*byte)) || after.first().is_some_and(|byte| is_word(*byte)) {
            continue;
        }
        is_named = true;
        if before.ends_with(b"setattr(") || changes(after) {
            return true;
        }
    }
    is_named && memmem::find(bytes, b"global").is_some()
}

/// Whether what follows a name puts something into it.
fn changes(after: &[u8]) -> bool {
    let mut rest = skip_blanks(after);
    loop {
        match rest.first() {
            Some(b'[') => return true,
            Some(b'.') => {}
            _ => return false,
        }
        rest = skip_blanks(&rest[1..]);
        let end = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
        let attribute = &rest[..end];
        rest = skip_blanks(&rest[end..]);
        let is_set = match rest {
            [b'=', next, ..] => *next != b'=',
            [_, b'=', ..] => !matches!(rest[0], b'=' | b'!' | b'<' | b'>'),
            // An annotation, or one of several targets.
            [b':' | b',', ..] => rest.split(|byte| is_newline(*byte)).next().is_some_and(|line| line.contains(&b'=')),
            _ => false,
        };
        let is_kept = rest.first() == Some(&b'(') && str::from_utf8(attribute).is_ok_and(is_keeping);
        if is_set || is_kept {
            return true;
        }
    }
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
    use super::may_change;

    #[test]
    fn what_a_name_stands_for_is_changed_or_only_used() {
        for text in [
            "apps['web'] = x",
            "apps.append(x)",
            "apps . web = x",
            "apps.web: Flask = x",
            "apps.a, apps.b = x, y",
            "apps.all.extend([x])",
            "apps.count |= x",
            "def go():\n    global apps\n    apps = [x]",
            "setattr(apps, 'web', x)",
            "x = (\n    apps\n    .add(x)\n)",
        ] {
            assert!(may_change(text, "apps"), "{text}");
        }
        for text in ["apps.get(x)", "go(apps, x)", "apps == x", "apps.web == x", "wapps.add(x)", "for a in apps: go(a)"]
        {
            assert!(!may_change(text, "apps"), "{text}");
        }
    }
}
