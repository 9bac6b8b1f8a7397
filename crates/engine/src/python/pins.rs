//! Which version of Flask a project pins, as far as it decides about debug mode.
//!
//! Up to 2.2 Flask obeys `FLASK_ENV=development`; a project that pins nothing is taken to use a current one.

use super::files::{Files, folder_of, join};
use crate::language::Language;

/// Files that name versions, from the program's folder upwards.
/// A lock file says what is installed, whatever the range that it was made from.
const FILES: &[&str] = &[
    "poetry.lock",
    "pdm.lock",
    "uv.lock",
    "pylock.toml",
    "Pipfile.lock",
    "requirements.txt",
    "requirements/base.txt",
    "requirements/production.txt",
    "requirements/prod.txt",
    "constraints.txt",
    "pyproject.toml",
    "setup.cfg",
    "Pipfile",
];

/// The first version that ignores `FLASK_ENV`.
const IGNORES: (u32, u32) = (2, 3);

/// Whether the Flask that a project pins obeys `FLASK_ENV`. `folder` is the program's.
pub(crate) fn obeys_flask_env(files: &Files, folder: &str) -> bool {
    let probe = join(folder, "x");
    let root = probe[..probe.len() - files.inner(&probe).len()].trim_end_matches('/').to_owned();
    let mut at = folder.to_owned();
    loop {
        for name in FILES {
            let path = join(&at, name);
            let language = Language::of_path(&path).unwrap_or(Language::Dotenv);
            let Some(file) = files.load(&path, Some(language)) else { continue };
            let text = files.with(file, |file| file.document.whole()).unwrap_or_default();
            if let Some(old) = pins_old(&text) {
                return old;
            }
        }
        if at == root || !at.contains('/') || at.len() <= root.len() {
            return false;
        }
        at = folder_of(&at).to_owned();
    }
}

/// Whether a text holds Flask below 2.3; `None` where it says nothing of a version.
fn pins_old(text: &str) -> Option<bool> {
    // What the packages of a lock file ask for says less than what is installed.
    let is_lock = text.contains("[[package");
    let mut lines = text.split(['\n', '\r']).filter(|line| !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        let lower = line.trim().to_ascii_lowercase();
        // poetry.lock and uv.lock: the name on one line, the version on the next.
        if lower.replace(' ', "") == "name=\"flask\"" {
            let version = lines.find_map(|line| line.trim().strip_prefix("version")?.trim().strip_prefix('='))?;
            return number(version.trim().trim_matches('"')).map(|version| version < IGNORES);
        }
        let Some(at) = lower.find("flask").filter(|at| !is_lock && starts_name(&lower, *at)) else { continue };
        let rest = lower[at + "flask".len()..].trim_start_matches(['"', '\'', ' ', ':', '{']);
        let rest = rest.strip_prefix("[").and_then(|rest| rest.split_once(']')).map_or(rest, |(_, rest)| rest);
        let rest = rest.trim_start_matches("\"version\":").trim_start_matches(['=', ' ']).trim_start();
        let whole = &lower[at + "flask".len()..];
        // In a list the next requirement begins behind the quote.
        let quote = lower[..at].chars().next_back().filter(|char| matches!(char, '"' | '\''));
        let inner = quote.and_then(|quote| whole.split(quote).next()).filter(|inner| !inner.is_empty());
        let whole = inner.unwrap_or(whole);
        if let Some(old) = bounds(whole) {
            return Some(old);
        }
        // Pipfile.lock: the version a few lines below.
        if rest.is_empty() && lower.starts_with("\"flask\"") {
            let version = lines.by_ref().take(12).find_map(|line| line.trim().strip_prefix("\"version\":"))?;
            return bounds(version);
        }
    }
    None
}

fn starts_name(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    let after = line[at + "flask".len()..].chars().next();
    let part = |char: Option<char>| {
        char.is_some_and(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '/'))
    };
    !part(before) && !part(after)
}

/// Whether version bounds such as `==2.2.5`, `>=2,<2.3` or `~=2.2.0` keep a version below 2.3.
fn bounds(text: &str) -> Option<bool> {
    let text = text.split(['#', ';']).next().unwrap_or(text);
    let mut told = None;
    let mut rest = text;
    while let Some(at) = rest.find(['=', '<', '~', '^', '>']) {
        let end = rest[at..].find(|char: char| !"=<~^>".contains(char)).map_or(rest.len(), |found| at + found);
        let operator = &rest[at..end];
        let behind = rest[end..].trim_start_matches([' ', '"', '\'']);
        rest = behind;
        let Some(version) = number(behind) else { continue };
        let parts = behind.split(|char: char| !char.is_ascii_digit() && char != '.').next().unwrap_or("");
        let exact = parts.split('.').filter(|part| !part.is_empty()).count() > 2;
        let old = match operator {
            "==" | "===" | "=" => Some(version < IGNORES),
            "<" => Some(version <= IGNORES),
            "<=" => Some(version < IGNORES),
            "~=" | "~" => Some(version < IGNORES && (exact || operator == "~")),
            "^" => Some(false),
            _ => None,
        };
        told = match (told, old) {
            (Some(true), _) | (_, None) => told,
            (_, old) => old,
        };
    }
    told
}

fn number(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(|char: char| !char.is_ascii_digit() && char != '.').next()?.split('.');
    let major = parts.next()?.parse().ok()?;
    Some((major, parts.next().and_then(|part| part.parse().ok()).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_read_in_their_forms() {
        for (text, old) in [
            ("click\nFlask==2.2.5\n", Some(true)),
            ("Flask==2.3.3 # not <2.3\n", Some(false)),
            ("flask>=2.0,<2.3\n", Some(true)),
            ("flask>=2.0\n", None),
            ("flask~=2.2.0\n", Some(true)),
            ("flask~=2.2\n", Some(false)),
            ("flask[async]<=2.2.9; python_version > '3.7'\n", Some(true)),
            ("flask-login==0.6\nFlask-Env==1.0\n", None),
            ("dependencies = [\"flask==1.1.4\"]\n", Some(true)),
            ("dependencies = [\"flask~=2.2\", \"flask-login==0.6\"]\n", Some(false)),
            ("[tool.poetry.dependencies]\nflask = \"~2.1\"\n", Some(true)),
            ("[tool.poetry.dependencies]\nflask = \"^2.1\"\n", Some(false)),
            ("[[package]]\nname = \"flask\"\nversion = \"2.2.2\"\n", Some(true)),
            ("[[package]]\nname = \"flask\"\nversion = \"3.1.0\"\n", Some(false)),
            (
                "[[package]]\nname = \"aa\"\ndependencies = [\"flask<4\"]\n[[package]]\nname = \"flask\"\nversion = \"2.2.5\"",
                Some(true),
            ),
            ("        \"flask\": {\n            \"hashes\": [],\n            \"version\": \"==2.0.3\"\n", Some(true)),
        ] {
            assert_eq!(pins_old(text), old, "{text}");
        }
    }
}
