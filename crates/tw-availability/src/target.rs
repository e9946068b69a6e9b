//! Targets by valid time, the budget they give and the verdict: rule 13.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** blend two targets into one: a
//! verdict stands for each segment.

use crate::{
    accounting::{Downtime, Tally, tally},
    percent::Seconds,
    sweep::ServiceTimeline,
};
use serde::{Deserialize, Serialize};
use tw_units::{Interval, Ppm, Timestamp};

/// A target that holds from an instant on, until the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target {
    /// The first instant.
    pub from: Timestamp,
    /// Allowed downtime, in parts per million of the period.
    pub downtime_ppm: Ppm,
}

/// What the evidence says about a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// Even the worst case is within the budget.
    Met,
    /// The evidence cannot tell.
    Indeterminate,
    /// Even the best case is over the budget.
    Missed,
}

/// The part of the period in which one target held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after.
    pub to: Timestamp,
    /// The target.
    pub downtime_ppm: Ppm,
    /// Allowed downtime in this segment.
    pub budget_seconds: Seconds,
    /// What was measured.
    pub downtime_seconds: Downtime,
    /// Time without evidence.
    pub unknown_seconds: Seconds,
    /// The verdict on this segment.
    pub verdict: Verdict,
}

/// `MET` if `D_upper + U ≤ B`, `MISSED` if `D_lower > B`, else `INDETERMINATE`; compared in
/// integers as `D · 10⁶ ≤ T · ppm`.
pub fn verdict(tally: &Tally, target: Ppm) -> Verdict {
    let allowed = budget(tally.period_ms(), target).as_nanos();
    let nanos = |ms: i64| Seconds::from_millis(ms).as_nanos();
    if nanos(tally.worst_ms()) <= allowed {
        Verdict::Met
    } else if nanos(tally.lower_ms()) > allowed {
        Verdict::Missed
    } else {
        Verdict::Indeterminate
    }
}

/// The budget of downtime: `T · ppm / 10⁶`, exact.
pub(crate) const fn budget(period_ms: i64, target: Ppm) -> Seconds {
    // A millisecond at one part per million is a nanosecond.
    Seconds::from_nanos(period_ms as i128 * target.0 as i128)
}

/// Cuts `period` where targets change and judges each part. A part before the first target is
/// judged by nobody and gives no segment.
pub fn segments(service: &ServiceTimeline, period: Interval, targets: &[Target]) -> Vec<Segment> {
    let mut targets = targets.to_vec();
    targets.sort_unstable();
    let ends = targets
        .iter()
        .skip(1)
        .map(|next| next.from)
        .chain([Timestamp::from_millis(i64::MAX)]);
    targets
        .iter()
        .zip(ends)
        .filter_map(|(target, end)| {
            let part = Interval::new(target.from, end)?.intersect(period)?;
            let measured = tally(service, part);
            Some(Segment {
                from: part.from,
                to: part.to,
                downtime_ppm: target.downtime_ppm,
                budget_seconds: budget(part.millis(), target.downtime_ppm),
                downtime_seconds: measured.downtime(),
                unknown_seconds: Seconds::from_millis(measured.unknown_ms),
                verdict: verdict(&measured, target.downtime_ppm),
            })
        })
        .collect()
}

/// How likely at most it is that polls miss a whole budget of downtime that hides between good
/// polls: `exp(−B/P)`, to three significant digits.
pub fn hidden_breach_probability(budget: Seconds, period_ms: u64) -> f64 {
    let period = Seconds::from_nanos(i128::from(period_ms) * 1_000_000).as_f64();
    let exact = (-budget.as_f64() / period).exp();
    format!("{exact:.2e}").parse().unwrap_or(exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(down_ms: i64, edge_ms: i64, unknown_ms: i64, expect: Verdict) {
        let period_ms = 1_000_000_000;
        let tally = Tally {
            up_ms: period_ms - down_ms - edge_ms - unknown_ms,
            down_ms,
            edge_up_ms: edge_ms,
            unknown_ms,
            ..Tally::default()
        };
        assert_eq!(verdict(&tally, Ppm(180)), expect);
    }

    #[test]
    fn the_budget_itself_is_still_within_it() {
        check(180_000, 0, 0, Verdict::Met);
        check(180_001, 0, 0, Verdict::Missed);
        check(0, 180_001, 0, Verdict::Indeterminate);
        check(0, 0, 180_001, Verdict::Indeterminate);
        check(180_000, 0, 1, Verdict::Indeterminate);
    }

    #[test]
    fn a_minute_of_polling_hides_a_tier_four_month_once_in_nine() {
        let budget = budget(2_592_000_000, Ppm(50));
        assert!((hidden_breach_probability(budget, 60_000) - 0.115).abs() < 1e-12);
    }
}
