//! Part 5 of a report as it is recorded: the self-assessed topology and the margin of the month.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** hold a floating number, or
//! call anything certified.

use serde::{Deserialize, Serialize};

/// What part 5 says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopologyPart {
    /// The shapes that the chain had in the month, in order.
    pub shapes: Vec<ShapeRow>,
    /// How long it had which margin.
    pub margin: MarginRow,
    /// Nodes that no recorded state speaks of: taken as declared, or as their device answers.
    pub taken_as_declared: Vec<String>,
}

/// The chain as it was declared for some days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapeRow {
    /// The first day in the month.
    pub from: String,
    /// The last day in the month.
    pub to: String,
    /// The declared model's hash, shortened: the same model has the same.
    pub version: String,
    /// How many nodes it has.
    pub nodes: u64,
    /// The highest Tier whose criteria the shape is consistent with, self-assessed.
    pub highest_tier_consistent: u8,
    /// The level of the target in force, as `III`.
    pub target_level: Option<String>,
    /// The same by subsystem.
    pub systems: Vec<SystemRow>,
    /// What contradicts the rules above that Tier, and the network's.
    pub cases: Vec<CaseRow>,
    /// Generators of whose fuel nobody attests anything.
    pub fuel_not_attested: Vec<String>,
    /// The margin when everything works: −1, 0 or 1.
    pub design_margin: i8,
}

/// A subsystem.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemRow {
    /// As `power`.
    pub system: String,
    /// The highest Tier.
    pub highest_tier_consistent: u8,
}

/// A counterexample.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRow {
    /// The rule, as `T3_planned_removal`.
    pub rule: String,
    /// What is taken away.
    pub element: Option<String>,
    /// The loads that it drops.
    pub loads: Vec<String>,
    /// The nodes that would carry too much.
    pub over_rating: Vec<String>,
}

/// The margin over the month, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarginRow {
    /// Any single failure would have been survived.
    pub survives_ms: i64,
    /// The next failure would have dropped a load.
    pub next_drops_ms: i64,
    /// The chain left a load dark.
    pub dark_ms: i64,
    /// What is unknown decides.
    pub not_proven_ms: i64,
    /// Known to have had less margin than by design.
    pub weakened_ms: i64,
}
