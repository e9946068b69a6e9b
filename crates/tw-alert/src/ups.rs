//! What a UPS says about its protection: UPS-MIB (RFC 1628).
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** take a missing answer for
//! a good one.

use crate::machine::Health;
use serde::{Deserialize, Serialize};

/// How a UPS can protect less than it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpsCondition {
    /// The load runs on the battery: the input is gone.
    OnBattery,
    /// The load is fed past the UPS: up, and not protected.
    Bypass,
    /// The battery is low or empty.
    BatteryLow,
}

impl UpsCondition {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OnBattery, Self::Bypass, Self::BatteryLow];

    /// The word in keys and codes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnBattery => "on_battery",
            Self::Bypass => "bypass",
            Self::BatteryLow => "battery_low",
        }
    }
}

/// The health of each condition from `upsOutputSource` (1.3.6.1.2.1.33.1.4.1: other 1, none 2,
/// normal 3, bypass 4, battery 5, booster 6, reducer 7) and `upsBatteryStatus`
/// (1.3.6.1.2.1.33.1.2.1: unknown 1, normal 2, low 3, depleted 4).
pub fn ups_health(
    output_source: Option<i64>,
    battery_status: Option<i64>,
) -> [(UpsCondition, Health); 3] {
    let output = |bad: i64| match output_source {
        Some(source) if source == bad => Health::Bad,
        Some(3..=7) => Health::Good,
        _ => Health::Unknown,
    };
    let battery = match battery_status {
        Some(2) => Health::Good,
        Some(3 | 4) => Health::Bad,
        _ => Health::Unknown,
    };
    [
        (UpsCondition::OnBattery, output(5)),
        (UpsCondition::Bypass, output(4)),
        (UpsCondition::BatteryLow, battery),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use Health::{Bad, Good, Unknown};

    #[track_caller]
    fn check(output: Option<i64>, battery: Option<i64>, expect: [Health; 3]) {
        assert_eq!(
            ups_health(output, battery).map(|(_, health)| health),
            expect
        );
    }

    #[test]
    fn a_ups_says_how_it_protects() {
        check(Some(3), Some(2), [Good, Good, Good]);
        check(Some(5), Some(2), [Bad, Good, Good]);
        check(Some(4), Some(3), [Good, Bad, Bad]);
        check(Some(5), Some(4), [Bad, Good, Bad]);
        check(Some(1), Some(1), [Unknown, Unknown, Unknown]);
        check(None, None, [Unknown, Unknown, Unknown]);
    }
}
