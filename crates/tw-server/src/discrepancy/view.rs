//! Discrepancies as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-model`. **Must not:** do I/O.

use super::{actions::possible, gather::device_of};
use crate::{access::caller::Caller, http::csv::Column, readings::live::Live, world::World};
use tw_api::{Discrepancy, DiscrepancyClue, DiscrepancySide};
use tw_model::{Asset, Device};
use tw_store::StoredDiscrepancy;
use tw_units::{SiteId, Timestamp};

/// The asset of a discrepancy, if the register still has it.
pub(super) fn asset_of<'a>(world: &'a World, one: &StoredDiscrepancy) -> Option<&'a Asset> {
    world.register.assets.get(one.found.asset.as_deref()?)
}

/// The device that was seen, or that is the asset.
pub(super) fn device<'a>(world: &'a World, one: &StoredDiscrepancy) -> Option<&'a Device> {
    let seen = one
        .found
        .target
        .as_deref()
        .and_then(|id| world.register.devices.get(id));
    seen.or_else(|| device_of(&world.register, asset_of(world, one)?))
}

fn site<'a>(world: &'a World, one: &StoredDiscrepancy) -> Option<&'a SiteId> {
    match asset_of(world, one) {
        Some(asset) => world.site_of_asset(asset),
        None => device(world, one).map(|device| &device.site),
    }
}

/// Whether it lies in the caller's scope: by its asset, or by where its device stands.
pub(super) fn sees(world: &World, caller: &Caller, one: &StoredDiscrepancy) -> bool {
    let unit = asset_of(world, one).and_then(|asset| asset.unit.as_ref());
    caller.sees(&world.register, site(world, one), unit)
}

/// One as the API says it.
pub(crate) fn discrepancy(world: &World, one: &StoredDiscrepancy) -> Discrepancy {
    let found = &one.found;
    let text = |at: &str| found.body[at].as_str().unwrap_or_default().to_owned();
    let clues = found.body["evidence"].as_array();
    let clue = |value: &serde_json::Value| DiscrepancyClue {
        what: value["what"].as_str().unwrap_or_default().to_owned(),
        text: value["text"].as_str().unwrap_or_default().to_owned(),
    };
    Discrepancy {
        id: one.id.to_string(),
        kind: found.kind.clone(),
        status: one.status.clone(),
        asset: found.asset.clone(),
        device: found.target.clone(),
        site: site(world, one).map(ToString::to_string),
        field: found.field.clone(),
        recorded: found.recorded.clone(),
        observed: found.observed.clone(),
        collected_at: found.collected,
        first_seen_at: one.first_seen,
        last_changed_at: one.last_seen,
        dismissed_until: one.dismissed_until,
        decided_at: one.decided_at,
        decided_by: one.decided_by.clone(),
        note: one.note.clone(),
        proposal: text("proposal"),
        actions: possible(one).into_iter().map(str::to_owned).collect(),
        evidence: clues.into_iter().flatten().map(clue).collect(),
        cost_vnd: asset_of(world, one).and_then(|asset| Some(asset.price_vnd?.0)),
        version: one.version,
    }
}

/// The register and what was seen last, field by field.
pub(super) fn sides(world: &World, live: &Live, one: &StoredDiscrepancy) -> Vec<DiscrepancySide> {
    let asset = asset_of(world, one);
    let device = device(world, one);
    let now = device.map(|device| live.device(device.id.as_str()));
    let seen = now.as_ref().and_then(|now| now.identity.as_ref());
    let identity = seen.map(|(identity, _)| identity);
    let collected = seen.map(|(_, at)| *at);
    let rack = device.and_then(|device| device.rack.as_ref());
    let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let rows = [
        ("tag", asset.map(|a| a.tag.to_string()), None),
        (
            "manufacturer",
            asset.and_then(|a| a.manufacturer.clone()),
            identity.and_then(|i| i.vendor.clone()),
        ),
        (
            "model",
            asset.and_then(|a| a.model.clone()),
            identity.and_then(|i| i.model.clone()),
        ),
        (
            "serial",
            asset.and_then(|a| a.serial.clone()),
            identity.and_then(|i| i.serial.clone()),
        ),
        ("status", asset.map(|a| a.status.to_string()), None),
        (
            "site",
            site(world, one).map(ToString::to_string),
            one.found
                .observed
                .clone()
                .filter(|_| one.found.field == "site"),
        ),
        (
            "rack",
            rack.map(|rack| format!("{} U{}", rack.id, rack.u)),
            None,
        ),
        (
            "name",
            device.map(|device| device.name.clone()),
            identity.and_then(|i| said(&i.sys_name)),
        ),
        (
            "address",
            device.and_then(|device| Some(device.address?.to_string())),
            None,
        ),
        ("firmware", None, identity.and_then(|i| i.version.clone())),
        ("base_mac", None, identity.and_then(|i| i.base_mac.clone())),
        (
            "location",
            None,
            identity.and_then(|i| said(&i.sys_location)),
        ),
    ];
    let side = |(field, recorded, observed): (&str, Option<String>, Option<String>)| {
        (recorded.is_some() || observed.is_some()).then(|| DiscrepancySide {
            field: field.to_owned(),
            collected_at: collected.filter(|_| observed.is_some()),
            recorded,
            observed,
        })
    };
    rows.into_iter().filter_map(side).collect()
}

fn instant(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// The columns of the CSV file.
pub(super) const COLUMNS: [Column<Discrepancy>; 14] = [
    ("id", |d| d.id.clone()),
    ("kind", |d| d.kind.clone()),
    ("status", |d| d.status.clone()),
    ("asset", |d| d.asset.clone().unwrap_or_default()),
    ("device", |d| d.device.clone().unwrap_or_default()),
    ("site", |d| d.site.clone().unwrap_or_default()),
    ("field", |d| d.field.clone()),
    ("recorded", |d| d.recorded.clone().unwrap_or_default()),
    ("observed", |d| d.observed.clone().unwrap_or_default()),
    ("collected_at", |d| instant(d.collected_at)),
    ("first_seen_at", |d| d.first_seen_at.to_string()),
    ("proposal", |d| d.proposal.clone()),
    ("cost_vnd", |d| {
        d.cost_vnd.map(|vnd| vnd.to_string()).unwrap_or_default()
    }),
    ("evidence", |d| {
        let clues = d
            .evidence
            .iter()
            .map(|clue| format!("{}: {}", clue.what, clue.text));
        clues.collect::<Vec<_>>().join("; ")
    }),
];
