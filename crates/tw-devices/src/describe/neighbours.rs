//! Who is plugged in next to a device, by what LLDP told it (IEEE 802.1AB, LLDP-MIB).
//!
//! **Room:** layer 0, pure. **May use:** `tw-ingest`. **Must not:** do I/O, or let the time
//! mark of a row's index into what is seen: it changes without anything having changed.

use super::{Read, TableAnswer, cell};
use crate::{Cell, plan::Table, text};
use std::collections::BTreeMap;
use tw_ingest::seen::NeighbourSeen;

/// The most neighbours of one device that are kept.
pub const NEIGHBOURS_MAX: usize = 1_024;

/// `LldpChassisIdSubtype` of a MAC address.
const CHASSIS_MAC: i64 = 4;
/// `LldpPortIdSubtype` of a MAC address.
const PORT_MAC: i64 = 3;
/// Octets of a MAC address.
const MAC_OCTETS: usize = 6;

/// The rows of lldpRemTable, by local port.
pub(super) fn neighbours(read: &Read<'_>) -> Vec<NeighbourSeen> {
    let Some((table, answer)) = read.table("lldpRemTable") else {
        return Vec::new();
    };
    let ports = local_ports(read);
    let mut rows: BTreeMap<(u32, u32), NeighbourSeen> = BTreeMap::new();
    for (index, row) in answer {
        // lldpRemTimeMark, lldpRemLocalPortNum, lldpRemIndex
        let [_, port, number] = **index else { continue };
        let id = |subtype: &str, id: &str, mac: i64| {
            let subtype = cell(table, row, subtype).and_then(Cell::code);
            identifier(read, cell(table, row, id), subtype == Some(mac))
        };
        let seen = NeighbourSeen {
            local_port: ports
                .get(&port)
                .cloned()
                .unwrap_or_else(|| port.to_string()),
            chassis: id("lldpRemChassisIdSubtype", "lldpRemChassisId", CHASSIS_MAC),
            port: id("lldpRemPortIdSubtype", "lldpRemPortId", PORT_MAC),
            name: read.text(cell(table, row, "lldpRemSysName")),
        };
        if rows.len() < NEIGHBOURS_MAX {
            rows.insert((port, number), seen);
        }
    }
    rows.into_values().collect()
}

/// `lldpLocChassisId`, if it is a MAC address: six octets that are no text.
pub(super) fn base_mac(read: &Read<'_>) -> Option<String> {
    let at = read
        .plan
        .scalars
        .iter()
        .position(|s| s.name == "lldpLocChassisId")?;
    let octets = read.answers.scalars.get(at)?.as_ref()?.bytes()?;
    let is_text = octets.iter().all(|b| (0x20..0x7f).contains(b));
    (octets.len() == MAC_OCTETS && !is_text)
        .then(|| text::mac(octets))
        .flatten()
}

fn local_ports(read: &Read<'_>) -> BTreeMap<u32, String> {
    let Some((table, answer)) = read.table("lldpLocPortTable") else {
        return BTreeMap::new();
    };
    name_ports(read, table, answer)
}

fn name_ports(read: &Read<'_>, table: &Table, answer: &TableAnswer) -> BTreeMap<u32, String> {
    let named = answer.iter().filter_map(|(index, row)| {
        let [port] = **index else { return None };
        let subtype = cell(table, row, "lldpLocPortIdSubtype").and_then(Cell::code);
        let id = cell(table, row, "lldpLocPortId");
        let name = identifier(read, id, subtype == Some(PORT_MAC));
        (!name.is_empty()).then_some((port, name))
    });
    named.collect()
}

fn identifier(read: &Read<'_>, cell: Option<&Cell>, is_mac: bool) -> String {
    let octets = cell.and_then(Cell::bytes).unwrap_or_default();
    let mac = (is_mac && octets.len() == MAC_OCTETS)
        .then(|| text::mac(octets))
        .flatten();
    mac.unwrap_or_else(|| read.text(cell))
}
