//! Contexts of click: the one of the command that runs, its object, and the commands that are called through it.
//!
//! What options a command has, and their defaults, is read where its decorators are (`store`). A `default_map` beats
//! these, and the words of the command line beat both.

use std::rc::Rc;

use super::super::eval::{chosen, value_env};
use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;
use crate::deploy::flask_cli::click_bool;

/// The class of a context, and the name under which the machine keeps the one that there is.
pub(super) const CONTEXT: &str = "click.Context";
const CURRENT: Name = Name::new_static("click.context of the command");

/// How deep groups in groups are run.
const MAX_GROUPS: usize = 4;

/// What `make_pass_decorator` gives.
const PASSING: &str = "click.pass_made";

impl Machine<'_> {
    /// A call of a function of click that gets at a context; `None` for any other path.
    pub(super) fn call_click(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Eval<Value>> {
        Some(Ok(match path {
            "click.get_current_context" | "click.globals.get_current_context" => self.click_context(),
            "typer.Option" | "typer.Argument" => {
                args.positional.first().map_or(Value::UNKNOWN, |(value, at)| value.clone().at(*at))
            }
            "click.make_pass_decorator" | "click.decorators.make_pass_decorator" => {
                Value::of(Data::Partial(Rc::new((Value::library(PASSING), args.clone()))))
            }
            PASSING => {
                let (class, function) = (&args.positional.first()?.0, &args.positional.last()?.0);
                let Data::Function(closure) = &function.data else { return None };
                let mut closure = (**closure).clone();
                let made = match self.call(class, Args::default(), spot) {
                    Ok(made) => made,
                    Err(stop) => return Some(Err(stop)),
                };
                pass_first(&mut closure, made);
                Value::of(Data::Function(Rc::new(closure)))
            }
            _ => return None,
        }))
    }

    /// The context of the command that runs.
    pub fn click_context(&mut self) -> Value {
        if let Some(context) = self.state.patches.get(&CURRENT) {
            return context.clone();
        }
        let names = ["obj", "invoked_subcommand"];
        let context = self.keeping(CONTEXT, names.map(|name| (Name::new_static(name), Value::of(Data::None))));
        self.state.patches.insert(CURRENT, context.clone());
        context
    }

    /// What `pass_context` and `pass_obj` pass; `None` for any other decorator.
    pub fn passed_by_click(&mut self, path: &str, function: &Closure) -> Option<Value> {
        let is_object = match path {
            "click.pass_context" | "click.decorators.pass_context" => false,
            "click.pass_obj" | "click.decorators.pass_obj" => true,
            _ => return None,
        };
        let context = self.click_context();
        let passed = if is_object { self.proxy(context, Some(Value::text("obj"))) } else { context };
        let mut closure = function.clone();
        pass_first(&mut closure, passed);
        Some(Value::of(Data::Function(Rc::new(closure))))
    }

    /// `@group.command(...)` on a function: the command, with what the group's map has for it; `None` for any other.
    pub fn click_subcommand(&mut self, decorator: &Expr, named: &Expr, function: &Closure) -> Eval<Option<Value>> {
        let ExprKind::Attribute(object, method) = &named.kind else { return Ok(None) };
        if !matches!(method.as_str(), "command" | "group") {
            return Ok(None);
        }
        let above = self.eval(object)?;
        let Data::Function(group) = &above.data else { return Ok(None) };
        let Some(map) = &group.command else { return Ok(None) };
        let args = match &decorator.kind {
            ExprKind::Call(call) => self.arguments(&call.args)?,
            _ => Args::default(),
        };
        let name = args.find(Some(0), "name").and_then(|(name, _)| name.as_str().map(str::to_owned));
        let name = name.unwrap_or_else(|| command_name(&function.function.name));
        let own = self.default_map(&args).or_else(|| self.mapped(map, &name));
        let mut changed = function.clone();
        self.make_command(&mut changed, own);
        let inner = |prefix: &Name| format!("{prefix}_{}", name.to_uppercase().replace('-', "_"));
        if let Some(prefix) = self.variable_prefix(&args).or_else(|| group.prefix.as_ref().map(inner)) {
            self.read_prefixed(&mut changed, prefix);
        }
        changed.group = Some((above, Name::from(name)));
        Ok(Some(Value::of(Data::Function(Rc::new(changed)))))
    }

    /// Runs the groups of a command as click does before it, the outermost first: what they leave in the context is there
    /// for the command.
    pub fn run_groups(&mut self, command: &Value, spot: Spot) -> Eval<()> {
        let mut groups = Vec::new();
        let mut at = command.clone();
        while groups.len() < MAX_GROUPS
            && let Data::Function(closure) = &at.data
            && let Some((group, name)) = closure.group.clone()
        {
            groups.push((group.clone(), name));
            at = group;
        }
        for (group, name) in groups.into_iter().rev() {
            self.set_invoked(Value::text(&name));
            let result = self.call(&group, Args::default(), spot);
            self.set_invoked(Value::of(Data::None));
            result?;
        }
        Ok(())
    }

    fn set_invoked(&mut self, command: Value) {
        if let Data::Instance(context) = self.click_context().data
            && let Some(Object::Instance(context)) = self.object_mut(context)
        {
            context.attrs.insert(Name::new_static("invoked_subcommand"), command);
        }
    }

    /// The `default_map` of a command's settings.
    pub fn default_map(&self, args: &Args) -> Option<Value> {
        let (settings, _) = args.keyword("context_settings")?;
        self.mapped(settings, "default_map")
    }

    /// The `auto_envvar_prefix` of a command's settings, or of its call.
    pub fn variable_prefix(&self, args: &Args) -> Option<String> {
        let name = "auto_envvar_prefix";
        let settings = args.keyword("context_settings").and_then(|(settings, _)| self.mapped(settings, name));
        let prefix = args.keyword(name).map(|(prefix, _)| prefix.clone()).or(settings)?;
        Some(prefix.as_str()?.to_uppercase())
    }

    /// Lets the options of a command be read from variables that begin with a prefix.
    pub fn read_prefixed(&mut self, function: &mut Closure, prefix: String) {
        let spot = self.spot(0);
        for (name, option) in &mut function.options {
            let is_open = option.outside().is_none() && value_env(option).is_empty();
            if is_open && !matches!(option.data, Data::Instance(_)) {
                *option = self.read_option(&format!("{prefix}_{}", name.to_uppercase()), option, spot);
            }
        }
        function.prefix = Some(Name::from(prefix));
    }

    /// What an option is that a variable can say; its default stays where it is written.
    pub fn read_option(&mut self, variable: &str, default: &Value, spot: Spot) -> Value {
        let found = self.environ(variable, spot);
        match (found.as_str().filter(|word| !word.is_empty()), &default.data) {
            (None, _) => chosen(default.clone(), &found),
            (Some(word), Data::Bool(_)) => {
                let data = click_bool(word).map_or(Data::Unknown, Data::Bool);
                Value::derived(data, &[&found])
            }
            (Some(_), _) => found,
        }
    }

    /// Makes a function a command: its options have the defaults that a map says, unless they are given.
    pub fn make_command(&self, function: &mut Closure, map: Option<Value>) {
        let map = map.unwrap_or(Value::of(Data::None));
        for (name, option) in function.options.iter_mut().filter(|(_, option)| option.outside().is_none()) {
            let Some(value) = self.mapped(&map, name) else { continue };
            *option = match (&option.data, value.as_str()) {
                (Data::Bool(_), Some(word)) => {
                    let data = click_bool(word).map_or(Data::Unknown, Data::Bool);
                    value.origin().into_iter().fold(Value::derived(data, &[&value]), Value::at)
                }
                _ => value,
            };
        }
        function.command = Some(map);
    }

    /// A command that is called with settings of its own: `main(default_map={...})`, `main(auto_envvar_prefix="APP")`;
    /// `None` for any other call.
    pub fn called_with_settings(&mut self, function: &Closure, args: &Args) -> Option<Rc<Closure>> {
        let map = args.keyword("default_map").map(|(map, _)| map.clone());
        let prefix = self.variable_prefix(args);
        if function.command.is_none() || map.is_none() && prefix.is_none() {
            return None;
        }
        let mut changed = function.clone();
        if map.is_some() {
            self.make_command(&mut changed, map);
        }
        if let Some(prefix) = prefix {
            self.read_prefixed(&mut changed, prefix);
        }
        Some(Rc::new(changed))
    }

    /// What a mapping has for a word; nothing is what it has of `None`.
    fn mapped(&self, mapping: &Value, key: &str) -> Option<Value> {
        self.entry(mapping, key).filter(|value| value.data != Data::None)
    }

    /// `context.params`: what the command that runs got for its options.
    pub(super) fn click_params(&mut self) -> Value {
        let frame = self.frames.iter().rev().find_map(|frame| Some((frame.function.clone()?, frame.scope)));
        let mut dict = Dict::default();
        if let Some((closure, scope)) = frame
            && let Some(scope) = self.scope(scope)
        {
            let options = closure.function.params.iter().filter(|param| {
                let passed = closure.options.get(&param.name);
                !passed.is_some_and(|value| matches!(value.data, Data::Instance(_)))
            });
            let given =
                options.filter_map(|param| Some((Value::text(&param.name), scope.vars.get(&param.name)?.clone())));
            dict.entries = given.collect();
        }
        Value::of(Data::Dict(self.alloc(Object::Dict(dict))))
    }

    /// `context.forward(command)`: calls it with those options of the command that runs which it has, too.
    pub(super) fn click_forward(&mut self, args: &Args, spot: Spot) -> Eval<Value> {
        let mut args = args.clone();
        let params = self.click_params();
        let given = self.unpacked(None, Some(&params), spot).keywords;
        if let Some(Data::Function(closure)) = args.positional.first().map(|(command, _)| &command.data) {
            let has = |name: &Name| closure.function.params.iter().any(|param| param.name == *name);
            args.keywords.extend(given.into_iter().filter(|(name, _, _)| has(name)));
        }
        self.call_first(&args, 0, spot)
    }
}

/// Lets a decorator pass a value for the first parameter.
fn pass_first(closure: &mut Closure, value: Value) {
    if let Some(param) = closure.function.params.first() {
        closure.options.insert(param.name.clone(), value);
    }
}

/// The name of the command that click makes of a function.
fn command_name(function: &str) -> String {
    let name = function.to_lowercase().replace('_', "-");
    let ends = ["-command", "-cmd", "-group", "-grp"];
    ends.iter().find_map(|end| name.strip_suffix(end)).map_or(name.clone(), str::to_owned)
}
