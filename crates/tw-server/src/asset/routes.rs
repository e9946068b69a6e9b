//! Routes of assets.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{
    bulk, export, labels,
    select::{self, Filter, Hit, SORTS},
    view, writing,
};
use crate::{
    access::{accounts::store, audit::author, caller::Caller},
    age::{
        self,
        actions::{sees_custodians, today},
        judged::Judge,
    },
    app::App,
    http::{
        call::{Answer, Call, Outcome},
        csv,
        list::{Wanted, order, page},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use tw_api::{
    Asset, AssetHistory, AssetTransition, Created, CsvOr, Json, Page, Permission, Svg,
    endpoints as e,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::AssetList, _, _>(list),
        bind::<e::AssetGet, _, _>(get),
        bind::<e::AssetAdd, _, _>(add),
        bind::<e::AssetPut, _, _>(put),
        bind::<e::AssetHistoryGet, _, _>(history),
        bind::<e::AssetStep, _, _>(step),
        bind::<e::AssetStepDecide, _, _>(decide),
        bind::<e::AssetLabelGet, _, _>(label),
        bind::<e::AssetXlsx, _, _>(export::xlsx),
        bind::<e::BulkEditAdd, _, _>(bulk::preview),
        bind::<e::LabelsPdf, _, _>(labels::pdf),
        bind::<e::LabelSheetList, _, _>(labels::sheets),
    ]
}

async fn list(call: Call<e::AssetList>) -> Outcome<CsvOr<Page<Asset>>> {
    let (field, reverse) = order(call.query.sort.as_deref(), &SORTS)?;
    let world = call.app.world();
    let as_of = age::actions::as_of(call.query.as_of.as_deref())?;
    let ages = call.app.ages(&world, as_of);
    let people = sees_custodians(&call.caller);
    let filter = Filter::from(&call.query);
    let found = select::found((&world, &ages), &call.caller, &filter, (field, reverse));
    let shown =
        |hit: &Hit<'_>| view::asset(&world, &call.app.live, hit.asset, (hit.judged, people));
    match call.query.format.as_deref() {
        None => {
            let wanted = Wanted {
                limit: call.query.limit,
                cursor: call.query.cursor.as_deref(),
            };
            let page = page(found, |hit| hit.asset.tag.to_string(), wanted)?;
            let page = Page {
                items: page.items.iter().map(shown).collect(),
                next_cursor: page.next_cursor,
                total: page.total,
            };
            Ok(CsvOr::Json(page).into())
        }
        Some("csv") => {
            let columns = call.query.columns.as_deref();
            let all: Vec<Asset> = found.iter().map(shown).collect();
            Ok(CsvOr::Csv(csv::file(&all, &view::COLUMNS, columns)?).into())
        }
        Some(_) => Err(csv::unknown_format()),
    }
}

async fn get(call: Call<e::AssetGet>) -> Outcome<Json<Asset>> {
    Ok(Json(shown(&call.app, &call.caller, call.id())?).into())
}

/// One asset as the caller may see it.
fn shown(app: &App, caller: &Caller, tag: &str) -> Result<Asset, Refusal> {
    let world = app.world();
    let asset = world.register.assets.get(tag);
    let asset = asset.ok_or_else(|| Refusal::not_found("asset", tag))?;
    let today = today(&world, app.now());
    let judged = Judge::new(&world, (today, today)).judged(asset);
    let people = sees_custodians(caller);
    Ok(view::asset(
        &world,
        &app.live,
        asset,
        (judged.as_ref(), people),
    ))
}

async fn add(call: Call<e::AssetAdd>) -> Outcome<Created<Asset>> {
    let Json(new) = call.body;
    let asset = writing::record(new.record.0)?;
    let tag = asset.tag.to_string();
    let by = author(&call.caller, &call.facts);
    writing::put(&call.app, (&call.caller, &by), (asset, 0)).await?;
    let made = shown(&call.app, &call.caller, &tag)?;
    Ok(Answer::from(Created(made)).audited())
}

async fn put(call: Call<e::AssetPut>) -> Outcome<Json<Asset>> {
    let tag = call.id().to_owned();
    let Json(edit) = call.body;
    let asset = writing::record(edit.record.0)?;
    if asset.tag.as_str() != tag {
        return Err(Refusal::field("tag", "the tag stays as it is"));
    }
    if edit.version == 0 {
        return Err(Refusal::field("version", "the version that you saw"));
    }
    let by = author(&call.caller, &call.facts);
    writing::put(&call.app, (&call.caller, &by), (asset, edit.version)).await?;
    Ok(Answer::from(Json(shown(&call.app, &call.caller, &tag)?)).audited())
}

async fn history(call: Call<e::AssetHistoryGet>) -> Outcome<Json<AssetHistory>> {
    let people = sees_custodians(&call.caller);
    let record = call.caller.may(Permission::EditAssets);
    let told = super::history::history(&call.app, call.id(), (people, record)).await?;
    Ok(Json(told).into())
}

async fn step(call: Call<e::AssetStep>) -> Outcome<Created<AssetTransition>> {
    let tag = call.id().to_owned();
    let Json(ask) = call.body;
    let by = author(&call.caller, &call.facts);
    let id = writing::step(&call.app, (&call.caller, &by), (&tag, ask)).await?;
    let step = step_shown(&call.app, &call.caller, id).await?;
    Ok(Answer::from(Created(step)).audited())
}

async fn decide(call: Call<e::AssetStepDecide>) -> Outcome<Json<AssetTransition>> {
    let tag = call.id().to_owned();
    let Json(decision) = call.body;
    let by = author(&call.caller, &call.facts);
    let id = writing::decide(&call.app, (&call.caller, &by), (&tag, decision)).await?;
    let step = step_shown(&call.app, &call.caller, id).await?;
    Ok(Answer::from(Json(step)).audited())
}

async fn step_shown(app: &App, caller: &Caller, id: i64) -> Result<AssetTransition, Refusal> {
    let step = app.store.transition(id).await;
    let step = step.map_err(|e| store(&e))?;
    let step = step.ok_or_else(|| Refusal::not_found("step", &id.to_string()))?;
    Ok(super::history::shown(&step, sees_custodians(caller)))
}

async fn label(call: Call<e::AssetLabelGet>) -> Outcome<Svg> {
    let world = call.app.world();
    let asset = world.register.assets.get(call.id());
    let asset = asset.ok_or_else(|| Refusal::not_found("asset", call.id()))?;
    let owner = world.register.organisation.as_ref().map(|o| o.name.vi());
    let drawn = super::label::label(asset, owner.unwrap_or_default());
    Ok(Svg(drawn.ok_or_else(|| Refusal::field("tag", "the tag is too long for a code"))?).into())
}
