//! The addresses that a device says are its own (IP-MIB, RFC 4293).
//!
//! **Room:** layer 0, pure. **May use:** `tw-ingest`. **Must not:** do I/O, or take an address that
//! is not in use: a tentative or a duplicate one answers nobody.

use super::{Read, cell};
use crate::Cell;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};
use tw_ingest::seen::{AddressSeen, InterfaceSeen};

/// The most addresses of one device that are kept.
pub const ADDRESSES_MAX: usize = 1_024;

/// `ipAddressType` of an address that packets are sent to: unicast, anycast.
const USED_TYPES: [i64; 2] = [1, 2];
/// `ipAddressStatus` of an address in use: preferred, deprecated, unknown, optimistic.
const USED_STATES: [i64; 4] = [1, 2, 5, 8];

/// The rows of ipAddressTable, by address.
pub(super) fn addresses(
    read: &Read<'_>,
    interfaces: &BTreeMap<u32, &InterfaceSeen>,
) -> Vec<AddressSeen> {
    let Some((table, answer)) = read.table("ipAddressTable") else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    for (index, row) in answer {
        let code = |name: &str| cell(table, row, name).and_then(Cell::code);
        // Agents leave columns out; what is not said to be unused counts.
        let fits = |name: &str, wanted: &[i64]| code(name).is_none_or(|is| wanted.contains(&is));
        let used = fits("ipAddressType", &USED_TYPES) && fits("ipAddressStatus", &USED_STATES);
        let Some(address) = address_of(index).filter(|_| used) else {
            continue;
        };
        let if_index = code("ipAddressIfIndex").unwrap_or(0);
        let named = u32::try_from(if_index).ok();
        let named = named.and_then(|if_index| interfaces.get(&if_index));
        let interface = named.map_or_else(
            || if_index.to_string(),
            |seen| {
                if seen.name.is_empty() {
                    seen.descr.clone()
                } else {
                    seen.name.clone()
                }
            },
        );
        if seen.len() < ADDRESSES_MAX {
            seen.insert(AddressSeen { address, interface });
        }
    }
    seen.into_iter().collect()
}

/// The address in a row's index: its type, its length, its octets (RFC 4001). The zone of
/// `ipv4z` and `ipv6z` is the collector's affair only.
fn address_of(index: &[u32]) -> Option<IpAddr> {
    let [kind, length, octets @ ..] = index else {
        return None;
    };
    let octets: Option<Vec<u8>> = octets.iter().map(|arc| u8::try_from(*arc).ok()).collect();
    let octets = octets.filter(|octets| octets.len() == *length as usize)?;
    let four = || <[u8; 4]>::try_from(octets.get(..4)?).ok();
    let sixteen = || <[u8; 16]>::try_from(octets.get(..16)?).ok();
    match (kind, octets.len()) {
        (1, 4) | (3, 8) => four().map(IpAddr::from),
        (2, 16) | (4, 20) => sixteen().map(IpAddr::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(index: &str, expect: Option<&str>) {
        let index: Vec<u32> = index.split('.').map(|arc| arc.parse().unwrap()).collect();
        let address = address_of(&index).map(|address| address.to_string());
        assert_eq!(address.as_deref(), expect, "{index:?}");
    }

    #[test]
    fn an_index_holds_an_address_with_its_kind_and_length() {
        check("1.4.10.0.0.1", Some("10.0.0.1"));
        check(
            "2.16.32.1.13.168.2.21.1.0.0.0.0.0.0.0.1.72",
            Some("2001:da8:215:100::148"),
        );
        check(
            "4.20.254.128.0.0.0.0.0.0.234.4.98.255.254.120.242.65.18.0.3.198",
            Some("fe80::ea04:62ff:fe78:f241"),
        );
        check("3.8.10.0.0.1.0.0.0.7", Some("10.0.0.1"));
        check("1.4.10.0.0", None);
        check("1.4.10.0.0.256", None);
        check("2.4.10.0.0.1", None);
        check("0.0", None);
        check("1", None);
    }

    proptest! {
        #[test]
        fn no_index_is_too_strange(index in prop::collection::vec(any::<u32>(), 0..40)) {
            let read = address_of(&index);
            prop_assert!(read.is_none() || index.len() >= 6);
        }
    }
}
