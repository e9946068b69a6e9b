//! What falls due in which quarter, and what replacing it costs.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** put what is not known into a
//! quarter, or take an unpriced asset for a free one.

use crate::{age::AgeVerdict, range::DateRange};
use jiff::{Span, civil::Date};
use serde::Serialize;
use tw_units::Vnd;

/// The most quarters that are looked ahead.
pub const FORECAST_QUARTERS_MAX: u32 = 40;

/// Where the price of a replacement is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceBasis {
    /// The price list.
    Listed(Vnd),
    /// What was paid for the old one: not repriced.
    Paid(Vnd),
    /// Nobody knows.
    Unpriced,
}

/// One asset in scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its verdict today.
    pub verdict: AgeVerdict,
    /// The first day on which it is over.
    pub first_day_over: DateRange,
    /// What replacing it costs.
    pub price: PriceBasis,
}

/// When an asset falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DueIn {
    /// It is over already.
    Backlog,
    /// In this quarter, from 0 for the one with the day of the forecast.
    Quarter(u32),
    /// After the last quarter.
    Beyond,
    /// Its dates are too coarse for a quarter.
    Uncertain,
    /// Its dates do not say, or contradict each other.
    Unknown,
}

/// How many fall due, and what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DueSum {
    /// How many.
    pub assets: u64,
    /// By the price list, in VND.
    pub listed_vnd: i64,
    /// By what was paid for the old ones, in VND.
    pub paid_vnd: i64,
    /// How many have no price at all.
    pub unpriced: u64,
}

impl DueSum {
    /// Adds one.
    pub fn add(&mut self, price: PriceBasis) {
        self.assets += 1;
        match price {
            PriceBasis::Listed(vnd) => self.listed_vnd += vnd.0,
            PriceBasis::Paid(vnd) => self.paid_vnd += vnd.0,
            PriceBasis::Unpriced => self.unpriced += 1,
        }
    }
}

/// The first day of the calendar quarter of a day.
pub fn quarter_start(day: Date) -> Date {
    let month = (day.month() - 1) / 3 * 3 + 1;
    Date::new(day.year(), month, 1).unwrap_or(day)
}

/// The first days of the next `count` quarters, that of the day first.
pub fn quarter_starts(day: Date, count: u32) -> Vec<Date> {
    let first = quarter_start(day);
    (0..count.min(FORECAST_QUARTERS_MAX))
        .filter_map(|n| first.checked_add(Span::new().months(i64::from(n) * 3)).ok())
        .collect()
}

/// When it falls due, seen from `as_of`. What is over is backlog; what is not provable is never
/// put into a quarter.
pub fn due_in(due: &Due, as_of: Date, quarters: u32) -> DueIn {
    if due.verdict == AgeVerdict::Over {
        return DueIn::Backlog;
    }
    let (Some(earliest), Some(latest)) = (due.first_day_over.earliest, due.first_day_over.latest)
    else {
        return DueIn::Unknown;
    };
    let place = |day: Date| {
        let first = quarter_start(as_of);
        let months = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month()) - 1;
        (months(quarter_start(day)) - months(first)) / 3
    };
    let (first, last) = (place(earliest.0), place(latest.0));
    let beyond = i64::from(first) >= i64::from(quarters);
    match (u32::try_from(first), u32::try_from(last)) {
        _ if beyond => DueIn::Beyond,
        (Ok(first), Ok(last)) if first == last => DueIn::Quarter(first),
        _ => DueIn::Uncertain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn due(verdict: AgeVerdict, from: Date, to: Date) -> Due {
        Due {
            verdict,
            first_day_over: DateRange::closed(from, to),
            price: PriceBasis::Unpriced,
        }
    }

    #[track_caller]
    fn check(from: Date, to: Date, expect: DueIn) {
        let due = due(AgeVerdict::Within, from, to);
        assert_eq!(due_in(&due, date(2026, 11, 22), 4), expect);
    }

    #[test]
    fn a_day_falls_into_its_calendar_quarter() {
        check(date(2026, 12, 31), date(2026, 12, 31), DueIn::Quarter(0));
        check(date(2027, 1, 1), date(2027, 3, 31), DueIn::Quarter(1));
        check(date(2027, 9, 30), date(2027, 9, 30), DueIn::Quarter(3));
        check(date(2027, 10, 1), date(2027, 12, 31), DueIn::Beyond);
        check(date(2027, 3, 31), date(2027, 4, 1), DueIn::Uncertain);
        let open = Due {
            first_day_over: DateRange::default(),
            ..due(AgeVerdict::Unknown, date(2027, 1, 1), date(2027, 1, 1))
        };
        assert_eq!(due_in(&open, date(2026, 11, 22), 4), DueIn::Unknown);
        let over = due(AgeVerdict::Over, date(2020, 1, 1), date(2021, 1, 1));
        assert_eq!(due_in(&over, date(2026, 11, 22), 4), DueIn::Backlog);
    }

    #[test]
    fn quarters_begin_with_the_one_of_the_day() {
        let starts = quarter_starts(date(2026, 11, 22), 3);
        assert_eq!(
            starts,
            [date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1)]
        );
    }

    proptest! {
        /// Looking further ahead only moves assets out of `beyond`.
        #[test]
        fn more_quarters_never_move_an_asset_that_has_one(
            days in 0_i32..4_000, width in 0_i32..200, quarters in 1_u32..12,
        ) {
            let from = date(2026, 11, 22).checked_add(Span::new().days(days)).unwrap();
            let to = from.checked_add(Span::new().days(width)).unwrap();
            let asset = due(AgeVerdict::Within, from, to);
            let near = due_in(&asset, date(2026, 11, 22), quarters);
            let far = due_in(&asset, date(2026, 11, 22), quarters + 5);
            prop_assert!(near == far || near == DueIn::Beyond, "{near:?} {far:?}");
        }
    }
}
