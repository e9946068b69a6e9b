//! Discrepancies: what the comparison found, and what people decided.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** write the register, or decide what
//! disagrees.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tw_units::Timestamp;

/// The most discrepancies that one query gives.
pub const DISCREPANCIES_MAX: u32 = 100_000;

/// What the comparison found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundDiscrepancy {
    /// The asset or the target, with its kind in front: one is kept for each subject, kind and
    /// field.
    pub subject: String,
    /// The asset's tag.
    pub asset: Option<String>,
    /// The target that was seen.
    pub target: Option<String>,
    /// A stable word.
    pub kind: String,
    /// The field of the register.
    pub field: String,
    /// What the register says.
    pub recorded: Option<String>,
    /// What was seen.
    pub observed: Option<String>,
    /// When it was collected.
    pub collected: Option<Timestamp>,
    /// Proposal and evidence, as JSON.
    pub body: Value,
}

/// A discrepancy as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDiscrepancy {
    /// Its number.
    pub id: u64,
    /// What was found.
    pub found: FoundDiscrepancy,
    /// `open`, `accepted`, `dismissed` or `fixed`.
    pub status: String,
    /// When it was first found.
    pub first_seen: Timestamp,
    /// When it last changed by itself: found anew, found otherwise, gone.
    pub last_seen: Timestamp,
    /// Until when it was dismissed.
    pub dismissed_until: Option<Timestamp>,
    /// When a person decided.
    pub decided_at: Option<Timestamp>,
    /// Who.
    pub decided_by: Option<String>,
    /// Why.
    pub note: Option<String>,
    /// Grows with every change.
    pub version: u64,
}

/// What one comparison changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Reconciled {
    /// Found for the first time, or again after it was settled.
    pub opened: u64,
    /// Known, with other values than before.
    pub changed: u64,
    /// Not found any more.
    pub fixed: u64,
    /// All that are open now.
    pub open: u64,
}

/// What a person decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It was written into the register.
    Accepted,
    /// It is left alone until then.
    Dismissed {
        /// When it opens again.
        until: Timestamp,
    },
}

/// Why a decision was not kept.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// Somebody else was faster, or the comparison found something else.
    #[error("discrepancy {id} is at version {current}, the decision was made for {expected}")]
    Stale {
        /// Which.
        id: u64,
        /// The version that the decision was made for.
        expected: u64,
        /// The version that it has.
        current: u64,
    },
    /// It is not open any more.
    #[error("discrepancy {id} is settled")]
    Settled {
        /// Which.
        id: u64,
    },
    /// There is none of that number.
    #[error("there is no discrepancy {id}")]
    Missing {
        /// Which.
        id: u64,
    },
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const COLUMNS: &str = "id, subject, asset, target, kind, field, status, recorded, observed,
    collected_ms, body, first_seen_ms, last_seen_ms, dismissed_until_ms, decided_ms, decided_by,
    note, version";

impl Store {
    /// All discrepancies, settled ones too, the newest first.
    pub async fn discrepancies(&self) -> Result<Vec<StoredDiscrepancy>, StoreError> {
        self.readers.read(|db| select(db, "1 = 1", &[])).await
    }

    /// One discrepancy.
    pub async fn discrepancy(&self, id: u64) -> Result<Option<StoredDiscrepancy>, StoreError> {
        self.readers.read(move |db| one(db, id)).await
    }

    /// Takes what a comparison found, in one transaction: new ones open, known ones are
    /// refreshed, those not found any more are fixed, and a dismissed one opens again when its
    /// day has come or when something else is seen. The same findings again change nothing.
    pub async fn reconcile_discrepancies(
        &self,
        found: Vec<FoundDiscrepancy>,
        author: &Author,
    ) -> Result<Reconciled, StoreError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut _| take(db, &found, (&author, now));
        self.writer.write(0, change).await
    }

    /// Keeps a decision about an open discrepancy.
    pub async fn decide_discrepancy(
        &self,
        (id, expected): (u64, u64),
        (decision, note): (Decision, Option<String>),
        author: &Author,
    ) -> Result<(), DecisionError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut _| {
            let known = one(db, id)?.ok_or(DecisionError::Missing { id })?;
            if known.version != expected {
                return Err(DecisionError::Stale {
                    id,
                    expected,
                    current: known.version,
                });
            }
            if !["open", "dismissed"].contains(&known.status.as_str()) {
                return Err(DecisionError::Settled { id });
            }
            Ok(decide(
                db,
                &known,
                (&decision, note.as_deref()),
                (&author, now),
            )?)
        };
        self.writer.write(0, change).await
    }
}

fn decide(
    db: &Connection,
    known: &StoredDiscrepancy,
    (decision, note): (&Decision, Option<&str>),
    (author, now): (&Author, Timestamp),
) -> Result<(), StoreError> {
    let (status, until) = match decision {
        Decision::Accepted => ("accepted", None),
        Decision::Dismissed { until } => ("dismissed", Some(until.as_millis())),
    };
    db.execute(
        "UPDATE discrepancy SET status = ?2, dismissed_until_ms = ?3, decided_ms = ?4,
           decided_by = ?5, note = ?6, version = version + 1 WHERE id = ?1",
        params![
            number(known.id),
            status,
            until,
            now.as_millis(),
            author.actor,
            note
        ],
    )
    .doing("keep a decision about a discrepancy")?;
    let detail = json!({ "subject": known.found.subject, "kind": known.found.kind,
        "observed": known.found.observed, "until_ms": until, "note": note });
    let action = format!("discrepancy.{status}");
    let entry = audit::done(author, &action, format!("discrepancy/{}", known.id), detail);
    audit::append(db, now, &entry)?;
    Ok(())
}

fn take(
    db: &Connection,
    found: &[FoundDiscrepancy],
    (author, now): (&Author, Timestamp),
) -> Result<Reconciled, StoreError> {
    let mut done = Reconciled::default();
    let unsettled = select(db, "status IN ('open', 'dismissed')", &[])?;
    let by_subject: BTreeMap<_, _> = unsettled.iter().map(|k| (subject(&k.found), k)).collect();
    let mut still: BTreeSet<u64> = BTreeSet::new();
    for one in found {
        match by_subject.get(&subject(one)) {
            None => {
                open(db, one, (author, now))?;
                done.opened += 1;
            }
            Some(known) => {
                still.insert(known.id);
                let again = reopens(known, one, now);
                if again || differs(&known.found, one) {
                    refresh(db, (known, one), again, now)?;
                    done.changed += u64::from(!again);
                    done.opened += u64::from(again);
                }
            }
        }
    }
    for gone in unsettled.iter().filter(|known| !still.contains(&known.id)) {
        db.execute(
            "UPDATE discrepancy SET status = 'fixed', last_seen_ms = ?2, version = version + 1
             WHERE id = ?1",
            params![number(gone.id), now.as_millis()],
        )
        .doing("close a discrepancy")?;
        note(
            db,
            (author, now),
            "discrepancy.fixed",
            (gone.id, &gone.found),
        )?;
        done.fixed += 1;
    }
    let open: i64 = db
        .query_row(
            "SELECT count(*) FROM discrepancy WHERE status = 'open'",
            [],
            |row| row.get(0),
        )
        .doing("count discrepancies")?;
    done.open = open.unsigned_abs();
    Ok(done)
}

fn subject(one: &FoundDiscrepancy) -> (&str, &str, &str) {
    (&one.subject, &one.kind, &one.field)
}

/// A dismissed one opens again when its day has come, or when something else is seen.
fn reopens(known: &StoredDiscrepancy, one: &FoundDiscrepancy, now: Timestamp) -> bool {
    let due = known.dismissed_until.is_none_or(|until| until <= now);
    known.status == "dismissed" && (due || known.found.observed != one.observed)
}

fn differs(known: &FoundDiscrepancy, one: &FoundDiscrepancy) -> bool {
    (
        &known.recorded,
        &known.observed,
        known.collected,
        &known.body,
        &known.target,
    ) != (
        &one.recorded,
        &one.observed,
        one.collected,
        &one.body,
        &one.target,
    )
}

fn open(
    db: &Connection,
    one: &FoundDiscrepancy,
    (author, now): (&Author, Timestamp),
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO discrepancy(subject, asset, target, kind, field, status, recorded, observed,
           collected_ms, body, first_seen_ms, last_seen_ms, version)
         VALUES (?1, ?2, ?3, ?4, ?5, 'open', ?6, ?7, ?8, ?9, ?10, ?10, 1)",
    )
    .and_then(|mut put| {
        put.execute(params![
            one.subject,
            one.asset,
            one.target,
            one.kind,
            one.field,
            one.recorded,
            one.observed,
            one.collected.map(Timestamp::as_millis),
            audit::canonical(&one.body),
            now.as_millis()
        ])
    })
    .doing("open a discrepancy")?;
    let id = db.last_insert_rowid().unsigned_abs();
    note(db, (author, now), "discrepancy.open", (id, one))
}

fn refresh(
    db: &Connection,
    (known, one): (&StoredDiscrepancy, &FoundDiscrepancy),
    again: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let status = if again { "open" } else { &known.status };
    db.prepare_cached(
        "UPDATE discrepancy SET status = ?2, recorded = ?3, observed = ?4, collected_ms = ?5,
           body = ?6, last_seen_ms = ?7, target = ?8, version = version + ?9 WHERE id = ?1",
    )
    .and_then(|mut put| {
        // A newer instant of the same is no other thing: who looks at it may still decide.
        let other = again
            || (&known.found.recorded, &known.found.observed) != (&one.recorded, &one.observed);
        put.execute(params![
            number(known.id),
            status,
            one.recorded,
            one.observed,
            one.collected.map(Timestamp::as_millis),
            audit::canonical(&one.body),
            now.as_millis(),
            one.target,
            i64::from(other)
        ])
    })
    .map(drop)
    .doing("refresh a discrepancy")
}

fn note(
    db: &Connection,
    (author, now): (&Author, Timestamp),
    action: &str,
    (id, one): (u64, &FoundDiscrepancy),
) -> Result<(), StoreError> {
    let detail = json!({ "subject": one.subject, "kind": one.kind, "field": one.field,
        "recorded": one.recorded, "observed": one.observed });
    let entry = audit::done(author, action, format!("discrepancy/{id}"), detail);
    audit::append(db, now, &entry).map(drop)
}

fn one(db: &Connection, id: u64) -> Result<Option<StoredDiscrepancy>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM discrepancy WHERE id = ?1");
    db.query_row(&sql, [number(id)], read)
        .optional()
        .doing("read a discrepancy")?
        .transpose()
}

fn select(
    db: &Connection,
    which: &str,
    with: &[&dyn rusqlite::ToSql],
) -> Result<Vec<StoredDiscrepancy>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM discrepancy WHERE {which} ORDER BY id DESC LIMIT {DISCREPANCIES_MAX}"
    );
    let mut query = db.prepare(&sql).doing("read discrepancies")?;
    let rows = query
        .query_map(with, read)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("read discrepancies")?;
    rows.into_iter().collect()
}

/// The inner error is a body that is no JSON.
fn read(row: &Row<'_>) -> Result<Result<StoredDiscrepancy, StoreError>, rusqlite::Error> {
    let instant = |ms: Option<i64>| ms.map(Timestamp::from_millis);
    let id: i64 = row.get(0)?;
    let body: String = row.get(10)?;
    let Ok(body) = serde_json::from_str(&body) else {
        return Ok(Err(StoreError::corrupt(format!("a torn discrepancy {id}"))));
    };
    Ok(Ok(StoredDiscrepancy {
        id: id.unsigned_abs(),
        found: FoundDiscrepancy {
            subject: row.get(1)?,
            asset: row.get(2)?,
            target: row.get(3)?,
            kind: row.get(4)?,
            field: row.get(5)?,
            recorded: row.get(7)?,
            observed: row.get(8)?,
            collected: instant(row.get(9)?),
            body,
        },
        status: row.get(6)?,
        first_seen: Timestamp::from_millis(row.get(11)?),
        last_seen: Timestamp::from_millis(row.get(12)?),
        dismissed_until: instant(row.get(13)?),
        decided_at: instant(row.get(14)?),
        decided_by: row.get(15)?,
        note: row.get(16)?,
        version: row.get::<_, i64>(17)?.unsigned_abs(),
    }))
}

fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}
