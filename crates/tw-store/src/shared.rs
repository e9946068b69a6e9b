//! What readers see without asking the database: the latest round of each target, which
//! instants have rounds, counters, and the news.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** hold a lock across a
//! query.

use crate::{
    layouts::StoredLayout,
    memory::{Pending, PendingRound},
    stats::Counters,
    times::TimeIndex,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, atomic::Ordering::Relaxed},
};
use tokio::sync::broadcast;
use tw_ingest::{EventSeen, Lane, TargetKey};
use tw_units::{CollectorId, Timestamp};

/// Changes that a slow listener may be behind; beyond it, the listener is told that it lost some.
pub const CHANGES_BEHIND_MAX: usize = 1_024;

/// News for whoever keeps something up to date: the live stream, the alert job.
#[derive(Clone, Debug)]
pub enum Change {
    /// A batch was applied.
    Applied(Arc<Applied>),
    /// The register has a new revision.
    Register {
        /// Which.
        revision: u64,
    },
}

/// What a batch brought.
#[derive(Clone, Debug)]
pub struct Applied {
    /// From whom.
    pub collector: CollectorId,
    /// In which lane.
    pub lane: Lane,
    /// When it was received.
    pub received_at: Timestamp,
    /// Each target with rounds, and the latest instant of them.
    pub rounds: Vec<(TargetKey, Timestamp)>,
    /// Targets whose state runs changed, by report or by rounds.
    pub states: Vec<TargetKey>,
    /// Observations, by target and kind.
    pub observations: Vec<(TargetKey, &'static str)>,
    /// Events.
    pub events: Vec<EventSeen>,
    /// Gaps that were reported.
    pub gaps: usize,
}

/// A round as it lies in memory.
#[derive(Debug)]
pub(crate) struct LatestRound {
    pub(crate) at: Timestamp,
    pub(crate) layout: Arc<StoredLayout>,
    pub(crate) values: Vec<u8>,
}

/// Shared by the writer and all readers.
#[derive(Debug)]
pub(crate) struct Shared {
    latest: RwLock<HashMap<TargetKey, Arc<LatestRound>>>,
    times: Mutex<TimeIndex>,
    pub(crate) stats: Counters,
    pub(crate) changes: broadcast::Sender<Change>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            latest: RwLock::default(),
            times: Mutex::default(),
            stats: Counters::default(),
            changes: broadcast::Sender::new(CHANGES_BEHIND_MAX),
        }
    }
}

impl Shared {
    /// Makes visible what was just committed.
    pub(crate) fn publish(&self, pending: Vec<Pending>) {
        for pending in pending {
            match pending {
                Pending::Round(round) => {
                    self.stats.rounds.fetch_add(1, Relaxed);
                    self.stats
                        .samples
                        .fetch_add(round.layout.columns.len() as u64, Relaxed);
                    self.times().add(round.layout.source, round.at);
                    self.keep_latest(round);
                }
                Pending::Dropped(day) => self.times().remove(day),
                // Without listeners there is nobody to tell.
                Pending::Change(change) => drop(self.changes.send(change)),
            }
        }
    }

    /// Keeps a round if it is the latest of its target.
    pub(crate) fn keep_latest(&self, round: PendingRound) {
        let mut latest = self.latest.write().unwrap_or_else(PoisonError::into_inner);
        if latest
            .get(&round.target)
            .is_none_or(|known| known.at <= round.at)
        {
            let PendingRound {
                target,
                layout,
                at,
                values,
            } = round;
            latest.insert(target, Arc::new(LatestRound { at, layout, values }));
        }
    }

    pub(crate) fn latest(&self, target: &TargetKey) -> Option<Arc<LatestRound>> {
        let latest = self.latest.read().unwrap_or_else(PoisonError::into_inner);
        latest.get(target).cloned()
    }

    pub(crate) fn latest_targets(&self) -> Vec<(TargetKey, Timestamp)> {
        let latest = self.latest.read().unwrap_or_else(PoisonError::into_inner);
        latest
            .iter()
            .map(|(target, round)| (target.clone(), round.at))
            .collect()
    }

    /// The lists of instants. A panic while they were held leaves at worst a missing instant
    /// of a day that is listed again after a restart.
    pub(crate) fn times(&self) -> MutexGuard<'_, TimeIndex> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
