//! Closed months and corrections: append-only, each with its entry in the audit log.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** work a figure out, or change a row.

use crate::{
    Store,
    audit::{self, Author},
    error::{Doing, StoreError},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use std::collections::BTreeMap;
use tw_units::{Interval, Timestamp};

/// The most corrections that one query gives.
pub(crate) const CORRECTIONS_MAX: u32 = 10_000;

/// Why a month's revision was not kept.
#[derive(Debug, thiserror::Error)]
pub enum MonthError {
    /// Somebody closed it meanwhile.
    #[error("{site} {month} is at revision {current}, this one follows {expected}")]
    Stale {
        /// The site.
        site: String,
        /// The month.
        month: String,
        /// The revision that this one follows.
        expected: u32,
        /// The one that there is.
        current: u32,
    },
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A revision of a month's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthRow {
    /// The site.
    pub site: String,
    /// The month, as `2026-09`.
    pub month: String,
    /// From 1.
    pub rev: u32,
    /// When it was closed.
    pub closed_at: Timestamp,
    /// By whom.
    pub closed_by: String,
    /// Why.
    pub reason: String,
    /// The report's hash.
    pub sha256: String,
    /// The hash of the revision before.
    pub prev_sha256: Option<String>,
    /// The report, byte by byte.
    pub body: String,
}

/// A correction, as it is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCorrection {
    /// The site.
    pub site: String,
    /// The witness.
    pub subject: String,
    /// For which time.
    pub span: Interval,
    /// `up`, `down` or `unknown`.
    pub state: String,
    /// Why.
    pub reason: String,
}

/// A correction, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionRow {
    /// Its number.
    pub id: u64,
    /// What was entered.
    pub entered: NewCorrection,
    /// By whom.
    pub author: String,
    /// When.
    pub recorded_at: Timestamp,
}

type Columns = (
    String,
    String,
    i64,
    i64,
    String,
    String,
    String,
    Option<String>,
    String,
);

fn month_of((site, month, rev, closed, by, reason, sha256, prev, body): Columns) -> MonthRow {
    MonthRow {
        site,
        month,
        rev: u32::try_from(rev).unwrap_or(u32::MAX),
        closed_at: Timestamp::from_millis(closed),
        closed_by: by,
        reason,
        sha256,
        prev_sha256: prev,
        body,
    }
}

impl Store {
    /// The newest revision of each closed month of a site, oldest month first.
    pub async fn months(&self, site: &str) -> Result<Vec<MonthRow>, StoreError> {
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT site, month, rev, closed_ms, closed_by, reason, sha256, prev_sha256, body
             FROM month_report AS own WHERE site = ?1 AND rev =
               (SELECT max(rev) FROM month_report WHERE site = own.site AND month = own.month)
             ORDER BY month",
        )
        .bind(site)
        .fetch_all(&self.queries)
        .await
        .doing("read closed months")?;
        Ok(rows.into_iter().map(month_of).collect())
    }

    /// The hash of the newest revision of each closed month of a site, by month.
    pub async fn month_heads(&self, site: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT month, sha256 FROM month_report WHERE site = ?1 ORDER BY month, rev",
        )
        .bind(site)
        .fetch_all(&self.queries)
        .await
        .doing("read which months are closed")?;
        // The last of equal months is its newest revision.
        Ok(rows.into_iter().collect())
    }

    /// All revisions of a month, the first one first.
    pub async fn month_revisions(
        &self,
        site: &str,
        month: &str,
    ) -> Result<Vec<MonthRow>, StoreError> {
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT site, month, rev, closed_ms, closed_by, reason, sha256, prev_sha256, body
             FROM month_report WHERE site = ?1 AND month = ?2 ORDER BY rev",
        )
        .bind(site)
        .bind(month)
        .fetch_all(&self.queries)
        .await
        .doing("read the revisions of a month")?;
        Ok(rows.into_iter().map(month_of).collect())
    }

    /// Keeps a revision; it must follow the last one there is.
    pub async fn close_month(&self, row: MonthRow, author: &Author) -> Result<(), MonthError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change =
            move |db: &Connection, _: &mut crate::memory::Memory| close(db, &row, (&author, now));
        self.writer.write(0, change).await
    }

    /// Keeps a correction and gives its number.
    pub async fn add_correction(
        &self,
        new: NewCorrection,
        author: &Author,
    ) -> Result<u64, StoreError> {
        let (author, now) = (author.clone(), self.clock.now());
        let change =
            move |db: &Connection, _: &mut crate::memory::Memory| correct(db, &new, (&author, now));
        self.writer.write(0, change).await
    }

    /// The corrections of a site that touch a window, in the order of their entry.
    pub async fn corrections(
        &self,
        site: &str,
        window: Interval,
    ) -> Result<Vec<CorrectionRow>, StoreError> {
        type Row = (i64, String, i64, i64, String, String, String, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, subject, from_ms, to_ms, state, reason, author, recorded_ms
             FROM correction WHERE site = ?1 AND from_ms < ?3 AND to_ms > ?2
             ORDER BY id LIMIT ?4",
        )
        .bind(site)
        .bind(window.from.as_millis())
        .bind(window.to.as_millis())
        .bind(CORRECTIONS_MAX)
        .fetch_all(&self.queries)
        .await
        .doing("read corrections")?;
        let read = |(id, subject, from, to, state, reason, author, recorded): Row| CorrectionRow {
            id: id.unsigned_abs(),
            entered: NewCorrection {
                site: site.to_owned(),
                subject,
                span: Interval {
                    from: Timestamp::from_millis(from),
                    to: Timestamp::from_millis(to),
                },
                state,
                reason,
            },
            author,
            recorded_at: Timestamp::from_millis(recorded),
        };
        Ok(rows.into_iter().map(read).collect())
    }
}

fn close(
    db: &Connection,
    row: &MonthRow,
    (author, now): (&Author, Timestamp),
) -> Result<(), MonthError> {
    let last: Option<(i64, String)> = db
        .query_row(
            "SELECT rev, sha256 FROM month_report WHERE site = ?1 AND month = ?2
             ORDER BY rev DESC LIMIT 1",
            params![row.site, row.month],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .optional()
        .doing("read the last revision of a month")?;
    let (current, hash) = last.unzip();
    let current = current.map_or(0, |rev| u32::try_from(rev).unwrap_or(u32::MAX));
    if row.rev != current + 1 || row.prev_sha256 != hash {
        return Err(MonthError::Stale {
            site: row.site.clone(),
            month: row.month.clone(),
            expected: row.rev.saturating_sub(1),
            current,
        });
    }
    db.execute(
        "INSERT INTO month_report(site, month, rev, closed_ms, closed_by, reason, sha256,
           prev_sha256, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            row.site,
            row.month,
            row.rev,
            row.closed_at.as_millis(),
            row.closed_by,
            row.reason,
            row.sha256,
            row.prev_sha256,
            row.body
        ],
    )
    .doing("keep a month")?;
    let detail = json!({"rev": row.rev, "sha256": row.sha256, "reason": row.reason});
    let subject = format!("month/{}/{}", row.site, row.month);
    let entry = audit::done(author, "month.close", subject, detail);
    audit::append(db, now, &entry)?;
    Ok(())
}

fn correct(
    db: &Connection,
    new: &NewCorrection,
    (author, now): (&Author, Timestamp),
) -> Result<u64, StoreError> {
    db.execute(
        "INSERT INTO correction(site, subject, from_ms, to_ms, state, reason, author, recorded_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            new.site,
            new.subject,
            new.span.from.as_millis(),
            new.span.to.as_millis(),
            new.state,
            new.reason,
            author.actor,
            now.as_millis()
        ],
    )
    .doing("keep a correction")?;
    let id = db.last_insert_rowid().unsigned_abs();
    let detail = json!({"subject": new.subject, "from": new.span.from, "to": new.span.to,
        "state": new.state, "reason": new.reason});
    let entry = audit::done(
        author,
        "correction.add",
        format!("site/{}", new.site),
        detail,
    );
    audit::append(db, now, &entry)?;
    Ok(id)
}
