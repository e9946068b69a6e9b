//! Runs: folding, joining, what a report adds.
//!
//! **Room:** tests of layer 1.

use super::*;
use proptest::prelude::*;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

/// `state from..to xpolls gap` with a period of 60.
fn show(runs: &[Run]) -> String {
    let one = |run: &Run| {
        let (from, to) = (run.from.as_millis(), run.to.as_millis());
        format!(
            "{} {from}..{to} x{} gap {}",
            run.state, run.polls, run.max_gap_ms
        )
    };
    runs.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn run(state: i64, from: i64, to: i64, (polls, max_gap_ms): (u64, u64)) -> Run {
    Run {
        state,
        from: at(from),
        to: at(to),
        polls,
        max_gap_ms,
        period_ms: 60,
    }
}

#[track_caller]
fn check(polls: &[(i64, i64)], expect: &str) {
    let polls: Vec<Poll> = polls
        .iter()
        .map(|(ms, state)| Poll {
            at: at(*ms),
            state: *state,
            period_ms: 60,
        })
        .collect();
    assert_eq!(show(&fold(&polls)), expect);
}

#[test]
fn polls_of_one_state_are_one_run_while_the_cadence_holds() {
    check(&[(0, 1), (60, 1), (120, 1)], "1 0..120 x3 gap 60");
    check(
        &[(0, 1), (60, 2), (120, 1)],
        "1 0..0 x1 gap 0; 2 60..60 x1 gap 0; 1 120..120 x1 gap 0",
    );
}

#[test]
fn a_gap_of_more_than_two_and_a_half_periods_ends_a_run() {
    check(&[(0, 1), (150, 1)], "1 0..150 x2 gap 150");
    check(&[(0, 1), (151, 1)], "1 0..0 x1 gap 0; 1 151..151 x1 gap 0");
}

#[test]
fn a_row_ends_with_its_day_and_a_reader_does_not_see_that() {
    let last = crate::day::DAY_MS - 30;
    let polls = [(last, 1), (last + 60, 1)];
    let rows: Vec<Run> = polls
        .iter()
        .map(|(ms, s)| run(*s, *ms, *ms, (1, 0)))
        .collect();
    assert_eq!(merge(&rows, &[]).len(), 1);
    check(
        &polls,
        &format!("1 {last}..{last} x1 gap 0; 1 {0}..{0} x1 gap 0", last + 60),
    );
}

#[test]
fn a_round_says_better_than_a_report() {
    let reported = [run(1, 0, 600, (11, 60))];
    let polled = [run(2, 300, 300, (1, 0))];
    let expect = "1 0..240 x4 gap 60; 2 300..300 x1 gap 0; 1 360..600 x4 gap 60";
    assert_eq!(show(&merge(&polled, &reported)), expect);
    let same = [run(1, 300, 360, (2, 60))];
    let expect = "1 0..600 x9 gap 60";
    assert_eq!(show(&merge(&same, &reported)), expect);
}

#[test]
fn a_report_that_is_known_adds_nothing() {
    let known = [run(1, 0, 600, (11, 60))];
    assert_eq!(show(&outside(run(1, 60, 120, (2, 60)), &known)), "");
    assert_eq!(
        show(&outside(run(2, 600, 900, (6, 60)), &known)),
        "2 660..900 x4 gap 60"
    );
}

proptest! {
    /// What is left of a report never covers an instant that is known better.
    #[test]
    fn the_parts_of_a_report_never_overlap_what_is_known(
        from in 0_i64..500, length in 0_i64..500, gap in 1_u64..100,
        holes in prop::collection::vec((0_i64..30, 0_i64..20), 0..6),
    ) {
        let mut start = 0;
        let mut known = Vec::new();
        for (skip, length) in holes {
            start += skip + 1;
            known.push(run(9, start, start + length, (2, 20)));
            start += length;
        }
        let whole = run(1, from, from + length, (5, gap));
        let parts = outside(whole, &known);
        for part in &parts {
            prop_assert!(part.from <= part.to && part.from >= whole.from && part.to <= whole.to);
            prop_assert!(known.iter().all(|hole| !hole.overlaps(part)), "{parts:?}");
        }
    }
}
