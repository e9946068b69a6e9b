//! Routes of the age report.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::actions::{self, Part};
use crate::http::{
    call::{Call, Outcome},
    refusal::Refusal,
    route::{Route, bind},
};
use tw_api::{AgeReport, Json, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![bind::<e::AgeReportGet, _, _>(report)]
}

async fn report(call: Call<e::AgeReportGet>) -> Outcome<Json<AgeReport>> {
    let world = call.app.world();
    let as_of = match &call.query.as_of {
        None => actions::today(&world, call.app.now()),
        Some(text) => text.parse().map_err(|_| {
            Refusal::bad("bad_parameter", "as_of is a civil day, as 2026-11-22")
                .with("parameter", "as_of")
        })?,
    };
    let part = Part {
        site: call.query.site.as_deref(),
        unit: call.query.unit.as_deref(),
    };
    Ok(Json(actions::report(&world, &call.caller, part, as_of)).into())
}
