//! Routes of contracts.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{actions, file, report};
use crate::{
    access::audit::author,
    age::actions::today,
    http::{
        call::{Answer, Call, Outcome},
        files,
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    plan::routes::day,
};
use tw_api::{ContractReport, EquipmentContract, FileOr, Json, Nothing, Page, endpoints as e};

/// The furthest that the report looks ahead: ten years.
const DAYS_MAX: u32 = 3_660;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::ContractList, _, _>(list),
        bind::<e::ContractGet, _, _>(get),
        bind::<e::ContractPut, _, _>(put),
        bind::<e::ContractDelete, _, _>(delete),
        bind::<e::ContractReportGet, _, _>(get_report),
    ]
}

async fn list(call: Call<e::ContractList>) -> Outcome<FileOr<Page<EquipmentContract>>> {
    let world = call.app.world();
    let as_of = today(&world, call.app.now());
    let query = &call.query;
    let covers = |contract: &tw_model::Contract| {
        let mut tags = contract.assets.iter();
        query
            .asset
            .as_ref()
            .is_none_or(|wanted| tags.any(|tag| tag.as_str() == wanted))
    };
    let contracts = world.register.contracts.values();
    let seen = contracts
        .filter(|c| actions::sees(&world, &call.caller, c) && covers(c))
        .map(|contract| actions::view(&world, &call.caller, contract, as_of))
        .filter(|c| query.kind.as_ref().is_none_or(|kind| *kind == c.spec.kind))
        .filter(|c| {
            query
                .state
                .as_ref()
                .is_none_or(|state| *state == c.status.state)
        });
    let form = (query.format.as_deref(), query.lang.as_deref());
    let wanted = Wanted {
        limit: query.limit,
        cursor: query.cursor.as_deref(),
    };
    let found: Vec<EquipmentContract> = seen.collect();
    // A file has the whole list, a page its part of it.
    let whole = found.clone();
    let page = page(found, |c: &EquipmentContract| c.id.clone(), wanted)?;
    files::answer(page, form, |_, lang| file::list(&whole, lang)).map(Answer::from)
}

async fn get(call: Call<e::ContractGet>) -> Outcome<Json<EquipmentContract>> {
    let world = call.app.world();
    let as_of = today(&world, call.app.now());
    let contract = world.register.contracts.get(call.id());
    let contract = contract.filter(|c| actions::sees(&world, &call.caller, c));
    let contract = contract.ok_or_else(|| Refusal::not_found("contract", call.id()))?;
    Ok(Json(actions::view(&world, &call.caller, contract, as_of)).into())
}

async fn put(call: Call<e::ContractPut>) -> Outcome<Json<EquipmentContract>> {
    let id = call.id().to_owned();
    let Json(edit) = call.body;
    let by = author(&call.caller, &call.facts);
    actions::put(&call.app, (&id, edit), &by).await?;
    let world = call.app.world();
    let as_of = today(&world, call.app.now());
    let contract = world.register.contracts.get(id.as_str());
    let contract = contract.ok_or_else(|| Refusal::not_found("contract", &id))?;
    let view = actions::view(&world, &call.caller, contract, as_of);
    Ok(Answer::from(Json(view)).audited())
}

async fn delete(call: Call<e::ContractDelete>) -> Outcome<Nothing> {
    let by = author(&call.caller, &call.facts);
    actions::remove(&call.app, (call.id(), call.query.version), &by).await?;
    Ok(Answer::from(Nothing).audited())
}

async fn get_report(call: Call<e::ContractReportGet>) -> Outcome<FileOr<ContractReport>> {
    let world = call.app.world();
    let as_of = day(&call.app, &world, call.query.as_of.as_deref())?;
    let days = call.query.days.unwrap_or(90);
    if !(1..=DAYS_MAX).contains(&days) {
        let what = format!("days is 1 to {DAYS_MAX}");
        return Err(Refusal::bad("bad_parameter", what).with("parameter", "days"));
    }
    let form = (call.query.format.as_deref(), call.query.lang.as_deref());
    let found = report::report(&world, &call.caller, (as_of, days));
    files::answer(found, form, file::report).map(Answer::from)
}
