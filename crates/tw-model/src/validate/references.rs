//! Circuits and services.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use super::{At, Check, FindingCode, in_cycles};
use crate::{Circuit, CircuitEnd, Kind, Service};
use tw_units::ServiceId;

/// Probes are not sent more often than every 10 ms.
const PROBE_INTERVAL_MS: (i64, i64) = (10, 3_600_000);

pub(super) fn check(check: &mut Check<'_>) {
    for circuit in check.register.circuits.values() {
        one_circuit(check, circuit);
    }
    services(check);
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
