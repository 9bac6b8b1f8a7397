//! Programs that only start another one: `exec`, `env`, `timeout 30`, `poetry run`, `tini --`.
//!
//! It takes them off; it does not know what the program behind them does.

use super::words::RawWord;

/// A command without its wrappers.
pub(crate) struct Unwrapped<'a> {
    /// The program and its arguments.
    pub(crate) words: &'a [RawWord],
    /// `NAME=value` words that a wrapper (`env`, `docker run -e`) puts into the environment.
    pub(crate) env: Vec<RawWord>,
    /// Environment files that a wrapper loads.
    pub(crate) env_files: Vec<RawWord>,
    /// Whether a wrapper starts it on another machine.
    pub(crate) is_elsewhere: bool,
}

/// How a wrapper is written.
struct Wrapper {
    /// The words that name it.
    name: &'static [&'static str],
    /// Options that take the next word as their value.
    valued: &'static [&'static str],
    /// Words of its own between the options and the program.
    operands: usize,
}

const fn wrapper(name: &'static [&'static str], valued: &'static [&'static str], operands: usize) -> Wrapper {
    Wrapper { name, valued, operands }
}

const UV: &[&str] =
    &["--env-file", "--with", "--extra", "--group", "--python", "-p", "--project", "--directory", "--package"];
const CONDA: &[&str] = &["-n", "--name", "-p", "--prefix", "--cwd"];
const SUDO: &[&str] = &["-u", "-g", "-C", "-h", "-p", "-D", "--user", "--group"];

const WRAPPERS: &[Wrapper] = &[
    wrapper(&["exec"], &["-a"], 0),
    wrapper(&["time"], &["-f", "-o"], 0),
    wrapper(&["nohup"], &[], 0),
    wrapper(&["command"], &[], 0),
    wrapper(&["builtin"], &[], 0),
    wrapper(&["setsid"], &[], 0),
    wrapper(&["nice"], &["-n"], 0),
    wrapper(&["ionice"], &["-c", "-n"], 0),
    wrapper(&["stdbuf"], &["-o", "-e", "-i"], 0),
    wrapper(&["timeout"], &["-s", "-k"], 1),
    wrapper(&["sudo"], SUDO, 0),
    wrapper(&["doas"], &["-u"], 0),
    wrapper(&["gosu"], &[], 1),
    wrapper(&["su-exec"], &[], 1),
    wrapper(&["runuser"], &["-u", "-g"], 0),
    wrapper(&["tini"], &["-p", "-e"], 0),
    wrapper(&["dumb-init"], &["-r"], 0),
    wrapper(&["catatonit"], &[], 0),
    wrapper(&["poetry", "run"], &[], 0),
    wrapper(&["pipenv", "run"], &[], 0),
    wrapper(&["pdm", "run"], &["-p"], 0),
    wrapper(&["rye", "run"], &[], 0),
    wrapper(&["hatch", "run"], &[], 0),
    wrapper(&["pixi", "run"], &["-e"], 0),
    wrapper(&["uv", "run"], UV, 0),
    wrapper(&["conda", "run"], CONDA, 0),
    wrapper(&["mamba", "run"], CONDA, 0),
    wrapper(&["micromamba", "run"], CONDA, 0),
    wrapper(&["doppler", "run"], &["-p", "-c"], 0),
    wrapper(&["op", "run"], &["--env-file"], 0),
    wrapper(&["heroku", "local:run"], &["-e"], 0),
    wrapper(&["ddtrace-run"], &[], 0),
    wrapper(&["newrelic-admin", "run-program"], &[], 0),
    wrapper(&["opentelemetry-instrument"], &["--traces_exporter", "--metrics_exporter", "--service_name"], 0),
    wrapper(&["xvfb-run"], &["-s", "-n"], 0),
];

/// Options of any wrapper that name an environment file.
const FILE_OPTIONS: &[&str] = &["--env-file", "-f", "--file"];

/// Takes the wrappers off a command.
pub(crate) fn unwrap(words: &[RawWord]) -> Unwrapped<'_> {
    let mut rest = Unwrapped { words, env: Vec::new(), env_files: Vec::new(), is_elsewhere: false };
    loop {
        let before = rest.words.len();
        let Some(first) = rest.words.first() else { return rest };
        match base(first) {
            "env" => environment(&mut rest),
            "docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose" => {
                container(&mut rest);
            }
            "dotenv" => dotenv(&mut rest),
            "ssh" if !rest.is_elsewhere => remote(&mut rest),
            name if name.starts_with("wait-for") || matches!(name, "wait-for-it.sh" | "watchmedo") => {
                behind_dashes(&mut rest);
            }
            _ => known(&mut rest),
        }
        if rest.words.len() == before {
            return rest;
        }
    }
}

/// The script of `sh -c 'script'`, or of `ssh host 'script'`, which `is_elsewhere` by now.
pub(crate) fn inline_script(words: &[RawWord], is_elsewhere: bool) -> Option<&RawWord> {
    let (first, rest) = words.split_first()?;
    if base(first) == "eval" {
        return rest.first().filter(|_| rest.len() == 1);
    }
    if is_elsewhere && rest.is_empty() && first.source.text().contains(char::is_whitespace) {
        return Some(first);
    }
    if !matches!(base(first), "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh") {
        return None;
    }
    let flag = |word: &RawWord| {
        let text = word.source.text();
        text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')
    };
    let options = rest.iter().take_while(|word| word.source.text().starts_with(['-', '+'])).count();
    // `sh -o errexit -c`: a value between the options.
    let at = rest.iter().take(options.max(1) + 2).position(flag)?;
    rest.get(at + 1)
}

/// Whether a command reads a script from its standard input: `ssh host`, `sudo bash`, `sh -s`.
pub(crate) fn reads_script(words: &[RawWord]) -> bool {
    let Some((first, rest)) = words.split_first() else { return false };
    match base(first) {
        "ssh" => host(rest).is_some_and(|at| at + 1 == rest.len()),
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" => {
            let flags = rest.iter().map(|word| word.source.text());
            flags.clone().all(|text| text.starts_with('-')) && !flags.clone().any(|text| text.ends_with('c'))
        }
        _ => false,
    }
}

/// The name of the program without its folder.
pub(crate) fn base(word: &RawWord) -> &str {
    let text = word.source.text();
    text.rsplit('/').next().unwrap_or(text)
}

fn known(rest: &mut Unwrapped<'_>) {
    let Some(first) = rest.words.first().map(base) else { return };
    let found = WRAPPERS.iter().find(|wrapper| {
        let words = rest.words.iter().map(base);
        wrapper.name[0] == first
            && rest.words.len() > wrapper.name.len()
            && words.zip(wrapper.name).all(|(word, name)| word == *name)
    });
    let Some(wrapper) = found else { return };
    let mut words = &rest.words[wrapper.name.len()..];
    while let Some((first, tail)) = words.split_first() {
        let text = first.source.text();
        if text == "--" {
            words = tail;
            break;
        }
        if !text.starts_with('-') || text == "-" {
            break;
        }
        let name = text.split('=').next().unwrap_or(text);
        let takes = wrapper.valued.contains(&text);
        if FILE_OPTIONS.contains(&name) {
            rest.env_files.extend(option_value(first, tail.first().filter(|_| takes)));
        }
        words = if takes { tail.get(1..).unwrap_or(&[]) } else { tail };
    }
    // `sudo FLASK_DEBUG=1 flask run`.
    while let Some((first, tail)) = words.split_first().filter(|(first, _)| first.assignment().is_some()) {
        rest.env.push(first.clone());
        words = tail;
    }
    words = words.get(wrapper.operands..).unwrap_or(&[]);
    if words.first().is_some_and(|word| word.source.text() == "--") {
        words = &words[1..];
    }
    if !words.is_empty() {
        rest.words = words;
    }
}

/// The value of `--option=value` or `--option value`.
fn option_value(option: &RawWord, next: Option<&RawWord>) -> Option<RawWord> {
    let text = option.source.text();
    let Some(at) = text.find('=') else { return next.cloned() };
    let mut source = super::source::Source::at(option.range.end);
    source.push_from(&option.source, at + 1..text.len());
    let range = source.whole();
    Some(RawWord::literal(source, range))
}

fn environment(rest: &mut Unwrapped<'_>) {
    let mut words = &rest.words[1..];
    while let Some((first, tail)) = words.split_first() {
        match first.source.text() {
            "-u" | "-C" | "--unset" | "--chdir" => words = tail.get(1..).unwrap_or(&[]),
            text if text.starts_with('-') => words = tail,
            _ if first.assignment().is_some() => {
                rest.env.push(first.clone());
                words = tail;
            }
            _ => break,
        }
    }
    rest.words = words;
}

/// Options of `docker run` that take the next word.
const CONTAINER: &[&str] = &[
    "-e",
    "--env",
    "--env-file",
    "-p",
    "--publish",
    "-v",
    "--volume",
    "--mount",
    "-w",
    "--workdir",
    "-u",
    "--user",
    "-h",
    "--hostname",
    "-m",
    "--memory",
    "-l",
    "--label",
    "--name",
    "--network",
    "--net",
    "--restart",
    "--entrypoint",
    "--platform",
    "--cpus",
    "--add-host",
    "--link",
    "--log-driver",
    "--log-opt",
    "--gpus",
    "--expose",
    "--ip",
];

/// `docker run -e A=b --env-file web.env image command ...`: the settings are for the container, and so is the command.
fn container(rest: &mut Unwrapped<'_>) {
    let Some(at) = rest.words.iter().position(|word| matches!(word.source.text(), "run" | "exec" | "create")) else {
        return;
    };
    let mut words = &rest.words[at + 1..];
    while let Some((first, tail)) = words.split_first().filter(|(first, _)| first.source.text().starts_with('-')) {
        let text = first.source.text();
        let takes = CONTAINER.contains(&text);
        match text.split('=').next().unwrap_or(text) {
            "-e" | "--env" => rest.env.extend(option_value(first, tail.first().filter(|_| takes))),
            "--env-file" => rest.env_files.extend(option_value(first, tail.first().filter(|_| takes))),
            _ => {}
        }
        words = if takes { tail.get(1..).unwrap_or(&[]) } else { tail };
    }
    // The image, or the container, and what is started in it.
    if words.len() > 1 {
        rest.words = &words[1..];
    }
}

/// Options of `ssh` that take the next word.
const SSH: &[&str] =
    &["-i", "-p", "-l", "-o", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-E", "-e", "-I", "-m", "-S", "-W"];

/// Which of the words behind `ssh` is the host.
fn host(words: &[RawWord]) -> Option<usize> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        match word.source.text() {
            text if SSH.contains(&text) => at += 2,
            text if text.starts_with('-') => at += 1,
            _ => return Some(at),
        }
    }
    None
}

/// `ssh -i key user@host command ...`: the command runs there.
fn remote(rest: &mut Unwrapped<'_>) {
    rest.is_elsewhere = true;
    let words = &rest.words[1..];
    let Some(at) = host(words).filter(|at| at + 1 < words.len()) else { return };
    rest.words = &words[at + 1..];
    // `ssh host FLASK_DEBUG=1 flask run`.
    while let [first, _, ..] = rest.words
        && first.assignment().is_some()
        && !first.source.text().contains(char::is_whitespace)
    {
        rest.env.push(first.clone());
        rest.words = &rest.words[1..];
    }
}

/// `dotenv -f web.env run -- flask run` and `dotenv flask run`.
fn dotenv(rest: &mut Unwrapped<'_>) {
    let mut words = &rest.words[1..];
    while let Some((first, tail)) = words.split_first().filter(|(first, _)| first.source.text().starts_with('-')) {
        let takes = matches!(first.source.text(), "-f" | "--file" | "-q" | "-e");
        if FILE_OPTIONS.contains(&first.source.text().split('=').next().unwrap_or("")) {
            rest.env_files.extend(option_value(first, tail.first()));
        }
        words = if takes { tail.get(1..).unwrap_or(&[]) } else { tail };
    }
    let run = words.first().is_some_and(|word| word.source.text() == "run");
    let words = if run { &words[1..] } else { words };
    let dashes = words.first().is_some_and(|word| word.source.text() == "--");
    let words = if dashes { &words[1..] } else { words };
    if run && !words.is_empty() {
        rest.words = words;
    }
}

fn behind_dashes(rest: &mut Unwrapped<'_>) {
    if let Some(at) = rest.words.iter().position(|word| word.source.text() == "--")
        && at + 1 < rest.words.len()
    {
        rest.words = &rest.words[at + 1..];
    }
}
