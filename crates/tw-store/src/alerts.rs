//! What the alert core remembers, what it decided, and the notices to send: one transaction.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** know what an alert means.

use crate::{
    Store,
    error::{Doing, StoreError},
    outbox::{self, NewNotice},
};
use rusqlite::{Connection, params};
use serde_json::Value;
use tw_units::{Interval, Timestamp};

/// The most alerts or transitions that one query gives.
pub const ALERTS_MAX: u32 = 10_000;

/// An alert as the core remembers it.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertState {
    /// What it is about; unique.
    pub key: String,
    /// The core's state as JSON; opaque here.
    pub body: Value,
    /// When it changed.
    pub changed_at: Timestamp,
}

/// A step of an alert: raised, cleared, acknowledged.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertTransition {
    /// Whose.
    pub key: String,
    /// When, in the time of the readings.
    pub at: Timestamp,
    /// A stable word of the core.
    pub transition: String,
    /// More, as JSON.
    pub body: Value,
}

/// What one run of the alert core changes, all or nothing.
#[derive(Clone, Debug, Default)]
pub struct AlertCommit {
    /// The new states; `None` forgets an alert.
    pub states: Vec<(String, Option<Value>)>,
    /// Steps for the history.
    pub transitions: Vec<AlertTransition>,
    /// Notices to send.
    pub notices: Vec<NewNotice>,
}

impl Store {
    /// All alerts that the core remembers.
    pub async fn alert_states(&self) -> Result<Vec<AlertState>, StoreError> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT key, body, changed_ms FROM alert_state ORDER BY key")
                .fetch_all(&self.queries)
                .await
                .doing("read alerts")?;
        let read = |(key, body, changed): (String, String, i64)| {
            Ok(AlertState {
                body: json_of(&body, &key)?,
                key,
                changed_at: Timestamp::from_millis(changed),
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Keeps states, history and notices in one transaction. A notice whose `dedupe` is known
    /// is not added again, so a run may be repeated after a crash. Returns how many notices
    /// are new.
    pub async fn commit_alerts(&self, commit: AlertCommit) -> Result<usize, StoreError> {
        let now = self.clock.now();
        self.writer
            .write(0, move |db, _| write(db, &commit, now))
            .await
    }

    /// The steps of a window, newest first; of one alert, if asked.
    pub async fn alert_history(
        &self,
        window: Interval,
        key: Option<&str>,
    ) -> Result<Vec<AlertTransition>, StoreError> {
        let rows: Vec<(String, i64, String, String)> = sqlx::query_as(
            "SELECT key, at_ms, transition, body FROM alert_history
             WHERE at_ms >= ?1 AND at_ms < ?2 AND (?3 IS NULL OR key = ?3)
             ORDER BY at_ms DESC, id DESC LIMIT ?4",
        )
        .bind(window.from.as_millis())
        .bind(window.to.as_millis())
        .bind(key)
        .bind(ALERTS_MAX)
        .fetch_all(&self.queries)
        .await
        .doing("read the history of alerts")?;
        let read = |(key, at, transition, body): (String, i64, String, String)| {
            let body = json_of(&body, &key)?;
            Ok(AlertTransition {
                key,
                at: Timestamp::from_millis(at),
                transition,
                body,
            })
        };
        rows.into_iter().map(read).collect()
    }
}

fn write(db: &Connection, commit: &AlertCommit, now: Timestamp) -> Result<usize, StoreError> {
    for (key, body) in &commit.states {
        let written = match body {
            Some(body) => db.execute(
                "INSERT OR REPLACE INTO alert_state(key, body, changed_ms) VALUES (?1, ?2, ?3)",
                params![key, body.to_string(), now.as_millis()],
            ),
            None => db.execute("DELETE FROM alert_state WHERE key = ?1", [key]),
        };
        written.doing("keep the state of an alert")?;
    }
    for step in &commit.transitions {
        db.execute(
            "INSERT INTO alert_history(key, at_ms, transition, body) VALUES (?1, ?2, ?3, ?4)",
            params![
                step.key,
                step.at.as_millis(),
                step.transition,
                step.body.to_string()
            ],
        )
        .doing("keep a step of an alert")?;
    }
    let mut new = 0;
    for notice in &commit.notices {
        new += outbox::add(db, notice, now)?;
    }
    Ok(new)
}

fn json_of(text: &str, key: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::corrupt(format!("a torn alert, {key}")))
}
