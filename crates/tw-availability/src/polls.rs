//! Raw polls, kept as runs, become a timeline: rules 1 to 3.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** average checks; count a gap as
//! up or as down.

use crate::{
    state::{Mark, State},
    timeline::Timeline,
};
use tw_units::{Interval, Timestamp};

/// Polls in a row that saw one state, as the store keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PollRun {
    /// The first poll.
    pub from: Timestamp,
    /// The last poll, inclusive; equal to `from` for a single one.
    pub to: Timestamp,
    /// What they saw; unknown when the observer itself was sick (rule 4).
    pub state: State,
    /// How many there were.
    pub polls: u64,
    /// The longest time between two of them, in milliseconds.
    pub max_gap_ms: u64,
    /// The wanted time between polls, in milliseconds.
    pub period_ms: u64,
}

impl PollRun {
    /// How long evidence lasts when nobody says: 2.5 periods, in milliseconds.
    pub const fn default_stale_after_ms(self) -> u64 {
        self.period_ms.saturating_mul(5) / 2
    }

    /// The polls of the run that had been made at `as_of`, as far as its cadence tells.
    pub fn seen_until(self, as_of: Timestamp) -> Option<Self> {
        if self.to <= as_of {
            return Some(self);
        }
        let since = as_of.millis_since(self.from);
        let period = i64::try_from(self.period_ms.max(1)).unwrap_or(i64::MAX);
        (since >= 0).then(|| Self {
            to: self.from.plus_millis(since - since % period),
            ..self
        })
    }
}

/// The timeline of one subject from one observer.
///
/// Between two polls further apart than `stale_after_ms` the whole gap is unknown; with the same
/// state on both sides it is that state; otherwise it is an edge, split in the middle. A run
/// whose own longest gap is too long proves nothing in between. Runs may come in any order, and
/// twice; where they contradict each other it is unknown.
pub fn timeline_of_runs(runs: &[PollRun], stale_after_ms: Option<u64>) -> Timeline {
    let mut runs: Vec<PollRun> = runs.iter().copied().filter(|r| r.from <= r.to).collect();
    runs.sort_unstable();
    runs.dedup();
    let overlap = |pair: &[PollRun]| matches!(pair, [a, b] if b.from <= a.to);
    if runs.windows(2).any(overlap) {
        runs = disjoint(&runs);
    }
    let mut pieces = Vec::with_capacity(runs.len() * 3);
    let mut before: Option<PollRun> = None;
    for run in runs {
        if let Some(before) = before {
            between(before, run, stale_after_ms, &mut pieces);
        }
        let stale = stale_after_ms.unwrap_or(run.default_stale_after_ms());
        let mark = if run.max_gap_ms > stale {
            Mark::Unknown
        } else {
            run.state.into()
        };
        pieces.extend(Interval::new(run.from, run.to).map(|i| (i, mark)));
        before = Some(run);
    }
    Timeline::from_ordered(pieces)
}

fn between(a: PollRun, b: PollRun, stale: Option<u64>, pieces: &mut Vec<(Interval, Mark)>) {
    let Some(gap) = Interval::new(a.to, b.from) else {
        return;
    };
    let own = a.default_stale_after_ms().max(b.default_stale_after_ms());
    let is_stale = u64::try_from(gap.millis()).is_ok_and(|ms| ms > stale.unwrap_or(own));
    let middle = gap.from.plus_millis(gap.millis() / 2);
    let halves = [
        Interval::new(gap.from, middle),
        Interval::new(middle, gap.to),
    ];
    let marks = match (is_stale, a.state, b.state) {
        (false, State::Up, State::Up) => [Mark::Up; 2],
        (false, State::Down, State::Down) => [Mark::Down; 2],
        (false, State::Up, State::Down) => [Mark::EdgeUp, Mark::EdgeDown],
        (false, State::Down, State::Up) => [Mark::EdgeDown, Mark::EdgeUp],
        _ => [Mark::Unknown; 2],
    };
    pieces.extend(
        halves
            .into_iter()
            .zip(marks)
            .filter_map(|(half, mark)| half.map(|half| (half, mark))),
    );
}

/// Runs that overlap, made into runs that do not: contradiction becomes unknown.
fn disjoint(runs: &[PollRun]) -> Vec<PollRun> {
    let mut runs = widen_contradicting_polls(runs);
    runs.sort_unstable();
    let mut cuts: Vec<Timestamp> = runs.iter().flat_map(|r| [r.from, r.to]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut out: Vec<PollRun> = Vec::with_capacity(runs.len());
    let mut open: Vec<PollRun> = Vec::new();
    let mut coming = runs.into_iter().peekable();
    for (index, cut) in cuts.iter().enumerate() {
        while let Some(next) = coming.next_if(|r| r.from <= *cut) {
            open.push(next);
        }
        out.extend(agreed(open.iter().filter(|r| r.from == r.to), *cut, *cut));
        open.retain(|r| r.to > *cut);
        let end = cuts.get(index + 1).copied().unwrap_or(*cut);
        out.extend(agreed(open.iter(), *cut, end));
    }
    out
}

/// A single poll inside a run that says otherwise has no length of its own: a period to either
/// side of it becomes contradicted.
fn widen_contradicting_polls(runs: &[PollRun]) -> Vec<PollRun> {
    let mut open: Vec<PollRun> = Vec::new();
    runs.iter()
        .map(|run| {
            open.retain(|r| r.to >= run.from);
            let contradicted = run.from == run.to && open.iter().any(|r| r.state != run.state);
            open.push(*run);
            let width = if contradicted {
                i64::try_from(run.period_ms).unwrap_or(i64::MAX)
            } else {
                0
            };
            PollRun {
                from: run.from.plus_millis(-width),
                to: run.to.plus_millis(width),
                ..*run
            }
        })
        .collect()
}

fn agreed<'a>(
    open: impl Iterator<Item = &'a PollRun>,
    from: Timestamp,
    to: Timestamp,
) -> Option<PollRun> {
    open.copied()
        .reduce(|a, b| PollRun {
            state: if a.state == b.state {
                a.state
            } else {
                State::Unknown
            },
            polls: a.polls.max(b.polls),
            max_gap_ms: a.max_gap_ms.min(b.max_gap_ms),
            period_ms: a.period_ms.max(b.period_ms),
            ..a
        })
        .map(|run| PollRun { from, to, ..run })
}

#[cfg(test)]
mod tests;
