use super::*;
use proptest::prelude::*;

fn node(id: &str, kind: NodeKind, inputs: &[&str]) -> Node {
    let input = |from: &&str| Input {
        from: from.trim_start_matches('~').to_owned(),
        manual: from.starts_with('~'),
    };
    Node {
        id: id.to_owned(),
        kind,
        source: None,
        need: Need::Any,
        inputs: inputs.iter().map(input).collect(),
        zone: None,
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
                Node {
                    id: format!("n{place}"),
                    kind: match kind {
                        0..=2 => Capacity,
                        3 | 4 => Distribution,
                        5 => Gate,
                        _ => NodeKind::Load,
                    },
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
            brute_dark(&nodes, &Scenario { removed, automatic_only, sources: vec![source] })
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
        let dark = |removed| graph.dark_loads(&Scenario { removed, automatic_only: true, sources: vec![Source::Generator] });
        let wider: BTreeSet<usize> = out.iter().copied().chain([more]).collect();
        let (few, many) = (dark(out), dark(wider));
        prop_assert!(few.iter().all(|load| many.contains(load)));
    }
}
