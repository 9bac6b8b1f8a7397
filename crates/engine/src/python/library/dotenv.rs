//! Env files that a program loads: python-dotenv, Flask's own loader, and the repositories of python-decouple.
//!
//! What such a file holds is read in `deploy`; what the environment is, in `environ`.

use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;
use crate::deploy;
use crate::language::Language;

/// The file that is loaded where none is named.
pub(super) const ENV_FILE: &str = ".env";

/// Where a stream of a text keeps it.
pub(super) const TEXT: &str = "__text__";

impl Machine<'_> {
    /// A call of one of these functions; `None` for any other path.
    pub(super) fn call_dotenv(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        Some(Ok(match path {
            "dotenv.load_dotenv" | "dotenv.main.load_dotenv" => {
                let over = args.find(Some(3), "override").is_some_and(|(on, _)| self.truth(on) == Some(true));
                if !self.load_text(args, over, spot)
                    && let Some(name) = self.env_file(args)
                {
                    if over {
                        self.override_dotenv(&name);
                    }
                    self.load_dotenv(&[&name]);
                }
                Value::of(Data::Bool(true))
            }
            "flask.cli.load_dotenv" => {
                let named = args.find(Some(0), "path").and_then(|(path, _)| self.path_of(path));
                let defaults = args.find(Some(1), "load_defaults").is_none_or(|(on, _)| self.truth(on) != Some(false));
                // What the first of them sets stays.
                let files =
                    named.as_deref().into_iter().chain([ENV_FILE, ".flaskenv"].into_iter().filter(|_| defaults));
                self.load_dotenv(&files.collect::<Vec<&str>>());
                Value::of(Data::Bool(true))
            }
            "dotenv.find_dotenv" | "dotenv.main.find_dotenv" => {
                let name = args.find(Some(0), "filename").and_then(|(name, _)| name.as_str());
                Value::text(name.unwrap_or(ENV_FILE))
            }
            "dotenv.dotenv_values" | "dotenv.main.dotenv_values" => match self.env_file(args) {
                Some(name) => self.dotenv_values(&name),
                None => Value::UNKNOWN,
            },
            "dotenv.get_key" | "dotenv.main.get_key" => {
                let file = args.find(Some(0), "dotenv_path").and_then(|(path, _)| self.path_of(path))?;
                let name = args.find(Some(1), "key_to_get").and_then(|(name, _)| name.as_str())?.to_owned();
                self.file_setting(&file, &name).unwrap_or(Value::of(Data::None))
            }
            _ => return None,
        }))
    }

    /// Loads the variables of a text that a program holds; whether it is one.
    fn load_text(&mut self, args: &Args, over: bool, spot: Spot) -> bool {
        let Some((stream, _)) = args.find(Some(1), "stream") else { return false };
        let text = match stream.data {
            Data::Instance(id) => self.instance(id).and_then(|stream| stream.attrs.get(TEXT)).cloned(),
            _ => None,
        };
        let Some(text) = text else { return false };
        let at = text.origin().unwrap_or(spot);
        for service in deploy::services(Language::Dotenv, ENV_FILE, text.as_str().unwrap_or_default()) {
            for variable in service.env {
                let name = Name::from(variable.name.as_str());
                if over || self.state.env.get(&name).is_none_or(|set| set.data == Data::None) {
                    self.set_environ(&name, variable.value.as_deref().map_or(Value::UNKNOWN, Value::text), at);
                }
            }
        }
        true
    }

    /// The env file that a call of python-dotenv means; nothing where that is not known.
    fn env_file(&self, args: &Args) -> Option<String> {
        let named = args.find(Some(0), "dotenv_path").or_else(|| args.find(Some(1), "stream"));
        match named.filter(|(path, _)| path.data != Data::None) {
            Some((path, _)) => self.path_of(path),
            None => Some(ENV_FILE.to_owned()),
        }
    }
}
