//! IPv6 readiness of devices and services.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-lifecycle`.

pub(crate) mod routes;

use crate::{readings::live::Live, world::World};
use std::net::IpAddr;
use tw_ingest::tls_key;
use tw_lifecycle::ipv6::{Ipv6Seen, SeenAddress};
use tw_model::Device;

/// What the network reports: the tables that devices give by SNMP, those of the machines that
/// collectors run on, and the services that answered over IPv6.
pub(crate) fn seen(world: &World, live: &Live) -> Ipv6Seen {
    let mut seen = Ipv6Seen::default();
    for device in world.register.devices.values() {
        if let Some((table, _)) = &live.device(device.id.as_str()).address_table {
            let table = table.iter().map(|row| SeenAddress {
                address: row.address,
                interface: Some(row.interface.clone()),
            });
            seen.tables.insert(device.id.clone(), table.collect());
        }
        answers(device, live, &mut seen);
    }
    machines(world, live, &mut seen);
    seen
}

/// An endpoint that spoke with us, whatever it said, was reached at its address.
fn answers(device: &Device, live: &Live, seen: &mut Ipv6Seen) {
    for endpoint in &device.tls {
        let address = endpoint.address.ip();
        let told = live.get(&tls_key(&device.id, endpoint.address));
        let shaken = told
            .tls
            .as_ref()
            .is_some_and(|(tls, _)| tls.refused.is_none());
        if let (true, true, Some(service)) = (shaken, address.is_ipv6(), &endpoint.service) {
            let answered = seen.answers.entry(service.clone()).or_default();
            answered.push(address);
        }
    }
}

/// What collectors say of the machines that they run on. A machine is the device of its
/// collector's sites that has one of its addresses.
fn machines(world: &World, live: &Live, seen: &mut Ipv6Seen) {
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
            let table = addresses.iter().map(|address| SeenAddress {
                address: *address,
                interface: None,
            });
            let table = table.collect();
            seen.tables.entry(device.id.clone()).or_insert(table);
        }
    }
}

/// Whether an address tells one machine from others.
fn tells(address: &IpAddr) -> bool {
    let link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    !address.is_loopback() && !address.is_unspecified() && !address.is_multicast() && !link_local
}
