//! IPv6 readiness of devices and services.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-lifecycle`.

pub(crate) mod routes;

use crate::{readings::live::Live, world::World};
use std::{collections::BTreeMap, net::IpAddr};
use tw_model::Device;
use tw_units::DeviceId;

/// The address tables that were read from devices, whole.
pub(crate) type SeenAddresses = BTreeMap<DeviceId, Vec<IpAddr>>;

/// What collectors say of the machines that they run on. A machine is the device of its
/// collector's sites that has one of its addresses; SNMP devices are not asked for theirs.
pub(crate) fn seen(world: &World, live: &Live) -> SeenAddresses {
    let mut seen = SeenAddresses::new();
    for (collector, sites) in world.collectors() {
        let machine = live.device(&format!("host:{collector}"));
        let Some((addresses, _)) = &machine.addresses else {
            continue;
        };
        let own: Vec<&IpAddr> = addresses.iter().filter(|one| tells(one)).collect();
        let is_it = |device: &&Device| {
            let known = device.address.map(|address| address.ip());
            let mut known = device.ip.iter().copied().chain(known);
            sites.contains(&&device.site) && known.any(|one| own.contains(&&one))
        };
        // Two that could be it are none.
        let mut fits = world.register.devices.values().filter(is_it);
        if let (Some(device), None) = (fits.next(), fits.next()) {
            seen.insert(device.id.clone(), addresses.clone());
        }
    }
    seen
}

/// Whether an address tells one machine from others.
fn tells(address: &IpAddr) -> bool {
    let link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    !address.is_loopback() && !address.is_unspecified() && !address.is_multicast() && !link_local
}
