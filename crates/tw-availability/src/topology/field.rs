//! State from the field: which reading says that a node is out, degraded or well.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** take silence for health: what
//! is asked and does not answer is unknown, what nobody asks is assumed.
//!
//! Defaults by kind; a node's own `signal` in the register stands above them.

use super::{
    Condition,
    trap::{self, TrapNow},
};
use tw_model::{FacilityKind, FacilityNode, SignalTest};

/// Below so many volts a feed is dead.
const DEAD_VOLTS: f64 = 50.0;
/// Below so many revolutions a minute a cooling unit is off.
const STILL_RPM: f64 = 1.0;

/// A sensor's newest value.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What the device calls it.
    pub name: String,
    /// Its class, as `voltage`.
    pub class: String,
    /// The value in base units.
    pub value: f64,
    /// The word of a code.
    pub word: Option<String>,
}

/// Whether a device answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It answers.
    Up,
    /// It was asked and did not.
    Down,
    /// Nobody knows: its collector is silent, or it was never asked.
    Unknown,
}

/// What is known of a device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceNow {
    /// Which.
    pub device: String,
    /// Whether it answers.
    pub answer: Answer,
    /// Whether everything that hangs on it alone is silent too, and there is such a thing.
    pub dependents_down: bool,
    /// Its sensors.
    pub readings: Vec<Reading>,
    /// What it told by itself.
    pub traps: Vec<TrapNow>,
}

/// How a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeState {
    /// Works, by its readings.
    Normal,
    /// Works and protects less.
    Degraded,
    /// Feeds nothing.
    Out,
    /// Asked, and nothing is known.
    Unknown,
    /// Nobody asks it; it is taken as declared.
    Assumed,
}

/// Why a node is as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateReason {
    /// Its readings are good.
    ReadingsGood,
    /// It answers, and none of its readings says more.
    Answers,
    /// Nobody polls it.
    NotPolled,
    /// Its device does not answer.
    NoAnswer,
    /// Its device does not answer, and neither does what it alone feeds.
    SilentWithDependents,
    /// The reading that would say it is not there.
    NoReading,
    /// A UPS on bypass.
    Bypass,
    /// A UPS on battery.
    OnBattery,
    /// A UPS whose output is off.
    OutputOff,
    /// A battery that is low or at its end.
    BatteryLow,
    /// A transfer switch on its alternate source.
    AlternateSource,
    /// A transfer switch with one source gone.
    SourceLost,
    /// No voltage.
    NoVoltage,
    /// One phase of several is gone.
    PhaseLost,
    /// A generator that is not ready to start.
    NotReady,
    /// A cooling unit that is off.
    SwitchedOff,
    /// The witnesses of a load answer.
    WitnessesAnswer,
    /// None of the witnesses of a load answers.
    WitnessesSilent,
    /// The test of the register's signal.
    Signal,
    /// What it told by itself, as the register reads it.
    Trap,
    /// Somebody put it out of service: a maintenance window runs.
    Maintenance,
}

impl NodeState {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Degraded => "degraded",
            Self::Out => "out",
            Self::Unknown => "unknown",
            Self::Assumed => "assumed",
        }
    }
}

impl StateReason {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadingsGood => "readings_good",
            Self::Answers => "answers",
            Self::NotPolled => "not_polled",
            Self::NoAnswer => "no_answer",
            Self::SilentWithDependents => "silent_with_dependents",
            Self::NoReading => "no_reading",
            Self::Bypass => "bypass",
            Self::OnBattery => "on_battery",
            Self::OutputOff => "output_off",
            Self::BatteryLow => "battery_low",
            Self::AlternateSource => "alternate_source",
            Self::SourceLost => "source_lost",
            Self::NoVoltage => "no_voltage",
            Self::PhaseLost => "phase_lost",
            Self::NotReady => "not_ready",
            Self::SwitchedOff => "switched_off",
            Self::WitnessesAnswer => "witnesses_answer",
            Self::WitnessesSilent => "witnesses_silent",
            Self::Signal => "signal",
            Self::Trap => "trap",
            Self::Maintenance => "maintenance",
        }
    }
}

/// How a node is, with the evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The state.
    pub state: NodeState,
    /// Why.
    pub reason: StateReason,
    /// The device and the reading that say so.
    pub evidence: Option<(String, Option<Reading>)>,
    /// It feeds and may not be counted on.
    pub unprotected: bool,
    /// It feeds from its own store.
    pub on_battery: bool,
}

impl Found {
    pub(super) fn new(state: NodeState, reason: StateReason) -> Self {
        Self {
            state,
            reason,
            evidence: None,
            unprotected: state == NodeState::Unknown,
            on_battery: false,
        }
    }

    /// Out because a maintenance window runs on it, whatever its readings say.
    pub fn at_work() -> Self {
        Self::new(NodeState::Out, StateReason::Maintenance)
    }

    pub(super) fn seen(mut self, device: &DeviceNow, reading: Option<&Reading>) -> Self {
        self.evidence = Some((device.device.clone(), reading.cloned()));
        self
    }

    pub(super) fn unprotected(mut self) -> Self {
        self.unprotected = true;
        self
    }
}

/// How a node is. `device` is the node's own or its signal's; `witnesses` are those that prove a
/// load.
pub fn state_of(node: &FacilityNode, device: Option<&DeviceNow>, witnesses: &[Answer]) -> Found {
    if node.kind == FacilityKind::Load {
        return of_load(device, witnesses);
    }
    let Some(device) = device else {
        return Found::new(NodeState::Assumed, StateReason::NotPolled);
    };
    let told = trap::by_trap(node, device);
    if device.answer != Answer::Up
        && let Some(told) = told
    {
        return told;
    }
    match device.answer {
        Answer::Down if node.kind == FacilityKind::CoreSwitch || device.dependents_down => {
            let reason = if device.dependents_down {
                StateReason::SilentWithDependents
            } else {
                StateReason::NoAnswer
            };
            return Found::new(NodeState::Out, reason).seen(device, None);
        }
        Answer::Down | Answer::Unknown => {
            return Found::new(NodeState::Unknown, StateReason::NoAnswer).seen(device, None);
        }
        Answer::Up => {}
    }
    if let Some(signal) = &node.signal {
        return by_signal(signal, device);
    }
    let found = match node.kind {
        FacilityKind::Ups => ups(device),
        FacilityKind::Ats | FacilityKind::Sts | FacilityKind::RackSwitch => switch(device),
        FacilityKind::Generator => generator(device),
        FacilityKind::Pdu | FacilityKind::RackFeed | FacilityKind::Switchboard => voltage(device),
        FacilityKind::Crac | FacilityKind::Pump | FacilityKind::Chiller => rotation(device),
        _ => None,
    };
    // What a poll reads says more than what the device told before.
    let answers = || Found::new(NodeState::Normal, StateReason::Answers).seen(device, None);
    found.or(told).unwrap_or_else(answers)
}

/// The condition of a chain, from the states of its nodes by their names.
pub fn condition_of<'a>(found: impl IntoIterator<Item = (&'a str, &'a Found)>) -> Condition {
    let mut condition = Condition::default();
    for (name, found) in found {
        if found.state == NodeState::Out {
            condition.out.insert(name.to_owned());
        }
        if found.unprotected {
            condition.unprotected.insert(name.to_owned());
        }
        if found.on_battery {
            condition.on_battery.insert(name.to_owned());
        }
    }
    condition
}

fn of_load(device: Option<&DeviceNow>, witnesses: &[Answer]) -> Found {
    let own = device.map(|device| device.answer);
    let all: Vec<Answer> = witnesses.iter().copied().chain(own).collect();
    let mut found = if all.is_empty() {
        Found::new(NodeState::Assumed, StateReason::NotPolled)
    } else if all.contains(&Answer::Up) {
        Found::new(NodeState::Normal, StateReason::WitnessesAnswer)
    } else if all.contains(&Answer::Unknown) {
        Found::new(NodeState::Unknown, StateReason::NoAnswer)
    } else {
        Found::new(NodeState::Out, StateReason::WitnessesSilent)
    };
    // A load feeds nothing: it is no part of the chain's condition.
    found.unprotected = false;
    found
}

fn by_signal(signal: &tw_model::FacilitySignal, device: &DeviceNow) -> Found {
    let named: Vec<&Reading> = device
        .readings
        .iter()
        .filter(|r| r.name == signal.sensor)
        .collect();
    let Some(first) = named.first() else {
        return Found::new(NodeState::Unknown, StateReason::NoReading).seen(device, None);
    };
    let holds = |tests: &[String], reading: &Reading| {
        let tests = tests.iter().filter_map(|test| SignalTest::parse(test));
        let word = reading.word.as_deref();
        tests
            .into_iter()
            .any(|test| test.holds(reading.value, word))
    };
    // Of several phases one that lives still feeds.
    if named.iter().all(|reading| holds(&signal.out_when, reading)) {
        return Found::new(NodeState::Out, StateReason::Signal).seen(device, Some(first));
    }
    let bad = named
        .iter()
        .find(|r| holds(&signal.degraded_when, r) || holds(&signal.out_when, r));
    match bad {
        Some(bad) => Found::new(NodeState::Degraded, StateReason::Signal).seen(device, Some(bad)),
        None => Found::new(NodeState::Normal, StateReason::Signal).seen(device, Some(first)),
    }
}

fn called<'a>(device: &'a DeviceNow, name: &str) -> Option<&'a Reading> {
    device.readings.iter().find(|reading| reading.name == name)
}

/// A truth that the device calls so; the codes are those of `TruthValue` (RFC 2579).
fn truth<'a>(device: &'a DeviceNow, name: &str) -> Option<(&'a Reading, bool)> {
    let named = |reading: &&Reading| reading.name.eq_ignore_ascii_case(name);
    let reading = device.readings.iter().find(named)?;
    match reading.word.as_deref() {
        Some("true") => Some((reading, true)),
        Some("false") => Some((reading, false)),
        _ => None,
    }
}

/// `upsOutputSource` and `upsBatteryStatus` (RFC 1628), by the names of their sensors.
fn ups(device: &DeviceNow) -> Option<Found> {
    let source = called(device, "output-source")?;
    let of = |state, reason| Found::new(state, reason).seen(device, Some(source));
    let low = called(device, "battery-status")
        .filter(|r| matches!(r.word.as_deref(), Some("low" | "depleted")));
    Some(match (source.word.as_deref(), low) {
        (Some("none"), _) => of(NodeState::Out, StateReason::OutputOff),
        (Some("bypass"), _) => of(NodeState::Degraded, StateReason::Bypass).unprotected(),
        (Some("battery"), _) => Found {
            on_battery: true,
            ..of(NodeState::Degraded, StateReason::OnBattery).unprotected()
        },
        (Some("normal" | "booster" | "reducer"), Some(low)) => {
            Found::new(NodeState::Degraded, StateReason::BatteryLow)
                .seen(device, Some(low))
                .unprotected()
        }
        (Some("normal" | "booster" | "reducer"), None) => {
            of(NodeState::Normal, StateReason::ReadingsGood)
        }
        _ => of(NodeState::Unknown, StateReason::NoReading),
    })
}

/// PowerNet-MIB's words, or truths and voltages of both sources.
fn switch(device: &DeviceNow) -> Option<Found> {
    let sides = [
        truth(device, "Source A good"),
        truth(device, "Source B good"),
    ];
    let lost: Vec<&Reading> = sides
        .iter()
        .flatten()
        .filter(|(_, good)| !good)
        .map(|(reading, _)| *reading)
        .collect();
    let of = |state, reason, reading| Found::new(state, reason).seen(device, Some(reading));
    if let [first, _] = lost[..] {
        return Some(of(NodeState::Out, StateReason::NoVoltage, first));
    }
    let redundancy =
        called(device, "redundancy").filter(|reading| reading.word.as_deref() == Some("lost"));
    if let Some(reading) = lost.first().copied().or(redundancy) {
        return Some(of(NodeState::Degraded, StateReason::SourceLost, reading));
    }
    let selected = called(device, "selected-source");
    if let Some(reading) = selected.filter(|r| r.word.as_deref() == Some("source_b")) {
        return Some(of(
            NodeState::Degraded,
            StateReason::AlternateSource,
            reading,
        ));
    }
    let good = selected.or_else(|| sides.iter().flatten().map(|(r, _)| *r).next())?;
    Some(of(NodeState::Normal, StateReason::ReadingsGood, good))
}

fn generator(device: &DeviceNow) -> Option<Found> {
    let (reading, ready) = truth(device, "Ready to start")?;
    let running = truth(device, "Running").is_some_and(|(_, running)| running);
    Some(if ready || running {
        Found::new(NodeState::Normal, StateReason::ReadingsGood).seen(device, Some(reading))
    } else {
        Found::new(NodeState::Out, StateReason::NotReady).seen(device, Some(reading))
    })
}

fn voltage(device: &DeviceNow) -> Option<Found> {
    let is_voltage = |reading: &&Reading| reading.class == "voltage";
    let all: Vec<&Reading> = device.readings.iter().filter(is_voltage).collect();
    let dead: Vec<&Reading> = all
        .iter()
        .copied()
        .filter(|r| r.value < DEAD_VOLTS)
        .collect();
    let first = all.first()?;
    Some(match dead.first() {
        Some(reading) if dead.len() == all.len() => {
            Found::new(NodeState::Out, StateReason::NoVoltage).seen(device, Some(reading))
        }
        Some(reading) => {
            Found::new(NodeState::Degraded, StateReason::PhaseLost).seen(device, Some(reading))
        }
        None => Found::new(NodeState::Normal, StateReason::ReadingsGood).seen(device, Some(first)),
    })
}

fn rotation(device: &DeviceNow) -> Option<Found> {
    let fan = device.readings.iter().find(|r| r.class == "fan_speed")?;
    Some(if fan.value < STILL_RPM {
        Found::new(NodeState::Out, StateReason::SwitchedOff).seen(device, Some(fan))
    } else {
        Found::new(NodeState::Normal, StateReason::ReadingsGood).seen(device, Some(fan))
    })
}

#[cfg(test)]
mod tests;
