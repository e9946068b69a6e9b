//! What hangs on each element of a chain: the loads that it alone feeds, and those that would
//! have nothing to fall back on while it is away.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** count a transfer by hand:
//! nobody is there when something fails.

use super::{Graph, Node, Scenario, System};
use std::collections::BTreeSet;

/// What hangs on one element. Loads are critical ones, in order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reliance {
    /// The element.
    pub node: String,
    /// Loads that drop when it fails.
    pub drops: Vec<String>,
    /// Loads that stay fed without it, and that one more failure drops which they survive while
    /// it is there.
    pub without_redundancy: Vec<String>,
}

impl Graph {
    /// What hangs on each element of power and cooling, and of the network, in the order of the
    /// graph; as if the utility were off, by automatic transfers.
    pub fn reliances(&self) -> Vec<Reliance> {
        let nodes = self.nodes.iter().enumerate();
        let faults: Vec<(usize, BTreeSet<usize>)> = nodes
            .filter(|(_, node)| node.is_element())
            .map(|(place, _)| (place, self.fault_of(place)))
            .collect();
        let dark = |removed: BTreeSet<usize>| -> BTreeSet<String> {
            let scenario = Scenario {
                removed,
                automatic_only: true,
                sources: self.steady(),
                ..Scenario::default()
            };
            self.dark_loads(&scenario).into_iter().collect()
        };
        let alone: Vec<BTreeSet<String>> = faults.iter().map(|(_, f)| dark(f.clone())).collect();
        let mut weakened: Vec<BTreeSet<String>> = vec![BTreeSet::new(); faults.len()];
        for (a, (one, first)) in faults.iter().enumerate() {
            for (b, (other, second)) in faults.iter().enumerate().skip(a + 1) {
                if !may_share(&self.nodes[*one], &self.nodes[*other]) {
                    continue;
                }
                let both = dark(first.union(second).copied().collect());
                let survives =
                    |load: &&String| !alone[a].contains(*load) && !alone[b].contains(*load);
                for load in both.iter().filter(survives) {
                    weakened[a].insert(load.clone());
                    weakened[b].insert(load.clone());
                }
            }
        }
        let of = |(((place, _), drops), weakened): (
            (&(usize, _), BTreeSet<String>),
            BTreeSet<String>,
        )| Reliance {
            node: self.nodes[*place].id.clone(),
            drops: drops.into_iter().collect(),
            without_redundancy: weakened.into_iter().collect(),
        };
        faults.iter().zip(alone).zip(weakened).map(of).collect()
    }
}

/// Power and cooling may back each other's loads up; the network drops none of them.
fn may_share(one: &Node, other: &Node) -> bool {
    one.system != System::Network && other.system != System::Network
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::{Input, NodeKind, Source};

    fn node(id: &str, kind: NodeKind, inputs: &[&str]) -> Node {
        let input = |from: &&str| Input {
            from: (*from).to_owned(),
            manual: false,
        };
        Node {
            source: id.starts_with("gen").then_some(Source::Generator),
            inputs: inputs.iter().map(input).collect(),
            ..Node::new(id, kind)
        }
    }

    /// Two generators behind one board; one load with two cords, one with a single one.
    fn chain() -> Graph {
        use NodeKind::{Capacity, Distribution, Load};
        Graph::new(vec![
            node("gen_a", Capacity, &[]),
            node("gen_b", Capacity, &[]),
            node("board", Distribution, &["gen_a", "gen_b"]),
            node("pdu_a", Distribution, &["board"]),
            node("pdu_b", Distribution, &["board"]),
            node("rack_1", Load, &["pdu_a", "pdu_b"]),
            node("rack_2", Load, &["pdu_a"]),
        ])
        .unwrap()
    }

    #[track_caller]
    fn check(node: &str, drops: &[&str], without_redundancy: &[&str]) {
        let found = chain().reliances();
        let one = found.iter().find(|one| one.node == node).unwrap();
        assert_eq!(one.drops, drops, "{node} drops");
        assert_eq!(one.without_redundancy, without_redundancy, "{node} weakens");
    }

    #[test]
    fn an_element_drops_what_it_alone_feeds_and_weakens_what_has_one_other_way() {
        check("board", &["rack_1", "rack_2"], &[]);
        check("gen_a", &[], &["rack_1", "rack_2"]);
        check("pdu_a", &["rack_2"], &["rack_1"]);
        check("pdu_b", &[], &["rack_1"]);
        assert_eq!(chain().reliances().len(), 5, "loads are no elements");
    }

    #[test]
    fn it_agrees_with_the_failures_that_the_margin_names() {
        let chain = chain();
        let next = chain.margin(&BTreeSet::new()).next_failures;
        let drop = chain
            .reliances()
            .into_iter()
            .filter(|one| !one.drops.is_empty());
        assert_eq!(drop.map(|one| one.node).collect::<Vec<_>>(), next);
    }
}
