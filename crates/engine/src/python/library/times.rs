//! What time it is, as far as anybody can tell: later than what is long past, and earlier than what is far away.
//!
//! No clock is asked. A program that compares today with a day of its own past has made up its mind.

use std::cmp::Ordering;

use super::super::ir::*;
use super::super::machine::{Eval, Machine};
use super::super::value::*;

/// Now, its year, and another time whose year is known.
const NOW: &str = "datetime.now";
const THIS_YEAR: &str = "datetime.now.year";
const MOMENT: &str = "datetime.moment";
const YEAR: Name = Name::new_static("year");

/// A year before these is past, and one from these on is not reached.
const PAST: i64 = 2020;
const FUTURE: i64 = 2100;

impl Machine<'_> {
    /// A call that gives a time or a day; `None` for any other path.
    pub(super) fn call_time(&mut self, path: &str, args: &Args, _spot: Spot) -> Option<Eval<Value>> {
        Some(Ok(match path {
            "datetime.datetime.now"
            | "datetime.datetime.utcnow"
            | "datetime.datetime.today"
            | "datetime.date.today"
            | "time.localtime"
            | "time.gmtime"
                if path.starts_with("datetime.") || args.positional.is_empty() =>
            {
                let year = self.keeping(THIS_YEAR, []);
                self.keeping(NOW, [(YEAR, year.clone()), (Name::new_static("tm_year"), year)])
            }
            "datetime.datetime" | "datetime.date" => {
                let year = args.find(Some(0), "year")?.0.clone();
                self.keeping(MOMENT, [(YEAR, year)])
            }
            _ => return None,
        }))
    }

    /// A method of one of these that gives another one; `None` for any other.
    pub(super) fn call_moment(&mut self, class: &str, receiver: &Value, method: &str) -> Option<Eval<Value>> {
        let is_same = matches!(class, NOW | MOMENT) && matches!(method, "date" | "astimezone" | "timetuple");
        is_same.then(|| Ok(receiver.clone()))
    }

    /// Which of two times or years comes first, where one of them is that of now.
    pub fn order_of_times(&self, a: &Value, b: &Value) -> Option<Ordering> {
        let now_and = |year: i64| match year {
            ..PAST => Some(Ordering::Greater),
            FUTURE.. => Some(Ordering::Less),
            _ => None,
        };
        match (self.year_of(a)?, self.year_of(b)?) {
            (None, Some(year)) => now_and(year),
            (Some(year), None) => now_and(year).map(Ordering::reverse),
            _ => None,
        }
    }

    /// The year of a time or a year, which is not known of now.
    fn year_of(&self, value: &Value) -> Option<Option<i64>> {
        match value.data {
            Data::Int(year) => Some(Some(year)),
            Data::Instance(id) => {
                let time = self.instance(id)?;
                match (time.class.as_library()?, time.attrs.get(&YEAR).map(|year| &year.data)) {
                    (NOW | THIS_YEAR, _) => Some(None),
                    (MOMENT, Some(Data::Int(year))) => Some(Some(*year)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
