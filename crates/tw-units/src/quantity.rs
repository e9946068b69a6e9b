//! Numbers that carry their unit in the type.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A cumulative count of octets, as in `ifHCInOctets` (RFC 2863).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Octets(pub u64);

impl Octets {
    /// The mean rate since `earlier`, or `None` when the counter went back: at 64 bits
    /// that means the agent restarted, and no honest rate exists for the interval.
    #[expect(
        clippy::cast_precision_loss,
        reason = "2^53 octets in one interval is out of reach"
    )]
    pub fn rate_since(self, earlier: Self, elapsed: Duration) -> Option<BitsPerSecond> {
        let gained = self.0.checked_sub(earlier.0)?;
        let seconds = elapsed.as_secs_f64();
        (seconds > 0.0).then(|| BitsPerSecond(gained as f64 * 8.0 / seconds))
    }
}

/// A rate in bits a second.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BitsPerSecond(pub f64);

/// A share between 0 and 1. Percent exists only on screen.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ratio(pub f64);

/// Parts per million, the unit of downtime targets: 99.982 % up is 180 ppm down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ppm(pub u32);

/// Money in whole Vietnamese đồng.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Vnd(pub i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_bits_over_seconds() {
        let rate = Octets(1_250).rate_since(Octets(0), Duration::from_secs(10));
        assert_eq!(rate, Some(BitsPerSecond(1_000.0)));
    }

    #[test]
    fn a_counter_that_went_back_has_no_rate() {
        assert_eq!(
            Octets(5).rate_since(Octets(6), Duration::from_secs(1)),
            None
        );
        assert_eq!(Octets(6).rate_since(Octets(5), Duration::ZERO), None);
    }
}
