//! What a program imports, as far as its text says: a quick look, without the tree.
//!
//! It may see more than is there, never less. Which file a name means is [`super::files`]'s part.

use std::sync::LazyLock;

use memchr::memmem;

use crate::search::Search;

/// What gets at a module by a name in a text, where it is called. The parenthesis is no part of what is searched: most
/// programs have many.
const BY_NAME: &[&str] = &[
    "import_module",
    "__import__",
    "import_string",
    "resolve_name",
    "locate",
    "run_path",
    "run_module",
    "spec_from_file_location",
    "SourceFileLoader",
];

static LOADS: LazyLock<Search> = LazyLock::new(|| Search::new(BY_NAME));

/// Whether a text gets at a module by its name.
fn loads(text: &[u8]) -> bool {
    LOADS.any(text, |next| next == Some(&b'('))
}

/// How many texts of a program are taken for names of modules: those that load modules by name have few.
const MAX_NAMED: usize = 100;

/// How long the name of a module may be.
const MAX_NAME: usize = 80;

/// The texts of a program that can be the names or paths of modules, where it has what gets at them, and whether they
/// stand in a line with that.
pub(crate) fn named(text: &str) -> Vec<(String, bool)> {
    let mut found: Vec<(String, bool)> = Vec::new();
    if !loads(text.as_bytes()) {
        return found;
    }
    for line in text.lines().filter(|line| line.contains(['"', '\''])) {
        let is_given = loads(line.as_bytes());
        // Between two quotes stands a text, or what is between two texts; that has no such form, most often.
        for part in line.split(['"', '\'']).skip(1).filter(|part| (1..=MAX_NAME).contains(&part.len())) {
            let name = part.trim_start_matches(['.', '/']).trim_end_matches(".py").replace(['/', ':'], ".");
            let is_name = name.chars().all(|c| c.is_alphanumeric() || "_.".contains(c)) && !name.is_empty();
            if is_name && found.len() < MAX_NAMED {
                found.push((name, is_given));
            }
        }
    }
    found
}

/// What a text imports, as far as lines with `import` say: the leading dots, then the dotted path of a module, or of a
/// name in one, which may be a module, too.
pub(crate) fn imported(text: &str) -> Vec<(u32, String)> {
    let mut all: Vec<(u32, String)> = Vec::new();
    for at in memmem::find_iter(text.as_bytes(), b"import") {
        let start = text[..at].rfind(['\n', '\r', ';', ':']).map_or(0, |at| at + 1);
        let (head, tail) = (text[start..at].trim(), &text[at + "import".len()..]);
        if !tail.starts_with([' ', '\t', '(', '\\', '*']) {
            continue;
        }
        let listed = tail.trim_start_matches([' ', '\t', '\\', '\n', '\r']);
        let end = match listed.strip_prefix('(') {
            Some(_) => listed.find(')'),
            None => listed.find(['\n', '\r', ';']),
        };
        let names = listed[..end.unwrap_or(listed.len())].trim_start_matches('(');
        let names = names.lines().flat_map(|line| line.split('#').next().unwrap_or_default().split(','));
        let names = names.filter_map(|name| name.split_whitespace().next()).filter(|name| *name != "\\");
        if head.is_empty() {
            for name in names {
                all.push((0, name.to_owned()));
                all.extend(above(name).map(|above| (0, above.to_owned())));
            }
        } else if let Some(module) = head.strip_prefix("from").map(str::trim) {
            let path = module.trim_start_matches('.');
            let level = (module.len() - path.len()) as u32;
            let inner = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            all.extend(names.map(|name| (level, inner(name))));
            all.push((level, path.to_owned()));
            all.extend(above(path).map(|above| (level, above.to_owned())));
        }
    }
    all
}

/// The packages that a module is in, nearest first: they run before it.
pub(crate) fn above(module: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(module.rsplit_once('.'), |(above, _)| above.rsplit_once('.')).map(|(above, _)| above)
}

#[cfg(test)]
mod tests {
    use super::imported;

    #[test]
    fn imports_are_read_from_the_text() {
        let of = |text: &str| {
            imported(text)
                .iter()
                .map(|(level, path)| format!("{}{path}", ".".repeat(*level as usize)))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(of("import a.b as c, d"), "a.b a d");
        assert_eq!(of("import a.b.c"), "a.b.c a.b a");
        assert_eq!(of("from ..x import (\n    y,  # why\n    z as w,\n)\nimport q"), "..x.y ..x.z ..x q");
        assert_eq!(of("try:\n    from . import a\nexcept ImportError: import b; x = 1"), ".a . b");
        assert_eq!(of("from a import b, c"), "a.b a.c a");
        assert_eq!(of("from importers.web import app"), "importers.web.app importers.web importers");
        assert_eq!(of("import_module('x'); important = 1"), "");
    }
}
