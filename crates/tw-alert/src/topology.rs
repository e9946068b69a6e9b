//! Who depends on whom, as far as alerts need it.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** be guessed; it comes from the
//! register.

use crate::subject::Subject;
use std::collections::BTreeMap;
use tw_units::{CircuitId, DeviceId, SiteId};

/// A site as alerts see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteShape {
    /// Whether a collector of its own reports from there; then its silence means "cut off".
    pub has_collector: bool,
    /// The devices through which the site is reached. When all are down and so is half of the
    /// rest, the site is cut off.
    pub gateways: Vec<DeviceId>,
    /// All polled devices, gateways too.
    pub devices: Vec<DeviceId>,
}

/// All sites and the circuits between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    /// The sites.
    pub sites: BTreeMap<SiteId, SiteShape>,
    /// The two sites of each circuit.
    pub circuits: BTreeMap<CircuitId, [SiteId; 2]>,
    /// Devices and circuits, by id, that maintenance is expected to silence now, each with the
    /// number of that maintenance.
    pub quiet: BTreeMap<String, String>,
}

impl Topology {
    /// The site of a device.
    pub(crate) fn site_of(&self, device: &DeviceId) -> Option<&SiteId> {
        self.sites
            .iter()
            .find(|(_, shape)| shape.devices.contains(device))
            .map(|(site, _)| site)
    }

    /// The maintenance during which an alert of a subject is to be expected. A site that is cut
    /// off is never quiet, and neither is maintenance itself.
    pub(crate) fn quiet_by(&self, subject: &Subject) -> Option<&String> {
        match subject {
            Subject::Device(id) | Subject::Ups(id, _) => self.quiet.get(id.as_str()),
            Subject::Circuit(id) | Subject::CircuitQuality(id) => self.quiet.get(id.as_str()),
            Subject::Site(_) | Subject::Work(..) => None,
        }
    }

    /// The sites of a circuit.
    pub(crate) fn ends(&self, circuit: &CircuitId) -> &[SiteId] {
        self.circuits.get(circuit).map_or(&[], |ends| ends)
    }
}
