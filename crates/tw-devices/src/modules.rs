//! The standard objects that are polled, as data: SNMP-FRAMEWORK-MIB, IF-MIB, EtherLike-MIB, HOST-RESOURCES-MIB,
//! UCD-SNMP-MIB, UPS-MIB (RFC 1628), ENTITY-MIB, ENTITY-SENSOR-MIB (RFC 3433).
//!
//! **Room:** layer 0, pure. **May use:** `tw-ingest`. **Must not:** do I/O.
//!
//! Order matters only in that values of one module lie side by side in a layout.

use crate::{
    plan::{Column, Fact, Module, Rows, Scalar, SensorOf, Table},
    sensor::SensorClass,
};
use tw_ingest::ValueKind::{self, Counter, Gauge, State};

/// A scalar whose value is kept each round.
pub(crate) const fn value(name: &'static str, oid: &'static [u32], kind: ValueKind) -> Scalar {
    Scalar {
        name,
        oid,
        kind: Some(kind),
        sensor: None,
        fact: None,
    }
}

/// A scalar that is read to describe the device.
pub(crate) const fn text(name: &'static str, oid: &'static [u32]) -> Scalar {
    Scalar {
        name,
        oid,
        kind: None,
        sensor: None,
        fact: None,
    }
}

/// A scalar that tells a part of the identity.
pub(crate) const fn fact(name: &'static str, oid: &'static [u32], fact: Fact) -> Scalar {
    Scalar {
        name,
        oid,
        kind: None,
        sensor: None,
        fact: Some(fact),
    }
}

/// A sensor of a value.
pub(crate) const fn sensor(name: &'static str, class: SensorClass, factor: f64) -> SensorOf {
    SensorOf {
        name,
        class,
        factor,
        absent: None,
    }
}

impl Scalar {
    pub(crate) const fn with(mut self, sensor: SensorOf) -> Self {
        self.sensor = Some(sensor);
        self
    }
}

/// A column whose values are kept each round.
pub(crate) const fn column(name: &'static str, arc: u32, kind: ValueKind) -> Column {
    Column {
        name,
        arc,
        kind: Some(kind),
        unless: None,
        sensor: None,
    }
}

/// A column that is read to describe the rows.
pub(crate) const fn about(name: &'static str, arc: u32) -> Column {
    Column {
        name,
        arc,
        kind: None,
        unless: None,
        sensor: None,
    }
}

impl Column {
    pub(crate) const fn unless(mut self, other: &'static str) -> Self {
        self.unless = Some(other);
        self
    }

    pub(crate) const fn with(mut self, sensor: SensorOf) -> Self {
        self.sensor = Some(sensor);
        self
    }
}

/// SNMPv2-MIB `system` and `ifTableLastChange`: asked first, before the maker is known.
pub const SYSTEM: &[Scalar] = &[
    text("sysDescr", &[1, 3, 6, 1, 2, 1, 1, 1, 0]),
    text("sysObjectID", &[1, 3, 6, 1, 2, 1, 1, 2, 0]),
    text("sysUpTime", &[1, 3, 6, 1, 2, 1, 1, 3, 0]),
    text("sysContact", &[1, 3, 6, 1, 2, 1, 1, 4, 0]),
    text("sysName", &[1, 3, 6, 1, 2, 1, 1, 5, 0]),
    text("sysLocation", &[1, 3, 6, 1, 2, 1, 1, 6, 0]),
    text("ifTableLastChange", &[1, 3, 6, 1, 2, 1, 31, 1, 5, 0]),
];

/// The standard modules.
pub const STANDARD: &[Module] = &[FRAMEWORK, IF, ETHERLIKE, HOST, UCD, UPS, ENTITY, LLDP, IP];

/// SNMP-FRAMEWORK-MIB (RFC 3411): how often the agent has started, and for how many seconds it
/// runs. It tells so whatever the version of the request, and does not wrap as `sysUpTime` does.
const FRAMEWORK: Module = Module {
    name: "SNMP-FRAMEWORK-MIB",
    enterprises: &[],
    scalars: &[
        value(
            "snmpEngineBoots",
            &[1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0],
            Gauge,
        ),
        value("snmpEngineTime", &[1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0], Gauge),
    ],
    tables: &[],
};

const IF: Module = Module {
    name: "IF-MIB",
    enterprises: &[],
    scalars: &[],
    tables: &[
        Table {
            name: "ifTable",
            entry: &[1, 3, 6, 1, 2, 1, 2, 2, 1],
            rows: Rows::Interfaces,
            columns: &[
                about("ifDescr", 2),
                about("ifType", 3),
                about("ifMtu", 4),
                about("ifSpeed", 5),
                about("ifPhysAddress", 6),
                column("ifAdminStatus", 7, State),
                column("ifOperStatus", 8, State),
                column("ifInOctets", 10, Counter).unless("ifHCInOctets"),
                column("ifInUcastPkts", 11, Counter).unless("ifHCInUcastPkts"),
                column("ifInDiscards", 13, Counter),
                column("ifInErrors", 14, Counter),
                column("ifOutOctets", 16, Counter).unless("ifHCOutOctets"),
                column("ifOutUcastPkts", 17, Counter).unless("ifHCOutUcastPkts"),
                column("ifOutDiscards", 19, Counter),
                column("ifOutErrors", 20, Counter),
            ],
        },
        Table {
            name: "ifXTable",
            entry: &[1, 3, 6, 1, 2, 1, 31, 1, 1, 1],
            rows: Rows::Interfaces,
            columns: &[
                about("ifName", 1),
                column("ifHCInOctets", 6, Counter),
                column("ifHCInUcastPkts", 7, Counter),
                column("ifHCOutOctets", 10, Counter),
                column("ifHCOutUcastPkts", 11, Counter),
                about("ifHighSpeed", 15),
                about("ifAlias", 18),
                column("ifCounterDiscontinuityTime", 19, Gauge),
            ],
        },
    ],
};

const ETHERLIKE: Module = Module {
    name: "EtherLike-MIB",
    enterprises: &[],
    scalars: &[],
    tables: &[Table {
        name: "dot3StatsTable",
        entry: &[1, 3, 6, 1, 2, 1, 10, 7, 2, 1],
        rows: Rows::Interfaces,
        columns: &[
            column("dot3StatsAlignmentErrors", 2, Counter),
            column("dot3StatsFCSErrors", 3, Counter),
        ],
    }],
};

const HOST: Module = Module {
    name: "HOST-RESOURCES-MIB",
    enterprises: &[],
    scalars: &[
        value("hrSystemUptime", &[1, 3, 6, 1, 2, 1, 25, 1, 1, 0], Gauge),
        value("hrSystemNumUsers", &[1, 3, 6, 1, 2, 1, 25, 1, 5, 0], Gauge),
        value("hrSystemProcesses", &[1, 3, 6, 1, 2, 1, 25, 1, 6, 0], Gauge),
    ],
    tables: &[
        Table {
            name: "hrStorageTable",
            entry: &[1, 3, 6, 1, 2, 1, 25, 2, 3, 1],
            rows: Rows::Named {
                prefix: "storage:",
                by: "hrStorageDescr",
                label: "hrStorageIndex",
            },
            columns: &[
                about("hrStorageDescr", 3),
                column("hrStorageAllocationUnits", 4, Gauge),
                column("hrStorageSize", 5, Gauge),
                column("hrStorageUsed", 6, Gauge),
            ],
        },
        Table {
            name: "hrProcessorTable",
            entry: &[1, 3, 6, 1, 2, 1, 25, 3, 3, 1],
            rows: Rows::Ordinals {
                prefix: "cpu:",
                label: "hrDeviceIndex",
            },
            columns: &[column("hrProcessorLoad", 2, Gauge)],
        },
    ],
};

const UCD: Module = Module {
    name: "UCD-SNMP-MIB",
    enterprises: &[],
    scalars: &[
        value("memTotalSwap", &[1, 3, 6, 1, 4, 1, 2021, 4, 3, 0], Gauge),
        value("memAvailSwap", &[1, 3, 6, 1, 4, 1, 2021, 4, 4, 0], Gauge),
        value("memTotalReal", &[1, 3, 6, 1, 4, 1, 2021, 4, 5, 0], Gauge),
        value("memAvailReal", &[1, 3, 6, 1, 4, 1, 2021, 4, 6, 0], Gauge),
        value("memBuffer", &[1, 3, 6, 1, 4, 1, 2021, 4, 14, 0], Gauge),
        value("memCached", &[1, 3, 6, 1, 4, 1, 2021, 4, 15, 0], Gauge),
        value(
            "ssCpuRawUser",
            &[1, 3, 6, 1, 4, 1, 2021, 11, 50, 0],
            Counter,
        ),
        value(
            "ssCpuRawNice",
            &[1, 3, 6, 1, 4, 1, 2021, 11, 51, 0],
            Counter,
        ),
        value(
            "ssCpuRawSystem",
            &[1, 3, 6, 1, 4, 1, 2021, 11, 52, 0],
            Counter,
        ),
        value(
            "ssCpuRawIdle",
            &[1, 3, 6, 1, 4, 1, 2021, 11, 53, 0],
            Counter,
        ),
        value(
            "ssCpuRawWait",
            &[1, 3, 6, 1, 4, 1, 2021, 11, 54, 0],
            Counter,
        ),
    ],
    tables: &[
        Table {
            name: "laTable",
            entry: &[1, 3, 6, 1, 4, 1, 2021, 10, 1],
            rows: Rows::Named {
                prefix: "load:",
                by: "laNames",
                label: "laIndex",
            },
            columns: &[about("laNames", 2), column("laLoadInt", 5, Gauge)],
        },
        Table {
            name: "lmTempSensorsTable",
            entry: &[1, 3, 6, 1, 4, 1, 2021, 13, 16, 2, 1],
            rows: Rows::Sensors {
                prefix: "",
                by: Some("lmTempSensorsDevice"),
            },
            columns: &[
                about("lmTempSensorsDevice", 2),
                about("lmTempSensorsValue", 3).with(sensor("", SensorClass::Temperature, 0.001)),
            ],
        },
    ],
};

const UPS: Module = Module {
    name: "UPS-MIB",
    enterprises: &[],
    scalars: &[
        fact(
            "upsIdentManufacturer",
            &[1, 3, 6, 1, 2, 1, 33, 1, 1, 1, 0],
            Fact::Vendor,
        ),
        fact(
            "upsIdentModel",
            &[1, 3, 6, 1, 2, 1, 33, 1, 1, 2, 0],
            Fact::Model,
        ),
        fact(
            "upsIdentUPSSoftwareVersion",
            &[1, 3, 6, 1, 2, 1, 33, 1, 1, 3, 0],
            Fact::Version,
        ),
        value(
            "upsBatteryStatus",
            &[1, 3, 6, 1, 2, 1, 33, 1, 2, 1, 0],
            State,
        )
        .with(sensor("battery-status", SensorClass::State, 1.0)),
        value(
            "upsSecondsOnBattery",
            &[1, 3, 6, 1, 2, 1, 33, 1, 2, 2, 0],
            Gauge,
        ),
        value(
            "upsEstimatedMinutesRemaining",
            &[1, 3, 6, 1, 2, 1, 33, 1, 2, 3, 0],
            Gauge,
        )
        .with(sensor("battery-runtime", SensorClass::Runtime, 60.0)),
        value(
            "upsEstimatedChargeRemaining",
            &[1, 3, 6, 1, 2, 1, 33, 1, 2, 4, 0],
            Gauge,
        )
        .with(sensor("battery-charge", SensorClass::Charge, 0.01)),
        value(
            "upsBatteryVoltage",
            &[1, 3, 6, 1, 2, 1, 33, 1, 2, 5, 0],
            Gauge,
        )
        .with(sensor("battery-voltage", SensorClass::Voltage, 0.1)),
        value(
            "upsBatteryCurrent",
            &[1, 3, 6, 1, 2, 1, 33, 1, 2, 6, 0],
            Gauge,
        )
        .with(sensor("battery-current", SensorClass::Current, 0.1)),
        value(
            "upsBatteryTemperature",
            &[1, 3, 6, 1, 2, 1, 33, 1, 2, 7, 0],
            Gauge,
        )
        .with(sensor("battery-temperature", SensorClass::Temperature, 1.0)),
        value(
            "upsInputLineBads",
            &[1, 3, 6, 1, 2, 1, 33, 1, 3, 1, 0],
            Counter,
        ),
        value(
            "upsOutputSource",
            &[1, 3, 6, 1, 2, 1, 33, 1, 4, 1, 0],
            State,
        )
        .with(sensor("output-source", SensorClass::State, 1.0)),
        value(
            "upsOutputFrequency",
            &[1, 3, 6, 1, 2, 1, 33, 1, 4, 2, 0],
            Gauge,
        )
        .with(sensor("output-frequency", SensorClass::Frequency, 0.1)),
        value(
            "upsAlarmsPresent",
            &[1, 3, 6, 1, 2, 1, 33, 1, 6, 1, 0],
            Gauge,
        )
        .with(sensor("alarms", SensorClass::Count, 1.0)),
    ],
    tables: &[
        Table {
            name: "upsInputTable",
            entry: &[1, 3, 6, 1, 2, 1, 33, 1, 3, 3, 1],
            rows: Rows::Ordinals {
                prefix: "line:input-",
                label: "upsInputLineIndex",
            },
            columns: &[
                column("upsInputFrequency", 2, Gauge).with(sensor(
                    "frequency",
                    SensorClass::Frequency,
                    0.1,
                )),
                column("upsInputVoltage", 3, Gauge).with(sensor(
                    "voltage",
                    SensorClass::Voltage,
                    1.0,
                )),
                column("upsInputCurrent", 4, Gauge).with(sensor(
                    "current",
                    SensorClass::Current,
                    0.1,
                )),
                column("upsInputTruePower", 5, Gauge).with(sensor(
                    "power",
                    SensorClass::Power,
                    1.0,
                )),
            ],
        },
        Table {
            name: "upsOutputTable",
            entry: &[1, 3, 6, 1, 2, 1, 33, 1, 4, 4, 1],
            rows: Rows::Ordinals {
                prefix: "line:output-",
                label: "upsOutputLineIndex",
            },
            columns: &[
                column("upsOutputVoltage", 2, Gauge).with(sensor(
                    "voltage",
                    SensorClass::Voltage,
                    1.0,
                )),
                column("upsOutputCurrent", 3, Gauge).with(sensor(
                    "current",
                    SensorClass::Current,
                    0.1,
                )),
                column("upsOutputPower", 4, Gauge).with(sensor("power", SensorClass::Power, 1.0)),
                column("upsOutputPercentLoad", 5, Gauge).with(sensor(
                    "load",
                    SensorClass::Load,
                    0.01,
                )),
            ],
        },
    ],
};

const ENTITY: Module = Module {
    name: "ENTITY-MIB",
    enterprises: &[],
    scalars: &[],
    tables: &[
        Table {
            name: "entPhysicalTable",
            entry: &[1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1],
            rows: Rows::Facts,
            columns: &[
                about("entPhysicalDescr", 2),
                about("entPhysicalContainedIn", 4),
                about("entPhysicalClass", 5),
                about("entPhysicalName", 7),
                about("entPhysicalHardwareRev", 8),
                about("entPhysicalSoftwareRev", 10),
                about("entPhysicalSerialNum", 11),
                about("entPhysicalMfgName", 12),
                about("entPhysicalModelName", 13),
                about("entPhysicalAssetID", 15),
                about("entPhysicalMfgDate", 17),
            ],
        },
        Table {
            name: "entPhySensorTable",
            entry: &[1, 3, 6, 1, 2, 1, 99, 1, 1, 1],
            rows: Rows::EntitySensors,
            columns: &[
                about("entPhySensorType", 1),
                about("entPhySensorScale", 2),
                about("entPhySensorPrecision", 3),
                about("entPhySensorValue", 4),
                about("entPhySensorOperStatus", 5),
                about("entPhySensorUnitsDisplay", 6),
            ],
        },
    ],
};

const LLDP: Module = Module {
    name: "LLDP-MIB",
    enterprises: &[],
    scalars: &[text(
        "lldpLocChassisId",
        &[1, 0, 8_802, 1, 1, 2, 1, 3, 2, 0],
    )],
    tables: &[
        Table {
            name: "lldpLocPortTable",
            entry: &[1, 0, 8_802, 1, 1, 2, 1, 3, 7, 1],
            rows: Rows::Facts,
            columns: &[about("lldpLocPortIdSubtype", 2), about("lldpLocPortId", 3)],
        },
        Table {
            name: "lldpRemTable",
            entry: &[1, 0, 8_802, 1, 1, 2, 1, 4, 1, 1],
            rows: Rows::Facts,
            columns: &[
                about("lldpRemChassisIdSubtype", 4),
                about("lldpRemChassisId", 5),
                about("lldpRemPortIdSubtype", 6),
                about("lldpRemPortId", 7),
                about("lldpRemSysName", 9),
            ],
        },
    ],
};

/// The addresses of the device itself (RFC 4293). `ipAddrTable`, its forerunner, has only IPv4 and
/// is not read: a table that cannot hold an address says nothing about it.
const IP: Module = Module {
    name: "IP-MIB",
    enterprises: &[],
    scalars: &[],
    tables: &[Table {
        name: "ipAddressTable",
        entry: &[1, 3, 6, 1, 2, 1, 4, 34, 1],
        rows: Rows::Facts,
        columns: &[
            about("ipAddressIfIndex", 3),
            about("ipAddressType", 4),
            about("ipAddressStatus", 7),
        ],
    }],
};
