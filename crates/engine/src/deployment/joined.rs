//! Evidence of more than one file: the Dockerfile that a compose service is built from, the variables that the program
//! behind a WSGI server reads, and what a deployment says about the programs of the project.
//!
//! What is concluded from it for a finding is `project`'s part.

use std::collections::BTreeSet;

use super::environment::without_flags;
use super::{Job, below};
use crate::deploy;
use crate::deploy::flask_cli::{Launch, launch};
use crate::finding::When;
use crate::language::Language;
use crate::python::analysis::{Reason, Start, analyse};
use crate::python::launch::How;
use crate::python::starts::{Entry, Switch, starts};
use crate::python::value::{FileId, Means, Spot};
use crate::view::{Command, Exposure, Purpose};

/// What a deployment file does with a program of the project.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// The command.
    pub command: Spot,
    pub way: Way,
}

/// How a deployment starts a program.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// `python app.py`: the program, and what it does in that environment.
    Script(FileId, Vec<Reason>),
    /// A WSGI server imports these files, and no import starts a server.
    Imported(BTreeSet<FileId>),
}

impl Job<'_> {
    /// Notes that a command starts a program, for the findings of that program.
    pub(super) fn see_script(&mut self, command: Spot, file: FileId, reasons: Vec<Reason>) {
        if self.service.purpose == Purpose::Deployment {
            self.outcome.seen.push(Seen { command, way: Way::Script(file, reasons) });
        }
    }

    /// A program behind a WSGI server: the variables of this environment that it makes its debug mode from, and the fact
    /// that nothing below a `__main__` guard runs.
    pub(super) fn imported(&mut self, command: Spot, target: Option<&str>) {
        let Some((module, name)) = target.map(|target| target.split_once(':').unwrap_or((target, ""))) else { return };
        let Some(file) = self.module(module) else { return };
        let entry = Entry::Server((!name.is_empty()).then(|| name.to_owned()));
        let ours: BTreeSet<Spot> = self.env.iter().filter_map(|setting| setting.value.origin()).collect();
        let started = starts(self.files, file, &entry, &self.env, &[]);
        for (spot, _) in started.iter().filter(|one| one.debug == Switch::On).flat_map(|one| &one.trail) {
            if ours.contains(spot) {
                let base = self.base();
                self.add(*spot, Exposure { how: How::Server, means: Means::Variable, when: When::ByDefault, ..base });
            }
        }
        let import = Start { imported: true, ..Start::default() };
        let result = analyse(self.files, file, &import);
        self.outcome.loaded.extend(&result.loaded);
        if self.service.purpose == Purpose::Deployment && !result.launches {
            let app = started.iter().filter_map(|one| one.app).map(|app| app.file);
            let files = app.chain([file]).collect();
            self.outcome.seen.push(Seen { command, way: Way::Imported(files) });
        }
    }

    /// The commands that a service without one of its own starts: those of the service that it starts from, or of the
    /// image that it is built from. They have no flags: what these do is told where they stand.
    pub(super) fn borrowed(&mut self) -> Vec<Command> {
        if !self.service.commands.is_empty() {
            return Vec::new();
        }
        if !self.borrowed.is_empty() {
            return self.borrowed.clone();
        }
        let Some((dockerfile, target)) = &self.image else { return Vec::new() };
        let path = below(&self.folder, dockerfile);
        let language = Language::Dockerfile;
        let Some(file) = self.files.load(&path, Some(language)).filter(|file| *file != self.id) else {
            return Vec::new();
        };
        self.outcome.loaded.insert(file);
        let text = self.files.with(file, |file| file.document.whole()).unwrap_or_default();
        let built = target.as_deref().and_then(|target| deploy::dockerfile::commands_of(&text, target));
        let last = || deploy::services(language, &path, &text).into_iter().rfind(|one| one.purpose != Purpose::Build);
        without_flags(built.or_else(|| Some(last()?.commands)).unwrap_or_default())
    }

    /// Where the service's first setting stands, its own or one that it loads.
    pub(super) fn first_setting(&self) -> Option<Spot> {
        let own = self.service.env.iter().chain(&self.service.links.args).map(|variable| variable.range.clone()).next();
        own.or_else(|| Some(self.service.env_files.first()?.range.clone())).map(|range| self.spot(range))
    }

    /// What an image's own commands make of the variables of this service; whether they are known.
    pub(super) fn run_borrowed(&mut self) -> bool {
        let mut known = false;
        for command in self.borrowed() {
            let Some(spot) = self.first_setting() else { break };
            match launch(&command.words) {
                Launch::FlaskRun(run) => self.flask_run(&run),
                Launch::PythonScript { path, .. } => match self.script(&path) {
                    Some(file) => self.called(file, None, Vec::new(), spot),
                    None => continue,
                },
                Launch::Wsgi { target, .. } => self.wsgi(target.as_deref(), spot),
                _ => continue,
            }
            known = true;
        }
        // Whom the image serves is told by the Dockerfile, unless another stage of it is built here.
        if self.image.as_ref().is_none_or(|(_, target)| target.is_none()) {
            self.outcome.seen.clear();
        }
        known
    }
}
