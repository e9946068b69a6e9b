//! The groups of the return about security levels and IPv6.
//!
//! **Room:** layer 2, pure. **May use:** `tw-model`, `tw-lifecycle`, `tw-api`. **Must not:** count
//! what is not known as classified or as ready.

use super::counted::{Group, Part, service_item, whole};
use crate::{
    wording::{self as words, text},
    world::{World, local},
};
use std::collections::BTreeMap;
use tw_api::YearlyItem;
use tw_lifecycle::ipv6::{Ipv6Line, Ipv6Readiness, Ipv6Seen, Ipv6Subject, ipv6_of_register};

/// Information systems by security level: every level of the scheme, also those with none, then
/// what nobody classified. The counts are those of [`tw_model::systems_by_level`].
pub(super) fn systems(world: &World) -> Group {
    let register = &world.register;
    let (by_level, unclassified) = tw_model::systems_by_level(register.systems.values());
    let mut levels: BTreeMap<u8, Part> = register
        .security_levels
        .values()
        .map(|level| {
            (
                level.level,
                (level.level.to_string(), local(&level.name), Vec::new()),
            )
        })
        .collect();
    for level in by_level.into_keys() {
        let name = text(format!("level {level}"), format!("cấp độ {level}"));
        let without = || (level.to_string(), name, Vec::new());
        levels.entry(level).or_insert_with(without);
    }
    if unclassified > 0 {
        let name = text("not classified", "chưa xác định cấp độ");
        levels.insert(0, ("0".to_owned(), name, Vec::new()));
    }
    for system in register.systems.values() {
        if let Some(part) = levels.get_mut(&system.level.unwrap_or(0)) {
            part.2.push(YearlyItem {
                kind: "system".to_owned(),
                id: system.id.to_string(),
                name: local(&system.name),
                unit: system.unit.as_ref().map(ToString::to_string),
                site: None,
            });
        }
    }
    let list = "/api/v1/systems";
    let name = text(
        "Information systems by security level",
        "Hệ thống thông tin theo cấp độ an toàn",
    );
    let all = text("Information systems", "Hệ thống thông tin");
    let parts = levels.into_values().collect();
    whole(("systems", name), (all, list), parts, |level| {
        format!("{list}?level={level}")
    })
}

const READINESS: [Ipv6Readiness; 4] = [
    Ipv6Readiness::Ready,
    Ipv6Readiness::Partly,
    Ipv6Readiness::Not,
    Ipv6Readiness::Unknown,
];

/// Devices by IPv6 readiness.
pub(super) fn ipv6_devices(world: &World, seen: &Ipv6Seen) -> Group {
    let lines = ipv6_of_register(&world.register, seen);
    let item = |line: &Ipv6Line<'_>| {
        let device = world.register.devices.get(line.id);
        let name = device.map_or(line.id, |device| device.name.as_str());
        YearlyItem {
            kind: "device".to_owned(),
            id: line.id.to_owned(),
            name: text(name, name),
            unit: line.unit.map(ToString::to_string),
            site: line.site.map(ToString::to_string),
        }
    };
    let list = "/api/v1/reports/ipv6?kind=device";
    whole(
        (
            "ipv6_devices",
            text(
                "Devices by IPv6 readiness",
                "Thiết bị theo mức sẵn sàng IPv6",
            ),
        ),
        (text("Devices with addresses", "Thiết bị có địa chỉ"), list),
        ipv6_parts(&lines, Ipv6Subject::Device, item),
        |word| format!("{list}&readiness={word}"),
    )
}

/// Services by IPv6 readiness.
pub(super) fn ipv6_services(world: &World, seen: &Ipv6Seen) -> Group {
    let lines = ipv6_of_register(&world.register, seen);
    let item = |line: &Ipv6Line<'_>| {
        let service = world.register.services.get(line.id);
        service.map_or_else(
            || YearlyItem {
                kind: "service".to_owned(),
                id: line.id.to_owned(),
                name: text(line.id, line.id),
                unit: None,
                site: None,
            },
            service_item,
        )
    };
    let list = "/api/v1/reports/ipv6?kind=service";
    whole(
        (
            "ipv6_services",
            text(
                "Services by IPv6 readiness",
                "Dịch vụ theo mức sẵn sàng IPv6",
            ),
        ),
        (text("Services of our own", "Dịch vụ của đơn vị"), list),
        ipv6_parts(&lines, Ipv6Subject::Service, item),
        |word| format!("{list}&readiness={word}"),
    )
}

fn ipv6_parts<'a>(
    lines: &[Ipv6Line<'a>],
    subject: Ipv6Subject,
    item: impl Fn(&Ipv6Line<'a>) -> YearlyItem,
) -> Vec<Part> {
    let part = |readiness: Ipv6Readiness| {
        let (word, en, vi) = words::ipv6(readiness);
        let own = lines
            .iter()
            .filter(|line| line.subject == subject && line.readiness == readiness);
        (word.to_owned(), text(en, vi), own.map(&item).collect())
    };
    READINESS.map(part).into()
}
