//! The one place that reads the wall clock; everything else gets it handed in.
//!
//! **Room:** layer 3. **May use:** `tw-units`.

use tw_units::{Timestamp, WallClock};

/// The wall clock, moved so that it shows `start` now; without `start`, as it is.
pub(crate) fn wall_clock(start: Option<Timestamp>) -> WallClock {
    let offset = start.map_or(0, |start| start.millis_since(read()));
    WallClock::new(move || read().plus_millis(offset))
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
