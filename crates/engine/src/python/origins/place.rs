//! The places that values pass on their way.

use std::rc::Rc;

use super::super::ir::Name;
use super::super::value::FileId;

/// How many attributes in a row are told apart: `a.b.c.d`.
const MAX_PARTS: usize = 5;

/// Methods of containers that give what is in them.
const CONTAINERS: [&str; 9] = ["items", "values", "keys", "get", "pop", "popitem", "popleft", "copy", "setdefault"];

/// A place that values pass.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::python) enum Place {
    /// What may be an application or a server, or what makes one.
    App,
    /// What makes an application that is told only when it is made, and has nothing that starts it.
    Maker,
    /// A value that may be true, as far as nobody knows that it is not.
    On,
    /// A name of a library, by its dotted path.
    Library(Name),
    /// A name of a module.
    Name(FileId, Name),
    /// A name of the function or comprehension with this number.
    Local(FileId, u64, Name),
    /// An attribute of the objects of a class; without a class, of any object that is not known by its class.
    Attribute(FileId, Name, Name),
    /// What functions of this name are called with.
    Arguments(FileId, Name),
    /// What functions of this name are called with by this keyword, at this position (`#0`), or in some other way (`*`).
    Given(FileId, Name, Name),
    /// The objects of a class, and of those below it.
    This(FileId, Name),
    /// A module of the project.
    Module(FileId),
    /// What another file gets by a name of this one.
    Export(FileId, Name),
    /// An attribute of what passes another place.
    Part(Rc<Place>, Name),
    /// What an annotation says: an object of what passes another place.
    Typed(Rc<Place>),
    /// What a file calls `run` on.
    Runs(FileId),
    /// What a file hands `debug` to.
    Tells(FileId),
}

impl Place {
    /// An attribute of what passes here.
    pub fn part(&self, name: &Name) -> Vec<Place> {
        let part = |place: &Place| Place::Part(Rc::new(place.clone()), name.clone());
        match self {
            Place::App | Place::Maker | Place::On => vec![self.clone()],
            Place::Runs(_) | Place::Tells(_) => Vec::new(),
            Place::Library(path) => vec![Place::Library(Name::from(format!("{path}.{name}")))],
            // What is in a container passes it.
            _ if CONTAINERS.contains(&name.as_str()) && self.depth() > 0 => vec![self.clone()],
            _ if CONTAINERS.contains(&name.as_str()) => vec![self.clone(), part(self)],
            _ if self.depth() >= MAX_PARTS => Vec::new(),
            _ => vec![part(self)],
        }
    }

    fn depth(&self) -> usize {
        match self {
            Place::Part(inner, _) => 1 + inner.depth(),
            _ => 0,
        }
    }
}
