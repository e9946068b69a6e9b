//! The classes of sensors, their units, and the meaning of state codes.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O.

use std::fmt;

/// What a sensor measures. Values are in base units; a share is a ratio of 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SensorClass {
    /// Degrees Celsius.
    Temperature,
    /// Relative humidity.
    Humidity,
    /// Volts.
    Voltage,
    /// Amperes.
    Current,
    /// Watts.
    Power,
    /// Volt-amperes.
    ApparentPower,
    /// Joules.
    Energy,
    /// Hertz.
    Frequency,
    /// Share of what the device can carry.
    Load,
    /// Share of a battery's capacity.
    Charge,
    /// Seconds that a battery lasts.
    Runtime,
    /// Revolutions a minute.
    FanSpeed,
    /// Cubic metres a second.
    Airflow,
    /// Cubic metres a second.
    WaterFlow,
    /// Pascals.
    Pressure,
    /// A code with words.
    State,
    /// A number of things.
    Count,
    /// Decibels over a milliwatt, of a radio.
    Signal,
    /// Decibels over a milliwatt, of a fibre.
    OpticalPower,
    /// Decibels of attenuation.
    Loss,
    /// Any other share.
    Percent,
    /// Real by apparent power.
    PowerFactor,
}

impl SensorClass {
    /// All classes.
    pub const ALL: [Self; 22] = [
        Self::Temperature,
        Self::Humidity,
        Self::Voltage,
        Self::Current,
        Self::Power,
        Self::ApparentPower,
        Self::Energy,
        Self::Frequency,
        Self::Load,
        Self::Charge,
        Self::Runtime,
        Self::FanSpeed,
        Self::Airflow,
        Self::WaterFlow,
        Self::Pressure,
        Self::State,
        Self::Count,
        Self::Signal,
        Self::OpticalPower,
        Self::Loss,
        Self::Percent,
        Self::PowerFactor,
    ];

    /// The stable word for APIs and files.
    pub const fn as_str(self) -> &'static str {
        self.words().0
    }

    /// The unit of the values.
    pub const fn unit(self) -> &'static str {
        self.words().1
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Temperature => ("temperature", "celsius"),
            Self::Humidity => ("humidity", "ratio"),
            Self::Voltage => ("voltage", "volts"),
            Self::Current => ("current", "amperes"),
            Self::Power => ("power", "watts"),
            Self::ApparentPower => ("apparent_power", "volt_amperes"),
            Self::Energy => ("energy", "joules"),
            Self::Frequency => ("frequency", "hertz"),
            Self::Load => ("load", "ratio"),
            Self::Charge => ("charge", "ratio"),
            Self::Runtime => ("runtime", "seconds"),
            Self::FanSpeed => ("fan_speed", "rpm"),
            Self::Airflow => ("airflow", "cubic_metres_per_second"),
            Self::WaterFlow => ("water_flow", "cubic_metres_per_second"),
            Self::Pressure => ("pressure", "pascals"),
            Self::State => ("state", "state"),
            Self::Count => ("count", "count"),
            Self::Signal => ("signal", "dbm"),
            Self::OpticalPower => ("optical_power", "dbm"),
            Self::Loss => ("loss", "decibels"),
            Self::Percent => ("percent", "ratio"),
            Self::PowerFactor => ("power_factor", "ratio"),
        }
    }
}

impl fmt::Display for SensorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an `entPhySensorType` (RFC 3433) measures and by how much its values are multiplied to
/// be in base units. `units` is `entPhySensorUnitsDisplay`, which says what `other(1)` and
/// `unknown(2)` mean; Cisco's `dBm(14)` is understood too.
pub fn entity_sensor(sensor_type: i64, units: &str) -> (SensorClass, f64) {
    match sensor_type {
        3 | 4 => (SensorClass::Voltage, 1.0),
        5 => (SensorClass::Current, 1.0),
        6 => (SensorClass::Power, 1.0),
        7 => (SensorClass::Frequency, 1.0),
        8 => (SensorClass::Temperature, 1.0),
        9 => (SensorClass::Humidity, 0.01),
        10 => (SensorClass::FanSpeed, 1.0),
        11 => (SensorClass::Airflow, 1.0 / 60.0),
        12 => (SensorClass::State, 1.0),
        14 => (SensorClass::OpticalPower, 1.0),
        _ => by_units(units),
    }
}

/// The words that agents write for units, most telling first.
const UNIT_WORDS: &[(&str, SensorClass, f64)] = &[
    ("%rh", SensorClass::Humidity, 0.01),
    ("% load", SensorClass::Load, 0.01),
    ("% charge", SensorClass::Charge, 0.01),
    ("percent", SensorClass::Percent, 0.01),
    ("%", SensorClass::Percent, 0.01),
    ("kva", SensorClass::ApparentPower, 1_000.0),
    ("volt-ampere", SensorClass::ApparentPower, 1.0),
    ("va", SensorClass::ApparentPower, 1.0),
    ("kwh", SensorClass::Energy, 3_600_000.0),
    ("wh", SensorClass::Energy, 3_600.0),
    ("joules", SensorClass::Energy, 1.0),
    ("j", SensorClass::Energy, 1.0),
    ("kw", SensorClass::Power, 1_000.0),
    ("watts", SensorClass::Power, 1.0),
    ("w", SensorClass::Power, 1.0),
    ("kpa", SensorClass::Pressure, 1_000.0),
    ("pascals", SensorClass::Pressure, 1.0),
    ("pa", SensorClass::Pressure, 1.0),
    ("l/s", SensorClass::WaterFlow, 0.001),
    ("l/min", SensorClass::WaterFlow, 0.001 / 60.0),
    ("m3/h", SensorClass::Airflow, 1.0 / 3_600.0),
    ("minutes", SensorClass::Runtime, 60.0),
    ("seconds", SensorClass::Runtime, 1.0),
    ("celsius", SensorClass::Temperature, 1.0),
    ("volts", SensorClass::Voltage, 1.0),
    ("amperes", SensorClass::Current, 1.0),
    ("amps", SensorClass::Current, 1.0),
    ("hertz", SensorClass::Frequency, 1.0),
    ("hz", SensorClass::Frequency, 1.0),
    ("rpm", SensorClass::FanSpeed, 1.0),
    ("dbm", SensorClass::OpticalPower, 1.0),
    ("db", SensorClass::Loss, 1.0),
    ("pf", SensorClass::PowerFactor, 1.0),
    ("power factor", SensorClass::PowerFactor, 1.0),
    ("state", SensorClass::State, 1.0),
    ("source", SensorClass::State, 1.0),
];

fn by_units(units: &str) -> (SensorClass, f64) {
    let units = units.trim().to_ascii_lowercase();
    UNIT_WORDS
        .iter()
        .find(|(word, _, _)| *word == units)
        .map_or((SensorClass::Count, 1.0), |(_, class, factor)| {
            (*class, *factor)
        })
}

/// The power of ten of an `entPhySensorScale` (RFC 3433): 9 is units, 8 milli, 10 kilo.
pub fn entity_scale(scale: i64) -> i32 {
    const EXPONENTS: [i32; 17] = [
        -24, -21, -18, -15, -12, -9, -6, -3, 0, 3, 6, 9, 12, 15, 18, 21, 24,
    ];
    usize::try_from(scale)
        .ok()
        .and_then(|at| EXPONENTS.get(at.wrapping_sub(1)).copied())
        .unwrap_or(0)
}

/// The factor from an ENTITY-SENSOR value to units: 10 ^ (scale − precision).
pub fn entity_factor(scale: i64, precision: i64) -> f64 {
    let places = i32::try_from(precision.clamp(-8, 9)).unwrap_or(0);
    10_f64.powi(entity_scale(scale) - places)
}

/// The words for the codes of a standard object, in order; empty for what has no codes.
pub fn states(metric: &str) -> &'static [(i64, &'static str)] {
    match metric {
        "tierwatch_device_up" | "tierwatch_icmp_up" | "tierwatch_probe_up" => {
            &[(0, "down"), (1, "up")]
        }
        "ifAdminStatus" => &[(1, "up"), (2, "down"), (3, "testing")],
        "ifOperStatus" => &[
            (1, "up"),
            (2, "down"),
            (3, "testing"),
            (4, "unknown"),
            (5, "dormant"),
            (6, "not_present"),
            (7, "lower_layer_down"),
        ],
        "upsBatteryStatus" => &[(1, "unknown"), (2, "normal"), (3, "low"), (4, "depleted")],
        "upsOutputSource" => &[
            (1, "other"),
            (2, "none"),
            (3, "normal"),
            (4, "bypass"),
            (5, "battery"),
            (6, "booster"),
            (7, "reducer"),
        ],
        "hrDeviceStatus" => &[
            (1, "unknown"),
            (2, "running"),
            (3, "warning"),
            (4, "testing"),
            (5, "down"),
        ],
        "entPhySensorOperStatus" => &[(1, "ok"), (2, "unavailable"), (3, "nonoperational")],
        // TruthValue (RFC 2579).
        "entPhySensorValue" => &[(1, "true"), (2, "false")],
        "atsStatusSelectedSource" => &[(1, "source_a"), (2, "source_b")],
        "atsStatusRedundancyState" => &[(1, "lost"), (2, "redundant")],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_class_has_its_own_word() {
        let words: BTreeSet<_> = SensorClass::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(words.len(), SensorClass::ALL.len());
    }

    #[track_caller]
    fn check(scale: i64, precision: i64, raw: f64, expect: f64) {
        let got = raw * entity_factor(scale, precision);
        assert!((got - expect).abs() < 1e-9, "{got} is not {expect}");
    }

    #[test]
    fn scale_and_precision_are_those_of_rfc_3433() {
        check(9, 1, 235.0, 23.5);
        check(9, 0, 48.0, 48.0);
        check(8, 0, 23_500.0, 23.5);
        check(8, 2, 2_350_000.0, 23.5);
        check(10, 1, 22.0, 2_200.0);
        check(99, 0, 7.0, 7.0);
    }

    #[test]
    fn other_sensors_are_known_by_their_units() {
        assert_eq!(entity_sensor(1, "kVA").0, SensorClass::ApparentPower);
        assert_eq!(entity_sensor(1, "Pa").0, SensorClass::Pressure);
        assert_eq!(entity_sensor(2, "bananas").0, SensorClass::Count);
        assert_eq!(entity_sensor(8, ""), (SensorClass::Temperature, 1.0));
    }
}
