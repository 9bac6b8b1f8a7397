//! What the expansions of a word come to where the variables are known: texts, and the words that a shell makes of an
//! unquoted one, each with the place where its value is written.
//!
//! It reads no syntax. What is not known stands as it is written.

use std::borrow::Cow;
use std::ops::Range;

use super::scope::Scope;
use super::source::Source;
use super::words::{Expanded, Expansion, RawWord, is_name, unquoted};
use crate::view::EnvVar;

/// How long a value is at most: one that doubles itself on every line is soon not known any more.
const MAX_VALUE: usize = 4096;
/// How long a word is at most with what is put into it.
const MAX_RESOLVED: usize = 256 * 1024;
/// How many words come from variables in one command at most.
const MAX_WORDS: usize = 256;
/// How many bytes come from variables in one script at most.
const MAX_TOTAL: usize = 1024 * 1024;

impl Expansion {
    /// The variable, where it is a plain one.
    fn variable(&self) -> Option<&str> {
        self.what.name.as_deref().filter(|_| !self.what.is_list)
    }

    /// Whether it is the folder that the script runs in: what is below it is found from there.
    fn is_here(&self) -> bool {
        matches!(self.variable(), Some("PWD" | "pwd" | "CURDIR"))
    }
}

/// How much was expanded so far.
#[derive(Debug, Default, Clone)]
pub(crate) struct Spent {
    total: usize,
}

impl Spent {
    fn take(&mut self, bytes: usize) -> bool {
        self.total += bytes + 1;
        self.total <= MAX_TOTAL
    }
}

/// The words of a command that runs with these variables. Those that set a variable stay whole.
pub(crate) fn expanded<'a>(words: &'a [RawWord], scope: &Scope, spent: &mut Spent) -> Cow<'a, [RawWord]> {
    if words.iter().all(RawWord::is_known) {
        return Cow::Borrowed(words);
    }
    let mut out = Vec::new();
    let mut room = MAX_WORDS;
    for word in words {
        let is_setting = word.assignment().is_some_and(|at| word.expansions.iter().all(|one| one.at.start > at));
        let fields = if is_setting { None } else { word.fields(scope, room, spent) };
        match fields {
            Some(fields) => {
                room = room.saturating_sub(fields.len());
                out.extend(fields);
            }
            None => out.push(word.clone()),
        }
    }
    Cow::Owned(out)
}

impl RawWord {
    /// The words that this one becomes; `None` where nothing in it is known, or where they are too many.
    fn fields(&self, scope: &Scope, room: usize, spent: &mut Spent) -> Option<Vec<RawWord>> {
        let [first, ..] = self.expansions.as_slice() else { return None };
        if let (true, true, Some(name)) =
            (first.what.is_list, first.at == (0..self.source.text().len()), &first.what.name)
        {
            let list = scope.list(name).filter(|list| list.len() <= room)?;
            return list.iter().all(|word| spent.take(word.source.text().len())).then(|| list.clone());
        }
        let mut fields = Fields { word: self, done: Vec::new(), current: None };
        let mut at = 0;
        let mut known = false;
        for expansion in &self.expansions {
            fields.literal(at..expansion.at.start);
            at = expansion.at.end;
            let splits = !expansion.is_quoted;
            let default = expansion.what.default.clone();
            match self.known(expansion, scope) {
                Some(value) if spent.take(value.source.text().len()) => {
                    known = true;
                    fields.value(&value, splits);
                }
                // A default of one word stands for itself where it is expanded.
                None if splits && self.default(expansion).is_some_and(|text| text.contains([' ', '\t', '\n'])) => {
                    known = true;
                    fields.value(&self.part(default.unwrap_or_default()), true);
                }
                _ => fields.unknown(expansion),
            }
        }
        fields.literal(at..self.source.text().len());
        let fields = fields.finish();
        (known && fields.len() <= room).then_some(fields)
    }

    /// What the variable that `NAME+=value` adds to is before.
    pub(super) fn before(&self, name: &str, scope: &Scope) -> Option<RawWord> {
        let text = || {
            let mut source = Source::at(self.range.start);
            source.push_as(scope.get(name)?.as_ref()?, self.range.clone());
            Some(RawWord::literal(source, self.range.clone()))
        };
        scope.value(name).cloned().or_else(text)
    }

    /// Whether nothing in the word is to be expanded.
    pub(super) fn is_known(&self) -> bool {
        self.expansions.is_empty()
    }

    /// The word as one that nothing is made of.
    pub(super) fn closed(self) -> RawWord {
        let at = 0..self.source.text().len();
        let whole = Expansion { at, what: Expanded::default(), is_quoted: true };
        RawWord { expansions: vec![whole], ..self }
    }

    /// The word with a blank behind it, up to where the next one starts.
    pub(super) fn spaced(&self, next: usize) -> RawWord {
        let mut word = self.clone();
        word.source.push_as(" ", self.range.end..next.max(self.range.end));
        word.range.end = next.max(word.range.end);
        word
    }

    /// A value behind another one. Where that is not known, the words that it begins are.
    pub(super) fn behind(self, before: Option<&RawWord>) -> Option<RawWord> {
        let Some(before) = before else {
            return Some(self).filter(|value| value.source.text().starts_with([' ', '\t', '\n']));
        };
        let mut fields = Fields { word: before, done: Vec::new(), current: None };
        fields.value(before, false);
        fields.value(&self, false);
        Some(fields.current?).filter(|value| value.source.text().len() <= MAX_VALUE)
    }

    /// The value of the variable that is expanded.
    fn known(&self, expansion: &Expansion, scope: &Scope) -> Option<RawWord> {
        let name = expansion.variable()?;
        if let Some(value) = scope.value(name) {
            return Some(value.clone());
        }
        let text = scope.get(name)?.as_ref()?;
        let place = self.source.range(expansion.at.clone());
        let mut source = Source::at(place.start);
        source.push_as(text, place.clone());
        Some(RawWord::literal(source, place))
    }

    /// The default of an expansion.
    fn default(&self, expansion: &Expansion) -> Option<&str> {
        self.source.text().get(expansion.what.default.clone()?)
    }

    /// A part of the word, without expansions.
    fn part(&self, range: Range<usize>) -> RawWord {
        let mut source = Source::at(self.range.start);
        source.push_from(&self.source, range);
        let range = source.whole();
        RawWord::literal(source, range)
    }

    /// What a variable is set to by this word from a byte on, and whether all of it is known. What is not stands as its
    /// default, or as it is written. `None` where that is too long.
    pub(crate) fn value(&self, from: usize, scope: &Scope, spent: &mut Spent) -> Option<(RawWord, bool)> {
        let text = self.source.text();
        let mut fields = Fields { word: self, done: Vec::new(), current: None };
        fields.begin();
        let mut at = from;
        let mut known = true;
        for expansion in self.expansions.iter().filter(|expansion| expansion.at.start >= from) {
            fields.literal(at..expansion.at.start);
            at = expansion.at.end;
            match self.known(expansion, scope) {
                Some(value) => {
                    known &= value.expansions.is_empty();
                    fields.value(&value, false);
                }
                None if expansion.is_here() => fields.text(".", self.source.range(expansion.at.clone())),
                None => {
                    known = false;
                    match expansion.what.default.clone() {
                        Some(default) => fields.literal(default),
                        None => fields.unknown(&Expansion { what: Expanded::default(), ..expansion.clone() }),
                    }
                }
            }
            if fields.len() > MAX_VALUE {
                return None;
            }
        }
        fields.literal(at..text.len());
        let value = fields.finish().pop()?;
        let length = value.source.text().len();
        // What is written out once can be as long as it likes.
        (spent.take(length) && (length <= MAX_VALUE || self.expansions.is_empty())).then_some((value, known))
    }

    /// The text with what is known expanded, and whether all of it is known. What is not stands as its default, or as
    /// it is written.
    pub(crate) fn resolve(&self, scope: &Scope) -> (String, bool) {
        self.resolve_part(0, scope)
    }

    /// [`RawWord::resolve`] from a byte of `source` on.
    pub(crate) fn resolve_part(&self, from: usize, scope: &Scope) -> (String, bool) {
        let text = self.source.text();
        let mut out = String::new();
        let mut at = from;
        let mut known = true;
        for expansion in self.expansions.iter().filter(|expansion| expansion.at.start >= from) {
            out.push_str(text.get(at..expansion.at.start).unwrap_or(""));
            if out.len() > MAX_RESOLVED {
                return (text.get(from..).unwrap_or("").to_owned(), false);
            }
            let value = expansion.variable().and_then(|name| scope.get(name)).and_then(Option::as_ref);
            match (value, self.default(expansion)) {
                (Some(value), _) => out.push_str(value),
                (None, None) if expansion.is_here() => out.push('.'),
                (None, Some(default)) => {
                    known = false;
                    out.push_str(default);
                }
                (None, None) => {
                    known = false;
                    out.push_str(text.get(expansion.at.clone()).unwrap_or(""));
                }
            }
            at = expansion.at.end;
        }
        out.push_str(text.get(at..).unwrap_or(""));
        (out, known)
    }

    /// The text from a byte of `source` on, where `value` knows each variable by its name and default. One without a name
    /// (`$1`, `$(...)`) has its default alone.
    pub(crate) fn resolve_by(
        &self,
        from: usize,
        value: impl Fn(&str, Option<&str>) -> Option<String>,
    ) -> Option<String> {
        let text = self.source.text();
        let mut out = String::new();
        let mut at = from;
        for expansion in self.expansions.iter().filter(|expansion| expansion.at.start >= from) {
            out.push_str(text.get(at..expansion.at.start)?);
            if out.len() > MAX_RESOLVED {
                return None;
            }
            let default = self.default(expansion);
            out.push_str(&match expansion.variable() {
                Some(name) => value(name, default)?,
                None => default?.to_owned(),
            });
            at = expansion.at.end;
        }
        out.push_str(text.get(at..)?);
        Some(out)
    }

    /// The default of a word that is one `${NAME:=default}`.
    pub(crate) fn default_set(&self) -> Option<String> {
        let inner = self.source.text().strip_prefix("${")?.strip_suffix('}')?;
        let (_, default) = inner.split_once('=')?;
        (!default.contains('$')).then(|| unquoted(default).to_owned())
    }

    /// The variable that a word sets which is one `${NAME:=default}`; its value is the default where it was unset.
    pub(crate) fn defaulted(&self) -> Option<EnvVar> {
        let [only] = self.expansions.as_slice() else { return None };
        let text = self.source.text();
        let whole = only.at == (0..text.len()) && text.contains('=');
        let inner = text.strip_prefix("${")?;
        let name = inner.split([':', '=']).next().filter(|name| whole && is_name(name))?;
        let rest = inner[name.len()..].trim_start_matches(':');
        let range = self.source.whole();
        let set = EnvVar { name: name.to_owned(), value: None, range: range.clone(), value_range: range };
        rest.starts_with('=').then_some(set)
    }
}

/// Words in the making.
struct Fields<'a> {
    /// The word that they come from.
    word: &'a RawWord,
    done: Vec<RawWord>,
    current: Option<RawWord>,
}

impl Fields<'_> {
    fn begin(&mut self) -> &mut RawWord {
        let word = self.word;
        self.current.get_or_insert_with(|| RawWord::literal(Source::at(word.range.start), word.range.clone()))
    }

    /// How long the word in the making is.
    fn len(&self) -> usize {
        self.current.as_ref().map_or(0, |word| word.source.text().len())
    }

    fn literal(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let word = self.word;
        // What is bare at the start stays so.
        let bare = if self.done.is_empty() && self.current.is_none() { word.bare.min(range.end) } else { 0 };
        let current = self.begin();
        current.source.push_from(&word.source, range);
        current.bare = current.bare.max(bare);
    }

    fn text(&mut self, text: &str, place: Range<usize>) {
        self.begin().source.push_as(text, place);
    }

    fn unknown(&mut self, expansion: &Expansion) {
        let word = self.word;
        self.put(word, expansion.at.clone(), Some(expansion));
    }

    /// Appends a part of a word, which is one expansion or has none.
    fn put(&mut self, from: &RawWord, range: Range<usize>, expansion: Option<&Expansion>) {
        let start = self.len();
        let current = self.begin();
        current.source.push_from(&from.source, range.clone());
        if let Some(expansion) = expansion {
            let at = start..current.source.text().len();
            // The default stands where it stood in it.
            let default = expansion.what.default.clone().map(|default| {
                let own = |byte: usize| start + byte.saturating_sub(range.start);
                own(default.start)..own(default.end)
            });
            let what = Expanded { default, ..expansion.what.clone() };
            current.expansions.push(Expansion { at, what, is_quoted: expansion.is_quoted });
        }
    }

    /// Appends a value, which blanks make several words of where it `splits`.
    fn value(&mut self, value: &RawWord, splits: bool) {
        if !splits {
            self.begin();
        }
        let mut at = 0;
        for expansion in &value.expansions {
            self.plain(value, at..expansion.at.start, splits);
            // It was not known when the variable was set.
            self.put(value, expansion.at.clone(), Some(&Expansion { what: Expanded::default(), ..expansion.clone() }));
            at = expansion.at.end;
        }
        self.plain(value, at..value.source.text().len(), splits);
    }

    fn plain(&mut self, value: &RawWord, range: Range<usize>, splits: bool) {
        let text = value.source.text().get(range.clone()).unwrap_or("");
        if !splits {
            return self.put(value, range, None);
        }
        let mut at = range.start;
        for part in text.split([' ', '\t', '\n', '\r']) {
            if at > range.start {
                self.end();
            }
            if !part.is_empty() {
                self.put(value, at..at + part.len(), None);
            }
            at += part.len() + 1;
        }
    }

    fn end(&mut self) {
        self.done.extend(self.current.take());
    }

    fn finish(mut self) -> Vec<RawWord> {
        self.end();
        let own = self.word.range.clone();
        let is_one = self.done.len() == 1;
        for field in &mut self.done {
            // A word that comes from more places than one stands where it is put together.
            let place = field.source.contiguous().unwrap_or(own.clone());
            let is_inside = own.start <= place.start && place.end <= own.end;
            field.range = if is_one && is_inside { own.clone() } else { place };
        }
        self.done
    }
}
