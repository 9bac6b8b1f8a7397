//! The state after any script of edits is the state from scratch: the same findings, word for word, with the same fixes.
//!
//! A few thousand edits in every run; `UNDEBUG_SOAK_EDITS` makes it any number, `UNDEBUG_SOAK_SEED` another walk. It
//! speaks to the engine; that positions and messages travel rightly is shown by the server's own tests. What an edit
//! costs is counted here too, in programs that were run again.

use std::ops::Range;

use undebug_engine::{Change, Language, Project, Settings};

const EDITS: u64 = 6_000;

/// How many edits there are between two comparisons, at most.
const BETWEEN: u64 = 30;

/// Texts that grow beyond this are replaced by a fresh one: large texts show nothing that small ones do not.
const LONGEST: usize = 4_000;

const APP: &str = "/p/app.py";
const CONFIG: &str = "/p/config.py";

const PROGRAM: &str = "\"\"\"ünï 😀\"\"\"\nimport os\nfrom flask import Flask\nimport config\n\napp = Flask(__name__)\n\
                       app.config.from_object(\"config.Dev\")\n\n\ndef main(debug=True):\n    app.run(debug=debug)\n\n\n\
                       if __name__ == \"__main__\":\n    main()\n    app.run(port=80, debug=config.ON)  # 漢字\n";
const SETTINGS: &str = "ON = True\n\n\nclass Base:\n    DEBUG = False\n\n\nclass Dev(Base):\n    DEBUG = ON\n";

/// What is typed, pasted, and comes out wrong most easily.
const PIECES: &[&str] = &[
    "app.run(debug=True)\n",
    "app.debug = True\n",
    "app.config[\"DEBUG\"] = True\r\n",
    "app.config.update(DEBUG=config.ON)\r",
    "debug=True",
    "True",
    "False",
    "os.environ.get(\"FLASK_DEBUG\")",
    "ON = False\n",
    "    DEBUG = True\n",
    "class Dev:\n    DEBUG = True\n",
    "def f(a=1):\n\treturn a\n",
    "if x:\n    pass\nelse:\n    app.run(debug=1)\n",
    "# undebug: allow app-run-debug\n",
    "  # noqa: S201",
    "import config\n",
    "from config import ON as debug\n",
    "\"\"\"",
    "'''",
    "\"",
    "'",
    "(",
    ")",
    "[",
    "{",
    "}",
    ":",
    ",",
    "\n",
    "\r\n",
    "\r",
    "\n\r",
    "\\\n",
    "\t",
    "    ",
    " ",
    "#",
    "é",
    "😀",
    "e\u{301}",
    "👩\u{200d}💻",
    "\u{feff}",
    "\u{2028}",
    "\0",
    "x",
    "=",
    "1",
    "not ",
    "async ",
    "lambda: ",
    "@app.route('/')\n",
    ";",
];

/// One document of the walk: what the text must be, and how to take back what was done to it.
struct Model {
    path: &'static str,
    first: &'static str,
    text: String,
    undo: Vec<(Range<usize>, String)>,
}

impl Model {
    fn new(path: &'static str, first: &'static str) -> Model {
        Model { path, first, text: first.to_owned(), undo: Vec::new() }
    }

    /// Replaces a range, remembers how to take it back, and says it as a change.
    fn replace(&mut self, range: Range<usize>, new: String) -> Change {
        let old = self.text[range.clone()].to_owned();
        self.undo.push((range.start..range.start + new.len(), old));
        self.text.replace_range(range.clone(), &new);
        Change { range: Some(range), text: new }
    }

    fn undone(&mut self) -> Option<Change> {
        let (range, old) = self.undo.pop()?;
        self.text.replace_range(range.clone(), &old);
        Some(Change { range: Some(range), text: old })
    }

    fn whole(&mut self, text: String) -> Change {
        self.undo.clear();
        self.text.clone_from(&text);
        Change { range: None, text }
    }

    fn boundary(&self, random: &mut fastrand::Rng) -> usize {
        let mut at = random.usize(..=self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    fn piece(&self, random: &mut fastrand::Rng) -> String {
        match random.u8(..20) {
            // A copy of something that is there already: lines that move, statements that double.
            0 | 1 => {
                let (a, b) = (self.boundary(random), self.boundary(random));
                self.text[a.min(b)..a.max(b)].chars().take(80).collect()
            }
            2 => String::new(),
            _ => PIECES[random.usize(..PIECES.len())].to_owned(),
        }
    }

    /// The changes of one message: mostly one, sometimes several that build on each other, sometimes a storm of undos.
    fn message(&mut self, random: &mut fastrand::Rng) -> Vec<Change> {
        if self.text.len() > LONGEST {
            let first = self.first;
            let ending = ["\n", "\r\n", "\r"][random.usize(..3)];
            return vec![self.whole(first.replace('\n', ending))];
        }
        match random.u8(..100) {
            0 => vec![self.whole(self.first.to_owned())],
            1..=7 => (0..random.usize(1..40)).map_while(|_| self.undone()).collect(),
            8..=20 => (0..random.usize(2..6)).map(|_| self.typed(random)).collect(),
            _ => vec![self.typed(random)],
        }
    }

    fn typed(&mut self, random: &mut fastrand::Rng) -> Change {
        let start = self.boundary(random);
        let length = match random.u8(..10) {
            0..=4 => 0,
            5..=8 => random.usize(..6),
            _ => random.usize(..80),
        };
        let mut end = (start + length).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let piece = self.piece(random);
        self.replace(start..end, piece)
    }
}

fn project(models: &[Model]) -> Project {
    let mut project = Project::new("/p", Settings::default(), Box::new(|_| None));
    for model in models {
        project.open(model.path, Language::Python, &model.text);
    }
    project.check();
    project.settle();
    project
}

/// Everything that a finding says, and every fix of it.
fn told(project: &Project) -> Vec<String> {
    let findings = project.all_findings();
    findings.iter().map(|finding| format!("{finding:?} {:?}", project.fixes(finding))).collect()
}

#[test]
fn any_way_to_a_text_ends_with_the_same_findings() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let edits = number("UNDEBUG_SOAK_EDITS").unwrap_or(EDITS);
    let mut random = fastrand::Rng::with_seed(number("UNDEBUG_SOAK_SEED").unwrap_or(1));
    let mut models = [Model::new(APP, PROGRAM), Model::new(CONFIG, SETTINGS)];
    let mut live = project(&models);
    let (mut done, mut compared, mut found) = (0, 0, 0);
    while done < edits {
        let until = done + random.u64(1..=BETWEEN);
        let mut script = Vec::new();
        while done < until {
            let model = &mut models[usize::from(random.u8(..4) == 0)];
            let changes = model.message(&mut random);
            done += changes.len().max(1) as u64;
            live.edit(model.path, &changes);
            script.push((model.path, changes));
            if random.bool() {
                live.check();
            }
            if random.u8(..8) == 0 {
                live.settle();
            }
        }
        live.check();
        live.settle();
        for model in &models {
            assert!(live.document(model.path).expect("it is open").whole() == model.text, "{script:?}");
        }
        let (ours, scratch) = (told(&live), told(&project(&models)));
        assert!(
            ours == scratch,
            "after {done} edits\nlive {ours:#?}\nscratch {scratch:#?}\nscript {script:?}\napp {:?}\nconfig {:?}",
            models[0].text,
            models[1].text
        );
        compared += 1;
        found += scratch.len();
    }
    eprintln!("{done} edits, {compared} comparisons, {found} findings compared");
    // A walk through texts in which nothing is ever found would show nothing.
    assert!(found as u64 > compared / 20, "{found} findings in {compared} comparisons");
}

/// A project of a settings file and many programs that read it.
fn programs(count: usize) -> Project {
    let mut project = Project::new("/p", Settings::default(), Box::new(|_| None));
    project.open(CONFIG, Language::Python, "ON = True\n");
    for number in 0..count {
        let text = format!(
            "from flask import Flask\nimport config\n\n\ndef helper(a):\n    return a + {number}\n\n\n\
             app = Flask(__name__)\napp.run(debug=config.ON)\n"
        );
        project.open(&format!("/p/app{number}.py"), Language::Python, &text);
    }
    project.check();
    project
}

/// By how many checked files an edit makes the count grow.
fn cost(project: &mut Project, path: &str, range: Range<usize>, text: &str) -> u64 {
    let before = project.runs();
    project.edit(path, &[Change { range: Some(range), text: text.to_owned() }]);
    project.check();
    project.runs() - before
}

#[test]
fn an_edit_costs_the_files_that_it_concerns() {
    const COUNT: usize = 40;
    let mut project = programs(COUNT);
    assert_eq!(project.all_findings().len(), 1, "they share one origin, the constant");

    // What does not matter to debug mode leaves the facts equal: no program is run again, the places move.
    assert_eq!(cost(&mut project, "/p/app7.py", 0..0, "# a comment\n"), 0);
    assert_eq!(cost(&mut project, CONFIG, 0..0, "# what is on\n"), 0);
    assert_eq!(project.findings(CONFIG)[0].place.range.start, "# what is on\n".len());

    // A fact of one program concerns that program.
    let text = project.document("/p/app7.py").unwrap().whole();
    let at = text.find("config.ON").unwrap();
    assert_eq!(cost(&mut project, "/p/app7.py", at..at + 9, "False"), 1);

    // A fact of the settings concerns all that read them, and the settings.
    let text = project.document(CONFIG).unwrap().whole();
    let at = text.find("True").unwrap();
    let all = cost(&mut project, CONFIG, at..at + 4, "False");
    assert!((COUNT as u64..=COUNT as u64 + 1).contains(&all), "{all}");
    assert!(project.all_findings().is_empty());
}
