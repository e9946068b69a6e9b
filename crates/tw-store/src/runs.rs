//! Polls of a state as runs: the arithmetic, without a table.
//!
//! **Room:** layer 1, pure. **May use:** `tw-units`. **Must not:** do I/O.
//!
//! A run is a stretch of polls that saw the same state while the cadence held: no gap in it is
//! longer than 2.5 periods (rule 3 of the accounting: a longer one is unknown and must stay
//! visible between two runs).

use crate::day::Day;
use serde::Serialize;
use tw_units::Timestamp;

/// A state over several polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The code.
    pub state: i64,
    /// The first poll that saw it.
    pub from: Timestamp,
    /// The last poll that saw it; equal to `from` for a single poll.
    pub to: Timestamp,
    /// How many polls saw it.
    pub polls: u64,
    /// The longest time between two of them, in milliseconds.
    pub max_gap_ms: u64,
    /// The wanted time between polls, in milliseconds.
    pub period_ms: u64,
}

/// One poll of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Poll {
    pub(crate) at: Timestamp,
    pub(crate) state: i64,
    pub(crate) period_ms: u64,
}

impl Run {
    pub(crate) fn of_poll(poll: Poll) -> Self {
        Self {
            state: poll.state,
            from: poll.at,
            to: poll.at,
            polls: 1,
            max_gap_ms: 0,
            period_ms: poll.period_ms,
        }
    }

    /// Whether `next` goes on where this run ends.
    pub(crate) fn goes_on_in(&self, next: &Self) -> bool {
        let gap = next.from.millis_since(self.to);
        self.state == next.state
            && self.period_ms == next.period_ms
            && gap >= 0
            && gap.unsigned_abs().saturating_mul(2) <= self.period_ms.saturating_mul(5)
    }

    /// Both as one; `next` comes after.
    #[must_use]
    pub(crate) fn joined(&self, next: &Self) -> Self {
        let between = next.from.millis_since(self.to).unsigned_abs();
        Self {
            to: next.to,
            polls: self.polls.saturating_add(next.polls),
            max_gap_ms: self.max_gap_ms.max(next.max_gap_ms).max(between),
            ..*self
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// What is left of this run when the polls from `hole.from` to `hole.to` are known better:
    /// only what this run proves without them. Where its polls lay is not known, only that no
    /// two were further apart than `max_gap_ms`.
    fn without(&self, hole: &Self) -> [Option<Self>; 2] {
        let gap = i64::try_from(self.max_gap_ms.max(1)).unwrap_or(i64::MAX);
        let before = (self.from < hole.from).then(|| {
            (
                self.from,
                hole.from.plus_millis(-gap).max(self.from).min(self.to),
            )
        });
        let after = (self.to > hole.to).then(|| {
            (
                hole.to.plus_millis(gap).min(self.to).max(self.from),
                self.to,
            )
        });
        [before, after].map(|part| part.map(|(from, to)| self.part(from, to)))
    }

    fn part(&self, from: Timestamp, to: Timestamp) -> Self {
        let whole = self.to.millis_since(self.from).unsigned_abs().max(1);
        let length = to.millis_since(from).unsigned_abs();
        let share = u128::from(self.polls) * u128::from(length) / u128::from(whole);
        let least = if from == to { 1 } else { 2 };
        Self {
            from,
            to,
            polls: u64::try_from(share).unwrap_or(u64::MAX).max(least),
            max_gap_ms: if from == to {
                0
            } else {
                self.max_gap_ms.min(length)
            },
            ..*self
        }
    }
}

/// Polls in the order of time as runs, cut where a UTC day ends: the rows that rounds give.
pub(crate) fn fold(polls: &[Poll]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for poll in polls {
        let next = Run::of_poll(*poll);
        match runs.last_mut() {
            Some(last) if last.goes_on_in(&next) && Day::of(last.to) == Day::of(next.from) => {
                *last = last.joined(&next);
            }
            _ => runs.push(next),
        }
    }
    runs
}

/// Runs as readers get them: those from rounds as they are, the reported ones where no round
/// says better; joined where the cadence holds. Both lists are in the order of time.
pub(crate) fn merge(polled: &[Run], reported: &[Run]) -> Vec<Run> {
    let mut all = polled.to_vec();
    for run in reported {
        all.extend(outside(*run, polled));
    }
    all.sort_by_key(|run| (run.from, run.to));
    let mut merged: Vec<Run> = Vec::with_capacity(all.len());
    for run in all {
        match merged.last_mut() {
            Some(last) if last.goes_on_in(&run) => *last = last.joined(&run),
            _ => merged.push(run),
        }
    }
    merged
}

/// The parts of `run` that lie outside of all `better` ones, which are in the order of time.
pub(crate) fn outside(run: Run, better: &[Run]) -> Vec<Run> {
    let mut kept = Vec::new();
    let mut rest = Some(run);
    for hole in better.iter().filter(|hole| hole.overlaps(&run)) {
        let Some(part) = rest else { break };
        if !part.overlaps(hole) {
            continue;
        }
        let [before, after] = part.without(hole);
        kept.extend(before);
        rest = after;
    }
    kept.extend(rest);
    kept
}

#[cfg(test)]
mod tests;
