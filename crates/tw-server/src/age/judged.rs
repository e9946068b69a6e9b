//! The verdicts on all assets of one register on one day, worked out once.
//!
//! **Room:** layer 2, pure but for the memory of the last days. **May use:** `tw-lifecycle`,
//! `tw-model`. **Must not:** outlive a change of what they stand on.

use crate::world::World;
use jiff::civil::Date;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tw_api::AgeVerdict;
use tw_lifecycle::{
    AssetAge, AssetQuestion, Basis, DateRange, DatedFact, asset_age, serial_evidence,
};
use tw_model::{AgePolicy, Asset, Catalogue, CowMap, Model, Waiver};
use tw_units::{AssetTag, ModelId, WaiverId};

/// So many days and revisions are kept; older ones are worked out again.
const DAYS_KEPT_MAX: usize = 4;

/// The verdict on one asset, without its reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    ground: Ground,
    assets: CowMap<AssetTag, Asset>,
    rows: Vec<Option<Judged>>,
}

/// What a verdict stands on besides the asset, the day and what was seen.
#[derive(Debug, PartialEq, Eq)]
struct Ground {
    policy: Option<AgePolicy>,
    waivers: BTreeMap<WaiverId, Waiver>,
    catalogue: Catalogue,
    models: BTreeMap<ModelId, Model>,
}

impl Ground {
    fn of(world: &World) -> Self {
        let register = &world.register;
        Self {
            policy: register.age_policy.clone(),
            waivers: register.waivers.clone(),
            catalogue: world.catalogue().clone(),
            models: register.models.clone(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    revision: u64,
    evidence: u64,
    as_of: Date,
    today: Date,
}

impl Key {
    /// Whether this is the same question about another register.
    fn is_as(&self, other: &Self) -> bool {
        let question = |key: &Self| (key.evidence, key.as_of, key.today);
        question(self) == question(other)
    }
}

impl Ages {
    /// Judges all assets. Of an earlier answer to the same question the verdicts on assets that
    /// stayed are taken over, when everything else that they stand on stayed, too.
    fn new(world: &World, key: Key, earlier: Option<&Self>) -> Self {
        let ground = Ground::of(world);
        let judge = Judge::new(world, (key.as_of, key.today));
        let assets = world.register.assets.clone();
        let earlier = earlier.filter(|ages| ages.key.is_as(&key) && ages.ground == ground);
        let rows = earlier.into_iter().flat_map(|ages| &ages.rows);
        let known = earlier.into_iter().flat_map(|ages| ages.assets.values());
        let mut known = known.zip(rows).peekable();
        let rows = assets.values().map(|asset| {
            // Both are in the order of the tags.
            while known.next_if(|(old, _)| old.tag < asset.tag).is_some() {}
            match known.peek() {
                Some((old, row)) if std::ptr::eq(*old, asset) || *old == asset => **row,
                _ => judge.judged(asset),
            }
        });
        Self {
            rows: rows.collect(),
            key,
            ground,
            assets,
        }
    }

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
        let earlier = self
            .lock()
            .iter()
            .find(|ages| ages.key.is_as(&key))
            .cloned();
        let ages = Arc::new(Ages::new(world, key, earlier.as_deref()));
        let mut kept = self.lock();
        // Nobody asks for the answer about an earlier register again.
        kept.retain(|ages| !ages.key.is_as(&key));
        kept.truncate(DAYS_KEPT_MAX - 1);
        kept.push_front(Arc::clone(&ages));
        ages
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Ages>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, key: Key) -> Option<Arc<Ages>> {
        let mut kept = self.lock();
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

#[cfg(test)]
mod tests;
