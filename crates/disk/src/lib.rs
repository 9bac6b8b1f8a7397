//! Walks, reads, writes, loads settings: the only crate that touches files.
//!
//! It knows no rule by name, no editor protocol, and prints nothing.
