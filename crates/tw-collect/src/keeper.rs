//! The spool's owner: one thread that commits, reads and drops, so that neither polling nor
//! delivery ever waits for a disk inside an asynchronous task.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** know the network.
//!
//! ```text
//! engine, host, probes ──records──► Keeper (bounded) ──► thread ──► spool
//! delivery ────────────next, acknowledge, rewind──────────┘
//! ```

use crate::spool::{Backlog, Pending, Spool, SpoolError, SpoolSettings, SpoolState, Volume};
use std::collections::VecDeque;
use tokio::sync::{mpsc, oneshot};
use tw_ingest::{EpochId, Gap, Lane, Record};
use tw_units::{Timestamp, WallClock};

/// Orders that may wait for the thread.
const QUEUE_LENGTH_MAX: usize = 256;

/// Records that are held in memory while the disk refuses; beyond them the oldest go.
const HELD_RECORDS_MAX: usize = 50_000;

/// Bounds are looked at after this many commits.
const COMMITS_BETWEEN_SWEEPS: u32 = 60;

/// What the thread can be asked.
enum Order {
    Commit(Lane, Vec<Record>, oneshot::Sender<bool>),
    Next((u64, bool), oneshot::Sender<Vec<Pending>>),
    Acknowledge(Lane, i64, u64),
    Rewind(Lane, i64, u64),
    Seal(Lane, i64),
    State(oneshot::Sender<SpoolState>),
}

/// A handle on the spool's thread. Clones speak to the same thread; it ends with the last one.
#[derive(Clone, Debug)]
pub struct Keeper {
    orders: mpsc::Sender<Order>,
    epoch: EpochId,
}

impl Keeper {
    /// Opens the spool and starts its thread.
    pub fn spawn(settings: SpoolSettings, wall: WallClock) -> Result<Self, SpoolError> {
        let path = settings.path.clone();
        let spool = Spool::open(settings, wall.now())?;
        let epoch = spool.epoch();
        let (orders, queue) = mpsc::channel(QUEUE_LENGTH_MAX);
        let failed = |cause| SpoolError::File {
            path,
            what: "start the thread of",
            cause,
        };
        std::thread::Builder::new()
            .name("spool".into())
            .spawn(move || {
                Thread {
                    spool,
                    wall,
                    held: VecDeque::new(),
                    lost: None,
                    commits: 0,
                }
                .serve(queue);
            })
            .map_err(failed)?;
        Ok(Self { orders, epoch })
    }

    /// Which life of the spool this is.
    pub const fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// Accepts records; returns once they are on the disk. False means that the disk refused
    /// and that they wait in memory for the next try.
    pub async fn commit(&self, lane: Lane, records: Vec<Record>) -> bool {
        self.ask(|reply| Order::Commit(lane, records, reply))
            .await
            .unwrap_or(false)
    }

    /// The batches to deliver next, by the order of [`choose`]: as many of one segment as one
    /// request takes, or a single one.
    pub async fn next(&self, turn: u64, single: bool) -> Vec<Pending> {
        let next = self.ask(|reply| Order::Next((turn, single), reply)).await;
        next.unwrap_or_default()
    }

    /// The centre has everything of a segment below `next`.
    pub async fn acknowledge(&self, lane: Lane, segment: i64, next: u64) {
        self.tell(Order::Acknowledge(lane, segment, next)).await;
    }

    /// The centre asks for an older position.
    pub async fn rewind(&self, lane: Lane, segment: i64, expected: u64) {
        self.tell(Order::Rewind(lane, segment, expected)).await;
    }

    /// Ends a lane's open segment if it was opened at least `age_ms` ago, so that live readings
    /// overtake the backlog.
    pub async fn seal(&self, lane: Lane, age_ms: i64) {
        self.tell(Order::Seal(lane, age_ms)).await;
    }

    /// How full the spool is.
    pub async fn state(&self) -> SpoolState {
        self.ask(Order::State).await.unwrap_or_default()
    }

    async fn ask<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.tell(order(reply)).await;
        answer.await.ok()
    }

    async fn tell(&self, order: Order) {
        // The thread ends only when every handle is gone, so nobody is left to miss this.
        self.orders.send(order).await.ok();
    }
}

/// Which backlog is delivered next: events, then inventory, then metrics. Among metrics the
/// newest segment is live; older ones are delivered oldest first in every second turn, so that a
/// backlog takes at most half of the link.
pub fn choose(backlog: &[Backlog], turn: u64) -> Option<Backlog> {
    let of = |lane: Lane| backlog.iter().filter(move |b| b.lane == lane).copied();
    let first = of(Lane::Event)
        .next()
        .or_else(|| of(Lane::Inventory).next());
    if first.is_some() {
        return first;
    }
    let (oldest, newest) = (of(Lane::Metric).next(), of(Lane::Metric).next_back());
    if turn.is_multiple_of(2) {
        newest
    } else {
        oldest
    }
}

struct Thread {
    spool: Spool,
    wall: WallClock,
    /// What the disk has refused so far.
    held: VecDeque<(Lane, Vec<Record>)>,
    /// What had to go because even the memory was full.
    lost: Option<Gap>,
    commits: u32,
}

impl Thread {
    fn serve(mut self, mut queue: mpsc::Receiver<Order>) {
        self.sweep();
        while let Some(order) = queue.blocking_recv() {
            self.follow(order);
        }
    }

    /// A reply whose asker went away is not missed by anybody, hence the `ok`s.
    fn follow(&mut self, order: Order) {
        match order {
            Order::Commit(lane, records, reply) => {
                reply.send(self.commit(lane, records)).ok();
            }
            Order::Next(which, reply) => {
                let next = self.next(which).unwrap_or_else(|cause| {
                    report(&cause);
                    Vec::new()
                });
                reply.send(next).ok();
            }
            Order::Acknowledge(lane, segment, next) => {
                let now = self.wall.now();
                note(self.spool.acknowledge(lane, segment, next, now));
            }
            Order::Rewind(lane, segment, expected) => {
                let now = self.wall.now();
                note(self.spool.rewind(lane, segment, expected, now));
            }
            Order::Seal(lane, age_ms) => {
                self.spool.seal_older(lane, age_ms, self.wall.now());
            }
            Order::State(reply) => {
                let state = self.spool.state().unwrap_or_else(|cause| {
                    report(&cause);
                    SpoolState::default()
                });
                reply.send(state).ok();
            }
        }
    }

    fn next(&mut self, (turn, single): (u64, bool)) -> Result<Vec<Pending>, SpoolError> {
        match choose(&self.spool.backlog()?, turn) {
            Some(chosen) if single => Ok(self.spool.read(chosen)?.into_iter().collect()),
            Some(chosen) => self.spool.read_run(chosen),
            None => Ok(Vec::new()),
        }
    }

    /// Everything that waited goes before what is new, so that order is kept.
    fn commit(&mut self, lane: Lane, records: Vec<Record>) -> bool {
        self.held.push_back((lane, records));
        if let Some(gap) = self.lost.take() {
            self.held.push_back((Lane::Event, vec![Record::Gap(gap)]));
        }
        while let Some((lane, records)) = self.held.pop_front() {
            if let Err(cause) = self.spool.commit(lane, records.clone(), self.wall.now()) {
                report(&cause);
                self.held.push_front((lane, records));
                self.spool.seal(lane);
                self.give_up_oldest();
                self.sweep();
                return false;
            }
        }
        self.commits += 1;
        if self.commits.is_multiple_of(COMMITS_BETWEEN_SWEEPS) {
            self.sweep();
        }
        true
    }

    fn give_up_oldest(&mut self) {
        let mut waiting: usize = self.held.iter().map(|(_, records)| records.len()).sum();
        while waiting > HELD_RECORDS_MAX {
            let Some((_, records)) = self.held.pop_front() else {
                return;
            };
            waiting -= records.len();
            let now = self.wall.now();
            let (from, to) = span(&records).unwrap_or((now, now));
            let gap = self.lost.get_or_insert(Gap {
                from,
                to,
                dropped: 0,
                reason: "spool_full".into(),
            });
            gap.to = gap.to.max(to);
            gap.dropped += records.len() as u64;
        }
    }

    fn sweep(&mut self) {
        let volume = match Volume::of(self.spool.folder()) {
            Ok(volume) => volume,
            Err(cause) => {
                tracing::warn!(%cause, "cannot read the size of the spool's volume");
                return;
            }
        };
        note(self.spool.enforce(volume, self.wall.now()));
    }
}

/// The first and the last instant of some rounds.
fn span(records: &[Record]) -> Option<(Timestamp, Timestamp)> {
    let at = |record: &Record| {
        if let Record::Round(round) = record {
            Some(round.at)
        } else {
            None
        }
    };
    let first = records.iter().filter_map(at).min()?;
    let last = records.iter().filter_map(at).max()?;
    Some((first, last.plus_millis(1)))
}

fn note<T>(result: Result<T, SpoolError>) {
    if let Err(cause) = result {
        report(&cause);
    }
}

fn report(cause: &SpoolError) {
    tracing::error!(error = %crate::chain(cause), "the spool refused");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backlog(lane: Lane, segment: i64) -> Backlog {
        Backlog {
            lane,
            segment,
            next: 0,
            end: 1,
            open: false,
        }
    }

    #[track_caller]
    fn check(waiting: &[Backlog], expect: &[(Lane, i64)]) {
        let chosen: Vec<_> = (0..expect.len() as u64)
            .map(|turn| choose(waiting, turn).map(|b| (b.lane, b.segment)))
            .collect();
        assert_eq!(chosen, expect.iter().copied().map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn events_overtake_everything() {
        let waiting = [
            backlog(Lane::Event, 3),
            backlog(Lane::Inventory, 0),
            backlog(Lane::Metric, 0),
        ];
        check(&waiting, &[(Lane::Event, 3), (Lane::Event, 3)]);
        check(&waiting[1..], &[(Lane::Inventory, 0)]);
    }

    #[test]
    fn live_metrics_take_turns_with_the_oldest_backlog() {
        let waiting = [
            backlog(Lane::Metric, 4),
            backlog(Lane::Metric, 5),
            backlog(Lane::Metric, 9),
        ];
        check(
            &waiting,
            &[(Lane::Metric, 9), (Lane::Metric, 4), (Lane::Metric, 9)],
        );
    }

    #[test]
    fn nothing_waits_when_nothing_is_there() {
        assert_eq!(choose(&[], 0), None);
    }

    #[tokio::test]
    async fn what_the_keeper_accepted_can_be_delivered() {
        let folder = tempfile::tempdir().unwrap();
        let wall = WallClock::fixed(Timestamp::from_seconds(1_790_000_000));
        let keeper =
            Keeper::spawn(SpoolSettings::at(folder.path().join("spool.db")), wall).unwrap();
        let gap = Record::Gap(Gap {
            from: Timestamp::EPOCH,
            to: Timestamp::from_seconds(1),
            dropped: 1,
            reason: "spool_aged".into(),
        });
        assert!(keeper.commit(Lane::Event, vec![gap.clone()]).await);
        let pending = keeper.next(0, false).await.remove(0);
        assert_eq!(pending.records, [gap]);
        keeper
            .acknowledge(pending.lane, pending.segment, pending.seq + 1)
            .await;
        assert_eq!(keeper.next(1, false).await, []);
        assert_eq!(keeper.state().await.unsent, 0);
    }
}
