//! What is recorded beside the availability: causes, environment, energy, tests.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** hold a floating number, or say
//! "none" where nobody measured.

use super::Words;
use crate::measure::AirShares;
use serde::{Deserialize, Serialize};
use tw_units::{Interval, Timestamp};

/// What had been recorded when an outage began: part 3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseRow {
    /// When the outage began, as in the register of incidents.
    pub outage: Timestamp,
    /// Where it is recorded.
    pub kind: CauseKind,
    /// The work's, device's or alert's name there.
    pub id: String,
    /// What it says.
    pub what: Words,
}

/// Where a cause is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// Work that was going on.
    Maintenance,
    /// What feeds the witnesses had lost its own feed.
    Power,
    /// A device on the way to the witnesses was down.
    Upstream,
    /// An alert that had been raised.
    Alert,
}

/// Part 7.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The air before the equipment, by sensor.
    pub air: Vec<AirRow>,
    /// Energy, where something measures it.
    pub energy: Option<Energy>,
    /// Tests of batteries and generators.
    pub tests: Vec<TestRow>,
    /// Losses of the mains, by what the UPS say themselves.
    pub mains: Vec<MainsRow>,
    /// What the UPS counted of their input.
    pub disturbances: Vec<DisturbanceRow>,
}

/// How long the air was in its ranges (ASHRAE TC 9.9, class A1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AirRow {
    /// The device.
    pub device: String,
    /// The sensor's own name.
    pub sensor: String,
    /// Whether a humidity was measured with it.
    pub with_humidity: bool,
    /// In the recommended range.
    pub recommended_ms: i64,
    /// In the allowable range only.
    pub allowable_ms: i64,
    /// Outside.
    pub outside_ms: i64,
    /// Without a reading.
    pub unknown_ms: i64,
}

impl AirRow {
    /// A sensor's month.
    pub fn of(device: &str, sensor: &str, with_humidity: bool, shares: AirShares) -> Self {
        Self {
            device: device.to_owned(),
            sensor: sensor.to_owned(),
            with_humidity,
            recommended_ms: shares.recommended_ms,
            allowable_ms: shares.allowable_ms,
            outside_ms: shares.outside_ms,
            unknown_ms: shares.unknown_ms,
        }
    }
}

/// Energy of the month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Energy {
    /// What the equipment took, at the output of the PDUs (category 2).
    pub equipment_wh: i64,
    /// How much of the time that is known, in parts per million.
    pub equipment_known_ppm: u32,
    /// What the site took, where its feed has a meter.
    pub site_wh: Option<i64>,
    /// How much of the time that is known, in parts per million.
    pub site_known_ppm: u32,
    /// The site's energy by the equipment's, three digits, floored; one month is interim.
    pub pue: Option<String>,
}

/// A PUE needs both sides for at least so much of the month.
pub const PUE_KNOWN_PPM_MIN: u32 = 900_000;

impl Energy {
    /// The energies of a month. Without enough of either, or below 1, there is no PUE: then a
    /// meter is wrong.
    pub fn of(equipment: Metered, site: Option<Metered>, period: Interval) -> Self {
        let known = |m: Metered| {
            let ppm = i128::from(m.known_ms) * 1_000_000 / i128::from(period.millis().max(1));
            u32::try_from(ppm).unwrap_or(0)
        };
        let enough = |m: &Metered| known(*m) >= PUE_KNOWN_PPM_MIN && m.milliwatt_ms > 0;
        let pue = site
            .filter(enough)
            .filter(|_| enough(&equipment))
            .map(|site| {
                // Each side by its own known time: the powers are compared.
                let power = |m: Metered| m.milliwatt_ms / i128::from(m.known_ms.max(1));
                power(site) * 1_000 / power(equipment).max(1)
            });
        Self {
            equipment_wh: equipment.watt_hours(),
            equipment_known_ppm: known(equipment),
            site_wh: site.map(Metered::watt_hours),
            site_known_ppm: site.map_or(0, known),
            pue: pue
                .filter(|thousandths| *thousandths >= 1_000)
                .map(|t| format!("{}.{:03}", t / 1_000, t % 1_000)),
        }
    }
}

/// A power over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metered {
    /// The sum of power by time.
    pub milliwatt_ms: i128,
    /// For how long it is known.
    pub known_ms: i64,
}

impl Metered {
    /// From readings in order of time. A reading holds until the next one, at most `holds_ms`.
    pub fn of(readings: &[(Timestamp, i64)], window: Interval, holds_ms: i64) -> Self {
        let mut sum = Self::default();
        for (index, (at, milliwatts)) in readings.iter().enumerate() {
            let next = readings.get(index + 1).map_or(window.to, |(next, _)| *next);
            let from = (*at).max(window.from);
            let to = at.plus_millis(holds_ms).min(next).min(window.to);
            let lasts = to.millis_since(from).max(0);
            sum.known_ms += lasts;
            sum.milliwatt_ms += i128::from(lasts) * i128::from(*milliwatts);
        }
        sum
    }

    /// Several meters as one: known for as long as the one that is known least.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            milliwatt_ms: self.milliwatt_ms + other.milliwatt_ms,
            known_ms: self.known_ms.min(other.known_ms),
        }
    }

    /// Whole watt-hours, floored.
    pub fn watt_hours(self) -> i64 {
        i64::try_from(self.milliwatt_ms / 3_600_000_000).unwrap_or(i64::MAX)
    }
}

/// A test of a battery or a generator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestRow {
    /// The request for it.
    pub id: String,
    /// What was tested, in words.
    pub what: String,
    /// The parts that were tested.
    pub components: Vec<String>,
    /// When it began; none while it has not.
    pub began_at: Option<Timestamp>,
    /// When it was closed.
    pub ended_at: Option<Timestamp>,
    /// What was written when it was closed.
    pub outcome: Option<String>,
}

/// A time on battery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MainsRow {
    /// The UPS.
    pub device: String,
    /// When it began: by the UPS's own count of seconds where that was read.
    pub from: Timestamp,
    /// How far that may be off to either side.
    pub from_plus_minus_ms: i64,
    /// The last poll that saw it on battery.
    pub last_seen: Timestamp,
    /// The first poll that saw it fed again.
    pub back_by: Option<Timestamp>,
}

/// What a UPS counts itself is told in whole seconds.
const COUNT_MS: i64 = 1_000;

impl MainsRow {
    /// A time on battery that polls saw from `first` to `last`, after one at `before` that did
    /// not. `counted` is `upsSecondsOnBattery` as read first above 0 while they saw it so, and when:
    /// it puts the beginning between the two polls to the second, and never outside of them.
    pub fn of(
        device: &str,
        (before, first, last): (Option<Timestamp>, Timestamp, Timestamp),
        counted: Option<(Timestamp, i64)>,
        back_by: Option<Timestamp>,
    ) -> Self {
        let earliest = before.unwrap_or(first);
        let fits = earliest.plus_millis(-COUNT_MS)..=first.plus_millis(COUNT_MS);
        let counted = counted
            .filter(|(_, seconds)| *seconds > 0)
            .map(|(at, seconds)| at.plus_millis(-seconds.saturating_mul(1_000)))
            .filter(|at| fits.contains(at));
        let gap = first.millis_since(earliest);
        Self {
            device: device.to_owned(),
            from: counted.unwrap_or_else(|| earliest.plus_millis(gap / 2)),
            from_plus_minus_ms: counted.map_or(gap / 2, |_| COUNT_MS),
            last_seen: last,
            back_by,
        }
    }
}

/// Disturbances of a UPS's input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisturbanceRow {
    /// The UPS.
    pub device: String,
    /// What it counted itself (`upsInputLineBads`); none when it restarted or does not count.
    pub counted: Option<u64>,
    /// Times on battery that polls saw.
    pub seen: u64,
}

impl DisturbanceRow {
    /// From the counter's readings in order of time. The same count at both ends proves that
    /// nothing was missed; one that went back says nothing.
    pub fn of(device: &str, counts: &[u64], seen: u64) -> Self {
        let grows = counts.is_sorted();
        let counted = match (counts.first(), counts.last()) {
            (Some(first), Some(last)) if grows => last.checked_sub(*first),
            _ => None,
        };
        Self {
            device: device.to_owned(),
            counted,
            seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    fn window(hours: i64) -> Interval {
        Interval::new(at(0), at(hours * 3_600)).unwrap()
    }

    #[test]
    fn a_power_counts_only_while_it_is_known() {
        // 2 kW read at the first and the third hour's start; a reading holds for an hour.
        let readings = [(at(0), 2_000_000), (at(7_200), 2_000_000)];
        let found = Metered::of(&readings, window(4), HOUR);
        assert_eq!((found.watt_hours(), found.known_ms), (4_000, 2 * HOUR));
        let both = found.with(Metered::of(&[], window(4), HOUR));
        assert_eq!((both.watt_hours(), both.known_ms), (4_000, 0));
    }

    #[test]
    fn a_pue_needs_both_meters_and_is_never_below_one() {
        let steady = |watts: i64| {
            let readings: Vec<_> = (0..10).map(|h| (at(h * 3_600), watts * 1_000)).collect();
            Metered::of(&readings, window(10), HOUR)
        };
        let pue = |equipment, site| Energy::of(equipment, site, window(10)).pue;
        assert_eq!(
            pue(steady(1_000), Some(steady(1_450))).as_deref(),
            Some("1.450")
        );
        assert_eq!(
            pue(steady(3_000), Some(steady(4_000))).as_deref(),
            Some("1.333")
        );
        assert_eq!(pue(steady(1_000), None), None);
        assert_eq!(
            pue(steady(1_000), Some(steady(900))),
            None,
            "a meter is wrong"
        );
        let half = Metered::of(&[(at(0), 1_000_000)], window(10), 5 * HOUR);
        assert_eq!(pue(half, Some(steady(1_450))), None, "too little is known");
        assert_eq!(pue(steady(0), Some(steady(0))), None);
    }

    #[test]
    fn the_count_of_a_ups_puts_the_loss_of_the_mains_to_the_second() {
        let counted = |counted| {
            let polls = (Some(at(100)), at(160), at(280));
            let row = MainsRow::of("ups-a", polls, counted, Some(at(340)));
            (row.from, row.from_plus_minus_ms)
        };
        let row = |seconds: Option<i64>| counted(seconds.map(|seconds| (at(160), seconds)));
        assert_eq!(row(Some(12)), (at(148), 1_000));
        let later = counted(Some((at(220), 72)));
        assert_eq!(later, (at(148), 1_000), "read at a later poll");
        assert_eq!(
            counted(Some((at(220), 20))),
            (at(130), 30_000),
            "it counted anew"
        );
        assert_eq!(row(None), (at(130), 30_000), "by polls alone");
        assert_eq!(row(Some(0)), (at(130), 30_000), "it does not count");
        assert_eq!(row(Some(500)), (at(130), 30_000), "a poll says otherwise");
    }

    #[test]
    fn what_polls_missed_is_counted_by_the_ups_itself() {
        let row = |counts: &[u64], seen| DisturbanceRow::of("ups-a", counts, seen).counted;
        assert_eq!(row(&[7, 7, 9], 1), Some(2));
        assert_eq!(row(&[7, 7], 0), Some(0));
        assert_eq!(row(&[9, 0, 1], 1), None, "it restarted");
        assert_eq!(row(&[], 1), None);
    }
}
