//! Loads the witnesses' states and asks `tw-availability`.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-availability`, `tw-model`. **Must not:**
//! decide what counts as downtime.

use super::{evidence, margin::margin, observers::witness_now};
use crate::{
    app::App, http::refusal::Refusal, maintenance::works::Works, readings::live::Live, world::World,
};
use jiff::{ToSpan, tz::TimeZone};
use std::collections::BTreeMap;
use tw_api::{SiteState, State};
use tw_availability::{
    Mark, Spare, Target, Timeline,
    report::{Judged, judge},
    service_timeline, targets_of,
};
use tw_model::{Site, Structure};
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

/// What a site's witnesses say about a period.
pub(crate) struct Account {
    pub(crate) structure: Structure,
    pub(crate) judged: Option<Judged>,
}

/// Judges a site over a period, as the report of a month does. Without a witness there is nothing
/// to judge by.
pub(crate) async fn account(
    app: &App,
    world: &World,
    site: &Site,
    period: Interval,
) -> Result<Account, Refusal> {
    let evidence = evidence::gather(app, world, site, period).await?;
    Ok(Account {
        structure: structure(world, site),
        // A structure that cannot be evaluated (no witness at all) proves nothing.
        judged: judge(&evidence).ok(),
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
        let (state, from) = witness_now((world, live), site, device, now);
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
