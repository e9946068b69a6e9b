//! From the register's chain of a site to a graph.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** guess what is not declared.

use super::{Graph, GraphError, Input, Need, Node, NodeKind, Source, System};
use tw_model::{
    Day, FacilityKind, FacilityNeed, FacilityNode, FacilityRole, FacilitySource, FacilitySystem,
    Register, Transfer,
};
use tw_units::SiteId;

/// Why a site has no graph on a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Nothing is declared.
    #[error("no chain of site {site} is declared for {day}")]
    None {
        /// Which site.
        site: SiteId,
        /// Which day, in the site's time zone.
        day: Day,
    },
    /// What is declared is no graph.
    #[error("the chain of site {site} on {day} cannot be assessed")]
    Graph {
        /// Which site.
        site: SiteId,
        /// Which day.
        day: Day,
        /// Why.
        #[source]
        cause: GraphError,
    },
}

/// The chain of a site as it is on a day in the site's time zone.
pub fn graph_at(register: &Register, site: &SiteId, day: Day) -> Result<Graph, ChainError> {
    let nodes: Vec<Node> = register.facility_of(site, day).map(node_of).collect();
    if nodes.is_empty() {
        return Err(ChainError::None {
            site: site.clone(),
            day,
        });
    }
    Graph::new(nodes).map_err(|cause| ChainError::Graph {
        site: site.clone(),
        day,
        cause,
    })
}

/// A node of the register as a node of a graph.
pub fn node_of(declared: &FacilityNode) -> Node {
    let input = |input: &tw_model::FacilityInput| Input {
        from: input.from.to_string(),
        manual: input.transfer == Transfer::Manual,
    };
    let selects = matches!(
        declared.kind,
        FacilityKind::Ats | FacilityKind::Sts | FacilityKind::RackSwitch
    );
    let derated = |watts: u32| u64::from(watts) * u64::from(declared.derate_percent) / 100;
    Node {
        source: declared.source().map(source),
        need: need(declared.need),
        inputs: declared.inputs.iter().map(input).collect(),
        zone: declared.zone.clone(),
        system: system(declared.system()),
        srlg: declared.srlg.clone(),
        carrier: declared.provider.as_ref().map(ToString::to_string),
        rating_watts: declared.rating_watts.map(derated),
        demand_watts: declared.demand_watts.map_or(0, u64::from),
        fault_takes: declared
            .fault_takes
            .iter()
            .map(ToString::to_string)
            .collect(),
        is_ups: declared.kind == FacilityKind::Ups,
        selects,
        point_of_use: declared.is_point_of_use(),
        critical: declared.critical,
        fuel_hours: declared.fuel.as_ref().map(|fuel| fuel.hours_at_n),
        consecutive_hours_max: declared
            .fuel
            .as_ref()
            .and_then(|fuel| fuel.consecutive_hours_max),
        ..Node::new(declared.node().as_str(), kind(declared.role()))
    }
}

fn kind(role: FacilityRole) -> NodeKind {
    match role {
        FacilityRole::Capacity => NodeKind::Capacity,
        FacilityRole::Distribution => NodeKind::Distribution,
        FacilityRole::Gate => NodeKind::Gate,
        FacilityRole::Load => NodeKind::Load,
    }
}

fn source(source: FacilitySource) -> Source {
    match source {
        FacilitySource::Generator => Source::Generator,
        FacilitySource::Utility => Source::Utility,
        FacilitySource::Stored => Source::Stored,
        FacilitySource::Carrier => Source::Carrier,
    }
}

fn system(system: FacilitySystem) -> System {
    match system {
        FacilitySystem::Power => System::Power,
        FacilitySystem::Cooling => System::Cooling,
        FacilitySystem::Network => System::Network,
    }
}

fn need(need: FacilityNeed) -> Need {
    match need {
        FacilityNeed::Any => Need::Any,
        FacilityNeed::All => Need::All,
        FacilityNeed::AtLeast(count) => {
            Need::AtLeast(usize::try_from(count.get()).unwrap_or(usize::MAX))
        }
    }
}
