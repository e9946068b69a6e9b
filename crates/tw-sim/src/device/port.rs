//! Interfaces: which a device has, and their tables (IF-MIB of RFC 2863, EtherLike-MIB of
//! RFC 3635).
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`, `tw-model`,
//! `tw-snmp`. **Must not:** read a clock.

use super::table::{PortColumn, Source, Table};
use crate::{
    curve::Curve,
    hash::Seed,
    state::{Moment, low},
    timeline::inside,
};
use tw_snmp::{Oid, Value};
use tw_units::{DeviceId, Interval, Timestamp};

const IF_NUMBER: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 2, 1]);
const IF_ENTRY: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 2, 2, 1]);
const IF_X_ENTRY: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 31, 1, 1, 1]);
const IF_TABLE_LAST_CHANGE: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 31, 1, 5]);
const DOT3_STATS_ENTRY: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 10, 7, 2, 1]);
/// IANAifType ethernetCsmacd.
pub(crate) const ETHERNET: i32 = 6;
/// IANAifType softwareLoopback.
pub(crate) const LOOPBACK: i32 = 24;
/// How far each re-numbering turns the numbers round.
const NUMBER_STEP: usize = 3;

/// One interface.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    /// `ifName`.
    pub(crate) name: String,
    /// `<name>` of the register: `ifName` with odd characters replaced.
    pub(crate) key: String,
    /// `ifAlias`.
    pub(crate) alias: String,
    /// IANAifType.
    pub(crate) kind: i32,
    pub(crate) speed_bps: u64,
    pub(crate) mac: [u8; 6],
    /// Whether anything is plugged in.
    pub(crate) wired: bool,
    /// Octets a second.
    pub(crate) rx: Curve,
    /// Octets a second.
    pub(crate) tx: Curve,
    /// The mean size of a packet.
    pub(crate) packet_octets: u64,
    /// Packets received with errors, in a million.
    pub(crate) errors_ppm: u64,
}

/// The name of an interface in identifiers: every character outside of `A-Za-z0-9._~-` is a `-`.
pub fn interface_key(if_name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    if_name
        .chars()
        .map(|c| if plain(c) { c } else { '-' })
        .collect()
}

/// `ifIndex` of the `place`-th of `count` interfaces after so many re-numberings.
pub(crate) fn if_index(place: usize, count: usize, numbering: u32) -> u32 {
    let turned = usize::try_from(numbering)
        .unwrap_or(0)
        .wrapping_mul(NUMBER_STEP);
    let place = (place + turned % count.max(1)) % count.max(1);
    u32::try_from(place).unwrap_or(0) + 1
}

/// Adds the tables of all `ports`.
pub(crate) fn tables(table: &mut Table, ports: &[Port], numbering: u32) {
    let count = ports.len();
    table.integer(&IF_NUMBER, &[0], i32::try_from(count).unwrap_or(i32::MAX));
    // The interfaces only ever change with a restart, at which sysUpTime is 0.
    table.fixed(&IF_TABLE_LAST_CHANGE, &[0], Value::TimeTicks(0));
    for (place, port) in ports.iter().enumerate() {
        let index = if_index(place, count, numbering);
        if_row(table, port, place, index);
        if_x_row(table, port, place, index);
        if port.kind == ETHERNET {
            dot3_row(table, place, index);
        }
    }
}

fn if_row(table: &mut Table, port: &Port, place: usize, index: u32) {
    let base = &IF_ENTRY;
    let number = i32::try_from(index).unwrap_or(i32::MAX);
    let speed = u32::try_from(port.speed_bps).unwrap_or(u32::MAX);
    let mac = if port.kind == LOOPBACK {
        Vec::new()
    } else {
        port.mac.to_vec()
    };
    table.integer(base, &[1, index], number);
    table.text(base, &[2, index], &port.name);
    table.integer(base, &[3, index], port.kind);
    table.integer(
        base,
        &[4, index],
        if port.kind == LOOPBACK { 65_536 } else { 1_500 },
    );
    table.fixed(base, &[5, index], Value::Gauge32(speed));
    table.fixed(base, &[6, index], Value::OctetString(mac));
    table.integer(base, &[7, index], 1);
    table.fixed(base, &[15, index], Value::Counter32(0));
    table.fixed(base, &[21, index], Value::Gauge32(0));
    let live = [
        (8, PortColumn::OperStatus),
        (9, PortColumn::LastChange),
        (10, PortColumn::InOctets),
        (11, PortColumn::InPackets),
        (12, PortColumn::InNonUnicast),
        (13, PortColumn::InDiscards),
        (14, PortColumn::InErrors),
        (16, PortColumn::OutOctets),
        (17, PortColumn::OutPackets),
        (18, PortColumn::OutNonUnicast),
        (19, PortColumn::OutDiscards),
        (20, PortColumn::OutErrors),
    ];
    for (column, source) in live {
        table.add(base, &[column, index], Source::Port(source, place));
    }
}

fn if_x_row(table: &mut Table, port: &Port, place: usize, index: u32) {
    let base = &IF_X_ENTRY;
    let megabits = u32::try_from(port.speed_bps / 1_000_000).unwrap_or(u32::MAX);
    table.text(base, &[1, index], &port.name);
    table.integer(base, &[14, index], 1);
    table.fixed(base, &[15, index], Value::Gauge32(megabits));
    table.integer(base, &[16, index], 2);
    table.integer(
        base,
        &[17, index],
        if port.kind == LOOPBACK { 2 } else { 1 },
    );
    table.text(base, &[18, index], &port.alias);
    table.fixed(base, &[19, index], Value::TimeTicks(0));
    let live = [
        (2, PortColumn::InMulticast),
        (3, PortColumn::InBroadcast),
        (4, PortColumn::OutMulticast),
        (5, PortColumn::OutBroadcast),
        (6, PortColumn::HcInOctets),
        (7, PortColumn::HcInPackets),
        (8, PortColumn::HcInMulticast),
        (9, PortColumn::HcInBroadcast),
        (10, PortColumn::HcOutOctets),
        (11, PortColumn::HcOutPackets),
        (12, PortColumn::HcOutMulticast),
        (13, PortColumn::HcOutBroadcast),
    ];
    for (column, source) in live {
        table.add(base, &[column, index], Source::Port(source, place));
    }
}

fn dot3_row(table: &mut Table, place: usize, index: u32) {
    let base = &DOT3_STATS_ENTRY;
    table.integer(base, &[1, index], i32::try_from(index).unwrap_or(i32::MAX));
    // No half duplex any more: nothing collides. FCS errors are all the errors there are.
    table.add(base, &[3, index], Source::Port(PortColumn::InErrors, place));
    for column in [2, 4, 5, 6, 7, 8, 9, 10, 11, 13, 16, 18] {
        table.fixed(base, &[column, index], Value::Counter32(0));
    }
    table.integer(base, &[19, index], 3);
}

impl Port {
    /// The value of a column at a moment of its device.
    pub(crate) fn read(&self, column: PortColumn, device: &DeviceId, moment: &Moment) -> Value {
        use PortColumn as C;
        let downs = self.downs(device, moment);
        let octets = |curve: &Curve| {
            if self.wired {
                carried(curve, moment, downs)
            } else {
                0
            }
        };
        let packets = |curve: &Curve| octets(curve) / self.packet_octets.max(1);
        let (rx, tx) = (&self.rx, &self.tx);
        let wrapping = |count: u64| Value::Counter32(low(count));
        match column {
            C::OperStatus => Value::Integer(if self.is_up(downs, moment.t) { 1 } else { 2 }),
            C::LastChange => Value::TimeTicks(last_change(downs, moment)),
            C::InOctets => wrapping(octets(rx)),
            C::OutOctets => wrapping(octets(tx)),
            C::InPackets => wrapping(packets(rx)),
            C::OutPackets => wrapping(packets(tx)),
            C::InMulticast => wrapping(packets(rx) / 40),
            C::OutMulticast => wrapping(packets(tx) / 60),
            C::InBroadcast => wrapping(packets(rx) / 120),
            C::OutBroadcast => wrapping(packets(tx) / 200),
            C::InNonUnicast => wrapping(packets(rx) / 40 + packets(rx) / 120),
            C::OutNonUnicast => wrapping(packets(tx) / 60 + packets(tx) / 200),
            C::InErrors => wrapping(part(packets(rx), self.errors_ppm)),
            C::OutErrors => Value::Counter32(0),
            C::InDiscards => wrapping(part(packets(rx), self.errors_ppm / 4)),
            C::OutDiscards => wrapping(part(packets(tx), self.errors_ppm / 2)),
            C::HcInOctets => Value::Counter64(octets(rx)),
            C::HcOutOctets => Value::Counter64(octets(tx)),
            C::HcInPackets => Value::Counter64(packets(rx)),
            C::HcOutPackets => Value::Counter64(packets(tx)),
            C::HcInMulticast => Value::Counter64(packets(rx) / 40),
            C::HcOutMulticast => Value::Counter64(packets(tx) / 60),
            C::HcInBroadcast => Value::Counter64(packets(rx) / 120),
            C::HcOutBroadcast => Value::Counter64(packets(tx) / 200),
        }
    }

    /// When it was down, over the whole time.
    pub(crate) fn downs<'a>(&self, device: &DeviceId, moment: &'a Moment) -> &'a [Interval] {
        let line = moment.line(device);
        let downs = line.and_then(|line| line.links_down.get(&self.key));
        downs.map_or(&[], Vec::as_slice)
    }

    fn is_up(&self, downs: &[Interval], t: Timestamp) -> bool {
        self.wired && inside(downs, t).is_none()
    }
}

/// A share of a count, in a million.
fn part(count: u64, ppm: u64) -> u64 {
    let part = u128::from(count) * u128::from(ppm) / 1_000_000;
    u64::try_from(part).unwrap_or(u64::MAX)
}

/// What passed since the device started, without the times when the interface was down.
fn carried(curve: &Curve, moment: &Moment, downs: &[Interval]) -> u64 {
    let Some(up) = Interval::new(moment.booted, moment.t) else {
        return 0;
    };
    let until = downs.partition_point(|down| down.from < up.to);
    let missed = downs[..until]
        .iter()
        .rev()
        .take_while(|down| down.to > up.from);
    let missed: u64 = missed
        .filter_map(|down| down.intersect(up))
        .map(|down| curve.gained(down.from, down.to))
        .sum();
    curve.gained(up.from, up.to).saturating_sub(missed)
}

/// `ifLastChange`: `sysUpTime` when the interface last went down or up.
fn last_change(downs: &[Interval], moment: &Moment) -> u32 {
    let until = downs.partition_point(|down| down.from <= moment.t);
    let changed = downs[..until].last().map(|down| {
        if down.to <= moment.t {
            down.to
        } else {
            down.from
        }
    });
    changed.map_or(0, |t| moment.ticks_at(t))
}

/// A locally administered address (IEEE 802, second bit of the first octet).
pub(crate) fn mac(seed: Seed) -> [u8; 6] {
    let bytes = seed.of("mac").bits().to_be_bytes();
    [0x02, bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renumbering_turns_all_numbers_and_keeps_them_distinct() {
        for count in [1, 2, 3, 28] {
            for numbering in 0..4 {
                let mut numbers: Vec<u32> = (0..count)
                    .map(|place| if_index(place, count, numbering))
                    .collect();
                if numbering == 1 && count == 28 {
                    assert_eq!((numbers[0], numbers[27]), (4, 3));
                }
                numbers.sort_unstable();
                let expect: Vec<u32> = (1..=u32::try_from(count).unwrap()).collect();
                assert_eq!(numbers, expect);
            }
        }
    }

    #[test]
    fn an_identifier_has_no_slash_or_space() {
        assert_eq!(interface_key("Gi1/0/1"), "Gi1-0-1");
        assert_eq!(interface_key("port channel:1"), "port-channel-1");
        assert_eq!(interface_key("eth0.100~a_b"), "eth0.100~a_b");
    }
}
