//! What a file tells to be in debug mode, and whether the value that says so may be true.
//!
//! A library hands `debug` on as a parameter that is off unless its user says otherwise: that alone is no reason to run
//! it. Who says otherwise is a file of its own, with its own start.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use super::super::value::FileId;
use super::{MAX_PLACES, Origins, Place};

/// Objects, and the values by which they are told.
pub(super) type Told = (Vec<Place>, Vec<Place>);

impl Origins<'_> {
    /// Notes that a file tells objects to be in debug mode where one of these values is true.
    pub fn note_told(&mut self, file: FileId, objects: &[Place], values: Vec<Place>) {
        self.told.entry(file).or_default().push((objects.to_vec(), values));
    }

    /// Whether a file tells what may be an application to be in debug mode, by a value that may be true.
    pub(super) fn may_tell(&mut self, file: FileId) -> bool {
        self.expand(&Place::Tells(file));
        let told = self.told.get(&file).cloned().unwrap_or_default();
        let mut objects = VecDeque::new();
        for (object, values) in told {
            if !object.is_empty() && self.may_be_on(values.into()) {
                objects.extend(object);
            }
        }
        self.reaches(objects, true)
    }

    /// Whether a value may be true: something on its way is, or comes from where nobody can see.
    fn may_be_on(&mut self, mut work: VecDeque<Place>) -> bool {
        let mut seen: FxHashSet<Place> = FxHashSet::default();
        while let Some(place) = work.pop_front() {
            match &place {
                Place::On | Place::App | Place::Maker => return true,
                // What a framework says itself is off; an annotation says what a value can be, not what it is.
                Place::Library(path) if path.ends_with(".debug") => continue,
                Place::Library(_) => return true,
                Place::Typed(_) => continue,
                _ if !seen.insert(place.clone()) => continue,
                _ if seen.len() > MAX_PLACES => return true,
                _ => {}
            }
            self.fresh.clear();
            self.expand(&place);
            let fresh = std::mem::take(&mut self.fresh);
            work.extend(fresh.into_iter().filter(|(to, _)| seen.contains(to)).map(|(_, from)| from));
            match self.from.get(&place) {
                Some(from) => work.extend(from.iter().cloned()),
                None if self.is_unknown(&place) => return true,
                None => {}
            }
        }
        false
    }

    /// Whether a place that gets its value from nowhere is a name of a module, or a part of one.
    fn is_unknown(&self, place: &Place) -> bool {
        match place {
            Place::Name(file, name) => !self.is_defined(*file, name),
            Place::Part(inner, _) => self.is_unknown(inner),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::may_start;

    #[test]
    fn a_parameter_that_nobody_turns_on_tells_nothing() {
        let class =
            "from fastapi import FastAPI\nclass Web(FastAPI):\n    def __init__(self, debug=False, **rest):\n        ";
        for text in [
            "from fastapi import FastAPI\ndef make(debug: bool = False):\n    return FastAPI(debug=debug)\nmake()",
            &format!("{class}super().__init__(debug=debug)\nWeb()"),
            &format!("{class}super().__init__(**rest)\nWeb(title='debug', level=1)"),
            &format!("{class}self.debug = debug\nWeb(debug=None)"),
            "from fastapi import FastAPI\ndef make(name, *, debug=False):\n    return FastAPI(debug=debug)\nmake('a', 'b')",
        ] {
            assert!(!may_start(&[("main.py", text)]), "{text}");
        }
        for text in [
            "from fastapi import FastAPI\ndef make(debug=True):\n    return FastAPI(debug=debug)\nmake()",
            "from fastapi import FastAPI\ndef make(debug=False):\n    return FastAPI(debug=debug)\nmake(True)",
            "from fastapi import FastAPI\nimport os\ndef make(debug=False):\n    return FastAPI(debug=debug)\nmake(debug=os.getenv('X'))",
            "from fastapi import FastAPI\nfrom typer import run\n@run\ndef make(debug=False):\n    return FastAPI(debug=debug)",
            "from fastapi import FastAPI\nclass C:\n    debug = False\nclass D(C):\n    debug = 1\nc = D()\nFastAPI(debug=c.debug)",
            "from fastapi import FastAPI\noptions = {'debug': True}\nFastAPI(**options)",
            "from fastapi import FastAPI\nfrom settings import DEBUG\nFastAPI(debug=DEBUG)",
            &format!("{class}super().__init__(**rest)\nWeb(debug=True)"),
            &format!("{class}self.debug = not debug\nWeb()"),
            &format!("{class}super().__init__(debug=True)\nWeb()"),
            "from starlette.applications import Starlette\nclass Web(Starlette):\n    def __init__(self):\n        super().__init__(True)\nWeb()",
        ] {
            assert!(may_start(&[("main.py", text)]), "{text}");
        }
    }
}
