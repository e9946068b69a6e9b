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
    /// It knows single batches only, as older ones do.
    older: bool,
    /// It never takes this record.
    loathed: Option<Record>,
    /// How many batches each request had.
    requests: Mutex<Vec<usize>>,
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

impl Flaky {
    fn take_run(&self, batches: &[Batch]) -> Delivered {
        self.requests.lock().unwrap().push(batches.len());
        let loathed = |batch: &Batch| {
            batch
                .records
                .iter()
                .any(|r| Some(r) == self.loathed.as_ref())
        };
        if batches.iter().any(loathed) {
            return Delivered::Refused {
                reason: "bad_batch".into(),
            };
        }
        let taken = if self.older { &batches[..1] } else { batches };
        let answers: Vec<_> = taken.iter().map(|batch| self.take(batch)).collect();
        answers.into_iter().next_back().unwrap()
    }
}

impl Centre for Flaky {
    async fn deliver(&self, batches: Vec<Batch>) -> Delivered {
        let mishap = self.mishaps.lock().unwrap().pop_front();
        let gone = || Delivered::Unreachable {
            reason: "cut".into(),
        };
        match mishap {
            Some(Mishap::Lost) => gone(),
            Some(Mishap::Busy) => Delivered::Busy { retry_after: None },
            Some(Mishap::AnswerLost) => {
                self.take_run(&batches);
                gone()
            }
            None => self.take_run(&batches),
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

/// A spool with `count` batches and a courier that takes them to `centre`.
async fn rig(count: u16, centre: Flaky) -> (tempfile::TempDir, Keeper, Arc<Flaky>, Courier<Flaky>) {
    let folder = tempfile::tempdir().unwrap();
    let wall = WallClock::fixed(Timestamp::from_seconds(1_790_000_000));
    let settings = SpoolSettings::at(folder.path().join("spool.db"));
    let keeper = Keeper::spawn(settings, wall.clone()).unwrap();
    for second in 0..i64::from(count) {
        assert!(keeper.commit(Lane::Metric, vec![gap(second)]).await);
    }
    let centre = Arc::new(centre);
    let (state, _) = watch::channel(DeliveryState::default());
    let courier = Courier::new(centre.clone(), keeper.clone(), wall, state);
    (folder, keeper, centre, courier)
}

/// Commits `count` batches, delivers until nothing waits, and returns what arrived.
async fn deliver(count: u16, centre: Flaky) -> (Vec<Record>, Vec<usize>) {
    let steps = usize::from(count) + centre.mishaps.lock().unwrap().len();
    let (_folder, keeper, centre, mut courier) = rig(count, centre).await;
    // Every mishap costs one step; nothing else may.
    for _ in 0..steps {
        courier.step(QUICK).await;
    }
    assert_eq!(
        keeper.state().await.unsent,
        0,
        "everything was acknowledged"
    );
    let taken = centre.taken.lock().unwrap().clone();
    let requests = centre.requests.lock().unwrap().clone();
    (taken, requests)
}

fn mishaps(mishaps: &[Mishap]) -> Flaky {
    Flaky {
        mishaps: Mutex::new(mishaps.iter().copied().collect()),
        ..Flaky::default()
    }
}

const QUICK: Backoff = Backoff {
    min: Duration::from_millis(1),
    max: Duration::from_millis(2),
};

fn gaps(count: i64) -> Vec<Record> {
    (0..count).map(gap).collect()
}

#[tokio::test]
async fn everything_arrives_once_and_in_order() {
    assert_eq!(deliver(5, Flaky::default()).await.0, gaps(5));
}

#[tokio::test]
async fn a_lost_answer_doubles_nothing() {
    use Mishap::{AnswerLost, Busy, Lost};
    let centre = mishaps(&[Lost, AnswerLost, Busy, AnswerLost, Lost]);
    assert_eq!(deliver(6, centre).await.0, gaps(6));
}

#[tokio::test]
async fn a_backlog_takes_few_round_trips() {
    let (taken, requests) = deliver(600, Flaky::default()).await;
    assert_eq!(taken, gaps(600));
    assert_eq!(requests, [256, 256, 88]);
    let (taken, requests) = deliver(600, mishaps(&[Mishap::AnswerLost, Mishap::Lost])).await;
    assert_eq!(taken, gaps(600));
    assert_eq!(requests, [256, 256, 256, 88], "the first came again");
}

#[tokio::test]
async fn an_older_centre_takes_one_batch_a_request() {
    let centre = Flaky {
        older: true,
        ..Flaky::default()
    };
    let (taken, requests) = deliver(6, centre).await;
    assert_eq!(taken, gaps(6));
    assert_eq!(requests, [6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn one_batch_that_is_refused_does_not_hold_those_before_it() {
    let centre = Flaky {
        loathed: Some(gap(3)),
        ..Flaky::default()
    };
    let (_folder, keeper, centre, mut courier) = rig(6, centre).await;
    for _ in 0..8 {
        courier.step(QUICK).await;
    }
    assert_eq!(*centre.taken.lock().unwrap(), gaps(3));
    assert_eq!(keeper.state().await.unsent, 3, "kept, and tried again");
}

#[tokio::test]
async fn readings_made_after_an_outage_go_before_its_backlog() {
    let (_folder, keeper, centre, mut courier) = rig(900, mishaps(&[Mishap::Lost])).await;
    courier.step(QUICK).await;
    courier.step(QUICK).await;
    keeper.commit(Lane::Metric, vec![gap(1_000)]).await;
    courier.step(QUICK).await;
    courier.step(QUICK).await;
    let taken = centre.taken.lock().unwrap().clone();
    assert!(taken.contains(&gap(1_000)), "live");
    assert!(
        !taken.contains(&gap(899)),
        "before the rest: {}",
        taken.len()
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
