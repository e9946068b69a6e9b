//! A silent device is down only if our own network is well: another device, a canary, must have
//! answered after the last try.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** call silence "down" while
//! everything is silent.

use super::{Worker, device_timer};

/// How long a silent round waits for a canary, in microseconds.
const CANARY_WAIT_US: u64 = 3_000_000;

impl Worker {
    /// A round ended without any answer.
    pub(super) fn conclude_silence(&mut self, at: usize) {
        let Some(place) = self.place(at) else { return };
        let sent_us = place.sent_us;
        let others: Vec<usize> = self.canaries.iter().copied().filter(|c| *c != at).collect();
        let heard = |canary: &usize| self.place(*canary).is_some_and(|c| c.heard_us >= sent_us);
        if others.is_empty() || others.iter().any(heard) {
            self.end_round(at, Some(false), false);
            return;
        }
        let until = self.now_us + CANARY_WAIT_US;
        if let Some(place) = self.place_mut(at) {
            place.parked = true;
        }
        self.wheel.set(device_timer(at), until);
        for canary in others {
            self.ask_canary(canary);
        }
    }

    /// A canary answered: the silence of those that were asked before is theirs.
    pub(super) fn canary_sang(&mut self, canary: usize) {
        let now = self.now_us;
        let waiting: Vec<usize> = (0..self.places.len())
            .filter(|at| {
                *at != canary
                    && self
                        .place(*at)
                        .is_some_and(|place| place.parked && place.sent_us <= now)
            })
            .collect();
        for at in waiting {
            self.end_round(at, Some(false), false);
        }
    }

    /// Finds the canaries among the devices that are polled.
    pub(super) fn find_canaries(&mut self) {
        self.canaries = self
            .settings
            .canaries
            .iter()
            .filter_map(|id| self.by_id.get(id).copied())
            .collect();
    }
}
