//! What it means when an asset fails, by the chain that its site declares.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`, `tw-model`. **Must not:** guess for an
//! asset that stands in no chain.

use crate::world::World;
use std::collections::BTreeMap;
use tw_availability::{Condition, graph_at};
use tw_model::{Day, PlanPolicy};
use tw_units::AssetTag;

/// The failure drops a load: all of its cost comes to pass.
const DROPS_PERCENT: u32 = 100;
/// No load drops when it fails alone, and nobody wrote down what the lost protection is worth.
const REDUNDANT_PERCENT: u32 = 0;

/// How much of a failure's cost comes to pass, in percent, for the assets that stand in a chain
/// as something that carries or feeds loads. What is redundant takes the number that people
/// wrote for its set.
pub(crate) fn impacts<'a>(
    world: &'a World,
    policy: &PlanPolicy,
    day: Day,
) -> BTreeMap<&'a AssetTag, u32> {
    let redundant = |tag: &AssetTag| {
        let set = policy.set_of(tag).and_then(|set| set.impact_percent);
        set.unwrap_or(REDUNDANT_PERCENT)
    };
    let drops = drops_alone(world, day).into_iter();
    drops
        .map(|(tag, drops)| (tag, if drops { DROPS_PERCENT } else { redundant(tag) }))
        .collect()
}

/// The assets of all chains of a day, each with whether a load drops when it fails alone, by
/// itself and by automatic transfers.
fn drops_alone(world: &World, day: Day) -> BTreeMap<&AssetTag, bool> {
    let register = &world.register;
    let mut found: BTreeMap<&AssetTag, bool> = BTreeMap::new();
    for site in register.sites.keys() {
        let Ok(graph) = graph_at(register, site, day) else {
            continue;
        };
        let Ok(outlook) = graph.outlook(&Condition::default()) else {
            continue;
        };
        let own = register.facility.values();
        for node in own.filter(|node| node.site == *site && node.holds_on(day)) {
            let device = || world.asset_of_device(node.device.as_ref()?.as_str());
            let linked = node.asset.as_ref().and_then(|tag| register.assets.get(tag));
            let Some(asset) = linked.or_else(device) else {
                continue;
            };
            let name = node.node().as_str();
            let place = graph.place(name);
            // A load is what is served; the prior of its class says what its own failure costs.
            if place.is_some_and(|place| graph.nodes()[place].is_element()) {
                let drops = outlook.next_failures.iter().any(|id| id == name);
                *found.entry(&asset.tag).or_default() |= drops;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_single_point_has_its_whole_cost_and_what_is_redundant_that_of_its_set() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory"));
        let register = tw_config::load(folder).unwrap().register;
        let policy = register.plan_policy.clone().unwrap();
        let world = World::new(register, tw_model::CowMap::default(), 1);
        let day: Day = "2027-01-01".parse().unwrap();
        let impacts = impacts(&world, &policy, day);
        let of = |device: &str| {
            impacts
                .get(&world.asset_of_device(device).unwrap().tag)
                .copied()
        };
        assert_eq!(
            of("rfd-ats-1"),
            Some(100),
            "the router's only cord hangs on it"
        );
        assert_eq!(of("rfd-ups-a"), Some(0), "the other cord goes past it");
        assert_eq!(
            of("vnta-ups-a"),
            Some(10),
            "its set says what the lost protection is worth"
        );
        assert_eq!(of("rfd-core-1"), None, "a load, no part of the chain");
        assert_eq!(
            of("vnta-core-1"),
            Some(15),
            "a way to the carriers, one of two"
        );
    }
}
