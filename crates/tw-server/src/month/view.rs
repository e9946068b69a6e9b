//! Reports as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-availability`. **Must not:** do I/O.

use super::calendar::Month;
use crate::site::view::percents;
use tw_api::{
    AnyJson, Bounds, MonthClosable, MonthRevision, MonthSpan, MonthSpanState, MonthStatus,
    MonthSummary, PercentBounds, Verdict,
};
use tw_availability::{
    percent_floor,
    report::{Report, ResultPart, SpanState, Status},
};
use tw_units::Timestamp;

/// What is known of a month at an instant.
struct Known {
    period_ms: i64,
    unknown_ms: i64,
    availability_percent: PercentBounds,
    coverage_percent: Option<String>,
    verdict: Verdict,
}

/// The figures of a month that is over.
fn whole(result: &ResultPart) -> Known {
    let [lower, point, upper] = result.availability_percent.clone();
    Known {
        period_ms: result.period_ms,
        unknown_ms: result.unknown_ms,
        availability_percent: PercentBounds {
            lower,
            point,
            upper,
        },
        coverage_percent: result.coverage_percent.clone(),
        verdict: verdict(result.verdict),
    }
}

/// The figures of a month that runs: what is to come is neither known nor unknown yet. The budget
/// is that of the whole month, as on the site's page.
fn so_far(result: &ResultPart, passed_ms: i64) -> Known {
    let to_come_ms = result.period_ms - passed_ms;
    let unknown_ms = (result.unknown_ms - to_come_ms).max(0);
    let known_ms = passed_ms - unknown_ms;
    let [lower, _, upper] = result.downtime_ms;
    let verdict = match result.segments.as_slice() {
        [one] => {
            let budget_ms = i128::from(result.period_ms) * i128::from(one.downtime_ppm) / 1_000_000;
            if i128::from(lower) > budget_ms {
                Verdict::Missed
            } else if i128::from(upper + unknown_ms) <= budget_ms {
                Verdict::Met
            } else {
                Verdict::Indeterminate
            }
        }
        _ => verdict(result.verdict),
    };
    Known {
        period_ms: passed_ms,
        unknown_ms,
        availability_percent: percents((passed_ms, unknown_ms), result.downtime_ms),
        coverage_percent: percent_floor(known_ms, passed_ms),
        verdict,
    }
}

/// A report in figures.
pub(crate) fn summary(report: &Report, month: &Month, now: Timestamp) -> MonthSummary {
    let result = &report.findings.result;
    let status = match report.status {
        Status::Final => MonthStatus::Final,
        Status::Provisional if now < month.period.to => MonthStatus::Open,
        Status::Provisional => MonthStatus::Provisional,
    };
    let closed = status == MonthStatus::Final;
    let passed_ms = now.millis_since(month.period.from);
    let known = if status == MonthStatus::Open && passed_ms > 0 {
        so_far(result, passed_ms)
    } else {
        whole(result)
    };
    let target = result.segments.last().and_then(|segment| {
        let mut own = report.cover.targets.iter();
        own.rfind(|target| target.downtime_ppm == segment.downtime_ppm)
    });
    let budgets = result.segments.iter();
    let budget: f64 = budgets
        .filter_map(|segment| segment.budget_seconds.parse::<f64>().ok())
        .sum();
    MonthSummary {
        site: report.site.clone(),
        month: report.month.clone(),
        from: month.period.from,
        to: month.period.to,
        status,
        rev: report.rev,
        closed_at: closed.then_some(report.closed_at),
        closed_by: closed.then(|| report.closed_by.clone()),
        sha256: closed.then(|| report.sha256.clone()),
        verdict: known.verdict,
        level: target.map(|target| target.level.clone()),
        standard: target.map(|target| target.standard.clone()),
        budget_seconds: (!result.segments.is_empty()).then_some(budget),
        period_seconds: seconds(known.period_ms),
        downtime_seconds: bounds(result.downtime_ms),
        unknown_seconds: seconds(known.unknown_ms),
        planned_seconds: seconds(result.planned_ms),
        protection_lost_seconds: seconds(report.findings.protection.lost_ms),
        outages: result.outages,
        availability_percent: known.availability_percent,
        coverage_percent: known.coverage_percent,
        strip: strip(report, status, now),
    }
}

/// How far a month is at an instant.
pub(crate) fn status_at(summary: &MonthSummary, now: Timestamp) -> MonthStatus {
    match summary.status {
        MonthStatus::Final => MonthStatus::Final,
        MonthStatus::Open | MonthStatus::Provisional if now < summary.to => MonthStatus::Open,
        MonthStatus::Open | MonthStatus::Provisional => MonthStatus::Provisional,
    }
}

/// A month of a site that has no load witness: nothing is known of it.
pub(crate) fn nothing(site: &str, month: &Month, now: Timestamp) -> MonthSummary {
    let whole = seconds(month.period.millis());
    MonthSummary {
        site: site.to_owned(),
        month: month.name.clone(),
        from: month.period.from,
        to: month.period.to,
        status: if now < month.period.to {
            MonthStatus::Open
        } else {
            MonthStatus::Provisional
        },
        rev: 0,
        closed_at: None,
        closed_by: None,
        sha256: None,
        verdict: Verdict::Indeterminate,
        level: None,
        standard: None,
        budget_seconds: None,
        period_seconds: whole,
        downtime_seconds: bounds([0; 3]),
        unknown_seconds: whole,
        planned_seconds: 0.0,
        protection_lost_seconds: 0.0,
        outages: 0,
        availability_percent: PercentBounds::default(),
        coverage_percent: None,
        strip: vec![MonthSpan {
            from: month.period.from,
            to: month.period.to,
            state: MonthSpanState::Unknown,
        }],
    }
}

/// The revisions, each with the number of its changes.
pub(crate) fn revisions(reports: &[Report]) -> Vec<MonthRevision> {
    let own = |report: &Report| MonthRevision {
        rev: report.rev,
        sha256: report.sha256.clone(),
        closed_at: report.closed_at,
        closed_by: report.closed_by.clone(),
        reason: report.reason.clone(),
        changes: report.difference.len() as u64,
    };
    reports.iter().map(own).collect()
}

/// A month as a whole.
pub(crate) fn month(
    (report, reports): (&Report, &[Report]),
    month: &Month,
    closable: MonthClosable,
    now: Timestamp,
) -> tw_api::Month {
    tw_api::Month {
        summary: summary(report, month, now),
        report: AnyJson(serde_json::to_value(report).unwrap_or_default()),
        revisions: revisions(reports),
        closable,
    }
}

/// The strip of a month that runs ends now.
fn strip(report: &Report, status: MonthStatus, now: Timestamp) -> Vec<MonthSpan> {
    let all = report.findings.strip.iter().map(span);
    if status != MonthStatus::Open {
        return all.collect();
    }
    all.filter(|span| span.from < now)
        .map(|span| MonthSpan {
            to: span.to.min(now),
            ..span
        })
        .collect()
}

fn span(span: &tw_availability::report::Span) -> MonthSpan {
    MonthSpan {
        from: Timestamp::from_millis(span.0),
        to: Timestamp::from_millis(span.1),
        state: match span.2 {
            SpanState::Up => MonthSpanState::Up,
            SpanState::ProtectionLost => MonthSpanState::ProtectionLost,
            SpanState::ProtectionUnproven => MonthSpanState::ProtectionUnproven,
            SpanState::Edge => MonthSpanState::Edge,
            SpanState::Down => MonthSpanState::Down,
            SpanState::Planned => MonthSpanState::Planned,
            SpanState::Unknown => MonthSpanState::Unknown,
        },
    }
}

fn verdict(verdict: Option<tw_availability::Verdict>) -> Verdict {
    match verdict {
        Some(tw_availability::Verdict::Met) => Verdict::Met,
        Some(tw_availability::Verdict::Missed) => Verdict::Missed,
        Some(tw_availability::Verdict::Indeterminate) => Verdict::Indeterminate,
        None => Verdict::NoTarget,
    }
}

fn bounds([lower, point, upper]: [i64; 3]) -> Bounds {
    Bounds {
        lower: seconds(lower),
        point: seconds(point),
        upper: seconds(upper),
    }
}

#[expect(clippy::cast_precision_loss, reason = "spans are far below 2^53 ms")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1_000.0
}
