//! Sources: which asset is which object elsewhere, how each reading went, and the pages of one
//! that is under way.
//!
//! **Room:** layer 1. **May use:** `tw-model`, `tw-units`. **Must not:** know what a page means.
//!
//! A page is kept together with the cursor behind it, so a run that broke off reads on where it
//! was; what a run changes in the register goes in transactions of their own, each with the
//! references that belong to it.

use crate::{
    PlanApplied, RegisterError, Store,
    audit::{self, Author},
    error::{Doing, StoreError},
    memory::Memory,
    register,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};
use tw_model::Plan;
use tw_units::Timestamp;

/// A run whose last page is younger is under way somewhere; an older one broke off.
pub const RUN_QUIET_MS_MAX: i64 = 60_000;

/// A run that broke off longer ago is not continued: the source has moved on.
pub const RESUME_MS_MAX: i64 = 3_600_000;

/// The most runs that one query gives.
pub const RUNS_MAX: u32 = 200;

/// Which asset an object of a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRef {
    /// The source.
    pub source: String,
    /// The kind of object there, as `dcim.device`.
    pub kind: String,
    /// Its id there.
    pub source_id: u64,
    /// The asset's tag.
    pub local_id: String,
    /// Its page there.
    pub url: Option<String>,
    /// When it was changed there last, in the source's words.
    pub last_updated: Option<String>,
    /// When it was read last.
    pub seen_at: Timestamp,
    /// Since when it is not there any more.
    pub missing_since: Option<Timestamp>,
}

/// One reading of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRun {
    /// Its number.
    pub run: u64,
    /// The source.
    pub source: String,
    /// `dry` or `real`.
    pub mode: String,
    /// `reading`, `broken`, `done`, `stopped`, `failed` or `given_up`.
    pub state: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When its last page came.
    pub touched_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Pages that were read.
    pub pages: u64,
    /// Where it reads on.
    pub cursor: Value,
    /// Counts and what is odd.
    pub report: Option<Value>,
    /// Why it stopped or failed.
    pub why: Option<String>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct RunEnd {
    /// `done`, `stopped` or `failed`.
    pub state: &'static str,
    /// Counts and what is odd.
    pub report: Value,
    /// Why it stopped or failed.
    pub why: Option<String>,
}

impl Store {
    /// Begins a run, or takes one up that broke off. `None` when one is under way.
    pub async fn begin_source_run(
        &self,
        source: &str,
        mode: &'static str,
        author: &Author,
    ) -> Result<Option<SourceRun>, StoreError> {
        let (source, author, at) = (source.to_owned(), author.clone(), self.clock.now());
        self.writer
            .write(0, move |db, _| begin(db, (&source, mode), &author, at))
            .await
    }

    /// Keeps a page and where to read on behind it, in one transaction.
    pub async fn keep_source_page(
        &self,
        run: u64,
        (list, rows): (&str, &Value),
        cursor: &Value,
    ) -> Result<(), StoreError> {
        let (list, body, cursor) = (list.to_owned(), rows.to_string(), cursor.to_string());
        let at = self.clock.now().as_millis();
        let bytes = body.len();
        self.writer
            .write(bytes, move |db, _| {
                db.execute(
                    "INSERT INTO source_page(run, seq, list, body)
                     VALUES (?1, (SELECT pages FROM source_run WHERE run = ?1), ?2, ?3)",
                    params![signed(run), list, body],
                )
                .doing("keep a page of a source")?;
                db.execute(
                    "UPDATE source_run SET pages = pages + 1, cursor = ?2, touched_ms = ?3
                     WHERE run = ?1",
                    params![signed(run), cursor, at],
                )
                .map(drop)
                .doing("move on in a source")
            })
            .await
    }

    /// The pages of a run, in the order in which they were read: list and rows.
    pub async fn source_pages(&self, run: u64) -> Result<Vec<(String, Value)>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT list, body FROM source_page WHERE run = ?1 ORDER BY seq")
                .bind(signed(run))
                .fetch_all(&self.queries)
                .await
                .doing("read the pages of a source")?;
        let read = |(list, body): (String, String)| Ok((list, json_of(&body)?));
        rows.into_iter().map(read).collect()
    }

    /// Carries out a part of a run in one transaction: the entities, and which object each is.
    /// `made_for` is the register's revision that the part was planned for.
    pub async fn apply_source_part(
        &self,
        (plan, refs): (Plan, Vec<SourceRef>),
        made_for: u64,
        author: &Author,
    ) -> Result<PlanApplied, RegisterError> {
        let (author, at) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, memory: &mut Memory| {
            let applied =
                register::apply_of_source((db, memory), (&plan, made_for), (&author, at))?;
            for one in &refs {
                put_ref(db, one)?;
            }
            Ok(applied)
        };
        self.writer.write(0, change).await
    }

    /// Notes that a run broke off; the next one of its source reads on behind its last page.
    pub async fn break_source_run(&self, run: u64, why: String) -> Result<(), StoreError> {
        let at = self.clock.now().as_millis();
        self.writer
            .write(0, move |db, _| {
                db.execute(
                    "UPDATE source_run SET state = 'broken', why = ?2, touched_ms = ?3
                     WHERE run = ?1",
                    params![signed(run), why, at],
                )
                .map(drop)
                .doing("note that a run broke off")
            })
            .await
    }

    /// Ends a run; its pages go.
    pub async fn end_source_run(
        &self,
        run: u64,
        end: RunEnd,
        author: &Author,
    ) -> Result<(), StoreError> {
        let (author, at) = (author.clone(), self.clock.now());
        self.writer
            .write(0, move |db, _| {
                db.execute("DELETE FROM source_page WHERE run = ?1", [signed(run)])
                    .doing("drop the pages of a source")?;
                let RunEnd { state, report, why } = &end;
                db.execute(
                    "UPDATE source_run SET state = ?2, ended_ms = ?3, touched_ms = ?3, report = ?4,
                       why = ?5 WHERE run = ?1",
                    params![signed(run), state, at.as_millis(), report.to_string(), why],
                )
                .doing("end a run")?;
                let detail = json!({ "state": state, "why": why, "counts": report.get("counts") });
                let entry = audit::done(&author, "source.end", format!("source_run/{run}"), detail);
                audit::append(db, at, &entry).map(drop)
            })
            .await
    }

    /// Runs, newest first; of one source, if asked.
    pub async fn source_runs(
        &self,
        source: Option<&str>,
        limit: u32,
    ) -> Result<Vec<SourceRun>, StoreError> {
        let (source, limit) = (source.map(str::to_owned), limit.min(RUNS_MAX));
        let read = move |db: &Connection| {
            let mut query = db
                .prepare_cached(
                    "SELECT run, source, mode, state, started_ms, touched_ms, ended_ms, pages,
                       cursor, report, why FROM source_run
                     WHERE ?1 IS NULL OR source = ?1 ORDER BY run DESC LIMIT ?2",
                )
                .doing("read the runs of sources")?;
            let rows = query
                .query_map(params![source, limit], read_run)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .doing("read the runs of sources")?;
            rows.into_iter().collect()
        };
        self.readers.read(read).await
    }

    /// Every reference, of all sources.
    pub async fn source_refs(&self) -> Result<Vec<SourceRef>, StoreError> {
        let read = |db: &Connection| {
            let mut query = db
                .prepare_cached(
                    "SELECT source, kind, source_id, local_id, url, last_updated, seen_ms,
                       missing_ms FROM source_ref",
                )
                .doing("read references")?;
            query
                .query_map([], read_ref)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .doing("read references")
        };
        self.readers.read(read).await
    }
}

fn begin(
    db: &Connection,
    (source, mode): (&str, &'static str),
    author: &Author,
    at: Timestamp,
) -> Result<Option<SourceRun>, StoreError> {
    let open = db
        .query_row(
            "SELECT run, source, mode, state, started_ms, touched_ms, ended_ms, pages, cursor,
               report, why FROM source_run WHERE source = ?1 AND state IN ('reading', 'broken')
             ORDER BY run DESC LIMIT 1",
            [source],
            read_run,
        )
        .optional()
        .doing("look for a run that broke off")?
        .transpose()?;
    if let Some(open) = open {
        let quiet = at.as_millis() - open.touched_at.as_millis();
        if open.state == "reading" && quiet < RUN_QUIET_MS_MAX {
            return Ok(None);
        }
        if quiet < RESUME_MS_MAX && open.mode == mode {
            db.execute(
                "UPDATE source_run SET state = 'reading', touched_ms = ?2 WHERE run = ?1",
                params![signed(open.run), at.as_millis()],
            )
            .doing("take a run up again")?;
            return Ok(Some(open));
        }
        db.execute(
            "UPDATE source_run SET state = 'given_up', ended_ms = ?2 WHERE run = ?1",
            params![signed(open.run), at.as_millis()],
        )
        .doing("give a run up")?;
        db.execute("DELETE FROM source_page WHERE run = ?1", [signed(open.run)])
            .doing("drop the pages of a source")?;
    }
    db.execute(
        "INSERT INTO source_run(source, mode, state, started_ms, touched_ms, cursor)
         VALUES (?1, ?2, 'reading', ?3, ?3, 'null')",
        params![source, mode, at.as_millis()],
    )
    .doing("begin a run")?;
    let run = db.last_insert_rowid().unsigned_abs();
    let detail = json!({ "source": source, "mode": mode });
    let entry = audit::done(author, "source.begin", format!("source_run/{run}"), detail);
    audit::append(db, at, &entry)?;
    Ok(Some(SourceRun {
        run,
        source: source.to_owned(),
        mode: mode.to_owned(),
        state: "reading".to_owned(),
        started_at: at,
        touched_at: at,
        ended_at: None,
        pages: 0,
        cursor: Value::Null,
        report: None,
        why: None,
    }))
}

fn put_ref(db: &Connection, one: &SourceRef) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO source_ref
           (source, kind, source_id, local_id, url, last_updated, seen_ms, missing_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .and_then(|mut put| {
        put.execute(params![
            one.source,
            one.kind,
            signed(one.source_id),
            one.local_id,
            one.url,
            one.last_updated,
            one.seen_at.as_millis(),
            one.missing_since.map(Timestamp::as_millis),
        ])
    })
    .map(drop)
    .doing("keep a reference")
}

type ReadRun = Result<SourceRun, StoreError>;

fn read_run(row: &Row<'_>) -> Result<ReadRun, rusqlite::Error> {
    let (cursor, report): (String, Option<String>) = (row.get(8)?, row.get(9)?);
    let (cursor, report) = (
        json_of(&cursor),
        report.map(|text| json_of(&text)).transpose(),
    );
    let (cursor, report) = match (cursor, report) {
        (Ok(cursor), Ok(report)) => (cursor, report),
        (Err(cause), _) | (_, Err(cause)) => return Ok(Err(cause)),
    };
    Ok(Ok(SourceRun {
        run: row.get::<_, i64>(0)?.unsigned_abs(),
        source: row.get(1)?,
        mode: row.get(2)?,
        state: row.get(3)?,
        started_at: Timestamp::from_millis(row.get(4)?),
        touched_at: Timestamp::from_millis(row.get(5)?),
        ended_at: row.get::<_, Option<i64>>(6)?.map(Timestamp::from_millis),
        pages: row.get::<_, i64>(7)?.unsigned_abs(),
        cursor,
        report,
        why: row.get(10)?,
    }))
}

fn read_ref(row: &Row<'_>) -> Result<SourceRef, rusqlite::Error> {
    Ok(SourceRef {
        source: row.get(0)?,
        kind: row.get(1)?,
        source_id: row.get::<_, i64>(2)?.unsigned_abs(),
        local_id: row.get(3)?,
        url: row.get(4)?,
        last_updated: row.get(5)?,
        seen_at: Timestamp::from_millis(row.get(6)?),
        missing_since: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_millis),
    })
}

fn json_of(text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::corrupt("a torn page or report of a source"))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
