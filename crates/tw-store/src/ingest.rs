//! A batch and its watermark in one transaction: at least once on the wire, exactly once here.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** answer before the commit.

use crate::{
    error::{Doing, StoreError},
    layouts,
    memory::{Memory, Pending},
    observations,
    rounds::{self, Inserted},
    shared::{Applied, Change},
    states::{self, NewPolls},
};
use rusqlite::{Connection, OptionalExtension, params};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tw_ingest::{Ack, Batch, BatchHead, EventSeen, Gap, Record, Refusal, TargetKey, seen::Seen};
use tw_units::{CollectorId, Timestamp};

/// How far in the future a reading may claim to be, in milliseconds.
pub const FUTURE_MS_MAX: i64 = 5 * 60 * 1_000;

/// The longest word or text of an event or gap, in bytes; more is cut.
pub const TEXT_BYTES_MAX: usize = 4 * 1024;

/// Why a batch was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A batch before this one is missing in its segment.
    #[error("the batch is out of order: {expected} is expected next")]
    OutOfOrder {
        /// The `seq` that is expected.
        expected: u64,
    },
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records that were taken out of a batch before it came here, because their targets are not
/// their collector's to speak of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foreign {
    /// How many.
    pub records: u64,
    /// One of the targets that they name.
    pub example: String,
}

/// The reason under which foreign records are counted.
pub const FOREIGN_TARGET: &str = "foreign_target";

/// What a batch did, for the counters.
#[derive(Debug)]
pub(crate) struct Effect {
    pub(crate) ack: Ack,
    pub(crate) duplicates: u64,
    pub(crate) refolds: u64,
}

/// Applies a batch inside the writer's transaction.
pub(crate) fn apply(
    db: &Connection,
    memory: &mut Memory,
    collector: &CollectorId,
    (batch, foreign): (Batch, Foreign),
    received_at: Timestamp,
) -> Result<Effect, ApplyError> {
    let Batch { head, records } = batch;
    let expected = next_seq(db, collector, &head)?;
    if head.seq > expected {
        return Err(ApplyError::OutOfOrder { expected });
    }
    touch_collector(db, collector, &head, received_at)?;
    if head.seq < expected {
        return Ok(Effect {
            ack: ack(expected, true, BTreeMap::new()),
            duplicates: 0,
            refolds: 0,
        });
    }
    let mut work = Work::new(collector, &head, received_at);
    if foreign.records > 0 {
        work.refused.insert(FOREIGN_TARGET, foreign.records);
    }
    for record in records {
        work.record(db, memory, record)?;
    }
    let refolds = std::mem::take(&mut work.polls).fold(db, memory)?;
    move_watermark(db, collector, &head, received_at)?;
    work.count_at_collector(db)?;
    work.count_refusals(db, &foreign.example)?;
    memory.publish(Pending::Change(Change::Applied(Arc::new(
        work.news(head.lane),
    ))));
    Ok(Effect {
        ack: ack(expected.saturating_add(1), false, work.refused),
        duplicates: work.duplicates,
        refolds,
    })
}

fn ack(next_seq: u64, repeated: bool, refused: BTreeMap<&'static str, u64>) -> Ack {
    let refusal = |(reason, count): (&str, u64)| Refusal {
        reason: reason.to_owned(),
        count,
    };
    let refused = refused.into_iter().map(refusal).collect();
    Ack {
        next_seq,
        repeated,
        refused,
        config_version: 0,
    }
}

struct Work<'a> {
    collector: &'a CollectorId,
    segment: i64,
    received_at: Timestamp,
    latest: Timestamp,
    polls: NewPolls,
    refused: BTreeMap<&'static str, u64>,
    duplicates: u64,
    kept_rounds: u64,
    rounds: BTreeMap<TargetKey, Timestamp>,
    states: BTreeSet<TargetKey>,
    observations: Vec<(TargetKey, &'static str)>,
    events: Vec<EventSeen>,
    gaps: usize,
}

impl<'a> Work<'a> {
    fn new(collector: &'a CollectorId, head: &BatchHead, received_at: Timestamp) -> Self {
        Self {
            collector,
            segment: head.segment,
            received_at,
            latest: received_at.plus_millis(FUTURE_MS_MAX),
            polls: NewPolls::default(),
            refused: BTreeMap::new(),
            duplicates: 0,
            kept_rounds: 0,
            rounds: BTreeMap::new(),
            states: BTreeSet::new(),
            observations: Vec::new(),
            events: Vec::new(),
            gaps: 0,
        }
    }

    fn record(
        &mut self,
        db: &Connection,
        memory: &mut Memory,
        record: Record,
    ) -> Result<(), StoreError> {
        let outcome = match record {
            Record::Layout(layout) => layouts::announce(db, memory, &layout, self.segment)?,
            Record::Round(round) => self.round(db, memory, round)?,
            Record::Run(run) => self.run(db, &run)?,
            Record::Observation(seen) if seen.at > self.latest => Err("future"),
            Record::Observation(seen) => self.observation(db, seen)?,
            Record::Gap(gap) => self.gap(db, &gap)?,
            Record::Event(event) if event.at > self.latest => Err("future"),
            Record::Event(event) => self.event(db, event)?,
            Record::Unknown(_) => Err("unknown_kind"),
        };
        if let Err(reason) = outcome {
            *self.refused.entry(reason).or_default() += 1;
        }
        Ok(())
    }

    fn round(
        &mut self,
        db: &Connection,
        memory: &mut Memory,
        round: tw_ingest::Round,
    ) -> Result<Result<(), &'static str>, StoreError> {
        let (target, at) = (round.target.clone(), round.at);
        match rounds::insert(db, memory, round, self.latest)? {
            Inserted::Kept { layout, states } => {
                if layout.has_states() {
                    self.states.insert(target.clone());
                }
                self.polls.add(&layout, states);
                self.kept_rounds += 1;
                let latest = self.rounds.entry(target).or_insert(at);
                *latest = at.max(*latest);
                Ok(Ok(()))
            }
            Inserted::Duplicate => {
                self.duplicates += 1;
                Ok(Ok(()))
            }
            Inserted::Refused(reason) => Ok(Err(reason)),
        }
    }

    fn run(
        &mut self,
        db: &Connection,
        run: &tw_ingest::StateRun,
    ) -> Result<Result<(), &'static str>, StoreError> {
        if run.to > self.latest {
            return Ok(Err("future"));
        }
        let named = [&run.target.0, &run.object, &run.metric];
        let sound = run.from <= run.to
            && run.from >= Timestamp::EPOCH
            && !run.target.0.is_empty()
            && named.into_iter().all(|text| layouts::is_key(text));
        if !sound {
            return Ok(Err("run_unsound"));
        }
        self.states.insert(run.target.clone());
        Ok(if states::report(db, run)? {
            Ok(())
        } else {
            Err("known_run")
        })
    }

    fn observation(
        &mut self,
        db: &Connection,
        observation: tw_ingest::Observation,
    ) -> Result<Result<(), &'static str>, StoreError> {
        let kind = observation.seen.kind();
        let outcome = match &observation.seen {
            // How a collector fares is wanted now, not as a history of counters.
            Seen::Collector(status) => {
                let body = serde_json::to_string(status).unwrap_or_default();
                keep_status(db, self.collector, &body, observation.at)?;
                Ok(())
            }
            _ => observations::keep(db, &observation)?,
        };
        self.observations.push((observation.target, kind));
        Ok(outcome)
    }

    fn gap(&mut self, db: &Connection, gap: &Gap) -> Result<Result<(), &'static str>, StoreError> {
        if gap.from > gap.to {
            return Ok(Err("gap_unsound"));
        }
        self.gaps += 1;
        db.execute(
            "INSERT INTO gap(collector, from_ms, to_ms, dropped, reason, received_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                self.collector.as_str(),
                gap.from.as_millis(),
                gap.to.as_millis(),
                i64::try_from(gap.dropped).unwrap_or(i64::MAX),
                cut(&gap.reason),
                self.received_at.as_millis()
            ],
        )
        .doing("keep a gap")?;
        Ok(Ok(()))
    }

    fn event(
        &mut self,
        db: &Connection,
        event: EventSeen,
    ) -> Result<Result<(), &'static str>, StoreError> {
        db.execute(
            "INSERT INTO event(collector, at_ms, code, target, detail, received_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                self.collector.as_str(),
                event.at.as_millis(),
                cut(&event.code),
                event.target.as_ref().map(|target| cut(&target.0)),
                cut(&event.detail),
                self.received_at.as_millis()
            ],
        )
        .doing("keep an event")?;
        self.events.push(event);
        Ok(Ok(()))
    }

    fn count_at_collector(&self, db: &Connection) -> Result<(), StoreError> {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        db.prepare_cached(
            "UPDATE collector SET batches = batches + 1, rounds = rounds + ?2,
               refused = refused + ?3,
               last_round_ms = max(coalesce(last_round_ms, ?4), coalesce(?4, last_round_ms))
             WHERE id = ?1",
        )
        .and_then(|mut update| {
            update.execute(params![
                self.collector.as_str(),
                count(self.kept_rounds),
                count(self.refused.values().sum()),
                self.rounds.values().max().map(|at| at.as_millis())
            ])
        })
        .map(drop)
        .doing("count a collector's batch")
    }

    fn count_refusals(&self, db: &Connection, foreign: &str) -> Result<(), StoreError> {
        for (reason, records) in &self.refused {
            let example = (*reason == FOREIGN_TARGET).then(|| cut(foreign));
            db.prepare_cached(
                "INSERT INTO refusal(collector, reason, records, last_ms, example)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (collector, reason) DO UPDATE SET
                   records = records + excluded.records, last_ms = excluded.last_ms,
                   example = excluded.example",
            )
            .and_then(|mut put| {
                put.execute(params![
                    self.collector.as_str(),
                    reason,
                    i64::try_from(*records).unwrap_or(i64::MAX),
                    self.received_at.as_millis(),
                    example
                ])
            })
            .doing("count what was refused")?;
        }
        Ok(())
    }

    fn news(&mut self, lane: tw_ingest::Lane) -> Applied {
        Applied {
            collector: self.collector.clone(),
            lane,
            received_at: self.received_at,
            rounds: std::mem::take(&mut self.rounds).into_iter().collect(),
            states: std::mem::take(&mut self.states).into_iter().collect(),
            observations: std::mem::take(&mut self.observations),
            events: std::mem::take(&mut self.events),
            gaps: self.gaps,
        }
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn next_seq(db: &Connection, collector: &CollectorId, head: &BatchHead) -> Result<u64, StoreError> {
    let next: Option<i64> = db
        .prepare_cached(
            "SELECT next_seq FROM watermark
             WHERE collector = ?1 AND epoch = ?2 AND lane = ?3 AND segment = ?4",
        )
        .and_then(|mut query| {
            let (epoch, lane) = (head.epoch.to_string(), head.lane.as_str());
            query
                .query_row(
                    params![collector.as_str(), epoch, lane, head.segment],
                    |r| r.get(0),
                )
                .optional()
        })
        .doing("read a watermark")?;
    Ok(next.unwrap_or(0).unsigned_abs())
}

fn move_watermark(
    db: &Connection,
    collector: &CollectorId,
    head: &BatchHead,
    received_at: Timestamp,
) -> Result<(), StoreError> {
    let next = i64::try_from(head.seq.saturating_add(1)).unwrap_or(i64::MAX);
    let (epoch, lane) = (head.epoch.to_string(), head.lane.as_str());
    db.prepare_cached(
        "INSERT INTO watermark(collector, epoch, lane, segment, next_seq, moved_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (collector, epoch, lane, segment) DO UPDATE SET
           next_seq = excluded.next_seq, moved_ms = excluded.moved_ms",
    )
    .and_then(|mut put| {
        let moved = received_at.as_millis();
        put.execute(params![
            collector.as_str(),
            epoch,
            lane,
            head.segment,
            next,
            moved
        ])
    })
    .map(drop)
    .doing("move a watermark")
}

fn touch_collector(
    db: &Connection,
    collector: &CollectorId,
    head: &BatchHead,
    received_at: Timestamp,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO collector(id, epoch, boot_id, last_contact_ms, skew_ms, batches, rounds, refused)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0)
         ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, boot_id = excluded.boot_id,
           last_contact_ms = max(last_contact_ms, excluded.last_contact_ms),
           skew_ms = excluded.skew_ms",
    )
    .and_then(|mut put| {
        put.execute(params![
            collector.as_str(),
            head.epoch.to_string(),
            cut(&head.boot_id),
            received_at.as_millis(),
            head.sent_at.millis_since(received_at)
        ])
    })
    .map(drop)
    .doing("note a collector's contact")
}

fn keep_status(
    db: &Connection,
    collector: &CollectorId,
    body: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE collector SET status = ?2, status_ms = ?3
         WHERE id = ?1 AND (status_ms IS NULL OR status_ms <= ?3)",
    )
    .and_then(|mut put| put.execute(params![collector.as_str(), body, at.as_millis()]))
    .map(drop)
    .doing("keep a collector's status")
}
