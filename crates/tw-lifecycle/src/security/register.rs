//! The weaknesses of a whole register's devices.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** read a clock.

use super::{FirmwareSeen, Weakness, firmware_weaknesses, snmp_weaknesses};
use std::collections::{BTreeMap, BTreeSet};
use tw_model::{Device, InformationSystem, Register};
use tw_units::DeviceId;

/// What a device said of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceSaid {
    /// Who makes it.
    pub vendor: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// The version of its software.
    pub version: Option<String>,
}

/// Every weakness of every device on that day (`as_of`), by device; a device without any has no
/// entry. Devices that are not polled have no SNMP to be weak.
pub fn weaknesses_of_register<'a>(
    register: &'a Register,
    said: &BTreeMap<DeviceId, DeviceSaid>,
    as_of: jiff::civil::Date,
) -> Vec<(&'a Device, Weakness)> {
    let mut found = Vec::new();
    for device in register.devices.values() {
        let credential = device.credential.as_ref();
        let credential = credential.and_then(|id| register.credentials.get(id));
        if let (Some(credential), Some(_)) = (credential, device.address) {
            let weak = snmp_weaknesses(&credential.snmp);
            found.extend(weak.into_iter().map(|weakness| (device, weakness)));
        }
        let Some(said) = said.get(&device.id) else {
            continue;
        };
        let vendor = said.vendor.as_deref().or(device.vendor.as_deref());
        if let (Some(vendor), Some(version)) = (vendor, said.version.as_deref()) {
            let model = said.model.as_deref().or(device.model.as_deref());
            let seen = FirmwareSeen {
                vendor,
                model: model.unwrap_or_default(),
                version,
            };
            let weak = firmware_weaknesses(seen, register.firmware.values(), as_of);
            found.extend(weak.into_iter().map(|weakness| (device, weakness)));
        }
    }
    found
}

/// The devices of a system: those that it names and those that its services run on.
pub fn devices_of_system<'a>(
    register: &'a Register,
    system: &'a InformationSystem,
) -> BTreeSet<&'a DeviceId> {
    let services = system.services.iter();
    let services = services.filter_map(|id| register.services.get(id));
    let of_services = services.flat_map(|service| &service.runs_on);
    system.devices.iter().chain(of_services).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::FindingRule;
    use serde_json::{Value, json};
    use tw_model::{Item, Kind};

    fn register() -> Register {
        let item = |kind, value: Value| Item {
            kind,
            id: value["id"].as_str().unwrap().to_owned(),
            value,
        };
        Register::from_items([
            item(
                Kind::Credential,
                json!({"id": "v2", "snmp": {"version": "2c", "community_env": "X"}}),
            ),
            item(
                Kind::Device,
                json!({"id": "r1", "name": "r1", "site": "s", "class": "router",
                    "address": "10.0.0.1:161", "credential": "v2", "poll_seconds": 60,
                    "vendor": "Cisco"}),
            ),
            item(
                Kind::Device,
                json!({"id": "r2", "name": "r2", "site": "s", "class": "router",
                    "poll_seconds": 60}),
            ),
            item(
                Kind::Firmware,
                json!({"id": "f", "vendor": "cisco", "minimum": "17.9", "source": "n"}),
            ),
            item(
                Kind::Service,
                json!({"id": "e", "name": {"en": "E"}, "kind": "email", "runs_on": ["r2"]}),
            ),
            item(
                Kind::InformationSystem,
                json!({"id": "x", "name": {"en": "X"}, "devices": ["r1"], "services": ["e"]}),
            ),
        ])
        .unwrap()
    }

    #[test]
    fn a_device_is_weak_by_its_credential_and_by_the_version_that_it_says() {
        let register = register();
        let rules = |said: &BTreeMap<DeviceId, DeviceSaid>| {
            let found = weaknesses_of_register(&register, said, jiff::civil::date(2026, 11, 22));
            let found = found
                .into_iter()
                .map(|(device, weak)| (device.id.to_string(), weak.rule));
            found.collect::<Vec<_>>()
        };
        let clear = ("r1".to_owned(), FindingRule::SnmpClearText);
        assert_eq!(rules(&BTreeMap::new()), std::slice::from_ref(&clear));
        let said = DeviceSaid {
            version: Some("16.12".to_owned()),
            ..DeviceSaid::default()
        };
        let said = BTreeMap::from([("r1".parse().unwrap(), said)]);
        let old = ("r1".to_owned(), FindingRule::FirmwareOutdated);
        assert_eq!(rules(&said), [clear, old]);
    }

    #[test]
    fn a_system_stands_on_its_own_devices_and_on_those_of_its_services() {
        let register = register();
        let devices = devices_of_system(&register, &register.systems["x"]);
        let ids: Vec<&str> = devices.into_iter().map(DeviceId::as_str).collect();
        assert_eq!(ids, ["r1", "r2"]);
    }
}
