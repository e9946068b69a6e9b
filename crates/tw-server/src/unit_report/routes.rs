//! Routes of the report of units.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::actions;
use crate::{
    http::{
        call::{Call, Outcome},
        route::{Route, bind},
    },
    plan::routes::day,
};
use tw_api::{Json, UnitReport, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![bind::<e::UnitReportGet, _, _>(report)]
}

async fn report(call: Call<e::UnitReportGet>) -> Outcome<Json<UnitReport>> {
    let world = call.app.world();
    let as_of = day(&call.app, &world, call.query.as_of.as_deref())?;
    Ok(Json(actions::report(&world, &call.caller, as_of)).into())
}
