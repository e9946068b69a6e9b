//! Assets: what they refer to, their serial numbers, dates, places and parts.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use super::{At, Check, FindingCode};
use crate::{
    Asset, AssetStatus, COMPONENTS_MAX, CUSTOM_FIELDS_MAX, DateKind, Face, Kind, RackPosition,
    RecordedDate, is_placeholder_serial,
};
use std::collections::{BTreeMap, HashMap};

/// The longest text of a custom field or a note.
const CUSTOM_LENGTH_MAX: usize = 1_000;

pub(super) fn check(check: &mut Check<'_>) {
    let register = check.register;
    let mut serials: HashMap<(String, String), &str> = HashMap::new();
    let mut devices: BTreeMap<&str, &str> = BTreeMap::new();
    for asset in register.assets.values() {
        let at = At {
            kind: Kind::Asset,
            id: asset.tag.as_str(),
        };
        references(check, at, asset);
        mounted(check, at, asset);
        dates_in_order(check, at, ("dates", &asset.dates));
        parts(check, at, asset);
        custom(check, at, asset);
        if asset.status == AssetStatus::Disposed {
            continue;
        }
        serial(check, at, asset, &mut serials);
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
    overlaps(check);
}

/// (Maker, serial number) is unique among what is not disposed of; capitals do not matter.
fn serial<'a>(
    check: &mut Check<'_>,
    at: At<'a>,
    asset: &Asset,
    seen: &mut HashMap<(String, String), &'a str>,
) {
    let Some(serial) = asset.serial.as_deref() else {
        return;
    };
    if serial.trim().is_empty() || is_placeholder_serial(serial) {
        let message = format!("{serial:?} is a placeholder, not a serial number");
        let what = (FindingCode::PlaceholderSerial, message);
        let allowed = "the number on the type plate, or none with the reason in no_serial";
        check.find(at, "serial", what, allowed);
        return;
    }
    if asset.no_serial.is_some() {
        let message = "a serial number, and a reason why it has none".to_owned();
        let what = (FindingCode::Contradiction, message);
        check.find(at, "no_serial", what, "one of the two");
    }
    let plain = |text: &str| text.trim().to_lowercase();
    let maker = plain(asset.manufacturer.as_deref().unwrap_or(""));
    if let Some(twin) = seen.insert((maker, plain(serial)), at.id) {
        let message = format!("asset {twin} has the same maker and serial number");
        let what = (FindingCode::DuplicateSerial, message);
        let allowed = "a serial number that no asset of the maker has";
        check.find(at, "serial", what, allowed);
    }
}

fn references(check: &mut Check<'_>, at: At<'_>, asset: &Asset) {
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
            let stands = register.site_of_room(room);
            if let Some(site) = stands.filter(|site| **site != place.site) {
                let message = format!("room {room} is at site {site}, the asset at {}", place.site);
                let what = (FindingCode::Contradiction, message);
                check.find(at, "place.room", what, "a room of the asset's site");
            }
        }
    }
    if let Some(purchase) = &asset.purchase {
        check.refers(
            at,
            "purchase",
            purchase,
            (Kind::Purchase, &register.purchases),
        );
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

/// An asset's own place in a rack; that of a device of the inventory is checked with the device.
fn mounted(check: &mut Check<'_>, at: At<'_>, asset: &Asset) {
    let register = check.register;
    let Some(position) = &asset.rack else {
        return;
    };
    check.refers(at, "rack.id", &position.id, (Kind::Rack, &register.racks));
    let its_device = asset.device.as_ref().and_then(|d| register.devices.get(d));
    let elsewhere = its_device.and_then(|device| device.rack.as_ref());
    if elsewhere.is_some_and(|other| other != position) {
        let message = "its device is mounted at another place".to_owned();
        let what = (FindingCode::Contradiction, message);
        check.find(at, "rack", what, "the device's place, or none here");
    }
    let Some(rack) = register.racks.get(&position.id) else {
        return;
    };
    let place = asset.place.as_ref().map(|place| &place.site);
    let stands = register.site_of_rack(&position.id);
    if let (Some(place), Some(site)) = (place, stands)
        && place != site
    {
        let message = format!("rack {} is at site {site}, the asset at {place}", rack.id);
        let what = (FindingCode::Contradiction, message);
        check.find(at, "rack.id", what, "a rack of the asset's site, or none");
    }
    if position.u < 1 || position.height_u < 1 || position.top_u() > rack.u_height {
        let message = format!(
            "units {} to {} are not in rack {}, which has {}",
            position.u,
            position.top_u(),
            rack.id,
            rack.u_height
        );
        let allowed = format!("1 to {}", rack.u_height);
        check.find(at, "rack.u", (FindingCode::OutsideRack, message), allowed);
    }
}

/// No two things in one rack unit: assets among each other and beside devices.
fn overlaps(check: &mut Check<'_>) {
    let register = check.register;
    let own = |asset: &&Asset| asset.device.is_none() && asset.status != AssetStatus::Disposed;
    let mut racks: BTreeMap<&str, Vec<(&str, &RackPosition)>> = BTreeMap::new();
    for asset in register.assets.values().filter(own) {
        if let Some(position) = &asset.rack {
            let taken = racks.entry(position.id.as_str()).or_insert_with(|| {
                let devices = register.devices.values();
                let here = devices.filter_map(|d| Some((d.id.as_str(), d.rack.as_ref()?)));
                here.filter(|(_, p)| p.id == position.id).collect()
            });
            let twin = taken.iter().find(|(_, other)| meet(position, other));
            if let Some((twin, other)) = twin {
                let message = format!(
                    "units {} to {} of rack {} are taken by {twin} (units {} to {})",
                    position.u,
                    position.top_u(),
                    position.id,
                    other.u,
                    other.top_u()
                );
                let at = At {
                    kind: Kind::Asset,
                    id: asset.tag.as_str(),
                };
                let what = (FindingCode::OverlappingUnits, message);
                check.find(at, "rack.u", what, "units that are free");
            }
            taken.push((asset.tag.as_str(), position));
        }
    }
}

fn meet(a: &RackPosition, b: &RackPosition) -> bool {
    let faces = a.full_depth || b.full_depth || a.face == b.face;
    debug_assert!(matches!(a.face, Face::Front | Face::Rear));
    faces && a.u <= b.top_u() && b.u <= a.top_u()
}

fn parts(check: &mut Check<'_>, at: At<'_>, asset: &Asset) {
    let count = asset.components.len();
    check.range(
        at,
        "components",
        i64::try_from(count).unwrap_or(i64::MAX),
        (0, i64::try_from(COMPONENTS_MAX).unwrap_or(i64::MAX)),
    );
    let mut names = std::collections::BTreeSet::new();
    for (n, part) in asset.components.iter().enumerate() {
        let key = format!("components.{n}");
        check.text(at, &format!("{key}.name"), &part.name);
        if !names.insert(part.name.as_str()) {
            let what = (
                FindingCode::DuplicateName,
                format!("the part {} stands twice", part.name),
            );
            check.find(at, &format!("{key}.name"), what, "each part once");
        }
        let bad = |serial: &&String| is_placeholder_serial(serial);
        if let Some(serial) = part.serial.as_ref().filter(bad) {
            let message = format!("{serial:?} is a placeholder, not a serial number");
            let what = (FindingCode::PlaceholderSerial, message);
            check.find(at, &format!("{key}.serial"), what, "a number, or none");
        }
        dates_in_order(check, at, (&format!("{key}.dates"), &part.dates));
    }
}

fn custom(check: &mut Check<'_>, at: At<'_>, asset: &Asset) {
    check.range(
        at,
        "custom",
        i64::try_from(asset.custom.len()).unwrap_or(i64::MAX),
        (0, i64::try_from(CUSTOM_FIELDS_MAX).unwrap_or(i64::MAX)),
    );
    for (name, value) in &asset.custom {
        check.text(at, "custom", name);
        if value.chars().count() > CUSTOM_LENGTH_MAX {
            let message = format!("{name} has more than {CUSTOM_LENGTH_MAX} characters");
            let allowed = format!("at most {CUSTOM_LENGTH_MAX} characters");
            check.find(
                at,
                &format!("custom.{name}"),
                (FindingCode::BadText, message),
                allowed,
            );
        }
    }
}

/// Pairs of which the second cannot be before the first, whatever the precision.
fn dates_in_order(
    check: &mut Check<'_>,
    at: At<'_>,
    (path, dates): (&str, &BTreeMap<DateKind, RecordedDate>),
) {
    const ORDER: [(DateKind, DateKind); 4] = [
        (DateKind::Ordered, DateKind::Received),
        (DateKind::Manufactured, DateKind::Received),
        (DateKind::Manufactured, DateKind::FirstInService),
        (DateKind::WarrantyStart, DateKind::WarrantyEnd),
    ];
    for (first, second) in ORDER {
        let (Some(a), Some(b)) = (dates.get(&first), dates.get(&second)) else {
            continue;
        };
        if b.date.latest() < a.date.earliest() {
            let message = format!("{second} {} is before {first} {}", b.date, a.date);
            let key = format!("{path}.{second}");
            let allowed = format!("a date not before {}", a.date);
            check.find(at, &key, (FindingCode::BadOrder, message), allowed);
        }
    }
}
