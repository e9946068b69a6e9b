//! The verdicts on all assets of one register on one day, worked out once.
//!
//! **Room:** layer 2, pure but for the memory of the last days. **May use:** `tw-lifecycle`,
//! `tw-model`. **Must not:** outlive a change of the register: a revision has its own.

use crate::world::World;
use jiff::civil::Date;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};
use tw_api::AgeVerdict;
use tw_lifecycle::{
    AssetAge, AssetQuestion, Basis, DateRange, DatedFact, asset_age, serial_evidence,
};
use tw_model::{AgePolicy, Asset, Waiver};

/// So many days and revisions are kept; older ones are worked out again.
const DAYS_KEPT_MAX: usize = 4;

/// The verdict on one asset, without its reasons.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judged {
    pub(crate) verdict: AgeVerdict,
    pub(crate) basis: Option<Basis>,
    pub(crate) due: DateRange,
    pub(crate) replace_by: DateRange,
    pub(crate) waived: bool,
    pub(crate) by_age: AgeVerdict,
    pub(crate) by_obsolescence: Option<AgeVerdict>,
}

/// The verdicts on all assets, in the order of the register.
#[derive(Debug)]
pub(crate) struct Ages {
    key: Key,
    rows: Vec<Option<Judged>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    revision: u64,
    evidence: u64,
    as_of: Date,
    today: Date,
}

impl Ages {
    /// Every asset with its verdict; none without an age policy.
    pub(crate) fn of<'a>(
        &'a self,
        world: &'a World,
    ) -> impl Iterator<Item = (&'a Asset, Option<&'a Judged>)> {
        let rows = self.rows.iter().map(Option::as_ref);
        world.register.assets.values().zip(rows)
    }
}

/// The days that were asked about last.
#[derive(Debug, Default)]
pub(crate) struct AgeMemory {
    kept: Mutex<VecDeque<Arc<Ages>>>,
}

impl AgeMemory {
    /// The verdicts on the day `as_of`, as known `today`.
    pub(crate) fn ages(&self, world: &World, (as_of, today): (Date, Date)) -> Arc<Ages> {
        let key = Key {
            revision: world.revision,
            evidence: world.evidence().number,
            as_of,
            today,
        };
        if let Some(known) = self.find(key) {
            return known;
        }
        let judge = Judge::new(world, (as_of, today));
        let rows = world.register.assets.values();
        let ages = Arc::new(Ages {
            key,
            rows: rows.map(|asset| judge.judged(asset)).collect(),
        });
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(DAYS_KEPT_MAX - 1);
        kept.push_front(Arc::clone(&ages));
        ages
    }

    fn find(&self, key: Key) -> Option<Arc<Ages>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let index = kept.iter().position(|ages| ages.key == key)?;
        let found = kept.remove(index)?;
        kept.push_front(Arc::clone(&found));
        Some(found)
    }
}

/// What is needed to judge any asset of a register.
pub(crate) struct Judge<'a> {
    world: &'a World,
    policy: Option<&'a AgePolicy>,
    waivers: Vec<&'a Waiver>,
    as_of: Date,
    today: Date,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(world: &'a World, (as_of, today): (Date, Date)) -> Self {
        let in_force = |waiver: &&Waiver| waiver.is_in_force(as_of);
        Self {
            world,
            policy: world.register.age_policy.as_ref(),
            waivers: world.register.waivers.values().filter(in_force).collect(),
            as_of,
            today,
        }
    }

    /// With all reasons; none without an age policy.
    pub(crate) fn age(&self, asset: &Asset) -> Option<AssetAge> {
        let model = self.world.model_of(asset);
        let seen = self.world.evidence().by_asset.get(asset.tag.as_str());
        let evidence: Vec<DatedFact> = serial_evidence(asset, model, self.today)
            .into_iter()
            .chain(seen.into_iter().flatten().cloned())
            .collect();
        Some(asset_age(&AssetQuestion {
            asset,
            model,
            policy: self.policy?,
            waivers: &self.waivers,
            evidence: &evidence,
            bounds: &[],
            as_of: self.as_of,
        }))
    }

    pub(crate) fn judged(&self, asset: &Asset) -> Option<Judged> {
        self.age(asset).map(|age| shortened(asset, &age))
    }
}

/// The verdict as it is counted and listed.
pub(crate) fn shortened(asset: &Asset, age: &AssetAge) -> Judged {
    let counted = asset.status.in_scope();
    Judged {
        verdict: if counted {
            word(age.verdict)
        } else {
            AgeVerdict::OutOfScope
        },
        basis: age.answer.basis,
        due: age.answer.due,
        replace_by: age.replace_by,
        waived: age.waived && counted,
        by_age: word(age.answer.verdict),
        by_obsolescence: age.obsolescence.as_ref().map(|second| word(second.verdict)),
    }
}

/// The verdict as the API says it.
pub(crate) fn word(verdict: tw_lifecycle::AgeVerdict) -> AgeVerdict {
    match verdict {
        tw_lifecycle::AgeVerdict::Over => AgeVerdict::Over,
        tw_lifecycle::AgeVerdict::Within => AgeVerdict::Within,
        tw_lifecycle::AgeVerdict::Uncertain => AgeVerdict::Uncertain,
        tw_lifecycle::AgeVerdict::Unknown => AgeVerdict::Unknown,
        tw_lifecycle::AgeVerdict::Conflict => AgeVerdict::Conflict,
    }
}
