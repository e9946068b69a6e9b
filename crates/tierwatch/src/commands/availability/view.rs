//! The figures as they are printed.
//!
//! **Room:** layer 3. **May use:** `tw-availability`. **Must not:** change the names: auditors'
//! programs read them.

use super::read::Evaluation;
use serde::Serialize;
use std::fmt::Write;
use tw_availability::{
    Availability, Downtime, Seconds, Segment, StructureError, Verdict, assess, service_timeline,
};

#[derive(Serialize)]
pub(super) struct Report {
    period_seconds: Seconds,
    downtime_seconds: Downtime,
    unknown_seconds: Seconds,
    planned_seconds: Seconds,
    unplanned_seconds: Seconds,
    declared_late_seconds: Seconds,
    availability_percent: Availability,
    availability_excluding_planned_percent: Option<String>,
    coverage_percent: Option<String>,
    segments: Vec<Segment>,
    verdict: Option<Verdict>,
    outages: usize,
    incidents: usize,
    mttr_seconds: Option<Seconds>,
    mtbf_seconds: Option<Seconds>,
    /// Rounded to a whole second: it is a bound of a statistic.
    mtbf_lower_95_seconds: Option<Seconds>,
    redundancy_lost_seconds: Seconds,
    redundancy_unproven_seconds: Seconds,
    maintainability_breaches: usize,
    resolution_seconds: Option<Seconds>,
    hidden_breach_probability: Option<f64>,
}

pub(super) fn report(input: &Evaluation) -> Result<Report, StructureError> {
    let service = service_timeline(&input.structure, &input.timelines)?;
    let got = assess(&service, &input.question);
    let seconds = Seconds::from_millis;
    Ok(Report {
        period_seconds: seconds(got.period.millis()),
        downtime_seconds: got.downtime,
        unknown_seconds: seconds(got.tally.unknown_ms),
        planned_seconds: seconds(got.planned.planned_ms),
        unplanned_seconds: seconds(got.planned.unplanned_ms),
        declared_late_seconds: seconds(got.planned.declared_late_ms),
        availability_percent: got.availability,
        availability_excluding_planned_percent: got.availability_excluding_planned_percent,
        coverage_percent: got.coverage_percent,
        segments: got.segments,
        verdict: got.verdict,
        outages: got.incidents.outages,
        incidents: got.incidents.incidents,
        mttr_seconds: got.incidents.mttr_seconds,
        mtbf_seconds: got.incidents.mtbf_seconds,
        mtbf_lower_95_seconds: got.incidents.mtbf_lower_95_seconds.map(whole_seconds),
        redundancy_lost_seconds: seconds(got.tally.redundancy_lost_ms),
        redundancy_unproven_seconds: seconds(got.tally.redundancy_unproven_ms),
        maintainability_breaches: got.planned.maintainability_breaches,
        resolution_seconds: got.resolution,
        hidden_breach_probability: got.hidden_breach_probability,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "seconds of a period, far below 2^63"
)]
fn whole_seconds(seconds: f64) -> Seconds {
    Seconds::from_millis((seconds.round() as i64).saturating_mul(1_000))
}

impl Report {
    /// For people: one figure a line.
    pub(super) fn table(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, value: &str| {
            writeln!(out, "{name:<32} {value}").ok(); // Writing to a String cannot fail.
        };
        let percent = |value: &Option<String>| {
            value
                .as_ref()
                .map_or("not known".to_owned(), |v| format!("{v} %"))
        };
        let optional = |value: &Option<Seconds>| {
            value.map_or("-".to_owned(), |seconds| format!("{seconds} s"))
        };
        let down = &self.downtime_seconds;
        let range = format!("{} to {} s, point {} s", down.lower, down.upper, down.point);
        let up = &self.availability_percent;
        line("period", &format!("{} s", self.period_seconds));
        line("downtime", &range);
        line("unknown", &format!("{} s", self.unknown_seconds));
        line("planned", &format!("{} s", self.planned_seconds));
        line("unplanned", &format!("{} s", self.unplanned_seconds));
        line(
            "declared late",
            &format!("{} s", self.declared_late_seconds),
        );
        line("availability, at least", &percent(&up.lower));
        line("availability", &percent(&up.point));
        line("availability, at most", &percent(&up.upper));
        let rest = &self.availability_excluding_planned_percent;
        line("availability without planned work", &percent(rest));
        line("coverage", &percent(&self.coverage_percent));
        line(
            "outages, incidents",
            &format!("{}, {}", self.outages, self.incidents),
        );
        line("mean time to repair", &optional(&self.mttr_seconds));
        line("mean time between failures", &optional(&self.mtbf_seconds));
        line(
            "  with 95 % confidence at least",
            &optional(&self.mtbf_lower_95_seconds),
        );
        line(
            "redundancy lost",
            &format!("{} s", self.redundancy_lost_seconds),
        );
        line(
            "redundancy not proven",
            &format!("{} s", self.redundancy_unproven_seconds),
        );
        line(
            "maintainability breaches",
            &self.maintainability_breaches.to_string(),
        );
        line("resolution", &optional(&self.resolution_seconds));
        for segment in &self.segments {
            let what = format!(
                "{} to {}: budget {} s at {} ppm",
                segment.from, segment.to, segment.budget_seconds, segment.downtime_ppm.0
            );
            line(word(segment.verdict), &what);
        }
        line("verdict", self.verdict.map_or("no target in force", word));
        out.truncate(out.trim_end().len());
        out
    }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "MET",
        Verdict::Missed => "MISSED",
        Verdict::Indeterminate => "INDETERMINATE",
    }
}
