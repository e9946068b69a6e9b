//! Maintenance: requests, what would happen, decisions, work.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// Where a request stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceState {
    /// Somebody asks.
    Requested,
    /// Somebody else agreed.
    Approved,
    /// Somebody else did not.
    Refused,
    /// Under way.
    Working,
    /// Done.
    Closed,
    /// Taken back before it began.
    Cancelled,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceKind {
    /// Work on the equipment.
    #[default]
    Work,
    /// A test of a battery or a generator: it stands in part 7 of the month's report.
    Test,
}

/// What people write of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceSpec {
    /// The site whose load it concerns.
    pub site: String,
    /// What is done, in a line.
    pub title: String,
    /// Why and how.
    #[serde(default)]
    pub note: Option<String>,
    /// The first instant of the window.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first instant after the window.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// What is taken out: devices or parts of the power and cooling chain, by id.
    pub components: Vec<String>,
    /// Work, when nothing is said.
    #[serde(default)]
    pub kind: MaintenanceKind,
}

/// A window that comes again, at the same hour of the site's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceRepeat {
    /// How often.
    pub every: RepeatEvery,
    /// Every so many weeks or months, 1 to 53; 1 without it.
    #[serde(default = "one")]
    pub step: u16,
    /// How many windows, the first one with them, 1 to 53.
    pub count: u16,
}

fn one() -> u16 {
    1
}

/// How often a window comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepeatEvery {
    /// On the same weekday.
    Week,
    /// On the same day of the month, or on its last day where the month is shorter.
    Month,
}

/// A new request, or a series of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceCreate {
    /// The first window.
    pub spec: MaintenanceSpec,
    /// How it comes again. Each window becomes a request of its own.
    #[serde(default)]
    pub repeat: Option<MaintenanceRepeat>,
}

/// A change of a request that nobody has decided on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceEdit {
    /// The version that the caller saw.
    pub version: u64,
    /// As it should be. The site stays.
    pub spec: MaintenanceSpec,
}

/// What is out, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutNow {
    /// The component.
    pub id: String,
    /// The chain's reason, as `bypass` or `silent_with_dependents`: a UPS in bypass feeds its load
    /// and protects nothing.
    pub why: String,
}

/// What would carry more than it may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OverRated {
    /// The component.
    pub id: String,
    /// What it would carry.
    pub carries_watts: u64,
    /// What it may carry.
    pub may_watts: u64,
}

/// Another window at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OverlappingWork {
    /// Its number.
    pub id: String,
    /// What is done.
    pub title: String,
    /// What it takes out.
    pub components: Vec<String>,
}

/// What is to be expected of taking components out, best first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceVerdict {
    /// Every load stays fed and survives any single failure meanwhile.
    Safe,
    /// Every load stays fed; the next failure drops one.
    MarginLost,
    /// Not known enough: a load would drop if what is unknown were out.
    NotProven,
    /// A load would drop.
    DropsLoad,
}

/// What would happen if the components were out in the window: with what is out now, what other
/// windows take out then, and the utility off, as in every Tier rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MaintenanceWhatIf {
    /// When this was worked out.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// The verdict.
    pub verdict: MaintenanceVerdict,
    /// Loads that would drop.
    pub dropped: Vec<String>,
    /// Loads that are without protected feed already.
    pub dark_already: Vec<String>,
    /// Loads that stay fed only after somebody has switched over by hand.
    pub by_hand: Vec<String>,
    /// Loads that would drop as well if what is unknown were out.
    pub dropped_if_unknown_is_out: Vec<String>,
    /// −1: a load is lost; 0: the next failure drops one; 1: any single failure is survived.
    pub margin: i32,
    /// What may not fail meanwhile.
    pub next_failures: Vec<String>,
    /// What would carry more than it may.
    pub over_rating: Vec<OverRated>,
    /// What is out now.
    pub out_now: Vec<OutNow>,
    /// Parts of the chain of which nothing is known now.
    pub unknown: Vec<String>,
    /// Other windows at the same time, approved or at work.
    pub overlapping: Vec<OverlappingWork>,
    /// Components of the request that no load depends on by the register: they change nothing.
    pub without_load: Vec<String>,
}

/// A request with all that became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Maintenance {
    /// Its number, as `M-2026-0001`.
    pub id: String,
    /// What people wrote.
    pub spec: MaintenanceSpec,
    /// What became of it.
    pub status: MaintenanceStatus,
    /// Grows with every step.
    pub version: u64,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MaintenanceStatus {
    /// Where it stands.
    pub state: MaintenanceState,
    /// The first request of its series, if the window comes again.
    pub series: Option<String>,
    /// Who asked.
    pub requested_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub requested_at: Timestamp,
    /// Who approved or refused it.
    pub decided_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    /// What they said.
    pub decision_note: Option<String>,
    /// Why it was approved though a load would drop: a breach of concurrent maintainability is
    /// risked knowingly.
    pub override_reason: Option<String>,
    /// Why the one who asked also approved it.
    pub own_approval_reason: Option<String>,
    /// Approved before the window began: downtime inside of it is planned. `null` until it is
    /// approved.
    pub planned: Option<bool>,
    /// Approved after the window had begun.
    pub declared_late: bool,
    /// When the work began.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub began_at: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// How long it went, or goes on, beyond the approved end.
    pub overrun_seconds: Option<u64>,
    /// What was to be expected when it was asked for or decided, the later of them.
    pub what_if: Option<MaintenanceWhatIf>,
    /// Its steps, oldest first; only of a single request.
    pub steps: Vec<MaintenanceStep>,
}

/// A step of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MaintenanceStep {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// `request`, `edit`, `approve`, `refuse`, `begin`, `close`, `cancel`.
    pub step: String,
    /// What they said.
    pub note: Option<String>,
}

/// Which requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MaintenanceQuery {
    /// Only of this site.
    pub site: Option<String>,
    /// Only in this state, or `open` for requested, approved and working.
    pub state: Option<String>,
    /// Only windows that end after this (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Only windows that begin before this (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// `csv` for a file.
    pub format: Option<String>,
    /// Columns of the file, separated by commas.
    pub columns: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Approves a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceApproval {
    /// The version that the caller saw.
    pub version: u64,
    /// What they want to say.
    #[serde(default)]
    pub note: Option<String>,
    /// Why it is approved though a load would drop.
    #[serde(default)]
    pub override_reason: Option<String>,
    /// Why an administrator approves their own request.
    #[serde(default)]
    pub own_approval_reason: Option<String>,
    /// With all other windows of the series that nobody has decided on.
    #[serde(default)]
    pub series: bool,
}

/// A step with a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceNote {
    /// The version that the caller saw.
    pub version: u64,
    /// Why; needed to refuse.
    #[serde(default)]
    pub note: Option<String>,
}
