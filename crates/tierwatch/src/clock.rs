//! The one place that reads the wall clock; everything else gets it handed in.
//!
//! **Room:** layer 3. **May use:** `tw-units`.

use tw_units::{Timestamp, WallClock};

/// By how many milliseconds the wall clock must be moved so that it shows `start` now; without
/// `start`, by none. Child processes are given the same.
pub(crate) fn offset_ms(start: Option<Timestamp>) -> i64 {
    start.map_or(0, |start| start.millis_since(read()))
}

/// The wall clock, moved so that it shows `start` now; without `start`, as it is.
pub(crate) fn wall_clock(start: Option<Timestamp>) -> WallClock {
    wall_clock_moved(offset_ms(start))
}

/// The wall clock, moved by some milliseconds.
pub(crate) fn wall_clock_moved(offset_ms: i64) -> WallClock {
    WallClock::new(move || read().plus_millis(offset_ms))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one reading of the wall clock"
)]
fn read() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or(std::time::Duration::ZERO);
    Timestamp::EPOCH.plus(since)
}
