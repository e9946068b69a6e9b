//! Availability: evidence → state intervals → bounds → verdict.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** read a clock or a
//! disk, count missing data as up or as down, print a figure rounded up.
//!
//! The way of a figure: [`PollRun`]s of a subject become a [`Timeline`] of [`Mark`]s (rules 1–5);
//! a [`Structure`] joins the timelines of several subjects into a [`ServiceTimeline`] (rule 6);
//! [`tally`] measures it over an interval; [`assess`] judges it against the [`Target`]s in force.

mod accounting;
mod assessment;
mod burn;
mod clock_step;
mod held;
mod incident;
mod maintenance;
mod maintenance_repeat;
mod maintenance_what_if;
mod measure;
mod observer;
mod percent;
mod period;
mod planned;
mod polls;
mod register;
pub mod report;
mod runway;
mod state;
mod structure;
mod sweep;
mod target;
mod timeline;
mod topology;

pub use accounting::{Downtime, Tally, tally};
pub use assessment::{Assessment, Availability, Question, assess};
pub use burn::{BudgetUse, BurnAlerts, budget_use, burn_alerts, burn_rate_thousandths};
pub use clock_step::{ClockStep, Rebased, StampedPoll, rebase};
pub use held::{Counters, Engine, Gap, Proven, gaps, proven_by_counters};
pub use incident::{IncidentFigures, Outage, incident_figures, mtbf_lower_95, outages};
pub use maintenance::{Work, WorkError, WorkState, WorkStep};
pub use maintenance_repeat::{Every, OCCURRENCES_MAX, Repeat, RepeatError, occurrences};
pub use maintenance_what_if::{Forecast, ForecastQuestion, ForecastVerdict, affected, forecast};
pub use measure::{
    AirRange, AirShares, BREAKER_PERCENT_MAX, Failover, air_range, air_shares, carries_without_one,
    dew_point, failover,
};
pub use observer::{Guard, counted, sound};
pub use percent::{Seconds, percent_floor};
pub use period::{PeriodError, civil_instant, month, time_zone, year};
pub use planned::{MaintenanceWindow, PlannedFigures, planned_figures};
pub use polls::{PollRun, timeline_of_runs};
pub use register::targets_of;
pub use runway::{RUNWAY_AHEAD_DAYS_MAX, RUNWAY_DAYS_MIN, Runway, runway};
pub use state::{Mark, State};
pub use structure::{STRUCTURE_DEPTH_MAX, Structure, StructureError};
pub use sweep::{ServiceStep, ServiceTimeline, Spare, service_timeline};
pub use target::{Segment, Target, Verdict, hidden_breach_probability, segments, verdict};
pub use timeline::{Step, Timeline, join_observers};
pub use topology::{
    Answer, DeviceNow, Found, NodeState, Reading, StateReason, TrapNow, condition_of, state_of,
};
pub use topology::{
    ChainError, ChainStep, Condition, Counterexamples, Evidence, GRAPH_NODES_MAX, Graph,
    GraphError, Input, Margin, MarginSums, Need, NetworkAssessment, Node, NodeKind, Outlook,
    OverRating, Reliance, Scenario, Source, System, SystemTier, TierAssessment, TierCase,
    UnknownNode, WhatIf, graph_at, node_of,
};
