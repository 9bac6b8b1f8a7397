//! What other files may learn from one file. Holds no positions, so most edits leave it equal.
