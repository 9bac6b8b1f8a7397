//! Patterns for paths, as `.gitignore` spells them, without its `!`: compared as text.
//!
//! It looks at no file.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// A list of patterns below a folder.
///
/// A pattern without a `/` matches a name at any depth; any other is a path from the folder. What matches a folder
/// matches all that is in it. `*` and `?` stop at `/`, `**` does not. A `\` stands for `/`, as in the paths of Windows;
/// `[*]` is what means a star itself.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    base: String,
    patterns: Vec<String>,
    set: GlobSet,
}

impl PartialEq for Globs {
    fn eq(&self, other: &Globs) -> bool {
        (&self.base, &self.patterns) == (&other.base, &other.patterns)
    }
}

impl Eq for Globs {}

impl Globs {
    /// Patterns for paths below `base`, and a message for each that is none.
    pub fn new(base: &str, patterns: &[String]) -> (Globs, Vec<String>) {
        let mut problems = Vec::new();
        let mut builder = GlobSetBuilder::new();
        for pattern in patterns {
            for form in forms(pattern) {
                match GlobBuilder::new(&form).literal_separator(true).build() {
                    Ok(glob) => drop(builder.add(glob)),
                    Err(error) => {
                        problems.push(format!("`{pattern}` is no glob: {}", error.kind()));
                        break;
                    }
                }
            }
        }
        let set = builder.build().unwrap_or_else(|error| {
            problems.push(format!("the globs are too large: {}", error.kind()));
            GlobSet::empty()
        });
        let base = base.trim_end_matches('/').to_owned();
        (Globs { base, patterns: patterns.to_vec(), set }, problems)
    }

    /// The same patterns below another folder.
    pub fn below(&self, base: &str) -> Globs {
        Globs { base: base.trim_end_matches('/').to_owned(), ..self.clone() }
    }

    /// Whether a path, spelled like the base, matches.
    pub fn matches(&self, path: &str) -> bool {
        if self.set.is_empty() {
            return false;
        }
        let inner = path.strip_prefix(&self.base).and_then(|rest| rest.strip_prefix('/'));
        inner.is_some_and(|inner| self.set.is_match(inner))
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

/// The glob of a pattern, and that of what is below it.
fn forms(pattern: &str) -> [String; 2] {
    let inner = pattern.replace('\\', "/");
    let inner = inner.trim_end_matches('/');
    let own = match inner.strip_prefix('/').or_else(|| inner.strip_prefix("./")) {
        Some(anchored) => anchored.to_owned(),
        None if inner.contains('/') => inner.to_owned(),
        None => format!("**/{inner}"),
    };
    let below = format!("{own}/**");
    [own, below]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let (globs, problems) = Globs::new("/home/me/shop", &[pattern.to_owned()]);
        assert_eq!(problems, [""; 0], "{pattern}");
        globs.matches(path)
    }

    #[test]
    fn a_name_matches_at_any_depth_and_a_path_from_the_folder() {
        for (pattern, path) in [
            ("tests", "/home/me/shop/tests/app.py"),
            ("tests", "/home/me/shop/inner/tests/deep/app.py"),
            ("tests/", "/home/me/shop/tests/app.py"),
            ("*.gen.py", "/home/me/shop/a/b.gen.py"),
            ("examples/*.py", "/home/me/shop/examples/a.py"),
            ("/app.py", "/home/me/shop/app.py"),
            ("./app.py", "/home/me/shop/app.py"),
            ("a/**/z.py", "/home/me/shop/a/b/c/z.py"),
            ("tests\\deep\\*.py", "/home/me/shop/tests/deep/app.py"),
            (".\\tests\\", "/home/me/shop/tests/app.py"),
            ("{dev,test}*.py", "/home/me/shop/dev_app.py"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("tests", "/home/me/shop/my_tests/app.py"),
            ("examples/*.py", "/home/me/shop/examples/inner/a.py"),
            ("examples/*.py", "/home/me/shop/x/examples/a.py"),
            ("/app.py", "/home/me/shop/inner/app.py"),
            ("*.py", "/home/me/other/app.py"),
            ("*.py", "/home/me/shopping/app.py"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn what_is_no_glob_is_told_and_matches_nothing() {
        let (globs, problems) = Globs::new("/x", &["a[".to_owned()]);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("`a[` is no glob: "), "{problems:?}");
        assert!(!globs.matches("/x/a["));
    }
}
