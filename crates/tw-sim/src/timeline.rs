//! The script worked out for each device, circuit and site: when it was what.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`.
//! **Must not:** read a clock.

use crate::{
    incident::{Cast, Incident, Part, Player, What},
    power,
};
use std::collections::BTreeMap;
use tw_units::{CircuitId, DeviceId, Interval, SiteId, Timestamp};

/// When a device was what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceLine {
    /// It did not answer; sorted, not touching.
    pub silent: Vec<Interval>,
    /// It started, and whether its interfaces got other numbers; sorted.
    pub starts: Vec<(Timestamp, bool)>,
    /// It had no mains; sorted, not touching. For UPS only.
    pub on_battery: Vec<Interval>,
    /// It had no power; sorted, not touching.
    pub dark: Vec<Interval>,
    /// Each of its feeds was dark, in the register's order; sorted, not touching.
    pub feeds_dark: Vec<Vec<Interval>>,
    /// It fed its load past itself; sorted, not touching. For UPS only.
    pub on_bypass: Vec<Interval>,
    /// Interfaces were down, by `ifName`; sorted, not touching.
    pub links_down: BTreeMap<String, Vec<Interval>>,
}

/// How bad a circuit was for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bad {
    /// When.
    pub when: Interval,
    /// Added one-way delay.
    pub delay_ms: u32,
    /// Share of packets lost each way.
    pub loss_ppm: u32,
}

/// When a circuit was what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CircuitLine {
    /// Nothing passed; sorted, not touching.
    pub down: Vec<Interval>,
    /// It was bad; in order of beginning.
    pub bad: Vec<Bad>,
}

/// When a site was what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteLine {
    /// Its collector did not reach the centre; sorted, not touching.
    pub cut: Vec<Interval>,
    /// Its collector did not run; sorted, not touching.
    pub unobserved: Vec<Interval>,
}

/// Who is plugged in where: the interfaces at the two ends of a circuit.
pub type Ends = BTreeMap<CircuitId, [(DeviceId, String); 2]>;

/// All that a list of incidents means.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    devices: BTreeMap<DeviceId, DeviceLine>,
    circuits: BTreeMap<CircuitId, CircuitLine>,
    sites: BTreeMap<SiteId, SiteLine>,
}

impl Timeline {
    /// Works out `incidents` for everyone of the cast.
    pub fn new(cast: &Cast, ends: &Ends, incidents: &[Incident]) -> Self {
        let mut timeline = Self::default();
        for incident in incidents {
            timeline.add(cast, ends, incident);
        }
        timeline.carry_power(cast);
        timeline.silent_ends(ends);
        for line in timeline.devices.values_mut() {
            tidy(&mut line.silent);
            tidy(&mut line.on_battery);
            tidy(&mut line.on_bypass);
            line.links_down.values_mut().for_each(tidy);
            line.starts.sort_unstable();
        }
        for line in timeline.circuits.values_mut() {
            tidy(&mut line.down);
            line.bad.sort_by_key(|bad| bad.when);
        }
        for line in timeline.sites.values_mut() {
            tidy(&mut line.cut);
            tidy(&mut line.unobserved);
        }
        timeline
    }

    /// What happened to a device; `None` when nothing did.
    pub fn device(&self, id: &DeviceId) -> Option<&DeviceLine> {
        self.devices.get(id)
    }

    /// What happened to a circuit; `None` when nothing did.
    pub fn circuit(&self, id: &CircuitId) -> Option<&CircuitLine> {
        self.circuits.get(id)
    }

    /// What happened to a site; `None` when nothing did.
    pub fn site(&self, id: &SiteId) -> Option<&SiteLine> {
        self.sites.get(id)
    }

    fn add(&mut self, cast: &Cast, ends: &Ends, incident: &Incident) {
        let downs = incident.downs();
        match &incident.what {
            What::Flap { circuit, .. } | What::CircuitDown { circuit } => {
                self.circuit_down(circuit, ends, &downs);
            }
            What::CircuitBad {
                circuit,
                delay_ms,
                loss_ppm,
            } => {
                let line = self.circuits.entry(circuit.clone()).or_default();
                line.bad.extend(downs.first().map(|when| Bad {
                    when: *when,
                    delay_ms: *delay_ms,
                    loss_ppm: *loss_ppm,
                }));
            }
            What::LinkDown { device, interface } => self.link_down(device, interface, &downs),
            What::Restart { device, renumber } => self.restart(device, incident, *renumber),
            What::SitePower { site } => {
                self.restart_all(cast, incident, |player| {
                    player.site == *site && player.part != Part::Ups
                });
            }
            What::LoadPower { site } => {
                self.restart_all(cast, incident, |player| player.site == *site && player.load);
            }
            What::SiteCut { site } => {
                self.sites
                    .entry(site.clone())
                    .or_default()
                    .cut
                    .extend(&downs);
                for line in cast
                    .circuits
                    .iter()
                    .filter(|line| line.sites.contains(site))
                {
                    self.circuit_down(&line.id, ends, &downs);
                }
            }
            What::OnBattery { device } => {
                self.devices
                    .entry(device.clone())
                    .or_default()
                    .on_battery
                    .extend(&downs);
            }
            What::Unfed { device } => {
                let line = self.devices.entry(device.clone()).or_default();
                line.dark.extend(&downs);
            }
            What::OnBypass { device } => {
                let line = self.devices.entry(device.clone()).or_default();
                line.on_bypass.extend(&downs);
            }
            What::CollectorOff { site } => {
                self.sites
                    .entry(site.clone())
                    .or_default()
                    .unobserved
                    .extend(&downs);
            }
        }
    }

    fn circuit_down(&mut self, circuit: &CircuitId, ends: &Ends, downs: &[Interval]) {
        self.circuits
            .entry(circuit.clone())
            .or_default()
            .down
            .extend(downs);
        for (device, interface) in ends.get(circuit).into_iter().flatten() {
            self.link_down(device, interface, downs);
        }
    }

    fn link_down(&mut self, device: &DeviceId, interface: &str, downs: &[Interval]) {
        let line = self.devices.entry(device.clone()).or_default();
        line.links_down
            .entry(interface.to_owned())
            .or_default()
            .extend(downs);
    }

    fn restart_all(&mut self, cast: &Cast, incident: &Incident, hit: impl Fn(&Player) -> bool) {
        for player in cast.devices.iter().filter(|player| hit(player)) {
            self.restart(&player.id, incident, false);
        }
    }

    /// Silences what is without power, and lets it start when the power is back.
    fn carry_power(&mut self, cast: &Cast) {
        let mut own = BTreeMap::new();
        for player in &cast.devices {
            let Some(line) = self.devices.get_mut(&player.id) else {
                continue;
            };
            tidy(&mut line.on_battery);
            let battery = player.supply.battery_ms;
            let empty = battery.map(|battery| power::empty(battery, &line.on_battery));
            line.dark.extend(empty.into_iter().flatten());
            tidy(&mut line.dark);
            if !line.dark.is_empty() {
                own.insert(&player.id, line.dark.clone());
            }
        }
        if own.is_empty() {
            return;
        }
        let players = cast.devices.iter();
        let supplies = players.map(|player| (&player.id, &player.supply)).collect();
        let mut dark = power::dark(&supplies, &own);
        for player in &cast.devices {
            let feeds = player.supply.fed_by.iter();
            let feeds: Vec<Vec<Interval>> = feeds
                .map(|feed| dark.get(feed).cloned().unwrap_or_default())
                .collect();
            if feeds.iter().any(|feed| !feed.is_empty()) {
                self.devices
                    .entry(player.id.clone())
                    .or_default()
                    .feeds_dark = feeds;
            }
        }
        for (device, dark) in std::mem::take(&mut dark) {
            let line = self.devices.entry(device).or_default();
            line.silent.extend(&dark);
            line.starts.extend(dark.iter().map(|dark| (dark.to, false)));
            line.dark = dark;
        }
    }

    /// A circuit carries nothing while the device at one of its ends is silent, and the other
    /// end sees its link go down.
    fn silent_ends(&mut self, ends: &Ends) {
        for (circuit, devices) in ends {
            for (device, _) in devices {
                let silent = self.devices.get(device).map(|line| line.silent.clone());
                if let Some(silent) = silent.filter(|silent| !silent.is_empty()) {
                    self.circuit_down(circuit, ends, &silent);
                }
            }
        }
    }

    fn restart(&mut self, device: &DeviceId, incident: &Incident, renumber: bool) {
        let line = self.devices.entry(device.clone()).or_default();
        line.silent
            .extend(Interval::new(incident.from, incident.to));
        line.starts.push((incident.to, renumber));
    }
}

impl DeviceLine {
    /// Whether it answers at `t`.
    pub fn answers(&self, t: Timestamp) -> bool {
        inside(&self.silent, t).is_none()
    }

    /// The last start at or before `t`, and how often its interfaces were re-numbered until then.
    pub fn last_start(&self, t: Timestamp) -> (Option<Timestamp>, u32) {
        let until = self.starts.partition_point(|(start, _)| *start <= t);
        let past = &self.starts[..until];
        let renumbered = past.iter().filter(|(_, renumbered)| *renumbered).count();
        (
            past.last().map(|(start, _)| *start),
            u32::try_from(renumbered).unwrap_or(0),
        )
    }
}

/// The interval that `t` lies in. `sorted` is sorted and its intervals do not touch.
pub fn inside(sorted: &[Interval], t: Timestamp) -> Option<Interval> {
    let until = sorted.partition_point(|interval| interval.from <= t);
    let last = sorted.get(until.checked_sub(1)?)?;
    last.contains(t).then_some(*last)
}

/// Sorts, and joins what overlaps or touches.
pub(crate) fn tidy(intervals: &mut Vec<Interval>) {
    intervals.sort_unstable();
    let mut tidied: Vec<Interval> = Vec::with_capacity(intervals.len());
    for interval in intervals.drain(..) {
        match tidied.last_mut() {
            Some(last) if interval.from <= last.to => last.to = last.to.max(interval.to),
            _ => tidied.push(interval),
        }
    }
    *intervals = tidied;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::tests::{cast, start};

    fn at(seconds: i64) -> Timestamp {
        start().plus_millis(seconds * 1_000)
    }

    fn timeline(incidents: &[(i64, i64, What)]) -> Timeline {
        let incidents: Vec<Incident> = incidents
            .iter()
            .map(|(from, to, what)| Incident {
                from: at(*from),
                to: at(*to),
                what: what.clone(),
            })
            .collect();
        let device = |name: &str| DeviceId::new(name).unwrap();
        let ends = Ends::from([(
            CircuitId::new("c1").unwrap(),
            [
                (device("vnta-core-1"), "ge-0".to_owned()),
                (device("rfd-acc-1"), "wan1".to_owned()),
            ],
        )]);
        Timeline::new(&cast(), &ends, &incidents)
    }

    #[test]
    fn a_restart_silences_and_starts_again_and_may_renumber() {
        let device = DeviceId::new("vnta-acc-1").unwrap();
        let restart = |renumber| What::Restart {
            device: device.clone(),
            renumber,
        };
        let timeline = timeline(&[(0, 10, restart(false)), (50, 60, restart(true))]);
        let line = timeline.device(&device).unwrap();
        assert!(!line.answers(at(5)) && line.answers(at(10)) && !line.answers(at(55)));
        assert_eq!(line.last_start(at(9)), (None, 0));
        assert_eq!(line.last_start(at(10)), (Some(at(10)), 0));
        assert_eq!(line.last_start(at(70)), (Some(at(60)), 1));
    }

    #[test]
    fn a_cut_site_takes_its_circuits_and_their_interfaces_down() {
        let site = SiteId::new("rfd").unwrap();
        let timeline = timeline(&[(0, 60, What::SiteCut { site: site.clone() })]);
        assert_eq!(timeline.site(&site).unwrap().cut.len(), 1);
        assert!(timeline.circuit(&CircuitId::new("c1").unwrap()).is_some());
        let core = timeline
            .device(&DeviceId::new("vnta-core-1").unwrap())
            .unwrap();
        assert!(inside(&core.links_down["ge-0"], at(30)).is_some());
        assert!(inside(&core.links_down["ge-0"], at(60)).is_none());
        assert!(core.answers(at(30)));
    }

    #[test]
    fn a_power_failure_spares_the_ups_and_other_sites() {
        let site = SiteId::new("vnta").unwrap();
        let timeline = timeline(&[(0, 60, What::SitePower { site })]);
        let answers = |name: &str| {
            let line = timeline.device(&DeviceId::new(name).unwrap());
            line.is_none_or(|line| line.answers(at(30)))
        };
        assert!(answers("vnta-ups-a") && answers("rfd-acc-1"));
        assert!(!answers("vnta-core-1") && !answers("vnta-acc-1"));
    }

    #[test]
    fn a_loss_of_load_spares_what_the_collector_needs_and_takes_the_circuits_of_its_routers() {
        let site = SiteId::new("vnta").unwrap();
        let timeline = timeline(&[(0, 60, What::LoadPower { site })]);
        let line = |name: &str| timeline.device(&DeviceId::new(name).unwrap());
        assert!(!line("vnta-core-1").unwrap().answers(at(30)) && line("vnta-acc-1").is_none());
        let circuit = timeline.circuit(&CircuitId::new("c1").unwrap()).unwrap();
        assert!(inside(&circuit.down, at(30)).is_some() && inside(&circuit.down, at(60)).is_none());
        let far = line("rfd-acc-1").unwrap();
        assert!(far.answers(at(30)) && inside(&far.links_down["wan1"], at(30)).is_some());
    }

    #[test]
    fn overlapping_downs_become_one() {
        let circuit = CircuitId::new("c1").unwrap();
        let down = || What::CircuitDown {
            circuit: circuit.clone(),
        };
        let timeline = timeline(&[(10, 20, down()), (0, 10, down()), (15, 30, down())]);
        let lines = &timeline.circuit(&circuit).unwrap().down;
        assert_eq!(
            *lines,
            [Interval {
                from: at(0),
                to: at(30)
            }]
        );
    }
}
