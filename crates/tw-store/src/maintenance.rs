//! Requests for maintenance with every step they took.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** decide which step a state allows.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};
use tw_units::{Interval, Timestamp};

/// The most requests that are read at once, the newest windows first.
pub const MAINTENANCE_MAX: u32 = 10_000;

/// The most steps that are read of one request.
pub const MAINTENANCE_STEPS_MAX: u32 = 1_000;

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredWork {
    /// Its number, as `M-2026-0001`; empty before it is added.
    pub id: String,
    /// The site whose load it concerns.
    pub site: String,
    /// The number of the first request of its series, if windows come again.
    pub series: Option<String>,
    /// The state's word.
    pub state: String,
    /// When the work is to be done.
    pub window: Interval,
    /// What is taken out.
    pub components: Vec<String>,
    /// Grows with every step; 1 when it is added.
    pub version: u64,
    /// The rest, as JSON; opaque here.
    pub body: Value,
}

/// A step of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredWorkStep {
    /// Its place, from 1.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// A stable word: `request`, `edit`, `approve`…
    pub step: String,
    /// More, as JSON.
    pub body: Value,
}

/// A request as it should be after a step.
#[derive(Clone, Debug)]
pub struct WorkChange {
    /// The request with its new state; its `version` is the one that the caller saw.
    pub work: StoredWork,
    /// The word of the step.
    pub step: String,
    /// More about the step.
    pub body: Value,
}

/// Why a request was not kept; then nothing of the call was.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// Somebody else was faster.
    #[error("{id} is at version {current}")]
    Stale {
        /// Which.
        id: String,
        /// The version that it has.
        current: u64,
    },
    /// There is no such request.
    #[error("there is no request {id}")]
    Missing {
        /// Which.
        id: String,
    },
    /// An open request has the same component at the same time.
    #[error("{component} is spoken for by {by}")]
    Taken {
        /// Which component.
        component: String,
        /// The other request.
        by: String,
    },
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Row = (
    String,
    String,
    Option<String>,
    String,
    i64,
    i64,
    String,
    i64,
    String,
);

impl Store {
    /// The requests, the newest windows first, at most [`MAINTENANCE_MAX`].
    pub async fn maintenance(&self) -> Result<Vec<StoredWork>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, site, series, state, from_ms, to_ms, components, version, body
             FROM maintenance ORDER BY from_ms DESC, id DESC LIMIT ?1",
        )
        .bind(MAINTENANCE_MAX)
        .fetch_all(&self.queries)
        .await
        .doing("read the requests for maintenance")?;
        rows.into_iter().map(of_row).collect()
    }

    /// The steps of a request, oldest first.
    pub async fn maintenance_steps(&self, id: &str) -> Result<Vec<StoredWorkStep>, StoreError> {
        let rows: Vec<(i64, i64, String, String, String)> = sqlx::query_as(
            "SELECT seq, at_ms, actor, step, body FROM maintenance_event
             WHERE id = ?1 ORDER BY seq LIMIT ?2",
        )
        .bind(id)
        .bind(MAINTENANCE_STEPS_MAX)
        .fetch_all(&self.queries)
        .await
        .doing("read the steps of a request")?;
        let read = |(seq, at, actor, step, body): (i64, i64, String, String, String)| {
            Ok(StoredWorkStep {
                seq: seq.unsigned_abs(),
                at: Timestamp::from_millis(at),
                actor,
                step,
                body: json_of(&body, id)?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Adds requests that were made at `at`: all of them, or none. Each gets its number; several
    /// become a series. No two open requests may have a component at the same time.
    pub async fn add_maintenance(
        &self,
        new: Vec<StoredWork>,
        at: Timestamp,
        author: &Author,
    ) -> Result<Vec<StoredWork>, WorkError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut _| {
            let series = new.len() > 1;
            let mut added: Vec<StoredWork> = Vec::with_capacity(new.len());
            for mut work in new {
                work.id = next_id(db, at)?;
                work.version = 1;
                if series {
                    work.series = Some(added.first().map_or(&work.id, |first| &first.id).clone());
                }
                is_free(db, &work)?;
                insert(db, &work)?;
                note(db, (&work, "request", &work.body), (at, now), &author)?;
                added.push(work);
            }
            Ok(added)
        };
        self.writer.write(0, change).await
    }

    /// Changes requests by steps that were taken at `at`: all of them, or none. Gives them back
    /// with their new versions.
    pub async fn change_maintenance(
        &self,
        changes: Vec<WorkChange>,
        at: Timestamp,
        author: &Author,
    ) -> Result<Vec<StoredWork>, WorkError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change = move |db: &Connection, _: &mut _| {
            let mut changed = Vec::with_capacity(changes.len());
            for WorkChange {
                mut work,
                step,
                body,
            } in changes
            {
                let current: Option<i64> = db
                    .query_row(
                        "SELECT version FROM maintenance WHERE id = ?1",
                        [&work.id],
                        |row| row.get(0),
                    )
                    .optional()
                    .doing("read a request")?;
                let current = current.ok_or_else(|| WorkError::Missing {
                    id: work.id.clone(),
                })?;
                let current = current.unsigned_abs();
                if current != work.version {
                    return Err(WorkError::Stale {
                        id: work.id,
                        current,
                    });
                }
                work.version += 1;
                if step == "edit" {
                    is_free(db, &work)?;
                }
                update(db, &work)?;
                note(db, (&work, &step, &body), (at, now), &author)?;
                changed.push(work);
            }
            Ok(changed)
        };
        self.writer.write(0, change).await
    }
}

/// `M-2026-0001`: the year in UTC, and a number that is never used again.
fn next_id(db: &Connection, at: Timestamp) -> Result<String, StoreError> {
    let year = at.to_string().chars().take(4).collect::<String>();
    let prefix = format!("M-{year}-");
    let last: Option<String> = db
        .query_row(
            "SELECT id FROM maintenance WHERE id GLOB ?1 ORDER BY length(id) DESC, id DESC LIMIT 1",
            [format!("{prefix}*")],
            |row| row.get(0),
        )
        .optional()
        .doing("find the last request")?;
    let last = last.and_then(|id| id.strip_prefix(&prefix)?.parse::<u64>().ok());
    Ok(format!("{prefix}{:04}", last.unwrap_or(0) + 1))
}

fn is_free(db: &Connection, work: &StoredWork) -> Result<(), WorkError> {
    let mut query = db
        .prepare_cached(
            "SELECT id, components FROM maintenance
             WHERE site = ?1 AND id <> ?2 AND from_ms < ?4 AND to_ms > ?3
               AND state IN ('requested', 'approved', 'working')",
        )
        .doing("look for overlapping windows")?;
    let window = (work.window.from.as_millis(), work.window.to.as_millis());
    let rows = query
        .query_map(params![work.site, work.id, window.0, window.1], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
        .doing("look for overlapping windows")?;
    for row in rows {
        let (by, components) = row.doing("read an overlapping window")?;
        let components = names_of(&components, &by)?;
        if let Some(component) = work.components.iter().find(|one| components.contains(one)) {
            return Err(WorkError::Taken {
                component: component.clone(),
                by,
            });
        }
    }
    Ok(())
}

fn insert(db: &Connection, work: &StoredWork) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO maintenance(id, site, series, state, from_ms, to_ms, components, version, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            work.id,
            work.site,
            work.series,
            work.state,
            work.window.from.as_millis(),
            work.window.to.as_millis(),
            Value::from(work.components.clone()).to_string(),
            1,
            work.body.to_string(),
        ],
    )
    .doing("keep a request")
    .map(drop)
}

fn update(db: &Connection, work: &StoredWork) -> Result<(), StoreError> {
    db.execute(
        "UPDATE maintenance SET state = ?2, from_ms = ?3, to_ms = ?4, components = ?5,
         version = ?6, body = ?7 WHERE id = ?1",
        params![
            work.id,
            work.state,
            work.window.from.as_millis(),
            work.window.to.as_millis(),
            Value::from(work.components.clone()).to_string(),
            work.version.cast_signed(),
            work.body.to_string(),
        ],
    )
    .doing("keep a step of a request")
    .map(drop)
}

/// Notes a step in the request's own history and in the audit log.
fn note(
    db: &Connection,
    (work, step, body): (&StoredWork, &str, &Value),
    (at, now): (Timestamp, Timestamp),
    author: &Author,
) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO maintenance_event(id, seq, at_ms, actor, step, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            work.id,
            work.version.cast_signed(),
            at.as_millis(),
            author.actor,
            step,
            body.to_string()
        ],
    )
    .doing("note a step of a request")?;
    let detail = json!({
        "version": work.version, "state": work.state, "site": work.site, "step": body,
    });
    let subject = format!("maintenance/{}", work.id);
    let entry = audit::done(author, &format!("maintenance.{step}"), subject, detail);
    audit::append(db, now, &entry).map(drop)
}

fn of_row(row: Row) -> Result<StoredWork, StoreError> {
    let (id, site, series, state, from, to, components, version, body) = row;
    let window = Interval::new(Timestamp::from_millis(from), Timestamp::from_millis(to));
    Ok(StoredWork {
        window: window.ok_or_else(|| StoreError::corrupt(format!("an empty window of {id}")))?,
        components: names_of(&components, &id)?,
        body: json_of(&body, &id)?,
        id,
        site,
        series,
        state,
        version: version.unsigned_abs(),
    })
}

fn names_of(text: &str, id: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::corrupt(format!("torn components of {id}")))
}

fn json_of(text: &str, id: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::corrupt(format!("a torn request {id}")))
}
