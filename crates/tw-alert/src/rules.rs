//! The limits of the alert machines.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** depend on a subject.

use serde::{Deserialize, Serialize};

/// When an alert fires, clears and is damped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// So many bad readings in a row raise an alert; the second comes from a re-check.
    pub confirm_readings: u32,
    /// A collector that was silent for so long is cut off, in seconds.
    pub silent_after_seconds: u32,
    /// A consequence waits so long for news of its possible cause, in seconds.
    pub hold_seconds: u32,
    /// Data older than this never fires, in seconds.
    pub late_after_seconds: u32,
    /// So many alerts of one subject within the window mean that it flaps.
    pub flap_raises: u32,
    /// The window for flapping, in seconds.
    pub flap_window_seconds: u32,
    /// A flapping subject is well after being good for so long, in seconds.
    pub stable_seconds: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            confirm_readings: 2,
            silent_after_seconds: 90,
            hold_seconds: 120,
            late_after_seconds: 300,
            flap_raises: 3,
            flap_window_seconds: 1_800,
            stable_seconds: 600,
        }
    }
}
