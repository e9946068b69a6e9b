//! The second clock: what the vendor still does for a model, and how old its technology is.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** take a missing notice of the
//! vendor for support; what nobody said is unknown.

use crate::{
    age::{AgeAnswer, AgeQuestion, AgeVerdict, DatedFact, judge},
    range::DateRange,
};
use jiff::civil::Date;
use serde::Serialize;
use tw_model::{AgeRule, DateKind, EndDate, Model, PartialDate};

/// One end that the vendor sets, and whether it is past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EndFinding {
    /// Which end.
    pub end: EndDate,
    /// When, if the catalogue of models knows.
    pub when: Option<PartialDate>,
    /// `over` from the day after the last day it can be.
    pub verdict: AgeVerdict,
}

/// The verdict of the second clock with what it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obsolescence {
    /// The worst of its parts; only `over` and `within` are facts.
    pub verdict: AgeVerdict,
    /// The ends that the policy names for the class.
    pub ends: Vec<EndFinding>,
    /// The age of the technology, if the policy limits it.
    pub technology: Option<AgeAnswer>,
}

/// The ends of a model by their names in the policy.
pub trait EndOf {
    /// When this end is; none when nobody wrote it down.
    fn end(&self, end: EndDate) -> Option<PartialDate>;
}

impl EndOf for Model {
    fn end(&self, end: EndDate) -> Option<PartialDate> {
        match end {
            EndDate::EndOfSale => self.end_of_sale,
            EndDate::VendorEndOfSupport => self.end_of_support,
            EndDate::EndOfSecurity => self.end_of_security,
        }
    }
}

/// Judges by the second clock; none when the policy asks nothing of it for the class.
pub(crate) fn obsolescence(
    rule: &AgeRule,
    model: Option<&Model>,
    made: &[DatedFact],
    as_of: Date,
) -> Option<Obsolescence> {
    let ends: Vec<EndFinding> = rule
        .also
        .iter()
        .map(|end| {
            let when = model.and_then(|model| model.end(*end));
            let verdict = when.map_or(AgeVerdict::Unknown, |when| past(when, as_of));
            EndFinding {
                end: *end,
                when,
                verdict,
            }
        })
        .collect();
    let technology = rule.max_technology_age.map(|max_age| {
        let dates = technology_dates(model, made);
        judge(&AgeQuestion {
            as_of,
            max_age,
            basis: &[DateKind::Manufactured],
            dates: &dates,
            bounds: &[],
        })
    });
    let verdicts = ends.iter().map(|end| end.verdict);
    let verdict = worst(verdicts.chain(technology.iter().map(|answer| answer.verdict)))?;
    Some(Obsolescence {
        verdict,
        ends,
        technology,
    })
}

/// Made, or else when the model came to market.
pub(crate) fn technology_dates(model: Option<&Model>, made: &[DatedFact]) -> Vec<DatedFact> {
    if !made.is_empty() {
        return made.to_vec();
    }
    let released = model.and_then(|model| model.released);
    let fact = released.map(|released| DatedFact {
        kind: DateKind::Manufactured,
        when: DateRange::from(released),
        source: Some("the model's release".to_owned()),
    });
    fact.into_iter().collect()
}

/// The last day of support is still supported.
fn past(end: PartialDate, as_of: Date) -> AgeVerdict {
    if end.latest() < as_of {
        AgeVerdict::Over
    } else if end.earliest() >= as_of {
        AgeVerdict::Within
    } else {
        AgeVerdict::Uncertain
    }
}

/// The verdict of several that must all hold: one that is over decides; `within` needs all.
pub(crate) fn worst(verdicts: impl IntoIterator<Item = AgeVerdict>) -> Option<AgeVerdict> {
    let rank = |verdict: &AgeVerdict| match verdict {
        AgeVerdict::Over => 4,
        AgeVerdict::Conflict => 3,
        AgeVerdict::Unknown => 2,
        AgeVerdict::Uncertain => 1,
        AgeVerdict::Within => 0,
    };
    verdicts.into_iter().max_by_key(rank)
}
