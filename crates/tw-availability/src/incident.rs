//! Outages and incidents, mean times and their bounds: rules 9, 10, 11 and 17.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** add a second of downtime by
//! merging: a merge gap joins outages for counting only, and a short outage is labelled, never
//! deleted.

use crate::{accounting::Tally, percent::Seconds, state::State, sweep::ServiceTimeline};
use tw_units::{Interval, Timestamp};

/// One stretch of downtime (edges split in the middle), as it happened, whatever the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// From the middle of the edge before the first failed poll to the middle of the edge after
    /// the last; one that nobody saw end has no end (`i64::MAX`).
    pub span: Interval,
    /// Shorter than the label asks for; it counts all the same.
    pub below_threshold: bool,
}

/// Counts and mean times of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentFigures {
    /// Outages that began in the period.
    pub outages: usize,
    /// Incidents that began in the period.
    pub incidents: usize,
    /// Incidents that had begun before it and reached into it.
    pub carried_in: usize,
    /// From first to last second of each incident that began in the period.
    pub spans: Vec<Interval>,
    /// Outages labelled as short.
    pub below_threshold: usize,
    /// Their total length.
    pub below_threshold_seconds: Seconds,
    /// Downtime over incidents; `None` without an incident.
    pub mttr_seconds: Option<Seconds>,
    /// Known up time over incidents; `None` without an incident.
    pub mtbf_seconds: Option<Seconds>,
    /// With 95 % confidence the mean time between failures is at least this.
    pub mtbf_lower_95_seconds: Option<f64>,
}

/// All outages of the service, in order.
pub fn outages(service: &ServiceTimeline, min_outage_ms: i64) -> Vec<Outage> {
    let mut found: Vec<Outage> = Vec::new();
    let mut began = None;
    for step in &service.steps {
        let down = step.mark.at_the_middle() == State::Down;
        match (began, down) {
            (None, true) => began = Some(step.at),
            (Some(from), false) => {
                found.extend(Interval::new(from, step.at).map(|span| Outage {
                    span,
                    below_threshold: span.millis() < min_outage_ms,
                }));
                began = None;
            }
            _ => {}
        }
    }
    let end_of_time = Timestamp::from_millis(i64::MAX);
    if let Some(span) = began.and_then(|from| Interval::new(from, end_of_time)) {
        let below_threshold = false;
        found.push(Outage {
            span,
            below_threshold,
        });
    }
    found
}

/// Counts what began within `period`; outages closer than `merge_gap_ms` are one incident.
pub fn incident_figures(
    outages: &[Outage],
    period: Interval,
    merge_gap_ms: i64,
    tally: &Tally,
) -> IncidentFigures {
    let mut incidents: Vec<Interval> = Vec::new();
    for outage in outages {
        match incidents.last_mut() {
            Some(last) if outage.span.from.millis_since(last.to) < merge_gap_ms => {
                last.to = outage.span.to;
            }
            _ => incidents.push(outage.span),
        }
    }
    let began = |span: &Interval| period.contains(span.from);
    let spans: Vec<Interval> = incidents.iter().copied().filter(began).collect();
    let carried_in = incidents
        .iter()
        .filter(|i| i.from < period.from && i.intersect(period).is_some());
    let in_period: Vec<&Outage> = outages.iter().filter(|o| began(&o.span)).collect();
    let short = in_period.iter().filter(|o| o.below_threshold);
    let up_ms = tally.known_ms() - tally.point_ms();
    let mean = |total_ms: i64| {
        let count = i128::try_from(spans.len()).ok().filter(|n| *n > 0)?;
        let nanos = Seconds::from_millis(total_ms).as_nanos();
        // To the microsecond: a mean need not end.
        Some(Seconds::from_nanos((nanos / count + 500) / 1_000 * 1_000))
    };
    IncidentFigures {
        outages: in_period.len(),
        incidents: spans.len(),
        carried_in: carried_in.count(),
        below_threshold: short.clone().count(),
        below_threshold_seconds: Seconds::from_millis(short.map(|o| o.span.millis()).sum()),
        mttr_seconds: mean(tally.point_ms()),
        mtbf_seconds: mean(up_ms),
        mtbf_lower_95_seconds: mtbf_lower_95(Seconds::from_millis(up_ms).as_f64(), spans.len()),
        spans,
    }
}

/// The lower bound, at 95 % confidence, of the mean time between failures after `failures` in
/// `up_time`: `2T / χ²₀.₉₅(2n + 2)`. `None` when there was no up time.
pub fn mtbf_lower_95(up_time: f64, failures: usize) -> Option<f64> {
    (up_time > 0.0).then(|| up_time / poisson_mean_at(failures, 0.05))
}

/// The mean at which a Poisson count is `failures` or fewer with probability `p`: half of the
/// χ² quantile with `2n + 2` degrees of freedom.
fn poisson_mean_at(failures: usize, p: f64) -> f64 {
    let ln_factorial: f64 = (2..=failures).map(|i| as_f64(i).ln()).sum();
    let at_most = |mean: f64| {
        // From the largest term down, each from the one above it.
        let mut term = (as_f64(failures) * mean.ln() - mean - ln_factorial).exp();
        let mut sum = term;
        for i in (1..=failures).rev() {
            term *= as_f64(i) / mean;
            sum += term;
            if term < sum * 1e-18 {
                break;
            }
        }
        sum
    };
    let (mut low, mut high) = (f64::MIN_POSITIVE, as_f64(failures) + 10.0);
    while at_most(high) > p {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if at_most(middle) > p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[expect(clippy::cast_precision_loss, reason = "2^53 failures are out of reach")]
const fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hours: f64, failures: usize, expect: &str) {
        let got = mtbf_lower_95(hours, failures).unwrap();
        assert_eq!(format!("{got:.1}"), expect);
    }

    #[test]
    fn few_failures_give_a_modest_bound() {
        check(720.0, 0, "240.3");
        check(719.816_667, 2, "114.3");
        // χ²₀.₉₅(202) = 235.077 (tables: 2 · 117.54).
        check(1_000.0, 100, "8.5");
    }

    #[test]
    fn without_up_time_nothing_is_claimed() {
        assert_eq!(mtbf_lower_95(0.0, 3), None);
    }
}
