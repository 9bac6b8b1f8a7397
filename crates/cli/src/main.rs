//! The one binary, `undebug`: `check`, `fix`, `explain`, `rules`, `server`.

fn main() {}
