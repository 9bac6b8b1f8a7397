//! How the programs of a project are started, each start with its debug state and the evidence for it. Plain data.
//!
//! It decides nothing; findings say what to change, this says what is.

use crate::finding::{Place, Related};
use crate::view::Purpose;

/// One way in which a program of the project is started, by itself or by a deployment file.
#[derive(Debug, Clone)]
pub struct Launch {
    /// Where: the call that starts the server, the command of a deployment file, or the settings that somebody's
    /// command would run with.
    pub place: Place,
    /// What stands at that place.
    pub starter: Starter,
    /// The service's name in a deployment file, where it has one.
    pub service: Option<String>,
    /// What serves.
    pub server: Server,
    /// Where the application is made; `None` when it is not known.
    pub app: Option<Place>,
    /// What the file is for.
    pub purpose: Purpose,
    /// Debug mode, as this start finds it.
    pub debug: Debug,
    /// Whether Werkzeug's debugger runs.
    pub debugger: bool,
    /// Whether the debugger has its console.
    pub console: bool,
    /// Whether the debugger asks for no PIN.
    pub pin_off: bool,
    /// The host that the server listens on, where it is written.
    pub host: Option<String>,
    /// The port, where it is written.
    pub port: Option<u16>,
    /// Whether the network reaches it; `None` when it is not known.
    pub network: Option<bool>,
    /// Whether it happens for certain, as far as can be seen.
    pub certain: bool,
    /// Where the deciding value comes from, first to last: why the state is what it is.
    pub evidence: Vec<Related>,
}

/// What starts a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Starter {
    /// A command in a deployment file.
    Command,
    /// A call in a program: `python app.py`.
    Program,
    /// Settings without a command: an env file, a container whose command is elsewhere.
    Settings,
    /// Nothing in the project: the application waits for `flask run` or a WSGI server.
    Nothing,
}

/// What serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Server {
    /// The `flask run` command.
    FlaskRun,
    /// The development server that a program starts itself: `app.run()` of this framework.
    Run(&'static str),
    /// A WSGI or ASGI server, by name.
    Wsgi(&'static str),
    /// A server without a debugger that a program starts itself.
    Other,
    /// Not known.
    Unknown,
}

/// Debug mode at a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Debug {
    /// Off, whatever the environment says.
    Off,
    /// Off, and on where somebody sets this variable.
    WhenAsked(String),
    /// On, and off where somebody sets this variable to `0`.
    Unless(String),
    /// On.
    On,
    /// Not known.
    Unknown,
}

impl Debug {
    /// Whether debug mode is on when nobody sets anything.
    pub fn is_on(&self) -> bool {
        matches!(self, Debug::On | Debug::Unless(_))
    }
}

impl Server {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Server::FlaskRun => "flask run",
            Server::Run("flask") => "app.run()",
            Server::Run(other) | Server::Wsgi(other) => other,
            Server::Other => "a WSGI server",
            Server::Unknown => "an unknown program",
        }
    }

    /// Whether it is a server for development.
    pub fn is_for_development(self) -> bool {
        matches!(self, Server::FlaskRun | Server::Run(_))
    }
}
