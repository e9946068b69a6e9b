//! The chain of a site as work sees it: what feeds what by the register, what is out now, of what
//! nothing is known.
//!
//! **Room:** layer 2, pure. **May use:** `tw-model`, `tw-availability`. **Must not:** call a UPS in
//! bypass a protection, nor take silence for health.

use crate::{readings::live::Live, site::actions::zone, world::World};
use std::collections::{BTreeMap, BTreeSet};
use tw_api::{OutNow, State};
use tw_availability::{Graph, graph_at};
use tw_ingest::round::Value;
use tw_model::{Day, Device, DeviceClass, FacilityNode, FacilityRole, Register, Site};
use tw_units::Timestamp;

/// The codes of `upsOutputSource` (RFC 1628) that protect nothing.
const UPS_OUTPUT_NONE: i128 = 2;
const UPS_OUTPUT_BYPASS: i128 = 4;

/// The chain of a site now.
pub(crate) struct Chain<'a> {
    pub(crate) graph: Graph,
    pub(crate) out_now: Vec<OutNow>,
    pub(crate) unknown: Vec<String>,
    nodes: Vec<&'a FacilityNode>,
}

/// The day that an instant lies on at a site.
fn day_at(site: &Site, at: Timestamp) -> Day {
    Day(at.to_jiff().to_zoned(zone(site)).date())
}

/// Whether the register declares a node of the chain for the day of an instant.
pub(crate) fn declares(register: &Register, site: &Site, node: &str, at: Timestamp) -> bool {
    register
        .facility_of(&site.id, day_at(site, at))
        .any(|declared| declared.node().as_str() == node)
}

/// The chain of a site, or nothing where the register declares none for the day. Without the
/// field everything is taken to be as declared.
pub(crate) fn of_site<'a>(
    world: &'a World,
    live: Option<&Live>,
    site: &'a Site,
    now: Timestamp,
) -> Option<Chain<'a>> {
    let day = day_at(site, now);
    let graph = graph_at(&world.register, &site.id, day).ok()?;
    let nodes: Vec<&FacilityNode> = world.register.facility_of(&site.id, day).collect();
    let mut out_now = Vec::new();
    let mut unknown = Vec::new();
    for node in &nodes {
        let device = node.device.as_ref();
        let device = device.and_then(|id| world.register.devices.get(id));
        // What is declared and not polled is taken to be as declared.
        let device = device.filter(|device| device.address.is_some());
        let (Some(device), Some(live)) = (device, live) else {
            continue;
        };
        match condition(live, device, now) {
            Condition::Works => {}
            Condition::Unknown => unknown.push(node.node().to_string()),
            Condition::Out(why) => out_now.push(OutNow {
                id: node.node().to_string(),
                why: why.to_owned(),
            }),
        }
    }
    Some(Chain {
        graph,
        out_now,
        unknown,
        nodes,
    })
}

impl Chain<'_> {
    /// The place of a name: a node's own, or that of the device that it is.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.graph.place(name).or_else(|| {
            let is =
                |node: &&&FacilityNode| node.device.as_ref().is_some_and(|d| d.as_str() == name);
            let node = self.nodes.iter().find(is)?;
            self.graph.place(node.node().as_str())
        })
    }

    /// The places of names; what the chain does not have is left out.
    pub(crate) fn places<'a>(
        &self,
        names: impl IntoIterator<Item = &'a String>,
    ) -> BTreeSet<usize> {
        names
            .into_iter()
            .filter_map(|name| self.place(name))
            .collect()
    }

    /// The names of places.
    pub(crate) fn names(&self, places: &BTreeSet<usize>) -> Vec<String> {
        let name = |place: &usize| self.graph.nodes().get(*place).map(|node| node.id.clone());
        places.iter().filter_map(name).collect()
    }

    /// The devices that fall silent when these places are out: those that they are, and those in
    /// the racks of the loads among them.
    pub(crate) fn devices(&self, register: &Register, places: &BTreeSet<usize>) -> Vec<String> {
        let by_name: BTreeMap<&str, &FacilityNode> = self
            .nodes
            .iter()
            .map(|node| (node.node().as_str(), *node))
            .collect();
        let mut devices = Vec::new();
        for name in self.names(places) {
            let Some(node) = by_name.get(name.as_str()) else {
                continue;
            };
            devices.extend(node.device.as_ref().map(ToString::to_string));
            if let (FacilityRole::Load, Some(rack)) = (node.role(), &node.rack) {
                let inside = register
                    .devices_of(&node.site)
                    .filter(|device| device.rack.as_ref().is_some_and(|at| at.id == *rack));
                devices.extend(inside.map(|device| device.id.to_string()));
            }
        }
        devices
    }
}

enum Condition {
    Works,
    Unknown,
    Out(&'static str),
}

fn condition(live: &Live, device: &Device, now: Timestamp) -> Condition {
    let target = live.device(device.id.as_str());
    match target.state(now).0 {
        State::Down => return Condition::Out("down"),
        State::Unknown => return Condition::Unknown,
        State::Up | State::Degraded => {}
    }
    if device.class != DeviceClass::Ups {
        return Condition::Works;
    }
    let source = target.value(now, "", "upsOutputSource");
    match source.and_then(Value::as_whole) {
        Some(UPS_OUTPUT_BYPASS) => Condition::Out("bypass"),
        Some(UPS_OUTPUT_NONE) => Condition::Out("no_output"),
        _ => Condition::Works,
    }
}
