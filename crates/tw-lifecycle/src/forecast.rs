//! What falls due in which quarter, and what replacing it costs.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** put what is not known into a
//! quarter, or take an unpriced asset for a free one.

use crate::{
    age::AgeVerdict,
    power::{Draw, DrawSum},
    range::DateRange,
};
use jiff::{Span, civil::Date};
use serde::Serialize;
use tw_model::Contract;
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
    /// What it usually draws, where its model says anything.
    pub draw: Option<Draw>,
    /// The rack units it fills; 0 for what stands in no rack.
    pub rack_u: u16,
}

/// When an asset falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DueIn {
    /// It is over already.
    Backlog,
    /// In this quarter or year, from 0 for the one with the day of the forecast.
    Period(u32),
    /// After the last one.
    Beyond,
    /// Its dates are too coarse for one.
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
    /// The power that is freed, in watts, of those whose draw is known.
    pub watts: u64,
    /// Of that, estimated from nameplates.
    pub watts_estimated: u64,
    /// How many in racks have no known draw.
    pub watts_unknown: u64,
    /// The rack units that are freed.
    pub rack_u: u64,
}

impl DueSum {
    /// Adds one.
    pub fn add(&mut self, due: &Due) {
        self.assets += 1;
        self.rack_u += u64::from(due.rack_u);
        let mut draw = DrawSum::default();
        draw.add(due.draw);
        self.watts += draw.watts;
        self.watts_estimated += draw.estimated_watts;
        self.watts_unknown += if due.rack_u > 0 { draw.unknown } else { 0 };
        match due.price {
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

/// In which quarter it falls due, seen from `as_of`. What is over is backlog; what is not
/// provable is never put into a quarter.
pub fn due_in(due: &Due, as_of: Date, quarters: u32) -> DueIn {
    due_in_periods(due, as_of, (3, quarters))
}

/// In which budget year it falls due; budget years are calendar years.
pub fn due_in_year(due: &Due, as_of: Date, years: u32) -> DueIn {
    due_in_periods(due, as_of, (12, years))
}

/// Periods are of whole calendar months and begin with that of January.
fn due_in_periods(due: &Due, as_of: Date, (months, count): (i32, u32)) -> DueIn {
    if due.verdict == AgeVerdict::Over {
        return DueIn::Backlog;
    }
    let (Some(earliest), Some(latest)) = (due.first_day_over.earliest, due.first_day_over.latest)
    else {
        return DueIn::Unknown;
    };
    let period = |day: Date| (i32::from(day.year()) * 12 + i32::from(day.month()) - 1) / months;
    let place = |day: Date| period(day) - period(as_of);
    let (first, last) = (place(earliest.0), place(latest.0));
    let beyond = i64::from(first) >= i64::from(count);
    match (u32::try_from(first), u32::try_from(last)) {
        _ if beyond => DueIn::Beyond,
        (Ok(first), Ok(last)) if first == last => DueIn::Period(first),
        _ => DueIn::Uncertain,
    }
}

/// What a contract costs in a calendar year: its yearly cost by the days on which it holds,
/// rounded down to a đồng. A contract without an end is taken to go on.
pub fn contract_cost_in_year(contract: &Contract, year: i16) -> Vnd {
    let (Ok(first), Ok(last)) = (Date::new(year, 1, 1), Date::new(year, 12, 31)) else {
        return Vnd(0);
    };
    let yearly = contract.yearly_vnd.map_or(0, |vnd| vnd.0);
    let from = contract.start.0.max(first);
    let to = contract.end.map_or(last, |end| end.0.min(last));
    let days = |from: Date, to: Date| (to - from).get_days() + 1;
    if to < from {
        return Vnd(0);
    }
    let share = i128::from(yearly) * i128::from(days(from, to)) / i128::from(days(first, last));
    Vnd(i64::try_from(share).unwrap_or(i64::MAX))
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
            draw: None,
            rack_u: 0,
        }
    }

    #[track_caller]
    fn check(from: Date, to: Date, expect: DueIn) {
        let due = due(AgeVerdict::Within, from, to);
        assert_eq!(due_in(&due, date(2026, 11, 22), 4), expect);
    }

    #[test]
    fn a_day_falls_into_its_calendar_quarter() {
        check(date(2026, 12, 31), date(2026, 12, 31), DueIn::Period(0));
        check(date(2027, 1, 1), date(2027, 3, 31), DueIn::Period(1));
        check(date(2027, 9, 30), date(2027, 9, 30), DueIn::Period(3));
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
    fn a_day_falls_into_its_calendar_year_and_what_spans_two_is_uncertain() {
        let as_of = date(2026, 11, 22);
        let check = |from: Date, to: Date, expect: DueIn| {
            let due = due(AgeVerdict::Within, from, to);
            assert_eq!(due_in_year(&due, as_of, 5), expect, "{from} {to}");
        };
        check(date(2026, 12, 31), date(2026, 12, 31), DueIn::Period(0));
        check(date(2027, 1, 1), date(2027, 12, 31), DueIn::Period(1));
        check(date(2030, 12, 31), date(2030, 12, 31), DueIn::Period(4));
        check(date(2031, 1, 1), date(2031, 1, 1), DueIn::Beyond);
        check(date(2027, 12, 31), date(2028, 1, 1), DueIn::Uncertain);
    }

    #[test]
    fn a_contract_costs_by_the_days_on_which_it_holds() {
        let contract = |start: &str, end: Option<&str>| Contract {
            id: "C-1".parse().unwrap(),
            kind: tw_model::ContractKind::Support,
            name: tw_model::Name {
                en: "Support".to_owned(),
                vi: None,
            },
            supplier: "S".to_owned(),
            start: start.parse().unwrap(),
            end: end.map(|end| end.parse().unwrap()),
            sla: None,
            yearly_vnd: Some(Vnd(36_500_000)),
            unit: None,
            assets: Vec::new(),
        };
        let cost = |start, end, year| contract_cost_in_year(&contract(start, end), year).0;
        assert_eq!(cost("2026-01-01", Some("2026-12-31"), 2026), 36_500_000);
        assert_eq!(cost("2026-01-01", Some("2026-12-31"), 2027), 0);
        assert_eq!(cost("2025-01-01", None, 2030), 36_500_000);
        assert_eq!(cost("2026-12-31", Some("2027-01-10"), 2026), 100_000);
        assert_eq!(cost("2026-12-31", Some("2027-01-10"), 2027), 1_000_000);
        assert_eq!(cost("2027-01-01", None, 2026), 0);
        let free = Contract {
            yearly_vnd: None,
            ..contract("2026-01-01", None)
        };
        assert_eq!(contract_cost_in_year(&free, 2026), Vnd(0));
    }

    #[test]
    fn what_is_freed_is_summed_and_an_unknown_draw_is_counted() {
        let mut sum = DueSum::default();
        let one = due(AgeVerdict::Over, date(2020, 1, 1), date(2020, 1, 1));
        sum.add(&Due {
            draw: Some(Draw {
                watts: 350,
                estimated: true,
            }),
            rack_u: 2,
            price: PriceBasis::Listed(Vnd(7)),
            ..one
        });
        sum.add(&Due {
            rack_u: 1,
            price: PriceBasis::Paid(Vnd(5)),
            ..one
        });
        sum.add(&one);
        let expect = DueSum {
            assets: 3,
            listed_vnd: 7,
            paid_vnd: 5,
            unpriced: 1,
            watts: 350,
            watts_estimated: 350,
            watts_unknown: 1,
            rack_u: 3,
        };
        assert_eq!(sum, expect);
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
