//! IPv6 readiness of devices and services.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-lifecycle`.

pub(crate) mod routes;

use crate::world::World;
use std::collections::BTreeMap;
use tw_lifecycle::ipv6::{Ipv6Line, ipv6_of_register};

/// Each device and service with what is known of its addresses.
pub(crate) fn lines(world: &World) -> Vec<Ipv6Line<'_>> {
    // No collector reads address tables yet: the register's addresses are what is known.
    ipv6_of_register(&world.register, &BTreeMap::new())
}
