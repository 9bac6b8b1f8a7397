//! Programs that stand in a command: `python -c "..."`.
//!
//! Which word is one is `deploy`'s part, and what it does is found by running it.

use super::Job;
use crate::python::analysis::{Code, Start, analyse};
use crate::python::value::{Spot, Value};

impl Job<'_> {
    /// Runs a program that stands in the command itself; whether it starts a server. What it finds in the files that it
    /// imports is reported there.
    pub(super) fn code(&mut self, text: String, spot: Spot, argv: Vec<Value>) -> bool {
        let code = Code { text, spot, folder: self.folder.clone() };
        let purpose = Some(self.service.purpose);
        let start = Start { env: self.env.clone(), argv, code: Some(code), purpose, ..Start::default() };
        let result = analyse(self.files, self.id, &start);
        self.outcome.loaded.extend(result.loaded);
        self.outcome.reasons.extend(result.reasons);
        result.launches
    }
}
