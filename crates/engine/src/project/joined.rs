//! What deployment files say about a program's own findings: that users meet it on an open host, or never.
//!
//! It changes how bad a finding is and how it is told, never whether there is one.

use std::sync::Arc;

use super::Project;
use crate::deployment::joined::{Seen, Way};
use crate::python::analysis::Reason;
use crate::python::value::{FileId, Means, Spot};

/// What is known beside the program itself.
#[derive(Default)]
pub(super) struct Joined {
    /// The host that a deployment starts the program on, where the program alone does not tell.
    pub host: Option<Arc<str>>,
    /// Users are served by an import of the program, which does not come here.
    pub is_out_of_reach: bool,
    pub related: Vec<(Spot, &'static str)>,
}

impl Joined {
    /// The message, with what makes the difference.
    pub fn told(&self, message: String) -> String {
        if self.is_out_of_reach {
            return format!("{message}; users are served by a WSGI server that does not run this");
        }
        message
    }
}

/// The files whose findings a deployment has a say in.
pub(super) fn files(seen: &[Seen]) -> impl Iterator<Item = FileId> + '_ {
    seen.iter().flat_map(|seen| match &seen.way {
        Way::Script(file, reasons) => reasons.iter().map(|reason| reason.spot.file).chain([*file]).collect::<Vec<_>>(),
        Way::Imported(files) => files.iter().copied().collect(),
    })
}

impl Project {
    /// What the deployment files of the project say about a reason that a program gives by itself.
    pub(super) fn joined(&self, reason: &Reason) -> Joined {
        let mut joined = Joined::default();
        if matches!(reason.exposure.means, Means::Variable | Means::Flag) {
            return joined;
        }
        let call = reason.related.last().map_or(reason.spot, |(spot, _)| *spot);
        let mut imported = None;
        let mut is_started = false;
        for seen in self.roots.values().flat_map(|root| &root.outcome.seen) {
            match &seen.way {
                Way::Script(file, reasons) => {
                    let same = |other: &&Reason| {
                        other.spot == reason.spot && other.exposure.subject == reason.exposure.subject
                    };
                    let Some(there) = reasons.iter().find(same) else {
                        is_started |= *file == call.file;
                        continue;
                    };
                    is_started = true;
                    joined.related.push((seen.command, "a deployment starts the program here"));
                    if there.exposure.network() == Some(true) {
                        joined.host = there.exposure.host.clone();
                    }
                }
                // What stands in another file than the call of `run` may have been imported without it.
                Way::Imported(files) if files.contains(&call.file) => imported = Some(seen.command),
                Way::Imported(_) => {}
            }
        }
        let by_run = matches!(reason.exposure.means, Means::Argument | Means::Debugger);
        if let Some(command) = imported.filter(|_| by_run && !is_started) {
            joined.is_out_of_reach = true;
            joined.related.push((command, "users are served from here"));
        }
        joined
    }
}
