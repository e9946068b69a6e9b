//! The simulated world: the devices and circuits of a register, their script, and the switches
//! that the demo and the tests turn.
//!
//! **Room:** layer 3, simulation. **May use:** `tw-units`, `tw-model`, `tw-snmp`.
//! **Must not:** read the wall clock but through the one handed in; bind anything but loopback.

use crate::{
    curve::{Curve, Shape},
    device::{SimDevice, wiring::device_seed},
    hash::Seed,
    incident::{Cast, Incident, Line, Part, Player, Script, What},
    link::Quality,
    power::{Supply, battery_ms},
    state::State,
    timeline::{CircuitLine, Ends, inside},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tw_model::{Circuit, CircuitStage, Device, DeviceClass, Register};
use tw_units::{CircuitId, DeviceId, Interval, SiteId, Timestamp, WallClock};

/// How long a device restarted by hand is silent.
pub const RESTART_SECONDS: i64 = 2;

/// A world starts at a multiple of this.
const START_MILLIS: i64 = 10_000;

/// The world. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct World {
    pub(crate) state: Arc<State>,
    pub(crate) register: Arc<Register>,
    devices: Arc<BTreeMap<DeviceId, Arc<SimDevice>>>,
}

impl World {
    /// The world of a register. It starts now, rounded down to ten seconds: the live incidents are counted from here, the
    /// history lies before.
    pub fn new(register: Register, seed: u64, clock: WallClock) -> Self {
        Self::build(register, seed, clock, true)
    }

    /// As [`World::new`], but nothing happens by itself; only what is switched by hand.
    pub fn quiet(register: Register, seed: u64, clock: WallClock) -> Self {
        Self::build(register, seed, clock, false)
    }

    fn build(register: Register, seed: u64, clock: WallClock, scripted: bool) -> Self {
        let seed = Seed::new(seed);
        let start = round_down(clock.now());
        let script = Script::new(seed.of("script"), start, cast(&register, seed));
        let mut state = State::new(seed, clock, script, ends(&register));
        if !scripted {
            state = state.unscripted();
        }
        let state = Arc::new(state);
        let simulated = register
            .devices
            .values()
            .filter(|device| is_simulated(device));
        let devices = simulated.map(|device| {
            let simulated = SimDevice::new(&register, device, Arc::clone(&state));
            (device.id.clone(), Arc::new(simulated))
        });
        let devices = Arc::new(devices.collect());
        Self {
            state,
            register: Arc::new(register),
            devices,
        }
    }

    /// When it started.
    pub fn start(&self) -> Timestamp {
        self.state.start
    }

    /// The present instant of its clock.
    pub fn now(&self) -> Timestamp {
        self.state.clock.now()
    }

    /// A simulated device: one of the register with an address.
    pub fn device(&self, id: &DeviceId) -> Option<&Arc<SimDevice>> {
        self.devices.get(id)
    }

    /// All simulated devices, in the order of their identifiers.
    pub fn devices(&self) -> impl Iterator<Item = &Arc<SimDevice>> {
        self.devices.values()
    }

    /// Everything that begins in `[from, to)`, by the script or by hand.
    pub fn incidents(&self, from: Timestamp, to: Timestamp) -> Vec<Incident> {
        self.state.incidents(from, to)
    }

    /// The site of the centre: the one with most devices.
    pub fn centre(&self) -> Option<&SiteId> {
        self.state.script.cast().sites.first()
    }

    /// Whether a device answers at an instant. `None` for a device that is not simulated.
    pub fn answers(&self, id: &DeviceId, t: Timestamp) -> Option<bool> {
        Some(self.devices.get(id)?.moment(t).answers)
    }

    /// Whether the site's collector reaches the centre at an instant.
    pub fn is_cut(&self, site: &SiteId, t: Timestamp) -> bool {
        let timeline = self.state.timeline(t);
        let line = timeline.site(site);
        line.is_some_and(|line| inside(&line.cut, t).is_some())
    }

    /// How good a circuit is at an instant.
    pub fn link_at(&self, circuit: &CircuitId, t: Timestamp) -> Quality {
        let timeline = self.state.timeline(t);
        quality(self.state.seed, circuit, timeline.circuit(circuit), t)
    }

    /// The delay, one way, between a site's collector and the centre: that of its best circuit,
    /// and none at the centre's own site.
    pub fn centre_delay(&self, site: &SiteId) -> Duration {
        if self.centre() == Some(site) {
            return Duration::ZERO;
        }
        let lines = self.state.script.cast().circuits.iter();
        let own = lines.filter(|line| line.sites.contains(site));
        let delays = own.map(|line| quality(self.state.seed, &line.id, None, self.start()).delay);
        delays.min().unwrap_or(Duration::ZERO)
    }
}

/// Switches, turned by the demo and the tests. Each says whether it could be turned; it cannot
/// when [`crate::SWITCHES_MAX`] have been turned before.
impl World {
    /// Cuts a site off the centre and takes its circuits down, or joins it again.
    pub fn cut_site(&self, site: &SiteId, cut: bool) -> bool {
        self.switch(What::SiteCut { site: site.clone() }, cut)
    }

    /// Takes the mains from a UPS, or gives them back.
    pub fn ups_on_battery(&self, device: &DeviceId, on_battery: bool) -> bool {
        self.switch(
            What::OnBattery {
                device: device.clone(),
            },
            on_battery,
        )
    }

    /// Opens a device's breaker, or closes it again: it is dark, and what hangs on it alone.
    pub fn unfed(&self, device: &DeviceId, unfed: bool) -> bool {
        let device = device.clone();
        self.switch(What::Unfed { device }, unfed)
    }

    /// Puts a UPS into bypass, or back.
    pub fn ups_on_bypass(&self, device: &DeviceId, on_bypass: bool) -> bool {
        let device = device.clone();
        self.switch(What::OnBypass { device }, on_bypass)
    }

    /// Takes a circuit down, or up again.
    pub fn circuit_down(&self, circuit: &CircuitId, down: bool) -> bool {
        self.switch(
            What::CircuitDown {
                circuit: circuit.clone(),
            },
            down,
        )
    }

    /// Makes a circuit bad, or good again.
    pub fn circuit_bad(
        &self,
        circuit: &CircuitId,
        delay_ms: u32,
        loss_ppm: u32,
        bad: bool,
    ) -> bool {
        let circuit = circuit.clone();
        self.switch(
            What::CircuitBad {
                circuit,
                delay_ms,
                loss_ppm,
            },
            bad,
        )
    }

    /// Takes one interface down, or up again; the name is the register's.
    pub fn link_down(&self, device: &DeviceId, interface: &str, down: bool) -> bool {
        let (device, interface) = (device.clone(), interface.to_owned());
        self.switch(What::LinkDown { device, interface }, down)
    }

    /// Restarts a device: silent for [`RESTART_SECONDS`], then counters from zero.
    pub fn reboot(&self, device: &DeviceId) -> bool {
        self.restart(device, false)
    }

    /// Restarts a device, after which its interfaces have other numbers.
    pub fn renumber(&self, device: &DeviceId) -> bool {
        self.restart(device, true)
    }

    fn restart(&self, device: &DeviceId, renumber: bool) -> bool {
        let to = self.now().plus_millis(RESTART_SECONDS * 1_000);
        let device = device.clone();
        self.state
            .begin(What::Restart { device, renumber }, Some(to))
    }

    fn switch(&self, what: What, on: bool) -> bool {
        if on {
            self.state.begin(what, None)
        } else {
            self.state.end(&what);
            true
        }
    }
}

/// A world's start is round, so that two runs with the same `--now` have the same one.
fn round_down(t: Timestamp) -> Timestamp {
    t.plus_millis(-t.as_millis().rem_euclid(START_MILLIS))
}

/// Only what has an address answers.
fn is_simulated(device: &Device) -> bool {
    device.address.is_some()
}

fn is_in_use(circuit: &Circuit) -> bool {
    matches!(
        circuit.stage,
        CircuitStage::Operation | CircuitStage::Acceptance
    )
}

fn ends(register: &Register) -> Ends {
    let used = register
        .circuits
        .values()
        .filter(|circuit| is_in_use(circuit));
    used.map(|circuit| {
        let end = |end: &tw_model::CircuitEnd| (end.device.clone(), end.interface.clone());
        (circuit.id.clone(), [end(&circuit.a), end(&circuit.z)])
    })
    .collect()
}

fn cast(register: &Register, seed: Seed) -> Cast {
    let count = |site: &SiteId| {
        register
            .devices_of(site)
            .filter(|d| is_simulated(d))
            .count()
    };
    let mut sites: Vec<SiteId> = register.sites.keys().cloned().collect();
    // The centre stands where most of the equipment is.
    sites.sort_by_key(|site| (std::cmp::Reverse(count(site)), site.clone()));
    let used = register
        .circuits
        .values()
        .filter(|circuit| is_in_use(circuit));
    let circuits = used.filter_map(|circuit| {
        let site = |device| Some(register.devices.get(device)?.site.clone());
        let sites = [site(&circuit.a.device)?, site(&circuit.z.device)?];
        Some(Line {
            id: circuit.id.clone(),
            sites,
        })
    });
    let circuits = circuits.collect();
    let devices = register
        .devices
        .values()
        .filter(|device| is_simulated(device));
    let devices = devices.map(|device| Player {
        id: device.id.clone(),
        site: device.site.clone(),
        part: part(device),
        load: device.witness && !is_canary(register, device),
        supply: Supply {
            fed_by: device.fed_by.clone(),
            battery_ms: (device.class == DeviceClass::Ups)
                .then(|| battery_ms(device_seed(seed, device))),
        },
    });
    let devices = devices.collect();
    Cast {
        sites,
        devices,
        circuits,
    }
}

/// Whether the collector of its site takes its answers as proof that the network is well.
fn is_canary(register: &Register, device: &Device) -> bool {
    let site = register.sites.get(&device.site);
    let collector = site.and_then(|site| site.collector.as_ref());
    collector.is_some_and(|collector| collector.canaries.contains(&device.id))
}

/// Core equipment and load witnesses do not fail by themselves: the history would say that the
/// datacentre misses its target every month.
fn part(device: &Device) -> Part {
    let access = device.role.as_deref() == Some("access");
    match device.class {
        DeviceClass::Ups => Part::Ups,
        _ if device.witness => Part::Other,
        DeviceClass::Switch if access => Part::Expendable,
        DeviceClass::Server | DeviceClass::Wireless => Part::Expendable,
        _ => Part::Other,
    }
}

/// What a circuit is like when all is well, and what is wrong with it at `t`.
fn quality(seed: Seed, id: &CircuitId, line: Option<&CircuitLine>, t: Timestamp) -> Quality {
    let seed = seed.of("circuit").of(id.as_str());
    let busy = Curve {
        shape: Shape::Public,
        seed: seed.of("a-z"),
        mean: 1.0,
    }
    .load(t);
    let millis = |ms: f64| Duration::from_secs_f64(ms / 1_000.0);
    let mut quality = Quality {
        delay: millis(seed.of("delay").between(0.6, 2.2)),
        jitter: millis(seed.of("jitter").between(0.05, 0.2) * (1.0 + 2.0 * busy)),
        loss: seed.of("loss").between(0.000_01, 0.000_2),
        cut: false,
    };
    let Some(line) = line else { return quality };
    quality.cut = inside(&line.down, t).is_some();
    for bad in line.bad.iter().filter(|bad| bad.when.contains(t)) {
        quality.delay += millis(f64::from(bad.delay_ms));
        quality.jitter += millis(f64::from(bad.delay_ms) / 4.0);
        quality.loss = (quality.loss + f64::from(bad.loss_ppm) / 1e6).min(1.0);
    }
    quality
}

/// The parts that lie in both; each list is sorted and its intervals do not touch.
pub(crate) fn both(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    a.iter()
        .flat_map(|one| b.iter().filter_map(|other| one.intersect(*other)))
        .collect()
}

/// The parts of `[from, to)` that lie outside of `holes`, which are sorted and do not touch.
pub(crate) fn without(whole: Interval, holes: &[Interval]) -> Vec<Interval> {
    let mut parts = Vec::new();
    let mut from = whole.from;
    for hole in holes
        .iter()
        .filter(|hole| hole.to > whole.from && hole.from < whole.to)
    {
        parts.extend(Interval::new(from, hole.from));
        from = hole.to;
    }
    parts.extend(Interval::new(from, whole.to));
    parts
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod power_tests;
