//! Findings do not depend on the order in which files came, changed and went.
//!
//! Small projects by hand, each a way in which a conclusion once stayed behind; random ways are `edits`' part.

use undebug_engine::{Change, Language, Project, Settings};

const APP: &str = "/p/app.py";

/// A project with nothing on disk.
fn empty() -> Project {
    Project::new("/p", Settings::default(), Box::new(|_| None))
}

fn open(project: &mut Project, path: &str, text: &str) {
    project.open(path, Language::of_path(path).expect("a language"), text);
    project.check();
}

fn edit(project: &mut Project, path: &str, text: &str) {
    project.edit(path, &[Change { range: None, text: text.to_owned() }]);
    project.check();
}

fn told(project: &Project) -> Vec<String> {
    let told = |finding: &undebug_engine::Finding| format!("{} {}", finding.rule.name, finding.place.path);
    project.all_findings().iter().map(told).collect()
}

#[test]
fn an_env_file_that_was_empty_is_read_again() {
    let mut project = empty();
    open(&mut project, "/p/.flaskenv", "");
    open(&mut project, APP, "from flask import Flask\n\napp = Flask(__name__)\napp.run()\n");
    assert!(told(&project).is_empty());
    edit(&mut project, "/p/.flaskenv", "FLASK_DEBUG=1\n");
    assert_eq!(told(&project), ["env-debug /p/.flaskenv"]);
    edit(&mut project, "/p/.flaskenv", "");
    assert!(told(&project).is_empty());
}

#[test]
fn a_module_that_was_missing_is_imported_when_it_comes() {
    let app = "from flask import Flask\nimport config\n\napp = Flask(__name__)\napp.run(debug=config.ON)\n";
    let mut project = empty();
    open(&mut project, APP, app);
    assert!(told(&project).is_empty());
    open(&mut project, "/p/config.py", "ON = True\n");
    assert_eq!(told(&project).len(), 1, "it came");
    project.close("/p/config.py");
    project.check();
    assert!(told(&project).is_empty(), "it went");
    open(&mut project, "/p/other.py", "x = 1\n");
    project.close("/p/other.py");
    open(&mut project, "/p/config.py", "ON = True\n");
    assert_eq!(told(&project).len(), 1, "it came again");
}

#[test]
fn what_another_program_enters_is_not_open_any_more() {
    let app =
        "from flask import Flask\n\napp = Flask(__name__)\n\n\ndef serve(debug=True):\n    app.run(debug=debug)\n";
    let (calm, starts) = ("import app\n", "import app\n\napp.serve(debug=False)\n");
    let scratch = |run: &str| {
        let mut project = empty();
        open(&mut project, APP, app);
        open(&mut project, "/p/run.py", run);
        format!("{:?}", project.all_findings())
    };
    assert_ne!(scratch(calm), scratch(starts), "the other program changes what is said");
    let mut project = empty();
    open(&mut project, APP, app);
    open(&mut project, "/p/run.py", calm);
    for run in [starts, calm, starts] {
        edit(&mut project, "/p/run.py", run);
        assert_eq!(format!("{:?}", project.all_findings()), scratch(run), "{run:?}");
    }
    project.remove("/p/run.py");
    project.check();
    let mut alone = empty();
    open(&mut alone, APP, app);
    assert_eq!(format!("{:?}", project.all_findings()), format!("{:?}", alone.all_findings()), "it is gone");
}

/// A statement that does not parse can be taken for one that binds a name, and no word of it says so: it runs only where a
/// program asks for every name. Another program that asked so before must not matter.
#[test]
fn what_was_asked_of_a_module_before_is_forgotten() {
    let config = "ON = True\n\n\nc👩async \u{200d}💻ON = False\n Base:\n =";
    let app = |line: &str| format!("from flask import Flask\nimport config\n\napp = Flask(__name__)\n{line}\n");
    let mut all = empty();
    open(&mut all, "/p/config.py", config);
    open(&mut all, APP, &app("from config import *\napp.run(debug=ON)"));
    assert!(told(&all).is_empty(), "the second statement is taken for one that binds the name");
    let run = app("app.run(debug=config.ON)");
    let mut scratch = empty();
    open(&mut scratch, "/p/config.py", config);
    open(&mut scratch, APP, &run);
    assert_eq!(told(&scratch).len(), 1);
    let mut live = empty();
    open(&mut live, "/p/config.py", config);
    open(&mut live, APP, &app("app.config.from_object(\"config.Missing\")\napp.run()"));
    edit(&mut live, APP, &run);
    assert_eq!(told(&live), told(&scratch));
}

#[test]
fn an_edit_that_changes_nothing_loses_nothing() {
    for (path, text) in [
        ("/p/Dockerfile", "FROM python:3.13\nENV FLASK_DEBUG=1\nCMD [\"flask\", \"run\"]\n"),
        ("/p/.flaskenv", "FLASK_DEBUG=1\n"),
        (APP, "from flask import Flask\n\napp = Flask(__name__)\napp.run(debug=True)\n"),
    ] {
        let mut project = empty();
        open(&mut project, path, text);
        let before = told(&project);
        assert_eq!(before.len(), 1, "{path}");
        edit(&mut project, path, text);
        assert_eq!(told(&project), before, "{path}: the whole text again");
        project.edit(path, &[Change { range: Some(3..3), text: String::new() }]);
        project.check();
        assert_eq!(told(&project), before, "{path}: an empty edit");
    }
}

#[test]
fn a_function_that_nothing_mentions_any_more_is_dead() {
    // The parser makes a function of the broken line; the words of the line do not have its name.
    let start = "from flask import Flask\n\napp = Flask(__name__)\n\n\ndef\u{fffd}begin():\n    app.run(\"::1\", 80, True)\n\n\n";
    let mut project = empty();
    open(&mut project, APP, &format!("{start}begin()\napp.run(debug=True)\n"));
    let before = told(&project).len();
    edit(&mut project, APP, &format!("{start}begins()\napp.run(debug=True)\n"));
    project.settle();
    let mut scratch = empty();
    open(&mut scratch, APP, &format!("{start}begins()\napp.run(debug=True)\n"));
    assert_eq!(told(&project), told(&scratch));
    assert_eq!((before, told(&project).len()), (2, 1));
}

#[test]
fn the_default_of_a_script_counts_as_long_as_no_other_file_may_beat_it() {
    let script = "MODE=${APP_MODE:-production}\nif [ \"$MODE\" = development ]; then\n    flask run --debug\nfi\n";
    let mut project = empty();
    open(&mut project, "/p/start.sh", script);
    assert!(told(&project).is_empty());
    open(&mut project, "/p/Dockerfile", "FROM python:3.12\nENV APP_MODE=development\nCMD [\"sh\", \"start.sh\"]\n");
    assert_eq!(told(&project), ["command-debug /p/start.sh"], "something may set it");
    let finding = &project.all_findings()[0];
    let fix = project.fixes(finding).into_iter().find(|fix| fix.preferred).expect("a fix");
    assert_eq!(fix.title, "Remove `--debug`");
    edit(&mut project, "/p/Dockerfile", "FROM python:3.12\nCMD [\"sh\", \"start.sh\"]\n");
    assert!(told(&project).is_empty(), "nothing sets it any more");
    edit(&mut project, "/p/start.sh", &script.replace("APP_MODE:-production", "APP_MODE:-development"));
    assert_eq!(told(&project), ["command-debug /p/start.sh"], "its own default");
}
