//! From single records to committed batches: at most a second of readings is not yet accepted.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** drop or reorder a lane's records.
//!
//! ```text
//! engine, host, probes ──record──► (bounded) ──► Batcher ──batch a second and lane──► Keeper
//! ```

use crate::keeper::Keeper;
use std::{collections::BTreeMap, time::Duration};
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tw_ingest::{Lane, Record, seen::Seen};

/// Records that may wait between the engine and the spool.
pub const RECORDS_QUEUE_MAX: usize = 16_384;

/// The most records of one batch.
const BATCH_RECORDS_MAX: usize = 2_000;

/// How long a record waits at most before it is committed.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

/// The stream that a record belongs to.
pub const fn lane_of(record: &Record) -> Lane {
    match record {
        Record::Layout(_) | Record::Round(_) | Record::Run(_) => Lane::Metric,
        Record::Gap(_) | Record::Event(_) => Lane::Event,
        Record::Observation(seen) if matches!(seen.seen, Seen::Trap(_)) => Lane::Event,
        Record::Observation(_) | Record::Unknown(_) => Lane::Inventory,
    }
}

/// Commits what arrives until it is cancelled; then commits what is left and ends.
pub async fn run(mut records: mpsc::Receiver<Record>, keeper: Keeper, cancel: CancellationToken) {
    let mut waiting: BTreeMap<Lane, Vec<Record>> = BTreeMap::new();
    let mut tick = tokio::time::interval(COMMIT_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            record = records.recv() => match record {
                Some(record) => {
                    let lane = lane_of(&record);
                    let batch = waiting.entry(lane).or_default();
                    batch.push(record);
                    if batch.len() >= BATCH_RECORDS_MAX {
                        flush(&keeper, &mut waiting).await;
                    }
                }
                None => break,
            },
            _ = tick.tick() => flush(&keeper, &mut waiting).await,
            () = cancel.cancelled() => break,
        }
    }
    while let Ok(record) = records.try_recv() {
        waiting.entry(lane_of(&record)).or_default().push(record);
    }
    flush(&keeper, &mut waiting).await;
}

async fn flush(keeper: &Keeper, waiting: &mut BTreeMap<Lane, Vec<Record>>) {
    for (lane, records) in std::mem::take(waiting) {
        if !keeper.commit(lane, records).await {
            tracing::warn!(
                lane = lane.as_str(),
                "readings wait in memory for the spool's disk"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::SpoolSettings;
    use tw_ingest::{EventSeen, Gap};
    use tw_units::{Timestamp, WallClock};

    #[tokio::test]
    async fn what_was_sent_before_the_end_is_committed() {
        let folder = tempfile::tempdir().unwrap();
        let wall = WallClock::fixed(Timestamp::from_seconds(1_790_000_000));
        let keeper =
            Keeper::spawn(SpoolSettings::at(folder.path().join("spool.db")), wall).unwrap();
        let (send, receive) = mpsc::channel(RECORDS_QUEUE_MAX);
        for second in 0..5_000 {
            let at = Timestamp::from_seconds(second);
            let record = if second % 2 == 0 {
                Record::Gap(Gap {
                    from: at,
                    to: at,
                    dropped: 1,
                    reason: "spool_aged".into(),
                })
            } else {
                let code = "started".into();
                Record::Event(EventSeen {
                    at,
                    code,
                    target: None,
                    detail: String::new(),
                })
            };
            send.send(record).await.unwrap();
        }
        drop(send);
        run(receive, keeper.clone(), CancellationToken::new()).await;
        let mut found = 0;
        while let Some(pending) = keeper.next(0, true).await.pop() {
            found += pending.records.len();
            keeper
                .acknowledge(pending.lane, pending.segment, pending.seq + 1)
                .await;
        }
        assert_eq!(found, 5_000);
    }
}
