//! The age rule: over, within, or not provable, from dates as intervals.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** call an unknown date young;
//! only `over` and `within` are facts, and only when the whole interval says so.

use crate::range::{DateRange, add_months, next_day};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use tw_model::{DateKind, Day, Months};

/// What is asked about one asset.
#[derive(Clone, Debug)]
pub struct AgeQuestion<'a> {
    /// The day on which it is asked.
    pub as_of: Date,
    /// Over from the day after this span.
    pub max_age: Months,
    /// Which date counts: the first of these that is known.
    pub basis: &'a [DateKind],
    /// The dates that are known.
    pub dates: &'a [DatedFact],
    /// Other evidence.
    pub bounds: &'a [Bound],
}

/// A recorded or decoded date of an event of the asset's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedFact {
    /// Which event.
    pub kind: DateKind,
    /// When, as precisely as it is known.
    pub when: DateRange,
    /// Who says so.
    pub source: Option<String>,
}

/// Evidence that only limits the basis: first seen by discovery gives "not after", the
/// model's release gives "not before".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// One end is open.
    pub when: DateRange,
    /// Who says so.
    pub source: Option<String>,
}

/// The verdict. Only `Over` and `Within` are facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeVerdict {
    /// Every day that the evidence allows makes it too old.
    Over,
    /// No day that the evidence allows makes it too old.
    Within,
    /// Both ends are known and they disagree.
    Uncertain,
    /// The end that would decide is not known.
    Unknown,
    /// The evidence contradicts itself.
    Conflict,
}

/// The date that the verdict stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// Which event; none when only bounds are known.
    pub kind: Option<DateKind>,
    /// The first day it can have been.
    pub earliest: Option<Day>,
    /// The last day it can have been.
    pub latest: Option<Day>,
}

/// Why the verdict is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// This date counts.
    BasisIs(DateKind, Option<String>),
    /// No date of the policy's list is recorded.
    NoBasis,
    /// A date that systems write when they know none.
    Placeholder(DateKind, Day),
    /// Not earlier than this, says the evidence.
    NotBefore(Day, String),
    /// Not later than this, says the evidence.
    NotAfter(Day, String),
    /// Two pieces of evidence leave no day.
    Contradiction(String),
    /// The anniversary is past, whatever day it was.
    PastDue(Day),
    /// The anniversary is not past, whatever day it was.
    NotDue(Day),
    /// The anniversary lies somewhere around the day that was asked about.
    Straddles(Day, Day),
    /// This end is needed and not known.
    OpenEnd,
}

/// The verdict with what it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgeAnswer {
    /// The verdict.
    pub verdict: AgeVerdict,
    /// The date that counts, narrowed by all evidence; none when nothing is known.
    pub basis: Option<Basis>,
    /// The anniversary, which is still compliant.
    pub due: DateRange,
    /// The day after it.
    pub first_day_over: DateRange,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Judges one asset.
///
/// The first kind of `basis` that has a date counts; several dates of that kind narrow each
/// other. Bounds narrow it further, and so does the day of manufacture: nothing is bought or
/// used before it is made.
pub fn judge(question: &AgeQuestion<'_>) -> AgeAnswer {
    let mut reasons = Vec::new();
    let facts: Vec<&DatedFact> = question
        .dates
        .iter()
        .filter(|fact| is_believable(fact, &mut reasons))
        .collect();
    let kind = question
        .basis
        .iter()
        .copied()
        .find(|kind| facts.iter().any(|fact| fact.kind == *kind));
    let recorded = kind.map_or_else(DateRange::default, |kind| recorded_range(kind, &facts));
    reasons.push(kind.map_or(Reason::NoBasis, |kind| {
        let source = facts.iter().find(|f| f.kind == kind);
        Reason::BasisIs(kind, source.and_then(|f| f.source.clone()))
    }));
    let mut range = recorded;
    for (limit, source) in limits(kind, &facts, question.bounds) {
        if tightens(range, limit) {
            reasons.extend(limit.earliest.map(|d| Reason::NotBefore(d, source.clone())));
            reasons.extend(limit.latest.map(|d| Reason::NotAfter(d, source.clone())));
        }
        if !range.is_empty() && range.intersect(limit).is_empty() {
            reasons.push(Reason::Contradiction(source));
        }
        range = range.intersect(limit);
    }
    if range.is_empty() {
        return conflict(kind, recorded, reasons);
    }
    let due = range.map(|day| add_months(day, question.max_age.0));
    let (verdict, reason) = verdict(due, question.as_of);
    reasons.push(reason);
    let nothing = kind.is_none() && range == DateRange::default();
    AgeAnswer {
        verdict,
        basis: (!nothing).then_some(Basis {
            kind,
            earliest: range.earliest,
            latest: range.latest,
        }),
        due,
        first_day_over: due.map(next_day),
        reasons,
    }
}

/// `over` if the latest anniversary is past, `within` if the earliest is not.
fn verdict(due: DateRange, as_of: Date) -> (AgeVerdict, Reason) {
    match (due.earliest, due.latest) {
        (_, Some(latest)) if latest.0 < as_of => (AgeVerdict::Over, Reason::PastDue(latest)),
        (Some(earliest), _) if earliest.0 >= as_of => {
            (AgeVerdict::Within, Reason::NotDue(earliest))
        }
        (Some(a), Some(b)) => (AgeVerdict::Uncertain, Reason::Straddles(a, b)),
        _ => (AgeVerdict::Unknown, Reason::OpenEnd),
    }
}

fn conflict(kind: Option<DateKind>, recorded: DateRange, mut reasons: Vec<Reason>) -> AgeAnswer {
    let explained = reasons
        .iter()
        .any(|r| matches!(r, Reason::Contradiction(_)));
    if !explained {
        let what = kind.map_or("the evidence", |_| "dates of the same kind");
        reasons.push(Reason::Contradiction(what.to_owned()));
    }
    AgeAnswer {
        verdict: AgeVerdict::Conflict,
        basis: Some(Basis {
            kind,
            earliest: recorded.earliest,
            latest: recorded.latest,
        }),
        due: DateRange::default(),
        first_day_over: DateRange::default(),
        reasons,
    }
}

/// Systems that must write a date and know none write the first day of their calendar.
fn is_believable(fact: &DatedFact, reasons: &mut Vec<Reason>) -> bool {
    let day = fact
        .when
        .earliest
        .filter(|_| fact.when.earliest == fact.when.latest);
    let placeholder =
        day.filter(|d| (d.0.month(), d.0.day()) == (1, 1) && [1900, 1970].contains(&d.0.year()));
    reasons.extend(placeholder.map(|day| Reason::Placeholder(fact.kind, day)));
    placeholder.is_none()
}

fn recorded_range(kind: DateKind, facts: &[&DatedFact]) -> DateRange {
    facts
        .iter()
        .filter(|fact| fact.kind == kind)
        .fold(DateRange::default(), |range, fact| {
            range.intersect(fact.when)
        })
}

/// What limits the basis from outside, each with its source.
fn limits(
    kind: Option<DateKind>,
    facts: &[&DatedFact],
    bounds: &[Bound],
) -> Vec<(DateRange, String)> {
    let made = facts
        .iter()
        .filter(|fact| fact.kind == DateKind::Manufactured && kind != Some(DateKind::Manufactured))
        .map(|fact| {
            let when = DateRange {
                earliest: fact.when.earliest,
                latest: None,
            };
            let source = fact.source.as_ref().map_or_else(
                || "day of manufacture".to_owned(),
                |s| format!("day of manufacture, {s}"),
            );
            (when, source)
        });
    let bounds = bounds.iter().map(|bound| {
        let source = bound.source.clone();
        (bound.when, source.unwrap_or_else(|| "evidence".to_owned()))
    });
    made.chain(bounds).collect()
}

fn tightens(range: DateRange, limit: DateRange) -> bool {
    range.intersect(limit) != range
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BasisIs(kind, None) => write!(f, "the date that counts is {kind}"),
            Self::BasisIs(kind, Some(source)) => {
                write!(f, "the date that counts is {kind} ({source})")
            }
            Self::NoBasis => f.write_str("no date that the policy accepts is recorded"),
            Self::Placeholder(kind, day) => {
                write!(
                    f,
                    "{kind} {} is what systems write for an unknown date",
                    day.0
                )
            }
            Self::NotBefore(day, source) => write!(f, "not before {} ({source})", day.0),
            Self::NotAfter(day, source) => write!(f, "not after {} ({source})", day.0),
            Self::Contradiction(what) => write!(f, "contradicted by {what}"),
            Self::PastDue(day) => write!(f, "due on {} at the latest", day.0),
            Self::NotDue(day) => write!(f, "due on {} at the earliest", day.0),
            Self::Straddles(a, b) => write!(f, "due between {} and {}", a.0, b.0),
            Self::OpenEnd => f.write_str("the end that would decide is not known"),
        }
    }
}

#[cfg(test)]
mod tests;
