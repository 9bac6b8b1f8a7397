//! A long function, of which only the lines are lowered that somebody asks for.
//!
//! What passes one of its names is written in a line that has the name; what a function gives back, in one that says so.
//! Without this most of the time goes into lines that nobody asks for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::super::changes::{may_bind, may_set};
use super::super::parts::Asked;
use super::scopes::{Scope, local_names};
use crate::document::{Form, Line, Lines};
use crate::python::ir::{Name, Stmt};
use crate::python::lower::lower_part;
use crate::python::words;

/// A function that is longer, in bytes, is lowered in parts.
const LONG: usize = 1_200;

/// The function, and what became of its lines.
pub(in super::super) struct Body {
    /// Its text without comments.
    code: String,
    lines: Lines,
    /// The hashes of all words in it, each with the line that has it, sorted.
    words: Vec<(u32, u32)>,
    /// What is lowered apart has a number of its own: this one and as many more as there are lines.
    first: u32,
    state: RefCell<State>,
}

struct State {
    lines: Vec<Lowered>,
    /// The names of its own that are known, and those that somebody asked for.
    names: BTreeSet<Name>,
    asked: FxHashSet<Name>,
    /// Its scope and its class, once its first line was read.
    scope: Option<(Scope, Option<Name>)>,
}

/// What became of a line.
#[derive(Clone)]
enum Lowered {
    /// It is still a text.
    Not,
    /// Somebody asked what it binds.
    Asked(Rc<Vec<Stmt>>),
    /// Its values flow.
    Flows,
}

/// Statements, with the number that tells their functions from those of others.
pub(in super::super) type Numbered = (u32, Rc<Vec<Stmt>>);

impl Body {
    /// The function that a text is, where it is long; nothing where its lines cannot be told apart. `first` is the first
    /// of as many numbers as it has lines.
    pub fn of(text: &str, first: u32) -> Option<Body> {
        if text.len() < LONG {
            return None;
        }
        let code = words::code(text);
        let lines = Lines::of(&code)?;
        let mut pairs = Vec::new();
        for (at, line) in (0..).zip(&lines.body) {
            pairs.extend(words::all(&code[line.range.clone()]).into_iter().map(|word| (word, at)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let state = State {
            lines: vec![Lowered::Not; lines.body.len()],
            names: BTreeSet::new(),
            asked: FxHashSet::default(),
            scope: None,
        };
        let body = Body { code, lines, words: pairs, first, state: RefCell::new(state) };
        // Elsewhere such a function binds names that are none of its own.
        (!body.has("global")).then_some(body)
    }

    fn has(&self, word: &str) -> bool {
        !self.naming(word).is_empty()
    }

    /// How many numbers it takes.
    pub fn numbers(&self) -> u32 {
        self.lines.body.len() as u32
    }

    /// Its decorators and its first line, with nothing behind it.
    pub fn head(&self) -> String {
        format!("{} pass\n", &self.code[self.lines.head.clone()])
    }

    /// Keeps what the first line says.
    pub(super) fn open(&self, scope: Scope, class: Option<Name>) {
        self.state.borrow_mut().scope = Some((scope, class));
    }

    /// Its scope and its class.
    pub(super) fn scope(self: &Rc<Body>) -> Option<(Scope, Option<Name>)> {
        let (mut scope, class) = self.state.borrow().scope.clone()?;
        scope.body = Some(self.clone());
        Some((scope, class))
    }

    /// The number by which its names are told from those of other functions.
    pub fn number(&self) -> Option<u64> {
        self.state.borrow().scope.as_ref().map(|(scope, _)| scope.number)
    }

    /// The lines that say what it gives back, what the class above it is made of, and the classes in it: these are known by
    /// their names everywhere.
    pub fn results(&self) -> Vec<Numbered> {
        let is_result = |at: &u32| !matches!(self.lines.body[*at as usize].form, Form::Definition(_));
        let lines = ["return", "yield", "super"].into_iter().flat_map(|word| self.naming(word)).filter(is_result);
        self.take(lines.chain(self.naming("class")).collect())
    }

    /// The lines that are asked for, as far as nobody asked for them before.
    pub fn asked(&self, asked: &Asked) -> Vec<Numbered> {
        let all = || (0..self.numbers()).collect();
        let lines: Vec<u32> = match asked {
            Asked::Binding | Asked::Own(_) => return Vec::new(),
            // One line may name the module, and another bind what it has.
            Asked::Hidden if asked.is_of(&self.code, &|word| self.has(word)) => return self.take(all()),
            Asked::Hidden => return Vec::new(),
            _ => asked.word().map_or_else(all, |word| self.naming(word)),
        };
        let is_start = matches!(asked, Asked::Start(_));
        let is_asked = |at: &u32| {
            let has = |word: &str| self.words.binary_search(&(words::hash(word.as_bytes()), *at)).is_ok();
            let text = &self.code[self.lines.body[*at as usize].range.clone()];
            // What starts something in one line may be told in another, in whatever way.
            asked.is_of(text, &has) || is_start && has("debug") && may_set(text, "debug")
        };
        self.take(lines.into_iter().filter(is_asked).collect())
    }

    /// The lines that may put something into one of its names, as far as nobody asked for them before.
    pub fn naming_own(&self, name: &Name) -> Vec<Numbered> {
        let is_asked = |at: &u32| {
            let line = &self.lines.body[*at as usize];
            line.form == Form::Match || may_bind(&self.code[line.range.clone()], name)
        };
        self.take(self.naming(name).into_iter().filter(is_asked).collect())
    }

    /// Whether a name is its own.
    pub fn binds(&self, name: &Name) -> bool {
        let mut state = self.state.borrow_mut();
        if state.names.contains(name) {
            return true;
        }
        if !state.asked.insert(name.clone()) {
            return false;
        }
        for at in self.naming(name) {
            let line = &self.lines.body[at as usize];
            if binds_surely(&self.code, line, name) {
                state.names.insert(name.clone());
                return true;
            }
        }
        for at in self.naming(name) {
            let line = &self.lines.body[at as usize];
            let is_asked = match line.form {
                // It binds its own name alone.
                Form::Definition(_) => false,
                Form::Match => true,
                _ => may_bind(&self.code[line.range.clone()], name),
            };
            if is_asked && matches!(state.lines[at as usize], Lowered::Not) {
                let stmts = self.lower(&[at], &mut state);
                state.lines[at as usize] = Lowered::Asked(stmts);
            }
        }
        state.names.contains(name)
    }

    /// The lines that have a word.
    fn naming(&self, word: &str) -> Vec<u32> {
        let word = words::hash(word.as_bytes());
        let first = self.words.partition_point(|(known, _)| *known < word);
        self.words[first..].iter().take_while(|(known, _)| *known == word).map(|(_, at)| *at).collect()
    }

    /// The statements of lines, of those alone that nobody took before.
    fn take(&self, mut lines: Vec<u32>) -> Vec<Numbered> {
        let mut state = self.state.borrow_mut();
        lines.sort_unstable();
        lines.dedup();
        let (mut taken, mut texts) = (Vec::new(), Vec::new());
        for at in lines {
            match std::mem::replace(&mut state.lines[at as usize], Lowered::Flows) {
                Lowered::Not => texts.push(at),
                Lowered::Asked(stmts) => taken.push((self.first + at, stmts)),
                Lowered::Flows => {}
            }
        }
        if let Some(at) = texts.first() {
            taken.push((self.first + at, self.lower(&texts, &mut state)));
        }
        taken
    }

    fn lower(&self, lines: &[u32], state: &mut State) -> Rc<Vec<Stmt>> {
        let mut text = String::new();
        lines.iter().for_each(|at| self.lines.body[*at as usize].write(&self.code, &mut text));
        let stmts = lower_part(&text);
        // Which names are none of its own is said in a line that such a function does not have.
        local_names(&stmts, &mut state.names, &mut BTreeSet::new());
        Rc::new(stmts)
    }
}

/// Whether a line is a function or class of this name, or begins with an assignment to it.
fn binds_surely(code: &str, line: &Line, name: &str) -> bool {
    match &line.form {
        Form::Definition(own) => &code[own.clone()] == name,
        Form::Plain => {
            let text = code[line.range.clone()].trim_start();
            let sign = text.strip_prefix(name).map(str::trim_start);
            sign.is_some_and(|sign| sign.starts_with('=') && !sign.starts_with("=="))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::may_start;
    use super::LONG;

    const WEB: (&str, &str) = ("web.py", "from flask import Flask\napp = Flask(__name__)\n");
    const JOBS: (&str, &str) = ("jobs.py", "class Job:\n    def run(self, debug): pass\n");

    /// Lines of a function, at this indentation, that are long enough and say nothing.
    fn filler(indent: &str) -> String {
        (0..=LONG / 20).map(|at| format!("{indent}other_{at} = call({at})\n")).collect()
    }

    /// Whether a file may start an application in a long function of these lines.
    fn may_start_by(lines: &str) -> bool {
        let text = format!(
            "import web\nfrom jobs import Job\ndef main(x):\n{lines}{}    it.run(debug=True)\n",
            filler("    ")
        );
        may_start(&[("main.py", &text), WEB, JOBS])
    }

    #[test]
    fn a_name_is_bound_in_another_line() {
        for lines in [
            "    it = web.app\n",
            "    y = 1; it = web.app\n",
            "    it \\\n        = web.app\n",
            "    (y,\n        it) = 1, web.app\n",
            "    [y, *it] = 1, web.app\n",
            "    it: object = web.app\n",
            "    for it in [web.app]:\n        pass\n",
            "    with web.app as it: pass\n",
            "    with (\n        x as y,\n        web.app as it,\n    ):\n        pass\n",
            "    if y(it := web.app): pass\n",
            "    match web.app:\n        case it:\n            pass\n",
            "    if x: pass\n    elif x: it = web.app\n    else: pass\n",
            "    if x:\n        pass\n    else:\n        it = web.app\n",
            "    try: it = web.app\n    except E: it = None\n",
            "    try:\n        pass\n    except E: it = web.app\n",
            "    try: from web import (y,\n        app as it)\n    finally: pass\n",
            "    from web import app as it\n",
            "    import web as w\n    it = w.app\n",
            "    def make():\n        return web.app\n    it = make()\n",
            "    class it(web.Flask): pass\n",
            "    it = None\n    def put():\n        nonlocal it\n        it = web.app\n    put()\n",
            "    apps = []\n    apps.append(web.app)\n    it = apps[0]\n",
            "    apps = {}\n    apps['a'] = web.app\n    it = apps['a']\n",
            "    x.app = web.app\n    it = x.app\n",
            "    it = Job()\n    if x:\n        it = web.app\n",
            "    for y, *it in x(web.app):\n        pass\n",
            "    for y, (\n        z,\n        it,\n    ) in x(web.app):\n        pass\n",
            "    for \\\n        it in x(web.app):\n        pass\n",
            "    it, x['#'] = web.app, 1\n",
            "    its = []\n    (its).append(web.app)\n    it = its[0]\n",
            "    it = None\n    def put():\n        nonlocal it\n        match (1, web.app):\n            case (1, it): pass\n    put()\n",
            "    print(f\"{'#' * 10}\"); it = web.app\n",
            "    print(f\"{\"#\" * 10}\"); it = web.app\n",
        ] {
            assert!(may_start_by(lines), "{lines}");
        }
        for lines in [
            "    it = Job()\n",
            "    it = Job()\n    y = web.app\n",
            "    def go(it): return web.app\n    it = Job()\n",
        ] {
            assert!(!may_start_by(lines), "{lines}");
        }
    }

    #[test]
    fn a_name_is_that_of_the_module_unless_a_line_binds_it() {
        for (line, is) in [("pass", true), ("it = Job()", false), ("global it; it = Job()", true)] {
            let text = format!(
                "from web import app as it\nfrom jobs import Job\ndef main():\n    {line}\n{}    it.run(debug=True)\n",
                filler("    ")
            );
            assert_eq!(may_start(&[("main.py", &text), WEB, JOBS]), is, "{line}");
        }
    }

    #[test]
    fn values_come_in_and_go_out() {
        let fill = filler("        ");
        for text in [
            format!(
                "import web\nclass C:\n    def make(self):\n{fill}        self.app = web.app\n    def go(self):\n{fill}        self.app.run()\n"
            ),
            format!(
                "import web\nclass C:\n    def make(self):\n{fill}        it = web.app\n        return it\n    def go(self):\n{fill}        self.make().run()\n"
            ),
            format!(
                "import web\nclass C:\n    def make(self):\n{fill}        yield web.app\n    def go(self):\n        for it in self.make():\n{fill}            it.run()\n"
            ),
            format!(
                "import web\ndef go(it):\n    if 1:\n{fill}        it.run()\ndef main():\n    if 1:\n{fill}        go(web.app)\n"
            ),
            format!("import web\ndef main():\n    if 1:\n{fill}        def go(): web.app.run()\n        start(go)\n"),
            format!(
                "import web\ndef main():\n    if 1:\n{fill}        class Web(web.Flask): pass\n        class Job:\n            def go(self): Web('x').run()\n"
            ),
            format!(
                "import web\ndef main():\n    if 1:\n{fill}        class Mix:\n            def go(self): self.run()\n        class Web(Mix, web.Flask): pass\n"
            ),
            format!(
                "import web\nit = web.app\ndef main():\n    if 1:\n{fill}        print('say it := 1')\n        it.run()\n"
            ),
            format!(
                "import web\nit = web.app\ndef main():\n    if 1:\n{fill}        def go(): (it := 1)\n        it.run()\n"
            ),
            format!(
                "from fastapi import FastAPI\nimport uvicorn\ndef main():\n    if 1:\n{fill}        it = FastAPI(debug=False)\n        it.debug, it.title = True, 'x'\n        uvicorn.run(it)\n"
            ),
            format!(
                "import web\ndef go(it): it.run()\ndef main():\n    if 1:\n{fill}        class Job:\n            def one(self): pass\n            def two(self, it): go(it)\n        Thread(target=Job().two, args=(web.app,), name='run_task').start()\n"
            ),
            format!(
                "from fastapi import FastAPI\ndef make():\n    if 1:\n{fill}        given = dict(debug=True)\n        return FastAPI('x', \\\n            **given)\n"
            ),
            format!(
                "import web\nclass C:\n    def other(self):\n{fill}    it = web.app\n    all = {{'a': it}}\n    def go(self):\n        self.all['a'].run()\n"
            ),
            format!(
                "import web\napps = []\ndef make():\n    if 1:\n{fill}        apps.append(web.app)\ndef main():\n    apps[0].run()\n"
            ),
            format!(
                "import web\nclass C:\n    def make(self):\n{fill}        setattr(self, 'made', web.app)\n    def go(self):\n{fill}        self.made.run()\n"
            ),
            format!(
                "from fastapi import FastAPI\ndef make():\n    if 1:\n{fill}        given = dict(debug=True)\n        return FastAPI(**given)\n"
            ),
        ] {
            assert!(may_start(&[("main.py", &text), WEB]), "{text}");
        }
    }
}
