//! Targets, objects with labels, series, and the layouts that rounds follow.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** read a round.

use crate::{
    day::TARGETS_MAX,
    error::{Doing, StoreError},
    memory::Memory,
    varint,
};
use rusqlite::{Connection, OptionalExtension, params};
use std::{collections::HashSet, sync::Arc};
use tw_ingest::{Layout, LayoutKey, TargetKey, ValueKind, round::COLUMNS_MAX};

/// The longest key of an object and name of a metric, in bytes.
pub const KEY_BYTES_MAX: usize = 512;

/// The longest label set of an object, as JSON, in bytes.
pub const LABELS_BYTES_MAX: usize = 16 * 1024;

/// A series for good: it survives re-indexing, new labels and restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct SeriesId(pub i64);

/// One column of a stored layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoredColumn {
    pub(crate) series: SeriesId,
    pub(crate) kind: ValueKind,
}

/// A layout as the tables have it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StoredLayout {
    pub(crate) id: i64,
    /// The target's number, the low bits of a round's key.
    pub(crate) source: u32,
    pub(crate) period_ms: i64,
    pub(crate) columns: Vec<StoredColumn>,
}

impl StoredLayout {
    pub(crate) fn has_states(&self) -> bool {
        self.columns
            .iter()
            .any(|column| column.kind == ValueKind::State)
    }
}

/// Keeps a layout that a batch announces; the outer error is ours, the inner a refusal.
pub(crate) fn announce(
    db: &Connection,
    memory: &mut Memory,
    layout: &Layout,
    segment: i64,
) -> Result<Result<(), &'static str>, StoreError> {
    if let Err(reason) = check(layout) {
        return Ok(Err(reason));
    }
    let source = target_id(db, &layout.target)?;
    let objects = put_objects(db, source, layout, segment)?;
    if find(db, memory, &layout.target, layout.key())?.is_some() {
        return Ok(Ok(()));
    }
    let mut columns = Vec::with_capacity(layout.series.len());
    for series in &layout.series {
        let object = objects.get(series.object as usize).copied();
        let object = object.ok_or_else(|| StoreError::corrupt("a series without an object"))?;
        let id = put_series(db, object, &series.metric, series.kind)?;
        columns.push(StoredColumn {
            series: id,
            kind: series.kind,
        });
    }
    let period_ms = i64::try_from(layout.period_ms).unwrap_or(i64::MAX);
    db.prepare_cached(
        "INSERT INTO layout(target_id, key, period_ms, cols) VALUES (?1, ?2, ?3, ?4)",
    )
    .and_then(|mut insert| {
        insert.execute(params![
            source,
            key_column(layout.key()),
            period_ms,
            pack(&columns)
        ])
    })
    .doing("insert a layout")?;
    let stored = StoredLayout {
        id: db.last_insert_rowid(),
        source,
        period_ms,
        columns,
    };
    memory.keep_layout(&layout.target, layout.key(), Arc::new(stored));
    Ok(Ok(()))
}

/// The layout with this key of a target, if it was announced.
pub(crate) fn find(
    db: &Connection,
    memory: &mut Memory,
    target: &TargetKey,
    key: LayoutKey,
) -> Result<Option<Arc<StoredLayout>>, StoreError> {
    if let Some(known) = memory.layout(target, key) {
        return Ok(Some(known));
    }
    let row = db
        .prepare_cached(
            "SELECT layout.id, target.id, period_ms, cols FROM layout
             JOIN target ON target.id = target_id WHERE target.key = ?1 AND layout.key = ?2",
        )
        .and_then(|mut query| {
            query
                .query_row(params![target.0, key_column(key)], read_layout)
                .optional()
        })
        .doing("read a layout")?;
    let Some(row) = row else { return Ok(None) };
    let stored = Arc::new(row.unpack()?);
    memory.keep_layout(target, key, Arc::clone(&stored));
    Ok(Some(stored))
}

/// The layout with this number.
pub(crate) fn by_id(db: &Connection, id: i64) -> Result<StoredLayout, StoreError> {
    db.prepare_cached("SELECT id, target_id, period_ms, cols FROM layout WHERE id = ?1")
        .and_then(|mut query| query.query_row([id], read_layout))
        .doing("read a layout")?
        .unpack()
}

/// The number of a target, new if need be.
pub(crate) fn target_id(db: &Connection, target: &TargetKey) -> Result<u32, StoreError> {
    if let Some(id) = known_target(db, target)? {
        return Ok(id);
    }
    let next: u32 = db
        .query_row("SELECT coalesce(max(id), 0) + 1 FROM target", [], |row| {
            row.get(0)
        })
        .doing("count the targets")?;
    if next > TARGETS_MAX {
        return Err(StoreError::Limit {
            what: "the number of targets",
            limit: TARGETS_MAX.into(),
        });
    }
    db.execute(
        "INSERT INTO target(id, key) VALUES (?1, ?2)",
        params![next, target.0],
    )
    .doing("insert a target")?;
    Ok(next)
}

/// The number of a target, if it ever had data.
pub(crate) fn known_target(db: &Connection, target: &TargetKey) -> Result<Option<u32>, StoreError> {
    db.prepare_cached("SELECT id FROM target WHERE key = ?1")
        .and_then(|mut query| query.query_row([&target.0], |row| row.get(0)).optional())
        .doing("read a target")
}

/// The series of a metric of an object, new if need be: for runs that come without rounds.
pub(crate) fn state_series(
    db: &Connection,
    target: &TargetKey,
    object: &str,
    metric: &str,
) -> Result<SeriesId, StoreError> {
    let source = target_id(db, target)?;
    let known = db
        .prepare_cached("SELECT id FROM object WHERE target_id = ?1 AND key = ?2")
        .and_then(|mut q| {
            q.query_row(params![source, object], |row| row.get(0))
                .optional()
        })
        .doing("read an object")?;
    let object = match known {
        Some(id) => id,
        // Labels come with the first layout, whichever segment that is in.
        None => put_object(db, source, object, "{}", i64::MIN)?,
    };
    put_series(db, object, metric, ValueKind::State)
}

/// Whether a text may be a key: bounded, without control characters.
pub(crate) fn is_key(text: &str) -> bool {
    text.len() <= KEY_BYTES_MAX && !text.chars().any(char::is_control)
}

fn check(layout: &Layout) -> Result<(), &'static str> {
    let series = &layout.series;
    let fits = series.len() <= COLUMNS_MAX && layout.objects.len() <= COLUMNS_MAX;
    let named = !layout.target.0.is_empty()
        && is_key(&layout.target.0)
        && layout.objects.iter().all(|object| is_key(&object.key))
        && series
            .iter()
            .all(|s| !s.metric.is_empty() && is_key(&s.metric));
    if !fits || !named {
        return Err("layout_too_long");
    }
    let mut objects = HashSet::new();
    let mut columns = HashSet::new();
    let sound = layout
        .objects
        .iter()
        .all(|object| objects.insert(&object.key))
        && series.iter().all(|s| columns.insert((s.object, &s.metric)))
        && series
            .iter()
            .all(|s| (s.object as usize) < layout.objects.len());
    if sound { Ok(()) } else { Err("layout_unsound") }
}

fn put_objects(
    db: &Connection,
    source: u32,
    layout: &Layout,
    segment: i64,
) -> Result<Vec<i64>, StoreError> {
    let mut ids = Vec::with_capacity(layout.objects.len());
    for object in &layout.objects {
        let labels = labels_json(&object.labels);
        let labels = if labels.len() > LABELS_BYTES_MAX {
            "{}"
        } else {
            &labels
        };
        ids.push(put_object(db, source, &object.key, labels, segment)?);
    }
    Ok(ids)
}

/// Labels follow the latest segment, so that a backlog does not bring old names back.
fn put_object(
    db: &Connection,
    source: u32,
    key: &str,
    labels: &str,
    segment: i64,
) -> Result<i64, StoreError> {
    db.prepare_cached(
        "INSERT INTO object(target_id, key, labels, labels_segment) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (target_id, key) DO UPDATE SET
           labels = iif(excluded.labels_segment >= labels_segment, excluded.labels, labels),
           labels_segment = max(excluded.labels_segment, labels_segment)
         RETURNING id",
    )
    .and_then(|mut put| put.query_row(params![source, key, labels, segment], |row| row.get(0)))
    .doing("keep an object")
}

fn put_series(
    db: &Connection,
    object: i64,
    metric: &str,
    kind: ValueKind,
) -> Result<SeriesId, StoreError> {
    let known = db
        .prepare_cached("SELECT id FROM metric WHERE name = ?1")
        .and_then(|mut query| query.query_row([metric], |row| row.get(0)).optional())
        .doing("read a metric")?;
    let metric: i64 = match known {
        Some(id) => id,
        None => db
            .query_row(
                "INSERT INTO metric(name) VALUES (?1) RETURNING id",
                [metric],
                |r| r.get(0),
            )
            .doing("insert a metric")?,
    };
    db.prepare_cached(
        "INSERT INTO series(object_id, metric_id, kind) VALUES (?1, ?2, ?3)
         ON CONFLICT (object_id, metric_id) DO UPDATE SET kind = excluded.kind RETURNING id",
    )
    .and_then(|mut put| put.query_row(params![object, metric, kind_column(kind)], |r| r.get(0)))
    .map(SeriesId)
    .doing("keep a series")
}

fn labels_json(labels: &[(String, String)]) -> String {
    let map = labels
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().into()));
    serde_json::Value::Object(map.collect()).to_string()
}

pub(crate) const fn kind_column(kind: ValueKind) -> u8 {
    match kind {
        ValueKind::Counter => 0,
        ValueKind::Gauge => 1,
        ValueKind::State => 2,
    }
}

pub(crate) const fn kind_of_column(column: u64) -> Option<ValueKind> {
    match column {
        0 => Some(ValueKind::Counter),
        1 => Some(ValueKind::Gauge),
        2 => Some(ValueKind::State),
        _ => None,
    }
}

/// SQLite has no unsigned 64-bit column; the bits are kept.
#[expect(clippy::cast_possible_wrap, reason = "only compared for equality")]
const fn key_column(key: LayoutKey) -> i64 {
    key.0 as i64
}

struct LayoutRow {
    id: i64,
    source: u32,
    period_ms: i64,
    cols: Vec<u8>,
}

fn read_layout(row: &rusqlite::Row<'_>) -> Result<LayoutRow, rusqlite::Error> {
    Ok(LayoutRow {
        id: row.get(0)?,
        source: row.get(1)?,
        period_ms: row.get(2)?,
        cols: row.get(3)?,
    })
}

impl LayoutRow {
    fn unpack(self) -> Result<StoredLayout, StoreError> {
        let columns = unpack(&self.cols)
            .ok_or_else(|| StoreError::corrupt(format!("a torn layout, number {}", self.id)))?;
        Ok(StoredLayout {
            id: self.id,
            source: self.source,
            period_ms: self.period_ms,
            columns,
        })
    }
}

/// Per column a varint of `series << 2 | kind`.
fn pack(columns: &[StoredColumn]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(columns.len() * 3);
    for column in columns {
        let series = column.series.0.unsigned_abs();
        varint::put(
            &mut bytes,
            series << 2 | u64::from(kind_column(column.kind)),
        );
    }
    bytes
}

fn unpack(mut bytes: &[u8]) -> Option<Vec<StoredColumn>> {
    let mut columns = Vec::new();
    while !bytes.is_empty() {
        let word = varint::take(&mut bytes)?;
        let series = SeriesId(i64::try_from(word >> 2).ok()?);
        columns.push(StoredColumn {
            series,
            kind: kind_of_column(word & 3)?,
        });
    }
    Some(columns)
}
