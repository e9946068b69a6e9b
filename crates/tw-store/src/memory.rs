//! What the writer remembers between jobs, and what it publishes after a commit.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** hold what was not committed.

use crate::{
    day::Day,
    layouts::{SeriesId, StoredLayout},
    runs::Run,
    shared::Change,
};
use std::{collections::HashMap, sync::Arc};
use tw_ingest::{LayoutKey, TargetKey};
use tw_units::Timestamp;

/// Layouts that the writer keeps at hand; over it, it forgets all and reads them again.
const LAYOUTS_MAX: usize = 65_536;

/// States whose newest row the writer keeps at hand, about 100 bytes each.
const NEWEST_RUNS_MAX: usize = 1_000_000;

/// Something that becomes visible to readers in memory once it is committed.
#[derive(Debug)]
pub(crate) enum Pending {
    /// A round.
    Round(PendingRound),
    /// The rounds of a day are gone.
    Dropped(Day),
    /// Something to tell to whoever listens.
    Change(Change),
}

/// A round that was inserted.
#[derive(Debug)]
pub(crate) struct PendingRound {
    pub(crate) target: TargetKey,
    pub(crate) layout: Arc<StoredLayout>,
    pub(crate) at: Timestamp,
    pub(crate) values: Vec<u8>,
}

/// The tables of one day, with the statement made once.
#[derive(Debug)]
pub(crate) struct DayTable {
    pub(crate) insert: String,
}

/// The writer's memory. All of it can be read again from the tables.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    layouts: HashMap<TargetKey, HashMap<LayoutKey, Arc<StoredLayout>>>,
    layout_count: usize,
    days: HashMap<Day, Arc<DayTable>>,
    first_day: Option<Day>,
    newest_runs: HashMap<SeriesId, Run>,
    pending: Vec<Pending>,
}

impl Memory {
    pub(crate) fn layout(&self, target: &TargetKey, key: LayoutKey) -> Option<Arc<StoredLayout>> {
        self.layouts.get(target)?.get(&key).cloned()
    }

    pub(crate) fn keep_layout(
        &mut self,
        target: &TargetKey,
        key: LayoutKey,
        layout: Arc<StoredLayout>,
    ) {
        if self.layout_count >= LAYOUTS_MAX {
            self.layouts.clear();
            self.layout_count = 0;
        }
        let of_target = self.layouts.entry(target.clone()).or_default();
        if of_target.insert(key, layout).is_none() {
            self.layout_count += 1;
        }
    }

    /// The newest polled row of a state, if it is known here.
    pub(crate) fn newest_run(&self, series: SeriesId) -> Option<Run> {
        self.newest_runs.get(&series).copied()
    }

    pub(crate) fn keep_newest_run(&mut self, series: SeriesId, run: Run) {
        if self.newest_runs.len() >= NEWEST_RUNS_MAX {
            self.newest_runs.clear();
        }
        self.newest_runs.insert(series, run);
    }

    pub(crate) fn forget_newest_run(&mut self, series: SeriesId) {
        self.newest_runs.remove(&series);
    }

    pub(crate) fn forget_newest_runs(&mut self) {
        self.newest_runs.clear();
    }

    pub(crate) fn day(&self, day: Day) -> Option<Arc<DayTable>> {
        self.days.get(&day).cloned()
    }

    pub(crate) fn keep_day(&mut self, day: Day, table: Arc<DayTable>) {
        self.days.insert(day, table);
    }

    pub(crate) fn forget_day(&mut self, day: Day) {
        self.days.remove(&day);
    }

    /// The first day whose rounds are still accepted, if it was read before.
    pub(crate) fn first_day(&self) -> Option<Day> {
        self.first_day
    }

    pub(crate) fn keep_first_day(&mut self, day: Day) {
        self.first_day = Some(day);
    }

    pub(crate) fn publish(&mut self, pending: Pending) {
        self.pending.push(pending);
    }

    pub(crate) fn take_pending(&mut self) -> Vec<Pending> {
        std::mem::take(&mut self.pending)
    }

    /// A place to go back to.
    pub(crate) fn mark(&self) -> usize {
        self.pending.len()
    }

    /// Forgets what came after the mark, and every cache that may stem from it.
    pub(crate) fn back_to(&mut self, mark: usize) {
        let pending = std::mem::take(&mut self.pending);
        self.forget();
        self.pending = pending;
        self.pending.truncate(mark);
    }

    /// Forgets everything.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}
