//! Sensors of PDUs, transfer switches, cooling and rooms: ENTITY-SENSOR-MIB (RFC 3433).
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`, `tw-model`,
//! `tw-snmp`. **Must not:** read a clock.

use super::{
    identity::{Part, SENSOR, SENSOR_INDEX, entity},
    table::{Source, Table, whole},
};
use crate::{
    curve::{Curve, Shape, sun},
    hash::Seed,
    state::Moment,
    timeline::inside,
};
use tw_model::{Device, DeviceClass};
use tw_snmp::{Oid, Value};
use tw_units::DeviceId;

const SENSOR_ENTRY: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 99, 1, 1, 1]);
/// EntitySensorDataScale units(9).
const UNITS: i32 = 9;

/// `false` of a TruthValue (RFC 2579).
const FALSE: i32 = 2;
/// What the names of a transfer switch's sensors begin with, in the order of its feeds.
const SOURCES: [&str; 2] = ["Source A ", "Source B "];

/// EntitySensorDataType. A truth value is 1 for true and 2 for false (RFC 2579).
#[derive(Clone, Copy, Debug)]
enum Kind {
    VoltsAc = 3,
    VoltsDc = 4,
    Amperes = 5,
    Watts = 6,
    Hertz = 7,
    Celsius = 8,
    PercentRh = 9,
    Rpm = 10,
    TruthValue = 12,
}

/// One sensor: `base + day·sun + load·busy ± noise`, with `precision` decimals.
#[derive(Clone, Debug)]
pub(crate) struct Sensor {
    name: &'static str,
    kind: Kind,
    unit: &'static str,
    precision: i32,
    base: f64,
    day: f64,
    load: f64,
    noise: f64,
    seed: Seed,
}

/// What a sensor of a class reads.
struct Wave {
    name: &'static str,
    kind: Kind,
    base: f64,
    /// What the sun adds in the afternoon.
    day: f64,
    /// What the busiest hour adds.
    load: f64,
    noise: f64,
}

const fn wave(name: &'static str, kind: Kind, base: f64, [day, load, noise]: [f64; 3]) -> Wave {
    Wave {
        name,
        kind,
        base,
        day,
        load,
        noise,
    }
}

const PDU: [Wave; 8] = [
    wave("L1 voltage", Kind::VoltsAc, 228.0, [-0.6, -1.0, 0.7]),
    wave("L1 current", Kind::Amperes, 6.2, [0.0, 2.4, 0.12]),
    wave("L2 voltage", Kind::VoltsAc, 228.0, [-0.6, -1.0, 0.7]),
    wave("L2 current", Kind::Amperes, 6.2, [0.0, 2.4, 0.12]),
    wave("L3 voltage", Kind::VoltsAc, 228.0, [-0.6, -1.0, 0.7]),
    wave("L3 current", Kind::Amperes, 6.2, [0.0, 2.4, 0.12]),
    wave("Active power", Kind::Watts, 4_100.0, [0.0, 1_600.0, 45.0]),
    wave("Frequency", Kind::Hertz, 50.0, [0.0, 0.0, 0.0]),
];
const ATS: [Wave; 5] = [
    wave("Source A voltage", Kind::VoltsAc, 228.0, [-0.8, -1.0, 0.7]),
    wave("Source B voltage", Kind::VoltsAc, 229.0, [-0.8, -1.0, 0.7]),
    wave("Output current", Kind::Amperes, 5.1, [0.0, 1.8, 0.1]),
    wave("Source A good", Kind::TruthValue, 1.0, [0.0, 0.0, 0.0]),
    wave("Source B good", Kind::TruthValue, 1.0, [0.0, 0.0, 0.0]),
];
const COOLING: [Wave; 5] = [
    wave(
        "Supply air temperature",
        Kind::Celsius,
        18.0,
        [0.3, 0.4, 0.15],
    ),
    wave(
        "Return air temperature",
        Kind::Celsius,
        28.5,
        [0.8, 2.2, 0.25],
    ),
    wave(
        "Return air humidity",
        Kind::PercentRh,
        47.0,
        [-1.5, 0.0, 0.6],
    ),
    wave("Fan speed", Kind::Rpm, 1_450.0, [30.0, 260.0, 12.0]),
    wave("Unit power", Kind::Watts, 5_200.0, [420.0, 1_300.0, 60.0]),
];
const ENVIRONMENT: [Wave; 6] = [
    wave(
        "Cold aisle temperature",
        Kind::Celsius,
        21.5,
        [0.5, 0.8, 0.15],
    ),
    wave(
        "Hot aisle temperature",
        Kind::Celsius,
        31.0,
        [0.9, 3.0, 0.25],
    ),
    wave("Outdoor temperature", Kind::Celsius, 26.5, [4.5, 0.0, 0.5]),
    wave(
        "Cold aisle humidity",
        Kind::PercentRh,
        51.0,
        [-2.5, 0.0, 0.7],
    ),
    wave("Water leak absent", Kind::TruthValue, 1.0, [0.0, 0.0, 0.0]),
    wave("Smoke absent", Kind::TruthValue, 1.0, [0.0, 0.0, 0.0]),
];
const GENERATOR: [Wave; 6] = [
    wave("Output voltage", Kind::VoltsAc, 0.0, [0.0, 0.0, 0.0]),
    wave(
        "Starter battery voltage",
        Kind::VoltsDc,
        27.1,
        [0.0, 0.0, 0.1],
    ),
    wave("Coolant temperature", Kind::Celsius, 41.0, [2.0, 0.0, 0.4]),
    wave(
        "Fuel tank temperature",
        Kind::Celsius,
        29.0,
        [3.0, 0.0, 0.3],
    ),
    wave("Running", Kind::TruthValue, 2.0, [0.0, 0.0, 0.0]),
    wave("Ready to start", Kind::TruthValue, 1.0, [0.0, 0.0, 0.0]),
];
const NETWORK: [Wave; 1] = [wave(
    "Inlet temperature",
    Kind::Celsius,
    25.5,
    [0.6, 0.8, 0.2],
)];

/// The sensors of a device of this class.
pub(crate) fn sensors(device: &Device, seed: Seed) -> Vec<Sensor> {
    let waves: &[Wave] = match device.class {
        DeviceClass::Pdu => &PDU,
        DeviceClass::Ats => &ATS,
        DeviceClass::Cooling => &COOLING,
        DeviceClass::Generator => &GENERATOR,
        DeviceClass::Environment => &ENVIRONMENT,
        DeviceClass::Router | DeviceClass::Switch | DeviceClass::Firewall => &NETWORK,
        _ => &[],
    };
    waves
        .iter()
        .map(|wave| sensor(wave, seed.of(wave.name)))
        .collect()
}

/// No two devices of a kind read quite the same; what has no noise is exact.
fn sensor(wave: &Wave, seed: Seed) -> Sensor {
    let (unit, precision) = unit(wave.kind);
    let exact = wave.noise == 0.0;
    let lean = if exact {
        1.0
    } else {
        seed.of("base").between(0.96, 1.04)
    };
    Sensor {
        name: wave.name,
        kind: wave.kind,
        unit,
        precision,
        base: wave.base * lean,
        day: wave.day,
        load: wave.load,
        noise: wave.noise,
        seed,
    }
}

fn unit(kind: Kind) -> (&'static str, i32) {
    match kind {
        Kind::VoltsAc | Kind::VoltsDc => ("V", 1),
        Kind::Amperes => ("A", 2),
        Kind::Watts => ("W", 0),
        Kind::Hertz => ("Hz", 1),
        Kind::Celsius => ("°C", 1),
        Kind::PercentRh => ("%RH", 1),
        Kind::Rpm => ("rpm", 0),
        Kind::TruthValue => ("", 0),
    }
}

/// Adds the rows of all `sensors`, in both tables.
pub(crate) fn tables(table: &mut Table, device: &Device, sensors: &[Sensor]) {
    for (place, sensor) in sensors.iter().enumerate() {
        let index = SENSOR_INDEX + u32::try_from(place).unwrap_or(0);
        let part = Part {
            index,
            class: SENSOR,
            name: sensor.name,
            serial: "",
        };
        entity(table, device, &part);
        table.integer(&SENSOR_ENTRY, &[1, index], sensor.kind as i32);
        table.integer(&SENSOR_ENTRY, &[2, index], UNITS);
        table.integer(&SENSOR_ENTRY, &[3, index], sensor.precision);
        table.add(&SENSOR_ENTRY, &[4, index], Source::Sensor(place));
        table.integer(&SENSOR_ENTRY, &[5, index], 1);
        table.text(&SENSOR_ENTRY, &[6, index], sensor.unit);
        table.add(&SENSOR_ENTRY, &[7, index], Source::Uptime);
        table.fixed(&SENSOR_ENTRY, &[8, index], Value::Gauge32(10_000));
    }
}

impl Sensor {
    /// The reading at a moment. A transfer switch tells which of its sources is dead.
    pub(crate) fn read(&self, id: &DeviceId, moment: &Moment) -> Value {
        let t = moment.t;
        let source = SOURCES.iter().position(|side| self.name.starts_with(side));
        let feeds = moment.line(id).map_or(&[][..], |line| &line.feeds_dark);
        let feed = source.and_then(|place| feeds.get(place));
        if feed.is_some_and(|dark| inside(dark, t).is_some()) {
            return Value::Integer(if matches!(self.kind, Kind::TruthValue) {
                FALSE
            } else {
                0
            });
        }
        let busy = Curve {
            shape: Shape::Office,
            seed: self.seed.of("busy"),
            mean: 1.0,
        };
        let load = if self.load == 0.0 {
            0.0
        } else {
            self.load * busy.load(t)
        };
        let noise = self.seed.at((t.as_seconds() / 60).unsigned_abs()).signed() * self.noise;
        let value = self.base + self.day * sun(t) + load + noise;
        Value::Integer(whole(value * 10_f64.powi(self.precision)))
    }
}
