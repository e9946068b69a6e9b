//! Part 7 of a report: air, energy, losses of the mains, tests; from stored readings and recorded
//! work.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-store`, `tw-model`. **Must not:**
//! fill a gap: what was not read is unknown.

use crate::{
    app::App,
    facility::measures::{inlet_air, is_whole_power},
    http::refusal::Refusal,
    readings::live::stale_at,
    world::World,
};
use std::collections::BTreeSet;
use tw_api::MaintenanceKind;
use tw_availability::{
    WorkState,
    report::{DisturbanceRow, Energy, Environment, MainsRow, Metered, TestRow},
};
use tw_ingest::{round::Value, seen::SensorSeen};
use tw_model::{Device, DeviceClass, FacilityKind, Site};
use tw_units::{DeviceId, Interval, Timestamp};

/// Times on battery that are listed for a UPS.
const LOSSES_MAX: usize = 100;
/// For so long after the first poll on battery its count of seconds is looked for: the first may
/// be of the second in which it began.
const COUNT_WAIT_MS: i64 = 10 * 60_000;
/// `upsOutputSource` for "battery" (RFC 1628).
const BATTERY: i64 = 5;

/// What is recorded of a month; `None` when nothing at all is.
pub(super) async fn environment(
    app: &App,
    world: &World,
    (site, month): (&Site, Interval),
) -> Result<Option<Environment>, Refusal> {
    let window = Interval::new(month.from, month.to.min(app.now()));
    let Some(window) = window else {
        return Ok(None);
    };
    let mut found = Environment {
        energy: energy(app, world, site, window).await?,
        tests: tests(app, site, window),
        ..Environment::default()
    };
    for device in world.register.devices_of(&site.id) {
        match device.class {
            DeviceClass::Environment => {
                found.air.extend(inlet_air(app, &device.id, window).await?);
            }
            DeviceClass::Ups => mains(app, &device.id, (window, &mut found)).await?,
            _ => {}
        }
    }
    Ok((found != Environment::default()).then_some(found))
}

/// The energy of the equipment by its PDUs, and of the site by meters on its feed.
async fn energy(
    app: &App,
    world: &World,
    site: &Site,
    window: Interval,
) -> Result<Option<Energy>, Refusal> {
    let pdus = world.register.devices_of(&site.id);
    let pdus: Vec<&DeviceId> = pdus
        .filter(|device| device.class == DeviceClass::Pdu && device.address.is_some())
        .map(|device: &Device| &device.id)
        .collect();
    let at_the_feed = [FacilityKind::UtilityFeed, FacilityKind::Switchboard];
    let meters: BTreeSet<&DeviceId> = world
        .register
        .facility
        .values()
        .filter(|node| node.site == site.id && at_the_feed.contains(&node.kind))
        .filter_map(|node| node.device.as_ref())
        .collect();
    let Some(equipment) = metered(app, &pdus, window).await? else {
        return Ok(None);
    };
    let meters: Vec<&DeviceId> = meters.into_iter().collect();
    let whole = metered(app, &meters, window).await?;
    Ok(Some(Energy::of(equipment, whole, window)))
}

/// The power of several devices together; `None` when one of them has no power sensor.
async fn metered(
    app: &App,
    devices: &[&DeviceId],
    window: Interval,
) -> Result<Option<Metered>, Refusal> {
    let mut sum: Option<Metered> = None;
    for device in devices {
        let target = app.live.device(device.as_str());
        let power: Vec<&SensorSeen> = target
            .sensors()
            .iter()
            .filter(|seen| seen.class == "power")
            .collect();
        let whole = power.iter().find(|seen| is_whole_power(&seen.name));
        let parts: Vec<&SensorSeen> = whole.map_or(power.clone(), |one| vec![*one]);
        if parts.is_empty() {
            return Ok(None);
        }
        let holds = target.latest.as_ref();
        let holds = holds.map_or(0, |latest| stale_at(latest).millis_since(latest.at));
        for part in parts {
            let metrics = [part.metric.as_str()];
            let mut read = app
                .samples_of_object(device.as_str(), &part.key, &metrics, window)
                .await?;
            let samples = read.remove(&part.metric).unwrap_or_default();
            let readings: Vec<(Timestamp, i64)> = samples
                .into_iter()
                .filter_map(|sample| Some((sample.at, milliwatts(sample.value?)?)))
                .collect();
            let own = Metered::of(&readings, window, holds);
            sum = Some(sum.map_or(own, |sum| sum.with(own)));
        }
    }
    Ok(sum)
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
fn milliwatts(value: Value) -> Option<i64> {
    const WATTS_MAX: f64 = 1e9;
    let watts = value.as_f64();
    (0.0..=WATTS_MAX)
        .contains(&watts)
        .then_some((watts * 1_000.0) as i64)
}

/// When a UPS lived on its battery, and what its own counter says of its input.
async fn mains(
    app: &App,
    device: &DeviceId,
    (window, found): (Interval, &mut Environment),
) -> Result<(), Refusal> {
    let name = device.as_str();
    let runs = app.runs(name, "", "upsOutputSource", window).await?;
    let mut seen = 0;
    for (index, run) in runs.iter().enumerate() {
        let inside = run.from < window.to && run.to >= window.from;
        if run.state != BATTERY || !inside {
            continue;
        }
        seen += 1;
        if seen > LOSSES_MAX {
            continue;
        }
        let while_so = Interval {
            from: run.from,
            to: run
                .to
                .min(run.from.plus_millis(COUNT_WAIT_MS))
                .plus_millis(1),
        };
        let read = app
            .samples_of_object(name, "", &["upsSecondsOnBattery"], while_so)
            .await?;
        let mut seconds = read.get("upsSecondsOnBattery").into_iter().flatten();
        let counted = seconds.find_map(|sample| {
            let seconds = i64::try_from(sample.value?.as_whole()?).ok()?;
            (seconds > 0).then_some((sample.at, seconds))
        });
        let before = index.checked_sub(1).and_then(|i| runs.get(i));
        let back = runs.get(index + 1).filter(|next| next.state != BATTERY);
        found.mains.push(MainsRow::of(
            name,
            (before.map(|run| run.to), run.from, run.to),
            counted,
            back.map(|next| next.from),
        ));
    }
    let read = app
        .samples_of_object(name, "", &["upsInputLineBads"], window)
        .await?;
    let counts: Vec<u64> = read
        .get("upsInputLineBads")
        .into_iter()
        .flatten()
        .filter_map(|sample| u64::try_from(sample.value?.as_whole()?).ok())
        .collect();
    if !counts.is_empty() || seen > 0 {
        found
            .disturbances
            .push(DisturbanceRow::of(name, &counts, seen as u64));
    }
    Ok(())
}

/// Recorded tests whose window lies in the month.
fn tests(app: &App, site: &Site, window: Interval) -> Vec<TestRow> {
    let works = app.works.all();
    let own = works.iter().filter(|kept| {
        kept.site == site.id.as_str()
            && kept.said.kind == MaintenanceKind::Test
            && kept.work.window.intersect(window).is_some()
            && !matches!(kept.work.state, WorkState::Refused | WorkState::Cancelled)
    });
    let row = |kept: &crate::maintenance::works::Kept| TestRow {
        id: kept.id.clone(),
        what: kept.said.title.clone(),
        components: kept.components.clone(),
        began_at: kept.work.began_at,
        ended_at: kept.work.ended_at,
        outcome: kept.said.closing_note.clone(),
    };
    own.map(row).collect()
}
