//! Adds a server to the requirements that name Flask.
//!
//! Lock files are left alone: their tools write them.

use std::ops::Range;

use toml_edit::{Document, Item};

/// The edit that adds a package to a `requirements.txt` with Flask; `None` where there is nothing to add to.
pub(crate) fn to_requirements(text: &str, package: &str) -> Option<(Range<usize>, String)> {
    let named = |line: &str| {
        let end = line.find(|char: char| !char.is_ascii_alphanumeric() && char != '-' && char != '_');
        line[..end.unwrap_or(line.len())].to_ascii_lowercase()
    };
    let lines: Vec<String> = text.lines().map(|line| named(line.trim_start())).collect();
    if !lines.iter().any(|name| name == "flask") || lines.iter().any(|name| name == package) {
        return None;
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lead = if text.ends_with('\n') { "" } else { end };
    Some((text.len()..text.len(), format!("{lead}{package}{end}")))
}

/// The edit that adds a package to the dependencies of a `pyproject.toml`.
pub(crate) fn to_pyproject(text: &str, package: &str) -> Option<(Range<usize>, String)> {
    let document = Document::parse(text).ok()?;
    let list = document.get("project").and_then(Item::as_table_like)?.get("dependencies")?.as_array()?;
    let named = |name: &str| {
        list.iter().filter_map(|item| item.as_str()).any(|text| {
            let lower = text.to_ascii_lowercase();
            lower.strip_prefix(name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
        })
    };
    if !named("flask") || named(package) {
        return None;
    }
    let (last, before) = (list.len().checked_sub(1)?, list.len().checked_sub(2));
    let end = list.get(last)?.span()?.end;
    // The next item stands as the last one does behind the one before it.
    let gap = before.and_then(|at| Some(&text[list.get(at)?.span()?.end..list.get(last)?.span()?.start]));
    let gap = gap.filter(|gap| gap.chars().all(|char| char.is_whitespace() || char == ',')).unwrap_or(", ");
    Some((end..end, format!("{gap}\"{package}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(text: &str, edit: Option<(Range<usize>, String)>) -> Option<String> {
        let (range, new) = edit?;
        let mut out = text.to_owned();
        out.replace_range(range, &new);
        Some(out)
    }

    #[test]
    fn a_package_is_added_where_flask_is_named() {
        let add = |text: &str| put(text, to_requirements(text, "gunicorn"));
        assert_eq!(add("Flask==3.1\r\nrequests").as_deref(), Some("Flask==3.1\r\nrequests\r\ngunicorn\r\n"));
        assert_eq!(add("flask\ngunicorn>=20\n"), None);
        assert_eq!(add("flask-login\n"), None);
    }

    #[test]
    fn a_dependency_is_added_in_the_form_of_the_list() {
        let add = |text: &str| put(text, to_pyproject(text, "gunicorn"));
        assert_eq!(
            add("[project]\ndependencies = [\n  \"click\",\n  \"flask>=3\",\n]\n").as_deref(),
            Some("[project]\ndependencies = [\n  \"click\",\n  \"flask>=3\",\n  \"gunicorn\",\n]\n")
        );
        assert_eq!(
            add("[project]\ndependencies = [\"flask\"]\n").as_deref(),
            Some("[project]\ndependencies = [\"flask\", \"gunicorn\"]\n")
        );
        assert_eq!(add("[project]\ndependencies = [\"flask-login\"]\n"), None);
    }
}
