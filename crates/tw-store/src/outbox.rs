//! Notices that wait to be sent: they survive restarts, and each is sent by one worker at a time.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** send.
//!
//! A worker claims notices for a while; if it dies, they come back when the while is over. So
//! a notice is sent at least once, and twice only when a worker died between sending and saying
//! so; its `dedupe` lets the receiver see that.

use crate::{
    Store,
    error::{Doing, StoreError},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use std::time::Duration;
use tw_units::Timestamp;

/// The most notices that one claim gives.
pub const CLAIM_MAX: u32 = 64;

/// Notices that may wait; over it, new ones are refused, and the alert job says so.
pub const OUTBOX_MAX: i64 = 100_000;

/// How long sent and given-up notices are kept, in milliseconds: 90 days.
const KEEP_MS: i64 = 90 * crate::day::DAY_MS;

/// A notice to send.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNotice {
    /// Its identity: the same one is never added twice. None is always new.
    pub dedupe: Option<String>,
    /// To where: the name of a channel.
    pub channel: String,
    /// What, as the sender takes it.
    pub payload: Value,
}

/// A notice in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Its number.
    pub id: i64,
    /// Its identity.
    pub dedupe: Option<String>,
    /// To where.
    pub channel: String,
    /// What.
    pub payload: Value,
    /// How often it was tried, this time included when it was claimed.
    pub attempts: u32,
    /// When it came.
    pub created_at: Timestamp,
    /// `waiting`, `claimed`, `sent`, `given_up`.
    pub state: String,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

type Row = (
    i64,
    Option<String>,
    String,
    String,
    i64,
    i64,
    String,
    Option<String>,
);

impl Store {
    /// Adds a notice; false when its `dedupe` is known.
    pub async fn outbox_add(&self, notice: NewNotice) -> Result<bool, StoreError> {
        let now = self.clock.now();
        self.writer
            .write(0, move |db, _| Ok(add(db, &notice, now)? > 0))
            .await
    }

    /// Claims the notices that are due, the oldest first, for as long as `lease`: nobody else
    /// gets them until then.
    pub async fn outbox_claim(
        &self,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Notice>, StoreError> {
        let now = self.clock.now();
        let until = now.plus(lease);
        self.writer
            .write(0, move |db, _| claim(db, limit.min(CLAIM_MAX), now, until))
            .await
    }

    /// A claimed notice was sent.
    pub async fn outbox_sent(&self, id: i64) -> Result<(), StoreError> {
        self.end_notice(id, "sent", None).await
    }

    /// A claimed notice could not be sent and is tried again at `next_try`.
    pub async fn outbox_retry(
        &self,
        id: i64,
        error: String,
        next_try: Timestamp,
    ) -> Result<(), StoreError> {
        let retry = move |db: &Connection, _: &mut _| {
            db.execute(
                "UPDATE outbox SET state = 'waiting', last_error = ?2, next_try_ms = ?3
                 WHERE id = ?1 AND state = 'claimed'",
                params![id, error, next_try.as_millis()],
            )
            .map(drop)
            .doing("put a notice back")
        };
        self.writer.write(0, retry).await
    }

    /// A claimed notice will never be sent.
    pub async fn outbox_give_up(&self, id: i64, error: String) -> Result<(), StoreError> {
        self.end_notice(id, "given_up", Some(error)).await
    }

    async fn end_notice(
        &self,
        id: i64,
        state: &'static str,
        error: Option<String>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now().as_millis();
        let end = move |db: &Connection, _: &mut _| {
            db.execute(
                "UPDATE outbox SET state = ?2, ended_ms = ?3, last_error = coalesce(?4, last_error)
                 WHERE id = ?1 AND state IN ('claimed', 'waiting')",
                params![id, state, now, error],
            )
            .map(drop)
            .doing("end a notice")
        };
        self.writer.write(0, end).await
    }

    /// The last notices, newest first.
    pub async fn outbox_notices(&self, limit: u32) -> Result<Vec<Notice>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, dedupe, channel, payload, attempts, created_ms, state, last_error
             FROM outbox ORDER BY id DESC LIMIT ?1",
        )
        .bind(limit.min(crate::alerts::ALERTS_MAX))
        .fetch_all(&self.queries)
        .await
        .doing("read the outbox")?;
        rows.into_iter().map(notice).collect()
    }

    /// Removes notices that ended more than 90 days ago. Returns how many went.
    pub async fn sweep_outbox(&self) -> Result<u64, StoreError> {
        let before = self.clock.now().as_millis() - KEEP_MS;
        let sweep = move |db: &Connection, _: &mut _| {
            db.execute("DELETE FROM outbox WHERE ended_ms < ?1", [before])
                .map(|gone| gone as u64)
                .doing("sweep the outbox")
        };
        self.writer.write(0, sweep).await
    }
}

/// Adds a notice inside the transaction of the decision; 0 when it is known.
pub(crate) fn add(db: &Connection, new: &NewNotice, now: Timestamp) -> Result<usize, StoreError> {
    let waiting: i64 = db
        .query_row(
            "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'claimed')",
            [],
            |row| row.get(0),
        )
        .doing("count the outbox")?;
    if waiting >= OUTBOX_MAX {
        let limit = OUTBOX_MAX.unsigned_abs();
        return Err(StoreError::Limit {
            what: "the number of waiting notices",
            limit,
        });
    }
    db.execute(
        "INSERT OR IGNORE INTO outbox(dedupe, channel, payload, state, next_try_ms, created_ms)
         VALUES (?1, ?2, ?3, 'waiting', ?4, ?4)",
        params![
            new.dedupe,
            new.channel,
            new.payload.to_string(),
            now.as_millis()
        ],
    )
    .doing("add a notice")
}

/// `next_try_ms` of a claimed notice is the end of the lease.
fn claim(
    db: &Connection,
    limit: u32,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Notice>, StoreError> {
    let mut claimed = Vec::new();
    while claimed.len() < limit as usize {
        let row: Option<Row> = db
            .prepare_cached(
                "UPDATE outbox SET state = 'claimed', attempts = attempts + 1, next_try_ms = ?2
                 WHERE id = (SELECT id FROM outbox WHERE state IN ('waiting', 'claimed')
                   AND next_try_ms <= ?1 ORDER BY id LIMIT 1)
                 RETURNING id, dedupe, channel, payload, attempts, created_ms, state, last_error",
            )
            .and_then(|mut update| {
                update
                    .query_row(params![now.as_millis(), until.as_millis()], |row| {
                        Ok((
                            row.get(0)?,
                            row.get(1)?,
                            row.get(2)?,
                            row.get(3)?,
                            row.get(4)?,
                            row.get(5)?,
                            row.get(6)?,
                            row.get(7)?,
                        ))
                    })
                    .optional()
            })
            .doing("claim a notice")?;
        let Some(row) = row else { break };
        claimed.push(notice(row)?);
    }
    Ok(claimed)
}

fn notice(row: Row) -> Result<Notice, StoreError> {
    let (id, dedupe, channel, payload, attempts, created, state, last_error) = row;
    Ok(Notice {
        id,
        dedupe,
        channel,
        payload: serde_json::from_str(&payload)
            .map_err(|_| StoreError::corrupt(format!("a torn notice, number {id}")))?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        created_at: Timestamp::from_millis(created),
        state,
        last_error,
    })
}
