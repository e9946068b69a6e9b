//! Routes of the age report.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{
    actions::{self, Part},
    view,
};
use crate::http::{
    call::{Call, Outcome},
    refusal::Refusal,
    route::{Route, bind},
};
use tw_api::{AgeExplanation, AgeReport, Json, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::AgeReportGet, _, _>(report),
        bind::<e::AssetAgeGet, _, _>(explain),
    ]
}

async fn report(call: Call<e::AgeReportGet>) -> Outcome<Json<AgeReport>> {
    let world = call.app.world();
    let today = actions::today(&world, call.app.now());
    let as_of = actions::as_of(call.query.as_of.as_deref())?.unwrap_or(today);
    let part = Part {
        site: call.query.site.as_deref(),
        unit: call.query.unit.as_deref(),
    };
    let ages = call.app.ages(&world, Some(as_of));
    Ok(Json(actions::report(&world, &call.caller, part, (&ages, as_of))).into())
}

async fn explain(call: Call<e::AssetAgeGet>) -> Outcome<Json<AgeExplanation>> {
    let world = call.app.world();
    let today = actions::today(&world, call.app.now());
    let as_of = actions::as_of(call.query.as_of.as_deref())?.unwrap_or(today);
    let asset = world.register.assets.get(call.id());
    let asset = asset.ok_or_else(|| Refusal::not_found("asset", call.id()))?;
    Ok(Json(view::explanation(&world, asset, (as_of, today))).into())
}
