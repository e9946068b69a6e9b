//! Recipes for values, and how a table of them is put together.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-snmp`.

use tw_snmp::{Oid, Value};

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// It never changes.
    Fixed(Value),
    /// `sysUpTime`.
    Uptime,
    /// `snmpEngineBoots`.
    EngineBoots,
    /// `snmpEngineTime`.
    EngineTime,
    /// Column of the interface tables, of the port with this number.
    Port(PortColumn, usize),
    /// Value of the sensor with this number.
    Sensor(usize),
    /// Something of UPS-MIB.
    Ups(UpsObject),
    /// Something of a computer.
    Host(HostObject),
}

/// Columns of ifTable, ifXTable and dot3StatsTable that change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PortColumn {
    OperStatus,
    LastChange,
    InOctets,
    InPackets,
    InMulticast,
    InBroadcast,
    InNonUnicast,
    InErrors,
    InDiscards,
    OutOctets,
    OutPackets,
    OutMulticast,
    OutBroadcast,
    OutNonUnicast,
    OutErrors,
    OutDiscards,
    HcInOctets,
    HcInPackets,
    HcInMulticast,
    HcInBroadcast,
    HcOutOctets,
    HcOutPackets,
    HcOutMulticast,
    HcOutBroadcast,
}

/// Objects of UPS-MIB (RFC 1628) that change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UpsObject {
    BatteryStatus,
    SecondsOnBattery,
    MinutesRemaining,
    ChargeRemaining,
    BatteryVoltage,
    BatteryCurrent,
    BatteryTemperature,
    InputLineBads,
    InputFrequency,
    InputVoltage,
    InputCurrent,
    InputPower,
    OutputSource,
    OutputFrequency,
    OutputVoltage,
    OutputCurrent,
    OutputPower,
    OutputLoad,
    AlarmsPresent,
    AlarmDescr,
    AlarmTime,
}

/// Objects of HOST-RESOURCES-MIB and UCD-SNMP-MIB that change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostObject {
    SystemUptime,
    Processes,
    Users,
    ProcessorLoad(usize),
    StorageUsed(usize),
    LoadText(u32),
    LoadInt(u32),
    Temperature(u32),
    MemAvailReal,
    MemTotalFree,
    MemBuffer,
    MemCached,
    CpuUser,
    CpuSystem,
    CpuIdle,
    CpuWait,
}

/// Entries that are put together before they are sorted.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<(Oid, Source)>,
}

impl Table {
    /// One instance.
    pub(crate) fn add(&mut self, base: &Oid, arcs: &[u32], source: Source) {
        self.entries.push((base.join(arcs), source));
    }

    /// One instance that never changes.
    pub(crate) fn fixed(&mut self, base: &Oid, arcs: &[u32], value: Value) {
        self.add(base, arcs, Source::Fixed(value));
    }

    /// A text that never changes.
    pub(crate) fn text(&mut self, base: &Oid, arcs: &[u32], text: &str) {
        self.fixed(base, arcs, Value::OctetString(text.as_bytes().to_vec()));
    }

    /// A whole number that never changes.
    pub(crate) fn integer(&mut self, base: &Oid, arcs: &[u32], number: i32) {
        self.fixed(base, arcs, Value::Integer(number));
    }
}

/// The nearest whole number; the cast saturates.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast saturates, as is wanted"
)]
pub(crate) fn whole(x: f64) -> i32 {
    x.round() as i32
}

/// The nearest whole number that is not negative; the cast saturates.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, as is wanted"
)]
pub(crate) fn unsigned(x: f64) -> u32 {
    x.round() as u32
}
