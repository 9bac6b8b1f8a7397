//! The verb that tells how each program of the project is started.
//!
//! It runs the programs again, for the whole picture; what a check found is not needed for it.

use std::collections::BTreeSet;

use super::Project;
use crate::deployment::launches::{Deployed, deployed, server_of};
use crate::finding::Related;
use crate::language::Language;
use crate::launches::{Debug, Launch, Server, Starter};
use crate::python::launch::How;
use crate::python::starts::{Entry, Started, Switch, starts};
use crate::python::value::{FileId, Spot};
use crate::view::{Purpose, network};

impl Project {
    /// How each program of the project is started and what debug mode is then, sorted by place: each `app.run()`, each
    /// command of each deployment file, and each application that nothing starts. As of the last check.
    pub fn launches(&self) -> Vec<Launch> {
        let mut found: Vec<Launch> = self.roots.keys().flat_map(|id| self.launches_of(*id)).collect();
        let started: BTreeSet<(&str, usize)> =
            found.iter().filter_map(|launch| launch.app.as_ref()).map(|app| (&*app.path, app.range.start)).collect();
        let waiting: Vec<Launch> = self
            .roots
            .keys()
            .flat_map(|id| self.waiting(*id))
            .filter(|launch| !started.contains(&(&*launch.place.path, launch.place.range.start)))
            .collect();
        found.extend(waiting);
        found.sort_by_key(|launch| (launch.place.path.clone(), launch.place.range.start, launch.place.range.end));
        found.dedup_by(|a, b| a.place == b.place && a.starter == Starter::Nothing && b.starter == Starter::Nothing);
        found
    }

    /// The starts that stand in one file: what an editor shows beside its lines.
    pub fn launches_in(&self, path: &str) -> Vec<Launch> {
        let id = self.files.id(path).filter(|id| self.roots.contains_key(id));
        let mut found: Vec<Launch> = id.map(|id| self.launches_of(id)).unwrap_or_default();
        found.retain(|launch| &*launch.place.path == path);
        found.sort_by_key(|launch| (launch.place.range.start, launch.place.range.end));
        found
    }

    fn launches_of(&self, id: FileId) -> Vec<Launch> {
        match self.files.with(id, |file| file.document.language()) {
            Some(Language::Python) => {
                let started = starts(&self.files, id, &Entry::Script, &[], &[]);
                started.into_iter().filter_map(|started| self.of_program(started)).collect()
            }
            Some(Language::Dotenv) | None => Vec::new(),
            Some(_) => deployed(&self.files, id).into_iter().filter_map(|deployed| self.of_file(deployed)).collect(),
        }
    }

    /// The applications of a file, for something out of sight that would start them.
    fn waiting(&self, id: FileId) -> Vec<Launch> {
        if self.files.with(id, |file| file.document.language()) != Some(Language::Python) {
            return Vec::new();
        }
        let started = starts(&self.files, id, &Entry::Waiting, &[], &[]);
        let started = started.into_iter().filter(|started| started.app.is_some_and(|app| app.file == id));
        started.filter_map(|started| self.launch(started.spot, Starter::Nothing, Server::FlaskRun, started)).collect()
    }

    fn of_program(&self, started: Started) -> Option<Launch> {
        let server = server_of(started.how);
        // A switch of another framework starts nothing itself.
        self.launch(started.spot, Starter::Program, server, started)
    }

    fn of_file(&self, deployed: Deployed) -> Option<Launch> {
        let Deployed { spot, starter, service, purpose, server, started } = deployed;
        let mut launch = self.launch(spot, starter, server, started)?;
        launch.service = service;
        launch.purpose = launch.purpose.max(purpose);
        Some(launch)
    }

    fn launch(&self, spot: Spot, starter: Starter, server: Server, started: Started) -> Option<Launch> {
        let place = self.place(spot)?;
        let evidence = started
            .trail
            .iter()
            .filter(|(at, _)| *at != spot)
            .filter_map(|(at, message)| Some(Related { place: self.place(*at)?, message: message.clone() }));
        Some(Launch {
            evidence: evidence.collect(),
            starter,
            service: None,
            server,
            app: started.app.and_then(|app| self.place(app)),
            purpose: self.purpose_of(Purpose::Deployment, &place.path),
            debug: debug(&started.debug),
            debugger: started.debugger,
            console: started.console,
            pin_off: started.pin_off,
            network: host_is_open(&started),
            host: started.host,
            port: started.port,
            certain: started.certain,
            place,
        })
    }
}

/// A WSGI server has its host from its own command line and settings, of which little is read.
fn host_is_open(started: &Started) -> Option<bool> {
    if started.how == How::Server && started.host.is_none() {
        return None;
    }
    network(started.host.as_deref(), started.how)
}

fn debug(switch: &Switch) -> Debug {
    match switch {
        Switch::Off => Debug::Off,
        Switch::WhenAsked(name) => Debug::WhenAsked(name.to_string()),
        Switch::Unless(name) => Debug::Unless(name.to_string()),
        Switch::On => Debug::On,
        Switch::Unknown => Debug::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    const FACTORY: &str = "import os\nfrom flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    \
                           app.config[\"DEBUG\"] = os.environ.get(\"APP_DEBUG\") == \"1\"\n    return app\n";

    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let mut project = Project::new("/p", Settings::default(), Box::new(|_| None));
        for (path, text) in files {
            project.open(path, Language::of_path(path).expect("a language"), text);
        }
        project.check();
        let shown = |launch: &Launch| {
            let text = project
                .document(&launch.place.path)
                .map(|document| document.text(launch.place.range.clone()).into_owned());
            let why: Vec<&str> = launch.evidence.iter().map(|related| related.message.as_str()).collect();
            let app = launch.app.as_ref().map_or("?", |app| &app.path);
            format!("{:?} {} {:?} {app} {why:?}", text.unwrap_or_default(), launch.server.name(), launch.debug)
        };
        project.launches().iter().map(shown).collect()
    }

    #[test]
    fn a_program_and_a_container_start_the_same_application() {
        let run = "from shop import create_app\nif __name__ == \"__main__\":\n    create_app().run(debug=True)\n";
        let docker = "FROM python\nENV APP_DEBUG=1\nCMD [\"gunicorn\", \"shop:create_app()\"]\n";
        let told = told(&[("/p/shop.py", FACTORY), ("/p/run.py", run), ("/p/Dockerfile", docker)]);
        assert_eq!(
            told,
            [
                "\"\\\"gunicorn\\\", \\\"shop:create_app()\\\"\" gunicorn On /p/shop.py \
                 [\"`APP_DEBUG` is set here\", \"it becomes the `DEBUG` key here\"]",
                "\"create_app().run(debug=True)\" app.run() On /p/shop.py [\"it is the `debug` argument here\"]",
            ]
        );
    }

    #[test]
    fn what_nobody_starts_waits() {
        let told = told(&[("/p/shop.py", FACTORY)]);
        assert_eq!(told, ["\"Flask(__name__)\" flask run WhenAsked(\"FLASK_DEBUG\") /p/shop.py []"]);
    }

    #[test]
    fn a_variable_that_the_program_reads_can_ask() {
        let run = "from shop import create_app\ncreate_app().run(load_dotenv=False)\n";
        let told = told(&[("/p/shop.py", FACTORY), ("/p/run.py", run)]);
        assert!(told[0].contains("WhenAsked(\"APP_DEBUG\")"), "{told:?}");
    }

    #[test]
    fn the_environment_of_a_compose_file_counts() {
        let app = "from flask import Flask\napp = Flask(__name__)\nif __name__ == \"__main__\":\n    app.run()\n";
        let compose = "services:\n  web:\n    command: python app.py\n    environment:\n      FLASK_DEBUG: \"1\"\n  \
                       cli:\n    command: flask --app app run --debug --host 0.0.0.0\n";
        let told = told(&[("/p/app.py", app), ("/p/compose.yml", compose)]);
        assert_eq!(
            told,
            [
                "\"app.run()\" app.run() WhenAsked(\"FLASK_DEBUG\") /p/app.py []",
                "\"python app.py\" app.run() On /p/app.py [\"`FLASK_DEBUG` is set here\", \"the program starts the \
                 server here\"]",
                "\"flask --app app run --debug --host 0.0.0.0\" flask run On /p/app.py [\"the command's flag is here\"]",
            ]
        );
    }
}
