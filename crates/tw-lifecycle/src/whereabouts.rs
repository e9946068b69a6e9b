//! At which site a device is, by who is plugged in next to it and by its address.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** let a device that has itself
//! been moved say where its neighbour is.

use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};
use tw_units::SiteId;

/// A subnet tells a site when at least so many other devices of that site have addresses in it,
/// and no device of another site has.
pub const SUBNET_DEVICES_MIN: usize = 2;

/// What says where a device is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Whereabouts {
    /// The site.
    pub site: SiteId,
    /// Why: the neighbours, or the subnet, in words for the evidence.
    pub because: Vec<String>,
}

/// A device as the register places it, and what was seen of it.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its identifier.
    pub id: String,
    /// Where the register says that it is.
    pub site: SiteId,
    /// The address by which it was reached.
    pub address: Option<IpAddr>,
    /// The identifiers of the devices that it sees next to it.
    pub neighbours: BTreeSet<String>,
}

/// All devices, to be asked about one.
#[derive(Debug, Default)]
pub struct PlaceMap {
    devices: BTreeMap<String, Placed>,
    subnets: BTreeMap<String, BTreeMap<SiteId, BTreeSet<String>>>,
}

impl PlaceMap {
    /// Takes all devices of the register.
    pub fn new(devices: impl IntoIterator<Item = Placed>) -> Self {
        let mut map = Self::default();
        for device in devices {
            if let Some(address) = device.address {
                let sites = map.subnets.entry(subnet(address)).or_default();
                let of_site = sites.entry(device.site.clone()).or_default();
                of_site.insert(device.id.clone());
            }
            map.devices.insert(device.id.clone(), device);
        }
        map
    }

    /// Where a device is, if anything tells. Neighbours tell before addresses.
    pub fn find(&self, id: &str) -> Option<Whereabouts> {
        let device = self.devices.get(id)?;
        self.by_neighbours(device)
            .or_else(|| self.by_subnet(device))
    }

    /// The one site of all neighbours that stand firm; the own site if one of them is there.
    fn by_neighbours(&self, device: &Placed) -> Option<Whereabouts> {
        let firm = device
            .neighbours
            .iter()
            .filter_map(|id| self.devices.get(id));
        let firm: Vec<&Placed> = firm
            .filter(|other| self.stands_firm(other, &device.id))
            .collect();
        let mut sites: BTreeMap<&SiteId, Vec<String>> = BTreeMap::new();
        for other in firm {
            let told = format!(
                "plugged in next to {}, which is at {}",
                other.id, other.site
            );
            sites.entry(&other.site).or_default().push(told);
        }
        let site = if sites.contains_key(&device.site) {
            &device.site
        } else {
            let mut all = sites.keys();
            let only = *all.next()?;
            all.next().is_none().then_some(only)?
        };
        let because = sites.get(site).cloned().unwrap_or_default();
        Some(Whereabouts {
            site: site.clone(),
            because,
        })
    }

    /// Whether another device than `but` confirms that a device is where the register says.
    fn stands_firm(&self, device: &Placed, but: &str) -> bool {
        let confirms = |id: &&String| {
            let other = self.devices.get(*id);
            id.as_str() != but && other.is_some_and(|other| other.site == device.site)
        };
        device.neighbours.iter().any(|id| confirms(&id))
    }

    fn by_subnet(&self, device: &Placed) -> Option<Whereabouts> {
        let name = subnet(device.address?);
        let mut sites = self
            .subnets
            .get(&name)?
            .iter()
            .filter_map(|(site, devices)| {
                let others = devices.iter().filter(|id| **id != device.id).count();
                (others > 0).then_some((site, others))
            });
        let (site, others) = sites.next()?;
        if sites.next().is_some() || others < SUBNET_DEVICES_MIN {
            return None;
        }
        Some(Whereabouts {
            site: site.clone(),
            because: vec![format!(
                "reached in {name}, where {others} devices of {site} are"
            )],
        })
    }
}

/// The /24 or /64 of an address.
fn subnet(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Devices as `id site address neighbour,neighbour`.
    fn map(lines: &[&str]) -> PlaceMap {
        PlaceMap::new(lines.iter().map(|line| {
            let mut words = line.split(' ');
            let mut next = || words.next().unwrap_or("-").to_owned();
            let (id, site, address, neighbours) = (next(), next(), next(), next());
            Placed {
                id,
                site: site.parse().unwrap(),
                address: address.parse().ok(),
                neighbours: neighbours.split(',').map(str::to_owned).collect(),
            }
        }))
    }

    #[track_caller]
    fn check(lines: &[&str], id: &str, expect: &str) {
        let found = map(lines).find(id);
        let got = found.map(|w| format!("{}: {}", w.site, w.because.join("; ")));
        assert_eq!(got.unwrap_or_default(), expect, "{id}");
    }

    const MOVED: [&str; 6] = [
        "v-core vnta 10.1.0.1 v-acc-1,v-acc-2",
        "v-acc-1 vnta 10.1.0.2 v-core",
        "v-acc-2 vnta 10.1.0.3 v-core",
        "m-core mic 10.2.0.1 m-acc-1,v-acc-3",
        "m-acc-1 mic 10.2.0.2 m-core",
        "v-acc-3 vnta 10.1.0.4 m-core",
    ];

    #[test]
    fn a_moved_switch_is_where_its_neighbour_is() {
        check(
            &MOVED,
            "v-acc-3",
            "mic: plugged in next to m-core, which is at mic",
        );
        check(
            &MOVED,
            "v-acc-1",
            "vnta: plugged in next to v-core, which is at vnta",
        );
        check(&MOVED, "m-core", "");
    }

    #[test]
    fn a_device_that_was_moved_itself_moves_nobody() {
        let lonely = ["m-core mic - v-acc-3", "v-acc-3 vnta - m-core"];
        check(&lonely, "m-core", "");
        check(&lonely, "v-acc-3", "");
    }

    #[test]
    fn neighbours_at_two_other_sites_tell_nothing() {
        let torn = [
            "x vnta - m-core,r-core",
            "m-core mic - m-1",
            "m-1 mic - m-core",
            "r-core rfd - r-1",
            "r-1 rfd - r-core",
        ];
        check(&torn, "x", "");
    }

    #[test]
    fn without_neighbours_the_subnet_tells() {
        let lines = [
            "a mic 10.2.0.1 -",
            "b mic 10.2.0.2 -",
            "c vnta 10.2.0.9 -",
            "d mic 2001:db8:0:1::1 -",
            "e mic 2001:db8:0:1::2 -",
        ];
        check(
            &lines,
            "c",
            "mic: reached in 10.2.0.0/24, where 2 devices of mic are",
        );
        check(&lines, "a", "");
        check(&lines, "d", "");
        check(&lines, "nobody", "");
    }
}
