//! The Tier criteria over the graph: what holds, and what contradicts.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** call anything certified:
//! an answer is "consistent with Tier n criteria, self-assessed on the declared model".
//!
//! All rules are run with the utility off: for the higher Tiers the generators are the primary
//! source. T1–T4 follow the Uptime Institute's Tier Standard: Topology; the network rules are
//! those that TIA-942 and EN 50600 add, and stand beside the Tier.

use super::{Graph, Node, NodeKind, OverRating, Scenario, Source, System};
use std::collections::{BTreeMap, BTreeSet};

/// Hours that the fuel must last at the design load.
const FUEL_HOURS_MIN: u32 = 12;

/// The loads that each of a rule's cases drops; a rule without any holds.
pub type Counterexamples = Vec<(String, Vec<String>)>;

/// What must be attested and is not, or is and does not suffice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// T1: generators whose fuel lasts less than 12 hours at N.
    pub fuel_short: Vec<String>,
    /// T1: generators of whose fuel nobody attests anything.
    pub fuel_not_attested: Vec<String>,
    /// T3: generators that may not run at N without a limit of consecutive hours.
    pub hours_limited: Vec<String>,
    /// T1: critical loads with no UPS on any of their power paths; empty when the graph does not
    /// say what is a UPS.
    pub without_ups: Vec<String>,
    /// T3: critical loads on which fewer than two power inputs end and no switch stands before
    /// them; T3 itself finds them by taking the input out.
    pub single_corded: Vec<String>,
}

/// The highest Tier whose rules hold for one subsystem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemTier {
    /// Which.
    pub system: System,
    /// 0 when not even T1 holds.
    pub highest_tier_consistent: u8,
}

/// The network's redundancy: not a criterion of Uptime, but of TIA-942 Rated-3 and EN 50600-2-4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkAssessment {
    /// The network's loads that are dark with nothing out.
    pub dark: Vec<String>,
    /// Elements whose loss drops a load.
    pub single_element: Counterexamples,
    /// Carriers whose loss drops a load.
    pub single_carrier: Counterexamples,
    /// Shared-risk groups whose loss drops a load.
    pub shared_risk: Counterexamples,
    /// How many carriers there are.
    pub carriers: usize,
    /// How many entrances there are.
    pub entrances: usize,
}

/// What the rules say. Every list of loads is in order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TierAssessment {
    /// The highest Tier whose rules hold, 0 when not even all loads are fed.
    pub highest_tier_consistent: u8,
    /// The same for each subsystem that the graph has; the least is the site's.
    pub systems: Vec<SystemTier>,
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
    /// T1: nodes over their rating with nothing out.
    pub over_rating: Vec<OverRating>,
    /// T2 and T3: elements without which others are over their rating, transfers by hand made.
    pub planned_over_rating: Vec<(String, Vec<OverRating>)>,
    /// T4: elements whose failure puts others over their rating.
    pub failure_over_rating: Vec<(String, Vec<OverRating>)>,
    /// Shared-risk groups of power and cooling (a trench, a riser) whose loss drops loads: no
    /// criterion of a Tier, and told beside it.
    pub shared_risk: Counterexamples,
    /// What must be attested.
    pub evidence: Evidence,
    /// The network, where the graph has one.
    pub network: Option<NetworkAssessment>,
}

impl Graph {
    /// Runs the rules, always with the utility off.
    pub fn assess(&self) -> TierAssessment {
        let by_hand = |removed| on_generators(removed, false);
        let automatic = |removed| on_generators(removed, true);
        let one = |place| BTreeSet::from([place]);
        let stands = |node: &Node| node.is_element() && of_facility(node);
        let mut report = TierAssessment {
            not_fed_on_generators: self.dark_loads(&by_hand(BTreeSet::new())),
            single_capacity_component: self.each(
                |node| stands(node) && node.kind == NodeKind::Capacity,
                |place| self.dark_loads(&by_hand(one(place))),
            ),
            planned_removal: self.each(stands, |place| self.dark_loads(&by_hand(one(place)))),
            single_failure_automatic_only: self.each(stands, |place| {
                self.dark_loads(&automatic(self.fault_of(place)))
            }),
            compartment: self.groups(
                |node| node.zone.iter().cloned().collect(),
                |removed| self.dark_loads(&automatic(removed)),
            ),
            continuous_cooling_gap: self.dark_loads(&Scenario {
                automatic_only: true,
                sources: vec![Source::Stored, Source::Carrier],
                ..Scenario::default()
            }),
            over_rating: self.over_rating(&by_hand(BTreeSet::new())),
            planned_over_rating: self.each(stands, |place| self.over_rating(&by_hand(one(place)))),
            failure_over_rating: self.each(stands, |place| {
                self.over_rating(&automatic(self.fault_of(place)))
            }),
            shared_risk: self.shared_risks(),
            evidence: self.evidence(),
            network: self.network(),
            ..TierAssessment::default()
        };
        let systems = [System::Power, System::Cooling];
        report.systems = systems
            .into_iter()
            .filter(|system| {
                self.nodes
                    .iter()
                    .any(|n| n.is_element() && n.system == *system)
            })
            .map(|system| SystemTier {
                system,
                highest_tier_consistent: self.tier(&report, |s| s == system),
            })
            .collect();
        report.highest_tier_consistent = self.tier(&report, |_| true);
        report
    }

    /// The highest Tier with no case against it that begins in one of these subsystems.
    fn tier(&self, report: &TierAssessment, of: impl Fn(System) -> bool) -> u8 {
        let system = |id: &str| self.place(id).map(|place| self.nodes[place].system);
        let element = |id: &str| system(id).is_none_or(&of);
        let zone = |zone: &str| {
            let inside = |node: &&Node| node.zone.as_deref() == Some(zone);
            self.nodes.iter().filter(inside).any(|node| of(node.system))
        };
        let none = |cases: &Counterexamples| !cases.iter().any(|(id, _)| element(id));
        let fits = |cases: &[(String, Vec<OverRating>)], capacity_only: bool| {
            !cases.iter().any(|(id, over)| {
                let is_capacity = |place: usize| self.nodes[place].kind == NodeKind::Capacity;
                (!capacity_only || self.place(id).is_some_and(is_capacity))
                    && over.iter().any(|over| element(&over.node))
            })
        };
        let power = of(System::Power);
        let evidence = &report.evidence;
        let holds = [
            report.not_fed_on_generators.is_empty()
                && !report.over_rating.iter().any(|over| element(&over.node))
                && (!power || evidence.fuel_short.is_empty() && evidence.without_ups.is_empty()),
            none(&report.single_capacity_component) && fits(&report.planned_over_rating, true),
            none(&report.planned_removal)
                && fits(&report.planned_over_rating, false)
                && (!power || evidence.hours_limited.is_empty()),
            none(&report.single_failure_automatic_only)
                && fits(&report.failure_over_rating, false)
                && !report.compartment.iter().any(|(id, _)| zone(id))
                && !self.gap_begins_in(report, &of),
        ];
        let tiers = holds.iter().take_while(|holds| **holds).count();
        u8::try_from(tiers).unwrap_or(0)
    }

    /// Whether a load that stores alone do not keep lacks one of these subsystems.
    fn gap_begins_in(&self, report: &TierAssessment, of: &impl Fn(System) -> bool) -> bool {
        let live = self.live(&Scenario {
            automatic_only: true,
            sources: vec![Source::Stored, Source::Carrier],
            ..Scenario::default()
        });
        report.continuous_cooling_gap.iter().any(|load| {
            let place = self.place(load);
            let inputs = place.map_or(&[][..], |place| &self.inputs[place]);
            inputs.is_empty()
                || inputs
                    .iter()
                    .any(|(from, _)| !live[*from] && of(self.nodes[*from].system))
        })
    }

    /// The cases of a rule, each a node with what its loss does.
    fn each<T>(
        &self,
        wanted: impl Fn(&Node) -> bool,
        effect: impl Fn(usize) -> Vec<T>,
    ) -> Vec<(String, Vec<T>)> {
        self.nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| wanted(node))
            .map(|(place, node)| (node.id.clone(), effect(place)))
            .filter(|(_, effect)| !effect.is_empty())
            .collect()
    }

    /// The cases of a rule about groups: zones, carriers, shared risks.
    fn groups(
        &self,
        names: impl Fn(&Node) -> Vec<String>,
        dark: impl Fn(BTreeSet<usize>) -> Vec<String>,
    ) -> Counterexamples {
        let mut groups: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (place, node) in self.nodes.iter().enumerate() {
            for name in names(node) {
                groups.entry(name).or_default().insert(place);
            }
        }
        groups
            .into_iter()
            .map(|(name, removed)| (name, dark(removed)))
            .filter(|(_, dark)| !dark.is_empty())
            .collect()
    }

    /// What the loss of each shared-risk group of power and cooling drops.
    fn shared_risks(&self) -> Counterexamples {
        let of = |node: &Node| {
            let group = node.srlg.iter().filter(|_| of_facility(node));
            group.cloned().collect()
        };
        self.groups(of, |removed| self.dark_loads(&on_generators(removed, true)))
    }

    fn evidence(&self) -> Evidence {
        let generators = |wanted: &dyn Fn(&Node) -> bool| -> Vec<String> {
            let mut found: Vec<String> = self
                .nodes
                .iter()
                .filter(|node| node.source == Some(Source::Generator) && wanted(node))
                .map(|node| node.id.clone())
                .collect();
            found.sort_unstable();
            found
        };
        let loads = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
            let mut found: Vec<String> = (0..self.nodes.len())
                .filter(|place| self.nodes[*place].is_critical_load() && wanted(*place))
                .map(|place| self.nodes[place].id.clone())
                .collect();
            found.sort_unstable();
            found
        };
        let knows_ups = self.nodes.iter().any(|node| node.is_ups);
        Evidence {
            fuel_short: generators(&|node| node.fuel_hours.is_some_and(|h| h < FUEL_HOURS_MIN)),
            fuel_not_attested: generators(&|node| node.fuel_hours.is_none()),
            hours_limited: generators(&|node| node.consecutive_hours_max.is_some()),
            without_ups: if knows_ups {
                loads(&|place| !self.has_ups_above(place))
            } else {
                Vec::new()
            },
            single_corded: loads(&|place| self.cords(place) < 2),
        }
    }

    fn has_ups_above(&self, load: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![load];
        while let Some(place) = open.pop() {
            if self.nodes[place].is_ups {
                return true;
            }
            let power = self.inputs[place]
                .iter()
                .map(|(from, _)| *from)
                .filter(|from| self.nodes[*from].system == System::Power);
            for from in power {
                if seen.insert(from) {
                    open.push(from);
                }
            }
        }
        false
    }

    /// On how many separate power elements a load hangs: gates are looked through, a switch at
    /// the point of use has as many as feed it.
    fn cords(&self, load: usize) -> usize {
        let mut ends = BTreeSet::new();
        let mut seen = BTreeSet::from([load]);
        let mut open = vec![load];
        while let Some(place) = open.pop() {
            for (from, _) in &self.inputs[place] {
                let node = &self.nodes[*from];
                if node.system != System::Power || !seen.insert(*from) {
                    continue;
                }
                if node.kind == NodeKind::Gate || node.point_of_use {
                    open.push(*from);
                } else {
                    ends.insert(*from);
                }
            }
        }
        ends.len()
    }

    fn network(&self) -> Option<NetworkAssessment> {
        let is_load = |node: &Node| node.kind == NodeKind::Load && node.system == System::Network;
        if !self.nodes.iter().any(is_load) {
            return None;
        }
        let dark = |removed| self.dark(&on_generators(removed, true), is_load);
        let network = |node: &Node| node.system == System::Network;
        let names = |node: &Node, of: &dyn Fn(&Node) -> Vec<String>| {
            if network(node) { of(node) } else { Vec::new() }
        };
        let carriers: BTreeSet<&String> = self
            .nodes
            .iter()
            .filter_map(|node| node.carrier.as_ref())
            .collect();
        let entrances = self
            .nodes
            .iter()
            .filter(|node| network(node) && node.source == Some(Source::Carrier));
        Some(NetworkAssessment {
            dark: dark(BTreeSet::new()),
            single_element: self.each(
                |node| node.is_element() && network(node),
                |place| dark(BTreeSet::from([place])),
            ),
            single_carrier: self.groups(
                |node| names(node, &|node| node.carrier.iter().cloned().collect()),
                dark,
            ),
            shared_risk: self.groups(|node| names(node, &|node| node.srlg.clone()), dark),
            carriers: carriers.len(),
            entrances: entrances.count(),
        })
    }
}

fn on_generators(removed: BTreeSet<usize>, automatic_only: bool) -> Scenario {
    Scenario {
        removed,
        automatic_only,
        sources: vec![Source::Generator, Source::Carrier],
        ..Scenario::default()
    }
}

/// What is part of the facility: neither the network nor a switch inside of a rack.
fn of_facility(node: &Node) -> bool {
    node.system != System::Network && !node.point_of_use
}
