//! Who is plugged in next to a device: LLDP-MIB (IEEE 802.1AB). At each site the network's
//! devices hang on its first core switch; a device that is moved to another site in the
//! simulated world has other neighbours there.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`, `tw-model`,
//! `tw-snmp`.

use super::{
    port::{ETHERNET, Port},
    table::Table,
    wiring,
};
use crate::hash::Seed;
use tw_model::{Device, DeviceClass, Register};
use tw_snmp::{Oid, Value};

const LOCAL: Oid = Oid::from_static(&[1, 0, 8_802, 1, 1, 2, 1, 3]);
const LOCAL_PORT: Oid = Oid::from_static(&[1, 0, 8_802, 1, 1, 2, 1, 3, 7, 1]);
const REMOTE: Oid = Oid::from_static(&[1, 0, 8_802, 1, 1, 2, 1, 4, 1, 1]);
/// `LldpChassisIdSubtype` macAddress(4).
const MAC: i32 = 4;
/// `LldpPortIdSubtype` interfaceName(5).
const NAME: i32 = 5;

/// Adds what the device tells about itself and its neighbours; nothing for what speaks no LLDP.
pub(crate) fn lldp(table: &mut Table, register: &Register, device: &Device, world: Seed) {
    if !speaks(device) {
        return;
    }
    let own = wiring::ports(register, device, world);
    table.integer(&LOCAL, &[1, 0], MAC);
    table.fixed(&LOCAL, &[2, 0], Value::OctetString(chassis(&own)));
    table.text(&LOCAL, &[3, 0], &device.name);
    let Some(core) = core_of(register, device) else {
        return;
    };
    let mut hung = hung_on(register, core);
    if core.id == device.id {
        for (place, other) in hung.by_ref().enumerate() {
            let theirs = wiring::ports(register, other, world);
            let at = place % own.len().max(1);
            neighbour(table, (&own, at), (other, &theirs, uplink(&theirs)));
        }
        return;
    }
    let Some(place) = hung.position(|other| other.id == device.id) else {
        return;
    };
    let theirs = wiring::ports(register, core, world);
    let at = place % theirs.len().max(1);
    neighbour(table, (&own, uplink(&own)), (core, &theirs, at));
}

fn speaks(device: &Device) -> bool {
    let network = matches!(
        device.class,
        DeviceClass::Router | DeviceClass::Switch | DeviceClass::Firewall | DeviceClass::Wireless
    );
    network && device.address.is_some()
}

fn core_of<'a>(register: &'a Register, device: &Device) -> Option<&'a Device> {
    let core = |other: &&Device| {
        other.site == device.site
            && other.class == DeviceClass::Switch
            && other.role.as_deref() == Some("core")
            && speaks(other)
    };
    register.devices.values().find(core)
}

/// The devices of a core switch's site that hang on it, in the order of their identifiers.
fn hung_on<'a>(register: &'a Register, core: &'a Device) -> impl Iterator<Item = &'a Device> {
    let here = |other: &&Device| other.site == core.site && other.id != core.id && speaks(other);
    register.devices.values().filter(here)
}

/// The last Ethernet port leads up.
fn uplink(ports: &[Port]) -> usize {
    ports
        .iter()
        .rposition(|port| port.kind == ETHERNET)
        .unwrap_or(0)
}

fn chassis(ports: &[Port]) -> Vec<u8> {
    let first = ports.iter().find(|port| port.kind == ETHERNET);
    first.map_or_else(|| vec![0; 6], |port| port.mac.to_vec())
}

fn neighbour(
    table: &mut Table,
    (own, at): (&[Port], usize),
    (other, theirs, there): (&Device, &[Port], usize),
) {
    let (Some(here), Some(far)) = (own.get(at), theirs.get(there)) else {
        return;
    };
    let port = u32::try_from(at).unwrap_or(0) + 1;
    table.integer(&LOCAL_PORT, &[2, port], NAME);
    table.text(&LOCAL_PORT, &[3, port], &here.name);
    let row = |column| [column, 0, port, 1];
    table.integer(&REMOTE, &row(4), MAC);
    table.fixed(&REMOTE, &row(5), Value::OctetString(chassis(theirs)));
    table.integer(&REMOTE, &row(6), NAME);
    table.text(&REMOTE, &row(7), &far.name);
    table.text(&REMOTE, &row(9), &other.name);
}
