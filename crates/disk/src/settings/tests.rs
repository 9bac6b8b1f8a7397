//! Settings files, read from scratch folders.

use undebug_engine::{FixKind, Level, Severity};

use super::*;

const RULES: &[&str] = &["app-run-debug", "config-debug"];

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        std::fs::write(path, text).expect("file");
    }
    folder
}

fn load(files: &[(&str, &str)]) -> Loaded {
    load_settings(folder(files).path(), RULES)
}

fn told(loaded: &Loaded) -> Vec<String> {
    let place = |n: Option<usize>| n.map_or(String::from("?"), |n| n.to_string());
    loaded.problems.iter().map(|p| format!("{}:{}: {}", place(p.line), place(p.column), p.message)).collect()
}

#[test]
fn settings_are_read_from_both_files() {
    let own = load(&[("undebug.toml", "variable = \"APP_DEBUG\"\n[rules]\nconfig-debug = \"off\"\n")]).choices;
    assert_eq!(own.settings().variable, "APP_DEBUG");
    assert_eq!(own.rules.get("config-debug"), Some(&Level::Off));
    let tool = load(&[("pyproject.toml", "[project]\nname = \"x\"\n[tool.undebug]\npreferred-fix = \"off\"\n")]);
    assert_eq!(tool.choices.preferred_fix, Some(FixKind::Off));
    assert_eq!(told(&tool), [""; 0]);
}

#[test]
fn the_nearest_file_wins_and_one_without_settings_does_not_count() {
    let folder = folder(&[
        ("undebug.toml", "variable = \"OUTER\"\n"),
        ("a/pyproject.toml", "[project]\nname = \"undebug-demo\"\n"),
        ("a/b/pyproject.toml", "[tool.undebug]\nvariable = \"INNER\"\n"),
        ("a/b/c/keep", ""),
        ("a/both/undebug.toml", "variable = \"OWN\"\n"),
        ("a/both/pyproject.toml", "[tool.undebug]\nvariable = \"TOOL\"\n"),
    ]);
    let files = SettingsFiles::new(RULES);
    for (path, variable) in [("", "OUTER"), ("a", "OUTER"), ("a/b", "INNER"), ("a/b/c", "INNER"), ("a/both", "OWN")] {
        let path = folder.path().join(path);
        assert_eq!(files.nearest(&path).choices.variable.as_deref(), Some(variable), "{}", path.display());
        assert_eq!(load_settings(&path, RULES).choices.variable.as_deref(), Some(variable), "{}", path.display());
    }
}

#[test]
fn unknown_names_are_told_with_place_and_neighbour() {
    let text = "prefered-fix = \"off\"\n\n[rules]\napp-run-debg = \"off\"\n  config-debug = 3\n[[overrides]]\n\
                rule = {}\nfiles = [\"ü\"]\n";
    assert_eq!(
        told(&load(&[("undebug.toml", text)])),
        [
            "1:1: unknown key `prefered-fix`; did you mean `preferred-fix`?",
            "4:1: unknown rule `app-run-debg`; did you mean `app-run-debug`?",
            "5:3: rule `config-debug` must be \"off\", \"information\", \"warning\" or \"error\"",
            "7:1: unknown key `rule`; did you mean `rules`?",
        ]
    );
}

#[test]
fn values_of_another_kind_are_told() {
    let text = "exclude = \"tests\"\nextend = 1\nvariable = \"1x\"\nworkspace = \"yes\"\nrules = []\n\
                overrides = [{ rules = {} }, 1, { files = [1] }]\npreferred-fix = true\n";
    assert_eq!(
        told(&load(&[("undebug.toml", text)])),
        [
            "1:1: `exclude` must be a list of globs",
            "2:1: `extend` must be the path of a settings file",
            "3:1: `variable` must be the name of an environment variable",
            "4:1: `workspace` must be true or false",
            "5:1: `rules` must be a table of rule names",
            "6:14: an override must name its `files`",
            "6:30: `overrides` must be a list of tables",
            "6:35: `files` must be a list of globs",
            "7:1: `preferred-fix` must be \"environment\", \"remove\" or \"off\"",
        ]
    );
}

#[test]
fn broken_settings_are_told_and_not_lost_silently() {
    let loaded = load(&[("undebug.toml", "variable = \"A\"\nrules = [\n")]);
    assert_eq!(loaded.problems.len(), 1);
    assert!(loaded.problems[0].line.is_some_and(|line| line >= 2), "{:?}", loaded.problems);
}

#[test]
fn a_file_extends_another_and_wins() {
    let loaded = load(&[
        ("undebug.toml", "extend = \"shared/base.toml\"\nvariable = \"OWN\"\n[rules]\nconfig-debug = \"error\"\n"),
        (
            "shared/base.toml",
            "variable = \"BASE\"\nexclude = [\"old\"]\n[rules]\napp-run-debug = \"off\"\nconfig-debug = \"off\"\n",
        ),
    ]);
    assert_eq!(told(&loaded), [""; 0]);
    let choices = loaded.choices;
    assert_eq!(choices.variable.as_deref(), Some("OWN"));
    assert_eq!(choices.rules.get("app-run-debug"), Some(&Level::Off));
    assert_eq!(choices.rules.get("config-debug"), Some(&Level::Fixed(Severity::Error)));
    // The globs of a file are about its own folder.
    let exclude = choices.exclude.expect("from the extended file");
    assert!(!exclude.matches("/elsewhere/old"));
}

#[test]
fn files_that_extend_nothing_or_each_other_are_told() {
    let gone = load(&[("undebug.toml", "\nextend = \"gone.toml\"\n")]);
    assert_eq!(told(&gone), ["2:1: `extend` names `gone.toml`, which holds no settings"]);
    let circle = load(&[("undebug.toml", "extend = \"undebug.toml\"\nvariable = \"A\"\n")]);
    assert_eq!(told(&circle), ["1:1: `extend` leads through more than 8 files"]);
    assert_eq!(circle.choices.variable.as_deref(), Some("A"));
}

#[test]
fn a_later_override_wins_and_an_override_wins_over_the_rest() {
    let text = "variable = \"A\"\n[rules]\nconfig-debug = \"warning\"\n\
                [[overrides]]\nfiles = [\"tests\"]\nvariable = \"B\"\nrules = { config-debug = \"off\" }\n\
                [[overrides]]\nfiles = [\"tests/live/*.py\"]\nrules = { config-debug = \"error\" }\n";
    let folder = folder(&[("undebug.toml", text)]);
    let settings = load_settings(folder.path(), RULES).choices.settings();
    let level = |path: &str| settings.level("config-debug", &slashed(&folder.path().join(path)));
    assert_eq!(level("app.py"), Some(Level::Fixed(Severity::Warning)));
    assert_eq!(level("tests/app.py"), Some(Level::Off));
    assert_eq!(level("tests/live/app.py"), Some(Level::Fixed(Severity::Error)));
    assert_eq!(settings.variable(&slashed(&folder.path().join("tests/live/app.py"))), "B");
    assert_eq!(settings.variable(&slashed(&folder.path().join("app.py"))), "A");
}
