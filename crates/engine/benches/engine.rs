//! What the engine's single steps cost: an edit, opening a text, a check across files, positions, a fix.
//!
//! It calls the public interface alone and judges nothing: what a user waits for is measured through the server, by
//! `tests/bench`. Run it with `cargo bench -p undebug-engine`.

use std::fmt::Write;
use std::hint::black_box;
use std::ops::Range;

use divan::Bencher;
use undebug_engine::{Change, Document, Encoding, Finding, Language, Position, Project, Settings};

const LINES: [usize; 2] = [2_000, 20_000];
const APP: &str = "/p/app.py";
const CONFIG: &str = "/p/config.py";

/// How many programs read the settings of the check across files.
const PROGRAMS: usize = 50;

/// How many positions one round converts.
const PLACES: usize = 1_000;

fn main() {
    divan::main();
}

/// A program of so many lines: functions that debug mode is none of the business of, an application among them, and its
/// start at the end.
fn program(lines: usize) -> String {
    let mut text = String::from("\"\"\"A shop: ünï 😀.\"\"\"\nimport os\n\nfrom flask import Flask\n\n");
    text.push_str("app = Flask(__name__)\napp.config[\"PORT\"] = 5000\n\n\n");
    let mut count = text.lines().count();
    while count + 8 < lines {
        let _ = write!(
            text,
            "@app.get(\"/{count}\")\ndef view_{count}(name=\"é\", size={count}):\n    rows = [row * size for row in range(size)]\n    \
             if not rows:\n        return None\n    return \", \".join(name + str(row) for row in rows)\n\n\n"
        );
        count += 8;
    }
    text.push_str("if __name__ == \"__main__\":\n    app.run(port=5000, debug=True)\n");
    text
}

fn empty() -> Project {
    Project::new("/p", Settings::default(), Box::new(|_| None))
}

fn opened(text: &str) -> Project {
    let mut project = empty();
    project.open(APP, Language::Python, text);
    project.check();
    project
}

/// One character comes and goes before this place, each time with a check.
fn type_before(bencher: Bencher, lines: usize, place: &str, finding: usize) {
    let text = program(lines);
    let at = text.find(place).expect("the program has it");
    let mut project = opened(&text);
    let change = |range: Range<usize>, text: &str| Change { range: Some(range), text: text.to_owned() };
    let mut is_there = false;
    bencher.bench_local(|| {
        let change = if is_there { change(at..at + 1, "") } else { change(at..at, "1") };
        is_there = !is_there;
        project.edit(APP, &[change]);
        black_box(project.check());
    });
    assert_eq!(project.all_findings().len(), finding, "it is still found");
}

/// An edit in the start of the server: the facts change and the program is run again.
#[divan::bench(args = LINES)]
fn edit_what_matters(bencher: Bencher, lines: usize) {
    type_before(bencher, lines, "000, debug=True", 1);
}

/// An edit in the body of a function in the middle of the file: the facts stay equal.
#[divan::bench(args = LINES)]
fn edit_what_does_not_matter(bencher: Bencher, lines: usize) {
    // The functions begin at line 9 and are eight lines long.
    let number = 9 + lines / 2 / 8 * 8;
    type_before(bencher, lines, &format!("{number}):\n    rows"), 1);
}

/// Splitting a text into its statements, without a check.
#[divan::bench(args = LINES)]
fn open(bencher: Bencher, lines: usize) {
    let text = program(lines);
    bencher.with_inputs(empty).bench_local_values(|mut project| {
        project.open(APP, Language::Python, &text);
        project
    });
}

/// The first check of one program: its statements that matter are parsed and run.
#[divan::bench(args = LINES)]
fn check(bencher: Bencher, lines: usize) {
    let text = program(lines);
    let unchecked = || {
        let mut project = empty();
        project.open(APP, Language::Python, &text);
        project
    };
    bencher.with_inputs(unchecked).bench_local_values(|mut project| {
        project.check();
        project
    });
}

/// A settings file and programs that take their debug mode from it.
fn shops() -> Project {
    let mut project = empty();
    let settings = "import os\n\n\nclass Base:\n    DEBUG = bool(os.environ.get(\"SHOP\"))\n\n\nclass Dev(Base):\n    DEBUG = True\n";
    project.open(CONFIG, Language::Python, settings);
    for number in 0..PROGRAMS {
        let text = format!(
            "from flask import Flask\nimport config\n\n\ndef create_app():\n    app = Flask(__name__)\n    \
             app.config.from_object(\"config.Dev\")\n    return app\n\n\nif __name__ == \"__main__\":\n    \
             create_app().run(port={number}, debug=config.Dev.DEBUG)\n"
        );
        project.open(&format!("/p/app{number}.py"), Language::Python, &text);
    }
    project
}

/// The first check of programs with their settings in another file.
#[divan::bench]
fn check_across_files(bencher: Bencher) {
    bencher.with_inputs(shops).bench_local_values(|mut project| {
        project.check();
        assert!(!project.all_findings().is_empty());
        project
    });
}

/// An edit of a value in the settings: all programs that read it are run again.
#[divan::bench]
fn edit_the_settings_of_others(bencher: Bencher) {
    let mut project = shops();
    project.check();
    let at = project.document(CONFIG).expect("it is open").whole().find("True").expect("it is on");
    let mut is_on = true;
    bencher.bench_local(|| {
        let (length, text) = if is_on { (4, "False") } else { (5, "True") };
        is_on = !is_on;
        project.edit(CONFIG, &[Change { range: Some(at..at + length), text: text.to_owned() }]);
        black_box(project.check());
    });
}

/// A thousand bytes all over a text become positions and bytes again.
#[divan::bench(args = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32])]
fn positions(bencher: Bencher, encoding: &Encoding) {
    let document = Document::new(Language::Python, &program(20_000));
    let places: Vec<usize> = (0..PLACES).map(|place| place * document.len() / PLACES).collect();
    bencher.counter(divan::counter::ItemsCount::new(PLACES)).bench_local(|| {
        for place in &places {
            let position: Position = document.position(black_box(*place), *encoding);
            black_box(document.offset(position, *encoding));
        }
    });
}

/// All ways out of one finding.
#[divan::bench(args = LINES)]
fn fixes(bencher: Bencher, lines: usize) {
    let project = opened(&program(lines));
    let findings: Vec<Finding> = project.all_findings();
    assert!(!project.fixes(&findings[0]).is_empty(), "it has a way out");
    bencher.bench_local(|| project.fixes(black_box(&findings[0])));
}
