//! Reads of rounds: one target's latest values, and samples of series over a window.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** invent a value.

use crate::{
    day::{Day, of_round_id, round_id},
    error::{Doing, StoreError},
    layouts::{self, SeriesId, StoredLayout},
    memory::PendingRound,
    rounds,
    shared::Shared,
};
use rusqlite::{Connection, OptionalExtension};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};
use tw_ingest::{TargetKey, round::Value};
use tw_units::{Interval, Timestamp};

/// The most samples that one query gives.
pub const SAMPLES_MAX: usize = 5_000_000;

/// Rounds that the start looks through for the latest of each target.
const LATEST_SCAN_MAX: usize = 200_000;

/// One value at its instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When, by the collector's clock.
    pub at: Timestamp,
    /// The value; `None` when it was asked for and not had.
    pub value: Option<Value>,
    /// The wanted time between rounds then, in milliseconds.
    pub period_ms: u64,
}

/// The samples of a series, in the order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesSamples {
    /// Whose.
    pub series: SeriesId,
    /// What.
    pub samples: Vec<Sample>,
}

/// The samples of some series in `[from, to)`, in the order of the question.
pub(crate) fn in_window(
    db: &Connection,
    shared: &Shared,
    series: &[SeriesId],
    window: Interval,
) -> Result<Vec<SeriesSamples>, StoreError> {
    let mut wanted: BTreeMap<u32, HashSet<SeriesId>> = BTreeMap::new();
    for id in series {
        if let Some(source) = source_of(db, *id)? {
            wanted.entry(source).or_default().insert(*id);
        }
    }
    let days: Vec<Day> = rounds::days(db)?
        .into_iter()
        .filter(|day| day.start() < window.to && window.from < day.end())
        .collect();
    let mut found: HashMap<SeriesId, Vec<Sample>> = HashMap::new();
    let mut reader = RoundReader {
        db,
        layouts: HashMap::new(),
        count: 0,
    };
    for day in days {
        list_day(db, shared, day)?;
        for (source, ids) in &wanted {
            let instants = shared.times().instants(day, *source, window);
            let instants = match instants {
                Some(instants) => instants,
                // The list was pushed out in between by reads of many other days.
                None => scan_source(db, day, *source, window)?,
            };
            reader.read_day(day, (*source, ids), &instants, &mut found)?;
        }
    }
    let take = |id: &SeriesId| SeriesSamples {
        series: *id,
        samples: found.get(id).cloned().unwrap_or_default(),
    };
    Ok(series.iter().map(take).collect())
}

struct RoundReader<'a> {
    db: &'a Connection,
    layouts: HashMap<i64, Arc<StoredLayout>>,
    count: usize,
}

impl RoundReader<'_> {
    fn read_day(
        &mut self,
        day: Day,
        (source, ids): (u32, &HashSet<SeriesId>),
        instants: &[Timestamp],
        found: &mut HashMap<SeriesId, Vec<Sample>>,
    ) -> Result<(), StoreError> {
        let db = self.db;
        let sql = format!("SELECT layout_id, v FROM {} WHERE id = ?1", day.table());
        let mut query = db.prepare_cached(&sql).doing("read rounds")?;
        for at in instants {
            let row = query
                .query_row([round_id(*at, source)], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
                })
                .optional()
                .doing("read a round")?;
            let Some((layout, bytes)) = row else { continue };
            let layout = self.layout(layout)?;
            self.count += pick(&layout, *at, &bytes, ids, found)?;
            if self.count > SAMPLES_MAX {
                let limit = SAMPLES_MAX as u64;
                return Err(StoreError::Limit {
                    what: "the number of samples of a query",
                    limit,
                });
            }
        }
        Ok(())
    }

    fn layout(&mut self, id: i64) -> Result<Arc<StoredLayout>, StoreError> {
        if let Some(known) = self.layouts.get(&id) {
            return Ok(Arc::clone(known));
        }
        let layout = Arc::new(layouts::by_id(self.db, id)?);
        self.layouts.insert(id, Arc::clone(&layout));
        Ok(layout)
    }
}

/// The wanted columns of a round; the columns after the last wanted one are not decoded.
fn pick(
    layout: &StoredLayout,
    at: Timestamp,
    bytes: &[u8],
    ids: &HashSet<SeriesId>,
    found: &mut HashMap<SeriesId, Vec<Sample>>,
) -> Result<usize, StoreError> {
    let torn = |_| StoreError::corrupt(format!("a torn round of {at}"));
    let last = layout
        .columns
        .iter()
        .rposition(|column| ids.contains(&column.series));
    let Some(last) = last else { return Ok(0) };
    let values = tw_ingest::round::columns(bytes).map_err(torn)?;
    let mut count = 0;
    for (column, value) in layout.columns.iter().zip(values).take(last + 1) {
        let value = value.map_err(torn)?;
        if ids.contains(&column.series) {
            let period_ms = layout.period_ms.unsigned_abs();
            found.entry(column.series).or_default().push(Sample {
                at,
                value,
                period_ms,
            });
            count += 1;
        }
    }
    Ok(count)
}

fn source_of(db: &Connection, series: SeriesId) -> Result<Option<u32>, StoreError> {
    db.prepare_cached(
        "SELECT target_id FROM series JOIN object ON object.id = object_id WHERE series.id = ?1",
    )
    .and_then(|mut query| query.query_row([series.0], |row| row.get(0)).optional())
    .doing("read a series")
}

/// Lists a day's instants, unless they are listed.
fn list_day(db: &Connection, shared: &Shared, day: Day) -> Result<(), StoreError> {
    if shared.times().track(day) {
        return Ok(());
    }
    let sql = format!("SELECT id FROM {}", day.table());
    let mut query = db.prepare_cached(&sql).doing("list the rounds of a day")?;
    let scanned = query
        .query_map([], |row| row.get::<_, i64>(0))
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("list the rounds of a day")?;
    let scanned: Vec<(u32, Timestamp)> = scanned
        .into_iter()
        .map(of_round_id)
        .map(|(at, source)| (source, at))
        .collect();
    shared.times().complete(day, &scanned);
    Ok(())
}

fn scan_source(
    db: &Connection,
    day: Day,
    source: u32,
    window: Interval,
) -> Result<Vec<Timestamp>, StoreError> {
    let sql = format!("SELECT id FROM {} WHERE id >= ?1 AND id < ?2", day.table());
    let from = round_id(window.from.max(day.start()), 0);
    let to = round_id(window.to.min(day.end()), 0);
    let mut query = db
        .prepare_cached(&sql)
        .doing("list the rounds of a target")?;
    let ids = query
        .query_map([from, to], |row| row.get::<_, i64>(0))
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("list the rounds of a target")?;
    let of_source = ids
        .into_iter()
        .map(of_round_id)
        .filter(|(_, s)| *s == source);
    Ok(of_source.map(|(at, _)| at).collect())
}

/// At the start: the latest round of each target, from the last two days.
pub(crate) fn load_latest(db: &Connection, shared: &Shared) -> Result<(), StoreError> {
    let mut seen: HashSet<u32> = HashSet::new();
    let mut layouts_read: HashMap<i64, Arc<StoredLayout>> = HashMap::new();
    let targets: usize = db
        .query_row("SELECT count(*) FROM target", [], |row| row.get(0))
        .doing("count the targets")?;
    let mut looked_at = 0;
    for day in rounds::days(db)?.into_iter().rev().take(2) {
        let sql = format!(
            "SELECT id, layout_id, v FROM {} ORDER BY id DESC",
            day.table()
        );
        let mut query = db.prepare(&sql).doing("read the latest rounds")?;
        let mut rows = query.query([]).doing("read the latest rounds")?;
        while let Some(row) = rows.next().doing("read the latest rounds")? {
            looked_at += 1;
            if looked_at > LATEST_SCAN_MAX || seen.len() == targets {
                return Ok(());
            }
            let (at, source) = of_round_id(row.get(0).doing("read a round")?);
            if !seen.insert(source) {
                continue;
            }
            let layout_id: i64 = row.get(1).doing("read a round")?;
            let layout = match layouts_read.get(&layout_id) {
                Some(known) => Arc::clone(known),
                None => Arc::new(layouts::by_id(db, layout_id)?),
            };
            layouts_read.insert(layout_id, Arc::clone(&layout));
            let values = row.get(2).doing("read a round")?;
            let target = target_key(db, source)?;
            shared.keep_latest(PendingRound {
                target,
                layout,
                at,
                values,
            });
        }
    }
    Ok(())
}

fn target_key(db: &Connection, source: u32) -> Result<TargetKey, StoreError> {
    db.prepare_cached("SELECT key FROM target WHERE id = ?1")
        .and_then(|mut query| query.query_row([source], |row| row.get(0)))
        .map(TargetKey)
        .doing("read a target")
}
