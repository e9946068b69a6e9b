//! Whether devices and services are ready for IPv6, by the addresses that are known of them.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** take silence for an
//! answer: what is not known is `unknown`, never ready and never not ready.

mod register;

pub use register::{Ipv6Basis, Ipv6Line, Ipv6Seen, Ipv6Subject, SeenAddress, ipv6_of_register};

use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv6Addr};

/// How ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ipv6Readiness {
    /// It has an address that others can reach.
    Ready,
    /// IPv6 is there and not fit for use: only link-local addresses, or only some of the parts.
    Partly,
    /// Its addresses are known, and none is of IPv6.
    Not,
    /// Not enough is known.
    Unknown,
}

/// How many are how ready. The four are disjoint and sum to `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ipv6Count {
    /// See [`Ipv6Readiness::Ready`].
    pub ready: usize,
    /// See [`Ipv6Readiness::Partly`].
    pub partly: usize,
    /// See [`Ipv6Readiness::Not`].
    pub not: usize,
    /// See [`Ipv6Readiness::Unknown`].
    pub unknown: usize,
    /// All.
    pub total: usize,
}

/// What is known of the addresses of one thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddressesKnown<'a> {
    /// Addresses that were seen or written down.
    pub addresses: &'a [IpAddr],
    /// Whether these are all: its own address table was read, or a person listed them.
    pub complete: bool,
}

/// Judges by addresses. Without the whole list, only an address of IPv6 decides.
pub fn ipv6_of_addresses(known: AddressesKnown<'_>) -> Ipv6Readiness {
    let mut link_local = false;
    for address in known.addresses {
        match address {
            IpAddr::V6(address) if reachable(*address) => return Ipv6Readiness::Ready,
            IpAddr::V6(address) if address.is_unicast_link_local() => link_local = true,
            _ => {}
        }
    }
    if link_local {
        return Ipv6Readiness::Partly;
    }
    if known.complete && known.addresses.iter().any(IpAddr::is_ipv4) {
        return Ipv6Readiness::Not;
    }
    Ipv6Readiness::Unknown
}

/// How far an address of IPv6 reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ipv6Scope {
    /// Anywhere (RFC 4291 §2.5.4).
    Global,
    /// Within the organisation (RFC 4193).
    UniqueLocal,
    /// On its own link only.
    LinkLocal,
    /// Within the machine, or no unicast address.
    None,
}

/// How far an address reaches; none for one of IPv4.
pub fn ipv6_scope(address: IpAddr) -> Option<Ipv6Scope> {
    let IpAddr::V6(address) = address else {
        return None;
    };
    Some(if address.is_unicast_link_local() {
        Ipv6Scope::LinkLocal
    } else if !reachable(address) {
        Ipv6Scope::None
    } else if address.is_unique_local() {
        Ipv6Scope::UniqueLocal
    } else {
        Ipv6Scope::Global
    })
}

/// Neither loopback, nor link-local, nor multicast, nor an IPv4 address in disguise.
fn reachable(address: Ipv6Addr) -> bool {
    !address.is_loopback()
        && !address.is_unspecified()
        && !address.is_multicast()
        && !address.is_unicast_link_local()
        && address.to_ipv4_mapped().is_none()
}

/// Judges a service by where its users reach it and by what it stands on. One part that is not
/// known leaves it unknown, unless another part is certainly not ready.
pub fn ipv6_of_service(
    published: Ipv6Readiness,
    parts: impl IntoIterator<Item = Ipv6Readiness>,
) -> Ipv6Readiness {
    let all: Vec<Ipv6Readiness> = std::iter::once(published).chain(parts).collect();
    let has = |wanted| all.contains(&wanted);
    if all.iter().all(|one| *one == Ipv6Readiness::Ready) {
        return Ipv6Readiness::Ready;
    }
    let begun = has(Ipv6Readiness::Ready) || has(Ipv6Readiness::Partly);
    match (has(Ipv6Readiness::Unknown), has(Ipv6Readiness::Not)) {
        // Certainly not ready as a whole, certainly begun.
        (_, true) if begun => Ipv6Readiness::Partly,
        (true, _) => Ipv6Readiness::Unknown,
        (false, true) => Ipv6Readiness::Not,
        (false, false) => Ipv6Readiness::Partly,
    }
}

/// Counts.
pub fn count_ipv6(all: impl IntoIterator<Item = Ipv6Readiness>) -> Ipv6Count {
    let mut count = Ipv6Count::default();
    for one in all {
        match one {
            Ipv6Readiness::Ready => count.ready += 1,
            Ipv6Readiness::Partly => count.partly += 1,
            Ipv6Readiness::Not => count.not += 1,
            Ipv6Readiness::Unknown => count.unknown += 1,
        }
        count.total += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ipv6Readiness::{Not, Partly, Ready, Unknown};
    use proptest::prelude::*;

    #[track_caller]
    fn check(addresses: &[&str], complete: bool, expect: Ipv6Readiness) {
        let addresses: Vec<IpAddr> = addresses.iter().map(|a| a.parse().unwrap()).collect();
        let known = AddressesKnown {
            addresses: &addresses,
            complete,
        };
        assert_eq!(ipv6_of_addresses(known), expect, "{addresses:?}");
    }

    #[test]
    fn only_a_reachable_address_makes_ready_and_silence_is_unknown() {
        check(&["10.0.0.1", "2001:db8::1"], false, Ready);
        check(&["fd00::1"], false, Ready);
        check(&["10.0.0.1", "fe80::1"], true, Partly);
        check(&["10.0.0.1"], true, Not);
        check(&["10.0.0.1"], false, Unknown);
        check(&["::ffff:10.0.0.1", "::1", "ff02::1"], true, Unknown);
        check(&[], true, Unknown);
        check(&[], false, Unknown);
    }

    #[test]
    fn a_service_is_as_ready_as_its_parts() {
        for (published, parts, expect) in [
            (Ready, vec![Ready, Ready], Ready),
            (Ready, vec![Ready, Unknown], Unknown),
            (Ready, vec![Not], Partly),
            (Not, vec![Not, Not], Not),
            (Not, vec![Unknown], Unknown),
            (Not, vec![Unknown, Ready], Partly),
            (Unknown, vec![Unknown], Unknown),
            (Partly, vec![Ready], Partly),
            (Unknown, vec![], Unknown),
        ] {
            assert_eq!(
                ipv6_of_service(published, parts.clone()),
                expect,
                "{published:?} {parts:?}"
            );
        }
    }

    fn any_readiness() -> impl Strategy<Value = Ipv6Readiness> {
        prop::sample::select(vec![Ready, Partly, Not, Unknown])
    }

    proptest! {
        #[test]
        fn unknown_is_never_counted_as_ready(published in any_readiness(),
            parts in prop::collection::vec(any_readiness(), 0..6)) {
            let doubt = published == Unknown || parts.contains(&Unknown);
            let verdict = ipv6_of_service(published, parts.clone());
            prop_assert!(!(doubt && verdict == Ready));
            let count = count_ipv6(parts.iter().copied());
            prop_assert_eq!(count.ready + count.partly + count.not + count.unknown, count.total);
            prop_assert_eq!(count.total, parts.len());
        }
    }
}
