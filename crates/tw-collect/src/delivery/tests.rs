//! Delivery against a centre that fails as real ones do.

use super::*;
use crate::spool::SpoolSettings;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};
use tw_ingest::{Gap, Record};
use tw_units::Timestamp;

/// A centre in memory: it keeps positions as the real one does, and first plays `mishaps`.
#[derive(Default)]
struct Flaky {
    mishaps: Mutex<VecDeque<Mishap>>,
    next: Mutex<BTreeMap<(Lane, i64), u64>>,
    taken: Mutex<Vec<Record>>,
}

#[derive(Clone, Copy, Debug)]
enum Mishap {
    /// Nothing arrives.
    Lost,
    /// It arrives, and the answer is lost.
    AnswerLost,
    /// It is busy.
    Busy,
}

impl Flaky {
    fn take(&self, batch: &Batch) -> Delivered {
        let mut next = self.next.lock().unwrap();
        let expected = next
            .entry((batch.head.lane, batch.head.segment))
            .or_default();
        if batch.head.seq > *expected {
            return Delivered::OutOfOrder {
                expected: *expected,
            };
        }
        let repeated = batch.head.seq < *expected;
        if !repeated {
            *expected += 1;
            self.taken
                .lock()
                .unwrap()
                .extend(batch.records.iter().cloned());
        }
        Delivered::Taken(Ack {
            next_seq: *expected,
            repeated,
            refused: vec![],
            config_version: 1,
        })
    }
}

impl Centre for Flaky {
    async fn deliver(&self, batch: Batch) -> Delivered {
        let mishap = self.mishaps.lock().unwrap().pop_front();
        let gone = || Delivered::Unreachable {
            reason: "cut".into(),
        };
        match mishap {
            Some(Mishap::Lost) => gone(),
            Some(Mishap::Busy) => Delivered::Busy { retry_after: None },
            Some(Mishap::AnswerLost) => {
                self.take(&batch);
                gone()
            }
            None => self.take(&batch),
        }
    }

    async fn config(&self, _known: u64) -> Result<Option<CollectorConfig>, String> {
        Ok(None)
    }
}

fn gap(second: i64) -> Record {
    Record::Gap(Gap {
        from: Timestamp::from_seconds(second),
        to: Timestamp::from_seconds(second + 1),
        dropped: 1,
        reason: "spool_aged".into(),
    })
}

/// Commits `count` batches, delivers through the mishaps, and returns what arrived.
async fn deliver(count: u16, mishaps: &[Mishap]) -> Vec<Record> {
    let folder = tempfile::tempdir().unwrap();
    let wall = WallClock::fixed(Timestamp::from_seconds(1_790_000_000));
    let keeper = Keeper::spawn(
        SpoolSettings::at(folder.path().join("spool.db")),
        wall.clone(),
    )
    .unwrap();
    for second in 0..i64::from(count) {
        assert!(keeper.commit(Lane::Metric, vec![gap(second)]).await);
    }
    let centre = Arc::new(Flaky {
        mishaps: Mutex::new(mishaps.iter().copied().collect()),
        ..Flaky::default()
    });
    let (state, _) = watch::channel(DeliveryState::default());
    let mut courier = Courier::new(centre.clone(), keeper.clone(), wall, state);
    let backoff = Backoff {
        min: Duration::from_millis(1),
        max: Duration::from_millis(2),
    };
    // Every mishap costs one step; nothing else may.
    for _ in 0..usize::from(count) + mishaps.len() {
        courier.step(backoff).await;
    }
    assert_eq!(
        keeper.state().await.unsent,
        0,
        "everything was acknowledged"
    );
    centre.taken.lock().unwrap().clone()
}

#[tokio::test]
async fn everything_arrives_once_and_in_order() {
    assert_eq!(deliver(5, &[]).await, (0..5).map(gap).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_lost_answer_doubles_nothing() {
    use Mishap::{AnswerLost, Busy, Lost};
    let expect: Vec<_> = (0..6).map(gap).collect();
    assert_eq!(
        deliver(6, &[Lost, AnswerLost, Busy, AnswerLost, Lost]).await,
        expect
    );
}

#[tokio::test]
async fn readings_made_after_an_outage_go_before_its_backlog() {
    let folder = tempfile::tempdir().unwrap();
    let wall = WallClock::fixed(Timestamp::from_seconds(1_790_000_000));
    let keeper = Keeper::spawn(
        SpoolSettings::at(folder.path().join("spool.db")),
        wall.clone(),
    )
    .unwrap();
    for second in 0..50 {
        keeper.commit(Lane::Metric, vec![gap(second)]).await;
    }
    let mishaps = Mutex::new(VecDeque::from([Mishap::Lost]));
    let centre = Arc::new(Flaky {
        mishaps,
        ..Flaky::default()
    });
    let (state, _) = watch::channel(DeliveryState::default());
    let mut courier = Courier::new(centre.clone(), keeper.clone(), wall, state);
    let backoff = Backoff {
        min: Duration::from_millis(1),
        max: Duration::from_millis(2),
    };
    courier.step(backoff).await;
    courier.step(backoff).await;
    keeper.commit(Lane::Metric, vec![gap(1_000)]).await;
    courier.step(backoff).await;
    courier.step(backoff).await;
    let taken = centre.taken.lock().unwrap().clone();
    assert!(
        taken.contains(&gap(1_000)),
        "live before the other 47: {taken:?}"
    );
}

#[test]
fn the_wait_grows_up_to_its_bound() {
    let backoff = Backoff::default();
    for failures in 1..40 {
        let wait = backoff.after(failures);
        assert!(wait <= backoff.max && wait >= backoff.min / 10, "{wait:?}");
    }
}
