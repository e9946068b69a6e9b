//! The age of one asset of the register under the policy of its class.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** decide what a date means; that
//! is [`crate::judge`].

use crate::{
    age::{AgeAnswer, AgeQuestion, AgeVerdict, Bound, DatedFact, judge},
    waiver::Waiver,
};
use jiff::civil::Date;
use tw_model::{AgePolicy, Asset, DateKind};

/// Which date counts when a policy says nothing: the first of these that is known.
pub const DEFAULT_BASIS: &[DateKind] = &[
    DateKind::FirstInService,
    DateKind::Accepted,
    DateKind::Purchased,
    DateKind::Received,
    DateKind::WarrantyStart,
    DateKind::Manufactured,
];

/// An asset's age and whether a waiver covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetAge {
    /// The verdict with what it stands on.
    pub answer: AgeAnswer,
    /// Too old, and a waiver in force says that it may stay.
    pub waived: bool,
}

/// Judges an asset on the day `as_of`, with evidence from outside the register in `bounds`.
pub fn asset_age(
    asset: &Asset,
    policy: &AgePolicy,
    bounds: &[Bound],
    waivers: &[Waiver],
    as_of: Date,
) -> AssetAge {
    let dates: Vec<DatedFact> = asset
        .dates
        .iter()
        .map(|(kind, recorded)| DatedFact {
            kind: *kind,
            when: recorded.date.into(),
            source: recorded.source.clone(),
        })
        .collect();
    let own = policy.basis(asset.class);
    let answer = judge(&AgeQuestion {
        as_of,
        max_age: policy.rule(asset.class).max_age,
        basis: if own.is_empty() { DEFAULT_BASIS } else { own },
        dates: &dates,
        bounds,
    });
    let covered = waivers
        .iter()
        .any(|w| w.covers(&asset.tag) && w.is_in_force(as_of));
    AssetAge {
        waived: covered && answer.verdict == AgeVerdict::Over,
        answer,
    }
}
