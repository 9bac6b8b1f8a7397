//! Other frameworks whose traceback pages are switched by an argument of a call, or by an attribute of an application.
//!
//! Which these are, [`super::super::catalogue`] says.

use super::super::catalogue::{SWITCHED, SWITCHES};
use super::super::launch::{How, Launch, as_argument};
use super::super::machine::Machine;
use super::super::value::*;

impl Machine<'_> {
    /// Notes the switches among the arguments of a call; what it makes, if that has a switch of its own.
    pub(super) fn switched(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let is_object = is_switched(path);
        self.switch_by(path, args, spot, is_object.then_some(spot));
        let object = is_object.then(|| self.keeping(path, []))?;
        if let Data::Instance(id) = object.data {
            self.made.insert(id, spot);
        }
        Some(object)
    }

    /// The same for an object of a class that inherits from one of a framework.
    pub(super) fn switched_below(&mut self, path: &str, id: Id, args: &Args, spot: Spot) {
        let made = is_switched(path).then(|| *self.made.entry(id).or_insert(spot));
        self.switch_by(path, args, spot, made);
    }

    fn switch_by(&mut self, path: &str, args: &Args, spot: Spot, app: Option<Spot>) {
        for row in SWITCHES.iter().filter(|row| row.path == path) {
            if let Some((value, at)) = args.find(row.position, row.parameter) {
                let value = as_argument(value, at);
                self.framework_switch(row.framework, value, spot, app);
            }
        }
    }

    /// `app.debug = value`: what was said before, or where it was made, does not count any more.
    pub fn tell_framework(&mut self, id: Id, class: &Value, value: &Value, spot: Spot) {
        let row = self
            .ancestors(class)
            .into_iter()
            .find_map(|ancestor| SWITCHED.iter().find(|(class, _)| ancestor.as_library() == Some(*class)));
        let Some((_, framework)) = row else { return };
        let made = *self.made.entry(id).or_insert(spot);
        if self.maybe == 0 {
            self.launches.retain(|launch| launch.how != How::Framework(framework) || launch.app != Some(made));
        }
        self.framework_switch(framework, value.clone().via(Means::Attribute, spot), spot, Some(made));
    }

    fn framework_switch(&mut self, framework: &'static str, value: Value, spot: Spot, app: Option<Spot>) {
        let on = self.truth(&value);
        let launch = self.launch(spot, How::Framework(framework), value, on);
        self.launches.push(Launch { app, ..launch });
    }
}

/// Whether objects of a class have a switch of their own.
fn is_switched(path: &str) -> bool {
    SWITCHED.iter().any(|(class, _)| *class == path)
}
