//! Civil days and stretches of them, with what is not known left open.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** turn an open end into a day.

use jiff::{Span, civil::Date};
use serde::Serialize;
use tw_model::{Day, PartialDate};

/// A day that is known only within bounds, both inclusive; an open end is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DateRange {
    /// The first day it can be.
    pub earliest: Option<Day>,
    /// The last day it can be.
    pub latest: Option<Day>,
}

impl DateRange {
    /// Both ends known.
    pub const fn closed(earliest: Date, latest: Date) -> Self {
        Self {
            earliest: Some(Day(earliest)),
            latest: Some(Day(latest)),
        }
    }

    /// What both allow. It can be empty: see [`DateRange::is_empty`].
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        let tighter = |a: Option<Day>, b: Option<Day>, pick: fn(Day, Day) -> Day| match (a, b) {
            (Some(a), Some(b)) => Some(pick(a, b)),
            (a, b) => a.or(b),
        };
        Self {
            earliest: tighter(self.earliest, other.earliest, Day::max),
            latest: tighter(self.latest, other.latest, Day::min),
        }
    }

    /// Whether no day is left: the evidence contradicts itself.
    pub fn is_empty(self) -> bool {
        matches!((self.earliest, self.latest), (Some(a), Some(b)) if a > b)
    }

    /// Each end moved by a function of the calendar.
    #[must_use]
    pub fn map(self, f: impl Fn(Date) -> Date) -> Self {
        Self {
            earliest: self.earliest.map(|d| Day(f(d.0))),
            latest: self.latest.map(|d| Day(f(d.0))),
        }
    }
}

impl From<PartialDate> for DateRange {
    fn from(date: PartialDate) -> Self {
        Self::closed(date.earliest(), date.latest())
    }
}

/// The day `months` calendar months later, clamped to the end of its month: 29 February 2020
/// and five years is 28 February 2025. Days beyond the calendar are its last.
pub fn add_months(day: Date, months: u16) -> Date {
    day.checked_add(Span::new().months(i32::from(months)))
        .unwrap_or(Date::MAX)
}

/// The day after.
pub(crate) fn next_day(day: Date) -> Date {
    day.tomorrow().unwrap_or(Date::MAX)
}
