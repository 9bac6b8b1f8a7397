//! OmegaConf: layers of settings, from files, texts, mappings and words like `server.debug=true`.

use super::super::machine::{Machine, is_setting};
use super::super::value::*;
use super::settings::MAX_HOOKED;
use crate::deploy::Format;

/// What its layers are made into.
const CLASS: &str = "omegaconf.DictConfig";

impl Machine<'_> {
    /// A function of `OmegaConf`; `None` for one that is not known.
    pub(super) fn call_omegaconf(
        &mut self,
        path: &str,
        first: Option<Value>,
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        Some(match path.rsplit('.').next()? {
            "load" => {
                let file = self.path_of(&first?)?;
                let data = self.read_data(&file, Some(Format::Yaml));
                self.attribute_dict(CLASS, data)
            }
            "create" => {
                let given = first.unwrap_or_else(|| Value::of(Data::Dict(self.alloc(Object::Dict(Dict::default())))));
                let text = given.as_str().map(str::to_owned);
                let data = match (text, self.items(&given)) {
                    (Some(text), _) => self.parse_data(Format::Yaml, &text),
                    // A list of words is a list of settings.
                    (None, Some(words)) if matches!(given.data, Data::List(_)) => {
                        return Some(self.dotted(&words, spot));
                    }
                    _ => given,
                };
                self.attribute_dict(CLASS, data)
            }
            "from_dotlist" => {
                let words = self.items(&first?)?;
                self.dotted(&words, spot)
            }
            // The words of the command that starts the program, unless others are given.
            "from_cli" => {
                let argv = self.argv();
                let words = match first.filter(|words| words.data != Data::None) {
                    Some(words) => self.items(&words)?,
                    None => self.items(&argv)?.into_iter().skip(1).collect(),
                };
                self.dotted(&words, spot)
            }
            "merge" | "unsafe_merge" => {
                let into = self.alloc(Object::Dict(Dict::default()));
                for (layer, _) in &args.positional {
                    self.merge_into(into, layer, spot, MAX_HOOKED);
                }
                self.attribute_dict(CLASS, Value::of(Data::Dict(into)))
            }
            "select" => {
                let key = args.find(Some(1), "key").and_then(|(key, _)| key.as_str().map(str::to_owned))?;
                let found = key.split('.').try_fold(first?, |at, name| self.entry(&at, name));
                let default = args.keyword("default").map(|(default, _)| default.clone());
                found.or(default).unwrap_or(Value::of(Data::None))
            }
            "update" => {
                let key = args.find(Some(1), "key")?.0.clone();
                let (value, place) = args.find(Some(2), "value").map(|(value, place)| (value.clone(), place))?;
                let names: Vec<String> = key.as_str()?.split('.').map(str::to_owned).collect();
                let (last, upper) = names.split_last()?;
                let at = upper.iter().try_fold(first?, |at, name| self.entry(&at, name))?;
                let into = self.entries_of(&at)?;
                self.put(into, Value::text(last), if is_setting(&value) { value.at(place) } else { value }, place);
                Value::of(Data::None)
            }
            "set_struct" | "set_readonly" | "resolve" => Value::of(Data::None),
            "to_object" | "to_container" => self.entries_of(&first?).map(|id| Value::of(Data::Dict(id)))?,
            _ => return None,
        })
    }

    /// What words like `server.debug=true` say, as OmegaConf reads them: values as YAML has them.
    fn dotted(&mut self, words: &[Value], spot: Spot) -> Value {
        let root = self.alloc(Object::Dict(Dict::default()));
        for word in words {
            let Some((key, text)) = word.as_str().and_then(|word| word.split_once('=')) else { continue };
            let data = self.parse_data(Format::Yaml, text);
            let place = word.literal_or(word.origin().unwrap_or(spot));
            let mut at = root;
            let mut names = key.split('.').peekable();
            while let Some(name) = names.next() {
                let name = Value::text(name);
                if names.peek().is_none() {
                    self.put(at, name, data.clone().at(place), place);
                    break;
                }
                let known = self.dict(at).and_then(|dict| dict.entries.iter().find(|(key, _)| key.data == name.data));
                at = match known.map(|(_, value)| value.data.clone()) {
                    Some(Data::Dict(inner)) => inner,
                    _ => {
                        let inner = self.alloc(Object::Dict(Dict::default()));
                        self.put(at, name, Value::of(Data::Dict(inner)), place);
                        inner
                    }
                };
            }
        }
        self.attribute_dict(CLASS, Value::of(Data::Dict(root)))
    }

    /// Lays the entries of a mapping over others, those of the mappings within it, too.
    fn merge_into(&mut self, into: Id, layer: &Value, spot: Spot, depth: u32) {
        let text = layer.as_str().map(str::to_owned);
        let layer = text.map_or_else(|| layer.clone(), |text| self.parse_data(Format::Yaml, &text));
        let (Some(layer), Some(inner)) = (self.entries_of(&layer), depth.checked_sub(1)) else {
            return self.update_dict(into, &Value::UNKNOWN, spot);
        };
        for (key, value) in self.dict(layer).map(|dict| dict.entries.clone()).unwrap_or_default() {
            let Some(_) = self.entries_of(&value) else {
                let at = value.origin().unwrap_or(spot);
                self.put(into, key, value, at);
                continue;
            };
            let known = self.dict(into).and_then(|dict| dict.entries.iter().find(|(known, _)| known.data == key.data));
            let known = known.map(|(_, known)| known.clone());
            // What was there belongs to another layer, which stays as it is.
            let copy = self.alloc(Object::Dict(Dict::default()));
            if let Some(known) = known.filter(|known| self.entries_of(known).is_some()) {
                self.merge_into(copy, &known, spot, inner);
            }
            self.merge_into(copy, &value, spot, inner);
            self.put(into, key, Value::of(Data::Dict(copy)), spot);
        }
    }

    /// The entry of a mapping.
    pub(super) fn entry(&self, object: &Value, name: &str) -> Option<Value> {
        let dict = self.dict(self.entries_of(object)?)?;
        dict.entries.iter().rev().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value.clone())
    }
}
