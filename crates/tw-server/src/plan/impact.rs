//! What it means when an asset fails, by the chain that its site declares.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`, `tw-model`. **Must not:** guess for an
//! asset that stands in no chain.

use crate::world::World;
use jiff::civil::Date;
use std::collections::BTreeMap;
use tw_availability::{Condition, graph_at};
use tw_model::{Day, Name, PlanPolicy};
use tw_units::{AssetTag, SiteId};

/// The failure drops a load: all of its cost comes to pass.
const DROPS_PERCENT: u32 = 100;
/// No load drops when it fails alone.
const REDUNDANT_PERCENT: u32 = 0;

/// What is known of an asset's failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Impact<'a> {
    /// What people wrote for its set, in percent; it goes before the chain's.
    pub(crate) by_hand: Option<u32>,
    /// What the chain says, where it stands in one: 100 when a load drops, else 0.
    pub(crate) by_graph: Option<u32>,
    /// The loads that it alone feeds.
    pub(crate) only_path_for: Vec<&'a Name>,
    /// The loads that would be without redundancy while it is replaced.
    pub(crate) without_redundancy: Vec<&'a Name>,
}

impl Impact<'_> {
    /// How much of a failure's cost comes to pass, in percent, where anything is known.
    pub(crate) fn percent(&self) -> Option<u32> {
        self.by_hand.or(self.by_graph)
    }

    /// Where that is known from: `hand`, `graph` or `none`.
    pub(crate) const fn source(&self) -> &'static str {
        match (self.by_hand, self.by_graph) {
            (Some(_), _) => "hand",
            (None, Some(_)) => "graph",
            (None, None) => "none",
        }
    }
}

/// What is known of every asset that stands in a chain as something that carries or feeds loads,
/// or in a set that has a number.
pub(crate) fn impacts<'a>(
    world: &'a World,
    policy: &PlanPolicy,
    day: Day,
) -> BTreeMap<&'a AssetTag, Impact<'a>> {
    let mut found: BTreeMap<&AssetTag, Impact<'_>> = BTreeMap::new();
    for site in world.register.sites.keys() {
        of_site(world, (site, day), &mut found);
    }
    for impact in found.values_mut() {
        for names in [&mut impact.only_path_for, &mut impact.without_redundancy] {
            names.sort_unstable_by(|a, b| a.en.cmp(&b.en));
            names.dedup();
        }
        let dropped = impact.only_path_for.clone();
        impact
            .without_redundancy
            .retain(|name| !dropped.contains(name));
    }
    for tag in policy.sets.iter().flat_map(|set| &set.assets) {
        let by_hand = policy.set_of(tag).and_then(|set| set.impact_percent);
        let own = world.register.assets.get(tag);
        if let (Some(asset), Some(by_hand)) = (own, by_hand) {
            found.entry(&asset.tag).or_default().by_hand = Some(by_hand);
        }
    }
    found
}

/// The same for the first day of a year.
pub(crate) fn of_year(world: &World, year: u16) -> BTreeMap<&AssetTag, Impact<'_>> {
    let first = i16::try_from(year).ok();
    let first = first.and_then(|year| Date::new(year, 1, 1).ok());
    let policy = world.register.plan_policy.as_ref();
    let both = first.zip(policy);
    both.map(|(day, policy)| impacts(world, policy, Day(day)))
        .unwrap_or_default()
}

/// The assets of a site's chain: whether a load drops when one fails alone, by itself and by
/// automatic transfers, and which loads hang on it.
fn of_site<'a>(
    world: &'a World,
    (site, day): (&'a SiteId, Day),
    found: &mut BTreeMap<&'a AssetTag, Impact<'a>>,
) {
    let register = &world.register;
    let Ok(graph) = graph_at(register, site, day) else {
        return;
    };
    let Ok(outlook) = graph.outlook(&Condition::default()) else {
        return;
    };
    let reliances = graph.reliances();
    let own = || {
        let nodes = register.facility.values();
        nodes.filter(move |node| node.site == *site && node.holds_on(day))
    };
    let names: BTreeMap<&str, &Name> = own()
        .map(|node| (node.node().as_str(), &node.name))
        .collect();
    for node in own() {
        let device = || world.asset_of_device(node.device.as_ref()?.as_str());
        let linked = node.asset.as_ref().and_then(|tag| register.assets.get(tag));
        let Some(asset) = linked.or_else(device) else {
            continue;
        };
        let name = node.node().as_str();
        // A load is what is served; the prior of its class says what its own failure costs.
        let Some(reliance) = reliances.iter().find(|one| one.node == name) else {
            continue;
        };
        let drops = outlook.next_failures.iter().any(|id| id == name);
        let percent = if drops {
            DROPS_PERCENT
        } else {
            REDUNDANT_PERCENT
        };
        let impact = found.entry(&asset.tag).or_default();
        impact.by_graph = impact.by_graph.max(Some(percent));
        let named = |loads: &[String]| -> Vec<&'a Name> {
            loads
                .iter()
                .filter_map(|load| names.get(load.as_str()).copied())
                .collect()
        };
        impact.only_path_for.extend(named(&reliance.drops));
        impact
            .without_redundancy
            .extend(named(&reliance.without_redundancy));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_single_point_has_its_whole_cost_and_what_is_redundant_none_or_that_of_its_set() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory"));
        let register = tw_config::load(folder).unwrap().register;
        let policy = register.plan_policy.clone().unwrap();
        let world = World::new(register, tw_model::CowMap::default(), 1);
        let day: Day = "2027-01-01".parse().unwrap();
        let impacts = impacts(&world, &policy, day);
        let of = |device: &str| {
            let tag = &world.asset_of_device(device).unwrap().tag;
            let found = impacts.get(tag);
            found.map(|impact| (impact.percent(), impact.source(), impact.by_graph))
        };
        let only_path = (Some(100), "graph", Some(100));
        assert_eq!(of("rfd-ats-1"), Some(only_path), "the router's only cord");
        let redundant = (Some(0), "graph", Some(0));
        assert_eq!(
            of("rfd-ups-a"),
            Some(redundant),
            "the other cord goes past it"
        );
        let by_hand = (Some(10), "hand", Some(0));
        assert_eq!(
            of("vnta-ups-a"),
            Some(by_hand),
            "its set says what it is worth"
        );
        assert_eq!(of("rfd-core-1"), None, "a load, no part of the chain");
        let one_of_two = (Some(15), "hand", Some(0));
        assert_eq!(of("vnta-core-1"), Some(one_of_two), "a way to the carriers");
        let named = |device: &str| {
            let impact = &impacts[&world.asset_of_device(device).unwrap().tag];
            (impact.only_path_for.len(), impact.without_redundancy.len())
        };
        assert!(named("rfd-ats-1").0 > 0, "the loads are named");
        assert_eq!(named("vnta-ups-a").0, 0);
        assert!(
            named("vnta-ups-a").1 > 0,
            "what the other side alone feeds meanwhile"
        );
    }

    #[test]
    fn a_number_entered_by_hand_goes_before_the_chains() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory"));
        let register = tw_config::load(folder).unwrap().register;
        let mut policy = register.plan_policy.clone().unwrap();
        let world = World::new(register, tw_model::CowMap::default(), 1);
        let tag = &world.asset_of_device("rfd-ats-1").unwrap().tag;
        let mut set = policy.sets[0].clone();
        (set.id, set.assets, set.impact_percent) = ("own".to_owned(), vec![tag.clone()], Some(40));
        policy.sets.push(set);
        let impacts = impacts(&world, &policy, "2027-01-01".parse().unwrap());
        let own = &impacts[tag];
        assert_eq!(
            (own.percent(), own.source(), own.by_graph),
            (Some(40), "hand", Some(100))
        );
    }
}
