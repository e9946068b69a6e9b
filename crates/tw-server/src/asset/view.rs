//! Assets as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-model`. **Must not:** do I/O.

use crate::{
    age::{judged::Judged, view::finding},
    http::csv::Column,
    readings::live::Live,
    world::World,
};
use tw_api::{Asset, AssetDate, AssetSpec, AssetStatus};
use tw_model::Kind;

/// An asset; the custodian only for callers who may see people.
pub(crate) fn asset(
    world: &World,
    live: &Live,
    asset: &tw_model::Asset,
    (judged, people): (Option<&Judged>, bool),
) -> Asset {
    let device = asset.device.as_ref().map(ToString::to_string);
    let rack = asset
        .device
        .as_ref()
        .and_then(|device| world.register.devices.get(device)?.rack.as_ref())
        .map(|position| position.id.to_string());
    let serial_seen = device.as_ref().and_then(|device| {
        live.device(device)
            .identity
            .as_ref()
            .and_then(|(identity, _)| identity.serial.clone())
    });
    Asset {
        id: asset.tag.to_string(),
        metadata: tw_api::Metadata::default(),
        spec: AssetSpec {
            class: asset.class.to_string(),
            state: asset.status.to_string(),
            manufacturer: asset.manufacturer.clone(),
            model: asset.model.clone(),
            serial: asset.serial.clone(),
            site: world.site_of_asset(asset).map(ToString::to_string),
            room: asset
                .place
                .as_ref()
                .and_then(|place| Some(place.room.as_ref()?.to_string())),
            rack,
            unit: asset.unit.as_ref().map(ToString::to_string),
            custodian: asset
                .custodian
                .as_ref()
                .filter(|_| people)
                .map(ToString::to_string),
            device,
            cost_vnd: asset.price_vnd.map(|vnd| vnd.0),
            dates: asset
                .dates
                .iter()
                .map(|(kind, date)| dated(*kind, date))
                .collect(),
        },
        status: AssetStatus {
            age: finding(world, asset, judged),
            serial_seen,
        },
        version: world.version(Kind::Asset, asset.tag.as_str()),
    }
}

fn dated(kind: tw_model::DateKind, date: &tw_model::RecordedDate) -> AssetDate {
    AssetDate {
        kind: kind.to_string(),
        text: date.date.to_string(),
        earliest: date.date.earliest().to_string(),
        latest: date.date.latest().to_string(),
    }
}

/// The columns of the CSV file.
pub(crate) const COLUMNS: [Column<Asset>; 15] = [
    ("id", |a| a.id.clone()),
    ("class", |a| a.spec.class.clone()),
    ("state", |a| a.spec.state.clone()),
    ("manufacturer", |a| {
        a.spec.manufacturer.clone().unwrap_or_default()
    }),
    ("model", |a| a.spec.model.clone().unwrap_or_default()),
    ("serial", |a| a.spec.serial.clone().unwrap_or_default()),
    ("site", |a| a.spec.site.clone().unwrap_or_default()),
    ("room", |a| a.spec.room.clone().unwrap_or_default()),
    ("rack", |a| a.spec.rack.clone().unwrap_or_default()),
    ("unit", |a| a.spec.unit.clone().unwrap_or_default()),
    ("custodian", |a| {
        a.spec.custodian.clone().unwrap_or_default()
    }),
    ("cost_vnd", |a| {
        a.spec
            .cost_vnd
            .map(|vnd| vnd.to_string())
            .unwrap_or_default()
    }),
    ("age", |a| a.status.age.verdict.as_str().to_owned()),
    ("basis", |a| a.status.age.basis.clone().unwrap_or_default()),
    ("due", |a| {
        a.status.age.due_latest.clone().unwrap_or_default()
    }),
];
