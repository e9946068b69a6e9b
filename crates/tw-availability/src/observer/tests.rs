//! Failed polls that count.
//!
//! **Room:** tests of `tw-availability`.

use super::*;
use crate::polls::timeline_of_runs;
use proptest::prelude::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(second)
}

fn run(from: i64, to: i64, state: State) -> PollRun {
    PollRun {
        from: at(from),
        to: at(to),
        state,
        polls: u64::try_from((to - from) / 10 + 1).unwrap(),
        max_gap_ms: if from == to { 0 } else { 10_000 },
        period_ms: 10_000,
    }
}

fn line(runs: &[PollRun]) -> Timeline {
    timeline_of_runs(runs, None)
}

/// The parts of a silence from 100 s to 200 s as `from-to+` (counts) or `from-to-`.
#[track_caller]
fn check(canaries: &[&[PollRun]], upstream: &[&[PollRun]], expect: &str) {
    let lines = |all: &[&[PollRun]]| all.iter().map(|runs| line(runs)).collect::<Vec<_>>();
    let (canaries, upstream) = (lines(canaries), lines(upstream));
    let sound = sound(
        &canaries.iter().collect::<Vec<_>>(),
        &upstream.iter().collect::<Vec<_>>(),
    );
    let word = |run: &PollRun| {
        let second = |at: Timestamp| at.as_millis() / 1_000;
        let sign = if run.state == State::Down { '+' } else { '-' };
        format!("{}-{}{sign}", second(run.from), second(run.to))
    };
    let parts = counted(&[run(100, 200, State::Down)], &sound);
    let told: Vec<String> = parts.iter().map(word).collect();
    assert_eq!(told.join(" "), expect);
}

#[test]
fn a_failed_poll_counts_only_while_a_canary_answers() {
    let (up, down) = (State::Up, State::Down);
    check(&[], &[], "100-200+");
    check(&[&[run(0, 300, up)]], &[], "100-200+");
    check(&[&[]], &[], "100-200-");
    check(&[&[run(0, 90, up), run(100, 300, down)]], &[], "100-200-");
    check(
        &[&[run(0, 150, up), run(160, 300, down)]],
        &[],
        "100-150+ 160-200-",
    );
    check(
        &[&[run(0, 120, up), run(130, 150, down), run(160, 300, up)]],
        &[],
        "100-120+ 130-150- 160-200+",
    );
    // One of two is enough; a canary that was asked for the last time in that cycle, too.
    check(&[&[], &[run(0, 300, up)]], &[], "100-200+");
    check(&[&[run(0, 100, up)]], &[], "100-100+ 110-200-");
}

#[test]
fn a_failed_poll_does_not_count_while_every_way_is_closed() {
    let (up, down) = (State::Up, State::Down);
    let way: &[PollRun] = &[run(0, 300, up)];
    let closed: &[PollRun] = &[run(0, 130, up), run(140, 300, down)];
    check(&[way], &[way], "100-200+");
    check(&[way], &[closed], "100-130+ 140-200-");
    check(&[way], &[closed, way], "100-200+");
    check(&[way], &[closed, closed], "100-130+ 140-200-");
    check(&[way], &[&[]], "100-200+");
}

#[test]
fn what_does_not_count_is_unknown_up_to_the_polls_around_it() {
    let canary = line(&[run(0, 90, State::Up), run(100, 200, State::Down)]);
    let runs = [
        run(0, 90, State::Up),
        run(100, 200, State::Down),
        run(210, 300, State::Up),
    ];
    let judged = line(&counted(&runs, &sound(&[&canary], &[])));
    for (second, expect) in [(89, Mark::Up), (95, Mark::Unknown), (205, Mark::Unknown)] {
        assert_eq!(judged.at(at(second)), expect, "at {second}");
    }
}

fn any_runs() -> impl Strategy<Value = Vec<PollRun>> {
    let states = prop::sample::select(vec![State::Up, State::Down, State::Unknown]);
    prop::collection::vec((states, 0_i64..30, 1_i64..6), 0..20).prop_map(|parts| {
        let mut from = 0;
        let mut runs = Vec::new();
        for (state, length, gap) in parts {
            runs.push(run(from, from + length * 10, state));
            from += (length + gap) * 10;
        }
        runs
    })
}

proptest! {
    #[test]
    fn judging_polls_makes_nothing_up_nothing_down_and_loses_no_poll(
        runs in any_runs(), canary in any_runs(), way in any_runs(),
    ) {
        let (canary, way) = (line(&canary), line(&way));
        let judged = counted(&runs, &sound(&[&canary], &[&way]));
        let polls = |runs: &[PollRun]| runs.iter().map(|r| r.polls).sum::<u64>();
        prop_assert_eq!(polls(&judged), polls(&runs));
        let (before, after) = (line(&runs), line(&judged));
        for second in 0..2_000 {
            let (was, is) = (before.at(at(second)), after.at(at(second)));
            prop_assert!(is == was || is == Mark::Unknown, "{:?} became {:?}", was, is);
        }
    }

    #[test]
    fn each_failed_poll_counts_exactly_when_all_was_well_at_it(
        runs in any_runs(), canary in any_runs(),
    ) {
        let canary = line(&canary);
        let sound = sound(&[&canary], &[]);
        let judged = counted(&runs, &sound);
        for run in runs.iter().filter(|run| run.state == State::Down) {
            for nth in 0..i64::try_from(run.polls).unwrap() {
                let poll = run.from.plus_millis(nth * 10_000);
                let of = judged.iter().find(|r| r.from <= poll && poll <= r.to).unwrap();
                prop_assert_eq!(of.state == State::Down, is_sound(&sound, poll));
            }
        }
    }
}
