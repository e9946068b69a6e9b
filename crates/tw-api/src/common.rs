//! Shapes that many resources share.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// A text in the languages of the console; at least one of them is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalText {
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// Vietnamese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vi: Option<String>,
}

/// What is known about something now. No data is `unknown`, never `up`.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Known to work.
    Up,
    /// Works, but not as it should: one end, one of a pair, loss.
    Degraded,
    /// Known not to work.
    Down,
    /// Nobody knows.
    #[default]
    Unknown,
}

impl State {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Down => "down",
            Self::Unknown => "unknown",
        }
    }
}

/// How many are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StateCounts {
    /// Known to work.
    pub up: u64,
    /// Work, but not as they should.
    pub degraded: u64,
    /// Known not to work.
    pub down: u64,
    /// Nobody knows.
    pub unknown: u64,
    /// All of them.
    pub total: u64,
}

impl StateCounts {
    /// Counts one more.
    pub fn add(&mut self, state: State) {
        match state {
            State::Up => self.up += 1,
            State::Degraded => self.degraded += 1,
            State::Down => self.down += 1,
            State::Unknown => self.unknown += 1,
        }
        self.total += 1;
    }
}

/// A stretch of time in one state, for strips and timelines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StateSpan {
    /// The first instant inside.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first instant after.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// What was known.
    pub state: State,
}

/// Where a resource comes from and when it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Metadata {
    /// The file and line that own the fields, such as `sites/vnta.yaml:12`; `null` when it was
    /// made in the console.
    pub source: Option<String>,
    /// When it last changed in the register.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub changed_at: Option<Timestamp>,
}

/// The window of a question over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WindowQuery {
    /// The first instant inside (RFC 3339). Without it: the start of the current month in the
    /// site's zone.
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// The first instant after (RFC 3339). Without it: now.
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
}

/// The window of samples, with the wanted distance of points.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SamplesQuery {
    /// The first instant inside (RFC 3339). Without it: six hours before `to`.
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// The first instant after (RFC 3339). Without it: now.
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// Seconds between points. Without it: the polling interval, or so that there are at most
    /// 1,000 points.
    pub step_seconds: Option<u32>,
}

/// Which page of a plain list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A plain list that may be narrowed to a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SiteListQuery {
    /// Only of this site.
    pub site: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The version of the resource that the caller saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    /// A stale version is answered with 409.
    pub version: u64,
}

/// A number at an instant; `null` is a gap.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SamplePoint {
    /// The end of the step, or the instant of the reading.
    #[schema(value_type = String, format = DateTime)]
    pub t: Timestamp,
    /// The mean of the step.
    pub value: Option<f64>,
    /// The smallest reading in the step.
    pub min: Option<f64>,
    /// The largest reading in the step.
    pub max: Option<f64>,
}

/// Any JSON: the shape is described elsewhere (the OpenAPI document itself, the frames of
/// collectors).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnyJson(pub serde_json::Value);

impl utoipa::PartialSchema for AnyJson {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .description(Some("A JSON object whose shape is described elsewhere."))
            .into()
    }
}

impl ToSchema for AnyJson {}
