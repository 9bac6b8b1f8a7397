//! Commands of deployment files that start the development server, written anew with a WSGI server, in the form that
//! they have: a line of a shell, a JSON list, a YAML list.
//!
//! Which commands these are is decided elsewhere.

use std::ops::Range;

use super::MigrationKind;
use crate::deploy;
use crate::deploy::flask_cli::{Launch, launch};
use crate::language::Language;
use crate::launches;
use crate::view::{Command, Word};

/// The port of Flask's development server where none is written.
const DEFAULT_PORT: u16 = 5000;
const DEFAULT_HOST: &str = "127.0.0.1";
const EVERY_HOST: &str = "0.0.0.0";
/// Who runs a Procfile names the port in this variable.
const PORT: &str = "$PORT";

/// The bytes of the command at a launch's place, and the text that serves `target` instead.
pub(crate) fn served(
    language: Language,
    text: &str,
    start: &launches::Launch,
    kind: MigrationKind,
    target: &str,
) -> Option<(Range<usize>, String)> {
    let services = deploy::services(language, &start.place.path, text);
    let mut commands = services.iter().flat_map(|service| &service.commands);
    let command = commands.find(|command| command.range == start.place.range)?;
    let words = rewritten(language, command, start, kind, target)?;
    let (first, last) = (command.words.first()?, command.words.last()?);
    let form = Form::of(text, &command.words)?;
    Some((first.range.start..last.range.end, form.write(&words)?))
}

/// The words of the new command.
fn rewritten(
    language: Language,
    command: &Command,
    start: &launches::Launch,
    kind: MigrationKind,
    target: &str,
) -> Option<Vec<String>> {
    let (folder, host, port) = match launch(&command.words) {
        Launch::PythonScript { path, .. } => {
            let platform = language == Language::Procfile;
            let (host, port) = (platform.then(|| EVERY_HOST.to_owned()), platform.then(|| PORT.to_owned()));
            (path.rsplit_once('/').map(|(folder, _)| folder.to_owned()), host, port)
        }
        // What the shell expands stays for the shell.
        Launch::FlaskRun(run) => (None, run.host, run.port),
        _ => return None,
    };
    let folder = folder.filter(|folder| !folder.is_empty() && folder != ".");
    let host = host.or_else(|| start.host.clone()).filter(|host| !host.is_empty());
    let host = host.unwrap_or_else(|| DEFAULT_HOST.to_owned());
    let port = port.unwrap_or_else(|| start.port.unwrap_or(DEFAULT_PORT).to_string());
    let address = format!("{host}:{port}");
    // A program that is named by its path has its neighbours there.
    let program = command.words.first()?.text.rsplit_once('/').map_or("", |(folder, _)| folder);
    let named = |name: &str| if program.is_empty() { name.to_owned() } else { format!("{program}/{name}") };
    let mut words = Vec::new();
    match (kind, folder) {
        (MigrationKind::Gunicorn, folder) => {
            words.extend([named("gunicorn"), "--bind".to_owned(), address]);
            if let Some(folder) = folder {
                words.extend(["--chdir".to_owned(), folder]);
            }
        }
        (MigrationKind::Waitress, None) => words.extend([named("waitress-serve"), format!("--listen={address}")]),
        _ => return None,
    }
    words.push(target.to_owned());
    Some(words)
}

/// How a command is written: what stands around a word and between two.
struct Form {
    quote: &'static str,
    between: String,
}

impl Form {
    fn of(text: &str, words: &[Word]) -> Option<Form> {
        let first = text.get(words.first()?.range.clone())?;
        let quote = ["\\\"", "\"", "'"].into_iter().find(|quote| first.starts_with(quote)).unwrap_or("");
        let gap = match words {
            [first, second, ..] => text.get(first.range.end..second.range.start)?,
            _ => " ",
        };
        // Lines that a shell joins need not stay apart.
        let shell = gap.chars().all(|char| char.is_whitespace() || char == '\\');
        let listed = gap.chars().all(|char| char.is_whitespace() || matches!(char, ',' | '-'));
        (shell || listed).then(|| Form { quote, between: if shell { " ".to_owned() } else { gap.to_owned() } })
    }

    fn write(&self, words: &[String]) -> Option<String> {
        let shell = self.quote.is_empty() && self.between == " ";
        let plain =
            |char: char| char.is_ascii_alphanumeric() || "-_./:=".contains(char) || (shell && "${}".contains(char));
        if !words.iter().all(|word| word.chars().all(plain)) {
            return None;
        }
        let quoted: Vec<String> = words.iter().map(|word| format!("{0}{word}{0}", self.quote)).collect();
        Some(quoted.join(&self.between))
    }
}

/// Where a Dockerfile installs Flask by name, the bytes behind which the server is to be installed too.
pub(crate) fn installs(text: &str, path: &str, server: &str) -> Option<usize> {
    let services = deploy::services(Language::Dockerfile, path, text);
    let mut commands = services.iter().flat_map(|service| &service.commands);
    let is = |word: &Word, name: &str| {
        let lower = word.text.to_ascii_lowercase();
        lower.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['=', '<', '>', '~', '!', '[']))
    };
    commands.find_map(|command| {
        let installs = command.words.iter().any(|word| word.text.starts_with("pip") || word.text == "uv")
            && command.words.iter().any(|word| matches!(word.text.as_str(), "install" | "add"));
        let known = command.words.iter().any(|word| is(word, server));
        let flask = command.words.iter().find(|word| is(word, "flask"))?;
        let quoted =
            text[flask.range.clone()].ends_with('"') && text[flask.range.end..].trim_start().starts_with([',', ']']);
        (installs && !known && !quoted).then_some(flask.range.end)
    })
}
