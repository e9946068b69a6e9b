//! One asset of the register under the policy of its class: both clocks, its parts, its waiver.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** decide what a date means; that
//! is [`crate::judge`].

use crate::{
    age::{AgeAnswer, AgeQuestion, AgeVerdict, Bound, DatedFact, judge},
    evidence::{Confidence, Guard, decode_evidence},
    obsolescence::{EndOf, Obsolescence, obsolescence, technology_dates, worst},
    range::{DateRange, add_months},
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use tw_model::{
    AgePolicy, Asset, Binding, Component, DateKind, EndDate, Model, Months, RecordedDate, Waiver,
};
use tw_units::WaiverId;

/// Which date counts when a policy says nothing: the first of these that is known.
pub const DEFAULT_BASIS: &[DateKind] = &[
    DateKind::FirstInService,
    DateKind::Accepted,
    DateKind::Purchased,
    DateKind::Received,
    DateKind::WarrantyStart,
    DateKind::Manufactured,
];

/// Technology so many months older than the use is old stock.
const OLD_STOCK_MONTHS: u16 = 12;

/// What is asked about one asset.
#[derive(Clone, Copy, Debug)]
pub struct AssetQuestion<'a> {
    /// The asset.
    pub asset: &'a Asset,
    /// Its model in the catalogue.
    pub model: Option<&'a Model>,
    /// The rules.
    pub policy: &'a AgePolicy,
    /// Waivers, also of other assets.
    pub waivers: &'a [&'a Waiver],
    /// Dates from outside the register, as [`serial_evidence`].
    pub evidence: &'a [DatedFact],
    /// Other evidence from outside the register.
    pub bounds: &'a [Bound],
    /// The day on which it is asked.
    pub as_of: Date,
}

/// Why an asset must go by a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The years of the rule are over.
    Age,
    /// The years of its technology are over.
    Technology,
    /// The vendor's end.
    Vendor(EndDate),
}

/// One end of an asset's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Why.
    pub reason: EndReason,
    /// The last good day.
    pub when: DateRange,
}

/// The age of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentAge {
    /// The part's name.
    pub name: String,
    /// What the policy allows it.
    pub max_age: Months,
    /// The verdict.
    pub answer: AgeAnswer,
}

/// An asset under both clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetAge {
    /// The verdict of the clock that binds the class.
    pub verdict: AgeVerdict,
    /// Which clock that is.
    pub binds: Binding,
    /// The age clock.
    pub answer: AgeAnswer,
    /// The obsolescence clock; none when the policy asks nothing of it.
    pub obsolescence: Option<Obsolescence>,
    /// Too old, and this waiver in force says that it may stay.
    pub waiver: Option<WaiverId>,
    /// Too old, and a waiver covers it.
    pub waived: bool,
    /// By when it must be replaced: the first of its ends.
    pub replace_by: DateRange,
    /// All its ends, with their reasons.
    pub ends: Vec<End>,
    /// Its technology is more than a year older than its use.
    pub old_stock: bool,
    /// Parts that age apart.
    pub components: Vec<ComponentAge>,
}

/// Judges an asset by both clocks.
pub fn asset_age(question: &AssetQuestion<'_>) -> AssetAge {
    let &AssetQuestion {
        asset,
        model,
        policy,
        as_of,
        ..
    } = question;
    let rule = policy.rule(asset.class);
    let dates: Vec<DatedFact> = facts(&asset.dates)
        .chain(question.evidence.iter().cloned())
        .collect();
    let released = model.and_then(|model| model.released);
    let bounds: Vec<Bound> = released
        .map(|released| Bound {
            when: DateRange {
                latest: None,
                ..released.into()
            },
            source: Some("the model's release".to_owned()),
        })
        .into_iter()
        .chain(question.bounds.iter().cloned())
        .collect();
    let own = policy.basis(asset.class);
    let answer = judge(&AgeQuestion {
        as_of,
        max_age: rule.max_age,
        basis: if own.is_empty() { DEFAULT_BASIS } else { own },
        dates: &dates,
        bounds: &bounds,
    });
    let made: Vec<DatedFact> = dates
        .iter()
        .filter(|fact| fact.kind == DateKind::Manufactured)
        .cloned()
        .collect();
    let second = obsolescence(rule, model, &made, as_of);
    let binds = policy.binds(asset.class);
    let obsolete = second.as_ref().map(|second| second.verdict);
    let verdict = match binds {
        Binding::Age => answer.verdict,
        Binding::Obsolescence => obsolete.unwrap_or(AgeVerdict::Unknown),
        Binding::Either => {
            worst(obsolete.into_iter().chain([answer.verdict])).unwrap_or(AgeVerdict::Unknown)
        }
    };
    let waiver = (verdict == AgeVerdict::Over)
        .then(|| covering(question))
        .flatten();
    let ends = ends(&answer, second.as_ref(), (rule.also.as_slice(), model));
    AssetAge {
        verdict,
        binds,
        waived: waiver.is_some(),
        waiver,
        replace_by: first_of(&ends),
        ends,
        old_stock: is_old_stock(&answer, &technology_dates(model, &made)),
        components: asset
            .components
            .iter()
            .filter_map(|part| component(policy, asset, part, as_of))
            .collect(),
        answer,
        obsolescence: second,
    }
}

/// What the serial number says of the day of manufacture, if a maker's rule that is known to be
/// right reads exactly one stretch of time. `today` is the day of asking, not `as_of`: evidence
/// does not come and go with the day that a report is about.
pub fn serial_evidence(asset: &Asset, model: Option<&Model>, today: Date) -> Option<DatedFact> {
    let guard = Guard {
        today,
        released: model
            .and_then(|m| m.released)
            .map(tw_model::PartialDate::earliest),
        end_of_sale: model
            .and_then(|m| m.end_of_sale)
            .map(tw_model::PartialDate::latest),
    };
    let maker = asset.manufacturer.as_deref()?;
    let decoded = decode_evidence(maker, asset.serial.as_deref()?, &guard)?;
    let [only] = decoded.candidates.as_slice() else {
        return None;
    };
    (only.confidence == Confidence::High).then(|| DatedFact {
        kind: DateKind::Manufactured,
        when: DateRange {
            earliest: Some(only.earliest),
            latest: Some(only.latest),
        },
        source: Some(format!("serial number, {}", only.decoder)),
    })
}

fn facts(dates: &BTreeMap<DateKind, RecordedDate>) -> impl Iterator<Item = DatedFact> {
    dates.iter().map(|(kind, recorded)| DatedFact {
        kind: *kind,
        when: recorded.date.into(),
        source: recorded.source.clone(),
    })
}

fn covering(question: &AssetQuestion<'_>) -> Option<WaiverId> {
    let mut waivers = question.waivers.iter();
    let found = waivers.find(|w| w.covers(&question.asset.tag) && w.is_in_force(question.as_of))?;
    Some(found.id.clone())
}

fn component(
    policy: &AgePolicy,
    asset: &Asset,
    part: &Component,
    as_of: Date,
) -> Option<ComponentAge> {
    let rule = policy
        .rule(asset.class)
        .components
        .get(tw_model::Word::as_str(part.kind))?;
    let dates: Vec<DatedFact> = facts(&part.dates).collect();
    let fallback = [DateKind::Installed, DateKind::Manufactured];
    let basis = if rule.basis.is_empty() {
        &fallback
    } else {
        rule.basis.as_slice()
    };
    let answer = judge(&AgeQuestion {
        as_of,
        max_age: rule.max_age,
        basis,
        dates: &dates,
        bounds: &[],
    });
    Some(ComponentAge {
        name: part.name.clone(),
        max_age: rule.max_age,
        answer,
    })
}

fn ends(
    answer: &AgeAnswer,
    second: Option<&Obsolescence>,
    (also, model): (&[EndDate], Option<&Model>),
) -> Vec<End> {
    let mut ends = vec![End {
        reason: EndReason::Age,
        when: answer.due,
    }];
    ends.extend(
        second
            .and_then(|second| second.technology.as_ref())
            .map(|technology| End {
                reason: EndReason::Technology,
                when: technology.due,
            }),
    );
    let vendor = |end: &EndDate| {
        Some(End {
            reason: EndReason::Vendor(*end),
            when: model?.end(*end)?.into(),
        })
    };
    ends.extend(also.iter().filter_map(vendor));
    ends
}

/// The first of several days of which each is known only within bounds.
fn first_of(ends: &[End]) -> DateRange {
    let all_known = ends.iter().all(|end| end.when.earliest.is_some());
    DateRange {
        earliest: ends
            .iter()
            .filter_map(|end| end.when.earliest)
            .min()
            .filter(|_| all_known),
        latest: ends.iter().filter_map(|end| end.when.latest).min(),
    }
}

fn is_old_stock(answer: &AgeAnswer, technology: &[DatedFact]) -> bool {
    let used = answer.basis.and_then(|basis| basis.earliest);
    let made = technology.iter().filter_map(|fact| fact.when.latest).max();
    matches!((used, made), (Some(used), Some(made))
        if add_months(made.0, OLD_STOCK_MONTHS) < used.0)
}

#[cfg(test)]
mod tests;
