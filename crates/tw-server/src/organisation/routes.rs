//! Routes of organisation, units and people.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::view;
use crate::http::{
    call::{Call, Outcome},
    list::{Wanted, page},
    refusal::Refusal,
    route::{Route, bind},
};
use tw_api::{Json, Organisation, Page, Person, Unit, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::OrganisationGet, _, _>(organisation),
        bind::<e::UnitList, _, _>(units),
        bind::<e::UnitGet, _, _>(unit),
        bind::<e::PersonList, _, _>(people),
        bind::<e::PersonGet, _, _>(person),
    ]
}

async fn organisation(call: Call<e::OrganisationGet>) -> Outcome<Json<Organisation>> {
    Ok(Json(view::organisation(&call.app.world(), &call.caller)).into())
}

async fn units(call: Call<e::UnitList>) -> Outcome<Json<Page<Unit>>> {
    let world = call.app.world();
    let counts = view::counts_by_unit(&world);
    let visible = world
        .register
        .units
        .values()
        .filter(|unit| call.caller.sees_unit(&world.register, &unit.id))
        .map(|unit| view::unit(&world, unit, &counts))
        .collect();
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(visible, |unit: &Unit| unit.id.clone(), wanted)?).into())
}

async fn unit(call: Call<e::UnitGet>) -> Outcome<Json<Unit>> {
    let world = call.app.world();
    let unit = world.register.units.get(call.id());
    let unit = unit.ok_or_else(|| Refusal::not_found("unit", call.id()))?;
    Ok(Json(view::unit(&world, unit, &view::counts_by_unit(&world))).into())
}

async fn people(call: Call<e::PersonList>) -> Outcome<Json<Page<Person>>> {
    let world = call.app.world();
    let assets = view::assets_by_person(&world);
    let visible = world
        .register
        .people
        .values()
        .filter(|person| call.caller.sees_unit(&world.register, &person.unit))
        .map(|person| view::person(&world, person, &assets))
        .collect();
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(visible, |person: &Person| person.id.clone(), wanted)?).into())
}

async fn person(call: Call<e::PersonGet>) -> Outcome<Json<Person>> {
    let world = call.app.world();
    let person = world.register.people.get(call.id());
    let person = person.ok_or_else(|| Refusal::not_found("person", call.id()))?;
    Ok(Json(view::person(
        &world,
        person,
        &view::assets_by_person(&world),
    ))
    .into())
}
