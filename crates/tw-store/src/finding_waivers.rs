//! Weaknesses that somebody accepts for a time.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** know what a weakness is.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
};
use rusqlite::params;
use serde_json::json;
use tw_units::Timestamp;

/// An acceptance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingWaiver {
    /// The finding's key.
    pub finding: String,
    /// Why.
    pub reason: String,
    /// The last day, as `2026-12-31`.
    pub until: String,
    /// By whom.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Accepts a finding until a day, or takes that back.
    pub async fn waive_finding(
        &self,
        finding: &str,
        waiver: Option<(String, String)>,
        author: &Author,
    ) -> Result<(), StoreError> {
        let (finding, author, at) = (finding.to_owned(), author.clone(), self.clock.now());
        self.writer
            .write(0, move |db, _| {
                let (action, detail) = if let Some((reason, until)) = &waiver {
                    db.execute(
                        "INSERT OR REPLACE INTO finding_waiver(finding, reason, until, actor, at_ms)
                         VALUES (?1, ?2, ?3, ?4, ?5)",
                        params![finding, reason, until, author.actor, at.as_millis()],
                    )
                    .doing("accept a finding")?;
                    ("finding.waive", json!({ "reason": reason, "until": until }))
                } else {
                    db.execute("DELETE FROM finding_waiver WHERE finding = ?1", [&finding])
                        .doing("take an acceptance back")?;
                    ("finding.unwaive", json!({}))
                };
                let entry = audit::done(&author, action, format!("finding/{finding}"), detail);
                audit::append(db, at, &entry).map(drop)
            })
            .await
    }

    /// Every acceptance, also those that are over.
    pub async fn finding_waivers(&self) -> Result<Vec<FindingWaiver>, StoreError> {
        let rows: Vec<(String, String, String, String, i64)> = sqlx::query_as(
            "SELECT finding, reason, until, actor, at_ms FROM finding_waiver ORDER BY finding",
        )
        .fetch_all(&self.queries)
        .await
        .doing("read acceptances of findings")?;
        let read = |(finding, reason, until, actor, at)| FindingWaiver {
            finding,
            reason,
            until,
            actor,
            at: Timestamp::from_millis(at),
        };
        Ok(rows.into_iter().map(read).collect())
    }
}
