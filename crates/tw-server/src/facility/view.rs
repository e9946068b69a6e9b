//! A chain as the API shows it.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-availability`, `tw-draw`. **Must not:** do I/O.

use super::{actions::Chain, words::Language};
use crate::world::local;
use tw_api::{
    Facility, FacilityEdge, FacilityNode, FacilityOutlook, NetworkReport, NodeEvidence, NodeState,
    OverRating, SiteState, TierCase, TierOfSystem, TierReport, WhatIf,
};
use tw_availability::{Found, Outlook, Scenario, Source, System, TierAssessment};
use tw_draw::{ChainEdge, ChainNode, ChainShape, Tone};
use tw_model::FacilityRole;
use tw_units::Timestamp;

/// What else an answer needs.
pub(crate) struct Around {
    pub(crate) site: String,
    pub(crate) as_of: Option<Timestamp>,
    pub(crate) changes: Vec<String>,
    pub(crate) state: SiteState,
    pub(crate) target_level: Option<String>,
}

pub(crate) fn facility(chain: &Chain<'_>, around: Around) -> Facility {
    let drawing = drawing(chain, Language::English);
    let layout = tw_draw::chain_layout(&drawing);
    let fed = fed(chain);
    let carried = chain.graph.carried(&now(chain));
    let rows = chain.declared.iter().zip(&chain.found).enumerate();
    let nodes = rows.map(|(n, (declared, found))| {
        let place = layout.nodes.get(n).copied().unwrap_or_default();
        FacilityNode {
            id: declared.node().to_string(),
            name: local(&declared.name),
            kind: declared.kind.to_string(),
            role: declared.role().to_string(),
            system: declared.system().to_string(),
            zone: declared.zone.clone(),
            device: declared.device.as_ref().map(ToString::to_string),
            rack: declared.rack.as_ref().map(ToString::to_string),
            critical: declared.critical,
            state: node_state(found.state),
            reason: found.reason.as_str().to_owned(),
            evidence: evidence(found),
            fed: fed[n],
            carries_watts: carried[n],
            may_watts: chain.graph.nodes()[n].rating_watts,
            x: place.x,
            y: place.y,
            width: place.width,
            height: place.height,
        }
    });
    let name = |place: usize| chain.graph.nodes()[place].id.clone();
    let edges = drawing.edges.iter().zip(layout.edges);
    Facility {
        site: around.site,
        date: chain.day.to_string(),
        as_of: around.as_of,
        changes: around.changes,
        state: around.state,
        outlook: outlook(&chain.outlook),
        nodes: nodes.collect(),
        edges: edges
            .map(|(edge, path)| FacilityEdge {
                from: name(edge.from),
                to: name(edge.to),
                manual: edge.manual,
                live: edge.live,
                path,
            })
            .collect(),
        width: layout.width,
        height: layout.height,
        assessment: report(&chain.graph.assess(), around.target_level),
    }
}

/// The chain as it feeds now: utility, generators, and batteries where they feed.
fn now(chain: &Chain<'_>) -> Scenario {
    let places = |names: &std::collections::BTreeSet<String>| {
        names
            .iter()
            .filter_map(|name| chain.graph.place(name))
            .collect()
    };
    Scenario {
        removed: places(&chain.condition.out),
        running: places(&chain.condition.on_battery),
        automatic_only: true,
        sources: vec![
            Source::Utility,
            Source::Generator,
            Source::Stored,
            Source::Carrier,
        ],
        ..Scenario::default()
    }
}

fn fed(chain: &Chain<'_>) -> Vec<bool> {
    chain.graph.live(&now(chain))
}

/// The chain to draw.
pub(crate) fn drawing(chain: &Chain<'_>, language: Language) -> tw_draw::Chain {
    let fed = fed(chain);
    let rows = chain.declared.iter().zip(&chain.found).enumerate();
    let nodes = rows.map(|(n, (declared, found))| {
        let node = &chain.graph.nodes()[n];
        ChainNode {
            id: node.id.clone(),
            label: language.name(&declared.name).to_owned(),
            shape: match declared.role() {
                FacilityRole::Load => ChainShape::Load,
                FacilityRole::Gate => ChainShape::Gate,
                _ if node.source.is_some() => ChainShape::Source,
                FacilityRole::Capacity => ChainShape::Capacity,
                FacilityRole::Distribution => ChainShape::Distribution,
            },
            tone: match found.state {
                tw_availability::NodeState::Normal => Tone::Good,
                tw_availability::NodeState::Degraded => Tone::Warning,
                tw_availability::NodeState::Out => Tone::Bad,
                tw_availability::NodeState::Unknown => Tone::Unknown,
                tw_availability::NodeState::Assumed => Tone::Passive,
            },
            state: language.state(found.state).to_owned(),
            group: u8::from(node.system == System::Network),
        }
    });
    let edges = (0..chain.graph.nodes().len()).flat_map(|to| {
        let inputs = chain.graph.inputs(to).iter();
        inputs.map(move |(from, manual)| (*from, to, *manual))
    });
    tw_draw::Chain {
        title: language.title().to_owned(),
        nodes: nodes.collect(),
        edges: edges
            .map(|(from, to, manual)| ChainEdge {
                from,
                to,
                manual,
                live: fed[from] && !manual,
            })
            .collect(),
    }
}

fn node_state(state: tw_availability::NodeState) -> NodeState {
    match state {
        tw_availability::NodeState::Normal => NodeState::Normal,
        tw_availability::NodeState::Degraded => NodeState::Degraded,
        tw_availability::NodeState::Out => NodeState::Out,
        tw_availability::NodeState::Unknown => NodeState::Unknown,
        tw_availability::NodeState::Assumed => NodeState::Assumed,
    }
}

fn evidence(found: &Found) -> Option<NodeEvidence> {
    let (device, reading) = found.evidence.as_ref()?;
    Some(NodeEvidence {
        device: device.clone(),
        sensor: reading.as_ref().map(|reading| reading.name.clone()),
        value: reading.as_ref().map(|reading| reading.value),
        word: reading.as_ref().and_then(|reading| reading.word.clone()),
    })
}

pub(crate) fn outlook(outlook: &Outlook) -> FacilityOutlook {
    FacilityOutlook {
        margin: outlook.margin().into(),
        dark: outlook.dark.clone(),
        other_dark: outlook.other_dark.clone(),
        unprotected: outlook.unprotected.clone(),
        next_failures: outlook.next_failures.clone(),
        over_rating: over(&outlook.over_rating),
    }
}

fn over(list: &[tw_availability::OverRating]) -> Vec<OverRating> {
    let one = |over: &tw_availability::OverRating| OverRating {
        node: over.node.clone(),
        carries_watts: over.carries_watts,
        may_watts: over.may_watts,
    };
    list.iter().map(one).collect()
}

pub(crate) fn what_if(out: Vec<String>, found: &tw_availability::WhatIf) -> WhatIf {
    WhatIf {
        out,
        safe: found.is_safe(),
        drops: found.drops.clone(),
        drops_other: found.drops_other.clone(),
        unprotects: found.unprotects.clone(),
        overloads: over(&found.overloads),
        transfers_by_hand: found.transfers_by_hand.clone(),
        now: outlook(&found.now),
        then: outlook(&found.then),
    }
}

pub(crate) fn report(found: &TierAssessment, target_level: Option<String>) -> TierReport {
    let systems = found.systems.iter().map(|system| TierOfSystem {
        system: system.system.as_str().to_owned(),
        highest_tier_consistent: system.highest_tier_consistent,
    });
    TierReport {
        highest_tier_consistent: found.highest_tier_consistent,
        target_level,
        systems: systems.collect(),
        cases: found.cases().into_iter().map(case).collect(),
        fuel_not_attested: found.evidence.fuel_not_attested.clone(),
        network: found.network.as_ref().map(network),
    }
}

fn network(found: &tw_availability::NetworkAssessment) -> NetworkReport {
    NetworkReport {
        carriers: found.carriers as u64,
        entrances: found.entrances as u64,
        cases: found.cases().into_iter().map(case).collect(),
    }
}

fn case(case: tw_availability::TierCase) -> TierCase {
    TierCase {
        rule: case.rule.to_owned(),
        element: case.element,
        loads: case.loads,
        over_rating: over(&case.over_rating),
    }
}
