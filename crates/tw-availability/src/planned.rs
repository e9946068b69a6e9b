//! Planned work: rule 8.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** call work planned that was
//! approved after it began, nor forgive downtime in the headline figure.

use crate::incident::Outage;
use tw_units::{Interval, Timestamp};

/// A window of work on the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceWindow {
    /// Its name.
    pub id: String,
    /// When.
    pub window: Interval,
    /// When it was approved; never, when missing.
    pub approved_at: Option<Timestamp>,
}

impl MaintenanceWindow {
    /// Approved before it began.
    pub fn is_planned(&self) -> bool {
        self.approved_at.is_some_and(|at| at <= self.window.from)
    }
}

/// Downtime split by whether it was planned; in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlannedFigures {
    /// Down inside a window that was approved before it began.
    pub planned_ms: i64,
    /// All other downtime, overruns with it.
    pub unplanned_ms: i64,
    /// Unplanned, and claimed by a window that was declared afterwards.
    pub declared_late_ms: i64,
    /// Stretches of planned work during which the load was lost: the site was not concurrently
    /// maintainable, whatever the budget says.
    pub maintainability_breaches: usize,
}

/// Splits the downtime of `outages` within `period`.
pub fn planned_figures(
    outages: &[Outage],
    period: Interval,
    windows: &[MaintenanceWindow],
) -> PlannedFigures {
    let down: Vec<Interval> = outages
        .iter()
        .filter_map(|o| o.span.intersect(period))
        .collect();
    let (planned, late): (Vec<_>, Vec<_>) = windows.iter().partition(|w| w.is_planned());
    let planned = union(planned.into_iter().map(|w| w.window));
    let late = union(late.into_iter().map(|w| w.window));
    let planned_down = common(&down, &planned);
    let total: i64 = millis(&down);
    let planned_ms = millis(&planned_down);
    let late_down = common(&down, &late);
    let both = millis(&common(&late_down, &planned));
    let breached = |window: &&Interval| down.iter().any(|d| d.intersect(**window).is_some());
    PlannedFigures {
        planned_ms,
        unplanned_ms: total - planned_ms,
        declared_late_ms: millis(&late_down) - both,
        maintainability_breaches: planned.iter().filter(breached).count(),
    }
}

/// Overlapping and touching intervals made one, in order.
fn union(intervals: impl Iterator<Item = Interval>) -> Vec<Interval> {
    let mut sorted: Vec<Interval> = intervals.collect();
    sorted.sort_unstable();
    let mut out: Vec<Interval> = Vec::with_capacity(sorted.len());
    for next in sorted {
        match out.last_mut() {
            Some(last) if next.from <= last.to => last.to = last.to.max(next.to),
            _ => out.push(next),
        }
    }
    out
}

/// What two ordered, disjoint lists share.
fn common(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    let mut out = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        out.extend(x.intersect(*y));
        if x.to <= y.to {
            i += 1;
        } else {
            j += 1;
        }
    }
    out
}

fn millis(intervals: &[Interval]) -> i64 {
    intervals.iter().map(|i| i.millis()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_seconds(minute * 60)
    }

    fn span(from: i64, to: i64) -> Interval {
        Interval::new(at(from), at(to)).unwrap()
    }

    #[track_caller]
    fn check(windows: &[(i64, i64, Option<i64>)], expect: (i64, i64, i64, usize)) {
        let outages = [(100, 200), (300, 310)].map(|(a, b)| Outage {
            span: span(a, b),
            below_threshold: false,
        });
        let windows: Vec<_> = windows
            .iter()
            .map(|(a, b, approved)| MaintenanceWindow {
                id: format!("w{a}"),
                window: span(*a, *b),
                approved_at: approved.map(at),
            })
            .collect();
        let got = planned_figures(&outages, span(0, 1_000), &windows);
        let minutes = (
            got.planned_ms / 60_000,
            got.unplanned_ms / 60_000,
            got.declared_late_ms / 60_000,
            got.maintainability_breaches,
        );
        assert_eq!(minutes, expect);
    }

    #[test]
    fn only_what_was_approved_before_it_began_is_planned() {
        check(&[], (0, 110, 0, 0));
        check(&[(100, 200, Some(100))], (100, 10, 0, 1));
        check(&[(100, 200, Some(101))], (0, 110, 100, 0));
        check(&[(100, 200, None)], (0, 110, 100, 0));
    }

    #[test]
    fn overlapping_windows_count_once_and_an_overrun_is_unplanned() {
        check(&[(90, 130, Some(0)), (120, 150, Some(0))], (50, 60, 0, 1));
        check(
            &[(90, 130, Some(0)), (120, 150, Some(140))],
            (30, 80, 20, 1),
        );
    }
}
