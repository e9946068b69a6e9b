//! Routes of the report of units.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{actions, file};
use crate::{
    http::{
        call::{Answer, Call, Outcome},
        files,
        route::{Route, bind},
    },
    plan::routes::day,
};
use tw_api::{FileOr, UnitReport, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![bind::<e::UnitReportGet, _, _>(report)]
}

async fn report(call: Call<e::UnitReportGet>) -> Outcome<FileOr<UnitReport>> {
    let world = call.app.world();
    let as_of = day(&call.app, &world, call.query.as_of.as_deref())?;
    let form = (call.query.format.as_deref(), call.query.lang.as_deref());
    let found = actions::report(&world, &call.caller, as_of);
    files::answer(found, form, file::workbook).map(Answer::from)
}
