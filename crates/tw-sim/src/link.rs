//! How good a WAN link is at an instant, and what happens to one packet on it.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** nothing of ours.
//! **Must not:** read a clock.

use crate::hash::Seed;
use std::time::Duration;

/// The longest tail of one packet's jitter, as a multiple of the mean jitter.
const JITTER_TAIL_MAX: f64 = 8.0;

/// The state of a link, the same in both directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// The least one-way delay.
    pub delay: Duration,
    /// The mean of what queues add to one way; the tail is exponential.
    pub jitter: Duration,
    /// The share of packets lost each way, 0 to 1.
    pub loss: f64,
    /// Nothing passes at all.
    pub cut: bool,
}

impl Quality {
    /// A link that is not there at all: no delay, no loss.
    pub const PERFECT: Self = Self {
        delay: Duration::ZERO,
        jitter: Duration::ZERO,
        loss: 0.0,
        cut: false,
    };

    /// What one packet meets on its way: its delay, or `None` when it is lost.
    pub fn pass(&self, packet: Seed) -> Option<Duration> {
        if self.cut || packet.of("loss").unit() < self.loss {
            return None;
        }
        let tail = -(1.0 - packet.of("jitter").unit()).ln();
        Some(self.delay + self.jitter.mul_f64(tail.min(JITTER_TAIL_MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_lost_and_delayed_as_the_link_says() {
        let link = Quality {
            delay: Duration::from_millis(10),
            jitter: Duration::from_millis(2),
            loss: 0.05,
            cut: false,
        };
        let passed: Vec<Duration> = (0..10_000)
            .filter_map(|n| link.pass(Seed::new(1).at(n)))
            .collect();
        assert!((9_400..9_600).contains(&passed.len()), "{}", passed.len());
        assert!(
            passed
                .iter()
                .all(|d| *d >= link.delay && *d <= Duration::from_millis(26))
        );
        let mean = passed.iter().sum::<Duration>() / 9_500;
        assert!(
            mean > Duration::from_millis(11) && mean < Duration::from_millis(13),
            "{mean:?}"
        );
    }

    #[test]
    fn nothing_passes_a_cut_link() {
        let link = Quality {
            cut: true,
            ..Quality::PERFECT
        };
        assert_eq!(link.pass(Seed::new(1)), None);
        assert_eq!(Quality::PERFECT.pass(Seed::new(1)), Some(Duration::ZERO));
    }
}
