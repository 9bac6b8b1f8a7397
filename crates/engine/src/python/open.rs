//! What a file leaves open: its functions that no program enters but something out of sight may call, and its
//! applications that no program serves.
//!
//! It looks from one file; who enters and starts what in the whole project is said by an [`Outlook`].

use std::collections::BTreeSet;
use std::sync::Arc;

use super::analysis::{Outcome, Reason, Run, Start, collect, compare};
use super::files::{Files, folder_of};
use super::ir::{Expr, ExprKind, Name, Stmt};
use super::launch::Plan;
use super::lower::Lowered;
use super::machine::Machine;
use super::value::*;
use crate::deploy::conditions::role_of_task;

/// How many functions that nobody calls are run.
const MAX_OPEN: usize = 40;

/// What the programs of the project make of one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outlook {
    /// Whether a program that starts a server has loaded it, so that what the program does not call is not called.
    pub launched: bool,
    /// Its functions that some program enters, sorted.
    pub entered: Vec<Spot>,
}

impl Outlook {
    /// What a file makes of itself, as if there were no other program.
    pub fn alone(outcome: &Outcome, file: FileId) -> Outlook {
        Outlook { launched: outcome.launches, entered: entered_in(&outcome.entered, file) }
    }
}

/// The functions of a file among those that were entered.
pub(crate) fn entered_in(entered: &BTreeSet<Spot>, file: FileId) -> Vec<Spot> {
    let spots = Spot { file, unit: 0, site: 0 }..=Spot { file, unit: u32::MAX, site: u32::MAX };
    entered.range(spots).copied().collect()
}

/// What a file leaves open, as the programs are.
pub(crate) struct Open {
    pub outlook: Outlook,
    pub reasons: Vec<Reason>,
}

impl Open {
    /// Goes on from a machine that has imported the file.
    pub(super) fn of<'a>(
        machine: Machine<'a>,
        plans: &'a Plans,
        file: FileId,
        scope: Option<Id>,
        outlook: Outlook,
    ) -> Open {
        let order = machine.files.run_order(file);
        let open = open_units(machine.files, file, &order);
        let mut reasons = match scope {
            Some(scope) if !open.is_empty() => {
                let functions = Functions { plans, file, scope, outlook: &outlook };
                functions.run(machine.twin(), open)
            }
            _ => Vec::new(),
        };
        if !outlook.launched && reasons.is_empty() {
            reasons = served(machine, file);
        }
        Open { outlook, reasons }
    }
}

/// Runs what a file leaves open.
pub(crate) fn analyse_open(files: &Files, file: FileId, outlook: Outlook) -> Open {
    files.enter(folder_of(&files.path(file)));
    if outlook.launched && open_units(files, file, &files.run_order(file)).is_empty() {
        return Open { outlook, reasons: Vec::new() };
    }
    let plans = Plans::default();
    let mut machine = Machine::new(files, &plans.plain);
    let scope = machine.run_module(file, false).ok();
    Open::of(machine, &plans, file, scope, outlook)
}

/// What a WSGI server makes of the applications of a module that was imported.
fn served(mut machine: Machine<'_>, file: FileId) -> Vec<Reason> {
    let files = machine.files;
    machine.run_at_exit();
    machine.serve_from_outside(file);
    let start = Start { served: true, imported: true, ..Start::default() };
    compare(files, file, &start, Run::of(machine)).reasons
}

/// How functions are called.
#[derive(Default)]
pub(super) struct Plans {
    pub plain: Plan,
    /// What the `flask` command runs: `app.run` does nothing there.
    under_command: UnderCommand,
}

struct UnderCommand(Plan);

impl Default for UnderCommand {
    fn default() -> UnderCommand {
        UnderCommand(Plan { from_cli: true, ..Plan::default() })
    }
}

/// A file's statements that can have a part in debug mode.
fn open_units(files: &Files, file: FileId, order: &[(UnitId, Arc<Lowered>)]) -> Vec<(UnitId, Arc<Lowered>)> {
    let mentions = |unit: UnitId| files.module(file, |module, _| module.mentions_debug(unit)) == Some(true);
    order.iter().filter(|(unit, _)| mentions(*unit)).cloned().collect()
}

/// The functions of one file.
struct Functions<'a, 'o> {
    plans: &'a Plans,
    file: FileId,
    scope: Id,
    outlook: &'o Outlook,
}

impl<'a> Functions<'a, '_> {
    /// The module ran once; each function then starts from what it left.
    fn run(&self, mut machine: Machine<'a>, units: Vec<(UnitId, Arc<Lowered>)>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let state = machine.state.clone();
        machine.maybe += 1;
        let stmts = units.iter().flat_map(|(unit, lowered)| lowered.stmts.iter().map(|stmt| (*unit, stmt)));
        for (unit, stmt) in stmts.take(MAX_OPEN) {
            let is_command = match stmt {
                Stmt::Function(function) => {
                    function.decorators.iter().any(|decorator| self.is_command(&machine, decorator))
                }
                _ => false,
            };
            machine.plan = if is_command { &self.plans.under_command.0 } else { &self.plans.plain };
            for function in functions_of(stmt) {
                if !self.is_open(machine.files, unit, &function) {
                    continue;
                }
                machine.state = state.clone();
                machine.launches.clear();
                machine.refill();
                let _ = machine.run_open(self.file, unit, self.scope, function.class, function.name);
                for reason in collect(&machine.launches, &Start::default()) {
                    if !reasons.contains(&reason) {
                        reasons.push(reason);
                    }
                }
            }
        }
        reasons
    }

    /// Whether a decorator makes a function a command of `flask`: `@app.cli.command("dev")`, `@cli.command` where `cli` is
    /// a group of Flask.
    fn is_command(&self, machine: &Machine<'_>, decorator: &Expr) -> bool {
        let named = match &decorator.kind {
            ExprKind::Call(call) => &call.function,
            _ => decorator,
        };
        let ExprKind::Attribute(object, name) = &named.kind else { return false };
        match &object.kind {
            _ if !matches!(name.as_str(), "command" | "group") => false,
            ExprKind::Attribute(_, name) => name == "cli",
            ExprKind::Name(name) => {
                let value = machine.scope(self.scope).and_then(|scope| scope.vars.get(name));
                value.is_some_and(|value| machine.is_flask_group(value))
            }
            _ => false,
        }
    }

    /// Whether something out of sight may call a function that nobody enters.
    fn is_open(&self, files: &Files, unit: UnitId, function: &Named<'_>) -> bool {
        let spot = Spot { file: self.file, unit, site: function.site };
        let is_entered = self.outlook.entered.binary_search(&spot).is_ok();
        let is_named = || files.module(self.file, |module, _| module.mentions(function.name, unit)) == Some(true);
        // What a module keeps to itself and never uses, nobody uses.
        let is_private = function.name.starts_with('_') && !function.name.starts_with("__") && function.class.is_none();
        if is_private && !function.is_decorated && !is_named() {
            return false;
        }
        // Who asks for development by its name, beside what the program does by itself, asks for what follows.
        if self.outlook.launched && !function.is_decorated && role_of_task(function.name).is_some() {
            return false;
        }
        let is_alive = function.is_decorated || !self.outlook.launched || (function.class.is_none() && is_named());
        !is_entered && is_alive
    }
}

/// A function or method by its names.
struct Named<'a> {
    class: Option<&'a Name>,
    name: &'a Name,
    site: u32,
    is_decorated: bool,
}

fn functions_of(stmt: &Stmt) -> Vec<Named<'_>> {
    match stmt {
        Stmt::Function(function) => {
            let is_decorated = !function.decorators.is_empty();
            vec![Named { class: None, name: &function.name, site: function.site, is_decorated }]
        }
        Stmt::Class(class) => {
            let methods = class.body.iter().filter_map(|stmt| match stmt {
                Stmt::Function(method) => {
                    Some(Named { class: Some(&class.name), name: &method.name, site: method.site, is_decorated: false })
                }
                _ => None,
            });
            methods.collect()
        }
        _ => Vec::new(),
    }
}
