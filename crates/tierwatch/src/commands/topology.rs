//! `tierwatch topology`: what a power and cooling chain survives.
//!
//! **Room:** layer 3. **May use:** `tw-availability`. **Must not:** call anything certified.

#[cfg(test)]
mod tests;

use crate::{
    json_input::{Field, Object, read_json},
    outcome::{Failure, Outcome, say, say_json},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::io::IsTerminal;
use tw_availability::{
    Counterexamples, Graph, GraphError, Input, Need, NetworkAssessment, Node, NodeKind, OverRating,
    Source, System, TierAssessment,
};

/// The power, cooling and network chain of a site.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a dependency graph against the Tier criteria and name what contradicts.
    ///
    /// A node has a kind (capacity, distribution, gate, load), a source (gen, utility, stored,
    /// carrier), inputs, need and zone. What else it tells is judged, too: `demand_kw` and
    /// `rating_kw` (who would carry more than it may), `system` (power, cooling, network; power
    /// when missing), `srlg` and `carrier` (what is shared), `fault_takes` (what a fault takes
    /// with it), `fuel_hours` and `consecutive_hours_max` of a generator, `ups`.
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
        let mut all = rules_of_tiers(found);
        all.extend(found.network.iter().flat_map(rules_of_network));
        all.push(("SRLG_shared_risk", cases(&found.shared_risk)));
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

fn cases(cases: &Counterexamples) -> Value {
    let pairs = cases
        .iter()
        .map(|(what, loads)| (what.clone(), json!(loads)));
    Value::Object(pairs.collect())
}

/// Nodes over their rating, by what they would carry of what they may.
fn over(list: &[OverRating]) -> Value {
    let pairs = list.iter().map(|over| {
        let figures = json!({"carries_kw": kilowatts(over.carries_watts),
            "may_kw": kilowatts(over.may_watts)});
        (over.node.clone(), figures)
    });
    Value::Object(pairs.collect())
}

fn over_without(list: &[(String, Vec<OverRating>)]) -> Value {
    let pairs = list.iter().map(|(out, list)| (out.clone(), over(list)));
    Value::Object(pairs.collect())
}

/// Whole kilowatts stay whole numbers.
fn kilowatts(watts: u64) -> Value {
    if watts.is_multiple_of(1_000) {
        return json!(watts / 1_000);
    }
    let text = format!("{}.{:03}", watts / 1_000, watts % 1_000);
    text.parse::<f64>()
        .map_or(Value::Null, |kilowatts| json!(kilowatts))
}

fn rules_of_tiers(found: &TierAssessment) -> Vec<(&'static str, Value)> {
    let evidence = &found.evidence;
    vec![
        (
            "T1_all_loads_fed_on_generators",
            json!(found.not_fed_on_generators),
        ),
        ("T1_fuel", json!(evidence.fuel_short)),
        ("T1_load_behind_ups", json!(evidence.without_ups)),
        ("T1_over_rating", over(&found.over_rating)),
        (
            "T2_single_capacity_component",
            cases(&found.single_capacity_component),
        ),
        ("T3_planned_removal", cases(&found.planned_removal)),
        ("T3_generator_hours", json!(evidence.hours_limited)),
        ("T3_over_rating", over_without(&found.planned_over_rating)),
        (
            "T4_single_failure_auto_only",
            cases(&found.single_failure_automatic_only),
        ),
        ("T4_compartment", cases(&found.compartment)),
        (
            "T4_continuous_cooling_gap",
            json!(found.continuous_cooling_gap),
        ),
        ("T4_over_rating", over_without(&found.failure_over_rating)),
    ]
}

fn rules_of_network(found: &NetworkAssessment) -> Vec<(&'static str, Value)> {
    vec![
        ("NET_dark", json!(found.dark)),
        ("NET_single_element", cases(&found.single_element)),
        ("NET_single_carrier", cases(&found.single_carrier)),
        ("NET_shared_risk", cases(&found.shared_risk)),
    ]
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
    "demand_kw",
    "system",
    "carrier",
    "fault_takes",
    "fuel_hours",
    "consecutive_hours_max",
    "ups",
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
    let inputs: Vec<Option<Input>> = match node.optional("inputs") {
        Some(inputs) => inputs.list()?.iter().map(input).collect(),
        None => Vec::new(),
    };
    let plain = Node::new(id, kind?);
    Some(Node {
        source: maybe(&node, "source", source)?,
        need: maybe(&node, "need", need)?.unwrap_or_default(),
        inputs: inputs.into_iter().collect::<Option<_>>()?,
        zone: maybe(&node, "zone", text)?,
        system: maybe(&node, "system", system)?.unwrap_or_default(),
        srlg: maybe(&node, "srlg", texts)?.unwrap_or_default(),
        carrier: maybe(&node, "carrier", text)?,
        rating_watts: maybe(&node, "rating_kw", Field::kilowatts_as_watts)?,
        demand_watts: maybe(&node, "demand_kw", Field::kilowatts_as_watts)?.unwrap_or_default(),
        fault_takes: maybe(&node, "fault_takes", texts)?.unwrap_or_default(),
        is_ups: maybe(&node, "ups", Field::truth)?.unwrap_or_default(),
        fuel_hours: maybe(&node, "fuel_hours", hours)?,
        consecutive_hours_max: maybe(&node, "consecutive_hours_max", hours)?,
        ..plain
    })
}

/// A field that may be missing; the outer `None` is a fault.
#[expect(
    clippy::option_option,
    reason = "missing, wrong and there are three things; `?` takes the wrong one away at once"
)]
fn maybe<'a, T>(
    node: &Object<'a>,
    name: &str,
    read: impl FnOnce(&Field<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match node.optional(name) {
        Some(field) => read(&field).map(Some),
        None => Some(None),
    }
}

fn source(field: &Field<'_>) -> Option<Source> {
    match field.text()? {
        "gen" => Some(Source::Generator),
        "utility" => Some(Source::Utility),
        "stored" => Some(Source::Stored),
        "carrier" => Some(Source::Carrier),
        _ => field.refuse("must be gen, utility, stored or carrier"),
    }
}

fn need(field: &Field<'_>) -> Option<Need> {
    match field.value.as_str() {
        Some("any") => Some(Need::Any),
        Some("all") => Some(Need::All),
        Some(_) => field.refuse("must be any, all or a whole number"),
        None => Some(Need::AtLeast(
            usize::try_from(field.whole(1..=1_000_000)?).ok()?,
        )),
    }
}

fn system(field: &Field<'_>) -> Option<System> {
    match field.text()? {
        "power" => Some(System::Power),
        "cooling" => Some(System::Cooling),
        "network" => Some(System::Network),
        _ => field.refuse("must be power, cooling or network"),
    }
}

fn hours(field: &Field<'_>) -> Option<u32> {
    u32::try_from(field.whole(0..=100_000)?).ok()
}

fn text(field: &Field<'_>) -> Option<String> {
    field.text().map(str::to_owned)
}

/// One text, or a list of them.
fn texts(field: &Field<'_>) -> Option<Vec<String>> {
    if field.value.is_string() {
        return text(field).map(|text| vec![text]);
    }
    field.list()?.iter().map(text).collect()
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
