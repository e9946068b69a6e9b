//! Loads the witnesses' states and asks `tw-availability`.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-availability`, `tw-model`. **Must not:**
//! decide what counts as downtime.

use super::margin::margin;
use crate::{
    app::App,
    http::refusal::Refusal,
    maintenance::{effects, works::Works},
    readings::{
        live::{DEVICE_UP, Live, of_code},
        spans::poll_run,
    },
    world::World,
};
use jiff::{ToSpan, tz::TimeZone};
use std::collections::BTreeMap;
use tw_api::{SiteState, State};
use tw_availability::{
    Assessment, Mark, PollRun, ServiceTimeline, SiteQuestion, Spare, Target, Timeline,
    service_timeline, site_availability, targets_of, timeline_of_runs,
};
use tw_model::{Site, Structure};
use tw_store::Run;
use tw_units::{DeviceId, Interval, Timestamp};

/// The witnesses of a site with the structure that joins them. Devices that the structure names
/// are witnesses, flagged or not.
pub(crate) fn structure(world: &World, site: &Site) -> Structure {
    site.availability.clone().unwrap_or_else(|| Structure::All {
        all: world
            .register
            .witnesses_of(&site.id)
            .map(|device| Structure::Device(device.id.clone()))
            .collect(),
    })
}

/// The runs of every witness over a window.
pub(crate) async fn witness_runs(
    app: &App,
    structure: &Structure,
    window: Interval,
) -> Result<BTreeMap<String, Vec<Run>>, Refusal> {
    let mut devices: Vec<&DeviceId> = structure.devices();
    devices.sort();
    devices.dedup();
    let mut runs = BTreeMap::new();
    for device in devices {
        let own = app.runs(device.as_str(), "", DEVICE_UP, window).await?;
        runs.insert(device.to_string(), own);
    }
    Ok(runs)
}

/// What a site's witnesses say about a period.
pub(crate) struct Judged {
    pub(crate) structure: Structure,
    pub(crate) assessment: Option<Assessment>,
}

/// Judges a site over a period. Without a witness there is nothing to judge by.
pub(crate) async fn judge(
    app: &App,
    world: &World,
    site: &Site,
    period: Interval,
) -> Result<Judged, Refusal> {
    let structure = structure(world, site);
    let runs = witness_runs(app, &structure, period).await?;
    let question = SiteQuestion {
        witnesses: poll_runs(&runs),
        structure: Some((&structure).into()),
        targets: targets(site),
        period,
        stale_after_ms: None,
        as_of: app.now(),
        maintenance: effects::windows(app, world, (site, &structure)),
    };
    // A structure that cannot be evaluated (no witness at all) proves nothing.
    let assessment = site_availability(&question).ok();
    Ok(Judged {
        structure,
        assessment,
    })
}

/// A site's targets as instants in its zone.
pub(crate) fn targets(site: &Site) -> Vec<Target> {
    targets_of(&site.tier_targets, &zone(site))
}

/// The time zone of a site; UTC for one that the database does not have.
pub(crate) fn zone(site: &Site) -> TimeZone {
    TimeZone::get(&site.timezone).unwrap_or(TimeZone::UTC)
}

fn poll_runs(runs: &BTreeMap<String, Vec<Run>>) -> BTreeMap<String, Vec<PollRun>> {
    let of_runs = |runs: &Vec<Run>| runs.iter().map(|r| poll_run(r, of_code(r.state))).collect();
    runs.iter()
        .map(|(device, runs)| (device.clone(), of_runs(runs)))
        .collect()
}

/// The timelines of the witnesses and of the load.
pub(crate) fn timelines(
    structure: &Structure,
    runs: &BTreeMap<String, Vec<Run>>,
    now: Timestamp,
) -> (ServiceTimeline, BTreeMap<String, Timeline>) {
    let parts: BTreeMap<String, Timeline> = poll_runs(runs)
        .into_iter()
        .map(|(device, runs)| (device, timeline_of_runs(&runs, None).known_until(now)))
        .collect();
    (
        service_timeline(&structure.into(), &parts).unwrap_or_default(),
        parts,
    )
}

/// The calendar month that an instant lies in, in the site's zone.
pub(crate) fn month_of(site: &Site, at: Timestamp) -> Option<Interval> {
    let zone = zone(site);
    let first = at.to_jiff().to_zoned(zone.clone()).date().first_of_month();
    let next = first.checked_add(1.month()).ok()?;
    let start = |day: jiff::civil::Date| {
        day.to_zoned(zone.clone())
            .ok()
            .map(|zoned| Timestamp::from_jiff(zoned.timestamp()))
    };
    Interval::new(start(first)?, start(next)?)
}

/// What is known of a site's load now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoadNow {
    pub(crate) state: SiteState,
    pub(crate) since: Option<Timestamp>,
    pub(crate) margin: Option<u32>,
    pub(crate) next_failures: Vec<String>,
}

/// Works out the load's state from the witnesses' present states, and its margin from the chain
/// with what is out for work.
pub(crate) fn load_now(
    world: &World,
    live: &Live,
    works: &Works,
    (site, now): (&Site, Timestamp),
) -> LoadNow {
    let structure = structure(world, site);
    let mut marks: BTreeMap<String, Timeline> = BTreeMap::new();
    let mut since: Option<Timestamp> = None;
    let mut states: BTreeMap<&DeviceId, State> = BTreeMap::new();
    let devices = structure.devices();
    for device in &devices {
        let (state, from) = live.device(device.as_str()).state(now);
        states.insert(device, state);
        since = since.max(from);
        let mark = match state {
            State::Up | State::Degraded => Mark::Up,
            State::Down => Mark::Down,
            State::Unknown => Mark::Unknown,
        };
        marks.insert(device.to_string(), Timeline::from_intervals(&[], mark));
    }
    let service = service_timeline(&(&structure).into(), &marks).unwrap_or_default();
    let last = service.steps.last();
    let is_up = |device: &DeviceId| states.get(device) == Some(&State::Up);
    let known = margin(&structure, &is_up);
    let state = match last.map(|step| (step.mark, step.spare)) {
        Some((Mark::Up, Spare::Lost)) => SiteState::ProtectionLost,
        Some((Mark::Up, _)) => SiteState::Fed,
        Some((Mark::Down, _)) => SiteState::LoadLost,
        _ => SiteState::NotProven,
    };
    let (margin, next) = known.filter(|_| state != SiteState::NotProven).unzip();
    let next = next.unwrap_or_default();
    let by_witnesses = LoadNow {
        state,
        since,
        margin,
        next_failures: next.iter().map(ToString::to_string).collect(),
    };
    // A chain that cannot be assessed says nothing; the register's check has told about it.
    match crate::facility::actions::chain_now(world, live, &works.at_work(&site.id), (site, now)) {
        Ok(Some(chain)) => with_chain(by_witnesses, &chain),
        _ => by_witnesses,
    }
}

/// What witnesses prove, with the margin that the power and cooling chain leaves. Witnesses
/// decide whether the load is fed, the chain whether it is protected: protection is lost when
/// something is weaker than the shape was declared to be. A single path has margin 0 by design.
fn with_chain(load: LoadNow, chain: &crate::facility::actions::Chain<'_>) -> LoadNow {
    let outlook = &chain.outlook;
    if !matches!(load.state, SiteState::Fed | SiteState::ProtectionLost) {
        return load;
    }
    let left = u32::try_from(outlook.margin()).unwrap_or(0);
    let mut next_failures = outlook.next_failures.clone();
    if load.margin == Some(0) {
        next_failures.extend(load.next_failures);
    }
    next_failures.sort();
    next_failures.dedup();
    LoadNow {
        state: if chain.is_weakened() {
            SiteState::ProtectionLost
        } else {
            load.state
        },
        margin: Some(load.margin.map_or(left, |margin| margin.min(left))),
        next_failures,
        since: load.since,
    }
}
