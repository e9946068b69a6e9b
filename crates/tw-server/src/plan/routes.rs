//! Routes of plans and the forecast.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

pub(crate) use super::view::verdict as verdict_view;
use super::{actions, file, forecast, forecast_file, view};
use crate::{
    access::{accounts, audit::author},
    age::actions::today,
    app::App,
    http::{
        call::{Answer, Call, Outcome},
        files,
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    world::World,
};
use jiff::civil::Date;
use tw_api::{
    Created, FileOr, Forecast, Json, Nothing, Page, PlanBrief, PlanResult, PlanWhy,
    ReplacementPlan, endpoints as e,
};
use tw_lifecycle::FORECAST_QUARTERS_MAX;
use tw_store::PlanMove;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::ForecastGet, _, _>(get_forecast),
        bind::<e::PlanPreview, _, _>(preview),
        bind::<e::PlanWhyGet, _, _>(why),
        bind::<e::PlanList, _, _>(list),
        bind::<e::PlanAdd, _, _>(add),
        bind::<e::PlanGet, _, _>(get),
        bind::<e::PlanPut, _, _>(put),
        bind::<e::PlanDelete, _, _>(delete),
        bind::<e::PlanFreeze, _, _>(freeze),
        bind::<e::PlanApprove, _, _>(approve),
        bind::<e::PlanLineTrack, _, _>(track),
    ]
}

/// The day of a query: today without one.
pub(crate) fn day(app: &App, world: &World, text: Option<&str>) -> Result<Date, Refusal> {
    let Some(text) = text else {
        return Ok(today(world, app.now()));
    };
    text.parse().map_err(|_| {
        Refusal::bad("bad_parameter", "as_of is a civil day, as 2026-11-22")
            .with("parameter", "as_of")
    })
}

async fn get_forecast(call: Call<e::ForecastGet>) -> Outcome<FileOr<Forecast>> {
    let world = call.app.world();
    let as_of = day(&call.app, &world, call.query.as_of.as_deref())?;
    let quarters = call.query.quarters.unwrap_or(8);
    if !(1..=FORECAST_QUARTERS_MAX).contains(&quarters) {
        let what = format!("quarters is 1 to {FORECAST_QUARTERS_MAX}");
        return Err(Refusal::bad("bad_parameter", what).with("parameter", "quarters"));
    }
    let found = forecast::forecast(&world, &call.caller, &call.query, (as_of, quarters));
    let form = (call.query.format.as_deref(), call.query.lang.as_deref());
    let workbook = |found: &Forecast, lang| forecast_file::workbook(&world, found, lang);
    files::answer(found, form, workbook).map(Answer::from)
}

async fn preview(call: Call<e::PlanPreview>) -> Outcome<Json<PlanResult>> {
    Ok(Json(actions::preview(&call.app, &call.query).await?).into())
}

async fn why(call: Call<e::PlanWhyGet>) -> Outcome<Json<PlanWhy>> {
    Ok(Json(actions::why(&call.app, &call.query).await?).into())
}

async fn list(call: Call<e::PlanList>) -> Outcome<Json<Page<PlanBrief>>> {
    let plans = call.app.store.plans().await;
    let plans = plans.map_err(|e| accounts::store(&e))?;
    let briefs: Result<Vec<PlanBrief>, _> = plans.into_iter().map(view::brief).collect();
    let briefs = briefs.map_err(|e| Refusal::internal(&e))?;
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(briefs, |plan: &PlanBrief| plan.id.clone(), wanted)?).into())
}

async fn add(call: Call<e::PlanAdd>) -> Outcome<Created<ReplacementPlan>> {
    let Json(new) = call.body;
    let by = author(&call.caller, &call.facts);
    let plan = actions::save(&call.app, (&new.id, 0), new.spec, &by).await?;
    Ok(Answer::from(Created(plan)).audited())
}

async fn get(call: Call<e::PlanGet>) -> Outcome<FileOr<ReplacementPlan>> {
    let plan = actions::read(&call.app, call.id()).await?;
    let world = call.app.world();
    file::answer(plan, &call.query, (&world.register, world.simulated())).map(Answer::from)
}

async fn put(call: Call<e::PlanPut>) -> Outcome<Json<ReplacementPlan>> {
    let id = call.id().to_owned();
    let Json(edit) = call.body;
    if edit.version == 0 {
        return Err(Refusal::field(
            "version",
            "a kept plan has a version from 1",
        ));
    }
    let by = author(&call.caller, &call.facts);
    let plan = actions::save(&call.app, (&id, edit.version), edit.spec, &by).await?;
    Ok(Answer::from(Json(plan)).audited())
}

async fn delete(call: Call<e::PlanDelete>) -> Outcome<Nothing> {
    let by = author(&call.caller, &call.facts);
    actions::remove(&call.app, (call.id(), call.query.version), &by).await?;
    Ok(Answer::from(Nothing).audited())
}

async fn freeze(call: Call<e::PlanFreeze>) -> Outcome<Json<ReplacementPlan>> {
    let id = call.id().to_owned();
    let Json(step) = call.body;
    let by = author(&call.caller, &call.facts);
    let plan = actions::take(&call.app, (&id, step.version), PlanMove::Freeze, &by).await?;
    Ok(Answer::from(Json(plan)).audited())
}

async fn approve(call: Call<e::PlanApprove>) -> Outcome<Json<ReplacementPlan>> {
    let id = call.id().to_owned();
    let Json(step) = call.body;
    let by = author(&call.caller, &call.facts);
    let document = step.document;
    let approve = PlanMove::Approve { document };
    let plan = actions::take(&call.app, (&id, step.version), approve, &by).await?;
    Ok(Answer::from(Json(plan)).audited())
}

async fn track(call: Call<e::PlanLineTrack>) -> Outcome<Json<ReplacementPlan>> {
    let id = call.id().to_owned();
    let Json(line) = call.body;
    let by = author(&call.caller, &call.facts);
    let plan = actions::track(&call.app, &id, line, &by).await?;
    Ok(Answer::from(Json(plan)).audited())
}
