//! Realistic deployment files with everything that is read from them: a closed world, so what is not listed must not be
//! found. Each is also read with other line ends, with a byte order mark, and cut off at every byte.

use std::fmt::Write;
use std::ops::Range;

use crate::language::Language;
use crate::view::{Command, EnvVar, Service, Word};

/// Samples are separated by `=== path`; behind a line `>>>` stands what is found.
const CORPORA: &[&str] = &[
    include_str!("dotenv.txt"),
    include_str!("docker.txt"),
    include_str!("compose.txt"),
    include_str!("kubernetes.txt"),
    include_str!("processes.txt"),
    include_str!("scripts.txt"),
    include_str!("ci.txt"),
    include_str!("editors.txt"),
    include_str!("infrastructure.txt"),
    include_str!("windows.txt"),
];

struct Sample {
    path: &'static str,
    text: &'static str,
    expected: &'static str,
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for corpus in CORPORA {
        for part in corpus.split("=== ").skip(1) {
            let (path, rest) = part.split_once('\n').expect("a path");
            let (text, expected) = rest.split_once("\n>>>\n").expect("a line `>>>`");
            samples.push(Sample { path, text, expected: expected.trim_end() });
        }
    }
    samples
}

/// The paths and texts of all samples, for whoever edits such files.
pub(crate) fn texts() -> Vec<(&'static str, &'static str)> {
    samples().into_iter().map(|sample| (sample.path, sample.text)).collect()
}

fn read(path: &str, text: &str) -> Vec<Service> {
    let language = Language::of_path(path).unwrap_or(Language::Shell);
    super::services(language, path, text)
}

/// The services as text: a value that is not known is `?`, the bytes of a setting or word stand behind `@` where they
/// are not what it says.
fn dump(services: &[Service], text: &str) -> String {
    let mut out = String::new();
    for service in services {
        let name = service.name.as_deref().unwrap_or("-");
        let _ = write!(out, "{name} {:?}", service.purpose);
        if let Some(folder) = &service.folder {
            let _ = write!(out, " in {folder}");
        }
        out.push('\n');
        service.env.iter().for_each(|env| variable(&mut out, env, text, "  "));
        for file in &service.env_files {
            let _ = writeln!(out, "  file {}", word(file, text));
        }
        service.commands.iter().for_each(|started| command(&mut out, started, text));
    }
    out.trim_end().to_owned()
}

fn variable(out: &mut String, env: &EnvVar, text: &str, indent: &str) {
    let value = env.value.as_deref().map_or("?".to_owned(), |value| format!("{value:?}"));
    let whole = shown(text, &env.range);
    let _ = writeln!(out, "{indent}{}={value} @ {whole} @ {}", env.name, shown(text, &env.value_range));
}

fn command(out: &mut String, command: &Command, text: &str) {
    let words: Vec<String> = command.words.iter().map(|found| word(found, text)).collect();
    let elsewhere = if command.is_elsewhere { "  $ elsewhere: " } else { "  $ " };
    let _ = writeln!(out, "{elsewhere}{}", words.join(" "));
    command.env.iter().for_each(|env| variable(out, env, text, "      "));
}

fn word(word: &Word, text: &str) -> String {
    let raw = shown(text, &word.range);
    let plain = word.text.replace('\n', "\\n");
    if raw == plain { plain } else { format!("{plain}@{raw}") }
}

fn shown(text: &str, range: &Range<usize>) -> String {
    text.get(range.clone()).expect("a range of the text").replace("\r\n", "\n").replace('\n', "\\n")
}

#[test]
fn names_tell_what_a_file_is_for() {
    use crate::view::Purpose::{Build, Deployment, Development};
    for (path, purpose) in [
        (".env", Deployment),
        (".flaskenv", Development),
        (".env.example", Development),
        ("web.env.sample", Development),
        (".env.test", Build),
        ("docker-compose.override.yml", Development),
        ("compose.dev.yml", Development),
        ("Dockerfile.prod", Deployment),
        ("dev/Dockerfile", Development),
        ("/home/dev/project/Dockerfile", Deployment),
        (".devcontainer\\compose.yml", Development),
        ("chart/templates/web.yaml", Deployment),
        ("device.env", Deployment),
    ] {
        assert_eq!(super::purpose(path), purpose, "{path}");
    }
}

#[test]
fn defaults_are_read_from_the_value() {
    for (text, default) in [
        ("${FLASK_DEBUG:-1}", Some("1")),
        ("\"${FLASK_DEBUG-true}\"", Some("true")),
        ("${FLASK_DEBUG:-\"1\"}", Some("1")),
        ("${FLASK_DEBUG:-}", Some("")),
        ("${FLASK_DEBUG}", None),
        ("${FLASK_DEBUG:?no}", None),
        ("${A:-${B}}", None),
        ("1", None),
        ("", None),
    ] {
        assert_eq!(super::fallback(text).as_deref(), default, "{text}");
    }
}

#[test]
fn services_of_samples() {
    let mut wrong = String::new();
    let samples = samples();
    for sample in &samples {
        let found = dump(&read(sample.path, sample.text), sample.text);
        if found != sample.expected {
            let _ = writeln!(wrong, "=== {}\n{}\n>>>\n{found}\n", sample.path, sample.text);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(samples.len() >= 60, "only {} samples", samples.len());
}

#[test]
fn line_ends_and_byte_order_marks_change_nothing() {
    for sample in samples() {
        let crlf = sample.text.replace('\n', "\r\n");
        assert_eq!(dump(&read(sample.path, &crlf), &crlf), sample.expected, "{} with CRLF", sample.path);
        let marked = format!("\u{feff}{}", sample.text);
        assert_eq!(dump(&read(sample.path, &marked), &marked), sample.expected, "{} with a BOM", sample.path);
    }
}

#[test]
fn no_panic_and_sound_ranges_at_every_cut() {
    for sample in samples() {
        for end in (0..=sample.text.len()).filter(|end| sample.text.is_char_boundary(*end)) {
            sound(sample.path, &sample.text[..end]);
        }
    }
}

#[test]
fn no_panic_with_a_line_missing_or_noise_inside() {
    for sample in samples() {
        for (at, _) in sample.text.match_indices('\n').step_by(2) {
            for noise in ["\"", "'", "{{", "\\", "\u{1f40d}", "[", "$(", "\t", "&x *x"] {
                let text = format!("{}{noise}{}", &sample.text[..at], &sample.text[at..]);
                sound(sample.path, &text);
            }
        }
    }
}

/// Texts that multiply: each must be read in a time and a space that fit its length.
#[test]
fn hostile_texts_end() {
    let many = |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<String>();
    let merged = format!(
        "x: &x\n{}services:\n{}",
        many(4000, &|at| format!("  K{at}: v\n")),
        many(4000, &|at| format!("  s{at}: {{image: i, environment: {{<<: *x}}}}\n"))
    );
    let chain = format!("a0: &a0 [1]\n{}", many(9000, &|at| format!("a{}: &a{} [*a{at}, *a{at}]\n", at + 1, at + 1)));
    let script = format!(
        "{}{}",
        many(8000, &|at| format!("export K{at}=v\n")),
        many(8000, &|at| format!("python app{at}.py\n"))
    );
    let targets = format!("export A = 1\n{}", many(9000, &|at| format!("t{at}:\n\tflask run\n")));
    let stages = many(9000, &|at| format!("FROM s{at} AS s{}\nENV A=1\n", at + 1));
    let texts = [
        ("compose.yml", merged),
        ("compose.yml", chain),
        ("compose.yml", "{{".repeat(200_000)),
        ("compose.yml", "[".repeat(20_000)),
        ("compose.yml", "a: {".repeat(5_000)),
        ("compose.yml", "- ".repeat(5_000)),
        ("compose.yml", (0..120).map(|depth| format!("{}- ? : a:\n", " ".repeat(depth))).collect()),
        ("compose.yml", (0..400).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect()),
        ("compose.yml", "a: - ? - b: c: ".repeat(60)),
        ("launch.json", "[".repeat(200_000)),
        ("launch.json", "{\"a\":".repeat(20_000)),
        ("fly.toml", format!("a = {}", "[".repeat(10_000))),
        ("run.sh", script),
        ("run.sh", "$(".repeat(100_000)),
        ("run.sh", "if case x in ".repeat(20_000)),
        ("run.sh", "sh -c '".repeat(20_000)),
        ("run.sh", "a <<E\n".repeat(20_000)),
        ("Makefile", targets),
        ("Dockerfile", stages),
        ("Dockerfile", "ENV A=1 \\\n".repeat(20_000)),
        ("Dockerfile", "RUN <<A\n".repeat(20_000)),
        (".env", "A=\"\n".repeat(20_000)),
        ("web.service", "Environment=A=1 \\\n".repeat(20_000)),
        ("supervisord.conf", format!("[supervisord]\nenvironment=A=1{}", "[program:a]\n".repeat(20_000))),
        ("supervisord.conf", format!("[program:a]\nenvironment={}", "A=1,\n ".repeat(20_000))),
        ("uwsgi.ini", "[uwsgi]\nenv = A=1\n".repeat(10_000)),
        ("main.tf", "a { ".repeat(100_000)),
        ("main.tf", "a = [".repeat(100_000)),
        ("main.tf", "a = merge(".repeat(40_000)),
        ("main.tf", "a = <<E\nE\n".repeat(40_000)),
        ("main.tf", "a ".repeat(200_000)),
        ("main.tf", format!("a = \"{}", "${".repeat(200_000))),
        ("main.tf", "r \"x\" {\nimage = 1\nA = 1\n}\n".repeat(10_000)),
        (
            "ecosystem.config.js",
            format!("x = {{apps: [{}", "{script: 'a.py', env: {A: 1}, env_b: {A: 2}},".repeat(8_000)),
        ),
        (
            "ecosystem.config.js",
            format!("x = {{apps: [{{script: 'a', {}", many(20_000, &|at| format!("env_{at}: {{A: 1}},"))),
        ),
        ("justfile", format!("export A := \"1\"\n{}", many(9000, &|at| format!("t{at}:\n  flask run\n")))),
        ("serve.bat", format!("{}{}", many(8000, &|at| format!("set K{at}=v\n")), "flask run\n".repeat(8000))),
        ("serve.ps1", "$env:A=1 `\n".repeat(20_000)),
        ("setup.cfg", format!("[options.entry_points]\nconsole_scripts =\n{}", " a = b:c\n".repeat(20_000))),
        ("deploy.sh", format!("heroku config:set {}", "A=1,".repeat(50_000))),
        ("deploy.sh", "heroku config:set A=1\n".repeat(20_000)),
        ("deploy.sh", "ssh host <<E\nssh host <<F\nflask run\nF\nE\n".repeat(5_000)),
        (
            ".gitlab-ci.yml",
            format!(
                "variables:\n{}{}",
                many(4000, &|at| format!("  K{at}: v\n")),
                many(3000, &|at| format!(
                    "deploy{at}:\n  stage: deploy\n  script: [flask run, flask run, flask run]\n"
                ))
            ),
        ),
    ];
    for (path, text) in &texts {
        sound(path, text);
    }
}

mod noise {
    use proptest::prelude::*;

    fn path() -> impl Strategy<Value = &'static str> {
        let paths = [
            ".env",
            "Dockerfile",
            "compose.yml",
            "pod.yaml",
            "Procfile",
            "web.service",
            "run.sh",
            "Makefile",
            ".github/workflows/a.yml",
            "launch.json",
            "pyproject.toml",
            "supervisord.conf",
            "uwsgi.ini",
            "setup.cfg",
            ".gitlab-ci.yml",
            "main.tf",
            "ecosystem.config.js",
            "justfile",
            "serve.bat",
            "serve.ps1",
        ];
        proptest::sample::select(paths.to_vec())
    }

    fn text() -> impl Strategy<Value = String> {
        let parts = [
            "FLASK_DEBUG",
            "=",
            "1",
            ":",
            " ",
            "  ",
            "\n",
            "\r\n",
            "\r",
            "\"",
            "'",
            "\\",
            "- ",
            "? ",
            ": ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "&a ",
            "*a",
            "<<: *a",
            "|\n",
            ">\n",
            "services",
            "environment",
            "command",
            "env",
            "FROM x",
            "ENV ",
            "CMD ",
            "export ",
            "$(",
            "${",
            ")",
            "{{",
            "}}",
            "<<E",
            "if ",
            "then ",
            "fi",
            "case ",
            " in ",
            ";;",
            "é",
            "\u{1f40d}",
            "\u{feff}",
            "#",
            "\t",
            "run --debug",
            "sh -c ",
            "&&",
            ";",
            "%",
            "!",
            "apiVersion: v1\nkind: Pod\n",
            "jobs:\n",
            "\0",
        ];
        proptest::collection::vec(proptest::sample::select(parts.to_vec()), 0..60).prop_map(|parts| parts.concat())
    }

    #[test]
    fn a_wide_letter_before_a_setting_is_no_part_of_its_name() {
        super::sound("serve.bat", " FROM x\u{e9}env=");
    }

    #[test]
    fn a_name_may_have_an_escape_inside() {
        super::sound("Dockerfile", "ENV FLASK_DEBUG\\FROM xFLASK_DEBUG");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn is_read_without_a_panic(path in path(), text in text()) {
            super::sound(path, &text);
        }
    }
}

/// Every range lies in the text, and holds what it is said to hold.
fn sound(path: &str, text: &str) {
    for service in read(path, text) {
        let commands = service.commands.iter();
        let env = service.env.iter().chain(commands.clone().flat_map(|command| &command.env));
        for env in env {
            let whole = text.get(env.range.clone()).unwrap_or_else(|| panic!("{path}: {env:?} in {text:?}"));
            // A Dockerfile takes what escapes and quotes stand for as the name, also in the middle of it.
            let bare = || whole.replace(['\\', '`', '"', '\''], "");
            assert!(whole.contains(&env.name) || bare().contains(&env.name), "{path}: {env:?} says {whole:?}");
            assert!(text.get(env.value_range.clone()).is_some(), "{path}: {env:?} in {text:?}");
            let inside = env.range.start <= env.value_range.start && env.value_range.end <= env.range.end;
            assert!(inside, "{path}: {env:?} has its value outside");
        }
        for word in service.env_files.iter().chain(commands.clone().flat_map(|command| &command.words)) {
            assert!(text.get(word.range.clone()).is_some(), "{path}: {word:?} in {text:?}");
        }
        for command in commands {
            assert!(text.get(command.range.clone()).is_some(), "{path}: {command:?} in {text:?}");
        }
    }
}
