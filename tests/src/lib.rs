//! Helpers for the tests that drive the built binary.

pub mod lsp;
