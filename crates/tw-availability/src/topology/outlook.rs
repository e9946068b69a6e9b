//! The chain in operation: what is dark, what would be next, and what if this is taken out.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** approve anything; it says
//! what would happen.

use super::{Graph, Node, NodeKind, OverRating, Scenario, Source, System};
use std::collections::BTreeSet;

/// How the chain is: by the names of its nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// Nodes that feed nothing: failed, switched off, under maintenance.
    pub out: BTreeSet<String>,
    /// Nodes that feed and do not protect, as a UPS on bypass.
    pub unprotected: BTreeSet<String>,
    /// Nodes that feed from their own store for the moment, as a UPS on battery.
    pub on_battery: BTreeSet<String>,
}

impl Condition {
    /// With more nodes out.
    #[must_use]
    pub fn with_out<'a>(&self, more: impl IntoIterator<Item = &'a str>) -> Self {
        let mut condition = self.clone();
        condition.out.extend(more.into_iter().map(str::to_owned));
        condition
    }
}

/// A name that the chain does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the chain has no node {0:?}")]
pub struct UnknownNode(
    /// The name.
    pub String,
);

/// What holds in a condition. Lists of loads are in order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Critical loads that are dark.
    pub dark: Vec<String>,
    /// Other loads that are dark: not critical, or of the network.
    pub other_dark: Vec<String>,
    /// Critical loads that are fed, and would not be without the utility or behind what protects
    /// no longer.
    pub unprotected: Vec<String>,
    /// Elements, and the utility, whose failure next would drop a critical load.
    pub next_failures: Vec<String>,
    /// Nodes that carry more than they may.
    pub over_rating: Vec<OverRating>,
}

impl Outlook {
    /// −1: a load is dark; 0: the next failure drops one; 1: any single failure is survived.
    pub fn margin(&self) -> i8 {
        if self.dark.is_empty() {
            i8::from(self.next_failures.is_empty() && self.unprotected.is_empty())
        } else {
            -1
        }
    }
}

/// What taking nodes out would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// As it is.
    pub now: Outlook,
    /// As it would be, after the transfers by hand that belong to planned work.
    pub then: Outlook,
    /// Critical loads that it drops.
    pub drops: Vec<String>,
    /// Other loads that it drops.
    pub drops_other: Vec<String>,
    /// Critical loads that stay fed and lose their protection: the next break of the utility
    /// drops them.
    pub unprotects: Vec<String>,
    /// Nodes that it loads beyond their rating.
    pub overloads: Vec<OverRating>,
    /// Nodes that somebody must switch over by hand before.
    pub transfers_by_hand: Vec<String>,
}

impl WhatIf {
    /// Whether it drops no critical load, leaves all protected and overloads nothing.
    pub fn is_safe(&self) -> bool {
        self.drops.is_empty() && self.unprotects.is_empty() && self.overloads.is_empty()
    }
}

impl Graph {
    /// What holds in a condition, automatic transfers only.
    pub fn outlook(&self, condition: &Condition) -> Result<Outlook, UnknownNode> {
        let places = Places::of(self, condition)?;
        Ok(self.look(&places, &BTreeSet::new()))
    }

    /// What taking these nodes out would do in a condition. Transfers by hand are made first, as
    /// planned work does; what they need is told.
    pub fn what_if(&self, now: &Condition, out: &[String]) -> Result<WhatIf, UnknownNode> {
        let before = Places::of(self, now)?;
        let with = now.with_out(out.iter().map(String::as_str));
        let after = Places::of(self, &with)?;
        let closed = self.switched_by_hand(&after);
        let (now, then) = (
            self.look(&before, &BTreeSet::new()),
            self.look(&after, &closed),
        );
        let new = |then: &[String], now: &[String]| -> Vec<String> {
            then.iter().filter(|l| !now.contains(l)).cloned().collect()
        };
        let overloads = then.over_rating.iter().filter(|over| {
            let same = |had: &&OverRating| had.node == over.node;
            let had = now.over_rating.iter().find(same);
            had.is_none_or(|had| had.carries_watts < over.carries_watts)
        });
        Ok(WhatIf {
            drops: new(&then.dark, &now.dark),
            drops_other: new(&then.other_dark, &now.other_dark),
            unprotects: new(&then.unprotected, &now.unprotected),
            overloads: overloads.cloned().collect(),
            transfers_by_hand: closed
                .iter()
                .map(|place| self.nodes[*place].id.clone())
                .collect(),
            now,
            then,
        })
    }

    /// The nodes that are dark by themselves, live after transfers by hand, and have such an input.
    fn switched_by_hand(&self, places: &Places) -> BTreeSet<usize> {
        let scenario = |automatic_only| Scenario {
            automatic_only,
            ..fed_now(places, &BTreeSet::new())
        };
        let (by_itself, by_hand) = (self.live(&scenario(true)), self.live(&scenario(false)));
        (0..self.nodes.len())
            .filter(|place| !by_itself[*place] && by_hand[*place])
            .filter(|place| self.inputs[*place].iter().any(|(_, manual)| *manual))
            .collect()
    }

    fn look(&self, places: &Places, closed: &BTreeSet<usize>) -> Outlook {
        let now = fed_now(places, closed);
        let other = |node: &Node| node.kind == NodeKind::Load && !node.is_critical_load();
        let dark = self.dark_loads(&now);
        let without_utility = |more: &BTreeSet<usize>| {
            let mut removed: BTreeSet<usize> =
                places.out.union(&places.unprotected).copied().collect();
            removed.extend(more);
            self.dark_loads(&Scenario {
                removed,
                sources: self.steady(),
                running: BTreeSet::new(),
                ..now.clone()
            })
        };
        let gone = |loads: Vec<String>| -> Vec<String> {
            loads
                .into_iter()
                .filter(|load| !dark.contains(load))
                .collect()
        };
        let unprotected = gone(without_utility(&BTreeSet::new()));
        let failing = self.nodes.iter().enumerate().filter(|(place, node)| {
            if !node.is_element() || places.out.contains(place) {
                return false;
            }
            let fault = self.fault_of(*place);
            if unprotected.is_empty() {
                return !gone(without_utility(&fault)).is_empty();
            }
            // Something hangs by a thread already: what cuts the thread?
            let removed = places.out.union(&fault).copied().collect();
            !gone(self.dark_loads(&Scenario {
                removed,
                ..now.clone()
            }))
            .is_empty()
                || node.source == Some(Source::Utility)
        });
        let next_failures = failing.map(|(_, node)| node.id.clone()).collect();
        Outlook {
            next_failures: if dark.is_empty() {
                next_failures
            } else {
                Vec::new()
            },
            other_dark: self.dark(&now, other),
            over_rating: self.over_rating(&now),
            unprotected,
            dark,
        }
    }

    /// The elements of power and cooling, in the order of the graph.
    pub fn elements(&self) -> impl Iterator<Item = &Node> {
        let facility = |node: &&Node| node.is_element() && node.system != System::Network;
        self.nodes.iter().filter(facility)
    }
}

/// The present feeding: utility and generators, and batteries where they feed.
fn fed_now(places: &Places, closed: &BTreeSet<usize>) -> Scenario {
    Scenario {
        removed: places.out.clone(),
        automatic_only: true,
        closed: closed.clone(),
        sources: vec![Source::Generator, Source::Utility, Source::Carrier],
        running: places.on_battery.clone(),
    }
}

/// A condition by places.
struct Places {
    out: BTreeSet<usize>,
    unprotected: BTreeSet<usize>,
    on_battery: BTreeSet<usize>,
}

impl Places {
    fn of(graph: &Graph, condition: &Condition) -> Result<Self, UnknownNode> {
        let places = |names: &BTreeSet<String>| {
            names
                .iter()
                .map(|name| graph.place(name).ok_or_else(|| UnknownNode(name.clone())))
                .collect::<Result<BTreeSet<usize>, UnknownNode>>()
        };
        Ok(Self {
            out: places(&condition.out)?,
            unprotected: places(&condition.unprotected)?,
            on_battery: places(&condition.on_battery)?,
        })
    }
}
