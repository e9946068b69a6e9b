//! What a month stands on, gathered from store and register.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-store`, `tw-model`. **Must not:**
//! leave a correction out.

use super::calendar::Month;
use crate::{
    access::accounts::store,
    age::{actions::today, judged::Judge},
    app::App,
    http::refusal::Refusal,
    world::{CENTRE_COLLECTOR, World},
};
use tw_api::AgeVerdict;
use tw_availability::report::{
    Attached, CollectorRow, Cover, EarlierMonth, Evidence, LifecycleRow, Report, TargetRow, Words,
};
use tw_model::{Name, Site};
use tw_units::Timestamp;

/// The evidence of a month as of now. What a device proved once stands, also when the reading
/// that it was taken from is kept no longer.
pub(super) async fn gather(
    app: &App,
    world: &World,
    (site, month): (&Site, &Month),
    last: Option<&Report>,
) -> Result<Evidence, Refusal> {
    let mut evidence = crate::site::evidence::gather(app, world, site, month.period).await?;
    for proof in last.iter().flat_map(|last| &last.evidence.proofs) {
        if !evidence.proofs.contains(proof) {
            evidence.proofs.push(proof.clone());
        }
    }
    evidence
        .proofs
        .sort_by(|a, b| (&a.subject, a.from).cmp(&(&b.subject, b.from)));
    remember_mains(&mut evidence, last);
    evidence.earlier = earlier(app, site, month).await?;
    Ok(evidence)
}

/// What a UPS counted once stands, too. A month that was closed without it stays without it: what
/// is new about a month is what came in late, not what a later program reads.
fn remember_mains(evidence: &mut Evidence, last: Option<&Report>) {
    let Some(last) = last else { return };
    let known = &last.evidence.mains;
    evidence
        .mains
        .retain(|own| known.iter().any(|known| known.ups == own.ups));
    for own in &mut evidence.mains {
        if let Some(known) = known.iter().find(|known| known.ups == own.ups) {
            own.remember(known);
        }
    }
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
        topology: None,
        environment: None,
        causes: Vec::new(),
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
