//! Which instants each target has rounds at: what turns a read of one target's day into point
//! lookups instead of a scan over all targets.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** read tables; it is told.
//!
//! A day is listed when it is first read and kept up to date by the writer from then on. A
//! reader first *tracks* the day, so that the writer adds what it commits, and then scans; what
//! comes in between is there twice and kept once.

use crate::day::{DAY_MS, Day};
use std::collections::HashMap;
use tw_units::{Interval, Timestamp};

/// Days that are listed at once; the one that was read longest ago goes first.
pub const LISTED_DAYS_MAX: usize = 40;

#[derive(Debug, Default)]
struct DayTimes {
    ready: bool,
    used: u64,
    /// Milliseconds since the day's start, sorted.
    of_source: HashMap<u32, Vec<u32>>,
}

/// The lists.
#[derive(Debug, Default)]
pub(crate) struct TimeIndex {
    days: HashMap<Day, DayTimes>,
    clock: u64,
}

impl TimeIndex {
    /// Begins to follow a day; true when its list is complete already.
    pub(crate) fn track(&mut self, day: Day) -> bool {
        self.clock += 1;
        let entry = self.days.entry(day).or_default();
        entry.used = self.clock;
        let ready = entry.ready;
        while self.days.len() > LISTED_DAYS_MAX {
            let oldest = self
                .days
                .iter()
                .min_by_key(|(_, d)| d.used)
                .map(|(day, _)| *day);
            oldest.map(|oldest| self.days.remove(&oldest));
        }
        ready
    }

    /// Completes a day with what a scan found.
    pub(crate) fn complete(&mut self, day: Day, scanned: &[(u32, Timestamp)]) {
        let entry = self.days.entry(day).or_default();
        for (source, at) in scanned {
            put(entry, day, *source, *at);
        }
        entry.ready = true;
    }

    /// A round was committed.
    pub(crate) fn add(&mut self, source: u32, at: Timestamp) {
        let day = Day::of(at);
        if let Some(entry) = self.days.get_mut(&day) {
            put(entry, day, source, at);
        }
    }

    /// A day's rounds are gone.
    pub(crate) fn remove(&mut self, day: Day) {
        self.days.remove(&day);
    }

    /// The instants of a target inside a day and a window, or `None` when the day is not listed.
    pub(crate) fn instants(
        &self,
        day: Day,
        source: u32,
        window: Interval,
    ) -> Option<Vec<Timestamp>> {
        let entry = self.days.get(&day).filter(|entry| entry.ready)?;
        let all = entry.of_source.get(&source).map_or(&[][..], Vec::as_slice);
        let at = |offset: &u32| day.start().plus_millis(i64::from(*offset));
        let from = all.partition_point(|offset| at(offset) < window.from);
        let to = all.partition_point(|offset| at(offset) < window.to);
        Some(all.get(from..to)?.iter().map(at).collect())
    }
}

fn put(entry: &mut DayTimes, day: Day, source: u32, at: Timestamp) {
    let offset = at.millis_since(day.start()).clamp(0, DAY_MS - 1);
    let Ok(offset) = u32::try_from(offset) else {
        return;
    };
    let list = entry.of_source.entry(source).or_default();
    match list.last() {
        Some(newest) if *newest >= offset => {
            if let Err(place) = list.binary_search(&offset) {
                list.insert(place, offset);
            }
        }
        _ => list.push(offset),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn all() -> Interval {
        Interval::new(at(0), at(DAY_MS)).unwrap()
    }

    #[test]
    fn what_is_committed_during_a_scan_is_listed_once() {
        let mut index = TimeIndex::default();
        assert!(!index.track(Day(0)));
        index.add(7, at(2_000));
        assert_eq!(index.instants(Day(0), 7, all()), None, "not complete yet");
        index.complete(Day(0), &[(7, at(1_000)), (7, at(2_000)), (8, at(5))]);
        assert_eq!(
            index.instants(Day(0), 7, all()).unwrap(),
            [at(1_000), at(2_000)]
        );
        assert!(index.track(Day(0)));
    }

    #[test]
    fn a_window_is_half_open() {
        let mut index = TimeIndex::default();
        index.complete(Day(0), &[(1, at(10)), (1, at(20)), (1, at(30))]);
        let window = Interval::new(at(10), at(30)).unwrap();
        assert_eq!(index.instants(Day(0), 1, window).unwrap(), [at(10), at(20)]);
    }

    #[test]
    fn the_lists_are_bounded() {
        let mut index = TimeIndex::default();
        for day in 0..100 {
            index.track(Day(day));
        }
        assert_eq!(index.days.len(), LISTED_DAYS_MAX);
        assert!(index.days.contains_key(&Day(99)));
    }
}
