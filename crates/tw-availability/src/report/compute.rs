//! The findings, worked out from the evidence.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** know anything that is not in
//! the evidence.

use super::{
    evidence::Evidence,
    findings::{
        DataQuality, Findings, IncidentRow, MaintenanceRow, Method, Protection, ResultPart,
        SegmentRow, Span, SpanState, WitnessRow, YearToDate,
    },
    lines::witness_lines,
    mains::MainsFinding,
};
use crate::{
    accounting::{Tally, tally},
    assessment::{Assessment, Question, assess},
    incident::Outage,
    percent::{Seconds, percent_floor},
    planned::planned_figures,
    state::{Mark, State},
    structure::{Structure, StructureError},
    sweep::{ServiceTimeline, Spare, service_timeline},
    timeline::Timeline,
};
use std::collections::BTreeMap;
use tw_units::{Interval, Timestamp};

/// The most stretches of a strip; more are counted, not drawn.
const SPANS_MAX: usize = 5_000;

/// A period judged: what its witnesses and its load were, and how long.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Each witness, after everything that the evidence says of it.
    pub lines: BTreeMap<String, Timeline>,
    /// The load.
    pub service: ServiceTimeline,
    /// Measured over the period and held against the targets.
    pub assessment: Assessment,
    /// The mains at each UPS; they say nothing of the load.
    pub mains: Vec<MainsFinding>,
}

/// Judges a period. The live account of a site and the report of a month both come from here.
pub fn judge(evidence: &Evidence) -> Result<Judged, StructureError> {
    let lines = witness_lines(evidence);
    let service = service_timeline(&evidence.structure, &lines)?;
    let question = Question {
        period: evidence.period(),
        targets: evidence.targets.clone(),
        maintenance: evidence.windows(),
        merge_gap_ms: evidence.merge_gap_ms,
        min_outage_ms: evidence.min_outage_ms,
        resolution_ms: resolution_ms(evidence),
    };
    let assessment = assess(&service, &question);
    let until = (evidence.period(), evidence.as_of);
    let mains = evidence.mains.iter();
    Ok(Judged {
        lines,
        service,
        assessment,
        mains: mains
            .map(|ups| ups.finding(until, evidence.stale_after_ms))
            .collect(),
    })
}

/// Works a month out.
pub fn find(evidence: &Evidence) -> Result<Findings, StructureError> {
    let Judged {
        lines,
        service,
        assessment: found,
        mains,
    } = judge(evidence)?;
    let (strip, strip_left_out) = strip(&service, evidence);
    Ok(Findings {
        method: Method {
            resolution_ms: resolution_ms(evidence),
            hidden_breach_probability: found.hidden_breach_probability.map(|p| format!("{p:.2e}")),
        },
        result: result(&found, evidence),
        incidents: incidents(&found, (&service, &lines), evidence),
        maintenance: maintenance(&found, evidence),
        protection: Protection {
            lost_ms: found.tally.redundancy_lost_ms,
            unproven_ms: found.tally.redundancy_unproven_ms,
            maintainability_breaches: found.planned.maintainability_breaches as u64,
        },
        mains,
        data_quality: data_quality(&found, &lines, (&strip, evidence)),
        strip,
        strip_left_out,
    })
}

/// The coarsest wanted time between polls of what the load hangs on.
fn resolution_ms(evidence: &Evidence) -> Option<u64> {
    let used = evidence.structure.subjects();
    let runs = evidence
        .witnesses
        .iter()
        .filter(|(name, _)| used.contains(name.as_str()));
    runs.flat_map(|(_, runs)| runs.iter().map(|r| r.4)).max()
}

fn result(found: &Assessment, evidence: &Evidence) -> ResultPart {
    let t = &found.tally;
    let text = |seconds: Seconds| seconds.to_string();
    let segment = |s: &crate::target::Segment| SegmentRow {
        from: s.from,
        to: s.to,
        downtime_ppm: s.downtime_ppm.0,
        budget_seconds: text(s.budget_seconds),
        downtime_seconds: [
            s.downtime_seconds.lower,
            s.downtime_seconds.point,
            s.downtime_seconds.upper,
        ]
        .map(text),
        unknown_seconds: text(s.unknown_seconds),
        verdict: s.verdict,
    };
    let incidents = &found.incidents;
    ResultPart {
        period_ms: t.period_ms(),
        up_ms: t.up_ms,
        edge_ms: t.edge_up_ms + t.edge_down_ms,
        downtime_ms: [t.lower_ms(), t.point_ms(), t.upper_ms()],
        unknown_ms: t.unknown_ms,
        planned_ms: found.planned.planned_ms,
        unplanned_ms: found.planned.unplanned_ms,
        declared_late_ms: found.planned.declared_late_ms,
        availability_percent: percents(t),
        availability_excluding_planned_percent: found
            .availability_excluding_planned_percent
            .clone(),
        coverage_percent: found.coverage_percent.clone(),
        segments: found.segments.iter().map(segment).collect(),
        verdict: found.verdict,
        outages: incidents.outages as u64,
        incidents: incidents.incidents as u64,
        carried_in: incidents.carried_in as u64,
        mttr_seconds: incidents.mttr_seconds.map(text),
        mtbf_seconds: incidents.mtbf_seconds.map(text),
        mtbf_lower_95_seconds: incidents
            .mtbf_lower_95_seconds
            .map(|seconds| format!("{}", seconds.floor())),
        year_to_date: year_to_date(t, evidence),
    }
}

fn percents(t: &Tally) -> [Option<String>; 3] {
    [
        t.availability_lower_percent(),
        t.availability_point_percent(),
        t.availability_upper_percent(),
    ]
}

fn year_to_date(own: &Tally, evidence: &Evidence) -> YearToDate {
    let mut sum = YearToDate {
        months: 1,
        period_ms: own.period_ms(),
        downtime_ms: [own.lower_ms(), own.point_ms(), own.upper_ms()],
        unknown_ms: own.unknown_ms,
        ..YearToDate::default()
    };
    for month in &evidence.earlier {
        sum.months += 1;
        sum.period_ms += month.period_ms;
        sum.unknown_ms += month.unknown_ms;
        for (total, part) in sum.downtime_ms.iter_mut().zip(month.downtime_ms) {
            *total += part;
        }
    }
    let last = evidence.earlier.len();
    let number = evidence
        .earlier
        .iter()
        .filter_map(|month| month.month.split_once('-')?.1.parse::<u32>().ok());
    // Months before the first report of the year are missing, too, but were nobody's to close.
    let first = number.min().unwrap_or(0);
    let own_number = own_month(evidence);
    let due = if first == 0 {
        0
    } else {
        own_number.saturating_sub(first)
    };
    sum.months_missing = due.saturating_sub(u32::try_from(last).unwrap_or(u32::MAX));
    let [lower, point, upper] = sum.downtime_ms;
    let (whole, known) = (sum.period_ms, sum.period_ms - sum.unknown_ms);
    sum.availability_percent = [
        percent_floor(known - upper, whole),
        percent_floor(known - point, known),
        percent_floor(whole - lower, whole),
    ];
    sum
}

/// The month's number, from its middle: the zone cannot move that into another month.
fn own_month(evidence: &Evidence) -> u32 {
    let middle = evidence.from.plus_millis(evidence.period().millis() / 2);
    let month = middle.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).month();
    u32::try_from(month).unwrap_or(0)
}

fn incidents(
    found: &Assessment,
    (service, lines): (&ServiceTimeline, &BTreeMap<String, Timeline>),
    evidence: &Evidence,
) -> Vec<IncidentRow> {
    let period = evidence.period();
    let windows = evidence.windows();
    let end_of_time = Timestamp::from_millis(i64::MAX);
    let mut rows: Vec<IncidentRow> = Vec::new();
    let mut last_end: Option<Timestamp> = None;
    let mut incident = 0;
    for outage in &found.outages {
        let apart =
            last_end.is_none_or(|end| outage.span.from.millis_since(end) >= evidence.merge_gap_ms);
        incident += u64::from(apart);
        last_end = Some(outage.span.to);
        let (before, after) = doubt(service, outage);
        let planned = planned_figures(std::slice::from_ref(outage), period, &windows);
        let inside = outage.span.intersect(period);
        rows.push(IncidentRow {
            from: outage.span.from,
            from_plus_minus_ms: before,
            to: (outage.span.to < end_of_time).then_some(outage.span.to),
            to_plus_minus_ms: after,
            in_month_ms: inside.map_or(0, Interval::millis),
            planned_ms: planned.planned_ms,
            short: outage.below_threshold,
            carried_in: outage.span.from < period.from,
            incident,
            witnesses_down: seen_down(lines, outage.span),
        });
    }
    rows
}

/// How long the edges are to either side of an outage's ends.
fn doubt(service: &ServiceTimeline, outage: &Outage) -> (i64, i64) {
    let steps = &service.steps;
    let mark_at = |index: usize| steps.get(index).map(|step| step.mark);
    let start = steps.partition_point(|step| step.at < outage.span.from);
    let mut before = 0;
    if let Some(previous) = start.checked_sub(1)
        && mark_at(previous) == Some(Mark::EdgeUp)
    {
        before = outage.span.from.millis_since(steps[previous].at);
    }
    let end = steps.partition_point(|step| step.at < outage.span.to);
    let mut after = 0;
    if mark_at(end) == Some(Mark::EdgeUp)
        && let (Some(step), Some(next)) = (steps.get(end), steps.get(end + 1))
    {
        after = next.at.millis_since(step.at);
    }
    (before, after)
}

fn seen_down(lines: &BTreeMap<String, Timeline>, span: Interval) -> Vec<String> {
    let down = |line: &Timeline| {
        let inside = |at: Timestamp| span.from <= at && at < span.to;
        let begins = line
            .steps()
            .iter()
            .any(|step| inside(step.at) && step.mark.at_the_middle() == State::Down);
        begins || line.at(span.from).at_the_middle() == State::Down
    };
    let named = lines.iter().filter(|(_, line)| down(line));
    named.map(|(name, _)| name.clone()).collect()
}

fn maintenance(found: &Assessment, evidence: &Evidence) -> Vec<MaintenanceRow> {
    let period = evidence.period();
    let touches = |w: &&super::Window| w.from < period.to && w.to > period.from;
    let row = |w: &super::Window| {
        let approved = w.approved_at.filter(|at| *at <= evidence.as_of);
        let planned = approved.is_some_and(|at| at <= w.from);
        let window = Interval::new(w.from, w.to).and_then(|i| i.intersect(period));
        let down: i64 = window.map_or(0, |window| {
            let parts = found
                .outages
                .iter()
                .filter_map(|o| o.span.intersect(window));
            parts.map(Interval::millis).sum()
        });
        MaintenanceRow {
            id: w.id.clone(),
            what: w.what.clone(),
            from: w.from,
            to: w.to,
            approved_at: approved,
            approved_by: w.approved_by.clone(),
            planned,
            load_down_ms: down,
            breach: planned && down > 0,
            override_reason: w.override_reason.clone(),
        }
    };
    evidence
        .maintenance
        .iter()
        .filter(touches)
        .map(row)
        .collect()
}

fn data_quality(
    found: &Assessment,
    lines: &BTreeMap<String, Timeline>,
    (strip, evidence): (&[Span], &Evidence),
) -> DataQuality {
    let witness = |(name, line): (&String, &Timeline)| {
        let parts = BTreeMap::from([(name.clone(), line.clone())]);
        let own = service_timeline(&Structure::Subject(name.clone()), &parts).unwrap_or_default();
        let t = tally(&own, evidence.period());
        WitnessRow {
            id: name.clone(),
            known_ms: t.known_ms(),
            down_ms: t.point_ms(),
            unknown_ms: t.unknown_ms,
            runs: evidence.witnesses.get(name).map_or(0, Vec::len) as u64,
        }
    };
    let gaps = || strip.iter().filter(|span| span.2 == SpanState::Unknown);
    let budgets = found.segments.iter().map(|s| s.budget_seconds.as_nanos());
    let proof_debt = |budget: i128| {
        let budget_ms = i64::try_from(budget / 1_000_000).ok()?;
        percent_floor(found.tally.unknown_ms, budget_ms)
    };
    DataQuality {
        witnesses: lines.iter().map(witness).collect(),
        gaps: gaps().count() as u64,
        longest_gap_ms: gaps().map(|span| span.1 - span.0).max().unwrap_or(0),
        proof_debt_percent: budgets.min().and_then(proof_debt),
    }
}

fn strip(service: &ServiceTimeline, evidence: &Evidence) -> (Vec<Span>, u64) {
    let period = evidence.period();
    let planned: Vec<Interval> = evidence
        .windows()
        .iter()
        .filter(|w| w.is_planned())
        .map(|w| w.window)
        .collect();
    let mut cuts: Vec<Timestamp> = service
        .steps
        .iter()
        .map(|step| step.at)
        .chain(planned.iter().flat_map(|w| [w.from, w.to]))
        .chain([period.from])
        .filter(|at| period.contains(*at))
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut spans: Vec<Span> = Vec::new();
    let mut left_out = 0;
    for (index, at) in cuts.iter().enumerate() {
        let end = cuts.get(index + 1).copied().unwrap_or(period.to);
        let step = service.steps.partition_point(|step| step.at <= *at);
        let step = step.checked_sub(1).and_then(|i| service.steps.get(i));
        let state = match step.map(|step| (step.mark, step.spare)) {
            Some((Mark::Down, _)) if planned.iter().any(|w| w.contains(*at)) => SpanState::Planned,
            Some((Mark::Down, _)) => SpanState::Down,
            Some((Mark::EdgeDown | Mark::EdgeUp, _)) => SpanState::Edge,
            Some((Mark::Up, Spare::Lost)) => SpanState::ProtectionLost,
            Some((Mark::Up, Spare::Unproven)) => SpanState::ProtectionUnproven,
            Some((Mark::Up, _)) => SpanState::Up,
            Some((Mark::Unknown, _)) | None => SpanState::Unknown,
        };
        let room = spans.len() < SPANS_MAX;
        match spans.last_mut() {
            Some(last) if last.2 == state => last.1 = end.as_millis(),
            _ if room => {
                spans.push(Span(at.as_millis(), end.as_millis(), state));
            }
            _ => left_out += 1,
        }
    }
    (spans, left_out)
}
