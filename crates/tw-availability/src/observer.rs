//! When a failed poll counts: rule 4.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** call anything up; a poll that
//! does not count has seen nothing.

use crate::{
    polls::PollRun,
    state::{Mark, State},
    timeline::{Timeline, combine},
};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;

/// What the failed polls of a subject are judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// Whose polls.
    pub subject: String,
    /// One of these must have answered in the same cycle; none asks for nothing.
    pub canaries: Vec<String>,
    /// Ways from the collector to it, each through one node; a way is closed while its node is
    /// down. With all ways closed nothing is known of the subject.
    pub upstream: Vec<String>,
}

/// When failed polls count: up where a canary answers and a way is open, else unknown.
///
/// What nobody knows of a node on the way does not close it: then the canaries decide.
pub fn sound(canaries: &[&Timeline], upstream: &[&Timeline]) -> Timeline {
    let lines: Vec<&Timeline> = canaries.iter().chain(upstream).copied().collect();
    combine(&lines, |marks| {
        let (sang, ways) = marks.split_at(canaries.len().min(marks.len()));
        let healthy = sang.is_empty() || sang.contains(&Mark::Up);
        let open = |mark: &Mark| !matches!(mark, Mark::Down | Mark::EdgeDown);
        if healthy && (ways.is_empty() || ways.iter().any(open)) {
            Mark::Up
        } else {
            Mark::Unknown
        }
    })
}

/// The runs with every failed poll that does not count turned into one that saw nothing. Where
/// polls lay inside of a run is known as far as its cadence tells.
pub fn counted(runs: &[PollRun], sound: &Timeline) -> Vec<PollRun> {
    runs.iter().flat_map(|run| of_run(*run, sound)).collect()
}

fn of_run(run: PollRun, sound: &Timeline) -> Vec<PollRun> {
    if run.state != State::Down {
        return vec![run];
    }
    let grid = Grid::of(run);
    let mut parts = Vec::new();
    let mut at = run.from;
    loop {
        let counts = is_sound(sound, at);
        let other = |poll: &Timestamp| *poll > at && is_sound(sound, *poll) != counts;
        let next = changes(sound, at)
            .filter_map(|step| grid.at_or_after(step))
            .find(other);
        let last = next.map_or(run.to, |next| grid.before(next).max(at));
        parts.push(part(run, (at, last), counts));
        match next {
            Some(next) => at = next,
            None => return parts,
        }
    }
}

/// A poll counts when all was well when it was made, or just before: a canary may have been
/// asked in the same instant for the last time.
fn is_sound(sound: &Timeline, poll: Timestamp) -> bool {
    [poll, poll.plus_millis(-1)]
        .into_iter()
        .any(|at| sound.at(at) == Mark::Up)
}

/// The instants from `at` on around which polls begin to count, or to count no more.
fn changes(sound: &Timeline, at: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
    let steps = sound.steps();
    let first = steps.partition_point(|step| step.at < at);
    // A poll that lies on a step still has what was before it.
    let around = |step: &crate::timeline::Step| [step.at, step.at.plus_millis(1)];
    steps[first..].iter().flat_map(around)
}

fn part(run: PollRun, (from, to): (Timestamp, Timestamp), counts: bool) -> PollRun {
    let length = to.millis_since(from).unsigned_abs();
    PollRun {
        from,
        to,
        state: if counts { State::Down } else { State::Unknown },
        polls: length / run.period_ms.max(1) + 1,
        max_gap_ms: run.max_gap_ms.min(length),
        ..run
    }
}

/// The polls of a run: one each period from the first on, and the last.
struct Grid {
    from: Timestamp,
    to: Timestamp,
    period: i64,
}

impl Grid {
    fn of(run: PollRun) -> Self {
        Self {
            from: run.from,
            to: run.to,
            period: i64::try_from(run.period_ms.max(1)).unwrap_or(i64::MAX),
        }
    }

    fn at_or_after(&self, at: Timestamp) -> Option<Timestamp> {
        if at > self.to {
            return None;
        }
        let since = at.millis_since(self.from).max(0);
        let rest = since.rem_euclid(self.period);
        let wait = if rest == 0 { 0 } else { self.period - rest };
        Some(
            self.from
                .plus_millis(since.saturating_add(wait))
                .min(self.to),
        )
    }

    fn before(&self, poll: Timestamp) -> Timestamp {
        let since = poll.millis_since(self.from).saturating_sub(1).max(0);
        self.from.plus_millis(since - since.rem_euclid(self.period))
    }
}

#[cfg(test)]
mod tests;
