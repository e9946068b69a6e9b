//! What was read: the newest values in memory, samples and states over a window.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-devices`, `tw-ingest`. **Must not:**
//! make a value up: no data is no data.

pub(crate) mod live;
pub(crate) mod rates;
pub(crate) mod spans;
pub(crate) mod steps;
pub(crate) mod traps;
