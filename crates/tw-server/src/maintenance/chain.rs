//! The chain of a site as work sees it: what feeds what by the register, what is out now, of what
//! nothing is known.
//!
//! **Room:** layer 2, pure. **May use:** `tw-model`, `tw-availability`. **Must not:** call a UPS in
//! bypass a protection, nor take silence for health.

use crate::{
    facility::actions::{chain_now, chain_on, day_at},
    readings::live::Live,
    world::World,
};
use std::collections::{BTreeMap, BTreeSet};
use tw_api::OutNow;
use tw_availability::{Graph, NodeState};
use tw_model::{FacilityNode, FacilityRole, Register, Site};
use tw_units::Timestamp;

/// The chain of a site now.
pub(crate) struct Chain<'a> {
    pub(crate) graph: Graph,
    pub(crate) out_now: Vec<OutNow>,
    pub(crate) unknown: Vec<String>,
    nodes: Vec<&'a FacilityNode>,
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
    let found = match live {
        // Work that runs is told apart from what the field says: it counts while it overlaps.
        Some(live) => chain_now(world, live, &BTreeSet::new(), (site, now)),
        None => chain_on(world, site, day_at(site, now)),
    };
    // A chain that cannot be assessed says nothing; the register's check has told about it.
    let chain = found.ok().flatten()?;
    let mut out_now = Vec::new();
    let mut unknown = Vec::new();
    for (node, found) in chain.declared.iter().zip(&chain.found) {
        // A load feeds nothing: whether it is fed is what is asked.
        if node.role() == FacilityRole::Load {
            continue;
        }
        if found.state == NodeState::Unknown {
            unknown.push(node.node().to_string());
        } else if found.state == NodeState::Out || found.unprotected {
            out_now.push(OutNow {
                id: node.node().to_string(),
                why: found.reason.as_str().to_owned(),
            });
        }
    }
    Some(Chain {
        graph: chain.graph,
        nodes: chain.declared,
        out_now,
        unknown,
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
