//! Which loads a power and cooling chain keeps alive: the dependency graph.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** count a battery as a steady
//! source.
//!
//! A node is live when it is a source that runs, or when enough of its inputs are live. The
//! state is the least fixpoint from the sources, so that two buses tied to each other do not
//! feed each other out of nothing. The rules are in [`assess`](Graph::assess), the questions of
//! operation in [`outlook`](Graph::outlook) and [`what_if`](Graph::what_if).

mod capacity;
mod cases;
mod chain;
mod field;
mod history;
mod outlook;
mod reliance;
mod rules;
mod trap;

pub use capacity::OverRating;
pub use cases::TierCase;
pub use chain::{ChainError, graph_at, node_of};
pub use field::{
    Answer, DeviceNow, Found, NodeState, Reading, StateReason, condition_of, state_of,
};
pub use history::{ChainStep, MarginSums};
pub use outlook::{Condition, Outlook, UnknownNode, WhatIf};
pub use reliance::Reliance;
pub use rules::{Counterexamples, Evidence, NetworkAssessment, SystemTier, TierAssessment};
pub use trap::TrapNow;

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
    /// A load.
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
    /// A carrier's network.
    Carrier,
}

/// A subsystem; a site's Tier is that of its lowest one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// Electricity.
    #[default]
    Power,
    /// Cooling.
    Cooling,
    /// Core network and WAN.
    Network,
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

/// A node of the graph. [`Node::new`] gives one of which nothing more is known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts of a node, each named where it is set"
)]
pub struct Node {
    /// Its name.
    pub id: String,
    /// What it is.
    pub kind: NodeKind,
    /// Set for what feeds without being fed.
    pub source: Option<Source>,
    /// How many of `inputs` it needs.
    pub need: Need,
    /// By what it is fed, the preferred one first.
    pub inputs: Vec<Input>,
    /// Its fire or physical compartment.
    pub zone: Option<String>,
    /// Its subsystem.
    pub system: System,
    /// What it shares with others: a duct, a riser.
    pub srlg: Vec<String>,
    /// Whose network it belongs to.
    pub carrier: Option<String>,
    /// What it may carry, in watts, derating included.
    pub rating_watts: Option<u64>,
    /// What it draws itself, in watts.
    pub demand_watts: u64,
    /// Nodes that a fault of it takes with it.
    pub fault_takes: Vec<String>,
    /// Whether it carries its load over a break, given energy in store.
    pub is_ups: bool,
    /// Whether it takes one input at a time, the first that is live.
    pub selects: bool,
    /// Whether it belongs to the equipment behind it: no element of the facility.
    pub point_of_use: bool,
    /// Whether a load counts for the criteria.
    pub critical: bool,
    /// Hours that a generator's fuel lasts at the design load, where somebody attests it.
    pub fuel_hours: Option<u32>,
    /// The most hours in a row that a generator may run at the design load.
    pub consecutive_hours_max: Option<u32>,
}

impl Node {
    /// A node that nothing feeds, with nothing more known.
    pub fn new(id: impl Into<String>, kind: NodeKind) -> Self {
        Self {
            id: id.into(),
            kind,
            source: None,
            need: Need::Any,
            inputs: Vec::new(),
            zone: None,
            system: System::Power,
            srlg: Vec::new(),
            carrier: None,
            rating_watts: None,
            demand_watts: 0,
            fault_takes: Vec::new(),
            is_ups: false,
            selects: false,
            point_of_use: false,
            critical: true,
            fuel_hours: None,
            consecutive_hours_max: None,
        }
    }

    /// What can fail or be taken out for work.
    pub fn is_element(&self) -> bool {
        matches!(self.kind, NodeKind::Capacity | NodeKind::Distribution)
    }

    /// A load that the Tier criteria are about: power and cooling of what is critical.
    pub fn is_critical_load(&self) -> bool {
        self.kind == NodeKind::Load && self.critical && self.system != System::Network
    }
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
    /// A fault that takes what is not there.
    #[error("{node}.fault_takes[{index}]: there is no node {taken:?}")]
    UnknownTaken {
        /// Whose fault.
        node: String,
        /// Which of the list.
        index: usize,
        /// The name that is not there.
        taken: String,
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
    /// For each node the places of what its fault takes with it.
    takes: Vec<Vec<usize>>,
}

/// What is out and what runs, in one question to the graph.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// Nodes that are out, by place.
    pub removed: BTreeSet<usize>,
    /// Only automatic transfers count.
    pub automatic_only: bool,
    /// Nodes whose manual inputs have been switched over already.
    pub closed: BTreeSet<usize>,
    /// What runs.
    pub sources: Vec<Source>,
    /// Nodes that feed for the moment from their own store.
    pub running: BTreeSet<usize>,
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
        let takes = nodes
            .iter()
            .map(|node| taken(node, &places))
            .collect::<Result<Vec<_>, _>>()?;
        if !nodes.iter().any(|node| node.kind == NodeKind::Load) {
            return Err(GraphError::NoLoad);
        }
        Ok(Self {
            nodes,
            inputs,
            takes,
        })
    }

    /// The nodes in the order given.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The place of a node.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.id == id)
    }

    /// What a node is fed by: places, and whether somebody must switch over.
    pub fn inputs(&self, place: usize) -> &[(usize, bool)] {
        self.inputs.get(place).map_or(&[], Vec::as_slice)
    }

    /// Which nodes are live: the least fixpoint, each node visited when an input comes alive.
    pub fn live(&self, scenario: &Scenario) -> Vec<bool> {
        let ranks = self.ranks(scenario);
        ranks.into_iter().map(|rank| rank.is_some()).collect()
    }

    /// For each live node when it came alive, counted from the sources; a node's rank is above
    /// those of the inputs that made it live.
    fn ranks(&self, scenario: &Scenario) -> Vec<Option<usize>> {
        let mut feeds: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        let mut missing: Vec<Option<usize>> = Vec::with_capacity(self.nodes.len());
        for (place, node) in self.nodes.iter().enumerate() {
            let inputs = &self.inputs[place];
            let mut count = 0;
            for (from, manual) in inputs {
                if scenario.counts(place, *manual) {
                    count += 1;
                    feeds[*from].push(place);
                }
            }
            missing.push((count > 0).then(|| needed(node.need, inputs.len())));
        }
        let runs = |place: &usize| {
            scenario.running.contains(place)
                || self.nodes[*place]
                    .source
                    .is_some_and(|s| scenario.sources.contains(&s))
        };
        let mut ranks: Vec<Option<usize>> = vec![None; self.nodes.len()];
        let mut coming: std::collections::VecDeque<usize> =
            (0..self.nodes.len()).filter(runs).collect();
        let mut next = 0;
        while let Some(place) = coming.pop_front() {
            if ranks[place].is_some() || scenario.removed.contains(&place) {
                continue;
            }
            ranks[place] = Some(next);
            next += 1;
            for fed in &feeds[place] {
                missing[*fed] = missing[*fed].map(|count| count.saturating_sub(1));
                if missing[*fed] == Some(0) {
                    coming.push_back(*fed);
                }
            }
        }
        ranks
    }

    /// The critical loads that are dark, in order of their names.
    pub fn dark_loads(&self, scenario: &Scenario) -> Vec<String> {
        self.dark(scenario, Node::is_critical_load)
    }

    /// The dark nodes of a sort, in order of their names.
    fn dark(&self, scenario: &Scenario, wanted: impl Fn(&Node) -> bool) -> Vec<String> {
        let live = self.live(scenario);
        let mut dark: Vec<String> = self
            .nodes
            .iter()
            .zip(live)
            .filter(|(node, live)| !live && wanted(node))
            .map(|(node, _)| node.id.clone())
            .collect();
        dark.sort_unstable();
        dark
    }

    /// What a fault of a node takes out: itself and what it is declared to take with it.
    fn fault_of(&self, place: usize) -> BTreeSet<usize> {
        let mut out = BTreeSet::from([place]);
        let mut open = vec![place];
        while let Some(here) = open.pop() {
            for taken in &self.takes[here] {
                if out.insert(*taken) {
                    open.push(*taken);
                }
            }
        }
        out
    }

    /// The margin with these nodes out: what has failed, is under maintenance, or would be.
    /// Worked out as if the utility were off.
    pub fn margin(&self, out: &BTreeSet<usize>) -> Margin {
        let dark = |removed| {
            self.dark_loads(&Scenario {
                removed,
                automatic_only: true,
                sources: self.steady(),
                ..Scenario::default()
            })
        };
        let dropped = dark(out.clone());
        let next = self.nodes.iter().enumerate().filter(|(place, node)| {
            let with_it = || out.union(&self.fault_of(*place)).copied().collect();
            node.is_element() && !out.contains(place) && !dark(with_it()).is_empty()
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

    /// What feeds for good: generators, or the utility where there is no generator.
    fn steady(&self) -> Vec<Source> {
        let has = |wanted| self.nodes.iter().any(|node| node.source == Some(wanted));
        if has(Source::Generator) || !has(Source::Utility) {
            vec![Source::Generator, Source::Carrier]
        } else {
            vec![Source::Utility, Source::Carrier]
        }
    }
}

impl Scenario {
    /// Whether an input of a node counts.
    fn counts(&self, place: usize, manual: bool) -> bool {
        !(manual && self.automatic_only) || self.closed.contains(&place)
    }
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

fn taken(node: &Node, places: &BTreeMap<&str, usize>) -> Result<Vec<usize>, GraphError> {
    let place = |(index, taken): (usize, &String)| {
        places
            .get(taken.as_str())
            .copied()
            .ok_or_else(|| GraphError::UnknownTaken {
                node: node.id.clone(),
                index,
                taken: taken.clone(),
            })
    };
    node.fault_takes.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests;
