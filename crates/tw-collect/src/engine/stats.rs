//! What the engine counts.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** decide anything.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$meta:meta])* $name:ident,)*) => {
        /// The counters since the start, as they stand now.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct EngineStats {
            $($(#[$meta])* pub $name: u64,)*
        }

        /// The counters, shared with the engine's thread.
        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $(pub(super) $name: AtomicU64,)*
        }

        impl Counters {
            pub(super) fn read(&self) -> EngineStats {
                EngineStats {
                    $($name: self.$name.load(Ordering::Relaxed),)*
                }
            }
        }
    };
}

counters! {
    /// Devices that are polled now.
    targets,
    /// Rounds that ended.
    rounds,
    /// Rounds that were left out because the one before had not ended in time.
    late_rounds,
    /// Rounds that the owner did not take in time and that are lost.
    dropped_rounds,
    /// Requests sent, retransmissions too.
    sent,
    /// Of these, retransmissions.
    sent_again,
    /// Datagrams that could not leave.
    send_errors,
    /// Answers that were taken.
    answers,
    /// Varbinds in them.
    varbinds,
    /// Answers to requests that were over.
    late_answers,
    /// Datagrams that belong to no request: wrong id, address, version or community.
    foreign,
    /// Datagrams that are no message.
    malformed,
    /// Requests in flight now.
    in_flight,
    /// The most bytes that may be in flight at once.
    window_bytes,
}

/// Adds to a counter.
pub(super) fn add(counter: &AtomicU64, n: u64) {
    counter.fetch_add(n, Ordering::Relaxed);
}

/// Sets a gauge.
pub(super) fn set(counter: &AtomicU64, n: u64) {
    counter.store(n, Ordering::Relaxed);
}
