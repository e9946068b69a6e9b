//! The power chain carried through: a UPS whose battery is empty is dark, and so is everything
//! that has no other feed.
//!
//! The mains are no device: a UPS loses them by an incident. Whatever else feeds it (a generator)
//! keeps it no longer alive than its battery does.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`.
//! **Must not:** read a clock.

use crate::hash::Seed;
use std::collections::BTreeMap;
use tw_units::{DeviceId, Interval, Timestamp};

/// Hours from empty to full.
const CHARGE_HOURS: f64 = 4.0;
/// A full battery lasts so many minutes at the usual load.
const RUNTIME_MINUTES: (f64, f64) = (22.0, 48.0);

/// What keeps a device alive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supply {
    /// The devices that feed it, the preferred one first; any of them is enough. Without one it
    /// never goes dark for want of a feed.
    pub fed_by: Vec<DeviceId>,
    /// How long its own battery lasts from full, in milliseconds; then it is fed by the mains.
    pub battery_ms: Option<i64>,
}

/// How long the battery of a UPS lasts from full, in milliseconds.
pub(crate) fn battery_ms(ups: Seed) -> i64 {
    let minutes = ups
        .of("runtime")
        .between(RUNTIME_MINUTES.0, RUNTIME_MINUTES.1);
    #[expect(clippy::cast_possible_truncation, reason = "less than an hour")]
    let millis = (minutes * 60_000.0).round() as i64;
    millis
}

/// Percent of a full battery at `t`, after all discharges so far.
pub(crate) fn charge(battery_ms: i64, outages: &[Interval], t: Timestamp) -> f64 {
    let mut charge = 100.0_f64;
    let mut since = Timestamp::EPOCH;
    for outage in outages.iter().take_while(|outage| outage.from <= t) {
        charge = (charge + 100.0 / CHARGE_HOURS * hours(since, outage.from)).min(100.0);
        let until = outage.to.min(t);
        let drained = hours(outage.from, until) / hours_of(battery_ms) * 100.0;
        charge = (charge - drained).max(0.0);
        since = until;
    }
    (charge + 100.0 / CHARGE_HOURS * hours(since, t)).min(100.0)
}

/// When the battery was empty and the mains were away.
pub(crate) fn empty(battery_ms: i64, outages: &[Interval]) -> Vec<Interval> {
    let of = |outage: &Interval| {
        let left = charge(battery_ms, outages, outage.from) / 100.0 * hours_of(battery_ms);
        #[expect(clippy::cast_possible_truncation, reason = "less than an hour")]
        let left_ms = (left * 3_600_000.0).ceil() as i64;
        Interval::new(outage.from.plus_millis(left_ms), outage.to)
    };
    outages.iter().filter_map(of).collect()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
pub(crate) fn hours(from: Timestamp, to: Timestamp) -> f64 {
    to.millis_since(from).max(0) as f64 / 3_600_000.0
}

#[expect(clippy::cast_precision_loss, reason = "less than an hour")]
fn hours_of(ms: i64) -> f64 {
    ms.max(1) as f64 / 3_600_000.0
}

/// When each device was without power. `own` are the times at which a device goes dark by itself
/// (an empty battery, an open breaker); sorted, not touching.
pub(crate) fn dark(
    supplies: &BTreeMap<&DeviceId, &Supply>,
    own: &BTreeMap<&DeviceId, Vec<Interval>>,
) -> BTreeMap<DeviceId, Vec<Interval>> {
    let mut chain = Chain {
        supplies,
        own,
        known: BTreeMap::new(),
        asked: Vec::new(),
    };
    for device in supplies.keys() {
        chain.of(device);
    }
    let known = chain.known.into_iter();
    let known = known.filter(|(_, dark)| !dark.is_empty());
    known.map(|(device, dark)| (device.clone(), dark)).collect()
}

struct Chain<'a> {
    supplies: &'a BTreeMap<&'a DeviceId, &'a Supply>,
    own: &'a BTreeMap<&'a DeviceId, Vec<Interval>>,
    known: BTreeMap<&'a DeviceId, Vec<Interval>>,
    /// Those that are being worked out: feeds in a circle keep each other in no darkness.
    asked: Vec<&'a DeviceId>,
}

impl<'a> Chain<'a> {
    fn of(&mut self, device: &DeviceId) -> Vec<Interval> {
        let Some((device, supply)) = self.supplies.get_key_value(device) else {
            return Vec::new();
        };
        if let Some(known) = self.known.get(device) {
            return known.clone();
        }
        if self.asked.contains(device) {
            return Vec::new();
        }
        self.asked.push(device);
        let mut dark = self.own.get(device).cloned().unwrap_or_default();
        // The mains feed a UPS beside what the register names.
        if supply.battery_ms.is_none() {
            dark.extend(self.all_dark(&supply.fed_by));
        }
        self.asked.pop();
        crate::timeline::tidy(&mut dark);
        self.known.insert(device, dark.clone());
        dark
    }

    /// When every one of the feeds was dark.
    fn all_dark(&mut self, feeds: &'a [DeviceId]) -> Vec<Interval> {
        let mut feeds = feeds.iter();
        let Some(first) = feeds.next() else {
            return Vec::new();
        };
        let mut dark = self.of(first);
        for feed in feeds {
            let other = self.of(feed);
            let both = dark
                .iter()
                .flat_map(|a| other.iter().filter_map(|b| a.intersect(*b)));
            dark = both.collect();
        }
        dark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn span(from: i64, to: i64) -> Interval {
        let at = |minute: i64| Timestamp::EPOCH.plus_millis(minute * MINUTE);
        Interval::new(at(from), at(to)).unwrap()
    }

    fn id(name: &str) -> DeviceId {
        DeviceId::new(name).unwrap()
    }

    #[test]
    fn a_battery_lasts_for_its_runtime_and_for_less_when_it_was_not_full() {
        let half_an_hour = 30 * MINUTE;
        assert_eq!(empty(half_an_hour, &[span(6_000, 6_030)]), []);
        let long = [span(6_000, 6_060)];
        assert_eq!(empty(half_an_hour, &long), [span(6_030, 6_060)]);
        // Drained to the half, it has an eighth more after half an hour: 18 m 45 s.
        let twice = [span(6_000, 6_015), span(6_045, 6_075)];
        let dark = empty(half_an_hour, &twice);
        assert_eq!(dark.len(), 1);
        assert_eq!(dark[0].to, twice[1].to);
        assert_eq!(dark[0].from.millis_since(twice[1].from), 1_125_000);
        let at = |minute: i64| charge(half_an_hour, &long, span(minute, 7_000).from);
        assert!((at(6_015) - 50.0).abs() < 1e-9 && at(6_040).abs() < 1e-9);
        assert!((at(6_180) - 50.0).abs() < 1e-9, "two hours fill half of it");
    }

    #[test]
    fn who_has_no_other_feed_goes_dark_with_it() {
        let fed = |fed_by: &[&str]| Supply {
            fed_by: fed_by.iter().map(|name| id(name)).collect(),
            battery_ms: None,
        };
        let ups = Supply {
            fed_by: vec![id("gen")],
            battery_ms: Some(30 * MINUTE),
        };
        let all = [
            ("gen", fed(&[])),
            ("ups-a", ups.clone()),
            ("ups-b", ups),
            ("pdu-a", fed(&["ups-a"])),
            ("pdu-b", fed(&["ups-b"])),
            ("both", fed(&["pdu-a", "pdu-b"])),
            ("ats", fed(&["pdu-a", "pdu-b"])),
            ("one", fed(&["pdu-a"])),
            ("behind", fed(&["ats"])),
            ("outside", fed(&["nobody-knows"])),
            ("free", fed(&[])),
            ("ring-1", fed(&["ring-2"])),
            ("ring-2", fed(&["ring-1"])),
        ];
        let all: Vec<(DeviceId, Supply)> = all.into_iter().map(|(name, s)| (id(name), s)).collect();
        let supplies = all.iter().map(|(id, supply)| (id, supply)).collect();
        let (a, b) = (id("ups-a"), id("ups-b"));
        let own = [(&a, vec![span(10, 30)]), (&b, vec![span(20, 40)])];
        let found = dark(&supplies, &own.into_iter().collect());
        let of = |name: &str| found.get(&id(name)).cloned().unwrap_or_default();
        for name in ["ups-a", "pdu-a", "one"] {
            assert_eq!(of(name), [span(10, 30)], "{name}");
        }
        for name in ["both", "ats", "behind"] {
            assert_eq!(of(name), [span(20, 30)], "{name}");
        }
        for name in ["gen", "outside", "free", "ring-1", "ring-2"] {
            assert_eq!(of(name), [], "{name}");
        }
    }
}
