//! Counting: disjoint buckets that sum to the scope, and compliance by person.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** drop an asset or a person
//! from the denominator because a date is missing.

use crate::age::AgeVerdict;
use serde::Serialize;
use tw_model::AssetStatus;

/// How many assets are in each bucket. The buckets are disjoint and sum to `in_scope`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AgeCount {
    /// Assets that the rule counts.
    pub in_scope: usize,
    /// Known to be young enough: the only numerator of compliance.
    pub within: usize,
    /// Known to be too old, without a waiver.
    pub over: usize,
    /// Known to be too old, with a waiver in force.
    pub waived: usize,
    /// Both ends known, on either side of the limit.
    pub uncertain: usize,
    /// A needed date is not known.
    pub unknown: usize,
    /// The evidence contradicts itself.
    pub conflict: usize,
    /// Of those in scope: spares.
    pub in_stock: usize,
    /// Of those in scope: out of use, not yet disposed of.
    pub retired: usize,
    /// Wanted, ordered or gone: not counted.
    pub out_of_scope: usize,
}

/// Counts assets by status and verdict; the flag says that a waiver covers it.
pub fn count_ages(assets: impl IntoIterator<Item = (AssetStatus, AgeVerdict, bool)>) -> AgeCount {
    let mut count = AgeCount::default();
    for (status, verdict, waived) in assets {
        if !status.in_scope() {
            count.out_of_scope += 1;
            continue;
        }
        count.in_scope += 1;
        count.in_stock += usize::from(status == AssetStatus::InStock);
        count.retired += usize::from(status == AssetStatus::Retired);
        match verdict {
            AgeVerdict::Within => count.within += 1,
            AgeVerdict::Over if waived => count.waived += 1,
            AgeVerdict::Over => count.over += 1,
            AgeVerdict::Uncertain => count.uncertain += 1,
            AgeVerdict::Unknown => count.unknown += 1,
            AgeVerdict::Conflict => count.conflict += 1,
        }
    }
    count
}

/// Whether a person has a primary computer that is young enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonVerdict {
    /// At least one is within.
    Compliant,
    /// None is within, and of at least one it is not known.
    Unknown,
    /// All are too old.
    Over,
    /// There is none.
    WithoutComputer,
}

/// How many people are in each bucket; they are disjoint and sum to `staff`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StaffCount {
    /// People on the roster.
    pub staff: usize,
    /// With a primary computer that is young enough.
    pub compliant: usize,
    /// It cannot be told.
    pub unknown: usize,
    /// Only with too old ones.
    pub over: usize,
    /// Without any.
    pub without_computer: usize,
}

/// The verdict on a person from those on their primary computers.
pub fn person_verdict(primary_computers: &[AgeVerdict]) -> PersonVerdict {
    let any = |wanted: fn(&AgeVerdict) -> bool| primary_computers.iter().any(wanted);
    if any(|v| *v == AgeVerdict::Within) {
        PersonVerdict::Compliant
    } else if any(|v| *v != AgeVerdict::Over) {
        PersonVerdict::Unknown
    } else if primary_computers.is_empty() {
        PersonVerdict::WithoutComputer
    } else {
        PersonVerdict::Over
    }
}

/// Counts people; give it everyone, or the people of a unit or of a named group.
pub fn count_staff(people: impl IntoIterator<Item = PersonVerdict>) -> StaffCount {
    let mut count = StaffCount::default();
    for verdict in people {
        count.staff += 1;
        match verdict {
            PersonVerdict::Compliant => count.compliant += 1,
            PersonVerdict::Unknown => count.unknown += 1,
            PersonVerdict::Over => count.over += 1,
            PersonVerdict::WithoutComputer => count.without_computer += 1,
        }
    }
    count
}

impl AgeCount {
    /// The line that an inspector reads first: everything beside the numerator, and of how many.
    pub fn headline(&self) -> String {
        format!(
            "{} within, {} over ({} waived), {} uncertain, {} unknown, {} in conflict, of {}",
            self.within,
            self.over_in_all(),
            self.waived,
            self.uncertain,
            self.unknown,
            self.conflict,
            self.in_scope
        )
    }

    /// Everything known to be too old, waived or not.
    pub const fn over_in_all(&self) -> usize {
        self.over + self.waived
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AgeQuestion, DEFAULT_BASIS, DateRange, DatedFact, judge};
    use proptest::prelude::*;
    use tw_model::Months;

    #[track_caller]
    fn check(computers: &[AgeVerdict], expect: PersonVerdict) {
        assert_eq!(person_verdict(computers), expect);
    }

    #[test]
    fn a_person_needs_one_computer_that_is_known_to_be_young_enough() {
        check(&[], PersonVerdict::WithoutComputer);
        check(&[AgeVerdict::Over], PersonVerdict::Over);
        check(
            &[AgeVerdict::Over, AgeVerdict::Within],
            PersonVerdict::Compliant,
        );
        check(
            &[AgeVerdict::Over, AgeVerdict::Unknown],
            PersonVerdict::Unknown,
        );
        check(&[AgeVerdict::Conflict], PersonVerdict::Unknown);
    }

    #[test]
    fn a_waived_asset_stays_over_and_in_the_denominator() {
        let count = count_ages([
            (AssetStatus::Deployed, AgeVerdict::Over, true),
            (AssetStatus::Deployed, AgeVerdict::Over, false),
            (AssetStatus::InStock, AgeVerdict::Within, false),
            (AssetStatus::Disposed, AgeVerdict::Over, false),
        ]);
        assert_eq!(
            (count.in_scope, count.over_in_all(), count.waived),
            (3, 2, 1)
        );
        assert_eq!(
            (count.within, count.in_stock, count.out_of_scope),
            (1, 1, 1)
        );
    }

    fn asset() -> impl Strategy<Value = (AssetStatus, Vec<DatedFact>, bool)> {
        let status = prop::sample::select(vec![
            AssetStatus::Planned,
            AssetStatus::InStock,
            AssetStatus::Deployed,
            AssetStatus::Retired,
            AssetStatus::Lost,
            AssetStatus::Disposed,
        ]);
        let kind = prop::sample::select(DEFAULT_BASIS.to_vec());
        let fact = (kind, 2010_i16..2026, 0_i16..4).prop_map(|(kind, year, width)| {
            let day = |y| jiff::civil::date(y, 6, 1);
            DatedFact {
                kind,
                when: DateRange::closed(day(year), day(year + width)),
                source: None,
            }
        });
        (status, proptest::collection::vec(fact, 0..4), any::<bool>())
    }

    proptest! {
        #[test]
        fn buckets_are_disjoint_and_sum_to_the_scope(
            assets in proptest::collection::vec(asset(), 0..40), year in 2008_i16..2035,
        ) {
            let total = assets.len();
            let count = count_ages(assets.iter().map(|(status, dates, waived)| {
                let verdict = judge(&AgeQuestion {
                    as_of: jiff::civil::date(year, 3, 1),
                    max_age: Months(60),
                    basis: DEFAULT_BASIS,
                    dates,
                    bounds: &[],
                })
                .verdict;
                (*status, verdict, *waived)
            }));
            let buckets = count.within + count.over + count.waived + count.uncertain
                + count.unknown + count.conflict;
            prop_assert_eq!(buckets, count.in_scope);
            prop_assert_eq!(count.in_scope + count.out_of_scope, total);
        }
    }
}
