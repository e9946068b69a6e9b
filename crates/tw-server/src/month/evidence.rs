//! What a month stands on, gathered from store and register.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-store`, `tw-model`. **Must not:**
//! leave a correction out.

use super::{calendar::Month, topology};
use crate::{
    access::accounts::store,
    age::{actions::today, judged::Judge},
    app::App,
    http::refusal::Refusal,
    maintenance::effects,
    readings::{live::of_code, spans::poll_run},
    site::actions::{structure, targets, witness_runs},
    world::{CENTRE_COLLECTOR, World},
};
use std::collections::BTreeMap;
use tw_api::AgeVerdict;
use tw_availability::{
    State,
    report::{
        Attached, CollectorRow, Correction, Cover, EarlierMonth, Evidence, EvidenceRun,
        LifecycleRow, Report, TargetRow, Window, Words,
    },
};
use tw_model::{Name, Site};
use tw_units::{Interval, Timestamp};

/// Outages closer than this are one incident.
const MERGE_GAP_MS: i64 = 300_000;

/// The evidence of a month as of now.
pub(super) async fn gather(
    app: &App,
    world: &World,
    (site, month): (&Site, &Month),
) -> Result<Evidence, Refusal> {
    let window = Evidence::window(month.period);
    let structure = structure(world, site);
    let runs = witness_runs(app, &structure, window).await?;
    let own = |runs: &Vec<tw_store::Run>| -> Vec<EvidenceRun> {
        let polled = runs.iter().map(|run| poll_run(run, of_code(run.state)));
        polled
            .filter_map(|run| EvidenceRun::of(&run, window))
            .collect()
    };
    let witnesses: BTreeMap<String, Vec<EvidenceRun>> = runs
        .iter()
        .map(|(device, runs)| (device.clone(), own(runs)))
        .collect();
    Ok(Evidence {
        from: month.period.from,
        to: month.period.to,
        as_of: app.now(),
        structure: (&structure).into(),
        witnesses,
        proofs: Vec::new(),
        corrections: corrections(app, site, month.period).await?,
        targets: targets(site),
        maintenance: windows(app, world, (site, &structure)),
        earlier: earlier(app, site, month).await?,
        stale_after_ms: None,
        merge_gap_ms: MERGE_GAP_MS,
        min_outage_ms: 0,
    })
}

/// Approved work on what the load hangs on, with the words that people gave it.
fn windows(
    app: &App,
    world: &World,
    (site, structure): (&Site, &tw_model::Structure),
) -> Vec<Window> {
    let works = app.works.all();
    let window = |accounted: tw_availability::MaintenanceWindow| {
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

/// The closed months of the same year before this one.
async fn earlier(app: &App, site: &Site, month: &Month) -> Result<Vec<EarlierMonth>, Refusal> {
    let year = month.name.get(..4).unwrap_or_default();
    let rows = app
        .store
        .months(site.id.as_str())
        .await
        .map_err(|e| store(&e))?;
    let before = rows
        .into_iter()
        .filter(|row| row.month.starts_with(year) && row.month < month.name);
    let read = |row: tw_store::MonthRow| {
        let report: Report = serde_json::from_str(&row.body).map_err(|e| Refusal::internal(&e))?;
        let result = report.findings.result;
        Ok(EarlierMonth {
            month: row.month,
            rev: row.rev,
            sha256: row.sha256,
            period_ms: result.period_ms,
            downtime_ms: result.downtime_ms,
            unknown_ms: result.unknown_ms,
        })
    };
    before.map(read).collect()
}

fn words(name: &Name) -> Words {
    Words {
        en: Some(name.en.clone()),
        vi: name.vi.clone(),
    }
}

/// What the report is about.
pub(super) fn cover(world: &World, site: &Site) -> Cover {
    let organisation = world.register.organisation.as_ref();
    let target = |target: &tw_model::TierTarget| TargetRow {
        standard: target.standard.to_string(),
        level: target.level.to_string(),
        downtime_ppm: target.downtime_ppm.0,
        valid_from: target.valid_from.0.to_string(),
    };
    Cover {
        operator: organisation.map(|o| words(&o.name)).unwrap_or_default(),
        site_name: words(&site.name),
        address: site.street.clone(),
        timezone: site.timezone.clone(),
        targets: site.tier_targets.iter().map(target).collect(),
        simulated: world.simulated(),
    }
}

/// What is recorded beside the availability.
pub(super) async fn attached(
    app: &App,
    world: &World,
    (site, month): (&Site, &Month),
) -> Result<Attached, Refusal> {
    Ok(Attached {
        topology: topology::attached(app, world, (site, month)).await?,
        environment: None,
        lifecycle: Some(lifecycle(world, site, month)),
        collectors: vec![collector(app, world, (site, month)).await?],
        override_reason: None,
    })
}

/// Devices at the site whose asset was older than its class allows when the month ended.
fn lifecycle(world: &World, site: &Site, month: &Month) -> Vec<LifecycleRow> {
    let as_of = today(world, month.period.to.plus_millis(-1));
    let judge = Judge::new(world, (as_of, as_of));
    let row = |device: &tw_model::Device| {
        let asset = world.asset_of_device(device.id.as_str())?;
        let judged = judge.judged(asset)?;
        (judged.verdict == AgeVerdict::Over).then(|| LifecycleRow {
            asset: asset.tag.to_string(),
            name: device.name.clone(),
            why: judged
                .due
                .latest
                .map(|day| day.to_string())
                .unwrap_or_default(),
        })
    };
    world
        .register
        .devices_of(&site.id)
        .filter_map(row)
        .collect()
}

/// Whether all readings of the month have come in from the site's collector.
pub(super) async fn collector(
    app: &App,
    world: &World,
    (site, month): (&Site, &Month),
) -> Result<CollectorRow, Refusal> {
    let id = world.collector_of(&site.id);
    let seen = app.store.collectors().await.map_err(|e| store(&e))?;
    let seen = seen.into_iter().find(|seen| seen.collector.as_str() == id);
    let end = month.period.to;
    let reached = |at: Option<Timestamp>| at.is_some_and(|at| at >= end);
    let last = seen.as_ref().and_then(|seen| seen.last_round);
    let status = seen.as_ref().and_then(|seen| seen.status.as_ref());
    let unsent = status.and_then(|status| status.oldest_unsent);
    // The centre's own collector hands over what it reads at once; one that never said how it
    // fares is drained when it delivers readings from after the month and holds nothing older.
    let drained =
        id == CENTRE_COLLECTOR || (reached(last) && unsent.is_none_or(|oldest| oldest >= end));
    Ok(CollectorRow {
        id: id.to_owned(),
        last_reading_at: last,
        oldest_unsent_at: unsent,
        drained,
        declared_lost: false,
    })
}
