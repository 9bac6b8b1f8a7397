//! Whether a text makes an application that may be told to be in debug mode, or sets that by a name.
//!
//! A class of a framework is written of more often than it is used: in documentation, annotations and imports. It may see
//! more uses than there are, never less.

use memchr::memmem;

use super::{FAR, ends_a_name, is_handed_on, line_of, parenthesized};
use crate::python::words::is_word;

/// Whether a class is called with what could tell it, or is handed on to where it may be, or inherited from.
pub(super) fn is_told(text: &[u8], class: &[u8]) -> bool {
    memmem::find_iter(text, class).any(|at| {
        let (before, after) = (&text[..at], &text[at + class.len()..]);
        if before.last().is_some_and(|byte| is_word(*byte)) {
            return false;
        }
        match after.first() {
            Some(b'(') => {
                let arguments = parenthesized(after);
                memmem::find(arguments, b"debug").is_some() || memmem::find(arguments, b"**").is_some()
            }
            // `getattr` and its kin name it in a text.
            Some(quote @ (b'"' | b'\'')) => before.strip_suffix(&[*quote]).is_some_and(|before| !is_annotated(before)),
            Some(b'.') => after.get(1).is_some_and(|byte| is_word(*byte)),
            // Under another name it is called somewhere else.
            _ if is_imported_from(text, at) => after.starts_with(b" as "),
            _ => ends_a_name(after) && is_handed_on(before) && !is_annotated(before),
        }
    })
}

/// Whether a name behind this says what a variable, a parameter or a result is: that is no call.
fn is_annotated(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    if before.ends_with(b"->") || before.ends_with(b"|") {
        return true;
    }
    // The last bracket that is open here; none is looked for where texts and comments may have some, too.
    let mut depth = 0_usize;
    let near = &before[before.len().saturating_sub(FAR)..];
    let open = near.iter().enumerate().rev().find(|(_, byte)| {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'(' | b'[' | b'{' | b'"' | b'\'' | b'#' => return true,
            _ => {}
        }
        false
    });
    match open {
        // An index; a list holds it.
        Some((at, b'[')) => near[..at].last().is_some_and(|byte| is_word(*byte)),
        // A key, or who knows.
        Some((_, b'{' | b'"' | b'\'' | b'#')) => false,
        _ => {
            let line = before.rsplit(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or(before);
            let said = line.strip_suffix(b":").and_then(<[u8]>::last);
            said.is_some_and(|byte| is_word(*byte))
                && !line.ends_with(b"else:")
                && memmem::find(line, b"lambda").is_none()
        }
    }
}

/// Whether a name stands in the list of an import, also in one of several lines.
fn is_imported_from(text: &[u8], at: usize) -> bool {
    let line = line_of(text, at, at).trim_ascii_start();
    if line.starts_with(b"from ") || line.starts_with(b"import ") {
        return true;
    }
    let near = &text[at.saturating_sub(FAR)..at];
    let is_listed = |byte: &u8| is_word(*byte) || matches!(byte, b',' | b' ' | b'\t' | b'\n' | b'\r');
    let before = near.iter().rposition(|byte| !is_listed(byte)).map(|end| &near[..=end]);
    before
        .and_then(|before| before.strip_suffix(b"("))
        .is_some_and(|before| before.trim_ascii_end().ends_with(b"import"))
}

/// Whether a text between these may be the name of an attribute that is set: `setattr(app, "debug", True)`, also by a
/// function of another file. Among other texts, or as a key, it is one only where something in the file sets by names.
pub(super) fn names_attribute(text: &[u8], before: &[u8], after: &[u8]) -> bool {
    const SETTING: [&[u8]; 3] = [b"setattr", b"__dict__", b"vars("];
    let is_quote = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\''));
    let said = before[..before.len() - 1].trim_ascii_end().strip_suffix(b",").map(<[u8]>::trim_ascii_end);
    let next = after[1.min(after.len())..].trim_ascii_start().strip_prefix(b",").map(<[u8]>::trim_ascii_start);
    let is_argument =
        said.is_some_and(|said| !is_quote(said.last())) && next.is_some_and(|next| !is_quote(next.first()));
    is_argument || SETTING.iter().any(|word| memmem::find(text, word).is_some())
}

#[cfg(test)]
mod tests {
    use super::{is_told, names_attribute};

    #[test]
    fn a_class_is_made_or_handed_on() {
        for text in [
            "FastAPI(debug=1)",
            "FastAPI(\n    title=f('a'),\n    debug=x,\n)",
            "FastAPI(**options)",
            "make = FastAPI\n",
            "make = FastAPI  # here",
            "make = FastAPI if x else None",
            "return FastAPI",
            "go(FastAPI)",
            "partial(FastAPI, debug=1)",
            "class Api(FastAPI): pass",
            "class Api(\n    Base,\n    FastAPI,\n): pass",
            "for make in (FastAPI, Starlette): pass",
            "for make in [FastAPI]: pass",
            "APPS = {'web': FastAPI}",
            "APPS = {\n    WEB: FastAPI,\n}",
            "APPS = {WEB: x, API: FastAPI}",
            "make = lambda: FastAPI",
            "make = lambda x: FastAPI",
            "if x: pass\nelse: FastAPI",
            "x: type[FastAPI] = FastAPI",
            "def go(make=FastAPI): pass",
            "from fastapi import FastAPI as F",
            "from fastapi import (\n    FastAPI as F,\n)",
            "fastapi.FastAPI\n",
            "getattr(fastapi, 'FastAPI')",
            "{'make': 'FastAPI'}",
            "FastAPI.make()",
            "go(x['a'], FastAPI)",
            "go('(', FastAPI)",
        ] {
            assert!(is_told(text.as_bytes(), b"FastAPI"), "{text}");
        }
    }

    #[test]
    fn a_class_is_only_written_of() {
        for text in [
            "FastAPI()",
            "FastAPI(title='Debugger'.lower())",
            "from fastapi import FastAPI",
            "from fastapi import Depends, FastAPI\n",
            "from fastapi import (\n    Depends,\n    FastAPI,\n)",
            "def go(app: FastAPI): pass",
            "def go(\n    app: FastAPI,\n): pass",
            "def go() -> FastAPI: pass",
            "app: FastAPI | None = None",
            "app: None | FastAPI",
            "app: Optional[FastAPI]",
            "apps: dict[str, FastAPI]",
            "def go(app: 'FastAPI') -> \"FastAPI\": pass",
            "class FastAPIError(Exception): pass",
            "class C(MyFastAPI): pass",
            "# The FastAPI app\n",
            "\"\"\"Create a FastAPI application.\"\"\"",
            "'FastAPI is not installed'",
        ] {
            assert!(!is_told(text.as_bytes(), b"FastAPI"), "{text}");
        }
    }

    #[test]
    fn a_text_names_an_attribute() {
        let names = |text: &str| {
            let at = text.find("debug").expect("the word");
            names_attribute(text.as_bytes(), &text.as_bytes()[..at], &text.as_bytes()[at + "debug".len()..])
        };
        for text in [
            "setattr(app, 'debug', True)",
            "set_option(app, 'debug', True)",
            "set_option(\n    app,\n    'debug',\n    True,\n)",
            "app.__dict__['debug'] = 1",
            "vars(app).update({'debug': 1})",
            "for name in ('debug', 'title'):\n    setattr(app, name, 1)",
        ] {
            assert!(names(text), "{text}");
        }
        for text in [
            "LEVELS = ['info', 'debug', 'error']",
            "level = 'debug'",
            "{'debug': 10}",
            "styles['debug'] = 1",
            "'see `debug`'",
        ] {
            assert!(!names(text), "{text}");
        }
    }
}
