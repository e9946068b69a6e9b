//! Stock-takes: sessions with a frozen list, scans that count once, and the moves accepted.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** decide what a scan means; the
//! verdict is handed in.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
    memory::Memory,
};
use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};
use tw_units::Timestamp;

/// The most sessions that one query gives.
pub const STOCKTAKES_MAX: u32 = 10_000;
/// The most scans of one session.
pub const STOCKTAKE_SCANS_MAX: u32 = 200_000;

/// A session to open.
#[derive(Clone, Debug, PartialEq)]
pub struct NewStockTake {
    /// What people call it.
    pub name: String,
    /// What part of the organisation, as JSON.
    pub scope: Value,
    /// The site of the scope, if it is at one.
    pub site: Option<String>,
    /// The unit of the scope, if it is one's.
    pub unit: Option<String>,
    /// The register's revision that the list was made from.
    pub revision: u64,
    /// The list: tag and what is known, as JSON.
    pub expected: Vec<(String, Value)>,
    /// What people say about it.
    pub note: Option<String>,
}

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredStockTake {
    /// Its number.
    pub id: u64,
    /// What people call it.
    pub name: String,
    /// What part of the organisation.
    pub scope: Value,
    /// The site, if it is at one.
    pub site: Option<String>,
    /// The unit, if it is one's.
    pub unit: Option<String>,
    /// Whether scans are taken.
    pub open: bool,
    /// The register's revision that the list was made from.
    pub revision: u64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// By whom.
    pub opened_by: String,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// By whom.
    pub closed_by: Option<String>,
    /// What people say about it.
    pub note: Option<String>,
    /// What it came to, once closed.
    pub findings: Option<Value>,
    /// How many are expected.
    pub expected: u64,
    /// How many scans came.
    pub scans: u64,
    /// Grows when it is closed.
    pub version: u64,
}

/// A scan as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredScan {
    /// The client's own number.
    pub client_id: String,
    /// What was scanned.
    pub code: String,
    /// Where the scanner stood.
    pub place: Value,
    /// When, by the client's clock.
    pub scanned_at: Timestamp,
    /// Who scanned.
    pub scanned_by: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// What the code is.
    pub resolved: Value,
    /// What the person heard.
    pub verdict: String,
}

/// Why a session was not changed.
#[derive(Debug, thiserror::Error)]
pub enum StockTakeError {
    /// There is none of that number.
    #[error("there is no stock-take {id}")]
    Missing {
        /// Which.
        id: u64,
    },
    /// It takes no more scans.
    #[error("stock-take {id} is closed")]
    Closed {
        /// Which.
        id: u64,
    },
    /// It is still open.
    #[error("stock-take {id} is open")]
    Open {
        /// Which.
        id: u64,
    },
    /// Somebody else was faster.
    #[error("stock-take {id} is at version {current}")]
    Stale {
        /// Which.
        id: u64,
        /// The version that it has.
        current: u64,
    },
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Opens a session and freezes its list.
    pub async fn open_stocktake(
        &self,
        new: NewStockTake,
        author: &Author,
    ) -> Result<u64, StoreError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut Memory| open(db, &new, (&author, now));
        self.writer.write(0, change).await
    }

    /// All sessions, newest first.
    pub async fn stocktakes(&self) -> Result<Vec<StoredStockTake>, StoreError> {
        self.readers.read(|db| sessions(db, None)).await
    }

    /// One session.
    pub async fn stocktake(&self, id: u64) -> Result<Option<StoredStockTake>, StoreError> {
        let read = self.readers.read(move |db| sessions(db, Some(id))).await?;
        Ok(read.into_iter().next())
    }

    /// The frozen list of a session, by tag.
    pub async fn stocktake_expected(&self, id: u64) -> Result<Vec<(String, Value)>, StoreError> {
        self.readers.read(move |db| expected(db, id)).await
    }

    /// The scans of a session, in the order in which they arrived.
    pub async fn stocktake_scans(&self, id: u64) -> Result<Vec<StoredScan>, StoreError> {
        self.readers.read(move |db| scans(db, id)).await
    }

    /// Keeps scans that are not known yet. `judge` sees what was kept before and gives the
    /// verdict, inside the transaction, so that two uploads at once do not both hear "first".
    /// Gives the kept scan of each, in the order given.
    pub async fn add_stocktake_scans(
        &self,
        id: u64,
        new: Vec<StoredScan>,
        judge: impl Fn(&StoredScan, &[StoredScan]) -> String + Send + 'static,
        author: &Author,
    ) -> Result<Vec<StoredScan>, StockTakeError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut Memory| {
            let session = known(db, id)?;
            let mut kept = scans(db, id)?;
            let fresh = new
                .iter()
                .filter(|scan| kept.iter().all(|known| known.client_id != scan.client_id))
                .count();
            if fresh > 0 && !session.open {
                return Err(StockTakeError::Closed { id });
            }
            if kept.len() + fresh > STOCKTAKE_SCANS_MAX as usize {
                return Err(StoreError::Limit {
                    what: "the number of scans of a stock-take",
                    limit: u64::from(STOCKTAKE_SCANS_MAX),
                }
                .into());
            }
            let mut answers = Vec::new();
            for scan in new {
                if let Some(known) = kept.iter().find(|k| k.client_id == scan.client_id) {
                    answers.push(known.clone());
                    continue;
                }
                let verdict = judge(&scan, &kept);
                let scan = StoredScan {
                    verdict,
                    received_at: now,
                    ..scan
                };
                keep_scan(db, id, &scan)?;
                kept.push(scan.clone());
                answers.push(scan);
            }
            if fresh > 0 {
                let detail = json!({ "scans": fresh });
                note(db, (&author, now), "stocktake.scan", (id, detail))?;
            }
            Ok(answers)
        };
        self.writer.write(0, change).await
    }

    /// Closes a session with what it came to.
    pub async fn close_stocktake(
        &self,
        (id, expected): (u64, u64),
        findings: impl FnOnce(&[StoredScan]) -> Value + Send + 'static,
        author: &Author,
    ) -> Result<(), StockTakeError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut Memory| {
            let session = known(db, id)?;
            if session.version != expected {
                return Err(StockTakeError::Stale {
                    id,
                    current: session.version,
                });
            }
            if !session.open {
                return Err(StockTakeError::Closed { id });
            }
            let findings = findings(&scans(db, id)?);
            db.execute(
                "UPDATE stocktake SET status = 'closed', closed_ms = ?2, closed_by = ?3,
                   findings = ?4, version = version + 1 WHERE id = ?1",
                params![
                    number(id),
                    now.as_millis(),
                    author.actor,
                    findings.to_string()
                ],
            )
            .doing("close a stock-take")?;
            let detail = json!({ "scans": session.scans, "expected": session.expected });
            Ok(note(db, (&author, now), "stocktake.close", (id, detail))?)
        };
        self.writer.write(0, change).await
    }

    /// Remembers which moves of a closed session have been written into the register.
    pub async fn accept_stocktake_moves(
        &self,
        id: u64,
        tags: Vec<String>,
        author: &Author,
    ) -> Result<(), StockTakeError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut Memory| {
            if known(db, id)?.open {
                return Err(StockTakeError::Open { id });
            }
            for tag in &tags {
                db.execute(
                    "INSERT OR IGNORE INTO stocktake_move(stocktake, tag, accepted_ms, accepted_by)
                     VALUES (?1, ?2, ?3, ?4)",
                    params![number(id), tag, now.as_millis(), author.actor],
                )
                .doing("remember a move")?;
            }
            let detail = json!({ "tags": tags });
            Ok(note(db, (&author, now), "stocktake.move", (id, detail))?)
        };
        self.writer.write(0, change).await
    }

    /// The tags whose moves have been accepted.
    pub async fn stocktake_moves(&self, id: u64) -> Result<Vec<String>, StoreError> {
        let read = move |db: &Connection| {
            let mut query = db
                .prepare("SELECT tag FROM stocktake_move WHERE stocktake = ?1 ORDER BY tag")
                .doing("read moves")?;
            query
                .query_map([number(id)], |row| row.get(0))
                .and_then(Iterator::collect::<Result<Vec<String>, _>>)
                .doing("read moves")
        };
        self.readers.read(read).await
    }
}

fn open(
    db: &Connection,
    new: &NewStockTake,
    (author, now): (&Author, Timestamp),
) -> Result<u64, StoreError> {
    db.execute(
        "INSERT INTO stocktake(name, scope, site, unit, status, revision, opened_ms, opened_by,
           note, version) VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?6, ?7, ?8, 1)",
        params![
            new.name,
            new.scope.to_string(),
            new.site,
            new.unit,
            number(new.revision),
            now.as_millis(),
            author.actor,
            new.note
        ],
    )
    .doing("open a stock-take")?;
    let id = db.last_insert_rowid();
    for (tag, body) in &new.expected {
        db.prepare_cached(
            "INSERT INTO stocktake_expected(stocktake, tag, body) VALUES (?1, ?2, ?3)",
        )
        .and_then(|mut put| put.execute(params![id, tag, body.to_string()]))
        .doing("freeze the list of a stock-take")?;
    }
    let detail = json!({ "scope": new.scope, "expected": new.expected.len() });
    note(
        db,
        (author, now),
        "stocktake.open",
        (id.unsigned_abs(), detail),
    )?;
    Ok(id.unsigned_abs())
}

fn note(
    db: &Connection,
    (author, now): (&Author, Timestamp),
    action: &str,
    (id, detail): (u64, Value),
) -> Result<(), StoreError> {
    let entry = audit::done(author, action, format!("stocktake/{id}"), detail);
    audit::append(db, now, &entry).map(drop)
}

fn known(db: &Connection, id: u64) -> Result<StoredStockTake, StockTakeError> {
    let mut found = sessions(db, Some(id))?;
    found.pop().ok_or(StockTakeError::Missing { id })
}

fn sessions(db: &Connection, id: Option<u64>) -> Result<Vec<StoredStockTake>, StoreError> {
    let sql = format!(
        "SELECT id, name, scope, site, unit, status, revision, opened_ms, opened_by, closed_ms,
           closed_by, note, findings, version,
           (SELECT count(*) FROM stocktake_expected WHERE stocktake = stocktake.id),
           (SELECT count(*) FROM stocktake_scan WHERE stocktake = stocktake.id)
         FROM stocktake WHERE ?1 IS NULL OR id = ?1 ORDER BY id DESC LIMIT {STOCKTAKES_MAX}"
    );
    let mut query = db.prepare(&sql).doing("read stock-takes")?;
    let rows = query
        .query_map([id.map(number)], session)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("read stock-takes")?;
    rows.into_iter().collect()
}

/// The inner error is a scope or findings that are no JSON.
fn session(row: &Row<'_>) -> Result<Result<StoredStockTake, StoreError>, rusqlite::Error> {
    let id: i64 = row.get(0)?;
    let torn = || StoreError::corrupt(format!("a torn stock-take {id}"));
    let count = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
    let (scope, findings): (String, Option<String>) = (row.get(2)?, row.get(12)?);
    let findings = findings.map(|text| serde_json::from_str(&text)).transpose();
    let (Ok(scope), Ok(findings)) = (serde_json::from_str(&scope), findings) else {
        return Ok(Err(torn()));
    };
    Ok(Ok(StoredStockTake {
        id: id.unsigned_abs(),
        name: row.get(1)?,
        scope,
        site: row.get(3)?,
        unit: row.get(4)?,
        open: row.get::<_, String>(5)? == "open",
        revision: count(6)?,
        opened_at: Timestamp::from_millis(row.get(7)?),
        opened_by: row.get(8)?,
        closed_at: row.get::<_, Option<i64>>(9)?.map(Timestamp::from_millis),
        closed_by: row.get(10)?,
        note: row.get(11)?,
        findings,
        version: count(13)?,
        expected: count(14)?,
        scans: count(15)?,
    }))
}

fn expected(db: &Connection, id: u64) -> Result<Vec<(String, Value)>, StoreError> {
    let mut query = db
        .prepare("SELECT tag, body FROM stocktake_expected WHERE stocktake = ?1 ORDER BY tag")
        .doing("read the list of a stock-take")?;
    let rows = query
        .query_map([number(id)], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect::<Result<Vec<(String, String)>, _>>)
        .doing("read the list of a stock-take")?;
    let read = |(tag, body): (String, String)| {
        let body = serde_json::from_str(&body)
            .map_err(|_| StoreError::corrupt(format!("a torn expectation {tag}")))?;
        Ok((tag, body))
    };
    rows.into_iter().map(read).collect()
}

fn scans(db: &Connection, id: u64) -> Result<Vec<StoredScan>, StoreError> {
    let mut query = db
        .prepare_cached(
            "SELECT client_id, code, place, scanned_ms, scanned_by, received_ms, resolved, verdict
             FROM stocktake_scan WHERE stocktake = ?1 ORDER BY received_ms, scanned_ms, client_id",
        )
        .doing("read scans")?;
    let rows = query
        .query_map([number(id)], scan)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("read scans")?;
    rows.into_iter().collect()
}

fn scan(row: &Row<'_>) -> Result<Result<StoredScan, StoreError>, rusqlite::Error> {
    let client_id: String = row.get(0)?;
    let json = |at: usize| -> Result<Option<Value>, rusqlite::Error> {
        let text: String = row.get(at)?;
        Ok(serde_json::from_str(&text).ok())
    };
    let (Some(place), Some(resolved)) = (json(2)?, json(6)?) else {
        return Ok(Err(StoreError::corrupt(format!("a torn scan {client_id}"))));
    };
    Ok(Ok(StoredScan {
        code: row.get(1)?,
        place,
        scanned_at: Timestamp::from_millis(row.get(3)?),
        scanned_by: row.get(4)?,
        received_at: Timestamp::from_millis(row.get(5)?),
        resolved,
        verdict: row.get(7)?,
        client_id,
    }))
}

fn keep_scan(db: &Connection, id: u64, scan: &StoredScan) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO stocktake_scan(stocktake, client_id, code, place, scanned_ms, scanned_by,
           received_ms, resolved, verdict) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .and_then(|mut put| {
        put.execute(params![
            number(id),
            scan.client_id,
            scan.code,
            scan.place.to_string(),
            scan.scanned_at.as_millis(),
            scan.scanned_by,
            scan.received_at.as_millis(),
            scan.resolved.to_string(),
            scan.verdict
        ])
    })
    .map(drop)
    .doing("keep a scan")
}

fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}
