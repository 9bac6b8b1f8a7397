//! The language server: editor messages to engine calls and back.
