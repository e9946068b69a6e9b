//! Figures of months that were worked out lately, so that a page of twelve months at three sites
//! does not work them all out on each request.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`. **Must not:** show a figure after what it
//! stands on was changed: only readings that come in as they are read may be missing from it, and
//! those for [`FRESH_MS`] at most.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use tw_api::MonthSummary;
use tw_ingest::{Batch, Record};
use tw_units::Timestamp;

/// The figures of a month that runs are kept for so long.
const FRESH_MS: i64 = 30_000;
/// A reading older than this is late: it changes what was worked out before.
const LATE_MS: i64 = 5 * 60_000;
/// Months that are kept; with more, all are forgotten.
const MONTHS_MAX: usize = 5_000;

/// What the figures of a month stand on, as one number each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The register's revision.
    pub(crate) register: u64,
    /// The requests for maintenance.
    pub(crate) works: u64,
    /// Late readings and corrections.
    pub(crate) changes: u64,
    /// The newest closed revision.
    pub(crate) closed: Option<String>,
}

struct Kept {
    stamp: Stamp,
    worked_out_at: Timestamp,
    summary: MonthSummary,
}

/// The figures that are kept.
#[derive(Default)]
pub(crate) struct MonthMemory {
    kept: Mutex<BTreeMap<(String, String), Kept>>,
    changes: AtomicU64,
}

impl MonthMemory {
    /// How often something changed that is not a reading of just now.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Relaxed)
    }

    /// Something was changed: no figure that stands on it is shown again.
    pub(crate) fn change(&self) {
        self.changes.fetch_add(1, Relaxed);
    }

    /// Whether a batch that comes at `now` changes what was worked out before.
    pub(crate) fn is_late(batch: &Batch, now: Timestamp) -> bool {
        batch.records.iter().any(|record| match record {
            Record::Round(round) => now.millis_since(round.at) > LATE_MS,
            Record::Run(_) => true,
            _ => false,
        })
    }

    /// The figures of a month, if they still hold. Those of a closed month hold as long as its
    /// revision is the newest one, whatever changes.
    pub(crate) fn get(
        &self,
        (site, month): (&str, &str),
        stamp: &Stamp,
        now: Timestamp,
    ) -> Option<MonthSummary> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(&(site.to_owned(), month.to_owned()))?;
        let holds = if stamp.closed.is_some() {
            found.stamp.closed == stamp.closed
        } else {
            let over = found.summary.to.millis_since(found.worked_out_at) < -LATE_MS;
            let age = now.millis_since(found.worked_out_at);
            found.stamp == *stamp && (over || (0..FRESH_MS).contains(&age))
        };
        holds.then(|| found.summary.clone())
    }

    /// Keeps the figures of a month.
    pub(crate) fn keep(&self, stamp: Stamp, worked_out_at: Timestamp, summary: &MonthSummary) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MONTHS_MAX {
            kept.clear();
        }
        let name = (summary.site.clone(), summary.month.clone());
        let summary = summary.clone();
        kept.insert(
            name,
            Kept {
                stamp,
                worked_out_at,
                summary,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tw_api::{Bounds, MonthStatus, PercentBounds, Verdict};

    const NOW: i64 = 1_000_000_000;
    const DAY_MS: i64 = 86_400_000;

    fn summary(to: i64) -> MonthSummary {
        MonthSummary {
            site: "mic".to_owned(),
            month: "2026-11".to_owned(),
            from: Timestamp::from_millis(to - 30 * DAY_MS),
            to: Timestamp::from_millis(to),
            status: MonthStatus::Open,
            rev: 0,
            closed_at: None,
            closed_by: None,
            sha256: None,
            verdict: Verdict::Met,
            level: None,
            standard: None,
            budget_seconds: None,
            period_seconds: 0.0,
            downtime_seconds: Bounds {
                lower: 0.0,
                point: 0.0,
                upper: 0.0,
            },
            unknown_seconds: 0.0,
            planned_seconds: 0.0,
            protection_lost_seconds: 0.0,
            outages: 0,
            availability_percent: PercentBounds::default(),
            coverage_percent: None,
            strip: Vec::new(),
        }
    }

    fn stamp(changes: u64, closed: Option<&str>) -> Stamp {
        Stamp {
            register: 1,
            works: 1,
            changes,
            closed: closed.map(str::to_owned),
        }
    }

    /// Keeps a month that ends at `to` and asks for it `after` milliseconds.
    fn holds(to: i64, kept: Stamp, asked: &Stamp, after: i64) -> bool {
        let memory = MonthMemory::default();
        memory.keep(kept, Timestamp::from_millis(NOW), &summary(to));
        let now = Timestamp::from_millis(NOW + after);
        memory.get(("mic", "2026-11"), asked, now).is_some()
    }

    #[test]
    fn a_month_that_runs_is_worked_out_again_after_half_a_minute() {
        let same = stamp(1, None);
        assert!(holds(NOW + DAY_MS, same.clone(), &same, FRESH_MS - 1));
        assert!(!holds(NOW + DAY_MS, same.clone(), &same, FRESH_MS));
        assert!(
            !holds(NOW + DAY_MS, same.clone(), &same, -1),
            "the clock was set back"
        );
    }

    #[test]
    fn a_month_that_is_over_holds_until_something_changes() {
        let same = stamp(1, None);
        let over = NOW - DAY_MS;
        assert!(holds(over, same.clone(), &same, DAY_MS));
        assert!(!holds(over, same.clone(), &stamp(2, None), 1));
        assert!(!holds(
            over,
            same.clone(),
            &Stamp {
                works: 2,
                ..same.clone()
            },
            1
        ));
        assert!(!holds(
            over,
            same.clone(),
            &Stamp {
                register: 2,
                ..same.clone()
            },
            1
        ));
        assert!(
            !holds(over, same, &stamp(1, Some("r1")), 1),
            "it was closed"
        );
    }

    #[test]
    fn a_closed_month_holds_until_its_next_revision() {
        let (first, over) = (stamp(1, Some("r1")), NOW - DAY_MS);
        assert!(holds(over, first.clone(), &stamp(9, Some("r1")), DAY_MS));
        assert!(!holds(over, first, &stamp(1, Some("r2")), 1));
    }
}
