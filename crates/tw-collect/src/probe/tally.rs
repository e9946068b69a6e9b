//! What became of the probes of one round.
//!
//! **Room:** layer 1; this file is pure. **May use:** `tw-ingest`. **Must not:** read a clock.

use std::{collections::BTreeMap, time::Duration};
use tokio::time::Instant;
use tw_ingest::{
    Layout, ObjectDef, Round, SeriesDef, TargetKey, ValueKind,
    round::{self, Value},
};
use tw_units::Timestamp;

/// The most probes that may wait for their answer; older ones count as lost.
const WAITING_MAX: usize = 1_024;

/// Counts probes and answers.
#[derive(Debug, Default)]
pub(super) struct Tally {
    next: u32,
    waiting: BTreeMap<u32, Instant>,
    lost: u32,
    rtts: Vec<Duration>,
}

/// The probes of one round: each was answered or is lost; those still under way count in the
/// next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Answered in time.
    pub answered: u32,
    /// Given up.
    pub lost: u32,
    /// Sum of the round trips.
    pub total: Duration,
    /// The shortest.
    pub min: Option<Duration>,
    /// The longest.
    pub max: Option<Duration>,
}

impl Tally {
    /// Notes a probe that leaves now; gives its number.
    pub(super) fn send(&mut self, now: Instant) -> u32 {
        let seq = self.next;
        self.next = self.next.wrapping_add(1);
        self.waiting.insert(seq, now);
        if self.waiting.len() > WAITING_MAX {
            self.waiting.pop_first();
            self.lost = self.lost.saturating_add(1);
        }
        seq
    }

    /// Notes an answer. A second answer to the same probe, or to one that was given up, is
    /// nothing.
    pub(super) fn receive(&mut self, seq: u32, now: Instant) {
        if let Some(sent) = self.waiting.remove(&seq) {
            self.rtts.push(now.saturating_duration_since(sent));
        }
    }

    /// The number of the latest probe whose lower half is this: echo packets carry 16 bits.
    pub(super) const fn widen(&self, low: u16) -> u32 {
        let last = self.next.wrapping_sub(1);
        let guess = (last & 0xffff_0000) | low as u32;
        if guess > last {
            guess.wrapping_sub(0x1_0000)
        } else {
            guess
        }
    }

    /// Ends a round: probes that have waited for `patience` are lost.
    pub(super) fn close(&mut self, now: Instant, patience: Duration) -> Summary {
        let before = self.waiting.len();
        self.waiting
            .retain(|_, sent| now.saturating_duration_since(*sent) < patience);
        let given_up = u32::try_from(before - self.waiting.len()).unwrap_or(u32::MAX);
        let rtts = std::mem::take(&mut self.rtts);
        Summary {
            answered: u32::try_from(rtts.len()).unwrap_or(u32::MAX),
            lost: std::mem::take(&mut self.lost).saturating_add(given_up),
            total: rtts.iter().sum(),
            min: rtts.iter().min().copied(),
            max: rtts.iter().max().copied(),
        }
    }
}

impl Summary {
    /// As a layout and a round of the probe's target. Without any probe that was answered or
    /// lost, the state is not known.
    pub fn to_round(
        &self,
        target: &TargetKey,
        (at, period): (Timestamp, Duration),
    ) -> (Layout, Round) {
        let seconds = |d: Option<Duration>| d.map(|d| Value::Float(d.as_secs_f64()));
        let sent = self.answered.saturating_add(self.lost);
        let mean = (self.answered > 0).then(|| self.total / self.answered);
        let up = (sent > 0).then_some(Value::Whole((self.answered > 0).into()));
        let columns = [
            ("tierwatch_probe_up", ValueKind::State, up),
            (
                "tierwatch_probe_sent",
                ValueKind::Gauge,
                Some(Value::Whole(sent.into())),
            ),
            (
                "tierwatch_probe_lost",
                ValueKind::Gauge,
                Some(Value::Whole(self.lost.into())),
            ),
            (
                "tierwatch_probe_rtt_seconds",
                ValueKind::Gauge,
                seconds(mean),
            ),
            (
                "tierwatch_probe_rtt_min_seconds",
                ValueKind::Gauge,
                seconds(self.min),
            ),
            (
                "tierwatch_probe_rtt_max_seconds",
                ValueKind::Gauge,
                seconds(self.max),
            ),
        ];
        let layout = Layout {
            target: target.clone(),
            period_ms: u64::try_from(period.as_millis()).unwrap_or(u64::MAX),
            objects: vec![ObjectDef {
                key: String::new(),
                labels: Vec::new(),
            }],
            series: columns
                .iter()
                .map(|(metric, kind, _)| SeriesDef {
                    object: 0,
                    metric: (*metric).into(),
                    kind: *kind,
                })
                .collect(),
        };
        let values = round::encode(&columns.map(|(_, _, value)| value));
        let round = Round {
            target: target.clone(),
            at,
            layout: layout.key(),
            values,
        };
        (layout, round)
    }
}
