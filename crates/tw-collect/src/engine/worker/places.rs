//! The list of devices, and when each is polled.
//!
//! **Room:** layer 1. **May use:** `tw-units`. **Must not:** lose what was learned of a device
//! that stays as it is.

use super::{Place, RECENT_IDS, Worker, device_timer, ping, ping_timer, set};
use crate::engine::{device::Device, target::EngineTarget};
use std::collections::HashSet;
use tw_units::DeviceId;

impl Worker {
    /// Polls these devices from now on.
    pub(super) fn replace(&mut self, targets: Vec<EngineTarget>) {
        let wanted: HashSet<DeviceId> = targets.iter().map(|t| t.device.clone()).collect();
        let gone: Vec<usize> = self
            .by_id
            .iter()
            .filter(|(id, _)| !wanted.contains(*id))
            .map(|(_, at)| *at)
            .collect();
        for at in gone {
            self.remove(at);
        }
        for target in targets {
            match self.by_id.get(&target.device).copied() {
                Some(at)
                    if self
                        .place(at)
                        .is_some_and(|p| stays(&p.device.target, &target)) => {}
                Some(at) => {
                    self.remove(at);
                    self.add(target);
                }
                None => self.add(target),
            }
        }
        self.by_address = self
            .by_id
            .values()
            .filter_map(|at| Some((self.place(*at)?.device.target.address, *at)))
            .collect();
        self.find_canaries();
        set(&self.ends.counters.targets, self.by_id.len() as u64);
    }

    fn add(&mut self, target: EngineTarget) {
        let at = self
            .places
            .iter()
            .position(Option::is_none)
            .unwrap_or(self.places.len());
        let spread = u64::from(self.settings.spread_seconds) * 1_000_000;
        let first = spread.min(u64::from(target.poll_seconds.max(1)) * 1_000_000);
        let due_us = self.now_us + phase(&target.device, first);
        self.by_id.insert(target.device.clone(), at);
        let place = Place {
            device: Device::new(target),
            due_us,
            queued: false,
            parked: false,
            asked_as_canary: false,
            ping: ping::State::default(),
            sent_us: 0,
            heard_us: 0,
            recent: [0; RECENT_IDS],
            next_recent: 0,
        };
        if at == self.places.len() {
            self.places.push(Some(place));
        } else {
            self.places[at] = Some(place);
        }
        self.wheel.set(device_timer(at), due_us);
    }

    fn remove(&mut self, at: usize) {
        self.forget_flights(at);
        self.wheel.cancel(device_timer(at));
        self.wheel.cancel(ping_timer(at));
        self.ready.retain(|queued| *queued != at);
        if let Some(place) = self.places.get_mut(at).and_then(Option::take) {
            self.by_id.remove(&place.device.target.device);
        }
    }

    /// Begins a round now, unless one is going on.
    pub(super) fn poll_now(&mut self, at: usize) {
        let now = self.now_us;
        if let Some(place) = self.place_mut(at)
            && !place.device.in_round()
        {
            place.due_us = now;
            self.begin_round(at);
        }
    }

    /// After the first round, rounds are spread over the whole interval by the device's name.
    pub(super) fn next_due(&self, at: usize, now: u64) -> Option<(u64, u64)> {
        let place = self.place(at)?;
        let period = place.device.period_us();
        let offset = phase(&place.device.target.device, period);
        // The next instant of the device's own grid that is at least half an interval after
        // the round that was due.
        let after = place.due_us + period / 2;
        let due = next_on_grid(after, offset, period);
        let skipped = if due > now {
            0
        } else {
            (now - due) / period + 1
        };
        Some((due + skipped * period, skipped))
    }
}

fn stays(old: &EngineTarget, new: &EngineTarget) -> bool {
    let same_access = match (&old.access, &new.access) {
        (Some(old), Some(new)) => old.is_same(new),
        (None, None) => true,
        _ => false,
    };
    same_access && old.address == new.address && old.poll_seconds == new.poll_seconds
}

/// Where in a stretch of time a device's turn is: the same for the same name (FNV-1a).
fn phase(device: &DeviceId, stretch_us: u64) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in device.as_str().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash >> 16) % stretch_us.max(1)
}

/// The first instant at or after `after` that lies `offset` behind a multiple of `period`.
const fn next_on_grid(after: u64, offset: u64, period: u64) -> u64 {
    let behind = (after + period - offset % period) % period;
    if behind == 0 {
        after
    } else {
        after + period - behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_grid_is_hit_within_one_period(after in 0_u64..1 << 50, offset in 0_u64..1 << 40, period in 1_u64..1 << 36) {
            let due = next_on_grid(after, offset, period);
            prop_assert!(due >= after && due < after + period);
            prop_assert_eq!(due % period, offset % period);
        }
    }

    #[test]
    fn turns_are_spread_over_the_interval() {
        let mut tenths = [0; 10];
        for n in 0..1_000 {
            let device = DeviceId::new(format!("vnta-access-{n}")).unwrap();
            tenths[usize::try_from(phase(&device, 60_000_000) / 6_000_000).unwrap()] += 1;
        }
        assert!(tenths.iter().all(|n| (60..150).contains(n)), "{tenths:?}");
    }
}
