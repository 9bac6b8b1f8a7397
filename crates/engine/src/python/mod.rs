//! Python: from text to facts, and the machine that runs them.
