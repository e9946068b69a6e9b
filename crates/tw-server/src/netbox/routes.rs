//! Routes of sources.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{NetboxSettings, SyncMode, desk::Wanted as Sync};
use crate::{
    access::{accounts::store, audit::author},
    app::App,
    http::{
        call::{Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use serde_json::json;
use std::collections::BTreeMap;
use tw_api::{AnyJson, AssetSource, AssetSources, Json, Page, Source, SourceRun, endpoints as e};
use tw_store::SourceRef;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::SourceList, _, _>(list),
        bind::<e::SourceRunList, _, _>(runs),
        bind::<e::SourceSyncPost, _, _>(sync),
        bind::<e::AssetSourceGet, _, _>(of_asset),
    ]
}

async fn list(call: Call<e::SourceList>) -> Outcome<Json<Page<Source>>> {
    let mut all = Vec::new();
    let mut refs: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for one in refs_of(&call.app).await? {
        let (total, missing) = refs.entry(one.source).or_default();
        *total += 1;
        *missing += u64::from(one.missing_since.is_some());
    }
    for settings in &call.app.settings.netbox {
        let counted = refs.get(&settings.id).copied().unwrap_or_default();
        all.push(source(&call.app, settings, counted).await?);
    }
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(all, |one| one.id.clone(), wanted)?).into())
}

async fn source(
    app: &App,
    settings: &NetboxSettings,
    (references, missing): (u64, u64),
) -> Result<Source, Refusal> {
    let runs = app.store.source_runs(Some(&settings.id), 1).await;
    let last_run = runs.map_err(|e| store(&e))?.into_iter().next();
    Ok(Source {
        id: settings.id.clone(),
        kind: "netbox".to_owned(),
        url: Some(settings.url.clone()),
        every_hours: settings.every_hours,
        owned_fields: owned(settings),
        references,
        missing,
        busy: app.sources.busy(&settings.id),
        last_run: last_run.map(view),
    })
}

fn owned(settings: &NetboxSettings) -> Vec<String> {
    let fields = settings.mapping.owned_fields().into_iter();
    fields.map(str::to_owned).collect()
}

fn view(run: tw_store::SourceRun) -> SourceRun {
    SourceRun {
        run: run.run,
        mode: run.mode,
        state: run.state,
        started_at: run.started_at,
        ended_at: run.ended_at,
        pages: run.pages,
        why: run.why,
        report: run.report.map(AnyJson),
    }
}

async fn runs(call: Call<e::SourceRunList>) -> Outcome<Json<Page<SourceRun>>> {
    settings_of(&call.app, call.id())?;
    let runs = call.app.store.source_runs(Some(call.id()), 200).await;
    let runs = runs.map_err(|e| store(&e))?;
    let runs: Vec<SourceRun> = runs.into_iter().map(view).collect();
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(runs, |run| run.run.to_string(), wanted)?).into())
}

fn settings_of<'a>(app: &'a App, id: &str) -> Result<&'a NetboxSettings, Refusal> {
    let found = app.settings.netbox.iter().find(|one| one.id == id);
    found.ok_or_else(|| Refusal::not_found("source", id))
}

async fn sync(call: Call<e::SourceSyncPost>) -> Outcome<Json<Source>> {
    let settings = settings_of(&call.app, call.id())?;
    let mode = if call.body.0.dry_run {
        SyncMode::Dry
    } else {
        SyncMode::Real
    };
    let taken = call.app.sources.ask(Sync {
        source: settings.id.clone(),
        mode,
        author: author(&call.caller, &call.facts),
    });
    if !taken {
        let detail = "a sync of this source is under way, or too many wait";
        return Err(Refusal::conflict("source_busy", detail));
    }
    let of_source = refs_of(&call.app).await?;
    let own = of_source.iter().filter(|one| one.source == settings.id);
    let missing = own.clone().filter(|one| one.missing_since.is_some());
    let counted = (own.clone().count() as u64, missing.count() as u64);
    let note = json!({ "dry_run": call.body.0.dry_run });
    let answer = crate::http::call::Answer::from(Json(source(&call.app, settings, counted).await?));
    Ok(answer.note(note))
}

async fn refs_of(app: &App) -> Result<Vec<SourceRef>, Refusal> {
    app.store.source_refs().await.map_err(|e| store(&e))
}

async fn of_asset(call: Call<e::AssetSourceGet>) -> Outcome<Json<AssetSources>> {
    let world = call.app.world();
    if !world.register.assets.contains_key(call.id()) {
        return Err(Refusal::not_found("asset", call.id()));
    }
    let refs = refs_of(&call.app).await?.into_iter();
    let items = refs
        .filter(|one| one.local_id == call.id())
        .map(|one| of_ref(&call.app, one))
        .collect();
    Ok(Json(AssetSources { items }).into())
}

fn of_ref(app: &App, one: SourceRef) -> AssetSource {
    let settings = settings_of(app, &one.source).ok();
    AssetSource {
        owned_fields: settings.map(owned).unwrap_or_default(),
        source: one.source,
        url: one.url,
        seen_at: one.seen_at,
        missing_since: one.missing_since,
    }
}
