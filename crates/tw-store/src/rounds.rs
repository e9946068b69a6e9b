//! Rounds: one table per UTC day, keyed by instant and target, kept as the collector made them.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** change a value.
//!
//! Compaction into day files will read these tables and empty them; until then retention drops
//! a day's table whole. The key refuses a second round of a target at the same instant.

use crate::{
    day::{Day, INSTANT_MAX, of_round_id, round_id},
    error::{Doing, StoreError},
    layouts::{self, SeriesId, StoredLayout},
    memory::{DayTable, Memory, Pending, PendingRound},
    runs::Poll,
};
use rusqlite::{Connection, OptionalExtension, params};
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};
use tw_ingest::{Round, ValueKind, round::Value};
use tw_units::Timestamp;

/// What became of a round.
#[derive(Debug)]
pub(crate) enum Inserted {
    /// It is kept; its states are still to be folded.
    Kept {
        layout: Arc<StoredLayout>,
        states: Vec<(SeriesId, Poll)>,
    },
    /// It was there.
    Duplicate,
    /// It is not kept, for this reason.
    Refused(&'static str),
}

/// Inserts a round. `latest` is the last instant that is believed.
pub(crate) fn insert(
    db: &Connection,
    memory: &mut Memory,
    round: Round,
    latest: Timestamp,
) -> Result<Inserted, StoreError> {
    if round.at > latest {
        return Ok(Inserted::Refused("future"));
    }
    if !(0..=INSTANT_MAX).contains(&round.at.as_millis()) {
        return Ok(Inserted::Refused("bad_time"));
    }
    let day = Day::of(round.at);
    if day < first_day(db, memory)? {
        return Ok(Inserted::Refused("expired"));
    }
    let Some(layout) = layouts::find(db, memory, &round.target, round.layout)? else {
        return Ok(Inserted::Refused("unknown_layout"));
    };
    let values = match tw_ingest::round::decode(&round.values) {
        Ok(values) if values.len() == layout.columns.len() => values,
        _ => return Ok(Inserted::Refused("torn")),
    };
    let table = day_table(db, memory, day)?;
    let new = db
        .prepare_cached(&table.insert)
        .and_then(|mut insert| {
            insert.execute(params![
                round_id(round.at, layout.source),
                layout.id,
                round.values
            ])
        })
        .doing("insert a round")?;
    if new == 0 {
        return Ok(Inserted::Duplicate);
    }
    let states = polls(&layout, round.at, &values);
    memory.publish(Pending::Round(PendingRound {
        target: round.target,
        layout: Arc::clone(&layout),
        at: round.at,
        values: round.values,
    }));
    Ok(Inserted::Kept { layout, states })
}

/// The states of a round, by series. A missing value is no poll.
pub(crate) fn polls(
    layout: &StoredLayout,
    at: Timestamp,
    values: &[Option<Value>],
) -> Vec<(SeriesId, Poll)> {
    let period_ms = layout.period_ms.unsigned_abs();
    layout
        .columns
        .iter()
        .zip(values)
        .filter(|(column, _)| column.kind == ValueKind::State)
        .filter_map(|(column, value)| Some((column.series, state_code((*value)?)?)))
        .map(|(series, state)| {
            (
                series,
                Poll {
                    at,
                    state,
                    period_ms,
                },
            )
        })
        .collect()
}

/// A state is a whole number; a float that is one counts, too.
fn state_code(value: Value) -> Option<i64> {
    match value {
        Value::Whole(n) => i64::try_from(n).ok(),
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        Value::Float(x) if x.fract() == 0.0 && x.abs() < 9e15 => Some(x as i64),
        Value::Float(_) => None,
    }
}

/// All state polls of a target on a day, by series and in the order of time, from its rounds.
pub(crate) fn polls_of_day(
    db: &Connection,
    source: u32,
    day: Day,
) -> Result<BTreeMap<SeriesId, Vec<Poll>>, StoreError> {
    let sql = format!(
        "SELECT id, layout_id, v FROM {} WHERE (id & {}) = ?1 ORDER BY id",
        day.table(),
        crate::day::TARGETS_MAX
    );
    let mut query = db.prepare_cached(&sql).doing("read the rounds of a day")?;
    let mut rows = query.query([source]).doing("read the rounds of a day")?;
    let mut known: BTreeMap<i64, StoredLayout> = BTreeMap::new();
    let mut polled: BTreeMap<SeriesId, Vec<Poll>> = BTreeMap::new();
    while let Some(row) = rows.next().doing("read the rounds of a day")? {
        let id: i64 = row.get(0).doing("read a round")?;
        let layout_id: i64 = row.get(1).doing("read a round")?;
        let bytes: Vec<u8> = row.get(2).doing("read a round")?;
        let layout = match known.entry(layout_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(layouts::by_id(db, layout_id)?),
        };
        let values = tw_ingest::round::decode(&bytes)
            .map_err(|_| StoreError::corrupt(format!("a torn round, number {id}")))?;
        let (at, _) = of_round_id(id);
        for (series, poll) in self::polls(layout, at, &values) {
            polled.entry(series).or_default().push(poll);
        }
    }
    Ok(polled)
}

/// The table of a day, made if need be.
fn day_table(db: &Connection, memory: &mut Memory, day: Day) -> Result<Arc<DayTable>, StoreError> {
    if let Some(table) = memory.day(day) {
        return Ok(table);
    }
    let name = day.table();
    db.execute_batch(&format!(
        "CREATE TABLE IF NOT EXISTS {name}(
           id INTEGER PRIMARY KEY, layout_id INTEGER NOT NULL, v BLOB NOT NULL) STRICT"
    ))
    .doing("make the table of a day")?;
    let insert = format!("INSERT OR IGNORE INTO {name}(id, layout_id, v) VALUES (?1, ?2, ?3)");
    let table = Arc::new(DayTable { insert });
    memory.keep_day(day, Arc::clone(&table));
    Ok(table)
}

/// The first day whose rounds are accepted; earlier ones were dropped and stay so.
fn first_day(db: &Connection, memory: &mut Memory) -> Result<Day, StoreError> {
    if let Some(day) = memory.first_day() {
        return Ok(day);
    }
    let kept: Option<String> = db
        .query_row("SELECT v FROM meta WHERE k = 'first_day'", [], |row| {
            row.get(0)
        })
        .optional()
        .doing("read the first day that is kept")?;
    let day = kept.and_then(|text| text.parse().ok()).map_or(Day(0), Day);
    memory.keep_first_day(day);
    Ok(day)
}

/// Remembers the first day whose rounds are accepted.
pub(crate) fn keep_first_day(
    db: &Connection,
    memory: &mut Memory,
    day: Day,
) -> Result<bool, StoreError> {
    if day <= first_day(db, memory)? {
        return Ok(false);
    }
    db.execute(
        "INSERT INTO meta(k, v) VALUES ('first_day', ?1)
         ON CONFLICT (k) DO UPDATE SET v = excluded.v",
        [day.0.to_string()],
    )
    .doing("keep the first day")?;
    memory.keep_first_day(day);
    Ok(true)
}

/// The days that have a table, in order.
pub(crate) fn days(db: &Connection) -> Result<Vec<Day>, StoreError> {
    let mut query = db
        .prepare_cached(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'round_*'",
        )
        .doing("list the days")?;
    let names = query
        .query_map([], |row| row.get::<_, String>(0))
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("list the days")?;
    let mut days: Vec<Day> = names
        .iter()
        .filter_map(|name| Day::of_table(name))
        .collect();
    days.sort_unstable();
    Ok(days)
}
