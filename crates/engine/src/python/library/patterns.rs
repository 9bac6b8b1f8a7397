//! Regular expressions: `re.match`, `re.search`, `re.fullmatch` and compiled patterns, for patterns whose syntax Python
//! and the `regex` family share. A pattern with anything else (look-around, back-references) is not worked out.

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::super::call::TRUTH;
use super::super::ir::*;
use super::super::machine::Machine;
use super::super::value::*;

/// Where a compiled pattern keeps its text, with its flags written into it.
const PATTERN: Name = Name::new_static("__pattern__");

/// Where a match keeps its groups.
const GROUPS: Name = Name::new_static("__groups__");

/// How long a pattern and a text may be: settings are short.
const MAX_LENGTH: usize = 512;

impl Machine<'_> {
    /// A call of a function of `re`; `None` for any other path.
    pub(super) fn call_pattern(&mut self, path: &str, args: &Args) -> Option<Value> {
        let name = path.strip_prefix("re.")?;
        let pattern = args.find(Some(0), "pattern")?.0.clone();
        match name {
            "compile" => {
                let text = written(&pattern, args.find(Some(1), "flags").map(|(flags, _)| flags))?;
                let id = self.new_instance(Value::library("re.Pattern"));
                if let Some(Object::Instance(compiled)) = self.object_mut(id) {
                    compiled.attrs.insert(PATTERN, Value::text(&text));
                }
                Some(Value::of(Data::Instance(id)))
            }
            "match" | "search" | "fullmatch" => {
                let text = args.find(Some(1), "string")?.0.clone();
                let kept = match pattern.data {
                    Data::Instance(id) => self.instance(id)?.attrs.get(&PATTERN)?.as_str()?.to_owned(),
                    _ => written(&pattern, args.find(Some(2), "flags").map(|(flags, _)| flags))?,
                };
                self.matched(name, &kept, &text)
            }
            _ => None,
        }
    }

    /// A method of a compiled pattern or of a match.
    pub(super) fn call_matcher(&mut self, id: Id, name: &str, args: &Args) -> Value {
        let attr = |key: &Name| self.instance(id).and_then(|instance| instance.attrs.get(key)).cloned();
        let first = args.positional.first().map(|(value, _)| value.clone());
        if let Some(pattern) = attr(&PATTERN).as_ref().and_then(Value::as_str) {
            let found = first.and_then(|text| self.matched(name, pattern, &text));
            return found.unwrap_or(Value::UNKNOWN);
        }
        let Some(groups) = attr(&GROUPS).and_then(|groups| self.items(&groups)) else { return Value::UNKNOWN };
        match (name, first.map(|first| first.data)) {
            ("group" | "__getitem__", Some(Data::Int(at))) => {
                usize::try_from(at).ok().and_then(|at| groups.get(at)).cloned().unwrap_or(Value::UNKNOWN)
            }
            ("group", None) => groups.first().cloned().unwrap_or(Value::UNKNOWN),
            ("groups", None) => Value::of(Data::Tuple(std::rc::Rc::new(groups.into_iter().skip(1).collect()))),
            _ => Value::UNKNOWN,
        }
    }

    fn matched(&mut self, how: &str, pattern: &str, subject: &Value) -> Option<Value> {
        let text = subject.as_str().filter(|text| text.len() <= MAX_LENGTH)?.to_owned();
        let whole = match how {
            "match" => format!(r"\A(?:{pattern})"),
            "fullmatch" => format!(r"\A(?:{pattern})\z"),
            "search" => pattern.to_owned(),
            _ => return None,
        };
        let plain = syntax::Config::new().unicode(false).utf8(false);
        let regex = Regex::builder().syntax(plain).build(&whole).ok()?;
        let mut found = regex.create_captures();
        regex.captures(&text, &mut found);
        if !found.is_match() {
            return Some(Value::derived(Data::None, &[subject]));
        }
        let mut groups = Vec::with_capacity(found.group_len());
        for at in 0..found.group_len() {
            let piece = found.get_group(at).and_then(|span| text.get(span.range()));
            groups.push(Value::derived(piece.map_or(Data::None, |piece| Data::Str(piece.into())), &[subject]));
        }
        let id = self.new_instance(Value::library("re.Match"));
        if let Some(Object::Instance(instance)) = self.object_mut(id) {
            instance.attrs.insert(GROUPS, Value::of(Data::Tuple(std::rc::Rc::new(groups))));
            instance.attrs.insert(TRUTH, Value::of(Data::Bool(true)));
        }
        Some(Value::derived(Data::Instance(id), &[subject]))
    }
}

/// A pattern with its flags written into it, where both are known.
fn written(pattern: &Value, flags: Option<&Value>) -> Option<String> {
    let text = pattern.as_str().filter(|text| text.len() <= MAX_LENGTH)?;
    let letter = match flags.map(|flags| &flags.data) {
        None | Some(Data::Int(0)) => return Some(text.to_owned()),
        Some(Data::Library(path)) => match path.as_str() {
            "re.I" | "re.IGNORECASE" => 'i',
            "re.M" | "re.MULTILINE" => 'm',
            "re.S" | "re.DOTALL" => 's',
            "re.X" | "re.VERBOSE" => 'x',
            "re.A" | "re.ASCII" | "re.U" | "re.UNICODE" => return Some(text.to_owned()),
            _ => return None,
        },
        _ => return None,
    };
    Some(format!("(?{letter}:{text})"))
}
