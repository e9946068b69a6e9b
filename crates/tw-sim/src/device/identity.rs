//! Who a device says it is: `system` (RFC 3418) and ENTITY-MIB (RFC 6933).
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`, `tw-model`,
//! `tw-snmp`. **Must not:** pretend to be real: the description begins with [`MARK`].

use super::table::{Source, Table};
use crate::hash::Seed;
use std::time::Duration;
use tw_model::{DateKind, Device, DeviceClass, Register};
use tw_snmp::{Oid, Value};

/// What the `sysDescr` of every simulated device begins with.
pub const MARK: &str = "Tierwatch simulator: ";

const SYSTEM: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 1]);
/// `snmpEngine` of SNMP-FRAMEWORK-MIB (RFC 3411).
const ENGINE: Oid = Oid::from_static(&[1, 3, 6, 1, 6, 3, 10, 2, 1]);
const ENTITY: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1]);
const ENTITY_LAST_CHANGE: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 47, 1, 4, 1]);
const ENTERPRISES: Oid = Oid::from_static(&[1, 3, 6, 1, 4, 1]);
/// Under a vendor's tree, an arc that no product of theirs has: it is a simulated one.
const NO_PRODUCT: u32 = 65_535;
/// PhysicalClass of ENTITY-MIB.
const CHASSIS: i32 = 3;
const POWER_SUPPLY: i32 = 6;
const FAN: i32 = 7;
/// PhysicalClass sensor(8), used by the sensors.
pub(crate) const SENSOR: i32 = 8;
/// `entPhysicalIndex` of the first sensor.
pub(crate) const SENSOR_INDEX: u32 = 1_001;

/// Vendors by a word of their name, and their number (IANA enterprise numbers).
const VENDORS: [(&str, u32); 24] = [
    ("cisco", 9),
    ("juniper", 2_636),
    ("aruba", 47_196),
    ("hpe", 11),
    ("hewlett", 11),
    ("huawei", 2_011),
    ("fortinet", 12_356),
    ("palo alto", 25_461),
    ("mikrotik", 14_988),
    ("apc", 318),
    ("schneider", 318),
    ("eaton", 534),
    ("vertiv", 476),
    ("emerson", 476),
    ("socomec", 4_555),
    ("raritan", 13_742),
    ("rittal", 2_606),
    ("stulz", 29_462),
    ("geist", 21_239),
    ("dell", 674),
    ("synology", 6_574),
    ("netapp", 789),
    ("ibm", 2),
    ("lenovo", 19_046),
];
/// net-snmp's, for everyone else.
const NET_SNMP: u32 = 8_072;

/// Adds `system`.
pub(crate) fn system(table: &mut Table, register: &Register, device: &Device) {
    let vendor = device.vendor.as_deref().unwrap_or("generic");
    let model = device.model.as_deref().unwrap_or("model");
    let class = device.class.to_string();
    let location = device.rack.as_ref().map_or_else(
        || device.site.to_string(),
        |rack| format!("{}, rack {}, U{}", device.site, rack.id, rack.u),
    );
    let services = match device.class {
        DeviceClass::Router | DeviceClass::Firewall => 78,
        DeviceClass::Switch | DeviceClass::Wireless => 6,
        _ => 72,
    };
    let organisation = register
        .organisation
        .as_ref()
        .map_or("", |o| o.name.en.as_str());
    let contact = format!("Operations, {organisation} (simulated)");
    table.text(
        &SYSTEM,
        &[1, 0],
        &format!("{MARK}{vendor} {model}, {class}"),
    );
    let object = ENTERPRISES.join(&[enterprise(vendor), NO_PRODUCT, class_number(device.class)]);
    table.fixed(&SYSTEM, &[2, 0], Value::ObjectIdentifier(object));
    table.add(&SYSTEM, &[3, 0], Source::Uptime);
    table.text(&SYSTEM, &[4, 0], &contact);
    table.text(&SYSTEM, &[5, 0], &device.name);
    table.text(&SYSTEM, &[6, 0], &location);
    table.integer(&SYSTEM, &[7, 0], services);
    table.add(&ENGINE, &[2, 0], Source::EngineBoots);
    table.add(&ENGINE, &[3, 0], Source::EngineTime);
}

fn enterprise(vendor: &str) -> u32 {
    let vendor = vendor.to_lowercase();
    let known = VENDORS.iter().find(|(word, _)| vendor.contains(word));
    known.map_or(NET_SNMP, |(_, number)| *number)
}

/// A number for each class, in no order of anybody's.
fn class_number(class: DeviceClass) -> u32 {
    match class {
        DeviceClass::Router => 1,
        DeviceClass::Switch => 2,
        DeviceClass::Firewall => 3,
        DeviceClass::Wireless => 4,
        DeviceClass::Ups => 5,
        DeviceClass::Pdu => 6,
        DeviceClass::Ats => 7,
        DeviceClass::Generator => 8,
        DeviceClass::Cooling => 9,
        DeviceClass::Environment => 10,
        DeviceClass::Server => 11,
        DeviceClass::Storage => 12,
        DeviceClass::Other => 13,
    }
}

/// The serial number that the device shows: its own, its asset's, or a made-up one.
pub(crate) fn serial(register: &Register, device: &Device, seed: Seed) -> String {
    let asset = device
        .asset
        .as_ref()
        .and_then(|tag| register.assets.get(tag));
    let known = device
        .serial
        .clone()
        .or_else(|| asset.and_then(|asset| asset.serial.clone()));
    known.unwrap_or_else(|| format!("SIM{:09X}", seed.of("serial").bits() >> 28))
}

/// `entPhysicalMfgDate` of the chassis, a `DateAndTime` of 8 octets (RFC 2579): some months
/// before the first date that the register has of its asset, or the day of manufacture that the
/// register has. Two devices in five do not say.
fn made(register: &Register, device: &Device, seed: Seed) -> Option<Vec<u8>> {
    let seed = seed.of("made");
    let asset = register.assets.get(device.asset.as_ref()?)?;
    let recorded = asset.dates.get(&DateKind::Manufactured);
    let made = if let Some(known) = recorded {
        known.date.earliest()
    } else {
        let dates = asset.dates.values().map(|known| known.date.earliest());
        let days = 50 + seed.of("days").below(120);
        let before = Duration::from_secs(days * 86_400);
        dates.min()?.checked_sub(before).ok()?
    };
    let year = u16::try_from(made.year()).ok()?.to_be_bytes();
    let month = u8::try_from(made.month()).ok()?;
    let day = u8::try_from(made.day()).ok()?;
    let says = seed.of("says").below(5) >= 2;
    says.then(|| vec![year[0], year[1], month, day, 0, 0, 0, 0])
}

/// `entPhysicalSoftwareRev` of the chassis, for makers whose trains have known ends: one device
/// in three runs a train that its maker gave up before the end of 2026.
fn software(device: &Device, seed: Seed) -> Option<&'static str> {
    let trains = match (device.vendor.as_deref()?, device.class) {
        ("Cisco", DeviceClass::Router | DeviceClass::Switch) => ["17.12.4", "17.15.2", "17.9.5"],
        ("Fortinet", DeviceClass::Firewall) => ["7.4.7", "7.6.2", "7.2.11"],
        _ => return None,
    };
    let one = usize::try_from(seed.of("software").below(3)).unwrap_or(0);
    trains.get(one).copied()
}

/// One row of entPhysicalTable.
pub(crate) struct Part<'a> {
    pub(crate) index: u32,
    pub(crate) class: i32,
    pub(crate) name: &'a str,
    pub(crate) serial: &'a str,
}

/// Adds the chassis and its parts.
pub(crate) fn entities(table: &mut Table, register: &Register, device: &Device, seed: Seed) {
    let own = serial(register, device, seed);
    table.fixed(&ENTITY_LAST_CHANGE, &[0], Value::TimeTicks(0));
    let chassis = Part {
        index: 1,
        class: CHASSIS,
        name: "Chassis",
        serial: &own,
    };
    entity(table, device, &chassis);
    let software = software(device, seed).unwrap_or("1.0-sim");
    table.text(&ENTITY, &[10, 1], software);
    if let Some(made) = made(register, device, seed) {
        table.fixed(&ENTITY, &[17, 1], Value::OctetString(made));
    }
    let modules = matches!(
        device.class,
        DeviceClass::Router
            | DeviceClass::Switch
            | DeviceClass::Firewall
            | DeviceClass::Server
            | DeviceClass::Storage
    );
    if !modules {
        return;
    }
    for n in 1..=2_u32 {
        let seed = seed.of("psu").at(u64::from(n));
        let serial = format!("SIMPS{:07X}", seed.bits() >> 36);
        let name = format!("Power supply {n}");
        entity(
            table,
            device,
            &Part {
                index: 10 + n,
                class: POWER_SUPPLY,
                name: &name,
                serial: &serial,
            },
        );
        let name = format!("Fan {n}");
        entity(
            table,
            device,
            &Part {
                index: 20 + n,
                class: FAN,
                name: &name,
                serial: "",
            },
        );
    }
}

/// Adds one row.
pub(crate) fn entity(table: &mut Table, device: &Device, part: &Part<'_>) {
    let index = part.index;
    let is_chassis = part.class == CHASSIS;
    let model = device.model.as_deref().filter(|_| is_chassis).unwrap_or("");
    let vendor = device.vendor.as_deref().unwrap_or("");
    let contained_in = i32::from(!is_chassis);
    let asset = device
        .asset
        .as_ref()
        .filter(|_| is_chassis)
        .map_or("", |tag| tag.as_str());
    let null = Value::ObjectIdentifier(Oid::from_static(&[0, 0]));
    table.text(&ENTITY, &[2, index], &format!("{} (simulated)", part.name));
    table.fixed(&ENTITY, &[3, index], null);
    table.integer(&ENTITY, &[4, index], contained_in);
    table.integer(&ENTITY, &[5, index], part.class);
    table.integer(&ENTITY, &[6, index], i32::try_from(index % 10).unwrap_or(0));
    table.text(&ENTITY, &[7, index], part.name);
    table.text(&ENTITY, &[8, index], "");
    table.text(&ENTITY, &[9, index], "");
    if !is_chassis {
        table.text(&ENTITY, &[10, index], "");
    }
    table.text(&ENTITY, &[11, index], part.serial);
    table.text(&ENTITY, &[12, index], vendor);
    table.text(&ENTITY, &[13, index], model);
    table.text(&ENTITY, &[14, index], "");
    table.text(&ENTITY, &[15, index], asset);
    table.integer(
        &ENTITY,
        &[16, index],
        if part.class == SENSOR { 2 } else { 1 },
    );
}
