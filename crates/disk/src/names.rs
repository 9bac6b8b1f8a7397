//! File names as text, and back: the engine names files by text, and a file's name may be none.
//!
//! A byte that is no text stands as one character of a private area, so that two names never become one and the file
//! is found again. It touches no file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// The character that stands for the byte 0; those for 0x80 to 0xff are used, U+EF80 to U+EFFF.
const AREA: u32 = 0xef00;

/// The first byte of every character of the area in UTF-8: texts without it need no second look.
const LEAD: u8 = 0xee;

/// A name as text, without loss. A character of the area that is really there is taken apart into its bytes.
pub fn name_of(mut bytes: &[u8]) -> Cow<'_, str> {
    if !bytes.contains(&LEAD)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let mut name = String::with_capacity(bytes.len() + 8);
    while let Some(first) = bytes.first() {
        let length = (1..=4.min(bytes.len())).find(|&length| std::str::from_utf8(&bytes[..length]).is_ok());
        let text = length.and_then(|length| std::str::from_utf8(&bytes[..length]).ok()).unwrap_or_default();
        match text.chars().next().filter(|char| byte_of(*char).is_none()) {
            Some(char) => {
                name.push(char);
                bytes = &bytes[text.len()..];
            }
            None => {
                name.extend(char::from_u32(AREA + u32::from(*first)));
                bytes = &bytes[1..];
            }
        }
    }
    Cow::Owned(name)
}

/// The bytes of a name that [`name_of`] made.
pub fn bytes_of(name: &str) -> Cow<'_, [u8]> {
    if !name.as_bytes().contains(&LEAD) {
        return Cow::Borrowed(name.as_bytes());
    }
    let mut bytes = Vec::with_capacity(name.len());
    for char in name.chars() {
        match byte_of(char) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Cow::Owned(bytes)
}

/// The path of a file that the engine names.
pub fn real_path(name: &str) -> Cow<'_, Path> {
    match bytes_of(name) {
        Cow::Borrowed(_) => Cow::Borrowed(Path::new(name)),
        #[cfg(unix)]
        Cow::Owned(bytes) => {
            use std::os::unix::ffi::OsStringExt;
            Cow::Owned(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
        }
        #[cfg(not(unix))]
        Cow::Owned(bytes) => Cow::Owned(PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())),
    }
}

/// A name for people: a byte that is no text as `\xff`.
pub fn shown(name: &str) -> Cow<'_, str> {
    if !name.as_bytes().contains(&LEAD) {
        return Cow::Borrowed(name);
    }
    let mut text = String::with_capacity(name.len());
    for char in name.chars() {
        match byte_of(char) {
            Some(byte) => text.push_str(&format!("\\x{byte:02x}")),
            None => text.push(char),
        }
    }
    Cow::Owned(text)
}

/// The bytes of a path of the operating system as text.
pub(crate) fn text_of(path: &Path) -> Cow<'_, str> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        name_of(path.as_os_str().as_bytes())
    }
    #[cfg(not(unix))]
    path.to_string_lossy()
}

/// The byte that a character stands for.
fn byte_of(char: char) -> Option<u8> {
    let byte = u32::from(char).checked_sub(AREA)?;
    u8::try_from(byte).ok().filter(|byte| !byte.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_whatever_bytes_they_have() {
        let names: [&[u8]; 6] =
            [b"/a/b.py", "/ä 😀.py".as_bytes(), b"/a\xff.py", b"/a\xe2\x82.py", "/\u{ef80}.py".as_bytes(), b"\xff\xfe"];
        for bytes in names {
            assert_eq!(&*bytes_of(&name_of(bytes)), bytes, "{:?}", name_of(bytes));
        }
        assert_ne!(name_of(b"a\xff"), name_of(b"a\xfe"));
        assert_ne!(name_of("\u{ef80}".as_bytes()), name_of(b"\x80"));
        assert_eq!(shown(&name_of(b"/a\xff.py")), "/a\\xff.py");
    }

    #[test]
    #[cfg(unix)]
    fn a_file_with_such_a_name_is_found_again() {
        let path = real_path(&name_of(b"/a\xff.py")).into_owned();
        assert_eq!(text_of(&path), name_of(b"/a\xff.py"));
        assert_eq!(crate::slashed(&path), name_of(b"/a\xff.py"));
    }
}
