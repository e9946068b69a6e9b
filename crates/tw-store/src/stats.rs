//! What the store counts about itself.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** lose a count at a limit.

use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters since the store was opened; `wal_bytes`, `queue_length` and `listeners` are as of now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StoreStats {
    /// Transactions committed.
    pub commits: u64,
    /// Jobs in them.
    pub jobs: u64,
    /// Transactions that could not be committed.
    pub failed_commits: u64,
    /// Batches applied.
    pub batches: u64,
    /// Batches that had been applied before.
    pub repeated_batches: u64,
    /// Batches out of order.
    pub misplaced_batches: u64,
    /// Rounds kept.
    pub rounds: u64,
    /// Values in them.
    pub samples: u64,
    /// Rounds that were there already.
    pub duplicate_rounds: u64,
    /// Records refused, for any reason.
    pub refused: u64,
    /// State rows that had to be folded again from the rounds of a day.
    pub refolds: u64,
    /// Truncating checkpoints that the writer ran.
    pub checkpoints: u64,
    /// Those that a reader hindered.
    pub busy_checkpoints: u64,
    /// The write-ahead log's size after the last commit.
    pub wal_bytes: u64,
    /// Jobs waiting for the writer.
    pub queue_length: u64,
    /// Listeners to changes now.
    pub listeners: u64,
}

macro_rules! counters {
    ($($name:ident),*) => {
        #[derive(Debug, Default)]
        pub(crate) struct Counters { $(pub(crate) $name: AtomicU64,)* }
        impl Counters {
            pub(crate) fn read(&self) -> StoreStats {
                StoreStats { $($name: self.$name.load(Relaxed),)* ..StoreStats::default() }
            }
        }
    };
}

counters!(
    commits,
    jobs,
    failed_commits,
    batches,
    repeated_batches,
    misplaced_batches,
    rounds,
    samples,
    duplicate_rounds,
    refused,
    refolds,
    checkpoints,
    busy_checkpoints,
    wal_bytes
);

impl Counters {
    pub(crate) fn count_commit(&self, jobs: usize) {
        self.commits.fetch_add(1, Relaxed);
        self.jobs.fetch_add(jobs as u64, Relaxed);
    }

    pub(crate) fn count_failed_commit(&self) {
        self.failed_commits.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_checkpoint(&self, complete: bool) {
        let counter = if complete {
            &self.checkpoints
        } else {
            &self.busy_checkpoints
        };
        counter.fetch_add(1, Relaxed);
    }

    pub(crate) fn set_wal_bytes(&self, bytes: u64) {
        self.wal_bytes.store(bytes, Relaxed);
    }
}
