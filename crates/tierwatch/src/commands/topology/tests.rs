use super::{Report, read};
use crate::json_input::from_bytes;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tw_availability::Graph;

fn graph(graph: &Value) -> Result<Graph, Vec<String>> {
    let nodes = from_bytes(json!({"graph": graph}).to_string().as_bytes(), read)?;
    Graph::new(nodes).map_err(|why| vec![why.to_string()])
}

/// The reference graphs, or none (said loudly) when they are not beside the project.
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
fn vectors() -> Vec<Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/facts/availability-vectors.json"
    );
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let all: Value = serde_json::from_str(&text).unwrap();
            all["topology_vectors"].as_array().unwrap().clone()
        }
        Err(cause) => {
            assert!(std::env::var_os("CI").is_none(), "{path}: {cause}");
            eprintln!("NOT CHECKED: the reference graphs are not here ({path}: {cause})");
            Vec::new()
        }
    }
}

#[test]
fn the_reference_graphs_give_their_tier_and_counterexamples() {
    for vector in vectors().iter().filter(|v| v.get("graph").is_some()) {
        let report = Report::new(&graph(&vector["graph"]).unwrap().assess());
        assert_eq!(
            serde_json::to_value(report).unwrap(),
            vector["expect"],
            "{}",
            vector["id"]
        );
    }
}

#[test]
fn the_margin_falls_with_maintenance() {
    let all = vectors();
    let find = |id: &str| all.iter().find(|v| v["id"] == id);
    let (Some(g4), Some(g6)) = (find("G4"), find("G6")) else {
        return;
    };
    let graph = graph(&g4["graph"]).unwrap();
    let normal = graph.margin(&BTreeSet::new());
    assert_eq!(
        json!(normal.next_failures),
        g6["expect"]["normal"]["next_failure_drops_load"]
    );
    assert_eq!(normal.steps(), 1);
    let out = graph.margin(&BTreeSet::from([graph.place("ups_b").unwrap()]));
    let expect = &g6["expect"]["ups_b_out"];
    assert_eq!(json!(out.next_failures), expect["next_failure_drops_load"]);
    assert_eq!(json!(out.steps()), expect["margin"]);
}

#[test]
fn bad_input_says_which_field_and_why() {
    let check = |input: Value, expect: &[&str]| {
        assert_eq!(graph(&input).unwrap_err(), expect);
    };
    check(
        json!({"a": {"kind": "box", "colour": 1}}),
        &[
            "graph.a.colour: unknown field; allowed: kind, source, inputs, need, zone, \
             rating_kw, srlg, demand_kw, system, carrier, fault_takes, fuel_hours, \
             consecutive_hours_max, ups",
            "graph.a.kind: must be capacity, distribution, gate or load",
        ],
    );
    check(
        json!({"l": {"kind": "load", "inputs": ["x"]}}),
        &["l.inputs[0]: there is no node \"x\""],
    );
    check(
        json!({"l": {"kind": "load", "inputs": [{"from": "l", "transfer": "slow"}]}}),
        &["graph.l.inputs[0].transfer: must be auto or manual"],
    );
}

/// G4 of the reference graphs with demands and ratings, written out.
fn two_sides(ups_kw: u32) -> Value {
    let mut graph = json!({
        "power": {"kind": "gate", "inputs": ["pdu_a", "pdu_b"]},
        "cool": {"kind": "gate", "system": "cooling", "inputs": ["crac_a", "crac_b"]},
        "load1": {"kind": "load", "inputs": ["power", "cool"], "need": "all", "demand_kw": 100},
    });
    for (side, other) in [("a", "b"), ("b", "a")] {
        let id = |name: &str| format!("{name}_{side}");
        let tie = json!({"from": format!("bus_{other}"), "transfer": "manual"});
        graph[id("gen")] = json!({"kind": "capacity", "source": "gen", "srlg": "fuel line",
            "fuel_hours": 12});
        graph[id("bus")] = json!({"kind": "distribution", "inputs": [id("gen"), tie]});
        graph[id("batt")] = json!({"kind": "capacity", "source": "stored"});
        graph[id("ups")] = json!({"kind": "capacity", "inputs": [id("bus"), id("batt")],
            "ups": true, "rating_kw": ups_kw});
        graph[id("pdu")] = json!({"kind": "distribution", "inputs": [id("ups")]});
        graph[id("crac")] = json!({"kind": "capacity", "system": "cooling",
            "inputs": [id("pdu")], "demand_kw": 9});
    }
    graph
}

#[track_caller]
fn check(nodes: &Value, tier: u8, expect: &Value) {
    let report = Report::new(&graph(nodes).unwrap().assess());
    assert_eq!(report.highest_tier_consistent, tier);
    assert_eq!(&Value::Object(report.counterexamples), expect);
}

#[test]
fn ratings_and_shared_risks_are_judged_where_the_graph_tells_them() {
    let shared = json!({"fuel line": ["load1"]});
    // One side alone carries the load and its own cooling unit: 109 kW.
    check(&two_sides(118), 4, &json!({"SRLG_shared_risk": shared}));
    let over = |node: &str| json!({ node: {"carries_kw": 109, "may_kw": 100} });
    let mut graph = two_sides(100);
    let report = Report::new(&self::graph(&graph).unwrap().assess());
    assert_eq!(report.highest_tier_consistent, 1);
    let cases = report.counterexamples;
    for (side, other) in [("a", "b"), ("b", "a")] {
        for (rule, out) in [
            ("T3_over_rating", format!("ups_{side}")),
            ("T4_over_rating", format!("ups_{side}")),
            ("T4_over_rating", format!("bus_{side}")),
        ] {
            let expect = over(&format!("ups_{other}"));
            assert_eq!(cases[rule][&out], expect, "{rule} {out}: {cases:?}");
        }
    }
    // By hand the other generator feeds both sides: nobody carries more than before.
    assert_eq!(cases["T3_over_rating"].get("gen_a"), None);
    // With nothing out both sides carry 59 kW each.
    assert!(!cases.contains_key("T1_over_rating"));
    graph["ups_a"]["rating_kw"] = json!(58.5);
    let report = Report::new(&self::graph(&graph).unwrap().assess());
    assert_eq!(report.highest_tier_consistent, 0);
    assert_eq!(
        report.counterexamples["T1_over_rating"],
        json!({"ups_a": {"carries_kw": 59, "may_kw": 58.5}})
    );
}

#[test]
fn what_is_attested_and_what_a_fault_takes_is_judged() {
    let mut graph = two_sides(200);
    for side in ["a", "b"] {
        graph[format!("gen_{side}")]["srlg"] = json!([]);
    }
    check(&graph, 4, &json!({}));
    graph["bus_a"]["fault_takes"] = json!(["bus_b"]);
    check(
        &graph,
        3,
        &json!({"T4_single_failure_auto_only": {"bus_a": ["load1"]}}),
    );
    graph["gen_b"]["consecutive_hours_max"] = json!(500);
    graph["bus_a"]["fault_takes"] = json!([]);
    check(&graph, 2, &json!({"T3_generator_hours": ["gen_b"]}));
    graph["gen_b"]["fuel_hours"] = json!(8);
    check(
        &graph,
        0,
        &json!({"T1_fuel": ["gen_b"], "T3_generator_hours": ["gen_b"]}),
    );
}

#[test]
fn circuits_are_judged_beside_the_tier() {
    let circuit = |carrier: &str| {
        json!({"kind": "distribution", "system": "network", "source": "carrier",
            "carrier": carrier, "srlg": ["duct"]})
    };
    let mut graph = two_sides(200);
    for side in ["a", "b"] {
        graph[format!("gen_{side}")]["srlg"] = json!([]);
    }
    graph["c1"] = circuit("x");
    graph["c2"] = circuit("x");
    graph["wan"] = json!({"kind": "load", "system": "network", "inputs": ["c1", "c2"]});
    check(
        &graph,
        4,
        &json!({"NET_single_carrier": {"x": ["wan"]}, "NET_shared_risk": {"duct": ["wan"]}}),
    );
}

#[test]
fn kilowatts_and_words_that_make_no_sense_are_refused() {
    let refused = |change: Value, expect: &str| {
        let mut graph = two_sides(100);
        for (name, value) in change.as_object().unwrap() {
            graph["ups_a"][name] = value.clone();
        }
        assert_eq!(self::graph(&graph).unwrap_err(), [expect]);
    };
    refused(
        json!({"rating_kw": -1}),
        "graph.ups_a.rating_kw: must be kilowatts from 0 to 10000000, not -1",
    );
    refused(
        json!({"system": "air"}),
        "graph.ups_a.system: must be power, cooling or network",
    );
    refused(
        json!({"fault_takes": ["x"]}),
        "ups_a.fault_takes[0]: there is no node \"x\"",
    );
    refused(
        json!({"ups": 1}),
        "graph.ups_a.ups: must be true or false, not a number",
    );
}
