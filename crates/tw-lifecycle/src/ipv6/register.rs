//! IPv6 readiness of a whole register, thing by thing, with what it stands on.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** judge another agency's
//! gateways: they are not ours to make ready.

use super::{AddressesKnown, Ipv6Readiness, ipv6_of_addresses, ipv6_of_service};
use serde::Serialize;
use std::{collections::BTreeMap, net::IpAddr};
use tw_model::{Device, InformationSystem, Register, Service, ServiceKind};
use tw_units::{DeviceId, SiteId, UnitId};

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ipv6Subject {
    /// A device.
    Device,
    /// A service.
    Service,
}

/// One device or service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ipv6Line<'a> {
    /// What it is.
    pub subject: Ipv6Subject,
    /// Its id.
    pub id: &'a str,
    /// Where it stands.
    pub site: Option<&'a SiteId>,
    /// Who answers for it.
    pub unit: Option<&'a UnitId>,
    /// How ready it is.
    pub readiness: Ipv6Readiness,
    /// The addresses that are known.
    pub addresses: Vec<IpAddr>,
    /// Whether these are all.
    pub complete: bool,
    /// For a service: what it stands on, with the verdict on each.
    pub parts: Vec<(&'a str, Ipv6Readiness)>,
}

/// Every device that is polled or has addresses, and every service of ours that runs on devices
/// or is reached at addresses. `seen` are address tables that were read from devices, whole.
pub fn ipv6_of_register<'a>(
    register: &'a Register,
    seen: &BTreeMap<DeviceId, Vec<IpAddr>>,
) -> Vec<Ipv6Line<'a>> {
    let mut lines: Vec<Ipv6Line<'a>> = register
        .devices
        .values()
        .filter(|device| device.address.is_some() || !device.ip.is_empty())
        .map(|device| device_line(device, seen.get(&device.id)))
        .collect();
    let devices: BTreeMap<&str, Ipv6Readiness> =
        lines.iter().map(|line| (line.id, line.readiness)).collect();
    let ours = register.services.values().filter(|service| {
        !matches!(
            service.kind,
            ServiceKind::PublicService | ServiceKind::Gateway
        )
    });
    let services = ours.map(|service| service_line(register, service, &devices));
    lines.extend(services);
    lines
}

fn device_line<'a>(device: &'a Device, seen: Option<&Vec<IpAddr>>) -> Ipv6Line<'a> {
    let mut addresses: Vec<IpAddr> = device.ip.clone();
    addresses.extend(device.address.map(|address| address.ip()));
    addresses.extend(seen.into_iter().flatten());
    addresses.sort_unstable();
    addresses.dedup();
    // The address of the agent alone says nothing of the others.
    let complete = seen.is_some() || !device.ip.is_empty();
    let known = AddressesKnown {
        addresses: &addresses,
        complete,
    };
    Ipv6Line {
        subject: Ipv6Subject::Device,
        id: device.id.as_str(),
        site: Some(&device.site),
        unit: None,
        readiness: ipv6_of_addresses(known),
        complete,
        addresses,
        parts: Vec::new(),
    }
}

fn service_line<'a>(
    register: &'a Register,
    service: &'a Service,
    devices: &BTreeMap<&str, Ipv6Readiness>,
) -> Ipv6Line<'a> {
    let gives = |system: &&InformationSystem| system.services.contains(&service.id);
    let systems = register.systems.values().filter(gives);
    let addresses: Vec<IpAddr> = systems.flat_map(|one| one.addresses.clone()).collect();
    let published = ipv6_of_addresses(AddressesKnown {
        addresses: &addresses,
        complete: true,
    });
    let parts: Vec<(&str, Ipv6Readiness)> = service
        .runs_on
        .iter()
        .map(|id| {
            let known = devices.get(id.as_str()).copied();
            (id.as_str(), known.unwrap_or(Ipv6Readiness::Unknown))
        })
        .collect();
    Ipv6Line {
        subject: Ipv6Subject::Service,
        id: service.id.as_str(),
        site: service.site.as_ref(),
        unit: service.unit.as_ref(),
        readiness: ipv6_of_service(published, parts.iter().map(|(_, part)| *part)),
        complete: !addresses.is_empty(),
        addresses,
        parts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use tw_model::{Item, Kind};

    fn register() -> Register {
        let item = |kind, value: Value| Item {
            kind,
            id: value["id"].as_str().unwrap().to_owned(),
            value,
        };
        let device = |id: &str, ip: Value| {
            item(
                Kind::Device,
                json!({"id": id, "name": id, "site": "s", "class": "server",
                    "address": "10.0.0.1:161", "poll_seconds": 60, "ip": ip}),
            )
        };
        Register::from_items([
            device("both", json!(["10.0.0.2", "2001:db8::2"])),
            device("old", json!(["10.0.0.3"])),
            device("mute", json!([])),
            item(
                Kind::Service,
                json!({"id": "a", "name": {"en": "A"}, "kind": "email", "runs_on": ["both"]}),
            ),
            item(
                Kind::Service,
                json!({"id": "b", "name": {"en": "B"}, "kind": "other", "runs_on": ["mute"]}),
            ),
            item(
                Kind::Service,
                json!({"id": "g", "name": {"en": "G"}, "kind": "gateway"}),
            ),
            item(
                Kind::InformationSystem,
                json!({"id": "x", "name": {"en": "X"}, "services": ["a", "b"],
                    "addresses": ["2001:db8::1"]}),
            ),
        ])
        .unwrap()
    }

    #[test]
    fn each_device_and_service_is_judged_by_what_is_known_of_it() {
        let register = register();
        let verdicts = |seen: &BTreeMap<DeviceId, Vec<IpAddr>>| {
            let lines = ipv6_of_register(&register, seen);
            let shown = lines
                .iter()
                .map(|line| format!("{} {:?}", line.id, line.readiness));
            shown.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            verdicts(&BTreeMap::new()),
            "both Ready, mute Unknown, old Not, a Ready, b Unknown"
        );
        let mute: DeviceId = "mute".parse().unwrap();
        let seen = BTreeMap::from([(mute, vec!["10.0.0.1".parse().unwrap()])]);
        assert_eq!(
            verdicts(&seen),
            "both Ready, mute Not, old Not, a Ready, b Partly"
        );
    }
}
