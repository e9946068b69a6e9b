//! Information systems, their levels and the firmware that counts as good.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use super::{At, Check, FindingCode};
use crate::{InformationSystem, Kind, Service};

pub(super) fn check(check: &mut Check<'_>) {
    levels(check);
    for system in check.register.systems.values() {
        one_system(check, system);
    }
    firmware(check);
}

fn levels(check: &mut Check<'_>) {
    let mut seen = std::collections::BTreeMap::new();
    for level in check.register.security_levels.values() {
        let at = At {
            kind: Kind::SecurityLevel,
            id: level.id.as_str(),
        };
        check.name(at, "name", &level.name);
        check.text(at, "source", &level.source);
        let highest = Service::SECURITY_LEVEL_MAX.into();
        check.range(at, "level", level.level.into(), (1, highest));
        if let Some(other) = seen.insert(level.level, level.id.as_str()) {
            let message = format!("{other} has the number {}, too", level.level);
            let what = (FindingCode::DuplicateName, message);
            check.find(at, "level", what, "each number once");
        }
    }
}

fn one_system(check: &mut Check<'_>, system: &InformationSystem) {
    let register = check.register;
    let at = At {
        kind: Kind::InformationSystem,
        id: system.id.as_str(),
    };
    check.name(at, "name", &system.name);
    if let Some(owner) = &system.owner {
        check.name(at, "owner", owner);
    }
    if let Some(unit) = &system.unit {
        check.refers(at, "unit", unit, (Kind::Unit, &register.units));
    }
    for (n, service) in system.services.iter().enumerate() {
        let known = (Kind::Service, &register.services);
        check.refers(at, &format!("services.{n}"), service, known);
    }
    for (n, device) in system.devices.iter().enumerate() {
        let known = (Kind::Device, &register.devices);
        check.refers(at, &format!("devices.{n}"), device, known);
    }
    for (n, asset) in system.assets.iter().enumerate() {
        let known = (Kind::Asset, &register.assets);
        check.refers(at, &format!("assets.{n}"), asset, known);
    }
    level_of(check, at, system);
}

/// A level is one of the scheme's, where there is a scheme; only a level can be approved.
fn level_of(check: &mut Check<'_>, at: At<'_>, system: &InformationSystem) {
    let scheme = &check.register.security_levels;
    let Some(level) = system.level else {
        if system.approval.is_some() {
            let message = "a level that is not there was approved".to_owned();
            let what = (FindingCode::Contradiction, message);
            check.find(at, "approval", what, "an approval beside a level");
        }
        return;
    };
    let highest = Service::SECURITY_LEVEL_MAX.into();
    check.range(at, "level", level.into(), (1, highest));
    if !scheme.is_empty() && !scheme.values().any(|known| known.level == level) {
        let levels: Vec<String> = scheme.values().map(|l| l.level.to_string()).collect();
        let message = format!("the scheme has no level {level}");
        let what = (FindingCode::DanglingReference, message);
        check.find(at, "level", what, levels.join(", "));
    }
}

fn firmware(check: &mut Check<'_>) {
    for firmware in check.register.firmware.values() {
        let at = At {
            kind: Kind::Firmware,
            id: firmware.id.as_str(),
        };
        check.text(at, "vendor", &firmware.vendor);
        check.text(at, "source", &firmware.source);
        if firmware.minimum.is_none() && firmware.end_of_security.is_none() {
            let message = "it says nothing of any version".to_owned();
            let what = (FindingCode::Contradiction, message);
            check.find(at, "minimum", what, "minimum, end_of_security or both");
        }
    }
}
