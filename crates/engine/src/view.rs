//! What rules look at. Languages fan in to these few views; rules fan out from them.
//!
//! A view holds no syntax node and names no language.

use std::ops::Range;
use std::sync::Arc;

use crate::finding::{Confidence, When};
use crate::python::launch::How;
use crate::python::value::Means;

/// One variable that a file puts into a process's environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvVar {
    /// The name, as written.
    pub name: String,
    /// The value that the process sees, quotes and escapes resolved; `None` when it is not known (interpolated, passed
    /// through from outside).
    pub value: Option<String>,
    /// The bytes of the whole setting: `FLASK_DEBUG=1`, `FLASK_DEBUG: "1"`.
    pub range: Range<usize>,
    /// The bytes of the value with its quotes; empty where there is none.
    pub value_range: Range<usize>,
}

/// A word of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word as the program receives it, quotes resolved.
    pub text: String,
    /// Its bytes in the file, quotes included.
    pub range: Range<usize>,
}

/// A command that a file starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The words, program first (`env`, `exec`, `time` and the like already taken off).
    pub words: Vec<Word>,
    /// Variables set for this command alone: `FLASK_DEBUG=1 flask run`, `env A=b cmd`, and `export`s before it.
    pub env: Vec<EnvVar>,
    /// The bytes of the whole command.
    pub range: Range<usize>,
    /// Whether it acts on another machine: what it starts runs there (`ssh`), and what it sets is set there
    /// (`heroku config:set A=b`).
    pub is_elsewhere: bool,
}

/// What a service is for, as far as its file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// It runs where users are, or nothing says otherwise.
    Deployment,
    /// It is a development file or stage by name (`.flaskenv`, `compose.dev.yml`, an override file, an example).
    Development,
    /// It is part of a build or a test run and serves nobody (`RUN`, an earlier stage, a CI step).
    Build,
}

/// One process that a deployment file starts, with its environment. A file that only sets variables (dotenv) is one
/// service without commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name in the file: a compose service, a Procfile process type, a container; `None` where there is none.
    pub name: Option<String>,
    /// What it is for.
    pub purpose: Purpose,
    /// The variables it sets, in file order (the last of a name wins).
    pub env: Vec<EnvVar>,
    /// Environment files that it loads, in order, relative to the file's folder, with where they are named.
    pub env_files: Vec<Word>,
    /// The commands it starts, in order.
    pub commands: Vec<Command>,
    /// The folder that commands start in, relative to the file's folder, where the file says so and it is known
    /// to be part of the project (compose `build: ./web`); `None` otherwise.
    pub folder: Option<String>,
    /// What of it stands elsewhere.
    pub links: Links,
}

impl Service {
    /// A service that does nothing yet.
    pub(crate) fn blank(name: Option<String>, purpose: Purpose) -> Service {
        Service {
            name,
            purpose,
            env: Vec::new(),
            env_files: Vec::new(),
            commands: Vec::new(),
            folder: None,
            links: Links::default(),
        }
    }
}

/// Parts of a service that stand in other services or other files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The service that this one starts from (compose `extends`).
    pub extends: Option<Extends>,
    /// The Dockerfile of the image, relative to [`Service::folder`], where it has another name.
    pub dockerfile: Option<String>,
    /// The stage of that Dockerfile that is built.
    pub target: Option<String>,
    /// What the image is built with: its `ARG`s.
    pub args: Vec<EnvVar>,
    /// Variables that come from named objects (Kubernetes `envFrom` and `valueFrom`).
    pub taken: Vec<Taken>,
    /// The name of the object that this service's variables are (a ConfigMap).
    pub object: Option<String>,
}

/// The service that another one starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extends {
    /// The file, relative to this one; `None` for this one.
    pub file: Option<String>,
    /// The service's name.
    pub service: String,
}

/// Variables of a named object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The object.
    pub object: String,
    /// The prefix that each variable gets, where all are taken.
    pub prefix: String,
    /// The one key that is taken, and the variable that it becomes; `None` takes all.
    pub key: Option<(String, String)>,
}

/// What is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Subject {
    /// Debug mode.
    Debug,
    /// Werkzeug's debugger, without debug mode.
    Debugger,
    /// A running debugger's PIN, off.
    Pin,
    /// The development server, where users are.
    Server,
}

/// Why a value is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Nature {
    /// It is written so.
    Constant,
    /// A string's truth is taken.
    Text,
    /// An environment lookup gives it when the variable is unset.
    Default,
    /// A word that means off, but is not one that turns debug off.
    OffWord,
}

/// Whether the network reaches a server on this host, where that is known. Flask's default host is loopback.
pub(crate) fn network(host: Option<&str>, how: How) -> Option<bool> {
    match host {
        Some("" | "0.0.0.0" | "::" | "[::]" | "*") => Some(true),
        Some(host) if host.starts_with("127.") || host == "localhost" || host == "::1" => Some(false),
        Some(_) => Some(true),
        None if how == How::Outside => None,
        None => Some(false),
    }
}

/// One reason why debug mode, or a debugger, is on when a server starts. What rules look at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exposure {
    pub subject: Subject,
    pub means: Means,
    pub nature: Nature,
    pub how: How,
    pub when: When,
    /// Whether Werkzeug's console is reachable.
    pub console: bool,
    /// Whether an error page shows a traceback.
    pub traceback: bool,
    /// Whether the PIN is off.
    pub pin_off: bool,
    /// The host that the server listens on, where it is written.
    pub host: Option<Arc<str>>,
    /// The variable that a fix reads.
    pub variable: &'static str,
    /// The environment variable that the program looks up, where it does.
    pub lookup: Option<Arc<str>>,
    pub confidence: Confidence,
    pub purpose: Purpose,
    /// Whether Flask reads the variable by itself when the place is gone.
    pub removable: bool,
    /// Whether a field took the value that refuses `None`.
    pub is_typed: bool,
    /// Whether the place only says what is taken where the variable is unset.
    pub is_fallback: bool,
    /// Whether the place is in a file of data, which can read no variable.
    pub is_in_data: bool,
}

impl Exposure {
    /// Whether the network reaches the server, where that is known.
    pub fn network(&self) -> Option<bool> {
        network(self.host.as_deref(), self.how)
    }

    /// The first words of a message: what is on, because of what, and when. `how` follows what is on, with a blank
    /// before it where it is not empty.
    pub fn what(&self, how: &str) -> String {
        let what = match self.subject {
            Subject::Debug => "debug mode is on",
            Subject::Debugger => "the Werkzeug debugger is on",
            Subject::Pin => "the debugger's PIN is off",
            Subject::Server => "the development server is started",
        };
        match (self.when, self.lookup.as_deref()) {
            (When::Always, _) => format!("{what}{how}"),
            (When::ByDefault, Some(name)) => format!("{what}{how} unless `{name}` turns it off"),
            (When::ByDefault, None) => format!("{what}{how} unless `{}` turns it off", self.variable),
            (When::WhenSet, Some(name)) if self.nature == Nature::Text => format!("`{name}=0` turns debug mode on"),
            (When::WhenSet, Some(name)) => format!("{what}{how} when `{name}` names this file"),
            (When::WhenSet, None) => format!("{what}{how} when an option says `False`"),
        }
    }

    /// The last words of a message: what to do, which data can only be told to be off.
    pub fn advice(&self, otherwise: &str) -> String {
        if self.is_in_data { "set it to `false`" } else { otherwise }.to_owned()
    }

    /// What an attacker gets.
    pub fn consequence(&self) -> &'static str {
        match (self.console, self.traceback, self.pin_off) {
            (true, _, true) => "anyone who reaches the server runs code on it, without a PIN",
            (true, true, false) => "an error page shows source and paths, and its console runs code",
            (true, false, false) => "its console at `/console` runs code for whoever has the PIN",
            (false, true, _) => "an error page shows source, paths and values",
            (false, false, _) => "errors are handled as in development",
        }
    }
}
