//! What had been recorded when an outage began: the causes in part 3 of a report.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-store`, `tw-model`. **Must not:**
//! guess: where nothing is recorded, nothing is said.

use crate::{
    app::App,
    http::refusal::Refusal,
    readings::live::{DEVICE_UP, of_code},
    world::World,
};
use std::collections::BTreeSet;
use tw_api::{Alert, LocalText, State};
use tw_availability::report::{CauseKind, CauseRow, Evidence, Findings, IncidentRow, Words};
use tw_model::{DeviceClass, Site};
use tw_units::{DeviceId, Interval};

/// Outages of a month whose causes are looked up, the first ones.
const OUTAGES_MAX: usize = 200;
/// Causes that are listed for an outage.
const CAUSES_MAX: usize = 8;
/// How long before an outage something may have gone wrong that is taken for its cause.
const BEFORE_MS: i64 = 15 * 60_000;
/// How many feeds are followed from a witness.
const FEEDS_DEEP_MAX: usize = 6;
/// `upsOutputSource` of a UPS that gives nothing, or lives on its battery (RFC 1628).
const NO_MAINS: [i64; 2] = [2, 5];

/// The causes of the outages of a month, as far as they are recorded.
pub(super) async fn causes(
    app: &App,
    world: &World,
    site: &Site,
    (evidence, findings): (&Evidence, &Findings),
) -> Result<Vec<CauseRow>, Refusal> {
    let mut all = Vec::new();
    for outage in findings.incidents.iter().take(OUTAGES_MAX) {
        let mut found = works(evidence, outage);
        found.extend(power(app, world, outage).await?);
        found.extend(upstream(app, world, outage).await?);
        found.extend(alerts(app, site, outage));
        found.truncate(CAUSES_MAX);
        all.extend(found);
    }
    Ok(all)
}

/// Around the beginning of an outage.
fn around(outage: &IncidentRow) -> Interval {
    Interval {
        from: outage.from.plus_millis(-BEFORE_MS),
        to: outage.from.plus_millis(outage.from_plus_minus_ms + 1),
    }
}

fn row(outage: &IncidentRow, kind: CauseKind, id: &str, what: Words) -> CauseRow {
    CauseRow {
        outage: outage.from,
        kind,
        id: id.to_owned(),
        what,
    }
}

fn both(en: String, vi: String) -> Words {
    Words {
        en: Some(en),
        vi: Some(vi),
    }
}

/// Work whose window had begun.
fn works(evidence: &Evidence, outage: &IncidentRow) -> Vec<CauseRow> {
    let begins = outage.from.plus_millis(outage.from_plus_minus_ms);
    let own = evidence.maintenance.iter();
    own.filter(|work| work.from <= begins && outage.from < work.to)
        .map(|work| {
            let title = work.what.clone();
            row(
                outage,
                CauseKind::Maintenance,
                &work.id,
                both(title.clone(), title),
            )
        })
        .collect()
}

/// UPS that feed the lost witnesses and had lost their mains.
async fn power(app: &App, world: &World, outage: &IncidentRow) -> Result<Vec<CauseRow>, Refusal> {
    let mut found = Vec::new();
    for device in feeds(world, &outage.witnesses_down) {
        let is_ups = world.register.devices.get(&device);
        if is_ups.is_none_or(|device| device.class != DeviceClass::Ups) {
            continue;
        }
        let window = around(outage);
        let runs = app
            .runs(device.as_str(), "", "upsOutputSource", window)
            .await?;
        let touches = |run: &&tw_store::Run| run.from < window.to && run.to >= window.from;
        if runs
            .iter()
            .filter(touches)
            .any(|r| NO_MAINS.contains(&r.state))
        {
            let what = both(
                format!("{device} had lost its mains"),
                format!("{device} đã mất điện lưới"),
            );
            found.push(row(outage, CauseKind::Power, device.as_str(), what));
        }
    }
    Ok(found)
}

/// What feeds some devices, and what feeds that.
fn feeds(world: &World, witnesses: &[String]) -> BTreeSet<DeviceId> {
    let fed_by = |id: &str| {
        let device = world.register.devices.get(id);
        device.map_or(&[][..], |device| device.fed_by.as_slice())
    };
    let mut all = BTreeSet::new();
    let mut next: Vec<DeviceId> = witnesses.iter().flat_map(|w| fed_by(w)).cloned().collect();
    for _ in 0..FEEDS_DEEP_MAX {
        next.retain(|id| all.insert(id.clone()));
        let further = next.iter().flat_map(|id| fed_by(id.as_str()));
        next = further.cloned().collect();
    }
    all
}

/// Devices on the way to the lost witnesses that were down.
async fn upstream(
    app: &App,
    world: &World,
    outage: &IncidentRow,
) -> Result<Vec<CauseRow>, Refusal> {
    let ways = outage.witnesses_down.iter().filter_map(|witness| {
        let device = world.register.devices.get(witness.as_str())?;
        Some(device.reached_via.iter())
    });
    let ways: BTreeSet<&DeviceId> = ways.flatten().collect();
    let mut found = Vec::new();
    for node in ways {
        let window = around(outage);
        let runs = app.runs(node.as_str(), "", DEVICE_UP, window).await?;
        let down = |run: &tw_store::Run| {
            of_code(run.state) == State::Down && run.from < window.to && run.to >= outage.from
        };
        if runs.iter().any(down) {
            let what = both(
                format!("{node}, on the way to it, was down"),
                format!("{node} trên đường kết nối bị gián đoạn"),
            );
            found.push(row(outage, CauseKind::Upstream, node.as_str(), what));
        }
    }
    Ok(found)
}

/// Alerts of the site that had begun shortly before and were open; those that only say that a
/// lost witness is lost are no cause.
fn alerts(app: &App, site: &Site, outage: &IncidentRow) -> Vec<CauseRow> {
    let window = around(outage);
    let says_the_same = |alert: &Alert| {
        let silent = ["site_silent", "site_all_down", "site_gateway_down"];
        silent.contains(&alert.code.as_str())
            || (alert.code == "device_down" && outage.witnesses_down.contains(&alert.subject.id))
    };
    let fits = |alert: &&Alert| {
        alert.site.as_deref() == Some(site.id.as_str())
            && window.contains(alert.since)
            && alert.cleared_at.is_none_or(|at| at >= outage.from)
            && !says_the_same(alert)
    };
    let words = |title: &LocalText| Words {
        en: title.en.clone(),
        vi: title.vi.clone(),
    };
    let all = app.alerts.all();
    all.iter()
        .filter(fits)
        .map(|alert| row(outage, CauseKind::Alert, &alert.id, words(&alert.title)))
        .collect()
}
