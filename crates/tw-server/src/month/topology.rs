//! What part 5 of a month stands on, gathered: the chain as it was declared, and the states that
//! were recorded of it.
//!
//! **Room:** layer 2, shell. **May use:** `tw-availability`, `tw-model`, `tw-store`. **Must not:**
//! judge: the report's own core does, from what is gathered here and kept in the report.

use super::{actions::Of, calendar::Month};
use crate::{
    app::App,
    facility::actions::{changes, day_at},
    http::refusal::Refusal,
    readings::live::DEVICE_UP,
    world::World,
};
use jiff::ToSpan;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tw_availability::report::{
    ChainEvidence, CodeRun, Evidence, RecordedDevice, RecordedSensor, Report, ShapeEvidence,
    WorkSpan, asked, chain_version, topology_part,
};
use tw_model::{Day, FacilityNode, Site};
use tw_store::Run;
use tw_units::{DeviceId, Interval, Timestamp};

/// Part 5 as it is recorded, from the evidence that the report carries.
pub(super) fn attached(
    evidence: &Evidence,
    cover: &tw_availability::report::Cover,
) -> Result<Option<Value>, Refusal> {
    let known = (evidence.period(), evidence.as_of);
    let part = evidence
        .chain
        .as_ref()
        .map(|chain| topology_part(chain, cover, known))
        .transpose()
        .map_err(|cause| Refusal::internal(&cause))?;
    let value = part.map(serde_json::to_value).transpose();
    value.map_err(|e| Refusal::internal(&e))
}

/// The version of the chain as it is declared for the month's last day.
pub(super) fn version(world: &World, (site, month): Of<'_>) -> Result<Option<String>, Refusal> {
    let last = day_at(site, month.period.to.plus_millis(-1));
    let nodes = nodes(world, site, last)?;
    Ok((!nodes.is_empty()).then(|| chain_version(&nodes)))
}

/// The nodes declared for a day, as the register has them.
fn nodes(world: &World, site: &Site, day: Day) -> Result<Vec<Value>, Refusal> {
    let declared = world.register.facility_of(&site.id, day);
    let values = declared.map(serde_json::to_value);
    values
        .collect::<Result<_, _>>()
        .map_err(|e| Refusal::internal(&e))
}

/// What part 5 stands on, or nothing where no chain is declared for any day of the month. What a
/// revision before had recorded and is kept no longer stays: the past does not change.
pub(super) async fn gather(
    app: &App,
    world: &World,
    (site, month): Of<'_>,
    (as_of, last): (Timestamp, Option<&Report>),
) -> Result<Option<ChainEvidence>, Refusal> {
    let mut shapes = Vec::new();
    let mut devices = BTreeMap::new();
    for (from, to) in stretches(site, month, &changes(world, site)) {
        let nodes = nodes(world, site, from)?;
        if nodes.is_empty() {
            continue;
        }
        shapes.push(ShapeEvidence {
            from: from.to_string(),
            to: to.to_string(),
            nodes,
        });
        for node in world.register.facility_of(&site.id, from) {
            recorded(app, (node, month.period), &mut devices).await?;
        }
    }
    let before = last.and_then(|last| last.evidence.chain.as_ref());
    for (id, kept) in before.iter().flat_map(|chain| &chain.devices) {
        if devices.get(id).is_some_and(|now| now.up.is_empty()) {
            devices.insert(id.clone(), kept.clone());
        }
    }
    let evidence = ChainEvidence {
        shapes,
        devices,
        works: works(app, (site, month.period), as_of),
    };
    Ok((!evidence.shapes.is_empty()).then_some(evidence))
}

/// The parts of a month in which the chain has one shape: first and last day.
fn stretches(site: &Site, month: &Month, changes: &[Day]) -> Vec<(Day, Day)> {
    let (first, last) = (
        day_at(site, month.period.from),
        day_at(site, month.period.to.plus_millis(-1)),
    );
    let inside = |day: &&Day| first < **day && **day <= last;
    let mut begins = vec![first];
    begins.extend(changes.iter().filter(inside));
    let stretch = |(n, begin): (usize, &Day)| {
        let next = begins.get(n + 1).copied();
        let until = next.map_or(Some(last), |next| next.0.checked_sub(1.day()).ok().map(Day));
        Some((*begin, until?))
    };
    begins.iter().enumerate().filter_map(stretch).collect()
}

/// Adds what was recorded of the device that says how a node is.
async fn recorded(
    app: &App,
    (node, period): (&FacilityNode, Interval),
    devices: &mut BTreeMap<String, RecordedDevice>,
) -> Result<(), Refusal> {
    let Some(id) = asked(node).map(DeviceId::as_str) else {
        return Ok(());
    };
    if devices.contains_key(id) {
        return Ok(());
    }
    let up = app.runs(id, "", DEVICE_UP, period).await?;
    let target = app.live.device(id);
    let mut sensors = Vec::new();
    for seen in target.sensors().iter().filter(|s| !s.states.is_empty()) {
        let polls = app.runs(id, &seen.key, &seen.metric, period).await?;
        let runs = code_runs(&polls, period);
        let told: BTreeSet<i64> = runs.iter().map(|run| run.2).collect();
        let words = seen.states.iter().filter(|(code, _)| told.contains(code));
        sensors.push(RecordedSensor {
            name: seen.name.clone(),
            class: seen.class.clone(),
            words: words.cloned().collect(),
            runs,
        });
    }
    let recorded = RecordedDevice {
        up: code_runs(&up, period),
        sensors,
    };
    devices.insert(id.to_owned(), recorded);
    Ok(())
}

fn code_runs(polls: &[Run], period: Interval) -> Vec<CodeRun> {
    let polls: Vec<_> = polls
        .iter()
        .map(|run| (run.from, run.to, run.period_ms, run.state))
        .collect();
    CodeRun::of_polls(&polls, period)
}

/// When work had taken what out, by its real times.
fn works(app: &App, (site, period): (&Site, Interval), as_of: Timestamp) -> Vec<WorkSpan> {
    let works = app.works.all();
    let of_site = works.iter().filter(|kept| kept.site == site.id.as_str());
    let worked = of_site.filter_map(|kept| {
        let ended = kept.work.ended_at.unwrap_or(as_of);
        let span = Interval::new(kept.work.began_at?, ended)?.intersect(period)?;
        Some(WorkSpan {
            from: span.from,
            to: span.to,
            components: kept.components.clone(),
        })
    });
    let mut worked: Vec<WorkSpan> = worked.collect();
    worked.sort();
    worked
}
