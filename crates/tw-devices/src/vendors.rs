//! Makers' own objects, as data. A new maker is a new entry here and a line in the tests.
//!
//! **Room:** layer 0, pure. **May use:** `tw-ingest`. **Must not:** do I/O.

use crate::{
    modules::{about, fact, sensor, text, value},
    plan::{Fact, Module, Rows, SensorOf, Table},
    sensor::SensorClass,
};
use tw_ingest::ValueKind::State;

/// Modules that are asked only of devices of these makers.
pub const VENDORS: &[Module] = &[
    APC,
    VERTIV_GEIST,
    CISCO,
    JUNIPER,
    FORTINET,
    SYNOLOGY,
    MIKROTIK,
];

/// A sensor that says −1 where the hardware has none.
const fn unless_minus_one(name: &'static str, class: SensorClass, factor: f64) -> SensorOf {
    SensorOf {
        name,
        class,
        factor,
        absent: Some(-1),
    }
}

/// PowerNet-MIB: Smart-UPS, rack PDUs, automatic transfer switches.
const APC: Module = Module {
    name: "PowerNet-MIB",
    enterprises: &[318],
    scalars: &[
        fact(
            "upsBasicIdentModel",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 1, 1, 1, 1, 0],
            Fact::Model,
        ),
        fact(
            "upsAdvIdentFirmwareRevision",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 1, 1, 2, 1, 0],
            Fact::Version,
        ),
        fact(
            "upsAdvIdentSerialNumber",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 1, 1, 2, 3, 0],
            Fact::Serial,
        ),
        text(
            "upsHighPrecBatteryCapacity",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 1, 2, 3, 1, 0],
        )
        .with(sensor("battery-capacity", SensorClass::Charge, 0.001)),
        text(
            "upsHighPrecBatteryTemperature",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 1, 2, 3, 2, 0],
        )
        .with(sensor(
            "battery-internal-temperature",
            SensorClass::Temperature,
            0.1,
        )),
        text(
            "upsAdvBatteryRunTimeRemaining",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 1, 2, 2, 3, 0],
        )
        .with(sensor("battery-run-time", SensorClass::Runtime, 0.01)),
        text(
            "upsHighPrecOutputLoad",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 1, 4, 3, 3, 0],
        )
        .with(sensor("output-load", SensorClass::Load, 0.001)),
        fact(
            "rPDUIdentModelNumber",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 12, 1, 5, 0],
            Fact::Model,
        ),
        fact(
            "rPDUIdentSerialNumber",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 12, 1, 6, 0],
            Fact::Serial,
        ),
        fact(
            "atsIdentModelNumber",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 8, 1, 5, 0],
            Fact::Model,
        ),
        fact(
            "atsIdentSerialNumber",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 8, 1, 6, 0],
            Fact::Serial,
        ),
        value(
            "atsStatusSelectedSource",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 8, 5, 1, 2, 0],
            State,
        )
        .with(sensor("selected-source", SensorClass::State, 1.0)),
        value(
            "atsStatusRedundancyState",
            &[1, 3, 6, 1, 4, 1, 318, 1, 1, 8, 5, 1, 3, 0],
            State,
        )
        .with(sensor("redundancy", SensorClass::State, 1.0)),
    ],
    tables: &[
        Table {
            name: "rPDU2DeviceStatusTable",
            entry: &[1, 3, 6, 1, 4, 1, 318, 1, 1, 26, 4, 3, 1],
            rows: Rows::Sensors {
                prefix: "pdu-",
                by: None,
            },
            columns: &[
                about("rPDU2DeviceStatusPower", 5).with(unless_minus_one(
                    "power",
                    SensorClass::Power,
                    10.0,
                )),
                about("rPDU2DeviceStatusEnergy", 9).with(unless_minus_one(
                    "energy",
                    SensorClass::Energy,
                    360_000.0,
                )),
            ],
        },
        Table {
            name: "rPDU2PhaseStatusTable",
            entry: &[1, 3, 6, 1, 4, 1, 318, 1, 1, 26, 6, 3, 1],
            rows: Rows::Sensors {
                prefix: "phase-",
                by: None,
            },
            columns: &[
                about("rPDU2PhaseStatusCurrent", 5).with(unless_minus_one(
                    "current",
                    SensorClass::Current,
                    0.1,
                )),
                about("rPDU2PhaseStatusVoltage", 6).with(unless_minus_one(
                    "voltage",
                    SensorClass::Voltage,
                    1.0,
                )),
                about("rPDU2PhaseStatusPower", 7).with(unless_minus_one(
                    "power",
                    SensorClass::Power,
                    10.0,
                )),
            ],
        },
    ],
};

/// GEIST-V4/V5: environment monitors.
const VERTIV_GEIST: Module = Module {
    name: "GEIST-IMD-MIB",
    enterprises: &[21239],
    scalars: &[],
    tables: &[Table {
        name: "internalTable",
        entry: &[1, 3, 6, 1, 4, 1, 21239, 5, 1, 2, 1],
        rows: Rows::Sensors {
            prefix: "",
            by: Some("internalLabel"),
        },
        columns: &[
            about("internalLabel", 3),
            about("internalTemp", 5).with(sensor("temperature", SensorClass::Temperature, 0.1)),
            about("internalHumidity", 6).with(sensor("humidity", SensorClass::Humidity, 0.01)),
            about("internalDewPoint", 7).with(sensor("dew-point", SensorClass::Temperature, 0.1)),
        ],
    }],
};

/// CISCO-PROCESS-MIB and CISCO-ENVMON-MIB.
const CISCO: Module = Module {
    name: "CISCO-PROCESS-MIB",
    enterprises: &[9],
    scalars: &[],
    tables: &[
        Table {
            name: "cpmCPUTotalTable",
            entry: &[1, 3, 6, 1, 4, 1, 9, 9, 109, 1, 1, 1, 1],
            rows: Rows::Sensors {
                prefix: "cpu-",
                by: None,
            },
            columns: &[about("cpmCPUTotal1minRev", 7).with(sensor("", SensorClass::Load, 0.01))],
        },
        Table {
            name: "ciscoEnvMonTemperatureStatusTable",
            entry: &[1, 3, 6, 1, 4, 1, 9, 9, 13, 1, 3, 1],
            rows: Rows::Sensors {
                prefix: "",
                by: Some("ciscoEnvMonTemperatureStatusDescr"),
            },
            columns: &[
                about("ciscoEnvMonTemperatureStatusDescr", 2),
                about("ciscoEnvMonTemperatureStatusValue", 3).with(sensor(
                    "",
                    SensorClass::Temperature,
                    1.0,
                )),
            ],
        },
    ],
};

/// JUNIPER-MIB: temperature and processor of each part; 0 means that it has none.
const JUNIPER: Module = Module {
    name: "JUNIPER-MIB",
    enterprises: &[2636],
    scalars: &[fact(
        "jnxBoxSerialNo",
        &[1, 3, 6, 1, 4, 1, 2636, 3, 1, 3, 0],
        Fact::Serial,
    )],
    tables: &[Table {
        name: "jnxOperatingTable",
        entry: &[1, 3, 6, 1, 4, 1, 2636, 3, 1, 13, 1],
        rows: Rows::Sensors {
            prefix: "",
            by: Some("jnxOperatingDescr"),
        },
        columns: &[
            about("jnxOperatingDescr", 5),
            about("jnxOperatingTemp", 7).with(SensorOf {
                absent: Some(0),
                ..sensor("temperature", SensorClass::Temperature, 1.0)
            }),
            about("jnxOperating1MinLoadAvg", 20).with(sensor("load", SensorClass::Load, 0.01)),
        ],
    }],
};

/// FORTINET-FORTIGATE-MIB.
const FORTINET: Module = Module {
    name: "FORTINET-FORTIGATE-MIB",
    enterprises: &[12356],
    scalars: &[
        fact(
            "fnSysSerial",
            &[1, 3, 6, 1, 4, 1, 12356, 100, 1, 1, 1, 0],
            Fact::Serial,
        ),
        fact(
            "fgSysVersion",
            &[1, 3, 6, 1, 4, 1, 12356, 101, 4, 1, 1, 0],
            Fact::Version,
        ),
        text("fgSysCpuUsage", &[1, 3, 6, 1, 4, 1, 12356, 101, 4, 1, 3, 0]).with(sensor(
            "cpu",
            SensorClass::Load,
            0.01,
        )),
        text("fgSysMemUsage", &[1, 3, 6, 1, 4, 1, 12356, 101, 4, 1, 4, 0]).with(sensor(
            "memory",
            SensorClass::Percent,
            0.01,
        )),
        text("fgSysSesCount", &[1, 3, 6, 1, 4, 1, 12356, 101, 4, 1, 8, 0]).with(sensor(
            "sessions",
            SensorClass::Count,
            1.0,
        )),
    ],
    tables: &[],
};

/// SYNOLOGY-SYSTEM-MIB and SYNOLOGY-DISK-MIB.
const SYNOLOGY: Module = Module {
    name: "SYNOLOGY-SYSTEM-MIB",
    enterprises: &[6574, 8072],
    scalars: &[
        text("temperature", &[1, 3, 6, 1, 4, 1, 6574, 1, 2, 0]).with(sensor(
            "system-temperature",
            SensorClass::Temperature,
            1.0,
        )),
        fact(
            "modelName",
            &[1, 3, 6, 1, 4, 1, 6574, 1, 5, 1, 0],
            Fact::Model,
        ),
        fact(
            "serialNumber",
            &[1, 3, 6, 1, 4, 1, 6574, 1, 5, 2, 0],
            Fact::Serial,
        ),
        fact(
            "version",
            &[1, 3, 6, 1, 4, 1, 6574, 1, 5, 3, 0],
            Fact::Version,
        ),
    ],
    tables: &[Table {
        name: "diskTable",
        entry: &[1, 3, 6, 1, 4, 1, 6574, 2, 1, 1],
        rows: Rows::Sensors {
            prefix: "",
            by: Some("diskID"),
        },
        columns: &[
            about("diskID", 2),
            about("diskTemperature", 6).with(sensor("temperature", SensorClass::Temperature, 1.0)),
        ],
    }],
};

/// MIKROTIK-MIB.
const MIKROTIK: Module = Module {
    name: "MIKROTIK-MIB",
    enterprises: &[14988],
    scalars: &[
        text("mtxrHlVoltage", &[1, 3, 6, 1, 4, 1, 14988, 1, 1, 3, 8, 0]).with(sensor(
            "voltage",
            SensorClass::Voltage,
            0.1,
        )),
        text(
            "mtxrHlTemperature",
            &[1, 3, 6, 1, 4, 1, 14988, 1, 1, 3, 10, 0],
        )
        .with(sensor("temperature", SensorClass::Temperature, 0.1)),
        fact(
            "mtxrSerialNumber",
            &[1, 3, 6, 1, 4, 1, 14988, 1, 1, 7, 3, 0],
            Fact::Serial,
        ),
        fact(
            "mtxrFirmwareVersion",
            &[1, 3, 6, 1, 4, 1, 14988, 1, 1, 7, 4, 0],
            Fact::Version,
        ),
    ],
    tables: &[],
};
