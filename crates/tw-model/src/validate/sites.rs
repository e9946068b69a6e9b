//! Sites, buildings, rooms, racks; Tier targets and availability structures.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use super::{At, Check, FindingCode};
use crate::{Kind, Rack, Site, Structure};
use std::collections::{BTreeMap, BTreeSet};

/// A downtime target above 100 % is no target.
const PPM_MAX: i64 = 1_000_000;

pub(super) fn check(check: &mut Check<'_>) {
    let mut collectors: BTreeMap<&str, &str> = BTreeMap::new();
    for site in check.register.sites.values() {
        let at = At {
            kind: Kind::Site,
            id: site.id.as_str(),
        };
        check.name(at, "name", &site.name);
        check.timezone(at, "timezone", &site.timezone);
        targets(check, at, site);
        if let Some(structure) = &site.availability {
            availability(check, at, site, structure);
        }
        if let Some(collector) = &site.collector {
            if let Some(first) = collectors.insert(collector.id.as_str(), site.id.as_str()) {
                let message = format!("collector {} already serves site {first}", collector.id);
                let what = (FindingCode::DuplicateName, message);
                check.find(at, "collector.id", what, "one collector to a site");
            }
            for (n, observer) in collector.observers.iter().enumerate() {
                if let Some(first) = collectors.insert(observer.as_str(), site.id.as_str()) {
                    let key = format!("collector.observers.{n}");
                    let message = format!("collector {observer} already serves site {first}");
                    let what = (FindingCode::DuplicateName, message);
                    check.find(at, &key, what, "a collector of its own");
                }
            }
            for (n, canary) in collector.canaries.iter().enumerate() {
                let key = format!("collector.canaries.{n}");
                check.refers(at, &key, canary, (Kind::Device, &check.register.devices));
            }
        }
    }
    places(check);
}

fn places(check: &mut Check<'_>) {
    let register = check.register;
    for building in register.buildings.values() {
        let at = At {
            kind: Kind::Building,
            id: building.id.as_str(),
        };
        check.name(at, "name", &building.name);
        check.refers(at, "site", &building.site, (Kind::Site, &register.sites));
    }
    for room in register.rooms.values() {
        let at = At {
            kind: Kind::Room,
            id: room.id.as_str(),
        };
        check.name(at, "name", &room.name);
        check.refers(
            at,
            "building",
            &room.building,
            (Kind::Building, &register.buildings),
        );
    }
    for rack in register.racks.values() {
        let at = At {
            kind: Kind::Rack,
            id: rack.id.as_str(),
        };
        check.text(at, "name", &rack.name);
        check.refers(at, "room", &rack.room, (Kind::Room, &register.rooms));
        check.range(
            at,
            "u_height",
            rack.u_height.into(),
            (1, Rack::U_HEIGHT_MAX.into()),
        );
    }
}

fn targets(check: &mut Check<'_>, at: At<'_>, site: &Site) {
    for (n, target) in site.tier_targets.iter().enumerate() {
        let key = format!("tier_targets.{n}.downtime_ppm");
        check.range(at, &key, target.downtime_ppm.0.into(), (0, PPM_MAX));
        let earlier = n.checked_sub(1).and_then(|n| site.tier_targets.get(n));
        if let Some(earlier) = earlier.filter(|earlier| earlier.valid_from >= target.valid_from) {
            let message = format!(
                "{} is not after {} of the target before",
                target.valid_from, earlier.valid_from
            );
            let key = format!("tier_targets.{n}.valid_from");
            let allowed = format!(
                "a day after {}, since targets stand oldest first",
                earlier.valid_from
            );
            check.find(at, &key, (FindingCode::BadOrder, message), allowed);
        }
    }
}

fn availability(check: &mut Check<'_>, at: At<'_>, site: &Site, structure: &Structure) {
    if structure.depth() > Structure::DEPTH_MAX {
        let message = format!("the structure is {} levels deep", structure.depth());
        let allowed = format!("at most {} levels", Structure::DEPTH_MAX);
        check.find(
            at,
            "availability",
            (FindingCode::BadStructure, message),
            allowed,
        );
        return;
    }
    shape(check, at, structure);
    let devices = &check.register.devices;
    let mut seen = BTreeSet::new();
    for id in structure.devices() {
        check.refers(at, "availability", id, (Kind::Device, devices));
        let witnesses = || {
            let ids: Vec<&str> = check
                .register
                .witnesses_of(&site.id)
                .map(|device| device.id.as_str())
                .collect();
            crate::allowed_words(id.as_str(), ids)
        };
        let Some(device) = devices.get(id) else {
            continue;
        };
        let complaint = if device.site != site.id {
            format!("device {id} stands at site {}", device.site)
        } else if !device.witness {
            format!("device {id} is no load witness")
        } else if !seen.insert(id) {
            format!("device {id} is named twice")
        } else {
            continue;
        };
        let allowed = format!("load witnesses of the site, each once: {}", witnesses());
        check.find(
            at,
            "availability",
            (FindingCode::BadStructure, complaint),
            allowed,
        );
    }
}

fn shape(check: &mut Check<'_>, at: At<'_>, structure: &Structure) {
    let parts = structure.parts();
    if !matches!(structure, Structure::Device(_)) && parts.is_empty() {
        let what = (FindingCode::BadStructure, "the list is empty".to_owned());
        check.find(at, "availability", what, "at least one device");
    }
    if let Structure::AtLeast { at_least, of } = structure {
        let most = u32::try_from(of.len()).unwrap_or(u32::MAX);
        if !of.is_empty() && !(1..=most).contains(at_least) {
            let message = format!("{at_least} of {most} cannot be asked");
            let what = (FindingCode::BadStructure, message);
            check.find(at, "availability.at_least", what, format!("1 to {most}"));
        }
    }
    for part in parts {
        shape(check, at, part);
    }
}
