//! Part 5 worked out: the declared chain judged, its margin from the states that were recorded.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`, `tw-units`. **Must not:** take silence for
//! health: what was asked and told nothing is not proven.

use super::{
    CaseRow, ChainEvidence, Cover, MarginRow, ShapeRow, SystemRow, TopologyPart,
    canonical::digest,
    chain::{RecordedDevice, RecordedSensor, ShapeEvidence, code_at},
};
use crate::{
    period::{start_of, time_zone},
    topology::{
        Answer, ChainStep, Condition, DeviceNow, Found, Graph, GraphError, MarginSums,
        NetworkAssessment, NodeState, Reading, StateReason, TierCase, UnknownNode, condition_of,
        node_of, state_of,
    },
};
use jiff::{civil::Date, tz::TimeZone};
use serde::Deserialize as _;
use serde_json::Value;
use std::collections::BTreeSet;
use tw_model::{FacilityKind, FacilityNode, FacilityRole};
use tw_units::{DeviceId, Interval, Timestamp};

/// So many letters of a model's hash are its version.
const VERSION_CHARS: usize = 16;

/// Why part 5 cannot be worked out.
#[derive(Debug, thiserror::Error)]
pub enum ChainEvidenceError {
    /// The days of a shape are no days, overlap, or lie outside of the month.
    #[error("shape {0}: its days are not days of the month in order")]
    Days(usize),
    /// What is kept is no node of a chain.
    #[error("shape {0}: a node cannot be read")]
    Node(usize, #[source] serde_json::Error),
    /// The nodes are no chain.
    #[error("shape {0}: its nodes are no chain")]
    Graph(usize, #[source] GraphError),
    /// A name without a node.
    #[error("the margin cannot be worked out")]
    Margin(#[source] UnknownNode),
}

/// The version of a declared chain: its hash, shortened.
pub fn chain_version(nodes: &[Value]) -> String {
    let hash = digest(&Value::Array(nodes.to_vec()));
    hash.chars().take(VERSION_CHARS).collect()
}

/// The version of the chain as it is declared for the month's last day.
pub(super) fn last_version(evidence: &ChainEvidence, last_day: &str) -> Option<String> {
    let last = evidence.shapes.last()?;
    (last.to == last_day).then(|| chain_version(&last.nodes))
}

/// What part 5 says of a month, from what was known at `as_of`.
pub fn topology_part(
    evidence: &ChainEvidence,
    cover: &Cover,
    (period, as_of): (Interval, Timestamp),
) -> Result<TopologyPart, ChainEvidenceError> {
    let zone = time_zone(&cover.timezone).unwrap_or(TimeZone::UTC);
    let mut part = TopologyPart::default();
    let mut sums = MarginSums::default();
    let mut declared = BTreeSet::new();
    let mut at = period.from;
    for (n, shape) in evidence.shapes.iter().enumerate() {
        let days = days_of(shape, &zone).and_then(|days| days.intersect(period));
        let days = days.filter(|days| days.from >= at);
        let days = days.ok_or(ChainEvidenceError::Days(n))?;
        sums.not_proven_ms += days.from.millis_since(at);
        at = days.to;
        let chain = Chain::of(n, shape)?;
        part.shapes.push(chain.row(shape, cover)?);
        let past = Past { evidence, as_of };
        let (steps, guessed) = past.steps(&chain, days);
        declared.extend(guessed);
        let found = chain.graph.margins_over(&steps, days);
        sums = sums.plus(found.map_err(ChainEvidenceError::Margin)?);
    }
    sums.not_proven_ms += period.to.millis_since(at);
    part.margin = MarginRow {
        survives_ms: sums.survives_ms,
        next_drops_ms: sums.next_drops_ms,
        dark_ms: sums.dark_ms,
        not_proven_ms: sums.not_proven_ms,
        weakened_ms: sums.weakened_ms,
    };
    part.taken_as_declared = declared.into_iter().collect();
    Ok(part)
}

/// The instants of a shape's days.
fn days_of(shape: &ShapeEvidence, zone: &TimeZone) -> Option<Interval> {
    let (from, to): (Date, Date) = (shape.from.parse().ok()?, shape.to.parse().ok()?);
    Interval::new(start_of(from, zone)?, start_of(to.tomorrow().ok()?, zone)?)
}

/// A declared chain: its graph, and its nodes in the same order.
struct Chain {
    graph: Graph,
    nodes: Vec<FacilityNode>,
}

impl Chain {
    fn of(n: usize, shape: &ShapeEvidence) -> Result<Self, ChainEvidenceError> {
        let read = |value: &Value| FacilityNode::deserialize(value);
        let nodes: Vec<FacilityNode> = shape
            .nodes
            .iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(|cause| ChainEvidenceError::Node(n, cause))?;
        let graph = Graph::new(nodes.iter().map(node_of).collect())
            .map_err(|cause| ChainEvidenceError::Graph(n, cause))?;
        Ok(Self { graph, nodes })
    }

    fn row(&self, shape: &ShapeEvidence, cover: &Cover) -> Result<ShapeRow, ChainEvidenceError> {
        let in_force = |target: &&super::TargetRow| target.valid_from <= shape.from;
        let target = cover.targets.iter().rfind(in_force);
        let found = self.graph.assess();
        let design = self.graph.outlook(&Condition::default());
        let network = found.network.iter().flat_map(NetworkAssessment::cases);
        let case = |case: TierCase| CaseRow {
            rule: case.rule.to_owned(),
            element: case.element,
            loads: case.loads,
            over_rating: case.over_rating.into_iter().map(|over| over.node).collect(),
        };
        let system = |system: &crate::topology::SystemTier| SystemRow {
            system: system.system.as_str().to_owned(),
            highest_tier_consistent: system.highest_tier_consistent,
        };
        Ok(ShapeRow {
            from: shape.from.clone(),
            to: shape.to.clone(),
            version: chain_version(&shape.nodes),
            nodes: self.nodes.len() as u64,
            highest_tier_consistent: found.highest_tier_consistent,
            target_level: target.map(|target| target.level.clone()),
            systems: found.systems.iter().map(system).collect(),
            cases: found.cases().into_iter().chain(network).map(case).collect(),
            fuel_not_attested: found.evidence.fuel_not_attested.clone(),
            design_margin: design.map_err(ChainEvidenceError::Margin)?.margin(),
        })
    }
}

/// What was recorded of a chain, as far as it was known at an instant.
struct Past<'a> {
    evidence: &'a ChainEvidence,
    as_of: Timestamp,
}

impl Past<'_> {
    /// The chain's conditions in order of time, and the nodes of which no recorded state speaks.
    fn steps(&self, chain: &Chain, period: Interval) -> (Vec<ChainStep>, Vec<String>) {
        let mut instants = BTreeSet::from([period.from]);
        for recorded in self.evidence.devices.values() {
            let sensors = recorded.sensors.iter().flat_map(|sensor| &sensor.runs);
            let turns = recorded.up.iter().chain(sensors).flat_map(|r| [r.0, r.1]);
            instants.extend(turns.map(Timestamp::from_millis));
        }
        instants.extend(self.evidence.works.iter().flat_map(|w| [w.from, w.to]));
        instants.insert(self.as_of);
        let steps: Vec<ChainStep> = instants
            .into_iter()
            .filter(|at| period.contains(*at))
            .map(|at| self.step(chain, at))
            .collect();
        let guessed = chain.nodes.iter().filter(|node| {
            let role = node.role();
            let is_element = matches!(role, FacilityRole::Capacity | FacilityRole::Distribution);
            is_element && (asked(node).is_none() || !self.is_told(node))
        });
        let names = guessed.map(|node| node.node().to_string());
        (steps, names.collect())
    }

    fn step(&self, chain: &Chain, at: Timestamp) -> ChainStep {
        let found: Vec<Found> = chain
            .nodes
            .iter()
            .map(|node| self.found(node, at))
            .collect();
        let names = || chain.nodes.iter().map(|node| node.node().as_str());
        let unknown = names()
            .zip(&found)
            .zip(&chain.nodes)
            .filter(|((_, found), node)| {
                found.state == NodeState::Unknown && node.role() != FacilityRole::Load
            })
            .map(|((name, _), _)| name.to_owned());
        ChainStep {
            at,
            condition: condition_of(names().zip(&found)),
            unknown: unknown.collect(),
        }
    }

    fn recorded(&self, node: &FacilityNode) -> Option<(&RecordedDevice, String)> {
        let id = asked(node)?.to_string();
        Some((self.evidence.devices.get(&id)?, id))
    }

    /// How a node was: by work, by the recorded states of its device, or as declared.
    fn found(&self, node: &FacilityNode, at: Timestamp) -> Found {
        let own = |name: &String| {
            let is = |device: &DeviceId| device.as_str() == name;
            name == node.node().as_str() || node.device.as_ref().is_some_and(is)
        };
        let mut works = self.evidence.works.iter();
        if works.any(|w| w.from <= at && at < w.to && w.components.iter().any(own)) {
            return Found::at_work();
        }
        let recorded = self.recorded(node);
        let Some((recorded, id)) = recorded.filter(|_| node.role() != FacilityRole::Load) else {
            return state_of(node, None, &[]);
        };
        if node.signal.is_some() && !self.is_told(node) {
            return state_of(node, None, &[]);
        }
        let known = at < self.as_of;
        let reading = |sensor: &RecordedSensor| reading_at(sensor, at).filter(|_| known);
        let device = DeviceNow {
            device: id,
            answer: match code_at(&recorded.up, at).filter(|_| known) {
                Some(1) => Answer::Up,
                Some(0) => Answer::Down,
                _ => Answer::Unknown,
            },
            dependents_down: false,
            readings: recorded.sensors.iter().filter_map(reading).collect(),
            traps: Vec::new(),
        };
        state_of(node, Some(&device), &[])
    }

    /// Whether a recorded state, and no measurement alone, says how this node is.
    fn is_told(&self, node: &FacilityNode) -> bool {
        let Some((recorded, _)) = self.recorded(node) else {
            return false;
        };
        let has = |name: &str| recorded.sensors.iter().any(|sensor| sensor.name == name);
        if let Some(signal) = &node.signal {
            return has(&signal.sensor);
        }
        match node.kind {
            // Voltage and revolutions are measurements.
            FacilityKind::Pdu
            | FacilityKind::RackFeed
            | FacilityKind::Switchboard
            | FacilityKind::Crac
            | FacilityKind::Pump
            | FacilityKind::Chiller => false,
            _ => state_of(node, None, &[]).reason == StateReason::NotPolled,
        }
    }
}

fn reading_at(sensor: &RecordedSensor, at: Timestamp) -> Option<Reading> {
    let code = code_at(&sensor.runs, at)?;
    Some(Reading {
        name: sensor.name.clone(),
        class: sensor.class.clone(),
        value: i32::try_from(code).ok()?.into(),
        word: sensor.words.get(&code).cloned(),
    })
}

/// The device that says how a node is.
pub fn asked(node: &FacilityNode) -> Option<&DeviceId> {
    let signal = node.signal.as_ref().and_then(|s| s.device.as_ref());
    signal.or(node.device.as_ref())
}

#[cfg(test)]
mod tests;
