//! States as rows of runs, in whatever order the polls come.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** guess a poll that nobody made.
//!
//! What comes at an end of a row, or between two, extends them with one lookup. What comes
//! inside a row cannot be placed without its polls: the target's day is folded again from its
//! rounds. So any order of arrival gives the rows that the order of time gives.

use crate::{
    day::Day,
    error::{Doing, StoreError},
    layouts::{self, SeriesId, StoredLayout},
    memory::Memory,
    rounds,
    runs::{self, Poll, Run},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tw_ingest::StateRun;
use tw_units::{Interval, Timestamp};

/// Where a row comes from.
const POLLED: i64 = 0;
const REPORTED: i64 = 1;

/// The new polls of a batch, by series.
#[derive(Debug, Default)]
pub(crate) struct NewPolls {
    of_series: BTreeMap<SeriesId, (u32, Vec<Poll>)>,
}

impl NewPolls {
    pub(crate) fn add(&mut self, layout: &Arc<StoredLayout>, states: Vec<(SeriesId, Poll)>) {
        for (series, poll) in states {
            let entry = self
                .of_series
                .entry(series)
                .or_insert((layout.source, Vec::new()));
            entry.1.push(poll);
        }
    }

    /// Folds them into the rows; the rounds are in their tables already. Returns how many days
    /// of a target had to be folded again.
    pub(crate) fn fold(self, db: &Connection, memory: &mut Memory) -> Result<u64, StoreError> {
        let mut again = BTreeSet::new();
        for (series, (source, mut polls)) in self.of_series {
            polls.sort_unstable();
            for run in runs::fold(&polls) {
                if !extend(db, memory, series, &run)? {
                    again.insert((source, Day::of(run.from)));
                }
            }
        }
        for (source, day) in &again {
            fold_again(db, memory, *source, *day)?;
        }
        Ok(again.len() as u64)
    }
}

/// Puts a run beside or between the rows; false when it lies across one.
fn extend(
    db: &Connection,
    memory: &mut Memory,
    series: SeriesId,
    run: &Run,
) -> Result<bool, StoreError> {
    let newest = memory
        .newest_run(series)
        .filter(|newest| newest.to < run.from);
    let (before, after) = match newest {
        // The usual case, live: after the newest row there is none.
        Some(newest) => (Some(newest), None),
        None => (
            neighbour(db, BEFORE, series, run.from)?,
            neighbour(db, AFTER, series, run.from)?,
        ),
    };
    let across =
        before.is_some_and(|row| row.to >= run.from) || after.is_some_and(|row| row.from <= run.to);
    if across {
        return Ok(false);
    }
    let is_newest = after.is_none();
    let same_day = |row: &Run| Day::of(row.from) == Day::of(run.from);
    let before = before.filter(|row| same_day(row) && row.goes_on_in(run));
    let after = after.filter(|row| same_day(row) && run.goes_on_in(row));
    let mut whole = before.map_or(*run, |row| row.joined(run));
    if let Some(row) = after {
        whole = whole.joined(&row);
        delete(db, series, POLLED, row.from)?;
    }
    put(db, series, POLLED, &whole)?;
    if is_newest {
        memory.keep_newest_run(series, whole);
    } else {
        memory.forget_newest_run(series);
    }
    Ok(true)
}

/// Folds a target's day from its rounds.
fn fold_again(
    db: &Connection,
    memory: &mut Memory,
    source: u32,
    day: Day,
) -> Result<(), StoreError> {
    for (series, polls) in rounds::polls_of_day(db, source, day)? {
        memory.forget_newest_run(series);
        db.prepare_cached(
            "DELETE FROM state_run
             WHERE series_id = ?1 AND origin = 0 AND from_ms >= ?2 AND from_ms < ?3",
        )
        .and_then(|mut delete| {
            delete.execute(params![
                series.0,
                day.start().as_millis(),
                day.end().as_millis()
            ])
        })
        .doing("fold a day again")?;
        for run in runs::fold(&polls) {
            put(db, series, POLLED, &run)?;
        }
    }
    Ok(())
}

/// Keeps a run that a collector reports. Where reported runs overlap, the first one stands.
pub(crate) fn report(db: &Connection, run: &StateRun) -> Result<bool, StoreError> {
    let series = layouts::state_series(db, &run.target, &run.object, &run.metric)?;
    let reported = Run {
        state: run.state,
        from: run.from,
        to: run.to,
        polls: run.polls.max(if run.from == run.to { 1 } else { 2 }),
        max_gap_ms: run
            .max_gap_ms
            .min(run.to.millis_since(run.from).unsigned_abs()),
        period_ms: run.period_ms,
    };
    let known = overlapping(db, series, REPORTED, reported.from, reported.to)?;
    let parts = runs::outside(reported, &known);
    for part in &parts {
        put(db, series, REPORTED, part)?;
    }
    Ok(!parts.is_empty())
}

/// The runs of a series that touch a window, whole, with one before and one after it: what an
/// account of the window's edges needs.
pub(crate) fn in_window(
    db: &Connection,
    series: SeriesId,
    window: Interval,
) -> Result<Vec<Run>, StoreError> {
    let polled = around(db, series, POLLED, window)?;
    let reported = around(db, series, REPORTED, window)?;
    Ok(runs::merge(&polled, &reported))
}

/// After a day's rounds are dropped, its rows join those of the days before: they will not be
/// folded again, and a quiet device is one row.
pub(crate) fn close_day(db: &Connection, memory: &mut Memory, day: Day) -> Result<u64, StoreError> {
    let mut query = db
        .prepare_cached(
            "SELECT series_id, min(from_ms) FROM state_run
             WHERE origin = 0 AND from_ms >= ?1 AND from_ms < ?2 GROUP BY series_id",
        )
        .doing("close a day")?;
    let firsts = query
        .query_map([day.start().as_millis(), day.end().as_millis()], |row| {
            Ok((SeriesId(row.get(0)?), Timestamp::from_millis(row.get(1)?)))
        })
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("close a day")?;
    memory.forget_newest_runs();
    let mut joined = 0;
    for (series, from) in firsts {
        let before = neighbour(db, BEFORE, series, from.plus_millis(-1))?;
        let first = neighbour(db, BEFORE, series, from)?;
        if let (Some(before), Some(first)) = (before, first)
            && before.goes_on_in(&first)
        {
            delete(db, series, POLLED, first.from)?;
            put(db, series, POLLED, &before.joined(&first))?;
            joined += 1;
        }
    }
    Ok(joined)
}

const BEFORE: &str = "SELECT state, from_ms, to_ms, polls, max_gap_ms, period_ms FROM state_run
    WHERE series_id = ?1 AND origin = ?2 AND from_ms <= ?3 ORDER BY from_ms DESC LIMIT 1";
const AFTER: &str = "SELECT state, from_ms, to_ms, polls, max_gap_ms, period_ms FROM state_run
    WHERE series_id = ?1 AND origin = ?2 AND from_ms > ?3 ORDER BY from_ms LIMIT 1";
const FROM_TO: &str = "SELECT state, from_ms, to_ms, polls, max_gap_ms, period_ms FROM state_run
    WHERE series_id = ?1 AND origin = ?2 AND from_ms >= ?3 AND from_ms <= ?4 ORDER BY from_ms";

fn neighbour(
    db: &Connection,
    which: &'static str,
    series: SeriesId,
    at: Timestamp,
) -> Result<Option<Run>, StoreError> {
    neighbour_of(db, which, (series, POLLED), at)
}

fn neighbour_of(
    db: &Connection,
    which: &'static str,
    (series, origin): (SeriesId, i64),
    at: Timestamp,
) -> Result<Option<Run>, StoreError> {
    db.prepare_cached(which)
        .and_then(|mut query| {
            query
                .query_row(params![series.0, origin, at.as_millis()], read)
                .optional()
        })
        .doing("read a run")
}

/// The rows that share an instant with `[from, to]`.
fn overlapping(
    db: &Connection,
    series: SeriesId,
    origin: i64,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Run>, StoreError> {
    // Rows of one origin do not overlap, so only the one that begins before can reach in.
    let before = neighbour_of(db, BEFORE, (series, origin), from)?;
    let start = before.map_or(from, |row| row.from);
    let mut query = db.prepare_cached(FROM_TO).doing("read runs")?;
    let rows = query
        .query_map(
            params![series.0, origin, start.as_millis(), to.as_millis()],
            read,
        )
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("read runs")?;
    Ok(rows.into_iter().filter(|row| row.to >= from).collect())
}

/// As [`overlapping`], with the nearest row on either side.
fn around(
    db: &Connection,
    series: SeriesId,
    origin: i64,
    window: Interval,
) -> Result<Vec<Run>, StoreError> {
    let last = window.to.plus_millis(-1);
    let mut rows = overlapping(db, series, origin, window.from, last)?;
    let first = rows
        .first()
        .map_or(window.from, |row| row.from)
        .plus_millis(-1);
    if let Some(before) = neighbour_of(db, BEFORE, (series, origin), first)? {
        rows.insert(0, before);
    }
    rows.extend(neighbour_of(db, AFTER, (series, origin), last)?);
    Ok(rows)
}

fn delete(
    db: &Connection,
    series: SeriesId,
    origin: i64,
    from: Timestamp,
) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM state_run WHERE series_id = ?1 AND origin = ?2 AND from_ms = ?3")
        .and_then(|mut delete| delete.execute(params![series.0, origin, from.as_millis()]))
        .map(drop)
        .doing("join two runs")
}

fn put(db: &Connection, series: SeriesId, origin: i64, run: &Run) -> Result<(), StoreError> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    db.prepare_cached(
        "INSERT OR REPLACE INTO state_run
           (series_id, origin, from_ms, to_ms, state, polls, max_gap_ms, period_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .and_then(|mut put| {
        put.execute(params![
            series.0,
            origin,
            run.from.as_millis(),
            run.to.as_millis(),
            run.state,
            count(run.polls),
            count(run.max_gap_ms),
            count(run.period_ms)
        ])
    })
    .map(drop)
    .doing("keep a run")
}

fn read(row: &Row<'_>) -> Result<Run, rusqlite::Error> {
    let count = |i: usize| row.get::<_, i64>(i).map(i64::unsigned_abs);
    Ok(Run {
        state: row.get(0)?,
        from: Timestamp::from_millis(row.get(1)?),
        to: Timestamp::from_millis(row.get(2)?),
        polls: count(3)?,
        max_gap_ms: count(4)?,
        period_ms: count(5)?,
    })
}
