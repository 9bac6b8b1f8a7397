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
        let by_run = matches!(reason.exposure.means, Means::Argument | Means::Debugger | Means::Wrapper);
        if let Some(command) = imported.filter(|_| by_run && !is_started) {
            joined.is_out_of_reach = true;
            joined.related.push((command, "users are served from here"));
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::language::Language;
    use crate::settings::Settings;

    const APP: &str = "import os\nfrom flask import Flask\napp = Flask(__name__)\nif __name__ == \"__main__\":\n    \
                       app.run(host=os.environ.get(\"HOST\", \"127.0.0.1\"), debug=True)\n";

    /// The severity and the message of the one finding of a program beside this Dockerfile.
    fn told(app: &str, dockerfile: &str) -> (Severity, String) {
        let mut project = Project::new("/p", Settings::default(), Box::new(|_| None));
        project.open("/p/app.py", Language::Python, app);
        project.open("/p/Dockerfile", Language::Dockerfile, dockerfile);
        project.check();
        let found = project.findings("/p/app.py");
        assert_eq!(found.len(), 1, "{found:?}");
        (found[0].severity, found[0].message.clone())
    }

    #[test]
    fn what_a_wsgi_server_does_not_run_is_information() {
        let (severity, message) = told(APP, "FROM python\nCMD [\"gunicorn\", \"app:app\"]\n");
        assert_eq!(severity, Severity::Information);
        assert!(message.ends_with("users are served by a WSGI server that does not run this"), "{message}");
        // An import of this one starts the development server after all.
        let open = APP.replace("if __name__ == \"__main__\":\n    ", "");
        assert_eq!(told(&open, "FROM python\nCMD [\"gunicorn\", \"app:app\"]\n").0, Severity::Warning);
        // And where something else starts it too, it is as bad as before.
        let both = "FROM python AS production\nCMD python app.py\nFROM python\nCMD [\"gunicorn\", \"app:app\"]\n";
        assert_eq!(told(APP, both).0, Severity::Warning);
    }

    #[test]
    fn a_host_that_a_deployment_sets_counts() {
        assert_eq!(told(APP, "FROM python\nCMD [\"python\", \"app.py\"]\n").0, Severity::Warning);
        assert_eq!(told(APP, "FROM python\nENV HOST=0.0.0.0\nCMD [\"python\", \"app.py\"]\n").0, Severity::Error);
    }
}
