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
             rating_kw, srlg",
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
