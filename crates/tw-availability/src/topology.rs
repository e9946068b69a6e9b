//! Which loads a power and cooling chain keeps alive: the dependency graph and its rules.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** count a battery as a steady
//! source, nor call anything certified: an answer is "consistent with Tier n criteria,
//! self-assessed on the declared model".
//!
//! A node is live when it is a source that runs, or when enough of its inputs are live. The
//! state is the least fixpoint from the sources, so that two buses tied to each other do not
//! feed each other out of nothing.

use std::collections::{BTreeMap, BTreeSet};

/// The most nodes of a graph.
pub const GRAPH_NODES_MAX: usize = 10_000;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// An active component: generator, UPS module, chiller, pump.
    Capacity,
    /// A passive one: bus, transfer switch body, PDU, pipe, valve, cable.
    Distribution,
    /// A place where alternatives meet; no thing that can fail.
    Gate,
    /// A critical load.
    Load,
}

/// What feeds without being fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A generator: the primary source for the higher Tiers.
    Generator,
    /// The utility: an economic alternative; its loss is an expected condition.
    Utility,
    /// A battery or cold store: minutes, not a steady source.
    Stored,
}

/// How many inputs a node needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// One is enough.
    #[default]
    Any,
    /// Every one.
    All,
    /// So many.
    AtLeast(usize),
}

/// One way a node is fed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// From which node.
    pub from: String,
    /// Somebody has to switch it over: it does not help when something fails.
    pub manual: bool,
}

/// A node of the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub id: String,
    /// What it is.
    pub kind: NodeKind,
    /// Set for what feeds without being fed.
    pub source: Option<Source>,
    /// How many of `inputs` it needs.
    pub need: Need,
    /// By what it is fed.
    pub inputs: Vec<Input>,
    /// Its fire or physical compartment.
    pub zone: Option<String>,
}

/// Why a graph cannot be assessed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// Too many nodes.
    #[error("a graph has at most {GRAPH_NODES_MAX} nodes, this one has {0}")]
    TooManyNodes(usize),
    /// Two nodes of one name.
    #[error("{0}: two nodes have this name")]
    Duplicate(String),
    /// An input from nowhere.
    #[error("{node}.inputs[{index}]: there is no node {from:?}")]
    UnknownInput {
        /// Whose input.
        node: String,
        /// Which of them.
        index: usize,
        /// The name that is not there.
        from: String,
    },
    /// More inputs needed than there are.
    #[error("{node}.need: {needed} of {inputs} inputs; it is 1 to {inputs}")]
    Need {
        /// Which node.
        node: String,
        /// What was asked.
        needed: usize,
        /// How many inputs there are.
        inputs: usize,
    },
    /// Nothing to keep alive.
    #[error("the graph has no load")]
    NoLoad,
}

/// A checked graph. Nodes keep the order in which they were given.
#[derive(Clone, Debug)]
pub struct Graph {
    nodes: Vec<Node>,
    /// For each node the places of its inputs and whether they are manual.
    inputs: Vec<Vec<(usize, bool)>>,
}

/// What is out and what runs, in one question to the graph.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// Nodes that are out, by place.
    pub removed: BTreeSet<usize>,
    /// Only automatic transfers count.
    pub automatic_only: bool,
    /// What runs.
    pub sources: Vec<Source>,
}

/// The loads that each of a rule's cases drops; a rule without any holds.
pub type Counterexamples = Vec<(String, Vec<String>)>;

/// What the rules say. Every list of loads is in order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TierAssessment {
    /// The highest Tier whose rules hold, 0 when not even all loads are fed.
    pub highest_tier_consistent: u8,
    /// T1: loads that generators alone do not feed.
    pub not_fed_on_generators: Vec<String>,
    /// T2: active components whose loss drops loads, transfers by hand allowed.
    pub single_capacity_component: Counterexamples,
    /// T3: elements that cannot be taken out for work.
    pub planned_removal: Counterexamples,
    /// T4: elements whose failure drops loads before anybody can act.
    pub single_failure_automatic_only: Counterexamples,
    /// T4: compartments whose loss drops loads.
    pub compartment: Counterexamples,
    /// T4: loads without power or cooling from stores alone, while engines start.
    pub continuous_cooling_gap: Vec<String>,
}

/// How far the present state is from dropping a load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Margin {
    /// Loads that are dark now, with automatic transfers only.
    pub dropped: Vec<String>,
    /// Elements whose failure next would drop a load.
    pub next_failures: Vec<String>,
}

impl Margin {
    /// −1: a load is lost; 0: the next failure drops one; 1: any single failure is survived.
    pub fn steps(&self) -> i8 {
        if self.dropped.is_empty() {
            i8::from(self.next_failures.is_empty())
        } else {
            -1
        }
    }
}

impl Graph {
    /// Checks that every input exists and every need can be met.
    pub fn new(nodes: Vec<Node>) -> Result<Self, GraphError> {
        if nodes.len() > GRAPH_NODES_MAX {
            return Err(GraphError::TooManyNodes(nodes.len()));
        }
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, node) in nodes.iter().enumerate() {
            if places.insert(&node.id, place).is_some() {
                return Err(GraphError::Duplicate(node.id.clone()));
            }
        }
        let inputs = nodes
            .iter()
            .map(|node| resolve(node, &places))
            .collect::<Result<Vec<_>, _>>()?;
        if !nodes.iter().any(|node| node.kind == NodeKind::Load) {
            return Err(GraphError::NoLoad);
        }
        Ok(Self { nodes, inputs })
    }

    /// The nodes in the order given.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The place of a node.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.id == id)
    }

    /// Which nodes are live: the least fixpoint, each node visited when an input comes alive.
    pub fn live(&self, scenario: &Scenario) -> Vec<bool> {
        let mut feeds: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        let mut missing: Vec<Option<usize>> = Vec::with_capacity(self.nodes.len());
        for (place, (node, inputs)) in self.nodes.iter().zip(&self.inputs).enumerate() {
            let usable = inputs
                .iter()
                .filter(|(_, manual)| !(*manual && scenario.automatic_only));
            let mut count = 0;
            for (from, _) in usable {
                count += 1;
                feeds[*from].push(place);
            }
            missing.push((count > 0).then(|| needed(node.need, inputs.len())));
        }
        let runs = |node: &Node| node.source.is_some_and(|s| scenario.sources.contains(&s));
        let mut live = vec![false; self.nodes.len()];
        let mut coming: Vec<usize> = (0..self.nodes.len())
            .filter(|place| runs(&self.nodes[*place]))
            .collect();
        while let Some(place) = coming.pop() {
            if live[place] || scenario.removed.contains(&place) {
                continue;
            }
            live[place] = true;
            for fed in &feeds[place] {
                missing[*fed] = missing[*fed].map(|count| count.saturating_sub(1));
                if missing[*fed] == Some(0) {
                    coming.push(*fed);
                }
            }
        }
        live
    }

    /// The loads that are dark, in order of their names.
    pub fn dark_loads(&self, scenario: &Scenario) -> Vec<String> {
        let live = self.live(scenario);
        let dark = self.nodes.iter().zip(live);
        let mut dark: Vec<String> = dark
            .filter(|(node, live)| node.kind == NodeKind::Load && !live)
            .map(|(node, _)| node.id.clone())
            .collect();
        dark.sort_unstable();
        dark
    }

    /// Runs the rules, always with the utility off.
    pub fn assess(&self) -> TierAssessment {
        let by_hand = |removed| self.on_generators(removed, false);
        let automatic = |removed| self.on_generators(removed, true);
        let mut report = TierAssessment {
            not_fed_on_generators: by_hand(BTreeSet::new()),
            single_capacity_component: self.each(|node| node.kind == NodeKind::Capacity, &by_hand),
            planned_removal: self.each(is_element, &by_hand),
            single_failure_automatic_only: self.each(is_element, &automatic),
            compartment: self.each_zone(&automatic),
            continuous_cooling_gap: self.dark_loads(&Scenario {
                automatic_only: true,
                sources: vec![Source::Stored],
                ..Scenario::default()
            }),
            ..TierAssessment::default()
        };
        let holds = [
            report.not_fed_on_generators.is_empty(),
            report.single_capacity_component.is_empty(),
            report.planned_removal.is_empty(),
            report.single_failure_automatic_only.is_empty()
                && report.compartment.is_empty()
                && report.continuous_cooling_gap.is_empty(),
        ];
        let tiers = holds.iter().take_while(|holds| **holds).count();
        report.highest_tier_consistent = u8::try_from(tiers).unwrap_or(0);
        report
    }

    /// The margin with these nodes out: what has failed, is under maintenance, or would be.
    pub fn margin(&self, out: &BTreeSet<usize>) -> Margin {
        let dropped = self.on_generators(out.clone(), true);
        let next = self.nodes.iter().enumerate().filter(|(place, node)| {
            let with_it = || out.iter().copied().chain([*place]).collect();
            is_element(node)
                && !out.contains(place)
                && !self.on_generators(with_it(), true).is_empty()
        });
        let next_failures = if dropped.is_empty() {
            next.map(|(_, node)| node.id.clone()).collect()
        } else {
            Vec::new()
        };
        Margin {
            dropped,
            next_failures,
        }
    }

    fn on_generators(&self, removed: BTreeSet<usize>, automatic_only: bool) -> Vec<String> {
        self.dark_loads(&Scenario {
            removed,
            automatic_only,
            sources: vec![Source::Generator],
        })
    }

    fn each(
        &self,
        wanted: impl Fn(&Node) -> bool,
        dark: &impl Fn(BTreeSet<usize>) -> Vec<String>,
    ) -> Counterexamples {
        let nodes = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| wanted(node));
        nodes
            .map(|(place, node)| (node.id.clone(), dark(BTreeSet::from([place]))))
            .filter(|(_, dark)| !dark.is_empty())
            .collect()
    }

    fn each_zone(&self, dark: &impl Fn(BTreeSet<usize>) -> Vec<String>) -> Counterexamples {
        let mut zones: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (place, node) in self.nodes.iter().enumerate() {
            if let Some(zone) = &node.zone {
                zones.entry(zone).or_default().insert(place);
            }
        }
        zones
            .into_iter()
            .map(|(zone, removed)| (zone.to_owned(), dark(removed)))
            .filter(|(_, dark)| !dark.is_empty())
            .collect()
    }
}

/// What can fail or be taken out for work.
fn is_element(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Capacity | NodeKind::Distribution)
}

fn needed(need: Need, inputs: usize) -> usize {
    match need {
        Need::Any => 1,
        Need::All => inputs,
        Need::AtLeast(count) => count,
    }
}

fn resolve(node: &Node, places: &BTreeMap<&str, usize>) -> Result<Vec<(usize, bool)>, GraphError> {
    if let Need::AtLeast(needed) = node.need
        && !(1..=node.inputs.len()).contains(&needed)
    {
        return Err(GraphError::Need {
            node: node.id.clone(),
            needed,
            inputs: node.inputs.len(),
        });
    }
    let place = |(index, input): (usize, &Input)| match places.get(input.from.as_str()) {
        Some(place) => Ok((*place, input.manual)),
        None => Err(GraphError::UnknownInput {
            node: node.id.clone(),
            index,
            from: input.from.clone(),
        }),
    };
    node.inputs.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests;
