//! What each node would carry: demand pushed from the loads to the sources.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** use floats.

use super::{Graph, Need, Node, NodeKind, Scenario};

/// A node that would carry more than it may.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OverRating {
    /// Which.
    pub node: String,
    /// What it would carry, in watts.
    pub carries_watts: u64,
    /// What it may carry, in watts, derating included.
    pub may_watts: u64,
}

impl Graph {
    /// What every node carries in a scenario, in watts. A load draws its demand from every input
    /// that it needs; where one of several is enough, the live ones share equally, but for a
    /// switch, which takes the first; manual inputs carry only what no automatic one does.
    pub fn carried(&self, scenario: &Scenario) -> Vec<u64> {
        let feeding = self.feeding(scenario);
        let mut carried = vec![0_u64; self.nodes.len()];
        for place in fed_before_feeding(&feeding) {
            let node = &self.nodes[place];
            if node.kind == NodeKind::Load && !feeding[place].is_empty() {
                carried[place] = node.demand_watts;
            }
            let drawn = |from| self.drawn(place, from, carried[place]);
            for (from, watts) in shares(node, &feeding[place], drawn) {
                carried[from] = carried[from].saturating_add(watts);
            }
        }
        carried
    }

    /// The inputs that feed each live node, without the ones that go round in a circle: of two
    /// buses tied to each other the one that came alive first feeds the other.
    fn feeding(&self, scenario: &Scenario) -> Vec<Vec<(usize, bool)>> {
        let ranks = self.ranks(scenario);
        let usable = |place: usize| -> Vec<(usize, bool)> {
            if ranks[place].is_none() {
                return Vec::new();
            }
            let inputs = self.inputs[place].iter().copied();
            inputs
                .filter(|(from, manual)| scenario.counts(place, *manual) && ranks[*from].is_some())
                .collect()
        };
        let all: Vec<Vec<(usize, bool)>> = (0..self.nodes.len()).map(usable).collect();
        let keep = |place: usize| {
            let inputs = all[place].iter().copied();
            inputs
                .filter(|(from, _)| ranks[*from] < ranks[place] || !is_fed_by(&all, *from, place))
                .collect()
        };
        (0..self.nodes.len()).map(keep).collect()
    }

    /// What a node draws from one of its inputs: within a subsystem and for a load what it
    /// carries, its own needs included; over the border of subsystems only its own needs.
    fn drawn(&self, place: usize, from: usize, carries: u64) -> u64 {
        let node = &self.nodes[place];
        match node.kind {
            NodeKind::Load => carries,
            _ if self.nodes[from].system != node.system => node.demand_watts,
            _ => carries.saturating_add(node.demand_watts),
        }
    }

    /// The nodes that would carry more than they may, in the order of the graph.
    pub fn over_rating(&self, scenario: &Scenario) -> Vec<OverRating> {
        if self.nodes.iter().all(|node| node.rating_watts.is_none()) {
            return Vec::new();
        }
        let carried = self.carried(scenario);
        let over = self.nodes.iter().zip(carried).filter_map(|(node, watts)| {
            let may = node.rating_watts?;
            (watts > may).then(|| OverRating {
                node: node.id.clone(),
                carries_watts: watts,
                may_watts: may,
            })
        });
        over.collect()
    }
}

/// Whether `node` hangs on `feeder`, however far above.
fn is_fed_by(feeding: &[Vec<(usize, bool)>], node: usize, feeder: usize) -> bool {
    let mut seen = vec![false; feeding.len()];
    let mut open = vec![node];
    while let Some(here) = open.pop() {
        if here == feeder {
            return true;
        }
        if !std::mem::replace(&mut seen[here], true) {
            open.extend(feeding[here].iter().map(|(from, _)| *from));
        }
    }
    false
}

/// All places, each before what feeds it. There is no circle.
fn fed_before_feeding(feeding: &[Vec<(usize, bool)>]) -> Vec<usize> {
    let mut waiting = vec![0_usize; feeding.len()];
    for (from, _) in feeding.iter().flatten() {
        waiting[*from] += 1;
    }
    let mut order: Vec<usize> = (0..feeding.len()).filter(|p| waiting[*p] == 0).collect();
    let mut next = 0;
    while let Some(place) = order.get(next).copied() {
        next += 1;
        for (from, _) in &feeding[place] {
            waiting[*from] -= 1;
            if waiting[*from] == 0 {
                order.push(*from);
            }
        }
    }
    order
}

fn shares(node: &Node, live: &[(usize, bool)], drawn: impl Fn(usize) -> u64) -> Vec<(usize, u64)> {
    if node.need == Need::All {
        return live.iter().map(|(from, _)| (*from, drawn(*from))).collect();
    }
    let automatic: Vec<usize> = live
        .iter()
        .filter(|(_, manual)| !manual)
        .map(|(from, _)| *from)
        .collect();
    let mut taken = if automatic.is_empty() {
        live.iter().map(|(from, _)| *from).collect()
    } else {
        automatic
    };
    if node.selects {
        taken.truncate(1);
    }
    let parts = taken.len() as u64;
    taken
        .into_iter()
        .map(|from| (from, drawn(from).div_ceil(parts.max(1))))
        .collect()
}
