//! Whether a file starts an application by itself: where the values come from that it calls `run` or `debug` on.
//!
//! In a large project most of what is run is no application: `job.run()`, `client.run(...)`. This follows names the way
//! that values flow, from a start backwards, over assignments, parameters, results, attributes and imports, without
//! order and without conditions, and lowers only the statements on the way. What it cannot follow is taken for an
//! application where its name says so, and where the machine could follow it; what no framework reaches is none.
//!
//! It runs nothing: the machine does that with the files that are left.

mod bound;
mod changes;
mod flows;
mod frameworks;
mod hints;
mod parts;
mod place;
mod told;

use std::collections::VecDeque;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use self::changes::{may_bind, may_change};
use self::flows::{Body, Flow};
use self::frameworks::meant;
use self::hints::{Hints, hands_on};
use self::parts::{Asked, Parts};
use self::place::Place;
use self::told::Told;
use super::files::{Files, folder_of};
use super::ir::Name;
use super::lower::lower_part;
use super::store::is_builtin;
use super::value::FileId;
use super::words::code;

/// So many places are looked at, the nearest first. Applications come from near: in the tests' two thousand programs the
/// farthest is found after 44 places.
const MAX_PLACES: usize = 100;

/// A statement, other than a class, that is longer, in bytes, was generated, and makes no application.
const LONGEST: usize = 128 * 1024;

/// The places of a project, as far as somebody asked for them, and from where each gets its values.
pub(super) struct Origins<'a> {
    pub files: &'a Files,
    from: FxHashMap<Place, Vec<Place>>,
    /// The attributes that somebody asked for, by what has them.
    parts: FxHashMap<Place, Vec<Name>>,
    expanded: FxHashSet<Place>,
    absorbed: FxHashSet<(FileId, usize)>,
    /// What was added since somebody looked.
    fresh: Vec<(Place, Place)>,
    /// Names that imports bind: modules, and what is neither of the project nor a framework's.
    imports: FxHashSet<(FileId, Name)>,
    foreign: FxHashSet<(FileId, Name)>,
    /// Classes and functions.
    classes: FxHashSet<(FileId, Name)>,
    functions: FxHashSet<(FileId, Name)>,
    /// Methods, and functions in functions, also such as nobody asked for yet.
    inner: FxHashSet<(FileId, Name)>,
    /// Files of which all is lowered that may bind any name.
    searched: FxHashSet<FileId>,
    /// Star imports: of files of the project, and of a framework.
    stars: FxHashMap<FileId, Vec<Place>>,
    hints: FxHashMap<FileId, Hints>,
    /// What a file tells to be in debug mode, with the values that say so.
    told: FxHashMap<FileId, Vec<Told>>,
    /// Long classes and functions, by the statements that they are.
    in_parts: FxHashMap<(FileId, usize), Parts>,
    /// Long functions and methods, by the numbers of their scopes.
    bodies: FxHashMap<(FileId, u64), Rc<Body>>,
    /// How many numbers were given to parts of these.
    numbered: u32,
    /// What was asked for in a file.
    asked: FxHashMap<FileId, FxHashSet<Asked>>,
}

impl<'a> Origins<'a> {
    pub fn new(files: &'a Files) -> Origins<'a> {
        Origins {
            files,
            from: FxHashMap::default(),
            parts: FxHashMap::default(),
            expanded: FxHashSet::default(),
            absorbed: FxHashSet::default(),
            fresh: Vec::new(),
            imports: FxHashSet::default(),
            foreign: FxHashSet::default(),
            classes: FxHashSet::default(),
            functions: FxHashSet::default(),
            inner: FxHashSet::default(),
            searched: FxHashSet::default(),
            stars: FxHashMap::default(),
            hints: FxHashMap::default(),
            told: FxHashMap::default(),
            in_parts: FxHashMap::default(),
            bodies: FxHashMap::default(),
            numbered: 0,
            asked: FxHashMap::default(),
        }
    }

    /// Whether the text of a file can start anything at all; nothing is followed.
    pub fn has_start(&self, path: &str) -> bool {
        self.files.text(path).is_none_or(|text| hints::may_start(path, &text))
    }

    /// Whether what a file starts, or tells to be in debug mode, may be an application.
    pub fn may_start(&mut self, path: &str) -> bool {
        self.files.enter(folder_of(path));
        let Some(file) = self.files.load(path, None) else { return true };
        self.reaches(VecDeque::from([Place::Runs(file)]), false) || self.may_tell(file)
    }

    fn reaches(&mut self, mut work: VecDeque<Place>, is_told: bool) -> bool {
        let mut seen: FxHashSet<Place> = FxHashSet::default();
        while let Some(place) = work.pop_front() {
            match place {
                Place::App => return true,
                Place::Maker if is_told => return true,
                Place::Maker | Place::On => continue,
                _ if !seen.insert(place.clone()) => continue,
                _ => {}
            }
            if seen.len() > MAX_PLACES {
                return false;
            }
            self.fresh.clear();
            self.expand(&place);
            let fresh = std::mem::take(&mut self.fresh);
            work.extend(fresh.into_iter().filter(|(to, _)| seen.contains(to)).map(|(_, from)| from));
            work.extend(self.from.get(&place).into_iter().flatten().cloned());
        }
        false
    }

    /// Notes that what passes `from` passes `to`, too.
    pub fn add(&mut self, to: Place, from: Place) {
        if to == from || matches!(to, Place::App | Place::Maker | Place::On) {
            return;
        }
        let known = self.from.entry(to.clone()).or_default();
        // What is behind so many others is never looked at.
        let is_last = matches!(from, Place::App | Place::Maker | Place::On);
        if known.len() > 2 * MAX_PLACES && !is_last || known.contains(&from) {
            return;
        }
        known.push(from.clone());
        for name in self.parts.get(&to).cloned().unwrap_or_default() {
            let to = Place::Part(Rc::new(to.clone()), name.clone());
            self.add_all(&to, &from.part(&name));
        }
        self.fresh.push((to, from));
    }

    pub fn add_all(&mut self, to: &Place, from: &[Place]) {
        from.iter().for_each(|place| self.add(to.clone(), place.clone()));
    }

    /// Lowers what has a say in where the values of a place come from.
    fn expand(&mut self, place: &Place) {
        if !self.expanded.insert(place.clone()) {
            return;
        }
        match place {
            Place::Name(file, name) => self.expand_name(*file, name),
            Place::This(file, class) => self.add(place.clone(), Place::Name(*file, class.clone())),
            Place::Export(file, name) => self.expand_export(*file, name),
            Place::Part(object, name) => self.expand_part(object, name),
            Place::Runs(file) | Place::Tells(file) => {
                if self.hints(*file).is_sure {
                    self.add(place.clone(), Place::App);
                }
                match place {
                    Place::Runs(_) => self.absorb_starts(*file),
                    _ => self.expand(&Place::Runs(*file)),
                }
            }
            Place::Library(path) => {
                if let Some(from) = meant(path) {
                    self.add(place.clone(), from);
                }
            }
            Place::Attribute(file, _, name) => self.ask(*file, Asked::Attribute(name.clone())),
            Place::Arguments(file, name) | Place::Given(file, name, _) => {
                self.ask(*file, Asked::Word(name.clone()));
                self.absorb_naming(*file, name, &|_| true);
            }
            Place::Typed(of) => self.add(place.clone(), (**of).clone()),
            Place::Local(file, number, name) => self.absorb_local(*file, *number, name),
            Place::App | Place::Maker | Place::On | Place::Module(_) => {}
        }
    }

    fn expand_name(&mut self, file: FileId, name: &Name) {
        let place = Place::Name(file, name.clone());
        self.absorb_binding(file, name);
        self.ask(file, Asked::Own(name.clone()));
        if self.imports.contains(&(file, name.clone())) {
            return;
        }
        // Who uses a function or a class gives it arguments and attributes, which are places of their own.
        if !self.is_defined(file, name) {
            self.absorb_changing(file, name);
        }
        if !self.from.contains_key(&place) {
            // What binds a name out of sight gives it no second meaning.
            let is_bound = self.is_defined(file, name) || self.foreign.contains(&(file, name.clone()));
            if !is_bound && !is_builtin(name) && name != "__getattr__" {
                self.absorb_hidden(file);
            }
            for star in self.stars.get(&file).cloned().unwrap_or_default() {
                let from = if let Place::Module(module) = star { Place::Export(module, name.clone()) } else { star };
                self.add(place.clone(), from);
            }
        }
    }

    fn expand_export(&mut self, file: FileId, name: &Name) {
        let (place, inner) = (Place::Export(file, name.clone()), Place::Name(file, name.clone()));
        self.expand(&inner);
        if !self.from.contains_key(&inner) {
            match self.files.submodule(file, name) {
                Some(module) => self.add(place.clone(), Place::Module(module)),
                None => self.add(place.clone(), Place::Name(file, Name::new_static("__getattr__"))),
            }
        }
        // Calling into a file runs what that starts.
        if self.is_defined(file, name) {
            self.add(place.clone(), Place::Runs(file));
            self.add(place.clone(), Place::Tells(file));
        }
        self.add(place, inner);
    }

    fn expand_part(&mut self, object: &Rc<Place>, name: &Name) {
        let place = Place::Part(object.clone(), name.clone());
        self.expand(object);
        if let Place::Name(file, owner) = &**object
            && self.is_defined(*file, owner)
        {
            self.absorb_changing(*file, owner);
        }
        self.parts.entry((**object).clone()).or_default().push(name.clone());
        for from in self.from.get(&**object).cloned().unwrap_or_default() {
            self.add_all(&place, &from.part(name));
        }
        match &**object {
            Place::Module(module) => self.add(place, Place::Export(*module, name.clone())),
            Place::Name(file, class) if self.classes.contains(&(*file, class.clone())) => {
                self.add(place.clone(), Place::Attribute(*file, class.clone(), name.clone()));
                self.add(place, Place::Attribute(*file, Name::default(), name.clone()));
            }
            _ => {}
        }
    }

    /// Lowers what starts something, or tells it to be in debug mode.
    fn absorb_starts(&mut self, file: FileId) {
        let hints = self.hints(file);
        let starts =
            self.files.module(file, |module, document| module.being(document, false, |text| hints.is_start(text)));
        self.absorb(file, starts, &Asked::Start(hints));
        if hints.has_framework {
            // What is handed on as a whole may hold the word.
            let told = self.files.module(file, |module, document| module.being(document, true, hands_on));
            self.absorb(file, told, &Asked::HandsOn);
        }
    }

    /// Lowers what may bind any name.
    fn absorb_hidden(&mut self, file: FileId) {
        if !self.searched.insert(file) {
            return;
        }
        let units = self.files.module(file, |module, _| module.binding_any());
        self.absorb(file, units, &Asked::Hidden);
    }

    fn absorb_binding(&mut self, file: FileId, name: &Name) {
        let units =
            self.files.module(file, |module, document| module.binding(document, name, |text| may_bind(text, name)));
        self.absorb(file, units, &Asked::Binding);
    }

    /// Lowers what may put something into what a name stands for.
    fn absorb_changing(&mut self, file: FileId, name: &Name) {
        self.ask(file, Asked::Change(name.clone()));
        self.absorb_naming(file, name, &|text| may_change(text, name));
    }

    /// Lowers what has a name, as far as its text is one of these.
    fn absorb_naming(&mut self, file: FileId, name: &Name, is: &dyn Fn(&str) -> bool) {
        let is_fresh = |at: usize| !self.absorbed.contains(&(file, at)) && !self.in_parts.contains_key(&(file, at));
        let units = self.files.module(file, |module, document| module.naming(document, name, is_fresh, is));
        // What is lowered in parts was asked itself.
        self.absorb(file, units, &Asked::Binding);
    }

    fn absorb(&mut self, file: FileId, units: Option<Vec<usize>>, asked: &Asked) {
        for at in units.unwrap_or_default() {
            if self.absorb_parts(file, at, asked) || !self.absorbed.insert((file, at)) {
                continue;
            }
            let lowered = self.files.module(file, |_, document| {
                let range = document.statements().get(at)?.range.clone();
                (range.len() <= LONGEST).then(|| lower_part(&code(&document.text(range))))
            });
            if let (Some(lowered), Ok(unit)) = (lowered.flatten(), u32::try_from(at)) {
                Flow::new(self, file, unit).block(&lowered);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the first of these files, each a path and a text, may start an application.
    pub(super) fn may_start(files: &[(&str, &str)]) -> bool {
        let texts: Vec<(String, String)> =
            files.iter().map(|(path, text)| (format!("/project/{path}"), (*text).to_owned())).collect();
        let first = texts[0].0.clone();
        let read = move |path: &str| texts.iter().find(|(own, _)| own == path).map(|(_, text)| text.clone());
        let files = Files::new("/project", Box::new(read));
        Origins::new(&files).may_start(&first)
    }

    #[test]
    fn an_application_is_found_on_its_way() {
        let web = ("web.py", "from flask import Flask\napp = Flask(__name__)\ndef create_app():\n    return app\n");
        let api = "from fastapi import FastAPI\nclass Api(FastAPI):\n    def start(self, debug):\n        self.debug = debug\napi = Api()\n";
        let api = ("api.py", api);
        for text in [
            "from flask import Flask\nFlask(__name__).run(debug=True)",
            "import flask\nx = flask.Flask(__name__)\ny = [x]\nfor z in y:\n    z.run()",
            "from web import app\ndef go(a):\n    a.run()\ngo(app)",
            "import web\nweb.create_app().run()",
            "from web import *\napp.run()",
            "import web\nclass C:\n    def __init__(self, a):\n        self.a = a\n    def go(self):\n        self.a.run()\nC(web.app).go()",
            "from web import create_app\nclass B:\n    def make(self):\n        return create_app()\nclass C(B):\n    def go(self):\n        self.make().run()",
            "from flask import Flask\nclass Mine(Flask):\n    def go(self):\n        self.run()",
            "import importlib\nimportlib.import_module('web').app.run()",
            "from threading import Thread\nfrom web import app\nThread(target=app.run).start()",
            "from web import app\ngetattr(app, 'run')()",
            "from waitress import serve\nfrom web import app\nserve(app)",
            "def go(app):\n    app.run(debug=True)",
            "from fastapi import FastAPI\nx = FastAPI(debug=True)",
            "from web import app\nexec('app.run(debug=True)')",
            "from werkzeug.serving import run_simple\nrun_simple('', 1, None)",
            "from api import Api\nApi().start(debug=True)",
            "from api import api\napi.start(debug=True)",
            "import fastapi\ngetattr(fastapi, 'Fast' + 'API')(debug=True)",
        ] {
            assert!(may_start(&[("main.py", text), web, api]), "{text}");
        }
    }

    #[test]
    fn what_is_no_application_starts_none() {
        let jobs = ("jobs.py", "from flask import request\nclass Job:\n    def run(self):\n        return request\n");
        for text in [
            "from jobs import Job\nJob().run()",
            "import wandb\nwandb.run(debug=True)",
            "def go(job):\n    job.run()",
            "from flask import jsonify\nresult = jsonify(1)\nresult.run()",
            "from fastapi import FastAPI\nimport uvicorn\nx = FastAPI()\nuvicorn.run(x)",
            "class Job:\n    def go(self):\n        self.run()",
            "x = {'a': ['run', 'stop']}\nx.run",
            "import logging\nlogging.basicConfig(debug=True)",
        ] {
            assert!(!may_start(&[("main.py", text), jobs]), "{text}");
        }
    }

    #[test]
    fn long_chains_and_sums_take_no_time() {
        let chain: String = (0..200).map(|at| format!(".part.add_{at}(x)")).collect();
        let sum: String = (0..2_000).map(|at| format!(" + name_{at}")).collect();
        let loops: String = (0..200).map(|at| format!("a{at} = a{}.b{at}.c\n", (at + 1) % 200)).collect();
        let nested = format!("{}x{}", "f(".repeat(150), ")".repeat(150));
        for text in [format!("x{chain}.run()"), format!("y = x{sum}\ny.run()"), format!("{loops}a0.run()"), nested] {
            assert!(!may_start(&[("main.py", &text)]), "{text}");
        }
    }

    #[test]
    fn what_another_file_puts_into_a_registry_is_not_followed() {
        let registry =
            "KNOWN = {}\ndef register(make):\n    KNOWN['a'] = make\ndef build():\n    return KNOWN['a']()\n";
        let shop = "from flask import Flask\nfrom registry import register\nregister(lambda: Flask('shop'))\n";
        let main = "import shop\nfrom registry import build\nbuild().run()";
        assert!(!may_start(&[("main.py", main), ("registry.py", registry), ("shop.py", shop)]));
    }
}
