//! Waivers that are asked for, and the second person's word on them.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** know what a waiver needs; the caller
//! has asked `tw-lifecycle`.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
    memory::Memory,
    register::RegisterError,
    second_word::Waiting,
};
use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};
use tw_model::Plan;
use tw_units::Timestamp;

/// The most requests that one query gives.
pub const WAIVER_REQUESTS_MAX: u32 = 1_000;

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct WaiverRequest {
    /// Its number.
    pub id: i64,
    /// The asset.
    pub tag: String,
    /// `waiting`, `granted`, `refused`.
    pub state: String,
    /// The waiver as it is asked for.
    pub ask: Value,
    /// When.
    pub asked_at: Timestamp,
    /// By whom.
    pub asked_by: String,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<String>,
    /// What the second person said.
    pub note: Option<String>,
}

const WAITING: Waiting = Waiting {
    table: "waiver_request",
    allowed: "granted",
    action: "asset.waiver.decide",
    name: "request",
};

impl Store {
    /// Notes a request; none when one of the asset waits already.
    pub async fn ask_waiver(
        &self,
        (tag, ask): (&str, Value),
        author: &Author,
    ) -> Result<Option<i64>, StoreError> {
        let (tag, author, at) = (tag.to_owned(), author.clone(), self.clock.now());
        self.writer
            .write(0, move |db, _| {
                let noted = db
                    .execute(
                        "INSERT INTO waiver_request(tag, state, ask, asked_ms, asked_by)
                         VALUES (?1, 'waiting', ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                        params![tag, ask.to_string(), at.as_millis(), author.actor],
                    )
                    .doing("note a request for a waiver")?;
                if noted == 0 {
                    return Ok(None);
                }
                let id = db.last_insert_rowid();
                let detail = json!({"request": id, "ask": ask});
                let subject = format!("asset/{tag}");
                let entry = audit::done(&author, "asset.waiver.ask", subject, detail);
                audit::append(db, at, &entry)?;
                Ok(Some(id))
            })
            .await
    }

    /// The second person's word: with a plan the waiver comes into the register, without one it
    /// is refused. False when it does not wait any more.
    pub async fn decide_waiver(
        &self,
        id: i64,
        (plan, note): (Option<(Plan, u64)>, Option<String>),
        author: &Author,
    ) -> Result<bool, RegisterError> {
        let (author, at) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, memory: &mut Memory| {
            let word = (plan.as_ref(), note.as_deref());
            WAITING.decide((db, memory), id, word, (&author, at))
        };
        self.writer.write(0, change).await
    }

    /// The requests, of one asset or of all, newest first.
    pub async fn waiver_requests(
        &self,
        tag: Option<&str>,
    ) -> Result<Vec<WaiverRequest>, StoreError> {
        let tag = tag.map(str::to_owned);
        self.readers
            .read(move |db| {
                let mut query = db
                    .prepare_cached(
                        "SELECT id, tag, state, ask, asked_ms, asked_by, decided_ms, decided_by,
                                decision_note
                         FROM waiver_request WHERE ?1 IS NULL OR tag = ?1
                         ORDER BY id DESC LIMIT ?2",
                    )
                    .doing("read requests for waivers")?;
                query
                    .query_map(params![tag, WAIVER_REQUESTS_MAX], read)
                    .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                    .doing("read requests for waivers")
            })
            .await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<WaiverRequest> {
    let ask: String = row.get(3)?;
    let decided: Option<i64> = row.get(6)?;
    Ok(WaiverRequest {
        id: row.get(0)?,
        tag: row.get(1)?,
        state: row.get(2)?,
        // The table holds JSON only.
        ask: serde_json::from_str(&ask).unwrap_or_default(),
        asked_at: Timestamp::from_millis(row.get(4)?),
        asked_by: row.get(5)?,
        decided_at: decided.map(Timestamp::from_millis),
        decided_by: row.get(7)?,
        note: row.get(8)?,
    })
}
