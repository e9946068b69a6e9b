//! UPS-MIB (RFC 1628) with a battery that discharges and charges.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`, `tw-model`,
//! `tw-snmp`. **Must not:** read a clock.

use super::table::{Source, Table, UpsObject, unsigned, whole};
use crate::{
    curve::{Curve, Shape},
    hash::Seed,
    power::{battery_ms, charge, hours},
    state::Moment,
    timeline::inside,
};
use tw_model::Device;
use tw_snmp::{Oid, Value};
use tw_units::{DeviceId, Interval, Timestamp};

const UPS: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 1]);
/// `upsAlarmOnBattery`.
const ALARM_ON_BATTERY: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 1, 6, 3, 2]);
/// `upsAlarmOnBypass`.
const ALARM_ON_BYPASS: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 33, 1, 6, 3, 9]);
/// Below so many minutes the battery is low.
const LOW_MINUTES: f64 = 5.0;
/// Volts and tenths of hertz of the mains in Vietnam.
const MAINS_VOLTS: f64 = 228.0;
const MAINS_TENTH_HERTZ: f64 = 500.0;

/// A UPS: what never changes about it.
#[derive(Clone, Debug)]
pub(crate) struct Ups {
    seed: Seed,
    load: Curve,
    /// Volt-amperes that it can give.
    rated_va: f64,
    /// Milliseconds from full to empty at the usual load.
    battery_ms: i64,
}

impl Ups {
    pub(crate) fn new(seed: Seed) -> Self {
        let sizes = [10_000.0, 20_000.0, 40_000.0, 80_000.0];
        Self {
            seed,
            load: Curve {
                shape: Shape::Steady,
                seed: seed.of("load"),
                mean: 1.0,
            },
            rated_va: *seed.of("va").pick(&sizes).unwrap_or(&20_000.0),
            battery_ms: battery_ms(seed),
        }
    }

    /// Adds the whole MIB.
    pub(crate) fn table(&self, table: &mut Table, device: &Device) {
        let text = |table: &mut Table, arc: u32, text: &str| table.text(&UPS, &[1, arc, 0], text);
        text(
            table,
            1,
            device.vendor.as_deref().unwrap_or("Tierwatch simulator"),
        );
        text(table, 2, device.model.as_deref().unwrap_or("UPS"));
        text(table, 3, "1.0-sim");
        text(table, 4, "1.0-sim");
        text(table, 5, &device.name);
        text(table, 6, "");
        let live = [
            (&[2, 1, 0][..], UpsObject::BatteryStatus),
            (&[2, 2, 0], UpsObject::SecondsOnBattery),
            (&[2, 3, 0], UpsObject::MinutesRemaining),
            (&[2, 4, 0], UpsObject::ChargeRemaining),
            (&[2, 5, 0], UpsObject::BatteryVoltage),
            (&[2, 6, 0], UpsObject::BatteryCurrent),
            (&[2, 7, 0], UpsObject::BatteryTemperature),
            (&[3, 1, 0], UpsObject::InputLineBads),
            (&[3, 3, 1, 2, 1], UpsObject::InputFrequency),
            (&[3, 3, 1, 3, 1], UpsObject::InputVoltage),
            (&[3, 3, 1, 4, 1], UpsObject::InputCurrent),
            (&[3, 3, 1, 5, 1], UpsObject::InputPower),
            (&[4, 1, 0], UpsObject::OutputSource),
            (&[4, 2, 0], UpsObject::OutputFrequency),
            (&[4, 4, 1, 2, 1], UpsObject::OutputVoltage),
            (&[4, 4, 1, 3, 1], UpsObject::OutputCurrent),
            (&[4, 4, 1, 4, 1], UpsObject::OutputPower),
            (&[4, 4, 1, 5, 1], UpsObject::OutputLoad),
            (&[6, 1, 0], UpsObject::AlarmsPresent),
            (&[6, 2, 1, 2, 1], UpsObject::AlarmDescr),
            (&[6, 2, 1, 3, 1], UpsObject::AlarmTime),
        ];
        for (arcs, object) in live {
            table.add(&UPS, arcs, Source::Ups(object));
        }
        let rated = |share: f64| whole(self.rated_va * share);
        let fixed: [(&[u32], i32); 13] = [
            (&[3, 2, 0], 1),
            (&[4, 3, 0], 1),
            (&[5, 2, 0], 0),
            (&[9, 1, 0], 230),
            (&[9, 2, 0], 500),
            (&[9, 3, 0], 230),
            (&[9, 4, 0], 500),
            (&[9, 5, 0], rated(1.0)),
            (&[9, 6, 0], rated(0.9)),
            (&[9, 7, 0], whole(LOW_MINUTES)),
            (&[9, 8, 0], 2),
            (&[9, 9, 0], 184),
            (&[9, 10, 0], 264),
        ];
        for (arcs, number) in fixed {
            table.integer(&UPS, arcs, number);
        }
    }

    /// The value of an object; `None` for a row that is not there now.
    pub(crate) fn read(&self, object: UpsObject, id: &DeviceId, moment: &Moment) -> Option<Value> {
        let t = moment.t;
        let outages = moment.line(id).map_or(&[][..], |line| &line.on_battery);
        let now = inside(outages, t);
        let bypasses = moment.line(id).map_or(&[][..], |line| &line.on_bypass);
        let bypass = inside(bypasses, t).filter(|_| now.is_none());
        let charge = charge(self.battery_ms, outages, t);
        let load = self.load(t);
        let minutes = minutes(self.battery_ms) * charge / 100.0;
        let watts = self.rated_va * 0.9 * load / 100.0;
        let mains = |value: f64| if now.is_some() { 0.0 } else { value };
        let integer = |value: f64| Value::Integer(whole(value));
        Some(match object {
            UpsObject::BatteryStatus => Value::Integer(battery_status(charge, minutes)),
            UpsObject::SecondsOnBattery => integer(seconds_on(now, t)),
            UpsObject::MinutesRemaining => integer(minutes.floor()),
            UpsObject::ChargeRemaining => integer(charge),
            UpsObject::BatteryVoltage => integer(2_160.0 + 5.6 * charge),
            UpsObject::BatteryCurrent => integer(if now.is_some() { watts / 24.0 } else { 0.0 }),
            UpsObject::BatteryTemperature => integer(24.0 + load / 30.0 + self.noise("temp", t)),
            UpsObject::InputLineBads => Value::Counter32(line_bads(outages, moment)),
            UpsObject::InputFrequency => integer(mains(MAINS_TENTH_HERTZ + self.noise("hz", t))),
            UpsObject::InputVoltage => integer(mains(MAINS_VOLTS + 3.0 * self.noise("volts", t))),
            UpsObject::InputCurrent => integer(mains(watts * 1.06 / MAINS_VOLTS * 10.0)),
            UpsObject::InputPower => integer(mains(watts * 1.06)),
            UpsObject::OutputSource => Value::Integer(match (now, bypass) {
                (Some(_), _) => 5,
                (None, Some(_)) => 4,
                (None, None) => 3,
            }),
            UpsObject::OutputFrequency => integer(MAINS_TENTH_HERTZ),
            UpsObject::OutputVoltage => integer(230.0),
            UpsObject::OutputCurrent => integer(watts / 230.0 * 10.0),
            UpsObject::OutputPower => integer(watts),
            UpsObject::OutputLoad => integer(load),
            UpsObject::AlarmsPresent => Value::Gauge32(u32::from(now.or(bypass).is_some())),
            UpsObject::AlarmDescr => {
                let battery = now.map(|_| ALARM_ON_BATTERY);
                Value::ObjectIdentifier(battery.or(bypass.map(|_| ALARM_ON_BYPASS))?)
            }
            UpsObject::AlarmTime => Value::TimeTicks(moment.ticks_at(now.or(bypass)?.from)),
        })
    }

    /// Percent of the rated power: between a third and two thirds.
    fn load(&self, t: Timestamp) -> f64 {
        let base = self.seed.of("base").between(26.0, 40.0);
        (base + 14.0 * self.load.load(t)).clamp(0.0, 100.0)
    }

    /// A little unrest, another value each minute, from −1 to 1.
    fn noise(&self, name: &str, t: Timestamp) -> f64 {
        self.seed
            .of(name)
            .at((t.as_seconds() / 60).unsigned_abs())
            .signed()
    }
}

#[expect(clippy::cast_precision_loss, reason = "less than an hour")]
fn minutes(ms: i64) -> f64 {
    ms as f64 / 60_000.0
}

fn seconds_on(now: Option<Interval>, t: Timestamp) -> f64 {
    now.map_or(0.0, |outage| hours(outage.from, t) * 3_600.0)
}

/// `upsBatteryStatus`: normal 2, low 3, depleted 4.
fn battery_status(charge: f64, minutes: f64) -> i32 {
    if charge <= 0.0 {
        4
    } else if minutes < LOW_MINUTES {
        3
    } else {
        2
    }
}

/// `upsInputLineBads`: how often the mains went away since the UPS started.
#[expect(clippy::cast_precision_loss, reason = "outages are few")]
fn line_bads(outages: &[Interval], moment: &Moment) -> u32 {
    let bad = outages
        .iter()
        .filter(|o| moment.booted <= o.from && o.from <= moment.t)
        .count();
    unsigned(bad as f64)
}
