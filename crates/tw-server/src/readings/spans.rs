//! State runs as spans without holes, for strips and timelines.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`, `tw-api`. **Must not:** do I/O.

use tw_api::{State, StateSpan};
use tw_availability::{Mark, PollRun, Timeline, timeline_of_runs};
use tw_store::Run;
use tw_units::{Interval, Timestamp};

/// A run of polls as the availability core takes it.
pub(crate) fn poll_run(run: &Run, state: State) -> PollRun {
    PollRun {
        from: run.from,
        to: run.to,
        state: match state {
            State::Up | State::Degraded => tw_availability::State::Up,
            State::Down => tw_availability::State::Down,
            State::Unknown => tw_availability::State::Unknown,
        },
        polls: run.polls,
        max_gap_ms: run.max_gap_ms,
        period_ms: run.period_ms,
    }
}

/// The spans of a window: edges are split in the middle, gaps are unknown, nothing after `now`
/// is known.
pub(crate) fn of_runs(
    runs: &[Run],
    window: Interval,
    now: Timestamp,
    state_of: fn(i64) -> State,
) -> Vec<StateSpan> {
    let polls: Vec<PollRun> = runs
        .iter()
        .map(|run| poll_run(run, state_of(run.state)))
        .collect();
    of_timeline(&timeline_of_runs(&polls, None).known_until(now), window)
}

/// The spans of a timeline.
pub(crate) fn of_timeline(timeline: &Timeline, window: Interval) -> Vec<StateSpan> {
    let steps = timeline.steps().iter().map(|step| (step.at, step.mark));
    of_marks(timeline.at(window.from), steps, window)
}

/// The spans of marks that change at instants.
pub(crate) fn of_marks(
    first: Mark,
    steps: impl Iterator<Item = (Timestamp, Mark)>,
    window: Interval,
) -> Vec<StateSpan> {
    let mut spans: Vec<StateSpan> = Vec::new();
    let mut push = |from: Timestamp, state: State| match spans.last_mut() {
        Some(last) if last.state == state => {}
        Some(last) if last.from == from => last.state = state,
        last => {
            if let Some(last) = last {
                last.to = from;
            }
            spans.push(StateSpan {
                from,
                to: window.to,
                state,
            });
        }
    };
    push(window.from, of_mark(first));
    for (at, mark) in steps.filter(|(at, _)| window.from < *at && *at < window.to) {
        push(at, of_mark(mark));
    }
    spans
}

/// The state that a strip shows for a mark.
pub(crate) fn of_mark(mark: Mark) -> State {
    match mark.at_the_middle() {
        tw_availability::State::Up => State::Up,
        tw_availability::State::Down => State::Down,
        tw_availability::State::Unknown => State::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(state: i64, from: i64, to: i64) -> Run {
        Run {
            state,
            from: Timestamp::from_seconds(from),
            to: Timestamp::from_seconds(to),
            polls: 2,
            max_gap_ms: 60_000,
            period_ms: 60_000,
        }
    }

    fn of_code(code: i64) -> State {
        if code == 1 { State::Up } else { State::Down }
    }

    #[track_caller]
    fn check(runs: &[Run], expect: &str) {
        let window = Interval::new(Timestamp::from_seconds(0), Timestamp::from_seconds(1_000));
        let now = Timestamp::from_seconds(900);
        let spans = of_runs(runs, window.unwrap(), now, of_code);
        let text: Vec<String> = spans
            .iter()
            .map(|s| {
                format!(
                    "{}-{} {}",
                    s.from.as_seconds(),
                    s.to.as_seconds(),
                    s.state.as_str()
                )
            })
            .collect();
        assert_eq!(text.join(", "), expect);
    }

    #[test]
    fn spans_have_no_holes_and_a_gap_is_unknown() {
        check(&[], "0-1000 unknown");
        check(
            &[run(1, 0, 300), run(0, 360, 420), run(1, 800, 840)],
            "0-330 up, 330-420 down, 420-800 unknown, 800-840 up, 840-1000 unknown",
        );
    }
}
