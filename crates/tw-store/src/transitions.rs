//! An asset's steps from state to state, with what they needed and who agreed.
//!
//! **Room:** layer 1. **May use:** `tw-model`. **Must not:** know which steps there are; the
//! caller has asked `tw-lifecycle`.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
    memory::Memory,
    register::{RegisterError, apply_inside},
    second_word::Waiting,
};
use rusqlite::{Connection, Row, params};
use serde::Serialize;
use serde_json::{Value, json};
use tw_model::Plan;
use tw_units::Timestamp;

/// The most steps that one query gives.
pub const TRANSITIONS_MAX: u32 = 1_000;

/// A step that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct NewTransition {
    /// The asset.
    pub tag: String,
    /// The state it is in.
    pub from: String,
    /// The state it goes to.
    pub to: String,
    /// The day.
    pub on: String,
    /// What was brought for it.
    pub ask: Value,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transition {
    /// Its number.
    pub id: i64,
    /// The asset.
    pub tag: String,
    /// The state it was in.
    pub from: String,
    /// The state it goes to.
    pub to: String,
    /// The day.
    pub on: String,
    /// `waiting`, `done`, `refused`.
    pub state: String,
    /// What was brought for it.
    pub ask: Value,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// By whom.
    pub asked_by: String,
    /// When it was decided; for steps that need nobody else, when it was asked for.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<String>,
    /// What the second person said.
    pub note: Option<String>,
}

const WAITING: Waiting = Waiting {
    table: "asset_transition",
    allowed: "done",
    action: "asset.transition.decide",
    name: "transition",
};

impl Store {
    /// Notes a step that waits for a second person. The register stays as it is.
    pub async fn ask_transition(
        &self,
        new: NewTransition,
        author: &Author,
    ) -> Result<i64, RegisterError> {
        let (author, at) = (author.clone(), self.clock.now());
        let change =
            move |db: &Connection, _: &mut Memory| Ok(insert(db, &new, (&author, at), None)?);
        self.writer.write(0, change).await
    }

    /// Takes a step: the register changes and the step is noted, in one transaction. `made_for`
    /// is the register's revision that the plan was made for.
    pub async fn take_transition(
        &self,
        new: NewTransition,
        (plan, made_for): (Plan, u64),
        author: &Author,
    ) -> Result<i64, RegisterError> {
        let (author, at) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, memory: &mut Memory| {
            apply_inside((db, memory), (&plan, made_for), (&author, at))?;
            Ok(insert(db, &new, (&author, at), Some("done"))?)
        };
        self.writer.write(0, change).await
    }

    /// The second person's word on a step that waits: with a plan it is taken, without one it is
    /// refused. False when it does not wait any more.
    pub async fn decide_transition(
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

    /// The steps of an asset, or of all with none; only those that wait, if asked; newest first.
    pub async fn transitions(
        &self,
        tag: Option<&str>,
        waiting: bool,
    ) -> Result<Vec<Transition>, StoreError> {
        let tag = tag.map(str::to_owned);
        self.readers
            .read(move |db| {
                select(
                    db,
                    &Wanted {
                        id: None,
                        tag,
                        waiting,
                    },
                )
            })
            .await
    }

    /// One step.
    pub async fn transition(&self, id: i64) -> Result<Option<Transition>, StoreError> {
        let wanted = Wanted {
            id: Some(id),
            tag: None,
            waiting: false,
        };
        let mut found = self.readers.read(move |db| select(db, &wanted)).await?;
        Ok(found.pop())
    }
}

/// Which steps.
struct Wanted {
    id: Option<i64>,
    tag: Option<String>,
    waiting: bool,
}

fn select(db: &Connection, wanted: &Wanted) -> Result<Vec<Transition>, StoreError> {
    let mut query = db
        .prepare_cached(
            "SELECT id, tag, from_status, to_status, on_day, state, ask, asked_ms, asked_by,
                    decided_ms, decided_by, decision_note
             FROM asset_transition
             WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR tag = ?2)
               AND (?3 = 0 OR state = 'waiting')
             ORDER BY id DESC LIMIT ?4",
        )
        .doing("read transitions")?;
    query
        .query_map(
            params![wanted.id, wanted.tag, wanted.waiting, TRANSITIONS_MAX],
            read,
        )
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .doing("read transitions")
}

fn insert(
    db: &Connection,
    new: &NewTransition,
    (author, at): (&Author, Timestamp),
    done: Option<&str>,
) -> Result<i64, StoreError> {
    let decided = done.map(|_| at.as_millis());
    let by = done.map(|_| author.actor.clone());
    let ask = new.ask.to_string();
    db.execute(
        "INSERT INTO asset_transition(tag, from_status, to_status, on_day, state, ask, asked_ms,
                                      asked_by, decided_ms, decided_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            new.tag,
            new.from,
            new.to,
            new.on,
            done.unwrap_or("waiting"),
            ask,
            at.as_millis(),
            author.actor,
            decided,
            by
        ],
    )
    .doing("note a transition")?;
    let id = db.last_insert_rowid();
    let detail = json!({"transition": id, "from": new.from, "to": new.to, "on": new.on,
        "state": done.unwrap_or("waiting")});
    let subject = format!("asset/{}", new.tag);
    let entry = audit::done(author, "asset.transition", subject, detail);
    audit::append(db, at, &entry)?;
    Ok(id)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Transition> {
    let ask: String = row.get(6)?;
    let decided: Option<i64> = row.get(9)?;
    Ok(Transition {
        id: row.get(0)?,
        tag: row.get(1)?,
        from: row.get(2)?,
        to: row.get(3)?,
        on: row.get(4)?,
        state: row.get(5)?,
        // The table holds JSON only.
        ask: serde_json::from_str(&ask).unwrap_or_default(),
        asked_at: Timestamp::from_millis(row.get(7)?),
        asked_by: row.get(8)?,
        decided_at: decided.map(Timestamp::from_millis),
        decided_by: row.get(10)?,
        note: row.get(11)?,
    })
}
