//! The people of the roster with the verdict on their primary computers.
//!
//! **Room:** layer 2, pure. **May use:** `tw-lifecycle`, `tw-model`. **Must not:** do I/O.

use crate::{plan::making, world::World};
use jiff::civil::Date;
use std::collections::BTreeMap;
use tw_lifecycle::{AgeVerdict, PersonVerdict, person_verdict};
use tw_model::Person;
use tw_units::{AssetTag, UnitId};

/// A person with what was found.
pub(crate) struct Row<'a> {
    pub(crate) person: &'a Person,
    pub(crate) unit: &'a UnitId,
    pub(crate) verdict: PersonVerdict,
    pub(crate) computers: Vec<(&'a AssetTag, AgeVerdict)>,
}

/// Everybody on the roster, by staff code.
pub(crate) fn rows(world: &World, as_of: Date) -> Vec<Row<'_>> {
    let register = &world.register;
    let mut computers: BTreeMap<&str, Vec<(&AssetTag, AgeVerdict)>> = BTreeMap::new();
    let per_person = |class| {
        let policy = register.age_policy.as_ref();
        policy.is_some_and(|policy| policy.rule(class).per_person)
    };
    let counted = register
        .assets
        .values()
        .filter(|asset| asset.primary && asset.status.in_scope() && per_person(asset.class));
    for asset in counted {
        if let Some(person) = &asset.custodian {
            let verdict = making::verdict(world, asset, as_of);
            let own = computers.entry(person.as_str()).or_default();
            own.push((&asset.tag, verdict));
        }
    }
    let people = register.people.values().filter(|person| person.active);
    let row = |person: &'_ Person| {
        let computers = computers.get(person.id.as_str()).cloned();
        let computers = computers.unwrap_or_default();
        let verdicts: Vec<AgeVerdict> = computers.iter().map(|(_, v)| *v).collect();
        (person_verdict(&verdicts), computers)
    };
    people
        .map(|person| {
            let (verdict, computers) = row(person);
            Row {
                person,
                unit: &person.unit,
                verdict,
                computers,
            }
        })
        .collect()
}

/// The word of a verdict.
pub(crate) const fn word(verdict: PersonVerdict) -> &'static str {
    match verdict {
        PersonVerdict::Compliant => "compliant",
        PersonVerdict::Over => "over",
        PersonVerdict::Unknown => "unknown",
        PersonVerdict::WithoutComputer => "without_computer",
    }
}
