//! Organisation, units and people as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-model`. **Must not:** do I/O.

use crate::{
    access::caller::Caller,
    world::{World, local},
};
use std::collections::BTreeMap;
use tw_api::{
    LocalText, Organisation, OrganisationSpec, OrganisationStatus, Person, PersonSpec,
    PersonStatus, Unit, UnitSpec, UnitStatus,
};
use tw_model::Kind;

/// The organisation, counted within the caller's scope.
pub(crate) fn organisation(world: &World, caller: &Caller) -> Organisation {
    let register = &world.register;
    let count = |n: usize| n as u64;
    let sees = |site| caller.sees_site(site);
    let status = OrganisationStatus {
        sites: count(register.sites.keys().filter(|id| sees(id)).count()),
        units: count(
            register
                .units
                .keys()
                .filter(|id| caller.sees_unit(register, id))
                .count(),
        ),
        people: count(
            register
                .people
                .values()
                .filter(|p| caller.sees_unit(register, &p.unit))
                .count(),
        ),
        devices: count(register.devices.values().filter(|d| sees(&d.site)).count()),
        circuits: count(
            register
                .circuits
                .values()
                .filter(|c| world.sites_of_circuit(c).into_iter().flatten().any(sees))
                .count(),
        ),
        assets: count(
            register
                .assets
                .values()
                .filter(|a| caller.sees(register, world.site_of_asset(a), a.unit.as_ref()))
                .count(),
        ),
        simulated: world.simulated(),
    };
    let (id, name) = register.organisation.as_ref().map_or_else(
        || ("organisation".to_owned(), LocalText::default()),
        |organisation| (organisation.id.clone(), local(&organisation.name)),
    );
    Organisation {
        version: world.revision,
        spec: OrganisationSpec {
            name,
            timezone: world.timezone().to_owned(),
        },
        id,
        status,
    }
}

/// How many people and assets each unit has.
pub(crate) fn counts_by_unit(world: &World) -> BTreeMap<&str, UnitStatus> {
    let mut counts: BTreeMap<&str, UnitStatus> = BTreeMap::new();
    let none = UnitStatus {
        people: 0,
        assets: 0,
    };
    for person in world
        .register
        .people
        .values()
        .filter(|person| person.active)
    {
        counts.entry(person.unit.as_str()).or_insert(none).people += 1;
    }
    for unit in world
        .register
        .assets
        .values()
        .filter_map(|asset| asset.unit.as_ref())
    {
        counts.entry(unit.as_str()).or_insert(none).assets += 1;
    }
    counts
}

/// A unit.
pub(crate) fn unit(
    world: &World,
    unit: &tw_model::Unit,
    counts: &BTreeMap<&str, UnitStatus>,
) -> Unit {
    Unit {
        id: unit.id.to_string(),
        spec: UnitSpec {
            name: local(&unit.name),
            parent: unit.parent.as_ref().map(ToString::to_string),
            site: unit.site.as_ref().map(ToString::to_string),
        },
        status: counts.get(unit.id.as_str()).copied().unwrap_or(UnitStatus {
            people: 0,
            assets: 0,
        }),
        version: world.version(Kind::Unit, unit.id.as_str()),
    }
}

/// How many assets each person has.
pub(crate) fn assets_by_person(world: &World) -> BTreeMap<&str, u64> {
    let mut counts = BTreeMap::new();
    for person in world
        .register
        .assets
        .values()
        .filter_map(|asset| asset.custodian.as_ref())
    {
        *counts.entry(person.as_str()).or_insert(0) += 1;
    }
    counts
}

/// A person.
pub(crate) fn person(
    world: &World,
    person: &tw_model::Person,
    assets: &BTreeMap<&str, u64>,
) -> Person {
    let site = world
        .register
        .units
        .get(&person.unit)
        .and_then(|unit| unit.site.as_ref());
    Person {
        id: person.id.to_string(),
        spec: PersonSpec {
            name: person.name.clone(),
            unit: Some(person.unit.to_string()),
            site: site.map(ToString::to_string),
            active: person.active,
        },
        status: PersonStatus {
            assets: assets.get(person.id.as_str()).copied().unwrap_or(0),
        },
        version: world.version(Kind::Person, person.id.as_str()),
    }
}
