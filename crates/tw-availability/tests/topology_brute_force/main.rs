//! The rules beside T1–T4 against brute force on random graphs: capacity, cords, UPS, generators,
//! network, shared risks, declared consequences, margin, what-if.
//!
//! The brute force knows no fixpoint queue, no rank and no set of places: it looks at every node
//! again until nothing changes, and follows every single path. The graphs come from seeds, so that
//! a run is the same everywhere; they have bus ties in both directions.

mod graphs;

use graphs::{Dice, site};
use std::collections::{BTreeMap, BTreeSet};
use tw_availability::{
    Condition, Counterexamples, Graph, Input, Need, Node, NodeKind, Scenario, Source, System,
};

/// How many graphs each rule is tried on.
const GRAPHS: u64 = 300;

/// Which nodes are live: every node is looked at again until nothing changes.
fn live(nodes: &[Node], scenario: &Scenario) -> BTreeSet<String> {
    let mut live: BTreeSet<String> = BTreeSet::new();
    loop {
        let before = live.len();
        for (place, node) in nodes.iter().enumerate() {
            let closed = scenario.closed.contains(&place);
            let counts = |i: &&Input| !i.manual || !scenario.automatic_only || closed;
            let fed = node
                .inputs
                .iter()
                .filter(counts)
                .filter(|i| live.contains(&i.from))
                .count();
            let enough = match node.need {
                Need::Any => fed >= 1,
                Need::All => fed > 0 && fed == node.inputs.len(),
                Need::AtLeast(k) => fed >= k,
            };
            let runs = node.source.is_some_and(|s| scenario.sources.contains(&s))
                || scenario.running.contains(&place);
            if !scenario.removed.contains(&place) && (runs || enough) {
                live.insert(node.id.clone());
            }
        }
        if live.len() == before {
            return live;
        }
    }
}

fn dark(nodes: &[Node], scenario: &Scenario, wanted: impl Fn(&Node) -> bool) -> Vec<String> {
    let live = live(nodes, scenario);
    let dark = nodes.iter().filter(|n| wanted(n) && !live.contains(&n.id));
    let mut dark: Vec<String> = dark.map(|n| n.id.clone()).collect();
    dark.sort_unstable();
    dark
}

fn is_critical(node: &Node) -> bool {
    node.kind == NodeKind::Load && node.critical && node.system != System::Network
}

fn is_element(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Capacity | NodeKind::Distribution)
}

fn of_facility(node: &Node) -> bool {
    node.system != System::Network && !node.point_of_use
}

fn on_generators(removed: BTreeSet<usize>, automatic_only: bool) -> Scenario {
    Scenario {
        removed,
        automatic_only,
        sources: vec![Source::Generator, Source::Carrier],
        ..Scenario::default()
    }
}

fn place(nodes: &[Node], id: &str) -> usize {
    let found = nodes.iter().position(|node| node.id == id);
    found.expect("every name is that of a node")
}

/// A fault with its declared consequences, and theirs.
fn fault(nodes: &[Node], at: usize) -> BTreeSet<usize> {
    let mut out = BTreeSet::from([at]);
    loop {
        let more: BTreeSet<usize> = out
            .iter()
            .flat_map(|place| &nodes[*place].fault_takes)
            .map(|id| place(nodes, id))
            .collect();
        let before = out.len();
        out.extend(more);
        if out.len() == before {
            return out;
        }
    }
}

/// The cases of a rule: what is taken away, and what that does.
type Cases<T> = Vec<(String, Vec<T>)>;

/// Each element of the facility with what its loss does, as long as that is something.
fn each<T>(
    nodes: &[Node],
    capacity_only: bool,
    effect: impl Fn(usize) -> Vec<T>,
) -> Vec<(String, Vec<T>)> {
    let mut found = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        let wanted = is_element(node) && of_facility(node);
        if wanted && (!capacity_only || node.kind == NodeKind::Capacity) {
            let effect = effect(place);
            if !effect.is_empty() {
                found.push((node.id.clone(), effect));
            }
        }
    }
    found
}

/// Every group of nodes with what the loss of all of them does.
fn groups(
    nodes: &[Node],
    names: impl Fn(&Node) -> Vec<String>,
    effect: impl Fn(BTreeSet<usize>) -> Vec<String>,
) -> Counterexamples {
    let all: BTreeSet<String> = nodes.iter().flat_map(&names).collect();
    let members = |name: &String| {
        let inside = |place: &usize| names(&nodes[*place]).contains(name);
        (0..nodes.len()).filter(inside).collect()
    };
    all.into_iter()
        .map(|name| (name.clone(), effect(members(&name))))
        .filter(|(_, dark)| !dark.is_empty())
        .collect()
}

#[test]
fn tiers_and_all_their_cases_equal_brute_force() {
    let mut seen = BTreeMap::new();
    for seed in 0..GRAPHS {
        let nodes = site(seed);
        let found = Graph::new(nodes.clone()).unwrap().assess();
        let dark =
            |removed, automatic| dark(&nodes, &on_generators(removed, automatic), is_critical);
        let one = |place| BTreeSet::from([place]);
        let t1 = dark(BTreeSet::new(), false);
        let t2 = each(&nodes, true, |place| dark(one(place), false));
        let t3 = each(&nodes, false, |place| dark(one(place), false));
        let t4a = each(&nodes, false, |place| dark(fault(&nodes, place), true));
        let t4b = groups(
            &nodes,
            |n| n.zone.iter().cloned().collect(),
            |all| dark(all, true),
        );
        let stored = Scenario {
            automatic_only: true,
            sources: vec![Source::Stored, Source::Carrier],
            ..Scenario::default()
        };
        let t4c = self::dark(&nodes, &stored, is_critical);
        assert_eq!(found.not_fed_on_generators, t1, "seed {seed}");
        assert_eq!(found.single_capacity_component, t2, "seed {seed}");
        assert_eq!(found.planned_removal, t3, "seed {seed}");
        assert_eq!(found.single_failure_automatic_only, t4a, "seed {seed}");
        assert_eq!(found.compartment, t4b, "seed {seed}");
        assert_eq!(found.continuous_cooling_gap, t4c, "seed {seed}");
        let trenches = |n: &Node| {
            if of_facility(n) {
                n.srlg.clone()
            } else {
                Vec::new()
            }
        };
        let shared = groups(&nodes, trenches, |all| dark(all, true));
        assert_eq!(found.shared_risk, shared, "seed {seed}");
        // The highest Tier without a case against it.
        let over = |case: &[(String, Vec<tw_availability::OverRating>)], capacity: bool| {
            let of = |id: &str| nodes[place(&nodes, id)].kind == NodeKind::Capacity;
            case.iter().any(|(id, _)| !capacity || of(id))
        };
        let evidence = &found.evidence;
        let holds = [
            t1.is_empty()
                && found.over_rating.is_empty()
                && evidence.fuel_short.is_empty()
                && evidence.without_ups.is_empty(),
            t2.is_empty() && !over(&found.planned_over_rating, true),
            t3.is_empty()
                && found.planned_over_rating.is_empty()
                && evidence.hours_limited.is_empty(),
            t4a.is_empty()
                && found.failure_over_rating.is_empty()
                && t4b.is_empty()
                && t4c.is_empty(),
        ];
        let tier = holds.iter().position(|holds| !holds).unwrap_or(4);
        assert_eq!(
            usize::from(found.highest_tier_consistent),
            tier,
            "seed {seed}"
        );
        *seen.entry(tier).or_insert(0_u32) += 1;
    }
    assert!(seen.len() >= 3, "the graphs are of several Tiers: {seen:?}");
}

/// What every node would carry, path by path: each load's demand and each node's own needs go up
/// by themselves, split over what feeds.
fn carried(nodes: &[Node], scenario: &Scenario) -> BTreeMap<String, u64> {
    let live = live(nodes, scenario);
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    let feeding = |node: &Node| -> Vec<usize> {
        let here = place(nodes, &node.id);
        let counts =
            |i: &&Input| !i.manual || !scenario.automatic_only || scenario.closed.contains(&here);
        let inputs: Vec<&Input> = node
            .inputs
            .iter()
            .filter(counts)
            .filter(|i| live.contains(&i.from))
            .collect();
        let by_itself: Vec<&Input> = inputs.iter().copied().filter(|i| !i.manual).collect();
        let mut chosen = if node.need == Need::All || by_itself.is_empty() {
            inputs
        } else {
            by_itself
        };
        if node.selects {
            chosen.truncate(1);
        }
        chosen.iter().map(|i| place(nodes, &i.from)).collect()
    };
    for node in nodes.iter().filter(|node| live.contains(&node.id)) {
        if node.kind == NodeKind::Load {
            *sums.entry(node.id.clone()).or_default() += node.demand_watts;
        }
        // (node, watts that it hands upwards, whether they are its own needs)
        let mut open = vec![(node, node.demand_watts, true)];
        while let Some((here, watts, own)) = open.pop() {
            let from = feeding(here);
            let parts = if here.need == Need::All {
                1
            } else {
                from.len().max(1) as u64
            };
            for place in from {
                let above = &nodes[place];
                let crosses = above.system != here.system && here.kind != NodeKind::Load;
                if crosses && !own {
                    continue;
                }
                assert_eq!(watts % parts, 0, "a share is a whole number");
                *sums.entry(above.id.clone()).or_default() += watts / parts;
                open.push((above, watts / parts, false));
            }
        }
    }
    sums
}

/// The same site without its ties: what feeds what has no circle.
fn without_ties(mut nodes: Vec<Node>) -> Vec<Node> {
    for node in nodes.iter_mut().filter(|node| node.id.starts_with("bus")) {
        node.inputs.retain(|input| !input.from.starts_with("bus"));
    }
    nodes
}

#[test]
fn what_is_carried_in_each_scenario_equals_every_path_followed_by_itself() {
    let mut over = 0;
    for seed in 0..GRAPHS {
        let nodes = without_ties(site(seed));
        let graph = Graph::new(nodes.clone()).unwrap();
        let check = |scenario: &Scenario| {
            let expect = carried(&nodes, scenario);
            let got = graph.carried(scenario);
            for (node, watts) in nodes.iter().zip(got) {
                let expect = expect.get(&node.id).copied().unwrap_or(0);
                assert_eq!(watts, expect, "seed {seed}: {} in {scenario:?}", node.id);
            }
            expect
        };
        let report = graph.assess();
        for (automatic, got) in [
            (false, &report.planned_over_rating),
            (true, &report.failure_over_rating),
        ] {
            let expect = each(&nodes, false, |place| {
                let removed = if automatic {
                    fault(&nodes, place)
                } else {
                    BTreeSet::from([place])
                };
                let carried = check(&on_generators(removed, automatic));
                too_much(&nodes, &carried)
            });
            let told: Cases<(String, u64, u64)> = got
                .iter()
                .map(|(out, list)| {
                    let one = |o: &tw_availability::OverRating| {
                        (o.node.clone(), o.carries_watts, o.may_watts)
                    };
                    (out.clone(), list.iter().map(one).collect())
                })
                .collect();
            assert_eq!(told, expect, "seed {seed}");
            over += expect.len();
        }
    }
    assert!(over > 100, "ratings are exceeded in some: {over}");
}

fn too_much(nodes: &[Node], carried: &BTreeMap<String, u64>) -> Vec<(String, u64, u64)> {
    let rated = nodes
        .iter()
        .filter_map(|node| Some((node, node.rating_watts?)));
    rated
        .map(|(node, may)| {
            (
                node.id.clone(),
                carried.get(&node.id).copied().unwrap_or(0),
                may,
            )
        })
        .filter(|(_, carries, may)| carries > may)
        .collect()
}

#[test]
fn with_bus_ties_nothing_is_lost_and_nothing_goes_round() {
    for seed in 0..GRAPHS {
        let nodes = site(seed);
        let graph = Graph::new(nodes.clone()).unwrap();
        for automatic in [false, true] {
            let scenario = on_generators(BTreeSet::new(), automatic);
            let live = live(&nodes, &scenario);
            let carried = graph.carried(&scenario);
            let lives = |node: &&Node| live.contains(&node.id);
            // Electricity: what the live loads and coolers draw comes out of the generators.
            let drawn: u64 = nodes
                .iter()
                .filter(lives)
                .filter(|node| node.system == System::Power || node.kind == NodeKind::Capacity)
                .map(|node| node.demand_watts)
                .sum();
            let given: u64 = nodes
                .iter()
                .zip(carried)
                .filter(|(node, _)| node.source == Some(Source::Generator))
                .map(|(_, watts)| watts)
                .sum();
            assert_eq!(given, drawn, "seed {seed}");
        }
    }
}

/// Every single path up from a load through electricity, as lists of places.
fn paths(nodes: &[Node], from: usize, so_far: &[usize]) -> Vec<Vec<usize>> {
    let mut path = so_far.to_vec();
    path.push(from);
    let mut all = vec![path.clone()];
    for input in &nodes[from].inputs {
        let above = place(nodes, &input.from);
        if nodes[above].system == System::Power && !path.contains(&above) {
            all.extend(paths(nodes, above, &path));
        }
    }
    all
}

#[test]
fn cords_ups_and_generators_equal_every_path_followed() {
    let (mut single, mut bare) = (0, 0);
    for seed in 0..GRAPHS {
        let nodes = site(seed);
        let found = Graph::new(nodes.clone()).unwrap().assess();
        let names = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
            let mut names: Vec<String> = (0..nodes.len())
                .filter(|place| wanted(*place))
                .map(|place| nodes[place].id.clone())
                .collect();
            names.sort_unstable();
            names
        };
        let is_load = |place: usize| is_critical(&nodes[place]);
        let through =
            |place: usize| nodes[place].kind == NodeKind::Gate || nodes[place].point_of_use;
        let ends = |load: usize| -> BTreeSet<usize> {
            let ends = paths(&nodes, load, &[]).into_iter().filter_map(|path| {
                let (last, between) = path[1..].split_last()?;
                (!through(*last) && between.iter().all(|p| through(*p))).then_some(*last)
            });
            ends.collect()
        };
        let corded = names(&|place| is_load(place) && ends(place).len() < 2);
        assert_eq!(found.evidence.single_corded, corded, "seed {seed}");
        // A load on one cord is a case of T3: its only cord cannot be taken out.
        for load in &corded {
            let end = ends(place(&nodes, load)).into_iter().next().unwrap();
            let case = found
                .planned_removal
                .iter()
                .find(|(id, _)| *id == nodes[end].id);
            assert!(
                case.is_some_and(|(_, loads)| loads.contains(load)),
                "seed {seed}: {load}"
            );
            single += 1;
        }
        let behind = |load: usize| {
            paths(&nodes, load, &[])
                .iter()
                .any(|p| p.iter().any(|n| nodes[*n].is_ups))
        };
        let knows = nodes.iter().any(|node| node.is_ups);
        let without = names(&|place| knows && is_load(place) && !behind(place));
        assert_eq!(found.evidence.without_ups, without, "seed {seed}");
        bare += without.len();
        let generators = |wanted: &dyn Fn(&Node) -> bool| {
            names(&|place| nodes[place].source == Some(Source::Generator) && wanted(&nodes[place]))
        };
        let evidence = &found.evidence;
        assert_eq!(
            evidence.fuel_short,
            generators(&|n| matches!(n.fuel_hours, Some(0..12)))
        );
        assert_eq!(
            evidence.fuel_not_attested,
            generators(&|n| n.fuel_hours.is_none())
        );
        assert_eq!(
            evidence.hours_limited,
            generators(&|n| n.consecutive_hours_max.is_some())
        );
    }
    assert!(single > 50 && bare > 10, "{single} {bare}");
}

#[test]
fn the_network_equals_brute_force() {
    let (mut networks, mut cases) = (0, 0);
    for seed in 0..2 * GRAPHS {
        let nodes = site(seed);
        let Some(found) = Graph::new(nodes.clone()).unwrap().assess().network else {
            assert!(!nodes.iter().any(|node| node.system == System::Network));
            continue;
        };
        let of_network = |node: &Node| node.system == System::Network;
        let dark = |removed| {
            let is_load = |node: &Node| node.kind == NodeKind::Load && of_network(node);
            dark(&nodes, &on_generators(removed, true), is_load)
        };
        let mut single = Vec::new();
        for (place, node) in nodes.iter().enumerate() {
            let lost = dark(BTreeSet::from([place]));
            if of_network(node) && is_element(node) && !lost.is_empty() {
                single.push((node.id.clone(), lost));
            }
        }
        let carriers = |n: &Node| n.carrier.iter().cloned().collect::<Vec<_>>();
        let ducts = |n: &Node| {
            if of_network(n) {
                n.srlg.clone()
            } else {
                Vec::new()
            }
        };
        assert_eq!(found.dark, dark(BTreeSet::new()), "seed {seed}");
        assert_eq!(found.single_element, single, "seed {seed}");
        assert_eq!(
            found.single_carrier,
            groups(&nodes, carriers, dark),
            "seed {seed}"
        );
        assert_eq!(
            found.shared_risk,
            groups(&nodes, ducts, dark),
            "seed {seed}"
        );
        let all: BTreeSet<String> = nodes.iter().flat_map(carriers).collect();
        assert_eq!(found.carriers, all.len());
        networks += 1;
        cases += found.shared_risk.len();
    }
    assert!(networks >= 200 && cases > 50, "{networks} {cases}");
}

#[test]
fn margin_and_what_if_equal_brute_force() {
    let (mut dropped, mut held) = (0, 0);
    for seed in 0..GRAPHS {
        let nodes = site(seed);
        let graph = Graph::new(nodes.clone()).unwrap();
        let mut dice = Dice(seed);
        let mut some = |sides: usize| -> BTreeSet<usize> {
            (0..dice.below(sides))
                .map(|_| dice.below(nodes.len()))
                .filter(|place| is_element(&nodes[*place]))
                .collect()
        };
        let (out, candidate) = (some(3), some(3));
        // The margin is worked out as if the utility were off.
        let dark_off = |removed| dark(&nodes, &on_generators(removed, true), is_critical);
        let margin = graph.margin(&out);
        assert_eq!(margin.dropped, dark_off(out.clone()), "seed {seed}");
        let next: Vec<String> = (0..nodes.len())
            .filter(|place| is_element(&nodes[*place]) && !out.contains(place))
            .filter(|place| !dark_off(&out | &fault(&nodes, *place)).is_empty())
            .map(|place| nodes[place].id.clone())
            .collect();
        let expect = if margin.dropped.is_empty() {
            next
        } else {
            Vec::new()
        };
        assert_eq!(margin.next_failures, expect, "seed {seed}");
        // In operation the utility counts, and work begins with transfers by hand.
        let ids = |places: &BTreeSet<usize>| {
            places
                .iter()
                .map(|p| nodes[*p].id.clone())
                .collect::<Vec<_>>()
        };
        let fed = |removed: BTreeSet<usize>, automatic_only| {
            let scenario = Scenario {
                removed,
                automatic_only,
                sources: vec![Source::Generator, Source::Utility, Source::Carrier],
                ..Scenario::default()
            };
            dark(&nodes, &scenario, is_critical)
        };
        let now = Condition {
            out: ids(&out).into_iter().collect(),
            ..Condition::default()
        };
        let found = graph.what_if(&now, &ids(&candidate)).unwrap();
        assert_eq!(found.now.dark, fed(out.clone(), true), "seed {seed}");
        let then = fed(&out | &candidate, false);
        assert_eq!(found.then.dark, then, "seed {seed}");
        let drops: Vec<String> = then
            .into_iter()
            .filter(|l| !found.now.dark.contains(l))
            .collect();
        assert_eq!(found.drops, drops, "seed {seed}");
        dropped += usize::from(!drops.is_empty());
        held += usize::from(drops.is_empty() && !candidate.is_empty());
    }
    assert!(dropped > 20 && held > 20, "{dropped} {held}");
}

#[test]
fn batteries_never_count_as_steady_sources() {
    let mut gaps = 0;
    for seed in 0..GRAPHS {
        let nodes = site(seed);
        let mut flat = nodes.clone();
        for node in flat.iter_mut().filter(|n| n.source == Some(Source::Stored)) {
            node.source = None;
        }
        let (with, without) = (Graph::new(nodes).unwrap(), Graph::new(flat).unwrap());
        let none = BTreeSet::new();
        assert_eq!(with.margin(&none), without.margin(&none), "seed {seed}");
        let (with, without) = (with.assess(), without.assess());
        assert_eq!(with.not_fed_on_generators, without.not_fed_on_generators);
        assert_eq!(
            with.single_capacity_component,
            without.single_capacity_component
        );
        assert_eq!(with.planned_removal, without.planned_removal);
        assert_eq!(
            with.single_failure_automatic_only,
            without.single_failure_automatic_only
        );
        assert_eq!(with.compartment, without.compartment);
        assert_eq!(with.planned_over_rating, without.planned_over_rating);
        // They carry the start of the engines, and nothing else.
        assert!(with.continuous_cooling_gap.len() <= without.continuous_cooling_gap.len());
        gaps += usize::from(with.continuous_cooling_gap != without.continuous_cooling_gap);
    }
    assert!(gaps > 10, "in some a battery bridges the start: {gaps}");
}
