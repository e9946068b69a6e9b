//! SNMP client for one question at a time: the command line and discovery use it; the steady
//! poll has its own engine.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`. **Must not:** interpret values.

use std::time::Duration;

/// The most rows of one walk.
pub const WALK_ROWS_MAX: usize = 100_000;
/// The longest that one walk may take.
pub const WALK_TIME_MAX: Duration = Duration::from_mins(1);
/// How many rows a GETBULK asks for at first.
pub const REPETITIONS_DEFAULT: u16 = 25;

/// How long to wait and how much to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long one request waits for its answer.
    pub timeout: Duration,
    /// How many times a request is sent again.
    pub retries: u32,
    /// How many rows a GETBULK asks for at first; it falls when the agent cannot.
    pub max_repetitions: u16,
    /// The most rows of one walk, at most [`WALK_ROWS_MAX`] unless the caller knows better.
    pub rows_max: usize,
    /// The longest that one walk may take.
    pub walk_time_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(2),
            retries: 2,
            max_repetitions: REPETITIONS_DEFAULT,
            rows_max: WALK_ROWS_MAX,
            walk_time_max: WALK_TIME_MAX,
        }
    }
}
