//! What a shell script, or one line of it, starts and exports: the one reader of shell-form commands for every
//! deployment language, and of exec forms too (they can hold `sh -c`, `env` and wrappers).
//!
//! It is no shell: both branches of an `if` run, loops run once, `$(...)` is unknown.

use rpds::RedBlackTreeMap;

use super::builtins::{Setting, array_name};
use super::conditions::{Conditions, guards, is_development, is_production, tested};
use super::elsewhere;
use super::expansion::{Spent, expanded};
use super::flask_cli::{Launch, launch, reads_program};
use super::frames::{
    self, Frame, FrameKind, enter, function_name, head, in_pattern, is_dead, keyword, pattern_word, separator,
};
use super::scope::Scope;
use super::source::Source;
use super::words::{RawWord, Token, tokens};
use super::wrappers::{self, Unwrapped};
use crate::view::{Command, EnvVar, Word};

/// How deep `sh -c "sh -c ..."` is followed.
const MAX_DEPTH: usize = 6;
/// How many commands a script is read for.
const MAX_COMMANDS: usize = 2000;
/// How many of the last exports are told with a command.
const MAX_CARRIED: usize = 100;

/// A command, and whether it stands in a branch that is for development by its condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) command: Command,
    pub(crate) development: bool,
}

/// What scripts did so far.
#[derive(Debug, Default)]
pub(crate) struct Shell {
    /// Variables with known values.
    pub(crate) scope: Scope,
    /// What is exported, in order.
    pub(crate) exports: Vec<EnvVar>,
    /// What was exported only in branches for development.
    pub(crate) development_exports: Vec<EnvVar>,
    /// The commands, in order.
    pub(crate) runs: Vec<Run>,
    /// Environment files that are sourced or handed to a wrapper.
    pub(crate) env_files: Vec<Word>,
    /// The folder of the first `cd` that came before the first command.
    pub(crate) folder: Option<String>,
    pub(super) plain: RedBlackTreeMap<String, EnvVar>,
    pub(super) export_all: bool,
    depth: usize,
    pub(super) development: bool,
    /// Whether a test for development stands before the next command: `[ "$1" = dev ] && ...`.
    guarded: bool,
    /// Whether what runs now runs whatever happens.
    pub(super) certain: bool,
    pub(super) conditions: Conditions,
    /// Whether another machine runs what is read.
    elsewhere: bool,
    /// How much of its variables was put into words.
    pub(super) spent: Spent,
    /// Variables that were set where that may not run, with how many constructs were open.
    pub(super) open: Vec<(usize, String)>,
    /// How many constructs were open in the innermost that may not run, where the command stands in one.
    pub(super) doubtful: Option<usize>,
}

/// The commands of one shell-form line, and what it exports.
pub(crate) fn shell_form(source: &Source, scope: &Scope) -> Shell {
    let mut shell = Shell::with_scope(scope);
    shell.script(source);
    shell
}

/// The commands of one exec form.
pub(crate) fn exec_form(words: &[RawWord], scope: &Scope) -> Shell {
    let mut shell = Shell::with_scope(scope);
    shell.simple(words);
    shell
}

impl Shell {
    /// A shell that was started with these variables.
    pub(crate) fn with_exports(exports: Vec<EnvVar>) -> Shell {
        Shell { exports, ..Shell::default() }
    }

    /// A shell that knows these variables without exporting them.
    pub(crate) fn with_scope(scope: &Scope) -> Shell {
        Shell { scope: scope.clone(), ..Shell::default() }
    }

    /// Every command, whatever branch it stands in.
    pub(crate) fn commands(self) -> Vec<Command> {
        self.runs.into_iter().map(|run| run.command).collect()
    }

    /// Reads a script. What it sets stays for the next one.
    pub(crate) fn script(&mut self, source: &Source) {
        let mut frames: Vec<Frame> = Vec::new();
        let mut current: Vec<RawWord> = Vec::new();
        let mut documents: Vec<Source> = Vec::new();
        let outside = self.development;
        let mut array = None;
        for token in tokens(source) {
            match token {
                Token::Document(document) => documents.push(document),
                Token::Word(word) if array.is_some() => current.push(word),
                Token::Word(word) => {
                    let level = frames.len();
                    if current.is_empty() && keyword(&mut frames, &word) {
                        if matches!(word.source.text(), "fi" | "else" | "elif" | "esac" | "}") {
                            self.leave(level);
                        }
                        // `test && { ... }`
                        if let Some(frame) = frames.last_mut().filter(|_| self.guarded && word.source.text() == "{") {
                            frame.development = true;
                        }
                        if let Some(frame) = frames.last_mut().filter(|_| word.source.text() == "{") {
                            frame.is_dead |= self.conditions.skips();
                        }
                        self.conditions.mark(word.source.text());
                        continue;
                    }
                    current.push(word);
                    head(&mut frames, &mut current, |word| self.conditions.subject(word, &self.scope));
                }
                Token::Operator(operator) => {
                    if array.is_some() && operator == "\n" {
                        continue;
                    }
                    if let Some(name) = array.take() {
                        self.array(&frames, name, &mut current);
                        continue;
                    }
                    array = array_name(&current).filter(|_| operator == "(");
                    if array.is_some() {
                        current.clear();
                        continue;
                    }
                    if operator == "(" && function_name(&current) {
                        let development = current.first().is_some_and(|word| is_development(word.source.text()));
                        current.clear();
                        enter(&mut frames, Frame::new(FrameKind::Function, development));
                        continue;
                    }
                    if in_pattern(&frames) && pattern_word(&mut frames, &current, operator) {
                        current.clear();
                        continue;
                    }
                    let told = std::mem::take(&mut current);
                    self.conditions.mark(operator);
                    self.finish(&mut frames, &told, outside);
                    if operator == ";;" {
                        self.leave(frames.len());
                    }
                    if matches!(operator, ";" | "\n" | "&" | ")") {
                        self.leave(frames.len() + 1);
                    }
                    if is_dead(&frames) {
                        documents.clear();
                    }
                    self.read_documents(&told, &mut documents);
                    self.test(&mut frames, &told, operator);
                    self.guarded = guards(&told, operator) || (self.guarded && matches!(operator, "&&" | "("));
                    separator(&mut frames, operator);
                }
            }
        }
        if let Some(name) = array.take() {
            self.array(&frames, name, &mut current);
        }
        self.finish(&mut frames, &current, outside);
        self.read_documents(&current, &mut documents);
        self.development = outside;
        self.leave(0);
    }

    /// Takes the words of an array, which become a command that does nothing.
    fn array(&mut self, frames: &[Frame], name: (String, bool), current: &mut Vec<RawWord>) {
        let words = std::mem::take(current);
        if !is_dead(frames) && !self.conditions.skips() {
            self.doubtful = self.doubtful(frames);
            self.set_array(name, &words);
        }
        let mut nothing = Source::at(0);
        nothing.push_as(":", 0..0);
        current.push(RawWord::literal(nothing, 0..0));
    }

    /// How many constructs are open in the innermost that may not run; one more in a list of `&&` and `||`.
    fn doubtful(&self, frames: &[Frame]) -> Option<usize> {
        if self.conditions.is_listed() {
            return Some(frames.len() + 1);
        }
        frames::doubtful(frames)
    }

    /// Notes what a command comes to for what follows it.
    fn test(&mut self, frames: &mut [Frame], words: &[RawWord], operator: &'static str) {
        if words.is_empty() {
            return;
        }
        let truth = self.conditions.take(words, operator, &self.scope);
        if let Some(frame) = frames.last_mut().filter(|frame| frame.kind == FrameKind::Condition) {
            frame.truth = truth;
        }
    }

    /// Runs the here-documents of a command that reads its script from them: `ssh host <<EOF`, `bash -s <<EOF`.
    fn read_documents(&mut self, command: &[RawWord], documents: &mut Vec<Source>) {
        let documents = std::mem::take(documents);
        let Some(last) = documents.last().filter(|_| self.depth < MAX_DEPTH) else { return };
        self.read_program(command, last);
        let own = command.iter().take_while(|word| word.assignment().is_some_and(|at| at < word.bare)).count();
        let Unwrapped { words, is_elsewhere, .. } = wrappers::unwrap(&command[own..]);
        if wrappers::reads_script(words) {
            documents.iter().for_each(|document| self.somewhere(document, Vec::new(), is_elsewhere));
        }
    }

    /// `python - <<EOF`: the program stands in the here-document, as it would in a word.
    fn read_program(&mut self, command: &[RawWord], document: &Source) {
        let end = command.last().map(|word| word.range.end);
        let Some(run) = self.runs.last_mut().filter(|run| Some(run.command.range.end) == end) else { return };
        let words = &mut run.command.words;
        let Some(at) = reads_program(words) else { return };
        let place = words.get(at).or(words.last()).map_or(0..0, |word| word.range.clone());
        let option = Word { text: "-c".to_owned(), range: place };
        let text = document.text().replace("\r\n", "\n").replace('\r', "\n");
        let program = Word { text, range: document.whole() };
        words.splice(at..(at + 1).min(words.len()), [option, program]);
    }

    fn finish(&mut self, frames: &mut [Frame], words: &[RawWord], outside: bool) {
        let head = words.first().map_or("", |word| word.source.text());
        if words.is_empty() || matches!(head, "for" | "select") {
            return;
        }
        let condition = frames.last_mut().filter(|frame| frame.kind == FrameKind::Condition);
        if let Some(frame) = condition {
            frame.development |= tested(words, is_development, true);
            frame.otherwise |= tested(words, is_production, true) || tested(words, is_development, false);
        }
        if is_dead(frames) || self.conditions.skips() {
            return;
        }
        self.certain = frames.is_empty() && self.depth == 0 && self.conditions.is_plain();
        self.development = self.guarded || outside || frames::is_for_development(frames);
        self.doubtful = self.doubtful(frames);
        // A function has arguments of its own.
        let is_function = frames::is_in_function(frames);
        let outer = self.scope.list("@").cloned().filter(|_| is_function);
        if is_function {
            self.scope.remove("@");
        }
        self.simple(words);
        if is_function {
            self.scope.remove("@");
            outer.into_iter().for_each(|list| self.scope.set_list("@", list));
        }
    }

    /// Runs one simple command.
    pub(crate) fn simple(&mut self, words: &[RawWord]) {
        let own = words.iter().take_while(|word| word.assigned().is_some()).count();
        let (assignments, rest) = words.split_at(own);
        let whole = rest.first().zip(rest.last()).map_or(0..0, |(first, last)| first.range.start..last.range.end);
        let rest = &expanded(rest, &self.scope, &mut self.spent);
        let settings: Vec<Setting> = assignments.iter().filter_map(|word| self.setting(word)).collect();
        let Some(program) = rest.first() else {
            assignments.iter().for_each(|word| self.note(word));
            return self.assign(settings);
        };
        let mut env: Vec<EnvVar> = settings.into_iter().map(|setting| setting.variable).collect();
        if self.builtin(program, &rest[1..]) {
            return;
        }
        // A container gets nothing that is exported here.
        let is_inside =
            matches!(wrappers::base(program), "docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose");
        let unwrapped = wrappers::unwrap(rest);
        let Unwrapped { words: rest, env: more, env_files, is_elsewhere } = unwrapped;
        env.extend(more.iter().filter_map(|word| self.setting(word)).map(|setting| setting.variable));
        let env_files: Vec<Word> = env_files.iter().map(|word| self.word(word)).collect();
        self.env_files.extend(env_files);
        if rest.is_empty() {
            return;
        }
        if let Some(script) = wrappers::inline_script(rest, is_elsewhere)
            && self.depth < MAX_DEPTH
        {
            self.somewhere(&script.source.clone(), env, is_elsewhere || is_inside);
            return;
        }
        let start = words.first().map_or(whole.start, |word| word.range.start);
        let end = whole.end;
        if self.runs.len() >= MAX_COMMANDS {
            return;
        }
        // What a wrapper took as a setting is no word any more, and neither is its option.
        let taken = |word: &RawWord| {
            let option = !more.is_empty() && matches!(word.source.text(), "-e" | "--env");
            option || more.iter().any(|one| word.range.start <= one.range.start && one.range.end <= word.range.end)
        };
        let words: Vec<Word> = rest.iter().filter(|word| !taken(word)).map(|word| self.word(word)).collect();
        let is_handed = more.is_empty() && launch(&words) == Launch::Other;
        let handed = if is_handed { elsewhere::settings(rest) } else { Vec::new() };
        let has = |word: &Word, one: &RawWord| word.range.start < one.range.end && one.range.start < word.range.end;
        let words: Vec<Word> = words.into_iter().filter(|word| !handed.iter().any(|one| has(word, one))).collect();
        let mut all = Vec::new();
        if !is_inside && !is_elsewhere && handed.is_empty() {
            all.extend_from_slice(&self.exports[self.exports.len().saturating_sub(MAX_CARRIED)..]);
            if self.development {
                let carried = self.development_exports.len().saturating_sub(MAX_CARRIED);
                all.extend(self.development_exports[carried..].iter().cloned());
            }
        }
        all.extend(env);
        all.extend(handed.iter().filter_map(|word| self.setting(word)).map(|setting| setting.variable));
        let is_elsewhere = self.elsewhere || is_elsewhere || !handed.is_empty();
        let command = Command { words, env: all, range: start.min(end)..end.max(start), is_elsewhere };
        self.runs.push(Run { command, development: self.development });
    }

    /// Runs a text that another shell reads; one that is not here knows nothing of this one.
    fn somewhere(&mut self, source: &Source, env: Vec<EnvVar>, is_elsewhere: bool) {
        if !is_elsewhere {
            return self.nested(source, env);
        }
        let kept = (std::mem::take(&mut self.exports), std::mem::take(&mut self.scope), self.elsewhere);
        self.elsewhere = true;
        self.nested(source, env);
        (self.exports, self.scope, self.elsewhere) = kept;
    }

    /// Runs the text of `sh -c`: what it exports ends with it.
    fn nested(&mut self, source: &Source, env: Vec<EnvVar>) {
        let kept = (self.exports.clone(), self.development_exports.clone(), self.plain.clone(), self.scope.clone());
        let open = std::mem::take(&mut self.open);
        // Its arguments are its own.
        self.scope.remove("@");
        self.depth += 1;
        for setting in env {
            self.scope.insert(setting.name.clone(), setting.value.clone());
            self.exports.push(setting);
        }
        self.script(source);
        self.depth -= 1;
        (self.exports, self.development_exports, self.plain, self.scope) = kept;
        self.open = open;
    }

    pub(super) fn word(&self, word: &RawWord) -> Word {
        Word { text: word.resolve(&self.scope).0, range: word.range.clone() }
    }
}
