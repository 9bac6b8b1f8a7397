//! The variables and lists that a script, a Makefile or a Dockerfile knows, with the place of each value.
//!
//! What a word makes of them is `expansion`'s question.

use rpds::RedBlackTreeMap;

use super::words::RawWord;

/// Variables whose values are known to a script, and those that it sets to something unknown. A copy costs nothing: what
/// each of the shells in a script starts with is one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    variables: RedBlackTreeMap<String, Variable>,
    /// Arrays, and the arguments of the script under `@`.
    lists: RedBlackTreeMap<String, Vec<RawWord>>,
}

#[derive(Debug, Clone, Default)]
struct Variable {
    /// The whole value; `None` where a part of it is not known.
    text: Option<String>,
    /// The value as it is written, where that is known: what is not known stands in it as it is written.
    value: Option<RawWord>,
}

impl Scope {
    /// No variable.
    pub(crate) fn new() -> Scope {
        Scope::default()
    }

    /// The whole value of a variable; the outer `None` for one that is not set here.
    pub(crate) fn get(&self, name: &str) -> Option<&Option<String>> {
        self.variables.get(name).map(|variable| &variable.text)
    }

    /// Whether a variable is set here, to whatever.
    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Sets a variable to a text whose place is not known, or to something unknown.
    pub(crate) fn insert(&mut self, name: String, text: Option<String>) {
        self.lists.remove_mut(&name);
        self.variables.insert_mut(name, Variable { text, value: None });
    }

    /// Sets a variable to a value as it is written.
    pub(crate) fn hold(&mut self, name: &str, text: Option<String>, value: Option<RawWord>) {
        self.lists.remove_mut(name);
        self.variables.insert_mut(name.to_owned(), Variable { text, value });
    }

    /// The value of a variable as it is written.
    pub(crate) fn value(&self, name: &str) -> Option<&RawWord> {
        self.variables.get(name)?.value.as_ref()
    }

    /// Forgets a variable or a list.
    pub(crate) fn remove(&mut self, name: &str) {
        self.variables.remove_mut(name);
        self.lists.remove_mut(name);
    }

    /// The words of a list.
    pub(crate) fn list(&self, name: &str) -> Option<&Vec<RawWord>> {
        self.lists.get(name)
    }

    /// Sets a list.
    pub(crate) fn set_list(&mut self, name: &str, words: Vec<RawWord>) {
        // The name alone is its first word.
        self.insert(name.to_owned(), None);
        self.lists.insert_mut(name.to_owned(), words);
    }
}

impl FromIterator<(String, Option<String>)> for Scope {
    fn from_iter<T: IntoIterator<Item = (String, Option<String>)>>(iter: T) -> Scope {
        let mut scope = Scope::new();
        iter.into_iter().for_each(|(name, text)| scope.insert(name, text));
        scope
    }
}
