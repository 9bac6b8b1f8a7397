//! Shell scripts: what they export and start, branches for development apart from the rest.

use super::MAX_TEXT;
use super::scope::Scope;
use super::shell::Shell;
use super::source::Source;
use super::words::is_name;
use crate::view::{Command, Links, Purpose, Service};

/// The variables that a script has defaults for: `${NAME:-this}`.
pub(crate) fn defaulted(text: &str) -> Vec<&str> {
    let names = text.split("${").skip(1).filter_map(|rest| {
        let (name, sign) = rest.split_at_checked(rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?)?;
        (is_name(name) && sign.starts_with([':', '-', '='])).then_some(name)
    });
    names.collect()
}

/// One service for the script, and one for its branches that are for development, if it has such. The defaults of
/// variables of `outside` do not count: something else may set them.
pub(crate) fn services(text: &str, purpose: Purpose, outside: &[&str]) -> Vec<Service> {
    read(text, purpose, outside).0
}

/// The same, and whether a default of another variable decided about any of it.
pub(crate) fn read(text: &str, purpose: Purpose, outside: &[&str]) -> (Vec<Service>, bool) {
    if text.len() > MAX_TEXT {
        return (Vec::new(), false);
    }
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let outside: Scope = outside.iter().map(|name| ((*name).to_owned(), None)).collect();
    let mut shell = Shell::with_scope(&outside);
    shell.script(&Source::copy(text, start..text.len()));
    let (development, rest): (Vec<_>, Vec<_>) = shell.runs.into_iter().partition(|run| run.development);
    let commands = |runs: Vec<super::shell::Run>| runs.into_iter().map(|run| run.command).collect::<Vec<Command>>();
    let make = |purpose, env, env_files, commands| Service {
        name: None,
        purpose,
        env,
        env_files,
        commands,
        folder: shell.folder.clone(),
        links: Links::default(),
    };
    let mut services = vec![make(purpose, shell.exports, shell.env_files, commands(rest))];
    let inner = if purpose == Purpose::Deployment { Purpose::Development } else { purpose };
    services.push(make(inner, shell.development_exports, Vec::new(), commands(development)));
    services.retain(|service: &Service| {
        !(service.env.is_empty() && service.env_files.is_empty() && service.commands.is_empty())
    });
    (services, shell.conditions.are_by_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_by_default(text: &str) -> bool {
        let (services, is_by_default) = read(text, Purpose::Deployment, &[]);
        if !is_by_default {
            assert_eq!(services, self::services(text, Purpose::Deployment, &defaulted(text)), "{text}");
        }
        is_by_default
    }

    #[test]
    fn a_default_counts_where_it_decides() {
        for text in [
            "[ \"${MODE:-a}\" = b ] && flask run",
            "MODE=${MODE:-a}\nX=$MODE\nif [ \"$X\" = a ]; then flask run; fi",
            "MODE=${MODE-a}\nMODE=b\n[ $MODE = b ] || flask run",
            "MODE=${OTHER:-a}\r\nMODE=b\r\n[ $MODE = b ] || flask run\r\n",
            ": ${MODE:=a}\ncase $MODE in a) flask run;; b) python app.py;; esac",
            "case \"${MODE:-a}\" in b) flask run;; esac",
            "f() {\n[ -n \"${MODE:-}${X:-a}\" ] && flask run\n}",
            "sh -c '[ \"${MODE:-a}\" != a ] && flask run'",
            "bash -s <<'EOF'\ntest -z \"${MODE:-a}\" && flask run\nEOF",
            "eval \"MODE=b\"\n: ${X:=a}\n[ $X = a ] || flask run",
        ] {
            assert!(is_by_default(text), "{text}");
        }
        for text in [
            "export PORT=${PORT:-5000}\nflask run --port $PORT",
            "MODE=b\n[ \"${MODE:-a}\" = b ] && flask run",
            "X=${MODE:-a}\n[ $1 = b ] && flask run",
            "read MODE\n[ \"${MODE:-a}\" = a ] || flask run",
            "CMD=${CMD:-flask run}\n$CMD --debug",
            "source x.sh\ncase ${MODE:-a} in b) flask run;; esac",
        ] {
            assert!(!is_by_default(text), "{text}");
        }
    }

    #[test]
    fn a_script_may_have_very_many_of_anything() {
        let many = |line: fn(usize) -> String| (0..5000).map(line).collect::<String>();
        let texts = [
            many(|at| format!("V{at}=1\neval \"W{at}=1\"\nexport E{at}\n")),
            many(|_| "{ if a; then\n".to_owned()),
            many(|at| format!("f{at}() {{\nlocal a=$V{at}\n}}\nread V{at}\n")),
        ];
        for text in texts {
            let text = format!("flask run --debug\n{text}");
            let found = services(&text, Purpose::Deployment, &[]);
            assert!(found.iter().any(|one| one.commands.iter().any(|command| command.words.len() == 3)));
        }
    }
}
