//! The power, cooling and network chain of a site: what feeds what, how it is, what would be next.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{LocalText, SiteState};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// Which shape of the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FacilityQuery {
    /// The day, as `2018-06-30`; without it today, with states from the field. On another day
    /// nothing but what was declared is known.
    pub date: Option<String>,
    /// The language of a drawing's words: `en` or `vi`.
    pub lang: Option<String>,
}

/// A site's chain with its present state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Facility {
    /// Whose.
    pub site: String,
    /// The day of the shape, in the site's zone.
    #[schema(value_type = String, format = Date)]
    pub date: String,
    /// When the states were worked out; `null` for another day than today.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// The days on which the shape changes, in order.
    pub changes: Vec<String>,
    /// The state word of the load: what the witnesses prove and what the chain says.
    pub state: SiteState,
    /// How it stands.
    pub outlook: FacilityOutlook,
    /// The nodes, by name.
    pub nodes: Vec<FacilityNode>,
    /// The lines between them.
    pub edges: Vec<FacilityEdge>,
    /// How wide the drawing is.
    pub width: i32,
    /// How high the drawing is.
    pub height: i32,
    /// What the Tier criteria say about the shape as declared.
    pub assessment: TierReport,
}

/// How the chain stands. Nodes are named by their id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacilityOutlook {
    /// −1: a load is dark; 0: the next failure drops one; 1: any single failure is survived.
    pub margin: i32,
    /// Critical loads that the chain does not feed.
    pub dark: Vec<String>,
    /// Other loads that it does not feed: not critical, or of the network.
    pub other_dark: Vec<String>,
    /// Critical loads that are fed and would not be without the utility.
    pub unprotected: Vec<String>,
    /// Whose failure next would drop a critical load.
    pub next_failures: Vec<String>,
    /// Nodes that carry more than they may at the declared demand.
    pub over_rating: Vec<OverRating>,
}

/// A node that carries more than it may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OverRating {
    /// Which.
    pub node: String,
    /// What it carries, in watts.
    pub carries_watts: u64,
    /// What it may carry, in watts, derating included.
    pub may_watts: u64,
}

/// How a node of the chain is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Works, by its readings.
    Normal,
    /// Works and protects less.
    Degraded,
    /// Feeds nothing.
    Out,
    /// Asked, and nothing is known.
    Unknown,
    /// Nobody asks it; taken as declared.
    Assumed,
}

/// What says how a node is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NodeEvidence {
    /// The device that was asked.
    pub device: String,
    /// The sensor.
    pub sensor: Option<String>,
    /// Its newest value.
    pub value: Option<f64>,
    /// The word of a code.
    pub word: Option<String>,
}

/// A node of the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FacilityNode {
    /// Its name in the chain.
    pub id: String,
    /// What people call it.
    pub name: LocalText,
    /// What it is, as `ups`.
    pub kind: String,
    /// `capacity`, `distribution`, `gate` or `load`.
    pub role: String,
    /// `power`, `cooling` or `network`.
    pub system: String,
    /// The fire compartment.
    pub zone: Option<String>,
    /// The polled device that it is.
    pub device: Option<String>,
    /// The rack that it is in, or stands for.
    pub rack: Option<String>,
    /// Whether a load counts for the criteria.
    pub critical: bool,
    /// How it is.
    pub state: NodeState,
    /// Why: a stable word, as `bypass`, `no_voltage`, `not_polled`.
    pub reason: String,
    /// What says so.
    pub evidence: Option<NodeEvidence>,
    /// Whether anything feeds it now.
    pub fed: bool,
    /// What it carries at the declared demand, in watts.
    pub carries_watts: u64,
    /// What it may carry, in watts, derating included.
    pub may_watts: Option<u64>,
    /// From the left of the drawing.
    pub x: i32,
    /// From above.
    pub y: i32,
    /// How wide in the drawing.
    pub width: i32,
    /// How high in the drawing.
    pub height: i32,
}

/// A line of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacilityEdge {
    /// The feeding node.
    pub from: String,
    /// The fed node.
    pub to: String,
    /// Somebody has to switch it over.
    pub manual: bool,
    /// Whether it can feed now.
    pub live: bool,
    /// Its path in the drawing (SVG path data).
    pub path: String,
}

/// "Consistent with Tier n criteria, self-assessed on the declared model": no certification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierReport {
    /// The highest Tier whose criteria the declared shape fulfils; 0 when not even the first.
    pub highest_tier_consistent: u8,
    /// The level of the site's target on that day, as `III`.
    pub target_level: Option<String>,
    /// The same for each subsystem; the lowest is the site's.
    pub systems: Vec<TierOfSystem>,
    /// What contradicts, rule by rule.
    pub cases: Vec<TierCase>,
    /// What should be attested and is not: generators by name.
    pub fuel_not_attested: Vec<String>,
    /// Network redundancy, which is no criterion of Uptime's Tiers.
    pub network: Option<NetworkReport>,
}

/// A subsystem's Tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierOfSystem {
    /// `power` or `cooling`.
    pub system: String,
    /// The highest Tier.
    pub highest_tier_consistent: u8,
}

/// Something that contradicts a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierCase {
    /// The rule, as `T3_planned_removal`.
    pub rule: String,
    /// What is taken away, or what is wrong: a node, a compartment, a carrier, a duct.
    pub element: Option<String>,
    /// The loads that go dark.
    pub loads: Vec<String>,
    /// Nodes that would carry too much.
    pub over_rating: Vec<OverRating>,
}

/// Redundancy of the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NetworkReport {
    /// How many carriers.
    pub carriers: u64,
    /// How many entrances.
    pub entrances: u64,
    /// What contradicts.
    pub cases: Vec<TierCase>,
}

/// What is to be taken out. A question changes nothing, so it may be linked and reloaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhatIfQuery {
    /// Nodes of the chain by name, separated by commas.
    pub out: Option<String>,
}

/// What would happen, given the present state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WhatIf {
    /// What was asked.
    pub out: Vec<String>,
    /// Whether no critical load drops or loses its protection and nothing is overloaded.
    pub safe: bool,
    /// Critical loads that it drops.
    pub drops: Vec<String>,
    /// Other loads that it drops.
    pub drops_other: Vec<String>,
    /// Critical loads that stay fed and that the next break of the utility drops.
    pub unprotects: Vec<String>,
    /// Nodes that it overloads.
    pub overloads: Vec<OverRating>,
    /// Nodes that somebody must switch over by hand before.
    pub transfers_by_hand: Vec<String>,
    /// As it is.
    pub now: FacilityOutlook,
    /// As it would be.
    pub then: FacilityOutlook,
}

/// Measures of a site that need no new equipment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FacilityMeasures {
    /// Whose.
    pub site: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// Racks with two feeds.
    pub racks: Vec<RackMeasure>,
    /// UPSes.
    pub upses: Vec<UpsMeasure>,
    /// Air before the racks, over the last day.
    pub inlets: Vec<InletMeasure>,
    /// What is left of room, power and cooling, and when each runs out at the present growth.
    pub runways: Vec<RunwayMeasure>,
    /// Which of them binds: the first to run out, or where no day is known the fullest.
    pub binding: Option<String>,
}

/// What can be said about when a capacity runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunwayState {
    /// It is used up.
    Full,
    /// Between the first and the last day; without a last day the growth is too uncertain.
    Within,
    /// It does not grow, or lasts for more than 20 years.
    Lasts,
    /// The history is too short to say.
    TooShort,
}

/// What is left of one capacity, and when it runs out: a straight line through the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunwayMeasure {
    /// `space` in rack units; `power` and `cooling` in watts, with the largest unit out.
    pub constraint: String,
    /// What is used now; `null` when a part is not known.
    pub used: Option<f64>,
    /// What `used` is from: `register`; `measured` at the PDUs; `models`, the usual draw of what
    /// is mounted, where not every rack is measured.
    #[serde(default)]
    pub basis: String,
    /// What is mounted usually draws by its models, in watts; of power and cooling.
    #[serde(default)]
    pub by_models: Option<ModelDraw>,
    /// How much there is.
    pub capacity: f64,
    /// How many days of history there are.
    pub history_days: f64,
    /// How many are needed to name a day.
    pub history_days_min: f64,
    /// What can be said.
    pub state: RunwayState,
    /// The first day on which it may run out, as `2027-03-01`.
    pub first_day: Option<String>,
    /// The last day on which it will have run out.
    pub last_day: Option<String>,
}

/// What is mounted at a site usually draws, by its models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelDraw {
    /// In watts, of those whose draw is known or estimated.
    pub watts: f64,
    /// Of that, estimated: a stated share of the nameplate.
    pub estimated_watts: f64,
    /// How many have no known draw; they are not in the sum.
    pub unknown: u64,
}

/// What a rack draws, and what one feed would carry alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RackMeasure {
    /// Which.
    pub rack: String,
    /// Its label.
    pub name: String,
    /// Units that it has.
    pub u_height: u32,
    /// Units that are taken.
    pub u_used: u32,
    /// Drawn from feed A, in watts.
    pub a_watts: Option<f64>,
    /// Drawn from feed B, in watts.
    pub b_watts: Option<f64>,
    /// What the smaller feed's breaker is rated for, in watts.
    pub breaker_watts: Option<f64>,
    /// The share of that breaker when one feed carries all, in percent.
    pub percent_of_breaker: Option<f64>,
    /// Fine today, and trips when one side is lost: more than 80 % of the breaker. `null` when a
    /// side is not known.
    pub hidden_overload: Option<bool>,
}

/// How a UPS fares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UpsMeasure {
    /// Which.
    pub device: String,
    /// The share of its rating that it carries.
    pub load_ratio: Option<f64>,
    /// How long its battery lasts at this load.
    pub runtime_seconds: Option<f64>,
    /// How full its battery is.
    pub charge_ratio: Option<f64>,
}

/// The air before racks against ASHRAE TC 9.9 (2021), class A1. Shares of the last day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InletMeasure {
    /// The device that measures.
    pub device: String,
    /// The temperature's sensor.
    pub sensor: String,
    /// The newest temperature.
    pub celsius: Option<f64>,
    /// The newest relative humidity.
    pub humidity_ratio: Option<f64>,
    /// In the recommended range.
    pub recommended_ratio: f64,
    /// In the allowable range only.
    pub allowable_ratio: f64,
    /// Outside of both.
    pub outside_ratio: f64,
    /// Without a reading.
    pub unknown_ratio: f64,
}
