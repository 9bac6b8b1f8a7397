//! Finds debug mode left on in Python web applications, and proposes edits that turn it off.
//!
//! Text in memory becomes facts, facts become findings, findings carry fixes. This crate is pure: it knows no
//! files, no environment, no clock, no threads, no editor protocol and no output format. Its callers hand it text
//! ([`Project::open`], [`Project::edit`]) and a closure that answers "what does that file say", and take
//! [`Finding`]s and [`Fix`]es.
//!
//! It is not a type checker and not a linter framework: it *runs* the program over abstract values, along the few
//! statements that can matter, the way Flask would see it (`python/`), and asks at each launch what debug is.

mod claim;
mod deploy;
mod deployment;
mod document;
mod evidence;
mod facts;
mod finding;
mod fix;
mod globs;
mod language;
mod launches;
mod migrate;
mod position;
mod project;
mod python;
mod rule;
mod rules;
mod search;
mod settings;
mod suppress;
mod unused;
mod view;

pub use document::{Change, Document};
pub use finding::{Confidence, Cvss, Finding, Place, Related, Severity, When};
pub use fix::{Edit, Fix, FixKind, apply};
pub use globs::Globs;
pub use language::Language;
pub use launches::{Debug, Launch, Server, Starter};
pub use migrate::{Migration, MigrationKind, NewFile};
pub use position::{Encoding, Position};
pub use project::{Project, Reader};
pub use python::look::Look;
pub use rule::Rule;
pub use rules::RULES;
pub use settings::{Level, Override, Settings};
pub use view::Purpose;
