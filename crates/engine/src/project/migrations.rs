//! The verb that offers larger changes: for each application, what would take it to production.
//!
//! What is offered is built from the same launches that people are shown; each change is whole or not offered.

use std::ops::Range;
use std::sync::Arc;

use super::Project;
use crate::finding::Place;
use crate::fix::site::Source;
use crate::fix::{Edit, FixKind, combine};
use crate::language::Language;
use crate::launches::{Launch, Server, Starter};
use crate::migrate::guard::{Standing, standing};
use crate::migrate::target::{Target, is_in_package, module_of, name_of};
use crate::migrate::{Migration, MigrationKind, NewFile, commands, config, requirements};
use crate::python::files::{folder_of, join};
use crate::python::starts::{Entry, starts};
use crate::view::Purpose;

/// An application with everything that starts it.
struct App<'a> {
    place: &'a Place,
    /// The calls of programs.
    programs: Vec<&'a Launch>,
    /// The commands of deployment files.
    commands: Vec<&'a Launch>,
}

impl Project {
    /// The larger changes that are possible: for each application a WSGI server and a configuration for each environment,
    /// for each call that an import would run the `__main__` guard. As of the last check; nothing is applied by itself.
    pub fn migrations(&self) -> Vec<Migration> {
        let launches = self.launches();
        let mut offered: Vec<Migration> = launches.iter().filter_map(|launch| self.to_guard(launch)).collect();
        let mut taken: Vec<String> = Vec::new();
        for app in apps(&launches) {
            if let Some((at, program)) = self.target(&app) {
                for kind in [MigrationKind::Gunicorn, MigrationKind::Waitress] {
                    offered.extend(self.to_server(&app, kind, &at, program, &taken));
                }
                taken.push(folder_of(&program.place.path).to_owned());
            }
            offered.extend(self.to_configuration(&app));
        }
        offered
    }

    fn to_guard(&self, launch: &Launch) -> Option<Migration> {
        if launch.starter != Starter::Program {
            return None;
        }
        let Standing::Open(edits) = self.standing(&launch.place)? else { return None };
        let edits = edits_of(&launch.place.path, edits);
        Some(migration(MigrationKind::Guard, vec![launch.place.clone()], Vec::new(), edits))
    }

    fn standing(&self, place: &Place) -> Option<Standing> {
        self.python(&place.path, |source| standing(source, &place.range))
    }

    /// Looks at the text and tree of a Python file.
    fn python<T>(&self, path: &str, look: impl FnOnce(Source<'_>) -> T) -> Option<T> {
        let document = self.document(path)?;
        let text = document.whole();
        Some(look(Source { text: &text, root: document.tree()?.root_node() }))
    }

    /// What a WSGI server imports, as seen from the folder of the program that starts the application today.
    fn target<'a>(&self, app: &App<'a>) -> Option<(Target, &'a Launch)> {
        let program = app.programs.first().copied().or_else(|| app.commands.first().copied())?;
        let own = folder_of(&program.place.path);
        let folder = if program.starter == Starter::Program { own } else { folder_of(&app.place.path) };
        let (name, factory) = self.python(&app.place.path, |source| name_of(source, app.place.range.start))??;
        let module = module_of(&app.place.path, folder)?;
        Some((Target { module, name, factory }, program))
    }

    fn to_server(
        &self,
        app: &App<'_>,
        kind: MigrationKind,
        target: &Target,
        program: &Launch,
        taken: &[String],
    ) -> Option<Migration> {
        let served = app.commands.iter().any(|launch| matches!(launch.server, Server::Wsgi(_)));
        let waiting: Vec<&&Launch> = app.commands.iter().filter(|launch| launch.server.is_for_development()).collect();
        let plain = |launch: &&Launch| matches!(launch.server, Server::FlaskRun | Server::Run("flask"));
        if (served && waiting.is_empty()) || !app.programs.iter().chain(&app.commands).any(plain) {
            return None;
        }
        let folder = match program.starter {
            Starter::Program => folder_of(&program.place.path),
            _ => folder_of(&app.place.path),
        };
        let mut edits = self.guards(app)?;
        let (entry, creates) = self.entry_point(folder, target, taken.iter().any(|other| other == folder))?;
        for launch in waiting {
            edits.extend(self.command_edits(launch, kind, &entry));
        }
        edits.extend(self.requirement(folder, kind));
        if creates.is_empty() && edits.is_empty() {
            return None;
        }
        let places = app.programs.iter().chain(&app.commands).map(|launch| launch.place.clone());
        Some(migration(kind, places.collect(), creates, edits))
    }

    /// Keeps an import of the application from starting a server.
    fn guards(&self, app: &App<'_>) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        for launch in app.programs.iter().filter(|launch| launch.place.path == app.place.path) {
            match self.standing(&launch.place)? {
                Standing::Guarded => {}
                Standing::Open(patches) => edits.extend(edits_of(&launch.place.path, patches)),
                Standing::Stuck => return None,
            }
        }
        Some(edits)
    }

    /// The module for WSGI servers, `wsgi.py` where that name is free: its target, and the file where it is not there yet.
    fn entry_point(&self, folder: &str, target: &Target, second: bool) -> Option<(String, Vec<NewFile>)> {
        if target.module == "wsgi" && !target.factory {
            return Some((format!("wsgi:{}", target.name), Vec::new()));
        }
        let stem = if second { format!("wsgi_{}", target.module.replace('.', "_")) } else { "wsgi".to_owned() };
        let path = join(folder, &format!("{stem}.py"));
        if self.files.exists(&path) {
            let file = self.files.load(&path, Some(Language::Python))?;
            let serves = |name: &&str| {
                let known = starts(&self.files, file, &Entry::Server(Some((*name).to_owned())), &[], &[]);
                !known.is_empty()
            };
            let name = ["app", "application"].into_iter().find(|name| serves(name))?;
            return Some((format!("{stem}:{name}"), Vec::new()));
        }
        let Target { module, name, factory } = target;
        let body = match (factory, name.as_str()) {
            (true, name) => format!("from {module} import {name}\n\napp = {name}()\n"),
            (false, "app") => format!("from {module} import app\n\n__all__ = [\"app\"]\n"),
            (false, name) => format!("from {module} import {name} as app\n\n__all__ = [\"app\"]\n"),
        };
        let text = format!(
            "\"\"\"The entry point for WSGI servers: `gunicorn {stem}:app`, `waitress-serve {stem}:app`.\"\"\"\n{body}"
        );
        Some((format!("{stem}:app"), vec![NewFile { path: Arc::from(path), text }]))
    }

    /// The command of a deployment file, and what installs its server.
    fn command_edits(&self, launch: &Launch, kind: MigrationKind, entry: &str) -> Vec<Edit> {
        let path = &launch.place.path;
        let Some(document) = self.document(path) else { return Vec::new() };
        let (language, text) = (document.language(), document.whole());
        let Some(served) = commands::served(language, &text, launch, kind, entry) else { return Vec::new() };
        let mut patches = vec![served];
        if language == Language::Dockerfile {
            let server = package(kind);
            let at = commands::installs(&text, path, server);
            patches.extend(at.map(|at| (at..at, format!(" {server}"))));
        }
        edits_of(path, patches)
    }

    fn requirement(&self, folder: &str, kind: MigrationKind) -> Vec<Edit> {
        let server = package(kind);
        let probe = join(folder, "requirements.txt");
        let root = probe[..probe.len() - self.files.inner(&probe).len()].trim_end_matches('/');
        for place in [folder, root] {
            for (name, add) in [
                ("requirements.txt", requirements::to_requirements as fn(&str, &str) -> _),
                ("pyproject.toml", requirements::to_pyproject),
            ] {
                let path = join(place, name);
                let language = Language::of_path(&path).unwrap_or(Language::Dotenv);
                let Some(file) = self.files.load(&path, Some(language)) else { continue };
                let text = self.files.with(file, |file| file.document.whole()).unwrap_or_default();
                let patch: Option<(Range<usize>, String)> = add(&text, server);
                if let Some(patch) = patch {
                    return edits_of(&Arc::from(path), vec![patch]);
                }
            }
        }
        Vec::new()
    }

    fn to_configuration(&self, app: &App<'_>) -> Option<Migration> {
        let path = &app.place.path;
        let home = join(folder_of(path), "config.py");
        if self.files.exists(&join(folder_of(path), "config/__init__.py")) || *home == **path {
            return None;
        }
        // A program that is a script has no package around it, whatever its folder holds.
        let script = app.programs.iter().any(|launch| launch.place.path == *path);
        let inside = !script && is_in_package(path, |path| self.files.exists(path));
        let module = if inside { ".config" } else { "config" };
        let mut edits = self.python(path, |source| config::loaded(source, app.place.range.start, module))??;
        edits.dedup();
        let mut edits = edits_of(path, edits);
        let mut creates = Vec::new();
        if self.files.exists(&home) {
            self.files.load(&home, Some(Language::Python))?;
            let home: Arc<str> = Arc::from(home.as_str());
            edits.extend(edits_of(&home, self.python(&home, config::completed)??));
        } else {
            creates.push(NewFile { path: Arc::from(home.as_str()), text: config::fresh() });
        }
        let edits = self.without_switches(app, edits, &home)?;
        let places = std::iter::once(app.place.clone()).chain(app.programs.iter().map(|launch| launch.place.clone()));
        Some(migration(MigrationKind::Config, places.collect(), creates, edits))
    }

    /// Takes the switches out of the program that would beat its configuration; `None` where one cannot go.
    fn without_switches(&self, app: &App<'_>, edits: Vec<Edit>, home: &str) -> Option<Vec<Edit>> {
        let base = crate::fix::Fix { title: String::new(), kind: FixKind::Off, preferred: true, edits };
        let mut fixes = vec![base];
        for launch in &app.programs {
            let evidence = launch.evidence.iter().map(|related| &related.place);
            for place in evidence.chain(std::iter::once(&launch.place)) {
                for finding in self.findings(&place.path) {
                    let about = finding.place == *place
                        || (finding.place.range.start >= place.range.start
                            && finding.place.range.end <= place.range.end);
                    if !about || &*place.path == home || !place.path.ends_with(".py") {
                        continue;
                    }
                    let ways = self.fixes(&finding);
                    let way = [FixKind::Remove, FixKind::Off]
                        .iter()
                        .find_map(|kind| ways.iter().find(|fix| fix.kind == *kind));
                    let way = way.cloned()?;
                    if !fixes.contains(&way) {
                        fixes.push(way);
                    }
                }
            }
        }
        // A switch on the very lines that change goes with them.
        Some(combine(&fixes).into_values().flatten().collect())
    }
}

/// The applications that something starts, with their starts for users.
fn apps(launches: &[Launch]) -> Vec<App<'_>> {
    let mut apps: Vec<App<'_>> = Vec::new();
    for launch in launches {
        let Some(place) = launch.app.as_ref().filter(|_| launch.purpose == Purpose::Deployment) else { continue };
        let at = apps.iter().position(|app| app.place == place).unwrap_or_else(|| {
            apps.push(App { place, programs: Vec::new(), commands: Vec::new() });
            apps.len() - 1
        });
        match launch.starter {
            Starter::Program => apps[at].programs.push(launch),
            Starter::Command => apps[at].commands.push(launch),
            Starter::Settings | Starter::Nothing => {}
        }
    }
    // Who is deployed comes first, and so gets the plain names.
    apps.sort_by_key(|app| app.commands.is_empty());
    apps
}

fn migration(kind: MigrationKind, places: Vec<Place>, creates: Vec<NewFile>, mut edits: Vec<Edit>) -> Migration {
    edits.sort_by_key(|edit| (edit.path.clone(), edit.range.start, edit.range.end));
    edits.dedup();
    Migration { kind, title: kind.title().to_owned(), places, creates, edits }
}

fn edits_of(path: &Arc<str>, patches: Vec<(Range<usize>, String)>) -> Vec<Edit> {
    patches.into_iter().map(|(range, text)| Edit { path: path.clone(), range, text }).collect()
}

fn package(kind: MigrationKind) -> &'static str {
    if kind == MigrationKind::Waitress { "waitress" } else { "gunicorn" }
}
