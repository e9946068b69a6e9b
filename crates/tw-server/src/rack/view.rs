//! Racks as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-model`, `tw-draw`. **Must not:** do I/O.

use crate::{readings::live::Live, world::World};
use std::collections::BTreeSet;
use tw_api::{Rack, RackSlot, RackSpec, RackStatus, State, StateCounts};
use tw_draw::{Elevation, Mounted, Side, Tone};
use tw_model::{Face, Kind};
use tw_units::Timestamp;

/// A rack with what stands in it, from the top.
pub(crate) fn rack(world: &World, live: &Live, rack: &tw_model::Rack, now: Timestamp) -> Rack {
    let room = world.register.rooms.get(&rack.room);
    let building = room.and_then(|room| world.register.buildings.get(&room.building));
    let site = world.register.site_of_rack(&rack.id);
    let mut slots = slots(world, live, rack, now);
    slots.sort_by_key(|slot| std::cmp::Reverse(slot.u));
    let mut devices = StateCounts::default();
    for slot in slots.iter().filter(|slot| slot.device.is_some()) {
        devices.add(slot.state);
    }
    let taken: BTreeSet<u32> = slots
        .iter()
        .filter(|slot| slot.face == "front")
        .flat_map(|slot| slot.u..slot.u.saturating_add(slot.height_u))
        .collect();
    let height_u = u32::from(rack.u_height);
    Rack {
        id: rack.id.to_string(),
        metadata: tw_api::Metadata::default(),
        spec: RackSpec {
            name: rack.name.clone(),
            site: site.map(ToString::to_string).unwrap_or_default(),
            building: building.map(|building| building.id.to_string()),
            room: room.map(|room| room.id.to_string()),
            height_u,
        },
        status: RackStatus {
            free_u: (1..=height_u)
                .filter(|u| !taken.contains(u))
                .count()
                .try_into()
                .unwrap_or(0),
            devices,
            slots,
        },
        version: world.version(Kind::Rack, rack.id.as_str()),
    }
}

fn slots(world: &World, live: &Live, rack: &tw_model::Rack, now: Timestamp) -> Vec<RackSlot> {
    let mut slots = Vec::new();
    for device in world.register.devices.values() {
        let Some(position) = device.rack.as_ref().filter(|p| p.id == rack.id) else {
            continue;
        };
        let (state, _) = live.device(device.id.as_str()).state(now);
        let slot = |face: Face| RackSlot {
            u: u32::from(position.u),
            height_u: u32::from(position.height_u),
            face: face.to_string(),
            device: Some(device.id.to_string()),
            asset: world
                .asset_of_device(device.id.as_str())
                .map(|asset| asset.tag.to_string()),
            label: device.name.clone(),
            class: device.class.to_string(),
            state,
        };
        slots.push(slot(position.face));
        if position.full_depth {
            let other = if position.face == Face::Front {
                Face::Rear
            } else {
                Face::Front
            };
            slots.push(slot(other));
        }
    }
    slots
}

/// The drawing of a rack's front.
pub(crate) fn elevation(rack: &Rack) -> String {
    let mounted = rack
        .status
        .slots
        .iter()
        .filter(|slot| slot.face == "front")
        .map(|slot| Mounted {
            u: slot.u,
            height_u: slot.height_u,
            label: slot.label.clone(),
            tone: match slot.state {
                State::Up => Tone::Good,
                State::Degraded => Tone::Warning,
                State::Down => Tone::Bad,
                State::Unknown => Tone::Unknown,
            },
            state: slot.state.as_str().to_owned(),
        });
    tw_draw::elevation(&Elevation {
        name: rack.spec.name.clone(),
        height_u: rack.spec.height_u,
        side: Side::Front,
        mounted: mounted.collect(),
    })
}
