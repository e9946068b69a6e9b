//! The whole verdict on a service over a period.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** give a single number without
//! its bounds.

use crate::{
    accounting::{Downtime, Tally, tally},
    incident::{IncidentFigures, Outage, incident_figures, outages},
    percent::{Seconds, percent_floor},
    planned::{MaintenanceWindow, PlannedFigures, planned_figures},
    sweep::ServiceTimeline,
    target::{Segment, Target, Verdict, hidden_breach_probability, segments},
};
use serde::Serialize;
use tw_units::Interval;

/// What is asked of a service's timeline.
#[derive(Clone, Debug)]
pub struct Question {
    /// The period, in its full length (never shortened to where data exists).
    pub period: Interval,
    /// The targets by valid time.
    pub targets: Vec<Target>,
    /// Work on the service.
    pub maintenance: Vec<MaintenanceWindow>,
    /// Outages closer than this are one incident, in milliseconds.
    pub merge_gap_ms: i64,
    /// Outages shorter than this are labelled, in milliseconds.
    pub min_outage_ms: i64,
    /// The coarsest wanted time between polls of a part, in milliseconds.
    pub resolution_ms: Option<u64>,
}

/// Availability in percent with six decimals, floored, with its bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Availability {
    /// All doubt and all unknown counted as down.
    pub lower: Option<String>,
    /// Of the known time, edges split in the middle; `None` when nothing is known.
    pub point: Option<String>,
    /// All doubt and all unknown counted as up.
    pub upper: Option<String>,
}

/// All figures of a service over a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// The period.
    pub period: Interval,
    /// Milliseconds by mark.
    pub tally: Tally,
    /// Downtime with bounds.
    pub downtime: Downtime,
    /// Availability with bounds.
    pub availability: Availability,
    /// The known share of the period.
    pub coverage_percent: Option<String>,
    /// Planned and unplanned.
    pub planned: PlannedFigures,
    /// Of the known time that was not planned work.
    pub availability_excluding_planned_percent: Option<String>,
    /// The verdict by target.
    pub segments: Vec<Segment>,
    /// Missed if any segment is; met only if every segment is and together they are the whole
    /// period. `None` when no target was in force at all.
    pub verdict: Option<Verdict>,
    /// Counts and mean times.
    pub incidents: IncidentFigures,
    /// Every outage that touches the period.
    pub outages: Vec<Outage>,
    /// An outage shorter than this can hide between two good polls.
    pub resolution: Option<Seconds>,
    /// How likely at most polls miss a whole budget of downtime; the largest of the segments.
    pub hidden_breach_probability: Option<f64>,
}

/// Judges a service.
pub fn assess(service: &ServiceTimeline, question: &Question) -> Assessment {
    let period = question.period;
    let measured = tally(service, period);
    let all = outages(service, question.min_outage_ms);
    let planned = planned_figures(&all, period, &question.maintenance);
    let segments = segments(service, period, &question.targets);
    let considered = measured.known_ms() - planned.planned_ms;
    Assessment {
        period,
        downtime: measured.downtime(),
        availability: Availability {
            lower: measured.availability_lower_percent(),
            point: measured.availability_point_percent(),
            upper: measured.availability_upper_percent(),
        },
        coverage_percent: measured.coverage_percent(),
        availability_excluding_planned_percent: percent_floor(
            considered - planned.unplanned_ms,
            considered,
        ),
        verdict: overall(&segments, period),
        incidents: incident_figures(&all, period, question.merge_gap_ms, &measured),
        outages: all
            .into_iter()
            .filter(|o| o.span.intersect(period).is_some())
            .collect(),
        resolution: question
            .resolution_ms
            .map(|ms| Seconds::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))),
        hidden_breach_probability: hidden(&segments, question.resolution_ms),
        tally: measured,
        planned,
        segments,
    }
}

fn overall(segments: &[Segment], period: Interval) -> Option<Verdict> {
    let worst = segments.iter().map(|s| s.verdict).max()?;
    let judged = segments
        .first()
        .is_some_and(|first| first.from <= period.from);
    Some(match worst {
        Verdict::Met if !judged => Verdict::Indeterminate,
        other => other,
    })
}

fn hidden(segments: &[Segment], resolution_ms: Option<u64>) -> Option<f64> {
    let resolution_ms = resolution_ms.filter(|ms| *ms > 0)?;
    segments
        .iter()
        .map(|s| hidden_breach_probability(s.budget_seconds, resolution_ms))
        .reduce(f64::max)
}
