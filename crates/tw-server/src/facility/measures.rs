//! Measures of a site from what is polled anyway.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-model`, `tw-store`. **Must not:**
//! fill a gap: what was not read is unknown.

use super::{
    actions::{chain_now, readings},
    runway,
};
use crate::{
    app::App,
    http::refusal::Refusal,
    readings::live::{TargetNow, stale_at},
    world::World,
};
use std::collections::{BTreeMap, BTreeSet};
use tw_api::{FacilityMeasures, InletMeasure, RackMeasure, UpsMeasure};
use tw_availability::{AirRange, AirShares, air_range, air_shares, failover, report::AirRow};
use tw_ingest::seen::SensorSeen;
use tw_model::{DeviceClass, FacilityKind, FacilityNode, Rack, Site};
use tw_units::{DeviceId, Interval, Timestamp};

/// Over how long the air is judged.
const AIR_MS: i64 = 86_400_000;

/// Everything that can be measured at a site now.
pub(crate) async fn measures(
    app: &App,
    world: &World,
    site: &Site,
) -> Result<FacilityMeasures, Refusal> {
    let now = app.now();
    let chain = chain_now(world, &app.live, &BTreeSet::new(), (site, now))?;
    let declared = chain.map(|chain| chain.declared).unwrap_or_default();
    let racks = world
        .register
        .racks
        .values()
        .filter(|rack| world.register.site_of_rack(&rack.id) == Some(&site.id))
        .filter_map(|rack| rack_of(app, world, rack, &declared));
    let racks: Vec<RackMeasure> = racks.collect();
    let runways = runway::runways(app, world, site, (&declared, &racks)).await?;
    let ups = world
        .register
        .devices_of(&site.id)
        .filter(|device| device.class == DeviceClass::Ups);
    let upses = ups.map(|device| ups_of(app, &device.id)).collect();
    let mut inlets = Vec::new();
    for device in world.register.devices_of(&site.id) {
        if device.class == DeviceClass::Environment {
            inlets.extend(inlet_of(app, &device.id, now).await?);
        }
    }
    Ok(FacilityMeasures {
        site: site.id.to_string(),
        as_of: now,
        racks,
        upses,
        inlets,
        binding: runway::binding(&runways),
        runways,
    })
}

/// A rack with two PDUs in the chain.
fn rack_of(
    app: &App,
    world: &World,
    rack: &Rack,
    declared: &[&FacilityNode],
) -> Option<RackMeasure> {
    let of_kind = |kind: FacilityKind| {
        declared
            .iter()
            .filter(move |node| node.kind == kind && node.rack.as_ref() == Some(&rack.id))
    };
    let mut pdus = of_kind(FacilityKind::Pdu).filter_map(|node| node.device.as_ref());
    let (a, b) = (pdus.next()?, pdus.next()?);
    let (a_watts, b_watts) = (watts_of(app, a), watts_of(app, b));
    let feeds = of_kind(FacilityKind::RackFeed).chain(of_kind(FacilityKind::Pdu));
    let breaker_watts = feeds
        .filter_map(|node| node.rating_watts)
        .min()
        .map(f64::from);
    let found = failover(a_watts, b_watts, breaker_watts);
    let mounted = world.register.devices.values().filter_map(|device| {
        let at = device.rack.as_ref()?;
        (at.id == rack.id).then_some(u32::from(at.height_u))
    });
    Some(RackMeasure {
        rack: rack.id.to_string(),
        name: rack.name.clone(),
        u_height: u32::from(rack.u_height),
        u_used: mounted.sum(),
        a_watts,
        b_watts,
        breaker_watts,
        percent_of_breaker: found.map(|found| found.percent_of_breaker),
        hidden_overload: found.map(|found| found.hidden_overload),
    })
}

/// Whether a power sensor measures all of a PDU, by its name.
pub(crate) fn is_whole_power(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("active power") || name.starts_with("pdu-")
}

/// The sensors that together say what a PDU gives: its whole power where it says that, or its
/// phases.
pub(super) fn watts_sensors(target: &TargetNow) -> Vec<&SensorSeen> {
    let power = || target.sensors().iter().filter(|s| s.class == "power");
    let whole = |seen: &&SensorSeen| is_whole_power(&seen.name);
    match power().find(whole) {
        Some(seen) => vec![seen],
        None => power().collect(),
    }
}

/// What a PDU gives now.
fn watts_of(app: &App, device: &DeviceId) -> Option<f64> {
    let target = app.live.device(device.as_str());
    let value = |seen: &SensorSeen| {
        let value = target.value(app.now(), &seen.key, &seen.metric)?;
        Some(value.as_f64())
    };
    let known: Vec<f64> = watts_sensors(&target)
        .into_iter()
        .filter_map(value)
        .collect();
    (!known.is_empty()).then(|| known.iter().sum())
}

fn ups_of(app: &App, device: &DeviceId) -> UpsMeasure {
    let target = app.live.device(device.as_str());
    let all = readings(&target, app.now());
    let of = |class: &str, pick: fn(f64, f64) -> f64| {
        let values = all.iter().filter(|r| r.class == class).map(|r| r.value);
        values.reduce(pick)
    };
    UpsMeasure {
        device: device.to_string(),
        load_ratio: of("load", f64::max),
        runtime_seconds: of("runtime", f64::min),
        charge_ratio: of("charge", f64::min),
    }
}

/// Whether a sensor measures the air before the equipment.
fn is_inlet(seen: &SensorSeen) -> bool {
    let name = seen.name.to_lowercase();
    name.contains("cold aisle") || name.contains("inlet") || name.contains("supply")
}

/// The sensors of the air before the equipment: temperature, and humidity where there is one.
fn inlet_sensors(target: &TargetNow) -> Option<(&SensorSeen, Option<&SensorSeen>)> {
    let sensor = |class: &str| {
        let mut sensors = target.sensors().iter();
        sensors.find(|seen| seen.class == class && is_inlet(seen))
    };
    Some((sensor("temperature")?, sensor("humidity")))
}

/// How long the air before the equipment was in its ranges over a window.
async fn inlet_shares(
    app: &App,
    device: &DeviceId,
    (temperature, humidity): (&SensorSeen, Option<&SensorSeen>),
    window: Interval,
) -> Result<AirShares, Refusal> {
    let celsius = values_of(app, device, temperature, window).await?;
    let moist = match humidity {
        Some(seen) => values_of(app, device, seen, window).await?,
        None => BTreeMap::new(),
    };
    let air: Vec<(Timestamp, AirRange)> = celsius
        .iter()
        .map(|(at, value)| (*at, air_range(*value, moist.get(at).copied())))
        .collect();
    let target = app.live.device(device.as_str());
    let holds = target
        .latest
        .as_ref()
        .map_or(0, |latest| stale_at(latest).millis_since(latest.at));
    Ok(air_shares(&air, window, holds))
}

/// The air before the equipment over a month.
pub(crate) async fn inlet_air(
    app: &App,
    device: &DeviceId,
    window: Interval,
) -> Result<Option<AirRow>, Refusal> {
    let target = app.live.device(device.as_str());
    let Some((temperature, humidity)) = inlet_sensors(&target) else {
        return Ok(None);
    };
    let shares = inlet_shares(app, device, (temperature, humidity), window).await?;
    let name = device.as_str();
    Ok(Some(AirRow::of(
        name,
        &temperature.name,
        humidity.is_some(),
        shares,
    )))
}

async fn inlet_of(
    app: &App,
    device: &DeviceId,
    now: Timestamp,
) -> Result<Option<InletMeasure>, Refusal> {
    let target = app.live.device(device.as_str());
    let Some((temperature, humidity)) = inlet_sensors(&target) else {
        return Ok(None);
    };
    let window = Interval {
        from: now.plus_millis(-AIR_MS),
        to: now,
    };
    let shares = inlet_shares(app, device, (temperature, humidity), window).await?;
    let newest = |seen: &SensorSeen| {
        let value = target.value(now, &seen.key, &seen.metric);
        value.map(tw_ingest::round::Value::as_f64)
    };
    Ok(Some(InletMeasure {
        device: device.to_string(),
        sensor: temperature.name.clone(),
        celsius: newest(temperature),
        humidity_ratio: humidity.and_then(newest),
        recommended_ratio: ratio(shares.recommended_ms, window),
        allowable_ratio: ratio(shares.allowable_ms, window),
        outside_ratio: ratio(shares.outside_ms, window),
        unknown_ratio: ratio(shares.unknown_ms, window),
    }))
}

async fn values_of(
    app: &App,
    device: &DeviceId,
    seen: &SensorSeen,
    window: Interval,
) -> Result<BTreeMap<Timestamp, f64>, Refusal> {
    let metrics = [seen.metric.as_str()];
    let mut read = app
        .samples_of_object(device.as_str(), &seen.key, &metrics, window)
        .await?;
    let samples = read.remove(&seen.metric).unwrap_or_default();
    let values = samples
        .into_iter()
        .filter_map(|sample| Some((sample.at, sample.value?.as_f64())));
    Ok(values.collect())
}

#[expect(clippy::cast_precision_loss, reason = "a day in milliseconds fits")]
fn ratio(part_ms: i64, window: Interval) -> f64 {
    part_ms as f64 / window.millis().max(1) as f64
}
