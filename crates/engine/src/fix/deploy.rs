//! Ways out of findings in deployment files: another value, no setting, no flag, a comment.
//!
//! Every fix is tried on the text before it is offered: it must change what the file says at that one place and
//! nowhere else. What is a finding is not decided here.

mod code;
mod trial;
mod tries;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use self::trial::{Change, holders};
use self::tries::{Idea, attempt};
use super::{Edit, Fix, FixKind};
use crate::deploy;
use crate::deploy::flask_cli::{Launch, launch};
use crate::document::Document;
use crate::language::Language;
use crate::python::launch::means_off;
use crate::view::{EnvVar, Service, Word};

/// What is asked for: the ways out of a finding.
pub(crate) struct Asked<'a> {
    /// Its setting ([`EnvVar::range`]) or its word of a command ([`Word::range`]).
    pub range: Range<usize>,
    pub rule: &'a str,
    /// The kind that the user prefers, where there is a fix of it.
    pub preferred: FixKind,
}

/// The ways out of each of these findings of one file, the preferred one first, the comment last.
pub(crate) fn deploy_fixes(
    language: Language,
    path: &Arc<str>,
    document: &Document,
    asked: &[Asked<'_>],
) -> Vec<Vec<Fix>> {
    let text = document.whole();
    let (first, all) = (deploy::services as Read, deploy::services_with_all_branches as Read);
    let services = first(language, path, &text);
    let file = File { language, path, text: &text, services: &services, read: first };
    // What only a script's defaults keep from running is looked for where it is.
    let is_known = asked.iter().all(|one| file.has(&one.range));
    let branches = if is_known { Vec::new() } else { all(language, path, &text) };
    let thorough = File { language, path, text: &text, services: &branches, read: all };
    let here = |one: &Asked<'_>| file.has(&one.range);
    let mut found: Vec<Vec<Fix>> = asked.iter().map(|_| Vec::new()).collect();
    for (file, is_first) in [(&file, true), (&thorough, false)] {
        let own = || asked.iter().enumerate().filter(|(_, one)| here(one) == is_first);
        let tried = attempt(file, own().map(|(_, one)| file.ideas(one)).collect());
        for ((at, one), fixes) in own().zip(tried) {
            found[at] = file.in_order(fixes, one);
        }
    }
    found
}

/// Whether a setting is one command's own: `FLASK_DEBUG=1 flask run`.
fn is_of_command(services: &[Service], range: &Range<usize>) -> bool {
    let holds = |settings: &[EnvVar]| settings.iter().any(|setting| setting.range == *range);
    let commands = services.iter().flat_map(|service| &service.commands).any(|command| holds(&command.env));
    commands && !services.iter().any(|service| holds(&service.env))
}

/// What reads the services of a text.
type Read = fn(Language, &str, &str) -> Vec<Service>;

struct File<'a> {
    language: Language,
    path: &'a Arc<str>,
    text: &'a str,
    services: &'a [Service],
    read: Read,
}

impl File<'_> {
    fn has(&self, range: &Range<usize>) -> bool {
        self.setting(range).is_some() || self.words(range).is_some()
    }

    /// The ways out that come to mind, not tried yet.
    fn ideas(&self, asked: &Asked<'_>) -> Vec<Idea> {
        let range = &asked.range;
        let mut ideas = if let Some(setting) = self.setting(range) {
            self.setting_fixes(&setting)
        } else if let Some(words) = self.words(range) {
            let mut ideas = self.flag_fixes(&words, range);
            ideas.extend(self.code_fixes(&words, range));
            ideas
        } else {
            Vec::new()
        };
        ideas.extend(self.suppress(range, asked.rule));
        ideas
    }

    /// The fixes with the preferred one marked, and first.
    fn in_order(&self, mut fixes: Vec<Fix>, asked: &Asked<'_>) -> Vec<Fix> {
        let range = &asked.range;
        let natural = match self.setting(range) {
            Some(setting) => {
                // FLASK_RUN_DEBUG=0 and a variable set for one command would beat a FLASK_DEBUG=1 that somebody asks for.
                let own = is_of_command(self.services, range) && !self.is_handed(range);
                let name = setting.name.as_str();
                let gone = own || matches!(name, "WERKZEUG_DEBUG_PIN" | "FLASK_RUN_DEBUG" | "FLASK_RUN_DEBUGGER");
                if gone { FixKind::Remove } else { FixKind::Off }
            }
            None => FixKind::Remove,
        };
        // What a person prefers for Python says nothing about which of these is safe.
        let wanted = [if natural == FixKind::Remove { natural } else { asked.preferred }, natural]
            .into_iter()
            .find(|kind| *kind != FixKind::Suppress && fixes.iter().any(|fix| fix.kind == *kind));
        for fix in &mut fixes {
            fix.preferred = Some(fix.kind) == wanted;
        }
        fixes.sort_by_key(|fix| (!fix.preferred, fix.kind == FixKind::Suppress));
        fixes
    }

    fn setting(&self, range: &Range<usize>) -> Option<EnvVar> {
        let commands = self.services.iter().flat_map(|service| &service.commands).flat_map(|command| &command.env);
        let args = self.services.iter().flat_map(|service| &service.links.args);
        let mut all = self.services.iter().flat_map(|service| &service.env).chain(args).chain(commands);
        all.find(|setting| setting.range == *range).cloned()
    }

    /// Whether a command hands a setting to something elsewhere, and starts nothing itself.
    fn is_handed(&self, range: &Range<usize>) -> bool {
        let mut commands = self.services.iter().flat_map(|service| &service.commands);
        commands.any(|command| {
            // What stands in front of the program is the program's own.
            let behind = command.words.first().is_none_or(|program| program.range.end <= range.start);
            command.is_elsewhere && behind && command.env.iter().any(|setting| setting.range == *range)
        })
    }

    /// The words of the command that has one at this place.
    fn words(&self, range: &Range<usize>) -> Option<Vec<Word>> {
        let mut commands = self.services.iter().flat_map(|service| &service.commands);
        commands.find(|command| command.words.iter().any(|word| word.range == *range)).map(|found| found.words.clone())
    }

    fn setting_fixes(&self, setting: &EnvVar) -> Vec<Idea> {
        let mut fixes = Vec::new();
        let off = off_value(&setting.name, setting.value.as_deref());
        let raw = &self.text[setting.value_range.clone()];
        if let Some(default) = deploy::fallback(raw) {
            let off = off_value(&setting.name, Some(&default));
            fixes.extend(off.and_then(|off| self.default_off(setting, &default, &off)));
        } else if let Some(off) = off.filter(|_| setting.value.is_some() && !raw.is_empty()) {
            let new = self.written(setting, &off);
            let change = Change::Value(setting.range.clone(), off.clone());
            let title = match off.as_str() {
                "" => format!("Leave `{}` empty", setting.name),
                off => format!("Set `{}` to `{off}`", setting.name),
            };
            fixes.push(self.idea(title, FixKind::Off, setting.value_range.clone(), new, change));
        }
        // A command that only sets needs something to set, and the option in front of a setting needs its value.
        let removal = if self.is_handed(&setting.range) { None } else { self.removal(setting) };
        if let Some(range) = removal {
            let change = Change::Gone(setting.range.clone());
            let title = format!("Remove `{}`", setting.name);
            fixes.push(self.idea(title, FixKind::Remove, range, String::new(), change));
        }
        fixes
    }

    /// `${FLASK_DEBUG:-1}` becomes `${FLASK_DEBUG:-0}`.
    fn default_off(&self, setting: &EnvVar, default: &str, off: &str) -> Option<Idea> {
        let raw = &self.text[setting.value_range.clone()];
        let at = setting.value_range.start + raw.rfind(default).filter(|_| !default.is_empty())?;
        let written = format!(
            "{}{off}{}",
            &self.text[setting.value_range.start..at],
            &self.text[at + default.len()..setting.value_range.end]
        );
        let change = Change::Value(setting.range.clone(), written);
        let title = format!("Set the default of `{}` to `{off}`", setting.name);
        Some(self.idea(title, FixKind::Off, at..at + default.len(), off.to_owned(), change))
    }

    /// A value in the form and the quotes of the one that is there.
    fn written(&self, setting: &EnvVar, value: &str) -> String {
        let raw = &self.text[setting.value_range.clone()];
        for quote in ["\\\"", "\"", "'"] {
            if raw.len() >= 2 * quote.len() && raw.starts_with(quote) && raw.ends_with(quote) {
                return format!("{quote}{value}{quote}");
            }
        }
        let before = &self.text[setting.range.start..setting.value_range.start];
        let mapping = self.language == Language::Yaml && before.trim_end().ends_with(':');
        // A bare `0` or `no` in YAML is no string, and in JSON and TOML every string has quotes.
        let quoted =
            mapping || matches!(self.language, Language::Json | Language::Toml) && !raw.starts_with(['\\', '\'']);
        let inside_string = matches!(self.language, Language::Json | Language::Toml) && before.ends_with('=');
        let quoted = quoted && !(inside_string && self.language == Language::Json);
        if quoted && value != "production" && !self.in_command(setting) {
            format!("\"{value}\"")
        } else {
            value.to_owned()
        }
    }

    /// Whether a shell reads the setting: it stands in the text of a command, not in a table of the file.
    fn in_command(&self, setting: &EnvVar) -> bool {
        let mut commands = self.services.iter().flat_map(|service| &service.commands);
        commands.any(|command| {
            let inside = |at: usize| command.range.start <= at && at < command.range.end;
            command.env.contains(setting) && inside(setting.range.start)
        })
    }

    /// The bytes to delete so that a setting is gone.
    fn removal(&self, setting: &EnvVar) -> Option<Range<usize>> {
        if self.language == Language::Dockerfile
            && let Some(("ENV", instruction)) = deploy::instruction_at(self.text, setting.range.start)
                .as_ref()
                .map(|(name, range)| (name.as_str(), range.clone()))
        {
            return self.pair(setting, &instruction);
        }
        // Of a block `env { name = ... value = ... }` a part alone cannot go.
        if self.language == Language::Hcl && self.text[setting.range.clone()].contains(['\n', '\r']) {
            return None;
        }
        let range = self.quoted(&setting.range);
        if self.language != Language::Json && self.alone(&range) {
            return Some(self.lines(&range));
        }
        if matches!(self.language, Language::Json) || self.separated(&range) {
            return Some(self.element(&range));
        }
        if self.language == Language::Systemd && !self.in_command(setting) {
            return Some(self.with_blank_before(&range));
        }
        Some(self.assignment(&range))
    }

    /// One pair of an ENV instruction, or the instruction when it has no other.
    fn pair(&self, setting: &EnvVar, instruction: &Range<usize>) -> Option<Range<usize>> {
        let mut all: Vec<&EnvVar> = self.services.iter().flat_map(|service| &service.env).collect();
        all.retain(|other| instruction.contains(&other.range.start));
        all.sort_by_key(|other| other.range.start);
        all.dedup_by_key(|other| other.range.start);
        let at = all.iter().position(|other| other.range == setting.range)?;
        let range = match (at.checked_sub(1).map(|before| all[before]), all.get(at + 1)) {
            (None, None) => return Some(self.lines(instruction)),
            (None, Some(next)) => setting.range.start..next.range.start,
            (Some(before), _) => before.range.end..setting.range.end,
        };
        // A comment between continuation lines would go too.
        (!self.text[range.clone()].replace(&self.text[setting.range.clone()], "").contains('#')).then_some(range)
    }

    /// `FLASK_DEBUG=1 ` in front of a program, `export FLASK_DEBUG=1 && `, `-e FLASK_DEBUG=1 `.
    fn assignment(&self, range: &Range<usize>) -> Range<usize> {
        let mut start = range.start;
        let before = &self.text[..start];
        for lead in ["export ", "--env=", "--env ", "-e "] {
            if before.ends_with(lead) {
                start -= lead.len();
            }
        }
        let exported = self.text[start..].starts_with("export ");
        let mut end = self.skip_blanks(range.end);
        for separator in ["&&", ";"] {
            if exported && self.text[end..].starts_with(separator) {
                end = self.skip_blanks(end + separator.len());
            }
        }
        start..end
    }

    fn flag_fixes(&self, words: &[Word], range: &Range<usize>) -> Vec<Idea> {
        let Some(at) = words.iter().position(|word| word.range == *range) else { return Vec::new() };
        let flag = words[at].text.as_str();
        let is_flask = matches!(launch(words), Launch::FlaskRun(_));
        // A program of the project has its own flags.
        let can_go = if is_flask { flag.starts_with("--") && !flag.contains('=') } else { flag.starts_with('-') };
        if at == 0 || !can_go || range.is_empty() {
            return Vec::new();
        }
        let gone = if self.language == Language::Yaml && self.alone(range) {
            self.lines(range)
        } else if self.separated(range) {
            self.element(range)
        } else {
            let before = words[at - 1].range.end.min(range.start);
            let gap = &self.text[before..range.start];
            let blank = gap.chars().all(|char| char.is_whitespace() || char == '\\' || char == '`');
            // A word that a variable brings in stands behind another text than the word before it.
            let is_beside = !gap.is_empty() || words[at - 1].range.end == range.start;
            if blank && is_beside { before..range.end } else { self.with_blank_before(range) }
        };
        let title = format!("Remove `{flag}`");
        let mut fixes = vec![self.idea(title, FixKind::Remove, gone, String::new(), Change::Gone(range.clone()))];
        let name = flag.strip_prefix("--").filter(|name| is_flask && matches!(*name, "debug" | "debugger"));
        let Some(name) = name else {
            return fixes;
        };
        let raw = &self.text[range.clone()];
        if let Some(offset) = raw.find(flag) {
            let off = format!("--no-{name}");
            let place = range.start + offset..range.start + offset + flag.len();
            let title = format!("Replace `{flag}` by `{off}`");
            fixes.push(self.idea(title, FixKind::Off, place, off.clone(), Change::Says(range.clone(), off)));
        }
        fixes
    }

    /// A comment that allows the finding: behind it where the language has such comments, else on the line above.
    fn suppress(&self, range: &Range<usize>, rule: &str) -> Option<Idea> {
        if !self.language.has_comments() {
            return None;
        }
        let comment = format!("# undebug: allow {rule}");
        let title = format!("Allow `{rule}` here");
        let line = deploy::line_of(self.text, range.end.max(range.start + 1) - 1);
        let first = match self.language {
            Language::Dockerfile => deploy::instruction_at(self.text, range.start).map(|(_, range)| range.start),
            _ => None,
        };
        let mut start = deploy::line_of(self.text, first.unwrap_or(range.start)).start;
        if start == 0 && self.text.starts_with('\u{feff}') {
            start = '\u{feff}'.len_utf8();
        }
        let content = &self.text[start..];
        // A recipe's tab would hand the comment to the shell.
        let indent = &content[..content.len() - content.trim_start_matches([' ', '\t']).len()];
        let indent = if self.language == Language::Makefile { "" } else { indent };
        let new = format!("{indent}{comment}{}", self.line_end());
        let above = self.idea(title.clone(), FixKind::Suppress, start..start, new, Change::Nothing);
        if !matches!(self.language, Language::Yaml | Language::Shell | Language::Toml) {
            return Some(above);
        }
        let end = line.end..line.end;
        let behind = self.idea(title, FixKind::Suppress, end, format!("  {comment}"), Change::Nothing);
        Some(Idea { otherwise: Some(Box::new(above)), ..behind })
    }

    fn line_end(&self) -> &'static str {
        match self.text.find(['\n', '\r']) {
            Some(at) if self.text[at..].starts_with("\r\n") => "\r\n",
            Some(at) if self.text[at..].starts_with('\r') => "\r",
            _ => "\n",
        }
    }

    /// The range with the quotes directly around it.
    fn quoted(&self, range: &Range<usize>) -> Range<usize> {
        let before = self.text[..range.start].chars().next_back();
        let after = self.text[range.end..].chars().next();
        match (before, after) {
            (Some(left @ ('"' | '\'')), Some(right)) if left == right => range.start - 1..range.end + 1,
            _ => range.clone(),
        }
    }

    /// Whether nothing else stands on the lines of a range but a list's dash, `export`, `Environment=`, a comment.
    fn alone(&self, range: &Range<usize>) -> bool {
        let before = &self.text[deploy::line_of(self.text, range.start).start..range.start];
        if before.trim().is_empty() && self.text[..range.start].trim_end().ends_with('\\') {
            // The line before goes on here: it would go on in the line behind.
            return false;
        }
        let before = before.trim().trim_start_matches('\u{feff}');
        let mut lead = before.strip_prefix("- ").unwrap_or(before).trim();
        lead = match self.language {
            Language::Systemd => lead.strip_prefix("Environment=").unwrap_or(lead),
            Language::Batch => lead.trim_start_matches('@').strip_prefix("set").unwrap_or(lead),
            Language::Makefile if !before.is_empty() => {
                lead.strip_suffix("export").map_or(lead, |rest| if rest.trim_end().ends_with(':') { "" } else { rest })
            }
            _ => lead.strip_prefix("export").unwrap_or(lead),
        };
        let after = self.text[range.end..deploy::line_of(self.text, range.end).end].trim();
        let closed = matches!(lead.trim(), "{" | "- {") && after == "}";
        closed || (matches!(lead.trim(), "" | "-") && (after.is_empty() || after.starts_with('#')))
    }

    /// The whole lines of a range, with the key above them when they are all that stands under it.
    fn lines(&self, range: &Range<usize>) -> Range<usize> {
        let start = deploy::line_of(self.text, range.start).start;
        let end = self.next_line(range.end);
        let start = if start == 0 && self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { start };
        if self.language != Language::Yaml {
            return start..end;
        }
        self.only_child(start, end).map_or(start..end, |parent| parent..end)
    }

    /// Where the key line starts that has only these lines under it.
    fn only_child(&self, start: usize, end: usize) -> Option<usize> {
        let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let own = self.text[start..].lines().next()?;
        let above = self.text[..start].trim_end();
        let parent = deploy::line_of(self.text, above.len());
        let key = &self.text[parent.start..above.len()];
        if !key.ends_with(':') || key.trim_start().starts_with(['#', '-']) || indent(key) > indent(own) {
            return None;
        }
        let next = self.text[end..].lines().find(|line| !line.trim().is_empty() && !line.trim().starts_with('#'));
        let dash = |line: &str| line.trim_start().starts_with('-');
        let sibling = next
            .is_some_and(|next| indent(next) > indent(own) || indent(next) == indent(own) && dash(next) == dash(own));
        (!sibling).then_some(parent.start)
    }

    fn next_line(&self, at: usize) -> usize {
        let end = deploy::line_of(self.text, at).end;
        let rest = &self.text[end..];
        end + if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) }
    }

    /// Whether commas or brackets stand on both sides: an element of a list or a table in brackets.
    fn separated(&self, range: &Range<usize>) -> bool {
        let before = unjoined(&self.text[..range.start], &[' ', '\t', '\n', '\r']).chars().next_back();
        let after = self.text[range.end..].trim_start().chars().next();
        let open = matches!(before, Some('[' | '{' | ','));
        open && matches!(after, Some(']' | '}' | ','))
    }

    /// An element with the comma that goes with it.
    fn element(&self, range: &Range<usize>) -> Range<usize> {
        let after = &self.text[range.end..];
        if let Some(rest) = after.trim_start().strip_prefix(',')
            && !rest.trim_start().starts_with([']', '}'])
        {
            return range.start..self.text.len() - rest.trim_start().len();
        }
        let before = unjoined(&self.text[..range.start], &[' ', '\t', '\n', '\r']);
        match before.strip_suffix(',') {
            Some(kept) => kept.len()..range.end,
            None => {
                let comma = after.trim_start().strip_prefix(',').map(str::len);
                range.start..comma.map_or(range.end, |left| self.text.len() - left)
            }
        }
    }

    fn with_blank_before(&self, range: &Range<usize>) -> Range<usize> {
        let kept = unjoined(&self.text[..range.start], &[' ', '\t']);
        if kept.len() < range.start && !kept.ends_with('=') {
            return kept.len()..range.end;
        }
        range.start..self.skip_blanks(range.end)
    }

    /// The first byte behind blanks and joined line ends.
    fn skip_blanks(&self, at: usize) -> usize {
        let mut end = at;
        loop {
            let rest = &self.text[end..];
            let joined = ["\\\r\n", "\\\n"].iter().find(|joint| rest.starts_with(**joint));
            let length = joined.map_or(usize::from(rest.starts_with([' ', '\t'])), |joint| joint.len());
            if length == 0 {
                return end;
            }
            end += length;
        }
    }

    /// A fix of one edit, for the trial to show that it does what it is to do and nothing else.
    fn idea(&self, title: String, kind: FixKind, range: Range<usize>, new: String, change: Change) -> Idea {
        let holders = match &change {
            Change::Gone(range) | Change::Says(range, _) if self.setting(range).is_none() => {
                holders(self.services, range)
            }
            _ => BTreeSet::new(),
        };
        let edits = vec![Edit { path: self.path.clone(), range, text: new }];
        Idea { fix: Fix { title, kind, preferred: false, edits }, change, holders, otherwise: None }
    }
}

/// A text without the blanks and joined line ends at its end.
fn unjoined<'a>(text: &'a str, blanks: &[char]) -> &'a str {
    let mut kept = text;
    loop {
        let blank = kept.trim_end_matches(blanks);
        let joined = blank.strip_suffix("\\\r\n").or_else(|| blank.strip_suffix("\\\n"));
        // With line ends among the blanks, the backslash is what is left of the joint.
        let lines = blanks.contains(&'\n') && blank.len() < kept.len();
        let Some(shorter) = joined.or_else(|| blank.strip_suffix('\\').filter(|_| lines)) else { return blank };
        kept = shorter;
    }
}

/// The value that turns a variable off; `None` for one that has no such value.
fn off_value(name: &str, value: Option<&str>) -> Option<String> {
    Some(match name {
        "WERKZEUG_DEBUG_PIN" => return None,
        "FLASK_ENV" | "QUART_ENV" => "production".to_owned(),
        // Dash knows `true` and `false` only: its `0` is on.
        "DASH_DEBUG" => "false".to_owned(),
        "FLASK_DEBUG" | "FLASK_RUN_DEBUG" | "FLASK_RUN_DEBUGGER" | "QUART_DEBUG" => "0".to_owned(),
        // It says off already and is on all the same: whatever it says is true.
        _ if value.is_some_and(means_off) => String::new(),
        _ => match value.unwrap_or("") {
            "true" => "false",
            "True" => "False",
            "TRUE" => "FALSE",
            "yes" => "no",
            "on" => "off",
            "y" => "n",
            "t" => "f",
            _ => "0",
        }
        .to_owned(),
    })
}

#[cfg(test)]
mod tests;
