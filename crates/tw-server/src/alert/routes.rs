//! Routes of alerts and events.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`.

use super::view;
use crate::{
    access::accounts::store,
    http::{
        call::{Answer, Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    world::World,
};
use tw_api::{Alert, AlertQuery, AlertSubject, Event, Json, Page, StreamEvent, endpoints as e};
use tw_ingest::TargetKey;
use tw_store::CollectorEvent;
use tw_units::{Interval, SiteId, Timestamp};

/// The longest note.
const NOTE_CHARS_MAX: usize = 1_000;
/// Days of events when nobody says.
const EVENT_DAYS: i64 = 7;
/// Events that are looked through for one answer.
const EVENTS_READ_MAX: u32 = 20_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::AlertList, _, _>(list),
        bind::<e::AlertGet, _, _>(get),
        bind::<e::AlertAcknowledge, _, _>(acknowledge),
        bind::<e::EventList, _, _>(events),
    ]
}

async fn list(call: Call<e::AlertList>) -> Outcome<Json<Page<Alert>>> {
    let query = &call.query;
    if !matches!(query.state.as_deref(), None | Some("open" | "past")) {
        return Err(
            Refusal::bad("bad_parameter", "state is open or past").with("parameter", "state")
        );
    }
    let world = call.app.world();
    let mut all = call.app.alerts.all();
    all.retain(|alert| fits(alert, query) && view::sees(&world, &call.caller, alert));
    let wanted = Wanted {
        limit: query.limit,
        cursor: query.cursor.as_deref(),
    };
    Ok(Json(page(all, |alert: &Alert| alert.id.clone(), wanted)?).into())
}

fn fits(alert: &Alert, query: &AlertQuery) -> bool {
    let state = match query.state.as_deref() {
        Some("open") => alert.cleared_at.is_none(),
        Some(_) => alert.cleared_at.is_some(),
        None => true,
    };
    let of_device = |id: &String| alert.subject.kind == "device" && alert.subject.id == *id;
    state
        && query
            .site
            .as_ref()
            .is_none_or(|site| alert.site.as_ref() == Some(site))
        && query.device.as_ref().is_none_or(of_device)
}

async fn get(call: Call<e::AlertGet>) -> Outcome<Json<Alert>> {
    let alert = call.app.alerts.get(call.id());
    Ok(Json(alert.ok_or_else(|| Refusal::not_found("alert", call.id()))?).into())
}

async fn acknowledge(call: Call<e::AlertAcknowledge>) -> Outcome<Json<Alert>> {
    let id = call.id().to_owned();
    let Json(wish) = call.body;
    let alert = call
        .app
        .alerts
        .get(&id)
        .ok_or_else(|| Refusal::not_found("alert", &id))?;
    if alert.version != wish.version {
        return Err(Refusal::stale(alert.version));
    }
    let note = wish
        .note
        .map(|note| note.chars().filter(|c| !c.is_control()).collect::<String>());
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX)
    {
        return Err(Refusal::field("note", "at most 1,000 characters"));
    }
    let alert = Alert {
        acknowledged_by: Some(call.caller.actor()),
        acknowledged_at: Some(call.app.now()),
        version: alert.version + 1,
        note,
        ..alert
    };
    let kept = call
        .app
        .alerts
        .acknowledge(&call.app.store, alert.clone())
        .await;
    kept.map_err(|e| store(&e))?;
    let event = StreamEvent::Alert {
        id,
        change: "acknowledged".to_owned(),
        site: alert.site.clone(),
    };
    call.app
        .hub
        .tell(view::sites(&call.app.world(), &alert), event);
    Ok(Answer::from(Json(alert)))
}

async fn events(call: Call<e::EventList>) -> Outcome<Json<Page<Event>>> {
    let query = &call.query;
    let now = call.app.now();
    let to = query.to.unwrap_or_else(|| now.plus_millis(1));
    let from = query
        .from
        .unwrap_or_else(|| to.plus_millis(-EVENT_DAYS * 86_400_000));
    let window = Interval::new(from, to).ok_or_else(|| {
        Refusal::bad("bad_window", "`from` must lie before `to`").with("parameter", "from")
    })?;
    let world = call.app.world();
    let read = call
        .app
        .store
        .events(window, EVENTS_READ_MAX)
        .await
        .map_err(|e| store(&e))?;
    let gaps = call.app.store.gaps(window).await.map_err(|e| store(&e))?;
    let device = query.device.as_ref().map(|id| TargetKey(id.clone()));
    let traps = call
        .app
        .store
        .traps(device.as_ref(), window, EVENTS_READ_MAX);
    let traps = traps.await.map_err(|e| store(&e))?;
    let mut all: Vec<Event> = read
        .into_iter()
        .map(|event| of_event(&world, event))
        .collect();
    all.extend(traps.iter().filter_map(|trap| of_trap(&world, trap)));
    all.extend(gaps.into_iter().map(|gap| of_gap(&world, &gap)));
    all.sort_by_key(|event| (std::cmp::Reverse(event.at), event.id.clone()));
    all.retain(|event| {
        let site = event
            .site
            .as_ref()
            .and_then(|site| SiteId::new(site.as_str()).ok());
        let visible = site
            .as_ref()
            .map_or(call.caller.sees_all(), |site| call.caller.sees_site(site));
        visible
            && query
                .site
                .as_ref()
                .is_none_or(|site| event.site.as_ref() == Some(site))
            && query
                .device
                .as_ref()
                .is_none_or(|id| event.subject.id == *id)
    });
    let wanted = Wanted {
        limit: query.limit,
        cursor: query.cursor.as_deref(),
    };
    Ok(Json(page(all, |event: &Event| event.id.clone(), wanted)?).into())
}

fn of_event(world: &World, event: CollectorEvent) -> Event {
    let collector = event.collector.to_string();
    let device = event
        .event
        .target
        .as_ref()
        .and_then(|t| world.register.devices.get(t.0.as_str()));
    let site = match device {
        Some(device) => Some(device.site.to_string()),
        None => site_of_collector(world, &event.collector),
    };
    let subject = match device {
        Some(device) => ("device", device.id.to_string()),
        None => ("collector", collector),
    };
    Event {
        id: format!("e{}", event.id),
        at: event.event.at,
        code: event.event.code,
        subject: AlertSubject {
            kind: subject.0.to_owned(),
            id: subject.1,
        },
        site,
        detail: event.event.detail,
    }
}

/// A trap with what it said, for a person. The texts are the device's.
fn of_trap(world: &World, told: &tw_store::Observed) -> Option<Event> {
    let tw_ingest::seen::Seen::Trap(trap) = &told.seen else {
        return None;
    };
    let device = world.register.devices.get(told.target.0.as_str())?;
    let event = match &trap.name {
        Some(name) => format!("{name} ({})", trap.event),
        None => trap.event.clone(),
    };
    let said = trap.varbinds.iter();
    let said = said.map(|(name, value)| format!("{name} = {value}"));
    let more = (trap.left_out > 0).then(|| format!("… +{}", trap.left_out));
    let parts: Vec<String> = std::iter::once(event).chain(said).chain(more).collect();
    Some(Event {
        id: format!("t{}-{}", told.target.0, told.from.as_millis()),
        at: told.from,
        code: if trap.inform { "inform" } else { "trap" }.to_owned(),
        subject: AlertSubject {
            kind: "device".to_owned(),
            id: device.id.to_string(),
        },
        site: Some(device.site.to_string()),
        detail: parts.join("; "),
    })
}

fn of_gap(world: &World, gap: &tw_store::CollectorGap) -> Event {
    let (from, to): (Timestamp, Timestamp) = (gap.gap.from, gap.gap.to);
    Event {
        id: format!("g{}-{}-{}", gap.collector, from.as_millis(), to.as_millis()),
        at: from,
        code: "gap".to_owned(),
        subject: AlertSubject {
            kind: "collector".to_owned(),
            id: gap.collector.to_string(),
        },
        site: site_of_collector(world, &gap.collector),
        detail: format!(
            "{} records dropped until {to}: {}",
            gap.gap.dropped, gap.gap.reason
        ),
    }
}

fn site_of_collector(world: &World, collector: &tw_units::CollectorId) -> Option<String> {
    world
        .sites_of_collector(collector)
        .first()
        .map(ToString::to_string)
}
