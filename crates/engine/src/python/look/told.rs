//! Whether code makes an application that may be told to be in debug mode, or hands on what makes one.
//!
//! A class of a framework is named in annotations and imports more often than it is used. It may see more uses than there
//! are, never less: what is not known for an annotation or an import is a use.

use memchr::memmem;

use super::{FAR, parenthesized};
use crate::python::words::is_word;

/// What may stand before a name in an annotation.
const ANNOTATED: [&[u8]; 4] = [b": ", b"-> ", b"[", b"| "];

/// How long the arguments of a call may be, in bytes, to be looked at: longer ones have anything.
const LONGEST: usize = 16 * 1024;

/// Whether a class is called with what could tell it, or is handed on to where it may be, or inherited from, in code
/// without comments.
pub(super) fn is_told(code: &[u8], class: &[u8]) -> bool {
    memmem::find_iter(code, class).any(|at| {
        let (before, after) = (&code[..at], &code[at + class.len()..]);
        // A part of another name.
        if before.last().into_iter().chain(after.first()).any(|byte| is_word(*byte)) {
            return false;
        }
        match after.first() {
            Some(b'(') => {
                let arguments = parenthesized(&after[..after.len().min(LONGEST)]);
                let has = |word: &[u8]| memmem::find(arguments, word).is_some();
                arguments.len() == LONGEST || has(b"debug") || has(b"**")
            }
            // Under another name it is called somewhere else.
            _ if is_imported_from(before) => is_renamed(after),
            _ => !is_annotated(before),
        }
    })
}

/// Whether Starlette's class is called with something that has no keyword: the first says `debug`.
pub(super) fn is_told_by_place(code: &[u8]) -> bool {
    let class = b"Starlette(";
    memmem::find_iter(code, class).any(|at| {
        let first = code[at + class.len()..].trim_ascii_start();
        let name = first.iter().position(|byte| !is_word(*byte)).unwrap_or(first.len());
        let sign = first[name..].trim_ascii_start();
        let is_keyword = name > 0 && sign.first() == Some(&b'=') && sign.get(1) != Some(&b'=');
        !is_keyword && !first.is_empty() && !first.starts_with(b")")
    })
}

/// Whether what stands before a name in its line begins an import.
fn is_imported_from(before: &[u8]) -> bool {
    line(before).is_some_and(|line| {
        let line = line.rsplit(|byte| *byte == b';').next().unwrap_or(line).trim_ascii_start();
        line.starts_with(b"from ") || line.starts_with(b"import ")
    })
}

/// Whether what follows a name gives it another.
fn is_renamed(after: &[u8]) -> bool {
    let next = after.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\\' | b'\r' | b'\n' | b'\x0c'));
    next.is_some_and(|next| after[next..].starts_with(b"as"))
}

/// Whether a name behind this says what a variable, a parameter or a result is: that is no call.
fn is_annotated(before: &[u8]) -> bool {
    if !ANNOTATED.iter().any(|sign| before.ends_with(sign)) {
        return false;
    }
    let before = before.trim_ascii_end();
    match before.last() {
        // An index is one, a list is none, and neither is what stands in one behind a word like `in`.
        Some(b'[') => {
            before[..before.len() - 1].last().is_some_and(|byte| is_word(*byte)) && !ends_with_keyword(before)
        }
        // Of a key of a dictionary, and of what `lambda` gives, nobody says what it is.
        Some(b':') => {
            let said = line(before).filter(|line| memmem::find(line, b"lambda").is_none());
            said.is_some() && before[..before.len() - 1].last().is_some_and(|byte| is_word(*byte)) && !is_key(before)
        }
        _ => true,
    }
}

/// Whether a word that is no name stands before a bracket.
fn ends_with_keyword(before: &[u8]) -> bool {
    const WORDS: [&[u8]; 12] =
        [b"in", b"return", b"yield", b"and", b"or", b"not", b"if", b"else", b"is", b"await", b"match", b"lambda"];
    let name = &before[..before.len() - 1];
    let first = name.iter().rposition(|byte| !is_word(*byte)).map_or(0, |at| at + 1);
    WORDS.contains(&&name[first..])
}

/// Whether what a colon ends may be a key of a dictionary, or a word like `else`.
fn is_key(before: &[u8]) -> bool {
    if [&b"else:"[..], b"try:", b"finally:"].iter().any(|word| before.ends_with(word)) {
        return true;
    }
    // The last bracket that is open here; none is looked for where texts may have some, too.
    let mut depth = 0_usize;
    let near = &before[before.len().saturating_sub(FAR)..];
    let open = near.iter().rev().find(|byte| {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'(' | b'[' | b'{' | b'"' | b'\'' => return true,
            _ => {}
        }
        false
    });
    !matches!(open, None | Some(b'('))
}

/// The line so far, without its indentation; `None` where it is too long to look at.
fn line(before: &[u8]) -> Option<&[u8]> {
    let near = &before[before.len().saturating_sub(FAR)..];
    match near.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(at) => Some(near[at + 1..].trim_ascii_start()),
        None => (near.len() == before.len()).then(|| near.trim_ascii_start()),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_told, is_told_by_place};

    #[test]
    fn a_class_is_made_or_handed_on() {
        for text in [
            "FastAPI(debug=1)",
            "FastAPI(\n    title=f('a'),\n    debug=x,\n)",
            "FastAPI(**options)",
            "FastAPI (debug=1)",
            "FastAPI\x0c(debug=1)",
            "make = FastAPI\n",
            "make = FastAPI if x else None",
            "return FastAPI",
            "return[0, FastAPI]",
            "for make in[FastAPI]: pass",
            "match FastAPI:\n    case make: pass",
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
            "from fastapi import FastAPI  as F",
            "from fastapi import FastAPI \\\n    as F",
            "from fastapi import (\n    FastAPI\tas F,\n)",
            // Who imports this file may call it.
            "from fastapi import (\n    Depends,\n    FastAPI,\n)",
            "fastapi.FastAPI\n",
            "getattr(fastapi, 'FastAPI')",
            "globals()['FastAPI']",
            "{'make': 'FastAPI'}",
            "'fastapi.FastAPI'.split('.')",
            "FastAPI.make()",
            "go(x['a'], FastAPI)",
            "go('(', FastAPI)",
            "import fastapi; make = fastapi.FastAPI",
        ] {
            assert!(is_told(text.as_bytes(), b"FastAPI"), "{text}");
        }
    }

    #[test]
    fn the_first_place_says_debug() {
        for (text, is) in [
            ("Starlette(True)", true),
            ("Starlette(\n    DEBUG == 1,\n)", true),
            ("Starlette(not x)", true),
            ("Starlette(*values)", true),
            ("Starlette()", false),
            ("Starlette(\n)", false),
            ("Starlette(routes=[])", false),
        ] {
            assert_eq!(is_told_by_place(text.as_bytes()), is, "{text}");
        }
    }

    #[test]
    fn a_class_is_only_named() {
        for text in [
            "FastAPI()",
            "FastAPI(title='Debugger'.lower())",
            "from fastapi import FastAPI",
            "from fastapi import Depends, FastAPI\n",
            "def go(app: FastAPI): pass",
            "def go(\n    app: FastAPI,\n): pass",
            "def go() -> FastAPI: pass",
            "app: FastAPI | None = None",
            "app: None | FastAPI",
            "app: Optional[FastAPI]",
            "class FastAPIError(Exception): pass",
            "class C(MyFastAPI): pass",
        ] {
            assert!(!is_told(text.as_bytes(), b"FastAPI"), "{text}");
        }
    }
}
