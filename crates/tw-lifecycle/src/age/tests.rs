use super::*;
use crate::asset_age::DEFAULT_BASIS;
use proptest::prelude::*;
use tw_model::PartialDate;

fn partial(text: &str) -> DateRange {
    text.parse::<PartialDate>().unwrap().into()
}

fn fact(kind: DateKind, text: &str) -> DatedFact {
    DatedFact {
        kind,
        when: partial(text),
        source: None,
    }
}

fn not_before(text: &str) -> Bound {
    let when = DateRange {
        latest: None,
        ..partial(text)
    };
    Bound { when, source: None }
}

fn not_after(text: &str) -> Bound {
    let when = DateRange {
        earliest: None,
        ..partial(text)
    };
    Bound { when, source: None }
}

fn ask(as_of: &str, dates: &[DatedFact], bounds: &[Bound]) -> AgeAnswer {
    judge(&AgeQuestion {
        as_of: as_of.parse().unwrap(),
        max_age: Months(60),
        basis: DEFAULT_BASIS,
        dates,
        bounds,
    })
}

#[track_caller]
fn check(as_of: &str, dates: &[DatedFact], bounds: &[Bound], expect: AgeVerdict) {
    let got = ask(as_of, dates, bounds);
    assert_eq!(got.verdict, expect, "{got:?}");
}

use AgeVerdict::{Conflict, Over, Uncertain, Unknown, Within};
use DateKind::{Accepted, FirstInService, Manufactured, Purchased, Received};

/// The table of the rule: basis, anniversary, first day over.
#[test]
fn the_anniversary_is_still_compliant_and_month_ends_are_clamped() {
    for (basis, due, first_over) in [
        ("2020-02-28", "2025-02-28", "2025-03-01"),
        ("2020-02-29", "2025-02-28", "2025-03-01"),
        ("2020-03-01", "2025-03-01", "2025-03-02"),
        ("2019-12-31", "2024-12-31", "2025-01-01"),
    ] {
        let dates = [fact(FirstInService, basis)];
        let got = ask(due, &dates, &[]);
        assert_eq!(got.verdict, Within, "{basis} on its anniversary");
        assert_eq!(got.due, partial(due), "{basis}");
        assert_eq!(got.first_day_over, partial(first_over), "{basis}");
        check(first_over, &dates, &[], Over);
    }
}

#[test]
fn the_first_date_of_the_policy_counts() {
    let dates = [fact(Purchased, "2015-01-01"), fact(Accepted, "2020-01-01")];
    let got = ask("2024-06-01", &dates, &[]);
    assert_eq!(got.verdict, Within);
    assert_eq!(got.basis.unwrap().kind, Some(Accepted));
}

#[test]
fn an_imprecise_date_is_a_fact_only_when_every_day_of_it_says_so() {
    let year = [fact(Purchased, "2019")];
    check("2023-12-31", &year, &[], Within);
    check("2024-01-01", &year, &[], Within);
    check("2024-01-02", &year, &[], Uncertain);
    check("2024-12-31", &year, &[], Uncertain);
    check("2025-01-01", &year, &[], Over);
    let quarter = [fact(Purchased, "2019-Q2")];
    check("2024-04-01", &quarter, &[], Within);
    check("2024-06-30", &quarter, &[], Uncertain);
    check("2024-07-01", &quarter, &[], Over);
    let month = [fact(Purchased, "2019-06")];
    check("2024-06-02", &month, &[], Uncertain);
    check("2024-07-01", &month, &[], Over);
}

#[test]
fn a_bound_proves_one_side_only() {
    // First seen long ago: certainly too old; it never proves that something is young.
    check("2026-01-01", &[], &[not_after("2015-05-05")], Over);
    check("2019-01-01", &[], &[not_after("2015-05-05")], Unknown);
    // Released lately: certainly young; it never proves that something is old.
    check("2026-01-01", &[], &[not_before("2024")], Within);
    check("2040-01-01", &[], &[not_before("2024")], Unknown);
    let both = [not_before("2018"), not_after("2020")];
    check("2024-06-01", &[], &both, Uncertain);
}

#[test]
fn evidence_narrows_the_date_that_counts() {
    let year = fact(FirstInService, "2019");
    check("2024-06-01", std::slice::from_ref(&year), &[], Uncertain);
    check(
        "2024-06-01",
        std::slice::from_ref(&year),
        &[not_after("2019-05-31")],
        Over,
    );
    check(
        "2024-06-01",
        &[year.clone(), fact(Manufactured, "2019-06-03")],
        &[],
        Within,
    );
    let twice = [year, fact(FirstInService, "2019-08")];
    check("2024-06-01", &twice, &[], Within);
}

#[test]
fn evidence_that_contradicts_is_a_conflict() {
    let dates = [
        fact(FirstInService, "2019-06"),
        fact(Manufactured, "2019-09-01"),
    ];
    check("2026-01-01", &dates, &[], Conflict);
    check(
        "2026-01-01",
        &[fact(Purchased, "2019")],
        &[not_before("2020")],
        Conflict,
    );
    let twice = [fact(Purchased, "2018"), fact(Purchased, "2019")];
    check("2026-01-01", &twice, &[], Conflict);
    let bounds = [not_before("2020"), not_after("2019")];
    check("2026-01-01", &[], &bounds, Conflict);
    // Delivered before it was paid for contradicts nothing.
    let usual = [fact(Purchased, "2019-09-01"), fact(Received, "2019-08-01")];
    check("2026-01-01", &usual, &[], Over);
}

// One test for each defect that was read in other products' source.

#[test]
fn no_date_is_unknown_never_supported_and_never_expired() {
    let got = ask("2026-01-01", &[], &[]);
    assert_eq!(got.verdict, Unknown);
    assert_eq!(got.basis, None);
    assert_eq!(got.due, DateRange::default());
}

#[test]
fn a_corrected_date_gives_a_new_due_date_because_none_is_stored() {
    let wrong = ask("2026-01-01", &[fact(Purchased, "2024-01-01")], &[]);
    let right = ask("2026-01-01", &[fact(Purchased, "2014-01-01")], &[]);
    assert_eq!((wrong.verdict, right.verdict), (Within, Over));
    assert_eq!(right.due, partial("2019-01-01"));
}

#[test]
fn the_first_day_of_the_epoch_is_an_unknown_date() {
    for text in ["1970-01-01", "1900-01-01"] {
        let dates = [fact(Manufactured, text)];
        check("2026-01-01", &dates, &[], Unknown);
        let with_other = [fact(Manufactured, text), fact(Purchased, "2024-01-01")];
        check("2026-01-01", &with_other, &[], Within);
    }
    // The year 1970, written as such, is a claim.
    check("2026-01-01", &[fact(Manufactured, "1970")], &[], Over);
}

#[test]
fn leap_days_do_not_flag_before_the_anniversary() {
    // 1,826 days are five years only between leap days; age / 365 flags too early.
    check("2025-06-15", &[fact(Purchased, "2020-06-15")], &[], Within);
    check("2024-06-15", &[fact(Purchased, "2019-06-15")], &[], Within);
}

#[test]
fn a_month_end_has_one_answer() {
    let months = |day: &str, months| add_months(day.parse().unwrap(), months).to_string();
    assert_eq!(months("2020-08-31", 6), "2021-02-28");
    assert_eq!(months("2020-02-29", 48), "2024-02-29");
    assert_eq!(months("2020-02-29", 60), "2025-02-28");
}

fn day() -> impl Strategy<Value = Date> {
    (2000_i16..2030, 1_i8..13, 1_i8..29).prop_map(|(y, m, d)| jiff::civil::date(y, m, d))
}

fn range() -> impl Strategy<Value = DateRange> {
    (day(), day(), 0_u8..4).prop_map(|(a, b, open)| {
        let closed = DateRange::closed(a.min(b), a.max(b));
        match open {
            0 => DateRange {
                earliest: None,
                ..closed
            },
            1 => DateRange {
                latest: None,
                ..closed
            },
            _ => closed,
        }
    })
}

fn at(as_of: Date, when: DateRange, narrower: Option<DateRange>) -> AgeVerdict {
    let dates = [DatedFact {
        kind: Purchased,
        when,
        source: None,
    }];
    let bounds: Vec<Bound> = narrower
        .map(|when| Bound { when, source: None })
        .into_iter()
        .collect();
    judge(&AgeQuestion {
        as_of,
        max_age: Months(60),
        basis: DEFAULT_BASIS,
        dates: &dates,
        bounds: &bounds,
    })
    .verdict
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, ..ProptestConfig::default() })]

    #[test]
    fn narrowing_never_turns_a_fact_into_its_opposite(as_of in day(), when in range(), narrower in range()) {
        let (before, after) = (at(as_of, when, None), at(as_of, when, Some(narrower)));
        match before {
            Over => prop_assert!(matches!(after, Over | Conflict)),
            Within => prop_assert!(matches!(after, Within | Conflict)),
            _ => {}
        }
    }

    #[test]
    fn over_never_goes_back_with_time(a in day(), b in day(), when in range()) {
        let (first, then) = (at(a.min(b), when, None), at(a.max(b), when, None));
        if first == Over {
            prop_assert_eq!(then, Over);
        }
        if then == Within {
            prop_assert_eq!(first, Within);
        }
    }

    #[test]
    fn the_order_of_the_evidence_does_not_matter(as_of in day(), ranges in proptest::collection::vec(range(), 1..5)) {
        let bounds: Vec<Bound> = ranges.iter().map(|when| Bound { when: *when, source: None }).collect();
        let turned: Vec<Bound> = bounds.iter().rev().cloned().collect();
        let ask = |bounds: &[Bound]| judge(&AgeQuestion { as_of, max_age: Months(60), basis: DEFAULT_BASIS, dates: &[], bounds });
        let (one, other) = (ask(&bounds), ask(&turned));
        prop_assert_eq!(one.verdict, other.verdict);
        prop_assert_eq!(one.due, other.due);
    }
}
