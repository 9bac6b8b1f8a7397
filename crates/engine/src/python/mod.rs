//! Python: from text to facts, and the machine that runs them.
//!
//! `lower` turns the syntax tree into the program (`ir`), statement by statement (`module`). The machine (`machine`,
//! with `eval`, `store`, `call`, `context`) runs it over abstract values (`value`) the way Python would; `library`, `config`,
//! `environ` and `launch` say what Flask and its kin do, `catalogue` which of them there are. Nothing here decides what
//! is worth reporting, and nothing here knows how a finding looks.

pub(crate) mod analysis;
mod arguments;
mod call;
pub(crate) mod catalogue;
mod config;
mod context;
mod data;
mod environ;
mod errors;
mod eval;
pub(crate) mod files;
mod generators;
pub(crate) mod imports;
pub(crate) mod ir;
pub(crate) mod launch;
mod library;
pub(crate) mod look;
mod lower;
pub(crate) mod machine;
pub(crate) mod module;
mod objects;
pub(crate) mod open;
mod operators;
mod origins;
pub(crate) mod pins;
mod places;
pub(crate) mod prefilter;
mod slice;
pub(crate) mod starts;
mod store;
pub(crate) mod value;
pub(crate) mod words;
