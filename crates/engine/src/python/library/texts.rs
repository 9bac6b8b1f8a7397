//! Texts in all their forms: `repr`, `format`, bytes and their encodings, margins, and the paths that only say in another
//! way what they said before.

use std::sync::Arc;

use super::super::arguments::WORD;
use super::super::eval::display;
use super::super::machine::{Eval, Machine};
use super::super::value::*;
use super::collections::string_method;

/// The environment in bytes: the same variables, under encoded names.
pub(crate) const ENVIRONB: &str = "os.environb";

impl Machine<'_> {
    /// A call of one of these functions; `None` for any other path.
    pub(super) fn call_text(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        if path == "os.getenvb" || path.strip_prefix(ENVIRONB).is_some_and(|method| method.starts_with('.')) {
            let plain =
                if path == "os.getenvb" { "os.getenv".to_owned() } else { path.replacen("environb", "environ", 1) };
            let args = mapped(args, decoded);
            return Some(self.call_library(&plain, args, spot).map(encoded));
        }
        if matches!(path.strip_prefix(WORD), Some(".lower" | ".casefold" | ".strip" | ".lstrip" | ".rstrip")) {
            return Some(Ok(Value::library(WORD)));
        }
        if path == "decouple.Csv" {
            return args.positional.is_empty().then(|| Ok(Value::library("decouple.Csv.cast")));
        }
        let first = args.positional.first().map(|(value, _)| value.clone())?;
        Some(Ok(match path {
            // Where a relative path begins is not known, and what it says is looked for beside the program.
            "os.path.abspath" | "os.path.realpath" | "os.path.expanduser" | "os.path.expandvars"
            | "os.path.normpath" | "os.path.normcase" => match self.path_of(&first) {
                Some(text) => Value::derived(Data::Str(Arc::from(text)), &[&first]).anchored(),
                None => Value::derived(Data::Unknown, &[&first]),
            },
            "os.path.join" => {
                // Of a folder that is not known what is below it is most often the project's own.
                let known = args.positional.iter().rev().map_while(|(value, _)| display(value));
                let mut parts: Vec<String> = known.collect();
                parts.reverse();
                let sources: Vec<&Value> = args.positional.iter().map(|(value, _)| value).collect();
                match parts.is_empty() {
                    true => Value::derived(Data::Unknown, &sources),
                    false => {
                        let is_anchored = first.is_anchored() || parts.len() < args.positional.len();
                        let joined = Value::derived(Data::Str(Arc::from(parts.join("/"))), &sources);
                        if is_anchored { joined.anchored() } else { joined }
                    }
                }
            }
            "os.fspath" => self.path_of(&first).map_or(Value::UNKNOWN, |path| Value::text(&path).anchored()),
            "os.path.basename" => {
                let name = self.path_of(&first).map(|path| path.rsplit('/').next().unwrap_or_default().to_owned());
                Value::derived(name.map_or(Data::Unknown, |name| Data::Str(Arc::from(name))), &[&first])
            }
            "decouple.Csv.cast" => {
                let text = first.as_str()?;
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                let parts = parts.map(|part| Value::derived(Data::Str(Arc::from(part)), &[&first])).collect();
                Value::derived(self.new_list(parts).data, &[&first])
            }
            "os.fsencode" => encoded(first),
            "os.fsdecode" => decoded(first),
            "textwrap.dedent" | "inspect.cleandoc" => {
                let text = first.as_str()?;
                let text = if path == "inspect.cleandoc" { cleaned(text) } else { dedented(text) };
                Value::derived(Data::Str(Arc::from(text)), &[&first])
            }
            _ => return None,
        }))
    }

    /// `string.Template(text).substitute(values)`: a name that has no value ends it, or stays where it is.
    pub(super) fn substituted(&mut self, template: Id, args: &Args, spot: Spot) -> Eval<Value> {
        let template = self.instance(template).and_then(|template| template.attrs.get("template")).cloned();
        let template = template.unwrap_or(Value::UNKNOWN);
        let Some(text) = template.as_str().map(str::to_owned) else { return Ok(Value::UNKNOWN) };
        let given = self.call_builtin("dict", args, spot)?;
        let entries = self.entries_of(&given).and_then(|id| self.dict(id)).map(|dict| dict.entries.clone());
        let entries = entries.unwrap_or_default();
        let value =
            |name: &str| entries.iter().rev().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value);
        let mut sources = vec![&template];
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
            let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
            let (name, behind) = braced.unwrap_or_else(|| after.split_at(end));
            if let Some(behind) = after.strip_prefix('$') {
                out.push('$');
                rest = behind;
                continue;
            }
            match value(name) {
                Some(value) => match display(value) {
                    Some(piece) => {
                        sources.push(value);
                        out.push_str(&piece);
                    }
                    None => out.push(UNKNOWN_PIECE),
                },
                None => out.extend(['$'].into_iter().chain(after[..after.len() - behind.len()].chars())),
            }
            rest = behind;
        }
        out.push_str(rest);
        Ok(Value::derived(Data::Str(Arc::from(out)), &sources))
    }

    /// The builtin functions that make texts of values; `None` for any other.
    pub(super) fn call_text_builtin(&mut self, name: &str, args: &Args) -> Option<Value> {
        let first = &args.positional.first()?.0;
        let data = match name {
            "repr" | "ascii" => written(first).map(|text| Data::Str(Arc::from(text))),
            "format" => {
                let specifier = args.positional.get(1).map_or(Some(""), |(specifier, _)| specifier.as_str())?;
                formatted_as(first, specifier).map(|text| Data::Str(Arc::from(text)))
            }
            "bytes" => first.as_str().map(|text| Data::Bytes(Arc::from(text))),
            "chr" => match first.data {
                Data::Int(code) => {
                    let found = u32::try_from(code).ok().and_then(char::from_u32);
                    found.map(|found| Data::Str(Arc::from(found.to_string())))
                }
                _ => None,
            },
            "ord" => {
                first.as_str().and_then(|text| text.chars().next()).map(|found| Data::Int(i64::from(u32::from(found))))
            }
            _ => return None,
        };
        Some(Value::derived(data.unwrap_or(Data::Unknown), &[first]))
    }

    /// A method of bytes: that of the text, whose texts are encoded.
    pub(super) fn call_bytes(&mut self, receiver: &Value, name: &str, args: &Args) -> Value {
        let text = decoded(receiver.clone());
        let Some(inner) = text.as_str().map(str::to_owned) else { return Value::UNKNOWN };
        if name == "decode" {
            return text;
        }
        let value = string_method(&text, &inner, name, &mapped(args, decoded), self);
        match value.data {
            Data::Str(_) => encoded(value),
            Data::List(id) => {
                if let Some(Object::List(list)) = self.object_mut(id) {
                    list.items = std::mem::take(&mut list.items).into_iter().map(encoded).collect();
                }
                value
            }
            _ => value,
        }
    }
}

/// The arguments of a call, each changed in the same way.
fn mapped(args: &Args, change: fn(Value) -> Value) -> Args {
    let positional = args.positional.iter().map(|(value, spot)| (change(value.clone()), *spot)).collect();
    let keywords =
        args.keywords.iter().map(|(name, value, spot)| (name.clone(), change(value.clone()), *spot)).collect();
    Args { positional, keywords, open: args.open }
}

/// Bytes as the text that they encode; anything else as it is.
pub(crate) fn decoded(value: Value) -> Value {
    match value.data {
        Data::Bytes(text) => Value { data: Data::Str(text), from: value.from },
        _ => value,
    }
}

/// A text as bytes; anything else as it is.
pub(crate) fn encoded(value: Value) -> Value {
    match value.data {
        Data::Str(text) => Value { data: Data::Bytes(text), from: value.from },
        _ => value,
    }
}

/// What `repr(value)` gives.
fn written(value: &Value) -> Option<String> {
    match &value.data {
        Data::Str(text) if !text.contains(['\'', '\\', '\n']) => Some(format!("'{text}'")),
        Data::Bytes(text) if !text.contains(['\'', '\\', '\n']) => Some(format!("b'{text}'")),
        Data::Str(_) | Data::Bytes(_) => None,
        _ => display(value),
    }
}

/// What `format(value, specifier)` gives, where the specifier asks for no more than signs, widths and bases.
fn formatted_as(value: &Value, specifier: &str) -> Option<String> {
    if specifier.is_empty() {
        return display(value);
    }
    let letters: Vec<char> = specifier.chars().collect();
    let is_align = |at: usize| letters.get(at).is_some_and(|letter| matches!(letter, '<' | '>' | '^' | '='));
    let (fill, align, mut at) = match (is_align(1), is_align(0)) {
        (true, _) => (letters[0], Some(letters[1]), 2),
        (_, true) => (' ', Some(letters[0]), 1),
        _ => (' ', None, 0),
    };
    let sign = letters.get(at).copied().filter(|letter| matches!(letter, '+' | '-' | ' '));
    at += usize::from(sign.is_some());
    let zero = letters.get(at) == Some(&'0');
    let digits: String = letters[at..].iter().take_while(|letter| letter.is_ascii_digit()).collect();
    let kind: String = letters[at + digits.len()..].iter().collect();
    let width = if digits.is_empty() { 0 } else { digits.parse::<usize>().ok().filter(|width| *width <= 256)? };
    let number = match value.data {
        Data::Int(number) => Some(number),
        Data::Bool(truth) => Some(i64::from(truth)),
        _ => None,
    };
    let (text, is_number) = match (&value.data, number, kind.as_str()) {
        (Data::Str(text), _, "" | "s") => (text.to_string(), false),
        (_, Some(number), "" | "d" | "n") => {
            let plus = sign.filter(|sign| *sign != '-' && number >= 0);
            (plus.into_iter().chain(number.to_string().chars()).collect(), true)
        }
        (_, Some(number), "x") if number >= 0 => (format!("{number:x}"), true),
        (_, Some(number), "b") if number >= 0 => (format!("{number:b}"), true),
        _ => return None,
    };
    let missing = width.saturating_sub(text.chars().count());
    let fill = if zero && align.is_none() { '0' } else { fill };
    let padding = |count: usize| std::iter::repeat_n(fill, count).collect::<String>();
    Some(match align.unwrap_or(if is_number { '>' } else { '<' }) {
        '<' => format!("{text}{}", padding(missing)),
        '^' => format!("{}{text}{}", padding(missing / 2), padding(missing - missing / 2)),
        _ => format!("{}{text}", padding(missing)),
    })
}

/// A text without the margin that all of its lines have.
fn dedented(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    let margin = filled.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len()).min().unwrap_or(0);
    let cut: Vec<&str> = lines
        .iter()
        .map(|line| if line.trim().is_empty() { "" } else { line.get(margin..).unwrap_or_default() })
        .collect();
    cut.join("\n")
}

/// A text as `inspect.cleandoc` leaves it: its first line begins where it begins, the others have no margin.
fn cleaned(text: &str) -> String {
    let text = match text.split_once('\n') {
        Some((first, rest)) => format!("{}\n{}", first.trim_start(), dedented(rest)),
        None => text.trim_start().to_owned(),
    };
    text.trim_matches('\n').to_owned()
}
