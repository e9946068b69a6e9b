use super::*;
use proptest::prelude::*;

fn second(at: i64) -> Timestamp {
    Timestamp::from_seconds(at)
}

fn run(from: i64, to: i64, state: State) -> PollRun {
    PollRun {
        from: second(from),
        to: second(to),
        state,
        polls: 1 + u64::try_from((to - from) / 60).unwrap(),
        max_gap_ms: if from == to { 0 } else { 60_000 },
        period_ms: 60_000,
    }
}

/// One letter each 30 seconds: U up, D down, ? unknown, u and d the halves of an edge.
#[track_caller]
fn check(runs: &[PollRun], expect: &str) {
    let line = timeline_of_runs(runs, None);
    let got: String = (0..i64::try_from(expect.len()).unwrap())
        .map(|i| match line.at(second(i * 30)) {
            Mark::Up => 'U',
            Mark::Down => 'D',
            Mark::Unknown => '?',
            Mark::EdgeUp => 'u',
            Mark::EdgeDown => 'd',
        })
        .collect();
    assert_eq!(got, expect);
}

#[test]
fn an_edge_is_split_in_the_middle() {
    let runs = [
        run(0, 60, State::Up),
        run(120, 180, State::Down),
        run(240, 300, State::Up),
    ];
    check(&runs, "UUudDDduUU??");
}

#[test]
fn a_single_missed_poll_is_no_gap_and_two_are() {
    check(
        &[run(0, 60, State::Up), run(180, 240, State::Up)],
        "UUUUUUUU?",
    );
    check(
        &[run(0, 60, State::Up), run(240, 300, State::Up)],
        "UU??????UU?",
    );
}

#[test]
fn a_sick_observer_proves_nothing_to_either_side() {
    let runs = [
        run(0, 60, State::Up),
        run(120, 120, State::Unknown),
        run(180, 240, State::Up),
    ];
    check(&runs, "UU????UU?");
}

#[test]
fn runs_in_any_order_and_twice_say_the_same() {
    let runs = [
        run(180, 240, State::Up),
        run(0, 60, State::Up),
        run(0, 60, State::Up),
        run(120, 120, State::Down),
    ];
    check(&runs, "UUudduUU?");
}

#[test]
fn contradiction_is_unknown() {
    check(
        &[run(0, 240, State::Up), run(120, 180, State::Down)],
        "UUUU??UU?",
    );
    check(
        &[run(0, 240, State::Up), run(120, 120, State::Down)],
        "UU????UU?",
    );
}

#[test]
fn a_run_with_a_long_gap_inside_proves_nothing() {
    let mut holed = run(0, 240, State::Up);
    holed.max_gap_ms = 160_000;
    check(&[holed], "?????????");
}

#[test]
fn a_run_cut_in_two_is_the_same_run() {
    let whole = timeline_of_runs(&[run(0, 600, State::Up)], None);
    let halves = [run(0, 300, State::Up), run(300, 600, State::Up)];
    assert_eq!(timeline_of_runs(&halves, None), whole);
    let overlap = [run(0, 360, State::Up), run(240, 600, State::Up)];
    assert_eq!(timeline_of_runs(&overlap, None), whole);
}

fn arbitrary_runs() -> impl Strategy<Value = Vec<PollRun>> {
    let state = prop_oneof![
        4 => Just(Some(State::Up)),
        3 => Just(Some(State::Down)),
        1 => Just(Some(State::Unknown)),
        2 => Just(None),
    ];
    proptest::collection::vec((state, 1_i64..6), 1..12).prop_map(|pieces| {
        let mut at = 0;
        let mut runs = Vec::new();
        for (state, polls) in pieces {
            if let Some(state) = state {
                runs.push(run(at, at + (polls - 1) * 60, state));
            }
            at += polls * 60;
        }
        runs
    })
}

proptest! {
    #[test]
    fn order_does_not_matter(runs in arbitrary_runs().prop_shuffle(), twice in 0_usize..4) {
        let mut again = runs.clone();
        again.extend(runs.iter().take(twice).copied());
        again.sort_unstable_by(|a, b| b.cmp(a));
        prop_assert_eq!(timeline_of_runs(&runs, None), timeline_of_runs(&again, None));
    }
}
