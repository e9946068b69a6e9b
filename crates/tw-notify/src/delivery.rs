//! What is sent and what became of it.
//!
//! **Room:** layer 1. **May use:** `tw-alert`. **Must not:** do I/O.

use tw_alert::Message;

/// The longest wait between two attempts.
pub const RETRY_SECONDS_MAX: u32 = 3_600;
const RETRY_SECONDS_MIN: u32 = 15;

/// One notice of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The same over all attempts: the message's id.
    pub id: String,
    /// One line.
    pub title: String,
    /// Plain text.
    pub body: String,
    /// The message itself, for programs.
    pub message: Message,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The receiver took it.
    Delivered,
    /// Not now; try again, after this many seconds where the receiver said so.
    Retry {
        /// Why not now.
        why: String,
        /// What the receiver asked for, at most [`RETRY_SECONDS_MAX`].
        after_seconds: Option<u32>,
    },
    /// Never: trying again would give the same answer.
    Failed {
        /// Why.
        why: String,
    },
}

/// How long to wait before attempt number `attempt` (1 = the first repeat): doubling, bounded.
pub fn retry_seconds(attempt: u32) -> u32 {
    let doublings = attempt.saturating_sub(1).min(16);
    RETRY_SECONDS_MIN
        .saturating_mul(1 << doublings)
        .min(RETRY_SECONDS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_is_bounded() {
        let waits: Vec<u32> = [1, 2, 3, 9, 1_000].into_iter().map(retry_seconds).collect();
        assert_eq!(waits, [15, 30, 60, 3_600, 3_600]);
    }
}
