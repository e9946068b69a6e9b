//! Circuits, services and assets.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use super::{At, Check, FindingCode, in_cycles};
use crate::{Asset, AssetStatus, Circuit, CircuitEnd, DateKind, Kind, Service};
use std::collections::BTreeMap;
use tw_units::ServiceId;

/// Probes are not sent more often than every 10 ms.
const PROBE_INTERVAL_MS: (i64, i64) = (10, 3_600_000);

pub(super) fn check(check: &mut Check<'_>) {
    for circuit in check.register.circuits.values() {
        one_circuit(check, circuit);
    }
    services(check);
    assets(check);
}

fn one_circuit(check: &mut Check<'_>, circuit: &Circuit) {
    let register = check.register;
    let at = At {
        kind: Kind::Circuit,
        id: circuit.id.as_str(),
    };
    if let Some(name) = &circuit.name {
        check.name(at, "name", name);
    }
    circuit_end(check, at, ("a", &circuit.a));
    circuit_end(check, at, ("z", &circuit.z));
    if circuit.a == circuit.z {
        let what = (
            FindingCode::Contradiction,
            "both ends are the same interface".to_owned(),
        );
        check.find(at, "z", what, "another interface");
    }
    if circuit.commit_bps == 0 {
        let what = (
            FindingCode::OutOfRange,
            "0 bits a second is no circuit".to_owned(),
        );
        check.find(at, "commit_bps", what, "1 or more");
    }
    if let Some(provider) = &circuit.provider {
        check.refers(
            at,
            "provider",
            provider,
            (Kind::Provider, &register.providers),
        );
    }
    if let Some(contract) = &circuit.contract {
        check.range(
            at,
            "contract.downtime_ppm",
            contract.downtime_ppm.0.into(),
            (0, 1_000_000),
        );
    }
    if let Some(probe) = &circuit.probe {
        check.range(
            at,
            "probe.interval_ms",
            probe.interval_ms.into(),
            PROBE_INTERVAL_MS,
        );
        if probe.a == probe.z {
            let what = (
                FindingCode::DuplicateAddress,
                "both ends have one address".to_owned(),
            );
            check.find(at, "probe.z", what, "another address or port");
        }
    }
}

fn circuit_end(check: &mut Check<'_>, at: At<'_>, (side, end): (&str, &CircuitEnd)) {
    let devices = &check.register.devices;
    check.refers(
        at,
        &format!("{side}.device"),
        &end.device,
        (Kind::Device, devices),
    );
    let Some(device) = devices.get(&end.device) else {
        return;
    };
    if device.interface(&end.interface).is_none() {
        let names = device
            .interfaces
            .iter()
            .map(|interface| interface.name.as_str());
        let allowed = crate::allowed_words(&end.interface, names);
        let message = format!(
            "device {} declares no interface {:?}",
            device.id, end.interface
        );
        let key = format!("{side}.interface");
        check.find(at, &key, (FindingCode::DanglingReference, message), allowed);
    }
}

fn services(check: &mut Check<'_>) {
    let register = check.register;
    for service in register.services.values() {
        let at = At {
            kind: Kind::Service,
            id: service.id.as_str(),
        };
        check.name(at, "name", &service.name);
        if let Some(unit) = &service.unit {
            check.refers(at, "unit", unit, (Kind::Unit, &register.units));
        }
        if let Some(site) = &service.site {
            check.refers(at, "site", site, (Kind::Site, &register.sites));
        }
        if let Some(level) = service.level {
            check.range(at, "level", level.into(), (1, Service::LEVEL_MAX.into()));
        }
        if let Some(level) = service.security_level {
            check.range(
                at,
                "security_level",
                level.into(),
                (1, Service::SECURITY_LEVEL_MAX.into()),
            );
        }
        for (n, device) in service.runs_on.iter().enumerate() {
            check.refers(
                at,
                &format!("runs_on.{n}"),
                device,
                (Kind::Device, &register.devices),
            );
        }
        for (n, other) in service.depends.iter().enumerate() {
            check.refers(
                at,
                &format!("depends.{n}"),
                other,
                (Kind::Service, &register.services),
            );
        }
    }
    let needs = |id: &str| -> Vec<&str> {
        let service = register.services.get(id);
        service.map_or(Vec::new(), |s| {
            s.depends.iter().map(ServiceId::as_str).collect()
        })
    };
    for id in in_cycles(register.services.keys().map(ServiceId::as_str), needs) {
        let message = format!("service {id} needs itself in the end");
        let at = At {
            kind: Kind::Service,
            id,
        };
        check.find(
            at,
            "depends",
            (FindingCode::Cycle, message),
            "services that do not need this one",
        );
    }
}

fn assets(check: &mut Check<'_>) {
    let register = check.register;
    let mut serials: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut devices: BTreeMap<&str, &str> = BTreeMap::new();
    for asset in register.assets.values() {
        let at = At {
            kind: Kind::Asset,
            id: asset.tag.as_str(),
        };
        asset_references(check, at, asset);
        asset_dates(check, at, asset);
        if asset.status == AssetStatus::Disposed {
            continue;
        }
        let maker = asset.manufacturer.as_deref().unwrap_or("");
        let twin = asset
            .serial
            .as_deref()
            .and_then(|s| serials.insert((maker, s), at.id));
        if let Some(twin) = twin {
            let message = format!("asset {twin} has the same maker and serial number");
            let what = (FindingCode::DuplicateSerial, message);
            check.find(
                at,
                "serial",
                what,
                "a serial number that no asset of the maker has",
            );
        }
        let twin = asset
            .device
            .as_ref()
            .and_then(|d| devices.insert(d.as_str(), at.id));
        if let Some(twin) = twin {
            let what = (
                FindingCode::DuplicateName,
                format!("asset {twin} is the same device"),
            );
            check.find(at, "device", what, "one asset to a device");
        }
    }
}

fn asset_references(check: &mut Check<'_>, at: At<'_>, asset: &Asset) {
    let register = check.register;
    if let Some(unit) = &asset.unit {
        check.refers(at, "unit", unit, (Kind::Unit, &register.units));
    }
    if let Some(custodian) = &asset.custodian {
        check.refers(at, "custodian", custodian, (Kind::Person, &register.people));
    }
    if let Some(place) = &asset.place {
        check.refers(at, "place.site", &place.site, (Kind::Site, &register.sites));
        if let Some(room) = &place.room {
            check.refers(at, "place.room", room, (Kind::Room, &register.rooms));
        }
    }
    if let Some(device) = &asset.device {
        check.refers(at, "device", device, (Kind::Device, &register.devices));
        let says = register
            .devices
            .get(device)
            .and_then(|device| device.asset.as_ref());
        if let Some(says) = says.filter(|says| **says != asset.tag) {
            let message = format!("device {device} says of itself that it is asset {says}");
            let allowed = format!("the device whose asset is {}", asset.tag);
            check.find(at, "device", (FindingCode::Contradiction, message), allowed);
        }
    }
    if let Some(price) = asset.price_vnd {
        check.range(at, "price_vnd", price.0, (0, i64::MAX));
    }
    if asset.primary && asset.custodian.is_none() {
        let what = (
            FindingCode::Contradiction,
            "a primary computer of nobody".to_owned(),
        );
        check.find(at, "primary", what, "false, or a custodian beside it");
    }
}

/// Pairs of which the second cannot be before the first, whatever the precision.
fn asset_dates(check: &mut Check<'_>, at: At<'_>, asset: &Asset) {
    const ORDER: [(DateKind, DateKind); 4] = [
        (DateKind::Ordered, DateKind::Received),
        (DateKind::Manufactured, DateKind::Received),
        (DateKind::Manufactured, DateKind::FirstInService),
        (DateKind::WarrantyStart, DateKind::WarrantyEnd),
    ];
    for (first, second) in ORDER {
        let (Some(a), Some(b)) = (asset.dates.get(&first), asset.dates.get(&second)) else {
            continue;
        };
        if b.date.latest() < a.date.earliest() {
            let message = format!("{second} {} is before {first} {}", b.date, a.date);
            let key = format!("dates.{second}");
            let allowed = format!("a date not before {}", a.date);
            check.find(at, &key, (FindingCode::BadOrder, message), allowed);
        }
    }
}
