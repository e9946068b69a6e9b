//! What collectors said besides numbers: observations, gaps, events, and how they fare.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** change any of it.

use crate::{
    Store,
    error::{Doing, StoreError},
};
use tw_ingest::{
    EventSeen, Gap, TargetKey,
    seen::{CollectorStatus, Seen},
};
use tw_units::{CollectorId, Interval, Timestamp};

/// The most observations, gaps or events that one query gives.
pub const SEEN_MAX: u32 = 100_000;

/// An observation with how long it held.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// Of whom.
    pub target: TargetKey,
    /// When it was first seen so.
    pub from: Timestamp,
    /// When it was last seen so.
    pub last_seen: Timestamp,
    /// What was seen.
    pub seen: Seen,
}

/// A gap and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectorGap {
    /// Who reported it.
    pub collector: CollectorId,
    /// What is missing.
    pub gap: Gap,
}

/// An event and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectorEvent {
    /// Its number; later events have higher ones.
    pub id: u64,
    /// Who reported it.
    pub collector: CollectorId,
    /// What happened.
    pub event: EventSeen,
    /// When the centre learned of it.
    pub received_at: Timestamp,
}

/// What the centre knows of a collector.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectorSeen {
    /// Who.
    pub collector: CollectorId,
    /// When it last sent a batch.
    pub last_contact: Timestamp,
    /// Its clock minus ours when it sent it, the way included, in milliseconds.
    pub skew_ms: i64,
    /// The latest round of it.
    pub last_round: Option<Timestamp>,
    /// Batches applied.
    pub batches: u64,
    /// Rounds kept.
    pub rounds: u64,
    /// Records refused.
    pub refused: u64,
    /// How it fares, by its own words.
    pub status: Option<CollectorStatus>,
    /// When it said so.
    pub status_at: Option<Timestamp>,
}

/// Records of a collector that the centre refused for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalSeen {
    /// Whose.
    pub collector: CollectorId,
    /// A word of [`tw_ingest::Refusal::reason`].
    pub reason: String,
    /// How many, since this is counted.
    pub records: u64,
    /// When the last of them came.
    pub last_at: Timestamp,
    /// A target that they name, where the reason is about targets.
    pub example: Option<String>,
}

/// How far a collector's stream has been applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// Whose.
    pub collector: CollectorId,
    /// Which life of its spool, as 32 hexadecimal digits.
    pub epoch: String,
    /// Which stream.
    pub lane: String,
    /// Which hour.
    pub segment: i64,
    /// What is expected next.
    pub next_seq: u64,
    /// When it moved.
    pub moved_at: Timestamp,
}

type ObservationRow = (String, i64, i64, String);
type CollectorRow = (
    String,
    i64,
    i64,
    Option<i64>,
    i64,
    i64,
    i64,
    Option<String>,
    Option<i64>,
);

impl Store {
    /// What was last seen of a target, one of each kind.
    pub async fn observations(&self, target: &TargetKey) -> Result<Vec<Observed>, StoreError> {
        let rows: Vec<ObservationRow> = sqlx::query_as(
            "SELECT target.key, from_ms, last_seen_ms, body
             FROM observation JOIN target ON target.id = target_id
             WHERE target.key = ?1 AND from_ms = (SELECT max(from_ms) FROM observation AS later
               WHERE later.target_id = observation.target_id AND later.kind = observation.kind)",
        )
        .bind(&target.0)
        .fetch_all(&self.queries)
        .await
        .doing("read observations")?;
        rows.into_iter().map(observed).collect()
    }

    /// What was last seen of all targets, of one kind: `identity`, `interfaces`, `parts`,
    /// `sensors`, `problems`, `host`.
    pub async fn observations_of_kind(&self, kind: &str) -> Result<Vec<Observed>, StoreError> {
        let rows: Vec<ObservationRow> = sqlx::query_as(
            "SELECT target.key, from_ms, last_seen_ms, body
             FROM target JOIN observation ON target_id = target.id AND kind = ?1
               AND from_ms = (SELECT max(from_ms) FROM observation AS later
                 WHERE later.target_id = target.id AND later.kind = ?1)
             ORDER BY target.key LIMIT ?2",
        )
        .bind(kind)
        .bind(SEEN_MAX)
        .fetch_all(&self.queries)
        .await
        .doing("read observations")?;
        rows.into_iter().map(observed).collect()
    }

    /// All that was seen of a target, of one kind, oldest first.
    pub async fn observation_history(
        &self,
        target: &TargetKey,
        kind: &str,
    ) -> Result<Vec<Observed>, StoreError> {
        let rows: Vec<ObservationRow> = sqlx::query_as(
            "SELECT target.key, from_ms, last_seen_ms, body
             FROM observation JOIN target ON target.id = target_id
             WHERE target.key = ?1 AND kind = ?2 ORDER BY from_ms LIMIT ?3",
        )
        .bind(&target.0)
        .bind(kind)
        .bind(SEEN_MAX)
        .fetch_all(&self.queries)
        .await
        .doing("read the history of an observation")?;
        rows.into_iter().map(observed).collect()
    }

    /// The traps of a window, newest first, at most `limit`; of one target or of all.
    pub async fn traps(
        &self,
        target: Option<&TargetKey>,
        window: Interval,
        limit: u32,
    ) -> Result<Vec<Observed>, StoreError> {
        let rows: Vec<ObservationRow> = sqlx::query_as(
            "SELECT target.key, from_ms, last_seen_ms, body
             FROM target JOIN observation ON target_id = target.id AND kind = 'trap'
               AND from_ms >= ?2 AND from_ms < ?3
             WHERE ?1 IS NULL OR target.key = ?1
             ORDER BY from_ms DESC, target.key LIMIT ?4",
        )
        .bind(target.map(|target| &target.0))
        .bind(window.from.as_millis())
        .bind(window.to.as_millis())
        .bind(limit.min(SEEN_MAX))
        .fetch_all(&self.queries)
        .await
        .doing("read traps")?;
        rows.into_iter().map(observed).collect()
    }

    /// The gaps that touch a window, by their beginning.
    pub async fn gaps(&self, window: Interval) -> Result<Vec<CollectorGap>, StoreError> {
        let rows: Vec<(String, i64, i64, i64, String)> = sqlx::query_as(
            "SELECT collector, from_ms, to_ms, dropped, reason FROM gap
             WHERE from_ms < ?2 AND to_ms > ?1 ORDER BY from_ms LIMIT ?3",
        )
        .bind(window.from.as_millis())
        .bind(window.to.as_millis())
        .bind(SEEN_MAX)
        .fetch_all(&self.queries)
        .await
        .doing("read gaps")?;
        let read = |(of, from, to, dropped, reason): (String, i64, i64, i64, String)| {
            let (from, to) = (Timestamp::from_millis(from), Timestamp::from_millis(to));
            let gap = Gap {
                from,
                to,
                dropped: dropped.unsigned_abs(),
                reason,
            };
            Ok(CollectorGap {
                collector: collector(of)?,
                gap,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// The events of a window, newest first, at most `limit`.
    pub async fn events(
        &self,
        window: Interval,
        limit: u32,
    ) -> Result<Vec<CollectorEvent>, StoreError> {
        type Row = (i64, String, i64, String, Option<String>, String, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, collector, at_ms, code, target, detail, received_ms FROM event
             WHERE at_ms >= ?1 AND at_ms < ?2 ORDER BY at_ms DESC, id DESC LIMIT ?3",
        )
        .bind(window.from.as_millis())
        .bind(window.to.as_millis())
        .bind(limit.min(SEEN_MAX))
        .fetch_all(&self.queries)
        .await
        .doing("read events")?;
        let read = |(id, of, at, code, target, detail, received): Row| {
            let at = Timestamp::from_millis(at);
            Ok(CollectorEvent {
                id: id.unsigned_abs(),
                collector: collector(of)?,
                event: EventSeen {
                    at,
                    code,
                    target: target.map(TargetKey),
                    detail,
                },
                received_at: Timestamp::from_millis(received),
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// All collectors that ever sent a batch.
    pub async fn collectors(&self) -> Result<Vec<CollectorSeen>, StoreError> {
        let rows: Vec<CollectorRow> = sqlx::query_as(
            "SELECT id, last_contact_ms, skew_ms, last_round_ms, batches, rounds, refused,
               status, status_ms FROM collector ORDER BY id",
        )
        .fetch_all(&self.queries)
        .await
        .doing("read collectors")?;
        rows.into_iter().map(collector_seen).collect()
    }

    /// What was refused of collectors, by reason.
    pub async fn refusals(&self) -> Result<Vec<RefusalSeen>, StoreError> {
        type Row = (String, String, i64, i64, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT collector, reason, records, last_ms, example FROM refusal
             ORDER BY collector, reason LIMIT ?1",
        )
        .bind(SEEN_MAX)
        .fetch_all(&self.queries)
        .await
        .doing("read what was refused")?;
        let read = |(id, reason, records, last, example): Row| {
            Ok(RefusalSeen {
                collector: collector(id)?,
                reason,
                records: records.unsigned_abs(),
                last_at: Timestamp::from_millis(last),
                example,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// How far the streams of a collector have been applied, the last moved first.
    pub async fn watermarks(&self, of: &CollectorId) -> Result<Vec<Watermark>, StoreError> {
        type Row = (String, String, i64, i64, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT epoch, lane, segment, next_seq, moved_ms FROM watermark
             WHERE collector = ?1 ORDER BY moved_ms DESC, segment DESC LIMIT ?2",
        )
        .bind(of.as_str())
        .bind(SEEN_MAX)
        .fetch_all(&self.queries)
        .await
        .doing("read watermarks")?;
        let read = |(epoch, lane, segment, next, moved): Row| Watermark {
            collector: of.clone(),
            epoch,
            lane,
            segment,
            next_seq: next.unsigned_abs(),
            moved_at: Timestamp::from_millis(moved),
        };
        Ok(rows.into_iter().map(read).collect())
    }
}

fn observed((target, from, last_seen, body): ObservationRow) -> Result<Observed, StoreError> {
    let seen = serde_json::from_str(&body)
        .map_err(|_| StoreError::corrupt(format!("a torn observation of {target}")))?;
    Ok(Observed {
        target: TargetKey(target),
        from: Timestamp::from_millis(from),
        last_seen: Timestamp::from_millis(last_seen),
        seen,
    })
}

fn collector_seen(row: CollectorRow) -> Result<CollectorSeen, StoreError> {
    let (id, contact, skew_ms, last_round, batches, rounds, refused, status, status_ms) = row;
    Ok(CollectorSeen {
        collector: collector(id)?,
        last_contact: Timestamp::from_millis(contact),
        skew_ms,
        last_round: last_round.map(Timestamp::from_millis),
        batches: batches.unsigned_abs(),
        rounds: rounds.unsigned_abs(),
        refused: refused.unsigned_abs(),
        // A status of a newer collector that we cannot read is no status.
        status: status.and_then(|text| serde_json::from_str(&text).ok()),
        status_at: status_ms.map(Timestamp::from_millis),
    })
}

fn collector(id: String) -> Result<CollectorId, StoreError> {
    CollectorId::new(id).map_err(|_| StoreError::corrupt("a collector without a name"))
}
