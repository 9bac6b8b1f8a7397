//! Before and after of every fix in every language, one line for each.

use super::*;
use crate::fix::apply;

fn fixes_at(
    language: Language,
    path: &Arc<str>,
    document: &Document,
    range: Range<usize>,
    preferred: FixKind,
) -> Vec<Fix> {
    let asked = Asked { range, rule: "env-debug", preferred };
    deploy_fixes(language, path, document, &[asked]).pop().unwrap_or_default()
}

/// The text after the fix of a kind at the `nth` setting or flag that is `needle`, and whether it is preferred.
fn fixed(path: &str, text: &str, needle: &str, kind: FixKind) -> Option<(String, bool)> {
    let language = Language::of_path(path).expect("a language");
    let document = Document::new(language, text);
    let services = deploy::services(language, path, text);
    let commands = services.iter().flat_map(|service| &service.commands);
    let settings = services.iter().flat_map(|service| &service.env).chain(commands.clone().flat_map(|one| &one.env));
    let setting = settings.into_iter().find(|one| one.name == needle).map(|one| one.range.clone());
    let word = || commands.flat_map(|one| &one.words).find(|word| word.text == needle).map(|word| word.range.clone());
    let range = setting.or_else(word).expect("the place of the finding");
    let path: Arc<str> = Arc::from(path);
    let fixes = fixes_at(language, &path, &document, range, FixKind::Environment);
    assert!(fixes.iter().filter(|fix| fix.preferred).count() <= 1);
    assert!(fixes.iter().position(|fix| fix.preferred).is_none_or(|at| at == 0));
    let fix = fixes.into_iter().find(|fix| fix.kind == kind)?;
    Some((apply(text, &fix.edits).expect("edits that apply"), fix.preferred))
}

#[track_caller]
fn check(path: &str, needle: &str, kind: FixKind, before: &str, after: &str) {
    let (found, _) = fixed(path, before, needle, kind).unwrap_or_else(|| panic!("no fix for {before}"));
    assert_eq!(found, after);
    let windows = before.replace('\n', "\r\n");
    let (found, _) = fixed(path, &windows, needle, kind).unwrap_or_else(|| panic!("no fix for {windows:?}"));
    assert_eq!(found, after.replace('\n', "\r\n"));
}

fn off(path: &str, before: &str, after: &str) {
    check(path, "FLASK_DEBUG", FixKind::Off, before, after);
    assert!(fixed(path, before, "FLASK_DEBUG", FixKind::Off).is_some_and(|(_, preferred)| preferred));
}

/// A variable of one command's own: `0` is offered, but the variable taken away is preferred, so that `FLASK_DEBUG=1` from
/// outside still counts.
fn off_for_a_command(path: &str, before: &str, after: &str) {
    check(path, "FLASK_DEBUG", FixKind::Off, before, after);
    assert!(fixed(path, before, "FLASK_DEBUG", FixKind::Remove).is_some_and(|(_, preferred)| preferred));
}

fn removed(path: &str, before: &str, after: &str) {
    check(path, "FLASK_DEBUG", FixKind::Remove, before, after);
}

fn flag(path: &str, before: &str, after: &str) {
    check(path, "--debug", FixKind::Remove, before, after);
    assert!(fixed(path, before, "--debug", FixKind::Remove).is_some_and(|(_, preferred)| preferred));
}

fn allowed(path: &str, before: &str, after: &str) {
    check(path, "FLASK_DEBUG", FixKind::Suppress, before, after);
}

#[test]
fn off_keeps_the_form() {
    off(".env", "export FLASK_DEBUG=1 # on\nA=2\n", "export FLASK_DEBUG=0 # on\nA=2\n");
    off(".env", "FLASK_DEBUG='true'", "FLASK_DEBUG='0'");
    off("Dockerfile", "FROM x\nENV A=1 FLASK_DEBUG=\"1\"\n", "FROM x\nENV A=1 FLASK_DEBUG=\"0\"\n");
    off("Dockerfile", "FROM x\nENV FLASK_DEBUG true\n", "FROM x\nENV FLASK_DEBUG 0\n");
    off("Dockerfile", "FROM x\nENV FLASK_DEBUG=${D:-1}\n", "FROM x\nENV FLASK_DEBUG=${D:-0}\n");
    off(
        "web.service",
        "[Service]\nEnvironment=\"FLASK_DEBUG=1\" A=2\n",
        "[Service]\nEnvironment=\"FLASK_DEBUG=0\" A=2\n",
    );
    off_for_a_command("Procfile", "web: FLASK_DEBUG=1 flask run\n", "web: FLASK_DEBUG=0 flask run\n");
    off("run.sh", "export FLASK_DEBUG=\"1\"\nflask run\n", "export FLASK_DEBUG=\"0\"\nflask run\n");
    off_for_a_command("Makefile", "run:\n\tFLASK_DEBUG=1 flask run\n", "run:\n\tFLASK_DEBUG=0 flask run\n");
    off("fly.toml", "[env]\nFLASK_DEBUG = 1\n", "[env]\nFLASK_DEBUG = \"0\"\n");
    off("app.json", "{\"env\": {\"FLASK_DEBUG\": \"1\"}}", "{\"env\": {\"FLASK_DEBUG\": \"0\"}}");
    let tasks = |value| format!("{{\"tasks\": [{{\"command\": \"FLASK_DEBUG={value} flask run\"}}]}}");
    off_for_a_command("tasks.json", &tasks("1"), &tasks("0"));
    off_for_a_command("tasks.json", &tasks("\\\"1\\\""), &tasks("\\\"0\\\""));
}

#[test]
fn off_in_yaml_is_a_string() {
    let compose = |env: &str| format!("services:\n  web:\n    environment:\n      {env}\n    image: x\n");
    let both = |before: &str, after: &str| off("compose.yml", &compose(before), &compose(after));
    both("FLASK_DEBUG: 1", "FLASK_DEBUG: \"0\"");
    both("FLASK_DEBUG: true # yes", "FLASK_DEBUG: \"0\" # yes");
    both("FLASK_DEBUG: '1'", "FLASK_DEBUG: '0'");
    both("- FLASK_DEBUG=1", "- FLASK_DEBUG=0");
    both("- \"FLASK_DEBUG=1\"", "- \"FLASK_DEBUG=0\"");
    both("FLASK_DEBUG: ${FLASK_DEBUG:-1}", "FLASK_DEBUG: ${FLASK_DEBUG:-0}");
    let command = |value| format!("services:\n  web:\n    command: sh -c \"FLASK_DEBUG={value} flask run\"\n");
    off_for_a_command("compose.yml", &command("1"), &command("0"));
    let kube = |value| {
        format!(
            "kind: Pod\napiVersion: v1\nspec:\n  containers:\n  - env:\n    - name: FLASK_DEBUG\n      value: {value}\n"
        )
    };
    off("pod.yaml", &kube("1"), &kube("\"0\""));
}

#[test]
fn other_variables_have_other_values() {
    check(".env", "FLASK_ENV", FixKind::Off, "FLASK_ENV=development\n", "FLASK_ENV=production\n");
    check(
        "compose.yml",
        "FLASK_ENV",
        FixKind::Off,
        "services: {web: {environment: {FLASK_ENV: development}}}\n",
        "services: {web: {environment: {FLASK_ENV: production}}}\n",
    );
    check(".env", "DASH_DEBUG", FixKind::Off, "DASH_DEBUG=1\n", "DASH_DEBUG=false\n");
    check(".env", "APP_DEBUG", FixKind::Off, "APP_DEBUG=True\n", "APP_DEBUG=False\n");
    check(".env", "WERKZEUG_DEBUG_PIN", FixKind::Remove, "A=1\nWERKZEUG_DEBUG_PIN=off\n", "A=1\n");
    assert_eq!(fixed(".env", "WERKZEUG_DEBUG_PIN=off\n", "WERKZEUG_DEBUG_PIN", FixKind::Off), None);
    let pin = fixed(".env", "WERKZEUG_DEBUG_PIN=off\n", "WERKZEUG_DEBUG_PIN", FixKind::Remove);
    assert_eq!(pin, Some((String::new(), true)));
}

#[test]
fn removed_with_what_belongs_to_it() {
    removed(".env", "A=1\nexport FLASK_DEBUG=1 # on\nB=2\n", "A=1\nB=2\n");
    removed("Dockerfile", "FROM x\nENV FLASK_DEBUG=1\nCMD a\n", "FROM x\nCMD a\n");
    removed("Dockerfile", "FROM x\nENV A=1 FLASK_DEBUG=1 B=2\n", "FROM x\nENV A=1 B=2\n");
    removed("Dockerfile", "FROM x\nENV A=1 \\\n    FLASK_DEBUG=1 \\\n    B=2\n", "FROM x\nENV A=1 \\\n    B=2\n");
    removed("Dockerfile", "FROM x\nENV A=1 \\\n    FLASK_DEBUG=1\nCMD a\n", "FROM x\nENV A=1\nCMD a\n");
    removed("Dockerfile", "FROM x\nENV FLASK_DEBUG=1 \\\n    B=2\n", "FROM x\nENV B=2\n");
    removed("Dockerfile", "FROM x\nCMD FLASK_DEBUG=1 flask run\n", "FROM x\nCMD flask run\n");
    removed("Procfile", "web: FLASK_DEBUG=1 flask run\n", "web: flask run\n");
    removed("web.service", "[Service]\nEnvironment=FLASK_DEBUG=1\nExecStart=/a\n", "[Service]\nExecStart=/a\n");
    removed("web.service", "[Service]\nEnvironment=A=1 \"FLASK_DEBUG=1\"\n", "[Service]\nEnvironment=A=1\n");
    removed("web.service", "[Service]\nEnvironment=FLASK_DEBUG=1 A=1\n", "[Service]\nEnvironment=A=1\n");
    removed("run.sh", "export FLASK_DEBUG=1\nflask run\n", "flask run\n");
    removed("run.sh", "export FLASK_DEBUG=1 && flask run\n", "flask run\n");
    removed("run.sh", "FLASK_DEBUG=1 \\\n  A=1 flask run\n", "A=1 flask run\n");
    removed("run.sh", "docker run -e FLASK_DEBUG=1 -p 1:1 img flask run\n", "docker run -p 1:1 img flask run\n");
    removed("Makefile", "dev: export FLASK_DEBUG = 1\ndev:\n\tflask run\n", "dev:\n\tflask run\n");
    removed("fly.toml", "[env]\nFLASK_DEBUG = 1\nA = \"b\"\n", "[env]\nA = \"b\"\n");
    removed("app.json", "{\"env\": {\"A\": \"1\", \"FLASK_DEBUG\": \"1\"}}", "{\"env\": {\"A\": \"1\"}}");
    removed(
        "app.json",
        "{\"env\": {\n  \"FLASK_DEBUG\": \"1\",\n  \"A\": \"1\"\n}}",
        "{\"env\": {\n  \"A\": \"1\"\n}}",
    );
}

#[test]
fn removed_where_lines_hang_together() {
    removed(
        "app.json",
        "{\"env\": {\n  \"A\": \"1\",\n  \"FLASK_DEBUG\": \"1\"\n}}",
        "{\"env\": {\n  \"A\": \"1\"\n}}",
    );
    removed(
        "web.service",
        "[Service]\nEnvironment=A=1 \\\n  FLASK_DEBUG=1\nExecStart=/a\n",
        "[Service]\nEnvironment=A=1\nExecStart=/a\n",
    );
}

#[test]
fn removed_from_yaml() {
    let web = |env: &str| format!("services:\n  web:\n    image: x\n{env}    ports: []\n");
    let both = |before: &str, after: &str| removed("compose.yml", &web(before), &web(after));
    both("    environment:\n      A: 1\n      FLASK_DEBUG: 1\n", "    environment:\n      A: 1\n");
    both("    environment:\n      FLASK_DEBUG: 1\n", "");
    both("    environment:\n    - FLASK_DEBUG=1\n", "");
    both("    environment:\n    - \"FLASK_DEBUG=1\"\n    - A=1\n", "    environment:\n    - A=1\n");
    both("    environment: [FLASK_DEBUG=1, A=1]\n", "    environment: [A=1]\n");
    both("    environment: {A: 1, FLASK_DEBUG: 1}\n", "    environment: {A: 1}\n");
    both("    command: FLASK_DEBUG=1 flask run\n", "    command: flask run\n");
    let kube = |env: &str| format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    env:\n{env}");
    removed(
        "pod.yaml",
        &kube("    - name: FLASK_DEBUG\n      value: \"1\"\n    - name: B\n      value: \"2\"\n"),
        &kube("    - name: B\n      value: \"2\"\n"),
    );
    removed(
        "pod.yaml",
        &kube("    - {name: FLASK_DEBUG, value: \"1\"}\n    - {name: B, value: \"2\"}\n"),
        &kube("    - {name: B, value: \"2\"}\n"),
    );
}

#[test]
fn flags_go_with_their_comma_or_blank() {
    flag("Dockerfile", "FROM x\nCMD [\"flask\", \"run\", \"--debug\"]\n", "FROM x\nCMD [\"flask\", \"run\"]\n");
    flag("Dockerfile", "FROM x\nCMD [\"flask\", \"--debug\", \"run\"]\n", "FROM x\nCMD [\"flask\", \"run\"]\n");
    flag("Dockerfile", "FROM x\nCMD flask run --debug -p 80\n", "FROM x\nCMD flask run -p 80\n");
    flag(
        "Dockerfile",
        "FROM x\nCMD [\"sh\", \"-c\", \"flask run --debug\"]\n",
        "FROM x\nCMD [\"sh\", \"-c\", \"flask run\"]\n",
    );
    flag("Procfile", "web: flask --debug run\n", "web: flask run\n");
    flag("run.sh", "flask run \\\n  --debug \\\n  -p 80\n", "flask run \\\n  -p 80\n");
    flag("run.sh", "flask run \\\n  --debug\n", "flask run\n");
    flag("web.service", "[Service]\nExecStart=/flask run \\\n  --debug\n", "[Service]\nExecStart=/flask run\n");
    let web = |command: &str| format!("services:\n  web:\n    command: {command}\n");
    flag("compose.yml", &web("flask run --debug"), &web("flask run"));
    flag("compose.yml", &web("[flask, run, --debug]"), &web("[flask, run]"));
    flag("compose.yml", &web("\n    - flask\n    - run\n    - --debug"), &web("\n    - flask\n    - run"));
    flag(
        "compose.yml",
        &web(">\n      flask run\n      --debug\n      -p 80"),
        &web(">\n      flask run\n      -p 80"),
    );
    let script =
        |line: &str| format!("jobs:\n  a:\n    steps:\n    - run: |\n        flask run{line}\n        ls\non: push\n");
    flag("x.yml", &script(" \\\n          --debug"), &script(""));
    let launch = |args: &str| format!("{{\"configurations\": [{{\"module\": \"flask\", \"args\": [{args}]}}]}}");
    flag("launch.json", &launch("\"run\", \"--debug\""), &launch("\"run\""));
    flag("launch.json", &launch("\n\"run\",\n\"--debug\",\n\"-p\", \"80\""), &launch("\n\"run\",\n\"-p\", \"80\""));
    check("Procfile", "--debug", FixKind::Off, "web: flask run --debug\n", "web: flask run --no-debug\n");
    let off = "FROM x\nCMD [\"flask\", \"run\", \"--no-debugger\"]\n";
    check("Dockerfile", "--debugger", FixKind::Off, &off.replace("--no-", "--"), off);
}

#[test]
fn comments_stand_where_they_are_comments() {
    allowed(".env", "A=1\nFLASK_DEBUG=1\n", "A=1\n# undebug: allow env-debug\nFLASK_DEBUG=1\n");
    allowed("run.sh", "  export FLASK_DEBUG=1\n", "  export FLASK_DEBUG=1  # undebug: allow env-debug\n");
    allowed("run.sh", "FLASK_DEBUG=1 \\\n  flask run\n", "# undebug: allow env-debug\nFLASK_DEBUG=1 \\\n  flask run\n");
    allowed(
        "Dockerfile",
        "FROM x\nENV A=1 \\\n  FLASK_DEBUG=1\n",
        "FROM x\n# undebug: allow env-debug\nENV A=1 \\\n  FLASK_DEBUG=1\n",
    );
    let web = |env: &str| format!("services:\n  web:\n    environment:\n      {env}\n");
    allowed("compose.yml", &web("FLASK_DEBUG: 1"), &web("FLASK_DEBUG: 1  # undebug: allow env-debug"));
    allowed(
        "Makefile",
        "run:\n\tFLASK_DEBUG=1 flask run\n",
        "run:\n# undebug: allow env-debug\n\tFLASK_DEBUG=1 flask run\n",
    );
    let folded =
        |above: &str| format!("services:\n  web:\n{above}    command: >\n      FLASK_DEBUG=1\n      flask run\n");
    assert_eq!(fixed("compose.yml", &folded(""), "FLASK_DEBUG", FixKind::Suppress), None);
    assert_eq!(fixed("app.json", "{\"env\": {\"FLASK_DEBUG\": \"1\"}}", "FLASK_DEBUG", FixKind::Suppress), None);
}

#[test]
fn the_users_kind_is_preferred_where_there_is_one() {
    let document = Document::new(Language::Dotenv, "FLASK_DEBUG=1\n");
    let path: Arc<str> = Arc::from(".env");
    let kinds = |preferred| {
        let fixes = fixes_at(Language::Dotenv, &path, &document, 0..13, preferred);
        fixes.into_iter().map(|fix| (fix.kind, fix.preferred)).collect::<Vec<_>>()
    };
    use FixKind::{Environment, Off, Remove, Suppress};
    assert_eq!(kinds(Environment), [(Off, true), (Remove, false), (Suppress, false)]);
    assert_eq!(kinds(Remove), [(Remove, true), (Off, false), (Suppress, false)]);
    assert_eq!(kinds(Suppress), [(Off, true), (Remove, false), (Suppress, false)]);
}

#[test]
fn every_setting_and_flag_of_the_samples_has_a_way_out() {
    let mut count = 0;
    for (path, text) in deploy::tests::texts() {
        let Some(language) = Language::of_path(path) else { continue };
        let document = Document::new(language, text);
        let name: Arc<str> = Arc::from(path);
        let services = deploy::services(language, path, text);
        let commands: Vec<_> = services.iter().flat_map(|service| &service.commands).collect();
        let env = services.iter().flat_map(|service| &service.env).chain(commands.iter().flat_map(|one| &one.env));
        let on = |value: &Option<String>| value.as_deref().is_some_and(|value| matches!(value, "1" | "true"));
        let settings = env.filter(|one| one.name == "FLASK_DEBUG" && on(&one.value)).map(|one| one.range.clone());
        let flags = commands.iter().flat_map(|one| &one.words).filter(|word| word.text == "--debug");
        for range in settings.chain(flags.map(|word| word.range.clone())) {
            let fixes = fixes_at(language, &name, &document, range.clone(), FixKind::Environment);
            let preferred = fixes.iter().find(|fix| fix.preferred);
            assert!(preferred.is_some(), "{path}: nothing for {:?}", &text[range]);
            count += 1;
        }
    }
    assert!(count > 80, "only {count}");
}
