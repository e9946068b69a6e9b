//! What must hold for every evidence: sums, bounds, order, splits.
//!
//! **Room:** tests of `tw-availability`.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends at the first surprise and says so"
)]

use proptest::prelude::*;
use std::collections::BTreeMap;
use tw_availability::{
    Mark, PollRun, State, Structure, Timeline, service_timeline, tally, timeline_of_runs,
};
use tw_units::{Interval, Timestamp};

const PERIOD_MS: i64 = 60_000;
const END_MS: i64 = 24 * PERIOD_MS;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn whole() -> Interval {
    Interval::new(at(0), at(END_MS)).unwrap()
}

fn single(ms: i64, state: State) -> PollRun {
    PollRun {
        from: at(ms),
        to: at(ms),
        state,
        polls: 1,
        max_gap_ms: 0,
        period_ms: 60_000,
    }
}

fn state() -> impl Strategy<Value = Option<State>> {
    prop_oneof![
        6 => Just(Some(State::Up)),
        3 => Just(Some(State::Down)),
        1 => Just(Some(State::Unknown)),
        2 => Just(None),
    ]
}

/// Polls about once a period; `None` is a poll that is missing.
fn polls() -> impl Strategy<Value = Vec<PollRun>> {
    proptest::collection::vec((state(), -9_000_i64..9_000), 25).prop_map(|list| {
        list.into_iter()
            .zip(0_i64..)
            .filter_map(|((state, jitter), i)| Some(single(i * PERIOD_MS + jitter, state?)))
            .collect()
    })
}

fn structure(names: &'static [&'static str]) -> impl Strategy<Value = Structure> {
    let leaf = prop::sample::select(names).prop_map(|n| Structure::Subject(n.to_owned()));
    leaf.prop_recursive(3, 12, 4, |inner| {
        let parts = proptest::collection::vec(inner, 1..4);
        (parts, 0_usize..8).prop_map(|(of, pick)| match pick {
            0..=2 => Structure::Any { any: of },
            3..=5 => Structure::All { all: of },
            _ => Structure::AtLeast {
                at_least: 1 + pick % of.len(),
                of,
            },
        })
    })
}

const NAMES: &[&str] = &["a", "b", "c", "d"];

fn parts() -> impl Strategy<Value = BTreeMap<String, Vec<PollRun>>> {
    proptest::collection::vec(polls(), NAMES.len())
        .prop_map(|lines| NAMES.iter().map(|n| (*n).to_owned()).zip(lines).collect())
}

fn timelines(parts: &BTreeMap<String, Vec<PollRun>>) -> BTreeMap<String, Timeline> {
    parts
        .iter()
        .map(|(n, runs)| (n.clone(), timeline_of_runs(runs, None)))
        .collect()
}

/// The slow and obvious way: the structure at one instant, under one reading.
fn brute(structure: &Structure, mark: &impl Fn(&str) -> State) -> State {
    if let Structure::Subject(name) = structure {
        return mark(name);
    }
    let states: Vec<State> = structure.parts().iter().map(|p| brute(p, mark)).collect();
    let up = states.iter().filter(|s| **s == State::Up).count();
    let possible = states.iter().filter(|s| **s != State::Down).count();
    if up >= structure.needed() {
        State::Up
    } else if possible < structure.needed() {
        State::Down
    } else {
        State::Unknown
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn parts_sum_to_the_period_and_bounds_are_in_order(runs in polls(), from in 0..END_MS, length in 1..END_MS) {
        let line = timeline_of_runs(&runs, None);
        let parts = BTreeMap::from([("s".to_owned(), line)]);
        let service = service_timeline(&Structure::Subject("s".to_owned()), &parts).unwrap();
        let within = Interval::new(at(from), at(from + length)).unwrap();
        let t = tally(&service, within);
        prop_assert_eq!(t.period_ms(), length);
        prop_assert!(t.lower_ms() <= t.point_ms() && t.point_ms() <= t.upper_ms());
        prop_assert!(t.worst_ms() <= length);
    }

    #[test]
    fn splitting_a_window_anywhere_gives_the_same_sums(runs in polls(), cut in 1..END_MS) {
        let parts = BTreeMap::from([("s".to_owned(), timeline_of_runs(&runs, None))]);
        let service = service_timeline(&Structure::Subject("s".to_owned()), &parts).unwrap();
        let all = tally(&service, whole());
        let left = tally(&service, Interval::new(at(0), at(cut)).unwrap());
        let right = tally(&service, Interval::new(at(cut), at(END_MS)).unwrap());
        prop_assert_eq!(left.lower_ms() + right.lower_ms(), all.lower_ms());
        prop_assert_eq!(left.point_ms() + right.point_ms(), all.point_ms());
        prop_assert_eq!(left.upper_ms() + right.upper_ms(), all.upper_ms());
        prop_assert_eq!(left.unknown_ms + right.unknown_ms, all.unknown_ms);
    }

    #[test]
    fn any_order_of_arrival_gives_the_same_result(runs in polls().prop_shuffle()) {
        let mut sorted = runs.clone();
        sorted.sort_unstable();
        prop_assert_eq!(timeline_of_runs(&runs, None), timeline_of_runs(&sorted, None));
    }

    #[test]
    fn filling_a_gap_never_widens_the_bounds(runs in polls(), first in 3_usize..14, missing in 3_usize..9, fill in proptest::collection::vec(state(), 9)) {
        // A hole that is surely unknown, and polls that arrive late inside it.
        let hole = at(i64::try_from(first).unwrap() * PERIOD_MS + 30_000);
        let hole_end = hole.plus_millis(i64::try_from(missing).unwrap() * PERIOD_MS);
        let holed: Vec<PollRun> = runs.iter().copied().filter(|r| r.to <= hole || r.from >= hole_end).collect();
        let fill = fill.iter().take(missing).zip(0_i64..).filter_map(|(s, i)| {
            Some(single(hole.as_millis() + i * PERIOD_MS + 30_000, (*s)?))
        });
        let filled: Vec<PollRun> = holed.iter().copied().chain(fill).collect();
        let measure = |runs: &[PollRun]| {
            let parts = BTreeMap::from([("s".to_owned(), timeline_of_runs(runs, Some(150_000)))]);
            let service = service_timeline(&Structure::Subject("s".to_owned()), &parts).unwrap();
            tally(&service, whole())
        };
        let (before, after) = (measure(&holed), measure(&filled));
        prop_assert!(after.lower_ms() >= before.lower_ms());
        prop_assert!(after.worst_ms() <= before.worst_ms());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_sweep_equals_brute_force_at_every_instant(parts in parts(), structure in structure(NAMES)) {
        let lines = timelines(&parts);
        let service = service_timeline(&structure, &lines).unwrap();
        let cuts = lines.values().flat_map(|l| l.steps().iter().map(|s| s.at));
        for cut in cuts.flat_map(|c| [c.plus_millis(-1), c]) {
            let read = |how: fn(Mark) -> State| brute(&structure, &|n: &str| how(lines[n].at(cut)));
            let expect = Mark::from_readings(
                read(Mark::with_edges_up),
                read(Mark::at_the_middle),
                read(Mark::with_edges_down),
            );
            let step = service.steps.partition_point(|s| s.at <= cut);
            let got = step.checked_sub(1).map_or(Mark::Unknown, |i| service.steps[i].mark);
            prop_assert_eq!(got, expect, "at {}", cut);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn the_truth_of_a_random_outage_lies_within_the_bounds(
        phase in 0..PERIOD_MS, start in PERIOD_MS..10 * PERIOD_MS, length in PERIOD_MS..10 * PERIOD_MS,
    ) {
        let runs: Vec<PollRun> = (0..24)
            .map(|i| {
                let ms = i * PERIOD_MS + phase;
                let down = ms >= start && ms < start + length;
                single(ms, if down { State::Down } else { State::Up })
            })
            .collect();
        let parts = BTreeMap::from([("s".to_owned(), timeline_of_runs(&runs, None))]);
        let service = service_timeline(&Structure::Subject("s".to_owned()), &parts).unwrap();
        let t = tally(&service, whole());
        prop_assert!(t.lower_ms() <= length && length <= t.upper_ms(), "{:?} {}", t, length);
    }
}
