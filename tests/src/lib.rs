//! Helpers for the tests that drive the engine's public face and the built binary.
//!
//! Nothing here knows how the engine works inside, and nothing here is part of the product.

pub mod cli;
pub mod engine;
pub mod fixture;
pub mod lsp;
pub mod stdio;
