//! `tierwatch topology`: what a power and cooling chain survives.
//!
//! **Room:** layer 3. **May use:** `tw-availability`. **Must not:** call anything certified.

#[cfg(test)]
mod tests;

use crate::{
    json_input::{Field, read_json},
    outcome::{Failure, Outcome, say, say_json},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::io::IsTerminal;
use tw_availability::{
    Counterexamples, Graph, GraphError, Input, Need, Node, NodeKind, Source, TierAssessment,
};

/// The power, cooling and network chain of a site.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a dependency graph against the Tier criteria and name what contradicts.
    ///
    /// `rating_kw` and `srlg` of a node are accepted; capacity and shared risks are not judged.
    Assess(Assess),
}

#[derive(Debug, Args)]
pub(crate) struct Assess {
    /// The graph as JSON; `-` reads standard input.
    file: String,
    /// Print JSON also on a terminal.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Assess(args) => assess(&args),
    }
}

fn assess(args: &Assess) -> Outcome {
    let nodes = read_json(&args.file, read)?;
    let graph = Graph::new(nodes);
    let graph =
        graph.map_err(|why: GraphError| Failure::input(format!("{}: graph.{why}", args.file)))?;
    let report = Report::new(&graph.assess());
    if args.json || !std::io::stdout().is_terminal() {
        return say_json(&report);
    }
    say(match report.highest_tier_consistent {
        0 => "not even all loads are fed on generators; self-assessed on the declared model".into(),
        tier => {
            format!("consistent with Tier {tier} criteria, self-assessed on the declared model")
        }
    });
    for (rule, cases) in &report.counterexamples {
        say(format_args!("{rule}: {cases}"));
    }
    Ok(())
}

#[derive(Serialize)]
struct Report {
    highest_tier_consistent: u8,
    counterexamples: Map<String, Value>,
}

impl Report {
    fn new(found: &TierAssessment) -> Self {
        let cases = |cases: &Counterexamples| -> Value {
            let pairs = cases
                .iter()
                .map(|(what, loads)| (what.clone(), json!(loads)));
            Value::Object(pairs.collect())
        };
        let all = [
            (
                "T1_all_loads_fed_on_generators",
                json!(found.not_fed_on_generators),
            ),
            (
                "T2_single_capacity_component",
                cases(&found.single_capacity_component),
            ),
            ("T3_planned_removal", cases(&found.planned_removal)),
            (
                "T4_single_failure_auto_only",
                cases(&found.single_failure_automatic_only),
            ),
            ("T4_compartment", cases(&found.compartment)),
            (
                "T4_continuous_cooling_gap",
                json!(found.continuous_cooling_gap),
            ),
        ];
        let is_empty = |value: &Value| {
            value.as_array().is_some_and(Vec::is_empty)
                || value.as_object().is_some_and(Map::is_empty)
        };
        Self {
            highest_tier_consistent: found.highest_tier_consistent,
            counterexamples: all
                .into_iter()
                .filter(|(_, value)| !is_empty(value))
                .map(|(rule, value)| (rule.to_owned(), value))
                .collect(),
        }
    }
}

fn read(root: &Field<'_>) -> Option<Vec<Node>> {
    let graph = root.object(&["graph"])?.required("graph")?.any_object()?;
    let nodes: Vec<Option<Node>> = graph.fields().map(|(id, field)| node(id, &field)).collect();
    nodes.into_iter().collect()
}

const NODE_FIELDS: &[&str] = &[
    "kind",
    "source",
    "inputs",
    "need",
    "zone",
    "rating_kw",
    "srlg",
];

fn node(id: &str, field: &Field<'_>) -> Option<Node> {
    let node = field.object(NODE_FIELDS)?;
    let kind = node.required("kind").and_then(|kind| match kind.text()? {
        "capacity" => Some(NodeKind::Capacity),
        "distribution" => Some(NodeKind::Distribution),
        "gate" => Some(NodeKind::Gate),
        "load" => Some(NodeKind::Load),
        _ => kind.refuse("must be capacity, distribution, gate or load"),
    });
    let source = match node.optional("source") {
        Some(source) => match source.text()? {
            "gen" => Some(Source::Generator),
            "utility" => Some(Source::Utility),
            "stored" => Some(Source::Stored),
            _ => return source.refuse("must be gen, utility or stored"),
        },
        None => None,
    };
    let inputs: Vec<Option<Input>> = match node.optional("inputs") {
        Some(inputs) => inputs.list()?.iter().map(input).collect(),
        None => Vec::new(),
    };
    let need = match node.optional("need") {
        Some(need) => match need.value.as_str() {
            Some("any") => Need::Any,
            Some("all") => Need::All,
            Some(_) => return need.refuse("must be any, all or a whole number"),
            None => Need::AtLeast(usize::try_from(need.whole(1..=1_000_000)?).ok()?),
        },
        None => Need::Any,
    };
    let zone = match node.optional("zone") {
        Some(zone) => Some(zone.text()?.to_owned()),
        None => None,
    };
    Some(Node {
        source,
        need,
        inputs: inputs.into_iter().collect::<Option<_>>()?,
        zone,
        ..Node::new(id, kind?)
    })
}

fn input(field: &Field<'_>) -> Option<Input> {
    if let Some(from) = field.value.as_str() {
        return Some(Input {
            from: from.to_owned(),
            manual: false,
        });
    }
    let input = field.object(&["from", "transfer"])?;
    let manual = match input.optional("transfer") {
        Some(transfer) => match transfer.text()? {
            "auto" => false,
            "manual" => true,
            _ => return transfer.refuse("must be auto or manual"),
        },
        None => false,
    };
    Some(Input {
        from: input.required("from")?.text()?.to_owned(),
        manual,
    })
}
