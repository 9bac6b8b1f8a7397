//! What rules look at. Languages fan in to these few views; rules fan out from them.
//!
//! A view holds no syntax node and names no language.

use std::ops::Range;

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
}
