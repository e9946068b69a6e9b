//! Routes of discrepancies.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`.

use super::{
    actions::{self, Desk, NewAsset},
    view,
};
use crate::{
    access::{accounts::store, audit::author},
    http::{
        call::{Answer, Call, Outcome},
        csv,
        list::{Wanted, order, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    world::World,
};
use tw_api::{
    CsvOr, Discrepancy, DiscrepancyDetail, DiscrepancyQuery, Endpoint, Json, Page, endpoints as e,
};
use tw_lifecycle::DiscrepancyKind;
use tw_model::Word;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::DiscrepancyList, _, _>(list),
        bind::<e::DiscrepancyGet, _, _>(get),
        bind::<e::DiscrepancyAccept, _, _>(accept),
        bind::<e::DiscrepancyDismiss, _, _>(dismiss),
        bind::<e::DiscrepancyCreateAsset, _, _>(create_asset),
        bind::<e::DiscrepancyTransition, _, _>(transition),
    ]
}

const SORTS: [&str; 5] = ["id", "age", "money", "kind", "asset"];
const STATUSES: [&str; 5] = ["open", "accepted", "dismissed", "fixed", "all"];

async fn list(call: Call<e::DiscrepancyList>) -> Outcome<CsvOr<Page<Discrepancy>>> {
    let query = &call.query;
    let (field, reverse) = order(query.sort.as_deref().or(Some("age")), &SORTS)?;
    let status = query.status.as_deref().unwrap_or("open");
    one_of("status", status, &STATUSES)?;
    if let Some(kind) = &query.kind {
        one_of("kind", kind, &DiscrepancyKind::words())?;
    }
    let world = call.app.world();
    let all = call
        .app
        .store
        .discrepancies()
        .await
        .map_err(|e| store(&e))?;
    let mut found: Vec<Discrepancy> = all
        .iter()
        .filter(|one| status == "all" || one.status == status)
        .filter(|one| view::sees(&world, &call.caller, one))
        .map(|one| view::discrepancy(&world, one))
        .filter(|one| fits(one, query))
        .collect();
    found.sort_by_cached_key(|one| (key(one, field), one.id.clone()));
    if reverse {
        found.reverse();
    }
    match query.format.as_deref() {
        None => {
            let wanted = Wanted {
                limit: query.limit,
                cursor: query.cursor.as_deref(),
            };
            Ok(CsvOr::Json(page(found, |one| one.id.clone(), wanted)?).into())
        }
        Some("csv") => {
            let columns = query.columns.as_deref();
            Ok(CsvOr::Csv(csv::file(&found, &view::COLUMNS, columns)?).into())
        }
        Some(_) => Err(csv::unknown_format()),
    }
}

fn one_of(parameter: &'static str, word: &str, allowed: &[&'static str]) -> Result<(), Refusal> {
    if allowed.contains(&word) {
        return Ok(());
    }
    let why = format!("{parameter} is one of {}", allowed.join(", "));
    Err(Refusal::bad("bad_parameter", why)
        .with("parameter", parameter)
        .with("allowed", allowed.to_vec()))
}

fn fits(one: &Discrepancy, query: &DiscrepancyQuery) -> bool {
    let is = |wanted: &Option<String>, own: Option<&String>| {
        wanted.as_ref().is_none_or(|wanted| own == Some(wanted))
    };
    is(&query.kind, Some(&one.kind))
        && is(&query.site, one.site.as_ref())
        && is(&query.asset, one.asset.as_ref())
}

fn key(one: &Discrepancy, field: &str) -> String {
    match field {
        "age" => format!("{:020}", one.first_seen_at.as_millis()),
        // What has no price comes last when the dearest come first.
        "money" => format!("{:020}", one.cost_vnd.unwrap_or(0).max(0)),
        "kind" => one.kind.clone(),
        "asset" => one.asset.clone().unwrap_or_default(),
        _ => format!("{:020}", one.id.parse::<u64>().unwrap_or(0)),
    }
}

fn desk<'a, E: Endpoint>(call: &'a Call<E>, world: &'a World) -> Desk<'a> {
    Desk {
        store: &call.app.store,
        world,
        now: call.app.now(),
    }
}

async fn get(call: Call<e::DiscrepancyGet>) -> Outcome<Json<DiscrepancyDetail>> {
    let world = call.app.world();
    let one = actions::find(desk(&call, &world), call.id()).await?;
    let detail = DiscrepancyDetail {
        discrepancy: view::discrepancy(&world, &one),
        sides: view::sides(&world, &call.app.live, &one),
    };
    Ok(Json(detail).into())
}

/// The answer to a decision: what it has become. The store noted it in the audit log.
async fn settled<E: Endpoint>(call: &Call<E>) -> Outcome<Json<Discrepancy>> {
    actions::follow_up(&call.app).await?;
    let world = call.app.world();
    let one = actions::find(desk(call, &world), call.id()).await?;
    Ok(Answer::from(Json(view::discrepancy(&world, &one))).audited())
}

async fn accept(call: Call<e::DiscrepancyAccept>) -> Outcome<Json<Discrepancy>> {
    let wish = &call.body.0;
    let (world, by) = (call.app.world(), author(&call.caller, &call.facts));
    let (desk, note) = (desk(&call, &world), actions::note(wish.note.clone())?);
    let one = actions::at_version(desk, (call.id(), Some(wish.version)), "accept").await?;
    actions::accept(desk, &one, note, &by).await?;
    settled(&call).await
}

async fn dismiss(call: Call<e::DiscrepancyDismiss>) -> Outcome<Json<Discrepancy>> {
    let wish = &call.body.0;
    let (world, by) = (call.app.world(), author(&call.caller, &call.facts));
    let (desk, note) = (desk(&call, &world), actions::note(wish.note.clone())?);
    let one = actions::at_version(desk, (call.id(), Some(wish.version)), "dismiss").await?;
    actions::dismiss(desk, &one, (&wish.until, note), &by).await?;
    settled(&call).await
}

async fn create_asset(call: Call<e::DiscrepancyCreateAsset>) -> Outcome<Json<Discrepancy>> {
    let wish = &call.body.0;
    let (world, by) = (call.app.world(), author(&call.caller, &call.facts));
    let (desk, note) = (desk(&call, &world), actions::note(wish.note.clone())?);
    let one = actions::at_version(desk, (call.id(), Some(wish.version)), "create_asset").await?;
    let new = NewAsset {
        tag: wish.tag.clone(),
        class: wish.class.clone(),
        old_state: wish.old_state.clone(),
    };
    actions::create_asset(desk, &one, (new, note), &by).await?;
    settled(&call).await
}

async fn transition(call: Call<e::DiscrepancyTransition>) -> Outcome<Json<Discrepancy>> {
    let wish = &call.body.0;
    let (world, by) = (call.app.world(), author(&call.caller, &call.facts));
    let (desk, note) = (desk(&call, &world), actions::note(wish.note.clone())?);
    let one = actions::at_version(desk, (call.id(), Some(wish.version)), "transition").await?;
    actions::transition(desk, &one, (&wish.state, note), &by).await?;
    settled(&call).await
}
