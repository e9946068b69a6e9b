//! How long a service was up, down, in doubt and unknown within an interval.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** lose a millisecond: up, down,
//! both kinds of edge and unknown add up to the interval.

use crate::{
    percent::{Seconds, percent_floor},
    state::Mark,
    sweep::{ServiceTimeline, Spare},
};
use serde::Serialize;
use tw_units::{Interval, Timestamp};

/// Milliseconds by mark; the sum is the length of the interval that was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Known up.
    pub up_ms: i64,
    /// Known down.
    pub down_ms: i64,
    /// On an edge, nearer to the up poll.
    pub edge_up_ms: i64,
    /// On an edge, nearer to the down poll.
    pub edge_down_ms: i64,
    /// No evidence.
    pub unknown_ms: i64,
    /// Up with a part known down (rule 7): never counted as downtime.
    pub redundancy_lost_ms: i64,
    /// Up, no part down, a part unknown.
    pub redundancy_unproven_ms: i64,
}

/// Downtime with its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Downtime {
    /// It was down for at least this long.
    pub lower: Seconds,
    /// Edges split in the middle.
    pub point: Seconds,
    /// It was down for at most this long, in the time that is known.
    pub upper: Seconds,
}

impl Tally {
    /// The length of the interval.
    pub const fn period_ms(&self) -> i64 {
        self.up_ms + self.down_ms + self.edge_up_ms + self.edge_down_ms + self.unknown_ms
    }

    /// Lower bound of downtime.
    pub const fn lower_ms(&self) -> i64 {
        self.down_ms
    }

    /// Point figure of downtime.
    pub const fn point_ms(&self) -> i64 {
        self.down_ms + self.edge_down_ms
    }

    /// Upper bound of downtime within the known time.
    pub const fn upper_ms(&self) -> i64 {
        self.down_ms + self.edge_down_ms + self.edge_up_ms
    }

    /// The worst case: all doubt and all unknown counted as down.
    pub const fn worst_ms(&self) -> i64 {
        self.upper_ms() + self.unknown_ms
    }

    /// The time that is not unknown.
    pub const fn known_ms(&self) -> i64 {
        self.period_ms() - self.unknown_ms
    }

    /// Downtime in seconds.
    pub fn downtime(&self) -> Downtime {
        Downtime {
            lower: Seconds::from_millis(self.lower_ms()),
            point: Seconds::from_millis(self.point_ms()),
            upper: Seconds::from_millis(self.upper_ms()),
        }
    }

    /// `(T − D_upper − U) / T`.
    pub fn availability_lower_percent(&self) -> Option<String> {
        percent_floor(self.period_ms() - self.worst_ms(), self.period_ms())
    }

    /// `(T − U − D_point) / (T − U)`, of the known time; `None` when nothing is known.
    pub fn availability_point_percent(&self) -> Option<String> {
        percent_floor(self.known_ms() - self.point_ms(), self.known_ms())
    }

    /// `(T − D_lower) / T`.
    pub fn availability_upper_percent(&self) -> Option<String> {
        percent_floor(self.period_ms() - self.lower_ms(), self.period_ms())
    }

    /// `(T − U) / T`.
    pub fn coverage_percent(&self) -> Option<String> {
        percent_floor(self.known_ms(), self.period_ms())
    }

    fn add(&mut self, mark: Mark, spare: Spare, ms: i64) {
        match mark {
            Mark::Up => self.up_ms += ms,
            Mark::Down => self.down_ms += ms,
            Mark::EdgeUp => self.edge_up_ms += ms,
            Mark::EdgeDown => self.edge_down_ms += ms,
            Mark::Unknown => self.unknown_ms += ms,
        }
        match spare {
            Spare::Lost => self.redundancy_lost_ms += ms,
            Spare::Unproven => self.redundancy_unproven_ms += ms,
            Spare::Whole | Spare::ServiceNotUp => {}
        }
    }
}

/// Measures the service over `within`.
pub fn tally(service: &ServiceTimeline, within: Interval) -> Tally {
    let mut tally = Tally::default();
    let (mut at, mut mark, mut spare) = (within.from, Mark::Unknown, Spare::ServiceNotUp);
    for step in &service.steps {
        let until = step.at.clamp(within.from, within.to);
        tally.add(mark, spare, until.millis_since(at));
        (at, mark, spare) = (until, step.mark, step.spare);
        if step.at >= within.to {
            break;
        }
    }
    tally.add(mark, spare, rest(at, within));
    tally
}

fn rest(at: Timestamp, within: Interval) -> i64 {
    within.to.millis_since(at)
}
