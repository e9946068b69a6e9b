//! What a report stands on, as it is kept in it.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** hold what changes after the
//! month without the month changing: runs are cut to the period and its edges.

use super::ChainEvidence;
use super::mains::MainsEvidence;
use crate::{
    observer::Guard,
    planned::MaintenanceWindow,
    polls::PollRun,
    state::{Mark, State},
    structure::Structure,
    target::Target,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tw_units::{Interval, Timestamp};

/// Runs are kept for so long before and after the month: what happens on its edges is decided
/// by the polls around them.
const EDGE_MS: i64 = 2 * 3_600_000;

/// Polls in a row that saw one state: first, last, state, longest gap, wanted period (all in
/// milliseconds).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EvidenceRun(pub i64, pub i64, pub State, pub u64, pub u64);

/// A stretch for which a device itself proves that the load was not dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The witness.
    pub subject: String,
    /// The first instant proven.
    pub from: Timestamp,
    /// The first instant after.
    pub to: Timestamp,
    /// What it stands on: `sysUpTime`, `snmpEngineTime`.
    pub kind: String,
}

/// What another observer than the site's own collector saw of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// The observer: a collector.
    pub observer: String,
    /// A witness, or what its polls are judged by.
    pub subject: String,
    /// What its polls saw.
    pub runs: Vec<EvidenceRun>,
}

/// A person's statement about a stretch of time that replaces what polls saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Its name.
    pub id: String,
    /// The witness.
    pub subject: String,
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after.
    pub to: Timestamp,
    /// What holds instead.
    pub state: State,
    /// Why.
    pub reason: String,
    /// By whom.
    pub author: String,
    /// Who agreed, if anybody.
    pub approver: Option<String>,
    /// When it was entered.
    pub recorded_at: Timestamp,
}

/// A window of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Its name.
    pub id: String,
    /// What is worked on, in words.
    pub what: String,
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after.
    pub to: Timestamp,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// By whom.
    pub approved_by: Option<String>,
    /// Why it was approved although loads would drop.
    pub override_reason: Option<String>,
}

/// An earlier month of the same year, as its report has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierMonth {
    /// As `2026-08`.
    pub month: String,
    /// Which revision.
    pub rev: u32,
    /// Its hash.
    pub sha256: String,
    /// Its length.
    pub period_ms: i64,
    /// Its downtime: lower, point, upper.
    pub downtime_ms: [i64; 3],
    /// Its time without evidence.
    pub unknown_ms: i64,
}

/// All that the findings are worked out from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The first instant of the month.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// What was seen later does not count.
    pub as_of: Timestamp,
    /// What the load needs.
    pub structure: Structure,
    /// What polls saw, by witness.
    pub witnesses: BTreeMap<String, Vec<EvidenceRun>>,
    /// What polls saw of other devices, by which failed polls of witnesses are judged.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<String, Vec<EvidenceRun>>,
    /// By what the failed polls of each witness are judged; one without counts as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    /// What further observers saw.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<View>,
    /// What devices prove themselves.
    pub proofs: Vec<Proof>,
    /// What is known of the mains at each UPS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mains: Vec<MainsEvidence>,
    /// What people stated, in the order of their entry.
    pub corrections: Vec<Correction>,
    /// The targets.
    pub targets: Vec<Target>,
    /// Work.
    pub maintenance: Vec<Window>,
    /// Months of the year before.
    pub earlier: Vec<EarlierMonth>,
    /// What part 5 stands on; a month without a declared chain, and a report from before this
    /// was kept, have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<ChainEvidence>,
    /// A gap longer than this is unknown; 2.5 periods when not given.
    pub stale_after_ms: Option<u64>,
    /// Outages closer than this are one incident.
    pub merge_gap_ms: i64,
    /// Shorter outages are labelled.
    pub min_outage_ms: i64,
}

impl EvidenceRun {
    /// A run as the store has it, cut to a window; `None` when it lies outside.
    pub fn of(run: &PollRun, window: Interval) -> Option<Self> {
        let from = run.from.max(window.from);
        let to = run.to.min(window.to);
        (from <= to).then(|| {
            Self(
                from.as_millis(),
                to.as_millis(),
                run.state,
                run.max_gap_ms,
                run.period_ms,
            )
        })
    }

    /// As the accounting takes it.
    pub fn poll_run(&self) -> PollRun {
        PollRun {
            from: Timestamp::from_millis(self.0),
            to: Timestamp::from_millis(self.1),
            state: self.2,
            polls: 0,
            max_gap_ms: self.3,
            period_ms: self.4,
        }
    }
}

/// No time in a report is longer, in milliseconds: about 300 years.
const TIME_MS_MAX: i64 = 10_000_000_000_000;

impl Evidence {
    /// Whether it can be worked with at all: what says so is a field and why not.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let sane = |at: Timestamp| at.as_millis().abs() <= TIME_MS_MAX;
        let ordered = |from: Timestamp, to: Timestamp| sane(from) && sane(to) && from < to;
        let short = |ms: i64| (0..=TIME_MS_MAX).contains(&ms);
        let short_u = |ms: u64| i64::try_from(ms).is_ok_and(short);
        if !ordered(self.from, self.to) || !sane(self.as_of) {
            return Err(("from", "the period is no period"));
        }
        let window = Self::window(self.period());
        let bounds = window.from.as_millis()..=window.to.as_millis();
        let run = |r: &EvidenceRun| {
            r.0 <= r.1
                && bounds.contains(&r.0)
                && bounds.contains(&r.1)
                && short_u(r.3)
                && short_u(r.4)
        };
        let months = |m: &EarlierMonth| {
            let all = m.downtime_ms.into_iter().chain([m.period_ms, m.unknown_ms]);
            all.into_iter().all(short)
        };
        let checks = [
            (self.witnesses.values().flatten().all(run), "witnesses"),
            (self.others.values().flatten().all(run), "others"),
            (self.views.iter().flat_map(|v| &v.runs).all(run), "views"),
            (
                self.mains
                    .iter()
                    .all(|m| m.runs.iter().all(run) && m.is_sane(&bounds)),
                "mains",
            ),
            (self.proofs.iter().all(|p| ordered(p.from, p.to)), "proofs"),
            (
                self.corrections.iter().all(|c| ordered(c.from, c.to)),
                "corrections",
            ),
            (
                self.maintenance.iter().all(|w| ordered(w.from, w.to)),
                "maintenance",
            ),
            (self.targets.iter().all(|t| sane(t.from)), "targets"),
            (
                self.chain.iter().all(|c| c.is_within(self.period())),
                "chain",
            ),
            (self.earlier.iter().all(months), "earlier"),
            (self.stale_after_ms.is_none_or(short_u), "stale_after_ms"),
            (short(self.merge_gap_ms), "merge_gap_ms"),
            (short(self.min_outage_ms), "min_outage_ms"),
        ];
        let bad = checks.into_iter().find(|(good, _)| !good);
        bad.map_or(Ok(()), |(_, field)| {
            Err((field, "ends before it starts, or lies outside of the month"))
        })
    }

    /// The month.
    pub const fn period(&self) -> Interval {
        Interval {
            from: self.from,
            to: self.to,
        }
    }

    /// The month with its edges: what runs are asked for and cut to.
    pub fn window(period: Interval) -> Interval {
        Interval {
            from: period.from.plus_millis(-EDGE_MS),
            to: period.to.plus_millis(EDGE_MS),
        }
    }

    /// The windows as the accounting takes them.
    pub fn windows(&self) -> Vec<MaintenanceWindow> {
        let window = |w: &Window| {
            Some(MaintenanceWindow {
                id: w.id.clone(),
                window: Interval::new(w.from, w.to)?,
                approved_at: w.approved_at.filter(|at| *at <= self.as_of),
            })
        };
        self.maintenance.iter().filter_map(window).collect()
    }

    /// The corrections of a witness, as marks.
    pub(super) fn stated(&self, subject: &str) -> Vec<(Interval, Mark)> {
        let own = self.corrections.iter().filter(|c| c.subject == subject);
        own.filter_map(|c| Some((Interval::new(c.from, c.to)?, c.state.into())))
            .collect()
    }

    /// What a witness proves itself.
    pub(super) fn proven(&self, subject: &str) -> Vec<Interval> {
        let own = self.proofs.iter().filter(|p| p.subject == subject);
        own.filter_map(|p| Interval::new(p.from, p.to)).collect()
    }
}
