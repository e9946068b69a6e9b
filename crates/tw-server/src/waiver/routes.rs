//! Routes of waivers.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`. **Must not:** show people to whom may not see
//! them, or an asset beyond the caller's scope.

use super::actions;
use crate::{
    access::{accounts::store, audit::author, caller::Caller},
    age::actions::{sees_custodians, today},
    app::App,
    http::{
        call::{Answer, Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    world::World,
};
use jiff::civil::Date;
use tw_api::{AgeWaiver, Created, Json, Page, endpoints as e};
use tw_model::{Kind, Waiver};
use tw_store::WaiverRequest;
use tw_units::AssetTag;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::WaiverList, _, _>(list),
        bind::<e::WaiverAskPost, _, _>(ask),
        bind::<e::WaiverDecide, _, _>(decide),
        bind::<e::WaiverEndPost, _, _>(end),
    ]
}

async fn list(call: Call<e::WaiverList>) -> Outcome<Json<Page<AgeWaiver>>> {
    let all = all(&call.app, &call.caller, call.query.asset.as_deref()).await?;
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(all, |one| one.id.clone(), wanted)?).into())
}

/// What waits first, then what is in force, the nearest end first, then the past.
async fn all(app: &App, caller: &Caller, asset: Option<&str>) -> Result<Vec<AgeWaiver>, Refusal> {
    let world = app.world();
    let today = today(&world, app.now());
    let requests = app.store.waiver_requests(asset).await;
    let requests = requests.map_err(|e| store(&e))?;
    // What was granted stands in the register.
    let requests = requests.iter().filter(|one| one.state != "granted");
    let mut found: Vec<AgeWaiver> = Vec::new();
    for request in requests {
        let waiver = actions::read((&request.tag, request.id), &request.ask, today)?;
        found.extend(of_request(&world, caller, (&waiver, request)));
    }
    let waivers = world.register.waivers.values();
    let wanted = |waiver: &&Waiver| {
        asset.is_none_or(|tag| waiver.assets.iter().any(|own| own.as_str() == tag))
    };
    found.extend(
        waivers
            .filter(wanted)
            .filter_map(|waiver| view(&world, caller, (waiver, state(waiver, today)))),
    );
    let rank = |state: &str| {
        ["waiting", "in_force", "coming", "over", "refused"]
            .iter()
            .position(|one| *one == state)
    };
    found.sort_by(|a, b| {
        (rank(&a.state), &a.expires_on, &a.id).cmp(&(rank(&b.state), &b.expires_on, &b.id))
    });
    Ok(found)
}

fn state(waiver: &Waiver, today: Date) -> &'static str {
    if waiver.is_in_force(today) {
        "in_force"
    } else if waiver.granted_on.0 > today {
        "coming"
    } else {
        "over"
    }
}

fn of_request(
    world: &World,
    caller: &Caller,
    (waiver, request): (&Waiver, &WaiverRequest),
) -> Option<AgeWaiver> {
    let shown = view(world, caller, (waiver, &request.state))?;
    Some(AgeWaiver {
        id: format!("request-{}", request.id),
        granted_on: day(world, request).to_string(),
        asked_at: Some(request.asked_at),
        asked_by: Some(request.asked_by.clone()),
        note: request.note.clone(),
        version: 0,
        ..shown
    })
}

/// The day of a request, in the organisation's zone.
fn day(world: &World, request: &WaiverRequest) -> Date {
    today(world, request.asked_at)
}

/// A waiver with the assets that the caller sees; none when that is none of them.
fn view(world: &World, caller: &Caller, (waiver, state): (&Waiver, &str)) -> Option<AgeWaiver> {
    let sees = |tag: &&AssetTag| match world.register.assets.get(*tag) {
        None => caller.sees_all(),
        Some(asset) => {
            let (site, unit) = (world.site_of_asset(asset), asset.unit.as_ref());
            caller.sees(&world.register, site, unit)
        }
    };
    let assets: Vec<String> = waiver
        .assets
        .iter()
        .filter(sees)
        .map(ToString::to_string)
        .collect();
    if assets.is_empty() {
        return None;
    }
    let people = sees_custodians(caller);
    Some(AgeWaiver {
        id: waiver.id.to_string(),
        state: state.to_owned(),
        assets,
        granted_on: waiver.granted_on.to_string(),
        expires_on: waiver.expires_on.to_string(),
        reason: waiver.reason.clone(),
        document: waiver.document.clone(),
        compensating_control: waiver.compensating_control.clone(),
        requester: people.then(|| waiver.requester.to_string()),
        approver: waiver
            .approver
            .as_ref()
            .filter(|_| people)
            .map(ToString::to_string),
        asked_at: None,
        asked_by: None,
        note: None,
        version: world.version(Kind::Waiver, waiver.id.as_str()),
    })
}

/// One of an asset's waivers as it is now.
async fn shown(
    app: &App,
    caller: &Caller,
    (tag, wanted): (&str, &str),
) -> Result<AgeWaiver, Refusal> {
    let all = all(app, caller, Some(tag)).await?;
    let found = all.into_iter().find(|one| one.id == wanted);
    found.ok_or_else(|| Refusal::not_found("waiver", wanted))
}

async fn ask(call: Call<e::WaiverAskPost>) -> Outcome<Created<AgeWaiver>> {
    let tag = call.id().to_owned();
    let by = author(&call.caller, &call.facts);
    let Json(body) = call.body;
    let id = actions::ask(&call.app, &by, (&tag, body)).await?;
    let id = format!("request-{id}");
    let made = shown(&call.app, &call.caller, (&tag, &id)).await?;
    Ok(Answer::from(Created(made)).audited())
}

async fn decide(call: Call<e::WaiverDecide>) -> Outcome<Json<Page<AgeWaiver>>> {
    let tag = call.id().to_owned();
    let by = author(&call.caller, &call.facts);
    let Json(body) = call.body;
    actions::decide(&call.app, (&call.caller, &by), (&tag, body)).await?;
    let all = all(&call.app, &call.caller, Some(&tag)).await?;
    let all = page(all, |one| one.id.clone(), Wanted::default())?;
    Ok(Answer::from(Json(all)).audited())
}

async fn end(call: Call<e::WaiverEndPost>) -> Outcome<Json<AgeWaiver>> {
    let tag = call.id().to_owned();
    let by = author(&call.caller, &call.facts);
    let Json(body) = call.body;
    let id = body.id.clone();
    actions::end(&call.app, (&call.caller, &by), (&tag, body)).await?;
    let ended = shown(&call.app, &call.caller, (&tag, &id)).await?;
    Ok(Answer::from(Json(ended)).audited())
}
