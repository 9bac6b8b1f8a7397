//! What the text of one comment silences: the grammars of our own directive and of the peers'.
//!
//! Where the comment stands is not known here; the caller names the place by a [`Scope`].

use std::ops::Range;

/// The place of a comment, seen from the finding. A tool obeys its comments in some places only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// On a line of the finding or of its statement.
    Beside,
    /// Alone on the line above.
    Above,
    /// Alone on some line of the file.
    File,
}

/// The rules that these codes of other tools stand for: `S201` (ruff, flake8-bandit), `B201` and `flask_debug_true`
/// (bandit), `S4507` (Sonar), and ids of semgrep rules with `debug` in their name. Comments without a code stand for
/// every rule.
const COVERED_BY_PEERS: [&str; 5] =
    ["app-run-debug", "app-debug-set", "config-debug", "debug-string-truth", "debug-on-by-default"];
const NOQA_CODE: &str = "S201";
const NOSEC_CODES: [&str; 2] = ["B201", "flask_debug_true"];
const NOSONAR_CODE: &str = "S4507";
const NOSEMGREP_PART: &str = "debug";

/// True when the comment (its `#` included) silences the rule from that place.
pub(super) fn silences(comment: &str, python: bool, rule: &str, scope: Scope) -> bool {
    // One comment can hold directives of several tools, each behind its own `#`.
    comment.split('#').skip(1).map(str::trim).any(|part| {
        own(part, rule, scope) || (python && noqa(part, rule, scope)) || (python && nosec(part, rule, scope))
    }) || nosemgrep(comment, rule, scope)
        || nosonar(comment, rule, scope)
}

/// A comment of ours, or the part of a comment that is ours. Ranges are bytes of the comment.
pub(super) struct Own {
    pub range: Range<usize>,
    /// Empty when the list cannot be read.
    pub names: Vec<(String, Range<usize>)>,
    pub is_for_file: bool,
}

/// The parts of a comment (its first `#` included) that are ours.
pub(super) fn own_parts(comment: &str) -> Vec<Own> {
    let starts: Vec<usize> = comment.match_indices('#').map(|(at, _)| at).collect();
    let mut all = Vec::new();
    for (index, &start) in starts.iter().enumerate() {
        let text = comment[start + 1..].trim_start();
        let Some(rest) = text.strip_prefix("undebug:").map(str::trim_start) else { continue };
        let Some((list, is_for_file)) = rest
            .strip_prefix("allow-file")
            .map(|list| (list, true))
            .or_else(|| rest.strip_prefix("allow").map(|list| (list, false)))
            .filter(|(list, _)| list.is_empty() || list.starts_with([' ', '\t']))
        else {
            continue;
        };
        // A `#` in the reason ends nothing, another tool's directive does.
        let next = starts[index + 1..].iter().find(|&&at| is_directive(comment[at + 1..].trim_start()));
        let end = comment[..next.copied().unwrap_or(comment.len())].trim_end().len();
        let from = (comment.len() - list.len()).min(end);
        let names = listed(&comment[from..end], from);
        all.push(Own { range: start..end, names, is_for_file });
    }
    all
}

/// Whether a part of a comment speaks to a tool.
fn is_directive(part: &str) -> bool {
    const TOOLS: [&str; 13] = [
        "noqa", "nosec", "nosem", "NOSONAR", "undebug:", "type:", "pylint:", "pragma:", "fmt:", "ruff:", "flake8:",
        "mypy:", "pyright:",
    ];
    TOOLS.iter().any(|tool| part.starts_with(tool))
}

/// The names of a list with their bytes; none when one of them is no name.
fn listed(list: &str, from: usize) -> Vec<(String, Range<usize>)> {
    let list = without_reason(list.split('#').next().unwrap_or(list));
    let mut at = from;
    let mut names = Vec::new();
    for part in list.split(',') {
        let name = part.trim();
        if !is_rule_name(name) {
            return Vec::new();
        }
        let start = at + part.len() - part.trim_start().len();
        names.push((name.to_owned(), start..start + name.len()));
        at += part.len() + 1;
    }
    names
}

/// The list alone: a reason follows ` -- `, ` (` or ` because `.
fn without_reason(list: &str) -> &str {
    [" -- ", " (", " because "].iter().fold(list, |list, mark| list.split(mark).next().unwrap_or(list))
}

/// `undebug: allow rule, rule`, or `allow-file`; then nothing, or a reason: ` -- why`, ` (why)`, ` because why`.
fn own(part: &str, rule: &str, scope: Scope) -> bool {
    let Some(rest) = part.strip_prefix("undebug:") else { return false };
    let word = if scope == Scope::File { "allow-file" } else { "allow" };
    let Some(rest) = rest.trim_start().strip_prefix(word) else { return false };
    if !rest.starts_with([' ', '\t']) {
        return false;
    }
    let list = without_reason(rest);
    // All or nothing: what cannot be read as a list of rules is a mistake that must not silence anything.
    list.split(',').map(str::trim).all(is_rule_name) && list.split(',').any(|name| name.trim() == rule)
}

fn is_rule_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// `noqa`, `noqa: S201,E501`, in any case; for a file `ruff: noqa` and `flake8: noqa`. As in flake8, the beginning of a
/// code stands for all codes that begin so.
fn noqa(part: &str, rule: &str, scope: Scope) -> bool {
    let part = match scope {
        Scope::Beside => part,
        Scope::Above => return false,
        Scope::File => {
            let Some(rest) = part.strip_prefix("ruff:").or_else(|| part.strip_prefix("flake8:")) else { return false };
            rest.trim_start()
        }
    };
    let Some(rest) = after_word(part, "noqa", true) else { return false };
    let Some(codes) = rest.trim_start().strip_prefix(':') else { return true };
    let mut codes = codes.split([',', ' ', '\t']).filter(|code| !code.is_empty()).take_while(|code| is_code(code));
    codes.any(|code| NOQA_CODE.starts_with(&code.to_ascii_uppercase())) && COVERED_BY_PEERS.contains(&rule)
}

/// Letters, then digits: `S2`, `S201`, `PLR0913`. A word without digits begins a reason.
fn is_code(code: &str) -> bool {
    let digits = code.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    !digits.is_empty() && digits.len() < code.len() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// `nosec`, `nosec B201`, `nosec: B104, B201`. Words that are no test's code or name are a reason, as in bandit.
fn nosec(part: &str, rule: &str, scope: Scope) -> bool {
    if scope != Scope::Beside {
        return false;
    }
    let Some(rest) = after_word(part, "nosec", false) else { return false };
    let words = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut tests = words.filter(|word| is_bandit_test(word)).peekable();
    if tests.peek().is_none() {
        return true;
    }
    tests.any(|test| NOSEC_CODES.contains(&test)) && COVERED_BY_PEERS.contains(&rule)
}

/// A code like `B201`, or a name like `flask_debug_true`: no word of a reason has underscores.
fn is_bandit_test(word: &str) -> bool {
    let code = word
        .strip_prefix('B')
        .is_some_and(|digits| digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    code || word.trim_matches('_').contains('_')
}

/// `nosemgrep` or `nosem`, in any case, anywhere in the comment; after a `:` or `=` ids of rules.
fn nosemgrep(comment: &str, rule: &str, scope: Scope) -> bool {
    if scope == Scope::File {
        return false;
    }
    let lower = comment.to_ascii_lowercase();
    let Some(at) = word_in(&lower, "nosemgrep").or_else(|| word_in(&lower, "nosem")) else { return false };
    let rest = lower[at..].trim_start_matches("nosem").trim_start_matches("grep");
    let Some(ids) = rest.strip_prefix([':', '=']) else { return true };
    // The list goes on as long as there are commas: `id, id`; what follows is a reason.
    let mut listed = ids.split(',').map(|id| id.split_whitespace().next().unwrap_or(""));
    listed.any(|id| id.contains(NOSEMGREP_PART)) && COVERED_BY_PEERS.contains(&rule)
}

/// `NOSONAR` anywhere in the comment; `NOSONAR(python:S4507)` names rules.
fn nosonar(comment: &str, rule: &str, scope: Scope) -> bool {
    if scope != Scope::Beside {
        return false;
    }
    let Some(at) = word_in(comment, "NOSONAR") else { return false };
    let Some(rest) = comment[at + "NOSONAR".len()..].strip_prefix('(') else { return true };
    let rules = rest.split(')').next().unwrap_or(rest);
    let mut keys = rules.split(',').map(|key| key.trim().rsplit(':').next().unwrap_or(""));
    keys.any(|key| key == NOSONAR_CODE) && COVERED_BY_PEERS.contains(&rule)
}

/// What follows a word that the text begins with; `None` when it begins otherwise or the word goes on.
fn after_word<'a>(text: &'a str, word: &str, any_case: bool) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    let same = if any_case { start.eq_ignore_ascii_case(word) } else { start == word };
    (same && !rest.starts_with(is_word_char)).then_some(rest)
}

/// Where the word stands in the text, neither begun nor continued by letters, digits, `_` or `-`.
fn word_in(text: &str, word: &str) -> Option<usize> {
    let mut places = text.match_indices(word).map(|(at, _)| at);
    places.find(|&at| !text[..at].ends_with(is_word_char) && !text[at + word.len()..].starts_with(is_word_char))
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}
