//! Routes of devices.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::{actions, view};
use crate::{
    access::audit::author,
    http::{
        call::{Answer, Call, Outcome},
        csv,
        list::{Wanted, order, page},
        route::{Route, bind},
    },
    readings::{live::DEVICE_UP, spans, steps},
};
use serde_json::json;
use tw_api::{
    Created, CsvOr, Device, DeviceQuery, DeviceTestResult, Json, Nothing, Page, WitnessTimeline,
    endpoints as e,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::DeviceList, _, _>(list),
        bind::<e::DeviceAdd, _, _>(add),
        bind::<e::DeviceTry, _, _>(try_out),
        bind::<e::DeviceGet, _, _>(get),
        bind::<e::DevicePut, _, _>(put),
        bind::<e::DeviceDelete, _, _>(delete),
        bind::<e::DeviceTimelineGet, _, _>(timeline),
    ]
}

const SORTS: [&str; 8] = [
    "id",
    "name",
    "site",
    "class",
    "state",
    "address",
    "since",
    "last_poll",
];

async fn list(call: Call<e::DeviceList>) -> Outcome<CsvOr<Page<Device>>> {
    let (field, reverse) = order(call.query.sort.as_deref(), &SORTS)?;
    let world = call.app.world();
    let now = call.app.now();
    let needle = call.query.q.as_deref().map(str::to_lowercase);
    let mut found: Vec<Device> = world
        .register
        .devices
        .values()
        .filter(|device| call.caller.sees_site(&device.site))
        .map(|device| view::device(&world, &call.app.live, device, now))
        .filter(|device| fits(device, &call.query, needle.as_deref()))
        .collect();
    found.sort_by_cached_key(|device| (key(device, field), device.id.clone()));
    if reverse {
        found.reverse();
    }
    match call.query.format.as_deref() {
        None => {
            let wanted = Wanted {
                limit: call.query.limit,
                cursor: call.query.cursor.as_deref(),
            };
            Ok(CsvOr::Json(page(found, |device| device.id.clone(), wanted)?).into())
        }
        Some("csv") => {
            let columns = call.query.columns.as_deref();
            Ok(CsvOr::Csv(csv::file(&found, &view::COLUMNS, columns)?).into())
        }
        Some(_) => Err(csv::unknown_format()),
    }
}

fn fits(device: &Device, query: &DeviceQuery, needle: Option<&str>) -> bool {
    let is = |wanted: &Option<String>, own: Option<&String>| {
        wanted.as_ref().is_none_or(|wanted| own == Some(wanted))
    };
    let identity = device.status.identity.as_ref();
    let texts = [
        Some(&device.id),
        Some(&device.spec.name),
        device.spec.address.as_ref(),
        identity.and_then(|seen| seen.vendor.as_ref()),
        identity.and_then(|seen| seen.model.as_ref()),
        identity.and_then(|seen| seen.serial.as_ref()),
    ];
    is(&query.site, Some(&device.spec.site))
        && is(&query.class, Some(&device.spec.class))
        && is(&query.rack, device.spec.rack.as_ref())
        && query.state.is_none_or(|state| device.status.state == state)
        && needle.is_none_or(|needle| {
            texts
                .into_iter()
                .flatten()
                .any(|text| text.to_lowercase().contains(needle))
        })
}

fn key(device: &Device, field: &str) -> String {
    let millis = |at: Option<tw_units::Timestamp>| {
        format!("{:020}", at.map_or(0, tw_units::Timestamp::as_millis))
    };
    match field {
        "name" => device.spec.name.to_lowercase(),
        "site" => device.spec.site.clone(),
        "class" => device.spec.class.clone(),
        "state" => view::rank(device.status.state).to_string(),
        "address" => device.spec.address.clone().unwrap_or_default(),
        "since" => millis(device.status.since),
        "last_poll" => millis(device.status.last_poll),
        _ => device.id.clone(),
    }
}

async fn get(call: Call<e::DeviceGet>) -> Outcome<Json<Device>> {
    let world = call.app.world();
    let device = world.device(call.id())?;
    Ok(Json(view::device(&world, &call.app.live, device, call.app.now())).into())
}

async fn add(call: Call<e::DeviceAdd>) -> Outcome<Created<Device>> {
    let Json(wanted) = call.body;
    let id = wanted.id.clone();
    let by = author(&call.caller, &call.facts);
    actions::add(&call.app, (&call.caller, &by), wanted).await?;
    let world = call.app.world();
    let device = view::device(&world, &call.app.live, world.device(&id)?, call.app.now());
    Ok(Answer::from(Created(device)).audited())
}

async fn put(call: Call<e::DevicePut>) -> Outcome<Json<Device>> {
    let id = call.id().to_owned();
    let Json(edit) = call.body;
    let by = author(&call.caller, &call.facts);
    actions::change(&call.app, (&call.caller, &by), (&id, edit)).await?;
    let world = call.app.world();
    let device = view::device(&world, &call.app.live, world.device(&id)?, call.app.now());
    Ok(Answer::from(Json(device)).audited())
}

async fn delete(call: Call<e::DeviceDelete>) -> Outcome<Nothing> {
    let by = author(&call.caller, &call.facts);
    actions::remove(&call.app, &by, (call.id(), call.query.version)).await?;
    Ok(Answer::from(Nothing).audited())
}

async fn try_out(call: Call<e::DeviceTry>) -> Outcome<Json<DeviceTestResult>> {
    let Json(wanted) = call.body;
    let note = json!({"address": wanted.address, "credential": wanted.credential});
    let result = actions::try_out(&call.app, &call.caller, wanted).await?;
    Ok(Answer::from(Json(result)).subject("device/test").note(note))
}

async fn timeline(call: Call<e::DeviceTimelineGet>) -> Outcome<Json<WitnessTimeline>> {
    let now = call.app.now();
    let window = steps::window_of(call.query.from, call.query.to, now)?;
    let runs = call.app.runs(call.id(), "", DEVICE_UP, window).await?;
    let spans = spans::of_runs(&runs, window, now, crate::readings::live::of_code);
    Ok(Json(WitnessTimeline {
        device: call.id().to_owned(),
        spans,
    })
    .into())
}
