//! What an audit says, before it is put into a form: applications, their starts, the evidence and the ways out.
//!
//! It judges nothing that the engine did not judge: it puts findings to the starts that they belong to.

use std::collections::BTreeMap;

use undebug_engine::{Debug, Finding, Launch, Place, Purpose, Server, Severity, Starter};

use crate::report::{Entry, Report, Span};
use crate::scan::{Checked, Scan};

/// Everything that an audit says.
pub(crate) struct Audit {
    pub files: usize,
    /// How many findings there are, whether they belong to a start or not.
    pub findings: usize,
    pub apps: Vec<App>,
    /// Findings that belong to no start that is known.
    pub elsewhere: Vec<Problem>,
}

/// An application with its starts.
pub(crate) struct App {
    /// Where it is made; `None` for the starts whose application is not known.
    pub place: Option<Quote>,
    pub starts: Vec<Start>,
}

/// A start of a server.
pub(crate) struct Start {
    pub place: Quote,
    pub service: Option<String>,
    pub server: &'static str,
    /// `command`, `program`, `settings` or `nothing`: what starts it.
    pub starter: &'static str,
    pub level: Level,
    /// What debug mode is, in words.
    pub state: String,
    /// `on`, `off`, `when-asked`, `unless`, `unknown`.
    pub debug: &'static str,
    /// The variable that asks or refuses.
    pub variable: Option<String>,
    pub console: bool,
    pub network: Option<bool>,
    /// What the file is for.
    pub purpose: &'static str,
    pub why: Vec<(Quote, String)>,
    pub problems: Vec<Problem>,
    pub advice: Vec<String>,
}

/// A finding, in short.
pub(crate) struct Problem {
    pub rule: &'static str,
    pub severity: Severity,
    pub message: String,
    pub place: Quote,
    /// The preferred fix.
    pub fix: Option<String>,
}

/// A place with what stands there.
pub(crate) struct Quote {
    pub path: String,
    pub line: u32,
    pub column: u32,
    /// The text, on one line.
    pub text: String,
}

/// How bad a start is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Debug mode is off.
    Fine,
    /// It is not known.
    Unknown,
    /// It is on where nobody is served, or without a debugger.
    Note,
    /// It is on.
    Warning,
    /// It is on, with a console that the network reaches or that asks for no PIN.
    Danger,
}

/// How much of a command or statement is quoted.
const MAX_QUOTE: usize = 100;

impl Audit {
    /// What there is to say of a scan.
    pub fn new(scan: &Scan) -> Audit {
        let report = Report::new(scan);
        let mut told = vec![false; report.entries.len()];
        let mut apps: BTreeMap<(bool, String, u32), App> = BTreeMap::new();
        for checked in &scan.projects {
            for launch in checked.project.launches() {
                let start = start(checked, &launch, &report, &mut told);
                let place = launch.app.as_ref().map(|app| quote(checked, app));
                let key =
                    place.as_ref().map_or((true, String::new(), 0), |place| (false, place.path.clone(), place.line));
                let app = apps.entry(key).or_insert_with(|| App { place, starts: Vec::new() });
                app.starts.push(start);
            }
        }
        let rest = report.entries.iter().zip(&told).filter(|(_, told)| !**told);
        let elsewhere = rest.map(|(entry, _)| problem(entry)).collect();
        let mut apps: Vec<App> = apps.into_values().collect();
        for app in &mut apps {
            app.starts.sort_by_key(|start| std::cmp::Reverse(start.level));
        }
        // The worst comes first; what is not known stays last.
        apps.sort_by_key(|app| (app.place.is_none(), std::cmp::Reverse(app.level())));
        Audit { files: scan.files, findings: report.entries.len(), apps, elsewhere }
    }

    /// How many starts there are, with debug mode on, and with a console that the network reaches.
    pub fn counts(&self) -> (usize, usize, usize) {
        let starts = || self.apps.iter().flat_map(|app| &app.starts);
        let on = starts().filter(|start| matches!(start.debug, "on" | "unless")).count();
        let open = starts().filter(|start| start.level == Level::Danger).count();
        (starts().count(), on, open)
    }

    /// One line about everything.
    pub fn summary(&self) -> String {
        let count = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
        let (starts, on, open) = self.counts();
        let apps = self.apps.iter().filter(|app| app.place.is_some()).count();
        let exposed = if open > 0 { format!(", {open} of them exposed") } else { String::new() };
        format!(
            "{} in {}, {}: {on} with debug mode on{exposed}; {}",
            count(apps, "application"),
            count(self.files, "file"),
            count(starts, "start"),
            count(self.findings, "finding")
        )
    }
}

impl App {
    /// What it is called.
    pub fn name(&self) -> String {
        self.place.as_ref().map_or_else(|| "Applications that are not known".to_owned(), |place| place.path.clone())
    }

    /// How bad the worst of its starts is.
    pub fn level(&self) -> Level {
        self.starts.iter().map(|start| start.level).max().unwrap_or(Level::Fine)
    }
}

impl Quote {
    /// `path:line`
    pub fn at(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }
}

impl Level {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Level::Fine => "off",
            Level::Unknown => "unknown",
            Level::Note => "note",
            Level::Warning => "on",
            Level::Danger => "exposed",
        }
    }
}

fn start(checked: &Checked, launch: &Launch, report: &Report<'_>, told: &mut [bool]) -> Start {
    let mut problems = Vec::new();
    for (entry, told) in report.entries.iter().zip(told) {
        if belongs(entry.finding, launch) {
            *told = true;
            problems.push(problem(entry));
        }
    }
    let (debug, variable) = match &launch.debug {
        Debug::Off => ("off", None),
        Debug::WhenAsked(name) => ("when-asked", Some(name.clone())),
        Debug::Unless(name) => ("unless", Some(name.clone())),
        Debug::On => ("on", None),
        Debug::Unknown => ("unknown", None),
    };
    Start {
        place: quote(checked, &launch.place),
        service: launch.service.clone(),
        server: launch.server.name(),
        starter: match launch.starter {
            Starter::Command => "command",
            Starter::Program => "program",
            Starter::Settings => "settings",
            Starter::Nothing => "nothing",
        },
        level: level(launch, &problems),
        state: state(launch),
        debug,
        variable,
        console: launch.console,
        network: launch.network,
        purpose: match launch.purpose {
            Purpose::Deployment => "deployment",
            Purpose::Development => "development",
            Purpose::Build => "build",
        },
        why: launch.evidence.iter().map(|related| (quote(checked, &related.place), related.message.clone())).collect(),
        advice: advice(launch, &problems),
        problems,
    }
}

/// Whether a finding is about a start: it stands at one of the places that the start's value passes, or names the start.
fn belongs(finding: &Finding, launch: &Launch) -> bool {
    let touches = |a: &Place, b: &Place| {
        a.path == b.path && a.range.start < b.range.end.max(b.range.start + 1) && b.range.start < a.range.end
    };
    let evidence = launch.evidence.iter().any(|related| touches(&related.place, &finding.place));
    let own = launch.starter != Starter::Nothing && touches(&launch.place, &finding.place);
    let named = launch.debug.is_on() && finding.related.iter().any(|related| related.place == launch.place);
    evidence || own || named
}

fn problem(entry: &Entry<'_>) -> Problem {
    let finding = &entry.finding;
    let span: Span = entry.span(&finding.place);
    let text = entry.text(&finding.place.path);
    Problem {
        rule: finding.rule.name,
        severity: finding.severity,
        message: finding.message.clone(),
        place: Quote {
            path: span.path,
            line: span.start.0,
            column: span.start.1,
            text: one_line(text.get(finding.place.range.clone()).unwrap_or_default()),
        },
        fix: entry.preferred().map(|fix| fix.title.clone()),
    }
}

fn quote(checked: &Checked, place: &Place) -> Quote {
    let span = crate::report::span(checked, &place.path, place.range.clone());
    let document = checked.project.document(&place.path);
    let text = document.map_or_else(String::new, |document| document.text(place.range.clone()).into_owned());
    Quote { path: span.path, line: span.start.0, column: span.start.1, text: one_line(&text) }
}

/// A text on one line, and not too much of it.
fn one_line(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match joined.char_indices().nth(MAX_QUOTE) {
        Some((at, _)) => format!("{}…", &joined[..at]),
        None => joined,
    }
}

fn level(launch: &Launch, problems: &[Problem]) -> Level {
    let harmless = !problems.is_empty() && problems.iter().all(|problem| problem.severity == Severity::Information);
    match &launch.debug {
        Debug::Unknown => Level::Unknown,
        _ if launch.debugger && !launch.debug.is_on() && launch.purpose == Purpose::Deployment => Level::Warning,
        debug if !debug.is_on() => Level::Fine,
        _ if harmless || launch.purpose != Purpose::Deployment => Level::Note,
        _ if !launch.debugger && !matches!(launch.server, Server::Run(_)) => Level::Note,
        _ if launch.console && (launch.network == Some(true) || launch.pin_off) => Level::Danger,
        _ => Level::Warning,
    }
}

fn state(launch: &Launch) -> String {
    let mut state = match &launch.debug {
        Debug::Off => "debug mode is off".to_owned(),
        Debug::WhenAsked(name) => format!("debug mode is off; `{name}` can turn it on"),
        Debug::Unless(name) => format!("debug mode is on unless `{name}` turns it off"),
        Debug::On => "debug mode is on".to_owned(),
        Debug::Unknown => "debug mode is not known from the files".to_owned(),
    };
    let on = launch.debug.is_on();
    state.push_str(match (launch.console, launch.network, launch.pin_off) {
        (true, _, true) => "; whoever reaches the server runs code on it, without a PIN",
        (true, Some(true), false) => "; its console is reachable from the network",
        (true, Some(false), false) => "; its console is reachable from this machine",
        (true, None, false) => "; its console runs code",
        (false, _, _) if on && matches!(launch.server, Server::Wsgi(_) | Server::Other) => {
            "; this server has no debugger, errors are handled as in development"
        }
        (false, _, _) if on => "; there is no console",
        _ => "",
    });
    if launch.starter == Starter::Nothing {
        state.push_str("; nothing here starts it");
    }
    state
}

fn advice(launch: &Launch, problems: &[Problem]) -> Vec<String> {
    let mut advice: Vec<String> = Vec::new();
    for problem in problems {
        if let Some(fix) = &problem.fix {
            let line = format!("{fix} at {} (`undebug fix`)", problem.place.at());
            if !advice.contains(&line) {
                advice.push(line);
            }
        }
    }
    let users = launch.starter == Starter::Command && launch.purpose == Purpose::Deployment;
    if users && launch.server.is_for_development() {
        advice.push("Serve users with a WSGI server (`undebug migrate wsgi`)".to_owned());
    }
    advice
}
