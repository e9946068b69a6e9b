//! How long a device takes to answer, and so how long to wait (RFC 6298, with answers that
//! always say which try they belong to).
//!
//! **Room:** layer 1, pure. **May use:** nothing of ours. **Must not:** read a clock.

/// The wait for a device that has not answered yet, in microseconds.
const FIRST_US: u64 = 1_000_000;
/// The shortest wait: agents work on large tables for a while.
const SHORTEST_US: u64 = 250_000;
/// The longest wait.
const LONGEST_US: u64 = 5_000_000;

/// The smoothed round-trip time of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rtt {
    smoothed_us: u64,
    variance_us: u64,
}

impl Rtt {
    /// Takes the time of one answer.
    pub(crate) fn take(&mut self, rtt_us: u64) {
        if self.smoothed_us == 0 {
            self.smoothed_us = rtt_us.max(1);
            self.variance_us = rtt_us / 2;
            return;
        }
        let off = self.smoothed_us.abs_diff(rtt_us);
        self.variance_us = (3 * self.variance_us + off) / 4;
        self.smoothed_us = ((7 * self.smoothed_us + rtt_us) / 8).max(1);
    }

    /// How long to wait for the answer of the try number `tried` (from 1), in microseconds:
    /// doubled each time, with a jitter of up to an eighth by `dice`.
    pub(crate) fn wait_us(&self, tried: usize, dice: u32) -> u64 {
        let base = if self.smoothed_us == 0 {
            FIRST_US
        } else {
            (self.smoothed_us + 4 * self.variance_us).clamp(SHORTEST_US, LONGEST_US)
        };
        let doubled = base << tried.saturating_sub(1).min(4);
        let wait = doubled.min(LONGEST_US);
        wait + wait / 8 * u64::from(dice % 1_024) / 1_024
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_device_is_waited_for_shortly() {
        let mut rtt = Rtt::default();
        assert_eq!(rtt.wait_us(1, 0), FIRST_US);
        for _ in 0..50 {
            rtt.take(2_000);
        }
        assert_eq!(rtt.wait_us(1, 0), SHORTEST_US);
        assert_eq!(rtt.wait_us(2, 0), 2 * SHORTEST_US);
    }

    #[test]
    fn a_far_device_gets_its_time() {
        let mut rtt = Rtt::default();
        for at in 0..50 {
            rtt.take(600_000 + at % 2 * 100_000);
        }
        let wait = rtt.wait_us(1, 0);
        assert!((700_000..1_000_000).contains(&wait), "{wait}");
        assert!(rtt.wait_us(9, 1_023) <= LONGEST_US + LONGEST_US / 8);
    }
}
