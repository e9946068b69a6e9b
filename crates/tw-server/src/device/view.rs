//! Devices as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-model`. **Must not:** do I/O.

use crate::{
    age,
    http::csv::Column,
    readings::live::{Live, TargetNow},
    world::World,
};
use tw_api::{
    AgeVerdict, AssetBrief, Device, DeviceSpec, DeviceStatus, IdentitySeen, ProblemSeen, State,
    StateCounts,
};
use tw_ingest::seen::Identity;
use tw_model::Kind;
use tw_units::Timestamp;

/// A device.
pub(crate) fn device(
    world: &World,
    live: &Live,
    device: &tw_model::Device,
    now: Timestamp,
) -> Device {
    let target = live.device(device.id.as_str());
    Device {
        id: device.id.to_string(),
        metadata: tw_api::Metadata::default(),
        spec: spec(world, device),
        status: status(world, device, &target, now),
        version: world.version(Kind::Device, device.id.as_str()),
    }
}

fn spec(world: &World, device: &tw_model::Device) -> DeviceSpec {
    let asset = world.asset_of_device(device.id.as_str());
    DeviceSpec {
        name: device.name.clone(),
        class: device.class.to_string(),
        site: device.site.to_string(),
        address: device.address.map(|address| address.to_string()),
        credential: device.credential.as_ref().map(ToString::to_string),
        poll_seconds: Some(device.poll_seconds),
        witness: device.witness,
        rack: device.rack.as_ref().map(|position| position.id.to_string()),
        u: device.rack.as_ref().map(|position| u32::from(position.u)),
        height_u: device
            .rack
            .as_ref()
            .map(|position| u32::from(position.height_u)),
        face: device
            .rack
            .as_ref()
            .map(|position| position.face.to_string()),
        asset: asset.map(|asset| asset.tag.to_string()),
    }
}

fn status(
    world: &World,
    device: &tw_model::Device,
    target: &TargetNow,
    now: Timestamp,
) -> DeviceStatus {
    let (state, since) = target.state(now);
    let (interfaces, interfaces_admin_down) = interface_counts(target, now);
    let identity = target.identity.as_ref();
    let rtt = target.value(now, "", "tierwatch_snmp_rtt_seconds");
    DeviceStatus {
        state,
        since,
        last_poll: target.last_poll(),
        snmp_rtt_seconds: rtt.map(tw_ingest::round::Value::as_f64),
        booted_at: identity.and_then(|(identity, _)| identity.booted_at),
        problems: problems(target),
        identity: identity.map(|(seen, at)| identity_seen(seen, *at)),
        interfaces,
        interfaces_admin_down,
        sensors: target.sensors().len() as u64,
        simulated: world.simulated(),
        asset: world
            .asset_of_device(device.id.as_str())
            .map(|asset| AssetBrief {
                tag: asset.tag.to_string(),
                serial: asset.serial.clone(),
                model: asset.model.clone(),
                age: age_of(world, asset, now),
            }),
    }
}

fn age_of(world: &World, asset: &tw_model::Asset, now: Timestamp) -> AgeVerdict {
    let today = age::actions::today(world, now);
    age::judged::Judge::new(world, (today, today))
        .judged(asset)
        .map_or(AgeVerdict::OutOfScope, |judged| judged.verdict)
}

fn interface_counts(target: &TargetNow, now: Timestamp) -> (StateCounts, u64) {
    let mut counts = StateCounts::default();
    let mut admin_down = 0;
    for seen in target.interfaces() {
        if target.admin_up(now, seen) == Some(false) {
            admin_down += 1;
        } else {
            counts.add(target.interface_state(now, &seen.key));
        }
    }
    (counts, admin_down)
}

/// What is wrong with a device's answers now.
pub(crate) fn problems(target: &TargetNow) -> Vec<ProblemSeen> {
    let problems = target
        .problems
        .as_ref()
        .map_or(&[][..], |(problems, _)| problems);
    problems
        .iter()
        .map(|problem| ProblemSeen {
            code: problem.code.clone(),
            detail: problem.detail.clone(),
            since: problem.since,
            count: problem.count,
        })
        .collect()
}

fn identity_seen(identity: &Identity, seen_at: Timestamp) -> IdentitySeen {
    IdentitySeen {
        sys_descr: identity.sys_descr.clone(),
        sys_object_id: identity.sys_object_id.clone(),
        sys_name: identity.sys_name.clone(),
        sys_location: identity.sys_location.clone(),
        sys_contact: identity.sys_contact.clone(),
        vendor: identity.vendor.clone(),
        model: identity.model.clone(),
        serial: identity.serial.clone(),
        software: identity.version.clone(),
        seen_at,
    }
}

/// The columns of the CSV file.
pub(crate) const COLUMNS: [Column<Device>; 16] = [
    ("id", |d| d.id.clone()),
    ("name", |d| d.spec.name.clone()),
    ("class", |d| d.spec.class.clone()),
    ("site", |d| d.spec.site.clone()),
    ("address", |d| d.spec.address.clone().unwrap_or_default()),
    ("state", |d| d.status.state.as_str().to_owned()),
    ("since", |d| instant(d.status.since)),
    ("last_poll", |d| instant(d.status.last_poll)),
    ("vendor", |d| seen(d, |i| i.vendor.clone())),
    ("model", |d| seen(d, |i| i.model.clone())),
    ("serial", |d| seen(d, |i| i.serial.clone())),
    ("software", |d| seen(d, |i| i.software.clone())),
    ("rack", |d| d.spec.rack.clone().unwrap_or_default()),
    ("u", |d| d.spec.u.map(|u| u.to_string()).unwrap_or_default()),
    ("asset", |d| d.spec.asset.clone().unwrap_or_default()),
    ("problems", |d| {
        let codes: Vec<&str> = d.status.problems.iter().map(|p| p.code.as_str()).collect();
        codes.join(" ")
    }),
];

fn instant(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

fn seen(device: &Device, field: fn(&IdentitySeen) -> Option<String>) -> String {
    device
        .status
        .identity
        .as_ref()
        .and_then(field)
        .unwrap_or_default()
}

/// How the states sort: what needs attention first.
pub(crate) fn rank(state: State) -> u8 {
    match state {
        State::Down => 0,
        State::Degraded => 1,
        State::Unknown => 2,
        State::Up => 3,
    }
}
