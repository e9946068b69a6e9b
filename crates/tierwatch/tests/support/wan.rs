//! A collector's spool and courier, a link with a switch, and the centre behind it, in compressed
//! time: the clock is the test's.
//!
//! **Room:** layer 3; tests.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::sync::watch;
use tw_collect::{
    delivery::{Backoff, Centre, Courier, Delivered, DeliveryState},
    keeper::Keeper,
    spool::SpoolSettings,
};
use tw_ingest::{Batch, CollectorConfig, Record};
use tw_server::App;
use tw_store::ApplyError;
use tw_units::{CollectorId, Timestamp, WallClock};

/// What every delivery over the WAN costs: a round trip of the slow kind.
pub const ROUND_TRIP_MS: i64 = 150;

/// The clock of the whole test; only the test moves it.
#[derive(Clone)]
pub struct Clock(pub Arc<AtomicI64>);

impl Clock {
    /// The present instant.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(SeqCst))
    }

    /// Moves it.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_millis(), SeqCst);
    }

    /// As the product takes it.
    pub fn wall(&self) -> WallClock {
        let read = self.clone();
        WallClock::new(move || read.now())
    }
}

/// The WAN between the collector and the centre.
pub struct Link {
    pub app: Arc<App>,
    pub collector: CollectorId,
    pub clock: Clock,
    pub up: AtomicBool,
    /// When each round came to the centre: `(came at, read at)`.
    pub arrivals: Mutex<Vec<(Timestamp, Timestamp)>>,
}

impl Centre for Link {
    async fn deliver(&self, batches: Vec<Batch>) -> Delivered {
        if !self.up.load(SeqCst) {
            return Delivered::Unreachable {
                reason: "the link is cut".into(),
            };
        }
        let now = self.clock.now().plus_millis(ROUND_TRIP_MS);
        self.clock.set(now);
        let records = batches.iter().flat_map(|batch| &batch.records);
        let rounds = records.filter_map(|record| match record {
            Record::Round(round) => Some((now, round.at)),
            _ => None,
        });
        let rounds: Vec<_> = rounds.collect();
        match self.app.apply_run(&self.collector, batches).await {
            Ok(ack) => {
                assert_eq!(ack.refused, [], "the centre keeps everything");
                self.arrivals.lock().unwrap().extend(rounds);
                Delivered::Taken(ack)
            }
            Err(ApplyError::OutOfOrder { expected }) => Delivered::OutOfOrder { expected },
            Err(cause) => panic!("{cause}"),
        }
    }

    async fn config(&self, _known: u64) -> Result<Option<CollectorConfig>, String> {
        Ok(None)
    }
}

/// The collector of the site as far as this test needs it: what was read goes into the spool,
/// and a courier delivers it.
pub struct Site {
    pub keeper: Keeper,
    pub courier: Courier<Link>,
    /// When the courier wants to try again.
    pub due: Timestamp,
}

impl Site {
    /// Starts it on what the folder has.
    pub fn open(folder: &Path, link: &Arc<Link>) -> Self {
        let settings = SpoolSettings {
            // The test's machine may be full; that is another test's matter.
            free_bytes_min: 0,
            ..SpoolSettings::at(folder.join("spool.db"))
        };
        let keeper = Keeper::spawn(settings, link.clock.wall()).unwrap();
        let (state, _) = watch::channel(DeliveryState::default());
        let courier = Courier::new(Arc::clone(link), keeper.clone(), link.clock.wall(), state);
        Self {
            keeper,
            courier,
            due: link.clock.now(),
        }
    }

    /// Ends it; the spool's thread closes its file last, which removes the journal.
    pub async fn close(self, folder: &Path) {
        drop(self);
        let journal = folder.join("spool.db-wal");
        for _ in 0..1_000 {
            if !journal.exists() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the spool is still open");
    }

    /// Lets the clock run, and the courier with it.
    pub async fn run_until(&mut self, clock: &Clock, end: Timestamp) {
        while self.due < end && clock.now() < end {
            clock.set(clock.now().max(self.due));
            let pause = self.courier.step(Backoff::default()).await;
            self.due = clock.now().plus(pause);
        }
        clock.set(clock.now().max(end));
    }
}
