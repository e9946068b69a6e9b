//! IPv6 readiness of a whole register, thing by thing, with what it stands on.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** judge another agency's
//! gateways: they are not ours to make ready.

use super::{AddressesKnown, Ipv6Readiness, ipv6_of_addresses, ipv6_of_service};
use serde::Serialize;
use std::{collections::BTreeMap, net::IpAddr};
use tw_model::{Device, InformationSystem, Register, Service, ServiceKind};
use tw_units::{DeviceId, ServiceId, SiteId, UnitId};

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ipv6Subject {
    /// A device.
    Device,
    /// A service.
    Service,
}

/// What a verdict stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ipv6Basis {
    /// What was read from the device, or an answer over IPv6.
    Network,
    /// What the register says.
    Register,
    /// Nothing.
    None,
}

/// An address that a device says is its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenAddress {
    /// The address.
    pub address: IpAddr,
    /// The interface that has it, where that is known.
    pub interface: Option<String>,
}

/// What the network reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ipv6Seen {
    /// The address tables that were read from devices, whole.
    pub tables: BTreeMap<DeviceId, Vec<SeenAddress>>,
    /// The addresses of IPv6 at which a service answered.
    pub answers: BTreeMap<ServiceId, Vec<IpAddr>>,
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
    /// What that stands on.
    pub basis: Ipv6Basis,
    /// How ready it would be by the register alone.
    pub declared: Ipv6Readiness,
    /// What was seen: its own table, or where it answered.
    pub seen: Vec<SeenAddress>,
    /// The addresses that are known, those of the register and those that were seen.
    pub addresses: Vec<IpAddr>,
    /// Whether these are all.
    pub complete: bool,
    /// For a service: what it stands on, with the verdict on each.
    pub parts: Vec<(&'a str, Ipv6Readiness)>,
}

/// Every device that is polled or has addresses, and every service of ours that runs on devices
/// or is reached at addresses. What a device's own table says goes before what is written down;
/// an answer over IPv6 proves that a service is reached over it.
pub fn ipv6_of_register<'a>(register: &'a Register, seen: &Ipv6Seen) -> Vec<Ipv6Line<'a>> {
    let mut lines: Vec<Ipv6Line<'a>> = register
        .devices
        .values()
        .filter(|device| device.address.is_some() || !device.ip.is_empty())
        .map(|device| device_line(device, seen.tables.get(&device.id)))
        .collect();
    let devices: BTreeMap<&str, (Ipv6Readiness, Ipv6Readiness)> = lines
        .iter()
        .map(|line| (line.id, (line.readiness, line.declared)))
        .collect();
    let ours = register.services.values().filter(|service| {
        !matches!(
            service.kind,
            ServiceKind::PublicService | ServiceKind::Gateway
        )
    });
    let services = ours.map(|service| {
        let answered = seen.answers.get(&service.id);
        let answered = answered.map_or(&[][..], Vec::as_slice);
        service_line(register, service, (&devices, answered))
    });
    lines.extend(services);
    lines
}

fn sorted(mut addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn device_line<'a>(device: &'a Device, seen: Option<&Vec<SeenAddress>>) -> Ipv6Line<'a> {
    let written = device.ip.iter().copied();
    let written = written.chain(device.address.map(|address| address.ip()));
    let written = sorted(written.collect());
    // The address of the agent alone says nothing of the others.
    let declared = ipv6_of_addresses(AddressesKnown {
        addresses: &written,
        complete: !device.ip.is_empty(),
    });
    let table = seen.map_or(&[][..], Vec::as_slice);
    let read: Vec<IpAddr> = table.iter().map(|one| one.address).collect();
    let by_network = ipv6_of_addresses(AddressesKnown {
        addresses: &read,
        complete: seen.is_some(),
    });
    // A table that decides nothing leaves the register's word.
    let (readiness, basis) = match (by_network, declared) {
        (Ipv6Readiness::Unknown, Ipv6Readiness::Unknown) => (declared, Ipv6Basis::None),
        (Ipv6Readiness::Unknown, _) => (declared, Ipv6Basis::Register),
        _ => (by_network, Ipv6Basis::Network),
    };
    Ipv6Line {
        subject: Ipv6Subject::Device,
        id: device.id.as_str(),
        site: Some(&device.site),
        unit: None,
        readiness,
        basis,
        declared,
        seen: table.to_vec(),
        complete: seen.is_some() || !device.ip.is_empty(),
        addresses: sorted(written.into_iter().chain(read).collect()),
        parts: Vec::new(),
    }
}

fn service_line<'a>(
    register: &'a Register,
    service: &'a Service,
    (devices, answered): (&BTreeMap<&str, (Ipv6Readiness, Ipv6Readiness)>, &[IpAddr]),
) -> Ipv6Line<'a> {
    let gives = |system: &&InformationSystem| system.services.contains(&service.id);
    let systems = register.systems.values().filter(gives);
    let addresses: Vec<IpAddr> = systems.flat_map(|one| one.addresses.clone()).collect();
    let published = ipv6_of_addresses(AddressesKnown {
        addresses: &addresses,
        complete: true,
    });
    let parts: Vec<(&str, (Ipv6Readiness, Ipv6Readiness))> = service
        .runs_on
        .iter()
        .map(|id| {
            let known = devices.get(id.as_str()).copied();
            let unknown = (Ipv6Readiness::Unknown, Ipv6Readiness::Unknown);
            (id.as_str(), known.unwrap_or(unknown))
        })
        .collect();
    let declared = ipv6_of_service(published, parts.iter().map(|(_, (_, part))| *part));
    // An answer over IPv6 shows that users reach it, whatever is written of its addresses.
    let reached = if answered.is_empty() {
        published
    } else {
        Ipv6Readiness::Ready
    };
    let readiness = ipv6_of_service(reached, parts.iter().map(|(_, (part, _))| *part));
    let seen_differs = parts
        .iter()
        .any(|(_, (judged, declared))| judged != declared);
    let basis = match readiness {
        _ if !answered.is_empty() || seen_differs => Ipv6Basis::Network,
        Ipv6Readiness::Unknown => Ipv6Basis::None,
        _ => Ipv6Basis::Register,
    };
    let seen = answered.iter().map(|address| SeenAddress {
        address: *address,
        interface: None,
    });
    Ipv6Line {
        subject: Ipv6Subject::Service,
        id: service.id.as_str(),
        site: service.site.as_ref(),
        unit: service.unit.as_ref(),
        readiness,
        basis,
        declared,
        seen: seen.collect(),
        complete: !addresses.is_empty(),
        addresses: sorted(
            addresses
                .into_iter()
                .chain(answered.iter().copied())
                .collect(),
        ),
        parts: parts
            .into_iter()
            .map(|(id, (judged, _))| (id, judged))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipv6::Ipv6Scope;
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
        let verdicts = |seen: &Ipv6Seen| {
            let lines = ipv6_of_register(&register, seen);
            let shown = lines
                .iter()
                .map(|line| format!("{} {:?}", line.id, line.readiness));
            shown.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            verdicts(&Ipv6Seen::default()),
            "both Ready, mute Unknown, old Not, a Ready, b Unknown"
        );
        let seen = |device: &str, addresses: &[&str]| {
            let table = addresses.iter().map(|address| SeenAddress {
                address: address.parse().unwrap(),
                interface: None,
            });
            Ipv6Seen {
                tables: BTreeMap::from([(device.parse().unwrap(), table.collect())]),
                ..Ipv6Seen::default()
            }
        };
        assert_eq!(
            verdicts(&seen("mute", &["10.0.0.1"])),
            "both Ready, mute Not, old Not, a Ready, b Partly"
        );
        assert_eq!(
            verdicts(&seen("both", &["10.0.0.2", "fe80::2"])),
            "both Partly, mute Unknown, old Not, a Partly, b Unknown",
            "the device's own table goes before what is written down"
        );
        assert_eq!(
            verdicts(&seen("both", &["::1"])),
            "both Ready, mute Unknown, old Not, a Ready, b Unknown",
            "a table that decides nothing leaves the register's word"
        );
    }

    #[test]
    fn each_verdict_says_what_it_stands_on_and_what_the_register_would_say() {
        let register = register();
        let seen = |address: &str, interface: &str| SeenAddress {
            address: address.parse().unwrap(),
            interface: Some(interface.to_owned()),
        };
        let network = Ipv6Seen {
            tables: BTreeMap::from([
                ("old".parse().unwrap(), vec![seen("fd00::3", "eth0")]),
                ("both".parse().unwrap(), vec![seen("10.0.0.2", "eth0")]),
            ]),
            answers: BTreeMap::from([("b".parse().unwrap(), vec!["2001:db8::9".parse().unwrap()])]),
        };
        let lines = ipv6_of_register(&register, &network);
        let told: Vec<String> = lines
            .iter()
            .map(|line| {
                let (id, now, basis, before) = (line.id, line.readiness, line.basis, line.declared);
                format!("{id} {now:?} by {basis:?}, declared {before:?}")
            })
            .collect();
        assert_eq!(
            told,
            [
                "both Not by Network, declared Ready",
                "mute Unknown by None, declared Unknown",
                "old Ready by Network, declared Not",
                "a Partly by Network, declared Ready",
                "b Unknown by Network, declared Unknown",
            ]
        );
        assert_eq!(lines[2].seen, [seen("fd00::3", "eth0")]);
        assert_eq!(lines[4].seen[0].address.to_string(), "2001:db8::9");
    }

    #[test]
    fn an_address_says_how_far_it_reaches() {
        let scope = |text: &str| crate::ipv6::ipv6_scope(text.parse().unwrap());
        assert_eq!(scope("2001:db8::1"), Some(Ipv6Scope::Global));
        assert_eq!(scope("fd12::1"), Some(Ipv6Scope::UniqueLocal));
        assert_eq!(scope("fe80::1"), Some(Ipv6Scope::LinkLocal));
        assert_eq!(scope("::1"), Some(Ipv6Scope::None));
        assert_eq!(scope("10.0.0.1"), None);
    }
}
