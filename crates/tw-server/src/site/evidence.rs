//! What the account of a site stands on, gathered from store and register: the same for the live
//! figures and for the report of a month.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-store`, `tw-model`. **Must not:**
//! leave a correction out.

use super::{
    actions::{structure, targets},
    held,
    observers::{guard, observed_devices, observers, view_of},
};
use crate::{
    access::accounts::store,
    app::App,
    http::refusal::Refusal,
    maintenance::effects,
    readings::{
        live::{DEVICE_UP, of_code},
        spans::poll_run,
    },
    world::World,
};
use std::collections::BTreeMap;
use tw_availability::{
    MaintenanceWindow, State,
    report::{Correction, Evidence, EvidenceRun, View, Window},
};
use tw_model::{Site, Structure};
use tw_units::{DeviceId, Interval};

/// Outages closer than this are one incident.
const MERGE_GAP_MS: i64 = 300_000;
/// The evidence of a period as of now.
pub(crate) async fn gather(
    app: &App,
    world: &World,
    site: &Site,
    period: Interval,
) -> Result<Evidence, Refusal> {
    let structure = structure(world, site);
    let mut witnesses: BTreeMap<String, Vec<EvidenceRun>> = BTreeMap::new();
    let mut others = BTreeMap::new();
    let mut views = Vec::new();
    for device in observed_devices(world, site) {
        let runs = seen(app, device.as_str(), period).await?;
        let is_witness = structure.devices().contains(&&device);
        let own = if is_witness {
            &mut witnesses
        } else {
            &mut others
        };
        own.insert(device.to_string(), runs);
        views.extend(further_views(app, site, &device, period).await?);
    }
    let named = structure.devices();
    let guards = named.into_iter().filter_map(|w| guard(world, site, w));
    let mut guards: Vec<_> = guards.collect();
    guards.sort_by(|a, b| a.subject.cmp(&b.subject));
    guards.dedup();
    let mut evidence = Evidence {
        from: period.from,
        to: period.to,
        as_of: app.now(),
        structure: (&structure).into(),
        witnesses,
        others,
        guards,
        views,
        proofs: Vec::new(),
        mains: held::mains(app, world, site, period).await?,
        corrections: corrections(app, site, period).await?,
        targets: targets(site),
        maintenance: windows(app, world, (site, &structure)),
        earlier: Vec::new(),
        chain: None,
        stale_after_ms: None,
        merge_gap_ms: MERGE_GAP_MS,
        min_outage_ms: 0,
    };
    evidence.proofs = held::proofs(app, &evidence).await?;
    Ok(evidence)
}

/// What polls of a target saw.
async fn seen(app: &App, target: &str, period: Interval) -> Result<Vec<EvidenceRun>, Refusal> {
    seen_of(app, (target, DEVICE_UP), of_code, period).await
}

/// What polls saw of a state of a target.
pub(super) async fn seen_of(
    app: &App,
    (target, metric): (&str, &str),
    state_of: fn(i64) -> tw_api::State,
    period: Interval,
) -> Result<Vec<EvidenceRun>, Refusal> {
    let window = Evidence::window(period);
    let runs = app.runs(target, "", metric, window).await?;
    let polled = runs.iter().map(|run| poll_run(run, state_of(run.state)));
    Ok(polled
        .filter_map(|run| EvidenceRun::of(&run, window))
        .collect())
}

async fn further_views(
    app: &App,
    site: &Site,
    device: &DeviceId,
    period: Interval,
) -> Result<Vec<View>, Refusal> {
    let mut views = Vec::new();
    for observer in observers(site) {
        views.push(View {
            observer: observer.to_string(),
            subject: device.to_string(),
            runs: seen(app, &view_of(observer.as_str(), device), period).await?,
        });
    }
    Ok(views)
}

/// Approved work on what the load hangs on, with the words that people gave it.
fn windows(app: &App, world: &World, (site, structure): (&Site, &Structure)) -> Vec<Window> {
    let works = app.works.all();
    let window = |accounted: MaintenanceWindow| {
        let kept = works.iter().find(|kept| kept.id == accounted.id);
        let said = kept.map(|kept| &kept.said);
        Window {
            what: said.map(|said| said.title.clone()).unwrap_or_default(),
            from: accounted.window.from,
            to: accounted.window.to,
            approved_at: accounted.approved_at,
            approved_by: said.and_then(|said| said.decided_by.clone()),
            override_reason: said.and_then(|said| said.override_reason.clone()),
            id: accounted.id,
        }
    };
    let accounted = effects::windows(app, world, (site, structure));
    accounted.into_iter().map(window).collect()
}

async fn corrections(app: &App, site: &Site, period: Interval) -> Result<Vec<Correction>, Refusal> {
    let rows = app
        .store
        .corrections(site.id.as_str(), period)
        .await
        .map_err(|e| store(&e))?;
    let state = |word: &str| match word {
        "up" => State::Up,
        "down" => State::Down,
        _ => State::Unknown,
    };
    let read = |row: tw_store::CorrectionRow| Correction {
        id: row.id.to_string(),
        state: state(&row.entered.state),
        subject: row.entered.subject,
        from: row.entered.span.from,
        to: row.entered.span.to,
        reason: row.entered.reason,
        author: row.author,
        approver: None,
        recorded_at: row.recorded_at,
    };
    Ok(rows.into_iter().map(read).collect())
}
