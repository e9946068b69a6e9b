use super::*;
use proptest::prelude::*;

fn node(id: &str, kind: NodeKind, inputs: &[&str]) -> Node {
    let input = |from: &&str| Input {
        from: from.trim_start_matches('~').to_owned(),
        manual: from.starts_with('~'),
    };
    Node {
        inputs: inputs.iter().map(input).collect(),
        ..Node::new(id, kind)
    }
}

fn generator(id: &str) -> Node {
    Node {
        source: Some(Source::Generator),
        ..node(id, NodeKind::Capacity, &[])
    }
}

fn load(id: &str, inputs: &[&str]) -> Node {
    Node {
        need: Need::All,
        ..node(id, NodeKind::Load, inputs)
    }
}

use NodeKind::{Capacity, Distribution, Gate};

#[test]
fn two_buses_tied_to_each_other_do_not_live_on_each_other() {
    let graph = Graph::new(vec![
        generator("gen"),
        node("bus_a", Distribution, &["gen", "bus_b"]),
        node("bus_b", Distribution, &["bus_a"]),
        load("l", &["bus_b"]),
    ])
    .unwrap();
    let scenario = Scenario {
        removed: BTreeSet::from([0]),
        sources: vec![Source::Generator],
        ..Scenario::default()
    };
    assert_eq!(graph.live(&scenario), [false; 4]);
    assert_eq!(graph.assess().highest_tier_consistent, 1);
}

#[test]
fn a_battery_is_no_steady_source() {
    let battery = Node {
        source: Some(Source::Stored),
        ..node("batt", Capacity, &[])
    };
    let graph = Graph::new(vec![battery, load("l", &["batt"])]).unwrap();
    let report = graph.assess();
    assert_eq!(report.highest_tier_consistent, 0);
    assert_eq!(report.not_fed_on_generators, ["l"]);
    assert!(report.continuous_cooling_gap.is_empty());
}

#[test]
fn a_transfer_by_hand_helps_with_work_and_not_with_a_failure() {
    let graph = Graph::new(vec![
        generator("gen_a"),
        generator("gen_b"),
        node("bus", Gate, &["gen_a", "~gen_b"]),
        load("l", &["bus"]),
    ])
    .unwrap();
    let report = graph.assess();
    assert_eq!(report.highest_tier_consistent, 3);
    let dropped = vec!["l".to_owned()];
    assert_eq!(
        report.single_failure_automatic_only,
        [("gen_a".to_owned(), dropped)]
    );
    assert_eq!(graph.margin(&BTreeSet::new()).next_failures, ["gen_a"]);
    assert_eq!(graph.margin(&BTreeSet::from([0])).steps(), -1);
}

#[test]
fn a_graph_that_makes_no_sense_is_refused() {
    let check = |nodes: Vec<Node>, expect: &str| {
        assert_eq!(Graph::new(nodes).unwrap_err().to_string(), expect);
    };
    check(
        vec![load("l", &["x"])],
        "l.inputs[0]: there is no node \"x\"",
    );
    check(vec![generator("g")], "the graph has no load");
    check(
        vec![generator("g"), generator("g")],
        "g: two nodes have this name",
    );
    let mut greedy = load("l", &["g"]);
    greedy.need = Need::AtLeast(2);
    check(
        vec![generator("g"), greedy],
        "l.need: 2 of 1 inputs; it is 1 to 1",
    );
}

/// The slow and obvious way: look at every node again until nothing changes.
fn brute_dark(nodes: &[Node], scenario: &Scenario) -> Vec<String> {
    let mut live: BTreeSet<String> = BTreeSet::new();
    loop {
        let before = live.len();
        for (place, node) in nodes.iter().enumerate() {
            let fed: Vec<&Input> = node
                .inputs
                .iter()
                .filter(|i| !(i.manual && scenario.automatic_only))
                .collect();
            let count = fed.iter().filter(|i| live.contains(&i.from)).count();
            let runs = node.source.is_some_and(|s| scenario.sources.contains(&s));
            let enough = !fed.is_empty()
                && match node.need {
                    Need::Any => count >= 1,
                    Need::All => count >= node.inputs.len(),
                    Need::AtLeast(k) => count >= k,
                };
            if !scenario.removed.contains(&place) && (runs || enough) {
                live.insert(node.id.clone());
            }
        }
        if live.len() == before {
            break;
        }
    }
    let dark = nodes
        .iter()
        .filter(|n| n.kind == NodeKind::Load && !live.contains(&n.id));
    let mut dark: Vec<String> = dark.map(|n| n.id.clone()).collect();
    dark.sort_unstable();
    dark
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let input = (0_usize..12, any::<bool>());
    let one = (
        0_u8..8,
        proptest::collection::vec(input, 0..4),
        0_u8..4,
        0_u8..4,
    );
    proptest::collection::vec(one, 4..12).prop_map(|list| {
        let total = list.len();
        let made = list
            .into_iter()
            .enumerate()
            .map(|(place, (kind, inputs, need, zone))| {
                let inputs: Vec<Input> = inputs
                    .into_iter()
                    .map(|(from, manual)| Input {
                        from: format!("n{}", from % total),
                        manual,
                    })
                    .collect();
                let kind_of = match kind {
                    0..=2 => Capacity,
                    3 | 4 => Distribution,
                    5 => Gate,
                    _ => NodeKind::Load,
                };
                Node {
                    source: match kind {
                        0 => Some(Source::Generator),
                        1 => Some(Source::Stored),
                        _ => None,
                    },
                    need: match need {
                        0 | 1 => Need::Any,
                        2 => Need::All,
                        _ if inputs.is_empty() => Need::Any,
                        _ => Need::AtLeast(inputs.len().div_ceil(2)),
                    },
                    inputs,
                    zone: (zone > 1).then(|| format!("z{zone}")),
                    ..Node::new(format!("n{place}"), kind_of)
                }
            });
        made.chain([load("last", &["n0"])]).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_assessment_equals_brute_force_on_random_graphs(nodes in nodes()) {
        let graph = Graph::new(nodes.clone()).unwrap();
        let report = graph.assess();
        let dark = |removed: BTreeSet<usize>, automatic_only, source| {
            brute_dark(&nodes, &Scenario { removed, automatic_only, sources: vec![source], ..Scenario::default() })
        };
        let each = |capacity_only: bool, automatic: bool| -> Counterexamples {
            let wanted = |n: &Node| n.kind == Capacity || (!capacity_only && n.kind == Distribution);
            nodes.iter().enumerate().filter(|(_, n)| wanted(n))
                .map(|(i, n)| (n.id.clone(), dark(BTreeSet::from([i]), automatic, Source::Generator)))
                .filter(|(_, dark)| !dark.is_empty())
                .collect()
        };
        prop_assert_eq!(&report.not_fed_on_generators, &dark(BTreeSet::new(), false, Source::Generator));
        prop_assert_eq!(&report.single_capacity_component, &each(true, false));
        prop_assert_eq!(&report.planned_removal, &each(false, false));
        prop_assert_eq!(&report.single_failure_automatic_only, &each(false, true));
        prop_assert_eq!(&report.continuous_cooling_gap, &dark(BTreeSet::new(), true, Source::Stored));
        for zone in ["z2", "z3"] {
            let members = nodes.iter().enumerate().filter(|(_, n)| n.zone.as_deref() == Some(zone));
            let members: BTreeSet<usize> = members.map(|(i, _)| i).collect();
            let expect = if members.is_empty() { Vec::new() } else { dark(members, true, Source::Generator) };
            let got = report.compartment.iter().find(|(z, _)| z == zone).map(|(_, d)| d.clone());
            prop_assert_eq!(got.unwrap_or_default(), expect);
        }
    }

    #[test]
    fn taking_more_out_never_brings_a_load_back(nodes in nodes(), out in proptest::collection::btree_set(0_usize..5, 0..4), more in 0_usize..5) {
        let graph = Graph::new(nodes).unwrap();
        let dark = |removed| graph.dark_loads(&Scenario { removed, automatic_only: true, sources: vec![Source::Generator], ..Scenario::default() });
        let wider: BTreeSet<usize> = out.iter().copied().chain([more]).collect();
        let (few, many) = (dark(out), dark(wider));
        prop_assert!(few.iter().all(|load| many.contains(load)));
    }
}

/// G4 of the reference graphs, with UPS modules marked: two compartmented paths.
fn two_paths() -> Vec<Node> {
    let mut nodes = Vec::new();
    for (side, other) in [("a", "b"), ("b", "a")] {
        let id = |name: &str| format!("{name}_{side}");
        let utility = Node {
            source: Some(Source::Utility),
            ..node(&id("utility"), Capacity, &[])
        };
        let battery = Node {
            source: Some(Source::Stored),
            ..node(&id("batt"), Capacity, &[])
        };
        let tie = format!("~bus_{other}");
        let ups = Node {
            is_ups: true,
            ..node(&id("ups"), Capacity, &[&id("bus"), &id("batt")])
        };
        let crac = Node {
            system: System::Cooling,
            ..node(&id("crac"), Capacity, &[&id("pdu")])
        };
        let bus = node(
            &id("bus"),
            Distribution,
            &[&id("utility"), &id("gen"), &tie],
        );
        let pdu = node(&id("pdu"), Distribution, &[&id("ups")]);
        nodes.extend([utility, generator(&id("gen")), bus, battery, ups, pdu, crac]);
    }
    let cool = Node {
        system: System::Cooling,
        ..node("cool", Gate, &["crac_a", "crac_b"])
    };
    nodes.extend([
        node("power", Gate, &["pdu_a", "pdu_b"]),
        cool,
        load("load1", &["power", "cool"]),
    ]);
    nodes
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn taking_out_one_side_while_the_other_is_on_bypass_leaves_the_load_unprotected() {
    let graph = Graph::new(two_paths()).unwrap();
    let mut now = Condition::default();
    assert_eq!(graph.outlook(&now).unwrap().margin(), 1);
    now.unprotected.insert("ups_b".to_owned());
    let bypass = graph.outlook(&now).unwrap();
    assert_eq!((bypass.dark.len(), bypass.margin()), (0, 0));
    assert!(
        bypass.next_failures.contains(&"ups_a".to_owned()),
        "{bypass:?}"
    );
    let found = graph.what_if(&now, &names(&["ups_a"])).unwrap();
    assert!(found.drops.is_empty() && !found.is_safe());
    assert_eq!(found.unprotects, ["load1"]);
    // The thread it then hangs by: the other side, and the utility.
    let next = &found.then.next_failures;
    assert!(next.contains(&"utility_b".to_owned()) && next.contains(&"ups_b".to_owned()));
    // With the other side out altogether the load drops.
    now.out.insert("pdu_b".to_owned());
    assert_eq!(
        graph.what_if(&now, &names(&["ups_a"])).unwrap().drops,
        ["load1"]
    );
}

#[test]
fn planned_work_names_the_transfers_that_it_needs() {
    let graph = Graph::new(vec![
        generator("gen_a"),
        generator("gen_b"),
        node("bus", Distribution, &["gen_a", "~gen_b"]),
        load("l", &["bus"]),
    ])
    .unwrap();
    let found = graph
        .what_if(&Condition::default(), &names(&["gen_a"]))
        .unwrap();
    assert!(found.is_safe(), "{found:?}");
    assert_eq!(found.transfers_by_hand, ["bus"]);
    assert_eq!(found.then.next_failures, ["gen_b", "bus"]);
    let unknown = graph.what_if(&Condition::default(), &names(&["gen_c"]));
    assert_eq!(
        unknown.unwrap_err().to_string(),
        "the chain has no node \"gen_c\""
    );
}

#[test]
fn a_load_on_battery_is_fed_and_hangs_by_it() {
    let utility = Node {
        source: Some(Source::Utility),
        ..node("utility", Capacity, &[])
    };
    let ups = Node {
        is_ups: true,
        ..node("ups", Capacity, &["utility"])
    };
    let graph = Graph::new(vec![utility, ups, load("l", &["ups"])]).unwrap();
    let mut now = Condition::default();
    now.out.insert("utility".to_owned());
    assert_eq!(graph.outlook(&now).unwrap().dark, ["l"]);
    now.on_battery.insert("ups".to_owned());
    let found = graph.outlook(&now).unwrap();
    assert_eq!((found.dark.len(), found.margin()), (0, 0));
    assert_eq!(found.unprotected, ["l"]);
}

#[test]
fn demand_is_split_over_the_cords_that_live_and_pushed_to_the_sources() {
    let mut nodes = two_paths();
    for node in &mut nodes {
        match node.id.as_str() {
            "load1" => node.demand_watts = 100_000,
            "crac_a" | "crac_b" => node.demand_watts = 9_000,
            "ups_a" | "ups_b" => node.rating_watts = Some(100_000),
            _ => {}
        }
    }
    let graph = Graph::new(nodes).unwrap();
    let normal = Scenario {
        sources: vec![Source::Generator],
        ..Scenario::default()
    };
    let carried = graph.carried(&normal);
    let of = |id: &str| carried[graph.place(id).unwrap()];
    assert_eq!(
        (of("load1"), of("pdu_a"), of("ups_a")),
        (100_000, 59_000, 59_000)
    );
    assert_eq!(
        (of("crac_a"), of("gen_a"), of("utility_a")),
        (50_000, 59_000, 0)
    );
    let report = graph.assess();
    let over = |node: &str| OverRating {
        node: node.to_owned(),
        carries_watts: 109_000,
        may_watts: 100_000,
    };
    let removed = |id: &str| {
        let found = report.planned_over_rating.iter().find(|(out, _)| out == id);
        found.map(|(_, over)| over.clone())
    };
    assert_eq!(removed("ups_a"), Some(vec![over("ups_b")]));
    // All loads live without ups_a, and yet N is not there: not even Tier II.
    assert!(report.single_capacity_component.is_empty());
    assert_eq!(report.highest_tier_consistent, 1);
    let overloads = graph
        .what_if(&Condition::default(), &names(&["ups_a"]))
        .unwrap();
    assert_eq!(overloads.overloads, [over("ups_b")]);
    assert!(!overloads.is_safe());
}

#[test]
fn a_declared_common_fault_takes_both_sides() {
    let mut nodes = two_paths();
    let graph = Graph::new(nodes.clone()).unwrap();
    assert_eq!(graph.assess().highest_tier_consistent, 4);
    let bus = nodes.iter_mut().find(|node| node.id == "bus_a").unwrap();
    bus.fault_takes = names(&["bus_b"]);
    let report = Graph::new(nodes.clone()).unwrap().assess();
    assert_eq!(report.highest_tier_consistent, 3);
    assert_eq!(
        report.single_failure_automatic_only,
        [("bus_a".to_owned(), names(&["load1"]))]
    );
    nodes[2].fault_takes = names(&["nobody"]);
    assert!(Graph::new(nodes).is_err());
}

#[test]
fn evidence_that_is_missing_or_short_is_named() {
    let mut nodes = two_paths();
    nodes[1].fuel_hours = Some(8);
    let report = Graph::new(nodes.clone()).unwrap().assess();
    assert_eq!(report.evidence.fuel_short, ["gen_a"]);
    assert_eq!(report.evidence.fuel_not_attested, ["gen_b"]);
    assert_eq!(report.highest_tier_consistent, 0);
    nodes[1].fuel_hours = Some(12);
    nodes[1].consecutive_hours_max = Some(500);
    let report = Graph::new(nodes.clone()).unwrap().assess();
    assert_eq!(report.evidence.hours_limited, ["gen_a"]);
    assert_eq!(report.highest_tier_consistent, 2);
    // A load past the UPS, and a load on one cord.
    nodes[1].consecutive_hours_max = None;
    nodes.push(load("raw", &["bus_a", "cool"]));
    let report = Graph::new(nodes).unwrap().assess();
    assert_eq!(report.evidence.without_ups, ["raw"]);
    assert_eq!(report.evidence.single_corded, ["raw"]);
}

#[test]
fn each_subsystem_has_its_tier_and_the_lowest_is_the_sites() {
    let mut nodes = two_paths();
    // One cooling unit on the generator board: no continuous cooling, and a single component.
    nodes.retain(|node| node.id != "crac_b");
    for node in &mut nodes {
        match node.id.as_str() {
            "cool" => node.inputs.truncate(1),
            "crac_a" => {
                node.inputs = vec![Input {
                    from: "bus_a".into(),
                    manual: false,
                }];
            }
            _ => {}
        }
    }
    let report = Graph::new(nodes).unwrap().assess();
    let tiers: Vec<(System, u8)> = report
        .systems
        .iter()
        .map(|s| (s.system, s.highest_tier_consistent))
        .collect();
    assert_eq!(tiers, [(System::Power, 2), (System::Cooling, 1)]);
    assert_eq!(report.highest_tier_consistent, 1);
}

#[test]
fn circuits_in_one_duct_are_one_circuit() {
    let mut nodes = two_paths();
    for (circuit, carrier) in [("c1", "x"), ("c2", "y")] {
        nodes.push(Node {
            source: Some(Source::Carrier),
            system: System::Network,
            carrier: Some(carrier.to_owned()),
            srlg: names(&["duct"]),
            ..node(circuit, Distribution, &[])
        });
    }
    nodes.push(Node {
        system: System::Network,
        ..load("net", &["wan"])
    });
    nodes.push(Node {
        system: System::Network,
        ..node("wan", Gate, &["c1", "c2"])
    });
    let report = Graph::new(nodes).unwrap().assess();
    // The network is no criterion of Uptime's Tiers.
    assert_eq!(report.highest_tier_consistent, 4);
    let network = report.network.unwrap();
    assert_eq!((network.carriers, network.entrances), (2, 2));
    assert!(network.single_carrier.is_empty() && network.single_element.is_empty());
    assert_eq!(network.shared_risk, [("duct".to_owned(), names(&["net"]))]);
}
