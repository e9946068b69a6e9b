//! The events that a device told by itself: each with the last time that it did.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`, `tw-ingest`. **Must not:** say what an
//! event means.

use std::collections::BTreeMap;
use tw_availability::TrapNow;
use tw_ingest::seen::TrapSeen;
use tw_model::trap_event_key;
use tw_units::Timestamp;

/// Different events of one device that are remembered; of more, the oldest is forgotten.
const TRAP_EVENTS_MAX: usize = 64;

/// By the event's key, its identifier and when it was told last.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrapsNow {
    last: BTreeMap<String, (String, Timestamp)>,
}

impl TrapsNow {
    pub(crate) fn take(&mut self, trap: &TrapSeen, at: Timestamp) {
        let key = trap_event_key(&trap.event);
        let known = self.last.get(&key).map(|(_, then)| *then);
        if known.is_none_or(|then| then < at) {
            self.last.insert(key, (trap.event.clone(), at));
        }
        if self.last.len() > TRAP_EVENTS_MAX {
            let oldest = self.last.iter().min_by_key(|(_, (_, at))| *at);
            let oldest = oldest.map(|(key, _)| key.clone());
            oldest.and_then(|key| self.last.remove(&key));
        }
    }

    /// How long ago each was told.
    pub(crate) fn now(&self, now: Timestamp) -> Vec<TrapNow> {
        let told = |(event, at): &(String, Timestamp)| TrapNow {
            event: event.clone(),
            age_ms: now.millis_since(*at),
        };
        self.last.values().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trap(event: &str) -> TrapSeen {
        TrapSeen {
            event: event.to_owned(),
            ..TrapSeen::default()
        }
    }

    #[test]
    fn the_last_of_each_event_is_remembered_whatever_order_they_come_in() {
        let at = Timestamp::from_seconds;
        let mut traps = TrapsNow::default();
        for (event, second) in [("1.3.1", 10), ("1.3.0.1", 30), ("1.3.1", 20), ("1.3.2", 5)] {
            traps.take(&trap(event), at(second));
        }
        let now: Vec<_> = traps
            .now(at(40))
            .into_iter()
            .map(|t| (t.event, t.age_ms))
            .collect();
        assert_eq!(
            now,
            [("1.3.0.1".to_owned(), 10_000), ("1.3.2".to_owned(), 35_000)]
        );
    }

    #[test]
    fn a_device_that_invents_events_does_not_fill_the_memory() {
        let mut traps = TrapsNow::default();
        for n in 0..1_000 {
            traps.take(&trap(&format!("1.3.{n}")), Timestamp::from_seconds(n));
        }
        let now = traps.now(Timestamp::from_seconds(1_000));
        assert_eq!(now.len(), TRAP_EVENTS_MAX);
        assert!(now.iter().all(|trap| trap.age_ms <= 64_000));
    }
}
