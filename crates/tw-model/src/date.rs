//! Dates as people know them: a day, or only a month, a quarter or a year.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** read a clock.

use jiff::civil::{Date, ISOWeekDate, Weekday};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Years outside are slips of the fingers, not dates of equipment.
const YEAR_MIN: i16 = 1900;
const YEAR_MAX: i16 = 2200;

/// What a date may look like; part of every message about a bad one.
const FORMS: &str = "2019, 2019-Q2, 2019-06, 2019-W23 or 2019-06-03";

/// A text that is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Not in one of the forms.
    #[error("{text:?} is no date; write {FORMS}")]
    Form {
        /// What was read.
        text: String,
    },
    /// In a good form, but the calendar has no such day, week, quarter or month.
    #[error("the calendar has no {text}; write {FORMS}")]
    Calendar {
        /// What was read.
        text: String,
    },
    /// The year is not between 1900 and 2200.
    #[error("the year of {text} is not between {YEAR_MIN} and {YEAR_MAX}")]
    Year {
        /// What was read.
        text: String,
    },
}

/// How precisely a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// To the day.
    Day,
    /// To the ISO week (Monday to Sunday).
    Week,
    /// To the month.
    Month,
    /// To the quarter of the calendar year.
    Quarter,
    /// To the year.
    Year,
}

/// A civil date, known to some precision: it means every day from [`Self::earliest`] to
/// [`Self::latest`]. In text `2019`, `2019-Q2`, `2019-06`, `2019-W23` or `2019-06-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    earliest: Date,
    latest: Date,
    precision: Precision,
}

impl PartialDate {
    /// A date known to the day.
    pub const fn day(day: Date) -> Self {
        Self {
            earliest: day,
            latest: day,
            precision: Precision::Day,
        }
    }

    /// The first day it can be.
    pub const fn earliest(self) -> Date {
        self.earliest
    }

    /// The last day it can be.
    pub const fn latest(self) -> Date {
        self.latest
    }

    /// How precisely it is known.
    pub const fn precision(self) -> Precision {
        self.precision
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let parts = Parts::read(text).ok_or_else(|| DateError::Form {
            text: text.to_owned(),
        })?;
        if !(YEAR_MIN..=YEAR_MAX).contains(&parts.year) {
            return Err(DateError::Year {
                text: text.to_owned(),
            });
        }
        parts.span().ok_or_else(|| DateError::Calendar {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.earliest.year(), self.earliest.month());
        match self.precision {
            Precision::Day => write!(f, "{}", self.earliest),
            Precision::Week => {
                let week = self.earliest.iso_week_date();
                write!(f, "{}-W{:02}", week.year(), week.week())
            }
            Precision::Month => write!(f, "{year}-{month:02}"),
            Precision::Quarter => write!(f, "{year}-Q{}", (month + 2) / 3),
            Precision::Year => write!(f, "{year}"),
        }
    }
}

impl TryFrom<String> for PartialDate {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

/// A civil day in text `2018-07-01`; a less precise date is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub Date);

impl FromStr for Day {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        let date: PartialDate = text.parse()?;
        match date.precision {
            Precision::Day => Ok(Self(date.earliest)),
            _ => Err(DateError::Form {
                text: text.to_owned(),
            }),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl TryFrom<String> for Day {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// The numbers of a date's text.
struct Parts {
    year: i16,
    rest: Rest,
}

enum Rest {
    Year,
    Quarter(i8),
    Week(i8),
    Month(i8),
    Day(i8, i8),
}

impl Parts {
    fn read(text: &str) -> Option<Self> {
        let (year, rest) = match text.split_once('-') {
            Some((year, rest)) => (year, Some(rest)),
            None => (text, None),
        };
        let year = digits::<i16>(year, 4)?;
        let rest = match rest {
            None => Rest::Year,
            Some(rest) => Rest::read(rest)?,
        };
        Some(Self { year, rest })
    }

    fn span(&self) -> Option<PartialDate> {
        let year = self.year;
        let months = |first: i8, last: i8, precision| {
            let earliest = Date::new(year, first, 1).ok()?;
            let latest = Date::new(year, last, 1).ok()?.last_of_month();
            Some(PartialDate {
                earliest,
                latest,
                precision,
            })
        };
        match self.rest {
            Rest::Year => months(1, 12, Precision::Year),
            Rest::Quarter(q @ 1..=4) => months(q * 3 - 2, q * 3, Precision::Quarter),
            Rest::Quarter(_) => None,
            Rest::Month(month) => months(month, month, Precision::Month),
            Rest::Day(month, day) => Date::new(year, month, day).ok().map(PartialDate::day),
            Rest::Week(week) => {
                let day = |weekday| {
                    ISOWeekDate::new(year, week, weekday)
                        .ok()
                        .map(ISOWeekDate::date)
                };
                Some(PartialDate {
                    earliest: day(Weekday::Monday)?,
                    latest: day(Weekday::Sunday)?,
                    precision: Precision::Week,
                })
            }
        }
    }
}

impl Rest {
    fn read(rest: &str) -> Option<Self> {
        if let Some(quarter) = rest.strip_prefix('Q') {
            return digits(quarter, 1).map(Self::Quarter);
        }
        if let Some(week) = rest.strip_prefix('W') {
            return digits(week, 2).map(Self::Week);
        }
        match rest.split_once('-') {
            None => digits(rest, 2).map(Self::Month),
            Some((month, day)) => Some(Self::Day(digits(month, 2)?, digits(day, 2)?)),
        }
    }
}

/// A number of exactly `length` ASCII digits.
fn digits<T: FromStr>(text: &str, length: usize) -> Option<T> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let shown = match text.parse::<PartialDate>() {
            Ok(date) => format!(
                "{}..{} {:?}",
                date.earliest(),
                date.latest(),
                date.precision()
            ),
            Err(cause) => cause.to_string(),
        };
        assert_eq!(shown, expect, "{text:?}");
    }

    #[test]
    fn a_date_means_every_day_of_its_precision() {
        check("2019", "2019-01-01..2019-12-31 Year");
        check("2019-Q2", "2019-04-01..2019-06-30 Quarter");
        check("2020-02", "2020-02-01..2020-02-29 Month");
        check("2020-W53", "2020-12-28..2021-01-03 Week");
        check("2020-02-29", "2020-02-29..2020-02-29 Day");
    }

    #[test]
    fn what_is_no_date_is_refused_with_the_forms() {
        let forms = "write 2019, 2019-Q2, 2019-06, 2019-W23 or 2019-06-03";
        check(
            "2019-02-30",
            &format!("the calendar has no 2019-02-30; {forms}"),
        );
        check("2019-13", &format!("the calendar has no 2019-13; {forms}"));
        check("2019-Q5", &format!("the calendar has no 2019-Q5; {forms}"));
        check(
            "2019-W53",
            &format!("the calendar has no 2019-W53; {forms}"),
        );
        for text in [
            "",
            "19",
            "03/06/2019",
            "2019-6",
            "2019-06-03T00:00",
            "2019-٠٦",
        ] {
            check(text, &format!("{text:?} is no date; {forms}"));
        }
        check(
            "0219-06-03",
            "the year of 0219-06-03 is not between 1900 and 2200",
        );
    }

    #[test]
    fn a_day_must_be_a_day() {
        assert!("2018-07".parse::<Day>().is_err());
        assert_eq!(
            "2018-07-01".parse::<Day>().unwrap().to_string(),
            "2018-07-01"
        );
    }

    proptest! {
        #[test]
        fn text_gives_the_date_back(year in 1901_i16..2200, rest in 0_u32..432) {
            let text = match rest {
                0 => format!("{year}"),
                1..=4 => format!("{year}-Q{rest}"),
                5..=16 => format!("{year}-{:02}", rest - 4),
                17..=68 => format!("{year}-W{:02}", rest - 16),
                _ => format!("{year}-{:02}-{:02}", (rest - 69) / 31 + 1, (rest - 69) % 31 + 1),
            };
            if let Ok(date) = text.parse::<PartialDate>() {
                prop_assert_eq!(date.to_string(), text);
                prop_assert!(date.earliest() <= date.latest());
            }
        }
    }
}
