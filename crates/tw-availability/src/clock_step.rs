//! Polls of a collector whose clock was set: rule 12.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** take a step of the wall clock
//! for a gap in the data or for an outage.

use tw_units::Timestamp;

/// A poll with all clocks that saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StampedPoll {
    /// The collector's wall clock.
    pub wall: Timestamp,
    /// The collector's monotonic clock, in milliseconds.
    pub monotonic_ms: i64,
    /// Which start of the collector's machine the monotonic clock belongs to.
    pub boot: u64,
    /// The centre's clock on arrival.
    pub received_at: Timestamp,
}

/// The wall clock was set between two polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockStep {
    /// The (corrected) time of the first poll after it.
    pub at: Timestamp,
    /// By how much, in milliseconds; positive is forward.
    pub by_ms: i64,
}

/// The polls with their times put right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebased {
    /// The time of each poll, in the order given.
    pub times: Vec<Timestamp>,
    /// Where the clock was set.
    pub steps: Vec<ClockStep>,
}

/// A difference between the clocks below this is drift, not a step.
const STEP_MIN_MS: i64 = 2_000;

/// Puts the times right, of polls in the order of polling: within one start of the machine,
/// distances come from the monotonic clock; the wall clock is believed where it was nearest to
/// the centre's, and of equals the latest.
pub fn rebase(polls: &[StampedPoll]) -> Rebased {
    let mut out = Rebased::default();
    for of_one_boot in polls.chunk_by(|a, b| a.boot == b.boot) {
        let skew = |poll: &&StampedPoll| poll.received_at.millis_since(poll.wall).abs();
        // `min_by_key` takes the first of equals, and the latest is wanted.
        let Some(anchor) = of_one_boot.iter().rev().min_by_key(skew) else {
            continue;
        };
        let right = |poll: &StampedPoll| {
            anchor
                .wall
                .plus_millis(poll.monotonic_ms - anchor.monotonic_ms)
        };
        out.times.extend(of_one_boot.iter().map(right));
        out.steps.extend(of_one_boot.windows(2).filter_map(|pair| {
            let [before, after] = pair else { return None };
            let passed = after.monotonic_ms - before.monotonic_ms;
            let by_ms = after.wall.millis_since(before.wall) - passed;
            let at = right(after);
            (by_ms.abs() >= STEP_MIN_MS).then_some(ClockStep { at, by_ms })
        }));
    }
    out
}
