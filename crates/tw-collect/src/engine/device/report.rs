//! The end of a round: its values, what was seen, what was learned.
//!
//! **Room:** layer 1, pure. **May use:** `tw-devices`, `tw-ingest`. **Must not:** do I/O.

use super::Device;
use crate::engine::target::PolledRound;
use std::sync::Arc;
use tw_ingest::{Observation, round::Value, seen::Seen};
use tw_units::Timestamp;

/// What pinging says of a device in this round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ping {
    /// Whether it answered; `None` when it was not asked or nobody can say.
    pub(crate) up: Option<bool>,
    /// How long that took.
    pub(crate) rtt_us: Option<u64>,
}

impl Device {
    /// Whether the present round has an answer.
    pub(crate) fn has_answered(&self) -> bool {
        self.round.as_ref().is_some_and(|round| round.answered)
    }

    /// Varbinds that the present round has brought.
    pub(crate) fn varbinds(&self) -> usize {
        self.round.as_ref().map_or(0, |round| round.varbinds)
    }

    /// Whether the device refused the credential: it is there, but it is not known how it is.
    pub(crate) fn was_refused(&self) -> bool {
        self.round.as_ref().is_some_and(|round| round.refused)
    }

    /// Ends the round. `up` is the verdict about the device; `late` says that time was over.
    pub(crate) fn finish(
        &mut self,
        up: Option<bool>,
        ping: Ping,
        late: bool,
    ) -> Option<PolledRound> {
        let mut round = self.round.take()?;
        self.describing = None;
        if round.torn || !round.answered {
            self.values.fill(None);
        }
        self.silent_rounds = match up {
            Some(true) => 0,
            _ if self.session.is_some() && !round.answered => self.silent_rounds.saturating_add(1),
            _ => self.silent_rounds,
        };
        if late && round.answered {
            self.problems.note(
                "slow",
                "the round did not end within its time; the rest of its values is missing",
                round.at,
            );
        }
        if round.answered && !late && !round.lost {
            self.widen();
            self.size.good_round();
        }
        let fixed = self.compiled.steady.fixed;
        self.compiled.steady.complete(&mut self.values);
        let up_time = round.up_time.filter(|_| round.answered);
        let mut put = |slot: u32, value: Option<Value>| {
            if let Some(place) = self.values.get_mut(slot as usize) {
                *place = value;
            }
        };
        put(fixed.device_up, up.map(|up| Value::Whole(i128::from(up))));
        put(
            fixed.icmp_up,
            ping.up.map(|up| Value::Whole(i128::from(up))),
        );
        put(fixed.icmp_rtt, ping.rtt_us.map(seconds));
        put(fixed.snmp_rtt, round.rtt_us.map(seconds));
        let varbinds = i128::try_from(round.varbinds).unwrap_or(0);
        put(
            fixed.varbinds,
            self.session.is_some().then_some(Value::Whole(varbinds)),
        );
        put(
            fixed.sys_up_time,
            up_time.map(|n| Value::Whole(i128::from(n))),
        );
        let observations = self.observations(round.at);
        let polled = PolledRound {
            target: self.key.clone(),
            at: round.at,
            layout: Arc::clone(&self.layout),
            layout_key: self.layout_key,
            values: self.values.clone(),
            observations,
            up,
        };
        round.todo.clear();
        self.recut();
        Some(polled)
    }

    fn observations(&mut self, at: Timestamp) -> Vec<Observation> {
        let size = self.size;
        self.problems.age(at, |code| {
            size.is_limited() && matches!(code, "too_big" | "silent_on_bulk")
        });
        if let Some(problems) = self.problems.take_changed() {
            self.pending.push(Observation {
                target: self.key.clone(),
                at,
                seen: Seen::Problems { problems },
            });
        }
        std::mem::take(&mut self.pending)
    }

    /// Gives back what could not be handed over, for the next round.
    pub(crate) fn keep(&mut self, mut observations: Vec<Observation>) {
        observations.append(&mut self.pending);
        self.pending = observations;
    }

    /// Cuts the plan anew when the learned size has moved enough.
    fn recut(&mut self) {
        let now = self.size.varbinds();
        let moved = now * 10 < self.cut_for * 9 || now * 4 > self.cut_for * 5;
        if self.described_us.is_some() && moved {
            self.prepare();
        }
    }
}

/// Microseconds as seconds, to the microsecond.
fn seconds(us: u64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "a round trip is short")]
    Value::Float(us as f64 / 1e6)
}
