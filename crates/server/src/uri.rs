//! Paths of URIs and URIs of paths.
//!
//! The engine knows a `file:` document by its path, with `/` between components, and any other by its whole URI. It
//! does not ask whether a file exists.

use crate::lsp_types::Url;

/// What the engine calls this document. `file:///c%3A/app.py` and `file:///C:/app.py` are one file.
pub fn path_of(uri: &Url) -> String {
    if uri.scheme() != "file" {
        return uri.to_string();
    }
    let path = decode(uri.path());
    if let Some(host) = uri.host_str().filter(|host| !host.is_empty()) {
        return format!("//{host}{path}");
    }
    match drive_of(path.strip_prefix('/').unwrap_or_default()) {
        Some(drive) => format!("{}{}", drive.to_ascii_lowercase(), &path[2..]),
        None => path,
    }
}

/// The URI of what the engine calls a document; `None` when it is neither a path nor a URI.
pub fn uri_of(path: &str) -> Option<Url> {
    if let Some(share) = path.strip_prefix("//") {
        return Url::parse(&format!("file://{}", encode(share))).ok();
    }
    if path.starts_with('/') {
        return Url::parse(&format!("file://{}", encode(path))).ok();
    }
    if drive_of(path).is_some() {
        return Url::parse(&format!("file:///{}", encode(path))).ok();
    }
    Url::parse(path).ok()
}

/// Whether this is a path, so that a file may be there.
pub fn is_file(path: &str) -> bool {
    path.starts_with('/') || drive_of(path).is_some()
}

/// The folder of a path; empty for what is no path.
pub fn folder_of(path: &str) -> &str {
    if !is_file(path) {
        return "";
    }
    match path.rfind('/') {
        Some(0) => "/",
        Some(end) => &path[..end],
        None => "",
    }
}

/// Whether the path lies in the folder.
pub fn is_within(path: &str, folder: &str) -> bool {
    let Some(rest) = path.strip_prefix(folder) else { return false };
    !folder.is_empty() && (rest.starts_with('/') || folder.ends_with('/'))
}

/// The letter of a path that begins with a Windows drive (`c:/app.py`, `c:`).
fn drive_of(path: &str) -> Option<char> {
    let mut letters = path.chars();
    let drive = letters.next().filter(char::is_ascii_alphabetic)?;
    let rest = letters.as_str().strip_prefix(':')?;
    (rest.is_empty() || rest.starts_with('/')).then_some(drive)
}

/// Resolves `%41` to `A`; bytes that are no text become replacement characters.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match (bytes[at], digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Escapes what a URI would read as something else than a path; the URI parser escapes the rest.
fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 8);
    for character in path.chars() {
        match character {
            '%' | '?' | '#' | '\\' | '\n' | '\r' | '\t' | '[' | ']' | ';' | '^' | '|' => {
                out.push_str(&format!("%{:02X}", character as u32));
            }
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for path in [
            "/home/me/app.py",
            "/with space/100%/a?b#c.py",
            "/ünï/😀/日本.py",
            "/back\\slash/new\nline/[x];y^|.py",
            "/percent%41/%zz/%",
            "c:/Users/me/app.py",
            "//server/share/app.py",
            "untitled:Untitled-1",
            "vscode-vfs://github/a/b.py",
        ] {
            let uri = uri_of(path).unwrap();
            assert_eq!(path_of(&uri), path, "{uri}");
        }
    }

    #[test]
    fn drives_are_one_file_however_they_are_spelled() {
        for uri in ["file:///c%3A/a%20b.py", "file:///C:/a%20b.py", "file:///c:/a b.py", "file:///C%3a/a%20b.py"] {
            assert_eq!(path_of(&Url::parse(uri).unwrap()), "c:/a b.py", "{uri}");
        }
        assert_eq!(path_of(&Url::parse("file:///cc:/x").unwrap()), "/cc:/x");
    }

    #[test]
    fn bytes_that_are_no_text() {
        assert_eq!(path_of(&Url::parse("file:///%ff.py").unwrap()), "/\u{fffd}.py");
        assert_eq!(path_of(&Url::parse("file:///a%2").unwrap()), "/a%2");
    }

    #[test]
    fn folders() {
        assert_eq!(folder_of("/a/b.py"), "/a");
        assert_eq!(folder_of("/b.py"), "/");
        assert_eq!(folder_of("untitled:a/b"), "");
        assert!(is_within("/a/b.py", "/a"));
        assert!(is_within("/b.py", "/"));
        assert!(!is_within("/ab/c.py", "/a"));
        assert!(!is_within("/a", "/a"));
        assert!(!is_within("x", ""));
    }
}
