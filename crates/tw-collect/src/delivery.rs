//! Delivery of the spool to the centre: at least once, in order inside a segment, for ever.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** slow polling down, or drop
//! anything.

use crate::{clock, keeper::Keeper, spool::Pending};
use rand::RngExt as _;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tw_ingest::{Ack, Batch, BatchHead, CollectorConfig, Lane};
use tw_units::WallClock;

/// How long delivery waits when there is nothing to deliver.
const IDLE: Duration = Duration::from_millis(500);

/// While the centre does not answer, a metric segment is no longer than this: what was read
/// just before the link came back must not stand behind an hour of backlog in its own segment.
const CUT_SEGMENT_MS: i64 = 5 * 60_000;

/// What the centre made of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// It has it.
    Taken(Ack),
    /// It wants another position of this segment first.
    OutOfOrder {
        /// The position.
        expected: u64,
    },
    /// It is busy, or says when to come again.
    Busy {
        /// When, if it said.
        retry_after: Option<Duration>,
    },
    /// It will never take this batch: malformed, too large.
    Refused {
        /// Why.
        reason: String,
    },
    /// It did not answer, or does not know us.
    Unreachable {
        /// Why.
        reason: String,
    },
}

/// The centre, over HTTPS or in the same process.
pub trait Centre: Send + Sync + 'static {
    /// Hands over batches that follow one another in one segment. The centre may take only the
    /// first of them; its answer says up to where.
    fn deliver(&self, batches: Vec<Batch>) -> impl Future<Output = Delivered> + Send;

    /// The configuration, if its version is not `known`.
    fn config(
        &self,
        known: u64,
    ) -> impl Future<Output = Result<Option<CollectorConfig>, String>> + Send;
}

/// How delivery waits after a failure: a random time up to a bound that doubles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first bound.
    pub min: Duration,
    /// The last bound. Ten seconds, so that live readings are at the centre within fifteen
    /// seconds after a link is back.
    pub max: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            min: Duration::from_secs(1),
            max: Duration::from_secs(10),
        }
    }
}

impl Backoff {
    /// The wait after `failures` failures in a row, with full jitter.
    fn after(self, failures: u32) -> Duration {
        let bound = self
            .min
            .saturating_mul(1 << failures.saturating_sub(1).min(16))
            .min(self.max);
        bound.mul_f64(rand::rng().random_range(0.1..=1.0))
    }
}

/// How delivery fares, for the collector's status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryState {
    /// The configuration's version that the centre spoke of last.
    pub config_version: u64,
    /// Failures in a row; 0 when the centre answers.
    pub failures: u32,
    /// Batches that the centre refused for good.
    pub refused: u64,
}

/// Delivers until it is cancelled.
pub async fn run<C: Centre>(
    centre: std::sync::Arc<C>,
    keeper: Keeper,
    (wall, backoff): (WallClock, Backoff),
    state: watch::Sender<DeliveryState>,
    cancel: CancellationToken,
) {
    let mut courier = Courier::new(centre, keeper, wall, state);
    loop {
        let pause = courier.step(backoff).await;
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Delivers a few batches at a time. [`run`] steps it by the machine's clock; a test that
/// compresses time steps it by its own.
pub struct Courier<C> {
    centre: std::sync::Arc<C>,
    keeper: Keeper,
    wall: WallClock,
    state: watch::Sender<DeliveryState>,
    turn: u64,
    /// The next request has one batch only: one of the last request's was refused for good.
    single: bool,
}

impl<C: Centre> Courier<C> {
    /// A courier that tells how it fares through `state`.
    pub const fn new(
        centre: std::sync::Arc<C>,
        keeper: Keeper,
        wall: WallClock,
        state: watch::Sender<DeliveryState>,
    ) -> Self {
        Self {
            centre,
            keeper,
            wall,
            state,
            turn: 0,
            single: false,
        }
    }

    /// Makes one delivery; says how long to wait before the next.
    pub async fn step(&mut self, backoff: Backoff) -> Duration {
        self.turn += 1;
        let run = self.keeper.next(self.turn, self.single).await;
        let Some(first) = run.first() else {
            return IDLE;
        };
        let (lane, segment, seq) = (first.lane, first.segment, first.seq);
        let count = run.len();
        let batches = run.into_iter().map(|pending| self.batch(pending)).collect();
        let answer = self.centre.deliver(batches).await;
        match answer {
            Delivered::Taken(ack) => {
                self.single = false;
                self.keeper.acknowledge(lane, segment, ack.next_seq).await;
                self.succeeded(&ack).await;
                Duration::ZERO
            }
            Delivered::OutOfOrder { expected } if expected > seq => {
                self.keeper.acknowledge(lane, segment, expected).await;
                Duration::ZERO
            }
            Delivered::OutOfOrder { expected } => {
                tracing::warn!(
                    lane = lane.as_str(),
                    segment,
                    expected,
                    "the centre asks again"
                );
                self.keeper.rewind(lane, segment, expected).await;
                backoff.min
            }
            Delivered::Refused { reason } if count > 1 => {
                tracing::warn!(
                    reason,
                    "one of several batches is refused; they go one by one"
                );
                self.single = true;
                Duration::ZERO
            }
            Delivered::Refused { reason } => {
                self.refused((lane, segment, seq), &reason, backoff).await
            }
            Delivered::Busy { retry_after } => {
                let failures = self.failed("busy").await;
                retry_after
                    .unwrap_or_else(|| backoff.after(failures))
                    .min(backoff.max * 6)
            }
            Delivered::Unreachable { reason } => backoff.after(self.failed(&reason).await),
        }
    }

    fn batch(&self, pending: Pending) -> Batch {
        Batch {
            head: BatchHead {
                epoch: self.keeper.epoch(),
                lane: pending.lane,
                segment: pending.segment,
                seq: pending.seq,
                sent_at: self.wall.now(),
                monotonic_ms: clock::since_boot_ms(),
                boot_id: clock::boot_id(),
            },
            records: pending.records,
        }
    }

    /// After an outage a new segment begins, so that live readings do not queue behind the
    /// backlog.
    async fn succeeded(&self, ack: &Ack) {
        let failures = self.state.borrow().failures;
        if failures > 0 {
            tracing::info!(failures, "the centre answers again");
            self.keeper.seal(Lane::Metric, 0).await;
        }
        for refusal in &ack.refused {
            tracing::warn!(
                reason = refusal.reason,
                count = refusal.count,
                "the centre refused samples"
            );
        }
        self.state.send_if_modified(|state| {
            let next = DeliveryState {
                config_version: ack.config_version,
                failures: 0,
                refused: state.refused,
            };
            std::mem::replace(state, next.clone()) != next
        });
    }

    async fn failed(&self, reason: &str) -> u32 {
        let mut failures = 0;
        self.state.send_modify(|state| {
            state.failures = state.failures.saturating_add(1);
            failures = state.failures;
        });
        if failures == 1 {
            tracing::warn!(
                reason,
                "the centre does not take batches; they stay in the spool"
            );
        }
        self.keeper.seal(Lane::Metric, CUT_SEGMENT_MS).await;
        failures
    }

    /// A batch that the centre will never take must not stop its lane: it is kept, and tried
    /// again slowly, while the refusal is counted and shown.
    async fn refused(
        &self,
        (lane, segment, seq): (Lane, i64, u64),
        reason: &str,
        backoff: Backoff,
    ) -> Duration {
        tracing::error!(
            lane = lane.as_str(),
            segment,
            seq,
            reason,
            "the centre refused a batch"
        );
        self.state.send_modify(|state| state.refused += 1);
        self.failed(reason).await;
        backoff.max
    }
}

#[cfg(test)]
mod tests;
