//! Routes of sensors.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::view;
use crate::{
    http::{
        call::{Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    readings::steps::Steps,
};
use tw_api::{Json, Page, Sensor, SensorSamples, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::DeviceSensorList, _, _>(of_device),
        bind::<e::SensorList, _, _>(list),
        bind::<e::SensorSamplesGet, _, _>(samples),
    ]
}

async fn of_device(call: Call<e::DeviceSensorList>) -> Outcome<Json<Page<Sensor>>> {
    call.app.world().device(call.id())?;
    let now = call.app.now();
    let target = call.app.live.device(call.id());
    let all = target
        .sensors()
        .iter()
        .map(|seen| view::sensor(call.id(), &target, seen, now))
        .collect();
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(all, |sensor: &Sensor| sensor.id.clone(), wanted)?).into())
}

async fn list(call: Call<e::SensorList>) -> Outcome<Json<Page<Sensor>>> {
    let world = call.app.world();
    let now = call.app.now();
    let query = &call.query;
    let fits =
        |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|wanted| wanted == own);
    let mut all = Vec::new();
    for device in world.register.devices.values() {
        let id = device.id.as_str();
        let wanted = call.caller.sees_site(&device.site)
            && fits(&query.site, device.site.as_str())
            && fits(&query.device, id);
        if !wanted {
            continue;
        }
        let target = call.app.live.device(id);
        let sensors = target
            .sensors()
            .iter()
            .filter(|seen| fits(&query.class, &seen.class));
        all.extend(sensors.map(|seen| view::sensor(id, &target, seen, now)));
    }
    let wanted = Wanted {
        limit: query.limit,
        cursor: query.cursor.as_deref(),
    };
    Ok(Json(page(all, |sensor: &Sensor| sensor.id.clone(), wanted)?).into())
}

async fn samples(call: Call<e::SensorSamplesGet>) -> Outcome<Json<SensorSamples>> {
    let missing = || Refusal::not_found("sensor", call.id());
    let (device, name) = call.id().split_once(':').ok_or_else(missing)?;
    let target = call.app.live.device(device);
    let seen = target
        .sensors()
        .iter()
        .find(|seen| view::name(seen) == name);
    let seen = seen.ok_or_else(missing)?;
    let period = target.latest.as_ref().map(|latest| latest.period_ms);
    let steps = Steps::of(&call.query, call.app.now(), period)?;
    let metrics = [seen.metric.as_str()];
    let mut read = call
        .app
        .samples_of_object(device, &seen.key, &metrics, steps.window)
        .await?;
    let read = read.remove(&seen.metric).unwrap_or_default();
    Ok(Json(SensorSamples {
        sensor: call.id().to_owned(),
        unit: seen.unit.clone(),
        step_seconds: steps.seconds,
        points: view::points(steps, &read),
    })
    .into())
}
